// A thread of threads.ts: settles one stretch of order numbers and answers with its portion.
import { parentPort, workerData } from 'node:worker_threads'
import type { Month } from '../day.ts'
import { openDatabase, readThrough } from '../store/open.ts'
import type { Stretch } from '../store/stretch.ts'
import { beginRows } from './files.ts'
import { partnerOn, recordsOf, type Terms } from './ledger.ts'
import { type Portion, settlePortion } from './portion.ts'
import { rulesOf } from './settle.ts'

/** What a thread is told; `rows` is the open file for its part of lines.csv, null for none. */
export type Task = { database: string; terms: Terms; month: Month; stretch: Stretch; rows: number | null }

parentPort?.postMessage(settleStretch(workerData as Task))

function settleStretch({ database, terms, month, stretch, rows }: Task): Portion {
  const db = openDatabase(database, { readonly: true })
  readThrough(db)
  const partner = partnerOn({ feeds: {} }, terms)
  const file = rows === null ? null : beginRows(rows)
  const portion = db.transaction(() =>
    settlePortion(partner.id, recordsOf(db, partner, month, undefined, stretch), rulesOf(partner, month), file),
  )()
  db.close()
  return { ...portion, rows: file?.finish() ?? null }
}
