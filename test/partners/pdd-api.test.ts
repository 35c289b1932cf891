import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'
import { signatureOf } from '../feeds/gateway.ts'

// 多多进宝 as a whole: shoptool.yaml → signed calls → pages → records. The gateway checks the signature on its own.

const SECRET = 'pdd+secret'
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** Answers by method; `answer` gets the form. */
async function gateway(answer: (form: URLSearchParams) => object): Promise<{ url: string; forms: URLSearchParams[] }> {
  const forms: URLSearchParams[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    forms.push(form)
    const wrong = form.get('sign') !== signatureOf(form, SECRET) || form.get('client_id') !== 'client1'
    response.end(JSON.stringify(wrong ? { error_response: { error_code: 20004, error_msg: '签名sign校验失败' } } : answer(form)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/router`, forms }
}

const sync = async (url: string, feed: 'products' | 'orders', query: string, secret = SECRET) => {
  const api = `{ clientId: client1, clientSecret: "\${PDD_SECRET}", pid: "1_2", gateway: "${url}" }`
  const cwd = workspaceWith(`sources: { pdd: { partner: pdd, feed: ${feed}, api: ${api}, query: ${query} } }\n`)
  const answer = await run(['sync', '--json'], { cwd, env: { PDD_SECRET: secret }, fetch: realContext().fetch })
  return { cwd, ...answer, run: JSON.parse(answer.stdout).runs[0] }
}

const goods = (at: number) => ({
  goods_sign: `E9_${at}`,
  goods_name: `商品${at}`,
  min_group_price: 2990,
  coupon_discount: 500,
  promotion_rate: 200,
  sales_tip: '1.2万+',
})

describe('goods.search', () => {
  it('is read page by page, in fen and permille', async () => {
    const { url, forms } = await gateway((form) => {
      const page = Number(form.get('page'))
      const count = page < 3 ? 100 : 7
      return {
        goods_search_response: { list_id: 'L1', goods_list: Array.from({ length: count }, (_, i) => goods(page * 1000 + i)) },
      }
    })
    const { code, run: found, cwd } = await sync(url, 'products', '{ keyword: 雨伞 }')
    expect([code, found.status, found.read, found.added]).toEqual([0, 'applied', 207, 207])
    expect(forms.map((form) => [form.get('page'), form.get('list_id'), form.get('keyword'), form.get('pid')])).toEqual([
      ['1', null, '雨伞', '1_2'],
      ['2', 'L1', '雨伞', '1_2'],
      ['3', 'L1', '雨伞', '1_2'],
    ])
    const { product } = JSON.parse((await run(['show', 'pdd:E9_3006', '--json'], { cwd })).stdout)
    expect(product).toMatchObject({ finalPrice: '24.90', commissionRate: '20', commission: '4.98', sales: 12000 })
    expect(product.read).toMatchObject({ file: 'pdd api', line: 207 })
  }, 20_000)

  it('with a wrong secret is the operator’s to mend, and the secret is in no message', async () => {
    const { url } = await gateway(() => ({}))
    const { code, run: found, stderr } = await sync(url, 'products', '{ keyword: x }', 'wrong+secret')
    expect([code, found.status]).toEqual([2, 'failed'])
    expect(found.error).toContain('20004 签名sign校验失败')
    expect(stderr + found.error).not.toContain('wrong+secret')
  })
})

describe('order.list.increment.get', () => {
  const order = (at: number) => ({
    ...{
      order_sn: `261101-${at}`,
      goods_sign: 'E9_1',
      goods_name: '商品',
      order_amount: 2490,
      promotion_rate: 200,
      promotion_amount: 498,
    },
    ...{ order_status: 5, order_create_time: 1793500000, order_verify_time: 1793600000, order_modify_at: 1793600001 },
  })

  it('is read day by day, the last page first', async () => {
    const { url, forms } = await gateway((form) => {
      const page = Number(form.get('page'))
      const first = Number(form.get('start_update_time'))
      if (form.get('return_count') === 'true')
        return { order_list_get_response: { total_count: first % 2 === 0 ? 0 : 120, order_list: [] } }
      const count = page === 3 ? 20 : 50
      return {
        order_list_get_response: { order_list: Array.from({ length: count }, (_, i) => order(first * 1000 + page * 100 + i)) },
      }
    })
    // 25 November 2026, 12:00:01 in Shanghai: every day of it begins at an odd second
    const now = Date.parse('2026-11-25T12:00:01+08:00')
    const api = `{ clientId: client1, clientSecret: ${SECRET}, gateway: "${url}" }`
    const cwd = workspaceWith(`sources: { pdd: { partner: pdd, feed: orders, api: ${api}, query: { days: 1 } } }\n`)
    const { code, stdout } = await run(['sync', '--json'], { cwd, now, fetch: realContext().fetch })
    expect([code, JSON.parse(stdout).runs[0]]).toEqual([0, expect.objectContaining({ status: 'applied', read: 120, added: 120 })])
    expect(forms.map((form) => [form.get('page'), form.get('return_count')])).toEqual([
      ['1', 'true'],
      ['3', 'false'],
      ['2', 'false'],
      ['1', 'false'],
    ])
    const [start, end] = ['start_update_time', 'end_update_time'].map((name) => Number(forms[0]!.get(name)))
    expect([end, end! - start!]).toEqual([now / 1000, 86_400])
  })

  it('a row with a status that nobody knows is rejected, and how it comes back is told', async () => {
    const { url } = await gateway((form) => {
      if (form.get('return_count') === 'true') return { order_list_get_response: { total_count: 3, order_list: [] } }
      const rows = [order(1), order(2), { ...order(3), order_status: 99 }]
      return { order_list_get_response: { order_list: rows } }
    })
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }')
    expect([code, found.accepted, found.rejected, found.notes]).toEqual([
      ...[5, 2, 1],
      ['rejected rows are not asked for again by themselves; once they can be read: shoptool sync pdd --full'],
    ])
  })

  it('leaves out what is not paid yet', async () => {
    const { url } = await gateway((form) => ({
      order_list_get_response:
        form.get('return_count') === 'true' ? { total_count: 2 } : { order_list: [order(1), { ...order(2), order_status: -1 }] },
    }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }')
    expect([code, found.error, found.added, found.rejected]).toEqual([0, null, 1, 0])
  })

  it('without any orders is no failure', async () => {
    const { url } = await gateway(() => ({ order_list_get_response: { total_count: 0, order_list: [] } }))
    const { code, run: found } = await sync(url, 'orders', '{ days: 1 }')
    expect([code, found.read, found.error]).toEqual([0, 0, null])
  })
})

it('an API that shoptool does not know is told', async () => {
  const cwd = workspaceWith('sources: { paid: { partner: pdd, feed: payouts, api: { clientId: x } } }\n')
  expect((await run(['sync'], { cwd })).stderr).toBe(
    'shoptool: sources.paid: shoptool knows no API of 多多进宝 for payouts; save the answer as a file and name it with "file:"\n',
  )
})
