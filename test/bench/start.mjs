// How long it takes to start, beside a Node that does nothing.
import { figure, share } from './figures.mjs'
import { alternate, removeFolder, run, shoptool } from './run.mjs'
import { filledWorkspace } from './sync.mjs'

const ROUNDS = 15

/** @param {{ say: (text: string) => void }} options */
export async function benchStart({ say }) {
  say('start: making a small workspace')
  const workspace = await filledWorkspace(1000)
  const side = (/** @type {string[]} */ ...args) => [args.join(' '), () => shoptool(workspace, args, { memory: false })]
  say(`start: ${ROUNDS} rounds`)
  const runs = await alternate(ROUNDS, {
    node: () => run(process.execPath, ['-e', '0'], { memory: false }),
    ...Object.fromEntries([side('--version'), side('--help'), side('find', '--limit', '1')]),
  })
  removeFolder(workspace)
  const milliseconds = (/** @type {string} */ name) => runs[name].map(({ seconds }) => seconds * 1000)
  const measure = (/** @type {string} */ name, /** @type {import('./figures.mjs').Goal | undefined} */ goal) =>
    figure({
      ...{ part: 'start', measure: name, unit: 'ms', ratio: share, against: 'node -e 0', goal },
      ...{ ours: milliseconds(name), other: milliseconds('node') },
    })
  return [...measure('--version', { most: 1.4 }), ...measure('--help', { most: 1.4 }), ...measure('find --limit 1')]
}
