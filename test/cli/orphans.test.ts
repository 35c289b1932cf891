import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ACME, run, workspaceWith } from './shoptool.ts'

const FIELDS = `
      orderId: { text: order }
      lineId: { text: line, optional: true }`
const PARTNER = `${ACME}  orders:
    format: { type: csv }
    entries: { of: rows, id: [row] }
    fields:${FIELDS}
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { ok: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
  refunds:
    format: { type: csv }
    fields:${FIELDS}
      currency: { text: currency, optional: true }
      refundAmount: { amount: back, unit: yuan }
      commission: { amount: taken, unit: yuan, optional: true }
      status: { oneOf: status, words: { 维权成功: taken, 维权失败: dropped } }
      refundedAt: { instant: at, pattern: yyyy-MM-dd }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order, optional: true }
      amount: { amount: amount, unit: yuan }
      kind: { oneOf: kind, words: { 佣金: commission, 扣回: clawback, 服务费: fee } }
      paidAt: { day: day, pattern: yyyy-MM-dd }
`
const ORDERS = 'row,order,paid,commission,status,ordered\n'

async function shop() {
  const cwd = workspaceWith('', {
    'partners/acme.yaml': PARTNER,
    'orders.csv': `${ORDERS}r1,1,20.00,2.00,ok,2026-10-01\nr2,1,-5.00,-0.50,ok,2026-10-04\nr3,2,-8.00,-0.80,ok,2026-10-05\n`,
    'back.csv':
      'order,back,taken,status,at\n1,4.00,0.40,维权成功,2026-11-01\n9,3.00,,维权成功,2026-11-02\n6,1.00,,维权失败,2026-11-02\n8,6.00,0.60,维权成功,2026-11-03\n',
    'pay.csv':
      'order,amount,kind,day\n1,-0.50,扣回,2026-11-20\n7,-1.10,扣回,2026-11-20\n7,1.10,佣金,2026-11-20\n,-0.20,佣金,2026-11-20\n,-3.00,服务费,2026-11-20\n',
    'sale.csv': `${ORDERS}r0,2,8.00,0.80,ok,2026-10-02\nr9,9,30.00,3.00,ok,2026-10-02\nr8,8,6.00,0.60,ok,2026-10-02\nr7,7,11.00,1.10,ok,2026-10-02\n`,
  })
  const imported = (kind: string, name: string) => run(['import', kind, name, '--partner', 'acme'], { cwd })
  await imported('orders', 'orders.csv')
  await imported('refunds', 'back.csv')
  await imported('payouts', 'pay.csv')
  return { cwd, imported }
}

it('a refund in another currency than its order is none of it, and one of more than was paid takes all and says so', async () => {
  const { cwd, imported } = await shop()
  const row = (back: string, currency: string) => `order,back,currency,status,at\n1,${back},${currency},维权成功,2026-11-05\n`
  writeFileSync(join(cwd, 'usd.csv'), row('5.00', 'USD'))
  await imported('refunds', 'usd.csv')
  expect((await run(['orders', 'orphans'], { cwd })).stdout).toContain(
    'acme:1\trefund 1 taken\t2026-11-05\t5.00\t\tUSD\tusd.csv:2\n',
  )
  writeFileSync(join(cwd, 'more.csv'), row('50.00', 'CNY').replace('-05', '-06'))
  await imported('refunds', 'more.csv')
  const { stdout } = await run(['orders', 'show', '1'], { cwd })
  expect(stdout).toContain('50.00 CNY given back, more than the 15.00 paid, 1.50 of the commission   more.csv:2\n')
})

it('orders orphans lists what was taken back of orders that are not on file, with sums, until they come', async () => {
  const { cwd, imported } = await shop()
  const { code, stdout, stderr } = await run(['orders', 'orphans'], { cwd })
  expect([code, stdout.split('\n')]).toEqual([
    5,
    [
      'acme:8\trefund 8 taken\t2026-11-03\t6.00\t0.60\tCNY\tback.csv:5',
      'acme:9\trefund 9 taken\t2026-11-02\t3.00\t\tCNY\tback.csv:3',
      'acme:no number\tcommission of statement pay\t2026-11-20\t\t0.20\tCNY\tpay.csv:5',
      'acme:7\tclawback of statement pay\t2026-11-20\t\t1.10\tCNY\tpay.csv:3',
      'acme:2\torder line (ok)\t2026-10-05\t8.00\t0.80\tCNY\torders.csv:4',
      '',
      'acme\trefund\t2\t9.00\t0.60\tCNY',
      'acme\tpayout\t2\t\t1.30\tCNY',
      'acme\torder line\t1\t8.00\t0.80\tCNY',
      '',
    ],
  ])
  expect(stderr).toBe(
    'Import the orders that they name; where an order has several lines and a notice does not say which, ask the partner.\n',
  )
  const found = JSON.parse((await run(['orders', 'orphans', '--json', '--limit', '1'], { cwd })).stdout)
  expect(found).toMatchObject({
    schema: 'shoptool.orders-orphans.v1',
    sums: [
      { partner: 'acme', kind: 'refund', currency: 'CNY', count: 2, refundAmount: '9.00', commission: '0.60', unstated: 1 },
      { kind: 'payout', count: 2, refundAmount: null, commission: '1.30', unstated: 0 },
      { kind: 'order line', count: 1, refundAmount: '8.00', commission: '0.80' },
    ],
    refunds: [{ partner: 'acme', orderId: '8', refundAmount: '6.00', commission: '0.60', isPlaced: false, source: { line: 5 } }],
    payouts: [{ partner: 'acme', orderId: null, amount: '-0.20', source: { file: 'pay.csv', line: 5 } }],
    orderLines: [{ orderId: '2', commission: '-0.80' }],
  })
  expect((await run(['orders', 'orphans', '--limit', '1'], { cwd })).stderr).toContain('There are more: --limit 2\n')

  await imported('orders', 'sale.csv')
  expect((await run(['orders', 'orphans'], { cwd })).stdout).toMatch(/^acme:no number\t.*\n\nacme\tpayout\t1\t\t0.20\tCNY\n$/)
  expect(await run(['orders', 'orphans', '--partner', 'taobao'], { cwd })).toEqual({
    ...{ code: 0, stdout: '', stderr: 'Everything that was taken back has its order.\n' },
  })
})
