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
import { type Facts, fill, holds } from '../facts.ts'
import { type Faces, prepareText, type Run, type SetText, setText, type Text } from './lines.ts'
import { type Code, makeCode } from './qr.ts'
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
} from './template.ts'

/** A rectangle in pixels from the top left corner. */
export type Area = { x: number; y: number; width: number; height: number }

/** What is drawn, in this order. Colours are `#rrggbbaa`; opacity is already in them. */
export type Step =
  | {
      draw: 'box'
      area: Area
      radius: Sides
      fill?: Fill
      border?: NonNullable<Style['border']>
      shadow?: NonNullable<Style['shadow']>
    }
  | { draw: 'text'; text: string; x: number; baseline: number; family: string; size: number; spacing: number; color: Colour }
  | { draw: 'picture'; source: string; from: Area; to: Area; radius: Sides; opacity: number }
  | { draw: 'code'; code: Code; area: Area; color: Colour }

export type Layout = {
  width: number
  height: number
  steps: Step[]
  /** What the operator should know: a text that lost its end. */
  warnings: string[]
}

/** What a layout is made of besides the template. */
export type Content = {
  /** Whose poster it is, for errors: `jd:100012043978`. */
  product: string
  scheme: string
  size: string
  facts: Facts
  /** Sizes of the pictures by their name in the template. */
  pictures: ReadonlyMap<string, { width: number; height: number }>
  faces: Faces
}

const TRANSPARENT = '#00000000'
const NO_RADIUS: Sides = [0, 0, 0, 0]
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
    const layout: Layout = { width, height, steps: [], warnings: [] }
    paint(root, { x: 0, y: 0, opacity: 1 }, { template, content, scheme, layout })
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
      const set = setText(text, mode === MeasureMode.Undefined ? Number.POSITIVE_INFINITY : width, node)
      return { width: set.width, height: set.height }
    })
  }
  if (node.kind === 'qr') flex.setAspectRatio(1)
  return leaf
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

function runsOf(node: TextNode, facts: Facts): Run[] {
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

function paint(leaf: Leaf, from: { x: number; y: number; opacity: number }, sheet: Sheet) {
  const { node, flex } = leaf
  const box = flex.getComputedLayout()
  const area = { x: from.x + box.left, y: from.y + box.top, width: box.width, height: box.height }
  const opacity = from.opacity * (node.opacity ?? 1)
  const color = (written: Colour) => resolve(written, sheet.scheme, opacity)
  const { steps } = sheet.layout
  const painted: Style = node.kind === 'qr' ? { ...node, fill: node.light ?? '#ffffff' } : node
  if (painted.fill || painted.border || painted.shadow)
    steps.push({ draw: 'box', area, radius: node.radius ?? NO_RADIUS, ...boxPaint(painted, color) })
  if (node.kind === 'text') paintText(node, setText(leaf.text!, area.width + 0.5, node), leaf.text!, area, color, sheet)
  if (node.kind === 'picture')
    steps.push({ draw: 'picture', source: node.source, ...cover(node, area, sheet), radius: node.radius ?? NO_RADIUS, opacity })
  if (node.kind === 'qr') paintCode(node, area, color, sheet)
  for (const child of leaf.children) paint(child, { x: area.x, y: area.y, opacity }, sheet)
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
  node: TextNode,
  set: SetText,
  text: Text,
  area: Area,
  color: (written: Colour) => Colour,
  { template, layout }: Sheet,
) {
  for (const line of set.lines) {
    const room = area.width - line.width
    const left = area.x + (node.align === 'center' ? room / 2 : node.align === 'right' ? room : 0)
    const baseline = area.y + line.baseline
    for (const piece of line.pieces) {
      const run = text.runs[piece.run]!
      const size = run.size * set.scale
      const x = left + piece.x
      const { text: letters, family } = piece
      layout.steps.push({
        draw: 'text',
        text: letters,
        x,
        baseline,
        family,
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
  }
  if (set.cut)
    layout.warnings.push(`${template.name}: "${text.runs.map((run) => run.text).join('')}" was cut to ${set.lines.length} lines`)
}

/** The part of a picture that fills the area without distortion, and the area. */
function cover({ source, focus = [0.5, 0.5] }: PictureNode, to: Area, { content }: Sheet): { from: Area; to: Area } {
  const { width, height } = content.pictures.get(source)!
  const scale = Math.max(to.width / width, to.height / height)
  const from = { width: to.width / scale, height: to.height / scale }
  return { from: { x: (width - from.width) * focus[0], y: (height - from.height) * focus[1], ...from }, to }
}

function paintCode(node: QrNode & Node, area: Area, color: (written: Colour) => Colour, { template, content, layout }: Sheet) {
  const place = placeOf(node, template, content)
  if (area.x < 0 || area.y < 0 || area.x + area.width > layout.width || area.y + area.height > layout.height)
    throw usageError(`${place}: the QR does not lie within the picture`)
  const text = fill(node.text, content.facts)
  if (text === '') throw dataError(`${place}: there is no link for the QR`)
  const code = makeCode(text, area, place)
  layout.steps.push({ draw: 'code', code, area, color: color(node.dark ?? '#000') })
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
