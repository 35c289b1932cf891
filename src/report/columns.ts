import { escaped } from '../html.ts'
import { multiplyDivide } from '../money.ts'
import type { Stretch } from '../settle/chart.ts'

/** A column of a chart: what is shown when it is pointed at, what stands below it (may be empty), and its stretches over each other. */
export type Column = { title: string; label: string; stretches: readonly Stretch[] }

/**
 * Columns beside each other as SVG, as wide as their place, with a scale at their left. `title` says what they show to those who do not see
 * it, `tick` how a value of the scale is written.
 */
export function columnChart(title: string, columns: readonly Column[], tick: (value: number) => string): string {
  const values = columns.flatMap(({ stretches }) => stretches.flatMap(({ from, to }) => [from, to]))
  const marks = ticks(Math.min(0, ...values), Math.max(0, ...values))
  const [low, high] = [marks[0]!, marks.at(-1)!]
  const y = (value: number) => (high === low ? HEIGHT : multiplyDivide(high - value, HEIGHT, high - low))
  const width = columns.length * WIDTH
  const lines = marks.map((value) => {
    const tone = value === 0 ? 'zero' : 'grid'
    return `<line class="${tone}" x1="0" x2="${width}" y1="${y(value)}" y2="${y(value)}"/>`
  })
  const drawn = columns.map(({ title, stretches }, i) => {
    const rects = stretches
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, tone }) => {
        const top = Math.min(y(Math.max(from, to)), HEIGHT - SEEN)
        const height = Math.max(Math.abs(y(to) - y(from)), SEEN)
        return `<rect class="${tone}" x="${i * WIDTH + GAP}" y="${top}" width="${WIDTH - 2 * GAP}" height="${height}"/>`
      })
    return `<g><title>${escaped(title)}</title><rect class="space" x="${i * WIDTH}" y="0" width="${WIDTH}" height="${HEIGHT}"/>${rects.join('')}</g>`
  })
  const list = (name: string, texts: readonly string[]) =>
    `<ol class="${name}" aria-hidden="true">${texts.map((text) => `<li>${escaped(text)}</li>`).join('')}</ol>`
  return `<div class="plot">${list('scale', marks.toReversed().map(tick))}
<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escaped(title)}">${lines.join('')}
${drawn.join('\n')}</svg>
${list(
  'under',
  columns.map(({ label }) => label),
)}</div>`
}

/** Of the drawing, which is stretched to its place: height of all, width of a column with its gaps at both sides, least height that is seen. */
const [HEIGHT, WIDTH, GAP, SEEN] = [1000, 100, 14, 8]

/**
 * Two to five round values (1, 2 or 5 with zeros behind it) at the same distance from each other, from `low` (at most zero) or less to `high`
 * (at least zero) or more. One where both are zero.
 */
export function ticks(low: number, high: number): number[] {
  let step = 1
  for (let i = 0; (high - low) / step > 3; i++) step *= i % 3 === 1 ? 2.5 : 2
  const first = multiplyDivide(low, 1, step, 'up')
  const last = multiplyDivide(high, 1, step, 'up')
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}
