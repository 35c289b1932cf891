import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { realContext } from '../../src/context.ts'
import type { Account } from '../../src/feeds/api.ts'
import { fetchApi, LIMITS } from '../../src/feeds/api.ts'
import { parseJson } from '../../src/feeds/formats/json.ts'
import { taobaoGoods, taobaoLinks, taobaoOrders } from '../../src/partners/taobao-api.ts'
import { folderWith, run, workspaceWith } from '../cli/shoptool.ts'

// 淘宝联盟 as a whole: shoptool.yaml → signed calls → pages → records. The gateway checks the signature on its own.

const SECRET = 'tb+secret'
const PID = 'mm_98000001_45000001_110000000001'
// Calls take turns by the real clock, and the first command of a file loads all of the program.
vi.setConfig({ testTimeout: 20_000 })
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** As the gateway documents it, for each way of signing. */
function signatureOf(form: URLSearchParams): string {
  const names = [...form.keys()].filter((name) => name !== 'sign').sort()
  const text = names.map((name) => name + form.get(name)).join('')
  const ways: Record<string, () => string> = {
    md5: () => createHash('md5').update(`${SECRET}${text}${SECRET}`).digest('hex'),
    hmac: () => createHmac('md5', SECRET).update(text).digest('hex'),
    'hmac-sha256': () => createHmac('sha256', SECRET).update(text).digest('hex'),
  }
  return ways[form.get('sign_method')!]!().toUpperCase()
}

type Form = Record<string, string>
const error = (code: number, sub_code: string, sub_msg: string) => ({
  error_response: { code, msg: 'Remote service error', sub_code, sub_msg, request_id: 'r' },
})

/** `answer` gives what stands under the method's name, an error, half an answer (a text) or a status. */
async function gateway(answer: (form: Form, tries: number) => object | string | number) {
  const forms: Form[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    const all = Object.fromEntries(form)
    const same = ({ sign: _, timestamp: __, ...others }: Form) => JSON.stringify(others)
    forms.push(all)
    if (form.get('sign') !== signatureOf(form) || form.get('app_key') !== 'key1' || [...form.values()].includes('')) {
      return response.end(JSON.stringify(error(25, 'isv.invalid-signature', 'Invalid signature')))
    }
    const found = answer(all, forms.filter((other) => same(other) === same(all)).length)
    if (typeof found === 'number') response.writeHead(found).end()
    else if (typeof found === 'string') response.end(found)
    else if ('error_response' in found) response.end(JSON.stringify(found))
    else response.end(JSON.stringify({ [`${all.method!.replace('taobao.', '').replaceAll('.', '_')}_response`]: found }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/router/rest`, forms }
}

const NOW = Date.parse('2026-11-25T12:00:00+08:00')
const sync = async (url: string, feed: string, query: string, more = '', secret = SECRET) => {
  const api = `{ appKey: key1, secret: "\${TB_SECRET}", pid: ${PID}, gateway: "${url}"${more} }`
  const cwd = workspaceWith(`sources: { tb: { partner: taobao, feed: ${feed}, api: ${api}, query: ${query} } }\n`)
  const answer = await run(['sync', '--json'], { cwd, env: { TB_SECRET: secret }, now: NOW, fetch: realContext().fetch })
  return { cwd, code: answer.code, run: JSON.parse(answer.stdout).runs[0] }
}

/** All pages with a clock and waits of its own, so that nothing is waited for. */
async function pagesOf(feed: typeof taobaoGoods | typeof taobaoOrders, account: Account, span?: { from: number; until: number }) {
  const waits: number[] = []
  let now = NOW
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds)
    now += milliseconds
  }
  const outside = { fetch: realContext().fetch, now: () => now, sleep, chance: () => 0 }
  const settings = { turn: async () => {}, limits: LIMITS, ...(span && { span }) }
  const found = fetchApi<never>(feed as never, account, { name: 'tb', partner: 'taobao' }, folderWith(), outside, settings)
  const message = await found.then(() => null).catch(({ fault, message }) => `${fault}: ${message}`)
  return { message, waits }
}
const accountOf = (gateway: string, query: Account['query'] = { q: 'x' }, more: Form = {}): Account => ({
  credentials: { appKey: 'key1', secret: SECRET, pid: PID, gateway, ...more },
  query,
})

const goods = (at: number) => ({
  ...{ item_id: `abcd1234-${at}`, item_basic_info: { title: `抽纸${at}`, pict_url: '//img.example/x.jpg', volume: 12034 } },
  price_promotion_info: { zk_final_price: '59.90', final_promotion_price: '39.90' },
  publish_info: { income_rate: '10.00', click_url: '//s.click.example/t?e=x' },
})
const numbered = <T>(count: number, make: (at: number) => T, from = 0) => Array.from({ length: count }, (_, i) => make(from + i))

describe('goods', () => {
  it('are searched page by page, by the total that the answer states', async () => {
    const { url, forms } = await gateway(({ page_no }) => ({
      total_results: '205',
      // One goods fewer than the page holds: the search leaves out what it may not show.
      result_list: { map_data: numbered(page_no === '3' ? 5 : 99, goods, Number(page_no) * 1000) },
    }))
    const { code, run: found, cwd } = await sync(url, 'products', '{ q: 纸巾 抽纸, sort: total_sales_des }')
    expect([code, found.error, found.added]).toEqual([0, null, 203])
    expect(forms.map(({ method, page_no }) => [method, page_no])).toEqual(
      ['1', '2', '3'].map((page) => ['taobao.tbk.dg.material.optional.upgrade', page]),
    )
    expect(forms[0]).toMatchObject({ q: '纸巾 抽纸', adzone_id: '110000000001', page_size: '100', sign_method: 'md5', v: '2.0' })
    expect(forms[0]!.timestamp).toBe('2026-11-25 12:00:00')
    expect(forms[0]).not.toHaveProperty('site_id')
    expect(JSON.parse((await run(['show', 'taobao:abcd1234-3004', '--json'], { cwd })).stdout).product).toMatchObject({
      ...{ price: '59.90', finalPrice: '39.90', commissionRate: '10', commission: '3.99', sales: 12034 },
      ...{ imageUrl: 'https://img.example/x.jpg', link: 'https://s.click.example/t?e=x' },
    })
  })

  it('of a selection come from the pool, whose rate is in percent', async () => {
    const flat = { item_id: 1, title: '抽纸', zk_final_price: '10.00', commission_rate: '1.8' }
    const { url, forms } = await gateway(() => ({ result_list: { map_data: [flat] } }))
    const { code, run: found, cwd } = await sync(url, 'products', '{ material_id: 31519, favorites_id: 10086 }')
    expect([code, found.error, found.added]).toEqual([0, null, 1])
    expect(forms.map(({ method, favorites_id }) => [method, favorites_id])).toEqual([['taobao.tbk.dg.optimus.material', '10086']])
    expect(JSON.parse((await run(['show', 'taobao:1', '--json'], { cwd })).stdout).product).toMatchObject({
      ...{ commissionRate: '1.8', commission: '0.18' },
    })
  })

  it('come from another method of the same shape where the query names one', async () => {
    const { url, forms } = await gateway(() => ({ total_count: 1, result_list: { map_data: [goods(1)] } }))
    const { run: found } = await sync(url, 'products', '{ method: taobao.tbk.dg.material.recommend, material_id: 117935 }')
    expect([found.error, found.added]).toEqual([null, 1])
    expect(forms[0]!.method).toBe('taobao.tbk.dg.material.recommend')
  })

  it.each(['hmac', 'hmac-sha256'])('are signed with %s where the source says so', async (method) => {
    const { url, forms } = await gateway(() => ({ total_results: 1, result_list: { map_data: [goods(1)] } }))
    expect((await sync(url, 'products', '{ cat: 16 }', `, signMethod: ${method}`)).run.added).toBe(1)
    expect(forms[0]!.sign_method).toBe(method)
  })

  it('of a vendor are asked for in the name of the session', async () => {
    const { url, forms } = await gateway(() => ({ total_results: 1, result_list: { map_data: [goods(1)] } }))
    expect((await sync(url, 'products', '{ q: x }', ', session: s1')).run.added).toBe(1)
    expect(forms[0]).toMatchObject({
      ...{ method: 'taobao.tbk.sc.material.optional.upgrade', session: 's1' },
      ...{ site_id: '45000001', adzone_id: '110000000001' },
    })
    const method = 'taobao.tbk.sc.material.recommend'
    await sync(url, 'products', `{ material_id: 1, method: ${method} }`, ', session: s1')
    expect(forms[1]).toMatchObject({ method })
  })

  it.each([
    ['none that fit', error(15, '50001', '更换查询条件')],
    ['a missing list', { total_results: 0 }],
    ['a list that is an object', { total_results: 0, result_list: {} }],
  ])('%s are an answer', async (_, answer) => {
    const { url, forms } = await gateway(() => answer)
    expect((await pagesOf(taobaoGoods, accountOf(url))).message).toBeNull()
    expect(forms).toHaveLength(1)
  })

  it('with a wrong secret, pid or way of signing are the operator’s to mend', async () => {
    const { url, forms } = await gateway(() => ({}))
    const wrong = await sync(url, 'products', '{ q: x }', '', 'wrong+secret')
    expect([wrong.code, wrong.run.error]).toEqual([2, 'taobao, page 1: 25 isv.invalid-signature Invalid signature'])
    const calls = forms.length
    expect((await sync(url, 'products', '{ q: x }', ', signMethod: sha1')).run.error).toBe(
      'api.signMethod: "sha1" is not known, expected md5, hmac, hmac-sha256',
    )
    const { message } = await pagesOf(taobaoGoods, accountOf(url, {}, { pid: '110000000001' }))
    expect(message).toBe(
      'usage: api.pid: "110000000001" is no promotion position, expected like mm_12345678_2345678_110000000001',
    )
    expect(forms).toHaveLength(calls)
  })

  it('are asked for again after throttling, errors of the platform and cut answers, and all of them come', async () => {
    const { url, forms } = await gateway(({ page_no }, tries) => {
      if (page_no === '1' && tries === 1)
        return error(7, 'accesscontrol.limited-by-api-access-count', 'This ban will last for 3 more seconds')
      if (page_no === '1' && tries === 2) return error(15, 'isp.sys-error', '稍后重试')
      if (page_no === '2' && tries === 1) return '{"tbk_dg_material_optional_upgrade_response":{"result_li'
      if (page_no === '2' && tries === 2) return 503
      return {
        total_results: 150,
        result_list: { map_data: numbered(page_no === '1' ? 100 : 50, goods, Number(page_no) * 1000) },
      }
    })
    const { message, waits } = await pagesOf(taobaoGoods, accountOf(url))
    expect([message, forms.length]).toEqual([null, 6])
    expect(waits).toEqual([3500, 1000, 500, 1000])
  })

  it.each([
    ['a quota of the day', error(7, 'accesscontrol.limited-by-app-access-count', ''), 'temporary', 1],
    [
      'a ban for the rest of the day',
      error(7, 'accesscontrol.limited-by-app-access-count', 'This ban will last for 31062 more seconds'),
      'temporary',
      1,
    ],
    ['calls too fast that never end', error(15, '50002', '调用频率高'), 'temporary', 6],
    ['a wrong parameter', error(15, 'isv.invalid-parameter', '非法参数'), 'usage', 1],
    ['an answer of another kind', '{"ok":true}', 'temporary', 6],
    ['a list that is a text', '{"x_response":{"result_list":"busy"}}', 'data', 1],
  ])('%s: %#', async (_, answer, fault, calls) => {
    const { url, forms } = await gateway(() => answer)
    const { message } = await pagesOf(taobaoGoods, accountOf(url))
    expect([message?.split(':')[0], forms.length]).toEqual([fault, calls])
  })
})

const order = (at: number, changes: object = {}) => ({
  ...{ trade_parent_id: '2200000000000000101', trade_id: `22000000000000${String(10_000 + at)}`, item_id: 'abcd1234-efgh5678' },
  ...{
    item_title: '示例抽纸',
    item_num: 1,
    alipay_total_price: '39.90',
    pay_price: '39.90',
    tk_status: 3,
    tk_total_rate: '10.00',
  },
  ...{ pub_share_pre_fee: '3.99', pub_share_fee: '3.99', tk_create_time: '2026-11-20 10:00:00', tk_paid_time: '--' },
  ...{ tk_earning_time: '2026-11-24 13:00:00', modified_time: '2026-11-24 13:00:00', adzone_id: 110000000001, ...changes },
})

describe('orders', () => {
  it('are read three hours at a time, each page by the place that the one before gives', async () => {
    const { url, forms } = await gateway(({ start_time, page_no }) => {
      if (start_time !== '2026-11-24 12:00:00') return { data: { has_next: false, results: {} } }
      const [from, count] = page_no === '1' ? [0, 100] : [100, 20]
      return {
        data: {
          has_next: page_no === '1',
          position_index: page_no === '1' ? '1719800000_Abc1|1719800100_Xyz2' : '',
          results: { publisher_order_dto: numbered(count, (at) => order(at), from) },
        },
      }
    })
    const { code, run: found, cwd } = await sync(url, 'orders', '{ days: 1, order_scene: 2 }')
    expect([code, found.error, found.added]).toEqual([0, null, 120])
    expect(forms).toHaveLength(9)
    expect(forms[0]).toMatchObject({
      ...{ method: 'taobao.tbk.order.details.get', query_type: '4', order_scene: '2', page_no: '1', page_size: '100' },
      ...{ start_time: '2026-11-24 12:00:00', end_time: '2026-11-24 15:00:00' },
    })
    for (const name of ['position_index', 'jump_type', 'days', 'adzone_id']) expect(forms[0]).not.toHaveProperty(name)
    expect(forms[1]).toMatchObject({ page_no: '2', position_index: '1719800000_Abc1|1719800100_Xyz2', jump_type: '1' })
    expect(forms.at(-1)!.end_time).toBe('2026-11-25 12:00:00')
    expect(JSON.parse((await run(['orders', 'list', '--json', '--limit', '1'], { cwd })).stdout).orders[0]).toMatchObject({
      ...{ partner: 'taobao', status: 'settled', paidAmount: '39.90', commission: '3.99', trackingId: '110000000001' },
    })
  })

  it('are read twenty minutes at a time on days of a sale', async () => {
    const { url, forms } = await gateway(() => ({ data: { has_next: false } }))
    const until = Date.parse('2026-06-21T03:00:00+08:00')
    const { message } = await pagesOf(taobaoOrders, accountOf(url, {}), { from: until - 4 * 3_600_000, until })
    expect([message, forms.map(({ start_time }) => start_time!.slice(11, 16))]).toEqual([
      null,
      ['23:00', '23:20', '23:40', '00:00'],
    ])
    expect(forms.at(-1)!.end_time).toBe('2026-06-21 03:00:00')
    // The window before a sale does not reach into it.
    forms.length = 0
    const sale = Date.parse('2026-10-09T00:20:00+08:00')
    await pagesOf(taobaoOrders, accountOf(url, {}), { from: sale - 3_600_000, until: sale })
    expect(forms.map(({ end_time }) => end_time!.slice(11, 16))).toEqual(['23:40', '00:00', '00:20'])
  })

  it('are asked for in short where the gateway finds the span too long, and then told', async () => {
    const minutes = ({ start_time, end_time }: Form) => (Date.parse(end_time!) - Date.parse(start_time!)) / 60_000
    const span = { from: NOW - 3_600_000, until: NOW }
    const tooLong = error(15, 'isv.invalid-parameter', '查询时间跨度过长')
    const sale = await gateway((form) => (minutes(form) > 20 ? tooLong : { data: { has_next: false, results: {} } }))
    expect((await pagesOf(taobaoOrders, accountOf(sale.url, {}), span)).message).toBeNull()
    expect(sale.forms.map(minutes)).toEqual([60, 20, 40, 20, 20])
    const never = await gateway(() => tooLong)
    expect((await pagesOf(taobaoOrders, accountOf(never.url, {}), span)).message).toMatch(/^usage: .*查询时间跨度过长$/)
    expect(never.forms.map(minutes)).toEqual([60, 20])
  })

  it('count by the estimate until they are settled, and by the settled figure from then on, though it be nothing', async () => {
    const nothing = { pay_price: '0.00', pub_share_fee: '0.00' }
    const rows = [order(1), order(2, nothing), order(3, { ...nothing, tk_status: 12, tk_earning_time: '--' })]
    const { url } = await gateway(({ start_time }) => ({
      data: { has_next: false, results: start_time === '2026-11-24 12:00:00' ? { publisher_order_dto: rows } : {} },
    }))
    const { cwd } = await sync(url, 'orders', '{ days: 1 }')
    const { orders } = JSON.parse((await run(['orders', 'list', '--json'], { cwd })).stdout)
    const brief = orders.map((one: Record<string, string>) => [one.lineId?.at(-1), one.status, one.paidAmount, one.commission])
    expect(brief.sort()).toEqual([
      ['1', 'settled', '39.90', '3.99'],
      ['2', 'settled', '0.00', '0.00'],
      ['3', 'paid', '39.90', '3.99'],
    ])
  })

  it('of a vendor are asked for in the name of the session; without data they are refused', async () => {
    const { url, forms } = await gateway(() => ({ request_id: 'r' }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }', ', session: s1')
    expect([code, found.error]).toEqual([4, expect.stringContaining('no list of rows where the partner puts it')])
    expect(forms[0]!.method).toBe('taobao.tbk.sc.order.details.get')
  })
})

describe('a 淘口令', () => {
  const links = { sku: 'abcd1234-1', title: '抽纸', url: null, link: 'https://s.click.example/t?e=x' }

  it('is made of the promotion link', async () => {
    const model = '10👉 ￥abc123￥ https://m.example/h.x'
    const { url, forms } = await gateway(({ url }) => ({ data: { password_simple: `￥${url!.length}￥`, model } }))
    const account = accountOf(url)
    const step = taobaoLinks.first(links, account)
    const { url: address, ...request } = taobaoLinks.request(step, account, NOW)
    const response = await fetch(address, { ...request, headers: { ...request.headers } })
    expect(taobaoLinks.read(parseJson(await response.text()), step)).toEqual({ links: { code: '￥29￥' }, next: null })
    expect(forms[0]).toMatchObject({ method: 'taobao.tbk.tpwd.create', url: links.link })
  })

  it('is not made of nothing, and not taken from an answer without one', () => {
    const account = accountOf('')
    expect(() => taobaoLinks.first({ ...links, link: null }, account)).toThrow(
      'taobao:abcd1234-1: has no promotion link that a code could be made of',
    )
    const step = taobaoLinks.first(links, account)
    const read = (body: object) => taobaoLinks.read(body, step)
    expect(read({ tbk_tpwd_create_response: { data: {} } })).toEqual({ fault: 'stop', message: 'answers without a code' })
    expect(read(error(15, 'isv.link-not-tbk', '只允许转换淘客链接'))).toMatchObject({ fault: 'stop' })
  })
})
