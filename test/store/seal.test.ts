import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { amount } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { addClosing } from '../../src/store/closings.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { type Database, openDatabase } from '../../src/store/open.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { linesByKey } from '../../src/store/payouts.ts'
import { addReview } from '../../src/store/reviews.ts'
import { JOURNAL } from '../../src/store/seal.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { ACME, csv, session } from '../catalog/session.ts'
import { folderWith } from '../cli/shoptool.ts'

const ORDERS = 'order,line,sku,paid,commission,status,ordered,settled,modified'
const net: Partner = {
  ...ACME,
  feeds: { orders: { ...ACME.feeds.orders, fields: { ...ACME.feeds.orders.fields, commission: amount('paid', 'major') } } },
}
const rows: Partner = { ...ACME, id: 'rows', feeds: { orders: { ...ACME.feeds.orders, entries: { of: 'rows' } } } }

/** A ledger with rows in every table of the journal. */
async function ledger() {
  const given = session()
  const { importing } = given
  const september = csv(
    ORDERS,
    '1001,a,S1,20.00,2.00,paid,2026-08-30,,2026-08-30',
    '1001,b,S2,30.00,3.00,paid,2026-08-30,,2026-08-30',
    '1002,a,S1,20.00,2.00,paid,2026-08-31,,2026-08-31',
  )
  await importing('orders', { 'sep.csv': september })
  await importing('orders', { 'sep.csv': september }, { partner: net })
  await importing('orders', { 'oct.csv': csv(ORDERS, '1001,a,S1,20.00,2.00,settled,2026-08-30,2026-09-10,2026-09-10') })
  await importing(
    'orders',
    { 'rows.csv': csv(ORDERS, '7,a,S,9.00,0.90,settled,2026-08-30,,', '7,a,S,-3.00,-0.30,settled,2026-08-31,,') },
    { partner: rows },
  )
  await importing('refunds', { 'back.csv': csv('order,line,notice,back,status,at', '1001,a,r,5.00,taken,2026-10-02') })
  const payouts = csv('statement,order,kind,amount,day', 'N1,1001,commission,2,2026-11-20', 'N1,1002,commission,1,2026-11-20')
  await importing('receipts', { 'bank.csv': csv('day,amount,payer,ref', '2026-11-20,3.00,Acme,R1') })
  await importing('payouts', { 'nov.csv': payouts })
  const closing = {
    partner: 'acme',
    month: '2026-11',
    action: 'reopen',
    at: '2026-11-25T12:00:00+08:00',
    reason: 'x',
    frozen: null,
  } as const
  given.db.transaction(() => addClosing(given.db, closing))()
  given.db.exec('DROP TRIGGER closing_changed; DROP TRIGGER closing_removed')
  const review = { payoutLine: 1, action: 'reject', orderIds: ['1002'], lineId: null, reason: null } as const
  given.db.transaction(() => addReview(given.db, 'acme', '2026-11-25T12:00:00+08:00', review))()
  given.db.pragma('foreign_keys = OFF')
  return given
}

const broken = (db: Database, heads: string[] = []) => verifyJournal(db, heads, () => {}).broken

const shared = ledger()

/** What is found broken after some SQL by other hands, which is taken back again. */
function tampered(db: Database, ...sql: string[]) {
  db.exec('BEGIN')
  try {
    for (const one of sql) db.exec(one)
    return broken(db)
  } finally {
    db.exec('ROLLBACK')
  }
}

describe('the chain over the journal', () => {
  it('fits what was recorded, and its head stands for all of it', async () => {
    const { db, importing } = await ledger()
    const { head, rows: counts, broken: none } = verifyJournal(db, [], () => {})
    expect(none).toBeNull()
    expect(Object.values(counts).every((count) => count > 0)).toBe(true)
    expect(broken(db, [head!])).toBeNull()
    await importing('orders', { 'dec.csv': csv(ORDERS, '1003,a,S1,20.00,2.00,paid,2026-12-01,,') })
    expect(broken(db, [head!])).toBeNull()
    expect(db.prepare('SELECT head FROM run ORDER BY id DESC').pluck().get()).toBe(verifyJournal(db, [], () => {}).head)
  })

  it('any cell that is changed is found, in every column of every table', async () => {
    const { db } = await shared
    const tables: typeof JOURNAL = { ...JOURNAL, seal: {} }
    const found: string[] = []
    for (const [table, { except = [], where = 'TRUE' }] of Object.entries(tables)) {
      const id = db.prepare<[], number>(`SELECT id FROM ${table} WHERE ${where} ORDER BY id DESC LIMIT 1`).pluck().get()!
      const columns = db
        .prepare<[string], { name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)')
        .all(table)
      for (const { name, type } of columns) {
        if (except.includes(name)) continue
        const other = {
          INTEGER: `CASE WHEN ${name} IS NULL THEN 1 ELSE ${name} + 1000 END`,
          REAL: `${name} + 0.5`,
          TEXT: `CASE WHEN ${name} IS NULL THEN '' ELSE char(unicode(${name}) + 1) || substr(${name}, 2) END`,
          BLOB: `CAST(CAST(${name} AS TEXT) || 'x' AS BLOB)`,
        }[type]!
        const at = tampered(db, `UPDATE ${table} SET ${name} = ${other} WHERE id = ${id}`)
        // under another id, or as one of another kind, it is missed where it was
        const isFound = at?.fact === table && (at.row === id || at.what === 'removed' || (table === 'seal' && name === 'id'))
        if (!isFound) found.push(`${table}.${name}: ${JSON.stringify(at)}`)
      }
    }
    expect(found).toEqual([])
  })

  it.each([
    [
      'a changed amount',
      ['UPDATE order_state SET commission = 1 WHERE id = 3'],
      {
        what: 'changed',
        fact: 'order_state',
        row: 3,
        partner: 'acme',
        orderId: '1002',
        lineId: 'a',
        file: 'sep.csv',
        line: 4,
        run: 1,
      },
      'order_state 3 (acme order 1002 a, sep.csv:4) was changed since it was sealed by run 1',
    ],
    [
      'a removed row',
      ['DELETE FROM payout_line WHERE id = 2'],
      { what: 'removed', fact: 'payout_line', row: 1, run: 7 },
      'the row of payout_line after 1 (acme order 1001, nov.csv:2) was removed since it was sealed by run 7',
    ],
    [
      'the first one',
      ['DELETE FROM payout_line WHERE id = 1'],
      { what: 'removed', fact: 'payout_line', row: null, run: 7 },
      'the first row of payout_line was removed since it was sealed by run 7',
    ],
    [
      'a row put between',
      ['UPDATE order_line SET id = 99 WHERE id = 4', "INSERT INTO order_line VALUES (4, 'acme', '6', 'a', 0)"],
      { what: 'changed', fact: 'order_line', row: 4, partner: 'acme', orderId: '6' },
      'order_line 4 (acme order 6 a) was changed since it was sealed by run 4',
    ],
    [
      'a row put before all',
      ["INSERT INTO order_line VALUES (-1, 'acme', '0', '', 0)"],
      { what: 'added', fact: 'order_line', row: -1 },
      'order_line -1 (acme order 0) was added by other hands: among rows sealed by run 1',
    ],
    [
      'a row put behind all',
      [
        'INSERT INTO payout_line SELECT 3, statement, partner, order_id, line_id, sku, title, 900, kind, paid_at, 4, NULL, NULL FROM payout_line WHERE id = 2',
      ],
      { what: 'added', fact: 'payout_line', row: 3, orderId: '1002' },
      'payout_line 3 (acme order 1002, nov.csv:4) was added by other hands: no run sealed it',
    ],
    [
      'two rows that change places',
      [
        'UPDATE order_state SET id = 100 WHERE id = 1',
        'UPDATE order_state SET id = 1 WHERE id = 2',
        'UPDATE order_state SET id = 2 WHERE id = 100',
      ],
      { what: 'changed', fact: 'order_state', row: 1, orderId: '1001', lineId: 'b' },
      'order_state 1 (acme order 1001 b, sep.csv:3) was changed since it was sealed by run 1',
    ],
    [
      'a close taken out',
      ['DELETE FROM closing'],
      { what: 'removed', fact: 'closing', row: null, run: null },
      'the first row of closing was removed since it was sealed',
    ],
    [
      'a close of other hands',
      ["INSERT INTO closing SELECT 2, partner, '2026-12', action, at, reason, frozen, hash FROM closing"],
      { what: 'added', fact: 'closing', row: 2, partner: 'acme' },
      'closing 2 (acme) was added by other hands: no run sealed it',
    ],
    ['a seal taken out', ['DELETE FROM seal WHERE id = 3'], { what: 'seal', fact: 'seal', row: 3 }, 'seal 3 is missing'],
    [
      'an end cut off',
      ['DELETE FROM seal WHERE run = 8', 'DELETE FROM review'],
      { what: 'cut', run: 8 },
      /^run 8 recorded the head [0-9a-f]{64}, which is not in the chain: its end was cut off$/,
    ],
    [
      'an order that shows another of its readings',
      ["UPDATE order_line SET state = 1 WHERE partner = 'acme' AND order_id = '1001' AND line_id = 'a'"],
      { what: 'state', fact: 'order_line', row: 1, orderId: '1001', lineId: 'a' },
      'acme order 1001 a: its present state is not what its readings come to',
    ],
    [
      'a sum of rows that is not theirs',
      ['UPDATE order_state SET commission = commission + 1 WHERE hash = 0 AND paid_amount = 600'],
      { what: 'state', partner: 'rows', orderId: '7' },
      'rows order 7 a: its present state is not what its readings come to',
    ],
  ])('%s is named', async (_, sql, what, message) => {
    const found = tampered((await shared).db, ...sql)
    expect(found).toMatchObject(what)
    expect(found!.message).toMatch(message)
  })

  it('an end cut off with all that tells of it is found by a head that was written down', async () => {
    const { db } = await ledger()
    const { head } = verifyJournal(db, [], () => {})
    db.exec('DELETE FROM seal WHERE run = 8; DELETE FROM review; DELETE FROM run WHERE id = 8')
    expect(broken(db)).toBeNull()
    expect(broken(db, [head!])).toMatchObject({
      what: 'cut',
      message: `the head ${head} is not in the chain: its end was cut off, or it is another journal`,
    })
  })

  it('the first of several breaks is the one that is named', async () => {
    const { db } = await shared
    const found = tampered(
      db,
      'UPDATE payout_line SET amount = 1',
      'UPDATE order_state SET commission = 1 WHERE id > 3',
      'UPDATE seal SET digest = id',
    )
    expect(found).toMatchObject({ fact: 'seal', row: 1 })
    expect(tampered(db, 'UPDATE payout_line SET amount = 1', 'UPDATE order_state SET commission = 1 WHERE id > 3')).toMatchObject(
      {
        fact: 'order_state',
        row: 4,
      },
    )
  })

  it('a ledger of many rows is sealed in parts, each of which is read alone', async () => {
    const { importing, db } = session()
    const orders = Array.from({ length: 2500 }, (_, i) => `${i},a,S,20.00,2.00,paid,2026-08-30,,`)
    await importing('orders', csv(ORDERS, ...orders))
    expect(verifyJournal(db, [], () => {})).toMatchObject({ seals: 8, rows: { order_state: 2500 }, broken: null })
    for (const id of [1024, 1025, 2500]) {
      expect(tampered(db, `DELETE FROM order_state WHERE id = ${id}`)).toMatchObject({ what: 'removed', row: id - 1, line: id })
      expect(tampered(db, `UPDATE order_state SET title = 'x' WHERE id = ${id}`)).toMatchObject({
        what: 'changed',
        row: id,
        line: id + 1,
      })
    }
  })
})

describe('a ledger of an earlier version', () => {
  const sealed = MIGRATIONS.findIndex((sql) => sql.includes('CREATE TABLE seal'))
  const kept = MIGRATIONS.findIndex((sql) => sql.includes('CREATE TABLE ruling'))

  function older(): string {
    const path = join(folderWith(), 'shoptool.db')
    const db = new Sqlite(path)
    for (const sql of MIGRATIONS.slice(0, kept)) db.exec(sql)
    db.pragma(`user_version = ${kept}`)
    db.exec(`
      INSERT INTO run (id, kind, source, partner, at, seconds, status, read, accepted, rejected, added, changed, unchanged, returned, gone)
        VALUES (1, 'orders', 'import', 'acme', '2026-10-01T08:00:00+08:00', 1, 'applied', 2, 2, 0, 2, 0, 0, 0, 0),
          (2, 'orders', 'import', 'acme', '2026-10-02T08:00:00+08:00', 1, 'refused', 0, 0, 0, 0, 0, 0, 0, 0),
          (3, 'payouts', 'import', 'acme', '2026-11-21T08:00:00+08:00', 1, 'applied', 1, 1, 0, 1, 0, 0, 0, 0);
      INSERT INTO file VALUES (1, 1, 'oct.csv', 'aa', 9, 'utf-8'), (2, 3, 'nov.csv', 'bb', 9, 'utf-8');
      INSERT INTO order_line VALUES (1, 'acme', '1', 'a', 1), (2, 'acme', '2', 'a', 2);
      INSERT INTO order_state (id, order_line, hash, numbered, age, currency, paid_amount, commission, status, raw_status, ordered_at, file, line)
        VALUES (1, 1, 11, 1, '0 1 0 oct.csv', 'CNY', 2000, 200, 'paid', 'paid', '2026-09-01T00:00:00+08:00', 1, 2),
          (2, 2, 12, 1, '0 1 0 oct.csv', 'CNY', 3000, 300, 'paid', 'paid', '2026-09-01T00:00:00+08:00', 1, 3);
      INSERT INTO statement VALUES (1, 'acme', 'N1', 'CNY', 1, 200, NULL, '1:0', 2);
      INSERT INTO payout_line VALUES (1, 1, 'acme', '1', NULL, NULL, NULL, 200, 'commission', '2026-11-20', 2);
    `)
    db.close()
    return path
  }

  it('keeps all that it holds, and is sealed as what there was before', () => {
    const db = openDatabase(older())
    expect([...ordersByKey(db, 'acme')].map(({ orderId, commission }) => [orderId, commission])).toEqual([
      ['1', 200],
      ['2', 300],
    ])
    expect([...linesByKey(db, 'acme', '9999-12-31')]).toMatchObject([
      { statementId: 'N1', amount: 200, origin: { file: 'nov.csv', line: 2 } },
    ])
    expect(db.pragma('foreign_key_check')).toEqual([])
    expect(verifyJournal(db, [], () => {})).toMatchObject({
      rows: { run: 2, file: 2, order_line: 2, order_state: 2, payout_line: 1 },
      broken: null,
    })
    expect(tampered(db, 'UPDATE order_state SET paid_amount = 1 WHERE id = 2')).toMatchObject({
      ...{ what: 'changed', row: 2, run: null, line: 3 },
      message: 'order_state 2 (acme order 2 a, oct.csv:3) was changed since it was sealed with what there was before',
    })
    db.close()
  })

  it('has its closes sealed once', () => {
    const before = MIGRATIONS.findIndex((sql) => sql.includes('closes are sealed'))
    expect(JOURNAL.closing!.since).toBe(before + 1)
    const path = join(folderWith(), 'shoptool.db')
    const raw = new Sqlite(path)
    raw.exec(['BEGIN', ...MIGRATIONS.slice(0, before), 'COMMIT'].join(';'))
    const add = (id: number) =>
      raw.exec(`INSERT INTO closing VALUES (${id}, 'acme', '2026-11', 'close', '2026-11-25T12:00:00+08:00', NULL, '{}', 'x')`)
    add(1)
    raw.pragma(`user_version = ${before}`)
    const db = openDatabase(path)
    expect(verifyJournal(db, [], () => {})).toMatchObject({ rows: { closing: 1 }, broken: null })
    expect(tampered(db, 'DROP TRIGGER closing_removed', 'DELETE FROM closing')).toMatchObject({
      what: 'removed',
      fact: 'closing',
    })
    add(2)
    db.close()
    expect(broken(openDatabase(path))).toMatchObject({ what: 'added', fact: 'closing', row: 2 })
  })

  it('rows that other hands added between are not sealed by a later upgrade', () => {
    const path = older()
    openDatabase(path).close()
    const raw = new Sqlite(path)
    raw.exec("INSERT INTO order_line VALUES (3, 'acme', '3', 'a', 0)")
    raw.pragma(`user_version = ${MIGRATIONS.length}`)
    raw.close()
    const db = openDatabase(path)
    expect(broken(db)).toMatchObject({ what: 'added', fact: 'order_line', row: 3 })
    db.close()
    expect(sealed).toBeGreaterThan(kept)
  })
})
