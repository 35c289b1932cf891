import type { Day, Month } from '../day.ts'
import type { Currency, Minor } from '../money.ts'
import { ORDER_STATUSES, type Order, type OrderStatus, type Recorded } from '../records.ts'
import type { Entry } from './entries.ts'
import { ordersByHand, overruleByHand } from './hand.ts'
import { type Bound, boundOf, overruled, type Position, type Reread, type Rulings, readOtherwise, rulingsOf } from './journal.ts'
import { type KnownRows, knownRows } from './known.ts'
import { linesOf, ordersWithNotices, partnersWithNotices } from './notices.ts'
import type { Database } from './open.ts'
import { hasMost, inOneCell, originOf, recorded, recorder } from './recorded.ts'
import { paidTogether, specialRoutes } from './routes.ts'
import { COLUMNS, DERIVED, derivation, IS_DERIVED, NAMES, newestReading, stateMaker, VALUES } from './states.ts'
import { type Among, isStretch, isWithin } from './stretch.ts'

/** Writes the orders of one run, inside the caller's transaction. */
export type OrderWriter = {
  /** Hashes of all order rows of the partner that were ever read, but for those without a line number: these must be looked at beside each other. */
  known: KnownRows
  /** Adds a state to an order line. `unchanged`: the state, or a newer one, was known. */
  save(order: Order, row: OrderRow): 'added' | 'changed' | 'unchanged'
  /** Adds a row that counts on its own to its order line. `added`: a new row; `unchanged`: this reading of it was known. */
  saveEntry(order: Order, row: Omit<OrderRow, 'numbered'>, mark: EntryRow): 'added' | 'changed' | 'unchanged'
  /**
   * Makes what was put off until all rows are in. Returns the orders that were recorded by hand and that the partner now tells of itself.
   * @throws ShoptoolError (data) where rows of a line cannot be added up.
   */
  finish(): string[]
}

/** What is known of a row that counts on its own besides its figures. */
export type EntryRow = Pick<Entry, 'entry' | 'way'> & { deltas: boolean; preferred: boolean | null }

/** Where an order line was read; `numbered`: with a line number of the partner's own. */
export type OrderRow = { hash: bigint; numbered: boolean; file: number; fileName: string; line: number }

/** Begins writing a partner's orders in a run; `files` are about to be read. What the same bytes gave by another mapping holds no longer. */
export function orderWriter(
  db: Database,
  { partner, run }: { partner: string; run: number },
  files: readonly Reread[],
): OrderWriter {
  const rulings = rulingsOf(db, run)
  /** Lines whose state is to be made anew from the facts that hold. */
  const touched = new Set<number>()
  /** Orders of which something was given back by a notice, and those of them that are read in this run. */
  const noticed = ordersWithNotices(db, partner)
  const renewed = new Set<string>()
  /** Orders that stand by hand, and those of them that are read in this run. */
  const byHand = ordersByHand(db, partner)
  const told = new Set<string>()
  for (const file of files) overruleReadings(db, partner, file, rulings, touched)
  const known = knownRows(1024)
  const hashes = db.prepare<[string], bigint>(
    `SELECT s.hash FROM order_state s JOIN order_line l ON l.id = s.order_line
     WHERE s.numbered = 1 AND l.partner = ? AND s.id NOT IN ${overruled('order_state')}`,
  )
  for (const hash of hashes.pluck().safeIntegers().iterate(partner)) known.add(hash)

  const insertLine = db.prepare(
    'INSERT INTO order_line (partner, order_id, line_id, state) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING',
  )
  const selectLine = db.prepare<[string, string, string], { id: number; age: string | null }>(
    `SELECT l.id, s.age FROM order_line l LEFT JOIN order_state s ON s.id = l.state WHERE l.partner = ? AND l.order_id = ? AND l.line_id = ?`,
  )
  const insertState = db.prepare(
    `INSERT INTO order_state (order_line, hash, numbered, age, ${NAMES.join(', ')}, file, line) VALUES (?, ?, ?, ?, ${NAMES.map(() => '?').join(', ')}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const setState = db.prepare('UPDATE order_line SET state = ? WHERE id = ?')
  const selectState = db.prepare<[number, bigint], number>('SELECT id FROM order_state WHERE order_line = ? AND hash = ?').pluck()
  const selectEntry = db.prepare<[number, string], number>('SELECT 1 FROM order_entry WHERE order_line = ? AND entry = ?').pluck()
  const selectEntryRow = db
    .prepare<[number, string, bigint], number>('SELECT id FROM order_entry WHERE order_line = ? AND entry = ? AND hash = ?')
    .pluck()
  const insertEntry = db.prepare(
    `INSERT INTO order_entry (order_line, entry, deltas, way, preferred, hash, age, ${NAMES.join(', ')}, file, line)
     VALUES (?, ?, ?, ?, ?, ?, ?, ${NAMES.map(() => '?').join(', ')}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  /** The line of an order; `before`: the age of its state, null where the line is new. */
  const lineOf = ({ orderId, lineId }: Order): { id: number; before: { age: string | null } | null } => {
    const added = insertLine.run(partner, orderId, lineId)
    if (added.changes === 1) return { id: Number(added.lastInsertRowid), before: null }
    const before = selectLine.get(partner, orderId, lineId)!
    return { id: before.id, before }
  }

  const note = ({ orderId }: Order) => {
    if (noticed.has(orderId)) renewed.add(orderId)
    if (byHand.has(orderId)) told.add(orderId)
  }

  return {
    known,
    save(order, { hash, numbered, file, fileName, line }) {
      const age = `${ageOf(order)} ${fileName}`
      const { id, before } = lineOf(order)
      note(order)
      const state = insertState.run(id, hash, numbered ? 1 : 0, age, ...VALUES.map((value) => order[value]), file, line)
      if (state.changes === 0) {
        if (!rulings.restore('order_state', selectState.get(id, hash)!, READ_AGAIN)) return 'unchanged'
        touched.add(id)
        return 'changed'
      }
      if (before?.age && before.age > age)
        return before.age === DERIVED.age && renewed.has(order.orderId) ? 'changed' : 'unchanged'
      setState.run(Number(state.lastInsertRowid), id)
      return before ? 'changed' : 'added'
    },
    saveEntry(order, { hash, file, line }, { entry, deltas, way, preferred }) {
      const { id } = lineOf(order)
      note(order)
      const known = selectEntry.get(id, entry) !== undefined
      const mark = [entry, deltas ? 1 : 0, way, preferred === null ? null : preferred ? 1 : 0]
      const added = insertEntry.run(id, ...mark, hash, ageOf(order), ...VALUES.map((value) => order[value]), file, line)
      if (added.changes === 0 && !rulings.restore('order_entry', selectEntryRow.get(id, entry, hash)!, READ_AGAIN))
        return 'unchanged'
      touched.add(id)
      return known ? 'changed' : 'added'
    },
    finish() {
      for (const orderId of told)
        for (const line of overruleByHand(db, rulings, { partner, orderId }, OWN_RECORD)) touched.add(line)
      // which line a notice is for may depend on all lines of its order
      for (const orderId of renewed) for (const { id } of linesOf(db, partner, orderId)) touched.add(id)
      const make = stateMaker(db)
      for (const line of touched) make(line)
      return [...told]
    },
  }
}

const OWN_RECORD = "the partner's own record of it came"
const READ_AGAIN = 'its file was read again by the mapping that gave it'

/**
 * Rules that what came from the same bytes by another mapping, which are about to be read anew, does not hold: a corrected mapping must not
 * have to compete with the mistake. Lines that are left without any state wait for theirs.
 */
function overruleReadings(db: Database, partner: string, file: Reread, rulings: Rulings, touched: Set<number>): void {
  const files = readOtherwise(db, 'orders', partner, file)
  if (files.length === 0) return
  const given = JSON.stringify(files)
  const reason = 'its file was read again by another mapping'
  const entries = `FROM order_entry WHERE file IN (SELECT value FROM json_each(?)) AND id NOT IN ${overruled('order_entry')}`
  for (const line of db.prepare<[string], number>(`SELECT DISTINCT order_line ${entries}`).pluck().all(given)) touched.add(line)
  rulings.overrule('order_entry', `SELECT id ${entries}`, [given], reason)
  const states = `SELECT id FROM order_state WHERE file IN (SELECT value FROM json_each(?)) AND hash <> ${DERIVED.hash}`
  rulings.overrule('order_state', states, [given], reason)
  db.prepare(
    `UPDATE order_line SET state = ifnull(${newestReading('order_line.id')}, 0) WHERE partner = ? AND state IN (${states})`,
  ).run(partner, given)
}

/**
 * Sorts the states of one order line by age, so that files may be imported in any order: when the partner last changed it. Where it does
 * not say, an order that is refunded or invalid stays so, else the latest date in it and then how far the status has come. Where none
 * of these differs, exports are dated by their names (the caller adds it); in files of one name the one that was read last counts.
 */
function ageOf(order: Order): string {
  const times = order.modifiedAt
    ? [order.modifiedAt]
    : [order.orderedAt, order.paidAt, order.receivedAt, order.verifiedAt, order.settledAt]
  const newest = Math.max(...times.map((time) => (time ? Date.parse(time) : 0)))
  const over = !order.modifiedAt && (order.status === 'refunded' || order.status === 'invalid')
  return `${over ? 1 : 0} ${String(newest).padStart(14, '0')} ${ORDER_STATUSES.indexOf(order.status)}`
}

export type OrderOfPartner = Order & { partner: string }
const FIELDS = ['partner', 'orderId', 'lineId', ...VALUES] as const
/** What some partners never tell: where an order has none of it, one cell is read in place of eleven. */
const SELDOM = [
  ...(['refundAmount', 'serviceFee', 'subsidy', 'paidAt', 'receivedAt', 'verifiedAt', 'modifiedAt'] as const),
  ...(['trackingId', 'subId', 'transactionId', 'dueAt'] as const),
]
const OFTEN = VALUES.filter((value) => !(SELDOM as string[]).includes(value))
const columnsOf = (values: readonly (keyof typeof COLUMNS)[]) => values.map((value) => `s.${COLUMNS[value]}`)
const SELECT = `SELECT l.partner, l.order_id, l.line_id, ${columnsOf(OFTEN).join(', ')}, ${inOneCell(columnsOf(SELDOM))}, s.file, s.line`
const PRESENT = `${SELECT} FROM order_line l JOIN order_state s ON s.id = l.state`
/** The same in the order in which lines came, whatever index there is: for most of the table. */
const AS_IT_LIES = `${SELECT} FROM order_line l NOT INDEXED CROSS JOIN order_state s ON s.id = l.state`

/**
 * The present state of every order line of a partner, by order and line number (bytewise); with `asOf` what was known of them at that
 * position of the journal, with `only` that of these orders and those that are paid together with them, or of a stretch of them.
 */
export function ordersByKey(db: Database, partner: string, asOf?: Position, only?: Among): IterableIterator<Recorded<Order>> {
  const numbers = only && !isStretch(only) && paidTogether(specialRoutes(db, partner, asOf), only).flat()
  const isAsked = numbers
    ? 'l.order_id IN (SELECT value FROM json_each(@only))'
    : isStretch(only)
      ? isWithin('l.order_id', only)
      : 'TRUE'
  const where = `l.partner = @partner AND ${isAsked}`
  const values = { partner, only: JSON.stringify(numbers), ...(isStretch(only) && only) }
  if (asOf === undefined) {
    const from = !numbers && hasMost(db, 'order_line', partner) ? AS_IT_LIES : PRESENT
    return recorded<OrderOfPartner>(db, `${from} WHERE ${where} ORDER BY l.order_id, l.line_id`, [values], FIELDS, SELDOM)
  }
  const bound = boundOf(db, asOf)
  if (hasDerived(db, partner)) return derivedByKey(db, partner, bound, where, values)
  const sql = `${SELECT} FROM order_line l JOIN order_state s ON s.id = ${newestReading('l.id', bound)}
    WHERE ${where} ORDER BY l.order_id, l.line_id`
  return recorded<OrderOfPartner>(db, sql, [values], FIELDS, SELDOM)
}

/** Whether lines of the partner are made of more than one fact. */
function hasDerived(db: Database, partner: string): boolean {
  const sql = `SELECT EXISTS (SELECT 1 FROM order_line l WHERE l.partner = @partner AND ${IS_DERIVED})`
  return db.prepare<[{ partner: string }], number>(sql).pluck().get({ partner }) === 1
}

/** `ordersByKey` of a partner that corrects orders by further rows or by refund notices. */
function* derivedByKey(
  db: Database,
  partner: string,
  bound: Bound,
  where: string,
  values: object,
): Generator<Recorded<OrderOfPartner>> {
  const derive = derivation(db, bound)
  const origin = originOf(db)
  const record = recorder<OrderOfPartner>(db, FIELDS, SELDOM)
  const sql = `${SELECT}, s.id, l.id, ${IS_DERIVED}
    FROM order_line l LEFT JOIN order_state s ON s.id = ${newestReading('l.id', bound)} WHERE ${where} ORDER BY l.order_id, l.line_id`
  for (const row of db.prepare<object, unknown[]>(sql).raw().iterate(values)) {
    const [reading, line, isDerived] = row.slice(-3) as [number | null, number, number]
    const found = isDerived === 1 ? derive(line) : null
    if (found) yield { partner, ...found.order, origin: origin(found.file, found.row) }
    else if (reading !== null) yield record(row)
  }
}

/** The lines of an order, of one partner or of all. */
export function ordersById(db: Database, partner: string | null, orderId: string): Recorded<OrderOfPartner>[] {
  const where = 'WHERE l.order_id = ? AND l.partner = ifnull(?, l.partner) ORDER BY l.partner, l.line_id'
  return [...recorded<OrderOfPartner>(db, `${PRESENT} ${where}`, [orderId, partner], FIELDS, SELDOM)]
}

/** The order lines of a partner whose rows take back more than they sell: the sale is not on file. */
export function unsoldLines(db: Database, partner: string): Recorded<OrderOfPartner>[] {
  const where = 'WHERE l.partner = ? AND (s.paid_amount < 0 OR s.commission < 0) ORDER BY l.order_id, l.line_id'
  return [...recorded<OrderOfPartner>(db, `${PRESENT} ${where}`, [partner], FIELDS, SELDOM)]
}

/** Which order lines are asked for; days are those on which they were ordered, as their partner counts them. */
export type OrderFilter = {
  partners: readonly string[]
  statuses: readonly OrderStatus[]
  from: Day | null
  to: Day | null
  /** Lines that carry one of these pairs of ids; '' is none. */
  carrying?: readonly Pick<OrderSum, 'partner' | 'subId' | 'trackingId'>[]
  limit: number
}

/** The present state of order lines, the latest ordered first. */
export function listOrders(
  db: Database,
  { partners, statuses, from, to, carrying, limit }: OrderFilter,
): Recorded<OrderOfPartner>[] {
  const where: string[] = ['1']
  const values: unknown[] = []
  const oneOf = (column: string, among: readonly string[]) => {
    if (among.length === 0) return
    where.push(`${column} IN (${among.map(() => '?').join(', ')})`)
    values.push(...among)
  }
  oneOf('l.partner', partners)
  oneOf('s.status', statuses)
  if (from !== null) where.push('substr(s.ordered_at, 1, 10) >= ?') && values.push(from)
  if (to !== null) where.push('substr(s.ordered_at, 1, 10) <= ?') && values.push(to)
  if (carrying) {
    const ids = carrying.map(({ partner, subId, trackingId }) => [partner, subId ?? '', trackingId ?? ''])
    where.push(
      `(l.partner, ifnull(s.sub_id, ''), ifnull(s.tracking_id, '')) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`,
    )
    values.push(JSON.stringify(ids))
  }
  const sql = `${PRESENT} WHERE ${where.join(' AND ')} ORDER BY s.ordered_at DESC, l.partner, l.order_id, l.line_id LIMIT ?`
  return [...recorded<OrderOfPartner>(db, sql, [...values, limit], FIELDS, SELDOM)]
}

/** Order lines of one partner that carry the same ids, in one currency. Amounts are sums; what is refunded or invalid earns no commission. */
export type OrderSum = Pick<Order, 'currency' | 'subId' | 'trackingId'> & {
  partner: string
  lines: number
  paidAmount: Minor
  commission: Minor
  /** Lines that are refunded or invalid, and what was paid for them, with parts given back of others. */
  refundedLines: number
  refundedAmount: Minor
}

/** Order lines added up by what their links carried; days are those on which they were ordered. */
export function sumOrders(db: Database, { from, to }: Pick<OrderFilter, 'from' | 'to'>): OrderSum[] {
  const dead = "s.status IN ('refunded', 'invalid')"
  return db
    .prepare<(string | null)[], OrderSum>(
      `SELECT l.partner, s.currency, s.sub_id AS subId, s.tracking_id AS trackingId, count(*) AS lines, sum(s.paid_amount) AS paidAmount,
         sum(iif(${dead}, 0, s.commission)) AS commission, sum(${dead}) AS refundedLines,
         sum(iif(${dead}, s.paid_amount, ifnull(s.refund_amount, 0))) AS refundedAmount
       FROM order_line l JOIN order_state s ON s.id = l.state
       WHERE substr(s.ordered_at, 1, 10) >= ifnull(?, '') AND substr(s.ordered_at, 1, 10) <= ifnull(?, '9')
       GROUP BY 1, 2, 3, 4`,
    )
    .all(from, to)
}

/** How many order lines a partner has of each day on which there are any. */
export function ordersPerDay(db: Database, partner: string): { day: Day; orders: number }[] {
  return db
    .prepare<[string], { day: Day; orders: number }>(
      `SELECT substr(s.ordered_at, 1, 10) AS day, count(*) AS orders FROM order_line l JOIN order_state s ON s.id = l.state
       WHERE l.partner = ? GROUP BY 1 ORDER BY 1`,
    )
    .all(partner)
}

/**
 * At most `limit` recorded orders whose numbers hold the text, or begin or end as it does, the latest first: what somebody may have meant
 * who typed half of a number, or one figure wrong.
 */
export function ordersLike(db: Database, text: string, limit = 200): { partner: string; orderId: string }[] {
  const half = (text.length + 1) >> 1
  const escaped = (part: string) => part.replace(/[\\%_]/g, '\\$&')
  const like = [`%${escaped(text)}%`, `${escaped(text.slice(0, half))}%`, `%${escaped(text.slice(-half))}`]
  return db
    .prepare<unknown[], { partner: string; orderId: string }>(
      `SELECT partner, order_id AS orderId FROM order_line WHERE state <> 0 AND (${like.map(() => "order_id LIKE ? ESCAPE '\\'").join(' OR ')}) GROUP BY partner, order_id ORDER BY max(id) DESC LIMIT ?`,
    )
    .all(...like, limit)
}

/** The order number that `partner:number` or a bare number names; the partner is null where it is left out. */
export function orderNamed(db: Database, name: string): { partner: string | null; orderId: string } {
  const partner = [...partnersInLedger(db), ...partnersWithNotices(db)].find((id) => name.startsWith(`${id}:`)) ?? null
  return { partner, orderId: partner === null ? name : name.slice(partner.length + 1) }
}

/** Partners that have orders or payouts. */
export function partnersInLedger(db: Database): string[] {
  return db
    .prepare<[], string>(
      // From each partner to the next by the index: a million order lines have a handful of them.
      `WITH RECURSIVE next(partner) AS (SELECT min(partner) FROM order_line
         UNION ALL SELECT (SELECT min(partner) FROM order_line l WHERE l.partner > next.partner) FROM next WHERE partner IS NOT NULL)
       SELECT partner FROM next WHERE partner IS NOT NULL UNION SELECT partner FROM statement ORDER BY 1`,
    )
    .pluck()
    .all()
}

/** Confirmed orders of one partner and currency: how many, and their commission in minor units. */
export type Confirmed = { partner: string; currency: Currency; orders: number; commission: Minor }

const CONFIRMED = `s.status IN ('received', 'verified', 'settled') AND (ifnull(s.refund_amount, 0) <= 0 OR s.refund_amount < s.paid_amount)`
const CONFIRMED_IN = 'substr(coalesce(s.received_at, s.verified_at, s.settled_at), 1, 7)'

/**
 * What was confirmed in a month: order lines that are received, verified or settled now, by the first of these instants, as their partner
 * counts days: so that an order does not move to another month when it comes further. Those that say no instant count to no month. Commission
 * is as it was before refunds of a part: see `partlyRefunded`.
 */
export function confirmedIn(db: Database, month: Month): Confirmed[] {
  return db
    .prepare<[string], Confirmed>(
      `SELECT l.partner, s.currency, count(DISTINCT l.order_id) AS orders, sum(s.commission) AS commission
       FROM order_line l JOIN order_state s ON s.id = l.state WHERE ${CONFIRMED} AND ${CONFIRMED_IN} = ?
       GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .all(month)
}

/** Confirmed orders whose links carried the same ids, of one month. */
export type ConfirmedByLink = Confirmed & Pick<Order, 'subId' | 'trackingId'> & { month: Month }

/** `confirmedIn` of every month, by what links carried. */
export function confirmedByLink(db: Database): ConfirmedByLink[] {
  return db
    .prepare<[], ConfirmedByLink>(
      `SELECT l.partner, s.currency, s.sub_id AS subId, s.tracking_id AS trackingId,
         ${CONFIRMED_IN} AS month, count(DISTINCT l.order_id) AS orders, sum(s.commission) AS commission
       FROM order_line l JOIN order_state s ON s.id = l.state WHERE ${CONFIRMED} AND ${CONFIRMED_IN} IS NOT NULL
       GROUP BY 1, 2, 3, 4, 5`,
    )
    .all()
}

/** A confirmed order line of which a part was refunded, as it was before. */
export type PartlyRefunded = Omit<ConfirmedByLink, 'orders'> &
  Pick<Order, 'paidAmount' | 'commissionRate' | 'serviceFee' | 'subsidy' | 'refundAmount'>

/** The lines of `confirmedByLink` of which a part was refunded. */
export function partlyRefunded(db: Database): PartlyRefunded[] {
  return db
    .prepare<[], PartlyRefunded>(
      `SELECT l.partner, s.currency, s.sub_id AS subId, s.tracking_id AS trackingId, ${CONFIRMED_IN} AS month, s.commission,
         s.paid_amount AS paidAmount, s.commission_rate AS commissionRate, s.service_fee AS serviceFee, s.subsidy, s.refund_amount AS refundAmount
       FROM order_line l JOIN order_state s ON s.id = l.state WHERE ${CONFIRMED} AND ${CONFIRMED_IN} IS NOT NULL AND s.refund_amount > 0`,
    )
    .all()
}
