import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { addDays, type Day, isDay } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { readRate } from '../money.ts'
import { parseYaml, readYaml, wrong, type YamlFile } from '../yaml.ts'

/*
The rules of shops: what a kind of shop allows, from which day on. They are data (templates/rules/shops.yaml, whose head documents them),
and rules/shops.yaml of the workspace adds kinds and rules, which count before those of the same id that come with the tool.
*/

export const CONFIDENCES = ['stated', 'stated-month', 'stated-year', 'about', 'provisional', 'unpublished'] as const

const FILE = 'rules/shops.yaml'
const filled = z.string().check(z.minLength(1, 'is empty, expected a text'))
const words = z.array(filled).check(z.minLength(1))
const above = z.int().check(z.minimum(1))
const percentage = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const rate = text.endsWith('%') ? readRate(text, 'percent') : null
    if (rate !== null && rate >= 0 && rate <= 1_000_000) return rate
    context.issues.push({ code: 'custom', message: 'no percentage', input: text })
    return z.NEVER
  }),
)
const threshold = z.pipe(
  z.transform((given) => (typeof given === 'number' ? String(given) : given)),
  z.string(),
)

/** What every rule's value is, how one looks, and which commands heed it; `null`: people do. */
export const RULES = {
  cap: { value: z.nullable(above), like: 'a count of goods like 1000, or null for no limit', heeded: 'shelf add, swap, unpark' },
  'no-partners': { value: words, like: 'a list of partners like [taobao]', heeded: 'shelf add, swap, check' },
  'shared-as': { value: filled, like: 'a text', heeded: null },
  'pays-on': { value: z.int().check(z.minimum(1), z.maximum(31)), like: 'a day of the month like 20', heeded: null },
  'payment-fee': {
    value: percentage,
    like: 'a percentage of the order amount like 0.6%',
    heeded: 'net of shelf add',
  },
  'service-fee': { value: percentage, like: 'a percentage of the commission like 10%', heeded: 'net of shelf add' },
  'commission-split': { value: z.nullable(filled), like: 'a text or null', heeded: null },
  edit: { value: filled, like: 'a text', heeded: 'shelf reason' },
  'own-goods': { value: z.boolean(), like: 'true or false', heeded: null },
  promotion: { value: filled, like: 'a text', heeded: null },
  tiers: {
    value: z.strictObject({
      by: z.optional(z.enum(['commission', 'orders'])),
      partners: z.optional(words),
      tiers: z.array(z.union([filled, z.strictObject({ name: filled, from: threshold })])).check(z.minLength(1)),
    }),
    like: '{ by: commission, tiers: [{ name: 新晋, from: 0 }, { name: 资深, from: 500.00 }] }; by: commission or orders',
    heeded: 'shelf tier',
  },
  'shops-per-member': { value: z.nullable(above), like: 'a count like 1, or null for no limit', heeded: 'shelf check, doctor' },
  'name-words': { value: words, like: 'a list of words like [旗舰, 专卖]', heeded: 'shelf check, doctor' },
  'name-suffix': { value: z.nullable(filled), like: 'a text or null', heeded: 'shelf check, doctor' },
  'commission-levels': { value: above, like: 'a count like 1', heeded: null },
  'best-offer': { value: z.boolean(), like: 'true or false', heeded: 'shelf add, swap, check' },
  goods: { value: filled, like: 'a text', heeded: 'find --sort score' },
  swap: { value: filled, like: 'a text', heeded: 'shelf swap' },
  capital: { value: z.nullable(filled), like: 'a text or null', heeded: null },
  'licence-chain': { value: above, like: 'a count like 3', heeded: null },
  'price-floor': { value: z.nullable(filled), like: 'a text or null', heeded: null },
} as const
export type RuleId = keyof typeof RULES
export type RuleValue<I extends RuleId> = z.output<(typeof RULES)[I]['value']>

/** What every dated rule says of itself. */
export type DatedRule = {
  /** The first day, or null where it is not known. */
  from: Day | null
  /** The last day, or null where it holds on. */
  until: Day | null
  source: string
  confidence: (typeof CONFIDENCES)[number]
  /** From that day on it must be looked at again. */
  review: Day | null
  zh: string
  en: string
  /** Written by the operator, in the workspace. */
  own: boolean
}

/** One rule of a kind, on the days on which it holds. */
export type ShopRule<I extends RuleId = RuleId> = DatedRule & { kind: string; id: I; value: RuleValue<I> }
/** A kind of shop. Rules stand in the order of their ids' first appearance, those of one id from the oldest on. */
export type Kind = { id: string; name: string; aliases: readonly string[]; rules: readonly ShopRule[] }
/** `suppliers` is a list of what to ask, and no kind that a shelf may have. */
export type ShopRules = { kinds: ReadonlyMap<string, Kind>; suppliers: Kind }

export const SUPPLIERS = 'suppliers'

const day = z.string().check(z.refine(isDay, { error: (issue) => `"${issue.input}" is not a day, expected like 2026-11-20` }))
/** The same in YAML. */
export const DATED = {
  from: z.optional(z.nullable(day)),
  until: z.optional(z.nullable(day)),
  source: z.optional(filled),
  confidence: z.optional(z.enum(CONFIDENCES)),
  review: z.optional(z.nullable(day)),
  zh: z.optional(filled),
  en: z.optional(filled),
}
const ids = Object.keys(RULES) as RuleId[]
const rule = z.strictObject({ id: z.enum(ids), value: z.unknown(), ...DATED })
const kind = z.strictObject({
  name: z.optional(filled),
  aliases: z._default(z.array(filled), []),
  rules: z._default(z.array(rule), []),
})
const kindName = z.string().check(z.regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and "-", like my-shop'))
const schema = z.strictObject({ kinds: z._default(z.record(kindName, kind), {}), suppliers: z.optional(kind) })

/**
 * The rules that come with the tool together with rules/shops.yaml of the workspace.
 * @throws ShoptoolError (usage) naming file, line, path and what was expected.
 */
export function readShopRules(home: string, workspaceFolder: string | null): ShopRules {
  const kinds = new Map<string, Kind>()
  for (const own of [false, true]) {
    const path = own ? workspaceFolder !== null && join(workspaceFolder, FILE) : join(home, 'templates', FILE)
    if (path === false || !existsSync(path)) continue
    const file = parseYaml(own ? FILE : `templates/${FILE}`, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    const all: [path: string[], id: string, kind: z.output<typeof kind>][] = [
      ...Object.entries(given.kinds).map(([id, one]): [string[], string, typeof one] => [['kinds', id], id, one]),
      ...(given.suppliers ? [[[SUPPLIERS], SUPPLIERS, given.suppliers] as [string[], string, typeof given.suppliers]] : []),
    ]
    for (const [place, id, { name, aliases, rules }] of all) {
      const known = kinds.get(id)
      if (id === SUPPLIERS && place[0] === 'kinds')
        wrong(file, place, 'is the list of what to ask suppliers, name the kind otherwise')
      for (const alias of [id, ...aliases]) {
        const other = [...kinds.values()].find((one) => one.id !== id && [one.id, ...one.aliases].includes(alias))
        if (other) wrong(file, place, `"${alias}" already means ${other.id}`)
      }
      const added = rules.map((one, i) => ruleOf(file, [...place, 'rules', i], id, one, own, known?.rules ?? []))
      kinds.set(id, {
        id,
        name: name ?? known?.name ?? id,
        aliases: [...(known?.aliases ?? []), ...aliases],
        rules: inOrder([...(known?.rules ?? []), ...added]),
      })
    }
  }
  const suppliers = kinds.get(SUPPLIERS)!
  kinds.delete(SUPPLIERS)
  return { kinds, suppliers }
}

function ruleOf(
  file: YamlFile,
  place: (string | number)[],
  kind: string,
  { id, value, from = null, until = null, source, confidence, review = null, zh, en }: z.output<typeof rule>,
  own: boolean,
  others: readonly ShopRule[],
): ShopRule {
  const read = RULES[id].value.safeParse(value)
  if (!read.success) wrong(file, [...place, 'value'], `expected ${RULES[id].like}`)
  if (until !== null && from !== null && until < from) wrong(file, [...place, 'until'], `${until} is before ${from}`)
  const said = others.find((other) => other.id === id)
  return {
    ...{ kind, id, value: read.data, from, until, review, own },
    source: source ?? FILE,
    confidence: confidence ?? 'stated',
    zh: zh ?? said?.zh ?? id,
    en: en ?? said?.en ?? id,
  }
}

function inOrder(rules: readonly ShopRule[]): ShopRule[] {
  const first = (id: string) => rules.findIndex((one) => one.id === id)
  return [...rules].sort((a, b) => first(a.id) - first(b.id) || (a.from ?? '').localeCompare(b.from ?? ''))
}

/** The rule of that id which is in force on a day: the operator's own first, else the latest to begin. */
export function ruleOn<I extends RuleId>({ rules }: Kind, id: I, on: Day): ShopRule<I> | null {
  return inForce(
    rules.filter((one): one is ShopRule<I> => one.id === id),
    on,
  )
}

/** Of versions of one rule, from the oldest on, the one that is in force on a day: the operator's own first. */
export function inForce<R extends Pick<ShopRule, 'from' | 'until' | 'own'>>(versions: readonly R[], on: Day): R | null {
  const holding = versions.filter((one) => (one.from === null || one.from <= on) && (one.until === null || one.until >= on))
  return holding.findLast(({ own }) => own) ?? holding.at(-1) ?? null
}

/** The kind that a name or an alias of it means. @throws ShoptoolError (usage) that suggests; `place` says who named it. */
export function kindNamed({ kinds }: ShopRules, name: string, place: string): Kind {
  const found = [...kinds.values()].find((one) => one.id === name || one.aliases.includes(name))
  if (found) return found
  const meant = nearest(
    name,
    [...kinds.values()].flatMap(({ id, aliases }) => [id, ...aliases]),
  )
  const hint = meant ? `did you mean ${meant}?` : `there are ${[...kinds.keys()].join(', ')}; others are described in ${FILE}`
  throw usageError(`${place}: unknown kind "${name}"; ${hint}`)
}

/** All rules of a name like `taoxiaopu.cap` or `淘小铺.cap`, the oldest first. @throws ShoptoolError (usage) that suggests. */
export function rulesNamed(rules: ShopRules, name: string): [ShopRule, ...ShopRule[]] {
  const dot = name.indexOf('.')
  if (dot < 0) throw usageError(`"${name}" is not the name of a rule, expected like taoxiaopu.cap; see "shoptool rules list"`)
  const [kindName, id] = [name.slice(0, dot), name.slice(dot + 1)]
  const kind = kindName === SUPPLIERS ? rules.suppliers : kindNamed(rules, kindName, name)
  const [first, ...rest] = kind.rules.filter((one) => one.id === id)
  if (first) return [first, ...rest]
  const known = [...new Set(kind.rules.map((one) => one.id))]
  const meant = nearest(id, known)
  throw usageError(
    `${kind.id} (${kind.name}) has no rule "${id}"; ${meant ? `did you mean ${meant}?` : known.length > 0 ? `it has ${known.join(', ')}` : `write rules of it into ${FILE}`}`,
  )
}

/** `in force since 2019-04-18`, `not yet in force, begins 2019-04-18`, `not in force since 2021-03-01`. */
export function forceText(versions: readonly ShopRule[], inForce: ShopRule | null, on: Day): string {
  if (inForce) return inForce.from === null ? 'in force, since when is not known' : `in force since ${inForce.from}`
  const next = versions.find(({ from }) => from !== null && from > on)
  if (next) return `not yet in force, begins ${next.from}`
  const last = versions
    .flatMap(({ until }) => until ?? [])
    .sort()
    .at(-1)!
  return `not in force since ${addDays(last, 1)}`
}
