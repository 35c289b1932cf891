import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENCODINGS, type Encoding } from '../../src/feeds/feed.ts'
import { fetchFile, fetchFiles, fetchStream, pruneSnapshots, type Snapshot } from '../../src/feeds/fetch.ts'
import { folderWith } from '../cli/shoptool.ts'

const CHUNK = 4 << 20
const TEXT = 'sku,名称\n1,山茶花\n'
/** TEXT in GB18030: 名称 is c3 fb b3 c6, 山茶花 is c9 bd b2 e8 bb a8. */
const GB = Buffer.concat([
  ...[Buffer.from('sku,'), Buffer.from([0xc3, 0xfb, 0xb3, 0xc6]), Buffer.from('\n1,')],
  ...[Buffer.from([0xc9, 0xbd, 0xb2, 0xe8, 0xbb, 0xa8]), Buffer.from('\n')],
])
/** 😀 and 𠮷 are four bytes each in GB18030. */
const FOUR_BYTES = Buffer.from([0x94, 0x39, 0xfc, 0x36, 0x95, 0x34, 0xb2, 0x35])
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()
const BOM = '\ufeff'

function take(content: string | Buffer, encoding?: Encoding): { snapshot: Snapshot; text: string; left: string[] } {
  const folder = folderWith({ 'feed.csv': content })
  const snapshots = join(folder, 'snapshots')
  const snapshot = fetchFile(join(folder, 'feed.csv'), 'feed.csv', snapshots, encoding)
  return { snapshot, text: readFileSync(snapshot.path, 'utf8'), left: readdirSync(snapshots) }
}

describe('a file is taken as UTF-8, whatever it was written in', () => {
  it.each<[string, string | Buffer, Encoding, string?]>([
    ['UTF-8', TEXT, 'utf-8'],
    ['UTF-8 with a mark', BOM + TEXT, 'utf-8'],
    ['ASCII', 'sku,name\n1,x\n', 'utf-8', 'sku,name\n1,x\n'],
    ['GB18030', GB, 'gb18030'],
    ['GB18030 with four-byte characters', Buffer.concat([Buffer.from('a\n'), FOUR_BYTES]), 'gb18030', 'a\n😀𠮷'],
    ['UTF-16LE with a mark', Buffer.from(BOM + TEXT, 'utf16le'), 'utf-16le'],
    ['UTF-16BE with a mark', swapped(BOM + TEXT), 'utf-16be'],
    ['a mark and nothing else', BOM, 'utf-8', ''],
    ['one character of each length', 'a é 山 😀', 'utf-8', 'a é 山 😀'],
  ])('%s', (_, content, encoding, expected = TEXT) => {
    const { snapshot, text, left } = take(content)
    expect(text).toBe(expected)
    const bytes = Buffer.from(content as string)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(snapshot).toMatchObject({ name: 'feed.csv', encoding, bytes: bytes.length, sha256 })
    expect(left).toEqual([basename(snapshot.path)])
  })

  it.each<[string, string | Buffer, Encoding]>([
    ['utf-8', TEXT, 'utf-8'],
    ['utf-8 with a mark', BOM + TEXT, 'utf-8'],
    ['gb18030', GB, 'gb18030'],
    ['utf-16le without a mark', Buffer.from(TEXT, 'utf16le'), 'utf-16le'],
    ['utf-16le with a mark', Buffer.from(BOM + TEXT, 'utf16le'), 'utf-16le'],
    ['utf-16be without a mark', swapped(TEXT), 'utf-16be'],
  ])('declared as %s', (_, content, encoding) => {
    const { snapshot, text } = take(content, encoding)
    expect([snapshot.encoding, text]).toEqual([encoding, TEXT])
  })

  it.each<[Encoding, number[], string]>([
    ['big5', [0xa4, 0x73, 0xaf, 0xf9, 0xaa, 0xe1], '山茶花'],
    ['windows-1250', [0x9e, 0xe8], 'žč'],
    ['windows-1251', [0xd2, 0xee, 0xe2, 0xe0, 0xf0, 0xb9], 'Товар№'],
    ['windows-1252', [0x80, 0x35, 0x96, 0xfc, 0xe9], '€5–üé'],
    ['windows-1253', [0xe1, 0xe2], 'αβ'],
    ['windows-1254', [0xfe, 0xf0, 0x80], 'şğ€'],
    ['windows-1255', [0xf9, 0xa4], 'ש₪'],
    ['windows-1256', [0xc8, 0xed], 'بي'],
    ['windows-1257', [0xe0, 0xf0], 'ąš'],
    ['windows-1258', [0xd0, 0xfe], 'Đ₫'],
    ['iso-8859-1', [0x53, 0xf8, 0x6c, 0x76, 0x80], 'Sølv€'],
    ['iso-8859-2', [0xb3, 0xf3], 'łó'],
    ['iso-8859-5', [0xb0, 0xd0], 'Аа'],
    ['iso-8859-7', [0xe1, 0xa4], 'α€'],
    ['iso-8859-9', [0xfd, 0xfe], 'ış'],
    ['iso-8859-15', [0xa4, 0xbd], '€œ'],
  ])('declared as %s', (encoding, bytes, expected) => {
    const { snapshot, text } = take(Buffer.from(bytes), encoding)
    expect([snapshot.encoding, text]).toEqual([encoding, expected])
  })

  it('every encoding that may be declared is one', () => {
    for (const encoding of ENCODINGS.filter((each) => !each.startsWith('utf-16')))
      expect(take('a,b\n1,2\n', encoding).text).toBe('a,b\n1,2\n')
  })

  it('windows-1252 is read as on the web, byte by byte', () => {
    const bytes = Buffer.from(Array.from({ length: 224 }, (_, i) => i + 32))
    const { text } = take(bytes, 'windows-1252')
    // 0x81, 0x8d, 0x8f, 0x90 and 0x9d stand for nothing in it.
    expect([...text].filter((c) => c >= '\x80' && c <= '\x9f')).toEqual(['\x81', '\x8d', '\x8f', '\x90', '\x9d'])
    expect([text.length, text.slice(0x80 - 32, 0xa0 - 32)]).toEqual([224, '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'])
  })

  const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  it.each<[string, string | Buffer, Encoding | undefined, string]>([
    ['an empty file', '', undefined, 'feed.csv: is empty'],
    [
      'a PNG',
      PNG,
      undefined,
      'feed.csv: is not text (a NUL byte at offset 8); UTF-16 needs a byte order mark or "encoding: utf-16le"',
    ],
    ['UTF-16 without a mark', Buffer.from('a,b\n', 'utf16le'), undefined, 'feed.csv: is not text (a NUL byte at offset 1)'],
    [
      'bytes of neither',
      Buffer.from([0x61, 0xff, 0xff, 0x0a]),
      undefined,
      'feed.csv: is neither UTF-8 (near byte 0) nor GB18030 text; name its encoding in the format, or save it again as UTF-8',
    ],
    [
      'control characters between bytes that fit GB18030',
      Buffer.from([0xc4, 0xe3, 0x01, 0x02]),
      undefined,
      'is neither UTF-8 (near byte 0) nor GB18030 text (near byte 0)',
    ],
    [
      'half a GB18030 character at the end',
      Buffer.concat([GB, Buffer.from([0xc4])]),
      undefined,
      'is neither UTF-8 (near byte 0) nor GB18030 text (near byte 19)',
    ],
    ['GB18030 declared as UTF-8', GB, 'utf-8', 'feed.csv: is not utf-8 (near byte 0)'],
    ['UTF-8 declared as GB18030', 'a\n山茶花', 'gb18030', 'feed.csv: is not gb18030 (near byte 11)'],
    ['half a Big5 character', Buffer.from([0xa4, 0x73, 0xaf]), 'big5', 'feed.csv: is not big5 (near byte 3)'],
    ['UTF-8 declared as Big5', 'a\n山茶花', 'big5', 'feed.csv: is not big5 (near byte '],
    [
      'a byte that means nothing in ISO 8859-6',
      Buffer.from([0x61, 0xa1]),
      'iso-8859-6',
      'feed.csv: is not iso-8859-6 (near byte 0)',
    ],
    ['UTF-8 with a mark declared as GB18030', BOM + TEXT, 'gb18030', 'feed.csv: begins with the mark of utf-8, expected gb18030'],
    [
      'UTF-16 with a mark declared as UTF-8',
      Buffer.from(BOM + TEXT, 'utf16le'),
      'utf-8',
      'begins with the mark of utf-16le, expected utf-8',
    ],
    ['half a UTF-8 character at the end', Buffer.from([0x61, 0xe5, 0xb1]), 'utf-8', 'feed.csv: is not utf-8 (near byte 3)'],
    ['half a UTF-16 character at the end', Buffer.from([0xff, 0xfe, 0x61]), undefined, 'feed.csv: is not utf-16le (near byte 3)'],
    [
      'a lone surrogate in UTF-16',
      Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00]),
      undefined,
      'feed.csv: is not utf-16le (near byte 0)',
    ],
  ])('%s is refused, and leaves nothing', (_, content, encoding, message) => {
    const folder = folderWith({ 'feed.csv': content })
    const snapshots = join(folder, 'snapshots')
    mkdirSync(snapshots)
    expect(() => fetchFile(join(folder, 'feed.csv'), 'feed.csv', snapshots, encoding)).toThrow(message)
    expect(readdirSync(snapshots)).toEqual([])
  })

  it('a character may be cut anywhere by the end of a chunk', { timeout: 30_000 }, () => {
    for (const cut of [1, 2, 3]) {
      const filler = Buffer.alloc(CHUNK - cut, 'x')
      const lengths = [
        take(Buffer.concat([filler, Buffer.from('😀山é')])),
        take(Buffer.concat([filler, FOUR_BYTES.subarray(0, 4), Buffer.from([0xc9, 0xbd, 0xa8, 0xa6])])),
        take(Buffer.from(`${BOM}${'x'.repeat(CHUNK / 2 - 2)}😀山é`, 'utf16le')),
      ].map(({ snapshot, text }) => [snapshot.encoding, text.replace(/^x+/, ''), snapshot.bytes > CHUNK])
      expect(lengths).toEqual([
        ['utf-8', '😀山é', true],
        ['gb18030', '😀山é', true],
        ['utf-16le', '😀山é', true],
      ])
    }
  })

  it('a wrong byte behind the first chunk is found too', () => {
    const filler = Buffer.alloc(CHUNK, 'x')
    const broken = Buffer.alloc(2000 * 10, '\xff\xffé\n', 'latin1')
    expect(() => take(Buffer.concat([filler, broken]))).toThrow(`is neither UTF-8 (near byte ${CHUNK}) nor GB18030 text`)
    expect(() => take(Buffer.concat([filler, broken]), 'utf-8')).toThrow(`is not utf-8 (near byte ${CHUNK})`)
    const [single, end] = [Buffer.from([0xff, 0x61]), Buffer.from('山\n')]
    expect(take(Buffer.concat([filler, single, end])).text.slice(CHUNK)).toBe('\ufffda山\n')
    expect(take(Buffer.concat([filler, GB])).snapshot.encoding).toBe('gb18030')
  })

  it('any text in any of the encodings', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ',', '\n', '"', 'é', '山', '茶', '😀', '\u{10ffff}', '，'),
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(text, fc.boolean(), (text, mark) => {
        const bom = mark ? BOM : ''
        expect(take(bom + text).text).toBe(text)
        expect(take(Buffer.from(bom + text, 'utf16le'), 'utf-16le').text).toBe(text)
        expect(take(swapped(bom + text), 'utf-16be').text).toBe(text)
      }),
      { numRuns: 40 },
    )
  })
})

describe('files by name', () => {
  const folder = folderWith({
    'feeds/b.csv': 'b',
    'feeds/a.csv': 'a',
    'feeds/c.txt': 'c',
    'feeds/[1].csv': '1',
    'inner/x.csv': 'x',
  })
  const snapshots = join(folder, '.shoptool/snapshots')
  const names = async (pattern: string, from = folder) => (await fetchFiles(pattern, from, snapshots)).map(({ name }) => name)

  it.each([
    ['feeds/a.csv', ['feeds/a.csv']],
    ['feeds/*.csv', ['feeds/[1].csv', 'feeds/a.csv', 'feeds/b.csv']],
    ['**/*.csv', ['feeds/[1].csv', 'feeds/a.csv', 'feeds/b.csv', 'inner/x.csv']],
    ['feeds/{a,c}.*', ['feeds/a.csv', 'feeds/c.txt']],
    ['feeds/[1].csv', ['feeds/[1].csv']],
    [join(folder, 'feeds/b.csv'), ['feeds/b.csv']],
  ])('%s', async (pattern, expected) => expect(await names(pattern)).toEqual(expected))

  it('outside of the folder they keep their whole name', async () => {
    expect(await names('../feeds/a.csv', join(folder, 'inner'))).toEqual([join(folder, 'feeds/a.csv')])
  })

  it.each([
    ['feeds/z.csv', 'feeds/z.csv: no such file'],
    ['feeds/*.json', `feeds/*.json: no file matches in ${folder}`],
    ['feeds', 'feeds: is a folder, expected a file'],
    ['feeds/a.csv/b', 'feeds/a.csv/b: cannot be read (ENOTDIR)'],
  ])('%s is refused', async (pattern, message) => {
    await expect(names(pattern)).rejects.toMatchObject({ name: 'ShoptoolError', fault: 'usage', message })
  })

  it.skipIf(process.getuid?.() === 0)('one that may not be read', async () => {
    const closed = folderWith({ 'a.csv': 'a' })
    chmodSync(join(closed, 'a.csv'), 0)
    await expect(names('a.csv', closed)).rejects.toThrow('a.csv: cannot be read (EACCES)')
  })
})

describe('snapshots', () => {
  it('one file read as two encodings has two copies, one read twice has one', () => {
    const folder = folderWith({ 'a.csv': '山茶' })
    const snapshots = join(folder, 'snapshots')
    const read = (encoding?: Encoding) =>
      readFileSync(fetchFile(join(folder, 'a.csv'), 'a.csv', snapshots, encoding).path, 'utf8')
    expect([read(), read('gb18030'), read('utf-8'), read('gb18030')]).toEqual(['山茶', '灞辫尪', '山茶', '灞辫尪'])
    expect(readdirSync(snapshots)).toHaveLength(2)
  })

  it('are removed when they were not met for long, and come back when they are', () => {
    const folder = folderWith({ 'a.csv': 'a', 'b.csv': 'b' })
    const snapshots = join(folder, 'snapshots')
    const read = (name: string) => fetchFile(join(folder, name), name, snapshots).path
    const old = read('a.csv')
    utimesSync(old, new Date(0), new Date(0))
    const young = read('b.csv')
    pruneSnapshots(snapshots, 60_000)
    expect([existsSync(old), existsSync(young)]).toEqual([false, true])
    expect(read('a.csv')).toBe(old)
    utimesSync(old, new Date(0), new Date(0))
    read('a.csv')
    pruneSnapshots(snapshots, 60_000)
    expect(existsSync(old)).toBe(true)
    pruneSnapshots(join(folder, 'nowhere'), 60_000)
  })
})

describe('standard input', () => {
  const from = (parts: (Buffer | string)[], encoding?: Encoding) =>
    fetchStream(Readable.from(parts), 'standard input', folderWith(), [encoding])

  it('is put together from its parts', async () => {
    const bytes = Buffer.from(BOM + TEXT)
    const snapshot = await from(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))
    expect(snapshot).toMatchObject({ name: `stdin-${snapshot.sha256.slice(0, 12)}`, bytes: bytes.length, encoding: 'utf-8' })
    expect(readFileSync(snapshot.path, 'utf8')).toBe(TEXT)
    expect(readFileSync((await from([GB])).path, 'utf8')).toBe(TEXT)
    expect(readFileSync((await from(['text'])).path, 'utf8')).toBe('text')
  })

  it('may be longer than a chunk', async () => {
    const big = Buffer.concat([Buffer.alloc(CHUNK - 1, 'x'), Buffer.from('山')])
    const snapshot = await from([big, Buffer.from('\n')])
    expect([snapshot.bytes, readFileSync(snapshot.path).equals(Buffer.concat([big, Buffer.from('\n')]))]).toEqual([
      CHUNK + 3,
      true,
    ])
  })

  it.each([
    ['nothing', [], 'standard input: is empty'],
    ['junk', [Buffer.from([0, 1, 2])], 'standard input: is not text (a NUL byte at offset 0)'],
  ])('%s is refused', async (_, parts, message) => {
    await expect(from(parts)).rejects.toMatchObject({ fault: 'data', message: expect.stringContaining(message) })
  })
})
