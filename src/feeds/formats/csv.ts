import { closeSync, openSync, readSync } from 'node:fs'
import { dataError } from '../../errors.ts'
import { readDecimal } from '../../money.ts'
import type { Format } from '../feed.ts'
import { hashBytes } from './hash.ts'
import type { Cell, Rows } from './rows.ts'

type CsvFormat = Extract<Format, { type: 'csv' }>

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const BACKSLASH = 92
const DELIMITERS = [',', ';', '\t', '|']
const WINDOW = 4 << 20
/** A header longer than this is none; in characters. */
const LONGEST_HEADER = 256 << 10
/** Stands in `header` where rows may be of any width. */
export const ELLIPSIS = '...'
/** A row longer than this is a quote that was never closed. */
const LONGEST_ROW = 64 << 20

/** A column's name as it is compared: full-width brackets, blanks and quotes around it are written either way by the same partner. */
export function columnKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\ufeff]+/g, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .toLowerCase()
}

/** `g:image_link`, `Image Link`, `image link [image_link]` → `imagelink`; `shipping(country:price)` → `shipping`. */
function googleKey(name: string): string {
  const own = /\[([a-z][a-z_ ]*)\]\s*$/i.exec(name)?.[1] ?? name
  return columnKey(own).replace(/^g:/, '').replace(/\(.*$/, '').replaceAll('_', '')
}

/**
 * Reads RFC 4180 as people write it: quoted cells with delimiters, newlines and doubled quotes; LF or CRLF; a quote inside an
 * unquoted cell is an ordinary character; blank lines are skipped. Works on bytes: in UTF-8 no byte of a longer character looks
 * like a delimiter, quote or newline.
 */
export function openCsv(path: string, name: string, format: CsvFormat, columns: readonly string[] = []): Rows {
  let delimiter = (format.delimiter ?? ',').charCodeAt(0)
  const quoting = format.quote !== 'none'
  const escaping = format.quote === 'backslash'
  const keyOf = format.spelling === 'google' ? googleKey : columnKey
  const headers = [format.headerWith ?? []].flat().map(keyOf)
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

  /** Index of the quote that ends the quoted cell whose text begins at `at`, or -1 where there is none before `limit`. */
  function closing(at: number, limit: number): number {
    for (let from = at; ; ) {
      const quote = bytes.indexOf(QUOTE, from)
      if (quote === -1 || quote >= limit) return -1
      from = quote + 1
      if (escaping && isEscaped(quote, at)) {
        // A quote that was escaped and doubled, unless the second one ends the cell.
        if (bytes[from] === QUOTE && !endsCell(from + 1, limit)) from++
      } else if (from >= limit || bytes[from] !== QUOTE) return quote
      else from++
    }
  }

  function isEscaped(quote: number, start: number): boolean {
    let at = quote
    while (at > start && bytes[at - 1] === BACKSLASH) at--
    return (quote - at) % 2 === 1
  }

  function endsCell(at: number, limit: number): boolean {
    return at >= limit || bytes[at] === delimiter || bytes[at] === NEWLINE || bytes[at] === RETURN
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
        at = closing(at + 1, filled) + 1
        if (at === 0) {
          if (ended) throw dataError(`${name}: line ${nextLine}: a quoted cell begins here and does not end`)
          return -1
        }
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

  /** A note, or a title over a header that is known by one of its columns. */
  function isAboveHeader(): boolean {
    if (format.comment && decode(0).trimStart().startsWith(format.comment)) return true
    return headers.length > 0 && !cells().some((cell) => headers.includes(keyOf(cell)))
  }

  function split(): void {
    width = 0
    let at = start
    for (;;) {
      from[width] = at
      if (quoting && at < end && bytes[at] === QUOTE) at = closing(at + 1, end) + 1
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
      const close = closing(first + 1, last)
      const cell = bytes.toString('utf8', first + 1, close)
      // An excess after the closing quote (`"a" b`) is kept: nothing is lost.
      const text = escaping ? cell.replace(/\\""|\\"|\\\\|""/g, (both) => both.at(-1)!) : cell.replaceAll('""', '"')
      return text + bytes.toString('utf8', close + 1, last)
    }
    return bytes.toString('utf8', first, last)
  }

  function cells(): string[] {
    if (width < 0) split()
    return Array.from({ length: width }, (_, i) => decode(i))
  }

  /** The character that splits the first row of the table into most columns, those that are looked for first. */
  function tellDelimiter(): void {
    const hits = (cells: string[]) => cells.filter((cell) => wanted.has(keyOf(cell))).length
    const wanted = new Set(columns.map(keyOf))
    const line = firstLine()
    let best: [number, number] = [-1, -1]
    for (const candidate of DELIMITERS) {
      const cells = line.split(candidate)
      const [found, width] = [hits(cells), cells.length]
      if (found < best[0] || (found === best[0] && width <= best[1])) continue
      best = [found, width]
      delimiter = candidate.charCodeAt(0)
    }
  }

  /** The first line of the table as it is, but for delimiters within quotes. */
  function firstLine(): string {
    let text = bytes.toString('utf8', after, Math.min(filled, after + LONGEST_HEADER))
    if (quoting) text = text.replace(/"[^"]*"/g, (quoted) => quoted.replace(/[,;\t|\r\n]/g, ' '))
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
    const isTable = (line: string) => !format.comment || !line.replace(/^[\s"]+/, '').startsWith(format.comment)
    const hasHeader = (line: string) => headers.length === 0 || headers.some((header) => keyOf(line).includes(header))
    return lines.find((line) => isTable(line) && hasHeader(line)) ?? ''
  }

  /** The first row of the table, or where it is told what they are, the names of the columns. */
  function readHeader(): readonly string[] {
    const wanted = headers.length === 0 ? '' : ` with ${[format.headerWith!].flat().join(' or ')}`
    do {
      if (!nextRow())
        throw dataError(
          `${name}: ${line > 0 && wanted ? 'has no header' : 'is empty'}, expected ${format.header ? 'rows' : `a header${wanted} and rows`}`,
        )
    } while (isAboveHeader())
    if (format.frame) {
      const [first] = format.frame
      if (decode(0).trim() !== first) throw dataError(`${name}: line ${line}: begins with "${decode(0)}", expected ${first}`)
      if (!format.header && !nextRow()) throw dataError(`${name}: is empty, expected a header and rows`)
    } else if (format.header) isAhead = true
    return format.header ?? cells().map((cell) => cell.trim())
  }

  /** Whether the present row was read to know that there is one. */
  let isAhead = false
  let rowCount = 0

  function next(): boolean {
    const found = isAhead || nextRow()
    isAhead = false
    if (!format.frame) return found
    const [, last] = format.frame
    if (!found) throw dataError(`${name}: ends without a ${last} row: it is cut off`)
    rowCount++
    if (decode(0).trim() !== last) return true
    const stated = decode(1).trim()
    if (readDecimal(stated, 0) !== rowCount - 1)
      throw dataError(
        `${name}: line ${line}: ${last} states ${stated || 'no number of'} rows, but ${rowCount - 1} stand above: the file is not whole`,
      )
    if (nextRow()) throw dataError(`${name}: line ${line}: stands behind the ${last} row`)
    return false
  }

  let header: readonly string[]
  try {
    fill()
    for (let skipped = 0; skipped < (format.skipLines ?? 0); skipped++) skipLine()
    if (format.delimiter === undefined) tellDelimiter()
    header = readHeader()
  } catch (error) {
    closeSync(file)
    throw error
  }
  /** How many columns count from the left; the others, behind a `...`, from the right. */
  const gap = format.header?.indexOf(ELLIPSIS) ?? -1
  const left = gap === -1 ? header.length : gap
  const indexOf = new Map<string, number>()
  header.forEach((cell, i) => {
    if (i !== gap && !indexOf.has(keyOf(cell))) indexOf.set(keyOf(cell), i)
  })
  const sign = String.fromCharCode(delimiter)

  return {
    header: header.filter((_, i) => i !== gap),
    cell(column): Cell | null {
      const index = indexOf.get(keyOf(column))
      if (index === undefined) return null
      if (index < left) return () => decode(index)
      return () => {
        if (width < 0) split()
        const at = width - header.length + index
        return at < left ? '' : decode(at)
      }
    },
    next,
    line: () => line,
    where: () => `line ${line}`,
    hash: (seed) => hashBytes(bytes.subarray(start, end), seed),
    damage() {
      if (width < 0) split()
      if (width === left || (gap !== -1 && width > left)) return null
      // The last line of a file that was cut off is short as well.
      if (format.short && width < left && end < filled) return null
      // Spreadsheets and some exporters end every line with empty cells.
      if (
        width > left &&
        cells()
          .slice(left)
          .every((cell) => cell === '')
      )
        return null
      return `has ${width} cells, expected ${left}${gap === -1 ? '' : ' or more'}${format.header ? '' : ' as in the header'}`
    },
    raw: () => bytes.toString('utf8', start, end),
    cells,
    ...(format.delimiter === undefined &&
      sign !== ',' && { told: `the delimiter is ${sign === '\t' ? 'a tab' : `"${sign}"`} (${header.length} columns)` }),
    close: () => closeSync(file),
  }
}
