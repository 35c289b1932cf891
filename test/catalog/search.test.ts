import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findProducts, type Search } from '../../src/catalog/find.ts'
import { hasTextIndex, indexTexts, indexTextsOf, matchOf } from '../../src/catalog/search.ts'
import { openForReading } from '../../src/store/open.ts'
import { EVERYTHING } from './everything.ts'
import { csv, session } from './session.ts'

const ALL: Search = { ...EVERYTHING, sort: 'price', ascending: true }
const HEADER = 'sku,title,brand,shop,price'
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

describe('the text index', () => {
  /** Skus in the order of their prices; `scan: 0` leaves everything to the index. */
  function shop() {
    const one = session()
    const skus = (text: string, more: Partial<Search> = {}) =>
      findProducts(one.db, { ...ALL, text, ...more }, { scan: 0 }).products.map(({ sku }) => sku)
    return { ...one, skus }
  }

  it('is behind after a run that changed goods, and not after any other', async () => {
    const { db, sync, importing } = shop()
    expect(hasTextIndex(db)).toBe(true)
    await sync(csv(HEADER, 'A,晴雨伞,,,1', 'B,茶杯,,,2'))
    expect(hasTextIndex(db)).toBe(false)
    indexTexts(db)
    expect(hasTextIndex(db)).toBe(true)
    await sync(csv(HEADER, 'B,茶杯,,,2', 'A,晴雨伞,,,1'))
    await importing('orders', csv('order,sku,paid,commission,status,ordered', '1,A,5,1,paid,2026-10-01'))
    expect(hasTextIndex(db)).toBe(true)
    await sync(csv(HEADER, 'A,晴雨伞,,,1', 'B,茶壶,,,2'))
    expect(hasTextIndex(db)).toBe(false)
  })

  it('finds new words and no longer the old ones; goods that went and came back too', async () => {
    const { db, sync, skus } = shop()
    const find = (text: string) => {
      indexTexts(db)
      return skus(text)
    }
    await sync(csv(HEADER, 'A,晴雨伞,,,1', 'B,茶杯,,,2', 'C,雨衣,,,3'))
    expect(find('雨')).toEqual(['A', 'C'])
    await sync(csv(HEADER, 'A,太阳伞,,,1', 'C,雨衣,,,3'))
    expect([find('雨'), find('雨伞'), find('太阳'), find('茶杯')]).toEqual([['C'], [], ['A'], []])
    await sync(csv(HEADER, 'A,太阳伞,,,1', 'B,茶杯,,,2', 'C,雨衣,雨花,,3'))
    expect([find('茶杯'), find('雨花'), find('花')]).toEqual([['B'], ['C'], ['C']])
  })

  it('is what answers: without its entry a product is not found, and without the index all are looked at', async () => {
    const { db, sync, skus } = shop()
    await sync(csv(HEADER, 'A,晴雨伞,,,1', 'B,雨衣,,,2'))
    expect(skus('雨')).toEqual(['A', 'B'])
    indexTexts(db)
    db.exec('DELETE FROM product_text WHERE rowid = 1')
    expect(skus('雨')).toEqual(['B'])
    db.exec('DELETE FROM product_text_state')
    expect(skus('雨')).toEqual(['A', 'B'])
  })

  it('is asked for only where a look at the first goods does not answer', async () => {
    const { db, sync } = shop()
    await sync(csv(HEADER, ...Array.from({ length: 50 }, (_, i) => `${i},${i % 2 ? '雨伞' : '茶'}${i},,,${i}`)))
    const asked = (text: string, limit: number, scan: number) => {
      let count = 0
      const { products } = findProducts(db, { ...ALL, text, limit }, { scan, refresh: () => count++ })
      return { count, skus: products.map(({ sku }) => sku) }
    }
    expect(asked('雨伞', 2, 10)).toEqual({ count: 0, skus: ['1', '3'] })
    expect(asked('茶4', 2, 51)).toEqual({ count: 0, skus: ['4', '40'] })
    expect(asked('茶4', 2, 10)).toEqual({ count: 1, skus: ['4', '40'] })
    indexTexts(db)
    expect(asked('茶4', 2, 10)).toEqual({ count: 0, skus: ['4', '40'] })
  })

  it('is not waited for while another run writes, and then made', async () => {
    const { db, path, sync } = shop()
    await sync(csv(HEADER, 'A,晴雨伞,,,1'))
    db.exec('BEGIN IMMEDIATE')
    expect(indexTextsOf(path)).toBe(false)
    db.exec('ROLLBACK')
    const reading = openForReading(path)
    expect(hasTextIndex(reading)).toBe(false)
    expect(indexTextsOf(path)).toBe(true)
    expect(hasTextIndex(reading)).toBe(true)
    reading.close()
  })

  it.each<[string, string | null]>([
    ['伞', '"伞"*'],
    ['雨伞', '"雨伞"'],
    ['晴雨伞 雨伞', '"晴雨" AND "雨伞"'],
    ['😀', '"😀"*'],
    ['a\0b', null],
  ])('%j is asked as %s', (text, expected) => expect(matchOf(text.split(' '))).toBe(expected))

  it('finds what a filter of an array finds, for any words', { timeout: 60_000 }, async () => {
    const letter = fc.constantFrom(...'雨伞茶没AaBbÉé1 　%_\\"\'*^-:().\u00a0\ue025', '😀', '👨‍👩‍👧', '\ufeff')
    const text = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(''))
    const goods = fc.record({ title: text.map((title) => `${title}x`), brand: text, shop: text })
    const lower = (given: string | null) => (given ?? '').replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    await fc.assert(
      fc.asyncProperty(
        fc.array(goods, { minLength: 1, maxLength: 20 }),
        fc.array(goods, { maxLength: 5 }),
        fc.array(text, { minLength: 30, maxLength: 30 }),
        async (before, after, searches) => {
          const { db, sync, skus, query, close } = shop()
          const rows = (list: typeof before) =>
            list.map(({ title, brand, shop }, i) => `${i},${cell(title)},${cell(brand)},${cell(shop)},${i}`)
          await sync(csv(HEADER, ...rows(before)))
          indexTexts(db, 3)
          // some of them change their texts
          await sync(csv(HEADER, ...rows(before.map((one, i) => after[i] ?? one))))
          indexTexts(db, 4)
          expect(hasTextIndex(db)).toBe(true)
          const stored = query<[string, string, string | null, string | null]>(
            'SELECT sku, title, brand, shop FROM product ORDER BY id',
          )
          for (const search of searches) {
            const words = search.split(/\s+/).filter(Boolean).map(lower)
            const expected = stored
              .filter(([, ...texts]) => words.every((word) => texts.some((text) => lower(text).includes(word))))
              .map(([sku]) => sku)
            expect(skus(search), JSON.stringify(search)).toEqual(expected)
            expect(skus(search, { limit: 2 })).toEqual(expected.slice(0, 2))
          }
          close()
        },
      ),
      { numRuns: 30 },
    )
  })
})
