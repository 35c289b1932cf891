import type { Day, Zone } from '../day.ts'
import { usageError } from '../errors.ts'
import type { ApiFeed, LinkApi } from '../feeds/api.ts'
import { type Forms, listOf } from '../feeds/form.ts'
import type { Currency, Minor, Ppm, Rounding } from '../money.ts'
import type { Order, PayoutLine, Product, Receipt, Refund } from '../records.ts'
import type { LinkRules } from './links.ts'

/** The date of an order that its settlement month is counted from. */
export const BASES = ['receivedAt', 'verifiedAt', 'settledAt'] as const
export type Basis = (typeof BASES)[number]

/** How sure a term is: said by the partner or the operator; read in a document or a public source; may change any day; only believed. */
export const CONFIDENCES = ['stated', 'documented', 'provisional', 'unverified'] as const
export type Confidence = (typeof CONFIDENCES)[number]

/** On what a term rests. `review`: the day from which it must be looked at again. `place`: where the workspace overrides a built-in one. */
export type Grounds = { confidence: Confidence; source?: string; review?: Day; place?: string }

type DayOfMonth = number | 'last'
/** What falls on or before day `closes` of month C, and after the closing before it, is paid on day `pays` of month C + `lag`. */
export type Run = { closes: DayOfMonth; pays: DayOfMonth; lag: number }

/**
 * Which month pays an order, by its basis date.
 * Monthly: `{ basis: settledAt, closes: last, pays: 20, lag: 1 }`: settled in October, paid on 20 November; with several `runs` a month, by
 * the first that closes after it. Daily: paid `days` days after the basis date (T + n).
 */
export type Calendar = {
  basis: Basis
  /** So many days must have passed since the basis date when a run closes (30 days after the receipt). */
  age?: number
  /** Where a pay day is a Saturday, a Sunday or one of `holidays`: paid on the last day before that is none, or the next one after. */
  weekend?: 'before' | 'after'
  holidays?: readonly Day[]
  /** The day of the month after the payout up to which differences can be claimed. */
  claim?: DayOfMonth
  /** Dated terms, made by `calendarOf`: the first basis date that it holds for, and what held before. */
  from?: Day
  before?: Calendar
} & (Run | { runs: readonly Run[] } | { days: number })

export const FEE_KINDS = ['fee', 'share', 'subsidy', 'tax'] as const
export const FEE_BASES = ['commission', 'paidAmount', 'rest'] as const

/** A part of what is paid for an order line: the rate of a base, rounded, not below `min` nor above `max`. */
export type Fee = {
  name: string
  /** `fee`, and where nothing is said, and `tax`: kept by the partner. `share`: the operator's part, the rest is kept. `subsidy`: added. */
  kind?: (typeof FEE_KINDS)[number]
  /** `rest`: what the parts before this one leave of the commission. */
  of: (typeof FEE_BASES)[number]
  rate: Ppm
  rounding: Rounding
  /** Reckoned, rounded and limited for the whole order, and divided among its lines by largest remainder; else line by line. */
  per?: 'order'
  /** Minor units of the partner's currency. */
  min?: Minor
  max?: Minor
  /** At most so much for the orders of a calendar month together, the earliest first. */
  maxMonth?: Minor
  /** Where the order itself states its service fee (of a subsidy: that), this counts; the rate is the check. */
  stated?: true
  /** Dated terms, made by `feesOf`: the days of orders that it holds for, `until` not among them. */
  from?: Day
  until?: Day
}

/**
 * By how many minor units what is paid may differ without being a finding: for an order line and, where that is said, for all tolerated
 * lines of a statement together.
 */
export type Tolerance = Minor | { line: Minor; statement: Minor }

/** What holds from a day on; what is not named stays as it was. */
export type Terms = Grounds & { from: Day; calendar?: Calendar; fees?: readonly Fee[]; tolerance?: Tolerance }

/** The APIs of a partner, or of an aggregator of its goods. */
export type Apis = { products?: ApiFeed<unknown>; orders?: ApiFeed<unknown>; links?: LinkApi<unknown> }

/** Where money is stuck: the merchant has not enough of it, or it was sent and the transfer failed. */
export const STUCK = ['merchant-short', 'transfer-failed'] as const
export type Stuck = (typeof STUCK)[number]

/** Everything shoptool knows of a partner. Built-in ones are files of data beside this one; operators write theirs in YAML. */
export type Partner = {
  id: string
  name: string
  currency: Currency
  timezone: Zone
  /** Of each kind of record one form or several: files are told apart by their columns (`feeds/form.ts`). */
  feeds: {
    products?: Forms<Product>
    orders?: Forms<Order>
    payouts?: Forms<PayoutLine>
    receipts?: Forms<Receipt>
    refunds?: Forms<Refund>
  }
  /** How the partner's API is asked for the same records; its rows are read by the fields of `feeds`. */
  apis?: Apis
  /**
   * Services that resell access to the partner's goods, or an older API of its own, by the word that a source names in `api: { via: … }`.
   * Their rows are further forms of `feeds`.
   */
  aggregators?: Readonly<Record<string, { name: string; apis: Apis }>>
  /**
   * Words that the payer or the remark of a receipt holds where the money is the partner's; its name where none is given. Those of built-in
   * partners are the names of their companies, not seen on receipts (unverified).
   */
  payer?: readonly string[]
  /** Statuses, in the partner's own words, by which money is stuck, and where. */
  stuck?: Readonly<Record<string, Stuck>>
  /** What is known of its links. */
  links?: LinkRules
  /** Calendar, fees and tolerance hold from ever, or up to the first of `terms` that names them. */
  calendar: Calendar | null
  fees: readonly Fee[]
  tolerance: Tolerance
  /** On what these rest; without, on the word of the operator. */
  grounds?: { calendar?: Grounds; fees?: Grounds }
  terms?: readonly Terms[]
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
