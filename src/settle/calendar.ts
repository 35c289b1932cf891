import { addDays, addMonths, type Day, dayOf, type Instant, type Month, monthOf } from '../day.ts'
import type { Basis, Calendar } from '../partners/partner.ts'
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
export function dueMonth(order: Order, calendar: Calendar): Due | null {
  if (RANK[order.status] < RANK[STATUS_OF[calendar.basis]]) return null
  const basis = order[calendar.basis]
  return basis === null ? null : dueOn(basis, calendar)
}

/** Why `dueMonth` gives null; null where it gives a month. A status that qualifies without its date is `date`, never passed over. */
export function whyNotDue(order: Order, calendar: Calendar): NotDue | null {
  if (order.status === 'refunded' || order.status === 'invalid') return order.status
  if (RANK[order.status] < RANK[STATUS_OF[calendar.basis]]) return 'status'
  return order[calendar.basis] === null ? 'date' : null
}

/** Dates met so far: a month of orders has few different days, and day arithmetic on a million orders would take seconds. */
const known = new WeakMap<Calendar, Map<Day, Due>>()

/** The month and day in which an order with this basis date is paid. */
export function dueOn(basis: Day | Instant, calendar: Calendar): Due {
  const days = known.get(calendar) ?? new Map<Day, Due>()
  if (days.size === 0) known.set(calendar, days)
  const day = basis.slice(0, 10)
  const due = days.get(day) ?? reckon(day, calendar)
  days.set(day, due)
  return due
}

function reckon(day: Day, calendar: Calendar): Due {
  if ('days' in calendar) {
    const paid = addDays(day, calendar.days)
    return { month: monthOf(paid), day: paid }
  }
  const month = monthOf(day)
  const closing = day <= numbered(month, calendar.closes) ? month : addMonths(month, 1)
  const paying = addMonths(closing, calendar.lag)
  return { month: paying, day: numbered(paying, calendar.pays) }
}

/** Which basis dates `month` pays, and the day on which it does (its last one where every day has its own pay day). */
export function coverage(calendar: Calendar, month: Month): Coverage {
  const by = STATUS_OF[calendar.basis]
  if ('days' in calendar) {
    const last = dayOf(month, 31)
    return { from: addDays(`${month}-01`, -calendar.days), to: addDays(last, -calendar.days), by, due: last }
  }
  const closing = addMonths(month, -calendar.lag)
  return {
    from: addDays(numbered(addMonths(closing, -1), calendar.closes), 1),
    to: numbered(closing, calendar.closes),
    by,
    due: numbered(month, calendar.pays),
  }
}

/** The latest month whose pay day lies before `today`: on the pay day itself the money may still be on its way. */
export function latestPaidMonth(calendar: Calendar, today: Day): Month {
  const month = monthOf(today)
  return coverage(calendar, month).due < today ? month : addMonths(month, -1)
}

/** Day `number` of `month`; its last one where it is shorter. */
function numbered(month: Month, number: number | 'last'): Day {
  return dayOf(month, number === 'last' ? 31 : number)
}
