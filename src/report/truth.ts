import type { Day } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import type { Order, Recorded } from '../records.ts'
import { dueMonth } from '../settle/calendar.ts'
import { compareText, type Entry } from '../settle/entry.ts'
import { keptPayout } from '../settle/expect.ts'
import type { TieOut } from '../settle/receipts.ts'
import { rulesOf } from '../settle/settle.ts'
import { isGone, isOpen } from './figures.ts'
import type { Story } from './stories.ts'

/**
 * Where what a partner says and what became of the money are at odds. An order is in one of them at most:
 *   settled-unpaid   it was due, its pay day has passed, and nothing was ever paid for it
 *   money-no-order   a payout line names an order that is not on file
 *   invalid-paid     refunded or invalid, and what was paid for it was not (all) taken back
 *   merchant-short   stuck by the partner's own word: the merchant has not the money
 *   transfer-failed  the same: the transfer to the operator failed
 *   not-received     a statement says that it was paid, and the bank has nothing of it
 */
export const CASES = [
  'settled-unpaid',
  'money-no-order',
  'invalid-paid',
  'merchant-short',
  'transfer-failed',
  'not-received',
] as const
export type Case = (typeof CASES)[number]

/** An order, a payout line or a statement at odds. `amount`: what is missing, or (`money-no-order`, `invalid-paid`) what was paid; minor units. */
export type Odd = {
  orderId: string | null
  lineId: string | null
  statementId: string | null
  title: string | null
  /** The order's status in the partner's own word. */
  says: string | null
  /** The pay day; of stuck money when the partner last changed the order. */
  since: Day
  amount: Minor
}

/** All odds of a case of one partner in one currency. `odds`: so many as were asked for, the largest first. */
export type Truth = { partner: Partner; currency: Currency; case: Case; count: number; amount: Minor; oldest: Odd; odds: Odd[] }

/**
 * Looks for what is at odds on `today`, in the stories of all months. Memory grows with `most` for each case only.
 * @param tieOuts statements held against receipts; null where none were read
 */
export function truthOf(
  today: Day,
  most: number,
): { add(story: Story): void; addReceipts(partner: Partner, tieOut: TieOut): void; answer(): Truth[] } {
  const found = new Map<string, Truth>()

  function put(partner: Partner, currency: Currency, name: Case, odd: Odd): void {
    const key = `${partner.id} ${currency} ${name}`
    const truth = found.get(key) ?? { partner, currency, case: name, count: 0, amount: 0, oldest: odd, odds: [] }
    found.set(key, truth)
    truth.count++
    truth.amount += odd.amount
    if (byAge(odd, truth.oldest) < 0) truth.oldest = odd
    truth.odds.push(odd)
    if (truth.odds.length > 2 * most) truth.odds = largest(truth.odds, most)
  }

  function add({ partner, orders, judged }: Story): void {
    const paid = new Set<Order>()
    // money of another currency names an order, too, and is not for it
    for (const { entry } of judged)
      if (entry.paid > 0 && entry.class !== 'unknown-order') for (const order of entry.about) paid.add(order)
    const stuck = new Set<Order>()
    for (const order of orders) {
      const why = paid.has(order) || isGone(order) ? undefined : partner.stuck?.[order.rawStatus]
      if (why === undefined) continue
      stuck.add(order)
      const since = (order.modifiedAt ?? order.orderedAt).slice(0, 10)
      put(partner, order.currency, why, oddOf(order, since, keptPayout(order, rulesOf(partner, '').fees)))
    }
    const kept = new Map<Order, Odd & { currency: Currency }>()
    for (const { entry, rules } of judged) {
      const { class: name, currency, about, lines } = entry
      const [order] = about
      if (name === 'unknown-order') putLines(partner, entry)
      else if (order && about.every(isGone)) {
        const odd = kept.get(order) ?? { ...oddOf(order, lines[0]!.paidAt, 0), currency }
        kept.set(order, { ...odd, amount: odd.amount + entry.paid })
      } else if (name === 'missing' && order && !isOpen(entry, rules, today) && !paid.has(order) && !stuck.has(order))
        put(partner, currency, 'settled-unpaid', oddOf(order, dueMonth(order, rules.calendar)!.day, entry.expected))
    }
    for (const { currency, ...odd } of kept.values()) if (odd.amount > 0) put(partner, currency, 'invalid-paid', odd)
  }

  function putLines(partner: Partner, { lines, currency }: Entry): void {
    for (const { orderId, lineId, statementId, title, paidAt, amount } of lines)
      put(partner, currency, 'money-no-order', { orderId, lineId, statementId, title, says: null, since: paidAt, amount })
  }

  return {
    add,
    addReceipts(partner, { currency, missing }) {
      const none = { orderId: null, lineId: null, title: null, says: null }
      for (const { statementId, paidAt, total } of missing)
        put(partner, currency, 'not-received', { ...none, statementId, since: paidAt, amount: total })
    },
    answer: () =>
      [...found.values()]
        .map((truth) => ({ ...truth, odds: largest(truth.odds, most) }))
        .sort(
          (a, b) =>
            compareText(a.partner.id, b.partner.id) ||
            compareText(a.currency, b.currency) ||
            CASES.indexOf(a.case) - CASES.indexOf(b.case),
        ),
  }
}

function oddOf({ orderId, lineId, title, rawStatus }: Recorded<Order>, since: Day, amount: Minor): Odd {
  return { orderId, lineId, statementId: null, title, says: rawStatus, since, amount }
}

function largest(odds: readonly Odd[], most: number): Odd[] {
  return odds.toSorted((a, b) => b.amount - a.amount || byAge(a, b)).slice(0, most)
}

function byAge(a: Odd, b: Odd): number {
  const name = ({ orderId, lineId, statementId }: Odd) => [orderId, lineId, statementId].join('\n')
  return compareText(a.since, b.since) || compareText(name(a), name(b))
}

/** What to do about a case. */
export function adviceOn(name: Case, { id }: Partner): string {
  switch (name) {
    case 'settled-unpaid':
      return `see that all its statements were read, then claim it with "shoptool settle pack --partner ${id}"`
    case 'money-no-order':
      return 'read the orders of that time ("shoptool orders gaps" finds holes), or ask what it was paid for'
    case 'invalid-paid':
      return 'set it aside, for it may be taken back; do not share it among members'
    case 'merchant-short':
      return 'ask the shop to fill up its account, and the partner when it tries again; share no more goods of that shop'
    case 'transfer-failed':
      return "see in the partner's back office which account it pays to, then ask for the money to be sent again"
    case 'not-received':
      return 'ask the partner for the number of the transfer, and the bank about it; "shoptool settle receipts" shows what came'
  }
}
