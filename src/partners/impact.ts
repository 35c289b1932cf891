import { none, text } from '../feeds/field.ts'
import { firstFilled, GOODS_ONLY, nowAndBefore, optional, UNSAID } from './_goods.ts'
import { impactOrders, impactPayouts } from './impact-statements.ts'
import type { Partner } from './partner.ts'

/** Impact: saved answers of the catalogue API and `_IR.txt` files; actions, their updates, and paystubs. */
export const impact: Partner = {
  ...GOODS_ONLY,
  id: 'impact',
  name: 'Impact',
  payer: ['Impact Tech', 'Impact Radius'],
  feeds: {
    products: [
      {
        format: { type: 'json', rows: 'Items' },
        fields: {
          ...UNSAID,
          // Holds the number of the catalogue, without which the merchant's is not unique.
          sku: text(['Id', 'CatalogItemId']),
          title: text('Name'),
          brand: text('Manufacturer', optional),
          category: text('Category', optional),
          shop: text('CampaignName', optional),
          currency: text(['Currency', 'CurrentPrice'], firstFilled),
          ...nowAndBefore('CurrentPrice', ['OriginalPrice']),
          imageUrl: text('ImageUrl', optional),
          url: none,
          link: text('Url', optional),
        },
      },
      {
        format: { type: 'csv' },
        fields: {
          ...UNSAID,
          sku: text('Unique Merchant SKU'),
          title: text('Product Name'),
          brand: text(['Brand / Manufacturer', 'Manufacturer'], firstFilled),
          category: text(['Category', 'Product Type'], firstFilled),
          shop: none,
          currency: text(['Currency', 'Current Price'], firstFilled),
          ...nowAndBefore('Current Price', ['Original Price']),
          imageUrl: text('Image URL', optional),
          url: none,
          link: text('Product URL', optional),
        },
      },
    ],
    orders: impactOrders,
    payouts: impactPayouts,
  },
  links: {
    // Each brand has an address of its own: /c/<partner>/<ad>/<campaign>.
    hosts: ['*'],
    trackingId: { find: '^/c/(\\d+)/\\d+/\\d+' },
    // Length and characters are unverified.
    subId: { max: 64, chars: 'A-Za-z0-9_-', parameter: 'subId1' },
  },
  calendar: { basis: 'verifiedAt', closes: 'last', pays: 15, lag: 1 },
  grounds: {
    calendar: {
      confidence: 'provisional',
      source: 'API: FIXED_DAY 1 or 15, or a balance, as the account is set',
      review: '2027-06-01',
    },
    fees: { confidence: 'documented', source: 'API: Payout is the partner’s own' },
  },
}
