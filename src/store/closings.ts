import { createHash } from 'node:crypto'
import type { Day, Instant, Month } from '../day.ts'
import { boundOf, type Fact, type Position } from './journal.ts'
import type { Database } from './open.ts'
import { reviewedOrders } from './reviews.ts'
import { paidTogether, specialRoutes } from './routes.ts'
import { seal } from './seal.ts'

/** What a close keeps of a partner's month. Hashes are sha256, 64 hex digits. */
export type Frozen = {
  /** The place in the journal up to which everything went in. */
  position: Position
  /** By what the month was judged, as data: what stands in the partner's file may change. */
  terms: Record<string, unknown>
  /** Of the order lines and payout lines that went in. */
  inputs: { orders: string; payouts: string }
  /** Of each file of the settlement of this partner alone, by its name. */
  files: Record<string, string>
  /** The sums, by currency and class, as the settlement gives them. */
  sums: Record<string, unknown>
}

/** A time at which a month of a partner was closed, or opened again. */
export type ClosingEvent = {
  id: number
  partner: string
  month: Month
  action: 'close' | 'reopen'
  at: Instant
  reason: string | null
  frozen: Frozen | null
  hash: string
}
export type Closing = ClosingEvent & { frozen: Frozen }

type Row = Omit<ClosingEvent, 'frozen'> & { frozen: string | null }

/** Everything that was closed and opened again, oldest first. `isWhole`: whether the row is the one that was written, after those before it. */
export function closingEvents(db: Database): (ClosingEvent & { isWhole: boolean })[] {
  let before = ''
  return rows(db, null).map((row) => {
    const isWhole = row.hash === hashOf(before, row)
    before = row.hash
    return { ...eventOf(row), isWhole }
  })
}

/** The months of a partner that are closed now, in their order: they follow each other, since the last one must be opened again first. */
export function closedMonths(db: Database, partner: string): Closing[] {
  const closed: Closing[] = []
  for (const row of rows(db, partner)) {
    if (row.action === 'reopen') closed.pop()
    else closed.push(eventOf(row) as Closing)
  }
  return closed
}

/** What to do so that a closed month of a partner is open: those after it are opened first. */
export function howToReopen(closed: readonly Closing[], { partner, month }: Closing): string {
  const [last, ...others] = closed
    .map((closing) => closing.month)
    .filter((each) => each >= month)
    .reverse()
  const then = others.length > 0 ? `, then ${others.join(', ')}` : ''
  return `open ${last} again first${then}: shoptool settle --month ${last} --partner ${partner} --reopen --reason "…"`
}

/** Adds a close or a reopening and seals it, inside the caller's transaction. Returns it. */
export function addClosing(db: Database, event: Omit<ClosingEvent, 'id' | 'hash'>): ClosingEvent {
  const before = db.prepare<[], string>('SELECT hash FROM closing ORDER BY id DESC LIMIT 1').pluck().get() ?? ''
  const row = { ...event, frozen: event.frozen && JSON.stringify(event.frozen) }
  const hash = hashOf(before, row)
  const insert = db.prepare<unknown[], number>(
    `INSERT INTO closing (partner, month, action, at, reason, frozen, hash)
     VALUES (@partner, @month, @action, @at, @reason, @frozen, @hash) RETURNING id`,
  )
  const id = insert.pluck().get({ ...row, hash })!
  seal(db, null, ['closing'])
  return { ...event, id, hash }
}

function rows(db: Database, partner: string | null): Row[] {
  return db
    .prepare<[string | null], Row>(
      'SELECT id, partner, month, action, at, reason, frozen, hash FROM closing WHERE partner = ifnull(?, partner) ORDER BY id',
    )
    .all(partner)
}

function eventOf(row: Row): ClosingEvent {
  return { ...row, frozen: row.frozen === null ? null : (JSON.parse(row.frozen) as Frozen) }
}

function hashOf(before: string, { partner, month, action, at, reason, frozen }: Omit<Row, 'id' | 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify([before, partner, month, action, at, reason, frozen]))
    .digest('hex')
}

/**
 * The numbers of orders of a partner of which something was read, or ruled, between two positions of the journal, and that concern the time
 * up to then: a reading of them has one of the dates `basis` up to `day`, or they were paid up to the day `paid`. Besides all that somebody
 * ever reviewed. Each with those that are paid together with it.
 */
export function ordersLearnedOf(
  db: Database,
  partner: string,
  [since, until]: readonly [Position, Position],
  { basis, day, paid }: { basis: readonly ('receivedAt' | 'verifiedAt' | 'settledAt')[]; day: Day; paid: Day },
): string[][] {
  const columns = { receivedAt: 'received_at', verifiedAt: 'verified_at', settledAt: 'settled_at' }
  const dated = basis.map((name) => `substr(r.${columns[name]}, 1, 10) <= @day`).join(' OR ')
  const isNew = (fact: Fact) => `(f.file > @after AND f.file <= @upTo
    OR f.id IN (SELECT row FROM ruling WHERE fact = '${fact}' AND run > @since AND run <= @until))`
  const readings = (fact: Fact) =>
    `SELECT l.order_id FROM ${fact} f JOIN order_line l ON l.id = f.order_line WHERE ${isNew(fact)} AND l.partner = @partner`
  const concerns = (fact: Fact) => `EXISTS (SELECT 1 FROM order_line l JOIN ${fact} r ON r.order_line = l.id
    WHERE l.partner = @partner AND l.order_id = n.order_id AND (${dated}))`
  const sold = (fact: Fact) => `SELECT l.order_id FROM statement f JOIN payout_line p ON p.statement = f.id
    JOIN ${fact} x ON x.transaction_id IN (p.transaction_id, p.original_transaction_id) JOIN order_line l ON l.id = x.order_line
    WHERE ${isNew('statement')} AND p.partner = @partner AND p.order_id IS NULL AND l.partner = @partner`
  const learned = db
    .prepare<unknown[], string>(
      `SELECT n.order_id FROM (
         ${readings('order_state')} UNION ${readings('order_entry')}
         UNION SELECT f.order_id FROM refund f WHERE ${isNew('refund')} AND f.partner = @partner
         UNION SELECT p.order_id FROM statement f JOIN payout_line p ON p.statement = f.id
           WHERE ${isNew('statement')} AND p.partner = @partner AND p.order_id IS NOT NULL
         UNION ${sold('order_state')} UNION ${sold('order_entry')}
       ) n
       WHERE ${concerns('order_state')} OR ${concerns('order_entry')}
         OR EXISTS (SELECT 1 FROM payout_line p WHERE p.partner = @partner AND p.order_id = n.order_id AND p.paid_at <= @paid)
       ORDER BY n.order_id`,
    )
    .pluck()
    .all({ partner, day, paid, since, until, after: boundOf(db, since).file, upTo: boundOf(db, until).file })
  return paidTogether(specialRoutes(db, partner, until), [...learned, ...reviewedOrders(db, partner, until)])
}
