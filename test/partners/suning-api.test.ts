import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'

// 苏宁推客 as a whole: shoptool.yaml → calls signed in their headers → pages → lines. The gateway checks the signature on its own.

const SECRET = 'suning+secret'
const NOW = Date.parse('2026-11-25T12:00:00+08:00')
const METHOD = 'suning.netalliance.order.query'
const GOODS = 'suning.netalliance.searchcommoditynew.query'
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

type Asked = Record<string, string>

async function gateway(answer: (asked: Asked) => object, method = METHOD, name = 'queryOrder') {
  const calls: Asked[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const said = (name: string) => String(request.headers[name.toLowerCase()])
    const text = ['AppMethod', 'AppRequestTime', 'AppKey', 'VersionNo'].map(said).join('') + body.toString('base64')
    const sign = createHash('md5')
      .update(SECRET + text)
      .digest('hex')
    const refuse = (code: string, message: string) => ({ sn_error: { error_code: code, error_msg: message } })
    const right =
      said('signInfo') === sign && request.url === `/${method}` && said('AppMethod') === method && said('Format') === 'json'
    const asked = JSON.parse(body.toString()).sn_request.sn_body[name] as Asked
    if (right) calls.push(asked)
    const content = right ? answer(asked) : refuse('sys.check.sign:fail', `签名错误 ${SECRET}`)
    response.end(JSON.stringify({ sn_responseContent: content }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

const sync = async (url: string, query: string, secret = SECRET, feed = 'orders') => {
  const api = `{ appKey: key1, secret: "\${SN_SECRET}", gateway: "${url}" }`
  const cwd = workspaceWith(`sources: { sn: { partner: suning, feed: ${feed}, api: ${api}, query: ${query} } }\n`)
  const answer = await run(['sync', '--json'], { cwd, env: { SN_SECRET: secret }, now: NOW, fetch: realContext().fetch })
  return { cwd, code: answer.code, run: JSON.parse(answer.stdout).runs[0] }
}

const line = (number: string, changes: object = {}) => ({
  ...{ orderLineNumber: number, goodsNum: '12345678901', productName: '示例电饭煲', saleNum: '1', payAmount: '299.00' },
  ...{
    commissionRatio: '0.03',
    prePayCommission: '8.97',
    orderSubmitTime: '2026-11-25 09:00:00',
    orderLineStatusDesc: '支付完成',
  },
  ...{ orderLineStatusChangeTime: '2026-11-25 10:00:00', positionId: '1001', returnCommission: '0', ...changes },
})
const page = (pageTotal: number, ...queryOrder: object[]) => ({
  sn_head: { pageNo: 1, pageTotal, returnMessage: '' },
  sn_body: { queryOrder },
})

it('windows and pages, one row a line, flags before texts', async () => {
  const { url, calls } = await gateway(({ endTime, pageNo }) => {
    if (endTime !== '2026-11-25 12:00:00')
      return { sn_error: { error_code: 'biz.netalliance.order.query:no-result', error_msg: '' } }
    if (pageNo === '2')
      return page(2, { orderCode: '302', orderDetail: [line('302001', { commissionRatio: '2%', orderLineStatusDesc: '退款' })] })
    const received = { orderLineStatusDesc: '确认收货' }
    const lines = [
      line('301001'),
      line('301002', received),
      line('301003', { ...received, violation: '1' }),
      line('301004', { promotion: 1 }),
    ]
    return page(2, { orderCode: '301', orderDetail: lines })
  })
  const { code, run: found, cwd } = await sync(url, '{ days: 2, hours: 16 }')
  expect([code, found.error, found.added]).toEqual([0, null, 5])
  expect(calls.map(({ startTime, endTime, pageNo, pageSize }) => [startTime, endTime, pageNo, pageSize])).toEqual([
    ['2026-11-23 12:00:00', '2026-11-24 04:00:00', '1', '10'],
    ['2026-11-24 04:00:00', '2026-11-24 20:00:00', '1', '10'],
    ['2026-11-24 20:00:00', '2026-11-25 12:00:00', '1', '10'],
    ['2026-11-24 20:00:00', '2026-11-25 12:00:00', '2', '10'],
  ])
  const { orders } = JSON.parse((await run(['orders', 'list', '--json'], { cwd })).stdout)
  const brief = orders.map(({ orderId, lineId, status, commissionRate }: Record<string, string>) => [
    orderId,
    lineId,
    status,
    commissionRate,
  ])
  expect(brief.sort()).toEqual([
    ['301', '301001', 'paid', '3'],
    ['301', '301002', 'received', '3'],
    ['301', '301003', 'invalid', '3'],
    ['301', '301004', 'invalid', '3'],
    ['302', '302001', 'refunded', '2'],
  ])
}, 20_000)

it('a text or a flag that nobody knows is named, and its row not taken', async () => {
  const { url } = await gateway(() =>
    page(1, {
      orderCode: '301',
      orderDetail: [line('1', { orderLineStatusDesc: '部分退款' }), line('2', { violation: '2' }), line('3'), line('4')],
    }),
  )
  const { code, run: found } = await sync(url, '{ days: 1 }')
  expect([code, found.accepted, found.rejected]).toEqual([5, 2, 2])
  expect(found.problems.map(({ message }: { message: string }) => message)).toEqual([
    expect.stringContaining('"部分退款" is not a known word, expected 支付完成, 确认收货'),
    expect.stringContaining('"violation 2" is not a known word'),
  ])
})

it.each(['0', '1.5', 'half', '2161'])('a window of %s hours is none', async (hours) => {
  const { code, run: found } = await sync('http://127.0.0.1:9', `{ hours: ${hours} }`)
  expect([code, found.error]).toEqual([2, `query.hours: "${hours}" is none, expected 1 to 2160`])
})

it('nothing at all is no failure; a wrong secret is the operator’s to mend, and in no message', async () => {
  const { url } = await gateway(() => ({ sn_error: { error_code: 'biz.netalliance.order.query:no-result', error_msg: '' } }))
  const empty = await sync(url, '{ days: 1 }')
  expect([empty.code, empty.run.read, empty.run.error]).toEqual([0, 0, null])
  const { code, run: found } = await sync(url, '{ days: 1 }', 'wrong+secret')
  expect([code, found.error]).toEqual([2, expect.stringContaining('sys.check.sign:fail 签名错误')])
})

describe('goods', () => {
  const goods = (code: number) => ({
    commodityInfo: {
      ...{ commodityName: `示例 ${code}`, commodityCode: String(code), supplierName: '苏宁自营' },
      ...{ commodityPrice: '299.00', snPrice: '399.00', rate: '3.00', monthSales: 12 },
    },
    couponInfo: { couponValue: '20.00', bounsLimit: '199.00' },
  })
  const list = (...codes: number[]) => ({ sn_body: { querySearchcommoditynew: { commodityList: codes.map(goods) } } })
  const none = { sn_error: { error_code: 'biz.netalliance.searchcommoditynew.query:no-result', error_msg: '' } }

  it.each<[string, (page: number) => object]>([
    ['until a page says that there is nothing', (page) => (page === 1 ? list(1, 2) : page === 2 ? list(3) : none)],
    ['until the last page comes again', (page) => (page === 1 ? list(1, 2) : list(3))],
    ['until a page is empty', (page) => (page === 1 ? list(1, 2) : page === 2 ? list(3) : list())],
  ])('are read %s', async (_, answer) => {
    const { url, calls } = await gateway((asked) => answer(Number(asked.pageIndex)), GOODS, 'querySearchcommoditynew')
    const { cwd, code, run: found } = await sync(url, '{ keyword: 电饭煲 }', SECRET, 'products')
    expect([code, found.error, found.read, found.added]).toEqual([0, null, 3, 3])
    expect(calls.map(({ keyword, pageIndex, size }) => [keyword, pageIndex, size])).toEqual(
      ['1', '2', '3'].map((page) => ['电饭煲', page, '40']),
    )
    const { product } = JSON.parse((await run(['show', 'suning:3', '--json'], { cwd })).stdout)
    expect(product).toMatchObject({ price: '299.00', finalPrice: '279.00', commissionRate: '3', commission: '8.37' })
  })

  it('that fail on a page for good change nothing', async () => {
    const refused = { sn_error: { error_code: 'sys.check.permission:no', error_msg: '无权限' } }
    const { url } = await gateway(({ pageIndex }) => (pageIndex === '1' ? list(1, 2) : refused), GOODS, 'querySearchcommoditynew')
    const { code, run: found } = await sync(url, '{ keyword: x }', SECRET, 'products')
    expect([code, found.added, found.error]).toEqual([2, 0, expect.stringContaining('sys.check.permission:no 无权限')])
  })

  it('goods without a number are told, not taken for the end', async () => {
    const { commodityCode: _, ...commodityInfo } = goods(1).commodityInfo
    const page = { sn_body: { querySearchcommoditynew: { commodityList: [{ commodityInfo }] } } }
    const { url } = await gateway(() => page, GOODS, 'querySearchcommoditynew')
    const { code, run: found } = await sync(url, '{ keyword: 电饭煲 }', SECRET, 'products')
    expect([code, found.error]).toEqual([4, expect.stringContaining('commodityInfo.commodityCode is empty')])
  })
})
