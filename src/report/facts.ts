import type { Day } from '../day.ts'
import type { Minor, Ppm } from '../money.ts'
import { openSpool, type Spool } from '../store/spool.ts'
import { type Place, placeOf, SHOWS } from './scale.ts'
import { GROUPINGS, type Sighting } from './sighting.ts'

export const SCALES = ['share', 'share-of-paid'] as const
export type Scale = (typeof SCALES)[number]

/** Where the names of an order are: its groups, then its day. */
export const COLUMNS = [...GROUPINGS, 'day'] as const
export const DAY = GROUPINGS.length

/** In place of a number: there is no name. */
export const NONE = -1

/** A fee that can be told from rounding, by its number, and whether it was taken twice. */
export type FeeFact = { fee: number; isTwice: boolean }

/** The numbers of the names of an order, one for each of `COLUMNS`, stand in `numbers` from `at` on. */
export type Named = { numbers: Int32Array; at: number }

/** An order as patterns see it: the how manieth it is; `small`: -1 lost, 1 gained not more than rounding or the tolerance allows. */
export type Facts = Named & {
  order: number
  paid: Minor
  loss: Minor
  small: number
  isUnpaid: boolean
  fees: readonly FeeFact[]
  wholes: Record<Scale, Minor>
  places: Record<Scale, Place>
}

type IsAsked = (named: Named) => boolean
type Take = (facts: Facts) => void

/** Numbers what it meets from 0 on. */
function register<T>() {
  const met: T[] = []
  const numbers = new Map<T, number>()
  return {
    met,
    numberOf(name: T): number {
      const known = numbers.get(name)
      if (known !== undefined) return known
      numbers.set(name, met.length)
      return met.push(name) - 1
    },
  }
}

/** Orders of a block. Each takes 76 bytes: amounts; numbers of its names, its fees and its rate; marks. */
const BLOCK = 8192
const [AMOUNTS, NUMBERS, MARKS] = [3, COLUMNS.length + 2, 8]
const [FEES, RATE] = [COLUMNS.length, COLUMNS.length + 1]

function newBlock() {
  const bytes = new Uint8Array(BLOCK * (8 * AMOUNTS + 4 * NUMBERS + MARKS))
  const amounts = new Float64Array(bytes.buffer, 0, BLOCK * AMOUNTS)
  const numbers = new Int32Array(bytes.buffer, amounts.byteLength, BLOCK * NUMBERS)
  const marks = new Int8Array(bytes.buffer, amounts.byteLength + numbers.byteLength)
  return { bytes, amounts, numbers, marks }
}

type Block = ReturnType<typeof newBlock>

function putPlace(marks: Int8Array, at: number, { first, low, high }: Place): void {
  marks[at] = first
  marks[at + 1] = low
  marks[at + 2] = high
}

function getPlace(marks: Int8Array, at: number, place: Place): void {
  place.first = marks[at]!
  place.low = marks[at + 1]!
  place.high = marks[at + 2]!
}

export type FactSheet = ReturnType<typeof factSheet>

/** Keeps sightings as facts that can be read any number of times. Memory grows with the names that are met in them only. */
export function factSheet() {
  const names = COLUMNS.map(() => register<string>())
  /** By name: orders that were not paid just what was due. */
  const odd = COLUMNS.map((): number[] => [])
  const feeNames = register<string>()
  const feeKeys = register<string>()
  const feeFacts: (readonly FeeFact[])[] = []
  const rates = register<Ppm | null>()
  const last = newBlock()
  let count = 0
  let spool: Spool | null = null

  function feesOf(of: Sighting['fees'], loss: Minor): number {
    const facts = of
      .filter(({ amount }) => amount >= SHOWS)
      .map(({ name, amount }) => ({ fee: feeNames.numberOf(name), isTwice: loss === amount }))
    const number = feeKeys.numberOf(facts.map(({ fee, isTwice }) => `${fee}${isTwice ? 'x2' : ''}`).join())
    feeFacts[number] ??= facts
    return number
  }

  /** Gives the orders of a block from the `first` of all to before the `end`. */
  function readBlock(
    { amounts, numbers, marks }: Block,
    [first, end]: readonly [number, number],
    isAsked: IsAsked,
    take: Take,
  ): void {
    const wholes = { share: 0, 'share-of-paid': 0 }
    const places = { share: placeOf(0, 0), 'share-of-paid': placeOf(0, 0) }
    const facts: Facts = { numbers, at: 0, order: 0, paid: 0, loss: 0, small: 0, isUnpaid: false, fees: [], wholes, places }
    for (let row = 0; row < end - first; row++) {
      facts.at = row * NUMBERS
      if (!isAsked(facts)) continue
      const [amount, mark] = [row * AMOUNTS, row * MARKS]
      facts.order = first + row
      wholes.share = amounts[amount]!
      wholes['share-of-paid'] = amounts[amount + 1]!
      facts.paid = amounts[amount + 2]!
      facts.loss = wholes.share - facts.paid
      facts.isUnpaid = facts.paid === 0
      facts.fees = feeFacts[numbers[facts.at + FEES]!]!
      getPlace(marks, mark, places.share)
      getPlace(marks, mark + 3, places['share-of-paid'])
      facts.small = marks[mark + 6]!
      take(facts)
    }
  }

  return {
    names: names.map(({ met }) => met),
    odd,
    fees: feeNames.met,
    count: () => count,
    add({ expected, paid, base, fees, slack, rate, day, groups }: Sighting): void {
      const loss = expected - paid
      const order = count++ % BLOCK
      const [amount, at, mark] = [order * AMOUNTS, order * NUMBERS, order * MARKS]
      last.amounts[amount] = expected
      last.amounts[amount + 1] = base
      last.amounts[amount + 2] = paid
      for (let i = 0; i < COLUMNS.length; i++) {
        const name = i === DAY ? day : groups[i]!
        const number = name === null ? NONE : names[i]!.numberOf(name)
        last.numbers[at + i] = number
        if (loss !== 0 && name !== null) odd[i]![number] = (odd[i]![number] ?? 0) + 1
      }
      last.numbers[at + FEES] = feesOf(fees, loss)
      last.numbers[at + RATE] = rates.numberOf(rate)
      putPlace(last.marks, mark, placeOf(expected, paid === 0 ? 0 : loss))
      putPlace(last.marks, mark + 3, placeOf(base, paid === 0 ? 0 : loss))
      last.marks[mark + 6] = loss === 0 || Math.abs(loss) > Math.max(slack, 1) ? 0 : loss > 0 ? -1 : 1
      if (count % BLOCK > 0) return
      spool ??= openSpool()
      spool.add(last.bytes)
    },
    /** Gives those that are asked for in the order in which they came: one object, which becomes the next. */
    read(isAsked: IsAsked, take: Take): void {
      const block = spool ? newBlock() : last
      let first = 0
      spool?.read(block.bytes, () => {
        readBlock(block, [first, first + BLOCK], isAsked, take)
        first += BLOCK
      })
      readBlock(last, [first, count], isAsked, take)
    },
    day: ({ numbers, at }: Named): Day => names[DAY]!.met[numbers[at + DAY]!]!,
    rate: ({ numbers, at }: Named): Ppm | null => rates.met[numbers[at + RATE]!]!,
    close: () => spool?.close(),
  }
}
