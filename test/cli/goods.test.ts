import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { saveSearch } from '../../src/store/searches.ts'
import { ACME, ask, run, workspaceWith } from './shoptool.ts'

// What find and show tell beyond the feed, and goods that go from command to command by their names.

const SHOP = `${ACME}      couponAmount: { amount: coupon, unit: yuan, optional: true }
      commissionRate: { rate: rate, unit: percent, optional: true }
      sales: { count: sales, optional: true }
fees: [ { name: 技术服务费, of: commission, rate: "10%", rounding: half-up } ]
`
const GOODS = `sku,title,price,coupon,rate,sales
1,晴雨伞,59.00,10,20,1.2万+
2,马克杯,19.80,,9.1,500
3,保温杯 100%_不锈钢,99.00,20,30,80
`
const SOURCES = 'shelves: { main: { kind: custom } }\nsources:\n  goods: { partner: acme, feed: products, file: goods.csv }\n'
const shop = (files: Record<string, string> = {}, more = SOURCES) =>
  workspaceWith(more, { 'partners/acme.yaml': SHOP, 'goods.csv': GOODS, ...files })

describe('net, score, twins and history', () => {
  const SECOND = 'sku,title,price,coupon,rate,sales\n9,※ 山茶花晴雨两用折叠伞,48.00,,25,900\n'
  const FIRST = GOODS.replace('晴雨伞', '山茶花晴雨两用折叠伞')
  let cwd = ''
  beforeAll(async () => {
    cwd = shop(
      {
        'partners/other.yaml': SHOP.replaceAll('acme', 'other').replace('fees:', '# fees:'),
        'second.csv': SECOND,
        'goods.csv': FIRST.replace('59.00,10', '39.00,'),
      },
      `${SOURCES}  second: { partner: other, feed: products, file: second.csv }\n`,
    )
    for (const [day, goods] of [
      [1, FIRST.replace('59.00,10', '39.00,')],
      [3, FIRST.replace('59.00,10', '59.00,')],
      [8, FIRST],
    ] as const) {
      writeFileSync(join(cwd, 'goods.csv'), goods)
      expect((await run(['sync'], { cwd, now: Date.parse(`2026-11-0${day}T08:00:00+08:00`) })).code).toBe(0)
    }
  })

  it('show tells them with their arithmetic', async () => {
    const { stdout } = await run(['show', '1'], { cwd })
    expect(stdout).toContain('\nnet\t9.80 commission − 0.98 技术服务费 (10 % of 9.80, half-up) = 8.82\n')
    expect(stdout).toContain(
      '\nscore\t53 = 12 of 25 for commission + 13 of 20 for rate + 20 of 20 for sales + 0 of 10 for brand + 0 of 10 for repurchase + 8 of 15 for barrier\n',
    )
    expect(stdout).toContain('\ntwin\tother:9 pays 3.18 more and costs 1.00 less (same title)\n')
    expect(stdout).toContain(
      '\ncareful\tprice raised from 39.00 to 59.00 on 2026-11-03, 5 days before the coupon of 10.00; with it 49.00, before the rise 39.00\n',
    )
    expect((await run(['show', '9'], { cwd })).stdout).toContain('\ntwins\t1 that neither pay more nor cost less\n')
  })

  it('show --json has the same', async () => {
    const answer = JSON.parse((await run(['show', '1', '--history', '--json'], { cwd })).stdout)
    expect(answer).toMatchObject({
      product: { net: '8.82', score: 53 },
      score: { total: 53, points: { commission: 12, rate: 13, sales: 20, brand: 0, repurchase: 0, barrier: 8 } },
      twins: [{ partner: 'other', sku: '9', finalPrice: '48.00', commission: '12.00', net: '12.00', why: 'same title' }],
      raised: {
        from: '39.00',
        to: '59.00',
        on: '2026-11-03T08:00:00+08:00',
        discount: { amount: '10.00', coupon: true },
        finalPriceBefore: '39.00',
      },
    })
    expect(
      answer.history.map(({ since, until, finalPrice, sales }: Record<string, string>) => [since, until, finalPrice, sales]),
    ).toEqual([
      ['2026-11-01T08:00:00+08:00', '2026-11-03T08:00:00+08:00', '39.00', 12000],
      ['2026-11-03T08:00:00+08:00', '2026-11-08T08:00:00+08:00', '59.00', 12000],
    ])
  })

  it('show --history draws them on a terminal, and keeps to rows in a pipe', async () => {
    const { stdout } = await run(['show', '1', '--history', '--no-color'], { cwd, tty: 60 })
    expect(stdout).toContain(
      [
        'since 2026-11-01',
        'price       ▁█████▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅  now 49.00',
        '            39.00 on 2026-11-01 to 59.00 on 2026-11-03',
      ].join('\n'),
    )
    expect(stdout).toContain('\n2026-11-03 08:00  39.00   20%        7.80  live    12000\n')
    expect(stdout).toContain('\nsales       ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  now 12000\n')
    const piped = await run(['show', '1', '--history'], { cwd })
    expect(piped.stdout).toContain('\n2026-11-03T08:00:00+08:00\t39.00\t20%\t7.80\tlive\t12000\n')
    expect(piped.stdout).not.toMatch(/[▁-█]/)
  })

  it('find shows the score it sorts by', async () => {
    expect(
      (await run(['find', '伞', '--sort', 'score'], { cwd })).stdout
        .split('\n')
        .map((line) => line.split('\t').slice(0, 2).join(' ')),
    ).toEqual(['acme:1 53', 'other:9 40', ''])
    expect(
      JSON.parse((await run(['find', '伞', '--sort', 'score', '--limit', '1', '--json'], { cwd })).stdout).products[0],
    ).toMatchObject({
      score: 53,
      scorePoints: { commission: 12, barrier: 8 },
      scoreText: expect.stringMatching(/^53 = 12 of 25/),
      net: '8.82',
    })
    expect((await run(['find', '伞', '--sort', 'score'], { cwd })).stdout).toContain(
      '\t山茶花晴雨两用折叠伞\tcommission 12/25, rate 13/20, sales 20/20, barrier 8/15\n',
    )
  })

  it('shelf add warns of a better twin, not of a worse one, and of a price raised before its discount', async () => {
    expect(await run(['shelf', 'add', '1'], { cwd })).toMatchObject({
      code: 0,
      stderr: `shoptool: acme:1: other:9 pays 3.18 more and costs 1.00 less (same title)
shoptool: acme:1: price raised from 39.00 to 59.00 on 2026-11-03, 5 days before the coupon of 10.00; with it 49.00, before the rise 39.00
`,
    })
    expect((await run(['shelf', 'add', '9'], { cwd })).stderr).toBe('')
  })

  it('the view history of sql', async () => {
    const { stdout } = await run(
      ['sql', "SELECT until, final_price, coupon_amount FROM history WHERE sku = '1' ORDER BY until"],
      { cwd },
    )
    expect(stdout).toBe('2026-11-03T08:00:00+08:00\t3900\t\n2026-11-08T08:00:00+08:00\t5900\t\n')
  })

  it('net is empty where the partner is no longer described', async () => {
    const left = shop()
    await run(['sync'], { cwd: left })
    rmSync(join(left, 'partners/acme.yaml'))
    const { stdout, stderr } = await run(['find', '杯', '--limit', '1'], { cwd: left })
    expect(stdout).toBe('acme:3\t79.00\t30%\t23.70\t\t80\t保温杯 100%_不锈钢\n')
    expect(stderr).toContain('shoptool: no net of acme: acme: unknown partner "acme"')
  })
})

describe('goods by name through pipes, and pick', () => {
  it('find --ids, shelf add - and shelf remove -', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    const { stdout: ids } = await run(['find', '杯', '--ids'], { cwd })
    expect(ids).toBe('acme:3\nacme:2\n')
    const { stdout } = await run(['shelf', 'add', '-', '--json'], { cwd, stdin: ids })
    expect(JSON.parse(stdout).items.map(({ sku }: { sku: string }) => sku)).toEqual(['3', '2'])
    expect((await run(['shelf', 'remove', '-'], { cwd, stdin: ids })).stdout).toBe('removed  acme:3\nremoved  acme:2\n')
    expect(await run(['shelf', 'add', '-'], { cwd, stdin: ' \n' })).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'shoptool: -: standard input names no goods, expected partner:sku, one a line\n',
    })
  })

  it('pick --ids takes goods of the search', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    expect((await run(['pick', '杯', '--ids', '2,acme:3', '--reason', '好用'], { cwd })).stdout).toMatch(
      /^added {2}acme:2 .*\nadded {2}acme:3 /,
    )
    expect(JSON.parse((await run(['shelf', 'list', '--json'], { cwd })).stdout).items[0]).toMatchObject({
      sku: '2',
      reason: '好用',
    })
    expect((await run(['pick', '没有', '--ids', '2'], { cwd })).stderr).toBe('Nothing found.\n')
  })

  it('pick asks a person at a terminal', async () => {
    const cwd = shop()
    const yaml = join(cwd, 'shoptool.yaml')
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(/kind: [\w-]+/, 'kind: wechat-shop'))
    await run(['sync'], { cwd })
    const { code, asked } = await ask(['pick'], cwd, [
      ['马克杯', ' '],
      ['◉', '\r'],
      ['Put it on the shelf main?', '\r'],
    ])
    expect(code).toBe(0)
    expect(asked).toContain('79.00  20.86  保温杯 100%_不锈钢')
    expect(asked).toContain('19.80   1.50  马克杯')
    expect((await run(['shelf', 'list'], { cwd })).stdout).toMatch(/^acme:3\t.*\n$/)
  })

  let refusing = ''
  beforeAll(async () => {
    refusing = shop()
    await run(['sync'], { cwd: refusing })
  })
  it.each([
    [['pick', '杯'], 'pick: nobody to ask; expected --ids, or use "shoptool find … --ids | shoptool shelf add -"'],
    [['pick', '杯', '--ids', '1'], '--ids: 1 is not among the goods found'],
    [['find', '--ids', '--json'], '--ids and --json: expected one of the two'],
    [['find', '--source', 'god'], '--source: unknown source "god"; did you mean goods?'],
    [['find', '--currency', 'RMB'], '--currency: "RMB" is not an ISO 4217 currency code, expected like CNY'],
    [['find', '--status', 'dead'], '--status: "dead" is not one of live, gone, any'],
  ])('%j is refused', async (args, says) => {
    expect(await run(args, { cwd: refusing })).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${says}\n` })
  })

  it('a search that an older version kept is still understood', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    const db = openDatabase(join(cwd, 'shoptool.db'))
    saveSearch(db, 'old', JSON.stringify({ words: ['杯'], partner: [], coupon: false, asc: false, desc: false }))
    db.close()
    expect((await run(['find', '--saved', 'old', '--ids'], { cwd })).stdout).toBe('acme:3\nacme:2\n')
  })
})

it('goods in another currency are left out where amounts are compared, and that is said', async () => {
  const cwd = shop({
    'partners/acme.yaml': SHOP.replace('      price:', '      currency: { text: currency, optional: true }\n      price:'),
    'goods.csv': 'sku,title,currency,price\n1,伞,,5\n2,杯,JPY,600\n'.replace('600', '6.00'),
  })
  await run(['sync'], { cwd })
  expect(await run(['find', '--ids'], { cwd })).toMatchObject({
    stdout: 'acme:1\n',
    stderr: 'Goods in JPY are left out, amounts are in CNY; for them add --currency JPY\n',
  })
  expect((await run(['find', '--ids', '--currency', 'JPY'], { cwd })).stdout).toBe('acme:2\n')
  expect(await run(['find', '--ids', '--sort', 'sales'], { cwd })).toMatchObject({ stdout: 'acme:1\nacme:2\n', stderr: '' })
})
