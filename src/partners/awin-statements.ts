import { amount, day, firstOf, instant, none, text } from '../feeds/field.ts'
import { NETWORK_DAYS, optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

/** Transactions, as CSV: one row each, rewritten in place (`amended`). Times are local in the zone that was asked for. */
export const awinOrders = {
  format: { type: 'csv' },
  fields: {
    // Payments name the transaction and nothing else; the advertiser's order number is empty for bonuses.
    orderId: text(['id', 'Transaction ID']),
    lineId: text('orderRef', optional),
    sku: none,
    title: none,
    quantity: none,
    currency: text('commissionCurrency', optional),
    paidAmount: amount('saleAmount', 'major', { ...rounded, currency: 'saleCurrency' }),
    commissionRate: none,
    commission: amount('commissionAmount', 'major', rounded),
    refundAmount: none,
    serviceFee: none,
    subsidy: none,
    // Paid is no status: an approved transaction stays approved. A declined one keeps its amount.
    status: firstOf(
      { from: 'commissionStatus', words: { declined: 'invalid', deleted: 'invalid', approved: null, pending: null } },
      { from: 'paidToPublisher', words: { true: 'settled', false: null } },
      { from: 'commissionStatus', words: { approved: 'verified', pending: 'paid' } },
    ),
    rawStatus: none,
    orderedAt: instant('transactionDate', ["yyyy-MM-dd'T'HH:mm:ss", 'yyyy-MM-dd HH:mm:ss']),
    paidAt: none,
    receivedAt: none,
    verifiedAt: instant('validationDate', ["yyyy-MM-dd'T'HH:mm:ss", 'yyyy-MM-dd HH:mm:ss'], optional),
    settledAt: none,
    modifiedAt: none,
    trackingId: text('clickRef', optional),
    subId: none,
    transactionId: none,
    dueAt: none,
  },
} satisfies NonNullable<Partner['feeds']['orders']>

/** The CSV of one payment; its number is in the file's name, its day nowhere (a payment date column is unverified). */
export const awinPayouts = {
  format: { type: 'csv' },
  fields: {
    statementId: text(['Payment ID', 'paymentId'], optional),
    orderId: text('Transaction ID'),
    lineId: none,
    sku: none,
    title: text('Advertiser', optional),
    currency: text('Currency', optional),
    amount: amount(['Commission', 'Commission Amount'], 'major', rounded),
    kind: none,
    paidAt: day(['Payment Date', 'Paid Date'], NETWORK_DAYS, optional),
    transactionId: none,
    originalId: none,
  },
} satisfies NonNullable<Partner['feeds']['payouts']>
