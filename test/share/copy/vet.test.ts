import { describe, expect, it } from 'vitest'
import { channelsOf, readCalendar } from '../../../src/share/channel.ts'
import { loadAdRules } from '../../../src/share/copy/adwords.ts'
import { vetCopy, vetItem, vetPoster, vetReason } from '../../../src/share/copy/vet.ts'
import { type Copy, loadChannels, writeCopy } from '../../../src/share/copy/write.ts'
import { factsOf, type ShareItem } from '../../../src/share/facts.ts'
import type { Layout, Step } from '../../../src/share/poster/layout.ts'
import { folderWith } from '../../cli/shoptool.ts'
import { HOME, makeItem } from '../studio.ts'

const rules = loadAdRules(HOME)
const vet = (product: Partial<ShareItem['product']>, item: Partial<ShareItem> = {}, by = rules) =>
  vetItem(makeItem(product, item), by)

describe('goods', () => {
  it('that are in order pass as they are', () => {
    const item = makeItem({}, { reason: '办公室同款，颜值高' })
    expect(vetItem(item, rules)).toEqual({ item, warnings: [] })
    expect(vetItem(item, rules).item).toBe(item)
  })

  it('that may not be advertised are refused, unless the workspace allows them', () => {
    expect(() => vet({ title: '悦刻电子烟' })).toThrow(
      'taobao:614252180627: 烟草、电子烟: 禁止在互联网发布烟草（含电子烟）广告（广告法第二十二条、互联网广告管理办法第六条）; where you may share them, put "goods: { tobacco: allow }" into rules/adwords.yaml of the workspace',
    )
    const own = loadAdRules(HOME, folderWith({ 'rules/adwords.yaml': 'goods: { health-food: allow }' }))
    expect(() => vet({ title: '某牌褪黑素软糖' })).toThrow('goods: { health-food: allow }')
    expect(vet({ title: '某牌褪黑素软糖' }, {}, own).warnings).toEqual([])
    expect(vet({ title: '电子血压计' }).warnings).toEqual([
      '医疗器械: 医疗器械广告须经审查；只写名称和价格，不写功效（广告法第四十六条）',
    ])
  })

  it('are shown without the words that the law forbids in their title, and that is told', () => {
    const { item, warnings } = vet({ title: '【全网最低】最舒服的拖鞋' })
    expect(item).toMatchObject({ title: '舒服的拖鞋', product: { title: '【全网最低】最舒服的拖鞋' } })
    expect(warnings).toEqual([
      'title: left out "全网最低" (极限词: 绝对化用语（广告法第九条第三项）); instead: 写券后价和原价，不和别家比',
      'title: left out "最舒服" (极限词: 绝对化用语（广告法第九条第三项）); instead: 去掉“最”，或写具体事实：轻 120 克、已售 1.2 万',
    ])
  })

  it('are refused where nothing would be left, or where the title claims what may not be left out', () => {
    expect(() => vet({ title: '全网最低！第一' })).toThrow(
      'title: nothing is left of "全网最低！第一" without "全网最低", "第一"',
    )
    expect(() => vet({ title: '根治鼻炎 冷敷凝胶' })).toThrow('title: "根治" (医疗用语: ')
  })

  it('a shop and a brand are names', () => {
    expect(vet({ title: '天下第一牌雨伞', brand: '天下第一' }).warnings).toEqual([])
    expect(vet({ title: '天下第一牌雨伞', brand: null }).item.title).toBe('牌雨伞')
  })

  it('are told of when the title warns, or names another price', () => {
    expect(vet({ title: '自用款雨伞 9.9元包邮' }).warnings).toEqual([
      expect.stringContaining('title: "自用款" (亲身经历: '),
      expect.stringContaining('title: "9.9元" (与商品库不符: 商品库里价格是 ¥259（券后）或 ¥279'),
    ])
  })

  it.each([
    [
      '全网最低价，买它',
      'taobao:614252180627: the reason on the shelf: "全网最低价" (极限词: 绝对化用语（广告法第九条第三项）); instead: 写券后价和原价，不和别家比; change it with "shoptool shelf reason taobao:614252180627 …"',
    ],
    [
      '券后只要 199 元',
      'the reason on the shelf: "199 元" (与商品库不符: 商品库里到手价是 ¥259（广告法第二十八条）); instead: ¥259',
    ],
  ])('with the reason %s are refused', (reason, message) => expect(() => vet({}, { reason })).toThrow(message))

  it('a reason is looked at when it is given', () => {
    expect(vetReason('办公室同款', rules)).toEqual([])
    expect(vetReason('亲测', rules)).toEqual([expect.stringContaining('the reason: "亲测" (亲身经历')])
    expect(() => vetReason('全网最低', rules)).toThrow('the reason: "全网最低" (极限词')
  })

  it('a reason that may be untrue is told of', () => {
    expect(vet({}, { reason: '亲测，券后 259 元' }).warnings).toEqual([
      expect.stringContaining('the reason on the shelf: "亲测" (亲身经历'),
    ])
  })
})

describe('texts', () => {
  it('of every variant of every channel are in order for all kinds of goods', async () => {
    const channels = channelsOf({ channels: {} }, loadChannels(HOME))
    const calendar = readCalendar(HOME, '/nowhere')
    const goods = [
      makeItem(),
      makeItem({ couponAmount: null, couponUntil: null, finalPrice: 27_900, sales: null, shop: null, code: null }),
      makeItem(
        { couponThreshold: 20_000, brand: '天下第一', category: '女装/汉服', sales: 98, title: '3件装 9.9元 2包 '.repeat(9) },
        { reason: '办公室同款，颜值高' },
      ),
      makeItem({
        shop: '9.9元包邮旗舰店 顶级',
        price: 990,
        finalPrice: 790,
        couponAmount: 200,
        couponUntil: '2027-01-02T00:00:00+08:00',
      }),
      makeItem({ currency: 'USD', price: 1999, finalPrice: 1899, couponAmount: 100 }),
    ]
    const told: string[] = []
    for (const channel of channels.values())
      for (const variant of channel.texts!.variants.keys())
        for (const item of goods) told.push(...vetCopy(writeCopy(channel, calendar, item, { variant }).copy, item, rules))
    expect(told).toEqual([])
  })

  const copy = (main: string): Copy => ({ channel: 'own', variant: 'plain', variants: 1, headline: null, main, comment: '' })
  it('of a template that says what it must not are refused', () => {
    expect(() => vetCopy(copy('【广告】全网最低'), makeItem(), rules)).toThrow('own: the main of "plain": "全网最低" (极限词: ')
    expect(() => vetCopy(copy('【广告】立减50'), makeItem(), rules)).toThrow('"50" (与商品库不符: 商品库里优惠是 ¥20')
    expect(vetCopy(copy('【广告】仅此一天'), makeItem(), rules)).toEqual([
      expect.stringContaining('own: the main of "plain": "仅此一天" (虚假紧迫'),
    ])
  })
})

describe('posters', () => {
  const layout = (...texts: string[]) => ({ steps: texts.map((text) => ({ draw: 'text', text }) as Step) }) as Layout
  it('of a template that says what it must not are refused', () => {
    expect(() => vetPoster('own', layout('广告', '史上最低'), factsOf(makeItem()), rules)).toThrow(
      'own/template.yaml: "史上最低" (极限词: ',
    )
    expect(() => vetPoster('own', layout('好伞'), factsOf(makeItem()), rules)).toThrow(
      'own/template.yaml: says nowhere that it is {{ disclosure }}',
    )
    vetPoster('own', layout('广告', '天下第一', '好伞'), factsOf(makeItem({ shop: '天下第一旗舰店' })), rules)
  })
})
