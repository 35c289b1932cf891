import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { ShoptoolError } from '../../src/errors.ts'
import { type Account, type ApiFeed, fetchApi, LIMITS, type Limits } from '../../src/feeds/api.ts'
import { parseJson, stepsOf, valueAt } from '../../src/feeds/formats/json.ts'
import { openRows } from '../../src/feeds/formats/rows.ts'
import { formOf, signSandwich, unixTime } from '../../src/feeds/sign.ts'
import { shareTurns, takeTurns } from '../../src/feeds/tries.ts'
import { folderWith, NOW } from '../cli/shoptool.ts'
import { GATEWAY_SECRET, goodsId, seeded, signatureOf, startGateway, type Trouble } from './gateway.ts'

const ACCOUNT: Account = { credentials: { clientId: 'demo_client', secret: GATEWAY_SECRET }, query: { keyword: '蜂蜜' } }
const SIZE = 100

/** A feed in the manner of Pinduoduo. */
const feedAt = (url: string): ApiFeed<number> => ({
  perSecond: 20,
  first: () => 1,
  request(page, { credentials, query }, now) {
    const form = {
      type: 'pdd.ddk.goods.search',
      client_id: credentials.clientId!,
      timestamp: unixTime(now),
      data_type: 'JSON',
      keyword: String(query.keyword),
      page: String(page),
      page_size: String(SIZE),
      ...(query.echo === undefined ? {} : { client_secret_echo: String(query.echo) }),
    }
    return {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: formOf({ ...form, sign: signSandwich(form, credentials.secret!) }),
    }
  },
  read(body, page) {
    const at = (path: string) => valueAt(body, stepsOf(path))
    const code = at('error_response.error_code')
    if (code !== undefined) {
      const fault = code === '50000' || code === '70031' ? 'retry' : code === '70032' ? 'quota' : 'stop'
      return { fault, message: `${code} ${at('error_response.error_msg')}` }
    }
    const rows = at('goods_search_response.goods_list')
    return { rows, next: page * SIZE < Number(at('goods_search_response.total_count')) ? page + 1 : null }
  },
})

/** A clock that only waiting moves. */
function clock() {
  let time = NOW
  const slept: number[] = []
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    time += milliseconds
  }
  return { now: () => time, sleep, slept, set: (to: number) => (time = to) }
}

type Given = {
  items?: number
  trouble?: (page: number, tries: number) => Trouble | null
  account?: Account
  limits?: Partial<Limits>
  feed?: (url: string) => ApiFeed<number>
}

async function fetchGoods({ items = 10_000, trouble = () => null, account = ACCOUNT, limits, feed = feedAt }: Given = {}) {
  const { now, sleep, slept } = clock()
  const gateway = await startGateway({ items, now, trouble })
  const snapshots = join(folderWith(), 'snapshots')
  const outside = { fetch: realContext().fetch, now, sleep, chance: () => 0 }
  const answer = fetchApi(feed(gateway.url), account, { name: 'pdd-hot', partner: 'pdd' }, snapshots, outside, {
    limits: { ...LIMITS, ...limits },
  })
  const [done] = await Promise.allSettled([answer])
  return {
    snapshot: done.status === 'fulfilled' ? done.value : null,
    error: done.status === 'rejected' ? (done.reason as ShoptoolError) : null,
    left: readdirSync(snapshots),
    // the pauses between two tries, not those of the rate
    pauses: slept.filter((milliseconds) => milliseconds > 50),
    ...gateway,
  }
}

function idsIn(path: string): string[] {
  const rows = openRows(path, 'pdd-hot api', { type: 'ndjson' })
  const id = rows.cell('goods_id')!
  const ids: string[] = []
  while (rows.next()) ids.push(rows.damage() ?? id())
  rows.close()
  return ids
}

const ids = (count: number) => Array.from({ length: count }, (_, at) => goodsId(at))

describe('the gateway of the tests', () => {
  it('signs as the worked vector says', () => {
    const vector =
      'type=pdd.ddk.order.list.increment.get&start_update_time=1751299200&end_update_time=1751342400&page=1&page_size=50&return_count=true&client_id=demo_client&timestamp=1751342400&data_type=JSON&version=V1'
    expect(signatureOf(new URLSearchParams(vector), 'demo_secret')).toBe('D02A03AC1D41FDE0055282416C7B5D22')
  })
})

describe('an API is read', () => {
  it('completely: 10 000 products in 100 pages, numbers as they were written', async () => {
    const { snapshot, left, calls, throttled, pauses } = await fetchGoods()
    const text = readFileSync(snapshot!.path, 'utf8')
    expect(snapshot).toEqual({
      name: 'pdd-hot api',
      path: snapshot!.path,
      sha256: createHash('sha256').update(text).digest('hex'),
      bytes: Buffer.byteLength(text),
      encoding: 'utf-8',
    })
    expect(left).toEqual([basename(snapshot!.path)])
    expect(idsIn(snapshot!.path)).toEqual(ids(10_000))
    expect(parseJson(text.slice(0, text.indexOf('\n')))).toEqual({
      goods_id: '6900000000000000000',
      goods_name: '蜂蜜\n0',
      min_group_price: '1990',
      rate: '0.10',
    })
    expect(calls.map(({ page }) => page)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
    expect([throttled(), pauses]).toEqual([0, []])
  })

  it.each([1, 2, 3, 4])('completely, although one call in twenty fails in one of five ways (%i)', async (seed) => {
    const random = seeded(seed)
    const ways: Trouble[] = [
      { status: 500 },
      { status: 429, headers: { 'retry-after': '3' } },
      { code: 50000, message: '系统繁忙' },
      'cut',
      'drop',
    ]
    let failed = 0
    const trouble = () => (random() < 0.05 ? ways[failed++ % ways.length]! : null)
    const { snapshot, left, calls, pauses } = await fetchGoods({ trouble })
    expect(failed).toBeGreaterThan(1)
    expect(idsIn(snapshot!.path)).toEqual(ids(10_000))
    expect([left.length, calls.length, pauses.length]).toEqual([1, 100 + failed, failed])
    // Each try is signed anew: none is older than the wait before it.
    expect(calls.every(({ form, at }) => form.get('timestamp') === unixTime(at))).toBe(true)
  })

  it('to the same snapshot each time', async () => {
    const [one, two] = [await fetchGoods({ items: 150 }), await fetchGoods({ items: 150 })]
    expect(one.snapshot!.sha256).toBe(two.snapshot!.sha256)
    expect(idsIn(two.snapshot!.path)).toEqual(ids(150))
  })

  it('with pages in any order, and calls without rows', async () => {
    const backwards = (url: string): ApiFeed<number> => ({
      ...feedAt(url),
      first: () => 9,
      read(body, page) {
        const answer = feedAt(url).read(body, page)
        return 'fault' in answer ? answer : { ...answer, next: page === 9 ? 3 : page > 1 ? page - 1 : null }
      },
    })
    const { snapshot, calls } = await fetchGoods({ items: 250, feed: backwards })
    expect(calls.map(({ page }) => page)).toEqual([9, 3, 2, 1])
    expect(idsIn(snapshot!.path).sort()).toEqual(ids(250))
  })

  it('with a mark before the JSON', async () => {
    const body = `\ufeff{"goods_search_response":{"goods_list":[{"goods_id":${goodsId(1)}}],"total_count":1}}`
    const { snapshot } = await fetchGoods({ trouble: () => ({ status: 200, body }) })
    expect(idsIn(snapshot!.path)).toEqual([goodsId(1)])
  })

  it('of nothing there is an empty snapshot', async () => {
    const { snapshot } = await fetchGoods({ items: 0 })
    expect(snapshot!.bytes).toBe(0)
    expect(readFileSync(snapshot!.path, 'utf8')).toBe('')
  })
})

describe('a page that fails for good leaves nothing', () => {
  const forGood = (trouble: Trouble) => (page: number) => (page === 60 ? trouble : null)

  it.each<[string, Trouble, string]>([
    ['a server error', { status: 503 }, 'pdd, page 60: answers HTTP 503 (tried 6 times)'],
    ['too many calls', { status: 429 }, 'pdd, page 60: answers HTTP 429 (tried 6 times)'],
    ['a partner that is busy', { code: 50000, message: '系统繁忙' }, 'pdd, page 60: 50000 系统繁忙 (tried 6 times)'],
    ['a cut answer', 'cut', 'pdd, page 60: the answer is no JSON or ends too early (tried 6 times)'],
    ['a broken connection', 'drop', 'pdd, page 60: the connection failed (ECONNRESET) (tried 6 times)'],
    [
      'an answer that is no UTF-8',
      { status: 200, body: Buffer.from([0x22, 0xc3, 0xfb, 0x22]) },
      'pdd, page 60: the answer is no JSON or ends too early (tried 6 times)',
    ],
    ['a page for people', { status: 200 }, 'pdd, page 60: the answer is no JSON or ends too early (tried 6 times)'],
  ])('%s', async (_, trouble, message) => {
    const { error, left, calls, pauses } = await fetchGoods({ trouble: forGood(trouble) })
    expect([error!.message, error!.fault, left]).toEqual([message, 'temporary', []])
    expect(calls.length).toBe(59 + 6)
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000])
  })

  it.each<Trouble>(['hang', 'stall'])('no answer in time: %s', async (trouble) => {
    const { error, left } = await fetchGoods({ trouble: () => trouble, limits: { timeout: 50, tries: 2 } })
    expect([error!.message, error!.fault, left]).toEqual([
      'pdd, page 1: no answer within 0.05 s (tried 2 times)',
      'temporary',
      [],
    ])
  })

  it('nobody there', async () => {
    const feed = () => feedAt('http://127.0.0.1:9/api?sign=SECRET')
    const { error, left } = await fetchGoods({ feed, limits: { tries: 2 } })
    expect([error!.message, left]).toEqual(['pdd, page 1: the connection failed (ECONNREFUSED) (tried 2 times)', []])
  })

  it.each<[string, Trouble, string, string]>([
    ['no permission', { code: 20031, message: '无权限' }, 'usage', 'pdd, page 60: 20031 无权限'],
    ['HTTP 403', { status: 403 }, 'usage', 'pdd, page 60: answers HTTP 403'],
    [
      'HTTP 404 with rows',
      { status: 404, body: '{"goods_search_response":{"goods_list":[],"total_count":0}}' },
      'usage',
      'pdd, page 60: answers HTTP 404',
    ],
    [
      'HTTP 400 that says why',
      { status: 400, body: '{"error_response":{"error_code":10001,"error_msg":"page_size"}}' },
      'usage',
      'pdd, page 60: 10001 page_size',
    ],
    ['no more calls today', { code: 70032, message: '次数超限' }, 'temporary', 'pdd, page 60: 70032 次数超限'],
    [
      'an answer of another kind',
      { status: 200, body: '{"surprise":1}' },
      'data',
      'pdd, page 60: the answer has no list of rows where the partner puts it',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      'temporary',
      'pdd, page 60: answers HTTP 302, a redirect',
    ],
    [
      'a long wait',
      { status: 429, headers: { 'retry-after': '3600' } },
      'temporary',
      'pdd, page 60: answers HTTP 429; asks to wait 3600 s',
    ],
  ])('at once: %s', async (_, trouble, fault, message) => {
    const { error, left, calls, pauses } = await fetchGoods({ trouble: forGood(trouble) })
    expect([error!.message, error!.fault, left]).toEqual([message, fault, []])
    expect([calls.length, pauses]).toEqual([60, []])
  })

  it.each<[string, Partial<Limits>, string]>([
    ['an answer too large', { answer: 1000 }, 'pdd, page 1: the answer is larger than 1000 bytes'],
    ['rows too large', { rows: 20_000 }, 'pdd, page 2: the rows are larger than 20000 bytes'],
    ['pages without end', { pages: 7 }, 'pdd, page 8: more than 7 pages'],
  ])('%s', async (_, limits, message) => {
    const { error, left } = await fetchGoods({ limits })
    expect([error!.message, error!.fault, left]).toEqual([message, 'data', []])
  })

  it('pages that go in circles', async () => {
    const circle = (url: string): ApiFeed<number> => ({
      ...feedAt(url),
      read: (body, page) => ({ rows: [body], next: page === 3 ? 2 : page + 1 }),
    })
    const { error, left } = await fetchGoods({ feed: circle })
    expect([error!.message, error!.fault, left]).toEqual(['pdd, page 4 (2): came before; the pages go in circles', 'data', []])
  })
})

describe('a secret', () => {
  it('that is wrong is the operator’s to correct, and is not in the message though the partner says it', async () => {
    const account: Account = {
      credentials: { clientId: 'demo_client', secret: 'a wrong/secret' },
      query: { ...ACCOUNT.query, echo: 'keyword蜂蜜a wrong/secret, a%20wrong%2Fsecret' },
    }
    const { error, left, calls } = await fetchGoods({ account })
    expect([error!.message, error!.fault]).toEqual(['pdd, page 1: 20004 签名错误: keyword蜂蜜***, *** (***)', 'usage'])
    expect([left, calls.length]).toEqual([[], 1])
    expect(error).toBeInstanceOf(ShoptoolError)
  })
})

describe('the next try', () => {
  it.each<[string, Record<string, string>, number]>([
    ['comes after a pause', {}, 500],
    ['waits for as many seconds as it is told', { 'retry-after': '7' }, 7500],
    ['waits until the date it is told', { 'retry-after': new Date(NOW + 9000).toUTCString() }, 9500],
    ['does not wait for a date that is past', { 'retry-after': new Date(NOW - 9000).toUTCString() }, 500],
    ['does not wait for nonsense', { 'retry-after': 'soon' }, 500],
  ])('%s', async (_, headers, milliseconds) => {
    const trouble = (_: number, tries: number) => (tries === 1 ? { status: 429, headers } : null)
    const { snapshot, pauses } = await fetchGoods({ items: 10, trouble })
    expect(snapshot).not.toBeNull()
    expect(pauses).toEqual([milliseconds])
  })

  it('comes later by chance', async () => {
    const { now, sleep, slept } = clock()
    const fetch = () => Promise.reject(new Error('gone'))
    const outside = { fetch, now, sleep, chance: () => 0.5 }
    const source = { name: 'pdd-hot', partner: 'pdd' }
    const answer = fetchApi(feedAt('http://x'), ACCOUNT, source, join(folderWith(), 's'), outside)
    await expect(answer).rejects.toThrow('pdd, page 1: the connection failed (Error) (tried 6 times)')
    expect(slept.filter((milliseconds) => milliseconds > 50)).toEqual([750, 1500, 3000, 6000, 12_000])
  })
})

describe('turns', () => {
  it('of a partner’s sources are shared', async () => {
    const { now, sleep } = clock()
    const gateway = await startGateway({ items: 500, now, perSecond: 2 })
    const feed = { ...feedAt(gateway.url), perSecond: 2 }
    const outside = { fetch: realContext().fetch, now, sleep }
    const turn = takeTurns(2, outside)
    const read = (name: string) =>
      fetchApi(feed, ACCOUNT, { name, partner: 'pdd' }, join(folderWith(), 'snapshots'), outside, { turn })
    const snapshots = await Promise.all([read('one'), read('two')])
    expect(snapshots.map(({ path }) => idsIn(path).length)).toEqual([500, 500])
    expect([gateway.calls.length, gateway.throttled()]).toEqual([10, 0])
  })

  it('are as far apart as the rate says, also when the clock is set back', async () => {
    const { now, sleep, slept, set } = clock()
    const turn = takeTurns(4, { now, sleep })
    await turn()
    await turn()
    set(NOW - 3_600_000)
    await turn()
    set(NOW + 60_000)
    await turn()
    expect(slept).toEqual([250, 250])
  })

  it('of one partner keep the rate of each, of two partners do not wait for each other', async () => {
    const { now, sleep } = clock()
    const turns = shareTurns({ now, sleep })
    const [slow, fast, other] = [turns('jd', 2), turns('jd', 5), turns('pdd', 1)]
    const began: number[] = []
    for (const turn of [slow, fast, fast, slow, other]) {
      await turn()
      began.push(now() - NOW)
    }
    expect(began).toEqual([0, 500, 700, 900, 900])
  })
})
