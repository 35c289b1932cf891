import type { Database } from './open.ts'

/** In how many of a source's live goods each value is there that goods may lack. */
export type Fill = { source: string; partner: string; goods: number; filled: Record<string, number> }

const COLUMNS = {
  brand: 'brand',
  category: 'category',
  shop: 'shop',
  couponAmount: 'coupon_amount',
  commissionRate: 'commission_rate',
  commission: 'commission',
  sales: 'sales',
  imageUrl: 'image_url',
  url: 'url',
  link: 'link',
  code: 'code',
} as const

/** Of every source with live goods. Reads the whole table. */
export function fillOfSources(db: Database): Fill[] {
  const counts = Object.entries(COLUMNS).map(([field, column]) => `count(${column}) AS ${field}`)
  return db
    .prepare<[], Record<string, number> & { source: string; partner: string; goods: number }>(
      `SELECT source, partner, count(*) AS goods, ${counts.join(', ')} FROM product WHERE status = 'live' GROUP BY source, partner`,
    )
    .all()
    .map(({ source, partner, goods, ...filled }) => ({ source, partner, goods, filled: filled as Record<string, number> }))
}
