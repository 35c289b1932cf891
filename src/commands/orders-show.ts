import { type Instant, monthOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { calendarOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Order, Origin, Recorded } from '../records.ts'
import { PASS_TEXT, type SettlementClass } from '../settle/entry.ts'
import { afterRefund, refundedCommission } from '../settle/expect.ts'
import { explainOrder, type OrderExplanation, payoutDocument } from '../settle/order.ts'
import { judgedOrders } from '../settle/parts.ts'
import { attributer } from '../share/attribution.ts'
import { BY_HAND } from '../store/hand.ts'
import {
  type Learned,
  type OrderHistory,
  type OrderReading,
  orderHistory,
  partnersThatKnow,
  type Ruling,
} from '../store/history.ts'
import { linesOf, takes } from '../store/notices.ts'
import { type Database, openForReading } from '../store/open.ts'
import { type OrderOfPartner, orderNamed, ordersById } from '../store/orders.ts'
import { linesOfOrder } from '../store/payouts.ts'
import { defineCommand } from './command.ts'
import { noticeDocument, orderDocument, orderText, originText } from './order.ts'
import { monthToSettle } from './settle-month.ts'

export const show = defineCommand({
  about:
    'Shows an order: its lines as they stand, everything that was ever learned of them in that order (states, rows, refunds at the rate of their line, what holds no longer and why) with file and line (-v: and the sha256 of the file), and what was paid for it in which month.',
  args: [['<order>', "the partner's order number, or partner:number"]],
  examples: ['shoptool orders show 9260908880044400000', 'shoptool orders show pdd:260902-990000000023757 --json'],
  async run({ ctx, args: [given], workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const comesFrom = attributer(db, found)
    const { partner: prefix, orderId } = orderNamed(db, given)
    const ids = partnersThatKnow(db, orderId).filter((id) => prefix === null || id === prefix)
    if (ids.length === 0) throw usageError(`${given}: no order of that number is on file`)
    if (ids.length > 1)
      throw usageError(`${given}: several partners have it, name one of ${ids.map((id) => `${id}:${given}`).join(', ')}`)
    const partner = findPartner(ids[0]!, found.partners, BUILT_IN, given)
    const paid = linesOfOrder(db, partner.id, orderId)
    const own = [...judgedOrders(db, partner, undefined, [orderId])]
    const payouts =
      calendarOf(partner) === null
        ? paid.map((line) => ({ ...payoutDocument(line), class: null, match: null, lineIds: [] }))
        : explainOrder(partner, orderId, own, paid, [], monthToSettle(ctx, found, [partner])).payouts
    const { lines, removed, refunds } = factsOf(db, partner.id, orderId)
    if (global.json) {
      print.json('orders-show', {
        lines: lines.map(({ order, states, refunds }) => ({
          ...{ ...orderDocument(order), ...comesFrom(order), kept: keptDocument(order) },
          states: states.map(orderDocument),
          refunds: refunds.map((notice) => ({ ...noticeDocument(notice), ...atRateOf(order, notice) })),
        })),
        removed: removed.map(({ lineId, states }) => ({ lineId, states: states.map(orderDocument) })),
        refunds: refunds.map(noticeDocument),
        payouts: payouts.map((payout) => ({ month: monthOf(payout.paidAt), ...payout })),
      })
      return 'done'
    }
    const sourceText = ({ file, line, sha256 }: Origin) => `${file}:${line}${global.verbose ? ` sha256:${sha256}` : ''}`
    const heading = (lineId: string, more: string) =>
      print.line(print.paint.bold([`${partner.id}:${orderId}`, lineId, more].filter(Boolean).join(' ')))
    const told = (facts: readonly Fact[]) => {
      for (const { text, origin, readAt, run, rulings } of facts.toSorted((a, b) => a.run - b.run)) {
        print.line(`  ${minute(readAt)} ${text}   ${sourceText(origin)}`)
        for (const ruling of rulings) if (ruling.reason !== '') print.line(`    ${rulingText(ruling, run)}`)
      }
    }
    for (const { order, states, refunds } of lines) {
      heading(order.lineId, order.title ?? '')
      for (const text of standingText(order, originText(comesFrom(order)))) print.line(`  ${text}`)
      told([...states.map(readingFact), ...refunds.map((notice) => refundFact(notice, order))])
      print.line()
    }
    for (const { lineId, states } of removed) {
      heading(lineId, 'holds no longer')
      told(states.map(readingFact))
      print.line()
    }
    if (refunds.length > 0) {
      heading('', 'refunds without a known line')
      told(refunds.map((notice) => refundFact(notice, null)))
      print.line()
    }
    print.line(payouts.length === 0 ? 'payouts: none' : 'payouts')
    for (const payout of payouts) print.line(`  ${payoutText(payout, lines.length > 1)}   ${sourceText(payout.source)}`)
    return 'done'
  },
})

type Payout = Omit<OrderExplanation['payouts'][number], 'class'> & { class: SettlementClass | null }
type Refund = OrderHistory['refunds'][number]
type Reading = Recorded<OrderReading>

/** What is known of an order: of its lines that stand, of those of which nothing holds any more, and refunds that no line is known for. */
function factsOf(db: Database, partner: string, orderId: string) {
  const { readings, refunds } = orderHistory(db, partner, orderId)
  const ids = new Map(linesOf(db, partner, orderId).map(({ id, lineId }) => [lineId, id]))
  const statesOf = (line: string) => readings.filter(({ lineId }) => lineId === line)
  const lines = ordersById(db, partner, orderId).map((order) => ({
    order,
    states: statesOf(order.lineId),
    refunds: refunds.filter(({ onLine }) => onLine !== null && onLine === ids.get(order.lineId)),
  }))
  const gone = [...new Set(readings.map(({ lineId }) => lineId))].filter((id) => lines.every(({ order }) => order.lineId !== id))
  return {
    lines,
    removed: gone.map((lineId) => ({ lineId, states: statesOf(lineId) })),
    refunds: refunds.filter(({ onLine }) => onLine === null),
  }
}

/** What a refund takes of the gross commission at the rate of its own line. */
function atRateOf(order: Order, { refundAmount }: Refund) {
  const { commissionRate, currency } = order
  return {
    commissionRate: commissionRate === null ? null : formatRate(commissionRate),
    commissionAtRate: formatAmount(refundedCommission(order, refundAmount), currency),
  }
}

/** What is left of a line after what was given back: nothing where it is refunded or invalid. */
function keptDocument(order: Order) {
  const isOver = order.status === 'refunded' || order.status === 'invalid'
  const { paidAmount, commission } = isOver ? { paidAmount: 0, commission: 0 } : afterRefund(order)
  return { paidAmount: formatAmount(paidAmount, order.currency), commission: formatAmount(commission, order.currency) }
}

/** How a line stands, in a few lines of text. */
function standingText(order: Recorded<OrderOfPartner>, cameFrom: string): string[] {
  const { orderedAt, paidAt, receivedAt, verifiedAt, settledAt, refundAmount, currency } = order
  const dates = { ordered: orderedAt, paid: paidAt, received: receivedAt, verified: verifiedAt, settled: settledAt }
  const kept = keptDocument(order)
  const back = refundAmount ? `${formatAmount(refundAmount, currency)} given back: ` : ''
  return [
    orderText(order),
    Object.entries(dates)
      .flatMap(([name, at]) => (at ? [`${name} ${minute(at)}`] : []))
      .join(', '),
    ...(cameFrom === '' ? [] : [`shared in ${cameFrom}`]),
    ...(back === '' ? [] : [`${back}${kept.paidAmount} paid and ${kept.commission} commission are kept`]),
  ]
}

type Fact = Recorded<Learned> & { text: string }

function readingFact(reading: Reading): Fact {
  const { status, rawStatus, paidAmount, commission, commissionRate, refundAmount, currency, entry, counts } = reading
  const money = (amount: Minor) => formatAmount(amount, currency)
  const how = rawStatus === BY_HAND ? `recorded by hand as ${status}` : `read as ${status} (${rawStatus})`
  const rate = commissionRate === null ? '' : ` at ${formatRate(commissionRate)} %`
  const back = refundAmount ? `, ${money(refundAmount)} given back` : ''
  const row = entry === null ? '' : counts ? `, row ${entry}` : `, row ${entry}, not counted`
  return { ...reading, text: `${how}, paid ${money(paidAmount)}, commission ${money(commission)}${rate}${back}${row}` }
}

/** A refund, beside the order line that it is of: with what it takes at the rate of that. */
function refundFact(notice: Refund, order: Order | null): Fact {
  const { refundId, status, rawStatus, refundedAt, refundAmount, commission, currency, counts, holds } = notice
  const money = (amount: Minor) => formatAmount(amount, currency)
  const rate = order && takes(notice) ? atRateOf(order, notice) : null
  const text = [
    `refund ${refundId} ${status} (${rawStatus}) of ${refundedAt.slice(0, 10)}: ${money(refundAmount)} ${currency} given back`,
    ...(order && refundAmount > order.paidAmount ? [`, more than the ${money(order.paidAmount)} paid`] : []),
    ...(rate ? [`, ${rate.commissionAtRate} of the commission`] : []),
    ...(rate?.commissionRate ? [` at ${rate.commissionRate} %`] : []),
    ...(commission === null ? [] : [`; the partner takes back ${money(commission)}`]),
    ...(holds && !counts ? [', not counted: a later one is'] : []),
  ].join('')
  return { ...notice, text }
}

function rulingText({ holds, reason, at, run, proof }: Ruling, learnedBy: number): string {
  if (run === learnedBy) return `note: ${reason}`
  return `holds ${holds ? 'again' : 'no longer'} since ${minute(at)}: ${reason}${proof === null ? '' : `   ${proof}`}`
}

/** `2026-11 matched: 2.70 CNY commission of 2026-11-20, statement N1, line b by order and line number` */
function payoutText(
  { paidAt, class: name, amount, currency, kind, statementId, match, lineIds }: Payout,
  several: boolean,
): string {
  const by = match === null ? '' : `, ${several ? `line ${lineIds.join(' and ')} ` : ''}by ${PASS_TEXT[match]}`
  return `${monthOf(paidAt)}${name === null ? '' : ` ${name}`}: ${amount} ${currency} ${kind} of ${paidAt}, statement ${statementId}${by}`
}

/** `2026-10-01 00:00` */
const minute = (at: Instant) => at.slice(0, 16).replace('T', ' ')
