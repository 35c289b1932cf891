import type { Day } from '../day.ts'
import { apportion, type Currency, type Minor } from '../money.ts'
import { expectedPayout } from '../partners/fees.ts'
import type { Partner } from '../partners/partner.ts'
import type { Order, PayoutLine } from '../records.ts'
import { type Due, dueMonth, payDay } from '../settle/calendar.ts'
import { compareText, type Entry, type Rules, type SettlementClass } from '../settle/entry.ts'
import { afterRefund, asDue, keptPayout } from '../settle/expect.ts'
import { rulesOf } from '../settle/settle.ts'
import { type Period, periodOf } from './period.ts'
import type { Judged, Story } from './stories.ts'

/** The date of an order that each basis but `paid` counts by. */
const DATES = { ordered: 'orderedAt', received: 'receivedAt', verified: 'verifiedAt', settled: 'settledAt' } as const
/**
 * By which date figures are counted: when the order was placed, received, verified or settled, as it stands today with all that was ever
 * paid for it; or (`paid`, cash) when money was due and paid, as `settle` judges each month.
 */
export const BASES = ['ordered', 'received', 'verified', 'settled', 'paid'] as const
export type DateBasis = (typeof BASES)[number]

/**
 * In every row, exactly: estimated − fees − refunded − open = due, and due − lost + over + shifted + other = received.
 *   orders     order lines (`paid`: those that are due)
 *   estimated  gross commission, also of orders that were refunded
 *   fees       what the partner keeps of it: fees, shares and taxes, less subsidies
 *   refunded   commission that went with refunds (`paid`: or was taken back)
 *   open       its pay day has not passed
 *   due        should have been paid
 *   received   payout lines
 *   lost       was due and not paid; `short` is the part of it that belongs to orders for which something was paid
 *   over       paid beyond what was due: too much, twice, for refunded orders
 *   shifted    only by `paid`: due in this period and paid in another (−), paid in this and due in another (+)
 *   other      paid for no order on file: bonuses, fees, taxes, unknown orders
 */
export const FIGURES = [
  'orders',
  'estimated',
  'fees',
  'refunded',
  'open',
  'due',
  'received',
  'lost',
  'short',
  'over',
  'shifted',
  'other',
] as const
export type Figure = (typeof FIGURES)[number]
/** `orders` is a count, the others are minor units. */
export type Figures = Record<Figure, number>

/** Names what a record of a partner counts for; null where that is not known. */
export type Dimension = (partner: string, record: Order | PayoutLine) => string | null

export type Question = {
  basis: DateBasis
  by: readonly Dimension[]
  /** Null: all days together. */
  per: Period | null
  /** Days of the basis, both included; null where there is no bound. */
  from: Day | null
  to: Day | null
  /** On the pay day itself the money may still be on its way. */
  today: Day
}

/** Figures of one currency, one group (a name for each of `by`) and one period. */
export type Row = { currency: Currency; group: (string | null)[]; period: string | null; figures: Figures }

/** `undated`: what has no date of the basis, and so is in no period; a row for each currency. */
export type Answer = { rows: Row[]; undated: Row[] }

/** Classes that expect what is due by the calendar. What others expect is beside it: a clawback. */
export const OF_DUE: ReadonlySet<SettlementClass> = new Set([
  'matched',
  'tolerated',
  'missing',
  'short-paid',
  'over-paid',
  'early',
])

/** Whether the order is due in the month of the rules. */
export function isDueIn(order: Order, { calendar, month }: Rules): boolean {
  return dueMonth(order, calendar)?.month === month
}

export const isGone = ({ status }: Order) => status === 'refunded' || status === 'invalid'

/** When an order that is refunded or invalid would have been due; null where it never came so far. */
export function wouldBeDue(order: Order, rules: Rules): Due | null {
  return isGone(order) ? payDay(order, rules.calendar) : null
}

/** Whether nothing was paid of what an entry expects because its pay day has not passed. */
export function isOpen({ class: name, orders }: Entry, { calendar }: Rules, today: Day): boolean {
  return name === 'missing' && orders.every((order) => dueMonth(order, calendar)!.day >= today)
}

/** Adds up stories. Memory grows with the rows of the answer only. */
export function figuresOf(question: Question): { add(story: Story): void; answer(): Answer } {
  const { basis, by, per, from, to, today } = question
  const rows = new Map<string, Row>()
  const undated = new Map<string, Row>()
  const hasDays = per !== null || from !== null || to !== null
  const periods = new Map<Day, string | null>()

  function periodIn(day: Day): string | null {
    let period = periods.get(day)
    if (period === undefined) {
      period = per === null ? null : periodOf(day, per)
      periods.set(day, period)
    }
    return period
  }

  /** The figures that something of this day adds to; null where it is not asked for. */
  function figuresFor(partner: Partner, record: Order | PayoutLine, currency: Currency, day: Day | null): Figures | null {
    if (day !== null && ((from !== null && day < from) || (to !== null && day > to))) return null
    const isUndated = day === null && hasDays
    const group = isUndated ? [] : by.map((dimension) => dimension(partner.id, record))
    const period = day === null ? null : periodIn(day)
    const key = JSON.stringify([currency, period, group])
    const among = isUndated ? undated : rows
    let row = among.get(key)
    if (!row) {
      row = { currency, group, period, figures: nothing() }
      among.set(key, row)
    }
    return row.figures
  }

  /** An order line and what it is worth; `due` is what of it should have been paid by now. */
  function addOrder(figures: Figures, order: Order, kept: Minor, due: Minor): void {
    const commission = isGone(order) ? 0 : afterRefund(order).commission
    figures.orders++
    figures.estimated += order.commission
    figures.refunded += order.commission - commission
    figures.fees += commission - kept
    figures.open += kept - due
    figures.due += due
  }

  function addByOrder({ partner, orders, judged }: Story): void {
    const { calendar, fees } = rulesOf(partner, '')
    const dateOf = (record: Order | PayoutLine): Day | null =>
      'orderedAt' in record && basis !== 'paid' ? (record[DATES[basis]]?.slice(0, 10) ?? null) : null
    const paid = paidFor(judged)
    for (const { entry, rules } of judged) {
      if (whatBecame(entry) !== 'other') continue
      const owners = ownersOf(entry)
      const parts = apportion(entry.paid, weightsOf(owners, rules))
      owners.forEach((owner, i) => {
        const figures = figuresFor(partner, owner, entry.currency, dateOf(owner))
        if (figures) figures.other += parts[i]!
        if (figures) figures.received += parts[i]!
      })
    }
    for (const order of orders) {
      const figures = figuresFor(partner, order, order.currency, dateOf(order))
      if (!figures) continue
      const received = paid.get(order) ?? 0
      const kept = keptPayout(order, fees)
      const day = dueMonth(order, calendar)?.day
      const due = day !== undefined && day < today ? kept : Math.max(0, Math.min(kept, received))
      addOrder(figures, order, kept, due)
      figures.received += received
      addDifference(figures, received < due ? 'lost' : 'over', received - due, received > 0)
    }
  }

  function addByPayDay({ partner, orders, judged }: Story): void {
    for (const one of judged) addEntry(partner, one)
    const rules = rulesOf(partner, '')
    for (const order of orders) {
      // what is due is counted with the entries of its month
      if (dueMonth(order, rules.calendar)) continue
      const figures = figuresFor(partner, order, order.currency, wouldBeDue(order, rules)?.day ?? null)
      if (figures) addOrder(figures, order, keptPayout(order, rules.fees), 0)
    }
  }

  function addEntry(partner: Partner, { entry, rules }: Judged): void {
    if (entry.class === 'not-due') return
    const owners = ownersOf(entry)
    const weights = weightsOf(owners, rules)
    const dueParts = apportion(entry.expected, weights)
    const differences = apportion(entry.difference, weights)
    // The last line takes what the others leave, so that every owner ties out by itself.
    const left = dueParts.map((part, i) => part + differences[i]!)
    const lines = entry.lines.map(({ amount, paidAt }, at) => {
      const parts = at === entry.lines.length - 1 ? [...left] : apportion(amount, weights)
      for (let i = 0; i < left.length; i++) left[i]! -= parts[i]!
      return { day: paidAt, parts }
    })
    const dueOrder = owners.find((owner) => 'orderedAt' in owner && isDueIn(owner, rules)) as Order | undefined
    const day = OF_DUE.has(entry.class) && dueOrder ? dueMonth(dueOrder, rules.calendar)!.day : entry.lines.at(-1)!.paidAt
    const isWaiting = isOpen(entry, rules, today)
    const what = whatBecame(entry)
    const isRefunded = asDue(entry, rules.fees) !== entry.orders
    owners.forEach((owner, i) => {
      const due = dueParts[i]!
      const home = figuresFor(partner, owner, entry.currency, day)
      if (home) {
        if (!OF_DUE.has(entry.class)) home.refunded -= due
        else {
          const isCounted =
            'orderedAt' in owner && entry.orders.includes(owner as (typeof entry.orders)[0]) && isDueIn(owner, rules)
          const commission = isCounted ? owner.commission : 0
          const kept = isCounted && isRefunded ? afterRefund(owner).commission : commission
          if (isCounted) home.orders++
          home.estimated += commission
          home.refunded += commission - kept
          home.fees += kept - due
        }
        home[isWaiting ? 'open' : 'due'] += due
        if (!isWaiting) addDifference(home, what, differences[i]!, entry.class !== 'missing')
      }
      for (const { day: paidOn, parts } of lines) {
        const there = figuresFor(partner, owner, entry.currency, paidOn)
        if (there) there.received += parts[i]!
        if (there === home) continue
        if (there) there.shifted += parts[i]!
        if (home) home.shifted -= parts[i]!
      }
    })
  }

  return {
    add: basis === 'paid' ? addByPayDay : addByOrder,
    answer: () => ({
      rows: [...rows.values()],
      undated: [...undated.values()].sort((a, b) => compareText(a.currency, b.currency)),
    }),
  }
}

/** What was paid in all months for each of those that entries speak of, but for what is `other`. */
export function paidFor(judged: readonly Judged[]): ReadonlyMap<Order | PayoutLine, Minor> {
  const paid = new Map<Order | PayoutLine, Minor>()
  for (const { entry, rules } of judged) {
    if (whatBecame(entry) === 'other') continue
    const owners = ownersOf(entry)
    const parts = apportion(entry.paid, weightsOf(owners, rules))
    owners.forEach((owner, i) => {
      paid.set(owner, (paid.get(owner) ?? 0) + parts[i]!)
    })
  }
  return paid
}

/** All figures at zero. */
export function nothing(): Figures {
  return Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Figures
}

/** `difference`: received − due. */
function addDifference(figures: Figures, what: ReturnType<typeof whatBecame>, difference: Minor, isPaid: boolean): void {
  if (what !== 'lost') figures[what] += difference
  else {
    figures.lost -= difference
    if (isPaid) figures.short -= difference
  }
}

/** What an entry's difference is. */
export function whatBecame({ class: name, difference }: Entry): 'lost' | 'over' | 'shifted' | 'other' {
  if (name === 'late' || name === 'early') return 'shifted'
  if (name === 'unknown-order' || name === 'non-order') return 'other'
  return difference < 0 ? 'lost' : 'over'
}

/** Those that an entry speaks of: orders or, where it is about none, its payout lines. */
function ownersOf({ orders, about, lines }: Entry): readonly (Order | PayoutLine)[] {
  return orders.length > 0 ? orders : about.length > 0 ? about : lines
}

/** Money for several is divided among them by what they earn; equally where none earns anything. */
function weightsOf(owners: readonly (Order | PayoutLine)[], { fees }: Rules): Minor[] {
  if (owners.length === 1) return ALONE
  const weights = owners.map((owner) => ('orderedAt' in owner ? Math.max(0, expectedPayout(owner, fees)) : 1))
  return weights.some((weight) => weight > 0) ? weights : owners.map(() => 1)
}
const ALONE = [1]
