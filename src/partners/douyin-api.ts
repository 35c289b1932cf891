import type { Span } from '../day.ts'
import { usageError } from '../errors.ts'
import type { Account, Answer, ApiFault, ApiFeed, HttpRequest } from '../feeds/api.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { beijingTime, canonicalJson, formOf, signDouyin } from '../feeds/sign.ts'
import { faultSaid, said } from './_top.ts'

// 抖店开放平台 (op.jinritemai.com): what is asked for is the body, who asks is in the query. Credentials: appKey, secret and the accessToken
// of a 达人, 抖客 or institute, which ends after some days; gateway only to go by another address.
const GATEWAY = 'https://openapi-fxg.jinritemai.com'

function call(method: string, business: object, { credentials }: Account, now: number): HttpRequest {
  const { appKey = '', secret = '', accessToken = '', gateway = GATEWAY } = credentials
  const body = canonicalJson(business)
  const signed = { app_key: appKey, method, timestamp: beijingTime(now), v: '2' }
  const sign = signDouyin({ ...signed, param_json: body }, secret, 'hmac-sha256')
  const query = formOf({ ...signed, access_token: accessToken, sign, sign_method: 'hmac-sha256' })
  return {
    method: 'POST',
    url: `${gateway}/${method.replaceAll('.', '/')}?${query}`,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body,
  }
}

/** What stands beside the code, where the operator can mend it. */
const HINTS: Record<string, string> = {
  11: 'are appKey and secret right?',
  30001: 'the accessToken is missing or wrong: get one with token.create',
  30002: 'the accessToken has ended: get a new one with token.refresh',
}

/** The list `name` of an answer, new (`code` 10000) or old (`err_no` 0); some hold `data` twice. A list of nothing may be null. */
function listIn(body: unknown, name: string): { rows: unknown; data: unknown } | ApiFault {
  const code = said(body, 'code') || said(body, 'err_no')
  if (code !== '10000' && code !== '0') {
    const texts = [code, said(body, 'msg') || said(body, 'message'), said(body, 'sub_code'), said(body, 'sub_msg')]
    const message = texts.filter((text) => text !== '').join(' ') || 'no code'
    return faultSaid(HINTS[code] ? `${message}; ${HINTS[code]}` : message)
  }
  const outer = valueAt(body, ['data'])
  const data = valueAt(outer, [name]) === undefined ? valueAt(outer, ['data']) : outer
  const rows = valueAt(data, [name])
  return { rows: rows === null ? [] : rows, data }
}

type GoodsPage = { page: number }
const GOODS_SIZE = 20

/** `buyin.kolMaterialsProductsSearch`; the source's query holds title, cos_ratio_min (1.1 % is 110), price_max (fen) and the like. */
export const douyinGoods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ page: 1 }),
  request({ page }, account, now) {
    const paging = { page, page_size: GOODS_SIZE }
    return call('buyin.kolMaterialsProductsSearch', { ...account.query, ...paging }, account, now)
  },
  read(body, { page }): Answer<GoodsPage> {
    const answer = listIn(body, 'products')
    if ('fault' in answer) return answer
    const { rows } = answer
    return { rows, next: Array.isArray(rows) && rows.length === GOODS_SIZE ? { page: page + 1 } : null }
  },
}

/** The lists of orders, by what the operator is: `as` of the source's query. */
const LISTS = { douke: 'buyin.doukeOrderAds', kol: 'buyin.kolOrderAds', institute: 'buyin.instituteOrderAds' } as const

type OrdersPage = Span & { method: string; cursor: string }
const ORDERS_SIZE = 100

/**
 * `buyin.doukeOrderAds` by the time of the last change; `as: kol` or `as: institute` in the source's query for the lists of talents and
 * institutes. A cursor leads from page to page; on the last it stays where it is, or no orders come.
 */
export const douyinOrders: ApiFeed<OrdersPage> = {
  perSecond: 2,
  // A call for the ninetieth day must still be within the 90 days when it arrives.
  reach: { days: 3, most: 89 },
  first({ query }, span) {
    const as = String(query.as ?? 'douke')
    if (!Object.hasOwn(LISTS, as)) throw usageError(`query.as: "${as}" is not known, expected ${Object.keys(LISTS).join(', ')}`)
    return { ...span, method: LISTS[as as keyof typeof LISTS], cursor: '0' }
  },
  request({ from, until, method, cursor }, account, now) {
    const { as: _, ...query } = account.query
    const window = { time_type: 'update', start_time: beijingTime(from), end_time: beijingTime(until) }
    return call(method, { ...query, ...window, cursor, size: ORDERS_SIZE }, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const answer = listIn(body, 'orders')
    if ('fault' in answer) return answer
    const { rows, data } = answer
    const cursor = said(data, 'cursor')
    const isLast = !Array.isArray(rows) || rows.length === 0 || cursor === '' || cursor === page.cursor
    return { rows, next: isLast ? null : { ...page, cursor } }
  },
}
