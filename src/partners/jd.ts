import { amount, count, day, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import { EXPORT_DAYS, payoutKind } from './_top.ts'
import { jdGoods, jdOrders } from './jd-api.ts'
import type { Partner } from './partner.ts'

const optional = { optional: true } as const
/** Texts today, milliseconds in older answers. */
const TIMES = ['yyyy-MM-dd HH:mm:ss', 'unix-ms'] as const
/** Every row of the partner's list of reasons why an order earns nothing: splits, cancels, gifts, self-buys, violations. */
const INVALID = '2 3 4 5 6 7 8 9 10 11 12 13 14 19 20 21 22 23 25 26 27 28 29 30 31 34 35 36'

/** 京东联盟: its API for goods and orders; payouts by column names that no document confirms. */
export const jd: Partner = {
  id: 'jd',
  name: '京东联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {
    products: {
      format: { type: 'ndjson' },
      fields: {
        sku: text(['skuId', 'itemId']),
        title: text('skuName'),
        brand: text('brandName', optional),
        category: text(['categoryInfo.cid3Name', 'categoryInfo.cid2Name', 'categoryInfo.cid1Name'], optional),
        shop: text('shopInfo.shopName', optional),
        currency: none,
        price: amount(['priceInfo.lowestPrice', 'priceInfo.price'], 'yuan'),
        couponAmount: amount('bestCoupon.discount', 'yuan', optional),
        couponThreshold: amount('bestCoupon.quota', 'yuan', optional),
        couponFrom: instant('bestCoupon.useStartTime', 'unix-ms', optional),
        couponUntil: instant('bestCoupon.useEndTime', 'unix-ms', optional),
        finalPrice: amount(['purchasePriceInfo.purchasePrice', 'priceInfo.lowestCouponPrice'], 'yuan', optional),
        commissionRate: rate('commissionInfo.commissionShare', 'percent'),
        commission: amount(['commissionInfo.couponCommission', 'commissionInfo.commission'], 'yuan', optional),
        sales: count('inOrderCount30Days', optional),
        imageUrl: text('imageInfo.imageList[0].url', optional),
        // A link without the operator's ids earns nothing: it is made per product by promotion.common.get.
        url: none,
        link: none,
        code: none,
      },
    },
    orders: {
      format: { type: 'ndjson' },
      fields: {
        orderId: text('orderId'),
        lineId: text('id'),
        sku: text(['skuId', 'itemId'], optional),
        title: text('skuName', optional),
        quantity: count('skuNum', optional),
        currency: none,
        paidAmount: amount('base', 'yuan'),
        commissionRate: rate('commissionRate', 'percent', optional),
        // Both after the operator's share (finalRate): nothing more is taken off.
        commission: amount('fee', 'yuan'),
        refundAmount: none,
        // 18 is not written any more: settled is what payMonth says, so the month is reckoned from the receipt.
        status: oneOf('validCode', {
          16: 'paid',
          33: 'paid',
          17: 'received',
          18: 'settled',
          ...(Object.fromEntries(INVALID.split(' ').map((code) => [code, 'invalid'])) as Record<string, 'invalid'>),
        }),
        rawStatus: none,
        orderedAt: instant('orderTime', TIMES),
        paidAt: none,
        receivedAt: instant('finishTime', TIMES, { optional: true, absent: ['0'] }),
        verifiedAt: none,
        settledAt: none,
        modifiedAt: instant('modifyTime', TIMES, { optional: true, absent: ['0'] }),
        trackingId: text(['subUnionId', 'positionId'], optional),
      },
    },
    payouts: {
      format: { type: 'csv' },
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: {
        statementId: text(['结算单号', '账单编号'], optional),
        orderId: text(['订单号', '订单编号'], optional),
        lineId: text('子单号', optional),
        sku: text(['商品ID', 'skuId'], optional),
        title: text('商品名称', optional),
        currency: none,
        amount: amount(['结算金额', '实际佣金', '打款金额'], 'yuan'),
        kind: payoutKind,
        paidAt: day(['结算日期', '打款日期'], EXPORT_DAYS),
      },
    },
  },
  apis: { products: jdGoods, orders: jdOrders },
  // Finished in a month, paid on about the 20th of the next.
  calendar: { basis: 'receivedAt', closes: 'last', pays: 20, lag: 1 },
  fees: [],
  tolerance: 0,
}
