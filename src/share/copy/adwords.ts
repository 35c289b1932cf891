import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { parseYaml, readYaml, wrong, type YamlFile } from '../../yaml.ts'
import type { AdRules, Level, Meaning } from './lint.ts'
import { addWords, type WordTree, wordTree } from './words.ts'

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

/**
 * The rules that come with the tool (templates/rules/adwords.yaml), with the words, allowed phrases and levels of goods that
 * rules/adwords.yaml of the workspace adds. @throws usage with file and line of a mistake.
 */
export function loadAdRules(home: string, workspaceFolder?: string): AdRules {
  const templates = join(home, 'templates')
  const file = parseYaml(FILE, readFileSync(join(templates, FILE), 'utf8'))
  const given = readYaml(file, builtIn)
  const traditional = readFileSync(join(templates, 'rules/traditional.txt'), 'utf8').replace(/^#.*$/gm, '')
  const readings = new Map(traditional.split(/\s+/).flatMap((pair) => (pair === '' ? [] : [[pair[0]!, pair[1]!] as const])))
  for (const [read, dressed] of Object.entries(given.readings)) for (const one of dressed) readings.set(one, read)
  const sets = new Map<string, WordTree<true>>()
  const tree = wordTree<Meaning>()
  const allow = wordTree<true>()
  const add = <V>(to: WordTree<V>, from: YamlFile, path: (string | number)[], pattern: string, meaning: V) => {
    const problem = addWords(to, pattern, meaning, readings, sets)
    if (problem) wrong(from, path, `"${pattern}" ${problem}`)
  }
  const addGroups = (from: YamlFile, path: string[], groups: readonly Group[], common: Meaning, law: string) => {
    for (const [i, one] of groups.entries()) {
      const drop = one.drop ?? common.drop
      const reason = `${one.reason ?? common.reason}${law}`
      const meaning = { ...common, reason, drop, level: one.level ?? common.level, instead: one.instead ?? common.instead }
      for (const pattern of one.words) add(tree, from, [...path, i], pattern, meaning)
    }
  }
  const addAll = (to: WordTree<true>, from: YamlFile, path: string[], patterns: readonly string[]) => {
    for (const [i, pattern] of patterns.entries()) add(to, from, [...path, i], pattern, true)
  }

  for (const [name, words] of Object.entries(given.sets)) {
    const set = wordTree<true>()
    addAll(set, file, ['sets', name], words)
    sets.set(name, set)
  }
  for (const [id, { name, law, level, reason, instead = null, title, words }] of Object.entries(given.categories)) {
    const common = { category: name, level, reason, instead, drop: title === 'drop' ? '' : null }
    addGroups(file, ['categories', id, 'words'], words, common, `（${law}）`)
  }
  addAll(allow, file, ['allow'], given.allow)
  let restricted = Object.entries(given.goods).map(([id, { name, law, level, reason, words, unless = [] }]) => {
    const trees = { words: wordTree<true>(), unless: wordTree<true>() }
    addAll(trees.words, file, ['goods', id, 'words'], words)
    addAll(trees.unless, file, ['goods', id, 'unless'], unless)
    return { id, name, level: level as Level, reason: `${reason}（${law}）`, ...trees }
  })

  const path = workspaceFolder && join(workspaceFolder, FILE)
  if (path && existsSync(path)) {
    const file = parseYaml(FILE, readFileSync(path, 'utf8'))
    const { words = [], allow: phrases = [], goods = {} } = readYaml(file, own)
    addGroups(file, ['words'], words, OWN, '')
    addAll(allow, file, ['allow'], phrases)
    for (const id of Object.keys(goods))
      if (!(id in given.goods))
        wrong(file, ['goods', id], `no such goods, expected one of ${Object.keys(given.goods).join(', ')}`)
    restricted = restricted.flatMap((one) => {
      const level = goods[one.id] ?? one.level
      return level === 'allow' ? [] : [{ ...one, level }]
    })
  }
  return { words: tree, allow, goods: restricted, readings }
}
