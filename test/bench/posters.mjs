// Posters: the PNG encoder beside the library's, and whole bundles by the real command.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCanvas, loadImage } from 'canvas'
import { HEADER, row, seeded } from './feed.mjs'
import { faster, figure, share } from './figures.mjs'
import { alternate, median, ROOT, removeFolder, shoptool, temporaryFolder } from './run.mjs'
import { source } from './source.mjs'
import { makeWorkspace } from './sync.mjs'

const GOODS = 120
const STYLES = ['card', 'magazine']
const FORMATS = ['png', 'jpeg']
const ROUNDS = 2
const SKU = (/** @type {number} */ i) => row(i).slice(0, row(i).indexOf(','))

/** A workspace of GOODS goods with photos of their own. */
export async function workspaceWithPhotos() {
  const folder = temporaryFolder()
  makeWorkspace(folder)
  mkdirSync(join(folder, 'photos'))
  const drawings = join(ROOT, 'templates/workspace/photos')
  const names = readdirSync(drawings).sort()
  const rows = []
  for (let i = 0; i < GOODS; i++) {
    writeFileSync(join(folder, `photos/${i}.jpg`), await photo(join(drawings, names[i % names.length]), i))
    rows.push(row(i).replace(/https:\/\/img[^,]*/, `photos/${i}.jpg`))
  }
  writeFileSync(join(folder, 'feed.csv'), `${[HEADER, ...rows].join('\n')}\n`)
  await shoptool(folder, ['sync'])
  return folder
}

/** A drawing made as large (800 × 800, about 100 KB) as what partners serve, with a texture as photos have, rough and fine. */
async function photo(/** @type {string} */ file, /** @type {number} */ seed) {
  const canvas = createCanvas(800, 800)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(await loadImage(file), 0, 0, 800, 800)
  context.globalCompositeOperation = 'soft-light'
  context.globalAlpha = 0.4
  const random = seeded(seed)
  for (let size = 25; size <= 400; size *= 2) context.drawImage(noise(size, random), 0, 0, 800, 800)
  return canvas.encode('jpeg', 85)
}

function noise(/** @type {number} */ size, /** @type {() => number} */ random) {
  const canvas = createCanvas(size, size)
  const context = canvas.getContext('2d')
  const pixels = context.createImageData(size, size)
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = i % 4 === 3 ? 255 : 255 * random()
  context.putImageData(pixels, 0, 0)
  return canvas
}

/** @param {{ say: (text: string) => void }} options */
export async function benchPng({ say }) {
  say('png: making posters')
  const workspace = await workspaceWithPhotos()
  const { encodePng } = await source('share/poster/png.ts')
  await shoptool(workspace, ['poster', SKU(0), '--out', workspace])
  const figures = []
  for (const style of STYLES) {
    const image = await loadImage(readFileSync(join(workspace, `bench-${SKU(0)}`, `${style}.png`)))
    const canvas = createCanvas(image.width, image.height)
    canvas.getContext('2d').drawImage(image, 0, 0)
    const pixels = { data: canvas.data(), width: image.width, height: image.height }
    say(`png: encoding ${style}`)
    const timed = async (/** @type {() => Promise<Buffer>} */ encode) => {
      const started = performance.now()
      const { length } = await encode()
      return { milliseconds: performance.now() - started, length }
    }
    const ours = () => timed(() => encodePng(pixels))
    await ours() // once before, so that the code is compiled
    const runs = await alternate(9, { ours, library: () => timed(() => canvas.encode('png')) })
    const measured = (/** @type {'milliseconds' | 'length'} */ what, scale = 1) => ({
      ours: runs.ours.map((one) => one[what] / scale),
      other: runs.library.map((one) => one[what] / scale),
      against: 'canvas',
    })
    figures.push(
      ...figure({ part: 'png', measure: `encoding ${style}`, unit: 'ms', ...measured('milliseconds'), goal: { least: 8 } }),
      ...figure({
        part: 'png',
        measure: `size of ${style}`,
        unit: 'MB',
        ...measured('length', 1e6),
        ratio: share,
        goal: { most: 1 },
      }),
    )
  }
  removeFolder(workspace)
  return figures
}

/** @param {{ say: (text: string) => void }} options */
export async function benchPosters({ say }) {
  say('posters: making photos')
  const workspace = await workspaceWithPhotos()
  const skus = Array.from({ length: GOODS }, (_, i) => SKU(i))
  const make = async (/** @type {string[]} */ goods, /** @type {string[]} */ args) => {
    const out = temporaryFolder(workspace)
    const done = await shoptool(workspace, ['poster', ...goods, ...args, '--out', out, '--quiet'])
    if (readdirSync(out).filter((name) => name !== 'index.html').length !== goods.length)
      throw new Error('not every poster was made')
    removeFolder(out)
    return done
  }
  const sides = STYLES.flatMap((style) =>
    FORMATS.map((format) => ({ style, format, args: ['--style', style, '--format', format] })),
  )
  const runs = await alternate(
    ROUNDS,
    Object.fromEntries(
      sides.map(({ style, format, args }) => [
        `${style}, ${format}`,
        async (round) => {
          say(`posters: ${style}, ${format}, round ${round + 1} of ${ROUNDS}`)
          const first = await make(skus.slice(0, 1), args)
          const all = await make(skus, args)
          return { first: first.seconds, rate: (GOODS - 1) / (all.seconds - first.seconds), peak: all.peak }
        },
      ]),
    ),
  )
  say('posters: without reading the QR back')
  const unchecked = await withoutCheck(workspace, skus)
  return Object.entries(runs).flatMap(([name, rounds]) => [
    ...figure({
      ...{ part: 'posters', measure: `${name}, QR not read back`, unit: '/s', ours: unchecked[name] },
      goal: { least: name.endsWith('png') ? 20 : 26, ours: true },
    }),
    ...figure({
      part: 'posters',
      measure: `${name}, QR read back`,
      unit: '/s',
      ours: rounds.map(({ rate }) => rate),
      goal: { least: 15, ours: true },
    }),
    ...figure({
      ...{ part: 'posters', measure: `${name}, the first, whole process`, unit: 'ms', ratio: faster },
      ...{ ours: rounds.map(({ first }) => first * 1000), goal: { most: 400, ours: true } },
    }),
    ...figure({
      ...{ part: 'posters', measure: `${name}, peak memory`, unit: 'MB' },
      ...{ ours: [median(rounds.map(({ peak }) => peak ?? 0)) / 1e6 || null], goal: { most: 300, ours: true } },
    }),
  ])
}

/**
 * From the photo to the written file by the functions of the source, without the check that no flag of the tool leaves out. Two at once.
 * @param {string} workspace @param {readonly string[]} skus @returns {Promise<Record<string, number[]>>} posters a second of each round
 */
async function withoutCheck(workspace, skus) {
  const { goods, openStudio, paintPoster } = await source('share/studio.ts')
  const { collectPixels, release } = await source('share/poster/memory.ts')
  const { encodePictures } = await source('share/poster/encode.ts')
  const { loadPhoto } = await source('share/poster/photo.ts')
  const { findStyle } = await source('share/poster/template.ts')
  const studio = await openStudio({ home: ROOT, now: Date.now }, { folder: workspace, channels: {}, photoHosts: [] }, 2)
  const out = temporaryFolder(workspace)
  const make = async (/** @type {number} */ i, /** @type {string} */ style, /** @type {string} */ format) => {
    const product = {
      ...{
        sku: skus[i],
        title: `月芝猫【海棠梨】汉服女汉元素国风古风连衣裙 ${i}`,
        brand: null,
        category: null,
        shop: '月芝猫旗舰店',
      },
      ...{ currency: 'CNY', price: 27_900, couponAmount: 2000, couponThreshold: null, couponFrom: null, couponUntil: null },
      ...{
        finalPrice: 25_900,
        commissionRate: null,
        commission: null,
        sales: 12_345,
        imageUrl: `photos/${i}.jpg`,
        url: null,
        code: null,
      },
    }
    const item = {
      partner: { id: 'bench', name: 'Bench' },
      product,
      link: 'https://s.click.taobao.com/8bpnghv',
      asOf: '2026-11-20',
    }
    const photo = await loadPhoto(product.imageUrl, 'bench', studio)
    const { canvas } = await paintPoster(studio, goods(item, photo), findStyle(studio.styles, style))
    const [bytes] = await encodePictures(canvas, format, { columns: 1, rows: 1 })
    writeFileSync(join(out, `${i}.${format}`), bytes)
    release(canvas)
    collectPixels()
  }
  /** @type {Record<string, number[]>} */
  const rates = {}
  for (const style of STYLES) {
    for (const format of FORMATS) {
      await make(0, style, format) // once before, so that the code is compiled
      const started = performance.now()
      let next = 0
      const work = async () => {
        while (next < skus.length) await make(next++, style, format)
      }
      await Promise.all([work(), work()])
      rates[`${style}, ${format}`] = [(skus.length * 1000) / (performance.now() - started)]
    }
  }
  return rates
}
