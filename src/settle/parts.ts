import { apportion, type Minor } from '../money.ts'
import { baseOf, dayOf, type Earning, feeOf, isRuled, type Parts, restOf, sizeOf } from '../partners/fees.ts'
import type { Fee, Partner } from '../partners/partner.ts'
import { feesOf } from '../partners/terms.ts'
import type { Order, Recorded } from '../records.ts'
import type { Position } from '../store/journal.ts'
import type { Database } from '../store/open.ts'
import { ordersByKey } from '../store/orders.ts'
import type { Among } from '../store/stretch.ts'
import { compareText } from './entry.ts'
import { afterRefund, hasRefund } from './expect.ts'

/*
 * Some fees are reckoned for more than one order line: rounded or limited for the whole order (`per: order`), or limited for a month
 * (`maxMonth`). What of them falls to a line is written to the line beforehand (`parts`), so that all else may look at each line alone.
 * After a refund of a part they are reckoned anew (`keptParts`), as those of a line are. A whole order is the lines of one number and currency that are neither refunded nor invalid; a month's limit is used up by the orders
 * of the month in the order in which they were paid (else ordered), then of their numbers.
 */

/** A partner's orders by number, as `ordersByKey` reads them, with their parts of fees that are reckoned for more than a line. */
export function judgedOrders(db: Database, partner: Partner, asOf?: Position, only?: Among): Iterable<Recorded<Order>> {
  return partsBy(feesOf(partner), () => ordersByKey(db, partner.id, asOf))(ordersByKey(db, partner.id, asOf, only))
}

/**
 * Gives orders their parts; they stay the same where no fee is shared. Orders come by number. `all`: every order of the partner, read
 * once where a month has a limit.
 */
export function partsBy(fees: readonly Fee[], all: () => Iterable<Order>): <T extends Order>(orders: Iterable<T>) => Iterable<T> {
  let grants: Grants | undefined
  return (orders) => {
    if (!fees.some(isShared)) return orders
    grants ??= grantsOf(all, fees)
    return divided(orders, fees, grants)
  }
}

const isShared = ({ per, maxMonth }: Fee): boolean => per === 'order' || maxMonth !== undefined

const sum = (amounts: readonly Minor[]): Minor => amounts.reduce((all, amount) => all + amount, 0)

/** How much of a fee an order may have where its month has not enough left, by `grantKey`. */
type Grants = ReadonlyMap<string, Minor>
const grantKey = (fee: Fee, { orderId, currency }: Order) => JSON.stringify([fee.name, currency, orderId])

function* divided<T extends Order>(orders: Iterable<T>, fees: readonly Fee[], grants: Grants): Generator<T> {
  for (const lines of numbersOf(orders)) {
    const parts = partsOfLines(lines, fees, grants)
    const kept = lines.some(hasRefund) ? partsOfLines(lines.map(afterRefund), fees, grants) : null
    for (const [i, line] of lines.entries()) yield { ...line, parts: parts[i]!, ...(kept && { keptParts: kept[i]! }) }
  }
}

/** The lines of each order number. */
function* numbersOf<T extends Order>(orders: Iterable<T>): Generator<T[]> {
  let lines: T[] = []
  for (const order of orders) {
    if (lines.length > 0 && lines[0]!.orderId !== order.orderId) {
      yield lines
      lines = []
    }
    lines.push(order)
  }
  if (lines.length > 0) yield lines
}

/** What falls to each line of an order number of the fees that are shared. */
function partsOfLines(lines: readonly Order[], fees: readonly Fee[], grants: Grants): Parts[] {
  const parts: Record<string, Minor>[] = lines.map(() => ({}))
  const earnings: Earning[] = lines.map((line, i) => ({ ...line, parts: parts[i]! }))
  const rests = earnings.map((earning) => restOf(earning, fees))
  for (const fee of fees) {
    for (const currency of isShared(fee) ? new Set(lines.map((line) => line.currency)) : []) {
      const among = lines.flatMap((line, i) => (line.currency === currency && sharesIn(line, fee) ? [i] : []))
      const bases = among.map((i) => Math.max(0, baseOf(earnings[i]!, fee, rests[i]!)))
      if (sum(bases) === 0) continue
      const alone = bases.map((base) => sizeOf(base, fee))
      const whole = fee.per === 'order' ? sizeOf(sum(bases), fee) : sum(alone)
      const most = grants.get(grantKey(fee, lines[among[0]!]!)) ?? whole
      const shares = fee.per === 'order' || most < whole ? apportion(Math.min(whole, most), bases) : alone
      among.forEach((i, at) => {
        parts[i]![fee.name] = shares[at]!
      })
    }
    earnings.forEach((earning, i) => {
      rests[i]! -= feeOf(earning, fee, rests[i]!)
    })
  }
  return parts
}

function sharesIn(line: Order, fee: Fee): boolean {
  return line.status !== 'refunded' && line.status !== 'invalid' && isRuled(line, fee)
}

function grantsOf(all: () => Iterable<Order>, fees: readonly Fee[]): Grants {
  const grants = new Map<string, Minor>()
  const limited = fees.filter(({ maxMonth }) => maxMonth !== undefined)
  if (limited.length === 0) return grants
  const claims: { fee: Fee; order: Order; day: string; amount: Minor }[] = []
  for (const lines of numbersOf(all())) {
    const parts = partsOfLines(lines, fees, grants)
    for (const currency of new Set(lines.map((line) => line.currency))) {
      const order = lines.find((line) => line.currency === currency)!
      for (const fee of limited) {
        const amount = sum(lines.map((line, i) => (line.currency === currency ? (parts[i]![fee.name] ?? 0) : 0)))
        if (amount > 0) claims.push({ fee, order, day: dayOf(order)!, amount })
      }
    }
  }
  claims.sort((a, b) => compareText(a.day, b.day) || compareText(a.order.orderId, b.order.orderId))
  const used = new Map<string, Minor>()
  for (const { fee, order, day, amount } of claims) {
    const month = JSON.stringify([fee.name, order.currency, day.slice(0, 7)])
    const before = used.get(month) ?? 0
    used.set(month, before + amount)
    if (before + amount > fee.maxMonth!) grants.set(grantKey(fee, order), Math.max(0, fee.maxMonth! - before))
  }
  return grants
}
