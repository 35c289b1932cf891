import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACME, CONFIGURATION, folderWith, NOW, run, workspaceWith } from './shoptool.ts'

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a secret is referred to

const DAY = 86_400_000
const BRANDED = `${ACME}      brand: { text: brand, optional: true }\n      sales: { count: sales, optional: true }\n`
const yaml = (cwd: string) => readFileSync(join(cwd, 'shoptool.yaml'), 'utf8')
const add = (cwd: string, ...args: string[]) => run(['source', 'add', ...args], { cwd })
const PRODUCTS = ['--partner', 'acme', '--feed', 'products']

describe('source add', () => {
  it('writes a source that works, into the list that init leaves empty, and comments stay', async () => {
    const cwd = folderWith({ 'goods.csv': 'sku,title,price\n1,茶杯,9.90\n' })
    await run(['init', '--yes'], { cwd })
    writeFileSync(join(cwd, 'partners/acme.yaml'), ACME)
    const before = yaml(cwd)
    const answer = await add(cwd, 'goods', ...PRODUCTS, '--file', 'goods.csv')
    expect(answer).toEqual({
      code: 0,
      stdout: `Source goods added to ${cwd}/shoptool.yaml\n`,
      stderr: 'Next: shoptool source test goods\n',
    })
    expect((await run(['source', 'test', 'goods'], { cwd })).code).toBe(0)
    for (const comment of before.match(/#.*/g)!) expect(yaml(cwd)).toContain(comment)
    expect(yaml(cwd)).toContain('  goods: { partner: acme, feed: products, file: goods.csv }\n')
  })

  it.each<[string, string[], string]>([
    ['files', ['--file', 'a.csv', 'b/*.csv'], '{ partner: acme, feed: products, file: [ a.csv, b/*.csv ] }'],
    [
      'a URL',
      ['--url', 'https://a.example/${KEY}/g.csv'],
      '{ partner: acme, feed: products, url: "https://a.example/${KEY}/g.csv" }',
    ],
    ['a URL in a file', ['--url', 'file:secrets/acme-url'], '{ partner: acme, feed: products, url: file:secrets/acme-url }'],
  ])('%s', async (_, place, line) => {
    const cwd = workspaceWith('sources:\n  # the first\n  old: { partner: acme, feed: products, file: x.csv }\n', {
      'partners/acme.yaml': ACME,
    })
    expect(await add(cwd, 'new', ...PRODUCTS, ...place)).toMatchObject({ code: 0 })
    expect(yaml(cwd)).toBe(
      `${CONFIGURATION}sources:\n  # the first\n  old: { partner: acme, feed: products, file: x.csv }\n  new: ${line}\n`,
    )
  })

  it('an API with its query; --json tells what was added', async () => {
    const cwd = workspaceWith()
    const settings = ['--api', 'appKey=1', 'secret=${JD_SECRET}', '--query', 'eliteId=22', 'keyword=a=b']
    const { code, stdout } = await add(cwd, 'hot', '--partner', 'jd', '--feed', 'products', ...settings, '--json')
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { schema: 'shoptool.source-add.v1', source: { name: 'hot', partner: 'jd', feed: 'products', kind: 'api', where: 'api' } },
    ])
    expect(yaml(cwd)).toBe(
      `${CONFIGURATION}sources:\n  hot: { partner: jd, feed: products, api: { appKey: "1", secret: "\${JD_SECRET}" }, query: { eliteId: "22", keyword: a=b } }\n`,
    )
  })

  it.each<[string, string[], string]>([
    ['no partner', ['--feed', 'products', '--file', 'x'], 'source add: expected --partner and --feed'],
    [
      'an address of another kind',
      [...PRODUCTS, '--url', 'ftp://a.example/g.csv'],
      '--url: is no address, expected like https://feeds.example/goods.csv; a path on this machine is a --file',
    ],
    ['no place', PRODUCTS, 'source add: expected one of --file, --url and --api, found none'],
    [
      'two places',
      [...PRODUCTS, '--file', 'x', '--url', 'https://x'],
      'source add: expected one of --file, --url and --api, found 2',
    ],
    ['a query without an API', [...PRODUCTS, '--file', 'x', '--query', 'a=b'], '--query: only an API has one, see --api'],
    ['no setting', [...PRODUCTS, '--api', 'secret'], '--api: "secret" is not a setting, expected like keyword=雨伞'],
    ['no such feed', ['--partner', 'acme', '--feed', 'orders', '--file', 'x'], '--feed: Acme has no orders, only products'],
    [
      'no such kind',
      ['--partner', 'acme', '--feed', 'order', '--file', 'x'],
      '--feed: "order" is not one of products, orders, payouts, receipts, refunds; did you mean orders?',
    ],
    [
      'no such partner',
      ['--partner', 'acne', '--feed', 'products', '--file', 'x'],
      '--partner: unknown partner "acne"; did you mean acme?',
    ],
    ['no API', [...PRODUCTS, '--api', 'id=1'], '--api: shoptool knows no API of Acme for products'],
    [
      'a secret',
      [...PRODUCTS, '--api', 'appKey=1', 'secret=s3cr3t'],
      "--api: secret is a secret; instead of its value write '${NAME}' for an environment variable, or file:secrets/new-secret for a file",
    ],
    [
      'a secret in the query',
      [...PRODUCTS, '--api', 'id=1', '--query', 'access_token=s3cr3t'],
      '--api: access_token is a secret;',
    ],
    ['a key in the path', [...PRODUCTS, '--url', 'https://a.example/apikey/s3cr3t/g.csv'], '--url: a key stands in the address;'],
    [
      'a key in the query',
      [...PRODUCTS, '--url', 'https://a.example/g.csv?x=1&token=s3cr3t'],
      '--url: a key stands in the address;',
    ],
    ['a password', [...PRODUCTS, '--url', 'https://me:s3cr3t@a.example/g.csv'], '--url: a key stands in the address;'],
    [
      'something long',
      [...PRODUCTS, '--url', 'https://a.example/as3cr3t9f8e7d6c5b4a3/g.csv'],
      '--url: a key stands in the address;',
    ],
  ])('refuses: %s', async (_, args, says) => {
    const cwd = workspaceWith('', { 'partners/acme.yaml': ACME })
    const { code, stderr } = await add(cwd, 'new', ...args)
    expect([code, yaml(cwd)]).toEqual([2, CONFIGURATION])
    expect(stderr).toContain(`shoptool: ${says}`)
    expect(stderr).not.toContain('s3cr3t')
  })

  it.each([
    'https://a.example/monkey/goods.csv',
    'https://a.example/summer-sale-2026-catalogue/all.csv',
    'https://a.example/g?key=',
  ])('sees no key in %s', async (url) => {
    const cwd = workspaceWith('', { 'partners/acme.yaml': ACME })
    expect((await add(cwd, 'new', ...PRODUCTS, '--url', url)).code).toBe(0)
  })

  it('refuses a name that is taken, or none', async () => {
    const cwd = workspaceWith('sources: { a: { partner: acme, feed: products, file: x } }\n', { 'partners/acme.yaml': ACME })
    expect((await add(cwd, 'a', ...PRODUCTS, '--file', 'y')).stderr).toBe('shoptool: source add: there is a source a already\n')
    const { code, stderr } = await add(cwd, 'a b', ...PRODUCTS, '--file', 'y')
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected letters, digits, ".", "_" and "-"')])
  })
})

describe('source remove', () => {
  it('takes it out; comments and what was read stay', async () => {
    const source =
      'sources:\n  # kept\n  a: { partner: acme, feed: products, file: g.csv }\n  b: { partner: acme, feed: products, file: g.csv }\n'
    const cwd = workspaceWith(source, { 'partners/acme.yaml': ACME, 'g.csv': 'sku,title,price\n1,茶杯,9.90\n' })
    await run(['sync', 'b'], { cwd })
    expect(await run(['source', 'remove', 'b'], { cwd })).toEqual({
      code: 0,
      stdout: `Source b removed from ${cwd}/shoptool.yaml\n`,
      stderr: '',
    })
    expect(yaml(cwd)).toBe(`${CONFIGURATION}sources:\n  # kept\n  a: { partner: acme, feed: products, file: g.csv }\n`)
    expect((await run(['show', 'acme:1'], { cwd })).code).toBe(0)
    expect((await run(['source', 'remove', 'b'], { cwd })).stderr).toBe('shoptool: unknown source "b"; did you mean a?\n')
    expect(JSON.parse((await run(['source', 'remove', 'a', '--json'], { cwd })).stdout)).toEqual({
      schema: 'shoptool.source-remove.v1',
      source: { name: 'a', partner: 'acme', feed: 'products' },
    })
    expect((await run(['source', 'list'], { cwd })).code).toBe(0)
  })
})

describe('source show', () => {
  it('tells settings, last runs and rejected rows', async () => {
    const cwd = workspaceWith('sources: { goods: { partner: acme, feed: products, file: g.csv } }\n', {
      'partners/acme.yaml': ACME,
      'g.csv': 'sku,title,price\n1,茶杯,9.90\n2,茶壶,x\n3,茶盘,1.00\n',
    })
    await run(['sync'], { cwd, now: NOW - DAY })
    writeFileSync(join(cwd, 'g.csv'), '')
    await run(['sync'], { cwd })
    const { code, stdout, stderr } = await run(['source', 'show', 'goods'], { cwd })
    expect([code, stdout]).toEqual([
      0,
      'partner\tacme\nfeed\tproducts\nfile\tg.csv\nlast run\t2026-11-25 12:00 refused: g.csv: is empty\n\t2026-11-24 12:00 applied, 2 rows, 1 rejected\n',
    ])
    expect(stderr).toMatch(/^shoptool: goods: line 3, price: .*"x" is not an amount in yuan/)
    const { runs, rejected } = JSON.parse((await run(['source', 'show', 'goods', '--json'], { cwd })).stdout)
    expect(runs.map(({ status, accepted, error }: Record<string, unknown>) => [status, accepted, error])).toEqual([
      ['refused', 0, 'g.csv: is empty'],
      ['applied', 2, null],
    ])
    expect(rejected).toEqual([{ where: 'line 3', field: 'price', message: expect.any(String) }])
  })

  it('hides secrets, those that stand in shoptool.yaml too', async () => {
    const api = 'api: { appKey: 4711, secret: "${JD}", accessToken: s3cr3t }, query: { eliteId: 22 }'
    const cwd = workspaceWith(
      `sources: { hot: { partner: jd, feed: products, ${api} }, web: { partner: jd, feed: products, url: "https://me:s3cr3t@a.example/s3cr3t?x=s3cr3t" } }\n`,
    )
    expect((await run(['source', 'show', 'hot'], { cwd })).stdout).toBe(
      'partner\tjd\nfeed\tproducts\napi\t\n  appKey\t4711\n  secret\t${JD}\n  accessToken\t***\n  query.eliteId\t22\nlast run\tnever\n',
    )
    expect((await run(['source', 'show', 'web'], { cwd })).stdout).toContain('url\thttps://a.example/…\n')
    for (const name of ['hot', 'web'])
      expect((await run(['source', 'show', name, '--json'], { cwd })).stdout).not.toContain('s3cr3t')
  })
})

describe('source health', () => {
  const HEADER = 'sku,title,price,brand,sales\n'
  /** Four sources: one sound, one stale, one that fails, one never read. */
  async function workspace() {
    const names = ['ok', 'old', 'bad', 'new']
    const sources = names.map((name) => `  ${name}: { partner: acme, feed: products, file: ${name}.csv }\n`).join('')
    const rows = (count: number, from: number) =>
      Array.from({ length: count }, (_, i) => `${from + i},茶杯,9.90,${i % 4 === 0 ? '' : '山茶'},\n`).join('')
    const cwd = workspaceWith(`sources:\n${sources}`, {
      'partners/acme.yaml': BRANDED,
      'ok.csv': HEADER + rows(4, 0),
      'old.csv': `${HEADER}100,茶,1.00,,\n`,
      'bad.csv': `${HEADER}200,茶,1.00,,\n`,
    })
    await run(['sync', 'ok', 'old', 'bad'], { cwd, now: NOW - 5 * DAY })
    writeFileSync(join(cwd, 'bad.csv'), '')
    await run(['sync', 'bad'], { cwd, now: NOW - 2 * DAY })
    writeFileSync(join(cwd, 'ok.csv'), `${HEADER + rows(5, 0)}9,茶,x,,\n`)
    await run(['sync', 'ok', 'bad'], { cwd, now: NOW - 3_700_000 })
    return cwd
  }

  it('tells age, rows, trend, rejects, failures and what goods lack', async () => {
    const cwd = await workspace()
    expect(await run(['source', 'health'], { cwd })).toEqual({
      code: 5,
      stdout: [
        'ok\tok\t1 h\t5\t+25%\t16.7%\t0\tbrand 60%',
        'old\tstale\t5 d\t1\t\t0%\t0\t',
        'bad\tfailing\t5 d\t1\t\t0%\t2\t',
        'new\tnever\t\t\t\t\t0\t',
        '',
      ].join('\n'),
      stderr: 'shoptool: bad: bad.csv: is empty\n',
    })
    const { stdout } = await run(['source', 'health', 'ok', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'shoptool.source-health.v1',
      sources: [
        {
          ...{ name: 'ok', partner: 'acme', feed: 'products', state: 'ok', hours: 1, rows: [4, 5], trend: '25' },
          ...{ rejected: '16.7', failures: 0, error: null, lastGood: '2026-11-25T10:58:20+08:00' },
          fill: { brand: '60', sales: '0' },
        },
      ],
    })
  })

  it('is done where all is well, by the limit that is given', async () => {
    const cwd = await workspace()
    expect((await run(['source', 'health', 'ok'], { cwd })).code).toBe(0)
    expect((await run(['source', 'health', 'old', '--stale', '5'], { cwd })).code).toBe(0)
    expect((await run(['source', 'health', 'old', '--stale', '4'], { cwd })).code).toBe(5)
    expect((await run(['source', 'health', 'ok', '--stale', '0'], { cwd })).code).toBe(5)
    expect((await run(['source', 'health', 'okk'], { cwd })).stderr).toContain('unknown source "okk"; did you mean ok?')
  })

  it('works before anything was read', async () => {
    const cwd = workspaceWith('sources: { a: { partner: acme, feed: products, file: g.csv } }\n')
    expect(await run(['source', 'health'], { cwd })).toMatchObject({ code: 5, stdout: 'a\tnever\t\t\t\t\t0\t\n' })
  })
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
