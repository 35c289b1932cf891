import { type Instant, type Month, monthOf } from '../day.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { expectedPayout, formula } from '../partners/fees.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type Order, type OrderStatus, type Origin, type Recorded, type RoutedLine } from '../records.ts'
import type { ShelfItem } from '../store/shelf.ts'
import { type Due, dueMonth } from './calendar.ts'
import { compareText, PASS_TEXT, type Pass, type SettlementClass } from './entry.ts'
import { hasRefund, keptPayout } from './expect.ts'
import { explain, ruleInForce, standing } from './explain.ts'
import { reconcile } from './reconcile.ts'
import { rulesOf } from './settle.ts'

/** A reading of an order line; its states over time are these, oldest first. Amounts are minor units. */
export type OrderReading = {
  orderId: string
  lineId: string
  status: OrderStatus
  rawStatus: string
  paidAmount: Minor
  commission: Minor
  refundAmount: Minor | null
  settledAt: Instant | null
  origin: Origin
}

/** All that is known of one order: what was earned and when it is due, what was paid, and what each month made of it. */
export type OrderExplanation = {
  schema: 'shoptool.settle-explain.v1'
  partner: string
  orderId: string
  /** With those of orders that a payout line pays together with it. */
  lines: {
    orderId: string
    lineId: string
    sku: string | null
    title: string | null
    status: OrderStatus
    rawStatus: string
    currency: string
    paidAmount: string
    commissionRate: string | null
    expected: string
    /** `1.80 commission − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.62` */
    formula: string
    /** What of it is left after a refund of a part; null without one. */
    kept: string | null
    due: Due | null
    /** When it is due by which date, or why it is not. */
    why: string
    /** The calendar and fees that it is judged by. */
    rule: string
    /** What was shown of the goods whenever they were put on a shelf, up to the day of the order. */
    picks: {
      shelf: string
      pickedAt: Instant
      finalPrice: string
      commissionRate: string | null
      commission: string | null
      currency: string
      source: Origin | null
    }[]
    states: {
      status: OrderStatus
      rawStatus: string
      paidAmount: string
      commission: string
      refundAmount: string | null
      settledAt: Instant | null
      source: Origin
    }[]
    source: Origin
  }[]
  payouts: {
    statementId: string
    paidAt: string
    lineId: string | null
    kind: string
    amount: string
    currency: string
    class: SettlementClass
    /** By which pass it was matched, and the order lines that it was put to; null and none where it matches no order. */
    match: Pass | null
    lineIds: string[]
    source: Origin
  }[]
  /** What the order was in each month in which it was due or money moved. */
  months: {
    month: Month
    class: SettlementClass
    orderIds: string[]
    lineIds: string[]
    currency: string
    expected: string
    paid: string
    difference: string
    explain: string
    /** What the difference is the sum of. */
    steps: { label: string; amount: string }[]
    /** When the month was closed, or null. A closed month stays as it was: this is what it would be now. */
    closedAt: Instant | null
    /** How the payout lines were matched; null without any, and where they match no order. */
    match: Pass | null
  }[]
}

/**
 * Explains one order number of a partner from its present order lines, every reading of them and every payout line for it, with those of
 * orders that are paid together with it. Each month
 * is settled as `settle` does it, with the payouts up to its end; months after `until` only where money moved: what is due in them
 * cannot be missing yet.
 * @throws ShoptoolError (usage) where the partner has no calendar.
 */
export function explainOrder(
  partner: Partner,
  orderId: string,
  orders: readonly Recorded<Order>[],
  lines: readonly RoutedLine[],
  states: readonly OrderReading[],
  until: Month,
  picks: readonly ShelfItem[] = [],
  closed: ReadonlyMap<Month, Instant> = new Map(),
): OrderExplanation {
  const rules = rulesOf(partner, until)
  const { calendar, fees } = rules
  const due = orders.flatMap((order) => dueMonth(order, calendar)?.month ?? [])
  const paid = lines.map((line) => monthOf(line.paidAt))
  const months = [...new Set([...due.filter((month) => month <= until), ...paid])].sort(compareText)
  const sorted = lines.toSorted((a, b) => compareText(keyOf(a), keyOf(b)))
  const settled = months.flatMap((month) => {
    const rules = rulesOf(partner, month)
    return [...reconcile(orders, sorted, rules)]
      .filter((entry) => entry.class !== 'not-due')
      .map((entry) => ({ month, rules, entry }))
  })
  const entryOf = (line: RoutedLine) => settled.find(({ entry }) => entry.lines.includes(line))!.entry
  return {
    schema: 'shoptool.settle-explain.v1',
    partner: partner.id,
    orderId,
    lines: orders.map((order) => {
      const money = (amount: Minor) => formatAmount(amount, order.currency)
      return {
        orderId: order.orderId,
        lineId: order.lineId,
        sku: order.sku,
        title: order.title,
        status: order.status,
        rawStatus: order.rawStatus,
        currency: order.currency,
        paidAmount: money(order.paidAmount),
        commissionRate: order.commissionRate === null ? null : formatRate(order.commissionRate),
        expected: money(expectedPayout(order, fees)),
        formula: formula(order, fees),
        kept: hasRefund(order) ? money(keptPayout(order, fees)) : null,
        due: dueMonth(order, calendar),
        why: standing(order, rules),
        rule: ruleInForce(order, rules),
        picks: picks
          .filter(({ sku, pickedAt }) => sku === order.sku && Date.parse(pickedAt) <= Date.parse(order.orderedAt))
          .map((pick) => ({
            shelf: pick.shelf,
            pickedAt: pick.pickedAt,
            finalPrice: formatAmount(pick.finalPrice, pick.currency),
            commissionRate: pick.commissionRate === null ? null : formatRate(pick.commissionRate),
            commission: pick.commission === null ? null : formatAmount(pick.commission, pick.currency),
            currency: pick.currency,
            source: originOf(pick),
          })),
        states: states
          .filter((state) => state.orderId === order.orderId && state.lineId === order.lineId)
          .map(({ status, rawStatus, paidAmount, commission, refundAmount, settledAt, origin }) => ({
            status,
            rawStatus,
            paidAmount: money(paidAmount),
            commission: money(commission),
            refundAmount: refundAmount === null ? null : money(refundAmount),
            settledAt,
            source: origin,
          })),
        source: order.origin,
      }
    }),
    payouts: lines
      .toSorted((a, b) => compareText(a.paidAt, b.paidAt))
      .map((line) => {
        const { class: name, match, about } = entryOf(line)
        return { ...payoutDocument(line), class: name, match, lineIds: about.map(({ lineId }) => lineId) }
      }),
    months: settled.map(({ month, rules, entry }) => {
      const money = (amount: Minor) => formatAmount(amount, entry.currency)
      const { text, steps } = explain(entry, rules)
      return {
        month,
        class: entry.class,
        orderIds: [...new Set(entry.orders.map((each) => each.orderId))],
        lineIds: entry.orders.map((order) => order.lineId),
        currency: entry.currency,
        expected: money(entry.expected),
        paid: money(entry.paid),
        difference: money(entry.difference),
        explain: text,
        match: entry.match,
        steps: steps.map(({ label, amount }) => ({ label, amount: money(amount) })),
        closedAt: closed.get(month) ?? null,
      }
    }),
  }
}

/** A payout line in the shape of `--json`. */
export function payoutDocument({ statementId, paidAt, lineId, kind, amount, currency, origin }: RoutedLine) {
  return { statementId, paidAt, lineId, kind, amount: formatAmount(amount, currency), currency, source: origin }
}

/** The row that a pick was made from; null in picks of before that was kept. */
function originOf({ file, line, sha256 }: ShelfItem): Origin | null {
  return file === null || line === null || sha256 === null ? null : { file, line, sha256 }
}

/** The explanation as lines of text for people; `hashes`: with the sha256 of each file. */
export function explanationText(explanation: OrderExplanation, hashes = false): string[] {
  const text: string[] = [`${explanation.partner} order ${explanation.orderId}`]
  const at = ({ file, line, sha256 }: Origin) => `${file}:${line}${hashes ? ` sha256:${sha256}` : ''}`
  if (explanation.lines.length === 0) text.push('  no such order is on file')
  for (const line of explanation.lines) {
    const other = line.orderId !== explanation.orderId && `paid together with it: order ${line.orderId}`
    text.push('', [other, line.lineId && `line ${line.lineId}`, line.title].filter(Boolean).join(' ') || 'order')
    for (const state of line.states) {
      const when = state.settledAt ? ` ${state.settledAt.slice(0, 10)}` : ''
      const back = state.refundAmount === null ? '' : `, refund ${state.refundAmount}`
      text.push(
        `  ${state.status} (${state.rawStatus})${when}: paid ${state.paidAmount}, commission ${state.commission}${back}   ${at(state.source)}`,
      )
    }
    const rate = line.commissionRate === null ? '' : ` at ${line.commissionRate} %`
    const kept = line.kept === null ? '' : `; ${line.kept} is left after the refund`
    text.push(`  earned  ${line.formula} ${line.currency}, on ${line.paidAmount}${rate}${kept}   ${at(line.source)}`)
    text.push(`  rule    ${line.rule}`)
    text.push(`  due     ${line.due ? `in ${line.due.month}: ` : 'no: '}${line.why}`)
    for (const { shelf, pickedAt, finalPrice, commissionRate, commission, currency, source } of line.picks) {
      const earns = [commission, commissionRate && `${commissionRate} %`].filter(Boolean).join(' at ')
      const figures = `${finalPrice} ${currency}${earns && `, commission ${earns}`}`
      text.push(`  picked  ${pickedAt.slice(0, 10)} for shelf ${shelf}: ${figures}${source ? `   ${at(source)}` : ''}`)
    }
  }
  text.push('', explanation.payouts.length === 0 ? 'payouts: none' : 'payouts')
  for (const line of explanation.payouts) {
    const named = line.lineId ? ` line ${line.lineId}` : ''
    text.push(
      `  ${line.paidAt} ${line.amount} ${line.currency} ${line.kind}, statement ${line.statementId}${named}: ${line.class}   ${at(line.source)}`,
    )
  }
  if (explanation.months.length > 0) text.push('', 'months')
  const isAlone = new Set(explanation.lines.map((line) => line.orderId)).size < 2
  for (const month of explanation.months) {
    const sums = `expected ${month.expected}, paid ${month.paid}, difference ${month.difference} ${month.currency}`
    const closed = month.closedAt === null ? '' : `; as it would be now, the month was closed on ${month.closedAt.slice(0, 10)}`
    const matched = month.match === null ? '' : `; matched by ${PASS_TEXT[month.match]}`
    const whose = isAlone || month.orderIds.length === 0 ? '' : ` (order ${month.orderIds.join(', ')})`
    text.push(`  ${month.month} ${month.class}${whose}: ${sums}${month.explain && ` — ${month.explain}`}${matched}${closed}`)
  }
  return text
}
