import { formatAmount, formatRate, type Minor } from '../money.ts'
import type { Order, Recorded } from '../records.ts'
import type { Attribution } from '../share/attribution.ts'
import type { Notice } from '../store/notices.ts'
import type { OrderOfPartner } from '../store/orders.ts'

// How orders are shown.

/** `group-a, mei, posted 2026-11-20`. */
export function originText({ channel, member, day }: Attribution): string {
  return [channel, member, day && `posted ${day}`].filter(Boolean).join(', ')
}

/** An order line in the shape of `orders --json`: amounts as decimal strings, rates in percent. */
export function orderDocument<T extends Recorded<OrderOfPartner>>({
  paidAmount,
  commission,
  refundAmount,
  serviceFee,
  subsidy,
  commissionRate,
  modifiedAt: _,
  origin,
  ...order
}: T) {
  const money = (amount: Minor) => formatAmount(amount, order.currency)
  return {
    ...order,
    paidAmount: money(paidAmount),
    commissionRate: commissionRate === null ? null : formatRate(commissionRate),
    commission: money(commission),
    refundAmount: refundAmount === null ? null : money(refundAmount),
    serviceFee: serviceFee === null ? null : money(serviceFee),
    subsidy: subsidy === null ? null : money(subsidy),
    source: origin,
  }
}

/** `settled, paid 20.00 CNY, commission 2.00 at 10 %` */
export function orderText({ status, paidAmount, currency, commission, commissionRate }: Order): string {
  const rate = commissionRate === null ? '' : ` at ${formatRate(commissionRate)} %`
  return `${status}, paid ${formatAmount(paidAmount, currency)} ${currency}, commission ${formatAmount(commission, currency)}${rate}`
}

/** A refund notice in the shape of `--json`; `isPlaced`: its order line is known. */
export function noticeDocument({ id: _, origin, onLine, refundAmount, commission, ...notice }: Notice) {
  const money = (amount: Minor) => formatAmount(amount, notice.currency)
  return {
    ...notice,
    refundAmount: money(refundAmount),
    commission: commission === null ? null : money(commission),
    isPlaced: onLine !== null,
    source: origin,
  }
}
