import type { Context } from '../context.ts'
import { type Day, instantOf } from '../day.ts'
import { type LegalWarning, legalWarnings, readTeamRules, warningText } from '../team/law.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { day, option } from './option.ts'
import type { Print } from './print.ts'

/** What the law says of the team's terms from a day on (null: today), told on stderr; the same for `warnings` of `--json`. */
export function tellLaw(
  ctx: Pick<Context, 'home' | 'now'>,
  found: Workspace,
  print: Print,
  since: Day | null = null,
): LegalWarning[] {
  const on = since ?? instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
  const warnings = legalWarnings(found, readTeamRules(ctx.home, found.folder), on)
  for (const warning of warnings) print.warn(warningText(warning))
  return warnings
}

export const lint = defineCommand({
  about:
    'Holds the terms of the team in shoptool.yaml against the law, with the source and how sure it is: three or more paid levels, fees for joining, pay for recruiting. The rules are data: templates/rules/team.yaml, and rules/team.yaml of the workspace. No legal advice.',
  options: { asOf: option('--as-of <day>', 'the terms and rules of that day on (default today)', day) },
  examples: ['shoptool rules lint', 'shoptool rules lint --json | jq .warnings'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const today = options.asOf ?? instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const warnings = legalWarnings(found, readTeamRules(ctx.home, found.folder), today)
    if (global.json) print.json('rules-lint', { asOf: today, warnings })
    else
      for (const { rule, terms, source, confidence, zh, en } of warnings) {
        print.line(`${print.paint.bold(rule)}: ${terms}`)
        for (const text of [zh, en, `source: ${source} (${confidence})`]) print.line(`  ${text}`)
      }
    if (warnings.length === 0)
      print.note(
        found.team.length === 0
          ? 'shoptool.yaml has no team: nothing is shared.'
          : 'No rule has anything against the terms of the team.',
      )
    return warnings.length > 0 ? 'findings' : 'done'
  },
})
