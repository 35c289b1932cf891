import type { Position } from './journal.ts'
import type { Database } from './open.ts'
import { digestOf, JOURNAL, type Rows, RUNS, rowReader, START } from './seal.ts'
import { wrongState } from './states.ts'

/** The first thing that does not fit. */
export type Break = {
  /** `seal`: of the chain itself; `cut`: its end is missing; `state`: the present state of an order does not follow from its facts. */
  what: 'changed' | 'removed' | 'added' | 'seal' | 'cut' | 'state'
  /** The table and the id of the row; of one that was removed those of the row before it, if any. */
  fact: string | null
  row: number | null
  partner: string | null
  orderId: string | null
  lineId: string | null
  /** Where it was read. */
  file: string | null
  line: number | null
  /** Which run sealed it, or should have. */
  run: Position | null
  message: string
}

export type Verified = { seals: number; rows: Record<string, number>; head: string | null; broken: Break | null }

type Seal = { id: number; run: number | null; fact: string; last: number; checks: Buffer; digest: string }

/**
 * Goes through the chain from its beginning to the first thing that does not fit.
 * @param heads heads that were written down elsewhere, 64 hex digits, which must be in the chain
 * @param progress called now and then with the number of rows that fit so far
 */
export function verifyJournal(db: Database, heads: readonly string[], progress: (rows: number) => void): Verified {
  const readers = Object.fromEntries(Object.keys(JOURNAL).map((name) => [name, rowReader(db, name)]))
  const after: Record<string, number> = {}
  const counts: Record<string, number> = Object.fromEntries(Object.keys(JOURNAL).map((name) => [name, 0]))
  /** The head after each run. */
  const headAfter = new Map<number | null, string>()
  const unseen = new Set(heads)
  let digest = ''
  let seals = 0
  let total = 0
  const result = (broken: Break | null): Verified => ({
    ...{ seals, rows: counts, head: digest || null, broken },
  })

  for (const sealed of db.prepare<[], Seal>('SELECT * FROM seal ORDER BY id').iterate()) {
    const { id, run, fact, last, checks } = sealed
    if (id !== seals + 1) return result(brokenSeal(seals + 1, null, 'is missing'))
    const read = readers[fact]
    const size = checks.length / 4
    if (!read || !Number.isInteger(size)) return result(brokenSeal(id, run, 'was changed'))
    const rows = read(after[fact] ?? START, size)
    const fits = digestOf(digest, run, fact, rows) === sealed.digest
    if (!fits && !rows.checks.equals(checks))
      return result(firstOff(db, sealed, after[fact] ?? null, read(after[fact] ?? START, size * 2)))
    if (!fits || !rows.checks.equals(checks) || rows.ids.at(-1) !== last)
      return result(brokenSeal(id, run, 'was changed, or the one before it'))
    digest = sealed.digest
    after[fact] = last
    counts[fact]! += rows.ids.length
    headAfter.set(run, digest)
    unseen.delete(digest)
    seals++
    total += rows.ids.length
    if (seals % 64 === 0) progress(total)
  }
  const recorded = db.prepare<[], { id: number; head: string | null }>(
    `SELECT id, head FROM run WHERE ${RUNS} OR head IS NOT NULL ORDER BY id`,
  )
  for (const { id, head } of recorded.all()) {
    const own = headAfter.get(id)
    if (head === (own ?? null)) continue
    if (own) return result({ ...brokenSeal(null, id, ''), message: `the head that run ${id} recorded was changed` })
    return result(cut(`run ${id} recorded the head ${head}, which is not in the chain: its end was cut off`, id))
  }
  for (const [name, read] of Object.entries(readers)) {
    const [extra] = read(after[name] ?? START, 1).ids
    if (extra !== undefined) return result(breakOf(db, 'added', name, extra, null, 'no run sealed it'))
  }
  const line = wrongState(db)
  if (line !== null) {
    const place = {
      ...NOWHERE,
      ...db.prepare<[number], Partial<Place>>(PLACES.order_line!).get(line),
      fact: 'order_line',
      row: line,
    }
    const message = `${placeText(place)}: its present state is not what its readings come to`
    return result({ ...place, what: 'state', run: null, message })
  }
  for (const head of unseen)
    return result(cut(`the head ${head} is not in the chain: its end was cut off, or it is another journal`, null))
  return result(null)
}

const NOWHERE = { fact: null, row: null, partner: null, orderId: null, lineId: null, file: null, line: null } as const
const cut = (message: string, run: number | null): Break => ({ ...NOWHERE, what: 'cut', run, message })
const brokenSeal = (row: number | null, run: number | null, what: string): Break => ({
  ...{ ...NOWHERE, what: 'seal', fact: 'seal', row, run, message: `seal ${row}${run === null ? '' : ` of run ${run}`} ${what}` },
})

/** The first row by which a block, read with as many rows again behind it, differs from what was sealed; `before`: the row before them. */
function firstOff(db: Database, { fact, run, checks, last }: Seal, before: number | null, { ids, checks: present }: Rows): Break {
  const list = (buffer: Buffer) => Array.from({ length: buffer.length / 4 }, (_, i) => buffer.readUInt32BE(i * 4))
  const [was, is] = [list(checks), list(present)]
  const at = was.findIndex((check, i) => check !== is[i])
  const unnamed = fact === 'closing' ? '' : ' with what there was before'
  const by = `sealed${run === null ? unnamed : ` by run ${run}`}`
  if (is.includes(was[at]!, at + 1)) return breakOf(db, 'added', fact, ids[at]!, run, `among rows ${by}`)
  const isGone = at >= ids.length || ids[at]! > last || was.includes(is[at]!, at + 1)
  return isGone ? breakOf(db, 'removed', fact, ids[at - 1] ?? before, run, by) : breakOf(db, 'changed', fact, ids[at]!, run, by)
}

type Place = Pick<Break, 'partner' | 'orderId' | 'lineId' | 'file' | 'line'>

const PLACES: Readonly<Record<string, string>> = {
  run: 'SELECT partner FROM run WHERE id = ?',
  file: 'SELECT r.partner, f.name AS file FROM file f LEFT JOIN run r ON r.id = f.run WHERE f.id = ?',
  order_line: 'SELECT partner, order_id AS orderId, line_id AS lineId FROM order_line WHERE id = ?',
  ...Object.fromEntries(
    ['order_state', 'order_entry'].map((table) => [
      table,
      `SELECT l.partner, l.order_id AS orderId, l.line_id AS lineId, f.name AS file, s.line
       FROM ${table} s LEFT JOIN order_line l ON l.id = s.order_line LEFT JOIN file f ON f.id = s.file WHERE s.id = ?`,
    ]),
  ),
  refund: `SELECT r.partner, r.order_id AS orderId, r.line_id AS lineId, f.name AS file, r.line
    FROM refund r LEFT JOIN file f ON f.id = r.file WHERE r.id = ?`,
  statement: 'SELECT s.partner, f.name AS file FROM statement s LEFT JOIN file f ON f.id = s.file WHERE s.id = ?',
  payout_line: `SELECT p.partner, p.order_id AS orderId, p.line_id AS lineId, f.name AS file, p.line
    FROM payout_line p LEFT JOIN statement s ON s.id = p.statement LEFT JOIN file f ON f.id = s.file WHERE p.id = ?`,
  review: `SELECT p.partner, p.order_id AS orderId, f.name AS file, p.line FROM review v LEFT JOIN payout_line p ON p.id = v.payout_line
    LEFT JOIN statement s ON s.id = p.statement LEFT JOIN file f ON f.id = s.file WHERE v.id = ?`,
  closing: 'SELECT partner FROM closing WHERE id = ?',
}

function breakOf(
  db: Database,
  what: 'changed' | 'removed' | 'added',
  fact: string,
  row: number | null,
  run: number | null,
  why: string,
): Break {
  const sql = PLACES[fact]
  const found = sql && row !== null ? db.prepare<[number], Partial<Place>>(sql).get(row) : undefined
  const place: Place = { ...{ partner: null, orderId: null, lineId: null, file: null, line: null }, ...found }
  const text = placeText(place)
  const name = `${fact} ${row}${text && ` (${text})`}`
  const says = {
    changed: `${name} was changed since it was ${why}`,
    added: `${name} was added by other hands: ${why}`,
    removed: `${row === null ? `the first row of ${fact}` : `the row of ${fact} after ${name.slice(fact.length + 1)}`} was removed since it was ${why}`,
  }
  return { ...place, what, fact, row, run, message: says[what] }
}

/** `acme order 1001 a, orders.csv:3` */
function placeText({ partner, orderId, lineId, file, line }: Place): string {
  const order = [partner, orderId && `order ${orderId}`, orderId && lineId].filter(Boolean).join(' ')
  return [order, file && (line === null ? file : `${file}:${line}`)].filter(Boolean).join(', ')
}
