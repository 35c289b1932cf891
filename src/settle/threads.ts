import { closeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Month } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import { feesOf } from '../partners/terms.ts'
import { closedMonths } from '../store/closings.ts'
import { type Database, readThrough, versionOf } from '../store/open.ts'
import { stretchesOf } from '../store/stretch.ts'
import { openUnnamed } from './files.ts'
import { type Portions, termsOf } from './ledger.ts'
import type { Portion } from './portion.ts'
import type { Task } from './thread.ts'

/** Each thread takes a third of a second to start, and some 70 MB. */
const LEAST_ORDERS = 50_000
const MOST_THREADS = 2

/**
 * Settles open months of partners with many order lines on several threads, each a stretch of order numbers, for `settle` to put together.
 * Nothing where that gains nothing or goes wrong: `settle` then does all of it, and tells what is wrong.
 */
export async function settleInThreads(
  db: Database,
  partners: readonly Partner[],
  month: Month,
  folder: string | null,
  { least = LEAST_ORDERS, thread = new URL('./thread.js', import.meta.url) } = {},
): Promise<Portions> {
  const version = versionOf(db)
  const of = new Map<string, readonly Portion[]>()
  const failed = new Map<string, string>()
  const large = partners
    .filter((partner) => !isAlone(db, partner, month))
    .map((partner) => ({
      partner,
      stretches: stretchesOf(db, partner.id, Math.min(availableParallelism(), MOST_THREADS), least),
    }))
    .filter(({ stretches }) => stretches.length > 1)
  if (large.length > 0) readThrough(db)
  for (const { partner, stretches } of large) {
    const tasks = stretches.map((stretch): Task => {
      const rows = folder === null ? null : openUnnamed(folder)
      return { database: db.name, terms: termsOf(partner), month, stretch, rows }
    })
    const portions = await Promise.allSettled(tasks.map((task) => inThread(thread, task)))
    const made = portions.flatMap((portion) => (portion.status === 'fulfilled' ? [portion.value] : []))
    if (made.length === portions.length) of.set(partner.id, made)
    else {
      failed.set(partner.id, portions.flatMap((portion) => (portion.status === 'rejected' ? [String(portion.reason)] : []))[0]!)
      for (const { rows } of tasks) if (rows !== null) closeSync(rows)
    }
  }
  return { version, of, failed }
}

/** Whether a month is settled as it was closed, or a limit for a month makes each thread read all orders. */
function isAlone(db: Database, partner: Partner, month: Month): boolean {
  return (
    closedMonths(db, partner.id).some((closed) => closed.month === month) ||
    feesOf(partner).some(({ maxMonth }) => maxMonth !== undefined)
  )
}

function inThread(file: URL, task: Task): Promise<Portion> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(file, { workerData: task })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('the thread ended without an answer')))
  })
}
