import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Database } from './open.ts'

/*
 * The journal is sealed: at its end every run hashes the rows that it added, up to 1024 at a time, and each hash goes into the next one,
 * so that the last (the head) stands for every byte of the journal. A seal keeps
 *
 *   digest  SHA-256 in hex of: the line of the digest before it (empty at first), the line `[run,"table",rows]`, and the rows, one a line
 *   checks  the CRC-32 of each row, big-endian: where a digest does not fit, these tell which row it was
 *
 * A row is what SQLite writes for `rtrim(json_array(<columns of the table>), ',nul]')`. Without the empty cells at its end a row stays what
 * it was when a later schema adds columns: they may only be added at the end and be empty in rows of before. Anyone can verify with
 * sqlite3 and sha256sum. A run keeps the head as it left it; who writes a head down elsewhere can also show that nothing was cut off since.
 */

/** `since`: the version of the schema from which on it is sealed, where it was there before. */
type Table = { except?: readonly string[]; where?: string; since?: number }
/** Runs that read anything but goods. */
export const RUNS = "kind <> 'products' AND status IN ('applied', 'unchanged')"

/**
 * Tables of the journal, in the order in which a run seals them. What is left out is derived, or tells how fast and how it was read. A close
 * or reopening is no run and seals itself: the position of the next one must not depend on it.
 */
export const JOURNAL: Readonly<Record<string, Table>> = {
  run: { except: ['seconds', 'mapping', 'head'], where: RUNS },
  file: { where: `run IN (SELECT id FROM run WHERE ${RUNS})` },
  order_line: { except: ['state'] },
  // those of hash 0 are derived
  order_state: { where: 'hash <> 0' },
  order_entry: {},
  refund: {},
  statement: {},
  payout_line: {},
  receipt: {},
  ruling: {},
  review: {},
  closing: { since: 28 },
}

const BLOCK = 1024
const NEWLINE = 10
/** Below any id. */
export const START = -Number.MAX_SAFE_INTEGER

/** Rows of a table from some id on, as they are sealed. */
export type Rows = { ids: number[]; bytes: Buffer; checks: Buffer }

/** Reads rows of a journal table: those behind `after`, at most so many. */
export function rowReader(db: Database, name: string): (after: number, limit: number) => Rows {
  const { except = [], where = 'TRUE' } = JOURNAL[name]!
  const columns = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(name)
    .filter((column) => !except.includes(column))
  const select = db.prepare<[number, number], { ids: string; bytes: Buffer | null }>(
    `SELECT json_group_array(id) AS ids, CAST(group_concat(rtrim(json_array(${columns.join(', ')}), ',nul]'), char(${NEWLINE})) AS BLOB) AS bytes
     FROM (SELECT * FROM ${name} WHERE ${where} AND id > ? ORDER BY id LIMIT ?)`,
  )
  return (after, limit) => {
    const { ids, bytes } = select.get(after, limit)!
    return { ids: JSON.parse(ids), bytes: bytes ?? Buffer.alloc(0), checks: checksOf(bytes ?? Buffer.alloc(0)) }
  }
}

/** The CRC-32 of each line. */
function checksOf(bytes: Buffer): Buffer {
  const checks: number[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from)
    const to = end < 0 ? bytes.length : end
    checks.push(crc32(bytes.subarray(from, to)))
    from = to + 1
  }
  const buffer = Buffer.alloc(checks.length * 4)
  for (const [i, check] of checks.entries()) buffer.writeUInt32BE(check, i * 4)
  return buffer
}

/** 64 hex digits. */
export function digestOf(before: string, run: number | null, name: string, { ids, bytes }: Rows): string {
  return createHash('sha256')
    .update(`${before}\n${JSON.stringify([run, name, ids.length])}\n`)
    .update(bytes)
    .digest('hex')
}

/**
 * Seals what a run added to the journal, inside the caller's transaction; nothing where it added nothing. A run of null stands for the
 * time before there were seals, and for closes.
 */
export function seal(db: Database, run: number | null, tables: readonly string[] = Object.keys(JOURNAL)): void {
  const insert = db.prepare('INSERT INTO seal (run, fact, last, checks, digest) VALUES (?, ?, ?, ?, ?)')
  const lastOf = db.prepare<[string], number | null>('SELECT max(last) FROM seal WHERE fact = ?').pluck()
  let digest = headOf(db) ?? ''
  let sealed = 0
  for (const name of tables) {
    const read = rowReader(db, name)
    let after = lastOf.get(name) ?? START
    for (let rows = read(after, BLOCK); rows.ids.length > 0; rows = read(after, BLOCK)) {
      digest = digestOf(digest, run, name, rows)
      after = rows.ids.at(-1)!
      insert.run(run, name, after, rows.checks, digest)
      sealed++
    }
  }
  if (sealed > 0) db.prepare('UPDATE run SET head = ? WHERE id = ?').run(digest, run)
}

/** The digest, 64 hex digits, that stands for the whole journal; null where it is empty. */
export function headOf(db: Database): string | null {
  return db.prepare<[], string>('SELECT digest FROM seal ORDER BY id DESC LIMIT 1').pluck().get() ?? null
}
