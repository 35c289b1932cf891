import { type Canvas, createCanvas, Image, type ImageData } from 'canvas'
import { dataError } from '../../errors.ts'
import { contrast, linear, luminance } from './contrast.ts'
import type { Area } from './layout.ts'
import { release } from './memory.ts'
import type { Pixels } from './png.ts'
import { type Code, QUIET } from './qr.ts'
import { readCode } from './read.ts'

/** Of dark and light modules, by WCAG; less is lost on a dim screen or a bad print. */
const LEAST_CONTRAST = 4
/** Of the poster around a code that is cut out with it, pixels. */
const AROUND = 8
/** Cut-outs begin at multiples of this, so that scaling and JPEG blocks hit them as they would hit the whole poster. */
const GRID = 16
/** jsqr misses codes of about 70 modules and more whose modules are 2 or 3½ pixels after scaling, which zbar and zxing read; enlarged, it reads them. */
const ENLARGED = [1, 2, 3]

/** What messengers and people do to pictures. */
const DAMAGES: readonly { name: string; of: (cut: Canvas) => Canvas | Promise<Canvas> }[] = [
  { name: 'as it is', of: (cut) => cut },
  { name: 'halved', of: (cut) => scaled(cut, 0.5) },
  { name: 'saved as JPEG of quality 50', of: recompressed },
  { name: 'in a screenshot at three quarters', of: inScreenshot },
]

/**
 * Makes sure that the QR of a finished picture can be read: its modules stand uncovered, with contrast, in a blank margin, and it is decoded
 * from the picture and from copies that are halved, saved as JPEG of quality 50, and shrunk into a screenshot. Only the part with the code
 * is looked at, and taken from the picture once: a whole poster takes twenty times as long.
 * @throws dataError that says what is wrong, in which copy, and what helps.
 */
export async function checkCode(canvas: Canvas, code: Code, place: string): Promise<void> {
  const around = surroundings(canvas, code)
  const pixels = canvas.getContext('2d').getImageData(around.x, around.y, around.width, around.height)
  checkModules(pixels, around, code, place)
  const cut = createCanvas(around.width, around.height)
  try {
    cut.getContext('2d').putImageData(pixels, 0, 0)
    const outcomes = await Promise.allSettled(
      DAMAGES.map(async ({ name, of }) => {
        const copy = await of(cut)
        try {
          await checkReading(copy, code.text, `${place}: the QR of the finished picture, ${name},`)
        } finally {
          if (copy !== cut) release(copy)
        }
      }),
    )
    const failed = outcomes.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
  } finally {
    release(cut)
  }
}

/** Reads a QR as it stands, and enlarged where that does not give what is expected. @throws dataError */
async function checkReading(copy: Canvas, expected: string, what: string): Promise<void> {
  let read: string | null = null
  for (const factor of ENLARGED) {
    const larger = factor === 1 ? copy : scaled(copy, factor)
    read = (await readCode(pixelsOf(larger))) ?? read
    if (larger !== copy) release(larger)
    if (read === expected) return
  }
  const found = read === null ? 'cannot be read' : `reads "${read}"`
  throw dataError(`${what} ${found}, expected "${expected}"; use a short link or a larger code`)
}

/** Compares the middle of every module and the margin around them with what was to be drawn. `around`: where the pixels stand. @throws dataError */
function checkModules({ data }: Pixels, around: Area, { area, module, dark, logo }: Code, place: string): void {
  const quiet = QUIET * module
  const side = area.width + 2 * quiet
  const count = area.width / module
  const isDark = new Uint8Array(count * count)
  for (const { x, y, width } of dark) {
    const from = ((y - area.y) / module) * count + (x - area.x) / module
    isDark.fill(1, from, from + width / module)
  }
  /** Of a place in the code with its margin; 0 beyond the edge of the picture. */
  const lightAt = (x: number, y: number) => {
    const [left, top] = [area.x - quiet + x, area.y - quiet + y]
    return isInside(left, top, around) ? luminanceOf(data, 4 * ((top - around.y) * around.width + left - around.x)) : 0
  }
  const middles: { dark: boolean; value: number }[] = []
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const x = quiet + Math.floor((column + 0.5) * module)
      const y = quiet + Math.floor((row + 0.5) * module)
      if (logo && isInside(x + area.x - quiet, y + area.y - quiet, logo)) continue
      middles.push({ dark: isDark[row * count + column] === 1, value: lightAt(x, y) })
    }
  }
  const middle = (wanted: boolean) => {
    const values = middles.filter((one) => one.dark === wanted).map(({ value }) => value)
    return values.sort((a, b) => a - b)[values.length >> 1]!
  }
  const [ink, paper] = [middle(true), middle(false)]
  const ratio = contrast(paper, ink)
  if (ratio < LEAST_CONTRAST)
    throw dataError(
      `${place}: the QR's light and dark have a contrast of ${ratio.toFixed(1)} : 1, expected at least ${LEAST_CONTRAST} : 1 and dark on light`,
    )
  const border = Math.sqrt((ink + 0.05) * (paper + 0.05)) - 0.05
  const covered = middles.filter(({ dark, value }) => dark !== value < border).length
  if (covered > 0)
    throw dataError(`${place}: something stands over the QR, ${covered} of its modules are not what they should be`)
  // The corners are left out: rounded ones do no harm.
  for (let along = quiet; along < side - quiet; along++) {
    for (let across = 0; across < quiet; across++) {
      const far = side - 1 - across
      const values = [lightAt(along, across), lightAt(along, far), lightAt(across, along), lightAt(far, along)]
      if (values.some((value) => value < border))
        throw dataError(`${place}: something dark stands in the blank that a QR needs around it, ${QUIET} modules wide`)
    }
  }
}

const isInside = (x: number, y: number, area: Area) =>
  x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height

/** Tens of thousands of pixels are looked at. */
const LINEAR = Float64Array.from({ length: 256 }, (_, level) => linear(level))

function luminanceOf(data: Pixels['data'], at: number): number {
  return luminance(LINEAR[data[at]!]!, LINEAR[data[at + 1]!]!, LINEAR[data[at + 2]!]!)
}

function pixelsOf(canvas: Canvas): ImageData {
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
}

/** The part of the picture that is looked at. */
function surroundings(canvas: Canvas, { area, module }: Code): Area {
  const margin = QUIET * module + AROUND
  const x = Math.floor(Math.max(0, area.x - margin) / GRID) * GRID
  const y = Math.floor(Math.max(0, area.y - margin) / GRID) * GRID
  const width = Math.min(canvas.width, area.x + area.width + margin) - x
  const height = Math.min(canvas.height, area.y + area.height + margin) - y
  return { x, y, width, height }
}

function scaled(cut: Canvas, factor: number): Canvas {
  const copy = createCanvas(Math.round(cut.width * factor), Math.round(cut.height * factor))
  drawScaled(copy, cut, { x: 0, y: 0, width: copy.width, height: copy.height })
  return copy
}

function drawScaled(onto: Canvas, picture: Canvas | Image, { x, y, width, height }: Area): void {
  const context = onto.getContext('2d')
  context.imageSmoothingEnabled = true
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, x, y, width, height)
}

async function recompressed(cut: Canvas): Promise<Canvas> {
  const image = new Image()
  image.src = await cut.encode('jpeg', 50)
  await image.decode()
  const copy = createCanvas(cut.width, cut.height)
  drawScaled(copy, image, { x: 0, y: 0, width: cut.width, height: cut.height })
  return copy
}

/** On a phone's screen, between bars with words and other pictures, not on whole pixels. */
function inScreenshot(cut: Canvas): Canvas {
  const [width, height] = [cut.width * 0.75, cut.height * 0.75]
  const copy = createCanvas(Math.ceil(width) + 40, Math.ceil(height) + 64)
  const context = copy.getContext('2d')
  context.fillStyle = '#1b1d22'
  context.fillRect(0, 0, copy.width, copy.height)
  context.fillStyle = '#d6d8dc'
  for (let x = 8; x < copy.width; x += 22) {
    context.fillRect(x, 10, 13, 12)
    context.fillRect(x, copy.height - 24, 9, 9)
  }
  drawScaled(copy, cut, { x: 19.5, y: 30.5, width, height })
  return copy
}
