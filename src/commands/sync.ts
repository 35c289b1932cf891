import { fetchSource } from '../catalog/source.ts'
import { nearest, usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Source, Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag } from './option.ts'
import { outcomeOf, printRuns, readAll } from './runs.ts'

export const command = defineCommand({
  about: 'Reads the sources of shoptool.yaml into the database. Each source is taken whole or not at all.',
  args: [['[source...]', 'only these sources; else all']],
  options: {
    dryRun: flag('--dry-run', 'say what would change, change nothing'),
    acceptShrink: flag('--accept-shrink', 'take a source although it has lost most of its rows or looks otherwise damaged'),
  },
  examples: ['shoptool sync', 'shoptool sync taobao-picks --dry-run', 'shoptool sync --json'],
  async run(call) {
    const { args, options, workspace, print, global } = call
    const found = await workspace()
    const readings = chosen(found, args[0]).map((source) => ({
      label: source.name,
      kind: source.feed,
      source: source.name,
      partner: () => findPartner(source.partner, found.partners, BUILT_IN, `sources.${source.name}.partner`),
      fetch: (partner: Partner, snapshots: string) => fetchSource({ ...found, snapshots }, source, partner),
    }))
    const results = await readAll(call, found, readings, { ...options, complete: true })
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
