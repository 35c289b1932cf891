import type { Day } from '../day.ts'
import { type Currency, formatRate, type Minor, minorDigits, type Ppm } from '../money.ts'
import { partsOf } from '../partners/fees.ts'
import type { Partner } from '../partners/partner.ts'
import type { Order } from '../records.ts'
import { type Rules, sumOf } from '../settle/entry.ts'
import { hasRefund } from '../settle/expect.ts'
import type { DimensionName } from './dimensions.ts'
import { type Dimension, isDueIn, isOpen, OF_DUE } from './figures.ts'
import type { Story } from './stories.ts'

/** By what orders are put together, in the order in which equals are preferred. Days come besides. */
export const GROUPINGS = ['category', 'shop', 'channel', 'tracking', 'rate', 'amount', 'statement', 'weekday'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** An order that was due (its lines that are paid together), and all that was paid for it. Amounts in minor units. */
export type Sighting = {
  partner: Partner
  currency: Currency
  /** Above zero. */
  expected: Minor
  paid: Minor
  /** What the buyers paid. */
  base: Minor
  /** What the partner rightly keeps by each fee, each of them once. */
  fees: readonly { name: string; amount: Minor }[]
  /** Differences up to it are tolerated. */
  slack: Minor
  rate: Ppm | null
  /** The day whose fees hold for it. */
  day: Day
  /** Its group by each of `GROUPINGS`; null where that is not known. */
  groups: readonly (string | null)[]
}

/** The orders of a story that should have been paid before `today`, by what `settle` made of them; what was paid late counts. */
export function sightingsOf(
  story: Story,
  dimensions: Pick<Record<DimensionName, Dimension>, 'category' | 'shop' | 'channel'>,
  today: Day,
): Sighting[] {
  const { partner } = story
  const found = new Map<Order, Sighting>()
  for (const { entry, rules } of story.judged) {
    const [order] = entry.about
    if (!order) continue
    if (entry.class === 'late') {
      const sighting = found.get(order)
      if (sighting) sighting.paid += entry.paid
      continue
    }
    const early = entry.class === 'early' ? sumOf(entry.before) : 0
    if (!OF_DUE.has(entry.class) || entry.orders.length === 0 || entry.expected <= 0) continue
    const { orders } = entry
    if (!isDueIn(order, rules) || isOpen(entry, rules, today) || orders.some(hasRefund)) continue
    // paid together with lines of another month: what of it is theirs is not told
    if (entry.class === 'early' && Math.abs(entry.paid + early - entry.expected) > rules.tolerance * orders.length) continue
    const day = (order.paidAt ?? order.orderedAt).slice(0, 10)
    // no spread: V8 then sets each further property the slow way
    found.set(order, {
      partner,
      currency: entry.currency,
      expected: entry.expected,
      paid: entry.paid + early,
      base: orders.reduce((sum, { paidAmount }) => sum + paidAmount, 0),
      fees: feesOf(orders, rules),
      slack: rules.tolerance * orders.length,
      rate: order.commissionRate,
      day,
      groups: [
        dimensions.category(partner.id, order),
        dimensions.shop(partner.id, order),
        dimensions.channel(partner.id, order),
        order.trackingId,
        order.commissionRate === null ? null : `${formatRate(order.commissionRate)} %`,
        bandOf(order.paidAmount, order.currency),
        entry.lines[0]?.statementId ?? null,
        weekdayOf(day),
      ],
    })
  }
  return [...found.values()]
}

function feesOf(orders: readonly Order[], { fees }: Rules): { name: string; amount: Minor }[] {
  const sums = new Map<string, Minor>()
  for (const order of orders)
    for (const { fee, amount } of partsOf(order, fees)) sums.set(fee.name, (sums.get(fee.name) ?? 0) + amount)
  return [...sums].map(([name, amount]) => ({ name, amount }))
}

const BANDS = [10, 50, 100, 500, 1000, 5000]

/** `50 to 100`: what the buyer paid, in major units. */
function bandOf(amount: Minor, currency: Currency): string {
  const unit = 10 ** minorDigits(currency)
  const at = BANDS.findIndex((most) => amount < most * unit)
  if (at === 0) return `below ${BANDS[0]}`
  return at === -1 ? `from ${BANDS.at(-1)} on` : `${BANDS[at - 1]} to ${BANDS[at]}`
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const weekdays = new Map<Day, string>()

function weekdayOf(day: Day): string {
  const known = weekdays.get(day) ?? WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]!
  weekdays.set(day, known)
  return known
}
