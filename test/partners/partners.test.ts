import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isDay } from '../../src/day.ts'
import { CANONICAL } from '../../src/feeds/canonical.ts'
import { fetchFiles } from '../../src/feeds/fetch.ts'
import { expectedOf, type Forms, formOf } from '../../src/feeds/form.ts'
import { openReader } from '../../src/feeds/read.ts'
import { isCurrency, share } from '../../src/money.ts'
import { BUILT_IN } from '../../src/partners/index.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { readPartner } from '../../src/partners/yaml.ts'
import { RECORD_KINDS, type RecordKind } from '../../src/records.ts'
import { session, told } from '../catalog/session.ts'
import { folderWith, run, workspaceWith } from '../cli/shoptool.ts'

// One suite for every partner. A new one is: a line in BUILT_IN, and a folder here with <feed>[.<variant>].<ext> for each of its feeds.
// `UPDATE=1 npx vitest run test/partners` writes the <feed>[.<variant>].expected.json that are missing; read them before they are kept.
// It never overwrites: delete the old one first.
const sample = fileURLToPath(new URL('../../templates/workspace/partners', import.meta.url))
const PARTNERS: readonly Partner[] = [...BUILT_IN, readPartner(sample, 'shanhuo.yaml', BUILT_IN)]

const folderOf = ({ id }: Partner) => fileURLToPath(new URL(id, import.meta.url))
const fixturesOf = (partner: Partner) => readdirSync(folderOf(partner)).filter((name) => !name.endsWith('.expected.json'))
const kindOf = (fixture: string) => fixture.slice(0, fixture.indexOf('.')) as RecordKind
const scratch = folderWith()

/** Everything that comes of a file. */
async function read(partner: Partner, kind: RecordKind, path: string) {
  const forms = partner.feeds[kind] as Forms<unknown>
  const [snapshot] = await fetchFiles(path, folderOf(partner), scratch, expectedOf(forms))
  const { name } = snapshot!
  const reader = openReader(kind, formOf(forms, snapshot!) as never, snapshot!.path, { ...partner, name, today: '2026-11-25' })
  const records: Record<string, unknown>[] = []
  const problems: string[] = []
  while (reader.rows.next()) {
    const record = reader.record()
    if (record) records.push(record)
    for (const { where, field, message } of reader.problems()) problems.push(`${where}, ${field}: ${message}`)
  }
  reader.close()
  return { encoding: snapshot!.encoding, statedTotal: reader.statedTotal(), records, problems }
}

describe.each(PARTNERS)('$id', (partner) => {
  const fixtures = fixturesOf(partner)
  const kinds = RECORD_KINDS.filter((kind) => partner.feeds[kind])

  it('has a sample for every feed, and no other', () => {
    expect([...new Set(fixtures.map(kindOf))].sort()).toEqual([...kinds].sort())
  })

  describe.each(fixtures)('%s', async (fixture) => {
    const path = join(folderOf(partner), fixture)
    const expected = path.replace(/\.\w+$/, '.expected.json')
    const found = await read(partner, kindOf(fixture), path)
    if (process.env.UPDATE && !existsSync(expected)) writeFileSync(expected, `${JSON.stringify(found, null, 2)}\n`)

    it('is read as expected', () => expect(found).toEqual(JSON.parse(readFileSync(expected, 'utf8'))))

    it('gives whole records: every field, amounts and rates whole, times that exist', () => {
      expect(found.records.length).toBeGreaterThan(0)
      const canonical = CANONICAL[kindOf(fixture)] as Record<string, { kind: string; need: string; words?: readonly string[] }>
      for (const record of found.records) {
        const { rawStatus: _, ...fields } = record
        expect(Object.keys(fields).sort()).toEqual(Object.keys(canonical).sort())
        expect(isCurrency(record.currency as string)).toBe(true)
        for (const [name, { kind, need, words }] of Object.entries(canonical)) {
          const value = record[name]
          if (value === null) expect([name, need]).not.toEqual([name, 'required'])
          else if (kind === 'amount' || kind === 'rate' || kind === 'count')
            expect([name, Number.isSafeInteger(value)]).toEqual([name, true])
          else if (kind === 'instant') expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
          else if (kind === 'day') expect(isDay(value as string)).toBe(true)
          else if (words) expect(words).toContain(value)
          else expect(value).toBeTypeOf('string')
        }
      }
    })

    it('imported twice, the second time nothing changes', async () => {
      const { importing, content } = session()
      const kind = kindOf(fixture)
      const taken = found.records.filter(({ direction }) => direction !== 'out')
      const settings = { partner, ...(found.encoding === 'binary' && { encoding: found.encoding }) }
      const first = await importing(kind, { [fixture]: readFileSync(path) }, settings)
      expect(first).toMatchObject({ status: 'applied', added: taken.length, error: null })
      const before = content()
      expect(told(await importing(kind, { [`copy-${fixture}`]: readFileSync(path) }, settings))).toMatch(/^unchanged/)
      expect(content()).toEqual(before)
    })
  })
})

it('every partner has an id of its own and fees within reason', () => {
  expect(new Set(PARTNERS.map(({ id }) => id)).size).toBe(PARTNERS.length)
  for (const { id, fees, tolerance, currency } of PARTNERS) {
    expect(id).toMatch(/^[a-z0-9][a-z0-9_-]*$/)
    expect(isCurrency(currency)).toBe(true)
    expect(tolerance).toBeOneOf([0, 1])
    for (const fee of fees) expect(fee.rate > 0 && fee.rate < 1_000_000).toBe(true)
  }
})

it('the public example: 19.80 × 9.10 % × 10 % technical service fee is 0.18', () => {
  const [fee] = BUILT_IN.find(({ id }) => id === 'taobao')!.fees
  expect(share(share(1980, 91_000), fee!.rate, fee!.rounding)).toBe(18)
})

// Recorded answers, each list of them under its name.
const recorded = fileURLToPath(new URL('../../../shared/samples/aggregators/haodanku-items-2020-03.json', import.meta.url))
describe.skipIf(!existsSync(recorded))(`recorded answers of 好单库 (skipped where ${recorded} is not there)`, () => {
  it('all rows are taken; commission is the final price × rate, half up', async () => {
    const taobao = BUILT_IN.find(({ id }) => id === 'taobao')!
    const { lists } = JSON.parse(readFileSync(recorded, 'utf8')) as { lists: Record<string, Record<string, string>[]> }
    const { importing, query } = session()
    for (const [name, data] of Object.entries(lists)) {
      const answer = JSON.stringify({ code: 1, min_id: 2, msg: 'SUCCESS', data })
      const result = await importing('products', { [`${name}.json`]: answer }, { partner: taobao })
      expect([name, result.error, result.rejected, result.read]).toEqual([name, null, 0, data.length])
      for (const { itemid, itemendprice, tkrates, tkmoney } of data) {
        const [final, rate] = [itemendprice!, tkrates!].map((text) => BigInt(text.replace('.', '')))
        const commission = (final! * rate! + 5000n) / 10_000n
        expect(String(commission)).toBe(tkmoney!.replace('.', '').replace(/^0+/, ''))
        expect(query(`SELECT final_price, commission FROM product WHERE sku = '${itemid}'`)).toEqual([
          [Number(final), Number(commission)],
        ])
      }
    }
  })
})

it('the goods of a delta that the partner withdraws are not read, and what a frame counts must be there', async () => {
  const { importing, query } = session()
  const partner = BUILT_IN.find(({ id }) => id === 'rakuten')!
  const delta = readFileSync(join(folderOf(partner), 'products.delta.txt'), 'utf8')
  const result = await importing('products', { 'delta.txt': delta }, { partner })
  expect([told(result), result.notes]).toEqual(['applied: 2 read, 2 added', ['1 row is no record and left out']])
  expect(query("SELECT count(*) FROM product WHERE sku = '9003'")).toEqual([[0]])
  const cut = delta.slice(0, delta.indexOf('TRL'))
  expect(told(await importing('products', { 'cut.txt': cut }, { partner }))).toBe(
    'refused: cut.txt: ends without a TRL row: it is cut off',
  )
})

it('a variant that takes its title from the row above is changed with it', async () => {
  const { importing, query } = session()
  const partner = BUILT_IN.find(({ id }) => id === 'shopify')!
  const goods = readFileSync(join(folderOf(partner), 'products.2025.csv'), 'utf8')
  await importing('products', { 'a.csv': goods }, { partner })
  expect(told(await importing('products', { 'b.csv': goods.replace('Cap,cap', 'Hat,cap') }, { partner }))).toBe(
    'applied: 2 read, 2 changed',
  )
  expect(query('SELECT sku, title FROM product ORDER BY sku')).toEqual([
    ['cap/Blue', 'Hat'],
    ['cap/Red', 'Hat'],
  ])
})

it('a sale that has ended is told the day after, though the file is the same', async () => {
  const partner = BUILT_IN.find(({ id }) => id === 'google')!
  const file = 'id,title,price,sale price,sale price effective date\n1,a,10 USD,8 USD,2026-11-20/2026-11-25\n'
  const read = async (today: string) => {
    const folder = folderWith({ 'a.csv': file })
    const [snapshot] = await fetchFiles('a.csv', folder, scratch)
    const form = formOf(partner.feeds.products as Forms<never>, snapshot!)
    const reader = openReader('products', form, snapshot!.path, { ...partner, name: 'a.csv', today })
    reader.rows.next()
    const { finalPrice } = reader.record()!
    reader.close()
    return { finalPrice, seed: reader.seed }
  }
  const [before, during, after] = [await read('2026-11-19'), await read('2026-11-25'), await read('2026-11-26')]
  expect([before, during, after].map(({ finalPrice }) => finalPrice)).toEqual([1000, 800, 1000])
  expect(new Set([before.seed, during.seed, after.seed]).size).toBe(3)
})

it('a source or a flag names the currency of files that name none', async () => {
  const goods = readFileSync(fileURLToPath(new URL('shopify/products.2025.csv', import.meta.url)))
  const cwd = workspaceWith('sources: { caps: { partner: shopify, feed: products, currency: EUR, file: a.csv } }\n', {
    'a.csv': goods,
  })
  const currencies = async () => (await run(['sql', 'SELECT DISTINCT currency FROM products', '--json'], { cwd })).stdout
  expect((await run(['sync'], { cwd })).code).toBe(0)
  expect(JSON.parse(await currencies()).rows).toEqual([{ currency: 'EUR' }])
  expect((await run(['import', 'products', 'a.csv', '--partner', 'shopify', '--currency', 'DKK'], { cwd })).code).toBe(0)
  expect(JSON.parse(await currencies()).rows).toEqual([{ currency: 'DKK' }])
  const wrong = await run(['import', 'products', 'a.csv', '--partner', 'shopify', '--currency', 'Euro'], { cwd })
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"Euro" is not an ISO 4217 currency code')])
})

it('a told delimiter is said', async () => {
  const cwd = workspaceWith('', { 'a.csv': 'id;title;price;link\n1;a;5 USD;https://a.example\n' })
  const answer = await run(['import', 'products', 'a.csv', '--partner', 'google', '--json'], { cwd })
  expect(JSON.parse(answer.stdout).runs[0].notes).toEqual(['the delimiter is ";" (4 columns)'])
  expect((await run(['import', 'products', 'a.csv', '--partner', 'google'], { cwd })).stderr).toContain(
    'a.csv: the delimiter is ";" (4 columns)',
  )
})

const samples = fileURLToPath(new URL('../../../shared/samples', import.meta.url))
const PARTNER_ADS = `id: partner-ads
name: Partner-ads
currency: DKK
timezone: Europe/Copenhagen
feeds:
  products:
    format: { type: xml, rows: produkter.produkt }
    fields:
      sku: { text: produktid }
      title: { text: produktnavn }
      brand: { text: brand, optional: true }
      category: { text: kategorinavn }
      shop: { text: forhandler }
      price: { amount: [glpris, nypris], unit: major, take: largest }
      finalPrice: { amount: nypris, unit: major }
      imageUrl: { text: billedurl }
      link: { text: vareurl }
`
describe.skipIf(!existsSync(samples))(`real product feeds (skipped where ${samples} is not there)`, () => {
  const imported = async (file: string, partner: string, flags: string[], sql: string) => {
    const cwd = workspaceWith('', { 'partners/partner-ads.yaml': PARTNER_ADS })
    const answer = await run(['import', 'products', join(samples, file), '--partner', partner, ...flags], { cwd })
    const rows = JSON.parse((await run(['sql', sql, '--json'], { cwd })).stdout).rows
    return { code: answer.code, rows }
  }
  const COLUMNS = 'sku, title, price, final_price, currency, commission, commission_rate'
  it.each<[string, string, string[], number, unknown[]]>([
    ['google/feed-1.xml', 'google', [], 1, ['5705140683148', 'Product 1 PD', 5000, 5000, 'DKK', null, null]],
    [
      'google/google.csv',
      'google',
      [],
      1,
      ['1000001', 'ørestikker i oxideret sterlingsølv med forgyldt sølv - Runde øreringe', 37000, 30500, 'DKK', null, null],
    ],
    [
      'awin/awin-lululemon-us.csv.gz',
      'awin',
      [],
      10,
      ['33201702351', 'Always In Motion Long Boxers 7" 3 Pack', 7400, 7400, 'USD', null, null],
    ],
    [
      'shopify/apparel.csv',
      'shopify',
      ['--currency', 'DKK'],
      22,
      ['black-leather-bag/Default Title', 'Black Leather Bag', 3000, 3000, 'DKK', null, null],
    ],
    [
      'partner-ads/isofeed.xml',
      'partner-ads',
      [],
      1,
      ['10011', 'Kenwood spiraliseringstilbehør KAX700PL', 64900, 64900, 'DKK', null, null],
    ],
  ])('%s', async (file, partner, flags, count, first) => {
    const { code, rows } = await imported(file, partner, flags, `SELECT ${COLUMNS} FROM products ORDER BY sku`)
    expect([code, rows.length, Object.values(rows[0])]).toEqual([0, count, first])
  })
})

// A real export. It holds other people's promotion links, so it stays beside the project.
const real = fileURLToPath(new URL('../../../shared/samples/alimama-goods-export-2020-05-hanfu.csv', import.meta.url))
describe.skipIf(!existsSync(real))(`a real goods export (skipped where ${real} is not there)`, () => {
  it('36 of 36 rows are taken; commission is (price − coupon) × rate, half up, and what the file says', async () => {
    const taobao = BUILT_IN.find(({ id }) => id === 'taobao')!
    const { importing, query } = session()
    expect(told(await importing('products', { 'hanfu.csv': readFileSync(real) }, { partner: taobao }))).toBe(
      'applied: 36 read, 36 added',
    )

    // read here on its own: no cell of this file holds a comma or a quote
    const [header, ...rows] = readFileSync(real, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','))
    const cell = (row: string[], name: string) => row[header!.indexOf(name)]!
    const hundredths = (text: string) =>
      BigInt(text.replace(/^(\d+)\.?(\d*)$/, (_, whole, part) => whole + part.slice(0, 2).padEnd(2, '0')))
    expect(rows).toHaveLength(36)
    for (const row of rows) {
      const coupon = cell(row, '优惠券面额')
      const final = hundredths(cell(row, '商品价格(单位：元)')) - (coupon === '' ? 0n : hundredths(coupon))
      // fen × hundredths of a percent = ten-thousandths of a fen
      const commission = (final * hundredths(cell(row, '收入比率(%)')) + 5000n) / 10_000n
      expect(commission).toBe(hundredths(cell(row, '佣金')))
      expect(query(`SELECT final_price, commission FROM product WHERE sku = '${cell(row, '商品id')}'`)).toEqual([
        [Number(final), Number(commission)],
      ])
    }
  })
})
