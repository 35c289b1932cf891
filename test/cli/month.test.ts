import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageFolder } from '../../src/context.ts'
import { run } from './shoptool.ts'

// A month of work on the sample workspace, held against the truth that scripts/sample.mjs wrote down from its plan.

type Sums = { count: number; expected: string; paid: string; difference: string }
type Partner = { expected: string; paid: string; difference: string; covers: object; classes: Record<string, Sums> }
type Entry = {
  month: string
  partner: string
  class: string
  orderId: string | null
  expected: string
  paid: string
  difference: string
  cause?: string
}
type Truth = {
  products: Record<string, number>
  orders: Record<string, number>
  orderRows: Record<string, number>
  months: Record<string, Record<string, Partner>>
  entries: Entry[]
}
const home = packageFolder()
const truth = JSON.parse(readFileSync(join(home, 'test/fixtures/sample-truth.json'), 'utf8')) as Truth

const folder = mkdtempSync(join(tmpdir(), 'shoptool-month-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const shoptool = (...args: string[]) => run(args, { cwd: folder })
const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)

const PAYOUTS = ['taobao', 'pdd', 'shanhuo'].map((partner) => ({
  partner,
  files: ['2026-10', '2026-11'].map((month) => `inbox/${partner}-${month}.csv`),
}))
const dump = () => {
  const db = new Sqlite(join(folder, 'shoptool.db'), { readonly: true })
  const tables = ['product', 'product_history', 'order_line', 'order_state', 'statement', 'payout_line', 'rejected']
  const rows = Object.fromEntries(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]))
  db.close()
  return rows
}

beforeAll(async () => {
  cpSync(join(home, 'templates/workspace'), folder, { recursive: true })
  expect((await shoptool('sync')).code).toBe(0)
  for (const { partner, files } of PAYOUTS)
    expect((await shoptool('import', 'payouts', ...files, '--partner', partner)).code).toBe(0)
})

describe('after sync and import', () => {
  it('holds every product, order and payout line of the files', () => {
    const { product, order_line, payout_line } = dump()
    expect(product).toHaveLength(Object.values(truth.products).reduce((a, b) => a + b))
    expect(order_line).toHaveLength(Object.values(truth.orders).reduce((a, b) => a + b))
    expect(payout_line).toHaveLength(78)
  })

  it('changes nothing when everything is read again, in another order', async () => {
    const before = dump()
    for (const { partner, files } of [...PAYOUTS].reverse()) {
      const { runs } = await json('import', 'payouts', ...files.toReversed(), '--partner', partner)
      for (const one of runs) expect(one).toMatchObject({ status: 'unchanged', added: 0, changed: 0, rejected: 0 })
    }
    const { runs } = await json('sync')
    for (const one of runs) expect(one).toMatchObject({ status: 'unchanged', added: 0, changed: 0, returned: 0, gone: 0 })
    expect(dump()).toEqual(before)
  })
})

describe.each(Object.keys(truth.months))('settle --month %s', (month) => {
  it('puts every order and line into the class of the plan, with its sums', async () => {
    const { code, stdout } = await shoptool('settle', '--month', month, '--json')
    const settlement = JSON.parse(stdout)
    expect(code).toBe(5)
    expect(settlement).toMatchObject({ schema: 'shoptool.settle.v1', month, closed: false })
    for (const found of settlement.partners) {
      const { expected, paid, difference, covers, classes } = truth.months[month]![found.partner]!
      expect(found).toMatchObject({ expected, paid, difference, covers, classes })
    }
    expect(settlement.partners).toHaveLength(Object.keys(truth.months[month]!).length)
  })

  it('finds what was planted, with its cause', async () => {
    const { findings } = await json('settle', '--month', month)
    const planted = truth.entries.filter(
      (entry) => entry.month === month && !['matched', 'tolerated', 'not-due'].includes(entry.class),
    )
    // A clawback of just what was paid is no finding but a fact: it may be listed or not.
    const brief = (entries: Entry[]) =>
      entries
        .filter((entry) => entry.class !== 'clawback' || entry.difference !== '0.00')
        .map((entry) => [entry.partner, entry.class, entry.orderId ?? '', entry.difference].join(' '))
        .sort()
    expect(brief(findings)).toEqual(brief(planted))
    for (const { cause, orderId, class: name } of planted.filter((entry) => entry.cause)) {
      expect(findings).toContainEqual(expect.objectContaining({ orderId, class: name, cause }))
    }
    for (const { sources, explain } of findings) {
      expect(explain).not.toBe('')
      for (const source of sources)
        expect(source).toEqual({
          file: expect.any(String),
          line: expect.any(Number),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        })
    }
  })

  it('writes the same bytes when run again', async () => {
    const out = join(folder, 'out/settle', month)
    const read = () => Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]))
    const before = read()
    expect(Object.keys(before).sort()).toEqual(['findings.csv', 'lines.csv', 'report.html', 'summary.csv'])
    await shoptool('settle', '--month', month)
    expect(read()).toEqual(before)
  })
})

it('every class occurs in the sample', () => {
  const classes = Object.values(truth.months).flatMap((partners) =>
    Object.values(partners).flatMap(({ classes }) => Object.entries(classes)),
  )
  const seen = new Set(classes.filter(([, { count }]) => count > 0).map(([name]) => name))
  expect(seen.size).toBe(13)
})

it('settles the latest month whose pay day has passed, unless told otherwise', async () => {
  expect((await json('settle')).month).toBe('2026-11')
  // shanhuo pays seven days after the receipt, all month long
  expect((await json('settle', '--partner', 'shanhuo')).month).toBe('2026-10')
  expect(
    (await run(['settle', '--partner', 'taobao', '--json'], { cwd: folder, now: Date.parse('2026-11-19T12:00:00+08:00') }))
      .stdout,
  ).toContain('"month": "2026-10"')
})

it('explains an order with its formula, payouts and sources', async () => {
  const { stdout } = await shoptool('settle', 'explain', '9260908880044400000')
  expect(stdout).toContain('7.04 commission − 0.70 技术服务费 (10 % of 7.04, half-up) = 6.34')
  expect(stdout).toContain('duplicate   inbox/taobao-2026-10.csv:14')
  expect((await shoptool('settle', 'explain', 'taobao:9260908880044400000')).stdout).toBe(stdout)
  expect((await shoptool('settle', 'explain', '1')).stderr).toBe('shoptool: 1: no order and no payout line of that number\n')
})
