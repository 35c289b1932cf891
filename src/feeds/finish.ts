import { formatAmount, formatRate, type Minor, share } from '../money.ts'
import type { Order, PayoutLine, Product, Receipt, RecordKind, Refund } from '../records.ts'
import type { RecordOf } from './feed.ts'
import type { Fail, Surroundings } from './read.ts'

/** Fields whose values are numbers that a spreadsheet may have damaged. */
export const IDS = ['orderId', 'lineId', 'sku', 'transactionId', 'originalId'] as const
const ORDER_IDS = ['orderId', 'lineId', 'sku'] as const

/** What a spreadsheet (or a double in Java) leaves of a long number: `6.14252E+11`, `6E+17`, `6.14252E11`. `6E11` may well be a sku. */
const DAMAGED_ID = /^\d(\.\d+E\+?|E\+)\d+$/i

/** What stands for bytes that do not fit the encoding of a file. */
export const REPLACEMENT = '\ufffd'

/** Refuses a number that a spreadsheet or a wrong encoding has damaged. */
export function checkId(field: string, value: unknown, fail: Fail): void {
  if (typeof value === 'string' && value.includes(REPLACEMENT))
    fail(field, `"${value}" holds a character that does not fit the encoding of the file`)
  if (typeof value === 'string' && DAMAGED_ID.test(value))
    fail(
      field,
      `"${value}" was a long number before a spreadsheet shortened it; export again and do not open the file in between`,
    )
}

/** Completes and checks a record once all of its fields are read; what is wrong goes to `fail`. */
export const FINISH: { [K in RecordKind]: (record: RecordOf[K], around: Surroundings, fail: Fail) => void } = {
  products: finishProduct,
  orders: finishOrder,
  payouts: finishPayoutLine,
  receipts: finishReceipt,
  refunds: finishRefund,
}

/**
 * Works out `finalPrice` where the partner does not state it (price − coupon, where the price reaches the coupon's threshold) and
 * `commission` (final price × rate); where price, rate and commission are all given they must agree, which catches a wrong unit.
 */
function finishProduct(product: Product, _around: Surroundings, fail: Fail): void {
  for (const field of ['sku', 'link', 'code'] as const) checkId(field, product[field], fail)
  if (product.price < 0) return void fail('price', `${formatAmount(product.price, product.currency)} is below zero`)
  if (product.couponAmount === 0) product.couponAmount = null
  const takesEffect =
    product.couponAmount !== null && product.price >= (product.couponThreshold ?? 0) && product.price >= product.couponAmount
  product.finalPrice ??= takesEffect ? product.price - product.couponAmount! : product.price
  const rate = product.commissionRate
  if (rate === null) return
  const fromFinal = share(product.finalPrice, rate)
  if (product.commission === null) {
    product.commission = fromFinal
    return
  }
  // Some exports compute commission before the coupon, some after it; one minor unit for their rounding.
  if (Math.abs(product.commission - fromFinal) <= 1 || Math.abs(product.commission - share(product.price, rate)) <= 1) return
  fail(
    'commission',
    `${formatAmount(product.commission, product.currency)} does not fit ${formatAmount(product.finalPrice, product.currency)} × ${formatRate(rate)} % = ${formatAmount(fromFinal, product.currency)}`,
  )
}

/**
 * A line without a number of its own is known by its goods. A commission that the partner states is not recomputed, only held against a
 * wrong unit (10× or 100×); where it states none yet, the estimate is paid amount × rate.
 */
function finishOrder(order: Order, _around: Surroundings, fail: Fail): void {
  for (const field of [...ORDER_IDS, 'transactionId'] as const) checkId(field, order[field], fail)
  order.lineId ??= order.sku ?? ''
  // A partner whose rows have no status has no word for it either.
  order.rawStatus ??= ''
  // All of it given back: refunded, whatever the partner's word says.
  if (
    order.status !== 'invalid' &&
    order.refundAmount !== null &&
    order.refundAmount > 0 &&
    order.refundAmount >= order.paidAmount
  ) {
    order.status = 'refunded'
  }
  // Figures of 0 before the settlement say nothing yet.
  for (const field of ['serviceFee', 'subsidy'] as const)
    if (order[field] === 0 && order.status !== 'settled') order[field] = null
  if (order.commission === null) {
    if (order.commissionRate === null) return void fail('commission', 'is not given, nor a rate to estimate it by')
    order.commission = share(order.paidAmount, order.commissionRate)
    return
  }
  if (order.commissionRate === null || order.commission <= 10) return
  const computed = share(order.paidAmount, order.commissionRate)
  // Refunds shrink the commission of a row that still names the whole amount paid, so the lower bound is the wider one.
  if (computed > 10 && (order.commission >= computed * 8 || order.commission * 80 <= computed)) {
    const amount = (minor: Minor) => formatAmount(minor, order.currency)
    fail(
      'commission',
      `${amount(order.commission)} is far from ${amount(order.paidAmount)} × ${formatRate(order.commissionRate)} % = ${amount(computed)}: a wrong unit?`,
    )
  }
}

function finishPayoutLine(line: PayoutLine, around: Surroundings, fail: Fail): void {
  for (const field of ['statementId', ...IDS] as const) checkId(field, line[field], fail)
  line.statementId ??= around.name.replace(/^.*[\\/]|\.(gz|zip)$/gi, '').replace(/\.[^.]+$/, '')
  if (line.paidAt === null) fail('paidAt', 'the file does not say when it was paid: import it with --paid-at 2026-10-20')
  const isOfSale = line.orderId !== null || line.transactionId !== null || line.originalId !== null
  line.kind ??= line.amount < 0 ? (isOfSale ? 'clawback' : 'fee') : isOfSale ? 'commission' : 'bonus'
}

/** Where no column says which way the money went, its sign does. */
function finishReceipt(receipt: Receipt, _around: Surroundings, fail: Fail): void {
  checkId('reference', receipt.reference, fail)
  receipt.direction ??= receipt.amount < 0 ? 'out' : 'in'
  if (receipt.direction === 'in' && receipt.amount < 0)
    fail('amount', `${formatAmount(receipt.amount, receipt.currency)} is below zero, but came in: was a receipt taken back?`)
}

function finishRefund(refund: Refund, _around: Surroundings, fail: Fail): void {
  for (const field of ['refundId', ...ORDER_IDS] as const) checkId(field, refund[field], fail)
  refund.refundId ??= [refund.orderId, refund.lineId ?? refund.sku].filter(Boolean).join(' ')
  for (const field of ['refundAmount', 'commission'] as const)
    if ((refund[field] ?? 0) < 0)
      fail(field, `${formatAmount(refund[field]!, refund.currency)} is below zero, expected what was given back`)
}
