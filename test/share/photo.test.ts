import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fetch from 'node-fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '../../src/context.ts'
import { loadPhoto, PHOTO_LIMITS } from '../../src/share/poster/photo.ts'
import { makeContext, makeWorkspace, picture } from './studio.ts'

let server: Server
let base: string
let asked = 0
const photo = picture('jpeg', 640, 480)

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++
    if (request.url === '/photo.jpg') response.end(photo)
    else if (request.url === '/text') response.end('<html>not found</html>')
    else if (request.url === '/large') response.end(Buffer.alloc(200_000))
    else if (request.url === '/slow') response.write(photo.subarray(0, 100))
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': photo.length })
      response.write(photo.subarray(0, 1000), () => response.destroy())
    } else response.writeHead(request.url === '/down' ? 503 : 404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function place(limits = PHOTO_LIMITS) {
  return { ctx: makeContext({ fetch: fetch as unknown as Context['fetch'] }), workspaceFolder: makeWorkspace(), limits }
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
})

describe('a photo from a file', () => {
  it('is found from the workspace', async () => {
    const here = place()
    mkdirSync(join(here.workspaceFolder, 'pictures'))
    writeFileSync(join(here.workspaceFolder, 'pictures/a.webp'), picture('webp', 300, 400))
    expect(await loadPhoto('pictures/a.webp', 'acme:1', here)).toMatchObject({ width: 300, height: 400 })
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
