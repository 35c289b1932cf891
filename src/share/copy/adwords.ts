import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { parseYaml, readYaml, wrong, type YamlFile } from '../../yaml.ts'
import { compiled } from './compiled.ts'
import type { AdRules, Meaning, RestrictedGoods } from './lint.ts'
import { addWords, type WordTree } from './words.ts'

const FILE = 'rules/adwords.yaml'

/** A list of words, or a text of words separated by blanks. */
const words = z.pipe(
  z.transform((given) => (typeof given === 'string' ? given.split(/\s+/).filter((word) => word !== '') : given)),
  z.array(z.string()),
)
const level = z.enum(['stop', 'warn'])
const text = z.string().check(z.minLength(1, 'expected a text'))
/** A word, or several with what holds for them. */
const group = z.pipe(
  z.transform((given) => (typeof given === 'string' ? { words: [given] } : given)),
  z.strictObject({
    words,
    level: z.optional(level),
    reason: z.optional(text),
    instead: z.optional(text),
    drop: z.optional(text),
  }),
)
const category = z.strictObject({
  name: text,
  law: text,
  level,
  reason: text,
  instead: z.optional(text),
  title: z.enum(['drop', 'refuse']),
  words: z.array(group),
})
const goods = z.strictObject({ name: text, law: text, level, reason: text, words, unless: z.optional(words) })
const builtIn = z.strictObject({
  sets: z.record(z.string(), words),
  readings: z.record(z.string(), words),
  categories: z.record(z.string(), category),
  allow: words,
  goods: z.record(z.string(), goods),
})
const own = z.strictObject({
  words: z.optional(z.array(group)),
  allow: z.optional(words),
  goods: z.optional(z.record(z.string(), z.enum(['allow', 'warn', 'stop']))),
})
type Group = z.output<typeof group>

/** What words of the workspace mean where they do not say. */
const OWN: Meaning = { category: '自定词', level: 'stop', reason: '工作区的 rules/adwords.yaml', instead: null, drop: null }

/** The rules as they are kept: JSON. */
type Compiled = Omit<AdRules, 'readings'> & { readings: [dressed: string, read: string][] }

/**
 * The rules that come with the tool, from templates/rules/adwords.yaml and traditional.txt in its folder: all words in trees. It takes a
 * fifth of a second, which is why the build keeps the answer in `compiled.ts`.
 */
export function compileAdRules(home: string): Compiled {
  const templates = join(home, 'templates')
  const file = parseYaml(FILE, readFileSync(join(templates, FILE), 'utf8'))
  const given = readYaml(file, builtIn)
  const traditional = readFileSync(join(templates, 'rules/traditional.txt'), 'utf8').replace(/^#.*$/gm, '')
  const pairs = traditional.split(/\s+/).filter((pair) => pair !== '')
  const readings = new Map(pairs.map((pair) => [pair[0]!, pair[1]!]))
  for (const [read, dressed] of Object.entries(given.readings)) for (const one of dressed) readings.set(one, read)
  const goods: RestrictedGoods[] = []
  const rules: Growing = { sets: {}, words: {}, meanings: [], allow: {}, goods, readings }

  for (const [name, words] of Object.entries(given.sets)) {
    const set: WordTree<true> = {}
    addAll(rules, set, file, ['sets', name], words)
    rules.sets[name] = set
  }
  for (const [id, { name, law, level, reason, instead = null, title, words }] of Object.entries(given.categories)) {
    const common = { category: name, level, reason, instead, drop: title === 'drop' ? '' : null }
    addGroups(rules, file, ['categories', id, 'words'], words, common, `（${law}）`)
  }
  addAll(rules, rules.allow, file, ['allow'], given.allow)
  for (const [id, { name, law, level, reason, words, unless = [] }] of Object.entries(given.goods)) {
    const one: RestrictedGoods = { id, name, level, reason: `${reason}（${law}）`, words: {}, unless: {} }
    addAll(rules, one.words, file, ['goods', id, 'words'], words)
    addAll(rules, one.unless, file, ['goods', id, 'unless'], unless)
    goods.push(one)
  }
  return { ...rules, readings: [...readings] }
}

/**
 * The rules that come with the tool, with the words, allowed phrases and levels of goods that rules/adwords.yaml of the workspace adds.
 * @throws usage with file and line of a mistake.
 */
export function loadAdRules(home: string, workspaceFolder?: string): AdRules {
  const kept = compiled === null ? compileAdRules(home) : (JSON.parse(compiled) as Compiled)
  const rules = { ...kept, meanings: [...kept.meanings], readings: new Map(kept.readings) }
  const path = workspaceFolder && join(workspaceFolder, FILE)
  if (!path || !existsSync(path)) return rules
  const file = parseYaml(FILE, readFileSync(path, 'utf8'))
  const { words = [], allow = [], goods = {} } = readYaml(file, own)
  addGroups(rules, file, ['words'], words, OWN, '')
  addAll(rules, rules.allow, file, ['allow'], allow)
  for (const id of Object.keys(goods))
    if (!rules.goods.some((one) => one.id === id))
      wrong(file, ['goods', id], `no such goods, expected one of ${rules.goods.map((one) => one.id).join(', ')}`)
  const restricted = rules.goods.flatMap((one) => {
    const level = goods[one.id] ?? one.level
    return level === 'allow' ? [] : [{ ...one, level }]
  })
  return { ...rules, goods: restricted }
}

type Growing = AdRules & { meanings: Meaning[] }

function addGroups(rules: Growing, from: YamlFile, path: string[], groups: readonly Group[], common: Meaning, law: string): void {
  for (const [i, one] of groups.entries()) {
    const drop = one.drop ?? common.drop
    const reason = `${one.reason ?? common.reason}${law}`
    const meaning = { ...common, reason, drop, level: one.level ?? common.level, instead: one.instead ?? common.instead }
    const at = rules.meanings.push(meaning) - 1
    for (const pattern of one.words) add(rules, rules.words, from, [...path, i], pattern, at)
  }
}

function addAll(rules: AdRules, to: WordTree<true>, from: YamlFile, path: string[], patterns: readonly string[]): void {
  for (const [i, pattern] of patterns.entries()) add(rules, to, from, [...path, i], pattern, true)
}

function add<V>(
  { readings, sets }: AdRules,
  to: WordTree<V>,
  from: YamlFile,
  path: (string | number)[],
  pattern: string,
  meaning: V,
): void {
  const problem = addWords(to, pattern, meaning, readings, sets)
  if (problem) wrong(from, path, `"${pattern}" ${problem}`)
}
