import type { Instant, Month } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Database } from './open.ts'

/** An order of a partner as it is shared, in one currency. */
export type SplitKey = { partner: string; orderId: string; currency: Currency }
/** The shop's own name in parts, as that of whose link it was and of whose the part is. */
export const SHOP = ''
/** What a member, or the shop, has of an order. `seller`: the member whose link it was; level 0 is the buyer's rebate, and the shop's. */
export type Part = { seller: string; member: string; level: number; rate: Ppm; amount: Minor }
/** An order as it was paid out in a month, all splits of that month together. */
export type PaidOrder = { month: Month; received: Minor; held: Minor; parts: readonly Part[] }
/** Shared: Σ parts; paid: what of it, and of what was carried, was paid out. */
export type Payment = { split: number; month: Month; at: Instant; member: string; currency: Currency; shared: Minor; paid: Minor }

/** Looks up what of an order was paid out, by month, the earliest first. */
export function paidOrders(db: Database): (key: SplitKey) => PaidOrder[] {
  const orders = db.prepare<string[], { month: Month; received: Minor; held: Minor }>(
    `SELECT s.month, sum(o.received) AS received, sum(o.held) AS held FROM team_order o JOIN team_split s ON s.id = o.split
     WHERE o.partner = ? AND o.order_id = ? AND o.currency = ? GROUP BY 1 ORDER BY 1`,
  )
  const parts = db.prepare<string[], Part>(
    `SELECT seller, member, level, max(rate) AS rate, sum(amount) AS amount FROM team_part p JOIN team_split s ON s.id = p.split
     WHERE p.partner = ? AND p.order_id = ? AND p.currency = ? AND s.month = ? GROUP BY seller, member, level ORDER BY seller, level`,
  )
  return ({ partner, orderId, currency }) =>
    orders
      .all(partner, orderId, currency)
      .map((order) => ({ ...order, parts: parts.all(partner, orderId, currency, order.month) }))
}

/** Looks up what members were given of an order in all. */
export function membersPart(db: Database): (key: SplitKey) => Minor {
  if (paidMonths(db).size === 0) return () => 0
  const sum = db
    .prepare<string[], Minor>(
      "SELECT ifnull(sum(amount), 0) FROM team_part WHERE partner = ? AND order_id = ? AND currency = ? AND member <> ''",
    )
    .pluck()
  return ({ partner, orderId, currency }) => sum.get(partner, orderId, currency)!
}

/** The months that were paid out, each with the instants. */
export function paidMonths(db: Database): Map<Month, Instant[]> {
  const months = new Map<Month, Instant[]>()
  for (const { month, at } of db.prepare<[], { month: Month; at: Instant }>('SELECT month, at FROM team_split ORDER BY id').all())
    months.set(month, [...(months.get(month) ?? []), at])
  return months
}

/** What members were paid, in the order in which it was. */
export function paymentsInOrder(db: Database): Payment[] {
  return db
    .prepare<[], Payment>(
      `SELECT p.split, s.month, s.at, p.member, p.currency, p.shared, p.paid FROM team_payment p JOIN team_split s ON s.id = p.split
       ORDER BY p.split, p.member, p.currency`,
    )
    .all()
}

export type NewSplit = {
  month: Month
  at: Instant
  /** Only what is more, or less, than was paid out of the month before. */
  orders: readonly (SplitKey & Pick<PaidOrder, 'received' | 'held' | 'parts'>)[]
  payments: readonly Pick<Payment, 'member' | 'currency' | 'shared' | 'paid'>[]
}

/** Records what is paid out, inside the caller's transaction. */
export function saveSplit(db: Database, { month, at, orders, payments }: NewSplit): void {
  const split = db.prepare('INSERT INTO team_split (month, at) VALUES (?, ?)').run(month, at).lastInsertRowid
  const order = db.prepare('INSERT INTO team_order VALUES (?, ?, ?, ?, ?, ?)')
  const part = db.prepare('INSERT INTO team_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const payment = db.prepare('INSERT INTO team_payment VALUES (?, ?, ?, ?, ?)')
  for (const { partner, orderId, currency, received, held, parts } of orders) {
    order.run(split, partner, orderId, currency, received, held)
    for (const { seller, member, level, rate, amount } of parts)
      part.run(split, partner, orderId, currency, seller, member, level, rate, amount)
  }
  for (const { member, currency, shared, paid } of payments) payment.run(split, member, currency, shared, paid)
}
