import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
} from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { glob, isDynamicPattern } from 'tinyglobby'
import { dataError, temporaryError, usageError } from '../errors.ts'
import { inspect, likeliest, type Reading, recode, replacements } from './encoding.ts'
import type { Encoding } from './feed.ts'
import { packingOf, unpack } from './unpack.ts'

/** One file as it was received, and its clean UTF-8 copy in `.shoptool/snapshots`. */
export type Snapshot = {
  /** The name to show: relative to the workspace where the file lies in it. */
  name: string
  /** The UTF-8 copy, unpacked and without byte order mark; a workbook's bytes as they are. */
  path: string
  /** Of the bytes received, packed or not. */
  sha256: string
  bytes: number
  encoding: Encoding
  /** Whether the copy may hold \ufffd in place of characters that do not fit the encoding. */
  replaced?: boolean
}

/** The encodings of the forms that a file may have; undefined: its bytes tell. */
export type Expected = readonly (Encoding | undefined)[]

const CHUNK = 4 << 20
const MARKS: readonly [Encoding, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/**
 * Takes local files into the snapshot folder, unpacked where they are gzip or zip. `pattern` is a path or a glob, relative to `folder`.
 * @throws ShoptoolError (usage) where there is no such file or it cannot be read; (data) where it is empty, damaged or no text.
 */
export async function fetchFiles(
  pattern: string,
  folder: string,
  snapshots: string,
  expected: Expected = [],
): Promise<Snapshot[]> {
  const exact = resolve(folder, pattern)
  let paths = [exact]
  if (!existsSync(exact) && isDynamicPattern(pattern)) {
    paths = await glob(pattern, { cwd: folder, absolute: true, onlyFiles: true })
    if (paths.length === 0) throw usageError(`${pattern}: no file matches in ${folder}`)
  }
  const taken: Snapshot[] = []
  for (const path of paths.sort()) taken.push(await fetchPacked(path, displayName(path, folder), snapshots, expected))
  return taken
}

function displayName(path: string, folder: string): string {
  const inside = relative(folder, path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside
}

/** Takes one local file, unpacked where it is gzip or zip. */
export async function fetchPacked(path: string, name: string, snapshots: string, expected: Expected): Promise<Snapshot> {
  const file = openFile(path, name)
  try {
    const before = fstatSync(file)
    if (before.isDirectory()) throw usageError(`${name}: is a folder, expected a file`)
    const packing = before.isFile() ? packingOf(file) : null
    if (packing === null) return fetchFile(path, name, snapshots, encodingFor(expected, path))
    return await withTemporary(snapshots, async (temporary) => {
      if (!(await unpack(packing, path, name, temporary, expected.includes('binary'))))
        return fetchFile(path, name, snapshots, 'binary')
      const hash = createHash('sha256')
      const chunk = Buffer.allocUnsafe(CHUNK)
      for (let count = readSync(file, chunk, 0, CHUNK, 0), at = 0; count > 0; count = readSync(file, chunk, 0, CHUNK, at)) {
        hash.update(chunk.subarray(0, count))
        at += count
      }
      const received = { sha256: hash.digest('hex'), bytes: before.size }
      const snapshot = fetchFile(temporary, name, snapshots, encodingFor(expected, temporary), received)
      checkUnchanged(file, before, snapshot)
      return snapshot
    })
  } finally {
    closeSync(file)
  }
}

/** The first bytes of XLS (a compound file) and XLSX (a zip). */
const WORKBOOKS = ['d0cf11e0', '504b0304']

/** What a file is to be read as: a workbook as it is, where one is expected; else text, in the encoding that is declared for all forms of it. */
function encodingFor(expected: Expected, path: string): Encoding | undefined {
  const [text, ...others] = new Set(expected.filter((encoding) => encoding !== 'binary'))
  if (!expected.includes('binary')) return others.length === 0 ? text : undefined
  const head = Buffer.alloc(4)
  const file = openSync(path, 'r')
  readSync(file, head, 0, 4, 0)
  closeSync(file)
  const isWorkbook = WORKBOOKS.includes(head.toString('hex')) || expected.every((encoding) => encoding === 'binary')
  return isWorkbook ? 'binary' : others.length === 0 ? text : undefined
}

/** Gives a name in the snapshot folder for as long as `use` takes. */
export async function withTemporary<T>(snapshots: string, use: (temporary: string) => Promise<T>): Promise<T> {
  mkdirSync(snapshots, { recursive: true })
  const temporary = join(snapshots, `.${randomUUID()}.partial`)
  try {
    return await use(temporary)
  } finally {
    rmSync(temporary, { force: true })
  }
}

function openFile(path: string, name: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw usageError(`${name}: no such file`)
    throw usageError(`${name}: cannot be read (${code})`)
  }
}

function checkUnchanged(file: number, before: Stats, snapshot: Snapshot): void {
  const after = fstatSync(file)
  if (after.mtimeMs === before.mtimeMs && after.size === before.size) return
  rmSync(snapshot.path, { force: true })
  throw temporaryError(`${snapshot.name}: was changed while it was read; run again`)
}

/** Takes one local file into the snapshot folder as it is. `received`: the packed bytes that it comes from. */
export function fetchFile(
  path: string,
  name: string,
  snapshots: string,
  encoding?: Encoding,
  received?: { sha256: string; bytes: number },
): Snapshot {
  const file = openFile(path, name)
  try {
    const before = fstatSync(file)
    const chunk = Buffer.allocUnsafe(CHUNK)
    const read = (at: number) => {
      const count = readSync(file, chunk, 0, CHUNK, at)
      return count === 0 ? null : chunk.subarray(0, count)
    }
    const snapshot = take({ read, copy: (to) => copyFileSync(path, to) }, name, snapshots, encoding, received)
    checkUnchanged(file, before, snapshot)
    return snapshot
  } finally {
    closeSync(file)
  }
}

/** Takes a whole stream (standard input) into the snapshot folder. */
export async function fetchStream(stream: Readable, name: string, snapshots: string, expected: Expected = []): Promise<Snapshot> {
  const snapshot = await withTemporary(snapshots, async (temporary) => {
    await pipeline(stream, createWriteStream(temporary))
    return fetchPacked(temporary, name, snapshots, expected)
  })
  // Streams have no names, and a statement may be known by its file's name.
  return { ...snapshot, name: `stdin-${snapshot.sha256.slice(0, 12)}` }
}

/** Where the clean copy of a file lies. Bytes that can be read in two ways have two copies. */
export function snapshotPath(snapshots: string, { sha256, encoding }: { sha256: string; encoding: string }): string {
  return join(snapshots, encoding === 'utf-8' ? sha256 : `${sha256}.${encoding}`)
}

/** Says that a copy was met again, see pruneSnapshots. */
export function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Another user's file in a shared workspace: it is read all the same.
  }
}

/**
 * Removes copies of files that have not been read since a point in time (milliseconds): only `show --raw` of old rows misses them; and
 * what a killed run left half-written. Nobody else may be reading into the folder: see the workspace's lock.
 */
export function pruneSnapshots(snapshots: string, before: number): void {
  if (!existsSync(snapshots)) return
  for (const name of readdirSync(snapshots)) {
    const path = join(snapshots, name)
    if (name.endsWith('.partial') || statSync(path).mtimeMs < before) rmSync(path)
  }
}

/** What was received, and how all of it is copied as it is. */
type Received = { read: Reading; copy(to: string): void }

/**
 * Copies what was received into the snapshot folder as UTF-8, unless it is there already. The encoding is the declared one, else the
 * byte order mark's, else UTF-8 where every byte fits it, else the likeliest. A few characters that do not fit become \ufffd.
 */
function take(
  { read, copy }: Received,
  name: string,
  snapshots: string,
  declared?: Encoding,
  received?: { sha256: string; bytes: number },
): Snapshot {
  const head = read(0)
  if (head === null) throw dataError(`${name}: is empty`)
  const binary = declared === 'binary'
  const marked = binary ? undefined : MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0]
  if (marked && declared && marked !== declared)
    throw dataError(`${name}: begins with the mark of ${marked}, expected ${declared}`)
  const certain = declared ?? marked
  if (!binary && !certain?.startsWith('utf-16') && head.includes(0)) {
    throw dataError(
      `${name}: is not text (a NUL byte at offset ${head.indexOf(0)}); UTF-16 needs a byte order mark or "encoding: utf-16le"`,
    )
  }
  const { utf8Until, ...own } = inspect(read)
  const { sha256, bytes } = received ?? own
  const { encoding, said } = certain
    ? { encoding: certain, said: true }
    : utf8Until === null
      ? { encoding: 'utf-8' as const, said: true }
      : likeliest(read)
  const fits = binary || (encoding === 'utf-8' && utf8Until === null)

  const path = snapshotPath(snapshots, { sha256, encoding })
  // Its time says when it was last met, see pruneSnapshots.
  if (existsSync(path)) touch(path)
  else {
    mkdirSync(snapshots, { recursive: true })
    const temporary = join(snapshots, `.${randomUUID()}.partial`)
    try {
      if (fits && !marked) copy(temporary)
      else {
        const failedAt = recode(read, temporary, encoding)
        if (failedAt !== null) {
          const second = encoding === 'gb18030' ? ` (near byte ${failedAt})` : ''
          throw dataError(
            said
              ? `${name}: is not ${encoding} (near byte ${failedAt})`
              : `${name}: is neither UTF-8 (near byte ${utf8Until}) nor GB18030 text${second}; name its encoding in the format, or save it again as UTF-8`,
          )
        }
      }
      renameSync(temporary, path)
    } finally {
      rmSync(temporary, { force: true })
    }
  }
  return { name, path, sha256, bytes, encoding, ...(!fits && { replaced: replacements(path).places > 0 }) }
}
