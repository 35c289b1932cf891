import type { Progress } from '../feeds/tries.ts'
import type { Print } from './print.ts'

/** Faster than this nobody reads, and a terminal is slow. */
const EVERY = 100

/**
 * Shows on one line how far each running fetch is: `acme 12.3 of 40.1 MB, 3.1 MB/s, 9 s left · jd-hot 34 pages, 1.2 MB`.
 * @param now milliseconds
 */
export function showFetches(print: Pick<Print, 'progress'>, now: () => number) {
  const running = new Map<string, Progress & { since: number }>()
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    progress(label: string, so: Progress): void {
      running.set(label, { ...so, since: running.get(label)?.since ?? now() })
      if (now() - shownAt < EVERY) return
      shownAt = now()
      print.progress([...running].map(([name, { since, ...each }]) => `${name} ${describe(each, now() - since)}`).join(' · '))
    },
    done(label: string): void {
      running.delete(label)
    },
  }
}

/** `12.3 of 40.1 MB, 3.1 MB/s, 9 s left`; the rate after a second, when it means something. */
export function describe({ bytes, total, pages }: Progress, took: number): string {
  const size = total === undefined ? `${megabytes(bytes)} MB` : `${megabytes(bytes)} of ${megabytes(total)} MB`
  const parts = pages === undefined ? [size] : [`${pages} pages`, size]
  if (took >= 1000) {
    const perSecond = (bytes * 1000) / took
    parts.push(`${megabytes(perSecond)} MB/s`)
    if (total !== undefined && perSecond > 0) parts.push(`${Math.ceil((total - bytes) / perSecond)} s left`)
  }
  return parts.join(', ')
}

/** How far a batch of goods is. `kept` ones cost next to nothing. */
export type Batch = { total: number; made: number; kept: number; failed: number }

/** `312 of 2000 goods, 14.2/s, 2 min left, 3 failed`; rate and time left after a second, when they mean something. @param took milliseconds */
export function describeBatch({ total, made, kept, failed }: Batch, took: number): string {
  const done = made + kept + failed
  const parts = [`${done} of ${total} goods`]
  if (took >= 1000 && made + failed > 0 && done < total) {
    const rate = ((made + failed) * 1000) / took
    const left = (total - done) / rate
    parts.push(`${rate.toFixed(1)}/s`, left < 100 ? `${Math.ceil(left)} s left` : `${Math.ceil(left / 60)} min left`)
  }
  if (failed > 0) parts.push(`${failed} failed`)
  return parts.join(', ')
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1)
