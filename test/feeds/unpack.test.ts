import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Encoding } from '../../src/feeds/feed.ts'
import { fetchFiles, fetchStream } from '../../src/feeds/fetch.ts'
import { packingOf, type UnpackLimits, unpack } from '../../src/feeds/unpack.ts'
import { folderWith } from '../cli/shoptool.ts'

const TEXT = 'sku,名称\n1,山茶花\n'
const GB = Buffer.from('736b752cc3fbb3c60a312cc9bdb2e8bba80a', 'hex')

type ZipEntry = { name: string | Buffer; content: string | Buffer; stored?: boolean; crc?: number; flags?: number; size?: number }

/** A zip as archivers write it: local headers and data, the directory, its end. */
function zipOf(...entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content, stored = false, crc, flags = 0, size } of entries) {
    const bytes = Buffer.from(content as string)
    const data = stored ? bytes : deflateRawSync(bytes)
    const file = Buffer.from(name as string)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(flags, 2)
    header.writeUInt16LE(stored ? 0 : 8, 4)
    header.writeUInt32LE(crc ?? crc32(bytes), 10)
    header.writeUInt32LE(data.length, 14)
    header.writeUInt32LE(size ?? bytes.length, 18)
    header.writeUInt16LE(file.length, 22)
    parts.push(Buffer.from('PK\x03\x04'), header, file, data)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0'), header, rest, file)
    at += 30 + file.length + data.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end])
}

async function take(content: Buffer, encoding?: Encoding) {
  const folder = folderWith({ 'feed.csv.gz': content })
  const snapshots = join(folder, 'snapshots')
  const [snapshot] = await fetchFiles('feed.csv.gz', folder, snapshots, [encoding])
  return { snapshot: snapshot!, text: readFileSync(snapshot!.path, 'utf8'), left: readdirSync(snapshots) }
}

describe('a packed feed is read as what is in it', () => {
  it.each<[string, Buffer, Encoding, string?]>([
    ['gzip', gzipSync(TEXT), 'utf-8'],
    ['gzip in two parts', Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))]), 'utf-8'],
    ['gzip of GB18030', gzipSync(GB), 'gb18030'],
    ['gzip of UTF-16 with a mark', gzipSync(Buffer.from(`\ufeff${TEXT}`, 'utf16le')), 'utf-16le'],
    ['zip', zipOf({ name: 'feed.csv', content: TEXT }), 'utf-8'],
    ['zip, stored', zipOf({ name: 'feed.csv', content: TEXT, stored: true }), 'utf-8'],
    ['zip of GB18030', zipOf({ name: 'feed.csv', content: GB }), 'gb18030'],
    ['zip with a name in GBK', zipOf({ name: GB.subarray(4, 8), content: TEXT }), 'utf-8'],
    ['zip with a name that climbs', zipOf({ name: '../../feed.csv', content: TEXT, flags: 0x800 }), 'utf-8'],
    [
      'zip with folders and what macOS adds',
      zipOf({ name: 'a/', content: '' }, { name: '__MACOSX/a/._f.csv', content: 'x' }, { name: 'a/f.csv', content: TEXT }),
      'utf-8',
    ],
  ])('%s', async (_, content, encoding, expected = TEXT) => {
    const { snapshot, text, left } = await take(content)
    expect(text).toBe(expected)
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(snapshot).toMatchObject({ name: 'feed.csv.gz', encoding, bytes: content.length, sha256 })
    expect(left).toHaveLength(1)
  })

  const packed = gzipSync(Buffer.from(TEXT.repeat(100)))
  const broken = Buffer.from(packed)
  broken[broken.length - 8]! ^= 1
  const zip = zipOf({ name: 'f.csv', content: TEXT.repeat(100) })
  const many = Array.from({ length: 12 }, (_, i) => ({ name: `${i}.csv`, content: 'x' }))
  it.each<[string, Buffer, string]>([
    ['gzip cut off in its data', packed.subarray(0, packed.length / 2), 'feed.csv.gz: is cut off: the packed data ends early'],
    ['gzip without its end', packed.subarray(0, -4), 'feed.csv.gz: is cut off: the packed data ends early'],
    ['gzip with a wrong checksum', broken, 'feed.csv.gz: is damaged, cannot be unpacked (incorrect data check)'],
    ['gzip with junk in its data', Buffer.concat([packed.subarray(0, 10), Buffer.alloc(50, 0xff)]), 'feed.csv.gz: is damaged'],
    ['gzip of nothing', gzipSync(''), 'feed.csv.gz: is empty'],
    ['gzip of a gzip', gzipSync(packed), 'feed.csv.gz: is not text'],
    ['zip cut off', zip.subarray(0, -30), 'feed.csv.gz: is damaged, cannot be unpacked ('],
    [
      'zip with a wrong checksum',
      zipOf({ name: 'f.csv', content: TEXT, crc: 7 }),
      'is damaged: the checksum of f.csv in it is wrong',
    ],
    ['zip with a wrong size', zipOf({ name: 'f.csv', content: TEXT, size: 9 }), 'feed.csv.gz: is damaged, cannot be unpacked ('],
    ['zip with a password', zipOf({ name: 'f.csv', content: TEXT, flags: 1 }), 'feed.csv.gz: is damaged, cannot be unpacked ('],
    ['zip with nothing in it', zipOf(), 'feed.csv.gz: is a zip with no file in it'],
    ['zip with a folder in it', zipOf({ name: 'a/', content: '' }), 'feed.csv.gz: is a zip with no file in it'],
    [
      'zip with two files',
      zipOf({ name: 'a.csv', content: 'x' }, { name: 'b.csv', content: 'y' }),
      'feed.csv.gz: is a zip with several files, expected one: a.csv, b.csv',
    ],
    ['zip with many files', zipOf(...many), '7.csv, 8.csv, 9.csv, … (12 files)'],
    [
      'a workbook',
      zipOf({ name: '[Content_Types].xml', content: '<x/>' }, { name: 'xl/workbook.xml', content: '<x/>' }),
      'feed.csv.gz: is a spreadsheet workbook, expected text; save it as CSV, or name the format sheet',
    ],
  ])('%s is refused, and leaves nothing', async (_, content, message) => {
    const folder = folderWith({ 'feed.csv.gz': content })
    const snapshots = join(folder, 'snapshots')
    mkdirSync(snapshots)
    await expect(fetchFiles('feed.csv.gz', folder, snapshots)).rejects.toMatchObject({
      fault: 'data',
      message: expect.stringContaining(message),
    })
    expect(readdirSync(snapshots)).toEqual([])
  })

  it('standard input may be packed too', async () => {
    const snapshots = folderWith()
    const snapshot = await fetchStream(Readable.from([gzipSync(TEXT)]), 'standard input', snapshots)
    expect(readFileSync(snapshot.path, 'utf8')).toBe(TEXT)
    expect(readdirSync(snapshots)).toHaveLength(1)
  })

  it('a declared encoding is that of the text inside', async () => {
    expect((await take(gzipSync(Buffer.from('53f86c76', 'hex')), 'iso-8859-1')).text).toBe('Sølv')
  })

  it('any bytes, cut anywhere, are taken whole or refused', async () => {
    const content = fc.string({ unit: fc.constantFrom('a', ',', '\n', '山'), minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(content, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), async (text, gzip, share) => {
        const whole = gzip ? gzipSync(text) : zipOf({ name: 'f', content: text })
        expect((await take(whole)).text).toBe(text)
        const cut = whole.subarray(0, 4 + Math.floor(share * (whole.length - 5)))
        await expect(take(cut)).rejects.toMatchObject({ fault: 'data' })
      }),
      { numRuns: 40 },
    )
  })
})

describe('a small file that unpacks to a huge one', () => {
  const zeros = Buffer.alloc(1 << 20)
  it.each<[string, Buffer, UnpackLimits, string]>([
    ['gzip over the size', gzipSync(zeros), { bytes: 1000, ratio: 1e9, free: 0 }, 'is more than 1000 bytes when unpacked'],
    [
      'gzip over the ratio',
      gzipSync(zeros),
      { bytes: 1e9, ratio: 100, free: 1000 },
      'is more than 100 times as large when unpacked',
    ],
    [
      'zip over the ratio',
      zipOf({ name: 'f', content: zeros }),
      { bytes: 1e9, ratio: 100, free: 1000 },
      'is more than 100 times',
    ],
    [
      'zip that lies about its size',
      zipOf({ name: 'f', content: zeros, size: 5 }),
      { bytes: 1e9, ratio: 1e9, free: 0 },
      'is damaged',
    ],
  ])('%s', async (_, content, limits, message) => {
    const folder = folderWith({ f: content })
    const path = join(folder, 'f')
    const file = openSync(path, 'r')
    const packing = packingOf(file)!
    closeSync(file)
    await expect(unpack(packing, path, 'f', join(folder, 'to'), false, limits)).rejects.toMatchObject({
      fault: 'data',
      message: expect.stringContaining(message),
    })
  })
})
