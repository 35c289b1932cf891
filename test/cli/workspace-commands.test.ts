import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { memoryDatabase, openDatabase } from '../../src/store/open.ts'
import { finishRun, NO_COUNTS, startRun } from '../../src/store/runs.ts'
import { ACME, folderWith, run, workspaceWith } from './shoptool.ts'

describe('init', () => {
  it('--yes makes a workspace that every command accepts', async () => {
    const folder = folderWith()
    expect(await run(['init', 'myshop', '--yes'], { cwd: folder })).toEqual({
      code: 0,
      stdout: `Workspace made in ${folder}/myshop\n`,
      stderr: `Next: add your sources to ${folder}/myshop/shoptool.yaml, then run shoptool sync\n`,
    })
    expect(readdirSync(join(folder, 'myshop')).sort()).toEqual(['.gitignore', 'inbox', 'out', 'partners', 'shoptool.yaml'])
    expect(readFileSync(join(folder, 'myshop/shoptool.yaml'), 'utf8')).toContain(
      'shop: { name: myshop, timezone: Asia/Shanghai, currency: CNY }',
    )
    expect(await run(['source', 'list', '-q'], { cwd: join(folder, 'myshop/inbox') })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('takes name, time zone and currency from flags and asks nobody', async () => {
    const folder = folderWith()
    const { code, stdout } = await run(
      ['init', '--json', '--name', 'a: "b" #c', '--timezone', 'Asia/Tokyo', '--currency', 'JPY'],
      { cwd: folder },
    )
    expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, schema: 'shoptool.init.v1', workspace: folder, sample: false })
    expect((await run(['source', 'list'], { cwd: folder })).code).toBe(0)
  })

  it('the commented examples of its shoptool.yaml are right', async () => {
    const folder = folderWith()
    await run(['init', '--yes'], { cwd: folder })
    const file = join(folder, 'shoptool.yaml')
    const text = readFileSync(file, 'utf8')
      .replace('sources: {}', 'sources:')
      .replace(/^#(?= {2}\S+: +\{)/gm, '')
      .replace(/^# (?=notify:)/m, '')
    writeFileSync(file, text)
    const { stdout, stderr } = await run(['source', 'list', '--json'], { cwd: folder })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout).sources).toHaveLength(3)
    expect(text).toMatch(/^notify/m)
  })

  it('leaves an existing .gitignore alone', async () => {
    const folder = folderWith({ '.gitignore': 'mine\n' })
    await run(['init', '--yes'], { cwd: folder })
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('mine\n')
  })

  it('--sample makes a workspace whose sources and partners are sound', async () => {
    const folder = folderWith()
    expect((await run(['init', 'try', '--sample'], { cwd: folder })).code).toBe(0)
    const { sources } = JSON.parse((await run(['source', 'list', '--json'], { cwd: join(folder, 'try') })).stdout)
    expect(sources.length).toBeGreaterThan(2)
    for (const { name } of sources)
      expect(await run(['source', 'test', name, '-q'], { cwd: join(folder, 'try') })).toMatchObject({ code: 0, stderr: '' })
  })
})

const RATED = `${ACME}      commissionRate: { rate: rate, unit: percent }
`
const GOODS = 'sku,title,price,rate\n1,茶杯,9.90,9.1\n2,茶壶,99,10%\n3,茶叶,abc,5\n4,茶盘,128.00,20\n5,茶巾,5.00,5\n'
const SOURCES = 'sources: { goods: { partner: acme, feed: products, file: "*.csv" } }\n'
const acme = () => workspaceWith(SOURCES, { 'partners/acme.yaml': RATED, 'goods.csv': GOODS })

describe('source', () => {
  it('list: one row a source, plain in a pipe', async () => {
    const cwd = acme()
    expect(await run(['source', 'list'], { cwd })).toEqual({
      code: 0,
      stdout: 'goods\tacme\tproducts\t*.csv\tnever\n',
      stderr: '',
    })
    expect((await run(['source', 'list'], { cwd, tty: 60 })).stdout).toContain('NAME')
    expect(JSON.parse((await run(['source', 'list', '--json'], { cwd })).stdout)).toEqual({
      schema: 'shoptool.source-list.v1',
      sources: [{ name: 'goods', partner: 'acme', feed: 'products', kind: 'file', where: '*.csv', lastRun: null }],
    })
  })

  it('list: tells the last run', async () => {
    const cwd = acme()
    saveRun(cwd, '2026-11-25T09:30:00+08:00')
    expect((await run(['source', 'list'], { cwd })).stdout).toBe(
      'goods\tacme\tproducts\t*.csv\t2026-11-25 09:30 applied, 4 rows, 1 rejected\n',
    )
  })

  it('test: shows three mapped rows and what was wrong on the way, and saves nothing', async () => {
    const cwd = acme()
    const temporary = folderWith()
    vi.stubEnv('TMPDIR', temporary)
    const { code, stdout, stderr } = await run(['source', 'test', 'goods', '--json'], { cwd })
    vi.unstubAllEnvs()
    expect(readdirSync(temporary)).toEqual([])
    const answer = JSON.parse(stdout)
    expect({ code, stderr, schema: answer.schema }).toEqual({ code: 5, stderr: '', schema: 'shoptool.source-test.v1' })
    expect(
      answer.records.map(({ sku, price, commissionRate, commission }: Record<string, string>) => [
        sku,
        price,
        commissionRate,
        commission,
      ]),
    ).toEqual([
      ['1', '9.90', '9.1', '0.90'],
      ['2', '99.00', '10', '9.90'],
      ['4', '128.00', '20', '25.60'],
    ])
    expect(answer.problems).toEqual([
      { where: 'goods.csv: line 4', field: 'price', message: expect.stringContaining('"abc" is not an amount in yuan') },
    ])
    expect(readdirSync(cwd).sort()).toEqual(['goods.csv', 'partners', 'shoptool.yaml'])
  })

  it('test: in words, the problem on stderr', async () => {
    const { stdout, stderr } = await run(['source', 'test', 'goods'], { cwd: acme() })
    expect(stdout).toContain('sku\t1\ntitle\t茶杯\n')
    expect(stderr).toMatch(/^goods\.csv: \d+ bytes, utf-8\nshoptool: goods\.csv: line 4, price: .*\n$/)
  })
})

describe('doctor', () => {
  const states = (stdout: string) =>
    Object.fromEntries(JSON.parse(stdout).checks.map((each: { check: string; state: string }) => [each.check, each.state]))

  it('finds nothing wrong with a new workspace', async () => {
    const folder = folderWith()
    await run(['init', '--yes'], { cwd: folder })
    const { code, stdout } = await run(['doctor', '--json'], { cwd: folder })
    const found = states(stdout)
    for (const check of [
      'node',
      'sqlite',
      'fonts',
      'workspace',
      'templates',
      'clock',
      'folder',
      'partners',
      'secrets',
      'database',
      'sources',
    ])
      expect(found[check], check).toBe('ok')
    expect(code).toBe(found.disk === 'ok' ? 0 : 5)
  })

  it('tells every mistake, each on its own, exit 5', async () => {
    const cwd = workspaceWith(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what stands in the file
      'sources:\n  a: { partner: nobody, feed: products, file: x }\n  b: { partner: taobao, feed: products, url: "https://x/${NO_SUCH}" }\n',
      { 'partners/acme.yaml': RATED.replace('yuan', 'yaun') },
    )
    const { code, stdout } = await run(['doctor', '--json'], { cwd })
    expect(code).toBe(5)
    expect(states(stdout)).toMatchObject({ workspace: 'ok', partners: 'fail', secrets: 'fail', sources: 'warn' })
    const { stderr } = await run(['doctor'], { cwd })
    expect(stderr).toContain(
      'shoptool: partners: partners/acme.yaml:11: feeds.products.fields.price.unit: "yaun" is not known; did you mean yuan?',
    )
    expect(stderr).toContain('shoptool: secrets: shoptool.yaml: sources.b.url: the environment variable NO_SUCH is not set')
  })

  it('a shoptool.yaml that is wrong is a finding, not the end', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { cwd: workspaceWith('sorces: {}\n') })
    expect({ code, ...states(stdout) }).toMatchObject({ code: 5, workspace: 'fail', node: 'ok', fonts: 'ok' })
  })

  it('a database that is none, and one that is sound', async () => {
    const broken = workspaceWith('', { 'shoptool.db': 'no database '.repeat(100) })
    expect(states((await run(['doctor', '--json'], { cwd: broken })).stdout).database).toBe('fail')
    const sound = workspaceWith()
    openDatabase(join(sound, 'shoptool.db')).close()
    expect(states((await run(['doctor', '--json'], { cwd: sound })).stdout).database).toBe('ok')
  })

  it('goods that were not read for three days are stale', async () => {
    const cwd = acme()
    saveRun(cwd, '2026-11-22T11:00:00+08:00')
    const { stdout } = await run(['doctor', '--json'], { cwd })
    expect(JSON.parse(stdout).checks).toContainEqual({
      check: 'sources',
      state: 'warn',
      found: 'goods was last read 3 days ago',
      todo: 'run shoptool sync goods',
    })
    saveRun(cwd, '2026-11-25T11:00:00+08:00')
    expect(states((await run(['doctor', '--json'], { cwd })).stdout).sources).toBe('ok')
  })

  it('a secret file that others can read', async () => {
    const cwd = workspaceWith('sources: { a: { partner: taobao, feed: products, api: { secret: "file:key" } } }\n', {
      key: 'abc123\n',
    })
    const { stdout } = await run(['doctor', '--json'], { cwd })
    expect(states(stdout).secrets).toBe('warn')
    expect(stdout).not.toContain('abc123')
  })
})

/** Puts a run of `goods` into the workspace's database. */
function saveRun(folder: string, at: string): void {
  const db = openDatabase(join(folder, 'shoptool.db'))
  const id = startRun(db, { kind: 'products', source: 'goods', partner: 'acme' }, at)
  finishRun(db, id, {
    ...NO_COUNTS,
    read: 5,
    accepted: 4,
    rejected: 1,
    status: 'applied',
    seconds: 0,
    content: 'x',
    mapping: 'x',
    error: null,
  })
  db.close()
}

describe('map --fields', () => {
  it('documents every field with type and units', async () => {
    const { fields } = JSON.parse((await run(['map', '--fields', '--json'])).stdout)
    expect(fields).toContainEqual({
      record: 'orders',
      field: 'commissionRate',
      type: 'rate',
      need: 'optional',
      meaning: 'share of the paid amount',
      units: ['percent', 'permille', 'basis', 'ppm', 'fraction'],
      words: null,
      example: '{ rate: Column, unit: percent }',
    })
    expect((await run(['map', '--fields', '-q'])).stdout.split('\n')).toHaveLength(fields.length + 1)
  })

  it('is readable on 60 columns', async () => {
    const { stdout } = await run(['map', '--fields', '--no-color'], { tty: 60 })
    expect(stdout).toMatch(/^RECORD {4}FIELD {12}TYPE/)
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([])
  })
})

describe('colours', () => {
  const colored = async (args: string[], env = {}) =>
    (await run(['map', '--fields', ...args], { tty: true, env })).stdout.includes('\x1b')
  it('only on a terminal, and not with --no-color, NO_COLOR or a dumb one', async () => {
    expect(await colored([])).toBe(true)
    expect(await colored(['--no-color'])).toBe(false)
    expect(await colored([], { NO_COLOR: '1' })).toBe(false)
    expect(await colored([], { NO_COLOR: '' })).toBe(true)
    expect(await colored([], { TERM: 'dumb' })).toBe(false)
    expect((await run(['map', '--fields'])).stdout).not.toContain('\x1b')
  })
})

describe('--json', () => {
  it.each([['map', '--fields'], ['doctor'], ['source', 'list'], ['source', 'test', 'goods']])(
    '%s %s: one document on stdout and nothing else',
    async (...args) => {
      const { stdout } = await run([...args.filter(Boolean), '--json'], { cwd: acme(), tty: true })
      expect(JSON.parse(stdout)).toHaveProperty('schema', expect.stringMatching(/^shoptool\.[a-z-]+\.v1$/))
      expect(stdout).not.toContain('\x1b')
    },
  )

  it('is accepted before the command as well', async () => {
    const cwd = acme()
    expect((await run(['--json', '-C', cwd, 'source', 'list'])).stdout).toBe(
      (await run(['source', 'list', '--json'], { cwd })).stdout,
    )
  })
})

it('the database is not made by looking', async () => {
  const cwd = acme()
  await run(['source', 'list'], { cwd })
  await run(['doctor'], { cwd })
  expect(existsSync(join(cwd, 'shoptool.db'))).toBe(false)
  memoryDatabase().close()
})
