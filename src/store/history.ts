import type { Instant } from '../day.ts'
import type { Recorded } from '../records.ts'
import { counting, type Entry } from './entries.ts'
import type { Fact, Position } from './journal.ts'
import type { Database } from './open.ts'
import type { OrderOfPartner } from './orders.ts'
import { recorded } from './recorded.ts'
import { DERIVED, NAMES, VALUES } from './states.ts'

/** What a run ruled about a fact. */
export type Ruling = { holds: boolean; reason: string; at: Instant; run: Position }

/** What was read of an order line: a state of it or, with `entry`, a row that counts on its own (`counts`: towards the line as it stands). */
export type OrderReading = OrderOfPartner & {
  entry: string | null
  counts: boolean
  /** When it was read, and by which run. */
  readAt: Instant
  run: Position
  holds: boolean
  /** What was said of it since, oldest first. */
  rulings: Ruling[]
}

/** Everything that was ever read of an order's lines, line by line, by age; rows that count on their own behind the rest. */
export function orderHistory(db: Database, partner: string, orderId: string): Recorded<OrderReading>[] {
  const rulingsOf = db.prepare<[Fact, number], Omit<Ruling, 'holds'> & { holds: number }>(
    `SELECT g.holds, g.reason, r.at, r.id AS run FROM ruling g JOIN run r ON r.id = g.run WHERE g.fact = ? AND g.row = ? ORDER BY g.id`,
  )
  const read = <T>(fact: Fact, more: readonly (keyof T & string)[], where: string) => {
    const names = ['partner', 'orderId', 'lineId', ...VALUES, 'id', 'readAt', 'run', ...more]
    const columns = [...NAMES, 'id'].map((name) => `s.${name}`)
    const sql = `SELECT l.partner, l.order_id, l.line_id, ${columns.join(', ')}, r.at, r.id, ${more.map((name) => `s.${name}, `).join('')}s.file, s.line
      FROM order_line l JOIN ${fact} s ON s.order_line = l.id JOIN file f ON f.id = s.file JOIN run r ON r.id = f.run
      WHERE l.partner = ? AND l.order_id = ? ${where}`
    type Row = Recorded<OrderOfPartner & { id: number; readAt: Instant; run: Position } & T>
    return [...recorded(db, sql, [partner, orderId], names as never[])].map((row) => {
      const { id, ...rest } = row as Row
      const rulings = rulingsOf.all(fact, id).map((ruling) => ({ ...ruling, holds: ruling.holds === 1 }))
      return { ...rest, rulings, holds: rulings.at(-1)?.holds ?? true }
    })
  }
  const states = read('order_state', [], `AND s.hash <> ${DERIVED.hash} ORDER BY l.line_id, s.age, s.id`)
  const rows = read<Entry>(
    'order_entry',
    ['entry', 'age', 'deltas', 'way', 'preferred'],
    'ORDER BY l.line_id, s.entry, s.age, s.hash',
  )
  const counted = new Set(
    [...new Set(rows.map(({ lineId }) => lineId))].flatMap((line) =>
      counting(rows.filter((row) => row.lineId === line && row.holds)),
    ),
  )
  const entries = rows
    .toSorted((a, b) => compare(a.lineId, b.lineId) || compare(a.age, b.age))
    .map((row) => {
      const { age, deltas, way, preferred, ...rest } = row
      return { ...rest, counts: counted.has(row) }
    })
  return [...states.map((state) => ({ ...state, entry: null, counts: false })), ...entries]
}

/** The readings of an order's lines that hold. */
export function orderStates(db: Database, partner: string, orderId: string): Recorded<OrderReading>[] {
  return orderHistory(db, partner, orderId).filter(({ holds }) => holds)
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
