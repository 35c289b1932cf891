import type { PayoutLine, Recorded, RoutedLine } from '../records.ts'
import { type Bound, overruled } from './journal.ts'

/** SQL for payout lines that name a sale: these words, since there is an index of them alone. */
export const NAMES_SALE = 'coalesce(p.transaction_id, p.original_transaction_id) IS NOT NULL'

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

/** The line with its route; `sale` and `original` are what `saleIn` gives for its two columns. */
export function routed(line: Recorded<PayoutLine>, sale: string | null, original: string | null): RoutedLine {
  const found = sale ?? original
  if (found === null) return line
  const [orderId, lineId] = JSON.parse(found) as [string, string | null]
  const contested = line.orderId !== null && line.orderId !== orderId
  return { ...line, route: { by: sale === null ? 'original' : 'transaction', orderId, lineId, contested } }
}
