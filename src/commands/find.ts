import {
  comparesAmounts,
  findProducts,
  otherCurrency,
  productDocument,
  type Search,
  SORTS,
  type Sort,
  STATUSES,
} from '../catalog/find.ts'
import { netOfFees } from '../catalog/net.ts'
import { readScoreRules, type Score, type ScoreRules, scoreOf, scoreReasons, scoreText } from '../catalog/score.ts'
import { indexTextsOf } from '../catalog/search.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, type Ppm, readAmount } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { savedNames, savedSearch, saveSearch } from '../store/searches.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { count, currency, flag, list, oneOf, option, rate, readValue, text, type Value } from './option.ts'
import type { Print, TableColumn } from './print.ts'

/** What goods are looked for by; `pick` has the same. */
export const SEARCH_ARGS = [['[text...]', 'words that title, brand or shop must hold']] as const
export const SEARCH_OPTIONS = {
  partner: list('--partner <id,id>', 'only goods of these partners'),
  source: list('--source <name,name>', 'only goods read from these sources, "import" for files read by hand'),
  status: option('--status <status>', 'on offer or not (default live)', oneOf(STATUSES)),
  category: option('--category <name>', 'only goods of this category'),
  minCommission: option('--min-commission <amount>', 'least commission for one piece, like 5.00'),
  minRate: option('--min-rate <rate>', 'least commission rate, like 20%', rate),
  minSales: option('--min-sales <n>', 'least sales, like 1000 or 1.2万', count),
  price: option('--price <from..to>', 'price range, like 10..99, 10.. or ..99'),
  currency: option(
    '--currency <code>',
    'currency of amounts (default: that of the shop); goods in others are left out where amounts are compared',
    currency,
  ),
  coupon: flag('--coupon', 'only goods with a coupon'),
  sort: option('--sort <by>', 'order (default commission)', oneOf(SORTS)),
  asc: flag('--asc', 'smallest first (the default for price)'),
  desc: flag('--desc', 'largest first (the default for all others)'),
  limit: option('--limit <n>', 'at most so many (default 20)', count),
  saved: option(
    '--saved <name>',
    'search as kept under the name; words and flags given here count instead of the kept ones',
    text,
  ),
}

export const command = defineCommand({
  about:
    'Finds goods worth sharing. Prices are with the coupon; net is the commission after the fees of the partner. Amounts of different currencies are never compared: sorted by commission, price or score, or filtered by an amount, only goods in the currency of the shop are found, or in that of --currency. The score is a sum of points by rules/score.yaml; sorted by it, its reasons are shown.',
  args: SEARCH_ARGS,
  options: {
    ...SEARCH_OPTIONS,
    after: option('--after <cursor>', 'go on where an earlier page ended: its "next"'),
    ids: flag('--ids', 'only partner:sku, one a line, for "shelf add -" and "poster -"'),
    save: option('--save <name>', 'keep words and flags of this search (not what it finds) under a name', text),
  },
  examples: [
    'shoptool find --min-rate 20% --min-sales 1000 --price 10..99',
    'shoptool find 雨伞 --coupon --sort sales',
    'shoptool find --partner taobao,pdd --limit 100 --json',
    'shoptool find 雨伞 --min-rate 20% --save umbrellas',
    'shoptool find --saved umbrellas --sort score --ids | shoptool shelf add -',
  ],
  async run({ ctx, args: [words], options, workspace, print, global }) {
    const found = await workspace()
    const { after, save, saved, ids, ...given } = { words, ...options }
    if (ids && global.json) throw usageError('--ids and --json: expected one of the two')
    const db = openForReading(found.database)
    const asked = askedFor(db, given, saved)
    const search = { ...searchFor(ctx, found, asked), after: after ?? null }
    const { products, next } = findProducts(db, search, textIndex(found, print))
    if (save !== undefined) {
      const writing = openDatabase(found.database)
      saveSearch(writing, save, JSON.stringify(asked))
      writing.close()
      print.note(`Kept: shoptool find --saved ${/^[\w.-]+$/.test(save) ? save : `'${save.replaceAll("'", "'\\''")}'`}`)
    }
    if (ids) for (const { partner, sku } of products) print.line(`${partner}:${sku}`)
    else {
      const net = netOfFees(found.partners, instantOf(ctx.now(), found.shop.timezone).slice(0, 10), print.warn)
      const rules = search.score
      const scored = (product: StoredProduct) => rules && scoreOf(product, rules)
      if (global.json) {
        const document = (product: StoredProduct) => ({
          ...productDocument(product),
          net: amountText(net.of(product), product),
          ...(rules && scoreDocument(scored(product), rules)),
        })
        print.json('find', { products: products.map(document), next })
      } else {
        const columns: (readonly [TableColumn, (product: StoredProduct) => string | null])[] = [
          [{ title: 'PRODUCT' }, ({ partner, sku }) => `${partner}:${sku}`],
          ...(rules
            ? [[{ title: 'SCORE', align: 'right' }, (each: StoredProduct) => String(scored(each)?.total ?? '')] as const]
            : []),
          [{ title: 'PRICE', align: 'right' }, (each) => amountText(each.finalPrice, each)],
          [
            { title: 'RATE', align: 'right' },
            ({ commissionRate }) => (commissionRate === null ? null : `${formatRate(commissionRate)}%`),
          ],
          [{ title: 'COMMISSION', align: 'right' }, (each) => amountText(each.commission, each)],
          [{ title: 'NET', align: 'right', paint: print.paint.green }, (each) => amountText(net.of(each), each)],
          [{ title: 'SALES', align: 'right' }, ({ sales }) => (sales === null ? null : String(sales))],
          [{ title: 'TITLE', cut: true }, ({ title }) => title],
          ...(rules
            ? [
                [
                  { title: 'REASONS', cut: true },
                  (each: StoredProduct) => {
                    const score = scored(each)
                    return score && scoreReasons(score, rules)
                  },
                ] as const,
              ]
            : []),
        ]
        print.table(
          columns.map(([column]) => column),
          products.map((product) => columns.map(([, cell]) => cell(product) ?? '')),
        )
      }
    }
    if (products.length === 0 && !global.json) print.note('Nothing found.')
    if (next && !global.json) print.note(`More: add --after ${next}`)
    noteOtherCurrency(db, search, next, print)
    return 'done'
  },
})

/** The score of a product with its reasons, in the fields of `find --json`. */
const scoreDocument = (score: Score | null, rules: ScoreRules) => ({
  score: score?.total ?? null,
  scorePoints: score?.points ?? null,
  scoreText: score && scoreText(score, rules),
})

/** `19.80`, as find and show print it. */
export const amountText = (amount: Minor | null, { currency }: { currency: Currency }) =>
  amount === null ? null : formatAmount(amount, currency)

/** Where the list ends: that goods in another currency are not on it. */
export function noteOtherCurrency(db: Database, search: Search, next: string | null, print: Print): void {
  if (next !== null || !comparesAmounts(search)) return
  const other = otherCurrency(db, search.currency)
  if (other) print.note(`Goods in ${other} are left out, amounts are in ${search.currency}; for them add --currency ${other}`)
}

/** Brings the text index of the workspace up to date where a search needs that. */
export function textIndex({ database }: Workspace, print: Print) {
  return {
    refresh() {
      print.progress('preparing the search for words …')
      if (!indexTextsOf(database)) print.detail('the text index cannot be written now: every product is looked at instead')
      print.progress(null)
    },
  }
}

/** The words and flags to search by: those given, and for what was not given those kept as `saved`. */
export function askedFor(db: Database, given: Flags, saved: string | undefined): Flags {
  if (given.asc && given.desc) throw usageError('--asc and --desc: expected one of the two')
  if (given.limit === 0) throw usageError('--limit: "0" is not a count of rows, expected 1 or more')
  return saved === undefined ? given : override(savedFlags(db, saved), given)
}

/** What words and flags mean in a workspace. @throws usage on amounts that are none and partners or sources that there are not. */
export function searchFor(ctx: Pick<Context, 'home'>, workspace: Workspace, asked: Flags): Search {
  const { shop, partners, sources } = workspace
  const { sort = 'commission', limit = 20, currency = shop.currency } = asked
  const money = amountIn(currency)
  for (const id of asked.partner) findPartner(id, partners, BUILT_IN, '--partner')
  for (const name of asked.source) {
    if (name === 'import' || name in sources) continue
    const known = ['import', ...Object.keys(sources)]
    const meant = nearest(name, known)
    throw usageError(`--source: unknown source "${name}"; ${meant ? `did you mean ${meant}?` : `there are ${known.join(', ')}`}`)
  }
  return {
    text: asked.words.join(' '),
    partners: asked.partner,
    sources: asked.source,
    status: asked.status ?? 'live',
    category: asked.category ?? null,
    currency,
    minCommission: asked.minCommission === undefined ? null : readValue('--min-commission', asked.minCommission, money),
    minRate: asked.minRate ?? null,
    minSales: asked.minSales ?? null,
    price: readRange(asked.price, money),
    coupon: asked.coupon,
    sort,
    score: sort === 'score' ? readScoreRules(ctx.home, workspace.folder, currency) : null,
    ascending: asked.asc || (sort === 'price' && !asked.desc),
    limit,
    after: null,
  }
}

/** Words and flags as they were given; those that say where in the list, and how the search itself is kept, are no part of it. */
type Flags = {
  words: string[]
  partner: string[]
  source: string[]
  status: Search['status'] | undefined
  category: string | undefined
  minCommission: string | undefined
  minRate: Ppm | undefined
  minSales: number | undefined
  price: string | undefined
  currency: Currency | undefined
  coupon: boolean
  sort: Sort | undefined
  asc: boolean
  desc: boolean
  limit: number | undefined
}

/** @throws usage where nothing was kept under the name. */
export function savedFlags(db: Database, name: string): Flags {
  const found = savedSearch(db, name)
  // kept by an older version, it may lack a flag of this one
  if (found !== undefined) return { source: [], ...(JSON.parse(found) as Omit<Flags, 'source'>) }
  const names = savedNames(db)
  const meant = nearest(name, names)
  throw usageError(
    `--saved: no search is kept as "${name}"; ${meant ? `did you mean ${meant}?` : names.length > 0 ? `there are ${names.join(', ')}` : 'keep one with "shoptool find … --save NAME"'}`,
  )
}

/** `kept` but for what was given. Another order comes with its own direction. */
function override(kept: Flags, given: Flags): Flags {
  const said = Object.entries(given).filter(
    ([, value]) => value !== undefined && value !== false && (!Array.isArray(value) || value.length > 0),
  )
  const turned = given.asc || given.desc || given.sort !== undefined
  return { ...kept, ...(turned && { asc: false, desc: false }), ...Object.fromEntries(said) }
}

/** An amount above zero in the shop's currency. */
export function amountIn(currency: Currency): Value<Minor> {
  const read = (text: string) => {
    const amount = readAmount(text, currency)
    return amount === null || amount < 0 ? null : amount
  }
  return { read, is: `an amount in ${currency}`, like: formatAmount(990, currency) }
}

/** `10..99`; either end may be left open. */
function readRange(text: string | undefined, money: Value<Minor>): { from: Minor | null; to: Minor | null } {
  if (text === undefined) return { from: null, to: null }
  const [, first, last] = /^(.*?)\.\.(.*)$/.exec(text) ?? []
  if (first === undefined || last === undefined || (first === '' && last === ''))
    throw usageError(`--price: "${text}" is not a range, expected like 10..99, 10.. or ..99`)
  const from = first === '' ? null : readValue('--price', first, money)
  const to = last === '' ? null : readValue('--price', last, money)
  if (from !== null && to !== null && from > to) throw usageError(`--price: "${text}" ends before it begins`)
  return { from, to }
}
