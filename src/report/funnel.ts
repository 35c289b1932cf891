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
 *   paid       order lines for which money was received, though some may be refunded since
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
/** Sums in one currency. */
type Tally = Record<(typeof TALLY)[number], number>
/** Sums of one group and period; `firstOrder` and `firstLink` are days. */
type Sums = {
  period: string | null
  group: string | null
  posted: number
  planned: number
  links: number
  firstLink: Day | null
  firstOrder: Day | null
  tallies: Map<Currency, Tally>
}
/** What is known of a group in a period: since when posts and links are kept, null where they are not; whether orders and costs are. */
type Known = { posts: Day | null; links: Day | null; orders: boolean; cost: boolean }

/** Adds up stories, and puts beside them what was done and spent. Memory grows with the rows of the answer only. */
export function funnelOf(question: FunnelQuestion, activity: Activity): { add(story: Story): void; answer(): FunnelAnswer } {
  const { group: groupOf, per, from, to, today, currency: ofShop } = question
  const figures = figuresOf({ basis: 'ordered', by: [groupOf], per, from, to, today })
  const cells = new Map<string, Sums>()
  const traced = new Set(activity.traced)

  const isAsked = ({ day }: { day: Day }) => (from === null || day >= from) && (to === null || day <= to)
  const periodIn = (day: Day) => (per === null ? null : periodOf(day, per))
  function sumsOf(period: string | null, group: string | null): Sums {
    const key = JSON.stringify([period, group])
    let sums = cells.get(key)
    if (!sums) {
      sums = { period, group, ...{ posted: 0, planned: 0, links: 0, firstLink: null, firstOrder: null, tallies: new Map() } }
      cells.set(key, sums)
    }
    return sums
  }

  /** Where posts and links began before the end of the period, and what else is known. */
  function knownOf({ period, group }: Pick<Sums, 'period' | 'group'>, posts: FirstDays, links: FirstDays): Known {
    const begun = (since: Day | undefined) =>
      since !== undefined && (per === null ? to === null || since <= to : periodOf(since, per) <= period!) ? since : null
    return {
      ...{ posts: begun(posts.get(group)), links: begun(links.get(group)) },
      ...{ orders: group === null || traced.has(group), cost: group !== null && activity.costed.has(group) },
    }
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
        if (group !== null) traced.add(group)
        if (!isAsked({ day })) continue
        const sums = sumsOf(periodIn(day), group)
        const tally = tallyIn(sums, currency)
        tally.orders++
        if (status !== 'paid' && !isGone(order)) tally.confirmed++
        if ((paid.get(order) ?? 0) > 0) tally.paid++
        sums.firstOrder = earlier(sums.firstOrder, day)
        // members are given their part of an order, whatever its lines
        const key = JSON.stringify([orderId, currency])
        if (!shared.has(key)) tally.shared += activity.membersPart({ partner: partner.id, orderId, currency })
        shared.add(key)
      }
    },
    answer() {
      const { rows, undated } = figures.answer()
      for (const { period, group, currency, figures } of rows) {
        const tally = tallyIn(sumsOf(period, group[0]!), currency)
        for (const figure of ['estimated', 'open', 'received'] as const) tally[figure] += figures[figure]
      }
      for (const { group, day, posted } of activity.posts.filter(isAsked))
        sumsOf(periodIn(day), group)[posted ? 'posted' : 'planned']++
      for (const { group, day, links } of activity.links.filter(isAsked)) {
        const sums = sumsOf(periodIn(day), group)
        sums.links += links
        sums.firstLink = earlier(sums.firstLink, day)
      }
      const spent = activity.spent.filter(isAsked).map((one) => ({ ...one, period: periodIn(one.day) }))
      for (const { group, period, currency, amount } of spent) tallyIn(sumsOf(period, group), currency).cost += amount
      for (const sums of cells.values()) if (sums.tallies.size === 0) tallyIn(sums, ofShop)

      const posts = firstDays(activity.posts.filter(({ posted }) => posted))
      const links = firstDays(activity.links)
      const all = [...cells.values()]
        .sort(
          (a, b) =>
            compareText(a.period ?? '', b.period ?? '') || rankOf(a) - rankOf(b) || compareText(a.group ?? '', b.group ?? ''),
        )
        .map((sums) => ({ sums, known: knownOf(sums, posts, links) }))
      const named = all.filter(({ sums: { group } }) => group !== null && group !== SHOP)
      const ofAll = (what: 'posts' | 'links') => (named.length === 0 ? null : named.map(({ known }) => known[what]).reduce(later))
      return {
        funnels: all.flatMap(({ sums, known }) => funnelsOf(sums, known)),
        totals: funnelsOf(together(all.map(({ sums }) => sums)), {
          ...{ posts: ofAll('posts'), links: ofAll('links') },
          // all orders are of some group, or of none
          ...{ orders: true, cost: activity.costed.size > 0 && named.every(({ known }) => known.cost) },
        }),
        spent: spent.map((one) => {
          const sums = sumsOf(one.period, one.group)
          return { ...one, income: incomeOf(sums, knownOf(sums, posts, links)) }
        }),
        kept: [...new Set(named.map(({ sums }) => sums.group!))]
          .sort(compareText)
          .map((group) => ({ group, posts: posts.get(group) ?? null, links: links.get(group) ?? null })),
        undated,
      }
    },
  }
}

function tallyIn({ tallies }: Pick<Sums, 'tallies'>, currency: Currency): Tally {
  let tally = tallies.get(currency)
  if (!tally) {
    tally = Object.fromEntries(TALLY.map((sum) => [sum, 0])) as Tally
    tallies.set(currency, tally)
  }
  return tally
}

function together(all: readonly Sums[]): Sums {
  const total: Sums = {
    ...{ period: null, group: null, posted: 0, planned: 0, links: 0, firstLink: null, firstOrder: null, tallies: new Map() },
  }
  for (const { posted, planned, links, firstLink, firstOrder, tallies } of all) {
    total.posted += posted
    total.planned += planned
    total.links += links
    total.firstLink = earlier(total.firstLink, firstLink)
    total.firstOrder = earlier(total.firstOrder, firstOrder)
    for (const [currency, tally] of tallies) {
      const sum = tallyIn(total, currency)
      for (const name of TALLY) sum[name] += tally[name]
    }
  }
  return total
}

/** A funnel for each currency. */
function funnelsOf(sums: Sums, known: Known): Funnel[] {
  const { period, group, firstLink, firstOrder } = sums
  const posted = known.posts === null ? null : sums.posted
  const links = known.links === null ? null : sums.links
  const planned = posted === null && sums.planned === 0 ? null : sums.planned
  const before = (since: Day | null, first: Day | null) => since !== null && (first === null || since <= first)
  return [...sums.tallies]
    .sort(([a], [b]) => compareText(a, b))
    .map(([currency, tally]) => {
      const of = (name: (typeof TALLY)[number]) => (known.orders ? tally[name] : null)
      const [orders, confirmed, paid, received, shared] = [
        of('orders'),
        of('confirmed'),
        of('paid'),
        of('received'),
        of('shared'),
      ]
      const cost = known.cost ? tally.cost : null
      const earned = group === SHOP ? 0 : received === null ? null : received - shared!
      const profit = earned === null || cost === null ? null : earned - cost
      const each = (amount: Minor | null) => (amount === null || !orders ? null : multiplyDivide(amount, 1, orders))
      return {
        ...{ period, group, currency, posted, planned, links, orders, confirmed, paid },
        ...{ estimated: of('estimated'), open: of('open'), received, shared },
        ...{ cost, profit, costPerOrder: each(cost), profitPerOrder: each(profit) },
        rates: {
          linksOfPosts: before(known.posts, firstLink) ? ratio(links, posted) : null,
          ordersOfPosts: before(known.posts, firstOrder) ? ratio(orders, posted) : null,
          ordersOfLinks: before(known.links, firstOrder) ? ratio(orders, links) : null,
          confirmedOfOrders: ratio(confirmed, orders),
          paidOfConfirmed: ratio(paid, confirmed),
        },
      }
    })
}

function incomeOf({ group, tallies }: Sums, { orders }: Known): Income {
  if (group === SHOP) return null
  if (!orders) return 'unknown'
  const all = [...tallies.values()]
  return all.some(({ received }) => received > 0) ? 'received' : all.some(({ open }) => open > 0) ? 'open' : 'none'
}

/** In tenths of a percent. */
function ratio(part: number | null, whole: number | null): Ppm | null {
  return part === null || !whole ? null : multiplyDivide(part, 1000, whole) * 1000
}

/** The first day of each group. */
type FirstDays = ReadonlyMap<string | null, Day>
function firstDays(days: readonly { group: string | null; day: Day }[]): FirstDays {
  const first = new Map<string | null, Day>()
  for (const { group, day } of days) first.set(group, earlier(first.get(group) ?? null, day)!)
  return first
}

/** Null is no day yet. */
const earlier = (a: Day | null, b: Day | null) => (a === null || (b !== null && b < a) ? b : a)
/** Null is never. */
const later = (a: Day | null, b: Day | null) => (a === null || b === null ? null : a > b ? a : b)

/** Groups, what is of none that is known, the shop. */
const rankOf = ({ group }: Sums) => (group === null ? 1 : group === SHOP ? 2 : 0)
