import type { Database } from './open.ts'
import { someRows } from './recorded.ts'
import { namesSales, specialRoutes } from './routes.ts'

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
 * where a payout line names a sale, or is for several orders or one that somebody confirmed: these may be in different stretches.
 */
export function stretchesOf(db: Database, partner: string, most: number, least: number): Stretch[] {
  if (namesSales(db, partner) || specialRoutes(db, partner).size > 0) return [{ from: null, before: null }]
  const starts = db
    .prepare<[{ partner: string; most: number; least: number }], string>(
      `${someRows('order_line', SAMPLE)},
         some AS (SELECT order_id, last / ${SAMPLE} + 1 AS lines FROM at CROSS JOIN order_line USING (id) WHERE partner = @partner),
         parts AS (SELECT max(1, min(@most, count(*) * max(lines) / @least)) AS count FROM some),
         placed AS (SELECT order_id, ntile((SELECT count FROM parts)) OVER (ORDER BY order_id) AS part FROM some)
       SELECT min(order_id) FROM placed GROUP BY part ORDER BY part`,
    )
    .pluck()
    .all({ partner, most, least })
  const ends = [null, ...new Set(starts.slice(1)), null]
  return ends.slice(1).map((before, i) => ({ from: ends[i] ?? null, before }))
}
