import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { giveCode, hasCheckDigit, isShopCode, withCheckDigit } from '../../src/catalog/code.ts'
import { addDays } from '../../src/day.ts'
import { BUILT_IN } from '../../src/partners/index.ts'
import { attributer, sumByChannel } from '../../src/share/attribution.ts'
import { mintSubId } from '../../src/share/subid.ts'
import { goodsOfCode } from '../../src/store/codes.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import type { OrderSum } from '../../src/store/orders.ts'
import { keepSubId } from '../../src/store/subids.ts'

const TAKING = BUILT_IN.filter(({ links }) => links?.subId)
const rulesOf = (id: string) => TAKING.find((partner) => partner.id === id)!.links!.subId!
const name = fc.oneof(
  fc.constantFrom('group-a', 'weibo', 'a', '朋友圈', 'A.b_c', 'Weibo', 'group_a', ''),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const posting = fc.record({ channel: name, member: name, day: fc.nat(1).map((days) => addDays('2026-01-01', days)) })
const workspace = { tracking: {}, channels: {} } as never

describe('a sub-id', () => {
  it.each([
    ['jd', { channel: 'group-a', member: 'mei' }, 'group_a_mei_261125'],
    ['pdd', { channel: 'weibo', member: '' }, 'weibo-261125'],
    ['cj', { channel: 'group-a', member: 'mei' }, 'groupamei261125'],
    ['awin', { channel: 'weibo', member: 'mei' }, 'weibo-mei-261125'],
    ['awin', { channel: '朋友圈', member: '' }, expect.stringMatching(/^261125-[a-z0-9]{6}$/)],
    [
      'pdd',
      { channel: 'a-very-long-name-of-a-channel', member: '' },
      expect.stringMatching(/^[\w-]{6}261125-[a-z0-9]{6}$|^.{13}-[a-z0-9]{6}$/),
    ],
  ])('of %s for %j', (partner, whom, expected) => {
    const given = mintSubId(memoryDatabase(), partner, { ...whom, day: '2026-11-25' }, rulesOf(partner))
    expect(given).toEqual(expected)
  })

  it('of two that would read alike is another one', () => {
    const db = memoryDatabase()
    const day = '2026-11-25'
    const alike = [
      { channel: 'a-b', member: '', day },
      { channel: 'a', member: 'b', day },
      { channel: 'A', member: 'B', day },
    ].map((one) => mintSubId(db, 'awin', one, rulesOf('awin')))
    expect(alike[0]).toBe('a-b-261125')
    expect(new Set(alike.map((subId) => subId.toLowerCase())).size).toBe(3)
  })

  it('is within what each partner takes, is minted once, is nobody else’s, and leads back', () => {
    for (const { id, links } of TAKING) {
      const { max, chars } = links!.subId!
      const fits = new RegExp(`^[${chars}]{1,${max}}$`)
      fc.assert(
        fc.property(fc.uniqueArray(posting, { maxLength: 12, selector: (one) => JSON.stringify(one) }), (postings) => {
          const db = memoryDatabase()
          const given = postings.map((one) => mintSubId(db, id, one, links!.subId!))
          for (const subId of given) expect(subId).toMatch(fits)
          expect(postings.map((one) => mintSubId(db, id, one, links!.subId!))).toEqual(given)
          expect(new Set(given.map((subId) => subId.toLowerCase())).size).toBe(given.length)
          const comesFrom = attributer(db, workspace)
          // Partners give them back in whatever case.
          given.forEach((subId, i) => {
            const { channel, member, day } = postings[i]!
            const origin = { channel: channel || null, member: member || null, day: day || null }
            expect(comesFrom({ partner: id, subId: subId.toUpperCase(), trackingId: 'x' })).toEqual(origin)
          })
          db.close()
        }),
        { numRuns: 5 },
      )
    }
  })
})

describe('attribution', () => {
  const tracking = { taobao: { mm_1_2_3: null, mm_1_2_4: 'weibo' }, amazon: { 'mei-20': 'moments' } }
  const comesFrom = attributer(memoryDatabase(), { tracking, channels: { weibo: {}, moments: {} } } as never)
  it.each([
    [{ partner: 'taobao', subId: null, trackingId: '4' }, 'weibo'],
    [{ partner: 'taobao', subId: null, trackingId: 'mm_1_2_4' }, 'weibo'],
    [{ partner: 'taobao', subId: null, trackingId: '3' }, null],
    [{ partner: 'amazon', subId: null, trackingId: 'mei-20' }, 'moments'],
    [{ partner: 'awin', subId: null, trackingId: 'weibo' }, 'weibo'],
    [{ partner: 'pdd', subId: 'moments', trackingId: '1_2' }, 'moments'],
    [{ partner: 'pdd', subId: 'MOMENTS', trackingId: '1_2' }, 'moments'],
    [{ partner: 'pdd', subId: 'elsewhere', trackingId: 'weibo' }, 'weibo'],
    [{ partner: 'pdd', subId: 'elsewhere', trackingId: '1_2' }, null],
    [{ partner: 'pdd', subId: null, trackingId: null }, null],
  ])('of %j is %s', (order, channel) => expect(comesFrom(order).channel).toBe(channel))

  it('of a member’s sub-id has the channel of the tracking id', () => {
    const db = memoryDatabase()
    const subId = mintSubId(db, 'taobao', { channel: '', member: 'mei', day: '2026-11-25' }, { max: 20, chars: 'A-Za-z0-9' })
    const origin = attributer(db, { tracking, channels: {} } as never)({ partner: 'taobao', subId, trackingId: '4' })
    expect(origin).toEqual({ channel: 'weibo', member: 'mei', day: '2026-11-25' })
  })

  it('of a channel’s sub-id is the member’s whose tracking id it carries, but not that of another posting', () => {
    const db = memoryDatabase()
    const rules = { max: 20, chars: 'A-Za-z0-9' }
    keepSubId(db, 'awin', '110', { channel: '', member: 'mei', day: '' })
    const subId = mintSubId(db, 'awin', { channel: 'weibo', member: '', day: '2026-11-25' }, rules)
    const other = mintSubId(db, 'awin', { channel: 'moments', member: 'lan', day: '2026-11-24' }, rules)
    const comesFrom = attributer(db, { tracking: {}, channels: { weibo: {} } } as never)
    const weibo = { channel: 'weibo', day: '2026-11-25' }
    expect(comesFrom({ partner: 'awin', subId, trackingId: '110' })).toEqual({ ...weibo, member: 'mei' })
    expect(comesFrom({ partner: 'awin', subId: 'weibo', trackingId: '110' })).toEqual({ ...weibo, member: 'mei', day: null })
    expect(comesFrom({ partner: 'awin', subId, trackingId: other })).toEqual({ ...weibo, member: null })
  })

  it('loses nothing and counts nothing twice: the rows come to all orders, to the minor unit', () => {
    const money = fc.integer({ min: -1_000_000, max: 1_000_000 })
    const sum: fc.Arbitrary<OrderSum> = fc.record({
      partner: fc.constantFrom('awin', 'jd'),
      currency: fc.constantFrom('CNY', 'EUR'),
      subId: fc.constantFrom(null, 'weibo', 'x'),
      trackingId: fc.constantFrom(null, 'moments', 'y'),
      ...{ lines: fc.nat(9), paidAmount: money, commission: money, refundedLines: fc.nat(9), refundedAmount: money },
    })
    fc.assert(
      fc.property(fc.array(sum), (sums) => {
        const rows = sumByChannel(sums, comesFrom)
        for (const currency of ['CNY', 'EUR'])
          for (const figure of ['lines', 'paidAmount', 'commission', 'refundedLines', 'refundedAmount'] as const) {
            const total = (list: readonly Pick<OrderSum, typeof figure | 'currency'>[]) =>
              list.filter((one) => one.currency === currency).reduce((all, one) => all + one[figure], 0)
            expect(total(rows)).toBe(total(sums))
          }
        expect(new Set(rows.map(({ channel, currency }) => `${channel} ${currency}`)).size).toBe(rows.length)
      }),
    )
  })
})

describe('a shop code', () => {
  it('shows every wrong digit and every swap of neighbours', () => {
    for (let five = 10_000; five <= 99_999; five += 101) {
      const code = withCheckDigit(String(five))
      expect(hasCheckDigit(code)).toBe(true)
      for (let at = 0; at < 6; at++) {
        const [before, digit, behind] = [code.slice(0, at), code[at]!, code.slice(at + 1)]
        const wrong = [...'0123456789'].filter((other) => other !== digit && hasCheckDigit(before + other + behind))
        const swapped = behind !== '' && behind[0] !== digit && hasCheckDigit(before + behind[0] + digit + behind.slice(1))
        if (wrong.length > 0 || swapped) throw new Error(`${code}: ${at} ${wrong}`)
      }
    }
  })

  it('counts up, is kept, begins with no 0 and is never given twice', () => {
    const db = memoryDatabase()
    const at = '2026-11-25T12:00:00+08:00'
    const given = [...'abcabc'].map((sku) => giveCode(db, { partner: 'jd', sku }, at))
    expect(given.map(({ isNew }) => isNew)).toEqual([true, true, true, false, false, false])
    expect(given.slice(0, 3).map(({ code }) => code.slice(0, 5))).toEqual(['10000', '10001', '10002'])
    expect(given.every(({ code }) => isShopCode(code) && hasCheckDigit(code))).toBe(true)
    expect(goodsOfCode(db, given[4]!.code)).toEqual({ partner: 'jd', sku: 'b' })
    db.exec(`INSERT INTO shop_code VALUES ('${withCheckDigit('99999')}', 'jd', 'z', '${at}')`)
    expect(() => giveCode(db, { partner: 'jd', sku: 'd' }, at)).toThrow('shop codes: all 90000 are given')
  })
})
