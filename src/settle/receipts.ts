import { type Day, dayOf, type Month, monthOf } from '../day.ts'
import { columnKey } from '../feeds/formats/csv.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import type { Origin } from '../records.ts'
import type { Database } from '../store/open.ts'
import { type PaidStatement, paidStatements } from '../store/payouts.ts'
import { type Received, receiptsByDay } from '../store/receipts.ts'
import { compareText } from './entry.ts'

/*
 * Which receipt of the bank paid which statements. A receipt is a partner's where its payer or remark holds one of the partner's words;
 * then, within DAYS of the pay day, in passes from the surest to the weakest, each receipt and each statement claimed once:
 *   1. exact        one receipt, one statement (or one of the days on which it was paid), the same amount; of several the nearest day
 *   2. sum          one receipt for several statements, or several for one; not where other amounts would do as well
 *   3. difference   what is left of both and differs by a fourth at most (fees, tax), where there is no other choice; the difference
 *                   stays one, and a finding
 * An amount alone proves nothing: a receipt of an unknown payer is only suggested for a statement of the same amount.
 */

/** Receipts and the statements that they paid. `difference`: Σ receipts − Σ statements, in minor units. */
export type Tie = { statements: readonly PaidStatement[]; receipts: readonly Received[]; difference: Minor }

/**
 * The receipts and statements of one partner in one currency, each in one place. `uncovered`: statements of a time that no
 * export tells of, so that nothing can be said.
 */
export type TieOut = {
  partner: string
  currency: Currency
  ties: readonly Tie[]
  /** Statements without a receipt. */
  missing: readonly PaidStatement[]
  uncovered: readonly PaidStatement[]
  /** Receipts without a statement. */
  unexpected: readonly Received[]
}

/** A receipt that is no partner's. `partners`: whose words it holds, where that is not one; `equals`: statements without a receipt of its amount. */
export type Stranger = {
  receipt: Received
  partners: readonly string[]
  equals: readonly { partner: string; statementId: string }[]
}

/** How many days before and after the pay day (of several the first, and the last) a receipt may come. */
const DAYS = { before: 7, after: 31 } as const
const ONE_DAY = 86_400_000
/** A receipt may differ from its statement by one part in so many. */
const CLOSE = 4
/** Of so many statements (or receipts) at most, the nearest in days, sums are tried. */
const SUMMED = 16

/** Holds all receipts against all statements of these partners; null where no receipt was ever read. */
export function receiptsOf(db: Database, partners: readonly Partner[]): { tieOuts: TieOut[]; strangers: Stranger[] } | null {
  const receipts = receiptsByDay(db)
  if (receipts.length === 0) return null
  return tieOut(
    receipts,
    partners.map((partner) => ({ partner, statements: paidStatements(db, partner.id) })),
  )
}

/** Holds all receipts against all statements of partners. The order of either does not matter. */
export function tieOut(
  receipts: readonly Received[],
  ledgers: readonly { partner: Partner; statements: readonly PaidStatement[] }[],
): { tieOuts: TieOut[]; strangers: Stranger[] } {
  const words = ledgers.flatMap(({ partner }) =>
    (partner.payer ?? [partner.name]).map((word) => ({ id: partner.id, word: columnKey(word) })),
  )
  const owned = receipts.map((receipt) => ({ receipt, owners: ownersOf(receipt, words) }))
  const spans = spansOf(receipts)
  const isCovered = ({ paidAt }: PaidStatement) => spans.some(({ from, to }) => from <= paidAt && paidAt <= to)
  const tieOuts = ledgers.flatMap(({ partner, statements }) => {
    const own = owned.filter(({ owners }) => owners.length === 1 && owners[0] === partner.id).map(({ receipt }) => receipt)
    const currencies = [...new Set([...own, ...statements].map(({ currency }) => currency))].sort(compareText)
    return currencies.map((currency): TieOut => {
      const inCurrency = <T extends { currency: Currency }>(records: readonly T[]) =>
        records.filter((each) => each.currency === currency)
      const { ties, statements: left, receipts: unexpected } = tie(inCurrency(statements), inCurrency(own))
      const uncovered = left.filter((statement) => !isCovered(statement))
      return { partner: partner.id, currency, ties, missing: left.filter(isCovered), uncovered, unexpected }
    })
  })
  const waiting = tieOuts.flatMap(({ partner, missing, uncovered }) =>
    [...missing, ...uncovered].map((statement) => ({ partner, statement })),
  )
  const strangers = owned
    .filter(({ owners }) => owners.length !== 1)
    .map(({ receipt, owners }) => ({
      receipt,
      partners: owners,
      equals: waiting
        .filter(
          ({ statement }) =>
            [statement, ...(statement.days ?? [])].some(({ total }) => total === receipt.amount) &&
            statement.currency === receipt.currency &&
            isNear(statement, receipt),
        )
        .map(({ partner, statement: { statementId } }) => ({ partner, statementId })),
    }))
    .sort((a, b) => byDay(a.receipt, b.receipt))
  return { tieOuts, strangers }
}

/** The days that exports tell of: from the first of the month of their first receipt to their last one. */
function spansOf(receipts: readonly Received[]): { from: Day; to: Day }[] {
  const spans = new Map<string, { from: Day; to: Day }>()
  for (const { receivedOn, origin } of receipts) {
    const { from, to } = spans.get(origin.sha256) ?? { from: receivedOn, to: receivedOn }
    const first = dayOf(monthOf(receivedOn), 1)
    spans.set(origin.sha256, { from: first < from ? first : from, to: receivedOn > to ? receivedOn : to })
  }
  return [...spans.values()]
}

/** The partners whose words a receipt holds; a word that is part of another's that it holds as well does not count. */
function ownersOf({ payer, remark }: Received, words: readonly { id: string; word: string }[]): string[] {
  const text = columnKey([payer, remark].join(' '))
  const held = words.filter(({ word }) => text.includes(word))
  const own = held.filter(({ word }) => !held.some((other) => other.word !== word && other.word.includes(word)))
  return [...new Set(own.map(({ id }) => id))]
}

/** Whether all of the money fits; null where all that is known of it does. */
function tiesOut({ ties, missing, uncovered, unexpected }: TieOut): boolean | null {
  const isOff = missing.length > 0 || unexpected.length > 0 || ties.some(({ difference }) => difference !== 0)
  return isOff ? false : uncovered.length > 0 ? null : true
}

/** What of a tie-out concerns a month: ties with a statement of it, statements paid in it, and receipts that came in it. */
export function inMonth({ ties, missing, uncovered, unexpected, ...rest }: TieOut, month: Month): TieOut {
  const isOf = ({ paidAt }: PaidStatement) => monthOf(paidAt) === month
  return {
    ...rest,
    ties: ties.filter(({ statements }) => statements.some(isOf)),
    missing: missing.filter(isOf),
    uncovered: uncovered.filter(isOf),
    unexpected: unexpected.filter(({ receivedOn }) => monthOf(receivedOn) === month),
  }
}

type StatementShown = { statementId: string; paidAt: Day; total: string }
export type ReceiptShown = {
  receivedOn: Day
  amount: string
  payer: string | null
  remark: string | null
  reference: string | null
  source: Origin
}

/**
 * A tie-out as JSON shows it, amounts as decimal strings. Exactly: statements − missing − uncovered + unexpected + difference = received.
 */
export type TieOutShown = {
  statements: string
  missing: string
  uncovered: string
  unexpected: string
  difference: string
  received: string
  /** Null where nothing is wrong, but not all was covered. */
  tiesOut: boolean | null
  ties: { statements: StatementShown[]; receipts: ReceiptShown[]; difference: string }[]
  missingStatements: StatementShown[]
  uncoveredStatements: StatementShown[]
  unexpectedReceipts: ReceiptShown[]
}

export function shown(found: TieOut): TieOutShown {
  const { currency, ties, missing, uncovered, unexpected } = found
  const money = (amount: Minor) => formatAmount(amount, currency)
  const total = (statements: readonly PaidStatement[]) => statements.reduce((sum, statement) => sum + statement.total, 0)
  const amount = (receipts: readonly Received[]) => receipts.reduce((sum, receipt) => sum + receipt.amount, 0)
  const statementShown = ({ statementId, paidAt, total }: PaidStatement) => ({ statementId, paidAt, total: money(total) })
  return {
    statements: money(total([...ties.flatMap(({ statements }) => statements), ...missing, ...uncovered])),
    missing: money(total(missing)),
    uncovered: money(total(uncovered)),
    unexpected: money(amount(unexpected)),
    difference: money(ties.reduce((sum, { difference }) => sum + difference, 0)),
    received: money(amount([...ties.flatMap(({ receipts }) => receipts), ...unexpected])),
    tiesOut: tiesOut(found),
    ties: ties.map(({ statements, receipts, difference }) => ({
      statements: statements.map(statementShown),
      receipts: receipts.map(receiptShown),
      difference: money(difference),
    })),
    missingStatements: missing.map(statementShown),
    uncoveredStatements: uncovered.map(statementShown),
    unexpectedReceipts: unexpected.map(receiptShown),
  }
}

export function receiptShown({ receivedOn, amount, currency, payer, remark, reference, origin }: Received): ReceiptShown {
  const { file, line, sha256 } = origin
  return { receivedOn, amount: formatAmount(amount, currency), payer, remark, reference, source: { file, line, sha256 } }
}

/** Ties of one partner and currency, and what is left of both. A statement of nothing needs no receipt. */
function tie(
  statements: readonly PaidStatement[],
  receipts: readonly Received[],
): { ties: Tie[]; statements: PaidStatement[]; receipts: Received[] } {
  let open = statements
    .flatMap((statement) => transfersOf(statement, receipts))
    .filter(({ total }) => total !== 0)
    .sort(byPayDay)
  let free = receipts.toSorted(byDay)
  const ties: Tie[] = []
  const claim = (paid: readonly PaidStatement[], by: readonly Received[]) => {
    open = open.filter((statement) => !paid.includes(statement))
    free = free.filter((receipt) => !by.includes(receipt))
    const difference = by.reduce((sum, { amount }) => sum + amount, 0) - paid.reduce((sum, { total }) => sum + total, 0)
    ties.push({ statements: paid, receipts: by, difference })
  }

  const byAmount = new Map<Minor, Received[]>()
  for (const receipt of free) byAmount.set(receipt.amount, [...(byAmount.get(receipt.amount) ?? []), receipt])
  const exact = open
    .flatMap((statement) => (byAmount.get(statement.total) ?? []).map((receipt) => ({ statement, receipt })))
    .filter(({ statement, receipt }) => isNear(statement, receipt))
    .sort((a, b) => distance(a.statement, a.receipt) - distance(b.statement, b.receipt))
  for (const { statement, receipt } of exact)
    if (open.includes(statement) && free.includes(receipt)) claim([statement], [receipt])

  /** What several sums would do for: no difference is made of it. */
  const unclear = new Set<PaidStatement | Received>()
  for (const receipt of free) {
    const near = open.filter((statement) => isNear(statement, receipt))
    const tried = nearest(near, (statement) => distance(statement, receipt)).sort(byPayDay)
    const [paid, other] = summingTo(tried, ({ total }) => total, receipt.amount)
    if (other) unclear.add(receipt)
    else if (paid) claim(paid, [receipt])
  }
  for (const statement of open) {
    const near = free.filter((receipt) => isNear(statement, receipt))
    const tried = nearest(near, (receipt) => distance(statement, receipt)).sort(byDay)
    const [by, other] = summingTo(tried, ({ amount }) => amount, statement.total)
    if (other) unclear.add(statement)
    else if (by) claim([statement], by)
  }

  const fits = (statement: PaidStatement, receipt: Received) =>
    !unclear.has(statement) &&
    !unclear.has(receipt) &&
    isNear(statement, receipt) &&
    Math.abs(receipt.amount - statement.total) * CLOSE <= Math.abs(statement.total)
  for (const statement of open) {
    const [receipt, ...others] = free.filter((each) => fits(statement, each))
    if (receipt && others.length === 0 && open.filter((each) => fits(each, receipt)).length === 1) claim([statement], [receipt])
  }
  return { ties: ties.sort((a, b) => byPayDay(a.statements[0]!, b.statements[0]!)), statements: open, receipts: free }
}

/** What came of a statement that was paid on several days: each day's money by itself where receipts show some of it, and none shows all. */
function transfersOf(statement: PaidStatement, receipts: readonly Received[]): PaidStatement[] {
  const { days, statementId, currency } = statement
  const each = days?.map((day) => ({ ...day, statementId, currency })) ?? []
  const isReceived = (paid: PaidStatement) => receipts.some((receipt) => receipt.amount === paid.total && isNear(paid, receipt))
  return !isReceived(statement) && each.some(isReceived) ? each : [statement]
}

/** Milliseconds from the pay day to the receipt. */
const gap = ({ paidAt }: PaidStatement, { receivedOn }: Received) => Date.parse(receivedOn) - Date.parse(paidAt)
const distance = (statement: PaidStatement, receipt: Received) => Math.abs(gap(statement, receipt))

function isNear(statement: PaidStatement, receipt: Received): boolean {
  const sinceFirst = Date.parse(receipt.receivedOn) - Date.parse(statement.days?.[0]?.paidAt ?? statement.paidAt)
  return sinceFirst >= -DAYS.before * ONE_DAY && gap(statement, receipt) <= DAYS.after * ONE_DAY
}

function nearest<T>(items: readonly T[], distance: (item: T) => number): T[] {
  return items.toSorted((a, b) => distance(a) - distance(b)).slice(0, SUMMED)
}

/** Two or more items that add up to a sum; two answers where others of other amounts do as well. */
function summingTo<T>(items: readonly T[], amountOf: (item: T) => Minor, sum: Minor): T[][] {
  const amounts = items.map(amountOf)
  // what the items from `at` on can add at least and at most
  const reach = amounts.map((_, at) => {
    const rest = amounts.slice(at)
    const total = (bound: (amount: Minor) => Minor) => rest.reduce((all, amount) => all + bound(amount), 0)
    return { low: total((amount) => Math.min(amount, 0)), high: total((amount) => Math.max(amount, 0)) }
  })
  const answers = new Map<string, T[]>()
  const search = (at: number, left: Minor, taken: readonly number[]): void => {
    if (left === 0 && taken.length > 1) {
      const parts = taken.map((i) => amounts[i]!).sort((a, b) => a - b)
      const key = parts.join(' ')
      if (!answers.has(key))
        answers.set(
          key,
          taken.map((i) => items[i]!),
        )
    }
    const rest = reach[at]
    if (answers.size > 1 || !rest || left < rest.low || left > rest.high) return
    search(at + 1, left - amounts[at]!, [...taken, at])
    search(at + 1, left, taken)
  }
  search(0, sum, [])
  return [...answers.values()]
}

function byPayDay(a: PaidStatement, b: PaidStatement): number {
  return compareText(a.paidAt, b.paidAt) || compareText(a.statementId, b.statementId)
}

function byDay(a: Received, b: Received): number {
  return (
    compareText(a.receivedOn, b.receivedOn) ||
    compareText(a.reference ?? '', b.reference ?? '') ||
    a.amount - b.amount ||
    compareText(`${a.payer} ${a.remark}`, `${b.payer} ${b.remark}`) ||
    compareText(a.origin.file, b.origin.file) ||
    a.origin.line - b.origin.line
  )
}
