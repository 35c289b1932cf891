import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { checkDatabase } from '../../src/store/check.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { memoryDatabase, openDatabase, openForReading, versionOf, withoutWal } from '../../src/store/open.ts'
import { folderWith } from '../cli/shoptool.ts'

const NEWEST = MIGRATIONS.length

describe('the database file', () => {
  it('is made with the newest schema, and opened again as it is', () => {
    const path = join(folderWith(), 'shoptool.db')
    openDatabase(path).close()
    const db = openDatabase(path)
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    db.close()
    expect(checkDatabase(path)).toEqual({ problems: [], schema: NEWEST, newest: NEWEST })
  })

  it.each([
    ['to write', openDatabase],
    ['to read', openForReading],
  ])('of a newer shoptool is refused, opened %s', (_, open) => {
    const path = join(folderWith(), 'shoptool.db')
    openDatabase(path).close()
    const newer = new Sqlite(path)
    newer.pragma(`user_version = ${NEWEST + 1}`)
    newer.close()
    expect(() => open(path)).toThrow(
      `${path}: was written by a newer shoptool (schema ${NEWEST + 1}, this one knows ${NEWEST}): update shoptool`,
    )
  })

  it('is not made by a command that only looks', () => {
    const path = join(folderWith(), 'shoptool.db')
    expect(() => openForReading(path)).toThrow(`${path}: there is no data yet; run "shoptool sync" or "shoptool import" first`)
    expect(existsSync(path)).toBe(false)
  })

  it('cannot be written by a command that only looks', () => {
    const path = join(folderWith(), 'shoptool.db')
    openDatabase(path).close()
    const db = openForReading(path)
    expect(() => db.exec("INSERT INTO product_currency VALUES ('CNY')")).toThrow('readonly')
    db.close()
  })

  it('of an older schema is brought up to date', () => {
    const path = join(folderWith(), 'shoptool.db')
    new Sqlite(path).exec('CREATE TABLE other (a)').close()
    const db = openForReading(path)
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST)
    db.close()
  })

  it('goes back to WAL after a load without it, also after a failed one', () => {
    const db = openDatabase(join(folderWith(), 'shoptool.db'))
    const mode = () => db.pragma('journal_mode', { simple: true })
    expect(withoutWal(db, mode)).toBe('delete')
    expect(mode()).toBe('wal')
    expect(() =>
      withoutWal(db, () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(mode()).toBe('wal')
    db.close()
  })

  it('has another version once somebody else wrote to it', () => {
    const path = join(folderWith(), 'shoptool.db')
    const writer = openDatabase(path)
    const reader = openForReading(path)
    const write = () =>
      writer.exec("INSERT INTO order_line (partner, order_id, line_id, state) SELECT 'a', count(*), '', 0 FROM order_line")
    const before = versionOf(reader)
    writer.transaction(() => expect(versionOf(reader)).toBe(before))()
    write()
    reader.transaction(() => {
      const now = versionOf(reader)
      expect(now).not.toBe(before)
      // what is read from here on is of that version, whatever comes
      write()
      expect([versionOf(reader), reader.prepare('SELECT count(*) FROM order_line').pluck().get()]).toEqual([now, 1])
    })()
    reader.close()
    writer.close()
  })

  it('every table is STRICT', () => {
    const db = memoryDatabase()
    const loose = db.prepare(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    expect(loose.all()).toEqual([])
    db.close()
  })
})
