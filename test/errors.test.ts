import { expect, it } from 'vitest'
import { dataError, nearest, ShoptoolError, temporaryError, usageError } from '../src/errors.ts'

it.each([
  ['usage', usageError],
  ['temporary', temporaryError],
  ['data', dataError],
] as const)('a fault of %s', (fault, make) => {
  const cause = new Error('why')
  const error = make('what', { cause })
  expect(error).toBeInstanceOf(ShoptoolError)
  expect(error).toMatchObject({ name: 'ShoptoolError', message: 'what', fault, cause })
})

it.each<[string, string[], string | null]>([
  ['snyc', ['sync', 'show', 'settle'], 'sync'],
  ['SYNC', ['sync', 'show'], 'sync'],
  ['titel', ['title', 'sku'], 'title'],
  ['comission', ['commission', 'commissionRate'], 'commission'],
  ['commissonRat', ['commission', 'commissionRate'], 'commissionRate'],
  ['xyz', ['title', 'price'], null],
  ['price', [], null],
  ['', ['a', 'ab', 'abc'], 'a'],
])('%j most likely meant, of %j: %j', (name, candidates, expected) => expect(nearest(name, candidates)).toBe(expected))
