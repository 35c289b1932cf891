import type { Day } from '../day.ts'
import type { Minor } from '../money.ts'
import { expectedPayout } from '../partners/fees.ts'
import { keyOf, type Order, type PayoutLine, type Recorded, type RoutedLine } from '../records.ts'
import { dueMonth } from './calendar.ts'
import { compareText, type Entry, type Rules, sumOf } from './entry.ts'

/** What speaks for a payout line being for an order line, from what tells most to what tells least. */
export const SIGNS = ['number', 'amount', 'refunded', 'sku', 'due'] as const
export type Sign = (typeof SIGNS)[number]

const SIGN_TEXT: Readonly<Record<Sign, string>> = {
  number: 'nearly the number',
  amount: 'the amount',
  refunded: 'refunded',
  sku: 'the sku',
  due: 'due in this month',
}

/** A sign for people. That a line names the very number does not match it where it also names a line that the order has not. */
export function signText(sign: Sign, line: PayoutLine, order: Order): string {
  return sign === 'number' && line.orderId === order.orderId ? 'the same number' : SIGN_TEXT[sign]
}

/** An order line that a payout line may be for. `open`: what of it is not paid or, for money taken back, what was paid. Minor units. */
export type Suggestion = { order: Recorded<Order>; open: Minor; due: Day | null; signs: readonly Sign[] }
/** A payout line that is matched with no order; `suggestions` are the likeliest of the `count` order lines that it may be for. */
export type OpenLine = { line: RoutedLine; suggestions: readonly Suggestion[]; count: number }

const SHOWN = 5
/** Suggestions that are kept until the likeliest are chosen. */
const KEPT = 100

/**
 * The payout lines of a month that are matched with no order, and what they may be for: order lines with the same amount that is past due
 * and not paid, or with nearly the number that the payout line names; not due yet only where their sku is the same; for money taken back
 * those that were paid just that. Nothing is ever matched because of it.
 * @param entries what `reconcile` makes of the month; asked for twice, so that memory does not grow with it
 * @param isRejected whether somebody said that the line is not for the order
 */
export function suggest(
  entries: () => Iterable<Entry>,
  rules: Rules,
  isRejected: (line: RoutedLine, orderId: string) => boolean,
): OpenLine[] {
  const open: { line: RoutedLine; number: string | null; suggestions: Suggestion[]; count: number }[] = []
  for (const entry of entries()) {
    for (const line of unmatched(entry)) {
      open.push({ line, number: line.orderId && withoutZeros(line.orderId), suggestions: [], count: 0 })
    }
  }
  if (open.length === 0) return []

  const byAmount = new Map<string, typeof open>()
  const byShape = new Map<string, typeof open>()
  const put = (index: Map<string, typeof open>, key: string, each: (typeof open)[0]) => {
    const known = index.get(key)
    if (known) known.push(each)
    else index.set(key, [each])
  }
  for (const each of open) {
    put(byAmount, amountKey(each.line.currency, each.line.amount), each)
    if (each.number !== null) for (const shape of shapesOf(each.number)) put(byShape, shape, each)
  }
  for (const entry of entries()) {
    for (const { order, amount, isPastDue } of claims(entry, rules)) {
      const number = withoutZeros(order.orderId)
      const due = dueMonth(order, rules.calendar)
      const same = byAmount.get(amountKey(order.currency, amount)) ?? []
      const near = isPastDue && byShape.size > 0 ? shapesOf(number).flatMap((shape) => byShape.get(shape) ?? []) : []
      for (const each of new Set([...near, ...same])) {
        const { line } = each
        if (line.currency !== order.currency || line.amount < 0 !== amount < 0) continue
        const is: Record<Sign, boolean> = {
          number: each.number !== null && isNear(each.number, number),
          amount: line.amount === amount,
          refunded: amount < 0 && (order.status === 'refunded' || order.status === 'invalid'),
          sku: line.sku !== null && line.sku === order.sku,
          due: due?.month === rules.month,
        }
        const isLikely = is.number || (is.amount && (isPastDue || amount < 0 || is.sku))
        if (!isLikely || isRejected(line, order.orderId)) continue
        each.count++
        each.suggestions.push({ order, open: Math.abs(amount), due: due?.day ?? null, signs: SIGNS.filter((sign) => is[sign]) })
        if (each.suggestions.length > KEPT) each.suggestions.sort(byLikelihood).length = SHOWN
      }
    }
  }
  // what is a bonus or a fee by its kind is looked at only where something speaks against that
  const shown = open.filter(({ line, count }) => count > 0 || (line.kind !== 'bonus' && line.kind !== 'fee'))
  return shown.sort(byPlace).map(({ line, suggestions, count }) => ({
    line,
    count,
    suggestions: suggestions.sort(byLikelihood).slice(0, SHOWN),
  }))
}

const amountKey = (currency: string, amount: Minor) => `${currency} ${amount}`

/** Taxes and rounding are for no order, as are bonuses and fees that name one. */
function unmatched({ class: name, lines }: Entry): readonly RoutedLine[] {
  if (name === 'unknown-order') return lines
  return name === 'non-order' ? lines.filter((line) => keyOf(line) === '' && line.kind !== 'tax' && line.kind !== 'rounding') : []
}

/** What of the order line of an entry a payout line could still be for: what is not paid or, below zero, what was paid and may be taken back. */
function* claims(
  { class: name, about, lines, before, difference }: Entry,
  rules: Rules,
): Generator<{ order: Recorded<Order>; amount: Minor; isPastDue: boolean }> {
  const [order] = about
  if (!order || about.length > 1) return
  const paid = sumOf(before) + sumOf(lines)
  if (paid > 0) yield { order, amount: -paid, isPastDue: false }
  if (name === 'missing' || name === 'short-paid') yield { order, amount: -difference, isPastDue: true }
  if (name === 'not-due' && paid === 0 && order.status !== 'refunded' && order.status !== 'invalid') {
    const amount = expectedPayout(order, rules.fees)
    if (amount > 0) yield { order, amount, isPastDue: (dueMonth(order, rules.calendar)?.month ?? '9') < rules.month }
  }
}

/** Zeros in front get lost in spreadsheets. */
const withoutZeros = (number: string) => number.replace(/^0+/, '')

/** What numbers that are near to each other have in common at least one of: the number, it without one character, its first 15. */
function shapesOf(number: string): string[] {
  const shapes = new Set([number])
  for (let i = 0; i < number.length; i++) shapes.add(number.slice(0, i) + number.slice(i + 1))
  if (number.length > 15) shapes.add(`${number.slice(0, 15)}…`)
  return [...shapes]
}

/** Whether two numbers, without zeros in front, are the same but for one character, or but for an end that a spreadsheet made zeros. */
function isNear(a: string, b: string): boolean {
  if (a === b) return true
  if (a.length < 6 || Math.abs(a.length - b.length) > 1) return false
  const shorter = Math.min(a.length, b.length)
  let front = 0
  while (front < shorter && a[front] === b[front]) front++
  if (front >= 15 && a.length === b.length && /^0+$/.test(a.slice(15))) return true
  let back = 0
  while (back < shorter - front && a.at(-1 - back) === b.at(-1 - back)) back++
  return Math.max(a.length, b.length) - front - back <= 1
}

function byPlace({ line: { origin: a } }: { line: RoutedLine }, { line: { origin: b } }: { line: RoutedLine }): number {
  return compareText(a.file, b.file) || a.line - b.line
}

function byLikelihood(a: Suggestion, b: Suggestion): number {
  const rank = ({ signs }: Suggestion) => signs.reduce((sum, sign) => sum + 2 ** (SIGNS.length - SIGNS.indexOf(sign)), 0)
  return rank(b) - rank(a) || compareText(a.order.orderId, b.order.orderId) || compareText(a.order.lineId, b.order.lineId)
}
