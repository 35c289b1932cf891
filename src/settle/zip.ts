import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import yazl from 'yazl'
import { dataError, usageError } from '../errors.ts'

/** More than any pack has; a few kilobytes can unpack to gigabytes. */
const LIMITS = { files: 10_000, bytes: 512 << 20 }

/** Writes files, in the order of their names, into a new archive at `path`. */
export async function writeZip(path: string, files: ReadonlyMap<string, string | Buffer>): Promise<void> {
  const zip = new yazl.ZipFile()
  // The time of every entry: the same files give the same archive. Local, since DOS times have no zone.
  const mtime = new Date(2000, 0, 1)
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    zip.addBuffer(Buffer.from(content), name, { mtime, mode: 0o100644, forceDosTimestamp: true })
  }
  zip.end()
  const unfinished = `${path}.unfinished`
  try {
    await pipeline(zip.outputStream, createWriteStream(unfinished))
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/**
 * The files of an archive by name, in memory.
 * @throws ShoptoolError (data) where it is none, is damaged, or holds more than a pack can.
 */
export async function readZip(path: string, name: string): Promise<Map<string, Buffer>> {
  if (statSync(path).isDirectory()) throw usageError(`${name}: is a folder, expected a zip`)
  const files = new Map<string, Buffer>()
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall) throw error
    throw dataError(`${name}: is no zip archive (${error.message})`)
  })
  try {
    let bytes = 0
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize
      if (files.size >= LIMITS.files || bytes > LIMITS.bytes) throw dataError(`${name}: holds more than any evidence pack`)
      const chunks: Buffer[] = []
      // yauzl ends with an error where an entry unpacks to another size than it states
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
      files.set(entry.fileName, Buffer.concat(chunks))
    }
  } catch (error) {
    if (error instanceof Error && error.name !== 'ShoptoolError') throw dataError(`${name}: is damaged (${error.message})`)
    throw error
  } finally {
    zip.close()
  }
  return files
}
