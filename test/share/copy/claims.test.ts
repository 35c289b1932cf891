import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkClaims, claims } from '../../../src/share/copy/claims.ts'
import type { Figures } from '../../../src/share/facts.ts'

const figures: Figures = {
  ...{ currency: 'CNY', price: 27_900, final: 25_900, sales: 12_345, asOf: '2026-11-20' },
  coupon: { amount: 2000, threshold: 20_000, until: '2026-11-30' },
}
const bare: Figures = { ...figures, final: 27_900, coupon: null, sales: null }
const told = (text: string) =>
  claims(text, figures).map(({ kind, value, from, to }) => `${kind} ${value} ${text.slice(from, to)}`)

describe('claims', () => {
  it.each([
    ['¥19.9', ['amount 1990 ¥19.9']],
    ['￥１９．９', ['amount 1990 ￥１９．９']],
    ['19.9元包邮', ['amount 1990 19.9元']],
    ['19块9', ['amount 1990 19块9']],
    ['九块九包邮，十九块九，一百二十块钱', ['amount 990 九块九', 'amount 1990 十九块九', 'amount 12000 一百二十块钱']],
    ['9.9包邮', ['amount 990 9.9']],
    ['¥1,299', ['amount 129900 ¥1,299']],
    ['原价1299,299元到手', ['price 129900 1299', 'amount 29900 299元']],
    ['销量\n1299', ['sales 1299 1299']],
    ['券后19.9', ['final 1990 19.9']],
    ['券后价：19.9元', ['final 1990 19.9元']],
    ['到手仅259这价格', ['final 25900 259']],
    ['原价 ¥279，券后 ¥259', ['price 27900 ¥279', 'final 25900 ¥259']],
    ['价格 ¥259', ['amount 25900 ¥259']],
    ['券 ¥20，原价', ['coupon 2000 ¥20']],
    ['立减20', ['coupon 2000 20']],
    ['279 元减到 259 元', ['amount 27900 279 元', 'final 25900 259 元']],
    ['用券 ¥259，不领券是 ¥279，领券20', ['offer 25900 ¥259', 'price 27900 ¥279', 'offer 2000 20']],
    ['领20元优惠券', ['coupon 2000 20元']],
    ['20元无门槛券', ['coupon 2000 20元']],
    ['满200减20', ['threshold 20000 200', 'coupon 2000 20']],
    ['满 ¥200 减 ¥20', ['threshold 20000 ¥200', 'coupon 2000 ¥20']],
    [
      '5折 五折 8.5折 85折 八五折',
      ['discount 500000 5', 'discount 500000 五', 'discount 850000 8.5', 'discount 850000 85', 'discount 850000 八五'],
    ],
    ['半价', ['discount 500000 半价']],
    ['-30%，20%off，直降 15%', ['reduction 300000 30', 'reduction 200000 20', 'reduction 150000 15']],
    ['已售1.2万，月销3000+，销量突破 1 万', ['sales 12000 1.2万', 'sales 3000 3000', 'sales 10000 1 万']],
    ['月销过万，销量破百万，热销三十万件', ['sales 10000 万', 'sales 1000000 百万', 'sales 300000 三十万']],
    ['便宜20元，降了 ¥20，降价20元', ['coupon 2000 20元', 'coupon 2000 ¥20', 'coupon 2000 20元']],
    ['降价到259元', ['amount 25900 259元']],
    ['第二件半价，第2件9.9元，两件8折', ['other null 半价', 'other null 9.9元', 'other null 8折']],
    ['10万+', ['sales 100000 10万']],
    ['5000人付款', ['sales 5000 5000']],
    ['优惠券有效期至 11月30日', ['until 2026-11-30 11月30日']],
    ['券 2026-12-01 到期', ['until 2026-12-01 2026-12-01']],
    ['活动 12.5前', ['until 2026-12-05 12.5']],
    ['价格截至 2026-11-20，以下单页为准', ['asOf 2026-11-20 2026-11-20']],
    ['券 2月30日到期', ['until null 2月30日']],
    ['3.3元/包，每片低至 0.5元', ['other 330 3.3元', 'other 50 0.5元']],
    ['运费10元，满88元包邮', ['other 1000 10元', 'other 8800 88']],
    ['$19.90', ['amount null $19.90']],
  ])('%s', (text, expected) => expect(told(text)).toEqual(expected))

  it.each([
    '2包 500ml 规格 3块香皂 买3块送1块',
    '省30%空间 减 20% 糖 热销万千',
    '三折伞 3折叠桌 骨折 折合',
    '只需3步 只要2分钟 现在 3 月 领3件 减10斤 省20分钟',
    '身高170 体重 120斤 2024新款 第3代',
    '生产日期 2026年10月1日，有效期三年',
    '双11 618 11.11',
    '100%棉 20-30%',
    '3元素',
    'https://u.jd.com/19.9元 ￥euek1JOclOG￥',
    '热销3年 销量第一',
    '买2送1 两件装 XL码 1.5米 0.5mm',
  ])('%s claims nothing', (text) => expect(told(text)).toEqual([]))
})

describe('claims against the catalog', () => {
  it.each([
    '券后 ¥259（满 ¥200 减 ¥20，原价 ¥279）已售 1.2万',
    '到手259元，省20元，月销1万+，销量12345，有效期至11月30日',
    '9.3折，-7%，价格截至 2026-11-20',
    '¥259 或 ¥279',
  ])('%s is true', (text) => expect(checkClaims(text, figures)).toEqual([]))

  it.each([
    ['券后 ¥258', '¥258', '商品库里到手价是 ¥259（广告法第二十八条）', '¥259'],
    ['原价 ¥299', '¥299', '商品库里原价是 ¥279（广告法第二十八条）', '¥279'],
    ['只要 ¥19.9', '¥19.9', '商品库里到手价是 ¥259（广告法第二十八条）', '¥259'],
    ['19.9元', '19.9元', '商品库里价格是 ¥259（券后）或 ¥279（广告法第二十八条）', '¥259（券后）或 ¥279'],
    ['立减30', '30', '商品库里优惠是 ¥20（广告法第二十八条）', '¥20'],
    ['满100减20', '100', '商品库里用券门槛是 ¥200（广告法第二十八条）', '¥200'],
    ['9.2折', '9.2', '商品库里折扣是 9.3折（广告法第二十八条）', '9.3折'],
    ['-8%', '8', '商品库里降幅是 -7%（广告法第二十八条）', '-7%'],
    ['已售1.3万', '1.3万', '商品库里销量是 1.2万（广告法第二十八条）', '1.2万'],
    ['月销2万+', '2万', '商品库里销量是 1.2万（广告法第二十八条）', '1.2万'],
    ['优惠券 12月1日到期', '12月1日', '商品库里优惠截止日是 11月30日（广告法第二十八条）', '11月30日'],
    ['价格截至 2026-11-19', '2026-11-19', '商品库里价格日期是 2026-11-20（广告法第二十八条）', '2026-11-20'],
    ['$259', '$259', '商品库里价格是 ¥259（券后）或 ¥279（广告法第二十八条）', '¥259（券后）或 ¥279'],
  ])('%s is not', (text, found, reason, instead) => {
    expect(checkClaims(text, figures)).toEqual([
      expect.objectContaining({ found, word: found, category: '与商品库不符', level: 'stop', reason, instead }),
    ])
  })

  it.each([
    ['立减20', '商品库里优惠是 没有优惠券（广告法第二十八条）'],
    ['满200减20', '商品库里用券门槛是 没有优惠券（广告法第二十八条）'],
    ['5折', '商品库里折扣是 没有折扣（广告法第二十八条）'],
    ['-5%', '商品库里降幅是 没有降价（广告法第二十八条）'],
    ['已售1万', '销量在商品库里查不到'],
    ['优惠券 12月1日到期', '优惠截止日在商品库里查不到'],
    ['3.3元/包', '这个金额在商品库里查不到'],
  ])('without a coupon: %s', (text, reason) => expect(checkClaims(text, bare)[0]).toMatchObject({ reason }))

  it('a title and a name are quoted, also where the title was cut off', () => {
    const title = '9.9元包邮月芝猫三件100元立减30'
    expect(checkClaims(`【广告】${title}\n券后 ¥259`, figures, [title])).toEqual([])
    expect(checkClaims(`【广告】${title.slice(0, 12)}…\n券后 ¥259`, figures, [title])).toEqual([])
    expect(checkClaims('店铺：19元店 券后 ¥259', figures, [], ['19元店'])).toEqual([])
    expect(checkClaims('19元店', figures, [], ['20元店'])).toHaveLength(1)
  })

  it('a digit that was changed is found', () => {
    const text = '【广告】月芝猫汉服\n原价 ¥279，券后 ¥259，满200减20，9.3折\n已售 1.2万，优惠券有效期至 11月30日'
    const digits = [...text.matchAll(/\d/g)].map(({ index }) => index)
    expect(checkClaims(text, figures)).toEqual([])
    for (const at of digits)
      for (const other of '0123456789') {
        if (other === text[at]) continue
        const changed = text.slice(0, at) + other + text.slice(at + 1)
        expect(checkClaims(changed, figures), changed).not.toEqual([])
      }
  })

  it('whatever the text, claims stand in it and do not overlap', () => {
    const pieces = fc.constantFrom(
      '¥',
      '19.9',
      '元',
      '块',
      '满',
      '减',
      '券',
      '后',
      '折',
      '%',
      '-',
      '已售',
      '万',
      '+',
      '11月30日',
      '到期',
      ' ',
      '，',
      '\n',
      '九',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          let end = 0
          for (const { from, to } of claims(text, figures)) {
            expect(from).toBeGreaterThanOrEqual(end)
            expect(to).toBeGreaterThan(from)
            end = to
          }
          expect(end).toBeLessThanOrEqual(text.length)
        },
      ),
    )
  })

  it('long texts cost what their length costs', () => {
    for (const piece of ['9', '1,234', ',111', '¥19.9', '只要', '满100', '九块', '券 ', '11月30日', '-3%', ' ']) {
      // Threads that compile and collect count too: the least of several is what the text costs.
      const time = (length: number) => {
        const text = piece.repeat(length / piece.length)
        const times = Array.from({ length: 4 }, () => {
          const started = process.cpuUsage().user
          claims(text, figures)
          return process.cpuUsage().user - started
        })
        return Math.min(...times)
      }
      expect(time(40_000), piece).toBeLessThan(100 * Math.max(time(2000), 3000))
    }
  })
})
