import type { Instant } from '../day.ts'
import type { Database } from './open.ts'

/** A form in which goods are linked to. `miniProgram` is kept as JSON, `picture` as the path of a file in the workspace. */
export const LINK_FORMS = ['link', 'shortLink', 'code', 'miniProgram', 'picture'] as const
export type LinkForm = (typeof LINK_FORMS)[number]

/** Links that a partner made for goods, for one channel or ('') for none. */
export type MadeLinks = { channel: string; madeAt: Instant; values: Readonly<Partial<Record<LinkForm, string>>> }

type Goods = { partner: string; sku: string }

/** Keeps links; those that were made before for the same channel are forgotten. */
export function keepLinks(db: Database, { partner, sku }: Goods, { channel, madeAt, values }: MadeLinks): void {
  const insert = db.prepare('INSERT INTO made_link (partner, sku, channel, form, value, made_at) VALUES (?, ?, ?, ?, ?, ?)')
  db.transaction(() => {
    db.prepare('DELETE FROM made_link WHERE partner = ? AND sku = ? AND channel = ?').run(partner, sku, channel)
    for (const [form, value] of Object.entries(values)) insert.run(partner, sku, channel, form, value, madeAt)
  }).immediate()
}

/** The links made for goods and a channel, or undefined. */
export function madeLinks(db: Database, { partner, sku }: Goods, channel: string): MadeLinks | undefined {
  const rows = db
    .prepare<[string, string, string], { form: LinkForm; value: string; madeAt: Instant }>(
      'SELECT form, value, made_at AS madeAt FROM made_link WHERE partner = ? AND sku = ? AND channel = ?',
    )
    .all(partner, sku, channel)
  const [first] = rows
  return first && { channel, madeAt: first.madeAt, values: Object.fromEntries(rows.map(({ form, value }) => [form, value])) }
}
