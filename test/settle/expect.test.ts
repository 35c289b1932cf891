import { expect, test } from 'vitest'
import { share } from '../../src/money.ts'
import { expectedPayout, feeOf, formula } from '../../src/partners/fees.ts'
import type { Fee } from '../../src/partners/partner.ts'
import { afterRefund, keptPayout } from '../../src/settle/expect.ts'
import { FEE, order } from './records.ts'

test('the public example: 19.80 × 9.10 % × 10 % technical service fee is 0.18', () => {
  const commission = share(1980, 91_000)
  const example = order({ paidAmount: 1980, commissionRate: 91_000, commission })
  expect(commission).toBe(180)
  expect(feeOf(example, FEE)).toBe(18)
  expect(expectedPayout(example, [FEE])).toBe(162)
  expect(formula(example, [FEE])).toBe('1.80 commission − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.62')
})

test.each<[string, number, Fee[], number]>([
  ['no fee', 185, [], 185],
  ['half-up', 185, [FEE], 166],
  ['half-even', 185, [{ ...FEE, rounding: 'half-even' }], 167],
  ['down', 189, [{ ...FEE, rounding: 'down' }], 171],
  ['up', 181, [{ ...FEE, rounding: 'up' }], 162],
  ['of the amount paid', 185, [{ ...FEE, of: 'paidAmount', rate: 6000 }], 173],
  ['each fee is rounded by itself', 185, [FEE, { ...FEE, of: 'paidAmount', rate: 6000 }], 154],
])('expected payout with %s', (_, commission, fees, payout) => {
  expect(expectedPayout({ commission, paidAmount: 1980 }, fees)).toBe(payout)
})

test('the formula of a currency without minor digits, and without fees', () => {
  expect(formula(order({ currency: 'JPY', commission: 1200 }), [])).toBe('1200 commission = 1200')
})

test('after a partial refund the commission shrinks in proportion', () => {
  expect(afterRefund(order({ refundAmount: 2500 }))).toMatchObject({ paidAmount: 7500, commission: 750 })
  expect(keptPayout(order({ refundAmount: 2500 }), [FEE])).toBe(675)
})
test('a commission that is that of the smaller amount already does not shrink again', () => {
  expect(afterRefund(order({ refundAmount: 2500, commission: 750 }))).toMatchObject({ paidAmount: 7500, commission: 750 })
})
test('nothing is kept of a refunded or invalid order, and everything without a refund', () => {
  expect(keptPayout(order({ status: 'refunded' }), [])).toBe(0)
  expect(keptPayout(order({ status: 'invalid' }), [])).toBe(0)
  expect(keptPayout(order(), [])).toBe(1000)
})
test('nothing is kept when all of it was refunded, whatever the status', () => {
  expect(keptPayout(order({ refundAmount: 10_000 }), [FEE])).toBe(0)
  expect(keptPayout(order({ refundAmount: 1, paidAmount: 0 }), [])).toBe(0)
})

test.each<[string, number, number, string]>([
  ['part of it', 1000, 200, '8.00 commission + 2.00 subsidy (stated) − 0.80 技术服务费 (10 % of 8.00, half-up) = 9.20'],
  ['all of it', 200, 200, '0.00 commission + 2.00 subsidy (stated) − 0.00 技术服务费 (10 % of 0.00, half-up) = 2.00'],
  ['more than it', 100, 200, '0.00 commission + 1.00 subsidy (stated) − 0.00 技术服务费 (10 % of 0.00, half-up) = 1.00'],
  ['left of an order that earns nothing', 0, 200, '0.00 commission − 0.00 技术服务费 (10 % of 0.00, half-up) = 0.00'],
  ['taken back', -100, -200, '0.00 commission − 1.00 subsidy (stated) − 0.00 技术服务费 (10 % of 0.00, half-up) = -1.00'],
])('a stated subsidy that is %s', (_, commission, subsidy, text) => {
  expect(formula(order({ commission, subsidy }), [FEE])).toBe(text)
})

test('what the order states shrinks with it', () => {
  expect(afterRefund(order({ refundAmount: 2500, serviceFee: 101, subsidy: 40 }))).toMatchObject({ serviceFee: 76, subsidy: 30 })
  expect(keptPayout(order({ refundAmount: 2500, serviceFee: 101 }), [FEE])).toBe(750 - 76 - 75)
  expect(keptPayout(order({ refundAmount: 2500, serviceFee: 101 }), [{ ...FEE, stated: true }])).toBe(750 - 76)
})
