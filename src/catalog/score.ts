import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Currency, formatAmount, type Minor, multiplyDivide, readAmount, readCount, readRate } from '../money.ts'
import type { Product } from '../records.ts'
import { parseYaml, readYaml, wrong, type YamlFile } from '../yaml.ts'

/*
The score of goods: a sum of points that anybody can check with pencil and paper, after 三高一低: high margin (commission, rate), high
awareness (sales, brand), high repurchase, a low barrier to try. commission, rate and sales give points × min(value, full) ÷ full; barrier
gives all up to the price `full`, none from `none` on, and points × (none − price) ÷ (none − full) between; each cut off to a whole number.
brand and repurchase give all or nothing. What is not known gives none.
*/

export const PARTS = ['commission', 'rate', 'sales', 'brand', 'repurchase', 'barrier'] as const
export type Part = (typeof PARTS)[number]
const RISING = ['commission', 'rate', 'sales'] as const
type Rising = (typeof RISING)[number]

/** `points`: the most that a part gives. `full` and `none` are minor units of `currency`, parts per million, pieces. */
export type ScoreRules = { currency: Currency } & Record<Rising, { points: number; full: number }> & {
    /** Names that stand where goods have no brand. */
    brand: { points: number; none: readonly string[] }
    /** Words of categories that are bought again and again. */
    repurchase: { points: number; words: readonly string[] }
    barrier: { points: number; full: Minor; none: Minor }
  }

const VALUES = { commission: 'commission', rate: 'commissionRate', sales: 'sales' } as const satisfies Record<
  Rising,
  keyof Product
>
const COLUMNS: Record<Rising, string> = { commission: 'commission', rate: 'commission_rate', sales: 'sales' }
const FILE = 'rules/score.yaml'

const points = z.int().check(z.minimum(0, 'expected 0 or more'), z.maximum(1000, 'expected at most 1000'))
const figure = z.optional(
  z.pipe(
    z.transform((given) => (typeof given === 'number' ? String(given) : given)),
    z.string(),
  ),
)
const words = z.optional(z.array(z.string().check(z.minLength(1, 'is empty, expected a text'))))
const rising = z.optional(z.strictObject({ points, full: figure }))
const schema = z.strictObject({
  commission: rising,
  rate: rising,
  sales: rising,
  brand: z.optional(z.strictObject({ points, none: words })),
  repurchase: z.optional(z.strictObject({ points, words })),
  barrier: z.optional(z.strictObject({ points, full: figure, none: figure })),
})

/**
 * The rules that come with the tool, part by part replaced by those in rules/score.yaml of the workspace; of a part there, what it does not
 * say stays.
 * @throws usage with file, line and what was expected.
 */
export function readScoreRules(home: string, workspace: string, currency: Currency): ScoreRules {
  const amount = {
    read: (text: string) => readAmount(text, currency),
    like: `an amount in ${currency} above zero like ${formatAmount(2000, currency)}`,
  }
  const figures: Record<Rising | 'barrier', { read: (text: string) => number | null; like: string }> = {
    commission: amount,
    rate: { read: (text) => readRate(text, 'percent'), like: 'a percentage above zero like 30%' },
    sales: { read: readCount, like: 'a count above zero like 10000' },
    barrier: amount,
  }
  const read = (file: YamlFile, part: Rising | 'barrier', key: 'full' | 'none', text: string | undefined) => {
    if (text === undefined) return {}
    const value = figures[part].read(text)
    if (value === null || value <= 0) wrong(file, [part, key], `"${text}" is not ${figures[part].like}`)
    return { [key]: value }
  }
  const rules: Record<string, object> = {}
  for (const path of [join(home, 'templates', FILE), join(workspace, FILE)].filter(existsSync)) {
    const file = parseYaml(FILE, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    for (const part of RISING) {
      const one = given[part]
      if (one) rules[part] = { ...rules[part], points: one.points, ...read(file, part, 'full', one.full) }
    }
    const { brand, repurchase, barrier } = given
    if (brand) rules.brand = { ...rules.brand, points: brand.points, ...(brand.none && { none: brand.none }) }
    if (repurchase)
      rules.repurchase = { ...rules.repurchase, points: repurchase.points, ...(repurchase.words && { words: repurchase.words }) }
    if (!barrier) continue
    const ends = { ...read(file, 'barrier', 'full', barrier.full), ...read(file, 'barrier', 'none', barrier.none) }
    const merged = { ...rules.barrier, points: barrier.points, ...ends } as ScoreRules['barrier']
    if (merged.none <= merged.full) wrong(file, ['barrier'], 'expected "none" to be more than "full"')
    rules.barrier = merged
  }
  return { currency, ...rules } as ScoreRules
}

export type Score = { total: number; points: Record<Part, number> }

/** The points of a product and what they are made of; null where its amounts are in another currency than that of the rules. */
export function scoreOf(product: Product, rules: ScoreRules): Score | null {
  if (product.currency !== rules.currency) return null
  const rise = (part: Rising) => {
    const { points, full } = rules[part]
    return multiplyDivide(points, Math.min(product[VALUES[part]] ?? 0, full), full, 'down')
  }
  const { brand, repurchase, barrier } = rules
  const dearest = Math.min(Math.max(product.finalPrice, barrier.full), barrier.none)
  const points = {
    ...{ commission: rise('commission'), rate: rise('rate'), sales: rise('sales') },
    brand: product.brand !== null && !brand.none.includes(product.brand) ? brand.points : 0,
    repurchase: repurchase.words.some((word) => product.category?.includes(word)) ? repurchase.points : 0,
    barrier: multiplyDivide(barrier.points, barrier.none - dearest, barrier.none - barrier.full, 'down'),
  }
  return { total: PARTS.reduce((sum, part) => sum + points[part], 0), points }
}

/** `71 = 18 of 25 for commission + 16 of 20 for rate + …` */
export function scoreText({ total, points }: Score, rules: ScoreRules): string {
  return `${total} = ${PARTS.map((part) => `${points[part]} of ${rules[part].points} for ${part}`).join(' + ')}`
}

/** `commission 18/25, rate 16/20, …`: the same for a cell; parts that give nothing are left out. */
export function scoreReasons({ points }: Score, rules: ScoreRules): string {
  return PARTS.flatMap((part) => (points[part] > 0 ? [`${part} ${points[part]}/${rules[part].points}`] : [])).join(', ')
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const isBrand = ({ brand }: ScoreRules) => `(p.brand IS NOT NULL AND p.brand NOT IN (${brand.none.map(quoted).join(', ')}))`
/**
 * `categories`: all that there are, so that a few hundred are looked through for the words, and not a million goods. The `+` keeps SQLite
 * from the index of categories, from which every product would have to be looked up.
 */
const isRepurchase = ({ repurchase: { words } }: ScoreRules, categories: readonly string[]) =>
  `+p.category IN (${categories
    .filter((category) => words.some((word) => category.includes(word)))
    .map(quoted)
    .join(', ')})`

/** `scoreOf` as SQL over the product `p`: in all, and but for the brand, which the index of `find` does not hold. */
export function scoreSql(rules: ScoreRules, categories: readonly string[]): { total: string; unbranded: string } {
  const rise = (part: Rising) =>
    `ifnull(${rules[part].points} * min(p.${COLUMNS[part]}, ${rules[part].full}) / ${rules[part].full}, 0)`
  const { points, full, none } = rules.barrier
  const unbranded = [
    ...RISING.map(rise),
    `${points} * (${none} - min(max(p.final_price, ${full}), ${none})) / ${none - full}`,
    `iif(${isRepurchase(rules, categories)}, ${rules.repurchase.points}, 0)`,
  ].join(' + ')
  return { unbranded, total: `${unbranded} + iif(${isBrand(rules)}, ${rules.brand.points}, 0)` }
}

/** That a product has all points of the parts which rise, as nearly the best goods have. */
export const fullSql = (rules: ScoreRules): string =>
  RISING.map((part) => `p.${COLUMNS[part]} >= ${rules[part].full}`).join(' AND ')

/**
 * Conditions that all goods with at least so many points fulfil: what a part lacks, the others can make up only to their most. They
 * spare the adding up for nearly all of a million goods.
 */
export function leastFor(total: number, rules: ScoreRules, categories: readonly string[]): string[] {
  const most = PARTS.reduce((sum, part) => sum + rules[part].points, 0)
  const needed = (part: Part) => total - (most - rules[part].points)
  const { barrier } = rules
  return [
    ...RISING.flatMap((part) => {
      const { points, full } = rules[part]
      return needed(part) > 0 ? [`p.${COLUMNS[part]} >= ${multiplyDivide(needed(part), full, points, 'up')}`] : []
    }),
    ...(needed('barrier') > 0
      ? [
          `p.final_price <= ${barrier.none - multiplyDivide(needed('barrier'), barrier.none - barrier.full, barrier.points, 'up')}`,
        ]
      : []),
    ...(needed('repurchase') > 0 ? [isRepurchase(rules, categories)] : []),
    ...(needed('brand') > 0 ? [isBrand(rules)] : []),
  ]
}
