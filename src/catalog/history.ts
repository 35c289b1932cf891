import type { Instant } from '../day.ts'
import { formatAmount, type Minor } from '../money.ts'
import type { Product } from '../records.ts'
import type { Database } from '../store/open.ts'
import { type PastValues, productHistory, type StoredProduct } from '../store/products.ts'

/** What goods cost and paid from `since` on; `until` is null in the last state, the present one. */
export type State = Omit<PastValues, 'until'> & { since: Instant; until: Instant | null }

/** All states of a product that own runs have seen, oldest first. */
export function statesOf(db: Database, product: StoredProduct): State[] {
  const past = productHistory(db, product.id)
  return [...past, { ...product, until: null }].map(
    ({ until, price, finalPrice, couponAmount, commissionRate, commission, sales, status }, i) => ({
      since: past[i - 1]?.until ?? product.firstSeen,
      until,
      ...{ price, finalPrice, couponAmount, commissionRate, commission, sales, status },
    }),
  )
}

/** A price that went up before a discount took it down again. Amounts are minor units. */
export type Raise = {
  from: Minor
  to: Minor
  /** When the higher price was first seen; not in one step where `steps` is true. */
  on: Instant
  steps: boolean
  discount: { amount: Minor; coupon: boolean; since: Instant }
  /** What a buyer paid before the rise, and with the discount. */
  before: Minor
  now: Minor
}

/** A rise longer ago is no preparation of a discount. */
const WINDOW = 30 * 86_400_000

/**
 * Whether the price before the discount was raised within the 30 days (before `now`, in milliseconds) in which the present discount
 * appeared. Only own history is evidence: null where it holds none.
 */
export function raisedBeforeDiscount(states: readonly State[], now: number): Raise | null {
  const discounted = ({ price, finalPrice, status }: State) => status === 'live' && finalPrice < price
  if (!discounted(states.at(-1)!)) return null
  const first = states.findLastIndex((state) => !discounted(state)) + 1
  const appeared = states[first]!
  const lowest = states
    .slice(0, first)
    .filter(({ until, status }) => status === 'live' && Date.parse(until!) >= now - WINDOW)
    .reduce<State | null>((low, state) => (low === null || state.price <= low.price ? state : low), null)
  if (lowest === null || lowest.price >= appeared.price) return null
  const begin = states.indexOf(lowest) + 1
  const raised = states.findIndex(({ price }, i) => i >= begin && price >= appeared.price)
  return {
    from: lowest.price,
    to: appeared.price,
    on: states[raised]!.since,
    steps: raised > begin,
    discount: {
      amount: appeared.price - appeared.finalPrice,
      coupon: (appeared.couponAmount ?? 0) > 0,
      since: appeared.since,
    },
    before: lowest.finalPrice,
    now: appeared.finalPrice,
  }
}

/** `price raised from 59.00 to 99.00 on 2026-11-03, 5 days before the coupon of 40.00; with it 59.00, before that 59.00` */
export function raiseText(
  { from, to, on, steps, discount, before, now }: Raise,
  { currency }: Pick<Product, 'currency'>,
): string {
  const money = (amount: Minor) => formatAmount(amount, currency)
  const dayOf = (instant: Instant) => Date.parse(`${instant.slice(0, 10)}T00:00:00Z`)
  const days = (dayOf(discount.since) - dayOf(on)) / 86_400_000
  const when = days === 0 ? 'the day of' : `${days} ${days === 1 ? 'day' : 'days'} before`
  return `price raised from ${money(from)} to ${money(to)} ${steps ? 'by' : 'on'} ${on.slice(0, 10)}, ${when} the ${discount.coupon ? 'coupon' : 'discount'} of ${money(discount.amount)}; with it ${money(now)}, before the rise ${money(before)}`
}
