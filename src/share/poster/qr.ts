// The package's own entry loads its SVG, terminal and PNG writers too, 20 ms for nothing.
import QRCode from 'qrcode/lib/core/qrcode.js'
import { dataError } from '../../errors.ts'
import type { Area } from './layout.ts'

/** Modules of blank around a code, as ISO/IEC 18004 asks for. */
export const QUIET = 4
/** Fewer pixels a module do not survive what messengers do to pictures. */
const LEAST_MODULE = 4
/** What a module should have where there is room, since pictures are often halved on their way. */
const GOOD_MODULE = 5
/** A logo in the middle takes at most this part of the side; a quarter of the code's words can be lost at level Q. */
export const LOGO_PART = 0.22

/** A QR laid out in a square: dark runs of modules, in whole pixels, so that no edge is blurred. */
export type Code = {
  text: string
  /** Pixels of one module. */
  module: number
  /** The modules without the quiet zone. */
  area: Area
  dark: Area[]
  /** The middle, where the logo stands: what is under it is lost. */
  logo: Area | null
}

function modulesOf(text: string, hasLogo: boolean) {
  return QRCode.create(text, { errorCorrectionLevel: hasLogo ? 'Q' : 'M' }).modules
}

/** The side of a square in which the QR of `text` has good modules, quiet zone included; between `least` and `most`. Pixels. */
export function codeSide(text: string, hasLogo: boolean, least: number, most: number): number {
  return Math.min(most, Math.max(least, (modulesOf(text, hasLogo).size + 2 * QUIET) * GOOD_MODULE))
}

/**
 * Lays out the QR of `text` in the middle of a square area, the quiet zone included: at level M, or Q where it has a logo.
 * @throws dataError where a module would be smaller than 4 pixels.
 */
export function makeCode(text: string, area: Area, hasLogo: boolean, place: string): Code {
  const modules = modulesOf(text, hasLogo)
  const count = modules.size + 2 * QUIET
  const room = Math.min(area.width, area.height)
  const module = Math.floor(room / count)
  if (module < LEAST_MODULE) {
    const needed = count * LEAST_MODULE
    throw dataError(
      `${place}: the link has ${text.length} characters, its QR in ${Math.round(room)} pixels would have modules of less than ${LEAST_MODULE}; use a short link, or a code of ${needed} pixels`,
    )
  }
  const side = modules.size * module
  const left = Math.round(area.x + (area.width - side) / 2)
  const top = Math.round(area.y + (area.height - side) / 2)
  const dark: Area[] = []
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      const start = column
      while (column < modules.size && modules.get(row, column)) column++
      if (column > start)
        dark.push({ x: left + start * module, y: top + row * module, width: (column - start) * module, height: module })
    }
  }
  // whole modules, as many on either side
  const covered = Math.floor((modules.size * LOGO_PART - 1) / 2) * 2 + 1
  const inset = ((modules.size - covered) / 2) * module
  const logo = { x: left + inset, y: top + inset, width: covered * module, height: covered * module }
  return { text, module, area: { x: left, y: top, width: side, height: side }, dark, logo: hasLogo ? logo : null }
}
