import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Day, Instant } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Currency, formatAmount } from '../money.ts'
import type { Product } from '../records.ts'
import type { Copy } from './copy/write.ts'
import type { ShareItem, ShareTerms } from './facts.ts'
import type { FileMarks } from './folder.ts'

export const MANIFEST_FILE = 'manifest.json'
const BUNDLE = 'shoptool.bundle.v1'
const RECRUIT = 'shoptool.recruit.v1'

/** A coupon as manifests hold it; amounts are decimal strings. */
export type SharedCoupon = { amount: string; threshold: string | null; from: Instant | null; until: Instant | null }

/** The product as it was shared, so that a later one can be compared. The commission stays out: bundles are passed on. */
export type SharedProduct = {
  sku: string
  title: string
  brand: string | null
  category: string | null
  shop: string | null
  currency: Currency
  price: string
  coupon: SharedCoupon | null
  finalPrice: string
  sales: number | null
  imageUrl: string | null
  url: string | null
  code: string | null
}

/** One file of a poster: a poster is one, or several tiles. `qr` is what its code says. Pixels. */
export type SharedPicture = { file: string; width: number; height: number; qr: string | null }
export type SharedPoster = { style: string; scheme: string; size: string; template: string; pictures: SharedPicture[] }

/** `manifest.json` of a bundle. */
export type Manifest = {
  schema: typeof BUNDLE
  tool: string
  /** Hash of all that the bundle was made from: the same again would give the same files. Absent in the first manifests. */
  input?: string
  asOf: Day
  partner: { id: string; name: string }
  link: string
  /** For whom the link was chosen. */
  terms?: ShareTerms
  reason: string | null
  product: SharedProduct
  posters: SharedPoster[]
  copy: Copy[]
  warnings: string[]
  files: FileMarks
}

/** `manifest.json` of posters without goods. */
export type RecruitManifest = {
  schema: typeof RECRUIT
  link: string
  /** Whether the link is the one of shoptool.yaml, and so should change with it. */
  linkOfShop: boolean
  member: string | null
  shop: { name: string; link: string; slogan: string | null }
} & Pick<Manifest, 'tool' | 'asOf' | 'posters' | 'files'>

/** What a manifest may hold of a product, without its commission. */
export function sharedProduct(product: Product): SharedProduct {
  const { sku, title, brand, category, shop, currency, sales, imageUrl, url, code } = product
  const amount = (minor: number) => formatAmount(minor, currency)
  const coupon = product.couponAmount
    ? {
        amount: amount(product.couponAmount),
        threshold: product.couponThreshold === null ? null : amount(product.couponThreshold),
        ...{ from: product.couponFrom, until: product.couponUntil },
      }
    : null
  const prices = { price: amount(product.price), coupon, finalPrice: amount(product.finalPrice) }
  return { sku, title, brand, category, shop, currency, ...prices, sales, imageUrl, url, code }
}

/** The manifest of an item; what was made of it is added by the caller. */
export function describeItem({ partner, product, link, terms, reason, asOf }: ShareItem) {
  return { asOf, partner, link, terms: terms ?? {}, reason: reason ?? null, product: sharedProduct(product) }
}

/** What a folder's manifest.json is: a bundle, recruiting posters, or something else, with the reason. */
export type Read =
  | { kind: 'bundle'; manifest: Manifest }
  | { kind: 'recruit'; manifest: RecruitManifest }
  /** Another program's. */
  | { kind: 'foreign' }
  | { kind: 'broken'; reason: string }

/** Reads the manifest of a folder that has one. Manifests of older versions get what they lack. */
export async function readManifest(dir: string): Promise<Read> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(join(dir, MANIFEST_FILE), 'utf8'))
  } catch {
    return { kind: 'broken', reason: `${MANIFEST_FILE} cannot be read` }
  }
  const manifest = (content ?? {}) as Partial<Manifest | RecruitManifest>
  const schema = String(manifest.schema)
  if (!/^shoptool\.(bundle|recruit)\./.test(schema)) return { kind: 'foreign' }
  if (schema !== BUNDLE && schema !== RECRUIT)
    return { kind: 'broken', reason: `${MANIFEST_FILE} has the schema ${schema}, of a newer shoptool` }
  const { files, link } = manifest
  if (typeof link !== 'string' || !files || !Object.values(files).every((mark) => typeof mark?.sha256 === 'string'))
    return { kind: 'broken', reason: `${MANIFEST_FILE} lacks link or files` }
  const posters = (manifest.posters ?? []).map((poster) => ({ ...poster, pictures: poster.pictures ?? [] }))
  if (schema === RECRUIT) {
    const recruit = manifest as RecruitManifest
    if (typeof recruit.shop?.name !== 'string') return { kind: 'broken', reason: `${MANIFEST_FILE} lacks shop` }
    const { member = null, linkOfShop = member === null } = recruit
    return { kind: 'recruit', manifest: { ...recruit, posters, member, linkOfShop } }
  }
  const bundle = manifest as Manifest
  if (typeof bundle.partner?.id !== 'string' || typeof bundle.product?.sku !== 'string')
    return { kind: 'broken', reason: `${MANIFEST_FILE} lacks partner or product` }
  return { kind: 'bundle', manifest: { ...bundle, posters, copy: bundle.copy ?? [], warnings: bundle.warnings ?? [] } }
}

/** The folders with a manifest.json: `dir` itself, or all below it, sorted; hidden ones are passed over. @throws usageError where it is no folder. */
export async function* findManifests(dir: string): AsyncGenerator<string> {
  const found = await stat(dir).catch(() => null)
  if (!found?.isDirectory()) throw usageError(`${dir}: ${found ? 'is a file, expected a folder' : 'no such folder'}`)
  yield* below(dir)
}

async function* below(dir: string): AsyncGenerator<string> {
  if (existsSync(join(dir, MANIFEST_FILE))) yield dir
  const inner = (await readdir(dir, { withFileTypes: true })).filter((one) => one.isDirectory() && !one.name.startsWith('.'))
  for (const name of inner.map((one) => one.name).sort()) yield* below(join(dir, name))
}
