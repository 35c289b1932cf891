import { formatAmount, formatRate, type Minor, share } from '../money.ts'
import { type FormulaWords, formula } from '../partners/fees.ts'
import type { PayoutLine } from '../records.ts'
import { calendarFor, dueMonth } from './calendar.ts'
import { type Entry, type Rules, sumOf } from './entry.ts'
import { asDue, hasRefund } from './expect.ts'
import { explain, type PaidBy } from './explain.ts'
import type { AdjustmentClaim } from './pack.ts'
import { minor } from './report.ts'

/*
 * The arithmetic of a claim in Chinese, for the letter to a partner: what was due by which formula, what was paid, and what the difference is the
 * sum of. Amounts and steps are those of `explain`.
 */

const WORDS: FormulaWords = {
  part: (amount, name) => `${name} ${amount}`,
  how: (text) => `（${text}）`,
  commission: '佣金',
  unruled: { subsidy: '补贴', fee: '服务费' },
  stated: '订单所列',
  instead: (rule, amount) => `订单所列；按规则 ${rule}，应为 ${amount}`,
  rate: (rate, base) => `${base} × ${rate} %`,
  is: (amount) => ` = ${amount}`,
  rounding: { 'half-up': '四舍五入', 'half-even': '四舍六入五成双', down: '舍去尾数', up: '尾数进位' },
  wholeOrder: '按整单计',
  aMonth: (most) => `每月至多 ${most}`,
  atLeast: (amount) => `至少 ${amount}`,
  atMost: (amount) => `至多 ${amount}`,
  and: '，',
}

/** Steps of `explain`; those of a fee keep its name. */
const STEPS: Readonly<Record<string, string>> = {
  commission: '佣金',
  subsidy: WORDS.unruled.subsidy,
  'service fee': WORDS.unruled.fee,
  rounding: '舍入',
  unexplained: '原因不明',
  'taken back': '扣回',
  'taken back in the same month': '当月扣回',
  'paid before': '此前已付',
  'paid too much before': '此前多付',
  kept: '应保留',
  'paid for no order on file': '无对应订单',
  'paid for a refund': '为已退款的订单付款',
  'paid early': '提前付',
}
const BASES = { receivedAt: '收货', verifiedAt: '核验', settledAt: '结算' } as const

/** `2026-10-04 结算，应于 2026-11-20 支付：买家实付 100.00 × 10 %，佣金 10.00 − 技术服务费 1.00（10.00 × 10 %，四舍五入） = 9.00；结算单中均无此单` */
export function inChinese(entry: Entry, rules: Rules): string {
  const { class: name, orders, lines, about, before, currency } = entry
  const money = (amount: Minor) => formatAmount(amount, currency)
  const told = [
    orders.some((order) => dueMonth(order, rules.calendar)?.month === rules.month) ? dueText(entry, rules) : statusText(entry),
    before.length > 0 ? `此前已付 ${money(sumOf(before))}（${named(before)}）` : '',
    lines.length > 0
      ? `${entry.paid < 0 ? '扣回' : '实付'} ${money(Math.abs(entry.paid))}（${named(lines)}）`
      : '结算单中均无此单',
    name === 'unknown-order' && about.length === 0 ? `贵方提供的订单中没有 ${lines[0]!.orderId ?? lines[0]!.transactionId}` : '',
    differenceText(entry, rules, money),
  ]
  return told.filter((text) => text !== '').join('；')
}

/** `2026-10 已结账，当时应付 9.00、实付 9.00；按此后的记录：佣金 12.00 − … = 10.80，应付 10.80、实付 9.00；应补 1.80` */
export function adjustedInChinese({ adjustment, late, claimed, facts }: AdjustmentClaim): string {
  const { closedMonth, lineId, was, now, currency } = adjustment
  const orders = facts.now.orders.filter((order) => order.currency === currency && (lineId === null || order.lineId === lineId))
  const { fees } = facts.rules
  const formulas = asDue({ orders, expected: minor(now.expected, currency) }, fees).map((order) => formula(order, fees, WORDS))
  return [
    `${closedMonth} 已结账，当时应付 ${was.expected}、实付 ${was.paid}`,
    `按此后的记录：${[...formulas, `应付 ${now.expected}、实付 ${now.paid}`].join('，')}`,
    ...(/[1-9]/.test(late) ? [`其后补付 ${late}`] : []),
    `应补 ${claimed}`,
  ].join('；')
}

function dueText(entry: Entry, rules: Rules): string {
  const { orders, currency } = entry
  const formulas = asDue(entry, rules.fees).map((order) => {
    const { basis } = calendarFor(order, rules.calendar)
    const since = order[basis] === null ? '' : `${order[basis].slice(0, 10)} ${BASES[basis]}，`
    const line = orders.length > 1 ? `子订单 ${order.lineId} ` : ''
    const { paidAmount, commissionRate: rate, commission } = order
    const isRated = rate !== null && share(paidAmount, rate) === commission
    const refund = hasRefund(order) ? `退款 ${formatAmount(order.refundAmount!, currency)} 后` : ''
    const earned = isRated ? `买家实付 ${formatAmount(paidAmount, currency)} × ${formatRate(rate)} %，` : ''
    const day = dueMonth(order, rules.calendar)?.day
    return `${line}${since}应于 ${day} 支付：${refund}${earned}${formula(order, rules.fees, WORDS)}`
  })
  return formulas.join('；')
}

const statusText = ({ about: [order] }: Entry) => (order ? `贵方订单状态“${order.rawStatus}”` : '')

/** `相当于按佣金率 11.5 % 支付；差额 -0.69 = 佣金 -0.77 + 技术服务费 0.08`, or of one step `差额 -0.18（技术服务费）` */
function differenceText(entry: Entry, rules: Rules, money: (amount: Minor) => string): string {
  const off = `差额 ${money(entry.difference)}`
  if (entry.class === 'missing') return off
  const { steps, by } = explain(entry, rules)
  const named = steps.map(({ label, amount }) => ({ name: STEPS[label] ?? label, amount: money(amount) }))
  const why = by ? `${paidBy(by)}；` : ''
  if (named.length === 1) return `${why}${off}（${named[0]!.name}）`
  return `${why}${off} = ${named.map(({ name, amount }) => `${name} ${amount}`).join(' + ')}`
}

function paidBy(by: PaidBy): string {
  if ('rate' in by) return `相当于按佣金率 ${formatRate(by.rate)} % 支付`
  return 'twice' in by ? `相当于扣了两次${by.twice}` : `相当于只付了 ${by.pieces} 件中的 ${by.kept} 件`
}

/** `结算单 N，2026-11-20`, of several the first and how many. */
function named(lines: readonly PayoutLine[]): string {
  const { statementId, paidAt } = lines[0]!
  return `结算单 ${statementId}，${paidAt}${lines.length > 1 ? `，等 ${lines.length} 笔` : ''}`
}
