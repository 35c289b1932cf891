import type { Day } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import { compareText } from '../settle/entry.ts'
import { asLikelyAsNot, contrast, evenly } from './chance.ts'
import { fitOf, lossAt, type Place, placeOf, SHOWS, STEPS, spreadOf } from './scale.ts'
import { GROUPINGS, type Grouping, type Sighting } from './sighting.ts'

/*
 * A leak is money that is missing by a rule: the same share, amount or fee from most orders of some group, while the others lose nothing so.
 * Single errors, however many, are none. The search is made of passes over all sightings, so that memory grows with groups only:
 *
 *   search   for every group and every pattern, count the orders on which the pattern would show (`size`) and those on which it does (`hits`).
 *            Take the pattern that explains most money, and the group in which it is most out of the ordinary.
 *   narrow   the same within that group, until no part of it has the pattern while the rest has not.
 *   search   again with the orders that are explained by then as if they had been paid in full, so that the few others of their group, which
 *            are mostly errors, are not taken for a rule of it; what is explained is counted exactly on the way.
 *
 * A group is named where its hits would hardly fall into it by chance, had they been spread evenly over all orders (`evenly`), and all orders
 * of a partner where most of them show the pattern (`asLikelyAsNot`). Each chance is multiplied by the number of groups and patterns that
 * were looked at (O. J. Dunn, Multiple Comparisons Among Means, 1961: "Bonferroni"), and must come out below one in a thousand. Patterns that
 * hardly any order shows are not looked at and do not count: in these tests how many show it is given (R. E. Tarone, 1990).
 */

/** From the one that says most to the one that says least. */
export const PATTERNS = ['fee-twice', 'unpaid', 'share', 'share-of-paid', 'amount', 'rounding'] as const
export type Pattern = (typeof PATTERNS)[number]

/** `category` 女装, or the days of orders `on`, `from` or `until` one. */
export type Condition = { by: Grouping | 'from' | 'until' | 'on'; value: string }

/** Money that is missing by a rule. Amounts are minor units, sums of what the pattern explains. */
export type Leak = {
  partner: Partner
  currency: Currency
  /** None: all orders of the partner. */
  group: readonly Condition[]
  pattern: Pattern
  /** Missing from each order: the fee that was taken twice, a share of the payout or of what the buyer paid, or an amount. */
  fee: string | null
  share: Ppm | null
  amount: Minor | null
  /** Orders of the group on which the pattern would show, and on which it does. */
  orders: number
  affected: number
  /** Orders of the group that are too small for it to show. */
  hidden: number
  /** The rate that all affected orders were recorded with; null where they differ. */
  rate: Ppm | null
  expected: Minor
  paid: Minor
  /** How far the paid share of single orders lies from that of all: standard deviation. */
  spread: Ppm
  /** The same outside of the group; null where there is none. */
  elsewhere: { orders: number; affected: number } | null
  /** ln of the chance that this is chance, and how many groups and patterns it was multiplied by. */
  chance: number
  tried: number
  first: Day
  last: Day
}

/** Losses of a minor unit or two, also those within the tolerance, beside gains of that size. */
export type SmallDifferences = { orders: number; amount: Minor }
/** What was looked through of one partner in one currency. */
export type Looked = {
  partner: Partner
  currency: Currency
  orders: number
  groups: number
  expected: Minor
  paid: Minor
  lost: SmallDifferences
  gained: SmallDifferences
}

export type LeakSearch = {
  add(sighting: Sighting): void
  /** Ends a pass over all sightings. Whether another one is needed, with the same ones. */
  next(): boolean
  answer(): { looked: Looked[]; leaks: Leak[] }
}

/** Looks for leaks. The biggest of each partner comes first. */
export function leakSearch(): LeakSearch {
  const searches = new Map<string, ReturnType<typeof searchOf>>()
  return {
    add(sighting) {
      const key = `${sighting.partner.id} ${sighting.currency}`
      let search = searches.get(key)
      if (!search) {
        search = searchOf(sighting)
        searches.set(key, search)
      }
      search.add(sighting)
    },
    next: () => [...searches.values()].map((search) => search.next()).includes(true),
    answer() {
      const found = [...searches].sort(([a], [b]) => compareText(a, b)).map(([, search]) => search.answer())
      return { looked: found.map(({ looked }) => looked), leaks: found.flatMap(({ leaks }) => leaks) }
    },
  }
}

/** What orders must show: a share is a step of the scale, an amount is in minor units. */
type Law = { pattern: Pattern; fee: string | null; step: number; amount: Minor }
/** Orders on which a law would show, on which it does, and what they lost. */
type Count = { size: number; hits: number; loss: Minor }
/** `all`: the count for everything that the group was looked for in. */
type Candidate = { law: Law; group: readonly Condition[]; count: Count; all: Count; chance: number; tried: number }

const FEWEST = 8
const LIKELY = Math.log(1 / 1000)
/** A pattern that shows on fewer than one in five orders of a group is no rule of that group. */
const RULE = 0.2
const MOST_CONDITIONS = 3
const MOST_LEAKS = 8
/** Of amounts that are often missing, so many are looked at: those that sum up to most. */
const MOST_AMOUNTS = 20

/** The search in one partner's orders of one currency. */
function searchOf({ partner, currency }: Sighting) {
  const details: Detail[] = []
  const rejected: Law[] = []
  let looked: Looked | null = null
  let candidate: Candidate | null = null
  /** Others of the candidate's group, and their laws where the pass that narrowed it spoke against them too; a leak opens these again. */
  let alike: readonly Candidate[] = []
  let aside: Law[] = []
  /** The last leak, in the pass after it was found. */
  let counting: Detail | null = null
  let isDone = false
  let board = boardOf()

  function narrow(counted: Board, found: Candidate): Candidate | null {
    const [part] = found.group.length < MOST_CONDITIONS ? counted.best([found.law], false) : []
    if (!part) return null
    const { count } = part
    const tried = found.tried * part.tried
    const chance = Math.min(0, evenly(count.hits, count.size, found.all.hits, found.all.size) + Math.log(tried))
    return { ...found, count, tried, chance, group: [...found.group, ...part.group] }
  }

  return {
    add(sighting: Sighting): void {
      if (isDone) return
      const facts = factsOf(sighting)
      const owner = details.find(({ group, law }) => isIn(sighting, group) && explains(law, facts))
      if (counting && (!owner || owner === counting)) counting.see(sighting, facts)
      if (candidate && !isIn(sighting, candidate.group)) return
      board.add(sighting, owner ? factsOf({ ...sighting, paid: sighting.expected }) : facts)
    },
    next(): boolean {
      if (isDone) return false
      const counted = board
      counted.end()
      board = boardOf()
      counting = null
      looked ??= { partner, currency, ...counted.looked() }
      if (candidate) {
        const part = narrow(counted, candidate)
        if (!part && isRare(candidate)) rejected.push(candidate.law)
        else if (!part) {
          counting = detailOf(partner, currency, candidate)
          details.push(counting)
          aside = []
        }
        for (const each of alike) if (isRare(each) && !narrow(counted, each)) aside.push(each.law)
        alike = []
        candidate = part
        return true
      }
      const isOut = (law: Law) => [...rejected, ...aside].some((each) => isSame(each, law))
      const found =
        details.length < MOST_LEAKS
          ? counted.best(
              counted.laws().filter((law) => !isOut(law)),
              true,
            )
          : []
      const [most, ...others] = found
      candidate = most ?? null
      alike = others.filter(({ group }) => sameGroup(group, most!.group))
      isDone = candidate === null
      return !isDone
    },
    answer: () => ({ looked: looked!, leaks: details.map((detail) => detail.leak()) }),
  }
}

/** Whether too few orders follow it for a rule of their group. */
const isRare = ({ count }: Candidate) => count.hits < RULE * count.size
const sameGroup = (a: readonly Condition[], b: readonly Condition[]) =>
  a.length === b.length && a.every(({ by, value }, i) => by === b[i]!.by && value === b[i]!.value)
const isSame = (a: Law, b: Law) => a.pattern === b.pattern && a.fee === b.fee && a.step === b.step && a.amount === b.amount

/** Whether an order meets all conditions. */
function isIn({ groups, day }: Sighting, conditions: readonly Condition[]): boolean {
  return conditions.every(({ by, value }) => {
    if (by === 'from') return day >= value
    if (by === 'until') return day <= value
    return by === 'on' ? day === value : groups[GROUPINGS.indexOf(by)] === value
  })
}

const SCALES = ['share', 'share-of-paid'] as const
type Scale = (typeof SCALES)[number]

/** An order as patterns see it. `small`: -1 lost, 1 gained not more than rounding or the tolerance allows. */
type Facts = {
  loss: Minor
  small: -1 | 0 | 1
  isUnpaid: boolean
  /** Each fee that can be told from rounding, and whether it was taken twice. */
  fees: readonly { name: string; isTwice: boolean }[]
  wholes: Record<Scale, Minor>
  places: Record<Scale, Place>
}

function factsOf({ expected, paid, base, fees, slack }: Sighting): Facts {
  const loss = expected - paid
  const isUnpaid = paid === 0
  const small = loss === 0 || Math.abs(loss) > Math.max(slack, 1) ? 0 : loss > 0 ? -1 : 1
  const place = (whole: Minor) => placeOf(whole, isUnpaid ? 0 : loss)
  return {
    ...{ loss, small, isUnpaid },
    fees: fees.flatMap(({ name, amount }) => (amount >= SHOWS ? [{ name, isTwice: loss === amount }] : [])),
    wholes: { share: expected, 'share-of-paid': base },
    places: { share: place(expected), 'share-of-paid': place(base) },
  }
}

const isShare = (pattern: Pattern): pattern is Scale => pattern === 'share' || pattern === 'share-of-paid'

/** Whether a law would show on an order that it holds for. */
function shows({ pattern, fee, step }: Law, { fees, wholes }: Facts): boolean {
  if (isShare(pattern)) return lossAt(step, wholes[pattern]) >= SHOWS
  return pattern !== 'fee-twice' || fees.some(({ name }) => name === fee)
}

/** Whether an order was paid as the law says, also where it does not show. */
function explains({ pattern, fee, step, amount }: Law, { loss, small, isUnpaid, fees, wholes }: Facts): boolean {
  if (pattern === 'unpaid') return isUnpaid
  if (pattern === 'rounding') return small < 0
  if (pattern === 'amount') return loss === amount
  if (pattern === 'fee-twice') return fees.some(({ name, isTwice }) => isTwice && name === fee)
  const lost = lossAt(step, wholes[pattern])
  return !isUnpaid && loss >= 0 && Math.abs(loss - lost) <= SHOWS + lost / 8
}

/** Counts of one group. Arrays over the scale hold differences from step to step until `sums` adds them up. */
type Tally = {
  orders: number
  lost: SmallDifferences
  gained: SmallDifferences
  unpaid: SmallDifferences
  amounts: Map<Minor, number>
  fees: Map<string, Count>
  scales: Record<Scale, { sizes: Int32Array; losses: { hits: Int32Array; amounts: Float64Array } | null }>
}

const none = (): SmallDifferences => ({ orders: 0, amount: 0 })
const newTally = (): Tally => ({
  ...{ orders: 0, lost: none(), gained: none(), unpaid: none(), amounts: new Map(), fees: new Map() },
  scales: { share: newScale(), 'share-of-paid': newScale() },
})
const newScale = () => ({ sizes: new Int32Array(STEPS + 1), losses: null })

function addTo(tally: Tally, { loss, small, isUnpaid, fees, places }: Facts): void {
  const put = (sums: SmallDifferences) => {
    sums.orders++
    sums.amount += Math.abs(loss)
  }
  tally.orders++
  if (small < 0) put(tally.lost)
  if (small > 0) put(tally.gained)
  if (isUnpaid) put(tally.unpaid)
  else if (loss > 0 && small === 0) tally.amounts.set(loss, (tally.amounts.get(loss) ?? 0) + 1)
  for (const { name, isTwice } of fees) {
    const count = tally.fees.get(name) ?? { size: 0, hits: 0, loss: 0 }
    if (count.size++ === 0) tally.fees.set(name, count)
    if (isTwice) count.hits++
    if (isTwice) count.loss += loss
  }
  for (const scale of SCALES) {
    const { first, low, high } = places[scale]
    const counts = tally.scales[scale]
    counts.sizes[Math.min(first, STEPS)]!++
    if (high < low) continue
    counts.losses ??= { hits: new Int32Array(STEPS + 1), amounts: new Float64Array(STEPS + 1) }
    const { hits, amounts } = counts.losses
    if (first <= high) {
      hits[Math.max(first, low)]!++
      hits[high + 1]!--
    }
    // what it explains of losses too small to count as hits is explained all the same
    amounts[low]! += loss
    amounts[high + 1]! -= loss
  }
}

/** From differences to counts. */
function sums({ scales }: Tally): void {
  for (const { sizes, losses } of Object.values(scales)) {
    for (const counts of losses ? [sizes, losses.hits, losses.amounts] : [sizes]) {
      for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!
    }
  }
}

const NOTHING: Count = { size: 0, hits: 0, loss: 0 }

function countOf({ orders, lost, unpaid, amounts, fees, scales }: Tally, { pattern, fee, step, amount }: Law): Count {
  if (pattern === 'rounding') return { size: orders, hits: lost.orders, loss: lost.amount }
  if (pattern === 'unpaid') return { size: orders, hits: unpaid.orders, loss: unpaid.amount }
  if (pattern === 'fee-twice') return fees.get(fee!) ?? NOTHING
  if (pattern === 'amount') {
    const hits = amounts.get(amount) ?? 0
    return { size: orders, hits, loss: hits * amount }
  }
  const { sizes, losses } = scales[pattern]
  return { size: sizes[step]!, hits: losses ? losses.hits[step]! : 0, loss: losses ? losses.amounts[step]! : 0 }
}

type Board = ReturnType<typeof boardOf>

/** The counts of one pass. */
function boardOf() {
  const whole = newTally()
  const expected: Record<'expected' | 'paid', Minor> = { expected: 0, paid: 0 }
  const groups = GROUPINGS.map(() => new Map<string, Tally>())
  const days = new Map<Day, Tally>()
  const tallyIn = (among: Map<string, Tally>, name: string) => {
    const known = among.get(name) ?? newTally()
    if (known.orders === 0) among.set(name, known)
    return known
  }

  /** Every group with its count for a law. Days come as single ones, and as all from or until one. */
  function* counts(law: Law): Generator<{ condition: Condition; count: Count }> {
    for (const [i, among] of groups.entries()) {
      for (const [value, tally] of among) yield { condition: { by: GROUPINGS[i]!, value }, count: countOf(tally, law) }
    }
    const byDay = [...days].sort(([a], [b]) => compareText(a, b)).map(([value, tally]) => ({ value, count: countOf(tally, law) }))
    for (const [by, ordered] of [
      ['from', byDay.toReversed()],
      ['until', byDay],
    ] as const) {
      let { size, hits, loss } = NOTHING
      for (const { value, count } of ordered) {
        size += count.size
        hits += count.hits
        loss += count.loss
        yield { condition: { by, value }, count: { size, hits, loss } }
      }
    }
    for (const { value, count } of byDay) yield { condition: { by: 'on', value }, count }
  }

  return {
    add({ groups: names, day, expected: due, paid }: Sighting, facts: Facts): void {
      expected.expected += due
      expected.paid += paid
      addTo(whole, facts)
      addTo(tallyIn(days, day), facts)
      for (const [i, name] of names.entries()) if (name !== null) addTo(tallyIn(groups[i]!, name), facts)
    },
    /** Ends the counting. */
    end(): void {
      for (const tally of [whole, ...days.values(), ...groups.flatMap((among) => [...among.values()])]) sums(tally)
    },
    looked: (): Omit<Looked, 'partner' | 'currency'> => ({
      ...{ orders: whole.orders, groups: groups.reduce((sum, { size }) => sum + size, days.size) },
      ...{ ...expected, lost: whole.lost, gained: whole.gained },
    }),
    /** The laws that enough orders follow. */
    laws(): Law[] {
      const law = (pattern: Pattern, more: Partial<Law> = {}): Law => ({ pattern, fee: null, step: 0, amount: 0, ...more })
      const steps = Array.from({ length: STEPS }, (_, step) => step)
      return [
        ...[...whole.fees.keys()].map((fee) => law('fee-twice', { fee })),
        law('unpaid'),
        ...SCALES.flatMap((scale) => steps.map((step) => law(scale, { step }))),
        ...[...whole.amounts]
          .sort(([a, many], [b, more]) => more * b - many * a || b - a)
          .slice(0, MOST_AMOUNTS)
          .map(([amount]) => law('amount', { amount })),
        law('rounding'),
      ].filter((each) => countOf(whole, each).hits >= FEWEST)
    },
    /**
     * The laws that may be no chance, the one that explains most money first, each with the group in which it is most out of the ordinary;
     * or (`orAll`) with all orders, where most of these follow it.
     */
    best(laws: readonly Law[], orAll: boolean): Candidate[] {
      const tried = Math.max(1, laws.length) * (groups.reduce((sum, { size }) => sum + size, 0) + 3 * days.size)
      const found = laws.flatMap((law): Candidate[] => {
        const all = countOf(whole, law)
        let best: { condition: Condition; count: Count; contrast: number } | null = null
        for (const { condition, count } of counts(law)) {
          const [size, hits] = [all.size - count.size, all.hits - count.hits]
          // where the others mostly follow it as well, it is no matter of this group
          if (count.hits < FEWEST || size === 0 || hits * 2 >= size || hits * count.size >= count.hits * size) continue
          const more = contrast(count.hits, count.size, all.hits, all.size)
          if (!best || more > best.contrast) best = { condition, count, contrast: more }
        }
        if (best) {
          const { condition, count } = best
          const chance = evenly(count.hits, count.size, all.hits, all.size) + Math.log(tried)
          if (chance < LIKELY) return [{ law, group: [condition], count, all, chance, tried }]
        }
        if (!orAll) return []
        const size = law.pattern === 'rounding' ? whole.lost.orders + whole.gained.orders : all.size
        const chance = asLikelyAsNot(all.hits, size) + Math.log(laws.length)
        return chance < LIKELY ? [{ law, group: [], count: all, all, chance, tried: laws.length }] : []
      })
      const most = Math.max(...found.map(({ count }) => count.loss))
      const close = found.filter(({ count }) => count.loss >= 0.95 * most)
      const pattern = PATTERNS.find((name) => close.some(({ law }) => law.pattern === name))
      const [first] = close
        .filter(({ law }) => law.pattern === pattern)
        .sort((a, b) => b.count.loss - a.count.loss || b.count.hits - a.count.hits || a.chance - b.chance)
      return first ? [first, ...found.filter((each) => each !== first)] : []
    },
  }
}

type Detail = ReturnType<typeof detailOf>

/** Counts exactly what a law explains in a group. */
function detailOf(partner: Partner, currency: Currency, { law, group, count, all, chance, tried }: Candidate) {
  const sum = { orders: 0, affected: 0, hidden: 0, expected: 0, paid: 0 }
  const fit = fitOf()
  const spread = spreadOf()
  const rates = new Set<Ppm | null>()
  let first: Day = '9999'
  let last: Day = ''
  return {
    ...{ group, law },
    see(sighting: Sighting, facts: Facts): void {
      if (!isIn(sighting, group)) return
      const isShown = shows(law, facts)
      if (isShown) sum.orders++
      else sum.hidden++
      if (!explains(law, facts)) return
      sum.expected += sighting.expected
      sum.paid += sighting.paid
      if (!isShown) return
      sum.affected++
      if (isShare(law.pattern)) fit.add(facts.wholes[law.pattern], facts.loss)
      spread.add(sighting.paid, sighting.expected)
      rates.add(sighting.rate)
      if (sighting.day < first) first = sighting.day
      if (sighting.day > last) last = sighting.day
    },
    leak(): Leak {
      return {
        ...{ partner, currency, group, pattern: law.pattern, fee: law.fee },
        share: isShare(law.pattern) ? fit.share() : null,
        amount: law.pattern === 'amount' ? law.amount : null,
        ...sum,
        rate: rates.size === 1 ? [...rates][0]! : null,
        spread: spread.ppm(),
        elsewhere: group.length === 0 ? null : { orders: all.size - count.size, affected: all.hits - count.hits },
        ...{ chance, tried, first, last },
      }
    },
  }
}
