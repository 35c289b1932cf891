import type { Answer, ApiFeed } from '../feeds/api.ts'
import type { Feed } from '../feeds/feed.ts'
import { amount, count, instant, none, oneOf, rate, text } from '../feeds/field.ts'
import { valueAt } from '../feeds/formats/json.ts'
import type { Product } from '../records.ts'
import { faultSaid, queryOf, said } from './_top.ts'

// 好单库 (haodanku.com): goods of 淘宝联盟 with their coupons. Nothing is signed; the key stands in the path like all parameters.
// Credentials: apiKey; gateway only to go by another address.
const GATEWAY = 'http://v2.api.haodanku.com'
const optional = { optional: true } as const
const notYet = { optional: true, absent: ['0'] } as const
const CATEGORIES = '女装 男装 内衣 美妆 配饰 鞋品 箱包 儿童 母婴 居家 美食 数码 家电 其他 车品 文体 宠物'.split(' ')

/** What 好单库 answers: all of it texts, in yuan and percent. */
export const haodankuGoods: Feed<Product> = {
  format: { type: 'json', rows: 'data' },
  fields: {
    sku: text('itemid'),
    title: text(['itemtitle', 'itemshorttitle']),
    brand: none,
    category: oneOf('fqcat', Object.fromEntries(CATEGORIES.map((name, i) => [i + 1, name])), optional),
    shop: text(['shopname', 'sellernick'], optional),
    currency: none,
    price: amount('itemprice', 'yuan'),
    couponAmount: amount('couponmoney', 'yuan', optional),
    couponThreshold: amount(['coupon_condition', 'couponexplain'], 'yuan', {
      optional: true,
      find: ['^单笔满([\\d.]+)元可用$'],
    }),
    couponFrom: instant('couponstarttime', 'unix', notYet),
    couponUntil: instant('couponendtime', 'unix', notYet),
    // Not always price − coupon: of "拍5件" it is the price of one of five.
    finalPrice: amount('itemendprice', 'yuan'),
    commissionRate: rate('tkrates', 'percent'),
    commission: amount('tkmoney', 'yuan', optional),
    sales: count('itemsale', optional),
    imageUrl: text('itempic', optional),
    url: none,
    // couponurl carries nobody's tracking id.
    link: none,
    code: none,
  },
}

/** `from` is the partner's cursor. */
type GoodsPage = { from: string }
const SIZE = 100
/** 0 means failure and no data alike; only the text tells which (wording unverified). */
const NOTHING = /没有|暂无|无(相关|更多)?(数据|商品)/

/**
 * `get_keyword_items` where the source's query holds `keyword`, else `itemlist` (all goods; `nav` 1 to 5 for its lists); `endpoint` names
 * another that is paged in the same way, as `column`. Goods that were taken down are left out.
 */
const goods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ from: '1' }),
  request({ from }, account) {
    const { apiKey = '', gateway = GATEWAY } = account.credentials
    const { endpoint, ...query } = queryOf(account)
    const chosen = endpoint ?? (query.keyword === undefined ? 'itemlist' : 'get_keyword_items')
    const asked = { ...(chosen === 'itemlist' && { nav: '3', cid: '0' }), ...query, back: String(SIZE), min_id: from }
    const path = Object.entries({ apikey: apiKey, ...asked }).flatMap(([name, value]) => [
      name,
      // A keyword is decoded twice there, for the sake of its slashes.
      encodeURIComponent(name === 'keyword' ? encodeURIComponent(value) : value),
    ])
    return { method: 'GET', url: [gateway, chosen, ...path].join('/'), headers: {} }
  },
  read(body, { from }): Answer<GoodsPage> {
    const code = said(body, 'code')
    if (code !== '1') {
      const message = `${code} ${said(body, 'msg')}`.trim() || 'answers without a result'
      return code === '0' && NOTHING.test(message) ? { rows: [], next: null } : faultSaid(message)
    }
    const rows = valueAt(body, ['data'])
    if (!Array.isArray(rows)) return { rows, next: null }
    const next = said(body, 'min_id')
    const more = rows.length >= SIZE && next !== '' && next !== '0' && next !== from
    return { rows: rows.filter(isUp), next: more ? { from: next } : null }
  },
}

const isUp = (row: unknown) => ['', '0'].includes(said(row, 'down_type'))

export const haodanku = { name: '好单库', apis: { products: goods } }
