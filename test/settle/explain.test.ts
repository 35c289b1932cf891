import { describe, expect, test } from 'vitest'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import type { Rules } from '../../src/settle/entry.ts'
import { explain } from '../../src/settle/explain.ts'
import { earlier, FEE, line, NOVEMBER, order, RULES, SEPTEMBER, settled } from './records.ts'

const explained = (orders: Recorded<Order>[], lines: Recorded<PayoutLine>[], changes: Partial<Rules> = {}) =>
  settled(orders, lines, changes).map((entry) => {
    const { cause, text } = explain(entry, { ...RULES, ...changes })
    return { cause, text }
  })

describe('why a sum differs, from the surest reason to the weakest', () => {
  const goods = order({ paidAmount: 25_900, commissionRate: 18_000, commission: 466 })
  const FEES = { fees: [FEE] }
  test.each<[string, Recorded<Order>, number, string, string, Partial<Rules>?]>([
    ['a minor unit less', goods, 465, 'rounding', 'paid 4.65 instead of 4.66: one minor unit, a matter of rounding'],
    ['a minor unit more', goods, 467, 'rounding', 'paid 4.67 instead of 4.66: one minor unit, a matter of rounding'],
    ['no fee taken', goods, 466, 'fee', 'paid 4.66 instead of 4.19: the gross commission, 技术服务费 was not taken', FEES],
    ['fee taken twice', goods, 372, 'fee', 'paid 3.72 instead of 4.19: 技术服务费 of 0.47 was taken twice', FEES],
    [
      'one of two fees not taken',
      goods,
      466 - 47,
      'fee',
      'paid 4.19 instead of 2.64: 付款手续费 of 1.55 was not taken',
      { fees: [FEE, { name: '付款手续费', of: 'paidAmount', rate: 6000, rounding: 'half-up' }] },
    ],
    [
      'after a partial refund',
      order({ refundAmount: 2500 }),
      675,
      'rate',
      'paid 6.75 instead of 7.50, after a refund of 25.00: 75.00 × 9 % where 10 % was recorded',
    ],
    [
      'fewer pieces',
      order({ quantity: 3, commission: 999 }),
      666,
      'base',
      'paid 6.66 instead of 9.99: the payout on 2 of 3 pieces',
    ],
    ['another rate', goods, 389, 'rate', 'paid 3.89 instead of 4.66: 259.00 × 1.5 % where 1.8 % was recorded'],
    ['a higher rate', goods, 518, 'rate', 'paid 5.18 instead of 4.66: 259.00 × 2 % where 1.8 % was recorded'],
    [
      'another rate below a fee',
      goods,
      350,
      'rate',
      'paid 3.50 instead of 4.19: 259.00 × 1.5 % where 1.8 % was recorded; -0.77 commission + 0.08 技术服务费 = -0.69',
      FEES,
    ],
    ['no clean rate', goods, 448, 'unexplained', 'paid 4.48 instead of 4.66: as if the rate were 1.73 % instead of 1.8 %'],
    [
      'too small for tenths of a percent, but not for whole ones',
      order({ paidAmount: 1500, commission: 150 }),
      120,
      'rate',
      'paid 1.20 instead of 1.50: 15.00 × 8 % where 10 % was recorded',
    ],
    [
      'too small to tell a rate',
      order({ paidAmount: 150, commission: 15 }),
      12,
      'unexplained',
      'paid 0.12 instead of 0.15: as if the rate were 8 % instead of 10 %',
    ],
    [
      'no rate on record',
      order({ commissionRate: null }),
      800,
      'unexplained',
      'paid 8.00 instead of 10.00: 10.00 commission = 10.00',
    ],
    ['nothing', order(), 0, 'unexplained', 'paid 0.00 instead of 10.00: 10.00 commission = 10.00'],
  ])('%s', (_, each, paid, cause, text, rules = {}) => {
    expect(explained([each], [line(1, paid)], rules)).toEqual([{ cause, text }])
  })

  test('of several order lines together, the one that is left out is named', () => {
    const lines = [order({ commission: 400 }), order({ lineId: 'B', commission: 300 })]
    expect(explained(lines, [line(1, 400)])[0]!.text).toBe('paid 4.00 instead of 7.00: as if line B (3.00) were not paid')
  })
  test('what was paid early is named and counts', () => {
    expect(explained([order()], [earlier(1, 600), line(2, 350)])[0]).toEqual({
      cause: 'rate',
      text: 'paid 9.50 instead of 10.00 (6.00 of it early: statement oct of 2026-10-20): 100.00 × 9.5 % where 10 % was recorded',
    })
  })
})

test.each<[string, Recorded<Order>[], Recorded<PayoutLine>[], [string, string][], Partial<Rules>?]>([
  ['missing', [order()], [], [['unexplained', 'settled 2026-10-05, due 2026-11-20 and in no payout: 10.00 commission = 10.00']]],
  [
    'missing after a refund',
    [order({ refundAmount: 2500 })],
    [],
    [['unexplained', 'settled 2026-10-05, due 2026-11-20 and in no payout: 7.50 commission = 7.50, after a refund of 25.00']],
  ],
  [
    'nothing due after a refund',
    [order({ refundAmount: 10_000 })],
    [],
    [['unexplained', 'nothing is due for it: 0.00 commission = 0.00, after a refund of 100.00']],
  ],
  [
    'missing on the pay day that the order names',
    [order({ settledAt: null, dueAt: '2026-11-18T00:00:00+08:00' })],
    [],
    [['unexplained', 'settled, due 2026-11-18 as the order says and in no payout: 10.00 commission = 10.00']],
  ],
  ['matched', [order()], [line(1, 1000)], [['unexplained', '']]],
  [
    'matched as the order states its fee, which its rule does not',
    [order({ serviceFee: 101 })],
    [line(1, 899)],
    [['unexplained', '10.00 commission − 1.01 技术服务费 (stated; 10 % of 10.00, half-up would be 1.00) = 8.99']],
    { fees: [{ ...FEE, stated: true }] },
  ],
  [
    'late',
    [order({ settledAt: SEPTEMBER })],
    [earlier(1, 300), line(2, 700)],
    [
      [
        'unexplained',
        '7.00 paid late (statement nov of 2026-11-20): settled 2026-09-05, due 2026-10-20, 3.00 of it paid before (statement oct of 2026-10-20)',
      ],
    ],
  ],
  [
    'early',
    [order({ settledAt: NOVEMBER })],
    [line(1, 1000)],
    [['unexplained', '10.00 paid early (statement nov of 2026-11-20): settled 2026-11-05, due 2026-12-20']],
  ],
  [
    'early, no date',
    [order({ settledAt: null })],
    [line(1, 1000)],
    [
      [
        'unexplained',
        '10.00 paid early (statement nov of 2026-11-20): settled, but its settled date is missing: it cannot be said when it is due',
      ],
    ],
  ],
  [
    'was early',
    [order()],
    [earlier(1, 1000)],
    [['unexplained', '10.00 was paid before it was due (statement oct of 2026-10-20); counted as early there']],
  ],
  [
    'early with what is due',
    [order(), order({ lineId: 'B', commission: 400, settledAt: NOVEMBER })],
    [line(1, 1400)],
    [
      ['unexplained', '14.00 paid (statement nov of 2026-11-20), 4.00 of it early: line B is settled 2026-11-05, due 2026-12-20'],
      ['unexplained', 'settled 2026-11-05, due 2026-12-20'],
    ],
  ],
  [
    'was early, with what was due then',
    [order({ settledAt: SEPTEMBER }), order({ lineId: 'B', commission: 400 })],
    [earlier(1, 1400)],
    [
      [
        'unexplained',
        '14.00 was paid before it was due (statement oct of 2026-10-20), 4.00 of it for this; counted as early there',
      ],
      ['unexplained', 'settled 2026-09-05, due 2026-10-20, 14.00 paid (statement oct of 2026-10-20)'],
    ],
  ],
  [
    'paid with a line that is refunded',
    [order(), order({ lineId: 'B', commission: 400, status: 'refunded' })],
    [line(1, 1400)],
    [
      ['refund', 'paid 14.00 instead of 10.00: line B (4.00) is refunded'],
      ['unexplained', 'refunded (已结算)'],
    ],
  ],
  [
    'clawback of a part of one of two',
    [order({ settledAt: SEPTEMBER }), order({ lineId: 'B', settledAt: SEPTEMBER, refundAmount: 2500 })],
    [earlier(1, 2000), line(2, -250)],
    [
      [
        'refund',
        '2.50 taken back (statement nov of 2026-11-20): 25.00 of 100.00 was refunded, 17.50 is kept, 20.00 was paid (statement oct of 2026-10-20); right',
      ],
    ],
  ],
  [
    'clawback',
    [order({ status: 'refunded' })],
    [earlier(1, 1000), line(2, -900)],
    [
      [
        'refund',
        '9.00 taken back (statement nov of 2026-11-20): the order is refunded, 10.00 was paid (statement oct of 2026-10-20); 1.00 too little',
      ],
    ],
  ],
  [
    'clawback of a part',
    [order({ settledAt: SEPTEMBER, refundAmount: 2500 })],
    [earlier(1, 1000), line(2, -300)],
    [
      [
        'refund',
        '3.00 taken back (statement nov of 2026-11-20): 25.00 of 100.00 was refunded, 7.50 is kept, 10.00 was paid (statement oct of 2026-10-20); 0.50 too much',
      ],
    ],
  ],
  ...(['all that', 'more than'] as const).map(
    (what, i): [string, Recorded<Order>[], Recorded<PayoutLine>[], [string, string][]] => [
      `clawback again of ${what} was paid`,
      [order({ status: 'refunded' })],
      [earlier(1, 1000), earlier(2, -1000 - i), line(3, -1000)],
      [
        [
          'refund',
          `10.00 taken back (statement nov of 2026-11-20): the order is refunded, ${what} was paid was taken back before (statement oct of 2026-10-20 and 1 more); 10.00 too much`,
        ],
      ],
    ],
  ),
  [
    'clawback of nothing',
    [order({ status: 'invalid' })],
    [line(2, -900)],
    [['refund', '9.00 taken back (statement nov of 2026-11-20): no payment of this order is on file']],
  ],
  [
    'taken back without a refund',
    [order({ settledAt: SEPTEMBER })],
    [earlier(1, 1000), line(2, -300)],
    [['unexplained', '3.00 taken back (statement nov of 2026-11-20) although the order is settled']],
  ],
  [
    'refunded, but paid',
    [order({ status: 'refunded' })],
    [line(1, 1000)],
    [['refund', '10.00 paid (statement nov of 2026-11-20) although the order is refunded']],
  ],
  [
    'duplicate',
    [order({ settledAt: SEPTEMBER })],
    [earlier(1, 1000), line(2, 1000)],
    [
      ['unexplained', '10.00 paid again (statement nov of 2026-11-20): statement oct of 2026-10-20 paid 10.00 already'],
      ['unexplained', 'settled 2026-09-05, due 2026-10-20, 10.00 paid (statement oct of 2026-10-20)'],
    ],
  ],
  ['no order', [], [line(1, 100)], [['unexplained', '1.00 (statement nov of 2026-11-20) but no order 1 is on file']]],
  [
    'no such line',
    [order({ status: 'paid', rawStatus: '已付款' })],
    [line(1, 100, { lineId: 'Z' })],
    [
      ['unexplained', 'not settled yet (已付款)'],
      ['unexplained', '1.00 (statement nov of 2026-11-20) but order 1 has no line Z'],
    ],
  ],
  [
    'another currency',
    [order({ status: 'refunded', rawStatus: '已退款' })],
    [line(1, 100, { currency: 'JPY' })],
    [
      ['unexplained', 'refunded (已退款)'],
      [
        'unexplained',
        '100 (statement nov of 2026-11-20) but order 1 is in CNY, the payout in JPY: amounts of two currencies are not set off',
      ],
    ],
  ],
  [
    'bonus',
    [],
    [line(1, 5000, { orderId: null, kind: 'bonus', title: '双11' })],
    [['unexplained', '50.00 bonus line (statement nov of 2026-11-20): 双11']],
  ],
  ['fee', [], [line(1, -60, { kind: 'fee' })], [['fee', '-0.60 fee line (statement nov of 2026-11-20)']]],
  [
    'no number',
    [],
    [line(1, 60, { orderId: null })],
    [['unexplained', '0.60 commission line without an order number (statement nov of 2026-11-20)']],
  ],
])('%s', (_, orders, lines, explanations, changes) => {
  expect(explained(orders, lines, changes).map(({ cause, text }) => [cause, text])).toEqual(explanations)
})
