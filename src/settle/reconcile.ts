import { dataError } from '../errors.ts'
import { expectedPayout } from '../partners/fees.ts'
import type { Order, PayoutLine, Recorded } from '../records.ts'
import { dueMonth } from './calendar.ts'
import { classify, entryOf } from './classify.ts'
import { compareText, type Entry, NONE, type Rules } from './entry.ts'
import { addresses, match } from './match.ts'

/** How many orders and how many payout lines of the month went in: the entries must hold exactly as many. */
export type Counts = { orders: number; lines: number }

/**
 * Puts every order and every payout line of the month into exactly one entry (the rules: `classify.ts`, `match.ts`).
 * Both inputs come sorted by order id in UTF-8 byte order, lines without one first, and are merged one order id at a time, so that
 * memory does not grow with them. Lines of earlier months say what was paid before; later ones are passed over.
 * @throws ShoptoolError (data) when an input is not sorted.
 */
export function* reconcile(
  orders: Iterable<Recorded<Order>>,
  lines: Iterable<Recorded<PayoutLine>>,
  rules: Rules,
): Generator<Entry, Counts> {
  const counts: Counts = { orders: 0, lines: 0 }
  const orderSource = orders[Symbol.iterator]()
  const lineSource = lines[Symbol.iterator]()
  let order = following(orderSource, null)
  let line = following(lineSource, null)
  const entries: Entry[] = []
  try {
    while (order || line) {
      const id = order && (!line || compareText(order.orderId, line.orderId ?? '') <= 0) ? order.orderId : (line!.orderId ?? '')
      const ofOrder: Recorded<Order>[] = []
      while (order?.orderId === id) {
        counts.orders++
        ofOrder.push(order)
        order = following(orderSource, id)
      }
      const ofLines: Recorded<PayoutLine>[] = []
      while (line && (line.orderId ?? '') === id) {
        const isOfMonth = line.paidAt.startsWith(rules.month)
        if (isOfMonth) counts.lines++
        if (!isOfOrder(line)) {
          if (isOfMonth) yield entryOf('non-order', NONE, [line], 0, NONE, NONE)
        } else if (ofOrder.length === 0) {
          if (isOfMonth) yield entryOf('unknown-order', NONE, [line], 0, NONE, NONE)
        } else if (isOfMonth || line.paidAt < rules.month) ofLines.push(line)
        line = following(lineSource, id)
      }
      if (ofOrder.length === 0) continue
      const plain = ofOrder.length === 1 && ofLines.length === 1 ? plainMatch(ofOrder, ofLines, rules) : null
      if (plain) yield plain
      else {
        settleOrder(ofOrder, ofLines, rules, entries)
        yield* entries
        entries.length = 0
      }
    }
  } finally {
    orderSource.return?.()
    lineSource.return?.()
  }
  return counts
}

/** The next record, which may not sort before `id`. */
function following<T extends { orderId: string | null }>(source: Iterator<T>, id: string | null): T | null {
  const { done, value } = source.next()
  if (done) return null
  if (id !== null && value.orderId !== id && compareText(value.orderId ?? '', id) < 0) {
    throw dataError(`settlement input is not sorted: order ${value.orderId} after ${id}`)
  }
  return value
}

/** Bonuses, fees, taxes and rounding are for no order even where they name one. */
function isOfOrder(line: PayoutLine): boolean {
  return (line.kind === 'commission' || line.kind === 'clawback') && !!line.orderId
}

/** One order line, due, with one payout line that is right: nearly all of every month. Null for anything else. */
function plainMatch(orders: readonly Recorded<Order>[], lines: readonly Recorded<PayoutLine>[], rules: Rules): Entry | null {
  const order = orders[0]!
  const line = lines[0]!
  const expected = expectedPayout(order, rules.fees)
  if (line.amount !== expected || line.currency !== order.currency || !line.paidAt.startsWith(rules.month)) return null
  if (!addresses(line, order) || dueMonth(order, rules.calendar)?.month !== rules.month) return null
  return {
    class: 'matched',
    currency: order.currency,
    orders,
    lines,
    expected,
    paid: expected,
    difference: 0,
    about: orders,
    before: NONE,
  }
}

/** All lines of one order number. Amounts in different currencies never meet. */
function settleOrder(orders: Recorded<Order>[], lines: Recorded<PayoutLine>[], rules: Rules, out: Entry[]): void {
  orders.sort(byLine)
  lines.sort(byPayDay)
  for (const currency of new Set(orders.map((order) => order.currency))) {
    const { accounts, strangers } = match(
      orders.filter((order) => order.currency === currency),
      lines.filter((line) => line.currency === currency),
      (order) => expectedPayout(order, rules.fees),
    )
    for (const account of accounts) classify(account, rules, out)
    for (const line of strangers) pushUnknown(line, orders, rules, out)
  }
  for (const line of lines) {
    if (!orders.some((order) => order.currency === line.currency)) pushUnknown(line, orders, rules, out)
  }
}

function pushUnknown(line: Recorded<PayoutLine>, orders: readonly Recorded<Order>[], rules: Rules, out: Entry[]): void {
  if (line.paidAt.startsWith(rules.month)) out.push(entryOf('unknown-order', NONE, [line], 0, orders, NONE))
}

/** The order in which lines claim an entitlement must not depend on the order in which they were read. */
function byPayDay(a: Recorded<PayoutLine>, b: Recorded<PayoutLine>): number {
  return (
    compareText(a.paidAt, b.paidAt) ||
    compareText(a.statementId, b.statementId) ||
    a.origin.line - b.origin.line ||
    compareText(a.lineId ?? '', b.lineId ?? '') ||
    a.amount - b.amount
  )
}

function byLine(a: Order, b: Order): number {
  return compareText(a.lineId, b.lineId)
}
