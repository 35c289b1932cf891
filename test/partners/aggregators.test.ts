import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { realContext } from '../../src/context.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'

// 大淘客 and 好单库 as a whole: `api: { via: … }` of shoptool.yaml → calls → pages → goods of 淘宝联盟.

// Calls take turns by the real clock, and the first command of a file loads all of the program.
vi.setConfig({ testTimeout: 20_000 })
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

async function gateway(answer: (path: string, query: URLSearchParams) => object) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
    response.end(JSON.stringify(answer(pathname, searchParams)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const sync = async (api: string, query: string) => {
  const cwd = workspaceWith(`sources: { goods: { partner: taobao, feed: products, api: { ${api} }, query: ${query} } }\n`)
  const { code, stdout } = await run(['sync', '--json'], { cwd, fetch: realContext().fetch })
  return { cwd, code, run: JSON.parse(stdout).runs[0] }
}
const numbered = <T>(count: number, make: (at: number) => T, from = 0) => Array.from({ length: count }, (_, i) => make(from + i))

describe('大淘客', () => {
  const SECRET = 'dtk+secret'
  const item = (at: number) => ({
    ...{ goodsId: `6300${at}`, title: '零食', originalPrice: 24.9, actualPrice: 14.9, couponPrice: 10, couponConditions: '20' },
    ...{ commissionRate: 30, monthSales: 20511, mainPic: '//img.example/x.jpg' },
  })
  const signed = (answer: (path: string, query: URLSearchParams) => object) =>
    gateway((path, query) => {
      const four = ['appKey', 'timer', 'nonce'].map((name) => `${name}=${query.get(name)}`).join('&')
      const sign = createHash('md5').update(`${four}&key=${SECRET}`).digest('hex').toUpperCase()
      const fits = query.get('signRan') === sign && /^\d{6}$/.test(query.get('nonce')!) && /^\d{13}$/.test(query.get('timer')!)
      return fits ? answer(path, query) : { code: 10003, msg: '签名验证失败' }
    })
  const api = (url: string, secret = SECRET) => `via: dataoke, appKey: key1, secret: "${secret}", gateway: "${url}"`

  it('is read along its cursor, which may stay the same', async () => {
    const { url, asked } = await signed((_, query) => {
      const [from, count] = { '1': [0, 100], scroll: asked.length === 2 ? [100, 100] : [200, 4] }[query.get('pageId')!]!
      return { code: 0, msg: '成功', data: { list: numbered(count!, item, from), totalNum: 204, pageId: 'scroll' } }
    })
    const { cwd, code, run: found } = await sync(api(url), '{ cids: "6", sort: 4 }')
    expect([code, found.error, found.partner, found.added]).toEqual([0, null, 'taobao', 204])
    expect(asked.map((path) => new URL(path, url).pathname)).toEqual(numbered(3, () => '/goods/get-goods-list'))
    const first = new URL(asked[0]!, url).searchParams
    expect(['version', 'cids', 'sort', 'pageSize'].map((name) => first.get(name))).toEqual(['v1.2.4', '6', '4', '100'])
    expect(JSON.parse((await run(['show', 'taobao:6300203', '--json'], { cwd })).stdout).product).toMatchObject({
      ...{ price: '24.90', finalPrice: '14.90', commissionRate: '30', commission: '4.47', link: null },
      ...{ coupon: { amount: '10.00', threshold: '20.00' }, imageUrl: 'https://img.example/x.jpg' },
    })
  })

  it('gives the goods since a time where the query names one', async () => {
    const { url, asked } = await signed(() => ({ code: 0, data: { list: [item(1)], pageId: 'scroll' } }))
    expect((await sync(api(url), '{ startTime: "2026-11-20 00:00:00" }')).run.added).toBe(1)
    expect(asked).toHaveLength(1)
    const { pathname, searchParams } = new URL(asked[0]!, url)
    expect([pathname, searchParams.get('version'), searchParams.get('startTime')]).toEqual([
      '/goods/pull-goods-by-time',
      'v1.2.3',
      '2026-11-20 00:00:00',
    ])
  })

  it('with a wrong secret is the operator’s to mend', async () => {
    const { url } = await signed(() => ({}))
    const { code, run: found } = await sync(api(url, 'wrong+secret'), '{}')
    expect([code, found.error]).toEqual([2, 'taobao, page 1 ({"page":1,"id":"1"}): 10003 签名验证失败'])
  })
})

describe('好单库', () => {
  const item = (at: number) => ({
    ...{ itemid: `6400${at}`, itemtitle: '饼干', itemprice: '40.00', couponmoney: '10', coupon_condition: '30.00' },
    ...{
      itemendprice: '16.88',
      tkrates: '50.00',
      tkmoney: '8.44',
      itemsale: '29300',
      fqcat: '11',
      down_type: at === 7 ? '5' : '0',
    },
  })
  const api = (url: string) => `via: haodanku, apiKey: key1, gateway: "${url}"`

  it('is read along its cursor, without what was taken down', async () => {
    const { url, asked } = await gateway((path) =>
      path.endsWith('/min_id/1')
        ? { code: 1, min_id: 812, msg: 'SUCCESS', data: numbered(100, item) }
        : { code: 1, min_id: 900, msg: 'SUCCESS', data: numbered(3, item, 100) },
    )
    const { cwd, code, run: found } = await sync(api(url), '{ sort: 4 }')
    expect([code, found.error, found.partner, found.added]).toEqual([0, null, 'taobao', 102])
    expect(asked).toEqual([
      '/itemlist/apikey/key1/nav/3/cid/0/sort/4/back/100/min_id/1',
      '/itemlist/apikey/key1/nav/3/cid/0/sort/4/back/100/min_id/812',
    ])
    // 16.88 is the price of one of five, not 40 − 10
    expect(JSON.parse((await run(['show', 'taobao:64001', '--json'], { cwd })).stdout).product).toMatchObject({
      ...{ price: '40.00', finalPrice: '16.88', commission: '8.44', category: '美食' },
    })
  })

  it('gets keywords encoded twice, and any list by its name', async () => {
    const { url, asked } = await gateway(() => ({ code: 1, min_id: 2, data: [item(1)] }))
    await sync(api(url), '{ keyword: 雨伞 }')
    await sync(api(url), '{ endpoint: column, type: 1 }')
    expect(asked).toEqual([
      `/get_keyword_items/apikey/key1/keyword/${encodeURIComponent('%E9%9B%A8%E4%BC%9E')}/back/100/min_id/1`,
      '/column/apikey/key1/type/1/back/100/min_id/1',
    ])
  })

  it.each([
    ['nothing behind the last full page', '暂无数据', 0, null],
    ['a failure behind it', 'apikey错误', 2, 'taobao, page 2 ({"from":"812"}): 0 apikey错误'],
  ])('code 0 is no data or a failure: %s', async (_, msg, code, error) => {
    const { url } = await gateway((path) =>
      path.endsWith('/min_id/1') ? { code: 1, min_id: 812, data: numbered(100, item) } : { code: 0, msg },
    )
    const { run: found, ...answer } = await sync(api(url), '{}')
    expect([answer.code, found.error, found.added]).toEqual([code, error, error === null ? 99 : 0])
  })
})

it('an aggregator that shoptool does not know is told', async () => {
  const { code, run: found } = await sync('via: dataoko, appKey: x', '{}')
  expect([code, found.error]).toEqual([2, 'sources.goods.api.via: "dataoko" is no aggregator of 淘宝联盟; did you mean dataoke?'])
})
