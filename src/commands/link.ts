import { lookUpProduct } from '../catalog/find.ts'
import { type LinkMaker, linkMaker, namedSource } from '../catalog/link.ts'
import { type Day, instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import type { SubId } from '../feeds/api.ts'
import { BUILT_IN } from '../partners/index.ts'
import { withSubId } from '../partners/links.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Calendar, channelsOf, findChannel, passages, readCalendar, type ShareChannel, sourcesOf } from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { noticesOf } from '../share/item.ts'
import { keepGiven } from '../share/link.ts'
import { faultOf, nameOf, type Offer, offersOf } from '../share/offer.ts'
import { mintSubId } from '../share/subid.ts'
import { checkTracking, ownIds } from '../share/tracking.ts'
import { keepLinks, LINK_FORMS, type MadeLinks, madeLinks } from '../store/links.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import type { Posting } from '../store/subids.ts'
import { readRoster, strangerText } from '../team/roster.ts'
import { defineCommand, type Outcome } from './command.ts'
import { check } from './link-check.ts'
import { code } from './link-code.ts'
import { forget, list, show } from './link-list.ts'
import { flag, option } from './option.ts'

type Result = {
  product: StoredProduct
  /** `feed`: the feed of the goods holds them; `kept`: made before. */
  status: 'made' | 'kept' | 'feed' | 'failed'
  made: MadeLinks | null
  error: ShoptoolError | null
}

export const command = defineCommand({
  about:
    "Makes links that carry your tracking id: with the partner's API, or with a sub-id on the link of the feed where that is all it takes. Goods that have one keep it until it ends, one of a channel for a day. Posters and copy use what was made, for the channel where you named it; what it sells counts for the day on which it was made, so make one on each day that you post.",
  args: [['<sku...>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    channel: option('--channel <name>', 'for a channel; with a sub-id of today, by which "orders" tells where it was shared'),
    member: option('--member <name>', 'for somebody who shares it there'),
    source: option('--source <name>', 'whose credentials make it; needed where a partner has several accounts'),
    refresh: flag('--refresh', 'ask the partner although there is a link'),
  },
  examples: [
    'shoptool link pdd:E9X2abcd',
    'shoptool link jd:100012043978 --channel moments --json',
    'shoptool link awin:20817531 --channel weibo --member mei',
    'shoptool link pdd:E9X2abcd --source pdd-umbrellas --refresh',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const { channel, member, source, refresh } = options
    if (source !== undefined) namedSource(found.sources, source)
    const whom = { channel: channel ?? '', member: member ?? '' }
    const place =
      channel === undefined ? null : findChannel(channelsOf(found, loadChannels(ctx.home, found.folder)), channel, '--channel')
    const calendar = readCalendar(ctx.home, found.folder)
    const now = instantOf(ctx.now(), found.shop.timezone)
    const today = now.slice(0, 10)
    checkTracking(found)
    const reading = openForReading(found.database)
    const products = [...new Map(names.map((name) => lookUpProduct(reading, name)).map((one) => [one.id, one])).values()]
    const roster = readRoster(reading)
    reading.close()
    const db = openDatabase(found.database)
    /** What asks each partner, or why there is nothing to ask with or no use in it. */
    const makers = new Map<string, LinkMaker | ShoptoolError>()
    const notices = new Set<string>()

    async function linksFor(product: StoredProduct): Promise<Omit<Result, 'product' | 'error'>> {
      const { sku, title, url, link } = product
      const name = `${product.partner}:${sku}`
      if (product.status === 'gone')
        throw usageError(`${name}: is gone from its feed since ${product.lastSeen.slice(0, 10)}; it is not shared any more`)
      const partner = findPartner(product.partner, found.partners, BUILT_IN, product.partner)
      const own = ownIds(found, partner)
      const sub = isFor(whom) ? subIdFor(db, partner, { ...whom, day: today }) : undefined
      const offers = (made: readonly MadeLinks[]) => offersOf(db, product, partner, own, now, made)
      const isFit = (offer: Offer) => faultOf(offer, own) === null
      // A link of another day would let its orders count for that day.
      const kept = madeLinks(db, product, whom).find(
        (made) => made.subId === (sub?.id ?? null) && offers([made]).every((offer) => offer.from !== 'made' || isFit(offer)),
      )
      if (kept && !refresh) return { status: 'kept', made: kept }
      const ofFeed = offers([]).filter(({ from }) => from === 'feed')
      const [given, code] = [ofFeed.find(({ form }) => form !== 'code'), ofFeed.find(({ form }) => form === 'code')]
      if (given && isFit(given)) {
        const written = sub && withSubId(given.value, partner.links!, sub.id)
        const made = { ...whom, trackingId: given.carried.trackingId ?? '', subId: null, madeAt: given.madeAt! }
        if (written || !refresh) for (const notice of noticesOf(given, partner, own)) notices.add(notice)
        if (written) {
          const own = { ...made, subId: sub.id, madeAt: now, values: { link: written } }
          keepLinks(db, product, own)
          return { status: 'made', made: own }
        }
        const values = { link: given.value, ...(code && isFit(code) && { code: code.value }) }
        if (!refresh) return { status: 'feed', made: { ...made, values } }
      }
      const maker = makers.get(partner.id) ?? makerFor(partner)
      makers.set(partner.id, maker)
      const fault = given && faultOf(given, own)
      if (maker instanceof ShoptoolError) throw fault ? usageError(`${name}: ${nameOf(given)} ${fault}; ${maker.message}`) : maker
      try {
        const answer = await maker.make({ sku, title, url, link }, sub)
        const at = instantOf(ctx.now(), found.shop.timezone)
        const { trackingId } = maker
        return {
          status: 'made',
          made: keepGiven(db, found, product, { ...whom, trackingId, subId: sub?.id ?? null, madeAt: at }, answer),
        }
      } catch (error) {
        // A partner that is down for one is down for the others.
        if (error instanceof ShoptoolError && error.fault === 'temporary') makers.set(partner.id, error)
        throw error
      }
    }

    function makerFor(partner: Partner): LinkMaker | ShoptoolError {
      try {
        return linkMaker(found, partner, source, ctx)
      } catch (error) {
        if (error instanceof ShoptoolError) return error
        throw error
      }
    }

    const results: Result[] = []
    for (const product of products) {
      if (products.length > 1) print.progress(`${results.length + 1} of ${products.length} products`)
      try {
        results.push({ product, ...(await linksFor(product)), error: null })
      } catch (error) {
        if (!(error instanceof ShoptoolError)) throw error
        results.push({ product, status: 'failed', made: null, error })
      }
    }
    print.progress(null)
    db.close()

    const stranger = member === undefined || roster.size === 0 || roster.has(member) ? [] : [strangerText(member)]
    const stopped = place === null ? [] : results.flatMap((result) => blocked(calendar, place, result, today))
    const warnings = [...new Set([...stranger, ...notices, ...stopped])]
    if (global.json) print.json('link', { links: results.map((result) => linkDocument(result, whom)), warnings })
    else {
      print.table(
        [{ title: 'PRODUCT' }, { title: 'FORM' }, { title: 'VALUE' }],
        results.flatMap(({ product: { partner, sku }, made }) =>
          LINK_FORMS.flatMap((form) => {
            const value = made?.values[form]
            return value === undefined ? [] : [[`${partner}:${sku}`, form, value]]
          }),
        ),
      )
      for (const warning of warnings) print.warn(warning)
      for (const message of new Set(results.flatMap(({ error }) => error?.message ?? []))) print.warn(message)
      if (isFor(whom) && results.some(({ status }) => status === 'feed'))
        print.note(
          `Links of feeds do not know the ${channel === undefined ? 'member' : 'channel'}; --refresh makes one for ${channel ?? member}`,
        )
    }
    return results.map(({ error }): Outcome => error?.fault ?? 'done')
  },
  commands: { list, show, forget, code, check },
})

function linkDocument({ product: { partner, sku }, status, made, error }: Result, { channel, member }: Whom) {
  const { link = null, shortLink = null, code = null, miniProgram, picture = null } = made?.values ?? {}
  return {
    ...{ partner, sku, channel: channel || null, member: member || null, status, link, shortLink, code },
    miniProgram: miniProgram === undefined ? null : JSON.parse(miniProgram),
    ...{ picture, trackingId: made?.trackingId || null, subId: made?.subId ?? null },
    ...{ madeAt: status === 'feed' ? null : (made?.madeAt ?? null), error: error?.message ?? null },
  }
}

type Whom = { channel: string; member: string }
const isFor = ({ channel, member }: Whom) => channel !== '' || member !== ''

/** The sub-ids of a posting with a partner that takes any. */
function subIdFor(db: Database, { id, links }: Partner, posting: Posting): SubId | undefined {
  const rules = links?.subId
  if (!rules) return undefined
  const steady = rules.steady ? mintSubId(db, id, { ...posting, day: '' }, rules) : ''
  return { id: mintSubId(db, id, posting, rules), steady }
}

/** What was made and will be stopped, or may be, where it is meant to go. */
function blocked(calendar: Calendar, place: ShareChannel, { product, made }: Result, day: Day): string[] {
  const { partner, url, link } = product
  const passes = passages(calendar, place, sourcesOf(calendar, { partner: { id: partner }, product: { url, link } }), day)
  const { shortLink, link: long, code } = made?.values ?? {}
  const forms = { url: shortLink ?? long, code }
  return (['url', 'code'] as const).flatMap((form) => {
    const { state, rule } = passes[form]
    if (forms[form] === undefined || state === 'allow' || state === 'unknown') return []
    const instead = form === 'url' && passes.image.passes ? '; a poster carries it as a QR code' : ''
    return [`${place.name}: ${form} ${state === 'deny' ? 'does not pass' : 'may not pass'} there: ${rule.reason}${instead}`]
  })
}
