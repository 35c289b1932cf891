import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { beginRows, FILES, unfinished } from '../../src/settle/files.ts'
import { settle } from '../../src/settle/ledger.ts'
import { settlePart } from '../../src/settle/part.ts'
import { versionOf } from '../../src/store/open.ts'
import { ACME, csv, session } from '../catalog/session.ts'
import { folderWith, run, workspaceWith } from '../cli/shoptool.ts'
import { line, order, RULES } from './records.ts'

const BENCH = `id: bench
name: Bench
currency: CNY
timezone: Asia/Shanghai
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      sku: { text: sku }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已结算: settled } }
      orderedAt: { instant: day, pattern: yyyy-MM-dd }
      settledAt: { instant: day, pattern: yyyy-MM-dd }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId: { text: order, optional: true }
      amount: { amount: amount, unit: yuan }
      kind: { oneOf: kind, words: { 佣金: commission, 奖励: bonus } }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: []
`
const ORDERS = 110_000
const number = (i: number) => `${(i * 7919) % ORDERS}`
const bytesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))

// `npm test` builds before; vitest alone does not
describe.skipIf(!existsSync('dist/cli.js') || availableParallelism() < 2)('a month of many orders', () => {
  it('is settled in threads to the same bytes as without', { timeout: 60_000 }, async () => {
    const all = Array.from({ length: ORDERS }, (_, i) => i)
    const cwd = workspaceWith('', {
      'partners/bench.yaml': BENCH,
      'orders.csv': `order,sku,paid,commission,status,day\n${all.map((i) => `${number(i)},S${i % 10},20.00,1.${10 + (i % 90)},已结算,2026-10-05`).join('\n')}\n`,
      // of a hundred one is not paid, one paid a fen less, one paid twice
      'payouts.csv': `statement,order,amount,kind,day\nN,,5.00,奖励,2026-11-20\n${all
        .filter((i) => i % 100 !== 1)
        .flatMap((i) =>
          Array(i % 100 === 3 ? 2 : 1).fill(`N,${number(i)},${i % 100 === 2 ? '1.11' : `1.${10 + (i % 90)}`},佣金,2026-11-20`),
        )
        .join('\n')}\n`,
    })
    const built = (...args: string[]) =>
      new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
        const child = execFile(
          process.execPath,
          [resolve('bin/shoptool.js'), ...args],
          { cwd, maxBuffer: 1 << 28 },
          (_error, stdout, stderr) => done({ code: child.exitCode, stdout, stderr }),
        )
      })
    for (const kind of ['orders', 'payouts'])
      expect(await built('import', kind, `${kind}.csv`, '--partner', 'bench', '-q')).toMatchObject({ code: 0, stderr: '' })
    const threaded = await built('settle', '--month', '2026-11', '--json', '--verbose', '--out', 'threads')
    expect(threaded.code).toBe(5)
    expect(threaded.stderr).toMatch(/bench: settled in [234] threads\n/)
    // from its sources the program has no thread to start: the same as where starting one fails
    const alone = await run(['settle', '--month', '2026-11', '--json', '--verbose', '--out', 'alone'], { cwd })
    expect(alone.stderr).not.toContain('threads')
    expect(alone.stdout === threaded.stdout).toBe(true)
    const { classes } = JSON.parse(alone.stdout).partners[0]
    expect([classes.missing.count, classes['short-paid'].count, classes.duplicate.count]).toEqual([1100, 1100, 1100])
    const [threads, whole] = [bytesIn(join(cwd, 'threads')), bytesIn(join(cwd, 'alone'))]
    expect(Object.keys(threads)).toEqual([...FILES].sort())
    expect(Object.keys(whole)).toEqual([...FILES].sort())
    for (const name of FILES) expect(threads[name]!.equals(whole[name]!), name).toBe(true)
  })
})

describe('parts that were settled before', () => {
  const partner = { ...ACME, calendar: RULES.calendar }
  /** Parts that say that nothing is wrong, whatever the database says. */
  const partsOf = (folder: string) => {
    const rows = beginRows(unfinished(folder, 'lines.csv'))
    const part = settlePart('acme', { orders: [order()], lines: [line(1, 1000)] }, RULES, rows)
    return [{ ...part, rows: rows.finish() }]
  }
  const orders = csv('order,sku,paid,commission,status,ordered,settled', '1,S,100.00,10.00,settled,2026-10-01,2026-10-05')

  it('count where nothing was written since', async () => {
    const { db, importing } = session()
    await importing('orders', orders)
    await importing('payouts', csv('statement,order,kind,amount,day', 'nov,1,commission,10.00,2026-11-20'))
    const folder = folderWith()
    const parts = { version: versionOf(db), of: new Map([['acme', partsOf(folder)]]) }
    const { partners } = settle(db, [partner], '2026-11', { folder, parts })
    expect(partners[0]!.classes.matched.count).toBe(1)
    expect(readFileSync(join(folder, 'lines.csv'), 'utf8')).toContain('orders.csv:')
    expect(readdirSync(folder).sort()).toEqual([...FILES].sort())
  })

  it('are thrown away where something was, and all is settled anew', async () => {
    const { db, importing } = session()
    await importing('orders', orders)
    const folder = folderWith()
    const parts = { version: versionOf(db) - 1, of: new Map([['acme', partsOf(folder)]]) }
    const { partners } = settle(db, [partner], '2026-11', { folder, parts })
    expect(partners[0]!.classes).toMatchObject({ matched: { count: 0 }, missing: { count: 1 } })
    expect(readdirSync(folder).sort()).toEqual([...FILES].sort())
  })
})
