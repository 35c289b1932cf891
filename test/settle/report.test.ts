import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { escaped } from '../../src/html.ts'
import type { Partner } from '../../src/partners/partner.ts'
import type { Order, PayoutLine, Recorded } from '../../src/records.ts'
import { settle } from '../../src/settle/ledger.ts'
import { type Ledger, settleLedgers } from '../../src/settle/settle.ts'
import { id, openTable, text } from '../../src/settle/table.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import { FEE, line, order, RULES } from './records.ts'

const ACME: Partner = {
  id: 'acme',
  name: 'Acme',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {},
  calendar: RULES.calendar,
  fees: [],
  tolerance: 0,
}
const ledger = (
  orders: Recorded<Order>[],
  lines: Recorded<PayoutLine>[],
  partner: Partial<Partner> = {},
  stated: Partial<Ledger['statements'][0]> = {},
): Ledger => {
  const currencies = [...new Set(lines.map(({ currency }) => currency))]
  const statements = currencies.map((currency) => {
    const own = lines.filter((line) => line.currency === currency)
    const total = own.reduce((sum, { amount }) => sum + amount, 0)
    return {
      statementId: 'nov',
      currency,
      paidAt: '2026-11-20',
      lines: own.length,
      total,
      statedTotal: total,
      origin: own[0]!.origin,
      ...stated,
    }
  })
  return { partner: { ...ACME, ...partner }, orders, lines, statements }
}
const month = (...ledgers: Ledger[]) => settleLedgers(ledgers, '2026-11', { folder: null })

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settle-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('what is tolerated', () => {
  const lost = (count: number) => ({
    orders: Array.from({ length: count }, (_, i) => order({ orderId: `T${i}`, lineId: `T${i}` })),
    lines: Array.from({ length: count }, (_, i) => ({
      ...line(i + 2, 999),
      orderId: `T${i}`,
      lineId: `T${i}`,
      statementId: 'nov',
    })),
  })
  const settled = (count: number, tolerance: Partner['tolerance']) => {
    const { orders, lines } = lost(count)
    return month(ledger(orders, lines, { tolerance }))
  }

  test('of a statement may add up to its tolerance, and is a finding of its own beyond it', () => {
    expect(settled(5, { line: 1, statement: 5 }).findings).toEqual([])
    const { partners, findings } = settled(6, { line: 1, statement: 5 })
    expect(partners[0]!.classes.tolerated).toEqual({ count: 6, expected: '60.00', paid: '59.94', difference: '-0.06' })
    expect(findings).toMatchObject([
      {
        ...{ class: 'tolerated', orderId: null, expected: '60.00', paid: '59.94', difference: '-0.06', cause: 'rounding' },
        explain:
          '6 tolerated differences of statement nov of 2026-11-20 add up to -0.06, more than the 0.05 that a statement may differ by',
        ...{ steps: [{ label: 'rounding', amount: '-0.06' }], sources: [{ file: 'payout.csv', line: 2 }] },
      },
    ])
  })

  test('may add up to anything where only lines have a tolerance', () => {
    expect(settled(6, 1).findings).toEqual([])
  })

  test('of two statements is held against each', () => {
    const { orders, lines } = lost(6)
    const two = lines.map((each, i) => ({ ...each, statementId: i < 3 ? 'nov' : 'later' }))
    const given = ledger(orders, two, { tolerance: { line: 1, statement: 5 } })
    const [first] = given.statements
    const statements = ['nov', 'later'].map((statementId) => ({ ...first!, statementId, total: 2997, statedTotal: 2997 }))
    expect(month({ ...given, statements }).findings).toEqual([])
  })
})

describe('the JSON', () => {
  test('has the shape of the contract', () => {
    const short = line(12, 180)
    const settlement = month(
      ledger([order({ paidAmount: 1980, commissionRate: 91_000, commission: 180 })], [{ ...short, amount: 144 }], {
        fees: [FEE],
      }),
    )
    expect(settlement).toMatchObject({ schema: 'shoptool.settle.v1', month: '2026-11', closed: false })
    const [partner] = settlement.partners
    expect(partner).toMatchObject({
      partner: 'acme',
      currency: 'CNY',
      covers: { from: '2026-10-01', to: '2026-10-31', by: 'settled' },
      due: '2026-11-20',
      expected: '1.62',
      paid: '1.44',
      difference: '-0.18',
    })
    expect(partner!.classes['short-paid']).toEqual({ count: 1, expected: '1.62', paid: '1.44', difference: '-0.18' })
    expect(partner!.classes.matched).toEqual({ count: 0, expected: '0.00', paid: '0.00', difference: '0.00' })
    expect(Object.keys(partner!.classes)).toHaveLength(13)
    expect(settlement.findings).toEqual([
      {
        class: 'short-paid',
        partner: 'acme',
        orderId: '1',
        lineId: 'A',
        sku: 'S',
        title: '汉服',
        currency: 'CNY',
        expected: '1.62',
        paid: '1.44',
        difference: '-0.18',
        cause: 'fee',
        explain: 'paid 1.44 instead of 1.62: 技术服务费 of 0.18 was taken twice; matched by order number',
        steps: [{ label: '技术服务费', amount: '-0.18' }],
        rule: 'settled up to the last day, paid on the 20th of the next month; 技术服务费 10 % of commission, half-up',
        match: 'order',
        sources: [
          { file: 'orders.csv', line: expect.any(Number), sha256: 'a'.repeat(64) },
          { file: 'payout.csv', line: 12, sha256: 'b'.repeat(64) },
        ],
      },
    ])
  })

  test('keeps currencies apart, with their digits', () => {
    const lines = [line(1, 1234, { currency: 'JPY' }), line(2, 1234, { currency: 'KWD', orderId: '2' })]
    const { partners } = month(
      ledger([order({ currency: 'JPY', commission: 1234 }), order({ orderId: '2', currency: 'KWD', commission: 1000 })], lines),
    )
    expect(partners.map(({ currency, expected, paid }) => [currency, expected, paid])).toEqual([
      ['JPY', '1234', '1234'],
      ['KWD', '1.000', '1.234'],
    ])
  })

  test('an order that came far enough but has no date is a finding', () => {
    expect(month(ledger([order({ settledAt: null })], [])).findings.map((each) => [each.class, each.explain])).toEqual([
      ['not-due', 'settled, but its settled date is missing: it cannot be said when it is due'],
    ])
  })

  test('partners are sorted, those without records left out, even without a calendar', () => {
    const { partners } = month(
      ledger([order()], [], { id: 'b' }),
      ledger([], [], { id: 'c', calendar: null }),
      ledger([order()], [], { id: 'a' }),
    )
    expect(partners.map(({ partner }) => partner)).toEqual(['a', 'b'])
  })
})

describe('what cannot be settled', () => {
  test('no calendar', () => {
    expect(() => month(ledger([order()], [], { calendar: null }))).toThrow(
      /^acme has no settlement calendar, expected like calendar: \{ basis/,
    )
  })
  test('a statement that states another total', () => {
    expect(() => month(ledger([order()], [line(1, 1000)], {}, { statedTotal: 1001 }))).toThrow(
      'acme statement nov: its lines sum up to 10.00 CNY, but it states 10.01',
    )
  })
  test('statements that hold more than was classified, and nothing is left behind', () => {
    const broken = ledger([order()], [line(1, 1000)], {}, { total: 1500, statedTotal: null })
    expect(() => settleLedgers([broken], '2026-11', { folder: join(folder, 'out') })).toThrow(
      'acme 2026-11: the classes sum up to 10.00 CNY paid, the statements to 15.00',
    )
    expect(readdirSync(join(folder, 'out'))).toEqual([])
  })
})

test('settles from a database', () => {
  const db = memoryDatabase()
  expect(settle(db, [ACME], '2026-11', { folder: null })).toEqual({
    schema: 'shoptool.settle.v1',
    month: '2026-11',
    closed: false,
    partners: [],
    findings: [],
    adjustments: [],
  })
})

describe('files', () => {
  const written = (name: string) => readFileSync(join(folder, name), 'utf8')
  const NASTY = '<script>alert(1)</script>"&\''
  beforeEach(() => {
    const orders = [
      order({ orderId: '301293847561020061', title: NASTY }),
      order({ orderId: '8', title: NASTY }),
      order({ orderId: '9', title: '=cmd|calc' }),
    ]
    settleLedgers(
      [ledger(orders, [line(3, -60, { orderId: null, kind: 'fee' }), line(2, 1000, { orderId: '301293847561020061' })])],
      '2026-11',
      { folder },
    )
  })

  test('are those of the contract', () => {
    expect(readdirSync(folder).sort()).toEqual(['findings.csv', 'lines.csv', 'report.html', 'summary.csv'])
  })

  test('lines.csv has every order and line, ids as text, formulas as text, amounts as numbers', () => {
    const csv = written('lines.csv')
    expect(csv.startsWith('\ufeffentry,partner,class,orderId,')).toBe(true)
    expect(csv.split('\r\n').slice(1, 5)).toEqual([
      "1,acme,non-order,,,,,,,nov,2026-11-20,fee,-0.60,CNY,0.00,-0.60,-0.60,'-0.60 fee line (statement nov of 2026-11-20),,payout.csv:3,",
      expect.stringMatching(
        /^2,acme,matched,\t301293847561020061,A,S,"<script>alert\(1\)<\/script>""&'",settled,10\.00,nov,2026-11-20,commission,10\.00,CNY,10\.00,10\.00,0\.00,,orders\.csv:\d+,payout\.csv:2,sum$/,
      ),
      expect.stringMatching(/^3,acme,missing,8,/),
      expect.stringMatching(/^4,acme,missing,9,A,S,'=cmd\|calc,settled,10\.00,,,,,CNY,10\.00,0\.00,-10\.00,/),
    ])
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  test('summary.csv sums up', () => {
    const rows = written('summary.csv').split('\r\n')
    expect(rows).toHaveLength(1 + 13 + 1 + 1)
    expect(rows.at(-2)).toBe('\t2026-11,acme,Acme,CNY,2026-10-01,2026-10-31,settled,2026-11-20,total,,30.00,9.40,-20.60,')
  })

  test('report.html holds no script, no link to the network, and texts only escaped', () => {
    const html = written('report.html')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;')
    expect(html).not.toMatch(/<script|https?:|javascript:|onerror=/i)
    expect(html).toContain('应付 30.00，实付 9.40 CNY，少收 <em class="less">20.60</em>')
    expect(html.match(/<table/g)!.length).toBe(html.match(/<caption/g)!.length)
  })
})

/** A settlement that looks into its folder between orders. */
function* lookingAround(seen: string[][]): Generator<Recorded<Order>> {
  for (const orderId of ['1', '2', '3']) {
    yield order({ orderId })
    seen.push(readdirSync(folder))
  }
}

test('a run that is killed as it settles leaves nothing: its files have no name until they are whole', () => {
  const seen: string[][] = []
  settleLedgers([{ ...ledger([], []), orders: lookingAround(seen) }], '2026-11', { folder })
  expect(seen).toEqual([[], [], []])
  expect(readFileSync(join(folder, 'lines.csv'), 'utf8')).toContain('\r\n3,acme,missing,3,')
})

test('what a run left that was killed as it gave them their names is removed a day later', () => {
  const left = (name: string, hours: number) => {
    const at = Date.now() / 1000 - hours * 3600
    writeFileSync(join(folder, name), '')
    utimesSync(join(folder, name), at, at)
  }
  const run = '0f8fad5b-d9cb-469f-a165-70867728950e'
  left(`.lines.csv.${run}.unfinished`, 25)
  left(`.report.html.${run}.unfinished`, 25)
  left(`.summary.csv.${run}.unfinished`, 23)
  left('.mine.unfinished', 25)
  settleLedgers([ledger([order()], [])], '2026-11', { folder })
  const names = ['.mine.unfinished', `.summary.csv.${run}.unfinished`, 'findings.csv', 'lines.csv', 'report.html', 'summary.csv']
  expect(readdirSync(folder).sort()).toEqual(names)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+86 1', "'+86 1"],
  ['-5', "'-5"],
  ['@a', "'@a"],
  ['\tx', "'\tx"],
  ['\rx', "'\rx"],
  ['＝1', "'＝1"],
  ['a=1', 'a=1'],
  ['汉服', '汉服'],
])('text %j is written as %j', (value, cell) => {
  expect(text(value)).toBe(cell)
})

test.each([
  ['12345678901', '12345678901'],
  ['123456789012', '\t123456789012'],
  ['0123', '\t0123'],
  ['0', '0'],
  ['2026-11', '\t2026-11'],
  ['12E5', '\t12E5'],
  ['1/2', '\t1/2'],
  ['TB-1', 'TB-1'],
  ['=A1', "'=A1"],
  ['-1', "'-1"],
])('id %j is written as %j', (value, cell) => {
  expect(id(value)).toBe(cell)
})

test('a table of many blocks is complete, also where a line is longer than a block', () => {
  const table = openTable(join(folder, 'big.csv'), ['n', 'title'])
  const titles = ['保温杯'.repeat(100), '杯'.repeat(400_000), '']
  for (let i = 0; i < 5_000; i++) table.add([i, titles[0]!])
  for (const title of titles) table.add([null, title])
  table.close()
  table.close()
  const rows = Array.from({ length: 5_000 }, (_, i) => `${i},${titles[0]}`)
  const expected = ['\ufeffn,title', ...rows, ...titles.map((title) => `,${title}`), ''].join('\r\n')
  expect(readFileSync(join(folder, 'big.csv'), 'utf8') === expected).toBe(true)
})

test('escaped', () => {
  expect(escaped(`<a href="x" title='y'>&\u0000\u0007\u001b`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;')
})
