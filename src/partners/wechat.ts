import type { Fields } from '../feeds/feed.ts'
import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Order } from '../records.ts'
import { EXPORT_TIMES, statements } from './_top.ts'
import type { Partner } from './partner.ts'
import { wechatGoods, wechatLinks, wechatOrders } from './wechat-api.ts'
import { wechatUnion } from './wechat-union-api.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['0', '--', '-'] } as const

/** A back office's list of commission orders, by headers that no document confirms (unverified). */
const exported = (commissionRate: string, commission: string): Fields<Order> => ({
  orderId: text(['订单号', '订单ID', '订单编号']),
  lineId: text(['规格ID', 'SKU ID', 'sku_id'], optional),
  sku: text(['商品ID', '商品编号'], optional),
  title: text('商品名称', optional),
  quantity: count(['数量', '商品数量'], optional),
  currency: none,
  paidAmount: amount(['可分佣金额', '计佣金额', '支付金额'], 'yuan'),
  commissionRate: rate(commissionRate, 'percent', optional),
  commission: amount(commission, 'yuan'),
  refundAmount: none,
  serviceFee: none,
  subsidy: none,
  status: oneOf(['佣金单状态', '结算状态'], { 未结算: 'paid', 已结算: 'settled', 取消结算: 'refunded' }),
  rawStatus: none,
  orderedAt: instant(['下单时间', '支付时间'], EXPORT_TIMES),
  paidAt: instant('支付时间', EXPORT_TIMES, notYet),
  receivedAt: none,
  verifiedAt: none,
  settledAt: instant(['结算时间', '分账时间'], EXPORT_TIMES, notYet),
  modifiedAt: none,
  trackingId: text(['推客ID', '推客'], optional),
  subId: none,
  transactionId: none,
  dueAt: none,
})
/** An institution is paid the 服务费, and its list names the talent's 佣金 beside it; a talent's own list has only that. */
const OF_INSTITUTION = exported('服务费率', '服务费')
export const OF_TALENT = exported('佣金率', '佣金')

/** Orders of the old 小商店 union: an order with its goods in a list, prices as texts with a sign. */
export const OF_UNION: Fields<Order> = {
  orderId: text('orderId'),
  lineId: text('productList.skuId', optional),
  sku: text('productList.productId', optional),
  title: text('productList.title', optional),
  quantity: count('productList.productCnt', optional),
  currency: none,
  // ¥0.20, of one piece.
  paidAmount: amount('productList.price', 'yuan'),
  commissionRate: rate('productList.ratio', 'basis', optional),
  // "-" until it is settled; the estimate, in fen, is of later answers only (see unionOrders).
  commission: amount(['productList.commission', 'productList.estimate'], 'yuan', { optional: true, absent: ['-'] }),
  refundAmount: none,
  serviceFee: none,
  subsidy: none,
  // SETTLEMENT_SUCCESS is documented, but was in no answer so far (unverified).
  status: oneOf('productList.commissionStatus', {
    SETTLEMENT_PENDING: 'paid',
    SETTLEMENT_SUCCESS: 'settled',
    SETTLEMENT_CANCELED: 'refunded',
  }),
  rawStatus: none,
  orderedAt: instant('payTime', 'unix'),
  paidAt: instant('payTime', 'unix', notYet),
  receivedAt: instant('confirmReceiptTime', 'unix', notYet),
  verifiedAt: none,
  settledAt: instant('productList.profitShardingSucTime', 'unix', notYet),
  modifiedAt: instant('productList.commissionStatusUpdateTime', 'unix', notYet),
  trackingId: text('productList.promotionInfo.promotionSourcePid', optional),
  subId: text('productList.customizeInfo', optional),
  transactionId: none,
  dueAt: none,
}

/** The same of goods in mini-programs (`search_normal_order`), under other names and in fen. */
const OF_MINI_PROGRAM: Fields<Order> = {
  ...OF_UNION,
  orderId: text('orderInfo.orderId'),
  paidAmount: amount('productList.realPrice', 'fen'),
  commission: amount('productList.commissionValue', 'fen'),
  status: oneOf('productList.commissionStatus', {
    COMMISSION_PAY_SUCCESS: 'paid',
    COMMISSION_SHOP_WAIT_DEDUCTION: 'received',
    COMMISSION_PAY_CANCEL: 'refunded',
    // The merchant has not enough money yet; it was paid, but the transfer to the promoter failed. Neither is settled.
    COMMISSION_SHOP_DEDUCTION_NOT_ENOUGH_MONEY: 'received',
    COMMISSION_PROMOTER_PAY_FAILED: 'verified',
    COMMISSION_PROMOTER_PAY_SUCC: 'settled',
  }),
  orderedAt: instant(['orderInfo.createTime', 'orderInfo.payTime'], 'unix'),
  paidAt: instant('orderInfo.payTime', 'unix', notYet),
  receivedAt: none,
}

/** 微信小店 and 视频号 through 优选联盟, and the old 小商店 union: APIs, or saved answers of them, and exports. */
export const wechat: Partner = {
  id: 'wechat',
  name: '微信优选联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['腾讯'],
  stuck: {
    COMMISSION_SHOP_DEDUCTION_NOT_ENOUGH_MONEY: 'merchant-short',
    COMMISSION_PROMOTER_PAY_FAILED: 'transfer-failed',
  },
  feeds: {
    products: [
      {
        format: { type: 'json', rows: 'product{}' },
        fields: {
          sku: text('product_id'),
          title: text('product_info.title'),
          brand: none,
          category: none,
          shop: text('shop.name', optional),
          currency: none,
          // Of several kinds the cheapest; a saved answer is not sorted, and the first stands for all.
          price: amount(['lowestPrice', 'product_info.skus[0].sale_price'], 'fen'),
          couponAmount: none,
          couponThreshold: none,
          couponFrom: none,
          couponUntil: none,
          finalPrice: none,
          // An institution's answers have none before it cooperates with the shop.
          commissionRate: rate('commission_info.service_ratio', 'ppm', optional),
          commission: none,
          sales: none,
          imageUrl: text('product_info.head_imgs[0]', optional),
          // Goods open in WeChat only; see wechatLinks.
          url: none,
          link: none,
          code: none,
        },
      },
      {
        format: { type: 'json', rows: 'productList' },
        fields: {
          sku: text('productId'),
          title: text('product.info.title'),
          brand: text('product.info.brand', optional),
          category: text(
            ['product.info.category[2].name', 'product.info.category[1].name', 'product.info.category[0].name'],
            optional,
          ),
          shop: text('shopInfo.name', optional),
          currency: none,
          price: amount('product.info.minPrice', 'fen'),
          couponAmount: none,
          couponThreshold: none,
          couponFrom: none,
          couponUntil: none,
          finalPrice: none,
          commissionRate: rate('leagueExInfo.commissionRatio', 'basis', optional),
          commission: amount('leagueExInfo.commissionValue', 'fen', optional),
          sales: count('product.info.totalSoldNum', optional),
          imageUrl: text('product.info.headImg[0]', optional),
          url: none,
          link: none,
          code: none,
        },
      },
    ],
    orders: [
      {
        format: { type: 'json', rows: ['commssion_order{}', 'commission_order{}'] },
        fields: {
          orderId: text('order_id'),
          lineId: text('sku_id'),
          sku: text('order_detail.product_info.product_id', optional),
          title: text('order_detail.product_info.title', optional),
          quantity: count('order_detail.product_info.product_cnt', optional),
          currency: none,
          paidAmount: amount('order_detail.product_info.actual_payment', 'fen'),
          // `mine` is the share of the role that the source names; a saved answer is read as the institution's.
          commissionRate: rate(['mine.ratio', 'order_detail.commission_info.service_ratio'], 'ppm', optional),
          commission: amount(['mine.amount', 'order_detail.commission_info.service_amount'], 'fen'),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          // Of the commission: 20 not settled, 100 settled, 200 cancelled. With the order's: 100 received, 250 never paid.
          status: oneOf(['state', 'status'], {
            20: 'paid',
            '20/100': 'received',
            100: 'settled',
            200: 'refunded',
            '200/250': 'invalid',
          }),
          rawStatus: none,
          orderedAt: instant(['order_detail.order_info.create_time', 'create_time'], 'unix'),
          paidAt: instant('order_detail.order_info.pay_time', 'unix', notYet),
          receivedAt: none,
          verifiedAt: none,
          settledAt: instant(['mine.settled', 'order_detail.commission_info.profit_sharding_suc_time'], 'unix', notYet),
          modifiedAt: instant('update_time', 'unix', notYet),
          trackingId: text(
            ['commission_info.sharer_info.opensharerid', 'order_detail.commission_info.sharer_info.opensharerid'],
            optional,
          ),
          subId: none,
          transactionId: none,
          dueAt: none,
        },
      },
      { format: { type: 'json', rows: 'orderList[].productList' }, fields: OF_UNION },
      { format: { type: 'json', rows: 'orderList[].productList' }, fields: OF_MINI_PROGRAM },
      { format: { type: 'csv' }, fields: OF_INSTITUTION },
      { format: { type: 'csv' }, fields: OF_TALENT },
      { format: { type: 'sheet', encoding: 'binary' }, fields: OF_INSTITUTION },
      { format: { type: 'sheet', encoding: 'binary' }, fields: OF_TALENT },
    ],
    payouts: statements,
  },
  apis: { products: wechatGoods, orders: wechatOrders, links: wechatLinks },
  aggregators: { union: { name: '微信小商店联盟', apis: wechatUnion } },
  links: {
    hosts: [],
    own: ['sharer_appid', 'sharer_openid'],
    // Codes of mini-programs do not end; of short links nothing is said.
    valid: { picture: 'forever' },
  },
  calendar: { basis: 'settledAt', days: 0 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'unverified', source: '逐单分账，分账即结算', review: '2027-06-01' },
    fees: { confidence: 'unverified', source: '达人是否另扣技术服务费未见文件', review: '2027-06-01' },
  },
}
