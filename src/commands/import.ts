import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Day } from '../day.ts'
import { usageError } from '../errors.ts'
import { fetchFiles, fetchStream } from '../feeds/fetch.ts'
import { expectedOf, type Forms } from '../feeds/form.ts'
import { BANK } from '../partners/bank.ts'
import { BUILT_IN } from '../partners/index.ts'
import { type Partner, paidOn, preferring } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import type { RecordKind } from '../records.ts'
import { defineCommand } from './command.ts'
import { currency, day, flag, option } from './option.ts'
import { outcomeOf, printRuns, type Reading, readAll } from './runs.ts'

const ABOUT: Record<RecordKind, string> = {
  products: 'Reads files of goods. Goods that are not in them stay as they are.',
  orders: "Reads a partner's order files, in any order and as often as you like.",
  payouts: "Reads a partner's payout statements, each whole or not at all.",
  receipts:
    'Reads what a bank or a wallet exports of an account, for settle to hold against the statements. What is known changes nothing; money that went out is left out.',
  refunds:
    'Reads notices of what was given back of orders after them (维权退款): each stays beside the order line that it names, whose own readings stay as they are. Those that name no known order wait for it; see orders orphans.',
}

const PREFER = option('--prefer <way>', 'rows that came on this way (batch) count, where a sale came on several')
const PAID_AT = option('--paid-at <day>', 'when the statements were paid that do not say it themselves', day)

const importing = (kind: RecordKind) =>
  defineCommand({
    about: ABOUT[kind],
    args: [['<file...>', 'files, or - for standard input']],
    options: {
      partner: option(
        '--partner <id>',
        `whose files these are (${kind === 'receipts' ? `default ${BANK}, which knows Alipay, WeChat and most banks` : 'required'})`,
      ),
      currency: option('--currency <code>', "of amounts that name none, in place of the partner's", currency),
      dryRun: flag('--dry-run', 'say what would change, change nothing'),
      ...(kind === 'orders' && { prefer: PREFER }),
      ...(kind === 'payouts' && { paidAt: PAID_AT }),
      ...((kind === 'products' || kind === 'orders') && {
        acceptShrink: flag('--accept-shrink', 'take a file although it looks damaged'),
      }),
    },
    examples: [
      `shoptool import ${kind} inbox/${kind}-2026-10.csv${kind === 'receipts' ? '' : ' --partner taobao'}`,
      `shoptool import ${kind} - --partner acme < ${kind}.csv`,
    ],
    async run(call) {
      const { ctx, args, options, workspace, print, global } = call
      const found = await workspace()
      const id = options.partner ?? (kind === 'receipts' ? BANK : undefined)
      if (id === undefined) {
        throw usageError(`import ${kind}: whose files are these? Name the partner with --partner, like --partner taobao`)
      }
      const { prefer, paidAt } = options as { prefer?: string; paidAt?: Day }
      let partner = findPartner(
        id,
        found.partners,
        BUILT_IN,
        '--partner',
        options.currency === undefined ? {} : { currency: options.currency },
      )
      if (!partner.feeds[kind]) throw usageError(`--partner: ${partner.name} has no feed of ${kind}`)
      if (prefer !== undefined) partner = preferring(partner, prefer, '--prefer')
      if (paidAt !== undefined) partner = paidOn(partner, paidAt)
      const readings = args[0].map((file) => fileReading(ctx, found.folder, partner, kind, file))
      const results = await readAll(call, found, readings, {
        complete: false,
        acceptShrink: options.acceptShrink === true,
        dryRun: options.dryRun,
      })
      printRuns('import', results, print, global.json)
      return results.map(outcomeOf)
    },
  })

/** A file of a partner that was named on the command line; `-` is standard input. */
export function fileReading(ctx: Context, folder: string, partner: Partner, kind: RecordKind, file: string): Reading {
  const expected = expectedOf(partner.feeds[kind] as Forms<unknown> | undefined)
  return {
    label: file,
    kind,
    source: 'import',
    partner: () => partner,
    // The name to keep is relative to the workspace, the one that was typed to where it was typed.
    fetch: async (_, snapshots) => ({
      snapshots:
        file === '-'
          ? [await fetchStream(ctx.stdin, 'standard input', snapshots, expected)]
          : await fetchFiles(resolve(ctx.cwd, file), folder, snapshots, expected),
    }),
  }
}

export const command = defineCommand({
  about: 'Reads files that were saved from a back office or an API by hand.',
  examples: [
    'shoptool import payouts inbox/taobao-2026-11.csv --partner taobao',
    'shoptool import orders orders/*.csv --partner taobao --dry-run',
  ],
  commands: {
    products: importing('products'),
    orders: importing('orders'),
    payouts: importing('payouts'),
    receipts: importing('receipts'),
    refunds: importing('refunds'),
  },
})
