import type { Minor } from '../money.ts'
import type { Order } from '../records.ts'
import { counting, type Entry, netOf } from './entries.ts'
import { type Bound, boundOf, overruled } from './journal.ts'
import { refundedOf } from './notices.ts'
import type { Database } from './open.ts'

/*
 * What an order line comes to by its facts. Most lines are as their newest reading has them, and `order_line.state` points to it. Where rows
 * of their own or refund notices count too, it points to a state that was derived from all of them, and that is made anew with each.
 */

/** Columns of a state, by the fields of an order. */
export const COLUMNS = {
  sku: 'sku',
  title: 'title',
  quantity: 'quantity',
  currency: 'currency',
  paidAmount: 'paid_amount',
  commissionRate: 'commission_rate',
  commission: 'commission',
  refundAmount: 'refund_amount',
  serviceFee: 'service_fee',
  subsidy: 'subsidy',
  status: 'status',
  rawStatus: 'raw_status',
  orderedAt: 'ordered_at',
  paidAt: 'paid_at',
  receivedAt: 'received_at',
  verifiedAt: 'verified_at',
  settledAt: 'settled_at',
  modifiedAt: 'modified_at',
  trackingId: 'tracking_id',
  subId: 'sub_id',
  transactionId: 'transaction_id',
  dueAt: 'due_at',
} as const satisfies Record<Exclude<keyof Order, 'orderId' | 'lineId'>, string>

export const VALUES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]
export const NAMES = Object.values(COLUMNS)

/** The hash of a state that was not read but derived; its age is beyond that of any reading. */
export const DERIVED = { hash: 0, age: '2' } as const

/** SQL: whether other facts than readings in place are known of the line `l`. */
export const IS_DERIVED = `(EXISTS (SELECT 1 FROM order_entry e WHERE e.order_line = l.id)
  OR EXISTS (SELECT 1 FROM refund r WHERE r.partner = l.partner AND r.order_id = l.order_id))`

/** SQL that selects the newest reading of an order line that holds at a position. */
export const newestReading = (line: string, bound?: Bound) =>
  `(SELECT r.id FROM order_state r WHERE r.order_line = ${line} AND r.hash <> ${DERIVED.hash} ${bound ? `AND r.file <= ${bound.file}` : ''}
    AND r.id NOT IN ${overruled('order_state', bound)} ORDER BY r.age DESC, r.id DESC LIMIT 1)`

/** A state, and where its status was read. */
type State = { order: Order; file: number; row: number }

/** What a line comes to at a position by its entries and notices; null where it is as its newest reading has it, or has none. */
export function derivation(db: Database, bound: Bound): (line: number) => State | null {
  const columns = (table: string) =>
    `l.order_id AS orderId, l.line_id AS lineId, ${table}.file, ${table}.line AS row, ${VALUES.map((value) => `${table}.${COLUMNS[value]} AS ${value}`).join(', ')}`
  const entriesOf = db.prepare<[number], Entry & { file: number; row: number }>(
    `SELECT ${columns('e')}, e.entry, e.age, e.deltas, e.way, e.preferred FROM order_entry e JOIN order_line l ON l.id = e.order_line
     WHERE e.order_line = ? AND e.file <= ${bound.file} AND e.id NOT IN ${overruled('order_entry', bound)} ORDER BY e.entry, e.age, e.hash`,
  )
  const readingOf = db.prepare<[number], Order & { file: number; row: number }>(
    `SELECT ${columns('s')} FROM order_line l JOIN order_state s ON s.id = ${newestReading('l.id', bound)} WHERE l.id = ?`,
  )
  const sum = (line: number): State | null => {
    const entries = entriesOf.all(line)
    if (entries.length === 0) return null
    const { order, head } = netOf(counting(entries))
    return { order, file: head.file, row: head.row }
  }
  const newest = (line: number): State | null => {
    const reading = readingOf.get(line)
    if (!reading) return null
    const { file, row, ...order } = reading
    return { order, file, row }
  }
  const refunded = refundedOf(db, bound)
  return (line) => {
    const summed = sum(line)
    const state = summed ?? newest(line)
    if (!state) return null
    const amount = refunded(line, state.order.currency)
    return amount === 0 ? summed : { ...state, order: lessRefund(state.order, amount) }
  }
}

/** The order with what notices say was given back. Where it says itself that more was, they speak of the same. */
function lessRefund(order: Order, amount: Minor): Order {
  const refundAmount = Math.max(order.refundAmount ?? 0, amount)
  const isWhole = order.status !== 'invalid' && refundAmount >= order.paidAmount
  return { ...order, refundAmount, status: isWhole ? 'refunded' : order.status }
}

/** Makes the present state of a line anew (0: there is none). */
export function stateMaker(db: Database): (line: number) => void {
  const forget = db.prepare(`DELETE FROM order_state WHERE order_line = ? AND hash = ${DERIVED.hash}`)
  const derive = derivation(db, boundOf(db))
  const insert = db.prepare(
    `INSERT INTO order_state (order_line, hash, numbered, age, ${NAMES.join(', ')}, file, line) VALUES (?, ?, 0, ?, ${NAMES.map(() => '?').join(', ')}, ?, ?)`,
  )
  const setState = db.prepare('UPDATE order_line SET state = ? WHERE id = ?')
  const choose = db.prepare(`UPDATE order_line SET state = ifnull(${newestReading('order_line.id')}, 0) WHERE id = ?`)
  return (line) => {
    forget.run(line)
    const found = derive(line)
    if (!found) choose.run(line)
    else {
      const { order, file, row } = found
      const values = VALUES.map((value) => order[value])
      setState.run(insert.run(line, DERIVED.hash, DERIVED.age, ...values, file, row).lastInsertRowid, line)
    }
  }
}

/** The first order line whose present state is not what its facts come to, by id; null where all are. */
export function wrongState(db: Database): number | null {
  const plain = db.prepare<[], number>(
    `SELECT l.id FROM order_line l WHERE l.state <> ifnull(${newestReading('l.id')}, 0) AND NOT ${IS_DERIVED} ORDER BY l.id LIMIT 1`,
  )
  const wrong = plain.pluck().get() ?? null
  const derive = derivation(db, boundOf(db))
  const stateOf = db.prepare<[number], Record<string, unknown>>(
    `SELECT s.*, ifnull(${newestReading('l.id')}, 0) AS newest FROM order_line l LEFT JOIN order_state s ON s.id = l.state WHERE l.id = ?`,
  )
  for (const line of db
    .prepare<[], number>(`SELECT l.id FROM order_line l WHERE ${IS_DERIVED} ORDER BY l.id`)
    .pluck()
    .iterate()) {
    if (wrong !== null && line > wrong) break
    const state = stateOf.get(line)
    const found = derive(line)
    const isRight = found
      ? state?.hash === DERIVED.hash &&
        state.file === found.file &&
        state.line === found.row &&
        VALUES.every((value) => state[COLUMNS[value]] === found.order[value])
      : (state?.id ?? 0) === state?.newest
    if (!isRight) return line
  }
  return wrong
}
