import type { Instant } from '../day.ts'
import type { Currency, Minor, Ppm } from '../money.ts'
import type { Database } from './open.ts'
import type { StoredProduct } from './products.ts'

/** Goods on a shelf, with the figures under which they were picked. */
export type ShelfItem = {
  shelf: string
  partner: string
  sku: string
  /** Why the operator recommends it. */
  reason: string | null
  addedAt: Instant
  currency: Currency
  price: Minor
  finalPrice: Minor
  commissionRate: Ppm | null
  commission: Minor | null
}

const SELECT = `SELECT shelf, partner, sku, reason, added_at AS addedAt, currency, price, final_price AS finalPrice, commission_rate AS commissionRate, commission FROM shelf_item`

/** Puts a product on a shelf. False where it stands there already; a given reason then replaces the old one. */
export function addToShelf(db: Database, shelf: string, product: StoredProduct, reason: string | null, at: Instant): boolean {
  const added = db
    .prepare(
      `INSERT INTO shelf_item (shelf, partner, sku, reason, added_at, currency, price, final_price, commission_rate, commission)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(
      shelf,
      product.partner,
      product.sku,
      reason,
      at,
      product.currency,
      product.price,
      product.finalPrice,
      product.commissionRate,
      product.commission,
    )
  if (added.changes === 0 && reason !== null) {
    db.prepare('UPDATE shelf_item SET reason = ? WHERE shelf = ? AND partner = ? AND sku = ?').run(
      reason,
      shelf,
      product.partner,
      product.sku,
    )
  }
  return added.changes === 1
}

/** False where the product was not on the shelf. */
export function removeFromShelf(db: Database, shelf: string, partner: string, sku: string): boolean {
  return db.prepare('DELETE FROM shelf_item WHERE shelf = ? AND partner = ? AND sku = ?').run(shelf, partner, sku).changes === 1
}

/** In the order in which they were added. */
export function shelfItems(db: Database, shelf: string): ShelfItem[] {
  return db.prepare<[string], ShelfItem>(`${SELECT} WHERE shelf = ? ORDER BY added_at, rowid`).all(shelf)
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
