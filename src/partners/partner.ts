import type { Zone } from '../day.ts'
import type { ApiFeed, LinkApi } from '../feeds/api.ts'
import type { Forms } from '../feeds/form.ts'
import type { Currency, Minor, Ppm, Rounding } from '../money.ts'
import type { Order, PayoutLine, Product } from '../records.ts'

/** The date of an order that its settlement month is counted from. */
export const BASES = ['receivedAt', 'verifiedAt', 'settledAt'] as const
export type Basis = (typeof BASES)[number]

/**
 * Which month pays an order.
 * Monthly: an order whose basis date falls on or before day `closes` of month C (else C + 1) is paid on day `pays` of month C + `lag`.
 * `{ basis: settledAt, closes: last, pays: 20, lag: 1 }`: settled in October, paid on 20 November.
 * Daily: paid `days` days after the basis date (T + n).
 */
export type Calendar =
  | { basis: Basis; closes: number | 'last'; pays: number | 'last'; lag: number }
  | { basis: Basis; days: number }

/** What the partner keeps of each order line. Rounded per line. */
export type Fee = { name: string; of: 'commission' | 'paidAmount'; rate: Ppm; rounding: Rounding }

/** The APIs of a partner, or of an aggregator of its goods. */
export type Apis = { products?: ApiFeed<unknown>; orders?: ApiFeed<unknown>; links?: LinkApi<unknown> }

/** Everything shoptool knows of a partner. Built-in ones are files of data beside this one; operators write theirs in YAML. */
export type Partner = {
  id: string
  name: string
  currency: Currency
  timezone: Zone
  /** Of each kind of record one form or several: files are told apart by their columns (`feeds/form.ts`). */
  feeds: { products?: Forms<Product>; orders?: Forms<Order>; payouts?: Forms<PayoutLine> }
  /** How the partner's API is asked for the same records; its rows are read by the fields of `feeds`. */
  apis?: Apis
  /**
   * Services that resell access to the partner's goods, or an older API of its own, by the word that a source names in `api: { via: … }`.
   * Their rows are further forms of `feeds`.
   */
  aggregators?: Readonly<Record<string, { name: string; apis: Apis }>>
  calendar: Calendar | null
  fees: readonly Fee[]
  /** Minor units by which a line may differ without being a finding. */
  tolerance: Minor
}
