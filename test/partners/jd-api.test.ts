import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { jdGoods } from '../../src/partners/jd-api.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'

// 京东联盟 as a whole: shoptool.yaml → signed calls → answers inside answers → records. The gateway checks the signature on its own.

const SECRET = 'jd+secret'
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

async function gateway(answer: (business: Record<string, Record<string, unknown>>) => object) {
  const asked: Record<string, Record<string, unknown>>[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    const hash = createHash('md5').update(SECRET)
    for (const name of [...form.keys()].sort()) if (name !== 'sign') hash.update(name).update(form.get(name)!)
    if (hash.update(SECRET).digest('hex').toUpperCase() !== form.get('sign')) {
      return response.end(JSON.stringify({ error_response: { code: '12', zh_desc: '无效签名' } }))
    }
    const business = JSON.parse(form.get('360buy_param_json')!)
    asked.push(business)
    const outer = `${form.get('method')!.replaceAll('.', '_')}_responce`
    response.end(JSON.stringify({ [outer]: { code: '0', queryResult: JSON.stringify(answer(business)) } }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/routerjson`, asked }
}

const NOW = Date.parse('2026-11-25T12:00:00+08:00')
const sync = async (url: string, feed: string, query: string, secret = SECRET) => {
  const api = `{ appKey: key1, secret: "\${JD_SECRET}", gateway: "${url}" }`
  const cwd = workspaceWith(`sources: { jd: { partner: jd, feed: ${feed}, api: ${api}, query: ${query} } }\n`)
  const answer = await run(['sync', '--json'], { cwd, env: { JD_SECRET: secret }, now: NOW, fetch: realContext().fetch })
  return { cwd, code: answer.code, run: JSON.parse(answer.stdout).runs[0] }
}

it('goods: price, best coupon and commission of the inner answer', async () => {
  const goods = {
    ...{
      skuId: 100012345678,
      skuName: '示例洗衣液 3kg',
      brandName: '示例',
      categoryInfo: { cid1Name: '家庭清洁', cid3Name: '洗衣液' },
    },
    priceInfo: { price: 59.9, lowestPrice: 49.9, lowestCouponPrice: 39.9 },
    couponInfo: {
      couponList: [
        { isBest: 0, discount: 5, quota: 9 },
        { isBest: 1, discount: 10, quota: 49, useStartTime: 1793500000000, useEndTime: 1796000000000 },
      ],
    },
    commissionInfo: { commissionShare: 8, commission: 3.99, couponCommission: 3.19 },
    ...{
      inOrderCount30Days: 5200,
      shopInfo: { shopName: '示例京东自营' },
      imageInfo: { imageList: [{ url: 'https://img.example/x.jpg' }] },
    },
  }
  const { url, asked } = await gateway(({ goodsReq }) => ({
    code: 200,
    data: goodsReq!.pageIndex === 1 ? Array.from({ length: 50 }, (_, i) => ({ ...goods, skuId: 200 + i })) : [goods],
  }))
  const { code, run: found, cwd } = await sync(url, 'products', '{ eliteId: 22 }')
  expect([code, found.error, found.added]).toEqual([0, null, 51])
  expect(asked.map(({ goodsReq }) => goodsReq)).toEqual([
    { eliteId: 22, pageIndex: 1, pageSize: 50 },
    { eliteId: 22, pageIndex: 2, pageSize: 50 },
  ])
  expect(JSON.parse((await run(['show', '100012345678', '--json'], { cwd })).stdout).product).toMatchObject({
    ...{
      partner: 'jd',
      price: '49.90',
      finalPrice: '39.90',
      commissionRate: '8',
      commission: '3.19',
      sales: 5200,
      category: '洗衣液',
    },
    coupon: { amount: '10.00', threshold: '49.00' },
  })
})

it('orders: hour by hour, the actual figures once finished, unpaid ones left out', async () => {
  const order = (id: string, validCode: number, changes: object = {}) => ({
    ...{
      id: `300000000001_${id}`,
      orderId: 300000000001,
      skuId: Number(id),
      skuName: '示例洗衣液',
      skuNum: 1,
      commissionRate: 8,
      finalRate: 100,
      validCode,
    },
    ...{ estimateCosPrice: 39.9, estimateFee: 3.19, actualCosPrice: 0, actualFee: 0, subUnionId: 'poster_7' },
    ...{ orderTime: '2026-11-01 10:00:00', finishTime: '', modifyTime: '2026-11-25 11:30:00', ...changes },
  })
  const finished = { finishTime: '2026-11-06 09:00:00', actualCosPrice: 29.9, actualFee: 2.39 }
  const { url, asked } = await gateway(({ orderReq }) => {
    if (orderReq!.endTime !== '2026-11-25 12:00:00') return { code: 200, hasMore: false }
    const first = [
      order('1', 16),
      order('2', 17, finished),
      order('3', 15),
      order('4', 17, { ...finished, actualCosPrice: 0, actualFee: 0 }),
    ]
    return orderReq!.pageIndex === 1
      ? { code: 200, hasMore: true, data: first }
      : { code: 200, hasMore: false, data: [order('5', 3)] }
  })
  const { code, run: found, cwd } = await sync(url, 'orders', '{ days: 1 }')
  expect([code, found.error, found.added]).toEqual([0, null, 4])
  expect(asked).toHaveLength(25)
  expect(asked[0]!.orderReq).toMatchObject({
    type: 3,
    startTime: '2026-11-24 12:00:00',
    endTime: '2026-11-24 13:00:00',
    pageIndex: 1,
  })
  const { orders } = JSON.parse((await run(['orders', 'list', '--json'], { cwd })).stdout)
  const brief = orders.map(({ lineId, status, paidAmount, commission }: Record<string, string>) => [
    lineId,
    status,
    paidAmount,
    commission,
  ])
  expect(brief.sort()).toEqual([
    ['1', 'paid', '39.90', '3.19'],
    ['2', 'received', '29.90', '2.39'],
    ['4', 'received', '0.00', '0.00'],
    ['5', 'invalid', '39.90', '3.19'],
  ])
}, 20_000)

it('a wrong signature, and an error inside the inner answer, are the operator’s to mend', async () => {
  const { url } = await gateway(() => ({ code: 2001701, message: '不支持siteId用于此种方式推广' }))
  expect((await sync(url, 'products', '{ eliteId: 22 }', 'wrong')).run.error).toContain('12 无效签名')
  const refused = await sync(url, 'products', '{ eliteId: 22 }')
  expect([refused.code, refused.run.error]).toEqual([2, expect.stringContaining('2001701 不支持siteId')])
})

it('too many calls are tried again, whichever of the answers says so', () => {
  const outer = { error_response: { code: '67', zh_desc: '接口调用频率超过限制' } }
  expect(jdGoods.read(outer, { page: 1 })).toEqual({ fault: 'retry', message: '67 接口调用频率超过限制' })
  const queryResult = JSON.stringify({ code: 403, message: '访问太频繁' })
  expect(jdGoods.read({ jd_union_open_goods_jingfen_query_responce: { queryResult } }, { page: 1 })).toMatchObject({
    fault: 'retry',
  })
})
