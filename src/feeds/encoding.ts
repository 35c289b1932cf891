import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { ENCODINGS, type Encoding } from './feed.ts'

/** Bytes from an offset, null behind the end. */
export type Reading = (at: number) => Buffer | null

/** Hashes all bytes and tells the offset of the chunk that is not UTF-8, or null where all are. */
export function inspect(read: Reading): { sha256: string; bytes: number; utf8Until: number | null } {
  const hash = createHash('sha256')
  let bytes = 0
  let rest = Buffer.alloc(0)
  let utf8Until: number | null = null
  for (let chunk = read(0); chunk; chunk = read(bytes)) {
    hash.update(chunk)
    if (utf8Until === null) {
      const text = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const whole = text.length - cutCharacter(text)
      if (!isUtf8(text.subarray(0, whole))) utf8Until = bytes
      rest = Buffer.from(text.subarray(whole))
    }
    bytes += chunk.length
  }
  if (rest.length > 0) utf8Until ??= bytes
  return { sha256: hash.digest('hex'), bytes, utf8Until }
}

/** How many bytes at the end belong to a UTF-8 character that goes on behind it. */
function cutCharacter(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** Faults after which a text with fewer whole characters is no UTF-8. */
const ENOUGH = 1000
/** A character of GB18030 that is longer than one byte, else a byte that is none. */
const GB_CHARACTER = /[\x81-\xfe](?:([\x40-\x7e])|[\x80-\xfe]|[0-9][\x81-\xfe][0-9])|([\x80-\xff])/g

/**
 * The encoding of bytes that are not all UTF-8 and of which nothing is declared: UTF-8 where nearly all longer characters are whole,
 * else what an XML declaration says (`said`), else GB18030 where it has far fewer faults. Bytes win over the declaration: it is often wrong.
 */
export function likeliest(read: Reading): { encoding: Encoding; said: boolean } {
  const decoder = new TextDecoder('utf-8')
  let whole = 0
  let faults = 0
  let bytes = 0
  for (let chunk = read(0); chunk && (faults <= ENOUGH || faults <= whole); chunk = read(bytes)) {
    const text = decoder.decode(chunk, { stream: true })
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0xfffd) faults++
      else if (code >= 0x80) whole++
    }
    bytes += chunk.length
  }
  if (whole >= 10 * faults) return { encoding: 'utf-8', said: false }
  const declared = prologEncoding(read(0)!)
  if (declared) return { encoding: declared, said: true }
  // A letter behind é, as in `crémant`, makes a Chinese character of the two, but a rare one: its second byte is ASCII.
  let odd = 0
  let rest = ''
  for (let at = 0; at < bytes; ) {
    const chunk = read(at)!
    at += chunk.length
    const text = rest + chunk.toString('latin1')
    // A character of up to four bytes that the chunk's end may cut.
    rest = at < bytes ? (/[\x81-\xfe].{0,2}$/s.exec(text.slice(-3))?.[0] ?? '') : ''
    for (const [, ascii, none] of text.slice(0, text.length - rest.length).matchAll(GB_CHARACTER)) if (ascii ?? none) odd++
  }
  return { encoding: odd * 2 < faults ? 'gb18030' : 'utf-8', said: false }
}

/** `<?xml version="1.0" encoding="iso-8859-1"?>`: which encoding it names, as far as it can be one of these bytes. */
function prologEncoding(head: Buffer): Encoding | null {
  const label = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w:.-]+)["']/.exec(head.toString('latin1', 0, 1024))?.[1]
  if (!label) return null
  const name = label.toLowerCase()
  const known = ENCODINGS.find((encoding) => encoding === name)
  if (known) return known.startsWith('utf-') ? null : known
  try {
    const { encoding } = new TextDecoder(label)
    const meant = encoding === 'gbk' ? 'gb18030' : encoding
    return ENCODINGS.find((each) => each === meant && !each.startsWith('utf-')) ?? null
  } catch {
    return null
  }
}

/** 0x80 to 0x9f in windows-1252, as WHATWG reads it. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Decodes piece by piece; the last call, without bytes, ends the text. `strict`: throws TypeError at bytes that are not of the encoding. */
function decoderOf(encoding: Encoding, strict: boolean): (bytes?: Buffer) => string {
  // Node 20 reads 0x80 to 0x9f as control characters here. What the web calls iso-8859-1 is windows-1252 as well.
  if (encoding === 'windows-1252' || encoding === 'iso-8859-1')
    return (bytes) => bytes?.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80]!) ?? ''
  const decoder = new TextDecoder(encoding, { fatal: strict })
  return (bytes) => (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode())
}

/**
 * Writes the text as UTF-8 without byte order mark. Answers the offset of the chunk that is not of that encoding, or null; a few broken
 * characters are written as \ufffd.
 */
export function recode(read: Reading, path: string, encoding: Encoding): number | null {
  const failedAt = write(read, path, decoderOf(encoding, true))
  if (failedAt === null) return null
  // Cut off within a character, or no text at all: not a matter of single cells.
  if (write(read, path, decoderOf(encoding, false)) !== null) return failedAt
  const { places, units } = replacements(path)
  return places <= Math.max(Math.min(MOST, units >> 1), units / ONE_IN) ? null : failedAt
}

/** How many broken places are single ones: so many lines out of all, and in small files so many, if that is not most of it. */
const ONE_IN = 1000
const MOST = 3

/** Answers the offset of the chunk that cannot be decoded, or that ends the text within a character; null when all is written. */
function write(read: Reading, path: string, decode: (bytes?: Buffer) => string): number | null {
  const out = openSync(path, 'w')
  let bytes = 0
  try {
    for (let chunk = read(0); chunk; chunk = read(bytes)) {
      const text = decode(chunk)
      // A control character other than tab and line breaks: the bytes fit by chance, this is no text.
      if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return bytes
      // Unlike writeSync, all of it or an error, also where the disk is full.
      writeFileSync(out, text)
      bytes += chunk.length
    }
    return decode() === '' ? null : bytes
  } catch (error) {
    if (error instanceof TypeError) return bytes
    throw error
  } finally {
    closeSync(out)
  }
}

const CHUNK = 4 << 20
const REPLACEMENT = Buffer.from('\ufffd')
const NEWLINE = 10
/** Where a format needs no line breaks, so many bytes stand for a line. */
const LINE_LIKE = 512

/** How many places of a UTF-8 file hold \ufffd, next to each other counted once, and out of how many lines. */
export function replacements(path: string): { places: number; units: number } {
  const file = openSync(path, 'r')
  const chunk = Buffer.allocUnsafe(CHUNK)
  let places = 0
  let lines = 0
  let bytes = 0
  let lastEnd = -1
  try {
    for (let count = readSync(file, chunk, 0, CHUNK, 0); count > 0; count = readSync(file, chunk, 0, CHUNK, bytes)) {
      const part = chunk.subarray(0, count)
      for (let at = part.indexOf(REPLACEMENT); at !== -1; at = part.indexOf(REPLACEMENT, at + 3)) {
        if (bytes + at !== lastEnd) places++
        lastEnd = bytes + at + 3
      }
      for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, at + 1)) lines++
      // One that is cut by the border is read again, whole.
      bytes += count === CHUNK ? count - 2 : count
    }
  } finally {
    closeSync(file)
  }
  return { places, units: Math.max(lines, bytes / LINE_LIKE) }
}
