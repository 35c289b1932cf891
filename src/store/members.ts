import type { Day, Instant } from '../day.ts'
import type { Database } from './open.ts'

/** What may change of a member. `takes`: what a buyer takes of a rebate. `left`: a text from the day on which the member is gone. */
export const MEMBER_FIELDS = ['inviter', 'tier', 'takes', 'left'] as const
export type MemberField = (typeof MEMBER_FIELDS)[number]

export type MemberRow = { name: string; joined: Day; contact: string | null; addedAt: Instant }
/** What holds from a day on, until the next change of the same field; null is none. */
export type MemberChange = { member: string; field: MemberField; value: string | null; from: Day; at: Instant }
/** By what a partner's orders name a member: a tracking id or a sub-id. */
export type MemberId = { member: string; partner: string; id: string }

export function membersInOrder(db: Database): MemberRow[] {
  return db.prepare<[], MemberRow>('SELECT name, joined, contact, added_at AS addedAt FROM member ORDER BY name').all()
}

/** All changes, of one field those that count later behind those that count before. */
export function memberChanges(db: Database): MemberChange[] {
  return db
    .prepare<[], MemberChange>(
      'SELECT member, field, value, from_day AS "from", at FROM member_change ORDER BY member, from_day, id',
    )
    .all()
}

/** Ids that stand for a member on any channel and day; those of postings are not among them. */
export function memberIds(db: Database): MemberId[] {
  return db
    .prepare<[], MemberId>(
      "SELECT member, partner, sub_id AS id FROM sub_id WHERE member <> '' AND channel = '' AND day = '' ORDER BY member, partner, sub_id",
    )
    .all()
}

/** Names in whom links were made that are no member's. */
export function strangersInLinks(db: Database): string[] {
  return db
    .prepare<[], string>(
      "SELECT DISTINCT member FROM sub_id WHERE member <> '' AND member NOT IN (SELECT name FROM member) ORDER BY member",
    )
    .pluck()
    .all()
}

export function insertMember(db: Database, { name, joined, contact, addedAt }: MemberRow): void {
  db.prepare('INSERT INTO member (name, joined, contact, added_at) VALUES (?, ?, ?, ?)').run(name, joined, contact, addedAt)
}

/** Of a member nothing else is changed in place than the contact and the day on which it joined. */
export function setContact(db: Database, name: string, contact: string | null): void {
  db.prepare('UPDATE member SET contact = ? WHERE name = ?').run(contact, name)
}

export function addChange(db: Database, { member, field, value, from, at }: MemberChange): void {
  db.prepare('INSERT INTO member_change (member, field, value, from_day, at) VALUES (?, ?, ?, ?, ?)').run(
    ...[member, field, value, from, at],
  )
}

/** What was paid out already stands. */
export function setJoined(db: Database, name: string, joined: Day): void {
  db.prepare('UPDATE member SET joined = ? WHERE name = ?').run(joined, name)
}
