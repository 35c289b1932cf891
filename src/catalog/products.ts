import type { Instant } from '../day.ts'
import { dataError, type Problem } from '../errors.ts'
import { formatAmount } from '../money.ts'
import type { Product } from '../records.ts'
import type { Database } from '../store/open.ts'
import { type Before, type Change, productWriter } from '../store/products.ts'
import { supersededHashes } from '../store/runs.ts'
import { addFiles, contentHash, describeProblem, type Loaded, type Opened, rejects } from './load.ts'

export type ProductLoad = {
  source: string
  partner: string
  run: number
  at: Instant
  /** When the source was last read well, or null. */
  lastGoodAt: Instant | null
  /** Whether the files are the whole source, so that goods not in them are gone. Not so for files imported by hand. */
  complete: boolean
  /** Take the data although the guard finds it suspicious. */
  acceptShrink: boolean
}

type Row = { product: Product; hash: bigint; file: number; line: number; where: string; raw: string }

/**
 * Loads product rows into the database, inside the caller's transaction. Rows whose bytes the source's last run had are
 * recognised by their hash and neither decoded nor written.
 * @throws ShoptoolError (data) where the guard refuses the whole; the caller's transaction must then be rolled back.
 */
export function loadProducts(db: Database, opened: readonly Opened<Product>[], load: ProductLoad): Loaded {
  const files = addFiles(db, load.run, opened)
  const writer = productWriter(db, load.source, load.partner, load.run, load.at, load.lastGoodAt)
  const { known } = writer
  const liveBefore = known.size
  /** Rows that lost against a later row of the same product last time: they wait until that row was met or is known to be missing. */
  const superseded = supersededHashes(db, load.source, load.partner)
  const waiting: Row[] = []
  const counts: Record<Change, number> = { added: 0, changed: 0, unchanged: 0, returned: 0 }
  const rejected = rejects(db)
  const content = contentHash()
  const guard = driftGuard()
  /** Products whose row was refused: they are not gone. */
  const refusedSkus = new Set<string>()
  /** A refused row without a readable sku may be any product: then none is called gone. */
  let anySkuRefused = false
  let read = 0

  const take = ({ product, hash, file, line, raw }: Row) => {
    const saved = writer.save(product, hash, file, line)
    if (saved.result === 'twice') {
      counts[saved.was]--
      counts[saved.now]++
      const { earlier } = saved
      const { sku } = product
      // A row that was only recognised stands in the database under the file that it was first read from.
      const told = earlier.file >= files[0]!.file
      const lost = told ? { file: earlier.file, line: earlier.line } : { file, line }
      const message = told
        ? `${sku} stands again in line ${line}; the last one counts`
        : `${sku} stands above already; the last one counts`
      rejected.add({ ...lost, raw, hash: earlier.hash }, [{ where: `line ${lost.line}`, field: 'sku', message }])
      return
    }
    counts[saved.result]++
    if (saved.before) guard.compare(saved.before, product)
  }

  for (const { reader, file } of files) {
    const { rows, seed } = reader
    while (rows.next()) {
      read++
      const hash = rows.hash(seed)
      content.add(hash)
      const slot = known.find(hash)
      if (slot >= 0) {
        const mark = known.mark(slot)
        if (mark === 'waiting') {
          known.setMark(slot, 'seen')
          counts.unchanged++
          continue
        }
        if (mark === 'seen') {
          const problem = { where: rows.where(), field: 'sku', message: 'the same row stands above' }
          rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, [problem])
          continue
        }
      }
      const product = reader.record()
      if (!product) {
        const problems = reader.problems()
        rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, problems)
        const skus = reader.candidates('sku')
        for (const sku of skus) refusedSkus.add(sku)
        anySkuRefused ||= skus.length === 0
        continue
      }
      const row = { product, hash, file, line: rows.line(), where: rows.where(), raw: '' }
      if (superseded.has(hash)) waiting.push({ ...row, raw: rows.raw() })
      else take(row)
    }
  }
  for (const row of waiting) {
    if (!writer.met(row.product.sku)) take(row)
    else {
      const problem = {
        where: row.where,
        field: 'sku',
        message: `${row.product.sku} stands again in a later line; the last one counts`,
      }
      rejected.add({ file: row.file, line: row.line, raw: row.raw, hash: row.hash }, [problem])
    }
  }

  const accepted = counts.added + counts.changed + counts.unchanged + counts.returned
  const refuse = guard.verdict(accepted) ?? sizeVerdict(read, accepted, rejected.problems, load.complete ? liveBefore : 0)
  if (refuse && !(load.acceptShrink && accepted > 0)) {
    throw dataError(`${refuse}; nothing was changed${accepted > 0 ? ' (--accept-shrink takes it all the same)' : ''}`)
  }
  const gone = load.complete && !anySkuRefused ? writer.retire(refusedSkus) : 0
  rejected.save()
  writer.finish()
  return { read, accepted, rejected: rejected.count(), ...counts, gone, content: content.text(), problems: rejected.problems }
}

/** Why so few rows cannot be the whole source, or null. */
function sizeVerdict(read: number, accepted: number, problems: readonly Problem[], liveBefore: number): string | null {
  if (read === 0) return 'has no rows'
  if (accepted * 2 < read) {
    const first = problems[0]
    return `${read - accepted} of ${read} rows are not usable${first ? `, the first: ${describeProblem(first)}` : ''}`
  }
  if (accepted * 2 < liveBefore) return `has ${accepted} rows where the last good run had ${liveBefore}`
  return null
}

const CHECKED = ['commissionRate', 'commission', 'sales', 'category', 'shop', 'imageUrl', 'link'] as const

/** Watches changed rows for what a wrong unit or a lost column looks like: prices × 10, values that become empty in most rows. */
function driftGuard(): { compare(before: Before, now: Product): void; verdict(accepted: number): string | null } {
  let jumps = 0
  let example = ''
  const emptied = new Map<string, number>()
  return {
    compare(before, now) {
      const [was, is] = [before.finalPrice, now.finalPrice]
      if (was > 0 && (is >= was * 10 || is * 10 <= was)) {
        jumps++
        example ||= `${now.sku}: ${formatAmount(was, now.currency)} → ${formatAmount(is, now.currency)}`
      }
      for (const value of CHECKED)
        if (before[value] !== null && now[value] === null) emptied.set(value, (emptied.get(value) ?? 0) + 1)
    },
    verdict(accepted) {
      if (jumps >= 3 && jumps * 10 > accepted)
        return `${jumps} of ${accepted} prices changed ten-fold or more (${example}): a wrong unit?`
      for (const [value, count] of emptied)
        if (count >= 3 && count * 2 > accepted) return `${value} has become empty in ${count} of ${accepted} rows`
      return null
    },
  }
}
