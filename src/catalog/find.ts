import { usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, type Ppm } from '../money.ts'
import { presentSku } from '../store/aliases.ts'
import type { Database } from '../store/open.ts'
import { categories, productByKey, productsBySku, SELECT_PRODUCT, type StoredProduct } from '../store/products.ts'
import { codeFault, lookUpCode } from './code.ts'
import { fullSql, leastFor, type ScoreRules, scoreSql } from './score.ts'
import { countMatches, hasTextIndex, matchOf } from './search.ts'

/**
 * What is looked for. Amounts are minor units of `currency`. Those of different currencies cannot be compared: where an amount is asked
 * for or sorted by (commission, price, score), goods in another currency are left out.
 */
export type Search = {
  /** Words that title, brand or shop must hold, all of them. */
  text: string
  partners: readonly string[]
  /** Names in shoptool.yaml, or `import`. */
  sources: readonly string[]
  status: (typeof STATUSES)[number]
  category: string | null
  currency: Currency
  minCommission: Minor | null
  minRate: Ppm | null
  minSales: number | null
  /** Of the price with the coupon. */
  price: { from: Minor | null; to: Minor | null }
  coupon: boolean
  sort: Sort
  /** What a score is made of; needed for sorting by it. */
  score: ScoreRules | null
  ascending: boolean
  limit: number
  /** `next` of the page before. */
  after: string | null
}

export const STATUSES = ['live', 'gone', 'any'] as const
export const SORTS = ['commission', 'rate', 'sales', 'price', 'score'] as const
export type Sort = (typeof SORTS)[number]

const SORT_COLUMNS: Record<Exclude<Sort, 'score'>, string> = {
  commission: 'commission',
  rate: 'commission_rate',
  sales: 'sales',
  price: 'final_price',
}

/** How goods are found where no index gives their order. */
export type Ways = {
  /** So many of the goods that fit all else, in the order asked for, are looked at before the text index is. */
  scan?: number
  /** Called where the text index is needed and not up to date. Where it stays so, all goods are looked at. */
  refresh?: () => void
  /** So many goods are looked at to tell which scores a page will have at least, and so many of the best without their brand. */
  scored?: number
}

/** Common words show within a hundred goods for each one wanted; rare ones cost this look (some 5 ms) and are left to the index. */
const SCAN = 100
const MOST_SCANNED = 20_000
const SCORED = 2000
/** Of those, so many times a page are looked up to tell the total that a page has at least. */
const WIDER = 10

/** Whether the search compares amounts, so that only goods in its currency can be found. */
export function comparesAmounts({ minCommission, price, sort }: Search): boolean {
  return minCommission !== null || price.from !== null || price.to !== null || !['rate', 'sales'].includes(sort)
}

/**
 * Finds products. The page after the last row continues by that row's value and id, so that it costs the same at any depth.
 * @throws ShoptoolError (usage) on an `after` that is no cursor of this sort.
 */
export function findProducts(
  db: Database,
  search: Search,
  { scan = Math.min(SCAN * (search.limit + 1), MOST_SCANNED), refresh, scored = SCORED }: Ways = {},
): { products: StoredProduct[]; next: string | null } {
  const filter: Condition = { sql: [], values: [] }
  const condition = (sql: string, ...given: unknown[]) => {
    filter.sql.push(sql)
    filter.values.push(...given)
  }
  // written out: a partial index needs to see it
  if (search.status !== 'any') condition(`p.status = '${search.status}'`)
  if (search.sources.length > 0) condition(`p.source IN (${search.sources.map(() => '?').join(', ')})`, ...search.sources)
  if (search.partners.length > 0) condition(`p.partner IN (${search.partners.map(() => '?').join(', ')})`, ...search.partners)
  if (search.category !== null) condition('p.category = ?', search.category)
  const { from, to } = search.price
  if (comparesAmounts(search)) condition('p.currency = ?', search.currency)
  if (search.minCommission !== null) condition('p.commission >= ?', search.minCommission)
  if (search.minRate !== null) condition('p.commission_rate >= ?', search.minRate)
  if (search.minSales !== null) condition('p.sales >= ?', search.minSales)
  if (from !== null) condition('p.final_price >= ?', from)
  if (to !== null) condition('p.final_price <= ?', to)
  if (search.coupon) condition('p.coupon_amount > 0')

  // Goods without the value sorted by come last in either direction.
  const nothing = search.ascending ? Number.MAX_SAFE_INTEGER : -1
  const known = search.sort === 'score' ? categories(db) : []
  const score = search.sort === 'score' ? scoreSql(search.score!, known) : null
  const sortValue =
    search.sort === 'score'
      ? `(${score!.total})`
      : search.sort === 'price' || (search.sort === 'commission' && !search.ascending)
        ? `p.${SORT_COLUMNS[search.sort]}`
        : `ifnull(p.${SORT_COLUMNS[search.sort]}, ${nothing})`
  const order = `ORDER BY ${sortValue} ${search.ascending ? 'ASC' : 'DESC'}, p.id`
  if (search.after !== null) {
    const { value, id } = readCursor(search.after, search)
    const [beyond, isNull] = [search.ascending ? '>' : '<', value === null]
    if (isNull) condition(`${sortValue} IS NULL AND p.id > ?`, id)
    else condition(`(${sortValue} ${beyond} ? OR (${sortValue} = ? AND p.id > ?) OR ${sortValue} IS NULL)`, value, value, id)
  }

  // The index knows no source and only live goods: all of the table in its own order takes a twentieth of the time of the way over it.
  const product = search.sources.length > 0 || search.status !== 'live' ? 'product p NOT INDEXED' : 'product p'
  if (filter.sql.length === 0) condition('true')

  const select = (goods: string, by: string, ...conditions: Condition[]) =>
    db
      .prepare<unknown[], StoredProduct & { sortValue: number | null }>(
        `${SELECT_PRODUCT.replace('SELECT ', `SELECT ${sortValue} AS sortValue, `)}
         WHERE p.id IN (SELECT p.id FROM ${goods} WHERE ${conditions.flatMap(({ sql }) => sql).join(' AND ')} ${by} LIMIT ?) ${order}`,
      )
      .all(...conditions.flatMap(({ values }) => values), search.limit + 1)
  const words = search.text.split(/\s+/).filter(Boolean)
  const texts = holding(words)

  function selectByText() {
    const match = matchOf(words)
    const matching = { sql: ['product_text MATCH ?'], values: [match] }
    const byIndex = () => select('product_text CROSS JOIN product p ON p.id = product_text.rowid', order, matching, filter, texts)
    // only the order by commission has an index; the first goods of any other cost a look at all
    if (search.sort !== 'commission' && match !== null && hasTextIndex(db) && countMatches(db, match, scan) < scan)
      return byIndex()
    const first = db
      .prepare<unknown[], number>(`SELECT p.id FROM ${product} WHERE ${filter.sql.join(' AND ')} ${order} LIMIT ?`)
      .pluck()
      .all(...filter.values, scan)
    const among = { sql: ['true'], values: [JSON.stringify(first)] }
    // comes in the order of the list, so that it may stop where enough are found
    const found = select('json_each(?) first CROSS JOIN product p ON p.id = first.value', '', among, texts)
    if (found.length > search.limit || first.length < scan) return found
    if (refresh && !hasTextIndex(db)) refresh()
    return match !== null && hasTextIndex(db) ? byIndex() : select(product, order, filter, texts)
  }

  /**
   * The best scores. Some goods that are likely good tell which total a page has at least, and with that which values all others need.
   * Of what is left the best but for the brand are looked up; where none further down can reach the page even with it, they are all.
   */
  function selectByScore(rules: ScoreRules) {
    const { unbranded, total } = score!
    const enough = search.limit + 1
    const looked = (by: string, limit: number, ...conditions: string[]) =>
      db
        .prepare<unknown[], [id: number, unbranded: number]>(
          `SELECT p.id, ${unbranded} AS unbranded FROM product p WHERE ${[...filter.sql, ...conditions].join(' AND ')} ORDER BY ${by} LIMIT ?`,
        )
        .raw()
        .all(...filter.values, limit)
    const totals = db
      .prepare<[string], [id: number, total: number]>(
        `SELECT p.id, ${total} FROM json_each(?) one CROSS JOIN product p ON p.id = one.value`,
      )
      .raw()
    /** The best of some goods, and the least total that belongs to a page of them. */
    const bestOf = (goods: readonly (readonly [id: number, unbranded: number])[]) => {
      const best = totals.all(JSON.stringify(goods.map(([id]) => id))).sort(([a, x], [b, y]) => y - x || a - b)
      return { best: best.slice(0, enough), least: best[enough - 1]?.[1] ?? null }
    }

    const first = looked('p.commission', scored, fullSql(rules))
    const likely = first.length >= enough ? first : looked('p.commission DESC', scored)
    const some = bestOf(likely.sort(([, x], [, y]) => y - x).slice(0, WIDER * enough))
    const needed =
      some.least === null ? [] : [...leastFor(some.least, rules, known), `unbranded >= ${some.least - rules.brand.points}`]
    const rest = looked('unbranded DESC', scored, ...needed)
    const page = bestOf(rest)
    const last = rest.at(-1)
    if (rest.length === scored && last && (page.least === null || last[1] + rules.brand.points >= page.least)) {
      const bounds = page.least === null ? [] : leastFor(page.least, rules, known)
      return select(product, order, { sql: bounds, values: [] }, filter)
    }
    const among = { sql: ['true'], values: [JSON.stringify(page.best.map(([id]) => id))] }
    return select('json_each(?) best CROSS JOIN product p ON p.id = best.value', order, among)
  }

  const found =
    words.length > 0
      ? selectByText()
      : search.sort === 'score' && !search.ascending && product === 'product p'
        ? selectByScore(search.score!)
        : select(product, order, filter)
  const more = found.length > search.limit
  const products = found.slice(0, search.limit)
  const last = found[search.limit - 1]
  return {
    products: products.map(({ sortValue: _, ...product }) => product),
    next:
      more && last ? writeCursor({ sort: search.sort, ascending: search.ascending, value: last.sortValue, id: last.id }) : null,
  }
}

/** A currency of live goods that is not `currency`, or undefined. Looks at the goods only where any were ever read in another one. */
export function otherCurrency(db: Database, currency: Currency): Currency | undefined {
  const others = db.prepare<[string], Currency>('SELECT currency FROM product_currency WHERE currency <> ?').pluck().all(currency)
  const live = db.prepare<[string]>("SELECT 1 FROM product p WHERE p.status = 'live' AND p.currency = ? LIMIT 1")
  return others.find((other) => live.get(other) !== undefined)
}

type Condition = { sql: string[]; values: unknown[] }

/** That title, brand or shop holds every word, whatever the case of A to Z. */
function holding(words: readonly string[]): Condition {
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  return {
    sql: words.map(() => "(p.title LIKE ? ESCAPE '\\' OR p.brand LIKE ? ESCAPE '\\' OR p.shop LIKE ? ESCAPE '\\')"),
    values: patterns.flatMap((pattern) => [pattern, pattern, pattern]),
  }
}

type Cursor = { sort: Sort; ascending: boolean; value: number | null; id: number }

function writeCursor({ sort, ascending, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, ascending, value, id])).toString('base64url')
}

function readCursor(text: string, { sort, ascending }: Search): Cursor {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    parts = null
  }
  if (
    !Array.isArray(parts) ||
    parts.length !== 4 ||
    !Number.isSafeInteger(parts[3]) ||
    !(parts[2] === null || Number.isSafeInteger(parts[2]))
  ) {
    throw usageError(`--after: "${text}" is not a cursor, expected the "next" of an earlier find`)
  }
  if (parts[0] !== sort || parts[1] !== ascending) throw usageError('--after: the cursor belongs to another --sort')
  return { sort, ascending, value: parts[2] as number | null, id: parts[3] as number }
}

/**
 * The product that `partner:sku` or, where only one partner has it, a bare sku or a shop code names. Goods that are gone under this id and
 * were joined with another one are those of the other.
 * @throws ShoptoolError (usage) where there is none or several.
 */
export function lookUpProduct(db: Database, name: string): StoredProduct {
  if (name.trim() === '') throw usageError('"": is not the name of a product, expected partner:sku; see "shoptool find"')
  const [, partner, sku] = /^([a-z0-9][a-z0-9_-]*):(.+)$/s.exec(name) ?? []
  const exact = partner && sku ? productByKey(db, partner, sku) : undefined
  if (exact) return presentProduct(db, exact)
  const coded = lookUpCode(db, name)
  const byCode = coded && productByKey(db, coded.partner, coded.sku)
  const bySku = productsBySku(db, name)
  const found = byCode && !bySku.some(({ id }) => id === byCode.id) ? [...bySku, byCode] : bySku
  if (found.length === 1) return presentProduct(db, found[0]!)
  if (found.length === 0) throw usageError(`${name}: ${codeFault(name) ?? 'no such product'}; see "shoptool find"`)
  throw usageError(
    `${name}: ${byCode ? 'is a shop code, and a sku' : 'several partners have it'}, name one of ${found.map((product) => `${product.partner}:${product.sku}`).join(', ')}`,
  )
}

/** The product itself, or what it is now where its partner gave it another id. */
export function presentProduct(db: Database, product: StoredProduct): StoredProduct {
  const sku = product.status === 'gone' ? presentSku(db, product.partner, product.sku) : null
  return (sku !== null && productByKey(db, product.partner, sku)) || product
}

/** A product in the shape of `find --json`: amounts as decimal strings, rates in percent. */
export function productDocument(product: StoredProduct) {
  const money = (amount: Minor | null) => (amount === null ? null : formatAmount(amount, product.currency))
  const { partner, sku, title, brand, category, shop, currency, sales, imageUrl, url, link, code, status, firstSeen, lastSeen } =
    product
  const coupon =
    product.couponAmount === null
      ? null
      : {
          amount: money(product.couponAmount),
          threshold: money(product.couponThreshold),
          from: product.couponFrom,
          until: product.couponUntil,
        }
  return {
    ...{
      partner,
      sku,
      title,
      brand,
      category,
      shop,
      currency,
      price: money(product.price),
      coupon,
      finalPrice: money(product.finalPrice),
    },
    commissionRate: product.commissionRate === null ? null : formatRate(product.commissionRate),
    commission: money(product.commission),
    ...{ sales, imageUrl, url, link, code, status, firstSeen, lastSeen },
  }
}
