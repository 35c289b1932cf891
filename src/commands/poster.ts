import { resolve } from 'node:path'
import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Bundle, makeBundles, openStudio } from '../share/bundle.ts'
import { chooseChannels } from '../share/channel.ts'
import { shareItem } from '../share/item.ts'
import { FORMATS } from '../share/poster/encode.ts'
import { readSuppliers, supplierOf } from '../share/supplier.ts'
import { openForReading } from '../store/open.ts'
import { shelfItems } from '../store/shelf.ts'
import { defineCommand, type Outcome } from './command.ts'
import { count, list, oneOf, option } from './option.ts'
import { chosenShelf, namesOf } from './shelf.ts'

type Result = { partner: string; sku: string; bundle: Bundle | null; error: ShoptoolError | null }

export const command = defineCommand({
  about:
    'Draws posters with a QR code and writes the copy: one folder for each product, ready to share. Every QR is read back from the finished picture.',
  args: [['[sku...]', 'partner:sku, or the sku alone where one partner has it; - reads them from standard input']],
  options: {
    shelf: option('--shelf <name>', 'all goods of a shelf'),
    style: list(
      '--style <a,b>',
      'these styles, with a colour scheme like card:jade if you want, or all (default: card and magazine)',
    ),
    size: list('--size <a,b>', 'in these sizes: portrait (1080 × 1920), 4x5, square (default: the first of each style)'),
    channel: list('--channel <a,b>', 'only for these channels; else those of shoptool.yaml, or all that there are texts for'),
    out: option('--out <dir>', 'where the folders go (default out/posters of the workspace)'),
    format: option('--format <format>', 'picture format', oneOf(FORMATS), 'png' as const),
    jobs: option('--jobs <n>', 'pictures at once (default: one for each processor core)', count),
  },
  examples: [
    'shoptool poster 614252180627',
    'shoptool poster 614252180627 --style tag,minimal:night --size portrait,square',
    'shoptool poster 614252180627 --style nine',
    'shoptool poster --shelf main --style card --format jpeg',
    'shoptool poster jd:100012043978 --out ~/share --json',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    if (options.jobs === 0) throw usageError('--jobs: "0" is not a number of pictures, expected 1 or more')
    if (names.length === 0 && options.shelf === undefined)
      throw usageError('poster: which goods? Name one or more, or a shelf with --shelf')
    const db = openForReading(found.database)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const onShelf =
      options.shelf === undefined
        ? []
        : shelfItems(db, chosenShelf(found, options.shelf)).map(({ partner, sku }) => `${partner}:${sku}`)
    const products = [...new Set([...(await namesOf(ctx, names)), ...onShelf])].map((name) => lookUpProduct(db, name))
    const studio = await openStudio(ctx, found, options.jobs)
    const channels = chooseChannels(found, studio.channels, options.channel, '--channel').map(({ name }) => name)
    const suppliers = readSuppliers(ctx.home, found.folder)
    const results: Result[] = []
    const channel = options.channel.length === 1 ? options.channel[0] : undefined
    const items = products.flatMap((product) => {
      try {
        const { platform } = supplierOf(suppliers, findPartner(product.partner, found.partners, BUILT_IN, product.partner))
        return [shareItem(db, product, platform, today, channel)]
      } catch (error) {
        if (!(error instanceof ShoptoolError)) throw error
        results.push({ partner: product.partner, sku: product.sku, bundle: null, error })
        return []
      }
    })
    const settings = {
      out: options.out === undefined ? resolve(found.out, 'posters') : resolve(ctx.cwd, options.out),
      format: options.format,
      ...(options.style.length > 0 && { styles: options.style }),
      ...(options.size.length > 0 && { sizes: options.size }),
      channels,
    }
    const started = ctx.now()
    for await (const made of makeBundles(studio, items, settings)) {
      const { partner, product } = made.item
      results.push({
        partner: partner.id,
        sku: product.sku,
        bundle: 'bundle' in made ? made.bundle : null,
        error: 'error' in made ? made.error : null,
      })
      const rest = ((ctx.now() - started) / results.length) * (products.length - results.length)
      print.progress(`${results.length} of ${products.length} products, ${Math.ceil(rest / 1000)} s left`)
    }
    print.progress(null)
    if (global.json) print.json('poster', { bundles: results.map(bundleDocument) })
    else {
      for (const { bundle, error } of results) {
        if (error) print.warn(error.message)
        if (!bundle) continue
        print.line(bundle.dir)
        for (const { file } of bundle.posters) print.note(`  ${file}`)
        for (const warning of bundle.warnings) print.warn(`${bundle.partner}:${bundle.sku}: ${warning}`)
      }
    }
    return results.map(({ error }): Outcome => error?.fault ?? 'done')
  },
})

function bundleDocument({ partner, sku, bundle, error }: Result) {
  return {
    partner,
    sku,
    dir: bundle?.dir ?? null,
    posters: bundle?.posters ?? [],
    copy: bundle?.copy ?? [],
    warnings: bundle?.warnings ?? [],
    error: error?.message ?? null,
  }
}
