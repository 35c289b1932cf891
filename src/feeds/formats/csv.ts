import { closeSync, openSync, readSync } from 'node:fs'
import { dataError } from '../../errors.ts'
import type { Format } from '../feed.ts'
import { hashBytes } from './hash.ts'
import type { Cell, Rows } from './rows.ts'

type CsvFormat = Extract<Format, { type: 'csv' }>

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const WINDOW = 4 << 20
/** A row longer than this is a quote that was never closed. */
const LONGEST_ROW = 64 << 20

/** A column's name as it is compared: full-width brackets and blanks are written either way by the same partner. */
export function columnKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\ufeff]+/g, '')
    .toLowerCase()
}

/**
 * Reads RFC 4180 as people write it: quoted cells with delimiters, newlines and doubled quotes; LF or CRLF; a quote inside an
 * unquoted cell is an ordinary character; blank lines are skipped. Works on bytes: in UTF-8 no byte of a longer character looks
 * like a delimiter, quote or newline.
 */
export function openCsv(path: string, name: string, format: CsvFormat): Rows {
  const delimiter = (format.delimiter ?? ',').charCodeAt(0)
  const quoting = format.quote !== 'none'
  const file = openSync(path, 'r')
  let bytes = Buffer.allocUnsafe(WINDOW)
  let filled = 0
  let ended = false
  /** The present row is bytes[start, end), without its line break; `after` is where the next one starts. */
  let start = 0
  let end = 0
  let after = 0
  let line = 0
  let nextLine = 1
  /** Next quote at or after `after`; Infinity: none in the window. */
  let quoteAt = -1
  /** Borders of the present row's cells: cell i is bytes[from[i], to[i]). Found when the first cell is asked for. */
  const from: number[] = []
  const to: number[] = []
  let width = -1

  /** Moves what is left to the front of the window and reads on. False when nothing was added. */
  function fill(): boolean {
    if (ended) return false
    const rest = filled - after
    if (rest === bytes.length) {
      if (bytes.length >= LONGEST_ROW) throw dataError(`${name}: line ${nextLine}: a quoted cell begins here and does not end`)
      const larger = Buffer.allocUnsafe(bytes.length * 2)
      bytes.copy(larger, 0, after, filled)
      bytes = larger
    } else bytes.copyWithin(0, after, filled)
    after = 0
    filled = rest
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, null)
      if (read === 0) {
        ended = true
        break
      }
      filled += read
    }
    quoteAt = -1
    return filled > rest
  }

  /** Index of the newline that ends the row at `after`, the end of the file, or -1 where the window ends first. */
  function rowEnd(): number {
    const newline = bytes.indexOf(NEWLINE, after)
    const lineEnd = newline === -1 || newline >= filled ? -1 : newline
    if (quoting && quoteAt < after) {
      quoteAt = bytes.indexOf(QUOTE, after)
      if (quoteAt === -1 || quoteAt >= filled) quoteAt = Number.POSITIVE_INFINITY
    }
    if (!quoting || quoteAt > (lineEnd === -1 ? filled : lineEnd)) return lineEnd === -1 && ended ? filled : lineEnd
    // A quote stands in this line: walk its cells. It opens a quoted cell only at the start of one.
    let at = after
    for (;;) {
      if (at < filled && bytes[at] === QUOTE) {
        at++
        for (;;) {
          at = bytes.indexOf(QUOTE, at)
          if (at === -1 || at >= filled) {
            if (ended) throw dataError(`${name}: line ${nextLine}: a quoted cell begins here and does not end`)
            return -1
          }
          if (bytes[at + 1] !== QUOTE || at + 1 >= filled) break
          at += 2
        }
        at++
      }
      while (at < filled && bytes[at] !== delimiter && bytes[at] !== NEWLINE) at++
      if (at >= filled) return ended ? filled : -1
      if (bytes[at] === NEWLINE) return at
      at++
    }
  }

  function nextRow(): boolean {
    for (;;) {
      let newline = rowEnd()
      while (newline === -1) {
        fill()
        newline = rowEnd()
      }
      if (after >= filled && ended) return false
      start = after
      end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline
      after = Math.min(newline + 1, filled)
      line = nextLine
      nextLine++
      if (quoteAt < newline) {
        for (let at = bytes.indexOf(NEWLINE, start); at !== -1 && at < newline; at = bytes.indexOf(NEWLINE, at + 1)) nextLine++
      }
      width = -1
      if (!isBlank()) return true
    }
  }

  /** A line above the header is none of the table: it may be blank, and a quote in it is a letter. */
  function skipLine(): void {
    const newline = bytes.indexOf(NEWLINE, after)
    after = newline === -1 ? filled : Math.min(newline + 1, filled)
    nextLine++
  }

  /** An empty line, or one of empty cells as spreadsheets leave them behind the table. */
  function isBlank(): boolean {
    for (let at = start; at < end; at++) if (bytes[at] !== delimiter && bytes[at] !== SPACE) return false
    return true
  }

  function split(): void {
    width = 0
    let at = start
    for (;;) {
      from[width] = at
      if (quoting && at < end && bytes[at] === QUOTE) {
        at++
        while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1
        at++
      }
      while (at < end && bytes[at] !== delimiter) at++
      to[width++] = Math.min(at, end)
      if (at >= end) return
      at++
    }
  }

  function decode(index: number): string {
    if (width < 0) split()
    if (index >= width) return ''
    const first = from[index]!
    const last = to[index]!
    if (quoting && bytes[first] === QUOTE && last > first) {
      const cell = bytes.toString('utf8', first + 1, last)
      let closing = cell.indexOf('"')
      while (cell[closing + 1] === '"') closing = cell.indexOf('"', closing + 2)
      // An excess after the closing quote (`"a" b`) is kept: nothing is lost.
      return cell.slice(0, closing).replaceAll('""', '"') + cell.slice(closing + 1)
    }
    return bytes.toString('utf8', first, last)
  }

  function cells(): string[] {
    if (width < 0) split()
    return Array.from({ length: width }, (_, i) => decode(i))
  }

  try {
    fill()
    for (let skipped = 0; skipped < (format.skipLines ?? 0); skipped++) skipLine()
    do if (!nextRow()) throw dataError(`${name}: is empty, expected a header and rows`)
    while (format.comment && decode(0).trimStart().startsWith(format.comment))
  } catch (error) {
    closeSync(file)
    throw error
  }
  const header = cells().map((cell) => cell.trim())
  const indexOf = new Map<string, number>()
  header.forEach((cell, i) => {
    if (!indexOf.has(columnKey(cell))) indexOf.set(columnKey(cell), i)
  })

  return {
    header,
    cell(column): Cell | null {
      const index = indexOf.get(columnKey(column))
      return index === undefined ? null : () => decode(index)
    },
    next: nextRow,
    line: () => line,
    where: () => `line ${line}`,
    hash: (seed) => hashBytes(bytes.subarray(start, end), seed),
    damage() {
      if (width < 0) split()
      if (width === header.length) return null
      // Spreadsheets and some exporters end every line with empty cells.
      if (
        width > header.length &&
        cells()
          .slice(header.length)
          .every((cell) => cell === '')
      )
        return null
      return `has ${width} cells, expected ${header.length} as in the header`
    },
    raw: () => bytes.toString('utf8', start, end),
    cells,
    close: () => closeSync(file),
  }
}
