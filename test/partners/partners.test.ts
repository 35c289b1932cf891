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
import { folderWith } from '../cli/shoptool.ts'

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
  const reader = openReader(kind, formOf(forms, snapshot!) as never, snapshot!.path, { ...partner, name })
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
      const settings = { partner, ...(found.encoding === 'binary' && { encoding: found.encoding }) }
      const first = await importing(kind, { [fixture]: readFileSync(path) }, settings)
      expect(first).toMatchObject({ status: 'applied', added: found.records.length, error: null })
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
    expect(tolerance).toBeGreaterThanOrEqual(0)
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
