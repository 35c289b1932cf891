import type { Feed } from '../feeds/feed.ts'
import { none, text } from '../feeds/field.ts'
import type { Product } from '../records.ts'
import { GOODS_ONLY, nowAndBefore, optional, UNSAID } from './_goods.ts'
import type { Partner } from './partner.ts'
import { shareasaleOrders } from './shareasale-statements.ts'

/** Files by FTP have no header row. Older documents order the columns behind the eleventh in another way; none of those is read. */
const COLUMNS = [
  ...['ProductID', 'Name', 'MerchantID', 'Merchant', 'Link', 'Thumbnail', 'BigImage', 'Price', 'RetailPrice', 'Category'],
  ...['SubCategory', '...'],
]

const fields: Feed<Product>['fields'] = {
  ...UNSAID,
  sku: text('ProductID'),
  title: text('Name'),
  brand: none,
  category: text(['Category', 'MerchantCategory'], optional),
  shop: text('Merchant', optional),
  currency: none,
  ...nowAndBefore('Price', ['RetailPrice']),
  imageUrl: text(['BigImage', 'Thumbnail'], { optional: true, firstFilled: true }),
  url: none,
  // Until YOURUSERID in it was replaced, a link earns nothing for anybody.
  link: text('Link', { optional: true, find: ['^(?!.*YOURUSERID)(.+)$'] }),
}

/** ShareASale: datafeeds and activity reports. */
export const shareasale: Partner = {
  ...GOODS_ONLY,
  id: 'shareasale',
  name: 'ShareASale',
  timezone: 'America/Chicago',
  feeds: {
    products: [
      { format: { type: 'csv', delimiter: '|', quote: 'none' }, fields },
      { format: { type: 'csv', delimiter: '|', quote: 'none', header: COLUMNS }, fields },
    ],
    orders: shareasaleOrders,
  },
  links: {
    hosts: ['shareasale.com'],
    trackingId: { query: ['u'] },
    // Length and characters are unverified.
    subId: { max: 64, chars: 'A-Za-z0-9_-', parameter: 'afftrack' },
  },
  calendar: { basis: 'verifiedAt', closes: 20, pays: 20, lag: 0 },
  grounds: {
    calendar: {
      confidence: 'unverified',
      source: 'paid on the 20th what was locked by then; closed since',
      review: '2027-06-01',
    },
    fees: { confidence: 'documented', source: 'report: commission is the affiliate’s own' },
  },
}
