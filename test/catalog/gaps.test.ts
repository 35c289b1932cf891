import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderGaps } from '../../src/catalog/gaps.ts'
import { addDays } from '../../src/day.ts'

/** Days from 1 October on with so many orders each; '.' is a day without any. */
const october = (text: string) =>
  [...text].flatMap((digit, i) => (digit === '.' ? [] : [{ day: addDays('2026-10-01', i), orders: Number(digit) }]))

describe('holes in the orders', () => {
  it.each([
    ['no orders at all', '', '2026-10-31', []],
    ['orders every day', '5555555', '2026-10-08', []],
    ['one day of a busy shop', '8889888.8898888', '2026-10-16', [{ from: '2026-10-08', to: '2026-10-08', days: 1, expected: 8 }]],
    ['one day of a quiet shop', '2121212.2121212', '2026-10-16', []],
    [
      'a week of a quiet shop',
      '2121212.......2121212',
      '2026-10-22',
      [{ from: '2026-10-08', to: '2026-10-14', days: 7, expected: 11 }],
    ],
    ['nothing since', '999999999', '2026-10-12', [{ from: '2026-10-10', to: '2026-10-11', days: 2, expected: 18 }]],
    ['today is not over', '999999999', '2026-10-10', []],
    [
      'two holes',
      '999.99999.999',
      '2026-10-14',
      [
        { from: '2026-10-04', to: '2026-10-04', days: 1, expected: 8 },
        { from: '2026-10-10', to: '2026-10-10', days: 1, expected: 8 },
      ],
    ],
  ])('%s', (_, days, today, expected) => {
    expect(orderGaps(october(days), today)).toEqual(expected)
  })

  it('a gap has no orders in it and lies between the first day and today', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 9 }),
        (counts, later) => {
          const days = counts.flatMap((orders, i) => (orders === 0 ? [] : [{ day: addDays('2026-10-01', i), orders }]))
          const today = addDays('2026-10-01', counts.length + later)
          for (const { from, to, days: length } of orderGaps(days, today)) {
            expect(days.filter(({ day }) => day >= from && day <= to)).toEqual([])
            expect(addDays(from, length - 1)).toBe(to)
            expect(from > days[0]!.day && to < today).toBe(true)
          }
        },
      ),
    )
  })
})
