import { type Month, monthOf } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type Order, type Recorded, type RoutedLine } from '../records.ts'
import { bundles } from '../settle/bundles.ts'
import { dueMonth, payDay, whyNotDue } from '../settle/calendar.ts'
import { compareText, type Entry, type Rules } from '../settle/entry.ts'
import { ledgerOf, recordsOf } from '../settle/ledger.ts'
import { reconcile } from '../settle/reconcile.ts'
import { isFinding } from '../settle/report.ts'
import { type Ledger, rulesOf } from '../settle/settle.ts'
import { closedMonths } from '../store/closings.ts'
import type { Database } from '../store/open.ts'

/** What a month made of some orders and payout lines. */
export type Judged = { rules: Rules; entry: Entry }

/** All that is known of one order number, or of several that are paid together: its lines as they stand, and what became of them in each month in which something did. */
export type Story = { partner: Partner; orders: readonly Recorded<Order>[]; judged: readonly Judged[] }

/** From one to another, both included, but for those in `without`. */
export type Months = { from: Month; to: Month; without?: ReadonlySet<Month | undefined> }
export const ALL_MONTHS: Months = { from: '0000-01', to: '9998-12' }

/**
 * The orders of a partner, one number at a time, so that memory does not grow with them. Each is settled as `settle` does it, in the
 * months from `from` to `to` in which it is due or paid; entries in which nothing was due are left out, unless somebody should look at
 * them. A payout line that names no order is a story of its own.
 * @throws ShoptoolError (usage) where the partner has no calendar.
 */
export function* stories({ partner, orders, lines }: Records, { from, to, without }: Months): Generator<Story> {
  const { calendar } = rulesOf(partner, to)
  const isAsked = (month: Month | undefined): month is Month =>
    month !== undefined && month >= from && month <= to && !without?.has(month)

  for (const [ofOrder, ofLines] of settledTogether(numbers(orders, lines))) {
    const months = new Set<Month>()
    for (const order of ofOrder) {
      const month = whyNotDue(order, calendar) === 'date' ? to : dueMonth(order, calendar)?.month
      if (isAsked(month)) months.add(month)
    }
    for (const line of ofLines) if (isAsked(monthOf(line.paidAt))) months.add(monthOf(line.paidAt))
    const judged: Judged[] = []
    for (const month of [...months].sort(compareText)) {
      const rules = rulesOf(partner, month)
      for (const entry of reconcile(ofOrder, ofLines, rules)) {
        if (entry.class !== 'not-due' || isFinding(entry, rules)) judged.push({ rules, entry })
      }
    }
    yield { partner, orders: ofOrder, judged }
  }
}

type Numbers = Iterable<[orders: Recorded<Order>[], lines: RoutedLine[]]>

/** Those of several order numbers in one where a payout line pays them together. */
function* settledTogether(numbers: Numbers): Numbers {
  const together = bundles()
  for (const [orders, lines] of numbers) {
    if (orders.length === 0 || !together.holds(orders[0]!.orderId, orders, lines)) yield [orders, lines]
  }
  for (const { orders, lines } of together.rest()) yield [orders, lines]
}

/** Both inputs, sorted by order number, side by side. */
function* numbers(orders: Iterable<Recorded<Order>>, lines: Iterable<RoutedLine>): Numbers {
  const orderSource = orders[Symbol.iterator]()
  const lineSource = lines[Symbol.iterator]()
  const next = <T>(source: Iterator<T>): T | null => {
    const { done, value } = source.next()
    return done ? null : value
  }
  let order = next(orderSource)
  let line = next(lineSource)
  try {
    while (order || line) {
      if (line && keyOf(line) === '') {
        yield [[], [line]]
        line = next(lineSource)
        continue
      }
      const id: string = order && (!line || compareText(order.orderId, keyOf(line)) <= 0) ? order.orderId : keyOf(line!)
      const ofOrder: Recorded<Order>[] = []
      for (; order?.orderId === id; order = next(orderSource)) ofOrder.push(order)
      const ofLines: RoutedLine[] = []
      for (; line && keyOf(line) === id; line = next(lineSource)) ofLines.push(line)
      yield [ofOrder, ofLines]
    }
  } finally {
    orderSource.return?.()
    lineSource.return?.()
  }
}

type Records = Pick<Ledger, 'partner' | 'orders' | 'lines'>
/** What is made of stories. */
export type Listener = { add(story: Story): void }

/** Tells every story of these partners, as everything stands now, to all listeners, from one snapshot of the database. */
export function tell(db: Database, partners: readonly Partner[], months: Months, ...listeners: readonly Listener[]): void {
  db.transaction(() => {
    for (const partner of partners) {
      for (const story of stories(recordsOf(db, partner, months.to), months))
        for (const listener of listeners) listener.add(story)
    }
  })()
}

/** Like `tell`, but of each closed month what `settle` says of it: all as it stood when it was closed. An order is told with the month of its pay day. */
export function tellAsSettled(
  db: Database,
  partners: readonly Partner[],
  { from, to }: { from: Month; to: Month },
  ...listeners: readonly Listener[]
): void {
  db.transaction(() => {
    for (const partner of partners) {
      const closed = closedMonths(db, partner.id).flatMap(({ month }) => (month >= from && month <= to ? month : []))
      for (const month of closed) hear(ledgerOf(db, partner, month), { from: month, to: month }, (asked) => asked === month)
      const without = new Set<Month | undefined>(closed)
      if (from < to || closed.length === 0)
        hear(recordsOf(db, partner, to), { from, to, without }, (month) => !without.has(month))
    }
  })()

  function hear(ledger: Records, months: Months, isOf: (month: Month | undefined) => boolean): void {
    for (const story of stories(ledger, months)) {
      const { calendar } = rulesOf(ledger.partner, months.to)
      const orders = story.orders.filter((order) => isOf(payDay(order, calendar)?.month))
      for (const listener of listeners) listener.add({ ...story, orders })
    }
  }
}
