import type { RunResult } from '../catalog/sync.ts'
import type { Outcome } from './command.ts'
import type { Print } from './print.ts'

/** What a run means for the exit code: its error's kind, or findings where rows were rejected. */
export function outcomeOf({ fault, rejected }: RunResult): Outcome {
  return fault ?? (rejected > 0 ? 'findings' : 'done')
}

/** Prints what came of the sources or files of one command. */
export function printRuns(name: 'sync' | 'import', results: readonly RunResult[], print: Print, json: boolean): void {
  if (json) {
    const runs = results.map(({ kind, fault: _, encodings: __, ...run }) => {
      const { source, partner, ...rest } = run
      return { source, partner, feed: kind, ...rest }
    })
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
  for (const { source, error, problems, rejected, encodings } of results) {
    if (error) print.warn(error.includes(source) ? error : `${source}: ${error}`)
    for (const { where, field, message } of problems) print.warn(`${source}: ${where}${field ? `, ${field}` : ''}: ${message}`)
    if (rejected > problems.length) print.warn(`${source}: and more; ${rejected} rows were rejected in all`)
    const other = encodings.filter((encoding) => encoding !== 'utf-8')
    if (other.length > 0) print.note(`${source}: read as ${other.join(', ')}`)
  }
}
