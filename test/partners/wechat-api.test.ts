import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/partners/index.ts'
import { wechatGoods, wechatLinks, wechatOrders } from '../../src/partners/wechat-api.ts'
import { wechatUnion } from '../../src/partners/wechat-union-api.ts'
import { session } from '../catalog/session.ts'
import { NOW } from '../cli/shoptool.ts'
import { type Answered, type Asked, fetchWith, linksOf, startGateway, syncApi } from './gateway.ts'

// 微信优选联盟 as a whole: shoptool.yaml → a token → ids → each of them → records. The gateway hands out tokens and refuses all but the last.

const KEYS = { appid: 'wx-app', secret: 'wechat+secret/1' }
type Call = { path: string; business: Record<string, unknown>; body: string; query: URLSearchParams }

async function gateway(
  answer: (call: Call, before: number) => Answered,
  { expires = Number.POSITIVE_INFINITY, code = 42001 as unknown } = {},
) {
  const calls: Call[] = []
  let tokens = 0
  let left = 0
  const { url, asked } = await startGateway(({ path, query, body }: Asked) => {
    const business = body === '' ? {} : JSON.parse(body)
    if (path === '/cgi-bin/stable_token') {
      const { grant_type, appid, secret } = business
      if (grant_type !== 'client_credential' || appid !== KEYS.appid || secret !== KEYS.secret)
        return { errcode: 40001, errmsg: `invalid appsecret ${secret}` }
      left = expires
      return { access_token: `token/${++tokens}`, expires_in: 7200 }
    }
    const token = query.get('access_token')
    if (token !== `token/${tokens}` || left-- <= 0) return { errcode: code, errmsg: `access_token ${token} expired` }
    const call = { path, business, body, query }
    calls.push(call)
    return answer(call, calls.length - 1)
  })
  return { url, calls, asked, tokens: () => tokens }
}

const LIST = '/channels/ec/league/headsupplier/order/list/get'
const GET = '/channels/ec/league/headsupplier/order/get'
const SKU = '21000000000000000001'

const orderOf = (order_id: unknown, changes: object = {}, orderStatus = 100) => ({
  ...{ order_id, sku_id: SKU, create_time: NOW / 1000 - 9e5, update_time: NOW / 1000 - 60, status: 20, ...changes },
  order_detail: {
    shop_info: { appid: 'wx1' },
    product_info: { product_id: '10000000000000000001', title: '坚果礼盒', actual_payment: 9900 },
    order_info: { order_status: orderStatus, create_time: NOW / 1000 - 9e5 },
    commission_info: {
      ...{ service_ratio: 20000, service_amount: 198, profit_sharding_suc_time: NOW / 1000 - 3600 },
      finder_info: { nickname: '达人', openfinderid: 'of_1', ratio: 150000, amount: 1485 },
      ...(order_id === '3' && {
        promoter_agency_info: { ratio: 10000, amount: 99, profit_sharding_suc_time: NOW / 1000 - 7200 },
      }),
    },
  },
})
/** Orders 1 to 4 in two lists: paid, settled, cancelled, not yet paid. */
const orders = ({ path, business }: Call): object => {
  if (path === LIST && business.next_key === '')
    return {
      errcode: '0',
      list: [
        { order_id: '1', sku_id: SKU },
        { order_id: '2', sku_id: SKU },
      ],
      has_more: true,
      next_key: 'K2',
    }
  if (path === LIST)
    return {
      errcode: 0,
      list: [
        { order_id: '3', sku_id: SKU },
        { order_id: '4', sku_id: SKU },
      ],
      has_more: false,
    }
  const id = business.order_id as string
  const order = [orderOf(id), orderOf(id, { status: 100 }), orderOf(id, { status: 200 }, 200), orderOf(id, {}, 10)][
    Number(id) - 1
  ]!
  return { errcode: 0, errmsg: 'ok', [id === '2' ? 'commission_order' : 'commssion_order']: order }
}
const briefly = (records: Record<string, string>[]) =>
  records.map(({ orderId, status, commission }) => [orderId, status, commission]).sort()

describe('orders', () => {
  it('are listed, then asked for one by one; the institution’s share counts', async () => {
    const { url, calls, tokens } = await gateway(orders)
    const source = { partner: 'wechat', feed: 'orders', api: { ...KEYS, gateway: url }, query: { days: 1 } }
    const { code, run, records } = await syncApi(source)
    expect([code, run.error, run.added, tokens()]).toEqual([0, null, 3, 1])
    expect(calls.map(({ path, business }) => [path, business.order_id ?? business.next_key])).toEqual([
      [LIST, ''],
      [GET, '1'],
      [GET, '2'],
      [LIST, 'K2'],
      [GET, '3'],
      [GET, '4'],
    ])
    expect(calls[0]!.business).toEqual({
      update_time_range: { start_time: NOW / 1000 - 86_400, end_time: NOW / 1000 },
      ...{ page_size: 30, next_key: '' },
    })
    expect(briefly(records)).toEqual([
      ['1', 'received', '1.98'],
      ['2', 'settled', '1.98'],
      ['3', 'refunded', '1.98'],
    ])
  }, 20_000)

  it.each<[string, (string | number)[][]]>([
    [
      'talent',
      [
        ['1', 1485],
        ['2', 1485],
        ['3', 1485],
      ],
    ],
    ['promoter', [['3', 99]]],
    ['sharer', []],
  ])('count for the role that the source names: %s', async (role, expected) => {
    const { url } = await gateway(orders)
    const { snapshot, error } = await fetchWith(wechatOrders, { ...KEYS, gateway: url }, { days: 1, role })
    expect(error).toBeNull()
    const rows = readFileSync(snapshot!.path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    expect(rows.map(({ order_id, mine }) => [order_id, Number(mine.amount)])).toEqual(expected)
  })

  it('count for no role that is none', async () => {
    expect((await fetchWith(wechatOrders, KEYS, { role: 'shop' })).error).toEqual([
      'query.role: "shop" is none, expected institution, talent, promoter, sharer',
      'usage',
    ])
  })

  it('of which one fails for good change nothing', async () => {
    let broken = false
    const { url } = await gateway((call) =>
      broken && call.business.order_id === '3' ? { errcode: 48001, errmsg: 'api unauthorized' } : orders(call),
    )
    const source = { partner: 'wechat', feed: 'orders', api: { ...KEYS, gateway: url }, query: { days: 1 } }
    const first = await syncApi(source)
    broken = true
    const second = await syncApi(source, first.cwd)
    expect([second.code, second.run.error]).toEqual([
      2,
      expect.stringMatching(/^wechat, page 5 \(\{"from":.*: 48001 api unauthorized$/),
    ])
    expect(second.said).not.toMatch(/token\/|token%2F|wechat\+secret/)
    expect(second.records).toEqual(first.records)
  }, 20_000)

  it('are asked for again after a quota of a minute, an answer cut short or no answer of use; not for ever', async () => {
    const trouble: Answered[] = [
      { errcode: 45009, errmsg: 'reach max api minutely quota limit' },
      { half: '{"errcode":0,"list":[' },
      { errcode: -1, errmsg: 'system error' },
    ]
    const { url, calls } = await gateway((call, before) => trouble[before] ?? orders(call))
    const { error, pauses } = await fetchWith(wechatOrders, { ...KEYS, gateway: url }, { days: 1 })
    expect([error, calls.length, pauses]).toEqual([null, 9, [30_500, 1000, 2000]])
    const busy = await gateway(() => ({ errcode: '45009', errmsg: 'reach max api daily quota limit' }))
    expect((await fetchWith(wechatOrders, { ...KEYS, gateway: busy.url }, { days: 1 })).error).toEqual([
      expect.stringContaining(': 45009 reach max api daily quota limit (tried 6 times)'),
      'temporary',
    ])
  })
})

describe('the access token', () => {
  it.each<unknown>([42001, '42001', 40001])(
    'is renewed where an answer says that it is not valid (%s), as often as it runs out',
    async (code) => {
      const { url, calls, tokens } = await gateway(orders, { expires: 2, code })
      expect((await fetchWith(wechatOrders, { ...KEYS, gateway: url }, { days: 1 })).error).toBeNull()
      expect([calls.length, tokens()]).toEqual([6, 3])
    },
  )

  it('that is refused though it is new is the operator’s to mend, and is in no message', async () => {
    const { url, tokens } = await gateway(orders, { expires: 0 })
    const { error } = await fetchWith(wechatOrders, { ...KEYS, gateway: url }, { days: 1 })
    expect([error, tokens()]).toEqual([
      [expect.stringMatching(/^partner, page 1 .*: 42001 access_token \*\*\* expired$/), 'usage'],
      2,
    ])
  })

  it('is not given for a wrong secret', async () => {
    const { url } = await gateway(orders)
    expect((await fetchWith(wechatOrders, { appid: KEYS.appid, secret: 'a wrong/one', gateway: url })).error).toEqual([
      'partner, access token: 40001 invalid appsecret ***',
      'usage',
    ])
  })

  it('of the operator’s own server is used as it is', async () => {
    const { url, asked } = await gateway(orders)
    const { error } = await fetchWith(wechatOrders, { accessToken: 'of my own', gateway: url }, { days: 1 })
    expect(error).toEqual([expect.stringContaining(': 42001 access_token *** expired'), 'usage'])
    expect(asked.map(({ path }) => path)).toEqual([LIST])
  })
})

describe('goods', () => {
  const detail = (product_id: string, skus: object[]) => ({
    errcode: '0',
    product: {
      product_id,
      product_info: { title: `坚果${product_id.at(-1)}`, head_imgs: ['https://img.example/0.jpg'], skus },
      shop: { name: '小店' },
    },
  })

  it('of the pool are listed, then asked for one by one, by numbers that exceed 2^53', async () => {
    const ids = ['10000000000000000001', '10000000000000000002', '10000000000000000003']
    const { url, calls } = await gateway(({ path, body, business }) => {
      if (path.endsWith('productdetail/get')) {
        const id = /"product_id":(\d+)/.exec(body)![1]!
        return detail(id, [{ sale_price: 9900 }, { sale_price: 5900 }, { sale_price: 10000 }])
      }
      const list = business.next_key === '' ? ids.slice(0, 2) : business.next_key === 'K2' ? ids.slice(2) : []
      return {
        errcode: '0',
        product_list: list.map((product_id) => ({ product_id, shop_appid: 'wx1' })),
        next_key: business.next_key === '' ? 'K2' : 'K3',
      }
    })
    const { code, run, records } = await syncApi({
      partner: 'wechat',
      feed: 'products',
      api: { ...KEYS, gateway: url },
      query: { plan_type: 2, keyword: '坚果' },
    })
    expect([code, run.error, run.added]).toEqual([0, null, 3])
    expect(records.map(({ sku, price, commission }: Record<string, string>) => [sku, price, commission]).sort()).toEqual(
      ids.map((id) => [id, '59.00', null]),
    )
    expect(calls[0]!.business).toEqual({ plan_type: 2, keyword: '坚果', page_size: 30, next_key: '' })
    expect(calls[1]!.body).toBe('{"plan_type":2,"shop_appid":"wx1","product_id":10000000000000000001}')
    // A list without any goods ends it, though it names a next one.
    expect(calls.map(({ path }) => path.split('/').at(-2))).toEqual([
      'list',
      'productdetail',
      'productdetail',
      'list',
      'productdetail',
      'list',
    ])
  }, 20_000)

  it('without a list are not taken for none', async () => {
    const { url } = await gateway(() => ({ errcode: 0 }))
    expect((await fetchWith(wechatGoods, { ...KEYS, gateway: url })).error![1]).toBe('data')
  })
})

describe('the old union', () => {
  it('gives goods by where a page starts', async () => {
    const { url, calls } = await gateway(({ query }) => ({
      errcode: 0,
      productList: Array.from({ length: query.get('start') === '0' ? 50 : 30 }, (_, at) => ({ productId: at })),
      total: 80,
    }))
    expect((await fetchWith(wechatUnion.products, { ...KEYS, gateway: url }, { keyword: '床' })).error).toBeNull()
    expect(calls.map(({ query }) => [query.get('start'), query.get('limit'), query.get('keyword')])).toEqual([
      ['0', '200', '床'],
      ['50', '200', '床'],
    ])
  })

  it('gives orders with prices as texts; an estimate stands where there is no commission yet', async () => {
    const goods = { productId: '1', price: '¥19.90', ratio: 500, promotionInfo: { promotionSourcePid: 'pid_1' } }
    const { url, calls } = await gateway(() => ({
      errcode: 0,
      orderList: [
        {
          orderId: '1',
          payTime: NOW / 1000 - 60,
          productList: [{ ...goods, commission: '-', estimatedCommission: 105, commissionStatus: 'SETTLEMENT_PENDING' }],
        },
        {
          orderId: '2',
          payTime: NOW / 1000 - 60,
          productList: [{ ...goods, commission: '-', commissionStatus: 'SETTLEMENT_PENDING' }],
        },
        {
          orderId: '3',
          payTime: NOW / 1000 - 60,
          productList: [{ ...goods, commission: '¥1.00', commissionStatus: 'SETTLEMENT_SUCCESS' }],
        },
      ],
      totalNum: 3,
    }))
    const source = { partner: 'wechat', feed: 'orders', api: { via: 'union', ...KEYS, gateway: url }, query: { days: 1 } }
    const { code, run, records } = await syncApi(source)
    expect([code, run.error, calls.length]).toEqual([0, null, 1])
    expect(calls[0]!.query.get('startCommissionUpdateTime')).toBe(String(NOW / 1000 - 86_400))
    expect(briefly(records)).toEqual([
      ['1', 'paid', '1.05'],
      ['2', 'paid', '1.00'],
      ['3', 'settled', '1.00'],
    ])
  }, 20_000)
})

describe('links', () => {
  const account = (url: string, query: Record<string, string>) => ({
    credentials: { ...KEYS, gateway: url },
    query,
  })
  const picture = Buffer.from([0xff, 0xd8, 0xff, 0xe0])
  const both = { sharer_appid: 'wx-me', shop_appid: 'wx1', page: 'pages/goods', env_version: 'release' }

  it('a short link, and a code of the operator’s mini-program', async () => {
    const { url, calls } = await gateway(({ path }) =>
      path === '/wxa/getwxacodeunlimit' ? picture : { errcode: '0', short_link: '#小程序://微信小店/abc' },
    )
    expect(await linksOf(wechatLinks, { sku: '10000000000000000001' }, account(url, both))).toEqual({
      code: '#小程序://微信小店/abc',
      picture,
    })
    expect(calls.map(({ body }) => body)).toEqual([
      '{"sharer_appid":"wx-me","shop_appid":"wx1","product_id":10000000000000000001}',
      '{"env_version":"release","scene":"p=10000000000000000001","page":"pages/goods"}',
    ])
  })

  it('an address where the short link is one', async () => {
    const { url } = await gateway(() => ({ errcode: 0, short_link: 'https://wx.example/s' }))
    expect(await linksOf(wechatLinks, { sku: '1' }, account(url, { sharer_openid: 'o1', shop_appid: 'wx1' }))).toEqual({
      link: 'https://wx.example/s',
      shortLink: 'https://wx.example/s',
    })
  })

  it('no picture, but the reason', async () => {
    const { url } = await gateway(() => ({ errcode: 41030, errmsg: 'invalid page' }))
    const refused = linksOf(wechatLinks, { sku: '1' }, account(url, { page: 'pages/x' }))
    await expect(refused).rejects.toThrow('partner, link to 1: 41030 invalid page')
  })

  it.each(['p={sku}&c=五', `id=${'x'.repeat(30)}`, '', 'a%20b', 'a b'])(
    'not with a scene that a code cannot hold: %s',
    (scene) => {
      const given = account('', { page: 'pages/x', scene })
      expect(() => wechatLinks.request({ sku: '1', ask: 'code', after: null }, given, NOW)).toThrow(
        'does not fit into a code, expected 1 to 32 of',
      )
    },
  )

  it('not without anything to link to', () => {
    expect(() => wechatLinks.first({ sku: '1', title: '', url: null, link: null }, account('', { shop_appid: 'wx1' }))).toThrow(
      'expected shop_appid with sharer_appid or sharer_openid, or page',
    )
  })
})

// The documented answers. They are not ours to copy, so they stay beside the project.
const samples = fileURLToPath(new URL('../../../shared/samples/wechat', import.meta.url))
describe.skipIf(!existsSync(samples))(`documented answers (skipped where ${samples} is not there)`, () => {
  const wechat = BUILT_IN.find(({ id }) => id === 'wechat')!
  const GOODS_AND_ORDERS: Record<string, ['products' | 'orders', number]> = {
    'ChannelsECLeagueHeadSupplierOrderGetResponse.json': ['orders', 1],
    'ChannelsECLeagueHeadSupplierProductDetailGetResponse.json': ['products', 1],
    'ChannelsECPromoterGetPromoteProductDetailResponse.json': ['products', 1],
    'UnionPromoterOrderInfoResponse.json': ['orders', 1],
    'UnionPromoterOrderSearchNormalOrderResponse.json': ['orders', 1],
    'UnionPromoterOrderSearchResponse.json': ['orders', 10],
    'UnionPromoterProductListResponse.json': ['products', 2],
    'UnionPromoterProductSelectResponse.json': ['products', 2],
  }
  /** Lists of ids, which the API asks one by one, and a movement of money. */
  const NEITHER = [
    'ChannelsECLeagueFundsGetFundsFlowDetailResponse.json',
    'ChannelsECLeagueHeadSupplierOrderListGetResponse.json',
    'ChannelsECLeagueHeadSupplierSelectionProductsListGetResponse.json',
    'ChannelsECPromoterGetPromoteProductListResponse.json',
  ]

  it('are all known', () => expect(readdirSync(samples).sort()).toEqual([...Object.keys(GOODS_AND_ORDERS), ...NEITHER].sort()))

  it.each(Object.entries(GOODS_AND_ORDERS))('%s is read whole', async (name, [kind, count]) => {
    const { importing } = session()
    const run = await importing(kind, { [name]: readFileSync(`${samples}/${name}`) }, { partner: wechat })
    expect(run).toMatchObject({ status: 'applied', added: count, rejected: 0, error: null })
  })
})
