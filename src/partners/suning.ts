import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Partner } from './partner.ts'
import { suningOrders } from './suning-api.ts'

const optional = { optional: true } as const
const TIME = 'yyyy-MM-dd HH:mm:ss'

/** 苏宁推客: its API for orders. What its goods, its statements and its exports look like no document tells. */
export const suning: Partner = {
  id: 'suning',
  name: '苏宁推客',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {
    orders: {
      format: { type: 'ndjson' },
      fields: {
        orderId: text('orderCode'),
        lineId: text('orderLineNumber'),
        sku: text('goodsNum', optional),
        title: text('productName', optional),
        quantity: count('saleNum', optional),
        currency: none,
        paidAmount: amount('payAmount', 'yuan'),
        // 0.03 in lists of orders, 2% in answers about their settlement.
        commissionRate: rate('commissionRatio', 'fraction', { optional: true, orPercent: true }),
        commission: amount(['needPayCommission', 'prePayCommission'], 'yuan'),
        refundAmount: none,
        // The partner's texts are not all known (unverified): another one is an error. A flag comes before the text, see suning-api.ts.
        status: oneOf('standing', {
          支付完成: 'paid',
          确认收货: 'received',
          退款: 'refunded',
          'returnCommission 1': 'invalid',
          'violation 1': 'invalid',
          'isWholesale 1': 'invalid',
          'promotion 1': 'invalid',
        }),
        rawStatus: none,
        orderedAt: instant('orderSubmitTime', TIME),
        paidAt: instant('payTime', TIME, optional),
        receivedAt: instant('receivedAt', TIME, optional),
        verifiedAt: none,
        settledAt: none,
        modifiedAt: instant('orderLineStatusChangeTime', TIME, optional),
        trackingId: text(['childAccountId', 'positionId'], optional),
      },
    },
  },
  apis: { orders: suningOrders },
  // The month before is paid in the next (unverified). On which day is not known: the last one misses nothing too early.
  calendar: { basis: 'receivedAt', closes: 'last', pays: 'last', lag: 1 },
  fees: [],
  tolerance: 0,
}
