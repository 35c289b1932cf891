// Faults that somebody could make in the code that judges money. Each must make a test of test/settle or test/partners fail:
// `node scripts/mutate.mjs` puts them in one at a time. faults.test.ts holds that each still has its place.

/** `from` stands exactly once in `file`. @typedef {{ what: string, file: string, from: string, to: string }} Fault */

const CALENDAR = 'src/settle/calendar.ts'
const FEES = 'src/partners/fees.ts'
const PARTS = 'src/settle/parts.ts'
const EXPECT = 'src/settle/expect.ts'
const CLASSIFY = 'src/settle/classify.ts'
const RECONCILE = 'src/settle/reconcile.ts'
const MATCH = 'src/settle/match.ts'
const BUNDLES = 'src/settle/bundles.ts'

/** @type {readonly Fault[]} */
export const FAULTS = [
  {
    what: 'the closing day belongs to the next run',
    file: CALENDAR,
    from: 'day <= numbered(month, closes))',
    to: 'day < numbered(month, closes))',
  },
  { what: 'what falls after the closing is paid as if before it', file: CALENDAR, from: 'run ? lag : lag + 1', to: 'lag' },
  {
    what: 'the least age is not waited for',
    file: CALENDAR,
    from: 'calendar.age ? addDays(basis, calendar.age) : basis',
    to: 'basis',
  },
  {
    what: 'T + n is paid a day early',
    file: CALENDAR,
    from: 'addDays(day, calendar.days)',
    to: 'addDays(day, calendar.days - 1)',
  },
  {
    what: 'weekends are moved the wrong way',
    file: CALENDAR,
    from: "weekend === 'before' ? -1 : 1",
    to: "weekend === 'before' ? 1 : -1",
  },
  { what: 'holidays are pay days', file: CALENDAR, from: 'isWeekend(paid) || holidays.includes(paid)', to: 'isWeekend(paid)' },
  {
    what: 'an order that has not come far enough is due',
    file: CALENDAR,
    from: 'paid: 0, received: 1',
    to: 'paid: 3, received: 1',
  },
  { what: 'refunded orders are due', file: CALENDAR, from: 'refunded: -1, invalid: -1', to: 'refunded: 3, invalid: -1' },
  {
    what: 'a new calendar holds for orders of before it',
    file: CALENDAR,
    from: '?? order.orderedAt) < calendar.from!)',
    to: '?? order.orderedAt) > calendar.from!)',
  },
  {
    what: 'a missing date is passed over',
    file: CALENDAR,
    from: "return payDay(order, dated) === null ? 'date' : null",
    to: 'return null',
  },
  {
    what: 'the pay day that the partner names is passed over',
    file: CALENDAR,
    from: 'if (order.dueAt !== null)',
    to: 'if (false)',
  },
  { what: 'the pay day itself counts as passed', file: CALENDAR, from: '.due < today ? month', to: '.due <= today ? month' },
  {
    what: 'fees are added',
    file: FEES,
    from: 'payout -= feeOf(earning, fee, payout)',
    to: 'payout += feeOf(earning, fee, payout)',
  },
  {
    what: 'fees are rounded in one way only',
    file: FEES,
    from: 'const amount = share(base, rate, rounding)',
    to: 'const amount = share(base, rate)',
  },
  {
    what: 'fees of the paid amount are of the commission',
    file: FEES,
    from: "of === 'paidAmount' ? earning.paidAmount",
    to: "of === 'paidAmount' ? earning.commission",
  },
  { what: 'a fee holds on its last day', file: FEES, from: 'day < until)', to: 'day <= until)' },
  { what: 'a fee holds from the day after its first', file: FEES, from: 'day >= from)', to: 'day > from)' },
  {
    what: 'subsidies are taken away',
    file: FEES,
    from: "fee.kind === 'subsidy' ? 0 - size",
    to: "fee.kind === 'subsidy' ? size",
  },
  { what: 'the share of the partner is paid', file: FEES, from: "fee.kind === 'share' ? base - size : size", to: 'size' },
  {
    what: 'what an order states of its fee is passed over',
    file: FEES,
    from: 'statedOf(earning, fee) ?? ruledFee(earning, fee, rest)',
    to: 'ruledFee(earning, fee, rest)',
  },
  {
    what: 'a fee is taken of the subsidy too',
    file: FEES,
    from: 'const bareOf = (earning: Earning): Minor => earning.commission - (subsidyIn(earning) ?? 0)',
    to: 'const bareOf = (earning: Earning): Minor => earning.commission',
  },
  {
    what: 'a fee of the whole order is rounded line by line',
    file: PARTS,
    from: "const whole = fee.per === 'order' ? sizeOf(sum(bases), fee) : sum(alone)",
    to: 'const whole = sum(alone)',
  },
  { what: 'the limit of a month is one for each order', file: PARTS, from: 'used.set(month, before + amount)', to: '' },
  {
    what: 'refunded lines use up the limit of a month',
    file: PARTS,
    from: "line.status !== 'refunded' && line.status !== 'invalid' && isRuled",
    to: 'isRuled',
  },
  {
    what: 'the most that a fee may be is not held',
    file: FEES,
    from: 'Math.min(Math.max(Math.abs(amount), min), max)',
    to: 'Math.max(Math.abs(amount), min)',
  },
  {
    what: 'a refunded order is still owed',
    file: EXPECT,
    from: "if (order.status === 'refunded' || order.status === 'invalid') return 0",
    to: '',
  },
  {
    what: 'a partial refund takes nothing away',
    file: EXPECT,
    from: 'expectedPayout(afterRefund(order), fees)',
    to: 'expectedPayout(order, fees)',
  },
  {
    what: 'a commission that is that of the rest already shrinks once more',
    file: EXPECT,
    from: 'Math.abs(share(paidAmount, rate) - order.commission) <= 1',
    to: 'false',
  },
  {
    what: 'the tolerance takes one minor unit more',
    file: CLASSIFY,
    from: 'Math.abs(difference) <= slack',
    to: 'Math.abs(difference) <= slack + 1',
  },
  {
    what: 'an order that was not paid is passed over',
    file: CLASSIFY,
    from: "if (expected !== 0) out.push(entryOf('missing'",
    to: "if (false) out.push(entryOf('missing'",
  },
  {
    what: 'too little passes as too much',
    file: CLASSIFY,
    from: "difference < 0 ? 'short-paid' : 'over-paid'",
    to: "difference > 0 ? 'short-paid' : 'over-paid'",
  },
  {
    what: 'what was paid early is expected again',
    file: CLASSIFY,
    from: 'entitlement - early, now, before',
    to: 'entitlement, now, before',
  },
  {
    what: 'a clawback may take back more than was paid',
    file: CLASSIFY,
    from: '0 - tooMuch, orders.length',
    to: 'sumOf(negative), orders.length',
  },
  {
    what: 'a second payment counts as part of the first',
    file: CLASSIFY,
    from: 'line.amount > 0 && isPaid',
    to: 'false && isPaid',
  },
  { what: 'payments of earlier months are forgotten', file: CLASSIFY, from: 'paidBefore: sumOf(before)', to: 'paidBefore: 0' },
  {
    what: 'lines of earlier months are of this one',
    file: CLASSIFY,
    from: 'line.paidAt.startsWith(rules.month) ? lines : before',
    to: 'lines',
  },
  {
    what: 'an order without a line of the month is lost',
    file: CLASSIFY,
    from: "out.push(entryOf('not-due', [order], NONE, 0, [order], before))",
    to: '',
  },
  {
    what: 'lines of unknown orders are lost',
    file: RECONCILE,
    from: "yield entryOf('unknown-order'",
    to: "if (false) yield entryOf('unknown-order'",
  },
  {
    what: 'a bonus is a commission',
    file: RECONCILE,
    from: "line.kind === 'commission' || line.kind === 'clawback'",
    to: "line.kind !== 'fee'",
  },
  { what: 'currencies are mixed', file: RECONCILE, from: 'line.currency !== order.currency', to: 'false' },
  {
    what: 'a plain match is one in any month',
    file: RECONCILE,
    from: 'dueMonth(order, rules.calendar)?.month !== rules.month',
    to: 'false',
  },
  {
    what: 'a line that names another line is for this one',
    file: MATCH,
    from: 'return !line.lineId || line.lineId === order.lineId',
    to: 'return true || line.lineId === order.lineId',
  },
  {
    what: 'the same sku takes both payments',
    file: MATCH,
    from: 'expected(account.orders[0]!) === line.amount) ?? open[0]',
    to: 'expected(account.orders[0]!) === line.amount) ?? same[0]',
  },
  { what: 'the sale of another order is for this one', file: MATCH, from: 'if (line.route?.contested) return false', to: '' },
  {
    what: 'the number of a sale is passed over',
    file: MATCH,
    from: 'byLine(own(line), line.route.lineId), line.route.by',
    to: 'byLine(own(line), line.lineId), line.route.by',
  },
  { what: 'more is taken back than was paid', file: MATCH, from: 'sumOf(lines) + line.amount >= 0 && ', to: '' },
  {
    what: 'money taken back is of any line that was paid',
    file: MATCH,
    from: 'if (paid.length < 2) return paid[0]',
    to: 'if (paid.length < 9) return paid[0]',
  },
  {
    what: 'orders that are paid together do not wait for each other',
    file: BUNDLES,
    from: 'if (bundle.awaited.size > 0) return true',
    to: 'return false',
  },
  {
    what: 'of orders that are paid together the first is paid',
    file: MATCH,
    from: 'route.orderIds.includes(number)',
    to: 'route.orderIds[0] === number',
  },
]

/** The source with a fault in it. @param {string} source @param {Fault} fault */
export function inject(source, { what, from, to }) {
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`${what}: "${from}" stands ${parts.length - 1} times, expected once`)
  return parts.join(to)
}
