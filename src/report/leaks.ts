import type { Day } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import { compareText } from '../settle/entry.ts'
import { asLikelyAsNot, contrast, evenly } from './chance.ts'
import { DAY, type FactSheet, type Facts, factSheet, type Named, NONE, SCALES, type Scale } from './facts.ts'
import { fitOf, lossAt, type Place, SHOWS, STEPS, spreadOf } from './scale.ts'
import { GROUPINGS, type Grouping, type Sighting } from './sighting.ts'

/*
 * A leak is money that is missing by a rule: the same share, amount or fee from most orders of some group, while the others lose nothing so.
 * Single errors, however many, are none. The search is made of passes over all orders, so that memory grows with groups only:
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

export type LeakSearch = { add(sighting: Sighting): void; answer(): { looked: Looked[]; leaks: Leak[] } }

/** Looks for leaks. The biggest of each partner comes first. */
export function leakSearch(): LeakSearch {
  const sheets = new Map<string, { partner: Partner; currency: Currency; sheet: FactSheet }>()
  return {
    add(sighting) {
      const { partner, currency } = sighting
      const key = `${partner.id} ${currency}`
      const known = sheets.get(key) ?? { partner, currency, sheet: factSheet() }
      if (known.sheet.count() === 0) sheets.set(key, known)
      known.sheet.add(sighting)
    },
    answer() {
      const found = [...sheets].sort(([a], [b]) => compareText(a, b)).map(([, each]) => searchIn(each))
      return { looked: found.map(({ looked }) => looked), leaks: found.flatMap(({ leaks }) => leaks) }
    },
  }
}

/** What orders must show: a fee is named by its number, a share is a step of the scale, an amount is in minor units. */
type Law = { pattern: Pattern; fee: number; step: number; amount: Minor }
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
function searchIn({ partner, currency, sheet }: { partner: Partner; currency: Currency; sheet: FactSheet }) {
  const details: Detail[] = []
  const rejected: Law[] = []
  /** Laws that a pass for another one spoke against; a leak opens these again. */
  let aside: Law[] = []
  /** Of each order the leak that explains it, from 1 on; 0 where none does. */
  const owners = new Uint8Array(sheet.count())

  /** Counts the orders of a group. What was explained is counted as if it had been paid in full; `counting`: a leak that was just found. */
  function pass(group: readonly Condition[], counting?: Detail): Board {
    const board = boardOf(sheet)
    sheet.read(memberOf(sheet, group), (facts) => {
      const { order } = facts
      if (counting && owners[order] === 0 && counting.see(facts)) owners[order] = details.length
      board.add(facts, owners[order] === 0)
    })
    board.end()
    return board
  }

  function narrow(counted: Board, found: Candidate): Candidate | null {
    const [part] = counted.best([found.law], false)
    if (!part) return null
    const { count } = part
    const tried = found.tried * part.tried
    const chance = Math.min(0, evenly(count.hits, count.size, found.all.hits, found.all.size) + Math.log(tried))
    return { ...found, count, tried, chance, group: [...found.group, ...part.group] }
  }

  let board = pass([])
  const looked: Looked = { partner, currency, ...board.looked() }
  while (details.length < MOST_LEAKS) {
    const isOut = (law: Law) => [...rejected, ...aside].some((each) => isSame(each, law))
    const [most, ...others] = board.best(
      board.laws().filter((law) => !isOut(law)),
      true,
    )
    if (!most) break
    let candidate = most
    /** Laws in the same group that the pass which narrows this one speaks against. */
    let against: Law[] = []
    while (candidate.group.length < MOST_CONDITIONS) {
      const counted = candidate.group.length === 0 ? board : pass(candidate.group)
      if (candidate === most) {
        const alike = others.filter((each) => sameGroup(each.group, most.group) && isRare(each) && !narrow(counted, each))
        against = alike.map(({ law }) => law)
      }
      const part = narrow(counted, candidate)
      if (!part) break
      candidate = part
    }
    if (isRare(candidate)) {
      rejected.push(candidate.law)
      aside.push(...against)
    } else {
      aside = candidate === most ? against : []
      const counting = detailOf(partner, currency, candidate, sheet)
      details.push(counting)
      board = pass([], counting)
    }
  }
  sheet.close()
  return { looked, leaks: details.map((detail) => detail.leak()) }
}

/** Whether too few orders follow it for a rule of their group. */
const isRare = ({ count }: Candidate) => count.hits < RULE * count.size
const sameGroup = (a: readonly Condition[], b: readonly Condition[]) =>
  a.length === b.length && a.every(({ by, value }, i) => by === b[i]!.by && value === b[i]!.value)
const isSame = (a: Law, b: Law) => a.pattern === b.pattern && a.fee === b.fee && a.step === b.step && a.amount === b.amount

/** Tells whether an order meets all conditions. */
function memberOf({ names }: FactSheet, conditions: readonly Condition[]): (named: Named) => boolean {
  const tests = conditions.map(({ by, value }) => {
    const column = by === 'from' || by === 'until' || by === 'on' ? DAY : GROUPINGS.indexOf(by)
    const meets = (name: string) => (by === 'from' ? name >= value : by === 'until' ? name <= value : name === value)
    return { column, meets: names[column]!.map(meets) }
  })
  return ({ numbers, at }) => tests.every(({ column, meets }) => meets[numbers[at + column]!])
}

const isShare = (pattern: Pattern): pattern is Scale => pattern === 'share' || pattern === 'share-of-paid'

/** Whether a law would show on an order that it holds for. */
function shows({ pattern, fee, step }: Law, { fees, wholes }: Facts): boolean {
  if (isShare(pattern)) return lossAt(step, wholes[pattern]) >= SHOWS
  return pattern !== 'fee-twice' || fees.some((each) => each.fee === fee)
}

/** Whether an order was paid as the law says, also where it does not show. */
function explains({ pattern, fee, step, amount }: Law, { loss, small, isUnpaid, fees, wholes }: Facts): boolean {
  if (pattern === 'unpaid') return isUnpaid
  if (pattern === 'rounding') return small < 0
  if (pattern === 'amount') return loss === amount
  if (pattern === 'fee-twice') return fees.some((each) => each.isTwice && each.fee === fee)
  const lost = lossAt(step, wholes[pattern])
  return !isUnpaid && loss >= 0 && Math.abs(loss - lost) <= SHOWS + lost / 8
}

/** Counts of one group. Arrays over the scale hold differences from step to step until `sumUp` adds them up; those over fees may have holes. */
type Tally = {
  name: number
  orders: number
  lost: SmallDifferences
  gained: SmallDifferences
  unpaid: SmallDifferences
  amounts: Map<Minor, number>
  fees: Count[]
  scales: Record<Scale, { sizes: Int32Array; losses: { hits: Int32Array; amounts: Float64Array } | null }>
}

const none = (): SmallDifferences => ({ orders: 0, amount: 0 })
const newTally = (name: number): Tally => ({
  ...{ name, orders: 0, lost: none(), gained: none(), unpaid: none(), amounts: new Map(), fees: [] },
  scales: { share: newScale(), 'share-of-paid': newScale() },
})
const newScale = () => ({ sizes: new Int32Array(STEPS + 1), losses: null })

/** Counts an order; `isOpen`: with what is missing of it. */
function addTo(tally: Tally, { loss, small, isUnpaid, fees, places }: Facts, isOpen: boolean): void {
  tally.orders++
  for (const { fee, isTwice } of fees) {
    tally.fees[fee] ??= { size: 0, hits: 0, loss: 0 }
    const count = tally.fees[fee]
    count.size++
    if (!isTwice || !isOpen) continue
    count.hits++
    count.loss += loss
  }
  const { share, 'share-of-paid': ofPaid } = tally.scales
  share.sizes[places.share.first]!++
  ofPaid.sizes[places['share-of-paid'].first]!++
  if (loss === 0 || !isOpen) return

  if (small < 0) put(tally.lost, loss)
  if (small > 0) put(tally.gained, -loss)
  if (isUnpaid) put(tally.unpaid, loss)
  else if (loss > 0 && small === 0) tally.amounts.set(loss, (tally.amounts.get(loss) ?? 0) + 1)
  putLoss(share, places.share, loss)
  putLoss(ofPaid, places['share-of-paid'], loss)
}

function put(sums: SmallDifferences, amount: Minor): void {
  sums.orders++
  sums.amount += amount
}

function putLoss(scale: Tally['scales'][Scale], { first, low, high }: Place, loss: Minor): void {
  if (high < low) return
  scale.losses ??= { hits: new Int32Array(STEPS + 1), amounts: new Float64Array(STEPS + 1) }
  const { hits, amounts } = scale.losses
  if (first <= high) {
    hits[Math.max(first, low)]!++
    hits[high + 1]!--
  }
  // what it explains of losses too small to count as hits is explained all the same
  amounts[low]! += loss
  amounts[high + 1]! -= loss
}

/** From differences to counts. */
function sumUp({ scales }: Tally): void {
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
  if (pattern === 'fee-twice') return fees[fee] ?? NOTHING
  if (pattern === 'amount') {
    const hits = amounts.get(amount) ?? 0
    return { size: orders, hits, loss: hits * amount }
  }
  const { sizes, losses } = scales[pattern]
  return { size: sizes[step]!, hits: losses ? losses.hits[step]! : 0, loss: losses ? losses.amounts[step]! : 0 }
}

type Board = ReturnType<typeof boardOf>

/** The counts of one pass. */
function boardOf({ names, odd }: FactSheet) {
  const whole = newTally(NONE)
  const sums = { expected: 0, paid: 0 }
  const columns = names.map((of, column) => {
    const tallies: (Tally | null)[] = new Array(of.length)
    return { column, names: of, tallies, met: [] as Tally[], size: 0 }
  })
  const [groups, days] = [columns.slice(0, DAY), columns[DAY]!]
  const size = () => groups.reduce((sum, { size }) => sum + size, 0)

  /** The tally of a name; null where too few orders are odd for it ever to be named. */
  function tallyIn(of: (typeof columns)[number], name: number): Tally | null {
    const known = of.tallies[name]
    if (known !== undefined) return known
    const tally = of === days || odd[of.column]![name]! >= FEWEST ? newTally(name) : null
    of.tallies[name] = tally
    of.size++
    if (tally) of.met.push(tally)
    return tally
  }

  /** Every group that may be named, with its count for a law. Days come as single ones, and as all from or until one. */
  function* counts(law: Law): Generator<{ condition: Condition; count: Count }> {
    for (const { column, names, met } of groups) {
      const by = GROUPINGS[column]!
      for (const tally of met) yield { condition: { by, value: names[tally.name]! }, count: countOf(tally, law) }
    }
    const byDay = days.met.map((tally) => ({ value: days.names[tally.name]!, count: countOf(tally, law) }))
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
    add(facts: Facts, isOpen: boolean): void {
      const { numbers, at } = facts
      sums.expected += facts.wholes.share
      sums.paid += facts.paid
      addTo(whole, facts, isOpen)
      for (const of of columns) {
        const name = numbers[at + of.column]!
        const tally = name === NONE ? null : tallyIn(of, name)
        if (tally) addTo(tally, facts, isOpen)
      }
    },
    /** Ends the counting. */
    end(): void {
      for (const tally of [whole, ...columns.flatMap(({ met }) => met)]) sumUp(tally)
      days.met.sort((a, b) => compareText(days.names[a.name]!, days.names[b.name]!))
    },
    looked: (): Omit<Looked, 'partner' | 'currency'> => ({
      ...{ orders: whole.orders, groups: size() + days.size },
      ...{ ...sums, lost: whole.lost, gained: whole.gained },
    }),
    /** The laws that enough orders follow. */
    laws(): Law[] {
      const law = (pattern: Pattern, more: Partial<Law> = {}): Law => ({ pattern, fee: NONE, step: 0, amount: 0, ...more })
      const steps = Array.from({ length: STEPS }, (_, step) => step)
      return [
        ...whole.fees.map((_, fee) => law('fee-twice', { fee })),
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
      const tried = Math.max(1, laws.length) * (size() + 3 * days.size)
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
        const size = law.pattern === 'rounding' ? whole.lost.orders + whole.gained.orders : all.size
        if (!orAll || all.hits * 2 <= size) return []
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
function detailOf(partner: Partner, currency: Currency, { law, group, count, all, chance, tried }: Candidate, sheet: FactSheet) {
  const sum = { orders: 0, affected: 0, hidden: 0, expected: 0, paid: 0 }
  const fit = fitOf()
  const spread = spreadOf()
  const rates = new Set<Ppm | null>()
  let first: Day = '9999'
  let last: Day = ''
  const isIn = memberOf(sheet, group)
  return {
    /** Whether an order is of the group, and explained by the law. */
    see(facts: Facts): boolean {
      if (!isIn(facts)) return false
      const isShown = shows(law, facts)
      if (isShown) sum.orders++
      else sum.hidden++
      if (!explains(law, facts)) return false
      const { paid, loss, wholes } = facts
      sum.expected += wholes.share
      sum.paid += paid
      if (!isShown) return true
      sum.affected++
      if (isShare(law.pattern)) fit.add(wholes[law.pattern], loss)
      spread.add(paid, wholes.share)
      rates.add(sheet.rate(facts))
      const day = sheet.day(facts)
      if (day < first) first = day
      if (day > last) last = day
      return true
    },
    leak(): Leak {
      return {
        ...{ partner, currency, group, pattern: law.pattern, fee: sheet.fees[law.fee] ?? null },
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
