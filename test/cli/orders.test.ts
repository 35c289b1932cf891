import { describe, expect, it } from 'vitest'
import { addDays } from '../../src/day.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

const PARTNER = `${ACME}  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      title: { text: title, optional: true }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已结算: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
`
const HEADER = 'order,title,paid,commission,status,ordered,settled\n'
const shop = async (...files: string[]) => {
  const named = Object.fromEntries(files.map((rows, i) => [`${i}.csv`, HEADER + rows]))
  const cwd = workspaceWith('', { 'partners/acme.yaml': PARTNER, ...named })
  for (const name of Object.keys(named))
    expect((await run(['import', 'orders', name, '--partner', 'acme'], { cwd })).code).toBe(0)
  return cwd
}
const OCTOBER = '1,茶杯,9.90,0.99,已付款,2026-10-01,\n2,茶壶,20.00,2.00,已付款,2026-10-02,\n'
const NOVEMBER = '1,茶杯,9.90,0.90,已结算,2026-10-01,2026-11-02\n'

describe('orders list', () => {
  it.each<[string[], string[]]>([
    [[], ['acme:2', 'acme:1']],
    [['--status', 'settled'], ['acme:1']],
    [
      ['--status', 'settled,paid'],
      ['acme:2', 'acme:1'],
    ],
    [['--from', '2026-10-02'], ['acme:2']],
    [['--to', '2026-10-01'], ['acme:1']],
    [['--partner', 'taobao'], []],
    [['--limit', '1'], ['acme:2']],
  ])('%j', async (args, expected) => {
    const cwd = await shop(OCTOBER, NOVEMBER)
    const { stdout } = await run(['orders', 'list', ...args], { cwd })
    expect(stdout.split('\n').flatMap((line) => (line ? [line.split('\t')[0]] : []))).toEqual(expected)
  })

  it('gives amounts as text', async () => {
    const cwd = await shop(OCTOBER, NOVEMBER)
    const { orders } = JSON.parse((await run(['orders', 'list', '--status', 'settled', '--json'], { cwd })).stdout)
    expect(orders).toEqual([
      expect.objectContaining({
        partner: 'acme',
        orderId: '1',
        status: 'settled',
        paidAmount: '9.90',
        commission: '0.90',
        currency: 'CNY',
      }),
    ])
  })
})

it('orders show tells every state that was read, with its file', async () => {
  const cwd = await shop(OCTOBER, NOVEMBER)
  const { stdout } = await run(['orders', 'show', '1'], { cwd })
  expect(stdout).toBe(
    [
      'acme:1 茶杯',
      '  settled, paid 9.90 CNY, commission 0.90',
      '  ordered 2026-10-01 00:00, settled 2026-11-02 00:00',
      '  read as paid (已付款), commission 0.99   0.csv:2',
      '  read as settled (已结算), commission 0.90   1.csv:2',
      '',
    ].join('\n'),
  )
  const { lines } = JSON.parse((await run(['orders', 'show', 'acme:1', '--json'], { cwd })).stdout)
  expect(lines[0].states.map(({ status }: { status: string }) => status)).toEqual(['paid', 'settled'])
})

it('orders gaps names the days of a file that is missing', async () => {
  const rows = Array.from({ length: 30 * 8 }, (_, i) => ({ day: addDays('2026-10-26', Math.floor(i / 8)), i }))
  const file = rows
    .filter(({ day }) => day !== '2026-11-10')
    .map(({ day, i }) => `${i},x,1.00,0.10,已付款,${day},\n`)
    .join('')
  const cwd = await shop(file)
  const { code, stdout } = await run(['orders', 'gaps'], { cwd })
  expect([code, stdout]).toEqual([5, 'acme\t2026-11-10\t2026-11-10\t1\t8\n'])
  expect((await run(['orders', 'gaps', '--partner', 'taobao'], { cwd })).code).toBe(0)
})

it.each<[string[], string]>([
  [['orders', 'show', '9'], '9: no order of that number is on file'],
  [
    ['orders', 'list', '--status', 'setled'],
    '--status: "setled" is not one of paid, received, verified, settled, refunded, invalid; did you mean settled?',
  ],
  [['orders', 'list', '--from', '2026-13-01'], '--from: "2026-13-01" is not a day, expected like 2026-10-31'],
  [['orders', 'list', '--from', '2026-10-02', '--to', '2026-10-01'], '--to: "2026-10-01" is before --from'],
  [
    ['orders', 'gaps', '--partner', 'acmee'],
    '--partner: unknown partner "acmee"; did you mean acme? (or describe it in partners/acmee.yaml)',
  ],
])('%j is refused', async (args, message) => {
  const cwd = await shop(OCTOBER)
  expect(await run(args, { cwd })).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
})
