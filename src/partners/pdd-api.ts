import { type Account, type Answer, type ApiFault, type ApiFeed, type LinkApi, type Windowed, windows } from '../feeds/api.ts'
import { valueAt } from '../feeds/formats/json.ts'
import { formOf, signSandwich, unixTime } from '../feeds/sign.ts'
import { multiplyDivide } from '../money.ts'
import { postForm, queryOf, said } from './_top.ts'

// 多多进宝's gateway (open.pinduoduo.com): one address for all methods, a form in, errors inside HTTP 200. Credentials: clientId,
// clientSecret, and for goods.search and links the pid under which the operator is registered; gateway only to go by another address.
const GATEWAY = 'https://gw-api.pinduoduo.com/api/router'
const DAY = 86_400_000

function call(type: string, parameters: Readonly<Record<string, string>>, { credentials }: Account, now: number) {
  const { clientId = '', clientSecret = '', gateway = GATEWAY } = credentials
  const form = { ...parameters, type, client_id: clientId, timestamp: unixTime(now), data_type: 'JSON', version: 'V1' }
  return postForm(gateway, formOf({ ...form, sign: signSandwich(form, clientSecret) }))
}

/** Codes that pass by themselves: system errors and throttling. */
const RETRY = new Set(['50000', '50001', '70031', '70033'])

function faultIn(body: unknown): ApiFault | null {
  const error = valueAt(body, ['error_response'])
  if (error === undefined) return null
  const code = said(error, 'error_code')
  const message = `${code} ${said(error, 'sub_msg') || said(error, 'error_msg')}`.trim()
  return { fault: RETRY.has(code) ? 'retry' : 'stop', message }
}

/** `list_id` keeps the order of the first page on the next ones. */
type GoodsPage = { page: number; list: string }
const GOODS_SIZE = 100

/** `pdd.ddk.goods.search`; the source's query holds keyword, cat_id, sort_type and the like. */
export const pddGoods: ApiFeed<GoodsPage> = {
  perSecond: 2,
  first: () => ({ page: 1, list: '' }),
  request({ page, list }, account, now) {
    const pid = account.credentials.pid ?? ''
    const paging = { page: String(page), page_size: String(GOODS_SIZE), list_id: list }
    return call('pdd.ddk.goods.search', { pid, ...queryOf(account), ...paging }, account, now)
  },
  read(body, { page }): Answer<GoodsPage> {
    const fault = faultIn(body)
    if (fault) return fault
    const answer = valueAt(body, ['goods_search_response'])
    const rows = valueAt(answer, ['goods_list'])
    const more = Array.isArray(rows) && rows.length === GOODS_SIZE
    return { rows, next: more ? { page: page + 1, list: said(answer, 'list_id') } : null }
  },
}

/** `at` is the page within the window; null asks only how many there are. */
type OrdersPage = Windowed<number | null>
const ORDERS_SIZE = 50

const days = windows<number | null>(DAY, null)

/**
 * `pdd.ddk.order.list.increment.get`: orders by the time of their last change, a day at most in one call. The last page comes first, as
 * the partner asks for: rows that change meanwhile move to the end and are read in the next run.
 */
export const pddOrders: ApiFeed<OrdersPage> = {
  perSecond: 2,
  // A call for the ninetieth day must still be within the 90 days when it arrives.
  reach: { days: 3, most: 89 },
  first: (_, span) => days.first(span),
  request({ from, until, at }, account, now) {
    const window = { start_update_time: unixTime(from), end_update_time: unixTime(until) }
    const paging = { page: String(at ?? 1), page_size: String(ORDERS_SIZE), return_count: String(at === null) }
    return call('pdd.ddk.order.list.increment.get', { ...queryOf(account), ...window, ...paging }, account, now)
  },
  read(body, page): Answer<OrdersPage> {
    const fault = faultIn(body)
    if (fault) return fault
    const answer = valueAt(body, ['order_list_get_response'])
    const { at } = page
    if (at !== null) return { rows: valueAt(answer, ['order_list']), next: at > 1 ? { ...page, at: at - 1 } : days.next(page) }
    const total = Number.parseInt(said(answer, 'total_count'), 10)
    if (!Number.isSafeInteger(total)) return { rows: undefined, next: null }
    return { rows: [], next: total > 0 ? { ...page, at: multiplyDivide(total, 1, ORDERS_SIZE, 'up') } : days.next(page) }
  },
}

type LinkStep = { goods: string; custom: string }

/**
 * `pdd.ddk.goods.promotion.url.generate`. The sub-ids come back in custom_parameters of the orders: `uid`, of which the partner keeps a
 * register (备案), says for whom the link is, `sid` also the day.
 */
export const pddLinks: LinkApi<LinkStep> = {
  perSecond: 2,
  needs: ['pid'],
  first: ({ sku }, _, sub) => ({ goods: sku, custom: sub ? JSON.stringify({ uid: sub.steady, sid: sub.id }) : '' }),
  request({ goods, custom }, account, now) {
    const { pid = '' } = account.credentials
    const forms = { generate_short_url: 'true', generate_we_app: 'true' }
    const asked = { p_id: pid, goods_sign_list: JSON.stringify([goods]), custom_parameters: custom, ...forms }
    return call('pdd.ddk.goods.promotion.url.generate', asked, account, now)
  },
  read(body) {
    const fault = faultIn(body)
    if (fault) return fault
    const at = (...steps: string[]) => {
      const found = valueAt(body, ['goods_promotion_url_generate_response', 'goods_promotion_url_list', '0', ...steps])
      return typeof found === 'string' && found !== '' ? found : null
    }
    const [appId, path] = [at('we_app_info', 'app_id'), at('we_app_info', 'page_path')]
    return {
      links: {
        // The mobile ones open the app where it is installed.
        link: at('mobile_url') ?? at('url'),
        shortLink: at('mobile_short_url') ?? at('short_url'),
        miniProgram: appId && path ? { appId, path } : null,
      },
      next: null,
    }
  },
}
