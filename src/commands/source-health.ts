import { existsSync } from 'node:fs'
import type { Health } from '../catalog/health.ts'
import { formatRate } from '../money.ts'
import { sourceOf } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { count, option } from './option.ts'

export const health = defineCommand({
  about:
    'Says how sound the sources are: age of the last good run, rows and their trend, rejected rows, failures, and how many of the live goods have a value that some lack (--json: every value). Exit code 5 where one is stale, failing or was never read.',
  args: [['[source...]', 'only these sources; else all']],
  options: { stale: option('--stale <days>', 'a good run must not be older than this', count, 3) },
  examples: ['shoptool source health', 'shoptool source health --stale 1 --json'],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const sources = names.length === 0 ? Object.values(found.sources) : names.map((name) => sourceOf(found, name))
    const [{ healthOf }, { memoryDatabase, openDatabase }] = await Promise.all([
      import('../catalog/health.ts'),
      import('../store/open.ts'),
    ])
    const db = existsSync(found.database) ? openDatabase(found.database, { readonly: true }) : memoryDatabase()
    let health: Health[]
    try {
      health = healthOf(db, sources, ctx.now(), options.stale)
    } finally {
      db.close()
    }
    if (global.json) {
      print.json('source-health', {
        sources: health.map(({ source: { name, partner, feed }, trend, rejected, fill, ...rest }) => ({
          ...{ name, partner, feed },
          ...rest,
          trend: percent(trend),
          rejected: percent(rejected),
          fill: fill && Object.fromEntries(Object.entries(fill).map(([field, share]) => [field, formatRate(share)])),
        })),
      })
    } else {
      const right = { align: 'right' } as const
      print.table(
        [
          { title: 'SOURCE' },
          { title: 'STATE', paint: (text) => (text === 'ok' ? print.paint.green(text) : print.paint.red(text)) },
          { title: 'AGE', ...right },
          { title: 'ROWS', ...right },
          { title: 'TREND', ...right },
          { title: 'REJECTED', ...right },
          { title: 'FAILURES', ...right },
          { title: 'FILLED', cut: true },
        ],
        health.map(({ source, state, hours, rows, trend, rejected, failures, fill }) => [
          source.name,
          state,
          hours === null ? '' : hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`,
          String(rows.at(-1) ?? ''),
          trend === null ? '' : `${trend > 0 ? '+' : ''}${formatRate(trend)}%`,
          rejected === null ? '' : `${formatRate(rejected)}%`,
          String(failures),
          filledInPart(fill),
        ]),
      )
      for (const { source, error } of health) if (error) print.warn(`${source.name}: ${error}`)
    }
    return health.every(({ state }) => state === 'ok') ? 'done' : 'findings'
  },
})

const percent = (share: number | null) => (share === null ? null : formatRate(share))

/**
 * `brand 60%, sales 83.4%`: the values that some goods have and others lack, from the rarest on. What none has, most feeds never give;
 * the JSON tells it.
 */
function filledInPart(fill: Health['fill']): string {
  return Object.entries(fill ?? {})
    .filter(([, share]) => share > 0 && share < 1_000_000)
    .sort(([, a], [, b]) => a - b)
    .map(([field, share]) => `${field} ${formatRate(share)}%`)
    .join(', ')
}
