// Months of known truth, large: every class and sum must be exactly what was put into them.
import { figure } from './figures.mjs'
import { removeFolder, shoptool, temporaryFolder } from './run.mjs'
import { source } from './source.mjs'

/** Of a thousand orders so many are not just paid in full. */
const ODD = 60

/** @param {{ rows: number, say: (text: string) => void }} options */
export async function benchKnown({ rows, say }) {
  const { foundIn, KNOWN_MONTH, writeKnown } = await source('../test/settle/known.ts')
  const folder = temporaryFolder()
  say(`known: writing ${rows} orders and what was paid for them`)
  const { files, truth } = writeKnown(folder, rows, { odd: ODD, stride: 7_919 })
  const peaks = []
  let seconds = 0
  for (const { partner, kind, path } of files) {
    say(`known: importing ${kind} of ${partner}`)
    const done = await shoptool(folder, ['import', kind, path, '--partner', partner, '--quiet'])
    seconds += done.seconds
    peaks.push(done.peak ?? 0)
  }
  say('known: settling')
  const settled = await shoptool(folder, ['settle', '--month', KNOWN_MONTH, '--json'])
  removeFolder(folder)
  const told = (/** @type {Record<string, unknown>} */ sums) => JSON.stringify(Object.entries(sums).sort(), null, 1)
  const found = foundIn(JSON.parse(settled.stdout))
  if (told(found) !== told(truth))
    throw new Error(`the month is not what was put into it:\n${told(found)}\nexpected\n${told(truth)}`)
  const part = 'known'
  return [
    ...figure({ part, measure: `import of ${files.length} files`, unit: 's', ours: [seconds] }),
    ...figure({ part, measure: 'settle, every class and sum exact', unit: 's', ours: [settled.seconds] }),
    ...figure({
      ...{ part, measure: 'peak memory', unit: 'MB', ours: [Math.max(...peaks, settled.peak ?? 0) / 1e6] },
      goal: { most: 400, ours: true },
    }),
  ]
}
