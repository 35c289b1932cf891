// What links of a partner look like: in whose name they earn, how long they hold, and what may be written on them.
import { addDays, type Instant } from '../day.ts'
import type { Links } from '../feeds/api.ts'

/** Days that a form holds from the day it was made, `forever`, or not known where it is not named. */
export type Validity = Readonly<Partial<Record<keyof Links, number | 'forever'>>>

/** What a link can carry besides the tracking id, and the partner gives back with the orders. */
export type SubIds = {
  /** Most characters. */
  max: number
  /** Characters it may be made of, as within the brackets of a regular expression. Letters and digits are always among them. */
  chars: string
  /** The parameter that shoptool itself adds to a link. Where there is none, the partner's API is given the sub-id. */
  parameter?: string
  /** The API also wants one that stays the same for whom the link is for, whatever the day. */
  steady?: true
}

/** How links of one partner are told apart. Plain data: the same can be written in YAML. */
export type LinkRules = {
  /** Where links that earn lead to first; sub-domains count. `*`: anywhere, as with networks whose shops have addresses of their own. */
  hosts: readonly string[]
  /** Of these mostly nothing can be read: the tracking id is within them. */
  hidden?: readonly string[]
  /** Pages of goods, which carry no tracking id. */
  pages?: readonly string[]
  /** The tracking id: parameters that may hold it, or an expression whose first group it is in path and query. */
  trackingId?: { query: readonly string[] } | { find: string }
  /** Keys of `api` or `query` of a source that hold ids of the operator. */
  own?: readonly string[]
  /** Its first group is what all ids of one account have in common: `mm_1` of mm_1_2_3. Without it ids are compared whole. */
  account?: string
  subId?: SubIds
  /** What short links look like, where the feed does not say which it gives. */
  short?: string
  valid?: Validity
}

/**
 * Whose tracking id a link carries. `own`, `foreign`: told by its id. `unknown`: it has an id, but none of the operator's is known.
 * `hidden`: it cannot be read. `missing`: there is none, it earns nothing.
 */
export type Carried = {
  state: 'own' | 'foreign' | 'unknown' | 'hidden' | 'missing'
  trackingId: string | null
  subId: string | null
}

/** The address, where it is one. Partners write `//s.click.taobao.com/…`. */
export function addressOf(link: string): URL | null {
  const url = link.startsWith('//') ? `https:${link}` : link
  const address = URL.canParse(url) ? new URL(url) : null
  return address?.protocol === 'http:' || address?.protocol === 'https:' ? address : null
}

const isAt = ({ hostname }: URL, hosts: readonly string[] = []) =>
  hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))

/** Whether links of the partner, or pages of its goods, are at the address. */
export const isOf = (address: URL, { hosts, pages = [], hidden = [] }: LinkRules) =>
  isAt(address, [...hosts, ...pages, ...hidden])

/**
 * Reads whose tracking id is on a link.
 * @param column which of a product's it is: at an address that is not known, a `link` is what the feed says earns, a `url` is a page
 * @param own the operator's ids; null where none is known
 */
export function carriedBy(
  link: string,
  column: 'link' | 'url',
  rules: LinkRules | undefined,
  own: ReadonlySet<string> | null,
): Carried {
  const address = addressOf(link)
  if (!address || !rules) return { state: 'hidden', trackingId: null, subId: null }
  const at = placeOf(address, rules)
  const readable = at === 'links' || at === 'hidden' || (at === 'elsewhere' && rules.hosts.includes('*'))
  const trackingId = readable ? trackingIdOn(address, rules) : null
  const subId = (readable && rules.subId?.parameter && parameterOf(address, rules.subId.parameter)) || null
  if (trackingId !== null) {
    if (own === null) return { state: 'unknown', trackingId, subId }
    const isOwn = [...own].some((id) => accountOf(id, rules) === accountOf(trackingId, rules))
    return { state: isOwn ? 'own' : 'foreign', trackingId, subId }
  }
  const untold = column === 'link' && (at === 'hidden' || at === 'elsewhere' || (at === 'links' && !rules.trackingId))
  return { state: untold ? 'hidden' : 'missing', trackingId, subId }
}

function placeOf(address: URL, rules: LinkRules): 'pages' | 'hidden' | 'links' | 'elsewhere' {
  if (isAt(address, rules.pages)) return 'pages'
  return isAt(address, rules.hidden) ? 'hidden' : isAt(address, rules.hosts) ? 'links' : 'elsewhere'
}

function trackingIdOn(address: URL, { trackingId }: LinkRules): string | null {
  if (!trackingId) return null
  if ('find' in trackingId) return new RegExp(trackingId.find).exec(address.pathname + address.search)?.[1] ?? null
  return trackingId.query.map((name) => parameterOf(address, name)).find((id) => id !== null) ?? null
}

/** What a parameter says, whatever the case of its name; null where it is not there or empty. */
function parameterOf({ searchParams, search }: URL, name: string): string | null {
  const inBrackets = new RegExp(`[?)]${name}\\(([^)]*)\\)`, 'i').exec(search)?.[1]
  const [, value] = [...searchParams].find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? []
  return value || inBrackets || null
}

const accountOf = (id: string, { account }: LinkRules) => (account && new RegExp(account).exec(id)?.[1]) || id

/**
 * The link with a sub-id on it; all else stays as it was written. Null where shoptool does not write on links of the partner, or this is
 * none of them.
 */
export function withSubId(link: string, rules: LinkRules, subId: string): string | null {
  const { subId: { parameter } = {} } = rules
  const address = addressOf(link)
  // What stands behind an address within the path belongs to that one.
  if (!parameter || !address || /https?:\/\//i.test(address.pathname)) return null
  const at = placeOf(address, rules)
  const anywhere = at === 'elsewhere' && rules.hosts.includes('*') && trackingIdOn(address, rules) !== null
  if (at !== 'links' && !anywhere) return null
  const [, before = '', query = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(link) ?? []
  const value = encodeURIComponent(subId)
  // Tradedoubler's older way of writing: click?p(1)a(2)url(…)
  if (/^\?\w+\(/.test(query)) {
    const others = query.replace(new RegExp(`([?)])${parameter}\\([^)]*\\)`, 'i'), '$1')
    const first = /^\?(?:(?!url\()\w+\([^)]*\))*/.exec(others)![0]
    return `${before}${first}${parameter}(${value})${others.slice(first.length)}${hash}`
  }
  const others = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && part.split('=')[0]!.toLowerCase() !== parameter.toLowerCase())
  // In front: networks take what stands behind a target address for a part of it.
  return `${before}?${[`${parameter}=${value}`, ...others].join('&')}${hash}`
}

/** The form that a feed's link is in. */
export function formOfLink(link: string, rules: LinkRules | undefined): 'link' | 'shortLink' {
  return rules?.short && new RegExp(rules.short).test(link) ? 'shortLink' : 'link'
}

/** When something in that form ends that was made at `madeAt`; null where no document tells. */
export function expiryOf(rules: LinkRules | undefined, form: keyof Links, madeAt: Instant): Instant | 'forever' | null {
  const days = rules?.valid?.[form]
  if (days === undefined || days === 'forever') return days ?? null
  return addDays(madeAt.slice(0, 10), days) + madeAt.slice(10)
}
