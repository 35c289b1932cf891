import type { Span } from '../day.ts'
import type { Database } from './open.ts'

/** Notes that what a question asks for was read for a span of time, inside the caller's transaction. Spans that touch become one. */
export function addCoverage(db: Database, question: string, span: Span): void {
  const of = 'question = ? AND since <= ? AND until >= ?'
  const touching = [question, span.until, span.from]
  const whole = db
    .prepare<unknown[], { since: number | null; until: number | null }>(
      `SELECT min(since) AS since, max(until) AS until FROM coverage WHERE ${of}`,
    )
    .get(...touching)!
  db.prepare(`DELETE FROM coverage WHERE ${of}`).run(...touching)
  db.prepare('INSERT INTO coverage (question, since, until) VALUES (?, ?, ?)').run(
    question,
    Math.min(span.from, whole.since ?? span.from),
    Math.max(span.until, whole.until ?? span.until),
  )
}

/** The spans that a question was asked for, oldest first; none of them touches another. */
export function coverageOf(db: Database, question: string): Span[] {
  return db.prepare<[string], Span>('SELECT since AS "from", until FROM coverage WHERE question = ? ORDER BY since').all(question)
}
