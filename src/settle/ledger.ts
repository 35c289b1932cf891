import { addMonths, dayOf, type Month } from '../day.ts'
import type { Basis, Calendar, Fee, Partner } from '../partners/partner.ts'
import { keyOf } from '../records.ts'
import { type Closing, closedMonths, type Frozen, ordersLearnedOf } from '../store/closings.ts'
import { type Position, positionOf } from '../store/journal.ts'
import { type Database, versionOf } from '../store/open.ts'
import { ordersByKey } from '../store/orders.ts'
import { linesByKey, linesOfOrder, statementsOf } from '../store/payouts.ts'
import type { Among } from '../store/stretch.ts'
import { type AdjustedFacts, type Adjustment, adjust, type Known } from './adjust.ts'
import { coverage } from './calendar.ts'
import type { OrderLedger } from './dispute.ts'
import { compareText } from './entry.ts'
import { judgedOrders, partsBy } from './parts.ts'
import { closePortions, type Portion } from './portion.ts'
import { inMonth, receiptsOf, shown } from './receipts.ts'
import type { Settlement } from './report.ts'
import { type Ledger, rulesOf, type SettleOptions, settleLedgers } from './settle.ts'

/** Portions of a settlement that were made beforehand (`threads.ts`), by partner, and the version of the database that they were made from. */
export type Portions = {
  version: number
  of: ReadonlyMap<string, readonly Portion[]>
  /** Why there are none of a partner that should have some. */
  failed: ReadonlyMap<string, string>
}

/**
 * Settles one month of each partner and, where a folder is given, writes summary.csv, findings.csv, lines.csv and report.html. Partners
 * without orders and payouts are passed over. `portions` count where nothing was written to the database since; they are used up. Reads one
 * snapshot of the database and writes nothing to it.
 * @throws ShoptoolError (usage) where a partner with orders or payouts has no calendar; (data) where sums do not tie out.
 */
export function settle(
  db: Database,
  partners: readonly Partner[],
  month: Month,
  options: SettleOptions & { portions?: Portions },
): Settlement {
  const settled = db.transaction(() => {
    const portions = options.portions?.version === versionOf(db) ? options.portions.of : undefined
    const all = receiptsOf(db, options.payers ?? partners)?.tieOuts.map((each) => inMonth(each, month))
    const ledgers = partners.map((partner) => {
      const ledger = { ...ledgerOf(db, partner, month), portions: portions?.get(partner.id) }
      return all && !ledger.closedAt ? { ...ledger, receipts: all.filter((each) => each.partner === partner.id) } : ledger
    })
    const settlement = settleLedgers(ledgers, month, options)
    // Money may be received after a month was closed: it is told, but is in none of the files, which stay as they are.
    for (const one of settlement.partners) {
      const found = all?.find((each) => each.partner === one.partner && each.currency === one.currency)
      if (found) one.received = shown(found)
    }
    return settlement
  })
  try {
    return settled()
  } finally {
    closePortions([...(options.portions?.of.values() ?? [])].flat())
  }
}

/**
 * What a partner's month is settled from: as everything stands now or, where the month is closed, as it stood then. With `only`, the orders
 * and payout lines of these order numbers. `adjusted` is told what each adjustment follows from.
 */
export function ledgerOf(
  db: Database,
  partner: Partner,
  month: Month,
  only?: readonly string[],
  adjusted?: (facts: AdjustedFacts) => void,
): Ledger {
  const closed = closedMonths(db, partner.id)
  const closing = closed.find((each) => each.month === month)
  if (closing) return closedLedger(db, partner, closed.slice(0, closed.indexOf(closing)), closing, only, adjusted)
  return {
    ...recordsOf(db, partner, month, undefined, only),
    statements: statementsOf(db, partner.id, month),
    adjustments: adjustments(db, partner, closed, month, positionOf(db), adjusted),
  }
}

/** The orders and payout lines that a month is settled from, with the partner as it is judged; those of a close where there is one. */
export function recordsOf(
  db: Database,
  partner: Partner,
  month: Month,
  closing?: Freeze,
  only?: Among,
): Pick<Ledger, 'partner' | 'orders' | 'lines'> {
  const { position, terms } = closing?.frozen ?? {}
  const then = terms ? partnerOn(partner, terms) : partner
  return {
    partner: then,
    orders: judgedOrders(db, then, position, only),
    lines: linesByKey(db, partner.id, dayOf(month, 31), position, only),
  }
}

/** All that stands now of an order of a partner and those that are paid together with it. */
export function orderLedger(db: Database, partner: Partner): OrderLedger {
  return (orderId) => ({
    orders: [...judgedOrders(db, partner, undefined, [orderId])],
    lines: linesOfOrder(db, partner.id, orderId),
  })
}

/** A close as far as it says what goes in. */
export type Freeze = Pick<Closing, 'month' | 'at'> & { frozen: Pick<Frozen, 'position' | 'terms'> }

/** What a partner's month was settled from when it was closed, the months `before` having been closed already. */
export function closedLedger(
  db: Database,
  partner: Partner,
  before: readonly Closing[],
  closing: Freeze,
  only?: readonly string[],
  adjusted?: (facts: AdjustedFacts) => void,
): Ledger {
  const { month, at } = closing
  const { position } = closing.frozen
  return {
    ...recordsOf(db, partner, month, closing, only),
    statements: statementsOf(db, partner.id, month, position),
    closedAt: at,
    adjustments: adjustments(db, partner, before, month, position, adjusted),
  }
}

/** By what a partner is judged, as data. */
export type Terms = Frozen['terms']

/** What a partner is judged by: all that is known of it but for how its records are read. */
export function termsOf({ feeds, apis, aggregators, links, stuck, ...terms }: Partner): Terms {
  return terms
}

/** The partner as it was judged then, whatever is known of it now. */
export function partnerOn({ feeds }: Pick<Partner, 'feeds'>, terms: Terms): Partner {
  return { feeds, ...(terms as Omit<Partner, 'feeds'>) }
}

/** The dates that an order is due by, of a calendar and those before it. */
function basesOf({ basis, before }: Calendar): Basis[] {
  return before ? [basis, ...basesOf(before)] : [basis]
}

/** Orders that are looked at together: a whole year may have been read anew. */
const AT_ONCE = 5_000

/** What is to be posted to a month; something only where it is the one after the last that is closed. */
function adjustments(
  db: Database,
  partner: Partner,
  closed: readonly Closing[],
  month: Month,
  now: Position,
  adjusted: (facts: AdjustedFacts) => void = () => {},
): Adjustment[] {
  const last = closed.at(-1)
  if (!last || addMonths(last.month, 1) !== month) return []
  const rules = closed.map(({ month, frozen }) => rulesOf(partnerOn(partner, frozen.terms), month))
  // of a limit for a month an order may take what another leaves: then all orders are looked at
  const isLimited = rules.some(({ fees }) => fees.some(({ maxMonth }) => maxMonth !== undefined))
  const orders = ordersLearnedOf(db, partner.id, [isLimited ? 0 : last.frozen.position, now], {
    basis: [...new Set(rules.flatMap(({ calendar }) => basesOf(calendar)))],
    day: rules
      .map(({ calendar, month }) => coverage(calendar, month).to)
      .sort()
      .at(-1)!,
    paid: dayOf(last.month, 31),
  })
  const partsAt = (fees: readonly Fee[], position: Position) => partsBy(fees, () => ordersByKey(db, partner.id, position))
  const parts = closed.map(({ frozen }, i) =>
    [frozen.position, last.frozen.position, now].map((position) => partsAt(rules[i]!.fees, position)),
  )
  const found: Adjustment[] = []
  for (let at = 0; at < orders.length; at += AT_ONCE) {
    const only = orders.slice(at, at + AT_ONCE)
    // by the routes that are known now: what was of no order at the close is seen to be of this one
    const known = (position: Position, until: Month) => knownOf(db, partner.id, only.flat(), position, until, now)
    const posted = known(last.frozen.position, last.month)
    const present = known(now, month)
    for (const [i, closing] of closed.entries()) {
      const closedAs = closing === last ? posted : known(closing.frozen.position, closing.month)
      const judged = ({ orders, ...known }: Known, which: number): Known => ({ ...known, orders: [...parts[i]![which]!(orders)] })
      for (const ids of only) {
        const states = { closed: judged(closedAs(ids), 0), posted: judged(posted(ids), 1), now: judged(present(ids), 2) }
        const facts = { rules: rules[i]!, ...states }
        const adjustments = adjust(partner.id, facts)
        if (adjustments.length > 0) adjusted(facts)
        found.push(...adjustments)
      }
    }
  }
  return found.sort(
    (a, b) =>
      compareText(a.currency, b.currency) || compareText(a.closedMonth, b.closedMonth) || compareText(a.orderId, b.orderId),
  )
}

/** What was known of orders at a position, with the payouts up to the end of a month; lines are routed as of another. */
function knownOf(
  db: Database,
  partner: string,
  only: readonly string[],
  position: Position,
  month: Month,
  routesAsOf: Position,
): (orderIds: readonly string[]) => Known {
  const orders = byOrder(ordersByKey(db, partner, position, only))
  const lines = byOrder(linesByKey(db, partner, dayOf(month, 31), position, only, routesAsOf))
  return (orderIds) => ({
    orders: orderIds.flatMap((id) => orders.get(id) ?? []),
    lines: orderIds.flatMap((id) => lines.get(id) ?? []),
    month,
  })
}

function byOrder<T extends Parameters<typeof keyOf>[0]>(records: Iterable<T>): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const record of records) {
    const group = groups.get(keyOf(record))
    if (group) group.push(record)
    else groups.set(keyOf(record), [record])
  }
  return groups
}
