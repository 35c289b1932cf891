import { relative, resolve } from 'node:path'
import { presentProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import type { ShareTerms } from '../share/facts.ts'
import { sharer } from '../share/item.ts'
import { findManifests, type Manifest, sharedProduct } from '../share/manifest.ts'
import { type Lie, type Present, type Verified, verifyBundle } from '../share/verify.ts'
import { type Database, openForReading } from '../store/open.ts'
import { productByKey } from '../store/products.ts'
import { defineCommand } from './command.ts'

/** What is wrong, for people. */
const WORDS: Record<Lie['kind'], string> = {
  manifest: 'cannot be checked',
  missing: 'file is missing',
  altered: 'file was changed',
  unknown: 'not in the catalog',
  gone: 'gone since',
  product: 'has another id',
  price: 'price',
  coupon: 'coupon',
  'coupon-over': 'coupon is over',
  title: 'title',
  link: 'link',
}

export const verify = defineCommand({
  about:
    'Tells which posters say what holds no more: price, coupon, title or link of the goods has changed, the coupon is over, the goods are gone; the name or link of the shop that recruits is another; or files are missing or were changed. Reads the manifests of one bundle, or of all in a folder. Exit code 5 where there are any.',
  args: [['<dir...>', 'a bundle, or a folder with bundles at any depth']],
  examples: ['shoptool poster verify out/posters', 'shoptool sync -q && shoptool poster verify out/posters --json'],
  async run({ ctx, args: [folders], workspace, print, global }) {
    const found = await workspace()
    // Recruiting posters can be checked before there is a database.
    let opened: Database | undefined
    const catalog = () => (opened ??= openForReading(found.database))
    const now = instantOf(ctx.now(), found.shop.timezone)
    const sharers = new Map<string, ReturnType<typeof sharer>>()
    const itemOf = (terms: ShareTerms) => {
      const key = JSON.stringify(terms)
      const known = sharers.get(key) ?? sharer(catalog(), found, ctx.home, now, terms)
      sharers.set(key, known)
      return known
    }
    const find = ({ partner, product, terms = {} }: Manifest): Present => {
      const stored = productByKey(catalog(), partner.id, product.sku)
      if (!stored) return { state: 'unknown' }
      const present = presentProduct(catalog(), stored)
      if (present.status === 'gone') return { state: 'gone', since: present.lastSeen.slice(0, 10) }
      const live = { state: 'live', sku: present.sku, product: sharedProduct(present) } as const
      try {
        const item = itemOf(terms)(present)
        return { ...live, product: sharedProduct(item.product), link: item.link }
      } catch (error) {
        if (error instanceof ShoptoolError) return { ...live, link: error }
        throw error
      }
    }
    const today = now.slice(0, 10)

    const lying: Verified[] = []
    let checked = 0
    let foreign = 0
    for (const folder of folders) {
      const before = checked
      for await (const dir of findManifests(resolve(ctx.cwd, folder))) {
        const verified = await verifyBundle(dir, today, find, found.shop)
        if (verified === null) {
          foreign++
          print.detail(`${dir}: its manifest.json is no bundle's`)
          continue
        }
        checked++
        if (verified.lies.length > 0) lying.push(verified)
        print.progress(`${checked} bundles checked, ${lying.length} with findings`)
      }
      print.progress(null)
      if (checked === before)
        throw usageError(
          `${folder}: there is no bundle in it${foreign > 0 ? ' (its manifest.json is of another program)' : ''}, expected a folder that "shoptool poster" made`,
        )
    }

    const findings = lying.flatMap(({ lies, ...bundle }) => lies.map((lie) => ({ ...bundle, ...lie })))
    if (global.json) print.json('poster-verify', { checked, lying: lying.length, findings })
    else {
      print.table(
        [
          { title: 'PRODUCT' },
          { title: 'WHAT' },
          { title: 'SHARED', cut: true },
          { title: 'NOW', cut: true },
          { title: 'FOLDER' },
        ],
        findings.map(({ dir, partner, sku, kind, before, now }) => [
          ...[partner === null ? '' : `${partner}:${sku}`, WORDS[kind], before ?? '', now ?? '', relative(ctx.cwd, dir) || '.'],
        ]),
      )
      const good = `${checked} bundle${checked === 1 ? '' : 's'} checked`
      print.note(
        lying.length === 0
          ? `${good}, all hold.`
          : `${good}, ${lying.length} do not hold; make them anew with "shoptool poster", or take them back.`,
      )
    }
    return lying.length > 0 ? 'findings' : 'done'
  },
})
