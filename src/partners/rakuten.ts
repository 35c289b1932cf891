import { none, text } from '../feeds/field.ts'
import { address, firstFilled, GOODS_ONLY, GOOGLE, googleForms, listAndSale, optional, UNSAID } from './_goods.ts'
import type { Partner } from './partner.ts'
import { rakutenOrders, rakutenPayouts } from './rakuten-statements.ts'

/** The first 28 columns of a merchandiser file; how many follow depends on the class of the goods. */
const COLUMNS = [
  ...['product id', 'product name', 'sku', 'primary category', 'secondary categories', 'product url', 'image url', 'buy url'],
  ...[
    'short description',
    'long description',
    'discount',
    'discount type',
    'sale price',
    'retail price',
    'begin date',
    'end date',
  ],
  ...['brand', 'shipping', 'keywords', 'part number', 'manufacturer', 'shipping information', 'availability', 'upc', 'class id'],
  ...['currency', 'm1', 'pixel url', '...', 'modification'],
]

/** Rakuten Advertising (LinkShare): merchandiser files, whole ones and deltas, feeds in Google's columns; events, reports and payments. */
export const rakuten: Partner = {
  ...GOODS_ONLY,
  id: 'rakuten',
  name: 'Rakuten Advertising',
  payer: ['Rakuten'],
  feeds: {
    products: [
      {
        format: {
          type: 'csv',
          delimiter: '|',
          quote: 'none',
          header: COLUMNS,
          frame: ['HDR', 'TRL'],
          // In deltas the last column says I, U or D: inserted, updated, deleted. (unverified: that no attribute of a whole file ends in D)
          skip: { modification: ['D'] },
        },
        fields: {
          ...UNSAID,
          sku: text('product id'),
          title: text('product name'),
          brand: text(['brand', 'manufacturer'], firstFilled),
          category: text('primary category', optional),
          // Stands in the HDR row only.
          shop: none,
          currency: text('currency', optional),
          ...listAndSale('retail price', 'sale price'),
          imageUrl: text('image url', optional),
          url: none,
          link: text('product url'),
        },
      },
      ...googleForms({ ...GOOGLE, url: none, link: address(['g:link', 'link@href']) }),
    ],
    orders: rakutenOrders,
    payouts: rakutenPayouts,
  },
  links: {
    hosts: ['linksynergy.com'],
    trackingId: { query: ['id'] },
    // Length and characters are unverified.
    subId: { max: 72, chars: 'A-Za-z0-9_-', parameter: 'u1' },
  },
  calendar: { basis: 'receivedAt', closes: 'last', pays: 7, lag: 3 },
  grounds: {
    calendar: {
      confidence: 'documented',
      source: 'publisher help: October is invoiced in November, due on 31 December, paid weekly after that',
    },
    fees: { confidence: 'documented', source: 'API: commissions are the publisher’s own' },
  },
}
