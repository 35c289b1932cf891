// The opponent: the sqlite3 command-line tool, doing by SQL what shoptool does.
import { spawnSync } from 'node:child_process'
import { HEADER } from './feed.mjs'
import { MONTH, PAID_MONTH } from './ledger.mjs'
import { run } from './run.mjs'

/** Why there is nothing to compare with, or null. */
export function whyNoSqlite() {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(spawnSync('sqlite3', ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? []
  if (major === undefined) return 'sqlite3 is not installed: nothing to compare with'
  return Number(major) * 1000 + Number(minor) < 3037 ? 'sqlite3 is older than 3.37 and has no STRICT tables: not compared' : null
}

/**
 * Runs a script in a database. Its temporary tables go to `temporary`.
 * @param {string} database
 * @param {string} script
 * @param {string} temporary
 */
export function sqlite(database, script, temporary) {
  return run('sqlite3', ['-batch', '-bail', '-init', '/dev/null', database], { input: script, env: { SQLITE_TMPDIR: temporary } })
}

const SETTINGS = 'PRAGMA synchronous = NORMAL; PRAGMA cache_size = -262144; PRAGMA temp_store = FILE;\n'

/** The columns that the partner file of feed.mjs maps, as shoptool names and types them. */
export const PRODUCT_TABLE = `CREATE TABLE IF NOT EXISTS product (
  id INTEGER PRIMARY KEY, partner TEXT NOT NULL, sku TEXT NOT NULL, title TEXT NOT NULL, brand TEXT, category TEXT, shop TEXT,
  currency TEXT NOT NULL, price INTEGER NOT NULL,
  coupon_amount INTEGER, coupon_threshold INTEGER, coupon_from TEXT, coupon_until TEXT, final_price INTEGER NOT NULL,
  commission_rate INTEGER, commission INTEGER, sales INTEGER, image_url TEXT, url TEXT, link TEXT, code TEXT,
  status TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT
) STRICT`

const fen = (/** @type {string} */ column) => `CAST(round(${column} * 100) AS INTEGER)`
const time = (/** @type {string} */ column) => `replace(nullif(${column}, ''), ' ', 'T') || '+08:00'`
/** Every column that a feed can change, and its value in the staging table. */
const VALUES = {
  title: 'title',
  brand: 'brand',
  category: 'category',
  shop: 'shop',
  price: fen('price'),
  coupon_amount: fen("nullif(coupon, '')"),
  coupon_threshold: fen("nullif(coupon_threshold, '')"),
  coupon_from: time('coupon_from'),
  coupon_until: time('coupon_until'),
  final_price: `${fen('price')} - ifnull(${fen("nullif(coupon, '')")}, 0)`,
  commission_rate: 'CAST(round(commission_rate * 10000) AS INTEGER)',
  commission: fen('commission'),
  sales: 'CAST(sales AS INTEGER)',
  image_url: 'image',
  url: 'url',
  link: 'link',
  code: 'code',
}

/**
 * Makes the database, on the first time, and brings it up to date with a feed: import into a temporary table, then a typed upsert that
 * leaves rows alone which do not differ, then what is missing is gone. As in shoptool, the first time the indexes for searching come last.
 * @param {string} feed
 * @param {Record<string, string>} indexes PRODUCT_INDEXES of src/store/migrations.ts
 * @param {boolean} first
 */
export function syncScript(feed, { product_key, ...others }, first) {
  const columns = Object.keys(VALUES)
  const ours = [...columns, 'status'].map((column) => `product.${column}`)
  const theirs = [...columns.map((column) => `excluded.${column}`), "'live'"]
  return `${first ? 'PRAGMA journal_mode = WAL;' : ''}
${SETTINGS}
${first ? `${PRODUCT_TABLE};\n${product_key};` : ''}
CREATE TEMP TABLE staging (${HEADER.split(',')
    .map((column) => `${column} TEXT`)
    .join(', ')});
.import --csv --skip 1 --schema temp "${feed}" staging
BEGIN;
INSERT INTO product (partner, sku, currency, status, first_seen, ${columns.join(', ')})
SELECT 'bench', sku, 'CNY', 'live', '2026-11-23T00:00:00+08:00', ${Object.values(VALUES).join(', ')} FROM staging WHERE true
ON CONFLICT (partner, sku) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}, status = 'live', last_seen = NULL
WHERE (${ours.join(', ')}) IS NOT (${theirs.join(', ')});
UPDATE product SET status = 'gone', last_seen = '2026-11-23T00:00:00+08:00'
WHERE partner = 'bench' AND status = 'live' AND sku NOT IN (SELECT sku FROM staging);
COMMIT;
${
  first
    ? Object.values(others)
        .map((sql) => `${sql};`)
        .join('\n')
    : ''
}
`
}

/** One line that two databases of the same goods have in common, whichever program wrote them. */
export const PRODUCT_SUMS = `SELECT count(*), sum(price), sum(final_price), sum(commission_rate), sum(commission), sum(sales), sum(coupon_threshold),
  sum(length(title)), sum(length(link)), min(coupon_from), max(coupon_until) FROM product WHERE status = 'live';`

/** Makes a database of orders alone out of a workspace's. */
export const ordersScript = (/** @type {string} */ workspaceDatabase) => `PRAGMA journal_mode = WAL;
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, line_id TEXT NOT NULL, sku TEXT, title TEXT, commission INTEGER NOT NULL, status TEXT NOT NULL,
  settled_at TEXT, line INTEGER NOT NULL, UNIQUE (order_id, line_id)
) STRICT;
ATTACH '${workspaceDatabase}' AS workspace;
INSERT INTO orders (order_id, line_id, sku, title, commission, status, settled_at, line)
SELECT l.order_id, l.line_id, s.sku, s.title, s.commission, s.status, s.settled_at, s.line FROM workspace.order_line l JOIN workspace.order_state s ON s.id = l.state;
`

const major = (/** @type {string} */ column) =>
  `CASE WHEN ${column} < 0 THEN '-' ELSE '' END || printf('%d.%02d', abs(${column}) / 100, abs(${column}) % 100)`

/** lines.csv as `settle` writes it: every order with the payout line for it, the amounts, the arithmetic and where both were read. */
const LINES = `SELECT row_number() OVER () AS entry, 'bench' AS partner, class, char(9) || order_id AS orderId, char(9) || line_id AS lineId,
  o.sku, title, status, ${major('commission')} AS commission, p.statement AS statementId, p.paid_at AS paidAt, p.kind, ${major('p.amount')} AS amount,
  'CNY' AS currency, ${major('expected')} AS expected, ${major('paid')} AS paid, ${major('(paid - expected)')} AS difference,
  CASE WHEN class <> 'matched' THEN ${major('paid')} || ' instead of ' || ${major('expected')} || ': ' || ${major('commission')} || ' commission − '
    || ${major('(commission - expected)')} || ' 技术服务费' END AS explain,
  'orders.csv:' || o.line AS orderSource, 'payouts.csv:' || p.line AS payoutSource, 'line' AS match
FROM entry LEFT JOIN orders o USING (order_id, line_id) LEFT JOIN payout_line p USING (order_id, line_id) ORDER BY order_id, line_id, p.id`

/**
 * Reads a payout file, keeps its lines, puts every order and line into a class and prints count, expected and paid of each class.
 * What differs goes to a file. With `lines` it does as much as shoptool does: the lines that are kept can be looked up by their order, and
 * every one is written to that file.
 * @param {string} payouts
 * @param {string} findings
 * @param {string} [lines]
 */
export const settleScript = (payouts, findings, lines) => `${SETTINGS}
CREATE TEMP TABLE staging (statement TEXT, order_id TEXT, line_id TEXT, sku TEXT, amount TEXT, kind TEXT, paid_on TEXT);
.import --csv --skip 1 --schema temp "${payouts}" staging
BEGIN;
CREATE TABLE payout_line (
  id INTEGER PRIMARY KEY, statement TEXT NOT NULL, order_id TEXT, line_id TEXT, sku TEXT, amount INTEGER NOT NULL, kind TEXT NOT NULL,
  paid_at TEXT NOT NULL, line INTEGER NOT NULL
) STRICT;
INSERT INTO payout_line (statement, order_id, line_id, sku, amount, kind, paid_at, line)
SELECT statement, order_id, line_id, sku, ${fen('amount')}, kind, paid_on, rowid + 1 FROM staging;
${lines ? 'CREATE INDEX payout_line_order ON payout_line (order_id, line_id);' : ''}
CREATE TEMP TABLE paid AS SELECT order_id, line_id, count(*) AS lines, sum(amount) AS paid, min(amount) AS least, max(amount) AS most
FROM payout_line WHERE paid_at LIKE '${PAID_MONTH}-%' GROUP BY order_id, line_id;
CREATE TEMP TABLE due AS SELECT order_id, line_id, commission - (commission * 100000 + 500000) / 1000000 AS expected
FROM orders WHERE status = 'settled' AND settled_at LIKE '${MONTH}-%';
CREATE TEMP TABLE entry AS
SELECT order_id, line_id, expected, ifnull(paid, 0) AS paid, CASE
  WHEN paid IS NULL THEN 'missing' WHEN paid = expected THEN 'matched' WHEN lines > 1 AND least = most AND least = expected THEN 'duplicate'
  WHEN paid < expected THEN 'short-paid' ELSE 'over-paid' END AS class
FROM due LEFT JOIN paid USING (order_id, line_id)
UNION ALL
SELECT order_id, line_id, 0, paid, 'unknown-order' FROM paid WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.order_id = paid.order_id AND o.line_id = paid.line_id);
COMMIT;
.mode csv
.once "${findings}"
SELECT class, order_id, line_id, expected, paid, paid - expected FROM entry WHERE class <> 'matched' ORDER BY class, order_id;
${
  lines
    ? `.headers on
.once "${lines}"
${LINES};
.headers off`
    : ''
}
.mode list
SELECT class, count(*), sum(expected), sum(paid) FROM entry GROUP BY class;
`
