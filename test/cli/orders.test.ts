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
      '  2026-11-25 12:00 read as paid (已付款), paid 9.90, commission 0.99   0.csv:2',
      '  2026-11-25 12:00 read as settled (已结算), paid 9.90, commission 0.90   1.csv:2',
      '',
      'payouts: none',
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

describe('orders of partners that correct by further rows', () => {
  const HEADER =
    'etransaction_id,advertiser_id,order_id,sku_number,sale_amount,quantity,commissions,process_date,transaction_date,transaction_type,currency'
  const time = (day: string) => `"${day} 2026 10:00:00 GMT+0000 (UTC)"`
  const SALE = `e1,9,B-1,S,60,2,1.8,${time('Tue Jun 02')},${time('Tue Jun 02')},realtime,USD`
  const BATCH = `e2,9,B-1,S,60,2,1.8,${time('Wed Jun 03')},${time('Tue Jun 02')},batch,USD`
  const events = async (...args: string[]) => {
    const cwd = workspaceWith('', { 'events.csv': [HEADER, SALE, BATCH, ''].join('\n') })
    expect((await run(['import', 'orders', 'events.csv', '--partner', 'rakuten', ...args], { cwd })).code).toBe(0)
    return cwd
  }

  it('orders show tells each row with file and line, and which count', async () => {
    const cwd = await events('--prefer', 'batch')
    const { stdout } = await run(['orders', 'show', 'B-1'], { cwd })
    expect(stdout).toContain('  received, paid 60.00 USD, commission 1.80\n')
    expect(stdout).toContain('read as received (realtime), paid 60.00, commission 1.80, row e1, not counted   events.csv:2\n')
    expect(stdout).toContain('read as received (batch), paid 60.00, commission 1.80, row e2   events.csv:3\n')
    const { lines } = JSON.parse((await run(['orders', 'show', 'B-1', '--json'], { cwd })).stdout)
    expect(lines[0].states.map(({ entry, counts }: { entry: string; counts: boolean }) => [entry, counts])).toEqual([
      ['e1', false],
      ['e2', true],
    ])
    expect((await run(['orders', 'suspects'], { cwd })).code).toBe(0)
  })

  it('orders suspects lists a sale that came on two ways, and is a finding', async () => {
    const cwd = await events()
    const { code, stdout } = await run(['orders', 'suspects'], { cwd })
    expect([code, stdout]).toEqual([
      5,
      'rakuten\t2026-06-02\t1.80\ttwo ways\tB-1 9/S e2 (events.csv:3)  B-1 9/S e1 (events.csv:2)\n',
    ])
    const { suspects } = JSON.parse((await run(['orders', 'suspects', '--json'], { cwd })).stdout)
    expect(suspects).toEqual([
      expect.objectContaining({ partner: 'rakuten', why: 'two ways', commission: '1.80', paidAmount: '60.00', currency: 'USD' }),
    ])
    expect(suspects[0].records[0].source).toMatchObject({ file: 'events.csv', line: 3 })
    expect((await run(['orders', 'suspects', '--partner', 'taobao'], { cwd })).code).toBe(0)
  })

  it.each([
    [['--prefer', 'bach', '--partner', 'rakuten'], '--prefer: "bach" is not one of realtime, batch'],
    [['--prefer', 'batch', '--partner', 'taobao'], '--prefer: order rows of 淘宝联盟 come on one way only'],
  ])('import orders %j is refused', async (args, message) => {
    const cwd = workspaceWith('', { 'a.csv': HEADER })
    expect(await run(['import', 'orders', 'a.csv', ...args], { cwd })).toMatchObject({
      code: 2,
      stderr: `shoptool: ${message}\n`,
    })
  })

  it('a source says which way counts; a statement without a day is dated by --paid-at', async () => {
    const cwd = workspaceWith('sources:\n  events: { partner: rakuten, feed: orders, prefer: batch, file: events.csv }\n', {
      'events.csv': [HEADER, SALE, BATCH, ''].join('\n'),
      'pay-1.csv': 'Transaction ID,Commission,Currency\n7,5.00,GBP\n',
    })
    expect((await run(['sync'], { cwd })).code).toBe(0)
    const { orders } = JSON.parse((await run(['orders', 'list', '--json'], { cwd })).stdout)
    expect(orders.map(({ commission }: { commission: string }) => commission)).toEqual(['1.80'])
    const paid = ['import', 'payouts', 'pay-1.csv', '--partner', 'awin']
    expect((await run(paid, { cwd })).code).toBe(4)
    expect((await run([...paid, '--paid-at', '2026-08-15'], { cwd })).code).toBe(0)
  })
})
