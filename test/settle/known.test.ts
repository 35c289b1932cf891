import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLASSES } from '../../src/settle/entry.ts'
import { folderWith, run } from '../cli/shoptool.ts'
import { foundIn, KNOWN_MONTH, type Known, writeKnown } from './known.ts'

const FILES = ['summary.csv', 'findings.csv', 'lines.csv', 'report.html']

async function importAll(cwd: string, { files }: Known) {
  const runs = []
  for (const { partner, kind, path } of files) {
    const { code, stdout, stderr } = await run(['import', kind, path, '--partner', partner, '--json'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    runs.push(...JSON.parse(stdout).runs)
  }
  return runs
}

async function settled(cwd: string) {
  const { code, stdout } = await run(['settle', '--month', KNOWN_MONTH, '--json'], { cwd })
  expect(code).toBe(5)
  return JSON.parse(stdout)
}
const written = (cwd: string) => FILES.map((name) => readFileSync(join(cwd, 'out/settle', KNOWN_MONTH, name), 'utf8'))

describe('months of known truth, from the files on', () => {
  test('are settled with exactly the classes and sums that were put into them; importing all again changes nothing', async () => {
    const cwd = folderWith({})
    const known = writeKnown(cwd, 800)
    expect(new Set(Object.keys(known.truth).map((key) => key.split(' ')[2]))).toEqual(new Set(CLASSES))
    await importAll(cwd, known)
    const settlement = await settled(cwd)
    expect(foundIn(settlement)).toEqual(known.truth)
    const files = written(cwd)

    const again = await importAll(cwd, known)
    expect(again.filter(({ added, changed }) => added + changed > 0)).toEqual([])
    expect(await settled(cwd)).toEqual(settlement)
    expect(written(cwd)).toEqual(files)
  })

  test('come to the same whatever the order of rows and files', async () => {
    const [one, other] = [folderWith({}), folderWith({})]
    const known = writeKnown(one, 204, { seed: 2 })
    const shuffled = writeKnown(other, 204, { seed: 2, stride: 37 })
    await importAll(one, known)
    await importAll(other, { ...shuffled, files: [...shuffled.files].reverse() })
    // Where a row stood is told as it was; lines without an order are told in the order of their file.
    const told = (settlement: { findings: { sources: unknown }[]; partners: { statements: unknown }[] }) => ({
      partners: settlement.partners.map(({ statements, ...rest }) => rest),
      findings: settlement.findings.map(({ sources, ...rest }) => JSON.stringify(rest)).sort(),
    })
    expect(told(await settled(other))).toEqual(told(await settled(one)))
  })
})
