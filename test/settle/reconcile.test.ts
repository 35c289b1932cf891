import { describe, expect, test } from 'vitest'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { compareText, type Rules } from '../../src/settle/entry.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { brief, earlier, line, NOVEMBER, order, RULES, SEPTEMBER, settled } from './records.ts'

type Case = [string, Recorded<Order>[], Recorded<PayoutLine>[], string[], Partial<Rules>?]
const A = order()
const past = order({ settledAt: SEPTEMBER })
const later = order({ settledAt: NOVEMBER })
const unsettled = order({ status: 'received' })
const dueNow = order({ lineId: 'B', sku: 'T', commission: 400 })
const dueLater = order({ lineId: 'B', sku: 'T', commission: 400, settledAt: NOVEMBER })
const refunded = order({ status: 'refunded', rawStatus: '已退款' })
const invalid = order({ status: 'invalid' })
const partly = order({ settledAt: SEPTEMBER, refundAmount: 2500 })
const partlyNow = order({ refundAmount: 2500 })
const SLACK = { tolerance: 2 }

const CASES: Record<string, Case[]> = {
  matched: [
    ['one line', [A], [line(1, 1000)], ['matched A|1 1000 1000']],
    ['by line number', [A], [line(1, 1000, { lineId: 'A' })], ['matched A|1 1000 1000']],
    ['split in two', [A], [line(1, 400), line(2, 600)], ['matched A|1,2 1000 1000']],
    ['split in equal halves', [A], [line(1, 500), line(2, 500)], ['matched A|1,2 1000 1000']],
    ['a duplicate taken back at once', [A], [line(1, 1000), line(2, 1000), line(3, -1000)], ['matched A|1,2,3 1000 1000']],
    ['a gift line at nothing', [order({ commission: 0 })], [line(1, 0)], ['matched A|1 0 0']],
    ['nothing for a refunded order', [refunded], [line(1, 0)], ['matched A|1 0 0']],
    ['less what was refunded before', [partlyNow], [line(1, 750)], ['matched A|1 750 750']],
    ['in full, although a part was refunded', [partlyNow], [line(1, 1000)], ['matched A|1 1000 1000']],
    ['in full, and the refunded part taken back', [partlyNow], [line(1, 1000), line(2, -250)], ['matched A|1,2 750 750']],
  ],
  tolerated: [
    ['two less', [A], [line(1, 998)], ['tolerated A|1 1000 998'], SLACK],
    ['two more', [A], [line(1, 1002)], ['tolerated A|1 1000 1002'], SLACK],
    ['split', [A], [line(1, 500), line(2, 501)], ['tolerated A|1,2 1000 1001'], SLACK],
    ['in equal halves', [order({ commission: 1001 })], [line(1, 500), line(2, 500)], ['tolerated A|1,2 1001 1000'], SLACK],
    ['three is too much', [A], [line(1, 997)], ['short-paid A|1 1000 997'], SLACK],
  ],
  'short-paid': [
    ['one line', [A], [line(1, 982)], ['short-paid A|1 1000 982']],
    ['two lines', [A], [line(1, 400), line(2, 500)], ['short-paid A|1,2 1000 900']],
    ['a zero line is a payment of nothing', [A], [line(1, 0)], ['short-paid A|1 1000 0']],
    ['taken back without a refund', [A], [line(1, 1000), line(2, -1000)], ['short-paid A|1,2 1000 0']],
    ['taken back later without a refund', [past], [earlier(1, 1000), line(2, -300)], ['short-paid A|2 0 -300']],
    ['taken back before it was due', [later], [line(1, -300)], ['short-paid A|1 0 -300']],
    ['of what a refund left', [partlyNow], [line(1, 700)], ['short-paid A|1 750 700']],
  ],
  'over-paid': [
    ['one line', [A], [line(1, 1100)], ['over-paid A|1 1000 1100']],
    ['two lines', [A], [line(1, 400), line(2, 700)], ['over-paid A|1,2 1000 1100']],
    ['more than a refund left', [partlyNow], [line(1, 800)], ['over-paid A|1 750 800']],
  ],
  missing: [
    ['no line', [A], [], ['missing A| 1000 0']],
    ['what a refund left', [partlyNow], [], ['missing A| 750 0']],
    ['two order lines', [A, order({ lineId: 'B', commission: 500 })], [], ['missing A| 1000 0', 'missing B| 500 0']],
    ['paid and taken back before', [A], [earlier(1, 1000), earlier(2, -1000)], ['missing A| 1000 0']],
  ],
  duplicate: [
    ['in the same month', [A], [line(1, 1000), line(2, 1000)], ['matched A|1 1000 1000', 'duplicate |2 0 1000']],
    ['of another amount', [A], [line(1, 1000), line(2, 300)], ['matched A|1 1000 1000', 'duplicate |2 0 300']],
    ['of what a refund left', [partlyNow], [line(1, 750), line(2, 750)], ['matched A|1 750 750', 'duplicate |2 0 750']],
    ['in full', [partlyNow], [line(1, 1000), line(2, 1000)], ['matched A|1 1000 1000', 'duplicate |2 0 1000']],
    [
      'of an order paid in an earlier month',
      [past],
      [earlier(1, 1000), line(2, 1000)],
      ['duplicate |2 0 1000', 'not-due A| 0 0'],
    ],
    [
      'three times',
      [A],
      [line(1, 1000), line(2, 1000), line(3, 1000)],
      ['matched A|1 1000 1000', 'duplicate |2 0 1000', 'duplicate |3 0 1000'],
    ],
    ['of a short payment', [A], [line(1, 900), line(2, 900)], ['short-paid A|1 1000 900', 'duplicate |2 0 900']],
    ['of an early payment, when due', [A], [earlier(1, 1000), line(2, 1000)], ['early A| 1000 0', 'duplicate |2 0 1000']],
    ['of an early payment, before', [later], [earlier(1, 1000), line(2, 1000)], ['duplicate |2 0 1000', 'not-due A| 0 0']],
    [
      'within the tolerance of the whole',
      [A],
      [line(1, 999), line(2, 700)],
      ['tolerated A|1 1000 999', 'duplicate |2 0 700'],
      SLACK,
    ],
    ['of a refunded order', [refunded], [earlier(1, 1000), line(2, 1000)], ['duplicate |2 0 1000', 'not-due A| 0 0']],
    [
      'taken back in the same month',
      [past],
      [earlier(1, 1000), line(2, 1000), line(3, -1000)],
      ['clawback A|3 -1000 -1000', 'duplicate |2 1000 1000'],
    ],
  ],
  clawback: [
    ['of a refunded order', [refunded], [earlier(1, 1000), line(2, -1000)], ['clawback A|2 -1000 -1000']],
    ['of an invalid order', [invalid], [earlier(1, 1000), line(2, -1000)], ['clawback A|2 -1000 -1000']],
    ['too little', [refunded], [earlier(1, 1000), line(2, -700)], ['clawback A|2 -1000 -700']],
    ['too much', [refunded], [earlier(1, 1000), line(2, -1100)], ['clawback A|2 -1000 -1100']],
    ['in two lines', [refunded], [earlier(1, 1000), line(2, -400), line(3, -600)], ['clawback A|2,3 -1000 -1000']],
    ['what is still there', [refunded], [earlier(1, 1000), earlier(2, -400), line(3, -600)], ['clawback A|3 -600 -600']],
    ['again', [refunded], [earlier(1, 1000), earlier(2, -1000), line(3, -1000)], ['clawback A|3 0 -1000']],
    ['never paid', [refunded], [line(1, -1000)], ['clawback A|1 0 -1000']],
    ['the refunded part', [partly], [earlier(1, 1000), line(2, -250)], ['clawback A|2 -250 -250']],
    ['more than the refunded part', [partly], [earlier(1, 1000), line(2, -1000)], ['clawback A|2 -250 -1000']],
    ['the refunded part of a short payment', [partly], [earlier(1, 800), line(2, -50)], ['clawback A|2 -50 -50']],
    [
      'a duplicate of an earlier month',
      [past],
      [earlier(1, 1000), earlier(2, 1000), line(3, -1000)],
      ['clawback A|3 -1000 -1000'],
    ],
  ],
  'refunded-but-paid': [
    ['refunded', [refunded], [line(1, 1000)], ['refunded-but-paid A|1 0 1000']],
    ['invalid', [invalid], [line(1, 1000)], ['refunded-but-paid A|1 0 1000']],
    ['and a duplicate', [refunded], [line(1, 1000), line(2, 1000)], ['refunded-but-paid A|1 0 1000', 'duplicate |2 0 1000']],
    [
      'and taken back',
      [refunded],
      [line(1, 1000), line(2, -1000)],
      ['refunded-but-paid A|1 1000 1000', 'clawback |2 -1000 -1000'],
    ],
    [
      'after it was taken back',
      [refunded],
      [earlier(1, 1000), earlier(2, -1000), line(3, 1000)],
      ['refunded-but-paid A|3 0 1000'],
    ],
  ],
  late: [
    ['whole', [past], [line(1, 1000)], ['late A|1 0 1000']],
    ['the rest', [past], [earlier(1, 800), line(2, 200)], ['late A|2 0 200']],
    ['a part', [past], [line(1, 300)], ['late A|1 0 300']],
    ['and then a duplicate', [past], [line(1, 1000), line(2, 1000)], ['late A|1 0 1000', 'duplicate |2 0 1000']],
    ['the second half', [past], [earlier(1, 500), line(2, 500)], ['late A|2 0 500']],
    ['the second of three equal parts', [past], [earlier(1, 300), line(2, 300)], ['late A|2 0 300']],
    ['a short payment again', [past], [earlier(1, 900), line(2, 900)], ['duplicate |2 0 900', 'not-due A| 0 0']],
    ['after it was taken back', [past], [earlier(1, 1000), earlier(2, -1000), line(3, 1000)], ['late A|3 0 1000']],
  ],
  early: [
    ['due later', [later], [line(1, 1000)], ['early A|1 0 1000']],
    ['not settled yet', [unsettled], [line(1, 1000)], ['early A|1 0 1000']],
    ['no basis date', [order({ settledAt: null })], [line(1, 1000)], ['early A|1 0 1000']],
    ['now due', [A], [earlier(1, 1000)], ['early A| 1000 0']],
    ['now due, the rest paid', [A], [earlier(1, 600), line(2, 400)], ['early A|2 1000 400']],
    ['now due, too little', [A], [earlier(1, 600)], ['short-paid A| 400 0', 'early | 600 0']],
    ['now due, still too little', [A], [earlier(1, 600), line(2, 300)], ['short-paid A|2 400 300', 'early | 600 0']],
    ['now due, too much', [A], [earlier(1, 1100)], ['over-paid A| -100 0', 'early | 1100 0']],
    [
      'now due, with a duplicate',
      [A],
      [earlier(1, 600), line(2, 500), line(3, 300)],
      ['over-paid A|2 400 500', 'early | 600 0', 'duplicate |3 0 300'],
    ],
    ['with what is due now', [A, dueLater], [line(1, 1400)], ['early A|1 1000 1400', 'not-due B| 0 0']],
    [
      'with what is due now, in two lines',
      [A, dueLater],
      [line(1, 1000), line(2, 400)],
      ['early A|1,2 1000 1400', 'not-due B| 0 0'],
    ],
    ['with what is due now, and that is due', [past, dueNow], [earlier(1, 1400)], ['early B| 400 0', 'not-due A| 0 0']],
    ['with what is due now, and more', [A, dueLater], [line(1, 1500)], ['over-paid A|1 1000 1500', 'not-due B| 0 0']],
    ['after what was due before', [past, dueLater], [earlier(1, 1000), line(2, 400)], ['early B|2 0 400', 'not-due A| 0 0']],
    [
      'after what was due before, another sum',
      [past, dueLater],
      [earlier(1, 1000), line(2, 300)],
      ['duplicate |2 0 300', 'not-due A| 0 0', 'not-due B| 0 0'],
    ],
    ['taken back before due', [later], [earlier(1, 1000), line(2, -1000)], ['early A|2 0 -1000']],
  ],
  'unknown-order': [
    ['no such order', [], [line(1, 1000)], ['unknown-order |1 0 1000']],
    ['negative', [], [line(1, -1000)], ['unknown-order |1 0 -1000']],
    [
      'between known ones',
      [order({ orderId: '2' })],
      [line(1, 10), line(2, 1000, { orderId: '2' }), line(3, 30, { orderId: '3' })],
      ['unknown-order |1 0 10', 'matched A|2 1000 1000', 'unknown-order |3 0 30'],
    ],
    ['another currency', [A], [line(1, 1000, { currency: 'USD' })], ['missing A| 1000 0', 'unknown-order |1 0 1000']],
    ['no such line', [A], [line(1, 1000, { lineId: 'Z' })], ['missing A| 1000 0', 'unknown-order |1 0 1000']],
  ],
  'non-order': [
    ['no order number', [A], [line(1, 1000, { orderId: null })], ['non-order |1 0 1000', 'missing A| 1000 0']],
    ['bonus', [], [line(1, 5000, { orderId: null, kind: 'bonus' })], ['non-order |1 0 5000']],
    ['bonus for an order', [order()], [line(1, 1000, { kind: 'bonus' })], ['non-order |1 0 1000', 'missing A| 1000 0']],
    [
      'a fee that names an order',
      [A],
      [line(1, 1000), line(2, -60, { kind: 'fee' })],
      ['non-order |2 0 -60', 'matched A|1 1000 1000'],
    ],
    [
      'tax, rounding',
      [],
      [line(1, -7, { orderId: null, kind: 'tax' }), line(2, 1, { orderId: null, kind: 'rounding' })],
      ['non-order |1 0 -7', 'non-order |2 0 1'],
    ],
    ['of an earlier month', [], [earlier(1, 5000, { orderId: null, kind: 'bonus' })], []],
  ],
  'not-due': [
    ['a gift line at nothing', [order({ commission: 0 })], [], ['not-due A| 0 0']],
    ['later', [later], [], ['not-due A| 0 0']],
    ['unsettled', [unsettled], [], ['not-due A| 0 0']],
    ['refunded', [refunded], [], ['not-due A| 0 0']],
    ['refunded, as its status does not say', [order({ refundAmount: 10_000 })], [], ['not-due A| 0 0']],
    ['no basis date', [order({ settledAt: null })], [], ['not-due A| 0 0']],
    ['paid in an earlier month', [past], [earlier(1, 1000)], ['not-due A| 0 0']],
    ['missed in an earlier month', [past], [], ['not-due A| 0 0']],
    ['a payment of a later month is not looked at', [A], [line(1, 1000, { paidAt: '2026-12-20' })], ['missing A| 1000 0']],
  ],
}

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  test.each(cases)('%s', (_name, orders, lines, entries, rules = {}) => {
    expect(brief(settled(orders, lines, rules))).toEqual(entries)
  })
})

describe('matching inside an order', () => {
  const B = order({ lineId: 'B', sku: 'T', commission: 500 })
  const C = order({ lineId: 'C', sku: 'T', commission: 300 })
  test.each<Case>([
    [
      'by line number',
      [A, B],
      [line(1, 500, { lineId: 'B' }), line(2, 1000, { lineId: 'A' })],
      ['matched A|2 1000 1000', 'matched B|1 500 500'],
    ],
    [
      'by sku',
      [A, B],
      [line(1, 500, { sku: 'T' }), line(2, 1000, { sku: 'S' })],
      ['matched A|2 1000 1000', 'matched B|1 500 500'],
    ],
    [
      'the same sku twice, by amount',
      [B, C],
      [line(1, 300, { sku: 'T' }), line(2, 500, { sku: 'T' })],
      ['matched B|2 500 500', 'matched C|1 300 300'],
    ],
    ['the same sku twice, one paid', [B, C], [line(1, 300, { sku: 'T' })], ['missing B| 500 0', 'matched C|1 300 300']],
    [
      'equal amounts for several order lines are no duplicates',
      [A, order({ lineId: 'B' }), C],
      [line(1, 1000), line(2, 1000)],
      ['short-paid A,B,C|1,2 2300 2000'],
    ],
    [
      'the same sku twice, the refunded one taken back',
      [
        { ...B, settledAt: SEPTEMBER },
        { ...C, status: 'refunded' },
      ],
      [earlier(1, 500, { sku: 'T' }), earlier(2, 300, { sku: 'T' }), line(3, -300, { sku: 'T' })],
      ['not-due B| 0 0', 'clawback C|3 -300 -300'],
    ],
    [
      'order lines that are only the sku do not contradict, whatever the amount',
      [order({ lineId: 'S' })],
      [line(1, 900, { lineId: 'Z' })],
      ['short-paid S|1 1000 900'],
    ],
    ['one line for the whole order', [A, B], [line(1, 1500)], ['matched A,B|1 1500 1500']],
    ['two lines for the whole order', [A, B], [line(1, 600), line(2, 900)], ['matched A,B|1,2 1500 1500']],
    ['two equal order lines', [A, order({ lineId: 'B' })], [line(1, 1000), line(2, 1000)], ['matched A,B|1,2 2000 2000']],
    [
      'one line by number, the rest by order',
      [A, B, C],
      [line(1, 1000, { lineId: 'A' }), line(2, 800)],
      ['matched A|1 1000 1000', 'matched B,C|2 800 800'],
    ],
    ['whole order, too little', [A, B], [line(1, 1400)], ['short-paid A,B|1 1500 1400']],
    [
      'whole order, one line refunded',
      [A, { ...B, status: 'refunded' }],
      [line(1, 1000)],
      ['matched A|1 1000 1000', 'not-due B| 0 0'],
    ],
    [
      'whole order, one line due later',
      [A, { ...B, settledAt: NOVEMBER }],
      [line(1, 1000)],
      ['matched A|1 1000 1000', 'not-due B| 0 0'],
    ],
    [
      'whole order, the second line due now',
      [{ ...A, settledAt: SEPTEMBER }, B],
      [earlier(1, 1000), line(2, 500)],
      ['matched B|2 500 500', 'not-due A| 0 0'],
    ],
    [
      'whole order, paid as a whole again',
      [A, B],
      [line(1, 1000, { lineId: 'A' }), line(2, 500, { lineId: 'B' }), line(3, 1500)],
      ['matched A,B|1,2 1500 1500', 'duplicate |3 0 1500'],
    ],
    [
      'whole order, one line paid in part by number',
      [A, B],
      [line(1, 600, { lineId: 'A' }), line(2, 900)],
      ['matched A,B|1,2 1500 1500'],
    ],
    [
      'whole order, one line taken back by number',
      [{ ...A, status: 'refunded' }, B],
      [line(1, 1500), line(2, -1000, { lineId: 'A' })],
      ['matched B|1,2 500 500', 'not-due A| 0 0'],
    ],
    [
      'whole order, one line refunded after payment',
      [
        { ...A, settledAt: SEPTEMBER },
        { ...B, status: 'refunded' },
      ],
      [earlier(1, 1500), line(2, -500)],
      ['clawback B|2 -500 -500', 'not-due A| 0 0'],
    ],
    [
      'whole order taken back after payment by line',
      [
        { ...A, status: 'refunded' },
        { ...B, status: 'refunded' },
      ],
      [earlier(1, 1000, { lineId: 'A' }), earlier(2, 500, { lineId: 'B' }), line(3, -1500)],
      ['clawback A,B|3 -1500 -1500'],
    ],
    ['tolerance counts per order line', [A, B], [line(1, 1496)], ['tolerated A,B|1 1500 1496'], SLACK],
    [
      'order lines without numbers do not contradict',
      [order({ lineId: '' })],
      [line(1, 1000, { lineId: 'Z' })],
      ['matched |1 1000 1000'],
    ],
    ['nor those that are only the sku', [order({ lineId: 'S' })], [line(1, 1000, { lineId: 'Z' })], ['matched S|1 1000 1000']],
    [
      'two currencies in one order',
      [A, { ...B, currency: 'USD' }],
      [line(1, 1000), line(2, 500, { currency: 'USD' })],
      ['matched A|1 1000 1000', 'matched B|2 500 500'],
    ],
  ])('%s', (_, orders, lines, entries, rules = {}) => {
    expect(brief(settled(orders, lines, rules))).toEqual(entries)
  })
})

test('an early payment nets out over the two months, whatever its amount', () => {
  for (const amount of [1000, 900, 1100]) {
    const paid = line(1, amount)
    const before = settled([later], [paid])
    const due = settled([later], [paid], { month: '2026-12' })
    const early = [...before, ...due].filter((entry) => entry.class === 'early').reduce((sum, entry) => sum + entry.difference, 0)
    const all = [...before, ...due].reduce((sum, entry) => sum + entry.difference, 0)
    expect([early, all]).toEqual([0, amount - 1000])
  }
})

test('input that is not sorted is refused', () => {
  expect(() => settled([order({ orderId: '2' }), order({ orderId: '1' })], [])).toThrow(
    'settlement input is not sorted: order 1 after 2',
  )
  expect(() => settled([], [line(1, 1, { orderId: '2' }), line(2, 1, { orderId: null })])).toThrow('not sorted')
})

test('texts are compared as UTF-8 bytes, as SQLite sorts them', () => {
  const texts = ['', '0', '10', '1a', 'Z', 'a', 'é', '单', '\ud7ff', '\ue000', '\uffee', '😀', '😀a', '𠀀']
  const byBytes = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  expect(texts.toReversed().sort(compareText)).toEqual(byBytes)
  const orders = byBytes.slice(1).map((orderId) => order({ orderId }))
  const lines = byBytes.slice(1).map((orderId, i) => line(i, 1000, { orderId }))
  expect(settled(orders, lines).every((entry) => entry.class === 'matched')).toBe(true)
})

test('the inputs are closed when the reader stops', () => {
  let closed = 0
  function* forever() {
    try {
      for (let i = 10; ; i++) yield order({ orderId: String(i).padStart(9, '0') })
    } finally {
      closed++
    }
  }
  for (const entry of settledLazily(forever())) if (entry.orders[0]!.orderId === '000000012') break
  expect(closed).toBe(1)
})
function settledLazily(orders: Iterable<Recorded<Order>>) {
  return reconcile(orders, [], RULES)
}
