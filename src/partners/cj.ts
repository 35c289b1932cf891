import { none, text } from '../feeds/field.ts'
import { firstFilled, GOODS_ONLY, GOOGLE, googleForms, optional } from './_goods.ts'
import { cjOrders, cjPayouts } from './cj-statements.ts'
import type { Partner } from './partner.ts'

/** CJ: shopping feeds, commissions and payments. */
export const cj: Partner = {
  ...GOODS_ONLY,
  id: 'cj',
  name: 'CJ Affiliate',
  payer: ['CJ Affiliate', 'Commission Junction', 'Conversant'],
  feeds: {
    products: googleForms({
      ...GOOGLE,
      category: text(['google_product_category_name', 'g:google_product_category', 'g:product_type'], firstFilled),
      shop: text('program_name', optional),
      url: none,
      link: text('g:link', optional),
    }),
    orders: cjOrders,
    payouts: cjPayouts,
  },
  links: {
    hosts: ['anrdoezrs.net', 'dpbolvw.net', 'jdoqocy.com', 'kqzyfj.com', 'tkqlhce.com'],
    trackingId: { find: '/(?:click-|links/)(\\d+)' },
    // 30 letters and digits, by a help page of a large advertiser.
    subId: { max: 30, chars: 'A-Za-z0-9', parameter: 'sid' },
  },
  // What is locked after the payments of a month are made up waits for the next.
  calendar: { basis: 'verifiedAt', closes: 20, pays: 28, lag: 0 },
  grounds: {
    calendar: {
      confidence: 'unverified',
      source: 'locked on the 10th or 11th, paid between the 20th and the 28th, as third parties say',
      review: '2027-06-01',
    },
    fees: { confidence: 'documented', source: 'API: pubCommissionAmount is the publisher’s own' },
  },
}
