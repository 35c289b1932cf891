import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanvas, loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { makeBundle, makeBundles } from '../../src/share/bundle.ts'
import { readCode } from '../../src/share/poster/read.ts'
import { makePoster, openStudio, type Studio } from '../../src/share/studio.ts'
import { makeContext, makeItem, makeWorkspace } from './studio.ts'

const studio: Studio = await openStudio(makeContext(), { folder: makeWorkspace(), channels: {}, photoHosts: [] }, 2)
const newFolder = () => mkdtempSync(join(tmpdir(), 'shoptool-out-'))
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]))

describe('a bundle', () => {
  it('has two posters, texts, link and a manifest that holds for every file', async () => {
    const out = newFolder()
    const bundle = await makeBundle(studio, makeItem(), { out })
    const texts = bundle.copy.flatMap(({ channel, headline, comment }) =>
      ['main', ...(headline ? ['headline'] : []), ...(comment ? ['comment'] : [])].map((part) => `${channel}-${part}.txt`),
    )
    expect(texts).toContain('group-main.txt')
    expect(texts).not.toContain('group-comment.txt')
    expect(texts).toContain('xiaohongshu-headline.txt')
    const names = ['card.png', 'link.txt', 'magazine.png', 'manifest.json', ...texts].sort()
    expect(readdirSync(bundle.dir)).toEqual(names)
    expect(bundle).toMatchObject({ partner: 'taobao', sku: '614252180627', dir: join(out, 'taobao-614252180627') })
    expect(bundle.posters.map(({ style, qr }) => [style, qr])).toEqual(
      ['card', 'magazine'].map((style) => [style, { text: makeItem().link, verified: true }]),
    )
    const manifest = JSON.parse(readFileSync(join(bundle.dir, 'manifest.json'), 'utf8'))
    expect(manifest).toMatchObject({
      schema: 'shoptool.bundle.v1',
      asOf: '2026-11-20',
      product: { price: '279.00', finalPrice: '259.00' },
    })
    for (const [name, { sha256, size }] of Object.entries<{ sha256: string; size: number }>(manifest.files)) {
      const bytes = readFileSync(join(bundle.dir, name))
      expect([createHash('sha256').update(bytes).digest('hex'), bytes.length]).toEqual([sha256, size])
    }
    expect(JSON.stringify(manifest)).not.toMatch(/commission|4\.66/)
  })

  it('is the same, byte for byte, when made again', async () => {
    const [first, second] = [
      await makeBundle(studio, makeItem(), { out: newFolder() }),
      await makeBundle(studio, makeItem(), { out: newFolder() }),
    ]
    expect(contents(second.dir)).toEqual(contents(first.dir))
  })

  it('replaces an older one, and nothing else', async () => {
    const out = newFolder()
    await makeBundle(studio, makeItem(), { out, styles: ['card'] })
    const second = await makeBundle(studio, makeItem(), { out, styles: ['magazine:ivory'], channels: ['weibo'], format: 'jpeg' })
    expect(readdirSync(second.dir)).toEqual([
      'link.txt',
      'magazine-ivory.jpeg',
      'manifest.json',
      'weibo-comment.txt',
      'weibo-main.txt',
    ])
    mkdirSync(join(out, 'taobao-2'))
    writeFileSync(join(out, 'taobao-2/notes.txt'), 'mine')
    await expect(makeBundle(studio, makeItem({ sku: '2' }), { out, styles: ['card'] })).rejects.toThrow(
      'taobao-2 is there and is no bundle',
    )
    expect(readdirSync(out)).toEqual(['taobao-2', 'taobao-614252180627'])
  })

  it.each([
    ['a missing photo', makeItem({ imageUrl: 'none.jpg' }), 'taobao:614252180627: cannot read the photo none.jpg'],
    ['a missing character', makeItem({ title: '汉服\u0e01' }), 'no font has \u0e01 (U+0E01) of "汉服\u0e01"'],
    ['a link too long', makeItem({ link: `https://s.click.taobao.com/${'x'.repeat(1200)}` }), 'use a short link'],
  ])('is not begun with %s, and the old one stays', async (_, item, message) => {
    const out = newFolder()
    await expect(makeBundle(studio, item, { out })).rejects.toThrow(message)
    expect(readdirSync(out)).toEqual([])
  })

  it('keeps to its folder whatever the sku is', async () => {
    const out = newFolder()
    const options = { out, styles: ['card'], channels: [] }
    const dirs = [
      (await makeBundle(studio, makeItem({ sku: '../../a/b' }), options)).dir,
      (await makeBundle(studio, makeItem({ sku: '../../a_b' }), options)).dir,
    ]
    expect(
      readdirSync(out)
        .map((name) => join(out, name))
        .sort(),
    ).toEqual(dirs.sort())
  })

  it('says that the coupon is over', async () => {
    const { warnings } = await makeBundle(studio, makeItem({ couponUntil: '2026-11-01T00:00:00+08:00' }), {
      out: newFolder(),
      styles: ['card'],
      channels: [],
    })
    expect(warnings).toEqual(['the coupon ended on 2026-11-01; it was left out'])
  })
})

describe('a style with sizes and tiles', async () => {
  const folder = makeWorkspace()
  mkdirSync(join(folder, 'templates/posters/nine'), { recursive: true })
  const file = join(folder, 'templates/posters/nine/template.yaml')
  const source = `title: T
sizes: [square, { name: small, width: 600, height: 600 }]
schemes: { a: { ink: '#102030' }, b: { ink: '#302010' } }
tiles@square: [3, 3]
root: { column: [
  { picture: photo, grow: 1, at: { left: 0, top: 0, right: 0, bottom: 0 } },
  { text: '{{ disclosure }} {{ title }}', size: 70, color: $ink, weight: 900 },
  { qr: '{{ link }}', width: 200, at: { right: 40, top: 440, top@small: 40 } } ] }
`
  writeFileSync(file, source)
  const own = await openStudio(makeContext(), { folder, channels: {} }, 2)
  const pixelsOf = async (bytes: Buffer) => {
    const image = await loadImage(bytes)
    const canvas = createCanvas(image.width, image.height)
    canvas.getContext('2d').drawImage(image, 0, 0)
    return canvas
  }

  it('names its files by scheme, size and tile', async () => {
    const options = { out: newFolder(), styles: ['nine', 'nine:a', 'nine:b'], sizes: ['square', 'small'], channels: [] }
    const { dir, posters } = await makeBundle(own, makeItem(), options)
    const tiles = Array.from({ length: 9 }, (_, i) => i + 1)
    const names = ['', '-b'].flatMap((scheme) => [...tiles.map((tile) => `nine${scheme}-${tile}.png`), `nine${scheme}-small.png`])
    expect(posters.map(({ file }) => file)).toEqual(names)
    expect(readdirSync(dir).sort()).toEqual([...names, 'link.txt', 'manifest.json'].sort())
    expect(posters.filter(({ qr }) => qr).map(({ file, size }) => [file, size])).toEqual([
      ['nine-6.png', 'square'],
      ['nine-small.png', 'small'],
      ['nine-b-6.png', 'square'],
      ['nine-b-small.png', 'small'],
    ])
  })

  it('has tiles that add up to the whole picture, pixel by pixel', async () => {
    const { pictures } = await makePoster(own, makeItem(), 'nine')
    writeFileSync(file, source.replace('tiles@square: [3, 3]\n', ''))
    const whole = await makePoster(await openStudio(makeContext(), { folder, channels: {} }), makeItem(), 'nine')
    const sum = createCanvas(1080, 1080)
    for (const [i, { bytes }] of pictures.entries())
      sum.getContext('2d').drawImage(await pixelsOf(bytes), (i % 3) * 360, Math.floor(i / 3) * 360)
    expect(sum.data().equals((await pixelsOf(whole.pictures[0]!.bytes)).data())).toBe(true)
  })

  it('is made where it has the size that is asked for', async () => {
    const options = { out: newFolder(), styles: ['all'], channels: [] }
    const { posters } = await makeBundle(own, makeItem(), { ...options, sizes: ['small'] })
    expect(posters.map(({ style }) => style)).toEqual(['nine'])
    await expect(makeBundle(own, makeItem(), { ...options, sizes: ['smal'] })).rejects.toThrow(
      'no poster style has the size smal, did you mean small?',
    )
  })
})

describe('many bundles', () => {
  it('come in order, and one that fails does not stop the others', async () => {
    const items = ['1', '2', '3', '4'].map((sku) => makeItem({ sku, ...(sku === '2' && { imageUrl: null }) }))
    const seen: string[] = []
    for await (const outcome of makeBundles(studio, items, { out: newFolder(), styles: ['card'], channels: [] }))
      seen.push('error' in outcome ? outcome.error.message : outcome.sku)
    expect(seen).toEqual(['1', 'taobao:2: has no photo', '3', '4'])
  })

  // An error that nobody takes ends the process, and fails vitest.
  it('end in order where the disk fails several at once', async () => {
    const full: Studio = { ...studio, slot: () => Promise.reject(new Error('ENOSPC: no space left on device')) }
    const items = ['1', '2'].map((sku) => makeItem({ sku }))
    const batch = makeBundles(full, items, { out: newFolder(), styles: ['card'], channels: [] })
    await expect(batch.next()).rejects.toThrow('ENOSPC')
    await new Promise(setImmediate)
  })
})

describe('a poster', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('as %s can still be read', async (format) => {
    const [{ bytes, qr } = { bytes: Buffer.of(), qr: null }] = (await makePoster(studio, makeItem(), 'card', { format })).pictures
    const canvas = createCanvas(1080, 1920)
    canvas.getContext('2d').drawImage(await loadImage(bytes), 0, 0)
    expect(await readCode(canvas.getContext('2d').getImageData(0, 1500, 1080, 420))).toBe(qr!.text)
  })

  it('as PNG is no larger than the canvas library makes it', async () => {
    const bytes = (await makePoster(studio, makeItem(), 'card')).pictures[0]!.bytes
    const canvas = createCanvas(1080, 1920)
    canvas.getContext('2d').drawImage(await loadImage(bytes), 0, 0)
    expect(bytes.length).toBeLessThanOrEqual(canvas.encodeSync('png').length)
  })

  it('of an unknown style or channel names the nearest', async () => {
    await expect(makePoster(studio, makeItem(), 'magasine')).rejects.toThrow('no poster style magasine, did you mean magazine?')
    await expect(makeBundle(studio, makeItem(), { out: newFolder(), channels: ['moment'] })).rejects.toThrow(
      'channel: unknown channel "moment"; did you mean moments?',
    )
  })

  it('for channels that let no picture of the goods pass is not made; one that does is enough', async () => {
    const channels = { mall: { surface: 'wechat-shop/pool', forms: ['image' as const], daily: null } }
    const folder = studio.workspaceFolder
    const own = await openStudio(makeContext(), { folder, channels, photoHosts: [] }, 1)
    const denied = 'mall: no picture goes there: 微信小商店商品市场不收淘宝商品'
    const out = newFolder()
    await expect(makeBundle(own, makeItem(), { out, channels: ['mall'] })).rejects.toThrow(`taobao:614252180627: ${denied}`)
    expect(existsSync(join(out, 'taobao-614252180627'))).toBe(false)
    const { warnings, copy } = await makeBundle(own, makeItem(), { out, styles: ['card'], channels: ['mall', 'moments'] })
    expect(copy.map(({ channel }) => channel)).toEqual(['moments'])
    expect(warnings).toContain(denied)
    const texting = await openStudio(
      makeContext(),
      { folder, channels: { t: { ...channels.mall, forms: ['url'] } }, photoHosts: [] },
      1,
    )
    const jd = makeItem({ url: null, link: 'https://u.jd.com/1' }, { partner: { id: 'jd', name: '京东' } })
    await expect(makeBundle(texting, jd, { out, channels: ['t'] })).rejects.toThrow('t: no picture goes there: it takes url only')
  })
})
