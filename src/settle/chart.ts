import { type Currency, type Minor, minorDigits } from '../money.ts'

/** A name for people: Chinese, English. */
export type Name = readonly [chinese: string, english: string]

/** A name as HTML. */
export function inBoth([chinese, english]: Name): string {
  return `${chinese} <span lang="en">${english}</span>`
}

/** `1,234.50`; with a sign when `signed`, and a true minus. */
export function show(amount: Minor, currency: Currency, signed = false): string {
  const digits = minorDigits(currency)
  const plain = Math.abs(amount)
    .toString()
    .padStart(digits + 1, '0')
  const whole = plain.slice(0, plain.length - digits).replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = amount < 0 ? '−' : signed && amount > 0 ? '+' : ''
  return sign + whole + (digits === 0 ? '' : `.${plain.slice(-digits)}`)
}

/** The class that an amount is coloured by. */
export function signOf(amount: Minor): 'less' | 'more' | 'even' {
  return amount < 0 ? 'less' : amount > 0 ? 'more' : 'even'
}

/** A part of a bar, from one value to another, in a colour. */
export type Stretch = { from: number; to: number; tone: string }

/** Where bars begin and how long the longest is, in the unit of their values. */
export type Scale = { start: number; span: number }

/** A bar as wide as its place, its stretches over each other; what is not nothing is seen. Positions are drawing, not money. */
export function bar(stretches: readonly Stretch[], { start, span }: Scale): string {
  const rects = stretches.map(({ from, to, tone }) => {
    const left = ((Math.min(from, to) - start) / span) * 100
    const width = Math.max((Math.abs(to - from) / span) * 100, 0.6)
    return `<rect class="${tone}" x="${Math.min(left, 99.4).toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/>`
  })
  return `<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${rects.join('')}</svg>`
}

/** A level, or a step from the one before to the next. */
export type WaterfallStep = { name: Name; isLevel: boolean; amount: Minor }

/** Levels and the steps between them as bars on one scale. */
export function waterfallChart(caption: Name, steps: readonly WaterfallStep[], currency: Currency): string {
  let at = 0
  const placed = steps.map(({ name, isLevel, amount }) => {
    const from = at
    at = isLevel ? amount : at + amount
    return { name, isLevel, amount, from, to: at }
  })
  const low = Math.min(...placed.map(({ to }) => to))
  const high = Math.max(...placed.map(({ to }) => to))
  // small differences would vanish beside the levels: the scale then starts near them, and the page says so
  const isCut = low > 0 && high > low && high - low < high / 4
  const start = isCut ? low - (high - low) / 2 : Math.min(0, low)
  const scale = { start, span: Math.max(high, 0) - start || 1 }
  const rows = placed.map(({ name, isLevel, amount, from, to }) => {
    const tone = isLevel ? 'total' : signOf(amount)
    const drawn = bar([{ from: isLevel ? start : from, to, tone }], scale)
    return `<li><span>${inBoth(name)}</span>${drawn}<b class="${tone}">${show(amount, currency, !isLevel)}</b></li>`
  })
  const cut = isCut ? `<p class="note">横轴不从零开始 · <span lang="en">the scale does not start at zero</span></p>` : ''
  return `<figure><figcaption>${inBoth(caption)}</figcaption><ol class="waterfall">${rows.join('')}</ol>${cut}</figure>`
}
