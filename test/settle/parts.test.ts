import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedPayout, formula, partsOf } from '../../src/partners/fees.ts'
import type { Fee } from '../../src/partners/partner.ts'
import type { Order } from '../../src/records.ts'
import { keptPayout } from '../../src/settle/expect.ts'
import { partsBy } from '../../src/settle/parts.ts'
import { FEE, order } from './records.ts'

const WHOLE: Fee = { ...FEE, per: 'order' }
const SUBSIDY: Fee = { name: '补贴', kind: 'subsidy', of: 'paidAmount', rate: 10_000, rounding: 'half-up' }

const line = (lineId: string, commission: number, changes: Partial<Order> = {}) =>
  order({ lineId, commission, paidAmount: commission * 10, ...changes })
const payouts = (orders: Order[], fees: Fee[], all: Order[] = orders) =>
  [...partsBy(fees, () => all)(orders)].map((each) => expectedPayout(each, fees))

describe('a fee that is reckoned for the whole order', () => {
  const lines = [line('A', 185), line('B', 185), line('C', 185)]
  test('is rounded once: 10 % of 5.55 is 0.56, where three lines by themselves would come to 0.57', () => {
    expect(payouts(lines, [FEE])).toEqual([166, 166, 166])
    expect(payouts(lines, [WHOLE])).toEqual([166, 166, 167])
  })
  test('is limited once', () => {
    expect(payouts(lines, [{ ...SUBSIDY, per: 'order', max: 10 }])).toEqual([189, 188, 188])
    expect(payouts(lines, [{ ...WHOLE, min: 100 }])).toEqual([151, 152, 152])
  })
  test('has no part for a gift line, nor for one that is refunded, invalid or in another currency', () => {
    const others = [line('D', 0), line('E', 185, { status: 'refunded' }), line('F', 185, { currency: 'JPY' })]
    expect(payouts([...lines, ...others], [WHOLE])).toEqual([166, 166, 167, 0, 166, 166])
  })
  test('of the rest, after another one', () => {
    expect(payouts(lines, [WHOLE, { ...WHOLE, name: '税', of: 'rest', rate: 30_000 }])).toEqual([161, 161, 162])
  })
  test('is not that of lines which state their own', () => {
    const stated = [line('A', 185, { serviceFee: 10 }), line('B', 185)]
    expect(payouts(stated, [{ ...WHOLE, stated: true }])).toEqual([175, 166])
  })
  test('says so in the formula', () => {
    const [first] = partsBy([WHOLE], () => lines)(lines)
    expect(formula(first!, [WHOLE])).toBe('1.85 commission − 0.19 技术服务费 (10 % of 1.85, half-up, for the whole order) = 1.66')
  })
  test('shrinks with a refund', () => {
    const [first] = partsBy([WHOLE], () => [])([line('A', 1000, { refundAmount: 2500 })])
    expect(keptPayout(first!, [WHOLE])).toBe(750 - 75)
  })
  describe('and limited, is reckoned anew of what a refund left', () => {
    const half: Fee = { ...WHOLE, rate: 500_000, max: 200 }
    const kept = (lines: Order[], fees = [half]) => [...partsBy(fees, () => lines)(lines)].map((each) => keptPayout(each, fees))
    test('as a fee of the line alone is', () => {
      const lines = [line('A', 600, { refundAmount: 3000 })]
      expect(kept(lines)).toEqual([300 - 150])
      expect(kept(lines, [{ ...FEE, rate: 500_000, max: 200 }])).toEqual([300 - 150])
    })
    test('for all lines of the order', () => {
      expect(kept([line('A', 600, { refundAmount: 3000 }), line('B', 600)])).toEqual([300 - 67, 600 - 133])
      expect(payouts([line('A', 600, { refundAmount: 3000 }), line('B', 600)], [half])).toEqual([500, 500])
    })
    test('and the formula tells the limit', () => {
      const [first] = partsBy([half], () => [])([line('A', 600), line('B', 600)])
      expect(formula(first!, [half])).toBe(
        '6.00 commission − 1.00 技术服务费 (50 % of 6.00, half-up, for the whole order, at most 2.00) = 5.00',
      )
    })
  })
  test('orders without such fees are the very same', () => {
    expect(partsBy([FEE], () => lines)(lines)).toBe(lines)
  })
})

describe('a fee with a limit for a month', () => {
  const limited: Fee[] = [{ ...SUBSIDY, maxMonth: 40 }]
  const on = (orderId: string, day: string, changes: Partial<Order> = {}) =>
    order({ orderId, paidAmount: 1980, commission: 180, orderedAt: `${day}T10:00:00+08:00`, paidAt: null, ...changes })
  const month = [
    on('1', '2026-10-31'),
    on('2', '2026-10-01'),
    on('3', '2026-10-15'),
    on('4', '2026-11-01'),
    on('5', '2026-10-02', { status: 'refunded' }),
    on('6', '2026-10-31', { currency: 'JPY' }),
  ]
  test('is used up by the earliest orders; what is refunded does not count, and each month and currency has its own', () => {
    expect(payouts(month, limited)).toEqual([180, 200, 200, 200, 200, 200])
  })
  test('the order at the limit has what is left', () => {
    expect(payouts(month, [{ ...SUBSIDY, maxMonth: 50 }])).toEqual([190, 200, 200, 200, 200, 200])
  })
  test('an order alone is judged beside all the others', () => {
    expect(payouts([month[0]!], limited, month)).toEqual([180])
  })
  test('of several lines the order has the limit together', () => {
    const lines = [
      on('1', '2026-10-01', { lineId: 'A' }),
      on('1', '2026-10-01', { lineId: 'B' }),
      on('1', '2026-10-01', { lineId: 'C' }),
    ]
    expect(payouts(lines, limited)).toEqual([194, 193, 193])
  })
  test('within the limit each line has its own', () => {
    const lines = [
      on('1', '2026-10-01', { lineId: 'A', paidAmount: 60 }),
      on('1', '2026-10-01', { lineId: 'B', paidAmount: 140 }),
    ]
    expect(payouts(lines, limited)).toEqual([181, 181])
  })
  test('says so in the formula', () => {
    const [first] = partsBy(limited, () => month)([month[0]!])
    expect(formula(first!, limited)).toBe('1.80 commission + 0.00 补贴 (1 % of 19.80, half-up, at most 0.40 a month) = 1.80')
  })
})

// reckoned here on its own, with big integers
const rounded = (amount: number, rate: number, rounding: Fee['rounding']): number => {
  const exact = BigInt(amount) * BigInt(rate)
  const [down, rest] = [exact / 1_000_000n, (exact % 1_000_000n) * 2n]
  const up =
    rounding === 'up'
      ? rest > 0n
      : rounding === 'down'
        ? false
        : rest > 1_000_000n || (rest === 1_000_000n && (rounding === 'half-up' || down % 2n === 1n))
  return Number(down) + (up ? 1 : 0)
}
const fee: fc.Arbitrary<Fee> = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('fee' as const, 'share' as const, 'subsidy' as const, 'tax' as const),
    of: fc.constantFrom('commission' as const, 'paidAmount' as const, 'rest' as const),
    rate: fc.integer({ min: 1, max: 300_000 }),
    rounding: fc.constantFrom('half-up' as const, 'half-even' as const, 'down' as const, 'up' as const),
    max: fc.integer({ min: 0, max: 500 }),
    per: fc.constant('order' as const),
    maxMonth: fc.integer({ min: 0, max: 2000 }),
  },
  { requiredKeys: ['name', 'of', 'rate', 'rounding'] },
)
const fees = fc.uniqueArray(fee, { selector: ({ name }) => name, maxLength: 3 })
const lines = fc
  .array(
    fc.record({
      orderId: fc.constantFrom('1', '2', '3'),
      currency: fc.constantFrom('JPY', 'CNY', 'KWD'),
      commission: fc.nat(20_000),
      paidAmount: fc.nat(100_000),
      day: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 12 },
  )
  .map((drafts) =>
    drafts
      .map(({ day, ...draft }, i) => {
        const at = `2026-09-${String(day).padStart(2, '0')}T00:00:00+08:00`
        return order({ ...draft, lineId: String(i), orderedAt: at, paidAt: null })
      })
      .sort((a, b) => (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0)),
  )

describe('in every currency, whatever the fees', () => {
  test('a payout is the commission and its parts, each rounded by itself', () => {
    fc.assert(
      fc.property(fees, lines, (fees, lines) => {
        const alone = fees.map(({ per: _, maxMonth: __, ...fee }) => fee)
        for (const each of lines) {
          let rest = each.commission
          for (const { kind, of, rate, rounding, max = Number.MAX_SAFE_INTEGER } of alone) {
            const base = of === 'rest' ? rest : each[of]
            if (base < 0) return
            const size = Math.min(rounded(base, rate, rounding), max)
            rest -= kind === 'subsidy' ? -size : kind === 'share' ? base - size : size
          }
          expect(expectedPayout(each, alone)).toBe(rest)
        }
      }),
    )
  })
  test('parts of a whole order add up to it exactly, and no month has more than its limit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('commission' as const, 'paidAmount' as const),
        fee,
        lines,
        (of, { kind: _, ...drawn }, lines) => {
          const one: Fee = { ...drawn, of, per: 'order' }
          const found = [...partsBy([one], () => lines)(lines)]
          expect(found.map(({ lineId }) => lineId)).toEqual(lines.map(({ lineId }) => lineId))
          const taken = new Map<string, number>()
          for (const each of found) {
            const { amount } = partsOf(each, [one])[0]!
            for (const key of [`order ${each.orderId} ${each.currency}`, each.currency])
              taken.set(key, (taken.get(key) ?? 0) + amount)
          }
          for (const [key, amount] of taken) {
            const [, orderId, currency] = /^order (\d) (\w+)$/.exec(key) ?? []
            if (orderId === undefined) expect(amount).toBeLessThanOrEqual(one.maxMonth ?? amount)
            else if (one.maxMonth === undefined) {
              const base = lines.reduce(
                (sum, each) => sum + (each.orderId === orderId && each.currency === currency ? each[of] : 0),
                0,
              )
              expect(amount).toBe(Math.min(rounded(base, one.rate, one.rounding), one.max ?? Number.MAX_SAFE_INTEGER))
            }
          }
        },
      ),
    )
  })
})
