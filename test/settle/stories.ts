import type { Currency } from '../../src/money.ts'
import type { OrderStatus, PayoutKind } from '../../src/records.ts'
import type { SettlementClass } from '../../src/settle/entry.ts'

/** What a story comes to in the month, in minor units: of so many orders (else lines) in a class what was expected and paid. */
export type Outcome = readonly [name: SettlementClass, count: number, expected: number, paid: number]

/** What happens to one order in the month: its record, the payments of this and of earlier months, and what that must come to. */
export type Story = {
  /** Settled in time for the month, unless it was a month earlier or later, or has no such date. */
  settled?: 'earlier' | 'later' | null
  /** `settled` unless said otherwise. */
  status?: OrderStatus
  before?: readonly number[]
  paid?: readonly number[]
  /** What the payout lines of the month say besides: `unknown` an order that there is not, null none. */
  line?: { orderId?: 'unknown' | null; lineId?: string; kind?: PayoutKind; currency?: Currency }
  is: readonly Outcome[]
}

/** By name; `e` is the entitlement of the order, `part` less than it and more than any tolerance. */
export const STORIES: Record<string, (e: number, part: number) => Story> = {
  'paid in full': (e) => ({ paid: [e], is: [['matched', 1, e, e]] }),
  'paid in full, by line': (e) => ({ paid: [e], line: { lineId: 'A' }, is: [['matched', 1, e, e]] }),
  'split payment': (e, part) => ({ paid: [part, e - part], is: [['matched', 1, e, e]] }),
  'one minor unit off': (e) => ({ paid: [e - 1], is: [['tolerated', 1, e, e - 1]] }),
  short: (e, part) => ({ paid: [e - part], is: [['short-paid', 1, e, e - part]] }),
  over: (e, part) => ({ paid: [e + part], is: [['over-paid', 1, e, e + part]] }),
  skipped: (e) => ({ is: [['missing', 1, e, 0]] }),
  'paid twice': (e) => ({
    paid: [e, e],
    is: [
      ['matched', 1, e, e],
      ['duplicate', 1, 0, e],
    ],
  }),
  'paid again a month later': (e) => ({
    ...{ settled: 'earlier', before: [e], paid: [e] },
    is: [
      ['duplicate', 1, 0, e],
      ['not-due', 1, 0, 0],
    ],
  }),
  'refunded after payment': (e) => ({
    ...{ settled: 'earlier', status: 'refunded', before: [e], paid: [-e] },
    is: [['clawback', 1, -e, -e]],
  }),
  'taken back too much': (e, part) => ({
    ...{ settled: 'earlier', status: 'refunded', before: [e], paid: [-e - part] },
    is: [['clawback', 1, -e, -e - part]],
  }),
  'taken back without reason': (e, part) => ({
    ...{ settled: 'earlier', before: [e], paid: [-part] },
    is: [['short-paid', 1, 0, -part]],
  }),
  'paid though refunded': (e) => ({
    ...{ settled: 'earlier', status: 'refunded', paid: [e] },
    is: [['refunded-but-paid', 1, 0, e]],
  }),
  'invalid, still paid': (e) => ({
    ...{ settled: 'earlier', status: 'invalid', paid: [e] },
    is: [['refunded-but-paid', 1, 0, e]],
  }),
  'paid a month late': (e) => ({ settled: 'earlier', paid: [e], is: [['late', 1, 0, e]] }),
  'rest paid late': (e, part) => ({ settled: 'earlier', before: [e - part], paid: [part], is: [['late', 1, 0, part]] }),
  'paid early': (e) => ({ settled: 'later', paid: [e], is: [['early', 1, 0, e]] }),
  'paid before it was settled': (e) => ({ status: 'received', settled: null, paid: [e], is: [['early', 1, 0, e]] }),
  'was paid early': (e) => ({ before: [e], is: [['early', 1, e, 0]] }),
  'never seen': (e) => ({
    ...{ paid: [e], line: { orderId: 'unknown' } },
    is: [
      ['missing', 1, e, 0],
      ['unknown-order', 1, 0, e],
    ],
  }),
  'paid in another currency': (e) => ({ paid: [e], line: { currency: 'TND' }, is: [['missing', 1, e, 0]] }),
  bonus: (e) => ({
    ...{ paid: [e], line: { orderId: null, kind: 'bonus' } },
    is: [
      ['missing', 1, e, 0],
      ['non-order', 1, 0, e],
    ],
  }),
  'service fee': (e, part) => ({
    ...{ paid: [-part], line: { kind: 'fee' } },
    is: [
      ['missing', 1, e, 0],
      ['non-order', 1, 0, -part],
    ],
  }),
  'paid last month': (e) => ({ settled: 'earlier', before: [e], is: [['not-due', 1, 0, 0]] }),
  'not due yet': () => ({ settled: 'later', is: [['not-due', 1, 0, 0]] }),
  'not received yet': () => ({ status: 'paid', settled: null, is: [['not-due', 1, 0, 0]] }),
  'date missing': () => ({ settled: null, is: [['not-due', 1, 0, 0]] }),
  'refunded in time': () => ({ settled: 'earlier', status: 'refunded', is: [['not-due', 1, 0, 0]] }),
}
