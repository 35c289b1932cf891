import type { Day } from '../day.ts'
import { apportion, type Minor, type Ppm } from '../money.ts'
import type { TeamTerms } from '../workspace.ts'
import { chainAbove, heldOn, isMemberOn, type Roster } from './roster.ts'

/** A member's share of what is received for an order. Level 0 is the buyer's rebate. */
export type Share = { member: string; level: number; rate: Ppm }
/** The name of the tier that a member is in on a day, under terms that have tiers; null below the first. */
export type TierOn = (member: string, on: Day, terms: TeamTerms) => string | null

/** The terms of orders of a day. */
export function termsOn(team: readonly TeamTerms[], on: Day): TeamTerms | null {
  return team.findLast(({ from }) => from === null || from <= on) ?? null
}

/**
 * Who has which share of what is received for an order of a day, where the link was a member's: A→B→C→D, D's link. Where links are the
 * sellers', D is level 1, C 2 and B 3; where they are the buyers', D has the rebate, C is level 1, B 2 and A 3. The share of a place that
 * is nobody's, or of one who has left, stays with the shop. Everybody's rate is that of the tier that he himself is in.
 */
export function sharesOf(name: string, on: Day, team: readonly TeamTerms[], roster: Roster, tierOn: TierOn): Share[] {
  const terms = termsOn(team, on)
  const own = roster.get(name)
  if (!terms || !own || !isMemberOn(own, on)) return []
  const above = chainAbove(roster, name, on, terms.levels.length)
  const ratesOf = (member: string) => {
    const tier = tierFor(roster, member, on, terms, tierOn)
    return terms.tiers?.tiers.find((each) => each.name === tier)
  }
  const shares = (terms.links === 'buyers' ? above : [name, ...above])
    .slice(0, terms.levels.length)
    .flatMap((member, i) =>
      isMemberOn(roster.get(member), on)
        ? [{ member, level: i + 1, rate: ratesOf(member)?.levels?.[i] ?? terms.levels[i]! }]
        : [],
    )
  if (terms.links === 'buyers' && heldOn(own, 'takes', on) !== 'discount')
    shares.unshift({ member: name, level: 0, rate: ratesOf(name)?.rebate ?? terms.rebate })
  return shares.filter(({ rate }) => rate > 0)
}

const WHOLE: Ppm = 1_000_000

/** The tier of a member on a day: the one that was set by hand, else the one that the orders say. Null under terms without tiers. */
export function tierFor(roster: Roster, member: string, on: Day, terms: TeamTerms, tierOn: TierOn): string | null {
  return terms.tiers && (heldOn(roster.get(member)!, 'tier', on) ?? tierOn(member, on, terms))
}

/** The rate of what is left for the shop. */
export const restOf = (shares: readonly Share[]): Ppm => shares.reduce((rest, { rate }) => rest - rate, WHOLE)

/** What each share is of an amount, by largest remainder, and last what is left for the shop: all of it where it is below zero. */
export function partsOf(amount: Minor, shares: readonly Share[]): Minor[] {
  if (amount < 0) return [...shares.map(() => 0), amount]
  return apportion(amount, [...shares.map(({ rate }) => rate), restOf(shares)])
}
