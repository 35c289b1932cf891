import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fetchFiles } from '../../src/feeds/fetch.ts'
import { type Guess, guess } from '../../src/feeds/guess.ts'
import { HEADERS } from '../../src/feeds/headers.ts'
import { type Sample, sampleOf } from '../../src/feeds/sample.ts'
import type { RecordKind } from '../../src/records.ts'
import { folderWith } from '../cli/shoptool.ts'

async function sample(content: string | Buffer): Promise<Sample> {
  const folder = folderWith({ file: content })
  const [snapshot] = await fetchFiles('file', folder, `${folder}/snapshots`, [undefined, 'binary'])
  return sampleOf(snapshot!)
}
const guessed = async (content: string | Buffer, kind?: RecordKind) => guess(await sample(content), kind)

/** `price ← 价格, yuan` in short: the field's description as it would be written. */
const described = ({ fields }: Guess) => Object.fromEntries(fields.map(({ field, describe }) => [field, describe]))
const sureness = ({ fields }: Guess) => Object.fromEntries(fields.map(({ field, certainty }) => [field, certainty]))

describe('a table', () => {
  const GOODS = `货号;商品名称;售价;佣金率;佣金;月销量;主图;推广链接
A-1;雨伞 晴雨两用;59,90;20%;11,98;1.2万+;//img/1.jpg;https://t.cn/1
A-2;保温杯;1.299,00;10%;129,90;56;//img/2.jpg;https://t.cn/2
A-3;台灯;19,00;15%;2,85;7;//img/3.jpg;https://t.cn/3
`
  it('of goods, with semicolons, decimal commas and 万', async () => {
    const found = await guessed(GOODS)
    expect([found.kind, found.missing, found.unused]).toEqual(['products', [], []])
    expect(described(found)).toEqual({
      sku: { text: '货号' },
      title: { text: '商品名称' },
      price: { amount: '售价', unit: 'major', decimal: ',' },
      commissionRate: { rate: '佣金率', unit: 'percent', optional: true },
      commission: { amount: '佣金', unit: 'major', decimal: ',', optional: true },
      sales: { count: '月销量', optional: true },
      imageUrl: { text: '主图', optional: true },
      link: { text: '推广链接', optional: true },
    })
    expect(new Set(Object.values(sureness(found)))).toEqual(new Set(['sure']))
  })

  it('of goods whose name stands under words that nobody knows: told by its values, and said to be a guess', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => `A-${i + 1000},自营,雨伞 第${i}款,2026-11-0${i + 1} 10:00:00,9.90\n`).join(
      '',
    )
    const found = await guessed(`货号,来源,啥东西,上架,售价\n${rows}`, 'products')
    expect(described(found)).toEqual({
      sku: { text: '货号' },
      title: { text: '啥东西' },
      price: { amount: '售价', unit: 'major' },
    })
    expect([found.missing, found.unused, sureness(found).title]).toEqual([[], ['来源', '上架'], 'guess'])
  })

  it('of which no column is known is taken for goods', async () => {
    const { kind, missing } = await guessed('forhandler,nypris\nBoozt,x\n')
    expect([kind, missing.map(({ field }) => field)]).toEqual(['products', ['sku', 'title', 'price']])
  })

  it('under a title, with tabs', async () => {
    const { format, columns } = await sample('Report of October\n\nid\tname\tprice\n1\ta\t2.00\n2\tb\t3.00\n')
    expect([format, columns]).toEqual([{ type: 'csv', delimiter: '\t', skipLines: 2 }, ['id', 'name', 'price']])
  })

  it.each([
    ['percent', '8', '1.60'],
    ['permille', '80', '1.60'],
    ['basis', '800', '1.60'],
    ['fraction', '0.08', '1.60'],
  ])('price × rate = commission settles that a rate is in %s', async (unit, rate, commission) => {
    const rows = Array.from({ length: 5 }, (_, i) => `${i + 10001},goods ${i},20.00,${rate},${commission}\n`).join('')
    expect(described(await guessed(`sku,title,price,rate,commission\n${rows}`)).commissionRate).toEqual({
      rate: 'rate',
      unit,
      optional: true,
    })
  })

  it('whole amounts that were rounded are minor units', async () => {
    const rows = ['1,a,2990,167,499', '2,b,1999,200,400', '3,c,305,300,92', '4,d,1234,111,137'].join('\n')
    const found = await guessed(`sku,title,price,commission_rate,commission\n${rows}\n`)
    expect(described(found)).toMatchObject({
      price: { unit: 'minor' },
      commission: { unit: 'minor' },
      commissionRate: { unit: 'permille' },
    })
  })

  it('whole amounts without any hint are a guess, and the doubt is named', async () => {
    const found = await guessed('sku,title,price\n1,a,20\n2,b,30\n3,c,41\n')
    expect(found.fields.find(({ field }) => field === 'price')).toMatchObject({
      certainty: 'guess',
      why: 'a common name; whole numbers only: major or minor units?',
    })
  })

  it('of orders, with words that nobody knows', async () => {
    const found = await guessed(
      '订单号,状态,下单时间,付款金额,预估佣金\n1001,已付款,2026/1/2 3:04,10.00,1.00\n1002,待评价,2026/1/3 3:04,20.00,2.00\n',
    )
    expect(found.kind).toBe('orders')
    expect(described(found)).toMatchObject({
      orderedAt: { pattern: 'yyyy/M/d H:mm' },
      status: { oneOf: '状态', words: { 已付款: 'paid' } },
    })
    expect(found.fields.find(({ field }) => field === 'status')).toMatchObject({
      certainty: 'guess',
      why: 'a common name; what do "待评价" mean?',
    })
  })

  it('days that may be months are a guess', async () => {
    const rows = (day: string) => `order_id,status,order_date,amount,commission\n1,paid,${day}/04/2026,1.00,0.10\n`
    const certainty = async (day: string) => sureness(await guessed(rows(day))).orderedAt
    expect([await certainty('03'), await certainty('23')]).toEqual(['guess', 'sure'])
  })

  it('of payouts, with a total at its end', async () => {
    const found = await guessed('结算单号,订单号,金额,打款日期\nS1,1,5.00,2026-11-20\nS1,2,-1.00,2026-11-20\n合计,,4.00,\n')
    expect([found.kind, found.total]).toEqual(['payouts', { amount: '合计', unit: 'major', optional: true }])
  })

  it('what is missing and what was not used is named', async () => {
    const found = await guessed('sku,title,colour\n1,a,red\n2,b,blue\n', 'products')
    expect([found.missing, found.unused]).toEqual([[{ field: 'price', unfit: null }], ['colour']])
  })

  it('a column that is named like a field but holds something else is told', async () => {
    const found = await guessed('sku,title,price\n1,a,on request\n2,b,on request\n', 'products')
    expect(found.missing).toEqual([{ field: 'price', unfit: { column: 'price', value: 'on request' } }])
  })

  it.each([
    ['without a header', '1,2,3\n4,5,6\n', 'file: shows no header: no line parts into columns at "," tab ";" "|"'],
    ['with nothing but a header', 'sku,title,price\n', 'file: has no rows to guess from'],
  ])('%s is refused', async (_, content, message) => {
    await expect(sample(content)).rejects.toThrow(message)
  })

  it('a plain table with any common names, in any order, is told', () => {
    const names = Object.fromEntries(Object.entries(HEADERS.products).map(([field, text]) => [field, text.split(' ')]))
    const values: Record<string, (i: number) => string> = {
      sku: (i) => `SKU-${i}`,
      title: (i) => `商品 ${i}`,
      shop: (i) => `店 ${i}`,
      price: (i) => `${20 + i}.50`,
      commissionRate: () => '20%',
      sales: (i) => String(100 + i),
      link: (i) => `https://t.cn/${i}`,
    }
    const fields = Object.keys(values)
    const header = fc.tuple(...fields.map((field) => fc.constantFrom(...names[field]!)))
    const order = fc.shuffledSubarray([...fields.keys()], { minLength: fields.length })
    fc.assert(
      fc.property(header, order, (header, order) => {
        const columns = order.map((i) => header[i]!)
        const rows = Array.from({ length: 5 }, (_, row) => order.map((i) => values[fields[i]!]!(row)))
        const found = guess({ format: { type: 'csv' }, columns, rows }, 'products')
        expect(Object.fromEntries(found.fields.map(({ field, column }) => [field, column]))).toEqual(
          Object.fromEntries(fields.map((field, i) => [field, header[i]])),
        )
      }),
    )
  })
})

describe('a document', () => {
  it('JSON: the longest list, values within values, seconds', async () => {
    const goods = (i: number) => ({
      id: 10000 + i,
      name: `goods ${i}`,
      price: { amount: 20.5, fee: 3 },
      coupon_start_time: 1_793_500_000 + i,
    })
    const { format, columns } = await sample(JSON.stringify({ ok: true, data: { few: [{ a: 1 }], list: [1, 2, 3].map(goods) } }))
    expect([format, columns]).toEqual([
      { type: 'json', rows: 'data.list' },
      ['id', 'name', 'price.amount', 'price.fee', 'coupon_start_time'],
    ])
    const found = await guessed(`${[1, 2, 3].map((i) => JSON.stringify(goods(i))).join('\n')}\n`)
    expect(described(found)).toMatchObject({ sku: { text: 'id' }, couponFrom: { pattern: 'unix' } })
  })

  it('XML: the element that comes again and again, with prefixes and attributes', async () => {
    const item = (i: number) =>
      `<item lang="da"><g:id>${i}</g:id><title>A</title><g:price>${i}.00 DKK</g:price><g:shipping><g:price>9 DKK</g:price><g:service>x</g:service></g:shipping></item>`
    const xml = `<?xml version="1.0"?><rss xmlns:g="x"><channel><title>Feed</title><link>l</link>${item(1)}${item(2)}${item(3)}</channel></rss>`
    const { format, columns } = await sample(xml)
    expect([format, columns]).toEqual([
      { type: 'xml', rows: 'rss.channel.item' },
      ['@lang', 'g:id', 'title', 'g:price', 'g:shipping.g:price', 'g:shipping.g:service'],
    ])
    const found = await guessed(xml)
    expect(found.currency).toBe('DKK')
    expect(described(found)).toMatchObject({ sku: { text: 'g:id' }, price: { amount: 'g:price', unit: 'major' } })
  })

  it.each([
    ['JSON that ends too early', '{"data":[{"a":1}', /^file: is not JSON: /],
    ['JSON without a list', '{"data":1}', 'file: holds no list of records'],
    ['XML without records', '<a><b>1</b></a>', 'file: has no records: no element with several others in it'],
  ])('%s is refused', async (_, content, message) => {
    await expect(sample(content)).rejects.toThrow(message)
  })
})
