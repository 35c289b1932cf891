import type { Instant } from '../day.ts'
import type { Product } from '../records.ts'
import { type KnownRows, knownRows } from './known.ts'
import { PRODUCT_INDEXES } from './migrations.ts'
import type { Database } from './open.ts'

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
const COLUMNS = {
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

type Value = keyof typeof COLUMNS
export const PRODUCT_VALUES = Object.keys(COLUMNS) as Value[]
const NAMES = Object.values(COLUMNS)

const STORED = `p.id, p.partner, p.sku, p.source, p.status, p.file, p.line, ${Object.entries(COLUMNS)
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
export type Before = Pick<
  Product,
  'finalPrice' | 'commissionRate' | 'commission' | 'sales' | 'category' | 'shop' | 'imageUrl' | 'link'
>

/** Writes the products of one run. All of it happens inside the caller's transaction. */
export type ProductWriter = {
  /** Row hashes of the source's live products. */
  known: KnownRows
  save(product: Product, hash: bigint, file: number, line: number): Saved
  /** Where the product was met in this run, by a changed row or an unchanged one: in `file`, in a newer file, or not at all. */
  met(sku: string, file: number): 'here' | 'newer' | null
  /** Marks the live products of the source that were not met as gone, except those named. Returns how many. */
  retire(except: ReadonlySet<string>): number
  /** Makes what was put off until all rows are in. */
  finish(): void
}

/** Whether any goods were ever read. */
export function hasProducts(db: Database): boolean {
  return db.prepare('SELECT 1 FROM product LIMIT 1').get() !== undefined
}

/**
 * Begins writing what run `run` reads of a source; its files must be registered. `at` is its time, `lastGoodAt` that of the source's
 * last good run.
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
  /** What this run did with products that stood there before it; those above `lastIdBefore` were added. */
  const touched = new Map<number, Change>()
  const valuesOf = (product: Product) => PRODUCT_VALUES.map((value) => product[value])

  function meetingOf(product: Present, hash: bigint, file: number): 'here' | 'newer' | null {
    if (product.file >= firstFile) return product.file === file ? 'here' : 'newer'
    const slot = product.source === source ? known.find(hash) : -1
    const mark = slot >= 0 ? known.mark(slot) : 'waiting'
    return mark === 'seen' ? 'here' : mark === 'newer' ? 'newer' : null
  }

  return {
    known,
    save(product, hash, file, line) {
      const values = valuesOf(product)
      if (insert.run(partner, product.sku, source, ...values, at, hash, file, line).changes === 1)
        return { result: 'added', before: null }
      const before = select.get(partner, product.sku)!
      const hashBefore = hashOf.get(before.id)!
      const meeting = meetingOf(before, hashBefore, file)
      if (meeting === 'newer') return { result: 'older' }
      const slot = before.source === source ? known.find(hashBefore) : -1
      if (slot >= 0 && !meeting) known.setMark(slot, 'replaced')
      const differs = PRODUCT_VALUES.some((value) => before[value] !== product[value])
      if (before.id <= lastIdBefore && (differs || before.status === 'gone')) remember.run(run, before.id)
      update.run(source, ...values, hash, file, line, before.id)
      if (meeting) {
        const was = before.id > lastIdBefore ? 'added' : (touched.get(before.id) ?? 'unchanged')
        const now = was === 'unchanged' && differs ? 'changed' : was
        touched.set(before.id, now)
        return { result: 'twice', was, now, earlier: { file: before.file, line: before.line, hash: hashBefore } }
      }
      const result = before.status === 'gone' ? 'returned' : differs ? 'changed' : 'unchanged'
      touched.set(before.id, result)
      return { result, before }
    },
    met(sku, file) {
      const product = select.get(partner, sku)
      return product ? meetingOf(product, hashOf.get(product.id)!, file) : null
    },
    retire(except) {
      if (known.waiting === 0) return 0
      const live = db.prepare<[string, string, number], { id: bigint; hash: bigint; sku: string }>(
        "SELECT id, sku, hash FROM product NOT INDEXED WHERE source = ? AND partner = ? AND status = 'live' AND file < ?",
      )
      const gone: number[] = []
      for (const product of live.safeIntegers().iterate(source, partner, firstFile)) {
        if (known.mark(known.find(product.hash)) === 'waiting' && !except.has(product.sku)) gone.push(Number(product.id))
      }
      const retire = db.prepare("UPDATE product SET status = 'gone', last_seen = ? WHERE id = ?")
      for (const id of gone) {
        remember.run(run, id)
        retire.run(lastGoodAt ?? at, id)
      }
      return gone.length
    },
    finish() {
      for (const index of Object.values(PRODUCT_INDEXES)) db.exec(index)
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

/** What a product cost and paid before, oldest first. */
export function productHistory(db: Database, product: number): PastValues[] {
  return db
    .prepare<[number], PastValues>(
      `SELECT h.price, h.final_price AS finalPrice, h.coupon_amount AS couponAmount, h.commission_rate AS commissionRate, h.commission, h.sales, h.status, r.at AS until
       FROM product_history h JOIN run r ON r.id = h.until WHERE h.product = ? ORDER BY h.until`,
    )
    .all(product)
}
