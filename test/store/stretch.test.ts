import { describe, expect, it } from 'vitest'
import { ordersByKey } from '../../src/store/orders.ts'
import { linesByKey } from '../../src/store/payouts.ts'
import { stretchesOf } from '../../src/store/stretch.ts'
import { csv, session } from '../catalog/session.ts'

const WHOLE = [{ from: null, before: null }]
const orders = (count: number) =>
  csv(
    'order,line,sku,paid,commission,status,ordered',
    // two lines each, from the last number to the first
    ...Array.from({ length: count }, (_, i) => `${10_000 + count - (i >> 1)},${i % 2},S1,20.00,2.00,paid,2026-08-30`),
  )
const payouts = (...lines: string[]) => csv('statement,order,kind,amount,day,transaction', ...lines)

describe('stretches of order numbers', () => {
  it('hold every order number and payout line once, in as many lines each', async () => {
    const { db, importing } = session()
    await importing('orders', orders(3000))
    await importing(
      'payouts',
      payouts('P,,bonus,1.00,2026-11-20,', 'P,12000,commission,2.00,2026-11-20,', 'P,9,commission,3.00,2026-11-20,'),
    )
    for (const most of [1, 2, 3, 7]) {
      const stretches = stretchesOf(db, 'acme', most, 100)
      expect(stretches).toHaveLength(most)
      const parts = stretches.map((stretch) => [...ordersByKey(db, 'acme', undefined, stretch)])
      expect(parts.flat()).toEqual([...ordersByKey(db, 'acme')])
      for (const part of parts) expect(Math.abs(part.length - 3000 / most)).toBeLessThan(10)
      const lines = stretches.flatMap((stretch) => [...linesByKey(db, 'acme', '2026-11-30', undefined, stretch)])
      expect(lines).toEqual([...linesByKey(db, 'acme', '2026-11-30')])
      expect(lines).toHaveLength(3)
    }
  })

  it('are not smaller than it is worth, and one where there are no orders', async () => {
    const { db, importing } = session()
    expect(stretchesOf(db, 'acme', 4, 100)).toEqual(WHOLE)
    await importing('orders', orders(250))
    expect(stretchesOf(db, 'acme', 4, 100)).toHaveLength(2)
    expect(stretchesOf(db, 'acme', 4, 200)).toEqual(WHOLE)
    expect(stretchesOf(db, 'other', 4, 1)).toEqual(WHOLE)
  })

  it('are one where an order number has most of the lines', async () => {
    const { db, importing } = session()
    const lines = Array.from({ length: 200 }, (_, i) => `1,${i},S1,20.00,2.00,paid,2026-08-30`)
    await importing('orders', csv('order,line,sku,paid,commission,status,ordered', ...lines))
    const stretches = stretchesOf(db, 'acme', 2, 10)
    expect(stretches.flatMap((stretch) => [...ordersByKey(db, 'acme', undefined, stretch)])).toHaveLength(200)
  })

  it.each([
    ['a payout line that names a sale', 'P,,commission,2.00,2026-11-20,t1'],
    ['a payout line for several orders', 'P,10210 10390,commission,4.00,2026-11-20,'],
  ])('are one with %s', async (_, line) => {
    const { db, importing } = session()
    await importing('orders', orders(400))
    expect(stretchesOf(db, 'acme', 2, 10)).toHaveLength(2)
    await importing('payouts', payouts(line))
    expect(stretchesOf(db, 'acme', 2, 10)).toEqual(WHOLE)
  })
})
