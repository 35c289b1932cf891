import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import type { Entry, Rules } from '../../src/settle/entry.ts'
import { reconcile } from '../../src/settle/reconcile.ts'

export const FEE = { name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up' } as const
/** November 2026 pays what was settled in October; no fees, so that commission and payout are the same. */
export const RULES: Rules = {
  month: '2026-11',
  calendar: { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 },
  fees: [],
  tolerance: 0,
}

export const OCTOBER = '2026-10-05T12:00:00+08:00'
export const SEPTEMBER = '2026-09-05T12:00:00+08:00'
export const NOVEMBER = '2026-11-05T12:00:00+08:00'

let row = 0
/** An order line of order 1, settled in October: due in November. */
export function order(changes: Partial<Order> = {}): Recorded<Order> {
  return {
    orderId: '1',
    lineId: 'A',
    sku: 'S',
    title: '汉服',
    quantity: 1,
    currency: 'CNY',
    paidAmount: 10_000,
    commissionRate: 100_000,
    commission: 1000,
    status: 'settled',
    rawStatus: '已结算',
    orderedAt: SEPTEMBER,
    paidAt: SEPTEMBER,
    receivedAt: SEPTEMBER,
    verifiedAt: OCTOBER,
    settledAt: OCTOBER,
    modifiedAt: null,
    refundAmount: null,
    serviceFee: null,
    subsidy: null,
    trackingId: null,
    subId: null,
    transactionId: null,
    dueAt: null,
    ...changes,
    origin: { file: 'orders.csv', line: ++row, sha256: 'a'.repeat(64) },
  }
}

/** A payout line for order 1 on 20 November. `at` is its line in the file, by which tests name it. */
export function line(at: number, amount: number, changes: Partial<PayoutLine> = {}): Recorded<PayoutLine> {
  return {
    statementId: 'nov',
    orderId: '1',
    lineId: null,
    sku: null,
    title: null,
    currency: 'CNY',
    amount,
    kind: amount < 0 ? 'clawback' : 'commission',
    paidAt: '2026-11-20',
    transactionId: null,
    originalId: null,
    ...changes,
    origin: { file: 'payout.csv', line: at, sha256: 'b'.repeat(64) },
  }
}
/** The same in October: a payment of an earlier month. */
export const earlier = (at: number, amount: number, changes: Partial<PayoutLine> = {}) =>
  line(at, amount, { statementId: 'oct', paidAt: '2026-10-20', ...changes })

export const settled = (orders: Recorded<Order>[], lines: Recorded<PayoutLine>[], rules: Partial<Rules> = {}): Entry[] => [
  ...reconcile(orders, lines, { ...RULES, ...rules }),
]

/** `short-paid A|1 1000 900`: class, order lines | payout lines, expected, paid. */
export const brief = (entries: readonly Entry[]): string[] =>
  entries.map(
    (entry) =>
      `${entry.class} ${entry.orders.map((each) => each.lineId).join(',')}|${entry.lines.map(({ origin }) => origin.line).join(',')} ${entry.expected} ${entry.paid}`,
  )
