import type { Feed } from '../feeds/feed.ts'
import { none, text } from '../feeds/field.ts'
import type { Product } from '../records.ts'
import { firstFilled, GOODS_ONLY, nowAndBefore, optional, UNSAID } from './_goods.ts'
import type { Partner } from './partner.ts'

type Names = { handle: string; price: string; before: string; category: readonly string[]; image: string; own: string }

/** One row for each variant, and rows that only carry another picture. What belongs to the product stands in its first row. */
function exportForm({ handle, price, before, category, image, own }: Names): Feed<Product> {
  return {
    format: {
      type: 'csv',
      group: { by: handle, fill: ['Title', 'Vendor', ...category, image] },
      skip: { [price]: [''] },
    },
    fields: {
      ...UNSAID,
      // Variants may share a SKU: the handle and the options tell them apart.
      sku: text([handle, 'Option1 Value', 'Option2 Value', 'Option3 Value'], { join: '/' }),
      title: text('Title'),
      brand: text('Vendor', optional),
      category: text(category, firstFilled),
      shop: none,
      currency: none,
      ...nowAndBefore(price, [before]),
      imageUrl: text([own, image], firstFilled),
      url: none,
      link: none,
    },
  }
}

/** Product exports of Shopify, with the headers of before and after 2025. They name no currency: the source must. */
export const shopify: Partner = {
  ...GOODS_ONLY,
  id: 'shopify',
  name: 'Shopify',
  feeds: {
    products: [
      exportForm({
        handle: 'Handle',
        price: 'Variant Price',
        before: 'Variant Compare At Price',
        category: ['Product Category', 'Type'],
        image: 'Image Src',
        own: 'Variant Image',
      }),
      exportForm({
        handle: 'URL handle',
        price: 'Price',
        before: 'Compare-at price',
        category: ['Product category', 'Type'],
        image: 'Product image URL',
        own: 'Variant image URL',
      }),
    ],
  },
}
