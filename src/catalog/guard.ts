import type { Problem } from '../errors.ts'
import { formatAmount, formatRate, type Ppm, share } from '../money.ts'
import type { Product } from '../records.ts'
import type { Before, Untouched } from '../store/products.ts'
import type { Guard } from '../workspace.ts'
import { describeProblem } from './load.ts'

/*
What a feed must look like to be taken. Everything here says, in one line with its figures, why a reading is refused, or null; the
loaders then throw, and nothing of the reading is kept. `--accept-shrink` takes it all the same, but never one without a usable row.
*/

/** So many goods may vanish at once. */
const HALF: Ppm = 500_000
/** A fifth of the rows may be unusable; of few rows half, up to ten. */
const REJECTS: Ppm = 200_000
const REJECTS_ALWAYS = 10

/** From so many goods on, figures of all of them say something. */
const MANY = 10
const FEW = 3

/** Rows that cannot be used. Those that lost against another row of the same product are none. */
export type Unusable = { count: number; first: Problem | null }

/** Too few rows, or too many that cannot be used. Also for orders, where `needsRows` is false: a day without any is a day too. */
export function refuseRows(read: number, accepted: number, unusable: Unusable, guard: Guard, needsRows: boolean): string | null {
  if (read === 0 && needsRows) return 'has no rows'
  const few = Math.min(REJECTS_ALWAYS, share(read, HALF, 'down'))
  const most = guard.rejects === undefined ? Math.max(few, share(read, REJECTS, 'down')) : share(read, guard.rejects, 'down')
  const { count, first } = unusable
  if (count > most)
    return `${count} of ${read} rows are not usable, expected at most ${most}; the first: ${describeProblem(first!)}`
  if (guard.rows !== undefined && accepted < guard.rows) return `has ${accepted} rows, expected ${guard.rows} or more`
  return null
}

/** Goods that have vanished; `before` and `now` are how many the source listed and lists. */
export function refuseShrink(before: number, now: number, guard: Guard): string | null {
  const least = before - share(before, guard.shrink ?? HALF, 'down')
  return now < least ? `has ${now} goods where the last good run had ${before}, expected at least ${least}` : null
}

const CHECKED = ['commissionRate', 'commission', 'sales', 'brand', 'category', 'shop', 'imageUrl', 'url', 'link', 'code'] as const

/** Watches new and changed goods for what a wrong unit or a lost column looks like. `watchNew`: new goods say something as well. */
export function driftGuard(watchNew: boolean) {
  const jumps = {
    price: { moved: 0, count: 0, example: '' },
    rate: { moved: 0, count: 0, example: '' },
  }
  const emptied = new Map<string, number>()
  const added = { count: 0, currency: '', finalPrice: [] as number[], commissionRate: [] as number[] }
  const missing = new Map<string, number>()
  const one = (counts: Map<string, number>, value: string) => counts.set(value, (counts.get(value) ?? 0) + 1)

  const jump = (of: 'price' | 'rate', sku: string, was: number | null, is: number | null, text: (value: number) => string) => {
    if (was === null || is === null || was === is) return
    jumps[of].moved++
    if (!isTenfold(was, is)) return
    jumps[of].count++
    jumps[of].example ||= `${sku}: ${text(was)} → ${text(is)}`
  }

  return {
    compare(before: Before, now: Product): void {
      if (before.currency === now.currency)
        jump('price', now.sku, before.finalPrice, now.finalPrice, (amount) => formatAmount(amount, now.currency))
      jump('rate', now.sku, before.commissionRate, now.commissionRate, (rate) => `${formatRate(rate)}%`)
      for (const value of CHECKED) if (before[value] !== null && now[value] === null) one(emptied, value)
    },
    add(product: Product): void {
      if (!watchNew) return
      added.count++
      added.currency ||= product.currency
      for (const value of CHECKED) if (product[value] === null) one(missing, value)
      if (product.currency !== added.currency) return
      added.finalPrice.push(product.finalPrice)
      if (product.commissionRate !== null) added.commissionRate.push(product.commissionRate)
    },
    /** @param untouched the goods that the new ones are held against */
    refuse(accepted: number, untouched: Untouched): string | null {
      for (const [of, { moved, count, example }] of Object.entries(jumps)) {
        // Of the whole feed a tenth; or, where few rows have changed at all, most of these.
        if (count >= FEW && (count * 10 > accepted || (count >= MANY && count * 2 > moved)))
          return `${count} of ${accepted} ${of}s changed ten-fold or more (${example}): a wrong unit?`
      }
      for (const value of CHECKED) {
        const empty = (emptied.get(value) ?? 0) + (missing.get(value) ?? 0)
        if (empty < FEW || empty * 2 <= accepted) continue
        const lost = emptied.get(value) ?? 0
        // New goods without a value are no loss where most of the old ones have none either.
        if (lost * 2 > accepted || untouched.count(value) * 2 > untouched.count())
          return `${value} has become empty in ${empty} of ${accepted} rows`
      }
      if (added.count < MANY || added.count * 2 < accepted || untouched.count() < MANY) return null
      for (const [of, value] of [
        ['price', 'finalPrice'],
        ['rate', 'commissionRate'],
      ] as const) {
        const was = untouched.median(value, added.currency)
        const is = medianOf(added[value])
        if (was === null || is === null || !isTenfold(was, is)) continue
        const text = (median: number) => (of === 'price' ? formatAmount(median, added.currency) : `${formatRate(median)}%`)
        return `the median ${of} of ${added.count} new goods is ${text(is)} where it was ${text(was)}: a wrong unit?`
      }
      return null
    },
  }
}

const isTenfold = (was: number, is: number) => was > 0 && (is >= was * 10 || is * 10 <= was)

function medianOf(values: number[]): number | null {
  return values.sort((a, b) => a - b)[(values.length - 1) >> 1] ?? null
}

/**
 * Watches whether a partner writes its ids in another way. That the goods themselves are others says nothing: of a hot list they may be,
 * every day; but its ids look alike all the same.
 */
export function idsGuard() {
  const now = shapes()
  return {
    add: now.add,
    /**
     * @param before how many goods the source listed
     * @param missing how many of these were not met again; `unmet` gives their ids, or only those that begin with a zero
     * @param isNew whether goods were first met in this run
     */
    refuse(
      before: number,
      missing: number,
      unmet: (first?: '0') => Iterable<string>,
      isNew: (sku: string) => boolean,
    ): string | null {
      if (now.count() < FEW || missing < FEW) return null
      const bare = [...unmet('0')].map((sku) => [sku, sku.replace(/^0+/, '')] as const).filter(([, sku]) => isNew(sku))
      if (bare.length >= FEW)
        return `${bare.length} ids have lost the zeros in front (${bare[0]!.join(' is now ')}): did a spreadsheet write the file?`
      if (now.count() < MANY || before < MANY || missing * 10 <= before * 9) return null
      const then = shapes()
      for (const sku of unmet()) then.add(sku)
      if (then.count() === 0 || then.alike(now) * 10 >= then.count() * now.count()) return null
      return `${missing} of ${before} goods are missing and the ids look otherwise: ${then.most()} before, ${now.most()} now`
    },
  }
}

/** Counts ids by how they are written: so many digits, or a text. */
function shapes() {
  const counts = new Map<string, { count: number; example: string }>()
  let all = 0
  return {
    counts,
    count: () => all,
    add(sku: string): void {
      const shape = /^\d+$/.test(sku) ? `${sku.length} digits` : 'letters and digits'
      const found = counts.get(shape)
      if (found) found.count++
      else counts.set(shape, { count: 1, example: sku })
      all++
    },
    /** How much two sets of ids have in common, in pairs of them: all of `count() * other.count()` where they are written alike. */
    alike(other: { counts: typeof counts; count(): number }): number {
      let pairs = 0
      for (const [shape, { count }] of counts)
        pairs += Math.min(count * other.count(), (other.counts.get(shape)?.count ?? 0) * all)
      return pairs
    },
    /** The most frequent one: `12 digits (614252180627)`. */
    most(): string {
      const [shape, { example }] = [...counts].toSorted(([, a], [, b]) => b.count - a.count)[0]!
      return `${shape} (${example})`
    },
  }
}
