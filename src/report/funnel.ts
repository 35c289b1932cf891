import type { Day } from '../day.ts'
import { type Currency, type Minor, multiplyDivide, type Ppm } from '../money.ts'
import { compareText } from '../settle/entry.ts'
import type { SplitKey } from '../store/splits.ts'
import { type Dimension, figuresOf, isGone, paidFor, type Row } from './figures.ts'
import { type Period, periodOf } from './period.ts'
import type { Story } from './stories.ts'

/** What a funnel is told apart by. */
export const FUNNELS = ['channel', 'member'] as const
export type FunnelName = (typeof FUNNELS)[number]

/** The group of costs that are of no one channel; no channel may be called so. */
export const SHOP = '(shop)'

export type FunnelQuestion = {
  group: Dimension
  per: Period | null
  /** Both included; null where there is no bound. */
  from: Day | null
  to: Day | null
  today: Day
  currency: Currency
}

/**
 * What is known beside orders and payouts. A group is a channel or a member; null is none. Posts and links are kept of a group from the first
 * that there is on.
 */
export type Activity = {
  posts: readonly { group: string; day: Day; posted: boolean }[]
  links: readonly { group: string | null; day: Day; links: number }[]
  spent: readonly Spent[]
  /** Groups whose costs are kept. */
  costed: ReadonlySet<string>
  /** Groups by whose name orders can be told, beside those that have orders. */
  traced: ReadonlySet<string>
  /** What members were given of an order. */
  membersPart: (order: SplitKey) => Minor
}
export type Spent = { group: string; day: Day; amount: Minor; currency: Currency; of: string }

/**
 * A funnel of one group and period in one currency; null is not known. Posts and links are counted by their own day and are of the group,
 * whatever the currency; orders by the day of the order, with all that was ever received for them; costs by their day.
 *   posted     posts that were recorded as made
 *   planned    posts whose time came, and nobody said that they were made
 *   links      goods for which links were made, each day anew
 *   orders     order lines
 *   confirmed  those of them that were received, verified or settled, and not refunded since
 *   paid       those of them for which money was received
 *   estimated, open, received  as in `Figures`
 *   shared     what members were given of it
 *   cost       what was spent
 *   profit     received − shared − cost
 */
export type Funnel = {
  period: string | null
  group: string | null
  currency: Currency
  posted: number | null
  planned: number | null
  links: number | null
  orders: number | null
  confirmed: number | null
  paid: number | null
  estimated: Minor | null
  open: Minor | null
  received: Minor | null
  shared: Minor | null
  cost: Minor | null
  profit: Minor | null
  costPerOrder: Minor | null
  profitPerOrder: Minor | null
  rates: Rates
}
/** Of a step in another. Of posts and links only where they are kept since before the first of what came of them. */
export type Rates = Record<
  'linksOfPosts' | 'ordersOfPosts' | 'ordersOfLinks' | 'confirmedOfOrders' | 'paidOfConfirmed',
  Ppm | null
>

/** What came of a cost in the group and period that it was spent in; null for the shop as a whole. */
export type Income = 'received' | 'open' | 'none' | 'unknown' | null
export type FunnelAnswer = {
  funnels: Funnel[]
  /** One a currency; what is not known of a group is not known of all. */
  totals: Funnel[]
  spent: (Spent & { period: string | null; income: Income })[]
  /** Since when posts and links are kept of each group that has a funnel; null where they are not. */
  kept: { group: string; posts: Day | null; links: Day | null }[]
  /** Payout lines that name no order, and so are of no day. */
  undated: Row[]
}

const TALLY = ['orders', 'confirmed', 'paid', 'estimated', 'open', 'received', 'shared', 'cost'] as const
/** Sums of one group, period and currency. */
type Tally = Record<(typeof TALLY)[number], number> & {
  period: string | null
  group: string | null
  currency: Currency
  first: Day | null
}
/** Sums of one group and period. */
type Done = { posted: number; planned: number; links: number; firstLink: Day | null }
/** What is known of a funnel: since when, and whether at all. */
type Known = { posts: Day | null; links: Day | null; orders: boolean; cost: boolean }

/** Adds up stories, and puts beside them what was done and spent. Memory grows with the rows of the answer only. */
export function funnelOf(question: FunnelQuestion, activity: Activity): { add(story: Story): void; answer(): FunnelAnswer } {
  const { group: groupOf, per, from, to, today, currency: ofShop } = question
  const figures = figuresOf({ basis: 'ordered', by: [groupOf], per, from, to, today })
  const tallies = new Map<string, Tally>()
  const done = new Map<string, Done>()
  const seen = new Set(activity.traced)

  const isAsked = (day: Day) => (from === null || day >= from) && (to === null || day <= to)
  const periodIn = (day: Day) => (per === null ? null : periodOf(day, per))
  function tallyOf(period: string | null, group: string | null, currency: Currency): Tally {
    const key = JSON.stringify([period, group, currency])
    const tally = tallies.get(key) ?? { period, group, currency, ...nothing(), first: null }
    tallies.set(key, tally)
    return tally
  }
  function doneOf(period: string | null, group: string | null): Done {
    const key = JSON.stringify([period, group])
    const sums = done.get(key) ?? { posted: 0, planned: 0, links: 0, firstLink: null }
    done.set(key, sums)
    return sums
  }

  return {
    add(story) {
      figures.add(story)
      const { partner, orders, judged } = story
      const paid = paidFor(judged)
      const shared = new Set<string>()
      for (const order of orders) {
        const { currency, orderId, orderedAt, status } = order
        const day = orderedAt.slice(0, 10)
        const group = groupOf(partner.id, order)
        if (group !== null) seen.add(group)
        if (!isAsked(day)) continue
        const tally = tallyOf(periodIn(day), group, currency)
        tally.orders++
        if (status !== 'paid' && !isGone(order)) tally.confirmed++
        if ((paid.get(order) ?? 0) > 0) tally.paid++
        if (tally.first === null || day < tally.first) tally.first = day
        // members are given their part of an order, whatever its lines
        const key = JSON.stringify([orderId, currency])
        if (!shared.has(key)) tally.shared += activity.membersPart({ partner: partner.id, orderId, currency })
        shared.add(key)
      }
    },
    answer() {
      const { rows, undated } = figures.answer()
      for (const { period, group, currency, figures } of rows) {
        const tally = tallyOf(period, group[0]!, currency)
        for (const figure of ['estimated', 'open', 'received'] as const) tally[figure] += figures[figure]
      }
      const posts = firstOf(activity.posts.filter(({ posted }) => posted))
      const links = firstOf(activity.links)
      for (const { group, day, posted } of activity.posts) {
        if (isAsked(day)) doneOf(periodIn(day), group)[posted ? 'posted' : 'planned']++
      }
      for (const { group, day, links } of activity.links) {
        if (!isAsked(day)) continue
        const sums = doneOf(periodIn(day), group)
        sums.links += links
        if (sums.firstLink === null || day < sums.firstLink) sums.firstLink = day
      }
      const spent = activity.spent
        .filter(({ day }) => isAsked(day))
        .map((one) => ({ ...one, period: periodIn(one.day), tally: tallyOf(periodIn(one.day), one.group, one.currency) }))
      for (const { tally, amount } of spent) tally.cost += amount
      const among = (period: string | null, group: string | null) =>
        [...tallies.values()].filter((tally) => tally.period === period && tally.group === group)
      for (const key of done.keys()) {
        const [period, group] = JSON.parse(key) as [string | null, string | null]
        if (among(period, group).length === 0) tallyOf(period, group, ofShop)
      }

      /** A day on which something began, where that is before the end of the period. */
      const begun = (since: Day | undefined, period: string | null) =>
        since !== undefined && (per === null ? since <= (to ?? since) : periodOf(since, per) <= period!) ? since : null
      const knownOf = ({ period, group }: Tally): Known => ({
        posts: group === null ? null : begun(posts.get(group), period),
        links: begun(links.get(group), period),
        orders: group === null || seen.has(group),
        cost: group !== null && activity.costed.has(group),
      })
      const all = [...tallies.values()].sort(
        (a, b) => compareText(a.period ?? '', b.period ?? '') || rankOf(a) - rankOf(b) || compareText(keyOf(a), keyOf(b)),
      )
      const groups = all.filter(({ group }) => group !== null && group !== SHOP)
      const knownOfAll = groups.map(knownOf).reduce<Known | null>(
        (all, one) =>
          all === null
            ? { ...one, orders: true }
            : {
                posts: later(all.posts, one.posts),
                links: later(all.links, one.links),
                orders: true,
                cost: all.cost && one.cost,
              },
        null,
      ) ?? { posts: null, links: null, orders: true, cost: activity.costed.size > 0 }
      const doneInAll = [...done.values()].reduce(
        (all, one): Done => ({
          posted: all.posted + one.posted,
          planned: all.planned + one.planned,
          links: all.links + one.links,
          firstLink: earlier(all.firstLink, one.firstLink),
        }),
        { posted: 0, planned: 0, links: 0, firstLink: null },
      )
      return {
        funnels: all.map((tally) => funnel(tally, doneOf(tally.period, tally.group), knownOf(tally))),
        totals: [...new Set(all.map(({ currency }) => currency))].sort(compareText).map((currency) => {
          const total: Tally = { period: null, group: null, currency, ...nothing(), first: null }
          for (const tally of all) {
            total.first = earlier(total.first, tally.first)
            if (tally.currency === currency) for (const sum of TALLY) total[sum] += tally[sum]
          }
          return funnel(total, doneInAll, knownOfAll)
        }),
        spent: spent.map(({ tally, ...one }) => ({ ...one, income: incomeOf(among(tally.period, tally.group), knownOf(tally)) })),
        kept: [...new Set(groups.map(({ group }) => group!))]
          .sort(compareText)
          .map((group) => ({ group, posts: posts.get(group) ?? null, links: links.get(group) ?? null })),
        undated,
      }
    },
  }
}

function funnel(tally: Tally, { posted, planned, links, firstLink }: Done, known: Known): Funnel {
  const { period, group, currency, first } = tally
  const of = <T>(isKnown: boolean, value: T) => (isKnown ? value : null)
  const isShop = group === SHOP
  const [orders, received, shared] = (['orders', 'received', 'shared'] as const).map((sum) => of(known.orders, tally[sum])) as [
    number | null,
    Minor | null,
    Minor | null,
  ]
  const cost = of(known.cost, tally.cost)
  const profit = isShop ? 0 - tally.cost : received === null || shared === null || cost === null ? null : received - shared - cost
  const each = (amount: Minor | null) => (amount === null || !orders ? null : multiplyDivide(amount, 1, orders))
  const posts = of(known.posts !== null, posted)
  const made = of(known.links !== null, links)
  const before = (since: Day | null, first: Day | null) => since !== null && (first === null || since <= first)
  const confirmed = of(known.orders, tally.confirmed)
  const paid = of(known.orders, tally.paid)
  return {
    ...{ period, group, currency, posted: posts, planned: of(posts !== null || planned > 0, planned), links: made },
    ...{ orders, confirmed, paid, estimated: of(known.orders, tally.estimated), open: of(known.orders, tally.open) },
    ...{ received, shared, cost, profit, costPerOrder: each(cost), profitPerOrder: each(profit) },
    rates: {
      linksOfPosts: before(known.posts, firstLink) ? ratio(made, posts) : null,
      ordersOfPosts: before(known.posts, first) ? ratio(orders, posts) : null,
      ordersOfLinks: before(known.links, first) ? ratio(orders, made) : null,
      confirmedOfOrders: ratio(confirmed, orders),
      paidOfConfirmed: ratio(paid, confirmed),
    },
  }
}

function incomeOf(tallies: readonly Tally[], known: Known): Income {
  if (tallies[0]?.group === SHOP) return null
  if (!known.orders) return 'unknown'
  if (tallies.some(({ received }) => received > 0)) return 'received'
  return tallies.some(({ open }) => open > 0) ? 'open' : 'none'
}

/** In tenths of a percent. */
function ratio(part: number | null, whole: number | null): Ppm | null {
  return part === null || !whole ? null : multiplyDivide(part, 1000, whole) * 1000
}

/** The first day of each group. */
function firstOf(days: readonly { group: string | null; day: Day }[]): Map<string | null, Day> {
  const first = new Map<string | null, Day>()
  for (const { group, day } of days) first.set(group, earlier(first.get(group) ?? null, day)!)
  return first
}

/** Null is no day yet. */
const earlier = (a: Day | null, b: Day | null) => (a === null || (b !== null && b < a) ? b : a)
/** Null is never. */
const later = (a: Day | null, b: Day | null) => (a === null || b === null ? null : a > b ? a : b)

const nothing = () => Object.fromEntries(TALLY.map((sum) => [sum, 0])) as Record<(typeof TALLY)[number], number>
const keyOf = ({ group, currency }: Tally) => JSON.stringify([group, currency])
/** Groups, what is of none that is known, the shop. */
const rankOf = ({ group }: Tally) => (group === null ? 1 : group === SHOP ? 2 : 0)
