import type { Day, Instant } from '../day.ts'
import type { AmountUnit, DecimalMark, Minor, Ppm, RateUnit, Rounding } from '../money.ts'

/**
 * A column of the header, or a path into a JSON object: `couponInfo.couponList[0].discount`, or `couponList[isBest=1].discount` for the
 * first of the list that has one of these words (`kind=coupon|voucher`). Of several names the first that is there is taken.
 */
export type Column = string | readonly string[]

/**
 * Where a value stands in a row, and in which unit. Plain data: the same can be written in YAML. `V` is the type of the canonical
 * value; a field may be `optional` (an absent column or an empty cell is null) only where the record allows null.
 */
export type Field<V> = FieldData & { readonly value?: V }

export type FieldData =
  | {
      kind: 'text'
      from: Column
      optional: boolean
      firstFilled?: boolean
      /** Put between the filled cells of all columns that the file has: they are one text together. */
      join?: string
      /** Regular expressions whose first group is the text; a cell that none of them fits counts as empty. */
      find?: readonly string[]
    }
  | {
      kind: 'amount'
      from: Column
      optional: boolean
      unit: AmountUnit
      decimal: DecimalMark | 'either'
      firstFilled?: boolean
      /**
       * The first of several columns is the final figure: in rows where `column` says one of the words `is` it counts, though it be 0.00;
       * in others it says nothing yet and is passed over.
       */
      final?: { column: string; is: readonly string[] }
      /** What stands there for "not yet" besides an empty cell. */
      absent?: readonly string[]
      /** Regular expressions whose first group is the amount within a text (`满([\\d.]+)元减`); an empty group means none. */
      find?: readonly string[]
      /** Take the smallest or largest amount of all the columns that are filled (the price without or with a discount), or their sum. */
      take?: 'smallest' | 'largest' | 'sum'
      /** A column with `start/end` in ISO 8601. On days outside of it the amount does not hold; where it is empty, it always does. */
      within?: string
      /** How digits beyond the currency's are rounded, row by row; without it such an amount is an error. */
      rounding?: Rounding
      /** The column that names the amount's own currency. In another one than the record's the amount is not known in it: 0. */
      currency?: Column
    }
  | {
      kind: 'rate'
      from: Column
      optional: boolean
      unit: RateUnit
      decimal: DecimalMark
      /** A text with a `%` is in percent, whatever the unit of a plain number. */
      orPercent?: boolean
    }
  | { kind: 'count'; from: Column; optional: boolean }
  | { kind: 'oneOf'; from: Column; optional: boolean; words: Readonly<Record<string, string>> }
  | { kind: 'firstOf'; of: readonly Case<string>[] }
  | { kind: 'instant'; from: Column; optional: boolean; pattern: string | readonly string[]; absent: readonly string[] }
  /** `fallback`: the day where the file has none. */
  | { kind: 'day'; from: Column; optional: boolean; pattern: string | readonly string[]; fallback?: Day }
  /** Not in the file: null, or worked out from the other fields where the record needs it (`finish.ts` says how). */
  | { kind: 'none' }
  /** The same for every row. */
  | { kind: 'always'; is: string | number }

/** A column that decides where it is filled: by its words (null: look on at the next case), or by being filled at all. */
export type Case<V extends string> = { from: Column; words: Readonly<Record<string, V | null>> } | { from: Column; filled: V }

/** Every column that the fields of a record look for. */
export function columnsOf(fields: object): string[] {
  return Object.values<FieldData>(fields as Record<string, FieldData>).flatMap((field) => ('from' in field ? field.from : []))
}

type Missing = { optional: true }
type Decimal = { decimal?: DecimalMark }
type RateForm = Decimal & { orPercent?: boolean }
type EitherDecimal = { decimal?: DecimalMark | 'either' }
/** Take the first named column whose cell is filled, row by row, instead of the first that the file has. */
type Coalesce = { firstFilled?: boolean }
type AmountForm = EitherDecimal &
  Pick<
    Extract<FieldData, { kind: 'amount' }>,
    'firstFilled' | 'final' | 'absent' | 'find' | 'take' | 'within' | 'rounding' | 'currency'
  >
type Parts = Coalesce & { join?: string; find?: readonly string[] }
/** `yuan` and `fen` are what major and minor units are called in CNY. */
type AmountWord = AmountUnit | 'yuan' | 'fen'

const unitOf = (word: AmountWord): AmountUnit => (word === 'yuan' ? 'major' : word === 'fen' ? 'minor' : word)
const isOptional = (options?: Partial<Missing>) => options?.optional === true

/** A text for people, or an id: blanks folded, control characters removed. */
export function text(from: Column, options: Missing & Parts): Field<string | null>
export function text(from: Column, options?: Parts): Field<string>
export function text(from: Column, options?: Partial<Missing> & Parts): Field<string | null> {
  return { kind: 'text', from, ...options, optional: isOptional(options) }
}

/** Money in the row's currency, in the declared unit and with the declared decimal mark, or with either where a file may have both. */
export function amount(from: Column, unit: AmountWord, options: Missing & AmountForm): Field<Minor | null>
export function amount(from: Column, unit: AmountWord, options?: AmountForm): Field<Minor>
export function amount(from: Column, unit: AmountWord, options?: Partial<Missing> & AmountForm): Field<Minor | null> {
  return { kind: 'amount', from, ...options, optional: isOptional(options), unit: unitOf(unit), decimal: options?.decimal ?? '.' }
}

/** A rate between 0 and 100 % in the declared unit. */
export function rate(from: Column, unit: RateUnit, options?: RateForm): Field<Ppm>
export function rate(from: Column, unit: RateUnit, options: Missing & RateForm): Field<Ppm | null>
export function rate(from: Column, unit: RateUnit, options?: Partial<Missing> & RateForm): Field<Ppm | null> {
  return { kind: 'rate', from, ...options, optional: isOptional(options), unit, decimal: options?.decimal ?? '.' }
}

/** A whole number, also as partners print it: `1.2万+`. */
export function count(from: Column): Field<number>
export function count(from: Column, options: Missing): Field<number | null>
export function count(from: Column, options?: Missing): Field<number | null> {
  return { kind: 'count', from, optional: isOptional(options) }
}

/** The partner's words and what they mean. An unknown word is an error, never a default. */
export function oneOf<V extends string>(from: Column, words: Readonly<Record<string, V>>): Field<V>
export function oneOf<V extends string>(from: Column, words: Readonly<Record<string, V>>, options: Missing): Field<V | null>
export function oneOf<V extends string>(from: Column, words: Readonly<Record<string, V>>, options?: Missing): Field<V | null> {
  return { kind: 'oneOf', from, optional: isOptional(options), words }
}

/** What the first filled column of several says. An unknown word is an error, and so is a row in which none decides. */
export const firstOf = <V extends string>(...of: readonly Case<V>[]): Field<V> => ({ kind: 'firstOf', of })

/**
 * A point in time in the partner's zone, by the patterns of `instantReader`; of several the first that fits is taken. `absent` lists what
 * stands there for "not yet" besides an empty cell.
 */
export function instant(from: Column, pattern: string | readonly string[]): Field<Instant>
export function instant(
  from: Column,
  pattern: string | readonly string[],
  options: Missing & { absent?: readonly string[] },
): Field<Instant | null>
export function instant(
  from: Column,
  pattern: string | readonly string[],
  options?: Partial<Missing> & { absent?: readonly string[] },
): Field<Instant | null> {
  return { kind: 'instant', from, optional: isOptional(options), pattern, absent: options?.absent ?? [] }
}

/** A calendar day in the partner's zone. */
export function day(from: Column, pattern: string | readonly string[]): Field<Day>
export function day(from: Column, pattern: string | readonly string[], options: Missing): Field<Day | null>
export function day(from: Column, pattern: string | readonly string[], options?: Missing): Field<Day | null> {
  return { kind: 'day', from, optional: isOptional(options), pattern }
}

/** The partner does not give it. */
export const none: Field<null> = { kind: 'none' }
export const always = <V extends string | number>(is: V): Field<V> => ({ kind: 'always', is })
