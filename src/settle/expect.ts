import { formatAmount, formatRate, type Minor, multiplyDivide, share } from '../money.ts'
import type { Fee } from '../partners/partner.ts'
import type { Order } from '../records.ts'

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

/** Whether money went back to the buyer; all of it where the partner keeps such an order's status as it was. */
export function hasRefund(order: Order): boolean {
  return order.refundAmount !== null && order.refundAmount > 0
}

/**
 * The order line as it is earned after a refund: amount and commission shrink in proportion. Where the recorded commission is already
 * that of the smaller amount (rate × what the buyer kept, to a minor unit), it stays as it is.
 */
export function afterRefund(order: Order): Earning {
  if (!hasRefund(order)) return order
  const paidAmount = order.paidAmount - order.refundAmount!
  if (paidAmount <= 0) return { paidAmount: 0, commission: 0 }
  const rate = order.commissionRate
  if (rate !== null && Math.abs(share(paidAmount, rate) - order.commission) <= 1)
    return { paidAmount, commission: order.commission }
  return { paidAmount, commission: multiplyDivide(order.commission, paidAmount, order.paidAmount) }
}

/** What is owed for an order line as it stands: nothing when it is refunded or invalid, less where a part was refunded. Minor units. */
export function keptPayout(order: Order, fees: readonly Fee[]): Minor {
  if (order.status === 'refunded' || order.status === 'invalid') return 0
  return expectedPayout(afterRefund(order), fees)
}
