import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csv, session, told } from './session.ts'

const SOURCES = ['picks', 'hot', 'all', 'import'] as const
type Source = (typeof SOURCES)[number]

/** What a naive shop keeps: maps. `by` is the source whose values count. */
type Kept = { price: number; sales: number | null; live: boolean; by: Source }
/** By source, what it lists: the text of each row, null where it must be read again, and when it was news. */
type Lists = Record<Source, Map<string, { row: string | null; since: number }>>
type Shop = { goods: Map<string, Kept>; lists: Lists; lost: Record<Source, Set<string>> }
type Row = { sku: string; price: string; sales: string }

const VALID = /^[0-9.]+$/
const textOf = ({ sku, price, sales }: Row) => `${sku},${price},${sales}`
/** `9.5` → 950 */
const fen = (price: string) => BigInt(price.replace(/(\.\d+)?$/, (digits) => digits.slice(1).padEnd(2, '0')))
const bySource = <T>(make: (source: Source) => T) =>
  Object.fromEntries(SOURCES.map((source) => [source, make(source)])) as Record<Source, T>

/**
 * One reading of the whole of a source. The last row of a product counts; but rows that lost last time do not come to count because the
 * file was shuffled: they wait until the others were looked at. Of several sources the one whose row changed last counts; goods are gone
 * when no source lists them any more. Files imported by hand give values, but keep nothing alive and retire nothing.
 */
function read(shop: Shop, source: Source, run: number, rows: readonly Row[]) {
  const goods = new Map([...shop.goods].map(([sku, kept]) => [sku, { ...kept }]))
  const lists = bySource((each) => new Map(shop.lists[each]))
  const [known, mine] = [shop.lists[source], lists[source]]
  const met = new Set<string>()
  const counts = { read: rows.length, rejected: 0, added: 0, changed: 0, unchanged: 0, returned: 0, gone: 0 }
  const result = new Map<string, 'added' | 'changed' | 'unchanged' | 'returned'>()
  const losers = new Set<string>()
  const refused = new Set<string>()
  const isStill = (row: Row) => known.get(row.sku)?.row === textOf(row) && mine.get(row.sku)?.row === textOf(row)

  const take = (row: Row) => {
    const before = goods.get(row.sku)
    const now = { price: Number(fen(row.price)), sales: row.sales === '' ? null : Number(row.sales), live: true, by: source }
    const differs = before?.price !== now.price || before.sales !== now.sales
    if (met.has(row.sku)) {
      counts.rejected++
      const { row: lost } = mine.get(row.sku)!
      if (lost !== null) losers.add(lost)
      if (result.get(row.sku) === 'unchanged' && differs) result.set(row.sku, 'changed')
    } else result.set(row.sku, !before ? 'added' : !before.live ? 'returned' : differs ? 'changed' : 'unchanged')
    met.add(row.sku)
    goods.set(row.sku, now)
    mine.set(row.sku, { row: textOf(row), since: run })
    if (source !== 'import') lists.import.delete(row.sku)
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
    } else if (shop.lost[source].has(textOf(row))) waiting.push(row)
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
  for (const sku of source === 'import' ? [] : [...mine.keys()]) {
    if (met.has(sku) || refused.has(sku) || refused.has('')) continue
    const { since } = mine.get(sku)!
    mine.delete(sku)
    const kept = goods.get(sku)!
    const heirs = SOURCES.filter((each) => each !== 'import' && lists[each].has(sku)).sort(
      (a, b) => lists[b].get(sku)!.since - lists[a].get(sku)!.since || (a < b ? -1 : 1),
    )
    if (heirs.length === 0) {
      counts.gone++
      kept.live = false
      lists.import.delete(sku)
    } else if (kept.by === source) {
      kept.by = heirs[0]!
      lists[heirs[0]!].set(sku, { row: null, since })
    }
  }
  return { counts, shop: { goods, lists, lost: { ...shop.lost, [source]: losers } } }
}

const rows = fc.array(
  fc.record({
    sku: fc.constantFrom('A', 'B', 'C', 'D', 'E', ''),
    price: fc.constantFrom('1', '2', '2.0', '2.5', '2.50', 'free'),
    sales: fc.constantFrom('', '7', '8'),
  }),
  { maxLength: 9 },
)
const reading = (sources: readonly Source[]) => fc.record({ source: fc.constantFrom(...sources), feed: rows })
const state = (goods: Shop['goods']) =>
  [...goods].map(([sku, { price, sales, live }]) => [sku, price, sales, live ? 'live' : 'gone']).sort()

describe.each([
  ['one source', ['picks'], 5, 40],
  ['several sources of one partner', SOURCES, 7, 60],
] as const)('%s against maps', (_, sources, most, numRuns) => {
  it('any feeds in a row, with doubles, changes, losses, returns and unusable rows', { timeout: 60_000 }, async () => {
    const readings = fc.array(reading(sources), { minLength: 1, maxLength: most })
    await fc.assert(
      fc.asyncProperty(readings, fc.infiniteStream(fc.nat()), async (feeds, chance) => {
        const { sync, query, close } = session()
        let shop: Shop = { goods: new Map(), lists: bySource(() => new Map()), lost: bySource(() => new Set()) }
        for (const [i, { source, feed }] of feeds.entries()) {
          const expected = read(shop, source, i, feed)
          const { read: all, rejected, ...done } = expected.counts
          const accepted = all - rejected
          const settings = { acceptShrink: true, source, complete: source !== 'import' }
          const file = (rows: readonly Row[]) => csv('sku,price,sales', ...rows.map(textOf))
          const result = await sync(file(feed), settings)
          if (accepted === 0) {
            expect(result.status).toBe('refused')
          } else {
            if (result.status === 'applied') {
              shop = expected.shop
              expect(result).toMatchObject({ rejected, ...done })
            } else {
              // A file imported by hand once more is old news, whatever came in between.
              if (source !== 'import') shop = { ...expected.shop, lost: shop.lost }
              expect(result).toMatchObject({ accepted, unchanged: accepted, added: 0, changed: 0, gone: 0 })
            }
            const shuffled = feed.map((row) => [chance.next().value!, row] as const).sort(([a], [b]) => a - b)
            const again = await sync({ 'again.csv': file(shuffled.map(([, row]) => row)) }, settings)
            expect(told(again)).toBe(told({ ...again, status: 'unchanged', added: 0, changed: 0, returned: 0, gone: 0 }))
            expect(again).toMatchObject({ read: all, rejected: all - again.accepted, unchanged: again.accepted })
          }
          expect(query('SELECT sku, price, sales, status FROM product ORDER BY sku')).toEqual(state(shop.goods))
          expect(query("SELECT sku, source FROM product WHERE status = 'live' ORDER BY sku")).toEqual(
            [...shop.goods]
              .filter(([, { live }]) => live)
              .map(([sku, { by }]) => [sku, by])
              .sort(),
          )
        }
        close()
      }),
      { numRuns },
    )
  })
})
