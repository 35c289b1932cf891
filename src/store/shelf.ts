import type { Instant } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Database } from './open.ts'

/** What held when goods were picked. Amounts are minor units of `currency`. */
export type Figures = {
  pickedAt: Instant
  currency: Currency
  price: Minor
  finalPrice: Minor
  commissionRate: Ppm | null
  commission: Minor | null
  couponAmount: Minor | null
  couponThreshold: Minor | null
  couponUntil: Instant | null
  /** After the fees of the partner and of the kind of shop; null where they are not known. */
  net: Minor | null
  score: number | null
  /** The source and the row of its file; null in picks of before these and the coupon were kept. */
  source: string | null
  file: string | null
  line: number | null
  sha256: string | null
}

/** Goods on a shelf, with the figures under which they were picked. */
export type ShelfItem = Figures & {
  shelf: string
  partner: string
  sku: string
  /** Why the operator recommends it. */
  reason: string | null
  addedAt: Instant
  /** Set aside since then: neither posted nor counted. */
  parkedAt: Instant | null
  /** Sorts the shelf; null until it was put there. */
  position: number | null
  /** Findings of `shelf check` that the operator accepted and that are not told again, one a line. */
  accepted: string | null
}

const COLUMNS = {
  ...{ shelf: 'shelf', partner: 'partner', sku: 'sku', reason: 'reason', addedAt: 'added_at', parkedAt: 'parked_at' },
  ...{ position: 'position', pickedAt: 'picked_at', currency: 'currency', price: 'price', finalPrice: 'final_price' },
  ...{ commissionRate: 'commission_rate', commission: 'commission', couponAmount: 'coupon_amount' },
  ...{ couponThreshold: 'coupon_threshold', couponUntil: 'coupon_until', net: 'net', score: 'score', source: 'source' },
  ...{ file: 'file', line: 'line', sha256: 'sha256', accepted: 'accepted' },
} as const satisfies Record<keyof ShelfItem, string>
const KEYS = Object.keys(COLUMNS) as (keyof ShelfItem)[]

/** In their order on the shelf; those set aside only where they are asked for. */
export function shelfItems(db: Database, shelf: string, { parked = false } = {}): ShelfItem[] {
  const columns = KEYS.map((key) => `${COLUMNS[key]} AS ${key}`).join(', ')
  return db
    .prepare<[string], ShelfItem>(
      `SELECT ${columns} FROM shelf_item WHERE shelf = ? ${parked ? '' : 'AND parked_at IS NULL'} ORDER BY position, rowid`,
    )
    .all(shelf)
}

/** The first reason that the operator gave for a product on any shelf. */
export function reasonFor(db: Database, partner: string, sku: string): string | null {
  return (
    db
      .prepare<[string, string], string>(
        'SELECT reason FROM shelf_item WHERE partner = ? AND sku = ? AND reason IS NOT NULL ORDER BY added_at LIMIT 1',
      )
      .pluck()
      .get(partner, sku) ?? null
  )
}

/** What a change did to one of the goods; null: it was not on the shelf. */
export type ItemChange = { before: ShelfItem | null; after: ShelfItem | null }

/** One change of a shelf. `of`: the earlier one that it took back or brought again. */
export type ShelfEntry = { id: number; shelf: string; at: Instant; command: string; undone: boolean; of: number | null }

/** When and by which command a shelf is changed. */
export type Occasion = { shelf: string; at: Instant; command: string }

/**
 * Changes a shelf in one transaction and writes down what that did. `change` is given the goods, those set aside too, and says which
 * shall be there, in their order; what it throws leaves all as it was. Returns what was changed; where that is nothing, nothing is written
 * down.
 */
export function changeShelf(
  db: Database,
  occasion: Occasion,
  change: (items: readonly ShelfItem[]) => readonly ShelfItem[],
): ItemChange[] {
  return db
    .transaction(() => {
      const changes = write(db, occasion.shelf, change)
      if (changes.length === 0) return changes
      db.prepare('UPDATE shelf_log SET undone = 2 WHERE shelf = ? AND undone = 1').run(occasion.shelf)
      const id = enter(db, occasion, null)
      const keep = db.prepare('INSERT INTO shelf_change (log, partner, sku, before, after) VALUES (?, ?, ?, ?, ?)')
      const json = (item: ShelfItem | null) => item && JSON.stringify(item)
      for (const { before, after } of changes) {
        const { partner, sku } = (after ?? before)!
        keep.run(id, partner, sku, json(before), json(after))
      }
      return changes
    })
    .immediate()
}

/**
 * Takes back the last change that was not taken back yet (`undo`), or brings the last one taken back again, where nothing else was changed
 * since (`redo`). `check` sees the goods that are to be on the shelf and may throw. Null where there is no such change.
 */
export function turnShelf(
  db: Database,
  way: 'undo' | 'redo',
  occasion: Occasion,
  check: (before: readonly ShelfItem[], after: readonly ShelfItem[]) => void,
): { entry: ShelfEntry; changes: ItemChange[] } | null {
  const sql =
    way === 'undo'
      ? 'SELECT max(id) FROM shelf_log WHERE shelf = ? AND of IS NULL AND undone = 0'
      : 'SELECT min(id) FROM shelf_log WHERE shelf = ? AND undone = 1'
  return db
    .transaction(() => {
      const id = db.prepare<[string], number | null>(sql).pluck().get(occasion.shelf)
      if (id === null || id === undefined) return null
      const [entry] = entries(db, 'id = ?', [id], 1)
      const back = changesOf(db, id).map(({ before, after }) => (way === 'undo' ? [after, before] : [before, after]))
      const changes = write(db, occasion.shelf, (items) => {
        const next = new Map(items.map((item) => [keyOf(item), item]))
        for (const [from, to] of back) {
          if (to) next.set(keyOf(to), to)
          else next.delete(keyOf(from!))
        }
        const goods = [...next.values()].sort((a, b) => a.position! - b.position!)
        check(items, goods)
        return goods
      })
      db.prepare('UPDATE shelf_log SET undone = ? WHERE id = ?').run(way === 'undo' ? 1 : 0, id)
      enter(db, occasion, id)
      return { entry: entry!, changes }
    })
    .immediate()
}

/** The changes of a shelf, or of all (null), the latest first. */
export function shelfLog(db: Database, shelf: string | null, limit: number): ShelfEntry[] {
  return entries(db, shelf === null ? '1' : 'shelf = ?', shelf === null ? [] : [shelf], limit)
}

/** What a change did; of one that took back or brought again, what the change itself had done. */
export function changesOf(db: Database, log: number): ItemChange[] {
  // changes of earlier versions know nothing of what was accepted
  const read = (text: string | null) => text && ({ accepted: null, ...JSON.parse(text) } as ShelfItem)
  return db
    .prepare<[number], { before: string | null; after: string | null }>(
      `SELECT before, after FROM shelf_change WHERE log = (SELECT ifnull(of, id) FROM shelf_log WHERE id = ?) ORDER BY partner, sku`,
    )
    .all(log)
    .map(({ before, after }) => ({ before: read(before) || null, after: read(after) || null }))
}

function entries(db: Database, where: string, values: readonly unknown[], limit: number): ShelfEntry[] {
  return db
    .prepare<unknown[], Omit<ShelfEntry, 'undone'> & { undone: number }>(
      `SELECT id, shelf, at, command, undone, of FROM shelf_log WHERE ${where} ORDER BY id DESC LIMIT ?`,
    )
    .all(...values, limit)
    .map((entry) => ({ ...entry, undone: entry.undone > 0 }))
}

function enter(db: Database, { shelf, at, command }: Occasion, of: number | null): number {
  const insert = db.prepare<unknown[], number>(
    'INSERT INTO shelf_log (shelf, at, command, undone, of) VALUES (?, ?, ?, 0, ?) RETURNING id',
  )
  return insert.pluck().get(shelf, at, command, of)!
}

const keyOf = ({ partner, sku }: Pick<ShelfItem, 'partner' | 'sku'>) => `${partner}:${sku}`

/** Writes what differs, inside the caller's transaction. */
function write(db: Database, shelf: string, change: (items: readonly ShelfItem[]) => readonly ShelfItem[]): ItemChange[] {
  const items = shelfItems(db, shelf, { parked: true })
  const old = new Map(items.map((item) => [keyOf(item), item]))
  const changes: ItemChange[] = []
  let last = 0
  for (const given of change(items)) {
    // a place is kept where it still follows the one before
    const position = given.position !== null && given.position > last ? given.position : last + 1
    last = position
    const after = { ...given, shelf, position }
    const before = old.get(keyOf(after)) ?? null
    old.delete(keyOf(after))
    if (!before || KEYS.some((key) => before[key] !== after[key])) changes.push({ before, after })
  }
  for (const before of old.values()) changes.push({ before, after: null })
  const put = db.prepare(
    `INSERT OR REPLACE INTO shelf_item (${Object.values(COLUMNS).join(', ')}) VALUES (${KEYS.map((key) => `@${key}`).join(', ')})`,
  )
  const drop = db.prepare('DELETE FROM shelf_item WHERE shelf = ? AND partner = ? AND sku = ?')
  for (const { before, after } of changes) {
    if (after) put.run(after)
    else drop.run(shelf, before!.partner, before!.sku)
  }
  return changes
}

/** What was shown of goods whenever they were put on a shelf, the earliest first; also of those that were taken off since. */
export function picksOf(db: Database, partner: string, skus: readonly string[]): ShelfItem[] {
  const asked = JSON.stringify(skus)
  const logged = db
    .prepare<[string, string], string>(
      `SELECT DISTINCT after FROM shelf_change WHERE partner = ? AND sku IN (SELECT value FROM json_each(?)) AND after IS NOT NULL`,
    )
    .pluck()
    .all(partner, asked)
    .map((text) => JSON.parse(text) as ShelfItem)
  const columns = KEYS.map((key) => `${COLUMNS[key]} AS ${key}`).join(', ')
  const present = db
    .prepare<[string, string], ShelfItem>(
      `SELECT ${columns} FROM shelf_item WHERE partner = ? AND sku IN (SELECT value FROM json_each(?))`,
    )
    .all(partner, asked)
  const picks = new Map([...logged, ...present].map((item) => [`${item.sku} ${item.shelf} ${item.pickedAt}`, item]))
  return [...picks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}
