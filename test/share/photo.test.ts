import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createCanvas } from 'canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { loadPhoto, PHOTO_LIMITS, releasePhoto } from '../../src/share/poster/photo.ts'
import { makeWorkspace, picture } from './studio.ts'

let server: Server
let base: string
let asked = 0
const photo = picture('jpeg', 640, 480)

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++
    if (request.url === '/photo.jpg') response.end(photo)
    else if (request.url === '/moved') response.writeHead(302, { location: `http://localhost:${port()}/photo.jpg` }).end()
    else if (request.url === '/text') response.end('<html>not found</html>')
    else if (request.url === '/large') response.end(Buffer.alloc(200_000))
    else if (request.url === '/slow') response.write(photo.subarray(0, 100))
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': photo.length })
      response.write(photo.subarray(0, 1000), () => response.destroy())
    } else response.writeHead(request.url === '/down' ? 503 : 404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${port()}`
})
const port = () => (server.address() as AddressInfo).port
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function place(limits = PHOTO_LIMITS, photoHosts = ['127.0.0.1']) {
  return { ctx: realContext(), workspaceFolder: makeWorkspace(), limits, photoHosts }
}

describe('a photo from the web', () => {
  it('is fetched once and kept', async () => {
    const here = place()
    const before = asked
    const first = await loadPhoto(`${base}/photo.jpg`, 'acme:1', here)
    const again = await loadPhoto(`${base}/photo.jpg`, 'acme:1', here)
    expect([first.width, first.height, again.width, asked - before]).toEqual([640, 480, 640, 1])
    expect(readdirSync(join(here.workspaceFolder, '.shoptool/photos'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })

  it.each([
    ['/nothing', 'data', 'acme:1: no photo at URL (the server answers 404)'],
    ['/down', 'temporary', 'acme:1: no photo at URL (the server answers 503)'],
    ['/text', 'data', 'acme:1: URL is not a picture, expected JPEG, PNG, WebP, GIF or AVIF'],
    ['/large', 'data', 'acme:1: the photo URL is larger than 0.1 MB'],
    ['/slow', 'temporary', 'acme:1: cannot fetch the photo URL: took too long'],
    ['/cut', 'temporary', 'acme:1: cannot fetch the photo URL: '],
  ])('%s is refused and not kept', async (path, fault, message) => {
    const here = place({ ...PHOTO_LIMITS, bytes: 100_000, milliseconds: 300 })
    const expected = expect.objectContaining({ fault, message: expect.stringContaining(message.replace('URL', base + path)) })
    await expect(loadPhoto(base + path, 'acme:1', here)).rejects.toEqual(expected)
    expect(readdirSync(here.workspaceFolder)).toEqual(['photo.jpg'])
  })

  it('of a host that does not exist is refused in few words', async () => {
    const url = 'https://shop.invalid/a.jpg'
    const lost = Object.assign(new Error(`request to ${url} failed, reason: getaddrinfo ENOTFOUND`), { code: 'ENOTFOUND' })
    const here = { ...place(), ctx: { fetch: () => Promise.reject(lost) } }
    await expect(loadPhoto(url, 'acme:1', here)).rejects.toThrow(`acme:1: cannot fetch the photo ${url}: ENOTFOUND`)
  })
})

describe('a photo from a private address', () => {
  // 127.0.0.1 in the ways in which it can be written, and a name that resolves to it
  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])('%s is not fetched', async (host) => {
    const before = asked
    const url = `http://${host}:${port()}/photo.jpg`
    await expect(loadPhoto(url, 'acme:1', place(PHOTO_LIMITS, []))).rejects.toThrow(
      `acme:1: the photo ${url} leads to a private address; where that is meant, name its host in shoptool.yaml like photos: { hosts: [`,
    )
    expect(asked).toBe(before)
  })

  it.each(['10.0.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '[fd00::1]', '[fe80::1]', '0.0.0.0', '[64:ff9b::a00:1]'])(
    '%s is not even tried',
    async (host) => {
      await expect(loadPhoto(`http://${host}/photo.jpg`, 'acme:1', place())).rejects.toThrow('leads to a private address')
    },
  )

  it('is not reached by a redirect either', async () => {
    await expect(loadPhoto(`${base}/moved`, 'acme:1', place())).rejects.toThrow('leads to a private address')
    expect(await loadPhoto(`${base}/moved`, 'acme:1', place(PHOTO_LIMITS, ['127.0.0.1', 'localhost']))).toMatchObject({
      width: 640,
    })
  })
})

describe('a photo of any make', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('%s', async (format) => {
    const here = place()
    writeFileSync(join(here.workspaceFolder, 'some'), picture(format, 120, 80))
    expect(await loadPhoto('some', 'acme:1', here)).toMatchObject({ width: 120, height: 80 })
  })

  // Red to the left, blue to the right, as the sensor saw it; the orientation says how the camera was held.
  it.each([
    [1, 200, 100, 'red'],
    [3, 200, 100, 'blue'],
    [6, 100, 200, 'red'],
    [8, 100, 200, 'blue'],
  ])('is turned as EXIF orientation %i asks', async (orientation, width, height, first) => {
    const here = place()
    writeFileSync(join(here.workspaceFolder, 'turned.jpg'), turned(orientation))
    const photo = await loadPhoto('turned.jpg', 'acme:1', here)
    const context = createCanvas(1, 1).getContext('2d')
    context.drawImage(photo, 5, 5, 1, 1, 0, 0, 1, 1)
    const [red, , blue] = context.getImageData(0, 0, 1, 1).data
    expect([photo.width, photo.height, red! > blue! ? 'red' : 'blue']).toEqual([width, height, first])
  })
})

/** A JPEG with an APP1 segment that holds nothing but the orientation (TIFF tag 0x112). */
function turned(orientation: number): Buffer {
  const canvas = createCanvas(200, 100)
  const context = canvas.getContext('2d')
  context.fillStyle = '#f00'
  context.fillRect(0, 0, 100, 100)
  context.fillStyle = '#00f'
  context.fillRect(100, 0, 100, 100)
  const jpeg = canvas.encodeSync('jpeg', 90)
  const exif = Buffer.alloc(36)
  exif.writeUInt16BE(0xffe1, 0)
  exif.writeUInt16BE(exif.length - 2, 2)
  exif.write('Exif\0\0II*\0', 4, 'latin1')
  exif.writeUInt32LE(8, 14)
  exif.writeUInt16LE(1, 18)
  exif.writeUInt16LE(0x112, 20)
  exif.writeUInt16LE(3, 22)
  exif.writeUInt32LE(1, 24)
  exif.writeUInt16LE(orientation, 28)
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

describe('a photo from a file', () => {
  it('is found from the workspace', async () => {
    const here = place()
    mkdirSync(join(here.workspaceFolder, 'pictures'))
    writeFileSync(join(here.workspaceFolder, 'pictures/a.webp'), picture('webp', 300, 400))
    const photo = await loadPhoto('pictures/a.webp', 'acme:1', here)
    expect(photo).toMatchObject({ width: 300, height: 400 })
    releasePhoto(photo)
    expect(photo).toMatchObject({ width: 0, height: 0 })
  })

  it('is refused outside of it, also behind a link', async () => {
    const here = place()
    const other = makeWorkspace()
    symlinkSync(join(other, 'photo.jpg'), join(here.workspaceFolder, 'link.jpg'))
    for (const source of [join(other, 'photo.jpg'), 'link.jpg']) {
      await expect(loadPhoto(source, 'acme:1', here)).rejects.toThrow(`acme:1: the photo ${source} is outside the workspace`)
    }
  })

  it('must be there, whole, and not enormous', async () => {
    const here = place()
    const file = join(here.workspaceFolder, 'photo.jpg')
    await expect(loadPhoto(null, 'acme:1', here)).rejects.toThrow('acme:1: has no photo')
    await expect(loadPhoto('none.jpg', 'acme:1', here)).rejects.toThrow('acme:1: cannot read the photo none.jpg (ENOENT)')
    await expect(loadPhoto('photo.jpg', 'acme:1', { ...here, limits: { ...PHOTO_LIMITS, pixels: 1000 } })).rejects.toThrow(
      'has 800 × 800 pixels, too many',
    )
    truncateSync(file, 3000)
    await expect(loadPhoto('photo.jpg', 'acme:1', here)).rejects.toThrow('acme:1: the photo photo.jpg ends before its end')
  })
})
