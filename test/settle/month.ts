import fc from 'fast-check'
import { share } from '../../src/money.ts'
import type { Fee } from '../../src/partners/partner.ts'
import { keyOf, type Order, type PayoutLine, type Recorded, type RoutedLine } from '../../src/records.ts'
import type { Rules, SettlementClass } from '../../src/settle/entry.ts'
import { earlier, line, NOVEMBER, OCTOBER, order, RULES, SEPTEMBER } from './records.ts'
import { STORIES } from './stories.ts'

/** What a month is known to hold: by currency and class, how many orders (else lines), what was expected and paid. */
export type Truth = Map<string, { count: number; expected: number; paid: number }>
export type Month = { orders: Recorded<Order>[]; lines: RoutedLine[]; rules: Rules; truth: Truth }

const SETTLED = { earlier: SEPTEMBER, now: OCTOBER, later: NOVEMBER }
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
  // above what two fees take of the amount paid, so that something is due
  rate: fc.integer({ min: 60_000, max: 900_000 }),
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
      const { settled = 'now', status = 'settled' } = story
      const record = { orderId, currency, paidAmount, commission, commissionRate: rate, status, rawStatus: status }
      orders.push(order({ ...record, settledAt: settled && SETTLED[settled] }))
      const changes = { orderId: story.line?.orderId === 'unknown' ? `${orderId}?` : orderId, currency }
      const own = { ...story.line, orderId: story.line?.orderId === null ? null : changes.orderId } as Partial<PayoutLine>
      for (const amount of story.before ?? []) lines.push(earlier(lines.length, amount, changes))
      for (const amount of story.paid ?? []) lines.push(line(lines.length, amount, { ...changes, ...own }))
      for (const [kind, count, expected, paid] of story.is) add(currency, kind, count, expected, paid)
      if (story.line?.currency) add(story.line.currency, 'unknown-order', 1, 0, e)
    })
    return { orders: sorted(orders), lines: sorted(lines), rules: { ...RULES, fees, tolerance: TOLERANCE }, truth }
  })

/** By the order number that they are settled under in UTF-8 byte order, none first; what has the same number stays as it is. */
export function sorted<T extends Parameters<typeof keyOf>[0]>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))))
}
