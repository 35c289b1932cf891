import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../src/day.ts'
import { decide, readCalendar } from '../../src/share/channel.ts'
import {
  goodsObjection,
  makePlan,
  type PlanChannel,
  type PlanGoods,
  type PlanPost,
  planChannel,
  timeObjection,
} from '../../src/share/plan.ts'
import { HOME } from './studio.ts'

const calendar = readCalendar(HOME, '/nowhere')
const channel = (changes: Partial<PlanChannel> = {}): PlanChannel => ({
  ...{ name: 'group', surface: 'wechat/group', forms: ['image'], daily: 3, quiet: { from: 22 * 60, until: 8 * 60 } },
  ...{ noRepeat: 14, gap: 60 },
  ...changes,
})
const goods = (name: string, changes: Partial<PlanGoods> = {}): PlanGoods => ({
  ...{ name, sources: ['acme'], couponFrom: null, couponUntil: null },
  ...changes,
})
const plan = (changes: Partial<Parameters<typeof makePlan>[0]> = {}) =>
  makePlan({
    ...{ channel: channel(), goods: ['a', 'b', 'c', 'd'].map((name) => goods(name)), posts: [], calendar },
    ...{ from: '2026-11-25', days: 2, now: '2026-11-25T00:00' },
    ...changes,
  })
const told = ({ posts }: ReturnType<typeof makePlan>) => posts.map((one) => `${one.at} ${one.goods.name}`)

describe('a plan', () => {
  it('spreads the best goods over the day, and says what stays open', () => {
    expect(told(plan())).toEqual([...['2026-11-25T10:20 a', '2026-11-25T15:00 b', '2026-11-25T19:40 c', '2026-11-26T10:20 d']])
    expect(plan().open).toBe(2)
  })

  it('lists no eleventh post, however many goods there are', () => {
    const many = Array.from({ length: 40 }, (_, i) => goods(`${i}`))
    const { posts } = plan({ goods: many, channel: channel({ daily: 10, gap: 0 }), days: 1 })
    expect(posts).toHaveLength(10)
    const ten: PlanPost[] = posts.map((one) => ({ channel: 'group', name: one.goods.name, at: one.at }))
    expect(timeObjection(channel({ daily: 10, gap: 0 }), '2026-11-25T21:55', ten)).toBe(
      '2026-11-25 has 10 posts already, and 10 a day is the most',
    )
    expect(plan({ goods: many, channel: channel({ daily: 10, gap: 0 }), days: 1, posts: ten }).posts).toEqual([])
  })

  it('begins after now, and repeats goods after so many days', () => {
    expect(told(plan({ now: '2026-11-25T21:50', days: 1 }))).toEqual(['2026-11-25T21:55 a'])
    const days = plan({ goods: [goods('a')], channel: channel({ noRepeat: 3, daily: 1 }), days: 7 })
    expect(told(days).map((line) => line.slice(8, 10))).toEqual(['25', '28', '01'])
  })

  it('leaves out goods whose coupon has ended by then, or has not begun', () => {
    const couponed = [
      goods('ends', { couponUntil: '2026-11-25T12:00' }),
      goods('ended', { couponUntil: '2026-11-24T23:59' }),
      goods('begins', { couponFrom: '2026-11-26T00:00' }),
    ]
    expect(told(plan({ goods: couponed }))).toEqual(['2026-11-25T10:20 ends', '2026-11-26T10:20 begins'])
  })

  it('keeps to the calendar on each of its days', () => {
    const taobao = [goods('t', { sources: ['taobao'] })]
    const live = channel({ name: 'live', surface: 'kuaishou/live-cart', forms: ['url'] })
    const { posts } = plan({ channel: live, goods: taobao, from: '2022-10-31', days: 2, now: '2022-10-01T00:00' })
    expect(posts.map(({ at, forms }) => [at, forms.url.state])).toEqual([['2022-11-01T10:20', 'allow']])
    expect(goodsObjection(live, taobao[0]!, '2022-10-31T10:00', [], calendar)).toBe(
      'nothing of it passes there on 2022-10-31: url: 快手自 2022 年 3 月 1 日起切断淘宝、京东外链，约七个月后恢复',
    )
  })

  it.each<[string, string | null, Partial<PlanChannel>, string, PlanPost[]]>([
    ['quiet over midnight', '23:00 is in the quiet hours from 22:00 to 08:00', {}, '23:00', []],
    ['the first quiet minute', '22:00 is in the quiet hours from 22:00 to 08:00', {}, '22:00', []],
    ['the first that is not', null, {}, '08:00', []],
    ['quiet at noon', '12:30 is in the quiet hours from 12:00 to 14:00', { quiet: { from: 720, until: 840 } }, '12:30', []],
    ['never quiet', null, { quiet: null }, '03:00', []],
    [
      'too near, over midnight too',
      'the post of x at 2026-11-24 23:40 is less than 60 minutes away',
      { quiet: null },
      '00:30',
      [{ channel: 'group', name: 'x', at: '2026-11-24T23:40' }],
    ],
    ['just far enough', null, { quiet: null }, '00:40', [{ channel: 'group', name: 'x', at: '2026-11-24T23:40' }]],
    ['another channel does not matter', null, {}, '10:00', [{ channel: 'weibo', name: 'x', at: '2026-11-25T10:00' }]],
  ])('%s', (_, objection, changes, time, posts) => {
    expect(timeObjection(channel(changes), `2026-11-25T${time}`, posts)).toBe(objection)
  })

  it('whatever is given: caps, gaps, quiet hours, repeats, coupons and calendar hold, and the same gives the same', () => {
    const from = '2022-10-28'
    const minute = fc.integer({ min: 0, max: 1439 })
    const clock = (at: number) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
    const time = fc.tuple(fc.integer({ min: -5, max: 12 }), minute).map(([day, at]) => `${addDays(from, day)}T${clock(at)}`)
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const anyChannel = fc.record({
      name: fc.constantFrom('x', 'y'),
      surface: fc.constantFrom('wechat/group', 'kuaishou/live-cart', 'wechat-shop/pool', 'weibo/post'),
      forms: fc.constantFrom<PlanChannel['forms'][]>(['url'], ['image', 'url']),
      daily: fc.integer({ min: 1, max: 6 }),
      quiet: fc.option(fc.record({ from: minute, until: minute }).filter(({ from, until }) => from !== until)),
      noRepeat: fc.integer({ min: 0, max: 5 }),
      gap: fc.integer({ min: 0, max: 400 }),
    })
    const anyGoods = fc.record({
      name,
      sources: fc.subarray(['taobao', 'jd', 'acme']),
      couponFrom: fc.option(time, { freq: 4 }),
      couponUntil: fc.option(time, { freq: 4 }),
    })
    const input = fc.record({
      channel: anyChannel,
      goods: fc.uniqueArray(anyGoods, { selector: (one) => one.name, maxLength: 6 }),
      posts: fc.array(fc.record({ channel: fc.constantFrom('x', 'y'), name, at: time }), { maxLength: 6 }),
      days: fc.integer({ min: 1, max: 7 }),
      now: time,
    })
    const minutes = (at: string) => Date.parse(`${at}Z`) / 60_000
    fc.assert(
      fc.property(input, (given) => {
        const { channel } = given
        const { posts, open } = makePlan({ ...given, calendar, from })
        expect(makePlan({ ...given, calendar, from })).toEqual({ posts, open })
        expect(posts.map(({ at }) => at)).toEqual(posts.map(({ at }) => at).sort())
        for (const one of posts) {
          const { at, goods } = one
          const day = at.slice(0, 10)
          const others = [
            ...given.posts.filter((post) => post.channel === channel.name),
            ...posts.filter((post) => post !== one).map((post) => ({ name: post.goods.name, at: post.at })),
          ]
          expect(at > given.now && day >= from && day < addDays(from, given.days)).toBe(true)
          expect(others.filter((other) => other.at.startsWith(day)).length).toBeLessThan(channel.daily)
          for (const other of others) {
            expect(Math.abs(minutes(other.at) - minutes(at))).toBeGreaterThanOrEqual(channel.gap)
            const apart = Math.abs(Date.parse(other.at.slice(0, 10)) - Date.parse(day)) / 86_400_000
            if (other.name === goods.name) expect(apart).toBeGreaterThanOrEqual(channel.noRepeat)
          }
          const now = minutes(at) - minutes(`${day}T00:00`)
          const { quiet } = channel
          if (quiet)
            expect(
              quiet.from < quiet.until ? now >= quiet.from && now < quiet.until : now >= quiet.from || now < quiet.until,
            ).toBe(false)
          if (goods.couponUntil) expect(goods.couponUntil >= at).toBe(true)
          if (goods.couponFrom) expect(goods.couponFrom <= at).toBe(true)
          const states = channel.forms.map(
            (form) => decide(calendar, { sources: goods.sources, surface: channel.surface, form, day }).state,
          )
          expect(states.some((state) => state !== 'deny')).toBe(true)
        }
      }),
      { numRuns: 80 },
    )
  })

  it('takes habits for what shoptool.yaml does not say', () => {
    const given = { name: 'm', surface: 'a/b', forms: [], daily: null, texts: null }
    expect(planChannel(given)).toMatchObject({ daily: 3, quiet: { from: 1320, until: 480 }, noRepeat: 14, gap: 60 })
    expect(planChannel({ ...given, daily: 5, quiet: null, noRepeat: 0, gap: 5 })).toMatchObject({
      daily: 5,
      quiet: null,
      noRepeat: 0,
      gap: 5,
    })
  })
})
