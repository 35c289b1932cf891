import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageFolder } from '../../src/context.ts'
import { FAULTS, inject } from './faults.mjs'

test('every fault of the list has its place in the code that is there now', () => {
  expect(FAULTS.length).toBeGreaterThan(20)
  for (const fault of FAULTS) {
    const source = readFileSync(join(packageFolder(), fault.file), 'utf8')
    expect(inject(source, fault)).not.toBe(source)
  }
})
