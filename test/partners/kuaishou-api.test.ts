import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kuaishouGoods, kuaishouLinks, kuaishouOrders } from '../../src/partners/kuaishou-api.ts'
import { NOW } from '../cli/shoptool.ts'
import { type Answered, fetchWith, linksOf, startGateway, syncApi } from './gateway.ts'

// 快手分销 as a whole: shoptool.yaml → signed calls → cursors → records. The gateway checks the signature on its own.

const SECRET = 'sign+secret/1'
const KEYS = { appKey: 'ks1', signSecret: SECRET, accessToken: 'access/token' }
const HOUR = 3_600_000
const DISTRIBUTOR = '/open/distribution/cps/distributor/order/cursor/list'
type Call = { path: string; param: Record<string, unknown>; before: number; signMethod: string | null }

async function gateway(answer: (call: Call) => Answered) {
  const calls: Call[] = []
  const { url } = await startGateway(({ path, query, body }, before) => {
    const form = body === '' ? query : new URLSearchParams(body)
    const text = ['access_token', 'appkey', 'method', 'param', 'signMethod', 'timestamp', 'version']
      .map((name) => `${name}=${form.get(name)}`)
      .join('&')
    const signed = `${text}&signSecret=${SECRET}`
    const md5 = form.get('signMethod') === 'MD5'
    const sign = md5
      ? createHash('md5').update(signed).digest('hex')
      : createHmac('sha256', SECRET).update(signed).digest('base64')
    if (sign !== form.get('sign')) return { result: 28, error_msg: `验签失败 ${signed}` }
    if (form.get('access_token') !== KEYS.accessToken)
      return { result: 24, error_msg: `token ${form.get('access_token')} invalid` }
    if (`/${form.get('method')!.replaceAll('.', '/')}` !== path) return { result: 30, error_msg: 'method' }
    const call = { path, param: JSON.parse(form.get('param')!), before, signMethod: form.get('signMethod') }
    calls.push(call)
    const { beginTime, endTime } = call.param as { beginTime?: number; endTime?: number }
    if (beginTime !== undefined && endTime! - beginTime > 7 * 24 * HOUR)
      return { result: 300004, error_msg: 'SEARCH TIME RANGE EXPAND 7 DAYS' }
    if (beginTime !== undefined && beginTime < NOW - 90 * 24 * HOUR)
      return { result: 300005, error_msg: 'CAN NOT SEARCH BEFORE 90 DAYS' }
    return answer(call)
  })
  return { url, calls }
}

const ok = (data: object) => ({ result: 1, error_msg: 'SUCCESS', code: '1', msg: 'success', data })
/** As text: numbers of 19 digits must never have been JavaScript's. */
const order = (oid: string, changes: object = {}, goods: object[] = [{}]) => ({
  ...{ oid, cpsOrderStatus: 60, orderCreateTime: NOW - 9e8, payTime: NOW - 9e8, recvTime: NOW - 5e8, updateTime: NOW - 60_000 },
  ...{ baseAmount: 5990, settlementAmount: 1070, settlementSuccessTime: NOW - 1e8, ...changes },
  cpsOrderProductView: goods.map((one, at) => ({
    ...{
      oid: `${oid}${at}`,
      itemId: '2200000000000000001',
      itemTitle: '面膜',
      itemPrice: 5990,
      num: 1,
      commissionRate: 200,
      estimatedIncome: 1078,
      cpsPid: 'ks_1',
    },
    ...one,
  })),
})
const rowsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('orders', () => {
  it('come a row for each of their goods, cursor by cursor', async () => {
    const { url, calls } = await gateway(({ param }) =>
      param.pcursor === ''
        ? ok({
            pcursor: 'C2',
            orderView: [order('1'), order('2', { cpsOrderStatus: 40, settlementAmount: 0, settlementSuccessTime: 0 })],
          })
        : ok({
            pcursor: 'nomore',
            orderView: [
              order('3', { baseAmount: 7980 }, [
                {},
                { itemId: '7', itemPrice: 995, num: 2, commissionRate: 35, estimatedIncome: 70 },
              ]),
              order('4', { cpsOrderStatus: 80 }),
            ],
          }),
    )
    const { code, run, records } = await syncApi({
      partner: 'kuaishou',
      feed: 'orders',
      api: { ...KEYS, gateway: url },
      query: { days: 1 },
    })
    expect([code, run.error, run.added]).toEqual([0, null, 5])
    expect(calls.map(({ path, param }) => [path, param])).toEqual(
      ['', 'C2'].map((pcursor) => [
        DISTRIBUTOR,
        { cpsOrderStatus: 0, sortType: 2, queryType: 2, beginTime: NOW - 24 * HOUR, endTime: NOW, pageSize: 100, pcursor },
      ]),
    )
    const brief = records.map((one: Record<string, string>) => [
      one.orderId,
      one.lineId,
      one.status,
      one.paidAmount,
      one.commission,
    ])
    expect(brief.sort()).toEqual([
      ['1', '10', 'settled', '59.90', '10.70'],
      ['2', '20', 'paid', '59.90', '10.78'],
      ['3', '30', 'settled', '59.90', '10.78'],
      ['3', '31', 'settled', '19.90', '0.70'],
      ['4', '40', 'refunded', '59.90', '10.78'],
    ])
  }, 20_000)

  it('of 快赚客, under other names, in windows as short as the query says, never longer or older than the partner allows', async () => {
    const { url, calls } = await gateway(() => ok({ pcursor: 'nomore', orderList: null }))
    const { error } = await fetchWith(
      kuaishouOrders,
      { ...KEYS, signMethod: 'MD5', gateway: url },
      { days: 1, list: 'kwaimoney', hours: 6 },
    )
    expect([error, calls.length, calls[0]!.path, calls[0]!.signMethod]).toEqual([
      null,
      4,
      '/open/distribution/cps/kwaimoney/order/list',
      'MD5',
    ])
    expect(calls.map(({ param }) => [param.beginTime, param.endTime])).toEqual(
      [24, 18, 12, 6].map((hours) => [NOW - hours * HOUR, NOW - (hours - 6) * HOUR]),
    )

    const { cpsOrderProductView, ...rest } = order('1')
    const other = await gateway(() =>
      ok({ pcursor: 'nomore', orderList: [{ ...rest, cpsKwaimoneyOrderProductView: cpsOrderProductView }] }),
    )
    const { snapshot } = await fetchWith(
      kuaishouOrders,
      { ...KEYS, gateway: other.url },
      { days: 400, list: 'kwaimoney', hours: 168 },
    )
    expect(other.calls).toHaveLength(13)
    expect(rowsIn(snapshot!.path)[0]).toMatchObject({ base: '5990', income: '1070', goods: { oid: '10' } })
  })

  it.each<[Record<string, string | number>, string]>([
    [{ hours: 169 }, 'query.hours: "169" is none, expected 1 to 168'],
    [{ hours: '6h' }, 'query.hours: "6h" is none, expected 1 to 168'],
    [{ list: 'leader' }, 'query.list: "leader" is none, expected distributor, kwaimoney'],
  ])('not for a query that is wrong: %j', async (query, message) => {
    expect((await fetchWith(kuaishouOrders, KEYS, query)).error).toEqual([message, 'usage'])
  })

  it('without a cursor are not taken for the last; throttling and cut answers are tried again', async () => {
    const trouble: Answered[] = [
      { result: 10, error_msg: '触发限流，请稍后重试' },
      { half: '{"result":1,' },
      ok({ orderView: [] }),
    ]
    const { url, calls } = await gateway(({ before }) => trouble[before] ?? ok({ pcursor: 'nomore', orderView: [] }))
    const { error, pauses } = await fetchWith(kuaishouOrders, { ...KEYS, gateway: url }, { days: 1 })
    expect([error, calls.length, pauses]).toEqual([null, 4, [500, 1000, 2000]])
  })

  it.each<[string, object, string]>([
    ['a wrong secret', { signSecret: 'other' }, '28 验签失败'],
    ['a token that has run out', { accessToken: 'old/token' }, '24 token *** invalid'],
    ['an unknown way of signing', { signMethod: 'SHA1' }, 'api.signMethod: "SHA1" is not known, expected MD5 or HMAC_SHA256'],
  ])('%s is the operator’s to mend, and in no message', async (_, wrong, message) => {
    const { url } = await gateway(() => ({}))
    const { error } = await fetchWith(kuaishouOrders, { ...KEYS, ...wrong, gateway: url }, { days: 1 })
    expect(error).toEqual([expect.stringContaining(message), 'usage'])
    expect(error![0]).not.toMatch(/access\/token|old\/token/)
  })
})

describe('goods', () => {
  const goods = (goodsId: string, changes: object = {}) => ({
    ...{
      goodsId,
      goodsTitle: '面膜',
      goodsPrice: 5990,
      zkGoodsPrice: 4990,
      promotionRate: 200,
      promotionAmount: 998,
      salesTip: 5200,
      ...changes,
    },
  })

  it('of the pool are read cursor by cursor, in permille; a page that fails for good changes nothing', async () => {
    let broken = false
    const { url, calls } = await gateway(({ param }) => {
      if (param.pageIndex === '') return ok({ pcursor: 'C2', itemList: [goods(broken ? '9' : '1')] })
      return broken
        ? { result: 21, error_msg: 'no scope' }
        : ok({ pcursor: 'nomore', itemList: [goods('2'), goods('3', { promotionRate: 20 })] })
    })
    const source = {
      partner: 'kuaishou',
      feed: 'products',
      api: { ...KEYS, gateway: url },
      query: { keyword: '面膜', sortType: 'RATE_DESC' },
    }
    const first = await syncApi(source)
    // A rate that does not fit the amount beside it is another unit.
    expect([first.code, first.run.added, first.run.problems[0].message]).toEqual([5, 2, '9.98 does not fit 49.90 × 2 % = 1.00'])
    expect(first.records[0]).toMatchObject({ price: '59.90', finalPrice: '49.90', commissionRate: '20', commission: '9.98' })
    expect(calls[0]!.param).toEqual({ planType: 1, keyword: '面膜', sortType: 'RATE_DESC', pageIndex: '', pageSize: 200 })
    broken = true
    const second = await syncApi(source, first.cwd)
    expect([second.code, second.run.error]).toEqual([2, 'kuaishou, page 2 ("C2"): 21 no scope'])
    expect(second.records).toEqual(first.records)
  }, 20_000)

  it('of a full page that names no next one are not taken for all', async () => {
    const { url } = await gateway(() => ok({ itemList: Array.from({ length: 200 }, (_, at) => goods(String(at))) }))
    expect((await fetchWith(kuaishouGoods, { ...KEYS, gateway: url })).error).toEqual([
      expect.stringContaining('answers a full page without a cursor to the next'),
      'usage',
    ])
  })
})

it('a link is made in the name of cpsPid', async () => {
  const { url, calls } = await gateway(() => ok({ linkUrl: 'https://ks.example/l' }))
  const account = { credentials: { ...KEYS, gateway: url }, query: { cpsPid: 'ks_1_2_3', comments: 'group-a' } }
  expect(await linksOf(kuaishouLinks, { sku: '22000000000001' }, account)).toEqual({ link: 'https://ks.example/l' })
  expect(calls[0]!.param).toEqual({ cpsPid: 'ks_1_2_3', comments: 'group-a', linkType: 101, linkCarrierId: '22000000000001' })
})
