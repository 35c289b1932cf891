import type { Day } from '../day.ts'
import type { Minor } from '../money.ts'
import type { Calendar, Fee, Partner, Terms } from './partner.ts'

/** The parts that terms are made of. */
export const TERM_PARTS = ['calendar', 'fees', 'tolerance'] as const
export type TermPart = (typeof TERM_PARTS)[number]

/** The terms of a partner that name a part, the earliest first. */
export function termsOn(part: TermPart, { terms = [] }: Pick<Partner, 'terms'>): Terms[] {
  return terms.filter((each) => each[part] !== undefined).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
}

/** The calendar of a partner with those that it had before, or null where it has none. An order is paid by that of its basis date. */
export function calendarOf(partner: Pick<Partner, 'calendar' | 'terms'>): Calendar | null {
  let calendar = partner.calendar
  for (const terms of termsOn('calendar', partner)) {
    calendar = { ...terms.calendar!, ...(calendar && { from: terms.from, before: calendar }) }
  }
  return calendar
}

/** Every fee that a partner has or had, each with the days that it holds for. */
export function feesOf(partner: Pick<Partner, 'fees' | 'terms'>): readonly Fee[] {
  const dated = termsOn('fees', partner)
  if (dated.length === 0) return partner.fees
  const sets = [{ from: undefined, fees: partner.fees }, ...dated.map(({ from, fees }) => ({ from, fees: fees! }))]
  return sets.flatMap(({ from, fees }, i) => {
    const until = sets[i + 1]?.from
    return fees.map((fee) => ({ ...fee, ...(from !== undefined && { from }), ...(until !== undefined && { until }) }))
  })
}

/** By how much a line, and a statement (null: by any sum), may differ in a payout of `day`. */
export function toleranceOn(day: Day, partner: Pick<Partner, 'tolerance' | 'terms'>): { line: Minor; statement: Minor | null } {
  const tolerance = termsOn('tolerance', partner).findLast(({ from }) => from <= day)?.tolerance ?? partner.tolerance
  return typeof tolerance === 'number' ? { line: tolerance, statement: null } : tolerance
}

/**
 * A built-in partner with what the workspace says of its terms. From the first day on that this names a part, nothing of the built-in
 * partner's counts for it.
 */
export function overridden(
  partner: Partner,
  own: Partial<Pick<Partner, 'calendar' | 'fees' | 'tolerance' | 'grounds'>> & { terms: readonly Terms[] },
): Partner {
  const stays = (part: TermPart, from: Day) =>
    (own[part] === undefined || own[part] === null) && termsOn(part, own).every((each) => from < each.from)
  const left = (partner.terms ?? []).map((terms) => {
    const { calendar, fees, tolerance, ...rest } = terms
    return {
      ...rest,
      ...(calendar && stays('calendar', terms.from) && { calendar }),
      ...(fees && stays('fees', terms.from) && { fees }),
      ...(tolerance !== undefined && stays('tolerance', terms.from) && { tolerance }),
    }
  })
  return {
    ...partner,
    calendar: own.calendar ?? partner.calendar,
    fees: own.fees ?? partner.fees,
    tolerance: own.tolerance ?? partner.tolerance,
    grounds: { ...partner.grounds, ...own.grounds },
    terms: [...left, ...own.terms],
  }
}
