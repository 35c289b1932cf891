import type { Database } from './open.ts'
import { someRows } from './recorded.ts'
import { NAMES_SALE, specialRoutes } from './routes.ts'

/** Order numbers of a partner that can be settled by themselves: from the first on, below the second; null: without end. Bytewise, none is ''. */
export type Stretch = { from: string | null; before: string | null }

/** Which order numbers are asked for: these, or a stretch of them. */
export type Among = readonly string[] | Stretch

export function isStretch(among: Among | undefined): among is Stretch {
  return among !== undefined && 'before' in among
}

/** SQL: whether an order number is in a stretch, whose ends are the parameters `@from` and `@before`. What has none is in the first. */
export function isWithin(column: string, { from, before }: Stretch): string {
  const ends = [
    from !== null && `${column} >= @from`,
    before !== null && `(${column} < @before${from === null ? ` OR ${column} IS NULL` : ''})`,
  ]
  return ends.filter((end) => end !== false).join(' AND ') || 'TRUE'
}

/** Rows that are looked at to know how order numbers are spread. */
const SAMPLE = 1024

/**
 * Divides the order numbers of a partner into up to `most` stretches of about as many order lines, at least `least` in each. One alone
 * where a payout line may pay orders of several.
 */
export function stretchesOf(db: Database, partner: string, most: number, least: number): Stretch[] {
  const ofSales = db.prepare(`SELECT 1 FROM payout_line p WHERE p.partner = ? AND ${NAMES_SALE} LIMIT 1`).get(partner)
  const mayCross = ofSales !== undefined || specialRoutes(db, partner).size > 0
  const some = db
    .prepare<[string], { orderId: string; lines: number }>(
      `${someRows('order_line', SAMPLE)} SELECT order_id AS orderId, last / ${SAMPLE} + 1 AS lines FROM at CROSS JOIN order_line USING (id)
       WHERE partner = ? ORDER BY order_id`,
    )
    .all(partner)
  const count = mayCross ? 1 : Math.min(most, Math.floor((some.length * (some[0]?.lines ?? 0)) / least))
  const cuts = Array.from(
    { length: Math.max(0, count - 1) },
    (_, i) => some[Math.floor((some.length * (i + 1)) / count)]!.orderId,
  )
  const starts = [null, ...new Set(cuts)]
  return starts.map((from, i) => ({ from, before: starts[i + 1] ?? null }))
}
