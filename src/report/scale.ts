import type { Minor, Ppm } from '../money.ts'

/*
 * Shares that are missing, told apart by steps of a scale, each an eighth more than the one before. Floats, as in chance.ts: no amount is made
 * of them. Rounding blurs a loss by up to a minor unit, so that it may lie on several steps; on orders whose loss would be below two units a
 * share does not show.
 */
const LEAST = 0.0001
const STEP = Math.log(9 / 8)
export const STEPS = Math.ceil(-Math.log(LEAST) / STEP)
const BLUR: Minor = 1
export const SHOWS: Minor = 2
const stepAt = (share: number) => Math.log(share / LEAST) / STEP

/** What is missing of a whole by the middle of a step, with fractions of a minor unit. */
export const lossAt = (step: number, whole: Minor): number => whole * LEAST * Math.exp(STEP * (step + 0.5))

/**
 * Where an order stands on the scale: the first step that shows on it, and those that its loss may lie on, `low` to `high` (none where that is
 * less). From -1 to STEPS.
 */
export type Place = { first: number; low: number; high: number }

export function placeOf(whole: Minor, loss: Minor): Place {
  if (whole <= 0) return { first: STEPS, low: 0, high: -1 }
  const first = onScale(Math.ceil(stepAt(SHOWS / whole)))
  if (loss <= 0) return { first, low: 0, high: -1 }
  const low = loss > BLUR ? onScale(Math.floor(stepAt((loss - BLUR) / whole))) : 0
  return { first, low, high: Math.max(-1, Math.min(STEPS - 1, Math.floor(stepAt((loss + BLUR) / whole)))) }
}

const onScale = (step: number) => Math.max(0, Math.min(STEPS, step))

/** The share that losses are of their wholes, over many orders. */
export type Fit = { add(whole: Minor, loss: Minor): void; share(): Ppm }

/**
 * Fits a share by least squares with a constant (A. M. Legendre, 1805), so that rounding in one direction counts for none of it, and makes
 * it as round as the losses allow.
 */
export function fitOf(): Fit {
  const sum = { n: 0, whole: 0, loss: 0, squares: 0, products: 0 }
  return {
    add(whole, loss) {
      sum.n++
      sum.whole += whole
      sum.loss += loss
      sum.squares += whole * whole
      sum.products += whole * loss
    },
    share() {
      const { n, whole, loss, squares, products } = sum
      const variance = squares - (whole * whole) / n
      // all of one size: the constant cannot be told from the share
      const [share, blur] =
        variance > squares * 1e-6
          ? [(products - (whole * loss) / n) / variance, 1 / Math.sqrt(variance)]
          : [loss / whole, (0.6 * n) / whole]
      const ppm = Math.round(share * 1_000_000)
      const rounded = [10_000, 5_000, 1_000, 500, 100, 50, 10].map((step) => Math.round(ppm / step) * step)
      return rounded.find((each) => each > 0 && Math.abs(each - ppm) <= blur * 1_000_000) ?? ppm
    },
  }
}

/** How far shares lie from their mean: the standard deviation. */
export function spreadOf(): { add(part: Minor, whole: Minor): void; ppm(): Ppm } {
  const sum = { n: 0, share: 0, squares: 0 }
  return {
    add(part, whole) {
      const share = part / whole
      sum.n++
      sum.share += share
      sum.squares += share * share
    },
    ppm() {
      const mean = sum.share / sum.n
      return Math.round(Math.sqrt(Math.max(0, sum.squares / sum.n - mean * mean)) * 1_000_000)
    },
  }
}
