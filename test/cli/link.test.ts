import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { signatureOf } from '../feeds/gateway.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

// Links as a whole: goods read from an API → link made by the partner → kept through the next sync → copy. The gateways check the
// signatures on their own.

const SECRET = 'link+secret'
const LINK = 'https://mobile.yangkeduo.com/duo_coupon_landing.html?goods_id=1&pid=1_2'
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

type Forms = Record<string, string>

/** A gateway that takes signed forms; `answer` may give a status in place of an answer. */
async function gateway(answer: (form: Forms) => object | number) {
  const asked: Forms[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    const wrong = form.get('sign') !== signatureOf(form, SECRET)
    asked.push(Object.fromEntries(form))
    const given = wrong
      ? { error_response: { error_code: 20004, error_msg: `sign ${SECRET}` } }
      : answer(Object.fromEntries(form))
    if (typeof given === 'number') response.writeHead(given, { 'retry-after': '3600' }).end()
    else response.end(JSON.stringify(given))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, asked }
}

const goods = (sku: string, price = 2990) => ({
  goods_sign: sku,
  goods_name: `示例雨伞${sku}`,
  min_group_price: price,
  promotion_rate: 200,
})
const made = (url: object) => ({ goods_promotion_url_generate_response: { goods_promotion_url_list: [url] } })

/** 多多进宝 with two kinds of goods, E1 and E2, whose feed holds no links. */
async function pddAt(
  link: (form: Forms) => object | number = () => made({ url: `${LINK}&web=1`, mobile_url: LINK }),
  more = (_api: string) => '',
) {
  let price = 2990
  const { url, asked } = await gateway((form) =>
    form.type === 'pdd.ddk.goods.search'
      ? { goods_search_response: { goods_list: [goods('E1', price), goods('E2')] } }
      : link(form),
  )
  const api = `{ clientId: client1, clientSecret: "\${PDD_SECRET}", pid: "1_2", gateway: "${url}" }`
  const channels =
    'channels: { moments: { surface: wechat/moments, forms: [image] }, weibo: { surface: weibo/post, forms: [url] } }'
  const cwd = workspaceWith(
    `sources:\n  pdd: { partner: pdd, feed: products, api: ${api}, query: { keyword: 雨伞 } }\n${more(api)}\n${channels}\n`,
  )
  const shoptool = (...args: string[]) => run(args, { cwd, env: { PDD_SECRET: SECRET }, fetch: realContext().fetch })
  expect((await shoptool('sync')).code).toBe(0)
  return { cwd, shoptool, calls: () => asked.filter(({ type }) => type !== 'pdd.ddk.goods.search'), raise: () => (price = 3990) }
}
const document = ({ stdout }: { stdout: string }) => JSON.parse(stdout).links

describe('a link', () => {
  it('is made once, used by copy, and not lost by the next sync', async () => {
    const { shoptool, calls, raise } = await pddAt()
    expect((await shoptool('copy', 'E1')).stderr).toContain('make one with "shoptool link pdd:E1"')
    const { code, stdout } = await shoptool('link', 'E1')
    expect([code, stdout]).toEqual([0, `pdd:E1\tlink\t${LINK}\n`])
    expect(calls()).toEqual([
      expect.objectContaining({ p_id: '1_2', goods_sign_list: '["E1"]', type: 'pdd.ddk.goods.promotion.url.generate' }),
    ])
    raise()
    expect((await shoptool('sync')).stdout).toContain('applied')
    expect((await shoptool('copy', 'E1', '--channel', 'weibo')).stdout).toContain(LINK)
    expect(document(await shoptool('link', 'E1', '--json'))).toEqual([
      {
        ...{ partner: 'pdd', sku: 'E1', channel: null, status: 'kept', link: LINK, shortLink: null, code: null },
        ...{ member: null, miniProgram: null, picture: null, trackingId: '1_2', subId: null },
        ...{ madeAt: '2026-11-25T12:00:00+08:00', error: null },
      },
    ])
    expect(calls()).toHaveLength(1)
    await shoptool('link', 'E1', '--refresh')
    expect(calls()).toHaveLength(2)
  }, 20_000)

  it('of a channel carries its name, and is for that channel', async () => {
    const { shoptool, calls } = await pddAt(({ custom_parameters: custom }) =>
      made({
        mobile_url: custom ? `${LINK}&m` : LINK,
        mobile_short_url: custom ? 'https://p.example/m' : '',
        we_app_info: { app_id: 'wx1', page_path: 'a?b' },
      }),
    )
    await shoptool('link', 'E1')
    const [link] = document(await shoptool('link', 'E1', '--channel', 'weibo', '--json'))
    expect(link).toMatchObject({ channel: 'weibo', status: 'made', link: `${LINK}&m`, shortLink: 'https://p.example/m' })
    expect(link.miniProgram).toEqual({ appId: 'wx1', path: 'a?b' })
    expect(calls().map(({ custom_parameters }) => custom_parameters)).toEqual([undefined, '{"uid":"weibo","sid":"weibo-261125"}'])
    expect((await shoptool('copy', 'E1', '--channel', 'weibo')).stdout).toContain('https://p.example/m')
    // of several channels each has its own
    const [moments, weibo] = (await shoptool('copy', 'E1')).stdout.split('── weibo')
    expect([moments!.includes('p.example'), weibo!.includes('https://p.example/m')]).toEqual([false, true])
  })

  it('of a feed is used as it is, and needs no API', async () => {
    const partner = `${ACME}      link: { text: link }\n`
    const cwd = workspaceWith(
      'sources: { acme: { partner: acme, feed: products, file: a.csv } }\nchannels: { moments: { surface: a/b, forms: [url] } }\n',
      {
        'partners/acme.yaml': partner,
        'a.csv': 'sku,title,price,link\n1,伞,9.90,https://a.example/1\n',
      },
    )
    await run(['sync'], { cwd })
    expect((await run(['link', '1'], { cwd })).stdout).toBe('acme:1\tlink\thttps://a.example/1\n')
    const { stderr } = await run(['link', '1', '--channel', 'moments'], { cwd })
    expect(stderr).toBe(
      'shoptool: acme: whose tracking id is on its links cannot be told; describe them under "links:" in partners/acme.yaml\nLinks of feeds do not know the channel; --refresh makes one for moments\n',
    )
    const refused = await run(['link', '1', '--refresh'], { cwd })
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'shoptool: shoptool knows no API of Acme that makes links; its goods are shared by the links of their feed\n',
    ])
  })

  it('of 京东联盟: the page of the goods, site and channel, the answer under getResult', async () => {
    const { url, asked } = await gateway(({ method, '360buy_param_json': business }) => {
      const price = { priceInfo: { price: 49.9 }, commissionInfo: { commissionShare: 8 } }
      const rows = [
        { skuId: 100012345678, skuName: '示例洗衣液', ...price },
        { itemId: 'o4Xk_3r0Zp', skuName: '示例雨伞', ...price },
      ]
      const answer = (inner: object, name: string) => ({
        [`${method!.replaceAll('.', '_')}_responce`]: { code: '0', [name]: JSON.stringify(inner) },
      })
      if (method!.includes('goods')) return answer({ code: 200, data: rows }, 'queryResult')
      return answer(
        {
          code: 200,
          data: {
            clickURL: `https://union-click.jd.com/${createHash('md5').update(business!).digest('hex')}`,
            jCommand: '￥1￥',
          },
        },
        'getResult',
      )
    })
    const api = `{ appKey: key1, secret: "${SECRET}", siteId: "4000001", positionId: "3000001", gateway: "${url}" }`
    const cwd = workspaceWith(
      `sources: { jd: { partner: jd, feed: products, api: ${api}, query: { eliteId: 1 } } }\nchannels: { moments: { surface: a/b, forms: [url, code] }, 朋友圈: { surface: a/b, forms: [url] } }\n`,
    )
    const shoptool = (...args: string[]) => run(args, { cwd, fetch: realContext().fetch })
    await shoptool('sync')
    const links = document(await shoptool('link', '100012345678', 'o4Xk_3r0Zp', '--channel', 'moments', '--json'))
    expect(links).toEqual([
      expect.objectContaining({
        sku: '100012345678',
        link: expect.stringContaining('https://union-click.jd.com/'),
        code: '￥1￥',
      }),
      expect.objectContaining({ sku: 'o4Xk_3r0Zp', status: 'made' }),
    ])
    const codes = { siteId: '4000001', positionId: '3000001', subUnionId: 'moments_261125' }
    expect(asked.slice(1).map((form) => JSON.parse(form['360buy_param_json']!).promotionCodeReq)).toEqual([
      { materialId: 'https://item.jd.com/100012345678.html', ...codes },
      { materialId: 'https://jingfen.jd.com/detail/o4Xk_3r0Zp.html', ...codes },
    ])
    expect((await shoptool('copy', '100012345678', '--channel', 'moments')).stdout).toMatch(/union-click|￥1￥/)
  })
})

describe('no link', () => {
  it.each<[string, string[], string]>([
    ['of goods that are not there', ['E9'], 'E9: no such product; see "shoptool find"'],
    [
      'for a channel that is not there',
      ['E1', '--channel', 'moment'],
      '--channel: unknown channel "moment"; did you mean moments?',
    ],
    ['by a source that is not there', ['E1', '--source', 'pd'], '--source: unknown source "pd"; did you mean pdd?'],
    ['by another partner', ['E1', '--source', 'tb'], '--source: tb is a source of taobao, and the goods are of pdd'],
    [
      'by a file',
      ['E1', '--source', 'file'],
      'no source of 多多进宝 has credentials to make links with; add one with "api:" to shoptool.yaml, like { partner: pdd, feed: products, api: { … } }',
    ],
    ['in nobody’s name', ['E1', '--source', 'poor'], 'sources.poor.api.pid: is missing; 多多进宝 makes links in its name'],
    ['where two accounts could make it', ['E1'], '--source: which account of 多多进宝? Name one of pdd, other'],
    [
      'without its secret',
      ['E1', '--source', 'other'],
      'shoptool.yaml: sources.other.api.clientSecret: file:none.key does not exist',
    ],
  ])('%s', async (_, args, message) => {
    const sources = [
      '  tb: { partner: taobao, feed: products, file: "none-*.csv" }',
      '  file: { partner: pdd, feed: orders, file: "none-*.csv" }',
      '  poor: { partner: pdd, feed: orders, api: { clientId: c, clientSecret: "file:none.key" } }',
      '  other: { partner: pdd, feed: orders, api: { clientId: c, clientSecret: "file:none.key", pid: "3_4" } }',
    ]
    const { url } = await gateway(() => ({ goods_search_response: { goods_list: [goods('E1')] } }))
    const api = `{ clientId: client1, clientSecret: ${SECRET}, pid: "1_2", gateway: "${url}" }`
    const cwd = workspaceWith(
      `sources:\n  pdd: { partner: pdd, feed: products, api: ${api} }\n${sources.join('\n')}\nchannels: { moments: { surface: a/b, forms: [url] } }\n`,
    )
    const shoptool = (...given: string[]) => run(given, { cwd, fetch: realContext().fetch })
    await shoptool('sync', 'pdd')
    const { code, stderr, stdout } = await shoptool('link', ...args)
    expect([code, stderr, stdout]).toEqual([2, `shoptool: ${message}\n`, ''])
  })

  it('but two sources with the same credentials are one account', async () => {
    const { shoptool } = await pddAt(undefined, (api) => `  orders: { partner: pdd, feed: products, api: ${api} }`)
    expect((await shoptool('link', 'E1')).code).toBe(0)
  })

  it('where the partner says no, in its words and without the secret', async () => {
    const { shoptool } = await pddAt(() => ({ error_response: { error_code: 60001, error_msg: `pid 未备案 ${SECRET}` } }))
    const { code, stderr, stdout } = await shoptool('link', 'E1', '--json')
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout).links).toEqual([
      expect.objectContaining({ status: 'failed', link: null, error: 'pdd, link to E1: 60001 pid 未备案 ***' }),
    ])
  })

  it('where the partner is down: the others are not tried, and exit 3 says to come again', async () => {
    const { shoptool, calls } = await pddAt(() => 503)
    const { code, stderr } = await shoptool('link', 'E1', 'E2')
    expect([code, stderr]).toEqual([3, 'shoptool: pdd, link to E1: answers HTTP 503; asks to wait 3600 s\n'])
    expect(calls()).toHaveLength(1)
  })

  it('where the answer holds none', async () => {
    const { shoptool } = await pddAt(() => made({}))
    const { code, stderr } = await shoptool('link', 'E1')
    expect([code, stderr]).toEqual([4, 'shoptool: pdd, link to E1: the answer holds no link\n'])
  })

  it('of goods that are gone', async () => {
    const cwd = workspaceWith('sources: { acme: { partner: acme, feed: products, file: a.csv } }\n', {
      'partners/acme.yaml': ACME,
      'a.csv': `sku,title,price\n${Array.from({ length: 9 }, (_, i) => `${i},伞,9.90\n`).join('')}`,
    })
    await run(['sync'], { cwd })
    writeFileSync(join(cwd, 'a.csv'), `sku,title,price\n${Array.from({ length: 8 }, (_, i) => `${i},伞,9.90\n`).join('')}`)
    await run(['sync'], { cwd })
    const { code, stderr } = await run(['link', '8'], { cwd })
    expect([code, stderr]).toEqual([2, 'shoptool: acme:8: is gone from its feed since 2026-11-25; it is not shared any more\n'])
  })
})
