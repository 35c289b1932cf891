import type { Day } from '../day.ts'
import { formatAmount, formatRate, type Minor, multiplyDivide, type Ppm, share } from '../money.ts'
import { type Earning, expectedPayout, formula, partsOf } from '../partners/fees.ts'
import type { Fee } from '../partners/partner.ts'
import type { Order, PayoutLine, RoutedLine } from '../records.ts'
import { mayBeList } from '../store/routes.ts'
import { calendarFor, dueMonth, STATUS_OF, whyNotDue } from './calendar.ts'
import { type Entry, type Rules, sumOf } from './entry.ts'
import { afterRefund, asDue, hasRefund, keptPayout, shrunk } from './expect.ts'
import { calendarText, feeText } from './terms.ts'

export type Cause = 'rate' | 'base' | 'fee' | 'refund' | 'rounding' | 'unexplained'
/** A part of a difference, in minor units: what was paid more (above zero) or less for one reason. */
export type Step = { label: string; amount: Minor }
/** By what the payout would be right: a commission rate, so many of the pieces, or this fee taken twice. */
export type PaidBy = { rate: Ppm } | { kept: number; pieces: number } | { twice: string }
/**
 * Why an entry is in its class: a cause that can be counted, the steps that the difference is the sum of, one line of text, and by what a
 * payout that differs would be right, where that is found.
 */
export type Explanation = { cause: Cause; steps: readonly Step[]; text: string; by?: PaidBy }

/** What is to be said of an entry. Deterministic: the same entry gives the same text. */
export function explain(entry: Entry, rules: Rules): Explanation {
  const { orders, lines, about, before } = entry
  const money = (amount: Minor) => formatAmount(amount, entry.currency)
  const paid = money(entry.paid)
  const because = (label: string): readonly Step[] =>
    stepsOf([label, entry.paid], ['taken back in the same month', -entry.expected])
  switch (entry.class) {
    case 'matched':
      return {
        cause: 'unexplained',
        steps: [],
        text: entry.expected === 0 && entry.paid === 0 ? 'nothing was due and nothing was paid' : offRule(entry, rules),
      }
    case 'tolerated':
      return {
        cause: 'rounding',
        steps: stepsOf(['rounding', entry.difference]),
        text: `paid ${paid} instead of ${money(entry.expected)}: within the tolerance`,
      }
    case 'missing': {
      const order = afterRefund(orders[0]!)
      const until = before.length > 0 ? `, paid before and taken back (${named(before)})` : ''
      return {
        cause: 'unexplained',
        steps: changed([order], (each) => shrunk(each, 0, 1), rules.fees),
        text: `${dueText(order, rules)} and in no payout${until}: ${formula(order, rules.fees)}${refunded(orders, money)}`,
      }
    }
    case 'short-paid':
    case 'over-paid':
      return orders[0] && dueMonth(orders[0], rules.calendar)?.month === rules.month ? difference(entry, rules) : takenBack(entry)
    case 'late': {
      const already = before.length > 0 ? `, ${money(sumOf(before))} of it paid before (${named(before)})` : ''
      return {
        cause: 'unexplained',
        steps: because('paid late'),
        text: `${paid} paid late (${named(lines)}): ${dueText(about[0]!, rules)}${already}`,
      }
    }
    case 'early': {
      const later = about.filter((order) => !orders.includes(order))
      if (orders.length > 0 && later.length > 0) {
        const whose = later.map((order) => `${numberOf(order, about)} is ${standing(order, rules)}`).join('; ')
        return {
          cause: 'unexplained',
          steps: stepsOf(['paid early', entry.difference]),
          text: `${paid} paid (${named(lines)}), ${money(entry.difference)} of it early: ${whose}`,
        }
      }
      if (lines.length > 0 && entry.expected === 0) {
        return {
          cause: 'unexplained',
          steps: because('paid early'),
          text: `${paid} paid early (${named(lines)}): ${standing(about[0]!, rules)}`,
        }
      }
      const rest = lines.length > 0 ? `, the rest now (${named(lines)})` : ''
      const other = sumOf(before) + entry.paid - entry.expected
      const share = Math.abs(other) > rules.tolerance * orders.length ? `, ${money(-entry.difference)} of it for this` : ''
      return {
        cause: 'unexplained',
        steps: stepsOf(['paid before it was due', entry.difference]),
        text: `${money(sumOf(before))} was paid before it was due (${named(before)})${share}${rest}; counted as early there`,
      }
    }
    case 'clawback':
      return clawback(entry, rules)
    case 'refunded-but-paid': {
      const again = entry.expected > 0 ? '; taken back in the same month' : ''
      return {
        cause: 'refund',
        steps: because('paid for a refund'),
        text: `${paid} paid (${named(lines)}) although the order is ${about[0]!.status}${again}`,
      }
    }
    case 'duplicate': {
      const taken = entry.expected > 0 ? '; taken back in the same month' : ''
      return {
        cause: 'unexplained',
        steps: because('paid again'),
        text: `${paid} paid again (${named(lines)}): ${named(before)} paid ${money(sumOf(before))} already${taken}`,
      }
    }
    case 'unknown-order':
      return {
        cause: 'unexplained',
        steps: because('paid for no order on file'),
        text: `${paid} (${named(lines)}) but ${stranger(lines[0]!, about)}`,
      }
    case 'non-order': {
      const line = lines[0]!
      const cause = line.kind === 'fee' || line.kind === 'rounding' ? line.kind : 'unexplained'
      const what =
        line.kind === 'commission' || line.kind === 'clawback' ? `${line.kind} line without an order number` : `${line.kind} line`
      return { cause, steps: because(what), text: [`${paid} ${what} (${named(lines)})`, line.title].filter(Boolean).join(': ') }
    }
    case 'not-due': {
      const order = orders[0]!
      const isNothing = whyNotDue(order, rules.calendar) === null && before.length === 0 && keptPayout(order, rules.fees) === 0
      if (isNothing) {
        const text = `nothing is due for it: ${formula(afterRefund(order), rules.fees)}${refunded([order], money)}`
        return { cause: 'unexplained', steps: [], text }
      }
      const earlier = before.length > 0 ? `, ${money(sumOf(before))} paid (${named(before)})` : ''
      return { cause: 'unexplained', steps: [], text: standing(order, rules) + earlier }
    }
  }
}

/** `, after a refund of 25.00`; empty without one. */
function refunded(orders: readonly Order[], money: (amount: Minor) => string): string {
  const back = orders.filter(hasRefund).reduce((sum, order) => sum + order.refundAmount!, 0)
  return back === 0 ? '' : `, after a refund of ${money(back)}`
}

/** Of orders that were paid as they state it: where this is not what the rule says. */
function offRule(entry: Entry, { fees }: Rules): string {
  const off = asDue(entry, fees).filter(
    (order) => (order.serviceFee ?? order.subsidy) !== null && partsOf(order, fees).some(({ ruled }) => ruled !== null),
  )
  return off.map((order) => formula(order, fees)).join('; ')
}

/** Why the sum paid for orders due in this month is not what was expected; tried from the surest reason to the weakest. */
function difference(entry: Entry, rules: Rules): Explanation {
  const orders = entry.orders.map(afterRefund)
  const { fees } = rules
  const money = (amount: Minor) => formatAmount(amount, entry.currency)
  const total = (of: (order: Order) => Minor) => orders.reduce((sum, order) => sum + of(order), 0)
  const expected = total((order) => expectedPayout(order, fees))
  const early = expected - entry.expected
  const paid = entry.paid + early
  const lead = `paid ${money(paid)} instead of ${money(expected)}${refunded(entry.orders, money)}${early === 0 ? '' : ` (${money(early)} of it early: ${named(entry.before)})`}`
  const off = entry.difference
  const because = (cause: Cause, steps: readonly Step[], why: string, by?: PaidBy): Explanation => {
    return {
      cause,
      steps,
      text: `${lead}: ${why}${steps.length > 1 ? `; ${sumText(steps, off, money)}` : ''}`,
      ...(by && { by }),
    }
  }
  const unexplained = (why: string) => because('unexplained', stepsOf(['unexplained', off]), why)

  if (Math.abs(off) <= 1) return because('rounding', stepsOf(['rounding', off]), 'one minor unit, a matter of rounding')
  const gone = (entry.besides ?? []).filter((order) => expectedPayout(order, fees) !== 0)
  const forGone = gone.find((order) => expectedPayout(order, fees) === off) ?? gone
  const paidFor = [forGone].flat()
  if (paidFor.length > 0 && off === paidFor.reduce((sum, order) => sum + expectedPayout(order, fees), 0)) {
    const whose = paidFor.map(
      (order) => `${numberOf(order, [...orders, ...gone])} (${money(expectedPayout(order, fees))}) is ${order.status}`,
    )
    return because('refund', stepsOf(['paid for a refund', off]), whose.join(', '))
  }
  const takenBy = (fee: Fee) => total((order) => partsOf(order, fees).find((part) => part.fee === fee)?.amount ?? 0)
  const holding = [...new Set(orders.flatMap((order) => partsOf(order, fees).map(({ fee }) => fee)))]
  const taken = holding.map((fee) => [fee.name, takenBy(fee)] as const).filter(([, amount]) => amount > 0)
  if (taken.length > 0 && off === taken.reduce((sum, [, amount]) => sum + amount, 0)) {
    const names = taken.map(([name]) => name).join(' and ')
    return because('fee', stepsOf(...taken), `the gross commission, ${names} was not taken`)
  }
  for (const fee of holding) {
    const amount = takenBy(fee)
    const done = amount < 0 ? 'added' : 'taken'
    const name = `${fee.name} of ${money(Math.abs(amount))}`
    if (amount !== 0 && off === -amount)
      return because('fee', stepsOf([fee.name, off]), `${name} was ${done} twice`, amount > 0 ? { twice: fee.name } : undefined)
    if (amount !== 0 && off === amount) return because('fee', stepsOf([fee.name, off]), `${name} was not ${done}`)
  }
  if (orders.length > 1) {
    const left = orders.find((order) => paid === expected - expectedPayout(order, fees))
    const numbers = [...new Set(orders.map(({ orderId }) => orderId))]
    const isOne = numbers.length === 1
    const what = left && numberOf(left, orders)
    if (left) return unexplained(`as if ${what} (${money(expectedPayout(left, fees))}) were not paid`)
    return unexplained(isOne ? 'for the whole order' : `for orders ${numbers.join(', ')} together`)
  }
  const order = orders[0]!
  const pieces = order.quantity ?? 1
  // a payout differs by at least a minor unit from that of one piece more or less, or nothing can be told from it
  for (let kept = 1; kept < pieces && expected >= pieces; kept++) {
    const smaller = shrunk(order, kept, pieces)
    if (paid === expectedPayout(smaller, fees)) {
      return because(
        'base',
        changed(orders, () => smaller, fees),
        `the payout on ${kept} of ${pieces} pieces`,
        { kept, pieces },
      )
    }
  }
  if (order.commissionRate === null || order.paidAmount <= 0 || paid <= 0) return unexplained(formula(order, fees))
  const clean = cleanRate(order, paid, rules)
  const base = `${money(order.paidAmount)} × `
  if (clean !== null && clean !== order.commissionRate) {
    const commission = share(order.paidAmount, clean)
    const steps = changed(orders, (each) => ({ ...each, commission }), fees)
    const why = `${base}${formatRate(clean)} % where ${formatRate(order.commissionRate)} % was recorded`
    return because('rate', steps, why, { rate: clean })
  }
  const implied = multiplyDivide(impliedRate(order, paid, rules), 1, 100) * 100
  return unexplained(`as if the rate were ${formatRate(implied)} % instead of ${formatRate(order.commissionRate)} %`)
}

/** How to call one of several order lines. */
function numberOf({ orderId, lineId }: Order, among: readonly Order[]): string {
  return among.every((order) => order.orderId === orderId) ? `line ${lineId}` : `order ${orderId}`
}

/** The steps that are not zero. */
function stepsOf(...steps: readonly (readonly [label: string, amount: Minor])[]): Step[] {
  return steps.flatMap(([label, amount]) => (amount === 0 ? [] : [{ label, amount }]))
}

/** What the payout for orders changes by, in commission and each fee, where they earned something else than they state. */
function changed(orders: readonly Order[], as: (order: Order) => Earning, fees: readonly Fee[]): Step[] {
  const sums = new Map<string, Minor>()
  const add = (label: string, amount: Minor) => sums.set(label, (sums.get(label) ?? 0) + amount)
  /** What a fee takes less leaves of the commission. */
  const part = (name: string, amount: Minor) => {
    add(name, amount)
    add('commission', -amount)
  }
  for (const order of orders) {
    const other = as(order)
    add('commission', expectedPayout(other, fees) - expectedPayout(order, fees))
    for (const { fee, amount } of partsOf(order, fees)) part(fee.name, amount)
    for (const { fee, amount } of partsOf(other, fees)) part(fee.name, -amount)
  }
  return stepsOf(...sums)
}

/** `-0.77 commission + 0.08 技术服务费 = -0.69` */
function sumText(steps: readonly Step[], sum: Minor, money: (amount: Minor) => string): string {
  const terms = steps.map(({ label, amount }, i) => {
    const sign = i === 0 ? (amount < 0 ? '-' : '') : amount < 0 ? '- ' : '+ '
    return `${sign}${money(Math.abs(amount))} ${label}`
  })
  return `${terms.join(' ')} = ${money(sum)}`
}

/** The rate at which the order would earn the payout `paid`, before any rounding. */
function impliedRate(order: Order, paid: Minor, { fees }: Rules): Ppm {
  // the payout is `kept` ppm of the commission, and `fixed` less
  let kept = 1_000_000
  let fixed = 0
  for (const { fee, amount } of partsOf(order, fees)) {
    const rate = fee.kind === 'share' ? 1_000_000 - fee.rate : fee.kind === 'subsidy' ? -fee.rate : fee.rate
    if (fee.of === 'commission') kept -= rate
    else if (fee.of === 'paidAmount') fixed += amount
    else {
      kept -= share(kept, rate)
      fixed -= share(fixed, rate)
    }
  }
  return kept <= 0 ? 0 : multiplyDivide(paid + fixed, 1_000_000_000_000, order.paidAmount * kept)
}

/**
 * The whole percent, else the whole tenth of one, that gives exactly the payout `paid`. Null where there is none, and where such a step
 * is worth less than two minor units: some clean rate would then fit any amount.
 */
function cleanRate(order: Order, paid: Minor, rules: Rules): Ppm | null {
  const implied = impliedRate(order, paid, rules)
  for (const step of [10_000, 1_000]) {
    const rate = multiplyDivide(implied, 1, step) * step
    const isTelling = share(order.paidAmount, step, 'down') >= 2
    const commission = share(order.paidAmount, rate)
    if (
      isTelling &&
      rate > 0 &&
      rate <= 1_000_000 &&
      paid === expectedPayout({ ...order, commission, serviceFee: null }, rules.fees)
    )
      return rate
  }
  return null
}

/** Money taken back for an order that is not refunded, beyond what had been paid too much. */
function takenBack(entry: Entry): Explanation {
  const [order] = entry.about
  const cause = order?.refundAmount ? 'refund' : 'unexplained'
  const money = (amount: Minor) => formatAmount(amount, entry.currency)
  const known = order?.refundAmount ? `, of which ${money(order.refundAmount)} went back to the buyer` : ''
  const status = order ? `the order is ${order.status}${known}` : 'there is no reason on file'
  return {
    cause,
    steps: stepsOf(['taken back', entry.paid], ['paid too much before', -entry.expected]),
    text: `${money(-entry.paid)} taken back (${named(entry.lines)}) although ${status}`,
  }
}

function clawback(entry: Entry, rules: Rules): Explanation {
  const money = (amount: Minor) => formatAmount(amount, entry.currency)
  const lead = `${money(-entry.paid)} taken back (${named(entry.lines)})`
  const earlier = entry.expected === 0 ? 0 : sumOf(entry.before)
  const steps = stepsOf(['paid before', earlier], ['kept', 0 - entry.expected - earlier], ['taken back', entry.paid])
  if (entry.before.length === 0) return { cause: 'refund', steps, text: `${lead}: no payment of this order is on file` }
  const left = sumOf(entry.before)
  const was = left > 0 ? `${money(left)} was paid` : `${left < 0 ? 'more than ' : 'all that '}was paid was taken back before`
  const order = entry.about.find(hasRefund) ?? entry.about[0]!
  const keptOfAll = entry.about.reduce((sum, each) => sum + keptPayout(each, rules.fees), 0)
  const why =
    order.status === 'refunded' || order.status === 'invalid'
      ? `the order is ${order.status}`
      : hasRefund(order)
        ? `${money(order.refundAmount!)} of ${money(order.paidAmount)} was refunded, ${money(keptOfAll)} is kept`
        : 'more was paid than was earned'
  const off =
    entry.difference === 0
      ? 'right'
      : entry.difference < 0
        ? `${money(-entry.difference)} too much`
        : `${money(entry.difference)} too little`
  return {
    cause: 'refund',
    steps,
    text: `${lead}: ${why}, ${was} (${named(entry.before)}); ${off}`,
  }
}

function stranger(line: RoutedLine, about: readonly Order[]): string {
  const [order] = about
  const sale = line.transactionId ?? line.originalId
  if (line.route?.contested)
    return `it names order ${line.orderId}, and sale ${sale}, which is of order ${line.route.orderIds[0]}`
  if (line.orderId === null && !line.route) return `no order with sale ${sale} is on file`
  if (!order && line.route) return `no order ${line.route.orderIds.join(', ')} is on file any more`
  if (!order)
    return mayBeList(line.orderId) ? `not all orders of ${line.orderId} are on file` : `no order ${line.orderId} is on file`
  const currencies = [...new Set(about.map(({ currency }) => currency))]
  if (!currencies.includes(line.currency)) {
    return `order ${order.orderId} is in ${currencies.join(', ')}, the payout in ${line.currency}: amounts of two currencies are not set off`
  }
  return `order ${line.orderId} has no line ${line.lineId}`
}

/**
 * The terms by which an order line is judged, each with the day since when it holds where it was changed:
 * `settled up to the last day, paid on the 20th of the next month; 技术服务费 10 % of commission, half-up, since 2026-09-01`
 */
export function ruleInForce(order: Order, rules: Rules): string {
  const since = ({ from }: { from?: Day }) => (from === undefined ? '' : `, since ${from}`)
  const calendar = calendarFor(order, rules.calendar)
  const fees = partsOf(order, rules.fees).map(({ fee }) => {
    return fee.rate === 0 && fee.stated ? `${fee.name} as the order states` : feeText(fee, order.currency) + since(fee)
  })
  return [calendarText(calendar) + since(calendar), ...(fees.length > 0 ? fees : ['no fees'])].join('; ')
}

/** `settled 2026-10-03, due 2026-11-20` */
function dueText(order: Order, rules: Rules): string {
  const due = dueMonth(order, rules.calendar)
  const { basis } = calendarFor(order, rules.calendar)
  const since = order[basis] === null ? order.status : `${STATUS_OF[basis]} ${order[basis].slice(0, 10)}`
  return `${since}, due ${due?.day}${order.dueAt === null ? '' : ' as the order says'}`
}

/** When the order is due, or why it is not. */
export function standing(order: Order, rules: Rules): string {
  const reason = whyNotDue(order, rules.calendar)
  const status = STATUS_OF[calendarFor(order, rules.calendar).basis]
  if (reason === null) return dueText(order, rules)
  if (reason === 'date') return `${order.status}, but its ${status} date is missing: it cannot be said when it is due`
  return reason === 'status' ? `not ${status} yet (${order.rawStatus})` : `${reason} (${order.rawStatus})`
}

/** `statement 2026-11 of 2026-11-20`, of several the first and how many more. */
function named(lines: readonly PayoutLine[]): string {
  const [line] = lines
  if (!line) return 'no statement'
  const more = lines.length > 1 ? ` and ${lines.length - 1} more` : ''
  return `statement ${line.statementId} of ${line.paidAt}${more}`
}
