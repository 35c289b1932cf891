import { closeSync, openSync, readSync } from 'node:fs'
import { dataError } from '../errors.ts'
import type { Feed, Format } from './feed.ts'
import type { Expected, Snapshot } from './fetch.ts'
import { columnsOf, type FieldData } from './field.ts'
import { openRows, type Rows } from './formats/rows.ts'

/** One way or several in which a partner writes the same records: its API, its back office of then and now. */
export type Forms<T> = Feed<T> | readonly Feed<T>[]

/** The forms as a list. */
export function listOf<T>(forms: Forms<T>): readonly Feed<T>[] {
  return Array.isArray(forms) ? forms : [forms as Feed<T>]
}

/** What files of these forms may be. */
export function expectedOf(forms: Forms<unknown> | undefined): Expected {
  return forms ? listOf(forms).map(({ format }) => format.encoding) : []
}

/** A file that was received and its clean copy, as far as its form is to be told. */
type Received = Pick<Snapshot, 'name' | 'path' | 'encoding'>

/**
 * The form that a snapshot is written in: by what kind of file it is, then by the columns that its fields need; the first that has all of
 * them, else the one that lacks least, whose reader says what is missing.
 * @throws ShoptoolError (data) where the partner has no form for that kind of file.
 */
export function formOf<T>(forms: Forms<T>, snapshot: Received): Feed<T> {
  const all = listOf(forms).flatMap(variants)
  if (all.length === 1) return all[0]!
  const kinds = kindsOf(snapshot)
  const candidates = all.filter(({ format }) => kinds.includes(format.type))
  if (candidates.length === 0) {
    const expected = [...new Set(all.map(({ format }) => format.type))].join(' or ')
    throw dataError(`${snapshot.name}: looks like ${kinds[0]}, expected ${expected}`)
  }
  if (candidates.length === 1) return candidates[0]!
  const declared = candidates.find((feed) => listOf(forms).includes(feed)) ?? candidates[0]!
  let best = { feed: declared, lacks: Number.POSITIVE_INFINITY }
  for (const feed of candidates) {
    const lacks = missing(feed, snapshot)
    if (lacks === 0) return feed
    if (lacks < best.lacks) best = { feed, lacks }
  }
  return best.feed
}

/** Rows of an API stand for themselves, one a line, without what a saved answer wraps them in. A line is looked at first: it costs nothing. */
function variants<T>(feed: Feed<T>): Feed<T>[] {
  if (feed.format.type !== 'json' || feed.format.wrapped) return [feed]
  const { skip } = feed.format
  return [{ ...feed, format: { type: 'ndjson', ...(skip && { skip }) } }, feed]
}

/** What the first character that is no blank tells. */
function kindsOf({ path, encoding }: Received): readonly Format['type'][] {
  if (encoding === 'binary') return ['sheet']
  const head = Buffer.alloc(4096)
  const file = openSync(path, 'r')
  const length = readSync(file, head, 0, head.length, 0)
  closeSync(file)
  const first = head.toString('utf8', 0, length).trimStart()[0]
  return first === '<' ? ['xml'] : first === '{' || first === '[' ? ['json', 'ndjson'] : ['csv']
}

/** How many fields that a record needs have no column in the file, nor a value in its first row. Infinity where it is of another shape. */
function missing<T>({ format, fields }: Feed<T>, snapshot: Received): number {
  const needed = Object.values<FieldData>(fields as Record<string, FieldData>).filter(isNeeded)
  let rows: Rows
  try {
    rows = openRows(snapshot.path, snapshot.name, format, columnsOf(fields))
  } catch {
    return Number.POSITIVE_INFINITY
  }
  try {
    // Where rows name their own columns only a row can tell.
    const hasRow = rows.header !== null || rows.next()
    if (!hasRow) return needed.length
    const lacking = needed.filter(({ from }) => {
      const cells = [from].flat().map((column) => rows.cell(column))
      return !cells.some((cell) => cell !== null && (rows.header !== null || cell().trim() !== ''))
    }).length
    return lacking === needed.length ? Number.POSITIVE_INFINITY : lacking
  } finally {
    rows.close()
  }
}

type Needed = Extract<FieldData, { optional: boolean }>
const isNeeded = (field: FieldData): field is Needed => 'optional' in field && !field.optional
