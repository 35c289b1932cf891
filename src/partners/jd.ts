import { amount, count, day, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import type { Order, OrderStatus, PayoutLine } from '../records.ts'
import { csvAndSheet, EXPORT_DAYS, EXPORT_TIMES, payoutKind } from './_top.ts'
import { jdGoods, jdLinks, jdOrders } from './jd-api.ts'
import type { Partner } from './partner.ts'

const optional = { optional: true } as const
const SKU = ['商品ID', 'skuId', '商品编号', '商品SKU'] as const
const notYet = { optional: true, absent: ['--', '-'] } as const
/** Texts today, milliseconds in older answers. */
const TIMES = ['yyyy-MM-dd HH:mm:ss', 'unix-ms'] as const
/** What an order may be. 18 is not written any more: when a received order is paid, payMonth says. */
const CODES: Record<string, OrderStatus> = {
  ...{ 16: 'paid', 33: 'paid', 17: 'received', 18: 'settled' },
  // Every reason why an order earns nothing: splits, cancels, gifts, self-buys, violations.
  ...invalid('2 3 4 5 6 7 8 9 10 11 12 13 14 19 20 21 22 23 25 26 27 28 29 30 31 34 35 36'),
}
/** The same in the words of the back office (unverified). */
const WORDS: Record<string, OrderStatus> = {
  ...{ 已付款: 'paid', 超市卡充值订单: 'paid', 已完成: 'received', 已结算: 'settled' },
  ...invalid(
    '无效 无效-拆单 无效-取消 无效-京东帮帮主订单 无效-账号异常 无效-赠品类目不返佣 无效-校园订单 无效-企业订单 无效-团购订单 无效-开增值税专用发票订单 无效-乡村推广员下单',
    '无效-自己推广自己下单 无效-来源与备案网址不符 无效-佣金比例为0 无效-此复购订单对应的首购订单无效 无效-云店订单 无效-PLUS会员佣金比例为0 无效-支付有礼 无效-跨屏跨店',
    '无效-累计件数超出类目上限 无效-黑名单sku 无效-推卡订单无效 违规订单-其他 违规订单-流量劫持 违规订单-流量异常 违规订单-违反京东平台规则 违规订单-多笔交易异常',
  ),
}

function invalid(...words: string[]): Record<string, OrderStatus> {
  return Object.fromEntries(words.flatMap((line) => line.split(' ')).map((word) => [word, 'invalid']))
}

/** From the receipt on the actual figures count, which shrink with refunds, down to nothing; before it the estimates. */
const received = (column: string) => ({ final: { column, is: ['17', '18', '已完成', '已结算'] } })

/** 京东联盟: its API for goods and orders, exports of its back office for orders and payouts by column names that no document confirms. */
export const jd: Partner = {
  id: 'jd',
  name: '京东联盟',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  payer: ['京东'],
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
    orders: [
      {
        format: { type: 'ndjson' },
        fields: {
          orderId: text('orderId'),
          // A row is an order and a sku, for the API too: exports have no other number, and both must come to the same line.
          lineId: text(['skuId', 'itemId']),
          sku: text(['skuId', 'itemId'], optional),
          title: text('skuName', optional),
          quantity: count('skuNum', optional),
          currency: none,
          paidAmount: amount(['actualCosPrice', 'estimateCosPrice'], 'yuan', received('validCode')),
          commissionRate: rate('commissionRate', 'percent', optional),
          // Both after the operator's share (finalRate): nothing more is taken off.
          commission: amount(['actualFee', 'estimateFee'], 'yuan', received('validCode')),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          status: oneOf('validCode', CODES),
          rawStatus: none,
          orderedAt: instant('orderTime', TIMES),
          paidAt: none,
          receivedAt: instant('finishTime', TIMES, { optional: true, absent: ['0'] }),
          verifiedAt: none,
          settledAt: none,
          modifiedAt: instant('modifyTime', TIMES, { optional: true, absent: ['0'] }),
          trackingId: text(['subUnionId', 'positionId'], optional),
          subId: none,
          transactionId: none,
          dueAt: instant('payMonth', 'yyyyMMdd', { optional: true, absent: ['0'] }),
        },
      },
      // 效果报表 → 订单明细. Its columns are those that panels show, none of them verified.
      ...csvAndSheet<Order>({
        fields: {
          orderId: text(['订单号', '订单编号']),
          lineId: text(SKU),
          sku: text(SKU),
          title: text('商品名称', optional),
          quantity: count('商品数量', optional),
          currency: none,
          paidAmount: amount(['实际计佣金额', '预估计佣金额'], 'yuan', received('订单状态')),
          commissionRate: rate('佣金比例', 'percent', optional),
          commission: amount(['实际佣金', '预估佣金'], 'yuan', received('订单状态')),
          refundAmount: none,
          serviceFee: none,
          subsidy: none,
          status: oneOf('订单状态', WORDS),
          rawStatus: none,
          orderedAt: instant('下单时间', EXPORT_TIMES),
          paidAt: none,
          receivedAt: instant('完成时间', EXPORT_TIMES, notYet),
          verifiedAt: none,
          settledAt: none,
          modifiedAt: instant('更新时间', EXPORT_TIMES, notYet),
          trackingId: text(['子联盟ID', '推广位ID', '推广位名称'], { optional: true, firstFilled: true }),
          subId: none,
          transactionId: none,
          dueAt: instant('预估结算时间', EXPORT_DAYS, notYet),
        },
      }),
    ],
    payouts: csvAndSheet<PayoutLine>({
      total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
      fields: {
        statementId: text(['结算单号', '账单编号'], optional),
        orderId: text(['订单号', '订单编号'], optional),
        lineId: text('子单号', optional),
        sku: text(['商品ID', 'skuId'], optional),
        title: text('商品名称', optional),
        currency: none,
        amount: amount(['打款金额', '结算金额', '实际佣金'], 'yuan'),
        kind: payoutKind,
        paidAt: day(['结算日期', '打款日期'], EXPORT_DAYS),
        transactionId: none,
        originalId: none,
      },
    }),
  },
  apis: { products: jdGoods, orders: jdOrders, links: jdLinks },
  links: {
    hosts: ['union-click.jd.com', 'u.jd.com'],
    hidden: ['union-click.jd.com', 'u.jd.com'],
    pages: ['item.jd.com', 'item.m.jd.com', 'jingfen.jd.com'],
    own: ['siteId', 'positionId', 'unionId'],
    // subUnionId, by the comments of the API's methods, as are the days.
    subId: { max: 80, chars: 'A-Za-z0-9_' },
    short: '^https?://u\\.jd\\.com/',
    valid: { link: 'forever', shortLink: 60 },
  },
  calendar: { basis: 'receivedAt', closes: 'last', pays: 20, lag: 1 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: {
      confidence: 'documented',
      source: '公开程序注明「每个月20日结算上一个自然月的金额」；行内 payMonth 为平台自己的日期',
    },
    fees: { confidence: 'documented', source: 'API 文档：分成已含在 finalRate 之内，无另外扣项' },
  },
}
