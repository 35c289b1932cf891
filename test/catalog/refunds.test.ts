import { describe, expect, it } from 'vitest'
import { amount } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { noticesOf, orphans } from '../../src/store/notices.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { ACME, csv, session, told } from './session.ts'

const ORDERS = csv(
  'order,line,sku,paid,commission,status,ordered,settled',
  '1,a,S1,20.00,2.00,settled,2026-08-30,2026-09-10',
  '1,b,S2,30.00,3.00,settled,2026-08-30,2026-09-10',
  '2,a,S1,20.00,2.00,settled,2026-08-30,2026-09-10',
)
const HEADER = 'order,line,sku,notice,back,taken,status,at'
const notices = (...lines: string[]) => csv(HEADER, ...lines)
const PART = notices('1,a,,r1,5.00,0.50,taken,2026-10-02')
const present = (db: ReturnType<typeof session>['db']) =>
  [...ordersByKey(db, 'acme')].map(
    ({ orderId, lineId, status, commission, refundAmount, origin }) =>
      `${orderId} ${lineId} ${status} ${commission} ${refundAmount} ${origin.file}`,
  )
const WHOLE = ['1 a settled 200 500 orders.csv', '1 b settled 300 null orders.csv', '2 a settled 200 null orders.csv']

describe('refund notices', () => {
  it.each([
    ['after', ['orders', 'refunds']],
    ['before', ['refunds', 'orders']],
  ] as const)('that come %s the order stand beside what it says itself', async (_, kinds) => {
    const { importing, db, content } = session()
    const files = { orders: ORDERS, refunds: PART }
    for (const kind of kinds) await importing(kind, files[kind])
    expect(present(db)).toEqual(WHOLE)
    expect(noticesOf(db, 'acme', '1')).toMatchObject([
      {
        refundId: 'r1',
        refundAmount: 500,
        commission: 50,
        status: 'taken',
        counts: true,
        origin: { file: 'refunds.csv', line: 2 },
      },
    ])
    const before = content()
    for (const kind of kinds) expect((await importing(kind, files[kind])).status).toBe('unchanged')
    expect(content()).toEqual(before)
    expect(verifyJournal(db, [], () => {}).broken).toBeNull()
  })

  it('stay when the order is read anew, and give way to a larger refund that it states itself', async () => {
    const { importing, db } = session()
    await importing('orders', ORDERS)
    await importing('refunds', PART)
    const states = { ...ACME.feeds.orders.fields, refundAmount: amount('refund', 'major', { optional: true }) }
    const partner: Partner = { ...ACME, feeds: { orders: { ...ACME.feeds.orders, fields: states } } }
    const later = (refund: string) =>
      csv(
        'order,line,sku,paid,commission,status,ordered,settled,modified,refund',
        `1,a,S1,20.00,2.10,settled,2026-08-30,2026-09-10,2026-10-0${refund.length + 1},${refund}`,
      )
    expect(told(await importing('orders', { 'later.csv': later('') }, { partner }))).toBe('applied: 1 read, 1 changed')
    expect(present(db)[0]).toBe('1 a settled 210 500 later.csv')
    await importing('orders', { 'latest.csv': later('8.00') }, { partner })
    expect(present(db)[0]).toBe('1 a settled 210 800 latest.csv')
  })

  it.each<[string, string[], string]>([
    ['two notices add up', ['1,a,,r1,5.00,0.50,taken,2026-10-02', '1,a,,r2,3.00,0.30,due,2026-10-03'], '1 a settled 200 800'],
    [
      'of one notice the newest reading counts',
      ['1,a,,r1,5.00,0.50,due,2026-10-02', '1,a,,r1,6.00,0.60,taken,2026-10-03'],
      '1 a settled 200 600',
    ],
    ['what is only asked for does not count', ['1,a,,r1,5.00,0.50,open,2026-10-02'], '1 a settled 200 null'],
    [
      'what was refused does not count',
      ['1,a,,r1,5.00,0.50,due,2026-10-02', '1,a,,r1,5.00,0.50,dropped,2026-10-03'],
      '1 a settled 200 null',
    ],
    ['all given back is refunded', ['1,a,,r1,20.00,2.00,taken,2026-10-02'], '1 a refunded 200 2000'],
    ['the goods tell the line', ['1,,S1,r1,5.00,0.50,taken,2026-10-02'], '1 a settled 200 500'],
  ])('%s', async (_, lines, expected) => {
    const { importing, db } = session()
    await importing('orders', ORDERS)
    await importing('refunds', notices(...lines))
    expect(present(db)[0]).toBe(`${expected} orders.csv`)
    expect(present(db).slice(1)).toEqual(WHOLE.slice(1))
    expect(verifyJournal(db, [], () => {}).broken).toBeNull()
  })

  it('that name no known line, or cannot tell which, wait for it', async () => {
    const { importing, db } = session()
    await importing('orders', ORDERS)
    const given = notices(
      '9,,,r1,5.00,0.50,taken,2026-10-02',
      '1,c,,r2,5.00,0.50,taken,2026-10-02',
      '1,,,r3,5.00,0.50,taken,2026-10-02',
      '2,,,r4,5.00,0.50,taken,2026-10-02',
      '2,,S9,r5,5.00,0.50,taken,2026-10-02',
      '9,,,r6,5.00,0.50,dropped,2026-10-02',
    )
    expect(told(await importing('refunds', given))).toBe('applied: 6 read, 6 added')
    expect(orphans(db, 'acme').map(({ refundId }) => refundId)).toEqual(['r2', 'r3', 'r5', 'r1'])
    expect(present(db)).toEqual(['1 a settled 200 null orders.csv', WHOLE[1], '2 a settled 200 500 orders.csv'])
    await importing('orders', {
      'nine.csv': csv('order,line,sku,paid,commission,status,ordered', '9,a,S1,20.00,2.00,settled,2026-08-30'),
    })
    expect(orphans(db, 'acme').map(({ refundId }) => refundId)).toEqual(['r2', 'r3', 'r5'])
    expect(present(db)[3]).toBe('9 a settled 200 500 nine.csv')
  })

  it('in another currency than the order do not count', async () => {
    const { importing, db } = session()
    await importing('orders', ORDERS)
    await importing('refunds', csv(`${HEADER},currency`, '1,a,,r1,5.00,0.50,taken,2026-10-02,USD'))
    expect(present(db)[0]).toBe('1 a settled 200 null orders.csv')
  })

  it('read again by a corrected mapping are replaced', async () => {
    const { importing, db } = session()
    const wrong: Partner = {
      ...ACME,
      feeds: {
        refunds: { ...ACME.feeds.refunds, fields: { ...ACME.feeds.refunds.fields, refundAmount: amount('taken', 'major') } },
      },
    }
    await importing('orders', ORDERS)
    await importing('refunds', PART, { partner: wrong })
    expect(present(db)[0]).toBe('1 a settled 200 50 orders.csv')
    expect(told(await importing('refunds', PART))).toBe('applied: 1 read, 1 added')
    expect(present(db)).toEqual(WHOLE)
  })

  it('most of them unusable: the file is refused', async () => {
    const { importing } = session()
    const { error } = await importing('refunds', PART.replace('taken,2026', '成功,2026'))
    expect(error).toMatch(/^1 of 1 rows are not usable, expected at most \d.*status: status: "成功" is not a known word/)
  })
})
