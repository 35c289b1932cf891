import type { Day, Instant } from './day.ts'
import type { Currency, Minor, Ppm } from './money.ts'

/** Goods that a partner pays commission for. Amounts are minor units of `currency`. */
export type Product = {
  /** The partner's own number; text, since some exceed 2^53 and some hold letters. */
  sku: string
  title: string
  brand: string | null
  category: string | null
  shop: string | null
  currency: Currency
  /** Price before the coupon. */
  price: Minor
  couponAmount: Minor | null
  /** Smallest order that the coupon takes effect on. */
  couponThreshold: Minor | null
  couponFrom: Instant | null
  couponUntil: Instant | null
  /** What the buyer pays with the coupon. */
  finalPrice: Minor
  commissionRate: Ppm | null
  /** Gross commission for one piece. */
  commission: Minor | null
  /** Pieces sold, as far back as the partner counts (mostly 30 days). */
  sales: number | null
  imageUrl: string | null
  /** Page of the goods. */
  url: string | null
  /** Link that carries the operator's tracking id. */
  link: string | null
  /** Text code (口令) that opens the goods in the partner's app. */
  code: string | null
}

/** Where an order line stands, in the order in which it goes through them. */
export const ORDER_STATUSES = ['paid', 'received', 'verified', 'settled', 'refunded', 'invalid'] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** One line of an order as the partner recorded it. Amounts are minor units of `currency`. */
export type Order = {
  orderId: string
  /** The partner's number for the line; the sku, else '' where the partner has none. */
  lineId: string
  sku: string | null
  title: string | null
  quantity: number | null
  currency: Currency
  /** What commission is computed on: the amount paid, without freight. */
  paidAmount: Minor
  commissionRate: Ppm | null
  /** Gross: before the partner's fees. The settled figure where the partner gives one, else the estimate. */
  commission: Minor
  status: OrderStatus
  /** The status in the partner's own word. */
  rawStatus: string
  orderedAt: Instant
  paidAt: Instant | null
  receivedAt: Instant | null
  verifiedAt: Instant | null
  settledAt: Instant | null
  /** When the partner last changed the record; tells which of two readings is newer. */
  modifiedAt: Instant | null
  /** Part of `paidAmount` given back to the buyer. */
  refundAmount: Minor | null
  /** What the partner says that it keeps of the commission; null where it says nothing, or nothing yet. */
  serviceFee: Minor | null
  /** What of the commission is a subsidy, of which no fee is taken; null where that is not said. */
  subsidy: Minor | null
  trackingId: string | null
  /** What the link carried besides: whom, where and when it was shared for. Null also where `trackingId` is that. */
  subId: string | null
  /** The network's number of the sale, where that is not the number of the order or the line. */
  transactionId: string | null
  /** The day on which the partner itself says that it pays, whatever its calendar is. */
  dueAt: Instant | null
}

/** Where a refund notice stands: asked for, to be taken back, taken back, or nothing is taken back (refused, withdrawn, borne by the shop). */
export const REFUND_STATUSES = ['open', 'due', 'taken', 'dropped'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** What a partner says was given back of an order after it, in a record of its own that tells nothing else of the order. */
export type Refund = {
  orderId: string
  /** Null: of the line with the sku, or of the order's only line. */
  lineId: string | null
  /** The partner's number of the notice; else the line stands for it. */
  refundId: string
  sku: string | null
  currency: Currency
  /** Given back to the buyer, of `paidAmount`. */
  refundAmount: Minor
  /** Taken back from the operator, by the partner's own account; null where it does not say. */
  commission: Minor | null
  status: RefundStatus
  rawStatus: string
  refundedAt: Instant
  modifiedAt: Instant | null
}

export const PAYOUT_KINDS = ['commission', 'clawback', 'bonus', 'fee', 'tax', 'rounding'] as const
export type PayoutKind = (typeof PAYOUT_KINDS)[number]

/** One line of a payout statement. */
export type PayoutLine = {
  statementId: string
  orderId: string | null
  lineId: string | null
  sku: string | null
  title: string | null
  currency: Currency
  /** Signed: a clawback is negative. */
  amount: Minor
  kind: PayoutKind
  paidAt: Day
  /** The network's number of the sale that is paid. */
  transactionId: string | null
  /** The one that this line corrects. */
  originalId: string | null
}

/** Whether money came in or went out. */
export const DIRECTIONS = ['in', 'out'] as const

/** One row of what a bank or a wallet (Alipay, WeChat) exports of an account. */
export type Receipt = {
  receivedOn: Day
  currency: Currency
  amount: Minor
  direction: (typeof DIRECTIONS)[number]
  /** Who paid, as the bank names it. */
  payer: string | null
  remark: string | null
  /** The bank's own number of the row. */
  reference: string | null
}

export const RECORD_KINDS = ['products', 'orders', 'payouts', 'receipts', 'refunds'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** Where a record was read: every stored record can be traced to it. */
export type Origin = {
  /** The file's name as given, relative to the workspace where it lies in it. */
  file: string
  /** Physical line (CSV) or number of the record (JSON), from 1. */
  line: number
  /** Of the file's bytes, 64 hex digits. */
  sha256: string
}
export type Recorded<T> = T & { origin: Origin }

/** What sends a payout line to orders besides the order number in it, or speaks against that number. */
export type Route = {
  /**
   * `transaction`: the line names the number of the sale; `original`: that of the sale which it corrects; `order`: its order number is a
   * list of several; `confirmed`: somebody said so in `settle review`.
   */
  by: 'transaction' | 'original' | 'order' | 'confirmed'
  /** The orders, bytewise; and the one order line that it is for, where that is known. */
  orderIds: readonly string[]
  lineId: string | null
  /** Whether the payout line itself names another order than the sale is of: it is then matched with neither. */
  contested: boolean
}

/** A payout line as a settlement takes it; one that names its order alone has no route. */
export type RoutedLine = Recorded<PayoutLine> & { route?: Route }

/** The order number under which a payout line is settled, of several the first; '' where it has none. */
export function keyOf({ orderId, route }: { orderId: string | null; route?: Route }): string {
  return (route === undefined || route.contested ? orderId : route.orderIds[0]) ?? ''
}

/** Whether a payout line is for more than one order. */
export function paysSeveral({ route }: RoutedLine): boolean {
  return route !== undefined && route.orderIds.length > 1
}
