import { formatAmount, formatRate, type Minor, multiplyDivide, type Ppm } from '../money.ts'
import { chanceText } from './chance.ts'
import type { Leak } from './leaks.ts'

/** Where money leaks: `category 女装, orders from 2026-09-12`. */
export function whereText({ group }: Pick<Leak, 'group'>): string {
  const words = { from: 'orders from', until: 'orders until', on: 'orders of', tracking: 'tracking id', amount: 'paid amount' }
  const named = group.map(({ by, value }) => `${by in words ? words[by as keyof typeof words] : by} ${value}`)
  return named.length === 0 ? 'all orders' : named.join(', ')
}

/** What is missing of each order: `0.5 % of the payout`. */
export function missingText({ pattern, share, amount, fee, rate, currency }: Leak): string {
  switch (pattern) {
    case 'share': {
      const paid = rate === null ? null : paidRate(rate, share!)
      return `${formatRate(share!)} % of the payout${paid === null ? '' : `, as at ${formatRate(paid)} % instead of ${formatRate(rate!)} %`}`
    }
    case 'share-of-paid':
      return `${formatRate(share!)} % of the paid amount, as by a further fee`
    case 'fee-twice':
      return `${fee}, which was taken twice`
    case 'amount':
      return `${formatAmount(amount!, currency)} ${currency} of each order`
    case 'rounding':
      return 'a minor unit or what is tolerated, always rounded down'
    case 'unpaid':
      return 'all: the orders were not paid'
  }
}

/** The rate, in whole tenths of a percent, that an order was paid by where a share is missing; null where it is none. */
function paidRate(rate: Ppm, share: Ppm): Ppm | null {
  const paid = multiplyDivide(rate, 1_000_000 - share, 1_000_000)
  const clean = multiplyDivide(paid, 1, 1000) * 1000
  return clean > 0 && clean !== rate && Math.abs(clean - paid) <= 20 ? clean : null
}

/** The statistics in plain words, a sentence each. */
export function proofOf(leak: Leak): string[] {
  const { pattern, orders, affected, hidden, expected, paid, spread, elsewhere, chance, tried, currency, first, last } = leak
  const money = (amount: Minor) => formatAmount(amount, currency)
  // to a hundredth of a percent
  const percent = (of: Minor, whole: Minor) => formatRate(whole === 0 ? 0 : multiplyDivide(of, 10_000, whole) * 100)
  const how =
    pattern === 'unpaid'
      ? 'were not paid'
      : `were paid ${percent(paid, expected)} % (± ${percent(spread, 1_000_000)}) of what was due`
  const looked = tried === 1 ? '' : `, times ${tried} groups and patterns looked at`
  return [
    `${affected} of ${orders} orders ${how}, ${first} to ${last}`,
    ...(hidden > 0 ? [`${hidden} more are too small for it to show`] : []),
    `expected ${money(expected)}, paid ${money(paid)} ${currency}`,
    ...(elsewhere ? [`of ${elsewhere.orders} other orders ${elsewhere.affected} look so`] : []),
    elsewhere
      ? `chance ${chanceText(chance)}, were such losses spread evenly (Fisher's exact test${looked})`
      : `chance ${chanceText(chance)}, were ${pattern === 'rounding' ? 'too little as likely as too much' : 'an order as likely paid so as not'} (sign test${looked})`,
  ]
}

/** What to do about it. */
export function adviceOn(leak: Leak): string {
  const { partner, pattern, group, first } = leak
  const claim = `claim it with "shoptool settle pack --partner ${partner.id}"`
  const since = group.some(({ by }) => by === 'from') ? ` since ${first}` : ''
  switch (pattern) {
    case 'unpaid':
      return `See that no statement of ${partner.name} is lacking, then ${claim}`
    case 'rounding':
      return `Ask ${partner.name} how payouts are rounded; agreed: set rounding of its fees, else ${claim}`
    case 'fee-twice':
      return `Tell ${partner.name} that ${leak.fee} was taken twice${since}, and ${claim}`
    default:
      return `Ask ${partner.name} what this is kept for${since}; agreed: add it to its fees with from: and the day, else ${claim}`
  }
}
