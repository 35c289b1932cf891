import { always, amount, count, instant, none, oneOf, text } from '../feeds/field.ts'
import { optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

const TIMES = ['yyyy-MM-dd HH:mm:ss.S', 'yyyy-MM-dd HH:mm:ss'] as const

/** eBay Partner Network: the transaction detail report. Payments name no transactions. */
export const ebay: Partner = {
  id: 'ebay',
  name: 'eBay Partner Network',
  payer: ['eBay'],
  currency: 'USD',
  timezone: 'America/Denver',
  feeds: {
    // A journal: the Delta columns are added up, and what they came to (Sales, Earnings) is never read.
    orders: {
      format: { type: 'csv' },
      entries: { of: 'deltas', id: ['EpnTransactionId', 'UpdateDate'] },
      fields: {
        orderId: text('EpnTransactionId'),
        lineId: always(''),
        sku: text('ItemId', optional),
        title: text('ItemName', optional),
        quantity: count('DeltaQuantity', optional),
        currency: none,
        paidAmount: amount('DeltaSales', 'major', rounded),
        commissionRate: none,
        commission: amount('DeltaEarnings', 'major', rounded),
        refundAmount: none,
        serviceFee: none,
        subsidy: none,
        status: oneOf('Status', { pending: 'paid', approved: 'verified', reversed: 'refunded' }),
        rawStatus: none,
        orderedAt: instant('EventDate', TIMES),
        paidAt: none,
        receivedAt: none,
        // No date of approval is given, and the calendar counts from the sale.
        verifiedAt: instant('EventDate', TIMES),
        settledAt: none,
        modifiedAt: instant('UpdateDate', TIMES),
        trackingId: text('CustomId', optional),
        subId: none,
        transactionId: none,
        dueAt: none,
      },
    },
  },
  links: {
    hosts: ['ebay.com', 'ebay.co.uk', 'ebay.de', 'ebay.fr', 'ebay.it', 'ebay.es', 'ebay.ca', 'ebay.com.au', 'ebay.at', 'ebay.ch'],
    hidden: ['ebay.us'],
    trackingId: { query: ['campid'] },
    // 256 characters, by the comments of its API; which ones is unverified.
    subId: { max: 256, chars: 'A-Za-z0-9_-', parameter: 'customid' },
  },
  calendar: { basis: 'verifiedAt', closes: 'last', pays: 10, lag: 2 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'documented', source: 'partner help: January is paid on about 10 March' },
    fees: { confidence: 'documented', source: 'report: Earnings are the partner’s own' },
  },
}
