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
import { formOf, signVip, unixTime } from '../feeds/sign.ts'
import { formatAmount, readAmount } from '../money.ts'
import { faultSaid, said } from './_top.ts'

// 唯品会's gateway (VOP): what is called stands in the query, the business in the body as JSON, and both are signed. Credentials: appKey,
// secret; accessToken where the app belongs to a tool vendor, whose methods have another name; gateway only to go by another address.
const GATEWAY = 'https://vop.vipapis.com/'
const DAY = 86_400_000
/** 60 calls a minute for each method. */
const PER_SECOND = 1

type Service = 'UnionGoodsService' | 'UnionOrderService' | 'UnionUrlService'

function call(service: Service, method: string, business: object, { credentials }: Account, now: number): HttpRequest {
  const { appKey = '', secret = '', accessToken = '', gateway = GATEWAY } = credentials
  const query = {
    service: `com.vip.adp.api.open.service.${service}`,
    method: accessToken === '' ? method : `${method}WithOauth`,
    version: '1.0.0',
    timestamp: unixTime(now),
    format: 'json',
    appKey,
    accessToken,
  }
  const body = JSON.stringify(business)
  return {
    method: 'POST',
    url: `${gateway}?${formOf({ ...query, sign: signVip(query, body, secret) })}`,
    headers: { 'content-type': 'application/json' },
    body,
  }
}

/** The result, or why there is none. The code is a text or a number. */
function resultOf(body: unknown): { result: unknown } | ApiFault {
  const code = said(body, 'returnCode')
  if (code === '0') return { result: valueAt(body, ['result']) }
  if (code === '') return { fault: 'retry', message: 'answers without a returnCode' }
  return faultSaid(`${code} ${said(body, 'returnMessage')}`.trim())
}

/**
 * A page of a list that says how many there are in all. Where there are none the list itself may be missing. Pages may be smaller than
 * asked for; `pageSize` then says so.
 */
function listOf(result: unknown, name: string, page: number, asked: number): { rows: unknown; more: boolean } {
  const [total = Number.NaN, size = Number.NaN] = ['total', 'pageSize'].map((field) => Number.parseInt(said(result, field), 10))
  const rows = valueAt(result, [name]) ?? (total === 0 ? [] : undefined)
  const full = Array.isArray(rows) && rows.length === asked
  return { rows, more: Number.isNaN(total) ? full : page * (size > 0 ? size : asked) < total }
}

type GoodsPage = { page: number; search: boolean }
const SIZES = { goodsList: 100, query: 50 }

/**
 * `UnionGoodsService.query` where the source's query holds a keyword, else `goodsList`, with channelType (0: high commission, 1: best
 * sellers), jxCode and the like.
 */
export const vipGoods: ApiFeed<GoodsPage> = {
  perSecond: PER_SECOND,
  first: ({ query }) => ({ page: 1, search: 'keyword' in query }),
  request({ page, search }, account, now) {
    const method = search ? 'query' : 'goodsList'
    const request = { requestId: `goods-${now}-${page}`, ...account.query, page, pageSize: SIZES[method] }
    return call('UnionGoodsService', method, { request }, account, now)
  },
  read(body, { page, search }): Answer<GoodsPage> {
    const answer = resultOf(body)
    if ('fault' in answer) return answer
    const { rows, more } = listOf(answer.result, 'goodsInfoList', page, search ? SIZES.query : SIZES.goodsList)
    return { rows, next: more ? { page: page + 1, search } : null }
  },
}

/** `at` is the page within the window. */
type OrdersPage = Windowed<number>
const ORDERS_SIZE = 100
/** No document tells a limit; a day keeps pages few. */
const days = windows(DAY, 1)

/** `UnionOrderService.orderList` by the time of the last change: a row for each line of an order, see `linesOf`. */
export const vipOrders: ApiFeed<OrdersPage> = {
  perSecond: PER_SECOND,
  reach: { days: 3, most: 90 },
  first: (_, span) => days.first(span),
  request({ from, until, at }, account, now) {
    const window = { updateTimeStart: from, updateTimeEnd: until }
    const queryModel = { requestId: `orders-${now}-${at}`, ...account.query, ...window, page: at, pageSize: ORDERS_SIZE }
    return call('UnionOrderService', 'orderList', { queryModel }, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const answer = resultOf(body)
    if ('fault' in answer) return answer
    const { rows, more } = listOf(answer.result, 'orderInfoList', page.at, ORDERS_SIZE)
    if (!Array.isArray(rows)) return { rows, next: null }
    // 已下单: placed, not paid yet, and so no order so far.
    const paid = rows.filter((order) => said(order, 'orderSubStatusName') !== '已下单')
    return { rows: paid.flatMap(linesOf), next: more ? { ...page, at: page.at + 1 } : days.next(page) }
  },
}

/**
 * A row for each line: the order with one line in place of `detailList`; beside it the line's number, how far it is, and what it earns
 * when the order's `afterSaleChangeCommission` is taken off. That is one figure for the whole order: lines with an after-sale case bear it
 * first, each down to nothing.
 */
function linesOf(order: unknown): unknown[] {
  const rows = unwound(order, 'detailList')
  const fen = (text: string) => readAmount(text, 'CNY')
  const change = fen(said(order, 'afterSaleChangeCommission')) ?? 0
  let left = Math.abs(change)
  const earned = new Map<unknown, string>()
  const hasCase = (row: unknown) => Array.isArray(valueAt(row, CASES)) && (valueAt(row, CASES) as unknown[]).length > 0
  for (const row of [...rows.filter(hasCase), ...rows.filter((row) => !hasCase(row))]) {
    const text = String(valueAt(row, ['detailList', 'commission']) ?? '')
    const commission = fen(text)
    const taken = commission === null ? 0 : Math.min(left, Math.max(commission, 0))
    left -= taken
    // Left as it is where nothing is taken off: what is no amount is told by the reader.
    earned.set(row, commission === null || taken === 0 ? text : formatAmount(commission - taken, 'CNY'))
  }
  return rows.map((row) => {
    const line = valueAt(row, ['detailList'])
    const status = said(line, 'status') || said(order, 'status')
    return {
      ...(row as object),
      lineId: [said(line, 'goodsId'), said(line, 'sizeId')].filter((part) => part !== '').join(':'),
      state: `${status}/${said(order, 'settled') || '0'}`,
      earned: earned.get(row),
    }
  })
}

const CASES = ['detailList', 'afterSaleInfo']

/** `UnionUrlService.genByGoodsId`: links in the name of `chanTag`, which the query holds, and statParam where one is for no channel. */
export const vipLinks: LinkApi<{ sku: string; sub?: string }> = {
  perSecond: PER_SECOND,
  first: ({ sku }, _, sub) => ({ sku, ...(sub && { sub: sub.id }) }),
  request({ sku, sub }, account, now) {
    const { chanTag, statParam } = sub === undefined ? account.query : { ...account.query, statParam: sub }
    const business = { requestId: `link-${now}`, chanTag, statParam, goodsIdList: [sku] }
    return call('UnionUrlService', 'genByGoodsId', business, account, now)
  },
  read(body) {
    const answer = resultOf(body)
    if ('fault' in answer) return answer
    const [link, shortLink] = ['longUrl', 'url'].map((name) => {
      const url = valueAt(answer.result, ['urlInfoList', '0', name])
      return typeof url === 'string' && url !== '' ? url : null
    })
    return { links: { link: link ?? shortLink ?? null, shortLink: shortLink ?? null }, next: null }
  },
}
