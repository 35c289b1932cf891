import type { Context } from '../context.ts'
import { instantOf, type Month } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { lock } from '../lock.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { checkClosed, closeMonth, reopenMonth } from '../settle/close.ts'
import { type ClosingEvent, closedMonths, closingEvents } from '../store/closings.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import { payoutMonths } from '../store/payouts.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand, type Outcome } from './command.ts'
import { flag, list, month, option } from './option.ts'
import type { Print } from './print.ts'

type Around = { ctx: Context; print: Print; workspace: Workspace }

/** Flags of `settle` that close a month and open it again. */
export const CLOSE_OPTIONS = {
  close: flag('--close', 'then close the month: it stays as it is, and what is read later is posted to the next month'),
  withoutStatement: flag('--without-statement', 'close also where money is due and no statement was read'),
  reopen: flag('--reopen', 'open a closed month again (with --month and --reason); settles nothing'),
  reason: option('--reason <text>', 'why it is opened again; kept for the record'),
}

/** @throws ShoptoolError (usage) where flags do not go together. */
export function checkCloseFlags(options: {
  month: Month | undefined
  payout: readonly string[]
  received: readonly string[]
  out: string | undefined
  close: boolean
  withoutStatement: boolean
  reopen: boolean
  reason: string | undefined
}): void {
  const { close, reopen, reason } = options
  if (options.withoutStatement && !close) throw usageError('--without-statement: goes with --close')
  if (reason !== undefined && !reopen) throw usageError('--reason: goes with --reopen')
  if (!reopen) return
  if (close) throw usageError('--reopen: does not go with --close; open the month first, then settle and close it')
  if (options.payout.length > 0)
    throw usageError('--reopen: does not go with --payout; open the month first, then read the statement')
  if (options.received.length > 0)
    throw usageError('--reopen: does not go with --received; open the month first, then read the receipts')
  if (options.out !== undefined) throw usageError('--reopen: does not go with --out; it writes no files')
  if (options.month === undefined) throw usageError('--reopen: which month? Name it with --month, like --month 2026-10')
  if (reason === undefined) throw usageError('--reopen: why? Say it with --reason, like --reason "corrected statement"')
}

/** Closes the month of each partner; one that cannot be closed is told, the others are. */
export function closeMonths(around: Around, partners: readonly Partner[], month: Month, withoutStatement: boolean): Outcome[] {
  const { print } = around
  return writing(around, (db, at) =>
    each(print, partners, (partner) => {
      const closed = closedMonths(db, partner.id)
      const before = closed.some((closing) => closing.month === month)
      const closing = closeMonth(db, partner, month, { today: at.slice(0, 10), at, withoutStatement })
      const told = `${partner.id} ${month}: ${before ? 'is closed already, since' : 'closed on'} ${closing.at.slice(0, 10)}`
      print.note(`${told}, hash ${closing.hash}`)
      const earlier = closed.length === 0 ? payoutMonths(db, partner.id).filter((each) => each < month) : []
      if (earlier.length > 0) {
        const which = earlier.length > 2 ? `${earlier[0]} to ${earlier.at(-1)}` : earlier.join(' and ')
        print.note(`${partner.id}: earlier months stay open (${which}); they can be closed only once ${month} is opened again`)
      }
    }),
  )
}

/** Settles the months that are closed again as they were closed. A partner's that does not come out the same is told. */
export function checkMonths(print: Print, db: Database, partners: readonly Partner[], month: Month): Outcome[] {
  return each(print, partners, (partner) => checkClosed(db, partner, month))
}

/** Opens the month of each partner again. */
export function reopenMonths(around: Around, named: readonly Partner[], month: Month, reason: string, json: boolean): Outcome[] {
  const { print } = around
  return writing(around, (db, at) => {
    const isClosed = (id: string) => closedMonths(db, id).some((closing) => closing.month === month)
    const ids = named.length > 0 ? named.map(({ id }) => id) : partnersInLedger(db).filter(isClosed)
    if (ids.length === 0) throw usageError(`${month}: is not closed for any partner`)
    const reopened: ReturnType<typeof reopenMonth>[] = []
    const partners = ids.map((id) => ({ id }))
    const outcomes = each(print, partners, ({ id }) => reopened.push(reopenMonth(db, id, month, { at, reason })))
    if (json)
      print.json('settle-reopen', {
        reopened: reopened.map(({ event, undone }) => ({ ...documentOf(event), undone: documentOf(undone) })),
      })
    else
      for (const { event, undone } of reopened)
        print.line(`${event.partner} ${month}: open again, it had the hash ${undone.hash}`)
    return outcomes
  })
}

/** Does something for each partner; what it throws concerns this one only, and is told. */
function each<P>(print: Print, partners: readonly P[], work: (partner: P) => unknown): Outcome[] {
  return partners.map((partner) => {
    try {
      work(partner)
      return 'done'
    } catch (error) {
      if (!(error instanceof ShoptoolError)) throw error
      print.warn(error.message)
      return error.fault
    }
  })
}

function writing<T>({ ctx, workspace }: Around, work: (db: Database, at: string) => T): T {
  openForReading(workspace.database).close()
  const release = lock(workspace, ctx)
  try {
    const db = openDatabase(workspace.database)
    try {
      return work(db, instantOf(ctx.now(), workspace.shop.timezone))
    } finally {
      db.close()
    }
  } finally {
    release()
  }
}

export const closes = defineCommand({
  about:
    'Lists when months were closed and opened again, with their hashes: of what went in, of each file that came out, and of the row itself together with the one before it, so that a changed row shows.',
  options: {
    partner: list('--partner <a,b>', 'only these partners'),
    month: option('--month <month>', 'only this month', month),
  },
  examples: ['shoptool settle closes', 'shoptool settle closes --partner taobao --json | jq ".closes[].files"'],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const all = closingEvents(db)
    // closes of a partner that is described no more are still shown
    for (const id of options.partner)
      if (!all.some(({ partner }) => partner === id)) findPartner(id, found.partners, BUILT_IN, '--partner')
    const events = all.filter(
      (event) =>
        (options.partner.length === 0 || options.partner.includes(event.partner)) &&
        (options.month === undefined || event.month === options.month),
    )
    if (global.json)
      print.json('settle-closes', { closes: events.map((event) => ({ ...documentOf(event), whole: event.isWhole })) })
    else {
      print.table(
        [
          { title: 'MONTH' },
          { title: 'PARTNER' },
          { title: 'WHAT' },
          { title: 'AT' },
          { title: 'HASH' },
          { title: 'WHY', cut: true },
        ],
        events.map(({ month, partner, action, at, hash, reason }) => [month, partner, action, at, hash, reason ?? '']),
      )
      if (events.length === 0) print.note('No month was closed.')
    }
    const changed = events.filter(({ isWhole }) => !isWhole)
    for (const { id, partner, month } of changed)
      print.warn(`${partner} ${month}: row ${id} of the closes is not the one that was written, or one before it is missing`)
    return changed.length > 0 ? 'data' : 'done'
  },
})

function documentOf({ partner, month, action, at, reason, frozen, hash }: ClosingEvent) {
  const { position, ...kept } = frozen ?? { position: null, terms: null, inputs: null, files: null, sums: null }
  return { partner, month, action, at, reason, hash, position, ...kept }
}
