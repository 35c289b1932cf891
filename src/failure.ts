import { type Fault, ShoptoolError } from './errors.ts'

/** What an exception means for who runs shoptool. A bug is one that nobody expected; `interrupted` came from a prompt. */
export type Failure = { outcome: Fault | 'bug' | 'interrupted'; message: string }

type SystemError = Error & { code: string; path?: string; dest?: string; hostname?: string; syscall?: string }

/** What the system says when a file, the disk or the network is not as it should be: whose turn it is, and what to tell them. */
const SYSTEM: Record<string, readonly [Fault, string]> = {
  ENOENT: ['usage', 'no such file or folder'],
  ENOTDIR: ['usage', 'is a file, expected a folder'],
  EISDIR: ['usage', 'is a folder, expected a file'],
  EEXIST: ['usage', 'exists already'],
  EACCES: ['usage', 'permission denied'],
  EPERM: ['usage', 'not permitted'],
  EROFS: ['usage', 'cannot be written, the file system is read-only'],
  ELOOP: ['usage', 'links lead in a circle'],
  ENAMETOOLONG: ['usage', 'the name is too long'],
  ENOSPC: ['usage', 'no space left on the disk'],
  EDQUOT: ['usage', 'the disk quota is used up'],
  EMFILE: ['temporary', 'too many open files'],
  ENFILE: ['temporary', 'too many open files'],
  EBUSY: ['temporary', 'in use by another program'],
  ECONNREFUSED: ['temporary', 'refused the connection'],
  ECONNRESET: ['temporary', 'broke off the connection'],
  ENOTFOUND: ['temporary', 'the host was not found'],
  EAI_AGAIN: ['temporary', 'the name could not be looked up'],
  ETIMEDOUT: ['temporary', 'did not answer in time'],
  EHOSTUNREACH: ['temporary', 'cannot be reached'],
  ENETUNREACH: ['temporary', 'cannot be reached'],
}

/** The same for SQLite, by the first two words of its extended codes (`SQLITE_BUSY_SNAPSHOT`). */
const SQLITE: Record<string, readonly [Fault, string]> = {
  SQLITE_BUSY: ['temporary', 'the database is in use by another run'],
  SQLITE_LOCKED: ['temporary', 'the database is in use by another run'],
  SQLITE_READONLY: ['usage', 'the database cannot be written; is the workspace read-only?'],
  SQLITE_CANTOPEN: ['usage', 'the database cannot be opened; is the workspace read-only, or shoptool.db a folder?'],
  SQLITE_PERM: ['usage', 'the database cannot be opened: permission denied'],
  SQLITE_FULL: ['usage', 'no space left on the disk for the database'],
  SQLITE_NOTADB: ['usage', 'shoptool.db is not a SQLite database; move it away and sync again'],
  SQLITE_CORRUPT: ['data', 'the database is damaged; restore a backup, or move it away and sync again'],
  SQLITE_IOERR: ['data', 'the disk failed while the database was read or written'],
}

/** Says in one line what an exception means. */
export function explain(thrown: unknown): Failure {
  if (thrown instanceof ShoptoolError) return { outcome: thrown.fault, message: thrown.message }
  // inquirer, when Ctrl-C is pressed in a prompt
  if (thrown instanceof Error && thrown.name === 'ExitPromptError') return { outcome: 'interrupted', message: 'interrupted' }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    const { code, path, dest, hostname, syscall } = thrown as SystemError
    const sqlite = SQLITE[code.split('_').slice(0, 2).join('_')]
    if (sqlite) return { outcome: sqlite[0], message: sqlite[1] }
    const system = SYSTEM[code]
    if (system) return { outcome: system[0], message: `${dest ?? path ?? hostname ?? syscall ?? 'system'}: ${system[1]}` }
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { outcome: 'bug', message: `this is a bug in shoptool: ${message}; please report it with what --verbose adds` }
}
