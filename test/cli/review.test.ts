import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderWith, run } from './shoptool.ts'

const PARTNER = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId:    { text: order }
      lineId:     { text: line }
      currency:   { text: currency }
      paidAmount: { amount: paid, unit: major }
      commission: { amount: commission, unit: major }
      status:     { oneOf: status, words: { settled: settled, refunded: refunded } }
      orderedAt:  { instant: settled, pattern: "yyyy-MM-dd" }
      settledAt:  { instant: settled, pattern: "yyyy-MM-dd" }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId:     { text: order, optional: true }
      amount:      { amount: amount, unit: major }
      kind:        { oneOf: kind, words: { commission: commission, clawback: clawback, bonus: bonus } }
      paidAt:      { day: day, pattern: "yyyy-MM-dd" }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const ORDERS = `order,line,currency,paid,commission,status,settled
101,A,CNY,100,10.00,settled,2026-10-05
102,A,CNY,100,8.00,settled,2026-10-05
103,A,CNY,100,4.00,settled,2026-10-06
104,A,CNY,100,5.00,settled,2026-10-06
105,A,CNY,100,7.00,settled,2026-09-06
105,B,CNY,100,3.00,settled,2026-09-06
106,A,USD,100,8.00,settled,2026-10-06
`
const NOVEMBER = `statement,order,amount,kind,day
nov,101,10.00,commission,2026-11-20
nov,,8.00,commission,2026-11-20
nov,1O3,4.00,commission,2026-11-20
nov,,9.00,commission,2026-11-20
nov,,3.00,bonus,2026-11-20
nov,,1.00,bonus,2026-11-20
`
const line = (at: number) => `inbox/nov.csv:${at}`

function shop() {
  const folder = folderWith({
    'shoptool.yaml': 'shop: { name: Shop, timezone: Asia/Shanghai, currency: CNY }\n',
    ...{ 'partners/acme.yaml': PARTNER, 'inbox/orders.csv': ORDERS, 'inbox/nov.csv': NOVEMBER },
  })
  const shoptool = (...args: string[]) => run(args, { cwd: folder })
  const review = (...args: string[]) => shoptool('settle', 'review', ...args)
  const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)
  /** `late 1 0.00 3.00` for each class of November. */
  const classes = async () => {
    const { partners } = await json('settle', '--month', '2026-11')
    type Sums = { count: number; expected: string; paid: string }
    return Object.entries(partners[0].classes as Record<string, Sums>).flatMap(([name, { count, expected, paid }]) =>
      count > 0 ? [`${name} ${count} ${expected} ${paid}`] : [],
    )
  }
  const read = async () => {
    for (const [kind, file] of [
      ['orders', 'orders'],
      ['payouts', 'nov'],
    ] as const)
      await shoptool('import', kind, `inbox/${file}.csv`, '--partner', 'acme')
  }
  return { folder, shoptool, review, json, classes, read }
}

describe('settle review', () => {
  const { folder, shoptool, review, json, classes, read } = shop()

  it('says what to do where nothing was read yet', async () => {
    expect(await review()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no data yet; run "shoptool sync"'),
    })
    await shoptool('import', 'orders', 'inbox/orders.csv', '--partner', 'acme', '--dry-run')
    expect((await review('confirm', line(3), '102')).code).toBe(2)
  })

  it('shows lines that are matched with no order, and what they may be for; none is matched because of that', async () => {
    await read()
    const { code, stdout, stderr } = await review('--month', '2026-11')
    expect([code, stderr]).toEqual([5, 'Confirm one with "shoptool settle review confirm <line> <order>", or reject it.\n'])
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((row) => row.split('\t').slice(1)),
    ).toEqual([
      [line(3), '8.00 CNY', '', '102', '8.00', 'the amount, due in this month'],
      [line(4), '4.00 CNY', '1O3', '103', '4.00', 'the amount, due in this month'],
      [line(5), '9.00 CNY', '', '', '', 'no such amount is open'],
      [line(6), '3.00 CNY', '', '105', '3.00', 'the amount, due 2026-10-20'],
    ])
    expect(await classes()).toEqual([
      'matched 1 10.00 10.00',
      'missing 3 17.00 0.00',
      'unknown-order 1 0.00 4.00',
      'non-order 4 0.00 21.00',
      'not-due 2 0.00 0.00',
    ])
    expect((await shoptool('settle', '--month', '2026-11')).stderr).toContain('shoptool settle review')
    expect((await shoptool('settle', '--month', '2026-11')).stderr).toContain('2026-10-01 to 2026-10-31, due 2026-11-20\n')
    expect((await shoptool('settle', '--month', '2026-12')).stderr).toContain(
      'due 2026-12-20, which is not past yet: what is missing may still come\n',
    )
  })

  it('is readable on 60 columns', async () => {
    const { stdout } = await run(['settle', 'review', '--no-color'], { cwd: folder, tty: 60 })
    expect(stdout.split('\n').filter((row) => row.length > 60)).toEqual([])
    expect(stdout).toContain(line(3))
  })

  it.each([
    [
      'a line that is matched',
      [line(2), '102'],
      'inbox/nov.csv:2: is matched with order 101 by order number and equal sums already (matched)',
    ],
    [
      'an order that is paid',
      [line(3), '101'],
      '101: is paid already, 10.00 of 10.00 CNY (inbox/nov.csv:2); nothing of it is open',
    ],
    [
      'an order that is not on record',
      [line(3), '999'],
      '999: acme has no order of that number on record; "shoptool orders list --partner acme" has them',
    ],
    [
      'an order in another currency',
      [line(3), '106'],
      '106: is in USD, inbox/nov.csv:3 in CNY: amounts of two currencies are not set off',
    ],
    ['a line that the order has not', [line(3), '102', '--line', 'Z'], '--line: order 102 has no line "Z" in CNY, only A'],
    ['a line of several orders', [line(3), '102', '103', '--line', 'A'], '--line: goes with one order'],
    ['no place', ['nov', '102'], 'nov: expected file:line, as "shoptool settle review" names payout lines'],
    [
      'a place where nothing was read',
      [line(99), '102'],
      'inbox/nov.csv:99: no payout line was read there; "shoptool settle review" names those that are open',
    ],
    [
      'a line of another partner',
      [line(3), '102', '--partner', 'taobao'],
      'inbox/nov.csv:3: no payout line of taobao was read there; "shoptool settle review" names those that are open',
    ],
  ])('does not confirm %s', async (_, args, message) => {
    expect(await review('confirm', ...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })

  it('confirms a line for an order, for a line of one and for several, in every settlement from then on', async () => {
    expect((await review('confirm', line(3), '102', '--reason', '客服确认')).stdout).toBe(
      'acme\tinbox/nov.csv:3\t8.00 CNY\tfor 102\tmatched\t2026-11-25\t客服确认\n',
    )
    expect(await json('settle', 'review', 'confirm', line(5), 'acme:104', '103')).toMatchObject({
      schema: 'shoptool.settle-review-decided.v1',
      ...{
        line: line(5),
        confirmed: { orderIds: ['104', '103'], lineId: null },
        class: 'matched',
        match: 'confirmed',
        expected: '9.00',
        paid: '9.00',
      },
    })
    expect((await review('confirm', line(6), '105', '--line', 'B')).stdout).toContain('late')
    for (let run = 0; run < 2; run++) {
      expect(await classes()).toEqual([
        'matched 4 27.00 27.00',
        'late 1 0.00 3.00',
        'unknown-order 1 0.00 4.00',
        'non-order 1 0.00 1.00',
        'not-due 1 0.00 0.00',
      ])
      await read()
    }
    const { months, lines } = await json('settle', 'explain', '103')
    expect(months.map((each: { orderIds: string[]; match: string }) => [each.orderIds, each.match])).toEqual([
      [['103', '104'], 'confirmed'],
    ])
    expect(lines.map((each: { orderId: string; states: unknown[] }) => [each.orderId, each.states.length])).toEqual([
      ['103', 1],
      ['104', 1],
    ])
    expect((await shoptool('settle', 'explain', '103')).stdout).toContain('paid together with it: order 104 line A')
    const csv = readFileSync(join(folder, 'out/settle/2026-11/lines.csv'), 'utf8')
    expect(csv).toMatch(/nov\.csv:6,confirmed\r\n/)
  })

  it('keeps what was confirmed where the statement is read anew by another mapping', async () => {
    const path = join(folder, 'partners/acme.yaml')
    writeFileSync(path, PARTNER.replace('      kind:  ', '      sku:         { text: kind }\n      kind:  '))
    expect((await shoptool('import', 'payouts', 'inbox/nov.csv', '--partner', 'acme')).stdout).toContain('applied')
    const { decided } = await json('settle', 'review')
    type One = { line: string; sku: string; class: string }
    expect(decided.map(({ line, sku, class: name }: One) => [line, sku, name])).toEqual([
      [line(3), 'commission', 'matched'],
      [line(5), 'commission', 'matched'],
      [line(6), 'bonus', 'late'],
    ])
  })

  it('does not confirm a line twice, nor an order that is paid by a confirmation', async () => {
    expect((await review('confirm', line(3), '102')).stderr).toContain(
      'inbox/nov.csv:3: is confirmed to be for order 102 already; shoptool settle review withdraw inbox/nov.csv:3 takes that back',
    )
    expect((await review('confirm', line(4), '103')).stderr).toContain(
      '103: is paid already, 9.00 of 9.00 CNY (inbox/nov.csv:5); nothing of it is open',
    )
  })

  it('suggests no more what was rejected, and nothing for a line that is for none', async () => {
    await review('withdraw', line(5))
    expect((await review('reject', line(4), '103')).stdout).toContain('not 103')
    const open = async () =>
      (await json('settle', 'review')).open.map((each: { line: string; suggestions: { orderId: string }[] }) => [
        each.line,
        each.suggestions.map(({ orderId }) => orderId),
      ])
    expect(await open()).toEqual([
      [line(4), []],
      [line(5), []],
    ])
    expect((await review('reject', line(5), '999')).stderr).toContain('999: acme has no order of that number on record')
    expect((await review('reject', line(5))).stdout).toContain('for no order')
    expect((await review('reject', line(4))).code).toBe(0)
    const done = await review()
    expect([done.code, done.stderr]).toEqual([
      0,
      '2026-11: nothing is open: every payout line is matched, decided, or of a kind that is for no order\n',
    ])
    expect((await review('reject', line(3))).stderr).toContain(
      'is confirmed to be for order 102; shoptool settle review withdraw',
    )
  })

  it('withdraws what was decided, once', async () => {
    expect((await review('withdraw', line(4))).stdout).toContain('nothing\tunknown-order')
    expect((await review('withdraw', line(4))).stderr).toBe('shoptool: inbox/nov.csv:4: nothing was decided about it\n')
    expect((await json('settle', 'review')).open.map((each: { line: string }) => each.line)).toEqual([line(4)])
    expect((await shoptool('doctor', '--ledger')).code).toBe(0)
  })

  it('tells where the order that a confirmed line itself names is read later', async () => {
    await review('confirm', line(4), '103')
    expect((await review()).stderr).not.toContain('names order')
    writeFileSync(join(folder, 'inbox/more.csv'), `${ORDERS.split('\n')[0]}\n1O3,A,CNY,100,4.00,settled,2026-10-06\n`)
    await shoptool('import', 'orders', 'inbox/more.csv', '--partner', 'acme')
    expect((await review()).stderr).toContain(
      'inbox/nov.csv:4: names order 1O3, which is on record by now; "shoptool settle review withdraw inbox/nov.csv:4" lets that number count\n',
    )
    const { decided } = await json('settle', 'review')
    expect(decided.map((each: { line: string; named: string | null }) => [each.line, each.named])).toContainEqual([
      line(4),
      '1O3',
    ])
    await review('withdraw', line(4))
    expect((await json('settle', 'explain', '1O3')).payouts).toMatchObject([{ class: 'matched', match: 'sum' }])
  })
})

describe('a closed month', () => {
  const { shoptool, review, json, classes, read } = shop()
  beforeAll(read)

  it('stays with what was confirmed before its close', async () => {
    await review('confirm', line(3), '102')
    const closed = await classes()
    expect((await shoptool('settle', '--month', '2026-11', '--close', '--without-statement')).code).toBe(5)
    const message =
      /inbox\/nov.csv:\d: was paid in 2026-11, which is closed for acme and stays as it is; open 2026-11 again first: shoptool settle --month 2026-11/
    expect((await review('confirm', line(4), '103')).stderr).toMatch(message)
    expect((await review('withdraw', line(3))).stderr).toMatch(message)
    expect(await review('--month', '2026-11')).toMatchObject({
      code: 0,
      stderr: 'acme 2026-11: is closed, so nothing of it can be decided\n',
    })
    expect(await json('settle', 'review', '--month', '2026-11')).toMatchObject({
      closed: ['acme'],
      open: [],
      decided: [{ line: line(3) }],
    })
    expect(await classes()).toEqual(closed)
  })

  it('is not changed by what is confirmed of a later month, which pays late', async () => {
    const later = folderWith({ 'dec.csv': 'statement,order,amount,kind,day\ndec,,4.00,commission,2026-12-20\n' })
    await shoptool('import', 'payouts', join(later, 'dec.csv'), '--partner', 'acme')
    const [{ line: open }] = (await json('settle', 'review', '--month', '2026-12')).open
    expect((await review('confirm', open, '103')).stdout).toContain('for 103\tlate')
    expect((await shoptool('settle', '--month', '2026-11')).code).toBe(5)
    const { adjustments, partners } = await json('settle', '--month', '2026-12')
    expect([adjustments, partners[0].classes.late]).toEqual([
      [],
      { count: 1, expected: '0.00', paid: '4.00', difference: '4.00' },
    ])
    expect((await json('settle', '--month', '2026-11')).closed).toBe(true)
  })
})
