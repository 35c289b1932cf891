// What most would write first, as a program of its own so that its memory can be measured: `node naive.mjs <database> <feed> <index>…`.
// csv-parse, every row bound and upserted, a transaction for each thousand.
import { createReadStream } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { parse } from 'csv-parse'
import { PRODUCT_TABLE } from './sqlite.mjs'

const [database = '', feed = '', ...indexes] = process.argv.slice(2)
const db = new Sqlite(database)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = NORMAL')
db.exec([PRODUCT_TABLE, ...indexes].join(';\n'))
const fen = (/** @type {string} */ text) => (text === '' ? null : Math.round(Number(text) * 100))
const time = (/** @type {string} */ text) => (text === '' ? null : `${text.replace(' ', 'T')}+08:00`)
const at = new Date().toISOString()

const columns =
  'title brand category shop price coupon_amount coupon_threshold coupon_from coupon_until final_price commission_rate commission sales image_url url link code status last_seen'.split(
    ' ',
  )
const upsert = db.prepare(
  `INSERT INTO product (partner, sku, currency, first_seen, ${columns.join(', ')})
   VALUES ('bench', @sku, 'CNY', @last_seen, ${columns.map((column) => `@${column}`).join(', ')})
   ON CONFLICT (partner, sku) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
)
const save = db.transaction((/** @type {Record<string, string>[]} */ rows) => {
  for (const row of rows) {
    upsert.run({
      ...row,
      price: fen(row.price),
      coupon_amount: fen(row.coupon),
      coupon_threshold: fen(row.coupon_threshold),
      coupon_from: time(row.coupon_from),
      coupon_until: time(row.coupon_until),
      final_price: (fen(row.price) ?? 0) - (fen(row.coupon) ?? 0),
      commission_rate: Math.round(Number(row.commission_rate) * 10_000),
      commission: fen(row.commission),
      sales: Number(row.sales),
      image_url: row.image,
      status: 'live',
      last_seen: at,
    })
  }
})

/** @type {Record<string, string>[]} */
const batch = []
for await (const row of createReadStream(feed).pipe(parse({ columns: true, bom: true }))) {
  if (batch.push(row) === 1000) save(batch.splice(0))
}
save(batch)
db.prepare("UPDATE product SET status = 'gone' WHERE partner = 'bench' AND status = 'live' AND last_seen < ?").run(at)
db.close()
