import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { type DateBasis, FIGURES, type Figure, type Row } from '../report/figures.ts'
import type { Ranked } from '../report/rank.ts'
import { waterfallOf } from '../report/waterfall.ts'
import { id } from '../settle/table.ts'
import type { Call } from './command.ts'
import { count, flag, option, text } from './option.ts'
import { oneLine, type Print } from './print.ts'
import { writeCsv } from './replace.ts'

/** The days that each basis counts by. */
const BASIS_NAMES: Record<DateBasis, string> = {
  ordered: 'the day of the order',
  received: 'the day of receipt',
  verified: 'the day of verification',
  settled: 'the day on which the partner settled',
  paid: 'the day on which money was due and paid',
}

/** How many rows reports have, and the forms, besides --json, that they come in. */
export const OUTPUTS = {
  top: option('--top <n>', 'so many rows by themselves, the others put together', count),
  csv: option('--csv <file>', 'write all figures as CSV for spreadsheets; - is stdout', text),
  md: flag('--md', 'a Markdown table'),
}

type Asked = Pick<
  Call<unknown, { csv: string | undefined; md: boolean; top?: number | undefined }>,
  'ctx' | 'options' | 'print' | 'global'
>

/** @throws ShoptoolError (usage) where more than one form is asked for, or the top 0. */
export function checkOutputs({ options, global }: Asked): void {
  if (options.top === 0) throw usageError('--top: expected 1 or more')
  if ([global.json, options.md, options.csv !== undefined].filter(Boolean).length > 1)
    throw usageError('--json, --csv and --md: expected one of them')
}

/** Rows of texts under a heading; as many columns as `names` are text in a spreadsheet too, the others are figures. */
export type Table = { columns: readonly string[]; names: number; lines: readonly (readonly string[])[] }

/** Writes the table as CSV or Markdown, whichever is asked for; false where neither is. */
export function writeOutput({ ctx, options, print }: Asked, { columns, names, lines }: Table): boolean {
  if (options.md) {
    // what would end a cell, or be a tag or a link
    const row = (cells: readonly string[]) => `| ${cells.map((cell) => oneLine(cell).replace(/[\\|<[]/g, '\\$&')).join(' | ')} |`
    for (const cells of [columns, columns.map((_, i) => (i < names ? '---' : '---:')), ...lines]) print.line(row(cells))
    return true
  }
  if (options.csv === undefined) return false
  const rows = lines.map((line) => line.map((cell, i) => (i > 0 && i < names ? id(cell) : cell)))
  writeCsv({ ctx, print }, options.csv, columns, rows)
  return true
}

export function shownOf({ currency, figures }: Pick<Row, 'currency' | 'figures'>, figure: Figure): string {
  return figure === 'orders' ? String(figures.orders) : formatAmount(figures[figure], currency)
}

/** What a row is called in the dimension at `i`: a name, how many others it holds, or that there is none. */
export function nameOf({ group, others }: Ranked, i: number): string {
  return group[i] ?? (others === 0 ? '(none)' : i === 0 ? `(${others} others)` : '')
}

/** All figures of a row for --json. */
export function figuresDocument(row: Pick<Row, 'currency' | 'figures'>): Record<Figure, string | number> {
  return Object.fromEntries(
    FIGURES.map((figure) => [figure, figure === 'orders' ? row.figures.orders : shownOf(row, figure)]),
  ) as Record<Figure, string | number>
}

/** The steps of a row's waterfall, amounts as decimal strings. */
export function stepsDocument({ currency, figures }: Pick<Row, 'currency' | 'figures'>) {
  return waterfallOf(figures).map(({ step, amount, level }) => ({
    step,
    amount: formatAmount(amount, currency),
    level: formatAmount(level, currency),
  }))
}

/** Says what is in no period, and names the date that everything is counted by. */
export function noteBasis(undated: readonly Row[], basis: DateBasis, print: Print): void {
  for (const row of undated) {
    print.note(
      `Without ${BASIS_NAMES[basis]}, and so in no period: ${row.figures.orders} order line${row.figures.orders === 1 ? '' : 's'}, estimated ${shownOf(row, 'estimated')} ${row.currency}, received ${shownOf(row, 'received')}`,
    )
  }
  print.note(`By ${BASIS_NAMES[basis]} (--basis ${basis}).`)
}
