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
import { valueAt } from '../feeds/formats/json.ts'
import { beijingTime, formOf, type Parameters, signSandwich, signTop } from '../feeds/sign.ts'
import { hasMore, postForm, queryOf, said } from './_top.ts'

// 淘宝联盟's gateway (TOP, open.taobao.com): one address for all methods, a form in, errors inside HTTP 200, lists wrapped in the name of
// their element. Credentials: appKey, secret; pid (mm_1_2_3) for goods; session for tool vendors, whose methods are named tbk.sc;
// signMethod where it is not md5; gateway only to go by another address.
const GATEWAY = 'https://eco.taobao.com/router/rest'
const MINUTE = 60_000
/** No limit is documented: each key has its own, and calls beyond it are banned for a second, which is waited for. */
const PER_SECOND = 5
const SIGNS = { md5: signSandwich, hmac: top('hmac'), 'hmac-sha256': top('hmac-sha256') } as const

function top(method: 'hmac' | 'hmac-sha256') {
  return (form: Parameters, secret: string) => signTop(form, secret, method)
}

function call(method: string, business: Parameters, { credentials }: Account, now: number): HttpRequest {
  const { appKey = '', secret = '', session = '', signMethod = 'md5', gateway = GATEWAY } = credentials
  const form = {
    ...business,
    method: session === '' ? method : method.replace(/^taobao\.tbk\.(dg\.|sc\.)?/, 'taobao.tbk.sc.'),
    ...{ app_key: appKey, session, sign_method: signMethod, timestamp: beijingTime(now), format: 'json', v: '2.0' },
  }
  return postForm(gateway, formOf({ ...form, sign: SIGNS[signMethod as keyof typeof SIGNS](form, secret) }))
}

/** @throws ShoptoolError (usage) where the way of signing is none. */
function checkSigning({ credentials: { signMethod = 'md5' } }: Account): void {
  if (!Object.hasOwn(SIGNS, signMethod))
    throw usageError(`api.signMethod: "${signMethod}" is not known, expected ${Object.keys(SIGNS).join(', ')}`)
}

/** The promotion position, which the pid holds as `mm_<member>_<site>_<position>`. @throws ShoptoolError (usage) where it does not. */
function positionOf({ credentials: { pid = '', session } }: Account): Parameters {
  const [, site = '', adzone = ''] = /^mm_\d+_(\d+)_(\d+)$/.exec(pid) ?? []
  if (adzone === '')
    throw usageError(`api.pid: "${pid}" is no promotion position, expected like mm_12345678_2345678_110000000001`)
  return { adzone_id: adzone, site_id: session === undefined ? '' : site }
}

/** Codes that pass by themselves: throttling, "come again later", the gateway out of service (the last unverified). */
const RETRY = new Set(['50002', '40001', '10'])

/**
 * What stands under the name of the method (`tbk_order_details_get_response`); `answer` undefined: nothing fits what was asked for, which
 * this partner calls an error.
 */
function inner(body: unknown): { name: string; answer: unknown } | ApiFault {
  const error = valueAt(body, ['error_response'])
  if (error !== undefined) return faultOf(error)
  const found = Object.entries(body ?? {}).find(([name]) => name.endsWith('_response'))
  return found ? { name: found[0], answer: found[1] } : { fault: 'retry', message: 'answers without a result' }
}

function faultOf(error: unknown): { name: string; answer: undefined } | ApiFault {
  const codes = [said(error, 'code'), said(error, 'sub_code')]
  const text = said(error, 'sub_msg') || said(error, 'msg')
  const message = [...codes, text].filter((part) => part !== '').join(' ')
  if (codes.includes('50001')) return { name: '', answer: undefined }
  if (codes[0] === '7') {
    // Seconds after too many calls at once, the rest of the day after too many calls of a day.
    const ban = /ban will last for (\d{1,6}) more second/i.exec(text)
    if (ban) return { fault: 'retry', message, after: Number.parseInt(ban[1]!, 10) * 1000 }
    return { fault: codes[1]!.endsWith('.limited-by-app-access-count') ? 'quota' : 'retry', message }
  }
  const passes = codes.some((code) => code.startsWith('isp.') || RETRY.has(code))
  return { fault: passes ? 'retry' : 'stop', message }
}

/** The list that the answer wraps in the name of its element. An empty one may be missing, or be `{}`. */
function listIn(answer: unknown, name: string, element: string): unknown {
  const wrapper = valueAt(answer, [name]) ?? {}
  return typeof wrapper === 'object' ? (valueAt(wrapper, [element]) ?? []) : wrapper
}

type GoodsPage = { page: number }
const GOODS_SIZE = 100
/** The gateway shows no page behind this one (unverified for goods; documented for orders). */
const LAST_PAGE = 100
const SEARCH = 'taobao.tbk.dg.material.optional.upgrade'
const POOL = 'taobao.tbk.dg.optimus.material'

/**
 * Goods by the source's query: a search (`taobao.tbk.dg.material.optional.upgrade`) where it holds `q` or `cat`, without which there is no
 * search; else the pool or selection (选品库) that `material_id` or `favorites_id` names (`taobao.tbk.dg.optimus.material`). `method`
 * names another method whose answer has the shape of either, as `taobao.tbk.dg.material.recommend`.
 */
export const taobaoGoods: ApiFeed<GoodsPage> = {
  perSecond: PER_SECOND,
  first(account) {
    checkSigning(account)
    positionOf(account)
    return { page: 1 }
  },
  request({ page }, account, now) {
    const { method, ...query } = queryOf(account)
    const chosen = method ?? (query.q !== undefined || query.cat !== undefined ? SEARCH : POOL)
    const paging = { page_no: String(page), page_size: String(GOODS_SIZE) }
    return call(chosen, { ...positionOf(account), ...query, ...paging }, account, now)
  },
  read(body, { page }): Answer<GoodsPage> {
    const found = inner(body)
    if ('fault' in found) return found
    const { name, answer } = found
    const rows = listIn(answer, 'result_list', 'map_data')
    if (!Array.isArray(rows)) return { rows, next: null }
    const total = said(answer, 'total_results') || said(answer, 'total_count')
    const more = page < LAST_PAGE && hasMore(rows, { page, size: GOODS_SIZE, total })
    return { rows: name.includes('optimus_material') ? rows.map(withUnit) : rows, next: more ? { page: page + 1 } : null }
  },
}

/** Rows of the pool look like those of the old search, whose rate is a hundred times as large: here it says what it is. */
function withUnit(row: unknown): unknown {
  const { commission_rate: rate, ...others } = row as Record<string, unknown>
  return { ...others, commission_percent: rate }
}

/** `index` is the partner's own place of the page, which it wants back for the next one. */
type OrdersPage = Windowed<{ page: number; index: string }>
const ORDERS_SIZE = 100
const BEGIN = { page: 1, index: '' }
const LONG = 180 * MINUTE
const SHORT = 20 * MINUTE

/**
 * Days of each year (Beijing) on which a call may span 20 minutes instead of three hours: 年货节, 618, 双11. The partner names no dates and
 * begins its sales earlier every year, so these are wide; a short window is never wrong.
 */
const SALES = [
  ['01-01', '02-10'],
  ['05-13', '06-20'],
  ['10-09', '11-12'],
] as const

const isSale = (time: number) => {
  const day = beijingTime(time).slice('yyyy-'.length, 'yyyy-MM-dd'.length)
  return SALES.some(([first, last]) => day >= first && day <= last)
}
const stretches = windows<OrdersPage['at']>((from) => (isSale(from) || isSale(from + LONG) ? SHORT : LONG), BEGIN)
/** That the span is too long (wording unverified). */
const TOO_LONG = /时间.{0,8}(跨度|间隔|范围|段|超过)|time (span|range)/i

/**
 * `taobao.tbk.order.details.get` by the time of the last change; the source's query may hold another `query_type`, and `order_scene` 2 or 3
 * for the orders of channels and members.
 */
export const taobaoOrders: ApiFeed<OrdersPage> = {
  perSecond: PER_SECOND,
  reach: { days: 3, most: 90 },
  first(account, span) {
    checkSigning(account)
    return stretches.first(span)
  },
  request({ from, until, at }, account, now) {
    const window = { start_time: beijingTime(from), end_time: beijingTime(until) }
    const paging = { page_no: String(at.page), page_size: String(ORDERS_SIZE), position_index: at.index }
    const jump = { jump_type: at.page === 1 ? '' : '1' }
    return call(
      'taobao.tbk.order.details.get',
      { query_type: '4', ...queryOf(account), ...window, ...paging, ...jump },
      account,
      now,
    )
  },
  read(body, page): Answer<OrdersPage> {
    const found = inner(body)
    if ('fault' in found) {
      // A sale on other days than those above: the same again, in short.
      const isTooLong = found.fault === 'stop' && TOO_LONG.test(found.message) && page.until - page.from > SHORT
      return isTooLong ? { rows: [], next: { ...page, until: page.from + SHORT, at: BEGIN } } : found
    }
    if (found.answer === undefined) return { rows: [], next: stretches.next(page) }
    const data = valueAt(found.answer, ['data'])
    if (data === undefined) return { rows: data, next: null }
    const more = said(data, 'has_next') === 'true'
    return {
      rows: listIn(data, 'results', 'publisher_order_dto'),
      next: more ? { ...page, at: { page: page.at.page + 1, index: said(data, 'position_index') } } : stretches.next(page),
    }
  },
}

/**
 * `taobao.tbk.tpwd.create`: the 淘口令 of a promotion link, which must be as the partner gave it. The bare code (`￥abc123￥`) is kept; the
 * answer's `model` is that code with advertising text around it.
 */
export const taobaoLinks: LinkApi<{ url: string }> = {
  perSecond: PER_SECOND,
  first({ sku, link }, account) {
    checkSigning(account)
    if (link === null) throw usageError(`taobao:${sku}: has no promotion link that a code could be made of`)
    return { url: link }
  },
  request: ({ url }, account, now) => call('taobao.tbk.tpwd.create', { url }, account, now),
  read(body) {
    const found = inner(body)
    if ('fault' in found) return found
    const code = said(valueAt(found.answer, ['data']), 'password_simple')
    return code === '' ? { fault: 'stop', message: 'answers without a code' } : { links: { code }, next: null }
  },
}
