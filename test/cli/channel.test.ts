import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACME, run, workspaceWith } from './shoptool.ts'

const CHANNELS = `tracking: { acme: [] }
shelves: { main: { kind: custom } }
sources: { goods: { partner: acme, feed: products, file: goods.csv } }
channels:
  moments: { surface: wechat/moments, forms: [image] }
  group-a: { surface: wechat/group, forms: [image, url], daily: 10 }
  weibo: { surface: weibo/post, forms: [url] }
`
/** 1 and 2 are Taobao's by their pages, 3 is nobody's that the calendar knows. */
const GOODS = `sku,title,price,url
1,晴雨伞,59.00,https://item.taobao.com/item.htm?id=1
2,马克杯,19.80,https://detail.tmall.com/item.htm?id=2
3,保温杯,99.00,https://acme.example/3
`
const shop = async () => {
  const cwd = workspaceWith(CHANNELS, { 'partners/acme.yaml': `${ACME}      url: { text: url }\n`, 'goods.csv': GOODS })
  await run(['sync'], { cwd })
  return cwd
}
let cwd = ''
beforeAll(async () => {
  cwd = await shop()
})
const check = (...args: string[]) => run(['channel', 'check', ...args], { cwd })

/** A rule that lets nothing of Taobao into WeChat groups from a day on. */
function block(folder: string, from: string): void {
  mkdirSync(join(folder, 'rules'), { recursive: true })
  writeFileSync(
    join(folder, 'rules/channels.yaml'),
    `rules:\n  - { sources: [taobao], surface: wechat/group, forms: [image], state: deny, from: ${from}, reason: 群里封图, basis: 群公告, confidence: stated }\n`,
  )
}

describe('channel check of a source', () => {
  const kuaishou = ['--source', 'taobao', '--surface', 'kuaishou/live-cart', '--date']

  it('denies Taobao on Kuaishou in June 2022, with its reason', async () => {
    const { code, stdout } = await check(...kuaishou, '2022-06-01')
    expect([code, stdout]).toEqual([
      5,
      'taobao\tkuaishou/live-cart\timage\tunknown\t\t\t\t\t\ntaobao\tkuaishou/live-cart\tcode\tunknown\t\t\t\t\t\n' +
        'taobao\tkuaishou/live-cart\turl\tdeny\t2022-03-01\t2022-10-31\tabout\t\t快手自 2022 年 3 月 1 日起切断淘宝、京东外链，约七个月后恢复\n',
    ])
  })

  it('allows it on 10 November 2022 as provisional, and says that unknown is not allowed', async () => {
    const { code, stdout, stderr } = await check(...kuaishou, '2022-11-10')
    expect(code).toBe(0)
    expect(stdout).toContain('\turl\tallow\t2022-11-01\t\tprovisional\t2023-01-01\t快手在双11前恢复淘宝链接，长期还是短期未定\n')
    expect(stderr).toBe('unknown: no rule is about it, which does not mean that it passes.\n')
  })

  it('from the day of its review on says so, which is a finding', async () => {
    const { code, stderr } = await check(...kuaishou, '2023-01-01')
    expect(code).toBe(5)
    expect(stderr).toContain(
      'shoptool: review due since 2023-01-01: taobao on kuaishou/live-cart, kuaishou/video-cart, kuaishou/detail: allow (provisional), 快手在双11前恢复淘宝链接，长期还是短期未定; a rule in rules/channels.yaml with a later review takes its place\n',
    )
    expect((await check(...kuaishou, '2022-12-31')).code).toBe(0)
  })

  it('as JSON', async () => {
    const { stdout } = await check(...kuaishou, '2023-01-01', '--json')
    const { schema, date, checks, due } = JSON.parse(stdout)
    expect([schema, date, due.length]).toEqual(['shoptool.channel-check.v1', '2023-01-01', 1])
    const rule = {
      ...{ sources: ['taobao'], surfaces: ['kuaishou/live-cart', 'kuaishou/video-cart', 'kuaishou/detail'], forms: ['url'] },
      ...{ state: 'allow', from: '2022-11-01', until: null, confidence: 'provisional', review: '2023-01-01', own: false },
    }
    expect(checks).toEqual([
      {
        ...{ partner: null, sku: null, title: null, source: 'taobao', sources: ['taobao'], shelves: [] },
        ...{ channel: null, surface: 'kuaishou/live-cart' },
        forms: {
          image: { state: 'unknown', listed: true, passes: true, rule: null },
          code: { state: 'unknown', listed: true, passes: true, rule: null },
          url: { state: 'allow', listed: true, passes: true, rule: expect.objectContaining(rule) },
        },
      },
    ])
  })

  it('alone goes through every surface that a rule is about, and a surface alone through every source', async () => {
    const places = (await check('--source', 'jd')).stdout.split('\n').map((line) => line.split('\t').slice(0, 4).join(' '))
    expect(places).toEqual(['jd douyin/live url deny', 'jd kuaishou/live-cart url allow', 'jd wechat-shop/pool image allow', ''])
    const { code, stdout } = await check('--surface', 'taobao/on-site')
    expect([code, stdout.split('\n').map((line) => line.split('\t')[0])]).toEqual([
      5,
      ['taoxiaopu', 'taoxiaopu', 'taoxiaopu', ''],
    ])
  })
})

describe('channel check of goods', () => {
  it('a line for each channel: what it does not take is not asked for', async () => {
    const { code, stdout } = await check('1', 'acme:3')
    expect([code, stdout]).toEqual([
      5,
      [
        'acme:1\tmoments\tallow\t-\t-\t\t晴雨伞',
        'acme:1\tgroup-a\tunknown\t-\tdeny\turl: 微信不打开淘宝链接\t晴雨伞',
        'acme:1\tweibo\t-\t-\tunknown\t\t晴雨伞',
        'acme:3\tmoments\tunknown\t-\t-\t\t保温杯',
        'acme:3\tgroup-a\tunknown\t-\tunknown\t\t保温杯',
        'acme:3\tweibo\t-\t-\tunknown\t\t保温杯',
        '',
      ].join('\n'),
    ])
    expect((await check('1', '--channel', 'moments')).code).toBe(0)
    expect((await run(['channel', 'check', '-', '--surface', 'wechat/group'], { cwd, stdin: 'acme:2\n' })).stdout).toBe(
      'acme:2\twechat/group\tunknown\twarn\tdeny\tcode: 微信自 2018 年 5 月起管控淘口令，发出后可能被折叠或拦截 (stated-month); url: 微信不打开淘宝链接\t马克杯\n',
    )
  })

  it('tells once what was blocked and what came back to life of a shelf since the last look', async () => {
    const cwd = await shop()
    await run(['shelf', 'add', '1', '2', '3'], { cwd })
    const look = (...args: string[]) => run(['channel', 'check', '--shelf', 'main', '--channel', 'group-a', ...args], { cwd })
    const told = async () => (await look()).stderr.split('\n').filter((line) => /blocked|revived|changed/.test(line))
    expect(await told()).toEqual([])
    block(cwd, '2026-11-25')
    expect(JSON.parse((await run(['channel', 'check', '1', '--json'], { cwd })).stdout).changes).toEqual([])
    expect((await look('--date', '2026-11-26')).stderr).not.toContain('blocked')
    expect(await told()).toEqual(['shoptool: blocked: image of acme:1, acme:2 on group-a: was unknown, is deny: 群里封图'])
    expect(await told()).toEqual([])
    block(cwd, '2026-11-26')
    writeFileSync(join(cwd, 'goods.csv'), GOODS)
    const { stdout } = await look('--json')
    expect(
      JSON.parse(stdout).changes.map(({ event, subject, before, now }: Record<string, string>) => [event, subject, before, now]),
    ).toEqual([
      ['changed', 'acme:1', 'deny', 'unknown'],
      ['changed', 'acme:2', 'deny', 'unknown'],
    ])
  })

  it('of an empty shelf says so', async () => {
    expect(await check('--shelf', 'main')).toEqual({ code: 0, stdout: '', stderr: 'No goods to look at.\n' })
  })
})

describe('channel check in general', () => {
  it('lists the rules in force on a day', async () => {
    const { code, stdout } = await check('--date', '2022-06-01')
    expect(code).toBe(0)
    expect(stdout.split('\n')).toHaveLength(10)
    expect(stdout).toContain(
      '\ntaobao,jd\tkuaishou/live-cart,kuaishou/video-cart,kuaishou/detail\turl\tdeny\t2022-03-01\tabout\t\t快手自',
    )
    expect(stdout).toContain('\nexternal\tdouyin/live\turl\tdeny\t2020-10-09\tstated\t\t抖音直播间不放行站外链接\n')
    const later = await check('--date', '2022-11-10')
    expect(later.stdout).toContain(
      '\ntaobao\tkuaishou/live-cart,kuaishou/video-cart,kuaishou/detail\turl\tallow\t2022-11-01\tprovisional\t2023-01-01\t',
    )
  })

  it('--since tells what changed between two days, in rules, of a source and of goods', async () => {
    const lines = async (...args: string[]) =>
      (await check(...args)).stdout.split('\n').map((line) => line.split('\t').slice(0, 6).join(' '))
    expect(await lines('--since', '2022-10-31', '--date', '2022-11-01')).toEqual([
      'taobao kuaishou/live-cart url revived deny allow',
      'jd kuaishou/live-cart url revived deny allow',
      'taobao kuaishou/video-cart url revived deny allow',
      'jd kuaishou/video-cart url changed deny unknown',
      'taobao kuaishou/detail url revived deny allow',
      'jd kuaishou/detail url changed deny unknown',
      '',
    ])
    expect(await lines('--source', 'jd', '--since', '2022-02-28', '--date', '2022-03-01')).toEqual([
      ...['kuaishou/detail url blocked unknown deny', 'kuaishou/live-cart url blocked allow deny'].map((each) => `jd ${each}`),
      ...['jd kuaishou/video-cart url blocked unknown deny', ''],
    ])
    expect(await lines('1', '--since', '2013-11-21', '--date', '2013-11-22')).toEqual([
      'acme:1 group-a url blocked unknown deny',
      '',
    ])
    expect(await check('1', '--since', '2026-11-24')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Nothing has changed since 2026-11-24.\n',
    })
  })

  it.each([
    [['--source', 'taobo'], '--source: unknown source "taobo"; did you mean taobao?'],
    [['--source', 'acme', '1'], '--source: is about all goods of a source, expected without goods and --shelf'],
    [['--since', '2026-11-25'], '--since: expected a day before 2026-11-25'],
    [['--channel', 'momets'], '--channel: unknown channel "momets"; did you mean moments?'],
    [['--surface', 'wechat'], '--surface: "wechat" is not a surface, expected like wechat/moments'],
    [['--shelf', 'mian'], '--shelf: unknown shelf "mian"; did you mean main?'],
    [['--date', 'today'], '--date: "today" is not a day, expected like 2026-10-31'],
    [['9'], '9: no such product; see "shoptool find"'],
  ])('%j is refused', async (args, message) => {
    expect(await check(...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })

  it('says that it knows no such surface', async () => {
    expect((await check('--surface', 'weibo/pst', '--source', 'jd')).stderr).toContain(
      'weibo/pst: neither a rule nor a channel is about it; did you mean weibo/post?\n',
    )
  })
})

describe('channel list', () => {
  it('lists the channels of shoptool.yaml with what they let pass, whatever the width', async () => {
    const { stdout } = await run(['channel', 'list'], { cwd })
    expect(stdout).toContain('\ngroup-a\twechat/group\t10\tgroup\ttaobao\tunknown\t-\tdeny\n')
    expect(stdout).toContain('moments\twechat/moments\t3\tmoments\tacme\tunknown\t-\t-\n')
    const narrow = await run(['channel', 'list'], { cwd, tty: 60 })
    for (const line of narrow.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    const { schema, channels } = JSON.parse((await run(['channel', 'list', '--json'], { cwd })).stdout)
    expect(schema).toBe('shoptool.channel-list.v1')
    expect(channels[1]).toMatchObject({ name: 'group-a', forms: ['image', 'url'], daily: 10, texts: 'group' })
    expect(channels[1].sources).toContainEqual({
      source: 'taobao',
      forms: {
        image: { state: 'unknown', passes: true },
        code: { state: 'warn', passes: false },
        url: { state: 'deny', passes: false },
      },
    })
  })

  it('without any, those that there are texts for', async () => {
    const { stdout } = await run(['channel', 'list'], { cwd: workspaceWith() })
    expect(stdout).toContain('weibo\tweibo/post\t3\tweibo\t\tunknown\tunknown\tunknown\n')
  })
})

it('link, poster and copy keep to the calendar and to the forms of the channel', async () => {
  const copied = await run(['copy', '1', '--channel', 'group-a'], { cwd })
  expect(copied.stdout).not.toContain('taobao.com')
  expect((await run(['copy', '3', '--channel', 'group-a'], { cwd })).stdout).toContain('https://acme.example/3')
  const all = JSON.parse((await run(['copy', '3', '--json'], { cwd })).stdout).copy
  expect(all.map(({ channel }: { channel: string }) => channel)).toEqual(['moments', 'group-a', 'weibo'])
  const refused = await run(['poster', '1', '--channel', 'weibo'], { cwd })
  expect([refused.code, refused.stderr]).toEqual([2, 'shoptool: acme:1: weibo: no picture goes there: it takes url only\n'])
})
