import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Taken } from '../catalog/source.ts'
import { fetchRun, loadRun, type RunResult } from '../catalog/sync.ts'
import type { Context } from '../context.ts'
import type { Span } from '../day.ts'
import { explain } from '../failure.ts'
import { pruneSnapshots } from '../feeds/fetch.ts'
import type { Outside } from '../feeds/tries.ts'
import { lock } from '../lock.ts'
import type { Partner } from '../partners/partner.ts'
import type { RecordKind } from '../records.ts'
import { coverageOf } from '../store/coverage.ts'
import { openDatabase } from '../store/open.ts'
import { NO_COUNTS } from '../store/runs.ts'
import type { Guard, Workspace } from '../workspace.ts'
import type { Outcome } from './command.ts'
import type { Print } from './print.ts'
import { showFetches } from './progress.ts'

/** One source or file to be read. What `partner` and `fetch` throw concerns this one only. */
export type Reading = {
  /** What it is called in the output. */
  label: string
  kind: RecordKind
  /** Its name in the table of runs. */
  source: string
  partner(): Partner
  /** `covered`: for which time a question was asked before. */
  fetch(partner: Partner, snapshots: string, outside: Outside, covered: (question: string) => readonly Span[]): Promise<Taken>
  guard?: Guard
  /** What a dry run gave for it; anything else is refused. */
  plan?: string
}

/** Copies of the files read are kept for 30 days after they were last met. */
const SNAPSHOTS_KEPT = 30 * 86_400_000
/** How many are fetched at a time. */
const AT_ONCE = 6

/**
 * Reads sources or files, each on its own: fetched several at a time, then loaded one after the other in their order. Takes the workspace's
 * lock; a dry run takes none and leaves no trace.
 * @param options `complete`: each is the whole of a source, so that goods missing from it are gone; `anew`: also where nothing has changed
 */
export async function readAll(
  { ctx, print }: { ctx: Context; print: Print },
  workspace: Workspace,
  readings: readonly Reading[],
  options: { complete: boolean; acceptShrink: boolean; dryRun: boolean; anew?: boolean },
): Promise<RunResult[]> {
  const { dryRun } = options
  const release = dryRun ? () => {} : lock(workspace, ctx)
  const snapshots = dryRun ? mkdtempSync(join(tmpdir(), 'shoptool-')) : workspace.snapshots
  try {
    // Not in memory: a feed may have millions of rows.
    const db = openDatabase(dryRun && !existsSync(workspace.database) ? join(snapshots, 'dry-run.db') : workspace.database)
    const settings = { ...options, timezone: workspace.shop.timezone, now: ctx.now }
    const results: RunResult[] = []
    const shown = showFetches(print, ctx.now)
    const fetches = startAll(
      readings.map(({ label, partner: findPartner, fetch }) => async () => {
        const partner = findPartner()
        const covered = (question: string) => coverageOf(db, question)
        const outside: Outside = {
          ...ctx,
          progress: (so) => shown.progress(label, so),
          detail: (text) => print.detail(`${label}: ${text}`),
        }
        const fetched = await fetchRun(() => fetch(partner, snapshots, outside, covered), ctx.now).finally(() =>
          shown.done(label),
        )
        for (const { sha256, bytes, encoding } of fetched.snapshots)
          print.detail(`${label}: ${bytes} bytes, ${encoding}, sha256:${sha256}`)
        return { partner, fetched }
      }),
      AT_ONCE,
    )
    try {
      for (const [i, { label, kind, source, plan, guard }] of readings.entries()) {
        try {
          const { partner, fetched } = await fetches[i]!
          print.progress(`${label}: saving (${i + 1} of ${readings.length}) …`)
          const result = loadRun(db, partner, { kind, source }, fetched, {
            ...settings,
            ...(guard && { guard }),
            ...(plan !== undefined && { plan }),
          })
          results.push({ ...result, source: label })
        } catch (thrown) {
          const { outcome, message } = explain(thrown)
          if (outcome === 'interrupted') throw thrown
          const nothing = {
            ...NO_COUNTS,
            bytes: 0,
            seconds: 0,
            snapshot: null,
            encodings: [],
            notes: [],
            problems: [],
            moves: [],
            joined: 0,
            plan: null,
          }
          results.push({ ...nothing, source: label, partner: '', kind, status: 'failed', error: message, fault: outcome })
        }
      }
    } finally {
      print.progress(null)
      db.close()
    }
    return results
  } finally {
    if (dryRun) rmSync(snapshots, { recursive: true })
    else pruneSnapshots(snapshots, ctx.now() - SNAPSHOTS_KEPT)
    release()
  }
}

/** Starts jobs in their order, at most `most` at a time. Each answer, or error, can be waited for on its own. */
function startAll<T>(jobs: readonly (() => Promise<T>)[], most: number): Promise<T>[] {
  const waiting: (() => void)[] = []
  let free = most
  const started = jobs.map(async (job) => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  })
  // Nobody may be waiting yet for the one that fails.
  for (const one of started) one.catch(() => {})
  return started
}

/** What a run means for the exit code: its error's kind, or findings where rows were rejected. */
export function outcomeOf({ fault, rejected }: RunResult): Outcome {
  return fault ?? (rejected > 0 ? 'findings' : 'done')
}

/** Prints what came of the sources or files of one command. */
export function printRuns(name: 'sync' | 'import', results: readonly RunResult[], print: Print, json: boolean): void {
  if (json) {
    const runs = results.map(({ source, partner, kind, fault: _, ...rest }) => ({ source, partner, feed: kind, ...rest }))
    print.json(name, { runs })
    return
  }
  print.table(
    [
      { title: 'SOURCE', cut: true },
      { title: 'STATUS', paint: (text) => (text === 'refused' || text === 'failed' ? print.paint.red(text) : text) },
      ...['READ', 'NEW', 'CHANGED', 'SAME', 'BACK', 'GONE', 'REJECTED'].map((title) => ({ title, align: 'right' as const })),
    ],
    results.map((run) => [
      run.source,
      run.status,
      ...[run.read, run.added, run.changed, run.unchanged, run.returned, run.gone, run.rejected].map(String),
    ]),
  )
  for (const { source, status, error, problems, rejected, encodings, notes, moves: all, joined } of results) {
    const moves = status === 'dry-run' ? all : []
    // Most errors begin with the file or place that they are about.
    if (error) print.warn(/^(.*?): /.exec(error)?.[1]?.includes(source) ? error : `${source}: ${error}`)
    for (const { where, field, message } of problems) print.warn(`${source}: ${where}${field ? `, ${field}` : ''}: ${message}`)
    if (rejected > problems.length) print.warn(`${source}: and more; ${rejected} rows were rejected in all`)
    for (const { sku, of, before, now, title } of moves) print.note(`${source}: ${of} of ${sku} ${before} → ${now}  ${title}`)
    for (const note of notes) print.note(`${source}: ${note}`)
    if (joined > 0)
      print.note(`${source}: ${joined} goods have another id; they keep the history that they had under the old one`)
    const other = encodings.filter((encoding) => encoding !== 'utf-8' && encoding !== 'binary')
    if (other.length > 0) print.note(`${source}: read as ${other.join(', ')}`)
  }
}
