/**
 * A set of 64-bit row hashes in typed arrays (17 bytes a row at a million, against 60 in a Set of BigInts), each with a small mark.
 * Open addressing, linear probing.
 */
export type KnownRows = {
  readonly size: number
  /** How many hashes have not been met. */
  readonly waiting: number
  add(hash: bigint): void
  /** Where the hash stands, or -1. */
  find(hash: bigint): number
  mark(slot: number): Mark
  setMark(slot: number, mark: Mark): void
  /** Goes on with an older file: what was `seen` is now `newer`. */
  nextFile(): void
}

/**
 * `waiting`: not met in this run. `seen`: met, unchanged, in the present file; `newer`: in a newer file of the run. `replaced`: another
 * row of the same product was met instead.
 */
export type Mark = 'waiting' | 'seen' | 'newer' | 'replaced'
const MARKS: readonly Mark[] = ['waiting', 'seen', 'newer', 'replaced']

const wide = new BigInt64Array(1)
const halves = new Int32Array(wide.buffer)

/** @param expected how many hashes will be added; the set grows beyond it. */
export function knownRows(expected: number): KnownRows {
  let capacity = 16
  while (capacity < expected * 2) capacity *= 2
  let low = new Int32Array(capacity)
  let high = new Int32Array(capacity)
  /** 0: free slot; else the mark's index + 1. */
  let marks = new Uint8Array(capacity)
  let size = 0
  let waiting = 0

  function slotOf(lowHalf: number, highHalf: number): number {
    let slot = (lowHalf ^ Math.imul(highHalf, 0x9e3779b1)) & (capacity - 1)
    while (marks[slot] !== 0 && (low[slot] !== lowHalf || high[slot] !== highHalf)) slot = (slot + 1) & (capacity - 1)
    return slot
  }

  function put(lowHalf: number, highHalf: number, mark: number): void {
    const slot = slotOf(lowHalf, highHalf)
    if (marks[slot] === 0) {
      size++
      if (mark === 1) waiting++
    }
    low[slot] = lowHalf
    high[slot] = highHalf
    marks[slot] = mark
  }

  function grow(): void {
    const old = { low, high, marks }
    capacity *= 2
    low = new Int32Array(capacity)
    high = new Int32Array(capacity)
    marks = new Uint8Array(capacity)
    size = 0
    waiting = 0
    old.marks.forEach((mark, i) => {
      if (mark !== 0) put(old.low[i]!, old.high[i]!, mark)
    })
  }

  return {
    get size() {
      return size
    },
    get waiting() {
      return waiting
    },
    add(hash) {
      if (size * 2 >= capacity) grow()
      wide[0] = hash
      put(halves[0]!, halves[1]!, 1)
    },
    find(hash) {
      wide[0] = hash
      const slot = slotOf(halves[0]!, halves[1]!)
      return marks[slot] === 0 ? -1 : slot
    },
    mark: (slot) => MARKS[marks[slot]! - 1]!,
    setMark(slot, mark) {
      if (marks[slot] === 1 && mark !== 'waiting') waiting--
      marks[slot] = MARKS.indexOf(mark) + 1
    },
    nextFile() {
      const [seen, newer] = [MARKS.indexOf('seen') + 1, MARKS.indexOf('newer') + 1]
      for (let slot = 0; slot < capacity; slot++) if (marks[slot] === seen) marks[slot] = newer
    },
  }
}
