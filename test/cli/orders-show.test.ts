import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ACME, run, workspaceWith } from './shoptool.ts'

const PARTNER = `${ACME}  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      lineId: { text: line }
      paidAmount: { amount: paid, unit: yuan }
      commissionRate: { rate: rate, unit: percent }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已结算: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
  refunds:
    format: { type: csv }
    fields:
      orderId: { text: order }
      lineId: { text: line, optional: true }
      refundId: { text: notice }
      refundAmount: { amount: back, unit: yuan }
      commission: { amount: taken, unit: yuan, optional: true }
      status: { oneOf: status, words: { 维权成功: taken, 维权中: open } }
      refundedAt: { instant: at, pattern: yyyy-MM-dd }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId: { text: order }
      lineId: { text: line, optional: true }
      amount: { amount: amount, unit: yuan }
      kind: { oneOf: kind, words: { 佣金: commission, 扣回: clawback } }
      paidAt: { day: day, pattern: yyyy-MM-dd }
`
const CALENDAR = 'calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }\n'
const HEADER = 'order,line,paid,rate,commission,status,ordered,settled\n'
const FILES = {
  'paid.csv': `${HEADER}1,a,20.00,10,2.00,已付款,2026-09-01,\n1,b,30.00,20,6.00,已付款,2026-09-01,\n`,
  'settled.csv': `${HEADER}1,a,20.00,10,2.00,已结算,2026-09-01,2026-09-10\n1,b,30.00,20,6.00,已结算,2026-09-01,2026-09-10\n`,
  'back.csv':
    'order,line,notice,back,taken,status,at\n1,b,r1,5.00,,维权中,2026-10-02\n1,c,r2,1.00,0.10,维权成功,2026-10-03\n7,,r3,4.00,,维权成功,2026-10-03\n',
  'back-2.csv': 'order,line,notice,back,taken,status,at\n1,b,r1,5.00,1.10,维权成功,2026-10-05\n',
  'pay.csv':
    'statement,order,line,amount,kind,day\nN1,1,a,2.00,佣金,2026-10-20\nN1,1,b,6.00,佣金,2026-10-20\nN2,1,b,-1.00,扣回,2026-11-20\nN2,6,,-0.30,扣回,2026-11-20\n',
}

async function shop(calendar = CALENDAR) {
  const cwd = workspaceWith('', { 'partners/acme.yaml': PARTNER + calendar, ...FILES })
  for (const [kind, name] of [
    ['orders', 'paid.csv'],
    ['refunds', 'back.csv'],
    ['payouts', 'pay.csv'],
    ['refunds', 'back-2.csv'],
    ['orders', 'settled.csv'],
  ])
    expect((await run(['import', kind!, name!, '--partner', 'acme'], { cwd })).code).toBe(0)
  return cwd
}

it('orders show tells what was learned of each line in that order, refunds at its own rate, and what was paid in which month', async () => {
  const cwd = await shop()
  expect((await run(['orders', 'show', '1'], { cwd })).stdout.split('\n')).toEqual([
    'acme:1 a',
    '  settled, paid 20.00 CNY, commission 2.00 at 10 %',
    '  ordered 2026-09-01 00:00, settled 2026-09-10 00:00',
    '  2026-11-25 12:00 read as paid (已付款), paid 20.00, commission 2.00 at 10 %   paid.csv:2',
    '  2026-11-25 12:00 read as settled (已结算), paid 20.00, commission 2.00 at 10 %   settled.csv:2',
    '',
    'acme:1 b',
    '  settled, paid 30.00 CNY, commission 6.00 at 20 %',
    '  ordered 2026-09-01 00:00, settled 2026-09-10 00:00',
    '  5.00 given back: 25.00 paid and 5.00 commission are kept',
    '  2026-11-25 12:00 read as paid (已付款), paid 30.00, commission 6.00 at 20 %   paid.csv:3',
    '  2026-11-25 12:00 refund r1 open (维权中) of 2026-10-02: 5.00 CNY given back, not counted: a later one is   back.csv:2',
    '  2026-11-25 12:00 refund r1 taken (维权成功) of 2026-10-05: 5.00 CNY given back, 1.00 of the commission at 20 %; the partner takes back 1.10   back-2.csv:2',
    '  2026-11-25 12:00 read as settled (已结算), paid 30.00, commission 6.00 at 20 %   settled.csv:3',
    '',
    'acme:1 refunds without a known line',
    '  2026-11-25 12:00 refund r2 taken (维权成功) of 2026-10-03: 1.00 CNY given back; the partner takes back 0.10   back.csv:3',
    '',
    'payouts',
    '  2026-10 matched: 2.00 CNY commission of 2026-10-20, statement N1, line a by order and line number   pay.csv:2',
    '  2026-10 matched: 6.00 CNY commission of 2026-10-20, statement N1, line b by order and line number   pay.csv:3',
    '  2026-11 clawback: -1.00 CNY clawback of 2026-11-20, statement N2, line b by order and line number   pay.csv:4',
    '',
  ])
  const { lines, refunds, removed, payouts } = JSON.parse((await run(['orders', 'show', '1', '--json'], { cwd })).stdout)
  expect(lines[1]).toMatchObject({
    ...{ lineId: 'b', refundAmount: '5.00', commissionRate: '20', kept: { paidAmount: '25.00', commission: '5.00' } },
    states: [
      { status: 'paid', counts: false, holds: true, run: 1, rulings: [], readAt: '2026-11-25T12:00:00+08:00' },
      {
        status: 'settled',
        counts: true,
        run: 5,
        source: { file: 'settled.csv', line: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ],
    refunds: [
      { refundId: 'r1', status: 'open', counts: false, run: 2 },
      {
        refundId: 'r1',
        status: 'taken',
        counts: true,
        commission: '1.10',
        commissionRate: '20',
        commissionAtRate: '1.00',
        run: 4,
      },
    ],
  })
  expect([refunds, removed]).toMatchObject([[{ refundId: 'r2', isPlaced: false }], []])
  expect(payouts.map((each: Record<string, unknown>) => [each.month, each.class, each.amount, each.lineIds, each.match])).toEqual(
    [
      ['2026-10', 'matched', '2.00', ['a'], 'line'],
      ['2026-10', 'matched', '6.00', ['b'], 'line'],
      ['2026-11', 'clawback', '-1.00', ['b'], 'line'],
    ],
  )
  expect((await run(['orders', 'show', '7'], { cwd })).stdout).toContain('acme:7 refunds without a known line\n')
  expect((await run(['orders', 'show', '6'], { cwd })).stdout).toBe(
    'payouts\n  2026-11 unknown-order: -0.30 CNY clawback of 2026-11-20, statement N2   pay.csv:5\n',
  )
  expect((await run(['orders', 'show', '1', '-v'], { cwd })).stdout).toMatch(/pay\.csv:2 sha256:[0-9a-f]{64}\n/)
})

it('orders show names no class where the partner has no calendar', async () => {
  const cwd = await shop('')
  const { code, stdout } = await run(['orders', 'show', '1'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('  2026-11: -1.00 CNY clawback of 2026-11-20, statement N2   pay.csv:4\n')
})

it('orders show tells what holds no longer, and why', async () => {
  const cwd = await shop()
  const again = async (mapping: string) => {
    writeFileSync(join(cwd, 'partners/acme.yaml'), mapping)
    await run(['import', 'orders', 'settled.csv', '--partner', 'acme'], { cwd })
    return (await run(['orders', 'show', '1'], { cwd })).stdout
  }
  const wrong =
    'read as settled (已结算), paid 20.00, commission 2.00 at 10 %   settled.csv:2\n    holds no longer since 2026-11-25 12:00: its file was read again by another mapping\n'
  expect(
    await again(
      PARTNER.replace('commission: { amount: commission', 'commission: { amount: paid').replace(/ +commissionRate.*\n/, ''),
    ),
  ).toContain(wrong)
  expect(await again(PARTNER)).toContain(
    `${wrong}    holds again since 2026-11-25 12:00: its file was read again by the mapping that gave it\n`,
  )
})

it('orders show still tells an order that was taken back by hand, with the notes', async () => {
  const cwd = await shop()
  const hand = (...args: string[]) => run(['orders', ...args, '--proof', 'pay.csv'], { cwd })
  await hand('add', 'acme:8', '--paid', '9.00', '--rate', '10%', '--ordered', '2026-10-01', '--note', 'the buyer sent a picture')
  await hand('remove', 'acme:8')
  const { stdout } = await run(['orders', 'show', '8'], { cwd })
  expect(stdout).toMatch(
    /^acme:8 holds no longer\n {2}2026-11-25 12:00 recorded by hand as paid, paid 9\.00, commission 0\.90 at 10 % {3}(proofs\/\S+\.csv):1\n {4}note: the buyer sent a picture\n {4}holds no longer since 2026-11-25 12:00: taken back by hand {3}\1\n/,
  )
  const { lines, removed } = JSON.parse((await run(['orders', 'show', '8', '--json'], { cwd })).stdout)
  expect([lines, removed]).toMatchObject([
    [],
    [{ lineId: '', states: [{ holds: false, rulings: [{ holds: true }, { holds: false }] }] }],
  ])
})
