import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { findProducts } from '../catalog/find.ts'
import { readScoreRules, scoreOf } from '../catalog/score.ts'
import type { Context } from '../context.ts'
import { addDays, instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { id, openTable, text as safe } from '../settle/table.ts'
import { type Calendar, channelsOf, chooseChannels, passages, readCalendar } from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { sharer } from '../share/item.ts'
import {
  goodsObjection,
  HABITS,
  type LocalMinute,
  makePlan,
  type PlanChannel,
  planChannel,
  timeObjection,
} from '../share/plan.ts'
import { type PlanRow, renderPlan } from '../share/plan-page.ts'
import { instantAt, type KeptPost, localMinute, type Plannable, plannable, postsFor } from '../share/plannable.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { keepPosts, type Post } from '../store/posts.ts'
import { productByKey, type StoredProduct } from '../store/products.ts'
import { shelfItems } from '../store/shelf.ts'
import { FORMS, type Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { savedFlags, searchFor, textIndex } from './find.ts'
import { count, day, flag, list, option, text } from './option.ts'
import { add, done, remove } from './plan-record.ts'
import { replaceFile } from './replace.ts'
import { chosenShelf } from './shelf.ts'

export const command = defineCommand({
  about: `Plans what to post where and when: the goods of a shelf or a saved search, those of the highest score first, on the channels of shoptool.yaml. It keeps to what shoptool.yaml says of a channel: at most "daily" posts a day (default ${HABITS.daily}), none in the "quiet" hours (default 22:00-08:00), "gap" minutes apart (default ${HABITS.gap}), the same goods again after "noRepeat" days (default ${HABITS.noRepeat}). Goods that are gone, whose coupon has ended by then, or of which the channel calendar lets nothing pass, are not planned.

The same goods, posts and days give the same plan. --keep keeps it; without, nothing is written. What was recorded with "plan add" and "plan done" is planned around. Exit 5 where something that is kept cannot be posted any more, or its time has passed and nobody said that it was posted.`,
  options: {
    shelf: option('--shelf <name>', 'goods of this shelf; needed where shoptool.yaml has several'),
    saved: option('--saved <name>', 'in place of a shelf the goods that a saved search finds', text),
    channel: list('--channel <a,b>', 'only for these channels'),
    from: option('--from <day>', 'first day (default today)', day),
    days: option('--days <n>', 'how many days', count, 7),
    keep: flag('--keep', 'keep what is planned, so that later plans only add to it'),
    untracked: flag('--untracked', 'also goods that have only a page, which earns nothing'),
    csv: option('--csv <file>', 'also write a table for spreadsheets', text),
    page: option('--page <file>', 'also write a page for the phone, to tick off', text),
  },
  examples: [
    'shoptool plan --shelf main',
    'shoptool plan --saved umbrellas --from 2026-12-01 --days 14 --csv plan.csv --page plan.html',
    'shoptool plan --keep && shoptool plan done 614252180627 --channel moments',
    'shoptool plan add 614252180627 --channel group-a --at "2026-12-01 20:00"',
  ],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const { shelf, saved, days, keep, csv, page, untracked } = options
    if (shelf !== undefined && saved !== undefined) throw usageError('--shelf and --saved: expected one of the two')
    if (days < 1 || days > 366) throw usageError(`--days: "${days}" is not a number of days, expected 1 to 366`)
    for (const [flag, file] of Object.entries({ csv, page }))
      if (file !== undefined && /^-$|[\\/]$/.test(file)) throw usageError(`--${flag}: "${file}" is not the name of a file`)
    const zone = found.shop.timezone
    const now = localMinute(ctx.now(), zone)
    const { from = now.slice(0, 10) } = options
    const calendar = readCalendar(ctx.home, found.folder)
    const texts = loadChannels(ctx.home, found.folder)
    const channels = chooseChannels(found, channelsOf(found, texts), options.channel, '--channel').map(planChannel)
    const shelfName = saved === undefined ? chosenShelf(found, shelf) : null
    const db = openForReading(found.database)
    const products =
      shelfName === null
        ? findProducts(db, searchFor(ctx, found, savedFlags(db, saved!)), textIndex(found, print)).products
        : shelfItems(db, shelfName).flatMap(({ partner, sku }) => productByKey(db, partner, sku) ?? [])
    const sorted = byScore(ctx, found, products)
    const at = instantOf(ctx.now(), zone)
    const rows: PlanRow[] = []
    const fresh: Post[] = []
    const open: { channel: string; count: number }[] = []
    const left = new Map<string, string>()
    for (const channel of channels) {
      const share = sharer(db, found, ctx.home, at, { channel: channel.name, untracked })
      const goods = sorted.map((product) => plannable(share, calendar, zone, product))
      for (const { name, missing } of goods) if (missing !== null) left.set(name, missing)
      const posts = postsFor(db, channel, from)
      const ready = goods.filter(({ missing }) => missing === null)
      const plan = makePlan({ channel, goods: ready, posts, calendar, from, days, now })
      if (plan.open > 0) open.push({ channel: channel.name, count: plan.open })
      for (const { at, goods, forms } of plan.posts) {
        const { partner, sku } = goods.product
        rows.push({ ...{ at, channel, product: goods.product, forms }, state: 'new', problem: null })
        fresh.push({ channel: channel.name, partner, sku, at: instantAt(at, zone), posted: false, variant: null })
      }
      for (const one of posts) {
        const { posted, partner, sku } = one.post
        const product = productByKey(db, partner, sku)
        if (one.at < from || one.at >= addDays(from, days) || !product) continue
        const item = plannable(share, calendar, zone, product)
        const problem = posted ? null : problemOf(one, channel, item, posts, calendar, now)
        const forms = passages(calendar, channel, item.sources, one.at.slice(0, 10))
        rows.push({ ...{ at: one.at, channel, product, forms, problem }, state: posted ? 'posted' : 'kept' })
      }
    }
    // by time; at one time in the order of the channels
    rows.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))

    if (csv !== undefined) replaceFile(resolve(ctx.cwd, csv), (path) => writeTable(path, rows))
    if (page !== undefined)
      replaceFile(resolve(ctx.cwd, page), (path) => writeFileSync(path, renderPlan(found.shop.name, rows, from, days)))
    if (global.json)
      print.json('plan', {
        ...{ from, days, posts: rows.map((row) => rowDocument(row, instantAt(row.at, zone))) },
        ...{ open, left: [...left].map(([product, reason]) => ({ product, reason })), kept: keep },
      })
    else {
      const { green, yellow, dim, red } = print.paint
      const hues = { new: green, kept: yellow, posted: dim }
      print.table(
        [
          { title: 'DAY' },
          { title: 'TIME' },
          { title: 'CHANNEL' },
          { title: 'PRODUCT' },
          { title: 'FORMS' },
          { title: 'STATE', paint: (word) => hues[word as keyof typeof hues](word) },
          { title: 'TITLE', cut: true },
          { title: 'NOTE', cut: true, paint: (note, row) => (rows[row]!.problem === null ? note : red(note)) },
        ],
        rows.map((row) => {
          const { partner, sku, title } = row.product
          const [planDay, time] = row.at.split('T') as [string, string]
          return [planDay, time, row.channel.name, `${partner}:${sku}`, formsOf(row), row.state, title, noteOf(row)]
        }),
      )
      for (const reason of [...left.values()].slice(0, 3)) print.note(`Left out: ${reason}`)
      if (left.size > 3) print.note(`Left out: ${left.size - 3} more; --json names them.`)
      for (const { channel, count: missing } of open) {
        const { noRepeat } = channels.find(({ name }) => name === channel)!
        const why = left.size === sorted.length ? 'there are no goods' : `all goods that pass have a post within ${noRepeat} days`
        print.note(`${channel}: ${missing} more could be posted, but ${why}.`)
      }
      if (rows.length === 0) print.note('Nothing to post.')
      if (rows.some(({ forms }) => FORMS.some((form) => forms[form].listed && forms[form].rule === null)))
        print.note('?: no rule of the channel calendar is about it, which does not mean that it passes.')
    }
    db.close()
    if (keep && fresh.length > 0) {
      const writing = openDatabase(found.database)
      keepPosts(writing, fresh)
      writing.close()
    }
    return rows.some(({ problem }) => problem !== null) ? 'findings' : 'done'
  },
  commands: { add, done, remove },
})

/** Why something that is kept cannot be posted as it stands there. */
function problemOf(
  one: KeptPost,
  channel: PlanChannel,
  item: Plannable,
  posts: readonly KeptPost[],
  calendar: Calendar,
  now: LocalMinute,
): string | null {
  if (one.at <= now) return 'its time has passed; record it with "plan done", or take it back with "plan remove"'
  const others = posts.filter((post) => post !== one)
  return item.missing ?? timeObjection(channel, one.at, others) ?? goodsObjection(channel, item, one.at, others, calendar)
}

/** The highest score first; goods that have none, in another currency than the shop's, last. */
function byScore(ctx: Pick<Context, 'home'>, { folder, shop }: Workspace, products: readonly StoredProduct[]): StoredProduct[] {
  const rules = readScoreRules(ctx.home, folder, shop.currency)
  return products
    .map((product) => ({ product, score: scoreOf(product, rules)?.total ?? -1 }))
    .sort((a, b) => b.score - a.score)
    .map(({ product }) => product)
}

/** `image,code?`: what passes, with a question mark where no rule says so. */
const formsOf = ({ forms }: PlanRow) =>
  FORMS.filter((form) => forms[form].passes)
    .map((form) => (forms[form].rule === null ? `${form}?` : form))
    .join(',')

/** What is wrong with it, else what to be careful of. */
function noteOf({ forms, problem }: PlanRow): string {
  const careful = FORMS.flatMap((form) => (forms[form].passes && forms[form].state === 'warn' ? [forms[form].rule.reason] : []))
  return problem ?? careful.join('; ')
}

function rowDocument({ at, channel, product, forms, state, problem }: PlanRow, instant: string) {
  const { partner, sku, title, currency, finalPrice } = product
  return {
    ...{ at: instant, day: at.slice(0, 10), time: at.slice(11), channel: channel.name, surface: channel.surface },
    ...{ partner, sku, title, finalPrice: formatAmount(finalPrice, currency), currency },
    forms: Object.fromEntries(FORMS.filter((form) => forms[form].passes).map((form) => [form, forms[form].state])),
    warnings: FORMS.flatMap((form) => (forms[form].passes && forms[form].state === 'warn' ? [forms[form].rule.reason] : [])),
    ...{ state, problem },
  }
}

function writeTable(path: string, rows: readonly PlanRow[]): void {
  const columns = 'day,time,channel,surface,partner,sku,title,finalPrice,currency,forms,state,note'.split(',')
  const table = openTable(path, columns)
  for (const row of rows) {
    const { at, channel, product, state } = row
    const { partner, sku, title, finalPrice, currency } = product
    table.add([
      ...[at.slice(0, 10), at.slice(11), safe(channel.name), channel.surface, partner, id(sku), safe(title)],
      ...[formatAmount(finalPrice, currency), currency, formsOf(row), state, safe(noteOf(row))],
    ])
  }
  table.close()
}
