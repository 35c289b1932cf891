import { addDays, type Day } from '../day.ts'
import { multiplyDivide } from '../money.ts'

/** Days on which orders were to be expected and there are none. */
export type Gap = {
  from: Day
  to: Day
  days: number
  /** How many orders such a time has elsewhere: the mean of the two weeks before and after, rounded down. */
  expected: number
}

/** Days on either side of a gap that say what is usual. Sales come and go with the season. */
const NEIGHBOURS = 14
/**
 * A gap counts where so many orders were to be expected: by chance alone (Poisson) none of 7 come in fewer than one of a thousand cases,
 * e⁻⁷ = 0.0009.
 */
const SURPRISING = 7

/**
 * Finds holes in recorded orders: a file that was not read, a window that failed. `counts` are the days with orders, in order; days after
 * the last one count up to and without `today`.
 */
export function orderGaps(counts: readonly { day: Day; orders: number }[], today: Day): Gap[] {
  const ordersOn = new Map(counts.map(({ day, orders }) => [day, orders]))
  const first = counts[0]?.day
  if (first === undefined) return []
  const usual = (from: Day, to: Day): { orders: number; days: number } => {
    let orders = 0
    let days = 0
    for (let i = 1; i <= NEIGHBOURS; i++) {
      for (const day of [addDays(from, -i), addDays(to, i)]) {
        if (day < first || day >= today) continue
        orders += ordersOn.get(day) ?? 0
        days++
      }
    }
    return { orders, days }
  }
  const gaps: Gap[] = []
  const following = [...counts.slice(1).map(({ day }) => day), today]
  counts.forEach(({ day }, i) => {
    const from = addDays(day, 1)
    const to = addDays(following[i]!, -1)
    if (to < from) return
    const length = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
    const { orders, days } = usual(from, to)
    const expected = days === 0 ? 0 : multiplyDivide(orders, length, days, 'down')
    if (expected >= SURPRISING) gaps.push({ from, to, days: length, expected })
  })
  return gaps
}
