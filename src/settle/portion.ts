import { closeSync } from 'node:fs'
import type { Month } from '../day.ts'
import { dataError } from '../errors.ts'
import type { Order, Recorded, RoutedLine } from '../records.ts'
import type { Entry, Rules } from './entry.ts'
import type { Rows, SettlementFiles } from './files.ts'
import { reconcile } from './reconcile.ts'
import { addTo, addTolerated, type Finding, findingOf, isFinding, type Tally, type Tolerated } from './report.ts'

/** What became of a partner's order numbers in a month, or of a stretch of them: portions add up to the whole. */
export type Portion = {
  tally: Tally
  tolerated: Tolerated
  findings: Finding[]
  /** The days of the orders that were due. */
  ordered: Days | null
  /** Their rows of lines.csv, where these were not written into it at once. */
  rows: Rows | null
}

/** The first and last day of orders, as instants or days. */
type Days = { from: string; to: string }

const emptyPortion = (): Portion => ({ tally: new Map(), tolerated: new Map(), findings: [], ordered: null, rows: null })

/**
 * Settles orders and payout lines of a partner, which come as `reconcile` wants them, and gives each entry to `files`.
 * @throws ShoptoolError (data) where an order or line is left out.
 */
export function settlePortion(
  partner: string,
  { orders, lines }: { orders: Iterable<Recorded<Order>>; lines: Iterable<RoutedLine> },
  rules: Rules,
  files: Pick<SettlementFiles, 'add'> | null,
): Portion {
  const portion = emptyPortion()
  let [orderCount, lineCount] = [0, 0]
  const steps = reconcile(orders, lines, rules)
  let step = steps.next()
  for (; !step.done; step = steps.next()) {
    const entry: Entry = step.value
    orderCount += entry.orders.length
    lineCount += entry.lines.length
    addTo(portion.tally, entry)
    if (entry.class !== 'not-due') portion.ordered = withDays(portion.ordered, entry.about)
    files?.add(partner, entry, rules)
    if (isFinding(entry, rules)) portion.findings.push(findingOf(partner, entry, rules))
    if (entry.class === 'tolerated') addTolerated(portion.tolerated, entry)
  }
  mustBeAll(partner, rules.month, step.value, { orders: orderCount, lines: lineCount })
  return portion
}

type Counts = { orders: number; lines: number }

function mustBeAll(partner: string, month: Month, read: Counts, classified: Counts): void {
  if (read.orders === classified.orders && read.lines === classified.lines) return
  throw dataError(
    `${partner} ${month}: ${read.orders} orders and ${read.lines} payout lines were read, but ${classified.orders} and ${classified.lines} classified`,
  )
}

function withDays(days: Days | null, orders: readonly Order[]): Days | null {
  let found = days
  for (const { paidAt, orderedAt } of orders) found = joinedDays(found, paidAt ?? orderedAt, paidAt ?? orderedAt)
  return found
}

function joinedDays(days: Days | null, from: string, to: string): Days {
  if (!days) return { from, to }
  if (from < days.from) days.from = from
  if (to > days.to) days.to = to
  return days
}

/** The whole of portions; their rows go into `files`, one portion after the other. */
export function joinPortions(portions: readonly Portion[], files: SettlementFiles | null): Portion {
  const whole = emptyPortion()
  for (const { tally, tolerated, findings, ordered, rows } of portions) {
    for (const [currency, classes] of tally) {
      const known = whole.tally.get(currency) ?? new Map()
      whole.tally.set(currency, known)
      for (const [name, sums] of classes) known.set(name, sumsOf(known.get(name), sums))
    }
    for (const [statement, sums] of tolerated) {
      whole.tolerated.set(statement, sumsOf(whole.tolerated.get(statement), sums))
    }
    for (const finding of findings) whole.findings.push(finding)
    if (ordered) whole.ordered = joinedDays(whole.ordered, ordered.from, ordered.to)
    if (rows) files?.append(rows)
  }
  return whole
}

/** Closes the files of portions. */
export function closePortions(portions: readonly Portion[]): void {
  for (const { rows } of portions) if (rows) closeSync(rows.file)
}

type Sums = { count: number; expected: number; paid: number }

function sumsOf(a: Sums = { count: 0, expected: 0, paid: 0 }, b: Sums): Sums {
  return { count: a.count + b.count, expected: a.expected + b.expected, paid: a.paid + b.paid }
}
