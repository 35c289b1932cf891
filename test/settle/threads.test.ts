import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { closeMonth } from '../../src/settle/close.ts'
import { beginRows, FILES, openUnnamed } from '../../src/settle/files.ts'
import { settle } from '../../src/settle/ledger.ts'
import { joinPortions, settlePortion } from '../../src/settle/portion.ts'
import { settleInThreads } from '../../src/settle/threads.ts'
import { openDatabase, versionOf } from '../../src/store/open.ts'
import { ACME, csv, session } from '../catalog/session.ts'
import { folderWith } from '../cli/shoptool.ts'
import { line, order, RULES } from './records.ts'

const FEES = [{ name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up' }] as const
const acme: Partner = { ...ACME, calendar: RULES.calendar, fees: FEES, tolerance: 1 }
const BUILT = 'dist/chunks/thread.js'
const SMALL = { least: 50, thread: pathToFileURL(resolve(BUILT)) }
const MONTH = '2026-11'

/** A month of two partners with 400 orders each: of fifty one is not paid, one a fen less, one ten less, one twice. */
async function filled() {
  const { db, importing, path } = session()
  const all = Array.from({ length: 400 }, (_, i) => i)
  for (const id of ['acme', 'other']) {
    const orders = all.map((i) => `${(i * 7) % 400},S${i},20.00,2.00,settled,2026-10-01,2026-10-05`)
    const amounts = (i: number) =>
      i % 50 === 1 ? [] : i % 50 === 2 ? ['1.79'] : i % 50 === 3 ? ['1.70'] : i % 50 === 4 ? ['1.80', '1.80'] : ['1.80']
    const lines = all.flatMap((i) => amounts(i).map((amount) => `N,${(i * 7) % 400},commission,${amount},2026-11-20`))
    const settings = { partner: { ...ACME, id } }
    await importing('orders', csv('order,sku,paid,commission,status,ordered,settled', ...orders), settings)
    await importing('payouts', csv('statement,order,kind,amount,day', 'N,,bonus,5.00,2026-11-20', ...lines), settings)
  }
  return { db, path, partners: [acme, { ...acme, id: 'other' }] }
}

const filesIn = (folder: string) => readdirSync(folder).sort()
const bytesIn = (folder: string) => FILES.map((name) => readFileSync(join(folder, name), 'utf8'))

// `npm test` builds before; vitest alone does not
describe.skipIf(!existsSync(BUILT) || availableParallelism() < 2)('a month of many orders', () => {
  it('is settled in threads to the same result and the same bytes as without', async () => {
    const { db, partners } = await filled()
    const [threads, alone] = [folderWith(), folderWith()]
    const portions = await settleInThreads(db, partners, MONTH, threads, SMALL)
    expect([...portions.of].map(([id, { length }]) => [id, length])).toEqual([
      ['acme', 2],
      ['other', 2],
    ])
    expect(filesIn(threads)).toEqual([])
    const settled = settle(db, partners, MONTH, { folder: threads, portions })
    expect(settled).toEqual(settle(db, partners, MONTH, { folder: alone }))
    const { missing, tolerated, duplicate } = settled.partners[0]!.classes
    expect([missing.count, tolerated.count, duplicate.count]).toEqual([8, 8, 8])
    expect(filesIn(threads)).toEqual([...FILES].sort())
    expect(bytesIn(threads)).toEqual(bytesIn(alone))
    const numbers = bytesIn(threads)[2]!
      .trim()
      .split('\r\n')
      .slice(1)
      .map((row) => Number(row.split(',')[0]))
    expect(new Set(numbers)).toEqual(new Set(Array.from({ length: numbers.at(-1)! }, (_, i) => i + 1)))
  })

  it('is settled in threads without files', async () => {
    const { db, partners } = await filled()
    const portions = await settleInThreads(db, partners, MONTH, null, SMALL)
    expect(settle(db, partners, MONTH, { folder: null, portions })).toEqual(settle(db, partners, MONTH, { folder: null }))
  })

  it('is settled anew where somebody writes meanwhile', async () => {
    const { db, path, partners } = await filled()
    const folder = folderWith()
    const portions = await settleInThreads(db, partners, MONTH, folder, SMALL)
    const writer = openDatabase(path)
    writer.exec('UPDATE order_state SET commission = 300')
    writer.close()
    const settled = settle(db, partners, MONTH, { folder, portions })
    expect(settled.partners[0]!.classes['short-paid'].count).toBeGreaterThan(300)
    expect(filesIn(folder)).toEqual([...FILES].sort())
  })

  it('leaves no file behind where settling fails', async () => {
    const { db, partners } = await filled()
    const folder = folderWith()
    const portions = await settleInThreads(db, partners, MONTH, folder, SMALL)
    const broken = { ...acme, id: 'broken', calendar: null }
    expect(() => settle(db, [...partners, broken], MONTH, { folder: '/dev/null/no', portions })).toThrow()
    expect(filesIn(folder)).toEqual([])
  })

  it('is left to one thread where it is closed, or where a fee has a limit for a month', async () => {
    const { db, partners } = await filled()
    closeMonth(db, acme, MONTH, { today: '2026-11-25', at: '2026-11-25T12:00:00+08:00', withoutStatement: false })
    const limited = { ...partners[1]!, fees: [{ ...FEES[0], maxMonth: 1000 }] }
    expect((await settleInThreads(db, [acme, limited], MONTH, null, SMALL)).of.size).toBe(0)
  })
})

describe('threads that fail', () => {
  it('leave all to one thread, say why, and leave no file behind', async () => {
    const { db, partners } = await filled()
    const folder = folderWith()
    const portions = await settleInThreads(db, partners, MONTH, folder, { ...SMALL, thread: pathToFileURL('/no/such/thread.js') })
    expect(portions.of.size).toBe(0)
    if (availableParallelism() > 1) expect(portions.failed.get('acme')).toContain('/no/such/thread.js')
    expect(filesIn(folder)).toEqual([])
  })

  it('are those too that end without an answer', async () => {
    const { db, partners } = await filled()
    const thread = pathToFileURL(join(folderWith({ 'silent.mjs': 'process.exit(0)' }), 'silent.mjs'))
    const { failed } = await settleInThreads(db, partners, MONTH, null, { ...SMALL, thread })
    if (availableParallelism() > 1) expect(failed.get('acme')).toBe('Error: the thread ended without an answer')
  })
})

describe('portions that were settled before', () => {
  /** Portions that say that nothing is wrong, whatever the database says. */
  const partsOf = (folder: string) => {
    const rows = beginRows(openUnnamed(folder))
    const part = settlePortion('acme', { orders: [order()], lines: [line(1, 1000)] }, RULES, rows)
    return { of: new Map([['acme', [{ ...part, rows: rows.finish() }]]]), failed: new Map() }
  }
  const orders = csv('order,sku,paid,commission,status,ordered,settled', '1,S,100.00,10.00,settled,2026-10-01,2026-10-05')

  it('count where nothing was written since', async () => {
    const { db, importing } = session()
    await importing('orders', orders)
    await importing('payouts', csv('statement,order,kind,amount,day', 'nov,1,commission,10.00,2026-11-20'))
    const folder = folderWith()
    const { partners } = settle(db, [acme], MONTH, { folder, portions: { version: versionOf(db), ...partsOf(folder) } })
    expect(partners[0]!.classes.matched.count).toBe(1)
    expect(readFileSync(join(folder, 'lines.csv'), 'utf8')).toContain('orders.csv:')
    expect(filesIn(folder)).toEqual([...FILES].sort())
  })

  it('are thrown away where something was', async () => {
    const { db, importing } = session()
    await importing('orders', orders)
    const folder = folderWith()
    const { partners } = settle(db, [acme], MONTH, { folder, portions: { version: versionOf(db) - 1, ...partsOf(folder) } })
    expect(partners[0]!.classes).toMatchObject({ matched: { count: 0 }, missing: { count: 1 } })
    expect(filesIn(folder)).toEqual([...FILES].sort())
  })

  it('are not changed by being joined', () => {
    const part = settlePortion('acme', { orders: [order()], lines: [line(1, 999)] }, { ...RULES, tolerance: 1 }, null)
    const twice = () => joinPortions([part, part], null)
    expect(twice()).toEqual(twice())
    expect(twice().tally.get('CNY')!.get('tolerated')).toEqual({ count: 2, expected: 2000, paid: 1998 })
    expect([...twice().tolerated.values()]).toEqual([{ count: 2, expected: 2000, paid: 1998 }])
  })
})
