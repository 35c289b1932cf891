import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase, openForReading } from '../../src/store/open.ts'
import { workspaceWith } from '../cli/shoptool.ts'
import { csv, session } from './session.ts'

describe('a second connection', () => {
  it('sees the old goods until the run is done, then the new ones', async () => {
    const { sync, path } = session()
    await sync(csv('sku,price', 'A,1', 'B,1'))
    const other = openForReading(path)
    const look = () => other.prepare('SELECT sku, price, status FROM product ORDER BY sku').raw().all()
    const old = look()
    const seen: unknown[] = []
    await sync(csv('sku,price', 'A,2', 'C,1'), { onClock: () => seen.push(look()) })
    const now = [
      ['A', 200, 'live'],
      ['B', 100, 'gone'],
      ['C', 100, 'live'],
    ]
    expect(seen).toEqual([old, old, now])
    other.close()
  })

  it('sees no half of a statement or of an order file either', async () => {
    const { importing, path } = session()
    const other = openForReading(path)
    const look = () => other.prepare('SELECT (SELECT count(*) FROM payout_line), (SELECT count(*) FROM order_state)').raw().get()
    const seen: unknown[] = []
    const onClock = () => seen.push(look())
    await importing('payouts', csv('statement,order,kind,amount,day', 'N1,1,commission,1.00,2026-11-20'), { onClock })
    await importing('orders', csv('order,sku,paid,commission,status,ordered', '1,S,9,1,paid,2026-11-20'), { onClock })
    const [before, payouts, both] = [
      [0, 0],
      [1, 0],
      [1, 1],
    ]
    expect(seen).toEqual([before, before, payouts, payouts, payouts, both])
    other.close()
  })
})

const BIN = resolve('bin/shoptool.js')
const ROWS = 12_000
const feed = (price: string) =>
  csv('商品id,商品名称,商品价格(单位：元),收入比率(%)', ...Array.from({ length: ROWS }, (_, i) => `${i},品${i},${price},5`))

/** Runs the built program and kills it, without warning, after so many milliseconds. Returns whether it was still running. */
function killedAfter(milliseconds: number, args: string[], cwd: string): Promise<{ killed: boolean; took: number }> {
  const began = performance.now()
  return new Promise((done) => {
    const child = execFile(process.execPath, [BIN, ...args], { cwd }, () =>
      done({ killed: child.killed, took: performance.now() - began }),
    )
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.on('exit', () => clearTimeout(timer))
  })
}

// `npm test` builds before; vitest alone does not
describe.skipIf(!existsSync('dist/cli.js'))('killed in the middle', () => {
  const files = { 'old.csv': feed('10.00'), 'new.csv': feed('12.00') }
  const load = (name: string) => ['import', 'products', name, '--partner', 'taobao']
  const prices = (cwd: string) => {
    const db = openDatabase(join(cwd, 'shoptool.db'))
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    const found = db.prepare('SELECT price, count(*) FROM product GROUP BY price').raw().all()
    const history = db.prepare('SELECT count(*) FROM product_history').pluck().get()
    db.close()
    return { found, history }
  }

  it('the first load leaves nothing, or all', { timeout: 60_000 }, async () => {
    const measured = await killedAfter(60_000, load('old.csv'), workspaceWith('', files))
    let kills = 0
    for (const part of [0.5, 0.7, 0.9]) {
      const cwd = workspaceWith('', files)
      if ((await killedAfter(measured.took * part, load('old.csv'), cwd)).killed) kills++
      expect([[], [[1000, ROWS]]]).toContainEqual(prices(cwd).found)
      rmSync(cwd, { recursive: true })
    }
    expect(kills).toBeGreaterThan(0)
  })

  it('a later one leaves the goods as they were, or all changed; run again, it is done', { timeout: 60_000 }, async () => {
    const whole = workspaceWith('', files)
    await killedAfter(60_000, load('old.csv'), whole)
    const measured = await killedAfter(60_000, load('new.csv'), whole)
    const cwd = workspaceWith('', files)
    await killedAfter(60_000, load('old.csv'), cwd)
    let kills = 0
    for (const part of [0.5, 0.65, 0.75, 0.85]) {
      if ((await killedAfter(measured.took * part, load('new.csv'), cwd)).killed) kills++
      const { found, history } = prices(cwd)
      const isNew = (found as number[][])[0]![0] === 1200
      expect({ found, history }).toEqual({ found: [[isNew ? 1200 : 1000, ROWS]], history: isNew ? ROWS : 0 })
    }
    expect(kills).toBeGreaterThan(0)
    await killedAfter(60_000, load('new.csv'), cwd)
    expect(prices(cwd)).toEqual({ found: [[1200, ROWS]], history: ROWS })
  })
})
