import type { Minor } from '../money.ts'
import { expectedPayout } from '../partners/fees.ts'
import type { Order, Recorded, RoutedLine } from '../records.ts'
import { dueMonth } from './calendar.ts'
import { type Entry, NONE, PASSES, type Pass, type Rules, type SettlementClass, sumOf } from './entry.ts'
import { keptPayout } from './expect.ts'
import type { Account } from './match.ts'

/*
 * What is expected in the month, by where the order stands and what was paid for it before.
 * e: its entitlement (commission − fees); k: what of it is kept after a refund (0 when all was); b: paid in earlier months, net;
 * d: what is due: k, or e where just that was paid, which the partner takes back later as far as it was refunded.
 *
 *   order is            payout lines of the month           class               expected
 *   ------------------  ----------------------------------  ------------------  ---------------------------------
 *   due in this month   none, b = 0                         missing             k    (not-due where k = 0)
 *                       Σ = d                               matched             d
 *                       Σ within the tolerance of d         tolerated           d
 *                       Σ below, above                      short-, over-paid   k
 *                       b + Σ = d                           early               d    (nets with the month that paid b)
 *                       Σ = d and e of lines due later      early               d    (nets with the month of those)
 *                       b ≠ 0, b + Σ below, above           short-, over-paid   k − b, and an entry early of b with
 *                                                                               no order: difference is what is truly off
 *   due in an earlier   positive, b below e                 late                0    (k was expected, and missed, then)
 *   month               negative, b above k                 clawback            −(b − k)
 *                       negative, else                      short-paid          0
 *   due later, or not   any                                 early               0
 *   settled yet         negative beyond what was paid       short-paid          0
 *   refunded, invalid   positive, b = 0                     refunded-but-paid   0
 *                       negative                            clawback            −b
 *   any                 positive, e is already paid         duplicate           0    (an entry without the order)
 *                       zero where nothing is due           matched             0
 *   any                 none                                not-due             0
 *
 * "Already paid": the lines are taken in order of pay day until e is reached; a further one, or one that repeats the amount of a
 * line taken before and goes beyond e, is a duplicate. But lines that come to e all together are a split payment, whatever their amounts.
 * Where a clawback of the same month has to take back a payment too (refunded-but-paid or duplicate), that payment is expected with
 * its own amount and the clawback with as much more: the two cancel out and no difference is reported that is none.
 * After a partial refund k is the entitlement on what the buyer kept (`keptPayout`): the right clawback leaves exactly that.
 */

/** Puts the orders and lines of one account into entries; every order is in one of them and every line of the month too. */
export function classify(account: Account, rules: Rules, out: Entry[]): void {
  const standing = standingOf(account.orders, rules)
  const before: RoutedLine[] = []
  const lines: RoutedLine[] = []
  for (const line of account.lines) (line.paidAt.startsWith(rules.month) ? lines : before).push(line)
  const payments: Payments = { lines, before, paidBefore: sumOf(before), single: account.orders.length === 1 }

  const from = out.length
  if (standing.now.length > 0) settleDue(standing, payments, rules, out)
  else if (lines.length > 0 && isEarly(standing, payments, rules)) settleEarly(standing, payments, rules, out)
  else if (lines.length > 0) settlePast(standing.past, standing.dead, payments, rules, out)

  for (const entry of out.slice(from)) entry.match = matchOf(entry, account.passes)
  for (const order of account.orders) {
    if (!out.some((entry, at) => at >= from && entry.orders.includes(order))) {
      out.push(entryOf('not-due', [order], NONE, 0, [order], before))
    }
  }
}

/** The weakest pass of the entry's lines. */
function matchOf({ class: name, lines }: Entry, passes: ReadonlyMap<RoutedLine, Pass>): Pass | null {
  const weakest = Math.max(...lines.map((line) => PASSES.indexOf(passes.get(line)!)))
  const pass = PASSES[weakest] ?? null
  return pass === 'order' && name === 'matched' ? 'sum' : pass
}

/** Orders of an account by when they are due, seen from the month. */
type Standing = Record<'now' | 'past' | 'later' | 'dead', Recorded<Order>[]>

function standingOf(orders: readonly Recorded<Order>[], rules: Rules): Standing {
  const standing: Standing = { now: [], past: [], later: [], dead: [] }
  for (const order of orders) {
    const due = dueMonth(order, rules.calendar)
    if (order.status === 'refunded' || order.status === 'invalid') standing.dead.push(order)
    else if (due === null || due.month > rules.month) standing.later.push(order)
    else (due.month === rules.month ? standing.now : standing.past).push(order)
  }
  return standing
}

/** Lines of an account: of the month, and of earlier months with their sum. */
type Payments = {
  lines: readonly RoutedLine[]
  before: readonly RoutedLine[]
  paidBefore: Minor
  /** Whether they are for one order line only. */
  single: boolean
}

/** Whether what is paid in the month is for lines that are due later: there are no others, or those were paid and it is just the rest. */
function isEarly({ past, later }: Standing, { lines, paidBefore }: Payments, rules: Rules): boolean {
  if (past.length === 0 || later.length === 0) return later.length > 0
  const ahead = paidBefore - entitlementOf(past, rules)
  return ahead >= 0 && ahead + sumOf(lines) === entitlementOf(later, rules)
}

/** What was paid before for lines that were not due before. */
function paidAhead(past: readonly Order[], paidBefore: Minor, rules: Rules): Minor {
  return past.length === 0 ? paidBefore : Math.max(0, paidBefore - entitlementOf(past, rules))
}

function settleDue({ now, past, later, dead }: Standing, payments: Payments, rules: Rules, out: Entry[]): void {
  const { before, paidBefore } = payments
  const [whole, kept] = [entitlementOf(now, rules), keptOf(now, rules)]
  const slack = rules.tolerance * now.length
  const dueOf = (paid: Minor) => (paid > kept && Math.abs(paid - whole) <= slack ? whole : kept)
  const early = paidAhead(past, paidBefore, rules)
  const rest = later.length > 0 ? entitlementOf(later, rules) : 0
  const paid = early + sumOf(payments.lines)
  // lines that are due later are paid with those of now
  const withLater = rest > 0 && early === 0 && paid - rest === dueOf(paid - rest)
  const { claimed, duplicates } = claim(payments.lines, withLater ? paid : dueOf(paid), early, slack, payments)
  if (claimed.length === 0 && early === 0) {
    // a gift line at nothing is never missing
    for (const order of now) {
      const expected = keptOf([order], rules)
      if (expected !== 0) out.push(entryOf('missing', [order], NONE, expected, [order], before))
    }
  } else {
    const entitlement = dueOf(early + sumOf(claimed))
    const difference = early + sumOf(claimed) - entitlement
    const fits = Math.abs(difference) <= slack
    if (withLater) out.push(entryOf('early', now, claimed, paid - rest, [...now, ...later], before))
    else if (early !== 0 && fits) out.push(entryOf('early', now, claimed, entitlement, now, before))
    else {
      const name = difference === 0 ? 'matched' : fits ? 'tolerated' : difference < 0 ? 'short-paid' : 'over-paid'
      const entry = entryOf(name, now, claimed, entitlement - early, now, before)
      out.push(name === 'over-paid' && dead.length > 0 ? { ...entry, besides: dead } : entry)
      if (early !== 0) out.push(entryOf('early', NONE, NONE, early, now, before))
    }
  }
  pushDuplicates(duplicates, now, [...before, ...claimed], false, out)
}

function settleEarly({ past, later }: Standing, payments: Payments, rules: Rules, out: Entry[]): void {
  const { before } = payments
  const paidBefore = paidAhead(past, payments.paidBefore, rules)
  const slack = rules.tolerance * later.length
  const { claimed, duplicates } = claim(payments.lines, entitlementOf(later, rules), paidBefore, slack, payments)
  const paid = sumOf(claimed)
  const isTakenBack = paid < 0 && paidBefore + paid < 0
  const name = claimed.every((line) => line.amount === 0) ? 'matched' : isTakenBack ? 'short-paid' : 'early'
  if (claimed.length > 0) out.push(entryOf(name, later, claimed, 0, later, before))
  pushDuplicates(duplicates, later, [...before, ...claimed], false, out)
}

/** Orders that were due in earlier months (`past`) or are refunded or invalid (`dead`): money for them is late, wrong, or taken back. */
function settlePast(
  past: readonly Recorded<Order>[],
  dead: readonly Recorded<Order>[],
  payments: Payments,
  rules: Rules,
  out: Entry[],
): void {
  const { lines, before, paidBefore } = payments
  const positive = lines.filter((line) => line.amount > 0)
  const negative = lines.filter((line) => line.amount < 0)
  const zero = lines.filter((line) => line.amount === 0)
  const slack = rules.tolerance * past.length
  const { claimed, duplicates } = claim(positive, entitlementOf(past, rules), paidBefore, slack, payments)

  const tooMuch = Math.max(0, paidBefore + sumOf(positive) - keptOf(past, rules))
  const isTakenBack = negative.length > 0 && tooMuch > 0

  let free = past.length > 0 ? past : dead
  const take = () => {
    const orders = free
    free = NONE
    return orders
  }
  const about = free
  if (claimed.length > 0) {
    const name = past.length > 0 ? 'late' : 'refunded-but-paid'
    const expected = name === 'refunded-but-paid' && isTakenBack ? sumOf(claimed) : 0
    out.push(entryOf(name, take(), claimed, expected, about, before))
  }
  if (negative.length > 0) {
    const isClawback = isTakenBack || past.length === 0
    const orders = isClawback && past.length > 0 && dead.length > 0 ? dead : take()
    const earlier = [...before, ...positive]
    out.push(
      entryOf(isClawback ? 'clawback' : 'short-paid', orders, negative, 0 - tooMuch, orders.length > 0 ? orders : about, earlier),
    )
  }
  if (zero.length > 0) out.push(entryOf('matched', take(), zero, 0, about, before))
  pushDuplicates(duplicates, about, [...before, ...claimed], isTakenBack, out)
}

/** Divides lines into those that count towards the entitlement and those that pay it again. `before`: what was paid of it earlier. */
function claim(
  lines: readonly RoutedLine[],
  entitlement: Minor,
  before: Minor,
  slack: Minor,
  payments: Payments,
): { claimed: readonly RoutedLine[]; duplicates: readonly RoutedLine[] } {
  if (Math.abs(before + sumOf(lines) - entitlement) <= slack) return { claimed: lines, duplicates: NONE }
  const claimed: RoutedLine[] = []
  const duplicates: RoutedLine[] = []
  let got = before
  let isPaid = before > 0
  const isRepeated = (amount: Minor) =>
    // several order lines may well have the same amount, and so may the parts that one is paid in
    payments.single &&
    got + amount > entitlement + slack &&
    (claimed.some((line) => line.amount === amount) || (before > 0 && payments.before.some((line) => line.amount === amount)))
  for (const line of lines) {
    if (line.amount > 0 && isPaid && (got >= entitlement - slack || isRepeated(line.amount))) duplicates.push(line)
    else {
      claimed.push(line)
      got += line.amount
      isPaid ||= line.amount > 0
    }
  }
  return { claimed, duplicates }
}

function pushDuplicates(
  duplicates: readonly RoutedLine[],
  about: readonly Recorded<Order>[],
  before: readonly RoutedLine[],
  isTakenBack: boolean,
  out: Entry[],
): void {
  for (const line of duplicates) out.push(entryOf('duplicate', NONE, [line], isTakenBack ? line.amount : 0, about, before))
}

function entitlementOf(orders: readonly Order[], rules: Rules): Minor {
  let sum = 0
  for (const order of orders) sum += expectedPayout(order, rules.fees)
  return sum
}

function keptOf(orders: readonly Order[], rules: Rules): Minor {
  let sum = 0
  for (const order of orders) sum += keptPayout(order, rules.fees)
  return sum
}

/** An entry of lines and orders of one currency. */
export function entryOf(
  name: SettlementClass,
  orders: readonly Recorded<Order>[],
  lines: readonly RoutedLine[],
  expected: Minor,
  about: readonly Recorded<Order>[],
  before: readonly RoutedLine[],
): Entry {
  const paid = sumOf(lines)
  const currency = (lines[0] ?? about[0])!.currency
  return { class: name, currency, orders, lines, match: null, expected, paid, difference: paid - expected, about, before }
}
