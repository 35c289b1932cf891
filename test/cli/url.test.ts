import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { openDatabase } from '../../src/store/open.ts'
import { startHost } from '../feeds/host.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

// Sources by URL, as a person or a script would use them, against hosts on this machine.

const GOODS = 'sku,title,price\n1,茶杯,9.90\n2,茶壶,99.00\n3,茶盘,12.00\n'
const KEY = 'k3y-that-nobody-may-see'
const { fetch } = realContext()

type Feed = { text: string; etag: string | null; down?: boolean }

/** A host with one feed that may change, and conditional requests; a workspace with a source of it. */
async function feedHost(feed: Feed = { text: GOODS, etag: '"1"' }) {
  const { url, calls } = await startHost((response, { headers }) => {
    if (feed.down) return response.writeHead(404).end()
    const head = feed.etag === null ? {} : { etag: feed.etag }
    return feed.etag !== null && headers['if-none-match'] === feed.etag
      ? response.writeHead(304, head).end()
      : response.writeHead(200, { ...head, 'content-encoding': 'gzip' }).end(gzipSync(feed.text))
  })
  const source = `sources: { goods: { partner: acme, feed: products, url: "${url}/apikey/\${ACME_KEY}/goods" } }\n`
  const cwd = workspaceWith(source, { 'partners/acme.yaml': ACME })
  const sync = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(['sync', '--json', ...args], { cwd, fetch, env: { ACME_KEY: KEY } })
    expect(stdout + stderr).not.toContain(KEY)
    const [{ status, read, added, changed, unchanged, error }] = JSON.parse(stdout).runs
    return { code, status, read, added, changed, unchanged, error: error?.replace(/127\.0\.0\.1:\d+/, 'HOST') ?? null, stderr }
  }
  return { feed, calls, cwd, sync }
}

describe('a source by URL', () => {
  it('is read, and costs one small request where nothing has changed', async () => {
    const { feed, calls, cwd, sync } = await feedHost()
    expect(await sync()).toMatchObject({ code: 0, status: 'applied', read: 3, added: 3 })
    expect(await sync()).toMatchObject({ code: 0, status: 'unchanged', read: 3, unchanged: 3 })
    expect(calls.map(({ path, headers }) => [path, headers['if-none-match']])).toEqual([
      [`/apikey/${KEY}/goods`, undefined],
      [`/apikey/${KEY}/goods`, '"1"'],
    ])
    Object.assign(feed, { text: GOODS.replace('9.90', '8.80'), etag: '"2"' })
    expect(await sync()).toMatchObject({ code: 0, status: 'applied', changed: 1, unchanged: 2 })
    expect(await sync()).toMatchObject({ status: 'unchanged' })
    const notes = readdirSync(join(cwd, '.shoptool/snapshots')).filter((name) => name.endsWith('.json'))
    expect(notes).toEqual(['goods.json'])
    expect(readFileSync(join(cwd, '.shoptool/snapshots/goods.json'), 'utf8')).not.toContain(KEY)
  })

  it('is known again by its rows, where the host has no tags', async () => {
    const { calls, sync } = await feedHost({ text: GOODS, etag: null })
    expect(await sync()).toMatchObject({ status: 'applied' })
    expect(await sync()).toMatchObject({ status: 'unchanged' })
    expect(calls.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined])
  })

  it.each([
    ['all of .shoptool is gone', (cwd: string) => rmSync(join(cwd, '.shoptool'), { recursive: true })],
    [
      'a copy is damaged',
      (cwd: string) => {
        const folder = join(cwd, '.shoptool/snapshots')
        for (const name of readdirSync(folder)) if (!name.endsWith('.json')) writeFileSync(join(folder, name), 'sku')
      },
    ],
    ['the note is damaged', (cwd: string) => writeFileSync(join(cwd, '.shoptool/snapshots/goods.json'), '{')],
    [
      'the source is another one now',
      (cwd: string) => {
        const path = join(cwd, 'shoptool.yaml')
        writeFileSync(path, readFileSync(path, 'utf8').replace('/goods"', '/other"'))
      },
    ],
  ])('is fetched whole where %s', async (_, damage) => {
    const { calls, cwd, sync } = await feedHost()
    await sync()
    damage(cwd)
    expect(await sync()).toMatchObject({ code: 0, read: 3, unchanged: 3 })
    expect(calls[1]!.headers['if-none-match']).toBeUndefined()
  })

  it('is fetched whole with another key, of which nothing is known', async () => {
    const { calls, cwd, sync } = await feedHost()
    await sync()
    await run(['sync'], { cwd, fetch, env: { ACME_KEY: 'another-key' } })
    expect(calls[1]!.headers['if-none-match']).toBeUndefined()
  })

  it('--full reads everything anew', async () => {
    const { calls, cwd, sync } = await feedHost()
    await sync()
    expect(await sync('--full')).toMatchObject({ code: 0, status: 'unchanged', read: 3 })
    expect(calls[1]!.headers['if-none-match']).toBeUndefined()
    // a row that got lost: the same files are not looked into again, unless all is read anew
    const db = openDatabase(join(cwd, 'shoptool.db'))
    db.prepare("DELETE FROM product WHERE sku = '2'").run()
    db.close()
    expect(await sync()).toMatchObject({ status: 'unchanged' })
    expect(await sync('--full')).toMatchObject({ status: 'applied', added: 1, unchanged: 2 })
  })

  it('--offline uses what was fetched last, without network', async () => {
    const { feed, calls, cwd, sync } = await feedHost()
    expect(await sync('--offline')).toMatchObject({
      code: 2,
      status: 'failed',
      error: 'sources.goods: there is nothing to use offline: it was not fetched yet as it stands in shoptool.yaml',
    })
    await sync()
    feed.text = 'nobody asks for it'
    expect(await sync('--offline')).toMatchObject({ code: 0, status: 'unchanged', read: 3 })
    rmSync(join(cwd, 'shoptool.db'))
    expect(await sync('--offline')).toMatchObject({ code: 0, status: 'applied', added: 3 })
    expect(calls).toHaveLength(1)
  })

  it('a dry run leaves no trace', async () => {
    const { calls, cwd, sync } = await feedHost()
    expect(await sync('--dry-run')).toMatchObject({ status: 'dry-run', added: 3 })
    expect(readdirSync(cwd).sort()).toEqual(['partners', 'shoptool.yaml'])
    await sync()
    expect(await sync('--dry-run')).toMatchObject({ status: 'dry-run', unchanged: 3 })
    expect(calls.at(-1)!.headers['if-none-match']).toBe('"1"')
  })

  it('source test shows rows of it', async () => {
    const { cwd } = await feedHost()
    const { code, stdout } = await run(['source', 'test', 'goods', '--json'], { cwd, fetch, env: { ACME_KEY: KEY } })
    expect([code, JSON.parse(stdout).records.length, stdout.includes(KEY)]).toEqual([0, 3, false])
  })

  it('source list shows the host and no more', async () => {
    const { cwd } = await feedHost()
    const path = join(cwd, 'shoptool.yaml')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what stands in the file
    writeFileSync(path, readFileSync(path, 'utf8').replace('${ACME_KEY}', KEY))
    const { stdout } = await run(['source', 'list'], { cwd })
    expect(stdout).toMatch(/^goods\tacme\tproducts\thttp:\/\/127\.0\.0\.1:\d+\/…\tnever\n$/)
  })

  it('-v says what was asked and answered', async () => {
    const { cwd } = await feedHost()
    const { stderr } = await run(['sync', '-v'], { cwd, fetch, env: { ACME_KEY: KEY } })
    expect(stderr).toMatch(
      /^goods: GET 127\.0\.0\.1:\d+: 200, \d+ bytes, \d+ ms\ngoods: \d+ bytes, utf-8, sha256:[0-9a-f]{64}\n$/,
    )
  })

  it('a terminal shows how far it is; a pipe does not', async () => {
    const { cwd } = await feedHost()
    const options = { cwd, fetch, env: { ACME_KEY: KEY } }
    const { stderr } = await run(['sync'], { ...options, tty: true })
    expect(stderr).toMatch(/\r\x1b\[2Kgoods: saving \(1 of 1\) …\r\x1b\[2K/)
    expect(stderr).toContain('goods 0.0 MB')
    expect((await run(['sync'], options)).stderr).toBe('')
    expect((await run(['sync', '-q'], { ...options, tty: true })).stderr).toBe('')
  })
})

describe('cut where nothing but the text can tell', () => {
  const as = (format: string) => ACME.replace('{ type: csv }', format)
  it.each<[string, string, string, string]>([
    [
      'JSON',
      as('{ type: json, rows: "" }'),
      '[{"sku":"1","title":"茶杯","price":"9.90"},{"sku":"2","ti',
      'is not JSON: End of string',
    ],
    ['XML', as('{ type: xml, rows: goods.item }'), '<goods><item><sku>1</sku></item><item><sku>2', 'unclosed tag: sku'],
    ['CSV', ACME, 'sku,title,price\n1,茶杯,9.90\n2,"茶', 'a quoted cell begins here and does not end'],
  ])('%s is refused', async (_, partner, text, says) => {
    const { url } = await startHost((response) => response.end(text))
    const source = `sources: { goods: { partner: acme, feed: products, url: "${url}" } }\n`
    const { code, stderr } = await run(['sync'], { cwd: workspaceWith(source, { 'partners/acme.yaml': partner }), fetch })
    expect([code, stderr]).toEqual([4, expect.stringContaining(says)])
  })
})
