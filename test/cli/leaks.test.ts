import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, workspaceWith } from './shoptool.ts'

// `settle leaks` and `settle truth` from files on; what they find and what not is in ../report.

const ACME = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: major }
      commission: { amount: commission, unit: major }
      trackingId: { text: pid }
      status: { oneOf: status, words: { settled: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order }
      amount: { amount: amount, unit: major }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const major = (minor: number) => (minor / 100).toFixed(2)

/** 80 orders that are due in October and 80 in November; of those by pid `b` in November the partner keeps 0.5 %; one is paid a fen more. */
function months() {
  const lines = Array.from({ length: 160 }, (_, i) => {
    const [month, paid] = i % 2 === 0 ? ['2026-09', '2026-10-20'] : ['2026-10', '2026-11-20']
    const commission = 500 + i * 37
    const pid = i % 4 > 1 ? 'b' : 'a'
    const kept = pid === 'b' && month === '2026-10' ? Math.round(commission / 200) : i === 4 ? -1 : 0
    const day = `${month}-${String(1 + (i % 28)).padStart(2, '0')}`
    return {
      order: `${i},${major(commission * 10)},${major(commission)},${pid},settled,${day},${day}`,
      payout: `${i},${major(commission - kept)},${paid}`,
    }
  })
  return {
    'partners/acme.yaml': ACME,
    'orders.csv': ['order,paid,commission,pid,status,ordered,settled', ...lines.map(({ order }) => order)].join('\n'),
    'payouts.csv': ['order,amount,day', ...lines.map(({ payout }) => payout)].join('\n'),
  }
}

test('names a skim of half a percent with its confidence, to people, scripts and spreadsheets', async () => {
  const cwd = workspaceWith('', months())
  const empty = await run(['settle', 'leaks'], { cwd })
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('there is no data yet')])
  await run(['import', 'orders', 'orders.csv', '--partner', 'acme'], { cwd })
  await run(['import', 'payouts', 'payouts.csv', '--partner', 'acme'], { cwd })

  const { code, stdout } = await run(['settle', 'leaks', '--no-color'], { cwd, tty: 60 })
  expect(code).toBe(5)
  expect(stdout).toBe(`acme: orders from 2026-10-04, tracking id b
  missing: 0.5 % of the payout
  lost: 6.99 CNY, confidence over 99.9999 %
  40 of 40 orders were paid 99.5 % (± 0.01) of what was due,
  2026-10-04 to 2026-10-28
  expected 1398.80, paid 1391.81 CNY
  of 120 other orders 0 look so
  chance 4e-34, were such losses spread evenly (Fisher's
  exact test, times 30264 groups and patterns looked at)
  → Ask Acme what this is kept for since 2026-10-04; agreed:
  add it to its fees with from: and the day, else claim it
  with "shoptool settle pack --partner acme"

acme: 160 orders looked at in 41 groups
  a minor unit or within the tolerance: 0 lost 0.00, 1
  gained 0.01 CNY
`)

  const json = await run(['settle', 'leaks', '--json', '--partner', 'acme', '--from', '2026-10'], { cwd })
  const { leaks, ...rest } = JSON.parse(json.stdout)
  const rounding = { lost: { orders: 0, amount: '0.00' }, gained: { orders: 1, amount: '0.01' } }
  const looked = { partner: 'acme', currency: 'CNY', orders: 160, groups: 41, expected: '5506.40', paid: '5499.42', rounding }
  expect(rest).toEqual({ schema: 'shoptool.settle-leaks.v1', from: '2026-10', to: '2026-11', looked: [looked] })
  expect(leaks).toEqual([
    {
      ...{ partner: 'acme', currency: 'CNY', where: 'orders from 2026-10-04, tracking id b', pattern: 'share' },
      group: [
        { by: 'from', value: '2026-10-04' },
        { by: 'tracking', value: 'b' },
      ],
      ...{ missing: '0.5 % of the payout', share: '0.5', amount: null, fee: null, orders: 40, affected: 40, hidden: 0 },
      ...{ expected: '1398.80', paid: '1391.81', lost: '6.99', elsewhere: { orders: 120, affected: 0 } },
      ...{ confidence: '99.9999', chance: '4e-34', tried: 30264, first: '2026-10-04', last: '2026-10-28' },
      ...{ explain: expect.stringContaining('40 of 40 orders'), advice: expect.stringContaining('settle pack') },
    },
  ])

  const csv = await run(['settle', 'leaks', '--month', '2026-11', '--csv', 'leaks.csv'], { cwd })
  expect(csv).toEqual({ code: 5, stdout: '', stderr: `Written: ${join(cwd, 'leaks.csv')}\n` })
  const table = readFileSync(join(cwd, 'leaks.csv'), 'utf8').split('\r\n')
  expect(table[0]).toMatch(/^\ufeffpartner,currency,where,/)
  expect(table[1]).toContain('acme,CNY,tracking id b,share,0.5 % of the payout,40,40,0,1398.80,1391.81,6.99,99.9999,')
  expect((await run(['settle', 'leaks', '--month', '2026-11', '--csv', '-'], { cwd })).stdout).toBe(table.join('\r\n'))

  const clean = await run(['settle', 'leaks', '--month', '2026-10'], { cwd })
  const found = 'acme: 80 orders looked at in 27 groups\n  a minor unit or within the tolerance: 0 lost 0.00, 1 gained 0.01 CNY\n'
  const nothing = 'No leak from 2026-10 to 2026-10: what is missing follows no rule.\n'
  expect(clean).toEqual({ code: 0, stdout: found, stderr: nothing })
  const before = await run(['settle', 'leaks', '--month', '2020-10'], { cwd })
  expect(before).toEqual({ code: 0, stdout: '', stderr: 'No orders were due from 2020-10 to 2020-10.\n' })
  const reversed = await run(['settle', 'leaks', '--from', '2026-12', '--to', '2026-11'], { cwd })
  expect([reversed.code, reversed.stderr]).toEqual([2, 'shoptool: --from: "2026-12" is after --to 2026-11\n'])
})

test.each([
  [['--json', '--csv', '-'], '--json and --csv: expected one of them'],
  [['--month', '2026-10', '--to', '2026-11'], '--month and --from or --to: expected one of them'],
  [['--from', '2026-13'], '--from: "2026-13" is not a month, expected like 2026-10'],
])('%j is a usage error', async (flags, message) => {
  const { code, stderr } = await run(['settle', 'leaks', ...flags], { cwd: workspaceWith('', {}) })
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})

const STATUSES = { settled: 'settled', stuck: 'verified', void: 'invalid' }
const odd = {
  'partners/acme.yaml': ACME.replace('words: { settled: settled }', `words: ${JSON.stringify(STATUSES)}`)
    .replace(
      'settledAt: { instant: settled, pattern: yyyy-MM-dd }',
      'settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }',
    )
    .concat('stuck: { stuck: transfer-failed }\npayer: Acme\n'),
  'orders.csv': `order,paid,commission,pid,status,ordered,settled
1,100,9.90,a,settled,2026-09-03,2026-09-20
2,100,7.70,a,settled,2026-09-03,2026-09-20
3,100,5.50,a,stuck,2026-09-04,
4,100,3.30,a,void,2026-09-05,2026-09-20
5,100,1.10,a,settled,2026-09-05,2026-09-20
`,
  'payouts.csv': 'order,amount,day\n4,3.30,2026-10-20\n5,1.10,2026-10-20\n=9,2.20,2026-10-20\n',
  'alipay.csv': `交易时间,交易对方,收/支,金额,备注
2026-09-01 12:00:00,Nobody,收入,1.00,
2026-11-20 12:00:00,Nobody,收入,1.00,
`,
}

test('tells what partners say that the money does not, with what to do', async () => {
  const cwd = workspaceWith('', odd)
  await run(['import', 'orders', 'orders.csv', '--partner', 'acme'], { cwd })
  await run(['import', 'payouts', 'payouts.csv', '--partner', 'acme'], { cwd })
  await run(['import', 'receipts', 'alipay.csv'], { cwd })
  const { code, stdout, stderr } = await run(['settle', 'truth', '--orders', '1', '--no-color'], { cwd, tty: 60 })
  expect([code, stderr]).toEqual([5, '  and 1 more; --orders names more, --csv all\n'])
  expect(stdout).toContain(`PARTNER  CASE             COUNT  AMOUNT       SINCE
acme     settled-unpaid       2   17.60  CNY  2026-10-20
acme     money-no-order       1    2.20  CNY  2026-10-20
acme     invalid-paid         1    3.30  CNY  2026-10-20
acme     transfer-failed      1    5.50  CNY  2026-09-04
acme     not-received         1    6.60  CNY  2026-10-20

acme: settled-unpaid
  → see that all its statements were read, then claim it
  with "shoptool settle pack --partner acme"
  ORDER  SINCE       AMOUNT CNY  WHAT
  1      2026-10-20        9.90  settled
`)

  const { cases, ...rest } = JSON.parse((await run(['settle', 'truth', '--json'], { cwd })).stdout)
  expect(rest).toEqual({ schema: 'shoptool.settle-truth.v1', asOf: '2026-11-25' })
  const stuck = { orderId: '3', lineId: '', statementId: null, title: null, says: 'stuck', since: '2026-09-04', amount: '5.50' }
  expect(cases[3]).toEqual({
    ...{ partner: 'acme', name: 'Acme', currency: 'CNY', case: 'transfer-failed', count: 1, amount: '5.50' },
    ...{ oldest: stuck, advice: expect.stringContaining('ask for the money to be sent again'), odds: [stuck] },
  })

  const csv = await run(['settle', 'truth', '--csv', '-', '--orders', '1'], { cwd })
  const table = csv.stdout.split('\r\n')
  expect([csv.code, table.length]).toEqual([5, 8])
  expect(table[0]).toBe('\ufeffpartner,currency,case,order,line,statement,since,amount,says,title,advice')
  expect(table[2]).toMatch(/^acme,CNY,settled-unpaid,2,,,2026-10-20,7.70,settled,,"see that all/)
  expect(table[3]).toContain("money-no-order,'=9,,payouts,2026-10-20,2.20,,,")
})

test('has nothing to tell where the money is as partners say, and refuses two forms at once', async () => {
  const cwd = workspaceWith('', { ...odd, 'payouts.csv': 'order,amount,day\n1,9.90,2026-10-20\n' })
  const both = await run(['settle', 'truth', '--json', '--csv', '-'], { cwd })
  expect([both.code, both.stderr]).toEqual([2, 'shoptool: --json and --csv: expected one of them\n'])
  await run(['import', 'payouts', 'payouts.csv', '--partner', 'acme'], { cwd })
  await run(['import', 'orders', '-', '--partner', 'acme'], { cwd, stdin: odd['orders.csv'].split('\n').slice(0, 2).join('\n') })
  expect(await run(['settle', 'truth'], { cwd })).toEqual({
    ...{ code: 0, stdout: '', stderr: 'What partners say and what they paid is not at odds.\n' },
  })
})

test('refuses a word of "stuck:" that is no status', async () => {
  const cwd = workspaceWith('', {
    ...odd,
    'partners/acme.yaml': odd['partners/acme.yaml'].replace('{ stuck: transfer', '{ stack: transfer'),
  })
  const { code, stderr } = await run(['import', 'orders', 'orders.csv', '--partner', 'acme'], { cwd })
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /partners\/acme.yaml:\d+: stuck.stack: is no word of feeds.orders.fields.status, expected settled, stuck, void/,
    ),
  ])
})
