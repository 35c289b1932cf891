import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRunning, ownPid } from './context.ts'
import { instantOf, type Zone } from './day.ts'
import { temporaryError, usageError } from './errors.ts'

/** Whose lock it is. A pid alone is not enough: numbers are given out again, and the first process of every container has the same. */
type Holder = { pid: number; started: string | null; since: string }

/**
 * Takes the workspace for one writing run; the answer gives it back. A lock whose process is gone is taken over.
 * @throws temporary when another run holds it; usage when the workspace cannot be written.
 */
export function lock(workspace: { folder: string; lock: string; shop: { timezone: Zone } }, ctx: { now(): number }): () => void {
  const path = workspace.lock
  const own: Holder = { pid: ownPid(), started: startOf(ownPid()), since: instantOf(ctx.now(), workspace.shop.timezone) }
  const mine = `${path}.${own.pid}`
  const text = JSON.stringify(own)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(mine, text)
  } catch (error) {
    throw usageError(`${workspace.folder}: the workspace cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    })
  }
  try {
    // a link is made whole or not at all: nobody reads half a lock
    while (!link(mine, path)) {
      const found = read(path)
      if (found === null) continue
      const holder = parse(found)
      if (holder && isRunning(holder.pid) && holder.started === startOf(holder.pid)) {
        throw temporaryError(
          `another run (pid ${holder.pid}, since ${holder.since}) holds ${workspace.folder}; run again when it is done`,
        )
      }
      putAside(path, found, `${mine}.stale`)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  removeLeftovers(path)
  return () => {
    if (read(path) === text) rmSync(path, { force: true })
  }
}

/** Removes what processes that were killed while they took the lock left beside it. */
function removeLeftovers(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const pid = new RegExp(`^${basename(path)}\\.(\\d+)(\\.stale)?$`).exec(name)?.[1]
    if (pid && !isRunning(Number(pid))) rmSync(join(dirname(path), name), { force: true })
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    return copy(from, to)
  }
}

/** For file systems that have no links (exFAT, some network drives). */
function copy(from: string, to: string): boolean {
  try {
    writeFileSync(to, readFileSync(from), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the stale lock that was read as `stale`; one that a third run took meanwhile is put back. */
function putAside(lock: string, stale: string, aside: string): void {
  try {
    renameSync(lock, aside)
  } catch {
    return
  }
  if (read(aside) !== stale) link(aside, lock)
  rmSync(aside, { force: true })
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return null
  }
}

/** When a process started, in ticks since boot, where the system tells (field 22 of proc(5) stat); the name before it may hold anything but ends at the last `)`. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`)
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null)
}
