/** An amount in the minor unit of its currency (fen, cent, yen): a safe integer, never a fraction. */
export type Minor = number
/** A rate in parts per million: 9.1 % is 91 000. A safe integer. */
export type Ppm = number
/** An ISO 4217 code. */
export type Currency = string

export type AmountUnit = 'major' | 'minor'
export type DecimalMark = '.' | ','
export type RateUnit = 'percent' | 'permille' | 'basis' | 'ppm' | 'fraction'
/** `half-up` rounds a tie away from zero; `down` cuts off; `up` goes away from zero. */
export type Rounding = 'half-up' | 'half-even' | 'down' | 'up'

export const ROUNDINGS: readonly Rounding[] = ['half-up', 'half-even', 'down', 'up']
const ONE_MILLION = 1_000_000

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one). */
const MINOR_DIGITS: Record<Currency, number> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])

/** Signs that people write beside an amount, and the currencies that they may stand for. */
const SIGNS = new Map<string, readonly Currency[]>(
  Object.entries({
    '¥': ['CNY', 'JPY'],
    '￥': ['CNY', 'JPY'],
    元: ['CNY'],
    RMB: ['CNY'],
    ...{
      人民币: ['CNY'],
      人民币元: ['CNY'],
      美元: ['USD'],
      港币: ['HKD'],
      港元: ['HKD'],
      日元: ['JPY'],
      欧元: ['EUR'],
      英镑: ['GBP'],
    },
    '€': ['EUR'],
    '£': ['GBP'],
    $: ['USD', 'HKD', 'SGD', 'TWD', 'AUD', 'CAD', 'NZD', 'MXN'],
    kr: ['DKK', 'NOK', 'SEK', 'ISK'],
  }),
)

let knownCurrencies: ReadonlySet<string> | undefined

/** Whether `code` is a current ISO 4217 code. */
export function isCurrency(code: string): boolean {
  knownCurrencies ??= new Set(Intl.supportedValuesOf('currency'))
  return knownCurrencies.has(code)
}

/** How many digits the minor unit of `currency` has: JPY 0, CNY 2, KWD 3. */
export function minorDigits(currency: Currency): number {
  return MINOR_DIGITS[currency] ?? 2
}

/**
 * Reads an amount as people write it (`¥1,250.50`, `8.49 €`, `(12.50)`, `−3`) into minor units. Unit and decimal mark are declared by
 * the caller and never guessed; the other mark, blanks and apostrophes are accepted between groups of three digits.
 * Null where the text is not an amount, names another currency, or has a fraction that the unit cannot hold; with `rounding` one of up to
 * `FINER` digits more is rounded.
 */
export function readAmount(
  text: string,
  currency: Currency,
  unit: AmountUnit = 'major',
  decimal: DecimalMark | 'either' = '.',
  rounding: Rounding | null = null,
): Minor | null {
  if (decimal === 'either') {
    const mark = decimalMarkOf(text)
    return mark && readAmount(text, currency, unit, mark, rounding)
  }
  const digits = unit === 'minor' ? 0 : minorDigits(currency)
  const exact = readScaled(text, currency, digits, decimal)
  if (exact !== null || rounding === null) return exact
  const finer = readScaled(text, currency, digits + FINER, decimal)
  return finer === null ? null : multiplyDivide(finer, 1, 10 ** FINER, rounding)
}

/** How many digits beyond the minor unit a rounded amount may have: networks compute commission to 4 or 6 decimals. */
const FINER = 4

function readScaled(text: string, currency: Currency, digits: number, decimal: DecimalMark): number | null {
  const plain = readDecimal(text, digits, decimal)
  if (plain !== null) return plain
  let rest = text
    .replace(/[\s\u00a0\u2009\u202f]+/g, ' ')
    .trim()
    .replaceAll('−', '-')
  let negative = false
  if (rest.startsWith('(') && rest.endsWith(')')) {
    negative = true
    rest = rest.slice(1, -1).trim()
  }
  const unsigned = withoutCurrency(rest, currency)
  if (unsigned === null) return null
  const mark = decimal === '.' ? ',' : '\\.'
  const grouped = new RegExp(`^([+-]?)(\\d{1,3}(?:[ '’${mark}]\\d{3})+)((?:\\${decimal}\\d+)?)$`).exec(unsigned)
  const number = grouped ? grouped[1] + grouped[2]!.replace(/\D/g, '') + grouped[3] : unsigned
  const value = readDecimal(number, digits, decimal)
  if (value === null || (negative && value < 0)) return null
  return negative && value !== 0 ? -value : value
}

/** The decimal mark that an amount is written with, as far as only one can be meant: null for `1,250`, which may be either. */
function decimalMarkOf(text: string): DecimalMark | null {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')]
  if (dot !== -1 && comma !== -1) return dot > comma ? '.' : ','
  if (dot === comma) return '.'
  const [mark, other] = dot === -1 ? ([',', '.'] as const) : (['.', ','] as const)
  if (text.indexOf(mark) !== text.lastIndexOf(mark)) return other
  return new RegExp(`(^|\\D)[1-9]\\d{0,2}\\${mark}\\d{3}(?!\\d)`).test(text) ? null : mark
}

/**
 * The currency that a text names by its code or sign: that of `15.00 USD`, `50DKK`, `8.49 €` or `EUR`. A sign of several currencies
 * stands for `usual` where that is one of them. Null where none is named; undefined where it cannot be told which.
 */
export function currencyIn(text: string, usual: Currency): Currency | null | undefined {
  if (isCurrency(text)) return text
  const words = text.replace(/[\d\s.,'’+()\u2212-]+/g, ' ').trim()
  if (words === '') return null
  const code = words.toUpperCase()
  if (isCurrency(code)) return code
  const meant = SIGNS.get(words) ?? SIGNS.get(code) ?? SIGNS.get(words.toLowerCase())
  return meant?.length === 1 ? meant[0] : meant?.includes(usual) ? usual : undefined
}

/** `text` without the currency's sign or code in front or behind; null where it names another currency. */
function withoutCurrency(text: string, currency: Currency): string | null {
  const match = /^([+-]?)\s*([^\d\s+-]+\s*)?([+-]?[\d.,][\d.,'’ ]*?)\s*([^\d\s.,'’]+)?$/.exec(text)
  if (!match) return null
  const [, sign = '', before, number = '', after] = match
  for (const word of [before?.trim(), after]) {
    if (word === undefined || word === '' || word.toUpperCase() === currency) continue
    const allowed = SIGNS.get(word) ?? SIGNS.get(word.toUpperCase())
    if (!allowed?.includes(currency)) return null
  }
  return sign + number
}

/**
 * `-12.5` → -1250 with two digits: a plain decimal number scaled by 10^digits, exactly. More decimals than that are taken only when
 * they are zeros. Null for anything else, and for numbers beyond the safe integers.
 */
export function readDecimal(text: string, digits: number, decimal: DecimalMark = '.'): number | null {
  let value = 0
  let at = 0
  const length = text.length
  let negative = false
  const first = text.charCodeAt(0)
  if (first === 45 || first === 43) {
    negative = first === 45
    at = 1
  }
  const mark = decimal.charCodeAt(0)
  let seen = 0
  let fraction = -1
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      seen++
      if (fraction >= 0) fraction++
      if (fraction <= digits) value = value * 10 + (code - 48)
      else if (code !== 48) return null
    } else if (code === mark && fraction < 0) fraction = 0
    else return null
  }
  if (seen === 0) return null
  for (let i = Math.max(fraction, 0); i < digits; i++) value *= 10
  if (!Number.isSafeInteger(value)) return null
  return negative && value !== 0 ? -value : value
}

const RATE_DIGITS: Record<RateUnit, number> = { percent: 4, permille: 3, basis: 2, ppm: 0, fraction: 6 }
const RATE_SIGNS: Partial<Record<RateUnit, string>> = { percent: '%', permille: '‰', basis: '‱' }

/** Reads a rate in the declared unit to parts per million. A `%`, `‰` or `‱` in the text must agree with the unit, else null. */
export function readRate(text: string, unit: RateUnit, decimal: DecimalMark = '.'): Ppm | null {
  const plain = readDecimal(text, RATE_DIGITS[unit], decimal)
  if (plain !== null) return plain
  const match = /^\s*([\d.,+-]+)\s*([%％‰‱]?)\s*$/u.exec(text)
  if (!match) return null
  const sign = match[2] === '％' ? '%' : match[2]
  if (sign && sign !== RATE_SIGNS[unit]) return null
  return readDecimal(match[1]!, RATE_DIGITS[unit], decimal)
}

const COUNT_POWERS: Record<string, number> = { k: 3, w: 4, 万: 4, 萬: 4, 亿: 8, 億: 8 }

/** Reads a count as partners print it: `5632`, `1,234`, `1.2万+` (12 000), `10w+`. Null where it is none. */
export function readCount(text: string): number | null {
  const plain = readDecimal(text, 0)
  if (plain !== null) return plain
  const match = /^\s*(\d{1,3}(?:,\d{3})+|[\d.]+)\s*([kw万萬亿億]?)\s*[+＋]?\s*(?:件|单|笔)?\s*$/iu.exec(text)
  if (!match) return null
  return readDecimal(match[1]!.replaceAll(',', ''), match[2] ? COUNT_POWERS[match[2].toLowerCase()]! : 0)
}

/**
 * Divides an amount by weights (whole numbers, one above zero at least) so that the parts add up to it exactly: by largest remainder, of
 * equal ones the first. The parts of −a are those of a, negated, so that what is taken back whole leaves nothing.
 */
export function apportion(amount: Minor, weights: readonly number[]): Minor[] {
  if (weights.length === 1 && weights[0]! > 0) return [amount + 0] // zero has no sign here
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (whole <= 0n || weights.some((weight) => weight < 0)) throw new RangeError(`[${weights}] are no weights`)
  const total = BigInt(Math.abs(amount))
  const parts = weights.map((weight) => (total * BigInt(weight)) / whole)
  const rests = weights.map((weight) => (total * BigInt(weight)) % whole)
  const left = Number(total - parts.reduce((sum, part) => sum + part, 0n))
  const first = rests.map((_, i) => i).sort((a, b) => (rests[a]! === rests[b]! ? a - b : rests[a]! > rests[b]! ? -1 : 1))
  for (const i of first.slice(0, left)) parts[i]!++
  return parts.map((part) => (amount < 0 ? 0 - Number(part) : Number(part)))
}

/** a × b ÷ divisor, rounded once. All are integers, divisor above zero; exact at any size. */
export function multiplyDivide(a: number, b: number, divisor: number, rounding: Rounding = 'half-up'): number {
  // + 0: zero has no sign here
  const product = a * b + 0
  if (Number.isSafeInteger(product)) {
    const rest = product % divisor
    // product - rest is a multiple of divisor, so this division has no remainder
    return rest === 0
      ? product / divisor
      : (product - rest) / divisor + step(Math.abs(rest) * 2, divisor, (product - rest) / divisor, product < 0, rounding)
  }
  const exact = BigInt(a) * BigInt(b)
  const by = BigInt(divisor)
  const quotient = Number(exact / by)
  const rest = exact % by
  const result =
    rest === 0n ? quotient : quotient + step(Number((rest < 0n ? -rest : rest) * 2n), divisor, quotient, exact < 0n, rounding)
  if (!Number.isSafeInteger(result)) throw new RangeError(`${a} × ${b} ÷ ${divisor} is beyond the safe integers`)
  return result
}

/** What is added to the truncated quotient: 0, or 1 away from zero. */
function step(doubledRest: number, divisor: number, quotient: number, negative: boolean, rounding: Rounding): number {
  const away =
    rounding === 'up' ||
    (rounding !== 'down' &&
      (doubledRest > divisor || (doubledRest === divisor && (rounding === 'half-up' || quotient % 2 !== 0))))
  return away ? (negative ? -1 : 1) : 0
}

/** `amount` × `rate`, in the same minor unit. */
export function share(amount: Minor, rate: Ppm, rounding: Rounding = 'half-up'): Minor {
  return multiplyDivide(amount, rate, ONE_MILLION, rounding)
}

/** 1980, CNY → `19.80`: a plain decimal string in major units with the currency's digits. */
export function formatAmount(amount: Minor, currency: Currency): string {
  return decimalString(amount, minorDigits(currency))
}

/** 91 000 → `9.1`: percent with as many digits as are needed. */
export function formatRate(rate: Ppm): string {
  return decimalString(rate, 4).replace(/\.?0+$/, '')
}

function decimalString(value: number, digits: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number of minor units`)
  const text = Math.abs(value)
    .toString()
    .padStart(digits + 1, '0')
  const sign = value < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}
