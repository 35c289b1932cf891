import { expect, test } from 'vitest'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { signText, suggest } from '../../src/settle/suggest.ts'
import { sorted } from './month.ts'
import { earlier, line, NOVEMBER, order, RULES, SEPTEMBER } from './records.ts'

const of = (orderId: string, changes: Partial<Order> = {}) => order({ orderId, ...changes })
const nameless = (at: number, amount: number, changes: Partial<PayoutLine> = {}) =>
  line(at, amount, { orderId: null, ...changes })

/** `3: 88 number+amount, 89 amount`: the line in its file, and the orders that it may be for. */
function suggested(orders: Recorded<Order>[], lines: Recorded<PayoutLine>[], rejected: string[] = []) {
  const entries = () => reconcile(sorted(orders), sorted(lines), RULES)
  return suggest(entries, RULES, (_, orderId) => rejected.includes(orderId)).map(({ line: { origin }, suggestions, count }) => {
    const shown = suggestions.map(({ order: { orderId }, signs }) => `${orderId} ${signs.join('+')}`)
    return `${origin.line}: ${shown.join(', ')}${count > suggestions.length ? ` of ${count}` : ''}`.trim()
  })
}

test.each([
  ['an order of this amount that is due and not paid', [of('88')], [nameless(3, 1000)], ['3: 88 amount+due']],
  ['one that was due before', [of('88', { settledAt: SEPTEMBER })], [nameless(3, 1000)], ['3: 88 amount']],
  ['no other amount', [of('88')], [nameless(3, 999)], ['3:']],
  ['no other currency', [of('88')], [nameless(3, 1000, { currency: 'USD' })], ['3:']],
  ['what a short payment left', [of('88')], [line(1, 700, { orderId: '88' }), nameless(3, 300)], ['3: 88 amount+due']],
  ['no order that is paid', [of('88')], [line(1, 1000, { orderId: '88' }), nameless(3, 1000)], ['3:']],
  ['no order that is refunded', [of('88', { status: 'refunded' })], [nameless(3, 1000)], ['3:']],
  ['one that is due later only by its sku too', [of('88', { settledAt: NOVEMBER })], [nameless(3, 1000)], ['3:']],
  ['that one', [of('88', { settledAt: NOVEMBER })], [nameless(3, 1000, { sku: 'S' })], ['3: 88 amount+sku']],
  ['a number with another figure', [of('8812345')], [line(3, 500, { orderId: '8812395' })], ['3: 8812345 number+due']],
  ['a number that lacks a figure', [of('8812345')], [line(3, 500, { orderId: '881245' })], ['3: 8812345 number+due']],
  ['a number without its zeros', [of('0012345')], [line(3, 500, { orderId: '12345' })], ['3: 0012345 number+due']],
  [
    'a number that a spreadsheet rounded',
    [of('301293847561020061')],
    [line(3, 500, { orderId: '301293847561020000' })],
    ['3: 301293847561020061 number+due'],
  ],
  ['no number that differs in two figures', [of('8812345')], [line(3, 500, { orderId: '8812399' })], ['3:']],
  [
    'for money taken back what was paid just that, refunded ones first',
    [
      of('88', { settledAt: SEPTEMBER }),
      of('89', { status: 'refunded', settledAt: SEPTEMBER }),
      of('90', { settledAt: SEPTEMBER }),
    ],
    [
      earlier(1, 1000, { orderId: '88' }),
      earlier(2, 1000, { orderId: '89' }),
      earlier(4, 500, { orderId: '90' }),
      nameless(3, -1000),
    ],
    ['3: 89 amount+refunded, 88 amount'],
  ],
  [
    'a bonus only where something speaks for an order',
    [of('88')],
    [nameless(2, 1, { kind: 'bonus' }), nameless(3, 1000, { kind: 'bonus' })],
    ['3: 88 amount+due'],
  ],
  ['taxes for nothing', [of('88')], [nameless(3, 1000, { kind: 'tax' })], []],
  [
    'the likeliest first, and how many more there are',
    [...Array.from({ length: 150 }, (_, i) => of(`7${String(i).padStart(4, '0')}`)), of('88', { sku: 'T' })],
    [nameless(3, 1000, { sku: 'T' })],
    ['3: 88 amount+sku+due, 70000 amount+due, 70001 amount+due, 70002 amount+due, 70003 amount+due of 151'],
  ],
] as [string, Recorded<Order>[], Recorded<PayoutLine>[], string[]][])('suggests %s', (_, orders, lines, found) => {
  expect(suggested(orders, lines)).toEqual(found)
})

test('says the same number where a line names another line of the order, and nearly the number where it is not the same', () => {
  const [stranger, near] = ['8812345', '8812395'].map((orderId) => line(3, 500, { orderId, lineId: 'Z' }))
  expect(suggested([of('8812345')], [stranger!])).toEqual(['3: 8812345 number+due'])
  expect([stranger!, near!].map((each) => signText('number', each, of('8812345')))).toEqual([
    'the same number',
    'nearly the number',
  ])
})

test('does not suggest what was rejected', () => {
  expect(suggested([of('88'), of('89')], [nameless(3, 1000)], ['88'])).toEqual(['3: 89 amount+due'])
})
