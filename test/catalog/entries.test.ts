import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entries } from '../../src/feeds/feed.ts'
import { amount, count, instant, oneOf, text } from '../../src/feeds/field.ts'
import { type Partner, preferring } from '../../src/partners/partner.ts'
import { ORDER_STATUSES } from '../../src/records.ts'
import { orderStates } from '../../src/store/history.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { suspectedPairs } from '../../src/store/suspects.ts'
import { ACME, csv, session, told } from './session.ts'

// Partners that correct an order by further rows: linked rows (the line's number is the original's), unlinked rows (the goods stand for
// the line), and journals of deltas.
const HEADER = 'order,line,row,sku,quantity,paid,commission,status,ordered,changed,way'
const optional = { optional: true } as const
const WORDS = Object.fromEntries(ORDER_STATUSES.map((word) => [word, word]))
const corrects = (entries: Entries): Partner => ({
  ...ACME,
  feeds: {
    orders: {
      ...ACME.feeds.orders,
      entries,
      fields: {
        ...ACME.feeds.orders.fields,
        quantity: count('quantity', optional),
        currency: text('currency', optional),
        status: oneOf('status', WORDS) as typeof ACME.feeds.orders.fields.status,
        verifiedAt: instant('ordered', 'yyyy-MM-dd HH:mm', optional),
        orderedAt: instant('ordered', 'yyyy-MM-dd HH:mm'),
        modifiedAt: instant('changed', 'yyyy-MM-dd', optional),
      },
    },
  },
})
const ROWS = corrects({ of: 'rows', id: ['row'], way: { from: 'way', words: ['realtime', 'batch'] } })
const DELTAS = corrects({ of: 'deltas', id: ['row', 'changed'] })
const FIGURES = corrects({ of: 'rows' })

const row = (cells: Record<string, string | number>) =>
  HEADER.split(',')
    .map(
      (name) =>
        cells[name] ??
        { order: 1, line: 'a', sku: 'S', quantity: 1, ordered: '2026-09-01 10:00', status: 'verified' }[name] ??
        '',
    )
    .join(',')
const file = (...rows: Record<string, string | number>[]) => csv(HEADER, ...rows.map(row))
const present = (db: ReturnType<typeof session>['db']) =>
  [...ordersByKey(db, 'acme')].map(
    ({ orderId, lineId, status, paidAmount, commission }) => `${orderId} ${lineId} ${status} ${paidAmount} ${commission}`,
  )
/** What the files come to, in their order and in the reverse one. */
async function comesTo(partner: Partner, ...files: string[]) {
  const ends: string[][] = []
  for (const list of [files, files.toReversed()]) {
    const { importing, db, close } = session()
    for (const one of list) {
      const result = await importing('orders', { [`${files.indexOf(one)}.csv`]: one }, { partner })
      if (result.error) throw new Error(result.error)
    }
    ends.push(present(db))
    close()
  }
  expect(ends[1]).toEqual(ends[0])
  return ends[0]
}

describe('rows that count on their own', () => {
  const sale = { row: 'r1', paid: '60.00', commission: '3.00' }

  it.each<[string, Record<string, string | number>[], string[]]>([
    ['a sale', [sale], ['1 a verified 6000 300']],
    ['taken back in part', [sale, { row: 'r2', paid: '-20.00', commission: '-1.00' }], ['1 a verified 4000 200']],
    ['taken back as a whole', [sale, { row: 'r2', paid: '-60.00', commission: '-3.00' }], ['1 a refunded 0 0']],
    // the statement will show both, and so must we
    ['taken back beyond it', [sale, { row: 'r2', paid: '-80.00', commission: '-4.00' }], ['1 a verified -2000 -100']],
    ['taken back without a sale', [{ row: 'r2', paid: '-60.00', commission: '-3.00' }], ['1 a verified -6000 -300']],
    [
      'an open correction does not undo an approval',
      [sale, { row: 'r2', commission: '-1.00', paid: 0, status: 'paid' }],
      ['1 a verified 6000 200'],
    ],
    [
      'a gift line at nothing is nothing taken back',
      [{ row: 'r1', paid: 0, commission: 0, status: 'received' }],
      ['1 a received 0 0'],
    ],
    [
      'a deposit and a balance make one line',
      [
        { ...sale, paid: '10.00', commission: 0 },
        { row: 'r2', paid: '50.00', commission: '3.00' },
      ],
      ['1 a verified 6000 300'],
    ],
    [
      'an invalid row keeps its amount and does not count',
      [sale, { row: 'r2', paid: 9, commission: 9, status: 'invalid' }],
      ['1 a verified 6000 300'],
    ],
    ['a line of invalid rows is invalid', [{ ...sale, status: 'invalid' }], ['1 a invalid 6000 300']],
    [
      'another line is another',
      [sale, { line: 'b', row: 'r2', paid: '5.00', commission: '0.50' }],
      ['1 a verified 6000 300', '1 b verified 500 50'],
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await comesTo(ROWS, ...rows.map((one) => file(one)))).toEqual(expected)
    expect(await comesTo(ROWS, file(...rows))).toEqual(expected)
  })

  it('a row read again counts once, with what it says last', async () => {
    const open = file({ ...sale, status: 'paid', changed: '2026-09-01' })
    const locked = file({ ...sale, commission: '2.50', changed: '2026-10-01' }, { row: 'r2', paid: 1, commission: '0.10' })
    expect(await comesTo(ROWS, open, locked)).toEqual(['1 a verified 6100 260'])
  })

  it('every reading is kept with file and line, and which of them count', async () => {
    const { importing, db } = session()
    await importing('orders', { 'sep.csv': file({ ...sale, status: 'paid', changed: '2026-09-01' }) }, { partner: ROWS })
    const october = file({ ...sale, changed: '2026-10-01' }, { row: 'r2', commission: '-1.00', paid: 0, changed: '2026-10-02' })
    await importing('orders', { 'oct.csv': october }, { partner: ROWS })
    const states = orderStates(db, 'acme', '1').map(({ entry, status, commission, counts, origin }) =>
      [entry, status, commission, counts, `${origin.file}:${origin.line}`].join(' '),
    )
    expect(states).toEqual(['r1 paid 300 false sep.csv:2', 'r1 verified 300 true oct.csv:2', 'r2 verified -100 true oct.csv:3'])
  })

  it('two rows of one number with different amounts in one file: the second is told', async () => {
    const { importing, db } = session()
    const given = file(sale, { ...sale, commission: '3.10' }, { ...sale, line: 'b' })
    const { rejected, problems } = await importing('orders', given, { partner: ROWS })
    expect([rejected, problems]).toEqual([
      1,
      [{ where: 'line 3', field: 'entry', message: 'row r1 stands in line 2 already with commission 3.00 instead of 3.10' }],
    ])
    expect(present(db)).toEqual(['1 a verified 6000 300', '1 b verified 6000 300'])
  })

  it('currencies do not add up', async () => {
    const { importing, db } = session()
    const given = `${HEADER},currency\n${row(sale)},USD\n${row({ ...sale, row: 'r2' })},EUR\n`
    const { error } = await importing('orders', given, { partner: ROWS })
    expect(error).toBe('order 1 a: has rows in USD and in EUR, which cannot be added up; nothing was changed')
    expect(present(db)).toEqual([])
  })

  it('read again by a corrected mapping, they replace what was read wrongly', async () => {
    const { importing, db, query } = session()
    const given = file(sale, { row: 'r2', paid: '-20.00', commission: '-1.00' })
    const { fields } = ROWS.feeds.orders as typeof ACME.feeds.orders
    const wrong: Partner = {
      ...ROWS,
      feeds: {
        orders: {
          ...(ROWS.feeds.orders as typeof ACME.feeds.orders),
          fields: { ...fields, commission: amount('paid', 'major') },
        },
      },
    }
    await importing('orders', given, { partner: wrong })
    expect(present(db)).toEqual(['1 a verified 4000 4000'])
    await importing('orders', given, { partner: ROWS })
    expect(present(db)).toEqual(['1 a verified 4000 200'])
    // and by one that has them rewritten in place
    await importing('orders', given, {
      partner: {
        ...ROWS,
        feeds: { orders: { ...(ROWS.feeds.orders as typeof ACME.feeds.orders), entries: undefined } as never },
      },
    })
    expect(query('SELECT e.id FROM order_entry e JOIN ruling r ON r.row = e.id WHERE r.holds = 0')).toHaveLength(4)
    expect(query('SELECT count(*) FROM order_state WHERE hash = 0')).toEqual([[0]])
  })

  it('a row that goes to another line by a corrected mapping no longer counts for the first', async () => {
    const { importing, db } = session()
    const back = file({ row: 'r2', paid: '-20.00', commission: '-1.00' })
    await importing('orders', { 'a.csv': file(sale) }, { partner: ROWS })
    await importing('orders', { 'b.csv': back }, { partner: ROWS })
    const feed = ROWS.feeds.orders as typeof ACME.feeds.orders
    const bySku: Partner = { ...ROWS, feeds: { orders: { ...feed, fields: { ...feed.fields, lineId: text('sku') } } } }
    await importing('orders', { 'b.csv': back }, { partner: bySku })
    expect(present(db)).toEqual(['1 S verified -2000 -100', '1 a verified 6000 300'])
  })

  it('of a line that is read both ways, the rows count', async () => {
    const { importing, db } = session()
    const inPlace: Partner = { ...ACME }
    const listing = csv('order,line,sku,paid,commission,status,ordered', '1,a,S,60.00,9.99,settled,2026-12-01')
    await importing('orders', { 'a.csv': listing }, { partner: inPlace })
    await importing('orders', { 'b.csv': file(sale) }, { partner: ROWS })
    await importing('orders', { 'c.csv': `${listing}\n2,a,S,1.00,0.10,paid,2026-12-01\n` }, { partner: inPlace })
    expect(present(db)).toEqual(['1 a verified 6000 300', '2 a paid 100 10'])
  })
})

describe('rows without a number', () => {
  const sold = { paid: '49.99', commission: '2.25' }
  const back = { paid: '-49.99', commission: '-2.25', line: 'c' }

  it('two alike in one file are two sales, in another file the same', async () => {
    const whole = file(sold, sold, back)
    const { importing, db, content } = session()
    expect(told(await importing('orders', { 'a.csv': whole }, { partner: FIGURES }))).toBe('applied: 3 read, 3 added')
    expect(present(db)).toEqual(['1 a verified 9998 450', '1 c verified -4999 -225'])
    const before = content()
    expect(told(await importing('orders', { 'b.csv': whole }, { partner: FIGURES }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(content()).toEqual(before)
    // also where what sets them apart is nothing that is read
    const apart = [{ ...sold, row: 'x' }, { ...sold, row: 'y' }, back]
    await importing('orders', { 'c.csv': file(...apart, { ...sold, line: 'd' }) }, { partner: FIGURES })
    expect(told(await importing('orders', { 'd.csv': file(...apart.toReversed()) }, { partner: FIGURES }))).toBe(
      'applied: 3 read, 3 unchanged',
    )
    // overlapping files
    expect(await comesTo(FIGURES, file(sold), file(sold, sold), file(back, sold))).toEqual([
      '1 a verified 9998 450',
      '1 c verified -4999 -225',
    ])
  })
})

describe('deltas', () => {
  const first = { row: 'u', changed: '2026-09-02', paid: '100.00', commission: '10.00', status: 'paid' }
  const less = { row: 'u', changed: '2026-09-18', paid: '-40.00', commission: '-4.00', status: 'paid' }
  const locked = { row: 'u', changed: '2026-10-20', paid: 0, commission: 0, status: 'verified' }
  const gone = { row: 'u', changed: '2026-09-20', paid: '-60.00', commission: '-6.00', status: 'refunded' }

  it.each([
    ['the newest row tells the status', [first, less, locked], ['1 a verified 6000 600']],
    ['all of it taken back', [first, less, gone], ['1 a refunded 0 0']],
    ['pending', [first], ['1 a paid 10000 1000']],
  ])('%s', async (_, rows, expected) => {
    expect(await comesTo(DELTAS, ...rows.map((one) => file(one)))).toEqual(expected)
    expect(await comesTo(DELTAS, file(...rows), file(...rows.slice(0, 2)))).toEqual(expected)
  })
})

describe('one sale under two numbers', () => {
  const realtime = { row: 'e3', paid: '60.00', commission: '1.80', way: 'realtime' }
  const batch = { ...realtime, row: 'e4', way: 'batch' }
  const back = { row: 'e5', paid: '-60.00', commission: '-1.80', way: 'batch' }
  const pairs = (db: ReturnType<typeof session>['db']) =>
    suspectedPairs(db, []).map(
      ({ why, records }) =>
        `${why}: ${records.map(({ orderId, lineId, entry }) => [orderId, lineId, entry].filter(Boolean).join(' ')).join(' | ')}`,
    )

  it('counts twice and is suspected, until one way is preferred', async () => {
    const { importing, db } = session()
    await importing('orders', { 'a.csv': file(realtime, batch) }, { partner: ROWS })
    expect(present(db)).toEqual(['1 a verified 12000 360'])
    expect(pairs(db)).toEqual(['two ways: 1 a e4 | 1 a e3'])
    await importing('orders', { 'a.csv': file(realtime, batch) }, { partner: preferring(ROWS, 'batch', '--prefer') })
    expect(present(db)).toEqual(['1 a verified 6000 180'])
    expect(pairs(db)).toEqual([])
    expect(orderStates(db, 'acme', '1').map(({ entry, counts }) => `${entry} ${counts}`)).toEqual(['e3 false', 'e4 true'])
  })

  it('a return is no double of its sale, a row stands for one other at most, and another number of pieces is another sale', async () => {
    const preferred = preferring(ROWS, 'batch', '--prefer')
    expect(await comesTo(preferred, file(realtime), file(back))).toEqual(['1 a refunded 0 0'])
    expect(await comesTo(preferred, file(realtime, { ...realtime, row: 'e6' }), file(batch))).toEqual(['1 a verified 12000 360'])
    expect(await comesTo(preferred, file(realtime), file({ ...batch, quantity: 2 }))).toEqual(['1 a verified 12000 360'])
  })

  it('only a way that there is can be preferred', () => {
    expect(() => preferring(ROWS, 'bach', '--prefer')).toThrow('--prefer: "bach" is not one of realtime, batch')
    expect(() => preferring(ACME, 'batch', '--prefer')).toThrow('--prefer: order rows of Acme come on one way only')
  })

  it.each<[string, string[], string[]]>([
    [
      'two lines of one order, same goods, same moment',
      [file({ row: 1, paid: 5, commission: 1 }, { line: 'b', row: 2, paid: 5, commission: 1 })],
      ['same order: 1 a | 1 b'],
    ],
    ['other goods', [file({ row: 1, paid: 5, commission: 1 }, { line: 'b', sku: 'T', row: 2, paid: 5, commission: 1 })], []],
    ['other money', [file({ row: 1, paid: 5, commission: 1 }, { line: 'b', row: 2, paid: 5, commission: '1.01' })], []],
    ['no money', [file({ row: 1, paid: 5, commission: 0 }, { line: 'b', row: 2, paid: 5, commission: 0 })], []],
    [
      'another minute',
      [file({ row: 1, paid: 5, commission: 1 }, { line: 'b', row: 2, paid: 5, commission: 1, ordered: '2026-09-01 10:01' })],
      [],
    ],
    [
      'one of them invalid',
      [file({ row: 1, paid: 5, commission: 1 }, { line: 'b', row: 2, paid: 5, commission: 1, status: 'invalid' })],
      [],
    ],
    [
      'two orders alike, from two files',
      [file({ row: 1, paid: 5, commission: 1 }), file({ order: 2, row: 2, paid: 5, commission: 1 })],
      ['same moment: 1 a | 2 a'],
    ],
    [
      'two orders alike in one file: popular goods',
      [file({ row: 1, paid: 5, commission: 1 }, { order: 2, row: 2, paid: 5, commission: 1 })],
      [],
    ],
    [
      'days without a time',
      [
        file({ row: 1, paid: 5, commission: 1, ordered: '2026-09-01 00:00' }),
        file({ order: 2, row: 2, paid: 5, commission: 1, ordered: '2026-09-01 00:00' }),
      ],
      [],
    ],
  ])('%s', async (_, files, expected) => {
    const { importing, db } = session()
    for (const [i, one] of files.entries()) await importing('orders', { [`${i}.csv`]: one }, { partner: ROWS })
    expect(pairs(db)).toEqual(expected)
  })
})

describe('any files, in any order, once more and overlapping', () => {
  const cells = fc.record({
    order: fc.constantFrom(1, 2),
    line: fc.constantFrom('a', 'b'),
    row: fc.constantFrom('r1', 'r2', 'r3'),
    paid: fc.constantFrom('10.00', '-10.00'),
    commission: fc.constantFrom('1.00', '-1.00', '0.50', '0.00'),
    status: fc.constantFrom('paid', 'verified', 'refunded', 'invalid'),
    changed: fc.constantFrom('2026-09-02', '2026-09-03'),
    way: fc.constantFrom('', 'realtime', 'batch'),
  })
  const partners = { rows: preferring(ROWS, 'batch', ''), deltas: DELTAS, figures: FIGURES }

  it.each(Object.entries(partners))('%s: the same in the end', { timeout: 60_000 }, async (_, partner) => {
    // one file holds a number once, with one amount: two are told (see above), and then which file came first matters
    const list = fc.uniqueArray(cells, {
      minLength: 2,
      maxLength: 4,
      selector: ({ order, line, row }) => `${order}${line}${row}`,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(list, { minLength: 2, maxLength: 3 }), async (files) => {
        const ends = new Set<string>()
        for (const order of [files, files.toReversed(), [...files.slice(1), files[0]!]]) {
          const { importing, db, content, close } = session()
          for (const rows of order) await importing('orders', { [`${files.indexOf(rows)}.csv`]: file(...rows) }, { partner })
          const before = content()
          for (const rows of files)
            expect((await importing('orders', { 'again.csv': file(...rows.toReversed()) }, { partner })).status).toBe('unchanged')
          expect(content()).toEqual(before)
          ends.add(present(db).join('\n'))
          close()
        }
        expect([...ends]).toHaveLength(1)
      }),
      { numRuns: 5 },
    )
  })
})
