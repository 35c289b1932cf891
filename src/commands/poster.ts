import { resolve } from 'node:path'
import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { type Bundle, makeBundles, openStudio } from '../share/bundle.ts'
import { chooseChannels } from '../share/channel.ts'
import { sharer } from '../share/item.ts'
import { FORMATS } from '../share/poster/encode.ts'
import { makeRecruiting } from '../share/recruit.ts'
import { openForReading } from '../store/open.ts'
import { shelfItems } from '../store/shelf.ts'
import { defineCommand, type Outcome } from './command.ts'
import { TERMS } from './copy.ts'
import { address, count, flag, list, oneOf, option } from './option.ts'
import type { Print } from './print.ts'
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
    untracked: TERMS.untracked,
    out: option('--out <dir>', 'where the folders go (default out/posters of the workspace)'),
    format: option('--format <format>', 'picture format', oneOf(FORMATS), 'png' as const),
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
    'shoptool poster jd:100012043978 --out ~/share --json',
    'shoptool poster --recruit --member 小红 --link https://example.com/join',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    if (options.jobs === 0) throw usageError('--jobs: "0" is not a number of pictures, expected 1 or more')
    const settings = {
      out: options.out === undefined ? resolve(found.out, 'posters') : resolve(ctx.cwd, options.out),
      format: options.format,
      ...(options.style.length > 0 && { styles: options.style }),
      ...(options.size.length > 0 && { sizes: options.size }),
    }
    const now = instantOf(ctx.now(), found.shop.timezone)
    if (options.recruit) {
      const given =
        names.length > 0 ? 'goods' : options.shelf !== undefined ? '--shelf' : options.channel.length > 0 ? '--channel' : null
      if (given !== null) throw usageError(`poster --recruit: shows no goods, leave out ${given}`)
      const link = options.link ?? found.shop.link
      if (link === undefined)
        throw usageError('poster --recruit: where does the QR lead? Give --link, or set link of shop in shoptool.yaml')
      const { member = null, slogan = null } = options
      const studio = await openStudio(ctx, found, options.jobs)
      const made = await makeRecruiting(studio, { name: found.shop.name, link, slogan, member, asOf: now.slice(0, 10) }, settings)
      if (global.json) print.json('poster', { bundles: [{ partner: null, sku: null, ...made, copy: [], error: null }] })
      else printBundle(print, made, 'recruit')
      return 'done'
    }
    for (const name of ['link', 'slogan'] as const)
      if (options[name] !== undefined) throw usageError(`--${name}: goes with --recruit only`)
    if (names.length === 0 && options.shelf === undefined)
      throw usageError('poster: which goods? Name one or more, or a shelf with --shelf')
    const db = openForReading(found.database)
    const onShelf =
      options.shelf === undefined
        ? []
        : shelfItems(db, chosenShelf(found, options.shelf)).map(({ partner, sku }) => `${partner}:${sku}`)
    const products = [...new Set([...(await namesOf(ctx, names)), ...onShelf])].map((name) => lookUpProduct(db, name))
    const studio = await openStudio(ctx, found, options.jobs)
    const channels = chooseChannels(found, studio.channels, options.channel, '--channel').map(({ name }) => name)
    const results: Result[] = []
    const { channel: given, member, untracked } = options
    const [channel] = given.length === 1 ? given : []
    const itemOf = sharer(db, found, ctx.home, now, {
      ...(channel && { channel }),
      ...(member !== undefined && { member }),
      untracked,
    })
    const items = products.flatMap((product) => {
      try {
        return [itemOf(product)]
      } catch (error) {
        if (!(error instanceof ShoptoolError)) throw error
        results.push({ partner: product.partner, sku: product.sku, bundle: null, error })
        return []
      }
    })
    const started = ctx.now()
    for await (const made of makeBundles(studio, items, { ...settings, channels })) {
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
    const notices = [...new Set(items.flatMap(({ notices = [] }) => notices))]
    if (global.json) print.json('poster', { bundles: results.map(bundleDocument), warnings: notices })
    else {
      for (const { bundle, error } of results) {
        if (error) print.warn(error.message)
        if (bundle) printBundle(print, bundle, `${bundle.partner}:${bundle.sku}`)
      }
      for (const notice of notices) print.warn(notice)
    }
    return results.map(({ error }): Outcome => error?.fault ?? 'done')
  },
})

function printBundle(print: Print, { dir, posters, warnings }: Pick<Bundle, 'dir' | 'posters' | 'warnings'>, name: string) {
  print.line(dir)
  for (const { file } of posters) print.note(`  ${file}`)
  for (const warning of warnings) print.warn(`${name}: ${warning}`)
}

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
