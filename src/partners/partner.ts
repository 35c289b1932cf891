import type { Day, Zone } from '../day.ts'
import { usageError } from '../errors.ts'
import type { ApiFeed, LinkApi } from '../feeds/api.ts'
import { type Forms, listOf } from '../feeds/form.ts'
import type { Currency, Minor, Ppm, Rounding } from '../money.ts'
import type { Order, PayoutLine, Product } from '../records.ts'
import type { LinkRules } from './links.ts'

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
  /** What is known of its links. */
  links?: LinkRules
  calendar: Calendar | null
  fees: readonly Fee[]
  /** Minor units by which a line may differ without being a finding. */
  tolerance: Minor
}

/** The partner with statements that were paid on `day` where they do not say it themselves. */
export function paidOn(partner: Partner, day: Day): Partner {
  const payouts = listOf(partner.feeds.payouts ?? []).map((form) => {
    const { paidAt } = form.fields
    return paidAt.kind === 'day' ? { ...form, fields: { ...form.fields, paidAt: { ...paidAt, fallback: day } } } : form
  })
  return { ...partner, feeds: { ...partner.feeds, payouts } }
}

/**
 * The partner with one way of its order rows preferred (`batch`): of a sale that came on two ways the other row does not count.
 * @throws usage where its rows come on one way only, or none is called so; `place` says who asked.
 */
export function preferring(partner: Partner, way: string, place: string): Partner {
  const forms = listOf(partner.feeds.orders ?? [])
  const words = [...new Set(forms.flatMap(({ entries }) => entries?.way?.words ?? []))]
  if (words.length === 0) throw usageError(`${place}: order rows of ${partner.name} come on one way only`)
  if (!words.includes(way)) throw usageError(`${place}: "${way}" is not one of ${words.join(', ')}`)
  const orders = forms.map((form) =>
    form.entries?.way ? { ...form, entries: { ...form.entries, way: { ...form.entries.way, prefer: way } } } : form,
  )
  return { ...partner, feeds: { ...partner.feeds, orders } }
}
