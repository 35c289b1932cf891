import { formatAmount, formatRate, type Minor, type Rounding, share } from '../money.ts'
import type { Order } from '../records.ts'
import type { Fee } from './partner.ts'

/**
 * What a payout is computed from: gross commission and the amount that it was earned on (paid, not the list price), in minor units; what
 * the order itself states of fees and subsidies; and the day whose fees hold: that on which it was paid, else ordered; without any the
 * latest ones do.
 */
export type Earning = Pick<Order, 'commission' | 'paidAmount'> &
  Partial<Pick<Order, 'orderedAt' | 'paidAt' | 'serviceFee' | 'subsidy'>> & {
    parts?: Parts
    /** The same of what refunds left of the whole order; only where a line of it was refunded in part. */
    keptParts?: Parts
  }

/** By the names of fees that are reckoned for a whole order or month: what of them falls to the line (see settle/parts.ts). */
export type Parts = Readonly<Record<string, Minor>>

/** What the partner owes for one order line: commission − Σ fees, in minor units. Each fee is rounded by itself, per line. */
export function expectedPayout(earning: Earning, fees: readonly Fee[]): Minor {
  let payout = bareOf(earning)
  for (const fee of withStated(earning, fees)) payout -= feeOf(earning, fee, payout)
  return payout
}

/** The commission without what of it is a subsidy. */
const bareOf = (earning: Earning): Minor => earning.commission - (subsidyIn(earning) ?? 0)

/** A subsidy is never more than the commission that holds it: partners let the estimate of one stand where a refund left less. */
function subsidyIn({ commission, subsidy = null }: Earning): Minor | null {
  if (subsidy === null) return null
  return commission < 0 ? Math.max(subsidy, commission) : Math.min(subsidy, commission)
}

/**
 * What the partner keeps of one order line by one fee, in minor units; below zero: it adds to the commission. `rest` is what the fees
 * before it left.
 */
export function feeOf(earning: Earning, fee: Fee, rest: Minor = bareOf(earning)): Minor {
  return holds(fee, earning) ? (statedOf(earning, fee) ?? ruledFee(earning, fee, rest)) : 0
}

/** What the order itself says of a fee; null where it says nothing. */
function statedOf(earning: Earning, { stated, kind }: Fee): Minor | null {
  if (!stated) return null
  const subsidy = subsidyIn(earning)
  return kind === 'subsidy' ? subsidy && 0 - subsidy : (earning.serviceFee ?? null)
}

/** The same by the fee's own rule. */
function ruledFee(earning: Earning, fee: Fee, rest: Minor): Minor {
  const base = baseOf(earning, fee, rest)
  const size = earning.parts?.[fee.name] ?? sizeOf(base, fee)
  return fee.kind === 'subsidy' ? 0 - size : fee.kind === 'share' ? base - size : size
}

/** The rate of a base, within the limits. Nothing is taken of nothing: a gift line has no least fee. What is below zero takes back, with the same limits. */
export function sizeOf(base: Minor, { rate, rounding, min = 0, max = Number.MAX_SAFE_INTEGER }: Fee): Minor {
  const amount = share(base, rate, rounding)
  if (base === 0 || (amount >= min && amount <= max)) return amount
  const size = Math.min(Math.max(Math.abs(amount), min), max)
  return base < 0 ? -size : size
}

export function baseOf(earning: Earning, { of }: Fee, rest: Minor): Minor {
  return of === 'rest' ? rest : of === 'paidAmount' ? earning.paidAmount : bareOf(earning)
}

/** What an order states and no rule speaks of. */
const UNRULED: readonly Fee[] = [
  { name: 'subsidy', kind: 'subsidy', of: 'commission', rate: 0, rounding: 'half-up', stated: true },
  { name: 'service fee', of: 'commission', rate: 0, rounding: 'half-up', stated: true },
]

function withStated(earning: Earning, fees: readonly Fee[]): readonly Fee[] {
  if (!earning.serviceFee && !earning.subsidy) return fees
  const unruled = UNRULED.filter((one) => {
    const isRuled = (fee: Fee) => fee.stated && (fee.kind === 'subsidy') === (one.kind === 'subsidy') && holds(fee, earning)
    return statedOf(earning, one) && !fees.some(isRuled)
  })
  return unruled.length === 0 ? fees : [...unruled, ...fees]
}

/** What the fees are taken from, one after the other: the commission without subsidies and fees that only the order speaks of. */
export function restOf(earning: Earning, fees: readonly Fee[]): Minor {
  const unruled = withStated(earning, fees).filter((fee) => UNRULED.includes(fee))
  return unruled.reduce((rest, fee) => rest - feeOf(earning, fee), bareOf(earning))
}

/** Whether a fee holds for an order line and its rule counts. */
export function isRuled(earning: Earning, fee: Fee): boolean {
  return holds(fee, earning) && statedOf(earning, fee) === null
}

/** The day (or an instant, which begins with its day) whose fees hold. */
export const dayOf = ({ paidAt, orderedAt }: Earning): string | undefined => paidAt ?? orderedAt

/** Whether a fee is in force on the day of the order. */
function holds({ from, until }: Fee, earning: Earning): boolean {
  if (from === undefined && until === undefined) return true
  const day = dayOf(earning)
  return day === undefined ? until === undefined : (from === undefined || day >= from) && (until === undefined || day < until)
}

/** One step from the commission to the payout: what a fee keeps (below zero: adds) of which base; `ruled` where the order states another amount. */
export type Part = { fee: Fee; base: Minor; amount: Minor; ruled: Minor | null }

/** The fees that hold for an order line, one after the other. */
export function partsOf(earning: Earning, fees: readonly Fee[]): Part[] {
  let rest = bareOf(earning)
  return withStated(earning, fees)
    .filter((fee) => holds(fee, earning))
    .map((fee) => {
      const amount = feeOf(earning, fee, rest)
      const ruled = UNRULED.includes(fee) ? amount : ruledFee(earning, fee, rest)
      const part = { fee, base: baseOf(earning, fee, rest), amount, ruled: ruled === amount ? null : ruled }
      rest -= amount
      return part
    })
}

/** How a formula is put in a language. Amounts and rates are texts. */
export type FormulaWords = {
  part(amount: string, name: string): string
  /** `how` a fee came about. */
  how(text: string): string
  commission: string
  /** Of subsidies and fees that no rule speaks of. */
  unruled: { subsidy: string; fee: string }
  stated: string
  instead(rule: string, amount: string): string
  rate(rate: string, base: string): string
  is(amount: string): string
  rounding: Record<Rounding, string>
  wholeOrder: string
  aMonth(most: string): string
  atLeast(amount: string): string
  atMost(amount: string): string
  /** Between the parts of a rule. */
  and: string
}

const ENGLISH: FormulaWords = {
  part: (amount, name) => `${amount} ${name}`,
  how: (text) => ` (${text})`,
  commission: 'commission',
  unruled: { subsidy: 'subsidy', fee: 'service fee' },
  stated: 'stated',
  instead: (rule, amount) => `stated; ${rule} would be ${amount}`,
  rate: (rate, base) => `${rate} % of ${base}`,
  is: (amount) => ` is ${amount}`,
  rounding: { 'half-up': 'half-up', 'half-even': 'half-even', down: 'down', up: 'up' },
  wholeOrder: 'for the whole order',
  aMonth: (most) => `at most ${most} a month`,
  atLeast: (amount) => `at least ${amount}`,
  atMost: (amount) => `at most ${amount}`,
  and: ', ',
}

/** `1.80 commission + 0.20 subsidy (stated) − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.82` */
export function formula(order: Earning & Pick<Order, 'currency'>, fees: readonly Fee[], words: FormulaWords = ENGLISH): string {
  const money = (amount: Minor) => formatAmount(amount, order.currency)
  const parts = partsOf(order, fees).map((part) => {
    const { fee, amount, ruled } = part
    const isUnruled = UNRULED.includes(fee)
    const rule = () => ruleText(part, money, words)
    const how = isUnruled ? words.stated : ruled === null ? rule() : words.instead(rule(), money(Math.abs(ruled)))
    const name = isUnruled ? words.unruled[fee.kind === 'subsidy' ? 'subsidy' : 'fee'] : fee.name
    const sign = amount < 0 || (amount === 0 && fee.kind === 'subsidy') ? '+' : '−'
    return `${sign} ${words.part(money(Math.abs(amount)), name)}${words.how(how)}`
  })
  return [words.part(money(bareOf(order)), words.commission), ...parts, `= ${money(expectedPayout(order, fees))}`].join(' ')
}

/** `10 % of 1.80, half-up` */
function ruleText({ fee, base, amount, ruled }: Part, money: (amount: Minor) => string, words: FormulaWords): string {
  const { rate, rounding, kind, per, min, max, maxMonth } = fee
  const kept = ruled ?? amount
  const size = kind === 'share' ? base - kept : Math.abs(kept)
  const exact = Math.abs(share(base, rate, rounding))
  const shared = [
    ...(per === 'order' ? [words.wholeOrder] : []),
    ...(maxMonth === undefined ? [] : [words.aMonth(money(maxMonth))]),
  ]
  // of what is shared the line has a part of the limit
  const limited = shared.length > 0 ? (size > exact ? min : max) : size
  const limit = size === exact || limited === undefined ? [] : [(size > exact ? words.atLeast : words.atMost)(money(limited))]
  const left = kind === 'share' ? words.is(money(size)) : ''
  return [words.rate(formatRate(rate), money(base)) + left, words.rounding[rounding], ...shared, ...limit].join(words.and)
}
