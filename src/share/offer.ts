import type { Instant } from '../day.ts'
import { type Carried, carriedBy, expiryOf, formOfLink, withSubId } from '../partners/links.ts'
import type { Partner } from '../partners/partner.ts'
import { type LinkForm, type MadeLinks, madeLinks } from '../store/links.ts'
import type { Database } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { fileReadAt } from '../store/runs.ts'
import type { Own } from './tracking.ts'

/** Days before its end from which a link is said to end soon. */
export const SOON = 7
const DAY = 86_400_000

/** Something that goods can be shared by, and what is known of it. */
export type Offer = {
  form: LinkForm
  value: string
  /** `made`: by the partner or shoptool; `feed`: read with the goods; `page`: where the goods are sold. */
  from: 'made' | 'feed' | 'page'
  channel: string
  member: string
  subId: string | null
  /** When it was made, or its feed first read; null of a page. */
  madeAt: Instant | null
  expiresAt: Instant | 'forever' | null
  /** `soon`: within `SOON` days; null where its end is not known. */
  ends: 'expired' | 'soon' | 'later' | null
  /** Whose tracking id is on it. Of a code and of pictures nothing can be told. */
  carried: Carried
  /** It was written on a link that the feed has no more. */
  isOutdated?: boolean
}

const UNREADABLE: Carried = { state: 'hidden', trackingId: null, subId: null }

/** A short link before a long one. */
const ORDER: readonly LinkForm[] = ['shortLink', 'link', 'code', 'miniProgram', 'picture']

/** Everything that goods can be shared by, the best first: what was made, in its order, then the feed's, then the page. */
export function offersOf(
  db: Database,
  product: StoredProduct,
  partner: Partner,
  own: Own,
  now: Instant,
  made: readonly MadeLinks[],
): Offer[] {
  const rules = partner.links
  const { link, code, url } = product
  const readAt = link !== null || code !== null ? fileReadAt(db, product.file) : null
  const ending = (form: LinkForm, madeAt: Instant) => {
    const expiresAt = expiryOf(rules, form, madeAt)
    return { expiresAt, ends: endsOf(expiresAt, now) }
  }
  const ofMade = made.flatMap(({ channel, member, subId, trackingId, madeAt, values }) =>
    ORDER.flatMap((form): Offer[] => {
      const value = values[form]
      if (value === undefined) return []
      const isLink = form === 'link' || form === 'shortLink'
      const read = isLink ? carriedBy(value, 'link', rules, own.ids) : UNREADABLE
      // What was made with the operator's own key carries the id that it was made with, even where it cannot be read.
      const carried = read.state === 'hidden' && trackingId !== '' ? { ...read, state: 'own' as const, trackingId } : read
      // A sub-id that shoptool wrote on the link of the feed makes no new link: it is gone and ends with that one.
      const isWritten = isLink && subId !== null && rules?.subId?.parameter !== undefined && link !== null
      const isOutdated = isWritten && withSubId(value, rules, subId) !== withSubId(link, rules, subId)
      const ends = isWritten ? ending(formOfLink(link, rules), readAt!) : ending(form, madeAt)
      return [{ form, value, from: 'made', channel, member, subId, madeAt, ...ends, carried, ...(isOutdated && { isOutdated }) }]
    }),
  )
  const nobody = { channel: '', member: '', subId: null }
  const given = (form: LinkForm, value: string, carried: Carried): Offer => ({
    ...{ form, value, from: 'feed', ...nobody, subId: carried.subId, madeAt: readAt, ...ending(form, readAt!), carried },
  })
  return [
    ...ofMade,
    ...(link === null ? [] : [given(formOfLink(link, rules), link, carriedBy(link, 'link', rules, own.ids))]),
    ...(code === null ? [] : [given('code', code, UNREADABLE)]),
    ...(url === null
      ? []
      : [
          {
            ...({ form: 'link', value: url, from: 'page', ...nobody, madeAt: null, expiresAt: null, ends: null } as const),
            carried: carriedBy(url, 'url', rules, own.ids),
          },
        ]),
  ]
}

function endsOf(expiresAt: Offer['expiresAt'], now: Instant): Offer['ends'] {
  if (expiresAt === null) return null
  if (expiresAt === 'forever') return 'later'
  const left = Date.parse(expiresAt) - Date.parse(now)
  return left <= 0 ? 'expired' : left <= SOON * DAY ? 'soon' : 'later'
}

/** The links made for goods that are for a channel and a member, for the channel and nobody, or for none. */
export function madeFor(
  db: Database,
  product: StoredProduct,
  { channel = '', member = '' }: { channel?: string; member?: string },
) {
  const whom = [
    { channel, member },
    { channel, member: '' },
    { channel: '', member: '' },
  ]
  const distinct = whom.filter(
    (one, i) => whom.findIndex((other) => other.channel === one.channel && other.member === one.member) === i,
  )
  return distinct.flatMap((one) => madeLinks(db, product, one))
}

/** Why something must not be shared, behind its name (`the link of its feed`); null where nothing speaks against it. */
export function faultOf(
  { carried, ends, expiresAt, from, isOutdated }: Pick<Offer, 'carried' | 'ends' | 'expiresAt' | 'from' | 'isOutdated'>,
  own: Own,
): string | null {
  if (isOutdated) return 'was made of a link that its feed has no more'
  if (ends === 'expired') return `ended on ${expiresAt!.slice(0, 10)}`
  if (carried.state === 'foreign')
    return `carries the tracking id ${carried.trackingId}, which is not yours (${[...(own.ids ?? [])].join(', ')})`
  if (carried.state === 'missing' && !(from === 'page' && own.none)) return 'carries no tracking id and earns nothing'
  return null
}

/** How messages call it. */
export function nameOf({ from, form, channel, madeAt }: Offer): string {
  const what = { link: 'link', shortLink: 'short link', code: 'code', miniProgram: 'mini-program', picture: 'picture' }[form]
  if (from === 'page') return 'its page'
  if (from === 'feed') return `the ${what} of its feed`
  return `the ${what} made on ${madeAt!.slice(0, 10)}${channel === '' ? '' : ` for ${channel}`}`
}
