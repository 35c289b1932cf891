import type { Day, Instant, Month } from '../day.ts'
import { type Currency, formatAmount, type Minor, minorDigits, readDecimal } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type Origin } from '../records.ts'
import type { Adjustment } from './adjust.ts'
import { type Coverage, coverage, whyNotDue } from './calendar.ts'
import { CLASSES, compareText, type Entry, PASS_TEXT, type Pass, type Rules, type SettlementClass } from './entry.ts'
import { type Cause, explain, ruleInForce } from './explain.ts'
import { shown, type TieOut, type TieOutShown } from './receipts.ts'
import { type Term, unsureTerms } from './terms.ts'

/** Amounts are decimal strings in major units. `count`: order lines, or payout lines where there is no order. */
export type ClassTotals = { count: number; expected: string; paid: string; difference: string }

/** One payout statement of the month: the sum of its lines, and the total that it states itself (null: it states none). */
export type StatementTotals = {
  statementId: string
  paidAt: Day
  lines: number
  total: string
  statedTotal: string | null
  source: Origin
}

/** One partner in one currency. */
export type PartnerSettlement = {
  partner: string
  name: string
  currency: Currency
  covers: { from: Day; to: Day; by: Coverage['by'] }
  due: Day
  /** Terms that are unverified or provisional and that this rests on. */
  unsure: Term[]
  expected: string
  paid: string
  difference: string
  classes: Record<SettlementClass, ClassTotals>
  /** What later facts change of months that were closed before; not in the sums above. */
  adjustments: ClassTotals
  statements: StatementTotals[]
  /** When the month was closed, or null. */
  closedAt: Instant | null
  /** What the bank received of them; null where no receipt was ever read. */
  received: TieOutShown | null
}

export type Finding = {
  class: SettlementClass
  partner: string
  /** Null where the finding is about no order; `lineId` and `sku` also where it is about several lines of one. */
  orderId: string | null
  lineId: string | null
  sku: string | null
  title: string | null
  currency: Currency
  expected: string
  paid: string
  difference: string
  cause: Cause
  explain: string
  /** What the difference is the sum of, in decimal strings. */
  steps: { label: string; amount: string }[]
  /** The terms that the first order is judged by; null where it is about none. */
  rule: string | null
  /** How its payout lines were matched; null where there are none, and where they match no order. */
  match: Pass | null
  /** Where the orders and payout lines were read: those of the finding first. */
  sources: Origin[]
}

/** The answer to "did they pay what they owe?" for one month. */
export type Settlement = {
  schema: 'shoptool.settle.v1'
  month: Month
  /** Whether the month is closed for all of the partners. */
  closed: boolean
  partners: PartnerSettlement[]
  findings: Finding[]
  adjustments: Adjustment[]
}

type Sums = { count: number; expected: Minor; paid: Minor }
/** Sums over entries by currency and class, in minor units. */
export type Tally = Map<Currency, Map<SettlementClass, Sums>>

/** Counts an entry into the sums of its currency and class. */
export function addTo(tally: Tally, entry: Entry): void {
  const sums = classesOf(tally, entry.currency).get(entry.class)!
  sums.count += entry.orders.length || entry.lines.length
  sums.expected += entry.expected
  sums.paid += entry.paid
}

/** The sums of a currency, which are zero where there are none yet. */
function classesOf(tally: Tally, currency: Currency): Map<SettlementClass, Sums> {
  let classes = tally.get(currency)
  if (!classes) {
    classes = new Map(CLASSES.map((name) => [name, { count: 0, expected: 0, paid: 0 }]))
    tally.set(currency, classes)
  }
  return classes
}

/** Σ over the classes of one currency. */
export function totalOf(classes: ReadonlyMap<SettlementClass, Sums>): { expected: Minor; paid: Minor } {
  let expected = 0
  let paid = 0
  for (const sums of classes.values()) {
    expected += sums.expected
    paid += sums.paid
  }
  return { expected, paid }
}

/** One partner's results, one per currency in the order of their codes. `ordered`: the days on which the orders in them were made. */
export function partnerSettlements(
  partner: Partner,
  rules: Rules,
  tally: Tally,
  statements: readonly (Omit<StatementTotals, 'total' | 'statedTotal' | 'source'> & {
    currency: Currency
    total: Minor
    statedTotal: Minor | null
    origin: Origin
  })[],
  ordered: { from: string; to: string } | null,
  {
    closedAt,
    adjustments = [],
    receipts = [],
  }: { closedAt?: Instant; adjustments?: readonly Adjustment[]; receipts?: readonly TieOut[] } = {},
): PartnerSettlement[] {
  const { due, ...covers } = coverage(rules.calendar, rules.month)
  for (const { currency } of adjustments) classesOf(tally, currency)
  // money that came in a currency in which nothing was paid must be seen
  for (const { currency, unexpected } of receipts) if (unexpected.length > 0) classesOf(tally, currency)
  const unsure = unsureTerms(partner, covers, ordered)
  return [...tally]
    .sort(([a], [b]) => compareText(a, b))
    .map(([currency, classes]) => {
      const money = (amount: Minor) => formatAmount(amount, currency)
      const found = receipts.find((each) => each.currency === currency)
      const totals = ({ expected, paid }: { expected: Minor; paid: Minor }) => ({
        expected: money(expected),
        paid: money(paid),
        difference: money(paid - expected),
      })
      return {
        partner: partner.id,
        name: partner.name,
        currency,
        covers,
        due,
        unsure,
        ...totals(totalOf(classes)),
        classes: Object.fromEntries([...classes].map(([name, sums]) => [name, { count: sums.count, ...totals(sums) }])) as Record<
          SettlementClass,
          ClassTotals
        >,
        adjustments: changesOf(adjustments, currency),
        statements: statements
          .filter((statement) => statement.currency === currency)
          .map(({ statementId, paidAt, lines, total, statedTotal, origin }) => ({
            statementId,
            paidAt,
            lines,
            total: money(total),
            statedTotal: statedTotal === null ? null : money(statedTotal),
            source: sourceOf(origin),
          }))
          .sort((a, b) => compareText(a.paidAt, b.paidAt) || compareText(a.statementId, b.statementId)),
        closedAt: closedAt ?? null,
        received: found ? shown(found) : null,
      }
    })
}

/** By how much an adjustment changes what was expected and paid in the closed month. */
export function changeOf({ was, now, currency, difference }: Adjustment): Omit<ClassTotals, 'count'> {
  const change = (of: 'expected' | 'paid') => formatAmount(minor(now[of], currency) - minor(was[of], currency), currency)
  return { expected: change('expected'), paid: change('paid'), difference }
}

/** What adjustments of one currency change together. */
export function changesOf(adjustments: readonly Adjustment[], currency: Currency): ClassTotals {
  const changes = adjustments.filter((adjustment) => adjustment.currency === currency).map(changeOf)
  const sum = (of: 'expected' | 'paid' | 'difference') =>
    formatAmount(
      changes.reduce((all, change) => all + minor(change[of], currency), 0),
      currency,
    )
  return { count: changes.length, expected: sum('expected'), paid: sum('paid'), difference: sum('difference') }
}

/** An amount of a settlement back in minor units. */
export function minor(amount: string, currency: Currency): Minor {
  return readDecimal(amount, minorDigits(currency))!
}

/** Whether somebody should look at the entry. An order that has come far enough but lacks its date would else never be missed. */
export function isFinding(entry: Entry, rules: Rules): boolean {
  if (entry.class === 'not-due') return whyNotDue(entry.orders[0]!, rules.calendar) === 'date'
  return entry.class !== 'matched' && entry.class !== 'tolerated'
}

/** An entry as a finding: amounts as text, cause and explanation, sources. */
export function findingOf(partner: string, entry: Entry, rules: Rules): Finding {
  const { about, lines, before, currency } = entry
  const money = (amount: Minor) => formatAmount(amount, currency)
  const first = about[0]
  const line = lines[0]
  const isOfSeveral = entry.orders.length > 1
  const { cause, steps, text } = explain(entry, rules)
  return {
    class: entry.class,
    partner,
    orderId: (line && keyOf(line)) || first?.orderId || null,
    lineId: isOfSeveral ? null : ((entry.orders[0] ?? line ?? first)?.lineId ?? first?.lineId ?? null),
    sku: isOfSeveral ? null : ((entry.orders[0] ?? line ?? first)?.sku ?? first?.sku ?? null),
    title: first?.title ?? line?.title ?? null,
    currency,
    expected: money(entry.expected),
    paid: money(entry.paid),
    difference: money(entry.difference),
    cause,
    explain: entry.match === null ? text : `${text}; matched by ${PASS_TEXT[entry.match]}`,
    steps: steps.map(({ label, amount }) => ({ label, amount: money(amount) })),
    rule: first ? ruleInForce(first, rules) : null,
    match: entry.match,
    sources: distinct([...entry.orders, ...lines, ...about, ...before].map(({ origin }) => sourceOf(origin))),
  }
}

/** What is tolerated of a statement and currency, by `statementKey`. */
export type Tolerated = Map<string, { count: number; expected: Minor; paid: Minor }>
const statementKey = ({ statementId, currency }: { statementId: string; currency: Currency }) => `${currency} ${statementId}`

/** Counts a tolerated entry to its statement; of several to the first. */
export function addTolerated(tolerated: Tolerated, { lines, expected, paid }: Entry): void {
  const key = statementKey(lines[0]!)
  const sums = tolerated.get(key) ?? { count: 0, expected: 0, paid: 0 }
  tolerated.set(key, { count: sums.count + 1, expected: sums.expected + expected, paid: sums.paid + paid })
}

/** Findings of statements whose tolerated differences add up to more than a statement may differ by: small losses must not hide a large one. */
export function beyondTolerance(
  partner: string,
  tolerated: Tolerated,
  statements: readonly { statementId: string; paidAt: Day; currency: Currency; origin: Origin }[],
  { statementTolerance }: Rules,
): Finding[] {
  if (statementTolerance === undefined) return []
  return statements.flatMap((statement): Finding[] => {
    const { statementId, currency, origin } = statement
    const { count, expected, paid } = tolerated.get(statementKey(statement)) ?? { count: 0, expected: 0, paid: 0 }
    if (Math.abs(paid - expected) <= statementTolerance) return []
    const money = (amount: Minor) => formatAmount(amount, currency)
    const difference = money(paid - expected)
    const text = `${count} tolerated differences of statement ${statementId} of ${statement.paidAt} add up to ${difference}, more than the ${money(statementTolerance)} that a statement may differ by`
    return [
      {
        ...{ class: 'tolerated', partner, orderId: null, lineId: null, sku: null, title: null, currency },
        ...{ expected: money(expected), paid: money(paid), difference, cause: 'rounding', explain: text },
        ...{ steps: [{ label: 'rounding', amount: difference }], rule: null, match: null, sources: [sourceOf(origin)] },
      },
    ]
  })
}

/** Sorted by partner, currency, class, order and line; what is equal in all of them by where it was read. */
export function sortFindings(findings: Finding[]): Finding[] {
  const rank = new Map(CLASSES.map((name, i) => [name, i]))
  return findings.sort(
    (a, b) =>
      compareText(a.partner, b.partner) ||
      compareText(a.currency, b.currency) ||
      rank.get(a.class)! - rank.get(b.class)! ||
      compareText(a.orderId ?? '', b.orderId ?? '') ||
      compareText(a.lineId ?? '', b.lineId ?? '') ||
      compareText(a.sources[0]?.file ?? '', b.sources[0]?.file ?? '') ||
      (a.sources[0]?.line ?? 0) - (b.sources[0]?.line ?? 0),
  )
}

function sourceOf({ file, line, sha256 }: Origin): Origin {
  return { file, line, sha256 }
}

/** Each place once. */
export function distinct(origins: readonly Origin[]): Origin[] {
  return [...new Map(origins.map((origin) => [`${origin.sha256} ${origin.line} ${origin.file}`, origin])).values()]
}
