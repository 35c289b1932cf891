import type { Fetch } from '../context.ts'
import { addressOf, carriedBy, isOf, type LinkRules } from '../partners/links.ts'
import { isPublic } from './address.ts'
import type { Own } from './tracking.ts'

const REDIRECTS = 10
const MILLISECONDS = 15_000
/** What servers answer that do not talk to programs: nothing follows from it. */
const UNTOLD = [401, 403, 405, 406, 408, 425, 429]

/** What came of opening a link, with the tracking id that was seen on the way. `fault`: why it must not be shared; `later`: why nothing could be told; both null where all is well. */
export type Followed = { end: string; trackingId: string | null; fault: string | null; later: string | null }

/**
 * Opens a link and goes where it leads, at most ten redirects, without reading a page. A tracking id that can be read on the way must be
 * the operator's and must still be there at the last address of the partner; behind it, in the shop, nobody can see it.
 * @param turn waits until the next call to a host may begin
 * @param hosts in the operator's own network, which may be asked all the same
 */
export async function followLink(
  link: string,
  { rules, own, hosts }: { rules: LinkRules | undefined; own: Own; hosts: readonly string[] },
  fetch: Fetch,
  turn: (host: string) => Promise<void>,
): Promise<Followed> {
  let at = addressOf(link)
  if (!at) return { end: link, trackingId: null, fault: null, later: 'is no address' }
  let trackingId: string | null = null
  for (let hops = 0; ; hops++) {
    const end: string = at.href
    const told = (fault: string | null, later: string | null = null): Followed => ({ end, trackingId, fault, later })
    if (rules && isOf(at, rules)) {
      const { state, trackingId: found } = carriedBy(end, 'link', rules, own.ids)
      if (state === 'foreign') return told(`leads to the tracking id ${found}, which is not yours`)
      if (state === 'missing' && trackingId !== null) return told(`loses the tracking id ${trackingId} on its way, at ${at.host}`)
      trackingId = found ?? trackingId
    }
    let status: number
    let location: string | null
    try {
      await turn(at.host)
      const response = await fetch(end, {
        headers: { 'user-agent': 'shoptool' },
        redirect: 'manual',
        signal: AbortSignal.timeout(MILLISECONDS),
        mayConnect: (address, host) => isPublic(address) || hosts.includes(host),
      })
      status = response.status
      location = response.headers.get('location')
      // Leaving the loop closes the connection.
      for await (const _ of response.body ?? []) break
    } catch (error) {
      const { code, name } = error as { code?: string; name: string }
      return told(null, `cannot be opened at ${at.host} (${code ?? name})`)
    }
    if (status >= 300 && status < 400 && location !== null) {
      const next: URL | null = URL.canParse(location, end) ? new URL(location, end) : null
      if (hops === REDIRECTS) return told(`redirects more than ${REDIRECTS} times`)
      // An app's own address, where a browser would stop too.
      if (next?.protocol !== 'http:' && next?.protocol !== 'https:') return told(null)
      at = next
      continue
    }
    if (status < 400) return told(null)
    const answers = `answers HTTP ${status} at ${at.host}`
    return status >= 500 || UNTOLD.includes(status) ? told(null, answers) : told(`is dead: ${answers}`)
  }
}
