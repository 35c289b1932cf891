import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedPayout } from '../../src/partners/fees.ts'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { AGES, type Due, dueOf, standingOn } from '../../src/report/due.ts'
import { stories } from '../../src/report/stories.ts'
import { months } from '../settle/month.ts'
import { earlier, line, NOVEMBER, OCTOBER, order, RULES, SEPTEMBER } from '../settle/records.ts'

const ACME: Partner = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, fees: [], tolerance: 0 },
  calendar: RULES.calendar,
}

function dues(
  orders: Recorded<Order>[],
  lines: Recorded<PayoutLine>[],
  today: string,
  of: Partial<Partner> = {},
  most = 100,
): Due[] {
  const due = dueOf(today, most)
  const ledger = { partner: { ...ACME, ...of }, orders, lines: lines.filter(({ paidAt }) => paidAt <= today) }
  for (const story of stories(ledger, { from: '0000-01', to: '9998-12' })) due.add(story)
  return due.answer()
}

/** `2026-12-20 1000*1 | unconfirmed 5*1 | 31-60 200*1`: sums that are not of nothing. */
function brief({ payDays, unconfirmed, undated, pastDue }: Due): string {
  const all = { ...Object.fromEntries(payDays.map(({ day, ...sum }) => [day, sum])), unconfirmed, undated, ...pastDue }
  return Object.entries(all)
    .filter(([, { orders }]) => orders > 0)
    .map(([name, { amount, orders }]) => `${name} ${amount}*${orders}`)
    .join(' | ')
}

const PAID = { status: 'paid', settledAt: null, verifiedAt: null, receivedAt: null } as const
const later = (at: number, amount: number) => line(at, amount, { statementId: 'dec', paidAt: '2026-12-20' })

describe('what is due', () => {
  test.each<[string, Recorded<Order>[], Recorded<PayoutLine>[], string, string]>([
    ['on a pay day to come', [order()], [], '2026-11-19', '2026-11-20 1000*1'],
    ['on the pay day itself it may be on its way', [order()], [], '2026-11-20', '2026-11-20 1000*1'],
    ['and is past due after it', [order()], [], '2026-11-21', '0-30 1000*1'],
    ['30 days after it', [order()], [], '2026-12-20', '0-30 1000*1'],
    ['31 days after it', [order()], [], '2026-12-21', '31-60 1000*1'],
    ['60 days after it', [order()], [], '2027-01-19', '31-60 1000*1'],
    ['61 days after it', [order()], [], '2027-01-20', '61-90 1000*1'],
    ['91 days after it', [order()], [], '2027-02-19', '90+ 1000*1'],
    ['paid: nothing', [order()], [line(1, 1000)], '2026-11-25', ''],
    ['paid short', [order()], [line(1, 900)], '2026-11-25', '0-30 100*1'],
    ['paid short on the pay day: the rest may be on its way', [order()], [line(1, 900)], '2026-11-20', '2026-11-20 100*1'],
    ['paid short, the rest late', [order()], [line(1, 900), later(2, 100)], '2026-12-25', ''],
    ['paid short, a part of the rest late', [order()], [line(1, 900), later(2, 60)], '2026-12-25', '31-60 40*1'],
    ['paid late, but only after the day that is asked for', [order()], [later(2, 1000)], '2026-12-19', '0-30 1000*1'],
    ['more than the rest, late', [order()], [line(1, 900), later(2, 160)], '2026-12-25', ''],
    ['paid before it was due', [order({ settledAt: NOVEMBER })], [line(1, 1000)], '2026-11-25', ''],
    ['a part paid before it was due', [order({ settledAt: NOVEMBER })], [line(1, 300)], '2026-11-25', '2026-12-20 700*1'],
    ['a part paid early, and the rest never', [order()], [earlier(1, 300)], '2026-11-25', '0-30 700*1'],
    ['not received yet', [order(PAID)], [], '2026-11-25', 'unconfirmed 1000*1'],
    ['not received yet, and paid for already', [order(PAID)], [line(1, 400)], '2026-11-25', 'unconfirmed 600*1'],
    ['settled, but no date says when', [order({ settledAt: null })], [], '2026-11-25', 'undated 1000*1'],
    ['refunded', [order({ status: 'refunded' })], [], '2026-11-25', ''],
    ['taken back without reason', [order()], [line(1, 1000), later(2, -200)], '2026-12-25', '0-30 200*1'],
    [
      'two lines of an order, one missing',
      [order(), order({ lineId: 'B', sku: 'T' })],
      [line(1, 1000, { lineId: 'A' })],
      '2026-11-25',
      '0-30 1000*1',
    ],
    ['within the tolerance', [order()], [line(1, 999)], '2026-11-25', ''],
  ])('%s', (_, orders, lines, today, expected) => {
    const found = dues(orders, lines, today, { tolerance: 1 })
    expect(found.map(brief).join()).toBe(expected)
  })

  test('goes by the calendar of the partner, weekends included', () => {
    const calendar = { ...RULES.calendar, weekend: 'after' } as const
    expect(dues([order({ settledAt: '2027-01-05T12:00:00+08:00' })], [], '2026-11-25', { calendar }).map(brief)).toEqual([
      '2027-02-22 1000*1',
    ])
  })

  test('names what is past due, the largest first and not more than asked for', () => {
    const orders = ['1', '2', '3', '4', '5'].map((orderId, i) =>
      order({ orderId, commission: (i + 1) * 100, settledAt: i === 0 ? SEPTEMBER : OCTOBER }),
    )
    const [found] = dues(orders, [line(1, 20, { orderId: '5' })], '2026-11-25', {}, 2)
    expect(found!.claims).toEqual([
      { class: 'short-paid', orderId: '5', lineId: 'A', title: '汉服', day: '2026-11-20', missing: 480, open: 480 },
      { class: 'missing', orderId: '4', lineId: 'A', title: '汉服', day: '2026-11-20', missing: 400, open: 400 },
    ])
    expect(found!.oldest).toMatchObject({ orderId: '1', day: '2026-10-20' })
    expect(brief(found!)).toBe('0-30 1380*4 | 31-60 100*1')
  })

  test('late money is that of the lines that it was paid for', () => {
    const orders = [order(), order({ lineId: 'B', sku: 'T' })]
    const [found] = dues(orders, [{ ...later(1, 1000), lineId: 'B' }], '2026-12-25')
    expect(found!.claims.map(({ lineId, open }) => [lineId, open])).toEqual([['A', 1000]])
  })

  test('currencies are by themselves', () => {
    const orders = [order(), order({ orderId: '2', currency: 'JPY' }), order({ orderId: '3', currency: 'KWD', commission: 7 })]
    expect(dues(orders, [], '2026-11-25').map((due) => `${due.currency} ${brief(due)}`)).toEqual([
      ...['CNY 0-30 1000*1', 'JPY 0-30 1000*1', 'KWD 0-30 7*1'],
    ])
  })
})

describe('days to cash and recovery', () => {
  test('median and ninety per cent of the days to the first money', () => {
    const orders = Array.from({ length: 10 }, (_, i) =>
      order({ orderId: String(i), orderedAt: `2026-09-${10 + i}T09:00:00+08:00` }),
    )
    const lines = orders.map(({ orderId }, i) => line(i, i === 9 ? 400 : 1000, { orderId }))
    const [found] = dues(
      orders,
      [...lines, later(99, 600)].map((l) => (l.origin.line === 99 ? { ...l, orderId: '9' } : l)),
      '2026-12-25',
    )
    // ordered on 10 to 19 September, settled on 5 October, paid on 20 November
    expect(found!.cash).toEqual({
      fromOrder: { orders: 10, median: 66, ninety: 70 },
      fromBasis: { orders: 10, median: 46, ninety: 46 },
      by: 'settled',
    })
    expect(found!.recovery).toEqual({
      missing: 600,
      recovered: 600,
      rate: 1_000_000,
      days: { orders: 1, median: 30, ninety: 30 },
    })
  })

  test('what never came is no recovery, and without anything missing there is no rate', () => {
    expect(dues([order()], [], '2026-11-25')[0]!.recovery).toEqual({
      ...{ missing: 1000, recovered: 0, rate: 0 },
      days: { orders: 0, median: null, ninety: null },
    })
    const { recovery, cash } = dues([order(PAID)], [], '2026-11-25')[0]!
    expect([recovery.rate, cash.fromOrder]).toEqual([null, { orders: 0, median: null, ninety: null }])
  })
})

test('an order as it stood on a day, as far as its dates tell', () => {
  const full = order({ orderedAt: '2026-09-01T12:00:00+08:00', receivedAt: SEPTEMBER, verifiedAt: OCTOBER, settledAt: NOVEMBER })
  const stood = (day: string, changes: Partial<Order> = {}) => {
    const found = standingOn({ ...full, ...changes }, day)
    return (
      found && [found.status, found.receivedAt, found.verifiedAt, found.settledAt].map((each) => each?.slice(0, 10)).join(' ')
    )
  }
  expect(stood('2026-08-31')).toBeNull()
  expect(stood('2026-09-01')).toBe('paid   ')
  expect(stood('2026-09-05')).toBe('received 2026-09-05  ')
  expect(stood('2026-10-05')).toBe('verified 2026-09-05 2026-10-05 ')
  expect(standingOn(full, '2026-11-05')).toBe(full)
  expect(stood('2026-10-05', { status: 'refunded' })).toBe('refunded 2026-09-05 2026-10-05 ')
})

test('what is past due is what was expected less all that was ever paid, in any ledger', () => {
  fc.assert(
    fc.property(months, ({ orders, lines, rules: { fees, tolerance } }) => {
      const today = '2027-06-01'
      const found = dues(orders, lines, today, { fees, tolerance }, 1000)
      const open = new Map<string, number>()
      for (const each of orders) {
        if (each.settledAt === null || each.status === 'refunded' || each.status === 'invalid') continue
        const paid = lines
          .filter(
            ({ orderId, currency, kind }) =>
              orderId === each.orderId && currency === each.currency && (kind === 'commission' || kind === 'clawback'),
          )
          .reduce((sum, { amount }) => sum + amount, 0)
        const left = expectedPayout(each, fees) - paid
        if (left > tolerance) open.set(each.orderId, left)
      }
      // money that was taken back too much for refunded orders is owed too
      const claims = found.flatMap(({ claims }) => claims).filter((claim) => claim.class !== 'clawback')
      expect(new Map(claims.map((claim) => [claim.orderId, claim.open]))).toEqual(open)
      for (const { pastDue, claims, recovery } of found) {
        const past = AGES.reduce((sum, age) => sum + pastDue[age].amount, 0)
        expect(past).toBe(claims.reduce((sum, claim) => sum + claim.open, 0))
        expect(recovery.missing - recovery.recovered).toBe(past)
      }
    }),
    { numRuns: 60 },
  )
})
