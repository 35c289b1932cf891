import { checkProofs } from '../catalog/hand.ts'
import { usageError } from '../errors.ts'
import { openForReading } from '../store/open.ts'
import { verifyJournal } from '../store/verify.ts'
import type { Call, Outcome } from './command.ts'

/**
 * `doctor --ledger`: verifies the journal of orders and payouts against its chain of hashes, from the beginning to the first thing that does
 * not fit, and the copies of what proves orders that were recorded by hand.
 * @throws ShoptoolError (usage) where a head is none, or there is no database.
 */
export async function checkLedger({ workspace, print, global }: Call, heads: readonly string[]): Promise<Outcome> {
  for (const head of heads)
    if (!/^[0-9a-f]{64}$/.test(head))
      throw usageError(`--head: "${head}" is no head, expected 64 hex digits as doctor --ledger prints`)
  const { database, folder } = await workspace()
  const db = openForReading(database)
  // one state of the database, whatever is imported meanwhile
  const { verified, proofs } = db.transaction(() => ({
    verified: verifyJournal(db, heads, (rows) => print.progress(`${rows} rows fit`)),
    proofs: checkProofs(db, folder),
  }))()
  print.progress(null)
  const { seals, rows, head, broken } = verified
  const ok = broken === null && proofs.problems.length === 0
  if (global.json) print.json('doctor-ledger', { ok, head, seals, rows, broken, proofs })
  else {
    print.table(
      [{ title: 'TABLE' }, { title: broken ? 'ROWS THAT FIT' : 'ROWS', align: 'right' }],
      Object.entries(rows).map(([name, count]) => [name, String(count)]),
    )
    print.line(head === null ? 'nothing is recorded yet' : `${broken ? 'sound up to' : 'head'} ${head}`)
  }
  for (const problem of proofs.problems) print.warn(`ledger: ${problem}: put back the copy from a backup`)
  if (broken)
    print.warn(
      `ledger: ${broken.message}: restore a backup of before, and import again what came since; do not settle or dispute from this database`,
    )
  return ok ? 'done' : 'data'
}
