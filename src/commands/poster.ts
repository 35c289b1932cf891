import { join, resolve } from 'node:path'
import { findProducts, lookUpProduct } from '../catalog/find.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { type Bundle, DEFAULT_STYLES, makeBundles, type Unshared } from '../share/bundle.ts'
import { chooseChannels } from '../share/channel.ts'
import type { ShareItem } from '../share/facts.ts'
import { GALLERY_FILE, writeGallery } from '../share/gallery.ts'
import { sharer } from '../share/item.ts'
import { FORMATS } from '../share/poster/encode.ts'
import { makeRecruiting } from '../share/recruit.ts'
import { openStudio } from '../share/studio.ts'
import { listLinks } from '../store/links.ts'
import { type Database, openForReading } from '../store/open.ts'
import { usedVariants } from '../store/posts.ts'
import type { StoredProduct } from '../store/products.ts'
import { shelfItems } from '../store/shelf.ts'
import { DISCLOSURES, type Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { TERMS } from './copy.ts'
import { savedFlags, searchFor, textIndex } from './find.ts'
import { address, count, flag, list, oneOf, option, text } from './option.ts'
import { verify } from './poster-verify.ts'
import type { Print } from './print.ts'
import { describeBatch } from './progress.ts'
import { chosenShelf, namesOf } from './shelf.ts'

export const command = defineCommand({
  about: `Draws posters with a QR code and writes the copy: one folder for each product, ready to share. Every QR is read back from the finished picture, and from copies that are halved, recompressed and in a screenshot; a poster that fails is not written.

A folder that was made from the same facts, link, styles and texts is kept as it is, so that a batch that was stopped goes on where it ended. The day of the price is one of these facts, since posters print it: after the sync of another day they are made anew; "shoptool poster verify" names those that are wrong, not only older. index.html beside the folders shows all of them on one page, for a phone too.`,
  args: [['[sku...]', 'partner:sku, or the sku alone where one partner has it; - reads them from standard input']],
  options: {
    shelf: option('--shelf <name>', 'all goods of a shelf'),
    saved: option('--saved <name>', 'the goods that a saved search finds, as many as it was kept with or --limit says', text),
    limit: option('--limit <n>', 'at most so many goods', count),
    style: list(
      '--style <a,b>',
      'these styles, with a colour scheme like card:jade if you want, or all (default: card and magazine)',
    ),
    size: list('--size <a,b>', 'in these sizes: portrait (1080 × 1920), 4x5, square (default: the first of each style)'),
    channel: list(
      '--channel <a,b>',
      'only for these channels; else those of shoptool.yaml, or all that there are texts for. A poster has one QR: with one channel it has the link made for that, with several the link made for none',
    ),
    untracked: TERMS.untracked,
    out: option('--out <dir>', 'where the folders go (default out/posters of the workspace)'),
    format: option('--format <format>', 'picture format', oneOf(FORMATS), 'png' as const),
    again: flag('--again', 'make anew also what stands there as it would be made'),
    recruit: flag('--recruit', 'no goods but your shop: posters of the styles that are of a shop'),
    link: option('--link <url>', 'with --recruit: where the QR leads (default shop.link of shoptool.yaml)', address),
    member: option('--member <name>', 'with the links made for this member; with --recruit: who invites'),
    slogan: option('--slogan <text>', 'with --recruit: a line under the name of the shop'),
    jobs: option('--jobs <n>', 'pictures at once (default: one for each processor core)', count),
  },
  examples: [
    'shoptool poster 614252180627',
    'shoptool poster 614252180627 --style tag,minimal:night --size portrait,square',
    'shoptool poster 614252180627 --style nine',
    'shoptool poster --shelf main --style card --format jpeg',
    'shoptool poster --saved umbrellas --limit 500 --channel moments',
    'shoptool poster jd:100012043978 --out ~/share --json',
    'shoptool poster --recruit --member 小红 --link https://example.com/join',
    'shoptool poster verify out/posters',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    for (const name of ['jobs', 'limit'] as const)
      if (options[name] === 0)
        throw usageError(`--${name}: "0" is not a number of ${name === 'jobs' ? 'pictures' : 'goods'}, expected 1 or more`)
    const settings = {
      out: options.out === undefined ? resolve(found.out, 'posters') : resolve(ctx.cwd, options.out),
      format: options.format,
      ...(options.style.length > 0 && { styles: options.style }),
      ...(options.size.length > 0 && { sizes: options.size }),
    }
    const now = instantOf(ctx.now(), found.shop.timezone)
    if (options.recruit) {
      const flags = (['shelf', 'saved', 'limit'] as const).flatMap((name) => (options[name] === undefined ? [] : [`--${name}`]))
      const [given] = [...(names.length > 0 ? ['goods'] : []), ...flags, ...(options.channel.length > 0 ? ['--channel'] : [])]
      if (given !== undefined) throw usageError(`poster --recruit: shows no goods, leave out ${given}`)
      const link = options.link ?? found.shop.link
      if (link === undefined)
        throw usageError('poster --recruit: where does the QR lead? Give --link, or set link of shop in shoptool.yaml')
      const { member = null, slogan = null } = options
      const studio = await openStudio(ctx, found, options.jobs, settings.styles)
      const { name, disclosure = DISCLOSURES[0] } = found.shop
      const about = { name, link, linkOfShop: options.link === undefined, slogan, member, asOf: now.slice(0, 10), disclosure }
      const made = await makeRecruiting(studio, about, settings)
      const gallery = await writeGallery(settings.out, found.shop.name)
      const bundle = { partner: null, sku: null, status: 'made', ...made, copy: [], error: null }
      if (global.json) print.json('poster', { bundles: [bundle], gallery })
      else printBundle(print, made, 'recruit')
      noteGallery(print, gallery, settings.out)
      return 'done'
    }
    for (const name of ['link', 'slogan'] as const)
      if (options[name] !== undefined) throw usageError(`--${name}: goes with --recruit only`)
    if (names.length === 0 && options.shelf === undefined && options.saved === undefined)
      throw usageError('poster: which goods? Name one or more, or a shelf with --shelf, or a saved search with --saved')
    const db = openForReading(found.database)
    const products = (await chosenGoods(ctx, db, found, names, options, print)).slice(0, options.limit)
    if (products.length === 0) print.note('No goods to make posters of.')
    const studio = await openStudio(ctx, found, options.jobs, settings.styles ?? DEFAULT_STYLES)
    const channels = chooseChannels(found, studio.channels, options.channel, '--channel').map(({ name }) => name)
    const { member, untracked, again } = options
    const [channel] = channels.length === 1 ? channels : []
    const itemOf = sharer(db, found, ctx.home, now, {
      ...(channel && { channel }),
      ...(member !== undefined && { member }),
      untracked,
    })
    const notices = new Set<string>()
    /** Channels with links of their own, none of which is on a poster for several. */
    const passedOver = new Set<string>()
    function* items(): Generator<ShareItem | Unshared> {
      for (const product of products) {
        try {
          const item = itemOf(product)
          for (const notice of item.notices ?? []) notices.add(notice)
          if (channels.length > 1)
            for (const made of listLinks(db, product)) if (channels.includes(made.channel)) passedOver.add(made.channel)
          yield item
        } catch (error) {
          if (!(error instanceof ShoptoolError)) throw error
          yield { partner: product.partner, sku: product.sku, error }
        }
      }
    }

    const used = ({ partner, product }: ShareItem, channel: string) =>
      usedVariants(db, { channel, partner: partner.id, sku: product.sku })
    const batch = { total: products.length, made: 0, kept: 0, failed: 0 }
    const failures: Unshared[] = []
    const documents: unknown[] = []
    const started = ctx.now()
    print.progress(describeBatch(batch, 0))
    for await (const one of makeBundles(studio, items(), { ...settings, channels, used, again })) {
      if ('error' in one) failures.push(one)
      batch['error' in one ? 'failed' : one.status]++
      if (global.json) documents.push(bundleDocument(one))
      else if (!('error' in one)) printBundle(print, one, `${one.partner}:${one.sku}`)
      print.progress(describeBatch(batch, ctx.now() - started))
    }
    print.progress(null)
    if (passedOver.size > 0)
      notices.add(
        `links made for ${[...passedOver].join(', ')} are not used: these posters and texts are for several channels; --channel ${[...passedOver][0]} makes them for that one`,
      )
    const { made, kept, failed } = batch
    const gallery = made + kept > 0 ? await writeGallery(settings.out, found.shop.name) : null
    if (global.json) print.json('poster', { bundles: documents, made, kept, failed, warnings: [...notices], gallery })
    else for (const text of [...notices, ...failures.map(({ error }) => error.message)]) print.warn(text)
    if (products.length > 1) print.note(`${made} made, ${kept} kept as they were, ${failed} failed.`)
    if (made + kept > 0) noteGallery(print, gallery, settings.out)
    return failures.map(({ error }) => error.fault)
  },
  commands: { verify },
})

/** The goods that are named, on the shelf, and found by the saved search, each once. @throws usage where a name is none. */
async function chosenGoods(
  ctx: Context,
  db: Database,
  found: Workspace,
  names: readonly string[],
  { shelf, saved, limit }: { shelf: string | undefined; saved: string | undefined; limit: number | undefined },
  print: Print,
): Promise<StoredProduct[]> {
  const products = (await namesOf(ctx, names)).map((name) => lookUpProduct(db, name))
  if (shelf !== undefined)
    for (const { partner, sku } of shelfItems(db, chosenShelf(found, shelf)))
      products.push(lookUpProduct(db, `${partner}:${sku}`))
  if (saved !== undefined) {
    const search = searchFor(ctx, found, { ...savedFlags(db, saved), ...(limit !== undefined && { limit }) })
    products.push(...findProducts(db, search, textIndex(found, print)).products)
  }
  return [...new Map(products.map((product) => [product.id, product])).values()]
}

function printBundle(
  print: Print,
  { status, dir, posters, warnings }: Pick<Bundle, 'dir' | 'posters' | 'warnings'> & Partial<Bundle>,
  name: string,
) {
  print.line(dir)
  if (status === 'kept') print.note('  kept: the same would be made again')
  else for (const { file } of posters) print.note(`  ${file}`)
  for (const warning of warnings) print.warn(`${name}: ${warning}`)
}

function noteGallery(print: Print, gallery: string | null, out: string) {
  if (gallery === null)
    print.warn(`${join(out, GALLERY_FILE)} is of another program and was left alone: there is no gallery page`)
  else print.note(`All on one page: ${gallery}`)
}

function bundleDocument(one: Bundle | Unshared) {
  const { partner, sku } = one
  if ('error' in one)
    return { partner, sku, status: 'failed', dir: null, posters: [], copy: [], warnings: [], error: one.error.message }
  const { status, dir, posters, copy, warnings } = one
  return { partner, sku, status, dir, posters, copy, warnings, error: null }
}
