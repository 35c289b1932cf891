import { Liquid, type Template as LiquidTemplate } from 'liquidjs'
import type { Day, Instant } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { Product } from '../records.ts'

/** What is shared: goods, and what the operator adds to them. */
export type ShareItem = {
  partner: { id: string; name: string }
  product: Product
  /** The address that goes into the QR. */
  link: string
  /** Why the operator recommends it, in the operator's words. */
  reason?: string
  /** The day on which the price was read. */
  asOf: Day
  /** The day of sharing, where it is another: a coupon may be over meanwhile. */
  today?: Day
}

/** An amount as a buyer reads it, whole (`¥19.90`) and in the parts that posters set in different sizes. */
export type Price = { text: string; sign: string; whole: string; fraction: string }

/**
 * What a poster or a text may say about goods: the names that `{{ }}` and `when:` know. All of it comes from the catalog, nothing is
 * computed for effect, and the commission is not among it.
 */
export type Facts = {
  title: string
  brand: string | null
  category: string | null
  shop: string | null
  /** The partner's name. */
  partner: string
  /** Before the coupon. */
  price: Price
  /** What the buyer pays. */
  final: Price
  coupon: { amount: Price; threshold: Price | null; until: string | null } | null
  /** `1.2万`. */
  sales: string | null
  reason: string | null
  asOf: Day
  link: string | null
  code: string | null
  /** Of the poster: `portrait`, `4x5`, `square` or one of the template's own; null in texts. */
  size: string | null
  /** The mark that the law asks for (互联网广告管理办法, in force since 2023-05-01). */
  disclosure: string
}

const SIGNS: Record<Currency, string> = { CNY: '¥', JPY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', TWD: 'NT$', KRW: '₩' }

/** 1980, CNY → `¥19.80`; 25 900 → `¥259`: a fraction is written where there is one. */
export function priceOf(amount: Minor, currency: Currency): Price {
  const [whole = '', digits = ''] = formatAmount(amount, currency).split('.')
  const sign = SIGNS[currency] ?? `${currency} `
  const fraction = /[1-9]/.test(digits) ? `.${digits}` : ''
  return { text: sign + whole + fraction, sign, whole, fraction }
}

/** 12 345 → `1.2万`, cut off rather than rounded: a poster may not claim more than was sold. */
export function countText(count: number): string {
  const [unit, size] = count >= 100_000_000 ? (['亿', 100_000_000] as const) : (['万', 10_000] as const)
  if (count < size) return String(count)
  const tenths = Math.floor(count / (size / 10))
  return `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ''}${unit}`
}

/** `2026-11-30T23:59:59+08:00` → `11月30日`, with the year where it is not that of `asOf`. */
function dayText(instant: Instant, asOf: Day): string {
  const [year, month, day] = instant.slice(0, 10).split('-').map(Number)
  return `${year === Number(asOf.slice(0, 4)) ? '' : `${year}年`}${month}月${day}日`
}

/** Whether the coupon takes something off the price on that day. Some feeds list one whose discount the price already has. */
function couponHolds({ couponAmount, couponFrom, couponUntil, price, finalPrice }: Product, day: Day): boolean {
  const begun = couponFrom === null || couponFrom.slice(0, 10) <= day
  const over = couponUntil !== null && couponUntil.slice(0, 10) < day
  return couponAmount !== null && finalPrice < price && begun && !over
}

/** The facts of one item, for a poster of that size or for a text. */
export function factsOf({ partner, product, link, reason, asOf, today = asOf }: ShareItem, size: string | null = null): Facts {
  const price = (amount: Minor) => priceOf(amount, product.currency)
  const coupon = couponHolds(product, today)
  return {
    title: product.title,
    brand: product.brand,
    category: product.category,
    shop: product.shop,
    partner: partner.name,
    price: price(product.price),
    // A coupon that is over takes its discount with it.
    final: price(product.couponAmount && !coupon ? product.price : product.finalPrice),
    coupon: coupon
      ? {
          amount: price(product.couponAmount!),
          threshold: product.couponThreshold ? price(product.couponThreshold) : null,
          until: product.couponUntil === null ? null : dayText(product.couponUntil, asOf),
        }
      : null,
    sales: product.sales ? countText(product.sales) : null,
    reason: reason?.trim() || null,
    asOf,
    link,
    code: product.code,
    size,
    disclosure: '广告',
  }
}

/** Every name that a template may use, with its properties: `coupon`, `coupon.amount`, `coupon.amount.text` … */
export const FACT_NAMES: ReadonlySet<string> = (() => {
  const any: Price = { text: '', sign: '', whole: '', fraction: '' }
  const text = ''
  const facts: Facts = {
    ...{ title: text, brand: text, category: text, shop: text, partner: text, price: any, final: any, sales: text, reason: text },
    ...{ coupon: { amount: any, threshold: any, until: text }, asOf: text, link: text, code: text, size: text, disclosure: text },
  }
  const names = new Set<string>()
  const walk = (value: object, prefix: string) => {
    for (const [key, inner] of Object.entries(value)) {
      names.add(prefix + key)
      if (typeof inner === 'object') walk(inner, `${prefix}${key}.`)
    }
  }
  walk(facts, '')
  return names
})()

/** A text or condition of a template, ready to be filled with facts. */
export type Words = readonly LiquidTemplate[]

// Templates come from anywhere: they see the facts, but no file, and cannot run for long.
const liquid = new Liquid({
  strictFilters: true,
  strictVariables: true,
  templates: {},
  parseLimit: 100_000,
  memoryLimit: 1_000_000,
  renderLimit: 1000,
})

/**
 * Reads LiquidJS source. `place` (`card/template.yaml: root.column[2].text`) stands before the message of an error.
 * @throws usageError on wrong syntax, an unknown filter or a name that is no fact.
 */
export function readWords(source: string, place: string): Words {
  let words: LiquidTemplate[]
  try {
    words = liquid.parse(source)
  } catch (error) {
    throw usageError(`${place}: ${(error as Error).message.split('\n', 1)[0]}`, { cause: error })
  }
  for (const name of liquid.globalFullVariablesSync(words)) {
    if (FACT_NAMES.has(name)) continue
    const meant = nearest(name, FACT_NAMES)
    throw usageError(`${place}: unknown name ${name}${meant ? `, did you mean ${meant}?` : ''}`)
  }
  return words
}

const TERM = String.raw`[\w.]+(?:\s*(?:[=!<>]=|<|>|\bcontains\b)\s*(?:'[^']*'|"[^"]*"|[-\w.]+))?`
const CONDITION = new RegExp(`^${TERM}(?:\\s+(?:and|or)\\s+${TERM})*$`)

/** Reads a condition (`coupon and sales`) for `holds`. LiquidJS itself lets anything pass. @throws usageError as `readWords`. */
export function readCondition(source: string, place: string): Words {
  if (!CONDITION.test(source.trim()))
    throw usageError(`${place}: "${source}" is not a condition, expected like coupon and sales == nil`)
  return readWords(`{% if ${source} %}1{% endif %}`, place)
}

/** The text of `words` for these facts. */
export function fill(words: Words, facts: Facts): string {
  return liquid.renderSync(words as LiquidTemplate[], facts)
}

/** Whether a condition holds for these facts. */
export function holds(condition: Words, facts: Facts): boolean {
  return fill(condition, facts) === '1'
}
