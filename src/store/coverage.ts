import type { Span } from '../day.ts'
import type { Database } from './open.ts'
import type { RunSource } from './runs.ts'

/** Notes that a source was read for a span of time, inside the caller's transaction. Spans that touch become one. */
export function addCoverage(db: Database, { source, partner, kind }: RunSource, span: Span): void {
  const of = 'source = ? AND partner = ? AND kind = ? AND since <= ? AND until >= ?'
  const touching = [source, partner, kind, span.until, span.from]
  const whole = db
    .prepare<unknown[], { since: number | null; until: number | null }>(
      `SELECT min(since) AS since, max(until) AS until FROM coverage WHERE ${of}`,
    )
    .get(...touching)!
  db.prepare(`DELETE FROM coverage WHERE ${of}`).run(...touching)
  db.prepare('INSERT INTO coverage (source, partner, kind, since, until) VALUES (?, ?, ?, ?, ?)').run(
    source,
    partner,
    kind,
    Math.min(span.from, whole.since ?? span.from),
    Math.max(span.until, whole.until ?? span.until),
  )
}

/** The spans that a source was read for, oldest first; none of them touches another. */
export function coverageOf(db: Database, { source, partner, kind }: RunSource): Span[] {
  return db
    .prepare<[string, string, string], Span>(
      'SELECT since AS "from", until FROM coverage WHERE source = ? AND partner = ? AND kind = ? ORDER BY since',
    )
    .all(source, partner, kind)
}
