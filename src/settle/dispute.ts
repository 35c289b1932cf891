import { type Day, type Month, monthOf } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Order, Recorded, RoutedLine } from '../records.ts'
import type { Dispute, DisputedClaim, DisputeEvent } from '../store/disputes.ts'
import { compareText, type Rules } from './entry.ts'
import { reconcile } from './reconcile.ts'

/** `overdue`: the partner's time is up without an answer. `recovered`: everything came. */
export type DisputeState = 'open' | 'overdue' | 'answered' | 'recovered' | 'closed'

/** Where a dispute stands. Amounts in minor units by currency. */
export type DisputeStanding = {
  state: DisputeState
  /** `surplus`: what came beyond all that was claimed. */
  sums: { currency: Currency; claimed: Minor; recovered: Minor; surplus: Minor }[]
  /** What came for each claim by payout lines of later months, in their order. */
  recovered: Minor[]
}

/** All lines of an order and everything that was ever paid for it. */
export type OrderLedger = (orderId: string) => { orders: readonly Recorded<Order>[]; lines: readonly RoutedLine[] }

/**
 * What came of a dispute. A claim is recovered by what later months pay late for its order lines, as `reconcile` judges it, and never by
 * more than was claimed; money that no payout line shows counts besides, up to what is still open. Events that were withdrawn do not count.
 * @param rulesIn the rules of a month
 */
export function standingOf(
  dispute: Dispute,
  claims: readonly DisputedClaim[],
  events: readonly DisputeEvent[],
  ledger: OrderLedger,
  rulesIn: (month: Month) => Rules,
  today: Day,
): DisputeStanding {
  const holding = events.filter((_, i) => holds(events, i))
  const recovered = cameLate(claims, dispute.month, ledger, rulesIn)
  const currencies = [...new Set(claims.map(({ currency }) => currency))].sort(compareText)
  const sums = currencies.map((currency) => {
    const own = claims.flatMap((claim, i) => (claim.currency === currency ? [{ claim, came: recovered[i]! }] : []))
    const claimed = own.reduce((sum, { claim }) => sum + claim.amount, 0)
    const shown = own.reduce((sum, { came }) => sum + came, 0)
    const besides = holding.reduce((sum, event) => sum + (event.currency === currency ? event.amount! : 0), 0)
    const came = shown + besides
    return { currency, claimed, recovered: Math.min(claimed, came), surplus: Math.max(0, came - claimed) }
  })
  return { state: stateOf(dispute, sums, holding, today), sums, recovered }
}

/** Whether the event at an index says something that was not withdrawn. */
export function holds(events: readonly DisputeEvent[], index: number): boolean {
  return events[index]!.kind !== 'withdrawn' && !events.some(({ withdraws }) => withdraws === index + 1)
}

/** What of each claim of a month, in their order, later months paid late. */
export function cameLate(
  claims: readonly Pick<DisputedClaim, 'orderId' | 'lineId' | 'currency' | 'amount'>[],
  month: Month,
  ledger: OrderLedger,
  rulesIn: (month: Month) => Rules,
): Minor[] {
  const came = claims.map(() => 0)
  for (const orderId of new Set(claims.map((claim) => claim.orderId))) {
    for (const { lineIds, currency, amount } of lateFor(ledger(orderId), month, rulesIn)) {
      let rest = amount
      claims.forEach((claim, i) => {
        if (claim.orderId !== orderId || claim.currency !== currency) return
        if (claim.lineId !== null && !lineIds.includes(claim.lineId)) return
        const part = Math.min(rest, claim.amount - came[i]!)
        came[i]! += part
        rest -= part
      })
    }
  }
  return came
}

/** What the months after one paid late for an order, by the order lines that it was for. */
export function lateFor(
  { orders, lines }: ReturnType<OrderLedger>,
  after: Month,
  rulesIn: (month: Month) => Rules,
): { lineIds: string[]; currency: Currency; amount: Minor }[] {
  const months = [...new Set(lines.map(({ paidAt }) => monthOf(paidAt)))].filter((month) => month > after).sort(compareText)
  return months.flatMap((month) =>
    [...reconcile(orders, lines, rulesIn(month))]
      .filter((entry) => entry.class === 'late')
      .map(({ about, currency, paid }) => ({ lineIds: about.map(({ lineId }) => lineId), currency, amount: paid })),
  )
}

function stateOf(
  { deadline }: Dispute,
  sums: DisputeStanding['sums'],
  events: readonly DisputeEvent[],
  today: Day,
): DisputeState {
  if (events.some(({ kind }) => kind === 'closed')) return 'closed'
  if (sums.every(({ claimed, recovered }) => recovered === claimed)) return 'recovered'
  if (events.some(({ kind }) => kind === 'answered')) return 'answered'
  return deadline !== null && deadline < today ? 'overdue' : 'open'
}
