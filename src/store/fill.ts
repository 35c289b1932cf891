import type { Database } from './open.ts'
import { PRODUCT_COLUMNS } from './products.ts'

/** In how many of a source's live goods each value is there that goods may lack. */
export type Fill = { source: string; partner: string; goods: number; filled: Record<string, number> }

const VALUES = [
  ...(['brand', 'category', 'shop', 'couponAmount', 'commissionRate', 'commission', 'sales'] as const),
  ...(['imageUrl', 'url', 'link', 'code'] as const),
]

/** Of every source with live goods. Reads the whole table. */
export function fillOfSources(db: Database): Fill[] {
  const counts = VALUES.map((value) => `count(${PRODUCT_COLUMNS[value]}) AS ${value}`)
  return db
    .prepare<[], Record<string, number> & { source: string; partner: string; goods: number }>(
      `SELECT source, partner, count(*) AS goods, ${counts.join(', ')} FROM product WHERE status = 'live' GROUP BY source, partner`,
    )
    .all()
    .map(({ source, partner, goods, ...filled }) => ({ source, partner, goods, filled: filled as Record<string, number> }))
}
