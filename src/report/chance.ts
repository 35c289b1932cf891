/*
 * Probabilities, as natural logarithms: what matters here is far below the smallest number. The only floats of the ledger; no amount
 * is made of them.
 */

/**
 * The chance that a group of `size` orders has `hits` or more of all `allHits` where these lie evenly among all `all` orders: the upper tail
 * of the hypergeometric distribution (R. A. Fisher, The Design of Experiments, 1935: "Fisher's exact test").
 */
export function evenly(hits: number, size: number, allHits: number, all: number): number {
  const most = Math.min(size, allHits)
  const first = choose(allHits, hits) + choose(all - allHits, size - hits) - choose(all, size)
  return tail(first, hits, most, (x) => ((allHits - x) * (size - x)) / ((x + 1) * (all - allHits - size + x + 1)))
}

/** The chance of `hits` or more of `size` where each is as likely as not: the sign test (J. Arbuthnot, 1710), a binomial tail. */
export function asLikelyAsNot(hits: number, size: number): number {
  return tail(choose(size, hits) - size * Math.LN2, hits, size, (x) => (size - x) / (x + 1))
}

/** ln of a sum of terms, the first of which is given by its ln, each next one by its ratio to the one before. */
function tail(first: number, from: number, to: number, ratio: (x: number) => number): number {
  let term = 1
  let sum = 1
  for (let x = from; x < to; x++) {
    term *= ratio(x)
    sum += term
    // beyond the mean they only get smaller
    if (term < sum * 1e-12) break
  }
  return Math.min(0, first + Math.log(sum))
}

/**
 * How much better two rates describe hits in a group and outside of it than one rate does: ln of the likelihood ratio (S. S. Wilks, 1938).
 * For ranking groups only.
 */
export function contrast(hits: number, size: number, allHits: number, all: number): number {
  return likelihood(hits, size) + likelihood(allHits - hits, all - size) - likelihood(allHits, all)
}

function likelihood(hits: number, size: number): number {
  const misses = size - hits
  return (hits === 0 ? 0 : hits * Math.log(hits / size)) + (misses === 0 ? 0 : misses * Math.log(misses / size))
}

/** ln of n over k. */
const choose = (n: number, k: number) => factorial(n) - factorial(k) - factorial(n - k)

/** ln n!, by Stirling's series from where it is exact to twelve digits. */
function factorial(n: number): number {
  if (n < 32) {
    let product = 1
    for (let i = 2; i <= n; i++) product *= i
    return Math.log(product)
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3)
}

/** 1 − a chance in percent, cut off after four digits: `99.9`; `99.9999` for all beyond. */
export function confidence(ln: number): string {
  return String(Math.min(Math.floor((1 - Math.exp(ln)) * 1_000_000), 999_999) / 10_000)
}

/** `99.95 %`, or `over 99.9999 %`. */
export const confidenceText = (ln: number) => `${ln < Math.log(1e-6) ? 'over ' : ''}${confidence(ln)} %`

/** `3e-24` of its ln; `below 1e-99` beyond. */
export function chanceText(ln: number): string {
  const power = Math.floor(ln / Math.LN10)
  if (power < -99) return 'below 1e-99'
  const digit = Math.round(10 ** (ln / Math.LN10 - power))
  return digit === 10 ? `1e${power + 1}` : `${digit}e${power}`
}
