import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { Workspace } from '../workspace.ts'
import { type Calendar, channelsOf, readCalendar, type ShareChannel } from './channel.ts'
import { loadAdRules } from './copy/adwords.ts'
import type { AdRules } from './copy/lint.ts'
import { vetItem, vetPoster } from './copy/vet.ts'
import { loadChannels } from './copy/write.ts'
import { type Facts, factsOf, type ShareItem, type ShopFacts } from './facts.ts'
import { checkCode } from './poster/check.ts'
import { type Canvas, drawLayout } from './poster/draw.ts'
import { encodePictures, type Format } from './poster/encode.ts'
import { openFaces } from './poster/fonts.ts'
import { type Layout, layOut, tileOf } from './poster/layout.ts'
import type { Faces } from './poster/lines.ts'
import { collectPixels, release } from './poster/memory.ts'
import { decodePhoto, loadPhoto, type Photo, releasePhoto } from './poster/photo.ts'
import type { Code } from './poster/qr.ts'
import { prepareReader } from './poster/read.ts'
import { type Chosen, findStyle, loadStyles, pictureFile, type Template } from './poster/template.ts'

/** What bundles are made with, loaded once for a batch. */
export type Studio = {
  ctx: Context
  workspaceFolder: string
  photoHosts: readonly string[]
  styles: ReadonlyMap<string, Template>
  channels: ReadonlyMap<string, ShareChannel>
  calendar: Calendar
  adRules: AdRules
  faces: Faces
  /** `shoptool 0.1.0`, for manifests. */
  tool: string
  /** Lets so many posters be in flight at once: while one is drawn, others are encoded on libuv threads. */
  jobs: number
  slot: Limiter
}

/** Loads styles (only those `wanted`, see `loadStyles`), texts, channel calendar and fonts of the tool and the workspace. @throws usageError where one of them is wrong. */
export async function openStudio(
  ctx: Context,
  { folder: workspaceFolder, channels: configured, photoHosts = [] }: Pick<Workspace, 'folder' | 'channels'> & Partial<Workspace>,
  jobs = availableParallelism(),
  wanted?: readonly string[],
): Promise<Studio> {
  prepareReader()
  const [styles, fonts, about] = await Promise.all([
    loadStyles(ctx.home, workspaceFolder, wanted),
    readdir(join(workspaceFolder, 'fonts')).catch(() => []),
    readFile(join(ctx.home, 'package.json'), 'utf8'),
  ])
  const extra = fonts.filter((name) => /\.(ttf|otf|ttc)$/i.test(name)).sort()
  const faces = openFaces(
    ctx.home,
    extra.map((name) => join(workspaceFolder, 'fonts', name)),
  )
  const tool = `shoptool ${(JSON.parse(about) as { version: string }).version}`
  const channels = channelsOf({ channels: configured }, loadChannels(ctx.home, workspaceFolder))
  const calendar = readCalendar(ctx.home, workspaceFolder)
  const adRules = loadAdRules(ctx.home, workspaceFolder)
  return { ctx, workspaceFolder, photoHosts, styles, channels, calendar, adRules, faces, tool, jobs, slot: limiter(jobs) }
}

/** Runs work when there is room for it; `weight` is how many shares of the memory it takes. */
type Limiter = <T>(work: () => Promise<T>, weight?: number) => Promise<T>

function limiter(most: number): Limiter {
  let free = most
  const waiting: { need: number; go: () => void }[] = []
  return async (work, weight = 1) => {
    const need = Math.min(weight, most)
    if (waiting.length > 0 || free < need) await new Promise<void>((go) => waiting.push({ need, go }))
    else free -= need
    try {
      return await work()
    } finally {
      free += need
      while (waiting.length > 0 && free >= waiting[0]!.need) {
        const next = waiting.shift()!
        free -= next.need
        next.go()
      }
    }
  }
}

/** A picture of nine tiles has as many pixels as several others, so it is drawn alone. */
export function weightOf({ template, size }: Chosen): number {
  const { width, height } = template.sizes.get(size)!
  return Math.ceil((width * height) / (1080 * 1920))
}

/** A finished picture, still in memory. */
export type Poster = {
  style: string
  scheme: string
  size: string
  /** Of the template: 64 hex digits. */
  template: string
  /** One, or the tiles in reading order, and what the QR on it says, read back from the finished picture; null where it has none. */
  pictures: { bytes: Buffer; qr: { text: string; verified: true } | null }[]
  warnings: string[]
}

/**
 * Makes one poster: loads the photo, lays out, draws, reads the QR back and encodes. `style` is `card` or `card:jade`, `size` by default its first.
 * @throws ShoptoolError naming the product, its photo, a missing character or an unreadable QR.
 */
export async function makePoster(
  studio: Studio,
  item: ShareItem,
  style: string,
  { format = 'png', size }: { format?: Format; size?: string } = {},
): Promise<Poster> {
  const chosen = findStyle(studio.styles, style, size)
  const vetted = vetItem(item, studio.adRules)
  return studio.slot(async () => {
    const photo = await loadPhoto(item.product.imageUrl, idOf(item), studio)
    try {
      const poster = await drawPoster(studio, goods(vetted.item, photo), chosen, format)
      return { ...poster, warnings: [...vetted.warnings, ...poster.warnings] }
    } finally {
      releasePhoto(photo)
    }
  }, weightOf(chosen))
}

/** Whose poster it is: its name for errors, what it may say, and its photo where there is one. */
export type Subject = { name: string; facts: (size: string) => Facts | ShopFacts; photo?: Photo }

export const goods = (item: ShareItem, photo: Photo): Subject => ({
  name: idOf(item),
  facts: (size) => factsOf(item, size),
  photo,
})

/** Lays out, draws, reads the QR back and encodes. @throws ShoptoolError as `makePoster`. */
export async function drawPoster(studio: Studio, subject: Subject, chosen: Chosen, format: Format): Promise<Poster> {
  const { canvas, layout } = await paintPoster(studio, subject, chosen)
  const { template, scheme, size } = chosen
  const { tiles } = template.sizes.get(size)!
  const codes = codesOf(layout)
  let encoding: Promise<Buffer[]> | undefined
  try {
    vetPoster(template.name, layout, subject.facts(size), studio.adRules)
    if (codes.length === 0) throw usageError(`${template.name}/template.yaml: has no qr`)
    // The codes are read while another thread compresses.
    encoding = encodePictures(canvas, format, tiles)
    encoding.catch(() => {}) // told when it is waited for
    for (const code of codes) await checkCode(canvas, code, `${subject.name}: ${template.name}`)
  } finally {
    await encoding
    release(canvas)
    collectPixels()
  }
  return {
    ...{ style: template.name, scheme, size, template: template.sha256 },
    pictures: (await encoding).map((bytes, i) => {
      const code = codes.find(({ area }) => tileOf(area, layout, tiles) === i)
      return { bytes, qr: code ? { text: code.text, verified: true } : null }
    }),
    warnings: layout.warnings,
  }
}

/** Lays out and draws a poster; nothing is checked yet, and its canvas is to be given back with `release`. */
export async function paintPoster(
  { faces }: Pick<Studio, 'faces'>,
  { name: product, facts, photo }: Subject,
  { template, scheme, size }: Chosen,
): Promise<{ canvas: Canvas; layout: Layout }> {
  const images = new Map(photo && [['photo', photo]])
  try {
    for (const name of template.pictures) {
      const file = pictureFile(template, name)
      images.set(name, await decodePhoto(await readFile(file), file, template.name))
    }
    const layout = layOut(template, { product, scheme, size, facts: facts(size), pictures: images, faces })
    return { canvas: drawLayout(layout, images), layout }
  } finally {
    for (const image of images.values()) if (image !== photo) releasePhoto(image)
  }
}

/** The QR codes of a poster. */
export const codesOf = ({ steps }: Layout): Code[] => steps.flatMap((step) => (step.draw === 'code' ? [step.code] : []))

/** `taobao:614252180627`, as messages call goods. */
export const idOf = ({ partner, product }: ShareItem) => `${partner.id}:${product.sku}`
