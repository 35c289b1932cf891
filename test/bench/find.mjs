// Filters that find little or nothing, where the whole index has to be read, in the workspace that was synced.
import { join } from 'node:path'
import { figure } from './figures.mjs'
import { median, removeFolder, shoptool } from './run.mjs'
import { source } from './source.mjs'
import { filledWorkspace } from './sync.mjs'

const ROUNDS = 7
/** As options of the command line, and as what they mean. Rates are parts per million, amounts fen. */
const FILTERS = [
  { args: ['--min-rate', '40.5%', '--min-sales', '99990'], search: { minRate: 405_000, minSales: 99_990 } },
  { args: ['--price', '10..10.05'], search: { price: { from: 1000, to: 1005 } } },
  { args: ['--price', '10..', '--sort', 'sales'], search: { price: { from: 1000, to: null }, sort: 'sales' } },
  { args: ['--partner', 'taobao,pdd'], search: { partners: ['taobao', 'pdd'] } },
  { args: ['--category', '类目1/毛巾', '--coupon'], search: { category: '类目1/毛巾', coupon: true } },
  { args: ['--coupon', '--min-sales', '99999'], search: { coupon: true, minSales: 99_999 } },
  { args: ['--sort', 'sales'], search: { sort: 'sales' } },
  { args: ['--sort', 'rate', '--min-rate', '30%'], search: { sort: 'rate', minRate: 300_000 } },
  { args: ['--sort', 'price'], search: { sort: 'price', ascending: true } },
  { args: ['--sort', 'score'], search: { sort: 'score' } },
  { args: ['--min-commission', '100', '--sort', 'sales'], search: { minCommission: 10_000, sort: 'sales' } },
]
const TEXTS = [
  { args: ['伞'], search: { text: '伞' } },
  { args: ['雨伞', '--min-sales', '99999'], search: { text: '雨伞', minSales: 99_999 } },
  { args: ['没有'], search: { text: '没有' } },
]

/** @param {{ rows: number, workspace: string | null, say: (text: string) => void }} options workspace: of `sync`, if that ran */
export async function benchFind({ rows, workspace, say }) {
  if (!workspace) say(`find: making a workspace of ${rows} rows`)
  const folder = workspace ?? (await filledWorkspace(rows))
  const { openForReading } = await source('store/open.ts')
  const { findProducts } = await source('catalog/find.ts')
  const { indexTextsOf } = await source('catalog/search.ts')
  const { readScoreRules } = await source('catalog/score.ts')
  const score = readScoreRules(process.cwd(), folder, 'CNY')
  const { EVERYTHING } = await source('../test/catalog/everything.ts')
  // The first search for a rare word does this once after a sync.
  indexTextsOf(join(folder, 'shoptool.db'))
  const db = openForReading(join(folder, 'shoptool.db'))
  const timed = ({ args, search }) => {
    const times = []
    for (let round = 0; round <= ROUNDS; round++) {
      const started = performance.now()
      findProducts(db, { ...EVERYTHING, score, limit: 20, ...search })
      times.push(performance.now() - started)
    }
    return { args, times: times.slice(1) } // the first reads the pages
  }
  say(`find: ${FILTERS.length + TEXTS.length} searches`)
  const filters = FILTERS.map(timed)
  const texts = TEXTS.map(timed)
  db.close()
  const slowest = [...filters].sort((a, b) => median(b.times) - median(a.times))[0]
  const whole = []
  for (let round = 0; round < ROUNDS; round++)
    whole.push((await shoptool(folder, ['find', ...slowest.args], { memory: false })).seconds * 1000)
  removeFolder(folder)

  const part = 'find'
  return [
    ...[...filters, ...texts].flatMap(({ args, times }) => {
      const goal = { most: texts.some((text) => text.args === args) ? 200 : 35, ours: true }
      return figure({ part, measure: `${args.join(' ')}, in process`, unit: 'ms', ours: times, goal })
    }),
    ...figure({
      part,
      measure: `${slowest.args.join(' ')}, whole process`,
      unit: 'ms',
      ours: whole,
      goal: { most: 150, ours: true },
    }),
  ]
}
