import type { Fields } from '../feeds/feed.ts'
import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Order } from '../records.ts'
import { EXPORT_TIMES, statements } from './_top.ts'
import { kuaishouGoods, kuaishouLinks, kuaishouOrders } from './kuaishou-api.ts'
import type { Partner } from './partner.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['0', '--', '-'] } as const
/** A settled figure is 0.00 until the order is settled; the estimate counts until then. */
const settledElseEstimate = { firstFilled: true, absent: ['0.00', '0', '--', '-'] } as const

/** The back office's list of orders, by headers that no document confirms (unverified). */
const EXPORTED: Fields<Order> = {
  orderId: text(['订单ID', '订单号', '订单编号']),
  // An order has one kind of goods, and its line the same number.
  lineId: text(['子订单ID', '订单ID', '订单号', '订单编号'], optional),
  sku: text(['商品ID', '商品编号'], optional),
  title: text('商品名称', optional),
  quantity: count(['商品数量', '数量'], optional),
  currency: none,
  paidAmount: amount(['计佣金额', '支付金额'], 'yuan'),
  commissionRate: rate('佣金率', 'percent', optional),
  commission: amount(['结算佣金', '预估佣金'], 'yuan', settledElseEstimate),
  refundAmount: none,
  serviceFee: none,
  subsidy: none,
  status: oneOf('订单状态', {
    已付款: 'paid',
    已支付: 'paid',
    已发货: 'paid',
    已收货: 'received',
    已结算: 'settled',
    已失效: 'refunded',
  }),
  rawStatus: none,
  orderedAt: instant(['下单时间', '支付时间'], EXPORT_TIMES),
  paidAt: instant('支付时间', EXPORT_TIMES, notYet),
  receivedAt: instant('收货时间', EXPORT_TIMES, notYet),
  verifiedAt: none,
  settledAt: instant('结算时间', EXPORT_TIMES, notYet),
  modifiedAt: none,
  trackingId: text(['PID', '推广位ID'], optional),
  subId: none,
  transactionId: none,
  dueAt: none,
}

/** 快手 快分销 and 快赚客: its API, or saved answers of it, for goods; its API and exports for orders. */
export const kuaishou: Partner = {
  id: 'kuaishou',
  name: '快手分销',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['快手'],
  feeds: {
    products: {
      format: { type: 'json', rows: ['data.itemList', 'data.goodsList', 'data.list', 'data'] },
      fields: {
        sku: text(['goodsId', 'itemId']),
        title: text(['goodsTitle', 'itemTitle']),
        brand: text('brandName', optional),
        category: none,
        shop: text(['mallName', 'shopTitle'], optional),
        currency: none,
        price: amount(['goodsPrice', 'itemPrice'], 'fen'),
        couponAmount: none,
        couponThreshold: none,
        couponFrom: none,
        couponUntil: none,
        finalPrice: amount(['zkGoodsPrice', 'zkFinalPrice'], 'fen', { optional: true, absent: ['0'] }),
        // 千分比. The amount beside it holds it to that.
        commissionRate: rate(['promotionRate', 'commissionRate'], 'permille'),
        commission: amount(['promotionAmount', 'profitAmount'], 'fen', optional),
        sales: count(['salesTip', 'soldCountThirtyDays'], optional),
        imageUrl: text(['goodsImageUrl', 'itemImgUrl'], optional),
        // Made per product by kwaimoney.link.create.
        url: none,
        link: none,
        code: none,
      },
    },
    orders: [
      {
        format: { type: 'ndjson' },
        fields: {
          orderId: text('oid'),
          lineId: text('goods.oid', optional),
          sku: text('goods.itemId', optional),
          title: text('goods.itemTitle', optional),
          quantity: count('goods.num', optional),
          currency: none,
          paidAmount: amount('base', 'fen'),
          commissionRate: rate('goods.commissionRate', 'permille', optional),
          // After the platform's service fee (serviceAmount), as figures tell (unverified): nothing more is taken off.
          commission: amount('income', 'fen'),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          // 30 paid, 40 shipped, 50 received, 60 settled, 80 refunded or closed.
          status: oneOf('cpsOrderStatus', { 30: 'paid', 40: 'paid', 50: 'received', 60: 'settled', 80: 'refunded' }),
          rawStatus: none,
          orderedAt: instant('orderCreateTime', 'unix-ms'),
          paidAt: instant('payTime', 'unix-ms', notYet),
          receivedAt: instant('recvTime', 'unix-ms', notYet),
          verifiedAt: none,
          settledAt: instant('settlementSuccessTime', 'unix-ms', notYet),
          modifiedAt: instant('updateTime', 'unix-ms', notYet),
          trackingId: text('goods.cpsPid', optional),
          // That they come back here is unverified.
          subId: text(['goods.comments', 'comments'], optional),
          transactionId: none,
          dueAt: none,
        },
      },
      { format: { type: 'csv' }, fields: EXPORTED },
      { format: { type: 'sheet', encoding: 'binary' }, fields: EXPORTED },
    ],
    payouts: statements,
  },
  apis: { products: kuaishouGoods, orders: kuaishouOrders, links: kuaishouLinks },
  links: {
    // At which addresses they are no document tells.
    hosts: [],
    own: ['cpsPid'],
    // comments; that it comes back, its length and its characters are unverified.
    subId: { max: 32, chars: 'A-Za-z0-9_' },
  },
  calendar: { basis: 'settledAt', days: 0 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'unverified', source: '逐单结算，之后可提现', review: '2027-06-01' },
    fees: { confidence: 'unverified', source: 'estimatedIncome 似已减 serviceAmount，未见文件', review: '2027-06-01' },
  },
}
