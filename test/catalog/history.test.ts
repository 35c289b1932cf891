import { describe, expect, it } from 'vitest'
import { raisedBeforeDiscount, raiseText, type State } from '../../src/catalog/history.ts'
import { sparkline } from '../../src/commands/sparkline.ts'

const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T08:00:00+08:00`
/** States from a day of November on: price in yuan, and what the coupon takes off. */
function states(...given: [day: number, price: number, off?: number, status?: 'live' | 'gone'][]): State[] {
  return given.map(([day, price, off = 0, status = 'live'], i) => ({
    since: at(day),
    until: given[i + 1] ? at(given[i + 1]![0]) : null,
    ...{ price: price * 100, finalPrice: (price - off) * 100, couponAmount: off ? off * 100 : null },
    ...{ commissionRate: null, commission: null, sales: null, status },
  }))
}
const CNY = { currency: 'CNY' }

describe('a price that was raised before a discount', () => {
  it.each<[string, State[], string | null]>([
    [
      'is told with its figures',
      states([1, 59], [3, 99], [8, 99, 40]),
      'price raised from 59.00 to 99.00 on 2026-11-03, 5 days before the coupon of 40.00; with it 59.00, before the rise 59.00',
    ],
    [
      'on the very day',
      states([1, 59], [8, 99, 40]),
      'price raised from 59.00 to 99.00 on 2026-11-08, the day of the coupon of 40.00; with it 59.00, before the rise 59.00',
    ],
    [
      'in steps',
      states([1, 59], [3, 79], [4, 99], [5, 99, 50]),
      'price raised from 59.00 to 99.00 by 2026-11-04, 1 day before the coupon of 50.00; with it 49.00, before the rise 59.00',
    ],
    [
      'the lowest price counts',
      states([1, 70], [2, 59], [3, 80], [4, 99], [5, 99, 9]),
      'price raised from 59.00 to 99.00 by 2026-11-04, 1 day before the coupon of 9.00; with it 90.00, before the rise 59.00',
    ],
    [
      'an earlier coupon does not matter',
      states([1, 59, 5], [2, 59], [3, 99], [8, 99, 40]),
      'price raised from 59.00 to 99.00 on 2026-11-03, 5 days before the coupon of 40.00; with it 59.00, before the rise 59.00',
    ],
    ['no coupon now', states([1, 59], [3, 99], [8, 99, 40], [9, 99]), null],
    ['no rise', states([1, 99], [8, 99, 40]), null],
    ['a fall', states([1, 120], [3, 99], [8, 99, 40]), null],
    ['a rise after the coupon appeared', states([1, 59, 5], [3, 99, 40]), null],
    ['no history', states([1, 99, 40]), null],
    ['gone meanwhile', states([1, 59], [2, 59, 0, 'gone'], [3, 99, 40], [5, 99, 40, 'gone']), null],
    ['gone before', states([1, 59, 0, 'gone'], [3, 99, 40]), null],
  ])('%s', (_, given, text) => {
    const raise = raisedBeforeDiscount(given, Date.parse(at(20)))
    expect(raise && raiseText(raise, CNY)).toBe(text)
  })

  it('is no evidence after thirty days', () => {
    const given = states([1, 59], [3, 99], [8, 99, 40])
    expect(raisedBeforeDiscount(given, Date.parse('2026-12-03T08:00:00+08:00'))).not.toBeNull()
    expect(raisedBeforeDiscount(given, Date.parse('2026-12-03T08:00:01+08:00'))).toBeNull()
  })

  it('is a discount where no coupon makes it', () => {
    const given = states([1, 59], [3, 99], [8, 99, 40]).map((state) => ({ ...state, couponAmount: null }))
    expect(raiseText(raisedBeforeDiscount(given, Date.parse(at(9)))!, CNY)).toContain('before the discount of 40.00')
  })
})

describe('a sparkline', () => {
  it.each<[string, [number, number | null][], number, string]>([
    [
      'each character shows the value at its end',
      [
        [0, 0],
        [50, 7],
      ],
      100,
      '▁▁▁▁██████',
    ],
    [
      'levels',
      [
        [0, 0],
        [11, 1],
        [21, 2],
        [31, 3],
        [41, 4],
        [51, 5],
        [61, 6],
        [71, 7],
      ],
      100,
      '▁▂▃▄▅▆▇███',
    ],
    ['one value', [[0, 5]], 100, '▄▄▄▄▄▄▄▄▄▄'],
    [
      'nothing for a while',
      [
        [0, 5],
        [11, null],
        [61, 10],
      ],
      100,
      '▁·····████',
    ],
    ['no time has passed', [[0, 5]], 0, '▄'],
    ['nothing at all', [[0, null]], 100, '··········'],
  ])('%s', (_, points, end, line) => {
    expect(
      sparkline(
        points.map(([since, value]) => ({ since, value })),
        end,
        10,
      ),
    ).toBe(line)
  })
})
