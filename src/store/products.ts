import type { Instant } from '../day.ts'
import type { Product } from '../records.ts'
import { presentSkuLookup } from './aliases.ts'
import { type KnownRows, knownRows } from './known.ts'
import { PRODUCT_INDEXES } from './migrations.ts'
import type { Database } from './open.ts'
import { readAgain } from './runs.ts'

/** A product as it stands in the database. */
export type StoredProduct = Product & {
  id: number
  partner: string
  source: string
  status: 'live' | 'gone'
  firstSeen: Instant
  /** When its source was last read with it in. */
  lastSeen: Instant
  file: number
  line: number
}

/** Columns in the order of `Product`'s properties, which is also the order in which they are bound. */
export const PRODUCT_COLUMNS = {
  title: 'title',
  brand: 'brand',
  category: 'category',
  shop: 'shop',
  currency: 'currency',
  price: 'price',
  couponAmount: 'coupon_amount',
  couponThreshold: 'coupon_threshold',
  couponFrom: 'coupon_from',
  couponUntil: 'coupon_until',
  finalPrice: 'final_price',
  commissionRate: 'commission_rate',
  commission: 'commission',
  sales: 'sales',
  imageUrl: 'image_url',
  url: 'url',
  link: 'link',
  code: 'code',
} as const satisfies Record<Exclude<keyof Product, 'sku'>, string>

type Value = keyof typeof PRODUCT_COLUMNS
const PRODUCT_VALUES = Object.keys(PRODUCT_COLUMNS) as Value[]
const NAMES = Object.values(PRODUCT_COLUMNS)

const STORED = `p.id, p.partner, p.sku, p.source, p.status, p.file, p.line, ${Object.entries(PRODUCT_COLUMNS)
  .map(([value, column]) => `p.${column} AS ${value}`)
  .join(', ')}`

/**
 * Selects a StoredProduct. A live product was last seen when its source last ran well; one imported by hand when its file was read,
 * since a file of another day says nothing of it.
 */
export const SELECT_PRODUCT = `SELECT ${STORED}, p.first_seen AS firstSeen,
  CASE WHEN p.status = 'gone' THEN p.last_seen
    WHEN p.source = 'import' THEN (SELECT r.at FROM file f JOIN run r ON r.id = f.run WHERE f.id = p.file)
    ELSE (SELECT max(r.at) FROM run r WHERE r.source = p.source AND r.partner = p.partner AND r.kind = 'products'
      AND r.status IN ('applied', 'unchanged')) END AS lastSeen
  FROM product p`

/**
 * What `save` did with a row. `twice`: another row of the same file had the same sku; `earlier` tells of it, and this one counts.
 * `older`: a newer file of the run has the product; nothing was written.
 */
export type Saved =
  | { result: Change; before: Before | null }
  | { result: 'older' }
  | { result: 'twice'; was: Change; now: Change; earlier: { file: number; line: number; hash: bigint } }

export type Change = 'added' | 'changed' | 'unchanged' | 'returned'

/** A product as a writer looks at it: when it was seen costs a look at the runs. */
type Present = Omit<StoredProduct, 'firstSeen' | 'lastSeen'>

/** Values that the guard compares with the new ones. */
export type Before = Omit<Product, 'sku'>

/** The row by which a source lists a product. */
type Listing = { hash: bigint; file: number; line: number }

/** Writes the products of one run. All of it happens inside the caller's transaction. */
export type ProductWriter = {
  /** The highest id of a product before this run. */
  lastId: number
  /** Hashes of the rows by which the source lists products. */
  known: KnownRows
  save(product: Product, hash: bigint, file: number, line: number): Saved
  /** Where the product was met in this run, by a changed row or an unchanged one: in `file`, in a newer file, or not at all. */
  met(sku: string, file: number): 'here' | 'newer' | null
  /** How many products the source lists by what was read so far. */
  listed(): number
  /** Ids of the goods that stand in the database as the source's and were not met; only those that begin with `first`. */
  unmet(first?: '0'): IterableIterator<string>
  /** Whether the product was first met in this run. */
  isNew(sku: string): boolean
  /** What the source's goods looked like before this run: those that no row of it has touched. */
  untouched: Untouched
  /** Ends the source's listings that were not met, except of the goods named; those that no other source lists are gone. Returns how many. */
  retire(except: ReadonlySet<string>): number
  /** Whether anything was written. */
  wrote(): boolean
  /** Makes what was put off until all rows are in. */
  finish(): void
}

/** Whether any goods were ever read. */
export function hasProducts(db: Database): boolean {
  return db.prepare('SELECT 1 FROM product LIMIT 1').get() !== undefined
}

/** All categories of goods, by the index, without looking at every product. */
export function categories(db: Database): string[] {
  return db
    .prepare<[], string>(
      `WITH RECURSIVE one (name) AS (
         SELECT min(category) FROM product
         UNION ALL SELECT (SELECT min(category) FROM product WHERE category > one.name) FROM one WHERE one.name IS NOT NULL)
       SELECT name FROM one WHERE name IS NOT NULL`,
    )
    .pluck()
    .all()
}

/** Goods imported by hand: the file says what held on its day, not what its partner lists now. */
const IMPORT = 'import'

/**
 * Begins writing what run `run` reads of a source; its files must be registered. `at` is its time, `lastGoodAt` that of the source's
 * last good run.
 *
 * Goods that several sources of a partner list have one row in `product`, with the values of the source whose row changed last; that the
 * others list them too stands in `listing`. So a million goods of one source cost nothing more, and sources that list the same goods with
 * different values do not change them by taking turns.
 */
export function productWriter(
  db: Database,
  source: string,
  partner: string,
  run: number,
  at: Instant,
  lastGoodAt: Instant | null,
): ProductWriter {
  const firstLoad = !hasProducts(db)
  const lastIdBefore = db.prepare<[], number>('SELECT ifnull(max(id), 0) FROM product').pluck().get()!
  const firstFile = db.prepare<[number], number>('SELECT min(id) FROM file WHERE run = ?').pluck().get(run)!
  // On an empty table the indexes for searching are made after the rows, in a quarter of the time.
  if (firstLoad)
    for (const name of Object.keys(PRODUCT_INDEXES)) if (name !== 'product_key') db.exec(`DROP INDEX IF EXISTS ${name}`)

  const known = knownRows(db.prepare<[], number>('SELECT count(*) FROM product').pluck().get()!)
  const hashes = db.prepare<[string, string], bigint>(
    "SELECT hash FROM product NOT INDEXED WHERE source = ? AND partner = ? AND status = 'live'",
  )
  for (const hash of hashes.pluck().safeIntegers().iterate(source, partner)) known.add(hash)
  const others = db.prepare<[string, string], bigint>('SELECT hash FROM listing WHERE source = ? AND partner = ?')
  for (const hash of others.pluck().safeIntegers().iterate(source, partner)) known.add(hash)

  const insert = db.prepare(
    `INSERT INTO product (partner, sku, source, ${NAMES.join(', ')}, status, first_seen, hash, file, line)
     VALUES (?, ?, ?, ${NAMES.map(() => '?').join(', ')}, 'live', ?, ?, ?, ?) ON CONFLICT (partner, sku) DO NOTHING`,
  )
  const select = db.prepare<[string, string], Present>(`SELECT ${STORED} FROM product p WHERE p.partner = ? AND p.sku = ?`)
  const hashOf = db.prepare<[number], bigint>('SELECT hash FROM product WHERE id = ?').pluck().safeIntegers()
  const update = db.prepare(
    `UPDATE product SET source = ?, ${NAMES.map((name) => `${name} = ?`).join(', ')}, status = 'live', last_seen = NULL, hash = ?, file = ?, line = ? WHERE id = ?`,
  )
  const remember = db.prepare(
    `INSERT INTO product_history (product, until, price, final_price, coupon_amount, commission_rate, commission, sales, status)
     SELECT id, ?, price, final_price, coupon_amount, commission_rate, commission, sales, status FROM product WHERE id = ? ON CONFLICT DO NOTHING`,
  )
  const listing = db
    .prepare<[number, string], bigint>('SELECT hash FROM listing WHERE product = ? AND source = ?')
    .pluck()
    .safeIntegers()
  const list = db.prepare('INSERT INTO listing (product, source, partner, hash, file) VALUES (?, ?, ?, ?, ?)')
  const unlist = db.prepare('DELETE FROM listing WHERE product = ? AND source = ?')
  /** What this run did with products that stood there before it; those above `lastIdBefore` were added. */
  const touched = new Map<number, Change>()
  const currencies = new Set<string>()
  /** Products that the source did not list before. */
  let fresh = 0
  let writes = 0
  const valuesOf = (product: Product) => PRODUCT_VALUES.map((value) => product[value])

  /** The row by which this source lists a product, or null. */
  function ownRow({ id, source: owner, status, file, line }: Present): Listing | null {
    if (status === 'gone') return null
    if (owner === source) return { hash: hashOf.get(id)!, file, line }
    const hash = listing.get(id, source)
    return hash === undefined ? null : { hash, file: 0, line: 0 }
  }

  function meetingOf(own: Listing | null, file: number): 'here' | 'newer' | null {
    if (own === null) return null
    if (own.file >= firstFile) return own.file === file ? 'here' : 'newer'
    const mark = known.mark(known.find(own.hash))
    return mark === 'seen' ? 'here' : mark === 'newer' ? 'newer' : null
  }

  /** The row with this hash counts no more, until it is met again. */
  function replaced(hash: bigint): void {
    const slot = known.find(hash)
    if (slot >= 0) known.setMark(slot, 'replaced')
  }

  const OWN = "SELECT id, sku, hash FROM product NOT INDEXED WHERE source = ? AND partner = ? AND status = 'live' AND file < ?"
  const ZERO_LED =
    "SELECT id, sku, hash FROM product INDEXED BY product_key WHERE source = ? AND partner = ? AND status = 'live' AND file < ? AND sku >= '0' AND sku < '1'"
  const LISTED_TOO =
    'SELECT p.id, p.sku, l.hash FROM listing l JOIN product p ON p.id = l.product WHERE l.source = ? AND l.partner = ? AND l.file < ?'
  function* unmet(sql: string): IterableIterator<Unmet> {
    const rows = db.prepare<[string, string, number], Unmet>(sql).safeIntegers()
    for (const row of rows.iterate(source, partner, firstFile)) if (known.mark(known.find(row.hash)) === 'waiting') yield row
  }

  return {
    lastId: lastIdBefore,
    known,
    save(product, hash, file, line) {
      const values = valuesOf(product)
      currencies.add(product.currency)
      if (insert.run(partner, product.sku, source, ...values, at, hash, file, line).changes === 1) {
        fresh++
        writes++
        return { result: 'added', before: null }
      }
      const before = select.get(partner, product.sku)!
      const own = ownRow(before)
      const meeting = meetingOf(own, file)
      if (meeting === 'newer') return { result: 'older' }
      if (own === null) fresh++
      else replaced(own.hash)
      if (before.source !== source) {
        if (own !== null) unlist.run(before.id, source)
        if (before.status === 'live' && before.source !== IMPORT)
          list.run(before.id, before.source, partner, hashOf.get(before.id), before.file)
      }
      writes++
      const differs = PRODUCT_VALUES.some((value) => before[value] !== product[value])
      if (before.id <= lastIdBefore && (differs || before.status === 'gone')) remember.run(run, before.id)
      update.run(source, ...values, hash, file, line, before.id)
      if (own && meeting) {
        const was = before.id > lastIdBefore ? 'added' : (touched.get(before.id) ?? 'unchanged')
        const now = was === 'unchanged' && differs ? 'changed' : was
        touched.set(before.id, now)
        return { result: 'twice', was, now, earlier: own }
      }
      const result = before.status === 'gone' ? 'returned' : differs ? 'changed' : 'unchanged'
      touched.set(before.id, result)
      return { result, before }
    },
    met(sku, file) {
      const product = select.get(partner, sku)
      return product ? meetingOf(ownRow(product), file) : null
    },
    listed: () => known.size - known.waiting + fresh,
    *unmet(first) {
      for (const { sku } of unmet(first === '0' ? ZERO_LED : OWN)) yield sku
    },
    isNew: (sku) => (select.get(partner, sku)?.id ?? 0) > lastIdBefore,
    untouched: untouchedGoods(db, source, partner, firstFile),
    retire(except) {
      if (known.waiting === 0) return 0
      const lost = (rows: Iterable<Unmet>) => [...rows].filter(({ sku }) => !except.has(sku)).map(({ id }) => Number(id))
      const ending = lost(unmet(LISTED_TOO))
      const leaving = lost(unmet(OWN))
      for (const id of ending) unlist.run(id, source)
      const owner = db.prepare<[number], string>('SELECT source FROM product WHERE id = ?').pluck()
      const heir = db
        .prepare<[number], { source: string; hash: bigint }>(
          'SELECT source, hash FROM listing WHERE product = ? ORDER BY file DESC, source LIMIT 1',
        )
        .safeIntegers()
      const inherit = db.prepare('UPDATE product SET source = ?, hash = ? WHERE id = ?')
      const retire = db.prepare("UPDATE product SET status = 'gone', last_seen = ? WHERE id = ?")
      const heirs = new Set<string>()
      let gone = 0
      // Goods that were imported by hand as well go with the last source that lists them.
      for (const id of [...leaving, ...ending.filter((each) => owner.get(each) === IMPORT)]) {
        const next = heir.get(id)
        if (next) {
          // Its values are not known here, only the hash of its row. That row is not taken for known when it is met again.
          if (owner.get(id) === source) {
            inherit.run(next.source, ~next.hash, id)
            unlist.run(id, next.source)
            heirs.add(next.source)
          }
          continue
        }
        remember.run(run, id)
        retire.run(lastGoodAt ?? at, id)
        gone++
      }
      for (const name of heirs) readAgain(db, { kind: 'products', source: name, partner })
      writes += ending.length + leaving.length
      return gone
    },
    wrote: () => writes > 0,
    finish() {
      const met = db.prepare('INSERT OR IGNORE INTO product_currency (currency) VALUES (?)')
      for (const currency of currencies) met.run(currency)
      for (const index of Object.values(PRODUCT_INDEXES)) db.exec(index)
    },
  }
}

type Unmet = { id: bigint; sku: string; hash: bigint }

/** Figures of a source's live goods that the present run has not touched, for the guard to compare new ones with. */
export type Untouched = {
  /** How many there are, and how many have a value. */
  count(value?: Value): number
  /** Median of a value among those in the currency that have it, or null. */
  median(value: 'finalPrice' | 'commissionRate', currency: string): number | null
}

function untouchedGoods(db: Database, source: string, partner: string, firstFile: number): Untouched {
  const goods = "FROM product NOT INDEXED WHERE source = ? AND partner = ? AND status = 'live' AND file < ?"
  return {
    count: (value) =>
      db
        .prepare<[string, string, number], number>(`SELECT count(${value ? PRODUCT_COLUMNS[value] : '*'}) ${goods}`)
        .pluck()
        .get(source, partner, firstFile)!,
    median(value, currency) {
      const column = PRODUCT_COLUMNS[value]
      const those = `${goods} AND currency = ? AND ${column} IS NOT NULL`
      const key = [source, partner, firstFile, currency] as const
      return (
        db
          .prepare<unknown[], number>(`SELECT ${column} ${those} ORDER BY 1 LIMIT 1 OFFSET (SELECT (count(*) - 1) / 2 ${those})`)
          .pluck()
          .get(...key, ...key) ?? null
      )
    },
  }
}

/** The product, or undefined. */
export function productByKey(db: Database, partner: string, sku: string): StoredProduct | undefined {
  return db.prepare<[string, string], StoredProduct>(`${SELECT_PRODUCT} WHERE p.partner = ? AND p.sku = ?`).get(partner, sku)
}

/** All products with a sku, whatever the partner. */
export function productsBySku(db: Database, sku: string): StoredProduct[] {
  const partners = db
    .prepare<[], string>("SELECT DISTINCT partner FROM run WHERE kind = 'products' ORDER BY partner")
    .pluck()
    .all()
  return partners.flatMap((partner) => productByKey(db, partner, sku) ?? [])
}

export type PastValues = Pick<Product, 'price' | 'finalPrice' | 'couponAmount' | 'commissionRate' | 'commission' | 'sales'> & {
  status: 'live' | 'gone'
  /** When the run that changed them took place. */
  until: Instant
}

/** What a product cost and paid before, oldest first; also under the ids that it had before this one. */
export function productHistory(db: Database, product: number): PastValues[] {
  return db
    .prepare<[number], PastValues>(
      `WITH RECURSIVE same (id, partner, sku) AS (
         SELECT id, partner, sku FROM product WHERE id = ?
         UNION SELECT p.id, p.partner, p.sku FROM same s JOIN alias a ON a.partner = s.partner AND a.new_sku = s.sku
           JOIN product p ON p.partner = a.partner AND p.sku = a.old_sku)
       SELECT h.price, h.final_price AS finalPrice, h.coupon_amount AS couponAmount, h.commission_rate AS commissionRate, h.commission, h.sales, h.status, r.at AS until
       FROM same s JOIN product_history h ON h.product = s.id JOIN run r ON r.id = h.until ORDER BY h.until`,
    )
    .all(product)
}

/** Looks up what goods are called and where they belong, also under an id that they had before; null where they are not in the catalog. */
export function goodsLookup(db: Database): (partner: string, sku: string) => Pick<Product, 'title' | 'shop' | 'category'> | null {
  const select = db.prepare<[string, string], Pick<Product, 'title' | 'shop' | 'category'>>(
    'SELECT title, shop, category FROM product WHERE partner = ? AND sku = ?',
  )
  const presentSku = presentSkuLookup(db)
  return (partner, sku) => select.get(partner, presentSku(partner, sku) ?? sku) ?? null
}
