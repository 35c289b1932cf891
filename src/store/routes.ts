import type { PayoutLine, Recorded, Route, RoutedLine } from '../records.ts'
import { type Bound, boundOf, overruled, type Position } from './journal.ts'
import type { Database } from './open.ts'
import { decisions } from './reviews.ts'

/** SQL for payout lines that name a sale: these words, since there is an index of them alone. */
export const NAMES_SALE = 'coalesce(p.transaction_id, p.original_transaction_id) IS NOT NULL'

/** Whether any payout line of a partner names a sale. */
export function namesSales(db: Database, partner: string): boolean {
  return db.prepare(`SELECT 1 FROM payout_line p WHERE p.partner = ? AND ${NAMES_SALE} LIMIT 1`).get(partner) !== undefined
}

/**
 * SQL of what the sale in a column of the payout line `p` is recorded as: its order and line as a JSON array, the line null where there are
 * several. Null where no order is known by it, or several are.
 */
export function saleIn(column: 'transaction_id' | 'original_transaction_id', bound: Bound): string {
  const recordedIn = (fact: 'order_state' | 'order_entry') =>
    `SELECT l.order_id, l.line_id FROM ${fact} f JOIN order_line l ON l.id = f.order_line
     WHERE f.transaction_id = p.${column} AND l.partner = p.partner AND f.file <= ${bound.file} AND f.id NOT IN ${overruled(fact, bound)}`
  return `(SELECT json_array(min(order_id), CASE WHEN min(line_id) = max(line_id) THEN min(line_id) END)
    FROM (${recordedIn('order_state')} UNION ALL ${recordedIn('order_entry')}) HAVING min(order_id) = max(order_id))`
}

/** The line with the route of its sale; `sale` and `original` are what `saleIn` gives for its two columns. */
export function routedBySale(line: Recorded<PayoutLine>, sale: string | null, original: string | null): RoutedLine {
  const found = sale ?? original
  if (found === null) return line
  const [orderId, lineId] = JSON.parse(found) as [string, string | null]
  const contested = line.orderId !== null && line.orderId !== orderId
  return { ...line, route: { by: sale === null ? 'original' : 'transaction', orderIds: [orderId], lineId, contested } }
}

/** What parts order numbers where several stand in one place. */
const LIST = /[\s,;|/+&，；、]/

/** Whether an order number may be a list of several. */
export function mayBeList(orderId: string | null): boolean {
  return orderId !== null && LIST.test(orderId)
}

/**
 * The payout lines of a partner that are routed by more than what stands in a column of their own, by their id: few. An order number is a
 * list of several (or of the same several times) where there is no such order, but each of its parts is one.
 */
export function specialRoutes(db: Database, partner: string, asOf?: Position): Map<number, Route> {
  const bound = boundOf(db, asOf)
  const routes = new Map<number, Route>()
  const isRead = (fact: 'order_state' | 'order_entry') =>
    `EXISTS (SELECT 1 FROM ${fact} f WHERE f.order_line = l.id AND f.file <= ${bound.file} AND f.id NOT IN ${overruled(fact, bound)})`
  const isOrder = db
    .prepare<[string, string], number>(
      `SELECT 1 FROM order_line l WHERE l.partner = ? AND l.order_id = ? AND (${isRead('order_state')} OR ${isRead('order_entry')}) LIMIT 1`,
    )
    .pluck()
  // From the few lists to their lines, not through all lines of the partner.
  const lists = db.prepare<[string], { id: number; orderId: string }>(
    'SELECT p.id, p.order_id AS orderId FROM payout_list n CROSS JOIN payout_line p ON p.id = n.line WHERE p.partner = ?',
  )
  for (const { id, orderId } of lists.all(partner)) {
    const orderIds = [...new Set(orderId.split(LIST).filter((part) => part !== ''))].sort(byBytes)
    const isList = orderIds.length > 0 && !isOrder.get(partner, orderId) && orderIds.every((each) => isOrder.get(partner, each))
    if (isList) routes.set(id, { by: 'order', orderIds, lineId: null, contested: false })
  }
  for (const { id, confirmed } of decisions(db, partner, bound)) {
    if (!confirmed) continue
    const { orderIds, lineId } = confirmed
    routes.set(id, { by: 'confirmed', orderIds: orderIds.toSorted(byBytes), lineId, contested: false })
  }
  return routes
}

/**
 * These order numbers, each with all that payout lines pay together with it, bytewise. Numbers that go together are given once.
 * @param routes the `specialRoutes` of the partner
 */
export function paidTogether(routes: ReadonlyMap<number, Route>, orderIds: readonly string[]): string[][] {
  const groups = new Map<string, Set<string>>()
  for (const route of routes.values()) {
    const group = new Set(route.orderIds.flatMap((each) => [each, ...(groups.get(each) ?? [])]))
    for (const each of group) groups.set(each, group)
  }
  const asked = new Set(orderIds.map((each) => groups.get(each) ?? each))
  return [...asked].map((each) => (typeof each === 'string' ? [each] : [...each].sort(byBytes)))
}

/** As SQLite sorts text. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
