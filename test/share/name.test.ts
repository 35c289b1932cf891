import { expect, it } from 'vitest'
import { safeName } from '../../src/share/name.ts'

it.each([
  ['taobao-614252180627', 'taobao-614252180627'],
  ['recruit-小红', 'recruit-小红'],
  ['jd-a/b', 'jd-a_b-1c16fef0'],
  ['recruit-小红 ❤', 'recruit-小红_-'],
  ['recruit-\u212b', 'recruit-_-'],
])('%s', (name, safe) => {
  expect(safeName(name).startsWith(safe)).toBe(true)
})

it('keeps long names apart, in few bytes', () => {
  const [one, other] = ['红', '花'].map((last) => safeName(`recruit-${'小'.repeat(300)}${last}`))
  expect(one).not.toBe(other)
  expect(one).toMatch(/^recruit-小{30}-[0-9a-f]{8}$/)
})
