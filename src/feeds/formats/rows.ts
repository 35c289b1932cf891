import type { Format } from '../feed.ts'
import { columnKey, openCsv } from './csv.ts'
import { hashBytes } from './hash.ts'
import { openJson, openNdjson } from './json.ts'
import { openSheet } from './sheet.ts'
import { openXml } from './xml.ts'

/** Reads the present row's cell of one column as text; '' where it is empty. */
export type Cell = () => string

/**
 * One pass over the rows of a snapshot (UTF-8). Rows are only found and hashed by `next`; cells are decoded when asked for, since
 * most rows of most runs were seen before.
 */
export type Rows = {
  /** The names of the columns, or null where every row names its own (JSON, XML). */
  header: readonly string[] | null
  /** The cell of a column, or null where the header lacks it. A name is compared after NFKC and without blanks. */
  cell(column: string): Cell | null
  /** Goes to the next row; false at the end. */
  next(): boolean
  /** Physical line of the present row's start, or its number where the format has no lines. No two rows have the same. */
  line(): number
  /** `line 5`, `record 5`. */
  where(): string
  /** 64-bit hash of the present row's bytes and the seed, signed as SQLite keeps it. */
  hash(seed: bigint): bigint
  /** What is wrong with the shape of the present row (too few cells), or null. */
  damage(): string | null
  /** The present row as it was written. */
  raw(): string
  /** All cells of the present row (CSV), for recognising total rows. */
  cells(): string[]
  /** What was told from the file and not declared, for people: `the delimiter is ";"`. */
  told?: string
  close(): void
}

/**
 * Opens a snapshot. `columns` are those that it should have: they tell the delimiter of a CSV file that declares none.
 * @throws ShoptoolError (data) where it is not of that format.
 */
export function openRows(path: string, name: string, format: Format, columns: readonly string[] = []): Rows {
  switch (format.type) {
    case 'csv':
      return grouped(openCsv(path, name, format, columns), format.group)
    case 'json':
      return openJson(path, name, format)
    case 'ndjson':
      return openNdjson(path, name)
    case 'xml':
      return openXml(path, name, format)
    case 'sheet':
      return openSheet(path, name, format)
  }
}

/** Fills columns that only the first row of a group has. A row's hash goes with what it took. */
function grouped(rows: Rows, group: { by: string; fill: readonly string[] } | undefined): Rows {
  const key = group && rows.cell(group.by)
  if (!key) return rows
  const columns = new Map(group.fill.map((name): [string, Cell | null] => [columnKey(name), rows.cell(name)]))
  let present: string | null = null
  let filled = new Map<string, string>()
  let isFirst = true
  return {
    ...rows,
    next() {
      if (!rows.next()) return false
      const name = key()
      isFirst = name !== present
      if (isFirst) filled = new Map([...columns].map(([column, cell]) => [column, cell?.() ?? '']))
      present = name
      return true
    },
    cell(column) {
      const own = rows.cell(column)
      const name = columnKey(column)
      return own && columns.has(name) ? () => own() || filled.get(name)! : own
    },
    hash(seed) {
      const own = rows.hash(seed)
      return isFirst ? own : hashBytes(Buffer.from([...filled.values()].join('\n')), BigInt.asUintN(64, own))
    },
  }
}
