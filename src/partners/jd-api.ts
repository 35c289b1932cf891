import { type Account, type Answer, type ApiFault, type ApiFeed, type LinkApi, type Windowed, windows } from '../feeds/api.ts'
import { parseJson, valueAt } from '../feeds/formats/json.ts'
import { beijingTime, formOf, signSandwich } from '../feeds/sign.ts'
import { faultSaid, postForm, said } from './_top.ts'

// 京东联盟's gateway: business parameters as one JSON text, an answer inside an answer. Credentials: appKey, secret, and accessToken for
// the methods that ask for one; for links siteId and, where it is to say more, positionId; gateway only to go by another address.
const GATEWAY = 'https://api.jd.com/routerjson'
const HOUR = 3_600_000

function call(method: string, business: object, { credentials }: Account, now: number) {
  const { appKey = '', secret = '', accessToken = '', gateway = GATEWAY } = credentials
  const form = {
    ...{
      method,
      app_key: appKey,
      access_token: accessToken,
      timestamp: beijingTime(now),
      format: 'json',
      v: '1.0',
      sign_method: 'md5',
    },
    '360buy_param_json': JSON.stringify(business),
  }
  return postForm(gateway, formOf({ ...form, sign: signSandwich(form, secret) }))
}

/**
 * The inner answer. The outer key is the method's name with `_responce` (the partner's own spelling; some gateways spell it right), and
 * in it a JSON text under `queryResult`, or `getResult` where something is made.
 */
function inner(body: unknown, method: string): { result: unknown } | ApiFault {
  const error = valueAt(body, ['error_response'])
  if (error !== undefined) return faultSaid(`${said(error, 'code')} ${said(error, 'zh_desc') || said(error, 'msg')}`.trim())
  const name = method.replaceAll('.', '_')
  const outer = valueAt(body, [`${name}_responce`]) ?? valueAt(body, [`${name}_response`])
  const text = valueAt(outer, ['queryResult']) ?? valueAt(outer, ['getResult'])
  if (typeof text !== 'string')
    return { fault: 'retry', message: `answers without a result (code ${said(outer, 'code') || 'none'})` }
  let result: unknown
  try {
    result = parseJson(text)
  } catch {
    return { fault: 'retry', message: 'answers with a damaged result' }
  }
  const code = said(result, 'code')
  if (code === '200') return { result }
  return faultSaid(`${code} ${said(result, 'message')}`.trim())
}

const rowsOf = (result: unknown) => valueAt(result, ['data']) ?? []

type GoodsPage = { page: number }
const GOODS_SIZE = 50
const JINGFEN = 'jd.union.open.goods.jingfen.query'

/** `jd.union.open.goods.jingfen.query`; the source's query holds eliteId (22: best sellers) and sortName, sort, pid. */
export const jdGoods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ page: 1 }),
  request({ page }, account, now) {
    return call(JINGFEN, { goodsReq: { ...account.query, pageIndex: page, pageSize: GOODS_SIZE } }, account, now)
  },
  read(body, { page }): Answer<GoodsPage> {
    const answer = inner(body, JINGFEN)
    if ('fault' in answer) return answer
    const rows = rowsOf(answer.result)
    if (!Array.isArray(rows)) return { rows, next: null }
    return { rows: rows.map(withBestCoupon), next: rows.length === GOODS_SIZE ? { page: page + 1 } : null }
  },
}

/** Of several coupons the one that `lowestCouponPrice` is computed with, under a name of its own. */
function withBestCoupon(row: unknown): unknown {
  const coupons = valueAt(row, ['couponInfo', 'couponList'])
  const best = Array.isArray(coupons) ? coupons.find((coupon) => said(coupon, 'isBest') === '1') : undefined
  return { ...(row as object), ...(best !== undefined && { bestCoupon: best }) }
}

/** `at` is the page within the window. */
type OrdersPage = Windowed<number>
const ORDERS_SIZE = 200
const ORDERS = 'jd.union.open.order.row.query'
const hours = windows(HOUR, 1)
/** Not paid yet, or only the deposit: no orders so far. */
const UNPAID = new Set(['-1', '15', '24'])

/** `jd.union.open.order.row.query` by the time of the last change, an hour at most in one call. */
export const jdOrders: ApiFeed<OrdersPage> = {
  perSecond: 5,
  reach: { days: 1, most: 90 },
  first: (_, span) => hours.first(span),
  request({ from, until, at }, account, now) {
    const window = { type: 3, startTime: beijingTime(from), endTime: beijingTime(until) }
    return call(ORDERS, { orderReq: { ...account.query, ...window, pageIndex: at, pageSize: ORDERS_SIZE } }, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const answer = inner(body, ORDERS)
    if ('fault' in answer) return answer
    const rows = rowsOf(answer.result)
    if (!Array.isArray(rows)) return { rows, next: null }
    const paid = rows.filter((row) => !UNPAID.has(said(row, 'validCode')))
    const more = said(answer.result, 'hasMore') === 'true'
    return { rows: paid, next: more ? { ...page, at: page.at + 1 } : hours.next(page) }
  },
}

const LINKS = 'jd.union.open.promotion.common.get'

/** `jd.union.open.promotion.common.get`: the long link, which does not end. The sub-id comes back as subUnionId of the orders. */
export const jdLinks: LinkApi<{ materialId: string; subUnionId?: string }> = {
  perSecond: 2,
  needs: ['siteId'],
  first({ sku }, _, sub) {
    // Goods without a skuId are known by an itemId that is no number (page unverified).
    const page = /^\d+$/.test(sku) ? `item.jd.com/${sku}.html` : `jingfen.jd.com/detail/${sku}.html`
    return { materialId: `https://${page}`, ...(sub && { subUnionId: sub.id }) }
  },
  request(step, account, now) {
    const { siteId, positionId } = account.credentials
    return call(LINKS, { promotionCodeReq: { ...step, siteId, positionId } }, account, now)
  },
  read(body) {
    const answer = inner(body, LINKS)
    if ('fault' in answer) return answer
    const given = (name: string) => said(valueAt(answer.result, ['data']), name) || null
    return { links: { link: given('clickURL'), shortLink: given('shortURL'), code: given('jCommand') }, next: null }
  },
}
