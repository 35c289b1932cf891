import { type Day, dayOf, type Month, monthOf } from '../day.ts'
import { apportion, type Minor } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type Order, type PayoutLine, type Recorded } from '../records.ts'
import { compareText, type Entry, type Rules, type SettlementClass } from '../settle/entry.ts'
import { judgedOrders } from '../settle/parts.ts'
import { reconcile } from '../settle/reconcile.ts'
import { rulesOf } from '../settle/settle.ts'
import type { Attribution } from '../share/attribution.ts'
import type { Database } from '../store/open.ts'
import { linesByKey } from '../store/payouts.ts'
import { paidTogether, specialRoutes } from '../store/routes.ts'
import { type NewSplit, type PaidOrder, type Part, paidMonths, paidOrders, SHOP, type SplitKey } from '../store/splits.ts'
import { partsOf, restOf, type Share } from './share.ts'

/*
How what was received for an order is shared.

Received is what reconcile finds paid for the order: its payout lines, signed. Of that, payments that will be taken back are held: those
classed duplicate or refunded-but-paid. What is taken back comes out of what is held, as far as there is such, and then out of what was
shared; what goes beyond that is the shop's loss, for no member ever had it, until more comes in for the order.

A member's part is always that of all that was received for the order up to now, less what the member has had of it: so parts add up to
the amount in every month, and an order that was taken back whole leaves nobody a fen more or less, however often it was rounded. The
rates are those of the day on which the order was ordered (of orders that are paid together, the member's first). What was paid out is on
record and counts as it was, with its rates, whatever was changed of members and terms since.
*/

/** What became of the money for an order in a month. received = held + Σ parts, always; amounts are minor units. */
export type OrderSplit = SplitKey & {
  /** The order lines; none where the money is for no known order. */
  orders: readonly Recorded<Order>[]
  received: Minor
  /** What was set aside in the month; below zero: taken back from that. */
  held: Minor
  heldAs: readonly SettlementClass[]
  /** The members' and the shop's. */
  parts: readonly Part[]
  /** Names in links that are no member's on the day of the order. */
  strangers: readonly string[]
  /** What was paid out of it already, of the same month. */
  paid: PaidOrder | null
}

/** By what orders are shared; `sharesOf` tells whose an order of a member's link is. */
export type SplitRules = {
  comesFrom: (order: { partner: string; subId: string | null; trackingId: string | null }) => Attribution
  isMember: (name: string, on: Day) => boolean
  sharesOf: (seller: string, on: Day) => Share[]
}

/**
 * What was received in a month from each partner, order by order; of orders that some payout line pays together all at once, under the
 * number of the first.
 */
export function* splitMonth(db: Database, partners: readonly Partner[], month: Month, rules: SplitRules): Generator<OrderSplit> {
  const isAnyPaid = paidMonths(db).size > 0
  const paidOf = paidOrders(db)
  for (const partner of [...partners].sort((a, b) => compareText(a.id, b.id))) {
    const rulesIn = (of: Month) => rulesOf(partner, of)
    const entries = reconcile(judgedOrders(db, partner), linesByKey(db, partner.id, dayOf(month, 31)), rulesIn(month))
    for (const { orderIds, group } of byOrder(entries, bundlesOf(db, partner.id))) {
      const key = { partner: partner.id, orderId: orderIds[0]!, currency: group[0]!.currency }
      const isPaid = isAnyPaid && group[0]!.about.length > 0
      const paid = isPaid ? byMonth(orderIds.flatMap((orderId) => paidOf({ ...key, orderId }))) : []
      yield splitOrder(key, month, group, paid, rulesIn, rules)
    }
  }
}

/** The order numbers that any payout line pays together, by each of them. */
function bundlesOf(db: Database, partner: string): Map<string, string[]> {
  const routes = specialRoutes(db, partner)
  const orderIds = [...routes.values()].flatMap((route) => (route.orderIds.length > 1 ? route.orderIds : []))
  return new Map(paidTogether(routes, orderIds).flatMap((bundle) => bundle.map((orderId) => [orderId, bundle])))
}

type OrderEntries = { orderIds: readonly string[]; group: Entry[] }

/** Entries with money, those of one order, or bundle, and currency together; each that is for no known order on its own. */
function* byOrder(entries: Iterable<Entry>, bundles: ReadonlyMap<string, string[]>): Generator<OrderEntries> {
  const bundled = new Map<string[], Entry[]>()
  let [orderId, own]: [string, Entry[]] = ['', []]
  for (const entry of entries) {
    const id = entry.about[0]?.orderId
    const bundle = id === undefined ? undefined : bundles.get(id)
    if (id === undefined) yield { orderIds: [entry.lines[0]?.orderId ?? ''], group: [entry] }
    else if (bundle) {
      // with those that only tell what was paid before
      if (!bundled.get(bundle)?.push(entry)) bundled.set(bundle, [entry])
    } else {
      if (id !== orderId) {
        yield* byCurrency([orderId], own)
        ;[orderId, own] = [id, []]
      }
      if (entry.lines.length > 0) own.push(entry)
    }
  }
  yield* byCurrency([orderId], own)
  for (const [orderIds, own] of bundled) yield* byCurrency(orderIds, own)
}

function* byCurrency(orderIds: readonly string[], entries: readonly Entry[]): Generator<OrderEntries> {
  for (const currency of unique(entries.map((entry) => entry.currency))) {
    const group = entries.filter((entry) => entry.currency === currency)
    if (group.some(({ lines }) => lines.length > 0)) yield { orderIds, group }
  }
}

/** What was paid out of several orders together, by month, the earliest first. */
function byMonth(paid: readonly PaidOrder[]): PaidOrder[] {
  return unique(paid.map(({ month }) => month))
    .sort(compareText)
    .map((month) => {
      const all = paid.filter((each) => each.month === month)
      const sum = (pick: (each: PaidOrder) => Minor) => all.reduce((total, each) => total + pick(each), 0)
      const parts: Tally = new Map()
      for (const each of all) add(parts, each.parts, 1)
      return { month, received: sum(({ received }) => received), held: sum(({ held }) => held), parts: [...parts.values()] }
    })
}

/** Shares what came of one order in a month. `paid`: what was paid out of it before, by month; `rulesIn`: how a month is judged. */
export function splitOrder(
  key: SplitKey,
  month: Month,
  entries: readonly Entry[],
  paid: readonly PaidOrder[],
  rulesIn: (month: Month) => Rules,
  { comesFrom, isMember, sharesOf }: SplitRules,
): OrderSplit {
  const orders = unique(entries.flatMap(({ orders, about }) => [...orders, ...about])).sort(byKey)
  const received = entries.reduce((sum, entry) => sum + entry.paid, 0)
  const now = paid.find((each) => each.month === month) ?? null
  const recorded = unique(paid.flatMap(({ parts }) => parts.map(({ seller }) => seller)))
  const strangers = new Set<string>()
  const names = new Map(
    orders.map((order) => {
      const { member } = comesFrom({ ...order, partner: key.partner })
      if (member === null || recorded.includes(member) || isMember(member, dayOfOrder(order))) return [order, member ?? SHOP]
      strangers.add(member)
      return [order, SHOP]
    }),
  )
  const sellerOf = (order: Recorded<Order>) => names.get(order)!
  const split = (held: Minor, parts: readonly Part[]): OrderSplit => ({
    ...{ ...key, orders, received, held, parts, strangers: [...strangers], paid: now },
    heldAs: unique(entries.filter((entry) => HELD.has(entry.class)).map((entry) => entry.class)),
  })
  // paid out, and no line was added since: that stands, whatever the order has come to meanwhile
  if (now !== null && now.received === received) return split(now.held, now.parts)

  const shares: Shares = new Map(
    unique([...recorded, ...names.values()]).map((seller) => {
      const first = orders.find((order) => sellerOf(order) === seller)
      const own = recorded.includes(seller)
        ? recordedShares(paid, seller)
        : first && seller !== SHOP && sharesOf(seller, dayOfOrder(first))
      return [seller, own || []]
    }),
  )
  if (paid.length === 0 && [...shares.values()].every((own) => own.length === 0)) return split(0, [shopPart(SHOP, received)])

  const account: Account = { received: new Map(), held: 0 }
  const had: Tally = new Map()
  const monthLines = new Set(entries.flatMap(({ lines }) => lines))
  const lines = unique(entries.flatMap((entry) => [...entry.before, ...entry.lines])).sort(byKey)
  const before = lines.filter((line) => !monthLines.has(line))
  for (const earlier of unique(before.map(({ paidAt }) => monthOf(paidAt))).sort()) {
    const known = paid.find((each) => each.month === earlier)
    if (known) {
      account.held += known.held
      for (const { seller, amount } of known.parts) give(account, seller, amount)
      add(had, known.parts, 1)
      continue
    }
    add(had, targets(account, shares), -1)
    const judged = [...reconcile(orders, lines, rulesIn(earlier))].filter((entry) => entry.currency === key.currency)
    book(account, judged, sellerOf)
    add(had, targets(account, shares), 1)
  }
  const heldBefore = account.held
  book(account, entries, sellerOf)
  const parts: Tally = new Map()
  add(parts, targets(account, shares), 1)
  add(parts, [...had.values()], -1)
  return split(account.held - heldBefore, [...parts.values()])
}

const HELD: ReadonlySet<SettlementClass> = new Set(['duplicate', 'refunded-but-paid'])

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]
const dayOfOrder = ({ orderedAt }: Order): Day => orderedAt.slice(0, 10)

/** As the store gives records to reconcile: by order and line, payout lines by day, statement and row. */
function byKey<T extends Recorded<Order | PayoutLine>>(a: T, b: T): number {
  const text = (one: T) => [keyOf(one), one.lineId ?? '', one.paidAt ?? '', 'statementId' in one ? one.statementId : '']
  const [x, y] = [text(a), text(b)]
  const i = x.findIndex((part, at) => part !== y[at])
  return i < 0 ? a.origin.line - b.origin.line : compareText(x[i]!, y[i]!)
}

/** What was received of an order up to now by whose link it was, and what of it is held. */
type Account = { received: Map<string, Minor>; held: Minor }
function give({ received }: Account, seller: string, amount: Minor): void {
  received.set(seller, (received.get(seller) ?? 0) + amount)
}

/**
 * Books a month: what came in, then what was taken back, from those whose it was and then from whoever has more than came in. What is taken
 * beyond all that came in is the shop's loss until more comes in.
 */
function book(account: Account, entries: readonly Entry[], sellerOf: (order: Recorded<Order>) => string): void {
  const giveAll = (amount: Minor, sellers: readonly string[], weights: readonly number[]) => {
    const parts = apportion(amount, weights)
    for (const [i, seller] of sellers.entries()) give(account, seller, parts[i]!)
  }
  for (const { class: name, paid, about } of entries) {
    if (HELD.has(name)) account.held += paid
    else if (paid > 0) {
      const sellers = unique(about.map(sellerOf))
      const earned = sellers.map((seller) =>
        about.reduce((sum, order) => sum + (sellerOf(order) === seller ? Math.max(order.commission, 0) : 0), 0),
      )
      const lost = Math.min(paid, Math.max(0, -(account.received.get(SHOP) ?? 0)))
      give(account, SHOP, lost)
      giveAll(paid - lost, sellers, earned.some((sum) => sum > 0) ? earned : sellers.map(() => 1))
    }
  }
  for (const { paid, about } of entries) {
    if (paid >= 0) continue
    const fromHeld = Math.min(account.held, -paid)
    account.held -= fromHeld
    let due = -paid - fromHeld
    for (const sellers of [unique(about.map(sellerOf)), [...account.received.keys()]]) {
      const had = sellers.map((seller) => Math.max(account.received.get(seller) ?? 0, 0))
      const back = Math.min(
        had.reduce((sum, each) => sum + each, 0),
        due,
      )
      if (back > 0) giveAll(-back, sellers, had)
      due -= back
    }
    give(account, SHOP, -due)
  }
}

type Shares = Map<string, readonly Share[]>

/** What each is to have of all that was received. */
function targets({ received }: Account, shares: Shares): Part[] {
  return [...new Set([SHOP, ...shares.keys()])].flatMap((seller) => {
    const amount = received.get(seller) ?? 0
    if (seller === SHOP) return [shopPart(SHOP, amount)]
    const own = shares.get(seller)!
    const parts = partsOf(amount, own)
    return [...own.map((share, i) => ({ seller, ...share, amount: parts[i]! })), shopPart(seller, parts.at(-1)!, restOf(own))]
  })
}

const shopPart = (seller: string, amount: Minor, rate = 1_000_000): Part => ({ seller, member: SHOP, level: 0, rate, amount })

/** The shares by which an order was paid out first. */
function recordedShares(paid: readonly PaidOrder[], seller: string): Share[] {
  const first = paid.find(({ parts }) => parts.some((part) => part.seller === seller))!
  return first.parts
    .filter((part) => part.seller === seller && part.member !== SHOP)
    .map(({ member, level, rate }) => ({ member, level, rate }))
}

type Tally = Map<string, Part>

function add(tally: Tally, parts: readonly Part[], sign: 1 | -1): void {
  for (const part of parts) {
    const key = JSON.stringify([part.seller, part.member, part.level])
    const amount = (tally.get(key)?.amount ?? 0) + sign * part.amount
    tally.set(key, { ...part, amount })
  }
}

/** What is to be paid out, or claimed back, beyond what was paid out of the month; null where that is nothing. */
export function openOf({
  partner,
  orderId,
  currency,
  received,
  held,
  parts,
  paid,
}: OrderSplit): NewSplit['orders'][number] | null {
  const open: Tally = new Map()
  add(open, parts, 1)
  add(open, paid?.parts ?? [], -1)
  const ofMembers = [...open.values()].filter(({ member }) => member !== SHOP)
  const more = { received: received - (paid?.received ?? 0), held: held - (paid?.held ?? 0) }
  // One of whose money nothing is shared yet waits. Else parts of nothing are kept too: the rates are, and what of it is held.
  const isNew = paid === null && ofMembers.length > 0 && received !== held
  const isOther = paid !== null && (more.received !== 0 || more.held !== 0)
  if (!isNew && !isOther && ofMembers.every(({ amount }) => amount === 0)) return null
  return {
    partner,
    orderId,
    currency,
    ...more,
    parts: [...open.values()].filter(({ member, amount }) => member !== SHOP || amount !== 0),
  }
}
