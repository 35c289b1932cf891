import type { Fields } from '../feeds/feed.ts'
import { instant } from '../feeds/field.ts'
import type { Order } from '../records.ts'
import { csvAndSheet, EXPORT_TIMES, statements } from './_top.ts'
import type { Partner } from './partner.ts'
import { OF_TALENT, OF_UNION } from './wechat.ts'

/** By headers that no document confirms (unverified). */
const EXPORTED: Fields<Order> = {
  ...OF_TALENT,
  receivedAt: instant(['确认收货时间', '收货时间'], EXPORT_TIMES, { optional: true, absent: ['0', '--', '-'] }),
}

/** 微信小商店 商品市场 (2020): goods of several platforms, sold in a 小商店 and paid by the month. Saved answers and exports. */
export const wechatShop: Partner = {
  id: 'wechat-shop',
  name: '微信小商店',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {
    orders: [
      { format: { type: 'json', rows: 'orderList[].productList' }, fields: OF_UNION },
      ...csvAndSheet<Order>({ fields: EXPORTED }),
    ],
    payouts: statements,
  },
  calendar: { basis: 'receivedAt', closes: 'last', pays: 20, lag: 1 },
  fees: [{ name: '支付手续费', of: 'paidAmount', rate: 6000, rounding: 'half-up' }],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'stated', source: '商品市场（2020）：按月结算，约 20 日付；须确认收货、无退款、无进行中的纠纷' },
    fees: {
      confidence: 'stated',
      source: '商品市场（2020）：收订单金额 0.6 % 的支付手续费，不收服务费；佣金如何分成未公布，可能变动',
      review: '2027-06-01',
    },
  },
}
