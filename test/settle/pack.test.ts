import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { manifestOf, recheck } from '../../src/settle/pack.ts'
import { readZip, writeZip } from '../../src/settle/zip.ts'
import { folderWith, run } from '../cli/shoptool.ts'

const YAML = `id: acme
name: Acme Outlet
currency: CNY
timezone: Asia/Shanghai
feeds:
  orders:
    format: { type: csv }
    fields:
      orderId:    { text: order }
      lineId:     { text: line, optional: true }
      sku:        { text: sku }
      title:      { text: title }
      paidAmount: { amount: paid, unit: yuan }
      commissionRate: { rate: rate, unit: percent }
      commission: { amount: commission, unit: yuan }
      status:     { oneOf: status, words: { settled: settled, refunded: refunded } }
      orderedAt:  { instant: ordered, pattern: "yyyy-MM-dd" }
      settledAt:  { instant: settled, pattern: "yyyy-MM-dd" }
      modifiedAt: { instant: modified, pattern: "yyyy-MM-dd", optional: true }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId:     { text: order, optional: true }
      transactionId: { text: sale, optional: true }
      amount:      { amount: amount, unit: yuan }
      paidAt:      { day: day, pattern: "yyyy-MM-dd" }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [ { name: 技术服务费, of: commission, rate: "10%" } ]
`
const ORDERS = `order,line,sku,title,paid,rate,commission,status,ordered,settled
1,,S1,汉服,19.80,9.1,1.80,settled,2026-09-03,2026-10-03
2,,S2,"雨伞, 蓝",100.00,10,10.00,settled,2026-09-04,2026-10-04
3,,S3,杯子,50.00,10,5.00,settled,2026-09-05,2026-10-05
4,,S4,=1+1,30.00,10,3.00,refunded,2026-08-05,2026-09-05
5,,S5,袜子,20.00,10,2.00,settled,2026-09-06,2026-10-06
`
const OCTOBER = 'statement,order,amount,day\nO,4,2.70,2026-10-20\n'
const NOVEMBER =
  'statement,order,amount,day\nN,1,1.44,2026-11-20\nN,3,4.50,2026-11-20\nN,4,-3.00,2026-11-20\nN,5,1.90,2026-11-20\nN,9,-0.50,2026-11-20\n'
const DECEMBER = 'statement,order,amount,day\nD,2,5.00,2026-12-20\nD,1,0.18,2026-12-20\n'

const PACK = 'out/packs/acme-2026-11.zip'
let made = ''
beforeAll(async () => {
  made = folderWith({
    'shoptool.yaml': 'shop: { name: 小鹿好物, timezone: Asia/Shanghai, currency: CNY }\nshelves: { main: { kind: custom } }\n',
    'partners/acme.yaml': YAML,
    ...{ 'orders.csv': ORDERS, 'october.csv': OCTOBER, 'november.csv': NOVEMBER, 'december.csv': DECEMBER },
  })
  for (const [kind, ...files] of [
    ['orders', 'orders.csv'],
    ['payouts', 'october.csv', 'november.csv'],
  ] as const) {
    expect(await run(['import', kind, ...files, '--partner', 'acme', '-q'], { cwd: made })).toMatchObject({ code: 0 })
  }
  expect(await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11'], { cwd: made })).toMatchObject({ code: 5 })
})

/** A workspace of its own, as the pack was made in it. */
function copied(): string {
  const cwd = folderWith({ 'shoptool.yaml': '', 'partners/acme.yaml': '' })
  mkdirSync(join(cwd, 'out/packs'), { recursive: true })
  for (const name of ['shoptool.yaml', 'partners/acme.yaml', 'shoptool.db', 'november.csv', 'december.csv', PACK]) {
    copyFileSync(join(made, name), join(cwd, name))
  }
  return cwd
}
const verify = (path: string, ...more: string[]) => run(['settle', 'verify-pack', path, ...more], { cwd: made })
const packed = () => readZip(join(made, PACK), PACK)

describe('settle pack', () => {
  test('claims what is owed, with its arithmetic, and nothing else', async () => {
    const { stdout } = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--json'], { cwd: made })
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'shoptool.settle-pack.v1',
      claimed: [{ currency: 'CNY', count: 4, amount: '9.98' }],
      lacking: 0,
    })
    const claims = (await packed()).get('claims.csv')!.toString().split('\r\n')
    expect(claims[0]).toMatch(/^\ufeffno,class,orderId/)
    expect(claims.slice(1, -1).map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      '1 missing 2',
      '2 short-paid 1',
      '3 clawback 4',
      '4 unknown-order 9',
    ])
    expect(claims[1]).toContain('10.00 commission − 1.00 技术服务费 (10 % of 10.00, half-up) = 9.00')
    expect(claims[3]).toContain("'=1+1")
  })

  test('letters name shop, partner, sums and claims in both languages', async () => {
    const files = await packed()
    const [zh, en] = ['letter.zh.txt', 'letter.en.txt'].map((name) => files.get(name)!.toString())
    expect(zh).toContain('9.98 CNY，共 4 项：漏付 1 项 9.00；少付 1 项 0.18；多扣 2 项 0.80；')
    expect(zh).toContain('其中贵方多付 0.10，未从上述金额中扣除')
    for (const line of [
      '漏付：2026-10-04 结算，应于 2026-11-20 支付：买家实付 100.00 × 10 %，佣金 10.00 − 技术服务费 1.00（10.00 × 10 %，四舍五入） = 9.00；结算单中均无此单；差额 -9.00',
      '少付（服务费）：2026-10-03 结算，应于 2026-11-20 支付：买家实付 19.80 × 9.1 %，佣金 1.80 − 技术服务费 0.18（1.80 × 10 %，四舍五入） = 1.62；实付 1.44（结算单 N，2026-11-20）；相当于扣了两次技术服务费；差额 -0.18（技术服务费）',
      '退款扣回（退款）：贵方订单状态“refunded”；此前已付 2.70（结算单 O，2026-10-20）；扣回 3.00（结算单 N，2026-11-20）；差额 -0.30 = 此前已付 2.70 + 扣回 -3.00',
      '无此订单：扣回 0.50（结算单 N，2026-11-20）；贵方提供的订单中没有 9；差额 -0.50（无对应订单）',
    ])
      expect(zh).toContain(`     ${line}\n`)
    expect(en).toContain('9.98 CNY in 4 items: 1 not paid, 9.00; 1 paid too little, 0.18; 2 with too much taken back, 0.80;')
    expect(`${zh}${en}`).not.toMatch(/undefined|null|NaN|\n{3}/)
  })

  test('holds the rows as they were received, and says where their copies are gone', async () => {
    const raw = JSON.parse((await packed()).get('raw.json')!.toString())
    expect(raw.files.map(({ file }: { file: string }) => file)).toEqual(['orders.csv', 'november.csv', 'october.csv'])
    expect(raw.files[0].rows).toContainEqual({ line: 3, row: '2,,S2,"雨伞, 蓝",100.00,10,10.00,settled,2026-09-04,2026-10-04' })
    const cwd = copied()
    const { stdout, stderr } = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11'], { cwd })
    expect(stdout).toContain('4 claims')
    expect(stderr).toContain('7 rows could not be added: the copies of their files in .shoptool/snapshots were deleted')
  })

  test('claims what was taken back for a sale that no order is known by', async () => {
    const cwd = copied()
    writeFileSync(join(cwd, 'sale.csv'), 'statement,order,sale,amount,day\nM,,T55,-2.00,2026-11-20\nM,,,-1.00,2026-11-20\n')
    await run(['import', 'payouts', 'sale.csv', '--partner', 'acme'], { cwd })
    const made = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11'], { cwd })
    expect(made).toMatchObject({ code: 5, stdout: 'acme 2026-11: 5 claims, 11.98 CNY\n' })
    expect((await readZip(join(cwd, PACK), PACK)).get('letter.en.txt')!.toString()).toContain('. Order T55\n')
    await run(['dispute', 'open', PACK], { cwd })
    expect((await run(['dispute', 'show', '1'], { cwd })).stdout).toContain('unknown-order\tT55\t2.00')
  })

  test('does not claim before its pay day what is missing, but what came to be known of closed months', async () => {
    const cwd = copied()
    await run(['settle', '--month', '2026-11', '--partner', 'acme', '--close', '-q'], { cwd })
    const more = '6,,S6,帽子,50.00,10,5.00,settled,2026-10-06,2026-11-06\n'
    writeFileSync(join(cwd, 'more.csv'), `${ORDERS.split('\n')[0]}\n${more}`)
    await run(['import', 'orders', 'more.csv', '--partner', 'acme'], { cwd })
    const pack = (day: string) =>
      run(['settle', 'pack', '--partner', 'acme', '--month', '2026-12'], { cwd, now: Date.parse(`${day}T12:00:00+08:00`) })
    expect(await pack('2026-12-20')).toEqual({
      code: 0,
      stdout: 'acme 2026-12: nothing is owed, so there is nothing to claim\n',
      stderr: 'Missing in 2026-12, but not claimed: 1, whose pay day has not passed.\n',
    })
    expect(await pack('2026-12-21')).toMatchObject({ code: 5, stdout: 'acme 2026-12: 1 claims, 4.50 CNY\n' })
    writeFileSync(join(cwd, 'late.csv'), `${ORDERS.split('\n')[0]}\n${more.replace('6,,', '7,,').replace('-11-', '-10-')}`)
    await run(['import', 'orders', 'late.csv', '--partner', 'acme'], { cwd })
    expect(await pack('2026-12-20')).toMatchObject({ code: 5, stdout: 'acme 2026-12: 1 claims, 4.50 CNY\n' })
    const path = join(cwd, 'out/packs/acme-2026-12.zip')
    const letter = (await readZip(path, path)).get('letter.en.txt')!.toString()
    expect(letter).toContain('has checked the commission of earlier months. ')
    expect(letter).toMatch(/ {2}4\.50 CNY in 1 item: 1 of earlier months by later records, 4\.50;\n\nItems/)
  })

  test('gives the same bytes again, in any time zone', async () => {
    const before = readFileSync(join(made, PACK))
    const zone = process.env.TZ
    process.env.TZ = 'Pacific/Auckland'
    try {
      await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '-q'], { cwd: made })
    } finally {
      process.env.TZ = zone
    }
    expect(readFileSync(join(made, PACK)).equals(before)).toBe(true)
  })

  test('of a closed month is what it was closed with, whatever came to be known since', async () => {
    const cwd = copied()
    const args = ['settle', '--month', '2026-11', '--partner', 'acme', '--close', '-q']
    expect((await run(args, { cwd })).code).toBe(5)
    writeFileSync(join(cwd, 'late.csv'), `${ORDERS.split('\n')[0]}\n2,,S2,雨伞,100.00,10,10.00,refunded,2026-09-04,2026-10-04\n`)
    await run(['import', 'orders', 'late.csv', '--partner', 'acme'], { cwd })
    const { stdout } = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--json'], { cwd })
    expect(JSON.parse(stdout).claimed).toEqual([{ currency: 'CNY', count: 4, amount: '9.98' }])
  })

  test('does not claim what was paid late since, and says what of a claim was', async () => {
    const cwd = copied()
    await run(['import', 'payouts', 'december.csv', '--partner', 'acme', '-q'], { cwd })
    const args = ['settle', 'pack', '--partner', 'acme', '--month', '2026-11']
    const made = await run(args, { cwd })
    expect(made).toMatchObject({ code: 5, stdout: 'acme 2026-11: 3 claims, 9.80 CNY\n' })
    expect(made.stderr).toContain('Paid late since, and not claimed: 0.18 CNY.\n')
    expect(made.stderr).toContain('5.00 CNY of what is claimed was paid late since: claims are whole, say so to the partner\n')
    expect(JSON.parse((await run([...args, '--json'], { cwd })).stdout).paidSince).toEqual({
      claimed: [{ currency: 'CNY', amount: '5.00' }],
      notClaimed: [{ currency: 'CNY', amount: '0.18' }],
    })
    expect(await run(['settle', 'verify-pack', PACK], { cwd })).toMatchObject({ code: 0 })

    writeFileSync(
      join(cwd, 'all.csv'),
      'statement,order,amount,day\nE,2,4.00,2026-12-20\nE,4,0.30,2026-12-20\nE,9,0.50,2026-12-20\n',
    )
    await run(['import', 'payouts', 'all.csv', '--partner', 'acme', '-q'], { cwd })
    expect((await run(args, { cwd })).stdout).toBe('acme 2026-11: 2 claims, 0.80 CNY\n')
  })

  test('claims what came to be known of a closed month, less what came late for it, in the pack of the month after', async () => {
    const cwd = copied()
    await run(['settle', '--month', '2026-11', '--partner', 'acme', '--close', '-q'], { cwd })
    writeFileSync(
      join(cwd, 'later.csv'),
      `${ORDERS.split('\n')[0]},modified
2,,S2,雨伞,100.00,12,12.00,settled,2026-09-04,2026-10-04,2026-12-01
3,,S3,杯子,50.00,12,6.00,settled,2026-09-05,2026-10-05,2026-12-01
5,,S5,袜子,20.00,9,1.80,settled,2026-09-06,2026-10-06,2026-12-01
6,,S6,帽子,50.00,10,5.00,settled,2026-09-06,2026-10-06,2026-12-01
7,,S7,围巾,50.00,10,5.00,settled,2026-09-06,2026-10-06,2026-12-01
`,
    )
    writeFileSync(join(cwd, 'december.csv'), `${DECEMBER}D,7,4.50,2026-12-20\n`)
    await run(['import', 'orders', 'later.csv', '--partner', 'acme'], { cwd })
    await run(['import', 'payouts', 'december.csv', '--partner', 'acme'], { cwd })
    const now = Date.parse('2026-12-25T12:00:00+08:00')
    const made = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-12'], { cwd, now })
    expect(made).toMatchObject({ code: 5, stdout: 'acme 2026-12: 3 claims, 7.20 CNY\n' })
    const path = join(cwd, 'out/packs/acme-2026-12.zip')
    const files = await readZip(path, path)
    const claims = files.get('claims.csv')!.toString().split('\r\n').slice(1, -1)
    expect(claims.map((row) => row.split(',').filter((_, i) => [1, 2, 13].includes(i)))).toEqual([
      ['adjustment', '2', '-1.80'],
      ['adjustment', '3', '-0.90'],
      ['adjustment', '6', '-4.50'],
    ])
    expect(claims[0]).toContain(
      'and would be missing (10.80 expected, 0.00 paid): commission 10.00 → 12.00; 5.00 of it was paid late"',
    )
    const [zh, en] = ['letter.zh.txt', 'letter.en.txt'].map((name) => files.get(name)!.toString())
    expect(zh).toContain('7.20 CNY，共 3 项：已结账月份应补 3 项 7.20；')
    expect(zh).toContain(
      '2026-11 已结账，当时应付 9.00、实付 0.00；按此后的记录：佣金 12.00 − 技术服务费 1.20（12.00 × 10 %，四舍五入） = 10.80，应付 10.80、实付 0.00；其后补付 5.00；应补 1.80 CNY\n',
    )
    expect(en).toContain('  2. Order 3 / S3 杯子\n     to be paid: 0.90 CNY\n     2026-11, which is closed, was matched')

    const json = files.get('pack.json')!.toString()
    const change = (from: string, to: string) => {
      expect(json).toContain(from)
      return recheck(new Map(files).set('pack.json', Buffer.from(json.replace(from, to)))).problems.join('\n')
    }
    expect(change('"claimed": "1.80"', '"claimed": "2.80"')).toContain(
      'pack.json: the adjustment of 2026-11 of order 2 by 2.80 CNY does not follow from its orders and payout lines',
    )
    expect(change('"commission": 1200', '"commission": 1300')).toContain('states claims of 7.20 CNY in 3, they are 8.10 CNY in 3')

    await run(['dispute', 'open', path], { cwd, now })
    writeFileSync(join(cwd, 'january.csv'), 'statement,order,amount,day\nJ,2,1.80,2027-01-20\n')
    await run(['import', 'payouts', 'january.csv', '--partner', 'acme'], { cwd, now })
    const { stdout } = await run(['dispute', 'show', '1', '--json'], { cwd, now })
    expect(JSON.parse(stdout).sums).toEqual([
      { currency: 'CNY', claimed: '7.20', recovered: '1.80', open: '5.40', surplus: '0.00' },
    ])
  })

  test('a letter of the workspace wins; one that names what is no fact is refused', async () => {
    const cwd = copied()
    mkdirSync(join(cwd, 'templates/letters'), { recursive: true })
    writeFileSync(join(cwd, 'templates/letters/claim.en.liquid'), 'Hello {{ name }}, {{ count }} claims')
    await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11'], { cwd })
    expect((await readZip(join(cwd, PACK), PACK)).get('letter.en.txt')!.toString()).toBe('Hello Acme Outlet, 4 claims\n')
    writeFileSync(join(cwd, 'templates/letters/claim.en.liquid'), 'Hello {{ nome }}')
    const { code, stderr } = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11'], { cwd })
    expect([code, stderr]).toEqual([2, 'shoptool: templates/letters/claim.en.liquid: unknown name nome, did you mean name?\n'])
  })

  test('says where nothing is owed, and asks whom it is for', async () => {
    const none = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-10'], { cwd: made })
    expect(none).toMatchObject({ code: 0, stdout: 'acme 2026-10: nothing is owed, so there is nothing to claim\n' })
    expect(existsSync(join(made, 'out/packs/acme-2026-10.zip'))).toBe(false)
    expect((await run(['settle', 'pack'], { cwd: made })).stderr).toBe('shoptool: --partner: name whom the pack is for\n')
  })
})

describe('settle verify-pack', () => {
  test('needs no workspace, and knows the very files that the rows are from', async () => {
    const cwd = folderWith({ 'november.csv': NOVEMBER, 'other.csv': `${NOVEMBER}\n` })
    copyFileSync(join(made, PACK), join(cwd, 'p.zip'))
    const right = await run(['settle', 'verify-pack', 'p.zip', '--original', 'november.csv'], { cwd })
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(right.stdout).toMatch(
      /Acme Outlet, 2026-11\n {2}4 claims, 9\.98 CNY\n[\s\S]*checked {2}november\.csv[\s\S]*everything holds/,
    )
    const wrong = await run(['settle', 'verify-pack', 'p.zip', '--original', 'other.csv'], { cwd })
    expect(wrong).toMatchObject({
      code: 4,
      stderr: 'shoptool: other.csv: no row of the pack was read from this file, to the byte\n',
    })
  })

  test('tells each file of which one byte was changed', async () => {
    const files = await packed()
    for (const name of files.keys()) {
      const bytes = Buffer.from(files.get(name)!)
      const at = bytes.length >> 1
      bytes[at] = bytes[at]! ^ 1
      const { problems } = recheck(new Map(files).set(name, bytes))
      expect(problems.join('\n')).toContain(name === 'manifest.json' ? 'sha256 is' : `${name}: was changed`)
    }
  })

  test('tells a manifest that states other sizes', async () => {
    const files = await packed()
    const manifest = JSON.parse(files.get('manifest.json')!.toString())
    const { bytes } = manifest.files[0]
    manifest.files[0].bytes = bytes + 1
    expect(recheck(new Map(files).set('manifest.json', Buffer.from(JSON.stringify(manifest)))).problems).toEqual([
      `manifest.json: states ${bytes + 1} bytes of claims.csv, it has ${bytes}`,
    ])
  })

  test.each([
    ['a payout', (json: string) => json.replace('"amount": 144', '"amount": 162'), /short-paid of order 1 .* does not follow/],
    [
      'a claim',
      (json: string) => json.replace('"difference": "-9.00"', '"difference": "-9.01"'),
      /states -9.01 CNY .*, but it is -9.00/,
    ],
    ['a rule', (json: string) => json.replace('"rate": 100000', '"rate": 0'), /but it is -10.00/],
    [
      'a sum',
      (json: string) => json.replace('"amount": "9.98"', '"amount": "19.98"'),
      /states claims of 19.98 CNY in 4, they are 9.98 CNY in 4/,
    ],
    ['an order left out', (json: string) => JSON.stringify({ ...JSON.parse(json), orders: [] }), /does not follow/],
    ['its kind', (json: string) => json.replace('shoptool.pack.v1', 'x'), /is no evidence pack/],
    ['its shape', () => '{', /cannot be read/],
  ])('also with a manifest made to fit tells a change of %s', async (_, change, message) => {
    const files = await packed()
    const before = files.get('pack.json')!.toString()
    const after = change(before)
    expect(after).not.toBe(before)
    files.set('pack.json', Buffer.from(after))
    files.delete('manifest.json')
    files.set('manifest.json', Buffer.from(manifestOf(files)))
    expect(recheck(files).problems.join('\n')).toMatch(message)
  })

  test('tells files that are missing, foreign, or rows that are', async () => {
    const files = await packed()
    expect(recheck(new Map(files).set('virus.exe', Buffer.from('x'))).problems).toEqual(['virus.exe: is not in the manifest'])
    files.delete('picks.csv')
    expect(recheck(files).problems).toEqual(['picks.csv: is missing'])
    files.delete('manifest.json')
    expect(recheck(files).problems).toEqual(['manifest.json is missing'])
    files.set('raw.json', Buffer.from('{"files":[]}'))
    expect(recheck(files).problems).toContain('raw.json: lacks orders.csv:3, which pack.json names')
  })

  test('refuses what is no pack', async () => {
    const cwd = folderWith({ 'a.zip': 'PK no zip', 'empty.zip': '' })
    for (const name of ['a.zip', 'empty.zip']) {
      const { code, stderr } = await run(['settle', 'verify-pack', name], { cwd })
      expect([code, stderr]).toEqual([4, expect.stringContaining(`${name}: is no zip archive`)])
    }
    expect((await run(['settle', 'verify-pack', '.'], { cwd })).stderr).toBe('shoptool: .: is a folder, expected a zip\n')
    expect((await verify('none.zip')).code).toBe(2)
    await writeZip(join(cwd, 'other.zip'), new Map([['hello.txt', 'hello']]))
    expect(await run(['settle', 'verify-pack', 'other.zip'], { cwd })).toMatchObject({
      code: 4,
      stderr:
        'shoptool: manifest.json is missing\nshoptool: pack.json: is no evidence pack, expected the schema shoptool.pack.v1\n',
    })
  })
})

describe('dispute', () => {
  const json = async (cwd: string, args: string[], now?: number) =>
    JSON.parse((await run(['dispute', ...args, '--json'], { cwd, ...(now && { now }) })).stdout)

  test('is opened once with a pack that holds', async () => {
    const cwd = copied()
    const first = await run(['dispute', 'open', PACK, '--deadline', '2026-12-10'], { cwd })
    expect(first).toMatchObject({
      code: 0,
      stdout: 'dispute 1: acme 2026-11, 4 claims, 9.98 CNY\n',
      stderr: 'The partner must answer by 2026-12-10.\n',
    })
    expect((await run(['dispute', 'open', PACK], { cwd })).stderr).toBe('It was open already.\n')
    expect((await run(['dispute', 'open', PACK, '--deadline', '2026-12-24'], { cwd })).stderr).toBe(
      'It was open already; the partner must now answer by 2026-12-24.\n',
    )
    expect((await json(cwd, ['show', '1'])).deadline).toBe('2026-12-24')
    const later = { cwd, now: Date.parse('2026-11-27T12:00:00+08:00') }
    await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--out', 'later.zip'], later)
    expect(await run(['dispute', 'open', 'later.zip'], later)).toMatchObject({
      code: 2,
      stderr: 'shoptool: order 2 is claimed by dispute 1 already; close that first ("shoptool dispute close 1")\n',
    })
    await run(['dispute', 'close', '1', '--note', 'anew'], later)
    expect(await run(['dispute', 'open', 'later.zip'], later)).toMatchObject({ code: 0 })
    const files = await readZip(join(cwd, PACK), PACK)
    await writeZip(join(cwd, 'bad.zip'), files.set('claims.csv', Buffer.from('')))
    expect(await run(['dispute', 'open', 'bad.zip'], { cwd })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/claims.csv: was changed.*; nothing was opened\n/),
    })
    expect((await run(['dispute', 'open', PACK, '--deadline', '2026-11-01'], { cwd })).stderr).toBe(
      'shoptool: --deadline: 2026-11-01 has passed, expected today or later\n',
    )
  })

  test('recovers by itself what is paid late, and what is told by hand, but never more than was claimed', async () => {
    const cwd = copied()
    await run(['dispute', 'open', PACK], { cwd })
    expect(await json(cwd, ['show', '1'])).toMatchObject({
      state: 'open',
      deadline: null,
      sums: [{ claimed: '9.98', recovered: '0.00', open: '9.98' }],
    })
    await run(['import', 'payouts', 'december.csv', '--partner', 'acme'], { cwd })
    const { sums, claims } = await json(cwd, ['show', '1'])
    expect(sums).toEqual([{ currency: 'CNY', claimed: '9.98', recovered: '5.18', open: '4.80', surplus: '0.00' }])
    expect(claims.map(({ orderId, recovered }: { orderId: string; recovered: string }) => `${orderId} ${recovered}`)).toEqual([
      '2 5.00',
      '1 0.18',
      '4 0.00',
      '9 0.00',
    ])
    expect(await json(cwd, ['answer', '1', '--note', '下月补'])).toMatchObject({ state: 'answered' })
    expect(await json(cwd, ['received', '1', '--amount', '99', '--accept-more', '--note', '转账'])).toMatchObject({
      state: 'recovered',
      sums: [{ recovered: '9.98', open: '0.00', surplus: '94.20' }],
    })
    expect((await run(['dispute', 'show', '1'], { cwd })).stdout).toContain('open 0.00, 94.20 more than was claimed\n')
    expect((await run(['dispute', 'list'], { cwd })).stderr).toBe('None is open.\nWon back: 9.98 of 9.98 CNY, 100 %\n')
    expect((await json(cwd, ['list', '--all'])).recovery).toEqual([
      { currency: 'CNY', claimed: '9.98', recovered: '9.98', rate: '100' },
    ])
  })

  test('takes back what was told by mistake: it is shown and counts no more', async () => {
    const cwd = copied()
    await run(['dispute', 'open', PACK], { cwd })
    await run(['dispute', 'received', '1', '--amount', '9', '--note', '转账'], { cwd })
    await run(['dispute', 'close', '1', '--note', '错单'], { cwd })
    const back = (event: string) => ['withdraw', '1', event, '--note', '录错']
    expect(await json(cwd, back('2'))).toMatchObject({ state: 'open', sums: [{ recovered: '9.00' }] })
    const shown = await run(['dispute', ...back('1')], { cwd })
    expect(shown.stdout).toContain(
      '1. 2026-11-25 received 9.00 CNY (taken back): 转账\n2. 2026-11-25 closed (taken back): 错单\n' +
        '3. 2026-11-25 withdrawn 2: 录错\n4. 2026-11-25 withdrawn 1: 录错\n',
    )
    expect(await json(cwd, ['show', '1'])).toMatchObject({
      sums: [{ recovered: '0.00' }],
      events: [{ withdraws: null, holds: false }, { holds: false }, { withdraws: 2, holds: false }, { withdraws: 1 }],
    })
    for (const [event, message] of [
      ['1', '1: is taken back already'],
      ['3', '3: takes back event 2; tell that one anew'],
      ['0', '0: no such event; "shoptool dispute show 1" has them'],
      ['x', 'x: no such event; "shoptool dispute show 1" has them'],
    ] as const)
      expect(await run(['dispute', ...back(event)], { cwd })).toMatchObject({ code: 2, stderr: `shoptool: ${message}\n` })
  })

  test('is not open again where another one claims the same by now', async () => {
    const cwd = copied()
    const later = { cwd, now: Date.parse('2026-11-27T12:00:00+08:00') }
    await run(['dispute', 'open', PACK], { cwd })
    await run(['dispute', 'close', '1', '--note', 'anew'], { cwd })
    await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--out', 'later.zip'], later)
    await run(['dispute', 'open', 'later.zip'], later)
    expect((await run(['dispute', 'withdraw', '1', '1', '--note', 'x'], later)).stderr).toBe(
      'shoptool: order 2 is claimed by dispute 2 already; close that first ("shoptool dispute close 2")\n',
    )
  })

  test('is overdue when its day has passed without an answer, which is a finding', async () => {
    const cwd = copied()
    await run(['dispute', 'open', PACK, '--deadline', '2026-12-10'], { cwd })
    expect(await run(['dispute', 'list'], { cwd, now: Date.parse('2026-12-10T23:59:59+08:00') })).toMatchObject({ code: 0 })
    const late = { cwd, now: Date.parse('2026-12-11T00:00:00+08:00') }
    expect(await run(['dispute', 'list'], late)).toMatchObject({
      code: 5,
      stdout: '1\tacme\t2026-11\toverdue\t9.98\t0.00\tCNY\t2026-12-10\n',
    })
    await run(['dispute', 'close', '1', '--note', '放弃'], late)
    expect(await run(['dispute', 'list'], late)).toMatchObject({ code: 0, stdout: '' })
    expect((await run(['dispute', 'answer', '1', '--note', 'x'], late)).stderr).toBe(
      'shoptool: dispute 1 is closed; take that back ("shoptool dispute withdraw") or open a new one with a new pack\n',
    )
    expect((await run(['dispute', 'show', '1'], late)).stdout).toContain('1. 2026-12-11 closed: 放弃')
  })

  test('wrong words are told', async () => {
    const cwd = copied()
    await run(['dispute', 'open', PACK], { cwd })
    for (const [args, message] of [
      [['show', '7'], '7: no such dispute; "shoptool dispute list --all" has them'],
      [['show', 'one'], 'one: no such dispute; "shoptool dispute list --all" has them'],
      [['answer', '1'], '--note: say in a few words what happened'],
      [['received', '1', '--note', 'x'], '--amount: say how much came'],
      [['received', '1', '--note', 'x', '--amount', '-1'], '--amount: "-1" is not an amount in CNY, expected like 12.41'],
      [
        ['received', '1', '--note', 'x', '--amount', '9.99'],
        '--amount: 9.99 CNY is more than the 9.98 that is still open; --accept-more takes it',
      ],
      [['received', '1', '--note', 'x', '--amount', '1', '--currency', 'USD'], '--currency: expected CNY for dispute 1'],
      [['received', '1', '--note', 'x', '--amount', '1.234'], '--amount: "1.234" is not an amount in CNY, expected like 12.41'],
    ] as const) {
      expect(await run(['dispute', ...args], { cwd })).toMatchObject({ code: 2, stderr: `shoptool: ${message}\n` })
    }
    rmSync(join(cwd, 'shoptool.db'))
    expect((await run(['dispute', 'list'], { cwd })).code).toBe(2)
  })
})
