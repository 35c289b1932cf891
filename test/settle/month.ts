import fc from 'fast-check'
import { share } from '../../src/money.ts'
import type { Fee } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import type { Rules, SettlementClass } from '../../src/settle/entry.ts'
import { earlier, line, NOVEMBER, OCTOBER, order, RULES, SEPTEMBER } from './records.ts'

/** What a month is known to hold: by currency and class, how many orders (else lines), what was expected and paid. */
export type Truth = Map<string, { count: number; expected: number; paid: number }>
export type Month = { orders: Recorded<Order>[]; lines: Recorded<PayoutLine>[]; rules: Rules; truth: Truth }

/** What happens to one order in the month: its record, the payments of this and of earlier months, and what that must come to. */
type Story = (
  e: number,
  part: number,
) => {
  order?: Partial<Order>
  paid?: number[]
  before?: number[]
  line?: Partial<PayoutLine>
  is: [SettlementClass, number, number, number][]
}
const REFUNDED: Partial<Order> = { status: 'refunded', rawStatus: '已退款', settledAt: SEPTEMBER }
const PAST: Partial<Order> = { settledAt: SEPTEMBER }
const LATER: Partial<Order> = { settledAt: NOVEMBER }

/** `e` is the entitlement of the order, `part` less than it and more than any tolerance. [class, count, expected, paid] */
export const STORIES: Record<string, Story> = {
  'paid in full': (e) => ({ paid: [e], is: [['matched', 1, e, e]] }),
  'paid in full, by line': (e) => ({ paid: [e], line: { lineId: 'A' }, is: [['matched', 1, e, e]] }),
  'split payment': (e, part) => ({ paid: [part, e - part], is: [['matched', 1, e, e]] }),
  'one minor unit off': (e) => ({ paid: [e - 1], is: [['tolerated', 1, e, e - 1]] }),
  short: (e, part) => ({ paid: [e - part], is: [['short-paid', 1, e, e - part]] }),
  over: (e, part) => ({ paid: [e + part], is: [['over-paid', 1, e, e + part]] }),
  skipped: (e) => ({ is: [['missing', 1, e, 0]] }),
  'paid twice': (e) => ({
    paid: [e, e],
    is: [
      ['matched', 1, e, e],
      ['duplicate', 1, 0, e],
    ],
  }),
  'paid again a month later': (e) => ({
    order: PAST,
    before: [e],
    paid: [e],
    is: [
      ['duplicate', 1, 0, e],
      ['not-due', 1, 0, 0],
    ],
  }),
  'refunded after payment': (e) => ({ order: REFUNDED, before: [e], paid: [-e], is: [['clawback', 1, -e, -e]] }),
  'taken back too much': (e, part) => ({ order: REFUNDED, before: [e], paid: [-e - part], is: [['clawback', 1, -e, -e - part]] }),
  'taken back without reason': (e, part) => ({ order: PAST, before: [e], paid: [-part], is: [['short-paid', 1, 0, -part]] }),
  'paid though refunded': (e) => ({ order: REFUNDED, paid: [e], is: [['refunded-but-paid', 1, 0, e]] }),
  'invalid, still paid': (e) => ({ order: { ...REFUNDED, status: 'invalid' }, paid: [e], is: [['refunded-but-paid', 1, 0, e]] }),
  'paid a month late': (e) => ({ order: PAST, paid: [e], is: [['late', 1, 0, e]] }),
  'rest paid late': (e, part) => ({ order: PAST, before: [e - part], paid: [part], is: [['late', 1, 0, part]] }),
  'paid early': (e) => ({ order: LATER, paid: [e], is: [['early', 1, 0, e]] }),
  'paid before it was settled': (e) => ({ order: { status: 'received', settledAt: null }, paid: [e], is: [['early', 1, 0, e]] }),
  'was paid early': (e) => ({ before: [e], is: [['early', 1, e, 0]] }),
  'never seen': (e) => ({
    line: { orderId: 'unknown' },
    paid: [e],
    is: [
      ['missing', 1, e, 0],
      ['unknown-order', 1, 0, e],
    ],
  }),
  'paid in another currency': (e) => ({ line: { currency: 'TND' }, paid: [e], is: [['missing', 1, e, 0]] }),
  bonus: (e) => ({
    line: { orderId: null, kind: 'bonus' },
    paid: [e],
    is: [
      ['missing', 1, e, 0],
      ['non-order', 1, 0, e],
    ],
  }),
  'service fee': (e, part) => ({
    line: { kind: 'fee' },
    paid: [-part],
    is: [
      ['missing', 1, e, 0],
      ['non-order', 1, 0, -part],
    ],
  }),
  'paid last month': (e) => ({ order: PAST, before: [e], is: [['not-due', 1, 0, 0]] }),
  'not due yet': () => ({ order: LATER, is: [['not-due', 1, 0, 0]] }),
  'not received yet': () => ({ order: { status: 'paid', settledAt: null }, is: [['not-due', 1, 0, 0]] }),
  'date missing': () => ({ order: { settledAt: null }, is: [['not-due', 1, 0, 0]] }),
  'refunded in time': () => ({ order: REFUNDED, is: [['not-due', 1, 0, 0]] }),
}
const NAMES = Object.keys(STORIES)

const fees: fc.Arbitrary<Fee[]> = fc.array(
  fc.record({
    name: fc.constant('fee'),
    of: fc.constantFrom('commission' as const, 'paidAmount' as const),
    rate: fc.constantFrom(6000, 1000, 25_000),
    rounding: fc.constantFrom('half-up' as const, 'half-even' as const, 'down' as const, 'up' as const),
  }),
  { maxLength: 2 },
)
const TOLERANCE = 2

const plot = fc.record({
  name: fc.constantFrom(...NAMES),
  id: fc.constantFrom('', '单', '😀', '\uffee'),
  currency: fc.constantFrom('JPY', 'CNY', 'KWD'),
  paidAmount: fc.integer({ min: 2000, max: 5_000_000 }),
  rate: fc.integer({ min: 50_000, max: 900_000 }),
  part: fc.integer({ min: 0, max: 1_000_000 }),
})

/** A month whose every class and sum is known beforehand. The records are sorted as the store gives them. */
export const months: fc.Arbitrary<Month> = fc
  .record({ fees, plots: fc.array(plot, { maxLength: 40 }) })
  .map(({ fees, plots }) => {
    const orders: Recorded<Order>[] = []
    const lines: Recorded<PayoutLine>[] = []
    const truth: Truth = new Map()
    const add = (currency: string, name: SettlementClass, count: number, expected: number, paid: number) => {
      const sums = truth.get(`${currency} ${name}`) ?? { count: 0, expected: 0, paid: 0 }
      truth.set(`${currency} ${name}`, { count: sums.count + count, expected: sums.expected + expected, paid: sums.paid + paid })
    }
    plots.forEach(({ name, id, currency, paidAmount, rate, part }, i) => {
      const commission = share(paidAmount, rate)
      // reckoned here on its own, not by the code under test
      const e = fees.reduce(
        (rest, fee) => rest - share(fee.of === 'commission' ? commission : paidAmount, fee.rate, fee.rounding),
        commission,
      )
      // three minor units to a third of it, so that neither it nor the rest is within the tolerance, nor equal to each other
      const story = STORIES[name]!(e, TOLERANCE + 1 + (part % Math.max(1, Math.floor(e / 3))))
      const orderId = `${id}${String(i).padStart(3, '0')}`
      orders.push(order({ orderId, currency, paidAmount, commission, commissionRate: rate, settledAt: OCTOBER, ...story.order }))
      const changes = { orderId: story.line?.orderId === 'unknown' ? `${orderId}?` : orderId, currency }
      const own = { ...story.line, orderId: story.line?.orderId === null ? null : changes.orderId }
      for (const amount of story.before ?? []) lines.push(earlier(lines.length, amount, changes))
      for (const amount of story.paid ?? []) lines.push(line(lines.length, amount, { ...changes, ...own }))
      for (const [kind, count, expected, paid] of story.is) add(currency, kind, count, expected, paid)
      if (story.line?.currency) add(story.line.currency, 'unknown-order', 1, 0, e)
    })
    return { orders: sorted(orders), lines: sorted(lines), rules: { ...RULES, fees, tolerance: TOLERANCE }, truth }
  })

/** By order number in UTF-8 byte order, none first; what has the same number stays as it is. */
export function sorted<T extends { orderId: string | null }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => Buffer.compare(Buffer.from(a.orderId ?? ''), Buffer.from(b.orderId ?? '')))
}
