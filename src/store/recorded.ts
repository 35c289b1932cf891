import type { Origin, Recorded } from '../records.ts'
import type { Database } from './open.ts'
import { fileById } from './runs.ts'

/**
 * Runs a query and gives its rows as records with their origin. The query selects the properties `names` in that order, with those that are
 * `seldom` there in one cell behind the others (`inOneCell`), then the file's id and the line. Rows come as arrays and files are looked up
 * once: at a million rows that is a tenth of the time of joined objects.
 */
export function* recorded<T>(
  db: Database,
  sql: string,
  values: readonly unknown[],
  names: readonly (keyof T & string)[],
  seldom?: readonly (keyof T & string)[],
): Generator<Recorded<T>> {
  const record = recorder<T>(db, names, seldom)
  for (const row of db
    .prepare<unknown[], unknown[]>(sql)
    .raw()
    .iterate(...values))
    yield record(row)
}

/**
 * Whether a partner has so much of a table that its rows are sooner read as they lie and sorted than looked up one by one in the order of
 * an index: of a million rows the index finds each on another page. Judged by some rows here and there.
 */
export function hasMost(db: Database, table: 'order_line' | 'payout_line', partner: string): boolean {
  const sql = `${someRows(table, 64)} SELECT avg(partner = ?) > 0.25 FROM at JOIN ${table} USING (id)`
  return db.prepare<[string], number | null>(sql).pluck().get(partner) === 1
}

/** SQL of columns that are mostly empty as one cell: ten empty ones take a fourth of the time in which a row is read. */
export function inOneCell(columns: readonly string[]): string {
  return `CASE WHEN coalesce(${columns.join(', ')}) IS NOT NULL THEN json_array(${columns.join(', ')}) END`
}

/** SQL that begins a query on some `count` rows here and there of a table: their ids as `at.id`, with `last`, the last id of all. */
export function someRows(table: 'order_line' | 'payout_line', count: number): string {
  return `WITH RECURSIVE at(id, last) AS (SELECT 1, (SELECT max(id) FROM ${table}) UNION ALL SELECT id + last / ${count} + 1, last FROM at WHERE id <= last)`
}

/** Makes a record of a row of a query as `recorded` runs it. */
export function recorder<T>(
  db: Database,
  names: readonly (keyof T & string)[],
  seldom: readonly (keyof T & string)[] = [],
): (row: readonly unknown[]) => Recorded<T> {
  const origin = originOf(db)
  const make = maker(names, seldom)
  const file = names.length - seldom.length + Math.sign(seldom.length)
  return (row) => make(row, origin(row[file] as number, row[file + 1] as number)) as Recorded<T>
}

/** Where a record was read, by the file's id. */
export function originOf(db: Database): (file: number, line: number) => Origin {
  const files = new Map<number, Omit<Origin, 'line'>>()
  return (id, line) => {
    let file = files.get(id)
    if (!file) {
      const { name, sha256 } = fileById(db, id)
      file = { file: name, sha256 }
      files.set(id, file)
    }
    return { file: file.file, line, sha256: file.sha256 }
  }
}

/** Compiles `{ orderId: row[0], …, origin }`: setting twenty properties by name takes as long as SQLite does to read the row. */
function maker(names: readonly string[], seldom: readonly string[]): (row: readonly unknown[], origin: Origin) => unknown {
  const often = names.filter((name) => !seldom.includes(name))
  const record = (rare: (at: number) => string) => {
    const source = (name: string) => (seldom.includes(name) ? rare(seldom.indexOf(name)) : `row[${often.indexOf(name)}]`)
    return `{ ${names.map((name) => `${name}: ${source(name)}`).join(', ')}, origin }`
  }
  const plain = `return ${record(() => 'null')}`
  const full = `const rare = JSON.parse(row[${often.length}]); return ${record((at) => `rare[${at}]`)}`
  return new Function(
    'row',
    'origin',
    seldom.length === 0 ? plain : `if (row[${often.length}] === null) ${plain}; ${full}`,
  ) as ReturnType<typeof maker>
}
