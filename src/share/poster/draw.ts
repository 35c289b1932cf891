import { type Canvas, createCanvas, type Image, Path2D, type SKRSContext2D } from 'canvas'
import { type Area, inset, type Layout, type Step } from './layout.ts'
import { release } from './memory.ts'
import type { Gradient, Sides } from './template.ts'

export type { Canvas }

/** Plays the steps of a layout. `images` has every picture that they name. */
export function drawLayout({ width, height, steps }: Layout, images: ReadonlyMap<string, Image>): Canvas {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff' // a poster is opaque whatever its template leaves out
  context.fillRect(0, 0, width, height)
  context.imageSmoothingEnabled = true
  context.imageSmoothingQuality = 'high'
  for (const step of steps) {
    context.save()
    if (step.turn) context.transform(...step.turn)
    drawStep(context, step, images)
    context.restore()
  }
  return canvas
}

function drawStep(context: SKRSContext2D, step: Step, images: ReadonlyMap<string, Image>) {
  switch (step.draw) {
    case 'box':
      return drawBox(context, step)
    case 'text':
      context.font = `${step.size}px "${step.family}"`
      context.letterSpacing = `${step.spacing}px`
      context.fillStyle = step.color
      return context.fillText(step.text, step.x, step.baseline)
    case 'picture': {
      const { from, to } = step
      context.globalAlpha = step.opacity
      context.clip(shapeOf(to, step))
      return context.drawImage(images.get(step.source)!, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height)
    }
    case 'code':
      context.fillStyle = step.color
      for (const run of step.code.dark) context.fillRect(run.x, run.y, run.width, run.height)
  }
}

type Box = Extract<Step, { draw: 'box' }>
type Shadow = NonNullable<Box['shadow']>

function drawBox(context: SKRSContext2D, step: Box) {
  const { area, radius, polygon, fill, border, shadow } = step
  const shape = shapeOf(area, step)
  if (fill) {
    context.save()
    if (shadow && !drawShadow(context, step, shadow)) castShadow(context, shadow)
    context.fillStyle = typeof fill === 'string' ? fill : gradient(context, fill, area)
    context.fill(shape)
    context.restore()
  }
  if (border) {
    context.strokeStyle = border.color
    context.lineWidth = border.width
    context.setLineDash([...(border.dash ?? [])])
    const half = border.width / 2
    context.stroke(border.side ? edge(area, border.side, half) : polygon ? shape : outline(inset(area, half), radius))
  }
}

function castShadow(context: SKRSContext2D, { color, blur, x = 0, y = 0 }: Shadow): void {
  context.shadowColor = color
  context.shadowBlur = blur
  context.shadowOffsetX = x
  context.shadowOffsetY = y
}

/** Of the middle of a small shadow, which is the same everywhere and is stretched. */
const MIDDLE = 4

/**
 * Draws the shadow of a box from that of a small one, its corners as they are and the rest stretched: to blur a large one takes as long as
 * to draw everything else. False where the box is too small or no box on whole pixels.
 */
function drawShadow(
  context: SKRSContext2D,
  { area, radius, polygon, fill }: Box,
  { blur, color, x = 0, y = 0 }: Shadow,
): boolean {
  const reach = 2 * blur // the blur is of half its size in standard deviations: nothing is left of it there
  const corner = reach + Math.ceil(Math.max(...radius))
  const side = 2 * corner + MIDDLE
  const isWhole = [area.x, area.y, area.width, area.height, x, y, reach].every(Number.isInteger)
  if (polygon || !isWhole || area.width <= side || area.height <= side) return false
  const patch = createCanvas(side + 2 * reach, side + 2 * reach)
  const small = patch.getContext('2d')
  const away = 2 * patch.width // only the shadow is on the patch, what casts it is beside it
  castShadow(small, { color, blur, x: away })
  if (typeof fill === 'string') small.fillStyle = fill // what is half seen through casts half a shadow
  small.fill(outline({ x: reach - away, y: reach, width: side, height: side }, radius))
  const edge = reach + corner
  const parts = (from: number, length: number) => [
    { at: 0, size: edge, to: from - reach, length: edge },
    { at: edge, size: MIDDLE, to: from + corner, length: length - 2 * corner },
    { at: edge + MIDDLE, size: edge, to: from + length - corner, length: edge },
  ]
  context.imageSmoothingEnabled = false
  for (const row of parts(area.y + y, area.height))
    for (const column of parts(area.x + x, area.width))
      context.drawImage(patch, column.at, row.at, column.size, row.size, column.to, row.to, column.length, row.length)
  release(patch)
  return true
}

function shapeOf(area: Area, { radius, polygon }: Pick<Box, 'radius' | 'polygon'>): Path2D {
  if (!polygon) return outline(area, radius)
  const path = new Path2D()
  for (const corner of polygon) path.lineTo(...corner)
  path.closePath()
  return path
}

function outline({ x, y, width, height }: Area, radius: Sides): Path2D {
  const path = new Path2D()
  // The canvas takes corners from the top left, clockwise, as CSS does.
  path.roundRect(x, y, width, height, [...radius])
  return path
}

function edge({ x, y, width, height }: Area, side: 'top' | 'right' | 'bottom' | 'left', by: number): Path2D {
  const path = new Path2D()
  const right = x + width
  const bottom = y + height
  const [from, to] = {
    top: [
      [x, y + by],
      [right, y + by],
    ],
    right: [
      [right - by, y],
      [right - by, bottom],
    ],
    bottom: [
      [x, bottom - by],
      [right, bottom - by],
    ],
    left: [
      [x + by, y],
      [x + by, bottom],
    ],
  }[side] as [[number, number], [number, number]]
  path.moveTo(...from)
  path.lineTo(...to)
  return path
}

/** A linear gradient with CSS angles: 0 goes up, 90 to the right, and the corners get the end colours. */
function gradient(context: SKRSContext2D, { angle, stops }: Gradient, { x, y, width, height }: Area) {
  const radians = (angle * Math.PI) / 180
  const half = (Math.abs(width * Math.sin(radians)) + Math.abs(height * Math.cos(radians))) / 2
  const [middleX, middleY] = [x + width / 2, y + height / 2]
  const [towardsX, towardsY] = [Math.sin(radians) * half, -Math.cos(radians) * half]
  const filled = context.createLinearGradient(middleX - towardsX, middleY - towardsY, middleX + towardsX, middleY + towardsY)
  for (const [at, color] of stops) filled.addColorStop(at, color)
  return filled
}
