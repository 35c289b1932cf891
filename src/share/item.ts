import type { Day } from '../day.ts'
import { usageError } from '../errors.ts'
import type { Database } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { reasonFor } from '../store/shelf.ts'
import type { ShareItem } from './facts.ts'

/**
 * What is shared of a product: its link with the operator's tracking id, else its page, and the reason given on a shelf.
 * @throws ShoptoolError (usage) where it is gone, or has neither link nor page.
 */
export function shareItem(db: Database, product: StoredProduct, partnerName: string, today: Day): ShareItem {
  const name = `${product.partner}:${product.sku}`
  if (product.status === 'gone')
    throw usageError(`${name}: is gone from its feed since ${product.lastSeen.slice(0, 10)}; it is not shared any more`)
  const link = product.link ?? product.url
  if (link === null)
    throw usageError(
      `${name}: has neither a link nor a page to share; a feed with links, or a partner file that maps one, is needed`,
    )
  const reason = reasonFor(db, product.partner, product.sku)
  return {
    partner: { id: product.partner, name: partnerName },
    product,
    link,
    asOf: product.lastSeen.slice(0, 10),
    today,
    ...(reason !== null && { reason }),
  }
}
