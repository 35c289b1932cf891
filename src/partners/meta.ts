import { GOODS_ONLY, GOOGLE, googleForms } from './_goods.ts'
import type { Partner } from './partner.ts'

/** Catalogues of Meta (Facebook): Google's columns, in templates below rows of notes. */
export const meta: Partner = {
  ...GOODS_ONLY,
  id: 'meta',
  name: 'Meta Catalog',
  feeds: { products: googleForms(GOOGLE) },
}
