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
const truth = JSON.parse(readFileSync(join(home, 'templates/sample-truth.json'), 'utf8')) as Truth

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

describe('settle due', () => {
  const minor = (amount: string) => Number(amount.replace('.', ''))

  it('has past due what was missing and short in the months of the plan, and did not come late', async () => {
    const { schema, asOf, partners } = await json('settle', 'due')
    expect([schema, asOf]).toEqual(['shoptool.settle-due.v1', '2026-11-25'])
    for (const { partner, pastDue, recovery, claims } of partners) {
      const differences = Object.values(truth.months).flatMap((month) => {
        const classes = month[partner]?.classes ?? {}
        return ['missing', 'short-paid', 'late'].map((name) => minor(classes[name]?.difference ?? '0'))
      })
      const open = -differences.reduce((a, b) => a + b, 0)
      expect(minor(pastDue.amount)).toBe(open)
      expect(minor(recovery.missing) - minor(recovery.recovered)).toBe(open)
      expect(claims.map((claim: { open: string }) => minor(claim.open)).reduce((a: number, b: number) => a + b, 0)).toBe(open)
    }
    expect(partners.map(({ partner }: { partner: string }) => partner)).toEqual(['pdd', 'shanhuo', 'taobao'])
    expect(partners[2].recovery).toMatchObject({ missing: '36.48', recovered: '20.05', rate: '55' })
  })

  it('draws pay days, what is not received yet and what is past due, on 60 columns', async () => {
    const { code, stdout } = await run(['settle', 'due', '--partner', 'pdd', '--claims', '1', '--no-color'], {
      cwd: folder,
      tty: 60,
    })
    expect(code).toBe(5)
    expect(stdout).toContain(`pdd: 10.36 CNY to come, 20.82 past due
  WHEN              AMOUNT  ORDERS
  2026-12-20         10.36       1  █████████████████▊
  not received yet   14.04       3  ████████████████████████
  past due 0-30      12.84       2  ██████████████████████
  past due 31-60      7.98       1  █████████████▋
  oldest: pdd:260902-990000000023757, since 2026-10-20
  days to cash: 42, 53 from the order; 26, 35 from verified (median, 90 %)
  came later: 7.98 of 28.80 that was missing, 27.7 %, after 31, 31 days
`)
    expect(stdout).toContain('pdd:261009-990000000118785')
    expect(stdout).not.toContain('pdd:261002-990000000102947')
  })

  it('tells how it stood on a day of before, also as CSV', async () => {
    const csv = await shoptool('settle', 'due', '--partner', 'shanhuo', '--as-of', '2026-10-20', '--csv', '-')
    expect([csv.code, csv.stdout.split('\r\n')]).toEqual([
      5,
      [
        '\ufeffasOf,partner,currency,what,when,amount,orders',
        '2026-10-20,shanhuo,CNY,due,2026-10-25,11.50,1',
        '2026-10-20,shanhuo,CNY,unconfirmed,,12.33,2',
        '2026-10-20,shanhuo,CNY,past-due,0-30,10.65,2',
        '',
      ],
    ])
    expect((await shoptool('settle', 'due', '--csv', 'due.csv')).stderr).toContain('due.csv')
    expect(readFileSync(join(folder, 'due.csv'), 'utf8')).toContain('2026-11-25,pdd,CNY,due,2026-12-20,10.36,1\r\n')
    expect((await shoptool('settle', 'due', '--as-of', '2026-08-01')).code).toBe(0)
  })

  it.each([
    [['--as-of', '2026-11-26'], '--as-of: 2026-11-26 is still to come, expected 2026-11-25 or before'],
    [['--as-of', 'today'], '--as-of: "today" is not a day, expected like 2026-10-31'],
    [['--csv', '-', '--json'], '--json and --csv: expected one of them'],
    [['--partner', 'tabao'], '--partner: unknown partner "tabao"; did you mean taobao?'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await shoptool('settle', 'due', ...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(`shoptool: ${message}`)])
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

it('says which earlier months stay open where the first that is closed is not the first that was paid', async () => {
  const close = async (month: string) => (await shoptool('settle', '--month', month, '--partner', 'taobao', '--close')).stderr
  expect(await close('2026-11')).toContain(
    'taobao: earlier months stay open (2026-10); they can be closed only once 2026-11 is opened again\n',
  )
  expect(await close('2026-11')).not.toContain('stay open')
  const reason = ['--reopen', '--reason', 'October first']
  expect((await shoptool('settle', '--month', '2026-11', '--partner', 'taobao', ...reason)).code).toBe(0)
  for (const month of ['2026-10', '2026-11']) expect(await close(month)).not.toContain('stay open')
})
