import type { Day, Instant } from '../day.ts'
import type { Database } from './open.ts'

/** Goods posted on a channel, or (`posted` false) planned to be. `at` is in the shop's zone; `variant` names the text, where it is known. */
export type Post = { channel: string; partner: string; sku: string; at: Instant; posted: boolean; variant: string | null }

type Goods = { channel: string; partner: string; sku: string }
type Row = Omit<Post, 'posted'> & { posted: 0 | 1 }

const SELECT = 'SELECT channel, partner, sku, at, posted, variant FROM post'
const postOf = (row: Row): Post => ({ ...row, posted: row.posted === 1 })

/** All from a day on, by time. */
export function postsSince(db: Database, day: Day): Post[] {
  return db.prepare<[string], Row>(`${SELECT} WHERE at >= ? ORDER BY at, channel, partner, sku`).all(day).map(postOf)
}

/** Those of goods on a channel, by time. */
export function postsOf(db: Database, { channel, partner, sku }: Goods): Post[] {
  return db
    .prepare<[string, string, string], Row>(`${SELECT} WHERE channel = ? AND partner = ? AND sku = ? ORDER BY at`)
    .all(channel, partner, sku)
    .map(postOf)
}

/** The texts that goods were posted with on a channel, so that the next has another. */
export function usedVariants(db: Database, goods: Goods): string[] {
  return postsOf(db, goods).flatMap(({ posted, variant }) => (posted && variant !== null ? [variant] : []))
}

/** Keeps posts, all or none; one of the same goods at the same time on the same channel is replaced. */
export function keepPosts(db: Database, posts: readonly Post[]): void {
  const keep = db.prepare(
    'INSERT OR REPLACE INTO post (channel, partner, sku, at, posted, variant) VALUES (@channel, @partner, @sku, @at, @posted, @variant)',
  )
  db.transaction(() => {
    for (const post of posts) keep.run({ ...post, posted: post.posted ? 1 : 0 })
  }).immediate()
}

/** Keeps what was posted in place of what was planned. */
export function replacePost(db: Database, planned: Post, posted: Post): void {
  db.transaction(() => {
    removePosts(db, [planned])
    keepPosts(db, [posted])
  }).immediate()
}

export function removePosts(db: Database, posts: readonly Post[]): void {
  const remove = db.prepare('DELETE FROM post WHERE channel = @channel AND partner = @partner AND sku = @sku AND at = @at')
  db.transaction(() => {
    for (const { channel, partner, sku, at } of posts) remove.run({ channel, partner, sku, at })
  }).immediate()
}
