import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Currency, formatAmount, multiplyDivide, readAmount, readCount, readRate } from '../money.ts'
import type { Product } from '../records.ts'
import { parseYaml, readYaml, wrong } from '../yaml.ts'

/*
The score of goods: a sum of points that anybody can check with pencil and paper. A part of it gives
points × min(value, full) ÷ full, cut off to a whole number; what is not known gives none.
*/

export const PARTS = ['commission', 'rate', 'sales'] as const
export type Part = (typeof PARTS)[number]
/** How many points a part gives at most, and from which value on: minor units of `currency`, parts per million, pieces. */
export type ScoreRules = { currency: Currency } & Record<Part, { points: number; full: number }>

const VALUES = { commission: 'commission', rate: 'commissionRate', sales: 'sales' } as const satisfies Record<Part, keyof Product>
const COLUMNS: Record<Part, string> = { commission: 'commission', rate: 'commission_rate', sales: 'sales' }
const FILE = 'rules/score.yaml'

const part = z.strictObject({
  points: z.int().check(z.minimum(0, 'expected 0 or more'), z.maximum(1000, 'expected at most 1000')),
  full: z.pipe(
    z.transform((given) => (typeof given === 'number' ? String(given) : given)),
    z.string(),
  ),
})
const schema = z.strictObject({ commission: z.optional(part), rate: z.optional(part), sales: z.optional(part) })

/**
 * The rules that come with the tool, part by part replaced by those in rules/score.yaml of the workspace.
 * @throws usage with file, line and what was expected.
 */
export function readScoreRules(home: string, workspace: string, currency: Currency): ScoreRules {
  const read: Record<Part, (text: string) => number | null> = {
    commission: (text) => readAmount(text, currency),
    rate: (text) => readRate(text, 'percent'),
    sales: readCount,
  }
  const like: Record<Part, string> = {
    commission: `an amount in ${currency} above zero like ${formatAmount(2000, currency)}`,
    rate: 'a percentage above zero like 30%',
    sales: 'a count above zero like 10000',
  }
  const files = [join(home, 'templates', FILE), join(workspace, FILE)].filter(existsSync)
  const parts = files.flatMap((path) => {
    const file = parseYaml(FILE, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    return PARTS.flatMap((name) => {
      const one = given[name]
      if (!one) return []
      const full = read[name](one.full)
      if (full === null || full <= 0) wrong(file, [name, 'full'], `"${one.full}" is not ${like[name]}`)
      return [[name, { points: one.points, full }] as const]
    })
  })
  return { currency, ...(Object.fromEntries(parts) as Record<Part, { points: number; full: number }>) }
}

/** The points of a product and what they are made of; null where its amounts are in another currency than that of the rules. */
export function scoreOf(product: Product, rules: ScoreRules): { total: number; points: Record<Part, number> } | null {
  if (product.currency !== rules.currency) return null
  const points = { commission: 0, rate: 0, sales: 0 }
  let total = 0
  for (const name of PARTS) {
    const { points: most, full } = rules[name]
    points[name] = multiplyDivide(most, Math.min(product[VALUES[name]] ?? 0, full), full, 'down')
    total += points[name]
  }
  return { total, points }
}

/** `71 = 30 of 40 for commission + 25 of 30 for rate + 16 of 30 for sales` */
export function scoreText({ total, points }: NonNullable<ReturnType<typeof scoreOf>>, rules: ScoreRules): string {
  return `${total} = ${PARTS.map((name) => `${points[name]} of ${rules[name].points} for ${name}`).join(' + ')}`
}

/** `scoreOf` as SQL over the product `p`. */
export function scoreSql(rules: ScoreRules): string {
  return PARTS.map((name) => {
    const { points, full } = rules[name]
    return `ifnull(${points} * min(p.${COLUMNS[name]}, ${full}) / ${full}, 0)`
  }).join(' + ')
}

/**
 * Conditions that all goods with at least so many points fulfil: what a part lacks, the others can make up only to their most. They
 * spare the adding up for nearly all of a million goods.
 */
export function leastFor(total: number, rules: ScoreRules): string[] {
  const most = PARTS.reduce((sum, name) => sum + rules[name].points, 0)
  return PARTS.flatMap((name) => {
    const { points, full } = rules[name]
    const needed = total - (most - points)
    return needed > 0 ? [`p.${COLUMNS[name]} >= ${multiplyDivide(needed, full, points, 'up')}`] : []
  })
}
