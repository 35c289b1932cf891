import { formatAmount, formatRate, type Minor, share } from '../money.ts'
import type { Order } from '../records.ts'
import type { Fee } from './partner.ts'

/**
 * What a payout is computed from: gross commission and the amount that it was earned on (paid, not the list price), in minor units, and
 * the day whose fees hold: that on which it was paid, else ordered; without any the latest ones do.
 */
export type Earning = Pick<Order, 'commission' | 'paidAmount'> & Partial<Pick<Order, 'orderedAt' | 'paidAt'>>

/** What the partner keeps of one order line by one fee, in minor units, rounded by the fee's own rule; below zero: it adds to it. */
export function feeOf(earning: Earning, fee: Fee, rest: Minor = earning.commission): Minor {
  if (!holds(fee, earning)) return 0
  const base = baseOf(earning, fee, rest)
  const amount = within(share(base, fee.rate, fee.rounding), base, fee)
  return fee.kind === 'subsidy' ? 0 - amount : fee.kind === 'share' ? base - amount : amount
}

/** Nothing is taken of nothing: a gift line has no least fee. What is below zero takes back, with the same limits. */
function within(amount: Minor, base: Minor, { min = 0, max = Number.MAX_SAFE_INTEGER }: Fee): Minor {
  if (base === 0 || (amount >= min && amount <= max)) return amount
  const size = Math.min(Math.max(Math.abs(amount), min), max)
  return base < 0 ? -size : size
}

function baseOf(earning: Earning, { of }: Fee, rest: Minor): Minor {
  return of === 'rest' ? rest : earning[of]
}

/** Whether a fee is in force on the day of the order. */
function holds({ from, until }: Fee, { paidAt, orderedAt }: Earning): boolean {
  if (from === undefined && until === undefined) return true
  const day = paidAt ?? orderedAt
  // an instant begins with its day
  return day === undefined ? until === undefined : (from === undefined || day >= from) && (until === undefined || day < until)
}

/** What the partner owes for one order line: commission − Σ fees, in minor units. Each fee is rounded by itself, per line. */
export function expectedPayout(earning: Earning, fees: readonly Fee[]): Minor {
  let payout = earning.commission
  for (const fee of fees) payout -= feeOf(earning, fee, payout)
  return payout
}

/** One step from the commission to the payout: what a fee keeps (below zero: adds) of which base. */
export type Part = { fee: Fee; base: Minor; amount: Minor }

/** The fees that hold for an order line, one after the other. */
export function partsOf(earning: Earning, fees: readonly Fee[]): Part[] {
  let rest = earning.commission
  return fees
    .filter((fee) => holds(fee, earning))
    .map((fee) => {
      const part = { fee, base: baseOf(earning, fee, rest), amount: feeOf(earning, fee, rest) }
      rest -= part.amount
      return part
    })
}

/** `1.80 commission − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.62` */
export function formula(order: Earning & Pick<Order, 'currency'>, fees: readonly Fee[]): string {
  const money = (amount: Minor) => formatAmount(amount, order.currency)
  const parts = partsOf(order, fees).map(({ fee, base, amount }) => {
    const { name, kind, rate, rounding } = fee
    const exact = share(base, rate, rounding)
    const size = kind === 'share' ? base - amount : Math.abs(amount)
    const limit = size > Math.abs(exact) ? `, at least ${money(size)}` : size < Math.abs(exact) ? `, at most ${money(size)}` : ''
    const left = kind === 'share' ? ` is ${money(size)}` : ''
    const sign = amount < 0 ? '+' : '−'
    return `${sign} ${money(Math.abs(amount))} ${name} (${formatRate(rate)} % of ${money(base)}${left}, ${rounding}${limit})`
  })
  return [`${money(order.commission)} commission`, ...parts, `= ${money(expectedPayout(order, fees))}`].join(' ')
}
