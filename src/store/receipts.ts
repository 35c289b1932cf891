import type { Receipt, Recorded } from '../records.ts'
import { overruled, rulingsOf } from './journal.ts'
import type { Database } from './open.ts'
import { recorded } from './recorded.ts'

type Income = Omit<Receipt, 'direction'>
/** Money that came in. */
export type Received = Recorded<Income>

/** Writes the receipts of one run, inside the caller's transaction. */
export type ReceiptWriter = {
  /** `key` tells a receipt from all others, whatever file it stands in. False where it is known. */
  save(receipt: Income, key: string, file: number, line: number): boolean
}

const FIELDS = ['receivedOn', 'amount', 'currency', 'payer', 'remark', 'reference'] as const

/** Begins writing receipts; `files` are about to be read. What the same bytes gave by another mapping holds no longer. */
export function receiptWriter(db: Database, run: number, files: readonly { sha256: string; mapping: string }[]): ReceiptWriter {
  const rulings = rulingsOf(db, run)
  for (const { sha256, mapping } of files) {
    rulings.overrule(
      'receipt',
      `SELECT t.id FROM receipt t JOIN file f ON f.id = t.file JOIN run r ON r.id = f.run
       WHERE f.sha256 = ? AND instr('+' || r.mapping || '+', '+' || ? || '+') = 0`,
      [sha256, mapping],
      'its file was read again by another mapping',
    )
  }
  const known = db.prepare<[string], number>(`SELECT 1 FROM receipt WHERE key = ? AND id NOT IN ${overruled('receipt')}`).pluck()
  const insert = db.prepare(
    'INSERT INTO receipt (key, received_on, amount, currency, payer, remark, reference, file, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  return {
    save(receipt, key, file, line) {
      if (known.get(key) !== undefined) return false
      insert.run(key, ...FIELDS.map((field) => receipt[field]), file, line)
      return true
    },
  }
}

/** Every receipt, the oldest first. */
export function receiptsByDay(db: Database): Received[] {
  const sql = `SELECT received_on, amount, currency, payer, remark, reference, file, line FROM receipt t
    WHERE id NOT IN ${overruled('receipt')} ORDER BY received_on, key, id`
  return [...recorded<Income>(db, sql, [], FIELDS)]
}
