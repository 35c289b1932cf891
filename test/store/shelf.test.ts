import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { type Database, memoryDatabase } from '../../src/store/open.ts'
import { changeShelf, changesOf, reasonFor, type ShelfItem, shelfItems, shelfLog, turnShelf } from '../../src/store/shelf.ts'

const AT = '2026-11-25T12:00:00+08:00'
let db: Database
beforeAll(() => {
  db = memoryDatabase()
})

const item = (sku: string, more: Partial<ShelfItem> = {}): ShelfItem => ({
  ...{
    shelf: '',
    partner: 'acme',
    sku,
    reason: null,
    accepted: null,
    addedAt: AT,
    parkedAt: null,
    position: null,
    pickedAt: AT,
    currency: 'CNY',
  },
  ...{ price: 1000, finalPrice: 900, commissionRate: 50_000, commission: 45, couponAmount: 100, couponThreshold: null },
  ...{ couponUntil: null, net: 45, score: 12, source: 'goods', file: 'goods.csv', line: 2, sha256: 'f00' },
  ...more,
})
const occasion = (shelf: string, command = 'shelf add') => ({ shelf, at: AT, command })
const all = (shelf: string) => shelfItems(db, shelf, { parked: true })
const never = () => {}

it('a shelf keeps its order, the reasons, and the figures under which goods were picked', () => {
  const change = changeShelf(db, occasion('main'), () => [item('B', { reason: '好用' }), item('A'), item('C', { parkedAt: AT })])
  expect(change.map(({ before, after }) => [before, after?.sku])).toEqual([
    [null, 'B'],
    [null, 'A'],
    [null, 'C'],
  ])
  expect(shelfItems(db, 'main').map(({ sku }) => sku)).toEqual(['B', 'A'])
  expect(all('main')[2]).toEqual(item('C', { shelf: 'main', position: 3, parkedAt: AT }))
  expect(shelfItems(db, 'other')).toEqual([])
  expect(reasonFor(db, 'acme', 'B')).toBe('好用')
  // nothing differs: nothing is written down
  expect(changeShelf(db, occasion('main'), (items) => items)).toEqual([])
  expect(shelfLog(db, 'main', 9)).toHaveLength(1)
})

it('what throws inside a change leaves the old set and no trace in the log', () => {
  changeShelf(db, occasion('swap'), () => [item('A'), item('B')])
  const before = [all('swap'), shelfLog(db, 'swap', 9)]
  const bad = () => [item('C'), item('D', { price: 'dear' as unknown as number })]
  expect(() => changeShelf(db, occasion('swap', 'shelf swap'), bad)).toThrow('cannot store TEXT value in INTEGER column')
  expect([all('swap'), shelfLog(db, 'swap', 9)]).toEqual(before)
})

// Each step makes another shelf of the one before: kept goods, in a turned order, some with new values, and new ones.
const step = fc.record({
  drop: fc.integer({ min: 0, max: 6 }),
  turn: fc.integer({ min: 0, max: 6 }),
  reason: fc.option(fc.string({ maxLength: 3 })),
  fresh: fc.subarray(['a', 'b', 'c', 'd', 'e']),
  park: fc.boolean(),
})

it('undo takes back any changes exactly, and redo brings them again', () => {
  let count = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const shelf = `shelf ${count++}`
      const states = [all(shelf)]
      for (const { drop, turn, reason, fresh, park } of steps) {
        const changes = changeShelf(db, occasion(shelf), (items) => {
          const kept = items.filter((_, i) => i !== drop)
          const turned = [...kept.slice(turn), ...kept.slice(0, turn)].map((one, i) =>
            i === 0 ? { ...one, reason, parkedAt: park ? AT : null } : one,
          )
          const news = fresh.filter((sku) => !turned.some((one) => one.sku === sku)).map((sku) => item(sku))
          return turned.length % 2 ? [...news, ...turned] : [...turned, ...news]
        })
        if (changes.length > 0) states.push(all(shelf))
      }
      for (const state of states.slice(0, -1).reverse()) {
        expect(turnShelf(db, 'undo', occasion(shelf, 'shelf undo'), never)).not.toBeNull()
        expect(all(shelf)).toEqual(state)
      }
      expect(turnShelf(db, 'undo', occasion(shelf), never)).toBeNull()
      for (const state of states.slice(1)) {
        expect(turnShelf(db, 'redo', occasion(shelf, 'shelf redo'), never)).not.toBeNull()
        expect(all(shelf)).toEqual(state)
      }
      expect(turnShelf(db, 'redo', occasion(shelf), never)).toBeNull()
    }),
    { numRuns: 60 },
  )
})

it('a change after an undo ends what could come again; undo then passes over it', () => {
  const put = (...skus: string[]) => changeShelf(db, occasion('line'), () => skus.map((sku) => item(sku)))
  const skus = () =>
    all('line')
      .map(({ sku }) => sku)
      .join('')
  put('a')
  put('a', 'b')
  turnShelf(db, 'undo', occasion('line'), never)
  put('c')
  expect(turnShelf(db, 'redo', occasion('line'), never)).toBeNull()
  turnShelf(db, 'undo', occasion('line'), never)
  expect(skus()).toBe('a')
  turnShelf(db, 'redo', occasion('line'), never)
  expect(skus()).toBe('c')
  turnShelf(db, 'undo', occasion('line'), never)
  turnShelf(db, 'undo', occasion('line'), never)
  expect(skus()).toBe('')
  // the log keeps all of it, and says what an undo took back
  const log = shelfLog(db, 'line', 99)
  const [first] = log.filter(({ of }) => of !== null)
  expect(changesOf(db, first!.id)).toEqual(changesOf(db, first!.of!))
})

it('an undo that is refused changes nothing', () => {
  changeShelf(db, occasion('full'), () => [item('a'), item('b')])
  changeShelf(db, occasion('full'), () => [])
  const refuse = () => {
    throw new Error('too many')
  }
  expect(() => turnShelf(db, 'undo', occasion('full'), refuse)).toThrow('too many')
  expect([all('full'), shelfLog(db, 'full', 1)[0]!.undone]).toEqual([[], false])
})

it('picks of an older version keep their order and figures', () => {
  const older = new Sqlite(':memory:')
  const since = MIGRATIONS.findIndex((sql) => sql.includes('CREATE TABLE shelf_log'))
  for (const sql of MIGRATIONS.slice(0, since)) older.exec(sql)
  older.exec(`INSERT INTO shelf_item (shelf, partner, sku, added_at, currency, price, final_price) VALUES
    ('main', 'acme', 'A', '2026-11-02', 'CNY', 100, 90), ('main', 'acme', 'B', '2026-11-01', 'CNY', 100, 90), ('x', 'acme', 'C', '2026-11-03', 'CNY', 100, 90)`)
  for (const sql of MIGRATIONS.slice(since)) older.exec(sql)
  expect(shelfItems(older, 'main').map(({ sku, position, pickedAt, sha256 }) => [sku, position, pickedAt, sha256])).toEqual([
    ['B', 1, '2026-11-01', null],
    ['A', 2, '2026-11-02', null],
  ])
  expect(shelfItems(older, 'x')[0]!.position).toBe(1)
  older.close()
})
