import { findProducts, productDocument, SORTS, type Sort } from '../catalog/find.ts'
import { indexTextsOf } from '../catalog/search.ts'
import { nearest, usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, type Ppm, readAmount } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import { savedNames, savedSearch, saveSearch } from '../store/searches.ts'
import { defineCommand } from './command.ts'
import { count, flag, list, oneOf, option, rate, readValue, text, type Value } from './option.ts'

export const command = defineCommand({
  about: 'Finds goods worth sharing. Prices are with the coupon; amounts are in the currency of the shop.',
  args: [['[text...]', 'words that title, brand or shop must hold']],
  options: {
    partner: list('--partner <id,id>', 'only goods of these partners'),
    category: option('--category <name>', 'only goods of this category'),
    minCommission: option('--min-commission <amount>', 'least commission for one piece, like 5.00'),
    minRate: option('--min-rate <rate>', 'least commission rate, like 20%', rate),
    minSales: option('--min-sales <n>', 'least sales, like 1000 or 1.2万', count),
    price: option('--price <from..to>', 'price range, like 10..99, 10.. or ..99'),
    coupon: flag('--coupon', 'only goods with a coupon'),
    sort: option('--sort <by>', 'order (default commission)', oneOf(SORTS)),
    asc: flag('--asc', 'smallest first (the default for price)'),
    desc: flag('--desc', 'largest first (the default for all others)'),
    limit: option('--limit <n>', 'at most so many (default 20)', count),
    after: option('--after <cursor>', 'go on where an earlier page ended: its "next"'),
    save: option('--save <name>', 'keep words and flags of this search (not what it finds) under a name', text),
    saved: option(
      '--saved <name>',
      'search as kept under the name; words and flags given here count instead of the kept ones',
      text,
    ),
  },
  examples: [
    'shoptool find --min-rate 20% --min-sales 1000 --price 10..99',
    'shoptool find 雨伞 --coupon --sort sales',
    'shoptool find --partner taobao,pdd --limit 100 --json',
    'shoptool find 雨伞 --min-rate 20% --save umbrellas',
    'shoptool find --saved umbrellas --sort sales',
  ],
  async run({ args: [words], options, workspace, print, global }) {
    const { shop, database, partners } = await workspace()
    if (options.asc && options.desc) throw usageError('--asc and --desc: expected one of the two')
    if (options.limit === 0) throw usageError('--limit: "0" is not a count of rows, expected 1 or more')
    const { after, save, saved, ...given } = { words, ...options }
    const db = openForReading(database)
    const asked = saved === undefined ? given : override(savedFlags(db, saved), given)
    const money = amountIn(shop.currency)
    const { sort = 'commission', limit = 20 } = asked
    const minCommission = asked.minCommission === undefined ? null : readValue('--min-commission', asked.minCommission, money)
    const price = readRange(asked.price, money)
    for (const id of asked.partner) findPartner(id, partners, BUILT_IN, '--partner')
    const refresh = () => {
      print.progress('preparing the search for words …')
      if (!indexTextsOf(database)) print.detail('the text index cannot be written now: every product is looked at instead')
      print.progress(null)
    }
    const search = {
      text: asked.words.join(' '),
      partners: asked.partner,
      category: asked.category ?? null,
      currency: shop.currency,
      minCommission,
      minRate: asked.minRate ?? null,
      minSales: asked.minSales ?? null,
      price,
      coupon: asked.coupon,
      sort,
      ascending: asked.asc || (sort === 'price' && !asked.desc),
      limit,
      after: after ?? null,
    }
    const { products, next } = findProducts(db, search, { refresh })
    if (save !== undefined) {
      const writing = openDatabase(database)
      saveSearch(writing, save, JSON.stringify(asked))
      writing.close()
      print.note(`Kept: shoptool find --saved ${/^[\w.-]+$/.test(save) ? save : `'${save.replaceAll("'", "'\\''")}'`}`)
    }
    if (global.json) {
      print.json('find', { products: products.map(productDocument), next })
      return 'done'
    }
    const amount = (minor: Minor | null, currency: Currency) => (minor === null ? '' : formatAmount(minor, currency))
    print.table(
      [
        { title: 'PRODUCT' },
        { title: 'PRICE', align: 'right' },
        { title: 'RATE', align: 'right' },
        { title: 'COMMISSION', align: 'right', paint: print.paint.green },
        { title: 'SALES', align: 'right' },
        { title: 'TITLE', cut: true },
      ],
      products.map((product) => [
        `${product.partner}:${product.sku}`,
        amount(product.finalPrice, product.currency),
        product.commissionRate === null ? '' : `${formatRate(product.commissionRate)}%`,
        amount(product.commission, product.currency),
        product.sales === null ? '' : String(product.sales),
        product.title,
      ]),
    )
    if (products.length === 0) print.note('Nothing found.')
    if (next) print.note(`More: add --after ${next}`)
    return 'done'
  },
})

/** Words and flags as they were given; those that say where in the list, and how the search itself is kept, are no part of it. */
type Flags = {
  words: string[]
  partner: string[]
  category: string | undefined
  minCommission: string | undefined
  minRate: Ppm | undefined
  minSales: number | undefined
  price: string | undefined
  coupon: boolean
  sort: Sort | undefined
  asc: boolean
  desc: boolean
  limit: number | undefined
}

/** @throws usage where nothing was kept under the name. */
function savedFlags(db: Database, name: string): Flags {
  const found = savedSearch(db, name)
  if (found !== undefined) return JSON.parse(found) as Flags
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
