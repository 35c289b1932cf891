import { describe, expect, it } from 'vitest'
import { CANONICAL } from '../../src/feeds/canonical.ts'
import type { Format } from '../../src/feeds/feed.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { findPartner, parsePartner } from '../../src/partners/yaml.ts'
import { folderWith } from '../cli/shoptool.ts'

/** As contract.md gives it. */
const ACME = `id: acme
name: Acme Outlet
currency: CNY
timezone: Asia/Shanghai
feeds:
  products:
    format: { type: csv, delimiter: ",", encoding: utf-8 }
    fields:
      sku:            { text: 货号 }
      title:          { text: [名称, 商品名称] }
      price:          { amount: 价格, unit: yuan }
      commissionRate: { rate: 佣金比例, unit: percent }
      commission:     { amount: 佣金, unit: yuan }
      sales:          { count: 月销量 }
      couponAmount:   { amount: 券额, unit: yuan, optional: true }
      imageUrl:       { text: 主图 }
      url:            { text: 链接 }
  orders:
    format: { type: csv }
    fields:
      orderId: { text: 订单号 }
      lineId:  { text: 子订单号, optional: true }
      sku: { text: 商品ID }
      title: { text: 商品, optional: true }
      quantity: { count: 数量, optional: true }
      paidAmount: { amount: 付款金额, unit: yuan }
      commissionRate: { rate: 佣金比例, unit: percent }
      commission: { amount: 预估佣金, unit: yuan }
      status: { oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid } }
      orderedAt: { instant: 下单时间, pattern: "yyyy-MM-dd HH:mm:ss" }
      settledAt: { instant: 结算时间, pattern: "yyyy-MM-dd HH:mm:ss", optional: true }
      trackingId: { text: 推广位, optional: true }
  payouts:
    format: { type: csv }
    total: { amount: 合计, unit: yuan, optional: true }
    fields:
      statementId: { text: 结算单号, optional: true }
      orderId: { text: 订单号, optional: true }
      lineId:  { text: 子订单号, optional: true }
      amount:  { amount: 金额, unit: yuan }
      kind:    { oneOf: 类型, words: { 佣金: commission, 退款扣回: clawback, 奖励: bonus, 服务费: fee, 税: tax }, optional: true }
      paidAt:  { day: 打款日期, pattern: "yyyy-MM-dd" }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [ { name: 技术服务费, of: commission, rate: "10%", rounding: half-up } ]
tolerance: 0
`
const read = (text: string) => parsePartner('acme.yaml', text)
const builtIn: Partner[] = [{ ...read(ACME), id: 'taobao', name: 'Taobao' }]

describe('a partner in YAML', () => {
  it.each<[string, Format]>([
    ['type: csv, comment: "#"', { type: 'csv', comment: '#' }],
    ['type: csv, quote: backslash, short: true', { type: 'csv', quote: 'backslash', short: true }],
    ['type: csv, header: [a, "...", b], frame: [HDR, TRL]', { type: 'csv', header: ['a', '...', 'b'], frame: ['HDR', 'TRL'] }],
    ['type: csv, spelling: google', { type: 'csv', spelling: 'google' }],
    ['type: csv, group: { by: a, fill: [b] }', { type: 'csv', group: { by: 'a', fill: ['b'] } }],
    ['type: csv, skip: { a: Total, b: ["", D] }', { type: 'csv', skip: { a: ['Total'], b: ['', 'D'] } }],
    ['type: ndjson, skip: { a: x }', { type: 'ndjson', skip: { a: ['x'] } }],
    ['type: csv, encoding: windows-1252', { type: 'csv', encoding: 'windows-1252' }],
    ['type: json', { type: 'json', rows: '' }],
    ['type: xml, rows: rss.channel.item', { type: 'xml', rows: 'rss.channel.item' }],
    ['type: xml, rows: [feed.entry, a]', { type: 'xml', rows: ['feed.entry', 'a'] }],
    ['type: sheet', { type: 'sheet', encoding: 'binary' }],
    ['type: sheet, sheet: 商品, skipLines: 2', { type: 'sheet', encoding: 'binary', sheet: '商品', skipLines: 2 }],
  ])('has the format %s', (text, format) => {
    const { feeds } = read(ACME.replace('type: csv, delimiter: ",", encoding: utf-8', text))
    expect(feeds.products!.format).toEqual(format)
  })

  it('is what a partner in TypeScript is', () => {
    const { feeds, ...acme } = read(ACME)
    expect(acme).toEqual({
      id: 'acme',
      name: 'Acme Outlet',
      currency: 'CNY',
      timezone: 'Asia/Shanghai',
      calendar: { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 },
      fees: [{ name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up' }],
      tolerance: 0,
    })
    expect(feeds.products!.format).toEqual({ type: 'csv', delimiter: ',', encoding: 'utf-8' })
    expect(feeds.products!.fields.title).toEqual({ kind: 'text', from: ['名称', '商品名称'], optional: false })
    expect(feeds.products!.fields.price).toEqual({ kind: 'amount', from: '价格', optional: false, unit: 'major', decimal: '.' })
    expect(feeds.products!.fields.couponAmount).toEqual({
      kind: 'amount',
      from: '券额',
      optional: true,
      unit: 'major',
      decimal: '.',
    })
    expect(feeds.products!.fields.commissionRate).toEqual({
      kind: 'rate',
      from: '佣金比例',
      optional: false,
      unit: 'percent',
      decimal: '.',
    })
    expect(feeds.products!.fields.finalPrice).toEqual({ kind: 'none' })
    expect(feeds.orders!.fields.settledAt).toEqual({
      kind: 'instant',
      from: '结算时间',
      optional: true,
      pattern: 'yyyy-MM-dd HH:mm:ss',
      absent: [],
    })
    expect(feeds.orders!.fields.status).toMatchObject({ kind: 'oneOf', words: { 已付款: 'paid', 已失效: 'invalid' } })
    expect(feeds.payouts!.total).toEqual({ kind: 'amount', from: '合计', optional: true, unit: 'major', decimal: '.' })
  })

  it('gives every field of every record a descriptor', () => {
    const { feeds } = read(ACME)
    expect(Object.keys(feeds.products!.fields).sort()).toEqual(Object.keys(CANONICAL.products).sort())
    expect(Object.keys(feeds.orders!.fields).sort()).toEqual([...Object.keys(CANONICAL.orders), 'rawStatus'].sort())
    expect(Object.keys(feeds.payouts!.fields).sort()).toEqual(Object.keys(CANONICAL.payouts).sort())
  })

  it.each([
    ['{ basis: verifiedAt, closes: 15, pays: 20, lag: 0 }', { basis: 'verifiedAt', closes: 15, pays: 20, lag: 0 }],
    ['{ basis: receivedAt, days: 1 }', { basis: 'receivedAt', days: 1 }],
  ])('reads the calendar %s', (text, calendar) => {
    expect(read(ACME.replace('{ basis: settledAt, closes: last, pays: 20, lag: 1 }', text)).calendar).toEqual(calendar)
  })

  it('reads how a network corrects its orders', () => {
    const text = ACME.replace(
      '    format: { type: csv }\n    fields:\n      orderId: { text: 订单号 }\n      lineId:  { text: 子订单号, optional: true }',
      `    format: { type: csv, delimiter: "|", headerWith: [订单号, Order], skip: { 订单号: [合计] } }
    entries: { of: rows, id: [流水号], way: { from: 来源, words: [realtime, batch], prefer: batch } }
    fields:
      orderId: { text: 订单号 }
      lineId: { text: [商家, 商品ID], join: / }`,
    )
      .replace(
        '{ oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid } }',
        '{ firstOf: [{ from: 作废, words: { 1: invalid, 0: next } }, { from: 打款日, filled: settled }] }',
      )
      .replace('{ amount: 预估佣金, unit: yuan }', '{ amount: 预估佣金, unit: yuan, rounding: half-up }')
    const { format, entries, fields } = read(text).feeds.orders!
    expect(format).toEqual({ type: 'csv', delimiter: '|', headerWith: ['订单号', 'Order'], skip: { 订单号: ['合计'] } })
    expect(entries).toEqual({ of: 'rows', id: ['流水号'], way: { from: '来源', words: ['realtime', 'batch'], prefer: 'batch' } })
    expect(fields.lineId).toEqual({ kind: 'text', from: ['商家', '商品ID'], optional: false, join: '/' })
    expect(fields.commission).toMatchObject({ rounding: 'half-up' })
    expect(fields.status).toEqual({
      kind: 'firstOf',
      of: [
        { from: '作废', words: { 0: null, 1: 'invalid' } },
        { from: '打款日', filled: 'settled' },
      ],
    })
  })

  it('reads JSON paths, decimal commas, other currencies and several patterns', () => {
    const { feeds } = read(`id: acme
name: Acme
currency: KWD
timezone: Asia/Kuwait
feeds:
  products:
    format: { type: json, rows: [data.list, goods] }
    fields:
      sku: { text: item.id }
      title: { text: item.name }
      price: { amount: item.price, unit: minor, decimal: "," }
      couponUntil: { instant: coupon.end, pattern: [unix, iso], optional: true, absent: "0" }
`)
    expect(feeds.products).toMatchObject({
      format: { type: 'json', rows: ['data.list', 'goods'] },
      fields: {
        price: { from: 'item.price', unit: 'minor', decimal: ',' },
        couponUntil: { pattern: ['unix', 'iso'], absent: ['0'], optional: true },
      },
    })
    expect(feeds.orders).toBeUndefined()
  })
})

/** What is changed in ACME, and what the message must be. */
const MISTAKES: [found: string | RegExp, instead: string, message: string][] = [
  ['id: acme', 'id: Acme', 'partners/acme.yaml:1: id: "Acme" is not an id, expected small letters, digits, "-" and "_"'],
  ['id: acme', 'id: acne', 'partners/acme.yaml:1: id: "acne" is not the name of the file, expected acme'],
  [
    'currency: CNY',
    'currency: RMB',
    'partners/acme.yaml:3: currency: "RMB" is not a currency, expected an ISO 4217 code like CNY',
  ],
  [
    'currency: CNY',
    'currency: JPY',
    'partners/acme.yaml:11: feeds.products.fields.price.unit: yuan is a unit of CNY, expected major or minor of JPY',
  ],
  [
    'timezone: Asia/Shanghai',
    'timezone: Peking',
    'partners/acme.yaml:4: timezone: "Peking" is not a time zone, expected like Asia/Shanghai',
  ],
  ['name: Acme Outlet\n', '', 'partners/acme.yaml:1: name: is missing, expected a text'],
  ['calendar:', 'calender:', 'partners/acme.yaml:43: calender: unknown key; did you mean calendar?'],
  ['  products:\n', '  product:\n', 'partners/acme.yaml:6: feeds.product: unknown key; did you mean products?'],
  [
    'type: csv, delimiter',
    'type: cvs, delimiter',
    'partners/acme.yaml:7: feeds.products.format.type: "cvs" is not known, expected csv, json, ndjson, xml, sheet',
  ],
  [
    'type: csv, delimiter',
    'type: xml, rows: a.b, delimiter',
    'partners/acme.yaml:7: feeds.products.format.delimiter: does not go with xml, expected rows, skip, encoding',
  ],
  [
    'type: csv, delimiter: ",", encoding: utf-8',
    'type: xml',
    'partners/acme.yaml:7: feeds.products.format.rows: expected the path to each record, like rss.channel.item or feed.entry',
  ],
  [
    'type: csv, delimiter: ",", encoding: utf-8',
    'type: xml, rows: [rss.channel.item, feed..entry]',
    'partners/acme.yaml:7: feeds.products.format.rows: expected the path to each record, like rss.channel.item or feed.entry',
  ],
  [
    'type: csv, delimiter: ",", encoding',
    'type: sheet, encoding',
    'partners/acme.yaml:7: feeds.products.format.encoding: does not go with sheet, expected sheet, skipLines',
  ],
  ['encoding: utf-8', 'comment: ""', 'partners/acme.yaml:7: feeds.products.format.comment: is empty, expected a text like "#"'],
  [
    'encoding: utf-8',
    'encoding: binary',
    'partners/acme.yaml:7: feeds.products.format.encoding: "binary" is not known, expected utf-8, gb18030',
  ],
  [
    'type: csv, delimiter',
    'type: json, delimiter',
    'partners/acme.yaml:7: feeds.products.format.delimiter: does not go with json, expected rows, skip, encoding',
  ],
  [
    'delimiter: ","',
    'delimiter: ";;"',
    'partners/acme.yaml:7: feeds.products.format.delimiter: expected one character, like "," or "\\t"',
  ],
  [
    'encoding: utf-8',
    'encoding: utf8',
    'partners/acme.yaml:7: feeds.products.format.encoding: "utf8" is not known; did you mean utf-8?',
  ],
  [
    'delimiter: ","',
    'delimeter: ","',
    'partners/acme.yaml:7: feeds.products.format.delimeter: unknown key; did you mean delimiter?',
  ],
  ['      price: ', '      prise: ', 'partners/acme.yaml:11: feeds.products.fields.prise: unknown key; did you mean price?'],
  [
    / {6}price: .*\n/,
    '',
    'partners/acme.yaml:8: feeds.products.fields: price is missing (price before the coupon), expected like price: { amount: Column, unit: major }',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '价格',
    'partners/acme.yaml:11: feeds.products.fields.price: expected like { amount: Column, unit: major }',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ text: 价格 }',
    'partners/acme.yaml:11: feeds.products.fields.price: is not text, expected like { amount: Column, unit: major }',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ unit: yuan }',
    'partners/acme.yaml:11: feeds.products.fields.price: has no column, expected like { amount: Column, unit: major }',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amonut: 价格, unit: yuan }',
    'partners/acme.yaml:11: feeds.products.fields.price.amonut: unknown key; did you mean amount?',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amount: 价格 }',
    'partners/acme.yaml:11: feeds.products.fields.price.unit: is missing, expected major, minor, yuan, fen',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amount: 价格, unit: yaun }',
    'partners/acme.yaml:11: feeds.products.fields.price.unit: "yaun" is not known; did you mean yuan?',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amount: 价格, unit: yuan, decimal: ";" }',
    'partners/acme.yaml:11: feeds.products.fields.price.decimal: ";" is not known, expected ., ,',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amount: 价格, units: yuan }',
    'partners/acme.yaml:11: feeds.products.fields.price.units: unknown key; did you mean unit?',
  ],
  [
    '{ amount: 价格, unit: yuan }',
    '{ amount: 价格, unit: yuan, optional: true }',
    'partners/acme.yaml:11: feeds.products.fields.price.optional: price is required (price before the coupon) and cannot be optional',
  ],
  [
    '券额, unit: yuan, optional: true',
    '券额, unit: yuan, optional: yes',
    'partners/acme.yaml:15: feeds.products.fields.couponAmount.optional: expected true or false',
  ],
  [
    '{ text: 货号 }',
    '{ text: 2020 }',
    'partners/acme.yaml:9: feeds.products.fields.sku.text: expected a column name or a list of them; write it in quotes, "2020"',
  ],
  [
    '{ text: 货号 }',
    '{ text: [] }',
    'partners/acme.yaml:9: feeds.products.fields.sku.text: expected a column name or a list of them',
  ],
  [
    'unit: percent }\n      commission: ',
    'unit: permil }\n      commission: ',
    'partners/acme.yaml:12: feeds.products.fields.commissionRate.unit: "permil" is not known; did you mean permille?',
  ],
  [
    '已收货: received',
    '已收货: recieved',
    'partners/acme.yaml:29: feeds.orders.fields.status.words.已收货: "recieved" is not known; did you mean received?',
  ],
  [
    'words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid }',
    'words: {}',
    "partners/acme.yaml:29: feeds.orders.fields.status.words: expected the partner's words and their meaning, like { 已付款: paid }",
  ],
  [
    '下单时间, pattern: "yyyy-MM-dd HH:mm:ss"',
    '下单时间, pattern: "YYYY-MM-DD"',
    'partners/acme.yaml:30: feeds.orders.fields.orderedAt.pattern: "YYYY-MM-DD": unknown letter Y, expected yyyy MM dd HH mm ss, unix, unix-ms or iso',
  ],
  [
    '下单时间, pattern: "yyyy-MM-dd HH:mm:ss"',
    '下单时间',
    'partners/acme.yaml:30: feeds.orders.fields.orderedAt.pattern: is missing, expected yyyy-MM-dd HH:mm:ss, unix, unix-ms or iso',
  ],
  ['pays: 20, lag: 1', 'pays: 32, lag: 1', 'partners/acme.yaml:43: calendar.pays: expected a day of the month, 1 to 31 or last'],
  [
    'pays: 20, lag: 1',
    'pays: 20',
    'partners/acme.yaml:43: calendar.lag: is missing, expected basis, closes, pays and lag, or basis and days',
  ],
  [
    'pays: 20, lag: 1',
    'pays: 20, lag: 1, days: 1',
    'partners/acme.yaml:43: calendar.closes: does not go with days, expected basis and days alone',
  ],
  [
    'basis: settledAt',
    'basis: settled',
    'partners/acme.yaml:43: calendar.basis: "settled" is not known; did you mean settledAt?',
  ],
  [
    'lag: 1 }',
    'lag: 0 }',
    'partners/acme.yaml:43: calendar.lag: 0 pays before it closes (closes: last, pays: 20), expected 1 or more',
  ],
  [
    'closes: last, pays: 20, lag: 1',
    'runs: [{ closes: 15, pays: 15, lag: 0 }, { closes: last, pays: 30, lag: 0 }]',
    'partners/acme.yaml:43: calendar.runs.1.lag: 0 pays before it closes (closes: last, pays: 30), expected 1 or more',
  ],
  ['rate: "10%"', 'rate: 10', 'partners/acme.yaml:44: fees.0.rate: expected a text'],
  [
    'rate: "10%"',
    'rate: "-10%"',
    'partners/acme.yaml:44: fees.0.rate: is below zero; what is added to the commission is of kind: subsidy',
  ],
  [
    'rate: "10%"',
    'kind: share, rate: "150%"',
    'partners/acme.yaml:44: fees.0.rate: "150%" is more than there is, expected 100% at most',
  ],
  [
    'tolerance: 0',
    'tolerance: 0\nterms:\n  - { from: 2026-10-01, tolerance: 1 }\n  - { from: 2026-10-01, fees: [] }\n  - { from: 2026-10-01, tolerance: 2 }',
    'partners/acme.yaml:49: terms.2.from: 2026-10-01 has tolerance already, expected each part once a day',
  ],
  ['rate: "10%"', 'rate: "10"', 'partners/acme.yaml:44: fees.0.rate: expected a percentage like "10%"'],
  [
    'rounding: half-up',
    'rounding: halfup',
    'partners/acme.yaml:44: fees.0.rounding: "halfup" is not known; did you mean half-up?',
  ],
  [
    '  orders:\n',
    '  orders:\n    entries: { of: row }\n',
    'partners/acme.yaml:19: feeds.orders.entries.of: "row" is not known; did you mean rows?',
  ],
  [
    '  orders:\n',
    '  orders:\n    entries: { of: rows, way: { from: w, words: [a, b], prefer: c } }\n',
    'partners/acme.yaml:19: feeds.orders.entries.way.prefer: "c" is not one of a, b',
  ],
  [
    'status: { oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid } }',
    'status: { firstOf: [] }',
    'feeds.orders.fields.status.firstOf: expected a list like [{ from: Voided, words: { 1: paid } }, { from: Paid Date, filled: paid }]',
  ],
  [
    'status: { oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid } }',
    'status: { firstOf: [{ from: a }] }',
    'feeds.orders.fields.status.firstOf.0: expected either words or filled',
  ],
  [
    'status: { oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已失效: invalid } }',
    'status: { firstOf: [{ from: a, filled: payd }] }',
    'feeds.orders.fields.status.firstOf.0.filled: "payd" is not known; did you mean paid?',
  ],
  [
    'commission: { amount: 预估佣金, unit: yuan }',
    'commission: { amount: 预估佣金, unit: yuan, rounding: up-half }',
    'feeds.orders.fields.commission.rounding: "up-half" is not known',
  ],
  [
    'tolerance: 0',
    'tolerance: 0.01',
    'partners/acme.yaml:45: tolerance: expected minor units, a whole number of 0 or more, or { line: 1, statement: 50 }',
  ],
  ['tolerance: 0', 'tolerance: -1', 'partners/acme.yaml:45: tolerance: expected 0 or more'],
  [
    'tolerance: 0',
    'tolerance: { line: 1 }',
    'partners/acme.yaml:45: tolerance: expected minor units, a whole number of 0 or more, or { line: 1, statement: 50 }',
  ],
  ['tolerance: 0', 'tolerance: 0\ntolerance: 1', 'partners/acme.yaml:46: Map keys must be unique'],
  ['id: acme', 'id: [acme', 'partners/acme.yaml:2: '],
]

describe('mistakes in a partner file', () => {
  it.each(MISTAKES)('%s → %s', (found, instead, message) => {
    const text = ACME.replace(found, instead)
    expect(text).not.toBe(ACME)
    expect(() => read(text)).toThrow(expect.objectContaining({ fault: 'usage', message: expect.stringContaining(message) }))
  })

  it('an empty file and one without feeds', () => {
    expect(() => read('')).toThrow('partners/acme.yaml:1: id: is missing, expected a text')
    expect(() => read(ACME.replace(/feeds:[\s\S]*?calendar/, 'feeds: {}\ncalendar'))).toThrow(
      'partners/acme.yaml:5: feeds: is empty, expected products, orders, payouts, receipts or refunds',
    )
  })

  it('an alias bomb is refused', () => {
    const lists = 'abcdefghi'
      .split('')
      .map((name, i, all) => `${name}: &${name} [${i === 0 ? 'x' : Array(9).fill(`*${all[i - 1]}`)}]`)
    expect(() => read(lists.join('\n'))).toThrow(expect.objectContaining({ fault: 'usage' }))
  })
})

describe('finding a partner', () => {
  it('reads only the file that is asked for', () => {
    const folder = folderWith({ 'acme.yaml': ACME, 'broken.yaml': 'id: [' })
    expect(findPartner('acme', folder, builtIn, 'sources.x.partner').name).toBe('Acme Outlet')
    expect(findPartner('taobao', folder, builtIn, 'sources.x.partner').name).toBe('Taobao')
    expect(findPartner('taobao', '/nowhere', builtIn, 'sources.x.partner').name).toBe('Taobao')
  })

  it('an unknown one: with the nearest, and how to describe it', () => {
    const folder = folderWith({ 'acme.yaml': ACME })
    expect(() => findPartner('taobaoo', folder, builtIn, 'sources.x.partner')).toThrow(
      'sources.x.partner: unknown partner "taobaoo"; did you mean taobao? (or describe it in partners/taobaoo.yaml)',
    )
    expect(() => findPartner('zzz', folder, builtIn, '--partner')).toThrow(
      '--partner: unknown partner "zzz"; known are taobao, acme (or',
    )
  })

  it('a built-in one is not shadowed', () => {
    const folder = folderWith({ 'taobao.yaml': ACME.replace('id: acme', 'id: taobao') })
    expect(() => findPartner('taobao', folder, builtIn, '--partner')).toThrow(
      'partners/taobao.yaml:2: name: taobao is built in (Taobao): its file may only change calendar, fees, tolerance, terms and payer; choose another id for another partner',
    )
  })
})

describe('what a field may say besides its column', () => {
  const field = (name: string, given: string) => {
    const text = ACME.replace(/ {6}url: .*\n/, '').replace('      sales: ', `      ${name}: ${given}\n      sales: `)
    return read(name === 'price' ? text.replace(/ {6}price: {10}.*\n/, '') : text).feeds.products!.fields[name as 'url' | 'price']
  }

  it.each<[string, string, object]>([
    ['url', '{ text: [a, b], firstFilled: true }', { kind: 'text', from: ['a', 'b'], firstFilled: true }],
    ['url', '{ text: [a, b], join: "/" }', { kind: 'text', join: '/' }],
    ['url', '{ text: a, find: "^(https?://.*)$" }', { kind: 'text', find: ['^(https?://.*)$'] }],
    ['price', '{ amount: [a, b], unit: yuan, take: largest }', { kind: 'amount', take: 'largest' }],
    ['price', '{ amount: a, unit: yuan, decimal: either }', { kind: 'amount', decimal: 'either' }],
    ['finalPrice', '{ amount: a, unit: yuan, within: b, absent: "-" }', { kind: 'amount', within: 'b', absent: ['-'] }],
  ])('%s: %s', (name, given, expected) => expect(field(name, given)).toMatchObject(expected))

  it.each<[string, string, string]>([
    ['url', '{ text: a, fristFilled: true }', 'did you mean firstFilled?'],
    ['url', '{ text: a, firstFilled: 1 }', 'url.firstFilled: expected true or false'],
    ['url', '{ text: a, join: 1 }', 'url.join: expected a text to put between the cells'],
    ['url', '{ text: a, find: "https" }', 'url.find: "https" has no group (…), expected one round the value'],
    ['url', '{ text: a, find: "(" }', 'url.find: Invalid regular expression'],
    ['price', '{ amount: a, unit: yuan, take: smalest }', 'price.take: '],
    ['price', '{ amount: a, unit: yuan, within: 1 }', 'price.within: expected a column name'],
  ])('%s: %s is refused', (name, given, message) => expect(() => field(name, given)).toThrow(message))

  it.each<[string, string]>([
    ['type: csv, heder: [a]', 'did you mean header?'],
    ['type: csv, header: []', 'format.header: is empty, expected the names of the columns'],
    ['type: csv, frame: [HDR]', 'format.frame: expected the first cells of the first and the last row, like [HDR, TRL]'],
    ['type: json, header: [a]', 'format.header: does not go with json, expected rows, skip, encoding'],
  ])('a format %s is refused', (given, message) => {
    expect(() => read(ACME.replace('type: csv, delimiter: ",", encoding: utf-8', given))).toThrow(message)
  })
})

it('a source may name the currency and the zone of its files', () => {
  const folder = folderWith({ 'acme.yaml': ACME })
  const own = { currency: 'EUR', timezone: 'Europe/Berlin' }
  expect(findPartner('acme', folder, builtIn, 'x', own)).toMatchObject(own)
  expect(findPartner('acme', folder, builtIn, 'x', { currency: 'EUR' }).timezone).toBe('Asia/Shanghai')
  expect(findPartner('taobao', folder, builtIn, 'x', own)).toMatchObject({ id: 'taobao', ...own })
})
