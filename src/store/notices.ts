import type { Currency, Minor } from '../money.ts'
import type { Recorded, Refund } from '../records.ts'
import { type Bound, boundOf, overruled, type Position } from './journal.ts'
import type { Database } from './open.ts'
import { originOf } from './recorded.ts'

/** Columns of a notice, by the fields of a refund. */
export const COLUMNS = {
  orderId: 'order_id',
  lineId: 'line_id',
  refundId: 'refund_id',
  sku: 'sku',
  currency: 'currency',
  refundAmount: 'refund_amount',
  commission: 'commission',
  status: 'status',
  rawStatus: 'raw_status',
  refundedAt: 'refunded_at',
  modifiedAt: 'modified_at',
} as const satisfies Record<keyof Refund, string>

/** A line of an order as far as notices can name it. */
type Line = { id: number; lineId: string; sku: string | null; currency: Currency }

/** A reading of a notice: `counts` for the newest one of its number that holds, `onLine` is the id of the order line that it is put to. */
export type Notice = Recorded<Refund> & { id: number; partner: string; counts: boolean; onLine: number | null }

/** The lines of an order that were known at a position. */
export function linesOf(db: Database, partner: string, orderId: string, bound: Bound = boundOf(db)): Line[] {
  return lineReader(db, bound).all(partner, orderId)
}

function lineReader(db: Database, bound: Bound) {
  const known = (table: 'order_state' | 'order_entry', column = 'sku') =>
    `SELECT ${column} FROM ${table} WHERE order_line = l.id AND file <= ${bound.file} AND id NOT IN ${overruled(table, bound)} LIMIT 1`
  return db.prepare<[string, string], Line>(
    `SELECT l.id, l.line_id AS lineId, ifnull((${known('order_state')}), (${known('order_entry')})) AS sku,
       ifnull((${known('order_state', 'currency')}), (${known('order_entry', 'currency')})) AS currency FROM order_line l
     WHERE l.partner = ? AND l.order_id = ? AND (EXISTS (${known('order_state')}) OR EXISTS (${known('order_entry')})) ORDER BY l.line_id`,
  )
}

/**
 * The line of its order that a notice is for: the one with its number, else the only one with its goods, else the only one there is, if that
 * has no other number. Null: none, it cannot be told which, or it is in another currency.
 */
function lineFor(notice: Pick<Refund, 'lineId' | 'sku' | 'currency'>, lines: readonly Line[]): number | null {
  const line = lineNamed(notice, lines)
  return line?.currency === notice.currency ? line.id : null
}

function lineNamed(notice: Pick<Refund, 'lineId' | 'sku'>, lines: readonly Line[]): Line | null {
  const byNumber = lines.filter(({ lineId }) => lineId === notice.lineId)
  if (byNumber.length === 1) return byNumber[0]!
  const unnumbered = lines.filter(({ lineId, sku }) => notice.lineId === null || lineId === '' || lineId === sku)
  const byGoods = unnumbered.filter(({ sku }) => sku !== null && sku === notice.sku)
  if (byGoods.length === 1) return byGoods[0]!
  const contradicted = notice.sku !== null && unnumbered.some(({ sku }) => sku !== null)
  return lines.length === 1 && unnumbered.length === 1 && !contradicted ? lines[0]! : null
}

function noticeReader(db: Database, bound: Bound, where: string) {
  const columns = Object.entries(COLUMNS).map(([field, column]) => `r.${column} AS ${field}`)
  return db.prepare<unknown[], Refund & { id: number; partner: string; file: number; line: number; counts: number }>(
    `SELECT r.id, r.partner, ${columns.join(', ')}, r.file, r.line,
       holds AND row_number() OVER (PARTITION BY holds, r.partner, r.order_id, r.refund_id, r.line_id, r.sku ORDER BY r.age DESC, r.id DESC) = 1 AS counts
     FROM (SELECT *, id NOT IN ${overruled('refund', bound)} AS holds FROM refund) r
     WHERE ${where} AND r.file <= ${bound.file} ORDER BY r.partner, r.order_id, r.age, r.id`,
  )
}

/** Whether a notice takes anything back. */
export const takes = ({ status }: Pick<Refund, 'status'>): boolean => status === 'due' || status === 'taken'

/** How much was given back of an order line by the notices that count, in minor units of its currency. */
export function refundedOf(db: Database, bound: Bound): (line: number, currency: Currency) => Minor {
  const orderOf = db.prepare<[number], { partner: string; orderId: string }>(
    'SELECT partner, order_id AS orderId FROM order_line WHERE id = ?',
  )
  const notices = noticeReader(db, bound, 'r.partner = ? AND r.order_id = ?')
  const lines = lineReader(db, bound)
  return (line, currency) => {
    const { partner, orderId } = orderOf.get(line)!
    const found = notices
      .all(partner, orderId)
      .filter((notice) => notice.counts === 1 && takes(notice) && notice.currency === currency)
    if (found.length === 0) return 0
    const known = lines.all(partner, orderId)
    return found.reduce((sum, notice) => (lineFor(notice, known) === line ? sum + notice.refundAmount : sum), 0)
  }
}

/** Every reading of the notices for an order, oldest first, also those that do not hold; with `asOf` those that were known at that position of the journal. */
export function noticesOf(db: Database, partner: string, orderId: string, asOf?: Position): Notice[] {
  return placed(db, 'r.partner = ? AND r.order_id = ?', [partner, orderId], boundOf(db, asOf))
}

/** Notices of a partner that no order line is known for, but for those that take nothing. */
export function orphans(db: Database, partner: string): Notice[] {
  return placed(db, 'r.partner = ?', [partner], boundOf(db)).filter(
    ({ counts, onLine, status }) => counts && onLine === null && status !== 'dropped',
  )
}

function placed(db: Database, where: string, values: readonly unknown[], bound: Bound): Notice[] {
  const origin = originOf(db)
  const lines = lineReader(db, bound)
  return noticeReader(db, bound, where)
    .all(...values)
    .map(({ file, line, counts, ...refund }) => ({
      ...refund,
      counts: counts === 1,
      onLine: lineFor(refund, lines.all(refund.partner, refund.orderId)),
      origin: origin(file, line),
    }))
}

/** Partners that there are notices of. */
export function partnersWithNotices(db: Database): string[] {
  return db.prepare<[], string>('SELECT DISTINCT partner FROM refund ORDER BY 1').pluck().all()
}

/** The orders of a partner that there are notices for. */
export function ordersWithNotices(db: Database, partner: string): Set<string> {
  return new Set(db.prepare<[string], string>('SELECT DISTINCT order_id FROM refund WHERE partner = ?').pluck().all(partner))
}
