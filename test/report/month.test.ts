import { expect, test } from 'vitest'
import { type Figures, nothing } from '../../src/report/figures.ts'
import { GROUPS, type Group, type MonthSheet } from '../../src/report/month.ts'
import { renderMonth } from '../../src/report/month-html.ts'

const figures: Figures = { ...nothing(), estimated: 1000, due: 1000, received: 900, lost: 100, short: 100 }
const group = (name: string | null, more: Partial<Group> = {}): Group => ({
  ...{ currency: 'CNY', group: [name], period: null, others: 0, name, figures },
  ...more,
})
const sheet = (more: Partial<MonthSheet> = {}): MonthSheet => ({
  currency: 'CNY',
  total: figures,
  groups: Object.fromEntries(GROUPS.map((name) => [name, [group('a')]])) as unknown as MonthSheet['groups'],
  days: [{ day: '2026-11-20', orders: 1, estimated: 500, refunded: 0, due: 1000, received: 900 }],
  losses: [],
  adjusted: { count: 0, expected: '0.00', paid: '0.00', difference: '0.00' },
  adjustments: [],
  ...more,
})

test('the page asks nothing of the network, holds no script, and texts only escaped', () => {
  const name = '<script src="https://evil.example/x.js">alert(1)</script>'
  const groups = Object.fromEntries(GROUPS.map((kind) => [kind, [group(name)]])) as unknown as MonthSheet['groups']
  const page = renderMonth(name, '2026-11', [sheet({ groups })])
  expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import/i)
  expect(page).toContain("default-src 'none'")
  expect(page.match(/&lt;script src=&quot;https:\/\/evil\.example\/x\.js&quot;&gt;/g)).toHaveLength(2 + GROUPS.length)
})

test('names the date that each part counts by', () => {
  const page = renderMonth('鹿', '2026-11', [sheet()])
  expect(page).toContain('按打款月 · <span lang="en">by settlement month</span>')
  expect(page).toContain('按打款月，CNY · <span lang="en">by settlement month, CNY</span>')
  expect(page).toContain(
    '预估佣金，按下单日：1 笔，5.00 CNY · <span lang="en">estimated commission by the day of the order: 1 order lines, 5.00 CNY</span>',
  )
  expect(page).toContain('按应付日与打款日，CNY')
})

test('what is unknown is said, and what is put together has no bar', () => {
  const partner = [group(null), group(null, { others: 3 })]
  const page = renderMonth('鹿', '2026-11', [sheet({ groups: { ...sheet().groups, partner } })])
  expect(page).toContain('<div>未知 <span lang="en">unknown</span></div>')
  expect(page).toMatch(
    /其余 3 个 <span lang="en">others<\/span><\/div>.*\n<tr class="bar" aria-hidden="true"><td colspan="4"><\/td><\/tr>/,
  )
})

test('currencies stand apart, and a month without anything says so', () => {
  const yen = sheet({ currency: 'JPY', total: { ...nothing(), received: 7, other: 7 } })
  const page = renderMonth('鹿', '2026-11', [sheet(), yen])
  expect(page).toContain(
    '<span>实收 9.00 CNY，</span><span>应付 10.00，</span><span>少收 <em class="less">1.00</em></span>；<br>',
  )
  expect(page).toContain('<span>实收 7 JPY，</span><span>应付 0，</span><span>分文未少</span>。')
  const coming = renderMonth('鹿', '2026-12', [sheet({ total: { ...nothing(), estimated: 5, open: 5 } })])
  expect(coming).toContain('<span>分文未少，</span><span>未到期 0.05</span>。</h1>')
  expect(coming).toContain('nothing lost, 0.05 not due yet.')
  expect(renderMonth('鹿', '2026-11', [])).toContain('2026-11 没有订单和打款')
})
