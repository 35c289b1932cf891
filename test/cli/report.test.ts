import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { progressOf } from '../../src/commands/report-ledger.ts'
import { writeOutput } from '../../src/commands/report-output.ts'
import { packageFolder } from '../../src/context.ts'
import type { Story } from '../../src/report/stories.ts'
import { run, workspaceWith } from './shoptool.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoptool-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const shoptool = (...args: string[]) => run(args, { cwd: folder })
const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)

beforeAll(async () => {
  cpSync(join(packageFolder(), 'templates/workspace'), folder, { recursive: true })
  await shoptool('sync', '-q')
  for (const partner of ['taobao', 'pdd', 'shanhuo'])
    await shoptool(
      'import',
      'payouts',
      ...['2026-10', '2026-11'].map((month) => `inbox/${partner}-${month}.csv`),
      '--partner',
      partner,
    )
})

describe('report', () => {
  it('says by pay day of each partner what settle says of the month', async () => {
    const settled = await json('settle', '--month', '2026-11')
    const { rows } = await json('report', '--basis', 'paid', '--month', '2026-11')
    const of = (list: { partner: string }[]) => list.toSorted((a, b) => (a.partner < b.partner ? -1 : 1))
    expect(of(rows).map((row: Record<string, unknown>) => [row.partner, row.currency, row.due, row.received])).toEqual(
      of(settled.partners).map((one: Record<string, unknown>) => [one.partner, one.currency, one.expected, one.paid]),
    )
  })

  it('names the date that it counts by in every form', async () => {
    expect(await json('report', '--per', 'quarter')).toMatchObject({
      schema: 'shoptool.report.v1',
      basis: 'ordered',
      per: 'quarter',
      by: ['partner'],
    })
    expect((await shoptool('report', '--basis', 'settled')).stdout.split('\n')[0]).toMatch(/^settled\t2026-\d\d\ttaobao\tCNY\t/)
    expect((await run(['report', '--basis', 'paid', '--no-color'], { cwd: folder, tty: true })).stdout).toMatch(/^PAID +PARTNER/)
    expect((await shoptool('report', '--md')).stdout).toMatch(
      /^\| basis \| period \| partner \|.*\n\| --- \|.*---: \|\n\| ordered \| 2026-09 \| taobao \|/,
    )
  })

  it('tells what has no such date', async () => {
    const { stdout, stderr } = await shoptool('report', '--basis', 'paid')
    expect(stdout).not.toContain('undated')
    expect(stderr).toMatch(
      /Without the day on which money was due and paid, and so in no period: \d+ order lines, estimated [\d.]+ CNY/,
    )
    expect((await json('report', '--basis', 'paid')).undated[0]).toMatchObject({ currency: 'CNY', received: '0.00' })
  })

  it('fits a terminal of 60 columns', async () => {
    const { stdout } = await run(['report', '--by', 'shop', '--per', 'year', '--top', '3', '--sort', 'due'], {
      cwd: folder,
      tty: 60,
    })
    const { default: width } = await import('string-width')
    for (const line of stdout.split('\n')) expect(width(line), line).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/\(\d+ others\)/)
    expect((await run(['report', '--by', 'channel', '--per', 'all'], { cwd: folder, tty: 60 })).stdout).toMatch(/█/)
    const days = (await run(['report', '--per', 'day', '--by', 'channel'], { cwd: folder, tty: 60 })).stdout
    for (const line of days.split('\n')) expect(width(line), line).toBeLessThanOrEqual(60)
    expect(days).toMatch(/RECEIVED 2026-09-01 to 2026-10-31, 2 each.*\n(?=.*·.* CNY)[▁-█·]{31} +\(none\) CNY\n/)
  })

  it('writes CSV for spreadsheets, the same to a file, whose folder is made, and to stdout', async () => {
    const { stdout } = await shoptool('report', '--by', 'product', '--basis', 'paid', '--csv', '-')
    expect(stdout).toMatch(/^\ufeffbasis,period,product,currency,orders,estimated,.*\r\npaid,\t2026-10,/)
    expect(stdout).toMatch(/\r\npaid,undated,/)
    const {
      code,
      stdout: none,
      stderr,
    } = await shoptool('report', '--by', 'product', '--basis', 'paid', '--csv', 'new/figures.csv')
    expect([code, none]).toEqual([0, ''])
    expect(stderr).toContain('new/figures.csv')
    expect(readFileSync(join(folder, 'new/figures.csv'), 'utf8')).toBe(stdout)
  })

  it('takes names for nothing but text in Markdown', () => {
    const told: string[] = []
    const asked = { options: { md: true }, print: { line: (text: string) => told.push(text) } }
    writeOutput(asked as never, { columns: ['shop'], names: 1, lines: [['a\\|b<i>[c](d)']] })
    expect(told.at(-1)).toBe('| a\\\\\\|b\\<i>\\[c](d) |')
  })

  it('tells how far it has come every 20 000 orders', () => {
    const told: (string | null)[] = []
    const progress = progressOf({ progress: (text) => told.push(text) })
    for (let i = 0; i < 50_000; i++) progress.add({ partner: { id: 'acme' } } as Story)
    expect(told).toEqual(['acme: 20000 orders …', 'acme: 40000 orders …'])
  })

  const WRONG: [string[], string][] = [
    [['--basis', 'cash'], '--basis: "cash" is not one of ordered, received, verified, settled, paid'],
    [['--by', 'chanel'], '--by: "chanel" is not one of partner, shop, channel, category, product, member; did you mean channel?'],
    [['--per', 'decade'], '--per: "decade" is not one of day, week, month, quarter, year, all'],
    [['--month', '2026-10', '--from', '2026-10-02'], '--month: goes without --from and --to'],
    [['--from', '2026-10-02', '--to', '2026-10-01'], '--to: "2026-10-01" is before --from'],
    [['--top', '0'], '--top: expected 1 or more'],
    [['--csv', '-', '--json'], '--json, --csv and --md: expected one of them'],
    [['--partner', 'nobody'], '--partner: unknown partner "nobody"'],
  ]
  it.each(WRONG)('refuses %s', async (args, message) => {
    const { code, stderr, stdout } = await shoptool('report', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('says what to do where there is nothing yet', async () => {
    const { code, stderr } = await run(['report'], { cwd: workspaceWith() })
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('there is no data yet; run "shoptool sync" or "shoptool import" first'),
    ])
  })
})

describe('a small ledger, reckoned by hand', () => {
  const PARTNER = `id: acme
name: Acme
currency: CNY
timezone: Asia/Shanghai
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [{ name: fee, of: commission, rate: "10%", rounding: half-up }]
feeds:
  products:
    format: { type: csv }
    fields: { sku: { text: sku }, title: { text: sku }, shop: { text: shop }, category: { text: category }, price: { amount: price, unit: yuan } }
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      sku: { text: sku }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { received: received, settled: settled, refunded: refunded } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      receivedAt: { instant: received, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
      trackingId: { text: track, optional: true }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order, optional: true }
      amount: { amount: amount, unit: yuan }
      kind: { oneOf: kind, words: { c: commission, b: bonus } }
      paidAt: { day: day, pattern: yyyy-MM-dd }
`
  const cwd = workspaceWith(
    'tracking: { acme: { m1: moments } }\nchannels: { moments: { surface: wechat/moments, forms: [image] } }\n',
    {
      'partners/acme.yaml': PARTNER,
      'goods.csv': 'sku,shop,category,price\nS1,X,C1,100\nS2,Y,C2,100\n',
      'orders.csv': `order,sku,paid,commission,status,ordered,received,settled,track
A,S1,100,10,settled,2026-09-01,2026-09-05,2026-09-20,m1
B,S2,100,20,settled,2026-09-02,2026-09-06,2026-09-21,
C,S1,100,5,settled,2026-09-30,2026-10-03,2026-10-10,m1
D,S2,100,7,refunded,2026-10-01,2026-10-03,2026-10-05,
E,S1,100,8,received,2026-10-15,2026-10-20,,
F,S9,100,3,settled,2026-11-01,2026-11-02,2026-11-02,m1
`,
      // of B one yuan is missing, C is not paid, and Z is nobody's
      'october.csv': 'order,amount,kind,day\nA,9.00,c,2026-10-20\nB,17.00,c,2026-10-20\n',
      'november.csv': 'order,amount,kind,day\n,2.00,b,2026-11-20\nZ,1.50,c,2026-11-20\n',
    },
  )
  beforeAll(async () => {
    await run(['import', 'products', 'goods.csv', '--partner', 'acme'], { cwd })
    await run(['import', 'orders', 'orders.csv', '--partner', 'acme'], { cwd })
    await run(['import', 'payouts', 'october.csv', 'november.csv', '--partner', 'acme'], { cwd })
  })

  // period, name | orders, estimated, fees, refunded, open, due, received, lost, of it short, over, shifted, other
  const REPORTS: [args: string, rows: string[], note: string][] = [
    [
      '--basis ordered',
      [
        '2026-09 acme | 3 35.00 3.50 0.00 0.00 31.50 26.00 5.50 1.00 0.00 0.00 0.00',
        '2026-10 acme | 2 15.00 0.80 7.00 7.20 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
        '2026-11 acme | 1 3.00 0.30 0.00 2.70 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
      ],
      'Without the day of the order, and so in no period: 0 order lines, estimated 0.00 CNY, received 3.50\nBy the day of the order (--basis ordered).',
    ],
    [
      '--basis received',
      [
        '2026-09 acme | 2 30.00 3.00 0.00 0.00 27.00 26.00 1.00 1.00 0.00 0.00 0.00',
        '2026-10 acme | 3 20.00 1.30 7.00 7.20 4.50 0.00 4.50 0.00 0.00 0.00 0.00',
        '2026-11 acme | 1 3.00 0.30 0.00 2.70 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
      ],
      'By the day of receipt (--basis received).',
    ],
    [
      '--basis settled --per quarter',
      [
        '2026-Q3 acme | 2 30.00 3.00 0.00 0.00 27.00 26.00 1.00 1.00 0.00 0.00 0.00',
        '2026-Q4 acme | 3 15.00 0.80 7.00 2.70 4.50 0.00 4.50 0.00 0.00 0.00 0.00',
      ],
      'Without the day on which the partner settled, and so in no period: 1 order line, estimated 8.00 CNY, received 3.50\nBy the day on which the partner settled (--basis settled).',
    ],
    [
      '--basis verified',
      [],
      'Without the day of verification, and so in no period: 6 order lines, estimated 53.00 CNY, received 29.50\nBy the day of verification (--basis verified).',
    ],
    [
      '--basis paid --per day',
      [
        '2026-10-20 acme | 2 30.00 3.00 0.00 0.00 27.00 26.00 1.00 1.00 0.00 0.00 0.00',
        '2026-11-20 acme | 2 12.00 0.50 7.00 0.00 4.50 3.50 4.50 0.00 0.00 0.00 3.50',
        '2026-12-20 acme | 1 3.00 0.30 0.00 2.70 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
      ],
      'By the day on which money was due and paid (--basis paid).',
    ],
    [
      '--basis paid --per year --by shop',
      [
        '2026 Y | 2 27.00 2.00 7.00 0.00 18.00 17.00 1.00 1.00 0.00 0.00 0.00',
        '2026 X | 2 15.00 1.50 0.00 0.00 13.50 9.00 4.50 0.00 0.00 0.00 0.00',
        '2026 (none) | 1 3.00 0.30 0.00 2.70 0.00 3.50 0.00 0.00 0.00 0.00 3.50',
      ],
      '(--basis paid).',
    ],
    [
      '--per all --by category',
      [
        'all C2 | 2 27.00 2.00 7.00 0.00 18.00 17.00 1.00 1.00 0.00 0.00 0.00',
        'all C1 | 3 23.00 2.30 0.00 7.20 13.50 9.00 4.50 0.00 0.00 0.00 0.00',
        'all (none) | 1 3.00 0.30 0.00 2.70 0.00 3.50 0.00 0.00 0.00 0.00 3.50',
      ],
      '(--basis ordered).',
    ],
    [
      '--per week --by channel --from 2026-09-28',
      [
        '2026-W40 moments | 1 5.00 0.50 0.00 0.00 4.50 0.00 4.50 0.00 0.00 0.00 0.00',
        '2026-W40 (none) | 1 7.00 0.00 7.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
        '2026-W42 (none) | 1 8.00 0.80 0.00 7.20 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
        '2026-W44 moments | 1 3.00 0.30 0.00 2.70 0.00 0.00 0.00 0.00 0.00 0.00 0.00',
      ],
      '(--basis ordered).',
    ],
    [
      '--per all --by product --top 1 --sort lost',
      [
        'all acme:S1 | 3 23.00 2.30 0.00 7.20 13.50 9.00 4.50 0.00 0.00 0.00 0.00',
        'all (3 others) | 3 30.00 2.30 7.00 2.70 18.00 20.50 1.00 1.00 0.00 0.00 3.50',
      ],
      '(--basis ordered).',
    ],
  ]
  it.each(REPORTS)('report %s', async (args, rows, note) => {
    const { code, stdout, stderr } = await run(['report', ...args.split(' ')], { cwd })
    const lines = stdout.split('\n').slice(0, -1)
    const shown = lines
      .map((line) => line.split('\t'))
      .map(([, ...cells]) => `${cells.slice(0, 2).join(' ')} | ${cells.slice(3).join(' ')}`)
    expect([code, shown]).toEqual([0, rows])
    expect(stderr.endsWith(`${note}\n`), stderr).toBe(true)
    expect(stderr).not.toContain('There are no such')
  })
})

describe('report waterfall', () => {
  type Steps = { step: string; amount: string; level: string }[]
  const stepOf = (steps: Steps, name: string) => steps.find(({ step }) => step === name)!.amount

  it('comes from estimated to received, of each partner and of all, as settle says of the month', async () => {
    const settled = await json('settle', '--month', '2026-11')
    const { schema, basis, month, waterfalls, totals } = await json('report', 'waterfall')
    expect([schema, basis, month]).toEqual(['shoptool.report-waterfall.v1', 'paid', '2026-11'])
    const own = settled.partners.map(({ partner, expected, paid }: Record<string, string>) => [partner, expected, paid])
    expect(
      waterfalls.map(({ partner, steps }: { partner: string; steps: Steps }) => [
        partner,
        stepOf(steps, 'due'),
        stepOf(steps, 'received'),
      ]),
    ).toEqual(expect.arrayContaining(own))
    expect(totals[0].steps.map(({ step, amount }: Steps[0]) => `${step} ${amount}`).join(', ')).toBe(
      'estimated 279.61, fees -16.58, refunded -10.69, open 0.00, due 252.34, missing -22.76, short -3.31, over 15.78, shifted 9.21, other 28.96, received 280.22',
    )
  })

  it('is a chart on a terminal of 60 columns, and says by which date', async () => {
    const { stdout, stderr } = await run(['report', 'waterfall', '--partner', 'pdd', '--no-color'], { cwd: folder, tty: 60 })
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'pdd',
      'CNY        AMOUNT',
      `estimated   72.35  ${'█'.repeat(40)}`,
      `due         72.35  ${'█'.repeat(40)}`,
    ])
    expect(stdout).toContain(`missing    -10.35  ${' '.repeat(34)}██████\n`)
    expect(stderr).toMatch(/By the day on which money was due and paid \(--basis paid\)\.\n$/)
    const { stdout: both } = await run(['report', 'waterfall', '--top', '1'], { cwd: folder, tty: 60 })
    expect(both).toMatch(/^\(all\)\n[\s\S]*\n\n\(2 others\)\n/)
  })

  it('writes CSV by any date and anything that orders are told apart by', async () => {
    const { stdout } = await shoptool(...'report waterfall --basis ordered --month 2026-09 --by channel --csv -'.split(' '))
    expect(stdout).toMatch(
      /^\ufeffbasis,month,channel,currency,step,amount,level\r\nordered,\t2026-09,\(all\),CNY,estimated,[\d.]+,[\d.]+\r\n/,
    )
    expect(stdout).toMatch(/\r\nordered,\t2026-09,moments,/)
  })

  it('says that there is nothing in a month', async () => {
    const { code, stdout, stderr } = await shoptool('report', 'waterfall', '--month', '2025-01')
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('2025-01: there are no such orders and payouts.\n')
  })

  it('refuses what it cannot show', async () => {
    expect((await shoptool('report', 'waterfall', '--by', 'day')).stderr).toContain('--by: "day" is not one of partner, shop,')
    expect((await shoptool('report', 'waterfall', '--md', '--json')).stderr).toContain(
      '--json, --csv and --md: expected one of them',
    )
    expect((await shoptool('report', 'waterfall', '--top', '0')).stderr).toContain('--top: expected 1 or more')
  })
})

describe('report month', () => {
  const page = () => readFileSync(join(folder, 'out/report/2026-11.html'), 'utf8')

  it('writes one page, the same bytes each time, and says the figures that settle says', async () => {
    const settled = await json('settle', '--month', '2026-11')
    const { schema, basis, month, file, sheets } = await json('report', 'month')
    expect([schema, basis, month, file]).toEqual([
      ...['shoptool.report-month.v1', 'paid', '2026-11'],
      join(folder, 'out/report/2026-11.html'),
    ])
    const before = page()
    expect(await shoptool('report', 'month')).toEqual({
      code: 0,
      stdout: 'CNY\t279.61\t252.34\t280.22\t26.07\n',
      stderr: `By the day on which money was due and paid (--basis paid).\nWritten: ${join(folder, 'out/report/2026-11.html')}\n`,
    })
    expect(page()).toBe(before)
    expect(before).toContain('栗野每日坚果混合果仁30包礼盒装零食大礼包办公室小吃')
    const [{ partner, losses, steps, paidDays, orderedDays }] = sheets
    const sums = (list: Record<string, string>[], ...keys: string[]) => list.map((one) => keys.map((key) => one[key])).sort()
    expect(sums(partner, 'partner', 'due', 'received')).toEqual(sums(settled.partners, 'partner', 'expected', 'paid'))
    expect(partner.map(({ name }: { name: string }) => name)).toContain('淘宝联盟')
    expect(steps.at(-1)).toEqual({ step: 'received', amount: '280.22', level: '280.22' })
    expect([paidDays.length, orderedDays.length]).toEqual([30, 30])
    const fen = (amount: string) => Number(amount.replace('.', ''))
    expect(paidDays.reduce((sum: number, { received }: { received: string }) => sum + fen(received), 0)).toBe(28022)
    expect(losses.map(({ difference }: { difference: string }) => difference)).toEqual(
      settled.findings
        .filter((finding: { class: string }) => ['missing', 'short-paid'].includes(finding.class))
        .map(({ difference }: { difference: string }) => difference)
        .sort((a: string, b: string) => fen(a) - fen(b)),
    )
  })

  it('names as many groups and losses as are asked for', async () => {
    const file = join(folder, 'top.html')
    const { sheets } = await json('report', 'month', '--top', '1', '--partner', 'taobao', '--out', 'top.html')
    expect(readFileSync(file, 'utf8')).toContain('其余')
    expect(sheets[0].losses).toMatchObject([{ class: 'missing', difference: '-6.27' }])
    expect(sheets[0].product).toHaveLength(2)
    expect(sheets[0].product[1]).toMatchObject({ product: null, name: null, others: expect.any(Number) })
  })

  it('has what was ordered in a month in which nothing was due, by the day of the order', async () => {
    const { sheets } = await json('report', 'month', '--month', '2026-09')
    const on = sheets[0].orderedDays.filter(({ orders }: { orders: number }) => orders > 0)
    const { totals } = await json('report', '--month', '2026-09')
    expect(on.reduce((sum: number, { orders }: { orders: number }) => sum + orders, 0)).toBe(totals[0].orders)
    expect(sheets[0]).toMatchObject({ due: '0.00', received: '0.00', losses: [] })
    expect((await json('report', 'month', '--month', '2025-01')).sheets).toEqual([])
    const [coming] = (await json('report', 'month', '--month', '2026-12')).sheets
    expect([coming.open > '0.00', coming.lost, coming.losses]).toEqual([true, '0.00', []])
  })

  it('refuses what it cannot do', async () => {
    expect((await shoptool('report', 'month', '--top', '0')).stderr).toBe('shoptool: --top: expected 1 or more\n')
    expect((await shoptool('report', 'month', '--month', 'May')).stderr).toContain('--month: "May" is not a month')
    expect((await run(['report', 'month'], { cwd: workspaceWith() })).stderr).toContain('there is no data yet')
  })
})

describe('a closed month', () => {
  it('is reported by pay day as it was closed, by other dates as it stands', async () => {
    await shoptool('settle', '--month', '2026-10', '--close')
    const closed = await json('report', '--basis', 'paid', '--per', 'year')
    const october = await json('report', 'waterfall', '--month', '2026-10')
    const { sheets } = await json('report', 'month', '--month', '2026-10')
    const ordered = await json('report')
    const order = '--paid 99.00 --rate 10% --ordered 2026-09-02 --settled 2026-09-12 --proof shoptool.yaml'.split(' ')
    for (const status of ['settled', 'refunded'])
      expect(await shoptool('orders', 'add', `taobao:9${status}`, '--status', status, ...order)).toMatchObject({ code: 0 })
    expect((await json('report')).totals).not.toEqual(ordered.totals)
    expect(await json('report', 'waterfall', '--month', '2026-10')).toEqual(october)
    expect(await json('report', '--basis', 'paid', '--per', 'year')).toEqual(closed)
    expect((await json('report', 'month', '--month', '2026-10')).sheets).toEqual(sheets)
  })
})
