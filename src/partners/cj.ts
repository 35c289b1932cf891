import { none, text } from '../feeds/field.ts'
import { firstFilled, GOODS_ONLY, GOOGLE, googleForms, optional } from './_goods.ts'
import type { Partner } from './partner.ts'

/** CJ Affiliate: shopping feeds in Google's columns, whose links are tracked. */
export const cj: Partner = {
  ...GOODS_ONLY,
  id: 'cj',
  name: 'CJ Affiliate',
  feeds: {
    products: googleForms({
      ...GOOGLE,
      category: text(['google_product_category_name', 'g:google_product_category', 'g:product_type'], firstFilled),
      shop: text('program_name', optional),
      url: none,
      link: text('g:link', optional),
    }),
  },
}
