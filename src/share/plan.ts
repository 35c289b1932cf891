import { addDays, type Day } from '../day.ts'
import { FORMS, type Form, type Quiet } from '../workspace.ts'
import { type Calendar, type Passage, passages, type ShareChannel } from './channel.ts'

/*
The posting plan: what goes where and when. It is pure and the same for the same input. Each channel is planned on its own: its posts of
a day are spread over the hours that are not quiet, and each takes the first of the goods (best first) that nothing speaks against.
*/

/** What holds for a channel where shoptool.yaml does not say it. */
export const HABITS = { daily: 3, quiet: { from: 22 * 60, until: 8 * 60 }, noRepeat: 14, gap: 60 } as const

/** Minutes in the shop's zone, as text that sorts by time: `2026-11-25T10:00`. */
export type LocalMinute = string

export type PlanChannel = {
  name: string
  surface: string
  forms: readonly Form[]
  daily: number
  quiet: Quiet | null
  noRepeat: number
  gap: number
}

/** Goods to plan with, by their `name` (`partner:sku`). A coupon counts where the price needs it. */
export type PlanGoods = {
  name: string
  sources: readonly string[]
  couponFrom: LocalMinute | null
  couponUntil: LocalMinute | null
}

/** What was posted, or stands in a plan already. */
export type PlanPost = { channel: string; name: string; at: LocalMinute }

/** Posts by time; `open`: how many more the channel would have taken, had there been something to post. */
export type Plan<G extends PlanGoods> = {
  posts: { goods: G; at: LocalMinute; forms: Record<Form, Passage> }[]
  open: number
}

export function planChannel({ name, surface, forms, daily, ...own }: ShareChannel): PlanChannel {
  const { quiet = HABITS.quiet, noRepeat = HABITS.noRepeat, gap = HABITS.gap } = own
  return { name, surface, forms, daily: daily ?? HABITS.daily, quiet, noRepeat, gap }
}

/** Plans `days` days of a channel from `from` on, after `now`, around the posts that there are. Goods that stand first are posted first. */
export function makePlan<G extends PlanGoods>(given: {
  channel: PlanChannel
  goods: readonly G[]
  posts: readonly PlanPost[]
  calendar: Calendar
  from: Day
  days: number
  now: LocalMinute
}): Plan<G> {
  const { channel, goods, calendar, from, days, now } = given
  const plan: Plan<G> = { posts: [], open: 0 }
  const posts = given.posts.filter((post) => post.channel === channel.name)
  for (let i = 0; i < days; i++) {
    const day = addDays(from, i)
    const free = FIVE_MINUTES.map((time) => `${day}T${time}`).filter((at) => at > now && !isQuiet(channel.quiet, at))
    const wanted = Math.max(0, channel.daily - posts.filter(({ at }) => at.startsWith(day)).length)
    for (let n = 0; n < wanted; n++) {
      const target = Math.floor(((2 * n + 1) * free.length) / (2 * wanted))
      const at = free.find((one, five) => five >= target && timeObjection(channel, one, posts) === null)
      if (at === undefined) break
      const chosen = goods.find((one) => goodsObjection(channel, one, at, posts, calendar) === null)
      if (!chosen) {
        plan.open++
        continue
      }
      posts.push({ channel: channel.name, name: chosen.name, at })
      plan.posts.push({ goods: chosen, at, forms: passages(calendar, channel, chosen.sources, day) })
    }
  }
  return plan
}

/** What speaks against a post on a channel at a time, whatever it is of; null where nothing does. `others` are the posts beside it. */
export function timeObjection(channel: PlanChannel, at: LocalMinute, others: readonly PlanPost[]): string | null {
  const { name, daily, quiet, gap } = channel
  const day = at.slice(0, 10)
  const there = others.filter((post) => post.channel === name)
  if (isQuiet(quiet, at)) return `${at.slice(11)} is in the quiet hours from ${clock(quiet!.from)} to ${clock(quiet!.until)}`
  const count = there.filter((post) => post.at.startsWith(day)).length
  if (count >= daily) return `${day} has ${count} posts already, and ${daily} a day is the most`
  const near = there.find((post) => Math.abs(minuteOf(post.at) - minuteOf(at)) < gap)
  return near ? `the post of ${near.name} at ${textOf(near.at)} is less than ${gap} minutes away` : null
}

/** What speaks against posting these goods on a channel at a time; null where nothing does. */
export function goodsObjection(
  channel: PlanChannel,
  goods: PlanGoods,
  at: LocalMinute,
  others: readonly PlanPost[],
  calendar: Calendar,
): string | null {
  const { name, noRepeat } = channel
  const day = at.slice(0, 10)
  const again = others.find(
    (post) => post.channel === name && post.name === goods.name && Math.abs(dayNumber(post.at) - dayNumber(at)) < noRepeat,
  )
  if (again) return `it has a post there on ${again.at.slice(0, 10)}, less than ${noRepeat} days away`
  if (goods.couponUntil !== null && goods.couponUntil < at) return `its coupon ends on ${textOf(goods.couponUntil)}`
  if (goods.couponFrom !== null && goods.couponFrom > at) return `its coupon begins on ${textOf(goods.couponFrom)}`
  const forms = passages(calendar, channel, goods.sources, day)
  if (FORMS.some((form) => forms[form].passes)) return null
  const why = channel.forms.flatMap((form) => (forms[form].rule ? [`${form}: ${forms[form].rule.reason}`] : []))
  return `nothing of it passes there on ${day}: ${why.join('; ')}`
}

/** `2026-11-25T10:00` as people write it. */
export const textOf = (at: LocalMinute): string => at.replace('T', ' ')
const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const FIVE_MINUTES = Array.from({ length: 288 }, (_, five) => clock(five * 5))
const minuteOf = (at: LocalMinute) => Date.parse(`${at}Z`) / 60_000
const dayNumber = (at: LocalMinute) => Date.parse(at.slice(0, 10)) / 86_400_000

function isQuiet(quiet: Quiet | null, at: LocalMinute): boolean {
  if (quiet === null) return false
  const minute = Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))
  const { from, until } = quiet
  return from < until ? minute >= from && minute < until : minute >= from || minute < until
}
