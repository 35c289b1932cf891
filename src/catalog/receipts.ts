import { dataError } from '../errors.ts'
import { hashBytes } from '../feeds/formats/hash.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { Receipt } from '../records.ts'
import type { Database } from '../store/open.ts'
import { receiptWriter } from '../store/receipts.ts'
import { addFiles, contentHash, type Loaded, type Opened, rejects } from './load.ts'

/**
 * A cell that begins with a day, `2026-11-20`, `2026/1/5 10:00`, `2026年11月20日`, `20261120`: a row of an export without any is one of its
 * titles, totals or notes.
 */
const DAY =
  /^\W*(19|20)\d\d([-/.年]\d{1,2}[-/.月]\d{1,2}|(0[1-9]|1[0-2])[0-3]\d(?![\d.]))|\d{1,2}[-/. ](\d{1,2}|\p{L}{3,9})[-/. ](19|20)\d\d\b/u

/**
 * Loads receipts, inside the caller's transaction. Money that went out, titles and totals are left out; a receipt that is known, from the
 * same file or another one that overlaps it, changes nothing. A row that cannot be read is rejected, and so is a total that the receipts
 * do not add up to; the others are taken.
 * @throws ShoptoolError (data) on a file without any dated row.
 */
export function loadReceipts(
  db: Database,
  opened: readonly Opened<Receipt>[],
  { run, currency: usual }: { run: number; currency: Currency },
): Loaded {
  const files = addFiles(db, run, opened)
  const given = opened.map(({ snapshot, reader }) => ({ sha256: snapshot.sha256, mapping: reader.seed.toString(16) }))
  const writer = receiptWriter(db, run, given)
  const counts = { added: 0, changed: 0, unchanged: 0 }
  const rejected = rejects(db)
  const content = contentHash()
  let [out, bare] = [0, 0]

  for (const { reader, file, snapshot } of files) {
    const { rows } = reader
    /** How many receipts of this file have the same key: two alike on a day are two, in another file they are the same two. */
    const alike = new Map<string, number>()
    const sums = new Map<Currency, Minor>([[usual, 0]])
    let dated = 0
    let total: { row: Parameters<typeof rejected.add>[0]; where: string } | null = null
    while (rows.next()) {
      const receipt = reader.record()
      if (!receipt) {
        const problems = reader.problems()
        const row = { file, line: rows.line(), raw: rows.raw(), hash: null }
        if (problems.length === 0) total = { row, where: rows.where() }
        else if (problems.every(({ field }) => field !== 'total') && !rows.cells().some((cell) => DAY.test(cell.trim()))) bare++
        else {
          dated++
          rejected.add(row, problems)
        }
        continue
      }
      dated++
      const { direction, ...received } = receipt
      if (direction === 'out' || received.amount === 0) {
        out++
        continue
      }
      const { receivedOn, amount, currency, payer, remark, reference } = received
      sums.set(currency, (sums.get(currency) ?? 0) + amount)
      const figures = JSON.stringify([receivedOn, amount, currency, ...(reference === null ? [payer, remark] : [reference])])
      const nth = (alike.get(figures) ?? 0) + 1
      alike.set(figures, nth)
      const key = `${figures} ${nth}`
      content.add(hashBytes(Buffer.from(key), 0n))
      counts[writer.save(received, key, file, rows.line()) ? 'added' : 'unchanged']++
    }
    if (dated === 0) throw dataError(`${snapshot.name}: no row has a day: is it an export of an account?`)
    const stated = reader.statedTotal()
    const sum = sums.get(usual)!
    if (total && stated !== null && sums.size === 1 && stated !== sum) {
      const [said, found] = [stated, sum].map((amount) => formatAmount(amount, usual))
      const message = `states ${said}, but the receipts above add up to ${found}`
      rejected.add(total.row, [{ where: total.where, field: 'total', message }])
    }
  }

  const accepted = counts.added + counts.unchanged
  rejected.save()
  const left = [out > 0 && `${rowsOf(out)} money that went out`, bare > 0 && `${rowsOf(bare)} title, total or note`]
  return {
    ...{ read: accepted + rejected.count(), accepted, rejected: rejected.count(), ...counts, returned: 0, gone: 0 },
    ...{ content: content.text(), problems: rejected.problems, moves: [], joined: 0, wrote: counts.added > 0 },
    notes: left.filter((note) => note !== false).map((note) => `${note}, left out`),
  }
}

const rowsOf = (count: number) => (count === 1 ? '1 row is' : `${count} rows are`)
