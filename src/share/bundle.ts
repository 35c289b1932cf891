import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ShoptoolError, usageError } from '../errors.ts'
import { type Calendar, findChannel, passages, type ShareChannel, sourcesOf } from './channel.ts'
import { vetCopy, vetItem } from './copy/vet.ts'
import { type Copy, writeCopy } from './copy/write.ts'
import { factsOf, type ShareItem } from './facts.ts'
import { describeFiles, removeLeftovers, replaceFolder, sha256, wrongFiles } from './folder.ts'
import { describeItem, MANIFEST_FILE, type Manifest, readManifest, type SharedPoster } from './manifest.ts'
import { safeName } from './name.ts'
import type { Format } from './poster/encode.ts'
import { loadPhoto, photoMark, releasePhoto } from './poster/photo.ts'
import { type Chosen, findStyle, suggest, type Template } from './poster/template.ts'
import { drawPoster, goods, idOf, type Poster, type Studio, weightOf } from './studio.ts'

/** Two posters in different styles, to choose from. */
export const DEFAULT_STYLES = ['card', 'magazine'] as const

export type BundleOptions = {
  /** `card`, `card:jade` …, or `all` for every style in its first scheme. Default: `DEFAULT_STYLES`. */
  styles?: readonly string[]
  /** `portrait`, `square` … Default: the first of each style. Of `all` styles those are made that have one of the sizes. */
  sizes?: readonly string[]
  /** Where it will be posted. Default: every channel that there is. */
  channels?: readonly string[]
  /** The texts that an item was posted with on a channel, so that it gets another. */
  used?: (item: ShareItem, channel: string) => readonly string[]
  format?: Format
  /** The folder that the bundle's folder is put into. */
  out: string
  /** Makes anew what stands there as it would be made. */
  again?: boolean
}

/** What was made for one product, or stood there already as it would be made. Paths in `posters` are relative to `dir`. */
export type Bundle = {
  status: 'made' | 'kept'
  partner: string
  sku: string
  dir: string
  posters: { style: string; size: string; file: string; sha256: string; qr: { text: string; verified: boolean } | null }[]
  copy: Copy[]
  warnings: string[]
}

/**
 * Makes posters, texts, link and manifest of one item and puts them into `<out>/<partner>-<sku>/`, whole or not at all; a bundle that is
 * there already is replaced, or kept where the same would be made again. The same item and tool give the same bytes.
 * @throws ShoptoolError before anything is written; usageError where the folder is there and is no bundle.
 */
export async function makeBundle(studio: Studio, given: ShareItem, options: BundleOptions): Promise<Bundle> {
  const { channels = [...studio.channels.keys()], format = 'png' } = options
  const chosen = choose(studio.styles, options)
  const places = channels.map((name) => findChannel(studio.channels, name, 'channel'))
  const pictureWarnings = checkPicture(studio.calendar, places, given)
  const { item, warnings: vetWarnings } = vetItem(given, studio.adRules)
  const texts = places
    .filter(({ texts }) => texts !== null)
    .map((place) => {
      const { copy, warnings } = writeCopy(place, studio.calendar, item, { used: options.used?.(item, place.name) ?? [] })
      return { copy, warnings: [...warnings, ...vetCopy(copy, item, studio.adRules)] }
    })
  const copy = texts.map((one) => one.copy)
  const itemWarnings = [...(item.warnings ?? []), ...couponWarnings(item), ...vetWarnings, ...pictureWarnings]
  const textWarnings = texts.flatMap(({ warnings }) => warnings)
  const dir = join(options.out, safeName(`${item.partner.id}-${item.product.sku}`))
  const input = sha256(
    JSON.stringify([
      ...[studio.tool, format, describeItem(item), await photoMark(item.product.imageUrl, idOf(item), studio)],
      chosen.map(({ template, scheme, size }) => [template.name, template.sha256, scheme, size, factsOf(item, size)]),
      ...[copy, itemWarnings, textWarnings],
    ]),
  )
  const kept = options.again ? null : await keptBundle(dir, input)
  if (kept) return kept

  const photo = await studio.slot(() => loadPhoto(item.product.imageUrl, idOf(item), studio))
  const subject = goods(item, photo)
  const drawing = chosen.map((one) => studio.slot(() => drawPoster(studio, subject, one, format), weightOf(one)))
  // Where one fails, others may still draw the photo.
  const drawn = await Promise.all(drawing).finally(() => Promise.allSettled(drawing).then(() => releasePhoto(photo)))
  const files = new Map<string, Buffer>()
  const posters = addPictures(files, chosen, drawn, format)
  for (const each of copy) {
    for (const part of ['headline', 'main', 'comment'] as const)
      if (each[part]) files.set(`${each.channel}-${part}.txt`, Buffer.from(`${each[part]}\n`))
  }
  files.set('link.txt', Buffer.from(`${item.link}\n`))
  const manifest: Manifest = {
    ...{ schema: 'shoptool.bundle.v1', tool: studio.tool, input, ...describeItem(item), posters, copy },
    warnings: [...itemWarnings, ...drawn.flatMap(({ warnings }) => warnings), ...textWarnings],
    files: describeFiles(files),
  }
  files.set(MANIFEST_FILE, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  await replaceFolder(dir, files)
  return bundleOf('made', dir, manifest)
}

/** The bundle of a folder where it was made from the same and its files are whole. */
async function keptBundle(dir: string, input: string): Promise<Bundle | null> {
  if (!existsSync(join(dir, MANIFEST_FILE))) return null
  const read = await readManifest(dir)
  if (read.kind !== 'bundle' || read.manifest.input !== input) return null
  const { missing, altered } = await wrongFiles(dir, read.manifest.files)
  return missing.length + altered.length > 0 ? null : bundleOf('kept', dir, read.manifest)
}

function bundleOf(status: Bundle['status'], dir: string, manifest: Manifest): Bundle {
  const { partner, product, copy, warnings } = manifest
  return { status, partner: partner.id, sku: product.sku, dir, posters: listPosters(manifest), copy, warnings }
}

/** The pictures of a manifest, one by one. */
export function listPosters({ posters, files }: Pick<Manifest, 'posters' | 'files'>): Bundle['posters'] {
  return posters.flatMap(({ style, size, pictures }) =>
    pictures.map(({ file, qr }) => {
      const code = qr === null ? null : { text: qr, verified: true }
      return { style, size, file, sha256: files[file]!.sha256, qr: code }
    }),
  )
}

/** Puts the pictures of posters among the files of a bundle, and lists them. */
export function addPictures(
  files: Map<string, Buffer>,
  chosen: readonly Chosen[],
  drawn: readonly Poster[],
  format: Format,
): SharedPoster[] {
  return chosen.map((one, i) => {
    const { style, scheme, size, template, pictures } = drawn[i]!
    const { width, height, tiles } = one.template.sizes.get(size)!
    const shared = filesOf(one).map((name, i) => {
      const { bytes, qr } = pictures[i]!
      files.set(`${name}.${format}`, bytes)
      return { file: `${name}.${format}`, width: width / tiles.columns, height: height / tiles.rows, qr: qr?.text ?? null }
    })
    return { style, scheme, size, template, pictures: shared }
  })
}

/** Every style in every size that is asked for, once. @throws usageError where a style, scheme or size is not there, or two make the same file. */
export function choose(
  all: ReadonlyMap<string, Template>,
  options: Pick<BundleOptions, 'styles' | 'sizes'>,
  of: Template['of'] = 'product',
): Chosen[] {
  const files = new Map<string, Chosen>()
  return everyChosen(all, options, of).filter((one) => {
    const names = filesOf(one)
    const file = names.find((name) => files.has(name))
    if (file === undefined) for (const name of names) files.set(name, one)
    else {
      const other = files.get(file)!
      if (other.template !== one.template || other.scheme !== one.scheme || other.size !== one.size)
        throw usageError(
          `styles ${other.template.name}:${other.scheme} and ${one.template.name}:${one.scheme} would both write ${file}; make one after the other`,
        )
    }
    return file === undefined
  })
}

function everyChosen(
  all: ReadonlyMap<string, Template>,
  { styles, sizes }: Pick<BundleOptions, 'styles' | 'sizes'>,
  of: Template['of'],
): Chosen[] {
  const wanted = styles ?? (of === 'shop' ? ['all'] : DEFAULT_STYLES)
  return wanted.flatMap((style) =>
    (sizes ?? [undefined]).flatMap((size) =>
      (style === 'all' ? stylesIn(all, size, of) : [style]).map((name) => findStyle(all, name, size, of)),
    ),
  )
}

/** The styles of goods, or of a shop, that have a size. @throws usageError where none has it. */
function stylesIn(all: ReadonlyMap<string, Template>, size: string | undefined, of: Template['of']): string[] {
  const fitting = [...all.values()].filter((template) => template.of === of)
  const having = fitting.filter(({ sizes }) => size === undefined || sizes.has(size))
  if (having.length > 0) return having.map(({ name }) => name)
  if (size === undefined) throw usageError(`there is no poster style ${of === 'shop' ? 'of a shop (of: shop)' : 'for goods'}`)
  const known = new Set(fitting.flatMap(({ sizes }) => [...sizes.keys()]))
  throw usageError(`no poster style has the size ${size}, ${suggest(size, [...known])}`)
}

/** `card`, `card-jade`, `card-square`, `card-jade-square`: the first scheme and the first size are not named. Tiles are `nine-1`, `nine-2` … */
function filesOf({ template, scheme, size }: Chosen): string[] {
  const named = (name: string, all: Iterable<string>) => (name === [...all][0] ? '' : `-${name}`)
  const name = template.name + named(scheme, Object.keys(template.schemes)) + named(size, template.sizes.keys())
  const { columns, rows } = template.sizes.get(size)!.tiles
  return columns * rows === 1 ? [name] : Array.from({ length: columns * rows }, (_, i) => `${name}-${i + 1}`)
}

/** Goods that cannot be shared, with the reason. */
export type Unshared = { partner: string; sku: string; error: ShoptoolError }

/**
 * Makes many bundles, several at once, and gives them in the order of the items, which are taken as they are needed; a product that fails
 * does not stop the others. What earlier runs that were killed left in the folder is taken away first.
 */
export async function* makeBundles(
  studio: Studio,
  items: Iterable<ShareItem | Unshared>,
  options: BundleOptions,
): AsyncGenerator<Bundle | Unshared> {
  await removeLeftovers(options.out)
  const outcome = async (item: ShareItem | Unshared) => {
    if ('error' in item) return item
    try {
      return await makeBundle(studio, item, options)
    } catch (error) {
      if (error instanceof ShoptoolError) return { partner: item.partner.id, sku: item.product.sku, error }
      throw error
    }
  }
  const underWay: ReturnType<typeof outcome>[] = []
  for (const item of items) {
    const one = outcome(item)
    one.catch(() => undefined) // thrown when its turn comes; where another has ended the batch, nobody waits for it
    underWay.push(one)
    if (underWay.length >= studio.jobs) yield await underWay.shift()!
  }
  for (const one of underWay) yield await one
}

/** What is to be known of channels that a picture goes to. @throws usageError where it can go to none of them. */
function checkPicture(calendar: Calendar, places: readonly ShareChannel[], item: ShareItem): string[] {
  const sources = sourcesOf(calendar, item)
  const told = places.map((place) => {
    const { state, rule, listed, passes } = passages(calendar, place, sources, item.today ?? item.asOf).image
    const why = state === 'deny' || (state === 'warn' && listed) ? rule.reason : null
    return { passes, text: passes ? why : `no picture goes there: ${why ?? `it takes ${place.forms.join(', ')} only`}`, place }
  })
  const texts = told.flatMap(({ text, place }) => (text === null ? [] : [`${place.name}: ${text}`]))
  if (told.length > 0 && !told.some(({ passes }) => passes)) throw usageError(`${idOf(item)}: ${texts.join('; ')}`)
  return texts
}

function couponWarnings({ product, asOf, today = asOf }: ShareItem): string[] {
  const warnings: string[] = []
  if (product.couponUntil && product.couponUntil.slice(0, 10) < today)
    warnings.push(`the coupon ended on ${product.couponUntil.slice(0, 10)}; it was left out`)
  if (product.couponFrom && product.couponFrom.slice(0, 10) > today)
    warnings.push(`the coupon starts on ${product.couponFrom.slice(0, 10)}; it was left out`)
  return warnings
}
