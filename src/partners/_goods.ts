// What the product feeds of international networks and shops share. None of them carries a commission: it is unknown, not zero.
import type { Feed, Fields, Format } from '../feeds/feed.ts'
import { amount, none, text } from '../feeds/field.ts'
import type { Product } from '../records.ts'

export const optional = { optional: true } as const
/** Whichever column has it in the row. */
export const firstFilled = { optional: true, firstFilled: true } as const

/** What stands for "none" in columns of prices. */
const NO_PRICE = ['-', 'N/A', 'n/a'] as const
/** `15.00 USD` and `45,00 DKK` stand side by side in the feeds of one network. */
const price = { decimal: 'either', absent: NO_PRICE } as const

/** What product feeds never say. */
export const UNSAID = {
  couponAmount: none,
  couponThreshold: none,
  couponFrom: none,
  couponUntil: none,
  commissionRate: none,
  commission: none,
  sales: none,
  code: none,
} as const

/** One column with the price of now, others with that of before: no discount where before was less, as where columns were swapped. */
export function nowAndBefore(now: string, before: readonly string[]): Pick<Fields<Product>, 'price' | 'finalPrice'> {
  return {
    price: amount([...before, now], 'major', { ...price, take: 'largest' }),
    finalPrice: amount(now, 'major', price),
  }
}

/** The list price, and a lower one for a sale. The same in both, or more for the sale, means none. */
export function listAndSale(list: string, sale: string, within?: string): Pick<Fields<Product>, 'price' | 'finalPrice'> {
  return {
    price: amount(list, 'major', price),
    finalPrice: amount([sale, list], 'major', {
      ...price,
      take: 'smallest',
      optional: true,
      ...(within !== undefined && { within }),
    }),
  }
}

/** A cell that is a whole web address; merchants put internal numbers, and some networks `::` behind it, in its place. */
export const address = (from: string | readonly string[]) => text(from, { ...firstFilled, find: ['^(https?://\\S+?)(?:::.*)?$'] })

/** Google's columns, in the file's own spelling or with the prefix of its XML. */
export const GOOGLE: Fields<Product> = {
  ...UNSAID,
  sku: text('g:id'),
  title: text('g:title'),
  brand: text('g:brand', optional),
  category: text(['g:google_product_category', 'g:product_type'], firstFilled),
  shop: none,
  currency: text('g:price', optional),
  ...listAndSale('g:price', 'g:sale_price', 'g:sale_price_effective_date'),
  imageUrl: text(['g:image_link', 'image[0].url'], firstFilled),
  // Atom has the address in an attribute.
  url: text(['g:link', 'link@href'], firstFilled),
  link: none,
}

/** What a feed in Google's columns may be written as: a table with any delimiter, below notes that begin with `#`; RSS or Atom. */
const GOOGLE_FORMATS: readonly Format[] = [
  { type: 'csv', comment: '#', spelling: 'google', short: true },
  { type: 'xml', rows: ['rss.channel.item', 'feed.entry', 'channel.item'] },
]

/** The same columns in each of Google's formats. */
export function googleForms(fields: Fields<Product>): Feed<Product>[] {
  return GOOGLE_FORMATS.map((format) => ({ format, fields }))
}

/** No month in which anything is paid: these partners give goods only. */
export const GOODS_ONLY = { currency: 'USD', timezone: 'UTC', calendar: null, fees: [], tolerance: 0 } as const
