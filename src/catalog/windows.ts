import type { Span } from '../day.ts'
import type { Reach } from '../feeds/api.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Read once more each time: partners write some records late, and no two clocks agree. */
const OVERLAP = HOUR

/**
 * What to ask a feed for that is read by time, so that no hour is missed: from where reading without a hole ends (a run that failed left
 * one), or the days that are always read again, up to now; never further back than the partner answers.
 * @param covered what was read, oldest first, none touching another
 */
export function nextSpan(covered: readonly Span[], { days, most, again = 0 }: Reach, now: number): Span {
  const earliest = now - most * DAY
  const [first] = covered
  if (!first) return lastDays(days, most, now)
  let read = Math.max(earliest, first.from)
  for (const { from, until } of covered) if (from <= read) read = Math.max(read, until)
  return { from: Math.max(earliest, Math.min(read - OVERLAP, now - again * DAY, now - OVERLAP)), until: now }
}

/** So many days up to now, as far back as the partner answers. */
export function lastDays(days: number, most: number, now: number): Span {
  return { from: now - Math.min(days, most) * DAY, until: now }
}

/** What lies between the spans that were read. `lost`: the partner does not answer for all of it any more. */
export function holesIn(covered: readonly Span[], { most }: Pick<Reach, 'most'>, now: number): (Span & { lost: boolean })[] {
  return covered.slice(1).map(({ from: until }, i) => {
    const { until: from } = covered[i]!
    return { from, until, lost: from < now - most * DAY }
  })
}
