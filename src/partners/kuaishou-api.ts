import { usageError } from '../errors.ts'
import {
  type Account,
  type Answer,
  type ApiFault,
  type ApiFeed,
  type HttpRequest,
  type LinkApi,
  type Windowed,
  windows,
} from '../feeds/api.ts'
import { unwound, valueAt } from '../feeds/formats/json.ts'
import { formOf, signKuaishou } from '../feeds/sign.ts'
import { multiplyDivide, readAmount } from '../money.ts'
import { faultSaid, hoursOf, postForm, said } from './_top.ts'

// 快手's gateway: the method's name is the address, the business one JSON text. Credentials: appKey, signSecret (which is not the app's
// secret), accessToken (from the app's OAuth2, for two days); signMethod MD5 where HMAC_SHA256 is not wanted; gateway only to go by
// another address.
const GATEWAY = 'https://openapi.kwaixiaodian.com'
const HOUR = 3_600_000

function call(http: HttpRequest['method'], method: string, business: object, { credentials }: Account, now: number): HttpRequest {
  const { appKey = '', signSecret = '', accessToken = '', signMethod = 'HMAC_SHA256', gateway = GATEWAY } = credentials
  if (signMethod !== 'MD5' && signMethod !== 'HMAC_SHA256')
    throw usageError(`api.signMethod: "${signMethod}" is not known, expected MD5 or HMAC_SHA256`)
  const parameters = {
    appkey: appKey,
    method,
    version: '1',
    param: JSON.stringify(business),
    access_token: accessToken,
    timestamp: String(now),
    signMethod,
  } as const
  const form = formOf({ ...parameters, sign: signKuaishou(parameters, signSecret) })
  const url = `${gateway}/${method.replaceAll('.', '/')}`
  return http === 'GET' ? { method: http, url: `${url}?${form}`, headers: {} } : postForm(url, form)
}

/** The data, or why there is none: a result of 1 is the only good one. */
function dataOf(body: unknown): { data: unknown } | ApiFault {
  const result = said(body, 'result')
  if (result === '1') return { data: valueAt(body, ['data']) }
  if (result === '') return { fault: 'retry', message: 'answers without a result' }
  const texts = ['error_msg', 'sub_msg', 'msg'].map((name) => said(body, name))
  return faultSaid(`${result} ${texts.find((text) => text !== '') ?? ''}`.trim())
}

const GOODS_SIZE = 200
/** What stands where the next cursor does on the last page. */
const NO_MORE = 'nomore'
const isCursor = (cursor: string) => cursor !== '' && cursor !== NO_MORE

/**
 * `kwaimoney.selection.item.list`, the pool for 快赚客; a page is a cursor, '' the first. The source's query holds planType (1 unless said
 * otherwise), keyword, sortType and the like.
 */
export const kuaishouGoods: ApiFeed<string> = {
  perSecond: 10,
  first: () => '',
  request(pageIndex, account, now) {
    const business = { planType: 1, ...account.query, pageIndex, pageSize: GOODS_SIZE }
    return call('GET', 'open.distribution.cps.kwaimoney.selection.item.list', business, account, now)
  },
  read(body): Answer<string> {
    const answer = dataOf(body)
    if ('fault' in answer) return answer
    // Under which names list and cursor stand differs between the clients that were seen (unverified).
    const rows = ['itemList', 'goodsList', 'list'].map((name) => valueAt(answer.data, [name])).find((list) => list !== undefined)
    const cursor = said(answer.data, 'pcursor') || said(answer.data, 'pageIndex')
    const length = Array.isArray(rows) ? rows.length : 0
    // What follows a full page must be known, or goods would be lost without a word.
    if (cursor === '' && length === GOODS_SIZE)
      return { fault: 'stop', message: 'answers a full page without a cursor to the next' }
    return { rows, next: length > 0 && isCursor(cursor) ? cursor : null }
  },
}

/** Whose orders: a talent's (达人), or those of 站外 promotion (快赚客). */
const LISTS = {
  distributor: 'open.distribution.cps.distributor.order.cursor.list',
  kwaimoney: 'open.distribution.cps.kwaimoney.order.list',
} as const

/** `at` is the cursor within the window, `hours` how long windows are. */
type OrdersPage = Windowed<string> & { hours: number }
const ORDERS_SIZE = 100
const MOST_HOURS = 7 * 24

const windowsOf = (hours: number) => windows(hours * HOUR, '')

/**
 * Orders by the time of the last change, a row for each of an order's goods. The source's query may say `list: kwaimoney`, and `hours`, the
 * length of a window: seven days at most, which the partner shortens while there are sales.
 */
export const kuaishouOrders: ApiFeed<OrdersPage> = {
  perSecond: 10,
  // A call for the ninetieth day must still be within the 90 days when it arrives.
  reach: { days: 7, most: 89 },
  first(account, span) {
    const { list = 'distributor' } = account.query
    if (!Object.hasOwn(LISTS, String(list)))
      throw usageError(`query.list: "${list}" is none, expected ${Object.keys(LISTS).join(', ')}`)
    const hours = hoursOf(account, MOST_HOURS)
    return { ...windowsOf(hours).first(span), hours }
  },
  request({ from, until, at }, account, now) {
    const { hours: _, list = 'distributor', ...query } = account.query
    const window = { queryType: 2, beginTime: from, endTime: until }
    const business = { cpsOrderStatus: 0, sortType: 2, ...query, ...window, pageSize: ORDERS_SIZE, pcursor: at }
    return call('GET', LISTS[list as keyof typeof LISTS], business, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const answer = dataOf(body)
    if ('fault' in answer) return answer
    const cursor = said(answer.data, 'pcursor')
    // Without one this would pass for the last page.
    if (cursor === '') return { fault: 'retry', message: 'answers without a cursor' }
    const orders = valueAt(answer.data, ['orderView']) ?? valueAt(answer.data, ['orderList'])
    const rows = Array.isArray(orders) ? orders.flatMap(goodsOf) : cursor === NO_MORE ? (orders ?? []) : orders
    if (cursor !== NO_MORE) return { rows, next: { ...page, at: cursor } }
    const window = windowsOf(page.hours).next(page)
    return { rows, next: window && { ...window, hours: page.hours } }
  },
}

const SETTLED = '60'

/**
 * A row for each of an order's goods. `base` and `income` are figures of the whole order where it has one line, as nearly all do: what
 * commission is computed on, and what it earned once it is settled. Where there are several lines, only their own are known: price ×
 * pieces, and the estimate.
 */
function goodsOf(order: unknown): unknown[] {
  const list = ['cpsOrderProductView', 'cpsKwaimoneyOrderProductView'].find((name) => valueAt(order, [name]) !== undefined)
  const { [list ?? '']: goods, ...rest } = order as Record<string, unknown>
  return unwound({ ...rest, goods }, 'goods').map((row, _, { length }) => {
    const line = valueAt(row, ['goods'])
    const settled = length === 1 && said(order, 'cpsOrderStatus') === SETTLED
    const base = length === 1 ? valueAt(order, ['baseAmount']) : priceOf(line)
    return {
      ...(row as object),
      base,
      income: settled ? valueAt(order, ['settlementAmount']) : valueAt(line, ['estimatedIncome']),
    }
  })
}

function priceOf(line: unknown): string {
  const [price, pieces] = ['itemPrice', 'num'].map((name) => readAmount(said(line, name), 'CNY', 'minor'))
  return typeof price === 'number' && typeof pieces === 'number' ? String(multiplyDivide(price, pieces, 1)) : ''
}

/** `kwaimoney.link.create`; the query holds cpsPid, and comments where a link is for no channel. They come back with the order. */
export const kuaishouLinks: LinkApi<{ sku: string; sub?: string }> = {
  perSecond: 10,
  first: ({ sku }, _, sub) => ({ sku, ...(sub && { sub: sub.id }) }),
  request({ sku, sub }, account, now) {
    const { cpsPid, comments } = sub === undefined ? account.query : { ...account.query, comments: sub }
    const business = { cpsPid, comments, linkType: 101, linkCarrierId: sku }
    return call('POST', 'open.distribution.cps.kwaimoney.link.create', business, account, now)
  },
  read(body) {
    const answer = dataOf(body)
    if ('fault' in answer) return answer
    const link = said(answer.data, 'linkUrl')
    return link === '' ? { fault: 'retry', message: 'answers without a linkUrl' } : { links: { link }, next: null }
  },
}
