import { addDays, type Day } from '../day.ts'

/** By what days are put together. */
export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Period = (typeof PERIODS)[number]

/** The name of the period that a day lies in: `2026-10-03`, `2026-W40` (ISO 8601: the year is that of its Thursday), `2026-10`, `2026-Q4`, `2026`. */
export function periodOf(day: Day, period: Period): string {
  switch (period) {
    case 'day':
      return day
    case 'week':
      return weekOf(day)
    case 'month':
      return day.slice(0, 7)
    case 'quarter':
      return `${day.slice(0, 4)}-Q${QUARTERS[day.slice(5, 7)]}`
    case 'year':
      return day.slice(0, 4)
  }
}

const QUARTERS: Record<string, number> = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [String(i + 1).padStart(2, '0'), 1 + (i - (i % 3)) / 3]),
)

/** The names of all periods from one to another, both included. */
export function periodsBetween(first: string, last: string, period: Period): string[] {
  const names: string[] = []
  // the first week of a year holds its first of January or comes after it
  for (let day = `${first.slice(0, 4)}-01-01`; names.at(-1) !== last; day = addDays(day, 1)) {
    const name = periodOf(day, period)
    if (name >= first && name !== names.at(-1)) names.push(name)
  }
  return names
}

const DAY = 86_400_000
/** Mondays are whole weeks after this one. */
const A_MONDAY = Date.parse('2024-01-01T00:00:00Z')

function weekOf(day: Day): string {
  const since = (Date.parse(`${day}T00:00:00Z`) - A_MONDAY) / DAY
  const thursday = addDays(day, 3 - (((since % 7) + 7) % 7))
  const year = thursday.slice(0, 4)
  const days = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / DAY
  return `${year}-W${String(1 + (days - (days % 7)) / 7).padStart(2, '0')}`
}
