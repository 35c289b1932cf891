import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Calendar,
  type ChannelRule,
  channelsOf,
  chooseChannels,
  decide,
  passages,
  readCalendar,
  STATES,
  sourcesOf,
} from '../../src/share/channel.ts'
import { loadChannels, writeCopy } from '../../src/share/copy/write.ts'
import { FORMS, type Form } from '../../src/workspace.ts'
import { HOME, makeItem } from './studio.ts'

const calendar = readCalendar(HOME, '/nowhere')

/** The calendar with rules/channels.yaml of a workspace. */
function calendarWith(text: string): Calendar {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-channel-'))
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'rules', 'channels.yaml'), text)
  return readCalendar(HOME, folder)
}

/** `taobao kuaishou/live-cart url 2022-06-01` → state and confidence. */
function ask(question: string, from = calendar): string {
  const [source, surface, form, day] = question.split(' ') as [string, string, Form, string]
  const { state, rule } = decide(from, { sources: [source], surface, form, day })
  return rule === null ? state : `${state} ${rule.confidence}`
}

describe('the calendar that comes with the tool, row by row', () => {
  it.each([
    ['taobao wechat/moments url', '2013-11-21 unknown', '2013-11-22 deny stated', '2026-11-24 deny stated'],
    ['taobao wechat/group url', '2013-11-21 unknown', '2013-11-22 deny stated', '2026-11-24 deny stated'],
    ['taobao wechat/group code', '2018-04-30 unknown', '2018-05-01 warn stated-month', '2026-11-24 warn stated-month'],
    ['taobao wechat/moments image', '2018-12-31 unknown', '2019-01-01 allow stated-year', '2026-11-24 allow stated-year'],
    ['taobao wechat/group image', '2026-11-24 unknown'],
    ['taobao wechat-shop/pool url', '2020-09-30 unknown', '2020-10-01 deny stated', '2026-11-24 deny stated'],
    ['taobao wechat-shop/pool image', '2020-10-01 deny stated'],
    ['taobao wechat-shop/pool code', '2020-10-01 deny stated'],
    ['jd wechat-shop/pool image', '2020-09-30 unknown', '2020-10-01 allow stated'],
    ['pdd wechat-shop/pool image', '2020-10-01 allow stated'],
    ['vip wechat-shop/pool image', '2020-10-01 allow stated'],
    ['dangdang wechat-shop/pool image', '2020-10-01 allow stated'],
    ['suning wechat-shop/pool image', '2020-10-01 unknown'],
    ['jd wechat-shop/pool url', '2020-10-01 unknown'],
    ['taobao douyin/live url', '2020-10-08 unknown', '2020-10-09 deny stated', '2026-11-24 deny stated'],
    ['acme douyin/live url', '2020-10-09 deny stated'],
    ['douyin douyin/live url', '2020-10-09 unknown'],
    ['taobao douyin/live image', '2020-10-09 unknown'],
    ['taobao douyin/video url', '2019-12-31 unknown', '2020-01-01 allow stated', '2020-10-09 allow stated'],
    ['jd douyin/video url', '2020-10-09 unknown'],
    [
      'jd kuaishou/live-cart url',
      ...['2020-05-26 unknown', '2020-05-27 allow stated-month', '2022-02-28 allow stated-month', '2022-03-01 deny about'],
      ...['2022-10-31 deny about', '2022-11-01 allow provisional'],
    ],
    ['jd kuaishou/video-cart url', '2022-02-28 unknown', '2022-03-01 deny about', '2022-10-31 deny about', '2022-11-01 unknown'],
    ['jd kuaishou/detail url', '2022-03-01 deny about', '2022-11-01 unknown'],
    ...['live-cart', 'video-cart', 'detail'].map((place) => [
      `taobao kuaishou/${place} url`,
      ...['2022-02-28 unknown', '2022-03-01 deny about', '2022-06-01 deny about', '2022-10-31 deny about'],
      ...['2022-11-01 allow provisional', '2022-11-10 allow provisional', '2026-11-24 allow provisional'],
    ]),
    ['taoxiaopu taobao/on-site url', '2019-04-17 unknown', '2019-04-18 deny stated'],
    ['taoxiaopu taobao/on-site image', '2019-04-18 deny stated'],
    ['jd weibo/post url', '2026-11-24 unknown'],
  ])('%s', (question, ...days) => {
    expect(days.map((day) => `${day.slice(0, 10)} ${ask(`${question} ${day.slice(0, 10)}`)}`)).toEqual(days)
  })

  it('every rule has a reason in Chinese and says where it was stated; what is provisional has a day of review', () => {
    expect(calendar.rules).toHaveLength(12)
    for (const { reason, basis, confidence, review, from } of calendar.rules) {
      expect(reason).toMatch(/\p{Script=Han}/u)
      expect(basis).not.toBe('')
      if (confidence === 'provisional') expect(review! > from).toBe(true)
      else expect(review).toBeNull()
    }
  })
})

describe('whose goods they are', () => {
  const of = (partner: string, link: string | null, url: string | null = null) =>
    sourcesOf(calendar, { partner: { id: partner }, product: { link, url } })

  it.each([
    ['a partner’s own', of('jd', null), ['jd']],
    ['also those on whose hosts the link lies', of('acme', 'https://s.click.taobao.com/x'), ['acme', 'taobao']],
    ['or the page', of('acme', 'https://acme.example/1', 'http://detail.tmall.com/item.htm?id=1'), ['acme', 'taobao']],
    ['a host that only ends alike is another', of('acme', 'https://nottaobao.com/x'), ['acme']],
    ['several', of('acme', 'https://u.jd.com/x', 'https://mobile.yangkeduo.com/1'), ['acme', 'jd', 'pdd']],
    ['what is no address counts for nothing', of('acme', 'taobao.com'), ['acme']],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected))

  it('the link that will be shared counts too', () => {
    expect(
      sourcesOf(calendar, { partner: { id: 'acme' }, product: { link: null, url: null }, link: 'https://m.tb.cn/x' }),
    ).toEqual(['acme', 'taobao'])
  })
})

describe('of several rules that fit', () => {
  const rule = (changes: Partial<ChannelRule>): ChannelRule => ({
    ...{ sources: 'any', surfaces: ['any'], forms: 'any', state: 'allow', from: '2020-01-01', until: null },
    ...{ reason: 'r', basis: 'b', confidence: 'stated', review: null, own: false },
    ...changes,
  })
  const question = { sources: ['taobao'], surface: 'wechat/group', form: 'url', day: '2026-01-01' } as const
  /** From the weakest to the strongest. */
  const ranked = [
    rule({}),
    rule({ state: 'warn' }),
    rule({ state: 'deny' }),
    rule({ from: '2021-01-01' }),
    rule({ forms: ['url'] }),
    rule({ sources: 'external' }),
    rule({ sources: ['taobao'] }),
    rule({ sources: ['taobao'], forms: ['url', 'code'] }),
    rule({ surfaces: ['wechat/any'] }),
    rule({ surfaces: ['qq/any', 'wechat/group'] }),
    rule({ own: true }),
    rule({ own: true, state: 'deny' }),
  ]

  it('the workspace’s comes first, then surface, sources, form, the later day, the strictest state; the order in the file is nothing', () => {
    const some = fc.shuffledSubarray(ranked, { minLength: 1 })
    fc.assert(
      fc.property(some, (rules) => {
        const strongest = rules.reduce((best, one) => (ranked.indexOf(one) > ranked.indexOf(best) ? one : best))
        expect(decide({ sources: new Map(), rules }, question).rule).toBe(strongest)
      }),
    )
  })

  it('only rules that hold on the day, for the goods, place and form are asked, and without one nothing is known', () => {
    const word = fc.constantFrom
    const place = word('any', 'wechat/any', 'wechat/group', 'wechat/moments', 'qq/group')
    const anyRule = fc
      .record({
        sources: fc.oneof(word('any' as const, 'external' as const), fc.subarray(['taobao', 'jd', 'wechat'], { minLength: 1 })),
        surfaces: fc.uniqueArray(place, { minLength: 1, maxLength: 2 }),
        forms: fc.oneof(word('any' as const), fc.subarray([...FORMS], { minLength: 1 })),
        state: word(...STATES),
        from: word('2020-01-01', '2021-01-01'),
        until: word(null, '2021-06-30'),
      })
      .map(rule)
    const asked = fc.record({
      sources: fc.subarray(['taobao', 'jd', 'wechat', 'acme']),
      surface: word('wechat/group', 'wechat/moments', 'qq/group'),
      form: word(...FORMS),
      day: word('2019-12-31', '2020-01-01', '2021-06-30', '2021-07-01'),
    })
    const fits = (
      one: ChannelRule,
      { sources, surface, form, day }: { sources: string[]; surface: string; form: Form; day: string },
    ) =>
      one.from <= day &&
      (one.until ?? '9') >= day &&
      one.surfaces.some((each) => each === 'any' || each === surface || each === `${surface.split('/')[0]}/any`) &&
      (one.forms === 'any' || one.forms.includes(form)) &&
      (one.sources === 'any' ||
        (one.sources === 'external'
          ? !sources.includes(surface.split('/')[0]!)
          : one.sources.some((each) => sources.includes(each))))
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), asked, (rules, about) => {
        const { state, rule: found } = decide({ sources: new Map(), rules }, about)
        const fitting = rules.filter((one) => fits(one, about))
        if (fitting.length === 0) expect([state, found]).toEqual(['unknown', null])
        else {
          expect(fitting).toContain(found)
          expect(state).toBe(found!.state)
        }
      }),
    )
  })
})

describe('rules/channels.yaml of a workspace', () => {
  const RULE = `  - sources: [taobao]
    surface: wechat/any
    forms: [url]
    state: warn
    from: 2026-01-01
    reason: 试行放行
    basis: 公告
    confidence: about
    review: 2026-12-01
`

  it('overrules what comes with the tool, from its day on', () => {
    const own = calendarWith(`rules:\n${RULE}`)
    expect(ask('taobao wechat/group url 2026-01-01', own)).toBe('warn about')
    expect(ask('taobao wechat/group url 2025-12-31', own)).toBe('deny stated')
  })

  it('adds sources, and replaces the hosts of one', () => {
    const own = calendarWith(`sources: { acme: [acme.example], jd: [jd.example] }\nrules:\n${RULE.replace('taobao', 'acme')}`)
    const of = (url: string) => sourcesOf(own, { partner: { id: 'x' }, product: { url, link: null } })
    expect(of('https://www.acme.example/1')).toEqual(['x', 'acme'])
    expect([of('https://jd.example'), of('https://jd.com')]).toEqual([['x', 'jd'], ['x']])
    expect(ask('acme wechat/moments url 2026-01-01', own)).toBe('warn about')
  })

  it.each([
    ['state: warn', 'state: wran', 'rules/channels.yaml:5: rules.0.state: "wran" is not known; did you mean warn?'],
    ['    reason: 试行放行\n', '', 'rules/channels.yaml:2: rules.0.reason: is missing, expected a text'],
    ['review:', 'reveiw:', 'rules/channels.yaml:10: rules.0.reveiw: unknown key; did you mean review?'],
    ['2026-01-01', '2026-02-30', 'rules/channels.yaml:6: rules.0.from: "2026-02-30" is not a day, expected like 2026-11-20'],
    ['2026-01-01', '2026-01-01\n    until: 2025-01-01', 'rules/channels.yaml:7: rules.0.until: 2025-01-01 is before 2026-01-01'],
    ['[taobao]', '[taobo]', 'rules/channels.yaml:2: rules.0.sources: unknown source "taobo"; did you mean taobao?'],
    [
      '[taobao]',
      '[acme-mart]',
      'rules/channels.yaml:2: rules.0.sources: unknown source "acme-mart"; list it, with its hosts, under "sources", beside taobao, taoxiaopu, jd, pdd, vip, dangdang, suning, youzan, kuaishou, douyin, wechat',
    ],
    ['[taobao]', 'everything', 'rules/channels.yaml:2: rules.0.sources: expected a list of sources, any or external'],
    [
      'wechat/any',
      'wechat',
      'rules/channels.yaml:3: rules.0.surface: "wechat" is not a surface, expected app and place like wechat/moments',
    ],
    ['[url]', '[link]', 'rules/channels.yaml:4: rules.0.forms: expected any or a list of image, code, url'],
  ])('with %j written as %j is refused', (was, is, message) => {
    expect(() => calendarWith(`rules:\n${RULE.replace(was, is)}`)).toThrow(message)
  })
})

describe('channels', async () => {
  const texts = loadChannels(HOME)
  const forms: Form[] = ['image', 'code', 'url']

  it('have the texts of their name, else those for their surface, else none', () => {
    const configured = {
      moments: { surface: 'qq/group', forms, daily: null },
      'group-a': { surface: 'wechat/group', forms, daily: 10 },
      radio: { surface: 'fm/live', forms, daily: null },
    }
    const found = channelsOf({ channels: configured }, texts)
    expect([...found.values()].map(({ name, surface, texts }) => [name, surface, texts?.name])).toEqual([
      ['moments', 'qq/group', 'moments'],
      ['group-a', 'wechat/group', 'group'],
      ['radio', 'fm/live', undefined],
      ...[...texts.values()].filter(({ name }) => name !== 'moments').map(({ name, surfaces }) => [name, surfaces[0], name]),
    ])
    const choose = (...named: string[]) =>
      chooseChannels({ channels: configured }, found, named, '--channel').map(({ name }) => name)
    expect(choose()).toEqual(['moments', 'group-a', 'radio'])
    expect(choose('weibo', 'weibo')).toEqual(['weibo'])
    expect(() => choose('group-b')).toThrow('--channel: unknown channel "group-b"; did you mean group-a?')
    expect(chooseChannels({ channels: {} }, channelsOf({ channels: {} }, texts), [], '').map(({ name }) => name)).toEqual([
      ...texts.keys(),
    ])
  })

  it('take neither what the calendar denies nor what they do not list', () => {
    const on = (surface: string, listed: Form[], sources = ['taobao'], day = '2026-11-24') =>
      Object.entries(passages(calendar, { surface, forms: listed }, sources, day)).flatMap(([form, { passes }]) =>
        passes ? [form] : [],
      )
    expect(on('wechat/group', forms)).toEqual(['image', 'code'])
    expect(on('wechat/group', forms, ['jd'])).toEqual(['image', 'code', 'url'])
    expect(on('wechat/group', ['code', 'url'])).toEqual(['code'])
    expect(on('wechat-shop/pool', forms)).toEqual([])
    expect(on('kuaishou/live-cart', ['url'], ['taobao'], '2022-10-31')).toEqual([])
    expect(on('kuaishou/live-cart', ['url'], ['taobao'], '2022-11-01')).toEqual(['url'])
  })

  it('a text holds only what passes on the day of sharing', () => {
    const jd = { link: 'https://u.jd.com/abc', url: 'https://item.jd.com/1.html', code: null }
    const write = (listed: Form[], product: Parameters<typeof makeItem>[0], item: Parameters<typeof makeItem>[1]) =>
      writeCopy(
        { name: 'g', surface: 'wechat/group', forms: listed, daily: null, texts: texts.get('group')! },
        calendar,
        makeItem(product, item),
      )
    expect(write(forms, jd, { partner: { id: 'jd', name: '京东' } }).copy.main).toContain('https://u.jd.com/abc')
    expect(write(['image'], jd, { partner: { id: 'jd', name: '京东' } }).copy.main).not.toContain('https')
    const code = write(forms, {}, {})
    expect([code.copy.main.includes('￥euek1JOclOG￥'), code.warnings]).toEqual([
      true,
      ['g: 微信自 2018 年 5 月起管控淘口令，发出后可能被折叠或拦截'],
    ])
    expect(write(['image', 'url'], {}, {})).toMatchObject({
      copy: { main: expect.not.stringMatching(/￥euek|http/) },
      warnings: [],
    })
    expect(write(forms, { code: null }, { asOf: '2013-11-20', today: '2013-11-22' }).copy.main).not.toContain('http')
    expect(write(forms, { code: null }, { asOf: '2013-11-20', today: '2013-11-21' }).copy.main).toContain(
      'https://s.click.taobao.com',
    )
  })
})
