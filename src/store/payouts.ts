import type { Day, Instant, Month } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import { keyOf, type Origin, type PayoutLine, type Route, type RoutedLine } from '../records.ts'
import { boundOf, overruled, type Position, rulingsOf } from './journal.ts'
import type { Database } from './open.ts'
import { hasMost, recorded, recorder } from './recorded.ts'
import { mayBeList, NAMES_SALE, namesSales, paidTogether, routedBySale, saleIn, specialRoutes } from './routes.ts'
import { fileById } from './runs.ts'
import { type Among, isStretch, isWithin } from './stretch.ts'

export type Statement = {
  statementId: string
  currency: Currency
  paidAt: Day
  lines: number
  total: Minor
  statedTotal: Minor | null
  origin: Origin
}

/** Writes the statements of one file, inside the caller's transaction. */
export type PayoutWriter = {
  /** Opens a statement. Returns its id. */
  open(statementId: string, currency: Currency, file: number): number
  addLine(statement: number, line: PayoutLine, at: number): void
  close(statement: number, sums: { lines: number; total: Minor; statedTotal: Minor | null; content: string }): void
  /** The statement of that number that holds; `file` is its file's id, `name` the file's name. */
  existing(statementId: string, currency: Currency): { id: number; content: string; file: number; name: string } | undefined
  /** Whether two files have the same bytes. */
  sameBytes(file: number, other: number): boolean
  /** Whether all lines of a statement stand in others already: the same file under another name, a part of it, or all of its parts. */
  isKnown(statement: number, content: string): boolean
  /** The months in which lines of these statements were paid. */
  monthsOf(statements: readonly number[]): Month[]
  /** Rules that a statement does not hold. */
  overrule(statement: number, reason: string): void
  /** Takes a statement that was opened in this run back as if it had never come. */
  discard(statement: number): void
}

/** Begins writing a partner's statements. */
export function payoutWriter(db: Database, partner: string, run: number): PayoutWriter {
  const rulings = rulingsOf(db, run)
  let index: (() => void) | null = null
  const insert = db.prepare(
    "INSERT INTO statement (partner, statement_id, currency, lines, total, content, file) VALUES (?, ?, ?, 0, 0, '', ?)",
  )
  const insertLine = db.prepare(
    `INSERT INTO payout_line (statement, partner, order_id, line_id, sku, title, amount, kind, paid_at, transaction_id, original_transaction_id, line)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertList = db.prepare('INSERT INTO payout_list (line) VALUES (?)')
  const elsewhere = `payout_line p JOIN statement s ON s.id = p.statement WHERE p.partner = @partner AND p.statement <> @statement
    AND s.currency = (SELECT currency FROM statement WHERE id = @statement) AND s.id NOT IN ${overruled('statement')}`
  const same = db.prepare<[string, string, number]>(
    `SELECT 1 FROM statement WHERE partner = ? AND content = ? AND id <> ? AND id NOT IN ${overruled('statement')}`,
  )
  const twins = ['order_id', 'line_id', 'sku', 'amount', 'kind', 'paid_at', 'transaction_id', 'original_transaction_id']
    .map((name) => `p.${name} IS mine.${name}`)
    .join(' AND ')
  // one line that stands nowhere else is enough, and mostly the first
  const isNew = db.prepare<[{ statement: number; partner: string }]>(
    `SELECT 1 FROM payout_line mine WHERE mine.statement = @statement AND NOT EXISTS (SELECT 1 FROM ${elsewhere} AND ${twins}) LIMIT 1`,
  )
  const comesMore = db.prepare<[{ statement: number; partner: string }]>(
    `SELECT 1 FROM payout_line mine WHERE mine.statement = @statement GROUP BY order_id, line_id, sku, amount, kind, paid_at, transaction_id, original_transaction_id
     HAVING count(*) > (SELECT count(*) FROM ${elsewhere} AND ${twins}) LIMIT 1`,
  )
  return {
    open(statementId, currency, file) {
      index ??= indexAfterwards(db)
      return Number(insert.run(partner, statementId, currency, file).lastInsertRowid)
    },
    addLine(statement, line, at) {
      const { orderId, lineId, sku, title, amount, kind, paidAt, transactionId, originalId } = line
      const values = [orderId, lineId, sku, title, amount, kind, paidAt, transactionId, originalId]
      const { lastInsertRowid } = insertLine.run(statement, partner, ...values, at)
      if (mayBeList(orderId)) insertList.run(lastInsertRowid)
    },
    close(statement, { lines, total, statedTotal, content }) {
      index?.()
      db.prepare('UPDATE statement SET lines = ?, total = ?, stated_total = ?, content = ? WHERE id = ?').run(
        lines,
        total,
        statedTotal,
        content,
        statement,
      )
    },
    existing(statementId, currency) {
      return db
        .prepare<[string, string, string], { id: number; content: string; file: number; name: string }>(
          `SELECT s.id, s.content, s.file, f.name FROM statement s JOIN file f ON f.id = s.file
           WHERE s.partner = ? AND s.statement_id = ? AND s.currency = ? AND s.id NOT IN ${overruled('statement')}`,
        )
        .get(partner, statementId, currency)
    },
    sameBytes: (file, other) => fileById(db, file).sha256 === fileById(db, other).sha256,
    isKnown(statement, content) {
      if (same.get(partner, content, statement)) return true
      const given = { statement, partner }
      return isNew.get(given) === undefined && comesMore.get(given) === undefined
    },
    monthsOf: (statements) =>
      db
        .prepare<[string], Month>(
          'SELECT DISTINCT substr(paid_at, 1, 7) FROM payout_line WHERE statement IN (SELECT value FROM json_each(?))',
        )
        .pluck()
        .all(JSON.stringify(statements)),
    overrule: (statement, reason) => {
      rulings.overrule('statement', 'SELECT ? AS id', [statement], reason)
    },
    discard(statement) {
      db.prepare('DELETE FROM payout_list WHERE line IN (SELECT id FROM payout_line WHERE statement = ?)').run(statement)
      db.prepare('DELETE FROM payout_line WHERE statement = ?').run(statement)
      db.prepare('DELETE FROM statement WHERE id = ?').run(statement)
    },
  }
}

/** The first lines of all come without the index of their orders, which is sooner made of them at once: by what this returns. */
function indexAfterwards(db: Database): () => void {
  const name = 'payout_line_order'
  if (db.prepare('SELECT 1 FROM payout_line LIMIT 1').get() !== undefined) return () => {}
  let sql = db.prepare<[string], string>('SELECT sql FROM sqlite_master WHERE name = ?').pluck().get(name)
  db.exec(`DROP INDEX ${name}`)
  return () => {
    if (sql !== undefined) db.exec(sql)
    sql = undefined
  }
}

const FIELDS = [
  ...(['statementId', 'orderId', 'lineId', 'sku', 'title', 'currency', 'amount', 'kind', 'paidAt'] as const),
  ...(['transactionId', 'originalId'] as const),
]
const COLUMNS = `s.statement_id, p.order_id, p.line_id, p.sku, p.title, s.currency, p.amount, p.kind, p.paid_at, p.transaction_id,
  p.original_transaction_id`
const RESULTS = COLUMNS.replaceAll(/\b[ps]\./g, '')
const FROM = 'FROM payout_line p JOIN statement s ON s.id = p.statement'
/** The same in the order in which lines came, whatever index there is: for most of the table. */
const AS_IT_LIES = 'FROM payout_line p NOT INDEXED CROSS JOIN statement s ON s.id = p.statement'

/** Which statements count at a position. */
function known(db: Database, asOf?: Position): string {
  const bound = boundOf(db, asOf)
  return `s.file <= ${bound.file} AND s.id NOT IN ${overruled('statement', bound)}`
}

/**
 * The partner's payout lines paid up to a day, by the order number that they are settled under (lines without one first) and line number,
 * bytewise; with `asOf` those that were known at that position of the journal, with `only` those that are settled under these numbers, or
 * together with them, or in a stretch. `routesAsOf`: as of when it is judged to which orders lines are routed, where that is another
 * position.
 */
export function linesByKey(
  db: Database,
  partner: string,
  until: Day,
  asOf?: Position,
  only?: Among,
  routesAsOf = asOf,
): Iterable<RoutedLine> {
  const isAsked = isStretch(only) ? isWithin('p.order_id', only) : 'TRUE'
  const where = `p.partner = @partner AND p.paid_at <= @until AND ${isAsked} AND ${known(db, asOf)}`
  const special = specialRoutes(db, partner, routesAsOf)
  const asked = only && !isStretch(only) ? new Set(paidTogether(special, only).flat()) : undefined
  const lines = routedLines(
    db,
    partner,
    where,
    { until, ...(isStretch(only) && only) },
    'key, line_id, paid_at, statement_id, line',
    special,
    asked,
    routesAsOf,
  )
  return asked ? [...lines].filter((line) => asked.has(keyOf(line))) : lines
}

/** Everything that was ever paid for an order and those that are paid together with it, and lines that name a sale of another one. */
export function linesOfOrder(db: Database, partner: string, orderId: string): RoutedLine[] {
  const where = `p.partner = @partner AND ${known(db)}`
  const special = specialRoutes(db, partner)
  const asked = new Set(paidTogether(special, [orderId]).flat())
  const lines = routedLines(db, partner, where, {}, 'paid_at, statement_id, line', special, asked)
  return [...lines].filter((line) => asked.has(keyOf(line)) || line.route?.orderIds.some((each) => asked.has(each)))
}

/** What was taken back for orders of which nothing stands on file, or without any number, by order number (none first) and pay day. */
export function orphanClawbacks(db: Database, partner: string): RoutedLine[] {
  const isOrder = db.prepare<[string, string]>(
    'SELECT 1 FROM order_line WHERE partner = ? AND order_id = ? AND state <> 0 LIMIT 1',
  )
  const where = `p.partner = @partner AND p.amount < 0 AND p.kind IN ('commission', 'clawback') AND ${known(db)}`
  const lines = routedLines(db, partner, where, {}, 'key, paid_at, statement_id, line', specialRoutes(db, partner))
  return [...lines].filter((line) => isOrder.get(partner, keyOf(line)) === undefined)
}

/** A payout line by its id, or undefined where there is none that holds. */
export function payoutLine(db: Database, partner: string, id: number): RoutedLine | undefined {
  const where = `p.partner = @partner AND p.id = @id AND ${known(db)}`
  const [line] = routedLines(db, partner, where, { id }, 'key', specialRoutes(db, partner))
  return line
}

/** The payout lines that were read from a line of a file, which is named by its name or by at least 8 digits of its sha256. */
export function linesAt(db: Database, file: string, line: number): { partner: string; id: number; sha256: string }[] {
  const prefix = file.length >= 8 ? file.toLowerCase() : null
  return db
    .prepare<[object], { partner: string; id: number; sha256: string }>(
      `SELECT p.partner, p.id, f.sha256 FROM file f JOIN statement s ON s.file = f.id JOIN payout_line p ON p.statement = s.id
       WHERE (f.name = @file OR substr(f.sha256, 1, length(@prefix)) = @prefix) AND p.line = @line AND ${known(db)} ORDER BY p.partner, p.id`,
    )
    .all({ file, prefix, line })
}

/**
 * Payout lines with their routes, of which `special` are those that no column tells, sorted by columns of the result. With `asked` those
 * for these orders, and more; `where` is about `p` and `s`. Where no line of the partner is routed, they are read without any of that.
 */
function routedLines(
  db: Database,
  partner: string,
  where: string,
  values: object,
  order: string,
  special: ReadonlyMap<number, Route>,
  asked?: ReadonlySet<string>,
  asOf?: Position,
): Iterable<RoutedLine> {
  const ofSales = namesSales(db, partner)
  const from = !asked && hasMost(db, 'payout_line', partner) ? AS_IT_LIES : FROM
  const among = asked ? `${where} AND ${isFor(ofSales, asked.has(''))}` : where
  const given = { ...values, partner, only: JSON.stringify([...(asked ?? [])]) }
  if (!ofSales && special.size === 0) {
    const sql = `SELECT ${COLUMNS}, s.file, p.line ${from} WHERE ${among} ORDER BY ${order.replace('key', 'order_id')}`
    return recorded<PayoutLine>(db, sql, [given], FIELDS)
  }
  const plain = `${among} AND p.id NOT IN (SELECT value ->> 0 FROM json_each(@special))`
  const bound = boundOf(db, asOf)
  const sales = `SELECT ${COLUMNS}, s.file, p.line, ${saleIn('transaction_id', bound)} AS sale, ${saleIn('original_transaction_id', bound)} AS original
    ${FROM} WHERE ${plain} AND ${NAMES_SALE}`
  const sql = `SELECT ${COLUMNS}, s.file, p.line, p.order_id AS key, NULL AS sale, NULL AS original, NULL AS special
      ${from} WHERE ${plain} AND NOT ${NAMES_SALE}
    UNION ALL SELECT ${RESULTS}, file, line, coalesce(order_id, sale ->> 0, original ->> 0), sale, original, NULL FROM (${sales})
    UNION ALL SELECT ${COLUMNS}, s.file, p.line, value ->> '$[1].orderIds[0]', NULL, NULL, value -> 1
      FROM json_each(@special) CROSS JOIN payout_line p ON p.id = value ->> 0 JOIN statement s ON s.id = p.statement WHERE ${where}
    ORDER BY ${order}`
  return withRoutes(db, sql, { ...given, special: JSON.stringify([...special]) })
}

function* withRoutes(db: Database, sql: string, values: object): Generator<RoutedLine> {
  const record = recorder<PayoutLine>(db, FIELDS)
  const [sale, original, special] = [FIELDS.length + 3, FIELDS.length + 4, FIELDS.length + 5]
  for (const row of db.prepare<unknown[], (string | null)[]>(sql).raw().iterate(values)) {
    const route = row[special]
    if (route) yield { ...record(row), route: JSON.parse(route) as Route }
    else yield routedBySale(record(row), row[sale]!, row[original]!)
  }
}

/**
 * SQL for the payout lines that name one of the orders `@only` (a JSON array) or, where any do, a sale in one; `orNone`: also those that name
 * a sale and no order.
 */
function isFor(ofSales: boolean, orNone: boolean): string {
  const numbers = 'IN (SELECT value FROM json_each(@only))'
  const salesIn = (fact: string) =>
    `SELECT f.transaction_id FROM order_line l JOIN ${fact} f ON f.order_line = l.id WHERE l.partner = @partner AND l.order_id ${numbers}`
  const sales = `IN (${salesIn('order_state')} UNION ${salesIn('order_entry')})`
  return ofSales
    ? `(p.order_id ${numbers} OR ${NAMES_SALE} AND (p.transaction_id ${sales} OR p.original_transaction_id ${sales}${orNone ? ' OR p.order_id IS NULL' : ''}))`
    : `p.order_id ${numbers}`
}

type StatementRow = Omit<Statement, 'origin'> & { file: string; sha256: string; line: number }

/**
 * The statements with lines paid in a month, with `asOf` those that were known at that position of the journal. A statement's total is that
 * of its lines in the month.
 */
export function statementsOf(db: Database, partner: string, month: Month, asOf?: Position): Statement[] {
  return db
    .prepare<[string, string], StatementRow>(
      // Lines are added up as they lie, not by the index of the orders that they are for.
      `SELECT s.statement_id AS statementId, s.currency, p.paidAt, p.count AS lines, p.total,
         CASE WHEN p.count = s.lines THEN s.stated_total END AS statedTotal, f.name AS file, f.sha256, p.line
       FROM (SELECT statement, max(paid_at) AS paidAt, count(*) AS count, sum(amount) AS total, min(line) AS line
         FROM payout_line NOT INDEXED WHERE partner = ? AND substr(paid_at, 1, 7) = ? GROUP BY statement) p
       JOIN statement s ON s.id = p.statement JOIN file f ON f.id = s.file
       WHERE ${known(db, asOf)} ORDER BY s.statement_id, s.currency`,
    )
    .all(partner, month)
    .map(({ file, sha256, line, ...statement }) => ({ ...statement, origin: { file, line, sha256 } }))
}

/** The months in which a partner paid anything, the earliest first. */
export function payoutMonths(db: Database, partner: string): Month[] {
  const sql = `SELECT DISTINCT substr(p.paid_at, 1, 7) ${FROM} WHERE p.partner = ? AND ${known(db)} ORDER BY 1`
  return db.prepare<[string], Month>(sql).pluck().all(partner)
}

/** The months in which anything was paid, the earliest first, and when a line of each was read last. */
export function monthsRead(db: Database): { month: Month; at: Instant }[] {
  return db
    .prepare<[], { month: Month; at: Instant }>(
      `SELECT p.month, r.at FROM (SELECT substr(p.paid_at, 1, 7) AS month, max(f.run) AS run ${FROM} JOIN file f ON f.id = s.file
         WHERE ${known(db)} GROUP BY 1) p JOIN run r ON r.id = p.run ORDER BY 1`,
    )
    .all()
}

/** A statement as it was paid; `paidAt` is the last pay day of its lines, `days` what was paid on each, where they are several. */
export type PaidStatement = Pick<Statement, 'statementId' | 'currency' | 'paidAt' | 'total'> & {
  days?: readonly Pick<Statement, 'paidAt' | 'total'>[]
}

/** Every statement of a partner as a whole. */
export function paidStatements(db: Database, partner: string): PaidStatement[] {
  return db
    .prepare<[string], Omit<PaidStatement, 'days'> & { days: string }>(
      `SELECT s.statement_id AS statementId, s.currency, p.paidAt, s.total, p.days
       FROM (SELECT statement, max(paid_at) AS paidAt, json_group_array(json_object('paidAt', paid_at, 'total', total) ORDER BY paid_at) AS days
             FROM (SELECT statement, paid_at, sum(amount) AS total FROM payout_line NOT INDEXED WHERE partner = ? GROUP BY 1, 2)
             GROUP BY statement) p
       JOIN statement s ON s.id = p.statement WHERE ${known(db)} ORDER BY p.paidAt, s.statement_id, s.currency`,
    )
    .all(partner)
    .map(({ days, ...statement }) => {
      const each: NonNullable<PaidStatement['days']> = JSON.parse(days)
      return each.length > 1 ? { ...statement, days: each } : statement
    })
}
