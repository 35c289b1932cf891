import { expect, it } from 'vitest'
import { lookUpProduct } from '../../src/catalog/find.ts'
import { addToShelf, reasonFor, removeFromShelf, shelfItems } from '../../src/store/shelf.ts'
import { csv, session } from '../catalog/session.ts'

it('a shelf keeps its order, the reasons, and the figures under which goods were picked', async () => {
  const { db, sync } = session()
  await sync(csv('sku,price,rate', 'A,10.00,5', 'B,20.00,5'))
  const [a, b] = [lookUpProduct(db, 'A'), lookUpProduct(db, 'B')]
  expect(addToShelf(db, 'main', b, '好用', '2026-11-25T12:00:00+08:00')).toBe(true)
  expect(addToShelf(db, 'main', a, null, '2026-11-25T12:01:00+08:00')).toBe(true)
  expect(addToShelf(db, 'other', a, null, '2026-11-25T12:02:00+08:00')).toBe(true)
  // once more: it stays where it is, a new reason replaces the old one, none leaves it
  expect(addToShelf(db, 'main', b, '更好用', '2026-11-25T12:03:00+08:00')).toBe(false)
  expect(addToShelf(db, 'main', b, null, '2026-11-25T12:04:00+08:00')).toBe(false)
  await sync(csv('sku,price,rate', 'A,12.00,5', 'B,22.00,5'))

  expect(shelfItems(db, 'main').map((item) => [item.sku, item.reason, item.finalPrice, item.commission])).toEqual([
    ['B', '更好用', 2000, 100],
    ['A', null, 1000, 50],
  ])
  expect([reasonFor(db, 'acme', 'B'), reasonFor(db, 'acme', 'A')]).toEqual(['更好用', null])
  expect([removeFromShelf(db, 'main', 'acme', 'A'), removeFromShelf(db, 'main', 'acme', 'A')]).toEqual([true, false])
  expect([shelfItems(db, 'main').length, shelfItems(db, 'other').length, shelfItems(db, 'none').length]).toEqual([1, 1, 0])
})
