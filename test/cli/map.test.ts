import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run, workspaceWith } from './shoptool.ts'

const GOODS = `货号,商品名称,售价,佣金比例,月销量
1000001,雨伞,59.90,20%,1.2万+
1000002,保温杯,99.00,10%,56
1000003,台灯,19.00,15%,7
`
const workspace = (more = '', files = {}) => workspaceWith(more, { 'goods.csv': GOODS, ...files })

it('prints a partner file that reads the sample as it is', async () => {
  const cwd = workspace()
  const { code, stdout, stderr } = await run(['map', 'goods.csv', '--id', 'acme'], { cwd })
  expect(code).toBe(0)
  expect(stderr).toContain('read by this description: 3 of 3 rows')
  expect(
    stdout,
  ).toBe(`# Guessed from a sample: check units, times and words before you trust it. "shoptool map --fields" lists all fields.
id: acme
name: acme
currency: CNY   # a guess: nothing in the file says so
timezone: Asia/Shanghai   # of the times in the file
feeds:
  products:
    format: { type: csv, delimiter: "," }
    fields:
      sku:            { text: 货号 }
      title:          { text: 商品名称 }
      price:          { amount: 售价, unit: major }
      commissionRate: { rate: 佣金比例, unit: percent, optional: true }
      sales:          { count: 月销量, optional: true }
`)
})

it('--save writes it, and the partner can be used at once', async () => {
  const cwd = workspace('sources: { goods: { partner: acme, feed: products, file: goods.csv } }\n')
  expect(await run(['map', 'goods.csv', '--id', 'acme', '--save'], { cwd })).toMatchObject({ code: 0, stdout: '' })
  const { stdout } = await run(['sync', '--json'], { cwd })
  expect(JSON.parse(stdout).runs[0]).toMatchObject({ status: 'applied', read: 3, added: 3 })
})

it('--save leaves a file that is there alone', async () => {
  const cwd = workspace('', { 'partners/acme.yaml': 'mine\n' })
  const { code, stderr } = await run(['map', 'goods.csv', '--id', 'acme', '--save'], { cwd })
  expect([code, stderr]).toEqual([
    2,
    'shoptool: partners/acme.yaml is there already; choose another --id, or print the guess without --save\n',
  ])
  expect(readFileSync(join(cwd, 'partners/acme.yaml'), 'utf8')).toBe('mine\n')
})

it('a field that is needed and not found is a finding, and stands in the file as a comment', async () => {
  const cwd = workspaceWith('', { 'x.csv': 'sku,title,colour\n1,a,red\n2,b,blue\n' })
  const { code, stdout, stderr } = await run(['map', 'x.csv', '--feed', 'products'], { cwd })
  expect(code).toBe(5)
  expect(stdout).toContain('#      price: { amount: Column, unit: major }   # needed, no column found: price before the coupon')
  expect(stderr).toContain('shoptool: no column found for price, which is needed: price before the coupon\n')
  expect((await run(['map', 'x.csv', '--feed', 'products', '--save'], { cwd })).stderr).toContain(
    'Written: partners/x.yaml. Next: put the column of price into it, then shoptool source add x ',
  )
})

it('--json has the guesses, the file and what came of reading the sample', async () => {
  const cwd = workspace()
  const answer = JSON.parse((await run(['map', 'goods.csv', '--json'], { cwd })).stdout)
  expect(answer).toMatchObject({
    schema: 'shoptool.map.v1',
    partner: 'goods',
    feed: 'products',
    read: 3,
    rejected: 0,
    missing: [],
    saved: null,
  })
  expect(answer.fields[0]).toEqual({
    field: 'sku',
    column: '货号',
    certainty: 'sure',
    why: 'a common name',
    describe: { text: '货号' },
  })
})

it('works without a workspace, and from standard input', async () => {
  const cwd = workspace()
  expect(await run(['map', join(cwd, 'goods.csv')])).toMatchObject({ code: 0 })
  expect((await run(['map', '-', '--id', 'acme'], { stdin: GOODS })).stdout).toContain('{ text: 货号 }')
})

it.each([
  ['no such file', ['map', 'none.csv'], 2, /none\.csv: no such file/],
  ['nothing asked', ['map'], 2, 'map: expected a file to guess from, or --fields, which lists what columns can be mapped to'],
  [
    'an id that is none',
    ['map', 'goods.csv', '--id', 'Acme!'],
    2,
    '--id: "Acme!" is not an id: small letters, digits, "-" and "_", expected like acme',
  ],
  ['a kind that is none', ['map', 'goods.csv', '--feed', 'goods'], 2, /--feed: "goods" is not one of products, orders, payouts/],
  ['an empty file', ['map', 'empty.csv'], 4, 'empty.csv: is empty'],
])('%s', async (_, args, code, message) => {
  const cwd = workspace()
  writeFileSync(join(cwd, 'empty.csv'), '')
  const answer = await run(args, { cwd })
  expect(answer.code).toBe(code)
  if (typeof message === 'string') expect(answer.stderr).toContain(message)
  else expect(answer.stderr).toMatch(message)
  expect(existsSync(join(cwd, 'partners'))).toBe(false)
})

it('names the folder that was given in place of a file', async () => {
  const cwd = workspace('', { 'feeds/a.csv': GOODS })
  expect(await run(['map', 'feeds'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'shoptool: feeds: is a folder, expected a file\n',
  })
})
