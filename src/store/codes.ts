import type { Instant } from '../day.ts'
import type { Database } from './open.ts'

type Goods = { partner: string; sku: string }

/** The goods that a shop code names. */
export function goodsOfCode(db: Database, code: string): Goods | undefined {
  return db.prepare<[string], Goods>('SELECT partner, sku FROM shop_code WHERE code = ?').get(code)
}

/** The shop code of goods, or null. */
export function codeOfGoods(db: Database, { partner, sku }: Goods): string | null {
  return (
    db.prepare<[string, string], string>('SELECT code FROM shop_code WHERE partner = ? AND sku = ?').pluck().get(partner, sku) ??
    null
  )
}

/** The greatest code that was given so far, or null. */
export function lastCode(db: Database): string | null {
  return db.prepare<[], string | null>('SELECT max(code) FROM shop_code').pluck().get() ?? null
}

/** Gives goods a code. */
export function keepCode(db: Database, code: string, { partner, sku }: Goods, at: Instant): void {
  db.prepare('INSERT INTO shop_code (code, partner, sku, given_at) VALUES (?, ?, ?, ?)').run(code, partner, sku, at)
}
