import { describe, expect, it } from 'vitest'
import { countText, factsOf, priceOf } from '../../src/share/facts.ts'
import { makeItem } from './studio.ts'

describe('what people read', () => {
  it.each([
    [25_900, 'CNY', '¥259'],
    [1990, 'CNY', '¥19.90'],
    [5, 'CNY', '¥0.05'],
    [12_345_678, 'CNY', '¥123456.78'],
    [980, 'JPY', '¥980'],
    [849, 'EUR', '€8.49'],
    [1234, 'KWD', 'KWD 1.234'],
  ])('%d %s is %s', (amount, currency, text) => {
    const price = priceOf(amount, currency)
    expect(price.text).toBe(text)
    expect(price.sign + price.whole + price.fraction).toBe(text)
  })

  it.each([
    [0, '0'],
    [9999, '9999'],
    [10_000, '1万'],
    [12_345, '1.2万'],
    [19_999, '1.9万'], // never more than was sold
    [20_345_678, '2034.5万'],
    [250_000_000, '2.5亿'],
  ])('%d sold is %s', (count, text) => expect(countText(count)).toBe(text))

  it('has no commission', () => {
    expect(JSON.stringify(factsOf(makeItem({ commission: 77_777, commissionRate: 77_777 })))).not.toMatch(/777/)
  })

  it('has no coupon, sales or reason where there are none', () => {
    expect(factsOf(makeItem({ couponAmount: null, sales: 0 }, { reason: ' ' }))).toMatchObject({
      coupon: null,
      sales: null,
      reason: null,
    })
  })

  it.each([
    ['over', { couponUntil: '2026-11-19T23:59:59+08:00' }],
    ['not begun', { couponFrom: '2026-11-21T00:00:00+08:00' }],
    ['part of the price already', { finalPrice: 27900, price: 27900 }],
  ])('leaves out a coupon that is %s, and its discount with it', (_, changes) => {
    const { coupon, final, price } = factsOf(makeItem(changes))
    expect(coupon).toBeNull()
    expect(final).toEqual(price)
  })

  it('asks whether the coupon holds on the day of sharing', () => {
    const changes = { couponUntil: '2026-11-22T23:59:59+08:00' }
    expect(factsOf(makeItem(changes, { today: '2026-11-22' })).coupon).not.toBeNull()
    expect(factsOf(makeItem(changes, { today: '2026-11-23' })).coupon).toBeNull()
  })

  it('writes the year of a coupon that ends in another', () => {
    expect(factsOf(makeItem()).coupon?.until).toBe('11月30日')
    expect(factsOf(makeItem({ couponUntil: '2027-01-02T00:00:00+08:00' })).coupon?.until).toBe('2027年1月2日')
  })
})
