import type { Instant } from '../day.ts'
import type { Product } from '../records.ts'
import { joinHistory } from '../store/aliases.ts'
import type { Database } from '../store/open.ts'
import { type Change, productWriter } from '../store/products.ts'
import { supersededHashes } from '../store/runs.ts'
import type { Guard } from '../workspace.ts'
import { driftGuard, idsGuard, refuseRows, refuseShrink, type Unusable } from './guard.ts'
import { addFiles, contentHash, type Loaded, type Opened, refusal, rejects } from './load.ts'
import { largestMoves } from './moves.ts'

export type ProductLoad = {
  source: string
  partner: string
  run: number
  at: Instant
  /** When the source was last read well, or null. */
  lastGoodAt: Instant | null
  /** Whether the files are the whole source, so that goods not in them are gone. Not so for files imported by hand. */
  complete: boolean
  guard: Guard
  /** Take the data although the guard finds it suspicious. */
  acceptShrink: boolean
}

type Row = { product: Product; hash: bigint; file: number; line: number; where: string; raw: string }

/** Where a row stands, for messages; with the name of its file where there are several. */
type Place = (where: string) => string

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
  /** What is new in the whole of a source is held against what was there before. */
  const watchNew = load.complete && liveBefore > 0
  const drift = driftGuard(watchNew)
  const ids = idsGuard()
  const moves = largestMoves()
  /** Products whose row was refused: they are not gone. */
  const refusedSkus = new Set<string>()
  /** The first refused row without a readable sku. It may be any product: then none is called gone. */
  let anySkuRefused: string | null = null
  let read = 0
  const unusable: Unusable = { count: 0, first: null }

  const take = ({ product, hash, file, line, raw }: Row, place: Place) => {
    const saved = writer.save(product, hash, file, line)
    if (saved.result === 'older') {
      // Exports of several days in one folder are the rule: the newest row of a product counts, the others are no mistakes.
      counts.unchanged++
      return
    }
    if (saved.result === 'twice') {
      counts[saved.was]--
      counts[saved.now]++
      const { earlier } = saved
      const { sku } = product
      // A row that was only recognised stands in the database under the file that it was first read from.
      const told = earlier.file === file
      const lost = told ? { file: earlier.file, line: earlier.line } : { file, line }
      const message = told
        ? `${sku} stands again in line ${line}; the last one counts`
        : `${sku} stands above already; the last one counts`
      rejected.add({ ...lost, raw, hash: earlier.hash }, [{ where: place(`line ${lost.line}`), field: 'sku', message }])
      return
    }
    counts[saved.result]++
    if (saved.before) {
      drift.compare(saved.before, product)
      moves.compare(saved.before, product)
    } else if (watchNew) {
      drift.add(product)
      ids.add(product.sku)
    }
  }

  // The newest file, by name the last, comes first: what it has is not taken from an older one.
  for (const { reader, file, snapshot } of files.toSorted((a, b) => (a.snapshot.name < b.snapshot.name ? 1 : -1))) {
    const { rows, seed } = reader
    const place: Place = (where) => (files.length > 1 ? `${snapshot.name}: ${where}` : where)
    known.nextFile()
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
        if (mark === 'newer') {
          counts.unchanged++
          continue
        }
        if (mark === 'seen') {
          const problem = { where: place(rows.where()), field: 'sku', message: 'the same row stands above' }
          rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, [problem])
          continue
        }
      }
      const product = reader.record()
      if (!product) {
        const problems = reader.problems().map((problem) => ({ ...problem, where: place(problem.where) }))
        rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, problems)
        unusable.count++
        unusable.first ??= problems[0]!
        const skus = reader.candidates('sku')
        for (const sku of skus) refusedSkus.add(sku)
        if (skus.length === 0) anySkuRefused ??= place(rows.where())
        continue
      }
      const row = { product, hash, file, line: rows.line(), where: rows.where(), raw: '' }
      if (superseded.has(hash)) waiting.push({ ...row, raw: rows.raw() })
      else take(row, place)
    }
    for (const row of waiting.splice(0)) {
      if (writer.met(row.product.sku, file) !== 'here') take(row, place)
      else {
        const message = `${row.product.sku} stands again in a later line; the last one counts`
        rejected.add({ file: row.file, line: row.line, raw: row.raw, hash: row.hash }, [
          { where: place(row.where), field: 'sku', message },
        ])
      }
    }
  }

  const accepted = counts.added + counts.changed + counts.unchanged + counts.returned
  const otherIds = watchNew ? ids.refuse(liveBefore, known.waiting, writer.unmet, writer.isNew) : null
  const refused =
    refuseRows(read, accepted, unusable, load.guard, true) ??
    otherIds ??
    drift.refuse(accepted, writer.untouched) ??
    (load.complete ? refuseShrink(liveBefore, writer.listed(), load.guard) : null)
  if (refused && !(load.acceptShrink && accepted > 0)) throw refusal(refused, accepted)
  if (load.complete && anySkuRefused && known.waiting > 0) {
    const message = `cannot be read, and the row may be any of ${known.waiting} missing products: none of them was called gone`
    rejected.problems.push({ where: anySkuRefused, field: 'sku', message })
  }
  const gone = load.complete && !anySkuRefused ? writer.retire(refusedSkus) : 0
  rejected.save()
  const joined = otherIds ? joinHistory(db, load, writer.lastId) : 0
  writer.finish()
  return {
    ...{ read, accepted, rejected: rejected.count(), ...counts, gone, joined },
    ...{ content: content.text(), problems: rejected.problems, moves: moves.list(), wrote: writer.wrote() || joined > 0 },
  }
}
