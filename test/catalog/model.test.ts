import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csv, session, told } from './session.ts'

/** What a naive shop keeps: a map. `row` is the text that a product was read from. */
type Kept = { price: number; sales: number | null; live: boolean; row: string }
type Shop = { goods: Map<string, Kept>; lost: Set<string> }
type Row = { sku: string; price: string; sales: string }

const VALID = /^[0-9.]+$/
const textOf = ({ sku, price, sales }: Row) => `${sku},${price},${sales}`
/** `9.5` → 950 */
const fen = (price: string) => BigInt(price.replace(/(\.\d+)?$/, (digits) => digits.slice(1).padEnd(2, '0')))

/**
 * One reading of the whole feed. The last row of a product counts; but rows that lost last time do not come to count because the file
 * was shuffled: they wait until the others were looked at.
 */
function read({ goods, lost }: Shop, rows: readonly Row[]) {
  const next = new Map([...goods].map(([sku, kept]) => [sku, { ...kept }]))
  const met = new Set<string>()
  const counts = { read: rows.length, rejected: 0, added: 0, changed: 0, unchanged: 0, returned: 0, gone: 0 }
  const result = new Map<string, 'added' | 'changed' | 'unchanged' | 'returned'>()
  const losers = new Set<string>()
  const refused = new Set<string>()
  const isStill = (row: Row) =>
    goods.get(row.sku)?.live && next.get(row.sku)!.row === textOf(row) && goods.get(row.sku)!.row === textOf(row)

  const take = (row: Row) => {
    const before = next.get(row.sku)
    const now = {
      price: Number(fen(row.price)),
      sales: row.sales === '' ? null : Number(row.sales),
      live: true,
      row: textOf(row),
    }
    const differs = before?.price !== now.price || before.sales !== now.sales
    if (met.has(row.sku)) {
      counts.rejected++
      losers.add(before!.row)
      if (result.get(row.sku) === 'unchanged' && differs) result.set(row.sku, 'changed')
    } else result.set(row.sku, !before ? 'added' : !before.live ? 'returned' : differs ? 'changed' : 'unchanged')
    met.add(row.sku)
    next.set(row.sku, now)
  }

  const waiting: Row[] = []
  for (const row of rows) {
    if (isStill(row)) {
      if (met.has(row.sku)) counts.rejected++
      else result.set(row.sku, 'unchanged')
      met.add(row.sku)
    } else if (row.sku === '' || !VALID.test(row.price)) {
      counts.rejected++
      refused.add(row.sku)
    } else if (lost.has(textOf(row))) waiting.push(row)
    else take(row)
  }
  for (const row of waiting) {
    if (!met.has(row.sku)) take(row)
    else {
      counts.rejected++
      losers.add(textOf(row))
    }
  }
  for (const was of result.values()) counts[was]++
  for (const [sku, kept] of next) {
    if (!kept.live || met.has(sku) || refused.has(sku) || refused.has('')) continue
    counts.gone++
    kept.live = false
  }
  return { counts, shop: { goods: next, lost: losers } }
}

const rows = fc.array(
  fc.record({
    sku: fc.constantFrom('A', 'B', 'C', 'D', 'E', ''),
    price: fc.constantFrom('1', '2', '2.0', '2.5', '2.50', 'free'),
    sales: fc.constantFrom('', '7', '8'),
  }),
  { maxLength: 9 },
)
const state = (goods: Shop['goods']) =>
  [...goods].map(([sku, { price, sales, live }]) => [sku, price, sales, live ? 'live' : 'gone']).sort()

describe('a source against a map', () => {
  it('any feeds in a row, with doubles, changes, losses, returns and unusable rows', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat()), async (feeds, chance) => {
        const { sync, query, close } = session()
        let shop: Shop = { goods: new Map(), lost: new Set() }
        for (const feed of feeds) {
          const expected = read(shop, feed)
          const { read: all, rejected, ...done } = expected.counts
          const accepted = all - rejected
          const file = (rows: readonly Row[]) => csv('sku,price,sales', ...rows.map(textOf))
          const result = await sync(file(feed), { acceptShrink: true })
          if (accepted === 0) {
            expect(result.status).toBe('refused')
          } else {
            if (result.status === 'applied') shop = expected.shop
            expect(result).toMatchObject(
              result.status === 'applied'
                ? { rejected, ...done }
                : { rejected, unchanged: accepted, added: 0, changed: 0, gone: 0 },
            )
            const shuffled = feed.map((row) => [chance.next().value!, row] as const).sort(([a], [b]) => a - b)
            const again = await sync({ 'again.csv': file(shuffled.map(([, row]) => row)) }, { acceptShrink: true })
            expect(told(again)).toBe(
              told({ ...again, ...again, status: 'unchanged', added: 0, changed: 0, returned: 0, gone: 0 }),
            )
            expect(again).toMatchObject({ read: all, rejected, unchanged: accepted })
          }
          expect(query('SELECT sku, price, sales, status FROM product ORDER BY sku')).toEqual(state(shop.goods))
        }
        close()
      }),
      { numRuns: 60 },
    )
  })
})
