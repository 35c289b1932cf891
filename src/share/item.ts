import type { Instant } from '../day.ts'
import { usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { codeOfGoods } from '../store/codes.ts'
import type { Database } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { reasonFor } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import type { ShareItem, ShareTerms } from './facts.ts'
import { faultOf, madeFor, nameOf, type Offer, offersOf } from './offer.ts'
import { readSuppliers, supplierOf } from './supplier.ts'
import { checkTracking, type Own, ownIds } from './tracking.ts'

/** What an item needs to know of its partner: `platform` is its name for buyers. */
type Known = { partner: Partner; platform: string; own: Own }

/**
 * Makes what is shared of products, as `shareItem` does, with the workspace's partners and tracking ids.
 * @throws ShoptoolError (usage) where shoptool.yaml names tracking ids of a partner that is not known.
 */
export function sharer(
  db: Database,
  workspace: Workspace,
  home: string,
  now: Instant,
  terms: ShareTerms = {},
): (product: StoredProduct) => ShareItem {
  checkTracking(workspace)
  const { disclosure } = workspace.shop
  const suppliers = readSuppliers(home, workspace.folder)
  const known = new Map<string, Known>()
  const knownOf = (id: string) => {
    const partner = findPartner(id, workspace.partners, BUILT_IN, id)
    const all = { partner, platform: supplierOf(suppliers, partner).platform, own: ownIds(workspace, partner) }
    known.set(id, all)
    return all
  }
  return (product) => {
    const item = shareItem(db, product, known.get(product.partner) ?? knownOf(product.partner), now, terms)
    return { ...item, ...(disclosure !== undefined && { disclosure }) }
  }
}

/**
 * What is shared of a product: the link that was made for channel and member or, else, for none (short where there is one: a QR code of it
 * is easier to read), else that of its feed, else its page where that may be; its text code likewise; the reason given on a shelf; and its
 * shop code.
 * Nothing that has ended or carries somebody else's tracking id is ever taken.
 * @throws ShoptoolError (usage) where it is gone, or has nothing that may be shared; the message says why.
 */
export function shareItem(
  db: Database,
  product: StoredProduct,
  { partner, platform, own }: Known,
  now: Instant,
  terms: ShareTerms = {},
): ShareItem {
  const name = `${product.partner}:${product.sku}`
  if (product.status === 'gone')
    throw usageError(`${name}: is gone from its feed since ${product.lastSeen.slice(0, 10)}; it is not shared any more`)
  const offers = offersOf(db, product, partner, own, now, madeFor(db, product, terms))
  const links = offers.filter(({ form }) => form === 'link' || form === 'shortLink')
  const codes = offers.filter(({ form }) => form === 'code')
  const isFit = (offer: Offer) => (offer.from === 'page' && terms.untracked) || faultOf(offer, own) === null
  const link = links.find(isFit)
  const code = codes.find(isFit)
  const told = (offer: Offer) => `${nameOf(offer)} ${faultOf(offer, own)}`
  if (!link) {
    const page = links.length === 1 && links[0]!.from === 'page'
    const why = links.length === 0 ? 'has neither a link nor a page to share' : links.map(told).join('; ')
    const make = partner.apis?.links ? `make one with "shoptool link ${name}"` : 'read a feed that holds links of yours'
    throw usageError(`${name}: ${why}; ${make}${page ? ', or share it all the same with --untracked' : ''}`)
  }
  const reason = reasonFor(db, product.partner, product.sku)
  const shopCode = codeOfGoods(db, product)
  const passedOver = links.slice(0, links.indexOf(link)).map(told)
  const deadCode = codes.length > 0 && !code ? [told(codes[0]!)] : []
  return {
    partner: { id: product.partner, name: platform },
    product: { ...product, code: code?.value ?? null },
    link: link.value,
    terms,
    asOf: product.lastSeen.slice(0, 10),
    today: now.slice(0, 10),
    ...(reason !== null && { reason }),
    ...(shopCode !== null && { shopCode }),
    warnings: [
      ...[...passedOver, ...deadCode].map((what) => `${what}: not used`),
      ...[link, code].flatMap((offer) =>
        offer?.ends === 'soon' ? [`${nameOf(offer)} ends on ${offer.expiresAt!.slice(0, 10)}`] : [],
      ),
      ...(faultOf(link, own) === null ? [] : [told(link)]),
    ],
    notices: noticesOf(link, partner, own),
  }
}

/** What is to be said of all links of a partner alike. */
export function noticesOf({ carried, from, value }: Offer, { id, name, links }: Partner, own: Own): string[] {
  if (carried.state === 'unknown')
    return [
      `${id}: whether links carry your tracking id cannot be told; name it in shoptool.yaml: tracking: { ${id}: [${carried.trackingId}] }`,
    ]
  if (carried.state !== 'hidden' || own.none) return []
  if (!links && from === 'page')
    return [
      `${id}: its goods are shared by their pages, which earn nothing unless your tracking id is on them; tracking: { ${id}: [] } in shoptool.yaml says that none is needed`,
    ]
  const host = URL.canParse(value) ? ` at ${new URL(value).host}` : ''
  return [
    links
      ? `${id}: whose tracking id is on links${host} cannot be told; make sure that they are from your own account with ${name}`
      : `${id}: whose tracking id is on its links cannot be told; describe them under "links:" in partners/${id}.yaml`,
  ]
}
