import { always, amount, count, day, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Order, PayoutLine } from '../records.ts'
import { csvAndSheet, EXPORT_DAYS, EXPORT_TIMES, payoutKind } from './_top.ts'
import type { Partner } from './partner.ts'
import { pddGoods, pddLinks, pddOrders } from './pdd-api.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['0'] } as const
/** {"uid":"…","sid":"…"}: the sid is of one posting, the uid of whom it was for. */
const CUSTOM = { optional: true, find: ['"sid"\\s*:\\s*"([^"]+)"', '"uid"\\s*:\\s*"([^"]+)"'] } as const
const blank = { optional: true, absent: ['--', '-'] } as const

/** Paid on top of the commission; that they come with the same payout, and that none is the sum of the others, is unverified. */
const SUBSIDIES = ['subsidy_amount', 'subsidy_duo_amount_level', 'subsidy_duo_amount_ten_million'] as const

/** 多多进宝 (DDK): its API, or saved answers of it, for goods and orders; exports of its back office for orders and payouts. */
export const pdd: Partner = {
  id: 'pdd',
  name: '多多进宝',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['寻梦', '拼多多'],
  feeds: {
    products: {
      format: {
        type: 'json',
        rows: ['goods_search_response.goods_list', 'goods_basic_detail_response.list', 'goods_detail_response.goods_details'],
      },
      fields: {
        // goods_id is retired; goods_sign may be issued anew for each promoter.
        sku: text('goods_sign'),
        title: text('goods_name'),
        brand: text('brand_name', optional),
        category: text(['category_name', 'opt_name'], optional),
        shop: text('mall_name', optional),
        currency: none,
        price: amount('min_group_price', 'fen'),
        couponAmount: amount('coupon_discount', 'fen', optional),
        couponThreshold: amount('coupon_min_order_amount', 'fen', optional),
        couponFrom: instant('coupon_start_time', 'unix', notYet),
        couponUntil: instant('coupon_end_time', 'unix', notYet),
        finalPrice: none,
        commissionRate: rate('promotion_rate', 'permille'),
        commission: none,
        sales: count('sales_tip', optional),
        imageUrl: text(['goods_image_url', 'goods_thumbnail_url'], optional),
        // Search answers hold no link: it is made per product by goods.promotion.url.generate.
        url: none,
        link: none,
        code: none,
      },
    },
    orders: [
      {
        format: {
          type: 'json',
          rows: ['order_list_get_response.order_list', 'order_detail_response.order_list'],
          // Not paid yet, and so no order so far (unverified).
          skip: { order_status: ['-1'] },
        },
        fields: {
          orderId: text('order_sn'),
          // One kind of goods an order.
          lineId: always(''),
          sku: text(['goods_sign', 'goods_id'], optional),
          title: text('goods_name', optional),
          quantity: count('goods_quantity', optional),
          currency: none,
          paidAmount: amount('order_amount', 'fen'),
          commissionRate: rate('promotion_rate', 'permille', optional),
          commission: amount(['promotion_amount', ...SUBSIDIES], 'fen', { take: 'sum' }),
          refundAmount: none,
          serviceFee: none,
          subsidy: amount(SUBSIDIES, 'fen', { ...optional, take: 'sum' }),
          // 3: review passed, will be paid; 4: not passed; 8: no promotion order; 10: punished.
          status: oneOf('order_status', {
            0: 'paid',
            1: 'paid',
            2: 'received',
            3: 'verified',
            4: 'invalid',
            5: 'settled',
            8: 'invalid',
            10: 'invalid',
          }),
          rawStatus: none,
          orderedAt: instant('order_create_time', 'unix'),
          paidAt: instant('order_pay_time', 'unix', notYet),
          receivedAt: instant('order_receive_time', 'unix', notYet),
          verifiedAt: instant('order_verify_time', 'unix', notYet),
          settledAt: instant('order_settle_time', 'unix', notYet),
          modifiedAt: instant('order_modify_at', 'unix', notYet),
          trackingId: text('p_id', optional),
          subId: text('custom_parameters', CUSTOM),
          transactionId: none,
          dueAt: none,
        },
      },
      // 推广明细. Its columns and words are the likely ones, none of them verified.
      ...csvAndSheet<Order>({
        fields: {
          orderId: text(['订单编号', '订单号']),
          lineId: always(''),
          sku: text('商品ID', optional),
          title: text('商品名称', optional),
          quantity: count('商品数量', optional),
          currency: none,
          paidAmount: amount(['订单金额(元)', '订单金额'], 'yuan'),
          commissionRate: rate(['佣金比例(%)', '佣金比例'], 'percent', optional),
          commission: amount(['佣金(元)', '佣金', '预估佣金(元)', '预估佣金'], 'yuan'),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          status: oneOf('订单状态', {
            已支付: 'paid',
            已付款: 'paid',
            已成团: 'paid',
            确认收货: 'received',
            已收货: 'received',
            审核成功: 'verified',
            审核通过: 'verified',
            审核失败: 'invalid',
            已经结算: 'settled',
            已结算: 'settled',
            非多多进宝商品: 'invalid',
            已处罚: 'invalid',
          }),
          rawStatus: none,
          orderedAt: instant(['下单时间', '创建时间', '支付时间'], EXPORT_TIMES),
          paidAt: instant('支付时间', EXPORT_TIMES, blank),
          receivedAt: instant('确认收货时间', EXPORT_TIMES, blank),
          verifiedAt: instant('审核时间', EXPORT_TIMES, blank),
          settledAt: instant('结算时间', EXPORT_TIMES, blank),
          modifiedAt: none,
          trackingId: text(['推广位ID', '推广位名称'], optional),
          subId: text('自定义参数', CUSTOM),
          transactionId: none,
          dueAt: none,
        },
      }),
    ],
    payouts: csvAndSheet<PayoutLine>({
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: {
        statementId: text(['结算单号', '批次号'], optional),
        orderId: text(['订单编号', '订单号'], optional),
        lineId: none,
        sku: text('商品ID', optional),
        title: text('商品名称', optional),
        currency: none,
        amount: amount(['结算金额(元)', '结算金额', '佣金(元)', '佣金'], 'yuan'),
        kind: payoutKind,
        paidAt: day(['结算日期', '结算时间', '打款日期'], EXPORT_DAYS),
        transactionId: none,
        originalId: none,
      },
    }),
  },
  apis: { products: pddGoods, orders: pddOrders, links: pddLinks },
  links: {
    hosts: ['yangkeduo.com', 'pinduoduo.com'],
    hidden: ['p.pinduoduo.com'],
    trackingId: { query: ['pid'] },
    own: ['pid'],
    // That the first part is the account's is unverified.
    account: '^(\\d+)_\\d+$',
    // custom_parameters takes 64 bytes: {"uid":"","sid":""} and these two. Their characters are unverified.
    subId: { max: 20, chars: 'A-Za-z0-9_-', steady: true },
    short: '^https?://p\\.pinduoduo\\.com/',
  },
  calendar: { basis: 'verifiedAt', closes: 15, pays: 20, lag: 0 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'documented', source: '多多进宝课堂（约 2018）：上月 16 日至本月 15 日审核通过的，本月 20 日结算' },
    fees: { confidence: 'unverified', source: 'API 无扣项；提现是否另扣税费未见文件', review: '2027-06-01' },
  },
}
