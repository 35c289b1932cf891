import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { keyOf, type Route, type RoutedLine } from '../../src/records.ts'
import { CLASSES, compareText, type Entry } from '../../src/settle/entry.ts'
import { beginRows, FILES, openUnnamed } from '../../src/settle/files.ts'
import { settlePortion } from '../../src/settle/portion.ts'
import { reconcile } from '../../src/settle/reconcile.ts'
import { type Finding, findingOf } from '../../src/settle/report.ts'
import { type Ledger, rulesOf, settleLedgers } from '../../src/settle/settle.ts'
import { type Month, months, sorted, type Truth } from './month.ts'
import { FEE, line, order, RULES } from './records.ts'
import { STORIES } from './stories.ts'

const entriesOf = ({ orders, lines, rules }: Month): Entry[] => [...reconcile(orders, lines, rules)]
/** Lines without an order stream through in the order in which they come; everything else does not even depend on that. */
const byPlace = (entries: Entry[]) => {
  const place = (entry: Entry) => JSON.stringify([...entry.orders, ...entry.lines].map(({ origin }) => origin))
  return entries.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
/** Amounts have the digits of their currency, so that they are minor units without the point. */
const minor = (amount: string) => Number(amount.replace(/[ .]/g, ''))
/** What is said of a difference adds up to it, in the steps and in a text that has a sum. */
const checkSteps = ({ class: name, difference, steps, explain }: Finding) => {
  expect(
    steps.reduce((sum, { amount }) => sum + minor(amount), 0),
    `${name}: ${explain}`,
  ).toBe(minor(difference))
  if (/^(short|over)-paid$/.test(name) && steps.length > 1 && explain.includes(' instead of ')) {
    const sum = /; (-?[\d.]+ [^=]*) = (-?[\d.]+)(; matched|$)/.exec(explain)!
    const terms = [...sum[1]!.matchAll(/(-? ?[\d.]+) \D/g)].map(([, amount]) => minor(amount!))
    expect(terms.reduce((total, term) => total + term)).toBe(minor(sum[2]!))
  }
}
const ofMonth = ({ lines }: Month) => lines.filter((line) => line.paidAt.startsWith(RULES.month))

/** In another order wherever the key is the same: what a database may do. */
const shuffled = months.chain((month) =>
  fc.record({
    month: fc.constant(month),
    orders: fc.shuffledSubarray(month.orders, { minLength: month.orders.length }).map(sorted),
    lines: fc.shuffledSubarray(month.lines, { minLength: month.lines.length }).map(sorted),
  }),
)

describe('a month of known truth', () => {
  test('has exactly the classes and sums that were put into it', () => {
    fc.assert(
      fc.property(months, (month) => {
        const found: Truth = new Map()
        for (const entry of entriesOf(month)) {
          const key = `${entry.currency} ${entry.class}`
          const sums = found.get(key) ?? { count: 0, expected: 0, paid: 0 }
          const count = entry.orders.length || entry.lines.length
          found.set(key, { count: sums.count + count, expected: sums.expected + entry.expected, paid: sums.paid + entry.paid })
        }
        const byKey = (truth: Truth) => [...truth].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(byKey(found)).toEqual(byKey(month.truth))
      }),
      { numRuns: 400 },
    )
  })

  test('has every order and every payout line of the month in exactly one entry, and no others', () => {
    fc.assert(
      fc.property(months, (month) => {
        const entries = entriesOf(month)
        const orders = entries.flatMap((entry) => entry.orders)
        const lines = entries.flatMap((entry) => entry.lines)
        expect(new Set(orders)).toEqual(new Set(month.orders))
        expect(orders.length).toBe(month.orders.length)
        expect(new Set(lines)).toEqual(new Set(ofMonth(month)))
        expect(lines.length).toBe(ofMonth(month).length)
      }),
      { numRuns: 200 },
    )
  })

  test('ties out: in every currency Σ paid = Σ lines and Σ difference = paid − expected', () => {
    fc.assert(
      fc.property(months, (month) => {
        const entries = entriesOf(month)
        for (const currency of ['JPY', 'CNY', 'KWD', 'TND']) {
          const own = entries.filter((entry) => entry.currency === currency)
          const sum = (of: (entry: Entry) => number) => own.reduce((total, entry) => total + of(entry), 0)
          const lines = ofMonth(month).filter((line) => line.currency === currency)
          expect(sum((entry) => entry.paid)).toBe(lines.reduce((total, line) => total + line.amount, 0))
          expect(sum((entry) => entry.difference)).toBe(sum((entry) => entry.paid) - sum((entry) => entry.expected))
          for (const entry of own) checkSteps(findingOf('acme', entry, month.rules))
          expect(own.every((entry) => [...entry.lines, ...entry.orders].every((each) => each.currency === currency))).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('is the same in whatever order its records are read', () => {
    fc.assert(
      fc.property(shuffled, ({ month, orders, lines }) => {
        expect(byPlace(entriesOf({ ...month, orders, lines }))).toEqual(byPlace(entriesOf(month)))
      }),
      { numRuns: 200 },
    )
  })

  test('has stories for every class', () => {
    const told = new Set(Object.values(STORIES).flatMap((story) => story(1000, 100).is.map(([name]) => name)))
    expect([...told].sort()).toEqual([...CLASSES].sort())
  })
})

/** A payout line that names a sale of one order, lists several, or was confirmed to be for them. */
const routed = (way: Route['by'] | null, orderIds: readonly string[], line: RoutedLine): RoutedLine => {
  const isSale = way === 'transaction' || way === 'original'
  if (way === null || (way === 'order' && orderIds.length < 2) || (isSale && orderIds.length > 1)) return line
  const contested = isSale && line.orderId !== null && line.orderId !== orderIds[0]
  const lineId = orderIds.length === 1 && line.sku ? 'A' : null
  return { ...line, transactionId: isSale ? 't' : null, route: { by: way, orderIds, lineId, contested } }
}

const amount = fc.constantFrom(-300, -100, 0, 100, 200, 300, 500)
/** Few order numbers, lines, amounts and days, thrown together: what nobody would think of. */
const mess: fc.Arbitrary<Month> = fc
  .record({
    orders: fc.uniqueArray(
      fc.record({
        orderId: fc.constantFrom('1', '1', '2', '3'),
        lineId: fc.constantFrom('', 'A', 'B', 'C'),
        sku: fc.constantFrom('A', 'S', null),
        currency: fc.constantFrom('CNY', 'USD'),
        commission: fc.constantFrom(0, 100, 200, 300),
        status: fc.constantFrom('paid' as const, 'settled' as const, 'settled' as const, 'refunded' as const, 'invalid' as const),
        settledAt: fc.constantFrom('2026-09-05T00:00:00+08:00', '2026-10-05T00:00:00+08:00', '2026-11-05T00:00:00+08:00', null),
        refundAmount: fc.constantFrom(null, 2500),
        quantity: fc.constantFrom(1, 2),
        subsidy: fc.constantFrom(null, null, 50),
      }),
      { selector: (each) => `${each.orderId} ${each.lineId}`, maxLength: 6 },
    ),
    lines: fc.array(
      fc.record({
        orderId: fc.constantFrom('1', '1', '2', '3', null),
        lineId: fc.constantFrom(null, null, 'A', 'B', 'Z'),
        sku: fc.constantFrom(null, 'A', 'S'),
        currency: fc.constantFrom('CNY', 'CNY', 'USD'),
        amount,
        kind: fc.constantFrom('commission' as const, 'clawback' as const, 'bonus' as const),
        paidAt: fc.constantFrom('2026-09-20', '2026-10-20', '2026-11-20', '2026-11-25', '2026-12-20'),
        way: fc.constantFrom(null, null, 'transaction' as const, 'original' as const, 'order' as const, 'confirmed' as const),
        orderIds: fc.constantFrom(['1'], ['2'], ['1', '2'], ['1', '3'], ['2', '3', '4']),
      }),
      { maxLength: 9 },
    ),
    tolerance: fc.constantFrom(0, 0, 1, 150),
    fees: fc.constantFrom([], [], [FEE], [FEE, { ...FEE, name: 'subsidy', kind: 'subsidy', stated: true } as const]),
  })
  .map(({ orders, lines, tolerance, fees }) => ({
    orders: sorted(orders.map((changes) => order(changes))),
    lines: sorted(lines.map(({ way, orderIds, ...changes }, i) => routed(way, orderIds, line(i, changes.amount, changes)))),
    rules: { ...RULES, tolerance, fees },
    truth: new Map(),
  }))

test('whatever comes together, every order and line is in exactly one entry, sums tie out, and order does not matter', () => {
  fc.assert(
    fc.property(mess, (month) => {
      const entries = entriesOf(month)
      const orders = entries.flatMap((entry) => entry.orders)
      const lines = entries.flatMap((entry) => entry.lines)
      expect([orders.length, new Set(orders).size]).toEqual([month.orders.length, month.orders.length])
      expect([lines.length, new Set(lines).size]).toEqual([ofMonth(month).length, ofMonth(month).length])
      const numbers = entries.flatMap(({ about }) => about[0]?.orderId ?? [])
      const changes = numbers.filter((number, at) => number !== numbers[at - 1])
      expect(changes).toEqual([...new Set(changes)])
      for (const entry of entries) {
        expect(entry.paid).toBe(entry.lines.reduce((sum, line) => sum + line.amount, 0))
        expect(entry.difference).toBe(entry.paid - entry.expected)
        if (entry.class === 'matched') expect(entry.difference).toBe(0)
        if (entry.class === 'tolerated')
          expect(Math.abs(entry.difference)).toBeLessThanOrEqual(month.rules.tolerance * entry.orders.length)
        if (entry.class === 'short-paid') expect(entry.difference).toBeLessThan(0)
        if (entry.class === 'over-paid') expect(entry.difference).toBeGreaterThan(0)
        if (entry.class === 'missing') expect([entry.paid, entry.orders.length]).toEqual([0, 1])
        if (entry.class === 'duplicate') expect(entry.orders).toEqual([])
        if (entry.class === 'not-due') expect([entry.expected, entry.paid]).toEqual([0, 0])
        const finding = findingOf('acme', entry, month.rules)
        expect(finding.explain).not.toMatch(/undefined|NaN|null/)
        checkSteps(finding)
      }
      const reversed = { ...month, orders: sorted(month.orders.toReversed()), lines: sorted(month.lines.toReversed()) }
      expect(byPlace(entriesOf(reversed))).toEqual(byPlace(entries))
    }),
    { numRuns: 6000 },
  )
})

const PARTNER: Partner = {
  id: 'acme',
  name: 'Acme',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {},
  calendar: RULES.calendar,
  fees: [],
  tolerance: 0,
}

/** The month as `settle` gets it, with statements that state what they hold. */
const ledgerOf = (month: Month): Ledger => ({
  partner: { ...PARTNER, fees: month.rules.fees, tolerance: month.rules.tolerance },
  orders: month.orders,
  lines: month.lines,
  statements: [...new Set(ofMonth(month).map((line) => line.currency))].map((currency) => {
    const lines = ofMonth(month).filter((line) => line.currency === currency)
    const total = lines.reduce((sum, line) => sum + line.amount, 0)
    return {
      statementId: 'nov',
      currency,
      paidAt: '2026-11-20',
      lines: lines.length,
      total,
      statedTotal: total,
      origin: lines[0]!.origin,
    }
  }),
})

test('settled twice the files have the same bytes, and all but the order of lines.csv also when shuffled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settle-'))
  const filesOf = (month: Month, name: string) => {
    settleLedgers([ledgerOf(month)], RULES.month, { folder: join(folder, name) })
    return readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'utf8')])
  }
  try {
    fc.assert(
      fc.property(shuffled, ({ month, orders, lines }) => {
        const first = filesOf(month, 'first')
        expect(first.map(([name]) => name)).toEqual(['findings.csv', 'lines.csv', 'report.html', 'summary.csv'])
        expect(filesOf(month, 'again')).toEqual(first)
        const others = (files: string[][]) => files.filter(([name]) => name !== 'lines.csv')
        expect(others(filesOf({ ...month, orders, lines }, 'shuffled'))).toEqual(others(first))
      }),
      { numRuns: 40 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('settled in stretches of order numbers, whatever the cuts, a month gives the same result and the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settle-'))
  const plain = months.map(({ lines, ...month }) => ({ ...month, lines: lines.filter(({ route }) => !route) }))
  const settledAs = (ledger: Ledger, name: string) => {
    const settlement = settleLedgers([ledger], RULES.month, { folder: join(folder, name) })
    return [
      settlement,
      ...FILES.map((file) => readFileSync(join(folder, name, file), 'utf8')),
      readdirSync(join(folder, name)).length,
    ]
  }
  try {
    fc.assert(
      fc.property(plain, fc.array(fc.nat(1000), { maxLength: 3 }), (month, places) => {
        const ledger = ledgerOf(month)
        const numbers = sorted([...month.orders, ...month.lines]).map(keyOf)
        const cuts = [...new Set(places.map((place) => numbers[place % numbers.length] ?? ''))].filter(Boolean).sort(compareText)
        const portions = ['', ...cuts].map((from, i) => {
          const within = <T extends Parameters<typeof keyOf>[0]>(records: readonly T[]) =>
            records.filter(
              (each) => compareText(from, keyOf(each)) <= 0 && (i === cuts.length || compareText(keyOf(each), cuts[i]!) < 0),
            )
          const rows = beginRows(openUnnamed(join(folder, 'rows')))
          const both = { orders: within(month.orders), lines: within(month.lines) }
          return { ...settlePortion('acme', both, rulesOf(ledger.partner, RULES.month), rows), rows: rows.finish() }
        })
        expect(settledAs({ ...ledger, orders: [], lines: [], portions }, 'portions')).toEqual(settledAs(ledger, 'whole'))
      }),
      { numRuns: 100 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a row of a stretch that is longer than a block is taken whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settle-'))
  try {
    const [long, short] = ['长'.repeat(400_000), '短']
    const lines = (title: string, at: number) => [line(at, 1000, { orderId: `${at}`, title })]
    const month = { orders: [], lines: [long, short, long].flatMap(lines), rules: RULES, truth: new Map() }
    const ledger = ledgerOf(month)
    const rows = beginRows(openUnnamed(folder))
    const portion = settlePortion('acme', month, rulesOf(ledger.partner, RULES.month), rows)
    const textOf = (one: Ledger) => {
      settleLedgers([one], RULES.month, { folder })
      return readFileSync(join(folder, 'lines.csv'), 'utf8')
    }
    expect(textOf({ ...ledger, portions: [{ ...portion, rows: rows.finish() }] }) === textOf(ledger)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
