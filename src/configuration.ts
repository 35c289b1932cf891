import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, stringify } from 'yaml'
import * as z from 'zod/mini'
import { isDay, isZone } from './day.ts'
import { type Currency, formatRate, isCurrency, type Ppm, readAmount, readRate } from './money.ts'
import { RECORD_KINDS } from './records.ts'
import {
  type Channel,
  type Cost,
  DISCLOSURES,
  FORMS,
  isAddress,
  NOTIFY_EVENTS,
  type Quiet,
  type Shop,
  type Source,
  type TeamTerms,
  WEBHOOK_KINDS,
  WORKSPACE_FILE,
  type Workspace,
} from './workspace.ts'
import { parseYaml, readYaml, wrong, type YamlFile } from './yaml.ts'

/** Nobody is paid for the sales of more than so many. */
const MOST_LEVELS = 3

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u
const name = z.string().check(z.regex(NAME, 'expected letters, digits, ".", "_" and "-"'))
const filled = z.string().check(z.minLength(1, 'is empty, expected a text'))
const oneOrMore = z.pipe(
  z.transform((given) => (typeof given === 'string' ? [given] : given)),
  z.array(filled).check(z.minLength(1, 'is empty, expected a file name')),
)
const percentage = z.pipe(
  z.unknown(),
  z.transform((given, context) => {
    const rate = typeof given === 'string' && given.endsWith('%') ? readRate(given, 'percent') : null
    if (rate !== null && rate >= 0 && rate <= 1_000_000) return rate
    context.issues.push({ code: 'custom', message: 'expected a percentage from 0% to 100%, like 50%', input: given })
    return z.NEVER
  }),
)
// YAML reads a bare 22 as a number; partners want text
const scalar = z.pipe(
  z.transform((given) => (typeof given === 'number' ? String(given) : given)),
  z.string(),
)
// A list of ids, or ids with the channel that each is used for.
const trackingIds = z.pipe(
  z.union(
    [z.array(scalar), z.record(z.string(), z.nullable(name))],
    'expected a list of tracking ids, like [mm_1_2_3], or a channel for each, like { mm_1_2_3: moments }',
  ),
  z.transform((given) => (Array.isArray(given) ? Object.fromEntries(given.map((id) => [id, null])) : given)),
)

const timezone = z
  .string()
  .check(z.refine(isZone, { error: (issue) => `"${issue.input}" is not a time zone, expected like Asia/Shanghai` }))
const currency = z
  .string()
  .check(z.refine(isCurrency, { error: (issue) => `"${issue.input}" is not a currency, expected an ISO 4217 code like CNY` }))

const address = z
  .string()
  .check(z.refine(isAddress, { error: (issue) => `"${issue.input}" is not an address, expected like https://example.com/shop` }))

const quiet = z.pipe(
  z.unknown(),
  z.transform((given, context): Quiet | null => {
    if (given === 'none') return null
    const [, ...parts] = (typeof given === 'string' && /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(given)) || []
    const [from, fromMinute, until, untilMinute] = parts.map(Number) as [number, number, number, number]
    if (parts.length === 4 && from * 60 + fromMinute !== until * 60 + untilMinute)
      return { from: from * 60 + fromMinute, until: until * 60 + untilMinute }
    context.issues.push({ code: 'custom', message: 'expected two times of the day like "22:00-08:00", or none', input: given })
    return z.NEVER
  }),
)

const levels = z
  .array(percentage)
  .check(
    z.minLength(1, 'is empty, expected a rate for each level, like [50%]'),
    z.maxLength(MOST_LEVELS, `has too many levels, expected at most ${MOST_LEVELS}`),
  )
const day = z.string().check(z.refine(isDay, { error: (issue) => `"${issue.input}" is not a day, expected like 2026-11-01` }))
const costs = z.array(
  z.strictObject({
    ...{ on: z.optional(day), from: z.optional(day), every: z.optional(z.enum(['month', 'year'])), until: z.optional(day) },
    ...{ amount: scalar, currency: z.optional(currency), of: filled },
  }),
)
const team = z.array(
  z.strictObject({
    from: z.optional(day),
    links: z._default(z.enum(['sellers', 'buyers']), 'sellers'),
    levels,
    rebate: z.optional(percentage),
    tiers: z.optional(
      z.strictObject({
        by: z.enum(['commission', 'orders']),
        partners: z.optional(z.array(filled)),
        tiers: z
          .array(z.strictObject({ name: filled, from: scalar, levels: z.optional(levels), rebate: z.optional(percentage) }))
          .check(z.minLength(1, 'is empty, expected tiers like { name: 新晋, from: 0 }')),
      }),
    ),
    entryFee: z.optional(scalar),
    recruiting: z.optional(scalar),
  }),
)

const schema = z.strictObject({
  shop: z.strictObject({
    ...{ name: filled, timezone, currency, link: z.optional(address) },
    disclosure: z.optional(z.enum(DISCLOSURES)),
  }),
  shelves: z._default(
    z.record(name, z.strictObject({ kind: filled, cap: z.optional(z.int().check(z.minimum(1, 'expected 1 or more'))) })),
    {},
  ),
  sources: z._default(
    z.record(
      name,
      z.strictObject({
        partner: filled,
        feed: z.enum(RECORD_KINDS),
        currency: z.optional(currency),
        timezone: z.optional(timezone),
        prefer: z.optional(filled),
        file: z.optional(oneOrMore),
        url: z.optional(filled),
        api: z.optional(z.record(z.string(), scalar)),
        query: z.optional(
          z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'expected a text, a number, true or false')),
        ),
        guard: z.optional(
          z.strictObject({
            rows: z.optional(z.int().check(z.minimum(1, 'expected 1 or more'))),
            shrink: z.optional(percentage),
            rejects: z.optional(percentage),
          }),
        ),
      }),
    ),
    {},
  ),
  channels: z._default(
    z.record(
      name,
      z.strictObject({
        surface: z.string().check(z.regex(/^[^/\s]+\/[^/\s]+$/, 'expected app and place, like wechat/moments')),
        forms: z.array(z.enum(FORMS)).check(z.minLength(1, `is empty, expected some of ${FORMS.join(', ')}`)),
        daily: z.optional(z.int().check(z.minimum(1, 'expected 1 or more'))),
        quiet: z.optional(quiet),
        noRepeat: z.optional(z.int().check(z.minimum(0, 'expected 0 or more days'))),
        gap: z.optional(z.int().check(z.minimum(0, 'expected 0 or more minutes'))),
        costs: z.optional(costs),
      }),
    ),
    {},
  ),
  costs: z._default(costs, []),
  photos: z._default(z.strictObject({ hosts: z.array(filled) }), { hosts: [] }),
  tracking: z._default(z.record(name, trackingIds), {}),
  team: z._default(team, []),
  notify: z.optional(
    z.strictObject({
      on: z._default(z.array(z.enum(NOTIFY_EVENTS)), [...NOTIFY_EVENTS]),
      webhook: z.strictObject({ kind: z.enum(WEBHOOK_KINDS), url: filled }),
    }),
  ),
})

/**
 * What shoptool.yaml says.
 * @throws usage with line, path and what was expected.
 */
export function readConfiguration(
  text: string,
): Pick<Workspace, 'shop' | 'shelves' | 'sources' | 'channels' | 'costs' | 'tracking' | 'photoHosts' | 'team' | 'notify'> {
  const file = parseYaml(WORKSPACE_FILE, text)
  const { shop, shelves, sources, channels, costs, tracking, photos, team, notify = null } = readYaml(file, schema)
  return {
    shop,
    shelves,
    sources: Object.fromEntries(
      Object.entries(sources).map(
        ([name, { partner, feed, currency, timezone, prefer, guard, file: files, url, api, query }]): [string, Source] => {
          const given = [files, url, api].filter((each) => each !== undefined).length
          if (given !== 1)
            wrong(file, ['sources', name], `expected one of file, url and api, found ${given === 0 ? 'none' : given}`)
          if (prefer !== undefined && feed !== 'orders')
            wrong(file, ['sources', name, 'prefer'], 'goes with a feed of orders only')
          if (query && !api) wrong(file, ['sources', name, 'query'], 'only an api has a query')
          if (guard && feed === 'payouts')
            wrong(file, ['sources', name, 'guard'], 'a statement is taken whole or not at all, it needs none')
          if (guard && feed === 'receipts')
            wrong(file, ['sources', name, 'guard'], 'a month may have no receipt at all, they need none')
          if (guard?.shrink !== undefined && feed !== 'products')
            wrong(file, ['sources', name, 'guard', 'shrink'], 'only products can be missing, orders are kept for good')
          const from: Source['from'] = files
            ? { kind: 'file', files }
            : url !== undefined
              ? { kind: 'url', url }
              : { kind: 'api', credentials: api!, query: query ?? {} }
          const own = { ...(currency && { currency }), ...(timezone && { timezone }), ...(prefer !== undefined && { prefer }) }
          return [name, { name, partner, feed, ...own, from, ...(guard && { guard }) }]
        },
      ),
    ),
    channels: Object.fromEntries(
      Object.entries(channels).map(([name, { surface, forms, daily = null, quiet, noRepeat, gap, costs }]): [string, Channel] => [
        name,
        {
          ...{ surface, forms, daily },
          ...(quiet !== undefined && { quiet }),
          ...(noRepeat !== undefined && { noRepeat }),
          ...(gap !== undefined && { gap }),
          ...(costs && { costs: costs.map((cost, i) => costOf(file, cost, ['channels', name, 'costs', i], shop.currency)) }),
        },
      ]),
    ),
    costs: costs.map((cost, i) => costOf(file, cost, ['costs', i], shop.currency)),
    photoHosts: photos.hosts,
    tracking,
    team: team.map((terms, i) => teamTerms(file, terms, team[i - 1], ['team', i], shop.currency)),
    notify,
  }
}

/** @throws usage where it is not clear when it is paid, or how much. */
function costOf(file: YamlFile, cost: z.output<typeof costs>[number], place: (string | number)[], usual: Currency): Cost {
  const { on, from, every = null, until = null, amount, currency: money = usual, of } = cost
  const first = on ?? from
  const isClear = on === undefined ? every !== null : from === undefined && every === null && until === null
  if (first === undefined || !isClear)
    wrong(file, place, 'expected either "on", a day, or "from", a day, with "every: month" and perhaps "until"')
  if (until !== null && until < first) wrong(file, [...place, 'until'], `${until} is before ${first}`)
  const minor = readAmount(amount, money)
  if (minor === null || minor <= 0) wrong(file, [...place, 'amount'], `"${amount}" is not an amount in ${money} above 0`)
  return { from: first, every, until, amount: minor, currency: money, of }
}

const WHOLE: Ppm = 1_000_000

/** @throws usage where terms do not follow those `before` them, contradict themselves, or share out more than there is. */
function teamTerms(
  file: YamlFile,
  terms: z.output<typeof team>[number],
  before: z.output<typeof team>[number] | undefined,
  place: (string | number)[],
  currency: Currency,
): TeamTerms {
  const { from = null, links, levels, rebate, tiers = null, entryFee = null, recruiting = null } = terms
  if (before && (from === null || (before.from ?? '') >= from))
    wrong(file, [...place, 'from'], `expected a day after ${before.from ?? 'the beginning'}, where the terms before begin`)
  for (const [key, amount] of Object.entries({ entryFee, recruiting })) {
    if (amount !== null && (readAmount(amount, currency) ?? 0) <= 0)
      wrong(file, [...place, key], `"${amount}" is not an amount in ${currency} above 0`)
  }
  const all = tiers?.tiers ?? []
  all.forEach((tier, i) => {
    const at = [...place, 'tiers', 'tiers', i]
    if (all.findIndex(({ name }) => name === tier.name) < i) wrong(file, at, `there are two tiers ${tier.name}`)
    if (tier.levels && tier.levels.length !== levels.length)
      wrong(file, [...at, 'levels'], `expected as many rates as levels, ${levels.length}`)
  })
  for (const [at, rate] of [
    [place, rebate] as const,
    ...all.map((tier, i) => [[...place, 'tiers', 'tiers', i], tier.rebate] as const),
  ])
    if (rate !== undefined && links === 'sellers')
      wrong(file, [...at, 'rebate'], 'a rebate is for buyers, expected "links: buyers" beside it')
  // each of them may be in the tier that gives most
  const most = (rates: (Ppm | undefined)[]) => Math.max(...rates.map((rate) => rate ?? 0))
  const shared = levels.reduce(
    (sum, rate, level) => sum + most([rate, ...all.map((tier) => tier.levels?.[level])]),
    most([rebate, ...all.map((tier) => tier.rebate)]),
  )
  if (shared > WHOLE) wrong(file, place, `shares out ${formatRate(shared)}% of what was received, expected 100% at most`)
  return { from, links, levels, rebate: rebate ?? 0, tiers, entryFee, recruiting }
}

/**
 * Changes shoptool.yaml through its document, so that comments and order survive; the result is checked before it replaces the file.
 * @throws usage when the changed configuration would be wrong.
 */
export function editConfiguration(folder: string, change: (document: Document) => void): void {
  const path = join(folder, WORKSPACE_FILE)
  const { document } = parseYaml(WORKSPACE_FILE, readFileSync(path, 'utf8'))
  change(document)
  const text = document.toString({ lineWidth: 0 })
  readConfiguration(text)
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

/** A first shoptool.yaml, with comments that say how to go on. */
export function newConfiguration(shop: Shop): string {
  const flow = (value: unknown) => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
  return `# The workspace of shoptool. Commands that change this file keep your comments.
shop: ${flow(shop)}

# Where records come from: files you export (globs, from this folder), a URL, or the partner's API.
# "feed" is products, orders, payouts or receipts (of a bank). Partners that are not built in are described in partners/<id>.yaml;
# "shoptool map --fields" lists what their columns can be mapped to.
sources: {}
#  taobao-picks: { partner: taobao, feed: products, file: "feeds/taobao-*.csv" }
#  acme:         { partner: acme, feed: products, url: "https://acme.example/feed.csv" }
#  jd-orders:    { partner: jd, feed: orders, api: { appKey: "…", secret: "\${JD_SECRET}" } }
# "guard" refuses readings that cannot be the whole: guard: { rows: 100, shrink: 30%, rejects: 5% }

# Goods chosen for sharing. "kind" is the kind of shop whose rules hold.
shelves:
  main: { kind: taoxiaopu }

# Where you share, and in which forms the channel lets offers pass: image, code, url. For "shoptool plan": at most "daily" posts a day,
# none in the "quiet" hours, "gap" minutes apart, the same goods again after "noRepeat" days. For "report funnel" what it costs:
# costs: [{ on: 2026-11-05, amount: 33, of: ads }, { from: 2026-11-01, every: month, amount: 99, of: tools }]
channels:
  moments: { surface: wechat/moments, forms: [image] }

# Your tracking ids, besides those of "api:" above: links that carry another one are not shared.
# tracking: { taobao: [mm_1_2_3], awin: [12345] }

# What members of your team get of what was received for their orders: levels are counted back from the buyer, level 1 is the seller.
# team: [{ from: 2026-11-01, levels: [50%] }]

# Secrets never stand in this file: write \${NAME} for an environment variable or file:secrets/name.key for a file.
# notify: { on: [failure, findings], webhook: { kind: wecom, url: "\${WECOM_URL}" } }
`
}
