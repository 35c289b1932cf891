import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Format } from '../../src/feeds/feed.ts'
import { openRows, type Rows } from '../../src/feeds/formats/rows.ts'
import { folderWith } from '../cli/shoptool.ts'

const folder = folderWith()
let files = 0

/** The path of a new temporary file. */
export function fileOf(content: string | Buffer): string {
  const path = join(folder, `feed-${files++}`)
  writeFileSync(path, content)
  return path
}

export function rowsOf(content: string | Buffer, format: Format = { type: 'csv' }): Rows {
  return openRows(fileOf(content), 'feed.csv', format)
}

/** All rows of a table: the line that each begins in, and its cells. */
export function table(
  content: string | Buffer,
  format?: Extract<Format, { type: 'csv' }>,
): { header: string[]; rows: [number, string[]][] } {
  const rows = rowsOf(content, format)
  try {
    const all: [number, string[]][] = []
    while (rows.next()) all.push([rows.line(), rows.cells()])
    return { header: [...rows.header!], rows: all }
  } finally {
    rows.close()
  }
}
