import { formatAmount } from '../money.ts'
import type { Database } from '../store/open.ts'
import { productByKey, type StoredProduct } from '../store/products.ts'
import { fileById } from '../store/runs.ts'
import type { Figures, ShelfItem } from '../store/shelf.ts'
import { presentProduct } from './find.ts'
import type { Net } from './net.ts'
import { type ScoreRules, scoreOf } from './score.ts'
import { compare, knownOfPick, type WatchEvent } from './watch.ts'

/** What holds of a product now, as its pick keeps it. */
export function figuresOf(db: Database, product: StoredProduct, net: Net, score: ScoreRules, at: string): Figures {
  const { name, sha256 } = fileById(db, product.file)
  const { currency, price, finalPrice, commissionRate, commission, couponAmount, couponThreshold, couponUntil } = product
  return {
    ...{ pickedAt: at, currency, price, finalPrice, commissionRate, commission, couponAmount, couponThreshold, couponUntil },
    ...{ net: net.of(product), score: scoreOf(product, score)?.total ?? null },
    ...{ source: product.source, file: name, line: product.line, sha256 },
  }
}

/** The product of an item as it is now, where its partner gave it another id under that; null where it is not in the database. */
export function productOf(db: Database, { partner, sku }: Pick<ShelfItem, 'partner' | 'sku'>): StoredProduct | null {
  const picked = productByKey(db, partner, sku)
  return picked ? presentProduct(db, picked) : null
}

/** Something that is no more as it was at the pick. `coupon`: another amount or threshold than then. */
export type Drift = Omit<WatchEvent, 'kind'> & { kind: WatchEvent['kind'] | 'coupon' }

/**
 * What has changed of goods since the pick: price, rate, commission, currency, coupon; gone. Of goods set aside only that they are back.
 * `now` and `couponWithin`, how long before its end a coupon is told, in milliseconds.
 */
export function driftOf(item: ShelfItem, product: StoredProduct | null, now: number, couponWithin: number): Drift[] {
  const live = product?.status === 'live'
  if (item.parkedAt !== null) return live ? [{ kind: 'back', before: item.parkedAt, now: null, change: null }] : []
  if (!product) return [{ kind: 'gone', before: null, now: null, change: null }]
  const events: Drift[] = compare(knownOfPick(item), product, now, { minChange: 0, couponWithin }).events
  const [before, after] = [couponText(item), couponText(product)]
  // the coupon of an older pick is not known
  if (!live || item.sha256 === null || before === after || events.some(({ kind }) => kind === 'coupon-ended')) return events
  return [...events, { kind: 'coupon', before, now: after, change: null }]
}

/** `20.00`, `20.00 on 59.00`, or null where there is none. */
function couponText({
  couponAmount,
  couponThreshold,
  currency,
}: Pick<StoredProduct, 'couponAmount' | 'couponThreshold' | 'currency'>) {
  if (!couponAmount) return null
  const amount = formatAmount(couponAmount, currency)
  return couponThreshold ? `${amount} on ${formatAmount(couponThreshold, currency)}` : amount
}

/** Goods in the order in which to drop them, each with the reason: those that are gone, those without a score, the lowest scores. */
export function worstFirst<G extends Pick<ShelfItem, 'partner' | 'sku'>>(
  db: Database,
  goods: readonly G[],
  rules: ScoreRules,
): { item: G; why: string }[] {
  return goods
    .map((item) => {
      const product = productOf(db, item)
      const score = product?.status === 'live' ? (scoreOf(product, rules)?.total ?? null) : null
      const [rank, why] =
        product?.status !== 'live' ? [-2, 'is gone'] : score === null ? [-1, 'has no score'] : [score, `scores ${score}`]
      return { item, why, rank }
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ item, why }) => ({ item, why }))
}
