import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run, workspaceWith } from './shoptool.ts'

// Two partners, a statement each in October and November, and what an Alipay export in GB18030 has of them.

const network = (id: string, more = '') => `id: ${id}
name: ${id}
currency: CNY
timezone: Asia/Shanghai
${more}
feeds:
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId: { text: order, optional: true }
      amount: { amount: amount, unit: yuan }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const HEADER = 'statement,order,amount,day\n'
/** The characters that these files need, in GB18030. */
const gb = (text: string) => Buffer.concat([...text].map((c) => (c < '\x80' ? Buffer.from(c) : Buffer.from(GB[c]!, 'hex'))))
const GB: Record<string, string> = {
  ...{ 交: 'bdbb', 易: 'd2d7', 时: 'cab1', 间: 'bce4', 对: 'b6d4', 方: 'b7bd', 收: 'cad5', 支: 'd6a7', 金: 'bdf0' },
  ...{ 额: 'b6ee', 订: 'b6a9', 单: 'b5a5', 号: 'bac5', 入: 'c8eb', 出: 'b3f6', 账: 'd5cb', 户: 'bba7', 共: 'b9b2', 笔: 'b1ca' },
  ...{ 山: 'c9bd', 货: 'bbf5' },
}
const TITLE = '账户 [xia***@example.com]\n----------\n交易时间,交易对方,收/支,金额,交易订单号\n'
const ALIPAY = gb(
  `${TITLE}2026-11-20 09:00:00,Acme Ltd,收入,12.00,1\n2026-11-21 09:00:00,山货,收入,29.50,2\n2026-11-22 09:00:00,Cafe,支出,3.00,3\n2026-11-23 09:00:00,Somebody,收入,7.00,4\n----------\n共4笔\n`,
)

let cwd: string
const shoptool = (...args: string[]) => run(args, { cwd })
const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)

beforeAll(async () => {
  cwd = workspaceWith('', {
    'partners/acme.yaml': network('acme'),
    'partners/hills.yaml': network('hills', 'payer: [山货, Hills Co]'),
    'partners/mybank.yaml':
      'id: mybank\nname: My Bank\ncurrency: CNY\ntimezone: Asia/Shanghai\nfeeds:\n  receipts:\n    format: { type: csv }\n    total: { amount: Sum, unit: yuan, decimal: ",", optional: true }\n    fields:\n      receivedOn: { day: When, pattern: dd.MM.yyyy }\n      amount: { amount: Value, unit: yuan, decimal: "," }\n      payer: { text: Who }\n',
    'acme.csv': `${HEADER}A10,,9.00,2026-10-20\nA11,1,12.00,2026-11-20\n`,
    'hills.csv': `${HEADER}H10,,8.00,2026-10-20\nH11,2,30.00,2026-11-20\n`,
    'alipay.csv': ALIPAY,
    'bank.csv': 'When;Value;Who\n25.11.2026;1.000,00;Hills Co\nSum;1.000,00;\n',
  })
  for (const id of ['acme', 'hills']) expect((await shoptool('import', 'payouts', `${id}.csv`, '--partner', id)).code).toBe(0)
})

describe('settle --received', () => {
  it('without any receipt nothing is said of them', async () => {
    const { partners } = await json('settle', '--month', '2026-11')
    expect(partners.map(({ received }: { received: unknown }) => received)).toEqual([null, null])
    const { code, stderr } = await shoptool('settle', 'receipts')
    expect([code, stderr]).toEqual([
      2,
      'shoptool: no receipt was read yet; read them with "shoptool import receipts" or "settle --received"\n',
    ])
  })

  it('says in one line that a statement was received, and what is off', async () => {
    const { code, stdout, stderr } = await shoptool('settle', '--month', '2026-11', '--received', 'alipay.csv')
    expect(code).toBe(5)
    expect(stdout).toContain('  received 2026-11-20: 12.00 CNY in 1 receipt, ties out\n')
    expect(stdout).toContain(
      '  received 2026-11-21: 29.50 CNY in 1 receipt, does not tie out\n    29.50 (alipay.csv:5) for H11 (30.00): difference -0.50\n    30.00 statements − 0.50 difference = 29.50 received\n',
    )
    expect(stderr).toContain('alipay.csv: 1 row is money that went out, left out')
    expect(stderr).toContain('1 receipt of other payers: 7.00 CNY')
    expect(readFileSync(join(cwd, 'out/settle/2026-11/report.html'), 'utf8')).toMatch(
      /<td>2026-11-20 ✓<\/td>[\s\S]*2026-11-21 <b class="less">−0\.50<\/b>/,
    )
  })

  it('the same file again changes nothing, and later runs know the receipts', async () => {
    const { stdout } = await shoptool('settle', '--month', '2026-11', '--received', 'alipay.csv', '-v')
    expect(stdout).toContain('alipay.csv\tunchanged\t3')
    const { partners } = await json('settle', '--month', '2026-11')
    expect(partners.map(({ received }: { received: { tiesOut: boolean } }) => received.tiesOut)).toEqual([true, false])
    const { received } = partners[1]
    expect(received).toMatchObject({ statements: '30.00', difference: '-0.50', received: '29.50', missing: '0.00' })
    expect(received.ties[0].receipts[0]).toMatchObject({
      receivedOn: '2026-11-21',
      payer: '山货',
      source: { file: 'alipay.csv', line: 5 },
    })
  })

  it.each([
    [['--bank', 'acme'], '--bank: goes with --received'],
    [['--received', 'alipay.csv', '--bank', 'acme'], '--bank: acme has no feed of receipts'],
    [['--received', 'nowhere.csv'], 'nowhere.csv: no such file'],
    [['--received', 'acme.csv'], /^acme\.csv: .*no column "交易日期" or .* for receivedOn|has no header/],
    [['--reopen', '--month', '2026-11', '--reason', 'x', '--received', 'alipay.csv'], '--reopen: does not go with --received'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await shoptool('settle', ...args)
    expect([2, 4]).toContain(code)
    expect(stderr.replace('shoptool: ', '')).toMatch(message)
  })
})

describe('settle receipts', () => {
  it('lists all of them by partner, with the control equation', async () => {
    const { code, stdout } = await shoptool('settle', 'receipts')
    expect([code, stdout]).toEqual([
      5,
      `acme CNY: as far as receipts were read
2026-10-20\t\tA10\t9.00\t\tnot covered
2026-11-20\t12.00\tA11\t12.00\t\tties out (alipay.csv:4)
21.00 statements − 9.00 not covered = 12.00 received

hills CNY: does not tie out
2026-10-20\t\tH10\t8.00\t\tnot covered
2026-11-21\t29.50\tH11\t30.00\t-0.50\tdifference (alipay.csv:5)
38.00 statements − 8.00 not covered − 0.50 difference = 29.50 received

`,
    ])
    expect((await shoptool('settle', 'receipts', '--partner', 'acme', '--month', '2026-11')).code).toBe(0)
  })

  it('fits 60 columns', async () => {
    const { stdout } = await run(['settle', 'receipts', '--no-color'], { cwd, tty: 60 })
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(75)
    expect(stdout).toContain('DAY         RECEIVED  STATEMENT')
  })

  it('suggests the payer of a receipt that is as much as a statement, and takes it once it is named', async () => {
    const other = gb(`${TITLE}2026-10-01 09:00:00,Cafe,收入,1.00,8\n2026-10-21 09:00:00,Trust Pay,收入,9.00,9\n`)
    const own = workspaceWith('', {
      'partners/acme.yaml': network('acme'),
      'acme.csv': `${HEADER}A10,,9.00,2026-10-20\nA11,1,12.00,2026-11-20\n`,
      'october.csv': other,
    })
    await run(['import', 'payouts', 'acme.csv', '--partner', 'acme'], { cwd: own })
    await run(['import', 'receipts', 'october.csv'], { cwd: own })
    const before = await run(['settle', 'receipts', '--month', '2026-10'], { cwd: own })
    expect([before.code, before.stdout]).toEqual([
      5,
      'acme CNY: does not tie out\n2026-10-20\t\tA10\t9.00\t\tnot received\n9.00 statements − 9.00 not received = 0.00 received\n\n',
    ])
    expect(before.stderr).toContain(
      '9.00 CNY of 2026-10-21 from Trust Pay (october.csv:5) is as much as statement A10 of acme: if it paid it, name the payer in partners/acme.yaml, like payer: [ "Trust Pay" ]',
    )
    writeFileSync(join(own, 'partners/acme.yaml'), network('acme', 'payer: trust pay'))
    const after = await run(['settle', 'receipts', '--month', '2026-10'], { cwd: own })
    expect([after.code, after.stdout]).toEqual([
      0,
      'acme CNY: ties out\n2026-10-21\t9.00\tA10\t9.00\t\tties out (october.csv:5)\n9.00 statements = 9.00 received\n\n',
    ])
  })

  it('ties out a statement that is paid day by day, and says in the report what of it is off', async () => {
    const received = gb(
      `${TITLE}2026-11-02 09:00:00,Acme Ltd,收入,5.00,1\n2026-11-04 09:00:00,Acme Ltd,收入,4.00,2\n2026-11-30 09:00:00,Cafe,收入,1.00,3\n`,
    )
    const own = workspaceWith('', {
      'partners/acme.yaml': network('acme'),
      'acme.csv': `${HEADER}A11,1,2.00,2026-11-02\nA11,2,3.00,2026-11-02\nA11,3,7.00,2026-11-15\nA11,4,4.00,2026-11-04\n`,
      'alipay.csv': received,
    })
    await run(['import', 'payouts', 'acme.csv', '--partner', 'acme'], { cwd: own })
    const settled = await run(['settle', '--month', '2026-11', '--received', 'alipay.csv'], { cwd: own })
    expect(settled.stdout).toContain('    not received: statement A11 of 2026-11-15, 7.00 CNY\n')
    expect((await run(['settle', 'receipts'], { cwd: own })).stdout).toBe(
      'acme CNY: does not tie out\n2026-11-02\t5.00\tA11\t5.00\t\tties out (alipay.csv:4)\n2026-11-04\t4.00\tA11\t4.00\t\tties out (alipay.csv:5)\n2026-11-15\t\tA11\t7.00\t\tnot received\n16.00 statements − 7.00 not received = 9.00 received\n\n',
    )
    const page = readFileSync(join(own, 'out/settle/2026-11/report.html'), 'utf8')
    expect(page).toContain('<td>2026-11-02 2026-11-04 <b class="less">−7.00</b></td>')
  })

  it('names receipts of which it cannot tell whose they are', async () => {
    const both = gb(`${TITLE}2026-11-24 09:00:00,Acme and 山货,收入,1.00,5\n`)
    const own = workspaceWith('', {
      'partners/acme.yaml': network('acme'),
      'partners/hills.yaml': network('hills', 'payer: 山货'),
      'acme.csv': `${HEADER}A11,1,12.00,2026-11-20\n`,
      'hills.csv': `${HEADER}H11,2,30.00,2026-11-20\n`,
      'both.csv': both,
    })
    for (const id of ['acme', 'hills']) await run(['import', 'payouts', `${id}.csv`, '--partner', id], { cwd: own })
    const { code, stderr } = await run(['settle', '--month', '2026-11', '--received', 'both.csv'], { cwd: own })
    expect(code).toBe(5)
    expect(stderr).toContain(
      '1.00 CNY of 2026-11-24 from Acme and 山货 (both.csv:4) holds words of acme and hills: make their "payer:" tell them apart',
    )
  })

  it('leaves the files of a closed month as they are, and tells what was received since', async () => {
    const read = () => readFileSync(join(cwd, 'out/settle/2026-10/report.html'), 'utf8')
    await shoptool('settle', '--month', '2026-10', '--partner', 'acme', '--close')
    const before = read()
    writeFileSync(join(cwd, 'october.csv'), 'Date,Amount,Payer\n2026-10-20,9.00,ACME\n')
    const { code, stdout } = await shoptool('settle', '--month', '2026-10', '--partner', 'acme', '--received', 'october.csv')
    expect([code, read()]).toEqual([5, before])
    expect(stdout).toContain('  received 2026-10-20: 9.00 CNY in 1 receipt, ties out\n')
    expect(before).toContain('<td>2026-10-20</td>')
  })

  it('reads a bank that a YAML describes', async () => {
    const { code, stderr } = await shoptool('import', 'receipts', 'bank.csv', '--partner', 'mybank')
    expect([code, stderr]).toEqual([0, 'bank.csv: the delimiter is ";" (3 columns)\n'])
    const { partners, strangers } = await json('settle', 'receipts', '--partner', 'hills')
    expect(partners[0]).toMatchObject({ partner: 'hills', unexpected: '1000.00', tiesOut: false })
    expect(partners[0].unexpectedReceipts).toMatchObject([{ receivedOn: '2026-11-25', amount: '1000.00', payer: 'Hills Co' }])
    expect(strangers).toMatchObject([{ amount: '7.00', currency: 'CNY', payer: 'Somebody', partners: [], equals: [] }])
    expect((await shoptool('settle', '--month', '2026-11')).stdout).toContain(
      '    no statement for 1000.00 (bank.csv:2) CNY of 2026-11-25 from Hills Co\n',
    )
  })
})
