import type { Database } from './open.ts'

/** Keeps the flags of a search under a name; what was kept under it before is replaced. */
export function saveSearch(db: Database, name: string, flags: string): void {
  db.prepare('INSERT INTO saved_search (name, flags) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET flags = excluded.flags').run(
    name,
    flags,
  )
}

/** The flags of the search that was kept under the name, or undefined. */
export function savedSearch(db: Database, name: string): string | undefined {
  return db.prepare<[string], string>('SELECT flags FROM saved_search WHERE name = ?').pluck().get(name)
}

export function savedNames(db: Database): string[] {
  return db.prepare<[], string>('SELECT name FROM saved_search ORDER BY name').pluck().all()
}
