import { REFUND_STATUSES, type Refund } from '../records.ts'
import { overruled, type Reread, readOtherwise, rulingsOf } from './journal.ts'
import { COLUMNS, linesOf } from './notices.ts'
import type { Database } from './open.ts'
import { stateMaker } from './states.ts'

const FIELDS = Object.keys(COLUMNS) as (keyof Refund)[]
const NAMES = Object.values(COLUMNS)

/** Writes the refund notices of one run, inside the caller's transaction. */
export type RefundWriter = {
  /** Adds a reading of a notice. `unchanged`: this reading of it was known. */
  save(refund: Refund, row: { hash: bigint; file: number; fileName: string; line: number }): 'added' | 'changed' | 'unchanged'
  /** Makes the states of the orders that notices are for. */
  finish(): void
}

/** Begins writing a partner's notices in a run; `files` are about to be read. What the same bytes gave by another mapping holds no longer. */
export function refundWriter(
  db: Database,
  { partner, run }: { partner: string; run: number },
  files: readonly Reread[],
): RefundWriter {
  const rulings = rulingsOf(db, run)
  const touched = new Set<string>()
  for (const file of files) {
    const given = JSON.stringify(readOtherwise(db, 'refunds', partner, file))
    const rows = `FROM refund WHERE file IN (SELECT value FROM json_each(?)) AND id NOT IN ${overruled('refund')}`
    for (const order of db.prepare<[string], string>(`SELECT DISTINCT order_id ${rows}`).pluck().all(given)) touched.add(order)
    rulings.overrule('refund', `SELECT id ${rows}`, [given], 'its file was read again by another mapping')
  }
  const insert = db.prepare(
    `INSERT INTO refund (partner, ${NAMES.join(', ')}, hash, age, file, line) VALUES (?, ${NAMES.map(() => '?').join(', ')}, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const key = 'partner = ? AND order_id = ? AND refund_id = ? AND line_id IS ? AND sku IS ?'
  const known = db
    .prepare<(string | null)[], number>(`SELECT 1 FROM refund WHERE ${key} AND id NOT IN ${overruled('refund')} LIMIT 1`)
    .pluck()
  const same = db.prepare<unknown[], number>(`SELECT id FROM refund WHERE ${key} AND hash = ?`).pluck()
  return {
    save(refund, { hash, file, fileName, line }) {
      const { orderId, refundId, lineId, sku } = refund
      const before = known.get(partner, orderId, refundId, lineId, sku) !== undefined
      const time = String(Date.parse(refund.modifiedAt ?? refund.refundedAt)).padStart(14, '0')
      const age = `${time} ${REFUND_STATUSES.indexOf(refund.status)} ${fileName}`
      const added = insert.run(partner, ...FIELDS.map((field) => refund[field]), hash, age, file, line)
      const restored = () =>
        rulings.restore(
          'refund',
          same.get(partner, orderId, refundId, lineId, sku, hash)!,
          'its file was read again by the mapping that gave it',
        )
      if (added.changes === 0 && !restored()) return 'unchanged'
      touched.add(orderId)
      return before ? 'changed' : 'added'
    },
    finish() {
      const make = stateMaker(db)
      for (const orderId of touched) for (const { id } of linesOf(db, partner, orderId)) make(id)
    },
  }
}
