import type { Day } from '../day.ts'
import { ShoptoolError } from '../errors.ts'
import type { Workspace } from '../workspace.ts'
import { wrongFiles } from './folder.ts'
import { type Manifest, type RecruitManifest, readManifest, type SharedCoupon, type SharedProduct } from './manifest.ts'

/** What a poster says that holds no more, or what is wrong with its folder. */
export type Lie = {
  kind:
    | 'manifest'
    | 'missing'
    | 'altered'
    | 'unknown'
    | 'gone'
    | 'product'
    | 'price'
    | 'coupon'
    | 'coupon-over'
    | 'title'
    | 'link'
  /** As shared, and as it is now; null where there is nothing. */
  before: string | null
  now: string | null
}

/** The goods of a bundle as they stand in the database. */
export type Present =
  | { state: 'unknown' }
  | { state: 'gone'; since: Day }
  | { state: 'live'; sku: string; product: SharedProduct; link: string | ShoptoolError }

/** A bundle that was looked at. `partner` and `sku` are null where its manifest does not tell, or it has no goods. */
export type Verified = { dir: string; partner: string | null; sku: string | null; title: string | null; lies: Lie[] }

/**
 * Compares a bundle with its files and with the goods of today: `find` looks up the goods, `shop` is what recruiting posters show.
 * Null where the folder is another program's.
 */
export async function verifyBundle(
  dir: string,
  today: Day,
  find: (manifest: Manifest) => Present,
  shop: Pick<Workspace['shop'], 'name' | 'link'>,
): Promise<Verified | null> {
  const read = await readManifest(dir)
  if (read.kind === 'foreign') return null
  const none = { dir, partner: null, sku: null, title: null }
  if (read.kind === 'broken') return { ...none, lies: [{ kind: 'manifest', before: null, now: read.reason }] }
  const { missing, altered } = await wrongFiles(dir, read.manifest.files)
  const lies: Lie[] = [
    ...missing.map((file): Lie => ({ kind: 'missing', before: file, now: null })),
    ...altered.map((file): Lie => ({ kind: 'altered', before: file, now: null })),
  ]
  if (read.kind === 'recruit') return { ...none, lies: [...lies, ...recruitLies(read.manifest, shop)] }
  const { partner, product } = read.manifest
  lies.push(...productLies(read.manifest, find(read.manifest), today))
  return { dir, partner: partner.id, sku: product.sku, title: product.title, lies }
}

function recruitLies(
  { link, linkOfShop, shop: { name } }: RecruitManifest,
  now: Pick<Workspace['shop'], 'name' | 'link'>,
): Lie[] {
  const lies: Lie[] = name === now.name ? [] : [{ kind: 'title', before: name, now: now.name }]
  if (linkOfShop && link !== now.link) lies.push({ kind: 'link', before: link, now: now.link ?? null })
  return lies
}

function productLies({ product: shared, link, asOf }: Manifest, present: Present, today: Day): Lie[] {
  if (present.state === 'unknown') return [{ kind: 'unknown', before: shared.sku, now: null }]
  if (present.state === 'gone') return [{ kind: 'gone', before: shared.sku, now: present.since }]
  const { product } = present
  const lies: Lie[] = []
  const compare = (kind: Lie['kind'], before: string | null, now: string | null) => {
    if (before !== now) lies.push({ kind, before, now })
  }
  compare('product', shared.sku, present.sku)
  compare('price', priceText(shared), priceText(product))
  // One that was over when the poster was made does not stand on it.
  const stood = shared.coupon !== null && !isOver(shared.coupon, asOf)
  if (stood && isOver(shared.coupon!, today))
    lies.push({ kind: 'coupon-over', before: shared.coupon!.until!.slice(0, 10), now: null })
  else compare('coupon', couponText(shared.coupon), couponText(product.coupon))
  compare('title', shared.title, product.title)
  if (present.link instanceof ShoptoolError) lies.push({ kind: 'link', before: link, now: null })
  else compare('link', link, present.link)
  return lies
}

const isOver = ({ until }: SharedCoupon, day: Day) => until !== null && until.slice(0, 10) < day

/** `259.00`, or `279.00 → 259.00` with what it was before the coupon; with the currency. */
function priceText({ price, finalPrice, currency }: SharedProduct): string {
  return `${price === finalPrice ? price : `${price} → ${finalPrice}`} ${currency}`
}

function couponText(coupon: SharedCoupon | null): string | null {
  if (coupon === null) return null
  const { amount, threshold, until } = coupon
  return `${amount}${threshold === null ? '' : ` from ${threshold}`}${until === null ? '' : ` until ${until.slice(0, 10)}`}`
}
