import Yoga, {
  Align,
  Edge,
  FlexDirection,
  Gutter,
  Justify,
  MeasureMode,
  PositionType,
  Wrap,
  type Node as YogaNode,
} from 'yoga-layout'
import { dataError, usageError } from '../../errors.ts'
import { type Facts, fill, holds, type ShopFacts } from '../facts.ts'
import { type Faces, prepareText, type Run, type SetText, setText, type Text } from './lines.ts'
import { type Code, codeSide, makeCode } from './qr.ts'
import type {
  BoxNode,
  Colour,
  Fill,
  Gradient,
  Length,
  Node,
  PictureNode,
  QrNode,
  Sides,
  Style,
  Template,
  TextNode,
  Tiles,
  Weight,
} from './template.ts'

/** A rectangle in pixels from the top left corner. */
export type Area = { x: number; y: number; width: number; height: number }

export function inset({ x, y, width, height }: Area, by: number): Area {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by }
}

/** An affine transform as the canvas takes it: x' = ax + cy + e, y' = bx + dy + f. */
export type Turn = readonly [a: number, b: number, c: number, d: number, e: number, f: number]
/** Corners of a shape, pixels. */
type Outline = readonly (readonly [x: number, y: number])[]

/** What is drawn, in this order, and how it is turned. Colours are `#rrggbbaa`; opacity is already in them. */
export type Step = (
  | {
      draw: 'box'
      area: Area
      radius: Sides
      polygon?: Outline
      fill?: Fill
      border?: NonNullable<Style['border']>
      shadow?: NonNullable<Style['shadow']>
    }
  | {
      draw: 'text'
      /** The node's, for `lint.ts`. */
      path: string
      text: string
      x: number
      baseline: number
      width: number
      family: string
      weight: Weight
      size: number
      spacing: number
      color: Colour
    }
  | { draw: 'picture'; source: string; from: Area; to: Area; radius: Sides; polygon?: Outline; opacity: number }
  | { draw: 'code'; code: Code; color: Colour }
) & { turn?: Turn }

export type Layout = {
  width: number
  height: number
  steps: Step[]
  /** The texts and codes, for `lint.ts`. */
  marks: Mark[]
  layers: number
  /** What the operator should know: a text that lost its end. */
  warnings: string[]
}

/** A text or code where it stands before it is turned. */
export type Mark = {
  /** `root.column[2]` */
  path: string
  kind: 'text' | 'qr'
  /** The box of the node, and the one that it may not leave: of all nodes around it, up to one that stands apart. */
  box: Area
  within: Area
  /** What it takes up, all of it, and line by line. */
  extent: Area
  lines: Area[]
  /** Nodes with `at` or `rotate` and all in them make a layer; another layer may be drawn over this one. */
  layer: number
  turn?: Turn
}

/** What a layout is made of besides the template. */
export type Content = {
  /** Whose poster it is, for errors: `jd:100012043978`. */
  product: string
  scheme: string
  size: string
  facts: Facts | ShopFacts
  /** Sizes of the pictures by their name in the template. */
  pictures: ReadonlyMap<string, { width: number; height: number }>
  faces: Faces
}

const TRANSPARENT = '#00000000'
const NO_RADIUS: Sides = [0, 0, 0, 0]
/** How far letters reach above and below the baseline, parts of the size: Han characters, and figures more so, leave room in their em square. */
const INK_ABOVE = 0.82
const INK_BELOW = 0.08
const EDGES = { left: Edge.Left, top: Edge.Top, right: Edge.Right, bottom: Edge.Bottom }
const ALIGN = { start: Align.FlexStart, center: Align.Center, end: Align.FlexEnd, stretch: Align.Stretch }
const JUSTIFY = {
  ...{ start: Justify.FlexStart, center: Justify.Center, end: Justify.FlexEnd },
  ...{ between: Justify.SpaceBetween, around: Justify.SpaceAround, evenly: Justify.SpaceEvenly },
}

/** A node whose condition holds, with its yoga twin and, for texts, the letters. */
type Leaf = { node: Node; flex: YogaNode; children: Leaf[]; text?: Text }

/**
 * Lays out a template: pure, the same content gives the same steps.
 * @throws dataError on a character that no font has or a link too long for its QR; usageError where the template puts the QR off the picture.
 */
export function layOut(template: Template, content: Content): Layout {
  const scheme = template.schemes[content.scheme]!
  const { width, height, ...sheet } = template.sizes.get(content.size)!
  const root = grow(sheet.root, template, content)
  try {
    root.flex.setWidth(width)
    root.flex.setHeight(height)
    root.flex.calculateLayout(width, height)
    const layout: Layout = { width, height, steps: [], marks: [], layers: 0, warnings: [] }
    paint(root, { x: 0, y: 0, opacity: 1, within: pictureOf(layout), layer: 0 }, { template, content, scheme, layout })
    return layout
  } finally {
    root.flex.freeRecursive()
  }
}

function grow(node: Node, template: Template, content: Content): Leaf {
  const flex = Yoga.Node.create()
  applyStyle(flex, node)
  const leaf: Leaf = { node, flex, children: [] }
  if (node.kind === 'row' || node.kind === 'column') {
    applyBox(flex, node)
    leaf.children = node.children
      .filter((child) => !child.when || holds(child.when, content.facts))
      .map((child) => grow(child, template, content))
    for (const [i, child] of leaf.children.entries()) flex.insertChild(child.flex, i)
  }
  if (node.kind === 'text') {
    leaf.text = prepareText(runsOf(node, content.facts), content.faces, placeOf(node, template, content), node.balance)
    const text = leaf.text
    // Yoga shrinks nothing by itself; texts give way to their neighbours, as people expect.
    if (node.shrink === undefined) flex.setFlexShrink(1)
    flex.setMeasureFunc((width, mode) => {
      const set = setText(text, mode === MeasureMode.Undefined ? Number.POSITIVE_INFINITY : roomOf(width), node)
      return { width: set.width, height: set.height }
    })
  }
  if (node.kind === 'qr') {
    flex.setAspectRatio(1)
    if (node.most !== undefined && typeof node.width === 'number')
      flex.setWidth(codeSide(fill(node.text, content.facts), node.logo !== undefined, node.width, node.most))
  }
  return leaf
}

/** Yoga rounds boxes to whole pixels, which may take half a pixel from a text that just fits; measured and drawn alike, both give the same lines. */
const roomOf = (width: number) => Math.round(width) + 0.5

/** A text that was left less height than it asked for does with fewer lines. */
function setInto({ width, height }: Area, text: Text, node: TextNode): SetText {
  let set = setText(text, roomOf(width), node)
  while (set.height > height + 1 && set.lines.length > 1)
    set = setText(text, roomOf(width), { ...node, lines: set.lines.length - 1 })
  return set
}

/** Where an error is, for people: `jd:100012043978: card: root.column[1]`. */
function placeOf(node: Node, template: Template, { product }: Content): string {
  return `${product}: ${template.name}: ${node.path}`
}

function applyStyle(flex: YogaNode, style: Style) {
  const { width, height, minWidth, maxWidth, minHeight, maxHeight, basis, margin, at } = style
  if (width !== undefined) flex.setWidth(width)
  if (height !== undefined) flex.setHeight(height)
  if (minWidth !== undefined) flex.setMinWidth(minWidth)
  if (maxWidth !== undefined) flex.setMaxWidth(maxWidth)
  if (minHeight !== undefined) flex.setMinHeight(minHeight)
  if (maxHeight !== undefined) flex.setMaxHeight(maxHeight)
  if (basis !== undefined) flex.setFlexBasis(basis)
  if (style.grow !== undefined) flex.setFlexGrow(style.grow)
  if (style.shrink !== undefined) flex.setFlexShrink(style.shrink)
  if (style.aspect !== undefined) flex.setAspectRatio(style.aspect)
  if (style.self !== undefined) flex.setAlignSelf(ALIGN[style.self])
  if (margin) eachSide(margin, (edge, value) => flex.setMargin(edge, value))
  if (at) {
    flex.setPositionType(PositionType.Absolute)
    for (const [side, value] of Object.entries(at) as [keyof typeof EDGES, Length][]) flex.setPosition(EDGES[side], value)
  }
}

function applyBox(flex: YogaNode, { kind, padding, gap, align, justify, wrap }: BoxNode) {
  flex.setFlexDirection(kind === 'row' ? FlexDirection.Row : FlexDirection.Column)
  if (padding) eachSide(padding, (edge, value) => flex.setPadding(edge, value))
  if (gap !== undefined) flex.setGap(Gutter.All, gap)
  if (align) flex.setAlignItems(ALIGN[align])
  if (justify) flex.setJustifyContent(JUSTIFY[justify])
  if (wrap) flex.setFlexWrap(Wrap.Wrap)
}

function eachSide([top, right, bottom, left]: Sides, set: (edge: Edge, value: number) => void) {
  set(Edge.Top, top)
  set(Edge.Right, right)
  set(Edge.Bottom, bottom)
  set(Edge.Left, left)
}

function runsOf(node: TextNode, facts: Content['facts']): Run[] {
  return node.spans
    .filter((span) => !span.when || holds(span.when, facts))
    .map((span) => ({
      text: fill(span.text, facts),
      size: span.size ?? node.size ?? 32,
      weight: span.weight ?? node.weight ?? 400,
      color: span.color ?? node.color ?? '#000',
      spacing: span.spacing ?? node.spacing ?? 0,
      strike: span.strike ?? false,
      gap: span.gap ?? 0,
    }))
}

/** What painting needs to know and adds to. */
type Sheet = { template: Template; content: Content; scheme: Readonly<Record<string, Colour>>; layout: Layout }

/** What a node has from those around it. */
type Surroundings = { x: number; y: number; opacity: number; within: Area; layer: number; turn?: Turn }
type Placed = Surroundings & { area: Area }

function paint(leaf: Leaf, from: Surroundings, sheet: Sheet) {
  const { node, flex } = leaf
  const { layout } = sheet
  const box = flex.getComputedLayout()
  const area = { x: from.x + box.left, y: from.y + box.top, width: box.width, height: box.height }
  const turn = node.rotate ? turned(area, node.rotate, from.turn) : from.turn
  const apart = node.at !== undefined || node.rotate !== undefined
  const own: Placed = {
    ...from,
    ...(turn && { turn }),
    ...{ x: area.x, y: area.y, area, opacity: from.opacity * (node.opacity ?? 1) },
    ...(apart && { layer: ++layout.layers, within: turn ? area : pictureOf(layout) }),
  }
  const steps = layout.steps.length
  const color = (written: Colour) => resolve(written, sheet.scheme, own.opacity)
  const painted: Style = node.kind === 'qr' ? { ...node, fill: node.light ?? '#ffffff' } : node
  const shape = {
    radius: node.radius ?? NO_RADIUS,
    ...(node.polygon && { polygon: node.polygon.map(([x, y]) => [area.x + x * area.width, area.y + y * area.height] as const) }),
  }
  if (painted.fill || painted.border || painted.shadow)
    layout.steps.push({ draw: 'box', area, ...shape, ...boxPaint(painted, color) })
  if (node.kind === 'text') paintText(node, setInto(area, leaf.text!, node), leaf.text!, own, color, sheet)
  if (node.kind === 'picture')
    layout.steps.push({ draw: 'picture', source: node.source, ...cover(node, area, sheet), ...shape, opacity: own.opacity })
  if (node.kind === 'qr') paintCode(node, own, color, sheet)
  if (turn) for (const step of layout.steps.slice(steps)) step.turn = turn
  for (const child of leaf.children) paint(child, { ...own, within: common(own.within, area) }, sheet)
}

const pictureOf = ({ width, height }: Layout): Area => ({ x: 0, y: 0, width, height })

function common(one: Area, other: Area): Area {
  const x = Math.max(one.x, other.x)
  const y = Math.max(one.y, other.y)
  const right = Math.min(one.x + one.width, other.x + other.width)
  const bottom = Math.min(one.y + one.height, other.y + other.height)
  return { x, y, width: right - x, height: bottom - y }
}

/** Turns about the middle of an area, clockwise by degrees, after `before`. */
function turned({ x, y, width, height }: Area, degrees: number, before: Turn = [1, 0, 0, 1, 0, 0]): Turn {
  const [middleX, middleY] = [x + width / 2, y + height / 2]
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const [a, b, c, d, e, f] = before
  const [right, down] = [middleX - cos * middleX + sin * middleY, middleY - sin * middleX - cos * middleY]
  return [
    a * cos + c * sin,
    b * cos + d * sin,
    c * cos - a * sin,
    d * cos - b * sin,
    a * right + c * down + e,
    b * right + d * down + f,
  ]
}

function boxPaint({ fill, border, shadow }: Style, color: (written: Colour) => Colour) {
  const gradient = ({ angle, stops }: Gradient) => ({ angle, stops: stops.map(([at, one]) => [at, color(one)] as const) })
  return {
    ...(fill && { fill: typeof fill === 'string' ? color(fill) : gradient(fill) }),
    ...(border && { border: { ...border, color: color(border.color) } }),
    ...(shadow && { shadow: { ...shadow, color: color(shadow.color) } }),
  }
}

function paintText(
  node: TextNode & Node,
  set: SetText,
  text: Text,
  { area, within, layer, turn }: Placed,
  color: (written: Colour) => Colour,
  { template, content, layout }: Sheet,
) {
  const lines: Area[] = []
  for (const line of set.lines) {
    const room = area.width - line.width
    const left = area.x + (node.align === 'center' ? room / 2 : node.align === 'right' ? room : 0)
    const baseline = area.y + line.baseline
    let tallest = 0
    for (const piece of line.pieces) {
      const run = text.runs[piece.run]!
      const size = run.size * set.scale
      const x = left + piece.x
      const { text: letters, family } = piece
      tallest = Math.max(tallest, size)
      layout.steps.push({
        draw: 'text',
        path: node.path,
        text: letters,
        x,
        baseline,
        width: piece.width,
        family,
        weight: run.weight,
        size,
        spacing: run.spacing * size,
        color: color(run.color),
      })
      if (run.strike) {
        const height = Math.max(2, Math.round(size * 0.07))
        const bar = { x, y: Math.round(baseline - size * 0.36 - height / 2), width: piece.width, height }
        layout.steps.push({ draw: 'box', area: bar, radius: NO_RADIUS, fill: color(run.color) })
      }
    }
    lines.push({ x: left, y: baseline - INK_ABOVE * tallest, width: line.width, height: (INK_ABOVE + INK_BELOW) * tallest })
  }
  if (lines.length > 0) {
    const extent = { x: Math.min(...lines.map(({ x }) => x)), y: area.y, width: set.width, height: set.height }
    layout.marks.push({ path: node.path, kind: 'text', box: area, within, extent, lines, layer, ...(turn && { turn }) })
  }
  if (set.cut) {
    const whole = [...text.runs.map((run) => run.text).join('')]
    const named = whole.length > 20 ? `${whole.slice(0, 16).join('')}…` : whole.join('')
    const lines = set.lines.length === 1 ? '1 line' : `${set.lines.length} lines`
    layout.warnings.push(`${template.name}, ${content.size}: "${named}" was cut to ${lines}`)
  }
}

/** The part of a picture that fills the area without distortion, and the area. */
function cover(
  { source, focus = [0.5, 0.5] }: PictureNode,
  to: Area,
  { content }: Pick<Sheet, 'content'>,
): { from: Area; to: Area } {
  const { width, height } = content.pictures.get(source)!
  const scale = Math.max(to.width / width, to.height / height)
  const from = { width: to.width / scale, height: to.height / scale }
  return { from: { x: (width - from.width) * focus[0], y: (height - from.height) * focus[1], ...from }, to }
}

function paintCode(
  node: QrNode & Node,
  { area, within, layer, turn }: Placed,
  color: (written: Colour) => Colour,
  { template, content, layout }: Sheet,
) {
  const place = placeOf(node, template, content)
  if (turn) throw usageError(`${place}: the QR is rotated; its modules would not be whole pixels`)
  if (area.x < 0 || area.y < 0 || area.x + area.width > layout.width || area.y + area.height > layout.height)
    throw usageError(`${place}: the QR does not lie within the picture`)
  if (tileOf(area, layout, template.sizes.get(content.size)!.tiles) === null)
    throw usageError(`${place}: the QR lies across two tiles, expected within one`)
  const text = fill(node.text, content.facts)
  if (text === '') throw dataError(`${place}: there is no link for the QR`)
  const code = makeCode(text, area, node.logo !== undefined, place)
  layout.marks.push({ path: node.path, kind: 'qr', box: area, within, extent: area, lines: [area], layer })
  layout.steps.push({ draw: 'code', code, color: color(node.dark ?? '#000') })
  if (!code.logo) return
  const paper = color(node.light ?? '#ffffff')
  layout.steps.push({ draw: 'box', area: code.logo, radius: NO_RADIUS, fill: paper })
  const inner = inset(code.logo, code.module / 2)
  const logo: PictureNode = { kind: 'picture', source: node.logo! }
  layout.steps.push({ draw: 'picture', source: node.logo!, ...cover(logo, inner, { content }), radius: NO_RADIUS, opacity: 1 })
}

/** The tile that an area lies in, in reading order from 0, or null where it lies across their edges. */
export function tileOf(area: Area, { width, height }: Pick<Layout, 'width' | 'height'>, { columns, rows }: Tiles): number | null {
  const column = Math.floor((area.x * columns) / width)
  const row = Math.floor((area.y * rows) / height)
  const isInside = area.x + area.width <= ((column + 1) * width) / columns && area.y + area.height <= ((row + 1) * height) / rows
  return isInside ? row * columns + column : null
}

/** `$ink/60`, `#abc` or `#aabbcc` → `#rrggbbaa`. */
function resolve(written: Colour, scheme: Readonly<Record<string, Colour>>, opacity: number): Colour {
  const [name = '', percent] = written.split('/')
  let hex = (name.startsWith('$') ? (scheme[name.slice(1)] ?? TRANSPARENT) : name).toLowerCase()
  if (hex.length === 4) hex = `#${[...hex.slice(1)].map((digit) => digit + digit).join('')}`
  const alpha = (hex.length === 9 ? Number.parseInt(hex.slice(7), 16) / 255 : 1) * (percent ? Number(percent) / 100 : 1) * opacity
  return `${hex.slice(0, 7)}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`
}
