import type { Context } from '../context.ts'
import { instantOf, type Month } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import { calendarOf } from '../partners/terms.ts'
import { latestPaidMonth } from '../settle/calendar.ts'
import { compareText } from '../settle/entry.ts'
import type { Workspace } from '../workspace.ts'

/**
 * The latest month in which the pay day of every partner that pays once a month has passed. Partners that pay daily have no such day:
 * only where there are no others, their last whole month counts.
 */
export function monthToSettle(ctx: Context, { shop }: Workspace, partners: readonly Partner[]): Month {
  const today = instantOf(ctx.now(), shop.timezone).slice(0, 10)
  const calendars = partners.flatMap((partner) => calendarOf(partner) ?? [])
  const monthly = calendars.filter((calendar) => !('days' in calendar))
  const months = (monthly.length > 0 ? monthly : calendars).map((calendar) => latestPaidMonth(calendar, today))
  return months.sort(compareText)[0] ?? today.slice(0, 7)
}
