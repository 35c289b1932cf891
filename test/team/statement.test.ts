import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderStatement } from '../../src/team/statement-html.ts'
import { teamShop } from './team.ts'

/** Orders of October are paid in November, those of November in December. */
const order = (id: string, commission: string, whose: string, settled: string, status = 'settled') =>
  `${id},,<b>茶杯</b>,100,${commission},${status},${settled},${settled},t${whose}`
const paid = (id: string, amount: string, day: string) => `s${day},${id},,${amount},commission,${day}`

describe('member statement', () => {
  it('shows own orders one by one, levels below as sums, and nothing of others', async () => {
    const shop = await teamShop('team: [{ levels: [50%, 10%] }]\n')
    await shop.orders(
      ...[order('9260908880044400001', '10.00', 'c', '2026-10-05'), order('9260908880044400002', '20.02', 'd', '2026-10-06')],
      order('9260908880044400003', '30.00', 'd', '2026-10-07'),
      order('9260908880044400004', '5.00', 'c', '2026-10-07', 'refunded'),
    )
    const day = '2026-11-20'
    await shop.payouts(...['10.00', '20.02', '30.00', '5.00'].map((amount, i) => paid(`926090888004440000${i + 1}`, amount, day)))
    const { statements } = await shop.json('member', 'statement', 'c', '--month', '2026-11')
    expect(statements).toMatchObject([
      {
        ...{ member: 'c', tier: null, held: 1, notes: [] },
        sums: [{ currency: 'CNY', shared: '10.00', carried: '0.00', paid: '0.00', payable: '10.00', paidOn: [] }],
        own: [
          {
            partner: 'acme',
            order: '926090…0001',
            orderedOn: '2026-10-05',
            level: 1,
            received: '10.00',
            rate: '50',
            amount: '5.00',
          },
        ],
        team: [{ partner: 'acme', level: 2, orders: 2, amount: '5.00', currency: 'CNY' }],
      },
    ])
    await shop.done('split', '--month', '2026-11', '--pay')
    const [page, table] = (await shop.done('member', 'statement', 'c', '--month', '2026-11', '--out', join(shop.cwd, 'to')))
      .trim()
      .split('\n')
      .map((file) => readFileSync(file, 'utf8')) as [string, string]
    expect(table).toBe(
      '\ufeff日期 day,平台 partner,订单 order,商品 goods,层级 level,实收 received,比例 rate %,佣金 commission,币种 currency\r\n' +
        '2026-10-05,Acme,926090…0001,<b>茶杯</b>,第 1 级 level 1,10.00,50,5.00,CNY\r\n' +
        ',Acme,,团队 2 笔 orders of the team,第 2 级 level 2,,,5.00,CNY\r\n',
    )
    expect(page).toContain('&lt;b&gt;茶杯&lt;/b&gt;')
    expect(page).toMatch(/已发放 <span lang="en">paid out<\/span> <small>2026-11-25<\/small><\/dt><dd>−10\.00/)
    expect(page).toContain('已结清 <span lang="en">settled')
    expect(page).toContain('1 more order has money that the partner will take back')
    expect(page).not.toMatch(/<script|http:|https:|<b>茶杯|9260908880044400001|…0002|25\.01|20\.02|30\.00/)
  })

  it('shows of an order with goods of two links only those of the own link', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    const line = (id: string, goods: string, whose: string) =>
      order('1', '10.00', whose, '2026-10-05').replace('1,,<b>茶杯</b>', `1,${id},${goods}`)
    await shop.orders(line('1', 'mug', 'a'), line('2', 'tea', 'b'), line('3', 'pot', 'b'), line('4', 'tea', 'b'))
    await shop.payouts(paid('1', '40.00', '2026-11-20'))
    const { statements } = await shop.json('member', 'statement', '--all', '--month', '2026-11')
    const own = statements.map(({ member, own }: Statement) => [
      member,
      ...own.map((one) => [one.title, one.received, one.amount]),
    ])
    expect(own).toEqual([['a', ['mug', '10.00', '5.00']], ['b', ['tea +1', '30.00', '15.00']], ['c'], ['d']])
    // one's own page is the same alone
    const read = () => readFileSync(join(shop.cwd, 'out/team/2026-11/b.html'), 'utf8')
    const among = read()
    await shop.done('member', 'statement', 'b', '--month', '2026-11')
    expect(read()).toBe(among)
    expect(among).not.toMatch(/mug|10\.00|40\.00/)
  })

  it('leaves out what partners forbid and what tells it, and says so', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n', {
      files: { 'rules/team.yaml': 'hide: [{ id: acme, partner: acme, field: received, zh: 不得展示, en: not to be shown }]\n' },
    })
    // an order number of JD, as short as they are
    await shop.orders(order('300000000001', '10.00', 'a', '2026-10-05'))
    await shop.payouts(paid('300000000001', '10.00', '2026-11-20'))
    const { statements } = await shop.json('member', 'statement', 'a', '--month', '2026-11')
    expect(statements[0].own).toMatchObject([{ order: '3000…0001', received: null, rate: null, amount: '5.00' }])
    expect(statements[0].notes).toEqual([['Acme：不得展示', 'Acme: not to be shown']])
    for (const name of ['a.html', 'a.csv'])
      expect(readFileSync(join(shop.cwd, 'out/team/2026-11', name), 'utf8')).not.toMatch(/10\.00|>50%|,50,/)
  })

  it('quotes the law from three levels on', async () => {
    const shop = await teamShop('team: [{ levels: [30%, 20%, 10%] }]\n')
    const { stderr } = await shop.shoptool('member', 'statement', 'a', '--month', '2026-11')
    expect(stderr).toMatch(/pay 3 levels: .*禁止传销条例.*花生日记/)
  })

  it('says what is owed, and that nothing came in', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(order('1', '10.00', 'a', '2026-10-05'))
    await shop.payouts(paid('1', '10.00', '2026-11-20'))
    await shop.done('split', '--month', '2026-11', '--pay')
    await shop.payouts('t,1,,-10.00,clawback,2026-12-20')
    const answer = await shop.shoptool('member', 'statement', '--all', '--month', '2026-12')
    expect(answer.stderr).toBe('a: -5.00 CNY of 2026-12, 0.00 to pay\n')
    const read = (name: string) => readFileSync(join(shop.cwd, 'out/team/2026-12', name), 'utf8')
    expect(read('a.html')).toMatch(/欠款结转下月 <span lang="en">owed, carried on<\/span><\/dt><dd>−5\.00/)
    expect(read('a.html')).toContain('扣回 <span lang="en">taken back')
    expect(read('b.html')).toContain('Nothing came in this month.')
  })

  it.each([
    // carried, shared, paid, payable, owed
    [[0, 500, 500, 0, 0], '已结清', '0.00', null],
    [[0, 500, 0, 500, 0], '待发放', '5.00', null],
    [[-800, 500, 0, 0, 300], '欠款结转下月', '−3.00', null],
    // reckoned again after another month brought a debt, or made one up
    [[0, 800, 500, 0, 0], '已抵其他月份欠款', '3.00', null],
    [[0, 800, 500, 100, 0], '待发放', '1.00', '−2.00'],
    [[-1000, 600, 0, 200, 0], '待发放', '2.00', '6.00'],
    [[-800, 500, 0, 0, 0], '已结清', '0.00', '3.00'],
    [[-800, 500, 0, 0, 100], '欠款结转下月', '−1.00', '2.00'],
    [[-800, 500, 0, 0, 900], '欠款结转下月', '−3.00', null],
  ] as const)('%j ends in %s %s', ([carried, shared, paid, payable, owed], ending, amount, other) => {
    const sums = [{ currency: 'CNY', carried, shared, paid, payable, owed, paidOn: [] }]
    const facts = { shop: 's', member: 'a', month: '2026-11', tier: null, own: [], team: [], held: 0, notes: [] }
    const page = renderStatement({ ...facts, sums }, (partner) => partner)
    const steps = [...page.matchAll(/<dt>(\S+) .*?<dd>(.*?)<\/dd>/g)].map(([, label, value]) => [label, value])
    expect(steps.slice(3)).toEqual([...(other ? [['其他月份', other]] : []), [ending, amount]])
  })

  it.each([
    [[], 'member statement: whose? Name a member, or give --all, like shoptool member statement mei'],
    [['a', '--all'], 'member statement: whose? Name a member, or give --all, like shoptool member statement mei'],
    [['x'], 'member statement: there is no member "x"; did you mean a?'],
    [['a', '--month', '2026-08'], 'member statement: a is no member in 2026-08 and has nothing of it'],
    [['--all', '--month', '2026-08'], 'member statement: nobody is a member in 2026-08 or has anything of it'],
  ])('%j: %s', async (args, message) => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    const answer = await shop.shoptool('member', 'statement', ...args)
    expect(answer).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })
})

type Statement = { member: string; own: Record<string, string>[] }
