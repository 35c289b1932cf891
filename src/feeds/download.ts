import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { unescape as plain } from 'node:querystring'
import type { HttpResponse } from '../context.ts'
import { dataError, usageError } from '../errors.ts'
import { type Expected, fetchPacked, type Snapshot, withTemporary } from './fetch.ts'
import { broken, busy, type Failed, keepTrying, type Outside, type Patience, type Turn, takeTurns } from './tries.ts'
import { type Packing, packingOf, unpack } from './unpack.ts'

/** By what a host knows again what it sent; sent back, it answers 304 where nothing has changed. */
export type Tag = { etag: string | null; lastModified: string | null }

/** What one download may take. */
export type DownloadLimits = Patience & {
  /** Milliseconds in which not a byte comes, before the answer or within it. How long a whole feed takes is not limited. */
  silence: number
  /** Bytes as they are sent. */
  size: number
  redirects: number
}

const LIMITS: DownloadLimits = { silence: 60_000, size: 4 * 2 ** 30, redirects: 5, tries: 4, wait: 120_000 }

/** A feed's host is asked for one file a second at most. */
const PER_SECOND = 1

/**
 * Downloads a feed into the snapshot folder, where it goes the way of local files: unpacked, as UTF-8. Answers null where the host says that
 * what `tag` stands for has not changed. Server errors, throttling, broken and silent connections and cut answers are tried again.
 *
 * Keys stand in paths and queries of feed addresses, so that messages name the source and the host, never the address. A cut answer is
 * noticed by its length, its chunks or its gzip trailer; where the host sends none of them, by a last line without an end, or by the
 * reader (an open quote, bracket or element). One case nothing can tell: such a host sends plain CSV and breaks off between two rows.
 * There the guard of the load refuses what has lost half of its rows.
 *
 * @param name of the source
 * @throws ShoptoolError (temporary) where it fails for good, (usage) where the address is wrong or closed to us, (data) where what comes is
 * no feed or is damaged.
 */
export async function download(
  name: string,
  url: string,
  snapshots: string,
  outside: Outside,
  {
    expected = [],
    tag = null,
    turn = takeTurns(PER_SECOND, outside),
    limits = LIMITS,
  }: { expected?: Expected; tag?: Tag | null; turn?: Turn; limits?: DownloadLimits } = {},
): Promise<{ snapshot: Snapshot; tag: Tag } | null> {
  const address = addressOf(url, name)
  const place = `sources.${name} (${address.host})`
  const refuse = (error: typeof usageError, message: string) => error(`${place}: ${message}`)
  return withTemporary(snapshots, async (temporary) => {
    const once = async () => {
      await turn()
      return receive(address, temporary, tag, outside, limits)
    }
    const received = await keepTrying(once, outside, limits, refuse)
    if (received.unchanged) return null
    return withTemporary(snapshots, async (decoded) => {
      // Of the transport, whatever the file is packed in: a .gz may come in a second gzip.
      const file = received.gzip && isPacked(temporary, 'gzip') ? decoded : temporary
      if (file === decoded) await unpack('gzip', temporary, place, decoded, false)
      const html = pageInstead(file, received.type)
      if (html) throw refuse(dataError, html)
      const snapshot = await fetchPacked(file, place, snapshots, expected)
      // The address has a file's name that may be shown as little as the rest, and a statement may be known by its file's name.
      return { snapshot: { ...snapshot, name: `${name}-${snapshot.sha256.slice(0, 12)}` }, tag: received.tag }
    })
  })
}

/** Whose turn it is: that of all addresses of one host. */
export function hostOf(url: string, name: string): { host: string; perSecond: number } {
  return { host: addressOf(url, name).host, perSecond: PER_SECOND }
}

function addressOf(url: string, name: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address
  throw usageError(`sources.${name}.url: is no address, expected like https://feeds.example/goods.csv.gz`)
}

type Received = { unchanged: boolean; gzip: boolean; type: string; tag: Tag }

/** One try: the answer's bytes, as they were sent, are in the file `to`. */
async function receive(
  address: URL,
  to: string,
  tag: Tag | null,
  outside: Outside,
  limits: DownloadLimits,
): Promise<Received | Failed> {
  const { username, password, origin } = address
  const login = Buffer.from(`${plain(username)}:${plain(password)}`).toString('base64')
  const headers = {
    // Unpacked here, not by fetch: that takes a cut gzip for a whole one.
    'accept-encoding': 'gzip',
    'user-agent': 'shoptool',
    ...(tag?.etag && { 'if-none-match': tag.etag }),
    ...(tag?.lastModified && { 'if-modified-since': tag.lastModified }),
  }
  let at = address
  for (let hops = 0; ; hops++) {
    const open = new URL(at)
    open.username = open.password = ''
    const own = username !== '' && at.origin === origin ? { authorization: `Basic ${login}` } : {}
    const answer = await ask(open.href, { ...headers, ...own }, to, outside, limits)
    if (!('location' in answer)) return answer
    const next = URL.canParse(answer.location, at.href) ? new URL(answer.location, at.href) : null
    if (next?.protocol !== 'https:' && next?.protocol !== 'http:') return stop('redirects to something that is no address')
    if (at.protocol === 'https:' && next.protocol === 'http:') return stop('redirects from https to http, which others can read')
    if (hops === limits.redirects) return stop(`redirects more than ${limits.redirects} times`)
    at = next
  }
}

const stop = (message: string): Failed => ({ fault: 'stop', message })

async function ask(
  url: string,
  headers: Record<string, string>,
  to: string,
  { fetch, now, progress, detail }: Outside,
  limits: DownloadLimits,
): Promise<Received | { location: string } | Failed> {
  const started = now()
  const told = (what: string) => detail?.(`GET ${new URL(url).host}: ${what}, ${now() - started} ms`)
  const controller = new AbortController()
  // In ten short waits: a load that keeps the process busy for a minute is one of them, not a silence of the host.
  let quiet = 0
  const watch = setInterval(() => {
    if (++quiet > 10) controller.abort()
  }, limits.silence / 10)
  let file: number | null = null
  let onDisk = false
  try {
    const response = await fetch(url, { headers, redirect: 'manual', compress: false, signal: controller.signal })
    const { status } = response
    const of = (header: string) => response.headers.get(header)
    if (status !== 200) {
      told(String(status))
      const conditional = 'if-none-match' in headers || 'if-modified-since' in headers
      return unusual(response, conditional, now())
    }
    const length = of('content-length')
    const total = length !== null && /^\d+$/.test(length) ? Number.parseInt(length, 10) : null
    const tooLarge: Failed = { fault: 'refuse', message: `the answer is larger than ${limits.size} bytes` }
    if (total !== null && total > limits.size) return tooLarge
    const encoding = (of('content-encoding') ?? '').trim().toLowerCase()
    if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding))
      return { fault: 'refuse', message: `answers in the encoding "${encoding}", asked for gzip or none` }
    onDisk = true
    file = openSync(to, 'w')
    onDisk = false
    let bytes = 0
    let last = 0
    for await (const part of response.body ?? []) {
      quiet = 0
      const chunk = Buffer.from(part)
      bytes += chunk.length
      last = chunk.at(-1) ?? last
      if (bytes > limits.size) return tooLarge
      onDisk = true
      // A full disk writes less than it was given.
      for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at)
      onDisk = false
      progress?.({ bytes, ...(total !== null && { total }) })
    }
    told(`200, ${bytes} bytes`)
    if (total !== null && bytes !== total) return { fault: 'retry', message: `the answer ends after ${bytes} of ${total} bytes` }
    const isSure = total !== null || of('transfer-encoding') !== null
    if (bytes > 0 && !isSure && !ENDS.includes(last) && !isPacked(to))
      return { fault: 'retry', message: 'the answer may be cut off: the host states no length, and the last line has no end' }
    const tag = { etag: of('etag'), lastModified: of('last-modified') }
    return { unchanged: false, gzip: encoding.endsWith('gzip'), type: of('content-type') ?? '', tag }
  } catch (error) {
    if (onDisk) throw error
    const failed = broken(error, limits.silence)
    told(failed.message)
    return failed
  } finally {
    clearInterval(watch)
    if (file !== null) closeSync(file)
    // An answer that is not read to its end would hold its connection.
    controller.abort()
  }
}

/** What any other status than 200 means. */
function unusual(response: HttpResponse, conditional: boolean, now: number): Received | { location: string } | Failed {
  const { status } = response
  const message = `answers HTTP ${status}`
  if (status === 304 && conditional) return { unchanged: true, gzip: false, type: '', tag: { etag: null, lastModified: null } }
  const location = response.headers.get('location')
  if ([301, 302, 303, 307, 308].includes(status) && location !== null) return { location }
  const later = busy(response, now)
  if (later) return later
  if (status === 202) return { fault: 'retry', message: `${message}: the feed is being made` }
  if (status === 401 || status === 403) return stop(`${message}: the host does not let us in; is the key in the url right?`)
  return stop(`${message}: is the url right?`)
}

/** Last bytes of a text that nobody needs to doubt: of a line, of JSON and XML, whose reader looks for the end, of UTF-16 and workbooks. */
const ENDS = [...Buffer.from('\n\r]}>\0')]

function isPacked(path: string, as?: Packing): boolean {
  const file = openSync(path, 'r')
  const packing = packingOf(file)
  closeSync(file)
  return as ? packing === as : packing !== null
}

/**
 * Says so where a page for people came instead of a feed. Its bytes tell, and the content type only beside a `<`: PHP calls all that it
 * sends text/html, CSV too.
 */
function pageInstead(path: string, type: string): string | null {
  const head = Buffer.alloc(512)
  const file = openSync(path, 'r')
  const length = readSync(file, head, 0, head.length, 0)
  closeSync(file)
  const text = head
    .toString('latin1', 0, length)
    .replace(/^(\xef\xbb\xbf)?\s*/, '')
    .toLowerCase()
  const isPage =
    /^(<!doctype html|<html)/.test(text) || (/^(text\/html|application\/xhtml)/i.test(type) && /^<(?!\?xml)/.test(text))
  return isPage ? 'answers with a web page, not a feed: a login or error page? Open the url in a browser and see' : null
}
