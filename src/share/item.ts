import type { Day } from '../day.ts'
import { usageError } from '../errors.ts'
import { madeLinks } from '../store/links.ts'
import type { Database } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { reasonFor } from '../store/shelf.ts'
import type { ShareItem } from './facts.ts'

/**
 * What is shared of a product: the link that was made for the channel or, else, for none (short where there is one: a QR code of it is
 * easier to read), else that of its feed, else its page; its text code likewise; and the reason given on a shelf.
 * @throws ShoptoolError (usage) where it is gone, or has neither link nor page.
 */
export function shareItem(db: Database, product: StoredProduct, partnerName: string, today: Day, channel = ''): ShareItem {
  const name = `${product.partner}:${product.sku}`
  if (product.status === 'gone')
    throw usageError(`${name}: is gone from its feed since ${product.lastSeen.slice(0, 10)}; it is not shared any more`)
  const made = (madeLinks(db, product, channel) ?? madeLinks(db, product, ''))?.values
  const link = made?.shortLink ?? made?.link ?? product.link ?? product.url
  if (link === null)
    throw usageError(
      `${name}: has neither a link nor a page to share; make one with "shoptool link ${name}", or read a feed that holds links`,
    )
  const reason = reasonFor(db, product.partner, product.sku)
  return {
    partner: { id: product.partner, name: partnerName },
    product: { ...product, code: made?.code ?? product.code },
    link,
    asOf: product.lastSeen.slice(0, 10),
    today,
    ...(reason !== null && { reason }),
  }
}
