import { compareText } from '../settle/entry.ts'
import { FIGURES, type Figure, nothing, type Row } from './figures.ts'

/** A row of a ranked answer; `others`: how many groups it puts together, 0 where it is one. */
export type Ranked = Row & { others: number }

/**
 * Rows by currency and period, in each by a figure, the largest first, or by name. With `top` only so many groups of each currency stay by
 * themselves, those with most of the figure in all periods; what they leave is put together last, so that sums stay what they were.
 */
export function ranked(rows: readonly Row[], by: Figure | 'name', top: number | null): Ranked[] {
  const size = (row: Row) => (by === 'name' ? 0 : row.figures[by])
  const bySize = (a: Row, b: Row) => size(b) - size(a) || compareText(keyOf(a), keyOf(b))

  const groups = summed(rows, keyOf).sort(bySize)
  const among = ({ currency }: Row) => groups.filter((group) => group.currency === currency)
  const kept = new Set(
    totalsOf(rows).flatMap((total) =>
      among(total)
        .slice(0, top ?? undefined)
        .map(keyOf),
    ),
  )
  const rest = rows.filter((row) => !kept.has(keyOf(row)))
  return [
    ...rows.filter((row) => kept.has(keyOf(row))).map((row) => ({ ...row, others: 0 })),
    ...summed(rest, ({ currency, period }) => `${currency} ${period}`).map((row) => ({
      ...row,
      group: row.group.map(() => null),
      others: among(row).length - top!,
    })),
  ].sort(
    (a, b) =>
      compareText(a.currency, b.currency) || compareText(a.period ?? '', b.period ?? '') || a.others - b.others || bySize(a, b),
  )
}

/** Σ over all rows of each currency, sorted by its code. */
export function totalsOf(rows: readonly Row[]): Row[] {
  return summed(rows, ({ currency }) => currency)
    .map(({ currency, figures }): Row => ({ currency, group: [], period: null, figures }))
    .sort((a, b) => compareText(a.currency, b.currency))
}

function summed(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const key = keyOf(row)
    const sum = sums.get(key) ?? { ...row, figures: nothing() }
    sums.set(key, sum)
    for (const figure of FIGURES) sum.figures[figure] += row.figures[figure]
  }
  return [...sums.values()]
}

/** What is not known sorts behind all names. */
function keyOf({ currency, group }: Row): string {
  return JSON.stringify([currency, ...group.map((name) => [name === null ? 1 : 0, name])])
}
