import { type Canvas, createCanvas } from 'canvas'
import { release } from './memory.ts'
import { encodePng } from './png.ts'
import type { Tiles } from './template.ts'

export const FORMATS = ['png', 'jpeg', 'webp'] as const
export type Format = (typeof FORMATS)[number]
/** Quality of JPEG and WebP, 0 to 100. */
const QUALITY = 85

/** The files of a drawn poster: one, or its tiles in reading order, which put together are the picture pixel by pixel. */
export async function encodePictures(canvas: Canvas, format: Format, tiles: Tiles): Promise<Buffer[]> {
  if (tiles.columns * tiles.rows === 1) return [await encode(canvas, format)]
  const [width, height] = [canvas.width / tiles.columns, canvas.height / tiles.rows]
  const tile = createCanvas(width, height)
  const files: Buffer[] = []
  for (let row = 0; row < tiles.rows; row++) {
    for (let column = 0; column < tiles.columns; column++) {
      tile.getContext('2d').drawImage(canvas, column * width, row * height, width, height, 0, 0, width, height)
      files.push(await encode(tile, format))
    }
  }
  release(tile)
  return files
}

function encode(canvas: Canvas, format: Format): Promise<Buffer> {
  const { width, height } = canvas
  return format === 'png' ? encodePng({ data: canvas.data(), width, height }) : canvas.encode(format, QUALITY)
}
