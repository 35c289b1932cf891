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

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1)
