import { amount, count, day, instant, none, oneOf, text } from '../feeds/field.ts'
import { NETWORK_DAYS, NETWORK_PAYOUT_WORDS, optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

/**
 * Commissions, as CSV. A correction is a row of its own that names the action which it takes back. The commission of a row is that of all
 * its items: rows that differ only in the item are one. Amounts are in the publisher's currency (USD columns stand beside them).
 */
export const cjOrders = {
  format: { type: 'csv' },
  entries: { of: 'rows', id: ['commissionId'] },
  fields: {
    // A bonus has no order.
    orderId: text(['orderId', 'originalActionId'], { firstFilled: true }),
    lineId: text('originalActionId'),
    sku: text('sku', optional),
    title: none,
    quantity: count('quantity', optional),
    // unverified: the sample names no currency
    currency: text(['pubCurrency', 'publisherCurrency'], optional),
    paidAmount: amount('saleAmountPubCurrency', 'major', rounded),
    commissionRate: none,
    commission: amount('pubCommissionAmountPubCurrency', 'major', rounded),
    refundAmount: none,
    serviceFee: none,
    subsidy: none,
    // extended: pushed to the next cycle by the advertiser; closed: prepared for payment.
    status: oneOf('actionStatus', { new: 'paid', extended: 'paid', locked: 'verified', closed: 'verified' }),
    rawStatus: none,
    orderedAt: instant('eventDate', 'iso'),
    paidAt: none,
    receivedAt: none,
    verifiedAt: instant('lockingDate', 'iso', optional),
    settledAt: none,
    modifiedAt: none,
    trackingId: text(['shopperId', 'sid'], optional),
    subId: none,
    transactionId: text('commissionId'),
    dueAt: none,
  },
} satisfies NonNullable<Partner['feeds']['orders']>

/** Payments with their commissions (unverified: columns of the commission report beside number and day of the payment). */
export const cjPayouts = {
  format: { type: 'csv' },
  fields: {
    statementId: text(['paymentId', 'Payment ID', 'transactionId', 'txnId'], optional),
    orderId: text(['orderId', 'originalActionId'], { ...optional, firstFilled: true }),
    lineId: text('originalActionId', optional),
    sku: none,
    title: none,
    currency: text(['pubCurrency', 'currency'], optional),
    amount: amount(['pubCommissionAmountPubCurrency', 'amount'], 'major', rounded),
    // A bonus is recorded as an action and paid as one; what is for no action is told by its type.
    kind: oneOf(
      ['actionType', 'type'],
      {
        ...NETWORK_PAYOUT_WORDS,
        ...{ sim_sale: 'commission', item_sale: 'commission', sim_lead: 'commission', item_lead: 'commission' },
        ...{ click: 'commission', imp: 'commission', bonus: 'commission', perf_inc: 'commission' },
      },
      optional,
    ),
    paidAt: day(['paymentDate', 'Payment Date', 'Date'], NETWORK_DAYS, optional),
    transactionId: text('commissionId', optional),
    originalId: none,
  },
} satisfies NonNullable<Partner['feeds']['payouts']>
