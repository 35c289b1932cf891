import { type Answer, type ApiFeed, type Windowed, windows } from '../feeds/api.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { beijingTime, signSuning } from '../feeds/sign.ts'
import { faultSaid, hoursOf, said } from './_top.ts'

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
  request({ from, until, at }, { credentials, query }, now) {
    const { appKey = '', secret = '', gateway = GATEWAY } = credentials
    const { hours: _, ...others } = query
    const window = { startTime: beijingTime(from), endTime: beijingTime(until) }
    const asked = Object.entries({ pageSize: 10, ...others, ...window, pageNo: at }).map(([name, value]) => [name, String(value)])
    const body = JSON.stringify({ sn_request: { sn_body: { queryOrder: Object.fromEntries(asked) } } })
    const time = beijingTime(now)
    const signInfo = signSuning({ method: ORDERS, time, key: appKey, version: VERSION, body }, secret)
    return {
      method: 'POST',
      url: `${gateway}/${ORDERS}`,
      headers: {
        ...{ AppMethod: ORDERS, AppRequestTime: time, AppKey: appKey, VersionNo: VERSION, Format: 'json', signInfo },
        'content-type': 'application/json;charset=utf-8',
      },
      body,
    }
  },
  read(body, page): Answer<OrdersPage> {
    const answer = valueAt(body, ['sn_responseContent'])
    const next = windows(page.until - page.from, 1).next(page)
    const error = valueAt(answer, ['sn_error'])
    if (error !== undefined) {
      const code = said(error, 'error_code')
      // A window without orders is told as an error.
      if (code.endsWith('no-result')) return { rows: [], next }
      return faultSaid(`${code} ${said(error, 'error_msg')}`.trim())
    }
    const orders = valueAt(answer, ['sn_body', 'queryOrder'])
    if (!Array.isArray(orders)) return { rows: orders, next: null }
    const pages = Number.parseInt(said(valueAt(answer, ['sn_head']), 'pageTotal'), 10)
    return { rows: orders.flatMap(linesOf), next: page.at < pages ? { ...page, at: page.at + 1 } : next }
  },
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
