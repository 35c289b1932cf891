import type { Minor } from '../money.ts'
import { answer } from '../report/answer.ts'
import { DIMENSIONS, type DimensionName, dimensionsOf } from '../report/dimensions.ts'
import { BASES, type DateBasis, FIGURES, type Figure, type Row } from '../report/figures.ts'
import { PERIODS, type Period, periodsBetween } from '../report/period.ts'
import { type Ranked, ranked, totalsOf } from '../report/rank.ts'
import { compareText } from '../settle/entry.ts'
import { bar } from './bar.ts'
import { defineCommand } from './command.ts'
import { list, oneOf, option } from './option.ts'
import type { Print } from './print.ts'
import { command as funnel } from './report-funnel.ts'
import { DAYS, daysAsked, progressOf, reportLedger } from './report-ledger.ts'
import { command as monthPage } from './report-month.ts'
import { checkOutputs, figuresDocument, nameOf, noteBasis, OUTPUTS, shownOf, writeOutput } from './report-output.ts'
import { command as waterfall } from './report-waterfall.ts'
import { sparkline } from './sparkline.ts'

export const command = defineCommand({
  about: `Adds up what was estimated, is due, was received and lost, by partner, shop (of the goods), channel, category, product or member, by day to year. Every figure is counted by one date of the order, which is named with it: ordered, received, verified and settled take an order as it stands today with all that was ever paid for it; paid is what "settle" says of each month, by when money was due and paid.

Rows are only of periods in which there is something; the trends on a terminal show every period between, a dot where nothing was received.

In every row estimated − fees − refunded − open = due, and due − lost + over + shifted + other = received. Currencies are never added.`,
  options: {
    basis: option('--basis <date>', 'by which date', oneOf(BASES), 'ordered' as DateBasis),
    by: list('--by <a,b>', 'told apart by these (default partner)', oneOf(DIMENSIONS)),
    per: option('--per <period>', 'put together by this; all: all days', oneOf([...PERIODS, 'all']), 'month'),
    ...DAYS,
    partner: list('--partner <a,b>', 'only these partners'),
    sort: option('--sort <figure>', 'the largest of this figure first, or by name', oneOf([...FIGURES, 'name']), 'received'),
    ...OUTPUTS,
  },
  examples: [
    'shoptool report --month 2026-10',
    'shoptool report --basis paid --by partner,channel --per quarter',
    'shoptool report --by product --per all --top 20 --sort lost',
    'shoptool report --per day --month 2026-10 --csv october.csv',
  ],
  commands: { waterfall, month: monthPage, funnel },
  async run(call) {
    const { options, print, global } = call
    const { basis, top = null, sort } = options
    const { from, to } = daysAsked(options)
    checkOutputs(call)
    const by: DimensionName[] = options.by.length > 0 ? [...new Set(options.by)] : ['partner']
    const per = options.per === 'all' ? null : options.per
    const { found, db, partners, today, outcome } = await reportLedger(call, options.partner)

    const dimensions = dimensionsOf(db, found)
    const { rows: all, undated } = answer(
      db,
      partners,
      { basis, by: by.map((name) => dimensions[name]), per, from, to, today },
      progressOf(print),
    )
    const rows = ranked(all, sort, top)
    const totals = totalsOf(all)

    if (global.json) {
      const documents = (rows: readonly Ranked[], names: readonly string[]) => rows.map((row) => rowDocument(row, names))
      print.json('report', {
        ...{ basis, by, per: options.per, from, to },
        rows: documents(rows, by),
        totals: documents(ranked(totals, 'name', null), []),
        undated: documents(ranked(undated, 'name', null), []),
      })
      return outcome
    }
    const columns = ['basis', 'period', ...by, 'currency', ...FIGURES]
    const lines = [...rows, ...undated.map((row) => ({ ...row, period: 'undated', others: 0 }))].map((row) => [
      basis,
      row.period ?? 'all',
      ...by.map((_, i) => nameOf(row, i)),
      row.currency,
      ...FIGURES.map((figure) => shownOf(row, figure)),
    ])
    if (writeOutput(call, { columns, names: by.length + 3, lines })) return outcome
    if (rows.length + undated.length === 0) print.note('There are no such orders and payouts.')
    if (rows.length > 0) await printRows(rows, totals, { by, basis, per }, print)
    noteBasis(undated, basis, print)
    return outcome
  },
})

/** A row of `report --json`: a name or null for each dimension. `others`: how many groups it puts together. */
function rowDocument(row: Ranked, by: readonly string[]) {
  return {
    period: row.period,
    ...Object.fromEntries(by.map((name, i) => [name, row.group[i] ?? null])),
    ...(row.others > 0 && { others: row.others }),
    currency: row.currency,
    ...figuresDocument(row),
  }
}

/** Least characters that a bar is drawn in; where there are fewer, there is none. */
const BAR = 6

/**
 * On a terminal the main figures, as many as there is room for, with a bar of what was received of what was due, and how each group went
 * over the periods; elsewhere all figures.
 */
async function printRows(
  rows: readonly Ranked[],
  totals: readonly Row[],
  { by, basis, per }: { by: readonly DimensionName[]; basis: DateBasis; per: Period | null },
  print: Print,
): Promise<void> {
  const names = (row: Ranked) => by.map((_, i) => nameOf(row, i))
  if (print.columns === Number.POSITIVE_INFINITY) {
    return print.table(
      [],
      rows.map((row) => [
        basis,
        row.period ?? 'all',
        ...names(row),
        row.currency,
        ...FIGURES.map((figure) => shownOf(row, figure)),
      ]),
    )
  }
  const { default: width } = await import('string-width')
  const several = totals.length > 1
  const sums = totals.map((row): Ranked => ({ ...row, group: by.map((_, i) => (i === 0 ? 'total' : '')), others: 0 }))
  const shown = [...rows, ...sums]
  const lead = [
    { title: basis.toUpperCase(), cells: shown.map((row) => row.period ?? (sums.includes(row) ? '' : 'all')) },
    ...by.map((name, i) => ({ title: name.toUpperCase(), cells: shown.map((row) => nameOf(row, i)) })),
    ...(several ? [{ title: 'CURRENCY', cells: shown.map(({ currency }) => currency) }] : []),
  ]
  const figure = (name: Figure) => ({ title: name.toUpperCase(), cells: shown.map((row) => shownOf(row, name)) })
  const widthOf = (columns: readonly { title: string; cells: string[] }[]) =>
    columns.reduce((sum, { title, cells }) => sum + 2 + Math.max(width(title), ...cells.map((cell) => width(cell))), 0)
  const full = [...lead, ...(['estimated', 'due', 'received', 'lost'] as const).map(figure)]
  const columns = widthOf(full) - 2 <= print.columns ? full : full.filter(({ title }) => title !== 'ESTIMATED')
  const room = Math.min(30, print.columns - widthOf(columns))
  const most = (currency: string) =>
    Math.max(...rows.filter((row) => row.currency === currency).map(({ figures }) => figures.received + figures.lost))
  const bars = shown.map(({ currency, figures }, i) =>
    i < rows.length ? bar(figures.received, figures.received + figures.lost, most(currency), room) : '',
  )
  print.table(
    [
      ...columns.map(({ title }, i) => (i < lead.length ? { title, cut: i > 0 } : { title, align: 'right' as const })),
      ...(room >= BAR ? [{ title: '' }] : []),
    ],
    shown.map((_, at) => [...columns.map(({ cells }) => cells[at]!), ...(room >= BAR ? [bars[at]!] : [])]),
  )
  if (per !== null) printTrends(rows, per, print)
}

/** Least characters for the names beside the trends. */
const NAMES = 14

/** How what was received went over the periods, where there are several; where those are more than fit, some of them together. */
function printTrends(rows: readonly Ranked[], per: Period, print: Print): void {
  const named = rows.map(({ period }) => period!).sort(compareText)
  const periods = periodsBetween(named[0]!, named.at(-1)!, per)
  if (periods.length < 3) return
  const each = Math.ceil(periods.length / Math.max(1, print.columns - NAMES))
  const width = Math.ceil(periods.length / each)
  const groups = new Map<string, (Minor | null)[]>()
  for (const { period, group, others, currency, figures } of rows) {
    if (figures.received === 0) continue
    const name = `${others > 0 ? '(others)' : group.map((name) => name ?? '(none)').join(' ')} ${currency}`
    const sums = groups.get(name) ?? Array<Minor | null>(width).fill(null)
    const at = Math.floor(periods.indexOf(period!) / each)
    sums[at] = (sums[at] ?? 0) + figures.received
    groups.set(name, sums)
  }
  const lines = [...groups].map(([name, sums]) => {
    const points = [0, ...sums].map((value, since) => ({ since, value }))
    return [sparkline(points, width, width), name]
  })
  if (lines.length === 0) return
  const together = each > 1 ? `, ${each} each` : ''
  print.line()
  print.table([{ title: `RECEIVED ${periods[0]} to ${periods.at(-1)}${together}` }, { title: '', cut: true }], lines)
}
