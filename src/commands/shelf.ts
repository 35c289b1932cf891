import { productOf } from '../catalog/pick.ts'
import { formatAmount, type Minor } from '../money.ts'
import { openForReading } from '../store/open.ts'
import { shelfItems } from '../store/shelf.ts'
import { defineCommand } from './command.ts'
import { SHELF, shelfNamed } from './named.ts'
import { add, figuresDocument, swap } from './shelf-add.ts'
import { check } from './shelf-check.ts'
import { log, move, reason, redo, remove, undo, unpark } from './shelf-edit.ts'
import { tier } from './shelf-tier.ts'

export { chosenShelf, namesOf } from './named.ts'

const list = defineCommand({
  about: 'Lists the goods on a shelf, in their order, beside what they cost and pay today.',
  options: { shelf: SHELF },
  examples: ['shoptool shelf list', 'shoptool shelf list --shelf main --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const { shelf } = shelfNamed(ctx, found, options.shelf)
    const db = openForReading(found.database)
    const items = shelfItems(db, shelf.name, { parked: true }).map((item) => ({ item, product: productOf(db, item) }))
    const counted = items.filter(({ item }) => item.parkedAt === null).length
    const money = (amount: Minor | null, currency: string) => (amount === null ? null : formatAmount(amount, currency))
    if (global.json) {
      print.json('shelf-list', {
        ...{ shelf: shelf.name, kind: shelf.kind.id, cap: shelf.cap.most, counted },
        items: items.map(({ item, product }) => ({
          ...{
            partner: item.partner,
            sku: item.sku,
            title: product?.title ?? null,
            status: product?.status ?? 'gone',
            reason: item.reason,
            addedAt: item.addedAt,
            parkedAt: item.parkedAt,
          },
          currency: item.currency,
          picked: figuresDocument(item),
          now: product
            ? {
                currency: product.currency,
                finalPrice: money(product.finalPrice, product.currency),
                commission: money(product.commission, product.currency),
              }
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
        ...(product ? [product] : [item]).flatMap(({ finalPrice, commission, currency }) => [
          money(finalPrice, currency) ?? '',
          money(commission, currency) ?? '',
        ]),
        [item.parkedAt !== null && 'set aside', !product || product.status === 'gone' ? 'gone' : changeText(item, product)]
          .filter(Boolean)
          .join(', '),
        product?.title ?? '',
        item.reason ?? '',
      ]),
    )
    if (items.length === 0) print.note(`The shelf ${shelf.name} is empty; add goods with "shoptool shelf add <sku>"`)
    else if (shelf.cap.most !== null) print.note(`${counted} of ${shelf.cap.most} goods that ${shelf.kind.name} allows.`)
    return 'done'
  },
})

function changeText(picked: Priced, now: Priced): string {
  const was = `price was ${formatAmount(picked.finalPrice, picked.currency)}`
  if (picked.currency !== now.currency) return `${was} ${picked.currency}, is in ${now.currency}`
  return picked.finalPrice === now.finalPrice ? '' : was
}

type Priced = { finalPrice: Minor; currency: string }

export const command = defineCommand({
  about:
    'Chooses the goods to share, under the rules of the kind of shop that shoptool.yaml names for the shelf: wechat-shop (微信小商店), taoxiaopu (淘小铺), yunmai (云卖), custom, or one of your rules/shops.yaml. "shoptool rules list" tells them.',
  examples: [
    'shoptool shelf add 614252180627 --reason 好看又便宜',
    'shoptool shelf list',
    'shoptool shelf check',
    'shoptool shelf undo',
  ],
  commands: { add, list, remove, swap, move, reason, check, unpark, log, undo, redo, tier },
})
