import { lookUpProduct, presentProduct } from '../catalog/find.ts'
import { netOfFees } from '../catalog/net.ts'
import { twinsOf, twinText } from '../catalog/twins.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { cleanText } from '../feeds/read.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { productByKey } from '../store/products.ts'
import { addToShelf, removeFromShelf, shelfItems } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { textIndex } from './find.ts'
import { option } from './option.ts'

const SHELF = option('--shelf <name>', 'which shelf; needed where shoptool.yaml has several')
const SKUS = ['<sku...>', 'partner:sku, or the sku alone where one partner has it; - reads them from standard input'] as const

const add = defineCommand({
  about:
    'Puts goods on a shelf, with the price and commission under which they were picked. Warns where a likely twin, the same goods with another partner or shop, pays more and costs no more.',
  args: [SKUS],
  options: { shelf: SHELF, reason: option('--reason <text>', 'why you recommend it; stands on posters and in the copy') },
  examples: [
    'shoptool shelf add 614252180627',
    'shoptool shelf add jd:100012043978 --reason 我家用了两年',
    'shoptool find 雨伞 --limit 5 --ids | shoptool shelf add -',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const shelf = chosenShelf(found, options.shelf)
    const db = openDatabase(found.database)
    const products = (await namesOf(ctx, names)).map((name) => lookUpProduct(db, name))
    for (const { status, partner, sku } of products)
      if (status === 'gone') throw usageError(`${partner}:${sku}: is gone from its feed and cannot be picked`)
    const reason = options.reason === undefined ? null : cleanText(options.reason)
    const at = instantOf(ctx.now(), found.shop.timezone)
    const net = netOfFees(found.partners, print.warn)
    for (const product of products) {
      const better = twinsOf(db, product, textIndex(found, print)).flatMap((twin) => twinText(product, twin, net, true) ?? [])
      if (better[0]) print.warn(`${product.partner}:${product.sku}: ${better[0]}`)
    }
    const results = db
      .transaction(() => products.map((product) => ({ product, added: addToShelf(db, shelf, product, reason, at) })))
      .immediate()
    if (global.json)
      print.json('shelf-add', { shelf, items: results.map(({ product: { partner, sku }, added }) => ({ partner, sku, added })) })
    else {
      for (const { product, added } of results) {
        const earns =
          product.commission === null
            ? ''
            : `, commission ${formatAmount(product.commission, product.currency)}${product.commissionRate === null ? '' : ` (${formatRate(product.commissionRate)} %)`}`
        print.line(
          `${added ? 'added' : 'was there'}  ${product.partner}:${product.sku}  ${product.title}  ${formatAmount(product.finalPrice, product.currency)}${earns}`,
        )
      }
    }
    return 'done'
  },
})

const remove = defineCommand({
  about: 'Takes goods off a shelf.',
  args: [SKUS],
  options: { shelf: SHELF },
  examples: ['shoptool shelf remove 614252180627'],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const shelf = chosenShelf(found, options.shelf)
    const db = openDatabase(found.database)
    const items = shelfItems(db, shelf)
    const chosen = (await namesOf(ctx, names)).map((name) => {
      const matching = items.filter(({ partner, sku }) => `${partner}:${sku}` === name || sku === name)
      if (matching.length > 1)
        throw usageError(
          `${name}: several partners' goods on the shelf have it, name one of ${matching.map(({ partner, sku }) => `${partner}:${sku}`).join(', ')}`,
        )
      if (!matching[0]) throw usageError(`${name}: is not on the shelf ${shelf}`)
      return matching[0]
    })
    db.transaction(() => chosen.forEach(({ partner, sku }) => void removeFromShelf(db, shelf, partner, sku))).immediate()
    if (global.json) print.json('shelf-remove', { shelf, items: chosen.map(({ partner, sku }) => ({ partner, sku })) })
    else for (const { partner, sku } of chosen) print.line(`removed  ${partner}:${sku}`)
    return 'done'
  },
})

const list = defineCommand({
  about: 'Lists the goods on a shelf beside what they cost and pay today.',
  options: { shelf: SHELF },
  examples: ['shoptool shelf list', 'shoptool shelf list --shelf main --json'],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    const shelf = chosenShelf(found, options.shelf)
    const db = openForReading(found.database)
    const items = shelfItems(db, shelf).map((item) => {
      const picked = productByKey(db, item.partner, item.sku)
      return { item, product: picked && presentProduct(db, picked) }
    })
    const money = (amount: Minor | null, currency: string) => (amount === null ? null : formatAmount(amount, currency))
    if (global.json) {
      print.json('shelf-list', {
        shelf,
        items: items.map(({ item, product }) => ({
          ...{
            partner: item.partner,
            sku: item.sku,
            title: product?.title ?? null,
            status: product?.status ?? 'gone',
            reason: item.reason,
            addedAt: item.addedAt,
          },
          currency: item.currency,
          picked: { finalPrice: money(item.finalPrice, item.currency), commission: money(item.commission, item.currency) },
          now: product
            ? { finalPrice: money(product.finalPrice, product.currency), commission: money(product.commission, product.currency) }
            : null,
        })),
      })
      return 'done'
    }
    print.table(
      [
        { title: 'PRODUCT' },
        { title: 'PRICE', align: 'right' },
        { title: 'COMMISSION', align: 'right' },
        { title: 'SINCE THE PICK', cut: true },
        { title: 'TITLE', cut: true },
        { title: 'REASON', cut: true },
      ],
      items.map(({ item, product }) => [
        `${item.partner}:${item.sku}`,
        money(product?.finalPrice ?? item.finalPrice, item.currency) ?? '',
        money(product?.commission ?? item.commission, item.currency) ?? '',
        !product || product.status === 'gone' ? 'gone' : changeText(item.finalPrice, product.finalPrice, item.currency),
        product?.title ?? '',
        item.reason ?? '',
      ]),
    )
    if (items.length === 0) print.note(`The shelf ${shelf} is empty; add goods with "shoptool shelf add <sku>"`)
    return 'done'
  },
})

function changeText(picked: Minor, now: Minor, currency: string): string {
  return picked === now ? '' : `price was ${formatAmount(picked, currency)}`
}

/** The names that were given; for `-` those that stand on standard input, between blanks or line breaks. */
export async function namesOf({ stdin }: Pick<Context, 'stdin'>, given: readonly string[]): Promise<string[]> {
  if (!given.includes('-')) return [...given]
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) text += chunk
  const read = text.split(/\s+/).filter(Boolean)
  if (read.length === 0) throw usageError('-: standard input names no goods, expected partner:sku, one a line')
  return given.flatMap((name) => (name === '-' ? read : name))
}

/** @throws usage where shoptool.yaml has no such shelf, or several and none was named. */
export function chosenShelf({ shelves }: Workspace, name: string | undefined): string {
  const names = Object.keys(shelves)
  if (names.length === 0) throw usageError('shoptool.yaml has no shelf; add one like shelves: { main: { kind: taoxiaopu } }')
  if (name === undefined) {
    if (names.length === 1) return names[0]!
    throw usageError(`--shelf: which one? shoptool.yaml has ${names.join(', ')}`)
  }
  if (names.includes(name)) return name
  const meant = nearest(name, names)
  throw usageError(
    `--shelf: unknown shelf "${name}"; ${meant ? `did you mean ${meant}?` : `shoptool.yaml has ${names.join(', ')}`}`,
  )
}

export const command = defineCommand({
  about: 'Chooses the goods to share.',
  examples: ['shoptool shelf add 614252180627 --reason 好看又便宜', 'shoptool shelf list', 'shoptool shelf remove 614252180627'],
  commands: { add, list, remove },
})
