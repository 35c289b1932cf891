import { dataError } from '../errors.ts'
import { expectedPayout } from '../partners/fees.ts'
import { keyOf, type Order, type Recorded, type Route, type RoutedLine } from '../records.ts'
import { bundles } from './bundles.ts'
import { dueMonth } from './calendar.ts'
import { classify, entryOf } from './classify.ts'
import { compareText, type Entry, NONE, type Pass, type Rules } from './entry.ts'
import { addresses, match, pays } from './match.ts'

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
  lines: Iterable<RoutedLine>,
  rules: Rules,
): Generator<Entry, Counts> {
  const counts: Counts = { orders: 0, lines: 0 }
  const orderSource = orders[Symbol.iterator]()
  const lineSource = lines[Symbol.iterator]()
  let order = following(orderSource, null)
  let line = following(lineSource, null)
  const entries: Entry[] = []
  const together = bundles()
  try {
    while (order || line) {
      const id = order && (!line || compareText(order.orderId, keyOf(line)) <= 0) ? order.orderId : keyOf(line!)
      const ofOrder: Recorded<Order>[] = []
      while (order?.orderId === id) {
        counts.orders++
        ofOrder.push(order)
        order = following(orderSource, id)
      }
      const ofLines: RoutedLine[] = []
      while (line && keyOf(line) === id) {
        const isOfMonth = line.paidAt.startsWith(rules.month)
        if (isOfMonth) counts.lines++
        if (!isOfOrder(line)) {
          if (isOfMonth) yield entryOf('non-order', NONE, [line], 0, NONE, NONE)
        } else if (ofOrder.length === 0) {
          if (isOfMonth) yield entryOf('unknown-order', NONE, [line], 0, NONE, NONE)
        } else if (isOfMonth || line.paidAt < rules.month) ofLines.push(line)
        line = following(lineSource, id)
      }
      if (ofOrder.length === 0 || together.holds(id, ofOrder, ofLines)) continue
      const plain = ofOrder.length === 1 && ofLines.length === 1 ? plainMatch(ofOrder, ofLines, rules) : null
      if (plain) yield plain
      else {
        settleOrder(ofOrder, ofLines, rules, entries)
        yield* entries
        entries.length = 0
      }
    }
    for (const { orders, lines } of together.rest()) settleOrder(orders, lines, rules, entries)
    yield* entries
  } finally {
    orderSource.return?.()
    lineSource.return?.()
  }
  return counts
}

/** The next record, which may not sort before `id`. */
function following<T extends { orderId: string | null; route?: Route }>(source: Iterator<T>, id: string | null): T | null {
  const { done, value } = source.next()
  if (done) return null
  if (id !== null && value.orderId !== id && compareText(keyOf(value), id) < 0) {
    throw dataError(`settlement input is not sorted: order ${keyOf(value)} after ${id}`)
  }
  return value
}

/** Bonuses, fees, taxes and rounding are for no order even where they name one, unless somebody says so. */
function isOfOrder(line: RoutedLine): boolean {
  if (line.route?.by === 'confirmed') return true
  const names = line.orderId || line.transactionId || line.originalId
  return (line.kind === 'commission' || line.kind === 'clawback') && !!names
}

/** One order line, due, with one payout line that is right: nearly all of every month. Null for anything else. */
function plainMatch(orders: readonly Recorded<Order>[], lines: readonly RoutedLine[], rules: Rules): Entry | null {
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
    match: plainPass(order, line),
    expected,
    paid: expected,
    difference: 0,
    about: orders,
    before: NONE,
  }
}

/** How a line of the right amount names the only line of its order. */
function plainPass(order: Order, line: RoutedLine): Pass {
  if (line.route && line.route.by !== 'order') return line.route.by
  if (line.lineId && line.lineId === order.lineId) return 'line'
  return !line.lineId && line.sku !== null && line.sku === order.sku ? 'sku' : 'sum'
}

/** All lines of one order number, or of several that are paid together. Amounts in different currencies never meet. */
function settleOrder(orders: Recorded<Order>[], lines: RoutedLine[], rules: Rules, out: Entry[]): void {
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
  // entries of one number follow each other
  if (orders[0]!.orderId !== orders.at(-1)!.orderId) {
    out.sort((a, b) => compareText(a.about[0]?.orderId ?? '', b.about[0]?.orderId ?? ''))
  }
}

function pushUnknown(line: RoutedLine, orders: readonly Recorded<Order>[], rules: Rules, out: Entry[]): void {
  if (!line.paidAt.startsWith(rules.month)) return
  const about = orders.filter((order) => pays(line, order.orderId))
  out.push(entryOf('unknown-order', NONE, [line], 0, about, NONE))
}

/** The order in which lines claim an entitlement must not depend on the order in which they were read. */
function byPayDay(a: RoutedLine, b: RoutedLine): number {
  return (
    compareText(a.paidAt, b.paidAt) ||
    compareText(a.statementId, b.statementId) ||
    a.origin.line - b.origin.line ||
    compareText(a.lineId ?? '', b.lineId ?? '') ||
    a.amount - b.amount
  )
}

function byLine(a: Order, b: Order): number {
  return compareText(a.orderId, b.orderId) || compareText(a.lineId, b.lineId)
}
