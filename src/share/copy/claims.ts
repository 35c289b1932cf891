/*
What a text says of goods in figures, and whether the catalog says the same. Amounts of things (2包, 500ml, 3块香皂, 三折伞) say nothing of
the kind.
*/
import { type Day, isDay } from '../../day.ts'
import {
  type Currency,
  formatRate,
  type Minor,
  minorDigits,
  multiplyDivide,
  type Ppm,
  readAmount,
  readCount,
  readDecimal,
} from '../../money.ts'
import { countText, dayText, type Figures, priceOf } from '../facts.ts'
import { type Finding, type Level, spansOf, withoutAddresses } from './lint.ts'

/** A figure, and where it stands in the text (UTF-16 units). */
export type Claim = Said & { from: number; to: number }
type Said =
  | {
      /**
       * `amount`: a price of either kind; `price`: before the coupon; `final`: to be paid; `coupon`: what is taken off; `threshold`: from which
       * order on; `offer`: what is taken off or to be paid; `other`: an amount that no catalog knows (for each of a pack, freight).
       */
      kind: AmountKind
      /** Minor units; null where it is no amount of the currency. */
      value: Minor | null
    }
  /** 8.5折: the part of the price that is left, written in steps of `step`. */
  | { kind: 'discount'; value: Ppm; step: Ppm }
  /** -15%: the part that is taken off. */
  | { kind: 'reduction'; value: Ppm }
  /** Pieces sold; `step` is the last place that is written, `more`: 3000+, 突破 1 万. */
  | { kind: 'sales'; value: number; step: number; more: boolean }
  /** The last day of the coupon, or the day on which the price was read. Null where there is no such day. */
  | { kind: 'until' | 'asOf'; value: Day | null }
type AmountKind = 'amount' | 'price' | 'final' | 'coupon' | 'threshold' | 'offer' | 'other'

// They are read in a text in capitals with single blanks (`plainText`): patterns for more would take ten times as long to compile, which
// costs most. Every repetition has its bound: a long text costs what its length costs.
const NUMBER = String.raw`(?<![\d.])\d{1,12}(?:(?<!\d{4}),\d{3}){0,4}(?:\.\d{1,6})?(?!\d)`
const SIGN = String.raw`(?:HK\$|NT\$|US\$|[¥$€£₩]|RMB|CNY|USD|EUR|GBP|JPY|HKD|TWD|KRW)`
const S = ' ?'
const HAN = '一二两三四五六七八九'
const YUAN = '元(?![素旦宵件气年帅祖器])'
/** 3块 is three pieces where nothing tells that it is money. */
const GO_ON = '起|包邮|以内|左右|拿下|到手|入手|带走'
const KUAI = `块(?:钱|(?=${GO_ON}))`
/** What makes a bare number no amount: 只需 3 步, 低至 5 折. */
const UNITS =
  '[步分秒时天年月日号点件个包瓶盒袋片支双条斤克米折倍人次级岁万千种款色码位张套台份层寸选颗粒枚只块度届期%％A-Z]|小时|大卡'
const PRICE = `(?<a>${SIGN}?${S}${NUMBER}(?:块\\d(?!\\d)|${S}(?:${YUAN}|${KUAI})|(?!${S}(?:${UNITS}))))`
/** The same where nothing but its sign or unit tells an amount. */
const AMOUNT = [
  `${SIGN}${S}${NUMBER}(?:${S}${YUAN})?`,
  `${NUMBER}${S}(?:${YUAN}|${KUAI}|CNY|USD|EUR|GBP|JPY)`,
  String.raw`${NUMBER}块\d(?!\d)`,
  `${NUMBER}(?=${S}包邮)`,
  `[${HAN}十百]{1,6}块(?:[${HAN}](?![${HAN}十])|钱|(?=${GO_ON}))`,
].join('|')
const SIGNED = `${SIGN}${S}${NUMBER}|${NUMBER}${S}${YUAN}`
const LINK = '[ :：为是约仅才只要价到就]{0,6}'
/** What more than one piece costs. */
const FOLD = `半价|对折|(?:\\d(?:\\.\\d)?|[${HAN}])${S}折`
/** At least so many, in words: 过万, 破百万. */
const MANY = `[${HAN}]?[十百千]?[万亿](?![千众])`
const PIECES = '包|片|瓶|盒|斤|袋|支|粒|枚|颗|双|张|卷|抽|罐|条|根|ML|G|KG|克|升|米|次|天|只|块|听|杯'

type Read = (match: RegExpMatchArray, currency: Currency) => Said[]
/** The first that fits has the place; `a` and `b` are the groups that hold the figures. */
const PATTERNS: readonly (readonly [RegExp, Read])[] = [
  [
    of(
      `满${S}(?<a>${SIGN}?${S}${NUMBER})${S}元?${S}[,，、]?${S}[立可就再即直]?减${S}(?<b>${SIGN}?${S}${NUMBER})(?:${S}${YUAN})?`,
    ),
    ({ groups }, currency) => [
      { kind: 'threshold', value: amountIn(groups!.a!, currency) },
      { kind: 'coupon', value: amountIn(groups!.b!, currency) },
    ],
  ],
  [of(`满${S}(?<a>${SIGN}?${S}${NUMBER})${S}元?${S}(?:可用|使用|立?减)`), amount('threshold')],
  [of(`满${S}(?<a>${SIGN}?${S}${NUMBER})${S}元?${S}(?:包邮|免运费|免邮|送|打|享)`), amount('other')],
  [of(`(?:第[二三两23]件${LINK}(?:打|享)?(?<a>${SIGNED}|${FOLD})|[两二三四五2-9]件(?:以上)?(?:打|享)?(?<b>${FOLD}))`), unknown],
  [of(`(?:运费|邮费|定金|尾款|押金|补贴|奖励|返现?|赔付?)${LINK}(?<a>${SIGNED})`), amount('other')],
  [of(`(?<a>${AMOUNT})${S}[/每一]${S}(?:${PIECES})`), amount('other')],
  [of(`(?:折合|平均|每(?:${PIECES}))(?:低至|仅需|只需)?${LINK}(?<a>${AMOUNT})`), amount('other')],
  [of(`(?:不用券|不领券|不用领券|没有?券|无券|(?:领|用)?券前)${LINK}${PRICE}`), amount('price')],
  [of(`(?:领完|用完|领好|叠完|用了|领了|减到|降到|直降到)券?(?:就|是){0,2}${LINK}${PRICE}`), amount('final')],
  // 用券 259 or 用券 20: both are said
  [of(`(?:用券|领券)${LINK}${PRICE}`), amount('offer')],
  [
    of(`(?:红包|抵用券|代金券|立减|直降|直减|减|省|优惠|便宜了?(?!价)|降价?了?(?!价?[到至])|领|抵|券)${LINK}[减省]?${S}${PRICE}`),
    amount('coupon'),
  ],
  [
    of(`(?<a>${SIGNED}|${NUMBER})${S}(?:无门槛|大额|内部|隐藏|专属|店铺|优惠|折扣){0,3}(?:优惠券|券|红包)(?!后)`),
    amount('coupon'),
  ],
  [of(`(?:原价|日常价?|吊牌价|标价|市场价|专柜价|零售价|门店价|划线价|平时|平常|官方价)${LINK}${PRICE}`), amount('price')],
  [
    of(
      `(?:券后|折后|到手|实付|活动价|秒杀价|现价|特价|优惠价|抢购价|会员价|补贴价|补贴后|减后|现在|仅需|只需|只要|仅要|低至|拍下)${LINK}${PRICE}`,
    ),
    amount('final'),
  ],
  [of(`(?:价格|售价|单价)${LINK}${PRICE}`), amount('amount')],
  [of(`(?<a>${AMOUNT})`), amount('amount')],
  [
    of(String.raw`(?<![\d.])(?<a>\d(?:\.\d{1,2})?|[1-9]\d|[${HAN}](?:点?[${HAN}])?) ?折(?![叠伞合返射痕扣腾线耳损算屏页门纸边])`),
    ({ groups }) => {
      const digits = [...groups!.a!]
        .map((sign) => DIGITS[sign] ?? sign)
        .join('')
        .replace('点', '.')
      // 85折 and 八五折 are 8.5折
      const text = /^\d\d$/.test(digits) ? `${digits[0]}.${digits[1]}` : digits
      const places = text.includes('.') ? text.length - 2 : 0
      return [{ kind: 'discount', value: readDecimal(text, 5)!, step: [100_000, 10_000, 1000][places]! }]
    },
  ],
  [of('(?<a>半价|对折)(?!叠)'), () => [{ kind: 'discount', value: 500_000, step: 100_000 }]],
  [
    of(
      String.raw`(?:(?<![\w.])-|(?:直降|立减|优惠|降价?|省|减)${S})(?<a>\d{1,2}) ?%(?! ?(?:空间|时间|电|水|力|油|能|糖|盐|脂|重))`,
    ),
    reduction,
  ],
  [of(String.raw`(?<![\d.])(?<a>\d{1,2})% ?OFF\b`), reduction],
  [
    of(
      `(?:已售|已卖|月销|总销|年销|累销|销量|热销|热卖|爆卖|卖出|卖了|售出|已拼|已团|已抢)[了出量约:： \\n]{0,4}(?:高达|累计)?(?<more>超过|超|突破|破|过|上|达)?${S}(?<a>${NUMBER}${S}[万千百亿WK]?|${MANY})${S}(?<plus>[+＋多余]|以上)?(?!${S}[年天月国城款元折%])`,
    ),
    sales,
  ],
  [
    of(
      `(?<a>${NUMBER}${S}[万千百亿WK]?)${S}(?<plus>[+＋多余])?${S}[件单个位]?${S}(?:人|用户|买家|网友)?(?:已买|已购|已付款|付款|已下单|都在买|在买|已拼|已抢)`,
    ),
    sales,
  ],
  [of(`(?<a>${NUMBER}${S}[万W])${S}(?<plus>[+＋])`), sales],
]

const DIGITS: Record<string, string> = {
  一: '1',
  二: '2',
  两: '2',
  三: '3',
  四: '4',
  五: '5',
  六: '6',
  七: '7',
  八: '8',
  九: '9',
}

function of(source: string): RegExp {
  return new RegExp(source, 'dg')
}

function amount(kind: AmountKind): Read {
  return ({ groups }, currency) => [{ kind, value: amountIn(groups!.a!, currency) }]
}

function reduction({ groups }: RegExpMatchArray): Said[] {
  return [{ kind: 'reduction', value: readDecimal(groups!.a!, 4)! }]
}

/** An offer for several pieces: no catalog has it. */
function unknown(): Said[] {
  return [{ kind: 'other', value: null }]
}

function sales({ groups }: RegExpMatchArray): Said[] {
  const many = /^([一二两三四五六七八九])?([十百千])?([万亿])$/.exec(groups!.a!)
  if (many) {
    const [, digit = '一', times = '', size] = many
    const value = Number(DIGITS[digit]) * { '': 1, 十: 10, 百: 100, 千: 1000 }[times]! * (size === '万' ? 10_000 : 100_000_000)
    return [{ kind: 'sales', value, step: 1, more: true }]
  }
  const text = groups!.a!.replace(/\s/g, '').replace('百', '00').replace('千', 'k')
  const value = readCount(text)
  if (value === null) return []
  const unit = /[万w]$/i.test(text) ? 10_000 : /亿$/.test(text) ? 100_000_000 : /k$/i.test(text) ? 1000 : 1
  const places = text.match(/\.(\d+)/)?.[1]?.length ?? 0
  return [{ kind: 'sales', value, step: Math.max(1, unit / 10 ** places), more: Boolean(groups!.more ?? groups!.plus) }]
}

/** `¥19.90`, `19.9元`, `19块9`, `九块九` in minor units; null where the amount is none of the currency. */
function amountIn(text: string, currency: Currency): Minor | null {
  const han = /^([一二两三四五六七八九十百]+)块([一二两三四五六七八九])?/.exec(text)
  if (han) {
    const whole = hanNumber(han[1]!)
    return whole === null ? null : readAmount(`${whole}.${han[2] ? DIGITS[han[2]] : '0'}`, currency)
  }
  const plain = text
    .replace(/\s/g, '')
    .replace(/块(\d)$/, '.$1')
    .replace(/(?:块钱|块|元)$/, '')
  return readAmount(minorDigits(currency) === 0 ? plain.replace(/\.0+$/, '') : plain, currency)
}

/** 十九 → 19, 一百二十 → 120. */
function hanNumber(text: string): number | null {
  const match = /^(?:([一二两三四五六七八九])百)?(?:([一二两三四五六七八九])?(十))?([一二两三四五六七八九])?$/.exec(text)
  if (!match || text === '') return null
  const [, hundreds, tens, ten, ones] = match
  const digit = (sign: string | undefined) => (sign ? Number(DIGITS[sign]) : 0)
  return digit(hundreds) * 100 + (ten ? (digit(tens) || 1) * 10 : 0) + digit(ones)
}

const DATE =
  /(?:(?<year>20\d\d) ?[年./-] ?)?(?<![\d.])(?<month>\d{1,2}) ?(?<mark>[月./-]) ?(?<day>\d{1,2})(?!\d|[.,]\d)(?: ?[日号])?/dg
const COUPON_WORDS = /券|优惠|活动|立减|领取|使用|有效|截止|截至|到期|结束|过期|恢复原价|前下单/
const READ_WORDS = /(价格|更新|数据|售价)[^\n]{0,6}$/
/** How far from a date the words stand that tell what it is about. */
const NEAR = 20
const OTHER_WORDS = /保质|生产|出厂|批次|发货|上市|生日/

/** The days that a text names for the coupon or the price. `asOf` gives the year where it is left out. */
function days(text: string, asOf: Day): Claim[] {
  return [...text.matchAll(DATE)].flatMap((match): Claim[] => {
    const { year, month, mark, day } = match.groups!
    const [from, to] = match.indices![0]!
    const before = text
      .slice(Math.max(0, from - NEAR), from)
      .split('\n')
      .at(-1)!
    const after = text.slice(to, to + NEAR).split('\n', 1)[0]!
    const line = before + match[0] + after
    // 11.30 may be a price or a version
    if (mark !== '月' && !year && !/^\s*(前|止|截止|到期|结束)/.test(after)) return []
    if (OTHER_WORDS.test(line)) return []
    const kind = READ_WORDS.test(before) ? 'asOf' : COUPON_WORDS.test(line) ? 'until' : null
    const value = `${year ?? asOf.slice(0, 4)}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
    return kind === null ? [] : [{ kind, from, to, value: isDay(value) ? value : null }]
  })
}

/**
 * The figures that a text claims of goods: prices, coupons, discounts, sales, days. `asOf` (a day) gives the year where a date has none.
 * Addresses and text codes say nothing.
 */
export function claims(text: string, { currency, asOf }: Pick<Figures, 'currency' | 'asOf'>): Claim[] {
  const { plain, at } = plainText(text)
  const found: Claim[] = days(plain, asOf)
  const taken = new Uint8Array(plain.length + 1)
  for (const { from, to } of found) taken.fill(1, from, to)
  for (const [pattern, read] of PATTERNS) {
    for (const match of plain.matchAll(pattern)) {
      const spans = ['a', 'b'].flatMap((name) => (match.indices!.groups![name] ? [match.indices!.groups![name]] : []))
      if (spans.some(([from, to]) => taken.subarray(from, to).includes(1))) continue
      for (const [i, said] of read(match, currency).entries()) {
        const [from, to] = spans[i]!
        taken.fill(1, from, to)
        found.push({ ...said, from, to })
      }
    }
  }
  return found.map((one) => ({ ...one, from: at[one.from]!, to: at[one.to - 1]! + 1 })).sort((a, b) => a.from - b.from)
}

/** The text in capitals, with narrow figures, one blank for several and none for addresses; and where each of its characters stood. */
function plainText(text: string): { plain: string; at: number[] } {
  const narrow = withoutAddresses(text)
    .replace(/[０-９．％＋－￥／]/g, (sign) => (sign === '￥' ? '¥' : String.fromCharCode(sign.charCodeAt(0) - 0xfee0)))
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase())
  let plain = ''
  const at: number[] = []
  for (let i = 0; i < narrow.length; i++) {
    const sign = /[^\S\n]/.test(narrow[i]!) ? ' ' : narrow[i]!
    if (sign === ' ' && plain.endsWith(' ')) continue
    plain += sign
    at.push(i)
  }
  return { plain, at }
}

/** What is wrong with a claim: `catalog` is what the text should say, null where the catalog does not know. */
type Answer = { about: string; catalog: string | null }

/** The claims that the catalog contradicts (stop), and those that it knows nothing of (warn). `titles` and `names` are quoted, not claimed. */
export function checkClaims(
  text: string,
  figures: Figures,
  titles: readonly string[] = [],
  names: readonly (string | null)[] = [],
): Finding[] {
  const quoted = [...spansOf(text, names), ...titles.flatMap((title) => titleSpans(text, title))]
  return claims(text, figures).flatMap((claim) => {
    const { from, to } = claim
    if (quoted.some(([start, end]) => start <= from && to <= end)) return []
    const answer = judge(claim, figures)
    if (answer === null) return []
    const { about, catalog } = answer
    const found = text.slice(from, to)
    const level: Level = catalog === null ? 'warn' : 'stop'
    const reason = catalog === null ? `${about}在商品库里查不到` : `商品库里${about}是 ${catalog}（广告法第二十八条）`
    return [{ from, to, found, word: found, category: '与商品库不符', level, reason, instead: catalog }]
  })
}

/** Where a text quotes the title, or its beginning as far as it was not cut off. */
function titleSpans(text: string, title: string): [number, number][] {
  const head = title.slice(0, 6)
  return spansOf(text, [head]).map(([from, to]) => {
    let end = to
    while (end - from < title.length && text[end] === title[end - from]) end++
    return [from, end]
  })
}

function judge(claim: Claim, { currency, price, final, coupon, sales, asOf }: Figures): Answer | null {
  const money = (amount: Minor) => priceOf(amount, currency).text
  const both = final === price ? money(price) : `${money(final)}（券后）或 ${money(price)}`
  const differs = (value: unknown, right: readonly (Minor | null)[], about: string, catalog: string | null): Answer | null =>
    right.includes(value as Minor) && value !== null ? null : { about, catalog }
  switch (claim.kind) {
    case 'amount':
      return differs(claim.value, [price, final], '价格', both)
    case 'price':
      return differs(claim.value, [price], '原价', money(price))
    case 'final':
      return differs(claim.value, [final], '到手价', money(final))
    case 'coupon':
      return differs(
        claim.value,
        coupon ? [coupon.amount, price - final] : [price - final || null],
        '优惠',
        coupon ? money(coupon.amount) : final < price ? money(price - final) : '没有优惠券',
      )
    case 'offer':
      return differs(claim.value, [coupon?.amount ?? null, price - final || null, final], '到手价', money(final))
    case 'threshold':
      return differs(
        claim.value,
        [coupon?.threshold ?? null],
        '用券门槛',
        coupon?.threshold ? money(coupon.threshold) : coupon ? '没有门槛' : '没有优惠券',
      )
    case 'other':
      return { about: '这个金额', catalog: null }
    case 'discount': {
      // cut in favour of the buyer: 50.4 % of the price is 5.1折
      const left = price === 0 ? 0 : multiplyDivide(multiplyDivide(final, 1_000_000 / claim.step, price, 'up'), claim.step, 1)
      return final < price && left === claim.value
        ? null
        : { about: '折扣', catalog: final < price ? `${foldText(final, price)}折` : '没有折扣' }
    }
    case 'reduction': {
      const off = price === 0 ? 0 : multiplyDivide(price - final, 100, price, 'down') * 10_000
      return off > 0 && off === claim.value ? null : { about: '降幅', catalog: off > 0 ? `-${formatRate(off)}%` : '没有降价' }
    }
    case 'sales':
      if (sales === null) return { about: '销量', catalog: null }
      return (claim.more ? claim.value <= sales : claim.value === sales - (sales % claim.step))
        ? null
        : { about: '销量', catalog: countText(sales) }
    case 'until':
      if (coupon?.until == null) return { about: '优惠截止日', catalog: null }
      return claim.value === coupon.until ? null : { about: '优惠截止日', catalog: dayText(coupon.until, asOf) }
    case 'asOf':
      return claim.value === asOf ? null : { about: '价格日期', catalog: asOf }
  }
}

/** 259 of 279 → `9.3`, in favour of the buyer. */
function foldText(final: Minor, price: Minor): string {
  const tenths = multiplyDivide(final, 100, price, 'up')
  return `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ''}`
}
