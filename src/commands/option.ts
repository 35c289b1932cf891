import { isDay, isMonth } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Currency, isCurrency, type Ppm, readCount, readRate } from '../money.ts'
import { isAddress } from '../workspace.ts'

/** How the text behind a flag becomes a value, and how to say that it did not. */
export type Value<V> = {
  /** Null where the text does not fit. */
  read(text: string): V | null
  /** `a percentage`; stands behind "is not". */
  is: string
  /** A text that would fit. */
  like?: string
  /** Where only these fit. */
  words?: readonly string[]
}

export const text: Value<string> = { read: (given) => (given.trim() === '' ? null : given), is: 'a text' }
/** 0, 1, 2 …; `1.2万` too, as the partners print it. */
export const count: Value<number> = {
  read: (given) => (given.startsWith('-') ? null : readCount(given)),
  is: 'a whole number',
  like: '1000',
}
/** `20%` or `20`. */
export const rate: Value<Ppm> = { read: (given) => readRate(given, 'percent'), is: 'a percentage', like: '20%' }
export const month: Value<string> = { read: (given) => (isMonth(given) ? given : null), is: 'a month', like: '2026-10' }
export const day: Value<string> = { read: (given) => (isDay(given) ? given : null), is: 'a day', like: '2026-10-31' }
export const currency: Value<Currency> = {
  read: (given) => (isCurrency(given) ? given : null),
  is: 'an ISO 4217 currency code',
  like: 'CNY',
}
export const address: Value<string> = {
  read: (given) => (isAddress(given) ? given : null),
  is: 'an address',
  like: 'https://example.com/shop',
}
export const oneOf = <const W extends string>(words: readonly W[]): Value<W> => ({
  read: (given) => words.find((word) => word === given) ?? null,
  is: `one of ${words.join(', ')}`,
  words,
})

/**
 * The value of a text that was given for `place` (a flag, an argument), for values that can only be read after the workspace is
 * known, such as amounts in its currency.
 * @throws usage, naming the place and what was expected.
 */
export function readValue<V>(place: string, given: string, value: Value<V>): V {
  const read = value.read(given)
  if (read !== null) return read
  const meant = value.words && nearest(given, value.words)
  const hint = meant ? `; did you mean ${meant}?` : value.like ? `, expected like ${value.like}` : ''
  throw usageError(`${place}: "${given}" is not ${value.is}${hint}`)
}

/** A flag of a command; `V` is what the command gets for it. Made by `flag`, `option` and `list`. */
export type Option<V> = {
  /** As help shows it: `-o, --out <dir>`. */
  flags: string
  about: string
  takes: 'nothing' | 'one' | 'several'
  value: Value<unknown>
  fallback?: unknown
  readonly result?: V
}

/** There or not: `flag('--coupon', 'only goods with a coupon')`. */
export const flag = (flags: string, about: string): Option<boolean> => ({ flags, about, takes: 'nothing', value: text })

/** With a value, undefined where it is not given: `option('--month <month>', 'pay month', month)`. Without `value` it is any text. */
export function option(flags: string, about: string): Option<string | undefined>
export function option<V>(flags: string, about: string, value: Value<V>): Option<V | undefined>
export function option<V>(flags: string, about: string, value: Value<V>, fallback: V): Option<V>
export function option(flags: string, about: string, value: Value<unknown> = text, fallback?: unknown): Option<unknown> {
  return { flags, about, takes: 'one', value, ...(fallback === undefined ? {} : { fallback }) }
}

/**
 * Any number of values, none is `[]`: `--style <a,b>` is split at commas and may be repeated;
 * `--payout <file...>` takes words up to the next flag and is not split.
 */
export function list(flags: string, about: string): Option<string[]>
export function list<V>(flags: string, about: string, value: Value<V>): Option<V[]>
export function list(flags: string, about: string, value: Value<unknown> = text): Option<unknown> {
  return { flags, about, takes: 'several', value }
}
