import { describe, expect, test } from 'vitest'
import { keyOf, type Order, type Recorded, type Route, type RoutedLine } from '../../src/records.ts'
import { bundles } from '../../src/settle/bundles.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { linesByKey, linesOfOrder } from '../../src/store/payouts.ts'
import { csv, session } from '../catalog/session.ts'
import { brief, earlier, line, order, SEPTEMBER, settled } from './records.ts'

const A = order()
const B = order({ lineId: 'B', sku: 'T', commission: 500 })
const sale = (lineId: string | null, by: Route['by'] = 'transaction', contested = false) => ({
  route: { by, orderIds: ['1'], lineId, contested },
})

describe('each entry says how its lines were matched', () => {
  const refunded = { ...A, status: 'refunded' as const, settledAt: SEPTEMBER }
  test.each([
    ['by the number of the sale', [A], [{ ...line(1, 1000), ...sale('A') }], ['transaction']],
    [
      'that number before the number of a line',
      [A, B],
      [{ ...line(1, 500, { lineId: 'A' }), ...sale('B') }],
      [null, 'transaction'],
    ],
    ['by order and line', [A], [line(1, 1000, { lineId: 'A' })], ['line']],
    ['by order and line, where the amount is another', [A], [line(1, 900, { lineId: 'A' })], ['line']],
    ['by order and sku', [A], [line(1, 1000, { sku: 'S' })], ['sku']],
    ['by order and equal sum', [A], [line(1, 1000)], ['sum']],
    ['by equal sums of several lines', [A, B], [line(1, 600), line(2, 900)], ['sum']],
    ['by order number alone', [A], [line(1, 900)], ['order']],
    ['by the weakest of several', [A], [line(1, 600, { lineId: 'A' }), line(2, 300)], ['order']],
    ['to a payment of an earlier month', [refunded], [earlier(1, 1000), line(2, -1000)], ['original']],
    [
      'as the sale that it corrects',
      [refunded],
      [earlier(1, 1000), { ...line(2, -1000), ...sale('A', 'original') }],
      ['original'],
    ],
    ['not at all', [A], [], [null]],
  ])('%s', (_, orders, lines, passes) => {
    expect(settled(orders, lines).map((entry) => entry.match)).toEqual(passes)
  })
})

test('the same sku twice takes one payment each, equal amounts first, then as they come', () => {
  const twin = order({ lineId: 'B', commission: 500 })
  const paid = (...amounts: number[]) =>
    brief(
      settled(
        [A, twin],
        amounts.map((amount, at) => line(at, amount, { sku: 'S' })),
      ),
    )
  expect(paid(500, 1000)).toEqual(['matched A|1 1000 1000', 'matched B|0 500 500'])
  expect(paid(900, 450)).toEqual(['short-paid A|0 1000 900', 'short-paid B|1 500 450'])
})

describe('money taken back by order number alone', () => {
  const paidA = earlier(1, 1000, { lineId: 'A' })
  const paidB = earlier(2, 500, { lineId: 'B' })
  const past = [A, B].map((each) => ({ ...each, settledAt: SEPTEMBER }))
  const dead = (at: number) => past.map((each, i) => (i === at ? { ...each, status: 'refunded' as const } : each))
  test.each([
    [
      'is of the line that was paid so much',
      dead(1),
      [paidA, paidB, line(3, -500)],
      ['clawback B|3 -500 -500', 'not-due A| 0 0'],
    ],
    [
      'of two that were paid the same, of the refunded one',
      [past[0]!, { ...past[1]!, commission: 1000, status: 'refunded' as const }],
      [paidA, earlier(2, 1000, { lineId: 'B' }), line(3, -1000)],
      ['clawback B|3 -1000 -1000', 'not-due A| 0 0'],
    ],
    ['is of the only line that was paid', dead(0), [paidA, line(3, -400)], ['clawback A|3 -1000 -400', 'not-due B| 0 0']],
    ['of neither where both may be meant', past, [paidA, paidB, line(3, -400)], ['short-paid A,B|3 0 -400']],
    [
      'not twice of the same payment',
      dead(0),
      [paidA, paidB, line(3, -1000), line(4, -300)],
      ['clawback A|3 -1000 -1000', 'short-paid B|4 0 -300'],
    ],
  ])('%s', (_, orders, lines, entries) => {
    expect(brief(settled(orders, lines)).sort()).toEqual(entries)
  })
})

test('a line whose sale is of another order than the one that it names is matched with neither', () => {
  const contested = { ...line(1, 1000), route: { by: 'transaction' as const, orderIds: ['2'], lineId: 'A', contested: true } }
  const [first, second] = settled([A], [contested])
  expect(brief([first!, second!])).toEqual(['missing A| 1000 0', 'unknown-order |1 0 1000'])
  expect(second!.match).toBeNull()
})

describe('a payout line for several orders', () => {
  const of = (orderId: string, commission: number, changes: Partial<Order> = {}) => order({ orderId, commission, ...changes })
  const for_ = (at: number, amount: number, orderIds: string[], by: Route['by'] = 'order') => ({
    ...line(at, amount, { orderId: orderIds.join(',') }),
    route: { by, orderIds, lineId: null, contested: false },
  })
  const told = (orders: Recorded<Order>[], lines: RoutedLine[]) =>
    settled(orders, lines).map(
      ({ class: name, orders, lines, expected, paid, match }) =>
        `${name} ${orders.map((each) => each.orderId).join(',')}|${lines.map(({ origin }) => origin.line).join(',')} ${expected} ${paid} ${match}`,
    )
  const [one, two, three] = [of('1', 100), of('2', 200), of('3', 400)]
  test.each([
    ['pays their sum', [one, two], [for_(1, 300, ['1', '2'])], ['matched 1,2|1 300 300 sum']],
    ['pays less', [one, two, three], [for_(1, 250, ['1', '3'])], ['missing 2| 200 0 null', 'short-paid 1,3|1 500 250 order']],
    [
      'pays what lines of their own leave',
      [one, two],
      [for_(1, 200, ['1', '2']), line(2, 100)],
      ['matched 1|2 100 100 sum', 'matched 2|1 200 200 sum'],
    ],
    [
      'joins them with those of another line',
      [one, two, three],
      [for_(1, 450, ['1', '3']), for_(2, 250, ['2', '3'])],
      ['matched 1,2,3|1,2 700 700 sum'],
    ],
    [
      'of which one was paid in part before',
      [one, two],
      [for_(1, 250, ['1', '2']), line(2, 50, { orderId: '2', paidAt: '2026-10-20' })],
      ['early 1,2|1 300 250 order'],
    ],
    [
      'of which one is taken back for later',
      [one, of('2', 200, { status: 'refunded' })],
      [for_(1, 300, ['1', '2']), line(2, -200, { orderId: '2', paidAt: '2026-11-30' })],
      ['matched 1|1,2 100 100 sum', 'not-due 2| 0 0 null'],
    ],
    [
      'that are due in different months',
      [one, of('2', 200, { settledAt: SEPTEMBER })],
      [for_(1, 300, ['1', '2'])],
      ['over-paid 1|1 100 300 order', 'not-due 2| 0 0 null'],
    ],
    ['one of which is not on record', [one], [for_(1, 100, ['1', '7'])], ['matched 1|1 100 100 sum']],
    ['by a confirmation', [one, two], [for_(1, 300, ['1', '2'], 'confirmed')], ['matched 1,2|1 300 300 confirmed']],
  ] as [string, Recorded<Order>[], RoutedLine[], string[]][])('%s', (_, orders, lines, entries) => {
    expect(told(orders, lines)).toEqual(entries)
  })

  test.each(['3', '4'])('comes with others by number, also where %s is what they wait for', (last) => {
    const together = bundles()
    expect(together.holds('1', [one], [for_(1, 100, ['1', last])])).toBe(true)
    expect(together.holds('2', [two], [for_(2, 100, ['2', last])])).toBe(true)
    const third = { orders: [three], lines: [] as RoutedLine[] }
    expect(together.holds('3', third.orders, third.lines)).toBe(false)
    const whole = last === '3' ? third : together.rest()[0]!
    expect(whole.orders).toEqual(last === '3' ? [one, two, three] : [one, two])
    expect(whole.lines.map(keyOf)).toEqual(['1', '2'])
  })

  test('is one whose order number lists numbers that are all on record, and is not one itself', async () => {
    const { importing, db } = session()
    const rows = ['1', '2', '3', '4 5', '4', '5', '6', '7'].map((id) => `${id},A,10,1,settled,2026-10-01,2026-10-05`)
    const paid = ['"2,1"', '"1、 3；1"', '4 5', '"1,9"', '"1,"', '6 6', '6/7'].map((id) => `N,${id},commission,1,2026-11-20`)
    await importing('payouts', csv('statement,order,kind,amount,day', ...paid))
    const routes = () =>
      [...linesByKey(db, 'acme', '2026-11-30')].map((each) => `${keyOf(each)} ${each.route?.orderIds.join('+') ?? '-'}`)
    expect(routes()).toEqual(['1, -', '1,9 -', '1、 3；1 -', '2,1 -', '4 5 -', '6 6 -', '6/7 -'])
    await importing('orders', csv('order,line,paid,commission,status,ordered,settled', ...rows))
    expect(routes()).toEqual(['1 1+2', '1 1+3', '1 1', '1,9 -', '4 5 -', '6 6', '6 6+7'])
    expect([...linesByKey(db, 'acme', '2026-11-30', undefined, ['2'])]).toHaveLength(3)
    expect(linesOfOrder(db, 'acme', '3')).toHaveLength(3)
    expect([...ordersByKey(db, 'acme', undefined, ['2'])].map(({ orderId }) => orderId)).toEqual(['1', '2', '3'])
  })
})

describe('a payout line that names a sale', () => {
  const ORDERS = csv(
    'order,line,transaction,paid,commission,status,ordered,settled',
    '7,A,t1,10,1,settled,2026-10-01,2026-10-05',
    '7,B,t2,10,1,settled,2026-10-01,2026-10-05',
    '8,A,t3,10,1,settled,2026-10-01,2026-10-05',
    '8,B,t3,10,1,settled,2026-10-01,2026-10-05',
    '9,A,t4,10,1,settled,2026-10-01,2026-10-05',
    '10,A,t4,10,1,settled,2026-10-01,2026-10-05',
  )
  const PAYOUTS = csv(
    'statement,order,transaction,original,kind,amount,day',
    'N,,t2,,commission,1.01,2026-11-20',
    'N,7,t1,,commission,1.02,2026-11-20',
    'N,,t3,,commission,1.03,2026-11-20',
    'N,7,t3,,commission,1.04,2026-11-20',
    'N,,t9,t1,clawback,-1.05,2026-11-20',
    'N,,t4,,commission,1.06,2026-11-20',
    'N,,t8,,commission,1.07,2026-11-20',
    'N,75,,,commission,1.08,2026-11-20',
    'N,,,,bonus,1.09,2026-11-20',
  )
  const routes = (lines: ReturnType<typeof linesByKey>) =>
    [...lines].map((each) => {
      const { by, orderIds, lineId, contested }: Partial<Route> = each.route ?? {}
      return [keyOf(each), each.amount, ...(by ? [by, ...orderIds!, lineId, ...(contested ? ['contested'] : [])] : [])].join(' ')
    })

  test('belongs to the order of it, in whatever order the files came', async () => {
    for (const kinds of [['orders', 'payouts'] as const, ['payouts', 'orders'] as const]) {
      const { importing, db, query } = session()
      for (const kind of kinds) await importing(kind, kind === 'orders' ? ORDERS : PAYOUTS)
      expect(routes(linesByKey(db, 'acme', '2026-11-30'))).toEqual([
        ' 106', // of two orders
        ' 107', // of none
        ' 109',
        '7 101 transaction 7 B',
        '7 102 transaction 7 A',
        '7 104 transaction 8  contested',
        '7 -105 original 7 A',
        '75 108',
        '8 103 transaction 8 ', // of two lines
      ])
      expect(routes(linesByKey(db, 'acme', '2026-10-31'))).toEqual([])
      expect(routes(linesOfOrder(db, 'acme', '7')).map((text) => text.split(' ')[1])).toEqual(['101', '102', '104', '-105'])
      expect(routes(linesOfOrder(db, 'acme', '8')).map((text) => text.split(' ')[1])).toEqual(['103', '104'])
      expect(query('SELECT transaction_id FROM orders WHERE order_id = 9')).toEqual([['t4']])
      expect(query("SELECT original_transaction_id FROM payouts WHERE transaction_id = 't9'")).toEqual([['t1']])
    }
  })

  test('makes another line of it', async () => {
    const { importing } = session()
    await importing('payouts', PAYOUTS)
    await expect(importing('payouts', { 'b.csv': PAYOUTS.replace('t8', 't7') })).resolves.toMatchObject({
      error: expect.stringContaining('was taken from payouts.csv with other lines'),
    })
  })
})
