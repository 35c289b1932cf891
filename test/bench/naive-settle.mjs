// What most would write first, as a program of its own so that its memory can be measured: `node naive-settle.mjs <database> <payouts> <lines>`.
// csv-parse, for every line its order looked up and the line inserted, csv-stringify. The database is that of `ordersScript`. Prints what
// `settleScript` prints: `class|count|expected|paid`.
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import Sqlite from 'better-sqlite3'
import { parse } from 'csv-parse'
import { stringify } from 'csv-stringify'
import { MONTH } from './ledger.mjs'

const [database = '', payouts = '', lines = ''] = process.argv.slice(2)
const db = new Sqlite(database)
db.pragma('synchronous = NORMAL')
db.exec(`CREATE TABLE payout_line (
  id INTEGER PRIMARY KEY, statement TEXT NOT NULL, order_id TEXT, line_id TEXT, sku TEXT, amount INTEGER NOT NULL, kind TEXT NOT NULL,
  paid_at TEXT NOT NULL, line INTEGER NOT NULL
) STRICT; CREATE INDEX payout_line_order ON payout_line (order_id, line_id)`)

const insert = db.prepare(
  'INSERT INTO payout_line (statement, order_id, line_id, sku, amount, kind, paid_at, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
)
const orderOf = db.prepare('SELECT *, settled_at LIKE ? AS due FROM orders WHERE order_id = ? AND line_id = ?')
const paidBefore = db.prepare('SELECT amount FROM payout_line WHERE order_id = ? AND line_id = ?').pluck()
const expectedOf = (/** @type {number} */ commission) => commission - Math.floor((commission * 100_000 + 500_000) / 1_000_000)
const yuan = (/** @type {number | null} */ fen) => (fen === null ? null : (fen / 100).toFixed(2))

/** @type {Map<string, { count: number, expected: number, paid: number }>} */
const classes = new Map()
function count(/** @type {string} */ name, /** @type {number} */ expected, /** @type {number} */ paid) {
  const sums = classes.get(name) ?? { count: 0, expected: 0, paid: 0 }
  classes.set(name, { count: sums.count + 1, expected: sums.expected + expected, paid: sums.paid + paid })
}

const judge = (/** @type {number} */ expected, /** @type {number[]} */ paid) => {
  const sum = paid.reduce((all, amount) => all + amount, 0)
  if (sum === expected) return 'matched'
  if (paid.length > 1 && paid.every((amount) => amount === expected)) return 'duplicate'
  return sum < expected ? 'short-paid' : 'over-paid'
}

/** Reads and keeps the lines, then gives every order and line with its class. */
async function* entries() {
  let at = 1
  db.exec('BEGIN')
  for await (const row of createReadStream(payouts).pipe(parse({ columns: true, bom: true }))) {
    const amount = Math.round(Number(row.amount) * 100)
    insert.run(row.statement, row.order, row.line, row.sku, amount, row.kind, row.paid_on, ++at)
    if (orderOf.get(`${MONTH}-%`, row.order, row.line)) continue
    count('unknown-order', 0, amount)
    yield ['unknown-order', row.order, row.line, row.sku, null, null, yuan(0), yuan(amount), yuan(amount), null, at]
  }
  db.exec('COMMIT')
  // a statement that is being read from cannot be asked again: orders come in pages
  const page = db.prepare("SELECT * FROM orders WHERE id > ? AND status = 'settled' AND settled_at LIKE ? ORDER BY id LIMIT 1000")
  for (let orders = page.all(0, `${MONTH}-%`); orders.length > 0; orders = page.all(orders.at(-1).id, `${MONTH}-%`)) {
    for (const { order_id, line_id, sku, title, commission, line } of orders) {
      const paid = paidBefore.all(order_id, line_id)
      const expected = expectedOf(commission)
      const name = paid.length === 0 ? 'missing' : judge(expected, paid)
      const sum = paid.reduce((all, amount) => all + amount, 0)
      count(name, expected, sum)
      yield [name, order_id, line_id, sku, title, yuan(commission), yuan(expected), yuan(sum), yuan(sum - expected), line, null]
    }
  }
}

const header = 'class,orderId,lineId,sku,title,commission,expected,paid,difference,orderLine,payoutLine'.split(',')
await pipeline(entries, stringify({ header: true, columns: header }), createWriteStream(lines))
db.close()
for (const [name, { count, expected, paid }] of classes) console.log([name, count, expected, paid].join('|'))
