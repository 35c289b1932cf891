import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import { EXPORT_TIMES, statements } from './_top.ts'
import type { Partner } from './partner.ts'
import { vipGoods, vipLinks, vipOrders } from './vip-api.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['0', '--', '-'] } as const

/** The back office's list of orders, by headers that no document confirms (unverified). One line of goods a row. */
const EXPORTED = {
  orderId: text(['订单号', '订单编号']),
  lineId: none,
  sku: text(['商品ID', '商品编号'], optional),
  title: text('商品名称', optional),
  quantity: count(['数量', '商品数量'], optional),
  currency: none,
  paidAmount: amount(['计佣金额', '计佣金额(元)'], 'yuan'),
  commissionRate: rate(['佣金比例', '佣金比例(%)', '佣金率'], 'percent', optional),
  commission: amount(['佣金', '佣金(元)', '佣金金额'], 'yuan'),
  refundAmount: none,
  serviceFee: none,
  subsidy: none,
  status: oneOf('订单状态', {
    已下单: 'paid',
    已付款: 'paid',
    已签收: 'received',
    待结算: 'received',
    已结算: 'settled',
    已失效: 'invalid',
  }),
  rawStatus: none,
  orderedAt: instant('下单时间', EXPORT_TIMES),
  paidAt: none,
  receivedAt: instant('签收时间', EXPORT_TIMES, notYet),
  verifiedAt: none,
  settledAt: instant(['结算时间', '入账时间'], EXPORT_TIMES, notYet),
  modifiedAt: none,
  trackingId: text(['推广位', '渠道标识', '推广位/渠道标识'], optional),
  subId: none,
  transactionId: none,
  dueAt: none,
} as const

/** 唯品会联盟: its API, or saved answers of it, for goods; its API and exports for orders. */
export const vip: Partner = {
  id: 'vip',
  name: '唯品会联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['唯品会'],
  feeds: {
    products: {
      format: { type: 'json', rows: ['result.goodsInfoList', 'result'] },
      fields: {
        // 19 digits.
        sku: text('goodsId'),
        title: text('goodsName'),
        brand: text('brandName', optional),
        category: text(['categoryName', 'cat2ndName', 'cat1stName'], optional),
        shop: text('storeInfo.storeName', optional),
        currency: none,
        price: amount('vipPrice', 'yuan'),
        couponAmount: amount('couponInfo.fav', 'yuan', optional),
        couponThreshold: amount('couponInfo.buy', 'yuan', optional),
        couponFrom: instant('couponInfo.useBeginTime', 'unix-ms', notYet),
        couponUntil: instant('couponInfo.useEndTime', 'unix-ms', notYet),
        finalPrice: amount(['estimatePrice', 'goodsPromotionInfo.salePrice'], 'yuan', optional),
        commissionRate: rate('commissionRate', 'percent'),
        commission: amount('commission', 'yuan', optional),
        // 5000+, 1万+
        sales: count(['productSales', 'goodsSoldNumDesc'], optional),
        imageUrl: text(['goodsMainPicture', 'goodsThumbUrl'], optional),
        // Where the goods are shown; it earns nothing until genByGoodsId makes a link of it.
        url: text('destUrl', optional),
        link: none,
        code: none,
      },
    },
    orders: [
      {
        format: { type: 'ndjson' },
        fields: {
          orderId: text('orderSn'),
          lineId: text('lineId'),
          sku: text('detailList.goodsId', optional),
          title: text('detailList.goodsName', optional),
          quantity: count('detailList.goodsCount', optional),
          currency: none,
          paidAmount: amount('detailList.commissionTotalCost', 'yuan'),
          commissionRate: rate('detailList.commissionRate', 'percent', optional),
          commission: amount('earned', 'yuan'),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          // The line's status (0: earns nothing, 1: under way, 2: complete) and whether the order is settled.
          status: oneOf('state', {
            '0/0': 'invalid',
            '0/1': 'refunded',
            '1/0': 'paid',
            '1/1': 'settled',
            '2/0': 'received',
            '2/1': 'settled',
          }),
          rawStatus: none,
          orderedAt: instant('orderTime', 'unix-ms'),
          paidAt: none,
          receivedAt: instant('signTime', 'unix-ms', notYet),
          verifiedAt: none,
          settledAt: instant(['settledTime', 'commissionEnterTime'], 'unix-ms', notYet),
          modifiedAt: instant('lastUpdateTime', 'unix-ms', notYet),
          trackingId: text(['channelTag', 'pid'], optional),
          subId: text('statParam', optional),
          transactionId: none,
          dueAt: none,
        },
      },
      { format: { type: 'csv' }, fields: EXPORTED },
      { format: { type: 'sheet', encoding: 'binary' }, fields: EXPORTED },
    ],
    payouts: statements,
    // Saved answers of refundOrderList (维权订单), one line of goods a record.
    refunds: {
      format: { type: 'json', rows: 'result.refundOrderInfoList[].refundOrderDetails' },
      fields: {
        orderId: text('orderSn'),
        lineId: none,
        refundId: text('afterSaleSn', optional),
        sku: text('refundOrderDetails.goodsId', optional),
        currency: none,
        refundAmount: amount('refundOrderDetails.totalCost', 'yuan'),
        commission: amount('refundOrderDetails.commission', 'yuan', optional),
        // Under way, done, cancelled.
        status: oneOf('afterSaleStatus', { 1: 'open', 2: 'taken', 3: 'dropped' }),
        rawStatus: none,
        refundedAt: instant('applyTime', 'unix-ms'),
        modifiedAt: none,
      },
    },
  },
  apis: { products: vipGoods, orders: vipOrders, links: vipLinks },
  links: {
    hosts: ['vip.com'],
    hidden: ['vip.com'],
    own: ['chanTag'],
    // statParam; length and characters are unverified.
    subId: { max: 32, chars: 'A-Za-z0-9_' },
    short: '^https?://t\\.vip\\.com/',
  },
  calendar: { basis: 'settledAt', closes: 'last', pays: 25, lag: 1 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'unverified', source: '据说上月结算的于次月 20 至 25 日到账', review: '2027-06-01' },
    fees: { confidence: 'unverified', source: '未见扣项的文件', review: '2027-06-01' },
  },
}
