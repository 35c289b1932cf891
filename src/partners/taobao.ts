import { amount, count, day, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import { EXPORT_DAYS, EXPORT_TIMES, payoutKind } from './_top.ts'
import type { Partner } from './partner.ts'

const optional = { optional: true } as const
const notYet = { optional: true, absent: ['--'] } as const
/** A settled figure is 0.00 until the order is settled; the estimate counts until then. */
const settledElseEstimate = { firstFilled: true, absent: ['0.00', '0', '--'] } as const

/** 淘宝联盟 (Alimama): back-office exports. */
export const taobao: Partner = {
  id: 'taobao',
  name: '淘宝联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {
    // Four versions of the goods export are about: A (2018, commission before the coupon, coupon as text), B (2020, commission after
    // it), C (2017 favourites, general and campaign rates) and D (2024, price after all discounts, full-width brackets).
    products: {
      format: { type: 'csv' },
      fields: {
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
      },
    },
    // 2019 and later, and the older TaokeDetail export under its other names.
    orders: {
      format: { type: 'csv' },
      fields: {
        orderId: text(['淘宝订单编号', '淘宝父订单号', '淘宝父订单编号', '订单编号']),
        lineId: text(['淘宝子订单号', '淘宝子订单编号', '子订单号'], optional),
        sku: text('商品ID', optional),
        title: text(['商品标题', '商品信息', '商品名称'], optional),
        quantity: count(['商品数量', '商品数'], optional),
        currency: none,
        paidAmount: amount(['结算金额', '付款金额'], 'yuan', settledElseEstimate),
        commissionRate: rate(['收入比率', '佣金比率'], 'percent', optional),
        // Both include the technical service fee, which is taken off when paying out (see fees).
        commission: amount(['结算预估收入', '预估收入', '付款预估收入', '效果预估'], 'yuan', settledElseEstimate),
        refundAmount: none,
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
      },
    },
    payouts: {
      format: { type: 'csv' },
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: {
        statementId: text(['结算单号', '账单编号', '账单号'], optional),
        orderId: text(['淘宝订单编号', '淘宝父订单号', '淘宝父订单编号', '订单编号', '订单号'], optional),
        lineId: text(['淘宝子订单号', '淘宝子订单编号', '子订单号'], optional),
        sku: text('商品ID', optional),
        title: text(['商品标题', '商品名称', '商品信息'], optional),
        currency: none,
        amount: amount(['打款金额', '到账金额', '实际到账金额', '金额'], 'yuan'),
        kind: payoutKind,
        paidAt: day(['打款日期', '到账日期', '打款时间', '到账时间'], EXPORT_DAYS),
      },
    },
  },
  // What was settled in a month is paid on the 20th of the next.
  calendar: { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 },
  fees: [{ name: '技术服务费', of: 'commission', rate: 100_000, rounding: 'half-up' }],
  tolerance: 0,
}
