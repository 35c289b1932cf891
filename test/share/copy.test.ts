import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelsOf, readCalendar } from '../../src/share/channel.ts'
import { isWithin } from '../../src/share/copy/limit.ts'
import { type CopyOptions, loadChannels, writeCopy } from '../../src/share/copy/write.ts'
import { countText, priceOf, type ShareItem } from '../../src/share/facts.ts'
import { HOME, makeItem } from './studio.ts'

const channels = channelsOf({ channels: {} }, loadChannels(HOME))
const calendar = readCalendar(HOME, HOME)
const write = (channel: string, product = {}, item: Partial<ShareItem> = {}, options: CopyOptions = { variant: 'plain' }) =>
  writeCopy(channels.get(channel)!, calendar, makeItem(product, item), options)
const jd = { link: 'https://u.jd.com/abc', url: 'https://item.jd.com/100012043978.html', code: null }
const FOLDERS = ['group', 'moments', 'qq', 'video', 'weibo', 'xiaohongshu']

describe('copy', () => {
  it('comes for six places, in six variants each', () => {
    expect([...channels].map(([name, { texts }]) => [name, [...texts!.variants.keys()].join(' ')])).toEqual(
      FOLDERS.map((name) => [name, 'list plain price question reason scene']),
    )
  })

  it('for Moments: picture and text, no address, the code in the comment on a line of its own', () => {
    const { copy, warnings } = write('moments')
    expect(copy).toEqual({
      ...{ channel: 'moments', variant: 'plain', variants: 6, headline: null },
      main: '【广告】月芝猫【海棠梨】汉服女汉元素国风古风连衣裙\n标价 ¥279，领券后 ¥259\n长按图片识别二维码，看看详情',
      comment:
        '【广告】淘宝 · 月芝猫旗舰店 · 已售 1.2万\n优惠券：立减 ¥20，有效期至 11月30日\n价格截至 2026-11-20，以下单页为准\n复制下一行，打开淘宝就能看到：\n￥euek1JOclOG￥',
    })
    expect(warnings).toEqual([expect.stringContaining('moments: 微信自 2018 年 5 月起管控淘口令')])
  })

  it('for groups: all in one message, the code of Taobao goods, the address of others', () => {
    const { main, comment } = write('group').copy
    expect(main).toMatch(/^【广告】月芝猫.*\n￥euek1JOclOG￥$/s)
    expect(comment).toBe('')
    expect(write('group', { code: null }).copy.main).toContain('长按图片识别二维码')
    const other = write('group', jd, { partner: { id: 'jd', name: '京东' } })
    expect(other.copy.main).toMatch(/\nhttps:\/\/u\.jd\.com\/abc$/)
    expect(other.warnings).toEqual([])
  })

  it('for Weibo: the address, and a hashtag of the category', () =>
    expect(write('weibo', { category: '家居日用/水杯' }).copy.main).toMatch(
      /\nhttps:\/\/s\.click\.taobao\.com\/8bpnghv #家居日用#$/,
    ))

  it('for 小红书: a headline that fits its field, and the whole title in the text', () => {
    const { headline, main } = write('xiaohongshu', { category: '12345', brand: '月芝猫' }).copy
    expect(headline).toBe('月芝猫【海棠梨】汉服女汉元素国风古风…')
    expect(main).toMatch(/^【广告】月芝猫【海棠梨】汉服女汉元素国风古风连衣裙\n\n.*\n#月芝猫$/s)
  })

  it.each(['moments', 'group'])('never holds a Taobao address in %s', (channel) => {
    const { main, comment } = write(channel, {}, { reason: '好看' }).copy
    expect(main + comment).not.toMatch(/taobao|https?:/)
  })

  it('holds to the day: before WeChat blocked Taobao, the address was allowed', () => {
    expect(write('group', { code: null }, { asOf: '2013-11-21' }).copy.main).toContain('https://s.click.taobao.com/8bpnghv')
  })
})

describe('what does not fit', () => {
  const title = '云岭土蜂蜜纯正野花蜜农家自产结晶蜜瓶装500g送木勺新包装'.repeat(5)

  it('shortens the title behind a word, and the comment has it whole', () => {
    const { main, comment } = write('moments', { title }).copy
    expect(main.split('\n')[0]).toMatch(/^【广告】云岭土蜂蜜.*…$/)
    expect(main.split('\n')[0]).not.toMatch(/\d…$/)
    expect(isWithin(main, channels.get('moments')!.texts!.limits.main!)).toBe(true)
    expect(comment).toContain(`【广告】${title}\n`)
  })

  it('sends a long reason to the comment, and only there', () => {
    const reason = '用了两年还是当初的样子，'.repeat(9)
    const { main, comment } = write('moments', {}, { reason }).copy
    expect(main).not.toContain('用了两年')
    expect(comment).toContain(reason)
    const short = write('moments', {}, { reason: '好看' }).copy
    expect([short.main, short.comment].map((text) => text.includes('好看'))).toEqual([true, false])
  })

  it('is told with its length where nothing helps', () => {
    const { warnings } = write('group', jd, { reason: '好'.repeat(300), partner: { id: 'jd', name: '京东' } })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^group: the main of "plain" has \d{3} characters in \d+ lines, the limit is 200 in 14 \(chosen: 群消息/,
      ),
    ])
  })
})

describe('the variant', () => {
  const taken = (sku: string, used: string[] = []) => write('moments', { sku }, {}, { used }).copy.variant

  it('is the same for the same goods and place, and all of them are taken by some', () => {
    const skus = Array.from({ length: 60 }, (_, i) => `sku-${i}`)
    const order = [...channels.get('moments')!.texts!.variants].reverse()
    const texts = { ...channels.get('moments')!.texts!, variants: new Map(order) }
    const other = (sku: string) => writeCopy({ ...channels.get('moments')!, texts }, calendar, makeItem({ sku })).copy.variant
    expect(skus.map(other)).toEqual(skus.map((sku) => taken(sku)))
    expect(new Set(skus.map((sku) => taken(sku))).size).toBe(6)
  })

  it('is none that was used there before, until all were, then the one used least', () => {
    const used: string[] = []
    for (let i = 0; i < 12; i++) used.push(taken('7', used))
    expect(new Set(used.slice(0, 6)).size).toBe(6)
    expect(used.slice(6)).toEqual(used.slice(0, 6))
  })

  it('that is not there is refused', () => {
    expect(() => write('moments', {}, {}, { variant: 'plian' })).toThrow('moments: no text "plian"; did you mean plain?')
    expect(() => write('moments', {}, {}, { variant: '7' })).toThrow('there are list, plain, price, question, reason, scene')
  })
})

// No digit, so that digits in a text are what the catalog says of the price; blanks, invisible, broken and newer characters all the same.
const words = (max: number) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '汉服',
          '蜂蜜',
          '木勺',
          '马克杯',
          'ins',
          'Long Word',
          '…',
          '【',
          '】',
          '<script>',
          '{{ title }}',
          '{% if',
        ),
        fc.constantFrom(
          '\u200b',
          '\u202e',
          '\ufeff',
          '\ud83d',
          '\u0007',
          '\r\n',
          '\t',
          '\u2028',
          'e\u0301',
          '👨‍👩‍👧',
          '🫠',
          '❤️',
          '\u200d',
          '𠮷',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.normalize('NFKC').replace(/\p{N}/gu, '')),
      ),
      { minLength: 1, maxLength: max },
    )
    .map((parts) => parts.join(''))
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 2 })
const goods = fc.record({
  title: words(60),
  ...{ brand: maybe(words(2)), category: maybe(words(3)), shop: maybe(words(4)), reason: maybe(words(20)) },
  price: fc.integer({ min: 100, max: 9_999_999 }),
  couponAmount: maybe(fc.integer({ min: 1, max: 99 })),
  couponThreshold: maybe(fc.integer({ min: 1, max: 99_999 })),
  sales: maybe(fc.integer({ min: 0, max: 9_999_999 })),
  code: maybe(fc.constantFrom('￥euek1JOclOG￥', '8￥ CZ0001 ￥x🫠')),
  isJd: fc.boolean(),
})

describe('whatever the goods', () => {
  it('every variant of every place is marked, fits or is told, can be pasted, and has no number of its own', () => {
    const count = [...channels.values()].reduce((sum, { texts }) => sum + texts!.variants.size, 0)
    expect(count).toBe(36)
    fc.assert(
      fc.property(goods, ({ reason, isJd, ...given }) => {
        const finalPrice = given.price - (given.couponAmount ?? 0)
        const own = reason === null ? {} : { reason }
        const product = { ...given, finalPrice, ...(isJd && { link: jd.link, url: jd.url }) }
        const item = makeItem(product, { ...own, ...(isJd && { partner: { id: 'jd', name: '京东' } }) })
        const money = [given.price, finalPrice, given.couponAmount ?? 0, given.couponThreshold ?? 0].map((minor) =>
          priceOf(minor, 'CNY'),
        )
        const numbers = new Set([
          ...money.map(({ whole, fraction }) => whole + fraction),
          ...[countText(given.sales ?? 0).replace(/[万亿]/, ''), '2026', '11', '20', '30'],
        ])
        for (const channel of channels.values())
          for (const variant of channel.texts!.variants.keys())
            for (const plain of [false, true]) {
              const { copy, warnings } = writeCopy(channel, calendar, item, { variant, plain })
              expect(copy.variant).toBe(variant)
              for (const part of ['headline', 'main', 'comment'] as const) {
                const limit = channel.texts!.limits[part]
                const text = copy[part] ?? ''
                expect(
                  !limit || isWithin(text, limit) || warnings.some((one) => one.includes(`the ${part} of "${variant}"`)),
                ).toBe(true)
                const bare = text.replaceAll(item.product.code ?? item.link, '')
                expect(bare).not.toMatch(
                  /(?!\n)\p{Cc}|\p{Cs}|\p{Co}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff🫠]/u,
                )
                expect(text).not.toMatch(/[^\S\n]$|\n{3}|^ |null|undefined|佣金|\{\{ d/m)
                expect(bare.normalize('NFC')).toBe(bare)
                if (plain) expect(bare).not.toMatch(/\p{Emoji_Presentation}|\ufe0f/u)
                for (const number of bare.replace(item.link, '').match(/\d+(\.\d+)?/g) ?? []) expect(numbers).toContain(number)
                if (part !== 'headline' && text !== '') expect(text).toMatch(/^[【#]广告[】#]/)
              }
              if (given.code && copy.main.includes('复制下一行')) expect(copy.main.split('\n').at(-1)).toBe(given.code)
              if (given.couponAmount === null) expect(copy.main.slice(copy.main.indexOf('\n'))).not.toContain('券')
            }
      }),
      { numRuns: 20 },
    )
  })

  it('the texts themselves promise, press and claim nothing', () => {
    const sources = FOLDERS.flatMap((name) =>
      readdirSync(join(HOME, 'templates/copy', name)).map((file) =>
        readFileSync(join(HOME, 'templates/copy', name, file), 'utf8'),
      ),
    ).join('\n')
    const claims =
      /最(?!近)|第一|首选|顶级|极致|绝对|全网|国家级|独家|亲测|自用|回购|无限|仅剩|限时|手慢无|赶紧|秒杀|抢|保证|必买|免费|超值/
    expect(sources.match(claims)).toBeNull()
  })
})

describe('texts of one’s own', () => {
  const ownTexts = async (files: Record<string, string>, from: string | null = 'moments') => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-copy-'))
    const own = join(folder, 'templates/copy/own')
    if (from) cpSync(join(HOME, 'templates/copy', from), own, { recursive: true })
    else mkdirSync(own, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(own, name), content)
    return channelsOf({ channels: {} }, loadChannels(HOME, folder)).get('own')!
  }
  const YAML = 'title: 自己的\nsurface: own/place\n'

  it('may be one file; line ends and invisible characters of an editor do no harm', async () => {
    const own = await ownTexts(
      { 'channel.yaml': YAML, 'hello.liquid': '\ufeff【广告】{{ title }}\r\n\r\n\r\n\r\n{{ code }}  \r\n' },
      null,
    )
    const { copy } = writeCopy(own, calendar, makeItem({ title: '皂', code: '￥A B￥' }))
    expect(copy).toMatchObject({ variant: 'hello', variants: 1, main: '【广告】皂\n\n￥A B￥', comment: '', headline: null })
  })

  it('may do without emoji, but never touch the code', async () => {
    const files = { 'channel.yaml': `${YAML}emoji: false\n`, 'hello.liquid': '【广告】{{ title }} 🛒 1️⃣\n{{ code }}' }
    const { copy } = writeCopy(await ownTexts(files, null), calendar, makeItem({ title: '皂🧼', code: '🗝️A🗝️' }))
    expect(copy.main).toBe('【广告】皂 1\n🗝️A🗝️')
  })

  it.each([
    [
      'without the mark',
      { 'plain.liquid': '{{ title }}' },
      'own/plain.liquid: the text must begin or end with {{ disclosure }}, got "皂"',
    ],
    [
      'whose comment has none',
      { 'rest.liquid': '{{ partner }}' },
      'own/rest.liquid: the text must begin or end with {{ disclosure }}, got "淘宝"',
    ],
  ])('%s are refused', async (_, files, message) => {
    const own = await ownTexts(files)
    expect(() => writeCopy(own, calendar, makeItem({ title: '皂' }), { variant: 'plain' })).toThrow(message)
  })

  it.each([
    ['a file of the disk', { 'plain.liquid': '{% render "/etc/passwd" %}广告' }, 'ENOENT'],
    ['an unknown fact', { 'plain.liquid': '{{ commission }}' }, 'own/plain.liquid: unknown name commission'],
    [
      'an unknown key',
      { 'channel.yaml': `${YAML}limit: {}\n` },
      'own/channel.yaml: limit: unknown key limit, did you mean limits?',
    ],
    [
      'a limit without its source',
      { 'channel.yaml': `${YAML}limits: { main: { characters: 9 } }\n` },
      'own/channel.yaml: limits.main: source is missing',
    ],
    [
      'a form that is none',
      { 'channel.yaml': `${YAML}hashtags: { form: '#', most: 2 }\n` },
      'own/channel.yaml: hashtags.form: "#" is not a form of hashtags, expected like \'#*\'',
    ],
  ])('with %s are refused', async (_, files, message) => {
    await expect(ownTexts(files)).rejects.toThrow(message)
  })

  it('without any text are refused', async () => {
    await expect(ownTexts({ 'channel.yaml': YAML, 'rest.liquid': '广告' }, null)).rejects.toThrow(
      'holds no text, expected a file like plain.liquid',
    )
  })
})
