import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { type Facts, factSheet, type Named, NONE } from '../../src/report/facts.ts'
import { placeOf } from '../../src/report/scale.ts'
import { GROUPINGS, type Sighting } from '../../src/report/sighting.ts'

/** More than fit into two blocks. */
const ORDERS = 16_500

test('gives any number of orders again and again as they were, and leaves no file behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-test-'))
  vi.stubEnv('TMPDIR', folder)
  const sheet = factSheet()
  const sightings = Array.from({ length: ORDERS }, (_, i) => sightingOf(i))
  for (const each of sightings) sheet.add(each)

  for (let time = 0; time < 2; time++) {
    const read: number[] = []
    sheet.read(isIn, (facts) => {
      if (read.push(facts.order) % 40 === 0) expect(told(facts)).toEqual(seen(sightings[facts.order]!))
    })
    expect(read).toEqual([...sightings.keys()].filter((i) => sightings[i]!.groups[0] === 'category 3'))
  }
  expect([sheet.count(), sheet.fees, readdirSync(folder)]).toEqual([ORDERS, ['fee', 'tax'], []])
  sheet.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })

  function isIn({ numbers, at }: Named): boolean {
    return sheet.names[0]![numbers[at]!] === 'category 3'
  }
  function told({ paid, loss, small, isUnpaid, fees, wholes, places, ...facts }: Facts) {
    const { numbers, at } = facts
    const groups = GROUPINGS.map((_, i) => (numbers[at + i] === NONE ? null : sheet.names[i]![numbers[at + i]!]!))
    const named = fees.map(({ fee, isTwice }) => ({ name: sheet.fees[fee], isTwice }))
    const [rate, day] = [sheet.rate(facts), sheet.day(facts)]
    return { paid, loss, small, isUnpaid, named, wholes, places, groups, rate, day }
  }
})

/** Of amounts beyond 2^31 too; some are paid too little, some nothing, some a unit more. */
function sightingOf(i: number): Sighting {
  const expected = 1 + ((i * 7_919) % 1_000) * 10 ** (i % 10)
  const fee = 1 + (i % 5)
  const paid = i % 7 === 0 ? expected - fee : i % 11 === 0 ? 0 : i % 13 === 0 ? expected + 1 : expected
  return {
    ...{ partner: { id: 'acme' } as Partner, currency: 'CNY', expected, paid, base: (i % 9) * expected, slack: i % 3 },
    rate: i % 4 === 0 ? null : i % 50,
    fees: [
      { name: 'fee', amount: fee },
      { name: 'tax', amount: 2 + (i % 2) },
    ].slice(0, i % 3),
    day: `2026-08-${10 + (i % 20)}`,
    groups: GROUPINGS.map((name, at) => ((i + at) % 5 === 0 ? null : `${name} ${i % (7 + at * 400)}`)),
  }
}

function seen({ expected, paid, base, fees, slack, rate, day, groups }: Sighting) {
  const loss = expected - paid
  const isUnpaid = paid === 0
  const small = loss === 0 || Math.abs(loss) > Math.max(slack, 1) ? 0 : loss > 0 ? -1 : 1
  const named = fees.filter(({ amount }) => amount > 1).map(({ name, amount }) => ({ name, isTwice: amount === loss }))
  const places = { share: placeOf(expected, isUnpaid ? 0 : loss), 'share-of-paid': placeOf(base, isUnpaid ? 0 : loss) }
  const wholes = { share: expected, 'share-of-paid': base }
  return { paid, loss, small, isUnpaid, named, wholes, places, groups, rate, day }
}
