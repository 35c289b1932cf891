import type { Order, PayoutLine, Product } from '../records.ts'
import { attributer } from '../share/attribution.ts'
import type { Database } from '../store/open.ts'
import { goodsLookup } from '../store/products.ts'
import type { Workspace } from '../workspace.ts'
import type { Dimension } from './figures.ts'

export const DIMENSIONS = ['partner', 'shop', 'channel', 'category', 'product', 'member'] as const
export type DimensionName = (typeof DIMENSIONS)[number]

/**
 * What figures are told apart by: shop and category as the catalog has the goods now, channel and member as links tell them, a product by
 * `partner:sku`.
 */
export function dimensionsOf(db: Database, workspace: Workspace): Record<DimensionName, Dimension> {
  const comesFrom = attributer(db, workspace)
  const attributed = (what: 'channel' | 'member'): Dimension => {
    return (partner, record) =>
      'orderedAt' in record ? comesFrom({ partner, subId: record.subId, trackingId: record.trackingId })[what] : null
  }
  const find = goodsLookup(db)
  const goods = new Map<string, Pick<Product, 'shop' | 'category'> | null>()
  const ofGoods = (what: 'shop' | 'category'): Dimension => {
    return (partner, record) => {
      const name = productOf(partner, record)
      if (name === null) return null
      let known = goods.get(name)
      if (known === undefined) {
        known = find(partner, record.sku!)
        goods.set(name, known)
      }
      return known?.[what] ?? null
    }
  }
  return {
    partner: (partner) => partner,
    shop: ofGoods('shop'),
    channel: attributed('channel'),
    category: ofGoods('category'),
    product: productOf,
    member: attributed('member'),
  }
}

function productOf(partner: string, { sku }: Order | PayoutLine): string | null {
  return sku === null ? null : `${partner}:${sku}`
}
