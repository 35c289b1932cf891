import type { Instant } from '../day.ts'
import { multiplyDivide, type Ppm } from '../money.ts'
import { fillOfSources } from '../store/fill.ts'
import type { Database } from '../store/open.ts'
import { lastGoodRun, lastRunsOf } from '../store/runs.ts'
import type { Source } from '../workspace.ts'

/** How sound a source is. `failing`: its last run took nothing; `stale`: its last good run is too long ago; `never`: it had none. */
export type Health = {
  source: Source
  state: 'ok' | 'stale' | 'failing' | 'never'
  lastGood: Instant | null
  /** Whole hours since the last good run. */
  hours: number | null
  /** Rows accepted by the last good runs, from old to new. */
  rows: number[]
  /** From the first to the last of `rows`; null where there is nothing to compare. */
  trend: Ppm | null
  /** Of the rows of the last good run. */
  rejected: Ppm | null
  /** Runs that took nothing since the last good one, at most as many as are looked at. */
  failures: number
  error: string | null
  /** In how many of its live goods each value is there; null for orders and payouts. */
  fill: Record<string, Ppm> | null
}

/** How many runs are looked at. */
const RUNS = 30
const HOUR = 3_600_000

/** To the tenth of a percent: more would only look exact. */
const shareOf = (part: number, whole: number): Ppm | null => (whole === 0 ? null : multiplyDivide(part, 1000, whole) * 1000)

/**
 * How sound each source is, by its runs and its live goods.
 * @param now milliseconds since 1970
 * @param staleAfter days without a good run
 */
export function healthOf(db: Database, sources: readonly Source[], now: number, staleAfter: number): Health[] {
  const fills = fillOfSources(db)
  return sources.map((source) => {
    const { name, partner, feed } = source
    const key = { kind: feed, source: name, partner }
    const runs = lastRunsOf(db, key, RUNS)
    const good = runs.filter(({ status }) => status === 'applied' || status === 'unchanged')
    const last = good[0] ?? lastGoodRun(db, key)
    const failures = last ? runs.filter(({ id }) => id > last.id).length : runs.length
    const rows = good.map(({ accepted }) => accepted).reverse()
    const age = last ? Math.max(0, now - Date.parse(last.at)) : null
    const fill = feed === 'products' ? fills.find((each) => each.source === name && each.partner === partner) : undefined
    const isStale = age !== null && age > staleAfter * 24 * HOUR
    return {
      source,
      state: last === undefined ? 'never' : failures > 0 ? 'failing' : isStale ? 'stale' : 'ok',
      lastGood: last?.at ?? null,
      hours: age === null ? null : (age - (age % HOUR)) / HOUR,
      rows,
      trend: rows.length < 2 ? null : shareOf(rows.at(-1)! - rows[0]!, rows[0]!),
      rejected: last ? shareOf(last.rejected, last.read) : null,
      failures,
      error: failures > 0 ? (runs[0]?.error ?? null) : null,
      fill: fill
        ? Object.fromEntries(Object.entries(fill.filled).map(([field, count]) => [field, shareOf(count, fill.goods)!]))
        : null,
    }
  })
}
