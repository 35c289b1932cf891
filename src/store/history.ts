import type { Instant } from '../day.ts'
import type { Recorded } from '../records.ts'
import { counting, type Entry } from './entries.ts'
import { BY_HAND } from './hand.ts'
import type { Fact, Position } from './journal.ts'
import { type Notice, noticesOf } from './notices.ts'
import type { Database } from './open.ts'
import type { OrderOfPartner } from './orders.ts'
import { recorded } from './recorded.ts'
import { DERIVED, NAMES, VALUES } from './states.ts'

/** What a run ruled about a fact; `proof`: the copy of what proves it, where that was by hand. */
export type Ruling = { holds: boolean; reason: string; at: Instant; run: Position; proof: string | null }

/** When and by which run a fact was learned, whether it holds, and what was ruled about it since, oldest first. */
export type Learned = { readAt: Instant; run: Position; holds: boolean; rulings: Ruling[] }

/** What was read of an order line: a state of it or, with `entry`, a row that counts on its own. `counts`: it is in the line as it stands. */
export type OrderReading = OrderOfPartner & Learned & { entry: string | null; counts: boolean }

/** Everything that was ever learned of an order, in the order in which it was. */
export type OrderHistory = { readings: Recorded<OrderReading>[]; refunds: (Notice & Learned)[] }

export function orderHistory(db: Database, partner: string, orderId: string): OrderHistory {
  const learned = learner(db)
  const refunds = noticesOf(db, partner, orderId).map((notice) => ({ ...notice, ...learned('refund', notice.id) }))
  return { readings: readingsOf(db, partner, orderId).sort(byLearning), refunds: refunds.sort(byLearning) }
}

/** The readings of an order's lines that hold, line by line, oldest first; rows that count on their own behind the rest. */
export function orderStates(db: Database, partner: string, orderId: string): Recorded<OrderReading>[] {
  return readingsOf(db, partner, orderId).filter(({ holds }) => holds)
}

/** The partners that something was ever read from of orders of a number: lines of it, notices or payouts for it. */
export function partnersThatKnow(db: Database, orderId: string): string[] {
  const from = ['order_line', 'refund', 'payout_line'].map((table) => `SELECT partner FROM ${table} WHERE order_id = @id`)
  return db
    .prepare<[{ id: string }], string>(`${from.join(' UNION ')} ORDER BY 1`)
    .pluck()
    .all({ id: orderId })
}

function readingsOf(db: Database, partner: string, orderId: string): Recorded<OrderReading>[] {
  const learned = learner(db)
  const read = <T>(fact: Fact, more: readonly (keyof T & string)[], where: string) => {
    const names = ['partner', 'orderId', 'lineId', ...VALUES, 'id', 'age', ...more]
    const columns = [...NAMES, 'id', 'age', ...more].map((name) => `s.${name}`)
    const sql = `SELECT l.partner, l.order_id, l.line_id, ${columns.join(', ')}, s.file, s.line
      FROM order_line l JOIN ${fact} s ON s.order_line = l.id WHERE l.partner = ? AND l.order_id = ? ${where}`
    type Row = OrderOfPartner & { id: number; age: string } & T
    return [...recorded<Row>(db, sql, [partner, orderId], names as never[])].map((row) => ({ ...row, ...learned(fact, row.id) }))
  }
  const states = read('order_state', [], `AND s.hash <> ${DERIVED.hash} ORDER BY s.age, s.id`)
  const rows = read<Entry>('order_entry', ['entry', 'deltas', 'way', 'preferred'], 'ORDER BY s.entry, s.age, s.hash')
  const lines = [...new Set([...states, ...rows].map(({ lineId }) => lineId))].sort(compare)
  return lines.flatMap((line) => {
    const own = rows.filter(({ lineId }) => lineId === line)
    const counted = new Set<unknown>(counting(own.filter(({ holds }) => holds)))
    const past = states.filter(({ lineId }) => lineId === line)
    if (counted.size === 0) counted.add(past.findLast(({ holds }) => holds))
    return [
      ...past.map((state) => {
        const { id, age, ...rest } = state
        return { ...rest, entry: null, counts: counted.has(state) }
      }),
      ...own
        .toSorted((a, b) => compare(a.age, b.age))
        .map((row) => {
          const { id, age, deltas, way, preferred, ...rest } = row
          return { ...rest, counts: counted.has(row) }
        }),
    ]
  })
}

function learner(db: Database): (fact: Fact, id: number) => Learned {
  type Row = Omit<Ruling, 'holds'> & { holds: number }
  const rulings = db.prepare<[string, Fact, number], Row>(
    `SELECT g.holds, g.reason, r.at, r.id AS run, (SELECT f.name FROM file f WHERE f.run = r.id AND r.source = ?) AS proof
     FROM ruling g JOIN run r ON r.id = g.run WHERE g.fact = ? AND g.row = ? ORDER BY g.id`,
  )
  return (fact, id) => {
    const sql = `SELECT r.at AS readAt, r.id AS run FROM ${fact} s JOIN file f ON f.id = s.file JOIN run r ON r.id = f.run WHERE s.id = ?`
    const since = rulings.all(BY_HAND, fact, id).map((ruling) => ({ ...ruling, holds: ruling.holds === 1 }))
    const at = db.prepare<[number], Pick<Learned, 'readAt' | 'run'>>(sql).get(id)!
    return { ...at, holds: since.at(-1)?.holds ?? true, rulings: since }
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function byLearning(a: Recorded<Learned>, b: Recorded<Learned>): number {
  return a.run - b.run || compare(a.origin.file, b.origin.file) || a.origin.line - b.origin.line
}
