import { dataError } from '../errors.ts'
import { ORDER_STATUSES, type Order, type OrderStatus } from '../records.ts'

/** A reading of a row that counts on its own (`Entries` of feeds/feed.ts), in the terms of its order line. */
export type Entry = Order & {
  /** The row's number, or its figures and which of those alike it is. */
  entry: string
  /** Sorts readings from oldest to newest. */
  age: string
  /** 1 where the row is one of a journal. */
  deltas: number
  /** On which way the row came, where the partner has several. */
  way: string | null
  /** Whether that is the preferred one (1, 0); null where none is. */
  preferred: number | null
}

/**
 * The readings that count towards an order line, of all of its readings, sorted by entry and age: of each entry the newest, without rows
 * of a way that is not preferred where the preferred one has the same sale. Each such row stands for one other at most.
 */
export function counting<E extends Entry>(readings: readonly E[]): E[] {
  const newest = [...new Map(readings.map((reading) => [reading.entry, reading])).values()]
  const preferred = newest.filter((entry) => entry.preferred === 1)
  return newest.filter((entry) => {
    const twin = entry.preferred === 0 ? preferred.findIndex((other) => isSameSale(entry, other)) : -1
    if (twin >= 0) preferred.splice(twin, 1)
    return twin < 0
  })
}

/** Amounts may differ by then (the later row is the exact one), but not whether it is a sale or a return, nor the pieces. */
function isSameSale(a: Order, b: Order): boolean {
  return Math.sign(a.paidAmount) === Math.sign(b.paidAmount) && a.quantity === b.quantity
}

/** How far a row has come; what is refunded or invalid has gone nowhere. */
const rankOf = (status: OrderStatus) => (status === 'refunded' || status === 'invalid' ? -1 : ORDER_STATUSES.indexOf(status))

/**
 * The order line that its counting entries (at least one) come to. Amounts are sums; the goods, their rate and the time of the order are
 * those of the first row. Status and dates are those of the newest row of a journal, else of the row that has come farthest: a correction
 * that is still open does not undo what was approved. Rows that are invalid keep their amounts in the file and do not count; a line is
 * refunded where its commission comes to 0 and something was taken back.
 * @returns the line, and the entry that its status is taken from
 * @throws ShoptoolError (data) where rows are in different currencies.
 */
export function netOf<E extends Entry>(entries: readonly E[]): { order: Order; head: E } {
  const byAge = entries.toSorted((a, b) => compare(a.age, b.age) || compare(a.entry, b.entry))
  const newest = byAge.at(-1)!
  const isJournal = newest.deltas === 1
  const valid = isJournal ? byAge : byAge.filter(({ status }) => status !== 'invalid')
  const rows = valid.length > 0 ? valid : byAge
  const first = rows.reduce((a, b) => (Date.parse(b.orderedAt) < Date.parse(a.orderedAt) ? b : a))
  const farthest = rows.reduce((a, b) => (rankOf(b.status) > rankOf(a.status) ? b : a))
  const head = isJournal ? newest : rankOf(farthest.status) < 0 ? rows.at(-1)! : farthest
  const other = rows.find(({ currency }) => currency !== first.currency)
  if (other) {
    const where = `order ${first.orderId}${first.lineId ? ` ${first.lineId}` : ''}`
    throw dataError(
      `${where}: has rows in ${first.currency} and in ${other.currency}, which cannot be added up; nothing was changed`,
    )
  }
  const sum = (of: (entry: E) => number) => rows.reduce((all, entry) => all + of(entry), 0)
  const commission = sum((entry) => entry.commission)
  const isTakenBack = commission === 0 && rows.some((entry) => entry.commission < 0)
  const stated = (of: (entry: E) => number | null) =>
    rows.every((entry) => of(entry) === null) ? null : sum((entry) => of(entry) ?? 0)
  const { orderId, lineId, sku, title, quantity, currency, commissionRate, orderedAt, trackingId, subId, transactionId } = first
  const { rawStatus, paidAt, receivedAt, verifiedAt, settledAt, dueAt } = head
  const order: Order = {
    ...{ orderId, lineId, sku, title, quantity, currency, commissionRate, orderedAt, trackingId, subId, transactionId },
    ...{ rawStatus, paidAt, receivedAt, verifiedAt, settledAt, dueAt },
    ...{ paidAmount: sum((entry) => entry.paidAmount), commission, refundAmount: null, modifiedAt: newest.modifiedAt },
    ...{ serviceFee: stated((entry) => entry.serviceFee), subsidy: stated((entry) => entry.subsidy) },
    status: isTakenBack && head.status !== 'invalid' ? 'refunded' : head.status,
  }
  return { order, head }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
