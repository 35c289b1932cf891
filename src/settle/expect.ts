import { type Minor, multiplyDivide, share } from '../money.ts'
import { type Earning, expectedPayout } from '../partners/fees.ts'
import type { Fee } from '../partners/partner.ts'
import type { Order } from '../records.ts'
import type { Entry } from './entry.ts'

/** What of an order line shrinks when a part of it is refunded. */
type Refundable = Pick<Order, 'paidAmount' | 'commission' | 'commissionRate' | 'serviceFee' | 'subsidy' | 'refundAmount'> &
  Pick<Earning, 'parts' | 'keptParts'>

/** Whether money went back to the buyer; all of it where the partner keeps such an order's status as it was. */
export function hasRefund(order: Pick<Order, 'refundAmount'>): boolean {
  return order.refundAmount !== null && order.refundAmount > 0
}

/** The order line as if only `kept` parts of `whole` were left of it: what it earned and what it states shrink in proportion. */
export function shrunk<O extends Refundable>(order: O, kept: number, whole: number): O {
  const part = (amount: Minor) => multiplyDivide(amount, kept, whole)
  const { paidAmount, commission, serviceFee, subsidy, parts } = order
  return {
    ...order,
    paidAmount: part(paidAmount),
    commission: part(commission),
    serviceFee: serviceFee === null ? null : part(serviceFee),
    subsidy: subsidy === null ? null : part(subsidy),
    ...(parts && { parts: Object.fromEntries(Object.entries(parts).map(([name, amount]) => [name, part(amount)])) }),
  }
}

/**
 * The order line as it is earned after a refund: amount and commission shrink in proportion. Where the recorded commission is already
 * that of the smaller amount (rate × what the buyer kept, to a minor unit), it stays as it is.
 */
export function afterRefund<O extends Refundable>(order: O): O {
  const kept = hasRefund(order) ? keptOf(order) : order
  return order.keptParts ? { ...kept, parts: order.keptParts } : kept
}

function keptOf<O extends Refundable>(order: O): O {
  const paidAmount = order.paidAmount - order.refundAmount!
  if (paidAmount <= 0) return shrunk(order, 0, 1)
  const rate = order.commissionRate
  if (rate !== null && Math.abs(share(paidAmount, rate) - order.commission) <= 1) return { ...order, paidAmount }
  return shrunk(order, paidAmount, order.paidAmount)
}

/** What of the gross commission a refund of its line takes, in minor units: at the line's own rate, else in proportion; of all that was paid at most. */
export function refundedCommission(order: Order, refundAmount: Minor): Minor {
  const { commissionRate, paidAmount } = order
  const amount = Math.min(refundAmount, paidAmount)
  if (commissionRate !== null) return share(amount, commissionRate)
  return paidAmount > 0 ? shrunk(order, amount, paidAmount).commission : 0
}

/** What is owed for an order line as it stands: nothing when it is refunded or invalid, less where a part was refunded. Minor units. */
export function keptPayout(order: Order, fees: readonly Fee[]): Minor {
  if (order.status === 'refunded' || order.status === 'invalid') return 0
  return expectedPayout(afterRefund(order), fees)
}

/** The orders of an entry that were due as they are paid in it: after refunds, unless it expects all that they earned before. */
export function asDue({ orders, expected }: Pick<Entry, 'orders' | 'expected'>, fees: readonly Fee[]): readonly Order[] {
  if (!orders.some((order: Refundable) => hasRefund(order) || order.keptParts)) return orders
  const whole = orders.reduce((sum, order) => sum + expectedPayout(order, fees), 0)
  return expected === whole ? orders : orders.map(afterRefund)
}
