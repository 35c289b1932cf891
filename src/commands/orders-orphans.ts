import { type Currency, formatAmount, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Origin } from '../records.ts'
import { compareText } from '../settle/entry.ts'
import { payoutDocument } from '../settle/order.ts'
import { orphans as orphanNotices, partnersWithNotices } from '../store/notices.ts'
import { openForReading } from '../store/open.ts'
import { partnersInLedger, unsoldLines } from '../store/orders.ts'
import { orphanClawbacks } from '../store/payouts.ts'
import { defineCommand } from './command.ts'
import { count, option, list as several } from './option.ts'
import { noticeDocument, orderDocument } from './order.ts'

export const orphans = defineCommand({
  about:
    'Lists what was taken back of orders that are not on file, with sums: refund notices that no order line is known for, negative payout lines for unknown orders, and order lines whose rows take back more than they sell. Exit code 5 where there are any.',
  options: {
    partner: several('--partner <a,b>', 'only these partners'),
    limit: option('--limit <n>', 'at most so many of each kind; sums are of all', count, 50),
  },
  examples: ['shoptool orders orphans', 'shoptool orders orphans --partner taobao --json'],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    for (const id of options.partner) findPartner(id, found.partners, BUILT_IN, '--partner')
    const db = openForReading(found.database)
    const known = [...new Set([...partnersInLedger(db), ...partnersWithNotices(db)])].sort(compareText)
    const ids = known.filter((id) => options.partner.length === 0 || options.partner.includes(id))
    const refunds = ids.flatMap((id) => orphanNotices(db, id))
    const payouts = ids.flatMap((partner) => orphanClawbacks(db, partner).map((line) => ({ partner, ...line })))
    const lines = ids.flatMap((id) => unsoldLines(db, id))
    const all: Orphan[] = [
      ...refunds.map(
        ({ partner, orderId, lineId, refundId, status, refundedAt, refundAmount, commission, currency, origin }) => ({
          ...{ partner, kind: 'refund' as const, what: `refund ${refundId} ${status}`, currency, origin },
          ...{ order: named(partner, orderId, lineId), day: refundedAt.slice(0, 10), refundAmount, commission },
        }),
      ),
      ...payouts.map(
        ({ partner, orderId, originalId, transactionId, lineId, statementId, kind, paidAt, amount, currency, origin }) => ({
          ...{ partner, kind: 'payout' as const, what: `${kind} of statement ${statementId}`, currency, origin },
          ...{
            order: named(partner, orderId ?? originalId ?? transactionId, lineId),
            day: paidAt,
            refundAmount: null,
            commission: 0 - amount,
          },
        }),
      ),
      ...lines.map(({ partner, orderId, lineId, rawStatus, orderedAt, paidAmount, commission, currency, origin }) => ({
        ...{ partner, kind: 'order line' as const, what: `order line (${rawStatus})`, currency, origin },
        ...{
          order: named(partner, orderId, lineId),
          day: orderedAt.slice(0, 10),
          refundAmount: 0 - paidAmount,
          commission: 0 - commission,
        },
      })),
    ]
    const sums = sumsOf(all)
    if (global.json) {
      const { limit } = options
      print.json('orders-orphans', {
        sums: sums.map(({ refundAmount, commission, ...sum }) => ({
          ...sum,
          refundAmount: amountText(refundAmount, sum.currency),
          commission: amountText(commission, sum.currency),
        })),
        refunds: refunds.slice(0, limit).map(noticeDocument),
        payouts: payouts
          .slice(0, limit)
          .map((line) => ({ partner: line.partner, orderId: line.orderId, ...payoutDocument(line) })),
        orderLines: lines.slice(0, limit).map(orderDocument),
      })
      return all.length > 0 ? 'findings' : 'done'
    }
    const right = { align: 'right' } as const
    const amounts = [{ title: 'GIVEN BACK', ...right }, { title: 'TAKEN BACK', ...right }, { title: 'CURRENCY' }]
    const amountsOf = ({ refundAmount, commission, currency }: Amounts) => [
      amountText(refundAmount, currency) ?? '',
      amountText(commission, currency) ?? '',
      currency,
    ]
    const shown = KINDS.flatMap((kind) => all.filter((each) => each.kind === kind).slice(0, options.limit))
    print.table(
      [{ title: 'ORDER' }, { title: 'WHAT' }, { title: 'DAY' }, ...amounts, { title: 'SOURCE' }],
      shown.map((each) => [each.order, each.what, each.day, ...amountsOf(each), `${each.origin.file}:${each.origin.line}`]),
    )
    if (sums.length > 0) print.line()
    print.table(
      [{ title: 'PARTNER' }, { title: 'WHAT' }, { title: 'COUNT', ...right }, ...amounts],
      sums.map((sum) => [sum.partner, sum.kind, String(sum.count), ...amountsOf(sum)]),
    )
    if (shown.length < all.length) print.note(`There are more: --limit ${options.limit * 2}`)
    print.note(
      all.length === 0
        ? 'Everything that was taken back has its order.'
        : 'Import the orders that they name; where an order has several lines and a notice does not say which, ask the partner.',
    )
    return all.length > 0 ? 'findings' : 'done'
  },
})

const KINDS = ['refund', 'payout', 'order line'] as const

/** Minor units, above zero: to the buyer, and from the operator; null where that is not said. */
type Amounts = { refundAmount: Minor | null; commission: Minor | null; currency: Currency }
type Orphan = Amounts & {
  partner: string
  kind: (typeof KINDS)[number]
  order: string
  what: string
  day: string
  origin: Origin
}

/** By partner, kind and currency. `unstated`: so many do not say what is taken back of the commission. */
function sumsOf(all: readonly Orphan[]) {
  const keys = [...new Set(all.map(({ partner, kind, currency }) => JSON.stringify([partner, kind, currency])))]
  return keys.map((key) => {
    const own = all.filter(({ partner, kind, currency }) => JSON.stringify([partner, kind, currency]) === key)
    const { partner, kind, currency } = own[0]!
    const sum = (of: (each: Orphan) => Minor | null) => {
      const stated = own.flatMap((each) => of(each) ?? [])
      return stated.length === 0 ? null : stated.reduce((total, amount) => total + amount, 0)
    }
    const unstated = own.filter(({ commission }) => commission === null).length
    return {
      ...{ partner, kind, currency, count: own.length, unstated },
      ...{ refundAmount: sum((each) => each.refundAmount), commission: sum((each) => each.commission) },
    }
  })
}

const amountText = (amount: Minor | null, currency: Currency) => (amount === null ? null : formatAmount(amount, currency))
const named = (partner: string, orderId: string | null, lineId: string | null) =>
  [`${partner}:${orderId ?? 'no number'}`, lineId].filter(Boolean).join(' ')
