import { createHash, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Span } from '../day.ts'
import { dataError } from '../errors.ts'
import { callerOf, shortened } from './call.ts'
import { type Snapshot, snapshotPath } from './fetch.ts'
import { type Outside, type Patience, type Turn, takeTurns } from './tries.ts'

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
 * `stop`: what was sent is wrong (signature, permission, parameter) and stays so until the operator changes it. `token`: the access token
 * is not valid, or not any more.
 */
export type ApiFault = { fault: 'retry' | 'stop' | 'quota' | 'token'; message: string; after?: number }

/**
 * How an access token is fetched, where calls need one first: once a run, and once more whenever an answer says that it is not valid any
 * more. It then is the `accessToken` of the credentials; where the operator gives one, none is fetched. Pure.
 */
export type TokenApi = {
  request(account: Account, now: number): HttpRequest
  /** `body`: the JSON, its numbers as texts. */
  read(body: unknown): { token: string } | ApiFault
}

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
  token?: TokenApi
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

/** What a link carries so that its orders tell for whom it was: `steady` is the same on every day. */
export type SubId = { id: string; steady: string }

/** How links are asked for, in one call or several. Pure; a `Step` is plain data like a page. */
export type LinkApi<Step> = {
  /** Calls a second that the partner allows. */
  perSecond: number
  /** Credentials, besides those that sign, without which there is nobody in whose name a link could be made: `pid`. */
  needs?: readonly string[]
  token?: TokenApi
  /** @param sub within the bounds of the partner's `LinkRules` */
  first(goods: LinkGoods, account: Account, sub?: SubId): Step
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
  const caller = await callerOf(feed.token, account, source.partner, outside, turn, limits)
  mkdirSync(snapshots, { recursive: true })
  const temporary = join(snapshots, `.${randomUUID()}.partial`)
  const file = openSync(temporary, 'wx')
  try {
    try {
      while (page !== null) {
        const key: string = JSON.stringify(page)
        const count = seen.size + 1
        const where = `${source.partner}, page ${count}${[`${count}`, `{"page":${count}}`].includes(key) ? '' : ` (${shortened(key, 120)})`}`
        const refuse = caller.refusal(where)
        if (seen.has(key)) throw refuse(dataError, 'came before; the pages go in circles')
        if (count > limits.pages) throw refuse(dataError, `more than ${limits.pages} pages`)
        seen.add(key)
        const { rows, next }: { rows: unknown; next: Page | null } = await caller.call(feed, page, refuse)
        if (!Array.isArray(rows)) throw refuse(dataError, 'the answer has no list of rows where the partner puts it')
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
