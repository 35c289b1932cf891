import type { Area, Layout, Mark, Turn } from './layout.ts'

/** Pixels that may stand over: widths are sums of thousands of a pixel. */
const SLACK = 1

/**
 * What does not keep to its place, one sentence each, naming the node: a text or code that is larger than its box, stands over the edge of
 * a box around it or of the picture, or lies on another text or code. Only what stands apart (`at`, `rotate`) may lie over texts, never over a code.
 */
export function overflows(layout: Layout): string[] {
  const picture = { x: 0, y: 0, width: layout.width, height: layout.height }
  const found: string[] = []
  for (const [i, mark] of layout.marks.entries()) {
    const name = `${mark.path}: the ${mark.kind}`
    const lines = mark.lines.map((line) => bounds(line, mark.turn))
    // What is turned together is compared as it lies there.
    const meets = (other: Mark) =>
      other.turn === mark.turn
        ? mark.lines.some((line) => other.lines.some((one) => meet(line, one)))
        : lines.some((line) => other.lines.some((one) => meet(line, bounds(one, other.turn))))
    const [box, around] = [over(mark.extent, mark.box), over(mark.extent, mark.within)]
    const edge = Math.max(...lines.map((line) => over(line, picture)))
    if (box > SLACK) found.push(`${name} is ${pixels(box)} larger than its box`)
    if (edge > SLACK) found.push(`${name} stands ${pixels(edge)} over the edge of the picture`)
    else if (around > SLACK && box <= SLACK) found.push(`${name} stands ${pixels(around)} over the edge of a box around it`)
    for (const other of layout.marks.slice(0, i))
      if (mayNotMeet(mark, other) && meets(other)) found.push(`${name} lies on the ${other.kind} of ${other.path}`)
  }
  return found
}

const mayNotMeet = (one: Mark, other: Mark) => one.layer === other.layer || one.kind === 'qr' || other.kind === 'qr'

/** By how much an area stands over the edges of another. */
function over(inner: Area, outer: Area): number {
  return Math.max(
    outer.x - inner.x,
    outer.y - inner.y,
    inner.x + inner.width - outer.x - outer.width,
    inner.y + inner.height - outer.y - outer.height,
  )
}

function meet(one: Area, other: Area): boolean {
  return (
    Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x) > SLACK &&
    Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y) > SLACK
  )
}

/** The upright box around an area that is turned. */
function bounds(area: Area, turn?: Turn): Area {
  if (!turn) return area
  const [a, b, c, d, e, f] = turn
  const corners = [area.x, area.x + area.width].flatMap((x) =>
    [area.y, area.y + area.height].map((y) => [a * x + c * y + e, b * x + d * y + f] as const),
  )
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

const pixels = (distance: number) => `${Math.round(distance)} pixels`
