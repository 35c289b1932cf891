import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addMonths, type Day, type Instant, type Month } from '../day.ts'
import { dataError, usageError } from '../errors.ts'
import type { Partner } from '../partners/partner.ts'
import { addClosing, type Closing, type ClosingEvent, closedMonths, type Frozen, howToReopen } from '../store/closings.ts'
import { positionOf } from '../store/journal.ts'
import type { Database } from '../store/open.ts'
import { coverage } from './calendar.ts'
import { FILES } from './files.ts'
import { closedLedger, type Freeze, termsOf } from './ledger.ts'
import type { PartnerSettlement, Settlement } from './report.ts'
import { rulesOf, settleLedgers } from './settle.ts'

/**
 * Closes a month of a partner: keeps by what it was settled and what came of it. A month that is closed already stays as it is.
 * @throws ShoptoolError (usage) before its pay day has passed, and where the months between the last closed one and this are open;
 * (data) where money is due and no statement tells what was paid, unless `withoutStatement`.
 */
export function closeMonth(
  db: Database,
  partner: Partner,
  month: Month,
  { today, at, withoutStatement }: { today: Day; at: Instant; withoutStatement: boolean },
): ClosingEvent {
  return db
    .transaction(() => {
      const closed = closedMonths(db, partner.id)
      const known = closed.find((closing) => closing.month === month)
      if (known) return known
      const { due } = coverage(rulesOf(partner, month).calendar, month)
      if (due >= today) throw usageError(`${partner.id} ${month}: is paid on ${due}; it can be closed from the day after`)
      mustFollow(closed, partner.id, month)
      const begun = { month, at, frozen: { position: positionOf(db), terms: termsOf(partner) } }
      const { settlement, ...result } = settleAlone(db, partner, closed, begun)
      const open = settlement.partners.find(({ statements, expected }) => statements.length === 0 && !/^-?[0.]+$/.test(expected))
      if (open && !withoutStatement) {
        throw dataError(
          `${partner.id} ${month}: ${open.expected} ${open.currency} is due and no statement was read; import it, or close with --without-statement: all of it then stays missing`,
        )
      }
      const frozen: Frozen = { ...begun.frozen, ...result }
      return addClosing(db, { partner: partner.id, month, action: 'close', at, reason: null, frozen })
    })
    .immediate()
}

/** Closed months of a partner follow each other: what is read later has one place to go. */
function mustFollow(closed: readonly Closing[], partner: string, month: Month): void {
  const first = closed[0]
  const last = closed.at(-1)
  if (!first || !last) return
  if (month < first.month) {
    throw usageError(`${partner} ${month}: comes before ${first.month}, which is closed; ${howToReopen(closed, first)}`)
  }
  const next = addMonths(last.month, 1)
  if (month !== next) {
    throw usageError(
      `${partner} ${month}: ${next} comes first and is open; shoptool settle --month ${next} --partner ${partner} --close`,
    )
  }
}

/**
 * Opens a closed month of a partner again.
 * @returns the reopening, and the close that it undoes
 * @throws ShoptoolError (usage) where the month is not closed, or a later one is.
 */
export function reopenMonth(
  db: Database,
  partner: string,
  month: Month,
  { at, reason }: { at: Instant; reason: string },
): { event: ClosingEvent; undone: Closing } {
  return db
    .transaction(() => {
      const closed = closedMonths(db, partner)
      const undone = closed.find((closing) => closing.month === month)
      if (!undone) throw usageError(`${partner} ${month}: is not closed`)
      if (undone !== closed.at(-1)) throw usageError(`${partner} ${month}: ${howToReopen(closed, undone)}`)
      return { event: addClosing(db, { partner, month, action: 'reopen', at, reason, frozen: null }), undone }
    })
    .immediate()
}

/**
 * Settles a closed month again, as it was closed, and compares it with what was kept.
 * @throws ShoptoolError (data) that names what differs.
 */
export function checkClosed(db: Database, partner: Partner, month: Month): void {
  const closed = closedMonths(db, partner.id)
  const at = closed.findIndex((closing) => closing.month === month)
  const closing = closed[at]
  if (!closing) return
  const { frozen } = closing
  const found = settleAlone(db, partner, closed.slice(0, at), closing)
  const differ = (kept: Record<string, string>, now: Record<string, string>) =>
    Object.keys(kept).filter((name) => kept[name] !== now[name])
  const files = differ(frozen.files, found.files)
  const inputs = differ(frozen.inputs, found.inputs)
  if (files.length + inputs.length === 0) return
  const sums = sumsThatDiffer(frozen.sums, found.sums)
  const why =
    inputs.length > 0
      ? `the ${inputs.join(' and ')} that it was closed with are other ones now`
      : 'the records are those that it was closed with, so it is shoptool that works otherwise now'
  const what = [...(files.length > 0 ? files : ['no file']), ...(sums.length > 0 ? sums : ['not the sums'])].join(', ')
  throw dataError(
    `${partner.id} ${month}: does not come out as it was closed on ${closing.at.slice(0, 10)}: ${why}. It changes ${what}. ` +
      `The files of then are left as they are; to settle it anew, ${howToReopen(closed, closing)}`,
  )
}

/** `CNY short-paid expected 12.00 → 13.00` */
function sumsThatDiffer(kept: Sums, now: Sums): string[] {
  return [...new Set([...Object.keys(kept), ...Object.keys(now)])]
    .filter((name) => kept[name] !== now[name])
    .map((name) => `${name} ${kept[name] ?? 'none'} → ${now[name] ?? 'none'}`)
}

type Sums = Frozen['sums']

/** The month of this partner alone: hashes of its files and of what went in, and its sums. */
function settleAlone(
  db: Database,
  partner: Partner,
  before: readonly Closing[],
  closing: Freeze,
): Pick<Frozen, 'inputs' | 'files' | 'sums'> & { settlement: Settlement } {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-'))
  try {
    const orders = createHash('sha256')
    const payouts = createHash('sha256')
    const ledger = closedLedger(db, partner, before, closing)
    const hashed = { ...ledger, orders: hashing(ledger.orders, orders), lines: hashing(ledger.lines, payouts) }
    const settlement = settleLedgers([hashed], closing.month, { folder })
    return {
      settlement,
      inputs: { orders: orders.digest('hex'), payouts: payouts.digest('hex') },
      files: Object.fromEntries(FILES.map((name) => [name, hashFile(join(folder, name))])),
      sums: sumsOf(settlement.partners),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function sumsOf(partners: readonly PartnerSettlement[]): Sums {
  const sums: Sums = {}
  for (const { currency, classes, adjustments } of partners) {
    for (const [name, { count, expected, paid }] of Object.entries({ ...classes, adjustments })) {
      if (count > 0 || expected !== paid)
        Object.assign(sums, { [`${currency} ${name}`]: `${count}: ${expected} expected, ${paid} paid` })
    }
  }
  return sums
}

function* hashing<T extends object>(records: Iterable<T>, hash: ReturnType<typeof createHash>): Generator<T> {
  for (const record of records) {
    hash.update(textOf(record))
    yield record
  }
}

/** A record as text. What it does not say is left out, so that fields which a later shoptool knows besides change nothing. */
function textOf(record: object): string {
  let text = ''
  for (const [name, value] of Object.entries(record)) {
    if (value !== null) text += `${name}\0${typeof value === 'object' ? textOf(value) : value}\0`
  }
  return text
}

function hashFile(path: string): string {
  const hash = createHash('sha256')
  const block = Buffer.alloc(1 << 16)
  const file = openSync(path, 'r')
  for (let size = readSync(file, block); size > 0; size = readSync(file, block)) hash.update(block.subarray(0, size))
  closeSync(file)
  return hash.digest('hex')
}
