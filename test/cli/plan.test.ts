import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { postsOf } from '../../src/store/posts.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

// Noon of 25 November 2026 in Shanghai, as in every test.

const SHOP = `${ACME}      link: { text: url, optional: true }
      couponAmount: { amount: coupon, unit: yuan, optional: true }
      couponUntil: { instant: until, pattern: yyyy-MM-dd, optional: true }
      commissionRate: { rate: rate, unit: percent, optional: true }
`
const YAML = `shelves: { main: { kind: custom } }
sources: { goods: { partner: acme, feed: products, file: goods.csv } }
channels:
  moments: { surface: wechat/moments, forms: [image], daily: 2, noRepeat: 3 }
  group-a: { surface: wechat/group, forms: [image, code, url], daily: 10, quiet: "21:00-09:00", gap: 30 }
  live: { surface: kuaishou/live-cart, forms: [image] }
`
/** Scores by the commission alone. */
const SCORE = `commission: { points: 100, full: "20.00" }
rate: { points: 0, full: 30% }
sales: { points: 0, full: 10000 }
brand: { points: 0 }
repurchase: { points: 0 }
barrier: { points: 0 }
`
/** The fifth cannot be shared, the sixth's coupon is over with the 26th. */
const GOODS = `sku,title,price,url,coupon,until,rate
1,晴雨伞,59.00,https://acme.example/1,,,10
2,马克杯,19.80,https://acme.example/2,,,10
3,=保温杯,99.00,https://item.taobao.com/item.htm?id=3,,,10
4,毛巾,9.90,https://acme.example/4,,,10
5,没有链接,9.90,,,,50
6,优惠垫,50.00,https://acme.example/6,10,2026-11-26,40
`
let cwd = ''
const shoptool = (...args: string[]) => run(args, { cwd })
const plan = (...args: string[]) => shoptool('plan', ...args)
const lines = (stdout: string) => stdout.split('\n').map((line) => line.split('\t').slice(0, 6).join(' '))

beforeAll(async () => {
  cwd = workspaceWith(YAML, { 'partners/acme.yaml': SHOP, 'goods.csv': GOODS, 'rules/score.yaml': SCORE })
  await shoptool('sync')
  await shoptool('shelf', 'add', '1', '2', '3', '4', '5', '6')
})

describe('plan', () => {
  it('says where and when, the highest score first, around caps, quiet hours and coupons', async () => {
    const { code, stdout, stderr } = await plan('--channel', 'moments', '--days', '3')
    expect([code, lines(stdout)]).toEqual([
      0,
      [
        '2026-11-25 14:30 moments acme:6 image? new',
        '2026-11-25 19:30 moments acme:3 image new',
        '2026-11-26 11:30 moments acme:1 image? new',
        '2026-11-26 18:30 moments acme:2 image? new',
        '2026-11-27 11:30 moments acme:4 image? new',
        '',
      ],
    ])
    expect(stderr).toBe(
      'Left out: acme:5: has neither a link nor a page to share; read a feed that holds links of yours\n' +
        'moments: 1 more could be posted, but all goods that pass have a post within 3 days.\n' +
        '?: no rule of the channel calendar is about it, which does not mean that it passes.\n',
    )
  })

  it('writes a table for spreadsheets, a page and JSON, the same every time', async () => {
    const [csv, page] = [join(cwd, 'plan.csv'), join(cwd, 'plan.html')]
    const { stdout } = await plan('--days', '1', '--csv', 'plan.csv', '--page', 'plan.html', '--json')
    const first = [readFileSync(csv, 'utf8'), readFileSync(page, 'utf8')]
    const { schema, from, days, posts, left } = JSON.parse(stdout)
    expect([schema, from, days, left.length]).toEqual(['shoptool.plan.v1', '2026-11-25', 1, 1])
    expect(posts[0]).toEqual({
      ...{ at: '2026-11-25T12:30:00+08:00', day: '2026-11-25', time: '12:30', channel: 'group-a', surface: 'wechat/group' },
      ...{ partner: 'acme', sku: '6', title: '优惠垫', finalPrice: '40.00', currency: 'CNY' },
      ...{ forms: { image: 'unknown', code: 'unknown', url: 'unknown' }, warnings: [], state: 'new', problem: null },
    })
    expect(first[0]!.startsWith('\ufeffday,time,channel,')).toBe(true)
    expect(first[0]).toContain(',wechat/group,acme,3,\'=保温杯,99.00,CNY,"image?,code",new,微信自 2018 年 5 月起管控淘口令')
    expect(first[0]!.split('\r\n')).toHaveLength(posts.length + 2)
    expect(first[1]!.match(/type="checkbox"/g)).toHaveLength(posts.length)
    await plan('--days', '1', '--csv', 'plan.csv', '--page', 'plan.html')
    expect([readFileSync(csv, 'utf8'), readFileSync(page, 'utf8')]).toEqual(first)
  })

  it('of a saved search', async () => {
    await shoptool('find', '杯', '--save', 'cups')
    expect(lines((await plan('--saved', 'cups', '--channel', 'moments', '--days', '1')).stdout)).toEqual([
      ...['2026-11-25 14:30 moments acme:3 image new', '2026-11-25 19:30 moments acme:2 image? new', ''],
    ])
  })

  it('says that there are no goods, and leaves nothing beside a file that cannot be written', async () => {
    await shoptool('find', '帐篷', '--save', 'nothing')
    const { stderr } = await plan('--saved', 'nothing', '--channel', 'moments', '--days', '1')
    expect(stderr).toBe('moments: 2 more could be posted, but there are no goods.\nNothing to post.\n')
    expect((await plan('--days', '1', '--page', 'partners')).code).toBe(2)
    expect((await plan('--days', '1', '--csv', '-')).stderr).toBe('shoptool: --csv: "-" is not the name of a file\n')
    expect((await plan('--days', '1', '--page', 'new/')).stderr).toBe('shoptool: --page: "new/" is not the name of a file\n')
    expect(existsSync(join(cwd, 'partners.new'))).toBe(false)
  })

  it('fits any terminal', async () => {
    const { stdout } = await run(['plan', '--days', '1'], { cwd, tty: 60 })
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
  })
})

describe('what was posted', () => {
  it('is kept over runs: it counts for the day, and is not repeated', async () => {
    expect(await plan('done', '6', '3', '--channel', 'moments', '--at', '2026-11-25 10:00', '--variant', '2', '-q')).toEqual({
      code: 0,
      stdout: 'posted  2026-11-25 10:00  moments  acme:6\nposted  2026-11-25 10:00  moments  acme:3\n',
      stderr:
        'shoptool: acme:3 on moments at 2026-11-25 10:00: the post of acme:6 at 2026-11-25 10:00 is less than 60 minutes away\n',
    })
    const { stdout } = await plan('--channel', 'moments', '--days', '3')
    expect(lines(stdout)).toEqual([
      '2026-11-25 10:00 moments acme:3 image posted',
      '2026-11-25 10:00 moments acme:6 image? posted',
      '2026-11-26 11:30 moments acme:1 image? new',
      '2026-11-26 18:30 moments acme:2 image? new',
      '2026-11-27 11:30 moments acme:4 image? new',
      '',
    ])
    const db = openDatabase(join(cwd, 'shoptool.db'))
    expect(postsOf(db, { channel: 'moments', partner: 'acme', sku: '6' })).toEqual([
      {
        channel: 'moments',
        partner: 'acme',
        sku: '6',
        at: '2026-11-25T10:00:00+08:00',
        posted: true,
        variant: expect.any(String),
      },
    ])
    db.close()
    expect((await plan('remove', '6', '3', '--channel', 'moments', '--date', '2026-11-25')).stdout).toContain('removed')
  })

  it('had a text, and the next of copy is another', async () => {
    const variant = async () => JSON.parse((await shoptool('copy', '4', '--channel', 'moments', '--json')).stdout).copy[0].variant
    const first = await variant()
    const done = await plan('done', '4', '--channel', 'moments', '--at', '2026-11-25 09:00', '--json')
    expect(JSON.parse(done.stdout).posts[0].variant).toBe(first)
    expect(await variant()).not.toBe(first)
    expect((await plan('done', '4', '--channel', 'moments', '--variant', 'nine')).stderr).toContain('moments: no text "nine"; ')
    // there are no texts for the last of the channels: nothing is recorded on the first either
    expect((await plan('done', '4', '--channel', 'group-a,live', '--variant', 'list')).code).toBe(2)
    expect((await plan('remove', '4', '--channel', 'group-a', '--date', '2026-11-25')).stderr).toContain('nothing is recorded')
    await plan('remove', '4', '--channel', 'moments', '--date', '2026-11-25')
  })

  it('--keep keeps a plan; done ends it, --all what is due, and what cannot be posted any more is a finding', async () => {
    await plan('--channel', 'moments', '--days', '2', '--keep')
    expect(lines((await plan('--channel', 'moments', '--days', '2')).stdout)[0]).toBe(
      '2026-11-25 14:30 moments acme:6 image? kept',
    )
    const late = { cwd, now: Date.parse('2026-11-25T20:00:00+08:00') }
    const overdue = await run(['plan', '--channel', 'moments', '--days', '1'], late)
    expect(overdue.code).toBe(5)
    expect(overdue.stdout).toContain('\tits time has passed; record it with "plan done", or take it back with "plan remove"\n')
    expect((await run(['plan', 'done', '6', '--channel', 'moments'], late)).stdout).toBe(
      'posted  2026-11-25 20:00  moments  acme:6\n',
    )
    expect((await run(['plan', 'done', '--all'], late)).stdout).toBe('posted  2026-11-25 19:30  moments  acme:3\n')
    expect((await run(['plan', 'done', '--all'], late)).stderr).toBe('Nothing that was kept is due.\n')

    writeFileSync(join(cwd, 'goods.csv'), GOODS.replace('1,晴雨伞,59.00,https://acme.example/1,,,10\n', ''))
    await shoptool('sync')
    const { code, stdout } = await plan('--channel', 'moments', '--days', '2')
    expect([code, stdout]).toEqual([5, expect.stringContaining('kept\t晴雨伞\tacme:1: is gone from its feed since 2026-11-25')])
    writeFileSync(join(cwd, 'goods.csv'), GOODS)
    await shoptool('sync')
  })

  it('add takes the next free time, and refuses what would break the rules of the channel', async () => {
    expect((await plan('add', '4', '--channel', 'group-a')).stdout).toBe('planned  2026-11-25 12:30  group-a  acme:4\n')
    await plan('add', '2', '--channel', 'group-a', '--at', '2026-11-25 17:00')
    const add = async (...args: string[]) => (await plan('add', ...args, '--channel', 'group-a')).stderr
    const refused = (sku: string, at: string, why: string) =>
      `shoptool: acme:${sku} on group-a at ${at}: ${why}; nothing was planned\n`
    const at = (time: string) => ['--at', `2026-11-25 ${time}`]
    expect(await add('1', ...at('12:50'))).toBe(
      refused('1', '2026-11-25 12:50', 'the post of acme:4 at 2026-11-25 12:30 is less than 30 minutes away'),
    )
    expect(await add('1', ...at('21:00'))).toBe(
      refused('1', '2026-11-25 21:00', '21:00 is in the quiet hours from 21:00 to 09:00'),
    )
    expect(await add('1', ...at('11:00'))).toBe(
      refused('1', '2026-11-25 11:00', 'that is past; what was posted is recorded with "plan done"'),
    )
    expect(await add('4', '--at', '2026-12-08 10:00')).toBe(
      refused('4', '2026-12-08 10:00', 'it has a post there on 2026-11-25, less than 14 days away'),
    )
    expect(await add('6', '--at', '2026-11-27 12:00')).toBe(
      refused('6', '2026-11-27 12:00', 'its coupon ends on 2026-11-26 23:59'),
    )
    expect((await plan('add', '1', '--channel', 'moments', '--at', '2026-11-25 21:30')).stderr).toContain(
      '2026-11-25 has 2 posts already, and 2 a day is the most; nothing was planned\n',
    )
    expect((await plan('remove', '4', '2', '--channel', 'group-a', '--json')).stdout).toContain('"shoptool.plan-remove.v1"')
  })

  it('refuses the eleventh post of a day', async () => {
    const at = (n: number) => ['--channel', 'group-a', '--at', `2026-12-20 ${10 + n}:00`]
    const db = openDatabase(join(cwd, 'shoptool.db'))
    db.exec(
      `INSERT INTO post SELECT 'group-a', 'acme', 'x' || value, '2026-12-20T1' || value || ':00:00+08:00', 0, NULL FROM json_each('[0,1,2,3,4,5,6,7,8]')`,
    )
    db.close()
    expect((await plan('add', '1', ...at(9))).code).toBe(0)
    expect(await plan('add', '2', ...at(10))).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'shoptool: acme:2 on group-a at 2026-12-20 20:00: 2026-12-20 has 10 posts already, and 10 a day is the most; nothing was planned\n',
    })
  })
})

describe('plan refuses', () => {
  it.each([
    [['--days', '0'], '--days: "0" is not a number of days, expected 1 to 366'],
    [['--shelf', 'main', '--saved', 'x'], '--shelf and --saved: expected one of the two'],
    [['--channel', 'momets'], '--channel: unknown channel "momets"; did you mean moments?'],
    [['add', '1'], '--channel: which one? There are moments, group-a, live, '],
    [['add', '5', '--channel', 'moments'], 'acme:5: has neither a link nor a page to share; '],
    [['done', '--channel', 'moments'], 'plan done: expected either goods or --all'],
    [['done', '--all', '--variant', 'a'], '--all: takes the times that were planned, expected without --at and --variant'],
    [
      ['done', '1', '--channel', 'moments', '--at', '2026-11-26 10:00'],
      '--at: 2026-11-26 10:00 is still to come; it is planned with "plan add"',
    ],
    [
      ['done', '1', '--channel', 'moments', '--at', 'noon'],
      '--at: "noon" is not a time in the zone of the shop, expected like "2026-11-25 20:00"',
    ],
    [['remove', '1', '--channel', 'group-a', '--date', '2026-11-01'], 'acme:1: nothing is recorded on group-a on 2026-11-01'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await plan(...args)
    expect([code, stdout, stderr.slice(0, 10 + message.length)]).toEqual([2, '', `shoptool: ${message}`])
  })
})
