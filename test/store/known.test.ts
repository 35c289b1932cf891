import fc from 'fast-check'
import { expect, it } from 'vitest'
import { knownRows } from '../../src/store/known.ts'

const hash = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  // few different ones, and ones that differ in one half only
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt({ min: 0n, max: 40n }).map((n) => BigInt.asIntN(64, n << 32n)),
)

it('is a set of 64-bit numbers, each with a mark', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 40 }),
      fc.array(hash, { maxLength: 200 }),
      fc.array(hash, { maxLength: 50 }),
      (expected, added, others) => {
        const known = knownRows(expected)
        const model = new Map<bigint, 'waiting' | 'seen' | 'replaced'>()
        for (const hash of added) {
          known.add(hash)
          model.set(hash, 'waiting')
        }
        added.forEach((hash, i) => {
          if (i % 3 === 0) return
          const mark = i % 3 === 1 ? 'seen' : 'replaced'
          known.setMark(known.find(hash), mark)
          model.set(hash, mark)
        })
        for (const hash of [...added, ...others]) {
          const slot = known.find(hash)
          expect(slot < 0 ? undefined : known.mark(slot)).toBe(model.get(hash))
        }
        expect(known.size).toBe(model.size)
        expect(known.waiting).toBe([...model.values()].filter((mark) => mark === 'waiting').length)
      },
    ),
    { numRuns: 200 },
  )
})

it('grows far beyond what was expected', () => {
  const known = knownRows(0)
  const hashes = Array.from({ length: 20_000 }, (_, i) => BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n))
  for (const hash of hashes) known.add(hash)
  expect(known.size).toBe(20_000)
  expect(hashes.filter((hash) => known.find(hash) < 0)).toEqual([])
  expect(known.find(12_345n)).toBe(-1)
})
