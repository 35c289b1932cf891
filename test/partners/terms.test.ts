import { describe, expect, it, test } from 'vitest'
import { expectedPayout, formula } from '../../src/partners/fees.ts'
import type { Fee, Partner } from '../../src/partners/partner.ts'
import { calendarOf, feesOf, toleranceOn } from '../../src/partners/terms.ts'
import { parsePartner } from '../../src/partners/yaml.ts'
import { coverage, dueMonth } from '../../src/settle/calendar.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'
import { order } from '../settle/records.ts'

const ACME = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
feeds: { products: { format: { type: csv }, fields: { sku: { text: a }, title: { text: b }, price: { amount: c, unit: yuan } } } }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [ { name: 服务费, of: commission, rate: "10%" } ]
tolerance: 1
terms:
  - { from: 2026-09-01, fees: [ { name: 服务费, of: commission, rate: "20%" } ], tolerance: 0, confidence: documented, source: 公告, review: 2027-01-01 }
  - { from: 2026-10-16, calendar: { basis: verifiedAt, closes: 15, pays: 20, lag: 0 } }
`
const acme = parsePartner('acme.yaml', ACME)

/** A built-in partner by what the workspace says of it. */
const over = (text: string, partner: Partner = { ...acme, id: 'taobao' }) =>
  parsePartner('taobao.yaml', `id: taobao\n${text}`, [partner])
const FEE = { name: '服务费', of: 'commission', rate: 100_000, rounding: 'half-up' } as const

describe('dated terms', () => {
  test.each([
    ['the day before', { orderedAt: '2026-08-31T23:59:59+08:00', paidAt: null }, 900],
    ['the first day', { orderedAt: '2026-09-01T00:00:00+08:00', paidAt: null }, 800],
    ['as a plain day', { orderedAt: '2026-09-01', paidAt: null }, 800],
    ['of a presale the balance counts', { orderedAt: '2026-08-20T00:00:00+08:00', paidAt: '2026-09-01T00:10:00+08:00' }, 800],
  ])('fees are those of the day of the order: %s', (_, days, payout) => {
    expect(expectedPayout(order(days), feesOf(acme))).toBe(payout)
  })

  it('what has no day is judged by the latest fees', () => {
    expect(expectedPayout({ commission: 1000, paidAmount: 10_000 }, feesOf(acme))).toBe(800)
  })

  test.each([
    [
      'by the old calendar up to the day before',
      { settledAt: '2026-10-15T12:00:00+08:00', verifiedAt: '2026-10-15T12:00:00+08:00' },
      '2026-11-20',
    ],
    [
      'by the new one from then on',
      { verifiedAt: '2026-10-16T12:00:00+08:00', settledAt: null, status: 'verified' },
      '2026-11-20',
    ],
    ['in the month after it closes', { verifiedAt: '2026-11-16T12:00:00+08:00' }, '2026-12-20'],
    ['not yet', { verifiedAt: null, settledAt: null, status: 'received' }, undefined],
  ] as const)('an order is due %s', (_, changes, due) => {
    expect(dueMonth(order(changes), calendarOf(acme)!)?.day).toBe(due)
  })

  it('a month covers the days of both calendars where they change', () => {
    expect(coverage(calendarOf(acme)!, '2026-10')).toMatchObject({ from: '2026-09-01', to: '2026-09-30', by: 'settled' })
    expect(coverage(calendarOf(acme)!, '2026-11')).toMatchObject({ from: '2026-10-01', to: '2026-11-15', due: '2026-11-20' })
    expect(coverage(calendarOf(acme)!, '2026-12')).toMatchObject({ from: '2026-11-16', to: '2026-12-15', by: 'verified' })
  })

  it('the tolerance is that of the month of the payout', () => {
    expect(toleranceOn('2026-08-01', acme)).toEqual({ line: 1, statement: null })
    expect(toleranceOn('2026-09-01', acme)).toEqual({ line: 0, statement: null })
    const partner = over('terms:\n  - { from: 2026-10-01, tolerance: { line: 1, statement: 50 } }\n')
    expect(toleranceOn('2026-10-01', partner)).toEqual({ line: 1, statement: 50 })
  })
})

describe('a built-in partner overridden in the workspace', () => {
  const ratesOf = (partner: Partner) => feesOf(partner).map(({ from, until, rate }) => [from, until, rate])

  it('from a day on: before it the built-in terms stay, after it none of them', () => {
    const partner = over('terms:\n  - { from: 2026-08-01, fees: [ { name: x, of: paidAmount, rate: "1%" } ] }\n')
    expect(ratesOf(partner)).toEqual([
      [undefined, '2026-08-01', 100_000],
      ['2026-08-01', undefined, 10_000],
    ])
    expect(partner.terms!.at(-1)).toMatchObject({ confidence: 'stated', place: 'partners/taobao.yaml:3: terms.0' })
    expect(toleranceOn('2026-10-01', partner).line).toBe(0)
    expect(calendarOf(partner)).toEqual(calendarOf(acme))
    expect(partner.feeds).toBe(acme.feeds)
  })

  it('from ever: nothing of the built-in part counts, other parts do', () => {
    const partner = over('fees: []\ngrounds: { fees: { confidence: unverified } }\n')
    expect(feesOf(partner)).toEqual([])
    expect(partner.grounds!.fees).toEqual({ confidence: 'unverified', place: 'partners/taobao.yaml:2: fees' })
    expect(calendarOf(partner)).toEqual(calendarOf(acme))
  })

  it('the words of its payer', () => {
    expect(over('payer: 阿里妈妈\n').payer).toEqual(['阿里妈妈'])
    expect(over('payer: [a, b]\n').payer).toEqual(['a', 'b'])
  })

  it('a later day than the built-in change: both hold', () => {
    expect(ratesOf(over('terms:\n  - { from: 2026-12-01, fees: [] }\n'))).toEqual([
      [undefined, '2026-09-01', 100_000],
      ['2026-09-01', '2026-12-01', 200_000],
    ])
  })

  test.each([
    [
      'name: x\n',
      'partners/taobao.yaml:2: name: taobao is built in (Acme): its file may only change calendar, fees, tolerance, terms and payer',
    ],
    ['feeds: {}\n', 'partners/taobao.yaml:2: feeds: taobao is built in'],
    ['payer: 5\n', 'partners/taobao.yaml:2: payer: expected a word that the payer of receipts holds, or a list of them'],
    ['payer: [""]\n', 'partners/taobao.yaml:2: payer.0: is empty, expected a word of the payer'],
    ['fee: []\n', 'partners/taobao.yaml:2: fee: unknown key; did you mean fees?'],
    ['terms: [ { from: 2026-13-01, fees: [] } ]\n', 'partners/taobao.yaml:2: terms.0.from: expected a day like 2026-01-31'],
    ['terms: [ { fees: [] } ]\n', 'partners/taobao.yaml:2: terms.0.from: is missing, expected a text'],
    [
      'terms: [ { from: 2026-01-01 } ]\n',
      'partners/taobao.yaml:2: terms.0: changes nothing, expected calendar, fees or tolerance',
    ],
    [
      'terms: [ { from: 2026-01-01, tolerance: 0, confidence: sure } ]\n',
      'terms.0.confidence: "sure" is not known, expected stated, documented',
    ],
    ['terms: [ { from: 2026-01-01, tolerance: 0, review: soon } ]\n', 'terms.0.review: expected a day like 2026-01-31'],
    ['fees: [ { name: x, of: rest, rate: "1%", max: 2 } ]\n', 'fees.0.max: expected an amount in quotes, like "2.00"'],
    [
      'fees: [ { name: x, of: rest, rate: "1%", max: "2.001" } ]\n',
      'fees.0.max: "2.001" is not an amount in CNY, expected like "2.00"',
    ],
    ['fees: [ { name: x, of: rest, rate: "1%", min: "3", max: "2" } ]\n', 'fees.0.min: 3 is more than max, 2'],
    [
      'fees: [ { name: x, of: rest, rate: "1%", kind: bonus } ]\n',
      'fees.0.kind: "bonus" is not known, expected fee, share, subsidy, tax',
    ],
    [
      'fees: [ { name: x, of: rest, rate: "1%", per: line } ]\n',
      'partners/taobao.yaml:2: fees.0.per: "line" is not known, expected order',
    ],
    ['fees: [ { name: x, of: rest, rate: "1%", maxMonth: "x" } ]\n', 'fees.0.maxMonth: "x" is not an amount in CNY'],
    [
      'fees: [ { name: x, of: rest, rate: "1%", per: order }, { name: x, of: rest, rate: "1%" } ]\n',
      'fees.1.name: "x" is a fee already, expected a name of its own',
    ],
    [
      'calendar: { basis: settledAt, days: 1, runs: [ { closes: 15, pays: 1, lag: 1 } ] }\n',
      'calendar.runs: does not go with days',
    ],
    [
      'calendar: { basis: settledAt, lag: 1, runs: [ { closes: 15, pays: 1, lag: 1 } ] }\n',
      'calendar.lag: does not go with runs',
    ],
    ['calendar: { basis: settledAt, runs: [] }\n', 'calendar.runs: is empty, expected runs like { closes: 15, pays: 1, lag: 1 }'],
    [
      'calendar: { basis: settledAt, runs: [ { closes: last, pays: 1, lag: 1 }, { closes: 15, pays: 1, lag: 1 } ] }\n',
      'calendar.runs: expected runs in the order in which they close',
    ],
    ['calendar: { basis: settledAt, days: 1, holidays: [2026-10-01] }\n', 'calendar.holidays: needs weekend: before or after'],
    [
      'calendar: { basis: settledAt, days: 1, weekend: never }\n',
      'calendar.weekend: "never" is not known, expected before, after',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => over(text)).toThrow(message)
  })
  it('under another name than its file is refused', () => {
    expect(() => parsePartner('taobao.yaml', 'id: jd\nfees: []\n', [{ ...acme, id: 'taobao' }])).toThrow(
      'partners/taobao.yaml:1: id: "jd" is not the name of the file, expected taobao',
    )
  })
})

describe('parts of a payout', () => {
  const SUBSIDY: Fee = { name: '补贴', kind: 'subsidy', of: 'paidAmount', rate: 10_000, rounding: 'half-up' }
  test.each<[string, number, number, Fee[], string]>([
    [
      'a subsidy is added',
      180,
      1980,
      [SUBSIDY, FEE],
      '1.80 commission + 0.20 补贴 (1 % of 19.80, half-up) − 0.18 服务费 (10 % of 1.80, half-up) = 1.82',
    ],
    [
      'at most',
      3000,
      30_000,
      [{ ...SUBSIDY, max: 200 }],
      '30.00 commission + 2.00 补贴 (1 % of 300.00, half-up, at most 2.00) = 32.00',
    ],
    ['at least', 30, 300, [{ ...FEE, min: 10 }], '0.30 commission − 0.10 服务费 (10 % of 0.30, half-up, at least 0.10) = 0.20'],
    [
      'nothing is taken of a gift line',
      0,
      0,
      [{ ...FEE, min: 10 }],
      '0.00 commission − 0.00 服务费 (10 % of 0.00, half-up) = 0.00',
    ],
    [
      'what is below zero takes back, with the same limits',
      -3000,
      -30_000,
      [{ ...SUBSIDY, max: 200 }],
      '-30.00 commission − 2.00 补贴 (1 % of -300.00, half-up, at most 2.00) = -32.00',
    ],
    [
      "the operator's share",
      185,
      1850,
      [{ ...FEE, name: '机构', kind: 'share', rate: 700_000 }],
      '1.85 commission − 0.55 机构 (70 % of 1.85 is 1.30, half-up) = 1.30',
    ],
    [
      'tax of what the others leave',
      1000,
      10_000,
      [FEE, { ...FEE, name: '个税', kind: 'tax', of: 'rest', rate: 30_000 }],
      '10.00 commission − 1.00 服务费 (10 % of 10.00, half-up) − 0.27 个税 (3 % of 9.00, half-up) = 8.73',
    ],
  ])('%s', (_, commission, paidAmount, fees, text) => {
    expect(formula({ currency: 'CNY', commission, paidAmount }, fees)).toBe(text)
  })
})

describe('what an order states itself', () => {
  const RULED: Fee = { ...FEE, stated: true }
  const SUBSIDY: Fee = { name: '补贴', kind: 'subsidy', of: 'paidAmount', rate: 10_000, rounding: 'half-up', stated: true }
  test.each<[string, { commission: number; serviceFee?: number; subsidy?: number }, Fee[], string]>([
    ['as its rule', { commission: 180, serviceFee: 18 }, [RULED], '1.80 commission − 0.18 服务费 (10 % of 1.80, half-up) = 1.62'],
    [
      'not as its rule',
      { commission: 180, serviceFee: 17 },
      [RULED],
      '1.80 commission − 0.17 服务费 (stated; 10 % of 1.80, half-up would be 0.18) = 1.63',
    ],
    ['nothing: the rule counts', { commission: 180 }, [RULED], '1.80 commission − 0.18 服务费 (10 % of 1.80, half-up) = 1.62'],
    [
      'a fee of 0',
      { commission: 180, serviceFee: 0 },
      [RULED],
      '1.80 commission − 0.00 服务费 (stated; 10 % of 1.80, half-up would be 0.18) = 1.80',
    ],
    [
      'a fee that no rule speaks of',
      { commission: 180, serviceFee: 17 },
      [],
      '1.80 commission − 0.17 service fee (stated) = 1.63',
    ],
    [
      'a subsidy: no fee is taken of it',
      { commission: 200, subsidy: 20 },
      [FEE],
      '1.80 commission + 0.20 subsidy (stated) − 0.18 服务费 (10 % of 1.80, half-up) = 1.82',
    ],
    [
      'a subsidy beside its rule',
      { commission: 200, subsidy: 20 },
      [SUBSIDY],
      '1.80 commission + 0.20 补贴 (1 % of 19.80, half-up) = 2.00',
    ],
    [
      'a smaller subsidy than its rule',
      { commission: 190, subsidy: 10 },
      [SUBSIDY],
      '1.80 commission + 0.10 补贴 (stated; 1 % of 19.80, half-up would be 0.20) = 1.90',
    ],
  ])('%s', (_, earning, fees, text) => {
    expect(formula({ currency: 'CNY', paidAmount: 1980, ...earning }, fees)).toBe(text)
  })
})

describe('a partner whose orders state their fee', () => {
  const ORDERS = `  orders:
    format: { type: csv }
    fields:
      orderId: { text: no }
      lineId: { text: line }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { settled: settled } }
      orderedAt: { instant: at, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd }
`
  const PAYOUTS = `  payouts:
    format: { type: csv }
    fields:
      orderId: { text: no }
      lineId: { text: line }
      amount: { amount: amount, unit: yuan }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
  const partner = (fields: string, fees: string) =>
    `${ACME.slice(0, ACME.indexOf('feeds:'))}feeds:\n${ORDERS}${fields}${PAYOUTS}fees: ${fees}\n`

  it('must say which fee that is', () => {
    const read = (fees: string) =>
      parsePartner('acme.yaml', partner('      serviceFee: { amount: fee, unit: yuan, optional: true }\n', fees))
    expect(() => read('[ { name: x, of: commission, rate: "10%" } ]')).toThrow(
      'feeds.orders.fields.serviceFee: is which of the fees? Write stated: true there, so that it is not taken twice',
    )
    expect(read('[ { name: x, of: commission, rate: "10%", stated: true } ]').fees[0]!.stated).toBe(true)
    expect(read('[ { name: x, kind: subsidy, of: commission, rate: "10%" } ]').fees).toHaveLength(1)
  })

  it('is settled to the fen with a fee of the whole order, from its files to the explanation and the pack', async () => {
    const line = (name: string) => `1,${name},18.50,1.85,settled,2026-09-30,2026-10-05`
    const cwd = workspaceWith('', {
      'partners/acme.yaml': partner('', '[ { name: 服务费, of: commission, rate: "10%", per: order } ]'),
      'orders.csv': ['no,line,paid,commission,status,at,settled', line('A'), line('B'), line('C')].join('\n'),
      'payouts.csv': 'no,line,amount,day\n1,A,1.66,2026-11-20\n1,B,1.66,2026-11-20\n1,C,1.64,2026-11-20\n',
    })
    for (const kind of ['orders', 'payouts']) await run(['import', kind, `${kind}.csv`, '--partner', 'acme'], { cwd })
    const settled = JSON.parse((await run(['settle', '--month', '2026-11', '--json'], { cwd })).stdout)
    expect(settled.partners[0]).toMatchObject({ expected: '4.99', paid: '4.96', difference: '-0.03' })
    expect(settled.findings).toHaveLength(1)
    expect(settled.findings[0]).toMatchObject({ class: 'short-paid', lineId: 'C', expected: '1.67', paid: '1.64' })
    const { stdout } = await run(['settle', 'explain', '1'], { cwd })
    expect(stdout).toContain('1.85 commission − 0.18 服务费 (10 % of 1.85, half-up, for the whole order) = 1.67')
    const packed = await run(['settle', 'pack', '--month', '2026-11', '--partner', 'acme'], { cwd })
    expect(packed.stdout).toContain('1 claims, 0.03 CNY')
  })
})
