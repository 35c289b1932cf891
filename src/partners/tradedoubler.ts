import { none, text } from '../feeds/field.ts'
import { address, firstFilled, GOODS_ONLY, listAndSale, optional, UNSAID } from './_goods.ts'
import type { Partner } from './partner.ts'

const LAST_CATEGORY = { optional: true, find: ['^(.*?);*$'] } as const

const both = {
  ...UNSAID,
  sku: text(['id', 'sourceProductId', 'sku'], { firstFilled: true }),
  title: text('name'),
  brand: text(['brand', 'manufacturer'], firstFilled),
  shop: text('programName', optional),
  url: none,
  link: text('productUrl'),
} as const

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
          ...both,
          category: text('categories', LAST_CATEGORY),
          currency: text(['priceCurrency', 'priceValue'], firstFilled),
          // A merchant's own column has the price of the sale, priceValue the one of the list.
          ...listAndSale('priceValue', '(field)Sale Price'),
          imageUrl: address('productImage'),
        },
      },
      {
        format: { type: 'csv' },
        fields: {
          ...both,
          category: text('MerchantCategoryName', LAST_CATEGORY),
          currency: text(['currency', 'price'], firstFilled),
          ...listAndSale('price', '(field)Sale Price'),
          imageUrl: address('imageUrl'),
        },
      },
    ],
  },
  links: {
    hosts: ['tradedoubler.com'],
    trackingId: { query: ['a'] },
    // 64 bytes, by the publisher API's documents; the characters are unverified.
    subId: { max: 64, chars: 'A-Za-z0-9_-', parameter: 'epi' },
  },
}
