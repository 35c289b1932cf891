import { addMonths, type Day, dayOf, monthOf } from '../day.ts'
import { linkDays } from '../store/links.ts'
import type { Database } from '../store/open.ts'
import { postsSince } from '../store/posts.ts'
import { membersPart } from '../store/splits.ts'
import { sharedAs } from '../store/subids.ts'
import type { Cost, Workspace } from '../workspace.ts'
import { type Activity, type FunnelName, SHOP, type Spent } from './funnel.ts'

/** What was done up to `now` (milliseconds since 1970), on `today` in the shop's zone. Posts and costs are kept by channel only. */
export function activityOf(
  db: Database,
  { channels, costs, tracking }: Pick<Workspace, 'channels' | 'costs' | 'tracking'>,
  by: FunnelName,
  now: number,
  today: Day,
): Activity {
  const links = linkDays(db).map(({ day, links, ...whom }) => ({ group: whom[by] || null, day, links }))
  const traced = sharedAs(db, by)
  const common = { links, membersPart: membersPart(db) }
  if (by === 'member') return { ...common, posts: [], spent: [], costed: new Set(), traced: new Set(traced) }
  const used = Object.values(tracking).flatMap((ids) => Object.values(ids).flatMap((channel) => channel ?? []))
  const kept = Object.entries(channels).flatMap(([name, { costs }]): [string, readonly Cost[]][] =>
    costs ? [[name, costs]] : [],
  )
  if (costs.length > 0) kept.push([SHOP, costs])
  return {
    ...common,
    posts: postsSince(db, '')
      .filter(({ at }) => Date.parse(at) <= now)
      .map(({ channel, at, posted }) => ({ group: channel, day: at.slice(0, 10), posted })),
    spent: kept.flatMap(([group, costs]) =>
      costs.flatMap((cost) => {
        const { amount, currency, of } = cost
        return daysOf(cost, today).map((day): Spent => ({ group, day, amount, currency, of }))
      }),
    ),
    costed: new Set(kept.map(([group]) => group)),
    traced: new Set([...traced, ...used]),
  }
}

const MONTHS = { month: 1, year: 12 } as const

/** The days up to `to` on which a cost is paid. It counts whole on each: nothing is divided among the days that it is for. */
export function daysOf({ from, every, until }: Cost, to: Day): Day[] {
  const last = until !== null && until < to ? until : to
  if (every === null) return from <= last ? [from] : []
  const days: Day[] = []
  for (let day = from; day <= last; ) {
    days.push(day)
    day = dayOf(addMonths(monthOf(from), days.length * MONTHS[every]), Number(from.slice(8)))
  }
  return days
}
