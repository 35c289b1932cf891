import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Day } from '../day.ts'
import { formatAmount, readAmount } from '../money.ts'
import { DATED, type DatedRule, inForce } from '../share/rules.ts'
import type { TeamTerms, Workspace } from '../workspace.ts'
import { parseYaml, readYaml, wrong } from '../yaml.ts'

/*
What the law and the partners say of teams, as dated data: templates/rules/team.yaml, whose head documents it, and rules/team.yaml of the
workspace, which counts before it.
*/

const FILE = 'rules/team.yaml'
const filled = z.string().check(z.minLength(1, 'is empty, expected a text'))
const when = z.union(
  [
    z.strictObject({ levels: z.int().check(z.minimum(1)) }),
    z.strictObject({ entryFee: z.literal(true) }),
    z.strictObject({ recruiting: z.literal(true) }),
  ],
  'expected { levels: 3 }, { entryFee: true } or { recruiting: true }',
)
const schema = z.strictObject({
  warn: z._default(z.array(z.strictObject({ id: filled, when, ...DATED })), []),
  hide: z._default(z.array(z.strictObject({ id: filled, partner: filled, field: z.enum(['received']), ...DATED })), []),
})

type Dated = DatedRule & { id: string }
export type TeamRules = {
  warn: readonly (Dated & { when: z.output<typeof when> })[]
  /** Fields that statements for members leave out. */
  hide: readonly (Dated & { partner: string; field: 'received' })[]
}

/**
 * The rules that come with the tool together with rules/team.yaml of the workspace.
 * @throws ShoptoolError (usage) naming file, line, path and what was expected.
 */
export function readTeamRules(home: string, workspaceFolder: string): TeamRules {
  const warn: TeamRules['warn'][number][] = []
  const hide: TeamRules['hide'][number][] = []
  for (const own of [false, true]) {
    const path = own ? join(workspaceFolder, FILE) : join(home, 'templates', FILE)
    if (!existsSync(path)) continue
    const file = parseYaml(own ? FILE : `templates/${FILE}`, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    const dated = (rule: z.output<typeof schema>['warn' | 'hide'][number], place: (string | number)[]): Dated => {
      const { id, from = null, until = null, source = FILE, confidence = 'stated', review = null } = rule
      if (until !== null && from !== null && until < from) wrong(file, [...place, 'until'], `${until} is before ${from}`)
      const said = [...warn, ...hide].find((other) => other.id === id)
      const [zh, en] = [rule.zh ?? said?.zh ?? id, rule.en ?? said?.en ?? id]
      return { id, from, until, source, confidence, review, zh, en, own }
    }
    warn.push(...given.warn.map((rule, i) => ({ ...dated(rule, ['warn', i]), when: rule.when })))
    const hidden = given.hide.map((rule, i) => ({ ...dated(rule, ['hide', i]), partner: rule.partner, field: rule.field }))
    hide.push(...hidden)
  }
  return { warn, hide }
}

/** Of each id the rule that is in force on a day. */
export function rulesOn<R extends Dated>(rules: readonly R[], on: Day): R[] {
  const ids = [...new Set(rules.map(({ id }) => id))]
  return ids.flatMap(
    (id) =>
      inForce(
        rules.filter((rule) => rule.id === id),
        on,
      ) ?? [],
  )
}

/** A warning of terms of the team; `terms` says of which and why. */
export type LegalWarning = {
  rule: string
  terms: string
  source: string
  confidence: Dated['confidence']
  zh: string
  en: string
}

/** What is to be said of a team: its terms of `on`, and those that are still to come. */
export function legalWarnings({ team, shop }: Pick<Workspace, 'team' | 'shop'>, rules: TeamRules, on: Day): LegalWarning[] {
  const amount = (text: string) => `${formatAmount(readAmount(text, shop.currency)!, shop.currency)} ${shop.currency}`
  const why = (terms: TeamTerms, given: TeamRules['warn'][number]['when']) => {
    // levels that nobody is paid for are none
    const levels = paidLevels(terms)
    if ('levels' in given) return levels >= given.levels ? `pay ${levels} levels` : null
    if ('entryFee' in given) return terms.entryFee === null ? null : `take ${amount(terms.entryFee)} for joining`
    return terms.recruiting === null ? null : `pay ${amount(terms.recruiting)} for recruiting`
  }
  return team
    .filter((_, i) => (team[i + 1]?.from ?? '9999') > on)
    .flatMap((terms) =>
      rulesOn(rules.warn, terms.from !== null && terms.from > on ? terms.from : on).flatMap((rule) => {
        const reason = why(terms, rule.when)
        const { id, source, confidence, zh, en } = rule
        if (reason === null) return []
        const since = terms.from === null ? '' : ` from ${terms.from} on`
        return [{ rule: id, terms: `the team's terms${since} ${reason}`, source, confidence, zh, en }]
      }),
    )
}

/** How many levels are paid, in the tier where most are. */
function paidLevels({ levels, tiers }: TeamTerms): number {
  const rates = [levels, ...(tiers?.tiers ?? []).flatMap((tier) => (tier.levels ? [tier.levels] : []))]
  return Math.max(...rates.map((list) => list.findLastIndex((rate) => rate > 0) + 1))
}

/** As a terminal says it. */
export const warningText = ({ rule, terms, en, confidence }: LegalWarning) =>
  `${terms}: ${en} (${rule}, ${confidence}; no legal advice)`
