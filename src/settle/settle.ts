import { dayOf, type Instant, type Month } from '../day.ts'
import { dataError, usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import { calendarOf, feesOf, toleranceOn } from '../partners/terms.ts'
import type { Order, Recorded, RoutedLine } from '../records.ts'
import type { Statement } from '../store/payouts.ts'
import type { Adjustment } from './adjust.ts'
import { compareText, type Rules } from './entry.ts'
import { beginFiles, type SettlementFiles } from './files.ts'
import { joinPortions, type Portion, settlePortion } from './portion.ts'
import type { TieOut } from './receipts.ts'
import {
  beyondTolerance,
  type Finding,
  type PartnerSettlement,
  partnerSettlements,
  type Settlement,
  sortFindings,
  type Tally,
  totalOf,
} from './report.ts'

/** What a settlement of one partner is made from. */
export type Ledger = {
  partner: Partner
  /** Sorted by order id in UTF-8 byte order, as are `lines`, those without one first. */
  orders: Iterable<Recorded<Order>>
  /** Paid up to the last day of the month. */
  lines: Iterable<RoutedLine>
  /** What became of them, where they were settled already. */
  portions?: readonly Portion[] | undefined
  /** Those with lines in the month. */
  statements: readonly Statement[]
  /** When the month was closed: all of this is then as it was. Absent where it is open. */
  closedAt?: Instant
  /** What later facts change of months that were closed before. */
  adjustments?: readonly Adjustment[]
  /** Receipts of the month against its statements, by currency; absent where no receipt was ever read, and of a closed month. */
  receipts?: readonly TieOut[]
}

export type SettleOptions = {
  /** Where the four files go (`out/settle/<month>`), made when absent; null writes none. */
  folder: string | null
  /** All whose payers receipts may come from, so that none is taken for another's; else those that are settled. */
  payers?: readonly Partner[]
}

/**
 * Settles one month from the records of each partner, and writes its files; see `settle`.
 * @throws ShoptoolError (usage) where a partner with orders or payouts has no calendar; (data) where sums do not tie out.
 */
export function settleLedgers(ledgers: readonly Ledger[], month: Month, options: SettleOptions): Settlement {
  const files = options.folder === null ? null : beginFiles(options.folder)
  try {
    const partners: PartnerSettlement[] = []
    const findings: Finding[] = []
    const sorted = [...ledgers].sort((a, b) => compareText(a.partner.id, b.partner.id))
    for (const ledger of sorted) {
      partners.push(...settleLedger(ledger, month, findings, files))
    }
    const settlement: Settlement = {
      schema: 'shoptool.settle.v1',
      month,
      closed: ledgers.length > 0 && ledgers.every(({ closedAt }) => closedAt !== undefined),
      partners,
      findings: sortFindings(findings),
      adjustments: sorted.flatMap(({ adjustments = [] }) => adjustments),
    }
    files?.finish(settlement)
    return settlement
  } catch (error) {
    files?.abandon()
    throw error
  }
}

/** Rules made so far: a million orders ask for the same ones, and calendars remember the days that they were asked for. */
const made = new WeakMap<Partner, Map<Month, Rules>>()

/**
 * By what the month of a partner is judged; the same object each time.
 * @throws ShoptoolError (usage) where the partner has no calendar.
 */
export function rulesOf(partner: Partner, month: Month): Rules {
  const months = made.get(partner) ?? new Map<Month, Rules>()
  made.set(partner, months)
  const rules = months.get(month) ?? rulesFor(partner, month)
  months.set(month, rules)
  return rules
}

function rulesFor(partner: Partner, month: Month): Rules {
  const calendar = calendarOf(partner)
  if (calendar === null) {
    throw usageError(
      `${partner.id} has no settlement calendar, expected like calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 } in partners/${partner.id}.yaml`,
    )
  }
  const { line, statement } = toleranceOn(dayOf(month, 1), partner)
  const rules = { month, calendar, fees: feesOf(partner), tolerance: line }
  return statement === null ? rules : { ...rules, statementTolerance: statement }
}

function settleLedger(ledger: Ledger, month: Month, findings: Finding[], files: SettlementFiles | null): PartnerSettlement[] {
  const { partner, statements } = ledger
  if (calendarOf(partner) === null && isEmpty(ledger.orders) && isEmpty(ledger.lines)) return []
  const rules = rulesOf(partner, month)
  const { tally, tolerated, ordered, ...portion } = ledger.portions
    ? joinPortions(ledger.portions, files)
    : settlePortion(partner.id, ledger, rules, files)
  for (const finding of portion.findings) findings.push(finding)
  checkSums(partner.id, month, tally, statements)
  findings.push(...beyondTolerance(partner.id, tolerated, statements, rules))
  return partnerSettlements(partner, rules, tally, statements, ordered, ledger)
}

function isEmpty(records: Iterable<unknown>): boolean {
  for (const _ of records) return false
  return true
}

/** In every currency: Σ paid over the classes = Σ lines of the statements, and each statement's lines = the total that it states. */
export function checkSums(partner: string, month: Month, tally: Tally, statements: readonly Statement[]): void {
  for (const { statementId, currency, total, statedTotal } of statements) {
    if (statedTotal === null || statedTotal === total) continue
    const [lines, stated] = [formatAmount(total, currency), formatAmount(statedTotal, currency)]
    throw dataError(`${partner} statement ${statementId}: its lines sum up to ${lines} ${currency}, but it states ${stated}`)
  }
  for (const currency of new Set([...tally.keys(), ...statements.map((statement) => statement.currency)])) {
    const stated = statements.reduce((sum, statement) => sum + (statement.currency === currency ? statement.total : 0), 0)
    const { paid } = totalOf(tally.get(currency) ?? new Map())
    if (paid !== stated) {
      const [classes, lines] = [formatAmount(paid, currency), formatAmount(stated, currency)]
      throw dataError(`${partner} ${month}: the classes sum up to ${classes} ${currency} paid, the statements to ${lines}`)
    }
  }
}
