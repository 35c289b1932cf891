import type { Instant } from '../day.ts'
import type { Problem } from '../errors.ts'
import type { RecordKind } from '../records.ts'
import type { Database } from './open.ts'
import { seal } from './seal.ts'

export type RunCounts = {
  read: number
  accepted: number
  rejected: number
  added: number
  changed: number
  unchanged: number
  returned: number
  gone: number
}

export type RunStatus = 'applied' | 'unchanged' | 'refused' | 'failed'

/** Where rows come from: a source of shoptool.yaml, or `import` for files given by hand. */
export type RunSource = { kind: RecordKind; source: string; partner: string }

export type Run = RunSource &
  RunCounts & {
    id: number
    at: Instant
    seconds: number
    status: RunStatus
    content: string | null
    /** Null where the rows must be looked at although the files are the same. */
    mapping: string | null
    error: string | null
    /** The head of the journal as the run left it; null where it added nothing to it. */
    head: string | null
  }

export const NO_COUNTS: RunCounts = {
  read: 0,
  accepted: 0,
  rejected: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  returned: 0,
  gone: 0,
}

/** Opens the record of a run; `finishRun` fills in what came of it, in the same transaction. Returns its id. */
export function startRun(db: Database, source: RunSource, at: Instant): number {
  return Number(
    db
      .prepare(
        `INSERT INTO run (kind, source, partner, at, seconds, status, read, accepted, rejected, added, changed, unchanged, returned, gone)
         VALUES (@kind, @source, @partner, @at, 0, 'failed', 0, 0, 0, 0, 0, 0, 0, 0)`,
      )
      .run({ ...source, at }).lastInsertRowid,
  )
}

/** Fills in what came of a run, and seals what it added to the journal. */
export function finishRun(
  db: Database,
  id: number,
  result: RunCounts & {
    status: RunStatus
    seconds: number
    content: string | null
    mapping: string | null
    error: string | null
  },
): void {
  db.prepare(
    `UPDATE run SET status = @status, seconds = @seconds, content = @content, mapping = @mapping, error = @error, read = @read, accepted = @accepted,
       rejected = @rejected, added = @added, changed = @changed, unchanged = @unchanged, returned = @returned, gone = @gone
     WHERE id = @id`,
  ).run({ ...result, id })
  seal(db, id)
}

/** Returns the file's id. */
export function addFile(
  db: Database,
  run: number,
  file: { name: string; sha256: string; bytes: number; encoding: string },
): number {
  return Number(
    db
      .prepare('INSERT INTO file (run, name, sha256, bytes, encoding) VALUES (?, ?, ?, ?, ?)')
      .run(run, file.name, file.sha256, file.bytes, file.encoding).lastInsertRowid,
  )
}

/** A row that was not taken. `hash` only where another row of the same product won over it. */
export type RejectedRow = { file: number; line: number; problem: Problem; raw: string; hash: bigint | null }

/** Keeps rows that were not taken; very long ones are cut. */
export function saveRejected(db: Database, rows: readonly RejectedRow[]): void {
  const insert = db.prepare('INSERT INTO rejected (file, line, place, field, message, raw, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
  for (const { file, line, problem, raw, hash } of rows)
    insert.run(file, line, problem.where, problem.field, problem.message, raw.slice(0, 10_000), hash)
}

/** The last run of a source that took data, or found it unchanged. */
export function lastGoodRun(db: Database, { kind, source, partner }: RunSource): Run | undefined {
  return db
    .prepare<unknown[], Run>(
      `SELECT * FROM run WHERE source = ? AND partner = ? AND kind = ? AND status IN ('applied', 'unchanged') ORDER BY id DESC LIMIT 1`,
    )
    .get(source, partner, kind)
}

/** The last run of every source, whatever came of it. */
export function lastRuns(db: Database): Run[] {
  return db
    .prepare<[], Run>(
      'SELECT * FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY source, partner, kind) ORDER BY source, kind',
    )
    .all()
}

/** The last runs of one source, newest first, whatever came of them. */
export function lastRunsOf(db: Database, { kind, source, partner }: RunSource, limit: number): Run[] {
  return db
    .prepare<unknown[], Run>('SELECT * FROM run WHERE source = ? AND partner = ? AND kind = ? ORDER BY id DESC LIMIT ?')
    .all(source, partner, kind, limit)
}

/** Makes a source's next run look at its rows, though its files be the same. */
export function readAgain(db: Database, source: RunSource): void {
  db.prepare('UPDATE run SET mapping = NULL WHERE id = ?').run(lastGoodRun(db, source)?.id ?? null)
}

/** Whether an earlier run took files with exactly these rows from the same hands. */
export function hasContent(db: Database, { kind, source, partner }: RunSource, run: number, content: string | null): boolean {
  return (
    db
      .prepare(
        "SELECT 1 FROM run WHERE source = ? AND partner = ? AND kind = ? AND content = ? AND status = 'applied' AND id <> ?",
      )
      .get(source, partner, kind, content, run) !== undefined
  )
}

export type FileRow = { id: number; run: number; name: string; sha256: string; bytes: number; encoding: string }

/** A file by its id, which must be one. */
export function fileById(db: Database, id: number): FileRow {
  return db.prepare<[number], FileRow>('SELECT * FROM file WHERE id = ?').get(id)!
}

/** A file by its bytes and name; the latest reading of it. */
export function fileOf(db: Database, { sha256, file }: { sha256: string; file: string }): FileRow | undefined {
  return db
    .prepare<[string, string], FileRow>('SELECT * FROM file WHERE sha256 = ? AND name = ? ORDER BY id DESC LIMIT 1')
    .get(sha256, file)
}

/** The files that a run read, in its order. */
export function filesOf(db: Database, run: { id: number }): FileRow[] {
  return db.prepare<[number], FileRow>('SELECT * FROM file WHERE run = ? ORDER BY id').all(run.id)
}

/** Hashes of the rows that lost, in the source's last applied run, against a later row of the same product. */
export function supersededHashes(db: Database, source: string, partner: string): Set<bigint> {
  const rows = db
    .prepare<[string, string], bigint>(
      `SELECT j.hash FROM rejected j JOIN file f ON f.id = j.file WHERE j.hash IS NOT NULL AND f.run =
         (SELECT max(id) FROM run WHERE source = ? AND partner = ? AND kind = 'products' AND status = 'applied')`,
    )
    .pluck()
    .safeIntegers()
    .all(source, partner)
  return new Set(rows)
}

/** A rejected row with all that is known of it; `reason` says what was found and expected. */
export type Rejected = {
  source: string
  partner: string
  kind: RecordKind
  at: Instant
  file: string
  line: number
  where: string
  field: string | null
  reason: string
  /** The row as the partner wrote it, up to 10 000 characters. */
  raw: string
}

/** The run whose rows stand for those of run `?`: one that found its files unchanged has those of the run before it with the same rows. */
const APPLIED =
  "SELECT max(a.id) FROM run a JOIN run b USING (kind, source, partner, content) WHERE b.id = ? AND a.status = 'applied'"

/** Rejected rows of the last good run of every source, or of one; imported files are a source named `import`, of which the last one counts. */
export function rejectedRows(db: Database, source: string | null, limit: number): Rejected[] {
  const runs = db
    .prepare<[string | null], number>(
      `SELECT max(id) FROM run WHERE status IN ('applied', 'unchanged') AND source = ifnull(?, source)
       GROUP BY source, partner, kind ORDER BY source, partner, kind`,
    )
    .pluck()
    .all(source)
  const rows = db.prepare<[number, number], Rejected>(
    `SELECT r.source, r.partner, r.kind, r.at, f.name AS file, j.line, j.place AS "where", j.field, j.message AS reason, j.raw
     FROM rejected j JOIN file f ON f.id = j.file JOIN run r ON r.id = f.run WHERE r.id = (${APPLIED}) ORDER BY j.rowid LIMIT ?`,
  )
  const found: Rejected[] = []
  for (const run of runs) found.push(...rows.all(run, limit - found.length))
  return found
}

/** The rejected rows of a run; of one that found its files unchanged, those of the run before it with the same rows. */
export function rejectedOf(db: Database, run: number, limit = 20): Problem[] {
  return db
    .prepare<[number, number], Problem>(
      `SELECT j.place AS "where", j.field, j.message FROM rejected j JOIN file f ON f.id = j.file
       WHERE f.run = (${APPLIED})
       ORDER BY j.rowid LIMIT ?`,
    )
    .all(run, limit)
}

/** When a file was first read. */
export function fileReadAt(db: Database, id: number): Instant {
  return db.prepare<[number], Instant>('SELECT r.at FROM file f JOIN run r ON r.id = f.run WHERE f.id = ?').pluck().get(id)!
}
