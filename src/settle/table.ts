import { closeSync, openSync, writeSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'

/** A cell as it stands in the file; made by `text` or `id`, or an amount, day or count, which need no care. */
export type Cell = string | number | null

/**
 * A CSV file for spreadsheets: UTF-8 with BOM, CRLF. Rows are written in blocks, so that a million of them need no memory; `add` returns
 * the bytes of its row. Closing twice is allowed.
 */
export type Table = {
  add(row: readonly Cell[]): number
  /** Adds a row whose first cell is empty, with this number in it. */
  addNumbered(number: number, row: Uint8Array): void
  close(): void
  /** Closes the file as it is. */
  abandon(): void
}

const BLOCK = 1 << 20

/** Begins a table with its heading, null has none, at a path or in an open file, which stays open. */
export function openTable(place: string | number, columns: readonly string[] | null): Table {
  let file: number | null = typeof place === 'number' ? place : openSync(place, 'w')
  // Encoded line by line: joining a block of lines first takes twice the time.
  let block = Buffer.allocUnsafe(BLOCK)
  let length = 0
  const write = () => {
    for (let at = 0; at < length; ) at += writeSync(file!, block, at, length - at)
    length = 0
  }
  const makeRoom = (most: number) => {
    if (length + most > block.length) write()
    if (most > block.length) block = Buffer.allocUnsafe(most)
  }
  const put = (line: string) => {
    makeRoom(3 * line.length) // bytes of UTF-8 for a unit of UTF-16
    const size = block.write(line, length)
    length += size
    return size
  }
  const abandon = () => {
    if (file !== null && file !== place) closeSync(file)
    file = null
  }
  if (columns) put(`\ufeff${csvLine(columns)}`)
  return {
    add: (row) => put(csvLine(row)),
    addNumbered(number, row) {
      put(String(number))
      makeRoom(row.length)
      block.set(row, length)
      length += row.length
    },
    close() {
      if (file !== null) write()
      abandon()
    },
    abandon,
  }
}

/** The same table as one text. */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${[columns, ...rows].map(csvLine).join('')}`
}

/**
 * Free text that a spreadsheet must not take for a formula: an apostrophe goes in front of `=` `+` `-` `@`, their full-width forms, tab
 * and line breaks (OWASP, "CSV Injection").
 */
export function text(value: string | null): string | null {
  return value !== null && /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value
}

/**
 * A number that is a name: order, line, sku, statement. Spreadsheets round beyond 15 digits, drop leading zeros, and make days of
 * `2026-10` and powers of `12E5`; such an id gets a tab in front. Excel and LibreOffice then keep it as text, and a reader that trims
 * its cells, as shoptool's does and partners' own exports ask for, gets it back unchanged (`="…"` would come back as that).
 */
export function id(value: string | null): string | null {
  if (value === null || !/^\d/.test(value)) return text(value)
  const isSafe = /^(0|[1-9]\d{0,10})$/.test(value) || !/^[\d.,:/eE+\- ]+$/.test(value)
  return isSafe ? value : `\t${value}`
}

/** What a cell may hold that has to be quoted. */
const QUOTED = /[",\r\n]/

/** Most of a million rows need no quotes: putting those together takes a tenth of csv-stringify's time. */
function csvLine(row: readonly Cell[]): string {
  let line = ''
  let comma = ''
  for (const cell of row) {
    if (typeof cell === 'string' && QUOTED.test(cell)) return stringify([row as Cell[]], { record_delimiter: '\r\n' })
    line += comma + (cell ?? '')
    comma = ','
  }
  return `${line}\r\n`
}
