import { expect, it } from 'vitest'
import { leastFor, readScoreRules, scoreOf, scoreReasons, scoreText } from '../../src/catalog/score.ts'
import { packageFolder } from '../../src/context.ts'
import type { Product } from '../../src/records.ts'
import { folderWith } from '../cli/shoptool.ts'

const rules = (yaml?: string, currency = 'CNY') =>
  readScoreRules(packageFolder(), folderWith(yaml === undefined ? {} : { 'rules/score.yaml': yaml }), currency)
const goods = (commission: number | null, commissionRate: number | null, sales: number | null, more: Partial<Product> = {}) =>
  ({ currency: 'CNY', finalPrice: 99_999, brand: null, category: null, commission, commissionRate, sales, ...more }) as Product
const named = { brand: '花王', category: '家清/抽纸', finalPrice: 990 }

it.each<[Product, string]>([
  [
    goods(1500, 200_000, 5632),
    '42 = 18 of 25 for commission + 13 of 20 for rate + 11 of 20 for sales + 0 of 10 for brand + 0 of 10 for repurchase + 0 of 15 for barrier',
  ],
  [
    goods(2000, 300_000, 10_000, named),
    '100 = 25 of 25 for commission + 20 of 20 for rate + 20 of 20 for sales + 10 of 10 for brand + 10 of 10 for repurchase + 15 of 15 for barrier',
  ],
  [
    goods(null, null, null, { brand: '无品牌', category: '灯具', finalPrice: 5500 }),
    '7 = 0 of 25 for commission + 0 of 20 for rate + 0 of 20 for sales + 0 of 10 for brand + 0 of 10 for repurchase + 7 of 15 for barrier',
  ],
])('by the rules that come with the tool: %o', (product, text) =>
  expect(scoreText(scoreOf(product, rules())!, rules())).toBe(text),
)

it.each([
  [{}, 100],
  [{ commission: 1999 }, 99],
  [{ commissionRate: 299_999 }, 99],
  [{ sales: 9999 }, 99],
  [{ finalPrice: 1000 }, 100],
  [{ finalPrice: 1001 }, 99],
  [{ finalPrice: 10_000 }, 85],
  [{ brand: null }, 90],
  [{ brand: 'other' }, 90],
  [{ category: null }, 90],
])('just at and below what gives all: %o', (less, total) =>
  expect(scoreOf(goods(2000, 300_000, 10_000, { ...named, ...less }), rules())!.total).toBe(total),
)

it('the reasons for a cell name what gave points', () => {
  expect(scoreReasons(scoreOf(goods(1500, null, 500, { brand: '花王' }), rules())!, rules())).toBe(
    'commission 18/25, sales 1/20, brand 10/10',
  )
})

it('none in another currency than that of the rules', () => expect(scoreOf(goods(1, 1, 1), rules(undefined, 'JPY'))).toBeNull())

it('parts of the workspace replace those that come with the tool; what they do not say stays', () => {
  expect(
    rules('sales: { points: 0, full: 1.2万 }\ncommission: { points: 50 }\nrepurchase: { points: 5, words: [纸] }'),
  ).toMatchObject({
    currency: 'CNY',
    commission: { points: 50, full: 2000 },
    rate: { points: 20, full: 300_000 },
    sales: { points: 0, full: 12_000 },
    repurchase: { points: 5, words: ['纸'] },
    barrier: { points: 15, full: 1000, none: 10_000 },
  })
  expect(rules('commission: { points: 50, full: 300 }', 'JPY').commission).toEqual({ points: 50, full: 300 })
})

it.each([
  ['rate: { points: 3, full: 30元 }', 'rules/score.yaml:1: rate.full: "30元" is not a percentage above zero like 30%'],
  ['rate: { points: 3, full: 0 }', 'rules/score.yaml:1: rate.full: "0" is not a percentage above zero like 30%'],
  [
    '\ncommission: { points: 3, full: 1.005 }',
    'rules/score.yaml:2: commission.full: "1.005" is not an amount in CNY above zero like 20.00',
  ],
  ['sales: { points: -1, full: 3 }', 'rules/score.yaml:1: sales.points: expected 0 or more'],
  ['barrier: { points: 1, full: 100 }', 'rules/score.yaml:1: barrier: expected "none" to be more than "full"'],
  ['sails: { points: 1, full: 3 }', 'rules/score.yaml:1: sails: unknown key; did you mean sales?'],
])('%j is refused', (yaml, message) => expect(() => rules(yaml)).toThrow(message))

it('what goods must have at least for a score', () => {
  const brand = "(p.brand IS NOT NULL AND p.brand NOT IN ('none', 'it''s'))"
  const some = rules("brand: { points: 10, none: [none, it's] }\nrepurchase: { points: 10, words: [纸, 茶] }")
  const repurchase = "+p.category IN ('家清/抽纸')"
  const rising = ['p.commission >= 2000', 'p.commission_rate >= 300000', 'p.sales >= 10000']
  expect(leastFor(100, some, ['家清/抽纸', '灯'])).toEqual([...rising, 'p.final_price <= 1000', repurchase, brand])
  expect(leastFor(90, some, [])).toEqual([
    'p.commission >= 1200',
    'p.commission_rate >= 150000',
    'p.sales >= 5000',
    'p.final_price <= 7000',
  ])
  expect(leastFor(75, some, [])).toEqual([])
})
