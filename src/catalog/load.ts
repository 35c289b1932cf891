import { dataError, type Problem, type ShoptoolError } from '../errors.ts'
import type { Snapshot } from '../feeds/fetch.ts'
import type { Reader } from '../feeds/read.ts'
import type { Database } from '../store/open.ts'
import { addFile, type RejectedRow, type RunCounts, saveRejected } from '../store/runs.ts'
import type { Move } from './moves.ts'

/** One snapshot of a run, opened. */
export type Opened<T> = { snapshot: Snapshot; reader: Reader<T> }

/** What loading the files of one run came to, before it is committed. */
export type Loaded = RunCounts & {
  /** Hash of the rows as a set: independent of their order and of the file's encoding and name. */
  content: string
  problems: Problem[]
  /** The largest changes of prices and rates; empty for orders and payouts. */
  moves: Move[]
  /** How many goods that have another id now were joined with their history. */
  joined: number
  /** What people should know of it. */
  notes?: readonly string[]
  /** Whether any record changed, or who lists it. */
  wrote: boolean
}

/** The error of a reading that the guard refuses. One without a usable row cannot be taken by any flag. */
export function refusal(message: string, accepted: number): ShoptoolError {
  return dataError(`${message}; nothing was changed${accepted > 0 ? ' (--accept-shrink takes it all the same)' : ''}`)
}

/** `line 5, price: …` */
export function describeProblem({ where, field, message }: Problem): string {
  return `${where}${field ? `, ${field}` : ''}: ${message}`
}

/** How many problems a result lists; all of them stand in the table `rejected`. */
const LISTED = 20

/** Sums row hashes, so that the same rows in another order give the same result. */
export function contentHash(): { add(hash: bigint): void; text(): string } {
  let sum = 0n
  let rows = 0
  // Adding BigInts a million times costs more than the scan; two 32-bit halves are summed as safe integers instead.
  let low = 0
  let high = 0
  const wide = new BigInt64Array(1)
  const halves = new Uint32Array(wide.buffer)
  const carry = () => {
    sum = BigInt.asUintN(64, sum + BigInt(low) + (BigInt(high) << 32n))
    low = 0
    high = 0
  }
  return {
    add(hash) {
      wide[0] = hash
      low += halves[0]!
      high += halves[1]!
      if (++rows % 1_000_000 === 0) carry()
    },
    text() {
      carry()
      return `${rows}:${sum.toString(16).padStart(16, '0')}`
    },
  }
}

/** Collects rejected rows of a run: the first few as problems to print, all of them for the table. */
export function rejects(db: Database): {
  add(row: Omit<RejectedRow, 'problem'>, problems: readonly Problem[]): void
  problems: Problem[]
  count(): number
  save(): void
} {
  const rows: RejectedRow[] = []
  const problems: Problem[] = []
  let count = 0
  return {
    add(row, found) {
      count++
      for (const problem of found) {
        rows.push({ ...row, problem })
        if (problems.length < LISTED) problems.push(problem)
      }
      if (rows.length >= 10_000) saveRejected(db, rows.splice(0))
    },
    problems,
    count: () => count,
    save: () => saveRejected(db, rows.splice(0)),
  }
}

/** Registers the snapshots of a run and gives each its file id. */
export function addFiles<T>(db: Database, run: number, opened: readonly Opened<T>[]): (Opened<T> & { file: number })[] {
  return opened.map((one) => ({ ...one, file: addFile(db, run, one.snapshot) }))
}
