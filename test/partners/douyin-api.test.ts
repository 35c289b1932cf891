import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { BUILT_IN } from '../../src/partners/index.ts'
import { session, told } from '../catalog/session.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'

// 抖音精选联盟 as a whole: shoptool.yaml → signed calls → pages → records. The gateway checks the signature on its own.

const SECRET = 'douyin+secret'
const NOW = Date.parse('2026-11-25T12:00:00+08:00')
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

type Asked = Record<string, unknown>

/** Answers with what `answer` makes of the method and the business parameters; those with a wrong signature or token with the partner's error. */
async function gateway(answer: (asked: Asked, path: string) => object) {
  const calls: { path: string; asked: Asked }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { pathname, searchParams: query } = new URL(request.url!, 'http://localhost')
    const said = (name: string) => query.get(name) ?? ''
    const text = `app_key${said('app_key')}method${said('method')}param_json${body}timestamp${said('timestamp')}v${said('v')}`
    const sign = createHmac('sha256', SECRET).update(`${SECRET}${text}${SECRET}`).digest('hex')
    const right = sign === said('sign') && pathname === `/${said('method').replaceAll('.', '/')}`
    if (!right) return response.end('{"code":11,"msg":"签名校验失败","sub_code":"isv.sign-error","sub_msg":""}')
    if (said('access_token') !== 'token1') return response.end('{"err_no":30002,"message":"access_token已过期"}')
    const asked = JSON.parse(body) as Asked
    calls.push({ path: pathname, asked })
    response.end(JSON.stringify(answer(asked, pathname)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

type Given = { secret?: string; token?: string; cwd?: string }
const sync = async (url: string, feed: string, query: string, { secret = SECRET, token = 'token1', cwd: again }: Given = {}) => {
  const api = `{ appKey: key1, secret: "\${DY_SECRET}", accessToken: "\${DY_TOKEN}", gateway: "${url}" }`
  const cwd = again ?? workspaceWith(`sources: { dy: { partner: douyin, feed: ${feed}, api: ${api}, query: ${query} } }\n`)
  const env = { DY_SECRET: secret, DY_TOKEN: token }
  const answer = await run(['sync', '--json'], { cwd, env, now: NOW, fetch: realContext().fetch })
  return { cwd, code: answer.code, run: JSON.parse(answer.stdout).runs[0] }
}
const json = async (cwd: string, ...args: string[]) => JSON.parse((await run([...args, '--json'], { cwd, now: NOW })).stdout)

it('goods page by page, in fen and percent, from the new envelope', async () => {
  const goods = (at: number) => ({
    product_id: String(36e17 + at),
    title: '蜂蜜 <500g> & 勺',
    price: '3990',
    cos_ratio: '15.00',
    cos_fee: '598',
  })
  const { url, calls } = await gateway(({ page }) => ({
    ...{ code: 10000, msg: 'success', log_id: '1' },
    data: { products: Array.from({ length: page === 1 ? 20 : 3 }, (_, at) => ({ ...goods(at), product_id: `${page}00${at}` })) },
  }))
  const { code, run: found, cwd } = await sync(url, 'products', '{ title: "蜂蜜 & <勺>", cos_ratio_min: 110 }')
  expect([code, found.error, found.added]).toEqual([0, null, 23])
  expect(calls.map(({ asked }) => asked)).toEqual([
    { title: '蜂蜜 & <勺>', cos_ratio_min: 110, page: 1, page_size: 20 },
    { title: '蜂蜜 & <勺>', cos_ratio_min: 110, page: 2, page_size: 20 },
  ])
  expect((await json(cwd, 'show', '1000')).product).toMatchObject({ price: '39.90', commissionRate: '15', commission: '5.98' })
}, 20_000)

const order = (id: string, changes: object = {}) => ({
  ...{ order_id: id, product_id: '3600000000000000001', product_name: '示例蜂蜜', item_num: '1', flow_point: 'CONFIRM' },
  ...{ total_pay_amount: '3990', pay_goods_amount: '3990', settled_goods_amount: '0', ads_promotion_rate: '1500' },
  ...{ ads_estimated_commission: '599', ads_real_commission: '0', pay_success_time: '2026-11-01 10:00:00', settle_time: '' },
  ...{ update_time: '2026-11-09 10:00:00', ...changes },
})

describe('orders', () => {
  it('by the time of their last change, from cursor to cursor until it stays', async () => {
    const { url, calls } = await gateway(({ cursor }) => ({
      ...{ err_no: 0, message: 'success' },
      data: { data: { cursor: cursor === '0' ? 'c1' : 'c2', orders: [order(`69${cursor}1`), order(`69${cursor}2`)] } },
    }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 200 }')
    expect([code, found.error, found.read]).toEqual([0, null, 6])
    expect(calls.map(({ asked }) => asked.cursor)).toEqual(['0', 'c1', 'c2'])
    expect(calls[0]).toEqual({
      path: '/buyin/doukeOrderAds',
      asked: {
        ...{ cursor: '0', size: 100, time_type: 'update' },
        ...{ start_time: '2026-08-28 12:00:00', end_time: '2026-11-25 12:00:00' },
      },
    })
  })

  it('of talents and institutes, whose figures have other names', async () => {
    const talent = { ads_promotion_rate: '500', commission_rate: '2000', estimated_commission: '798', real_commission: '0' }
    const { url, calls } = await gateway(() => ({ code: 10000, data: { cursor: '0', orders: [order('691', talent)] } }))
    for (const [as, path] of [
      ['kol', '/buyin/kolOrderAds'],
      ['institute', '/buyin/instituteOrderAds'],
    ]) {
      const { cwd } = await sync(url, 'orders', `{ as: ${as} }`)
      expect((await json(cwd, 'orders', 'list')).orders[0]).toMatchObject({ commissionRate: '20', commission: '7.98' })
      expect(calls.at(-1)).toMatchObject({ path, asked: expect.not.objectContaining({ as, days: expect.anything() }) })
    }
    const { code, run: found } = await sync(url, 'orders', '{ as: shop }')
    expect([code, found.error]).toEqual([2, 'query.as: "shop" is not known, expected douke, kol, institute'])
  })

  it('none at all is no failure, also where the list is null', async () => {
    const { url } = await gateway(() => ({ code: 10000, data: { cursor: '0', orders: null } }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }')
    expect([code, found.error, found.read]).toEqual([0, null, 0])
  })

  it('a settled order that is given back is taken back by the statement, not owed', async () => {
    let changes: object = {
      flow_point: 'SETTLE',
      settled_goods_amount: '3990',
      ads_real_commission: '599',
      settle_time: '2026-10-20 02:00:00',
    }
    const { url } = await gateway(() => ({ code: 10000, data: { cursor: '', orders: [order('691', changes)] } }))
    const { cwd } = await sync(url, 'orders', '{ days: 60 }')
    changes = {
      ...{ flow_point: 'REFUND', settled_goods_amount: '0', ads_real_commission: '0', settle_time: '2026-10-20 02:00:00' },
      ...{ refund_time: '2026-11-18 09:00:00', update_time: '2026-11-18 09:00:01' },
    }
    await sync(url, 'orders', '', { cwd })
    const { lines } = await json(cwd, 'orders', 'show', 'douyin:691')
    expect(lines[0].states.map(({ status, rawStatus }: Record<string, string>) => [status, rawStatus])).toEqual([
      ['settled', 'SETTLE'],
      ['refunded', 'REFUND'],
    ])
    // 5.99 less a tenth for the platform's service, and the same back
    const statement = (day: string, amount: string) =>
      run(['import', 'payouts', '-', '--partner', 'douyin'], {
        cwd,
        now: NOW,
        stdin: `结算单号,订单id,结算金额,结算时间\n${day},691,${amount},${day}\n`,
      })
    await statement('2026-10-20', '5.39')
    await statement('2026-11-20', '-5.39')
    const { partners } = await json(cwd, 'settle', '--month', '2026-11')
    expect(partners[0]).toMatchObject({
      paid: '-5.39',
      difference: '0.00',
      classes: { clawback: { count: 1, difference: '0.00' } },
    })
  })
})

describe('what the partner says no to', () => {
  it.each([
    ['a wrong signature', { secret: 'wrong+secret' }, '11 签名校验失败 isv.sign-error; are appKey and secret right?'],
    [
      'a token that has ended',
      { token: 'token-of-old' },
      '30002 access_token已过期; the accessToken has ended: get a new one with token.refresh',
    ],
  ])('%s is the operator’s to mend', async (_, given, message) => {
    const { url } = await gateway(() => ({}))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }', given)
    expect([code, found.status, found.error]).toEqual([2, 'failed', expect.stringContaining(message)])
    expect(found.error).not.toMatch(/wrong\+secret|token-of-old/)
  })

  it('an answer without a list is no empty one', async () => {
    const { url } = await gateway(() => ({ code: 10000, msg: 'success', data: {} }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }')
    expect([code, found.error]).toEqual([4, expect.stringContaining('no list of rows where the partner puts it')])
  })
})

// Answers from the partner's documentation. They are not ours, so they stay beside the project.
const samples = fileURLToPath(new URL('../../../shared/samples/douyin/', import.meta.url))
describe.skipIf(!existsSync(samples))(`documented answers (skipped where ${samples} is not there)`, () => {
  const partner = BUILT_IN.find(({ id }) => id === 'douyin')!
  const importing = (kind: 'products' | 'orders', name: string) => {
    const { importing: read, query } = session()
    return read(kind, { [name]: readFileSync(samples + name) }, { partner }).then((result) => ({ result, query }))
  }

  it('details of goods', async () => {
    const { result, query } = await importing('products', 'AllianceMaterialsProductsDetailsResponse.json')
    expect(told(result)).toBe('applied: 1 read, 1 added')
    expect(query('SELECT sku, price, commission_rate, commission, sales FROM product')).toEqual([
      ['12233112', 100, 100_000, 10, 1000],
    ])
  })

  it('a search, whose numbers do not fit each other: 10 % of 100 fen is not 1', async () => {
    const { result } = await importing('products', 'AllianceMaterialsProductsSearchResponse.json')
    expect(told(result)).toContain('record 1, commission: 0.01 does not fit 1.00 × 10 % = 0.10')
  })

  it('orders of an institute', async () => {
    const { result, query } = await importing('orders', 'BuyinInstituteOrderAdsResponse.json')
    expect(told(result)).toBe('applied: 1 read, 1 added')
    expect(query('SELECT order_id, status, paid_amount, commission_rate, commission FROM orders')).toEqual([
      ['4737996432465788974', 'paid', 1100, 200_000, 165],
    ])
  })
})
