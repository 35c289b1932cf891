import type { Day, Month } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import type { Database } from './open.ts'

export const DISPUTE_EVENTS = ['answered', 'received', 'closed', 'withdrawn'] as const

/**
 * `received`: money that no payout line shows, with its amount in minor units. `withdrawn`: that the event with the number `withdraws`, the
 * first is 1, was told by mistake.
 */
export type DisputeEvent = {
  day: Day
  kind: (typeof DISPUTE_EVENTS)[number]
  currency: Currency | null
  amount: Minor | null
  note: string
  withdraws: number | null
}

/** `amount`: what is asked for, in minor units, above zero; `lineId` null where several lines of the order are meant. */
export type DisputedClaim = {
  class: string
  orderId: string
  lineId: string | null
  title: string | null
  currency: Currency
  amount: Minor
}

/** What is claimed of a partner for a month. `pack`: sha256 of the manifest of its evidence pack. */
export type Dispute = { id: number; partner: string; month: Month; openedOn: Day; deadline: Day | null; pack: string }

const SELECT = 'SELECT id, partner, month, opened_on AS openedOn, deadline, pack FROM dispute'

/** All, the oldest first. */
export function disputes(db: Database): Dispute[] {
  return db.prepare<[], Dispute>(`${SELECT} ORDER BY id`).all()
}

export function disputeById(db: Database, id: number): Dispute | undefined {
  return db.prepare<[number], Dispute>(`${SELECT} WHERE id = ?`).get(id)
}

/** In the order of the pack. */
export function claimsOfDispute(db: Database, id: number): DisputedClaim[] {
  return db
    .prepare<[number], DisputedClaim>(
      'SELECT class, order_id AS orderId, line_id AS lineId, title, currency, amount FROM dispute_claim WHERE dispute = ? ORDER BY rowid',
    )
    .all(id)
}

/** All, in the order in which they were told. */
export function eventsOfDispute(db: Database, id: number): DisputeEvent[] {
  return db
    .prepare<[number], DisputeEvent>(
      'SELECT day, kind, currency, amount, note, withdraws FROM dispute_event WHERE dispute = ? ORDER BY id',
    )
    .all(id)
}

/** Opens a dispute over the claims of a pack. Returns its number, or null where that pack has one already. */
export function openDispute(db: Database, dispute: Omit<Dispute, 'id'>, claims: readonly DisputedClaim[]): number | null {
  return db
    .transaction(() => {
      const id = db
        .prepare<[typeof dispute], number>(
          `INSERT INTO dispute (partner, month, opened_on, deadline, pack) VALUES (@partner, @month, @openedOn, @deadline, @pack)
           ON CONFLICT DO NOTHING RETURNING id`,
        )
        .pluck()
        .get(dispute)
      if (id === undefined) return null
      const insert = db.prepare(
        'INSERT INTO dispute_claim (dispute, class, order_id, line_id, title, currency, amount) VALUES (?, @class, @orderId, @lineId, @title, @currency, @amount)',
      )
      for (const claim of claims) insert.run(id, claim)
      return id
    })
    .immediate()
}

export function setDeadline(db: Database, id: number, deadline: Day): void {
  db.prepare('UPDATE dispute SET deadline = ? WHERE id = ?').run(deadline, id)
}

export function addDisputeEvent(db: Database, id: number, event: DisputeEvent): void {
  db.prepare(
    'INSERT INTO dispute_event (dispute, day, kind, currency, amount, note, withdraws) VALUES (?, @day, @kind, @currency, @amount, @note, @withdraws)',
  ).run(id, event)
}
