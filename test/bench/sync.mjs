// Syncing one feed three times: new, the same rows in another order, 5 % of them changed.
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PARTNER, shuffled, writeFeed } from './feed.mjs'
import { faster, figure, share } from './figures.mjs'
import { removeFolder, run, shoptool, temporaryFolder } from './run.mjs'
import { source } from './source.mjs'
import { PRODUCT_SUMS, sqlite, syncScript, whyNoSqlite } from './sqlite.mjs'

const NAIVE = fileURLToPath(new URL('naive.mjs', import.meta.url))
/** More rows take the naive program minutes. */
const MOST_NAIVE = 200_000
const STEPS = /** @type {const} */ (['first', 'unchanged', 'changed'])
/** @typedef {typeof STEPS[number]} Step */
/** One of this many rows is changed. */
const CHANGED = 20

/** Makes a workspace with one source, the goods of feed.csv. @param {string} folder */
export function makeWorkspace(folder, more = '') {
  mkdirSync(join(folder, 'partners'), { recursive: true })
  writeFileSync(
    join(folder, 'shoptool.yaml'),
    'shop: { name: Bench, timezone: Asia/Shanghai, currency: CNY }\nsources:\n  goods: { partner: bench, feed: products, file: feed.csv }\n',
  )
  writeFileSync(join(folder, 'partners/bench.yaml'), PARTNER + more)
}

/** Puts a feed in its place and syncs; fails where the counts are not as expected. */
async function syncFeed(
  /** @type {string} */ workspace,
  /** @type {string} */ feed,
  /** @type {Record<string, number | string>} */ expected,
) {
  rmSync(join(workspace, 'feed.csv'), { force: true })
  linkSync(feed, join(workspace, 'feed.csv'))
  const done = await shoptool(workspace, ['sync', '--json'])
  const result = JSON.parse(done.stdout).runs[0]
  for (const [name, value] of Object.entries(expected)) {
    if (result[name] !== value) throw new Error(`sync of ${feed}: ${name} is ${result[name]}, expected ${value}`)
  }
  return done
}

/** A workspace into which `rows` goods have been read once. @param {number} rows */
export async function filledWorkspace(rows) {
  const folder = temporaryFolder()
  makeWorkspace(folder)
  writeFeed(join(folder, 'goods.csv'), rows)
  await syncFeed(folder, join(folder, 'goods.csv'), { added: rows })
  return folder
}

/**
 * @param {{ rows: number, rounds: number, say: (text: string) => void }} options
 * @returns {Promise<{ figures: import('./figures.mjs').Figure[], workspace: string }>} the workspace of the last round is left for `find`
 */
export async function benchSync({ rows, rounds, say }) {
  const folder = temporaryFolder()
  const place = (/** @type {string} */ name) => join(folder, name)
  say(`sync: writing three feeds of ${rows} rows`)
  writeFeed(place('first'), rows)
  writeFeed(place('unchanged'), rows, 0, shuffled(rows))
  writeFeed(place('changed'), rows, CHANGED, shuffled(rows))
  const { PRODUCT_INDEXES } = await source('store/migrations.ts')
  const missing = whyNoSqlite()
  if (missing) say(missing)
  const naiveRounds = rows > MOST_NAIVE ? 0 : 1
  if (naiveRounds === 0) say(`csv-parse: not compared with more than ${MOST_NAIVE} rows, it takes minutes`)

  /** @typedef {Awaited<ReturnType<typeof run>>} Done */
  /** @type {Record<'ours' | 'sqlite' | 'naive', Record<Step, Done[]>>} */
  const done = { ours: emptySteps(), sqlite: emptySteps(), naive: emptySteps() }
  /** @type {Done[]} */
  const identical = []
  let workspace = ''
  for (let round = 0; round < rounds; round++) {
    if (workspace) removeFolder(workspace)
    workspace = temporaryFolder()
    makeWorkspace(workspace)
    const opponents = temporaryFolder()
    const changed = Math.ceil(rows / CHANGED)
    const expected = { first: { added: rows }, unchanged: { unchanged: rows }, changed: { changed, unchanged: rows - changed } }
    for (const [i, step] of STEPS.entries()) {
      /** @type {Record<string, () => Promise<Done>>} */
      const sides = { ours: () => syncFeed(workspace, place(step), expected[step]) }
      if (!missing)
        sides.sqlite = () => sqlite(join(opponents, 'sqlite.db'), syncScript(place(step), PRODUCT_INDEXES, i === 0), opponents)
      if (round < naiveRounds) {
        const args = [NAIVE, join(opponents, 'naive.db'), place(step), ...Object.values(PRODUCT_INDEXES)]
        sides.naive = () => run(process.execPath, args)
      }
      const names = round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse()
      for (const name of names) {
        say(`sync: ${step}, ${name}, round ${round + 1} of ${rounds}`)
        done[/** @type {keyof typeof done} */ (name)][step].push(await sides[name]())
      }
      if (step === 'unchanged') identical.push(await syncFeed(workspace, place(step), { status: 'unchanged' }))
    }
    if (!missing) await compareDatabases(workspace, opponents, round < naiveRounds)
    removeFolder(opponents)
  }
  removeFolder(folder)

  const seconds = (/** @type {Done[]} */ runs) => runs.map((one) => one.seconds)
  const megabytes = (/** @type {Done[]} */ runs) => runs.map(({ peak }) => peak && peak / 1e6)
  const goals = { first: { least: 1 }, unchanged: { least: 3 }, changed: { least: 1.5 } }
  const labels = { first: 'first', unchanged: 'unchanged, in another order', changed: '5 % changed' }
  const part = 'sync'
  const figures = [
    ...STEPS.flatMap((step) => {
      const [ours, other] = [done.ours[step], done.sqlite[step]]
      const measure = labels[step]
      return [
        ...figure({
          part,
          measure,
          unit: 's',
          ours: seconds(ours),
          other: seconds(other),
          against: 'sqlite3',
          goal: goals[step],
        }),
        ...figure({
          ...{ part, measure: `${measure}, peak memory`, unit: 'MB', ratio: share, against: 'sqlite3' },
          ...{ ours: megabytes(ours), other: megabytes(other), ...(step === 'first' && { goal: { most: 0.5 } }) },
        }),
      ]
    }),
    ...figure({ part, measure: 'the identical file', unit: 's', ours: seconds(identical) }),
    ...STEPS.filter((step) => done.naive[step].length > 0).flatMap((step) =>
      figure({
        ...{ part, measure: labels[step], unit: 's', ratio: faster, against: 'csv-parse batches', goal: { least: 5 } },
        ...{ ours: seconds(done.ours[step].slice(0, naiveRounds)), other: seconds(done.naive[step]) },
      }),
    ),
  ]
  return { figures, workspace }
}

/** @returns {Record<Step, Awaited<ReturnType<typeof run>>[]>} */
const emptySteps = () => ({ first: [], unchanged: [], changed: [] })

/** The programs must have done the same work. */
async function compareDatabases(/** @type {string} */ workspace, /** @type {string} */ opponents, /** @type {boolean} */ naive) {
  const databases = [
    join(workspace, 'shoptool.db'),
    join(opponents, 'sqlite.db'),
    ...(naive ? [join(opponents, 'naive.db')] : []),
  ]
  const sums = []
  for (const database of databases) sums.push((await sqlite(database, PRODUCT_SUMS, opponents)).stdout)
  if (new Set(sums).size > 1) throw new Error(`the databases differ:\n${sums.join('')}`)
}
