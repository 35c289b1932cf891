import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { recheck, sha256Of } from '../settle/pack.ts'
import { readZip } from '../settle/zip.ts'
import { defineCommand } from './command.ts'
import { list } from './option.ts'

export const verifyPack = defineCommand({
  about:
    "Checks an evidence pack, anywhere, without a workspace: that no file of it was changed, that its claims and their sums follow from the orders, payout lines and rules in it, and that the rows and proofs that they name are in it. With the partner's own files beside it, also that it names those very files. Exit code 4 where anything does not hold.",
  args: [['<zip>', 'the pack']],
  options: { original: list('--original <file...>', "files of the partner's own that the rows must be from") },
  examples: [
    'shoptool settle verify-pack taobao-2026-10.zip',
    'shoptool settle verify-pack taobao-2026-10.zip --original payout-2026-10.csv --json',
  ],
  async run({ ctx, args: [given], options, print, global }) {
    const files = await readZip(resolve(ctx.cwd, given), given)
    const found = recheck(files)
    const originals = options.original.map((name) => ({ name, sha256: sha256Of(readFileSync(resolve(ctx.cwd, name))) }))
    const named = new Set(found.sources.map(({ sha256 }) => sha256))
    const problems = [
      ...found.problems,
      ...originals
        .filter(({ sha256 }) => !named.has(sha256))
        .map(({ name }) => `${name}: no row of the pack was read from this file, to the byte`),
    ]
    if (global.json) print.json('settle-verify-pack', { ...found, problems })
    else {
      if (found.name !== null) print.line(`${found.name}, ${found.month}`)
      for (const { currency, count, amount } of found.claimed) print.line(`  ${count} claims, ${amount} ${currency}`)
      for (const { file, sha256 } of found.sources) {
        const own = originals.find((original) => original.sha256 === sha256)
        print.line(`  ${own ? 'checked' : 'named'}  ${file}  ${sha256.slice(0, 12)}`)
      }
      for (const problem of problems) print.warn(problem)
      if (problems.length === 0) print.line('everything holds')
    }
    return problems.length > 0 ? 'data' : 'done'
  },
})
