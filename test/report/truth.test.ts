import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { stories } from '../../src/report/stories.ts'
import { type Truth, truthOf } from '../../src/report/truth.ts'
import { months } from '../settle/month.ts'
import { earlier, line, NOVEMBER, order, RULES, SEPTEMBER } from '../settle/records.ts'

const ACME: Partner = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, fees: [], tolerance: 0 },
  calendar: RULES.calendar,
  stuck: { 余额不足: 'merchant-short', 汇款失败: 'transfer-failed' },
}

function truths(orders: Recorded<Order>[], lines: Recorded<PayoutLine>[], most = 9, of: Partial<Partner> = {}): Truth[] {
  const truth = truthOf('2026-11-25', most)
  const ledger = { partner: { ...ACME, ...of }, orders, lines }
  for (const story of stories(ledger, { from: '0000-01', to: '9998-12' })) truth.add(story)
  return truth.answer()
}
/** `settled-unpaid 1000*1 since 2026-11-20` */
const brief = (found: readonly Truth[]) =>
  found.map(({ case: name, count, amount, oldest }) => `${name} ${amount}*${count} since ${oldest.since}`).join(' | ')

const NO_DATE = { receivedAt: null, verifiedAt: null, settledAt: null }
const GONE = { status: 'refunded' } as const
const later = (at: number, amount: number) => line(at, amount, { statementId: 'dec', paidAt: '2026-11-24' })

describe('what is at odds', () => {
  test.each<[string, Recorded<Order>[], Recorded<PayoutLine>[], string]>([
    ['paid: nothing', [order()], [line(1, 1000)], ''],
    ['settled, and no money', [order()], [], 'settled-unpaid 1000*1 since 2026-11-20'],
    ['a part of the money is a matter of settle', [order()], [line(1, 400)], ''],
    ['settled, its pay day is to come', [order({ settledAt: NOVEMBER })], [], ''],
    ['settled, and paid a month early', [order()], [earlier(1, 1000)], ''],
    ['settled a month ago, and paid late', [order({ settledAt: SEPTEMBER })], [line(1, 1000)], ''],
    ['not settled yet', [order({ status: 'paid', ...NO_DATE })], [], ''],
    ['money, and no such order', [], [line(1, 700)], 'money-no-order 700*1 since 2026-11-20'],
    ['taken back of no such order', [], [line(1, -700)], 'money-no-order -700*1 since 2026-11-20'],
    ['a bonus belongs to no order', [], [line(1, 700, { orderId: null, kind: 'bonus' })], ''],
    ['refunded, and never paid', [order(GONE)], [], ''],
    ['refunded, and paid', [order(GONE)], [line(1, 1000)], 'invalid-paid 1000*1 since 2026-11-20'],
    ['invalid, and paid', [order({ status: 'invalid' })], [line(1, 1000)], 'invalid-paid 1000*1 since 2026-11-20'],
    ['refunded, paid and taken back', [order(GONE)], [earlier(1, 1000), line(2, -1000)], ''],
    ['refunded, a part taken back', [order(GONE)], [earlier(1, 1000), line(2, -300)], 'invalid-paid 700*1 since 2026-10-20'],
    ['refunded, paid twice', [order(GONE)], [earlier(1, 1000), line(2, 1000)], 'invalid-paid 2000*1 since 2026-10-20'],
    [
      'the merchant has no money: due, but not claimed as unpaid',
      [order({ rawStatus: '余额不足' })],
      [],
      'merchant-short 1000*1 since 2026-09-05',
    ],
    [
      'the transfer failed, before it was settled',
      [order({ status: 'verified', rawStatus: '汇款失败', settledAt: null, modifiedAt: NOVEMBER })],
      [],
      'transfer-failed 1000*1 since 2026-11-05',
    ],
    ['the transfer failed, and came later', [order({ rawStatus: '汇款失败' })], [later(1, 1000)], ''],
    ['the transfer failed, and the buyer gave the goods back', [order({ ...GONE, rawStatus: '汇款失败' })], [], ''],
  ])('%s', (_, orders, lines, said) => {
    expect(brief(truths(orders, lines))).toBe(said)
  })

  test('all are counted, the largest are named, the oldest is told', () => {
    const orders = [3, 9, 5].map((size, i) => order({ orderId: `${i}`, commission: size * 100 }))
    const [found] = truths([...orders, order({ orderId: '4', commission: 100, settledAt: SEPTEMBER })], [], 2)
    expect(found).toMatchObject({ case: 'settled-unpaid', count: 4, amount: 1800 })
    expect(found!.odds.map(({ orderId, amount }) => [orderId, amount])).toEqual([
      ['1', 900],
      ['2', 500],
    ])
    expect(found!.oldest).toMatchObject({ orderId: '4', since: '2026-10-20' })
  })

  test('a statement that the bank has nothing of', () => {
    const truth = truthOf('2026-11-25', 9)
    const missing = [{ statementId: 'nov', currency: 'CNY', paidAt: '2026-11-20', total: 1234 }]
    truth.addReceipts(ACME, { partner: 'acme', currency: 'CNY', ties: [], missing, uncovered: [], unexpected: [] } as never)
    expect(brief(truth.answer())).toBe('not-received 1234*1 since 2026-11-20')
  })

  test('of any month what is missing and what no order is known of is found, and every order in one case at most', () => {
    fc.assert(
      fc.property(months, ({ orders, lines, rules: { fees, tolerance }, truth }) => {
        const found = truths(orders, lines, Number.POSITIVE_INFINITY, { fees, tolerance })
        const sumsOf = (name: string) =>
          found.filter((each) => each.case === name).map(({ currency, count, amount }) => [currency, count, amount])
        const known = (name: string, of: 'expected' | 'paid') =>
          [...truth]
            .filter(([key]) => key.endsWith(` ${name}`))
            .map(([key, sums]) => [key.split(' ')[0], sums.count, sums[of]])
            .sort()
        expect(sumsOf('settled-unpaid')).toEqual(known('missing', 'expected'))
        expect(sumsOf('money-no-order')).toEqual(known('unknown-order', 'paid'))
        const named = found
          .filter((each) => each.case !== 'money-no-order')
          .flatMap(({ odds }) => odds.map(({ orderId }) => orderId))
        expect(new Set(named).size).toBe(named.length)
      }),
      { numRuns: 60 },
    )
  })
})
