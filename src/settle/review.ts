import { type Instant, type Month, monthOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { expectedPayout } from '../partners/fees.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type RoutedLine } from '../records.ts'
import { closedMonths, howToReopen } from '../store/closings.ts'
import type { Database } from '../store/open.ts'
import { ordersById } from '../store/orders.ts'
import { payoutLine } from '../store/payouts.ts'
import { addReview, type Decision, decisions } from '../store/reviews.ts'
import { type Entry, PASS_TEXT, sumOf } from './entry.ts'
import { ledgerOf } from './ledger.ts'
import { reconcile } from './reconcile.ts'
import { rulesOf } from './settle.ts'
import { type OpenLine, suggest } from './suggest.ts'

/** What somebody decided about a payout line, and what became of the line since. */
export type Decided = {
  line: RoutedLine
  decision: Decision
  entry: Entry
  /** The order that a line names which was confirmed to be for another, where that is on record by now. */
  named: string | null
}

/** What of a partner's month is to be decided, and what was; of a closed month nothing is open. */
export type Review = { isClosed: boolean; open: OpenLine[]; decided: Decided[] }

/** The payout lines of a partner's month that are matched with no order, and what was decided about others. */
export function reviewOf(db: Database, partner: Partner, month: Month): Review {
  return db.transaction(() => {
    const all = decisions(db, partner.id).map((decision) => ({ decision, line: payoutLine(db, partner.id, decision.id)! }))
    const decided = all
      .filter(({ line }) => line.paidAt.startsWith(month))
      .map(({ decision, line }) => ({ decision, line, entry: entryWith(db, partner, line), named: namedIn(db, partner, line) }))
    if (closedMonths(db, partner.id).some((closing) => closing.month === month)) return { isClosed: true, open: [], decided }
    const rejected = new Map(all.map(({ line, decision }) => [placeOf(line), decision.rejected.map(({ orderIds }) => orderIds)]))
    const isRejected = (line: RoutedLine, orderId: string) => !!rejected.get(placeOf(line))?.some((ids) => ids.includes(orderId))
    const isOfNone = (line: RoutedLine) => !!rejected.get(placeOf(line))?.some((ids) => ids.length === 0)
    const rules = rulesOf(partner, month)
    const entries = () => {
      const { orders, lines } = ledgerOf(db, partner, month)
      return reconcile(orders, lines, rules)
    }
    return { isClosed: false, open: suggest(entries, rules, isRejected).filter(({ line }) => !isOfNone(line)), decided }
  })()
}

/** Where it was read, by the bytes of the file: the same whatever its statement is called now. */
const placeOf = ({ origin }: RoutedLine) => `${origin.sha256}:${origin.line}`

/** What the month in which a payout line was paid makes of it: a closed month what it made of it then. */
function entryWith(db: Database, partner: Partner, line: RoutedLine): Entry {
  const month = monthOf(line.paidAt)
  const ledger = ledgerOf(db, partner, month, [keyOf(line)])
  const rules = rulesOf(ledger.partner, month)
  const entries = [...reconcile(ledger.orders, ledger.lines, rules)]
  const own = entries.find((entry) => entry.lines.some((each) => placeOf(each) === placeOf(line)))
  return own ?? [...reconcile([], [line], rules)][0]!
}

/** About which payout line of which partner something is decided, when and why. `id` is that of the line in the journal. */
export type Given = { partner: Partner; id: number; at: Instant; reason: string | null }
/** Where the line was read, as people name it. */
const told = ({ origin }: RoutedLine) => `${origin.file}:${origin.line}`

/**
 * Confirms that a payout line is for these orders, or with `lineId` for that line of the only one.
 * @returns what its month makes of it now
 * @throws ShoptoolError (usage) where the line is matched or confirmed already or its month is closed, and where an order is not on record,
 * is in another currency, or is paid already
 */
export function confirmLine(db: Database, given: Given, orderIds: readonly string[], lineId: string | null): Decided {
  const { partner, id } = given
  return db
    .transaction(() => {
      const line = payoutLine(db, partner.id, id)!
      mustBeOpen(db, partner, line)
      if (line.route?.by === 'confirmed') {
        throw usageError(
          `${told(line)}: is confirmed to be for order ${line.route.orderIds.join(', ')} already; shoptool settle review withdraw ${told(line)} takes that back`,
        )
      }
      const { class: name, match, about } = entryWith(db, partner, line)
      if (name !== 'unknown-order' && name !== 'non-order') {
        throw usageError(`${told(line)}: is matched with order ${about[0]!.orderId} by ${PASS_TEXT[match!]} already (${name})`)
      }
      for (const orderId of orderIds) mustBeUnpaid(db, partner, line, orderId, lineId)
      addReview(db, partner.id, given.at, { payoutLine: id, action: 'confirm', orderIds, lineId, reason: given.reason })
      return decidedOf(db, partner, id)!
    })
    .immediate()
}

/**
 * Says that a payout line is for none of these orders, or without orders for none at all: they are not suggested any more.
 * @throws ShoptoolError (usage) where the line is confirmed, and where an order is not on record.
 */
export function rejectLine(db: Database, { partner, id, at, reason }: Given, orderIds: readonly string[]): Decided {
  return db
    .transaction(() => {
      const line = payoutLine(db, partner.id, id)!
      if (line.route?.by === 'confirmed') {
        throw usageError(
          `${told(line)}: is confirmed to be for order ${line.route.orderIds.join(', ')}; shoptool settle review withdraw ${told(line)} takes that back`,
        )
      }
      const lost = orderIds.find((orderId) => ordersById(db, partner.id, orderId).length === 0)
      if (lost !== undefined) throw notOnRecord(partner, lost)
      addReview(db, partner.id, at, { payoutLine: id, action: 'reject', orderIds, lineId: null, reason })
      return decidedOf(db, partner, id)!
    })
    .immediate()
}

/**
 * Takes back everything that was decided about a payout line. What was said stays in the journal.
 * @throws ShoptoolError (usage) where nothing was, and where it was confirmed and its month is closed.
 */
export function withdrawReview(db: Database, { partner, id, at, reason }: Given): Decided {
  return db
    .transaction(() => {
      const line = payoutLine(db, partner.id, id)!
      const known = decidedOf(db, partner, id)
      if (!known) throw usageError(`${told(line)}: nothing was decided about it`)
      const { confirmed, rejected } = known.decision
      if (confirmed) mustBeOpen(db, partner, line)
      const orderIds = [...new Set([confirmed, ...rejected].flatMap((each) => each?.orderIds ?? []))]
      addReview(db, partner.id, at, { payoutLine: id, action: 'withdraw', orderIds, lineId: null, reason })
      const now = payoutLine(db, partner.id, id)!
      return { line: now, decision: { id, confirmed: null, rejected: [], at }, entry: entryWith(db, partner, now), named: null }
    })
    .immediate()
}

function decidedOf(db: Database, partner: Partner, id: number): Decided | undefined {
  const decision = decisions(db, partner.id).find((each) => each.id === id)
  if (!decision) return undefined
  const line = payoutLine(db, partner.id, id)!
  return { decision, line, entry: entryWith(db, partner, line), named: namedIn(db, partner, line) }
}

function namedIn(db: Database, partner: Partner, { orderId, route }: RoutedLine): string | null {
  if (orderId === null || route?.by !== 'confirmed' || route.orderIds.includes(orderId)) return null
  return ordersById(db, partner.id, orderId).length > 0 ? orderId : null
}

function mustBeOpen(db: Database, partner: Partner, line: RoutedLine): void {
  const closed = closedMonths(db, partner.id)
  const closing = closed.find(({ month }) => month === monthOf(line.paidAt))
  if (!closing) return
  throw usageError(
    `${told(line)}: was paid in ${closing.month}, which is closed for ${partner.id} and stays as it is; ${howToReopen(closed, closing)}`,
  )
}

const notOnRecord = ({ id }: Partner, orderId: string) =>
  usageError(`${orderId}: ${id} has no order of that number on record; "shoptool orders list --partner ${id}" has them`)

/** Money taken back may be of what was paid before there were records. */
function mustBeUnpaid(db: Database, partner: Partner, line: RoutedLine, orderId: string, lineId: string | null): void {
  const month = monthOf(line.paidAt)
  const ledger = ledgerOf(db, partner, month, [orderId])
  const all = [...ledger.orders]
  const own = all.filter((order) => order.orderId === orderId)
  if (own.length === 0) throw notOnRecord(partner, orderId)
  const currencies = [...new Set(own.map(({ currency }) => currency))]
  if (!currencies.includes(line.currency)) {
    throw usageError(
      `${orderId}: is in ${currencies.join(', ')}, ${told(line)} in ${line.currency}: amounts of two currencies are not set off`,
    )
  }
  if (lineId !== null && !own.some((order) => order.lineId === lineId && order.currency === line.currency)) {
    throw usageError(
      `--line: order ${orderId} has no line "${lineId}" in ${line.currency}, only ${own.map((order) => order.lineId || '""').join(', ')}`,
    )
  }
  const lines = [...ledger.lines].filter((each) => each.currency === line.currency && keyOf(each) !== '')
  const paid = sumOf(lines)
  const { fees } = rulesOf(ledger.partner, month)
  const due = all.reduce((sum, order) => sum + (order.currency === line.currency ? expectedPayout(order, fees) : 0), 0)
  if (line.amount > 0 && paid > 0 && paid >= due) {
    const sums = `${formatAmount(paid, line.currency)} of ${formatAmount(due, line.currency)} ${line.currency}`
    throw usageError(`${orderId}: is paid already, ${sums} (${[...new Set(lines.map(told))].join(', ')}); nothing of it is open`)
  }
}
