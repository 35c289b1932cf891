import { text } from '../feeds/field.ts'
import { address, firstFilled, GOODS_ONLY, nowAndBefore, optional, UNSAID } from './_goods.ts'
import { awinOrders, awinPayouts } from './awin-statements.ts'
import type { Partner } from './partner.ts'

/** Awin: product feeds with whatever columns were asked for, transactions and payments. */
export const awin: Partner = {
  ...GOODS_ONLY,
  id: 'awin',
  name: 'Awin',
  currency: 'GBP',
  timezone: 'Europe/London',
  feeds: {
    products: {
      format: { type: 'csv' },
      fields: {
        ...UNSAID,
        // The merchant's own number is unique only among that merchant's goods.
        sku: text(['aw_product_id', 'merchant_product_id']),
        title: text('product_name'),
        brand: text('brand_name', optional),
        category: text(['merchant_category', 'merchant_product_category_path', 'category_name'], firstFilled),
        shop: text('merchant_name', optional),
        currency: text(['currency', 'search_price'], firstFilled),
        ...nowAndBefore('search_price', ['rrp_price', 'store_price', 'product_price_old', 'base_price']),
        imageUrl: text(['merchant_image_url', 'large_image', 'aw_image_url', 'image_url'], firstFilled),
        url: address('merchant_deep_link'),
        link: text('aw_deep_link', optional),
      },
    },
    orders: awinOrders,
    payouts: awinPayouts,
  },
  links: {
    hosts: ['awin1.com'],
    // pclick.php has the publisher as a, cread.php as awinaffid.
    trackingId: { query: ['awinaffid', 'a'] },
    // The length is a public client's word (unverified).
    subId: { max: 50, chars: 'A-Za-z0-9_-', parameter: 'clickref' },
  },
  calendar: {
    basis: 'verifiedAt',
    runs: [
      { closes: 15, pays: 1, lag: 1 },
      { closes: 'last', pays: 15, lag: 1 },
    ],
  },
  grounds: {
    calendar: { confidence: 'documented', source: 'Awin wiki: validated 1–15 paid on the next 1st, 16–31 on the 15th' },
    fees: { confidence: 'documented', source: 'API: commissionAmount is the publisher’s own' },
  },
}
