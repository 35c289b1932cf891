import { type Account, type Answer, type ApiFeed, type HttpRequest, type Windowed, windows } from '../feeds/api.ts'
import { unwound, valueAt } from '../feeds/formats/json.ts'
import { formOf, unixTime } from '../feeds/sign.ts'
import { formatAmount, readAmount } from '../money.ts'
import { queryOf, said } from './_top.ts'
import { faultIn, GATEWAY, PER_SECOND, wechatToken } from './wechat-api.ts'

// The old union of 小商店 (`/union/promoter`), which is being retired (unverified). Token, errors and credentials are those of the gateway.
const UNION_SIZE = 200
const DAY = 86_400_000

function get(path: string, query: Readonly<Record<string, string>>, { credentials }: Account): HttpRequest {
  const { accessToken = '', gateway = GATEWAY } = credentials
  return {
    method: 'GET',
    url: `${gateway}/union/promoter/${path}?${formOf({ access_token: accessToken, ...query })}`,
    headers: {},
  }
}

const numberAt = (body: unknown, name: string) => Number.parseInt(said(body, name), 10)
/** Where a total is missing, a full page is followed by another one. */
const isMore = (total: number, read: number, full: boolean) => (Number.isNaN(total) ? full : read < total)

/** `product/list`; a page is where it starts. */
const unionGoods: ApiFeed<number> = {
  perSecond: PER_SECOND,
  token: wechatToken,
  first: () => 0,
  request: (start, account) =>
    get('product/list', { ...queryOf(account), start: String(start), limit: String(UNION_SIZE) }, account),
  read(body, start): Answer<number> {
    const fault = faultIn(body)
    if (fault) return fault
    const rows = valueAt(body, ['productList'])
    const length = Array.isArray(rows) ? rows.length : 0
    // Pages may be smaller than asked for: the next begins where this one ends.
    const more = length > 0 && isMore(numberAt(body, 'total'), start + length, length === UNION_SIZE)
    return { rows, next: more ? start + length : null }
  },
}

const unionDays = windows(DAY, 1)

/** `order/search` by the time of the commission's last change: a row for each of an order's goods. `at` is the page within the window. */
const unionOrders: ApiFeed<Windowed<number>> = {
  perSecond: PER_SECOND,
  token: wechatToken,
  reach: { days: 3, most: 90 },
  first: (_, span) => unionDays.first(span),
  request({ from, until, at }, account) {
    const window = { startCommissionUpdateTime: unixTime(from), endCommissionUpdateTime: unixTime(until) }
    const paging = { page: String(at), pageSize: String(UNION_SIZE), sortByCommissionUpdateTime: '1' }
    return get('order/search', { ...queryOf(account), ...window, ...paging }, account)
  },
  read(body, page): Answer<Windowed<number>> {
    const fault = faultIn(body)
    if (fault) return fault
    const total = numberAt(body, 'totalNum')
    const orders = valueAt(body, ['orderList']) ?? (total === 0 ? [] : undefined)
    const full = Array.isArray(orders) && orders.length === UNION_SIZE
    const more = isMore(total, page.at * (numberAt(body, 'pageSize') || UNION_SIZE), full)
    const rows = Array.isArray(orders) ? orders.flatMap((order) => unwound(order, 'productList').map(withEstimate)) : orders
    return { rows, next: more ? { ...page, at: page.at + 1 } : unionDays.next(page) }
  },
}

/** The estimate is a number of fen beside a commission that is a text in yuan: it is written like that one. */
function withEstimate(row: unknown): unknown {
  const goods = valueAt(row, ['productList'])
  const fen = readAmount(said(goods, 'estimatedCommission'), 'CNY', 'minor')
  if (fen === null) return row
  return { ...(row as object), productList: { ...(goods as object), estimate: formatAmount(fen, 'CNY') } }
}

export const wechatUnion = { products: unionGoods, orders: unionOrders }
