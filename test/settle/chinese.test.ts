import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fee } from '../../src/partners/partner.ts'
import { inChinese } from '../../src/settle/chinese.ts'
import type { Rules } from '../../src/settle/entry.ts'
import { isClaim } from '../../src/settle/pack.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { findingOf } from '../../src/settle/report.ts'
import { months } from './month.ts'
import { earlier, line, order, RULES } from './records.ts'

const said = (orders: Parameters<typeof reconcile>[0], lines: Parameters<typeof reconcile>[1], rules: Rules) =>
  [...reconcile(orders, lines, rules)]
    .filter((entry) => isClaim(findingOf('acme', entry, rules)))
    .map((entry) => inChinese(entry, rules))

test.each<[string, Partial<Fee>, string]>([
  ['a share', { kind: 'share', rate: 800_000 }, '佣金 10.00 − 费 2.00（10.00 × 80 % = 8.00，四舍五入） = 8.00'],
  ['at least', { min: 200 }, '佣金 10.00 − 费 2.00（10.00 × 10 %，四舍五入，至少 2.00） = 8.00'],
  ['at most', { max: 50, rounding: 'down' }, '佣金 10.00 − 费 0.50（10.00 × 10 %，舍去尾数，至多 0.50） = 9.50'],
  [
    'as the order states',
    { stated: true, rounding: 'half-even' },
    '佣金 10.00 − 费 0.30（订单所列；按规则 10.00 × 10 %，四舍六入五成双，应为 1.00） = 9.70',
  ],
])('%s of the formula', (_, changes, formula) => {
  const fees: Fee[] = [{ name: '费', of: 'commission', rate: 100_000, rounding: 'half-up', ...changes }]
  const [text] = said([order({ serviceFee: changes.stated ? 30 : null })], [], { ...RULES, fees })
  expect(text).toContain(`买家实付 100.00 × 10 %，${formula}；`)
})

test('a rate, several lines, and money that came before', () => {
  const off = order({ commissionRate: 90_000 })
  expect(said([off], [line(1, 700)], RULES)[0]).not.toContain('买家实付')
  const both = [order({ lineId: 'A' }), order({ lineId: 'B', commission: 400 })]
  expect(said(both, [line(1, 1100)], RULES)[0]).toMatch(
    /^子订单 A 2026-10-05 结算，.*；子订单 B 2026-10-05 结算，.*；差额 -3.00（原因不明）$/,
  )
  expect(said([order({ refundAmount: 2500 })], [], RULES)[0]).toContain('退款 25.00 后买家实付 75.00 × 10 %，佣金 7.50 = 7.50；')
  expect(said([order()], [earlier(1, 300)], RULES)[0]).toContain('；此前已付 3.00（结算单 oct，2026-10-20）；')
  expect(said([order()], [line(1, 200), line(2, 100)], RULES)[0]).toContain('；实付 3.00（结算单 nov，2026-11-20，等 2 笔）；')
})

test.each<[string, Parameters<typeof order>[0], number, string]>([
  ['a rate', {}, 720, '相当于按佣金率 8 % 支付；差额 -1.80 = 佣金 -2.00 + 费 0.20'],
  ['a fee', {}, 800, '相当于扣了两次费；差额 -1.00（费）'],
  ['fewer pieces', { quantity: 4, commissionRate: null }, 675, '相当于只付了 4 件中的 3 件；差额 -2.25 = 佣金 -2.50 + 费 0.25'],
])('by %s a payout would be right', (_, changes, paid, text) => {
  const fees: Fee[] = [{ name: '费', of: 'commission', rate: 100_000, rounding: 'half-up' }]
  expect(said([order(changes)], [line(1, paid)], { ...RULES, fees })[0]).toSatisfy((said: string) => said.endsWith(`；${text}`))
})

test('no claim of any month is told in English', () => {
  fc.assert(
    fc.property(months, ({ orders, lines, rules }) => {
      // statements, fees and ids have three letters
      for (const text of said(orders, lines, rules)) expect(text.replace(/“.*?”/g, '')).not.toMatch(/[a-z]{4}|undefined|NaN/)
    }),
    { numRuns: 60 },
  )
})
