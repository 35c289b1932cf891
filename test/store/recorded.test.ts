import { describe, expect, it } from 'vitest'
import { ordersByKey } from '../../src/store/orders.ts'
import { linesByKey } from '../../src/store/payouts.ts'
import { hasMost } from '../../src/store/recorded.ts'
import { ACME, csv, session } from '../catalog/session.ts'

describe('records by number', () => {
  it('are the same whether read as they lie and sorted, or by the index', async () => {
    const { db, importing } = session()
    // each number twice, from the last to the first
    const numbers = (count: number) => Array.from({ length: 2 * count }, (_, i) => [String(1000 + count - (i >> 1)), `${i % 2}`])
    const load = async (id: string, count: number) => {
      const settings = { partner: { ...ACME, id } }
      const orders = numbers(count).map(([order, line]) => `${order},${line},S1,20.00,2.00,paid,2026-08-30`)
      const lines = numbers(count).map(([order, line]) => `P,${order},commission,0.0${line},2026-11-20`)
      await importing('orders', csv('order,line,sku,paid,commission,status,ordered', ...orders), settings)
      await importing('payouts', csv('statement,order,kind,amount,day', ...lines, `P,,bonus,1.00,2026-11-20`), settings)
    }
    await load('acme', 5)
    await load('big', 60)
    for (const [partner, count] of Object.entries({ acme: 5, big: 60 })) {
      for (const table of ['order_line', 'payout_line'] as const) expect(hasMost(db, table, partner)).toBe(partner === 'big')
      const sorted = numbers(count).sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0))
      expect([...ordersByKey(db, partner)].map(({ orderId, lineId }) => [orderId, lineId])).toEqual(sorted)
      const lines = [...linesByKey(db, partner, '2026-11-30')].map(({ orderId, amount }) => [orderId, `${amount}`])
      expect(lines).toEqual([[null, '100'], ...sorted])
      expect([...linesByKey(db, partner, '2026-11-19')]).toEqual([])
    }
  })

  it('no partner has most of an empty table', () => {
    expect(hasMost(session().db, 'payout_line', 'acme')).toBe(false)
  })
})
