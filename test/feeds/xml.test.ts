import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/feeds/feed.ts'
import { fetchFile } from '../../src/feeds/fetch.ts'
import { openRows } from '../../src/feeds/formats/rows.ts'
import { folderWith } from '../cli/shoptool.ts'
import { rowsOf } from './rows.ts'

const RSS: Format = { type: 'xml', rows: 'rss.channel.item' }
const AB: Format = { type: 'xml', rows: 'a.b' }
const samples = new URL('../../../shared/samples/', import.meta.url)

/** The cells of every record under these paths. */
function cells(content: string | Buffer, format: Format, ...paths: string[]): string[][] {
  const rows = rowsOf(content, format)
  const read = paths.map((path) => rows.cell(path)!)
  const all: string[][] = []
  while (rows.next()) all.push(read.map((cell) => cell()))
  rows.close()
  return all
}

describe('a cell of an XML record', () => {
  it.each<[string, string, string, string]>([
    ['a text', '<x>1</x>', 'x', '1'],
    ['with blanks around it', '<x>\n 1 2\t</x>', 'x', '1 2'],
    ['CDATA', '<x><![CDATA[<b>&amp;]]></x>', 'x', '<b>&amp;'],
    ['text and CDATA', '<x>1<![CDATA[2]]>3</x>', 'x', '123'],
    ['entities', '<x>&lt;&amp;&gt;&quot;&apos;&#23665;&#x8336;</x>', 'x', '<&>"\'山茶'],
    ['an entity of an entity', '<x>&amp;amp;</x>', 'x', '&amp;'],
    ['a comment in a text', '<x>1<!-- 2 -->3</x>', 'x', '13'],
    ['elements in a text', '<x>1<i>2</i>3</x>', 'x', '123'],
    ['an empty element', '<x/>', 'x', ''],
    ['nothing', '', 'x', ''],
    ['a prefix that is left out', '<g:x>1</g:x>', 'x', '1'],
    ['a prefix', '<g:x>1</g:x>', 'g:x', '1'],
    ['a prefix that the document lacks', '<x>1</x>', 'g:x', '1'],
    ['another prefix', '<h:x>1</h:x>', 'g:x', ''],
    ['with and without a prefix', '<g:x>1</g:x><x>2</x>', 'x', '2'],
    ['with and without a prefix, prefix named', '<x>2</x><g:x>1</g:x>', 'g:x', '1'],
    ['only direct children', '<s><x>1</x></s><x>2</x>', 'x', '2'],
    ['not of children', '<s><x>1</x></s>', 'x', ''],
    ['a path', '<g:s><g:x>1</g:x></g:s>', 's.x', '1'],
    ['the first of several', '<x>1</x><x>2</x>', 'x', '1'],
    ['the second of several', '<x>1</x><x>2</x>', 'x[1]', '2'],
    ['past the last', '<x>1</x><x>2</x>', 'x[2]', ''],
    ['an attribute', '<x href="1&amp;2">3</x>', 'x@href', '1&2'],
    ['an attribute with a prefix', '<x r:href="1"/>', 'x@href', '1'],
    ['an attribute of the record', '', '@id', '7'],
    ['an attribute that is not there', '<x/>', 'x@href', ''],
    ['a name that every object has', '<x/>', 'constructor', ''],
    ['an attribute that every object has', '<x/>', 'x@constructor', ''],
    ['a control character', '<x>1\x0b2</x>', 'x', '1\ufffd2'],
  ])('%s', (_, record, path, text) => {
    expect(cells(`<a><b id="7">${record}</b></a>`, AB, path)).toEqual([[text]])
  })
})

describe('the records of an XML document', () => {
  it.each<[string, string, string | string[], string[]]>([
    [
      'RSS',
      '<rss><channel><title>t</title><item><n>1</n></item><item><n>2</n></item></channel></rss>',
      'rss.channel.item',
      ['1', '2'],
    ],
    ['Atom', '<feed xmlns="http://www.w3.org/2005/Atom"><entry><n>1</n></entry></feed>', 'feed.entry', ['1']],
    ['with a prefix', '<p:a><p:b><n>1</n></p:b></p:a>', 'a.b', ['1']],
    ['the first place that is met', '<feed><entry><n>1</n></entry></feed>', ['rss.channel.item', 'feed.entry'], ['1']],
    ['of two places only one', '<a><b><n>1</n></b><c><n>2</n></c></a>', ['a.c', 'a.b'], ['1']],
    ['one document, one record', '<a><n>1</n></a>', 'a', ['1']],
    ['in several lists', '<a><l><b><n>1</n></b></l><l><b><n>2</n></b></l></a>', 'a.l.b', ['1', '2']],
    ['the same name deeper is another', '<a><b><n>1</n><b><n>2</n></b></b><c><b><n>3</n></b></c></a>', 'a.b', ['1']],
    ['none', '<rss><channel/></rss>', 'rss.channel.item', []],
    ['blank lines above it', '\n\r\n <?xml version="1.0"?>\n<a><b><n>1</n></b></a>\n', 'a.b', ['1']],
    ['a wrong encoding in the declaration', '<?xml version="1.0" encoding="gb2312"?><a><b><n>山</n></b></a>', 'a.b', ['山']],
    ['a DOCTYPE', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a><b><n>1</n></b></a>', 'a.b', ['1']],
  ])('%s', (_, content, rows, expected) => {
    expect(cells(content, { type: 'xml', rows }, 'n')).toEqual(expected.map((cell) => [cell]))
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'feed.csv: line 1: is not XML: document must contain a root element.'],
    ['no XML', 'a,b\n1,2\n', 'feed.csv: line 3: is not XML: text data outside of root node.'],
    ['cut off behind a record', '<a>\n<b><n>1</n></b>\n', 'feed.csv: line 3: is not XML: unclosed tag: a'],
    ['cut off in a record', '<a>\n<b><n>1</n>', 'is not XML: unclosed tag: b'],
    ['cut off in a tag', '<a>\n<b><n', 'feed.csv: line 2: is not XML: '],
    ['tags that cross', '\n<a>\n<b></a></b>', 'feed.csv: line 3: is not XML: unexpected close tag.'],
    ['a bare &', '<a><b>1 & 2</b></a>', 'feed.csv: line 1: is not XML: '],
    ['an unknown entity', '<a><b>&nbsp;</b></a>', 'feed.csv: line 1: is not XML: undefined entity.'],
    ['two documents', '<a><b/></a>\n<a/>', 'feed.csv: line 2: is not XML: documents may contain only one root.'],
    [
      'entities of its own',
      '<!DOCTYPE a [<!ENTITY x "y">]>\n<a><b>&x;</b></a>',
      'line 1: the DOCTYPE declares entities, which no feed needs',
    ],
    ['a file as an entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>', 'the DOCTYPE declares entities'],
    ['too deep', '<x>'.repeat(101), 'feed.csv: line 1: elements within elements, more than 100 deep'],
    [
      'an error page',
      '<html><head><title>x</title></head></html>',
      'no records at "a.b"; the document begins with html.head.title',
    ],
    [
      'other records',
      '<rss><channel><item/></channel></rss>',
      'feed.csv: no records at "a.b"; the document begins with rss.channel.item',
    ],
  ])('%s is refused', (_, content, message) => expect(() => cells(content, AB, 'n')).toThrow(message))

  it('a record or a text that never ends is refused before the memory is gone', () => {
    const long = 'x'.repeat(17 << 20)
    expect(() => cells(`<a><b><n>${long}`, AB)).toThrow('feed.csv: line 1: a record is longer than 16777216 characters')
    expect(() => cells(`<a><b/><!-- ${long}`, AB)).toThrow('feed.csv: line 1: no tag within 16777216 characters')
  })

  it('a record is known by the line of its tag; several in a line are counted on', () => {
    const where = (content: string) => {
      const rows = rowsOf(content, AB)
      const all: [number, string][] = []
      while (rows.next()) all.push([rows.line(), rows.where()])
      return all
    }
    expect(where('\n<?xml version="1.0"?>\n<a>\n <b\n x="1">\n <n/></b>\n\n<b/></a>')).toEqual([
      [4, 'line 4'],
      [8, 'line 8'],
    ])
    expect(where('<a>\n<b/><b/><b/>\n\n\n<b/></a>')).toEqual([
      [2, 'line 2'],
      [3, 'record 2'],
      [4, 'record 3'],
      [5, 'line 5'],
    ])
  })

  it('the hash is that of the content, however it is written', () => {
    const hashes = (...records: string[]) => {
      const rows = rowsOf(`<a>${records.join('')}</a>`, AB)
      const all: bigint[] = []
      while (rows.next()) all.push(rows.hash(1n))
      return new Set(all).size
    }
    expect(hashes('<b><n>1&amp;2</n></b>', '<b>\n <n><![CDATA[1&2]]></n>\n</b>', '<b><n> 1&#38;2 </n><!-- x --></b>')).toBe(1)
    const others = ['<b><n>1</n></b>', '<b><n>2</n></b>', '<b><m>1</m></b>', '<b n="1"/>', '<b>&lt;n>1&lt;/n></b>', '<b><n/></b>']
    expect(hashes(...others)).toBe(others.length)
  })

  it('raw is the record as XML', () => {
    const rows = rowsOf('<a><b x="&quot;"><n>\n<![CDATA[<1>]]></n></b></a>', AB)
    rows.next()
    expect(rows.raw()).toBe('<b x="&quot;"><n>&lt;1></n></b>')
  })

  it('many records, of characters cut by the end of a chunk', () => {
    const count = 20_000
    const items = Array.from(
      { length: count },
      (_, i) => `<item><g:id>${i}</g:id><title>山茶花😀${'é'.repeat(i % 7)}</title></item>`,
    )
    const found = cells(`<rss><channel>${items.join('\n')}</channel></rss>`, RSS, 'id', 'title')
    expect(found).toHaveLength(count)
    expect(found.every(([id, title], i) => id === String(i) && title === `山茶花😀${'é'.repeat(i % 7)}`)).toBe(true)
  })

  it('any texts come through, as text, CDATA and attribute', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '&', '<', '>', '"', "'", ']', '山', '😀'), maxLength: 12 })
    const escaped = (each: string) => each.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
        const records = texts.map(
          (each) =>
            `<b k="${escaped(each)}"><m>${escaped(each)}</m><n><![CDATA[${each.replaceAll(']]>', ']]]]><![CDATA[>')}]]></n></b>`,
        )
        expect(cells(`<a>${records.join('')}</a>`, AB, '@k', 'm', 'n')).toEqual(texts.map((each) => [each, each, each]))
      }),
    )
  })

  it('a document cut anywhere is refused', () => {
    const whole = '<?xml version="1.0"?>\n<a><b k="1"><n>山 &amp; <![CDATA[x]]></n></b><b/></a>'
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(() => cells(whole.slice(0, length), AB, 'n')).toThrow('feed.csv: line ')
      }),
    )
  })
})

describe('samples', () => {
  const google = new URL('google/feed-1.xml', samples)
  it.skipIf(!existsSync(google))('Google Merchant: the price is not that of shipping', () => {
    const paths = ['id', 'title', 'price', 'g:shipping.g:price', 'link', 'g:image_link', 'availability', 'material']
    expect(cells(readFileSync(google), RSS, ...paths)).toEqual([
      [
        ...['5705140683148', 'Product 1 PD', '50DKK', '19 DKK', 'https://www.birovince.com/1'],
        ...['https://loremflickr.com/640/640', 'in stock', 'Porcelæn'],
      ],
    ])
  })

  const partnerAds = new URL('partner-ads/isofeed.xml', samples)
  it.skipIf(!existsSync(partnerAds))('Partner-ads: UTF-8 that says it is ISO 8859-1', () => {
    const { path, encoding } = fetchFile(partnerAds.pathname, 'isofeed.xml', folderWith())
    const rows = openRows(path, 'isofeed.xml', { type: 'xml', rows: 'produkter.produkt' })
    const read = ['produktid', 'color', 'nypris', 'lagerantal'].map((column) => rows.cell(column)!)
    expect([encoding, rows.next(), rows.line(), ...read.map((cell) => cell()), rows.next()]).toEqual([
      ...['utf-8', true, 3, '10011', 'Sølv', '649.00', '50+', false],
    ])
    rows.close()
  })
})
