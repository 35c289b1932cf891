import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import type { ShoptoolError } from '../../src/errors.ts'
import { type DownloadLimits, download, type Tag } from '../../src/feeds/download.ts'
import { folderWith, NOW } from '../cli/shoptool.ts'
import { startHost, startRaw } from './host.ts'

const TEXT = 'sku,名称\n1,山茶花\n2,茶杯\n'
const LIMITS: DownloadLimits = { silence: 10_000, size: 1 << 20, redirects: 3, tries: 3, wait: 60_000 }
const KEY = 'k3y-that-nobody-may-see'

type Given = { tag?: Tag; limits?: Partial<DownloadLimits>; fetch?: Parameters<typeof download>[3]['fetch'] }

async function take(url: string, { tag, limits, fetch = realContext().fetch }: Given = {}) {
  const snapshots = join(folderWith(), 'snapshots')
  const pauses: number[] = []
  const details: string[] = []
  const progress: object[] = []
  const outside = {
    fetch,
    now: () => NOW,
    sleep: async (milliseconds: number) => pauses.push(milliseconds),
    chance: () => 0,
    detail: (text: string) => details.push(text),
    progress: (so: object) => progress.push(so),
  }
  const turn = async () => {}
  const [done] = await Promise.allSettled([
    download('acme', url, snapshots, outside, { tag: tag ?? null, turn, limits: { ...LIMITS, ...limits } }),
  ])
  const answer = done.status === 'fulfilled' ? done.value : null
  const error = done.status === 'rejected' ? (done.reason as ShoptoolError) : null
  const told = [error?.message, error?.stack, ...details].join('\n')
  expect(told).not.toContain(KEY)
  expect(told).not.toContain('download/')
  return {
    answer,
    text: answer && readFileSync(answer.snapshot.path, 'utf8'),
    error: error && [error.fault, error.message?.replace(/127\.0\.0\.1:\d+/, 'HOST')],
    thrown: error,
    pauses,
    details: details.map((line) => line.replace(/127\.0\.0\.1:\d+/, 'HOST')),
    progress,
    left: readdirSync(snapshots),
  }
}

const sends =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = '') =>
  (response: ServerResponse) =>
    response.writeHead(status, { ...(body.length > 0 && { 'content-length': Buffer.byteLength(body) }), ...headers }).end(body)

const at = (url: string) => `${url}/download/${KEY}/feed.csv?apikey=${KEY}`

describe('a URL is taken like a file', () => {
  it('with its bytes, hash and a name that shows nothing of the address', async () => {
    const { url } = await startHost(sends(200, { etag: '"v1"', 'last-modified': 'Wed, 25 Nov 2026 00:00:00 GMT' }, TEXT))
    const { answer, text, left, details, progress } = await take(at(url))
    const sha256 = createHash('sha256').update(TEXT).digest('hex')
    const bytes = Buffer.byteLength(TEXT)
    expect(answer!.snapshot).toEqual({
      name: `acme-${sha256.slice(0, 12)}`,
      path: answer!.snapshot.path,
      sha256,
      bytes,
      encoding: 'utf-8',
    })
    expect(answer!.tag).toEqual({ etag: '"v1"', lastModified: 'Wed, 25 Nov 2026 00:00:00 GMT' })
    expect([text, left]).toEqual([TEXT, [basename(answer!.snapshot.path)]])
    expect(details).toEqual([`GET HOST: 200, ${bytes} bytes, 0 ms`])
    expect(progress.at(-1)).toEqual({ bytes, total: bytes })
  })

  it.each<[string, Record<string, string>, Buffer, string?]>([
    ['gzip as a file', { 'content-type': 'application/gzip' }, gzipSync(TEXT)],
    ['gzip of the transport', { 'content-encoding': 'gzip' }, gzipSync(TEXT)],
    ['gzip as a file in gzip of the transport', { 'content-encoding': 'x-gzip' }, gzipSync(gzipSync(TEXT))],
    ['said to be gzip, but is not', { 'content-encoding': 'gzip' }, Buffer.from(TEXT)],
    ['UTF-16', {}, Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['GB18030', {}, Buffer.from([0x61, 0x0a, 0xc9, 0xbd, 0xb2, 0xe8]), 'a\n山茶'],
    ['CSV that a script calls text/html', { 'content-type': 'text/html; charset=UTF-8' }, Buffer.from(TEXT)],
    [
      'XML that is called text/html',
      { 'content-type': 'text/html' },
      Buffer.from('<?xml version="1.0"?><a/>'),
      '<?xml version="1.0"?><a/>',
    ],
  ])('%s', async (_, headers, body, expected = TEXT) => {
    const { url, calls } = await startHost(sends(200, headers, body))
    const { text, error } = await take(at(url))
    expect([error, text]).toEqual([null, expected])
    expect(calls[0]!.headers).toMatchObject({ 'accept-encoding': 'gzip', 'user-agent': 'shoptool' })
  })

  it('in pieces, without a length', async () => {
    const { url } = await startHost((response) => {
      response.write(TEXT.slice(0, 10))
      setTimeout(() => response.end(TEXT.slice(10)), 20)
    })
    const { text, progress } = await take(url)
    expect(text).toBe(TEXT)
    expect(progress.at(-1)).toEqual({ bytes: Buffer.byteLength(TEXT) })
  })

  it('slowly: only silence is limited, not how long it takes', async () => {
    const { url } = await startHost((response) => {
      let sent = 0
      const timer = setInterval(() => {
        response.write(`${sent},x\n`)
        if (++sent === 12) response.end(clearInterval(timer))
      }, 40)
    })
    const { text, error } = await take(url, { limits: { silence: 300 } })
    expect([error, text?.split('\n').length]).toEqual([null, 13])
  })

  it('with the name and password of the address, which go to its own host only', async () => {
    const other = await startHost(sends(200, {}, TEXT))
    const { url, calls } = await startHost((response, { path }) =>
      path === '/a' ? sends(302, { location: '/b' })(response) : sends(302, { location: other.url })(response),
    )
    const { text } = await take(url.replace('//', `//${'me%40x'}:${KEY}@`).concat('/a'))
    expect(text).toBe(TEXT)
    const expected = `Basic ${Buffer.from(`me@x:${KEY}`).toString('base64')}`
    expect(calls.map(({ headers }) => headers.authorization)).toEqual([expected, expected])
    expect(other.calls[0]!.headers.authorization).toBeUndefined()
  })
})

describe('what has not changed', () => {
  it('costs one request', async () => {
    const { url, calls } = await startHost(sends(304))
    const { answer, error, left } = await take(at(url), {
      tag: { etag: 'W/"v1"', lastModified: 'Wed, 25 Nov 2026 00:00:00 GMT' },
    })
    expect([answer, error, left, calls.length]).toEqual([null, null, [], 1])
    expect(calls[0]!.headers).toMatchObject({
      'if-none-match': 'W/"v1"',
      'if-modified-since': 'Wed, 25 Nov 2026 00:00:00 GMT',
    })
  })

  it('is not asked for without a tag, and 304 is then no answer', async () => {
    const { url, calls } = await startHost(sends(304))
    expect((await take(url, { tag: { etag: null, lastModified: null } })).error).toEqual([
      'usage',
      'sources.acme (HOST): answers HTTP 304: is the url right?',
    ])
    expect(Object.keys(calls[0]!.headers).filter((name) => name.startsWith('if-'))).toEqual([])
  })
})

describe('redirects', () => {
  it('are followed, relative ones and to other hosts', async () => {
    const other = await startHost(sends(200, {}, TEXT))
    const { url, calls } = await startHost((response, { path }) =>
      path === '/a' ? sends(301, { location: 'b?x=1' })(response) : sends(307, { location: `${other.url}/c` })(response),
    )
    expect((await take(`${url}/a`)).text).toBe(TEXT)
    expect([...calls, ...other.calls].map(({ path }) => path)).toEqual(['/a', '/b?x=1', '/c'])
  })

  it('but not in circles', async () => {
    const { url, calls } = await startHost(sends(302, { location: `/download/${KEY}` }))
    expect((await take(at(url))).error).toEqual(['usage', 'sources.acme (HOST): redirects more than 3 times'])
    expect(calls.length).toBe(4)
  })

  it.each([
    ['ftp://127.0.0.1/feed', 'redirects to something that is no address'],
    ['http://', 'redirects to something that is no address'],
  ])('nor to %s', async (location, message) => {
    const { url } = await startHost(sends(302, { location }))
    expect((await take(url)).error).toEqual(['usage', `sources.acme (HOST): ${message}`])
  })

  it('nor from https to http', async () => {
    const fetch = async () => ({
      ok: false,
      status: 302,
      headers: new Headers({ location: 'http://feeds.example/x' }),
      body: null,
    })
    const { error } = await take('https://feeds.example/', { fetch })
    expect(error).toEqual(['usage', 'sources.acme (feeds.example): redirects from https to http, which others can read'])
  })
})

describe('what is cut off is noticed', () => {
  const cutGzip = gzipSync(TEXT.repeat(1000)).subarray(0, 60)
  it.each<[string, string | Buffer, string, string]>([
    [
      'by the length',
      `HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsku,price\n1,2\n`,
      'temporary',
      'the connection failed (ECONNRESET) (tried 3 times)',
    ],
    [
      'by the chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nsku,p\r\n',
      'temporary',
      'the connection failed (ERR_STREAM_PREMATURE_CLOSE) (tried 3 times)',
    ],
    ['in the head', 'HTTP/1.1 200 OK\r\ncontent-len', 'temporary', 'the connection failed (ECONNRESET) (tried 3 times)'],
    ['no HTTP', 'hello\r\n\r\n', 'temporary', 'the connection failed (HPE_INVALID_CONSTANT) (tried 3 times)'],
    [
      'in a gzip of the transport',
      Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n'), cutGzip]),
      'data',
      'is cut off: the packed data ends early',
    ],
    [
      'in a gzip file',
      Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), cutGzip]),
      'data',
      'is cut off: the packed data ends early',
    ],
    ['before the first byte', 'HTTP/1.1 200 OK\r\n\r\n', 'data', 'is empty'],
  ])('%s', async (_, bytes, fault, message) => {
    const { url } = await startRaw(bytes)
    const { thrown, left } = await take(at(url))
    expect([thrown!.fault, left]).toEqual([fault, []])
    expect(thrown!.message.replace(/127\.0\.0\.1:\d+/, 'HOST')).toBe(`sources.acme (HOST): ${message}`)
  })

  it('and tried again', async () => {
    const { url, calls } = await startHost((response, _, before) => {
      response.writeHead(200, { 'content-length': Buffer.byteLength(TEXT) })
      if (before === 2) return response.end(TEXT)
      response.write(TEXT.slice(0, 8))
      return setTimeout(() => response.destroy(), 10)
    })
    const { text, pauses } = await take(url)
    expect([text, calls.length, pauses]).toEqual([TEXT, 3, [500, 1000]])
  })

  it.each([
    ['in a CSV row', 'sku,price\n1,12', 'may be'],
    ['in the last line of NDJSON', '{"sku":"1"}\n{"sku":"2","ti', 'may be'],
    ['in a CSV row, but by its length it is whole', 'sku,price\n1,12', null],
    ['between two rows: nothing tells', 'sku,price\n1,12\n', null],
    ['in JSON: left to the reader', '[{"sku":"1"}', null],
  ])('%s, where the host states no length', async (name, body, doubt) => {
    const length = name.includes('by its length') ? `content-length: ${body.length}\r\n` : ''
    const { url } = await startRaw(`HTTP/1.1 200 OK\r\n${length}\r\n${body}`)
    const { error, text } = await take(url)
    const message = 'the answer may be cut off: the host states no length, and the last line has no end (tried 3 times)'
    expect([error, text]).toEqual(doubt ? [['temporary', `sources.acme (HOST): ${message}`], null] : [null, body])
  })

  it('also where a network library does not compare the length', async () => {
    const { Readable } = await import('node:stream')
    const headers = new Headers({ 'content-length': '100' })
    const fetch = async () => ({ ok: true, status: 200, headers, body: Readable.from([Buffer.from('sku\n1\n')]) })
    expect((await take('https://feeds.example/', { fetch })).error).toEqual([
      'temporary',
      'sources.acme (feeds.example): the answer ends after 6 of 100 bytes (tried 3 times)',
    ])
  })
})

describe('a host that does not answer as it should', () => {
  it.each<[string, number, string, string, number]>([
    ['not there', 404, 'usage', 'answers HTTP 404: is the url right?', 1],
    ['gone', 410, 'usage', 'answers HTTP 410: is the url right?', 1],
    ['not let in', 401, 'usage', 'answers HTTP 401: the host does not let us in; is the key in the url right?', 1],
    ['forbidden', 403, 'usage', 'answers HTTP 403: the host does not let us in; is the key in the url right?', 1],
    ['nothing', 204, 'usage', 'answers HTTP 204: is the url right?', 1],
    ['a redirect to nowhere', 302, 'usage', 'answers HTTP 302: is the url right?', 1],
    ['not ready', 202, 'temporary', 'answers HTTP 202: the feed is being made (tried 3 times)', 3],
    ['throttled', 429, 'temporary', 'answers HTTP 429 (tried 3 times)', 3],
    ['down', 503, 'temporary', 'answers HTTP 503 (tried 3 times)', 3],
  ])('%s: %i', async (_, status, fault, message, tries) => {
    const { url, calls } = await startHost(sends(status, {}, status === 204 ? '' : 'a body that nobody reads'))
    const { error, left } = await take(at(url))
    expect([error, calls.length, left]).toEqual([[fault, `sources.acme (HOST): ${message}`], tries, []])
  })

  it('is asked again when it says', async () => {
    const { url } = await startHost((response, _, before) =>
      before === 0 ? sends(429, { 'retry-after': '7' })(response) : sends(200, {}, TEXT)(response),
    )
    const { text, pauses } = await take(url)
    expect([text, pauses]).toEqual([TEXT, [7500]])
  })

  it('is not waited for longer than the limit', async () => {
    const { url, calls } = await startHost(sends(503, { 'retry-after': '3600' }))
    expect((await take(url)).error).toEqual(['temporary', 'sources.acme (HOST): answers HTTP 503; asks to wait 3600 s'])
    expect(calls.length).toBe(1)
  })

  it.each([
    ['from the start', () => {}],
    ['after some bytes', (response: ServerResponse) => response.write('sku,price\n')],
  ])('silent %s', async (_, answer) => {
    const { url } = await startHost(answer)
    const { error, left } = await take(url, { limits: { silence: 50, tries: 1 } })
    expect([error, left]).toEqual([['temporary', 'sources.acme (HOST): no answer within 0.05 s'], []])
  })

  it('nobody there', async () => {
    const { error } = await take(`http://127.0.0.1:9/download/${KEY}`, { limits: { tries: 2 } })
    expect(error).toEqual(['temporary', 'sources.acme (HOST): the connection failed (ECONNREFUSED) (tried 2 times)'])
  })

  it.each<[string, Record<string, string>, string | Buffer]>([
    ['a login page', { 'content-type': 'text/html' }, '\n <!DOCTYPE html><title>Log in</title>'],
    ['one that is called CSV', { 'content-type': 'text/csv' }, '\ufeff<html lang="en">'],
    ['one in gzip', { 'content-encoding': 'gzip' }, gzipSync('<!doctype HTML>')],
    ['a piece of one', { 'content-type': 'text/html;charset=utf-8' }, '<h1>503</h1>'],
  ])('%s', async (_, headers, body) => {
    const { url } = await startHost(sends(200, headers, body))
    const { error, left } = await take(at(url))
    const message = 'answers with a web page, not a feed: a login or error page? Open the url in a browser and see'
    expect([error, left]).toEqual([['data', `sources.acme (HOST): ${message}`], []])
  })

  it.each([
    ['with its length', (response: ServerResponse) => sends(200, {}, 'x'.repeat(2000))(response)],
    [
      'without',
      (response: ServerResponse) => {
        response.write('x'.repeat(2000))
      },
    ],
  ])('too large, %s', async (_, answer) => {
    const { url } = await startHost(answer)
    const { error, left } = await take(url, { limits: { size: 1000 } })
    expect([error, left]).toEqual([['data', 'sources.acme (HOST): the answer is larger than 1000 bytes'], []])
  })

  it('in an encoding that nobody asked for', async () => {
    const { url } = await startHost(sends(200, { 'content-encoding': 'br' }, 'x'))
    expect((await take(url)).error).toEqual(['data', 'sources.acme (HOST): answers in the encoding "br", asked for gzip or none'])
  })

  it.each(['feeds.example/goods.csv', 'ftp://feeds.example/x', 'file:///etc/passwd', ''])('no address: %s', async (url) => {
    const answer = download('acme', url, '/nowhere', { fetch: realContext().fetch, now: () => NOW })
    await expect(answer).rejects.toMatchObject({
      fault: 'usage',
      message: 'sources.acme.url: is no address, expected like https://feeds.example/goods.csv.gz',
    })
  })
})
