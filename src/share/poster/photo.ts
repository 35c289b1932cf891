import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { Image } from 'canvas'
import { REFUSED } from '../../connect.ts'
import type { Context } from '../../context.ts'
import { dataError, type ShoptoolError, temporaryError } from '../../errors.ts'
import { isPublic } from '../address.ts'

/** A decoded picture. */
export type Photo = Image
export type PhotoLimits = { bytes: number; milliseconds: number; pixels: number }
/** The largest pictures that partners serve are a tenth of this. */
export const PHOTO_LIMITS: PhotoLimits = { bytes: 10_000_000, milliseconds: 20_000, pixels: 50_000_000 }

/** Where photos are looked for and kept. `photoHosts` may be in the operator's own network; every other host must be on the internet. */
export type PhotoPlace = {
  ctx: Pick<Context, 'fetch'>
  workspaceFolder: string
  limits?: PhotoLimits
  photoHosts?: readonly string[]
}

/**
 * Loads and decodes a product's photo from a file of the workspace or an http(s) address; what was fetched is kept in `.shoptool/photos`.
 * `product` (`jd:100012043978`) is named in errors.
 * @throws dataError where it is missing, outside the workspace, at a private address, too large or broken; temporaryError where the server is down.
 */
export async function loadPhoto(source: string | null, product: string, place: PhotoPlace): Promise<Photo> {
  if (!source) throw dataError(`${product}: has no photo`)
  const limits = place.limits ?? PHOTO_LIMITS
  const url = webAddress(source)
  if (!url) return decodePhoto(await readLocal(source, product, place.workspaceFolder, limits), source, product, limits)
  const folder = join(place.workspaceFolder, '.shoptool', 'photos')
  const kept = join(folder, createHash('sha256').update(url).digest('hex'))
  const cached = await readFile(kept).catch(() => null)
  if (cached) return decodePhoto(cached, url, product, limits)
  const bytes = await fetchPhoto(url, product, place, limits)
  const photo = await decodePhoto(bytes, url, product, limits)
  await mkdir(folder, { recursive: true })
  const fresh = `${kept}.${randomUUID()}`
  await writeFile(fresh, bytes)
  await rename(fresh, kept)
  return photo
}

/** What a photo is known by before it is loaded: its address, or the hash of a file's bytes. @throws dataError as `loadPhoto`, of files. */
export async function photoMark(source: string | null, product: string, place: PhotoPlace): Promise<string | null> {
  if (!source) return null
  const bytes = () => readLocal(source, product, place.workspaceFolder, place.limits ?? PHOTO_LIMITS)
  return (
    webAddress(source) ??
    createHash('sha256')
      .update(await bytes())
      .digest('hex')
  )
}

/** The address to fetch, or null for a file. Partners write `//img.alicdn.com/…`. */
function webAddress(source: string): string | null {
  const url = source.startsWith('//') ? `https:${source}` : source
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null
}

async function readLocal(source: string, product: string, workspaceFolder: string, limits: PhotoLimits): Promise<Buffer> {
  try {
    const file = await realpath(resolve(workspaceFolder, source))
    if (!file.startsWith((await realpath(workspaceFolder)) + sep))
      throw dataError(`${product}: the photo ${source} is outside the workspace`)
    const { size } = await stat(file)
    if (size > limits.bytes) throw tooLarge(source, product, limits)
    return await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw dataError(`${product}: cannot read the photo ${source} (${code})`, { cause: error })
  }
}

async function fetchPhoto(
  url: string,
  product: string,
  { ctx, photoHosts = [] }: PhotoPlace,
  limits: PhotoLimits,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    const response = await ctx.fetch(url, {
      signal: AbortSignal.timeout(limits.milliseconds),
      redirect: 'follow',
      mayConnect: (address, host) => isPublic(address) || photoHosts.includes(host),
    })
    if (!response.ok) {
      const fault = response.status >= 500 || response.status === 429 ? temporaryError : dataError
      throw fault(`${product}: no photo at ${url} (the server answers ${response.status})`)
    }
    let length = 0
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > limits.bytes) throw tooLarge(url, product, limits)
      chunks.push(Buffer.from(chunk))
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ShoptoolError') throw error
    if ((error as NodeJS.ErrnoException).code === REFUSED)
      throw dataError(
        `${product}: the photo ${url} leads to a private address; where that is meant, name its host in shoptool.yaml like photos: { hosts: [${new URL(url).hostname}] }`,
        { cause: error },
      )
    const { name, message, code } = error as NodeJS.ErrnoException
    const reason = name === 'AbortError' || name === 'TimeoutError' ? 'took too long' : (code ?? message)
    throw temporaryError(`${product}: cannot fetch the photo ${url}: ${reason}`, { cause: error })
  }
  return Buffer.concat(chunks)
}

function tooLarge(source: string, product: string, limits: PhotoLimits): ShoptoolError {
  return dataError(`${product}: the photo ${source} is larger than ${limits.bytes / 1_000_000} MB`)
}

/** Decodes a JPEG, PNG, WebP, GIF or AVIF. Its size is read before, since a small file may unpack to gigabytes; SVG may load other files and is no photo. */
export async function decodePhoto(
  bytes: Buffer,
  source: string,
  product: string,
  limits: PhotoLimits = PHOTO_LIMITS,
): Promise<Photo> {
  const size = pictureSize(bytes)
  if (!size) throw dataError(`${product}: ${source} is not a picture, expected JPEG, PNG, WebP, GIF or AVIF`)
  if (!isWhole(bytes)) throw dataError(`${product}: the photo ${source} ends before its end`)
  if (size.width * size.height > limits.pixels)
    throw dataError(`${product}: the photo ${source} has ${size.width} × ${size.height} pixels, too many`)
  const image = new Image()
  try {
    image.src = bytes
    await image.decode()
  } catch (error) {
    throw dataError(`${product}: the photo ${source} is broken`, { cause: error })
  }
  if (image.width === 0 || image.height === 0) throw dataError(`${product}: the photo ${source} is broken`)
  return image
}

/** Gives the memory of its pixels back now, 4 bytes each; the garbage collector does not know of them. */
export function releasePhoto(photo: Photo): void {
  photo.src = Buffer.alloc(0)
}

/** Whether the end of the picture is there: the decoder takes a JPEG that was cut off, and leaves the rest grey. */
function isWhole(bytes: Buffer): boolean {
  if (bytes[0] === 0xff) return bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) > bytes.length / 2
  if (bytes[0] === 0x89) return bytes.includes('IEND')
  return bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.readUInt32LE(4) + 8 <= bytes.length
}

/** Width and height from a picture's header, or null where the bytes are of no format that is accepted. */
export function pictureSize(bytes: Buffer): { width: number; height: number } | null {
  try {
    const text = (from: number, to: number) => bytes.toString('latin1', from, to)
    if (text(1, 4) === 'PNG') return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
    if (text(0, 3) === 'GIF') return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
    if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webpSize(bytes, text(12, 16))
    if (text(4, 12) === 'ftypavif') {
      const at = bytes.indexOf('ispe')
      return { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) }
    }
    return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes) : null
  } catch {
    return null // shorter than its header says
  }
}

function webpSize(bytes: Buffer, kind: string): { width: number; height: number } {
  if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (kind === 'VP8L') {
    const packed = bytes.readUInt32LE(21)
    return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 }
  }
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
}

/** Goes from marker to marker to the frame header (C0 … CF but for C4, C8, CC). */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    while (bytes.readUInt8(at + 1) === 0xff) at++
    const marker = bytes.readUInt8(at + 1)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
  }
}
