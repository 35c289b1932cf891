import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { command } from '../../src/commands/sql.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

const GOODS = 'sku,title,price\n1,晴雨伞,59.00\n2,"茶\t杯",19.80\n'
const SOURCES = 'sources:\n  goods: { partner: acme, feed: products, file: goods.csv }\n'

describe('sql', () => {
  let cwd = ''
  beforeAll(async () => {
    cwd = workspaceWith(SOURCES, { 'partners/acme.yaml': ACME, 'goods.csv': GOODS })
    expect((await run(['sync'], { cwd })).code).toBe(0)
  })
  const sql = (select: string, ...more: string[]) => run(['sql', select, ...more], { cwd })
  const rows = async (select: string) => JSON.parse((await sql(select, '--json')).stdout).rows

  it('answers tab-separated in a pipe, as a table on a terminal, and as JSON', async () => {
    const select = 'SELECT sku, title, price, brand FROM products ORDER BY price'
    expect((await sql(select)).stdout).toBe('2\t茶 杯\t1980\t\n1\t晴雨伞\t5900\t\n')
    expect((await run(['sql', select, '--no-color'], { cwd, tty: 60 })).stdout).toBe(
      'sku  title   price  brand\n2    茶 杯    1980\n1    晴雨伞   5900\n',
    )
    expect(JSON.parse((await sql(select, '--json')).stdout)).toEqual({
      schema: 'shoptool.sql.v1',
      rows: [
        { sku: '2', title: '茶 杯', price: 1980, brand: null },
        { sku: '1', title: '晴雨伞', price: 5900, brand: null },
      ],
    })
  })

  it('says when there is nothing', async () => {
    expect(await sql('SELECT * FROM orders')).toEqual({ code: 0, stdout: '', stderr: 'Nothing found.\n' })
    expect(await rows('SELECT * FROM payouts')).toEqual([])
  })

  it.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1.5', 1.5],
    ['9e999', 'Infinity'],
    ["x'00ff'", '00ff'],
    ['NULL', null],
  ])('the value %s without loss', async (value, expected) => {
    expect(await rows(`SELECT ${value} AS v`)).toEqual([{ v: expected }])
    expect((await sql(`SELECT ${value} AS v`)).stdout).toBe(`${expected ?? ''}\n`)
  })

  it.each([
    'select 1 AS v',
    'WITH a AS (SELECT 1 AS v) SELECT * FROM a',
    '/* of note */ -- and\n SELECT 1 AS v;',
    'SELECT 1 AS v -- done',
  ])('%j', async (select) => expect(await rows(select)).toEqual([{ v: 1 }]))

  it('EXPLAIN QUERY PLAN', async () => {
    expect((await rows("EXPLAIN QUERY PLAN SELECT * FROM products WHERE partner = 'acme' AND sku = '1'"))[0].detail).toContain(
      'product_key',
    )
  })

  const BEGINS = 'sql: expected one statement that begins with SELECT, WITH or EXPLAIN'
  it.each([
    ['', BEGINS],
    ['/* SELECT 1', BEGINS],
    ['DELETE FROM product', BEGINS],
    ["INSERT INTO saved_search VALUES ('a', 'b') RETURNING *", BEGINS],
    ['PRAGMA user_version = 9', BEGINS],
    ["ATTACH 'x.db' AS x", BEGINS],
    ["VACUUM INTO 'x.db'", BEGINS],
    ['selection', BEGINS],
    ['SELECT 1; DELETE FROM product', 'sql: expected one statement, there is more than one statement'],
    ['WITH a AS (SELECT 1) DELETE FROM product', 'sql: this would change the database; only reading is possible'],
    ['WITH a AS (SELECT 1) DELETE FROM product RETURNING *', 'sql: this would change the database; only reading is possible'],
    ['SELECT cost FROM products', 'sql: no such column: cost'],
    ['SELECT * FROM product_tex', 'sql: no such table: product_tex'],
    ['SELECT (', 'sql: incomplete input'],
    ['SELECT ?', 'sql: Too few parameter values were provided'],
  ])('%j is refused and changes nothing', async (select, says) => {
    const before = readFileSync(join(cwd, 'shoptool.db'))
    expect(await sql(select)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${says}\n` })
    expect(readFileSync(join(cwd, 'shoptool.db')).equals(before)).toBe(true)
  })

  it('columns of one name: fine in a table, not in JSON', async () => {
    expect((await sql('SELECT 1 AS a, 2 AS a')).stdout).toBe('1\t2\n')
    expect(await sql('SELECT 1 AS a, 2 AS a', '--json')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'shoptool: sql: two columns are called "a": rename one with AS\n',
    })
  })

  it('in a pipe ends with its reader, however many rows there are', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
    let text = ''
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += chunk
        done(text.length > 10_000 ? Object.assign(new Error('gone'), { code: 'EPIPE' }) : null)
      },
    })
    expect(await run(['sql', endless], { cwd, stdout })).toMatchObject({ code: 0, stderr: '' })
    expect(text.startsWith('1\n2\n3\n')).toBe(true)
  })

  it('needs data', async () => {
    const { code, stderr } = await run(['sql', 'SELECT 1'], { cwd: workspaceWith() })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no data yet') })
  })
})

it('the help names every column of every view, in order', async () => {
  const db = memoryDatabase()
  const views = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'view'").pluck().all()
  expect(views.sort()).toEqual(['history', 'orders', 'payouts', 'products', 'receipts'])
  const documented = command.about.split(/\n {2}(?=[a-zO]+ )/).map((part) => part.replace(/\([^)]*\)/g, '').trim())
  for (const view of views) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(view)
    const part = documented.find((each) => each.startsWith(`${view} `))!
    expect(
      part
        .slice(view.length)
        .split(/\n\n/)[0]!
        .split(',')
        .map((name) => name.trim()),
    ).toEqual(columns)
  }
  db.close()
  const { stdout } = await run(['sql', '--help'])
  expect(stdout).toContain('\n  payouts   partner, statement_id, order_id,')
})
