import { describe, expect, it } from 'vitest'
import { instantOf } from '../../src/day.ts'
import type { Problem } from '../../src/errors.ts'
import type { Feed, Fields, Format, RecordOf } from '../../src/feeds/feed.ts'

import { always, amount, count, day, firstOf, instant, none, oneOf, rate, text } from '../../src/feeds/field.ts'
import { cleanText, openReader, type Reader, type Surroundings } from '../../src/feeds/read.ts'

import { fileOf } from './rows.ts'

const CSV: Format = { type: 'csv' }
const AROUND: Surroundings = { currency: 'CNY', timezone: 'Asia/Shanghai', name: 'feed.csv' }
const optional = { optional: true } as const

const NO_GOODS: Fields<RecordOf['products']> = {
  ...{
    sku: text('sku'),
    title: text('sku'),
    brand: none,
    category: none,
    shop: none,
    currency: none,
    price: amount('price', 'yuan'),
  },
  ...{ couponAmount: none, couponThreshold: none, couponFrom: none, couponUntil: none, finalPrice: none, commissionRate: none },
  ...{ commission: none, sales: none, imageUrl: none, url: none, link: none, code: none },
}
const NO_ORDER: Fields<RecordOf['orders']> = {
  ...{
    orderId: text('order'),
    lineId: none,
    sku: none,
    title: none,
    quantity: none,
    currency: none,
    paidAmount: amount('paid', 'yuan'),
  },
  ...{
    commissionRate: none,
    commission: amount('commission', 'yuan'),
    status: oneOf('status', { 已付款: 'paid', 已结算: 'settled' }),
  },
  ...{
    rawStatus: none,
    orderedAt: instant('at', 'yyyy-MM-dd'),
    paidAt: none,
    receivedAt: none,
    verifiedAt: none,
    settledAt: none,
  },
  ...{ modifiedAt: none, refundAmount: none, serviceFee: none, subsidy: none, trackingId: none },
  subId: { kind: 'none' },
  ...{ transactionId: none, dueAt: none },
}
const NO_PAYOUT: Fields<RecordOf['payouts']> = {
  ...{ statementId: none, orderId: text('order', optional), lineId: none, sku: none, title: none, currency: none },
  ...{ amount: amount('amount', 'yuan'), kind: none, paidAt: day('day', 'yyyy-MM-dd') },
  ...{ transactionId: none, originalId: none },
}
const NO_REFUND: Fields<RecordOf['refunds']> = {
  ...{ orderId: text('order'), lineId: none, refundId: text('notice', optional), sku: none, currency: none },
  ...{ refundAmount: amount('back', 'yuan'), commission: amount('taken', 'yuan', optional), rawStatus: none },
  ...{ status: oneOf('status', { 维权成功: 'taken' }), refundedAt: instant('at', 'yyyy-MM-dd'), modifiedAt: none },
}

const NO_RECEIPT: Fields<RecordOf['receipts']> = {
  ...{ receivedOn: day('day', 'yyyy-MM-dd'), amount: amount('amount', 'yuan') },
  ...{ currency: none, direction: none, payer: none, remark: none, reference: none },
}

type Kind = keyof RecordOf
const BASE = { products: NO_GOODS, orders: NO_ORDER, payouts: NO_PAYOUT, receipts: NO_RECEIPT, refunds: NO_REFUND }
function reader<K extends Kind>(
  kind: K,
  fields: Partial<Fields<RecordOf[K]>>,
  content: string,
  { format = CSV, total, ...around }: Partial<typeof AROUND> & { format?: Format; total?: Feed<RecordOf[K]>['total'] } = {},
): Reader<RecordOf[K]> {
  const feed = { format, fields: { ...BASE[kind], ...fields }, ...(total ? { total } : {}) } as Feed<RecordOf[K]>
  return openReader(kind, feed, fileOf(content), { ...AROUND, ...around })
}
/** All records, and the problems of the rows that are none. */
function readAll<T>(open: Reader<T>): { records: T[]; problems: Problem[] } {
  const records: T[] = []
  const problems: Problem[] = []
  while (open.rows.next()) {
    const record = open.record()
    if (record) records.push(record)
    else problems.push(...open.problems())
  }
  open.close()
  return { records, problems }
}
/** The value of one field of one product, or what is said of it. */
function value<F extends keyof RecordOf['products']>(
  field: F,
  descriptor: Fields<RecordOf['products']>[F],
  cell: string,
  around: Partial<typeof AROUND> = {},
) {
  const quoted = `"${cell.replaceAll('"', '""')}"`
  const { records, problems } = readAll(reader('products', { [field]: descriptor }, `sku,price,x\n1,9.90,${quoted}\n`, around))
  return records[0] ? records[0][field] : problems.map(({ field, message }) => `${field}: ${message}`).join('; ')
}

describe('a cell', () => {
  it.each<[string, unknown]>([
    ['9.90', 990],
    [' ￥1,250.50 ', 125050],
    ['12.5元', 1250],
    ['', null],
    ['  ', null],
    ['9,90', 'couponAmount: x: "9,90" is not an amount in yuan, expected like 9.90'],
    ['9.905', 'couponAmount: x: "9.905" is not an amount in yuan, expected like 9.90'],
    ['¥5', 500],
    ['8.49 €', 'couponAmount: x: "8.49 €" is not an amount in yuan, expected like 9.90'],
    ['N/A', 'couponAmount: x: "N/A" is not an amount in yuan, expected like 9.90'],
  ])('amount %j', (cell, expected) => expect(value('couponAmount', amount('x', 'yuan', optional), cell)).toEqual(expected))

  it.each<[string, Parameters<typeof amount>[1], '.' | ',', string]>([
    ['CNY', 'fen', '.', 'price: x: "?" is not an amount in fen, expected like 990'],
    ['EUR', 'major', ',', 'price: x: "?" is not an amount in EUR, expected like 9,90'],
    ['JPY', 'major', '.', 'price: x: "?" is not an amount in JPY, expected like 990'],
    ['KWD', 'major', '.', 'price: x: "?" is not an amount in KWD, expected like 9.900'],
    ['EUR', 'minor', '.', 'price: x: "?" is not an amount in minor units of EUR, expected like 990'],
  ])('an amount of %s in %s with a %j is asked for by example', (currency, unit, decimal, message) => {
    expect(value('price', amount('x', unit, { decimal }), '?', { currency })).toBe(message)
  })

  it.each<[Parameters<typeof rate>[1], string, unknown]>([
    ['percent', '9.1', 91_000],
    ['percent', '5.50 %', 55_000],
    ['percent', '', null],
    ['permille', '200', 200_000],
    ['percent', '20‰', 'commissionRate: x: "20‰" is not a rate in percent, expected like 9.1'],
    ['permille', '20%', 'commissionRate: x: "20%" is not a rate in permille, expected like 91'],
    ['basis', '?', 'commissionRate: x: "?" is not a rate in basis, expected like 910'],
    ['ppm', '1.5', 'commissionRate: x: "1.5" is not a rate in ppm, expected like 91000'],
    ['fraction', '?', 'commissionRate: x: "?" is not a rate in fraction, expected like 0.091'],
  ])('rate in %s: %j', (unit, cell, expected) =>
    expect(value('commissionRate', rate('x', unit, optional), cell)).toEqual(expected),
  )

  it.each(['imageUrl', 'url', 'link'] as const)('an address without a scheme (%s) is one of https', (field) => {
    expect(value(field, text('x', optional), '//img.example/x.jpg')).toBe('https://img.example/x.jpg')
    expect(value(field, text('x', optional), 'http://img.example/x.jpg')).toBe('http://img.example/x.jpg')
    expect(value('title', text('x'), '//')).toBe('//')
  })

  it.each<[string, unknown]>([
    ['1.2万+', 12_000],
    ['5632', 5632],
    ['', null],
    ['many', 'sales: x: "many" is not a count, expected like 1200 or 1.2万+'],
    ['-1', -1],
  ])('count %j', (cell, expected) => expect(value('sales', count('x', optional), cell)).toEqual(expected))

  it.each<[string, unknown]>([
    ['2026-10-03 12:00:00', '2026-10-03T12:00:00+08:00'],
    ['2026/10/3 8:05', '2026-10-03T08:05:00+08:00'],
    ['--', null],
    ['', null],
    ['2026-02-30 00:00:00', 'couponFrom: x: "2026-02-30 00:00:00" is not a time, expected like yyyy-MM-dd HH:mm:ss'],
    ['soon', 'couponFrom: x: "soon" is not a time, expected like yyyy-MM-dd HH:mm:ss'],
  ])('instant %j', (cell, expected) => {
    const patterns = ['yyyy-MM-dd HH:mm:ss', 'yyyy/M/d H:mm']
    expect(value('couponFrom', instant('x', patterns, { optional: true, absent: ['--'] }), cell)).toEqual(expected)
  })

  it.each([
    ['0.02', 20_000],
    ['2%', 20_000],
    ['2 ％', 20_000],
    ['2', 'commissionRate: x: "2" is not between 0 and 100 %: is it in fraction?'],
  ])('a fraction, or with its sign a percentage: %j', (cell, expected) => {
    expect(value('commissionRate', rate('x', 'fraction', { optional: true, orPercent: true }), cell)).toEqual(expected)
  })

  it('the end of a coupon given as a day is the end of that day', () => {
    expect(value('couponUntil', instant('x', 'yyyy-MM-dd', optional), '2026-10-03')).toBe('2026-10-03T23:59:59+08:00')
  })

  it.each<[string, unknown]>([
    ['  山  茶\t花\n', '山 茶 花'],
    ['a\u0000b\u0007c', 'abc'],
    ['\u202eabc\u200f', 'abc'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['\u3000山\u3000茶\u3000', '山 茶'],
    ['a\u00a0b\u2028c', 'a b c'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['="0012345678901234567"', '0012345678901234567'],
    ['=1+1', '=1+1'],
    ['👨‍👩‍👧 family', '👨‍👩‍👧 family'],
    ['\u200b', null],
    ['', null],
  ])('text %j', (cell, expected) => {
    expect(value('brand', text('x', optional), cell)).toBe(expected)
    expect(cleanText(cell)).toBe(expected ?? '')
  })

  it('a required one must not be empty', () => {
    expect(value('title', text('x'), '')).toBe('title: x is empty')
    expect(value('title', text('x'), ' \u200b')).toBe('title: x is empty')
    expect(value('price', amount('x', 'yuan'), ' ')).toBe('price: x is empty')
  })

  it.each<[string, unknown]>([
    ['已付款', 'paid'],
    [' 已结算 ', 'settled'],
    ['', 'status: status is empty'],
    ['未知', 'status: status: "未知" is not a known word, expected 已付款, 已结算'],
  ])('status %j', (cell, expected) => {
    const { records, problems } = readAll(reader('orders', {}, `order,paid,commission,status,at\n1,9,1,${cell},2026-10-03\n`))
    expect(records[0]?.status ?? problems.map(({ field, message }) => `${field}: ${message}`).join()).toBe(expected)
    if (records[0]) expect(records[0].rawStatus).toBe(cell.trim())
  })
})

describe('a column', () => {
  const price = (from: string | string[], header: string, row: string, options = {}) =>
    readAll(reader('products', { price: amount(from, 'yuan', options) }, `sku,${header}\n1,${row}\n`))

  it('of several names, the first that the header has is taken, filled or not', () => {
    expect(price(['b', 'a'], 'a,b', '1,2').records[0]!.price).toBe(200)
    expect(price(['c', 'a'], 'a,b', '1,2').records[0]!.price).toBe(100)
    expect(price(['b', 'a'], 'a,b', '1,').problems).toEqual([{ where: 'line 2', field: 'price', message: 'b is empty' }])
  })

  it.each<[string, number | string]>([
    ['1,2', 200],
    ['1,', 100],
    ['1,  ', 100],
    ['1,0.00', 100],
    ['1, 0.00 ', 100],
    ['1,--', 100],
    ['0.00,0.00', 0],
    ['0.00,', 0],
    [',0.00', 0],
    ['--,0.00', 0],
    ['--,--', 'a: "--" is not an amount in yuan, expected like 9.90'],
    [',', 'a is empty'],
  ])('filled first, row by row: %j', (row, expected) => {
    const { records, problems } = price(['b', 'a'], 'a,b', row, { firstFilled: true, absent: ['0.00', '--'] })
    expect(records[0]?.price ?? problems[0]!.message.replace(/^b/, 'a')).toBe(expected)
  })

  it.each([
    ['open,0.00,3', 300],
    ['完成,0.00,3', 0],
    ['完成,2,3', 200],
    ['完成,,3', 300],
    ['open,2,', 'a is empty'],
  ])('a final figure counts where the row says that it is one, though it be nothing: %j', (row, expected) => {
    const { records, problems } = price(['b', 'a'], 'state,b,a', row, { final: { column: 'state', is: ['完成'] } })
    expect(records[0]?.price ?? problems[0]!.message.replace(/^b/, 'a')).toBe(expected)
  })

  it('a final figure without others beside it is the figure', () => {
    expect(price(['b', 'a'], 'b', '2', { final: { column: 'state', is: ['完成'] } }).records[0]!.price).toBe(200)
  })

  it('in JSON the first that is filled in the record is taken', () => {
    const fields = { price: amount(['b', 'a'], 'yuan') }
    const { records } = readAll(
      reader('products', fields, '{"sku":1,"a":3}\n{"sku":2,"b":"4","a":3}\n', { format: { type: 'ndjson' } }),
    )
    expect(records.map(({ sku, price }) => [sku, price])).toEqual([
      ['1', 300],
      ['2', 400],
    ])
  })

  it.each<[string, string, string]>([
    ['is missing', 'sku,cost', 'feed.csv: no column "price" for price; the header has sku, cost'],
    [
      'is missing in a long header',
      `sku,${Array.from({ length: 14 }, (_, i) => `c${i}`).join(',')}`,
      'feed.csv: no column "price" for price; the header has sku, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, … (15 columns)',
    ],
    [
      'cannot be, in a table of one',
      'sku#price',
      'feed.csv: no column "sku" for sku; the header is one column, "sku#price": is the delimiter another one?',
    ],
  ])('that %s', (_, header, message) => expect(() => reader('products', {}, `${header}\n1,2\n`)).toThrow(message))

  it('of several names is missing', () => {
    expect(() => reader('products', { price: amount(['价格', '到手价'], 'yuan') }, 'sku,x\n')).toThrow(
      'feed.csv: no column "价格" or "到手价" for price',
    )
  })

  it('that is optional may be missing', () => {
    expect(readAll(reader('products', { sales: count('sales', optional) }, 'sku,price\n1,2\n')).records[0]!.sales).toBeNull()
  })

  it.each<[string, unknown]>([
    ['满69元减10元', [1000, 6900]],
    ['5元无条件券', [500, null]],
    ['20.0', [2000, null]],
    ['无', [null, null]],
    ['', [null, null]],
    ['八折', 'couponAmount: x: "八折" is not an amount in yuan, expected like 9.90'],
  ])('found within a text: %j', (cell, expected) => {
    const fields = {
      couponAmount: amount('x', 'yuan', {
        optional: true,
        find: ['^满[\\d.]+元减([\\d.]+)元?$', '^([\\d.]+)元无条件券$', '^无()$'],
      }),
      couponThreshold: amount('x', 'yuan', { optional: true, find: ['^满([\\d.]+)元减', '^[^满]*()$'] }),
    }
    const { records, problems } = readAll(reader('products', fields, `sku,price,x\n1,9.90,${cell}\n`))
    const [product] = records
    expect(product ? [product.couponAmount, product.couponThreshold] : `${problems[0]!.field}: ${problems[0]!.message}`).toEqual(
      expected,
    )
  })
})

describe('a product', () => {
  const fields: Partial<Fields<RecordOf['products']>> = {
    couponAmount: amount('coupon', 'yuan', optional),
    couponThreshold: amount('from', 'yuan', optional),
    finalPrice: amount('final', 'yuan', optional),
    commissionRate: rate('rate', 'percent', optional),
    commission: amount('commission', 'yuan', optional),
  }
  const product = (row: string) => readAll(reader('products', fields, `sku,price,coupon,from,final,rate,commission\n1,${row}\n`))

  it.each<[string, string, { finalPrice: number; commission: number | null; couponAmount?: number | null }]>([
    ['a price', '20,,,,,', { finalPrice: 2000, commission: null }],
    ['a coupon', '20,5,,,,', { finalPrice: 1500, commission: null, couponAmount: 500 }],
    ['a coupon of nothing', '20,0,,,,', { finalPrice: 2000, commission: null, couponAmount: null }],
    ['a coupon above the price', '20,25,,,,', { finalPrice: 2000, commission: null }],
    ['a coupon of all of the price', '20,20,,,,', { finalPrice: 0, commission: null }],
    ['a coupon that needs more', '20,5,30,,,', { finalPrice: 2000, commission: null }],
    ['a coupon that needs just that', '20,5,20,,,', { finalPrice: 1500, commission: null }],
    ['a price that the partner says', '20,5,,14,,', { finalPrice: 1400, commission: null }],
    ['a rate', '20,5,,,10,', { finalPrice: 1500, commission: 150 }],
    ['half a fen is rounded up', '0.25,,,,10,', { finalPrice: 25, commission: 3 }],
    ['commission of the price with the coupon', '20,5,,,10,1.50', { finalPrice: 1500, commission: 150 }],
    ['commission before the coupon', '20,5,,,10,2.00', { finalPrice: 1500, commission: 200 }],
    ['commission cut off, not rounded', '0.25,,,,10,0.02', { finalPrice: 25, commission: 2 }],
    ['commission without a rate', '20,,,,,7.77', { finalPrice: 2000, commission: 777 }],
  ])('%s', (_, row, expected) => expect(product(row).records[0]).toMatchObject(expected))

  it.each<[string, string, string | null, string]>([
    ['commission in another unit', '20,5,,,10,15', 'commission', '15.00 does not fit 15.00 × 10 % = 1.50'],
    ['a rate in another unit', '20,,,,0.091,1.82', 'commission', '1.82 does not fit 20.00 × 0.091 % = 0.02'],
    ['two fen off', '20,5,,,10,1.52', 'commission', '1.52 does not fit 15.00 × 10 % = 1.50'],
    ['a price below zero', '-1,,,,,', 'price', '-1.00 is below zero'],
  ])('%s is refused with both numbers', (_, row, field, message) => {
    expect(product(row)).toEqual({ records: [], problems: [{ where: 'line 2', field, message }] })
  })

  it('every mistake of a row is told at once', () => {
    expect(product(',x,,,y,').problems.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'price: price is empty',
      'couponAmount: coupon: "x" is not an amount in yuan, expected like 9.90',
      'commissionRate: rate: "y" is not a rate in percent, expected like 9.1',
    ])
  })

  it.each([
    ['6.14252E+11', true],
    ['6.14252e+11', true],
    ['6E+17', true],
    ['6.14252E11', true],
    ['614252180627', false],
    ['6E11', false],
    ['E9X2exampleSign', false],
    ['12.5', false],
  ])('sku %s: damaged by a spreadsheet: %s', (sku, damaged) => {
    const { problems } = readAll(reader('products', {}, `sku,price\n${sku},1\n`))
    const message = `"${sku}" was a long number before a spreadsheet shortened it; export again and do not open the file in between`
    expect(problems).toEqual(damaged ? [{ where: 'line 2', field: 'sku', message }] : [])
  })

  it.each([
    ["'2234567890123456789", '2234567890123456789'],
    ['`2234567890123456789', '2234567890123456789'],
    ['\t2234567890123456789 ', '2234567890123456789'],
    ['２２３４５６７８－Ａ', '22345678-A'],
    ['２１；２２', '21；22'],
    ["'n1", "'n1"],
  ])('sku %j is %s', (cell, sku) => {
    expect(readAll(reader('products', {}, `sku,price\n${cell},1\n`)).records).toMatchObject([{ sku }])
  })
  it('an apostrophe does not hide that a number was shortened', () => {
    const { problems } = readAll(reader('products', {}, "sku,price\n'1.23E+17,1\n"))
    expect(problems).toMatchObject([{ message: expect.stringContaining('"1.23E+17" was a long number before') }])
  })

  it('may name its currency', () => {
    const { records, problems } = readAll(
      reader(
        'products',
        { currency: text('currency', optional) },
        'sku,price,currency\n1,9.90,EUR\n2,990,JPY\n3,9.90,\n4,9.90,yuan\n5,9.90,JPY\n',
      ),
    )
    expect(records.map(({ price, currency }) => [price, currency])).toEqual([
      [990, 'EUR'],
      [990, 'JPY'],
      [990, 'CNY'],
    ])
    expect(problems).toEqual([
      { where: 'line 5', field: 'currency', message: '"yuan" is not an ISO 4217 currency code' },
      { where: 'line 6', field: 'price', message: 'price: "9.90" is not an amount in JPY, expected like 990' },
    ])
  })

  it('prices in JSON never pass through a float', () => {
    const exact = '[{"sku":9007199254740993,"price":90071992547409.91},{"sku":"2","price":0.07},{"sku":"3","price":1.005}]'
    const { records, problems } = readAll(reader('products', {}, exact, { format: { type: 'json', rows: '' } }))
    expect(records.map(({ sku, price }) => [sku, price])).toEqual([
      ['9007199254740993', 9007199254740991],
      ['2', 7],
    ])
    expect(problems).toEqual([
      { where: 'record 3', field: 'price', message: 'price: "1.005" is not an amount in yuan, expected like 9.90' },
    ])
  })

  it('a refused row tells which goods it may have meant', () => {
    const open = reader('products', {}, 'sku,price\nA,free\n,1\n B ,\nC\n')
    const candidates: string[][] = []
    while (open.rows.next()) {
      expect(open.record()).toBeNull()
      candidates.push(open.candidates('sku'))
    }
    open.close()
    expect(candidates).toEqual([['A'], [], ['B'], ['C']])
  })

  it('the hash of a row goes with the mapping, the currency, the zone and the header', () => {
    const seed = (...given: Parameters<typeof reader<'products'>>) => {
      const open = reader(...given)
      open.close()
      return open.seed
    }
    const file = 'sku,price\n1,2\n'
    const seeds = [
      seed('products', {}, file),
      seed('products', { price: amount('price', 'fen') }, file),
      seed('products', {}, file, { currency: 'USD' }),
      seed('products', {}, file, { timezone: 'UTC' }),
      seed('products', {}, 'price,sku\n1,2\n'),
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
    expect(seed('products', {}, 'sku,price\n3,4\n', { name: 'other.csv' })).toBe(seeds[0])
  })
})

describe('an order', () => {
  const fields: Partial<Fields<RecordOf['orders']>> = {
    lineId: text('line', optional),
    sku: text('sku', optional),
    commissionRate: rate('rate', 'percent', optional),
  }
  const order = (row: string) =>
    readAll(reader('orders', fields, `order,line,sku,rate,paid,commission,status,at\n${row},已付款,2026-10-03\n`))

  it.each([
    ['a number of its own', '1,L,S,,9,1', 'L'],
    ['else its goods', '1,,S,,9,1', 'S'],
    ['else none', '1,,,,9,1', ''],
  ])('the line is known by %s', (_, row, lineId) => expect(order(row).records[0]!.lineId).toBe(lineId))

  it.each<[string, string, string | null]>([
    ['commission as reckoned', '1,,,10,100,10', null],
    ['a subsidy on top', '1,,,10,100,25', null],
    ['shrunk by a refund', '1,,,10,100,0.50', null],
    ['nothing at all', '1,,,10,100,0', null],
    ['ten times', '1,,,10,100,100', '100.00 is far from 100.00 × 10 % = 10.00: a wrong unit?'],
    ['a hundredth', '1,,,10,10000,10', '10.00 is far from 10000.00 × 10 % = 1000.00: a wrong unit?'],
  ])('commission against a wrong unit: %s', (_, row, message) => {
    expect(order(row).problems).toEqual(message === null ? [] : [{ where: 'line 2', field: 'commission', message }])
  })

  it.each([
    ['orderId', '1.2E+18,,,,9,1'],
    ['lineId', '1,1.2E+18,,,9,1'],
    ['sku', '1,L,1.2E+18,,9,1'],
  ])('a damaged %s is refused', (field, row) => expect(order(row).problems).toMatchObject([{ field }]))
})

describe('a payout line', () => {
  const line = (row: string, name = 'inbox/2026-11 payout.csv') =>
    readAll(reader('payouts', {}, `order,amount,day\n${row},2026-11-20\n`, { name })).records[0]!

  it.each([
    ['1,5', 'commission'],
    ['1,0', 'commission'],
    ['1,-5', 'clawback'],
    [',5', 'bonus'],
    [',-5', 'fee'],
  ])('%j is told by order and sign: %s', (row, kind) => expect(line(row).kind).toBe(kind))

  it.each([
    ['inbox/2026-11 payout.csv', '2026-11 payout'],
    ['C:\\inbox\\a.b.csv', 'a.b'],
    ['payout', 'payout'],
    ['inbox/2026-11.csv.gz', '2026-11'],
    ['N-1.ZIP', 'N-1'],
    ['N-1.v2.csv.zip', 'N-1.v2'],
  ])('without a number the statement is known by its file %s', (name, id) => expect(line('1,5', name).statementId).toBe(id))

  it('the day is that of the partner’s zone', () => {
    const unix = { paidAt: day('day', 'unix') }
    const at = Date.parse('2026-11-20T23:30:00+08:00') / 1000
    const { records } = readAll(reader('payouts', unix, `order,amount,day\n1,5,${at}\n`))
    expect([records[0]!.paidAt, instantOf(at * 1000, 'UTC').slice(0, 10)]).toEqual(['2026-11-20', '2026-11-20'])
    expect(readAll(reader('payouts', unix, `order,amount,day\n1,5,${at + 3600}\n`)).records[0]!.paidAt).toBe('2026-11-21')
    expect(readAll(reader('payouts', unix, `order,amount,day\n1,5,${at + 3600}\n`, { timezone: 'UTC' })).records[0]!.paidAt).toBe(
      '2026-11-20',
    )
  })
})

describe('the total of a statement', () => {
  const total = { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' } as const
  const stated = (content: string) => {
    const open = reader('payouts', {}, content, { total })
    const { records, problems } = readAll(open)
    return {
      lines: records.length,
      total: open.statedTotal(),
      problems: problems.map(({ where, message }) => `${where}: ${message}`),
    }
  }

  it.each<[string, string, ReturnType<typeof stated>]>([
    ['none', 'order,amount,day\n1,5,2026-11-20\n', { lines: 1, total: null, problems: [] }],
    ['a column', 'order,amount,day,合计\n1,5,2026-11-20,8\n2,3,2026-11-20,8.00\n', { lines: 2, total: 800, problems: [] }],
    [
      'a column, not filled in every row',
      'order,amount,day,合计\n1,5,2026-11-20,5\n2,3,2026-11-20,\n',
      { lines: 2, total: 500, problems: [] },
    ],
    [
      'a row with the amount in its column',
      'order,amount,day\n1,5,2026-11-20\n合计,5.00,\n',
      { lines: 1, total: 500, problems: [] },
    ],
    [
      'a row with the amount elsewhere',
      'order,amount,day\n1,5,2026-11-20\n合计,,￥5.00\n',
      { lines: 1, total: 500, problems: [] },
    ],
    ['a row with a colon', 'order,amount,day\n1,5,2026-11-20\n合计：,5.00,\n', { lines: 1, total: 500, problems: [] }],
    ['a row with blanks', 'order,amount,day\n1,5,2026-11-20\n 合 计 ,5.00,\n', { lines: 1, total: 500, problems: [] }],
    ['a short row', 'order,amount,day\n1,5,2026-11-20\n总计,5.00\n', { lines: 1, total: 500, problems: [] }],
    ['a row that begins later', 'order,day,amount\n1,2026-11-20,5\n,合计,5.00\n', { lines: 1, total: 500, problems: [] }],
    [
      'a row without an amount',
      'order,amount,day\n1,5,2026-11-20\n合计,,\n',
      { lines: 1, total: null, problems: ['line 3: 合计: "合计" is not an amount in yuan'] },
    ],
    [
      'a column that is no amount',
      'order,amount,day,合计\n1,5,2026-11-20,five\n',
      { lines: 0, total: null, problems: ['line 2: 合计: "five" is not an amount in yuan'] },
    ],
  ])('%s', (_, content, expected) => expect(stated(content)).toEqual(expected))
})

describe('rows that are no records', () => {
  const read = (content: string, skip: Record<string, string[]>, format: Format = { type: 'csv' }) => {
    const open = reader('products', {}, content, { format: { ...format, skip } })
    const { records, problems } = readAll(open)
    return [records.map(({ sku }) => sku), problems.map(({ message }) => message), open.notes()]
  }

  it.each<[string, string, Record<string, string[]>, unknown[]]>([
    ['a line of totals', 'sku,price\n1,2\nTotal,2\n', { sku: ['Total'] }, [['1'], [], ['1 row is no record and left out']]],
    [
      'also a short one, spelt otherwise',
      'sku,price\n1,2\n TOTAL\n',
      { sku: ['Total', '合计'] },
      [['1'], [], ['1 row is no record and left out']],
    ],
    ['an empty cell', 'sku,price\n1,2\n1,\n1,\n', { price: [''] }, [['1'], [], ['2 rows are no record and left out']]],
    [
      'by any of several columns',
      'sku,price,flag\n1,2,U\n2,2,D\nsum,2,\n',
      { sku: ['sum'], flag: ['D'] },
      [['1'], [], ['2 rows are no record and left out']],
    ],
    ['by a column that is not there', 'sku,price\n1,2\n', { flag: ['D', ''] }, [['1'], [], []]],
    ['not declared', 'sku,price\n1,2\nTotal,\n', {}, [['1'], ['price is empty'], []]],
  ])('%s', (_, content, skip, expected) => expect(read(content, skip)).toEqual(expected))

  it('in JSON too', () => {
    const rows = '{"sku":1,"price":2}\n{"sku":2,"price":2,"isDeleted":true}\n'
    expect(read(rows, { isDeleted: ['true'] }, { type: 'ndjson' })).toEqual([['1'], [], ['1 row is no record and left out']])
  })
})

describe('a text', () => {
  const title = (field: ReturnType<typeof text>, row: string, header = 'sku,price,a,b,c') => {
    const { records, problems } = readAll(reader('products', { title: field }, `${header}\n1,2,${row}\n`))
    return records[0]?.title ?? problems[0]!.message
  }

  it.each([
    ['x,y,z', 'x/y/z'],
    ['x,,z', 'x/z'],
    ['x,,', 'x'],
    [',y,z', 'a is empty'],
  ])('joined of several columns: %s', (row, expected) =>
    expect(title(text(['a', 'b', 'c', 'd'], { join: '/' }), row)).toBe(expected),
  )

  it.each([
    ['https://a.example/x', 'https://a.example/x'],
    ['https://a.example/x.jpg::', 'https://a.example/x.jpg'],
    ['prod1780', 'a: "prod1780" is of another shape than expected'],
  ])('found within another: %s', (row, expected) => {
    expect(title(text('a', { find: ['^(https?://\\S+?)(?:::.*)?$'] }), `${row},,`)).toBe(expected)
  })
})

describe('the smallest or largest of several amounts', () => {
  const price = (take: 'smallest' | 'largest', row: string, options: object = {}) => {
    const field = amount(['a', 'b'], 'yuan', { take, absent: ['-'], ...options })
    const { records, problems } = readAll(reader('products', { price: field }, `sku,a,b\n1,${row}\n`))
    return records[0]?.price ?? problems[0]!.message
  }

  it.each<['smallest' | 'largest', string, number | string]>([
    ['largest', '10,8', 1000],
    ['largest', '8,10', 1000],
    ['largest', ',8', 800],
    ['largest', '-,8', 800],
    ['smallest', '10,8', 800],
    ['smallest', '10,10', 1000],
    ['smallest', '10,0.00', 1000],
    ['smallest', '0,0.00', 0],
    ['smallest', ',', 'a and b are empty'],
    ['largest', '10,free', 'b: "free" is not an amount in yuan, expected like 9.90'],
  ])('the %s of %s is %s', (take, row, expected) => expect(price(take, row)).toBe(expected))

  it('none of the columns is there', () => {
    const field = amount(['x', 'y'], 'yuan', { take: 'largest' })
    expect(() => reader('products', { price: field }, 'sku,a\n1,2\n')).toThrow('no column "x" or "y" for price')
  })
})

describe('an amount within a period', () => {
  const on = (today: string, period: string) => {
    const field = amount('sale', 'yuan', { optional: true, within: 'period' })
    const open = reader('products', { finalPrice: field }, `sku,price,sale,period\n1,10,8,${period}\n`, {
      today,
      timezone: 'Europe/Berlin',
    })
    const { records, problems } = readAll(open)
    return records[0]?.finalPrice ?? problems[0]!.message
  }

  it.each<[string, string, number]>([
    ['2026-11-20', '', 800],
    ['2026-11-20', '2026-11-20T00:00+01:00/2026-11-30T23:59+01:00', 800],
    ['2026-11-19', '2026-11-20T00:00+01:00/2026-11-30T23:59+01:00', 1000],
    ['2026-11-30', '2026-11-20T00:00:00Z / 2026-11-30T12:00:00Z', 800],
    ['2026-12-01', '2026-11-20T00:00+01:00/2026-11-30T12:00+01:00', 1000],
    ['2026-12-01', '2026-11-20T00:00+0100/2026-11-30T23:59-0800', 800],
    ['2026-11-30', '2026-11-20/2026-11-30', 800],
    ['2026-12-01', '2026-11-20/2026-11-30', 1000],
    ['2026-12-01', '2026-11-20T08:00/2026-11-30T08:00', 1000],
  ])('on %s, %j', (today, period, expected) => expect(on(today, period)).toBe(expected))

  it.each(['2026-11-20', 'soon/later', '2026-11-31/2026-12-01', '/'])('%j is none', (period) => {
    expect(on('2026-11-20', period)).toBe(
      `period: "${period}" is not a period, expected like 2026-11-20T00:00+01:00/2026-11-30T23:59+01:00`,
    )
  })
})

it('the currency stands beside an amount, or in a column as code or sign', () => {
  const fields = {
    currency: text(['cur', 'price'], { optional: true, firstFilled: true }),
    price: amount('price', 'major', { decimal: 'either' }),
  }
  const rows = 'sku,price,cur\n1,15.00 USD,\n2,"45,00 DKK",\n3,"35,00",€\n4,8.49 €,\n5,7,\n6,$19.99,\n'
  const { records, problems } = readAll(reader('products', fields, rows))
  expect(records.map(({ sku, price, currency }) => `${sku} ${price} ${currency}`)).toEqual([
    '1 1500 USD',
    '2 4500 DKK',
    '3 3500 EUR',
    '4 849 EUR',
    '5 700 CNY',
  ])
  expect(problems).toEqual([
    { where: 'line 7', field: 'currency', message: '"$19.99" may be of several currencies: the source must name its "currency"' },
  ])
})
describe('what networks write', () => {
  const row = (fields: Partial<Fields<RecordOf['orders']>>, header: string, cells: string) => {
    const given = `order,paid,commission,status,at,${header}\n1,9.90,0.99,已付款,2026-10-01,${cells}\n`
    const { records, problems } = readAll(reader('orders', fields, given))
    return records[0] ?? problems.map(({ field, message }) => `${field}: ${message}`).join('; ')
  }

  it.each([
    ['half-up', '2.4950', 250],
    ['half-up', '-2.4950', -250],
    ['half-up', '2.494999', 249],
    ['half-even', '2.4850', 248],
    ['down', '2.4999', 249],
    ['half-up', '1,002.4950', 100_250],
    ['half-up', '2.4950000', 250],
    ['half-up', '2.4950001', 'commission: x: "2.4950001" is not an amount in yuan, expected like 9.90'],
  ] as const)('digits beyond the currency are rounded %s where that is declared: %s', (rounding, cell, expected) => {
    const found = row({ commission: amount('x', 'yuan', { rounding }) }, 'x', `"${cell}"`)
    expect(typeof found === 'string' ? found : found.commission).toEqual(expected)
  })

  it('without it they are an error', () => {
    expect(row({ commission: amount('x', 'yuan') }, 'x', '2.495')).toBe(
      'commission: x: "2.495" is not an amount in yuan, expected like 9.90',
    )
  })

  it('an amount in a currency of its own is not known in the record’s', () => {
    const fields = { paidAmount: amount('x', 'yuan', { currency: 'y' }) }
    expect(row(fields, 'x,y', '80.00,EUR')).toMatchObject({ paidAmount: 0 })
    expect(row(fields, 'x,y', '80.00,CNY')).toMatchObject({ paidAmount: 8000 })
    expect(row(fields, 'x,y', '80.00,')).toMatchObject({ paidAmount: 8000 })
    expect(row(fields, 'x,y', 'eighty,EUR')).toBe('paidAmount: x: "eighty" is not an amount in EUR, expected like 9.90')
  })

  it('several columns may make an id', () => {
    expect(row({ lineId: text(['x', 'y', 'n', 'z'], { join: '/' }) }, 'x,y,z', 'B01,2026-10-01,7')).toMatchObject({
      lineId: 'B01/2026-10-01/7',
    })
    expect(row({ lineId: text(['x', 'y'], { join: '/' }) }, 'x,y', ',1')).toBe('lineId: x is empty')
  })

  describe('the first column that decides', () => {
    const status = firstOf<RecordOf['orders']['status']>(
      { from: 'voided', words: { 1: 'invalid', 0: null } },
      { from: 'paid on', filled: 'settled' },
      { from: 'state', words: { approved: 'verified' } },
    )
    it.each([
      ['1,2026-10-20,approved', { status: 'invalid', rawStatus: 'voided 1' }],
      ['0,2026-10-20,approved', { status: 'settled', rawStatus: 'paid on 2026-10-20' }],
      [',,Approved', { status: 'verified', rawStatus: 'state Approved' }],
    ])('%s', (cells, expected) => expect(row({ status }, 'voided,paid on,state', cells)).toMatchObject(expected))
    it.each([
      ['Y,,approved', 'status: voided: "Y" is not a known word, expected 0, 1'],
      [',,open', 'status: state: "open" is not a known word, expected approved'],
      ['0,,', 'status: none of voided, paid on, state says it'],
    ])('%s is an error', (cells, expected) => expect(row({ status }, 'voided,paid on,state', cells)).toBe(expected))
    it('one of the columns must be there', () => {
      expect(() => row({ status }, 'x', '')).toThrow('no column "voided" for status')
    })
  })

  it('a partner without statuses has no word for them, and the same amount may stand for all', () => {
    expect(row({ status: always('verified'), commission: always(0) }, 'x', '')).toMatchObject({
      status: 'verified',
      rawStatus: '',
      commission: 0,
    })
  })

  it('a statement without a day is dated by its importer, or refused', () => {
    const content = 'order,amount\n1,9.90\n'
    const paidAt = day('day', 'yyyy-MM-dd', optional) as Fields<RecordOf['payouts']>['paidAt']
    expect(readAll(reader('payouts', { paidAt }, content)).problems).toEqual([
      {
        where: 'line 2',
        field: 'paidAt',
        message: 'the file does not say when it was paid: import it with --paid-at 2026-10-20',
      },
    ])
    const dated = { ...paidAt, fallback: '2026-10-20' } as typeof paidAt
    expect(readAll(reader('payouts', { paidAt: dated }, content)).records[0]).toMatchObject({ paidAt: '2026-10-20' })
    expect(readAll(reader('payouts', { paidAt: dated }, 'order,amount,day\n1,9.90,\n2,1.00,2026-10-21\n')).records).toMatchObject(
      [{ paidAt: '2026-10-20' }, { paidAt: '2026-10-21' }],
    )
  })
})

describe('refund notices', () => {
  it('are known by the line where they have no number, and keep the word of their status', () => {
    const { records } = readAll(reader('refunds', {}, 'order,notice,back,taken,status,at\n1,,9.90,0.99,维权成功,2026-11-02\n'))
    expect(records).toMatchObject([
      { orderId: '1', refundId: '1', refundAmount: 990, commission: 99, status: 'taken', rawStatus: '维权成功', lineId: null },
    ])
  })

  it('give back, never take more', () => {
    const { problems } = readAll(reader('refunds', {}, 'order,notice,back,taken,status,at\n1,r,-9.90,0.99,维权成功,2026-11-02\n'))
    expect(problems).toEqual([
      { where: 'line 2', field: 'refundAmount', message: '-9.90 is below zero, expected what was given back' },
    ])
  })
})
