import { createHash } from 'node:crypto'

/**
 * The variant to take: of those that stand in `used` least often (what was posted before in the same place), the first in an order that
 * the key decides. The same names, key and uses give the same variant, in whatever order they come.
 */
export function chooseVariant(names: Iterable<string>, key: string, used: readonly string[] = []): string {
  const times = (name: string) => used.filter((one) => one === name).length
  const place = (name: string) => createHash('sha256').update(`${key}\n${name}`).digest('hex')
  const sorted = [...names]
    .map((name) => ({ name, times: times(name), place: place(name) }))
    .sort((a, b) => a.times - b.times || (a.place < b.place ? -1 : 1))
  return sorted[0]!.name
}
