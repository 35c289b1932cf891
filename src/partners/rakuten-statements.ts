import { always, amount, count, day, instant, none, oneOf, text } from '../feeds/field.ts'
import { NETWORK_DAYS, NETWORK_PAYOUT_WORDS, optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

const EVENT_TIMES = [
  "EEE MMM dd yyyy HH:mm:ss 'GMT+0000 (UTC)'",
  "EEE MMM dd yyyy HH:mm:ss 'GMT+0000 (Coordinated Universal Time)'",
]
const REPORT_TIMES = ['M/d/yy', 'M/d/yyyy', 'M/d/yy HH:mm', 'M/d/yyyy HH:mm:ss'] as const

/** Order numbers are each advertiser's own: the line's number holds the advertiser's. */
const advertiserAndSku = text(['advertiser_id', 'Advertiser ID', 'Merchant ID', 'MID', 'sku_number', 'SKU Number', 'SKU'], {
  join: '/',
})

/**
 * A return is a row of its own that points nowhere: same advertiser, order and goods. Some advertisers send a sale at once (realtime) and
 * again with the day's batch, under two numbers.
 */
export const rakutenOrders = [
  // events of the API
  {
    format: { type: 'csv' },
    entries: { of: 'rows', id: ['etransaction_id'], way: { from: 'transaction_type', words: ['realtime', 'batch'] } },
    fields: {
      orderId: text('order_id'),
      lineId: advertiserAndSku,
      sku: text('sku_number', optional),
      title: text('product_name', optional),
      quantity: count('quantity', optional),
      currency: text('currency', optional),
      paidAmount: amount('sale_amount', 'major', rounded),
      commissionRate: none,
      commission: amount('commissions', 'major', rounded),
      refundAmount: none,
      serviceFee: none,
      subsidy: none,
      // No row says that it is approved: it counts from the day it was reported, unless a return comes.
      status: always('received'),
      rawStatus: text('transaction_type', optional),
      orderedAt: instant('transaction_date', EVENT_TIMES),
      paidAt: none,
      receivedAt: instant('process_date', EVENT_TIMES),
      verifiedAt: none,
      settledAt: none,
      modifiedAt: none,
      trackingId: text('u1', optional),
      subId: none,
      transactionId: text('etransaction_id'),
      dueAt: none,
    },
  },
  // "Individual Item Report + Transaction ID + Currency" (names of its columns unverified)
  {
    format: { type: 'csv' },
    entries: { of: 'rows', id: ['Transaction ID'] },
    fields: {
      orderId: text('Order ID'),
      lineId: advertiserAndSku,
      sku: text(['SKU Number', 'SKU'], optional),
      title: text(['Product Name', 'Item Name'], optional),
      quantity: count(['# of Items', 'Quantity', 'Items'], optional),
      currency: text('Currency', optional),
      paidAmount: amount(['Sales', 'Gross Sales', 'Sale Amount'], 'major', rounded),
      commissionRate: none,
      commission: amount(['Commission', 'Commissions', 'Total Commission'], 'major', rounded),
      refundAmount: none,
      serviceFee: none,
      subsidy: none,
      status: always('received'),
      rawStatus: none,
      orderedAt: instant('Transaction Date', REPORT_TIMES),
      paidAt: none,
      receivedAt: instant(['Process Date', 'Transaction Date'], REPORT_TIMES),
      verifiedAt: none,
      settledAt: none,
      modifiedAt: none,
      trackingId: text(['u1', 'Member ID (U1)'], optional),
      subId: none,
      transactionId: text('Transaction ID'),
      dueAt: none,
    },
  },
] satisfies Partner['feeds']['orders']

/** Transactions of a payment (report 3) and lines of an invoice's breakdown; names of columns unverified. */
export const rakutenPayouts = {
  format: { type: 'csv' },
  fields: {
    statementId: text(['Payment ID', 'Invoice ID'], optional),
    orderId: text('Order ID', optional),
    lineId: none,
    sku: text(['SKU Number', 'SKU'], optional),
    title: text(['Advertiser', 'Advertiser Name', 'Merchant Name'], optional),
    currency: text(['Currency', 'Network Currency'], optional),
    amount: amount(['Commission', 'Commissions', 'Commission Total'], 'major', rounded),
    kind: oneOf(
      ['Type', 'Description'],
      {
        ...NETWORK_PAYOUT_WORDS,
        ...{ 'commission earned': 'commission', 'commission carried forward': 'fee' },
        ...{ 'commission held': 'fee', 'commission denied': 'clawback' },
      },
      optional,
    ),
    paidAt: day(['Issue Date', 'Payment Date', 'Date'], [...NETWORK_DAYS, 'M/d/yy', 'M/d/yyyy'], optional),
    transactionId: text(['Transaction ID', 'etransaction_id'], optional),
    originalId: none,
  },
} satisfies NonNullable<Partner['feeds']['payouts']>
