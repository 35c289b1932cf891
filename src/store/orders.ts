import type { Day } from '../day.ts'
import { ORDER_STATUSES, type Order, type OrderStatus, type Recorded } from '../records.ts'
import { type KnownRows, knownRows } from './known.ts'
import type { Database } from './open.ts'
import { recorded } from './recorded.ts'

const COLUMNS = {
  sku: 'sku',
  title: 'title',
  quantity: 'quantity',
  currency: 'currency',
  paidAmount: 'paid_amount',
  commissionRate: 'commission_rate',
  commission: 'commission',
  refundAmount: 'refund_amount',
  status: 'status',
  rawStatus: 'raw_status',
  orderedAt: 'ordered_at',
  paidAt: 'paid_at',
  receivedAt: 'received_at',
  verifiedAt: 'verified_at',
  settledAt: 'settled_at',
  modifiedAt: 'modified_at',
  trackingId: 'tracking_id',
} as const satisfies Record<Exclude<keyof Order, 'orderId' | 'lineId'>, string>

const VALUES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]
const NAMES = Object.values(COLUMNS)

/** Writes the orders of one run, inside the caller's transaction. */
export type OrderWriter = {
  /** Hashes of all order rows of the partner that were ever read, but for those without a line number: these must be looked at beside each other. */
  known: KnownRows
  /** Adds a state to an order line. `unchanged`: the state, or a newer one, was known. */
  save(order: Order, row: OrderRow): 'added' | 'changed' | 'unchanged'
  /** Makes what was put off until all rows are in. */
  finish(): void
}

/** Where an order line was read; `numbered`: with a line number of the partner's own. */
export type OrderRow = { hash: bigint; numbered: boolean; file: number; fileName: string; line: number }

/** A file to be read, and the hash of the mapping that reads it. */
export type OrderFile = { sha256: string; mapping: string }

/** Begins writing a partner's orders; `files` are about to be read. What the same bytes gave by another mapping is forgotten. */
export function orderWriter(db: Database, partner: string, files: readonly OrderFile[]): OrderWriter {
  const reread = files.filter((file) => forgetReadings(db, partner, file)).length > 0
  const known = knownRows(1024)
  const hashes = db.prepare<[string], bigint>(
    'SELECT s.hash FROM order_state s JOIN order_line l ON l.id = s.order_line WHERE s.numbered = 1 AND l.partner = ?',
  )
  for (const hash of hashes.pluck().safeIntegers().iterate(partner)) known.add(hash)

  const insertLine = db.prepare(
    'INSERT INTO order_line (partner, order_id, line_id, state) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING',
  )
  const selectLine = db.prepare<[string, string, string], { id: number; age: string | null }>(
    `SELECT l.id, s.age FROM order_line l LEFT JOIN order_state s ON s.id = l.state WHERE l.partner = ? AND l.order_id = ? AND l.line_id = ?`,
  )
  const insertState = db.prepare(
    `INSERT INTO order_state (order_line, hash, numbered, age, ${NAMES.join(', ')}, file, line) VALUES (?, ?, ?, ?, ${NAMES.map(() => '?').join(', ')}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const setState = db.prepare('UPDATE order_line SET state = ? WHERE id = ?')

  return {
    known,
    save(order, { hash, numbered, file, fileName, line }) {
      const age = ageOf(order, fileName)
      const added = insertLine.run(partner, order.orderId, order.lineId)
      const before = added.changes === 1 ? null : selectLine.get(partner, order.orderId, order.lineId)!
      const id = before ? before.id : Number(added.lastInsertRowid)
      const state = insertState.run(id, hash, numbered ? 1 : 0, age, ...VALUES.map((value) => order[value]), file, line)
      if (state.changes === 0 || (before?.age && before.age > age)) return 'unchanged'
      setState.run(Number(state.lastInsertRowid), id)
      return before ? 'changed' : 'added'
    },
    finish() {
      if (reread) db.prepare('DELETE FROM order_line WHERE partner = ? AND state = 0').run(partner)
    },
  }
}

/**
 * Removes the states that came from the same bytes by another mapping, which are about to be read anew: a corrected mapping must not
 * have to compete with the mistake. Lines that are left without any state wait for theirs. Returns whether there were any.
 */
function forgetReadings(db: Database, partner: string, { sha256, mapping }: OrderFile): boolean {
  const forgotten = db
    .prepare(
      `DELETE FROM order_state WHERE file IN (SELECT f.id FROM file f JOIN run r ON r.id = f.run
         WHERE r.partner = ? AND r.kind = 'orders' AND r.status = 'applied' AND f.sha256 = ? AND instr('+' || r.mapping || '+', '+' || ? || '+') = 0)`,
    )
    .run(partner, sha256, mapping)
  if (forgotten.changes === 0) return false
  db.prepare(
    `UPDATE order_line SET state = ifnull((SELECT s.id FROM order_state s WHERE s.order_line = order_line.id ORDER BY s.age DESC, s.id DESC LIMIT 1), 0)
     WHERE partner = ? AND NOT EXISTS (SELECT 1 FROM order_state s WHERE s.id = order_line.state)`,
  ).run(partner)
  return true
}

/**
 * Sorts the states of one order line by age, so that files may be imported in any order: when the partner last changed it. Where it does
 * not say, an order that is refunded or invalid stays so, else the latest date in it and then how far the status has come. Where none
 * of these differs, exports are dated by their names; in files of one name the one that was read last counts.
 */
function ageOf(order: Order, fileName: string): string {
  const times = order.modifiedAt
    ? [order.modifiedAt]
    : [order.orderedAt, order.paidAt, order.receivedAt, order.verifiedAt, order.settledAt]
  const newest = Math.max(...times.map((time) => (time ? Date.parse(time) : 0)))
  const over = !order.modifiedAt && (order.status === 'refunded' || order.status === 'invalid')
  return `${over ? 1 : 0} ${String(newest).padStart(14, '0')} ${ORDER_STATUSES.indexOf(order.status)} ${fileName}`
}

export type OrderOfPartner = Order & { partner: string }
const FIELDS = ['partner', 'orderId', 'lineId', ...VALUES] as const
const SELECT = `SELECT l.partner, l.order_id, l.line_id, ${NAMES.map((name) => `s.${name}`).join(', ')}, s.file, s.line`
const PRESENT = `${SELECT} FROM order_line l JOIN order_state s ON s.id = l.state`

/** The present state of every order line of a partner, by order and line number (bytewise). */
export function ordersByKey(db: Database, partner: string): IterableIterator<Recorded<Order>> {
  return recorded<OrderOfPartner>(db, `${PRESENT} WHERE l.partner = ? ORDER BY l.order_id, l.line_id`, [partner], FIELDS)
}

/** The lines of an order, of one partner or of all. */
export function ordersById(db: Database, partner: string | null, orderId: string): Recorded<OrderOfPartner>[] {
  const where = 'WHERE l.order_id = ? AND l.partner = ifnull(?, l.partner) ORDER BY l.partner, l.line_id'
  return [...recorded<OrderOfPartner>(db, `${PRESENT} ${where}`, [orderId, partner], FIELDS)]
}

/** Every state of an order's lines that was ever read, oldest first. */
export function orderStates(db: Database, partner: string, orderId: string): Recorded<Order>[] {
  const sql = `${SELECT} FROM order_line l JOIN order_state s ON s.order_line = l.id WHERE l.partner = ? AND l.order_id = ? ORDER BY l.line_id, s.age, s.id`
  return [...recorded<OrderOfPartner>(db, sql, [partner, orderId], FIELDS)]
}

/** Which order lines are asked for; days are those on which they were ordered, as their partner counts them. */
export type OrderFilter = {
  partners: readonly string[]
  statuses: readonly OrderStatus[]
  from: Day | null
  to: Day | null
  limit: number
}

/** The present state of order lines, the latest ordered first. */
export function listOrders(db: Database, { partners, statuses, from, to, limit }: OrderFilter): Recorded<OrderOfPartner>[] {
  const where: string[] = ['1']
  const values: unknown[] = []
  const oneOf = (column: string, among: readonly string[]) => {
    if (among.length === 0) return
    where.push(`${column} IN (${among.map(() => '?').join(', ')})`)
    values.push(...among)
  }
  oneOf('l.partner', partners)
  oneOf('s.status', statuses)
  if (from !== null) where.push('substr(s.ordered_at, 1, 10) >= ?') && values.push(from)
  if (to !== null) where.push('substr(s.ordered_at, 1, 10) <= ?') && values.push(to)
  const sql = `${PRESENT} WHERE ${where.join(' AND ')} ORDER BY s.ordered_at DESC, l.partner, l.order_id, l.line_id LIMIT ?`
  return [...recorded<OrderOfPartner>(db, sql, [...values, limit], FIELDS)]
}

/** How many order lines a partner has of each day on which there are any. */
export function ordersPerDay(db: Database, partner: string): { day: Day; orders: number }[] {
  return db
    .prepare<[string], { day: Day; orders: number }>(
      `SELECT substr(s.ordered_at, 1, 10) AS day, count(*) AS orders FROM order_line l JOIN order_state s ON s.id = l.state
       WHERE l.partner = ? GROUP BY 1 ORDER BY 1`,
    )
    .all(partner)
}

/** The order number that `partner:number` or a bare number names; the partner is null where it is left out. */
export function orderNamed(db: Database, name: string): { partner: string | null; orderId: string } {
  const partner = partnersInLedger(db).find((id) => name.startsWith(`${id}:`)) ?? null
  return { partner, orderId: partner === null ? name : name.slice(partner.length + 1) }
}

/** Partners that have orders or payouts. */
export function partnersInLedger(db: Database): string[] {
  return db
    .prepare<[], string>('SELECT partner FROM order_line UNION SELECT partner FROM statement ORDER BY partner')
    .pluck()
    .all()
}
