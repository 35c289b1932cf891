import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BASES, type DateBasis, type Dimension, figuresOf, nothing } from '../../src/report/figures.ts'
import { totalsOf } from '../../src/report/rank.ts'
import { stories } from '../../src/report/stories.ts'
import { STEPS, waterfallOf } from '../../src/report/waterfall.ts'
import type { Entry, SettlementClass } from '../../src/settle/entry.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { type Month, months } from '../settle/month.ts'
import { RULES } from '../settle/records.ts'

const sku: Dimension = (_, record) => record.sku

function rowsOf({ orders, lines, rules: { fees, tolerance } }: Month, basis: DateBasis, today: string) {
  const acme = { id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {} }
  const figures = figuresOf({ basis, by: [sku], per: null, from: '2026-11-01', to: '2026-11-30', today })
  const partner = { ...acme, calendar: RULES.calendar, fees, tolerance }
  const asked = basis === 'paid' ? RULES.month : null
  for (const story of stories({ partner, orders, lines }, { from: asked ?? '0000-01', to: asked ?? '9998-12' }))
    figures.add(story)
  return figures.answer().rows
}

test('any month ties to the minor unit: each level is the one before and the steps between', () => {
  fc.assert(
    fc.property(months, fc.constantFrom(...BASES), fc.constantFrom('2026-11-20', '2026-11-25'), (month, basis, today) => {
      const rows = rowsOf(month, basis, today)
      for (const { figures } of [...rows, ...totalsOf(rows)]) {
        const steps = waterfallOf(figures)
        expect(steps.map(({ step }) => step)).toEqual(STEPS)
        let level = 0
        for (const { step, isLevel, amount, level: to } of steps) {
          level = step === 'estimated' ? amount : isLevel ? level : level + amount
          expect([step, to]).toEqual([step, level])
          if (isLevel) expect([step, amount]).toEqual([step, level])
        }
        expect([steps[0]!.level, level]).toEqual([figures.estimated, figures.received])
      }
    }),
    { numRuns: 200 },
  )
})

test('by pay day each step is the sum of the entries that settle makes', () => {
  const OTHER: readonly SettlementClass[] = ['unknown-order', 'non-order']
  const SHIFTED: readonly SettlementClass[] = ['late', 'early']
  fc.assert(
    fc.property(months, (month) => {
      const entries = [...reconcile(month.orders, month.lines, month.rules)]
      for (const { currency, figures } of totalsOf(rowsOf(month, 'paid', '2026-11-25'))) {
        const own = entries.filter((entry) => entry.currency === currency)
        const sum = (of: 'expected' | 'paid' | 'difference', isOf: (entry: Entry) => boolean = () => true) =>
          own.filter(isOf).reduce((total, entry) => total + entry[of], 0)
        const isMissing = (entry: Entry) => entry.class === 'missing'
        const isOther = (entry: Entry) => OTHER.includes(entry.class)
        const isShifted = (entry: Entry) => SHIFTED.includes(entry.class)
        const isRest = (entry: Entry) => !isMissing(entry) && !isOther(entry) && !isShifted(entry)
        expect(Object.fromEntries(waterfallOf(figures).map(({ step, amount }) => [step, amount]))).toMatchObject({
          due: sum('expected'),
          missing: sum('difference', isMissing),
          short: sum('difference', (entry) => isRest(entry) && entry.difference < 0),
          over: sum('difference', (entry) => isRest(entry) && entry.difference > 0),
          shifted: sum('difference', isShifted),
          other: sum('difference', isOther),
          received: sum('paid'),
        })
      }
    }),
    { numRuns: 150 },
  )
})

test('what is taken has no sign of zero where it is nothing', () => {
  for (const { amount, level } of waterfallOf(nothing()))
    expect([Object.is(amount, 0), Object.is(level, 0)]).toEqual([true, true])
})
