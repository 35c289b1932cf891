import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Month } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import { closedMonths } from '../store/closings.ts'
import { type Database, readThrough, versionOf } from '../store/open.ts'
import { stretchesOf } from '../store/stretch.ts'
import { unfinished } from './files.ts'
import { type Parts, termsOf } from './ledger.ts'
import type { Part } from './part.ts'
import type { Task } from './thread.ts'

/** Each thread takes a tenth of a second to start, and some 80 MB. */
const LEAST_ORDERS = 50_000
const MOST_THREADS = 4

/**
 * Settles open months of partners with many orders on several threads, each a stretch of order numbers, for `settle` to put together.
 * Nothing where that gains nothing or goes wrong: `settle` then does all of it, and tells what is wrong.
 */
export async function settleInThreads(
  db: Database,
  partners: readonly Partner[],
  month: Month,
  folder: string | null,
): Promise<Parts> {
  const version = versionOf(db)
  const of = new Map<string, readonly Part[]>()
  for (const partner of partners) {
    const isClosed = closedMonths(db, partner.id).some((closed) => closed.month === month)
    const stretches = stretchesOf(db, partner.id, Math.min(availableParallelism(), MOST_THREADS), LEAST_ORDERS)
    if (isClosed || stretches.length < 2) continue
    readThrough(db)
    const tasks = stretches.map((stretch): Task => {
      const rows = folder === null ? null : unfinished(folder, 'lines.csv')
      return { database: db.name, terms: termsOf(partner), month, stretch, rows }
    })
    const parts = await Promise.allSettled(tasks.map(inThread))
    const made = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []))
    if (made.length === parts.length) of.set(partner.id, made)
    else for (const { rows } of tasks) if (rows !== null) rmSync(rows, { force: true })
  }
  return { version, of }
}

function inThread(task: Task): Promise<Part> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: task })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('the thread ended without an answer')))
  })
}
