import type { AmountUnit, RateUnit } from '../money.ts'
import {
  DIRECTIONS,
  ORDER_STATUSES,
  type Order,
  PAYOUT_KINDS,
  REFUND_STATUSES,
  type RecordKind,
  type Refund,
} from '../records.ts'
import type { RecordOf } from './feed.ts'
import type { FieldData } from './field.ts'

/** The units that an amount may be declared in; `yuan` and `fen` are their names in CNY. */
export const AMOUNT_UNITS = { major: 'major', minor: 'minor', yuan: 'major', fen: 'minor' } as const satisfies Record<
  string,
  AmountUnit
>
export const RATE_UNITS: readonly RateUnit[] = ['percent', 'permille', 'basis', 'ppm', 'fraction']

/** What is known of a field of a canonical record: for `map --fields`, and to check partners that operators describe. */
export type CanonicalField = {
  /** How a partner describes it. */
  kind: Exclude<FieldData['kind'], 'none' | 'always' | 'firstOf'>
  /** `derived`: worked out from the rest, or from the file, where the partner does not give it. */
  need: 'required' | 'optional' | 'derived'
  meaning: string
  /** All that a `oneOf` may become. */
  words?: readonly string[]
}

/** Without `rawStatus`, which is whatever stood in the column of `status`. */
type Described = Omit<RecordOf, 'orders' | 'refunds'> & { orders: Omit<Order, 'rawStatus'>; refunds: Omit<Refund, 'rawStatus'> }

/** Every field that a partner's columns can be mapped to. */
export const CANONICAL: { readonly [K in RecordKind]: { readonly [F in keyof Described[K]]-?: CanonicalField } } = {
  products: {
    sku: { kind: 'text', need: 'required', meaning: "the partner's own number of the goods" },
    title: { kind: 'text', need: 'required', meaning: 'name of the goods' },
    brand: { kind: 'text', need: 'optional', meaning: 'brand' },
    category: { kind: 'text', need: 'optional', meaning: "category in the partner's words" },
    shop: { kind: 'text', need: 'optional', meaning: 'name of the shop that sells' },
    currency: { kind: 'text', need: 'derived', meaning: "ISO 4217 code; else the partner's currency" },
    price: { kind: 'amount', need: 'required', meaning: 'price before the coupon' },
    couponAmount: { kind: 'amount', need: 'optional', meaning: 'what the coupon takes off' },
    couponThreshold: { kind: 'amount', need: 'optional', meaning: 'least price for the coupon' },
    couponFrom: { kind: 'instant', need: 'optional', meaning: 'begin of the coupon' },
    couponUntil: { kind: 'instant', need: 'optional', meaning: 'end of the coupon' },
    finalPrice: { kind: 'amount', need: 'derived', meaning: 'what the buyer pays; else price − coupon' },
    commissionRate: { kind: 'rate', need: 'optional', meaning: 'share of the final price' },
    commission: { kind: 'amount', need: 'derived', meaning: 'gross, for one piece; else final price × rate' },
    sales: { kind: 'count', need: 'optional', meaning: 'pieces sold, mostly in 30 days' },
    imageUrl: { kind: 'text', need: 'optional', meaning: 'main picture' },
    url: { kind: 'text', need: 'optional', meaning: 'page of the goods' },
    link: { kind: 'text', need: 'optional', meaning: 'link with your tracking id' },
    code: { kind: 'text', need: 'optional', meaning: 'text code (口令) that opens the goods' },
  },
  orders: {
    orderId: { kind: 'text', need: 'required', meaning: 'number of the order' },
    lineId: { kind: 'text', need: 'derived', meaning: 'number of the line; else the sku' },
    sku: { kind: 'text', need: 'optional', meaning: "the partner's number of the goods" },
    title: { kind: 'text', need: 'optional', meaning: 'name of the goods' },
    quantity: { kind: 'count', need: 'optional', meaning: 'pieces' },
    currency: { kind: 'text', need: 'derived', meaning: "ISO 4217 code; else the partner's currency" },
    paidAmount: { kind: 'amount', need: 'required', meaning: 'what commission is computed on, without freight' },
    commissionRate: { kind: 'rate', need: 'optional', meaning: 'share of the paid amount' },
    commission: { kind: 'amount', need: 'required', meaning: "gross, before the partner's fees" },
    status: { kind: 'oneOf', need: 'required', meaning: 'where the order stands', words: ORDER_STATUSES },
    orderedAt: { kind: 'instant', need: 'required', meaning: 'when it was placed' },
    paidAt: { kind: 'instant', need: 'optional', meaning: 'when the buyer paid' },
    receivedAt: { kind: 'instant', need: 'optional', meaning: 'when the buyer confirmed receipt' },
    verifiedAt: { kind: 'instant', need: 'optional', meaning: 'when the partner approved it' },
    settledAt: { kind: 'instant', need: 'optional', meaning: 'when the partner settled it' },
    modifiedAt: { kind: 'instant', need: 'optional', meaning: 'last change; tells which reading is newer' },
    refundAmount: { kind: 'amount', need: 'optional', meaning: 'part of the paid amount given back' },
    serviceFee: { kind: 'amount', need: 'optional', meaning: 'what the partner keeps, as the order states it' },
    subsidy: { kind: 'amount', need: 'optional', meaning: 'what of the commission is a subsidy' },
    trackingId: { kind: 'text', need: 'optional', meaning: 'your promotion position (推广位)' },
    subId: { kind: 'text', need: 'optional', meaning: 'sub-id of the link, where it has a column of its own' },
    transactionId: {
      kind: 'text',
      need: 'optional',
      meaning: "the network's number of the sale, where it has one beside the order's",
    },
    dueAt: { kind: 'instant', need: 'optional', meaning: 'pay day that the partner itself names' },
  },
  payouts: {
    statementId: { kind: 'text', need: 'derived', meaning: "number of the statement; else the file's name" },
    orderId: { kind: 'text', need: 'optional', meaning: 'the order that is paid' },
    lineId: { kind: 'text', need: 'optional', meaning: 'the line that is paid' },
    sku: { kind: 'text', need: 'optional', meaning: "the partner's number of the goods" },
    title: { kind: 'text', need: 'optional', meaning: 'name of the goods' },
    currency: { kind: 'text', need: 'derived', meaning: "ISO 4217 code; else the partner's currency" },
    amount: { kind: 'amount', need: 'required', meaning: 'signed: a clawback is negative' },
    kind: { kind: 'oneOf', need: 'derived', meaning: 'why it is paid; else told by order and sign', words: PAYOUT_KINDS },
    paidAt: { kind: 'day', need: 'derived', meaning: 'day of the payout; else --paid-at of import' },
    transactionId: { kind: 'text', need: 'optional', meaning: "the network's number of the sale that is paid" },
    originalId: { kind: 'text', need: 'optional', meaning: 'the sale that a correction takes back' },
  },
  receipts: {
    receivedOn: { kind: 'day', need: 'required', meaning: 'day on which the money came in' },
    currency: { kind: 'text', need: 'derived', meaning: "ISO 4217 code; else the partner's currency" },
    amount: { kind: 'amount', need: 'required', meaning: 'what came in, or went out' },
    direction: { kind: 'oneOf', need: 'derived', meaning: 'which way the money went; else told by sign', words: DIRECTIONS },
    payer: { kind: 'text', need: 'optional', meaning: 'who paid' },
    remark: { kind: 'text', need: 'optional', meaning: 'what the bank notes besides' },
    reference: { kind: 'text', need: 'optional', meaning: "the bank's number of the row" },
  },
  refunds: {
    orderId: { kind: 'text', need: 'required', meaning: 'the order that something was given back of' },
    lineId: { kind: 'text', need: 'optional', meaning: 'its line' },
    refundId: { kind: 'text', need: 'derived', meaning: 'number of the notice; else the line stands for it' },
    sku: { kind: 'text', need: 'optional', meaning: "the partner's number of the goods" },
    currency: { kind: 'text', need: 'derived', meaning: "ISO 4217 code; else the partner's currency" },
    refundAmount: { kind: 'amount', need: 'required', meaning: 'given back to the buyer' },
    commission: { kind: 'amount', need: 'optional', meaning: 'taken back of your commission' },
    status: { kind: 'oneOf', need: 'required', meaning: 'where the notice stands', words: REFUND_STATUSES },
    refundedAt: { kind: 'instant', need: 'required', meaning: 'when it was asked for or given back' },
    modifiedAt: { kind: 'instant', need: 'optional', meaning: 'last change; tells which reading is newer' },
  },
}

/** How the field would be written in YAML. */
export function exampleOf({ kind, words }: CanonicalField): string {
  switch (kind) {
    case 'amount':
      return '{ amount: Column, unit: major }'
    case 'rate':
      return '{ rate: Column, unit: percent }'
    case 'oneOf':
      return `{ oneOf: Column, words: { … : ${words![0]} } }`
    case 'instant':
      return '{ instant: Column, pattern: "yyyy-MM-dd HH:mm:ss" }'
    case 'day':
      return '{ day: Column, pattern: yyyy-MM-dd }'
    default:
      return `{ ${kind}: Column }`
  }
}
