import { describe, expect, it } from 'vitest'
import { netOfFees } from '../../src/catalog/net.ts'
import { indexTexts } from '../../src/catalog/search.ts'
import { normalTitle, twinsOf, twinText, whyTwin } from '../../src/catalog/twins.ts'
import { productByKey } from '../../src/store/products.ts'
import { ACME, csv, session } from './session.ts'

const HEADER = 'sku,title,brand,shop,currency,price,rate'

describe('why two products are twins', () => {
  const goods = (partner: string, title: string, brand: string | null = null, shop: string | null = null) => ({
    partner,
    title,
    brand,
    shop,
  })
  const LONG = '山茶花晴雨两用折叠伞'
  it.each<[string, ReturnType<typeof goods>, ReturnType<typeof goods>, string | null]>([
    ['a long title', goods('a', LONG), goods('b', LONG), 'same title'],
    [
      'signs, blanks, case and width do not count',
      goods('a', '【包邮】Camellia 山茶花-晴雨伞'),
      goods('b', '包邮ＣＡＭＥＬＬＩＡ山茶花（晴雨伞）'),
      'same title',
    ],
    ['a short title says nothing', goods('a', '连衣裙'), goods('b', '连衣裙'), null],
    ['but with the brand', goods('a', '连衣裙', 'Camellia'), goods('b', '连衣裙', 'camellia'), 'same title and brand'],
    ['or the shop', goods('a', '连衣裙', null, '花店'), goods('b', '连衣裙', null, '花 店'), 'same title and shop'],
    ['all of it', goods('a', '连衣裙', 'A', '花店'), goods('b', '连衣裙', 'A', '花店'), 'same title and brand and shop'],
    ['two brands', goods('a', LONG, 'A'), goods('b', LONG, 'B'), null],
    ['two articles of one shop', goods('a', LONG, null, '花店'), goods('a', LONG, null, '花店'), null],
    ['two shops of one partner', goods('a', LONG, null, '花店'), goods('a', LONG, null, '伞店'), 'same title'],
    ['one partner, shop unknown', goods('a', LONG), goods('a', LONG), null],
    [
      'nearly the same, with the brand',
      goods('a', `${LONG}红`, 'A'),
      goods('b', LONG, 'A'),
      'same brand, 9 of 10 pairs of characters in the title',
    ],
    ['nearly the same, without', goods('a', `${LONG}红`), goods('b', LONG), null],
    ['half the same', goods('a', LONG, 'A'), goods('b', `${LONG}加大加厚防晒防风防水新款`, 'A'), null],
    ['titles of one sign each', goods('a', '★', 'A'), goods('b', '☆', 'A'), null],
  ])('%s', (_, one, other, why) => {
    expect(whyTwin(one, other)).toBe(why)
    expect(whyTwin(other, one)).toBe(why)
  })

  it('normal titles', () => expect(normalTitle(' Ａ-b 茶/１ ')).toBe('ab茶1'))
})

it('finds twins of other partners by the text index: live, of the currency, at half to double the price', async () => {
  const { db, sync } = session()
  const other = { partner: { ...ACME, id: 'other' }, source: 'other' }
  const third = { partner: { ...ACME, id: 'third' }, source: 'third' }
  const title = '山茶花晴雨两用折叠伞'
  await sync(csv(HEADER, `A,${title},,花店,,50.00,10`, 'B,保温杯大容量不锈钢男女士,,杯店,,50.00,10'))
  await sync(
    csv(
      HEADER,
      `X,【新】 ${title},Z,花店,,50.00,10`,
      `Y,${title},,,,25.00,30`,
      `Z,${title},,,,24.99,30`,
      `U,${title},,,USD,50.00,30`,
    ),
    other,
  )
  await sync(
    csv(HEADER, `V,${title.slice(0, 3)} ${title.slice(3)},,,,100.00,20`, `W,${title},,,,100.01,20`, `G,${title},,,,50.00,90`),
    third,
  )
  await sync(csv(HEADER, `V,${title.slice(0, 3)} ${title.slice(3)},,,,100.00,20`, `W,${title},,,,100.01,20`), third)
  const product = productByKey(db, 'acme', 'A')!
  let refreshed = 0
  const twins = twinsOf(db, product, {
    refresh() {
      refreshed++
      indexTexts(db)
    },
  })
  expect(refreshed).toBe(1)
  expect(twins.map(({ product: { partner, sku }, why }) => `${partner}:${sku} ${why}`)).toEqual([
    'third:V same title',
    'other:Y same title',
  ])
  expect(twinsOf(db, productByKey(db, 'acme', 'B')!)).toEqual([])

  const net = netOfFees('/nowhere', '2026-11-25', () => {})
  const texts = twins.map((twin) => [twinText(product, twin, net), twinText(product, twin, net, true)])
  expect(texts).toEqual([
    ['third:V pays 15.00 more and costs 50.00 more (same title)', null],
    ['other:Y pays 2.50 more and costs 25.00 less (same title)', 'other:Y pays 2.50 more and costs 25.00 less (same title)'],
  ])
  const back = twinsOf(db, twins[1]!.product).find(({ product: { sku } }) => sku === 'A')!
  expect(twinText(twins[1]!.product, back, net)).toBeNull()
})

it('a title of common words finds its equal among thousands of others', async () => {
  const { db, sync } = session()
  const words = ['雨伞', '水杯', '台灯']
  // every pair of characters stands in more than half of them
  const title = (number: number) =>
    number
      .toString(3)
      .padStart(9, '0')
      .replace(/./g, (digit) => words[Number(digit)]!)
  await sync(csv('sku,title,price', ...Array.from({ length: 9000 }, (_, i) => `${i},${title(2 * i + 1)},10`)))
  await sync(csv('sku,title,price', `T,${title(2 * 8500 + 1)},10`), { partner: { ...ACME, id: 'other' }, source: 'other' })
  indexTexts(db)
  expect(twinsOf(db, productByKey(db, 'other', 'T')!).map(({ product }) => product.sku)).toEqual(['8500'])
})
