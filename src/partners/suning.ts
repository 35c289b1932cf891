import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import { statements } from './_top.ts'
import type { Partner } from './partner.ts'
import { suningGoods, suningOrders } from './suning-api.ts'

const optional = { optional: true } as const
const TIME = 'yyyy-MM-dd HH:mm:ss'
const TIMES = [TIME, 'yyyy-MM-dd', 'unix-ms'] as const

/** 苏宁推客: its API for goods and orders. Its statements by the names in use; what its exports look like no document tells. */
export const suning: Partner = {
  id: 'suning',
  name: '苏宁推客',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['苏宁'],
  feeds: {
    // Names as public clients of the API read them; the coupon's times are unverified.
    products: {
      format: { type: 'json', rows: 'sn_responseContent.sn_body.querySearchcommoditynew.commodityList' },
      fields: {
        sku: text('commodityInfo.commodityCode'),
        title: text('commodityInfo.commodityName'),
        brand: none,
        category: text(
          ['categoryInfo.thirdSaleCategoryName', 'categoryInfo.secondSaleCategoryName', 'categoryInfo.firstSaleCategoryName'],
          optional,
        ),
        shop: text('commodityInfo.supplierName', optional),
        currency: none,
        // snPrice is the price before any campaign.
        price: amount(['commodityInfo.commodityPrice', 'commodityInfo.snPrice'], 'yuan'),
        couponAmount: amount('couponInfo.couponValue', 'yuan', optional),
        couponThreshold: amount('couponInfo.bounsLimit', 'yuan', optional),
        couponFrom: instant(['couponInfo.couponStartTime', 'couponInfo.startTime'], TIMES, optional),
        couponUntil: instant(['couponInfo.couponEndTime', 'couponInfo.endTime'], TIMES, optional),
        finalPrice: amount('couponInfo.afterCouponPrice', 'yuan', optional),
        commissionRate: rate('commodityInfo.rate', 'percent', optional),
        commission: none,
        sales: count('commodityInfo.monthSales', optional),
        imageUrl: text('commodityInfo.pictureUrl[0].picUrl', optional),
        // The page carries no id of the operator.
        url: text('commodityInfo.productUrl', optional),
        link: none,
        code: none,
      },
    },
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
        serviceFee: none,
        subsidy: none,
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
        subId: none,
        transactionId: none,
        dueAt: none,
      },
    },
    payouts: statements,
  },
  apis: { products: suningGoods, orders: suningOrders },
  calendar: { basis: 'receivedAt', closes: 'last', pays: 'last', lag: 1 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'unverified', source: '据说上月结算的本月付，日子不详：取月末', review: '2027-06-01' },
    fees: { confidence: 'unverified', source: '未见扣项的文件', review: '2027-06-01' },
  },
}
