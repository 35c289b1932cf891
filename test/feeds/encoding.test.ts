import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Encoding, Feed, RecordOf } from '../../src/feeds/feed.ts'
import { fetchFile } from '../../src/feeds/fetch.ts'
import { openReader } from '../../src/feeds/read.ts'
import { ACME, session, told } from '../catalog/session.ts'
import { folderWith } from '../cli/shoptool.ts'

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))
const latin1 = (text: string) => Buffer.from(text, 'latin1')
/** 山茶花 in GB18030. */
const CAMELLIA = Buffer.from([0xc9, 0xbd, 0xb2, 0xe8, 0xbb, 0xa8])
const gb = (...lines: string[]) =>
  Buffer.concat(lines.flatMap((line) => [...line].map((c) => (c === '山' ? CAMELLIA : Buffer.from(c)))))

function take(content: Buffer, encoding?: Encoding) {
  const folder = folderWith({ a: content })
  const snapshot = fetchFile(join(folder, 'a'), 'a', join(folder, 'snapshots'), encoding)
  const again = fetchFile(join(folder, 'a'), 'a', join(folder, 'snapshots'), encoding)
  expect(again).toEqual(snapshot)
  return { encoding: snapshot.encoding, replaced: snapshot.replaced ?? false, text: readFileSync(snapshot.path, 'utf8') }
}

describe('a few bytes that do not fit', () => {
  const many = 'sku,名称\n'.repeat(20)
  it.each<[string, Buffer, Encoding | undefined, Encoding, string]>([
    ['windows-1252 in UTF-8', bytes(many, '1,½ of ', 0xbd, '\n'), undefined, 'utf-8', `${many}1,½ of \ufffd\n`],
    ['also where UTF-8 is declared', bytes(many, 0xbd, '\n'), 'utf-8', 'utf-8', `${many}\ufffd\n`],
    ['windows-1252 in ASCII', bytes('a,b\n1,caf', 0xe9, '\n2,c\n'), undefined, 'utf-8', 'a,b\n1,caf\ufffd\n2,c\n'],
    [
      'one that makes a Chinese character with the next',
      bytes('a,b\n1,cr', 0xe9, 'mant\n2,c\n'),
      undefined,
      'utf-8',
      'a,b\n1,cr\ufffdmant\n2,c\n',
    ],
    ['one between Chinese characters', bytes(many, '山茶', 0xbd, '花\n'), undefined, 'utf-8', `${many}山茶\ufffd花\n`],
    [
      'one in GB18030',
      Buffer.concat([gb('a,b\n1,山\n2,山'), bytes(0xff, '\n')]),
      undefined,
      'gb18030',
      'a,b\n1,山茶花\n2,山茶花\ufffd\n',
    ],
    [
      'one in declared GB18030',
      Buffer.concat([gb('a,b\n1,山'), bytes(0xff, '\n')]),
      'gb18030',
      'gb18030',
      'a,b\n1,山茶花\ufffd\n',
    ],
    ['a lone surrogate', Buffer.from('\ufeffa,b\n1,\ud800\n2,x\n', 'utf16le'), undefined, 'utf-16le', 'a,b\n1,\ufffd\n2,x\n'],
  ])('%s are read as \ufffd', (_, content, declared, encoding, text) => {
    expect(take(content, declared)).toEqual({ encoding, replaced: true, text })
  })

  it.each<[string, Buffer, Encoding | undefined, string]>([
    ['every line', latin1('å,b\nø,c\næ,d\n'), undefined, 'a: is neither UTF-8 (near byte 0) nor GB18030 text; name its encoding'],
    ['most of a long file', latin1('1,Sølv\n2,x\n'.repeat(5000)), undefined, 'is neither UTF-8 (near byte 0) nor GB18030 text'],
    ['one line in a hundred of a long file', latin1(`1,Sølv\n${'2,x\n'.repeat(100)}`.repeat(500)), undefined, 'is neither UTF-8'],
    ['every line of what is declared', latin1('å,b\nø,c\n'), 'utf-8', 'a: is not utf-8 (near byte 0)'],
    ['the end, which is cut off', bytes(many, 0xe5, 0xb1), undefined, 'a: is neither UTF-8 (near byte'],
  ])('%s is refused', (_, content, declared, message) => expect(() => take(content, declared)).toThrow(message))

  it('in a long file one line in a thousand may be broken', () => {
    const line = `1,${'x'.repeat(600)}\n`
    const file = (broken: number) =>
      Buffer.concat([Buffer.from(line.repeat(4000)), latin1('é,\n'.repeat(broken)), Buffer.from('y\n')])
    expect(take(file(4)).replaced).toBe(true)
    expect(() => take(file(9))).toThrow('is neither UTF-8')
  })

  it('GB18030 text is never taken for broken UTF-8, and UTF-8 with a broken byte never for GB18030', () => {
    const word = fc.string({ unit: fc.constantFrom(...'山茶花红色连衣裙夏季新款女装，。（）'), minLength: 2, maxLength: 12 })
    const rows = fc.array(word, { minLength: 5, maxLength: 30 })
    const table = gb18030Table()
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 0x80, max: 0xbf }), (words, at, byte) => {
        const text = `sku,名称\n${words.map((each, i) => `${i},${each}\n`).join('')}`
        const encoded = Buffer.concat([...text].map((c) => table.get(c) ?? Buffer.from(c)))
        expect(take(encoded)).toEqual({ encoding: 'gb18030', replaced: false, text })
        const before = [...text].slice(0, at % text.length).join('')
        const broken = bytes(before, byte, text.slice(before.length))
        expect(take(broken)).toEqual({ encoding: 'utf-8', replaced: true, text: `${before}\ufffd${text.slice(before.length)}` })
      }),
      { numRuns: 60 },
    )
  })
})

/** What the characters of GB2312 are in GB18030. */
function gb18030Table(): Map<string, Buffer> {
  const table = new Map<string, Buffer>()
  const decoder = new TextDecoder('gb18030')
  for (let lead = 0xa1; lead <= 0xf7; lead++)
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const pair = Buffer.from([lead, trail])
      table.set(decoder.decode(pair), pair)
    }
  return table
}

describe('the encoding that an XML declaration names', () => {
  const xml = (encoding: string, text: string) => latin1(`<?xml version="1.0" encoding="${encoding}"?>\n<a>${text}</a>\n`)
  it.each<[string, Buffer, Encoding, string]>([
    ['iso-8859-1', xml('ISO-8859-1', 'Sølv å'), 'iso-8859-1', 'Sølv å'],
    ['another name of one', xml('latin1', 'Sølv'), 'windows-1252', 'Sølv'],
    ['windows-1251', xml('windows-1251', 'Òîâàð'), 'windows-1251', 'Товар'],
    ['gbk', Buffer.concat([latin1('<?xml version="1.0" encoding="gb2312"?><a>'), CAMELLIA, latin1('</a>')]), 'gb18030', '山茶花'],
    ['not where the bytes are UTF-8', Buffer.from(xml('iso-8859-1', '').toString().replace('<a>', '<a>Sølv')), 'utf-8', 'Sølv'],
    [
      'not UTF-8, which it is not',
      Buffer.concat([latin1('<?xml version="1.0" encoding="utf-8"?><a>'), CAMELLIA, latin1('</a>')]),
      'gb18030',
      '山茶花',
    ],
  ])('%s', (_, content, encoding, text) => {
    const found = take(content)
    expect([found.encoding, found.replaced, /<a>(.*)<\/a>/.exec(found.text)?.[1]]).toEqual([encoding, false, text])
  })

  it('but not where nearly all of it is UTF-8', () => {
    const content = bytes('<?xml version="1.0" encoding="iso-8859-1"?>\n<a>', 'Sølv å '.repeat(20), '\n', 0xe6, '</a>\n')
    expect(take(content)).toMatchObject({ encoding: 'utf-8', replaced: true })
  })
})

describe('rows with characters that do not fit', () => {
  const header = 'sku,title,price,link\n'
  const row = (sku: string | number, title: string | number, price: string | number, link: string | number = 'x') =>
    bytes(sku, ',t', title, ',', price, '1,l', link, '\n')
  const file = (...rows: Buffer[]) =>
    Buffer.concat([
      Buffer.from(header),
      ...rows,
      ...Array(6)
        .fill(0)
        .map((_, i) => row(`Z${i}`, 'ü', '2')),
    ])

  it('are read, and said', async () => {
    const { sync, query } = session()
    const content = file(row('A', 'é', '1'), row('B', 0xe9, '1'))
    const result = await sync({ 'goods.csv': content })
    expect([told(result), result.notes]).toEqual([
      'applied: 8 read, 8 added',
      ['1 row holds characters that do not fit the encoding, read as \ufffd: line 3, title (t\ufffd)'],
    ])
    expect(query("SELECT title FROM product WHERE sku = 'B'")).toEqual([['t\ufffd']])
    expect((await sync({ 'goods.csv': content })).notes).toEqual(result.notes)
  })

  it('are refused where the character belongs to a number, a price or a link', async () => {
    const { sync } = session()
    const result = await sync({
      'goods.csv': file(row('A', 'é', '1'), row(0xe9, 'ü', '1'), row('C', 'ü', 0xe9), row('D', 'ü', '1', 0xe9)),
    })
    expect(result.problems.map(({ where, field, message }) => `${where}, ${field}: ${message}`)).toEqual([
      'line 3, sku: "\ufffd" holds a character that does not fit the encoding of the file',
      'line 4, price: price: "\ufffd1" is not an amount in yuan, expected like 9.90',
      'line 5, link: "l\ufffd" holds a character that does not fit the encoding of the file',
    ])
    expect(result.notes[0]).toMatch(
      /^3 rows hold characters that do not fit the encoding, read as \ufffd: the first in line 3, sku/,
    )
  })

  it('a number that cannot be read calls nothing gone', async () => {
    const { sync } = session()
    await sync({ 'goods.csv': file(row('A', 'é', '1'), row('Bx', 'é', '1')) })
    expect(
      told(await sync({ 'goods.csv': file(row('A', 'é', '1'), Buffer.concat([bytes('B', 0xe9), row('', 'é', '1')])) })),
    ).toBe('applied: 8 read, 7 unchanged, 1 rejected')
  })

  it('in XML and JSON the record is named', () => {
    const feed = (format: Feed<RecordOf['products']>['format']) => ({ ...ACME.feeds.products, format })
    const notes = (content: string, format: Feed<RecordOf['products']>['format']) => {
      const path = join(folderWith({ a: content }), 'a')
      const around = { currency: 'CNY', timezone: 'UTC', name: 'a', replaced: true }
      const reader = openReader('products', feed(format), path, around)
      reader.close()
      return reader.notes()
    }
    const said = '1 row holds characters that do not fit the encoding, read as \ufffd:'
    expect(notes('<a>\n<b><sku>1</sku></b>\n<b><title>x\ufffd</title></b></a>', { type: 'xml', rows: 'a.b' })).toEqual([
      `${said} line 3 (x\ufffd)`,
    ])
    expect(notes('{"sku":"1"}\n{"title":"x\ufffdy z"}\n', { type: 'ndjson' })).toEqual([`${said} line 2 (x\ufffdy)`])
  })
})
