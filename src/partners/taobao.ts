import type { Feed, Fields } from '../feeds/feed.ts'
import { amount, count, day, type Field, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Ppm } from '../money.ts'
import type { Order, PayoutLine, Product, Refund } from '../records.ts'
import { EXPORT_DAYS, EXPORT_TIMES, payoutKind } from './_top.ts'
import { dataoke, dataokeGoods } from './dataoke.ts'
import { haodanku, haodankuGoods } from './haodanku.ts'
import type { Partner } from './partner.ts'
import { taobaoGoods, taobaoLinks, taobaoOrders } from './taobao-api.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['--'] } as const
/** A settled figure is 0.00 until the order is settled; the estimate counts until then, and no more once it is. */
const settledElseEstimate = (column: string, words: readonly string[]) =>
  ({ firstFilled: true, absent: ['0.00', '0', '--'], final: { column, is: words } }) as const
const exportedFigure = settledElseEstimate('订单状态', ['已结算', '订单结算'])
const answeredFigure = settledElseEstimate('tk_status', ['3'])

/** An export is a workbook or text, whatever its name: many an .xls is UTF-16 text. */
function exported<T>(feed: Omit<Feed<T>, 'format'>): Feed<T>[] {
  return [
    { ...feed, format: { type: 'csv' } },
    { ...feed, format: { type: 'sheet', encoding: 'binary' } },
  ]
}

// Four versions of the goods export are about: A (2018, commission before the coupon, coupon as text, a workbook), B (2020, commission
// after it), C (2017 favourites, general and campaign rates) and D (2024, price after all discounts, full-width brackets).
const exportedGoods: Fields<Product> = {
  sku: text('商品id'),
  title: text('商品名称'),
  brand: text('品牌', optional),
  category: text(['叶子类目', '商品一级类目', '一级类目'], optional),
  shop: text('店铺名称', optional),
  currency: none,
  price: amount(['商品价格(单位：元)', '活动到手价'], 'yuan'),
  // Version A writes 满69元减10元 or 5元无条件券, the others a number.
  couponAmount: amount('优惠券面额', 'yuan', {
    optional: true,
    find: ['^满[\\d.]+元减([\\d.]+)元?$', '^([\\d.]+)元无条件券$', '^无()$'],
  }),
  couponThreshold: amount('优惠券面额', 'yuan', { optional: true, find: ['^满([\\d.]+)元减', '^[^满]*()$'] }),
  couponFrom: instant('优惠券开始时间', EXPORT_TIMES, optional),
  couponUntil: instant('优惠券结束时间', EXPORT_TIMES, optional),
  finalPrice: amount('活动到手价', 'yuan', optional),
  commissionRate: rate(['收入比率(%)', '佣金率(%)', '通用收入比率(%)'], 'percent'),
  commission: amount(['佣金', '通用佣金'], 'yuan', optional),
  sales: count('商品月销量', optional),
  imageUrl: text('商品主图', optional),
  url: text('商品详情页链接地址', optional),
  link: text(['优惠券短链接(300天内有效)', '淘宝客短链接(300天内有效)', '商品优惠券推广链接', '淘宝客链接'], {
    optional: true,
    firstFilled: true,
  }),
  code: text(['优惠券淘口令(30天内有效)', '淘口令(30天内有效)'], { optional: true, firstFilled: true }),
}

/** Coupons in answers: a day, a time, or milliseconds, by method and year. */
const COUPON_TIMES = ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd', 'unix-ms'] as const
/** Of the promotions that make up the final price the one that is a coupon. */
const COUPON = 'price_promotion_info.final_promotion_path_list.final_promotion_path_map_data[promotion_title=商品券|店铺券]'

/** Searches and pools of today. */
const answeredGoods: Feed<Product> = {
  format: {
    type: 'json',
    rows: ['dg_material_optional_upgrade', 'sc_material_optional_upgrade', 'dg_material_recommend', 'sc_material_recommend'].map(
      (method) => `tbk_${method}_response.result_list.map_data`,
    ),
  },
  fields: {
    sku: text('item_id'),
    title: text('item_basic_info.title'),
    brand: text('item_basic_info.brand_name', optional),
    category: text(['item_basic_info.category_name', 'item_basic_info.level_one_category_name'], optional),
    shop: text('item_basic_info.shop_title', optional),
    currency: none,
    price: amount('price_promotion_info.zk_final_price', 'yuan'),
    couponAmount: amount(`${COUPON}.promotion_fee`, 'yuan', optional),
    // 满7999减1300; other words name no threshold.
    couponThreshold: amount(`${COUPON}.promotion_desc`, 'yuan', { optional: true, find: ['^满([\\d.]+)元?减', '()'] }),
    couponFrom: instant(`${COUPON}.promotion_start_time`, COUPON_TIMES, optional),
    couponUntil: instant(`${COUPON}.promotion_end_time`, COUPON_TIMES, optional),
    // After the coupon and all other promotions.
    finalPrice: amount('price_promotion_info.final_promotion_price', 'yuan', optional),
    // With the subsidy, and always percent. income_info.commission_rate is without it, and "18.9" in some answers, "1890" in others.
    commissionRate: rate('publish_info.income_rate', 'percent'),
    commission: none,
    sales: count('item_basic_info.volume', optional),
    imageUrl: text('item_basic_info.pict_url', optional),
    url: none,
    link: text(['publish_info.coupon_share_url', 'publish_info.click_url'], optional),
    code: none,
  },
}

/** The flat rows of older methods, which differ in the unit of the rate only. */
function flatGoods(commissionRate: Field<Ppm>): Fields<Product> {
  return {
    sku: text(['item_id', 'num_iid']),
    title: text('title'),
    brand: none,
    category: text(['category_name', 'level_one_category_name'], optional),
    shop: text('shop_title', optional),
    currency: none,
    price: amount('zk_final_price', 'yuan'),
    couponAmount: amount('coupon_amount', 'yuan', optional),
    couponThreshold: amount('coupon_start_fee', 'yuan', optional),
    couponFrom: instant('coupon_start_time', COUPON_TIMES, optional),
    couponUntil: instant('coupon_end_time', COUPON_TIMES, optional),
    finalPrice: none,
    commissionRate,
    commission: none,
    sales: count('volume', optional),
    imageUrl: text('pict_url', optional),
    url: text('item_url', optional),
    link: text(['coupon_share_url', 'coupon_click_url', 'click_url', 'url'], optional),
    code: none,
  }
}
const flatAnswer = (method: string, commissionRate: Field<Ppm>): Feed<Product> => ({
  format: {
    type: 'json',
    rows: ['dg', 'sc'].map((kind) => `tbk_${kind}_${method}_response.result_list.map_data`),
    wrapped: 'only',
  },
  fields: flatGoods(commissionRate),
})
const FLAT_GOODS: Feed<Product>[] = [
  // 1550 is 15.5 %
  flatAnswer('material_optional', rate('commission_rate', 'basis')),
  // 15.5 is 15.5 %
  flatAnswer('optimus_material', rate('commission_rate', 'percent')),
  // Rows of optimus.material as its API feed keeps them, with the unit in the name.
  { format: { type: 'ndjson' }, fields: flatGoods(rate('commission_percent', 'percent')) },
]

// 2019 and later, and the older TaokeDetail export under its other names.
const exportedOrders: Fields<Order> = {
  orderId: text(['淘宝订单编号', '淘宝父订单号', '淘宝父订单编号', '订单编号']),
  lineId: text(['淘宝子订单号', '淘宝子订单编号', '子订单号'], optional),
  sku: text('商品ID', optional),
  title: text(['商品标题', '商品信息', '商品名称'], optional),
  quantity: count(['商品数量', '商品数'], optional),
  currency: none,
  paidAmount: amount(['结算金额', '付款金额'], 'yuan', exportedFigure),
  commissionRate: rate(['收入比率', '佣金比率'], 'percent', optional),
  // Both include the technical service fee, which is taken off when paying out (see fees).
  commission: amount(['结算预估收入', '预估收入', '付款预估收入', '效果预估'], 'yuan', exportedFigure),
  refundAmount: none,
  serviceFee: amount('技术服务费', 'yuan', notYet),
  subsidy: amount('补贴金额', 'yuan', notYet),
  status: oneOf('订单状态', {
    已付款: 'paid',
    订单付款: 'paid',
    已收货: 'received',
    订单成功: 'received',
    已结算: 'settled',
    订单结算: 'settled',
    已失效: 'invalid',
    订单失效: 'invalid',
  }),
  rawStatus: none,
  orderedAt: instant('创建时间', EXPORT_TIMES),
  paidAt: instant('付款时间', EXPORT_TIMES, notYet),
  receivedAt: none,
  verifiedAt: none,
  settledAt: instant('结算时间', EXPORT_TIMES, notYet),
  modifiedAt: none,
  trackingId: text(['推广位ID', '推广位名称', '广告位ID'], optional),
  subId: none,
  transactionId: none,
  dueAt: none,
}

const answeredOrders: Feed<Order> = {
  format: {
    type: 'json',
    rows: ['tbk_order_details_get_response', 'tbk_sc_order_details_get_response'].map(
      (method) => `${method}.data.results.publisher_order_dto`,
    ),
  },
  fields: {
    orderId: text('trade_parent_id'),
    lineId: text('trade_id'),
    sku: text('item_id', optional),
    title: text('item_title', optional),
    quantity: count('item_num', optional),
    currency: none,
    paidAmount: amount(['pay_price', 'alipay_total_price'], 'yuan', answeredFigure),
    // The operator's part of the rate, subsidy included.
    commissionRate: rate(['tk_total_rate', 'income_rate', 'total_commission_rate'], 'percent', optional),
    // Both include the technical service fee (alimama_share_fee), which is taken off when paying out (see fees).
    commission: amount(['pub_share_fee', 'pub_share_pre_fee'], 'yuan', answeredFigure),
    // Refunds after the settlement are records of another method, see answeredRefunds.
    refundAmount: none,
    serviceFee: amount('alimama_share_fee', 'yuan', notYet),
    subsidy: amount(['pub_share_pre_fee_for_sdy', 'subsidy_fee'], 'yuan', notYet),
    status: oneOf('tk_status', { 12: 'paid', 14: 'received', 3: 'settled', 13: 'invalid' }),
    rawStatus: none,
    orderedAt: instant('tk_create_time', 'yyyy-MM-dd HH:mm:ss'),
    paidAt: instant(['tk_paid_time', 'tb_paid_time'], 'yyyy-MM-dd HH:mm:ss', notYet),
    receivedAt: none,
    verifiedAt: none,
    settledAt: instant('tk_earning_time', 'yyyy-MM-dd HH:mm:ss', notYet),
    modifiedAt: instant('modified_time', 'yyyy-MM-dd HH:mm:ss', notYet),
    // Orders of channels and members are told apart by these; all others by the position.
    trackingId: text(['relation_id', 'special_id', 'adzone_id'], optional),
    subId: none,
    transactionId: none,
    dueAt: none,
  },
}

/**
 * 维权退款: what was given back after the settlement, by the methods for orders of channels and members and for all orders. That their
 * answers are wrapped like those of the orders is unverified.
 */
const answeredRefunds: Feed<Refund> = {
  format: {
    type: 'json',
    rows: ['tbk_relation_refund_response', 'tbk_sc_relation_refund_response', 'tbk_order_refund_get_response'].flatMap((method) =>
      [`${method}.result.data.results`, `${method}.data.results`].flatMap((path) => [`${path}.result`, path]),
    ),
  },
  fields: {
    orderId: text(['tb_trade_parent_id', 'tb_trade_id']),
    lineId: text('tb_trade_id', optional),
    refundId: text('refund_suit_id', optional),
    sku: none,
    currency: none,
    refundAmount: amount('refund_fee', 'yuan'),
    // Net of the technical service fee.
    commission: amount(['show_return_fee', 'tk_pub_show_return_fee'], 'yuan', optional),
    // 4 begun, 11 begun again; 2 off the statement that is to come, 12 to be taken from the promoter, 13 taken; 3 refused; 14 and 15 are the shop's.
    status: oneOf('refund_status', {
      4: 'open',
      11: 'open',
      2: 'taken',
      12: 'due',
      13: 'taken',
      3: 'dropped',
      14: 'dropped',
      15: 'dropped',
    }),
    rawStatus: none,
    refundedAt: instant(['tk_refund_suit_time', 'tk_refund_time'], 'yyyy-MM-dd HH:mm:ss'),
    modifiedAt: none,
  },
}

const statement: Fields<PayoutLine> = {
  statementId: text(['结算单号', '账单编号', '账单号'], optional),
  orderId: text(['淘宝订单编号', '淘宝父订单号', '淘宝父订单编号', '订单编号', '订单号'], optional),
  lineId: text(['淘宝子订单号', '淘宝子订单编号', '子订单号'], optional),
  sku: text('商品ID', optional),
  title: text(['商品标题', '商品名称', '商品信息'], optional),
  currency: none,
  amount: amount(['打款金额', '到账金额', '实际到账金额', '金额'], 'yuan'),
  kind: payoutKind,
  paidAt: day(['打款日期', '到账日期', '打款时间', '到账时间'], EXPORT_DAYS),
  transactionId: none,
  originalId: none,
}

/** 淘宝联盟 (Alimama): its API and those that resell it, saved answers of them, and back-office exports. */
export const taobao: Partner = {
  id: 'taobao',
  name: '淘宝联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['阿里妈妈'],
  feeds: {
    products: [...exported({ fields: exportedGoods }), answeredGoods, ...FLAT_GOODS, dataokeGoods, haodankuGoods],
    orders: [...exported({ fields: exportedOrders }), answeredOrders],
    refunds: answeredRefunds,
    payouts: exported({
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: statement,
    }),
  },
  apis: { products: taobaoGoods, orders: taobaoOrders, links: taobaoLinks },
  aggregators: { dataoke, haodanku },
  links: {
    hosts: ['uland.taobao.com', 's.click.taobao.com'],
    // `e=` is sealed. Some links of uland name the pid beside it (unverified).
    hidden: ['s.click.taobao.com', 'uland.taobao.com', 'm.tb.cn', 's.tb.cn'],
    pages: ['item.taobao.com', 'detail.tmall.com'],
    trackingId: { query: ['pid'] },
    own: ['pid'],
    account: '^(mm_\\d+)_',
    short: '^(https?:)?//s\\.click\\.taobao\\.com/\\w+$',
    // Headers of the goods exports: 淘口令(30天内有效), 淘宝客短链接(300天内有效). Channels are told by positions and 渠道ID, not by sub-ids.
    valid: { shortLink: 300, code: 30 },
  },
  calendar: { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 },
  fees: [{ name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up', stated: true }],
  tolerance: 0,
  grounds: {
    calendar: {
      confidence: 'unverified',
      source: '月结；公开客户端写「每月20号结算上个月预估收入，建议21号再进行提现」，平台文件只说以月结为准',
      review: '2027-06-01',
    },
    fees: { confidence: 'documented', source: 'API 文档：最终发钱时会减去平台技术服务费；比例见 alimama_rate' },
  },
}
