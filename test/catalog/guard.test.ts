import { describe, expect, it } from 'vitest'
import { lookUpProduct } from '../../src/catalog/find.ts'
import { productHistory } from '../../src/store/products.ts'
import type { Guard } from '../../src/workspace.ts'
import { csv, session, told } from './session.ts'

// What is refused as a whole, in the words that the operator reads, and what is not.

type Row = { sku: string | number; title?: string; price?: string; rate?: string; sales?: string; link?: string }
const HEADER = 'sku,title,shop,price,rate,sales,link'
const line = ({ sku, title, price, rate, sales, link }: Row) =>
  [sku, title ?? `品${sku}`, '小店', price ?? '10.00', rate ?? '5', sales ?? '7', link ?? `https://x.example/${sku}`].join(',')
const feed = (rows: readonly Row[]) => csv(HEADER, ...rows.map(line))
const goods = (count: number, from = 600_000, more: Partial<Row> = {}) =>
  Array.from({ length: count }, (_, i): Row => ({ sku: from + i, ...more }))
const without = (rows: readonly Row[], ...skus: number[]) => rows.filter(({ sku }) => !skus.includes(sku as number))
const unusable = (count: number) => goods(count, 700_000, { price: 'free' })

type Case = { before: Row[]; now: Row[]; guard?: Guard; says: string }
const REFUSED: Record<string, Case> = {
  'fewer rows than the floor': {
    before: goods(12),
    now: goods(9),
    guard: { rows: 10 },
    says: 'has 9 rows, expected 10 or more',
  },
  'more than half of the goods missing': {
    before: goods(12),
    now: goods(5),
    says: 'has 5 goods where the last good run had 12, expected at least 6',
  },
  'more missing than the source may lose': {
    before: goods(20),
    now: goods(17),
    guard: { shrink: 100_000 },
    says: 'has 17 goods where the last good run had 20, expected at least 18',
  },
  'as many rows as before, but of a few goods': {
    before: goods(12),
    now: [...goods(4), ...goods(4, 600_000, { price: '11.00' }), ...goods(4, 600_000, { price: '12.00' })],
    says: 'has 4 goods where the last good run had 12',
  },
  'a fifth of the rows unusable': {
    before: goods(60),
    now: [...goods(60), ...unusable(16)],
    says: '16 of 76 rows are not usable, expected at most 15; the first: line 62, price: price: "free" is not an amount',
  },
  'half of few rows unusable': {
    before: goods(4),
    now: [...goods(4), ...unusable(5)],
    says: '5 of 9 rows are not usable, expected at most 4',
  },
  'more unusable than the source may have': {
    before: goods(20),
    now: [...goods(20), ...unusable(1)],
    guard: { rejects: 10_000 },
    says: '1 of 21 rows are not usable, expected at most 0',
  },
  'rates ten-fold': {
    before: goods(12, 1),
    now: goods(12, 1, { rate: '50' }),
    says: '12 of 12 rates changed ten-fold or more (1: 5% → 50%): a wrong unit?',
  },
  'prices ten-fold in most of the few rows that changed': {
    before: goods(300, 1000),
    now: [...goods(12, 1000, { price: '1000.00' }), ...goods(288, 1012)],
    says: '12 of 300 prices changed ten-fold or more (1000: 10.00 → 1000.00)',
  },
  'other goods at prices of another size': {
    before: goods(12),
    now: goods(20, 700_000, { price: '1000.00' }).concat(goods(10)),
    says: 'the median price of 20 new goods is 1000.00 where it was 10.00: a wrong unit?',
  },
  'other goods at rates of another size': {
    before: goods(12),
    now: goods(12, 700_000, { rate: '0.5' }),
    says: 'the median rate of 12 new goods is 0.5% where it was 5%: a wrong unit?',
  },
  'other goods without a value that the old ones had': {
    before: goods(12),
    now: goods(12, 700_000, { sales: '' }),
    says: 'sales has become empty in 12 of 12 rows',
  },
  'ids of another kind': {
    before: goods(12),
    now: goods(12).map((row, i) => ({ ...row, title: `品${row.sku}`, sku: `qeqscd${i}-uqwenqe` })),
    says: '12 of 12 goods are missing and the ids look otherwise: 6 digits (600000) before, letters and digits (qeqscd0-uqwenqe) now',
  },
  'ids that were shortened': {
    before: goods(12, 600_000),
    now: goods(12, 60_000_000),
    says: '12 of 12 goods are missing and the ids look otherwise: 6 digits (600000) before, 8 digits (60000000) now',
  },
  'zeros in front that are lost': {
    before: [...goods(20), { sku: '00123' }, { sku: '00124' }, { sku: '00125' }],
    now: [...goods(20), { sku: '123' }, { sku: '124' }, { sku: '125' }],
    says: '3 ids have lost the zeros in front (00123 is now 123): did a spreadsheet write the file?',
  },
}

describe.each(Object.entries(REFUSED))('refused: %s', (_, { before, now, guard = {}, says }) => {
  it('in these words, and nothing is kept but that', async () => {
    const { sync, content, query } = session()
    await sync(feed(before))
    const kept = content()
    const result = await sync(feed(now), { guard })
    expect(result).toMatchObject({ status: 'refused', fault: 'data' })
    expect(result.error).toContain(says)
    expect(result.error).toMatch(/; nothing was changed \(--accept-shrink takes it all the same\)$/)
    expect(content()).toEqual(kept)
    expect(query('SELECT status, error, read FROM run ORDER BY id DESC LIMIT 1')).toEqual([['refused', result.error, 0]])
    expect(query('SELECT count(*) FROM alias')).toEqual([[0]])
  })

  it('is taken with --accept-shrink, and is then the new measure', async () => {
    const { sync } = session()
    await sync(feed(before))
    expect((await sync(feed(now), { guard, acceptShrink: true })).status).toBe('applied')
    const again = await sync(feed(now.toReversed()), { guard: { ...guard, rows: 1, rejects: 900_000 } })
    expect(again.error).toBeNull()
  })
})

describe('not refused', () => {
  it.each<[string, Row[], Row[], Guard?]>([
    ['a hot list with other goods every day', goods(12), goods(12, 700_000)],
    ['half of the goods gone', goods(12), goods(6)],
    ['all but one, where the operator said so', goods(12), goods(1), { shrink: 950_000 }],
    ['ten unusable rows of thirty', goods(20), [...goods(20), ...unusable(10)]],
    [
      'many rows of the same goods',
      goods(5),
      [...goods(5), ...goods(5, 600_000, { price: '9.00' }), ...goods(5, 600_000, { price: '8.00' })],
    ],
    ['a sale of three goods', goods(40), [...goods(3, 600_000, { price: '1.00' }), ...goods(37, 600_003)]],
    ['new goods without a value that the old ones have', goods(12), [...goods(12), ...goods(11, 700_000, { sales: '' })]],
    ['a longer id now and then', goods(12), [...without(goods(12), 600_000, 600_001, 600_002), ...goods(3, 7_000_000)]],
    ['goods whose ids differ by zeros', [{ sku: '0123' }, { sku: '123' }], [{ sku: '0123' }, { sku: '123' }, { sku: '00123' }]],
  ])('%s', async (_, before, now, guard = {}) => {
    const { sync } = session()
    await sync(feed(before))
    const { status, error } = await sync(feed(now), { guard })
    expect([status, error]).toEqual(['applied', null])
  })

  it('the first reading of a source, whatever it looks like', async () => {
    const { sync } = session()
    await sync(feed(goods(40)), { source: 'other' })
    expect((await sync(feed(goods(12, 1, { price: '9000.00' })))).status).toBe('applied')
  })
})

describe('orders', () => {
  const orders = (count: number, status = 'paid') =>
    Array.from({ length: count }, (_, i) => `${status}${i},S,9.00,1.00,${status},2026-11-20`)
  const file = (...rows: string[]) => csv('order,sku,paid,commission,status,ordered', ...rows)

  it('are held against the same limits', async () => {
    const { importing } = session()
    const some = file(...orders(60), ...orders(16, 'lost'))
    const error =
      '16 of 76 rows are not usable, expected at most 15; the first: line 62, status: status: "lost" is not a known word'
    expect((await importing('orders', some)).error).toContain(error)
    expect(told(await importing('orders', some, { acceptShrink: true }))).toBe('applied: 76 read, 60 added, 16 rejected')
    expect((await importing('orders', file(...orders(9)), { guard: { rows: 10 } })).error).toContain('has 9 rows, expected 10')
    const none = await importing('orders', file(...orders(9, 'lost')), { acceptShrink: true })
    expect(none).toMatchObject({ status: 'refused', error: expect.not.stringContaining('--accept') })
  })

  it('of a day without any are no mistake', async () => {
    const { sync } = session()
    expect((await sync(file(), { source: 'orders' })).status).toBe('refused')
    const { importing } = session()
    expect(told(await importing('orders', file()))).toBe('applied: ')
  })
})

describe('ids that a spreadsheet has rounded', () => {
  const column = (...skus: string[]) => csv('sku,title,price', ...skus.map((sku) => `${sku},x,1`))
  const rounded = 'has lost its last digits, like the other long numbers of the column'

  it.each<[string, string[], number]>([
    ['one of 19 digits', ['6142521806270030000'], 1],
    ['two of 17 digits', ['61425218062700300', '61425218062700400'], 2],
    ['beside short ones', ['614252180627', '614252180628', '6142521806270030000'], 1],
    ['one of 17 digits: every hundredth ends so', ['61425218062700300'], 0],
    ['three of 16 digits: every tenth ends so', ['6142521806270030', '6142521806270040', '6142521806270050'], 0],
    ['one beside another that is whole', ['6142521806270030000', '6142521806270030017'], 0],
    ['round by design: zeros begin before the 16th digit', ['9260901880003700000', '9260901880007400000'], 0],
    ['of 15 digits', ['614252180627000', '614252180628000'], 0],
    ['marked as a text', ['"=""6142521806270030000"""'], 0],
    ['a text', ['A6142521806270030000'], 0],
  ])('%s', async (_, skus, expected) => {
    const { sync, query } = session()
    const result = await sync(column(...skus, 'B1', 'B2', 'B3'))
    expect(result.rejected).toBe(expected)
    expect(result.problems.every(({ field, message }) => field === 'sku' && message.includes(rounded))).toBe(true)
    expect(query('SELECT count(*) FROM product')).toEqual([[skus.length + 3 - expected]])
  })

  it('are found in orders too, and are no harm to the goods they may be', async () => {
    const { importing } = session()
    const file = csv('order,sku,paid,commission,status,ordered', '6142521806270030000,S,9,1,paid,2026-11-20')
    expect((await importing('orders', file)).error).toContain(`line 2, orderId: order: "6142521806270030000" ${rounded}`)
  })
})

describe('goods that have another id now', () => {
  const renamed = goods(12).map((row, i) => ({ ...row, title: `品${row.sku}`, sku: `q${i}-x` }))

  it('keep the history that they had, where title, shop and price are the same on both sides and unique', async () => {
    const { sync, db, query } = session()
    await sync(feed(goods(12, 600_000, { price: '12.00' })))
    await sync(feed(goods(12)))
    const twins = [
      ...renamed.slice(0, 9),
      { ...renamed[9]!, price: '11.00' },
      ...renamed.slice(10).map((row) => ({ ...row, title: '同款' })),
    ]
    const result = await sync(feed(twins), { acceptShrink: true })
    expect(result).toMatchObject({ status: 'applied', added: 12, gone: 12, joined: 9 })
    expect(query('SELECT count(*), min(new_sku), max(old_sku) FROM alias')).toEqual([[9, 'q0-x', '600008']])
    const product = lookUpProduct(db, 'acme:600000')
    expect(product).toMatchObject({ sku: 'q0-x', status: 'live' })
    expect(lookUpProduct(db, '600000').sku).toBe('q0-x')
    expect(productHistory(db, product.id).map(({ price, until }) => [price, until.slice(11, 16)])).toEqual([
      [1200, '12:01'],
      [1000, '12:02'],
    ])
    expect(lookUpProduct(db, '600009')).toMatchObject({ sku: '600009', status: 'gone' })
  })

  it('and through a second change, and back', async () => {
    const { sync, db } = session()
    await sync(feed(goods(12)))
    await sync(feed(renamed), { acceptShrink: true })
    const third = renamed.map((row, i) => ({ ...row, sku: 7_000_000 + i }))
    expect((await sync(feed(third), { acceptShrink: true })).joined).toBe(12)
    expect(lookUpProduct(db, '600000').sku).toBe('7000000')
    expect(productHistory(db, lookUpProduct(db, 'q0-x').id)).toHaveLength(2)
    await sync(feed(goods(12)), { acceptShrink: true })
    expect(lookUpProduct(db, '600000')).toMatchObject({ sku: '600000', status: 'live' })
  })

  it('are not joined where the ids look as before', async () => {
    const { sync } = session()
    await sync(feed(goods(12)))
    const others = goods(12, 700_000).map((row, i) => ({ ...row, title: `品${600_000 + i}` }))
    expect(await sync(feed(others))).toMatchObject({ status: 'applied', joined: 0 })
  })
})
