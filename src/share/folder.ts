import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRunning, ownPid } from '../context.ts'
import { usageError } from '../errors.ts'

/** What every file of a folder must be, by its name. `size` in bytes. */
export type FileMarks = Record<string, { sha256: string; size: number }>

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

export function describeFiles(files: ReadonlyMap<string, Buffer>): FileMarks {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, { sha256: sha256(bytes), size: bytes.length }]))
}

/** The files that are not there, and those whose bytes are others. */
export async function wrongFiles(dir: string, files: FileMarks): Promise<{ missing: string[]; altered: string[] }> {
  const wrong = { missing: [] as string[], altered: [] as string[] }
  for (const [name, mark] of Object.entries(files)) {
    const path = join(dir, name)
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : -1),
      () => null,
    )
    if (size === null) wrong.missing.push(name)
    else if (size !== mark.size || sha256(await readFile(path)) !== mark.sha256) wrong.altered.push(name)
  }
  return wrong
}

/**
 * Writes a folder beside its place and moves it there, so that nobody ever sees half of it; where that fails, the old one is back.
 * @throws usageError where the folder is there and is no bundle.
 */
export async function replaceFolder(dir: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const isThere = existsSync(dir)
  if (isThere && !existsSync(join(dir, 'manifest.json')))
    throw usageError(`${dir} is there and is no bundle; move it away or choose another --out`)
  const fresh = join(dirname(dir), `.${basename(dir)}.${ownPid()}.new`)
  const old = join(dirname(dir), `.${basename(dir)}.${ownPid()}.old`)
  try {
    await mkdir(fresh, { recursive: true })
    for (const [name, bytes] of files) await writeFile(join(fresh, name), bytes)
    if (isThere) await rename(dir, old)
    await rename(fresh, dir)
  } catch (error) {
    if (existsSync(old)) await rename(old, dir)
    throw error
  } finally {
    for (const folder of [fresh, old]) await rm(folder, { recursive: true, force: true })
  }
}

/** Takes away what runs that were killed left beside their folders, and puts back a folder that was being replaced. */
export async function removeLeftovers(out: string): Promise<void> {
  for (const name of await readdir(out).catch(() => [])) {
    const [, folder, pid, kind] = /^\.(.+)\.(\d+)\.(new|old)$/.exec(name) ?? []
    if (!folder || (Number(pid) !== ownPid() && isRunning(Number(pid)))) continue
    if (kind === 'old' && !existsSync(join(out, folder))) await rename(join(out, name), join(out, folder))
    else await rm(join(out, name), { recursive: true, force: true })
  }
}
