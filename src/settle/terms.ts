import { addDays, type Day } from '../day.ts'
import { type Currency, formatAmount, formatRate, type Minor } from '../money.ts'
import type { Calendar, Confidence, Fee, Grounds, Partner, Run, Tolerance } from '../partners/partner.ts'
import { TERM_PARTS, type TermPart, termsOn } from '../partners/terms.ts'
import { STATUS_OF } from './calendar.ts'

/** A term of a partner in words, with the days that it holds for and what it rests on. */
export type Term = {
  part: TermPart
  /** Null: from ever. Fees count by the day of the order, calendars by the basis date, the tolerance by the month of the payout. */
  from: Day | null
  /** The last day; null: until further notice. */
  until: Day | null
  text: string
  confidence: Confidence
  source: string | null
  review: Day | null
  /** Where the workspace overrides what is built in; null where it does not. */
  place: string | null
}

/** Every term of a partner, the earliest of each part first. One that settles nothing (a partner of goods alone) has none. */
export function termsOf(partner: Partner): Term[] {
  if (partner.calendar === null && !partner.terms?.some(({ calendar }) => calendar)) return []
  return TERM_PARTS.flatMap((part) => {
    const first = { from: null, value: partner[part], grounds: part === 'tolerance' ? undefined : partner.grounds?.[part] }
    const sets = [first, ...termsOn(part, partner).map((terms) => ({ from: terms.from, value: terms[part], grounds: terms }))]
    return sets.flatMap(({ from, value, grounds }, i): Term[] => {
      const next = sets[i + 1]?.from
      const text = textOf(part, value, partner)
      return text === null ? [] : [{ part, from, until: next ? addDays(next, -1) : null, text, ...known(grounds) }]
    })
  })
}

/** Without grounds a term rests on the word of the operator. */
function known({ confidence = 'stated', source, review, place }: Partial<Grounds> = {}) {
  return { confidence, source: source ?? null, review: review ?? null, place: place ?? null }
}

/** Days, or instants, which begin with their day. */
type Span = { from: string; to: string }

/**
 * The terms that a settlement rests on and that are not sure: those in force on the days that it covers and, of fees, on the days of the
 * orders that are due, `ordered` from the first to the last (null: there are none).
 */
export function unsureTerms(partner: Partner, covers: Span, ordered: Span | null): Term[] {
  const isUsed = ({ part, from, until }: Term) => {
    const days = part === 'fees' ? ordered : covers
    return days !== null && (from ?? '') <= days.to && (until ?? days.from) >= days.from.slice(0, 10)
  }
  return termsOf(partner).filter(
    (term) => (term.confidence === 'unverified' || term.confidence === 'provisional') && isUsed(term),
  )
}

/** Whether the term is in force on a day. */
export function holdsOn({ from, until }: Term, day: Day): boolean {
  return (from ?? '') <= day && (until === null || day <= until)
}

function textOf(part: TermPart, value: Partner[TermPart] | undefined, { currency }: Partner): string | null {
  if (value === null || value === undefined) return null
  if (part === 'calendar') return calendarText(value as Calendar)
  if (part === 'tolerance') return toleranceText(value as Tolerance, currency)
  const fees = value as readonly Fee[]
  return fees.length === 0 ? 'none' : fees.map((fee) => feeText(fee, currency)).join('; ')
}

function toleranceText(tolerance: Tolerance, currency: Currency): string | null {
  if (tolerance === 0) return null
  const money = (amount: Minor) => `${formatAmount(amount, currency)} ${currency}`
  if (typeof tolerance === 'number') return `${money(tolerance)} a line`
  return `${money(tolerance.line)} a line, ${money(tolerance.statement)} a statement`
}

/** `settled up to the last day, paid on the 20th of the next month`. */
export function calendarText(calendar: Calendar): string {
  const { basis, age, weekend, holidays, claim } = calendar
  const moved = weekend === 'before' ? 'the working day before' : 'the next working day'
  const status = STATUS_OF[basis]
  const on =
    'days' in calendar
      ? `paid ${calendar.days === 0 ? 'on the day that' : `${count(calendar.days, 'day')} after`} it is ${status}`
      : `${status} ${('runs' in calendar ? calendar.runs : [calendar]).map(runText).join('; ')}`
  return [
    on,
    age && `${count(age, 'day')} old by then`,
    weekend && `on weekends${holidays ? ` and ${count(holidays.length, 'holiday')}` : ''} ${moved}`,
    claim && `claims up to the ${ordinal(claim)} of the month after`,
  ]
    .filter(Boolean)
    .join(', ')
}

function runText({ closes, pays, lag }: Run): string {
  const month = lag === 0 ? 'of that month' : lag === 1 ? 'of the next month' : `${lag} months later`
  return `up to the ${ordinal(closes)}, paid on the ${ordinal(pays)} ${month}`
}

/** `技术服务费 10 % of commission, half-up`. */
export function feeText({ name, kind, of, rate, rounding, per, min, max, maxMonth, stated }: Fee, currency: string): string {
  const money = (amount: number) => `${formatAmount(amount, currency)} ${currency}`
  const base = of === 'paidAmount' ? 'the paid amount' : of === 'rest' ? 'the rest' : 'commission'
  return [
    `${kind === 'subsidy' ? '+ ' : ''}${name} ${formatRate(rate)} % of ${base}${kind === 'share' ? ' is yours' : ''}`,
    rounding,
    per && 'for the whole order',
    min !== undefined && `at least ${money(min)}`,
    max !== undefined && `at most ${money(max)}`,
    maxMonth !== undefined && `at most ${money(maxMonth)} a month`,
    stated && 'or as the order states',
  ]
    .filter(Boolean)
    .join(', ')
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`

function ordinal(day: number | 'last'): string {
  if (day === 'last') return 'last day'
  const ending =
    day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th'
  return `${day}${ending}`
}
