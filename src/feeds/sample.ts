import { closeSync, openSync, readSync } from 'node:fs'
import { dataError } from '../errors.ts'
import type { Format } from './feed.ts'
import type { Snapshot } from './fetch.ts'
import { columnKey } from './formats/csv.ts'
import { parseJson } from './formats/json.ts'
import { columnsOf, type Outline, outlineJson, outlineXml } from './formats/outline.ts'
import { openRows } from './formats/rows.ts'

/** The first rows of a file that nobody described: its format as it seems to be, and the cells as texts, by column. */
export type Sample = { format: Format; columns: string[]; rows: string[][] }

const ROWS = 300
const HEAD = 256 << 10
const DELIMITERS = [',', '\t', ';', '|'] as const
/** A title above the header is a line or two; further down there is none. */
const MOST_ABOVE = 10

/**
 * Looks at a file: what kind it is, how its columns are parted, where the header or the list of records is.
 * @throws ShoptoolError (data) where it shows no records.
 */
export function sampleOf({ name, path, encoding }: Pick<Snapshot, 'name' | 'path' | 'encoding'>): Sample {
  if (encoding === 'binary') return withHeader({ type: 'sheet', encoding: 'binary' }, path, name)
  const head = headOf(path)
  const first = head.trimStart()[0]
  if (first === '<') return withOutline(outlineXml(path, name), 'xml', path, name)
  if (first === '[') return withOutline(outlineJson(path, name), 'json', path, name)
  if (first === '{') {
    const lines = head.split('\n').filter((line) => line.trim() !== '')
    const records = lines.slice(0, -1).map(recordIn)
    if (records.length === 0 || records.includes(undefined)) return withOutline(outlineJson(path, name), 'json', path, name)
    return cellsOf({ type: 'ndjson' }, columnsOf(records), path, name)
  }
  const { delimiter, above } = tableIn(head, name)
  return withHeader({ type: 'csv', delimiter, ...(above > 0 && { skipLines: above }) }, path, name)
}

function headOf(path: string): string {
  const bytes = Buffer.alloc(HEAD)
  const file = openSync(path, 'r')
  const length = readSync(file, bytes, 0, HEAD, 0)
  closeSync(file)
  return bytes.toString('utf8', 0, length)
}

function recordIn(line: string): unknown {
  try {
    return parseJson(line)
  } catch {
    return undefined
  }
}

/** The delimiter that gives most columns, and how many lines stand above the first one that has them. */
function tableIn(head: string, name: string): { delimiter: string; above: number } {
  const lines = head.split(/\r?\n/).slice(0, MOST_ABOVE + 1)
  let best = { delimiter: ',', above: 0, width: 1 }
  for (const delimiter of DELIMITERS) {
    lines.forEach((line, above) => {
      const cells = line.split(delimiter).map((cell) => columnKey(cell.replace(/^"|"$/g, '')))
      const isHeader = cells.every((cell) => !/^[\d.,¥$-]+$/.test(cell)) && new Set(cells.filter(Boolean)).size > cells.length / 2
      if (isHeader && cells.length > best.width) best = { delimiter, above, width: cells.length }
    })
  }
  if (best.width === 1)
    throw dataError(`${name}: shows no header: no line parts into columns at ${DELIMITERS.map(nameOf).join(' ')}`)
  return best
}

const nameOf = (delimiter: string) => (delimiter === '\t' ? 'tab' : `"${delimiter}"`)

function withHeader(format: Format, path: string, name: string): Sample {
  const rows = openRows(path, name, format)
  const { header } = rows
  rows.close()
  return cellsOf(format, [...new Set(header!.filter((column) => column !== ''))], path, name)
}

function withOutline({ rows, columns }: Outline, type: 'xml' | 'json', path: string, name: string): Sample {
  return cellsOf({ type, rows }, columns, path, name)
}

function cellsOf(format: Format, columns: string[], path: string, name: string): Sample {
  const rows = openRows(path, name, format)
  try {
    const cells = columns.map((column) => rows.cell(column))
    const found: string[][] = []
    while (found.length < ROWS && rows.next()) if (rows.damage() === null) found.push(cells.map((cell) => cell?.().trim() ?? ''))
    if (found.length === 0) throw dataError(`${name}: has no rows to guess from`)
    return { format, columns, rows: found }
  } finally {
    rows.close()
  }
}
