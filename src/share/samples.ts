import type { Product } from '../records.ts'
import { type Facts, factsOf, type ShopFacts } from './facts.ts'

/** What a template is tried with: goods and shops that say much and little. */
export type Sample = {
  name: string
  facts: (size: string) => Facts | ShopFacts
  /** Longer than what exists: its texts may be cut. */
  extreme?: boolean
}

/** 30 Han characters, the most that 淘宝 lets a title have. */
const LONG = '秋冬新款加厚羊羔绒外套女宽松显瘦百搭学生韩版中长款保暖棉服潮'
const SHORT = '皂液'
/** What no shop allows and feeds hold anyway. */
const EXTREME = LONG.repeat(10)
const LINK = 'https://s.click.taobao.com/8bpnghv'
const LONG_LINK = `${LINK}?${'k3B9zQ7xT2'.repeat(17)}`.slice(0, 200)

const PLAIN: Product = {
  ...{ sku: '1', title: SHORT, brand: null, category: null, shop: null, currency: 'CNY', price: 900, finalPrice: 900 },
  ...{ couponAmount: null, couponThreshold: null, couponFrom: null, couponUntil: null, commissionRate: null, commission: null },
  ...{ sales: null, imageUrl: null, url: null, link: null, code: null },
}
const COUPON = {
  price: 1_299_990,
  finalPrice: 1_249_990,
  couponAmount: 50_000,
  couponThreshold: 999_900,
  couponUntil: '2026-12-31T23:59:59+08:00',
}
const REASON = '穿了两个冬天，暖和不起球'

function goods(name: string, product: Partial<Product>, reason?: string, link = LINK): Sample {
  const item = { partner: { id: 'taobao', name: '淘宝' }, product: { ...PLAIN, ...product }, link, asOf: '2026-11-20' }
  return { name, facts: (size) => factsOf({ ...item, ...(reason !== undefined && { reason }) }, size) }
}

/** The longest and the shortest, with all there is to say and nothing: those of contact sheets. */
export const SHORTEST = goods('shortest', {})
export const LONGEST = goods('longest', { title: LONG, ...COUPON, sales: 12_345, shop: '棉花糖服饰旗舰店' }, REASON)

/** Every title with and without coupon, reason and sales, in all combinations. */
export const GOODS: readonly Sample[] = [SHORT, LONG, EXTREME].flatMap((title) =>
  Array.from({ length: 8 }, (_, i) => {
    const [coupon, reason, sales] = [i & 1, i & 2, i & 4]
    const length = { [SHORT]: 'shortest', [LONG]: 'longest', [EXTREME]: '300 characters' }[title]
    const parts = [coupon && 'coupon', reason && 'reason', sales && 'sales'].filter(Boolean)
    const sample = goods(
      `${length} title${parts.length > 0 ? ` with ${parts.join(', ')}` : ''}`,
      { title, ...(coupon && COUPON), ...(sales && { sales: 12_345 }), shop: title === SHORT ? null : '棉花糖服饰旗舰店' },
      reason ? REASON : undefined,
      title === SHORT ? LINK : LONG_LINK,
    )
    return { ...sample, extreme: title === EXTREME }
  }),
)

function shop(name: string, facts: Omit<ShopFacts, 'asOf' | 'size' | 'disclosure'>): Sample {
  return { name, facts: (size) => ({ ...facts, asOf: '2026-11-20', size, disclosure: '广告' }) }
}
export const SHORTEST_SHOP = shop('shortest', { shop: { name: '鹿', link: LINK, slogan: null }, member: null })
export const LONGEST_SHOP = shop('longest', {
  shop: { name: '小鹿好物分享生活馆官方店', link: LONG_LINK, slogan: '一起分享好物，自用省钱，推荐有回报' },
  member: '爱分享的小红',
})
export const SHOPS: readonly Sample[] = [
  SHORTEST_SHOP,
  LONGEST_SHOP,
  { ...shop('300 characters', { shop: { name: EXTREME, link: LINK, slogan: EXTREME }, member: EXTREME }), extreme: true },
]
