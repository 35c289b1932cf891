import { readFileSync } from 'node:fs'
import { parse } from 'lossless-json'
import { dataError } from '../../errors.ts'
import type { Format } from '../feed.ts'
import { openCsv } from './csv.ts'
import { hashBytes } from './hash.ts'
import type { Cell, Rows } from './rows.ts'

/** Parses JSON with every number kept as its text: ids exceed 2^53 and prices must not pass through a float. */
export function parseJson(text: string): unknown {
  return parse(text, undefined, (number) => number)
}

/** The value at `a.b[0].c` in parsed JSON; undefined where a step is missing. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let at = value
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined
    if (Array.isArray(at) && step.includes('=')) at = chosenFrom(at, step)
    else if (Object.hasOwn(at, step)) at = (at as Record<string, unknown>)[step]
    else return undefined
  }
  return at
}

/** `kind=coupon|voucher`: the first of the list whose `kind` is one of these. */
function chosenFrom(list: readonly unknown[], step: string): unknown {
  const [name = '', words = ''] = step.split('=', 2)
  const wanted = words.split('|')
  return list.find((one) => wanted.includes(textOf(valueAt(one, [name]))))
}

/** `a.b[0].c` and `a.b[kind=coupon].c` → its steps. */
export function stepsOf(path: string): string[] {
  return path === '' ? [] : path.replace(/\[(\d+|[^\]=]+=[^\]]+)\]/g, '.$1').split('.')
}

/**
 * One record for each entry of a list in it, with the record around: the entry stands in place of its list. A record without any is left
 * as it is, so that what it lacks is told.
 */
export function unwound(record: unknown, list: string): readonly unknown[] {
  const entries = valueAt(record, [list])
  if (!Array.isArray(entries) || entries.length === 0) return [record]
  return entries.map((entry) => ({ ...(record as object), [list]: entry }))
}

/** What a path of a format leads to: `a.list`, the lines within each of a list (`orders[].lines`), one record alone (`answer.order{}`). */
function recordsAt(document: unknown, path: string): readonly unknown[] | undefined {
  if (path.endsWith('{}')) {
    const record = valueAt(document, stepsOf(path.slice(0, -2)))
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? [record] : undefined
  }
  const [outer = '', inner] = path.split('[].')
  const list = valueAt(document, stepsOf(outer))
  if (!Array.isArray(list)) return undefined
  return inner === undefined ? list : list.flatMap((record) => unwound(record, inner))
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A whole JSON document with a list of records in it. */
export function openJson(path: string, name: string, format: Extract<Format, { type: 'json' }>): Rows {
  let document: unknown
  try {
    document = parseJson(readFileSync(path, 'utf8'))
  } catch (error) {
    throw dataError(`${name}: is not JSON: ${(error as Error).message}`)
  }
  const paths = typeof format.rows === 'string' ? [format.rows] : format.rows
  const list = paths.map((rows) => recordsAt(document, rows)).find((found) => found !== undefined)
  if (!list) {
    throw dataError(`${name}: no list of records at ${paths.map((rows) => `"${rows}"`).join(' or ')}${errorIn(document)}`)
  }
  let at = -1
  return rowsOfObjects(
    () => ++at < list.length,
    () => list[at],
    () => at + 1,
    'record',
    () => Buffer.from(JSON.stringify(list[at])),
    () => {},
  )
}

/** What the partner says in an error answer that was saved in place of data. */
function errorIn(document: unknown): string {
  const body = valueAt(document, ['error_response']) ?? document
  const message = ['sub_msg', 'error_msg', 'msg', 'message', 'errmsg']
    .map((key) => valueAt(body, [key]))
    .find((found) => typeof found === 'string')
  return message ? `; the answer says: ${message}` : ''
}

/** One JSON object a line. Lines are found by the byte scanner of the CSV reader, without quoting and without a header. */
export function openNdjson(path: string, name: string): Rows {
  const lines = openCsv(path, name, { type: 'csv', quote: 'none', delimiter: '\n' })
  let first = true
  let record: unknown
  let parsed = false
  function present(): unknown {
    if (!parsed) {
      try {
        record = parseJson(lines.raw())
      } catch {
        record = undefined
      }
      parsed = true
    }
    return record
  }
  const rows = rowsOfObjects(
    () => {
      parsed = false
      // Opening read the first line as if it were a header; it is a record like the others.
      if (!first) return lines.next()
      first = false
      return true
    },
    present,
    lines.line,
    'line',
    () => Buffer.from(lines.raw()),
    lines.close,
  )
  return { ...rows, hash: lines.hash, raw: lines.raw }
}

function rowsOfObjects(
  next: () => boolean,
  present: () => unknown,
  line: () => number,
  noun: string,
  bytes: () => Buffer,
  close: () => void,
): Rows {
  return {
    header: null,
    cell(column): Cell {
      const steps = stepsOf(column)
      return () => textOf(valueAt(present(), steps))
    },
    next,
    line,
    where: () => `${noun} ${line()}`,
    hash: (seed) => hashBytes(bytes(), seed),
    damage: () => (typeof present() === 'object' && present() !== null ? null : 'is not a JSON object'),
    raw: () => bytes().toString(),
    cells: () => [],
    close,
  }
}
