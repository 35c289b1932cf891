import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { main } from '../../src/cli.ts'
import { realContext } from '../../src/context.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

const PARTNER = `${ACME}      couponAmount: { amount: coupon, unit: yuan, optional: true }
      couponUntil: { instant: until, pattern: yyyy-MM-dd, optional: true }
      commissionRate: { rate: rate, unit: percent, optional: true }
`
const HEADER = 'sku,title,price,coupon,until,rate'
const FIRST = ['1,晴雨伞,59.00,10,2026-11-30,20', '2,马克杯,20.00,,,10', '3,保温杯,99.00,,,30', '4,雨衣,40.00,,,10']
const more =
  'shelves: { main: { kind: custom }, other: { kind: custom } }\nsources:\n  goods: { partner: acme, feed: products, file: goods.csv }\n'

/** A shop whose feed may change from day to day. */
async function shop() {
  const cwd = workspaceWith(more, { 'partners/acme.yaml': PARTNER })
  const at = (day: number) => Date.parse(`2026-11-${String(day).padStart(2, '0')}T08:00:00+08:00`)
  return {
    cwd,
    async sync(day: number, ...rows: string[]) {
      writeFileSync(join(cwd, 'goods.csv'), [HEADER, ...rows, ''].join('\n'))
      expect((await run(['sync'], { cwd, now: at(day) })).code).toBe(0)
    },
    shelf: async (day: number, ...args: string[]) =>
      expect((await run(['shelf', 'add', ...args], { cwd, now: at(day) })).code).toBe(0),
    watch: (day: number, ...args: string[]) => run(['watch', ...args], { cwd, now: at(day) }),
  }
}

it('compares goods of a shelf with the pick at first, then with what was told; each event once', async () => {
  const { sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '1', '2', '3', '--shelf', 'main')
  expect(await watch(1)).toEqual({ code: 0, stdout: '', stderr: 'Nothing to tell of 3 goods.\n' })
  await sync(2, FIRST[0]!.replace('59.00', '49.00'), FIRST[1]!.replace(',10', ',5'), FIRST[3]!)
  const told = [
    'acme:1\tprice-down\t49.00\t39.00\t-20.4%\t晴雨伞',
    'acme:1\tcommission-down\t9.80\t7.80\t-20.4%\t晴雨伞',
    'acme:2\trate-down\t10%\t5%\t-50%\t马克杯',
    'acme:2\tcommission-down\t2.00\t1.00\t-50%\t马克杯',
    'acme:3\tgone\t\t2026-11-01\t\t保温杯',
    '',
  ].join('\n')
  expect(await watch(2, '--dry-run')).toEqual({ code: 5, stdout: told, stderr: '' })
  expect(await watch(2)).toEqual({ code: 5, stdout: told, stderr: '' })
  expect((await watch(2)).code).toBe(0)
  await sync(3, FIRST[0]!.replace('59.00', '49.00'), FIRST[1]!, FIRST[2]!.replace('99.00', '89.00'), FIRST[3]!)
  expect((await watch(3)).stdout.split('\n').map((line) => line.split('\t').slice(0, 4).join(' '))).toEqual([
    'acme:2 rate-up 5% 10%',
    'acme:2 commission-up 1.00 2.00',
    'acme:3 back  ',
    'acme:3 price-down 99.00 89.00',
    'acme:3 commission-down 29.70 26.70',
    '',
  ])
  expect((await watch(3)).code).toBe(0)
})

it('tells a coupon that ends, that has ended, and that was taken away', async () => {
  const { sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '1', '--shelf', 'main')
  expect((await watch(26)).code).toBe(0)
  const ends = await watch(28)
  expect([ends.code, ends.stdout]).toEqual([5, 'acme:1\tcoupon-ends\t10.00\t2026-11-30\t\t晴雨伞\n'])
  expect((await watch(29)).code).toBe(0)
  await sync(30, FIRST[0]!.replace('10,2026-11-30', ','), ...FIRST.slice(1))
  expect((await watch(30)).stdout).toContain('acme:1\tcoupon-ended\t10.00\t\t\t晴雨伞\n')
  expect((await watch(30)).code).toBe(0)
})

it('small changes add up', async () => {
  const { sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '3', '--shelf', 'main')
  await sync(2, FIRST[2]!.replace('99.00', '97.00'), ...FIRST.slice(0, 2))
  expect((await watch(2, '--min-change', '4%')).code).toBe(0)
  await sync(3, FIRST[2]!.replace('99.00', '95.00'), ...FIRST.slice(0, 2))
  expect((await watch(3, '--min-change', '4%')).stdout).toContain('price-down\t99.00\t95.00\t-4%')
  expect((await watch(3, '--min-change', '4%')).code).toBe(0)
})

it('goods of a saved search stay watched where it finds them no more; of new ones only the state is taken', async () => {
  const { cwd, sync, watch } = await shop()
  await sync(1, ...FIRST)
  await run(['find', '--min-rate', '20%', '--save', 'rich'], { cwd })
  expect(await watch(1, '--saved', 'rich')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('2 of 2 goods were looked at for the first time'),
  })
  await sync(2, FIRST[0]!.replace(/20$/, '2'), ...FIRST.slice(1))
  const { code, stdout } = await watch(2, '--saved', 'rich', '--json')
  expect(code).toBe(5)
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'shoptool.watch.v1',
    watched: 2,
    events: [
      { event: 'rate-down', partner: 'acme', sku: '1', currency: 'CNY', before: '20', now: '2', change: '-90' },
      { event: 'commission-down', before: '9.80', now: '0.98' },
    ],
  })
})

it('appends to a file, and ends a line that was torn', async () => {
  const { cwd, sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '2', '3', '--shelf', 'main')
  expect((await watch(1, '--out', 'alerts.ndjson')).code).toBe(0)
  expect(existsSync(join(cwd, 'alerts.ndjson'))).toBe(false)
  writeFileSync(join(cwd, 'alerts.ndjson'), '{"torn')
  await sync(2, ...FIRST.slice(0, 2), FIRST[3]!)
  expect((await watch(2, '--out', 'alerts.ndjson')).code).toBe(5)
  const [torn, line, end] = readFileSync(join(cwd, 'alerts.ndjson'), 'utf8').split('\n')
  expect([torn, end]).toEqual(['{"torn', ''])
  expect(JSON.parse(line!)).toMatchObject({ at: '2026-11-02T08:00:00+08:00', event: 'gone', sku: '3' })
})

it('only one shelf, only named goods; a later pick counts', async () => {
  const { sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '2', '--shelf', 'main')
  await shelf(1, '4', '--shelf', 'other')
  await sync(2, FIRST[0]!, FIRST[1]!.replace('20.00', '30.00'), FIRST[2]!, FIRST[3]!.replace('40.00', '50.00'))
  await shelf(3, '2', '--shelf', 'other')
  expect((await watch(3, '--shelf', 'main', '--dry-run')).stdout).toContain('acme:2\tprice-up\t20.00\t30.00')
  expect((await watch(3, '--dry-run')).stdout).not.toContain('acme:2')
  expect((await watch(3, '4', '--dry-run')).stdout).toContain('acme:4\tprice-up\t40.00\t50.00')
  expect((await watch(3, '3')).stderr).toContain('1 of 1 goods were looked at for the first time.')
})

it('an event whose output could not be written is told again', async () => {
  const { cwd, sync, shelf, watch } = await shop()
  await sync(1, ...FIRST)
  await shelf(1, '3', '--shelf', 'main')
  await sync(2, ...FIRST.slice(0, 2), FIRST[3]!)
  const broken = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })),
  })
  const stderr = new PassThrough()
  const code = await main(['watch'], { ...realContext(), cwd, env: {}, stdin: new PassThrough(), stdout: broken, stderr })
  expect(code).toBe(2)
  expect((await watch(2)).stdout).toContain('acme:3\tgone')
  expect((await watch(2)).code).toBe(0)
})

it.each([
  [['1', '--shelf', 'main'], 'watch: expected goods, --shelf or --saved, only one of them'],
  [['--dry-run', '--out', 'x'], '--dry-run and --out: expected one of the two'],
  [['--saved', 'x'], '--saved: no search is kept as "x"; keep one with "shoptool find … --save NAME"'],
  [['9'], '9: no such product; see "shoptool find"'],
])('%j is refused', async (args, says) => {
  const { sync, watch } = await shop()
  await sync(1, ...FIRST)
  expect(await watch(1, ...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${says}\n` })
})

it('goods that were given another id are watched under it, not told as gone', async () => {
  const { cwd, sync, shelf, watch } = await shop()
  const rows = (id: (i: number) => string, price = '59.00') =>
    Array.from({ length: 12 }, (_, i) => `${id(i)},晴雨伞 ${i} 号,${price},,,20`)
  await sync(1, ...rows((i) => String(600_000 + i)))
  await shelf(1, '600003', '--shelf', 'main')
  expect((await watch(1)).code).toBe(0)
  writeFileSync(join(cwd, 'goods.csv'), [HEADER, ...rows((i) => `q${i}-x`), ''].join('\n'))
  const now = Date.parse('2026-11-02T08:00:00+08:00')
  expect((await run(['sync', '--accept-shrink'], { cwd, now })).code).toBe(0)
  expect((await watch(2)).code).toBe(0)
  await sync(3, ...rows((i) => `q${i}-x`, '49.00'))
  expect((await watch(3)).stdout).toBe(
    'acme:q3-x\tprice-down\t59.00\t49.00\t-16.9%\t晴雨伞 3 号\nacme:q3-x\tcommission-down\t11.80\t9.80\t-16.9%\t晴雨伞 3 号\n',
  )
  expect((await watch(3)).code).toBe(0)
})
