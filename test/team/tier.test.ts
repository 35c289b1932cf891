import { describe, expect, it } from 'vitest'
import { run } from '../cli/shoptool.ts'
import { teamShop } from './team.ts'

const TIERS =
  'team: [{ levels: [50%, 10%], tiers: { by: commission, tiers: [{ name: 新晋, from: 0 }, { name: 资深, from: 10.00, levels: [60%, 20%] }] } }]\n'
/** Orders of October are paid in November, those of November in December. */
const order = (id: string, commission: string, whose: string, settled: string, status = 'settled') =>
  `${id},,<b>茶杯</b>,100,${commission},${status},${settled},${settled},t${whose}`
const paid = (id: string, amount: string, day: string) => `s${day},${id},,${amount},commission,${day}`

describe('member tier', () => {
  it('is computed anew each month from the orders confirmed in the month before, and splits go by it', async () => {
    const shop = await teamShop(TIERS)
    await shop.orders(
      ...[order('1', '9.99', 'c', '2026-09-30'), order('2', '10.00', 'c', '2026-10-31'), order('3', '10.00', 'c', '2026-11-30')],
      ...[order('4', '50.00', 'b', '2026-10-31', 'refunded'), order('5', '10.00', 'd', '2026-11-30')],
    )
    const tiers = async (month: string) => {
      const { members } = await shop.json('member', 'tier', '--month', month)
      return members.map(({ member, tier }: Record<string, string>) => `${member} ${tier}`).join(', ')
    }
    expect(await tiers('2026-10')).toBe('a 新晋, b 新晋, c 新晋, d 新晋')
    expect(await tiers('2026-11')).toBe('a 新晋, b 新晋, c 资深, d 新晋')
    expect(await shop.done('member', 'tier', 'c', '--month', '2026-10')).toBe('c\t新晋\t9.99 CNY\t0.01 CNY short of 资深\n')
    await shop.payouts(paid('2', '10.00', '2026-11-20'), paid('3', '10.00', '2026-12-20'), paid('5', '10.00', '2026-12-20'))
    // October's order by the tier of October; in November c is 资深, for the orders of d too
    expect(await shop.parts('2026-11')).toEqual({ b: '1.00', c: '5.00' })
    expect(await shop.parts('2026-12')).toEqual({ b: '1.00', c: '8.00', d: '5.00' })
    expect(await shop.done('member', 'tier', 'd', '--set', '资深', '--from', '2026-11-01')).toBe('d is 资深 from 2026-11-01 on\n')
    expect(await shop.parts('2026-12')).toEqual({ b: '1.00', c: '8.00', d: '6.00' })
    expect(await shop.done('member', 'tier', 'd')).toBe('d\t资深 (set by hand)\t0.00 CNY\t10.00 CNY short of 资深\n')
    expect(await shop.done('member', 'tier', 'd', '--set', 'auto', '--from', '2026-11-02')).toBe(
      'the tier of d is what the orders say from 2026-11-02 on\n',
    )
    expect(await shop.parts('2026-12')).toEqual({ b: '1.00', c: '8.00', d: '5.00' })
  })

  it('counts an order in the month in which it was received, also when it is settled later', async () => {
    const shop = await teamShop(TIERS)
    const head = 'order,paid,commission,status,ordered,received,settled,pid\n'
    const tierAfter = async (row: string) => {
      const stdin = head + row
      expect(await run(['import', 'orders', '-', '--partner', 'acme'], { cwd: shop.cwd, stdin })).toMatchObject({ code: 0 })
      return shop.done('member', 'tier', 'c', '--month', '2026-11')
    }
    expect(await tierAfter('1,100,10.00,received,2026-10-01,2026-10-31,,tc')).toBe('c\t资深\t10.00 CNY\t\n')
    expect(await tierAfter('1,100,10.00,settled,2026-10-01,2026-10-31,2026-11-20,tc')).toBe('c\t资深\t10.00 CNY\t\n')
  })

  it('counts of an order what refunds left of it, and none of which nothing is left', async () => {
    const tierAfter = async (by: string, ...rows: string[]) => {
      const shop = await teamShop(TIERS.replace('commission', by))
      const stdin = `order,line,paid,refund,commission,status,ordered,settled,pid\n${rows.join('\n')}\n`
      expect(await run(['import', 'orders', '-', '--partner', 'acme'], { cwd: shop.cwd, stdin })).toMatchObject({ code: 0 })
      return shop.done('member', 'tier', 'c', '--month', '2026-11')
    }
    const row = (id: string, refund: string) => `${id},100,${refund},10.00,settled,2026-10-01,2026-10-31,tc`
    expect(await tierAfter('commission', row('1,A', '25'), row('1,B', '0'))).toBe('c\t资深\t17.50 CNY\t\n')
    expect(await tierAfter('commission', row('1,A', '0.01'))).toBe('c\t资深\t10.00 CNY\t\n')
    expect(await tierAfter('commission', row('1,A', '25'), row('2,A', '100'))).toBe('c\t新晋\t7.50 CNY\t2.50 CNY short of 资深\n')
    expect(await tierAfter('orders', row('1,A', '25'), row('1,B', '0'), row('2,A', '100'))).toMatch(/^c\t\S+\t1 orders\t/)
  })

  it.each<[string, string[], string]>([
    [
      'team: [{ levels: [50%] }]\n',
      ['a'],
      'the team in shoptool.yaml has no tiers on 2026-11-25; add some like tiers: { by: commission, tiers: [{ name: 新晋, from: 0 }] }',
    ],
    ['team: [{ levels: [50%] }]\n', ['a', '--set', 'x'], '--set: there is no tier "x"; the team in shoptool.yaml has none'],
    [TIERS, ['a', '--set', '资身'], '--set: there is no tier "资身"; did you mean 资深?'],
    [TIERS, ['--set', '资深'], '--set: which member? Name one, like shoptool member tier mei --set 资深'],
    [TIERS, ['a', '--set', '资深', '--month', '2026-11'], '--month: goes without --set, which holds from a day on (--from)'],
    [TIERS, ['a', '--from', '2026-11-01'], '--from: goes with --set only'],
    [TIERS, ['a', '--set', '资深', '--from', '2026-08-31'], '--from: a joined on 2026-09-01, later than 2026-08-31'],
    [TIERS, ['x'], 'member tier: there is no member "x"; did you mean a?'],
    [
      TIERS.replace('by: commission', 'by: commission, partners: [acne]'),
      [],
      'shoptool.yaml: team: tiers: partners: unknown partner "acne"; did you mean acme? (or describe it in partners/acne.yaml)',
    ],
    [TIERS.replace('from: 10.00', 'from: 0'), [], 'shoptool.yaml: team: tiers: the threshold of 资深 is not above that of 新晋'],
    [TIERS.replace('from: 10.00', 'from: much'), [], 'shoptool.yaml: team: tiers: "much" of 资深 is not an amount in CNY'],
  ])('%s%j: %s', async (yaml, args, message) => {
    const shop = await teamShop(yaml)
    expect(await shop.shoptool('member', 'tier', ...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })
})
