import { type Currency, formatAmount, formatRate, type Minor } from '../money.ts'
import { activityOf } from '../report/activity.ts'
import { dimensionsOf } from '../report/dimensions.ts'
import { FUNNELS, type Funnel, type FunnelAnswer, type FunnelName, funnelOf, type Rates, SHOP } from '../report/funnel.ts'
import { PERIODS } from '../report/period.ts'
import { ALL_MONTHS, tell } from '../report/stories.ts'
import { bar } from './bar.ts'
import { defineCommand } from './command.ts'
import { oneOf, option } from './option.ts'
import type { Print } from './print.ts'
import { DAYS, daysAsked, reportLedger } from './report-ledger.ts'
import { checkOutputs, OUTPUTS, writeOutput } from './report-output.ts'

export const command = defineCommand({
  about: `Follows what was posted to the money, by channel: posts, links made, order lines, those that are confirmed, those that were paid, what was received, what the channel cost, and the profit. Orders count on the day of the order, with all that was ever received for them; posts ("plan done"), links ("link --channel") and costs ("costs:" of a channel in shoptool.yaml) on their own day. What is not kept is said to be so and is never 0: what is reckoned with it is not known either.

Profit = received − what members were given of it ("split --pay") − cost. A cost counts whole on its day: nothing is divided among days, channels or orders.`,
  options: {
    by: option('--by <what>', 'told apart by this', oneOf(FUNNELS), 'channel' as FunnelName),
    per: option('--per <period>', 'put together by this; all: all days', oneOf([...PERIODS, 'all']), 'all'),
    ...DAYS,
    ...{ csv: OUTPUTS.csv, md: OUTPUTS.md },
  },
  examples: [
    'shoptool report funnel --month 2026-10',
    'shoptool report funnel --per month --from 2026-07-01 --csv funnel.csv',
    'shoptool report funnel --by member --month 2026-10 --json',
  ],
  async run(call) {
    const { ctx, options, print, global } = call
    const { by } = options
    checkOutputs(call)
    const { from, to } = daysAsked(options)
    const per = options.per === 'all' ? null : options.per
    const { found, db, partners, today, outcome } = await reportLedger(call, [])
    const group = dimensionsOf(db, found)[by]
    const question = { group, per, from, to, today, currency: found.shop.currency }
    const funnel = funnelOf(question, activityOf(db, found, by, ctx.now(), today))
    tell(db, partners, ALL_MONTHS, funnel)
    const answer = funnel.answer()

    if (global.json) {
      print.json('report-funnel', { basis: 'ordered', by, per: options.per, from, to, ...documentOf(answer, by) })
      return outcome
    }
    const columns = ['basis', 'period', by, 'currency', ...COUNTS, ...AMOUNTS, ...RATES]
    const lines = answer.funnels.map((one) => [
      ...['ordered', one.period ?? 'all', one.group ?? '(none)', one.currency],
      ...COUNTS.map((count) => cellOf(one, count)),
      ...AMOUNTS.map((amount) => cellOf(one, amount)),
      ...RATES.map((name) => (one.rates[name] === null ? '' : formatRate(one.rates[name]))),
    ])
    if (writeOutput(call, { columns, names: 4, lines })) return outcome
    if (print.columns === Number.POSITIVE_INFINITY) print.table([], lines)
    else if (answer.funnels.length > 0) await printFunnels(answer, by, print)
    if (answer.funnels.length === 0) print.note('There are no such posts, links, orders and costs.')
    printNotes(answer, by, print)
    const days = `${from ?? 'the first'} to ${to ?? today}`
    print.note(`By the day of the order; posts, links and costs by their own day: ${days}.`)
    return outcome
  },
})

const COUNTS = ['posted', 'planned', 'links', 'orders', 'confirmed', 'paid'] as const
const AMOUNTS = ['estimated', 'open', 'received', 'shared', 'cost', 'profit', 'costPerOrder', 'profitPerOrder'] as const
const RATES = ['linksOfPosts', 'ordersOfPosts', 'ordersOfLinks', 'confirmedOfOrders', 'paidOfConfirmed'] as const
type Step = (typeof COUNTS)[number] | (typeof AMOUNTS)[number]

/** What stands in place of a figure that is not known. */
function missing(step: Step): string {
  if (step === 'posted' || step === 'planned' || step === 'links' || step === 'cost') return 'not kept'
  return step === 'profit' || step === 'costPerOrder' || step === 'profitPerOrder' ? 'not known' : 'not traced'
}

/** Empty where there is no such thing: no posts of no channel, no orders of what the shop costs as a whole. */
function cellOf(funnel: Funnel, step: Step): string {
  const value = funnel[step]
  if (value === null) return funnel.group === null || funnel.group === SHOP ? '' : missing(step)
  return COUNTS.some((count) => count === step) ? String(value) : formatAmount(value, funnel.currency)
}

function documentOf({ funnels, totals, spent, kept, undated }: FunnelAnswer, by: FunnelName) {
  const amount = (value: Minor | null, currency: Currency) => (value === null ? null : formatAmount(value, currency))
  const figures = (one: Funnel) => ({
    ...Object.fromEntries(COUNTS.map((count) => [count, one[count]])),
    ...Object.fromEntries(AMOUNTS.map((name) => [name, amount(one[name], one.currency)])),
    rates: Object.fromEntries(RATES.map((name) => [name, one.rates[name] === null ? null : formatRate(one.rates[name])])),
  })
  return {
    funnels: funnels.map((one) => ({ period: one.period, [by]: one.group, currency: one.currency, ...figures(one) })),
    totals: totals.map((one) => ({ currency: one.currency, ...figures(one) })),
    costs: spent.map(({ group, ...one }) => ({ [by]: group, ...one, amount: formatAmount(one.amount, one.currency) })),
    kept: kept.map(({ group, posts, links }) => ({ [by]: group, posts, links })),
    undated: undated.map(({ currency, figures }) => ({ currency, received: formatAmount(figures.received, currency) })),
  }
}

/** Least characters that a bar is drawn in; where there are fewer, there is none. */
const BAR = 6
/** Most characters of a name for which a bar is made shorter. */
const TITLE = 24

type Line = { step: Step; note: string; bar?: { value: number | null; whole: number | null; most: number } }

/** A block of lines for each funnel. Bars are on one scale for posts and links of all, for orders, and for money of each currency. */
async function printFunnels({ funnels, totals }: FunnelAnswer, by: FunnelName, print: Print): Promise<void> {
  const { default: width } = await import('string-width')
  const hasCosts = funnels.some(({ cost }) => cost !== null)
  const scales = scalesOf(funnels)
  const several = totals.length > 1
  const sums = funnels.length > totals.length ? totals.map((one) => ({ ...one, group: 'total' })) : []
  const rows = [...funnels, ...sums].flatMap((one) => {
    const lines = [...(one.group === SHOP ? [] : stepLines(one, scales)), ...(hasCosts ? costLines(one) : [])]
    const title = [one.group ?? '(none)', one.period, several && one.currency].filter(Boolean).join(' ')
    const isSum = sums.some((sum) => sum === one)
    return [
      { title, cells: ['', ''], bar: null },
      ...lines.flatMap(({ step, note, bar = null }) => {
        const cell = cellOf(one, step)
        return cell === '' ? [] : [{ title: `  ${step}`, cells: [cell, note], bar: isSum ? null : bar }]
      }),
    ]
  })
  const widest = (of: (row: (typeof rows)[number]) => string) => rows.reduce((most, row) => Math.max(most, width(of(row))), 0)
  const taken = Math.min(
    widest(({ title }) => title),
    TITLE,
  )
  const room = Math.min(30, print.columns - taken - widest(({ cells }) => cells[0]!) - widest(({ cells }) => cells[1]!) - 6)
  print.table(
    [
      { title: by.toUpperCase(), cut: true, paint: (text) => (text.startsWith(' ') ? text : print.paint.bold(text)) },
      { title: several ? '' : totals[0]!.currency, align: 'right' },
      { title: '' },
      { title: '' },
    ],
    rows.map(({ title, cells, bar: of }) => [
      title,
      ...cells,
      of && room >= BAR ? bar(of.value ?? 0, of.whole ?? 0, of.most, room) : '',
    ]),
  )
}

/** What the longest bars stand for. */
type Scales = { done: number; orders: number; money: Map<Currency, Minor> }
function scalesOf(funnels: readonly Funnel[]): Scales {
  const scales: Scales = { done: 0, orders: 0, money: new Map() }
  for (const { posted, links, orders, currency, estimated, received } of funnels) {
    scales.done = Math.max(scales.done, posted ?? 0, links ?? 0)
    scales.orders = Math.max(scales.orders, orders ?? 0)
    scales.money.set(currency, Math.max(scales.money.get(currency) ?? 0, estimated ?? 0, received ?? 0))
  }
  return scales
}

/** From posts to money. */
function stepLines(one: Funnel, scales: Scales): Line[] {
  const { posted, planned, links, orders, confirmed, paid, estimated, open, received, shared, currency, rates } = one
  const money = scales.money.get(currency)!
  const percent = (name: keyof Rates, of: string) => (rates[name] === null ? '' : `${formatRate(rates[name])}% of ${of}`)
  return [
    { step: 'posted', note: '', bar: { value: posted, whole: 0, most: scales.done } },
    ...(planned ? [{ step: 'planned', note: 'not ticked off' } as const] : []),
    { step: 'links', note: percent('linksOfPosts', 'posts'), bar: { value: links, whole: 0, most: scales.done } },
    {
      step: 'orders',
      note: percent('ordersOfPosts', 'posts') || percent('ordersOfLinks', 'links'),
      bar: { value: orders, whole: 0, most: scales.orders },
    },
    {
      step: 'confirmed',
      note: percent('confirmedOfOrders', 'orders'),
      bar: { value: confirmed, whole: orders, most: scales.orders },
    },
    { step: 'paid', note: percent('paidOfConfirmed', 'confirmed'), bar: { value: paid, whole: confirmed, most: scales.orders } },
    { step: 'estimated', note: '', bar: { value: estimated, whole: 0, most: money } },
    { step: 'received', note: '', bar: { value: received, whole: estimated, most: money } },
    ...(open ? [{ step: 'open', note: 'not due yet' } as const] : []),
    ...(shared ? [{ step: 'shared', note: 'to members' } as const] : []),
  ]
}

function costLines(one: Funnel): Line[] {
  const each = (amount: Minor | null) => (amount === null ? '' : `${formatAmount(amount, one.currency)} an order`)
  return [
    { step: 'cost', note: each(one.costPerOrder) },
    { step: 'profit', note: each(one.profitPerOrder) },
  ]
}

/** So many names are told, then how many more there are. */
const MOST_NAMES = 5

/** What the figures leave open, and costs that brought nothing. */
function printNotes({ funnels, spent, kept, undated }: FunnelAnswer, by: FunnelName, print: Print): void {
  /** Names of those for which something is so. */
  const told = (of: (one: Funnel) => boolean, text: string) => {
    const names = [...new Set(funnels.flatMap((one) => (one.group !== null && one.group !== SHOP && of(one) ? one.group : [])))]
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
    if (names.length > 0) print.note(`${names.slice(0, MOST_NAMES).join(', ')}${more}: ${text}`)
  }
  if (by === 'member') print.note('Posts and costs are kept by channel, not by member.')
  else {
    told(({ posted }) => posted === null, 'no posts are kept; record them with "plan done"')
    told(
      ({ cost }) => cost === null,
      'no costs are kept; write them in shoptool.yaml as "costs:" of the channel, or "costs: []" where there are none',
    )
  }
  told(({ links }) => links === null, `no links were made; make them with "link --${by} <name>"`)
  told(({ orders }) => orders === null, 'no orders can be traced; none, and no sub-id or tracking id, names it')
  for (const { group, posts, links } of kept)
    for (const [step, since, rate] of [
      ['posted', posts, 'ordersOfPosts'],
      ['links', links, 'ordersOfLinks'],
    ] as const)
      if (funnels.some((one) => one.group === group && one[step] && one.orders && one.rates[rate] === null))
        print.note(
          `${group}: ${step === 'posted' ? 'posts' : step} are kept since ${since} only, later than its first orders; --from ${since} gives rates.`,
        )
  const costs = {
    none: 'brought nothing',
    open: 'brought nothing yet, but orders are open',
    unknown: 'brought nobody knows what',
  }
  for (const { group, day, of, amount, currency, income } of spent)
    if (income !== null && income !== 'received')
      print.note(`${group}: ${formatAmount(amount, currency)} ${currency} for ${of} on ${day} ${costs[income]}`)
  for (const { currency, figures } of undated)
    print.note(
      `Of no day, and so left out: received ${formatAmount(figures.received, currency)} ${currency} for no order on file.`,
    )
}
