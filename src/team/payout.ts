import type { Day, Instant, Month } from '../day.ts'
import { dataError } from '../errors.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import { compareText, type SettlementClass } from '../settle/entry.ts'
import type { Database } from '../store/open.ts'
import { type NewSplit, type Payment, paymentsInOrder, SHOP, type SplitKey, saveSplit } from '../store/splits.ts'
import { type OrderSplit, openOf } from './split.ts'

/** What a month brought, in one currency: received = members + shop + held. */
export type Totals = { currency: Currency; received: Minor; members: Minor; shop: Minor; held: Minor }
/** A member's month in one currency. `carried`: credit or debt of before; `payable`: what would be paid out now; `owed`: the debt now. */
export type MemberMonth = {
  member: string
  currency: Currency
  orders: number
  shared: Minor
  carried: Minor
  paid: Minor
  payable: Minor
  owed: Minor
}
export type Held = SplitKey & { amount: Minor; as: readonly SettlementClass[] }
/** Orders of links in a name that was no member's on their day, and what was received for them. */
export type Stranger = { name: string; currency: Currency; orders: number; received: Minor; from: string }

export type MonthSplit = {
  month: Month
  totals: Totals[]
  members: MemberMonth[]
  held: Held[]
  strangers: Stranger[]
  /** The day of the earliest order that members have something of; null where they have nothing. */
  since: Day | null
  /** What is not paid out yet, or to be put right. */
  open: NewSplit['orders'][number][]
}

/** Adds up a month. `each` sees every order for which money came or went. */
export function addUp(
  month: Month,
  splits: Iterable<OrderSplit>,
  payments: readonly Payment[],
  each: (split: OrderSplit) => void = () => {},
): MonthSplit {
  const totals = new Map<Currency, Totals>()
  const members = new Map<string, MemberMonth & { open: Minor }>()
  const strangers = new Map<string, Stranger>()
  const held: Held[] = []
  const open: MonthSplit['open'] = []
  let since: Day | null = null
  const memberOf = (member: string, currency: Currency) => {
    const key = JSON.stringify([member, currency])
    const known = members.get(key)
    if (known) return known
    const sums = { orders: 0, shared: 0, open: 0, payable: 0, owed: 0 }
    const found = { member, currency, ...sums, ...creditOf(payments, member, currency, month) }
    members.set(key, found)
    return found
  }
  for (const split of splits) {
    each(split)
    const { partner, orderId, currency, received, parts } = split
    const total = totals.get(currency) ?? { currency, received: 0, members: 0, shop: 0, held: 0 }
    totals.set(currency, total)
    total.received += received
    total.held += split.held
    for (const name of split.strangers) {
      const key = JSON.stringify([name, currency])
      const day = firstDay(split)!
      const found = strangers.get(key) ?? { name, currency, orders: 0, received: 0, from: day }
      const from = found.from < day ? found.from : day
      strangers.set(key, { ...found, orders: found.orders + 1, received: found.received + received, from })
    }
    const own = parts.filter(({ member, amount }) => member !== SHOP && amount !== 0)
    for (const { member, amount } of parts) total[member === SHOP ? 'shop' : 'members'] += amount
    if (split.held === 0 && parts.every(({ member }) => member === SHOP)) continue
    const day = own.length > 0 ? firstDay(split) : null
    if (day !== null && (since === null || day < since)) since = day
    if (split.held !== 0) held.push({ partner, orderId, currency, amount: split.held, as: split.heldAs })
    for (const member of new Set(own.map((part) => part.member))) memberOf(member, currency).orders++
    for (const { member, amount } of own) memberOf(member, currency).shared += amount
    const left = openOf(split)
    if (left) open.push(left)
    for (const { member, amount } of left?.parts ?? [])
      if (member !== SHOP && amount !== 0) memberOf(member, currency).open += amount
  }
  for (const { currency, received, members, shop, held } of totals.values()) {
    if (received !== members + shop + held)
      throw dataError(`${month}: what was shared of ${formatAmount(received, currency)} ${currency} does not add up`)
  }
  // who had something of before, or is in debt, is told too
  for (const { member, currency } of payments) memberOf(member, currency)
  const byName =
    <T extends { currency: Currency }>(name: (one: T) => string) =>
    (a: T, b: T) =>
      compareText(name(a), name(b)) || compareText(a.currency, b.currency)
  return {
    month,
    totals: [...totals.values()].sort(byName(() => '')),
    members: [...members.values()]
      .map(({ open, ...sum }) => {
        const balance = balanceOf(payments, sum, open)
        return { ...sum, payable: Math.max(0, balance), owed: Math.max(0, -balance) }
      })
      .filter(({ shared, carried, paid, payable }) => shared !== 0 || carried !== 0 || paid !== 0 || payable !== 0)
      .sort(byName(({ member }) => member)),
    held,
    strangers: [...strangers.values()].sort(byName(({ name }) => name)),
    since,
    open,
  }
}

/** Null where the money is for no known order. */
const firstDay = ({ orders }: OrderSplit): Day | null => orders.map(({ orderedAt }) => orderedAt.slice(0, 10)).sort()[0] ?? null

/** What stood to a member's credit when the month was first paid out (now, where it was not), and what was paid of the month. */
function creditOf(
  payments: readonly Payment[],
  member: string,
  currency: Currency,
  month: Month,
): { carried: Minor; paid: Minor } {
  const first = payments.find((payment) => payment.month === month)?.split ?? Number.POSITIVE_INFINITY
  let [carried, paid] = [0, 0]
  for (const payment of payments) {
    if (payment.member !== member || payment.currency !== currency) continue
    if (payment.split < first) carried += payment.shared - payment.paid
    if (payment.month === month) paid += payment.paid
  }
  return { carried, paid }
}

/** What a member has to get once `open` is added to all that there was; below zero a debt. */
function balanceOf(
  payments: readonly Payment[],
  { member, currency }: Pick<MemberMonth, 'member' | 'currency'>,
  open: Minor,
): Minor {
  const own = payments.filter((payment) => payment.member === member && payment.currency === currency)
  return own.reduce((sum, { shared, paid }) => sum + shared - paid, open)
}

/** Records that a month is paid out, with what has changed since where it was before. False where there is nothing to pay and nothing to claim. */
export function payOut(db: Database, at: Instant, { month, open }: MonthSplit): boolean {
  if (open.length === 0) return false
  const shared = new Map<string, Pick<Payment, 'member' | 'currency' | 'shared'>>()
  for (const { currency, parts } of open) {
    for (const { member, amount } of parts) {
      if (member === SHOP) continue
      const key = JSON.stringify([member, currency])
      shared.set(key, { member, currency, shared: (shared.get(key)?.shared ?? 0) + amount })
    }
  }
  const payments = paymentsInOrder(db)
  saveSplit(db, {
    ...{ month, at, orders: open },
    payments: [...shared.values()].map((one) => ({ ...one, paid: Math.max(0, balanceOf(payments, one, one.shared)) })),
  })
  return true
}
