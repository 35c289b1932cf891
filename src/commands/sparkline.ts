import { multiplyDivide } from '../money.ts'

const BLOCKS = '▁▂▃▄▅▆▇█'

/** A value from a point in time (milliseconds) on; null where there was none. */
export type Point = { since: number; value: number | null }

/**
 * Values over time in `width` characters of the same duration each, from the first point to `end`; each shows the value at its end, a dot
 * where there was none. One character where no time has passed.
 */
export function sparkline(points: readonly Point[], end: number, width: number): string {
  const start = points[0]!.since
  const values = points.flatMap(({ value }) => value ?? [])
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const block = (value: number | null) =>
    value === null ? '·' : least === most ? BLOCKS[3]! : BLOCKS[multiplyDivide(value - least, BLOCKS.length - 1, most - least)]!
  if (end <= start) return block(points.at(-1)!.value)
  let line = ''
  for (let i = 1; i <= width; i++) {
    const time = start + multiplyDivide(end - start, i, width, 'down')
    line += block(points.findLast(({ since }) => since <= time)!.value)
  }
  return line
}
