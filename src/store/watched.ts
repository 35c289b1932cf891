import type { Instant } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Database } from './open.ts'

/** What `watch` last told of goods, or saw of them first. Amounts are minor units of `currency`. */
export type Known = {
  currency: Currency
  finalPrice: Minor
  commissionRate: Ppm | null
  commission: Minor | null
  status: 'live' | 'gone'
  couponAmount: Minor | null
  couponUntil: Instant | null
  /** What was told of the coupon that ends at `couponUntil`. */
  couponTold: 'ends' | 'ended' | null
}
/** `search` is the saved search that found the goods, '' for goods of shelves and those that were named. */
export type Watched = Known & { search: string; partner: string; sku: string; at: Instant }

/** All that is known of goods of a search. */
export function watchedGoods(db: Database, search: string): Watched[] {
  return db
    .prepare<[string], Watched>(
      `SELECT search, partner, sku, at, currency, final_price AS finalPrice, commission_rate AS commissionRate, commission, status,
         coupon_amount AS couponAmount, coupon_until AS couponUntil, coupon_told AS couponTold
       FROM watched WHERE search = ? ORDER BY partner, sku`,
    )
    .all(search)
}

/** Keeps what was told, all of it or nothing. */
export function keepWatched(db: Database, goods: readonly Watched[]): void {
  const keep = db.prepare(
    `INSERT OR REPLACE INTO watched (search, partner, sku, at, currency, final_price, commission_rate, commission, status,
       coupon_amount, coupon_until, coupon_told)
     VALUES (@search, @partner, @sku, @at, @currency, @finalPrice, @commissionRate, @commission, @status,
       @couponAmount, @couponUntil, @couponTold)`,
  )
  db.transaction(() => {
    for (const each of goods) keep.run(each)
  }).immediate()
}
