import type { Instant } from '../day.ts'
import { formatAmount, formatRate, type Minor, multiplyDivide, type Ppm } from '../money.ts'
import type { StoredProduct } from '../store/products.ts'
import type { Known } from '../store/watched.ts'

export const EVENTS = [
  ...([
    'gone',
    'back',
    'currency',
    'price-down',
    'price-up',
    'rate-down',
    'rate-up',
    'commission-down',
    'commission-up',
  ] as const),
  ...(['coupon-ends', 'coupon-ended'] as const),
]
export type EventKind = (typeof EVENTS)[number]

/** One thing that happened to goods since they were last told of. Amounts are decimal strings, rates percent, coupons their end. */
export type WatchEvent = {
  kind: EventKind
  before: string | null
  now: string | null
  /** By how much of the old value, below zero: less; null where that cannot be said. */
  change: Ppm | null
}

export type Thresholds = {
  /** Smaller changes of price, rate and commission are not told, but add up: they are compared with what was last told. */
  minChange: Ppm
  /** How long before its end a coupon is told, in milliseconds. */
  couponWithin: number
}

/** What is known of goods from a shelf: the figures of the pick, with its coupon. */
export function knownOfPick(pick: Pick<Known, Figure | 'couponAmount' | 'couponUntil'>): Known {
  const couponAmount = pick.couponAmount || null
  return { ...figuresOf(pick), couponAmount, couponUntil: couponAmount === null ? null : pick.couponUntil }
}

type Figure = 'currency' | 'finalPrice' | 'commissionRate' | 'commission'

function figuresOf({ currency, finalPrice, commissionRate, commission }: Pick<Known, Figure>): Known {
  return {
    currency,
    finalPrice,
    commissionRate,
    commission,
    status: 'live',
    couponAmount: null,
    couponUntil: null,
    couponTold: null,
  }
}

/**
 * What has happened to a product since `known` was told, and what is known once that is told; the same again gives no events. Of goods
 * not known before only the coupon is told. While they are gone nothing else is. `now` in milliseconds.
 */
export function compare(
  known: Known | null,
  product: StoredProduct,
  now: number,
  { minChange, couponWithin }: Thresholds,
): { events: WatchEvent[]; known: Known } {
  const before = known ?? { ...figuresOf(product), status: product.status }
  if (product.status === 'gone') {
    const gone: WatchEvent = { kind: 'gone', before: null, now: product.lastSeen, change: null }
    return { events: before.status === 'gone' ? [] : [gone], known: { ...before, status: 'gone' } }
  }
  const events: WatchEvent[] = []
  const after: Known = { ...before, status: 'live' }
  if (before.status === 'gone') events.push({ kind: 'back', before: null, now: null, change: null })

  const money = (amount: Minor) => formatAmount(amount, product.currency)
  if (before.currency !== product.currency) {
    events.push({ kind: 'currency', before: before.currency, now: product.currency, change: null })
    Object.assign(after, figuresOf(product))
  } else {
    const figure = <F extends 'finalPrice' | 'commissionRate' | 'commission'>(
      name: F,
      kind: string,
      text: (value: number) => string,
    ) => {
      const [was, is] = [before[name], product[name]]
      if (was === is) return
      // from or to nothing is a change of any size
      const size = was === null || is === null || was === 0 ? null : multiplyDivide(Math.abs(is - was), 1_000_000, was, 'down')
      if (size !== null && size < minChange) return
      const up = is !== null && (was === null || is > was)
      after[name] = is as Known[F]
      events.push({
        kind: `${kind}-${up ? 'up' : 'down'}` as EventKind,
        before: was === null ? null : text(was),
        now: is === null ? null : text(is),
        change: size === null ? null : up ? size : -size,
      })
    }
    figure('finalPrice', 'price', money)
    figure('commissionRate', 'rate', formatRate)
    figure('commission', 'commission', money)
  }

  const couponAmount = product.couponAmount || null
  const couponUntil = couponAmount === null ? null : product.couponUntil
  const told = before.couponUntil === couponUntil ? before.couponTold : null
  const stage = couponAmount !== null ? stageOf(couponUntil, now, couponWithin) : before.couponAmount !== null ? 'ended' : null
  if (stage === null || (before.couponTold === 'ended' && (couponAmount === null || told !== null)) || told === stage)
    return { events, known: { ...after, couponAmount, couponUntil, couponTold: told } }
  const amount = couponAmount === null ? formatAmount(before.couponAmount!, before.currency) : money(couponAmount)
  events.push({ kind: `coupon-${stage}`, before: amount, now: couponUntil, change: null })
  return { events, known: { ...after, couponAmount, couponUntil, couponTold: couponAmount === null ? null : stage } }
}

/** Where a coupon stands that ends at an instant. */
function stageOf(until: Instant | null, now: number, within: number): 'ends' | 'ended' | null {
  if (until === null) return null
  const left = Date.parse(until) - now
  return left < 0 ? 'ended' : left <= within ? 'ends' : null
}
