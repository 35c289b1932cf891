import { expect, test } from 'vitest'
import { columnChart, ticks } from '../../src/report/columns.ts'

const MARKS: [low: number, high: number, marks: number[]][] = [
  [0, 0, [0]],
  [0, 1, [0, 1]],
  [0, 4, [0, 2, 4]],
  [0, 4450, [0, 2000, 4000, 6000]],
  [0, 1_299_958, [0, 500_000, 1_000_000, 1_500_000]],
  [-30, 100, [-50, 0, 50, 100]],
  [-7, 0, [-10, -5, 0]],
]
test.each(MARKS)('marks of a scale from %i to %i', (low, high, marks) => expect(ticks(low, high)).toEqual(marks))

/** `tone y height` of each bar. */
const barsOf = (chart: string) =>
  [...chart.matchAll(/<rect class="(?!space)(\w+)" x="\d+" y="(\d+)" width="72" height="(\d+)"/g)].map(([, ...bar]) =>
    bar.join(' '),
  )

test('columns stand on zero, those below it hang, and what is not nothing is seen', () => {
  const column = (to: number) => ({ title: `<${to}>`, label: '', stretches: [{ from: 0, to, tone: to < 0 ? 'less' : 'got' }] })
  const chart = columnChart('a & b', [column(100), column(-50), column(0), column(0.001)], (value) => `${value}`)
  expect(barsOf(chart)).toEqual(['got 0 667', 'less 667 333', 'got 667 8'])
  expect(chart).toContain('<line class="zero" x1="0" x2="400" y1="667" y2="667"/>')
  expect(chart).toContain('<ol class="scale" aria-hidden="true"><li>100</li><li>50</li><li>0</li><li>-50</li></ol>')
  expect(chart).toContain('aria-label="a &amp; b"')
  expect(chart).toContain('<title>&lt;100&gt;</title>')
})

test('of nothing it is a line', () => {
  const chart = columnChart('', [{ title: '', label: '1', stretches: [{ from: 0, to: 0, tone: 'got' }] }], String)
  expect(barsOf(chart)).toEqual([])
  expect(chart).toContain('y1="1000" y2="1000"')
})
