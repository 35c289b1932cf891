import { orderGaps } from '../catalog/gaps.ts'
import { questionOf, reachOf } from '../catalog/source.ts'
import { holesIn } from '../catalog/windows.ts'
import { dayOf, instantOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { formatAmount, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { ORDER_STATUSES } from '../records.ts'
import { attributer, type ChannelSum, sumByChannel } from '../share/attribution.ts'
import { coverageOf } from '../store/coverage.ts'
import { openForReading } from '../store/open.ts'
import { listOrders, type OrderSum, ordersPerDay, partnersInLedger, sumOrders } from '../store/orders.ts'
import { type SuspectedPair, suspectedPairs } from '../store/suspects.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { count, day, month, oneOf, option, list as several } from './option.ts'
import { orderDocument, originText } from './order.ts'
import { add, amend, remove } from './orders-hand.ts'
import { orphans } from './orders-orphans.ts'
import { show } from './orders-show.ts'

const PARTNER = several('--partner <a,b>', 'only these partners')

const list = defineCommand({
  about: 'Lists recorded order lines as they stand now, the latest ordered first.',
  options: {
    partner: PARTNER,
    status: several('--status <a,b>', 'only these', oneOf(ORDER_STATUSES)),
    from: option('--from <day>', 'ordered on this day or later', day),
    to: option('--to <day>', 'ordered on this day or before', day),
    channel: option('--channel <name>', 'only those that come from this channel; none: of no channel that is known'),
    limit: option('--limit <n>', 'at most so many', count, 50),
  },
  examples: [
    'shoptool orders list --status settled --from 2026-10-01 --to 2026-10-31',
    'shoptool orders list --partner taobao --json',
  ],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    for (const id of options.partner) findPartner(id, found.partners, BUILT_IN, '--partner')
    if (options.from && options.to && options.from > options.to) throw usageError(`--to: "${options.to}" is before --from`)
    const { partner, status, from = null, to = null, channel, limit } = options
    const db = openForReading(found.database)
    const comesFrom = attributer(db, found)
    const carrying = channel === undefined ? undefined : carriedFrom(found, sumOrders(db, { from, to }), comesFrom, channel)
    const filter = { partners: partner, statuses: status, from, to, limit, ...(carrying && { carrying }) }
    const orders = listOrders(db, filter)
    if (global.json)
      print.json('orders-list', { orders: orders.map((order) => ({ ...orderDocument(order), ...comesFrom(order) })) })
    else {
      print.table(
        [
          { title: 'ORDER' },
          { title: 'ORDERED' },
          { title: 'STATUS' },
          { title: 'PAID', align: 'right' },
          { title: 'COMMISSION', align: 'right' },
          { title: 'TITLE', cut: true },
          { title: 'CHANNEL' },
        ],
        orders.map((order) => [
          `${order.partner}:${order.orderId}`,
          order.orderedAt.slice(0, 10),
          order.status,
          formatAmount(order.paidAmount, order.currency),
          formatAmount(order.commission, order.currency),
          order.title ?? '',
          originText(comesFrom(order)),
        ]),
      )
      if (orders.length === 0) print.note('No such orders.')
      if (orders.length === limit) print.note(`There may be more: --limit ${limit * 2}`)
    }
    return 'done'
  },
})

const gaps = defineCommand({
  about:
    'Names holes in the recorded orders: days without any where at least seven were to be expected by the weeks around, and times for which an API was not read. The next sync reads what the partner still answers for; for the rest, import its order files.',
  options: { partner: PARTNER },
  examples: ['shoptool orders gaps', 'shoptool orders gaps --partner taobao --json'],
  async run({ ctx, options, workspace, print, global }) {
    const { database, partners, shop, sources } = await workspace()
    for (const id of options.partner) findPartner(id, partners, BUILT_IN, '--partner')
    const db = openForReading(database)
    const asked = (partner: string) => options.partner.length === 0 || options.partner.includes(partner)
    const today = instantOf(ctx.now(), shop.timezone).slice(0, 10)
    const found = partnersInLedger(db)
      .filter(asked)
      .flatMap((partner) => orderGaps(ordersPerDay(db, partner), today).map((gap) => ({ partner, ...gap })))
    const unread = Object.values(sources).flatMap((source) => {
      const { name, partner } = source
      if (!asked(partner)) return []
      const reach = reachOf(source, findPartner(partner, partners, BUILT_IN, `sources.${name}.partner`))
      if (!reach) return []
      return holesIn(coverageOf(db, questionOf(source)), reach, ctx.now()).map(({ from, until, lost }) => ({
        ...{ partner, source: name, lost },
        ...{ from: instantOf(from, shop.timezone), until: instantOf(until, shop.timezone) },
      }))
    })
    if (global.json) print.json('orders-gaps', { gaps: found, unread })
    else {
      print.table(
        [
          { title: 'PARTNER' },
          { title: 'FROM' },
          { title: 'TO' },
          { title: 'DAYS', align: 'right' },
          { title: 'EXPECTED ORDERS', align: 'right' },
        ],
        found.map(({ partner, from, to, days, expected }) => [partner, from, to, String(days), String(expected)]),
      )
      print.table(
        [{ title: 'SOURCE' }, { title: 'NOT READ FROM' }, { title: 'UNTIL' }, { title: 'WHAT TO DO', cut: true }],
        unread.map(({ source, from, until, lost }) => [
          ...[source, from.slice(0, 16).replace('T', ' '), until.slice(0, 16).replace('T', ' ')],
          lost ? "import the partner's order file: its API does not answer for all of it any more" : 'sync',
        ]),
      )
      if (found.length + unread.length === 0) print.note('No holes.')
    }
    return found.length + unread.length > 0 ? 'findings' : 'done'
  },
})

const suspects = defineCommand({
  about:
    'Lists pairs of records that may be one sale under two numbers: rows of one order line that came on two ways (realtime, batch), two lines of one order with the same goods at the same moment, and two orders alike to the second that no file holds both of. Nothing is merged: where your partner sends doubles, name the way that counts with "prefer" (import orders --prefer, or in shoptool.yaml).',
  options: { partner: PARTNER },
  examples: ['shoptool orders suspects', 'shoptool orders suspects --partner rakuten --json'],
  async run({ options, workspace, print, global }) {
    const { database, partners } = await workspace()
    for (const id of options.partner) findPartner(id, partners, BUILT_IN, '--partner')
    const found = suspectedPairs(openForReading(database), options.partner)
    const money = (suspect: SuspectedPair, amount: Minor) => formatAmount(amount, suspect.currency)
    if (global.json) {
      const document = found.map((pair) => ({
        ...pair,
        paidAmount: money(pair, pair.paidAmount),
        commission: money(pair, pair.commission),
      }))
      print.json('orders-suspects', { suspects: document })
    } else {
      const place = ({ orderId, lineId, entry, source }: SuspectedPair['records'][0]) =>
        `${[orderId, lineId, entry].filter(Boolean).join(' ')} (${source.file}:${source.line})`
      print.table(
        [
          { title: 'PARTNER' },
          { title: 'ORDERED' },
          { title: 'COMMISSION', align: 'right' },
          { title: 'WHY' },
          { title: 'RECORDS' },
        ],
        found.map((pair) => [
          pair.partner,
          pair.orderedAt.slice(0, 10),
          money(pair, pair.commission),
          pair.why,
          pair.records.map(place).join('  '),
        ]),
      )
      if (found.length === 0) print.note('No suspects.')
    }
    return found.length > 0 ? 'findings' : 'done'
  },
})

const channels = defineCommand({
  about:
    'Adds up the order lines of each channel, by when they were ordered: those that no sub-id or tracking id tells of have a row of their own, so that the rows always come to all. Paid is what buyers paid for all of them; commission is the estimate before fees, of lines that were neither refunded nor invalid.',
  options: {
    month: option('--month <month>', 'ordered in this month', month),
    from: option('--from <day>', 'ordered on this day or later', day),
    to: option('--to <day>', 'ordered on this day or before', day),
  },
  examples: ['shoptool orders channels --month 2026-10', 'shoptool orders channels --from 2026-11-01 --json'],
  async run({ options, workspace, print, global }) {
    if (options.month && (options.from || options.to)) throw usageError('--month: goes without --from and --to')
    if (options.from && options.to && options.from > options.to) throw usageError(`--to: "${options.to}" is before --from`)
    const { month: of } = options
    const from = of ? `${of}-01` : (options.from ?? null)
    const to = of ? dayOf(of, 31) : (options.to ?? null)
    const found = await workspace()
    const db = openForReading(found.database)
    const rows = sumByChannel(sumOrders(db, { from, to }), attributer(db, found))
    const money = (row: ChannelSum, amount: Minor) => formatAmount(amount, row.currency)
    if (global.json)
      print.json('orders-channels', {
        ...{ from, to },
        channels: rows.map((row) => ({
          ...{ channel: row.channel, currency: row.currency, lines: row.lines },
          ...{ paidAmount: money(row, row.paidAmount), commission: money(row, row.commission) },
          refunded: { lines: row.refundedLines, amount: money(row, row.refundedAmount) },
        })),
      })
    else {
      print.table(
        [
          { title: 'CHANNEL' },
          { title: 'CURRENCY' },
          { title: 'LINES', align: 'right' },
          { title: 'PAID', align: 'right' },
          { title: 'COMMISSION', align: 'right' },
          { title: 'REFUNDED', align: 'right' },
          { title: 'REFUNDED AMOUNT', align: 'right' },
        ],
        rows.map((row) => [
          ...[row.channel ?? 'unattributed', row.currency, String(row.lines), money(row, row.paidAmount)],
          ...[money(row, row.commission), String(row.refundedLines), money(row, row.refundedAmount)],
        ]),
      )
      if (rows.length === 0) print.note('No such orders.')
    }
    return 'done'
  },
})

/**
 * What the links of a channel's orders carried; `none` is no channel.
 * @throws ShoptoolError (usage) where neither shoptool.yaml nor an order knows it.
 */
function carriedFrom(
  { channels, tracking }: Workspace,
  sums: readonly OrderSum[],
  comesFrom: ReturnType<typeof attributer>,
  channel: string,
): OrderSum[] {
  const found = sums.filter((sum) => comesFrom(sum).channel === (channel === 'none' ? null : channel))
  const listed = Object.values(tracking).flatMap((ids) => Object.values(ids))
  const known = new Set([...Object.keys(channels), ...listed, ...sums.map((sum) => comesFrom(sum).channel), 'none'])
  if (found.length > 0 || known.has(channel)) return found
  const names = [...known].filter((name) => name !== null)
  const meant = nearest(channel, names)
  throw usageError(
    `--channel: unknown channel "${channel}"; ${meant ? `did you mean ${meant}?` : `there are ${names.join(', ')}`}`,
  )
}

export const command = defineCommand({
  about:
    'Shows the recorded orders, the channels that they come from, the holes in them and sales that may be recorded twice; records by hand what a partner has no record of.',
  examples: [
    'shoptool orders list --status settled',
    'shoptool orders show 9260908880044400000',
    'shoptool orders channels --month 2026-10',
  ],
  commands: { list, show, add, amend, remove, orphans, gaps, suspects, channels },
})
