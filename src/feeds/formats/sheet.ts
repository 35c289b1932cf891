import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runInNewContext } from 'node:vm'
import type { CellObject } from '@e965/xlsx'
import { dataError } from '../../errors.ts'
import type { Format } from '../feed.ts'
import { columnKey } from './csv.ts'
import { hashBytes } from './hash.ts'
import type { Cell, Rows } from './rows.ts'

type SheetFormat = Extract<Format, { type: 'sheet' }>
type Library = typeof import('@e965/xlsx')

/** The marks of XLSX (a zip) and XLS (a compound file). The library would take HTML, CSV and more for workbooks too. */
const MARKS = ['504b0304', 'd0cf11e0']
/** Milliseconds. */
const LONGEST_READ = 120_000
/** The type of an entry of a compound file that holds data. */
const STREAM = 2
const DAY = 86_400
/** Days between 1899-12-30 and 1970-01-01, and between the two calendars of spreadsheets. */
const EPOCH = 25_569
const YEAR_1904 = 1462
/** Behind 9999-12-31 in either. */
const LAST_DAY = 2_957_004
const ERRORS: Record<number, string> = {
  ...{ 0: '#NULL!', 7: '#DIV/0!', 15: '#VALUE!', 23: '#REF!' },
  ...{ 29: '#NAME?', 36: '#NUM!', 42: '#N/A' },
}

/**
 * Reads one sheet of a workbook (XLS from Excel 97 on, XLSX) as text: texts as they are stored, numbers without their format, except
 * that percentages are written as such (0.091 shown as 9.1 % is `9.1%`) and dates and times as yyyy-MM-dd HH:mm:ss.
 */
export function openSheet(path: string, name: string, format: SheetFormat): Rows {
  const bytes = readFileSync(path)
  if (!MARKS.includes(bytes.toString('hex', 0, 4)))
    throw dataError(`${name}: is not an XLS or XLSX workbook; where it is text under the name of one, name the format csv or xml`)
  // Loaded only for workbooks.
  const library = createRequire(import.meta.url)('@e965/xlsx') as Library
  const { cells, is1904 } = readSheet(library, bytes, name, format.sheet)
  const text = (cell: CellObject | undefined) => (cell ? textOf(library, cell, is1904) : '')

  let at = format.skipLines ?? 0
  let present: string[] = []
  function next(): boolean {
    for (; at < cells.length; at++) {
      present = Array.from(cells[at] ?? [], text)
      while (present.at(-1) === '') present.pop()
      if (present.some((cell) => cell.trim() !== '')) {
        at++
        return true
      }
    }
    return false
  }

  const wanted = [format.headerWith ?? []].flat().map(columnKey)
  const isHeader = () => wanted.length === 0 || present.some((cell) => wanted.includes(columnKey(cell)))
  do {
    if (!next())
      throw dataError(
        `${name}: ${at > 0 && wanted.length > 0 ? `has no header with ${[format.headerWith!].flat().join(' or ')}` : 'is empty, expected a header and rows'}`,
      )
  } while (!isHeader())
  const header = present.map((cell) => cell.trim())
  const indexOf = new Map<string, number>()
  header.forEach((cell, i) => {
    if (!indexOf.has(columnKey(cell))) indexOf.set(columnKey(cell), i)
  })
  const raw = () => present.join('\t')
  return {
    header,
    cell(column): Cell | null {
      const index = indexOf.get(columnKey(column))
      return index === undefined ? null : () => present[index] ?? ''
    },
    next,
    line: () => at,
    where: () => `line ${at}`,
    hash: (seed) => hashBytes(Buffer.from(JSON.stringify(present)), seed),
    damage() {
      if (present.length > header.length) return `has ${present.length} cells, expected ${header.length} as in the header`
      const rounded = (cells[at - 1] ?? []).findIndex(isRounded)
      if (rounded === -1) return null
      return `${header[rounded]}: ${present[rounded]} is a number so long that the spreadsheet has rounded it; export the column as text`
    },
    raw,
    cells: () => [...present, ...Array<string>(Math.max(0, header.length - present.length)).fill('')],
    close() {},
  }
}

function readSheet(
  library: Library,
  bytes: Buffer,
  name: string,
  wanted: string | undefined,
): { cells: (CellObject | undefined)[][]; is1904: boolean } {
  let book: ReturnType<Library['read']>
  try {
    book = limited(() =>
      library.read(bytes, { type: 'buffer', dense: true, cellNF: true, cellHTML: false, cellFormula: false, cellText: false }),
    )
    // The library would give the cells up to where an XLS was cut off.
    const isCut = limited(() => bytes[0] === 0xd0 && library.CFB.read(bytes, { type: 'buffer' }).FileIndex.some(isShort))
    if (isCut) throw new Error('it is cut off')
  } catch (error) {
    throw dataError(`${name}: is a workbook that cannot be read (${(error as Error).message})`)
  }
  const { SheetNames: names, Workbook: about } = book
  const chosen = wanted ?? names.find((_, i) => !about?.Sheets?.[i]?.Hidden)
  const sheet = chosen === undefined || !names.includes(chosen) ? undefined : book.Sheets[chosen]
  if (!sheet) throw dataError(`${name}: has no sheet ${wanted ? `"${wanted}"` : 'that is shown'}; it has ${names.join(', ')}`)
  // Not every sheet is a table: one may be a chart.
  const cells = (sheet as { '!data'?: (CellObject | undefined)[][] })['!data'] ?? []
  return { cells, is1904: about?.WBProps?.date1904 ?? false }
}

/** XLS has no checksums, and the library may run in circles in a damaged one: only a script can be given a time limit. */
function limited<T>(read: () => T): T {
  return runInNewContext('read()', { read }, { timeout: LONGEST_READ }) as T
}

function isShort({ type, size, content }: { type: number; size: number; content?: ArrayLike<number> }): boolean {
  return type === STREAM && (content?.length ?? 0) < size
}

/** Beyond 2^53 a number in a cell is no longer the one that was typed. */
function isRounded(cell: CellObject | undefined): boolean {
  return cell?.t === 'n' && Math.abs(cell.v as number) > Number.MAX_SAFE_INTEGER
}

function textOf({ SSF }: Library, { t: type, v: value, z: shape }: CellObject, is1904: boolean): string {
  if (value === undefined || value === null) return ''
  if (type === 'b') return value ? 'TRUE' : 'FALSE'
  if (type === 'e') return ERRORS[value as number] ?? '#ERROR!'
  if (type !== 'n') return String(value)
  const number = value as number
  const format = String(shape ?? 'General')
  if (SSF.is_date(format) && number >= 0 && number < LAST_DAY) return dateText(is1904 ? number + YEAR_1904 : number)
  if (format.replace(/"[^"]*"|\\./g, '').includes('%')) return `${numberText(number * 100)}%`
  return numberText(number)
}

/** As many digits as a spreadsheet shows: 17.22 that was computed is stored as 17.220000000000002. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const text = String(Number(value.toPrecision(15)))
  return text.includes('e-') ? Number(text).toFixed(20).replace(/0+$/, '') : text
}

function dateText(days: number): string {
  const seconds = Math.round(days * DAY)
  const text = new Date((seconds - EPOCH * DAY) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return days < 1 ? text.slice(11) : text
}
