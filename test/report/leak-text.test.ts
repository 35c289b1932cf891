import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { asLikelyAsNot, chanceText, confidence, confidenceText, evenly } from '../../src/report/chance.ts'
import { adviceOn, missingText, proofOf, whereText } from '../../src/report/leak-text.ts'
import type { Leak } from '../../src/report/leaks.ts'
import { RULES } from '../settle/records.ts'

/** n over k, counted out. */
const choose = (n: number, k: number): number => (k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

describe('chances', () => {
  test('are those of every case counted out', () => {
    const sizes = fc.record({ size: fc.integer({ min: 1, max: 14 }), rest: fc.integer({ min: 1, max: 14 }) })
    fc.assert(
      fc.property(sizes, fc.nat(14), fc.nat(14), ({ size, rest }, given, more) => {
        const all = size + rest
        const hits = Math.min(size, given)
        const allHits = Math.min(all, hits + Math.min(rest, more))
        let cases = 0
        for (let x = hits; x <= Math.min(size, allHits); x++) cases += choose(allHits, x) * choose(all - allHits, size - x)
        expect(Math.exp(evenly(hits, size, allHits, all))).toBeCloseTo(cases / choose(all, size), 9)
        let heads = 0
        for (let x = hits; x <= size; x++) heads += choose(size, x)
        expect(Math.exp(asLikelyAsNot(hits, size))).toBeCloseTo(heads / 2 ** size, 9)
      }),
    )
  })

  test('far below the smallest number have a logarithm all the same', () => {
    expect(asLikelyAsNot(5000, 5000) / Math.LN2).toBeCloseTo(-5000, 6)
    // one way of all ways to choose 100 of 1000: 6.385e139 of them
    expect(evenly(100, 100, 100, 1000)).toBeCloseTo(-Math.log(6.385051192630516) - 139 * Math.LN10, 6)
  })

  test.each([
    [1e-3, '1e-3', '99.9', '99.9 %'],
    [3.4e-5, '3e-5', '99.9966', '99.9966 %'],
    [9.7e-8, '1e-7', '99.9999', 'over 99.9999 %'],
  ])('of %d are told as %s', (chance, text, sure, surely) => {
    const ln = Math.log(chance)
    expect([chanceText(ln), confidence(ln), confidenceText(ln)]).toEqual([text, sure, surely])
    expect(chanceText(-5000)).toBe('below 1e-99')
  })
})

const ACME: Partner = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, fees: [], tolerance: 0 },
  calendar: RULES.calendar,
}
const leak = (of: Partial<Leak>): Leak => ({
  ...{
    partner: ACME,
    currency: 'CNY',
    group: [],
    pattern: 'share',
    fee: null,
    share: 5000,
    amount: null,
    orders: 40,
    affected: 38,
  },
  ...{ hidden: 0, rate: null, expected: 10_000, paid: 9950, spread: 120, elsewhere: null, chance: -50, tried: 1 },
  ...{ first: '2026-10-01', last: '2026-10-31', ...of },
})

test.each<[Partial<Leak>, string, string, string]>([
  [
    {},
    'all orders',
    '0.5 % of the payout',
    'Ask Acme what this is kept for; agreed: add it to its fees with from: and the day, else claim it with ',
  ],
  [
    { rate: 30_000, share: 166_667, group: [{ by: 'rate', value: '3 %' }] },
    'rate 3 %',
    '16.6667 % of the payout, as at 2.5 % instead of 3 %',
    'Ask Acme what this is kept for; ',
  ],
  [
    { pattern: 'share-of-paid', share: 1000, group: [{ by: 'from', value: '2026-10-01' }] },
    'orders from 2026-10-01',
    '0.1 % of the paid amount, as by a further fee',
    'what this is kept for since 2026-10-01;',
  ],
  [
    {
      pattern: 'fee-twice',
      fee: '技术服务费',
      group: [
        { by: 'tracking', value: 'mm_1' },
        { by: 'until', value: '2026-10-09' },
      ],
    },
    'tracking id mm_1, orders until 2026-10-09',
    '技术服务费, which was taken twice',
    'Tell Acme that 技术服务费 was taken twice, and claim',
  ],
  [
    { pattern: 'amount', amount: 30, group: [{ by: 'amount', value: '50 to 100' }] },
    'paid amount 50 to 100',
    '0.30 CNY of each order',
    'Ask Acme what this is kept for; ',
  ],
  [
    { pattern: 'rounding', group: [{ by: 'on', value: '2026-10-09' }] },
    'orders of 2026-10-09',
    'a minor unit or what is tolerated, always rounded down',
    'Ask Acme how payouts are rounded;',
  ],
  [
    { pattern: 'unpaid', group: [{ by: 'category', value: '女装' }] },
    'category 女装',
    'all: the orders were not paid',
    'See that no statement of Acme is lacking, then claim it',
  ],
])('%j is told with place, size and what to do', (of, where, missing, advice) => {
  expect([whereText(leak(of)), missingText(leak(of)), adviceOn(leak(of))]).toEqual([
    where,
    missing,
    expect.stringContaining(advice),
  ])
})

test('the statistics are told in plain words', () => {
  expect(proofOf(leak({ hidden: 7, tried: 47 }))).toEqual([
    '38 of 40 orders were paid 99.5 % (± 0.01) of what was due, 2026-10-01 to 2026-10-31',
    '7 more are too small for it to show',
    'expected 100.00, paid 99.50 CNY',
    'chance 2e-22, were an order as likely paid so as not (sign test, times 47 groups and patterns looked at)',
  ])
  const [, , elsewhere, chance] = proofOf(leak({ elsewhere: { orders: 90, affected: 2 } }))
  expect(elsewhere).toBe('of 90 other orders 2 look so')
  expect(chance).toBe("chance 2e-22, were such losses spread evenly (Fisher's exact test)")
  expect(proofOf(leak({ pattern: 'rounding' })).at(-1)).toContain('were too little as likely as too much (sign test)')
  expect(proofOf(leak({ pattern: 'unpaid' }))[0]).toBe('38 of 40 orders were not paid, 2026-10-01 to 2026-10-31')
})
