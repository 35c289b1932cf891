import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holesIn, nextSpan } from '../../src/catalog/windows.ts'
import type { Span } from '../../src/day.ts'
import { addCoverage, coverageOf } from '../../src/store/coverage.ts'
import { memoryDatabase } from '../../src/store/open.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.parse('2026-11-25T12:00:00+08:00')
const REACH = { days: 3, most: 90 }
/** Hours before now. */
const ago = (hours: number) => NOW - hours * HOUR
const span = (from: number, until: number): Span => ({ from: ago(from), until: ago(until) })

describe('what is read next', () => {
  it.each<[string, Span[], object, Span]>([
    ['nothing yet: the first days', [], {}, span(72, 0)],
    ['nothing yet, of a partner that remembers less', [], { days: 30, most: 7 }, span(168, 0)],
    ['all up to an hour ago: that hour, and the one before it once more', [span(72, 1)], {}, span(2, 0)],
    ['a hole that a failed run left', [span(90, 60), span(50, 1)], {}, span(61, 0)],
    ['a pause longer than the partner remembers', [span(24 * 200, 24 * 100)], {}, span(24 * 90, 0)],
    ['a hole that is partly beyond reach', [span(24 * 200, 24 * 100), span(24 * 80, 1)], {}, span(24 * 90, 0)],
    ['records told by when they were made: their days again', [span(24 * 60, 1)], { again: 45 }, span(24 * 45, 0)],
    ['a clock that was set back', [span(72, -5)], {}, span(1, 0)],
  ])('%s', (_, covered, reach, expected) => {
    expect(nextSpan(covered, { ...REACH, ...reach }, NOW)).toEqual(expected)
  })

  it('run at any times, some of them failing: no hour is missed while pauses are shorter than the reach', () => {
    const runs = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 20 * DAY }), fails: fc.boolean() }), { maxLength: 12 })
    fc.assert(
      fc.property(runs, (runs) => {
        const db = memoryDatabase()
        let now = NOW
        let silent = 0
        for (const { pause, fails } of runs) {
          now += pause
          silent += pause
          if (fails || silent > 80 * DAY) continue
          silent = 0
          const next = nextSpan(coverageOf(db, 'orders'), REACH, now)
          expect(next.until).toBe(now)
          expect(next.from).toBeLessThan(now)
          addCoverage(db, 'orders', next)
          expect(coverageOf(db, 'orders')).toHaveLength(1)
        }
        db.close()
      }),
      { numRuns: 50 },
    )
  })
})

it('holes are told with what cannot be read any more', () => {
  const covered = [span(24 * 100, 24 * 95), span(24 * 80, 30), span(20, 1)]
  expect(holesIn(covered, REACH, NOW)).toEqual([
    { ...span(24 * 95, 24 * 80), lost: true },
    { ...span(30, 20), lost: false },
  ])
})

it('what is covered is the union of what was read, for each question on its own', () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 5 })), { maxLength: 15 })
  fc.assert(
    fc.property(spans, (spans) => {
      const db = memoryDatabase()
      const hours = new Set<number>()
      for (const [from, length] of spans) {
        addCoverage(db, 'a', { from, until: from + length })
        addCoverage(db, 'b', { from: 0, until: 1 })
        for (let hour = from; hour < from + length; hour++) hours.add(hour)
      }
      const found = coverageOf(db, 'a')
      expect(found.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, i) => from + i))).toEqual(
        [...hours].sort((a, b) => a - b),
      )
      for (const [i, { from }] of found.entries()) if (i > 0) expect(from).toBeGreaterThan(found[i - 1]!.until)
      db.close()
    }),
    { numRuns: 100 },
  )
})
