import { expect, it } from 'vitest'
import { run, workspaceWith } from './shoptool.ts'

// `settle due` where there is nothing, no calendar, and a pay day every day; the figures of a month are in month.test.ts.

const network = (calendar: string) => `id: daily
name: Daily
currency: JPY
timezone: Asia/Tokyo
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: major }
      commission: { amount: commission, unit: major }
      status: { oneOf: status, words: { received: received } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      receivedAt: { instant: received, pattern: yyyy-MM-dd, optional: true }
${calendar}
`
const orders = Array.from(
  { length: 15 },
  (_, i) => `${i},9000,${100 + i},received,2026-11-01,2026-11-${String(5 + i).padStart(2, '0')}`,
)
const csv = ['order,paid,commission,status,ordered,received', ...orders, '99,9000,7,received,2026-11-01,'].join('\n')

it('puts later pay days together on a terminal, and gives all of them elsewhere', async () => {
  const cwd = workspaceWith('', { 'partners/daily.yaml': network('calendar: { basis: receivedAt, days: 30 }'), 'a.csv': csv })
  const empty = await run(['settle', 'due'], { cwd })
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('there is no data yet')])
  await run(['import', 'orders', 'a.csv', '--partner', 'daily'], { cwd })
  const { code, stdout } = await run(['settle', 'due', '--no-color'], { cwd, tty: 60 })
  expect(code).toBe(5)
  expect(stdout).toContain('daily: 1605 JPY to come, 0 past due\n')
  expect(stdout).toContain(
    '  2026-12-16       111       1  ███████▉\n  2026-12-17 …     339       3  ████████████████████████\n  date missing       7       1  ▌\n',
  )
  const piped = await run(['settle', 'due'], { cwd })
  expect(piped.stdout).toContain('  2026-12-18\t113\t1\n  2026-12-19\t114\t1\n  date missing\t7\t1\n')
})

it('leaves a partner without a calendar out, and says so', async () => {
  const cwd = workspaceWith('', { 'partners/daily.yaml': network(''), 'a.csv': csv })
  await run(['import', 'orders', 'a.csv', '--partner', 'daily'], { cwd })
  const { code, stderr } = await run(['settle', 'due'], { cwd })
  expect([code, stderr]).toEqual([2, expect.stringContaining('daily has no settlement calendar')])
})
