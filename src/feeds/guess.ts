// Guesses how the columns of an unknown file map to the fields of a record, and says how sure it is of each. Nothing is decided by it: what it
// gives is a first description for the operator to look at.
import { instantReader } from '../day.ts'
import {
  type AmountUnit,
  type Currency,
  type DecimalMark,
  isCurrency,
  type RateUnit,
  readAmount,
  readCount,
  readRate,
  share,
} from '../money.ts'
import { RECORD_KINDS, type RecordKind } from '../records.ts'
import { CANONICAL, type CanonicalField, RATE_UNITS } from './canonical.ts'
import { columnKey } from './formats/csv.ts'
import { HEADERS, KIND_WORDS, STATUS_WORDS, TOTAL_WORDS } from './headers.ts'
import type { Sample } from './sample.ts'

/** `sure`: a common name, and every value fits; `likely`: one of the two in part; `guess`: to be checked. */
export type Certainty = 'sure' | 'likely' | 'guess'

/** One field as it would stand in a partner file, without what goes without saying. */
export type FieldGuess = {
  field: string
  column: string
  certainty: Certainty
  why: string
  /** `{ amount: '佣金', unit: 'major' }` */
  describe: Record<string, unknown>
}

export type Guess = {
  kind: RecordKind
  fields: FieldGuess[]
  /** Fields that a record needs and no column was found for; `unfit`: the column that is named like it, with a value that does not fit. */
  missing: { field: string; unfit: { column: string; value: string } | null }[]
  /** Columns that were not used. */
  unused: string[]
  /** What the cells say; null where they say nothing. */
  currency: Currency | null
  /** What the row of a statement's total begins with, and the unit of its amount. */
  total: Record<string, unknown> | null
}

type Column = { name: string; key: string; values: string[]; filled: string[] }

/** Guesses for the kind that is given, else for the one that most of its needed columns are there of. */
export function guess(sample: Sample, kind?: RecordKind): Guess {
  const columns = sample.columns.map((name, i): Column => {
    const values = sample.rows.map((row) => row[i] ?? '')
    return { name, key: keyOf(name), values, filled: values.filter((value) => value !== '') }
  })
  if (kind) return guessAs(kind, columns)
  const all = RECORD_KINDS.map((each) => guessAs(each, columns))
  // Of equals the one that comes first among the kinds.
  return all.reduce((best, each) => (weightOf(each) > weightOf(best) ? each : best))
}

/** Fields that tell one kind from the others count most, those that every kind has least. */
function weightOf({ kind, fields, missing }: Guess): number {
  const named = fields.filter(({ certainty }) => certainty !== 'guess').map(({ field }) => field)
  const telling = {
    products: ['price', 'imageUrl', 'sales', 'url'],
    orders: ['status', 'orderedAt'],
    payouts: ['paidAt', 'statementId'],
    receipts: ['payer', 'direction'],
    refunds: ['refundId', 'refundedAt'],
  }
  // Nothing is known of it: then it is goods, which most files are, and not payouts, which need least.
  if (named.length === 0) return Number.NEGATIVE_INFINITY
  const told = named.filter((field) => telling[kind].includes(field)).length
  // A statement may leave its day to the importer, but a file with nothing that tells one is something else.
  return named.length + 3 * told - 4 * (missing.length + (told === 0 ? 1 : 0))
}

/** Steps of a path that say nothing by themselves: `price.amount` is a price. */
const GENERAL = new Set(['amount', 'value', 'text'])

/** A header as it is compared: without what stands in brackets, unit and prefix; of a path the last step that says something. */
function keyOf(column: string): string {
  const steps = column.split(/[.@]/).map((step) => step.replace(/\[\d+\]$/, '').replace(/^.*:/, ''))
  const last = steps.length > 1 && GENERAL.has(steps.at(-1)!) ? steps.at(-2)! : steps.at(-1)!
  return columnKey(last)
    .replace(/[（(［[].*?[)）\]］]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

function guessAs(kind: RecordKind, columns: readonly Column[]): Guess {
  const canonical: Record<string, CanonicalField> = CANONICAL[kind]
  const currency = currencyIn(columns)
  const candidates = Object.entries(canonical).flatMap(([field, known]) =>
    columns.flatMap((column) => {
      const named = nameMatch(kind, field, column)
      const fit = fits(field, known, column, currency ?? 'CNY')
      if (!fit || (named === 0 && !isTelling(kind, field, column))) return []
      return [{ field, column, named, fit }]
    }),
  )
  candidates.sort((a, b) => b.named - a.named)
  const taken = new Map<string, (typeof candidates)[number]>()
  for (const one of candidates) {
    const free = !taken.has(one.field) && ![...taken.values()].some(({ column }) => column === one.column)
    if (free) taken.set(one.field, one)
  }
  const fields = Object.keys(canonical).flatMap((field): FieldGuess[] => {
    const found = taken.get(field)
    if (!found) return []
    const { column, named, fit } = found
    const sureness = Math.min(named >= EXACT ? 2 : named > 0 ? 1 : 0, fit.sureness)
    const how = named >= EXACT ? 'a common name' : named > 0 ? 'part of a common name' : 'by its values alone'
    const required = canonical[field]!.need === 'required'
    return [
      {
        field,
        column: column.name,
        certainty: (['guess', 'likely', 'sure'] as const)[sureness]!,
        why: [how, fit.why].filter(Boolean).join('; '),
        describe: { [canonical[field]!.kind]: column.name, ...fit.options, ...(required ? {} : { optional: true }) },
      },
    ]
  })
  settleUnits(fields, columns, currency ?? 'CNY')
  const used = new Set(fields.map(({ column }) => column))
  return {
    kind,
    fields,
    missing: Object.entries(canonical)
      .filter(([field, { need }]) => need === 'required' && !taken.has(field))
      .map(([field]) => ({ field, unfit: unfitFor(kind, field, columns, used) })),
    unused: columns.filter(({ name }) => !used.has(name)).map(({ name }) => name),
    currency,
    total: kind === 'payouts' ? totalIn(columns) : null,
  }
}

/** The free column whose name fits a field best, and one of its values. */
function unfitFor(kind: RecordKind, field: string, columns: readonly Column[], used: ReadonlySet<string>) {
  const [best] = columns
    .filter(({ name }) => !used.has(name))
    .map((column) => ({ column, named: nameMatch(kind, field, column) }))
    .filter(({ named }) => named > 0)
    .sort((a, b) => b.named - a.named)
  return best ? { column: best.column.name, value: best.column.filled[0] ?? '' } : null
}

const EXACT = 1000

/** 0: another name; from EXACT on: a name in use; between: one that holds such a name, the longer the better. */
function nameMatch(kind: RecordKind, field: string, { key, name }: Column): number {
  const names = ((HEADERS[kind] as Record<string, string>)[field] ?? '').split(' ').filter(Boolean)
  const at = names.indexOf(key)
  // `price` rather than `shipping.price`
  const deep = name.split('.').length - 1
  if (at >= 0) return EXACT + 100 - at - 10 * deep
  const within = names.filter((each) => each.length >= (/^[\x20-\x7e]+$/.test(each) ? 5 : 2) && key.includes(each))
  return Math.max(0, ...within.map(({ length }) => 10 * length - deep))
}

/** So many rows at least are needed to tell something by the values alone. */
const TELLING = 3

/** Whether the values alone say so: a number of its own for every row, a picture's address, words of its own for nearly every row. */
function isTelling(kind: RecordKind, field: string, { filled, values }: Column): boolean {
  if (values.length < TELLING) return false
  if (field === 'imageUrl') return share98(filled, (value) => PICTURE.test(value))
  // Goods of one make may be alike, shops and categories come again and again. Numbers and codes have neither blanks nor Chinese.
  if (field === 'title' && kind === 'products')
    return new Set(filled).size * 10 >= values.length * 9 && share98(filled, (value) => value.length >= 6 && WORDS.test(value))
  if (field !== (kind === 'products' ? 'sku' : 'orderId')) return false
  return new Set(filled).size === values.length && share98(filled, (value) => /^[\w-]{5,40}$/.test(value))
}

/** Letters with a blank or a Chinese character among them. */
const WORDS = /^(?=.*\p{L})(?=.*[\p{Script=Han} ])/u

const PICTURE = /^\S+\.(jpe?g|png|webp|gif|avif)\b/i

/** Nearly all: one cell in fifty may be anything. */
function share98(values: readonly string[], test: (value: string) => boolean): boolean {
  return values.length > 0 && values.filter(test).length * 50 >= values.length * 49
}

type Fit = { sureness: 0 | 1 | 2; why: string; options: Record<string, unknown> }

/** How well the values of a column fit a field; null where they do not, as in an empty column of a field that is needed. */
function fits(field: string, { kind, need }: CanonicalField, column: Column, currency: Currency): Fit | null {
  const { filled, values } = column
  if (filled.length === 0)
    return need === 'required' ? null : { sureness: 1, why: 'all cells are empty', options: emptyOptions(kind) }
  if (need === 'required' && filled.length * 2 < values.length) return null
  const plain: Fit = { sureness: 2, why: '', options: {} }
  switch (kind) {
    case 'text': {
      const isUrl = share98(filled, (value) => /^(https?:)?\/\/\S+$|^[\w-]+(\.[\w-]+)+\/\S*$/i.test(value))
      if (['url', 'link', 'imageUrl'].includes(field))
        return isUrl || (field === 'imageUrl' && share98(filled, (value) => PICTURE.test(value))) ? plain : null
      if (isUrl) return null
      if (field === 'currency') return share98(filled, isCurrency) ? plain : null
      if (['title', 'brand', 'shop'].includes(field) && share98(filled, (value) => /^[\d.,%-]+$/.test(value))) return null
      if (field === 'sku' && new Set(filled).size * 10 < filled.length * 9)
        return { ...plain, sureness: 1, why: 'numbers come twice' }
      return plain
    }
    case 'count':
      return share98(filled, (value) => readCount(value) !== null) ? plain : null
    case 'rate': {
      const decimal = markIn(filled)
      if (!share98(filled, (value) => readRate(value.replace(/[%％‰‱]/g, ''), 'ppm', decimal) !== null || RATE.test(value)))
        return null
      const unit = rateUnitIn(column)
      return { ...unit, options: { ...unit.options, ...(decimal === ',' && { decimal }) } }
    }
    case 'amount': {
      const decimal = markIn(filled)
      if (!share98(filled, (value) => readAmount(value, currency, 'major', decimal) !== null)) return null
      const unit = amountUnitIn(column)
      return { ...unit, options: { ...unit.options, ...(decimal === ',' && { decimal }) } }
    }
    case 'instant':
    case 'day': {
      const times = filled.filter((value) => !ABSENT.includes(value))
      const unix = Object.entries(UNIX).filter(([, digits]) => share98(times, (value) => digits.test(value)))
      const written = PATTERNS.filter((pattern) => {
        const read = instantReader(pattern, 'UTC')
        return share98(times, (value) => read(value) !== null)
      })
      const found = [...unix.map(([pattern]) => pattern), ...written]
      const [pattern, other] = found
      if (!pattern) return null
      const absent = ABSENT.filter((word) => filled.includes(word))
      const options = { pattern, ...(absent.length > 0 && kind === 'instant' && { absent }) }
      return other ? { sureness: 0, why: `${pattern} or ${other}?`, options } : { ...plain, options }
    }
    case 'oneOf':
      return wordsIn(field, filled)
  }
}

const RATE = /^[\d.,]+\s*[%％‰‱]?$/u
const ABSENT = ['--', '-', '0', '0000-00-00 00:00:00']
/** Day before month and month before day are both told: only the operator knows. */
const PATTERNS = [
  ...[
    'yyyy-MM-dd HH:mm:ss',
    'yyyy-MM-dd HH:mm',
    'yyyy-MM-dd',
    'yyyy/M/d H:mm:ss',
    'yyyy/M/d H:mm',
    'yyyy/M/d',
    'yyyyMMdd',
    'yyyyMMddHHmmss',
  ],
  ...[
    'iso',
    'yyyy-MM-ddTHH:mm:ss',
    'd.M.yyyy H:mm:ss',
    'd.M.yyyy H:mm',
    'd.M.yyyy',
    'd/M/yyyy H:mm',
    'M/d/yyyy H:mm',
    'd/M/yyyy',
    'M/d/yyyy',
  ],
].map((pattern) => pattern.replace('T', "'T'"))
/** Ten digits are seconds, thirteen milliseconds: other numbers are no times. */
const UNIX = { unix: /^1\d{9}$/, 'unix-ms': /^1\d{12}$/ }

function emptyOptions(kind: CanonicalField['kind']): Record<string, unknown> {
  return kind === 'amount'
    ? { unit: 'major' }
    : kind === 'rate'
      ? { unit: 'percent' }
      : kind === 'instant'
        ? { pattern: PATTERNS[0] }
        : {}
}

/** A comma is the decimal mark where one or two digits follow it, and no point ever does so. */
function markIn(values: readonly string[]): DecimalMark {
  const comma = values.some((value) => /,\d{1,2}(?!\d)/.test(value))
  return comma && !values.some((value) => /\.\d{1,2}(?!\d)/.test(value)) ? ',' : '.'
}

function amountUnitIn({ name, filled }: Column): Fit {
  const unit = (is: AmountUnit, sureness: Fit['sureness'], why: string): Fit => ({ sureness, why, options: { unit: is } })
  if (/[(（]?(分|fen|cents?)[)）]?$/i.test(name)) return unit('minor', 2, 'the header says so')
  if (/元|yuan/i.test(name) || filled.some((value) => /[.,]\d{1,2}(?!\d)|[¥￥€£$元]|[A-Z]{3}$/.test(value)))
    return unit('major', 2, '')
  return unit('major', 0, 'whole numbers only: major or minor units?')
}

function rateUnitIn({ name, filled }: Column): Fit {
  const unit = (is: RateUnit, sureness: Fit['sureness'], why: string): Fit => ({ sureness, why, options: { unit: is } })
  const text = name + filled.slice(0, 20).join('')
  if (/[%％]|percent/i.test(text)) return unit('percent', 2, '')
  if (/‰|千分|permille/i.test(text)) return unit('permille', 2, '')
  if (/‱|万分/.test(text)) return unit('basis', 2, '')
  const above = (most: string) => filled.some((value) => readRate(value, 'ppm')! > readRate(most, 'ppm')!)
  if (!filled.some((value) => /[.,]/.test(value)) && above('1000')) return unit('basis', 0, 'values above 1000')
  if (!filled.some((value) => /[.,]/.test(value)) && above('100')) return unit('permille', 0, 'values above 100')
  if (filled.every((value) => /^0?[.,]\d+$|^[01]([.,]0+)?$/.test(value))) return unit('fraction', 0, 'values up to 1')
  return unit('percent', 1, 'values up to 100')
}

function wordsIn(field: string, filled: readonly string[]): Fit | null {
  const lists: Record<string, string> = field === 'status' ? STATUS_WORDS : KIND_WORDS
  const meaning = new Map(
    Object.entries(lists).flatMap(([is, words]) => words.split(' ').map((word) => [columnKey(word), is] as const)),
  )
  const distinct = [...new Set(filled)]
  if (distinct.length > 40) return null
  const known = distinct.filter((word) => meaning.has(columnKey(word)))
  if (known.length === 0) return null
  const strange = distinct.filter((word) => !known.includes(word))
  return {
    sureness: strange.length > 0 ? 0 : 1,
    why:
      strange.length > 0
        ? `what do ${strange
            .slice(0, 8)
            .map((word) => `"${word}"`)
            .join(', ')} mean?`
        : 'words by their common meaning',
    options: { words: Object.fromEntries(known.map((word) => [word, meaning.get(columnKey(word))])) },
  }
}

/** The only currency that a column of codes names, or that signs and codes beside amounts do. */
function currencyIn(columns: readonly Column[]): Currency | null {
  const codes = columns.find(
    ({ filled }) => filled.length > 0 && filled.every((value) => /^[A-Z]{3}$/.test(value) && isCurrency(value)),
  )
  if (codes) return codes.filled[0]!
  const cells = columns.flatMap(({ filled }) => filled.slice(0, 20))
  const code = cells
    .map((cell) => /^[\d.,]+ ?([A-Z]{3})$/.exec(cell)?.[1])
    .find((found) => found !== undefined && isCurrency(found))
  if (code) return code
  const signs: readonly (readonly [RegExp, Currency])[] = [
    [/^[¥￥]\s*[\d.,]+$|^[\d.,]+\s*元$/, 'CNY'],
    [/^€\s*[\d.,]+$|^[\d.,]+\s*€$/, 'EUR'],
    [/^£\s*[\d.,]+$/, 'GBP'],
  ]
  return signs.find(([sign]) => cells.some((cell) => sign.test(cell)))?.[1] ?? null
}

/** A last row that begins with a word for the total. */
function totalIn(columns: readonly Column[]): Record<string, unknown> | null {
  const last = columns.map(({ values }) => values.at(-1) ?? '').find((value) => value !== '')
  const label = TOTAL_WORDS.find((word) => columnKey(word) === columnKey(last ?? '').replace(/[:：]$/, ''))
  return label ? { amount: label, unit: 'major', optional: true } : null
}

/**
 * Where price, rate and commission are there, price × rate must be the commission: that settles the unit of the rate, and where amounts
 * are whole numbers, whether those are minor units (they are where products were rounded to whole numbers).
 */
function settleUnits(fields: readonly FieldGuess[], columns: readonly Column[], currency: Currency): void {
  const of = (field: string) => fields.find((each) => each.field === field)
  const [rate, commission] = [of('commissionRate'), of('commission')]
  const price = of('finalPrice') ?? of('price') ?? of('paidAmount')
  if (!rate || !commission || !price) return
  const values = ({ column }: FieldGuess) => columns.find(({ name }) => name === column)!.values
  const amounts = [price, commission]
  const [prices, commissions] = amounts.map((each) => {
    const { unit, decimal } = each.describe as { unit: AmountUnit; decimal?: DecimalMark }
    return values(each).map((value) => readAmount(value, currency, unit, decimal))
  }) as [(number | null)[], (number | null)[]]
  const decimal = rate.describe.decimal as DecimalMark | undefined
  for (const unit of RATE_UNITS) {
    const rates = values(rate).map((value) => readRate(value.replace(/[%％‰‱]/g, ''), unit, decimal))
    const rows = prices.flatMap((base, i) => {
      const [ppm, fee] = [rates[i], commissions[i]]
      return base && ppm && fee ? [{ base, ppm, fee }] : []
    })
    // Whole numbers that were read as yuan stand for hundreds of fen: the rounding is that much coarser.
    const whole =
      amounts.every(({ describe }) => describe.unit === 'major') &&
      rows.every(({ base, fee }) => base % 100 === 0 && fee % 100 === 0)
    const near = (base: number, ppm: number, fee: number) => Math.abs(share(base, ppm) - fee) <= (whole ? 100 : 1)
    const fitting = rows.filter(({ base, ppm, fee }) => near(base, ppm, fee))
    if (rows.length < 3 || fitting.length * 5 < rows.length * 4) continue
    const settled = `price × rate is the commission in ${fitting.length} of ${rows.length} rows`
    rate.describe.unit = unit
    Object.assign(rate, { certainty: rate.certainty === 'guess' ? 'likely' : 'sure', why: settled })
    const rounded = whole && rows.some(({ base, ppm, fee }) => share(base, ppm) !== fee)
    if (rounded) {
      for (const each of fields.filter(({ describe }) => describe.unit === 'major')) {
        each.describe.unit = 'minor'
        Object.assign(each, { certainty: 'likely', why: 'commissions are rounded to whole numbers: minor units' })
      }
    }
    return
  }
}
