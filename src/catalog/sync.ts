import { type Instant, instantOf, type Zone } from '../day.ts'
import { dataError, type Fault, type Problem, ShoptoolError } from '../errors.ts'
import type { RecordOf } from '../feeds/feed.ts'
import type { Snapshot } from '../feeds/fetch.ts'
import { type Forms, formOf } from '../feeds/form.ts'
import { hashBytes } from '../feeds/formats/hash.ts'
import { openReader } from '../feeds/read.ts'
import type { Partner } from '../partners/partner.ts'
import type { RecordKind } from '../records.ts'
import { addCoverage } from '../store/coverage.ts'
import { type Database, withoutWal } from '../store/open.ts'
import { hasProducts } from '../store/products.ts'
import {
  addFile,
  filesOf,
  finishRun,
  hasContent,
  lastGoodRun,
  NO_COUNTS,
  type RunCounts,
  type RunSource,
  rejectedOf,
  startRun,
} from '../store/runs.ts'
import type { Guard } from '../workspace.ts'
import type { Loaded, Opened } from './load.ts'
import type { Move } from './moves.ts'
import { loadOrders } from './orders.ts'
import { loadPayouts } from './payouts.ts'
import { loadProducts } from './products.ts'
import { loadReceipts } from './receipts.ts'
import { loadRefunds } from './refunds.ts'
import type { Taken } from './source.ts'

/** What came of one source or one imported file; the shape of `runs` in `sync --json`. */
export type RunResult = RunSource &
  RunCounts & {
    status: 'applied' | 'unchanged' | 'dry-run' | 'refused' | 'failed'
    bytes: number
    seconds: number
    snapshot: string | null
    encodings: string[]
    /** What people should know of how the files were read. */
    notes: string[]
    problems: Problem[]
    moves: Move[]
    /** How many goods that have another id now were joined with their history. */
    joined: number
    /** What `plan` must be for a run to do just this: it stands for the rows, how they are read, and what was there before. */
    plan: string | null
    error: string | null
    /** What kind of error; null without one. */
    fault: Fault | 'bug' | null
  }

export type RunOptions = {
  /** Whether the files are the whole of the source, so that goods missing from them are gone. */
  complete: boolean
  /** What the operator set for the source; else the defaults of guard.ts. */
  guard?: Guard
  acceptShrink: boolean
  /** Read them although they are the files of the last run. */
  anew?: boolean
  dryRun: boolean
  /** The plan that a dry run gave: the run is refused where it would do anything else. */
  plan?: string
  /** The shop's time zone, for the times of runs. */
  timezone: Zone
  now(): number
}

/** What fetching came to: the files, or why there are none. `started` in milliseconds since 1970, `took` in milliseconds. */
export type Fetched = Taken & { error: ShoptoolError | null; started: number; took: number }

/** The first half of a run: takes the files of a source into the snapshot folder, touches no database, never throws a ShoptoolError. */
export async function fetchRun(fetch: () => Promise<Taken>, now: () => number): Promise<Fetched> {
  const started = now()
  let taken: Taken = { snapshots: [] }
  let error: ShoptoolError | null = null
  try {
    taken = await fetch()
  } catch (thrown) {
    if (!(thrown instanceof ShoptoolError)) throw thrown
    error = thrown
  }
  return { ...taken, error, started, took: now() - started }
}

/**
 * The second half: reads what was fetched into the database, all of it, or, where it fails, nothing. Never throws a ShoptoolError; what
 * went wrong is in the result and, but for a dry run, in the table of runs.
 */
export function loadRun(
  db: Database,
  partner: Partner,
  origin: { kind: RecordKind; source: string },
  { error: failed, started, took, ...taken }: Fetched,
  options: RunOptions,
): RunResult {
  const source: RunSource = { ...origin, partner: partner.id }
  const at = instantOf(started, options.timezone)
  const begun = options.now()
  const seconds = () => Math.round(took + options.now() - begun) / 1000
  try {
    if (failed) throw failed
    const { loaded, status, plan, notes } = load(db, partner, source, taken, at, seconds, options)
    const { content: _, wrote: __, ...counts } = loaded
    return { ...source, status, ...counts, ...facts(taken.snapshots), notes, seconds: seconds(), plan, error: null, fault: null }
  } catch (error) {
    if (!(error instanceof ShoptoolError)) throw error
    const status = error.fault === 'data' ? 'refused' : 'failed'
    if (!options.dryRun) {
      const run = startRun(db, source, at)
      finishRun(db, run, { ...NO_COUNTS, status, seconds: seconds(), content: null, mapping: null, error: error.message })
    }
    return {
      ...source,
      status,
      ...NO_COUNTS,
      ...facts(taken.snapshots),
      notes: [],
      seconds: seconds(),
      problems: [],
      moves: [],
      joined: 0,
      plan: null,
      error: error.message,
      fault: error.fault,
    }
  }
}

function facts(snapshots: readonly Snapshot[]): Pick<RunResult, 'bytes' | 'snapshot' | 'encodings'> {
  return {
    bytes: snapshots.reduce((sum, snapshot) => sum + snapshot.bytes, 0),
    snapshot: snapshots.length === 0 ? null : `sha256:${snapshots.map(({ sha256 }) => sha256).join('+')}`,
    encodings: [...new Set(snapshots.map(({ encoding }) => encoding))],
  }
}

type Done = {
  loaded: Omit<Loaded, 'content'> & { content: string | null }
  status: RunResult['status']
  plan: string
  notes: string[]
}

function load(
  db: Database,
  partner: Partner,
  source: RunSource,
  { snapshots, covers }: Taken,
  at: string,
  seconds: () => number,
  options: RunOptions,
): Done {
  const opened: Opened<RecordOf[RecordKind]>[] = []
  const first = source.kind === 'products' && !hasProducts(db) && !options.dryRun
  if (first) return withoutWal(db, transact)
  return transact()

  function transact(): Done {
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const snapshot of snapshots) opened.push(open(partner, source.kind, snapshot, at))
      const mapping = opened.map(({ reader }) => reader.seed.toString(16)).join('+')
      const last = lastGoodRun(db, source)
      const same =
        last && options.complete && !options.anew && last.mapping === mapping && sameFiles(filesOf(db, last), snapshots)
      const run = startRun(db, source, at)
      const loaded: Done['loaded'] = same
        ? { ...countsOfSame(last), content: last.content, problems: rejectedOf(db, last.id), moves: [], joined: 0, wrote: false }
        : loadRecords(db, opened, partner, source, run, at, last?.at ?? null, options)
      const notes = opened.flatMap(({ snapshot, reader }) =>
        reader.notes().map((note) => (opened.length > 1 ? `${snapshot.name}: ${note}` : note)),
      )
      notes.push(...(loaded.notes ?? []))
      if (covers && loaded.rejected > 0)
        notes.push(
          `rejected rows are not asked for again by themselves; once they can be read: shoptool sync ${source.source} --full`,
        )
      // The same goods by hand once more are old news, though others came in between; a source says what holds now.
      const old = !options.complete && source.kind === 'products' && hasContent(db, source, run, loaded.content)
      const known =
        same || old || (!loaded.wrote && (last?.content === loaded.content || hasContent(db, source, run, loaded.content)))
      const status = known ? 'unchanged' : 'applied'
      const plan = planOf(source, loaded.content, mapping, last?.id ?? null)
      if (options.plan !== undefined && options.plan !== plan) {
        throw dataError('the files, or what was read before, are not those of the plan; nothing was changed')
      }
      if (options.dryRun) db.exec('ROLLBACK')
      else if (known) {
        // Only that it was looked at is recorded; all rows keep pointing to the files that they were first read from.
        db.exec('ROLLBACK')
        db.exec('BEGIN IMMEDIATE')
        const result = countsOfSame(loaded)
        const unchanged = startRun(db, source, at)
        for (const snapshot of snapshots) addFile(db, unchanged, snapshot)
        finishRun(db, unchanged, { ...result, status, seconds: seconds(), content: loaded.content, mapping, error: null })
        if (covers) addCoverage(db, covers.question, covers.span)
        db.exec('COMMIT')
        return { loaded: { ...loaded, ...result, moves: [] }, status, plan, notes }
      } else {
        finishRun(db, run, { ...loaded, status, seconds: seconds(), mapping, error: null })
        if (covers) addCoverage(db, covers.question, covers.span)
        db.exec('COMMIT')
      }
      return { loaded, status: options.dryRun ? 'dry-run' : status, plan, notes }
    } finally {
      for (const { reader } of opened) reader.close()
      if (db.inTransaction) db.exec('ROLLBACK')
    }
  }
}

/** Eight hex digits. */
function planOf(source: RunSource, content: string | null, mapping: string, last: number | null): string {
  const hash = hashBytes(Buffer.from(JSON.stringify([source, content, mapping, last])), 0n)
  return (BigInt.asUintN(64, hash) >> 32n).toString(16).padStart(8, '0')
}

/** Of a run that met the rows of an earlier one. */
function countsOfSame({ read, accepted, rejected }: RunCounts): RunCounts {
  return { ...NO_COUNTS, read, accepted, rejected, unchanged: accepted }
}

function open(partner: Partner, kind: RecordKind, snapshot: Snapshot, at: Instant): Opened<RecordOf[RecordKind]> {
  const forms = partner.feeds[kind] as Forms<RecordOf[RecordKind]> | undefined
  if (!forms) throw dataError(`${partner.name} has no feed of ${kind}`)
  const { name, replaced = false } = snapshot
  const around = { currency: partner.currency, timezone: partner.timezone, name, replaced, today: at.slice(0, 10) }
  return { snapshot, reader: openReader(kind, formOf(forms, snapshot) as never, snapshot.path, around) }
}

function loadRecords(
  db: Database,
  opened: Opened<RecordOf[RecordKind]>[],
  partner: Partner,
  source: RunSource,
  run: number,
  at: string,
  lastGoodAt: string | null,
  { guard = {}, ...options }: RunOptions,
): Loaded {
  switch (source.kind) {
    case 'products':
      return loadProducts(db, opened as Opened<RecordOf['products']>[], { ...options, ...source, guard, run, at, lastGoodAt })
    case 'orders':
      return loadOrders(db, opened as Opened<RecordOf['orders']>[], { ...options, partner: partner.id, run, guard })
    case 'payouts':
      return loadPayouts(db, opened as Opened<RecordOf['payouts']>[], { partner: partner.id, currency: partner.currency, run })
    case 'receipts':
      return loadReceipts(db, opened as Opened<RecordOf['receipts']>[], { run, currency: partner.currency })
    case 'refunds':
      return loadRefunds(db, opened as Opened<RecordOf['refunds']>[], { ...options, partner: partner.id, run, guard })
  }
}

function sameFiles(before: readonly { name: string; sha256: string }[], now: readonly Snapshot[]): boolean {
  return (
    before.length === now.length && now.every(({ name, sha256 }, i) => before[i]!.name === name && before[i]!.sha256 === sha256)
  )
}
