import { once } from 'node:events'
import { constants, crc32, createDeflate } from 'node:zlib'

/** Finished pixels, four bytes each: red, green, blue, alpha. */
export type Pixels = { data: Uint8Array | Uint8ClampedArray; width: number; height: number }

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Filter methods. */
const UP = 2
const PAETH = 4
/** With 1.7 pictures are a twentieth larger than with Paeth throughout, and a fifth faster. */
const PAETH_GAIN = 1.7
/** Lines that are filtered while those before them are compressed. */
const BAND = 128

/**
 * Encodes opaque pixels as an 8-bit RGB PNG; alpha is dropped. With run-length deflate it is about eight times as fast as the canvas
 * library's encoder and a twentieth smaller; the compression runs on a libuv thread. The same pixels give the same bytes.
 * Format: https://www.w3.org/TR/png-3/
 */
export async function encodePng({ data, width, height }: Pixels & { data: Uint8Array }): Promise<Buffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB, the only methods there are, not interlaced
  const packed: Buffer[] = []
  const packer = createDeflate({ level: 1, strategy: constants.Z_RLE, chunkSize: 1 << 18 }).on('data', (part) =>
    packed.push(chunk('IDAT', part)),
  )
  const pixels = new Int32Array(data.buffer, data.byteOffset, width * height)
  const line = 1 + width * 3
  const bands = [Buffer.alloc(BAND * line), Buffer.alloc(BAND * line)] as const
  let before: Promise<unknown> = Promise.resolve()
  for (let y = 0, i = 0; y < height; y += BAND, i ^= 1) {
    const lines = bands[i as 0 | 1].subarray(0, Math.min(BAND, height - y) * line)
    filter(pixels, width, y, lines)
    await before
    before = new Promise((done) => packer.write(lines, done))
  }
  packer.end()
  await once(packer, 'end')
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), ...packed, chunk('IEND', Buffer.alloc(0))])
}

/**
 * Fills `lines` with the pixels from line `top` on, every byte as the difference to what its neighbours foretell: the pixel above, or, where
 * that is much better, Paeth.
 */
function filter(pixels: Int32Array, width: number, top: number, lines: Buffer): void {
  for (let at = 0, y = top; at < lines.length; at += 1 + width * 3, y++) {
    const write = y > 0 && isUpEnough(pixels, y * width, width) ? writeUp : writePaeth
    write(pixels, y * width, width, lines, at)
  }
}

function writeUp(pixels: Int32Array, start: number, width: number, lines: Buffer, to: number): void {
  lines[to++] = UP
  for (let at = start; at < start + width; at++, to += 3) {
    const pixel = pixels[at]!
    const above = pixels[at - width]!
    lines[to] = pixel - above
    lines[to + 1] = (pixel >>> 8) - (above >>> 8)
    lines[to + 2] = (pixel >>> 16) - (above >>> 16)
  }
}

function writePaeth(pixels: Int32Array, start: number, width: number, lines: Buffer, to: number): void {
  lines[to++] = PAETH
  let a = 0
  let c = 0
  for (let at = start; at < start + width; at++, to += 3) {
    const pixel = pixels[at]!
    const b = start === 0 ? 0 : pixels[at - width]!
    // Where whole pixels agree, as in flat areas, the answer is known for all three bytes at once.
    const foretold = b === c ? a : a === c ? b : paeth(a, b, c, 0) | paeth(a, b, c, 8) | paeth(a, b, c, 16)
    lines[to] = pixel - foretold
    lines[to + 1] = (pixel >>> 8) - (foretold >>> 8)
    lines[to + 2] = (pixel >>> 16) - (foretold >>> 16)
    a = pixel
    c = b
  }
}

/** Looks at the green of every twelfth pixel of a line: Paeth takes three times as long, so it has to gain something. */
function isUpEnough(pixels: Int32Array, start: number, width: number): boolean {
  let up = 0
  let best = 0
  for (let at = start + 1; at < start + width; at += 12) {
    const pixel = pixels[at]! & 0xff00
    const above = pixels[at - width]!
    up += Math.abs(pixel - (above & 0xff00))
    best += Math.abs(pixel - paeth(pixels[at - 1]!, above, pixels[at - width - 1]!, 8))
  }
  return up <= best * PAETH_GAIN
}

/** One byte foretold from the pixels to the left (a), above (b) and between them (c), in its place in the pixel: what is nearest to a + b - c. */
function paeth(a: number, b: number, c: number, shift: number): number {
  const left = (a >>> shift) & 255
  const above = (b >>> shift) & 255
  const corner = (c >>> shift) & 255
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - corner - corner)
  return (toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner) << shift
}

function chunk(type: string, content: Buffer): Buffer {
  const all = Buffer.alloc(content.length + 12)
  all.writeUInt32BE(content.length, 0)
  all.write(type, 4, 'latin1')
  content.copy(all, 8)
  all.writeUInt32BE(crc32(all.subarray(4, -4)), content.length + 8)
  return all
}
