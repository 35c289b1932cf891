import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addMonths, type Month } from '../../src/day.ts'
import { apportion } from '../../src/money.ts'
import { keyOf, type PayoutLine, type Recorded, type RoutedLine } from '../../src/records.ts'
import { compareText, type Rules } from '../../src/settle/entry.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { type PaidOrder, SHOP } from '../../src/store/splits.ts'
import { partsOf, type Share } from '../../src/team/share.ts'
import { type OrderSplit, openOf, splitOrder } from '../../src/team/split.ts'
import { line, order, RULES } from '../settle/records.ts'

const amounts = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.maxSafeInteger())
const weights = fc
  .array(fc.oneof(fc.nat(9), fc.nat(1_000_000)), { minLength: 1, maxLength: 5 })
  .filter((all) => all.some((one) => one > 0))

describe('parts of an amount', () => {
  it('add up to it, are at most one minor unit off, and those of −a are those of a negated', () => {
    fc.assert(
      fc.property(amounts, weights, (amount, all) => {
        const parts = apportion(amount, all)
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(amount))
        const whole = all.reduce((sum, one) => sum + BigInt(one), 0n)
        for (const [i, part] of parts.entries()) {
          const off = BigInt(part) * whole - BigInt(amount) * BigInt(all[i]!)
          expect(off < whole && off > -whole).toBe(true)
        }
        expect(apportion(-amount, all)).toEqual(parts.map((part) => 0 - part))
      }),
    )
  })

  it.each([
    [10, [1, 1, 1], [4, 3, 3]],
    [-0, [1], [0]],
    [-10, [1, 1, 1], [-4, -3, -3]],
    [1, [500_000, 500_000], [1, 0]],
    [0, [1, 2], [0, 0]],
    [5, [0, 3], [0, 5]],
    [9_007_199_254_740_991, [999_999, 1], [9_007_190_247_541_736, 9_007_199_255]],
  ])('%d by %j is %j', (amount, all, parts) => {
    expect(apportion(amount, all)).toEqual(parts)
  })

  it.each([[[]], [[0, 0]], [[2, -1]]])('%j are no weights', (all) => {
    expect(() => apportion(1, all)).toThrow(`[${all}] are no weights`)
  })

  it('are nobody’s where nothing is left', () => {
    expect(partsOf(-5, [{ member: 'a', level: 1, rate: 500_000 }])).toEqual([0, -5])
  })
})

/** What a month did to an order: what was paid and taken back, whether its split was paid out, and whether the chain changed after it. */
type Step = { paid: number; back: number; refunded: boolean; payOut: boolean; moved: boolean }
const steps = fc.array(
  fc.record({
    paid: fc.nat(5000),
    back: fc.oneof(fc.constant(0), fc.nat(5000)),
    refunded: fc.boolean(),
    payOut: fc.boolean(),
    moved: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)
const rates = fc.tuple(fc.nat(600_000), fc.nat(300_000), fc.nat(100_000))
const currencies = fc.constantFrom('JPY', 'CNY', 'KWD')

/** Lives through the months of an order, and gives each month's split as it was when it was made. */
function live(currency: string, [one, two, three]: readonly number[], commission: number, story: readonly Step[]) {
  const CHAIN: Share[] = [one, two, three].map((rate, i) => ({ member: 'dcb'[i]!, level: i + 1, rate: rate! }))
  let chain = CHAIN
  const paid: PaidOrder[] = []
  const lines: Recorded<PayoutLine>[] = []
  const splits: OrderSplit[] = []
  story.forEach((step, i) => {
    const month = addMonths('2026-11', i)
    const now = order({ orderId: '1', currency, commission, status: step.refunded ? 'refunded' : 'settled' })
    const add = (amount: number, kind: PayoutLine['kind']) =>
      amount !== 0 && lines.push(line(lines.length, amount, { currency, kind, paidAt: `${month}-20` }))
    add(step.paid, 'commission')
    add(-step.back, 'clawback')
    const rulesIn = (of: Month): Rules => ({ ...RULES, month: of })
    const entries = [...reconcile([now], lines, rulesIn(month))].filter((entry) => entry.lines.length > 0)
    if (entries.length > 0) {
      const rules = {
        comesFrom: () => ({ channel: null, member: 'd', day: null }),
        isMember: () => true,
        // what holds on the day of the order; after a change that reaches back it is another
        sharesOf: () => chain,
      }
      const split = splitOrder({ partner: 'acme', orderId: '1', currency }, month, entries, paid, rulesIn, rules)
      splits.push(split)
      const open = openOf(split)
      if (step.payOut && open) paid.push({ ...open, month })
      if (step.moved && paid.length > 0) chain = CHAIN.map((share, at) => ({ ...share, member: 'xyz'[at]! }))
    }
  })
  return { splits, lines }
}

describe('the splits of an order', () => {
  it('add up to what was received in every month, whatever happens', () => {
    fc.assert(
      fc.property(currencies, rates, fc.nat(5000), steps, (currency, all, commission, story) => {
        const { splits, lines } = live(currency, all, commission, story)
        for (const { received, held, parts } of splits)
          expect(parts.reduce((sum, { amount }) => sum + amount, held)).toBe(received)
        const total = splits.reduce((sum, { received }) => sum + received, 0)
        expect(total).toBe(lines.reduce((sum, { amount }) => sum + amount, 0))
      }),
      { numRuns: 300 },
    )
  })

  it('leave every member with nothing once all was taken back, also after the chain has changed', () => {
    fc.assert(
      fc.property(
        currencies,
        rates,
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(5000),
        fc.boolean(),
        (currency, all, paid, back, moved) => {
          const first = Math.min(back, paid)
          const { splits } = live(currency, all, paid, [
            { paid, back: 0, refunded: false, payOut: true, moved },
            { paid: 0, back: first, refunded: true, payOut: true, moved: false },
            { paid: 0, back: paid - first, refunded: true, payOut: false, moved: false },
          ])
          const left = new Map<string, number>()
          for (const { parts } of splits)
            for (const { member, amount } of parts) left.set(member, (left.get(member) ?? 0) + amount)
          expect([...left.values()].filter((amount) => amount !== 0)).toEqual([])
          expect(splits.reduce((sum, { held }) => sum + held, 0)).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('of two members, paid together or each alone, give them nothing that is not there', () => {
    const ids = fc.constantFrom<string[][]>(['1'], ['2'], ['1', '2'])
    const months = fc.array(fc.array(fc.tuple(ids, fc.integer({ min: -3000, max: 3000 })), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    })
    // what each order brings, and from which month on it is refunded
    const both = fc.tuple(fc.nat(3000), fc.nat(4))
    fc.assert(
      fc.property(months, both, both, rates, fc.boolean(), (story, one, two, [rate], isPaidOut) => {
        const paid: PaidOrder[] = []
        const lines: RoutedLine[] = []
        const rulesIn = (month: Month): Rules => ({ ...RULES, month })
        const rules = {
          comesFrom: ({ subId }: { subId: string | null }) => ({ channel: null, member: subId, day: null }),
          isMember: () => true,
          sharesOf: (member: string) => [{ member, level: 1, rate }],
        }
        for (const [i, added] of story.entries()) {
          for (const [orderIds, amount] of added) {
            const kind = amount < 0 ? 'clawback' : 'commission'
            const route = { by: 'order', orderIds, lineId: null, contested: false } as const
            const paidAt = `${addMonths('2026-11', i)}-20`
            lines.push({ ...line(lines.length, amount, { orderId: orderIds.join(';'), kind, paidAt }), route })
          }
          lines.sort((a, b) => compareText(keyOf(a), keyOf(b)))
          const orders = [one, two].map(([commission, dead], at) => {
            const status = i < dead ? 'settled' : 'refunded'
            return order({ orderId: String(at + 1), subId: 'cd'[at]!, commission, status })
          })
          let [all, theirs] = [0, 0]
          for (const month of story.slice(0, i + 1).map((_, at) => addMonths('2026-11', at))) {
            const entries = [...reconcile(orders, lines, rulesIn(month))]
            const split = splitOrder({ partner: 'acme', orderId: '1', currency: 'CNY' }, month, entries, paid, rulesIn, rules)
            expect(split.parts.reduce((sum, { amount }) => sum + amount, split.held)).toBe(split.received)
            all += split.received
            theirs += split.parts.reduce((sum, { member, amount }) => sum + (member === SHOP ? 0 : amount), 0)
            expect(theirs).toBeLessThanOrEqual(Math.max(0, all))
            expect(theirs).toBeGreaterThanOrEqual(0)
            const open = isPaidOut && openOf(split)
            if (open) paid.push({ ...open, month })
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
