import { fetchSource } from '../catalog/source.ts'
import { type RunResult, runSource } from '../catalog/sync.ts'
import { nearest, usageError } from '../errors.ts'
import { pruneSnapshots } from '../feeds/fetch.ts'
import { lock } from '../lock.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { openDatabase } from '../store/open.ts'
import type { Source, Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag } from './option.ts'
import { outcomeOf, printRuns } from './runs.ts'

/** Copies of the files read are kept for 30 days after they were last met. */
const SNAPSHOTS_KEPT = 30 * 86_400_000

export const command = defineCommand({
  about: 'Reads the sources of shoptool.yaml into the database. Each source is taken whole or not at all.',
  args: [['[source...]', 'only these sources; else all']],
  options: {
    dryRun: flag('--dry-run', 'say what would change, change nothing'),
    acceptShrink: flag('--accept-shrink', 'take a source although it has lost most of its rows or looks otherwise damaged'),
  },
  examples: ['shoptool sync', 'shoptool sync taobao-picks --dry-run', 'shoptool sync --json'],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const sources = chosen(found, names)
    const partners = sources.map(({ partner, name }) => findPartner(partner, found.partners, BUILT_IN, `sources.${name}.partner`))
    const release = options.dryRun ? () => {} : lock(found, ctx)
    const db = openDatabase(found.database)
    const results: RunResult[] = []
    try {
      for (const [i, source] of sources.entries()) {
        print.progress(`${source.name} (${i + 1} of ${sources.length}) …`)
        const partner = partners[i]!
        const fetch = () => fetchSource(found, source, partner)
        const settings = { ...options, complete: true, timezone: found.shop.timezone, now: ctx.now }
        results.push(await runSource(db, partner, { kind: source.feed, source: source.name }, fetch, settings))
      }
    } finally {
      print.progress(null)
      db.close()
      release()
    }
    pruneSnapshots(found.snapshots, ctx.now() - SNAPSHOTS_KEPT)
    printRuns('sync', results, print, global.json)
    return results.map(outcomeOf)
  },
})

function chosen({ sources, folder }: Workspace, names: readonly string[]): Source[] {
  const all = Object.values(sources)
  if (all.length === 0) throw usageError(`no sources yet: add some to ${folder}/shoptool.yaml, or use "shoptool import"`)
  return names.length === 0
    ? all
    : names.map((name) => {
        const source = all.find((each) => each.name === name)
        const meant = nearest(name, Object.keys(sources))
        if (!source)
          throw usageError(
            `unknown source "${name}"; ${meant ? `did you mean ${meant}?` : `shoptool.yaml has ${Object.keys(sources).join(', ')}`}`,
          )
        return source
      })
}
