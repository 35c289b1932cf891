import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { vipGoods, vipLinks, vipOrders } from '../../src/partners/vip-api.ts'
import { NOW } from '../cli/shoptool.ts'
import { type Answered, fetchWith, linksOf, startGateway, syncApi } from './gateway.ts'

// 唯品会联盟 as a whole: shoptool.yaml → signed calls → pages → records. The gateway checks the signature on its own.

const SECRET = 'vip+secret/1'
const KEYS = { appKey: 'key1', secret: SECRET }
type Call = { method: string; business: Record<string, Record<string, unknown>>; before: number }

async function gateway(answer: (call: Call) => Answered) {
  const calls: Call[] = []
  const { url } = await startGateway(({ query, body }, before) => {
    const names = [...query.keys()].filter((name) => name !== 'sign').sort()
    const text = names.map((name) => name + query.get(name)).join('') + body
    const sign = createHmac('md5', SECRET).update(text).digest('hex').toUpperCase()
    if (sign !== query.get('sign') || query.get('appKey') !== 'key1')
      return { returnCode: '10002', returnMessage: `sign ${query.get('sign')} of ${KEYS.secret} is wrong` }
    if (Math.abs(Number(query.get('timestamp')) - NOW / 1000) > 600) return { returnCode: '10003', returnMessage: 'timestamp' }
    const call = { method: `${query.get('service')}.${query.get('method')}`, business: JSON.parse(body), before }
    calls.push(call)
    return answer(call)
  })
  return { url: `${url}/`, calls }
}

const goods = (at: number) => ({
  ...{ goodsId: `69191234567890${String(at).padStart(5, '0')}`, goodsName: `连衣裙${at}`, vipPrice: '169' },
  ...{ commissionRate: '8', commission: '13.52', productSales: '5000+' },
})
const pageOf = (page: number, size: number, total: number) =>
  Array.from({ length: Math.max(0, Math.min(size, total - (page - 1) * size)) }, (_, i) => goods((page - 1) * size + i))
const order = (orderSn: string, changes: object = {}, line: object = {}) => ({
  ...{
    orderSn,
    status: 2,
    settled: 1,
    orderSubStatusName: '已结算',
    pid: 'poster_7',
    orderTime: NOW - 9e8,
    lastUpdateTime: NOW - 5000,
  },
  ...{ signTime: NOW - 8e8, settledTime: NOW - 7e8, commission: '12.40', afterSaleChangeCommission: null, ...changes },
  detailList: [
    {
      ...{ goodsId: '6919123456789012345', goodsName: '连衣裙', goodsCount: 1, sizeId: '100001', commissionRate: '8' },
      ...{ commissionTotalCost: '155.00', commission: '12.40', status: 2, ...line },
    },
  ],
})

describe('goods', () => {
  it('are listed page by page, ids of 19 digits whole', async () => {
    const { url, calls } = await gateway(({ business: { request } }) => {
      const page = request!.page as number
      return {
        returnCode: page === 1 ? '0' : 0,
        result: { goodsInfoList: pageOf(page, 100, 203), total: 203, page, pageSize: 100 },
      }
    })
    const { snapshot, error } = await fetchWith(vipGoods, { ...KEYS, gateway: url }, { channelType: 1 })
    expect([error, snapshot!.bytes > 0]).toEqual([null, true])
    expect(
      calls.map(({ method, business }) => [
        method,
        business.request!.page,
        business.request!.pageSize,
        business.request!.channelType,
      ]),
    ).toEqual([1, 2, 3].map((page) => ['com.vip.adp.api.open.service.UnionGoodsService.goodsList', page, 100, 1]))
  })

  it('that are searched by a keyword, in pages smaller than asked for', async () => {
    const { url, calls } = await gateway(({ business: { request } }) => {
      const page = request!.page as number
      return { returnCode: '0', result: { goodsInfoList: pageOf(page, 20, 45), total: '45', page, pageSize: 20 } }
    })
    const { error } = await fetchWith(vipGoods, { ...KEYS, gateway: url }, { keyword: '连衣裙' })
    expect([error, calls.map(({ method }) => method.slice(-6)), calls[0]!.business.request]).toEqual([
      null,
      ['.query', '.query', '.query'],
      expect.objectContaining({ keyword: '连衣裙', page: 1, pageSize: 50 }),
    ])
  })

  it('are in the catalog afterwards; a page that fails for good changes nothing', async () => {
    let broken = false
    const { url } = await gateway(({ business: { request } }) => {
      const page = request!.page as number
      if (broken && page === 2) return { returnCode: 20003, returnMessage: 'no permission' }
      return {
        returnCode: '0',
        result: { goodsInfoList: broken ? pageOf(page, 100, 150).reverse() : pageOf(page, 100, 3), total: broken ? 150 : 3 },
      }
    })
    const source = { partner: 'vip', feed: 'products', api: { ...KEYS, gateway: url } }
    const first = await syncApi(source)
    expect([first.code, first.run.error, first.run.added]).toEqual([0, null, 3])
    expect(first.records[0]).toMatchObject({
      sku: '6919123456789000000',
      price: '169.00',
      commissionRate: '8',
      commission: '13.52',
      sales: 5000,
    })
    broken = true
    const second = await syncApi(source, first.cwd)
    expect([second.code, second.run.error]).toEqual([2, 'vip, page 2 ({"page":2,"search":false}): 20003 no permission'])
    expect(second.records).toEqual(first.records)
  }, 20_000)

  it('of nothing at all are no failure', async () => {
    const { url } = await gateway(() => ({ returnCode: '0', result: { total: 0 } }))
    expect((await fetchWith(vipGoods, { ...KEYS, gateway: url })).error).toBeNull()
  })

  it('without a list are not taken for none', async () => {
    const { url } = await gateway(() => ({ returnCode: '0', result: { total: 7 } }))
    expect((await fetchWith(vipGoods, { ...KEYS, gateway: url })).error![1]).toBe('data')
  })
})

describe('orders', () => {
  it('come a line a row, less what after-sales took', async () => {
    const { url, calls } = await gateway(() => ({
      returnCode: '0',
      result: {
        orderInfoList: [
          order('1'),
          order('2', { settled: 0, afterSaleChangeCommission: '-2.40' }),
          order('3', { orderSubStatusName: '已下单', status: 1 }),
          order('4', { status: 1, settled: 0, signTime: null, settledTime: null }, { status: 1 }),
          order('5', { settled: 1 }, { status: 0 }),
        ],
        total: 5,
      },
    }))
    const { code, run, records } = await syncApi({
      partner: 'vip',
      feed: 'orders',
      api: { ...KEYS, gateway: url },
      query: { days: 1 },
    })
    expect([code, run.error, run.added]).toEqual([0, null, 4])
    expect(calls.map(({ method, business }) => [method, business.queryModel])).toEqual([
      [
        'com.vip.adp.api.open.service.UnionOrderService.orderList',
        { requestId: expect.any(String), updateTimeStart: NOW - 86_400_000, updateTimeEnd: NOW, page: 1, pageSize: 100 },
      ],
    ])
    const brief = records.map((one: Record<string, string>) => [one.orderId, one.lineId, one.status, one.commission])
    expect(brief.sort()).toEqual([
      ['1', '6919123456789012345:100001', 'settled', '12.40'],
      ['2', '6919123456789012345:100001', 'received', '10.00'],
      ['4', '6919123456789012345:100001', 'paid', '12.40'],
      ['5', '6919123456789012345:100001', 'refunded', '12.40'],
    ])
  })

  it('are asked for day by day and page by page; throttling and cut answers are tried again', async () => {
    const { url, calls } = await gateway(({ before, business: { queryModel } }) => {
      if (before === 0) return { returnCode: '11002', returnMessage: '调用频率超过限制，请稍后再试' }
      if (before === 2) return { half: '{"returnCode":"0","result":{"orderInfoList":[' }
      const page = queryModel!.page as number
      const orderInfoList = Array.from({ length: page === 1 ? 100 : 20 }, (_, at) =>
        order(`${queryModel!.updateTimeStart}-${page}-${at}`),
      )
      return { returnCode: '0', result: { orderInfoList, total: 120, page, pageSize: 100 } }
    })
    const { error, pauses, snapshot } = await fetchWith(vipOrders, { ...KEYS, gateway: url }, { days: 2 })
    expect([error, snapshot!.bytes > 0]).toEqual([null, true])
    const days = [NOW - 2 * 86_400_000, NOW - 86_400_000]
    const asked = calls.map(({ business: { queryModel } }) => [queryModel!.updateTimeStart, queryModel!.page])
    expect(asked).toEqual([
      [days[0], 1],
      [days[0], 1],
      [days[0], 2],
      [days[0], 2],
      [days[1], 1],
      [days[1], 2],
    ])
    // A second between calls, and what the two tries wait for.
    expect(pauses.filter((one) => one < 1000)).toEqual([500, 500, 500, 500])
  })

  it('of several lines bear an after-sale change where the cases are, each down to nothing, the rest by the others', () => {
    const line = (goodsId: string, commission: string, afterSaleInfo: object[] = []) => ({ goodsId, commission, afterSaleInfo })
    const earned = (afterSaleChangeCommission: string, ...detailList: object[]) => {
      const body = {
        returnCode: '0',
        result: { orderInfoList: [{ orderSn: '1', afterSaleChangeCommission, detailList }], total: '1' },
      }
      const answer = vipOrders.read(body, { from: 0, until: 1, end: 1, at: 1 })
      return 'fault' in answer ? answer : (answer.rows as { earned: string }[]).map((row) => row.earned)
    }
    const returned = line('2', '4.94', [{ afterSaleStatus: 2 }])
    expect(earned('-3.00', line('1', '12.40'), returned)).toEqual(['12.40', '1.94'])
    expect(earned('6.00', line('1', '12.40'), returned)).toEqual(['11.34', '0.00'])
    expect(earned('-99.00', line('1', '12.40'), returned)).toEqual(['0.00', '0.00'])
    expect(earned('', line('1', '12.4'), returned)).toEqual(['12.4', '4.94'])
  })

  it('a tool vendor asks for with a token, by other names, and it is in no message', async () => {
    const { url, calls } = await gateway(() => ({
      returnCode: '401',
      returnMessage: 'accessToken vendor-token of vip+secret/1 is void',
    }))
    const { error } = await fetchWith(vipOrders, { ...KEYS, accessToken: 'vendor-token', gateway: url })
    expect(calls[0]!.method).toBe('com.vip.adp.api.open.service.UnionOrderService.orderListWithOauth')
    expect(error).toEqual([expect.stringMatching(/: 401 accessToken \*\*\* of \*\*\* is void$/), 'usage'])
  })

  it('with a wrong secret are the operator’s to mend', async () => {
    const { url } = await gateway(() => ({}))
    const { error } = await fetchWith(vipOrders, { appKey: 'key1', secret: 'wrong', gateway: url })
    expect(error).toEqual([expect.stringContaining('10002 sign'), 'usage'])
  })
})

it('a link is made in the name of chanTag', async () => {
  const { url, calls } = await gateway(() => ({
    returnCode: '0',
    result: { urlInfoList: [{ url: 'https://t.vip.example/s', longUrl: 'https://vip.example/long?pid=1' }] },
  }))
  const account = { credentials: { ...KEYS, gateway: url }, query: { chanTag: 'poster_7' } }
  expect(await linksOf(vipLinks, { sku: '6919123456789012345' }, account)).toEqual({
    link: 'https://vip.example/long?pid=1',
    shortLink: 'https://t.vip.example/s',
  })
  expect(calls[0]!.business).toMatchObject({ goodsIdList: ['6919123456789012345'], chanTag: 'poster_7' })
})
