import { expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { ruleInForce } from '../../src/settle/explain.ts'
import { explainOrder, explanationText } from '../../src/settle/order.ts'
import { earlier, FEE, line, OCTOBER, order, RULES, SEPTEMBER } from './records.ts'

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
    '  rule    settled up to the last day, paid on the 20th of the next month; 技术服务费 10 % of commission, half-up',
    '  due     in 2026-10: settled 2026-09-05, due 2026-10-20',
    '',
    'payouts',
    '  2026-10-20 1.44 CNY commission, statement oct: short-paid   payout.csv:3',
    '  2026-11-20 0.18 CNY commission, statement nov: late   payout.csv:4',
    '',
    'months',
    '  2026-10 short-paid: expected 1.62, paid 1.44, difference -0.18 CNY — paid 1.44 instead of 1.62: 技术服务费 of 0.18 was taken twice; matched by order number',
    '  2026-11 late: expected 0.00, paid 0.18, difference 0.18 CNY — 0.18 paid late (statement nov of 2026-11-20): settled 2026-09-05, due 2026-10-20, 1.44 of it paid before (statement oct of 2026-10-20); matched by order number',
  ])
})

test('what a refund left, and which of several orders a month speaks of', () => {
  const one = order({ refundAmount: 2500 })
  const together = line(4, 1575, { orderId: '1,2' })
  const route = { by: 'order', orderIds: ['1', '2'], lineId: null, contested: false } as const
  const explanation = explainOrder(ACME, '1', [one, order({ orderId: '2' })], [{ ...together, route }], [one], '2026-11')
  const text = explanationText(explanation).join('\n')
  expect(text).toContain(': paid 100.00, commission 10.00, refund 25.00   orders.csv')
  expect(text).toContain('= 9.00 CNY, on 100.00 at 10 %; 6.75 is left after the refund   orders.csv')
  expect(text).toContain('2026-11 matched (order 1, 2): expected 15.75, paid 15.75')
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

test('what was shown of the goods when they were picked, with the hashes of files where they are asked for', () => {
  const pick = {
    ...{
      shelf: 'main',
      partner: 'acme',
      sku: 'S',
      reason: null,
      addedAt: SEPTEMBER,
      parkedAt: null,
      position: 1,
      accepted: null,
    },
    ...{ currency: 'CNY', price: 12_000, finalPrice: 10_000, commissionRate: 120_000, commission: 1200, net: null, score: null },
    ...{
      couponAmount: null,
      couponThreshold: null,
      couponUntil: null,
      source: 'acme',
      file: 'goods.csv',
      line: 9,
      sha256: 'ab12',
    },
    pickedAt: '2026-09-01T08:00:00+08:00',
  }
  const picks = [pick, { ...pick, pickedAt: '2026-09-02T08:00:00+08:00', sku: 'T' }, { ...pick, pickedAt: OCTOBER }]
  const explanation = explainOrder(ACME, '1', [order()], [], [], '2026-10', picks)
  expect(explanation.lines[0]!.picks).toEqual([
    {
      ...{
        shelf: 'main',
        pickedAt: pick.pickedAt,
        finalPrice: '100.00',
        commissionRate: '12',
        commission: '12.00',
        currency: 'CNY',
      },
      source: { file: 'goods.csv', line: 9, sha256: 'ab12' },
    },
  ])
  const text = explanationText(explanation, true)
  expect(text).toContain('  picked  2026-09-01 for shelf main: 100.00 CNY, commission 12.00 at 12 %   goods.csv:9 sha256:ab12')
  expect(text.find((each) => each.startsWith('  earned'))).toMatch(/orders\.csv:\d+ sha256:a{64}$/)
})

test('the rule in force is that of the day, with the day since when it holds', () => {
  const fees = [
    { ...FEE, until: '2026-09-01' },
    { ...FEE, rate: 60_000, from: '2026-09-01' },
  ]
  const before = { basis: 'receivedAt', days: 1 } as const
  const calendar = { basis: 'settledAt', closes: 15, pays: 20, lag: 0, from: '2026-10-01', before } as const
  const rules = { ...RULES, calendar, fees }
  expect(ruleInForce(order(), rules)).toBe(
    'settled up to the 15th, paid on the 20th of that month, since 2026-10-01; 技术服务费 6 % of commission, half-up, since 2026-09-01',
  )
  const old = order({ settledAt: SEPTEMBER, paidAt: '2026-08-31T00:00:00+08:00' })
  expect(ruleInForce(old, rules)).toBe('paid 1 day after it is received; 技术服务费 10 % of commission, half-up')
  expect(ruleInForce(order(), RULES)).toBe('settled up to the last day, paid on the 20th of the next month; no fees')
  const stated = order({ serviceFee: 10 })
  expect(ruleInForce(stated, RULES)).toMatch(/; service fee as the order states$/)
})
