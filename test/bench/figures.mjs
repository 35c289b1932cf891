// What was measured, as rows of one table.
import stringWidth from 'string-width'
import { median } from './run.mjs'

/**
 * One measure. `ratio` says how many times as fast ours is, or, of memory and sizes, what share of the other's it takes.
 * @typedef {{ part: string, measure: string, unit: 's' | 'ms' | 'MB' | '/s', ours: number, other: number | null, against: string | null,
 *   ratio: number | null, goal: string | null, met: boolean | null }} Figure
 */

/** A goal for the ratio, or, with `ours`, for our own figure. @typedef {{ least?: number, most?: number, ours?: boolean }} Goal */

/** Times: the ratio is how many times as fast ours is, the median over the rounds. */
export const faster = (/** @type {number} */ ours, /** @type {number} */ other) => other / ours
/** Memory and sizes: the ratio is ours in terms of the other's. */
export const share = (/** @type {number} */ ours, /** @type {number} */ other) => ours / other

/**
 * @param {Pick<Figure, 'part' | 'measure' | 'unit'> & { ours: readonly (number | null)[], other?: readonly (number | null)[] | null,
 *   against?: string, ratio?: typeof faster, goal?: Goal }} measured rounds in the same order; null where nothing could be measured
 * @returns {Figure[]} none where there is nothing of ours
 */
export function figure({ part, measure, unit, ours, other = null, against = '', ratio: ratioOf = faster, goal }) {
  const pairs = ours.flatMap((own, i) => (own !== null && other !== null && other[i] != null ? [ratioOf(own, other[i])] : []))
  const own = known(ours)
  if (own === null) return []
  const others = known(other ?? [])
  const ratio = pairs.length > 0 ? median(pairs) : null
  const judged = goal?.ours ? own : ratio
  const met = !goal || judged === null ? null : judged >= (goal.least ?? -Infinity) && judged <= (goal.most ?? Infinity)
  const bound = goal && `${goal.least === undefined ? '≤' : '≥'} ${goal.least ?? goal.most}${goal.ours ? ` ${unit}` : ' ×'}`
  return [
    { part, measure, unit, ours: own, other: others, against: others === null ? null : against, ratio, goal: bound ?? null, met },
  ]
}

const known = (/** @type {readonly (number | null)[]} */ values) => {
  const numbers = values.filter((value) => value !== null && value !== undefined)
  return numbers.length > 0 ? median(numbers) : null
}

/** The table that people read. @param {readonly Figure[]} figures */
export function table(figures) {
  const amount = (/** @type {number | null} */ value, /** @type {string} */ unit) =>
    value === null ? '–' : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`
  const rows = figures.map(({ part, measure, unit, ours, other, against, ratio, goal, met }) => [
    `${part}: ${measure}`,
    amount(ours, unit),
    other === null ? '–' : `${amount(other, unit)} ${against}`,
    ratio === null ? '–' : `${ratio.toFixed(2)} ×`,
    goal ?? '–',
    met === null ? '' : met ? 'ok' : 'MISSED',
  ])
  const all = [['', 'ours', 'other', 'ratio', 'goal', ''], ...rows]
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)))
  const pad = (/** @type {string} */ cell, /** @type {number} */ column) => {
    const blank = ' '.repeat(widths[column] - stringWidth(cell))
    return column === 0 || column === 5 ? cell + blank : blank + cell
  }
  return all.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
