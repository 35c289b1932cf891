import { formatAmount, formatRate, type Minor, share } from '../money.ts'
import type { Order } from '../records.ts'
import type { Fee } from './partner.ts'

/** What a payout is computed from: gross commission and the amount that it was earned on, in minor units. */
export type Earning = Pick<Order, 'commission' | 'paidAmount'>

/** What the partner keeps of one order line by one fee, in minor units, rounded by the fee's own rule. */
export function feeOf(earning: Earning, fee: Fee): Minor {
  return share(earning[fee.of], fee.rate, fee.rounding)
}

/** What the partner owes for one order line: commission − Σ fees, in minor units. Each fee is rounded by itself, per line. */
export function expectedPayout(earning: Earning, fees: readonly Fee[]): Minor {
  let payout = earning.commission
  for (const fee of fees) payout -= feeOf(earning, fee)
  return payout
}

/** `1.80 commission − 0.18 技术服务费 (10 % of 1.80, half-up) = 1.62` */
export function formula(order: Earning & Pick<Order, 'currency'>, fees: readonly Fee[]): string {
  const money = (amount: Minor) => formatAmount(amount, order.currency)
  const kept = fees.map(
    (fee) => `− ${money(feeOf(order, fee))} ${fee.name} (${formatRate(fee.rate)} % of ${money(order[fee.of])}, ${fee.rounding})`,
  )
  return [`${money(order.commission)} commission`, ...kept, `= ${money(expectedPayout(order, fees))}`].join(' ')
}
