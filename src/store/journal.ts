import type { RecordKind } from '../records.ts'
import type { Database } from './open.ts'

/**
 * A place in the journal, the id of a run: what that run and those before it wrote was known then. The facts of the journal (`order_state`,
 * `order_entry`, `refund`, `statement` with `payout_line`, `review`) are only added, never changed or removed, so that what held at any place can be told again.
 */
export type Position = number

/** Kinds of facts that a later run may rule about. */
export type Fact = 'order_state' | 'order_entry' | 'refund' | 'statement' | 'receipt'

/** Up to which run, and so up to which file, facts count. */
export type Bound = { run: Position; file: number }

const PRESENT: Bound = { run: Number.MAX_SAFE_INTEGER, file: Number.MAX_SAFE_INTEGER }

/** The bound of a position; of the present where none is given. Files are numbered in the order of runs. */
export function boundOf(db: Database, asOf?: Position): Bound {
  if (asOf === undefined) return PRESENT
  const file = db.prepare<[number], number>('SELECT ifnull(max(id), 0) FROM file WHERE run <= ?').pluck().get(asOf)!
  return { run: asOf, file }
}

/** The present position: that of the last run that read orders or payouts; 0 where there is none. */
export function positionOf(db: Database): Position {
  return db
    .prepare<[], number>("SELECT ifnull(max(id), 0) FROM run WHERE kind <> 'products' AND status IN ('applied', 'unchanged')")
    .pluck()
    .get()!
}

/** SQL that selects the ids of facts that do not hold, by what was ruled last. */
export function overruled(fact: Fact, { run }: Bound = PRESENT): string {
  const last = `SELECT row, holds, max(id) FROM ruling WHERE fact = '${fact}' AND run <= ${run} GROUP BY row`
  return `(SELECT row FROM (${last}) WHERE holds = 0)`
}

/** Says what holds from now on, inside the caller's transaction. Nothing is written where that is so already. */
export type Rulings = {
  /** Rules that the facts that a query selects (one column, their ids) do not hold. Returns how many did. */
  overrule(fact: Fact, rows: string, values: readonly unknown[], reason: string): number
  /** Rules that a new fact holds, for a reason of its own. */
  confirm(fact: Fact, row: number | bigint, reason: string): void
  /** Rules that a fact holds again. Returns whether it did not. */
  restore(fact: Fact, row: number, reason: string): boolean
}

/** Begins to rule in a run. */
export function rulingsOf(db: Database, run: number): Rulings {
  const last = db
    .prepare<[string, number], number>('SELECT holds FROM ruling WHERE fact = ? AND row = ? ORDER BY id DESC LIMIT 1')
    .pluck()
  const insert = db.prepare('INSERT INTO ruling (run, fact, row, holds, reason) VALUES (?, ?, ?, ?, ?)')
  return {
    overrule(fact, rows, values, reason) {
      const sql = `INSERT INTO ruling (run, fact, row, holds, reason)
        SELECT ?, ?, id, 0, ? FROM (${rows}) WHERE id NOT IN ${overruled(fact)} ORDER BY id`
      return db.prepare(sql).run(run, fact, reason, ...values).changes
    },
    confirm: (fact, row, reason) => {
      insert.run(run, fact, row, 1, reason)
    },
    restore(fact, row, reason) {
      if (last.get(fact, row) !== 0) return false
      insert.run(run, fact, row, 1, reason)
      return true
    },
  }
}

/** A file to be read, and the hash of the mapping that reads it. */
export type Reread = { sha256: string; mapping: string }

/** The files with the same bytes that were read by another mapping, by id. */
export function readOtherwise(db: Database, kind: RecordKind, partner: string, { sha256, mapping }: Reread): number[] {
  return db
    .prepare<unknown[], number>(
      `SELECT f.id FROM file f JOIN run r ON r.id = f.run WHERE r.partner = ? AND r.kind = ? AND r.status = 'applied'
         AND f.sha256 = ? AND instr('+' || r.mapping || '+', '+' || ? || '+') = 0`,
    )
    .pluck()
    .all(partner, kind, sha256, mapping)
}
