import { addDays, addMonths, type Day, dayOf, type Instant, isWeekend, type Month, monthOf } from '../day.ts'
import type { Basis, Calendar, Run } from '../partners/partner.ts'
import type { Order, OrderStatus } from '../records.ts'

/** When an order is paid: the settlement month and the day in it. */
export type Due = { month: Month; day: Day }

/** Why an order is not due in any month, as far as is known today. */
export type NotDue = 'refunded' | 'invalid' | 'status' | 'date'

/** The days that a settlement month pays for, as `settle --json` shows them. */
export type Coverage = { from: Day; to: Day; by: 'received' | 'verified' | 'settled'; due: Day }

/** The status that a basis date belongs to: an order must have come that far, or farther. */
export const STATUS_OF: Record<Basis, 'received' | 'verified' | 'settled'> = {
  receivedAt: 'received',
  verifiedAt: 'verified',
  settledAt: 'settled',
}

const RANK: Record<OrderStatus, number> = { paid: 0, received: 1, verified: 2, settled: 3, refunded: -1, invalid: -1 }

/** The month and day in which an order is paid, or null when it is not due in any (`whyNotDue` says why). */
export function dueMonth(order: Order, dated: Calendar): Due | null {
  return RANK[order.status] < RANK[STATUS_OF[calendarFor(order, dated).basis]] ? null : payDay(order, dated)
}

/** Why `dueMonth` gives null; null where it gives a month. A status that qualifies without its date is `date`, never passed over. */
export function whyNotDue(order: Order, dated: Calendar): NotDue | null {
  if (order.status === 'refunded' || order.status === 'invalid') return order.status
  if (RANK[order.status] < RANK[STATUS_OF[calendarFor(order, dated).basis]]) return 'status'
  return payDay(order, dated) === null ? 'date' : null
}

/** When an order is paid by its dates, whatever its status: when the partner itself says so, else by the calendar; null where neither tells. */
export function payDay(order: Order, dated: Calendar): Due | null {
  if (order.dueAt !== null) return { month: monthOf(order.dueAt), day: order.dueAt.slice(0, 10) }
  const calendar = calendarFor(order, dated)
  const basis = order[calendar.basis]
  return basis === null ? null : dueOn(basis, calendar)
}

/**
 * Of a calendar and those before it the one that an order is paid by: the latest that its basis date has come to. An order that has no
 * such date yet is waited for by that of the day it was ordered.
 */
export function calendarFor(order: Order, dated: Calendar): Calendar {
  let calendar = dated
  while (calendar.before && (order[calendar.basis] ?? order.orderedAt) < calendar.from!) calendar = calendar.before
  return calendar
}

/** Dates met so far: a month of orders has few different days, and day arithmetic on a million orders would take seconds. */
const known = new WeakMap<Calendar, Map<Day, Due>>()

/** The month and day in which an order with this basis date is paid, by this calendar alone. */
export function dueOn(basis: Day | Instant, calendar: Calendar): Due {
  const days = known.get(calendar) ?? new Map<Day, Due>()
  if (days.size === 0) known.set(calendar, days)
  const day = basis.slice(0, 10)
  const due = days.get(day) ?? reckon(day, calendar)
  days.set(day, due)
  return due
}

function reckon(basis: Day, calendar: Calendar): Due {
  const day = calendar.age ? addDays(basis, calendar.age) : basis
  if ('days' in calendar) return paidOn(addDays(day, calendar.days), calendar)
  const month = monthOf(day)
  const runs = runsOf(calendar)
  const run = runs.find(({ closes }) => day <= numbered(month, closes))
  const { lag, pays } = run ?? runs[0]!
  return paidOn(numbered(addMonths(month, run ? lag : lag + 1), pays), calendar)
}

function runsOf(calendar: Run | { runs: readonly Run[] }): readonly Run[] {
  return 'runs' in calendar ? calendar.runs : [calendar]
}

/** A pay day, moved where it is a day on which nobody pays. */
function paidOn(day: Day, { weekend, holidays = [] }: Calendar): Due {
  let paid = day
  if (weekend) {
    while (isWeekend(paid) || holidays.includes(paid)) paid = addDays(paid, weekend === 'before' ? -1 : 1)
  }
  return { month: monthOf(paid), day: paid }
}

const covered = new WeakMap<Calendar, Map<Month, Coverage>>()

/**
 * Which basis dates `month` pays, and the day on which it does (its last one where it has several). Where weekends leave a month without
 * a pay day, that of the next.
 */
export function coverage(calendar: Calendar, month: Month): Coverage {
  const months = covered.get(calendar) ?? new Map<Month, Coverage>()
  if (months.size === 0) covered.set(calendar, months)
  const found = months.get(month) ?? daysOf(calendar, month)
  months.set(month, found)
  return found
}

function daysOf(dated: Calendar, month: Month): Coverage {
  let found: Coverage | null = null
  let until: Day | undefined
  for (let calendar: Calendar | undefined = dated; calendar; calendar = calendar.before) {
    const { from: start = '' } = calendar
    const by = STATUS_OF[calendar.basis]
    const [first, last] = reachOf(calendar, month)
    for (let day = start > first ? start : first; day <= last && (until === undefined || day < until); day = addDays(day, 1)) {
      const due = dueOn(day, calendar)
      if (due.month !== month) continue
      if (!found) found = { from: day, to: day, by, due: due.day }
      if (day < found.from) found.from = day
      if (day > found.to) found.to = day
      if (due.day > found.due) found.due = due.day
    }
    until = calendar.from
  }
  return found ?? daysOf(dated, addMonths(month, 1))
}

/** The first and last day that `month` could pay by a calendar. */
function reachOf(calendar: Calendar, month: Month): [Day, Day] {
  const { age = 0, holidays = [] } = calendar
  const [days, lag] = 'days' in calendar ? [calendar.days, 0] : [0, Math.max(...runsOf(calendar).map((run) => run.lag))]
  const moved = holidays.length + 2
  return [addDays(`${addMonths(month, -lag - 1)}-01`, -age - days - moved), addDays(dayOf(month, 31), moved)]
}

/** The latest month whose pay day lies before `today`: on the pay day itself the money may still be on its way. */
export function latestPaidMonth(calendar: Calendar, today: Day): Month {
  const month = monthOf(today)
  return coverage(calendar, month).due < today ? month : addMonths(month, -1)
}

/** Up to which day differences of a payout in `month` can be claimed, by the latest calendar that pays in it; null where no day is known. */
export function claimUntil(dated: Calendar, month: Month): Day | null {
  let calendar = dated
  while (calendar.before && calendar.from! > coverage(dated, month).to) calendar = calendar.before
  const { claim } = calendar
  return claim === undefined ? null : numbered(addMonths(month, 1), claim)
}

/** Day `number` of `month`; its last one where it is shorter. */
function numbered(month: Month, number: number | 'last'): Day {
  return dayOf(month, number === 'last' ? 31 : number)
}
