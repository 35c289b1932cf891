import { resolve } from 'node:path'
import { type RunResult, runSource } from '../catalog/sync.ts'
import { usageError } from '../errors.ts'
import { fetchFiles, fetchStream } from '../feeds/fetch.ts'
import { lock } from '../lock.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import type { RecordKind } from '../records.ts'
import { openDatabase } from '../store/open.ts'
import { defineCommand } from './command.ts'
import { flag, option } from './option.ts'
import { outcomeOf, printRuns } from './runs.ts'

const ABOUT: Record<RecordKind, string> = {
  products: 'Reads files of goods. Goods that are not in them stay as they are.',
  orders: "Reads a partner's order files, in any order and as often as you like.",
  payouts: "Reads a partner's payout statements, each whole or not at all.",
}

const importing = (kind: RecordKind) =>
  defineCommand({
    about: ABOUT[kind],
    args: [['<file...>', 'files, or - for standard input']],
    options: {
      partner: option('--partner <id>', 'whose files these are (required)'),
      dryRun: flag('--dry-run', 'say what would change, change nothing'),
    },
    examples: [
      `shoptool import ${kind} inbox/${kind}-2026-10.csv --partner taobao`,
      `shoptool import ${kind} - --partner acme < ${kind}.csv`,
    ],
    async run({ ctx, args: [files], options, workspace, print, global }) {
      const found = await workspace()
      if (options.partner === undefined)
        throw usageError(`import ${kind}: whose files are these? Name the partner with --partner, like --partner taobao`)
      const partner = findPartner(options.partner, found.partners, BUILT_IN, '--partner')
      const feed = partner.feeds[kind]
      if (!feed) throw usageError(`--partner: ${partner.name} has no feed of ${kind}`)
      const release = options.dryRun ? () => {} : lock(found, ctx)
      const db = openDatabase(found.database)
      const results: RunResult[] = []
      try {
        for (const file of files) {
          print.progress(`${file} …`)
          const { encoding } = feed.format
          // The name to keep is relative to the workspace, the one that was typed to where it was typed.
          const fetch = () =>
            file === '-'
              ? fetchStream(ctx.stdin, 'standard input', found.snapshots, encoding).then((snapshot) => [snapshot])
              : fetchFiles(resolve(ctx.cwd, file), found.folder, found.snapshots, encoding)
          const settings = {
            complete: false,
            acceptShrink: false,
            dryRun: options.dryRun,
            timezone: found.shop.timezone,
            now: ctx.now,
          }
          results.push(await runSource(db, partner, { kind, source: 'import' }, fetch, settings))
        }
      } finally {
        print.progress(null)
        db.close()
        release()
      }
      printRuns(
        'import',
        results.map((result, i) => ({ ...result, source: files[i]! })),
        print,
        global.json,
      )
      return results.map(outcomeOf)
    },
  })

export const command = defineCommand({
  about: 'Reads files that were saved from a back office or an API by hand.',
  examples: [
    'shoptool import payouts inbox/taobao-2026-11.csv --partner taobao',
    'shoptool import orders orders/*.csv --partner taobao --dry-run',
  ],
  commands: { products: importing('products'), orders: importing('orders'), payouts: importing('payouts') },
})
