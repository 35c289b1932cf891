import { Liquid, type Template as LiquidTemplate } from 'liquidjs'
import type { Day } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { Product } from '../records.ts'
import type { Disclosure } from '../workspace.ts'
import { pasteableLine } from './paste.ts'

/** For whom something is shared; `untracked` lets pages pass that earn nothing. */
export type ShareTerms = { channel?: string; member?: string; untracked?: boolean }

/** What is shared: goods, and what the operator adds to them. */
export type ShareItem = {
  partner: { id: string; name: string }
  product: Product
  /** The title as it may be shown, where the law takes words out of the product's own. */
  title?: string
  /** The address that goes into the QR. */
  link: string
  /** For whom the link was chosen. */
  terms?: ShareTerms
  /** Why the operator recommends it, in the operator's words. */
  reason?: string
  /** Six digits by which buyers name it, where it was given some. */
  shopCode?: string
  /** The day on which the price was read. */
  asOf: Day
  /** The day of sharing, where it is another: a coupon may be over meanwhile. */
  today?: Day
  /** The mark of advertising, where it is another than 广告. */
  disclosure?: Disclosure
  /** What the operator should know of its links; for every item. */
  warnings?: readonly string[]
  /** The same of all links of the partner; to be said once. */
  notices?: readonly string[]
}

/** An amount as a buyer reads it, whole (`¥19.90`) and in the parts that posters set in different sizes. */
export type Price = { text: string; sign: string; whole: string; fraction: string }

/**
 * What a poster or a text may say about goods: the names that `{{ }}` and `when:` know. All of it comes from the catalog, nothing is
 * computed for effect, and the commission is not among it.
 */
export type Facts = {
  title: string
  brand: string | null
  category: string | null
  shop: string | null
  /** The partner's name. */
  partner: string
  /** Before the coupon. */
  price: Price
  /** What the buyer pays. */
  final: Price
  /** `text` says what it does: `立减 ¥20`, `满 ¥200 减 ¥20`. */
  coupon: { text: string; amount: Price; threshold: Price | null; until: string | null } | null
  /** `1.2万`. */
  sales: string | null
  reason: string | null
  asOf: Day
  link: string | null
  /** The 口令, which buyers paste. */
  code: string | null
  /** Six digits by which buyers name the goods; null where none were given. */
  shopCode: string | null
  /** Written as the place of posting writes them; null on posters and where it has none. */
  hashtags: string | null
  /** Of the poster: `portrait`, `4x5`, `square` or one of the template's own; null in texts. */
  size: string | null
  /** The mark that the law asks for (互联网广告管理办法, in force since 2023-05-01). */
  disclosure: string
}

/** What a poster without a product may say, one that recruits for the operator's shop: templates with `of: shop`. */
export type ShopFacts = {
  /** `name` and `link` as shoptool.yaml or the call gives them. */
  shop: { name: string; link: string; slogan: string | null }
  /** Who invites, where the poster is made for one member of the team. */
  member: string | null
  asOf: Day
  size: string | null
  disclosure: string
}

const SIGNS: Record<Currency, string> = { CNY: '¥', JPY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', TWD: 'NT$', KRW: '₩' }

/** 1980, CNY → `¥19.80`; 25 900 → `¥259`: a fraction is written where there is one. */
export function priceOf(amount: Minor, currency: Currency): Price {
  const [whole = '', digits = ''] = formatAmount(amount, currency).split('.')
  const sign = SIGNS[currency] ?? `${currency} `
  const fraction = /[1-9]/.test(digits) ? `.${digits}` : ''
  return { text: sign + whole + fraction, sign, whole, fraction }
}

/** 12 345 → `1.2万`, cut off rather than rounded: a poster may not claim more than was sold. */
export function countText(count: number): string {
  const [unit, size] = count >= 100_000_000 ? (['亿', 100_000_000] as const) : (['万', 10_000] as const)
  if (count < size) return String(count)
  const tenths = Math.floor(count / (size / 10))
  return `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ''}${unit}`
}

/** `2026-11-30` → `11月30日`, with the year where it is not that of `asOf`. */
export function dayText(of: Day, asOf: Day): string {
  const [year, month, day] = of.split('-').map(Number)
  return `${year === Number(asOf.slice(0, 4)) ? '' : `${year}年`}${month}月${day}日`
}

/** Whether the coupon takes something off the price on that day. Some feeds list one whose discount the price already has. */
function couponHolds({ couponAmount, couponFrom, couponUntil, price, finalPrice }: Product, day: Day): boolean {
  const begun = couponFrom === null || couponFrom.slice(0, 10) <= day
  const over = couponUntil !== null && couponUntil.slice(0, 10) < day
  return couponAmount !== null && finalPrice < price && begun && !over
}

/** The figures of goods as they hold on a day, amounts in minor units. */
export type Figures = {
  currency: Currency
  /** Before the coupon. */
  price: Minor
  /** What the buyer pays. */
  final: Minor
  coupon: { amount: Minor; threshold: Minor | null; until: Day | null } | null
  sales: number | null
  /** The day on which they were read. */
  asOf: Day
}

/** The figures of one item on the day of sharing. */
export function figuresOf({ product, asOf, today = asOf }: Pick<ShareItem, 'product' | 'asOf' | 'today'>): Figures {
  const { currency, price, finalPrice, couponAmount, couponThreshold, couponUntil, sales } = product
  const holds = couponHolds(product, today)
  return {
    currency,
    price,
    // A coupon that is over takes its discount with it.
    final: couponAmount && !holds ? price : finalPrice,
    coupon: holds
      ? { amount: couponAmount!, threshold: couponThreshold || null, until: couponUntil?.slice(0, 10) ?? null }
      : null,
    sales: sales || null,
    asOf,
  }
}

function couponText(amount: Price, threshold: Price | null, until: Day | null, asOf: Day): Facts['coupon'] {
  const text = threshold ? `满 ${threshold.text} 减 ${amount.text}` : `立减 ${amount.text}`
  return { text, amount, threshold, until: until && dayText(until, asOf) }
}

/** The facts of one item, for a poster of that size or for a text. */
export function factsOf(item: ShareItem, size: string | null = null): Facts {
  const { partner, product, link, reason, asOf, disclosure = '广告' } = item
  const { coupon, sales, ...figures } = figuresOf(item)
  const price = (amount: Minor) => priceOf(amount, product.currency)
  const words = (text: string | null | undefined) => pasteableLine(text ?? '') || null
  return {
    title: pasteableLine(item.title ?? product.title),
    brand: words(product.brand),
    category: words(product.category),
    shop: words(product.shop),
    partner: partner.name,
    price: price(figures.price),
    final: price(figures.final),
    coupon:
      coupon && couponText(price(coupon.amount), coupon.threshold === null ? null : price(coupon.threshold), coupon.until, asOf),
    sales: sales === null ? null : countText(sales),
    reason: words(reason),
    asOf,
    link,
    code: product.code,
    shopCode: item.shopCode ?? null,
    ...{ hashtags: null, size },
    disclosure,
  }
}

/** Every name that stands for one of these facts, with its properties: `coupon`, `coupon.amount`, `coupon.amount.text` … */
export function factNames(facts: object): ReadonlySet<string> {
  const names = new Set<string>()
  const walk = (value: object, prefix: string) => {
    for (const [key, inner] of Object.entries(value)) {
      names.add(prefix + key)
      if (inner !== null && typeof inner === 'object') walk(inner, `${prefix}${key}.`)
    }
  }
  walk(facts, '')
  return names
}

/** The names that posters and texts for sharing may use. */
export const FACT_NAMES: ReadonlySet<string> = (() => {
  const any: Price = { text: '', sign: '', whole: '', fraction: '' }
  const text = ''
  const facts: Facts = {
    ...{ title: text, brand: text, category: text, shop: text, partner: text, price: any, final: any, sales: text, reason: text },
    ...{ coupon: { text, amount: any, threshold: any, until: text }, asOf: text, link: text, code: text, disclosure: text },
    ...{ shopCode: text, hashtags: text, size: text },
  }
  return factNames(facts)
})()

/** Every name that a template of a shop may use. */
export const SHOP_FACT_NAMES: ReadonlySet<string> = (() => {
  const text = ''
  const facts: ShopFacts = {
    shop: { name: text, link: text, slogan: text },
    ...{ member: text, asOf: text, size: text, disclosure: text },
  }
  return factNames(facts)
})()

/** A text or condition of a template, ready to be filled with facts. */
export type Words = readonly LiquidTemplate[]

// Templates come from anywhere: they see the facts, but no file, and cannot run for long.
const liquid = new Liquid({
  locale: 'en-US', // not the machine's: the same input gives the same bytes everywhere
  strictFilters: true,
  strictVariables: true,
  templates: {},
  parseLimit: 100_000,
  memoryLimit: 1_000_000,
  renderLimit: 1000,
})

/**
 * Reads LiquidJS source. `place` (`card/template.yaml: root.column[2].text`) stands before the message of an error.
 * @throws usageError on wrong syntax, an unknown filter or a name that is no fact.
 */
export function readWords(source: string, place: string, names = FACT_NAMES): Words {
  let words: LiquidTemplate[]
  try {
    words = liquid.parse(source)
  } catch (error) {
    throw usageError(`${place}: ${(error as Error).message.split('\n', 1)[0]}`, { cause: error })
  }
  for (const name of liquid.globalFullVariablesSync(words)) {
    if (names.has(name)) continue
    const meant = nearest(name, names)
    throw usageError(`${place}: unknown name ${name}${meant ? `, did you mean ${meant}?` : ''}`)
  }
  return words
}

const TERM = String.raw`[\w.]+(?:\s*(?:[=!<>]=|<|>|\bcontains\b)\s*(?:'[^']*'|"[^"]*"|[-\w.]+))?`
const CONDITION = new RegExp(`^${TERM}(?:\\s+(?:and|or)\\s+${TERM})*$`)

/** Reads a condition (`coupon and sales`) for `holds`. LiquidJS itself lets anything pass. @throws usageError as `readWords`. */
export function readCondition(source: string, place: string, names = FACT_NAMES): Words {
  if (!CONDITION.test(source.trim()))
    throw usageError(`${place}: "${source}" is not a condition, expected like coupon and sales == nil`)
  return readWords(`{% if ${source} %}1{% endif %}`, place, names)
}

/** The text of `words` for these facts. */
export function fill(words: Words, facts: object): string {
  return liquid.renderSync(words as LiquidTemplate[], facts)
}

/** Whether a condition holds for these facts. */
export function holds(condition: Words, facts: object): boolean {
  return fill(condition, facts) === '1'
}
