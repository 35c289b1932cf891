import { type Month, monthOf } from '../day.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { Earning, Parts } from '../partners/fees.ts'
import type { Order, Origin, Recorded, RoutedLine } from '../records.ts'
import { compareText, type Entry, type Rules, type SettlementClass } from './entry.ts'
import { reconcile } from './reconcile.ts'
import { distinct } from './report.ts'

/*
 * A closed month stays as it is. What was read since then, and would have made it another, is posted to the next open month:
 *
 *   adjustment = the month as it would be now − the month as it was when its later facts were last posted, or when it was closed
 *
 * so that the closed months and their adjustments together are what the months would be now. Money of later months is not of the month:
 * what was missing and is paid since is `late` there, and nothing here. For the same reason a payment that came to be too much after the
 * close (a refund) is not posted once it is taken back: it is expected then, and the clawback of the later month says the rest.
 */

/** What became of an order in a month. Amounts are decimal strings in major units; no classes: it was not known, or not changed. */
export type Standing = { classes: SettlementClass[]; expected: string; paid: string; difference: string }

/** What later facts change of a closed month. `difference` is that of `now` less that of `was`. */
export type Adjustment = {
  partner: string
  closedMonth: Month
  orderId: string
  /** Null where it is about several lines of the order. */
  lineId: string | null
  sku: string | null
  title: string | null
  currency: Currency
  was: Standing
  now: Standing
  difference: string
  reason: string
  sources: Origin[]
}

/** An order as it was known at one time: its lines, and all payout lines for it. */
export type Known = {
  orders: readonly Recorded<Order>[]
  lines: readonly RoutedLine[]
  /** The month that was settled with it: clawbacks up to then count. */
  month: Month
}

/** An order as it was known when its month was closed, when later facts were last posted, and now; and the rules of the closed month. */
export type AdjustedFacts = { rules: Rules; closed: Known; posted: Known; now: Known }

/** What is to be posted of one order to the closed month of the rules, by currency; nothing for nearly all. */
export function adjust(partner: string, { rules, closed, posted, now }: AdjustedFacts): Adjustment[] {
  const [atClose, before, after] = [closed, posted, now].map(({ orders, lines }) => [...reconcile(orders, lines, rules)]) as [
    Entry[],
    Entry[],
    Entry[],
  ]
  const currencies = [...new Set([...before, ...after].map(({ currency }) => currency))].sort(compareText)
  return currencies.flatMap((currency) => {
    const own = (entries: readonly Entry[]) => entries.filter((entry) => entry.currency === currency)
    const wasBack = takenBack(own(atClose), own(before), posted, currency, rules.month)
    const isBack = takenBack(own(atClose), own(after), now, currency, rules.month)
    const isSame = wasBack === isBack
    const was = isSame ? without(own(before), own(after)) : own(before)
    const is = isSame ? without(own(after), own(before)) : own(after)
    const [expectedThen, expectedNow] = [sum(was, 'expected') + wasBack, sum(is, 'expected') + isBack]
    const [paidThen, paidNow] = [sum(was, 'paid'), sum(is, 'paid')]
    if (expectedThen === expectedNow && paidThen === paidNow) return []
    const about = [...is, ...was].flatMap((entry) => entry.about)
    const lineIds = new Set(about.map(({ lineId }) => lineId))
    const first = about[0] ?? now.orders[0]
    const standing = (entries: readonly Entry[], expected: Minor, paid: Minor): Standing => ({
      classes: [...new Set(entries.map((entry) => entry.class))],
      expected: formatAmount(expected, currency),
      paid: formatAmount(paid, currency),
      difference: formatAmount(paid - expected, currency),
    })
    return {
      partner,
      closedMonth: rules.month,
      orderId: first?.orderId ?? now.lines[0]?.orderId ?? '',
      lineId: lineIds.size === 1 ? (first?.lineId ?? null) : null,
      sku: lineIds.size === 1 ? (first?.sku ?? null) : null,
      title: first?.title ?? null,
      currency,
      was: standing(was, expectedThen, paidThen),
      now: standing(is, expectedNow, paidNow),
      difference: formatAmount(paidNow - expectedNow - (paidThen - expectedThen), currency),
      reason: reasonOf(
        posted.orders,
        now.orders.filter((order) => lineIds.size === 0 || lineIds.has(order.lineId)),
        isBack,
        currency,
      ),
      sources: distinct(
        [...now.orders, ...posted.orders, ...[...is, ...was].flatMap(({ lines }) => lines)].map(({ origin }) => origin),
      ),
    }
  })
}

/** `2026-10 (closed): was matched, 5.00 expected, now refunded-but-paid, 0.00 expected: status settled → refunded` */
export function adjustmentText({ closedMonth, was, now, reason }: Adjustment): string {
  const told = ({ classes, expected, paid }: Standing) =>
    `${classes.join(' and ') || 'nothing'} (${expected} expected, ${paid} paid)`
  return `${closedMonth}, which is closed, was ${told(was)} and would be ${told(now)}: ${reason}`
}

/** The entries that have no equal among `others`; equal ones have the same order lines, class and amounts. */
function without(entries: readonly Entry[], others: readonly Entry[]): Entry[] {
  const key = ({ class: name, about, expected, paid }: Entry) =>
    JSON.stringify([name, about.map(({ lineId }) => lineId), expected, paid])
  const left = others.map(key)
  return entries.filter((entry) => {
    const at = left.indexOf(key(entry))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function sum(entries: readonly Entry[], of: 'expected' | 'paid'): Minor {
  return entries.reduce((all, entry) => all + entry[of], 0)
}

/** Σ of what was paid too much. */
function overOf(entries: readonly Entry[]): Minor {
  return entries.reduce((all, { difference }) => all + Math.max(0, difference), 0)
}

/** What of the money that came to be too much since the close was taken back by later months; what was too much then goes first. */
function takenBack(
  atClose: readonly Entry[],
  entries: readonly Entry[],
  { lines, month }: Known,
  currency: Currency,
  closedMonth: Month,
): Minor {
  let back = 0
  for (const line of lines) {
    const paid = monthOf(line.paidAt)
    if (line.amount < 0 && line.currency === currency && paid > closedMonth && paid <= month) back -= line.amount
  }
  const over = overOf(atClose)
  return Math.max(0, Math.min(back, overOf(entries)) - over)
}

type Judged = Order & Pick<Earning, 'parts' | 'keptParts'>

const partsOf = ({ parts = {}, keptParts = parts }: Judged): Parts => keptParts

/** What is another of the order lines than it was: `commission 5.00 → 4.50`. */
function reasonOf(before: readonly Judged[], now: readonly Judged[], back: Minor, currency: Currency): string {
  const money = (amount: Minor | null) => (amount === null ? undefined : formatAmount(amount, currency))
  const changes = now.flatMap((order) => {
    const old = before.find(({ lineId }) => lineId === order.lineId)
    const change = (name: string, from = 'none', to = 'none') => (from === to ? [] : [`${name} ${from} → ${to}`])
    const all = old
      ? [
          ...change('status', old.status, order.status),
          ...change('commission', money(old.commission), money(order.commission)),
          ...change('paid amount', money(old.paidAmount), money(order.paidAmount)),
          ...change('refund', money(old.refundAmount), money(order.refundAmount)),
          ...change('service fee', money(old.serviceFee), money(order.serviceFee)),
          ...change('subsidy', money(old.subsidy), money(order.subsidy)),
          ...Object.keys({ ...partsOf(old), ...partsOf(order) }).flatMap((fee) =>
            change(`its part of ${fee}`, money(partsOf(old)[fee] ?? null), money(partsOf(order)[fee] ?? null)),
          ),
          ...(['receivedAt', 'verifiedAt', 'settledAt'] as const).flatMap((date) =>
            change(date, old[date]?.slice(0, 10), order[date]?.slice(0, 10)),
          ),
        ]
      : ['first read after the close']
    return all.length > 0 && now.length > 1 ? `line ${order.lineId}: ${all.join(', ')}` : all.join(', ')
  })
  const known = changes.filter((text) => text !== '')
  if (known.length === 0) known.push('other payout lines count for it now')
  if (back > 0) known.push(`${money(back)} of it was taken back since`)
  return known.join('; ')
}
