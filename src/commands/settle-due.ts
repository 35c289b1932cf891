import type { Day } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate } from '../money.ts'
import type { Partner } from '../partners/partner.ts'
import type { Order, Recorded } from '../records.ts'
import { AGES, type Claim, type Days, type Due, dueOf, type Sum, standingOn } from '../report/due.ts'
import { ALL_MONTHS, stories } from '../report/stories.ts'
import { judgedOrders } from '../settle/parts.ts'
import type { Database } from '../store/open.ts'
import { linesByKey } from '../store/payouts.ts'
import { bar } from './bar.ts'
import { defineCommand } from './command.ts'
import { count, day, list, option, text } from './option.ts'
import type { Print } from './print.ts'
import { writeCsv } from './replace.ts'
import { progressOf, reportLedger } from './report-ledger.ts'

export const due = defineCommand({
  about: `Tells what should arrive and when, by partner and currency: what is due on each pay day to come, what orders will bring that have not come far enough to be due (estimated), and what was due, did not arrive and has not come since, by days past its pay day. Also how many days money takes, from the order and from the date that the partner's calendar goes by, and how much of what was missing came later.

What was missing is what "settle" says of each month. On its pay day money is not past due yet.`,
  options: {
    partner: list('--partner <a,b>', 'only these partners'),
    asOf: option('--as-of <day>', 'as it stood at the end of this day, as far as dates tell (default today)', day),
    claims: option('--claims <n>', 'name so many orders that money is past due for, the largest first', count, 20),
    csv: option('--csv <file>', 'write the sums as CSV for spreadsheets; - is stdout', text),
  },
  examples: [
    'shoptool settle due',
    'shoptool settle due --partner taobao --as-of 2026-10-31',
    'shoptool settle due --csv due.csv',
    'shoptool settle due --json | jq ".partners[].pastDue"',
  ],
  async run(call) {
    const { options, print, global } = call
    if (global.json && options.csv !== undefined) throw usageError('--json and --csv: expected one of them')
    const { db, partners, today, outcome } = await reportLedger(call, options.partner)
    const { asOf = today } = options
    if (asOf > today) throw usageError(`--as-of: ${asOf} is still to come, expected ${today} or before`)
    const found = allDue(db, partners, { asOf, today, claims: options.claims }, print)
    if (global.json) print.json('settle-due', { asOf, partners: found.map(documentOf) })
    else if (options.csv !== undefined) {
      const rows = found.flatMap(({ partner, currency, ...sums }) =>
        rowsOf(sums).map(({ what, when, sum }) => [
          ...[asOf, partner.id, currency, what, when],
          ...[formatAmount(sum.amount, currency), sum.orders],
        ]),
      )
      writeCsv(call, options.csv, ['asOf', 'partner', 'currency', 'what', 'when', 'amount', 'orders'], rows)
    } else {
      for (const each of found) printDue(each, print)
      printClaims(found, print)
      if (found.length === 0) print.note('There are no orders that anything is due for.')
    }
    return [outcome, found.some(({ oldest, undated }) => oldest !== null || undated.orders > 0) ? 'findings' : 'done']
  },
})

/** What is due of all orders of partners, from one snapshot of the database. */
function allDue(
  db: Database,
  partners: readonly Partner[],
  { asOf, today, claims }: { asOf: Day; today: Day; claims: number },
  print: Print,
): Due[] {
  const due = dueOf(asOf, claims)
  const progress = progressOf(print)
  db.transaction(() => {
    for (const partner of partners) {
      const present = judgedOrders(db, partner)
      const orders = asOf === today ? present : standing(present, asOf)
      for (const story of stories({ partner, orders, lines: linesByKey(db, partner.id, asOf) }, ALL_MONTHS)) {
        due.add(story)
        progress.add(story)
      }
    }
  })()
  print.progress(null)
  return due.answer()
}

function* standing(orders: Iterable<Recorded<Order>>, day: Day): Generator<Recorded<Order>> {
  for (const order of orders) {
    const stood = standingOn(order, day)
    if (stood) yield stood
  }
}

type Row = { what: 'due' | 'unconfirmed' | 'undated' | 'past-due'; when: string; sum: Sum }

/** The sums, without those of nothing: pay days, what has none yet, and what is past due by age. */
function rowsOf({ payDays, unconfirmed, undated, pastDue }: Pick<Due, 'payDays' | 'unconfirmed' | 'undated' | 'pastDue'>): Row[] {
  const rows: Row[] = [
    ...payDays.map(({ day, ...sum }) => ({ what: 'due' as const, when: day, sum })),
    { what: 'unconfirmed', when: '', sum: unconfirmed },
    { what: 'undated', when: '', sum: undated },
    ...AGES.map((age) => ({ what: 'past-due' as const, when: age, sum: pastDue[age] })),
  ]
  return rows.filter(({ sum }) => sum.orders > 0)
}

function documentOf({ partner, currency, payDays, unconfirmed, undated, pastDue, oldest, claims, cash, recovery }: Due) {
  const sumOf = ({ amount, orders }: Sum) => ({ amount: formatAmount(amount, currency), orders })
  const claimOf = ({ missing, open, ...claim }: Claim) => ({
    ...claim,
    missing: formatAmount(missing, currency),
    open: formatAmount(open, currency),
  })
  const { missing, recovered, rate, days } = recovery
  return {
    partner: partner.id,
    name: partner.name,
    currency,
    coming: sumOf(total(payDays)),
    payDays: payDays.map(({ day, ...sum }) => ({ day, ...sumOf(sum) })),
    unconfirmed: sumOf(unconfirmed),
    undated: sumOf(undated),
    pastDue: {
      ...sumOf(total(Object.values(pastDue))),
      ages: Object.fromEntries(AGES.map((age) => [age, sumOf(pastDue[age])])),
      oldest: oldest && claimOf(oldest),
    },
    claims: claims.map(claimOf),
    daysToCash: cash,
    recovery: {
      missing: formatAmount(missing, currency),
      recovered: formatAmount(recovered, currency),
      rate: rate === null ? null : formatRate(rate),
      days,
    },
  }
}

function total(sums: readonly Sum[]): Sum {
  return sums.reduce((all, sum) => ({ amount: all.amount + sum.amount, orders: all.orders + sum.orders }), {
    amount: 0,
    orders: 0,
  })
}

const NAMES: Record<Row['what'], (when: string) => string> = {
  due: (day) => day,
  unconfirmed: () => 'not received yet',
  undated: () => 'date missing',
  'past-due': (age) => `past due ${age}`,
}
/** Most and least characters of a bar; where there are fewer, there is none. */
const BAR = { most: 24, least: 6 } as const
/** So many pay days stand by themselves on a terminal: those of a partner that pays daily would fill it. */
const DAYS_SHOWN = 12

function printDue(due: Due, print: Print): void {
  const { partner, currency, payDays, pastDue, cash, recovery } = due
  const money = (amount: number) => formatAmount(amount, currency)
  const [coming, past] = [total(payDays), total(Object.values(pastDue))]
  print.line(print.paint.bold(`${partner.id}: ${money(coming.amount)} ${currency} to come, ${money(past.amount)} past due`))
  const drawsBars = Number.isFinite(print.columns)
  const rows = drawsBars ? shortened(rowsOf(due)) : rowsOf(due)
  const cells = rows.map(({ what, when, sum }) => [NAMES[what](when), money(sum.amount), String(sum.orders)])
  const widths = ['  WHEN', 'AMOUNT', 'ORDERS'].map((title, i) =>
    Math.max(title.length, ...cells.map((row) => row[i]!.length + (i === 0 ? 2 : 0))),
  )
  const room = Math.min(BAR.most, print.columns - widths.reduce((sum, width) => sum + width + 2, 0))
  const most = Math.max(...rows.map(({ sum }) => sum.amount))
  const bars = drawsBars && room >= BAR.least ? rows.map(({ sum }) => [bar(sum.amount, sum.amount, most, room)]) : null
  const right = { align: 'right' } as const
  print.table(
    [
      ...[{ title: '  WHEN' }, { title: 'AMOUNT', ...right }, { title: 'ORDERS', ...right }],
      ...(bars ? [{ title: '', paint: (text: string, at: number) => tinted(rows[at]!.what, text, print) }] : []),
    ],
    cells.map(([name, ...rest], at) => [`  ${name}`, ...rest, ...(bars?.[at] ?? [])]),
  )
  if (due.oldest) print.line(`  oldest: ${partner.id}:${due.oldest.orderId}, since ${due.oldest.day}`)
  const { fromOrder, fromBasis, by } = cash
  if (fromOrder.orders > 0)
    print.line(`  days to cash: ${daysText(fromOrder)} from the order; ${daysText(fromBasis)} from ${by} (median, 90 %)`)
  const { missing, recovered, rate, days } = recovery
  if (rate !== null) {
    const took = days.median === null ? '' : `, after ${daysText(days)} days`
    print.line(`  came later: ${money(recovered)} of ${money(missing)} that was missing, ${formatRate(rate)} %${took}`)
  }
  print.line()
}

function shortened(rows: readonly Row[]): Row[] {
  const days = rows.filter(({ what }) => what === 'due')
  const later = days.slice(DAYS_SHOWN)
  if (later.length < 2) return [...rows]
  const rest: Row = { what: 'due', when: `${later[0]!.when} …`, sum: total(later.map(({ sum }) => sum)) }
  return [...days.slice(0, DAYS_SHOWN), rest, ...rows.slice(days.length)]
}

function tinted(what: Row['what'], text: string, { paint }: Print): string {
  return what === 'due' ? paint.green(text) : what === 'past-due' ? paint.red(text) : paint.dim(text)
}

const daysText = ({ median, ninety }: Days) => (median === null ? 'unknown' : `${median}, ${ninety}`)

function printClaims(found: readonly Due[], print: Print): void {
  const claims = found.flatMap(({ partner, currency, claims }) => claims.map((claim) => ({ partner, currency, claim })))
  print.table(
    [
      { title: 'PAST DUE' },
      { title: 'ORDER' },
      { title: 'SINCE' },
      { title: 'OPEN', align: 'right' },
      { title: 'GOODS', cut: true },
    ],
    claims.map(({ partner, currency, claim }) => [
      claim.class,
      `${partner.id}:${claim.orderId}`,
      claim.day,
      openText(claim, currency),
      claim.title ?? '',
    ]),
  )
  const named = found.map(({ claims }) => claims.length).reduce((a, b) => a + b, 0)
  const all = found.reduce((sum, { pastDue }) => sum + total(Object.values(pastDue)).orders, 0)
  if (named < all && named > 0)
    print.note(`The largest of each partner; --claims names more, findings.csv of each month has all.`)
}

const openText = ({ open }: Claim, currency: Currency) => `${formatAmount(open, currency)} ${currency}`
