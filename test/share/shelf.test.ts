import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readScoreRules } from '../../src/catalog/score.ts'
import { refuseOverCap } from '../../src/commands/shelf-add.ts'
import { packageFolder } from '../../src/context.ts'
import { readShopRules } from '../../src/share/rules.ts'
import { objectionsToName, overCap, ruledShelf } from '../../src/share/shelf.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import { changeShelf, type ShelfItem, shelfItems, turnShelf } from '../../src/store/shelf.ts'
import { folderWith } from '../cli/shoptool.ts'

const home = packageFolder()
const at = '2026-11-25T12:00:00+08:00'
const shelfOf = (kind: string, cap?: number, workspace: string | null = null) =>
  ruledShelf(readShopRules(home, workspace), 'main', { kind, cap }, '2026-11-25')
const item = (sku: string) =>
  ({
    partner: 'acme',
    sku,
    addedAt: at,
    pickedAt: at,
    currency: 'CNY',
    price: 1,
    finalPrice: 1,
    parkedAt: null,
    position: null,
  }) as ShelfItem
const empty = {
  reason: null,
  commissionRate: null,
  commission: null,
  couponAmount: null,
  couponThreshold: null,
  couponUntil: null,
}
const unread = { net: null, score: null, source: null, file: null, line: null, sha256: null, accepted: null }

it('no sequence of changes, undone and done again, puts more on a shelf than its cap', () => {
  const db = memoryDatabase()
  const score = readScoreRules(home, folderWith(), 'CNY')
  const skus = [...'abcdefgh']
  const step = fc.oneof(
    fc.record({ set: fc.subarray(skus), park: fc.subarray(skus) }),
    fc.constantFrom('undo' as const, 'redo' as const),
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 8 }), (cap, steps) => {
      const shelf = shelfOf('custom', cap)
      const check = (before: readonly ShelfItem[], after: readonly ShelfItem[]) =>
        refuseOverCap({ db, shelf, score }, before, after)
      for (const one of steps) {
        const before = shelfItems(db, 'main', { parked: true })
        try {
          const occasion = { shelf: 'main', at, command: 'shelf swap' }
          if (typeof one === 'string') turnShelf(db, one, occasion, check)
          else
            changeShelf(db, occasion, (items) => {
              const after = one.set.map((sku) => ({
                ...empty,
                ...unread,
                ...item(sku),
                parkedAt: one.park.includes(sku) ? at : null,
              }))
              check(items, after)
              return after
            })
        } catch (error) {
          expect(String(error)).toContain(`its cap in shoptool.yaml is ${cap}`)
          expect(shelfItems(db, 'main', { parked: true })).toEqual(before)
        }
        expect(overCap(shelf, shelfItems(db, 'main'))).toBe(0)
      }
      changeShelf(db, { shelf: 'main', at, command: 'shelf remove' }, () => [])
      db.exec('DELETE FROM shelf_change; DELETE FROM shelf_log')
    }),
    { numRuns: 100 },
  )
})

it('the suffix that a platform adds is told where the name has it already', () => {
  const workspace = folderWith({ 'rules/shops.yaml': 'kinds: { taoxiaopu: { rules: [{ id: name-suffix, value: 的小铺 }] } }' })
  const against = (name: string) => objectionsToName(shelfOf('taoxiaopu', undefined, workspace), name)
  expect(against('小鹿的小铺')).toEqual([
    { rule: 'taoxiaopu.name-suffix', says: 'shop.name "小鹿的小铺" ends with 的小铺, which 淘小铺 adds by itself' },
  ])
  expect(against('小鹿')).toEqual([])
  expect(objectionsToName(shelfOf('taoxiaopu'), '旗舰专卖').map(({ rule }) => rule)).toEqual([
    'taoxiaopu.name-words',
    'taoxiaopu.name-words',
  ])
  expect(objectionsToName(shelfOf('云卖'), '旗舰')).toEqual([])
})
