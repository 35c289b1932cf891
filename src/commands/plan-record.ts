import { lookUpProduct } from '../catalog/find.ts'
import type { Context } from '../context.ts'
import { instantOf, isDay } from '../day.ts'
import { usageError } from '../errors.ts'
import { channelsOf, findChannel, readCalendar } from '../share/channel.ts'
import { loadChannels, namedVariant, textsOf, variantFor } from '../share/copy/write.ts'
import { sharer } from '../share/item.ts'
import { goodsObjection, type LocalMinute, makePlan, planChannel, textOf, timeObjection } from '../share/plan.ts'
import { instantAt, type KeptPost, localMinute, plannable, postsFor } from '../share/plannable.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { keepPosts, type Post, removePosts, replacePost, usedVariants } from '../store/posts.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { day, flag, list, option, text, type Value } from './option.ts'
import type { Print } from './print.ts'

const minute: Value<LocalMinute> = {
  read: (given) => {
    const [, on, time] = /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(given) ?? []
    return on !== undefined && isDay(on) ? `${on}T${time}` : null
  },
  is: 'a time in the zone of the shop',
  like: '"2026-11-25 20:00"',
}
const SKU = 'partner:sku, or the sku alone where one partner has it'
const CHANNEL = list('--channel <a,b>', 'where')

/** How far ahead a free time is looked for. */
const AHEAD = 60
/** Before all posts. */
const START = '2000-01-01'

export const add = defineCommand({
  about: `Puts goods into the plan at a time, or at the next free one, within ${AHEAD} days. It is refused where it would break what holds for the channel: posts a day, quiet hours, gap, no repeats, the channel calendar, a coupon that has ended by then.`,
  args: [['<sku>', SKU]],
  options: {
    channel: CHANNEL,
    at: option('--at <time>', 'when, in the zone of the shop', minute),
    untracked: flag('--untracked', 'also goods that have only a page, which earns nothing'),
  },
  examples: [
    'shoptool plan add 614252180627 --channel moments',
    'shoptool plan add 614252180627 --channel group-a --at "2026-12-01 20:00"',
  ],
  async run({ ctx, args: [sku], options, workspace, print, global }) {
    const found = await workspace()
    const { zone, now, today, calendar, channels } = await lookUp(ctx, found, options.channel)
    const db = openForReading(found.database)
    const product = lookUpProduct(db, sku)

    const planned = channels.map((channel): Post => {
      const share = sharer(db, found, ctx.home, instantOf(ctx.now(), zone), {
        channel: channel.name,
        untracked: options.untracked,
      })
      const goods = plannable(share, calendar, zone, product)
      if (goods.missing !== null) throw usageError(goods.missing)
      const posts = postsFor(db, channel, today)
      const given = { channel, goods: [goods], posts, calendar, from: today, days: AHEAD, now }
      const at = options.at ?? makePlan(given).posts[0]?.at
      if (at === undefined)
        throw usageError(
          `${goods.name} on ${channel.name}: no free time within ${AHEAD} days; now ${goodsObjection(channel, goods, now, posts, calendar) ?? 'all is taken'}`,
        )
      const why =
        at <= now
          ? 'that is past; what was posted is recorded with "plan done"'
          : (timeObjection(channel, at, posts) ?? goodsObjection(channel, goods, at, posts, calendar))
      if (why !== null) throw usageError(`${goods.name} on ${channel.name} at ${textOf(at)}: ${why}; nothing was planned`)
      const { partner, sku } = product
      return { channel: channel.name, partner, sku, at: instantAt(at, zone), posted: false, variant: null }
    })
    db.close()
    const writing = openDatabase(found.database)
    keepPosts(writing, planned)
    writing.close()
    tell(print, global.json, 'plan-add', 'planned', planned)
    return 'done'
  },
})

export const done = defineCommand({
  about:
    'Records what was posted, so that plans leave room for it and do not repeat it. A kept post of the same goods on the channel is done with it. Nothing is refused, since it has happened, but what it breaks is told.',
  args: [['[sku...]', SKU]],
  options: {
    channel: list('--channel <a,b>', 'where; with --all only there'),
    at: option('--at <time>', 'when, in the zone of the shop (default now)', minute),
    variant: option(
      '--variant <name>',
      'which text it had, by name or number (default: that of "copy"); the next has another',
      text,
    ),
    all: flag('--all', 'all that was kept and whose time has come, at that time'),
  },
  examples: [
    'shoptool plan done 614252180627 --channel moments',
    'shoptool plan done 614252180627 --channel group-a --at "2026-11-25 20:10" --variant 2',
    'shoptool plan done --all',
  ],
  async run({ ctx, args: [skus], options, workspace, print, global }) {
    const found = await workspace()
    const { at: given, variant, all } = options
    if (all === skus.length > 0) throw usageError('plan done: expected either goods or --all')
    if (all && (given !== undefined || variant !== undefined))
      throw usageError('--all: takes the times that were planned, expected without --at and --variant')
    const { zone, now, calendar, channels, known } = await lookUp(ctx, found, options.channel, all)
    const at = given ?? now
    if (at > now) throw usageError(`--at: ${textOf(at)} is still to come; it is planned with "plan add"`)
    const db = openDatabase(found.database)
    const products = [...new Map(skus.map((sku) => lookUpProduct(db, sku)).map((one) => [one.id, one])).values()]
    const recorded: Post[] = []
    const record = (planned: Post | null, { channel, partner, sku, at }: Post) => {
      const place = known.get(channel)!
      const usual = () => variantFor(place, `${partner}:${sku}`, usedVariants(db, { channel, partner, sku }))
      const said = () => (variant === undefined ? usual() : namedVariant(textsOf(place), variant))
      const posted = { channel, partner, sku, at, posted: true, variant: place.texts || variant !== undefined ? said() : null }
      if (planned) replacePost(db, planned, posted)
      else keepPosts(db, [posted])
      recorded.push(posted)
    }
    // all of them or, where a text is wrong for one of the channels, none
    db.transaction(() => {
      for (const channel of channels) {
        if (all) for (const { post, at } of postsFor(db, channel, START)) if (!post.posted && at <= now) record(post, post)
        const share = sharer(db, found, ctx.home, instantOf(ctx.now(), zone), { channel: channel.name, untracked: true })
        for (const product of products) {
          const one = plannable(share, calendar, zone, product)
          const posts = postsFor(db, channel, at.slice(0, 10))
          const planned = nearestTo(
            at,
            posts.filter((each) => each.name === one.name && !each.post.posted),
          )
          const others = posts.filter((each) => each !== planned)
          for (const why of [timeObjection(channel, at, others), goodsObjection(channel, one, at, others, calendar)])
            if (why !== null) print.warn(`${one.name} on ${channel.name} at ${textOf(at)}: ${why}`)
          const { partner, sku } = product
          record(planned?.post ?? null, {
            channel: channel.name,
            partner,
            sku,
            at: instantAt(at, zone),
            posted: true,
            variant: null,
          })
        }
      }
    }).immediate()
    db.close()
    tell(print, global.json, 'plan-done', 'posted', recorded)
    if (recorded.length === 0 && !global.json) print.note('Nothing that was kept is due.')
    return 'done'
  },
})

export const remove = defineCommand({
  about:
    'Takes goods back out of the plan of a channel: what is kept and not posted, or with --date whatever is recorded of them on that day.',
  args: [['<sku...>', SKU]],
  options: { channel: CHANNEL, date: option('--date <day>', 'what was planned or posted on that day', day) },
  examples: [
    'shoptool plan remove 614252180627 --channel moments',
    'shoptool plan remove 614252180627 --channel moments --date 2026-11-25',
  ],
  async run({ ctx, args: [skus], options, workspace, print, global }) {
    const found = await workspace()
    const { channels } = await lookUp(ctx, found, options.channel)
    const db = openDatabase(found.database)
    const names = skus.map((sku) => lookUpProduct(db, sku)).map(({ partner, sku }) => `${partner}:${sku}`)
    const { date } = options
    const removed = channels.flatMap((channel) => {
      const posts = postsFor(db, channel, START)
      return names.flatMap((name) => {
        const of = posts.filter((one) => one.name === name && (date === undefined ? !one.post.posted : one.at.startsWith(date)))
        const what = date === undefined ? `planned on ${channel.name}` : `recorded on ${channel.name} on ${date}`
        if (of.length === 0) throw usageError(`${name}: nothing is ${what}`)
        return of.map(({ post }) => post)
      })
    })
    removePosts(db, removed)
    db.close()
    tell(print, global.json, 'plan-remove', 'removed', removed)
    return 'done'
  },
})

/** What all three look up first; all channels where `all` is asked for and none is named. @throws usage where none is named else. */
async function lookUp(ctx: Context, found: Workspace, named: readonly string[], all = false) {
  const zone = found.shop.timezone
  const now = localMinute(ctx.now(), zone)
  const calendar = readCalendar(ctx.home, found.folder)
  const known = channelsOf(found, loadChannels(ctx.home, found.folder))
  if (named.length === 0 && !all) throw usageError(`--channel: which one? There are ${[...known.keys()].join(', ')}`)
  const names = named.length > 0 ? [...new Set(named)] : [...known.keys()]
  const channels = names.map((name) => planChannel(findChannel(known, name, '--channel')))
  return { zone, now, today: now.slice(0, 10), calendar, channels, known }
}

const distance = (at: LocalMinute, one: KeptPost) => Math.abs(Date.parse(`${one.at}Z`) - Date.parse(`${at}Z`))

function nearestTo(at: LocalMinute, posts: readonly KeptPost[]): KeptPost | null {
  return posts.reduce<KeptPost | null>((best, one) => (best && distance(at, best) <= distance(at, one) ? best : one), null)
}

function tell(print: Print, json: boolean, document: string, word: string, posts: readonly Post[]): void {
  if (json) print.json(document, { posts })
  else
    for (const { at, channel, partner, sku } of posts)
      print.line(`${word}  ${textOf(at.slice(0, 16))}  ${channel}  ${partner}:${sku}`)
}
