import { addDays, type Day, dayOf, type Month } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import type { Adjustment } from '../settle/adjust.ts'
import { compareText } from '../settle/entry.ts'
import { ledgerOf, recordsOf } from '../settle/ledger.ts'
import { type ClassTotals, changesOf, type Finding, findingOf, minor } from '../settle/report.ts'
import type { Database } from '../store/open.ts'
import { goodsLookup } from '../store/products.ts'
import type { Workspace } from '../workspace.ts'
import { dimensionsOf } from './dimensions.ts'
import { type Figures, figuresOf, isOpen, nothing, type Row, whatBecame } from './figures.ts'
import { type Ranked, ranked, totalsOf } from './rank.ts'
import { type Judged, type Listener, tellAsSettled } from './stories.ts'

/** What the report of a month tells apart. */
export const GROUPS = ['partner', 'channel', 'shop', 'category', 'product'] as const
export type GroupName = (typeof GROUPS)[number]

/** `name`: for people; null where it is not known, and of what is put together. */
export type Group = Ranked & { name: string | null }

/**
 * A day. `orders`, `estimated` and `refunded` are of what was ordered on it, as it stands now; `due` and `received` of what was due and paid
 * on it. Minor units.
 */
export type DaySums = { day: Day; orders: number; estimated: Minor; refunded: Minor; due: Minor; received: Minor }

/** A settlement month in one currency; all but what was ordered on each day is by pay day. */
export type MonthSheet = {
  currency: Currency
  total: Figures
  groups: Record<GroupName, Group[]>
  days: DaySums[]
  /** The largest first. */
  losses: Finding[]
  /** What later facts change of months that were closed before; in none of the figures. */
  adjusted: ClassTotals
  /** The largest of these first. */
  adjustments: Adjustment[]
}

/**
 * All that the report of a settlement month shows, a sheet for each currency: what `settle` says of the month, a closed one as it was closed.
 * `top`: groups of each kind that stay by themselves, and losses and adjustments that are told. `progress` hears what is read.
 * @throws ShoptoolError (usage) where a partner has no calendar.
 */
export function monthSheets(
  db: Database,
  workspace: Workspace,
  partners: readonly Partner[],
  { month, today, top }: { month: Month; today: Day; top: number },
  progress: Listener,
): MonthSheet[] {
  const [from, to] = [dayOf(month, 1), dayOf(month, 31)]
  const dimensions = dimensionsOf(db, workspace)
  const byPayDay = { basis: 'paid', from, to, today } as const
  const groups = GROUPS.map((name) => figuresOf({ ...byPayDay, by: [dimensions[name]], per: null }))
  const paidDays = figuresOf({ ...byPayDay, by: [], per: 'day' })
  const orderDays = figuresOf({ ...byPayDay, basis: 'ordered', by: [], per: 'day' })
  const losses = largestLosses(top, today)
  const adjustments: Adjustment[] = []
  db.transaction(() => {
    for (const partner of partners) adjustments.push(...(ledgerOf(db, partner, month).adjustments ?? []))
    tellAsSettled(db, partners, { from: month, to: month }, ...groups, paidDays, losses, progress)
    // what was paid for orders is no matter here
    for (const partner of partners) {
      for (const order of recordsOf(db, partner, month).orders) orderDays.add({ partner, orders: [order], judged: [] })
    }
  })()

  const answers = groups.map((figures) => figures.answer().rows)
  const totals = totalsOf(answers[0]!)
  const [paid, ordered] = [paidDays.answer().rows, orderDays.answer().rows]
  const nameOf = namer(db, partners)
  return [...new Set([...totals, ...ordered, ...adjustments].map(({ currency }) => currency))]
    .sort(compareText)
    .map((currency) => {
      const own = (rows: readonly Row[]) => rows.filter((row) => row.currency === currency)
      const named = (name: GroupName, rows: readonly Row[]): Group[] =>
        ranked(own(rows), 'received', top).map((row) => ({ ...row, name: nameOf(name, row.group[0] ?? null) }))
      const adjusted = adjustments.filter((adjustment) => adjustment.currency === currency)
      const on = (day: Day, rows: readonly Row[]) => own(rows).find(({ period }) => period === day)?.figures ?? nothing()
      return {
        currency,
        total: own(totals)[0]?.figures ?? nothing(),
        groups: Object.fromEntries(GROUPS.map((name, i) => [name, named(name, answers[i]!)])) as MonthSheet['groups'],
        days: daysFrom(from, to).map((day) => {
          const { orders, estimated, refunded } = on(day, ordered)
          const { due, received } = on(day, paid)
          return { day, orders, estimated, refunded, due, received }
        }),
        losses: losses.of(currency),
        adjusted: changesOf(adjusted, currency),
        adjustments: adjusted.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, top),
      }
    })
}

const sizeOf = ({ difference, currency }: Adjustment): Minor => Math.abs(minor(difference, currency))

/** Partners and goods by the names that people know them by. */
function namer(db: Database, partners: readonly Partner[]): (kind: GroupName, name: string | null) => string | null {
  const goods = goodsLookup(db)
  return (kind, name) => {
    if (name === null) return null
    if (kind === 'partner') return partners.find(({ id }) => id === name)?.name ?? name
    if (kind !== 'product') return name
    const [partner, sku] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)]
    return goods(partner, sku)?.title ?? name
  }
}

function daysFrom(from: Day, to: Day): Day[] {
  const days: Day[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

/** Keeps, of each currency, the entries that most was lost by. */
function largestLosses(count: number, today: Day): Listener & { of(currency: Currency): Finding[] } {
  const kept = new Map<Currency, (Judged & { partner: string })[]>()
  return {
    add({ partner, judged }) {
      for (const { entry, rules } of judged) {
        if (whatBecame(entry) !== 'lost' || entry.difference === 0 || isOpen(entry, rules, today)) continue
        const largest = kept.get(entry.currency) ?? []
        kept.set(entry.currency, largest)
        const behind = largest.findIndex((other) => other.entry.difference > entry.difference)
        if (behind < 0 && largest.length === count) continue
        largest.splice(behind < 0 ? largest.length : behind, 0, { partner: partner.id, entry, rules })
        largest.length = Math.min(largest.length, count)
      }
    },
    of: (currency) => (kept.get(currency) ?? []).map(({ partner, entry, rules }) => findingOf(partner, entry, rules)),
  }
}
