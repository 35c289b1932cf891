import { formatAmount, type Minor, multiplyDivide } from '../money.ts'
import type { Database } from '../store/open.ts'
import { SELECT_PRODUCT, type StoredProduct } from '../store/products.ts'
import type { Net } from './net.ts'
import { countMatches, hasTextIndex, matchOf } from './search.ts'

/*
The same goods with another partner or in another shop. Nothing is merged: they are named, with the reason, and a person decides.
Twins are live, cost from half to double, and are not of two different brands. Their titles, but for blanks, signs and letter case, are

- the same, and long enough to say something, or with the same brand or shop; or
- four fifths the same, counted in pairs of neighbouring characters, with the same brand.
*/

/** Other goods that are likely the same, and why. */
export type Twin = { product: StoredProduct; why: string }

/** A title of so many characters is no mere `连衣裙`. */
const TELLING = 8
/** Pairs that two titles must share, in hundredths of those of the longer one. */
const ALIKE = 80
/**
 * So many of the rarest pairs of a title, and so many goods that hold one of them, are looked at. Titles of up to sixty characters that
 * are alike cannot differ in all of the twelve.
 */
const RAREST = 12
/** So many of them together: a title made of common words alone has its equals among the few goods that hold all. */
const TOGETHER = 4
const MOST_LOOKED_AT = 4000
const MOST_TWINS = 10

/** `【包邮】Camellia 山茶花-连衣裙` → `包邮camellia山茶花连衣裙`: letters and digits only, full-width ones as the usual ones. */
export function normalTitle(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/** What tells whether goods are the same. */
type Named = Pick<StoredProduct, 'partner' | 'title' | 'brand' | 'shop'>

/**
 * The twins of a product, those of the most commission first. They are found by the text index, which `refresh` brings up to date; goods
 * read since are not found where that cannot be done.
 */
export function twinsOf(db: Database, product: StoredProduct, { refresh }: { refresh?: () => void } = {}): Twin[] {
  if (refresh && !hasTextIndex(db)) refresh()
  const pairs = rarePairs(db, product.title)
  if (pairs.all === '') return []
  const { id, currency, finalPrice } = product
  const full = db.prepare<[number], StoredProduct>(`${SELECT_PRODUCT} WHERE p.id = ?`)
  return db
    .prepare<unknown[], Named & { id: number }>(
      `SELECT p.id, p.partner, p.title, p.brand, p.shop
       FROM (SELECT * FROM (SELECT rowid AS id FROM product_text WHERE product_text MATCH ? LIMIT ?)
         UNION SELECT * FROM (SELECT rowid FROM product_text WHERE product_text MATCH ? LIMIT ?)) found
       CROSS JOIN product p ON p.id = found.id
       WHERE p.status = 'live' AND p.id <> ? AND p.currency = ? AND p.final_price BETWEEN ? AND ?
       ORDER BY p.commission DESC, p.id`,
    )
    .all(
      pairs.all,
      MOST_LOOKED_AT,
      pairs.any,
      MOST_LOOKED_AT,
      id,
      currency,
      multiplyDivide(finalPrice, 1, 2, 'up'),
      finalPrice * 2,
    )
    .flatMap((other) => {
      const why = whyTwin(product, other)
      return why === null ? [] : [{ id: other.id, why }]
    })
    .slice(0, MOST_TWINS)
    .map(({ id, why }) => ({ product: full.get(id)!, why }))
}

/** Why two products are likely the same goods (`same title and brand`), or null. */
export function whyTwin(one: Named, other: Named): string | null {
  const same = (a: string | null, b: string | null) => a !== null && b !== null && normalTitle(a) === normalTitle(b)
  const sameShop = same(one.shop, other.shop)
  // two articles of one shop that are called the same are two sizes or colours
  if (one.partner === other.partner && (sameShop || one.shop === null || other.shop === null)) return null
  const sameBrand = same(one.brand, other.brand)
  if (one.brand !== null && other.brand !== null && !sameBrand) return null
  const [title, otherTitle] = [normalTitle(one.title), normalTitle(other.title)]
  const beside = [sameBrand && 'brand', sameShop && 'shop'].filter(Boolean)
  if (title === '') return null
  if (title === otherTitle)
    return beside.length > 0 || [...title].length >= TELLING ? `same ${['title', ...beside].join(' and ')}` : null
  if (!sameBrand) return null
  const [pairs, otherPairs] = [pairSet(title), pairSet(otherTitle)]
  const shared = [...pairs].filter((pair) => otherPairs.has(pair)).length
  const all = Math.max(pairs.size, otherPairs.size)
  return shared > 0 && shared * 100 >= all * ALIKE ? `same brand, ${shared} of ${all} pairs of characters in the title` : null
}

function pairSet(text: string): Set<string> {
  const characters = [...text]
  return new Set(characters.slice(1).map((character, i) => characters[i]! + character))
}

/**
 * Queries of the text index by the rarest pairs of a title, of those that are written the same in a twin: for goods that hold the
 * rarest together, and for goods that hold any. Empty where there are none.
 */
function rarePairs(db: Database, title: string): { all: string; any: string } {
  const pairs = [...pairSet(title)]
    .filter((pair) => normalTitle(pair) === pair.toLowerCase())
    .map((pair) => ({ match: matchOf([pair])!, count: countMatches(db, matchOf([pair])!, MOST_LOOKED_AT) }))
    .sort((a, b) => a.count - b.count)
    .slice(0, RAREST)
  const any: string[] = []
  let goods = 0
  for (const { match, count } of pairs) {
    goods += count
    // the rarest is always looked for; others only while there is room for all goods that hold them
    if (any.length > 0 && goods > MOST_LOOKED_AT) break
    any.push(match)
  }
  const all = pairs.slice(0, TOGETHER).map(({ match }) => match)
  return { all: all.join(' AND '), any: any.join(' OR ') }
}

/** By how much a twin pays more (after fees where those of both are known) and costs more than the product; minor units, below zero: less. */
export function compareTwin(product: StoredProduct, { product: other }: Twin, net: Net): { pays: Minor | null; costs: Minor } {
  const costs = other.finalPrice - product.finalPrice
  for (const earns of [net.of, ({ commission }: StoredProduct) => commission]) {
    const [own, others] = [earns(product), earns(other)]
    if (own !== null && others !== null) return { pays: others - own, costs }
  }
  return { pays: null, costs }
}

/**
 * `jd:100 pays 0.80 more and costs 2.00 less (same title and brand)`, or null where it does neither; with `atNoMore` also where it costs
 * more or pays no more.
 */
export function twinText(product: StoredProduct, twin: Twin, net: Net, atNoMore = false): string | null {
  const { pays, costs } = compareTwin(product, twin, net)
  if (atNoMore ? pays === null || pays <= 0 || costs > 0 : (pays === null || pays <= 0) && costs >= 0) return null
  const by = (verb: string, amount: Minor) =>
    amount === 0
      ? `${verb} the same`
      : `${verb} ${formatAmount(Math.abs(amount), product.currency)} ${amount > 0 ? 'more' : 'less'}`
  const { partner, sku } = twin.product
  return `${partner}:${sku} ${pays === null ? '' : `${by('pays', pays)} and `}${by('costs', costs)} (${twin.why})`
}
