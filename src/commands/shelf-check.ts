import { raisedBeforeDiscount, raiseText, statesOf } from '../catalog/history.ts'
import { type Drift, driftOf, figuresOf, productOf } from '../catalog/pick.ts'
import { formatRate, multiplyDivide } from '../money.ts'
import { type Objection, objectionsToCount, objectionsToName, overCap, type RuledShelf } from '../share/shelf.ts'
import { openDatabase } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { changeShelf, type ShelfItem, shelfItems } from '../store/shelf.ts'
import { defineCommand } from './command.ts'
import { chosenShelf, itemName, itemsNamed, ruledShelves } from './named.ts'
import { count, flag, option } from './option.ts'
import type { Print } from './print.ts'
import { deskOf, objectionsOf } from './shelf-add.ts'

const DAY = 86_400_000

/** Something to look at: of goods since the pick, of their present offer, or of the shelf itself (without `item`). */
type Finding = Omit<Drift, 'kind'> & {
  kind: Drift['kind'] | 'raised' | 'rule'
  shelf: string
  item: ShelfItem | null
  product: StoredProduct | null
  says: string | null
  /** What this run did about it. */
  done: 'parked' | 'unparked' | 'accepted' | null
}

/** What the figures of today do not settle. */
const LASTING: readonly Finding['kind'][] = ['coupon-ends', 'coupon-ended', 'rule', 'raised']
const acceptedOf = ({ accepted }: ShelfItem): string[] => accepted?.split('\n') ?? []
/** What is kept of an accepted finding; what reads otherwise later is another one. */
const acceptedAs = ({ kind, says, now }: Finding) => `${kind} ${says ?? now ?? ''}`.trimEnd()

export const check = defineCommand({
  about: `Looks for what is no more as it was when goods were picked: price, rate, commission, coupon, gone; for rules of the kind of shop that goods, shelf or the name of the shop do not keep; and for prices that were raised before a discount. Exit 5 where it finds anything.

With --park goods that are gone are set aside, neither posted nor counted, and those set aside that are live again are put back where there is room. With --accept today's figures become those of the pick, and what is told beside them (rules, raised prices, ends of coupons) is not told again until it changes; what speaks against the shelf itself or the name of the shop is told until it or rules/shops.yaml is changed. Both are in "shelf log", and "shelf undo" takes them back.`,
  args: [['[sku...]', 'only these goods; else all']],
  options: {
    shelf: option('--shelf <name>', 'only of this shelf; else of all'),
    couponDays: option('--coupon-days <n>', 'how many days before its end a coupon is told', count, 3),
    park: flag('--park', 'set goods aside that are gone, put back those that are live again'),
    accept: flag('--accept', "take today's figures for those of the pick, and do not tell the rest again"),
  },
  examples: ['shoptool shelf check', 'shoptool shelf check --shelf main --park', 'shoptool shelf check 614252180627 --accept'],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const { shelves, at } = ruledShelves(ctx, found)
    const only = options.shelf === undefined && names.length === 0 ? null : chosenShelf(found, options.shelf)
    const chosen = shelves.filter(({ name }) => only === null || name === only)
    const db = openDatabase(found.database)
    const findings: Finding[] = []
    const none = { before: null, now: null, change: null, item: null, product: null, done: null }
    const told = new Set<string>()
    const ofShelf = (shelf: string, { rule, says }: Objection) =>
      findings.push({ ...none, kind: 'rule', shelf, says: `${says} (${rule})` })
    let looked = 0
    for (const shelf of chosen) {
      const desk = deskOf({ ctx, print }, found, db, shelf)
      const all = shelfItems(db, shelf.name, { parked: true })
      const items = names.length > 0 ? itemsNamed(all, names, shelf.name) : all
      const ofItems: Finding[] = []
      for (const item of items) {
        print.progress(`${++looked} goods looked at`)
        const product = productOf(db, item)
        const about = { ...none, shelf: shelf.name, item, product }
        const found: Finding[] = driftOf(item, product, ctx.now(), options.couponDays * DAY).map((one) => ({
          ...{ ...about, ...one, says: null },
        }))
        if (item.parkedAt === null && product?.status === 'live') {
          for (const { rule, says } of objectionsOf(desk, product))
            found.push({ ...about, kind: 'rule', says: `${says} (${rule})` })
          const raise = raisedBeforeDiscount(statesOf(db, product), ctx.now())
          if (raise) found.push({ ...about, kind: 'raised', says: raiseText(raise, product) })
        }
        const known = acceptedOf(item)
        ofItems.push(...found.filter((one) => !known.includes(acceptedAs(one))))
      }
      print.progress(null)
      if (options.park) park(shelf, ofItems)
      if (options.accept) accept(shelf, ofItems, desk)
      findings.push(...ofItems)
      if (names.length > 0) continue
      // the name is that of all shelves of a kind
      if (!told.has(shelf.kind.id)) for (const one of objectionsToName(shelf, found.shop.name)) ofShelf(shelf.name, one)
      told.add(shelf.kind.id)
      const over = overCap(shelf, shelfItems(db, shelf.name))
      if (over > 0) ofShelf(shelf.name, { rule: shelf.cap.rule, says: `${over} goods too many; ${shelf.cap.by}` })
    }
    if (names.length === 0) for (const one of objectionsToCount(shelves)) ofShelf('', one)

    /** Sets aside what is gone; puts back what is live again, as far as there is room. */
    function park(shelf: RuledShelf, ofItems: Finding[]): void {
      const of = (kind: Finding['kind'], item: ShelfItem) =>
        ofItems.find((one) => one.kind === kind && itemName(one.item!) === itemName(item))
      changeShelf(db, { shelf: shelf.name, at, command: 'shelf check --park' }, (now) => {
        const rest = now.map((item) => {
          const gone = item.parkedAt === null ? of('gone', item) : undefined
          if (gone) gone.done = 'parked'
          return gone ? { ...item, parkedAt: at } : item
        })
        let room =
          shelf.cap.most === null ? rest.length : shelf.cap.most - rest.filter(({ parkedAt }) => parkedAt === null).length
        return rest.map((item) => {
          const back = item.parkedAt === null ? undefined : of('back', item)
          if (!back || room <= 0) return item
          room--
          back.done = 'unparked'
          return { ...item, parkedAt: null }
        })
      })
    }

    function accept(shelf: RuledShelf, ofItems: Finding[], desk: ReturnType<typeof deskOf>): void {
      const accepted = ofItems.filter(({ kind }) => kind !== 'gone' && kind !== 'back')
      for (const one of accepted) one.done = 'accepted'
      changeShelf(db, { shelf: shelf.name, at, command: 'shelf check --accept' }, (now) =>
        now.map((item) => {
          const own = accepted.filter((one) => itemName(one.item!) === itemName(item))
          const drifted = own.find(({ kind }) => !LASTING.includes(kind))
          const lasting = own.filter(({ kind }) => LASTING.includes(kind)).map(acceptedAs)
          return {
            ...item,
            ...(drifted && figuresOf(db, drifted.product!, desk.net, desk.score, at)),
            ...(lasting.length > 0 && { accepted: [...acceptedOf(item), ...lasting].join('\n') }),
          }
        }),
      )
    }

    if (global.json) print.json('shelf-check', { looked, findings: findings.map(findingDocument) })
    else show(findings, chosen.length > 1, print)
    if (findings.length === 0 && !global.json)
      print.note(`Nothing to tell of ${looked} goods on ${chosen.map(({ name }) => name).join(', ') || 'no shelf'}.`)
    return findings.length > 0 ? 'findings' : 'done'
  },
})

function show(findings: readonly Finding[], several: boolean, print: Print): void {
  const value = (text: string | null) => (text !== null && /^\d{4}-\d\d-\d\dT/.test(text) ? text.slice(0, 10) : (text ?? ''))
  print.table(
    [
      ...(several ? [{ title: 'SHELF' }] : []),
      { title: 'PRODUCT' },
      { title: 'FINDING' },
      { title: 'AT PICK', align: 'right' },
      { title: 'NOW', align: 'right' },
      { title: 'CHANGE', align: 'right' },
      { title: 'DONE' },
      { title: 'WHAT', cut: true },
    ],
    findings.map(({ shelf, kind, item, product, before, now, change, says, done }) => [
      ...(several ? [shelf] : []),
      item ? itemName(item) : '',
      kind,
      kind.startsWith('rate') && before !== null ? `${before}%` : value(before),
      kind.startsWith('rate') && now !== null ? `${now}%` : value(now),
      change === null ? '' : `${change > 0 ? '+' : ''}${formatRate(multiplyDivide(change, 1, 1000) * 1000)}%`,
      done ?? '',
      says ?? product?.title ?? '',
    ]),
  )
}

function findingDocument({ shelf, kind, item, product, before, now, change, says, done }: Finding) {
  return {
    ...{ shelf: shelf === '' ? null : shelf, finding: kind, partner: item?.partner ?? null, sku: item?.sku ?? null },
    ...{ title: product?.title ?? null, currency: product?.currency ?? null, before, now },
    ...{ change: change === null ? null : formatRate(change), says, done },
  }
}
