import { expect, it } from 'vitest'
import { leastFor, readScoreRules, scoreOf, scoreText } from '../../src/catalog/score.ts'
import { packageFolder } from '../../src/context.ts'
import type { Product } from '../../src/records.ts'
import { folderWith } from '../cli/shoptool.ts'

const rules = (yaml?: string, currency = 'CNY') =>
  readScoreRules(packageFolder(), folderWith(yaml === undefined ? {} : { 'rules/score.yaml': yaml }), currency)
const goods = (commission: number | null, commissionRate: number | null, sales: number | null) =>
  ({ currency: 'CNY', commission, commissionRate, sales }) as Product

it.each<[Product, string]>([
  [goods(1500, 200_000, 5632), '66 = 30 of 40 for commission + 20 of 30 for rate + 16 of 30 for sales'],
  [goods(2000, 300_000, 10_000), '100 = 40 of 40 for commission + 30 of 30 for rate + 30 of 30 for sales'],
  [goods(999_999, 900_000, 5_000_000), '100 = 40 of 40 for commission + 30 of 30 for rate + 30 of 30 for sales'],
  [goods(1999, 299_999, 9999), '97 = 39 of 40 for commission + 29 of 30 for rate + 29 of 30 for sales'],
  [goods(null, null, null), '0 = 0 of 40 for commission + 0 of 30 for rate + 0 of 30 for sales'],
])('by the rules that come with the tool: %o', (product, text) =>
  expect(scoreText(scoreOf(product, rules())!, rules())).toBe(text),
)

it('none in another currency than that of the rules', () => expect(scoreOf(goods(1, 1, 1), rules(undefined, 'JPY'))).toBeNull())

it('parts of the workspace replace those that come with the tool', () => {
  expect(rules('sales: { points: 0, full: 1.2万 }\ncommission: { points: 50, full: 30 }')).toEqual({
    currency: 'CNY',
    commission: { points: 50, full: 3000 },
    rate: { points: 30, full: 300_000 },
    sales: { points: 0, full: 12_000 },
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
  ['sails: { points: 1, full: 3 }', 'rules/score.yaml:1: sails: unknown key; did you mean sales?'],
])('%j is refused', (yaml, message) => expect(() => rules(yaml)).toThrow(message))

it('what goods must have at least for a score', () => {
  expect(leastFor(100, rules())).toEqual(['p.commission >= 2000', 'p.commission_rate >= 300000', 'p.sales >= 10000'])
  expect(leastFor(71, rules())).toEqual(['p.commission >= 550', 'p.commission_rate >= 10000', 'p.sales >= 334'])
  expect(leastFor(60, rules())).toEqual([])
})
