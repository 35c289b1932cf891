import fc from 'fast-check'
import { expect, it } from 'vitest'
import { amount, none } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { BY_HAND, linesByHand, recordByHand, removeByHand } from '../../src/store/hand.ts'
import { orderStates } from '../../src/store/history.ts'
import { type Position, positionOf } from '../../src/store/journal.ts'
import type { Database } from '../../src/store/open.ts'
import { ordersById, ordersByKey } from '../../src/store/orders.ts'
import { linesByKey, statementsOf } from '../../src/store/payouts.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { ACME, csv, session, told } from './session.ts'

const HEADER = 'order,line,sku,paid,commission,net,status,ordered,modified'
const PAYOUTS = 'statement,order,kind,amount,day'

/** The partner with commission read from another column, or its lines told apart by their goods. */
const orders = (changes: Partial<typeof ACME.feeds.orders.fields>): Partner => ({
  ...ACME,
  feeds: { ...ACME.feeds, orders: { ...ACME.feeds.orders, fields: { ...ACME.feeds.orders.fields, ...changes } } },
})
const inMinor: Partner = {
  ...ACME,
  feeds: { payouts: { ...ACME.feeds.payouts, fields: { ...ACME.feeds.payouts.fields, amount: amount('amount', 'minor') } } },
}
const adding = (of: 'rows' | 'deltas'): Partner => ({
  ...ACME,
  feeds: { ...ACME.feeds, orders: { ...ACME.feeds.orders, entries: { of } } },
})
const IN_PLACE = { acme: ACME, net: orders({ commission: amount('net', 'major') }), goods: orders({ lineId: none }) }
const READERS = { 'in place': IN_PLACE, 'by further rows': { acme: adding('rows'), net: adding('deltas'), goods: ACME } }

const seen = (db: Database, asOf?: Position) => ({
  orders: [...ordersByKey(db, 'acme', asOf)],
  lines: [...linesByKey(db, 'acme', '9999-12-31', asOf)],
  statements: statementsOf(db, 'acme', '2026-11', asOf),
})

/** Records an order line by hand, or takes back what stands by hand of its order. */
function byHand(db: Database, orderId: string, lineId: string): void {
  const proof = { name: 'proofs/1.png', sha256: '0'.repeat(64), bytes: 1 }
  const given = { partner: 'acme', at: '2026-11-25T12:00:00+08:00', note: '', proof }
  const own = linesByHand(db, 'acme', orderId)
  if (own.length > 0) removeByHand(db, given, own)
  else if (ordersById(db, 'acme', orderId).length === 0)
    recordByHand(db, given, {
      ...{ orderId, lineId, sku: null, title: null, quantity: null, currency: 'CNY', paidAmount: 2000, commissionRate: null },
      ...{ commission: 200, status: 'paid', rawStatus: BY_HAND, orderedAt: '2026-09-01T00:00:00+08:00', paidAt: null },
      ...{ receivedAt: null, verifiedAt: null, settledAt: null, modifiedAt: null, refundAmount: null, serviceFee: null },
      ...{ subsidy: null, trackingId: null, subId: null, transactionId: null, dueAt: null },
    })
}

it('what was known after any run can be told again later, whatever came since', { timeout: 60_000 }, async () => {
  const row = fc
    .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('a', 'b'), fc.constantFrom('paid', 'settled', 'refunded'), fc.nat(3))
    .map(([order, line, status, day]) => `${order},${line},${line},20.00,2.00,1.50,${status},2026-09-01,2026-09-0${day + 1}`)
  const file = fc.uniqueArray(row, { minLength: 1, maxLength: 4, selector: (line) => line.slice(0, 3) })
  const step = fc.oneof(
    fc.record({ kind: fc.constant('orders' as const), file: fc.nat(2), by: fc.constantFrom('acme', 'net', 'goods') }),
    fc.record({ kind: fc.constant('payouts' as const), file: fc.nat(1), by: fc.constantFrom('acme', 'minor') }),
    fc.record({ kind: fc.constant('refunds' as const), file: fc.nat(1), by: fc.constantFrom('acme') }),
    fc.record({ kind: fc.constant('hand' as const), file: fc.nat(2), by: fc.constantFrom('', 'a') }),
  )
  const corrected = fc.constantFrom(...(['in place', 'by further rows'] as const))
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 3, maxLength: 3 }),
      fc.array(step, { minLength: 2, maxLength: 7 }),
      corrected,
      async (files, steps, corrects) => {
        const { importing, db, close } = session()
        const known: [Position, ReturnType<typeof seen>][] = [[0, seen(db)]]
        for (const { kind, file: n, by: name } of steps) {
          if (kind === 'hand') byHand(db, `${n + 1}`, name)
          else if (kind === 'payouts') {
            const lines = csv(PAYOUTS, `N${n},1,commission,${n + 2},2026-11-20`, `N${n},2,commission,1,2026-11-20`)
            await importing(kind, { [`${n}.csv`]: lines }, { partner: name === 'minor' ? inMinor : ACME })
          } else
            await importing(
              kind,
              { [`${n}.csv`]: csv(HEADER, ...files[n]!) },
              { partner: READERS[corrects][name as keyof typeof IN_PLACE] },
            )
          known.push([positionOf(db), seen(db)])
        }
        for (const [position, then] of known) expect(seen(db, position)).toEqual(then)
        expect(verifyJournal(db, [], () => {}).broken).toBeNull()
        close()
      },
    ),
    { numRuns: 12 },
  )
})

it('a mapping that is taken back makes hold again what it gave, and no fact is ever removed', async () => {
  const { importing, db, query } = session()
  const file = { 'a.csv': csv(HEADER, '1,a,S,20.00,2.00,1.50,paid,2026-09-01,') }
  const commissions = () => [...ordersByKey(db, 'acme')].map(({ commission }) => commission)
  await importing('orders', file)
  expect(told(await importing('orders', file, { partner: IN_PLACE.net }))).toBe('applied: 1 read, 1 changed')
  expect(commissions()).toEqual([150])
  expect(told(await importing('orders', file))).toBe('applied: 1 read, 1 changed')
  expect(commissions()).toEqual([200])
  expect(orderStates(db, 'acme', '1')).toHaveLength(1)
  expect(query('SELECT count(*) FROM order_state')).toEqual([[2]])
  expect(query('SELECT row, holds, reason FROM ruling')).toEqual([
    [1, 0, 'its file was read again by another mapping'],
    [2, 0, 'its file was read again by another mapping'],
    [1, 1, 'its file was read again by the mapping that gave it'],
  ])
})

it('a statement read again by a corrected mapping stands beside the one that holds', async () => {
  const { importing, db, query } = session()
  const file = { 'a.csv': csv(PAYOUTS, 'N1,1,commission,20,2026-11-20') }
  await importing('payouts', file, { partner: inMinor })
  const before = positionOf(db)
  await importing('payouts', file)
  expect(query('SELECT total FROM statement')).toEqual([[20], [2000]])
  expect(query('SELECT statement_id, amount FROM payouts')).toEqual([['N1', 2000]])
  expect(statementsOf(db, 'acme', '2026-11')).toMatchObject([{ total: 2000 }])
  expect(statementsOf(db, 'acme', '2026-11', before)).toMatchObject([{ total: 20 }])
  expect(told(await importing('payouts', file, { partner: inMinor }))).toBe('applied: 1 read, 1 changed')
  expect([...linesByKey(db, 'acme', '9999-12-31')].map(({ amount }) => amount)).toEqual([20])
})
