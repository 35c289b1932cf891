import type { Fields } from '../feeds/feed.ts'
import { always, amount, count, day, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Order, PayoutLine } from '../records.ts'
import { csvAndSheet, EXPORT_DAYS, payoutKind } from './_top.ts'
import { douyinGoods, douyinOrders } from './douyin-api.ts'
import type { Partner } from './partner.ts'

const optional = { optional: true } as const
/** A time that has not come is an empty text. */
const TIME = 'yyyy-MM-dd HH:mm:ss'
const settled = { final: { column: 'flow_point', is: ['SETTLE'] } } as const

/** What the lists of 抖客, talents and institutes have in common; the figures have names of their own in each. */
const order = (figures: Pick<Fields<Order>, 'commission' | 'commissionRate' | 'serviceFee'>): Fields<Order> => ({
  ...figures,
  // The number of the sub-order: one kind of goods each.
  orderId: text('order_id'),
  lineId: always(''),
  sku: text('product_id', optional),
  title: text('product_name', optional),
  quantity: count('item_num', optional),
  currency: none,
  paidAmount: amount(['settled_goods_amount', 'pay_goods_amount', 'total_pay_amount'], 'fen', settled),
  refundAmount: none,
  subsidy: none,
  // What is given back after SETTLE goes to REFUND as well: the statement then takes back what it paid.
  status: oneOf('flow_point', { PAY_SUCC: 'paid', CONFIRM: 'received', SETTLE: 'settled', REFUND: 'refunded' }),
  rawStatus: none,
  orderedAt: instant('pay_success_time', TIME),
  paidAt: instant('pay_success_time', TIME),
  receivedAt: instant('confirm_time', TIME, optional),
  verifiedAt: none,
  settledAt: instant('settle_time', TIME, optional),
  modifiedAt: instant('update_time', TIME, optional),
  trackingId: text(['pid_info.external_info', 'pid_info.pid'], optional),
  subId: none,
  transactionId: none,
  dueAt: none,
})
const ORDER_ROWS = ['data.orders', 'data.data.orders'] as const

/** 抖音精选联盟: its API, or saved answers of it, for goods and orders; payouts by column names that no document confirms. */
export const douyin: Partner = {
  id: 'douyin',
  name: '抖音精选联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['抖音', '字节跳动'],
  feeds: {
    products: {
      format: { type: 'json', rows: ['data.products', 'data.data.products'] },
      fields: {
        sku: text('product_id'),
        title: text('title'),
        brand: none,
        // Searches give only the number of the category.
        category: text('category_name', optional),
        shop: text('shop_name', optional),
        currency: none,
        price: amount('price', 'fen'),
        couponAmount: none,
        couponThreshold: none,
        couponFrom: none,
        couponUntil: none,
        finalPrice: amount('coupon_price', 'fen', { optional: true, absent: ['0'] }),
        // Percent here (10.00), ten-thousandths in orders.
        commissionRate: rate(['cos_ratio', 'kol_cos_ratio'], 'percent'),
        commission: amount(['cos_fee', 'kol_cos_fee'], 'fen', optional),
        // As far back as the goods are sold.
        sales: count('sales', optional),
        imageUrl: text('cover', optional),
        // detail_url earns nothing: it carries no id of the operator.
        url: none,
        link: none,
        code: none,
      },
    },
    orders: [
      // Talents (kolOrderAds) and institutes (instituteOrderAds). That these figures are the institute's own share is unverified.
      {
        format: { type: 'json', rows: ORDER_ROWS },
        fields: order({
          commissionRate: rate('commission_rate', 'basis', optional),
          commission: amount(['real_commission', 'estimated_commission'], 'fen', settled),
          serviceFee: amount(['settled_tech_service_fee', 'estimated_tech_service_fee'], 'fen', { ...optional, ...settled }),
        }),
      },
      // 抖客 (doukeOrderAds).
      {
        format: { type: 'json', rows: ORDER_ROWS },
        fields: order({
          commissionRate: rate('ads_promotion_rate', 'basis', optional),
          commission: amount(['ads_real_commission', 'ads_estimated_commission'], 'fen', settled),
          serviceFee: amount('ads_estimated_tech_service_fee', 'fen', optional),
        }),
      },
    ],
    payouts: csvAndSheet<PayoutLine>({
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: {
        statementId: text(['结算单号', '账单编号'], optional),
        orderId: text(['订单id', '订单编号', '订单号'], optional),
        lineId: none,
        sku: text('商品id', optional),
        title: text('商品名称', optional),
        currency: none,
        // Where both stand, 结算金额 is that of the goods, on which 实际佣金 was earned.
        amount: amount(['到账金额', '打款金额', '实际佣金', '结算金额'], 'yuan'),
        kind: payoutKind,
        paidAt: day(['结算时间', '结算日期', '打款日期'], EXPORT_DAYS),
        transactionId: none,
        originalId: none,
      },
    }),
  },
  apis: { products: douyinGoods, orders: douyinOrders },
  calendar: { basis: 'settledAt', days: 0 },
  // Commission is given before the fee, which the answers state beside it: 60 of 599 fen. That it is a tenth always is unverified.
  fees: [{ name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up', stated: true }],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'unverified', source: '逐单结算：售后期（约 15 天）过后，当天可提现', review: '2027-06-01' },
    fees: { confidence: 'unverified', source: '技术服务费在订单行里；是否总为一成未见文件', review: '2027-06-01' },
  },
}
