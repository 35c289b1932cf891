import type { Answer, ApiFeed } from '../feeds/api.ts'
import type { Feed } from '../feeds/feed.ts'
import { amount, count, instant, none, rate, text } from '../feeds/field.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { formOf, signDataoke } from '../feeds/sign.ts'
import type { Product } from '../records.ts'
import { faultSaid, hasMore, queryOf, said } from './_top.ts'

// 大淘客 (dataoke.com): goods of 淘宝联盟 with their coupons. Credentials: appKey, secret; gateway only to go by another address.
const GATEWAY = 'https://openapi.dataoke.com/api'
const optional = { optional: true } as const

/** What 大淘客 answers, in yuan and percent, both as numbers. */
export const dataokeGoods: Feed<Product> = {
  format: { type: 'json', rows: 'data.list' },
  fields: {
    sku: text('goodsId'),
    title: text(['title', 'dtitle']),
    brand: text('brandName', optional),
    // Numbers of categories of its own and of Taobao's.
    category: none,
    shop: text('shopName', optional),
    currency: none,
    price: amount('originalPrice', 'yuan'),
    couponAmount: amount('couponPrice', 'yuan', optional),
    couponThreshold: amount('couponConditions', 'yuan', optional),
    couponFrom: instant('couponStartTime', 'yyyy-MM-dd HH:mm:ss', optional),
    couponUntil: instant('couponEndTime', 'yyyy-MM-dd HH:mm:ss', optional),
    finalPrice: amount('actualPrice', 'yuan', optional),
    commissionRate: rate('commissionRate', 'percent'),
    commission: none,
    sales: count('monthSales', optional),
    imageUrl: text(['mainPic', 'marketingMainPic'], optional),
    url: text('itemLink', optional),
    // couponLink carries nobody's tracking id.
    link: none,
    code: none,
  },
}

/** `id` is the partner's cursor; it may stay the same over all pages. */
type GoodsPage = { page: number; id: string }
const SIZE = 100

/**
 * `goods/get-goods-list`, or, where the source's query holds `startTime` (and `endTime`), `goods/pull-goods-by-time`: the goods put up since
 * then. Pages follow the cursor, so that goods which move up meanwhile do not come twice.
 */
const goods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ page: 1, id: '1' }),
  request({ id }, account, now) {
    const { appKey = '', secret = '', gateway = GATEWAY } = account.credentials
    const query = queryOf(account)
    const [path, version] =
      query.startTime === undefined ? ['goods/get-goods-list', 'v1.2.4'] : ['goods/pull-goods-by-time', 'v1.2.3']
    const call = { appKey, timer: String(now), nonce: String(now % 1_000_000).padStart(6, '0') }
    const paging = { pageId: id, pageSize: String(SIZE) }
    const parameters = { version, ...query, ...paging, ...call, signRan: signDataoke(call, secret) }
    return { method: 'GET', url: `${gateway}/${path}?${formOf(parameters)}`, headers: {} }
  },
  read(body, { page }): Answer<GoodsPage> {
    const code = said(body, 'code')
    const message = `${code} ${said(body, 'msg')}`.trim() || 'answers without a result'
    // An error of the server (unverified: no list of its codes is public).
    if (code === '-1') return { fault: 'retry', message }
    if (code !== '0') return faultSaid(message)
    const data = valueAt(body, ['data'])
    const rows = valueAt(data, ['list'])
    const id = said(data, 'pageId')
    const more = Array.isArray(rows) && id !== '' && hasMore(rows, { page, size: SIZE, total: said(data, 'totalNum') })
    return { rows, next: more ? { page: page + 1, id } : null }
  },
}

export const dataoke = { name: '大淘客', apis: { products: goods } }
