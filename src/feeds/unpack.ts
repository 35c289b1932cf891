import { createReadStream, createWriteStream, readSync, statSync } from 'node:fs'
import { type Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createGunzip } from 'node:zlib'
import type { Entry } from 'yauzl'
import { dataError, ShoptoolError } from '../errors.ts'

/** What an honest feed never reaches; a few kilobytes of zeros, packed, do. */
export type UnpackLimits = { bytes: number; ratio: number; free: number }
const LIMITS: UnpackLimits = {
  bytes: 4 * 2 ** 30,
  ratio: 1000,
  /** Up to here the ratio does not matter: a small table may be one row over and over. */
  free: 64 << 20,
}

const MARKS = { gzip: [0x1f, 0x8b], zip: [0x50, 0x4b, 0x03, 0x04], 'empty zip': [0x50, 0x4b, 0x05, 0x06] } as const
export type Packing = keyof typeof MARKS

/** How an open file is packed, told by its first bytes, not by its name; null where it is not. */
export function packingOf(file: number): Packing | null {
  const head = Buffer.alloc(4)
  readSync(file, head, 0, 4, 0)
  const found = Object.entries(MARKS).find(([, mark]) => mark.every((byte, i) => head[i] === byte))
  return (found?.[0] as Packing | undefined) ?? null
}

/**
 * Writes what is packed in a file to `to`, as a stream. Answers false where it is to stay as it is: an XLSX workbook is itself a zip.
 * @throws ShoptoolError (data) where it is damaged, cut off, holds several files, or more than the limits.
 */
export async function unpack(
  packing: Packing,
  path: string,
  name: string,
  to: string,
  workbook: boolean,
  limits: UnpackLimits = LIMITS,
): Promise<boolean> {
  const { size } = statSync(path)
  try {
    if (packing === 'gzip') await write([createReadStream(path), createGunzip()], name, to, size, limits)
    else return await unzip(path, name, to, size, workbook, limits)
    return true
  } catch (error) {
    if (error instanceof ShoptoolError || (error as NodeJS.ErrnoException).syscall) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') throw dataError(`${name}: is cut off: the packed data ends early`)
    throw dataError(`${name}: is damaged, cannot be unpacked (${message})`)
  }
}

/** Answers the CRC-32 of what was written; `to` null: it is only looked at. */
async function write(
  from: (Readable | Transform)[],
  name: string,
  to: string | null,
  packed: number,
  limits: UnpackLimits,
): Promise<number> {
  let bytes = 0
  let sum = 0
  const guard = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      sum = crc32(chunk, sum)
      if (bytes > limits.bytes) done(dataError(`${name}: is more than ${limits.bytes} bytes when unpacked`))
      else if (bytes > limits.free && bytes > packed * limits.ratio)
        done(dataError(`${name}: is more than ${limits.ratio} times as large when unpacked, which no feed is`))
      else done(null, chunk)
    },
  })
  const out = to === null ? new Writable({ write: (_chunk, _encoding, done) => done() }) : createWriteStream(to)
  await pipeline([...from, guard, out])
  return sum
}

async function unzip(
  path: string,
  name: string,
  to: string,
  packed: number,
  workbook: boolean,
  limits: UnpackLimits,
): Promise<boolean> {
  // Loaded only for a zip: most feeds are none.
  const { default: yauzl } = await import('yauzl')
  // Names are taken as bytes: those of Chinese archives are GBK, and nothing is written under them.
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
  try {
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) {
      entries.push(entry)
      // Nobody packs so many by mistake, and the message names only a few of them.
      if (entries.length === 10_000) break
    }
    const files = entries.map((entry) => ({ entry, file: fileName(entry) })).filter(({ file }) => !isClutter(file))
    const check = async ({ entry, file }: (typeof files)[number], to: string | null) => {
      const sum = await write([await zip.openReadStreamPromise(entry)], name, to, packed, limits)
      if (sum !== entry.crc32) throw dataError(`${name}: is damaged: the checksum of ${file} in it is wrong`)
    }
    if (files.some(({ file }) => file === '[Content_Types].xml')) {
      if (!workbook)
        throw dataError(`${name}: is a spreadsheet workbook, expected text; save it as CSV, or name the format sheet`)
      // Workbooks are read whole: their limit is for all of them.
      if (entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0) > limits.bytes / 8)
        throw dataError(`${name}: is more than ${limits.bytes / 8} bytes when unpacked`)
      for (const file of files) await check(file, null)
      return false
    }
    const [only, ...others] = files
    if (!only) throw dataError(`${name}: is a zip with no file in it`)
    if (others.length > 0) {
      const named = files.slice(0, 10).map(({ file }) => file)
      const more = files.length > named.length ? `, … (${files.length} files)` : ''
      throw dataError(`${name}: is a zip with several files, expected one: ${named.join(', ')}${more}`)
    }
    await check(only, to)
    return true
  } finally {
    zip.close()
  }
}

function fileName(entry: Entry): string {
  const bytes = entry.fileName as unknown as Buffer
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {}
  }
  return bytes.toString('latin1')
}

/** Folders, and what macOS packs beside each file. */
function isClutter(file: string): boolean {
  return file.endsWith('/') || file.startsWith('__MACOSX/') || /(^|\/)(\.DS_Store|Thumbs\.db)$/.test(file)
}
