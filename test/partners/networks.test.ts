import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formatAmount } from '../../src/money.ts'
import { BUILT_IN } from '../../src/partners/index.ts'
import { type Partner, paidOn, preferring } from '../../src/partners/partner.ts'
import { settle } from '../../src/settle/ledger.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { session, told } from '../catalog/session.ts'

// Files in the shape of the networks', with the sums that they must come to; they stay beside the project.
const samples = fileURLToPath(new URL('../../../shared/samples', import.meta.url))
const named = (id: string): Partner => BUILT_IN.find((partner) => partner.id === id)!

/** What is on file after reading one sample: each line's status and commission by order and line, and the run in a line. */
async function lines(id: string, sample: string, partner = named(id)) {
  const { importing, db } = session()
  const result = await importing('orders', { [sample]: readFileSync(join(samples, sample)) }, { partner })
  const found = [...ordersByKey(db, id)]
  return {
    run: told(result),
    lines: found.map((order) =>
      [order.orderId, order.lineId, order.status, formatAmount(order.commission, order.currency)].filter(Boolean).join(' '),
    ),
    /** Σ commission of the lines of a status. */
    sum: (...statuses: string[]) =>
      formatAmount(
        found.filter(({ status }) => statuses.includes(status)).reduce((all, { commission }) => all + commission, 0),
        'USD',
      ),
  }
}

describe.skipIf(!existsSync(samples))(`samples of the networks (skipped where ${samples} is not there)`, () => {
  it('CJ: a correction nets its action to 0, a bonus needs no order, an extended one is pending', async () => {
    const { run, lines: found, sum } = await lines('cj', 'statement-shapes/cj-commissions.csv')
    expect(run).toBe('applied: 5 read, 5 added')
    expect(found).toEqual([
      '200000004 200000004 verified 25.00',
      'A-1001 200000001 verified 6.00',
      'A-1002 200000002 refunded 0.00',
      'A-1003 200000003 paid 2.28',
    ])
    expect([sum('verified'), sum('paid')]).toEqual(['31.00', '2.28'])
  })

  it('Rakuten: a return nets its sale to 0; a double is counted twice until one way is preferred', async () => {
    const file = 'statement-shapes/rakuten-events.csv'
    expect((await lines('rakuten', file)).lines).toEqual([
      'B-2001 40001/SKU-9 refunded 0.00',
      'B-2002 40002/SKU-8 received 3.60',
      'B-2003 40003/SKU-7 received 0.00',
    ])
    expect((await lines('rakuten', file, preferring(named('rakuten'), 'batch', '--prefer'))).lines).toEqual([
      'B-2001 40001/SKU-9 refunded 0.00',
      'B-2002 40002/SKU-8 received 1.80',
      'B-2003 40003/SKU-7 received 0.00',
    ])
  })

  it('Awin: what is declined keeps its amount and counts nowhere, what is paid is known', async () => {
    const { run, sum } = await lines('awin', 'statement-shapes/awin-transactions.csv')
    expect(run).toBe('applied: 5 read, 5 added')
    // approved 5.00 + 3.00 + 20.00, of which 25.00 are paid
    expect([sum('verified', 'settled'), sum('settled'), sum('invalid'), sum('paid')]).toEqual(['28.00', '25.00', '2.00', '4.00'])
  })

  it('Awin: a payment pays what the transactions say is paid', async () => {
    const file = 'statement-shapes/awin-payment-3330001.csv'
    const { importing, query } = session()
    const given = { [file]: readFileSync(join(samples, file)) }
    const without = await importing('payouts', given, { partner: named('awin') })
    expect(without.error).toContain('line 2, paidAt: the file does not say when it was paid: import it with --paid-at 2026-10-20')
    expect(told(await importing('payouts', given, { partner: paidOn(named('awin'), '2026-08-15') }))).toBe(
      'applied: 2 read, 2 added',
    )
    expect(query('SELECT statement_id, order_id, amount, paid_at FROM payouts')).toEqual([
      ['awin-payment-3330001', '700000001', 500, '2026-08-15'],
      ['awin-payment-3330001', '700000005', 2000, '2026-08-15'],
    ])
  })

  it('eBay and Impact: deltas are added up, what they came to never', async () => {
    expect((await lines('ebay', 'statement-shapes/epn-tdr.csv')).lines).toEqual(['80000001 refunded 0.00', '80000002 paid 0.60'])
    expect((await lines('impact', 'statement-shapes/impact-action-updates.csv')).lines).toEqual([
      '1000.4636.158133 verified 6.00',
    ])
  })

  it('ShareASale: voided, locked and paid are told by columns', async () => {
    const { sum } = await lines('shareasale', 'statement-shapes/shareasale-activity.psv')
    expect([sum('settled'), sum('invalid'), sum('paid')]).toEqual(['2.72', '4.16', '1.60'])
  })

  it('Amazon: two sales alike are two, a return is a line of its own, totals are no sales', async () => {
    const { run, lines: found, sum } = await lines('amazon', 'amazon-reports/fee-earnings-en.csv')
    expect(run).toBe('applied: 4 read, 4 added')
    expect(found).toEqual([
      'shop-20 B000TEST01/2026-08-03 verified 4.50',
      'shop-20 B000TEST02/2026-08-05 verified -20.00',
      'shop-21 B000TEST03/2026-08-09 verified 56.27',
    ])
    expect(sum('verified')).toBe('40.77')
  })

  it('Amazon: other languages and other reports', async () => {
    expect((await lines('amazon', 'amazon-reports/fee-earnings-es.csv')).sum('verified')).toBe('36.27')
    expect((await lines('amazon', 'amazon-reports/fee-orders-en.csv')).lines).toEqual([
      'shop-20 B000TEST01/2026-08-01/Text paid 0.00',
      'shop-21 B000TEST03/2026-08-07/Text paid 0.00',
    ])
    expect((await lines('amazon', 'amazon-reports/bounty-en.csv')).sum('verified')).toBe('3.00')
  })
})

it('a correction after the payment is a clawback of just what the row takes back, and every sum ties out', async () => {
  const cj = named('cj')
  const fixture = (name: string) => readFileSync(fileURLToPath(new URL(`cj/${name}`, import.meta.url)))
  const { importing, db } = session()
  await importing('orders', { 'orders.csv': fixture('orders.csv') }, { partner: cj })
  await importing('payouts', { 'september.csv': fixture('payouts.csv') }, { partner: cj })
  const october = 'paymentId,paymentDate,actionType,orderId,originalActionId,pubCommissionAmountPubCurrency\n'
  const row = 'PAY-8,28-Oct-2026 09:00,item_sale,K-2,510002,-1.00\n'
  await importing('payouts', { 'october.csv': october + row }, { partner: cj })
  const { partners, findings } = settle(db, [cj], '2026-10', { folder: null })
  expect(partners).toMatchObject([{ expected: '-1.00', paid: '-1.00', difference: '0.00' }])
  expect(findings.map(({ class: name, orderId, difference }) => [name, orderId, difference])).toEqual([
    ['clawback', 'K-2', '0.00'],
  ])
})

it('Amazon is settled by tracking id: sales and returns of a month against one payment', async () => {
  const amazon = named('amazon')
  const fixture = (name: string) => readFileSync(fileURLToPath(new URL(`amazon/${name}`, import.meta.url)))
  const { importing, db } = session()
  for (const name of ['orders.earnings.csv', 'orders.bounty.csv', 'orders.placed.csv'])
    await importing('orders', { [name]: fixture(name) }, { partner: amazon })
  await importing('payouts', { 'payouts.csv': fixture('payouts.csv') }, { partner: amazon })
  const [settlement] = settle(db, [amazon], '2026-11', { folder: null }).partners
  // 3.60 of sales and 6.00 of bounties less a return of 60.00; carried forward until later commission has made up for it
  expect(settlement).toMatchObject({ expected: '-50.40', paid: '0.00' })
  expect(settlement!.classes.matched).toMatchObject({ expected: '-50.40', paid: '-50.40', difference: '0.00' })
})
