import type { Database } from './open.ts'

/**
 * Joins goods that run `run` added with goods that it called gone, where title, shop, price and currency are the same and no others of
 * the run are so: the partner gave them another id. What is not unique on both sides is left alone. Returns how many were joined.
 * @param lastId the highest id of a product before the run
 */
export function joinHistory(db: Database, { partner, run }: { partner: string; run: number }, lastId: number): number {
  const key = 'title, shop, currency, price, final_price'
  return db
    .prepare(
      `WITH old AS (SELECT max(p.sku) AS sku, ${keyOf('p')} FROM product_history h JOIN product p ON p.id = h.product
           WHERE h.until = @run AND p.status = 'gone' AND p.partner = @partner GROUP BY ${keyOf('p')} HAVING count(*) = 1),
         new AS (SELECT max(sku) AS sku, ${key} FROM product WHERE id > @lastId AND partner = @partner GROUP BY ${key} HAVING count(*) = 1)
       INSERT OR REPLACE INTO alias (partner, old_sku, new_sku, run)
       SELECT @partner, old.sku, new.sku, @run FROM old JOIN new
         ON new.title = old.title AND new.shop IS old.shop AND new.currency = old.currency AND new.price = old.price AND new.final_price = old.final_price`,
    )
    .run({ partner, run, lastId }).changes
}

const keyOf = (table: string) =>
  ['title', 'shop', 'currency', 'price', 'final_price'].map((each) => `${table}.${each}`).join(', ')

/** The id that goods have now, through any number of changes; null where it never changed. */
export function presentSku(db: Database, partner: string, sku: string): string | null {
  return presentSkuLookup(db)(partner, sku)
}

/** The same for many goods. */
export function presentSkuLookup(db: Database): (partner: string, sku: string) => string | null {
  const select = db
    .prepare<[string, string, string], string>(
      `WITH RECURSIVE later (sku, step) AS (
         SELECT new_sku, 1 FROM alias WHERE partner = ? AND old_sku = ?
         UNION SELECT a.new_sku, l.step + 1 FROM later l JOIN alias a ON a.partner = ? AND a.old_sku = l.sku WHERE l.step < 20)
       SELECT sku FROM later ORDER BY step DESC LIMIT 1`,
    )
    .pluck()
  return (partner, sku) => select.get(partner, sku, partner) ?? null
}
