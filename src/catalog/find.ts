import { usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, type Ppm } from '../money.ts'
import type { Database } from '../store/open.ts'
import { productByKey, productsBySku, SELECT_PRODUCT, type StoredProduct } from '../store/products.ts'

/** What is looked for. Amounts are minor units of `currency`; goods in another currency are left out where an amount is asked for. */
export type Search = {
  /** Words that title, brand or shop must hold, all of them. */
  text: string
  partners: readonly string[]
  category: string | null
  currency: Currency
  minCommission: Minor | null
  minRate: Ppm | null
  minSales: number | null
  /** Of the price with the coupon. */
  price: { from: Minor | null; to: Minor | null }
  coupon: boolean
  sort: Sort
  ascending: boolean
  limit: number
  /** `next` of the page before. */
  after: string | null
}

export const SORTS = ['commission', 'rate', 'sales', 'price'] as const
export type Sort = (typeof SORTS)[number]

const SORT_COLUMNS: Record<Sort, string> = {
  commission: 'commission',
  rate: 'commission_rate',
  sales: 'sales',
  price: 'final_price',
}

/**
 * Finds live products. The page after the last row continues by that row's value and id, so that it costs the same at any depth.
 * @throws ShoptoolError (usage) on an `after` that is no cursor of this sort.
 */
export function findProducts(db: Database, search: Search): { products: StoredProduct[]; next: string | null } {
  const column = SORT_COLUMNS[search.sort]
  const where = ["p.status = 'live'"]
  const values: unknown[] = []
  const condition = (sql: string, ...given: unknown[]) => {
    where.push(sql)
    values.push(...given)
  }
  for (const word of search.text.split(/\s+/).filter(Boolean)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`
    condition(
      "(p.title LIKE ? ESCAPE '\\' OR p.brand LIKE ? ESCAPE '\\' OR p.shop LIKE ? ESCAPE '\\')",
      pattern,
      pattern,
      pattern,
    )
  }
  if (search.partners.length > 0) condition(`p.partner IN (${search.partners.map(() => '?').join(', ')})`, ...search.partners)
  if (search.category !== null) condition('p.category = ?', search.category)
  const { from, to } = search.price
  if (search.minCommission !== null || from !== null || to !== null) condition('p.currency = ?', search.currency)
  if (search.minCommission !== null) condition('p.commission >= ?', search.minCommission)
  if (search.minRate !== null) condition('p.commission_rate >= ?', search.minRate)
  if (search.minSales !== null) condition('p.sales >= ?', search.minSales)
  if (from !== null) condition('p.final_price >= ?', from)
  if (to !== null) condition('p.final_price <= ?', to)
  if (search.coupon) condition('p.coupon_amount > 0')

  // Goods without the value sorted by come last in either direction.
  const order = search.ascending ? 'ASC' : 'DESC'
  const nothing = search.ascending ? Number.MAX_SAFE_INTEGER : -1
  const sortValue =
    search.sort === 'price' || (search.sort === 'commission' && !search.ascending)
      ? `p.${column}`
      : `ifnull(p.${column}, ${nothing})`
  if (search.after !== null) {
    const { value, id } = readCursor(search.after, search)
    const [beyond, isNull] = [search.ascending ? '>' : '<', value === null]
    if (isNull) condition(`${sortValue} IS NULL AND p.id > ?`, id)
    else condition(`(${sortValue} ${beyond} ? OR (${sortValue} = ? AND p.id > ?) OR ${sortValue} IS NULL)`, value, value, id)
  }
  const found = db
    .prepare<unknown[], StoredProduct & { sortValue: number | null }>(
      `${SELECT_PRODUCT.replace('SELECT ', `SELECT ${sortValue} AS sortValue, `)}
       WHERE p.id IN (SELECT p.id FROM product p WHERE ${where.join(' AND ')} ORDER BY ${sortValue} ${order}, p.id LIMIT ?)
       ORDER BY ${sortValue} ${order}, p.id`,
    )
    .all(...values, search.limit + 1)
  const more = found.length > search.limit
  const products = found.slice(0, search.limit)
  const last = found[search.limit - 1]
  return {
    products: products.map(({ sortValue: _, ...product }) => product),
    next:
      more && last ? writeCursor({ sort: search.sort, ascending: search.ascending, value: last.sortValue, id: last.id }) : null,
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
 * The product that `partner:sku` or, where only one partner has it, a bare sku names.
 * @throws ShoptoolError (usage) where there is none or several.
 */
export function lookUpProduct(db: Database, name: string): StoredProduct {
  const [, partner, sku] = /^([a-z0-9][a-z0-9_-]*):(.+)$/s.exec(name) ?? []
  const exact = partner && sku ? productByKey(db, partner, sku) : undefined
  if (exact) return exact
  const found = productsBySku(db, name)
  if (found.length === 1) return found[0]!
  if (found.length === 0) throw usageError(`${name}: no such product; see "shoptool find"`)
  throw usageError(
    `${name}: several partners have it, name one of ${found.map((product) => `${product.partner}:${product.sku}`).join(', ')}`,
  )
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
