import { formatAmount, formatRate, multiplyDivide } from '../money.ts'
import type { Product } from '../records.ts'
import type { Before } from '../store/products.ts'

/** A price or rate that a run changes; both as text, amounts in the product's currency. */
export type Move = { sku: string; title: string; of: 'price' | 'rate'; before: string; now: string }

/** How many of each kind are told. */
const TOLD = 5

/** Collects the largest moves of prices (with the coupon) and rates, by how much of the old value they are. */
export function largestMoves(): { compare(before: Before, now: Product): void; list(): Move[] } {
  const kinds = { price: [] as { size: number; move: Move }[], rate: [] as { size: number; move: Move }[] }
  const offer = (of: 'price' | 'rate', was: number, is: number, { sku, title }: Product, text: (value: number) => string) => {
    if (was === is) return
    // In hundredths of a per cent of the old value; from nothing to something is the largest there is.
    const size = was === 0 ? Number.MAX_SAFE_INTEGER : multiplyDivide(Math.abs(is - was), 10_000, was)
    const found = kinds[of]
    if (found.length === TOLD && found.at(-1)!.size >= size) return
    found.push({ size, move: { sku, title, of, before: text(was), now: text(is) } })
    found.sort((a, b) => b.size - a.size)
    found.splice(TOLD)
  }
  return {
    compare(before, now) {
      offer('price', before.finalPrice, now.finalPrice, now, (amount) => formatAmount(amount, now.currency))
      if (before.commissionRate !== null && now.commissionRate !== null) {
        offer('rate', before.commissionRate, now.commissionRate, now, (rate) => `${formatRate(rate)}%`)
      }
    },
    list: () => [...kinds.price, ...kinds.rate].map(({ move }) => move),
  }
}
