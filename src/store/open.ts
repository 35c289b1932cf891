import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { usageError } from '../errors.ts'
import { MIGRATIONS, PRODUCT_INDEXES } from './migrations.ts'
import { JOURNAL, seal } from './seal.ts'

export type Database = Sqlite.Database

/**
 * Opens (and where needed makes or upgrades) the workspace's database.
 * @throws ShoptoolError (usage) where a newer shoptool wrote it. SQLite's own errors pass through; `cli.ts` names them.
 */
export function openDatabase(path: string, options: { readonly?: boolean } = {}): Database {
  const db = new Sqlite(path, { readonly: options.readonly ?? false, timeout: 5000 })
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > MIGRATIONS.length) {
    db.close()
    throw usageError(
      `${path}: was written by a newer shoptool (schema ${version}, this one knows ${MIGRATIONS.length}): update shoptool`,
    )
  }
  db.pragma('cache_size = -65536')
  if (options.readonly) return db
  // Rows of goods are some 500 bytes: larger pages save a tenth of a first load. Without effect on a database that is there.
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  // Tables that others refer to may be made anew by a migration.
  db.pragma('foreign_keys = OFF')
  if (version < MIGRATIONS.length) migrate(db)
  db.pragma('foreign_keys = ON')
  return db
}

/**
 * Opens the database of a command that only looks. It is not made where it is missing. The folder must be writable all the same: with WAL
 * readers too keep a file beside the database.
 * @throws ShoptoolError (usage) where nothing was ever read into it.
 */
export function openForReading(path: string): Database {
  if (!existsSync(path)) throw usageError(`${path}: there is no data yet; run "shoptool sync" or "shoptool import" first`)
  const db = openDatabase(path, { readonly: true })
  if ((db.pragma('user_version', { simple: true }) as number) === MIGRATIONS.length) return db
  db.close()
  return openDatabase(path)
}

/** A database in memory with the present schema. */
export function memoryDatabase(): Database {
  return openDatabase(':memory:')
}

/**
 * Does a load that fills an empty database without writing every page twice: with a rollback journal new pages go straight to the
 * file, with WAL first to the log. As safe as WAL against being killed; where another connection is open, WAL stays.
 */
export function withoutWal<T>(db: Database, work: () => T): T {
  setJournal(db, 'DELETE')
  try {
    return work()
  } finally {
    setJournal(db, 'WAL')
  }
}

function setJournal(db: Database, mode: 'DELETE' | 'WAL'): void {
  try {
    db.pragma(`journal_mode = ${mode}`)
  } catch (error) {
    // Another connection is reading: the mode stays, which costs time only.
    if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error
  }
}

/** For tables that are read from end to end: a large cache would only take memory. */
export function readThrough(db: Database): void {
  db.pragma('cache_size = -8192')
}

/** A number that stays the same for this connection until another one writes to the database. */
export function versionOf(db: Database): number {
  return db.pragma('data_version', { simple: true }) as number
}

function migrate(db: Database): void {
  db.transaction(() => {
    // Read again: another process may have upgraded it meanwhile.
    const version = db.pragma('user_version', { simple: true }) as number
    const wasSealed = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'seal'").get() !== undefined
    for (const migration of MIGRATIONS.slice(version)) db.exec(migration)
    const unsealed = Object.keys(JOURNAL).filter((name) => !wasSealed || JOURNAL[name]!.since! > version)
    seal(db, null, unsealed)
    for (const index of Object.values(PRODUCT_INDEXES)) db.exec(index)
    db.pragma(`user_version = ${MIGRATIONS.length}`)
  }).immediate()
}
