import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Currency,
  currencyIn,
  type DecimalMark,
  formatAmount,
  formatRate,
  isCurrency,
  minorDigits,
  multiplyDivide,
  type RateUnit,
  ROUNDINGS,
  type Rounding,
  readAmount,
  readCount,
  readDecimal,
  readRate,
  share,
} from '../src/money.ts'

describe('reading an amount', () => {
  it.each<[string, Currency, number | null, DecimalMark?]>([
    ['15.00 USD', 'USD', 1500],
    ['89.0 EUR', 'EUR', 8900],
    ['98.0', 'USD', 9800],
    ['370 DKK', 'DKK', 37000],
    ['0 EGP', 'EGP', 0],
    ['5499 TJS', 'TJS', 549900],
    ['50DKK', 'DKK', 5000],
    ['45,00 DKK', 'DKK', 4500, ','],
    ['8.49 €', 'EUR', 849],
    ['8,49€', 'EUR', 849, ','],
    ['€ 8.49', 'EUR', 849],
    ['35,00', 'EUR', 3500, ','],
    ['30.1', 'EUR', 3010],
    ['1.234,50', 'EUR', 123450, ','],
    ['1,250.50', 'USD', 125050],
    ['$19.99', 'USD', 1999],
    ['$19.99', 'CAD', 1999], // the sign is shared: the feed's own currency is meant
    ['£19.99', 'GBP', 1999],
    ['£19.99', 'EUR', null],
    ['199 kr', 'SEK', 19900],
    ['¥19.80', 'CNY', 1980],
    ['￥1,980', 'JPY', 1980],
    ['19.8元', 'CNY', 1980],
    ['19.8元', 'JPY', null],
    ['RMB 19.8', 'CNY', 1980],
    ['rmb19.8', 'CNY', 1980],
    ['USD 15.00', 'USD', 1500],
    ['15.00 usd', 'USD', 1500],
    ['15.00 USD', 'EUR', null],
    ['1000.00 JPY', 'JPY', 1000], // Google writes decimals of yen in its own example
    ['1000.50 JPY', 'JPY', null],
    ['1.234', 'KWD', 1234],
    ['1.2', 'KWD', 1200],
    ['1.2345', 'CLF', 12345],
    // one mark and three digits: the declared mark decides, nothing is guessed
    ['1,250', 'EUR', 125000],
    ['1,250', 'KWD', 1250, ','],
    ['1.250', 'EUR', 125000, ','],
    ['1.250', 'EUR', 125],
    ['1,250', 'EUR', 125, ','],
    ['1,25', 'EUR', null],
    ['1.25', 'EUR', null, ','],
    ['12,34,567', 'EUR', null],
    ['1,234,567.89', 'EUR', 123456789],
    ["1'234'567.89", 'CHF', 123456789],
    ['1’234.50', 'CHF', 123450],
    ['1 234,50', 'EUR', 123450, ','],
    ['1\u00a0234,50', 'EUR', 123450, ','],
    ['1\u2009234,50', 'EUR', 123450, ','],
    ['1\u202f234,50 €', 'EUR', 123450, ','],
    ['  9.90\u00a0 ', 'CNY', 990],
    ['\t9.90\n', 'CNY', 990],
    ['(12.50)', 'USD', -1250],
    ['( $12.50 )', 'USD', -1250],
    ['-12.50', 'USD', -1250],
    ['−12.50', 'USD', -1250],
    ['-$12.50', 'USD', -1250],
    ['$-12.50', 'USD', -1250],
    ['- 12.50', 'USD', -1250],
    ['+12.50', 'USD', 1250],
    ['-1,250.50', 'USD', -125050],
    ['(-12.50)', 'USD', null],
    ['--12.50', 'USD', null],
    ['12.50-', 'USD', null],
    ['-0.00', 'USD', 0],
    ['.5', 'USD', 50],
    ['5.', 'USD', 500],
    ['007', 'USD', 700],
    ['9.900000', 'CNY', 990],
    ['9.905', 'CNY', null],
    ['9.9.0', 'CNY', null],
    ['1.5e3', 'CNY', null],
    ['0x10', 'CNY', null],
    ['Offert', 'EUR', null],
    ['N/A', 'EUR', null],
    ['', 'EUR', null],
    ['-', 'EUR', null],
    ['.', 'EUR', null],
    ['()', 'EUR', null],
    ['€', 'EUR', null],
    ['NaN', 'EUR', null],
    ['Infinity', 'EUR', null],
    ['１２．５０', 'CNY', null], // full-width digits are not read: no partner writes them
    ['90071992547409.91', 'CNY', 9007199254740991],
    ['90071992547409.92', 'CNY', null],
    ['99999999999999999999999', 'CNY', null],
  ])('%j in %s is %j', (text, currency, expected, decimal = '.') => {
    expect(readAmount(text, currency, 'major', decimal)).toBe(expected)
  })

  it.each<[string, Currency, number | null]>([
    ['1990', 'CNY', 1990],
    ['1,990', 'CNY', 1990],
    ['1990.00', 'CNY', 1990],
    ['19.90', 'CNY', null],
    ['-5', 'KWD', -5],
  ])('%j minor units of %s is %j', (text, currency, expected) => expect(readAmount(text, currency, 'minor')).toBe(expected))
})

it.each<[string, number, number | null]>([
  ['12.5', 2, 1250],
  ['-12.5', 2, -1250],
  ['12.500', 2, 1250],
  ['12.501', 2, null],
  ['12', 0, 12],
  ['12.0', 0, 12],
  ['9007199254740991', 0, Number.MAX_SAFE_INTEGER],
  ['-9007199254740991', 0, -Number.MAX_SAFE_INTEGER],
  ['9007199254740992', 0, null],
  ['9007199254740993', 0, null],
  ['1'.repeat(400), 0, null],
  ['12 ', 0, null],
  ['1,2', 2, null],
  ['+-1', 0, null],
])('the decimal %j with %d digits is %j', (text, digits, expected) => expect(readDecimal(text, digits)).toBe(expected))

describe('reading a rate', () => {
  it.each<[string, RateUnit, number | null, DecimalMark?]>([
    ['9.1', 'percent', 91_000],
    ['9.1%', 'percent', 91_000],
    ['5.50 %', 'percent', 55_000],
    ['5.50％', 'percent', 55_000],
    ['5,5 %', 'percent', 55_000, ','],
    ['100', 'percent', 1_000_000],
    ['0', 'percent', 0],
    ['-3', 'percent', -30_000],
    ['0.0001', 'percent', 1],
    ['0.00001', 'percent', null],
    ['2‰', 'percent', null],
    ['2', 'permille', 2000],
    ['200', 'permille', 200_000],
    ['1.5‰', 'permille', 1500],
    ['20%', 'permille', null],
    ['910', 'basis', 91_000],
    ['910‱', 'basis', 91_000],
    ['910%', 'basis', null],
    ['91000', 'ppm', 91_000],
    ['91000.5', 'ppm', null],
    ['1%', 'ppm', null],
    ['0.091', 'fraction', 91_000],
    ['0.0910000', 'fraction', 91_000],
    ['9.1%', 'fraction', null],
    ['', 'percent', null],
    ['%', 'percent', null],
    ['9.1 percent', 'percent', null],
    ['5-10', 'percent', null],
  ])('%j in %s is %j parts per million', (text, unit, expected, decimal = '.') => {
    expect(readRate(text, unit, decimal)).toBe(expected)
  })
})

it.each<[string, number | null]>([
  ['5632', 5632],
  ['0', 0],
  ['1,234', 1234],
  ['1,234,567', 1_234_567],
  ['12,34', null],
  ['10万+', 100_000],
  ['1.2万', 12_000],
  ['1.2万+', 12_000],
  ['1.23456万', null],
  ['5000+', 5000],
  ['5000＋', 5000],
  ['10w+', 100_000],
  ['3.5W', 35_000],
  ['2k', 2000],
  ['1亿', 100_000_000],
  ['1.5億', 150_000_000],
  ['3萬', 30_000],
  ['200件', 200],
  ['1.2万+件', 12_000],
  [' 88 单 ', 88],
  ['1.5', null],
  ['1.0', 1],
  ['约100', null],
  ['100-200', null],
  ['many', null],
  ['', null],
  ['-1', -1], // a return, in some networks' order reports
])('the count %j is %j', (text, expected) => expect(readCount(text)).toBe(expected))

describe('multiplying and dividing', () => {
  it.each<[number, number, number, Record<Rounding, number>]>([
    [5, 1, 10, { 'half-up': 1, 'half-even': 0, down: 0, up: 1 }],
    [15, 1, 10, { 'half-up': 2, 'half-even': 2, down: 1, up: 2 }],
    [25, 1, 10, { 'half-up': 3, 'half-even': 2, down: 2, up: 3 }],
    [24, 1, 10, { 'half-up': 2, 'half-even': 2, down: 2, up: 3 }],
    [26, 1, 10, { 'half-up': 3, 'half-even': 3, down: 2, up: 3 }],
    [-25, 1, 10, { 'half-up': -3, 'half-even': -2, down: -2, up: -3 }],
    [-24, 1, 10, { 'half-up': -2, 'half-even': -2, down: -2, up: -3 }],
    [25, -1, 10, { 'half-up': -3, 'half-even': -2, down: -2, up: -3 }],
    [20, 1, 10, { 'half-up': 2, 'half-even': 2, down: 2, up: 2 }],
    [0, -7, 10, { 'half-up': 0, 'half-even': 0, down: 0, up: 0 }],
    [1, 1, 10, { 'half-up': 0, 'half-even': 0, down: 0, up: 1 }],
    // the product is beyond 2^53
    [
      9_007_199_254_740_991,
      999_999,
      1_000_000,
      {
        'half-up': 9_007_190_247_541_736,
        'half-even': 9_007_190_247_541_736,
        down: 9_007_190_247_541_736,
        up: 9_007_190_247_541_737,
      },
    ],
  ])('%d × %d ÷ %d', (a, b, divisor, expected) => {
    for (const rounding of ROUNDINGS)
      expect([rounding, multiplyDivide(a, b, divisor, rounding)]).toEqual([rounding, expected[rounding]])
  })

  it('19.80 × 9.10 % × 10 % is 0.18', () => {
    const commission = share(1980, 91_000)
    expect(commission).toBe(180)
    expect(formatAmount(share(commission, 100_000), 'CNY')).toBe('0.18')
  })

  it('what no safe integer holds is an error, never a wrong number', () => {
    expect(() => multiplyDivide(Number.MAX_SAFE_INTEGER, 3, 2)).toThrow('is beyond the safe integers')
    expect(() => multiplyDivide(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1)).toThrow('is beyond the safe integers')
  })

  const safe = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -2000, max: 2000 }),
    // around the border between the two ways of computing it
    fc.integer({ min: 94_906_260, max: 94_906_270 }),
  )
  const divisor = fc.oneof(
    fc.integer({ min: 1, max: 50 }),
    fc.constant(1_000_000),
    fc.maxSafeInteger().map((n) => Math.abs(n) || 1),
  )

  /** By the definition, in integers of any size. */
  function reference(a: number, b: number, by: number, rounding: Rounding): bigint {
    const exact = BigInt(a) * BigInt(b)
    const size = exact < 0n ? -exact : exact
    const down = size / BigInt(by)
    const doubled = (size % BigInt(by)) * 2n
    const away = {
      down: false,
      up: doubled > 0n,
      'half-up': doubled >= BigInt(by),
      'half-even': doubled > BigInt(by) || (doubled === BigInt(by) && down % 2n === 1n),
    }[rounding]
    const result = away ? down + 1n : down
    return exact < 0n ? -result : result
  }

  it('is what big integers give, in every rounding', () => {
    fc.assert(
      fc.property(safe, safe, divisor, fc.constantFrom(...ROUNDINGS), (a, b, by, rounding) => {
        const expected = reference(a, b, by, rounding)
        if (expected > Number.MAX_SAFE_INTEGER || expected < -Number.MAX_SAFE_INTEGER) {
          expect(() => multiplyDivide(a, b, by, rounding)).toThrow(RangeError)
        } else expect(multiplyDivide(a, b, by, rounding)).toBe(Number(expected))
      }),
      { numRuns: 2000 },
    )
  })

  it('turns with the sign, and half of a half is never lost', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.constantFrom(...ROUNDINGS),
        (amount, rate, rounding) => {
          expect(share(-amount, rate, rounding) + share(amount, rate, rounding)).toBe(0)
          expect(Math.abs(share(amount, rate, rounding))).toBeLessThanOrEqual(Math.abs(amount))
        },
      ),
    )
  })
})

describe('writing', () => {
  it.each<[number, Currency, string]>([
    [1980, 'CNY', '19.80'],
    [5, 'CNY', '0.05'],
    [0, 'CNY', '0.00'],
    [-5, 'CNY', '-0.05'],
    [-1980, 'CNY', '-19.80'],
    [1980, 'JPY', '1980'],
    [-1, 'JPY', '-1'],
    [1980, 'KWD', '1.980'],
    [1980, 'CLF', '0.1980'],
    [Number.MAX_SAFE_INTEGER, 'CNY', '90071992547409.91'],
    [-0, 'CNY', '0.00'],
  ])('%d minor units of %s: %s', (amount, currency, text) => expect(formatAmount(amount, currency)).toBe(text))

  it.each<[number, string]>([
    [91_000, '9.1'],
    [100_000, '10'],
    [1_000_000, '100'],
    [0, '0'],
    [1, '0.0001'],
    [-55_000, '-5.5'],
    [1_234_567, '123.4567'],
  ])('%d parts per million: %s %%', (rate, text) => expect(formatRate(rate)).toBe(text))

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no amount', (amount) => {
    expect(() => formatAmount(amount, 'CNY')).toThrow('is not a whole number of minor units')
  })
})

describe('currencies', () => {
  it.each<[Currency, number]>([
    ['CNY', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %d digits', (currency, digits) => expect(minorDigits(currency)).toBe(digits))

  it.each<[string, boolean]>([
    ['CNY', true],
    ['KWD', true],
    ['cny', false],
    ['XYZ', false],
    ['', false],
    ['¥', false],
  ])('%j is one: %s', (code, expected) => expect(isCurrency(code)).toBe(expected))
})

describe('money properties', () => {
  const currency = fc.constantFrom('JPY', 'CNY', 'USD', 'KWD', 'CLF')

  it('what was written is read back, in every currency and with either mark', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), currency, (amount, currency) => {
        const text = formatAmount(amount, currency)
        expect(readAmount(text, currency)).toBe(amount)
        expect(readAmount(text.replace('.', ','), currency, 'major', ',')).toBe(amount)
        expect(readAmount(`${text} ${currency}`, currency)).toBe(amount)
        expect(readAmount(` (${text}) `, currency)).toBe(amount < 0 ? null : 0 - amount)
        expect(readAmount(String(amount), currency, 'minor')).toBe(amount)
      }),
      { numRuns: 500 },
    )
  })

  it('groups of three digits are read as what is between them', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), fc.constantFrom(',', ' ', '’', "'", '\u00a0'), (amount, mark) => {
        const grouped = formatAmount(amount, 'CNY').replace(/\B(?=(\d{3})+\.)/g, mark)
        expect(readAmount(grouped, 'CNY')).toBe(amount)
      }),
    )
  })

  it('rates are written and read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), (rate) => {
        expect(readRate(formatRate(rate), 'percent')).toBe(rate)
      }),
    )
  })

  it('whatever the text: a safe integer or nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789.,-+()%‰ ¥€kw万亿'), maxLength: 12 }),
      fc.string({ maxLength: 12 }),
      fc.double().map(String),
    )
    fc.assert(
      fc.property(text, currency, fc.nat({ max: 6 }), fc.constantFrom('.', ','), (text, currency, digits, decimal) => {
        const values = [
          readDecimal(text, digits, decimal),
          readAmount(text, currency, 'major', decimal),
          readAmount(text, currency, 'minor', decimal),
          readRate(text, 'percent', decimal),
          readRate(text, 'fraction', decimal),
          readCount(text),
        ]
        for (const value of values) if (value !== null) expect(Number.isSafeInteger(value)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a decimal mark that may be either', () => {
  it.each<[string, string, number | null]>([
    ['15.00 USD', 'USD', 1500],
    ['89.0', 'EUR', 8900],
    ['370 DKK', 'DKK', 37000],
    ['50DKK', 'DKK', 5000],
    ['45,00 DKK', 'DKK', 4500],
    ['8.49 €', 'EUR', 849],
    ['1.234,50', 'EUR', 123450],
    ['1,250.50', 'USD', 125050],
    ['1,234,567', 'USD', 123456700],
    ['1.234.567', 'EUR', 123456700],
    ['0.125', 'KWD', 125],
    ['1000.00 JPY', 'JPY', 1000],
    ['(12,50)', 'EUR', -1250],
    ['−12.50', 'EUR', -1250],
    ['1\u00a0234,50', 'EUR', 123450],
    ['1,250', 'USD', null],
    ['1.250', 'EUR', null],
    ['-1.250', 'EUR', null],
    ['12.345.6', 'EUR', null],
    ['Offert', 'EUR', null],
    ['19.99 USD', 'EUR', null],
  ])('%s in %s is %s', (text, currency, expected) => expect(readAmount(text, currency, 'major', 'either')).toBe(expected))

  it('reads what is written in any of the two, or nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99_999_999, max: 99_999_999 }),
        fc.constantFrom('.', ','),
        fc.boolean(),
        (minor, mark, grouped) => {
          const [whole, part] = formatAmount(minor, 'EUR').split('.') as [string, string]
          const groups = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, mark === '.' ? ',' : '.') : whole
          expect(readAmount(`${groups}${mark}${part}`, 'EUR', 'major', 'either')).toBe(minor)
        },
      ),
    )
  })
})

it.each<[string, string, string | null | undefined]>([
  ['USD', 'CNY', 'USD'],
  ['15.00 USD', 'CNY', 'USD'],
  ['50DKK', 'CNY', 'DKK'],
  ['eur', 'CNY', 'EUR'],
  ['€', 'CNY', 'EUR'],
  ['8.49 €', 'CNY', 'EUR'],
  ['-1.234,50 £', 'CNY', 'GBP'],
  ['15.00', 'CNY', null],
  ['', 'CNY', null],
  ['$19.99', 'USD', 'USD'],
  ['$19.99', 'CAD', 'CAD'],
  ['$19.99', 'EUR', undefined],
  ['¥5', 'JPY', 'JPY'],
  ['45,00 kr', 'DKK', 'DKK'],
  ['15 XYZ', 'USD', undefined],
  ['USD 15 EUR', 'USD', undefined],
])('the currency in %j, where %s is usual, is %s', (text, usual, expected) => expect(currencyIn(text, usual)).toBe(expected))
