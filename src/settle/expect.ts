import { type Minor, multiplyDivide, share } from '../money.ts'
import { type Earning, expectedPayout } from '../partners/fees.ts'
import type { Fee } from '../partners/partner.ts'
import type { Order } from '../records.ts'

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
  const { orderedAt, paidAt, commissionRate: rate } = order
  const paidAmount = Math.max(order.paidAmount - order.refundAmount!, 0)
  const isSmaller = rate !== null && paidAmount > 0 && Math.abs(share(paidAmount, rate) - order.commission) <= 1
  const commission =
    paidAmount === 0 ? 0 : isSmaller ? order.commission : multiplyDivide(order.commission, paidAmount, order.paidAmount)
  return { orderedAt, paidAt, paidAmount, commission }
}

/** What is owed for an order line as it stands: nothing when it is refunded or invalid, less where a part was refunded. Minor units. */
export function keptPayout(order: Order, fees: readonly Fee[]): Minor {
  if (order.status === 'refunded' || order.status === 'invalid') return 0
  return expectedPayout(afterRefund(order), fees)
}
