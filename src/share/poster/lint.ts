import { contrast, linear, luminance } from './contrast.ts'
import type { Area, Layout, Mark, Step, Turn } from './layout.ts'
import type { Gradient } from './template.ts'

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
  const corners = [area.x, area.x + area.width].flatMap((x) => [area.y, area.y + area.height].map((y) => moved([x, y], turn)))
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

const pixels = (distance: number) => `${Math.round(distance)} pixels`

/** Contrast that WCAG 2.2 (1.4.3, level AA) asks for; less of large letters: 24 pixels, or 18.7 bold, of a page that is 390 wide as a phone is. */
const CONTRAST = 4.5
const CONTRAST_OF_LARGE = 3
const isLarge = ({ size, weight }: TextStep, { width }: Layout) => (size * 390) / width >= (weight >= 700 ? 18.66 : 24)

type TextStep = Extract<Step, { draw: 'text' }>
type Rgb = readonly [red: number, green: number, blue: number]
const [WHITE, BLACK]: [Rgb, Rgb] = [
  [255, 255, 255],
  [0, 0, 0],
]

/** Texts that are hard to read on what is behind them, one sentence each, naming the node. Photos may be anything from white to black. */
export function faint(layout: Layout): string[] {
  const found = new Map<string, string>()
  for (const [i, step] of layout.steps.entries()) {
    if (step.draw !== 'text' || found.has(step.path)) continue
    const least = isLarge(step, layout) ? CONTRAST_OF_LARGE : CONTRAST
    const below = layout.steps.slice(0, i)
    const points = inkOf(step).map((x) => moved([x, step.baseline - step.size * 0.36], step.turn))
    const ratio = Math.min(
      ...points.flatMap((point) =>
        [WHITE, BLACK].map((photo) => {
          const behind = below.reduce((colour, one) => blend(colourAt(one, point, photo), colour), WHITE)
          return contrastOf(blend(rgba(step.color), behind), behind)
        }),
      ),
    )
    if (ratio < least)
      found.set(
        step.path,
        `${step.path}: "${step.text}" has a contrast of ${(Math.floor(ratio * 10) / 10).toFixed(1)} : 1 to what is behind it, expected ${least} : 1`,
      )
  }
  return [...found.values()]
}

/** Where to look along a text: at its ends and its middle. Half of a full-width mark is blank, and may stand beside the box. */
function inkOf({ text, x, width, size }: TextStep): [number, number, number] {
  const from = x + (/^[〈《「『【〔〖（［｛“‘]/.test(text) ? 0.7 : 0.05) * size
  const to = x + width - (/[〉》」』】〕〗）］｝”’、。，．：；！？]$/.test(text) ? 0.7 : 0.05) * size
  return [from, (from + to) / 2, to]
}

type Rgba = readonly [...Rgb, alpha: number]
type Point = readonly [x: number, y: number]
const NOTHING: Rgba = [0, 0, 0, 0]

const rgba = (hex: string): Rgba =>
  [1, 3, 5, 7].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / (at === 7 ? 255 : 1)) as unknown as Rgba

const blend = ([red, green, blue, alpha]: Rgba, behind: Rgb): Rgb =>
  [red, green, blue].map((value, i) => value * alpha + behind[i]! * (1 - alpha)) as unknown as Rgb

function contrastOf(...colours: readonly [Rgb, Rgb]): number {
  const lights = colours.map(([red, green, blue]) => luminance(linear(red), linear(green), linear(blue)))
  return contrast(Math.max(...lights), Math.min(...lights))
}

/** What a step paints at a point of the picture. Rounded corners are taken as square; no text stands in them. */
function colourAt(step: Step, at: Point, photo: Rgb): Rgba {
  if (step.draw !== 'box' && step.draw !== 'picture') return NOTHING
  const point = movedBack(at, step.turn)
  const area = step.draw === 'box' ? step.area : step.to
  if (!(step.polygon ? isInsideOutline(point, step.polygon) : isInside(point, area))) return NOTHING
  if (step.draw === 'picture') return [...photo, step.opacity]
  if (!step.fill) return NOTHING
  return typeof step.fill === 'string' ? rgba(step.fill) : gradientAt(step.fill, point, area)
}

const isInside = ([x, y]: Point, area: Area) =>
  x >= area.x && y >= area.y && x <= area.x + area.width && y <= area.y + area.height

/** Counts the sides that a line to the right crosses. */
function isInsideOutline([x, y]: Point, corners: readonly Point[]): boolean {
  return (
    corners.filter(([toX, toY], i) => {
      const [fromX, fromY] = corners.at(i - 1)!
      return fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)
    }).length %
      2 ===
    1
  )
}

function gradientAt({ angle, stops }: Gradient, [x, y]: Point, area: Area): Rgba {
  const radians = (angle * Math.PI) / 180
  const [right, down] = [Math.sin(radians), -Math.cos(radians)]
  const length = Math.abs(area.width * right) + Math.abs(area.height * down)
  const part = ((x - area.x - area.width / 2) * right + (y - area.y - area.height / 2) * down) / length + 0.5
  const next = stops.findIndex(([at]) => at >= part)
  const [to, before] = [stops[next] ?? stops.at(-1)!, stops[next - 1] ?? (next === 0 ? stops[0]! : stops.at(-1)!)]
  const share = to[0] === before[0] ? 1 : (part - before[0]) / (to[0] - before[0])
  const [one, other] = [rgba(before[1]), rgba(to[1])]
  return one.map((value, i) => value + (other[i]! - value) * share) as unknown as Rgba
}

const moved = ([x, y]: Point, turn?: Turn): Point =>
  turn ? [turn[0] * x + turn[2] * y + turn[4], turn[1] * x + turn[3] * y + turn[5]] : [x, y]
/** Turns do not stretch, so what undoes them is their transpose. */
const movedBack = ([x, y]: Point, turn?: Turn): Point =>
  turn ? moved([x - turn[4], y - turn[5]], [turn[0], turn[2], turn[1], turn[3], 0, 0]) : [x, y]
