import { always, amount, firstOf, instant, none, text } from '../feeds/field.ts'
import { optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

/** The activity report: separated by pipes, one row a transaction, rewritten in place. SKUs and quantities are lists in one cell. */
export const shareasaleOrders = {
  format: { type: 'csv', delimiter: '|', quote: 'none' },
  fields: {
    orderId: text('Trans ID'),
    lineId: always(''),
    sku: none,
    // `Sale - C-3001`: the advertiser's order number stands here (unverified).
    title: text('Comment', optional),
    quantity: none,
    currency: none,
    paidAmount: amount('Trans Amount', 'major', rounded),
    commissionRate: none,
    commission: amount('Commission', 'major', rounded),
    refundAmount: none,
    serviceFee: none,
    subsidy: none,
    // A voided one keeps its amount. The lock date of one that is not locked lies ahead.
    status: firstOf(
      { from: 'Voided', words: { 1: 'invalid', 0: null } },
      { from: 'Paid Date', filled: 'settled' },
      { from: 'Locked', words: { 1: 'verified', 0: null } },
      { from: 'Trans ID', filled: 'paid' },
    ),
    rawStatus: none,
    orderedAt: instant('Trans Date', ['MM/dd/yyyy hh:mm:ss a', 'M/d/yyyy h:mm:ss a']),
    paidAt: none,
    receivedAt: none,
    verifiedAt: instant('Lock Date', 'MM/dd/yyyy', optional),
    settledAt: instant('Paid Date', 'MM/dd/yyyy', optional),
    modifiedAt: none,
    trackingId: text('Aff Comment', optional),
    subId: none,
    transactionId: none,
    dueAt: none,
  },
} satisfies NonNullable<Partner['feeds']['orders']>
