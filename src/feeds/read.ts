import { type Day, dayReader, instantReader, type Zone } from '../day.ts'
import type { Problem } from '../errors.ts'
import { dataError } from '../errors.ts'
import {
  type Currency,
  currencyIn,
  type DecimalMark,
  formatAmount,
  type Minor,
  minorDigits,
  readAmount,
  readCount,
  readRate,
} from '../money.ts'
import type { RecordKind } from '../records.ts'
import type { Derived, Entries, Feed, Format, RecordOf } from './feed.ts'
import { type Case, type Column, columnsOf, type FieldData } from './field.ts'
import { FINISH, IDS, REPLACEMENT } from './finish.ts'
import { columnKey } from './formats/csv.ts'
import { seedOf } from './formats/hash.ts'
import { type Cell, openRows, type Rows } from './formats/rows.ts'

/** What the rows of a file do not say themselves. */
export type Surroundings = {
  currency: Currency
  timezone: Zone
  /** The file's name; a statement without a number is known by it. */
  name: string
  /** Whether characters of the file were replaced by \ufffd: where is then told. */
  replaced?: boolean
  /** The day of the reading, for prices that hold for some days only; without it they are taken. */
  today?: Day
}

/** What tells a row that counts on its own from others of its order line (see `Entries`). */
export type EntryMark = {
  /** Its number; null where its figures stand for it. */
  id: string | null
  of: Entries['of']
  way: string | null
  /** Whether its way is the preferred one; null where none is. */
  preferred: boolean | null
}

/** A file opened for reading as records of one kind. */
export type Reader<T> = {
  rows: Rows
  /** Goes with the hash of each row: the same bytes read by another mapping are other data. */
  seed: bigint
  /** The present row as a record; null where it is none, and then `problems()` says why (or it was the statement's total). */
  record(): T | null
  problems(): Problem[]
  /** What a refused row may have meant in a field: the value where it could be read, every cell where cells are missing, else nothing. */
  candidates(field: keyof T): string[]
  /** Whether the file itself gave a value of the present record that is otherwise worked out. */
  given(field: Derived): boolean
  /** The present row as one that counts on its own; null where rows are corrected in place. */
  entry(): EntryMark | null
  /** The total that the statement states, as far as it was read. */
  statedTotal(): Minor | null
  /** The total in the present row: `own`, a row that holds nothing else, else a column beside the line. */
  rowTotal(): { amount: Minor; own: boolean } | null
  /** Whether a statement without a total is not to be trusted. */
  needsTotal: boolean
  /** What people should know of how the file was read: a delimiter that was told, characters that were replaced, rows that are no records. */
  notes(): string[]
  close(): void
}

/** Worked out values of which a loader wants to know that they were. */
const WATCHED: Record<RecordKind, readonly Derived[]> = {
  products: [],
  orders: ['lineId'],
  payouts: ['statementId'],
  receipts: [],
  refunds: [],
}

/** Bump when the code here reads the same bytes and mapping differently: every row is then read anew. */
const READING = 3

/** Reports what is wrong with a field of the present row. */
export type Fail = (field: string, message: string) => null
/** Reads one canonical value of the present row. Null: absent, or failed and reported. */
type Bound = (currency: Currency) => unknown

/**
 * Opens a snapshot as records of a feed. The header is looked at once; each row is then read without look-ups.
 * @throws ShoptoolError (data) where the file lacks a column that the feed needs.
 */
export function openReader<K extends RecordKind>(
  kind: K,
  feed: Feed<RecordOf[K]>,
  path: string,
  around: Surroundings,
): Reader<RecordOf[K]> {
  const rows = openRows(path, around.name, feed.format, columnsOf(feed.fields))
  try {
    const notes = [...(rows.told ? [rows.told] : []), ...(around.replaced ? replacedCells(rows, path, feed, around) : [])]
    // What stands in most rows is looked at only where it is needed: where an id looks damaged.
    const isRounded =
      feed.format.type === 'csv'
        ? roundedColumns(() => openRows(path, around.name, feed.format, columnsOf(feed.fields)))
        : () => false
    return bindReader(kind, feed, rows, around, notes, isRounded)
  } catch (error) {
    rows.close()
    throw error
  }
}

/** Says how many rows hold \ufffd, and where the first one does. */
function replacedCells<T>({ header }: Rows, path: string, { format }: Feed<T>, { name }: Surroundings): string[] {
  const rows = openRows(path, name, format, header ?? [])
  let count = 0
  let first = ''
  try {
    while (rows.next()) {
      const raw = rows.raw()
      if (!raw.includes(REPLACEMENT)) continue
      if (count++ > 0) continue
      const column = header?.find((each) => rows.cell(each)?.().includes(REPLACEMENT))
      const [excerpt] = /[^\s"<>,;|\t]*\ufffd[^\s"<>,;|\t]*/.exec(raw)!
      first = `${rows.where()}${column ? `, ${column}` : ''} (${excerpt.slice(0, 40)})`
    }
  } finally {
    rows.close()
  }
  if (count === 0) return []
  return [
    `${count === 1 ? '1 row holds' : `${count} rows hold`} characters that do not fit the encoding, read as ${REPLACEMENT}: ${count === 1 ? '' : 'the first in '}${first}`,
  ]
}

function bindReader<K extends RecordKind>(
  kind: K,
  feed: Feed<RecordOf[K]>,
  file: Rows,
  around: Surroundings,
  notes: readonly string[],
  isRounded: RoundedColumns,
): Reader<RecordOf[K]> {
  let skipped = 0
  const rows = feed.format.skip ? skipping(file, feed.format.skip, () => skipped++) : file
  let problems: Problem[] = []
  let partial: Record<string, unknown> = {}
  let derived: ReadonlySet<string> = new Set()
  const fail: Fail = (field, message) => {
    problems.push({ where: rows.where(), field, message })
    return null
  }
  const fields = feed.fields as Record<string, FieldData>
  const { currency: currencyField, ...others } = fields
  const namesCurrency = bind('currency', currencyField!, rows, around, fail)
  const readCurrency = (usual: Currency): Currency | null => {
    const text = namesCurrency(usual) as string | null
    if (text === null || text === usual) return usual
    const named = currencyIn(text, usual)
    if (named !== undefined) return named ?? usual
    const problem = /\d/.test(text)
      ? 'may be of several currencies: the source must name its "currency"'
      : 'is not an ISO 4217 currency code'
    return fail('currency', `"${text}" ${problem}`)
  }
  const bound = Object.entries(others).map(([name, field]) => [name, bind(name, field, rows, around, fail, isRounded)] as const)
  // What holds for some days only is looked at anew each day.
  const dated = Object.values(others).some((field) => 'within' in field)
  const mayDerive = WATCHED[kind]
  const finish = FINISH[kind] as (record: Record<string, unknown>, around: Surroundings, fail: Fail) => unknown
  let statedTotal: Minor | null = null
  let rowTotal: { amount: Minor; own: boolean } | null = null
  const readTotal = feed.total ? totalReader(feed, rows, around) : null
  const rawStatus =
    (kind === 'orders' || kind === 'refunds') && fields.status ? rawStatusOf(fields.status, rows, around, fail) : null
  const readEntry = feed.entries ? entryReader(feed.entries, rows, around, fail) : null
  let entry: EntryMark | null = null

  return {
    rows,
    seed: seedOf(
      JSON.stringify([READING, kind, feed, around.currency, around.timezone, rows.header, ...(dated ? [around.today] : [])]),
    ),
    record() {
      problems = []
      partial = {}
      rowTotal = null
      const total = readTotal?.()
      if (total) {
        if (total.amount === null) fail('total', total.message)
        else {
          statedTotal = total.amount
          rowTotal = { amount: total.amount, own: total.own }
        }
        if (total.own) return null
      }
      const damage = rows.damage()
      if (damage) {
        problems.push({ where: rows.where(), field: null, message: damage })
        return null
      }
      const currency = readCurrency(around.currency)
      if (currency === null) return null
      const record: Record<string, unknown> = { currency }
      partial = record
      for (const [name, read] of bound) record[name] = read(currency)
      if (rawStatus) record.rawStatus = rawStatus(currency) ?? ''
      entry = readEntry?.() ?? null
      if (problems.length > 0) return null
      if (mayDerive.length > 0) derived = new Set(mayDerive.filter((name) => record[name] === null))
      finish(record, around, fail)
      return problems.length > 0 ? null : (record as RecordOf[K])
    },
    problems: () => problems,
    candidates(field) {
      const value = partial[field as string]
      if (typeof value === 'string') return value.includes(REPLACEMENT) ? [] : [value]
      return rows.damage() ? rows.cells().map(cleanText) : []
    },
    given: (field) => !derived.has(field),
    entry: () => entry,
    statedTotal: () => statedTotal,
    rowTotal: () => rowTotal,
    needsTotal: feed.total?.optional === false,
    notes: () =>
      skipped === 0 ? [...notes] : [...notes, `${skipped === 1 ? '1 row is' : `${skipped} rows are`} no record and left out`],
    close: rows.close,
  }
}

/** Passes over rows that are no records. */
function skipping(rows: Rows, skip: NonNullable<Format['skip']>, onSkip: () => void): Rows {
  const tests = Object.entries(skip).flatMap(([column, texts]) => {
    const cell = rows.cell(column)
    const keys = texts.map(columnKey)
    return cell ? [() => keys.includes(columnKey(cell()))] : []
  })
  return {
    ...rows,
    next() {
      while (rows.next()) {
        if (!tests.some((isSkipped) => isSkipped())) return true
        onSkip()
      }
      return false
    },
  }
}

/** The status as the partner wrote it: its cell, or where several columns tell it, the one that decided, with its name. */
function rawStatusOf(status: FieldData, rows: Rows, around: Surroundings, fail: Fail): Bound | null {
  if (status.kind === 'firstOf') {
    const decide = decider('status', status.of, rows, around.name)
    return () => {
      const found = decide()
      return found && cleanText(`${found.column} ${found.text}`)
    }
  }
  return 'from' in status ? bind('rawStatus', { kind: 'text', from: status.from, optional: true }, rows, around, fail) : null
}

type Decision = { column: string; text: string; value: string | undefined; words: string[] }

/** Finds the first filled column of several that decides, and what it says: undefined where its word is unknown. */
function decider(name: string, cases: readonly Case<string>[], rows: Rows, file: string): () => Decision | null {
  const bound = cases.flatMap((one) => {
    const cell = cellOf(name, one.from, true, rows, file)
    const words = 'words' in one ? new Map(Object.entries(one.words).map(([word, value]) => [columnKey(word), value])) : null
    return cell ? [{ cell, words, column: [one.from].flat()[0]!, one }] : []
  })
  // Nothing there decides: the first column is asked for by name.
  if (bound.length === 0) cellOf(name, cases[0]!.from, false, rows, file)
  return () => {
    for (const { cell, words, column, one } of bound) {
      const text = cell().trim()
      const value = 'filled' in one ? one.filled : words!.get(columnKey(text))
      if (text !== '' && value !== null) return { column, text, value, words: 'words' in one ? Object.keys(one.words) : [] }
    }
    return null
  }
}

function entryReader({ of, id, way }: Entries, rows: Rows, around: Surroundings, fail: Fail): () => EntryMark | null {
  const ids = id?.map((column) => bind('entry', { kind: 'text', from: column, optional: false }, rows, around, fail))
  const words = Object.fromEntries((way?.words ?? []).map((word) => [word, word]))
  const readWay = way ? bind('way', { kind: 'oneOf', from: way.from, optional: true, words }, rows, around, fail) : null
  return () => {
    const cells = ids?.map((read) => read(around.currency) as string | null) ?? null
    const came = (readWay?.(around.currency) as string | null) ?? null
    const preferred = way?.prefer === undefined || came === null ? null : came === way.prefer
    return { id: cells === null ? null : cells.join(' '), of, way: came, preferred }
  }
}

/** The cell of the first of several columns that the file has; for JSON, and where `firstFilled` asks for it, of the first that is filled in the row. */
function cellOf(
  name: string,
  from: Column,
  optional: boolean,
  rows: Rows,
  file: string,
  firstFilled = false,
  absent: readonly string[] = [],
): (() => string) | null {
  const names = typeof from === 'string' ? [from] : from
  const cells = names.map((column) => rows.cell(column)).filter((cell) => cell !== null)
  if (cells.length === 0) {
    if (optional) return null
    throw dataError(
      `${file}: no column ${names.map((column) => `"${column}"`).join(' or ')} for ${name}; ${describeHeader(rows.header ?? [])}`,
    )
  }
  const first = cells[0]!
  if (cells.length === 1 || (rows.header !== null && !firstFilled)) return first
  return () => {
    let left = ''
    for (const cell of cells) {
      const text = cell().trim()
      if (text !== '' && !absent.includes(text)) return text
      left ||= text
    }
    return left
  }
}

/** The final figure in rows that say it is one, else the others; null where the file has only one of the two. */
function finalCell(
  { column, is }: { column: string; is: readonly string[] },
  rows: Rows,
  final: (() => string) | null,
  others: (() => string) | null,
): (() => string) | null {
  const said = rows.cell(column)
  if (!said || !final || !others) return null
  const words = new Set(is.map(columnKey))
  return () => {
    const figure = words.has(columnKey(said())) ? final() : ''
    return figure.trim() === '' ? others() : figure
  }
}

function describeHeader(header: readonly string[]): string {
  if (header.length === 1) return `the header is one column, "${header[0]!.slice(0, 60)}": is the delimiter another one?`
  const names = header.slice(0, 12).join(', ')
  return `the header has ${names}${header.length > 12 ? `, … (${header.length} columns)` : ''}`
}

function bind(
  name: string,
  field: FieldData,
  rows: Rows,
  around: Surroundings,
  fail: Fail,
  isRounded: RoundedColumns = () => false,
): Bound {
  if (field.kind === 'none') return () => null
  if (field.kind === 'always') return () => field.is
  if (field.kind === 'firstOf') {
    const decide = decider(name, field.of, rows, around.name)
    return () => {
      const found = decide()
      if (!found) return fail(name, `none of ${field.of.map(({ from }) => [from].flat()[0]).join(', ')} says it`)
      const { column, text, value, words } = found
      return value ?? fail(name, `${column}: "${cleanText(text)}" is not a known word, expected ${words.join(', ')}`)
    }
  }
  if (field.kind === 'amount' && field.take) return bindSeveral(name, field, rows, around, fail)
  const absent = 'absent' in field ? field.absent : []
  const firstFilled = 'firstFilled' in field ? field.firstFilled : false
  const cells = (from: Column, optional: boolean) => cellOf(name, from, optional, rows, around.name, firstFilled, absent)
  const cell =
    field.kind === 'amount' && field.final && Array.isArray(field.from)
      ? (finalCell(field.final, rows, cells(field.from[0]!, true), cells(field.from.slice(1), true)) ??
        cells(field.from, field.optional))
      : cells(field.from, field.optional)
  const otherwise = ('fallback' in field && field.fallback) || null
  if (!cell) return () => otherwise
  const column = Array.isArray(field.from) ? field.from[0] : field.from
  /** Turns the text of a filled cell into the value, or reports. */
  const filled = (read: (text: string, currency: Currency) => unknown): Bound => {
    return (currency) => {
      const text = cell()
      if (text.trim() === '') return field.optional ? otherwise : fail(name, `${column} is empty`)
      // Where the record needs a value, what stands for "not yet" in every column is read for what it is: 0.00.
      return field.optional && absent?.includes(text.trim()) ? null : read(text, currency)
    }
  }
  const expected = (text: string, what: string) => fail(name, `${column}: "${cleanText(text)}" is not ${what}`)
  switch (field.kind) {
    case 'text': {
      const { join, find } = field
      const finders = find?.map((source) => new RegExp(source))
      const cells = [field.from].flat().flatMap((each) => rows.cell(each) ?? [])
      const isId = (IDS as readonly string[]).includes(name)
      const cleanPart = isId ? cleanId : cleanText
      const clean =
        join !== undefined
          ? () => cells.flatMap((part) => cleanPart(part()) || []).join(join)
          : ADDRESSES.has(name)
            ? (text: string) => cleanText(text).replace(/^\/\//, 'https://')
            : cleanPart
      const read = (text: string) => {
        const whole = clean(text)
        const found = finders ? finders.map((finder) => finder.exec(whole)?.[1]).find((each) => each !== undefined) : whole
        if (found) return found
        if (field.optional) return null
        return fail(name, whole === '' ? `${column} is empty` : `${column}: "${whole}" is of another shape than expected`)
      }
      if (!isId) return filled(read)
      const cellIn = (rows: Rows) => cellOf(name, field.from, true, rows, around.name, field.firstFilled)
      return filled((text) => {
        if (!ROUNDED_ID.test(text.trim()) || !isRounded(column!, cellIn)) return read(text)
        const lost = 'has lost its last digits, like the other long numbers of the column: a spreadsheet keeps 15'
        const remedy = 'export again and do not open the file in between (a number that does end in zeros is taken as ="…")'
        return fail(name, `${column}: "${text.trim()}" ${lost}; ${remedy}`)
      })
    }
    case 'amount': {
      const { unit, decimal, within, rounding } = field
      const own = field.currency === undefined ? null : cellOf(name, field.currency, true, rows, around.name)
      const finders = (field.find ?? []).map((source) => new RegExp(source))
      const holds = within === undefined ? null : bindWindow(name, within, rows, around, fail)
      const one = filled((cellText, rowCurrency) => {
        const currency = cleanText(own?.() ?? '').toUpperCase() || rowCurrency
        let text = cellText
        for (const finder of finders) {
          const found = finder.exec(cellText)
          if (found?.[1] === '') return null
          if (found) {
            text = found[1]!
            break
          }
        }
        const value =
          readAmount(text, currency, unit, decimal, rounding) ??
          expected(text, `an amount in ${unitName(unit, currency)}, expected like ${exampleAmount(unit, decimal, currency)}`)
        return value !== null && currency !== rowCurrency ? 0 : value
      })
      return holds ? (currency) => (holds() ? one(currency) : null) : one
    }
    case 'rate':
      return filled((text) => {
        const unit = field.orPercent && /[%％]/.test(text) ? 'percent' : field.unit
        const value = readRate(text, unit, field.decimal)
        if (value === null) return expected(text, `a rate in ${field.unit}, expected like ${RATE_EXAMPLES[field.unit]}`)
        if (value < 0 || value > ONE) return expected(text, `between 0 and 100 %: is it in ${field.unit}?`)
        return value
      })
    case 'count':
      return filled((text) => readCount(text) ?? expected(text, 'a count, expected like 1200 or 1.2万+'))
    case 'oneOf': {
      const words = new Map(Object.entries(field.words).map(([word, value]) => [columnKey(word), value]))
      const known = Object.keys(field.words)
      const like = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '')
      return filled((text) => words.get(columnKey(text)) ?? expected(text, `a known word, expected ${like}`))
    }
    case 'instant':
    case 'day': {
      const patterns = typeof field.pattern === 'string' ? [field.pattern] : field.pattern
      // An end without a time of day is meant to the end of that day.
      const atEnd = name === 'couponUntil'
      const readers = patterns.map((pattern) =>
        field.kind === 'day' ? dayReader(pattern, around.timezone) : instantReader(pattern, around.timezone, atEnd),
      )
      return filled((cellText) => {
        const text = cellText.trim()
        for (const read of readers) {
          const value = read(text)
          if (value !== null) return value
        }
        return expected(text, `a time, expected like ${patterns[0]}`)
      })
    }
  }
}

/** Fields that hold an address. Partners write `//img.example/x.jpg`, which only means something on a page of their own: https. */
const ADDRESSES = new Set(['imageUrl', 'url', 'link'])

/** The smallest or largest of several amounts, or their sum. A column that is not filled does not count, nor does a 0.00 that stands for that. */
function bindSeveral(
  name: string,
  { take, ...field }: Extract<FieldData, { kind: 'amount' }>,
  rows: Rows,
  around: Surroundings,
  fail: Fail,
): Bound {
  const columns = [field.from].flat().filter((column) => rows.cell(column) !== null)
  // None of them is there: the reader of one says so.
  if (columns.length === 0) return bind(name, field, rows, around, fail)
  const bounds = columns.map((from) => bind(name, { ...field, from, optional: true }, rows, around, fail))
  return (currency) => {
    const values = bounds.map((read) => read(currency) as Minor | null).filter((value) => value !== null)
    if (values.length === 0) return field.optional ? null : fail(name, `${columns.join(' and ')} are empty`)
    if (take === 'largest') return Math.max(...values)
    if (take === 'sum') return values.reduce((sum, value) => sum + value, 0)
    const real = values.filter((value) => value !== 0)
    return real.length === 0 ? 0 : Math.min(...real)
  }
}

/** Whether the window in a column, `start/end`, has today in it. */
function bindWindow(name: string, column: string, rows: Rows, { timezone, today }: Surroundings, fail: Fail): () => boolean {
  const cell = rows.cell(column)
  if (!cell || today === undefined) return () => true
  const readers = ['iso', "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", 'yyyy-MM-dd'].map((pattern) =>
    dayReader(pattern, timezone),
  )
  const dayOf = (text: string) => readers.reduce<Day | null>((found, read) => found ?? read(text), null)
  return () => {
    const text = cell().trim()
    if (text === '') return true
    const [from, until] = text.split('/').map((part) => dayOf(part.trim()))
    if (from && until) return from <= today && today <= until
    fail(name, `${column}: "${text}" is not a period, expected like 2026-11-20T00:00+01:00/2026-11-30T23:59+01:00`)
    return false
  }
}

/** 100 % in parts per million. */
const ONE = 1_000_000
const RATE_EXAMPLES = { percent: '9.1', permille: '91', basis: '910', ppm: '91000', fraction: '0.091' }

function unitName(unit: 'major' | 'minor', currency: Currency): string {
  if (currency === 'CNY') return unit === 'major' ? 'yuan' : 'fen'
  return unit === 'major' ? currency : `minor units of ${currency}`
}

function exampleAmount(unit: 'major' | 'minor', decimal: DecimalMark | 'either', currency: Currency): string {
  if (unit === 'minor') return '990'
  const example = formatAmount(990 * 10 ** Math.max(0, minorDigits(currency) - 2), currency)
  return decimal === 'either' ? `${example} or ${example.replace('.', ',')}` : example.replace('.', decimal)
}

/**
 * A text for people: blanks folded to one, control characters and invisible direction marks removed, and the `="…"` taken off that
 * some exports put round ids for spreadsheets.
 */
export function cleanText(text: string): string {
  if (!/[^\S ]| {2}|^ | $|[\p{Cc}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|^=/u.test(text)) return text
  const unwrapped = /^="([^"]*)"$/.exec(text)?.[1] ?? text
  return unwrapped
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim()
}

/** A number as text, without the apostrophe that keeps it text in a spreadsheet, and with plain letters and digits for full-width ones. */
function cleanId(cell: string): string {
  const text = cleanText(cell)
  if (!/^['’`]|[０-９Ａ-Ｚａ-ｚ－]/.test(text)) return text
  const plain = text.replace(/[０-９Ａ-Ｚａ-ｚ－]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
  return plain.replace(/^['’`](?=\d[\d.E+]*$)/, '')
}

/** A statement's total: a column that repeats it in every row, or a row of its own that begins with the label. */
function totalReader<T>(
  feed: Feed<T>,
  rows: Rows,
  around: Surroundings,
): () => { amount: Minor | null; own: boolean; message: string } | null {
  const total = feed.total!
  const labels = typeof total.from === 'string' ? [total.from] : total.from
  const column = labels.map((label) => rows.cell(label)).find((cell) => cell !== null)
  const read = (text: string, own: boolean) => ({
    amount: readAmount(text, around.currency, total.unit, total.decimal),
    own,
    message: `${labels[0]}: "${text}" is not an amount in ${unitName(total.unit, around.currency)}`,
  })
  if (column) return () => (column().trim() === '' ? null : read(column(), false))
  const amountField = (feed.fields as unknown as Record<string, FieldData>).amount!
  const amountCell = 'from' in amountField ? cellOf('amount', amountField.from, true, rows, around.name) : null
  const keys = labels.map(columnKey)
  return () => {
    const cells = rows.cells().filter((cell) => cell.trim() !== '')
    const label = columnKey(cells[0] ?? '').replace(/[:：]$/, '')
    if (!keys.includes(label)) return null
    const text = rows.damage() === null && amountCell ? amountCell() : ''
    return read(text.trim() === '' ? (cells.at(-1) ?? '') : text, true)
  }
}

/** More digits than the 15 that a spreadsheet keeps, and zeros for all others. */
const ROUNDED_ID = /^[1-9]\d{14}0+$/
const LONG_ID = /^[1-9]\d{15,}$/
/** How many rows are looked at, and how many zeros speak against chance: one id of 19 digits, or four of 16. */
const ROUNDED = { rows: 10_000, zeros: 4 }

/** Whether a column of a CSV file has gone through a spreadsheet; `cellOf` finds it in rows. */
type RoundedColumns = (column: string, find: (rows: Rows) => Cell | null) => boolean

/**
 * An id that ends in zeros may be a genuine one: of ids of 16 digits every tenth does. So the whole column is looked at, once and only where
 * such an id is met: a spreadsheet rounds all its long numbers, chance does not.
 */
function roundedColumns(open: () => Rows): RoundedColumns {
  const found = new Map<string, boolean>()
  return (column, find) => {
    const known = found.get(column)
    if (known !== undefined) return known
    const rows = open()
    let [long, rounded, sharp, zeros] = [0, 0, 0, 0]
    try {
      const cell = find(rows)
      for (let i = 0; cell && i < ROUNDED.rows && rows.next(); i++) {
        const text = cell().trim()
        if (!LONG_ID.test(text)) continue
        long++
        if (!ROUNDED_ID.test(text)) continue
        rounded++
        // The last digit that was kept is mostly another; in ids that are round by design it is a zero too.
        if (text[14] !== '0') sharp++
        zeros += text.length - 15
      }
    } finally {
      rows.close()
    }
    const is = zeros >= ROUNDED.zeros && rounded * 10 >= long * 9 && sharp * 2 >= rounded
    found.set(column, is)
    return is
  }
}
