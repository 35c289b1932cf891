import type { Context } from '../context.ts'
import type { Instant, Month } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { calendarOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import { attributer } from '../share/attribution.ts'
import type { Database } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import { monthsRead } from '../store/payouts.ts'
import { paidMonths } from '../store/splits.ts'
import { addUp } from '../team/payout.ts'
import { isMemberOn, type Roster, readRoster } from '../team/roster.ts'
import { sharesOf, tierFor } from '../team/share.ts'
import { type OrderSplit, type SplitRules, splitMonth } from '../team/split.ts'
import { memberTiers, tierOnDay } from '../team/tiers.ts'
import type { TeamTerms, Workspace } from '../workspace.ts'
import type { Print } from './print.ts'
import { orderCount } from './report-ledger.ts'
import { monthToSettle } from './settle-month.ts'

/** The team of a workspace, and how it shares. `partners` are those whose months can be settled, `unsettled` the others. */
export type Team = {
  roster: Roster
  rules: SplitRules
  tiers: ReturnType<typeof memberTiers>
  /** The tier that counts for a member at the beginning of a month, also where it was set by hand. */
  tierOf: (member: string, month: Month, terms: TeamTerms) => string | null
  partners: Partner[]
  unsettled: string[]
  month: Month
}

/** @throws usage where shoptool.yaml has no team, or tiers of a partner that there is not. */
export function teamOf(ctx: Context, found: Workspace, db: Database, month: Month | undefined): Team {
  if (found.team.length === 0) throw usageError('shoptool.yaml has no team; add one like team: [{ levels: [50%] }]')
  // nothing would count for a name that is mistyped
  for (const { tiers } of found.team)
    for (const id of tiers?.partners ?? []) findPartner(id, found.partners, BUILT_IN, 'shoptool.yaml: team: tiers: partners')
  const all = partnersInLedger(db).map((id) => findPartner(id, found.partners, BUILT_IN, `the orders of ${id}`))
  const partners = all.filter((partner) => calendarOf(partner) !== null)
  const roster = readRoster(db)
  const comesFrom = attributer(db, found)
  const tiers = memberTiers(db, comesFrom, found.shop.currency)
  const tierOn = tierOnDay(tiers)
  return {
    ...{ roster, tiers, partners },
    tierOf: (member, of, terms) => tierFor(roster, member, `${of}-01`, terms, tierOn),
    rules: {
      comesFrom,
      isMember: (name, on) => isMemberOn(roster.get(name), on),
      sharesOf: (seller, on) => sharesOf(seller, on, found.team, roster, tierOn),
    },
    unsettled: all.filter((partner) => !partners.includes(partner)).map(({ id }) => id),
    month: month ?? monthToSettle(ctx, found, partners),
  }
}

/** A row with some of its amounts, minor units of its currency, as `--json` shows them. */
export function inMajor<T extends { currency: string }, K extends keyof T>(
  row: T,
  keys: readonly K[],
): Omit<T, K> & Record<K, string> {
  const amounts = Object.fromEntries(keys.map((key) => [key, formatAmount(row[key] as number, row.currency)]))
  return { ...row, ...amounts } as Omit<T, K> & Record<K, string>
}

/** What was received in the month, order by order, with progress. */
export function* splitsOf(team: Team, db: Database, print: Pick<Print, 'progress'>): Generator<OrderSplit> {
  const count = orderCount(print)
  for (const split of splitMonth(db, team.partners, team.month, team.rules)) {
    count(split.partner)
    yield split
  }
}

/**
 * The months before of which members have something that was not paid out: of those since the first that was, and of those that were where a
 * payout line was read since.
 */
export function unpaidBefore(team: Team, db: Database, print: Pick<Print, 'progress'>): Month[] {
  const paid = paidMonths(db)
  const [first] = [...paid.keys()].sort()
  if (first === undefined) return []
  const mayBeOpen = (month: Month, read: Instant) => {
    const at = paid.get(month)?.at(-1)
    return at === undefined ? month > first : Date.parse(read) >= Date.parse(at)
  }
  const isOpen = (month: Month) => addUp(month, splitsOf({ ...team, month }, db, print), []).open.length > 0
  return monthsRead(db)
    .filter(({ month, at }) => month < team.month && mayBeOpen(month, at) && isOpen(month))
    .map(({ month }) => month)
}

/** Says of such months what to do. `paid`: those that were paid out. */
export function tellUnpaid(unpaid: readonly Month[], paid: ReadonlyMap<Month, unknown>, print: Pick<Print, 'warn'>): void {
  for (const month of unpaid) {
    const why = paid.has(month) ? 'has changed since it was paid out' : 'is not paid out'
    print.warn(`${month} ${why}, and what members have of it, or owe, is not carried: shoptool split --month ${month} --pay`)
  }
}
