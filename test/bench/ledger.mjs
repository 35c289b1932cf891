// Makes orders and the payouts for them for the bench: 1 % more payout lines than orders, 3 % of the orders with something wrong.
import { linesTo, seeded, shuffled, yuan } from './feed.mjs'

/** The month in which the orders were settled, and the one in which they are paid. */
export const MONTH = '2026-09'
export const PAID_MONTH = '2026-10'

export const LEDGER_FEEDS = `
  orders:
    format: { type: csv, encoding: utf-8 }
    fields:
      orderId:        { text: order }
      lineId:         { text: line }
      sku:            { text: sku }
      title:          { text: title }
      quantity:       { count: quantity }
      paidAmount:     { amount: paid, unit: yuan }
      commissionRate: { rate: rate, unit: percent }
      commission:     { amount: commission, unit: yuan }
      status:         { oneOf: status, words: { 已付款: paid, 已结算: settled, 已失效: invalid } }
      orderedAt:      { instant: ordered, pattern: "yyyy-MM-dd HH:mm:ss" }
      settledAt:      { instant: settled, pattern: "yyyy-MM-dd HH:mm:ss", optional: true }
  payouts:
    format: { type: csv, encoding: utf-8 }
    fields:
      statementId: { text: statement }
      orderId:     { text: order }
      lineId:      { text: line }
      sku:         { text: sku }
      amount:      { amount: amount, unit: yuan }
      kind:        { oneOf: kind, words: { 佣金: commission, 退款扣回: clawback } }
      paidAt:      { day: paid_on, pattern: "yyyy-MM-dd" }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [ { name: 技术服务费, of: commission, rate: "10%" } ]
`

const orderId = (/** @type {number} */ i) => `3700000${String(i).padStart(12, '0')}`
const lineId = (/** @type {number} */ i) => `${orderId(i)}1`
const sku = (/** @type {number} */ i) => 600_000_000_000 + (i % 50_021)
const two = (/** @type {number} */ number) => String(number).padStart(2, '0')

function earningOf(/** @type {number} */ i) {
  const random = seeded(i * 11 + 3)
  const paid = 500 + Math.floor(random() * 40_000)
  const rate = 10 + Math.floor(random() * 400) // permille
  const commission = Math.floor((paid * rate + 500) / 1000)
  return { paid, rate, commission, payout: commission - Math.floor((commission * 100_000 + 500_000) / 1_000_000) }
}

/** Writes `count` orders, each of one line, all settled in MONTH. @param {string} path @param {number} count */
export function writeOrders(path, count) {
  linesTo(path, 'order,line,sku,title,quantity,paid,rate,commission,status,ordered,settled', count, (i) => {
    const { paid, rate, commission } = earningOf(i)
    const day = two(1 + (i % 28))
    const at = `${two(8 + (i % 14))}:${two(i % 60)}:${two(i % 59)}`
    const money = `${yuan(paid)},${Math.floor(rate / 10)}.${rate % 10},${yuan(commission)}`
    return `${orderId(i)},${lineId(i)},${sku(i)},家用大容量加厚保温杯 ${i % 50_021}号,1,${money},已结算,2026-08-${day} ${at},${MONTH}-${day} ${at}`
  })
}

/**
 * Writes the statement that pays for them, in another order: of a thousand orders 5 are not paid, 5 too little, 2 too much, 10 twice,
 * and 5 lines are for orders that there are not.
 * @param {string} path
 * @param {number} count
 */
export function writePayouts(path, count) {
  const order = shuffled(count)
  linesTo(path, 'statement,order,line,sku,amount,kind,paid_on', count, (n) => {
    const i = order(n)
    const line = (/** @type {string} */ id, /** @type {number} */ amount) =>
      `S${PAID_MONTH},${id},${id}1,${sku(i)},${yuan(amount)},佣金,${PAID_MONTH}-20`
    const { payout } = earningOf(i)
    const kind = i % 1000
    if (kind < 5) return line(orderId(i + 500_000_000), payout)
    if (kind < 10) return line(orderId(i), payout - Math.min(payout, 18))
    if (kind < 12) return line(orderId(i), payout + 30)
    return kind < 22 ? `${line(orderId(i), payout)}\n${line(orderId(i), payout)}` : line(orderId(i), payout)
  })
}
