import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { keepLinks } from '../../src/store/links.ts'
import { openDatabase } from '../../src/store/open.ts'
import { keepPosts } from '../../src/store/posts.ts'
import { saveSplit } from '../../src/store/splits.ts'
import { keepSubId } from '../../src/store/subids.ts'
import { run, workspaceWith } from './shoptool.ts'

const NETWORK = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
calendar: { basis: receivedAt, days: 1 }
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: major }
      commission: { amount: commission, unit: major }
      status: { oneOf: status, words: { received: received, paid: paid } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      receivedAt: { instant: received, pattern: yyyy-MM-dd, optional: true }
      trackingId: { text: place }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order }
      amount: { amount: amount, unit: major }
      paidAt: { day: day, pattern: yyyy-MM-dd }
`
const ORDERS = `order,paid,commission,status,ordered,received,place
1,100,10.00,received,2026-10-10,2026-10-12,group-a
2,100,12.00,received,2026-10-11,2026-10-12,group-a
3,100,20.00,received,2026-10-11,2026-10-12,elsewhere
4,100,11.00,paid,2026-11-02,,group-a
`
const PAYOUTS = 'order,amount,day\n1,10.00,2026-10-13\n3,20.00,2026-10-13\n9,5.00,2026-10-13\n'
const CHANNELS = `channels:
  group-a:
    surface: wechat/group
    forms: [image]
    costs: [{ on: 2026-10-05, amount: 3.30, of: 红包 }, { from: 2026-09-15, every: month, amount: 1, of: tool }]
  weibo: { surface: weibo/post, forms: [image] }
  by-id: { surface: qq/group, forms: [image] }
  by-sub-id: { surface: qq/group, forms: [image] }
tracking: { acme: { 99: by-id } }
costs: [{ on: 2026-07-01, amount: 2, of: server }]
`
const cwd = workspaceWith(CHANNELS, { 'partners/acme.yaml': NETWORK, 'orders.csv': ORDERS, 'payouts.csv': PAYOUTS })
const shoptool = (...args: string[]) => run(args, { cwd })
const json = async (...args: string[]) => JSON.parse((await shoptool('report', 'funnel', ...args, '--json')).stdout)

beforeAll(async () => {
  await shoptool('import', 'orders', 'orders.csv', '--partner', 'acme')
  await shoptool('import', 'payouts', 'payouts.csv', '--partner', 'acme')
  const db = openDatabase(join(cwd, 'shoptool.db'))
  const post = { channel: 'group-a', partner: 'acme', sku: 'S', variant: null }
  keepPosts(db, [
    { ...post, at: '2026-10-09T20:00:00+08:00', posted: true },
    { ...post, at: '2026-11-24T20:00:00+08:00', posted: false },
    { ...post, at: '2026-11-26T20:00:00+08:00', posted: false },
    ...['weibo', 'by-id', 'by-sub-id'].map((channel) => ({ ...post, channel, at: '2026-07-01T20:00:00+08:00', posted: true })),
    { ...post, channel: 'weibo', at: '2026-10-20T20:00:00+08:00', posted: true },
  ])
  const made = { channel: 'group-a', member: 'mei', trackingId: '', subId: null, values: { link: 'https://a.example' } }
  for (const day of ['2026-10-09', '2026-10-09', '2026-10-10', '2026-11-01'])
    keepLinks(db, { partner: 'acme', sku: 'S' }, { ...made, madeAt: `${day}T08:00:00+08:00` })
  keepSubId(db, 'acme', 'x1', { channel: 'by-sub-id', member: '', day: '' })
  db.close()
})

it('tells a channel from post to profit, names date and period, and says what is not kept', async () => {
  const { code, stdout, stderr } = await run(['report', 'funnel', '--month', '2026-10', '--no-color'], { cwd, tty: 60 })
  expect(code).toBe(0)
  // without the bars, which are seen to be longer where there is more
  expect(stdout).toMatch(/\n {2}posted +1 +█{7}▌\n {2}links .* █{15}\n/)
  expect(stdout).toMatch(/\n {2}paid .* █{7}▌░{7}\n/)
  const lines = stdout.split('\n').map((line) => line.replace(/[█▉▊▋▌▍▎▏░]/g, '').trimEnd())
  expect(lines.map((line) => line.replace(/(\S) {2,}/g, '$1  '))).toEqual([
    ...['CHANNEL  CNY', 'group-a', '  posted  1', '  links  2  200% of posts', '  orders  2  200% of posts'],
    ...['  confirmed  2  100% of orders', '  paid  1  50% of confirmed', '  estimated  22.00', '  received  10.00'],
    ...['  cost  4.30  2.15 an order', '  profit  5.70  2.85 an order'],
    ...['weibo', '  posted  1', '  links  not kept', '  orders  not traced', '  confirmed  not traced', '  paid  not traced'],
    ...['  estimated  not traced', '  received  not traced', '  cost  not kept', '  profit  not known'],
    ...[
      '(none)',
      '  orders  1',
      '  confirmed  1  100% of orders',
      '  paid  1  100% of confirmed',
      '  estimated  20.00',
      '  received  20.00',
    ],
    ...[
      'total',
      '  posted  2',
      '  links  not kept',
      '  orders  3  150% of posts',
      '  confirmed  3  100% of orders',
      '  paid  2  66.7% of confirmed',
    ],
    ...['  estimated  42.00', '  received  30.00', '  cost  not kept', '  profit  not known', ''],
  ])
  expect(stderr).toContain('weibo: no costs are kept; write them in shoptool.yaml as "costs:" of the channel')
  expect(stderr).toContain('weibo: no links were made; make them with "link --channel <name>"')
  expect(stderr).toContain('weibo: no orders can be traced')
  expect(stderr).toContain('received 5.00 CNY for no order on file')
  expect(stderr).not.toContain('later than its first orders')
  expect(stderr).toContain('By the day of the order')
  expect(stderr).toContain('2026-10-01 to 2026-10-31.')
  const { default: width } = await import('string-width')
  for (const text of stdout.split('\n')) expect(width(text), text).toBeLessThanOrEqual(60)
  const months = await run(['report', 'funnel', '--per', 'month', '--no-color'], { cwd, tty: 60 })
  expect(months.stdout).toMatch(/\ngroup-a 2026-10 *\n/)
})

it('gives the same as JSON, where null is not known', async () => {
  const { funnels, totals, costs, ...rest } = await json('--month', '2026-10')
  expect(rest).toMatchObject({
    ...{ schema: 'shoptool.report-funnel.v1', basis: 'ordered', by: 'channel', per: 'all', from: '2026-10-01', to: '2026-10-31' },
    kept: [
      { channel: 'group-a', posts: '2026-10-09', links: '2026-10-09' },
      { channel: 'weibo', posts: '2026-07-01', links: null },
    ],
    undated: [{ currency: 'CNY', received: '5.00' }],
  })
  expect(funnels[0]).toEqual({
    ...{ period: null, channel: 'group-a', currency: 'CNY', posted: 1, planned: 0, links: 2, orders: 2, confirmed: 2, paid: 1 },
    ...{ estimated: '22.00', open: '0.00', received: '10.00', shared: '0.00', cost: '4.30', profit: '5.70' },
    ...{ costPerOrder: '2.15', profitPerOrder: '2.85' },
    rates: { linksOfPosts: '200', ordersOfPosts: '200', ordersOfLinks: '100', confirmedOfOrders: '100', paidOfConfirmed: '50' },
  })
  expect(funnels[1]).toMatchObject({ channel: 'weibo', posted: 1, links: null, orders: null, received: null, profit: null })
  expect(funnels[2]).toMatchObject({ channel: null, posted: null, orders: 1, received: '20.00', cost: null })
  expect(totals).toMatchObject([{ currency: 'CNY', orders: 3, received: '30.00', posted: 2, cost: null, profit: null }])
  expect(costs[0]).toEqual({
    ...{ channel: 'group-a', day: '2026-10-05', amount: '3.30', currency: 'CNY', of: '红包', period: null, income: 'received' },
  })
})

it('names costs that brought nothing, and posts that nobody ticked off', async () => {
  const { stdout, stderr } = await run(['report', 'funnel', '--per', 'month', '--no-color'], { cwd, tty: true })
  expect(stderr).toContain('group-a: 1.00 CNY for tool on 2026-09-15 brought nothing\n')
  expect(stderr).toContain('group-a: 1.00 CNY for tool on 2026-11-15 brought nothing yet, but orders are open\n')
  expect(stderr).not.toContain('2026-10-15 brought')
  expect(stdout).toMatch(/group-a 2026-11\n {2}posted +0\n {2}planned +1 {2}not ticked off\n/)
  expect(stdout).toMatch(/group-a 2026-09\n {2}posted +not kept\n/)
})

it('says from when on there are rates', async () => {
  const db = openDatabase(join(cwd, 'shoptool.db'))
  db.prepare("UPDATE post SET at = '2026-10-11T20:00:00+08:00' WHERE at LIKE '2026-10-09%'").run()
  const { stderr } = await shoptool('report', 'funnel')
  db.prepare("UPDATE post SET at = '2026-10-09T20:00:00+08:00' WHERE at LIKE '2026-10-11%'").run()
  db.close()
  // no post in a month is no fault of the record
  expect((await shoptool('report', 'funnel', '--month', '2026-11')).stderr).not.toContain('later than its first orders')
  expect(stderr).toContain('group-a: posts are kept since 2026-10-11 only, later than its first orders; --from 2026-10-11')
})

it('knows that a channel has no orders where an id or a sub-id would tell, and what the shop costs as a whole', async () => {
  const { funnels } = await json('--month', '2026-07')
  expect(funnels.map((one: Record<string, unknown>) => [one.channel, one.posted, one.orders, one.cost, one.profit])).toEqual([
    ['by-id', 1, 0, null, null],
    ['by-sub-id', 1, 0, null, null],
    ['weibo', 1, null, null, null],
    ['(shop)', null, null, '2.00', '-2.00'],
  ])
})

it('takes off what members were given', async () => {
  const db = openDatabase(join(cwd, 'shoptool.db'))
  const parts = [
    { seller: 'mei', member: 'mei', level: 1, rate: 500_000, amount: 500 },
    { seller: 'mei', member: '', level: 0, rate: 500_000, amount: 500 },
  ]
  const order = { partner: 'acme', orderId: '1', currency: 'CNY', received: 1000, held: 0, parts }
  saveSplit(db, { month: '2026-10', at: '2026-11-25T12:00:00+08:00', orders: [order], payments: [] })
  const { funnels } = await json('--month', '2026-10')
  const { stdout } = await run(['report', 'funnel', '--month', '2026-10', '--no-color'], { cwd, tty: 60 })
  db.exec('DELETE FROM team_part; DELETE FROM team_order; DELETE FROM team_split')
  db.close()
  expect(funnels[0]).toMatchObject({ received: '10.00', shared: '5.00', cost: '4.30', profit: '0.70', profitPerOrder: '0.35' })
  expect(stdout).toMatch(/\n {2}shared +5\.00 {2}to members\n {2}cost /)
})

it('counts links by member, to whom no posts and costs belong', async () => {
  const { funnels } = await json('--by', 'member')
  expect(funnels).toMatchObject([
    { member: 'mei', posted: null, links: 3, orders: null, cost: null, profit: null },
    { member: null, orders: 4, received: '35.00' },
  ])
  expect((await shoptool('report', 'funnel', '--by', 'member')).stderr).toContain(
    'Posts and costs are kept by channel, not by member.',
  )
})

it('writes CSV and Markdown', async () => {
  const { stdout } = await shoptool('report', 'funnel', '--month', '2026-10', '--csv', '-')
  expect(stdout).toMatch(
    /^\ufeffbasis,period,channel,currency,posted,planned,links,orders,.*,paidOfConfirmed\r\nordered,all,group-a,CNY,1,0,2,2,2,1,22\.00,/,
  )
  expect(stdout).toContain('ordered,all,weibo,CNY,1,0,not kept,not traced,')
  await shoptool('report', 'funnel', '--month', '2026-10', '--csv', 'funnel.csv')
  expect(readFileSync(join(cwd, 'funnel.csv'), 'utf8')).toBe(stdout)
  const { stdout: markdown } = await shoptool('report', 'funnel', '--month', '2026-10', '--md')
  expect(markdown).toMatch(
    /^\| basis \| period \| channel \| currency \| posted \|.*\n\| --- \|.*---: \|\n\| ordered \| all \| group-a \|/,
  )
})

const WRONG: [string[], string][] = [
  [['--by', 'partner'], '--by: "partner" is not one of channel, member'],
  [['--per', 'decade'], '--per: "decade" is not one of day, week, month, quarter, year, all'],
  [['--month', '2026-10', '--to', '2026-10-02'], '--month: goes without --from and --to'],
  [['--from', '2026-10-02', '--to', '2026-10-01'], '--to: "2026-10-01" is before --from'],
  [['--md', '--json'], '--json, --csv and --md: expected one of them'],
]
it.each(WRONG)('refuses %s', async (args, message) => {
  const { code, stderr, stdout } = await shoptool('report', 'funnel', ...args)
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)])
})

it('says what to do where there is nothing yet, and where nothing is in the days asked for', async () => {
  const { code, stderr } = await run(['report', 'funnel'], { cwd: workspaceWith() })
  expect([code, stderr]).toEqual([2, expect.stringContaining('there is no data yet; run "shoptool sync"')])
  const none = await run(['report', 'funnel', '--month', '2020-01'], { cwd, tty: 60 })
  expect([none.code, none.stdout]).toEqual([0, ''])
  expect(none.stderr).toContain('There are no such posts, links, orders and costs.')
})
