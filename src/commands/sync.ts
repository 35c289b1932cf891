import { fetchSource } from '../catalog/source.ts'
import type { Span } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Outside, shareTurns } from '../feeds/tries.ts'
import { BUILT_IN } from '../partners/index.ts'
import { type Partner, preferring } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { type Source, sourceOf, type Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag, option } from './option.ts'
import { outcomeOf, printRuns, readAll } from './runs.ts'

export const command = defineCommand({
  about: 'Reads the sources of shoptool.yaml into the database. Each source is taken whole or not at all.',
  args: [['[source...]', 'only these sources; else all']],
  options: {
    dryRun: flag('--dry-run', 'say what would change, change nothing'),
    apply: option('--apply <plan>', 'do exactly what a dry run said, or refuse where the files have changed since'),
    full: flag('--full', 'read everything anew, also what has not changed since the last run'),
    offline: flag('--offline', 'no network: local files as they are, of URLs and APIs what was fetched last'),
    acceptShrink: flag(
      '--accept-shrink',
      'take a source although it has lost most of its rows or looks otherwise damaged; not one without a usable row',
    ),
  },
  examples: [
    'shoptool sync',
    'shoptool sync taobao-picks --dry-run',
    'shoptool sync taobao-picks --apply 5f0c1d2e',
    'shoptool sync --json',
    'shoptool sync acme --offline',
  ],
  async run(call) {
    const { args, options, workspace, print, global } = call
    const found = await workspace()
    const sources = chosen(found, args[0])
    const plans = options.apply === undefined ? [] : readPlan(options.apply, sources.length)
    const { full, offline } = options
    if (options.apply !== undefined && options.dryRun) throw usageError('--apply and --dry-run: expected one of the two')
    const turns = shareTurns(call.ctx)
    const how = offline ? 'offline' : full ? 'anew' : 'changed'
    const readings = sources.map((source, i) => ({
      label: source.name,
      kind: source.feed,
      source: source.name,
      partner: () => {
        const partner = findPartner(source.partner, found.partners, BUILT_IN, `sources.${source.name}.partner`, source)
        return source.prefer === undefined ? partner : preferring(partner, source.prefer, `sources.${source.name}.prefer`)
      },
      fetch: (partner: Partner, snapshots: string, outside: Outside, covered: (question: string) => readonly Span[]) =>
        fetchSource(found, source, partner, outside, { snapshots, how, turns, covered }),
      ...(source.guard && { guard: source.guard }),
      ...(plans.length > 0 && { plan: plans[i]! }),
    }))
    const results = await readAll(call, found, readings, { ...options, complete: true, anew: full })
    printRuns('sync', results, print, global.json)
    if (options.dryRun && !global.json && results.every(({ plan }) => plan !== null)) {
      const flags = [full && '--full', offline && '--offline', options.acceptShrink && '--accept-shrink']
      const same = ['', ...args[0], ...flags.filter(Boolean)].join(' ')
      print.note(`To do exactly this: shoptool sync${same} --apply ${results.map(({ plan }) => plan).join('-')}`)
    }
    return results.map(outcomeOf)
  },
})

/** The parts of a plan, one for each source in the order in which the dry run was given them. */
function readPlan(text: string, sources: number): string[] {
  const parts = text.split('-')
  if (!/^[0-9a-f]{8}(-[0-9a-f]{8})*$/.test(text))
    throw usageError(`--apply: "${text}" is not a plan, expected what "sync --dry-run" printed`)
  if (parts.length !== sources)
    throw usageError(`--apply: the plan is for ${parts.length} sources, not ${sources}: name the same ones`)
  return parts
}

function chosen(workspace: Workspace, names: readonly string[]): Source[] {
  const all = Object.values(workspace.sources)
  if (all.length === 0)
    throw usageError(
      `no sources yet: "shoptool source add" adds one to ${workspace.folder}/shoptool.yaml; "shoptool import" reads single files`,
    )
  return names.length === 0 ? all : names.map((name) => sourceOf(workspace, name))
}
