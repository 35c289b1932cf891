import type { Day } from '../day.ts'
import type { Database } from './open.ts'

/** Where, by whom and on which day something was shared: '' where it is for none, or for any day. */
export type Posting = { channel: string; member: string; day: Day | '' }

/** The sub-ids that stand for a posting with a partner; more than one where what the partner takes has changed meanwhile. */
export function subIdsOf(db: Database, partner: string, { channel, member, day }: Posting): string[] {
  return db
    .prepare<string[], string>('SELECT sub_id FROM sub_id WHERE partner = ? AND channel = ? AND member = ? AND day = ?')
    .pluck()
    .all(partner, channel, member, day)
}

/** Lets a sub-id stand for a posting. False where it stands for another one. */
export function keepSubId(db: Database, partner: string, subId: string, { channel, member, day }: Posting): boolean {
  const insert = 'INSERT INTO sub_id (partner, sub_id, channel, member, day) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
  return db.prepare(insert).run(partner, subId, channel, member, day).changes === 1
}

/** What a sub-id of a partner stands for, whatever the case of its letters. */
export function postingOf(db: Database, partner: string, subId: string): Posting | undefined {
  return db
    .prepare<[string, string], Posting>('SELECT channel, member, day FROM sub_id WHERE partner = ? AND sub_id = ?')
    .get(partner, subId)
}

/** The channels, or the members, that sub-ids stand for. */
export function sharedAs(db: Database, what: 'channel' | 'member'): string[] {
  return db.prepare<[], string>(`SELECT DISTINCT ${what} FROM sub_id WHERE ${what} <> ''`).pluck().all()
}
