import type { Refund } from '../records.ts'
import type { Database } from '../store/open.ts'
import { refundWriter } from '../store/refunds.ts'
import type { Guard } from '../workspace.ts'
import { concludeRows } from './conclude.ts'
import { addFiles, contentHash, type Loaded, type Opened, rejects } from './load.ts'

/**
 * Loads refund notices, inside the caller's transaction. Every reading of a notice is kept, of those with one number the newest counts,
 * whatever order files come in; the orders that they name need not be known yet.
 * @throws ShoptoolError (data) where the guard refuses the whole; the caller's transaction must then be rolled back.
 */
export function loadRefunds(
  db: Database,
  opened: readonly Opened<Refund>[],
  load: { partner: string; run: number; guard: Guard; acceptShrink: boolean },
): Loaded {
  const files = addFiles(db, load.run, opened)
  const given = opened.map(({ snapshot, reader }) => ({ sha256: snapshot.sha256, mapping: reader.seed.toString(16) }))
  const writer = refundWriter(db, load, given)
  const counts = { added: 0, changed: 0, unchanged: 0 }
  const rejected = rejects(db)
  const content = contentHash()
  let read = 0
  for (const { reader, file, snapshot } of files) {
    const { rows, seed } = reader
    while (rows.next()) {
      const hash = rows.hash(seed)
      const refund = reader.record()
      if (!refund && reader.problems().length === 0) continue
      read++
      content.add(hash)
      if (refund) counts[writer.save(refund, { hash, file, fileName: snapshot.name, line: rows.line() })]++
      else rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, reader.problems())
    }
  }
  const loaded = concludeRows(read, counts, rejected, content, load)
  writer.finish()
  return loaded
}
