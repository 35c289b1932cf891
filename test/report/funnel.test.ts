import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { daysOf } from '../../src/report/activity.ts'
import { type Dimension, figuresOf } from '../../src/report/figures.ts'
import { type Activity, type Funnel, type FunnelQuestion, funnelOf, SHOP } from '../../src/report/funnel.ts'
import { totalsOf } from '../../src/report/rank.ts'
import { stories } from '../../src/report/stories.ts'
import type { Cost } from '../../src/workspace.ts'
import { months } from '../settle/month.ts'
import { line, order, RULES } from '../settle/records.ts'

const ACME: Partner = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {} },
  ...{ calendar: RULES.calendar, fees: [], tolerance: 0 },
}
/** Tests name the channel of an order by its tracking id. */
const channel: Dimension = (_, record) => ('trackingId' in record ? record.trackingId : null)
const NOTHING: Activity = {
  ...{ posts: [], links: [], spent: [], costed: new Set(), traced: new Set(), membersPart: () => 0 },
}

function answer(
  orders: Recorded<Order>[],
  lines: Recorded<PayoutLine>[],
  activity: Partial<Activity> = {},
  question: Partial<FunnelQuestion> = {},
  of: Partial<Partner> = {},
) {
  const whole = { group: channel, per: null, from: null, to: null, today: '2026-11-25', currency: 'CNY', ...question }
  const funnel = funnelOf(whole, { ...NOTHING, ...activity })
  const ledger = { partner: { ...ACME, ...of }, orders, lines }
  for (const story of stories(ledger, { from: '0000-01', to: '9998-12' })) funnel.add(story)
  return funnel.answer()
}
const figures = ({ posted, planned, links, orders, confirmed, paid, received, cost, profit }: Funnel) => {
  return [posted, planned, links, orders, confirmed, paid, received, cost, profit]
}
const sold = (orderId: string, changes: Partial<Order> = {}) => order({ orderId, trackingId: 'group', ...changes })
const posted = (day: string, group = 'group') => ({ group, day, posted: true })
const spent = (day: string, amount: number, group = 'group') => ({ group, day, amount, currency: 'CNY', of: 'ads' })

describe('a funnel', () => {
  test('goes from posts to profit, with the rates between the steps', () => {
    const { funnels } = answer(
      [sold('1'), sold('2'), sold('3', { status: 'refunded' }), sold('4', { status: 'paid', settledAt: null })],
      [line(1, 900)],
      {
        posts: [posted('2026-09-01'), posted('2026-09-02'), { group: 'group', day: '2026-09-03', posted: false }],
        links: [{ group: 'group', day: '2026-09-01', links: 3 }],
        spent: [spent('2026-09-01', 330)],
        costed: new Set(['group']),
        membersPart: ({ orderId }) => (orderId === '1' ? 100 : 0),
      },
    )
    expect(funnels.map(figures)).toEqual([[2, 1, 3, 4, 2, 1, 900, 330, 470]])
    expect(funnels[0]).toMatchObject({
      ...{ group: 'group', estimated: 4000, open: 1000, shared: 100, costPerOrder: 83, profitPerOrder: 118 },
      rates: {
        ...{ linksOfPosts: 1_500_000, ordersOfPosts: 2_000_000, ordersOfLinks: 1_333_000 },
        ...{ confirmedOfOrders: 500_000, paidOfConfirmed: 500_000 },
      },
    })
  })

  test('counts each by its own day in each period', () => {
    const { funnels } = answer(
      [sold('1'), sold('2', { orderedAt: '2026-10-01T08:00:00+08:00' })],
      [line(1, 900)],
      { posts: [posted('2026-08-31'), posted('2026-10-02'), posted('2026-11-01')], spent: [spent('2026-10-31', 5)] },
      { per: 'month', from: '2026-09-01', to: '2026-10-31' },
    )
    expect(funnels.map((one) => [one.period, one.posted, one.orders, one.received, one.cost])).toEqual([
      ['2026-09', 0, 1, 900, null],
      ['2026-10', 1, 1, 0, null],
    ])
  })

  test('has no posts and links, not 0, before the first that was kept, and no rate to them where orders came before', () => {
    const { funnels, kept } = answer(
      [sold('1'), sold('2', { orderedAt: '2026-10-01T08:00:00+08:00' }), sold('3', { orderedAt: '2026-11-20T08:00:00+08:00' })],
      [],
      { posts: [posted('2026-10-02')], links: [{ group: 'group', day: '2026-11-01', links: 1 }] },
      { per: 'month' },
    )
    expect(
      funnels.map(({ period, posted, planned, links, rates }) => [period, posted, planned, links, rates.ordersOfPosts]),
    ).toEqual([
      ['2026-09', null, null, null, null],
      ['2026-10', 1, 0, null, null],
      ['2026-11', 0, 0, 1, null],
    ])
    expect(funnels.map(({ rates }) => rates.ordersOfLinks)).toEqual([null, null, 1_000_000])
    expect(kept).toEqual([{ group: 'group', posts: '2026-10-02', links: '2026-11-01' }])
    const september = answer([sold('1')], [], { posts: [posted('2026-10-02')] }, { to: '2026-09-30' })
    expect(september.funnels.map(({ posted }) => posted)).toEqual([null])
  })

  test('has no posts where some are planned and none was ticked off', () => {
    const { funnels } = answer([], [], { posts: [{ group: 'group', day: '2026-09-03', posted: false }] })
    expect([funnels[0]!.posted, funnels[0]!.planned]).toEqual([null, 1])
  })

  test('has no orders, not 0, where none could be told to be of it', () => {
    const posts = [posted('2026-09-01'), posted('2026-09-01', 'weibo')]
    const { funnels, spent: costs } = answer([], [], {
      ...{ posts, traced: new Set(['group']), costed: new Set(['group', 'weibo']) },
      spent: [spent('2026-09-01', 7), spent('2026-09-01', 9, 'weibo')],
    })
    expect(funnels.map((one) => [one.group, one.orders, one.received, one.profit])).toEqual([
      ['group', 0, 0, -7],
      ['weibo', null, null, null],
    ])
    expect(costs.map(({ group, income }) => [group, income])).toEqual([
      ['group', 'none'],
      ['weibo', 'unknown'],
    ])
  })

  test('tells what came of each cost in its period', () => {
    const days = ['2026-08-01', '2026-09-01', '2026-10-01']
    const { spent: costs } = answer(
      [sold('1'), sold('2', { orderedAt: '2026-10-01T08:00:00+08:00', settledAt: '2026-11-01T08:00:00+08:00' })],
      [line(1, 900)],
      { spent: [...days.map((day) => spent(day, 100)), { ...spent('2026-09-01', 1, SHOP) }], costed: new Set(['group', SHOP]) },
      { per: 'month' },
    )
    expect(costs.map(({ period, group, income }) => [period, group, income])).toEqual([
      ['2026-08', 'group', 'none'],
      ['2026-09', 'group', 'received'],
      ['2026-10', 'group', 'open'],
      ['2026-09', SHOP, null],
    ])
  })

  test('of all knows what is known of every channel, and counts costs of the shop', () => {
    const posts = [posted('2026-09-01')]
    const both = [sold('1'), order({ orderId: '2' })]
    const costs = { spent: [spent('2026-09-01', 300), spent('2026-09-02', 50, SHOP)], costed: new Set(['group', SHOP]) }
    const whole = answer(both, [line(1, 900), line(2, 800, { orderId: '2' })], { posts, ...costs })
    expect(whole.funnels.map((one) => [one.group, one.cost, one.profit])).toEqual([
      ['group', 300, 600],
      [null, null, null],
      [SHOP, 50, -50],
    ])
    expect(whole.totals.map(figures)).toEqual([[1, 0, null, 2, 2, 2, 1700, 350, 1350]])
    const other = answer([...both, order({ orderId: '3', trackingId: 'weibo' })], [], { posts, ...costs })
    expect(other.totals.map(figures)).toEqual([[null, null, null, 3, 3, 0, 0, null, null]])
    const none = answer([order()], [line(1, 900)], { spent: [spent('2026-09-02', 50, SHOP)], costed: new Set([SHOP]) })
    expect(none.totals.map(figures)).toEqual([[null, null, null, 1, 1, 1, 900, 50, 850]])
    const untraced = answer([order()], [], { posts: [posted('2026-09-01', 'weibo')] })
    expect(untraced.totals.map(figures)).toEqual([[1, 0, null, 1, 1, 0, 0, null, null]])
  })

  test('counts what members were given of each order once, also of several that are paid together', () => {
    const question = { group: channel, per: null, from: null, to: null, today: '2026-11-25', currency: 'CNY' }
    const funnel = funnelOf(question, { ...NOTHING, membersPart: () => 100 })
    funnel.add({ partner: ACME, orders: [sold('1'), sold('1', { lineId: 'B' }), sold('2')], judged: [] })
    expect(funnel.answer().funnels.map(({ orders, shared }) => [orders, shared])).toEqual([[3, 200]])
  })

  test('adds no currencies', () => {
    const { funnels, totals } = answer(
      [sold('1'), sold('2', { currency: 'JPY' })],
      [line(1, 900), line(2, 700, { orderId: '2', currency: 'JPY' })],
      { posts: [posted('2026-09-01')], spent: [spent('2026-09-01', 100)], costed: new Set(['group']) },
    )
    for (const one of [funnels, totals])
      expect(one.map(({ currency, posted, orders, profit }) => [currency, posted, orders, profit])).toEqual([
        ['CNY', 1, 1, 800],
        ['JPY', 1, 1, 700],
      ])
  })

  test('has the money of the report, whatever the ledger', () => {
    const bounds = fc.record({
      from: fc.constantFrom(null, '2026-09-05'),
      to: fc.constantFrom(null, '2026-10-31'),
      per: fc.constantFrom('month' as const, null),
    })
    fc.assert(
      fc.property(months, bounds, ({ orders, lines, rules: { fees, tolerance } }, bounds) => {
        const funnel = answer(orders, lines, {}, bounds, { fees, tolerance })
        const report = figuresOf({ basis: 'ordered', by: [], today: '2026-11-25', ...bounds })
        const ledger = { partner: { ...ACME, fees, tolerance }, orders, lines }
        for (const story of stories(ledger, { from: '0000-01', to: '9998-12' })) report.add(story)
        const { rows, undated } = report.answer()
        expect(
          funnel.totals.map(({ currency, orders, estimated, open, received }) => [currency, orders, estimated, open, received]),
        ).toEqual(totalsOf(rows).map(({ currency, figures: f }) => [currency, f.orders, f.estimated, f.open, f.received]))
        expect(funnel.undated).toEqual(undated)
        for (const { orders, confirmed, received, profit } of funnel.funnels) {
          expect(confirmed).toBeLessThanOrEqual(orders!)
          expect([received === null, profit]).toEqual([false, null])
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a cost', () => {
  const cost: Cost = { from: '2026-01-31', every: 'month', until: null, amount: 1, currency: 'CNY', of: 'tool' }
  const DAYS: [Partial<Cost>, string, string[]][] = [
    [{ every: null }, '2026-03-01', ['2026-01-31']],
    [{ every: null }, '2026-01-30', []],
    [{}, '2026-03-31', ['2026-01-31', '2026-02-28', '2026-03-31']],
    [{ until: '2026-02-28' }, '2026-12-31', ['2026-01-31', '2026-02-28']],
    [{ every: 'year', from: '2024-02-29' }, '2026-12-31', ['2024-02-29', '2025-02-28', '2026-02-28']],
  ]
  test.each(DAYS)('%j is paid up to %s on %j', (changes, to, days) => {
    expect(daysOf({ ...cost, ...changes }, to)).toEqual(days)
  })
})
