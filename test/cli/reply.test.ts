import { beforeAll, describe, expect, it } from 'vitest'
import { ACME, run, workspaceWith } from './shoptool.ts'

const SHOP = `${ACME}      shop: { text: shop }
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      lineId: { text: line }
      sku: { text: sku }
      title: { text: title, optional: true }
      quantity: { count: quantity, optional: true }
      paidAmount: { amount: paid, unit: yuan }
      commissionRate: { rate: rate, unit: percent }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已收货: received, 已核销: verified, 已结算: settled, 已退款: refunded, 已失效: invalid } }
      orderedAt: { instant: at, pattern: "yyyy-MM-dd HH:mm:ss" }
`
const LINES: [order: string, line: string, sku: string, title: string, quantity: string, status: string][] = [
  ['A20261101001', '1', '1', '', '1', '已付款'],
  ['A20261101002', '1', '1', '晴雨伞', '2', '已收货'],
  ['A20261101002', '2', '2', '马克杯', '', '已退款'],
  ['A20261101003', '1', '9', '', '', '已失效'],
  ['A20261101004', '1', '2', '马克杯', '', '已付款'],
  ['A20261101004', '2', '2', '马克杯', '', '已退款'],
]
const ORDERS = `order,line,sku,title,quantity,paid,rate,commission,status,at
${LINES.map((line) => [...line.slice(0, 5), '77.70', '31.4', '24.40', line[5], '2026-11-01 10:00:00'].join(',')).join('\n')}
`
let cwd = ''
beforeAll(async () => {
  const sources = ['acme', 'taoxiaopu'].flatMap((partner) => [
    `  ${partner}-goods: { partner: ${partner}, feed: products, file: goods.csv }`,
    `  ${partner}-orders: { partner: ${partner}, feed: orders, file: ${partner}.csv }`,
  ])
  cwd = workspaceWith(`sources:\n${sources.join('\n')}\n`, {
    'partners/acme.yaml': SHOP,
    'partners/taoxiaopu.yaml': SHOP.replace('id: acme', 'id: taoxiaopu'),
    'goods.csv': 'sku,title,price,shop\n1,晴雨\u200b伞 三折,59.00,青芽雨具\n2,马克杯,19.80,糯团子屋\n',
    'acme.csv': ORDERS,
    'taoxiaopu.csv': ORDERS.replace(/A2026110100[234].*\n/g, ''),
    'rules/suppliers.yaml':
      'partners: { acme: { platform: 阿克米商城, service: 阿克米客服 } }\nstatuses: { settled: 交易完成 }\n',
    'templates/reply/gift.liquid': '能，{{ ships }}可以代写贺卡。{% for line in lines %}{{ line.title }}{% endfor %}\r\n',
  })
  expect((await run(['sync'], { cwd })).code).toBe(0)
})
const reply = async (...args: string[]) => (await run(['reply', ...args], { cwd })).stdout

describe('reply', () => {
  it('tells how the order stands, who ships and whom to ask', async () => {
    expect(await reply('acme:A20261101001')).toBe(
      [
        '您好，您的订单 A20261101001 查到了：',
        '· 晴雨伞 三折，已付款，还没有确认收货',
        '由商家“青芽雨具”发货，售后由商家负责。我这里的状态会晚一些，最新进度请看下单平台的“我的订单”；有问题找阿克米客服。\n',
      ].join('\n'),
    )
  })

  it('lists the lines of an order, and names no shop where there are two', async () => {
    const text = await reply('A20261101002')
    expect(text).toContain('· 晴雨伞 × 2，已确认收货\n· 马克杯，已退款\n由商家发货')
    expect(await reply('A20261101003')).toContain('· 商品，已关闭\n')
  })

  it.each([
    ['A20261101001', '由商家“青芽雨具”直接发货，不经过我这里'],
    ['A20261101002', '显示已经收货'],
    ['A20261101003', '已经退款或关闭，不会再发货'],
    ['A20261101004', '直接发货'],
  ])('about shipping goes by the status: %s', async (order, text) => {
    expect(await reply(...(order.endsWith('1') ? [`acme:${order}`] : [order]), '--about', 'shipping')).toContain(text)
  })

  it('knows that a 淘小铺 keeper answers before the order, and the supplier after it', async () => {
    const text = await reply('taoxiaopu:A20261101001')
    expect(text).toContain('由供货商“青芽雨具”发货，售后由供货商负责')
    expect(text).toContain('还没下单、想了解商品的问题，随时可以问我。')
  })

  it.each(['status', 'shipping', 'return', 'invoice', 'price', 'quality', 'address', 'gift'])(
    'about %s holds neither the commission nor a hole',
    async (about) => {
      for (const order of ['A20261101002', 'taoxiaopu:A20261101001']) {
        const { code, stdout } = await run(['reply', order, '--about', about, '--json'], { cwd })
        expect(code).toBe(0)
        expect(stdout).not.toMatch(/佣金|24\.4|31\.4|77\.7/)
        const { reply, questions } = JSON.parse(stdout)
        expect(reply).toMatch(/\p{sc=Han}/u)
        expect(reply).not.toMatch(/null|undefined|\{|\r|“”|[^\S\n]$|\n\n/m)
        expect(questions).toEqual(['address', 'gift', 'invoice', 'price', 'quality', 'return', 'shipping', 'status'])
      }
    },
  )

  it.each([
    [['A20261101001'], 'A20261101001: several partners have it, name one of acme:A20261101001, taoxiaopu:A20261101001'],
    [['A20261101094'], 'A20261101094: no order of that number is on file; did you mean A20261101004?'],
    [['101003'], '101003: no order of that number is on file; did you mean A20261101003?'],
    [['%_'], '%_: no order of that number is on file; read the newest orders with "shoptool sync"'],
    [['A20261101002', '--about', 'shiping'], '--about: no reply about "shiping"; did you mean shipping?'],
    [['A20261101002', '--copy'], '--copy: there is no clipboard here'],
  ])('%s is refused', async (args, message) => {
    const { code, stderr } = await run(['reply', ...args], { cwd, env: { PATH: '' } })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('wants what its files say to be known words', async () => {
    const wrong = (file: string, content: string) => run(['reply', '1'], { cwd: workspaceWith('', { [file]: content }) })
    expect((await wrong('rules/suppliers.yaml', 'partners:\n  acme: { shps: 店铺 }\n')).stderr).toContain(
      'rules/suppliers.yaml:2: partners.acme.shps: unknown key; did you mean ships?',
    )
    expect((await wrong('rules/suppliers.yaml', 'statuses: { payed: 已付款 }\n')).stderr).toContain(
      'rules/suppliers.yaml:1: statuses',
    )
    expect((await wrong('templates/reply/price.liquid', '{{ commission }}')).stderr).toContain(
      'reply/price.liquid: unknown name commission',
    )
  })
})
