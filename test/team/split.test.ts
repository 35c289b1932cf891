import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { teamShop } from './team.ts'

// What members get, from files to the terminal.

const THREE = 'team: [{ links: buyers, levels: [30%, 20%, 10%] }]\n'
/** An order of October, due and paid in November; whose link it was comes last. */
const order = (id: string, commission: string, whose: string, status = 'settled', ordered = '2026-10-01') =>
  `${id},,茶杯,100,${commission},${status},${ordered},2026-10-10,t${whose}`
const paid = (statement: string, id: string, amount: string, day = '2026-11-20', kind = 'commission') =>
  `${statement},${id},,${amount},${kind},${day}`

describe('split', () => {
  it('返享: A→B→C→D buys, and C, B and A are paid, D too where there is a rebate', async () => {
    const shop = await teamShop(THREE)
    await shop.orders(order('1', '10.00', 'd'))
    await shop.payouts(paid('s', '1', '10.00'))
    expect(await shop.parts('2026-11')).toEqual({ a: '1.00', b: '2.00', c: '3.00' })
    const rebate = await teamShop('team: [{ links: buyers, levels: [30%, 20%, 10%], rebate: 5% }]\n')
    await rebate.orders(order('1', '10.00', 'd'), order('2', '10.00', 'a'))
    await rebate.payouts(paid('s', '1', '10.00'), paid('s', '2', '10.00'))
    // A has nobody above: those levels stay with the shop
    expect(await rebate.parts('2026-11')).toEqual({ a: '1.50', b: '2.00', c: '3.00', d: '0.50' })
    await rebate.done('member', 'edit', 'd', '--takes', 'discount', '--from', '2026-09-15')
    expect(await rebate.parts('2026-11')).toEqual({ a: '1.50', b: '2.00', c: '3.00' })
  })

  it('淘客: the seller is level 1', async () => {
    const shop = await teamShop('team: [{ levels: [50%, 10%] }]\n')
    await shop.orders(order('1', '10.00', 'd'))
    await shop.payouts(paid('s', '1', '10.00'))
    expect(await shop.parts('2026-11')).toEqual({ c: '1.00', d: '5.00' })
    expect(await shop.done('split', '--month', '2026-11')).toBe(
      '2026-11: received 10.00 CNY = members 6.00 + shop 4.00 + held 0.00\nc\t1\t1.00\t0.00\t0.00\t1.00\tCNY\nd\t1\t5.00\t0.00\t0.00\t5.00\tCNY\n',
    )
  })

  it('shares only what was received, and holds what will be taken back', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(
      order('short', '10.00', 'a'),
      order('missing', '10.00', 'a'),
      order('twice', '10.00', 'b'),
      order('refunded', '10.00', 'c', 'refunded'),
      order('of nobody', '10.00', 'x'),
    )
    await shop.payouts(
      ...[paid('s', 'short', '8.01'), paid('s', 'twice', '10.00'), paid('s', 'twice', '10.00', '2026-11-21')],
      ...[
        paid('s', 'refunded', '10.00'),
        paid('s', 'of nobody', '10.00'),
        paid('s', 'unknown', '7.00'),
        paid('s', '', '3.00', '2026-11-20', 'bonus'),
      ],
    )
    const { totals, members, held } = await shop.json('split', '--month', '2026-11')
    expect(totals).toEqual([{ currency: 'CNY', received: '58.01', members: '9.01', shop: '29.00', held: '20.00' }])
    // 8.01 ÷ 2: the odd fen is the member's, of equal remainders the first
    expect(members.map(({ member, shared }: Record<string, string>) => [member, shared])).toEqual([
      ['a', '4.01'],
      ['b', '5.00'],
    ])
    expect(held).toEqual([
      { partner: 'acme', orderId: 'refunded', currency: 'CNY', amount: '10.00', as: ['refunded-but-paid'] },
      { partner: 'acme', orderId: 'twice', currency: 'CNY', amount: '10.00', as: ['duplicate'] },
    ])
    const { stdout } = await shop.shoptool('split', '--month', '2026-11')
    expect(stdout).toContain('held: acme:twice 10.00 CNY, duplicate: will be taken back\n')
    // and when it is, nothing is taken from anybody
    await shop.payouts(
      paid('t', 'twice', '-10.00', '2026-12-20', 'clawback'),
      paid('t', 'refunded', '-10.00', '2026-12-20', 'clawback'),
    )
    const later = await shop.json('split', '--month', '2026-12')
    expect(later.totals).toEqual([{ currency: 'CNY', received: '-20.00', members: '0.00', shop: '0.00', held: '-20.00' }])
    expect((await shop.shoptool('split', '--month', '2026-12')).stdout).toContain(
      'held no more: acme:twice -10.00 CNY, taken back\n',
    )
  })

  it('takes back by the split that was paid out, whatever has changed since', async () => {
    const shop = await teamShop(THREE)
    await shop.orders(order('1', '10.01', 'd'))
    await shop.payouts(paid('s', '1', '10.01'))
    const original = await shop.parts('2026-11', '--pay')
    expect(original).toEqual({ a: '1.00', b: '2.00', c: '3.00' })
    // another chain, reaching back to before the order, and one of them gone
    await shop.done('member', 'edit', 'd', '--inviter', 'a', '--from', '2026-09-02')
    await shop.done('member', 'remove', 'b', '--from', '2026-09-02')
    await shop.orders(`1,,茶杯,100,10.01,refunded,2026-10-01,2026-10-10,td`)
    await shop.payouts(paid('t', '1', '-10.01', '2026-12-20', 'clawback'))
    expect(await shop.parts('2026-11')).toEqual(original)
    expect(await shop.parts('2026-12')).toEqual({ a: '-1.00', b: '-2.00', c: '-3.00' })
    // they are in debt, which is carried and made up before anything is paid
    const { members } = await shop.json('split', '--month', '2026-12', '--pay')
    expect(members.map(({ payable, carried }: Record<string, string>) => [carried, payable])).toEqual([
      ['0.00', '0.00'],
      ['0.00', '0.00'],
      ['0.00', '0.00'],
    ])
    await shop.orders(order('2', '20.00', 'd', 'settled', '2026-11-01').replace('2026-10-10', '2026-12-10'))
    await shop.payouts(paid('u', '2', '20.00', '2027-01-20'))
    const january = await shop.json('split', '--month', '2027-01')
    expect(january.members).toEqual([
      expect.objectContaining({ member: 'a', shared: '6.00', carried: '-1.00', paid: '0.00', payable: '5.00' }),
      expect.objectContaining({ member: 'b', shared: '0.00', carried: '-2.00', payable: '0.00' }),
      expect.objectContaining({ member: 'c', shared: '0.00', carried: '-3.00', payable: '0.00' }),
    ])
  })

  it('goes by the inviters and the terms of the day of the order, also where nothing was paid out', async () => {
    const shop = await teamShop('team: [{ levels: [50%, 10%] }, { from: 2026-10-15, levels: [40%, 20%] }]\n')
    await shop.done('member', 'edit', 'd', '--inviter', 'a', '--from', '2026-10-20')
    const on = (id: string, day: string) => order(id, '10.00', 'd', 'settled', day).replace('2026-10-10', '2026-10-31')
    await shop.orders(on('1', '2026-10-14'), on('2', '2026-10-15'), on('3', '2026-10-20'))
    await shop.payouts(paid('s', '1', '10.00'), paid('s', '2', '10.00'), paid('s', '3', '10.00'))
    expect(await shop.parts('2026-11')).toEqual({ a: '2.00', c: '3.00', d: '13.00' })
    await shop.payouts(paid('t', '1', '-4.00', '2026-12-20', 'clawback'))
    expect(await shop.parts('2026-12')).toEqual({ c: '-0.40', d: '-2.00' })
    await shop.payouts(paid('u', '1', '-9.00', '2027-01-20', 'clawback'))
    // 6.00 were left; what is taken beyond that nobody had
    const { totals } = await shop.json('split', '--month', '2027-01')
    expect(totals[0]).toEqual({ currency: 'CNY', received: '-9.00', members: '-3.60', shop: '-5.40', held: '0.00' })
  })

  it('shares what one line pays for several orders by their commissions, and takes each back from its own member', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(order('1', '10.00', 'c'), order('2', '30.00', 'd'), order('3', '20.00', 'd'))
    await shop.payouts(paid('t', '1;2', '40.00'), paid('t', '3', '20.00'))
    const november = { c: '5.00', d: '25.00' }
    const [taken, rest] = [{ c: '-5.00' }, { d: '-25.00' }]
    expect(await shop.parts('2026-11', '--pay')).toEqual(november)
    await shop.orders(order('1', '10.00', 'c', 'refunded'))
    await shop.payouts(paid('u', '1', '-10.00', '2026-12-20', 'clawback'))
    expect(await shop.parts('2026-12')).toEqual(taken)
    await shop.done('split', '--month', '2026-12', '--pay')
    await shop.orders(order('2', '30.00', 'd', 'refunded'), order('3', '20.00', 'd', 'refunded'))
    await shop.payouts(paid('v', '1;2;3', '-50.00', '2027-01-20', 'clawback'))
    expect(await shop.parts('2027-01')).toEqual(rest)
    expect([await shop.parts('2026-11'), await shop.parts('2026-12')]).toEqual([november, taken])
    const { statements } = await shop.json('member', 'statement', 'd', '--month', '2026-11')
    expect(statements[0].own.map((line: Record<string, string>) => [line.order, line.received])).toEqual([['2 +1', '50.00']])
  })

  it('shares of a closed month also what was learned since', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    const september = (id: string, status: string) =>
      order(id, '10.00', 'd', status, '2026-09-05').replace('2026-10-10', '2026-09-10')
    await shop.orders(september('1', 'settled'))
    await shop.payouts(paid('s', '1', '10.00', '2026-10-20'), paid('s', '2', '10.00', '2026-10-20'))
    await shop.done('split', '--month', '2026-10', '--pay')
    expect((await shop.shoptool('settle', '--month', '2026-10', '--close')).stderr).toContain('closed')
    // an order that nobody knew of is found, and one is refunded
    await shop.orders(september('1', 'refunded'), september('2', 'settled'))
    expect(await shop.parts('2026-10')).toEqual({ d: '10.00' })
    await shop.done('split', '--month', '2026-10', '--pay')
    expect((await shop.json('split', '--month', '2026-10')).members).toMatchObject([{ paid: '10.00', payable: '0.00' }])
    await shop.payouts(paid('t', '1', '-10.00', '2026-11-20', 'clawback'))
    expect(await shop.parts('2026-11')).toEqual({ d: '-5.00' })
  })

  it('--pay records once; a later line comes as a further entry', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(order('1', '10.00', 'a'), order('2', '6.00', 'a'))
    await shop.payouts(paid('s', '1', '10.00'))
    const first = await shop.shoptool('split', '--month', '2026-11', '--pay')
    expect(first.stderr).toBe('Recorded: 2026-11 is paid out to the members.\n')
    const again = await shop.shoptool('split', '--month', '2026-11', '--pay')
    expect(again.stderr).toBe('2026-11 was paid out already; nothing has changed since.\n')
    expect(again.stdout).toContain('a\t1\t5.00\t0.00\t5.00\t0.00\tCNY\n')
    await shop.payouts(paid('t', '2', '6.00', '2026-11-25'))
    const changed = await shop.shoptool('split', '--month', '2026-11')
    expect(changed.stderr).toBe('2026-11 has changed since it was paid out: --pay records the rest.\n')
    expect(changed.stdout).toContain('a\t2\t8.00\t0.00\t5.00\t3.00\tCNY\n')
    const { recorded, members, paidAt } = await shop.json('split', '--month', '2026-11', '--pay')
    expect({ recorded, members, paidAt: paidAt.length }).toMatchObject({
      recorded: true,
      members: [{ shared: '8.00', paid: '5.00', payable: '3.00' }],
      paidAt: 2,
    })
    expect((await shop.json('split', '--month', '2026-11')).members).toMatchObject([
      { shared: '8.00', paid: '8.00', payable: '0.00' },
    ])
    expect((await shop.shoptool('split', '--month', '2026-10', '--pay')).stderr).toContain(
      'There is nothing to pay out of 2026-10.',
    )
  })

  it('warns of a month before that was left out, whose debts are not carried', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(order('1', '10.00', 'a'), order('2', '6.00', 'a'))
    await shop.payouts(paid('s', '1', '10.00', '2026-09-20'))
    await shop.payouts(paid('t', '1', '-10.00', '2026-10-20', 'clawback'))
    await shop.payouts(paid('u', '2', '6.00'))
    const split = () => shop.json('split', '--month', '2026-11')
    expect(await split()).toMatchObject({ unpaidBefore: [] })
    await shop.done('split', '--month', '2026-09', '--pay')
    expect(await split()).toMatchObject({ unpaidBefore: ['2026-10'], members: [{ carried: '0.00', payable: '3.00' }] })
    expect((await shop.shoptool('split', '--month', '2026-11')).stderr).toBe(
      'shoptool: 2026-10 is not paid out, and what members have of it, or owe, is not carried: shoptool split --month 2026-10 --pay\n',
    )
    // a statement that knows nothing of it says so
    expect(await shop.json('member', 'statement', 'a', '--month', '2026-11')).toMatchObject({ unpaidBefore: ['2026-10'] })
    expect((await shop.shoptool('member', 'statement', 'a', '--month', '2026-11')).stderr).toContain('2026-10 is not paid out')
    await shop.done('split', '--month', '2026-10', '--pay')
    expect(await split()).toMatchObject({ unpaidBefore: [], members: [{ carried: '-5.00', payable: '0.00' }] })
  })

  it('warns of a month before that has changed since it was paid out, and records what is held no more', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.orders(order('1', '10.00', 'a'))
    await shop.payouts(paid('s', '1', '10.00'), paid('s', '1', '10.00', '2026-11-21'))
    expect(await shop.parts('2026-11', '--pay')).toEqual({ a: '5.00' })
    await shop.payouts(paid('t', '1', '-10.00', '2026-11-25', 'clawback'))
    const december = () => shop.shoptool('split', '--month', '2026-12')
    expect((await december()).stderr).toContain(
      'shoptool: 2026-11 has changed since it was paid out, and what members have of it, or owe, is not carried: shoptool split --month 2026-11 --pay\n',
    )
    expect((await shop.shoptool('split', '--month', '2026-11', '--pay')).stderr).toContain('Recorded')
    // all is taken back: out of what the member has, since nothing is held any more
    await shop.orders(order('1', '10.00', 'a', 'refunded'))
    await shop.payouts(paid('u', '1', '-10.00', '2026-12-20', 'clawback'))
    expect([await shop.parts('2026-11'), await shop.parts('2026-12')]).toEqual([{ a: '5.00' }, { a: '-5.00' }])
    expect((await december()).stderr).toBe('')
  })

  it('names people who are no members, and shares once they are', async () => {
    const shop = await teamShop('team: [{ levels: [50%] }]\n')
    await shop.done('member', 'add', 'e', '--id', 'acme:te')
    await shop.orders(order('1', '10.00', 'e'))
    await shop.payouts(paid('s', '1', '10.00'))
    const { stdout, stderr } = await shop.shoptool('split', '--month', '2026-11')
    expect(stderr).toBe(
      'shoptool: 1 order of e, who was no member on their day: 10.00 CNY is shared with nobody; shoptool member add e --joined 2026-10-01\n',
    )
    expect(stdout).toBe('2026-11: received 10.00 CNY = members 0.00 + shop 10.00 + held 0.00\n')
    await shop.done('member', 'add', 'e', '--joined', '2026-10-01')
    expect(await shop.parts('2026-11')).toEqual({ e: '5.00' })
  })

  it('writes every part, so that those of an order add up, and all to what was received', async () => {
    const shop = await teamShop(THREE)
    await shop.orders(order('1', '0.01', 'd'), order('12345678901234567890', '10.01', 'c', 'settled'))
    await shop.payouts(paid('s', '1', '0.01'), paid('s', '12345678901234567890', '10.01'), 's,,,3.00,bonus,2026-11-20')
    await shop.done('split', '--month', '2026-11', '--csv', join(shop.cwd, 'out'))
    const read = (name: string) => readFileSync(join(shop.cwd, 'out', name), 'utf8')
    expect(read('parts.csv')).toBe(
      [
        '\ufeffpartner,order,ordered on,received,member,level,rate %,part,currency',
        'acme,,,3.00,,shop,100,3.00,CNY',
        'acme,1,2026-10-01,0.01,,shop,40,0.01,CNY',
        'acme,\t12345678901234567890,2026-10-01,10.01,b,1,30,3.00,CNY',
        'acme,\t12345678901234567890,2026-10-01,10.01,a,2,20,2.00,CNY',
        'acme,\t12345678901234567890,2026-10-01,10.01,,shop,50,5.01,CNY',
        '',
      ].join('\r\n'),
    )
    expect(read('members.csv')).toBe(
      '\ufeffmember,orders,part,carried,paid,to pay,currency\r\na,1,2.00,0.00,0.00,2.00,CNY\r\nb,1,3.00,0.00,0.00,3.00,CNY\r\n',
    )
  })

  it('quotes the law from three levels on', async () => {
    const shop = await teamShop(THREE)
    await shop.orders(order('1', '10.00', 'd'))
    expect((await shop.shoptool('split', '--month', '2026-11')).stderr).toMatch(
      /pay 3 levels: .*禁止传销条例.*花生日记.*\nNothing was received in 2026-11\.\n$/,
    )
    expect((await shop.json('split', '--month', '2026-11')).warnings).toMatchObject([{ rule: 'levels', confidence: 'about' }])
  })

  it('quotes the law where the orders that were paid are of the time of three levels', async () => {
    const shop = await teamShop('team: [{ levels: [40%, 30%, 20%] }, { from: 2026-10-02, levels: [40%] }]\n')
    await shop.orders(order('1', '10.00', 'd'))
    expect((await shop.json('split', '--month', '2026-11')).warnings).toEqual([])
    await shop.payouts(paid('s', '1', '10.00'))
    for (const command of ['split', 'member statement d'])
      expect(await shop.json(...command.split(' '), '--month', '2026-11')).toMatchObject({ warnings: [{ rule: 'levels' }] })
  })

  it.each<[string, string[], RegExp]>([
    ['', ['split'], /shoptool\.yaml has no team; add one like team: \[\{ levels: \[50%\] \}\]/],
    ['team: [{ levels: [50%] }]\n', ['split', '--month', '2026-13'], /--month: "2026-13" is not a month, expected like 2026-10/],
  ])('%s%j: %s', async (yaml, args, message) => {
    const shop = await teamShop(yaml)
    const { code, stderr } = await shop.shoptool(...args)
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })
})
