import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { BASES, type DateBasis, type Dimension, figuresOf, type Question, type Row } from '../../src/report/figures.ts'
import { periodOf, periodsBetween } from '../../src/report/period.ts'
import { ranked, totalsOf } from '../../src/report/rank.ts'
import { stories } from '../../src/report/stories.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { months } from '../settle/month.ts'
import { earlier, FEE, line, NOVEMBER, OCTOBER, order, RULES } from '../settle/records.ts'

const ACME: Partner = {
  id: 'acme',
  name: 'Acme',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {},
  calendar: RULES.calendar,
  fees: [],
  tolerance: 0,
}
const sku: Dimension = (_, record) => record.sku
const partner: Dimension = (id) => id

function answer(
  orders: Recorded<Order>[],
  lines: Recorded<PayoutLine>[],
  question: Partial<Question>,
  of: Partial<Partner> = {},
) {
  const whole: Question = { basis: 'paid', by: [partner], per: 'month', from: null, to: null, today: '2026-11-25', ...question }
  const figures = figuresOf(whole)
  const ledger = { partner: { ...ACME, ...of }, orders, lines }
  for (const story of stories(ledger, { from: '0000-01', to: '9998-12' })) figures.add(story)
  return figures.answer()
}
/** `2026-11 acme due 1000 received 900`: the period, the group, and the figures that are not zero. */
const brief = (rows: readonly Row[]) =>
  ranked(rows, 'name', null).map(({ period, group, figures }) =>
    [period, ...group, ...Object.entries(figures).flatMap(([name, value]) => (value === 0 ? [] : [name, value]))].join(' '),
  )

function holds({ figures: f }: Row): void {
  expect(f.estimated - f.fees - f.refunded - f.open).toBe(f.due)
  expect(f.due - f.lost + f.over + f.shifted + f.other).toBe(f.received)
  expect(f.short).toBeLessThanOrEqual(f.lost)
  expect(Math.min(f.orders, f.lost, f.over, f.short)).toBeGreaterThanOrEqual(0)
}

describe('any ledger', () => {
  const question = fc.record({
    basis: fc.constantFrom(...BASES),
    by: fc.constantFrom<Dimension[]>([partner], [partner, sku], []),
    per: fc.constantFrom('day' as const, 'week' as const, 'month' as const, null),
    from: fc.constantFrom(null, '2026-09-05', '2026-11-20'),
    to: fc.constantFrom(null, '2026-10-31', '2026-11-20'),
    today: fc.constantFrom('2026-11-20', '2026-11-25', '2027-01-01'),
  })

  test('ties out in every row of every question', () => {
    fc.assert(
      fc.property(months, question, ({ orders, lines, rules: { fees, tolerance } }, question) => {
        const { rows, undated } = answer(orders, lines, question, { fees, tolerance })
        for (const row of [...rows, ...undated]) holds(row)
      }),
      { numRuns: 150 },
    )
  })

  test('has every order line once and every payout line once, whatever the date', () => {
    fc.assert(
      fc.property(months, fc.constantFrom(...BASES), ({ orders, lines, rules: { fees, tolerance } }, basis) => {
        const { rows, undated } = answer(orders, lines, { basis, per: 'day' }, { fees, tolerance })
        const totals = totalsOf([...rows, ...undated])
        for (const { currency, figures } of totals) {
          const own = <T extends { currency: string }>(records: T[]) => records.filter((record) => record.currency === currency)
          expect(figures.orders).toBe(own(orders).length)
          expect(figures.estimated).toBe(own(orders).reduce((sum, { commission }) => sum + commission, 0))
          expect(figures.received).toBe(own(lines).reduce((sum, { amount }) => sum + amount, 0))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('is by pay day what settle says of the month', () => {
    fc.assert(
      fc.property(months, ({ orders, lines, rules }) => {
        const { fees, tolerance } = rules
        const { rows } = answer(orders, lines, { from: '2026-11-01', to: '2026-11-30', by: [] }, { fees, tolerance })
        const entries = [...reconcile(orders, lines, rules)]
        for (const { currency, figures } of rows) {
          const sum = (of: 'expected' | 'paid') =>
            entries.filter((entry) => entry.currency === currency).reduce((total, entry) => total + entry[of], 0)
          expect([figures.due, figures.received]).toEqual([sum('expected'), sum('paid')])
        }
      }),
      { numRuns: 100 },
    )
  })

  test('is the same whatever stays by itself of it', () => {
    fc.assert(
      fc.property(months, fc.integer({ min: 1, max: 3 }), ({ orders, lines }, top) => {
        const { rows } = answer(orders, lines, { basis: 'ordered', by: [sku], per: 'month' })
        expect(totalsOf(ranked(rows, 'received', top))).toEqual(totalsOf(rows))
      }),
      { numRuns: 30 },
    )
  })
})

describe('one order', () => {
  const PERIODS: [DateBasis, string][] = [
    ['ordered', '2026-09'],
    ['received', '2026-09'],
    ['verified', '2026-10'],
    ['settled', '2026-10'],
    ['paid', '2026-11'],
  ]
  test.each(PERIODS)('counts by %s in %s and nowhere else', (basis, period) => {
    const { rows, undated } = answer([order()], [line(1, 900)], { basis }, { fees: [FEE] })
    expect(brief(rows)).toEqual([`${period} acme orders 1 estimated 1000 fees 100 due 900 received 900`])
    expect(undated).toEqual([])
  })

  test('is in no period by a date that it has not', () => {
    const { rows, undated } = answer([order({ status: 'paid', receivedAt: null, settledAt: null })], [], { basis: 'received' })
    expect(brief(rows)).toEqual([])
    expect(brief(undated)).toEqual([' orders 1 estimated 1000 open 1000'])
  })

  test('is open until its pay day has passed, then lost', () => {
    for (const basis of ['ordered', 'paid'] as const) {
      expect(brief(answer([order()], [], { basis, by: [], today: '2026-11-20' }).rows)[0]).toContain(
        'orders 1 estimated 1000 open 1000',
      )
      expect(brief(answer([order()], [], { basis, by: [], today: '2026-11-21' }).rows)[0]).toContain(
        'orders 1 estimated 1000 due 1000 lost 1000',
      )
    }
  })

  test('that is paid short has lost the rest, and is named short', () => {
    expect(brief(answer([order()], [line(1, 900)], { basis: 'ordered' }).rows)).toEqual([
      '2026-09 acme orders 1 estimated 1000 due 1000 received 900 lost 100 short 100',
    ])
  })

  test('that is paid a month late has lost nothing by its own date; by pay day each month says what it was', () => {
    const late = [order({ settledAt: '2026-09-05T12:00:00+08:00' })]
    expect(brief(answer(late, [line(1, 1000)], { basis: 'ordered' }).rows)).toEqual([
      '2026-09 acme orders 1 estimated 1000 due 1000 received 1000',
    ])
    expect(brief(answer(late, [line(1, 1000)], {}).rows)).toEqual([
      '2026-10 acme orders 1 estimated 1000 due 1000 lost 1000',
      '2026-11 acme received 1000 shifted 1000',
    ])
  })

  test('of which a part was refunded before it was paid, has lost nothing by it', () => {
    for (const [basis, period] of [...PERIODS.slice(0, 1), ...PERIODS.slice(-1)]) {
      const { rows } = answer([order({ refundAmount: 2500 })], [line(1, 675)], { basis }, { fees: [FEE] })
      expect(brief(rows)).toEqual([`${period} acme orders 1 estimated 1000 fees 75 refunded 250 due 675 received 675`])
    }
  })

  test('that is refunded after it was paid, and taken back, comes to nothing', () => {
    const refunded = [order({ status: 'refunded', settledAt: '2026-09-05T12:00:00+08:00' })]
    const lines = [earlier(1, 1000), line(2, -1000)]
    expect(brief(answer(refunded, lines, { basis: 'ordered' }).rows)).toEqual([
      '2026-09 acme orders 1 estimated 1000 refunded 1000',
    ])
  })

  test('of several lines divides what was paid for the whole by what each earns', () => {
    const lines = [order({ sku: 'S', commission: 100 }), order({ lineId: 'B', sku: 'T', commission: 200 })]
    expect(brief(answer(lines, [line(1, 299)], { basis: 'ordered', by: [sku] }).rows)).toEqual([
      '2026-09 S orders 1 estimated 100 due 100 received 100',
      '2026-09 T orders 1 estimated 200 due 200 received 199 lost 1 short 1',
    ])
  })

  test('on a day that it was not due, money is shifted', () => {
    const { rows } = answer([order()], [line(1, 1000, { paidAt: '2026-11-21' })], { per: 'day' })
    expect(brief(rows)).toEqual([
      '2026-11-20 acme orders 1 estimated 1000 due 1000 shifted -1000',
      '2026-11-21 acme received 1000 shifted 1000',
    ])
  })

  test('money for no order is other, and a day of the order it has none', () => {
    const bonus = line(1, 50, { orderId: null, kind: 'bonus' })
    expect(brief(answer([], [bonus], {}).rows)).toEqual(['2026-11 acme received 50 other 50'])
    expect(brief(answer([], [bonus], { basis: 'ordered' }).undated)).toEqual([' received 50 other 50'])
    expect(brief(answer([], [bonus], { basis: 'ordered', per: null }).rows)).toEqual([' acme received 50 other 50'])
  })

  test('days outside are left out, and currencies stand apart', () => {
    const orders = [
      order(),
      order({ orderId: '2', currency: 'JPY', orderedAt: OCTOBER }),
      order({ orderId: '3', orderedAt: NOVEMBER }),
    ]
    const { rows } = answer(orders, [], { basis: 'ordered', from: '2026-09-05', to: '2026-10-31' })
    expect(rows.map(({ currency, period }) => `${currency} ${period}`)).toEqual(['CNY 2026-09', 'JPY 2026-10'])
  })
})

test('periods are named by the calendar, weeks by ISO 8601', () => {
  const names = (day: string) =>
    (['day', 'week', 'month', 'quarter', 'year'] as const).map((period) => periodOf(day, period)).join(' ')
  expect(names('2026-11-25')).toBe('2026-11-25 2026-W48 2026-11 2026-Q4 2026')
  expect(names('2021-01-03')).toBe('2021-01-03 2020-W53 2021-01 2021-Q1 2021')
  expect(names('2024-12-30')).toBe('2024-12-30 2025-W01 2024-12 2024-Q4 2024')
  expect(names('2019-03-31')).toBe('2019-03-31 2019-W13 2019-03 2019-Q1 2019')
})

test('no period between two is left out', () => {
  expect(periodsBetween('2024-02-28', '2024-03-01', 'day')).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
  expect(periodsBetween('2020-W52', '2021-W02', 'week')).toEqual(['2020-W52', '2020-W53', '2021-W01', '2021-W02'])
  expect(periodsBetween('2025-W01', '2025-W01', 'week')).toEqual(['2025-W01'])
  expect(periodsBetween('2025-11', '2026-02', 'month')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  expect(periodsBetween('2025-Q3', '2026-Q1', 'quarter')).toEqual(['2025-Q3', '2025-Q4', '2026-Q1'])
  expect(periodsBetween('2024', '2026', 'year')).toEqual(['2024', '2025', '2026'])
})
