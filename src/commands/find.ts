import { findProducts, productDocument, SORTS } from '../catalog/find.ts'
import { usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, readAmount } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { openForReading } from '../store/open.ts'
import { defineCommand } from './command.ts'
import { count, flag, list, oneOf, option, rate, readValue, type Value } from './option.ts'

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
    sort: option('--sort <by>', 'order', oneOf(SORTS), 'commission' as const),
    asc: flag('--asc', 'smallest first (the default for price)'),
    desc: flag('--desc', 'largest first (the default for all others)'),
    limit: option('--limit <n>', 'at most so many', count, 20),
    after: option('--after <cursor>', 'go on where an earlier page ended: its "next"'),
  },
  examples: [
    'shoptool find --min-rate 20% --min-sales 1000 --price 10..99',
    'shoptool find 雨伞 --coupon --sort sales',
    'shoptool find --partner taobao,pdd --limit 100 --json',
  ],
  async run({ args: [words], options, workspace, print, global }) {
    const { shop, database, partners } = await workspace()
    if (options.asc && options.desc) throw usageError('--asc and --desc: expected one of the two')
    if (options.limit < 1) throw usageError('--limit: "0" is not a count of rows, expected 1 or more')
    const money = amountIn(shop.currency)
    const minCommission = options.minCommission === undefined ? null : readValue('--min-commission', options.minCommission, money)
    const price = readRange(options.price, money)
    for (const id of options.partner) findPartner(id, partners, BUILT_IN, '--partner')
    const { products, next } = findProducts(openForReading(database), {
      text: words.join(' '),
      partners: options.partner,
      category: options.category ?? null,
      currency: shop.currency,
      minCommission,
      minRate: options.minRate ?? null,
      minSales: options.minSales ?? null,
      price,
      coupon: options.coupon,
      sort: options.sort,
      ascending: options.asc || (options.sort === 'price' && !options.desc),
      limit: options.limit,
      after: options.after ?? null,
    })
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
