import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli.ts'
import { realContext } from '../../src/context.ts'
import { explain } from '../../src/failure.ts'
import { ACME, folderWith, run, workspaceWith } from './shoptool.ts'

const ORDERS = `  orders:
    format: { type: csv }
    fields:
      orderId: { text: no }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid } }
      orderedAt: { instant: at, pattern: yyyy-MM-dd }
`
const SOURCES = `sources:
  goods: { partner: acme, feed: products, file: goods.csv }
  orders: { partner: acme, feed: orders, file: orders.csv }
`
const GOODS = 'sku,title,price\n1,茶杯,9.90\n'

/** A workspace with one partner and two sources, whose files are these. */
const acme = (files: Record<string, string | Buffer>, partner = ACME + ORDERS) =>
  workspaceWith(SOURCES, { 'partners/acme.yaml': partner, ...files })

type Case = { args: string[]; cwd?: () => string; env?: Record<string, string>; code: number; says: string | RegExp }
const CASES: Record<string, Case> = {
  'unknown command': { args: ['snyc'], code: 2, says: "unknown command 'snyc'; did you mean sync?" },
  'unknown command, nothing near': { args: ['xyzzyx'], code: 2, says: "unknown command 'xyzzyx'; see shoptool --help" },
  'unknown flag before the command': { args: ['--jsn', 'doctor'], code: 2, says: "unknown flag '--jsn'; did you mean --json?" },
  'unknown flag of a command': { args: ['map', '--field'], code: 2, says: "unknown option '--field'; did you mean --fields?" },
  'missing argument': { args: ['source', 'test'], code: 2, says: "missing required argument 'name'" },
  'surplus argument': { args: ['map', 'a.csv', 'b.csv'], code: 2, says: "too many arguments for 'map': expected 1, got 2" },
  'missing value of a flag': { args: ['init', '--currency'], code: 2, says: "option '--currency <code>' argument missing" },
  'wrong value of a flag': {
    args: ['init', '--currency', 'RMB'],
    code: 2,
    says: '--currency: "RMB" is not an ISO 4217 currency code, expected like CNY',
  },
  'missing sub-command': { args: ['source'], code: 2, says: 'source: expected one of list, show, test, add, remove, health' },
  'unknown sub-command': { args: ['source', 'lst'], code: 2, says: "unknown command 'lst'; did you mean list?" },
  'unknown sub-command, nothing near': {
    args: ['source', 'xyzzyx'],
    code: 2,
    says: "source: unknown command 'xyzzyx', expected one of list, show, test, add, remove, health",
  },
  'no workspace': {
    args: ['source', 'list'],
    cwd: folderWith,
    code: 2,
    says: /^no workspace: neither .* nor a folder above it holds shoptool.yaml; make one with "shoptool init"$/,
  },
  'workspace that does not exist': {
    args: ['-C', '/nowhere', 'source', 'list'],
    code: 2,
    says: '--workspace: /nowhere does not exist',
  },
  'workspace that is none': {
    args: ['source', 'list', '--workspace=/'],
    code: 2,
    says: '--workspace: / holds no shoptool.yaml; make one with "shoptool init /"',
  },
  'workspace of the environment that is none': {
    args: ['source', 'list'],
    env: { SHOPTOOL_WORKSPACE: '/nowhere' },
    code: 2,
    says: '$SHOPTOOL_WORKSPACE: /nowhere does not exist',
  },
  'unknown key in shoptool.yaml': {
    args: ['source', 'list'],
    cwd: () => workspaceWith('sourcs: {}\n'),
    code: 2,
    says: 'shoptool.yaml:2: sourcs: unknown key; did you mean sources?',
  },
  'no YAML in shoptool.yaml': {
    args: ['source', 'list'],
    cwd: () => workspaceWith('sources: {\n'),
    code: 2,
    says: /^shoptool.yaml:3: Flow map in block collection must be sufficiently indented|^shoptool.yaml:[23]: /,
  },
  'folder for shoptool.yaml': {
    args: ['source', 'list'],
    cwd: () => folderWith({ 'shoptool.yaml/x': '' }),
    code: 2,
    says: 'read: is a folder, expected a file',
  },

  'unknown source': {
    args: ['source', 'test', 'good'],
    cwd: () => acme({}),
    code: 2,
    says: 'unknown source "good"; did you mean goods?',
  },
  'unknown partner': {
    args: ['source', 'test', 'a'],
    cwd: () => workspaceWith('sources: { a: { partner: taobaoo, feed: products, file: x } }\n'),
    code: 2,
    says: 'shoptool.yaml: sources.a.partner: unknown partner "taobaoo"; did you mean taobao? (or describe it in partners/taobaoo.yaml)',
  },
  'feed that the partner has not': {
    args: ['source', 'test', 'orders'],
    cwd: () => acme({}, ACME),
    code: 2,
    says: 'shoptool.yaml: sources.orders.feed: Acme has no orders, only products',
  },
  'mistake in a partner file': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({}, ACME.replace('yuan', 'yuang')),
    code: 2,
    says: 'partners/acme.yaml:11: feeds.products.fields.price.unit: "yuang" is not known; did you mean yuan?',
  },
  'API that is not known': {
    args: ['source', 'test', 'a'],
    cwd: () => workspaceWith('sources: { a: { partner: taobao, feed: payouts, api: {} } }\n'),
    code: 2,
    says: /^sources.a: shoptool knows no API of .* for payouts; save the answer as a file and name it with "file:"$/,
  },
  'missing file': { args: ['source', 'test', 'goods'], cwd: () => acme({}), code: 2, says: 'goods.csv: no such file' },
  'folder for a file': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({ 'goods.csv/x': '' }),
    code: 2,
    says: 'goods.csv: is a folder, expected a file',
  },
  'empty file': { args: ['source', 'test', 'goods'], cwd: () => acme({ 'goods.csv': '' }), code: 4, says: 'goods.csv: is empty' },
  'header alone': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({ 'goods.csv': 'sku,title,price\n' }),
    code: 4,
    says: 'sources.goods: no row could be read: the files hold no rows',
  },
  'binary junk': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({ 'goods.csv': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]) }),
    code: 4,
    says: /^goods.csv: is not text/,
  },
  'unknown column': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({ 'goods.csv': GOODS.replace('price', 'cost') }),
    code: 4,
    says: 'goods.csv: no column "price" for price; the header has sku, title, cost',
  },
  'wrong amount': {
    args: ['source', 'test', 'goods'],
    cwd: () => acme({ 'goods.csv': GOODS.replace('9.90', '"9,9"') }),
    code: 4,
    says: /^sources.goods: no row could be read: goods.csv: line 2, price: price: "9,9" is not an amount in yuan, expected like 9.90$/,
  },
  'unknown status word': {
    args: ['source', 'test', 'orders'],
    cwd: () => acme({ 'orders.csv': 'no,paid,commission,status,at\n1,9.90,1.00,已付,2026-10-01\n' }),
    code: 4,
    says: /line 2, status: status: "已付" is not a known word, expected 已付款$/,
  },

  'nobody to ask': {
    args: ['init'],
    cwd: folderWith,
    code: 2,
    says: 'init: nobody to ask; expected --name, --timezone and --currency, or --yes for the defaults, or --sample',
  },
  'workspace is there': {
    args: ['init', '--yes'],
    cwd: workspaceWith,
    code: 2,
    says: /: is a workspace already; edit its shoptool.yaml$/,
  },
  'file for the new folder': {
    args: ['init', 'x', '--yes'],
    cwd: () => folderWith({ x: '' }),
    code: 2,
    says: /x: is a file, expected a folder$/,
  },
  'sample into a full folder': {
    args: ['init', '--sample'],
    cwd: () => folderWith({ 'my.txt': '' }),
    code: 2,
    says: /: is not empty; the sample wants a folder of its own$/,
  },
  'demo into a full folder': {
    args: ['demo', '.'],
    cwd: () => folderWith({ 'my.txt': '' }),
    code: 2,
    says: /: exists and was not made by the demo; name another folder$/,
  },
  'demo into a file': {
    args: ['demo', 'x'],
    cwd: () => folderWith({ x: '' }),
    code: 2,
    says: /x: is no folder, expected one that does not exist yet$/,
  },
}

describe('every error is one line and has its code', () => {
  it.each(Object.entries(CASES))('%s', async (_name, { args, cwd, env = {}, code, says }) => {
    const answer = await run(args, { cwd: cwd?.() ?? '/', env })
    expect(answer.stderr).toMatch(/^shoptool: .*\n$/)
    const message = answer.stderr.slice('shoptool: '.length, -1)
    if (typeof says === 'string') expect(message).toBe(says)
    else expect(message).toMatch(says)
    expect(answer).toMatchObject({ code, stdout: '' })
  })

  it('with --json too: nothing on stdout', async () => {
    expect(await run(['source', 'list', '--json'], { cwd: folderWith() })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^shoptool: no workspace: .*\n$/),
    })
  })

  it('a folder that cannot be written', async () => {
    const folder = folderWith()
    chmodSync(folder, 0o555)
    const init = () => run(['init', '--yes', 'shop'], { cwd: folder })
    expect(await asNobody(init)).toEqual({
      code: 2,
      stdout: '',
      stderr: `shoptool: ${join(folder, 'shop')}: permission denied\n`,
    })
  })

  it('a workspace that cannot be written', async () => {
    const folder = acme({ 'goods.csv': GOODS })
    chmodSync(folder, 0o555)
    const sync = () => run(['sync', 'goods'], { cwd: folder })
    expect(await asNobody(sync)).toEqual({
      code: 2,
      stdout: '',
      stderr: `shoptool: ${folder}: the workspace cannot be written (EACCES)\n`,
    })
  })

  it('a shoptool.yaml that cannot be read', async () => {
    const folder = workspaceWith()
    chmodSync(folder, 0o755)
    chmodSync(join(folder, 'shoptool.yaml'), 0)
    const list = () => run(['source', 'list'], { cwd: folder })
    expect(await asNobody(list)).toEqual({
      code: 2,
      stdout: '',
      stderr: `shoptool: ${join(folder, 'shoptool.yaml')}: permission denied\n`,
    })
  })
})

describe('an exception that nobody expected', () => {
  const broken = {
    get columns(): number {
      throw new TypeError('x is undefined')
    },
  } // prettier-ignore

  it('is one line that asks to report it, exit 1; the stack only with --verbose', async () => {
    const stderr: string[] = []
    const ctx = (args: string[]) =>
      main(args, {
        ...({} as Parameters<typeof main>[1] & object),
        stdout: Object.assign(Object.create(broken), { on() {}, off() {}, write() {} }) as never,
        stderr: { on() {}, off() {}, write: (text: string) => stderr.push(text) } as never,
      } as never)
    expect(await ctx(['--help'])).toBe(1)
    expect(stderr).toEqual(['shoptool: this is a bug in shoptool: x is undefined; please report it with what --verbose adds\n'])
    expect(await ctx(['--verbose', '--help'])).toBe(1)
    expect(stderr.at(-1)).toContain('errors.test.ts')
  })
})

describe('a stdout that fails', () => {
  const code = (failure: string) => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('x'), { code: failure, syscall: 'write' })),
    })
    const said: string[] = []
    const stderr = new Writable({
      write(chunk, _encoding, done) {
        said.push(String(chunk))
        done()
      },
    })
    const ctx = { ...realContext(), stdout, stderr }
    return main(['map', '--fields', '-q'], ctx).then((result) => ({ code: result, stderr: said.join('') }))
  }

  it('because its reader went away (| head) is no error', async () => {
    expect(await code('EPIPE')).toEqual({ code: 0, stderr: '' })
  })

  it('because the disk is full is one, exit 2', async () => {
    expect(await code('ENOSPC')).toEqual({ code: 2, stderr: 'shoptool: write: no space left on the disk\n' })
  })
})

describe('errors of the system in words', () => {
  const error = (code: string, more: object = {}) => Object.assign(new Error(`${code}: raw`), { code, ...more })
  it.each([
    [error('ENOENT', { path: 'a.csv' }), 'usage', 'a.csv: no such file or folder'],
    [error('EACCES', { path: 'a.csv' }), 'usage', 'a.csv: permission denied'],
    [error('EISDIR', { syscall: 'read' }), 'usage', 'read: is a folder, expected a file'],
    [error('EISDIR', { path: 'a.csv.new', dest: 'a.csv' }), 'usage', 'a.csv: is a folder, expected a file'],
    [error('EROFS', { path: 'out' }), 'usage', 'out: cannot be written, the file system is read-only'],
    [error('ENOSPC', { syscall: 'write' }), 'usage', 'write: no space left on the disk'],
    [error('ENOTFOUND', { hostname: 'acme.example' }), 'temporary', 'acme.example: the host was not found'],
    [error('ECONNREFUSED'), 'temporary', 'system: refused the connection'],
    [error('SQLITE_BUSY_SNAPSHOT'), 'temporary', 'the database is in use by another run'],
    [error('SQLITE_READONLY_DIRECTORY'), 'usage', 'the database cannot be written; is the workspace read-only?'],
    [error('SQLITE_CANTOPEN'), 'usage', 'the database cannot be opened; is the workspace read-only, or shoptool.db a folder?'],
    [error('SQLITE_NOTADB'), 'usage', 'shoptool.db is not a SQLite database; move it away and sync again'],
    [error('SQLITE_CORRUPT'), 'data', 'the database is damaged; restore a backup, or move it away and sync again'],
    [
      error('SQLITE_CONSTRAINT_UNIQUE'),
      'bug',
      'this is a bug in shoptool: SQLITE_CONSTRAINT_UNIQUE: raw; please report it with what --verbose adds',
    ],
    [Object.assign(new Error('User force closed'), { name: 'ExitPromptError' }), 'interrupted', 'interrupted'],
    ['thrown text', 'bug', 'this is a bug in shoptool: thrown text; please report it with what --verbose adds'],
  ])('%s', (thrown, outcome, message) => {
    expect(explain(thrown)).toEqual({ outcome, message })
  })
})

/** Runs something without the rights of root, who may write everywhere. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  process.seteuid!(65534)
  try {
    return await work()
  } finally {
    process.seteuid!(0)
  }
}
