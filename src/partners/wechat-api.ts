import { usageError } from '../errors.ts'
import {
  type Account,
  type Answer,
  type ApiFault,
  type ApiFeed,
  type HttpRequest,
  type LinkApi,
  type TokenApi,
  type Windowed,
  windows,
} from '../feeds/api.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { formOf, unixTime } from '../feeds/sign.ts'
import { said } from './_top.ts'

// 微信's gateway: no signature but an access token in the query, JSON in, errors inside HTTP 200. Credentials: appid and secret, from which
// the token comes, or accessToken where a server of the operator's own hands it out; gateway only to go by another address.
export const GATEWAY = 'https://api.weixin.qq.com'
const DAY = 86_400_000
/** A script that reads orders every day leaves 150 ms between calls. */
export const PER_SECOND = 6

/** product_id is a number for the partner, and one that JavaScript cannot hold: its digits are written as they came. */
function post(path: string, business: object, { credentials }: Account): HttpRequest {
  const { accessToken = '', gateway = GATEWAY } = credentials
  return {
    method: 'POST',
    url: `${gateway}${path}?${formOf({ access_token: accessToken })}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(business).replace(/"product_id":"(\d+)"/, '"product_id":$1'),
  }
}

/** What the gateway's own codes ask for; all others stay as they are until the operator changes something (48001: no permission). */
const FAULTS: Readonly<Record<string, Pick<ApiFault, 'fault' | 'after'>>> = {
  '-1': { fault: 'retry' },
  40001: { fault: 'token' },
  40014: { fault: 'token' },
  42001: { fault: 'token' },
  // Of a minute or of the day, it does not say which: a few waits outlast a minute.
  45009: { fault: 'retry', after: 30_000 },
  45011: { fault: 'retry' },
}

/** errcode is a number or a text; 0, or none at all, is no error. */
export function faultIn(body: unknown): ApiFault | null {
  const code = said(body, 'errcode')
  if (code === '' || code === '0') return null
  return { fault: 'stop', ...FAULTS[code], message: `${code} ${said(body, 'errmsg')}`.trim() }
}

/** The token that other programs of the operator go on using: `cgi-bin/token` would end theirs. Lives two hours. */
export const wechatToken: TokenApi = {
  request({ credentials }) {
    const { appid = '', secret = '', gateway = GATEWAY } = credentials
    return {
      method: 'POST',
      url: `${gateway}/cgi-bin/stable_token`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credential', appid, secret }),
    }
  },
  read(body) {
    const fault = faultIn(body)
    // 40001 is a wrong secret here.
    if (fault) return fault.fault === 'token' ? { ...fault, fault: 'stop' } : fault
    const token = said(body, 'access_token')
    return token === '' ? { fault: 'retry', message: 'answers without an access_token' } : { token }
  },
}

/** Rows that were listed by their ids and are yet to be asked for one by one; `key` leads to the next list, null behind the last. */
type Listed<Id> = { key: string | null; pending: readonly Id[] }

/** Whether there is anything left of a list. */
const isLeft = ({ key, pending }: Listed<unknown>) => pending.length > 0 || key !== null

/** The named ids of a list's entries, as texts; undefined where there is no list. */
function idsOf<Id extends string>(list: unknown, names: readonly Id[]): Record<Id, string>[] | undefined {
  if (!Array.isArray(list)) return undefined
  return list.map((entry) => Object.fromEntries(names.map((name) => [name, said(entry, name)])) as Record<Id, string>)
}

const SUPPLIER = '/channels/ec/league/headsupplier'

type GoodsPage = Listed<{ product_id: string; shop_appid: string; head_supplier_item_link: string }>
const GOODS_SIZE = 30

/**
 * The pool of 优选联盟 as an institution (带货机构) sees it: `selectionproducts/list/get` gives ids, `productdetail/get` each of the goods.
 * The source's query holds plan_type, keyword and the like.
 */
export const wechatGoods: ApiFeed<GoodsPage> = {
  perSecond: PER_SECOND,
  token: wechatToken,
  first: () => ({ key: '', pending: [] }),
  request({ key, pending: [goods] }, account) {
    const { plan_type = 1, ...query } = account.query
    if (!goods)
      return post(
        `${SUPPLIER}/selectionproducts/list/get`,
        { plan_type, ...query, page_size: GOODS_SIZE, next_key: key },
        account,
      )
    const { shop_appid, product_id } = goods
    return post(`${SUPPLIER}/productdetail/get`, { plan_type, shop_appid, product_id }, account)
  },
  read(body, { key, pending: [goods, ...others] }): Answer<GoodsPage> {
    const fault = faultIn(body)
    if (fault) return fault
    const from = (page: GoodsPage, rows: unknown): Answer<GoodsPage> => ({ rows, next: isLeft(page) ? page : null })
    if (goods) {
      const product = valueAt(body, ['product'])
      return from(
        { key, pending: others },
        product === undefined ? undefined : [{ ...goods, ...(product as object), lowestPrice: lowestOf(product) }],
      )
    }
    const pending = idsOf(valueAt(body, ['product_list']), ['product_id', 'shop_appid', 'head_supplier_item_link'])
    if (!pending) return { rows: undefined, next: null }
    const next = said(body, 'next_key')
    return from({ key: next === '' || pending.length === 0 ? null : next, pending }, [])
  },
}

/** Of several kinds the price of the cheapest, as the partner's own lists show it. */
function lowestOf(product: unknown): string | undefined {
  const skus = valueAt(product, ['product_info', 'skus'])
  const prices = (Array.isArray(skus) ? skus : []).map((sku) => said(sku, 'sale_price')).filter((price) => /^\d+$/.test(price))
  return prices.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
}

/**
 * Whose share of an order is the operator's income, and where it stands in `commission_info`; of several places the first that is there. An
 * institution's own stands beside them, and is the sum where it is the promoter's institution too.
 */
const SHARES = {
  institution: [],
  talent: ['talent_info', 'finder_info'],
  promoter: ['promoter_agency_info'],
  sharer: ['sharer_info'],
} as const
type Role = keyof typeof SHARES

function roleOf({ query }: Account): Role {
  const role = String(query.role ?? 'institution')
  if (Object.hasOwn(SHARES, role)) return role as Role
  throw usageError(`query.role: "${role}" is none, expected ${Object.keys(SHARES).join(', ')}`)
}

type OrderIds = { order_id: string; sku_id: string }
type OrdersPage = Windowed<Listed<OrderIds>> & { role: Role }
const ORDERS_SIZE = 30
const days = windows<Listed<OrderIds>>(DAY, { key: '', pending: [] })

/**
 * Commission orders as an institution sees them, by the time of the last change: `order/list/get` gives ids, `order/get` each order. The
 * source's query says whose share counts: `role: talent`, the institution's unless said otherwise; and filters, like sharer_appid.
 */
export const wechatOrders: ApiFeed<OrdersPage> = {
  perSecond: PER_SECOND,
  token: wechatToken,
  reach: { days: 3, most: 90 },
  first: (account, span) => ({ ...days.first(span), role: roleOf(account) }),
  request(
    {
      from,
      until,
      at: {
        key,
        pending: [order],
      },
    },
    account,
  ) {
    if (order) return post(`${SUPPLIER}/order/get`, order, account)
    const { role: _, ...query } = account.query
    const [start_time, end_time] = [from, until].map((time) => Number.parseInt(unixTime(time), 10))
    const paging = { page_size: ORDERS_SIZE, next_key: key }
    return post(`${SUPPLIER}/order/list/get`, { ...query, update_time_range: { start_time, end_time }, ...paging }, account)
  },
  read(body, page): Answer<OrdersPage> {
    const fault = faultIn(body)
    if (fault) return fault
    const { role } = page
    const [order, ...others] = page.at.pending
    const from = (at: Listed<OrderIds>, rows: unknown): Answer<OrdersPage> => {
      const window = isLeft(at) ? { ...page, at } : days.next(page)
      return { rows, next: window && { ...window, role } }
    }
    // The partner's own spelling, and the right one.
    if (order)
      return from(
        { key: page.at.key, pending: others },
        sharesOf(valueAt(body, ['commssion_order']) ?? valueAt(body, ['commission_order']), role),
      )
    const more = said(body, 'has_more') === 'true'
    const pending = idsOf(valueAt(body, ['list']) ?? (more ? undefined : []), ['order_id', 'sku_id'])
    if (!pending) return { rows: undefined, next: null }
    return from({ key: more ? said(body, 'next_key') : null, pending }, [])
  },
}

/**
 * The order as one row, or none where it is not paid yet or the role has no part in it. `mine` is the role's share; commission_info stands
 * at the top instead of within, so that nobody else's share is ever taken for it. `state` joins the two statuses where both are needed.
 */
function sharesOf(order: unknown, role: Role): unknown[] | undefined {
  const detail = valueAt(order, ['order_detail'])
  if (typeof detail !== 'object' || detail === null) return undefined
  const { commission_info, ...others } = detail as Record<string, unknown>
  const orderStatus = String(valueAt(detail, ['order_info', 'order_status']) ?? '')
  const share =
    role === 'institution'
      ? commission_info
      : SHARES[role].map((name) => valueAt(commission_info, [name])).find((found) => found !== undefined && found !== null)
  // 10: not paid yet.
  if (orderStatus === '10' || (role !== 'institution' && share === undefined)) return []
  const status = said(order, 'status')
  const state = ['20/100', '200/250'].find((known) => known === `${status}/${orderStatus}`) ?? status
  const [ratio, amount] = role === 'institution' ? ['service_ratio', 'service_amount'] : ['ratio', 'amount']
  // Only an institution's share may have a time of its own.
  const settled = valueAt(share, ['profit_sharding_suc_time']) ?? valueAt(commission_info, ['profit_sharding_suc_time'])
  const mine = { role, ratio: valueAt(share, [ratio!]), amount: valueAt(share, [amount!]), settled }
  return [{ ...(order as object), order_detail: others, commission_info, mine, state }]
}

/** What is asked for, one after the other: a short link of the partner, a code of the operator's mini-program. */
type LinkStep = { sku: string; ask: 'link' | 'code'; after: 'code' | null }
/** What a code can hold. A % and Chinese cannot be in it. */
const SCENE = /^[\w!#$&'()*+,/:;=?@.~-]{1,32}$/

/**
 * What shares goods. `get_product_promotion_link_info` gives the short link (推广短链) of goods in the name of a sharer (推客); for it the
 * query holds sharer_appid or sharer_openid, and the goods' shop_appid. `getwxacodeunlimit` draws the code of a page of the operator's own
 * mini-program; for it the query holds page, and scene, in which {sku} stands for the goods (`p={sku}` unless said otherwise).
 */
export const wechatLinks: LinkApi<LinkStep> = {
  perSecond: PER_SECOND,
  token: wechatToken,
  first({ sku }, { query }) {
    const code = 'page' in query ? 'code' : null
    if ('shop_appid' in query && ('sharer_appid' in query || 'sharer_openid' in query)) return { sku, ask: 'link', after: code }
    if (code) return { sku, ask: code, after: null }
    throw usageError(
      'wechat, link: the query lacks what to link to, expected shop_appid with sharer_appid or sharer_openid, or page',
    )
  },
  request({ sku, ask }, account) {
    const { sharer_appid, sharer_openid, shop_appid, page, scene: pattern = 'p={sku}', ...query } = account.query
    if (ask === 'link')
      return post(
        '/channels/ec/promoter/get_product_promotion_link_info',
        { sharer_appid, sharer_openid, shop_appid, product_id: sku },
        account,
      )
    const scene = String(pattern).replaceAll('{sku}', sku)
    if (!SCENE.test(scene))
      throw usageError(`query.scene: "${scene}" does not fit into a code, expected 1 to 32 of A-Z a-z 0-9 !#$&'()*+,/:;=?@-._~`)
    return post('/wxa/getwxacodeunlimit', { ...query, scene, page }, account)
  },
  read(body, { sku, ask, after }) {
    if (ask === 'code' && Buffer.isBuffer(body)) return { links: { picture: body }, next: null }
    const fault = faultIn(body)
    if (fault) return fault
    const link = said(body, 'short_link')
    if (ask === 'code' || link === '')
      return { fault: 'retry', message: `answers without a ${ask === 'code' ? 'picture' : 'short_link'}` }
    // An address, or `#小程序://…`, which opens where it is pasted in WeChat (unverified).
    const links = /^https?:/.test(link) ? { link, shortLink: link } : { code: link }
    return { links, next: after && { sku, ask: after, after: null } }
  },
}
