import type { Day, Instant } from '../day.ts'
import { type Currency, type Minor, multiplyDivide, type Ppm } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import type { Order, OrderStatus, Recorded } from '../records.ts'
import { type Coverage, calendarFor, dueMonth, STATUS_OF, whyNotDue } from '../settle/calendar.ts'
import { compareText, type Entry, type Rules, type SettlementClass } from '../settle/entry.ts'
import { keptPayout } from '../settle/expect.ts'
import { rulesOf } from '../settle/settle.ts'
import type { Story } from './stories.ts'

/** Money of so many order lines. */
export type Sum = { amount: Minor; orders: number }

/** Ages of what is past due, in days since the pay day: the last has no end. */
export const AGES = ['0-30', '31-60', '61-90', '90+'] as const
export type Age = (typeof AGES)[number]

/** What was missing on `day` (not paid, paid short, or taken back wrongly) and has not all come since. Null where it is about several lines. */
export type Claim = {
  class: SettlementClass
  orderId: string
  lineId: string | null
  title: string | null
  day: Day
  missing: Minor
  open: Minor
}

/** How many order lines took how many days: half of them at most `median`, nine tenths at most `ninety`. */
export type Days = { orders: number; median: number | null; ninety: number | null }

/** What of one partner in one currency should arrive, what did not, and how long money takes. Amounts in minor units. */
export type Due = {
  partner: Partner
  currency: Currency
  /** From today on, the next one first. */
  payDays: (Sum & { day: Day })[]
  /** Of orders that have not come far enough to be due: what they will bring as they stand, less what was paid for them already. */
  unconfirmed: Sum
  /** Of orders that have come far enough, but lack the date that says when they are due. */
  undated: Sum
  pastDue: Record<Age, Sum>
  /** What is past due for longest. */
  oldest: Claim | null
  /** What is past due, order by order: so many as were asked for, the largest first. */
  claims: Claim[]
  /** From the order, and from the date that its calendar goes by, to the day on which its first money was paid. */
  cash: { fromOrder: Days; fromBasis: Days; by: Coverage['by'] }
  /** Of all that was missing on its pay day, what came later and how long after it; `rate` is null where nothing was missing. */
  recovery: { missing: Minor; recovered: Minor; rate: Ppm | null; days: Days }
}

/** Classes whose difference is owed where it is below zero. */
const OWED: ReadonlySet<SettlementClass> = new Set(['missing', 'short-paid', 'clawback'])

/**
 * Adds up what should arrive from `today` on, when it may still be on its way, and what did not arrive before. The stories must be those of
 * all months, with the payout lines up to that day. Memory grows with the different pay days and with `most` claims only.
 */
export function dueOf(today: Day, most: number): { add(story: Story): void; answer(): Due[] } {
  const tallies = new Map<string, Tally>()

  function tallyOf(partner: Partner, currency: Currency): Tally {
    const key = `${partner.id} ${currency}`
    const tally = tallies.get(key) ?? newTally(partner, currency)
    tallies.set(key, tally)
    return tally
  }

  function add({ partner, orders, judged }: Story): void {
    const claims: { claim: Claim; entry: Entry }[] = []
    const early = new Map<Currency, Minor>()
    const arrived = new Set<Order>()
    for (const { entry, rules } of judged) {
      const { class: name, currency, difference } = entry
      const tally = tallyOf(partner, currency)
      addArrivals(tally, entry, rules, arrived)
      if (name === 'early') early.set(currency, (early.get(currency) ?? 0) + difference)
      else if (name === 'late') recover(tally, entry, claims)
      else if (difference < 0 && OWED.has(name)) {
        const day = dayOf(entry, rules)
        if (day >= today) addTo(sumOn(tally, day), -difference, entry.orders.length)
        else {
          tally.missing -= difference
          claims.push({ claim: claimOf(entry, day), entry })
        }
      }
    }
    for (const { claim, entry } of claims) {
      if (claim.open === 0) continue
      const tally = tallyOf(partner, entry.currency)
      addTo(tally.pastDue[ageOf(claim.day, today)], claim.open, entry.about.length)
      tally.claims.push(claim)
      if (tally.claims.length > 2 * most) tally.claims = largest(tally.claims, most)
      if (!tally.oldest || byAge(claim, tally.oldest) < 0) tally.oldest = claim
    }
    addWaiting(partner, orders, early)
  }

  /** Orders that no month has: what was paid for them before they were due is taken off. */
  function addWaiting(partner: Partner, orders: readonly Order[], early: ReadonlyMap<Currency, Minor>): void {
    const { calendar, fees } = rulesOf(partner, '')
    const left = new Map(early)
    for (const order of orders) {
      const why = whyNotDue(order, calendar)
      if (why !== 'status' && why !== 'date') continue
      const { currency } = order
      const kept = keptPayout(order, fees)
      const paid = Math.min(kept, Math.max(0, left.get(currency) ?? 0))
      left.set(currency, (left.get(currency) ?? 0) - paid)
      addTo(tallyOf(partner, currency)[why === 'date' ? 'undated' : 'unconfirmed'], kept - paid, 1)
    }
  }

  return {
    add,
    answer: () =>
      [...tallies.values()]
        .sort((a, b) => compareText(a.partner.id, b.partner.id) || compareText(a.currency, b.currency))
        .map((tally) => answerOf(tally, rulesOf(tally.partner, ''), most)),
  }
}

/** An order as it stood on a day, as far as its dates tell; null where it was not placed yet. When it was refunded no date says. */
export function standingOn(order: Recorded<Order>, day: Day): Recorded<Order> | null {
  const until = (instant: Instant | null) => (instant !== null && instant.slice(0, 10) <= day ? instant : null)
  if (until(order.orderedAt) === null) return null
  const { status } = order
  const dates = { receivedAt: until(order.receivedAt), verifiedAt: until(order.verifiedAt), settledAt: until(order.settledAt) }
  const { receivedAt, verifiedAt, settledAt } = dates
  if (receivedAt === order.receivedAt && verifiedAt === order.verifiedAt && settledAt === order.settledAt) return order
  const stood: OrderStatus = settledAt ? 'settled' : verifiedAt ? 'verified' : receivedAt ? 'received' : 'paid'
  return { ...order, ...dates, status: status === 'refunded' || status === 'invalid' ? status : stood }
}

type Tally = {
  partner: Partner
  currency: Currency
  payDays: Map<Day, Sum>
  unconfirmed: Sum
  undated: Sum
  pastDue: Record<Age, Sum>
  oldest: Claim | null
  claims: Claim[]
  missing: Minor
  recovered: Minor
  /** How often each number of days was met. */
  fromOrder: Map<number, number>
  fromBasis: Map<number, number>
  toRecover: Map<number, number>
}

const none = (): Sum => ({ amount: 0, orders: 0 })

function newTally(partner: Partner, currency: Currency): Tally {
  return {
    ...{ partner, currency, payDays: new Map(), unconfirmed: none(), undated: none(), oldest: null, claims: [] },
    pastDue: { '0-30': none(), '31-60': none(), '61-90': none(), '90+': none() },
    ...{ missing: 0, recovered: 0, fromOrder: new Map(), fromBasis: new Map(), toRecover: new Map() },
  }
}

function answerOf(tally: Tally, { calendar }: Rules, most: number): Due {
  const { partner, currency, unconfirmed, undated, pastDue, oldest, missing, recovered } = tally
  const payDays = [...tally.payDays].filter(([, { amount }]) => amount !== 0).map(([day, sum]) => ({ day, ...sum }))
  return {
    ...{ partner, currency, payDays: payDays.sort((a, b) => compareText(a.day, b.day)), unconfirmed, undated, pastDue, oldest },
    claims: largest(tally.claims, most),
    cash: { fromOrder: daysOf(tally.fromOrder), fromBasis: daysOf(tally.fromBasis), by: STATUS_OF[calendar.basis] },
    recovery: {
      missing,
      recovered,
      rate: missing === 0 ? null : multiplyDivide(recovered, 1000, missing) * 1000,
      days: daysOf(tally.toRecover),
    },
  }
}

function addTo(sum: Sum, amount: Minor, orders: number): void {
  sum.amount += amount
  sum.orders += orders
}

function sumOn({ payDays }: Tally, day: Day): Sum {
  const sum = payDays.get(day) ?? none()
  payDays.set(day, sum)
  return sum
}

/** Counts the days that the first money of each order of the entry took. */
function addArrivals(tally: Tally, { orders, lines }: Entry, { calendar }: Rules, arrived: Set<Order>): void {
  const paidAt = lines.find(({ amount }) => amount > 0)?.paidAt
  if (paidAt === undefined) return
  for (const order of orders) {
    if (arrived.has(order)) continue
    arrived.add(order)
    count(tally.fromOrder, daysBetween(order.orderedAt, paidAt))
    const basis = order[calendarFor(order, calendar).basis]
    if (basis !== null) count(tally.fromBasis, daysBetween(basis, paidAt))
  }
}

/** The day on which an entry's money was due; of money that was taken back, when it was. */
function dayOf({ orders, lines }: Entry, { calendar, month }: Rules): Day {
  const days = orders.flatMap((order) => dueMonth(order, calendar) ?? []).filter((due) => due.month === month)
  return (
    days
      .map(({ day }) => day)
      .sort(compareText)
      .at(-1) ?? lines[0]!.paidAt
  )
}

function claimOf({ class: name, about, difference }: Entry, day: Day): Claim {
  const { orderId, lineId, title } = about[0]!
  return { class: name, orderId, lineId: about.length > 1 ? null : lineId, title, day, missing: -difference, open: -difference }
}

/** Money that came late goes to the claims of the same order lines, the oldest first. What is more than that is none of them. */
function recover(tally: Tally, { about, lines, difference }: Entry, claims: readonly { claim: Claim; entry: Entry }[]): void {
  let left = difference
  for (const { claim, entry } of claims) {
    if (!entry.about.some((order) => about.includes(order))) continue
    const part = Math.min(left, claim.open)
    if (part <= 0) continue
    claim.open -= part
    left -= part
    tally.recovered += part
    count(tally.toRecover, daysBetween(claim.day, lines.at(-1)!.paidAt))
  }
}

function ageOf(day: Day, today: Day): Age {
  const days = daysBetween(day, today)
  return days <= 30 ? '0-30' : days <= 60 ? '31-60' : days <= 90 ? '61-90' : '90+'
}

function largest(claims: readonly Claim[], most: number): Claim[] {
  return claims.toSorted((a, b) => b.open - a.open || byAge(a, b)).slice(0, most)
}

function byAge(a: Claim, b: Claim): number {
  return (
    compareText(a.day, b.day) ||
    compareText(a.orderId, b.orderId) ||
    compareText(a.lineId ?? '', b.lineId ?? '') ||
    b.open - a.open
  )
}

const ONE_DAY = 86_400_000

/** Whole days from one day to another; of an instant its day counts. */
function daysBetween(from: Day | Instant, to: Day): number {
  return (Date.parse(to) - Date.parse(from.slice(0, 10))) / ONE_DAY
}

function count(histogram: Map<number, number>, days: number): void {
  histogram.set(days, (histogram.get(days) ?? 0) + 1)
}

/** The nearest ranks: days that half, and nine tenths, did not exceed. */
function daysOf(histogram: ReadonlyMap<number, number>): Days {
  const sorted = [...histogram].sort(([a], [b]) => a - b)
  const orders = sorted.reduce((sum, [, count]) => sum + count, 0)
  const within = (tenths: number): number | null => {
    let counted = 0
    for (const [days, count] of sorted) {
      counted += count
      if (counted * 10 >= orders * tenths) return days
    }
    return null
  }
  return { orders, median: within(5), ninety: within(9) }
}
