import { lookUpProduct, productDocument } from '../catalog/find.ts'
import { raisedBeforeDiscount, raiseText, statesOf } from '../catalog/history.ts'
import { netOfFees } from '../catalog/net.ts'
import { figuresOf, worstFirst } from '../catalog/pick.ts'
import { readScoreRules, type ScoreRules, scoreOf, scoreText } from '../catalog/score.ts'
import { twinsOf, twinText } from '../catalog/twins.ts'
import { usageError } from '../errors.ts'
import { cleanText } from '../feeds/read.ts'
import { formatAmount, formatRate } from '../money.ts'
import { readCalendar, sourcesOf } from '../share/channel.ts'
import { loadAdRules } from '../share/copy/adwords.ts'
import { vetReason } from '../share/copy/vet.ts'
import { type Objection, objectionsTo, overCap, type RuledShelf, shopFees, wantsBestOffer } from '../share/shelf.ts'
import { type Database, openDatabase } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { fileById } from '../store/runs.ts'
import { changeShelf, type Figures, type ShelfItem, shelfItems } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { type Call, defineCommand } from './command.ts'
import { amountText, textIndex } from './find.ts'
import { itemName, namesOf, SHELF, SKUS, shelfNamed } from './named.ts'
import { flag, option } from './option.ts'
import type { Print } from './print.ts'
import { factsOf } from './show.ts'

const YES = flag('-y, --yes', 'do not ask')
const CARD =
  'On a terminal it shows a card first (price, coupon, commission, net after the fees of partner and shop, score, where that was read) and asks; with --yes, --json or without a terminal it does not ask.'

export const add = defineCommand({
  about: `Puts goods on a shelf and keeps the figures under which they were picked. ${CARD} Warns where a likely twin, the same goods with another partner or shop, pays more and costs no more, where the price was raised before a discount, and of what the kind of shop has against the goods. Refuses more goods than the kind of shop allows.`,
  args: [SKUS],
  options: {
    shelf: SHELF,
    reason: option('--reason <text>', 'why you recommend it; stands on posters and in the copy'),
    yes: YES,
  },
  examples: [
    'shoptool shelf add 614252180627',
    'shoptool shelf add jd:100012043978 --reason 好看又便宜 --yes',
    'shoptool find 雨伞 --limit 5 --ids | shoptool shelf add -',
  ],
  async run(call) {
    const { args, options, print, global } = call
    const desk = await openDesk(call, args[0], options.shelf)
    const { db, shelf, at } = desk
    const reason = options.reason === undefined ? null : cleanText(options.reason)
    const rules = loadAdRules(call.ctx.home, (await call.workspace()).folder)
    for (const warning of vetReason(reason ?? '', rules)) print.warn(warning)
    const place = (cards: readonly Card[]) => (items: readonly ShelfItem[]) => {
      const next = items.map((item) => {
        const named = cards.some(({ product }) => itemName(product) === itemName(item))
        return named ? { ...item, reason: reason ?? item.reason, parkedAt: null } : item
      })
      const fresh = cards.filter(({ product }) => !items.some((item) => itemName(item) === itemName(product)))
      const after = [...next, ...fresh.map((card) => newItem(shelf, card, reason, at))]
      refuseOverCap(desk, items, after)
      return after
    }
    const cards = cardsOf(desk, print)
    place(cards)(shelfItems(db, shelf.name, { parked: true }))
    const asks = global.input && !options.yes && !global.json && !args[0].includes('-')
    const chosen = asks ? await ask(call, desk, cards) : cards
    if (!asks) for (const { product, warnings } of cards) for (const text of warnings) print.warn(`${itemName(product)}: ${text}`)
    const changes = changeShelf(db, { shelf: shelf.name, at, command: 'shelf add' }, place(chosen))
    const results = chosen.map((card) => {
      const change = changes.find(({ after }) => after && itemName(after) === itemName(card.product))
      return { card, added: change !== undefined && change.before === null }
    })
    if (global.json)
      print.json('shelf-add', {
        shelf: shelf.name,
        items: results.map(({ card, added }) => ({
          ...{ partner: card.product.partner, sku: card.product.sku, added },
          ...{ pick: figuresDocument(card.figures), warnings: card.warnings },
        })),
      })
    else for (const { card, added } of results) print.line(`${added ? 'added' : 'was there'}  ${cardLine(card)}`)
    if (chosen.length === 0) print.note('Nothing taken.')
    return 'done'
  },
})

export const swap = defineCommand({
  about: `Replaces all goods of a shelf with those named, in their order, at once: in whole or not at all. Goods that stay keep their figures and reason. ${CARD} "shelf undo" brings the old set back.`,
  args: [SKUS],
  options: { shelf: SHELF, yes: YES },
  examples: [
    'shoptool shelf swap 614252180627 jd:100012043978 --shelf yunmai',
    'shoptool find --sort score --limit 6 --ids | shoptool shelf swap - --shelf yunmai',
  ],
  async run(call) {
    const { args, options, print, global } = call
    const desk = await openDesk(call, args[0], options.shelf)
    const { db, shelf, at } = desk
    const cards = cardsOf(desk, print)
    const place = (items: readonly ShelfItem[]) => {
      const after = cards.map((card) => {
        const there = items.find((item) => itemName(item) === itemName(card.product))
        return there ? { ...there, parkedAt: null } : newItem(shelf, card, null, at)
      })
      refuseOverCap(desk, items, after, 'leave out')
      return after
    }
    const before = shelfItems(db, shelf.name, { parked: true })
    place(before)
    const fresh = cards.filter(({ product }) => !before.some((item) => itemName(item) === itemName(product)))
    if (global.input && !options.yes && !global.json && !args[0].includes('-')) {
      for (const card of fresh) showCard(print, card)
      const message = `Replace the ${before.length} goods of ${shelf.name} with these ${cards.length}?`
      if (!(await confirm(call, message))) {
        print.note('Nothing changed.')
        return 'done'
      }
    } else for (const { product, warnings } of fresh) for (const text of warnings) print.warn(`${itemName(product)}: ${text}`)
    const changes = changeShelf(db, { shelf: shelf.name, at, command: 'shelf swap' }, place)
    const gone = changes.flatMap(({ before: item, after }) => (after === null ? [item!] : []))
    const isNew = ({ product }: Card) => changes.some((one) => !one.before && itemName(one.after!) === itemName(product))
    const items = [
      ...gone.map(({ partner, sku }) => ({ partner, sku, result: 'removed' })),
      ...cards.map((card) => ({ partner: card.product.partner, sku: card.product.sku, result: isNew(card) ? 'added' : 'kept' })),
    ]
    if (global.json) print.json('shelf-swap', { shelf: shelf.name, items })
    else {
      for (const item of gone) print.line(`removed  ${itemName(item)}`)
      for (const card of cards) print.line(`${isNew(card) ? 'added' : 'kept'}  ${cardLine(card)}`)
    }
    return 'done'
  },
})

/** What goods are looked at with before they are put on a shelf. */
export type Desk = ReturnType<typeof deskOf>

export function deskOf({ ctx, print }: Pick<Call, 'ctx' | 'print'>, found: Workspace, db: Database, shelf: RuledShelf) {
  return {
    ...{ found, db, shelf, now: ctx.now() },
    score: readScoreRules(ctx.home, found.folder, found.shop.currency),
    net: netOfFees(found.partners, shelf.on, print.warn, shopFees(shelf)),
    calendar: readCalendar(ctx.home, found.folder),
    index: textIndex(found, print),
  }
}

async function openDesk(
  { ctx, workspace, print }: Pick<Call, 'ctx' | 'workspace' | 'print'>,
  given: readonly string[],
  name: string | undefined,
) {
  const found = await workspace()
  const { shelf, at } = shelfNamed(ctx, found, name)
  const db = openDatabase(found.database)
  const products = [
    ...new Map((await namesOf(ctx, given)).map((each) => lookUpProduct(db, each)).map((one) => [one.id, one])).values(),
  ]
  for (const product of products)
    if (product.status === 'gone') throw usageError(`${itemName(product)}: is gone from its feed and cannot be picked`)
  return { ...deskOf({ ctx, print }, found, db, shelf), at, products }
}

/** Goods with all that is to be known before they are picked. */
type Card = { product: StoredProduct; figures: Figures; facts: [name: string, value: string][]; warnings: string[] }

/** The cards of the goods that were named; looking for twins takes some milliseconds each. */
function cardsOf(desk: Desk & { at: string; products: readonly StoredProduct[] }, print: Print): Card[] {
  const cards = desk.products.map((product, i) => {
    print.progress(`${i + 1} of ${desk.products.length} goods looked at`)
    return cardOf(desk, product)
  })
  print.progress(null)
  return cards
}

function cardOf(desk: Desk & { at: string }, product: StoredProduct): Card {
  const { db, score, net, at } = desk
  const file = fileById(db, product.file)
  const read = { file: file.name, line: product.line }
  const points = scoreOf(product, score)
  const facts = factsOf({ ...productDocument(product), read }, product, net.formula(product))
  const shown = ['product', 'title', 'price', 'coupon', 'commission', 'net', 'sales']
  return {
    product,
    figures: figuresOf(db, product, net, score, at),
    facts: [
      ...facts.flatMap(([key, value]): [string, string][] => (shown.includes(key) && value !== null ? [[key, value]] : [])),
      ['score', points ? scoreText(points, score) : `none: amounts are in ${product.currency}`],
      ['source', `${product.partner}, ${read.file}:${read.line} (${product.source}), seen ${product.lastSeen.slice(0, 10)}`],
    ],
    warnings: warningsOf(desk, product),
  }
}

/** What speaks against goods: rules of the kind of shop, a better twin, a price that was raised before its discount. */
function warningsOf(desk: Desk, product: StoredProduct): string[] {
  const { db, net, index, shelf, now } = desk
  const twins = wantsBestOffer(shelf)
    ? []
    : twinsOf(db, product, index).flatMap((twin) => twinText(product, twin, net, true) ?? [])
  const raise = raisedBeforeDiscount(statesOf(db, product), now)
  return [
    ...objectionsOf(desk, product).map(({ rule, says }) => `${says} (${rule})`),
    ...twins.slice(0, 1),
    ...(raise ? [raiseText(raise, product)] : []),
  ]
}

/** What the rules of the kind of shop have against goods; where these want the best offer, the best twin is one. */
export function objectionsOf({ db, shelf, net, calendar, index }: Desk, product: StoredProduct): Objection[] {
  const better = wantsBestOffer(shelf) ? twinsOf(db, product, index).flatMap((twin) => twinText(product, twin, net) ?? []) : []
  return objectionsTo(shelf, sourcesOf(calendar, { partner: { id: product.partner }, product }), better.slice(0, 1))
}

function newItem(shelf: RuledShelf, { product: { partner, sku }, figures }: Card, reason: string | null, at: string): ShelfItem {
  return { shelf: shelf.name, partner, sku, reason, addedAt: at, parkedAt: null, position: null, accepted: null, ...figures }
}

/** @throws usage where a change would put more on the shelf than its kind allows; what was too much before may become less. */
export function refuseOverCap(
  { db, shelf, score }: { db: Database; shelf: RuledShelf; score: ScoreRules },
  before: readonly ShelfItem[],
  after: readonly ShelfItem[],
  advice: 'remove' | 'leave out' = 'remove',
): void {
  const over = overCap(shelf, after)
  if (over === 0 || over <= overCap(shelf, before)) return
  const counted = after.filter(({ parkedAt }) => parkedAt === null)
  const there =
    advice === 'leave out' ? counted : counted.filter((item) => before.some((one) => itemName(one) === itemName(item)))
  const worst = worstFirst(db, there, score).slice(0, over)
  const shown = worst.slice(0, MOST_NAMED)
  const more = worst.length > shown.length ? `, and ${worst.length - shown.length} more` : ''
  const why = shown.map(({ item, why }) => `${itemName(item)} ${why}`).join(', ')
  const names = shown.map(({ item }) => itemName(item)).join(' ')
  const todo =
    worst.length < over
      ? `name ${over - worst.length} goods fewer`
      : advice === 'leave out'
        ? `leave out ${why}${more}`
        : `make room with "shoptool shelf remove ${names} --shelf ${shelf.name}" (${why}${more})`
  throw usageError(`the shelf ${shelf.name} would hold ${counted.length} goods; ${shelf.cap.by}: ${todo}`)
}

const MOST_NAMED = 10

function showCard(print: Print, { facts, warnings }: Card): void {
  for (const [name, value] of facts) print.note(`${print.paint.dim(name.padEnd(11))} ${value}`)
  for (const text of warnings) print.note(`${print.paint.yellow('careful'.padEnd(11))} ${text}`)
  print.note('')
}

/** The cards whose goods a person takes. */
async function ask(call: Pick<Call, 'ctx' | 'print'>, { shelf }: Desk, cards: readonly Card[]): Promise<readonly Card[]> {
  for (const card of cards) showCard(call.print, card)
  if (cards.length === 1) return (await confirm(call, `Put it on the shelf ${shelf.name}?`)) ? cards : []
  const prompt = await prompter(call)
  const choices = cards.map((card) => ({ name: cardLine(card), short: itemName(card.product), value: card, checked: true }))
  const { chosen } = await prompt([
    { type: 'checkbox', name: 'chosen', message: `Put these on the shelf ${shelf.name}?`, choices, pageSize: 15 },
  ])
  return chosen as Card[]
}

async function confirm(call: Pick<Call, 'ctx'>, message: string): Promise<boolean> {
  const prompt = await prompter(call)
  const { sure } = await prompt([{ type: 'confirm', name: 'sure', message, default: true }])
  return sure as boolean
}

async function prompter({ ctx }: Pick<Call, 'ctx'>) {
  const { default: inquirer } = await import('inquirer')
  return inquirer.createPromptModule({ input: ctx.stdin, output: ctx.stderr })
}

/** `taobao:614252180627  汉服  259.00, commission 4.66 (1.8 %)` */
function cardLine({ product }: Card): string {
  const { commission, commissionRate, currency } = product
  const rate = commissionRate === null ? '' : ` (${formatRate(commissionRate)} %)`
  const earns = commission === null ? '' : `, commission ${formatAmount(commission, currency)}${rate}`
  return `${itemName(product)}  ${product.title}  ${formatAmount(product.finalPrice, currency)}${earns}`
}

/** The figures of a pick: amounts as decimal strings, rates in percent. */
export function figuresDocument(figures: Figures) {
  const money = (amount: number | null) => amountText(amount, figures)
  const { pickedAt, couponUntil, commissionRate, score, source, file, line, sha256 } = figures
  return {
    ...{ pickedAt, price: money(figures.price), finalPrice: money(figures.finalPrice) },
    coupon: figures.couponAmount
      ? { amount: money(figures.couponAmount), threshold: money(figures.couponThreshold), until: couponUntil }
      : null,
    ...{ commissionRate: commissionRate === null ? null : formatRate(commissionRate), commission: money(figures.commission) },
    ...{ net: money(figures.net), score, read: sha256 === null ? null : { source, file, line, sha256 } },
  }
}
