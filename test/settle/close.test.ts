import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { addMonths, dayOf, type Month } from '../../src/day.ts'
import { hashBytes } from '../../src/feeds/formats/hash.ts'
import { minorDigits, readDecimal } from '../../src/money.ts'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine } from '../../src/records.ts'
import { checkClosed, closeMonth, reopenMonth } from '../../src/settle/close.ts'
import { settle } from '../../src/settle/ledger.ts'
import { judgedOrders } from '../../src/settle/parts.ts'
import { settleLedgers } from '../../src/settle/settle.ts'
import { closedMonths, closingEvents } from '../../src/store/closings.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import { orderWriter } from '../../src/store/orders.ts'
import { linesByKey, payoutWriter, statementsOf } from '../../src/store/payouts.ts'
import { addReview, type Review } from '../../src/store/reviews.ts'
import { addFile, finishRun, NO_COUNTS, startRun } from '../../src/store/runs.ts'
import { line, order, RULES } from './records.ts'

const { calendar } = RULES
const ACME: Partner = {
  id: 'acme',
  name: 'Acme',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {},
  calendar,
  fees: [],
  tolerance: 0,
}
/** Keeps 10 % of the commission, at most so much of the orders of a calendar month. */
const capped = (maxMonth: number): Partner => ({
  ...ACME,
  fees: [{ name: 'fee', of: 'commission', rate: 100_000, rounding: 'half-up', maxMonth }],
})
const AT = '2027-06-01T09:00:00+08:00'
const OPTIONS = { today: '2027-06-01', at: AT, withoutStatement: true }
const folder = mkdtempSync(join(tmpdir(), 'close-'))
afterAll(() => rmSync(folder, { recursive: true }))

const confirmed = (payoutLine: number, ...orderIds: string[]): Review => ({
  ...{ payoutLine, action: 'confirm', orderIds, lineId: null, reason: null },
})

/** What is said of an order: settled in the month before `due` with this commission. Every later one is newer. */
type Fact = { orderId: string; due?: Month | undefined } & Partial<Order>

const db = memoryDatabase()
/** An empty ledger, in place of the one before, that learns facts in the order of the calls; every call is a run. */
function shop(partner = ACME) {
  if (db.inTransaction) db.exec('ROLLBACK')
  db.exec('BEGIN')
  let run = 0
  const reading = (kind: 'orders' | 'payouts', read: (file: number) => void) => {
    run = startRun(db, { kind, source: 'import', partner: 'acme' }, AT)
    read(addFile(db, run, { name: `${kind}-${run}.csv`, sha256: String(run).padStart(64, '0'), bytes: 1, encoding: 'utf-8' }))
    finishRun(db, run, { ...NO_COUNTS, status: 'applied', seconds: 0, content: null, mapping: null, error: null })
  }
  return {
    db,
    orders(...facts: Fact[]) {
      reading('orders', (file) => {
        const writer = orderWriter(db, { partner: 'acme', run }, [])
        facts.forEach(({ due, ...fact }, at) => {
          const settledAt = due === undefined ? null : `${addMonths(due, -1)}-05T12:00:00+08:00`
          const modifiedAt = new Date(Date.parse(AT) + run * 1000).toISOString()
          const { origin, ...record } = order({
            settledAt,
            modifiedAt,
            ...(due === undefined && { status: 'received' }),
            ...fact,
          })
          const hash = hashBytes(Buffer.from(JSON.stringify([run, at])), 0n)
          writer.save(record, { hash, numbered: true, file, fileName: 'orders', line: at + 1 })
        })
        writer.finish()
      })
    },
    /** One statement of a month. */
    pays(month: Month, ...lines: [orderId: string, amount: number, changes?: Partial<PayoutLine>][]) {
      reading('payouts', (file) => {
        const writer = payoutWriter(db, 'acme', run)
        const id = writer.open(`S${run}`, 'CNY', file)
        lines.forEach(([orderId, amount, changes], at) => {
          const { origin, ...record } = line(at, amount, { orderId, statementId: `S${run}`, paidAt: `${month}-20`, ...changes })
          writer.addLine(id, record, at + 1)
        })
        const total = lines.reduce((sum, [, amount]) => sum + amount, 0)
        writer.close(id, { lines: lines.length, total, statedTotal: total, content: `${run}` })
      })
    },
    settle: (month: Month) => settle(db, [partner], month, { folder: null }),
    close: (month: Month) => closeMonth(db, partner, month, OPTIONS),
    files(month: Month, of = partner): Record<string, string> {
      const out = join(folder, 'out')
      settle(db, [of], month, { folder: out })
      return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]))
    },
    /** `2026-11 1: 10.00/0.00 → 0.00/0.00 = -10.00`: month, order, expected/paid before and after, difference. */
    adjustments: (month: Month) =>
      settle(db, [partner], month, { folder: null }).adjustments.map(
        ({ closedMonth, orderId, was, now, difference }) =>
          `${closedMonth} ${orderId}: ${was.expected}/${was.paid} → ${now.expected}/${now.paid} = ${difference}`,
      ),
  }
}

describe('a closed month', () => {
  test('keeps its bytes, whatever is read later and whatever the terms become', () => {
    const { db, orders, pays, close, files } = shop()
    orders({ orderId: '1', due: '2026-11' }, { orderId: '2', due: '2026-11' })
    pays('2026-11', ['1', 1000], ['3', 500])
    const { frozen } = close('2026-11')
    const before = files('2026-11')
    expect(before['report.html']).toContain('已于 2027-06-01 结账')
    expect(before['summary.csv']).toContain(`matched,1,10.00,10.00,0.00,${AT}`)
    const hashes = Object.entries(before).map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')])
    expect(frozen!.files).toEqual(Object.fromEntries(hashes))
    orders(
      { orderId: '1', due: '2026-11', status: 'refunded' },
      { orderId: '3', due: '2026-11' },
      { orderId: '2', due: '2026-12' },
    )
    pays('2026-10', ['2', 400])
    expect(files('2026-11')).toEqual(before)
    const dearer = {
      ...ACME,
      name: 'Acme Ltd',
      tolerance: 9,
      fees: [{ name: 'fee', of: 'commission', rate: 100_000, rounding: 'down' }],
    } as const
    expect(files('2026-11', dearer)).toEqual(before)
    checkClosed(db, dearer, '2026-11')
    expect(files('2026-12', dearer)).not.toEqual(before)
  })

  test('keeps its bytes, whatever is confirmed later of lines of open months, and of lists of orders that are read later', () => {
    const { db, orders, pays, close, files, adjustments } = shop()
    orders({ orderId: '1', due: '2026-11' }, { orderId: '2', due: '2026-11' }, { orderId: '3', due: '2026-12' })
    pays('2026-10', ['', 1000, { orderId: null }], ['', 700, { orderId: null }])
    pays('2026-11', ['2,4', 3000])
    addReview(db, 'acme', AT, confirmed(2, '3'))
    close('2026-11')
    const before = files('2026-11')
    expect(before['lines.csv']).toMatch(/missing,1,.*missing,2,.*unknown-order,"\t2,4"/s)
    addReview(db, 'acme', AT, confirmed(1, '1'))
    orders({ orderId: '4', due: '2026-11' })
    expect(files('2026-11')).toEqual(before)
    checkClosed(db, ACME, '2026-11')
    // 2 and 4 are paid together now; that 1 was paid early changes no sum
    expect(adjustments('2026-12')).toEqual(['2026-11 2: 10.00/30.00 → 20.00/30.00 = -10.00'])
    close('2026-12')
    const next = files('2026-12')
    addReview(db, 'acme', AT, { ...confirmed(1, '1'), action: 'withdraw' })
    expect(files('2026-12')).toEqual(next)
  })

  test('is closed once: closing again is the same', () => {
    const { db, orders, close } = shop()
    orders({ orderId: '1', due: '2026-11' })
    const first = close('2026-11')
    orders({ orderId: '1', due: '2026-11', commission: 1 })
    expect(close('2026-11')).toEqual(first)
    expect(closingEvents(db)).toHaveLength(1)
  })

  test('says in the settlement that it is, when, and of several partners only where all are', () => {
    const { db, orders, pays, close, settle: month } = shop()
    orders({ orderId: '1', due: '2026-11' })
    pays('2026-11', ['1', 1000])
    expect(month('2026-11')).toMatchObject({ closed: false, partners: [{ closedAt: null }] })
    close('2026-11')
    expect(month('2026-11')).toMatchObject({ closed: true, partners: [{ closedAt: AT }] })
    const other = { ...ACME, id: 'other' }
    expect(settle(db, [other, ACME], '2026-11', { folder: null })).toMatchObject({ closed: false, partners: [{ closedAt: AT }] })
  })

  test.each([
    [
      'an order line',
      'UPDATE order_state SET commission = 900',
      'acme 2026-11: does not come out as it was closed on 2027-06-01: the orders that it was closed with are other ones now. It changes summary.csv, findings.csv, lines.csv, report.html, CNY matched 1: 10.00 expected, 10.00 paid → none, CNY over-paid none → 1: 9.00 expected, 10.00 paid. The files of then are left as they are; to settle it anew, open 2026-11 again first: shoptool settle --month 2026-11 --partner acme --reopen --reason "…"',
    ],
    [
      'a payout line',
      "UPDATE payout_line SET title = 'x'",
      'the payouts that it was closed with are other ones now. It changes no file, not the sums. The files of then',
    ],
  ])('does not come out the same where %s was tampered with', (_, tampering, message) => {
    const { db, orders, pays, close } = shop()
    orders({ orderId: '1', due: '2026-11', title: null })
    pays('2026-11', ['1', 1000])
    close('2026-11')
    checkClosed(db, ACME, '2026-11')
    db.exec(tampering)
    expect(() => checkClosed(db, ACME, '2026-11')).toThrow(message)
  })

  test('that shoptool itself settles otherwise says so', () => {
    const { db, orders, close } = shop()
    orders({ orderId: '1', due: '2026-11' })
    close('2026-11')
    db.exec('DROP TRIGGER closing_changed')
    db.exec(`UPDATE closing SET frozen = json_set(frozen, '$.files."report.html"', 'x')`)
    expect(() => checkClosed(db, ACME, '2026-11')).toThrow(
      'the records are those that it was closed with, so it is shoptool that works otherwise now. It changes report.html, not the sums.',
    )
    expect(closingEvents(db)).toMatchObject([{ isWhole: false }])
  })

  test('stands in rows that cannot be changed or removed', () => {
    const { db, orders, close } = shop()
    orders({ orderId: '1', due: '2026-11' })
    close('2026-11')
    expect(() => db.exec("UPDATE closing SET at = ''")).toThrow('what was closed is not changed')
    expect(() => db.exec('DELETE FROM closing')).toThrow('what was closed is not removed')
  })
})

describe('closing is refused', () => {
  test('up to the pay day', () => {
    const { db, orders } = shop()
    orders({ orderId: '1', due: '2026-11' })
    const on = (today: string) => closeMonth(db, ACME, '2026-11', { ...OPTIONS, today })
    expect(() => on('2026-11-20')).toThrow('acme 2026-11: is paid on 2026-11-20; it can be closed from the day after')
    expect(on('2026-11-21').month).toBe('2026-11')
  })

  test('where money is due and no statement was read', () => {
    const { db, orders } = shop()
    orders({ orderId: '1', due: '2026-11' })
    const options = { ...OPTIONS, withoutStatement: false }
    expect(() => closeMonth(db, ACME, '2026-11', options)).toThrow(
      'acme 2026-11: 10.00 CNY is due and no statement was read; import it, or close with --without-statement: all of it then stays missing',
    )
    expect(closedMonths(db, 'acme')).toEqual([])
    expect(closeMonth(db, ACME, '2026-10', options).month).toBe('2026-10')
  })

  test('out of turn', () => {
    const { orders, close } = shop()
    orders({ orderId: '1', due: '2026-11' })
    close('2026-11')
    expect(() => close('2027-01')).toThrow(
      'acme 2027-01: 2026-12 comes first and is open; shoptool settle --month 2026-12 --partner acme --close',
    )
    close('2026-12')
    expect(() => close('2026-10')).toThrow(
      'acme 2026-10: comes before 2026-11, which is closed; open 2026-12 again first, then 2026-11: shoptool settle --month 2026-12 --partner acme --reopen --reason "…"',
    )
  })
})

test('reopening is recorded, from the last month on, and then the month is what it is now', () => {
  const { db, orders, pays, close, files } = shop()
  const reopen = (month: Month) => reopenMonth(db, 'acme', month, { at: AT, reason: 'a statement came late' })
  orders({ orderId: '1', due: '2026-11' })
  pays('2026-11', ['1', 1000])
  const open = files('2026-11')
  const first = close('2026-11')
  close('2026-12')
  expect(() => reopen('2026-10')).toThrow('acme 2026-10: is not closed')
  expect(() => reopen('2026-11')).toThrow(
    'acme 2026-11: open 2026-12 again first, then 2026-11: shoptool settle --month 2026-12 --partner acme --reopen --reason "…"',
  )
  reopen('2026-12')
  expect(reopen('2026-11').undone).toEqual(first)
  expect(files('2026-11')).toEqual(open)
  expect(() => reopen('2026-11')).toThrow('is not closed')
  expect(close('2026-11').frozen).toEqual(first.frozen)
  expect(closingEvents(db).map(({ action, month, reason, isWhole }) => [action, month, reason, isWhole])).toEqual([
    ['close', '2026-11', null, true],
    ['close', '2026-12', null, true],
    ['reopen', '2026-12', 'a statement came late', true],
    ['reopen', '2026-11', 'a statement came late', true],
    ['close', '2026-11', null, true],
  ])
})

describe('what is read after a close is posted to the next month', () => {
  const begun = () => {
    const all = shop()
    all.orders({ orderId: '1', due: '2026-11' }, { orderId: '2', due: '2026-11' })
    all.pays('2026-11', ['1', 1000])
    all.close('2026-11')
    return all
  }

  test.each<[string, Fact, string[], string]>([
    [
      'an order due in it',
      { orderId: '5', due: '2026-11' },
      ['2026-11 5: 0.00/0.00 → 10.00/0.00 = -10.00'],
      'first read after the close',
    ],
    [
      'another commission',
      { orderId: '1', due: '2026-11', commission: 1200 },
      ['2026-11 1: 10.00/10.00 → 12.00/10.00 = -2.00'],
      'commission 10.00 → 12.00',
    ],
    [
      'a refund',
      { orderId: '1', due: '2026-11', status: 'refunded' },
      ['2026-11 1: 10.00/10.00 → 0.00/10.00 = 10.00'],
      'status settled → refunded',
    ],
    [
      'that an order was missing with no right',
      { orderId: '2', due: '2026-11', status: 'invalid' },
      ['2026-11 2: 10.00/0.00 → 0.00/0.00 = 10.00'],
      'status settled → invalid',
    ],
    [
      'that it is due later',
      { orderId: '2', due: '2026-12' },
      ['2026-11 2: 10.00/0.00 → 0.00/0.00 = 10.00'],
      'settledAt 2026-10-05 → 2026-11-05',
    ],
    ['an order of later', { orderId: '5', due: '2026-12' }, [], ''],
    ['an order of before, that was not paid', { orderId: '5', due: '2026-10' }, [], ''],
    ['nothing new', { orderId: '1', due: '2026-11', title: 'other' }, [], ''],
  ])('%s', (_, fact, expected, reason) => {
    const { db, orders, adjustments, settle: month } = begun()
    expect(adjustments('2026-12')).toEqual([])
    orders(fact)
    expect(adjustments('2026-12')).toEqual(expected)
    expect(adjustments('2027-01')).toEqual([])
    expect(adjustments('2026-11')).toEqual([])
    expect(month('2026-12').adjustments.map((adjustment) => adjustment.reason)).toEqual(expected.map(() => reason))
    checkClosed(db, ACME, '2026-11')
  })

  test('with lines, goods, classes and sources, in every file', () => {
    const { orders, settle: month, files } = begun()
    orders({ orderId: '1', due: '2026-11', status: 'refunded', rawStatus: '已退款' })
    const { adjustments, partners } = month('2026-12')
    expect(adjustments).toMatchObject([
      {
        ...{ partner: 'acme', closedMonth: '2026-11', orderId: '1', lineId: 'A', sku: 'S', title: '汉服', currency: 'CNY' },
        was: { classes: ['matched'], expected: '10.00', paid: '10.00', difference: '0.00' },
        now: { classes: ['refunded-but-paid'], expected: '0.00', paid: '10.00', difference: '10.00' },
        sources: [
          { file: 'orders-3.csv', line: 1 },
          { file: 'orders-1.csv', line: 1 },
          { file: 'payouts-2.csv', line: 1 },
        ],
      },
    ])
    expect(partners).toMatchObject([
      { expected: '0.00', paid: '0.00', adjustments: { count: 1, expected: '-10.00', paid: '0.00', difference: '10.00' } },
    ])
    const { 'findings.csv': findings, 'summary.csv': summary, 'report.html': page } = files('2026-12')
    expect(findings).toContain(
      'acme,adjustment,1,A,S,汉服,CNY,-10.00,0.00,10.00,,"2026-11, which is closed, was matched (10.00 expected, 10.00 paid) and would be refunded-but-paid (0.00 expected, 10.00 paid): status settled → refunded",orders-3.csv:1; orders-1.csv:1; payouts-2.csv:1,\t2026-11',
    )
    expect(summary).toContain('total,,0.00,0.00,0.00,\r\n')
    expect(summary).toContain('adjustment,1,-10.00,0.00,10.00,\r\n')
    expect(page).toContain('Adjustments to closed months')
  })

  test('what was unknown and is found is taken out of unknown-order', () => {
    const { orders, pays, close, settle: month } = shop()
    pays('2026-11', ['7', 1000])
    close('2026-11')
    orders({ orderId: '7', due: '2026-11' })
    expect(month('2026-12').adjustments).toMatchObject([
      {
        orderId: '7',
        was: { classes: ['unknown-order'], difference: '10.00' },
        now: { classes: ['matched'], difference: '0.00' },
        difference: '-10.00',
      },
    ])
  })

  test('but not what was missing and is paid later: that is late, and no adjustment', () => {
    const { pays, adjustments, settle: month } = begun()
    pays('2026-12', ['2', 1000])
    expect(adjustments('2026-12')).toEqual([])
    expect(month('2026-12').partners[0]!.classes.late).toMatchObject({ count: 1, paid: '10.00' })
  })

  test('nor a refund that is taken back in the same month; taken back later, it is posted back', () => {
    const { orders, pays, adjustments, close } = begun()
    orders({ orderId: '1', due: '2026-11', status: 'refunded' })
    expect(adjustments('2026-12')).toEqual(['2026-11 1: 10.00/10.00 → 0.00/10.00 = 10.00'])
    close('2026-12')
    expect(adjustments('2027-01')).toEqual([])
    pays('2027-01', ['1', -1000])
    expect(adjustments('2027-01')).toEqual(['2026-11 1: 0.00/10.00 → 10.00/10.00 = -10.00'])

    const other = begun()
    other.orders({ orderId: '1', due: '2026-11', status: 'refunded' })
    other.pays('2026-12', ['1', -1000])
    expect(other.adjustments('2026-12')).toEqual([])
  })

  test('each once: the month that takes it keeps it, the one after has only what is newer', () => {
    const { orders, adjustments, close, files } = begun()
    orders({ orderId: '1', due: '2026-11', commission: 1200 })
    close('2026-12')
    const december = files('2026-12')
    expect(adjustments('2027-01')).toEqual([])
    orders({ orderId: '1', due: '2026-11', commission: 1500 }, { orderId: '9', due: '2026-12' })
    expect(adjustments('2027-01')).toEqual([
      '2026-11 1: 12.00/10.00 → 15.00/10.00 = -3.00',
      '2026-12 9: 0.00/0.00 → 10.00/0.00 = -10.00',
    ])
    expect(adjustments('2026-12')).toEqual(['2026-11 1: 10.00/10.00 → 12.00/10.00 = -2.00'])
    expect(files('2026-12')).toEqual(december)
    close('2027-01')
    expect(adjustments('2027-02')).toEqual([])
    expect(files('2026-12')).toEqual(december)
  })

  test('also where an order that stays as it is takes what another leaves of the limit of a month', () => {
    const { orders, pays, close, adjustments, settle: month } = shop(capped(150))
    orders({ orderId: '1', due: '2026-11' }, { orderId: '2', due: '2026-11' })
    pays('2026-11', ['1', 900], ['2', 1000 - 50])
    close('2026-11')
    orders({ orderId: '1', due: '2026-11', status: 'invalid' })
    expect(adjustments('2026-12')).toEqual(['2026-11 1: 9.00/9.00 → 0.00/9.00 = 9.00', '2026-11 2: 9.50/9.50 → 9.00/9.50 = 0.50'])
    expect(month('2026-12').adjustments[1]!.reason).toBe('its part of fee 0.50 → 1.00')
  })

  test('line by line, and as a whole where lines that were paid together are paid apart', () => {
    const { orders, pays, close, adjustments } = shop()
    orders(...['A', 'B'].map((lineId) => ({ orderId: '1', due: '2026-11', lineId, sku: lineId })))
    pays('2026-11', ['1', 2000])
    close('2026-11')
    orders({ orderId: '1', due: '2026-11', lineId: 'B', sku: 'B', commission: 900 })
    expect(adjustments('2026-12')).toEqual(['2026-11 1: 20.00/20.00 → 19.00/20.00 = 1.00'])
    orders({ orderId: '1', due: '2026-12', lineId: 'B', sku: 'B', commission: 1000 })
    expect(adjustments('2026-12')).toEqual(['2026-11 1: 20.00/20.00 → 10.00/20.00 = 10.00'])
  })
})

type Step = { kind: 'orders'; facts: Fact[] } | { kind: 'pays'; month: Month; lines: [string, number][] } | { kind: 'close' }
const MONTHS = ['2026-11', '2026-12', '2027-01', '2027-02'] as const
const orderId = fc.constantFrom('1', '2', '3', '4')
const fact = fc.record({
  orderId,
  lineId: fc.constantFrom('A', 'B'),
  due: fc.constantFrom(undefined, '2026-10', ...MONTHS),
  status: fc.constantFrom('settled' as const, 'settled' as const, 'received' as const, 'refunded' as const, 'invalid' as const),
  commission: fc.constantFrom(100, 200, 300),
})
const steps = (amount: fc.Arbitrary<number>) =>
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('orders' as const), facts: fc.array(fact, { minLength: 1, maxLength: 4 }) }),
      fc.record({
        kind: fc.constant('pays' as const),
        month: fc.constantFrom('2026-10', ...MONTHS),
        lines: fc.array(fc.tuple(orderId, amount), { minLength: 1, maxLength: 3 }),
      }),
      fc.constant({ kind: 'close' as const }),
    ),
    { minLength: 3, maxLength: 14 },
  )

/** Does what it says, but pays nothing in a month that is closed, as an import would be refused. Returns the files of each close. */
function play(all: ReturnType<typeof shop>, given: readonly Step[]): Map<Month, Record<string, string>> {
  const kept = new Map<Month, Record<string, string>>()
  for (const step of given) {
    const next = MONTHS[closedMonths(all.db, 'acme').length]
    if (step.kind === 'orders') all.orders(...step.facts)
    else if (step.kind === 'pays') {
      if (!kept.has(step.month)) all.pays(step.month, ...step.lines)
    } else if (next) {
      all.close(next)
      kept.set(next, all.files(next))
    }
  }
  return kept
}

test('closing and running it again gives the same bytes, whatever came since', () => {
  fc.assert(
    fc.property(steps(fc.constantFrom(100, 200, 300, -100, -200)), (given) => {
      const all = shop()
      for (const [month, files] of play(all, given)) {
        expect(all.files(month)).toEqual(files)
        checkClosed(all.db, ACME, month)
      }
    }),
    { numRuns: 12 },
  )
})

test('closed months and their adjustments together are what the months would be now', () => {
  fc.assert(
    // nothing is taken back: that is said by the month in which it is
    fc.property(steps(fc.constantFrom(100, 200, 300)), fc.constantFrom(ACME, capped(40)), (given, partner) => {
      const all = shop(partner)
      const months = [...play(all, given).keys()]
      const minor = (amount: string) => readDecimal(amount, minorDigits('CNY'))!
      type Sums = { expected: string; paid: string; adjustments: { expected: string; paid: string } }
      const sum = (parts: Sums[], of: 'expected' | 'paid', adjusted: boolean) =>
        parts.reduce((total, part) => total + (adjusted ? minor(part.adjustments[of]) : minor(part[of])), 0)
      const closed = months.flatMap((month) => all.settle(month).partners)
      const open = all.settle(MONTHS[months.length] ?? '2027-03').partners
      const now = months.flatMap((month) => {
        const until = dayOf(month, 31)
        const ledger = { partner, orders: judgedOrders(all.db, partner), lines: linesByKey(all.db, 'acme', until) }
        return settleLedgers([{ ...ledger, statements: statementsOf(all.db, 'acme', month) }], month, { folder: null }).partners
      })
      for (const of of ['expected', 'paid'] as const)
        expect(sum(closed, of, false) + sum([...closed, ...open], of, true)).toBe(sum(now, of, false))
    }),
    { numRuns: 25 },
  )
})
