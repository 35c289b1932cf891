import type { Instant } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Origin } from '../records.ts'
import { overruled } from './journal.ts'
import type { Database } from './open.ts'

/** Why two records may be one sale. */
export type Suspicion = 'two ways' | 'same order' | 'same moment'

/** Two records that may be one sale under two numbers. Amounts are those of either, in minor units of `currency`. */
export type SuspectedPair = {
  partner: string
  why: Suspicion
  currency: Currency
  paidAmount: Minor
  commission: Minor
  orderedAt: Instant
  records: [SuspectedRecord, SuspectedRecord]
}
/** `entry` is the number of a row that counts on its own. */
export type SuspectedRecord = { orderId: string; lineId: string; entry: string | null; source: Origin }

/** Same goods, pieces and money, and some money at all: otherwise half a shop would be alike. */
const ALIKE = `b.currency = a.currency AND b.paid_amount = a.paid_amount AND b.commission = a.commission AND b.quantity IS a.quantity
  AND b.sku IS a.sku AND a.paid_amount > 0 AND a.commission > 0`
const SHOWN = `a.currency, a.paid_amount, a.commission, a.ordered_at`

/** Two rows of one order line that came on two ways, none of which is preferred; only the newest reading of each. */
const TWO_WAYS = `
  WITH newest AS (
    SELECT * FROM (SELECT e.*, row_number() OVER (PARTITION BY order_line, entry ORDER BY age DESC, hash DESC) AS place
      FROM order_entry e WHERE e.way IS NOT NULL AND e.id NOT IN ${overruled('order_entry')}) WHERE place = 1)
  SELECT l.partner, 'two ways', ${SHOWN}, l.order_id, l.line_id, a.entry, a.file, a.line, l.order_id, l.line_id, b.entry, b.file, b.line
  FROM newest a JOIN newest b ON b.order_line = a.order_line AND b.way > a.way AND ${ALIKE}
  JOIN order_line l ON l.id = a.order_line
  WHERE a.preferred IS NULL AND b.preferred IS NULL`

const LINES = `SELECT l.id, l.partner, l.order_id, l.line_id, s.currency, s.paid_amount, s.commission, s.quantity, s.sku, s.ordered_at, s.tracking_id,
    s.file, s.line
  FROM order_line l JOIN order_state s ON s.id = l.state WHERE s.status NOT IN ('refunded', 'invalid')`
const PAIR = 'a.order_id, a.line_id, NULL, a.file, a.line, b.order_id, b.line_id, NULL, b.file, b.line'

/** Two lines of one order with the same goods, placed at the same moment. */
const SAME_ORDER = `
  WITH present AS (${LINES})
  SELECT a.partner, 'same order', ${SHOWN}, ${PAIR}
  FROM present a JOIN present b ON b.partner = a.partner AND b.order_id = a.order_id AND b.line_id > a.line_id AND ${ALIKE}
    AND b.ordered_at = a.ordered_at
  WHERE a.sku IS NOT NULL`

/**
 * Two orders alike to the second. Popular goods are sold twice in a second, and then a file of the partner's holds both sales; where none
 * does, two sources may number one sale differently. A midnight is a day without a time.
 */
const SAME_MOMENT = `
  WITH present AS (${LINES}),
  moment AS (
    SELECT partner, sku, ordered_at FROM present WHERE sku IS NOT NULL AND substr(ordered_at, 12, 8) <> '00:00:00'
    GROUP BY partner, sku, ordered_at HAVING count(DISTINCT order_id) > 1),
  candidate AS (SELECT p.* FROM present p JOIN moment USING (partner, sku, ordered_at)),
  reading AS (SELECT order_line, file FROM order_state UNION SELECT order_line, file FROM order_entry)
  SELECT a.partner, 'same moment', ${SHOWN}, ${PAIR}
  FROM candidate a JOIN candidate b ON b.partner = a.partner AND b.sku = a.sku AND b.ordered_at = a.ordered_at AND b.order_id > a.order_id
    AND b.tracking_id IS a.tracking_id AND ${ALIKE}
  WHERE NOT EXISTS (SELECT 1 FROM reading x JOIN reading y ON y.file = x.file WHERE x.order_line = a.id AND y.order_line = b.id)`

type Row = [
  ...[partner: string, why: Suspicion, currency: string, paidAmount: number, commission: number, orderedAt: string],
  ...[orderA: string, lineA: string, entryA: string | null, fileA: number, rowA: number],
  ...[orderB: string, lineB: string, entryB: string | null, fileB: number, rowB: number],
]

/** Pairs of records that may be one sale under two numbers, of some partners or of all. Suspected, never merged. */
export function suspectedPairs(db: Database, partners: readonly string[]): SuspectedPair[] {
  const file = db.prepare<[number], { file: string; sha256: string }>('SELECT name AS file, sha256 FROM file WHERE id = ?')
  const rows = [TWO_WAYS, SAME_ORDER, SAME_MOMENT].flatMap((sql) => db.prepare<[], Row>(sql).raw().all())
  return rows
    .filter(([partner]) => partners.length === 0 || partners.includes(partner))
    .map(([partner, why, currency, paidAmount, commission, orderedAt, ...rest]): SuspectedPair => {
      const [orderA, lineA, entryA, fileA, rowA, orderB, lineB, entryB, fileB, rowB] = rest
      const record = (orderId: string, lineId: string, entry: string | null, id: number, line: number): SuspectedRecord => {
        const { sha256, file: name } = file.get(id)!
        return { orderId, lineId, entry, source: { file: name, line, sha256 } }
      }
      const records: SuspectedPair['records'] = [
        record(orderA, lineA, entryA, fileA, rowA),
        record(orderB, lineB, entryB, fileB, rowB),
      ]
      return { partner, why, currency, paidAmount, commission, orderedAt, records }
    })
    .sort((a, b) => compare(a.partner, b.partner) || compare(a.orderedAt, b.orderedAt) || compare(keyOf(a), keyOf(b)))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const keyOf = ({ records }: SuspectedPair) =>
  JSON.stringify(records.map(({ orderId, lineId, entry }) => [orderId, lineId, entry]))
