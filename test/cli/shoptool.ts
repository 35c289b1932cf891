import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { main } from '../../src/cli.ts'
import { type Context, packageFolder } from '../../src/context.ts'

export type Answer = { code: number; stdout: string; stderr: string }

/** Noon of 25 November 2026 in Shanghai: the payout of November is in. */
export const NOW = Date.parse('2026-11-25T12:00:00+08:00')

/**
 * Runs one command line in this process, as a script would (`tty: true` or a width: as a person at a terminal would).
 * The network does not exist unless `fetch` is given.
 */
export async function run(
  args: readonly string[],
  options: {
    cwd?: string
    env?: Context['env']
    stdin?: string | Buffer
    tty?: boolean | number
    now?: number
    fetch?: Context['fetch']
    /** In place of the one that is captured. */
    stdout?: Writable
    home?: string
  } = {},
): Promise<Answer> {
  const { cwd = '/', env = {}, stdin, tty = false, now = NOW, fetch, home = packageFolder() } = options
  const terminal = tty === false ? {} : { isTTY: true, columns: tty === true ? 80 : tty }
  const stdout = capture()
  const stderr = capture()
  const input = stdin === undefined ? new PassThrough() : Readable.from([stdin])
  const code = await main(args, {
    now: () => now,
    fetch: fetch ?? (() => Promise.reject(new Error('a test asked the network'))),
    stdin: Object.assign(input, tty === false ? {} : { isTTY: true }),
    stdout: Object.assign(options.stdout ?? stdout.stream, terminal),
    stderr: Object.assign(stderr.stream, terminal),
    env,
    cwd,
    home,
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/**
 * Runs one command line at a terminal where a person answers: each key is pressed once, when its text has shown. Gives all that was shown
 * on stderr.
 */
export async function ask(
  args: readonly string[],
  cwd: string,
  answers: readonly (readonly [shown: string, key: string])[],
): Promise<{ code: number; asked: string }> {
  const keys = Object.assign(new PassThrough(), { isTTY: true })
  const left = [...answers]
  let asked = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      asked += chunk
      const [shown, key] = left[0] ?? []
      if (shown !== undefined && asked.includes(shown)) {
        left.shift()
        setTimeout(() => keys.write(key!), 20)
      }
      done()
    },
  })
  // inquirer ends what it writes to, unless that is the stream of a process
  Object.assign(stderr, { end: () => stderr })
  const outside = { now: () => NOW, fetch: () => Promise.reject(new Error('a test asked the network')), home: packageFolder() }
  const code = await main(args, { ...outside, cwd, env: { NO_COLOR: '1' }, stdin: keys, stdout: new PassThrough(), stderr })
  return { code, asked }
}

function capture() {
  const parts: Buffer[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      parts.push(Buffer.from(chunk))
      done()
    },
  })
  return { stream, text: () => Buffer.concat(parts).toString('utf8') }
}

/** A temporary folder with these files in it; gone after the tests. */
export function folderWith(files: Record<string, string | Buffer> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-test-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export const CONFIGURATION = 'shop: { name: 小鹿好物, timezone: Asia/Shanghai, currency: CNY }\n'

/** A partner with a feed of goods whose columns are sku, title and price; further fields and feeds may follow. */
export const ACME = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
feeds:
  products:
    format: { type: csv }
    fields:
      sku: { text: sku }
      title: { text: title }
      price: { amount: price, unit: yuan }
`

/** A workspace; `more` is added to its shoptool.yaml, `files` lie in it. */
export function workspaceWith(more = '', files: Record<string, string | Buffer> = {}): string {
  return folderWith({ 'shoptool.yaml': CONFIGURATION + more, ...files })
}
