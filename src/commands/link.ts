import { lookUpProduct } from '../catalog/find.ts'
import { type LinkMaker, linkMaker } from '../catalog/link.ts'
import { type Day, instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Calendar, channelsOf, findChannel, passages, readCalendar, type ShareChannel, sourcesOf } from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { keepGiven } from '../share/link.ts'
import { LINK_FORMS, type MadeLinks, madeLinks } from '../store/links.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { defineCommand, type Outcome } from './command.ts'
import { flag, option } from './option.ts'

type Result = {
  product: StoredProduct
  /** `feed`: the feed of the goods holds them; `kept`: made before. */
  status: 'made' | 'kept' | 'feed' | 'failed'
  values: MadeLinks['values']
  madeAt: string | null
  error: ShoptoolError | null
}

export const command = defineCommand({
  about:
    "Makes links that carry your tracking id, with the partner's API. Goods that have one keep it. Posters and copy use what was made, for the channel where you named it.",
  args: [['<sku...>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    channel: option('--channel <name>', 'for a channel; its name comes back in the orders where the partner has sub-ids'),
    source: option('--source <name>', 'whose credentials make it; needed where a partner has several accounts'),
    refresh: flag('--refresh', 'ask the partner although there is a link'),
  },
  examples: [
    'shoptool link pdd:E9X2abcd',
    'shoptool link jd:100012043978 --channel moments --json',
    'shoptool link pdd:E9X2abcd --source pdd-umbrellas --refresh',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const { channel, refresh } = options
    const place =
      channel === undefined
        ? null
        : findChannel(channelsOf(found, await loadChannels(ctx.home, found.folder)), channel, '--channel')
    const calendar = readCalendar(ctx.home, found.folder)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const reading = openForReading(found.database)
    const products = [...new Map(names.map((name) => lookUpProduct(reading, name)).map((one) => [one.id, one])).values()]
    reading.close()
    const db = openDatabase(found.database)
    /** What asks each partner, or why there is nothing to ask with or no use in it. */
    const makers = new Map<string, LinkMaker | ShoptoolError>()

    async function linksFor(product: StoredProduct): Promise<Omit<Result, 'product' | 'error'>> {
      const { partner, sku, title, url, link, code } = product
      if (product.status === 'gone')
        throw usageError(
          `${partner}:${sku}: is gone from its feed since ${product.lastSeen.slice(0, 10)}; it is not shared any more`,
        )
      const kept = madeLinks(db, product, channel ?? '')
      if (kept && !refresh) return { status: 'kept', values: kept.values, madeAt: kept.madeAt }
      if (link !== null && !refresh) return { status: 'feed', values: { link, ...(code !== null && { code }) }, madeAt: null }
      const maker = makers.get(partner) ?? makerFor(partner)
      makers.set(partner, maker)
      if (maker instanceof ShoptoolError) throw maker
      try {
        const given = await maker({ sku, title, url, link }, channel)
        const at = instantOf(ctx.now(), found.shop.timezone)
        return { status: 'made', ...keepGiven(db, found, product, channel ?? '', given, at) }
      } catch (error) {
        // A partner that is down for one is down for the others.
        if (error instanceof ShoptoolError && error.fault === 'temporary') makers.set(partner, error)
        throw error
      }
    }

    function makerFor(id: string): LinkMaker | ShoptoolError {
      try {
        return linkMaker(found, findPartner(id, found.partners, BUILT_IN, id), options.source, ctx)
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
        results.push({ product, status: 'failed', values: {}, madeAt: null, error })
      }
    }
    print.progress(null)
    db.close()

    const warnings = place === null ? [] : [...new Set(results.flatMap((result) => blocked(calendar, place, result, today)))]
    if (global.json) print.json('link', { links: results.map((result) => linkDocument(result, channel ?? null)), warnings })
    else {
      print.table(
        [{ title: 'PRODUCT' }, { title: 'FORM' }, { title: 'VALUE' }],
        results.flatMap(({ product: { partner, sku }, values }) =>
          LINK_FORMS.flatMap((form) => (values[form] === undefined ? [] : [[`${partner}:${sku}`, form, values[form]]])),
        ),
      )
      for (const warning of warnings) print.warn(warning)
      for (const message of new Set(results.flatMap(({ error }) => error?.message ?? []))) print.warn(message)
      if (channel !== undefined && results.some(({ status }) => status === 'feed'))
        print.note(`Links of feeds do not know the channel; --refresh makes one for ${channel}`)
    }
    return results.map(({ error }): Outcome => error?.fault ?? 'done')
  },
})

function linkDocument({ product: { partner, sku }, status, values, madeAt, error }: Result, channel: string | null) {
  const { link = null, shortLink = null, code = null, miniProgram, picture = null } = values
  return {
    ...{ partner, sku, channel, status, link, shortLink, code },
    miniProgram: miniProgram === undefined ? null : JSON.parse(miniProgram),
    ...{ picture, madeAt, error: error?.message ?? null },
  }
}

/** What was made and will be stopped, or may be, where it is meant to go. */
function blocked(calendar: Calendar, place: ShareChannel, { product, values }: Result, day: Day): string[] {
  const { partner, url, link } = product
  const passes = passages(calendar, place, sourcesOf(calendar, { partner: { id: partner }, product: { url, link } }), day)
  const made = { url: values.shortLink ?? values.link, code: values.code }
  return (['url', 'code'] as const).flatMap((form) => {
    const { state, rule } = passes[form]
    if (made[form] === undefined || state === 'allow' || state === 'unknown') return []
    const instead = form === 'url' && passes.image.passes ? '; a poster carries it as a QR code' : ''
    return [`${place.name}: ${form} ${state === 'deny' ? 'does not pass' : 'may not pass'} there: ${rule.reason}${instead}`]
  })
}
