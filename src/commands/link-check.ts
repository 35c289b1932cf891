import { existsSync } from 'node:fs'
import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Outside, shareTurns } from '../feeds/tries.ts'
import { BUILT_IN } from '../partners/index.ts'
import { addressOf, carriedBy, isOf } from '../partners/links.ts'
import type { Partner } from '../partners/partner.ts'
import { partnerFiles, readPartner } from '../partners/yaml.ts'
import { attributer } from '../share/attribution.ts'
import { type Followed, followLink } from '../share/follow.ts'
import { faultOf, nameOf, type Offer } from '../share/offer.ts'
import { checkTracking, type Own, ownIds } from '../share/tracking.ts'
import { memoryDatabase, openForReading } from '../store/open.ts'
import { productByKey } from '../store/products.ts'
import { shelfItems } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { goodsInUse, offered } from './link-list.ts'
import { flag, option } from './option.ts'
import { chosenShelf, namesOf } from './shelf.ts'

/** One link that is looked at: of goods, or as it was given. */
type Looked = {
  name: string
  what: string
  value: string
  partner: Partner | null
  own: Own
  trackingId: string | null
  subId: string | null
  fault: string | null
  /** Why nothing could be told, or not all. */
  untold: string | null
}

export const check = defineCommand({
  about:
    'Looks at links before a buyer does: whether your tracking id is on them, and whether they have ended; of goods, of a shelf, of one pasted from anywhere, or without any of all shelves and all links that were made. With --online it opens them too, once a second for each host: whether they are dead, lead to somebody else, or lose the id on the way. Exit 5 where something was found.',
  args: [['[sku|url...]', 'goods, or links as they are; - reads them from standard input']],
  options: {
    shelf: option('--shelf <name>', 'all goods of a shelf'),
    online: flag('--online', 'open the links and go where they lead'),
  },
  examples: [
    'shoptool link check',
    'shoptool link check --shelf main --online',
    "shoptool link check 'https://www.awin1.com/pclick.php?p=1&a=12345&m=2'",
  ],
  async run({ ctx, args: [given], options, workspace, print, global }) {
    const found = await workspace()
    checkTracking(found)
    const names = await namesOf(ctx, given)
    const now = instantOf(ctx.now(), found.shop.timezone)
    const urls = names.filter((name) => /^(https?:)?\/\//i.test(name))
    const skus = names.filter((name) => !urls.includes(name))
    const { shelf } = options
    // A pasted link can be looked at before there is anything else.
    const onlyUrls = urls.length > 0 && skus.length === 0 && shelf === undefined
    const db = onlyUrls && !existsSync(found.database) ? memoryDatabase() : openForReading(found.database)
    const keys = [
      ...skus.map((name) => lookUpProduct(db, name)),
      ...(shelf === undefined ? [] : shelfItems(db, chosenShelf(found, shelf))),
      ...(names.length > 0 || shelf !== undefined ? [] : goodsInUse(db, found)),
    ]
    const goods = new Map(keys.map(({ partner, sku }) => [`${partner}:${sku}`, productByKey(db, partner, sku)]))
    const looked = [
      ...[...goods.values()].flatMap((product) => (product ? linksOf(offered(db, found, product, now)) : [])),
      ...urls.map((url) => pasted(found, url)),
    ]
    if (options.online) await goOnline(looked, found, ctx, print.progress)

    const comesFrom = attributer(db, found)
    if (global.json) print.json('link-check', { links: looked.map((one) => document(one, comesFrom)) })
    else {
      print.table(
        [
          { title: 'LINK' },
          { title: 'TRACKING ID' },
          { title: 'SUB-ID' },
          { title: 'FOUND', cut: true },
          { title: 'VALUE', cut: true },
        ],
        looked.map(({ name, what, trackingId, subId, fault, untold, value }) => [
          ...[`${name} ${what}`.trim(), trackingId ?? '', subId ?? ''],
          ...[fault ?? (untold === null ? 'ok' : `cannot be told: ${untold}`), value],
        ]),
      )
      if (looked.length === 0) print.note('No links.')
    }
    if (looked.some(({ fault }) => fault !== null)) return 'findings'
    return 'done'
  },
})

/** The links of goods that would be shared; their page counts where there are no others. */
function linksOf({ product: { partner: id, sku }, partner, own, offers }: ReturnType<typeof offered>): Looked[] {
  const links = offers.filter(({ from, form }) => from !== 'page' && form !== 'miniProgram' && form !== 'picture')
  const shared = links.some(({ form }) => form !== 'code') ? links : [...links, ...offers.filter(({ from }) => from === 'page')]
  return shared.map((offer) => ({
    ...{ name: `${id}:${sku}`, what: nameOf(offer), value: offer.value, partner, own },
    ...{ trackingId: offer.carried.trackingId, subId: offer.subId, fault: faultOf(offer, own), untold: untoldOf(offer, own) },
  }))
}

function untoldOf({ carried: { state }, from }: Pick<Offer, 'carried' | 'from'>, own: Own): string | null {
  if (from === 'page' && own.none) return null
  if (state === 'unknown') return 'none of your tracking ids is known'
  return state === 'hidden' ? 'its tracking id cannot be read' : null
}

/** A link from anywhere: its partner is told by where it leads. */
function pasted(workspace: Workspace, url: string): Looked {
  const address = addressOf(url)
  if (!address) throw usageError(`${url}: is no address, expected like https://u.jd.com/abc`)
  const described = partnerFiles(workspace.partners).map((file) => readPartner(workspace.partners, file, BUILT_IN))
  const partner = [...described, ...BUILT_IN].find(({ links }) => links && isOf(address, links)) ?? null
  const own = partner ? ownIds(workspace, partner) : { ids: null, none: false }
  const carried = carriedBy(url, 'link', partner?.links, own.ids)
  const fault = faultOf({ carried, ends: null, expiresAt: null, from: 'feed' }, own)
  const untold = partner ? untoldOf({ carried, from: 'feed' }, own) : `no partner is known whose links are at ${address.host}`
  return { name: partner?.id ?? '', what: '', value: url, partner, own, ...carried, fault, untold }
}

/** Opens every link once that nothing is known against. */
async function goOnline(
  looked: Looked[],
  { photoHosts }: Workspace,
  outside: Pick<Outside, 'fetch' | 'now'>,
  progress: (text: string | null) => void,
): Promise<void> {
  const turns = shareTurns(outside)
  const opened = new Map<string, Followed>()
  const turn = (host: string) => turns(host, 1)()
  const links = looked.filter(({ fault, value }) => fault === null && addressOf(value))
  for (const [i, one] of links.entries()) {
    progress(`${i + 1} of ${links.length} links`)
    const terms = { rules: one.partner?.links, own: one.own, hosts: photoHosts }
    const followed = opened.get(one.value) ?? (await followLink(one.value, terms, outside.fetch, turn))
    opened.set(one.value, followed)
    one.fault = followed.fault
    one.trackingId ??= followed.trackingId
    // Where it leads may say what the link hides.
    one.untold = followed.later ?? (followed.trackingId !== null && one.own.ids ? null : one.untold)
  }
  progress(null)
}

function document(
  { name, what, value, partner, trackingId, subId, fault, untold }: Looked,
  comesFrom: ReturnType<typeof attributer>,
) {
  const origin = partner && subId !== null ? comesFrom({ partner: partner.id, subId, trackingId: null }) : null
  return {
    ...{ product: name.includes(':') ? name : null, partner: partner?.id ?? null, link: what || null, value },
    ...{ trackingId, subId, channel: origin?.channel ?? null, member: origin?.member ?? null, day: origin?.day ?? null },
    ...{ fault, untold },
  }
}
