/**
 * What went wrong, in the three ways a caller can act on:
 * `usage`: the command line or configuration must be changed; `temporary`: the same call may work later;
 * `data`: a file or answer cannot be trusted and nothing of it was saved.
 */
export type Fault = 'usage' | 'temporary' | 'data'

/** The only exception that shoptool throws on purpose; `cli.ts` turns its fault into an exit code. The message is one line. */
export class ShoptoolError extends Error {
  readonly fault: Fault
  constructor(fault: Fault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ShoptoolError'
    this.fault = fault
  }
}

export const usageError = (message: string, options?: ErrorOptions) => new ShoptoolError('usage', message, options)
export const temporaryError = (message: string, options?: ErrorOptions) => new ShoptoolError('temporary', message, options)
export const dataError = (message: string, options?: ErrorOptions) => new ShoptoolError('data', message, options)

/** Why one row of a file was not taken. A value, not an exception: the rows around it go on. */
export type Problem = {
  /** `line 5`, or `record 5` where the format has no lines. */
  where: string
  /** The canonical field (`price`), or null when the whole row is meant. */
  field: string | null
  /** What was found and what was expected, without the place. */
  message: string
}

/** The name of `candidates` that a misspelt `name` most likely meant, or null when nothing is near. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance, two rows at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1)
    }
    previous = row
  }
  return previous[b.length]!
}
