import { multiplyDivide } from '../money.ts'

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/**
 * A bar of `value` in at most `width` characters where `most` is as long as that, drawn in eighths of a character, and behind it what is
 * missing of `whole` in `░`. What is below zero has no length; anything above is seen.
 */
export function bar(value: number, whole: number, most: number, width: number): string {
  const length = (amount: number, units: number) => (amount <= 0 || most <= 0 ? 0 : multiplyDivide(amount, units, most))
  const eighths = value <= 0 ? 0 : Math.max(1, length(value, width * 8))
  const full = (eighths - (eighths % 8)) / 8
  const solid = '█'.repeat(full) + EIGHTHS[eighths % 8]
  return solid + '░'.repeat(Math.max(0, length(whole, width) - solid.length))
}

/** A bar from one value to another on a scale of `width` characters from `low` to `high`; what is not nothing is seen. */
export function floating(from: number, to: number, low: number, high: number, width: number): string {
  if (from === to || low === high) return ''
  const at = (value: number) => multiplyDivide(value - low, width, high - low)
  const left = Math.min(at(Math.min(from, to)), width - 1)
  return ' '.repeat(left) + '█'.repeat(Math.max(1, at(Math.max(from, to)) - left))
}
