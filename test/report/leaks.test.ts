import { describe, expect, test } from 'vitest'
import { addDays } from '../../src/day.ts'
import { multiplyDivide, type Rounding } from '../../src/money.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { type Leak, leakSearch } from '../../src/report/leaks.ts'
import type { Sighting } from '../../src/report/sighting.ts'
import { FEE, RULES } from '../settle/records.ts'

const ACME: Partner = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, fees: [FEE], tolerance: 0 },
  calendar: RULES.calendar,
}

/** A small seeded generator (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How a single order may be paid wrongly; `part` is some of what is due. */
const ERRORS = {
  any: ({ due, part, pick }) => [0, part, due + part, due - 1, due + 1, due - 1, due + 1][pick(7)]!,
  unpaid: () => 0,
  short: ({ part }) => part,
  'a unit less': ({ due }) => due - 1,
  'a unit': ({ due, pick }) => due + [-1, 1][pick(2)]!,
} satisfies Record<string, (order: { due: number; part: number; pick: (n: number) => number }) => number>

type Shop = { orders?: number; seed?: number; errors?: number; kind?: keyof typeof ERRORS; mean?: number; tolerance?: number }

/** Months of a shop: 60 days, 8 categories of 3 shops each, 5 tracking ids; `errors` of a thousand orders are paid wrongly for no reason. */
function shop({ orders = 1200, seed = 1, errors = 10, kind = 'any', mean = 800, tolerance = 0 }: Shop = {}): Sighting[] {
  const random = mulberry(seed)
  const pick = (n: number) => Math.floor(random() * n)
  return Array.from({ length: orders }, () => {
    const category = pick(8)
    const rate = [10_000, 20_000, 30_000, 100_000, 200_000][pick(5)]!
    const commission = 10 + Math.floor(mean * -Math.log(1 - random()))
    const base = multiplyDivide(commission, 1_000_000, rate)
    const fee = multiplyDivide(commission, 1, 10)
    const expected = commission - fee
    const day = addDays('2026-08-01', pick(60))
    let paid = expected
    if (random() * 1000 < errors) paid = ERRORS[kind]({ due: expected, part: 1 + pick(Math.max(1, expected - 1)), pick })
    return {
      ...{
        partner: ACME,
        currency: 'CNY',
        expected,
        paid,
        base,
        fees: [{ name: FEE.name, amount: fee }],
        slack: tolerance,
        rate,
        day,
      },
      groups: [
        `category ${category}`,
        `shop ${category * 3 + pick(3)}`,
        ...[
          random() < 0.5 ? 'moments' : null,
          `pid ${pick(5)}`,
          `${rate / 10_000} %`,
          base < 50_000 ? 'below 500' : 'from 500 on',
        ],
        day < '2026-09-01' ? 'S1' : 'S2',
        ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][pick(7)]!,
      ],
    }
  })
}

/** What is missing of orders that `of` picks. */
const plant = (sightings: readonly Sighting[], of: (each: Sighting) => boolean, paid: (each: Sighting) => number): Sighting[] =>
  sightings.map((each) => (of(each) && each.paid === each.expected ? { ...each, paid: paid(each) } : each))
const skim =
  (ppm: number, rounding: Rounding = 'half-up') =>
  ({ expected }: Sighting) =>
    multiplyDivide(expected, 1_000_000 - ppm, 1_000_000, rounding)
const inCategory = (each: Sighting) => each.groups[0] === 'category 3'

function search(sightings: readonly Sighting[]) {
  const found = leakSearch()
  for (const each of sightings) found.add(each)
  return found.answer()
}
/** `share 0.5 % category 3 + from 2026-09-12`: pattern, size and group. */
const brief = ({ pattern, share, amount, fee, group }: Leak) =>
  [
    pattern,
    ...[share && `${share / 10_000} %`, amount, fee],
    group.map(({ by, value }) => (by === 'category' ? value : `${by} ${value}`)).join(' + ') || 'all',
  ]
    .filter(Boolean)
    .join(' ')
const leaksOf = (sightings: readonly Sighting[]) => search(sightings).leaks.map(brief)

describe('a planted leak is named, with the narrowest group that explains it', () => {
  test.each<[string, Shop, (each: Sighting) => boolean, (each: Sighting) => number, string]>([
    ['0.5 % of everything', {}, () => true, skim(5000), 'share 0.5 % all'],
    ['rounded in favour of the partner', {}, () => true, skim(5000, 'down'), 'share 0.5 % all'],
    ['hidden by rounding on most orders', { mean: 150 }, () => true, skim(5000), 'share 0.5 % all'],
    ['of one category', {}, inCategory, skim(5000), 'share 0.5 % category 3'],
    ['beside single errors', { errors: 100, kind: 'unpaid' }, inCategory, skim(5000), 'share 0.5 % category 3'],
    ['from one day on', {}, ({ day }) => day >= '2026-09-12', skim(5000), 'share 0.5 % from 2026-09-12'],
    ['until one day', {}, ({ day }) => day <= '2026-08-20', skim(5000), 'share 0.5 % until 2026-08-20'],
    [
      'of one category from one day on',
      { orders: 3000 },
      (each) => inCategory(each) && each.day >= '2026-09-12',
      skim(5000),
      'share 0.5 % category 3 + from 2026-09-12',
    ],
    ['of one weekday', {}, ({ groups }) => groups[7] === 'Sat', skim(20_000), 'share 2 % weekday Sat'],
    ['of one statement', {}, ({ groups }) => groups[6] === 'S2', skim(5000), 'share 0.5 % statement S2'],
    ['of one shop', { orders: 4000 }, ({ groups }) => groups[1] === 'shop 7', skim(30_000), 'share 3 % shop shop 7'],
    [
      'a fee twice',
      {},
      ({ groups }) => groups[3] === 'pid 2',
      ({ expected, fees }) => expected - fees[0]!.amount,
      'fee-twice 技术服务费 tracking pid 2',
    ],
    [
      'a share of what the buyer paid',
      {},
      inCategory,
      ({ expected, base }) => expected - multiplyDivide(base, 1000, 1_000_000),
      'share-of-paid 0.1 % category 3',
    ],
    ['an amount of each', {}, inCategory, ({ expected }) => expected - 30, 'amount 30 category 3'],
    ['never paid', {}, ({ groups }) => groups[3] === 'pid 4', () => 0, 'unpaid tracking pid 4'],
    ['one rate lower', {}, ({ groups }) => groups[4] === '3 %', skim(166_667), 'share 16.67 % rate 3 %'],
    ['always rounded down', {}, ({ expected }) => expected % 2 === 0, ({ expected }) => expected - 1, 'rounding all'],
    [
      'within the tolerance',
      { tolerance: 3 },
      ({ expected }) => expected % 2 === 0,
      ({ expected }) => expected - 2,
      'rounding all',
    ],
  ])('%s', (_, of, group, paid, said) => {
    expect(leaksOf(plant(shop(of), group, paid))).toEqual([said])
  })

  test('two at once, the bigger one first', () => {
    const both = plant(plant(shop({ orders: 3000 }), inCategory, skim(30_000)), ({ groups }) => groups[3] === 'pid 1', skim(5000))
    expect(leaksOf(both)).toEqual(['share 3 % category 3', 'share 0.5 % tracking pid 1'])
  })
})

test('months with single errors, of whatever kind and however many, name nothing', () => {
  const kinds = Object.keys(ERRORS) as (keyof typeof ERRORS)[]
  const named = Array.from({ length: 60 }, (_, seed) => {
    const errors = [0, 5, 20, 50, 150][seed % 5]!
    const of = {
      seed,
      errors,
      kind: kinds[Math.floor(seed / 5) % kinds.length]!,
      orders: 200 + seed * 10,
      mean: 100 + (seed % 7) * 300,
      tolerance: seed % 3,
    }
    return leaksOf(shop(of))
  })
  expect(named.flat()).toEqual([])
})
