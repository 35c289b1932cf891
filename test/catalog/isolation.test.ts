import { execFile } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { openDatabase, openForReading } from '../../src/store/open.ts'
import { ACME, run, workspaceWith } from '../cli/shoptool.ts'
import { seeded, signatureOf } from '../feeds/gateway.ts'
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
const SECRET = 'killed+secret'
const KILLS = 50
/** Every so many kills the database is begun anew: an empty one is filled in another way. */
const ANEW = 5
const GOODS = { A: 400, B: 400, S: 100, P: 90 }
type Group = keyof typeof GOODS
const ALL = GOODS.A + GOODS.B + GOODS.S + GOODS.P

/** Goods of one source and those that both files list, all at the price of a version. */
const feed = (version: number, ...groups: Group[]) =>
  csv(
    'sku,title,price',
    ...groups.flatMap((group) => Array.from({ length: GOODS[group] }, (_, i) => `${group}${i},品${i},${version + 10}.00`)),
  )

/** A gateway in the manner of 多多进宝 that takes its time; one page, since it may be asked twice a second only. */
async function slowGateway(version: () => number): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    const goods = Array.from({ length: GOODS.P }, (_, i) => ({
      ...{ goods_sign: `P${i}`, goods_name: '蜂蜜', min_group_price: (version() + 10) * 100, promotion_rate: 100 },
    }))
    const answer =
      form.get('sign') === signatureOf(form, SECRET)
        ? { goods_search_response: { list_id: 'L', goods_list: goods } }
        : { error_response: { error_code: 20004, error_msg: 'sign' } }
    setTimeout(() => response.end(JSON.stringify(answer)), 25)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/router`
}
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** Runs the built program and kills it, without warning, after so many milliseconds. Returns whether it was still running. */
function killedAfter(milliseconds: number, args: string[], cwd: string): Promise<{ killed: boolean; took: number }> {
  const began = performance.now()
  return new Promise((done) => {
    const env = { ...process.env, PDD_SECRET: SECRET }
    const child = execFile(process.execPath, [BIN, ...args], { cwd, env }, () =>
      done({ killed: child.killed, took: performance.now() - began }),
    )
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.on('exit', () => clearTimeout(timer))
  })
}

// `npm test` builds before; vitest alone does not
describe.skipIf(!existsSync('dist/cli.js'))('killed at any instant', () => {
  it(`${KILLS} times: each source is as it was or all new, and the next run does it all`, { timeout: 300_000 }, async () => {
    let version = 0
    const url = await slowGateway(() => version)
    const sources = `sources:
  plain: { partner: acme, feed: products, file: plain.csv }
  packed: { partner: acme, feed: products, file: packed.csv.gz }
  pdd: { partner: pdd, feed: products, api: { clientId: c, clientSecret: "\${PDD_SECRET}", pid: "1_2", gateway: "${url}" }, query: { keyword: x } }
`
    const cwd = workspaceWith(sources, { 'partners/acme.yaml': ACME })
    const write = () => {
      writeFileSync(join(cwd, 'plain.csv'), feed(version, 'A', 'S'))
      writeFileSync(join(cwd, 'packed.csv.gz'), gzipSync(feed(version, 'B', 'S')))
    }
    /** By group, the versions that its goods are at: `0 1` would be half of each. */
    const versions = () => {
      const db = openDatabase(join(cwd, 'shoptool.db'))
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(db.pragma('foreign_key_check')).toEqual([])
      const found = db
        .prepare("SELECT substr(sku, 1, 1), price / 100 - 10, count(*) FROM product WHERE status = 'live' GROUP BY 1, 2")
        .raw()
        .all() as [Group, number, number][]
      const history = db.prepare('SELECT count(*) FROM product_history').pluck().get()
      db.close()
      return { found, history }
    }
    const random = seeded(20261125)
    write()
    let { took } = await killedAfter(60_000, ['sync'], cwd)
    expect(versions().found).toHaveLength(4)

    let [kills, old, made] = [0, 0, 0]
    for (let kill = 1; kills < KILLS; kill++) {
      expect(kill).toBeLessThan(4 * KILLS)
      version++
      write()
      const anew = kill % ANEW === 0
      if (anew) for (const end of ['', '-wal', '-shm']) rmSync(join(cwd, `shoptool.db${end}`), { force: true })
      const before = anew ? null : version - 1
      const end = await killedAfter(took * (0.3 + 0.7 * random()), ['sync'], cwd)
      if (end.killed) kills++
      // Machines are now faster, now slower: kills that all came too late or too early would say nothing.
      took = end.killed ? took * 1.02 : end.took
      const after = versions().found
      for (const group of ['A', 'B', 'S', 'P'] as const) {
        const is = after.filter(([name]) => name === group)
        const was = before === null ? [] : [[group, before, GOODS[group]]]
        const all = [[group, version, GOODS[group]]]
        expect(end.killed ? [was, all] : [all], `kill ${kill}`).toContainEqual(is)
        if (is[0]?.[1] === version) made++
        else old++
      }

      const next = await run(['sync', '--json'], { cwd, env: { PDD_SECRET: SECRET }, fetch: realContext().fetch })
      expect(next.code, next.stderr).toBe(0)
      const { found, history } = versions()
      expect(found).toEqual((['A', 'B', 'P', 'S'] as const).map((group) => [group, version, GOODS[group]]))
      expect(history).toBe(ALL * (kill < ANEW ? kill : kill % ANEW))
      expect(readdirSync(join(cwd, '.shoptool'))).toEqual(['snapshots'])
      expect(readdirSync(join(cwd, '.shoptool/snapshots')).filter((name) => !/^([0-9a-f]{64}|pdd\.json)$/.test(name))).toEqual([])
    }
    expect(Math.min(old, made)).toBeGreaterThan(0)
  })
})
