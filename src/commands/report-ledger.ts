import { type Day, dayOf, instantOf, type Month } from '../day.ts'
import { usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { calendarOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Listener } from '../report/stories.ts'
import { type Database, openForReading } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import type { Workspace } from '../workspace.ts'
import type { Call, Outcome } from './command.ts'
import { day, month, option } from './option.ts'
import type { Print } from './print.ts'

/** The flags for the days of a report. */
export const DAYS = {
  month: option('--month <month>', 'only this month of that date', month),
  from: option('--from <day>', 'only from this day on', day),
  to: option('--to <day>', 'only up to this day', day),
}

/**
 * The first and the last day, null where there is no bound.
 * @throws usage where flags contradict each other.
 */
export function daysAsked({ month, from, to }: { month: Month | undefined; from: Day | undefined; to: Day | undefined }) {
  if (month && (from || to)) throw usageError('--month: goes without --from and --to')
  if (from && to && from > to) throw usageError(`--to: "${to}" is before --from`)
  return month ? { from: `${month}-01`, to: dayOf(month, 31) } : { from: from ?? null, to: to ?? null }
}

/** What every report is made from. `outcome` is `usage` where a partner had to be left out, which has been told. */
export type ReportLedger = { found: Workspace; db: Database; partners: Partner[]; today: Day; outcome: Outcome }

/**
 * Opens the workspace for a report of these partners, or of all that have orders or payouts.
 * @throws ShoptoolError (usage) where there are no orders and payouts, or no partner has a calendar.
 */
export async function reportLedger(
  { ctx, workspace, print }: Pick<Call, 'ctx' | 'workspace' | 'print'>,
  named: readonly string[],
): Promise<ReportLedger> {
  const found = await workspace()
  const chosen = named.map((id) => findPartner(id, found.partners, BUILT_IN, '--partner'))
  const db = openForReading(found.database)
  const all =
    named.length > 0 ? chosen : partnersInLedger(db).map((id) => findPartner(id, found.partners, BUILT_IN, `the orders of ${id}`))
  if (all.length === 0)
    throw usageError('there are no orders and no payouts yet; read them with "shoptool sync" or "shoptool import orders"')
  const partners = all.filter((partner) => calendarOf(partner) !== null)
  const without = all.filter((partner) => calendarOf(partner) === null)
  const told = without.map(
    ({ id }) =>
      `${id} has no settlement calendar, expected like calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 } in partners/${id}.yaml`,
  )
  if (partners.length === 0) throw usageError(told.join('; '))
  for (const text of told) print.warn(`${text}; it is left out`)
  const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
  return { found, db, partners, today, outcome: without.length > 0 ? 'usage' : 'done' }
}

/** Tells on a terminal how far reading has come, one order of a partner after the other; output takes its place. */
export function orderCount(print: Pick<Print, 'progress'>): (partner: string) => void {
  let told = 0
  return (partner) => {
    if (++told % 20_000 === 0) print.progress(`${partner}: ${told} orders …`)
  }
}

/** The same of stories. */
export function progressOf(print: Pick<Print, 'progress'>): Listener {
  const count = orderCount(print)
  return { add: ({ partner }) => count(partner.id) }
}
