// The package's own entry loads its SVG, terminal and PNG writers too, 20 ms for nothing.
import QRCode from 'qrcode/lib/core/qrcode.js'
import { dataError } from '../../errors.ts'
import type { Area } from './layout.ts'

/** Modules of blank around a code, as ISO/IEC 18004 asks for. */
const QUIET = 4
/** Fewer pixels a module do not survive what messengers do to pictures. */
const LEAST_MODULE = 4

/** A QR laid out in a square: dark runs of modules, in whole pixels, so that no edge is blurred. */
export type Code = { text: string; module: number; dark: Area[] }

/**
 * Lays out the QR of `text` at level M in the middle of a square area, the quiet zone included.
 * @throws dataError where a module would be smaller than 4 pixels.
 */
export function makeCode(text: string, area: Area, place: string): Code {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const count = modules.size + 2 * QUIET
  const side = Math.min(area.width, area.height)
  const module = Math.floor(side / count)
  if (module < LEAST_MODULE) {
    const needed = count * LEAST_MODULE
    throw dataError(
      `${place}: the link has ${text.length} characters, its QR in ${side} pixels would have modules of less than ${LEAST_MODULE}; use a short link, or a code of ${needed} pixels`,
    )
  }
  const left = Math.round(area.x + (area.width - modules.size * module) / 2)
  const top = Math.round(area.y + (area.height - modules.size * module) / 2)
  const dark: Area[] = []
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      const start = column
      while (column < modules.size && modules.get(row, column)) column++
      if (column > start)
        dark.push({ x: left + start * module, y: top + row * module, width: (column - start) * module, height: module })
    }
  }
  return { text, module, dark }
}

/** Finished pixels, four bytes each: red, green, blue, alpha. */
export type Pixels = { data: Uint8Array | Uint8ClampedArray; width: number; height: number }

/**
 * Reads the QR back from the part of a finished picture that holds it: a whole poster takes twenty times as long.
 * @throws dataError where it cannot be read or says something else than `text`.
 */
export async function checkCode({ data, width, height }: Pixels, text: string, place: string): Promise<void> {
  const { default: jsqr } = await import('jsqr')
  const read = jsqr.default(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })
  if (read?.data !== text)
    throw dataError(
      `${place}: the QR of the finished picture ${read ? `reads "${read.data}"` : 'cannot be read'}, expected "${text}"`,
    )
}
