import type { Instant } from '../day.ts'
import type { Database } from './open.ts'

/** What "channel check" last told of goods on a shelf: what the calendar said of a form of them on a channel. */
export type KnownPassage = { partner: string; sku: string; channel: string; form: string; state: string }

/** All that is known of a shelf. */
export function knownPassages(db: Database, shelf: string): KnownPassage[] {
  return db
    .prepare<[string], KnownPassage>('SELECT partner, sku, channel, form, state FROM channel_state WHERE shelf = ?')
    .all(shelf)
}

/** Keeps what was told of a shelf, all of it or nothing. */
export function keepPassages(db: Database, shelf: string, at: Instant, passages: readonly KnownPassage[]): void {
  const keep = db.prepare(
    `INSERT OR REPLACE INTO channel_state (shelf, partner, sku, channel, form, state, at)
     VALUES (@shelf, @partner, @sku, @channel, @form, @state, @at)`,
  )
  db.transaction(() => {
    for (const each of passages) keep.run({ ...each, shelf, at })
  }).immediate()
}
