import type { Day, Instant } from '../day.ts'
import type { Order } from '../records.ts'
import { overruled, type Position, type Rulings, rulingsOf } from './journal.ts'
import type { Database } from './open.ts'
import { addFile, finishRun, NO_COUNTS, startRun } from './runs.ts'
import { NAMES, newestReading, stateMaker, VALUES } from './states.ts'

/*
 * Orders that the operator recorded by hand. Each time is a run of its own, whose one file is the copy of what proves it; a ruling of the run
 * holds the note. Such readings are older than any of the partner's, and are overruled once the partner itself tells of the order.
 */

/** The source of such runs, and what stands for the partner's word for the status. */
export const BY_HAND = 'by hand'
/** SQL: whether the reading `s` was recorded by hand. Ages of others begin with "0" or more. */
const IS_BY_HAND = "s.age < '0'"

/** The copy of a file that proves an order; `name` is relative to the workspace. */
export type Proof = { name: string; sha256: string; bytes: number }

/** What is recorded by hand: for which partner, when, why and by what proof. */
export type ByHand = { partner: string; at: Instant; note: string; proof: Proof }

/** The orders of a partner of which something stands by hand. */
export function ordersByHand(db: Database, partner: string): Set<string> {
  const sql = `SELECT DISTINCT l.order_id FROM order_state s CROSS JOIN order_line l ON l.id = s.order_line
    WHERE ${IS_BY_HAND} AND l.partner = ? AND s.id NOT IN ${overruled('order_state')}`
  return new Set(db.prepare<[string], string>(sql).pluck().all(partner))
}

/** The lines of an order that stand by hand, as they were recorded last. */
export function linesByHand(db: Database, partner: string, orderId: string): Order[] {
  const columns = VALUES.map((value, i) => `s.${NAMES[i]} AS ${value}`)
  return db
    .prepare<[string, string], Order>(
      `SELECT l.order_id AS orderId, l.line_id AS lineId, ${columns.join(', ')}
       FROM order_line l JOIN order_state s ON s.id = ${newestReading('l.id')}
       WHERE l.partner = ? AND l.order_id = ? AND ${IS_BY_HAND} ORDER BY l.line_id`,
    )
    .all(partner, orderId)
}

/** Records an order line, or what is otherwise of one that stands by hand, inside the caller's transaction. */
export function recordByHand(db: Database, given: ByHand, order: Order): void {
  const { partner, note } = given
  const { run, file, rulings } = start(db, given)
  const key = [partner, order.orderId, order.lineId]
  db.prepare('INSERT INTO order_line (partner, order_id, line_id, state) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING').run(key)
  const lineOf = db.prepare<string[], number>('SELECT id FROM order_line WHERE partner = ? AND order_id = ? AND line_id = ?')
  const insert = db.prepare(
    `INSERT INTO order_state (order_line, hash, numbered, age, ${NAMES.join(', ')}, file, line)
     VALUES (?, ?, 0, ?, ${NAMES.map(() => '?').join(', ')}, ?, 1)`,
  )
  // there is no row that could be hashed; the run tells readings apart just as well
  const state = insert.run(
    ...[lineOf.pluck().get(...key)!, run, `- ${String(run).padStart(14, '0')}`],
    ...[...VALUES.map((value) => order[value]), file],
  )
  rulings.confirm('order_state', state.lastInsertRowid, note)
  finish(db, run, partner, order.orderId, { added: 1 })
}

/** Rules that what stands by hand of order lines, all of one order, does not hold, inside the caller's transaction. */
export function removeByHand(db: Database, given: ByHand, lines: readonly Pick<Order, 'orderId' | 'lineId'>[]): void {
  const { partner, note } = given
  const { run, rulings } = start(db, given)
  const { orderId } = lines[0]!
  for (const { lineId } of lines) overruleByHand(db, rulings, { partner, orderId, lineId }, note)
  finish(db, run, partner, orderId, { changed: lines.length })
}

function start(db: Database, { partner, at, proof }: ByHand): { run: Position; file: number; rulings: Rulings } {
  const run = startRun(db, { kind: 'orders', source: BY_HAND, partner }, at)
  return { run, file: addFile(db, run, { ...proof, encoding: 'binary' }), rulings: rulingsOf(db, run) }
}

/** Makes all lines of the order anew: which of them a refund notice is for may depend on each. */
function finish(
  db: Database,
  run: Position,
  partner: string,
  orderId: string,
  counts: { added?: number; changed?: number },
): void {
  const make = stateMaker(db)
  const lines = db.prepare<string[], number>('SELECT id FROM order_line WHERE partner = ? AND order_id = ?').pluck()
  for (const line of lines.all(partner, orderId)) make(line)
  const read = (counts.added ?? 0) + (counts.changed ?? 0)
  const result = { ...NO_COUNTS, ...counts, read, accepted: read, seconds: 0 }
  finishRun(db, run, { ...result, status: 'applied', content: null, mapping: null, error: null })
}

/** Rules that what was recorded by hand of an order, or of one line of it, does not hold. Returns the ids of the lines that it was of. */
export function overruleByHand(
  db: Database,
  rulings: Rulings,
  { partner, orderId, lineId }: { partner: string; orderId: string; lineId?: string },
  reason: string,
): number[] {
  const from = `FROM order_line l JOIN order_state s ON s.order_line = l.id
    WHERE l.partner = ? AND l.order_id = ? AND l.line_id = ifnull(?, l.line_id) AND ${IS_BY_HAND}`
  const values = [partner, orderId, lineId ?? null]
  rulings.overrule('order_state', `SELECT s.id ${from}`, values, reason)
  return db
    .prepare<unknown[], number>(`SELECT DISTINCT l.id ${from}`)
    .pluck()
    .all(...values)
}

/** The proofs of what stands by hand of these orders, oldest first. */
export function proofsOfOrders(db: Database, partner: string, orderIds: readonly string[]) {
  return db
    .prepare<[string, string], { orderId: string; file: string; sha256: string }>(
      `SELECT l.order_id AS orderId, f.name AS file, f.sha256
       FROM order_line l JOIN order_state s ON s.order_line = l.id JOIN file f ON f.id = s.file
       WHERE l.partner = ? AND l.order_id IN (SELECT value FROM json_each(?)) AND ${IS_BY_HAND} AND s.id NOT IN ${overruled('order_state')}
       ORDER BY l.order_id, s.id`,
    )
    .all(partner, JSON.stringify(orderIds))
}

/** Every proof that was recorded, with an order that it is for, by name. */
export function proofs(db: Database): { name: string; sha256: string; partner: string; orderId: string; day: Day }[] {
  return db
    .prepare<[string], ReturnType<typeof proofs>[0]>(
      `SELECT f.name, f.sha256, l.partner, min(l.order_id) AS orderId, substr(min(r.at), 1, 10) AS day
       FROM order_state s CROSS JOIN order_line l ON l.id = s.order_line JOIN ruling g ON g.fact = 'order_state' AND g.row = s.id
         JOIN run r ON r.id = g.run JOIN file f ON f.run = r.id
       WHERE ${IS_BY_HAND} AND r.source = ? GROUP BY f.name, f.sha256 ORDER BY f.name`,
    )
    .all(BY_HAND)
}
