import { type Account, type Answer, type ApiFault, type ApiFeed, type HttpRequest, type Windowed, windows } from '../feeds/api.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { beijingTime, signSuning } from '../feeds/sign.ts'
import { faultSaid, hoursOf, queryOf, said } from './_top.ts'

// 苏宁开放平台 (open.suning.com): JSON in, who asks and the signature in the headers. Credentials: appKey, secret; gateway only to go by
// another address.
const GATEWAY = 'https://open.suning.com/api/http/sopRequest'
const HOUR = 3_600_000
const MOST_HOURS = 90 * 24
const ORDERS = 'suning.netalliance.order.query'
const VERSION = 'v1.2'

/** `at` is the page within the window. */
type OrdersPage = Windowed<number>

/** Flags that make an order worth nothing, whatever its status says. The last two come only with settlements. */
const FLAGS = ['returnCommission', 'violation', 'isWholesale', 'promotion']

/** `suning.netalliance.order.query`; the longest window and page are not known, so the source's query may say `hours` and `pageSize`. */
export const suningOrders: ApiFeed<OrdersPage> = {
  perSecond: 2,
  // Whether the window is that of the order or of its last change is not known: the time that orders take to be final is read each time.
  reach: { days: 45, most: 90, again: 45 },
  first: (account, span) => windows(hoursOf(account, MOST_HOURS) * HOUR, 1).first(span),
  request({ from, until, at }, account, now) {
    const { hours: _, ...query } = queryOf(account)
    const window = { startTime: beijingTime(from), endTime: beijingTime(until) }
    return call(ORDERS, 'queryOrder', { pageSize: '10', ...query, ...window, pageNo: String(at) }, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const next = windows(page.until - page.from, 1).next(page)
    const answer = answerIn(body, 'queryOrder')
    if ('fault' in answer) return answer
    if (answer.result === null) return { rows: [], next }
    const orders = answer.result
    if (!Array.isArray(orders)) return { rows: orders, next: null }
    const pages = Number.parseInt(said(valueAt(body, ['sn_responseContent', 'sn_head']), 'pageTotal'), 10)
    return { rows: orders.flatMap(linesOf), next: page.at < pages ? { ...page, at: page.at + 1 } : next }
  },
}

/** `first`: the first goods of the page before, by which a gateway is known that gives its last page again and again. */
type GoodsPage = { page: number; first: string }
const GOODS = 'suning.netalliance.searchcommoditynew.query'

/**
 * `suning.netalliance.searchcommoditynew.query`: goods by `keyword`, `saleCategoryCode` and the like. Read until a page is empty: how many a
 * page may hold, and whether the number asked for is kept to, is not known.
 */
export const suningGoods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ page: 1, first: '' }),
  request({ page }, account, now) {
    return call(GOODS, 'querySearchcommoditynew', { size: '40', ...queryOf(account), pageIndex: String(page) }, account, now)
  },
  read(body, { page, first }): Answer<GoodsPage> {
    const answer = answerIn(body, 'querySearchcommoditynew')
    if ('fault' in answer) return answer
    const rows = answer.result === null ? [] : valueAt(answer.result, ['commodityList'])
    if (!Array.isArray(rows)) return { rows, next: null }
    const own = said(valueAt(rows[0], ['commodityInfo']), 'commodityCode')
    if (rows.length === 0 || (page > 1 && own === first)) return { rows: [], next: null }
    return { rows, next: { page: page + 1, first: own } }
  },
}

/** A signed call; `name` is what the partner calls the method's parameters, which are texts. */
function call(
  method: string,
  name: string,
  parameters: Record<string, string>,
  { credentials }: Account,
  now: number,
): HttpRequest {
  const { appKey = '', secret = '', gateway = GATEWAY } = credentials
  const body = JSON.stringify({ sn_request: { sn_body: { [name]: parameters } } })
  const time = beijingTime(now)
  const signInfo = signSuning({ method, time, key: appKey, version: VERSION, body }, secret)
  return {
    method: 'POST',
    url: `${gateway}/${method}`,
    headers: {
      ...{ AppMethod: method, AppRequestTime: time, AppKey: appKey, VersionNo: VERSION, Format: 'json', signInfo },
      'content-type': 'application/json;charset=utf-8',
    },
    body,
  }
}

/** What an answer holds under the method's name; null where it says that there is nothing, which it tells as an error. */
function answerIn(body: unknown, name: string): { result: unknown } | ApiFault {
  const answer = valueAt(body, ['sn_responseContent'])
  const error = valueAt(answer, ['sn_error'])
  if (error === undefined || error === null) return { result: valueAt(answer, ['sn_body', name]) }
  const code = said(error, 'error_code')
  return code.endsWith('no-result') ? { result: null } : faultSaid(`${code} ${said(error, 'error_msg')}`.trim())
}

/** The lines of an order, each with the order's number, where it stands, and when it was received. */
function linesOf(order: unknown): unknown[] {
  const lines = [valueAt(order, ['orderDetail']) ?? {}].flat() as object[]
  return lines.map((line) => {
    const flag = FLAGS.find((name) => !['', '0'].includes(said(line, name)))
    const status = said(line, 'orderLineStatusDesc')
    return {
      orderCode: valueAt(order, ['orderCode']),
      ...line,
      standing: flag ? `${flag} ${said(line, flag)}` : status,
      receivedAt: status === '确认收货' ? said(line, 'orderLineStatusChangeTime') : '',
    }
  })
}
