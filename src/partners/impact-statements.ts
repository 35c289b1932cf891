import { always, amount, count, day, instant, none, oneOf, text } from '../feeds/field.ts'
import { NETWORK_DAYS, NETWORK_PAYOUT_WORDS, optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

/** DEFAULT and REJECTED are the old words. */
const STATES = { pending: 'paid', default: 'verified', approved: 'verified', reversed: 'refunded', rejected: 'refunded' } as const

/** The journal of changes, from which lines are best made, and the listing of actions, rewritten in place, for whoever has no journal. */
export const impactOrders = [
  // ActionUpdates: DeltaPayout is added up; Payout, beside it, is what it came to by then.
  {
    format: { type: 'csv' },
    entries: { of: 'deltas', id: ['Id'] },
    fields: {
      // Listings and statements name the action, not the advertiser's order (Oid).
      orderId: text('ActionId'),
      lineId: always(''),
      sku: text('Sku', optional),
      title: none,
      quantity: count('Quantity', optional),
      currency: text('Currency', optional),
      paidAmount: amount('DeltaAmount', 'major', rounded),
      commissionRate: none,
      commission: amount('DeltaPayout', 'major', rounded),
      refundAmount: none,
      serviceFee: none,
      subsidy: none,
      status: oneOf('State', STATES),
      rawStatus: none,
      orderedAt: instant(['EventDate', 'UpdateDate'], 'iso'),
      paidAt: none,
      receivedAt: none,
      verifiedAt: instant('LockingDate', 'iso', optional),
      settledAt: none,
      modifiedAt: instant('UpdateDate', 'iso'),
      trackingId: text(['SubId1', 'Sub ID 1'], optional),
      subId: none,
      transactionId: none,
      dueAt: none,
    },
  },
  // Actions of the API, and "Action Listing by Clearing Date". A status N/A is refused: nobody says what it means.
  {
    format: { type: 'csv' },
    fields: {
      orderId: text(['Action ID', 'Id']),
      lineId: always(''),
      sku: none,
      title: none,
      quantity: none,
      currency: text('Currency', optional),
      paidAmount: amount(['Sale Amount', 'Amount'], 'major', rounded),
      commissionRate: none,
      commission: amount(['Action Earnings', 'Payout'], 'major', rounded),
      refundAmount: none,
      serviceFee: none,
      subsidy: none,
      status: oneOf(['Status', 'State'], STATES),
      rawStatus: none,
      orderedAt: instant(
        ['Action Date', 'EventDate'],
        ['iso', 'yyyy-MM-dd HH:mm:ss', 'MMM d, yyyy HH:mm', 'MMM d, yyyy', 'yyyy-MM-dd'],
      ),
      paidAt: none,
      receivedAt: none,
      verifiedAt: instant(
        ['Clearing Date', 'LockingDate'],
        ['iso', 'yyyy-MM-dd HH:mm:ss', 'MMM d, yyyy', 'yyyy-MM-dd'],
        optional,
      ),
      settledAt: none,
      modifiedAt: none,
      trackingId: text(['Sub ID 1', 'SubId1'], optional),
      subId: none,
      transactionId: none,
      dueAt: none,
    },
  },
] satisfies Partner['feeds']['orders']

/** Lines of a paystub or an invoice, by action or by campaign and month (unverified but for the words of the API). Net amounts. */
export const impactPayouts = {
  format: { type: 'csv' },
  fields: {
    statementId: text(['PaystubId', 'Paystub ID', 'Invoice ID'], optional),
    orderId: text(['Action ID', 'ActionId'], optional),
    lineId: none,
    sku: none,
    title: text(['CampaignName', 'Brand'], optional),
    currency: text('Currency', optional),
    amount: amount(['Action Earnings', 'NetItemAmount', 'Amount'], 'major', rounded),
    kind: oneOf(['Description', 'Type'], { ...NETWORK_PAYOUT_WORDS, media_payout: 'commission' }, optional),
    paidAt: day(['PaidDate', 'Paid Date'], NETWORK_DAYS, optional),
    transactionId: none,
    originalId: none,
  },
} satisfies NonNullable<Partner['feeds']['payouts']>
