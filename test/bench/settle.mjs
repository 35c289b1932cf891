// Importing a payout statement and settling its month.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure, share } from './figures.mjs'
import { LEDGER_FEEDS, PAID_MONTH, writeOrders, writePayouts } from './ledger.mjs'
import { alternate, removeFolder, run, shoptool, temporaryFolder } from './run.mjs'
import { ordersScript, settleScript, sqlite, whyNoSqlite } from './sqlite.mjs'
import { makeWorkspace } from './sync.mjs'

const NAIVE = fileURLToPath(new URL('naive-settle.mjs', import.meta.url))

/** @param {{ rows: number, rounds: number, say: (text: string) => void }} options */
export async function benchSettle({ rows, rounds, say }) {
  const folder = temporaryFolder()
  const place = (/** @type {string} */ name) => join(folder, name)
  const missing = whyNoSqlite()
  if (missing) say(missing)
  say(`settle: writing and importing ${rows} orders`)
  const workspace = place('workspace')
  makeWorkspace(workspace, LEDGER_FEEDS)
  writeOrders(place('orders.csv'), rows)
  writePayouts(place('payouts.csv'), rows)
  const orders = await shoptool(workspace, ['import', 'orders', place('orders.csv'), '--partner', 'bench', '--json'])
  const database = join(workspace, 'shoptool.db')
  copyFileSync(database, place('before.db'))
  if (!missing) await sqlite(place('orders.db'), ordersScript(database), folder)

  /** @type {Record<string, string[]>} */
  const counts = { ours: [], sqlite: [] }
  /** @type {(lines?: string) => Promise<import('./run.mjs').Done>} */
  const bySql = async (lines) => {
    copyFileSync(place('orders.db'), place('settled.db'))
    const done = await sqlite(place('settled.db'), settleScript(place('payouts.csv'), place('findings.csv'), lines), folder)
    counts.sqlite.push(done.stdout)
    return done
  }
  const runs = await alternate(rounds, {
    async ours(round) {
      say(`settle: ours, round ${round + 1} of ${rounds}`)
      for (const name of ['shoptool.db-wal', 'shoptool.db-shm', '.shoptool', 'out'])
        rmSync(join(workspace, name), { recursive: true, force: true })
      copyFileSync(place('before.db'), database)
      const imported = await shoptool(workspace, ['import', 'payouts', place('payouts.csv'), '--partner', 'bench', '--json'])
      const settled = await shoptool(workspace, ['settle', '--month', PAID_MONTH, '--json'])
      counts.ours.push(countsOfOurs(settled.stdout))
      return {
        imported,
        settled,
        seconds: imported.seconds + settled.seconds,
        peak: Math.max(imported.peak ?? 0, settled.peak ?? 0) || null,
      }
    },
    ...(!missing && {
      async sqlite(/** @type {number} */ round) {
        say(`settle: sqlite, round ${round + 1} of ${rounds}`)
        return bySql()
      },
      async whole(/** @type {number} */ round) {
        say(`settle: sqlite with lines.csv, round ${round + 1} of ${rounds}`)
        return bySql(place('lines.csv'))
      },
      async naive(/** @type {number} */ round) {
        say(`settle: csv-parse and a look-up a line, round ${round + 1} of ${rounds}`)
        copyFileSync(place('orders.db'), place('settled.db'))
        const done = await run(process.execPath, [NAIVE, place('settled.db'), place('payouts.csv'), place('lines.csv')])
        counts.sqlite.push(done.stdout)
        return done
      },
    }),
  })
  removeFolder(folder)
  const different = [...counts.ours, ...counts.sqlite.map(countsOfSqlite)]
  if (new Set(different).size > 1) throw new Error(`the settlements differ:\n${different.join('\n')}`)

  const part = 'settle'
  const against = 'sqlite3, findings only'
  const likewise = 'sqlite3, all lines'
  const megabytes = (/** @type {{ peak: number | null }[]} */ all) => all.map(({ peak }) => peak && peak / 1e6)
  const seconds = (/** @type {{ seconds: number }[]} */ all) => all.map((one) => one.seconds)
  const { ours, sqlite: other = [], whole = [], naive = [] } = /** @type {Record<string, any[]>} */ (runs)
  const measure = 'import of payouts + settle'
  return [
    ...figure({ part, measure, unit: 's', against, ours: seconds(ours), other: seconds(other), goal: { least: 1 } }),
    ...figure({ part, measure, unit: 's', against: likewise, ours: seconds(ours), other: seconds(whole), goal: { least: 1 } }),
    ...figure({
      part,
      measure,
      unit: 's',
      against: 'csv-parse',
      ours: seconds(ours),
      other: seconds(naive),
      goal: { least: 3.5 },
    }),
    ...figure({ part, measure: 'import of payouts', unit: 's', ours: seconds(ours.map(({ imported }) => imported)) }),
    ...figure({ part, measure: 'settle, with its files', unit: 's', ours: seconds(ours.map(({ settled }) => settled)) }),
    ...figure({
      ...{ part, measure: 'peak memory', unit: 'MB', against: likewise, ratio: share, goal: { most: 400, ours: true } },
      ...{ ours: megabytes(ours), other: megabytes(whole) },
    }),
    ...figure({ part, measure: 'import of the orders', unit: 's', ours: [orders.seconds] }),
  ]
}

const CLASSES = ['duplicate', 'missing', 'over-paid', 'short-paid', 'unknown-order']
const summary = (/** @type {Record<string, string>} */ classes) => CLASSES.map((name) => `${name} ${classes[name]}`).join(', ')

/** Counts and sums in minor units of the classes that both programs know. */
function countsOfOurs(/** @type {string} */ json) {
  const { classes } = JSON.parse(json).partners[0]
  return summary(
    Object.fromEntries(
      CLASSES.map((name) => [name, `${classes[name].count} (${Math.round(Number(classes[name].difference) * 100)})`]),
    ),
  )
}

/** `class|count|expected|paid` */
function countsOfSqlite(/** @type {string} */ lines) {
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => line.split('|'))
  return summary(
    Object.fromEntries(rows.map(([name, count, expected, paid]) => [name, `${count} (${Number(paid) - Number(expected)})`])),
  )
}
