import { existsSync } from 'node:fs'
import type { Encoding } from '../feeds/feed.ts'
import { snapshotPath } from '../feeds/fetch.ts'
import { type Forms, formOf } from '../feeds/form.ts'
import { openRows } from '../feeds/formats/rows.ts'
import type { FileRow } from '../store/runs.ts'

/** Rows of a file as the partner wrote them, by line; lines that it has not with the present mapping are not there. */
export type RawFile = { header: readonly string[] | null; rows: ReadonlyMap<number, string> }

/** Reads rows of a file that was read before, from its copy in `.shoptool/snapshots`; null where that was deleted. */
export function rawRows<T>(snapshots: string, forms: Forms<T>, file: FileRow, lines: ReadonlySet<number>): RawFile | null {
  const path = snapshotPath(snapshots, file)
  if (!existsSync(path)) return null
  const { format } = formOf(forms, { ...file, path, encoding: file.encoding as Encoding })
  const rows = openRows(path, file.name, format)
  const found = new Map<number, string>()
  try {
    while (found.size < lines.size && rows.next()) if (lines.has(rows.line())) found.set(rows.line(), rows.raw())
    return { header: rows.header, rows: found }
  } finally {
    rows.close()
  }
}
