import { dayOf, type Month, monthOf } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import { keyOf, type Order, type Recorded, type RoutedLine } from '../records.ts'
import { bundles } from '../settle/bundles.ts'
import { dueMonth, whyNotDue } from '../settle/calendar.ts'
import { compareText, type Entry, type Rules } from '../settle/entry.ts'
import { judgedOrders } from '../settle/parts.ts'
import { reconcile } from '../settle/reconcile.ts'
import { isFinding } from '../settle/report.ts'
import { type Ledger, rulesOf } from '../settle/settle.ts'
import type { Database } from '../store/open.ts'
import { linesByKey } from '../store/payouts.ts'

/** What a month made of some orders and payout lines. */
export type Judged = { rules: Rules; entry: Entry }

/** All that is known of one order number, or of several that are paid together: its lines as they stand, and what became of them in each month in which something did. */
export type Story = { partner: Partner; orders: readonly Recorded<Order>[]; judged: readonly Judged[] }

/**
 * The orders of a partner, one number at a time, so that memory does not grow with them. Each is settled as `settle` does it, in the
 * months from `from` to `to` in which it is due or paid; entries in which nothing was due are left out, unless somebody should look at
 * them. A payout line that names no order is a story of its own.
 * @throws ShoptoolError (usage) where the partner has no calendar.
 */
export function* stories(
  { partner, orders, lines }: Pick<Ledger, 'partner' | 'orders' | 'lines'>,
  { from, to }: { from: Month; to: Month },
): Generator<Story> {
  const { calendar } = rulesOf(partner, to)
  const isAsked = (month: Month | undefined): month is Month => month !== undefined && month >= from && month <= to

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

/** Tells every story of these partners to all listeners, from one snapshot of the database. */
export function tell(
  db: Database,
  partners: readonly Partner[],
  months: { from: Month; to: Month },
  ...listeners: readonly { add(story: Story): void }[]
): void {
  db.transaction(() => {
    for (const partner of partners) {
      const ledger = {
        partner,
        orders: judgedOrders(db, partner),
        lines: linesByKey(db, partner.id, dayOf(months.to, 31)),
      }
      for (const story of stories(ledger, months)) for (const listener of listeners) listener.add(story)
    }
  })()
}
