import { MIGRATIONS } from './migrations.ts'
import { memoryDatabase, openDatabase } from './open.ts'

/** `3.53.2` */
export function sqliteVersion(): string {
  const db = memoryDatabase()
  const version = db.prepare('SELECT sqlite_version()').pluck().get() as string
  db.close()
  return version
}

/** What SQLite itself finds wrong with a database file (empty: nothing), its schema version and the one that this shoptool writes. */
export function checkDatabase(path: string): { problems: string[]; schema: number; newest: number } {
  const db = openDatabase(path, { readonly: true })
  try {
    const found = db.prepare('PRAGMA quick_check(5)').pluck().all() as string[]
    const schema = db.pragma('user_version', { simple: true }) as number
    return { problems: found.filter((line) => line !== 'ok'), schema, newest: MIGRATIONS.length }
  } finally {
    db.close()
  }
}
