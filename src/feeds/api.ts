import { createHash, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpResponse } from '../context.ts'
import type { Span } from '../day.ts'
import { dataError, type ShoptoolError } from '../errors.ts'
import { type Snapshot, snapshotPath } from './fetch.ts'
import { parseJson } from './formats/json.ts'
import { broken, busy, type Failed, keepTrying, type Outside, type Patience, type Turn, takeTurns } from './tries.ts'

/** One call of an API, signed and encoded, ready to send. */
export type HttpRequest = {
  method: 'GET' | 'POST'
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
}

/** Whose call it is and what is asked for: `api` and `query` of the source, secrets already read. */
export type Account = {
  credentials: Readonly<Record<string, string>>
  query: Readonly<Record<string, string | number | boolean>>
}

/**
 * Why an answer holds no rows. `retry`: the partner asks to come again, in `after` milliseconds if it says so. `quota`: no more today.
 * `stop`: what was sent is wrong (signature, permission, parameter) and stays so until the operator changes it.
 */
export type ApiFault = { fault: 'retry' | 'stop' | 'quota'; message: string; after?: number }

/** `rows`: what stands where the partner puts its list; what is no list is refused. `next`: null behind the last page. */
export type Answer<Page> = { rows: unknown; next: Page | null } | ApiFault

/** One window of a span whose end is `end`, and the page or cursor within it. */
export type Windowed<At> = Span & { end: number; at: At }

/**
 * Cuts a span into windows as long as the partner allows (`longest` milliseconds, from that time on), from the oldest on. Each begins
 * with `at`.
 */
export function windows<At>(longest: number | ((from: number) => number), at: At) {
  const window = (from: number, end: number): Windowed<At> => {
    const length = typeof longest === 'number' ? longest : longest(from)
    return { from, until: Math.min(from + length, end), end, at }
  }
  return {
    first: ({ from, until }: Span) => window(from, until),
    /** The window behind this one; null behind the last. */
    next: ({ until, end }: Windowed<At>) => (until < end ? window(until, end) : null),
  }
}

/**
 * How far back a feed that is read by time is asked: `days` where nothing was read yet, and at most `most` days. `again`: days that are
 * read once more each time, where the partner tells records by when they were made and not by when they changed.
 */
export type Reach = { days: number; most: number; again?: number }

/**
 * How to page through one kind of record of one partner's API. Pure. A `Page` is plain data (a number, a cursor, a window with its page)
 * that says all about one call; a call may answer no rows and only tell the next page, as where the last page comes first.
 */
export type ApiFeed<Page> = {
  /** Calls a second that the partner allows; 60 a minute are 1. */
  perSecond: number
  /** Of a feed that is read by time, as orders are; others are given the moment of the call. */
  reach?: Reach
  first(account: Account, span: Span): Page
  /** Called anew for every try, so that a repeated call has a fresh time and signature. `now` in milliseconds. */
  request(page: Page, account: Account, now: number): HttpRequest
  /** `body`: the JSON, its numbers as texts. Rows are kept as they are given; partners nest JSON in texts, see `parseJson`. */
  read(body: unknown, page: Page): Answer<Page>
}

/** Goods that a link is to be made for. */
export type LinkGoods = { sku: string; title: string; url: string | null; link: string | null }

/** What a partner gives for goods in the name of one promoter; null where it gives no such thing. */
export type Links = {
  /** Address with the operator's tracking id. */
  link: string | null
  shortLink: string | null
  /** Text code (口令) that opens the goods in the partner's app. */
  code: string | null
  miniProgram: { appId: string; path: string } | null
  /** A mini-program code, the bytes of its picture. */
  picture: Buffer | null
}

/** How links are asked for, in one call or several. Pure; a `Step` is plain data like a page. */
export type LinkApi<Step> = {
  /** Calls a second that the partner allows. */
  perSecond: number
  /** Credentials, besides those that sign, without which there is nobody in whose name a link could be made: `pid`. */
  needs?: readonly string[]
  /**
   * `channel`: the name of the channel that the link is for, which partners with sub-ids give back in their orders.
   * @throws ShoptoolError (usage) where the partner does not take such a name as it is.
   */
  first(goods: LinkGoods, account: Account, channel?: string): Step
  request(step: Step, account: Account, now: number): HttpRequest
  /** `body`: the JSON, its numbers as texts, or the bytes of a picture. What it gives is added to what the steps before gave. */
  read(body: unknown, step: Step): { links: Partial<Links>; next: Step | null } | ApiFault
}

/** What one call, and all of them, may take. */
export type Limits = Patience & {
  /** Milliseconds until an answer must be there, whole. */
  timeout: number
  /** Bytes of one answer. */
  answer: number
  /** Bytes of all rows. */
  rows: number
  /** Pages, against cursors that never end. */
  pages: number
}

export const LIMITS: Limits = { timeout: 30_000, answer: 32 << 20, rows: 2 ** 31, pages: 100_000, tries: 6, wait: 120_000 }

/**
 * Reads all pages of an API into one snapshot: NDJSON, one row a line as the partner gave it, numbers as texts. All pages or none: where
 * one fails for good, no file is left. Server errors, 429, broken connections, damaged answers and the partner's own "come again" are
 * tried again, later each time and by Retry-After. Secrets are in no message.
 * @throws ShoptoolError (temporary) where a page fails for good, (usage) where the partner will never take the call as it is,
 * (data) where pages go in circles or exceed the limits.
 */
export async function fetchApi<Page>(
  feed: ApiFeed<Page>,
  account: Account,
  source: { name: string; partner: string },
  snapshots: string,
  outside: Outside,
  {
    turn = takeTurns(feed.perSecond, outside),
    limits = LIMITS,
    span = { from: outside.now(), until: outside.now() },
  }: { turn?: Turn; limits?: Limits; span?: Span } = {},
): Promise<Snapshot> {
  const hash = createHash('sha256')
  const seen = new Set<string>()
  let bytes = 0
  let page: Page | null = feed.first(account, span)
  mkdirSync(snapshots, { recursive: true })
  const temporary = join(snapshots, `.${randomUUID()}.partial`)
  const file = openSync(temporary, 'wx')
  try {
    try {
      while (page !== null) {
        const key: string = JSON.stringify(page)
        const count = seen.size + 1
        const where = `${source.partner}, page ${count}${key === String(count) ? '' : ` (${shortened(key, 120)})`}`
        const refuse = refusal(where, account)
        if (seen.has(key)) throw refuse(dataError, 'came before; the pages go in circles')
        if (count > limits.pages) throw refuse(dataError, `more than ${limits.pages} pages`)
        seen.add(key)
        const { rows, next }: Read<Page> = await readPage(feed, page, account, outside, turn, limits, refuse)
        const lines = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
        bytes += lines.length
        if (bytes > limits.rows) throw refuse(dataError, `the rows are larger than ${limits.rows} bytes`)
        hash.update(lines)
        // A full disk writes less than it was given.
        for (let at = 0; at < lines.length; ) at += writeSync(file, lines, at)
        outside.progress?.({ bytes, pages: count })
        page = next
      }
    } finally {
      closeSync(file)
    }
    const sha256 = hash.digest('hex')
    const path = snapshotPath(snapshots, { sha256, encoding: 'utf-8' })
    renameSync(temporary, path)
    return { name: `${source.name} api`, path, sha256, bytes, encoding: 'utf-8' }
  } finally {
    rmSync(temporary, { force: true })
  }
}

type Read<Page> = { rows: readonly unknown[]; next: Page | null }

/** The error that names partner and page. */
export type Refuse = (error: typeof dataError, message: string) => ShoptoolError

/** Errors that say where (`pdd, page 3`), on one line and without the account's secrets. */
export function refusal(where: string, account: Account): Refuse {
  return (error, message) => error(shortened(redacted(`${where}: ${message}`, account), 400))
}

async function readPage<Page>(
  feed: ApiFeed<Page>,
  page: Page,
  account: Account,
  outside: Outside,
  turn: Turn,
  limits: Limits,
  refuse: Refuse,
): Promise<Read<Page>> {
  const { rows, next } = await callUntilAnswered(feed, page, account, outside, turn, limits, refuse)
  if (!Array.isArray(rows)) throw refuse(dataError, 'the answer has no list of rows where the partner puts it')
  return { rows, next }
}

/** One kind of call: what is sent at a page or step, and what an answer to it comes to. */
type Calling<At, Answered> = {
  request(at: At, account: Account, now: number): HttpRequest
  read(body: unknown, at: At): Answered | ApiFault
}

/**
 * Makes a call until there is an answer, waiting for its turn each time: what may pass by itself is tried again, later each time and by
 * Retry-After.
 * @throws ShoptoolError as `fetchApi`.
 */
export async function callUntilAnswered<At, Answered extends object>(
  api: Calling<At, Answered>,
  at: At,
  account: Account,
  outside: Outside,
  turn: Turn,
  limits: Limits,
  refuse: Refuse,
): Promise<Exclude<Answered, { fault: string }>> {
  const once = async () => {
    await turn()
    const request = api.request(at, account, outside.now())
    return send(request, outside, limits, (body) => api.read(body, at))
  }
  return keepTrying<Answered>(once, outside, limits, refuse)
}

/** Makes one call; whatever goes wrong on the way is a value. */
async function send<Answered extends object>(
  { url, ...request }: HttpRequest,
  { fetch, now, detail }: Outside,
  limits: Limits,
  read: (body: unknown) => Answered | ApiFault,
): Promise<Answered | Failed> {
  const started = now()
  const told = (what: string) => detail?.(`${request.method} ${new URL(url).host}: ${what}, ${now() - started} ms`)
  let response: HttpResponse
  let bytes: Buffer | null
  try {
    // A signed call goes where it was meant to go, or nowhere.
    response = await fetch(url, {
      ...request,
      headers: { ...request.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.timeout),
    })
    bytes = await bytesOf(response, limits.answer)
  } catch (error) {
    const failed = broken(error, limits.timeout)
    told(failed.message)
    return failed
  }
  const { status, ok } = response
  told(`${status}, ${bytes?.length ?? `more than ${limits.answer}`} bytes`)
  const later = busy(response, now())
  if (later) return later
  const message = `answers HTTP ${status}`
  if (status >= 300 && status < 400) return { fault: 'redirect', message: `${message}, a redirect` }
  if (bytes === null) return { fault: 'refuse', message: `the answer is larger than ${limits.answer} bytes` }
  let body: unknown = bytes
  try {
    if (!response.headers.get('content-type')?.startsWith('image/'))
      body = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return ok ? { fault: 'retry', message: 'the answer is no JSON or ends too early' } : { fault: 'stop', message }
  }
  const answer = read(body)
  return ok || 'fault' in answer ? answer : { fault: 'stop', message }
}

/** All bytes of the answer, or null where there are more than `most`. */
async function bytesOf({ body }: HttpResponse, most: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    const chunk = Buffer.from(part)
    bytes += chunk.length
    if (bytes > most) return null
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** What partners echo in their messages, without the account's secrets and on one line. */
function redacted(message: string, { credentials }: Account): string {
  const secrets = Object.values(credentials)
    .filter((secret) => secret.length > 2)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), message).replace(/\s+/g, ' ')
}
