import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findProducts,
  lookUpProduct,
  otherCurrency,
  productDocument,
  type Search,
  SORTS,
  type Sort,
  STATUSES,
} from '../../src/catalog/find.ts'
import { type ScoreRules, scoreOf } from '../../src/catalog/score.ts'
import { indexTexts } from '../../src/catalog/search.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { productByKey, type StoredProduct } from '../../src/store/products.ts'
import { EVERYTHING } from './everything.ts'
import { ACME, csv, session } from './session.ts'

/** B has 30 + 20 + 5 points, A 40 + 10 + 0, C 40 + 5, E none. */
const RULES = {
  ...{ currency: 'CNY', commission: { points: 40, full: 800 }, rate: { points: 30, full: 300_000 } },
  sales: { points: 30, full: 300 },
  ...{ brand: { points: 0, none: [] }, repurchase: { points: 0, words: [] }, barrier: { points: 0, full: 1, none: 2 } },
} satisfies ScoreRules
const HEADER = 'sku,title,brand,shop,category,currency,price,coupon,rate,sales'

async function shop(rows: readonly string[]) {
  const one = session()
  await one.importing('products', csv(HEADER, ...rows))
  const find = (search: Partial<Search>) => findProducts(one.db, { ...EVERYTHING, ...search })
  return { ...one, find, skus: (search: Partial<Search>) => find(search).products.map(({ sku }) => sku) }
}

describe('finding goods', async () => {
  const { db, find, skus, sync } = await shop([
    'A,山茶花 连衣裙 50% off,Camellia,花店,裙,,100.00,20.00,10,5',
    'B,山茶花茶杯,,杯_店,杯,,30.00,,20,50',
    'C,毛衣 C:\\new,Camellia,花店,衣,,300.00,,5,',
    'D,Umbrella,,雨店,伞,JPY,30000,,10,500',
    'E,袜子,,袜店,袜,,9.90,,,7',
  ])

  it.each<[string, Partial<Search>, string[]]>([
    ['all in the currency, by commission; goods without one last', {}, ['C', 'A', 'B', 'E']],
    ['by commission, least first; goods without one still last', { ascending: true }, ['B', 'A', 'C', 'E']],
    ['by commission, in another currency', { currency: 'JPY' }, ['D']],
    ['by rate', { sort: 'rate' }, ['B', 'A', 'D', 'C', 'E']],
    ['by price with the coupon', { sort: 'price', ascending: true }, ['E', 'B', 'A', 'C']],
    ['by score', { sort: 'score', score: RULES }, ['B', 'A', 'C', 'E']],
    ['by score, least first', { sort: 'score', score: RULES, ascending: true }, ['E', 'C', 'A', 'B']],
    ['by sales', { sort: 'sales' }, ['D', 'B', 'E', 'A', 'C']],
    ['a word in the title', { text: '山茶花' }, ['A', 'B']],
    ['in the brand, whatever the case', { text: 'camellia' }, ['C', 'A']],
    ['in the shop', { text: '花店' }, ['C', 'A']],
    ['several words, each anywhere', { text: ' 花店  毛衣 ' }, ['C']],
    ['a percent sign is no joker', { text: '50%' }, ['A']],
    ['%', { text: '%' }, ['A']],
    ['an underscore is none either', { text: '杯_店' }, ['B']],
    ['_', { text: '_' }, ['B']],
    ['a backslash is a letter', { text: 'C:\\n' }, ['C']],
    ['a quote', { text: "'" }, []],
    ['a category', { category: '杯' }, ['B']],
    ['least commission, in its currency', { minCommission: 700 }, ['C', 'A']],
    ['least commission in another one', { minCommission: 100, currency: 'JPY' }, ['D']],
    ['least rate', { minRate: 100_000 }, ['A', 'B']],
    ['least sales', { minSales: 7 }, ['B', 'E']],
    ['a source', { sources: ['import'], limit: 2 }, ['C', 'A']],
    ['another source', { sources: ['goods'] }, []],
    ['goods that are gone', { status: 'gone' }, []],
    ['live or gone', { status: 'any', minSales: 7 }, ['B', 'E']],
    ['a price range, with the coupon', { price: { from: 3000, to: 8000 } }, ['A', 'B']],
    ['up to a price', { price: { from: null, to: 990 } }, ['E']],
    ['only with a coupon', { coupon: true }, ['A']],
    ['a partner', { partners: ['acme'], minSales: 50 }, ['B']],
    ['another partner', { partners: ['other', 'third'] }, []],
    ['no more than asked for', { limit: 2 }, ['C', 'A']],
  ])('%s', (_, search, expected) => expect(skus(search)).toEqual(expected))

  it('pages end where there is no more', () => {
    expect(find({ limit: 4 }).next).toBeNull()
    expect(find({ limit: 3 }).next).not.toBeNull()
  })

  it('another currency that goods have', () => {
    expect(otherCurrency(db, 'CNY')).toBe('JPY')
    expect(otherCurrency(db, 'JPY')).toBe('CNY')
  })

  it('another currency that goods had once, or that a dry run met, is none', async () => {
    const { db, sync } = session()
    await sync(csv('sku,price,currency', 'A,1,CNY', 'B,1,CNY'))
    expect(otherCurrency(db, 'CNY')).toBeUndefined()
    await sync(csv('sku,price,currency', 'A,1,CNY', 'B,100,JPY'), { dryRun: true })
    expect(db.prepare('SELECT * FROM product_currency').pluck().all()).toEqual(['CNY'])
    await sync(csv('sku,price,currency', 'A,1,CNY', 'B,100,JPY'))
    expect(otherCurrency(db, 'CNY')).toBe('JPY')
    // as an older version left it, before this table was made
    db.exec(`DROP TABLE product_currency; ${MIGRATIONS.find((sql) => sql.includes('CREATE TABLE product_currency'))}`)
    expect(otherCurrency(db, 'CNY')).toBe('JPY')
    await sync(csv('sku,price,currency', 'A,1,CNY'))
    expect(otherCurrency(db, 'CNY')).toBeUndefined()
  })

  it.each([
    ['garbage', 'xyz', '--after: "xyz" is not a cursor, expected the "next" of an earlier find'],
    ['nothing', '', '--after: "" is not a cursor, expected the "next" of an earlier find'],
    ['JSON that is no cursor', Buffer.from('["rate",true,1.5,2]').toString('base64url'), 'is not a cursor'],
    ['another sort', find({ limit: 1, sort: 'rate' }).next!, '--after: the cursor belongs to another --sort'],
    ['another direction', find({ limit: 1, ascending: true }).next!, '--after: the cursor belongs to another --sort'],
  ])('a cursor: %s', (_, after, message) => expect(() => find({ after })).toThrow(message))

  it('the best scores of many, where the goods of the most commission are not the best', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => `${i},x,,,,,${(i * 37) % 101},,${(i * 53) % 31},${(i * 71) % 307}`)
    const many = await shop(lines)
    const rules = {
      ...RULES,
      commission: { points: 5, full: 500 },
      rate: { points: 5, full: 100_000 },
      sales: { points: 90, full: 300 },
    }
    const all = lines.map((_, i) => productByKey(many.db, 'acme', String(i))!)
    const expected = all
      .map((product) => ({ sku: product.sku, score: scoreOf(product, rules)!.total }))
      .sort((a, b) => b.score - a.score || Number(a.sku) - Number(b.sku))
      .map(({ sku }) => sku)
    const found: string[] = []
    let after: string | null = null
    for (let page = 0; page < 5; page++) {
      const { products, next } = findProducts(
        many.db,
        { ...EVERYTHING, sort: 'score', score: rules, limit: 12, after },
        { scored: 40 },
      )
      found.push(...products.map(({ sku }) => sku))
      after = next
    }
    expect(found).toEqual(expected.slice(0, 60))
  })

  it('a product by its name', async () => {
    expect(lookUpProduct(db, 'acme:A').sku).toBe('A')
    expect(lookUpProduct(db, 'A').partner).toBe('acme')
    expect(() => lookUpProduct(db, 'X')).toThrow('X: no such product; see "shoptool find"')
    expect(() => lookUpProduct(db, 'other:A')).toThrow('other:A: no such product')
    await sync(csv('sku,price', 'A,1', 'acme:A,2'), { partner: { ...ACME, id: 'other' }, source: 'other' })
    expect(() => lookUpProduct(db, 'A')).toThrow('A: several partners have it, name one of acme:A, other:A')
    expect(lookUpProduct(db, 'acme:A').partner).toBe('acme')
    expect(lookUpProduct(db, 'other:acme:A').price).toBe(200)
  })

  it('as --json gives it: decimal strings, percent, nothing else', () => {
    expect(productDocument(productByKey(db, 'acme', 'A')!)).toEqual({
      ...{ partner: 'acme', sku: 'A', title: '山茶花 连衣裙 50% off', brand: 'Camellia', category: '裙', shop: '花店' },
      ...{ currency: 'CNY', price: '100.00', coupon: { amount: '20.00', threshold: null, from: null, until: null } },
      ...{
        finalPrice: '80.00',
        commissionRate: '10',
        commission: '8.00',
        sales: 5,
        imageUrl: null,
        url: null,
        link: null,
        code: null,
      },
      ...{ status: 'live', firstSeen: '2026-11-25T12:00:00+08:00', lastSeen: '2026-11-25T12:00:00+08:00' },
    })
    expect(productDocument(productByKey(db, 'acme', 'D')!)).toMatchObject({ price: '30000', commission: '3000', coupon: null })
  })
})

describe('any search against a filter of an array', () => {
  const word = fc.constantFrom('花', '茶', '%', '_', '\\', 'ab', 'A')
  const row = fc.record({
    title: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('')),
    brand: fc.constantFrom('', '花', 'AB'),
    category: fc.constantFrom('', 'x', "y's"),
    currency: fc.constantFrom('', 'JPY'),
    price: fc.integer({ min: 0, max: 6 }),
    coupon: fc.constantFrom('', '0', '1', '2'),
    rate: fc.constantFrom('', '0', '10', '50'),
    sales: fc.constantFrom('', '0', '5', '6'),
  })
  const maybe = <T>(...values: T[]) => fc.constantFrom<T | null>(null, null, ...values)
  const search: fc.Arbitrary<Search> = fc.record({
    text: fc.array(word, { maxLength: 2 }).map((words) => words.join(' ')),
    partners: fc.constantFrom<string[]>([], ['acme'], ['acme', 'other'], ['other']),
    sources: fc.constantFrom<string[]>([], [], ['import'], ['goods', 'other']),
    status: fc.constantFrom('live', 'live', ...STATUSES),
    score: fc.record({
      currency: fc.constant('CNY'),
      commission: fc.record({ points: fc.integer({ min: 0, max: 4 }), full: fc.integer({ min: 1, max: 300 }) }),
      rate: fc.record({ points: fc.constantFrom(0, 3), full: fc.constantFrom(1, 300_000) }),
      sales: fc.record({ points: fc.integer({ min: 0, max: 4 }), full: fc.integer({ min: 1, max: 6 }) }),
      brand: fc.record({ points: fc.constantFrom(0, 3), none: fc.subarray(["it's", '花']) }),
      repurchase: fc.record({ points: fc.constantFrom(0, 4), words: fc.subarray(['x', "'s"]) }),
      barrier: fc.record({
        points: fc.integer({ min: 0, max: 5 }),
        full: fc.constantFrom(1, 100),
        none: fc.constantFrom(101, 300),
      }),
    }),
    category: maybe('x'),
    currency: fc.constantFrom('CNY', 'JPY'),
    minCommission: maybe(0, 1, 20),
    minRate: maybe(0, 100_000),
    minSales: maybe(0, 5),
    price: fc.record({ from: maybe(0, 100), to: maybe(0, 300) }),
    coupon: fc.boolean(),
    sort: fc.constantFrom(...SORTS),
    ascending: fc.boolean(),
    limit: fc.integer({ min: 1, max: 5 }),
    after: fc.constant(null),
  })
  const KEY: Record<Sort, (p: StoredProduct, s: Search) => number | null> = {
    commission: (p) => p.commission,
    rate: (p) => p.commissionRate,
    sales: (p) => p.sales,
    price: (p) => p.finalPrice,
    score: (p, s) => scoreOf({ ...p, currency: 'CNY' }, s.score!)!.total,
  }

  function naive(products: readonly StoredProduct[], s: Search): string[] {
    const least = (value: number | null, min: number | null) => min === null || (value !== null && value >= min)
    const sorted = ['commission', 'price', 'score'].includes(s.sort)
    const money = sorted || s.minCommission !== null || s.price.from !== null || s.price.to !== null
    return products
      .filter((p) =>
        s.text
          .toLowerCase()
          .split(' ')
          .every((word) => [p.title, p.brand, p.shop].some((text) => text?.toLowerCase().includes(word))),
      )
      .filter((p) => (s.status === 'any' || p.status === s.status) && (s.sources.length === 0 || s.sources.includes(p.source)))
      .filter((p) => (s.partners.length === 0 || s.partners.includes(p.partner)) && (s.category ?? p.category) === p.category)
      .filter((p) => (!money || p.currency === s.currency) && (!s.coupon || (p.couponAmount ?? 0) > 0))
      .filter((p) => least(p.commission, s.minCommission) && least(p.commissionRate, s.minRate) && least(p.sales, s.minSales))
      .filter((p) => least(p.finalPrice, s.price.from) && (s.price.to === null || p.finalPrice <= s.price.to))
      .sort((a, b) => {
        const [x, y] = [KEY[s.sort](a, s), KEY[s.sort](b, s)]
        const nulls = Number(x === null) - Number(y === null)
        return nulls || (s.ascending ? 1 : -1) * ((x ?? 0) - (y ?? 0)) || a.id - b.id
      })
      .map(({ sku }) => sku)
  }

  it('the pages of any search, put together, are that filter and sort', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 25 }),
        fc.array(search, { minLength: 20, maxLength: 20 }),
        async (rows, searches) => {
          const lines = rows.map((r, i) =>
            [i, r.title, r.brand, '', r.category, r.currency, r.price, r.coupon, r.rate, r.sales].join(','),
          )
          const { db, close } = await shop(lines)
          db.exec("UPDATE product SET status = 'gone', last_seen = first_seen WHERE id % 5 = 0")
          const products = rows.map((_, i) => productByKey(db, 'acme', String(i))!)
          indexTexts(db)
          for (const [i, one] of searches.entries()) {
            // all by the first goods, some by the text index, all by it
            const scan = [1000, 3, 0][i % 3]!
            const found: string[] = []
            let after: string | null = null
            do {
              const page: ReturnType<typeof findProducts> = findProducts(
                db,
                { ...one, after },
                { scan, scored: [1000, 3][i % 2]! },
              )
              expect(page.products.length).toBeLessThanOrEqual(one.limit)
              found.push(...page.products.map(({ sku }) => sku))
              after = page.next
            } while (after !== null && found.length <= rows.length)
            expect(found).toEqual(naive(products, one))
          }
          close()
        },
      ),
      { numRuns: 15 },
    )
  })
})
