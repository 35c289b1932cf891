import { describe, expect, it } from 'vitest'
import { amount } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { productByKey, productHistory } from '../../src/store/products.ts'
import { ACME, csv, type Files, session, told } from './session.ts'

const TEN = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']
const feed = (rows: Record<string, string>) => csv('sku,price', ...Object.entries(rows).map(([sku, price]) => `${sku},${price}`))
const priced = (price: string, skus = TEN) => feed(Object.fromEntries(skus.map((sku) => [sku, price])))
const shelf = 'SELECT sku, price, status FROM product ORDER BY sku'

describe('a source of goods, read again and again', () => {
  it('counts what came, changed, went and came back', async () => {
    const { sync, query } = session()
    expect(told(await sync(feed({ A: '1', B: '2', C: '3' })))).toBe('applied: 3 read, 3 added')
    expect(told(await sync(feed({ A: '1', B: '2', C: '3' })))).toBe('unchanged: 3 read, 3 unchanged')
    expect(told(await sync(feed({ C: '3', B: '2.00', A: '1.50' })))).toBe('applied: 3 read, 1 changed, 2 unchanged')
    expect(told(await sync(feed({ A: '1.50', B: '2' })))).toBe('applied: 2 read, 2 unchanged, 1 gone')
    expect(told(await sync(feed({ A: '1.50', B: '2', C: '4', D: '5' })))).toBe(
      'applied: 4 read, 1 added, 2 unchanged, 1 returned',
    )
    expect(query(shelf)).toEqual([
      ['A', 150, 'live'],
      ['B', 200, 'live'],
      ['C', 400, 'live'],
      ['D', 500, 'live'],
    ])
  })

  it('remembers when goods came and went', async () => {
    const { sync, db } = session()
    const at = [await sync(feed({ A: '1', B: '2' })), await sync(feed({ A: '1', B: '2' })), await sync(feed({ A: '1' }))].map(
      (_, i) => `2026-11-25T12:0${i}:00+08:00`,
    )
    const [first, second, third] = at
    expect(productByKey(db, 'acme', 'A')).toMatchObject({ status: 'live', firstSeen: first, lastSeen: third })
    expect(productByKey(db, 'acme', 'B')).toMatchObject({ status: 'gone', firstSeen: first, lastSeen: second })
  })

  it('writes history only where something changed', async () => {
    const { sync, db } = session()
    await sync(csv('sku,price,rate,sales', 'A,10,5,7', 'B,10,5,7'))
    await sync(csv('sku,price,rate,sales', 'A,12,5,7', 'B,10.00,5,7'))
    await sync(csv('sku,price,rate,sales', 'B,10.00,5,7'))
    await sync(csv('sku,price,rate,sales', 'A,12,5,8', 'B,10,5,7'))
    const history = (sku: string) =>
      productHistory(db, productByKey(db, 'acme', sku)!.id).map((then) => [
        ...[then.price, then.commission, then.sales, then.status, then.until.slice(11, 16)],
      ])
    expect(history('A')).toEqual([
      [1000, 50, 7, 'live', '12:01'],
      [1200, 60, 7, 'live', '12:02'],
      [1200, 60, 7, 'gone', '12:03'],
    ])
    expect(history('B')).toEqual([])
  })

  it('a file in another order, encoding or under another name changes nothing', async () => {
    const { sync, content } = session()
    await sync(csv('sku,title,price', 'A,山茶花,1', 'B,"a ""b"" c",2', 'C,x,3'))
    const before = content()
    const shuffled = csv('sku,title,price', 'C,x,3', 'A,山茶花,1', 'B,"a ""b"" c",2')
    expect(told(await sync({ 'other.csv': shuffled }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(told(await sync({ 'a.csv': `\ufeff${shuffled}`.replaceAll('\n', '\r\n') }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(told(await sync({ 'b.csv': Buffer.from(`\ufeff${shuffled}`, 'utf16le') }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(content()).toEqual(before)
  })

  it('a feed of several files is one feed', async () => {
    const { sync, query } = session()
    expect(told(await sync({ '1.csv': feed({ A: '1', B: '2' }), '2.csv': feed({ C: '3', B: '4' }) }))).toBe(
      'applied: 4 read, 3 added, 1 unchanged',
    )
    expect(told(await sync({ '2.csv': feed({ C: '3', B: '4' }), '1.csv': feed({ A: '1', B: '2' }) }))).toBe(
      'unchanged: 4 read, 4 unchanged',
    )
    expect(query(shelf)).toEqual([
      ['A', 100, 'live'],
      ['B', 400, 'live'],
      ['C', 300, 'live'],
    ])
  })

  it('exports of several days pile up: the newest row of a product counts, whatever was read before', async () => {
    const { sync, query } = session()
    const days: Files = { 'goods-01.csv': feed({ A: '1', B: '1', C: '1' }) }
    expect(told(await sync(days))).toBe('applied: 3 read, 3 added')
    days['goods-02.csv'] = feed({ A: '2', B: '1', D: '2' })
    expect(told(await sync(days))).toBe('applied: 6 read, 1 added, 1 changed, 4 unchanged')
    days['goods-03.csv'] = feed({ B: '3', D: '2' })
    expect(told(await sync(days))).toBe('applied: 8 read, 1 changed, 7 unchanged')
    expect(told(await sync(days))).toBe('unchanged: 8 read, 8 unchanged')
    expect(query(shelf)).toEqual([
      ['A', 200, 'live'],
      ['B', 300, 'live'],
      ['C', 100, 'live'],
      ['D', 200, 'live'],
    ])
    expect(query('SELECT count(*) FROM product_history')).toEqual([[2]])
  })

  it('names the file of a problem where there are several', async () => {
    const { sync } = session()
    const { problems } = await sync({ '1.csv': feed({ A: '1', B: 'x', C: '2' }), '2.csv': feed({ D: '1' }) })
    expect(problems.map(({ where }) => where)).toEqual(['1.csv: line 3'])
  })

  it('calls nothing gone while a refused row may be any product, and says so', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '2', C: '3' }))
    const { gone, problems } = await sync(`${feed({ A: '1', B: '2' })},9\n`)
    expect(gone).toBe(0)
    expect(problems.at(-1)).toEqual({
      where: 'line 4',
      field: 'sku',
      message: 'cannot be read, and the row may be any of 1 missing products: none of them was called gone',
    })
    expect(query("SELECT count(*) FROM product WHERE status = 'gone'")).toEqual([[0]])
  })

  it('files imported by hand are never the whole: what is not in them stays', async () => {
    const { importing, query } = session()
    await importing('products', feed({ A: '1', B: '2' }))
    expect(told(await importing('products', feed({ C: '3' })))).toBe('applied: 1 read, 1 added')
    expect(query(shelf)).toHaveLength(3)
  })

  it('one partner’s goods are not another’s', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '1' }))
    await sync(feed({ A: '2' }), { partner: { ...ACME, id: 'other' }, source: 'other' })
    expect(query('SELECT partner, sku, price, status FROM product ORDER BY partner, sku')).toEqual([
      ['acme', 'A', 100, 'live'],
      ['acme', 'B', 100, 'live'],
      ['other', 'A', 200, 'live'],
    ])
  })
})

describe('two sources of one partner', () => {
  const [picks, hot] = [{ source: 'picks' }, { source: 'hot' }]

  it('that list the same goods do not change them by taking turns', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '1' }), picks)
    expect(told(await sync(feed({ A: '1', C: '1' }), hot))).toBe('applied: 2 read, 1 added, 1 unchanged')
    expect(told(await sync(feed({ A: '1', B: '1' }), picks))).toBe('unchanged: 2 read, 2 unchanged')
    expect(told(await sync(feed({ A: '1', C: '1' }), hot))).toBe('unchanged: 2 read, 2 unchanged')
    expect(query('SELECT * FROM product_history')).toEqual([])
  })

  it('what one of them loses stays while the other lists it', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '1' }), picks)
    await sync(feed({ A: '1', C: '1' }), hot)
    expect(told(await sync(feed({ C: '1' }), hot))).toBe('applied: 1 read, 1 unchanged')
    expect(told(await sync(feed({ B: '1' }), picks))).toBe('applied: 1 read, 1 unchanged, 1 gone')
    expect(query(shelf)).toEqual([
      ['A', 100, 'gone'],
      ['B', 100, 'live'],
      ['C', 100, 'live'],
    ])
  })

  it('the values of the one whose row changed last count', async () => {
    const { sync, query } = session()
    const price = () => query('SELECT price, source FROM product')
    await sync(feed({ A: '1.0' }), picks)
    expect(told(await sync(feed({ A: '2' }), hot))).toBe('applied: 1 read, 1 changed')
    expect(told(await sync({ 'again.csv': feed({ A: '1.0' }) }, picks))).toBe('unchanged: 1 read, 1 unchanged')
    expect(price()).toEqual([[200, 'hot']])
    expect(told(await sync(feed({ A: '3' }), picks))).toBe('applied: 1 read, 1 changed')
    expect(told(await sync(feed({ A: '2' }), hot))).toBe('unchanged: 1 read, 1 unchanged')
    expect(price()).toEqual([[300, 'picks']])
  })

  it('when that one lets go, the other’s come back at its next reading, though its file is the same', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '1' }), picks)
    await sync(feed({ A: '2', C: '2' }), hot)
    await sync(feed({ C: '2' }), hot)
    expect(query("SELECT price, source FROM product WHERE sku = 'A'")).toEqual([[200, 'picks']])
    expect(told(await sync(feed({ A: '1', B: '1' }), picks))).toBe('applied: 2 read, 1 changed, 1 unchanged')
    expect(told(await sync(feed({ A: '1', B: '1' }), picks))).toBe('unchanged: 2 read, 2 unchanged')
    expect(query(shelf)[0]).toEqual(['A', 100, 'live'])
  })

  it('goods that one lists again, as it did once, are its own again', async () => {
    const { sync, query } = session()
    await sync(feed({ A: '1', B: '1' }), hot)
    const both = feed({ A: '1', B: '1' })
    await sync(both, picks)
    await sync(feed({ A: '1' }), picks)
    expect(told(await sync(both, picks))).toBe('applied: 2 read, 2 unchanged')
    await sync(feed({ A: '1' }), hot)
    expect(query(shelf)).toEqual([
      ['A', 100, 'live'],
      ['B', 100, 'live'],
    ])
  })

  it('a file imported by hand gives values, but keeps nothing alive that its sources have let go', async () => {
    const { sync, importing, query } = session()
    await sync(feed({ A: '1', B: '1' }), picks)
    await importing('products', feed({ A: '2', D: '2' }))
    expect(query(shelf)[0]).toEqual(['A', 200, 'live'])
    expect(told(await sync(feed({ B: '1' }), picks))).toBe('applied: 1 read, 1 unchanged, 1 gone')
    expect(query(shelf)).toEqual([
      ['A', 200, 'gone'],
      ['B', 100, 'live'],
      ['D', 200, 'live'],
    ])
  })

  it('a database from before this was kept learns it at the next run', async () => {
    const { sync, query, db } = session()
    await sync(feed({ A: '1', B: '1' }), picks)
    await sync(feed({ A: '1', C: '1' }), hot)
    // What such a database was, and what the migration says of it.
    const [forget] = MIGRATIONS.flatMap((one) => one.match(/UPDATE run SET mapping = NULL[^;]*;/) ?? [])
    db.exec(`DELETE FROM listing; ${forget}`)
    expect((await sync(feed({ A: '1', B: '1' }), picks)).status).toBe('applied')
    expect((await sync(feed({ A: '1', C: '1' }), hot)).error).toBeNull()
    await sync(feed({ C: '1' }), hot)
    expect(query(shelf)[0]).toEqual(['A', 100, 'live'])
  })
})

describe('a product twice in one file', () => {
  const twice = csv('sku,price', 'A,1', 'B,2', 'A,3')

  it('the last one counts, and it is said', async () => {
    const { sync, query } = session()
    const result = await sync(twice)
    expect(told(result)).toBe('applied: 3 read, 2 added, 1 rejected')
    expect(result.problems).toEqual([{ where: 'line 2', field: 'sku', message: 'A stands again in line 4; the last one counts' }])
    expect(query(shelf)).toEqual([
      ['A', 300, 'live'],
      ['B', 200, 'live'],
    ])
  })

  it.each([
    ['the same file', twice],
    ['in another order', csv('sku,price', 'A,3', 'A,1', 'B,2')],
    ['in a third order', csv('sku,price', 'B,2', 'A,3', 'A,1')],
  ])('read again, %s: nothing changes', async (_, again) => {
    const { sync, content } = session()
    await sync(twice)
    const before = content()
    expect(told(await sync({ 'again.csv': again }))).toBe('unchanged: 3 read, 2 unchanged, 1 rejected')
    expect(content()).toEqual(before)
  })

  it('the row that lost counts when it is alone', async () => {
    const { sync, query } = session()
    await sync(twice)
    expect(told(await sync(csv('sku,price', 'A,1', 'B,2')))).toBe('applied: 2 read, 1 changed, 1 unchanged')
    expect(query(shelf)[0]).toEqual(['A', 100, 'live'])
  })

  it('the very same row twice is said as well', async () => {
    const { sync } = session()
    await sync(csv('sku,price', 'A,1', 'A,1', 'B,2'))
    const result = await sync(csv('sku,price', 'B,2', 'A,1', 'A,1', 'C,3'))
    expect(told(result)).toBe('applied: 4 read, 1 added, 2 unchanged, 1 rejected')
    expect(result.problems).toEqual([{ where: 'line 4', field: 'sku', message: 'the same row stands above' }])
  })

  it('a row of last time stands again below another one: it is the last and counts', async () => {
    const { sync, query } = session()
    await sync(csv('sku,price', 'A,1', 'B,2'))
    const result = await sync(csv('sku,price', 'A,1', 'A,3', 'A,1', 'B,2'))
    expect([result.read, result.accepted, result.rejected]).toEqual([4, 2, 2])
    expect(query(shelf)[0]).toEqual(['A', 100, 'live'])
  })
})

describe('rows that cannot be used', () => {
  it('are told with line, column and value, and kept as they were', async () => {
    const { sync, query } = session()
    const result = await sync(csv('sku,price', 'A,1', 'B,free', 'C,3', 'D'))
    expect(told(result)).toBe('applied: 4 read, 2 added, 2 rejected')
    expect(result.problems).toEqual([
      { where: 'line 3', field: 'price', message: 'price: "free" is not an amount in yuan, expected like 9.90' },
      { where: 'line 5', field: null, message: 'has 1 cells, expected 2 as in the header' },
    ])
    expect(query('SELECT line, field, raw FROM rejected ORDER BY line')).toEqual([
      [3, 'price', 'B,free'],
      [5, null, 'D'],
    ])
  })

  it.each([
    ['with a readable sku, only that product stays', ['A,1', 'B,free'], { A: 'live', B: 'live', C: 'gone', D: 'gone' }],
    ['with cells missing, whatever its cells name stays', ['A,1', 'C'], { A: 'live', B: 'gone', C: 'live', D: 'gone' }],
    ['without a sku, nothing is called gone', ['A,1', ',5'], { A: 'live', B: 'live', C: 'live', D: 'live' }],
  ])('do not retire goods: %s', async (_, rows, expected) => {
    const { sync, query } = session()
    await sync(priced('1', ['A', 'B', 'C', 'D']))
    await sync(csv('sku,price', ...rows), { acceptShrink: true })
    expect(Object.fromEntries(query<[string, string]>('SELECT sku, status FROM product'))).toEqual(expected)
  })
})

describe('the guard', () => {
  const full = csv('sku,price,rate,sales,link', ...TEN.map((sku) => `${sku},10.00,5,7,https://x.example/${sku}`))
  const refused: [string, string, string][] = [
    ['a header and nothing else', 'sku,price,rate,sales,link\n', 'has no rows; nothing was changed'],
    ['fewer than half', full.replace(/^[E-J].*\n/gm, ''), 'has 4 goods where the last good run had 10, expected at least 5'],
    [
      'most rows unusable',
      priced('free'),
      '10 of 10 rows are not usable, expected at most 5; the first: line 2, price: price: "free" is not an amount',
    ],
    [
      'prices ten-fold',
      full.replaceAll('10.00', '1000.00'),
      '10 of 10 prices changed ten-fold or more (A: 10.00 → 1000.00): a wrong unit?',
    ],
    ['prices a tenth', full.replaceAll('10.00', '1.00'), '10 of 10 prices changed ten-fold or more (A: 10.00 → 1.00)'],
    ['a column emptied', full.replace(/,7,/g, ',,'), 'sales has become empty in 10 of 10 rows'],
    ['a column gone', priced('10.00'), 'commissionRate has become empty in 10 of 10 rows'],
  ]

  it.each(refused)('refuses %s and changes nothing', async (_, broken, message) => {
    const { sync, content, query } = session()
    await sync(full)
    const before = content()
    const result = await sync(broken)
    expect(result.status).toBe('refused')
    expect(result.fault).toBe('data')
    expect(result.error).toContain(message)
    expect(result.error).toContain('nothing was changed')
    expect(content()).toEqual(before)
    expect(query('SELECT status, error FROM run ORDER BY id DESC LIMIT 1')).toEqual([['refused', result.error]])
    expect(told(await sync(full))).toBe('unchanged: 10 read, 10 unchanged')
  })

  it.each(refused.slice(1).filter(([name]) => name !== 'most rows unusable'))(
    '%s: --accept-shrink takes it',
    async (_, broken) => {
      const { sync } = session()
      await sync(full)
      expect((await sync(broken, { acceptShrink: true })).status).toBe('applied')
    },
  )

  it.each([refused[0]!, refused[2]!])('%s: not even --accept-shrink', async (_, broken) => {
    const { sync } = session()
    await sync(full)
    expect(await sync(broken, { acceptShrink: true })).toMatchObject({
      status: 'refused',
      error: expect.not.stringContaining('--'),
    })
  })

  it('lets a real sale through', async () => {
    const { sync } = session()
    await sync(priced('10.00'))
    expect(told(await sync(feed({ ...Object.fromEntries(TEN.map((sku) => [sku, '10.00'])), A: '0.90', B: '1.00' })))).toBe(
      'applied: 10 read, 2 changed, 8 unchanged',
    )
    expect(told(await sync(priced('10.00', TEN.slice(0, 5))))).toBe('applied: 5 read, 2 changed, 3 unchanged, 5 gone')
  })

  it('asks no size of files imported by hand', async () => {
    const { importing } = session()
    await importing('products', priced('10.00'))
    expect(told(await importing('products', priced('10.00', ['K'])))).toBe('applied: 1 read, 1 added')
  })
})

describe('without reading all again', () => {
  it('an identical file is recognised as a whole, with the problems it had', async () => {
    const { sync } = session()
    const file = csv('sku,price', 'A,1', 'B,free', 'C,3', 'A,4')
    const first = await sync(file)
    const second = await sync(file)
    expect(told(second)).toBe('unchanged: 4 read, 2 unchanged, 2 rejected')
    expect(second.problems).toEqual(first.problems)
    expect(second.snapshot).toBe(first.snapshot)
  })

  it('a change of the mapping reads every row again', async () => {
    const fields = { ...ACME.feeds.products.fields, price: amount('price', 'minor') }
    const fen: Partner = { ...ACME, feeds: { products: { ...ACME.feeds.products, fields } } }
    const { sync, query } = session()
    const file = feed({ A: '200', B: '300' })
    await sync(file)
    expect(told(await sync(file, { partner: fen, acceptShrink: true }))).toBe('applied: 2 read, 2 changed')
    expect(query(shelf)).toEqual([
      ['A', 200, 'live'],
      ['B', 300, 'live'],
    ])
  })

  it('a dry run says the same and changes nothing', async () => {
    const { sync, content, query } = session()
    const dryRun = true
    expect(told(await sync(priced('1'), { dryRun }))).toBe('dry-run: 10 read, 10 added')
    expect(query('SELECT * FROM run')).toEqual([])
    await sync(priced('1'))
    const before = [content(), query('SELECT * FROM run'), query('SELECT * FROM file')]
    expect(told(await sync(priced('1'), { dryRun }))).toBe('dry-run: 10 read, 10 unchanged')
    expect(told(await sync(feed({ A: '2', B: '1', C: '1', D: '1', E: '1', X: '9' }), { dryRun }))).toBe(
      'dry-run: 6 read, 1 added, 1 changed, 4 unchanged, 5 gone',
    )
    expect(await sync(feed({ A: '1' }), { dryRun })).toMatchObject({ status: 'refused', fault: 'data' })
    expect([content(), query('SELECT * FROM run'), query('SELECT * FROM file')]).toEqual(before)
  })

  it('the result has the fields of the contract and no others', async () => {
    const { sync } = session()
    const results = [await sync(priced('1')), await sync(priced('1')), await sync(priced('1'), { dryRun: true }), await sync('')]
    for (const result of results)
      expect(Object.keys(result).sort()).toEqual(
        [
          ...[
            'accepted',
            'added',
            'bytes',
            'changed',
            'encodings',
            'error',
            'fault',
            'gone',
            'joined',
            'kind',
            'moves',
            'notes',
            'partner',
            'plan',
            'problems',
            'read',
          ],
          ...['rejected', 'returned', 'seconds', 'snapshot', 'source', 'status', 'unchanged'],
        ].sort(),
      )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'unchanged', 'dry-run', 'refused'])
  })
})
