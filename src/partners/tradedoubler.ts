import { none, text } from '../feeds/field.ts'
import { address, firstFilled, GOODS_ONLY, listAndSale, optional, UNSAID } from './_goods.ts'
import type { Partner } from './partner.ts'

const LAST_CATEGORY = '^(.*?);*$'

/** Tradedoubler: product feeds in its two layouts. */
export const tradedoubler: Partner = {
  ...GOODS_ONLY,
  id: 'tradedoubler',
  name: 'Tradedoubler',
  currency: 'EUR',
  feeds: {
    products: [
      {
        format: { type: 'csv' },
        fields: {
          ...UNSAID,
          sku: text(['id', 'sourceProductId', 'sku'], { firstFilled: true }),
          title: text('name'),
          brand: text(['brand', 'manufacturer'], firstFilled),
          category: text('categories', { optional: true, find: [LAST_CATEGORY] }),
          shop: text('programName', optional),
          currency: text(['priceCurrency', 'priceValue'], firstFilled),
          // A merchant's own column has the price of the sale, priceValue the one of the list.
          ...listAndSale('priceValue', '(field)Sale Price'),
          imageUrl: address('productImage'),
          url: none,
          link: text('productUrl'),
        },
      },
      {
        format: { type: 'csv' },
        fields: {
          ...UNSAID,
          sku: text(['id', 'sourceProductId', 'sku'], { firstFilled: true }),
          title: text('name'),
          brand: text(['brand', 'manufacturer'], firstFilled),
          category: text('MerchantCategoryName', { optional: true, find: [LAST_CATEGORY] }),
          shop: text('programName', optional),
          currency: text(['currency', 'price'], firstFilled),
          ...listAndSale('price', '(field)Sale Price'),
          imageUrl: address('imageUrl'),
          url: none,
          link: text('productUrl'),
        },
      },
    ],
  },
}
