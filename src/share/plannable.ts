import { addDays, type Day, type Instant, instantOf, instantReader, type Zone } from '../day.ts'
import { ShoptoolError } from '../errors.ts'
import type { Database } from '../store/open.ts'
import { type Post, postsSince } from '../store/posts.ts'
import type { StoredProduct } from '../store/products.ts'
import { type Calendar, sourcesOf } from './channel.ts'
import type { ShareItem } from './facts.ts'
import type { LocalMinute, PlanChannel, PlanGoods, PlanPost } from './plan.ts'

/** A minute of the shop's day, of a point in time written in any zone. */
export const localMinute = (instant: Instant | number, zone: Zone): LocalMinute =>
  instantOf(typeof instant === 'number' ? instant : Date.parse(instant), zone).slice(0, 16)

/** The point in time of a minute of the shop's day. */
export const instantAt = (at: LocalMinute, zone: Zone): Instant => instantReader("yyyy-MM-dd'T'HH:mm", zone)(at)!

/** Goods to plan with. `missing` says why they cannot be shared at all: they are gone, or have no link that may be used. */
export type Plannable = PlanGoods & { product: StoredProduct; missing: string | null }

/** What the plan needs to know of a product; `share` makes what is shared of it on the channel. */
export function plannable(
  share: (product: StoredProduct) => ShareItem,
  calendar: Calendar,
  zone: Zone,
  product: StoredProduct,
): Plannable {
  const { partner, sku, couponAmount, couponFrom, couponUntil, price, finalPrice } = product
  // some feeds list a coupon whose discount the price has already
  const isNeeded = couponAmount !== null && finalPrice < price
  let link: string | undefined
  let missing: string | null = null
  try {
    link = share(product).link
  } catch (error) {
    if (!(error instanceof ShoptoolError)) throw error
    missing = error.message
  }
  return {
    name: `${partner}:${sku}`,
    sources: sourcesOf(calendar, { partner: { id: partner }, product, ...(link !== undefined && { link }) }),
    couponFrom: isNeeded && couponFrom !== null ? localMinute(couponFrom, zone) : null,
    couponUntil: isNeeded && couponUntil !== null ? localMinute(couponUntil, zone) : null,
    ...{ product, missing },
  }
}

export type KeptPost = PlanPost & { post: Post }

/** The posts of a channel that a plan from a day on must mind: those since, and those before that it may not repeat. */
export function postsFor(db: Database, { name, noRepeat }: PlanChannel, from: Day): KeptPost[] {
  const own = postsSince(db, addDays(from, -Math.max(1, noRepeat))).filter(({ channel }) => channel === name)
  return own.map((post) => ({
    ...{ channel: post.channel, name: `${post.partner}:${post.sku}`, at: post.at.slice(0, 16), post },
  }))
}
