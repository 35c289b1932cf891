import { GOODS_ONLY, GOOGLE, googleForms } from './_goods.ts'
import type { Partner } from './partner.ts'

/** Google Merchant product data, as shops write it: TSV, CSV, RSS, Atom. A price without a currency is in that of the source. */
export const google: Partner = {
  ...GOODS_ONLY,
  id: 'google',
  name: 'Google Merchant',
  feeds: { products: googleForms(GOOGLE) },
}
