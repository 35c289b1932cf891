import { productOf } from '../catalog/pick.ts'
import { readScoreRules } from '../catalog/score.ts'
import { usageError } from '../errors.ts'
import { cleanText } from '../feeds/read.ts'
import { formatAmount } from '../money.ts'
import { loadAdRules } from '../share/copy/adwords.ts'
import { vetReason } from '../share/copy/vet.ts'
import { ruleText } from '../share/shelf.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import {
  changeShelf,
  changesOf,
  type ItemChange,
  type ShelfEntry,
  type ShelfItem,
  shelfItems,
  shelfLog,
  turnShelf,
} from '../store/shelf.ts'
import { type Call, defineCommand } from './command.ts'
import { chosenShelf, itemName, itemsNamed, namesOf, SHELF, SKUS, shelfNamed } from './named.ts'
import { count, flag, option } from './option.ts'
import { figuresDocument, refuseOverCap } from './shelf-add.ts'

type Open = Pick<Call, 'ctx' | 'workspace'>

/** The shelf with its goods, those set aside too. */
async function open({ ctx, workspace }: Open, name: string | undefined) {
  const found = await workspace()
  const { shelf, at } = shelfNamed(ctx, found, name)
  const db = openDatabase(found.database)
  return { found, shelf, at, db, items: shelfItems(db, shelf.name, { parked: true }) }
}

const sameAs = (items: readonly ShelfItem[]) => (item: ShelfItem) => items.some((one) => itemName(one) === itemName(item))

export const remove = defineCommand({
  about: 'Takes goods off a shelf.',
  args: [SKUS],
  options: { shelf: SHELF },
  examples: ['shoptool shelf remove 614252180627'],
  async run({ args: [names], options, print, global, ...call }) {
    const { db, shelf, at, items } = await open(call, options.shelf)
    const chosen = itemsNamed(items, await namesOf(call.ctx, names), shelf.name)
    changeShelf(db, { shelf: shelf.name, at, command: 'shelf remove' }, (now) => now.filter((item) => !sameAs(chosen)(item)))
    if (global.json)
      print.json('shelf-remove', { shelf: shelf.name, items: chosen.map(({ partner, sku }) => ({ partner, sku })) })
    else for (const item of chosen) print.line(`removed  ${itemName(item)}`)
    return 'done'
  },
})

export const move = defineCommand({
  about: 'Puts goods of a shelf in another place: they stand there in the order in which they are named.',
  args: [SKUS],
  options: {
    shelf: SHELF,
    first: flag('--first', 'in front of all'),
    last: flag('--last', 'behind all'),
    before: option('--before <sku>', 'in front of these goods'),
  },
  examples: ['shoptool shelf move 614252180627 --first', 'shoptool shelf move 2 3 --before taobao:614252180627'],
  async run({ args: [names], options, print, global, ...call }) {
    const { first, last, before } = options
    if ([first, last, before !== undefined].filter(Boolean).length !== 1)
      throw usageError('shelf move: where to? Expected one of --first, --last and --before')
    const { db, shelf, at, items } = await open(call, options.shelf)
    const chosen = itemsNamed(items, [...new Set(await namesOf(call.ctx, names))], shelf.name)
    const [target] = before === undefined ? [] : itemsNamed(items, [before], shelf.name)
    if (target && sameAs(chosen)(target)) throw usageError(`--before: ${itemName(target)} is itself to be moved`)
    changeShelf(db, { shelf: shelf.name, at, command: 'shelf move' }, (now) => {
      const others = now.filter((item) => !sameAs(chosen)(item))
      const place = first ? 0 : target ? others.findIndex(sameAs([target])) : others.length
      return [...others.slice(0, place), ...itemsNamed(now, chosen.map(itemName), shelf.name), ...others.slice(place)]
    })
    const order = shelfItems(db, shelf.name, { parked: true })
    if (global.json) print.json('shelf-move', { shelf: shelf.name, items: order.map(({ partner, sku }) => ({ partner, sku })) })
    else
      for (const item of chosen) print.line(`moved  ${itemName(item)}  ${order.findIndex(sameAs([item])) + 1} of ${order.length}`)
    return 'done'
  },
})

export const reason = defineCommand({
  about:
    'Says why you recommend goods of a shelf; it stands on posters and in the copy. Nothing else of the goods can be changed: title, price and picture are what their source says, and kinds like 淘小铺 allow no more (shoptool rules explain taoxiaopu.edit).',
  args: [
    ['<sku>', 'partner:sku, or the sku alone where one partner has it'],
    ['[text...]', 'the reason; without it, the present one is shown'],
  ],
  options: { shelf: SHELF, clear: flag('--clear', 'take the reason away') },
  examples: ['shoptool shelf reason 614252180627 好看又便宜', 'shoptool shelf reason 614252180627 --clear'],
  async run({ args: [name, words], options, print, global, ...call }) {
    if (options.clear && words.length > 0) throw usageError('shelf reason: expected a text or --clear, not both')
    const { found, db, shelf, at, items } = await open(call, options.shelf)
    const [item] = itemsNamed(items, [name], shelf.name)
    const text = cleanText(words.join(' '))
    for (const warning of vetReason(text ?? '', loadAdRules(call.ctx.home, found.folder))) print.warn(warning)
    if (words.length > 0 && !text) throw usageError('shelf reason: the text is empty; --clear takes a reason away')
    const said = options.clear ? null : text || item!.reason
    changeShelf(db, { shelf: shelf.name, at, command: 'shelf reason' }, (now) =>
      now.map((one) => (sameAs([item!])(one) ? { ...one, reason: said } : one)),
    )
    const { partner, sku } = item!
    if (global.json) print.json('shelf-reason', { shelf: shelf.name, partner, sku, reason: said })
    else print.line(`${itemName(item!)}  ${said ?? ''}`.trimEnd())
    const rule = ruleText(shelf, 'edit')
    if (rule && words.length > 0) print.detail(rule)
    return 'done'
  },
})

export const unpark = defineCommand({
  about:
    'Puts goods back that "shelf check --park" set aside because they were gone: they are posted and counted again. Those that are live again are also put back by the next "shelf check --park", where there is room.',
  args: [SKUS],
  options: { shelf: SHELF },
  examples: ['shoptool shelf unpark 614252180627'],
  async run({ args: [names], options, print, global, ...call }) {
    const { found, db, shelf, at, items } = await open(call, options.shelf)
    const chosen = itemsNamed(items, await namesOf(call.ctx, names), shelf.name)
    for (const item of chosen) {
      if (item.parkedAt === null) throw usageError(`${itemName(item)}: is not set aside`)
      if (productOf(db, item)?.status !== 'live')
        throw usageError(`${itemName(item)}: is still gone from its feed; "shoptool shelf remove ${itemName(item)}" takes it off`)
    }
    const score = readScoreRules(call.ctx.home, found.folder, found.shop.currency)
    changeShelf(db, { shelf: shelf.name, at, command: 'shelf unpark' }, (now) => {
      const after = now.map((item) => (sameAs(chosen)(item) ? { ...item, parkedAt: null } : item))
      refuseOverCap({ db, shelf, score }, now, after)
      return after
    })
    if (global.json)
      print.json('shelf-unpark', { shelf: shelf.name, items: chosen.map(({ partner, sku }) => ({ partner, sku })) })
    else for (const item of chosen) print.line(`put back  ${itemName(item)}`)
    return 'done'
  },
})

const turn = (way: 'undo' | 'redo', about: string, nothing: string) =>
  defineCommand({
    about,
    options: { shelf: SHELF },
    examples: [`shoptool shelf ${way}`, `shoptool shelf ${way} --shelf main --json`],
    async run({ options, print, global, ...call }) {
      const { found, db, shelf, at } = await open(call, options.shelf)
      const score = readScoreRules(call.ctx.home, found.folder, found.shop.currency)
      const turned = turnShelf(db, way, { shelf: shelf.name, at, command: `shelf ${way}` }, (before, after) =>
        refuseOverCap({ db, shelf, score }, before, after, 'leave out'),
      )
      if (!turned) throw usageError(`shelf ${way}: ${nothing.replace('SHELF', shelf.name)}`)
      const { entry, changes } = turned
      if (global.json)
        print.json(`shelf-${way}`, { shelf: shelf.name, entry: entryDocument(entry), items: changes.map(changeDocument) })
      else
        print.line(
          `${way === 'undo' ? 'took back' : 'brought again'}  ${entry.command} of ${entry.at.slice(0, 16).replace('T', ' ')}: ${changesText(changes)}`,
        )
      return 'done'
    },
  })

export const undo = turn(
  'undo',
  'Takes back the last change of a shelf, a swap too; once more takes back the one before. "shelf redo" brings it again.',
  'there is no change of SHELF to take back; see "shoptool shelf log"',
)
export const redo = turn(
  'redo',
  'Brings back what the last "shelf undo" took away, as long as nothing else was changed on the shelf since.',
  'nothing of SHELF was taken back, or it was changed since; see "shoptool shelf log"',
)

export const log = defineCommand({
  about: 'Lists the changes of the shelves, the latest first: when, by which command, and what.',
  options: {
    shelf: option('--shelf <name>', 'only of this shelf'),
    limit: option('--limit <n>', 'at most so many', count, 50),
  },
  examples: ['shoptool shelf log', 'shoptool shelf log --shelf main --limit 5 --json'],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    if (options.limit === 0) throw usageError('--limit: "0" is not a number of changes, expected 1 or more')
    const shelf = options.shelf === undefined ? null : chosenShelf(found, options.shelf)
    const db = openForReading(found.database)
    const told = shelfLog(db, shelf, options.limit).map((entry) => ({ entry, changes: changesOf(db, entry.id) }))
    if (global.json)
      print.json('shelf-log', {
        entries: told.map(({ entry, changes }) => ({ ...entryDocument(entry), items: changes.map(changeDocument) })),
      })
    else
      print.table(
        [
          { title: 'NUMBER', align: 'right' },
          { title: 'WHEN' },
          { title: 'SHELF' },
          { title: 'COMMAND' },
          { title: 'CHANGE', cut: true },
        ],
        told.map(({ entry, changes }) => [
          String(entry.id),
          entry.at.slice(0, 16).replace('T', ' '),
          entry.shelf,
          entry.command,
          entry.of === null
            ? `${changesText(changes)}${entry.undone ? ' (taken back)' : ''}`
            : `${entry.command === 'shelf undo' ? 'took back' : 'brought again'} ${entry.of}: ${changesText(changes)}`,
        ]),
      )
    if (told.length === 0) print.note('No shelf was changed yet.')
    return 'done'
  },
})

/** `added acme:1, acme:2; removed acme:3; reason of acme:4`: what was done, up to three of each by name. */
function changesText(changes: readonly ItemChange[]): string {
  const groups = new Map<string, string[]>()
  for (const change of changes) {
    const what = whatChanged(change)
    groups.set(what, [...(groups.get(what) ?? []), `${itemName((change.after ?? change.before)!)}${detailOf(change, what)}`])
  }
  return [...groups]
    .map(([what, names]) => `${what} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`)
    .join('; ')
}

type What = 'added' | 'removed' | 'set aside' | 'put back' | 'reason of' | 'accepted findings of' | 'new figures of' | 'moved'

function whatChanged({ before, after }: ItemChange): What {
  if (!before) return 'added'
  if (!after) return 'removed'
  if (before.parkedAt !== after.parkedAt) return after.parkedAt === null ? 'put back' : 'set aside'
  if (before.reason !== after.reason) return 'reason of'
  if (before.position !== after.position) return 'moved'
  return before.accepted === after.accepted || before.finalPrice !== after.finalPrice ? 'new figures of' : 'accepted findings of'
}

function detailOf({ before, after }: ItemChange, what: string): string {
  if (what === 'reason of') return after!.reason === null ? ' taken away' : ` “${after!.reason}”`
  if (what !== 'new figures of' || before!.currency !== after!.currency) return ''
  const price = (item: ShelfItem) => formatAmount(item.finalPrice, item.currency)
  return price(before!) === price(after!) ? '' : ` (${price(before!)} → ${price(after!)})`
}

function entryDocument({ id, shelf, at, command, undone, of }: ShelfEntry) {
  return { id, shelf, at, command, undone, of }
}

function changeDocument(change: ItemChange) {
  const { partner, sku } = (change.after ?? change.before)!
  const item = (one: ShelfItem | null) =>
    one && { reason: one.reason, parkedAt: one.parkedAt, position: one.position, pick: figuresDocument(one) }
  return { partner, sku, change: whatChanged(change), before: item(change.before), after: item(change.after) }
}
