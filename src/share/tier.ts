import { type Currency, formatAmount, type Minor, readAmount, readCount } from '../money.ts'
import type { RuleValue } from './rules.ts'

/** What counts towards a tier, of one partner. `commission` in minor units of the currency asked for. */
export type Counted = { partner: string; orders: number; commission: Minor }

/** The tier that a month's confirmed orders reach. Amounts are minor units, or orders. */
export type Tier = {
  by: 'commission' | 'orders'
  reached: number
  /** Null below the first tier. */
  name: string | null
  from: number | null
  next: { name: string; from: number; short: number } | null
}

/**
 * The tier by thresholds; null where the rule gives none. Thresholds are amounts of `currency` or counts of orders.
 * @throws `wrongThreshold` of what cannot be read or does not rise.
 */
export function tierOf(
  { by, partners, tiers }: RuleValue<'tiers'>,
  counted: readonly Counted[],
  currency: Currency,
  wrongThreshold: (message: string) => never,
): Tier | null {
  const steps = tiers.flatMap((tier) => (typeof tier === 'string' ? [] : [tier]))
  if (by === undefined || steps.length < tiers.length) return null
  const read = steps.map(({ name, from: text }) => {
    const from = by === 'orders' ? readCount(text) : readAmount(text, currency)
    return from === null || from < 0
      ? wrongThreshold(`"${text}" of ${name} is not ${by === 'orders' ? 'a count of orders' : `an amount in ${currency}`}`)
      : { name, from }
  })
  read.forEach(({ name, from }, i) => {
    if (i > 0 && from <= read[i - 1]!.from) wrongThreshold(`the threshold of ${name} is not above that of ${read[i - 1]!.name}`)
  })
  const reached = counted.filter(({ partner }) => partners?.includes(partner) ?? true).reduce((sum, each) => sum + each[by], 0)
  const own = read.findLast(({ from }) => from <= reached)
  const next = read.find(({ from }) => from > reached)
  return {
    ...{ by, reached, name: own?.name ?? null, from: own?.from ?? null },
    next: next ? { ...next, short: next.from - reached } : null,
  }
}

/** `345.60`, or `12 orders`. */
export function tierAmount(by: Tier['by'], amount: number, currency: Currency): string {
  return by === 'orders' ? `${amount} orders` : `${formatAmount(amount, currency)} ${currency}`
}
