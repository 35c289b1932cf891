import { expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { explainOrder, explanationText } from '../../src/settle/order.ts'
import { earlier, FEE, line, order, RULES, SEPTEMBER } from './records.ts'

const ACME: Partner = {
  id: 'acme',
  name: 'Acme',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {},
  calendar: RULES.calendar,
  fees: [FEE],
  tolerance: 0,
}

test('all facts of one order: states, formula, due month, payouts, classes, and where each stands', () => {
  const one = {
    ...order({ paidAmount: 1980, commissionRate: 91_000, commission: 180, settledAt: SEPTEMBER }),
    origin: { file: 'o.csv', line: 2, sha256: '' },
  }
  const states = [
    { ...one, status: 'paid' as const, rawStatus: '已付款', settledAt: null, origin: { file: 'sep.csv', line: 7, sha256: '' } },
    one,
  ]
  const explanation = explainOrder(ACME, '1', [one], [earlier(3, 144), line(4, 18)], states, '2026-11')
  expect(explanationText(explanation)).toEqual([
    'acme order 1',
    '',
    'line A 汉服',
    '  paid (已付款): paid 19.80, commission 1.80   sep.csv:7',
    '  settled (已结算) 2026-09-05: paid 19.80, commission 1.80   o.csv:2',
    '  earned  1.80 commission − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.62 CNY, on 19.80 at 9.1 %   o.csv:2',
    '  due     in 2026-10: settled 2026-09-05, due 2026-10-20',
    '',
    'payouts',
    '  2026-10-20 1.44 CNY commission, statement oct: short-paid   payout.csv:3',
    '  2026-11-20 0.18 CNY commission, statement nov: late   payout.csv:4',
    '',
    'months',
    '  2026-10 short-paid: expected 1.62, paid 1.44, difference -0.18 CNY — paid 1.44 instead of 1.62: 技术服务费 of 0.18 was taken twice',
    '  2026-11 late: expected 0.00, paid 0.18, difference 0.18 CNY — 0.18 paid late (statement nov of 2026-11-20): settled 2026-09-05, due 2026-10-20, 1.44 of it paid before (statement oct of 2026-10-20)',
  ])
})

test('what is due in a month that is still to come is not missing', () => {
  const { months, lines } = explainOrder(ACME, '1', [order()], [], [], '2026-10')
  expect(months).toEqual([])
  expect(lines[0]!.due).toEqual({ month: '2026-11', day: '2026-11-20' })
  expect(explainOrder(ACME, '1', [order()], [], [], '2026-11').months.map((each) => each.class)).toEqual(['missing'])
})

test('a payout for an order that is not on file', () => {
  expect(explanationText(explainOrder(ACME, '1', [], [line(4, 18)], [], '2026-11'))).toEqual([
    'acme order 1',
    '  no such order is on file',
    '',
    'payouts',
    '  2026-11-20 0.18 CNY commission, statement nov: unknown-order   payout.csv:4',
    '',
    'months',
    '  2026-11 unknown-order: expected 0.00, paid 0.18, difference 0.18 CNY — 0.18 (statement nov of 2026-11-20) but no order 1 is on file',
  ])
})

test('an order without its basis date says so', () => {
  const { lines, months } = explainOrder(ACME, '1', [order({ settledAt: null })], [], [], '2026-11')
  expect([lines[0]!.due, lines[0]!.why, months]).toEqual([
    null,
    'settled, but its settled date is missing: it cannot be said when it is due',
    [],
  ])
})
