import type { Context } from '../context.ts'
import { type Instant, instantOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { readShopRules } from '../share/rules.ts'
import { type RuledShelf, ruledShelf } from '../share/shelf.ts'
import type { ShelfItem } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { option } from './option.ts'

// Goods and shelves as they are named on the command line.

export const SHELF = option('--shelf <name>', 'which shelf; needed where shoptool.yaml has several')
export const SKUS = [
  '<sku...>',
  'partner:sku, or the sku alone where one partner has it; - reads them from standard input',
] as const

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

/** All shelves of the workspace under their rules, and the present instant. @throws usage where one has an unknown kind. */
export function ruledShelves(ctx: Pick<Context, 'home' | 'now'>, found: Workspace): { shelves: RuledShelf[]; at: Instant } {
  const at = instantOf(ctx.now(), found.shop.timezone)
  const rules = readShopRules(ctx.home, found.folder)
  return { shelves: Object.entries(found.shelves).map(([name, shelf]) => ruledShelf(rules, name, shelf, at.slice(0, 10))), at }
}

/** The shelf that a command works on. @throws usage as `chosenShelf` and `ruledShelves`. */
export function shelfNamed(ctx: Pick<Context, 'home' | 'now'>, found: Workspace, name: string | undefined) {
  const chosen = chosenShelf(found, name)
  const { shelves, at } = ruledShelves(ctx, found)
  return { shelf: shelves.find((each) => each.name === chosen)!, at }
}

/** The goods of a shelf that are named. @throws usage where one is not on it, or a bare sku is that of several. */
export function itemsNamed(items: readonly ShelfItem[], names: readonly string[], shelf: string): ShelfItem[] {
  return names.map((name) => {
    const matching = items.filter((item) => itemName(item) === name || item.sku === name)
    if (matching.length > 1)
      throw usageError(`${name}: several partners' goods on the shelf have it, name one of ${matching.map(itemName).join(', ')}`)
    if (!matching[0]) throw usageError(`${name}: is not on the shelf ${shelf}`)
    return matching[0]
  })
}

/** `taobao:614252180627` */
export const itemName = ({ partner, sku }: { partner: string; sku: string }): string => `${partner}:${sku}`
