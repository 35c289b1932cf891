import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { scanImageData } from '@undecaf/zbar-wasm'
import { type Canvas, createCanvas, type Image } from 'canvas'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

// By itself zxing-wasm fetches its WebAssembly from a CDN.
const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } })

/** Decoders that the tool itself does not use: what they read in a picture, one answer each. */
export async function readWithOthers(picture: Canvas): Promise<Record<'zbar' | 'zxing', string | undefined>> {
  const data = picture.getContext('2d').getImageData(0, 0, picture.width, picture.height) as never
  const [zbar, zxing] = [await scanImageData(data), await readBarcodes(data, { formats: ['QRCode'] })]
  return { zbar: zbar[0]?.decode(), zxing: zxing[0]?.text }
}

/** A part of a picture, scaled, on a coloured ground with `around` pixels to each side. */
export function partOf(
  picture: Canvas | Image,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  { scale = 1, around = 0 } = {},
): Canvas {
  const canvas = createCanvas(Math.round(width * scale) + 2 * around, Math.round(height * scale) + 2 * around)
  const context = canvas.getContext('2d')
  context.fillStyle = '#35506b'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, x, y, width, height, around, around, canvas.width - 2 * around, canvas.height - 2 * around)
  return canvas
}
