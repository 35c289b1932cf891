import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount, none } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { orderStates } from '../../src/store/history.ts'
import { ordersById, ordersByKey } from '../../src/store/orders.ts'
import { ACME, csv, session, told } from './session.ts'

const HEADER = 'order,line,sku,paid,commission,status,ordered,settled,modified'
const AUGUST = csv(
  HEADER,
  '1001,a,S1,20.00,2.00,paid,2026-08-30,,2026-08-30',
  '1001,b,S2,30.00,3.00,paid,2026-08-30,,2026-08-30',
  '1002,a,S1,20.00,2.00,paid,2026-08-31,,2026-08-31',
)
const SEPTEMBER = csv(
  HEADER,
  '1001,a,S1,20.00,2.00,settled,2026-08-30,2026-09-10,2026-09-10',
  '1001,b,S2,30.00,3.00,received,2026-08-30,,2026-09-08',
)
const OCTOBER = csv(
  HEADER,
  '1001,b,S2,30.00,0.00,refunded,2026-08-30,,2026-10-02',
  '1003,a,S3,9.90,0.99,paid,2026-10-01,,2026-10-01',
)
const permutations = <T>(list: readonly T[]): T[][] =>
  list.length < 2 ? [[...list]] : list.flatMap((one, i) => permutations(list.toSpliced(i, 1)).map((rest) => [one, ...rest]))
const present = (db: ReturnType<typeof session>['db']) =>
  [...ordersByKey(db, 'acme')].map(({ orderId, lineId, status, commission }) => `${orderId} ${lineId} ${status} ${commission}`)

describe('order files', () => {
  const end = ['1001 a settled 200', '1001 b refunded 0', '1002 a paid 200', '1003 a paid 99']

  it('are added up line by line', async () => {
    const { importing, db } = session()
    expect(told(await importing('orders', AUGUST))).toBe('applied: 3 read, 3 added')
    expect(told(await importing('orders', SEPTEMBER))).toBe('applied: 2 read, 2 changed')
    expect(told(await importing('orders', OCTOBER))).toBe('applied: 2 read, 1 added, 1 changed')
    expect(present(db)).toEqual(end)
  })

  it.each(permutations(['august', 'september', 'october'] as const))('%s, %s, %s: the same in the end', async (...months) => {
    const files = { august: AUGUST, september: SEPTEMBER, october: OCTOBER }
    const { importing, db, content } = session()
    for (const month of months) await importing('orders', { [`${month}.csv`]: files[month] })
    expect(present(db)).toEqual(end)
    const before = content()
    for (const month of months)
      expect((await importing('orders', { [`again-${month}.csv`]: files[month] })).status).toBe('unchanged')
    expect(content()).toEqual(before)
  })

  const state = (status: string, settled: string, modified: string) =>
    csv(HEADER, `1,a,S,20.00,2.00,${status},2026-08-30,${settled},${modified}`)
  it.each([
    ['the one that was changed later', state('settled', '2026-09-10', '2026-09-10'), state('paid', '', '2026-10-02'), 'paid'],
    ['without changes, the one with the later date', state('paid', '', ''), state('settled', '2026-09-10', ''), 'settled'],
    ['but once refunded it stays so', state('settled', '2026-09-10', ''), state('refunded', '', ''), 'refunded'],
    ['of two as late, the one that has come farther', state('settled', '', ''), state('refunded', '', ''), 'refunded'],
    ['and not the one with the later word', state('paid', '', ''), state('invalid', '', ''), 'invalid'],
  ])('of two states of a line the present one is %s', async (_, older, newer, expected) => {
    for (const files of [
      [older, newer],
      [newer, older],
    ]) {
      const { importing, db, close } = session()
      for (const file of files) await importing('orders', file)
      expect(present(db)).toEqual([`1 a ${expected} 200`])
      close()
    }
  })

  it('keep the history of each line, with file and line', async () => {
    const { importing, db } = session()
    await importing('orders', { 'oct.csv': OCTOBER })
    await importing('orders', { 'aug.csv': AUGUST })
    await importing('orders', { 'sep.csv': SEPTEMBER })
    const states = orderStates(db, 'acme', '1001').map(({ lineId, status, origin }) => [lineId, status, origin.file, origin.line])
    expect(states).toEqual([
      ['a', 'paid', 'aug.csv', 2],
      ['a', 'settled', 'sep.csv', 2],
      ['b', 'paid', 'aug.csv', 3],
      ['b', 'received', 'sep.csv', 3],
      ['b', 'refunded', 'oct.csv', 2],
    ])
  })

  it('an order is found by its number, of one partner or of all', async () => {
    const { importing, db } = session()
    await importing('orders', AUGUST)
    await importing('orders', AUGUST, { partner: { ...ACME, id: 'other' } })
    const found = (partner: string | null, id: string) =>
      ordersById(db, partner, id).map((line) => `${line.partner} ${line.lineId}`)
    expect(found('acme', '1001')).toEqual(['acme a', 'acme b'])
    expect(found(null, '1002')).toEqual(['acme a', 'other a'])
    expect(found('acme', '9999')).toEqual([])
  })

  it('without a line number, the goods tell the lines of an order apart', async () => {
    const fields = { ...ACME.feeds.orders.fields, lineId: none }
    const bare: Partner = { ...ACME, feeds: { orders: { ...ACME.feeds.orders, fields } } }
    const { importing, db } = session()
    const row = (sku: string, commission: string) => `1,${sku},20.00,${commission},paid,2026-08-30`
    const file = csv('order,sku,paid,commission,status,ordered', row('S1', '2.00'), row('S2', '1.00'), row('S1', '2.50'))
    const result = await importing('orders', file, { partner: bare })
    expect(told(result)).toBe('applied: 3 read, 2 added, 1 rejected')
    expect(result.problems).toEqual([
      {
        where: 'line 4',
        field: 'lineId',
        message: "order 1 has the same goods in line 2 already: map the partner's line number (lineId) to tell them apart",
      },
    ])
    expect(present(db)).toEqual(['1 S1 paid 200', '1 S2 paid 100'])
    expect(told(await importing('orders', `${file}\n`, { partner: bare }))).toBe('unchanged: 3 read, 2 unchanged, 1 rejected')
  })

  describe('read again by a corrected mapping', () => {
    const mapped = (changes: Partial<typeof ACME.feeds.orders.fields>): Partner => ({
      ...ACME,
      feeds: { orders: { ...ACME.feeds.orders, fields: { ...ACME.feeds.orders.fields, ...changes } } },
    })
    const numbers = ['1', '2', '3', '4', '5', '6', '7', '8']
    const file = csv(
      'order,line,sku,paid,commission,net,status,ordered',
      ...numbers.map((n) => `${n},a,S,20.00,2.00,1.50,paid,2026-08-30`),
    )

    it('every line has the corrected value, whichever was read first', async () => {
      const { importing, db } = session()
      const net = mapped({ commission: amount('net', 'major') })
      await importing('orders', file)
      expect(told(await importing('orders', file, { partner: net }))).toBe('applied: 8 read, 8 changed')
      expect(present(db)).toEqual(numbers.map((n) => `${n} a paid 150`))
      expect(told(await importing('orders', { 'again.csv': file }, { partner: net }))).toBe('unchanged: 8 read, 8 unchanged')
      expect(orderStates(db, 'acme', '1')).toHaveLength(1)
    })

    it('lines under another number replace the old ones', async () => {
      const { importing, db, query } = session()
      await importing('orders', file, { partner: mapped({ lineId: none }) })
      expect(present(db)[0]).toBe('1 S paid 200')
      expect(told(await importing('orders', file))).toBe('applied: 8 read, 8 added')
      expect(present(db)).toEqual(numbers.map((n) => `${n} a paid 200`))
      expect(query('SELECT count(*) FROM order_line WHERE state <> 0')).toEqual([[numbers.length]])
    })

    it('a line that the file no longer gives is again what another file says of it', async () => {
      const { importing, db } = session()
      const later = csv(HEADER, '1,a,S,20.00,9.00,settled,2026-08-30,,')
      await importing('orders', { 'earlier.csv': csv(HEADER, '1,a,S,20.00,2.00,paid,2026-08-30,,') })
      await importing('orders', { 'later.csv': later })
      await importing('orders', { 'later.csv': later }, { partner: mapped({ lineId: none }) })
      expect(present(db)).toEqual(['1 S settled 900', '1 a paid 200'])
    })

    it('what other files say of the lines stays', async () => {
      const { importing, db } = session()
      await importing('orders', {
        'later.csv': csv('order,line,sku,paid,commission,status,ordered', '1,a,S,20.00,9.00,settled,2026-08-30'),
      })
      await importing('orders', { 'earlier.csv': file })
      await importing('orders', { 'earlier.csv': file }, { partner: mapped({ commission: amount('net', 'major') }) })
      expect(present(db)).toEqual(['1 a settled 900', ...numbers.slice(1).map((n) => `${n} a paid 150`)])
      expect(orderStates(db, 'acme', '1').map(({ commission }) => commission)).toEqual([150, 900])
    })
  })

  it('most rows unusable: the file is refused', async () => {
    const { importing, query } = session()
    const result = await importing('orders', AUGUST.replaceAll('paid,2026', '付款,2026'))
    expect(result).toMatchObject({
      status: 'refused',
      error:
        '3 of 3 rows are not usable, expected at most 1; the first: line 2, status: status: "付款" is not a known word, expected paid, received, verified, settled, refunded, invalid; nothing was changed',
    })
    expect(query('SELECT * FROM order_line')).toEqual([])
  })

  it('a dry run changes nothing', async () => {
    const { importing, content } = session()
    await importing('orders', AUGUST)
    const before = content()
    expect(told(await importing('orders', SEPTEMBER, { dryRun: true }))).toBe('dry-run: 2 read, 2 changed')
    expect(content()).toEqual(before)
  })

  const day = fc.constantFrom('2026-09-01', '2026-09-02', '2026-09-03')
  const row = fc
    .record({
      order: fc.constantFrom('1', '2'),
      line: fc.constantFrom('a', 'b'),
      commission: fc.constantFrom('1.00', '1.50', '2.00'),
      status: fc.constantFrom('paid', 'received', 'settled', 'refunded'),
      settled: fc.option(day, { nil: '' }),
      modified: fc.option(day, { nil: '' }),
    })
    .map((o) => `${o.order},${o.line},S,20.00,${o.commission},${o.status},2026-09-01,${o.settled},${o.modified}`)

  it('any three files give the same in any order, and nothing when read again', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 3 }), async (files) => {
        const ends = new Set<string>()
        for (const order of permutations(files)) {
          const { importing, db, content, close } = session()
          for (const rows of order) await importing('orders', { [`${files.indexOf(rows)}.csv`]: csv(HEADER, ...rows) })
          const before = content()
          for (const rows of files)
            expect((await importing('orders', csv(HEADER, ...rows.toReversed()))).status).toBe('unchanged')
          expect(content()).toEqual(before)
          ends.add(present(db).join('\n'))
          close()
        }
        expect([...ends]).toHaveLength(1)
      }),
      { numRuns: 12 },
    )
  })
})

describe('order lines without a number', () => {
  const BARE = 'order,sku,paid,commission,status,ordered'
  const twice = csv(
    BARE,
    'R1,100,20.00,2.00,paid,2026-09-01',
    'R1,100,30.00,3.00,paid,2026-09-01',
    'R2,100,9.00,0.90,paid,2026-09-01',
  )

  it('are known by their goods; two of the same goods are told, and never made one', async () => {
    const { importing, db, content } = session()
    const { rejected, problems } = await importing('orders', { 'a.csv': twice })
    expect([rejected, problems]).toEqual([
      1,
      [
        {
          where: 'line 3',
          field: 'lineId',
          message: "order R1 has the same goods in line 2 already: map the partner's line number (lineId) to tell them apart",
        },
      ],
    ])
    expect(present(db)).toEqual(['R1 100 paid 200', 'R2 100 paid 90'])
    const before = content()
    expect(await importing('orders', { 'a.csv': twice })).toMatchObject({ status: 'unchanged', rejected: 1 })
    expect(content()).toEqual(before)
  })

  it('also where only some rows lack it', async () => {
    const { importing, db } = session()
    const mixed = csv(
      'order,line,sku,paid,commission,status,ordered',
      'R1,a,100,20.00,2.00,paid,2026-09-01',
      'R2,,100,20.00,2.00,paid,2026-09-01',
      'R2,,100,30.00,3.00,paid,2026-09-01',
    )
    expect((await importing('orders', mixed)).rejected).toBe(1)
    expect(present(db)).toEqual(['R1 a paid 200', 'R2 100 paid 200'])
  })

  it('move on like others from file to file', async () => {
    const { importing, db } = session()
    await importing('orders', { 'a.csv': csv(BARE, 'R1,100,20.00,2.00,paid,2026-09-01') })
    await importing('orders', { 'b.csv': csv(BARE, 'R1,100,20.00,2.00,invalid,2026-09-01') })
    expect(present(db)).toEqual(['R1 100 invalid 200'])
  })
})

it('a correction that changes no date counts when its file is the newer by name, whichever comes first', async () => {
  const row = (commission: string) => csv(HEADER, `1,a,S,20.00,${commission},settled,2026-08-30,2026-09-10,`)
  for (const names of [
    ['2026-09.csv', '2026-10.csv'],
    ['2026-10.csv', '2026-09.csv'],
  ]) {
    const { importing, db } = session()
    for (const name of names) await importing('orders', { [name]: row(name === '2026-09.csv' ? '3.99' : '2.00') })
    expect(present(db)).toEqual(['1 a settled 200'])
  }
})

it('an order that the buyer got all money back for is refunded, whatever its status says', async () => {
  const { importing, db } = session()
  const partner: Partner = {
    ...ACME,
    feeds: {
      orders: {
        ...ACME.feeds.orders,
        fields: { ...ACME.feeds.orders.fields, refundAmount: amount('refund', 'major', { optional: true }) },
      },
    },
  }
  const file = csv(
    `${HEADER},refund`,
    '1,a,S,20.00,2.00,settled,2026-08-30,2026-09-10,,20.00',
    '2,a,S,20.00,2.00,settled,2026-08-30,2026-09-10,,5.00',
  )
  await importing('orders', file, { partner })
  expect(present(db)).toEqual(['1 a refunded 200', '2 a settled 200'])
})
