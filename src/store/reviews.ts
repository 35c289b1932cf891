import type { Instant } from '../day.ts'
import { type Bound, boundOf, overruled, type Position } from './journal.ts'
import type { Database } from './open.ts'
import { finishRun, NO_COUNTS, startRun } from './runs.ts'

/**
 * What somebody decided about a payout line: that it is for these orders (`confirm`; with `lineId` for that line of the one order), that it
 * is for none of them (`reject`; without orders for none at all), or that nothing of it holds any more (`withdraw`, with the orders that
 * were named before). `payoutLine` is its id in the journal.
 */
export type Review = {
  payoutLine: number
  action: 'confirm' | 'reject' | 'withdraw'
  orderIds: readonly string[]
  lineId: string | null
  reason: string | null
}

/** What stands of the reviews of a payout line since the last one that was withdrawn. */
export type Decision = {
  /** The id of the payout line, by the reading of its file that holds. */
  id: number
  confirmed: Review | null
  rejected: readonly Review[]
  /** When the last of it was decided. */
  at: Instant
}

/** Adds a review, as a run of its own, inside the caller's transaction: a close knows only what was decided before it. */
export function addReview(db: Database, partner: string, at: Instant, review: Review): void {
  const run = startRun(db, { kind: 'payouts', source: 'review', partner }, at)
  const { payoutLine, action, orderIds, lineId, reason } = review
  db.prepare('INSERT INTO review (run, payout_line, action, order_ids, line_id, reason) VALUES (?, ?, ?, ?, ?, ?)').run(
    ...[run, payoutLine, action, JSON.stringify(orderIds), lineId, reason],
  )
  finishRun(db, run, { ...NO_COUNTS, status: 'applied', seconds: 0, content: null, mapping: null, error: null })
}

/**
 * What is decided about payout lines of a partner, in the order in which it was begun. Where the file of a line was read anew by another
 * mapping, it is about the line that stands in the same place; of lines whose statements do not hold there is nothing.
 */
export function decisions(db: Database, partner: string, bound: Bound = boundOf(db)): Decision[] {
  type Row = Omit<Review, 'orderIds'> & { orderIds: string; at: Instant; id: number | null }
  const holds = `s.file <= ${bound.file} AND s.id NOT IN ${overruled('statement', bound)}`
  const rows = db
    .prepare<[string, Position], Row>(
      `SELECT v.payout_line AS payoutLine, v.action, v.order_ids AS orderIds, v.line_id AS lineId, v.reason, r.at, coalesce(
         (SELECT p.id FROM payout_line p JOIN statement s ON s.id = p.statement WHERE p.id = v.payout_line AND ${holds}),
         (SELECT p.id FROM payout_line o JOIN statement os ON os.id = o.statement JOIN file f ON f.id = os.file
          JOIN file n ON n.sha256 = f.sha256 JOIN statement s ON s.file = n.id AND s.partner = os.partner
          JOIN payout_line p ON p.statement = s.id AND p.line = o.line WHERE o.id = v.payout_line AND ${holds})) AS id
       FROM review v JOIN run r ON r.id = v.run WHERE r.partner = ? AND r.id <= ? ORDER BY v.id`,
    )
    .all(partner, bound.run)
  const standing = new Map<number, Decision>()
  for (const { at, id, ...row } of rows) {
    if (id === null) continue
    const review = { ...row, orderIds: JSON.parse(row.orderIds) as string[] }
    const { confirmed = null, rejected = [] } = standing.get(id) ?? {}
    if (review.action === 'withdraw') standing.delete(id)
    else if (review.action === 'confirm') standing.set(id, { id, confirmed: review, rejected, at })
    else standing.set(id, { id, confirmed, rejected: [...rejected, review], at })
  }
  return [...standing.values()]
}

/** The orders that somebody ever decided about, up to a position of the journal. */
export function reviewedOrders(db: Database, partner: string, until: Position): string[] {
  return db
    .prepare<[string, Position], string>(
      'SELECT DISTINCT each.value FROM review v JOIN run r ON r.id = v.run, json_each(v.order_ids) each WHERE r.partner = ? AND r.id <= ?',
    )
    .pluck()
    .all(partner, until)
}
