import type { Day, Instant } from '../day.ts'
import type { Database } from './open.ts'

/** A form in which goods are linked to. `miniProgram` is kept as JSON, `picture` as the path of a file in the workspace. */
export const LINK_FORMS = ['link', 'shortLink', 'code', 'miniProgram', 'picture'] as const
export type LinkForm = (typeof LINK_FORMS)[number]

/** Links that were made for goods; `channel`, `member` and `trackingId` are '' where there is none, or it is not known. */
export type MadeLinks = {
  channel: string
  member: string
  trackingId: string
  subId: string | null
  madeAt: Instant
  values: Readonly<Partial<Record<LinkForm, string>>>
}

type Goods = { partner: string; sku: string }
type Whom = Pick<MadeLinks, 'channel' | 'member'>

/** Keeps links; those that were made before for the same and in the same name are forgotten, as are those of whose name nothing is known. */
export function keepLinks(db: Database, { partner, sku }: Goods, made: MadeLinks): void {
  const { channel, member, trackingId, subId, madeAt, values } = made
  const insert = db.prepare(
    `INSERT INTO made_link (partner, sku, channel, member, tracking_id, form, value, made_at, sub_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  db.transaction(() => {
    db.prepare(
      `DELETE FROM made_link WHERE partner = ? AND sku = ? AND channel = ? AND member = ? AND tracking_id IN (?, '')`,
    ).run(partner, sku, channel, member, trackingId)
    for (const [form, value] of Object.entries(values))
      insert.run(partner, sku, channel, member, trackingId, form, value, madeAt, subId)
    db.prepare('INSERT OR IGNORE INTO link_day (channel, member, partner, sku, day) VALUES (?, ?, ?, ?, ?)').run(
      ...[channel, member, partner, sku, madeAt.slice(0, 10)],
    )
  }).immediate()
}

/** For how many goods links were made for a channel and a member on a day, those among them that were made anew or forgotten since. */
export function linkDays(db: Database): (Whom & { day: Day; links: number })[] {
  return db
    .prepare<[], Whom & { day: Day; links: number }>(
      'SELECT channel, member, day, count(*) AS links FROM link_day GROUP BY channel, member, day ORDER BY day, channel, member',
    )
    .all()
}

/** The links made for goods, a channel and a member, the newest first. */
export function madeLinks(db: Database, goods: Goods, { channel, member }: Whom): MadeLinks[] {
  return listLinks(db, goods)
    .filter((made) => made.channel === channel && made.member === member)
    .map(({ partner: _, sku: __, ...made }) => made)
}

/** All links made, or those of some goods: by goods, channel and member, the newest first. */
export function listLinks(db: Database, goods?: Goods): (Goods & MadeLinks)[] {
  const rows = db
    .prepare<unknown[], Goods & Omit<MadeLinks, 'values'> & { form: LinkForm; value: string }>(
      `SELECT partner, sku, channel, member, tracking_id AS trackingId, sub_id AS subId, made_at AS madeAt, form, value FROM made_link
       ${goods ? 'WHERE partner = ? AND sku = ?' : ''} ORDER BY partner, sku, channel, member, made_at DESC, tracking_id`,
    )
    .all(...(goods ? [goods.partner, goods.sku] : []))
  const lists = new Map<string, Goods & MadeLinks>()
  for (const { form, value, ...row } of rows) {
    const key = JSON.stringify([row.partner, row.sku, row.channel, row.member, row.trackingId])
    lists.set(key, { ...row, values: { ...lists.get(key)?.values, [form]: value } })
  }
  return [...lists.values()]
}

/** Forgets the links made for goods, of all channels and members or of those that are named. Returns how many forms were forgotten. */
export function forgetLinks(db: Database, { partner, sku }: Goods, { channel, member }: Partial<Whom>): number {
  return db
    .prepare(
      'DELETE FROM made_link WHERE partner = ? AND sku = ? AND channel = ifnull(?, channel) AND member = ifnull(?, member)',
    )
    .run(partner, sku, channel ?? null, member ?? null).changes
}
