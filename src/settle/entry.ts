import type { Month } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Calendar, Fee } from '../partners/partner.ts'
import type { Order, PayoutLine, Recorded, RoutedLine } from '../records.ts'

/** What became of an order or a payout line in a month, in the order of reports. Each is in exactly one class. */
export const CLASSES = [
  'matched',
  'tolerated',
  'missing',
  'short-paid',
  'over-paid',
  'late',
  'early',
  'clawback',
  'refunded-but-paid',
  'duplicate',
  'unknown-order',
  'non-order',
  'not-due',
] as const
export type SettlementClass = (typeof CLASSES)[number]

/**
 * How payout lines are put to order lines, from the surest way to the weakest (`match.ts`). `sum` is `order` where what was paid is just
 * what was expected.
 */
export const PASSES = ['transaction', 'line', 'sku', 'original', 'sum', 'order', 'confirmed'] as const
export type Pass = (typeof PASSES)[number]

/** What was matched by, for people. */
export const PASS_TEXT: Readonly<Record<Pass, string>> = {
  transaction: 'the number of the sale',
  line: 'order and line number',
  sku: 'order number and sku',
  original: 'the payment that is taken back',
  sum: 'order number and equal sums',
  order: 'order number',
  confirmed: 'a confirmation in settle review',
}

/**
 * By what a month of one partner is judged. `tolerance` is in minor units per order line; `statementTolerance` for all tolerated lines of a
 * statement together, absent where these may add up to anything.
 */
export type Rules = {
  month: Month
  calendar: Calendar
  fees: readonly Fee[]
  tolerance: Minor
  statementTolerance?: Minor
}

/**
 * Orders and payout lines that belong together, with their class. Amounts are minor units of `currency`; `difference` is
 * `paid` − `expected`, and `paid` the sum of `lines`.
 */
export type Entry = {
  class: SettlementClass
  currency: Currency
  /** The orders that are in this class; they are in no other entry. */
  orders: readonly Recorded<Order>[]
  /** The payout lines of the month that are in this class; they are in no other entry. */
  lines: readonly RoutedLine[]
  /** How these lines were matched, by the weakest pass that one of them needed; null without lines, and where they match no order. */
  match: Pass | null
  /** What should have been paid in this month. */
  expected: Minor
  paid: Minor
  difference: Minor
  /** The orders that the entry speaks of: its own, or for a line alone (a duplicate) those that it names. */
  about: readonly Recorded<Order>[]
  /** Refunded or invalid orders that too much may have been paid for with these. */
  besides?: readonly Recorded<Order>[]
  /** Lines that were paid for these orders before: in earlier months, and for a duplicate also in this one. */
  before: readonly RoutedLine[]
}

export const NONE: readonly never[] = []

/** Σ amounts, in minor units. */
export function sumOf(lines: readonly PayoutLine[]): Minor {
  let sum = 0
  for (const line of lines) sum += line.amount
  return sum
}

/**
 * Compares texts as SQLite's BINARY collation does (UTF-8 bytes). JavaScript's `<` differs from it for characters beyond U+FFFF,
 * which a merge of two sorted lists would not survive.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return byteRank(x) - byteRank(y)
  }
  return a.length - b.length
}

/** Surrogates stand for characters beyond U+FFFF and so come last. */
function byteRank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
