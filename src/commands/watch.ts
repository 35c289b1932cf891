import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { findProducts, lookUpProduct, presentProduct } from '../catalog/find.ts'
import { compare, knownOfPick, type WatchEvent } from '../catalog/watch.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatRate, multiplyDivide } from '../money.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import { productByKey, type StoredProduct } from '../store/products.ts'
import { type ShelfItem, shelfItems } from '../store/shelf.ts'
import { keepWatched, type Watched, watchedGoods } from '../store/watched.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { savedFlags, searchFor, textIndex } from './find.ts'
import { count, flag, option, rate, text } from './option.ts'
import type { Print } from './print.ts'
import { chosenShelf } from './shelf.ts'

type Told = WatchEvent & { product: StoredProduct }
const DAY = 86_400_000

export const command = defineCommand({
  about: `Tells what has changed of goods since it was last told: price, rate and commission up or down, coupons that end within some days or have ended, goods that are gone or back. Each event is told once: it is remembered after all output was written, so that a run that is stopped before tells it again.

Goods of shelves are compared with the pick at first. Of others the first run only takes the state and tells coupons that end. Goods that a saved search found stay watched where it finds them no more.`,
  args: [['[sku...]', 'only these goods; else all on shelves']],
  options: {
    shelf: option('--shelf <name>', 'only goods of this shelf'),
    saved: option('--saved <name>', 'the goods that a saved search finds, apart from those of shelves', text),
    minChange: option('--min-change <rate>', 'smallest change told, of the old value; smaller ones add up', rate, 0),
    couponDays: option('--coupon-days <n>', 'how many days before its end a coupon is told', count, 3),
    out: option('--out <file>', 'also append the events to a file, a JSON object a line', text),
    dryRun: flag('--dry-run', 'tell without remembering: the next run tells the same'),
  },
  examples: [
    'shoptool watch',
    'shoptool watch --shelf main --min-change 5%',
    'shoptool watch --saved umbrellas --out out/alerts.ndjson',
    'shoptool sync -q && shoptool watch --json',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const { shelf, saved, minChange, couponDays, out, dryRun } = options
    if ([names.length > 0, shelf !== undefined, saved !== undefined].filter(Boolean).length > 1)
      throw usageError('watch: expected goods, --shelf or --saved, only one of them')
    if (dryRun && out !== undefined) throw usageError('--dry-run and --out: expected one of the two')
    const db = openForReading(found.database)
    const at = instantOf(ctx.now(), found.shop.timezone)
    const search = saved ?? ''
    const known = new Map(watchedGoods(db, search).map((each) => [keyOf(each), each]))
    const shelves = shelf === undefined ? Object.keys(found.shelves) : [chosenShelf(found, shelf)]
    const picks = newestPicks(shelves.flatMap((name) => shelfItems(db, name, { parked: true })))
    const goods =
      names.length > 0
        ? unique(names.map((name) => lookUpProduct(db, name)))
        : saved !== undefined
          ? unique([...searched(ctx, found, db, saved, print), ...[...known.values()].flatMap((each) => stored(db, each))])
          : [...picks.values()].flatMap((pick) => stored(db, pick))

    const events: Told[] = []
    const changed: Watched[] = []
    let first = 0
    for (const product of goods) {
      // What is told of goods that have another id now stays kept under the one that was picked.
      const present = presentProduct(db, product)
      const last = known.get(keyOf(product))
      const pick = saved === undefined ? picks.get(keyOf(product)) : undefined
      // picked again since: the figures of that pick are what the operator knows
      const picked = pick && (!last || Date.parse(pick.pickedAt) > Date.parse(last.at)) ? knownOfPick(pick) : null
      if (!last && !picked) first++
      const before = picked ?? last ?? null
      const result = compare(before, present, ctx.now(), { minChange, couponWithin: couponDays * DAY })
      events.push(...result.events.map((event) => ({ ...event, product: present })))
      const { partner, sku } = product
      const now: Watched = { ...result.known, search, partner, sku, at }
      if (!last || picked || differ(last, now)) changed.push(now)
    }

    if (out !== undefined && events.length > 0)
      append(
        resolve(ctx.cwd, out),
        events.map((event) => JSON.stringify({ at, ...document(event) })),
      )
    if (global.json) print.json('watch', { watched: goods.length, events: events.map(document) })
    else tell(events, print)
    if (!global.json && events.length === 0) print.note(`Nothing to tell of ${goods.length} goods.`)
    if (first > 0) print.note(`${first} of ${goods.length} goods were looked at for the first time.`)
    if (!dryRun && changed.length > 0 && (await written(ctx))) {
      const writing = openDatabase(found.database)
      keepWatched(writing, changed)
      writing.close()
    }
    return events.length > 0 ? 'findings' : 'done'
  },
})

const keyOf = ({ partner, sku }: { partner: string; sku: string }) => `${partner}:${sku}`
const stored = (db: Database, { partner, sku }: { partner: string; sku: string }) => productByKey(db, partner, sku) ?? []
const unique = (goods: readonly StoredProduct[]) => [...new Map(goods.map((product) => [product.id, product])).values()]
const differ = (a: Watched, b: Watched) => (Object.keys(a) as (keyof Watched)[]).some((key) => key !== 'at' && a[key] !== b[key])

/** Of goods on several shelves the latest pick counts. */
function newestPicks(items: readonly ShelfItem[]): Map<string, ShelfItem> {
  const picks = new Map<string, ShelfItem>()
  for (const item of items) {
    const other = picks.get(keyOf(item))
    if (!other || Date.parse(item.pickedAt) > Date.parse(other.pickedAt)) picks.set(keyOf(item), item)
  }
  return picks
}

function searched(ctx: Context, found: Workspace, db: Database, saved: string, print: Print): StoredProduct[] {
  return findProducts(db, searchFor(ctx, found, savedFlags(db, saved)), textIndex(found, print)).products
}

function document({ product, kind, before, now, change }: Told) {
  const { partner, sku, title, currency } = product
  return { event: kind, partner, sku, title, currency, before, now, change: change === null ? null : formatRate(change) }
}

function tell(events: readonly Told[], print: Print): void {
  const text = (kind: string, value: string | null) =>
    value === null ? '' : kind.startsWith('rate') ? `${value}%` : /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value
  print.table(
    [
      { title: 'PRODUCT' },
      { title: 'EVENT' },
      { title: 'BEFORE', align: 'right' },
      { title: 'NOW', align: 'right' },
      { title: 'CHANGE', align: 'right' },
      { title: 'TITLE', cut: true },
    ],
    events.map(({ product, kind, before, now, change }) => [
      keyOf(product),
      kind,
      text(kind, before),
      text(kind, now),
      change === null ? '' : `${change > 0 ? '+' : ''}${formatRate(multiplyDivide(change, 1, 1000) * 1000)}%`,
      product.title,
    ]),
  )
}

/** Adds lines to a file, in one write, and waits for the disk. A line that an earlier run could not finish is ended first. */
function append(path: string, lines: readonly string[]): void {
  const file = openSync(path, 'a+')
  try {
    const { size } = statSync(path)
    const last = Buffer.alloc(1)
    const torn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
    writeSync(file, `${torn ? '\n' : ''}${lines.join('\n')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Whether all that was printed has been taken by the system, or the pipe; that it was not is told by whoever listens to the stream. */
export function written({ stdout }: Context): Promise<boolean> {
  return new Promise((resolve) => stdout.write('', (error) => resolve(!error)))
}
