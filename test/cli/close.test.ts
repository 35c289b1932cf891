import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { run, workspaceWith } from './shoptool.ts'

const PARTNER = (id: string) => `id: ${id}
name: ${id}
currency: CNY
timezone: Asia/Shanghai
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { settled: settled, refunded: refunded } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order }
      amount: { amount: amount, unit: yuan }
      paidAt: { day: day, pattern: yyyy-MM-dd }
`
const ORDERS = 'order,paid,commission,status,ordered,settled\n'
const folder = workspaceWith('', {
  'partners/acme.yaml': PARTNER('acme'),
  'partners/beta.yaml': PARTNER('beta'),
  'inbox/orders.csv': `${ORDERS}1,100.00,10.00,settled,2026-09-01,2026-09-20\n2,50.00,5.00,settled,2026-09-01,2026-09-20\n`,
  'inbox/refund.csv': `${ORDERS}1,100.00,10.00,refunded,2026-09-01,2026-09-20\n`,
  'inbox/october.csv': 'order,amount,day\n1,10.00,2026-10-20\n',
  'inbox/late.csv': 'order,amount,day\n2,5.00,2026-10-21\n',
})
const shoptool = (...args: string[]) => run(args, { cwd: folder })
const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)
const written = (month: string) => {
  const out = join(folder, 'out/settle', month)
  return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]))
}

beforeAll(async () => {
  for (const partner of ['acme', 'beta']) await shoptool('import', 'orders', 'inbox/orders.csv', '--partner', partner)
  await shoptool('import', 'payouts', 'inbox/october.csv', '--partner', 'acme')
})

describe('settle --close and --reopen, from the first close to a changed row', () => {
  it('lists nothing at first', async () => {
    expect(await shoptool('settle', 'closes')).toEqual({ code: 0, stdout: '', stderr: 'No month was closed.\n' })
    const unknown = await shoptool('settle', 'closes', '--partner', 'acne')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('--partner: unknown partner "acne"')])
    expect((await shoptool('settle', '--month', '2026-10', '--reopen', '--reason', 'x')).stderr).toBe(
      'shoptool: 2026-10: is not closed for any partner\n',
    )
  })

  it('closes each partner on its own, and the month is partly closed', async () => {
    const { code, stdout, stderr } = await shoptool('settle', '--month', '2026-10', '--close', '--json')
    expect(code).toBe(4)
    expect(stderr).toMatch(
      /^acme 2026-10: closed on 2026-11-25, hash [0-9a-f]{64}\nshoptool: beta 2026-10: 15.00 CNY is due and no statement/,
    )
    expect(JSON.parse(stdout)).toMatchObject({
      closed: false,
      partners: [
        { partner: 'acme', closedAt: '2026-11-25T12:00:00+08:00' },
        { partner: 'beta', closedAt: null },
      ],
    })
    expect((await shoptool('settle', '--month', '2026-10', '--close', '--without-statement', '--partner', 'beta')).code).toBe(5)
    expect((await json('settle', '--month', '2026-10')).closed).toBe(true)
  })

  it('says that it is closed already, with the same hash', async () => {
    const { closes } = await json('settle', 'closes', '--partner', 'acme')
    const { stderr } = await shoptool('settle', '--month', '2026-10', '--close')
    expect(stderr).toContain(`acme 2026-10: is closed already, since 2026-11-25, hash ${closes[0].hash}\n`)
    expect(closes).toMatchObject([{ partner: 'acme', month: '2026-10', action: 'close', reason: null, whole: true }])
    expect(Object.keys(closes[0].files)).toEqual(['summary.csv', 'findings.csv', 'lines.csv', 'report.html'])
    expect((await json('settle', 'closes')).closes).toHaveLength(2)
    expect((await json('settle', 'closes', '--month', '2026-09')).closes).toEqual([])
  })

  it('keeps its bytes when orders change, and the next month shows what they change', async () => {
    const before = written('2026-10')
    for (const partner of ['acme', 'beta']) await shoptool('import', 'orders', 'inbox/refund.csv', '--partner', partner)
    await shoptool('settle', '--month', '2026-10')
    expect(written('2026-10')).toEqual(before)
    const { code, stdout } = await run(['settle', '--month', '2026-11'], { cwd: folder, tty: 100 })
    expect(code).toBe(5)
    expect(stdout).toContain('  besides, 1 adjustment of closed months: difference 10.00')
    expect(stdout).toMatch(/2026-10 +acme:1 +10.00 +2026-10, which is closed/)
    expect(stdout).toMatch(/2026-10 +beta:1 +10.00 +2026-10, which is closed/)
  })

  it('has what later facts change beside the sums of the month report', async () => {
    const [sheet] = (await json('report', 'month', '--month', '2026-11', '--top', '1')).sheets
    expect(sheet).toMatchObject({
      ...{ due: '0.00', received: '0.00', over: '0.00' },
      adjusted: { count: 2, expected: '-20.00', paid: '0.00', difference: '20.00' },
      adjustments: [{ partner: 'acme', closedMonth: '2026-10', orderId: '1', difference: '10.00' }],
    })
    expect((await shoptool('report', 'month', '--month', '2026-11', '--top', '1')).stdout).toBe(
      'CNY\t0.00\t0.00\t0.00\t0.00\nbesides, 2 adjustments of closed months: difference 20.00 CNY\n',
    )
    const page = readFileSync(join(folder, 'out/report/2026-11.html'), 'utf8')
    expect(page).toContain('另：前月调整 <span lang="en">besides, adjustments</span></dt><dd class="more">+20.00</dd>')
    expect(page).toMatch(/已结账月份的调整.*<small>2<\/small>/)
    expect(page).toContain('2026-10, which is closed, was matched (10.00 expected, 10.00 paid)')
    expect(page).toContain('另有 1 项')
    expect((await json('report', 'month', '--month', '2026-10')).sheets[0]).toMatchObject({
      adjusted: { count: 0 },
      adjustments: [],
    })
  })

  it('claims what the closed month lacks, and explains an order as the month would be now', async () => {
    const { claimed } = await json('settle', 'pack', '--month', '2026-10', '--partner', 'acme')
    expect(claimed).toEqual([{ currency: 'CNY', count: 1, amount: '5.00' }])
    const { claimed: ofBeta } = await json('settle', 'pack', '--month', '2026-10', '--partner', 'beta')
    expect(ofBeta).toEqual([{ currency: 'CNY', count: 2, amount: '15.00' }])
    expect((await shoptool('settle', 'explain', 'acme:1')).stdout).toContain(
      '  2026-10 refunded-but-paid: expected 0.00, paid 10.00, difference 10.00 CNY — 10.00 paid (statement october of 2026-10-20) although the order is refunded; matched by order number; as it would be now, the month was closed on 2026-11-25\n',
    )
  })

  it('refuses a statement of a closed month, also as --payout', async () => {
    const answer = await shoptool('settle', '--month', '2026-10', '--partner', 'acme', '--payout', 'inbox/late.csv')
    expect(answer).toMatchObject({ code: 4, stdout: '' })
    expect(answer.stderr).toBe(
      'shoptool: inbox/late.csv: statement late has lines paid in 2026-10, which is closed for acme; to take it, open 2026-10 again first: shoptool settle --month 2026-10 --partner acme --reopen --reason "…"; then import it and close again; nothing of it was taken\n',
    )
  })

  it('opens a month again, for the record', async () => {
    const { code, stdout } = await shoptool(
      'settle',
      '--month',
      '2026-10',
      '--partner',
      'acme',
      '--reopen',
      '--reason',
      'late statement',
    )
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^acme 2026-10: open again, it had the hash [0-9a-f]{64}\n$/)])
    const { reopened } = await json('settle', '--month', '2026-10', '--reopen', '--reason', 'too')
    expect(reopened).toMatchObject([{ partner: 'beta', action: 'reopen', reason: 'too', undone: { action: 'close' } }])
    const { stdout: list } = await shoptool('settle', 'closes', '--partner', 'acme')
    expect(list.split('\n').map((row) => row.split('\t').filter((_, at) => at !== 4))).toEqual([
      ['2026-10', 'acme', 'close', '2026-11-25T12:00:00+08:00', ''],
      ['2026-10', 'acme', 'reopen', '2026-11-25T12:00:00+08:00', 'late statement'],
      [''],
    ])
    const [payout] = (await json('import', 'payouts', 'inbox/late.csv', '--partner', 'acme')).runs
    expect(payout).toMatchObject({ status: 'applied', added: 1 })
  })

  it('leaves the files of a closed month alone where it was tampered with, and writes nothing', async () => {
    await shoptool('settle', '--month', '2026-10', '--close', '--without-statement')
    const before = written('2026-10')
    const db = new Sqlite(join(folder, 'shoptool.db'))
    db.exec(
      "UPDATE payout_line SET amount = amount + 1 WHERE order_id = '2'; UPDATE statement SET total = total + 1 WHERE statement_id = 'late'",
    )
    db.exec('DROP TRIGGER closing_changed')
    db.exec("UPDATE closing SET reason = 'other' WHERE reason = 'late statement'")
    db.close()
    const { code, stdout, stderr } = await shoptool('settle', '--month', '2026-10')
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toContain(
      'acme 2026-10: does not come out as it was closed on 2026-11-25: the payouts that it was closed with are other ones now. It changes summary.csv, findings.csv, lines.csv, report.html, CNY',
    )
    expect(written('2026-10')).toEqual(before)
    const list = await shoptool('settle', 'closes')
    expect(list.code).toBe(4)
    expect(list.stderr).toBe(
      'shoptool: acme 2026-10: row 3 of the closes is not the one that was written, or one before it is missing\n',
    )
  })
})

it.each([
  ['--reopen', '--reopen: which month? Name it with --month, like --month 2026-10'],
  ['--reopen --month 2026-10', '--reopen: why? Say it with --reason, like --reason "corrected statement"'],
  ['--reason x', '--reason: goes with --reopen'],
  ['--without-statement', '--without-statement: goes with --close'],
  ['--reopen --close', '--reopen: does not go with --close; open the month first, then settle and close it'],
  ['--reopen --out x', '--reopen: does not go with --out; it writes no files'],
  ['--reopen --payout x', '--reopen: does not go with --payout; open the month first, then read the statement'],
])('settle %s is a usage error', async (flags, message) => {
  expect(await shoptool('settle', ...flags.split(' '))).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
})
