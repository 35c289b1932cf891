import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Day, instantReader, isDay, isZone, type Zone } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { AMOUNT_UNITS, CANONICAL, type CanonicalField, exampleOf, RATE_UNITS } from '../feeds/canonical.ts'
import { ENCODINGS, type Feed, type Format, type RecordOf } from '../feeds/feed.ts'
import type { Case, FieldData } from '../feeds/field.ts'
import { type Currency, isCurrency, type Minor, ROUNDINGS, readAmount, readRate } from '../money.ts'
import type { Order, PayoutLine, Receipt, RecordKind } from '../records.ts'
import { parseYaml, placeOf, readYaml, unknownKey, wrong, type YamlFile } from '../yaml.ts'
import type { LinkRules } from './links.ts'
import {
  BASES,
  type Calendar,
  CONFIDENCES,
  FEE_BASES,
  FEE_KINDS,
  type Fee,
  type Grounds,
  type Partner,
  STUCK,
  type Terms,
} from './partner.ts'
import { overridden, TERM_PARTS, type TermPart } from './terms.ts'

const ENDING = '.yaml'
const TIME_PATTERN_LIKE = 'yyyy-MM-dd HH:mm:ss, unix, unix-ms or iso'

/** The keys that go with each kind of field, besides the kind itself and `optional`. */
const OPTIONS: Record<CanonicalField['kind'], readonly string[]> = {
  text: ['firstFilled', 'join', 'find'],
  amount: ['unit', 'decimal', 'rounding', 'firstFilled', 'absent', 'find', 'take', 'within'],
  rate: ['unit', 'decimal'],
  count: [],
  oneOf: ['words'],
  instant: ['pattern', 'absent'],
  day: ['pattern'],
}
const KINDS = Object.keys(OPTIONS) as CanonicalField['kind'][]

const FORMAT_KEYS: Record<Format['type'], readonly string[]> = {
  csv: [
    'delimiter',
    'skipLines',
    'quote',
    'comment',
    'header',
    'headerWith',
    'short',
    'spelling',
    'frame',
    'group',
    'skip',
    'encoding',
  ],
  json: ['rows', 'skip', 'encoding'],
  ndjson: ['skip', 'encoding'],
  xml: ['rows', 'skip', 'encoding'],
  sheet: ['sheet', 'skipLines', 'headerWith', 'skip'],
}

const texts = z.union([z.string(), z.array(z.string()).check(z.minLength(1))], 'expected a text or a list of texts')
const loose = z.record(z.string(), z.unknown())
const feed = z.strictObject({
  format: z.strictObject({
    type: z.string(),
    delimiter: z.optional(z.string()),
    skipLines: z.optional(z.int().check(z.minimum(0, 'expected 0 or more'))),
    quote: z.optional(z.enum(['"', 'none', 'backslash'])),
    headerWith: z.optional(texts),
    comment: z.optional(z.string().check(z.minLength(1, 'is empty, expected a text like "#"'))),
    header: z.optional(z.array(z.string()).check(z.minLength(1, 'is empty, expected the names of the columns'))),
    short: z.optional(z.boolean()),
    spelling: z.optional(z.enum(['google'])),
    frame: z.optional(
      z.tuple([z.string(), z.string()], 'expected the first cells of the first and the last row, like [HDR, TRL]'),
    ),
    group: z.optional(z.strictObject({ by: z.string(), fill: z.array(z.string()) })),
    skip: z.optional(z.record(z.string(), texts)),
    encoding: z.optional(z.enum(ENCODINGS)),
    rows: z.optional(texts),
    sheet: z.optional(z.string()),
  }),
  fields: loose,
})
const entries = z.strictObject({
  of: z.enum(['rows', 'deltas']),
  id: z.optional(z.array(texts).check(z.minLength(1, 'is empty, expected the columns that number a row'))),
  way: z.optional(z.strictObject({ from: texts, words: z.array(z.string()), prefer: z.optional(z.string()) })),
})
const DAY_OF_MONTH = 'expected a day of the month, 1 to 31 or last'
const dayOfMonth = z
  .union([z.int(), z.literal('last')], DAY_OF_MONTH)
  .check(z.refine((day) => day === 'last' || (day >= 1 && day <= 31), DAY_OF_MONTH))
const days = z.union([z.int().check(z.minimum(1)), z.literal('forever')], 'expected a number of days, or forever')
const expression = z.string().check(z.refine(isExpression, 'expected a regular expression with a group'))
const links = z.strictObject({
  hosts: z.array(z.string()),
  hidden: z.optional(z.array(z.string())),
  pages: z.optional(z.array(z.string())),
  trackingId: z.optional(
    z.union(
      [z.strictObject({ query: z.array(z.string()) }), z.strictObject({ find: expression })],
      'expected { query: [pid] } or { find: "^/c/(\\d+)/" }',
    ),
  ),
  account: z.optional(expression),
  short: z.optional(z.string().check(z.refine((text) => isExpression(`()${text}`), 'expected a regular expression'))),
  subId: z.optional(
    z.strictObject({
      parameter: z.string(),
      max: z.int().check(z.minimum(10, 'expected 10 or more')),
      chars: z._default(
        z.string().check(z.refine((chars) => isExpression(`([${chars}])`), 'expected characters like A-Za-z0-9_')),
        'A-Za-z0-9',
      ),
    }),
  ),
  valid: z.optional(z.strictObject({ link: z.optional(days), shortLink: z.optional(days), code: z.optional(days) })),
})

function isExpression(text: string): boolean {
  try {
    return new RegExp(`${text}|`).exec('')!.length > 1
  } catch {
    return false
  }
}

const whole = z.int().check(z.minimum(0, 'expected 0 or more'))
const tolerance = z.union(
  [whole, z.strictObject({ line: whole, statement: whole })],
  'expected minor units, a whole number of 0 or more, or { line: 1, statement: 50 }',
)

const aDay = z.string().check(z.refine(isDay, 'expected a day like 2026-01-31'))
const run = { closes: z.optional(dayOfMonth), pays: z.optional(dayOfMonth), lag: z.optional(whole) }
const calendar = z.strictObject({
  basis: z.enum(BASES),
  ...run,
  runs: z.optional(
    z
      .array(z.strictObject({ closes: dayOfMonth, pays: dayOfMonth, lag: whole }))
      .check(z.minLength(1, 'is empty, expected runs like { closes: 15, pays: 1, lag: 1 }')),
  ),
  days: z.optional(whole),
  age: z.optional(whole),
  weekend: z.optional(z.enum(['before', 'after'])),
  holidays: z.optional(z.array(aDay)),
  claim: z.optional(dayOfMonth),
})
const money = z.custom<string>((given) => typeof given === 'string', 'expected an amount in quotes, like "2.00"')
const percentage = z
  .string()
  .check(z.refine((text) => /[%％]/.test(text) && readRate(text, 'percent') !== null, 'expected a percentage like "10%"'))
  .check(
    z.refine(
      (text) => (readRate(text, 'percent') ?? 0) >= 0,
      'is below zero; what is added to the commission is of kind: subsidy',
    ),
  )
const fees = z.array(
  z.strictObject({
    name: z.string(),
    kind: z.optional(z.enum(FEE_KINDS)),
    of: z.enum(FEE_BASES),
    rate: percentage,
    rounding: z._default(z.enum(ROUNDINGS), 'half-up'),
    min: z.optional(money),
    max: z.optional(money),
    maxMonth: z.optional(money),
    per: z.optional(z.literal('order')),
    stated: z.optional(z.literal(true)),
  }),
)
const word = z.string().check(z.minLength(1, 'is empty, expected a word of the payer'))
const payer = z.union(
  [word, z.array(word).check(z.minLength(1))],
  'expected a word that the payer of receipts holds, or a list of them',
)
const grounds = {
  confidence: z._default(z.enum(CONFIDENCES), 'stated'),
  source: z.optional(z.string()),
  review: z.optional(aDay),
}
const terms = {
  calendar: z.optional(calendar),
  fees: z.optional(fees),
  tolerance: z.optional(tolerance),
  grounds: z.optional(
    z.strictObject({ calendar: z.optional(z.strictObject(grounds)), fees: z.optional(z.strictObject(grounds)) }),
  ),
  terms: z._default(
    z.array(
      z.strictObject({
        ...{ from: aDay, ...grounds },
        ...{ calendar: z.optional(calendar), fees: z.optional(fees), tolerance: z.optional(tolerance) },
      }),
    ),
    [],
  ),
}

const schema = z.strictObject({
  id: z.string(),
  name: z.string().check(z.minLength(1, 'is empty, expected a text')),
  currency: z
    .string()
    .check(z.refine(isCurrency, { error: (issue) => `"${issue.input}" is not a currency, expected an ISO 4217 code like CNY` })),
  timezone: z
    .string()
    .check(z.refine(isZone, { error: (issue) => `"${issue.input}" is not a time zone, expected like Asia/Shanghai` })),
  feeds: z.strictObject({
    products: z.optional(feed),
    orders: z.optional(z.extend(feed, { entries: z.optional(entries) })),
    payouts: z.optional(z.extend(feed, { total: z.optional(loose) })),
    receipts: z.optional(z.extend(feed, { total: z.optional(loose) })),
    refunds: z.optional(feed),
  }),
  links: z.optional(links),
  payer: z.optional(payer),
  stuck: z.optional(z.record(z.string(), z.enum(STUCK))),
  ...terms,
})

/** What `partners/<id>.yaml` may say of a built-in partner. `payer`: words by which its receipts are known. */
const overriding = z.strictObject({ id: z.string(), payer: z.optional(payer), ...terms })

/** The names of the partner files in a workspace's `partners` folder. */
export function partnerFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ENDING) && !name.startsWith('.'))
    .sort()
}

/**
 * The partner with an id: built in, or described by `<id>.yaml` in `folder`. Only that file is read; mistakes in others do not matter.
 * @param own what a source says of its files where the partner's are of several currencies or zones
 * @throws usage when there is none or its file is wrong; `place` (`sources.acme.partner`) says who asked.
 */
export function findPartner(
  id: string,
  folder: string,
  builtIn: readonly Partner[],
  place: string,
  own: { currency?: Currency; timezone?: Zone } = {},
): Partner {
  const { currency, timezone } = own
  const files = partnerFiles(folder)
  const found = files.includes(id + ENDING)
    ? readPartner(folder, id + ENDING, builtIn)
    : builtIn.find((partner) => partner.id === id)
  if (found) return { ...found, ...(currency && { currency }), ...(timezone && { timezone }) }
  const known = [...builtIn.map((partner) => partner.id), ...files.map((name) => name.slice(0, -ENDING.length))]
  const meant = nearest(id, known)
  throw usageError(
    `${place}: unknown partner "${id}"; ${meant ? `did you mean ${meant}?` : `known are ${known.join(', ')}`} (or describe it in partners/${id}.yaml)`,
  )
}

/**
 * Reads one partner file.
 * @throws usage with file, line, path and what was expected at the first mistake.
 */
export function readPartner(folder: string, name: string, builtIn: readonly Partner[]): Partner {
  return parsePartner(name, readFileSync(join(folder, name), 'utf8'), builtIn)
}

/** A partner with one form for each kind of record. */
export type DescribedPartner = Partner & { feeds: { [K in RecordKind]?: Feed<RecordOf[K]> } }

/** The partner that the text of `partners/<name>` describes. */
export function parsePartner(name: string, text: string, builtIn: readonly Partner[] = []): DescribedPartner {
  const file = parseYaml(`partners/${name}`, text)
  const id = name.slice(0, -ENDING.length)
  const taken = builtIn.find((partner) => partner.id === id)
  if (taken) return override(file, taken) as DescribedPartner
  const given = readYaml(file, schema)
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(given.id))
    wrong(file, ['id'], `"${given.id}" is not an id, expected small letters, digits, "-" and "_"`)
  if (given.id !== id) wrong(file, ['id'], `"${given.id}" is not the name of the file, expected ${id}`)

  const { currency, timezone } = given
  const { products, orders, payouts, receipts, refunds } = given.feeds
  if (!products && !orders && !payouts && !receipts && !refunds)
    wrong(file, ['feeds'], 'is empty, expected products, orders, payouts, receipts or refunds')
  // the fields of `fieldsOf` are those of the record's table in canonical.ts, which the compiler holds to the record
  const feedOf = <K extends RecordKind>(kind: K, each: z.output<typeof feed>) =>
    ({
      format: formatOf(file, kind, each.format),
      fields: fieldsOf(file, kind, each.fields, currency),
    }) as unknown as Feed<RecordOf[K]>
  const feeds: DescribedPartner['feeds'] = {}
  if (products) feeds.products = feedOf('products', products)
  if (refunds) feeds.refunds = feedOf('refunds', refunds)
  if (orders) {
    const { entries } = orders
    const prefer = entries?.way?.prefer
    if (prefer !== undefined && !entries!.way!.words.includes(prefer))
      wrong(file, ['feeds', 'orders', 'entries', 'way', 'prefer'], `"${prefer}" is not one of ${entries!.way!.words.join(', ')}`)
    feeds.orders = { ...feedOf('orders', orders), ...(entries ? { entries } : {}) } as Feed<Order>
  }
  const totalOf = (kind: RecordKind, total: Record<string, unknown> | undefined) =>
    total ? { total: fieldOf(file, ['feeds', kind, 'total'], total, TOTAL, currency) } : {}
  if (payouts) feeds.payouts = { ...feedOf('payouts', payouts), ...totalOf('payouts', payouts.total) } as Feed<PayoutLine>
  if (receipts) feeds.receipts = { ...feedOf('receipts', receipts), ...totalOf('receipts', receipts.total) } as Feed<Receipt>
  for (const word of Object.keys(given.stuck ?? {})) {
    const words = wordsIn(orders?.fields.status)
    if (!words.includes(word))
      wrong(file, ['stuck', word], `is no word of feeds.orders.fields.status, expected ${words.join(', ')}`)
  }
  const judged = termsOf(file, given, currency)
  const isTwice = (fees: readonly Fee[] = []) =>
    fees.some(({ kind = 'fee' }) => kind === 'fee') && !fees.some(({ kind, stated }) => stated && kind !== 'subsidy')
  if (orders && 'serviceFee' in orders.fields && [judged, ...(judged.terms ?? [])].some(({ fees }) => isTwice(fees)))
    wrong(
      file,
      ['feeds', 'orders', 'fields', 'serviceFee'],
      'is which of the fees? Write stated: true there, so that it is not taken twice',
    )
  return {
    id,
    name: given.name,
    currency,
    timezone,
    feeds,
    ...(given.links && { links: given.links as LinkRules }),
    ...(given.payer && { payer: [given.payer].flat() }),
    ...(given.stuck && { stuck: given.stuck }),
    calendar: null,
    fees: [],
    tolerance: 0,
    ...judged,
  }
}

/** All that a field's `words:` name. */
function wordsIn(field: unknown): string[] {
  if (typeof field !== 'object' || field === null) return []
  return Object.entries(field).flatMap(([key, value]) => (key === 'words' ? Object.keys(value as object) : wordsIn(value)))
}

/** A built-in partner by the terms of its file in the workspace. What is read and how, is not changed there. */
function override(file: YamlFile, partner: Partner): Partner {
  const { id, name } = partner
  const surplus = ['name', 'currency', 'timezone', 'feeds', 'links'].find((key) => file.document.has(key))
  if (surplus)
    wrong(
      file,
      [surplus],
      `${id} is built in (${name}): its file may only change calendar, fees, tolerance, terms and payer; choose another id for another partner`,
    )
  const given = readYaml(file, overriding)
  if (given.id !== id) wrong(file, ['id'], `"${given.id}" is not the name of the file, expected ${id}`)
  const { grounds: said, terms = [], ...rest } = termsOf(file, given, partner.currency)
  const at = (path: readonly (string | number)[], known?: Grounds): Grounds => ({
    ...(known ?? { confidence: 'stated' }),
    place: placeOf(file, path),
  })
  const grounds = {
    ...(rest.calendar && { calendar: at(['calendar'], said?.calendar) }),
    ...(rest.fees && { fees: at(['fees'], said?.fees) }),
  }
  const own = given.payer ? { ...partner, payer: [given.payer].flat() } : partner
  return overridden(own, { ...rest, grounds, terms: terms.map((each, i) => ({ ...each, ...at(['terms', i], each) })) })
}

type GivenTerms = Omit<z.output<typeof overriding>, 'id'>

/** What a file says of calendar, fees and tolerance, from ever and from a day on. */
function termsOf(
  file: YamlFile,
  given: GivenTerms,
  currency: Currency,
): Partial<Pick<Partner, 'calendar' | 'fees' | 'tolerance' | 'grounds' | 'terms'>> {
  const parts = (
    { calendar, fees, tolerance }: Pick<GivenTerms, 'calendar' | 'fees' | 'tolerance'>,
    path: readonly (string | number)[],
  ) => ({
    ...(calendar && { calendar: calendarOf(file, [...path, 'calendar'], calendar) }),
    ...(fees && { fees: feesOf(file, [...path, 'fees'], fees, currency) }),
    ...(tolerance !== undefined && { tolerance }),
  })
  const { grounds, terms } = given
  return {
    ...parts(given, []),
    ...(grounds && { grounds: grounds as NonNullable<Partner['grounds']> }),
    ...(terms.length > 0 && {
      terms: terms.map((each, i): Terms => {
        const { calendar, fees, tolerance, ...rest } = each
        const found = parts(each, ['terms', i])
        if (Object.keys(found).length === 0) wrong(file, ['terms', i], 'changes nothing, expected calendar, fees or tolerance')
        const twice = TERM_PARTS.find((part) => each[part] !== undefined && isSaid(terms.slice(0, i), part, each.from))
        if (twice) wrong(file, ['terms', i, 'from'], `${each.from} has ${twice} already, expected each part once a day`)
        return { ...(rest as Grounds & { from: Day }), ...found }
      }),
    }),
  }
}

const isSaid = (terms: GivenTerms['terms'], part: TermPart, day: Day) =>
  terms.some((each) => each.from === day && each[part] !== undefined)

function feesOf(
  file: YamlFile,
  path: readonly (string | number)[],
  given: NonNullable<GivenTerms['fees']>,
  currency: Currency,
): Fee[] {
  const again = given.findIndex(({ name }, i) => given.slice(0, i).some((fee) => fee.name === name))
  if (again > 0) wrong(file, [...path, again, 'name'], `"${given[again]!.name}" is a fee already, expected a name of its own`)
  return given.map((fee, i) => feeOf(file, [...path, i], fee, currency))
}

function feeOf(
  file: YamlFile,
  path: readonly (string | number)[],
  { rate, min, max, maxMonth, ...given }: NonNullable<GivenTerms['fees']>[number],
  currency: Currency,
): Fee {
  const limits: Partial<Record<'min' | 'max' | 'maxMonth', Minor>> = {}
  for (const [key, text] of Object.entries({ min, max, maxMonth }) as [keyof typeof limits, string | undefined][]) {
    if (text === undefined) continue
    const amount = readAmount(text, currency)
    if (amount === null || amount < 0)
      wrong(file, [...path, key], `"${text}" is not an amount in ${currency}, expected like "2.00"`)
    limits[key] = amount
  }
  if ((limits.min ?? 0) > (limits.max ?? Number.MAX_SAFE_INTEGER))
    wrong(file, [...path, 'min'], `${min} is more than max, ${max}`)
  const ppm = readRate(rate, 'percent')!
  if (ppm > 1_000_000 && given.kind !== 'subsidy')
    wrong(file, [...path, 'rate'], `"${rate}" is more than there is, expected 100% at most`)
  return { ...(given as Omit<Fee, 'rate'>), rate: ppm, ...limits }
}

const TOTAL: CanonicalField = { kind: 'amount', need: 'optional', meaning: 'sum of the lines' }

function formatOf(file: YamlFile, kind: RecordKind, given: z.output<typeof feed>['format']): Format {
  const path = ['feeds', kind, 'format']
  const type = Object.keys(FORMAT_KEYS).find((known) => known === given.type) as Format['type'] | undefined
  if (!type) wrong(file, [...path, 'type'], `"${given.type}" is not known, expected ${Object.keys(FORMAT_KEYS).join(', ')}`)
  const surplus = Object.keys(given).find((key) => key !== 'type' && !FORMAT_KEYS[type].includes(key))
  if (surplus) wrong(file, [...path, surplus], `does not go with ${type}, expected ${FORMAT_KEYS[type].join(', ')}`)
  const { delimiter } = given
  if (delimiter !== undefined && !/^[\t\x20-\x7e]$/.test(delimiter))
    wrong(file, [...path, 'delimiter'], 'expected one character, like "," or "\\t"')
  if (type === 'xml' && [given.rows ?? ''].flat().some((rows) => rows.split('.').includes('')))
    wrong(file, [...path, 'rows'], 'expected the path to each record, like rss.channel.item or feed.entry')
  const skip = given.skip && Object.fromEntries(Object.entries(given.skip).map(([column, cells]) => [column, [cells].flat()]))
  // A workbook is no text: its bytes are kept as they are.
  return {
    ...(type === 'json' ? { rows: '' } : type === 'sheet' ? { encoding: 'binary' } : {}),
    ...given,
    ...(skip && { skip }),
    type,
  } as Format
}

/** A descriptor for every field of the record: as described, or none. */
function fieldsOf(
  file: YamlFile,
  kind: RecordKind,
  given: Record<string, unknown>,
  currency: Currency,
): Record<string, FieldData> {
  const path = ['feeds', kind, 'fields']
  const canonical: Record<string, CanonicalField> = CANONICAL[kind]
  for (const name of Object.keys(given))
    if (!Object.hasOwn(canonical, name)) unknownKey(file, [...path, name], Object.keys(canonical))
  const fields = Object.entries(canonical).map(([name, known]): [string, FieldData] => {
    if (Object.hasOwn(given, name)) return [name, fieldOf(file, [...path, name], given[name], known, currency)]
    if (known.need === 'required')
      throw usageError(
        `${placeOf(file, path)}: ${name} is missing (${known.meaning}), expected like ${name}: ${exampleOf(known)}`,
      )
    return [name, { kind: 'none' }]
  })
  // rawStatus is filled by the reader from the column of status
  return Object.fromEntries(kind === 'orders' || kind === 'refunds' ? [...fields, ['rawStatus', { kind: 'none' }]] : fields)
}

function fieldOf(file: YamlFile, path: readonly string[], given: unknown, known: CanonicalField, currency: Currency): FieldData {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) wrong(file, path, `expected like ${exampleOf(known)}`)
  const value = given as Record<string, unknown>
  if (known.kind === 'oneOf' && 'firstOf' in value) return firstOfField(file, path, value, known)
  const kinds = KINDS.filter((kind) => kind in value)
  if (!kinds.includes(known.kind) || kinds.length > 1) {
    const stranger = Object.keys(value).find((key) => ![...kinds, 'optional', ...OPTIONS[known.kind]].includes(key))
    if (kinds.length === 0 && stranger) unknownKey(file, [...path, stranger], [known.kind, ...OPTIONS[known.kind], 'optional'])
    wrong(
      file,
      path,
      `${kinds.length === 0 ? 'has no column' : `is not ${kinds.join(' and ')}`}, expected like ${exampleOf(known)}`,
    )
  }
  const allowed = [known.kind, ...OPTIONS[known.kind], 'optional']
  for (const key of Object.keys(value)) if (!allowed.includes(key)) unknownKey(file, [...path, key], allowed)

  const { optional = false } = value
  if (typeof optional !== 'boolean') wrong(file, [...path, 'optional'], 'expected true or false')
  if (optional && known.need === 'required')
    wrong(file, [...path, 'optional'], `${path.at(-1)} is required (${known.meaning}) and cannot be optional`)
  const from = textsOf(file, [...path, known.kind], value[known.kind], 'a column name or a list of them')
  const base = { from, optional }
  const at = (key: string) => [...path, key]
  const { firstFilled } = value
  if (firstFilled !== undefined && typeof firstFilled !== 'boolean') wrong(file, at('firstFilled'), 'expected true or false')
  const filling = { ...(firstFilled !== undefined && { firstFilled }), ...findersOf(file, at('find'), value.find) }
  switch (known.kind) {
    case 'count':
      return { kind: known.kind, ...base }
    case 'text': {
      const { join } = value
      if (join !== undefined && typeof join !== 'string') wrong(file, at('join'), 'expected a text to put between the cells')
      return { kind: 'text', ...base, ...filling, ...(join !== undefined && { join }) }
    }
    case 'amount': {
      const word = wordOf(file, at('unit'), value.unit, Object.keys(AMOUNT_UNITS) as (keyof typeof AMOUNT_UNITS)[])
      if ((word === 'yuan' || word === 'fen') && currency !== 'CNY')
        wrong(file, at('unit'), `${word} is a unit of CNY, expected major or minor of ${currency}`)
      const { absent, take, within } = value
      const rounding = value.rounding === undefined ? {} : { rounding: wordOf(file, at('rounding'), value.rounding, ROUNDINGS) }
      return {
        kind: 'amount',
        ...base,
        unit: AMOUNT_UNITS[word],
        decimal: value.decimal === 'either' ? 'either' : decimalOf(file, at('decimal'), value.decimal),
        ...filling,
        ...(absent !== undefined && { absent: [textsOf(file, at('absent'), absent, 'a text or a list of texts')].flat() }),
        ...(take !== undefined && { take: wordOf(file, at('take'), take, ['smallest', 'largest'] as const) }),
        ...(within !== undefined && { within: String(textsOf(file, at('within'), within, 'a column name')) }),
        ...rounding,
      }
    }
    case 'rate':
      return {
        kind: 'rate',
        ...base,
        unit: wordOf(file, at('unit'), value.unit, RATE_UNITS),
        decimal: decimalOf(file, at('decimal'), value.decimal),
      }
    case 'oneOf':
      return { kind: 'oneOf', ...base, words: wordsOf(file, at('words'), value.words, known.words!) }
    case 'instant':
      return {
        kind: 'instant',
        ...base,
        pattern: patternOf(file, at('pattern'), value.pattern),
        absent: value.absent === undefined ? [] : [textsOf(file, at('absent'), value.absent, 'a text or a list of texts')].flat(),
      }
    case 'day':
      return { kind: 'day', ...base, pattern: patternOf(file, at('pattern'), value.pattern) }
  }
}

/** Regular expressions, each with a group. */
function findersOf(file: YamlFile, path: readonly string[], given: unknown): { find?: readonly string[] } {
  if (given === undefined) return {}
  const find = [textsOf(file, path, given, 'a regular expression or a list of them')].flat()
  for (const source of find) {
    try {
      // Matches the empty text, and so tells how many groups there are.
      if (new RegExp(`${source}|`).exec('')!.length < 2)
        wrong(file, path, `"${source}" has no group (…), expected one round the value`)
    } catch (error) {
      if (error instanceof SyntaxError) wrong(file, path, error.message)
      throw error
    }
  }
  return { find }
}

function textsOf(file: YamlFile, path: readonly string[], given: unknown, what: string): string | readonly string[] {
  const list = Array.isArray(given) ? given : [given]
  if (list.length === 0 || list.some((each) => typeof each !== 'string' || each === '')) {
    wrong(
      file,
      path,
      `${given === undefined ? 'is missing, ' : ''}expected ${what}${typeof given === 'number' ? `; write it in quotes, "${given}"` : ''}`,
    )
  }
  return given as string | readonly string[]
}

function wordOf<const W extends string>(file: YamlFile, path: readonly string[], given: unknown, words: readonly W[]): W {
  const found = words.find((word) => word === given)
  if (found !== undefined) return found
  if (given === undefined) wrong(file, path, `is missing, expected ${words.join(', ')}`)
  const meant = String(given).length > 2 ? nearest(String(given), words) : null
  wrong(file, path, `"${given}" is not known${meant ? `; did you mean ${meant}?` : `, expected ${words.join(', ')}`}`)
}

function decimalOf(file: YamlFile, path: readonly string[], given: unknown): '.' | ',' {
  return given === undefined ? '.' : wordOf(file, path, given, ['.', ','])
}

/** The partner's words and what they mean. */
function wordsOf(file: YamlFile, path: readonly string[], given: unknown, meanings: readonly string[]): Record<string, string> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    wrong(
      file,
      path,
      `${given === undefined ? 'is missing, ' : ''}expected the partner's words and their meaning, like { 已付款: ${meanings[0]} }`,
    )
  }
  return Object.fromEntries(
    Object.entries(given as object).map(([word, meaning]) => [word, wordOf(file, [...path, word], meaning, meanings)]),
  )
}

/** A word by which a column does not decide. */
const NEXT = 'next'

/** `status: { firstOf: [{ from: Voided, words: { 1: invalid } }, { from: Paid Date, filled: settled }] }` */
function firstOfField(file: YamlFile, path: readonly string[], value: Record<string, unknown>, known: CanonicalField): FieldData {
  const like = `a list like [{ from: Voided, words: { 1: ${known.words![0]} } }, { from: Paid Date, filled: ${known.words![0]} }]`
  for (const key of Object.keys(value)) if (key !== 'firstOf') unknownKey(file, [...path, key], ['firstOf'])
  if (!Array.isArray(value.firstOf) || value.firstOf.length === 0) wrong(file, [...path, 'firstOf'], `expected ${like}`)
  const of = (value.firstOf as unknown[]).map((one, i): Case<string> => {
    const at = [...path, 'firstOf', `${i}`]
    if (typeof one !== 'object' || one === null) wrong(file, at, `expected ${like}`)
    const { from, words, filled, ...others } = one as Record<string, unknown>
    for (const key of Object.keys(others)) unknownKey(file, [...at, key], ['from', 'words', 'filled'])
    if ((words === undefined) === (filled === undefined)) wrong(file, at, 'expected either words or filled')
    const column = textsOf(file, [...at, 'from'], from, 'a column name or a list of them')
    if (words === undefined) return { from: column, filled: wordOf(file, [...at, 'filled'], filled, known.words!) }
    const means = Object.entries(wordsOf(file, [...at, 'words'], words, [...known.words!, NEXT]))
    return { from: column, words: Object.fromEntries(means.map(([word, meaning]) => [word, meaning === NEXT ? null : meaning])) }
  })
  return { kind: 'firstOf', of }
}

function patternOf(file: YamlFile, path: readonly string[], given: unknown): string | readonly string[] {
  const patterns = textsOf(file, path, given, TIME_PATTERN_LIKE)
  for (const pattern of [patterns].flat()) {
    try {
      instantReader(pattern, 'UTC')
    } catch (error) {
      wrong(file, path, (error as Error).message)
    }
  }
  return patterns
}

const RUN = ['closes', 'pays', 'lag'] as const

function calendarOf(file: YamlFile, path: readonly (string | number)[], given: z.output<typeof calendar>): Calendar {
  const { closes, pays, lag, runs, days, ...rest } = given
  const one = days !== undefined ? 'days' : runs !== undefined ? 'runs' : null
  const others = one === null ? [] : (['days', 'runs', ...RUN] as const).filter((key) => key !== one && given[key] !== undefined)
  if (others[0]) wrong(file, [...path, others[0]], `does not go with ${one}, expected basis and ${one} alone`)
  const missing = one === null && RUN.find((key) => given[key] === undefined)
  if (missing) wrong(file, [...path, missing], 'is missing, expected basis, closes, pays and lag, or basis and days')
  if (rest.holidays && !rest.weekend)
    wrong(file, [...path, 'holidays'], 'needs weekend: before or after, which says where their pay days go')
  if (runs?.some((run, i) => i > 0 && dayNumber(run.closes) <= dayNumber(runs[i - 1]!.closes)))
    wrong(file, [...path, 'runs'], 'expected runs in the order in which they close')
  for (const [i, run] of (one === null ? [{ closes: closes!, pays: pays!, lag: lag! }] : (runs ?? [])).entries()) {
    if (run.lag > 0 || dayNumber(run.pays) >= dayNumber(run.closes)) continue
    const at = [...path, ...(one === null ? [] : ['runs', i]), 'lag']
    wrong(file, at, `0 pays before it closes (closes: ${run.closes}, pays: ${run.pays}), expected 1 or more`)
  }
  return { ...rest, ...(days !== undefined ? { days } : runs ? { runs } : { closes, pays, lag }) } as Calendar
}

const dayNumber = (day: number | 'last') => (day === 'last' ? 31 : day)
