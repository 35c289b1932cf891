import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tag } from '../feeds/download.ts'
import { type Snapshot, snapshotPath, touch } from '../feeds/fetch.ts'

/** What was fetched last of a source. A note beside its copies in `.shoptool`: without it everything is fetched anew, nothing else. */
export type Fetched = {
  /** Hash of what was asked for: of another question it is no answer. */
  of: string
  snapshots: Snapshot[]
  /** Only of a URL: what its host calls this content, and the hash of the address with its secrets. */
  url: { tag: Tag; address: string } | null
}

/** Sizes of the clean copies, so that one that was damaged since does not count. */
type Note = Omit<Fetched, 'snapshots'> & { snapshots: (Omit<Snapshot, 'path'> & { size: number })[] }

export const hashOf = (...facts: unknown[]): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex')

const noteOf = (snapshots: string, source: string) => join(snapshots, `${source}.json`)

/** What was fetched last of a source, or null where it was something else, or copies of it are gone. */
export function recall(snapshots: string, source: string, of: string): Fetched | null {
  const path = noteOf(snapshots, source)
  let note: Note
  try {
    note = JSON.parse(readFileSync(path, 'utf8')) as Note
  } catch {
    return null
  }
  if (note.of !== of) return null
  const found = note.snapshots.map(({ size, ...rest }) => ({ size, snapshot: { ...rest, path: snapshotPath(snapshots, rest) } }))
  const isThere = ({ size, snapshot: { path } }: (typeof found)[number]) => existsSync(path) && statSync(path).size === size
  if (!found.every(isThere)) {
    // A damaged copy would be taken for the file itself when that is fetched again.
    for (const one of found) if (!isThere(one)) rmSync(one.snapshot.path, { force: true })
    return null
  }
  for (const each of [path, ...found.map(({ snapshot }) => snapshot.path)]) touch(each)
  return { ...note, snapshots: found.map(({ snapshot }) => snapshot) }
}

/** Notes what was fetched now. */
export function remember(snapshots: string, source: string, fetched: Fetched): void {
  const note: Note = {
    ...fetched,
    snapshots: fetched.snapshots.map(({ path, ...rest }) => ({ ...rest, size: statSync(path).size })),
  }
  mkdirSync(snapshots, { recursive: true })
  const temporary = join(snapshots, `.${randomUUID()}.partial`)
  writeFileSync(temporary, JSON.stringify(note))
  renameSync(temporary, noteOf(snapshots, source))
}
