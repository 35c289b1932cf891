import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/partners/index.ts'
import { carriedBy, expiryOf, formOfLink, withSubId } from '../../src/partners/links.ts'

const rulesOf = (id: string) => BUILT_IN.find((partner) => partner.id === id)!.links!

describe('whose tracking id is on a link', () => {
  it.each<[partner: string, own: string[] | null, link: string, state: string, id: string | null]>([
    ['taobao', ['mm_1_2_3'], '//s.click.taobao.com/t?e=abc', 'hidden', null],
    ['taobao', ['mm_1_2_3'], 'https://uland.taobao.com/coupon/edetail?e=x&pid=mm_1_2_9', 'own', 'mm_1_2_9'],
    ['taobao', ['mm_1_2_3'], 'https://uland.taobao.com/coupon/edetail?activityId=1&pid=mm_11_2_3', 'foreign', 'mm_11_2_3'],
    ['taobao', ['mm_1_2_3'], 'https://detail.tmall.com/item.htm?id=1', 'missing', null],
    ['jd', ['4000001'], 'https://u.jd.com/abc', 'hidden', null],
    ['jd', ['4000001'], 'https://item.jd.com/100012043978.html', 'missing', null],
    ['pdd', ['1_2'], 'https://mobile.yangkeduo.com/duo_coupon_landing.html?goods_id=1&pid=1_7', 'own', '1_7'],
    ['pdd', ['1_2'], 'https://mobile.yangkeduo.com/duo_coupon_landing.html?goods_id=1&pid=12_7', 'foreign', '12_7'],
    ['pdd', ['1_2'], 'https://mobile.yangkeduo.com/goods.html?goods_id=1', 'missing', null],
    ['pdd', ['1_2'], 'https://p.pinduoduo.com/x', 'hidden', null],
    ['pdd', null, 'https://mobile.yangkeduo.com/a.html?pid=1_2', 'unknown', '1_2'],
    ['vip', ['t1'], 'https://t.vip.com/x', 'hidden', null],
    ['awin', ['12345'], 'https://www.awin1.com/pclick.php?p=1&a=12345&m=2', 'own', '12345'],
    ['awin', ['12345'], 'https://www.awin1.com/cread.php?awinmid=1&awinaffid=99&ued=https%3A%2F%2Fa.example', 'foreign', '99'],
    ['awin', ['12345'], 'https://www.awin1.com/pclick.php?p=1&m=2', 'missing', null],
    ['cj', ['7'], 'https://www.anrdoezrs.net/click-7-1234?url=https%3A%2F%2Fa.example', 'own', '7'],
    ['cj', ['7'], 'https://www.kqzyfj.com/links/8/type/dlg/https://a.example/', 'foreign', '8'],
    ['rakuten', ['kXQk6*iv'], 'https://click.linksynergy.com/link?id=kXQk6%2Aiv&offerid=1&murl=x', 'own', 'kXQk6*iv'],
    ['impact', ['1'], 'https://brett.example/c/1/2/3?u=x', 'own', '1'],
    ['impact', ['1'], 'https://brett.example/AbC', 'hidden', null],
    ['shareasale', ['5'], 'https://www.shareasale.com/r.cfm?b=1&u=6&m=2', 'foreign', '6'],
    ['tradedoubler', ['34'], 'https://clk.tradedoubler.com/click?p(12)a(34)url(https://a.example)', 'own', '34'],
    ['tradedoubler', ['34'], 'https://clk.tradedoubler.com/click?p=12&a=35', 'foreign', '35'],
    ['amazon', ['me-20'], 'https://www.amazon.co.uk/dp/B0?tag=me-20', 'own', 'me-20'],
    ['amazon', ['me-20'], 'https://www.amazon.co.uk/dp/B0', 'missing', null],
    ['ebay', ['533'], 'https://www.ebay.de/itm/1?campid=533&customid=x', 'own', '533'],
  ])('%s, of %j: %s is %s', (partner, own, link, state, id) => {
    const carried = carriedBy(link, 'link', rulesOf(partner), own && new Set(own))
    expect([carried.state, carried.trackingId]).toEqual([state, id])
  })

  it('a page at an address that is not known has none; a link of a feed there cannot be told', () => {
    const at = (column: 'link' | 'url') => carriedBy('https://shop.example/1', column, rulesOf('awin'), new Set(['1'])).state
    expect([at('url'), at('link')]).toEqual(['missing', 'hidden'])
    expect(carriedBy('#小程序://店/1', 'link', rulesOf('wechat'), null).state).toBe('hidden')
    expect(carriedBy('https://shop.example/1', 'url', undefined, null).state).toBe('hidden')
  })
})

describe('a sub-id on a link', () => {
  it.each<[partner: string, link: string, expected: string | null]>([
    ['awin', 'https://www.awin1.com/pclick.php?p=1&a=2&m=3', 'https://www.awin1.com/pclick.php?clickref=w-1&p=1&a=2&m=3'],
    // what stood there is replaced, all else stays byte for byte
    [
      'awin',
      'https://awin1.com/c?ued=https%3A%2F%2fa.example%3Fb%3D%20&CLICKREF=old#x',
      'https://awin1.com/c?clickref=w-1&ued=https%3A%2F%2fa.example%3Fb%3D%20#x',
    ],
    ['impact', 'https://brett.example/c/1/2/3?u=x', 'https://brett.example/c/1/2/3?subId1=w-1&u=x'],
    ['impact', 'https://brett.example/c/1/2/3', 'https://brett.example/c/1/2/3?subId1=w-1'],
    [
      'tradedoubler',
      'https://clk.tradedoubler.com/click?p(1)a(2)url(https://a.example)',
      'https://clk.tradedoubler.com/click?p(1)a(2)epi(w-1)url(https://a.example)',
    ],
    [
      'tradedoubler',
      'https://clk.tradedoubler.com/click?p(1)epi(old)a(2)',
      'https://clk.tradedoubler.com/click?p(1)a(2)epi(w-1)',
    ],
    // not theirs, or not to be written on
    ['awin', 'https://shop.example/1?a=2', null],
    ['impact', 'https://shop.example/1', null],
    ['cj', 'https://www.kqzyfj.com/links/8/type/dlg/https://a.example/', null],
    ['jd', 'https://u.jd.com/abc', null],
    ['taobao', 'https://uland.taobao.com/coupon/edetail?e=x', null],
  ])('%s %s', (partner, link, expected) => expect(withSubId(link, rulesOf(partner), 'w-1')).toBe(expected))

  it('is encoded, and read back', () => {
    const link = withSubId('https://www.awin1.com/pclick.php?p=1&a=2', rulesOf('awin'), 'a&b=c')!
    expect(carriedBy(link, 'link', rulesOf('awin'), new Set(['2']))).toEqual({ state: 'own', trackingId: '2', subId: 'a&b=c' })
  })
})

describe('how long links hold', () => {
  const at = '2026-11-25T12:00:00+08:00'
  it.each([
    ['taobao', 'code', '2026-12-25T12:00:00+08:00'],
    ['taobao', 'shortLink', '2027-09-21T12:00:00+08:00'],
    ['taobao', 'link', null],
    ['jd', 'shortLink', '2027-01-24T12:00:00+08:00'],
    ['jd', 'link', 'forever'],
    ['wechat', 'picture', 'forever'],
    ['pdd', 'link', null],
  ] as const)('%s %s', (partner, form, expected) => expect(expiryOf(rulesOf(partner), form, at)).toBe(expected))

  it('short links of a feed are told by their looks', () => {
    expect(
      ['https://s.click.taobao.com/Ab1', 'https://s.click.taobao.com/t?e=1'].map((link) => formOfLink(link, rulesOf('taobao'))),
    ).toEqual(['shortLink', 'link'])
  })
})
