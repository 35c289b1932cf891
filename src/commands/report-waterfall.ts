import { dayOf } from '../day.ts'
import { formatAmount } from '../money.ts'
import { answer } from '../report/answer.ts'
import { DIMENSIONS, type DimensionName, dimensionsOf } from '../report/dimensions.ts'
import { BASES, type DateBasis, type Row } from '../report/figures.ts'
import { ranked, totalsOf } from '../report/rank.ts'
import { waterfallOf } from '../report/waterfall.ts'
import { floating } from './bar.ts'
import { defineCommand } from './command.ts'
import { list, month, oneOf, option } from './option.ts'
import type { Print } from './print.ts'
import { progressOf, reportLedger } from './report-ledger.ts'
import { checkOutputs, nameOf, noteBasis, OUTPUTS, stepsDocument, writeOutput } from './report-output.ts'
import { monthToSettle } from './settle-month.ts'

export const command = defineCommand({
  about: `Shows step by step, and to the minor unit, how what was estimated for a month became what was received in it, of all and of each partner. Estimated, less fees, refunds and what is not due yet, is due; less what is missing and short, with what was paid beyond it (over), in another month (shifted) or for no order (other), is received. Each step is a sum of what "settle" and "report" say.`,
  options: {
    month: option('--month <month>', 'the month of that date (default: the latest whose pay day has passed)', month),
    basis: option('--basis <date>', 'by which date', oneOf(BASES), 'paid' as DateBasis),
    by: option('--by <name>', 'told apart by this', oneOf(DIMENSIONS), 'partner' as DimensionName),
    partner: list('--partner <a,b>', 'only these partners'),
    ...OUTPUTS,
  },
  examples: [
    'shoptool report waterfall --month 2026-10',
    'shoptool report waterfall --by channel --basis ordered --month 2026-09',
    'shoptool report waterfall --csv waterfall.csv',
  ],
  async run(call) {
    const { ctx, options, print, global } = call
    const { basis, by, top = null } = options
    checkOutputs(call)
    const { found, db, partners, today, outcome } = await reportLedger(call, options.partner)
    const chosen = options.month ?? monthToSettle(ctx, found, partners)
    const days = { from: dayOf(chosen, 1), to: dayOf(chosen, 31) }
    const { rows, undated } = answer(
      db,
      partners,
      { basis, by: [dimensionsOf(db, found)[by]], per: null, ...days, today },
      progressOf(print),
    )
    const groups = ranked(rows, 'estimated', top)
    const totals = totalsOf(rows)

    if (global.json) {
      print.json('report-waterfall', {
        ...{ basis, month: chosen, by },
        waterfalls: groups.map((row) => ({
          [by]: row.group[0],
          ...(row.others > 0 && { others: row.others }),
          ...waterfallDocument(row),
        })),
        totals: totals.map(waterfallDocument),
      })
      return outcome
    }
    const named = totals.flatMap((total) => [
      { name: ALL, row: total },
      ...groups.filter(({ currency }) => currency === total.currency).map((row) => ({ name: nameOf(row, 0), row })),
    ])
    const columns = ['basis', 'month', by, 'currency', 'step', 'amount', 'level']
    const lines = named.flatMap(({ name, row }) =>
      stepsDocument(row).map(({ step, amount, level }) => [basis, chosen, name, row.currency, step, amount, level]),
    )
    if (writeOutput(call, { columns, names: 5, lines })) return outcome
    if (named.length === 0) print.note(`${chosen}: there are no such orders and payouts.`)
    const isOne = ({ currency }: Row) => groups.filter((group) => group.currency === currency).length === 1
    const charts = named.filter(({ name, row }) => name !== ALL || !isOne(row))
    if (print.columns === Number.POSITIVE_INFINITY) print.table([], lines)
    else
      for (const [i, chart] of charts.entries()) {
        if (i > 0) print.line()
        printWaterfall(chart, print)
      }
    noteBasis(undated, basis, print)
    return outcome
  },
})

const ALL = '(all)'

function waterfallDocument(row: Row) {
  return { currency: row.currency, steps: stepsDocument(row) }
}

/** Least and most characters that a bar is drawn in. */
const BARS = [8, 40] as const

function printWaterfall({ name, row: { currency, figures } }: { name: string; row: Row }, print: Print): void {
  const steps = waterfallOf(figures).filter(({ isLevel, amount }) => isLevel || amount !== 0)
  const amounts = steps.map(({ amount }) => formatAmount(amount, currency))
  const levels = [0, ...steps.map(({ level }) => level)]
  const [low, high] = [Math.min(...levels), Math.max(...levels)]
  const room = Math.min(BARS[1], print.columns - 'estimated'.length - Math.max(6, ...amounts.map(({ length }) => length)) - 4)
  const { cyan, green, red } = print.paint
  const bars = {
    title: '',
    paint: (text: string, at: number) => (steps[at]!.isLevel ? cyan : steps[at]!.amount < 0 ? red : green)(text),
  }
  print.paragraph(name)
  print.table(
    [{ title: currency }, { title: 'AMOUNT', align: 'right' }, ...(room < BARS[0] ? [] : [bars])],
    steps.map(({ step, isLevel, amount, level }, at) => [
      step,
      amounts[at]!,
      ...(room < BARS[0] ? [] : [floating(isLevel ? 0 : level - amount, level, low, high, room)]),
    ]),
  )
}
