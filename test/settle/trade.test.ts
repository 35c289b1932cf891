import { describe, expect, it } from 'vitest'
import { rate } from '../../src/feeds/field.ts'
import { parseJson } from '../../src/feeds/formats/json.ts'
import { jd } from '../../src/partners/jd.ts'
import { jdOrders } from '../../src/partners/jd-api.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { pdd } from '../../src/partners/pdd.ts'
import { closeMonth } from '../../src/settle/close.ts'
import { settle } from '../../src/settle/ledger.ts'
import { ordersByKey } from '../../src/store/orders.ts'
import { ACME, csv, session } from '../catalog/session.ts'

// What happens to orders in the trade, from the partner's files to the settlement of each month.

const CALENDAR: Partner['calendar'] = { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 }
const { orders, payouts } = ACME.feeds
/** The invented network with rates, line numbers in its payouts and a calendar; `entries`: each row counts on its own. */
const acme = (entries = false): Partner => ({
  ...ACME,
  calendar: CALENDAR,
  feeds: {
    ...ACME.feeds,
    orders: {
      ...orders,
      fields: { ...orders.fields, commissionRate: rate('rate', 'percent', { optional: true }) },
      ...(entries && { entries: { of: 'rows' as const } }),
    },
    payouts: { ...payouts, fields: { ...payouts.fields, lineId: { kind: 'text', from: 'line', optional: true } } },
  },
})

/** A ledger of one partner; `month` gives the classes that have anything, and the findings. */
function shop(partner: Partner) {
  const { importing, db } = session()
  return {
    db,
    async reads(kind: 'orders' | 'payouts' | 'refunds', name: string, content: string) {
      const { status, error, rejected } = await importing(kind, { [name]: content }, { partner })
      expect([status, error, rejected]).toEqual(['applied', null, 0])
    },
    lines: () => [...ordersByKey(db, partner.id)],
    month(month: string) {
      const { partners, findings, adjustments } = settle(db, [partner], month, { folder: null })
      const classes = Object.entries(partners[0]?.classes ?? {}).filter(([, { count }]) => count > 0)
      return {
        classes: Object.fromEntries(
          classes.map(([name, { count, expected, paid }]) => [name, `${count}: ${expected} due, ${paid} paid`]),
        ),
        findings: findings.map(({ class: name, orderId, lineId, difference }) => ({ class: name, orderId, lineId, difference })),
        adjustments,
      }
    },
  }
}

describe('presale', () => {
  const row = (changes: object) => ({
    ...{ orderId: '3001', skuId: '77', skuName: '羽绒服', skuNum: 1, commissionRate: 8, orderTime: '2026-10-20 20:00:00' },
    ...{ estimateCosPrice: 400, estimateFee: 32, actualCosPrice: 0, actualFee: 0, validCode: 24, finishTime: '', payMonth: '0' },
    ...changes,
  })
  /** What reading the API leaves of an answer with this row. */
  const answered = (changes: object) => {
    const queryResult = JSON.stringify({ code: 200, data: [row(changes)], hasMore: false })
    const body = JSON.stringify({ jd_union_open_order_row_query_responce: { code: '0', queryResult } })
    const page = jdOrders.first(
      { credentials: {}, query: {} },
      { from: Date.parse('2026-11-11T00:00:00+08:00'), until: Date.parse('2026-11-11T00:30:00+08:00') },
    )
    const answer = jdOrders.read(parseJson(body), page)
    if (!('rows' in answer)) throw new Error(JSON.stringify(answer))
    return (answer.rows as unknown[]).map((each) => `${JSON.stringify(each)}\n`).join('')
  }

  it('is no order while only the deposit is paid, then one of deposit and balance, due when it is received', async () => {
    expect(answered({ validCode: 24, modifyTime: '2026-10-20 20:00:05' })).toBe('')
    const { reads, lines, month } = shop(jd)
    await reads('orders', 'balance.ndjson', answered({ validCode: 16, modifyTime: '2026-11-11 00:10:00' }))
    expect(lines()).toMatchObject([{ orderId: '3001', lineId: '77', status: 'paid', paidAmount: 40000, commission: 3200 }])
    expect(month('2026-12').classes).toEqual({ 'not-due': '1: 0.00 due, 0.00 paid' })
    const received = { validCode: 17, modifyTime: '2026-11-18 09:00:00', finishTime: '2026-11-18 09:00:00' }
    await reads('orders', 'received.ndjson', answered({ ...received, actualCosPrice: 390, actualFee: 31.2, payMonth: 20261220 }))
    expect(month('2026-12')).toMatchObject({
      classes: { missing: '1: 31.20 due, 0.00 paid' },
      findings: [{ orderId: '3001', difference: '-31.20' }],
    })
    await reads(
      'payouts',
      'jd.csv',
      '结算单号,订单号,子单号,商品ID,商品名称,类型,结算金额,结算日期\nJD1,3001,77,77,羽绒服,佣金,31.20,2026-12-20\n',
    )
    expect(month('2026-12').classes).toEqual({ matched: '1: 31.20 due, 31.20 paid' })
  })

  it('may come as a row for the deposit and one for the balance, which are paid as one line', async () => {
    const { reads, lines, month } = shop(acme(true))
    const header = 'order,line,sku,paid,commission,rate,status,ordered,settled'
    await reads('orders', 'balance.csv', csv(header, '1,a,S,350.00,35.00,10,settled,2026-10-01,2026-10-15'))
    await reads('orders', 'deposit.csv', csv(header, '1,a,S,50.00,5.00,10,settled,2026-09-20,2026-10-15'))
    expect(lines()).toMatchObject([{ paidAmount: 40000, commission: 4000, orderedAt: '2026-09-20T00:00:00+08:00' }])
    await reads('payouts', 'pay.csv', csv('statement,order,line,kind,amount,day', 'N1,1,a,commission,40.00,2026-11-20'))
    expect(month('2026-11')).toEqual({ classes: { matched: '1: 40.00 due, 40.00 paid' }, findings: [], adjustments: [] })
  })
})

describe('group orders', () => {
  const unix = (day: string) => Date.parse(`${day}T10:00:00+08:00`) / 1000
  const answer = (...orders: object[]) =>
    JSON.stringify({
      order_list_get_response: {
        order_list: orders.map((order) => ({
          ...{
            goods_sign: 'G1',
            goods_name: '抽纸',
            goods_quantity: 1,
            order_amount: 2490,
            promotion_rate: 200,
            promotion_amount: 498,
          },
          ...{ order_create_time: unix('2026-10-01'), order_pay_time: unix('2026-10-01'), ...order },
        })),
      },
    })
  const HEADER = '结算单号,订单编号,商品ID,商品名称,类型,结算金额(元),结算日期\n'

  it('earn nothing until the group is complete and the review passed, and nothing at all where it fails', async () => {
    const { reads, month, lines } = shop(pdd)
    const changed = { order_modify_at: unix('2026-10-01') }
    await reads(
      'orders',
      'a.json',
      answer({ order_sn: 'full', order_status: 0, ...changed }, { order_sn: 'failed', order_status: 0, ...changed }),
    )
    expect(month('2026-11').classes).toEqual({ 'not-due': '2: 0.00 due, 0.00 paid' })
    const formed = { order_sn: 'full', order_status: 1, order_group_success_time: unix('2026-10-02') }
    await reads(
      'orders',
      'b.json',
      answer(
        { ...formed, order_modify_at: unix('2026-10-02') },
        { order_sn: 'failed', order_status: 4, fail_reason: '拼团失败', order_modify_at: unix('2026-10-03') },
      ),
    )
    expect(lines().map(({ orderId, status }) => `${orderId} ${status}`)).toEqual(['failed invalid', 'full paid'])
    const verified = { ...formed, order_status: 3, order_receive_time: unix('2026-10-08'), order_verify_time: unix('2026-10-25') }
    await reads('orders', 'c.json', answer({ ...verified, order_modify_at: unix('2026-10-25') }))
    expect(month('2026-11').classes).toEqual({ missing: '1: 4.98 due, 0.00 paid', 'not-due': '1: 0.00 due, 0.00 paid' })
    await reads('payouts', 'pdd.csv', `${HEADER}DD1,full,G1,抽纸,佣金,4.98,2026-11-20\nDD1,failed,G1,抽纸,佣金,4.98,2026-11-20\n`)
    expect(month('2026-11')).toMatchObject({
      classes: { matched: '1: 4.98 due, 4.98 paid', 'refunded-but-paid': '1: 0.00 due, 4.98 paid' },
      findings: [{ class: 'refunded-but-paid', orderId: 'failed', difference: '4.98' }],
    })
  })
})

describe('gift lines at 0', () => {
  const header = 'order,line,sku,paid,commission,rate,status,ordered,settled'
  const ORDERS = csv(
    header,
    '1,a,S1,99.00,9.90,10,settled,2026-10-01,2026-10-10',
    '1,gift,S2,0.00,0.00,10,settled,2026-10-01,2026-10-10',
    '2,gift,S2,0.00,0.00,,settled,2026-10-01,2026-10-10',
  )
  const pays = (...lines: string[]) => csv('statement,order,line,kind,amount,day', ...lines)

  it.each([
    ['beside the goods', ['N1,1,a,commission,9.90,2026-11-20']],
    ['in one payout line without a line number', ['N1,1,,commission,9.90,2026-11-20']],
    ['with payout lines of their own', ['N1,1,a,commission,9.90,2026-11-20', 'N1,1,gift,commission,0.00,2026-11-20']],
  ])('are never missing: %s', async (_, lines) => {
    const { reads, month } = shop(acme())
    await reads('orders', 'orders.csv', ORDERS)
    await reads('payouts', 'pay.csv', pays(...lines))
    const { classes, findings } = month('2026-11')
    expect(findings).toEqual([])
    const counts = Object.values(classes)
      .map((text) => text.split(':')[0])
      .reduce((sum, count) => sum + Number(count), 0)
    expect([classes.matched, counts]).toEqual([expect.stringContaining('9.90 due, 9.90 paid'), 3])
  })

  it('paid for all the same are paid too much, and take no least fee', async () => {
    const fees: Partner['fees'] = [{ name: 'fee', of: 'commission', rate: 100_000, rounding: 'half-up', min: 50 }]
    const { reads, month } = shop({ ...acme(), fees })
    await reads('orders', 'orders.csv', ORDERS)
    await reads('payouts', 'pay.csv', pays('N1,1,a,commission,8.91,2026-11-20', 'N1,2,gift,commission,0.30,2026-11-20'))
    expect(month('2026-11')).toMatchObject({
      classes: { matched: expect.stringContaining('8.91 due, 8.91 paid') },
      findings: [{ class: 'over-paid', orderId: '2', lineId: 'gift', difference: '0.30' }],
    })
  })
})

describe('what is given back later points at its line and takes that line’s own rate', () => {
  const header = 'order,line,sku,paid,commission,rate,status,ordered,settled'
  const SALE = csv(
    header,
    '1,a,S1,20.00,2.00,10,settled,2026-09-01,2026-09-10',
    '1,b,S2,30.00,6.00,20,settled,2026-09-01,2026-09-10',
  )
  const PAID = csv(
    'statement,order,line,kind,amount,day',
    'N1,1,a,commission,2.00,2026-10-20',
    'N1,1,b,commission,6.00,2026-10-20',
  )
  const clawback = (amount: string) => csv('statement,order,line,kind,amount,day', `N2,1,b,clawback,${amount},2026-11-20`)
  // 7.00 of line b at 20 %
  const NOTICE = csv('order,line,sku,notice,back,taken,status,at', '1,b,,r1,7.00,1.40,taken,2026-11-02')
  const RETURN = csv(header, '1,b,S2,-7.00,-1.40,20,settled,2026-11-02,2026-11-02')

  const WAYS = [
    ['a refund notice', false, 'refunds', NOTICE, 'refund none → 30.00'],
    ['a negative row', true, 'orders', RETURN, 'commission 6.00 → 0.00, paid amount 30.00 → 0.00'],
  ] as const
  const sold = async (entries: boolean) => {
    const made = shop(acme(entries))
    await made.reads('orders', 'sale.csv', SALE)
    await made.reads('payouts', 'n1.csv', PAID)
    expect(made.month('2026-10').classes).toEqual({ matched: '2: 8.00 due, 8.00 paid' })
    return made
  }

  it.each(WAYS)('%s, and the right clawback', async (_, entries, kind, given) => {
    const { reads, month, lines } = await sold(entries)
    await reads(kind, 'back.csv', given)
    expect(lines()[0]).toMatchObject({
      lineId: 'a',
      paidAmount: 2000,
      commission: 200,
      commissionRate: 100_000,
      refundAmount: null,
    })
    expect(lines()[1]).toMatchObject({ lineId: 'b', commissionRate: 200_000 })
    await reads('payouts', 'n2.csv', clawback('-1.40'))
    expect(month('2026-11')).toEqual({
      classes: { clawback: '1: -1.40 due, -1.40 paid', 'not-due': expect.any(String) },
      ...{ findings: [expect.objectContaining({ class: 'clawback', lineId: 'b', difference: '0.00' })], adjustments: [] },
    })
  })

  it.each(WAYS)('%s, and a clawback at another rate', async (_, entries, kind, given) => {
    const { reads, month } = await sold(entries)
    await reads(kind, 'back.csv', given)
    await reads('payouts', 'n2.csv', clawback('-2.10'))
    expect(month('2026-11').findings).toMatchObject([{ class: 'clawback', orderId: '1', lineId: 'b', difference: '-0.70' }])
  })

  it.each(WAYS)(
    'all of a line, by %s when its month is closed, is posted to the next, and even once it is taken back',
    async (_, entries, kind, given, why) => {
      const { db, reads, month } = await sold(entries)
      const at = '2026-10-25T09:00:00+08:00'
      closeMonth(db, acme(entries), '2026-10', { today: '2026-10-25', at, withoutStatement: false })
      await reads(kind, 'back.csv', given.replace('7.00', '30.00').replace('1.40', '6.00'))
      expect(month('2026-11').adjustments).toMatchObject([
        { closedMonth: '2026-10', orderId: '1', lineId: 'b', difference: '6.00', reason: `status settled → refunded, ${why}` },
      ])
      await reads('payouts', 'n2.csv', clawback('-6.00'))
      expect(month('2026-11')).toMatchObject({ adjustments: [], findings: [{ class: 'clawback', difference: '0.00' }] })
    },
  )
})
