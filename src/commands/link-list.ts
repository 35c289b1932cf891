import { lookUpProduct } from '../catalog/find.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { channelsOf, findChannel } from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { faultOf, type Offer, offersOf } from '../share/offer.ts'
import { type Own, ownIds } from '../share/tracking.ts'
import { forgetLinks, listLinks } from '../store/links.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import { productByKey, type StoredProduct } from '../store/products.ts'
import { shelfItems } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { count, option, list as several } from './option.ts'
import type { TableColumn } from './print.ts'
import { chosenShelf } from './shelf.ts'

const DAY = 86_400_000

/** What goods can be shared by, with all that was made for them. */
export type Offered = { product: StoredProduct; partner: Partner; own: Own; offers: Offer[] }

export function offered(db: Database, workspace: Workspace, product: StoredProduct, now: string): Offered {
  const partner = findPartner(product.partner, workspace.partners, BUILT_IN, product.partner)
  const own = ownIds(workspace, partner)
  return { product, partner, own, offers: offersOf(db, product, partner, own, now, listLinks(db, product)) }
}

/** The goods of all shelves, and those that links were made for. */
export function goodsInUse(db: Database, { shelves }: Workspace): { partner: string; sku: string }[] {
  const all = [...Object.keys(shelves).flatMap((shelf) => shelfItems(db, shelf)), ...listLinks(db)]
  return [...new Map(all.map(({ partner, sku }) => [`${partner}:${sku}`, { partner, sku }])).values()]
}

export function offerDocument({ product: { partner, sku }, own }: Offered, offer: Offer) {
  const { form, value, from, channel, member, subId, madeAt, expiresAt, carried } = offer
  return {
    ...{ partner, sku, channel: channel || null, member: member || null, from, form },
    value: form === 'miniProgram' ? JSON.parse(value) : value,
    ...{ trackingId: carried.trackingId, tracking: carried.state, subId, madeAt, expiresAt, fault: faultOf(offer, own) },
  }
}

/** `2026-12-24`, with what it means; `never` and `not known`. */
function endText({ expiresAt, ends, from }: Offer): string {
  if (from === 'page') return ''
  if (expiresAt === null) return 'not known'
  if (expiresAt === 'forever') return 'never'
  return `${expiresAt.slice(0, 10)}${ends === 'expired' ? ' (ended)' : ends === 'soon' ? ' (soon)' : ''}`
}

/** Links may be of channels that shoptool.yaml has no more. @throws usage where a name is neither of a channel nor of any link. */
async function checkChannels(
  ctx: Pick<Context, 'home'>,
  found: Workspace,
  db: Database,
  named: readonly string[],
): Promise<void> {
  const made = new Set(listLinks(db).map(({ channel }) => channel))
  const unknown = named.filter((name) => !made.has(name))
  if (unknown.length === 0) return
  const channels = channelsOf(found, loadChannels(ctx.home, found.folder))
  for (const name of unknown) findChannel(channels, name, '--channel')
}

export const list = defineCommand({
  about:
    'Lists the links that were made, with when they end. With --shelf those of the goods on it, and of their feeds. How long a link holds is known of some partners only; of the others it says so.',
  options: {
    expiring: option('--expiring <days>', 'only those that have ended or will within so many days', count),
    channel: several('--channel <a,b>', 'only those made for these channels'),
    shelf: option('--shelf <name>', 'links of the goods on this shelf, those of their feeds too'),
  },
  examples: ['shoptool link list --expiring 7', 'shoptool link list --shelf main --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const { expiring, channel, shelf } = options
    const db = openForReading(found.database)
    const now = instantOf(ctx.now(), found.shop.timezone)
    const goods = shelf === undefined ? listLinks(db) : shelfItems(db, chosenShelf(found, shelf))
    const keys = [...new Map(goods.map(({ partner, sku }) => [`${partner}:${sku}`, { partner, sku }])).values()]
    await checkChannels(ctx, found, db, channel)
    const until = ctx.now() + (expiring ?? 0) * DAY
    const rows = keys.flatMap(({ partner, sku }) => {
      const product = productByKey(db, partner, sku)
      if (!product) return []
      const all = offered(db, found, product, now)
      return all.offers
        .filter(({ from }) => from === 'made' || (shelf !== undefined && from === 'feed'))
        .filter((offer) => channel.length === 0 || (offer.from === 'made' && channel.includes(offer.channel)))
        .filter(({ expiresAt }) => expiring === undefined || (expiresAt !== null && Date.parse(expiresAt) <= until))
        .map((offer) => ({ all, offer }))
    })
    if (global.json) print.json('link-list', { links: rows.map(({ all, offer }) => offerDocument(all, offer)) })
    else {
      const heads = [{ title: 'PRODUCT' }, ...COLUMNS]
      print.table(
        heads,
        rows.map(({ all: { product }, offer }) => [`${product.partner}:${product.sku}`, ...cells(offer)]),
      )
      if (rows.length === 0) print.note(expiring === undefined ? 'No links.' : 'None that ends by then.')
      const counted = (ends: Offer['ends']) => rows.filter(({ offer }) => offer.ends === ends).length
      const [ended, soon] = [counted('expired'), counted('soon')]
      if (ended > 0) print.warn(`${ended} ended and not used any more; "shoptool link <sku>" makes another`)
      if (soon > 0) print.warn(`${soon} will end within a week`)
    }
    return 'done'
  },
})

const COLUMNS: readonly TableColumn[] = [
  ...[{ title: 'CHANNEL' }, { title: 'MEMBER' }, { title: 'FORM' }, { title: 'SINCE' }, { title: 'ENDS' }],
  { title: 'VALUE', cut: true },
]
const cells = (offer: Offer) => [
  ...[offer.channel, offer.member, offer.from === 'made' ? offer.form : `${offer.form} (${offer.from})`],
  ...[offer.madeAt?.slice(0, 10) ?? '', endText(offer), offer.value],
]

export const show = defineCommand({
  about:
    'Shows everything that goods can be shared by, the best first: whose tracking id is on it, when it ends, and why it is not used.',
  args: [['<sku>', 'partner:sku, or the sku alone where one partner has it']],
  examples: ['shoptool link show jd:100012043978', 'shoptool link show 614252180627 --json'],
  async run({ ctx, args: [name], workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const all = offered(db, found, lookUpProduct(db, name), instantOf(ctx.now(), found.shop.timezone))
    if (global.json) print.json('link-show', { links: all.offers.map((offer) => offerDocument(all, offer)) })
    else {
      print.table(
        [...COLUMNS, { title: 'TRACKING ID' }, { title: 'SUB-ID' }, { title: 'NOT USED', cut: true }],
        all.offers.map((offer) => [
          ...cells(offer),
          ...[offer.carried.trackingId ?? offer.carried.state, offer.subId ?? '', faultOf(offer, all.own) ?? ''],
        ]),
      )
      if (all.offers.length === 0) print.note('It has no links, and no page.')
    }
    return 'done'
  },
})

export const forget = defineCommand({
  about:
    'Forgets the links that were made for goods, as for one that was made with the wrong account. Links of feeds stay. What their sub-ids stand for is kept, for orders that still come.',
  args: [['<sku...>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    channel: option('--channel <name>', 'only those made for this channel'),
    member: option('--member <name>', 'only those made for this member'),
  },
  examples: ['shoptool link forget jd:100012043978', 'shoptool link forget pdd:E9X2abcd --channel weibo'],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const { channel, member } = options
    const reading = openForReading(found.database)
    const products = names.map((name) => lookUpProduct(reading, name))
    await checkChannels(ctx, found, reading, channel === undefined ? [] : [channel])
    reading.close()
    const db = openDatabase(found.database)
    const whom = { ...(channel !== undefined && { channel }), ...(member !== undefined && { member }) }
    const results = products.map(({ partner, sku }) => ({ partner, sku, forgotten: forgetLinks(db, { partner, sku }, whom) }))
    db.close()
    if (global.json) print.json('link-forget', { products: results })
    else for (const { partner, sku, forgotten } of results) print.line(`${partner}:${sku}  ${forgotten} forgotten`)
    return 'done'
  },
})
