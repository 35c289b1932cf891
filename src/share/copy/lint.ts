/*
The lint of texts: what the law forbids, what the catalog does not say, what is not marked as advertising. Each of these is a check; all of
it is pure.
*/
import { type Folded, fold, type Readings } from './fold.ts'
import { type Occurrence, occurrences, type WordSets, type WordTree } from './words.ts'

/** `stop`: must not be published so. `warn`: may be untrue or unwelcome; whoever posts it decides. */
export type Level = 'stop' | 'warn'

export type Finding = {
  /** Where it stands in the text, in UTF-16 units; `to` is behind its end. Both 0 where something is missing. */
  from: number
  to: number
  found: string
  /** What it was read as: 全网最低 for 全*網*蕞*低. */
  word: string
  category: string
  level: Level
  reason: string
  /** A milder wording, or what to write in its place. */
  instead: string | null
}

/** Looks for one kind of thing in a text. */
export type Check = (text: string) => Finding[]

/** What a word of the lists means. */
export type Meaning = {
  category: string
  level: Level
  reason: string
  instead: string | null
  /** Which of its characters are left out of a title of goods, all where it is empty; null: goods with such a title are refused. */
  drop: string | null
}

/** Goods that may not be advertised like others, known by their title and category. */
export type RestrictedGoods = {
  id: string
  name: string
  level: Level
  reason: string
  words: WordTree<true>
  unless: WordTree<true>
}

/** The word lists, ready to be looked for; made by `loadAdRules`. */
export type AdRules = {
  sets: WordSets
  /** With the place of what they mean in `meanings`. */
  words: WordTree<number>
  meanings: readonly Meaning[]
  /** Phrases in which words are harmless: 第一次. */
  allow: WordTree<true>
  goods: readonly RestrictedGoods[]
  readings: Readings
}

/** All findings of the checks, in the order of the text. */
export function lint(text: string, checks: readonly Check[]): Finding[] {
  return checks.flatMap((check) => check(text)).sort((a, b) => a.from - b.from || b.to - a.to)
}

/**
 * Words that the law or a platform forbids, also spaced, in traditional characters, as look-alikes or numerals. Not found are words in an
 * allowed phrase, in an address, and in one of `names` (a shop, a brand): naming goods by their name is no claim (广告绝对化用语执法指南,
 * art. 6 no. 4).
 */
export function lintText(text: string, rules: AdRules, names: readonly (string | null)[] = []): Finding[] {
  return meant(text, rules, names).map(({ finding }) => finding)
}

function meant(text: string, rules: AdRules, names: readonly (string | null)[]): { finding: Finding; drop: string | null }[] {
  const plain = withoutAddresses(text)
  const folded = fold(plain, rules.readings)
  const found = occurrences(rules.words, folded, plain, rules.sets)
  if (found.length === 0) return []
  const span = ({ first, last }: Occurrence<unknown>): Span => [folded.from[first]!, folded.to[last]!]
  const harmless = containing([...occurrences(rules.allow, folded, plain, rules.sets).map(span), ...spansOf(text, names)])
  const sorted = found
    .map((one) => ({ ...one, meaning: rules.meanings[one.meaning]!, span: span(one) }))
    .filter((one) => !harmless(one.span) && !straddles(plain, one.span))
    .sort((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1] || rank(b.meaning.level) - rank(a.meaning.level))
  // 最低 in 全网最低 is told once
  const reach = { stop: -1, warn: -1 }
  return sorted.flatMap((one) => {
    const { category, level, reason, instead, drop } = one.meaning
    const [from, to] = one.span
    if (Math.max(reach.stop, level === 'warn' ? reach.warn : -1) >= to) return []
    reach[level] = to
    return [
      { finding: { from, to, found: text.slice(from, to), word: read(folded, one), category, level, reason, instead }, drop },
    ]
  })
}

const rank = (level: Level) => (level === 'stop' ? 1 : 0)
const read = ({ symbols }: Folded, { first, last }: Occurrence<unknown>) => symbols.slice(first, last + 1).join('')

type Span = readonly [from: number, to: number]

/** Tells whether a span lies in one of `spans`. */
function containing(spans: readonly Span[]): (span: Span) => boolean {
  const sorted = [...spans].sort((a, b) => a[0] - b[0])
  let reach = -1
  const reaches = sorted.map(([, to]) => (reach = Math.max(reach, to)))
  return ([from, to]) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]![0] <= from) low = middle + 1
      else high = middle
    }
    return low > 0 && reaches[low - 1]! >= to
  }
}

const WORDS = new Intl.Segmenter('zh', { granularity: 'word' })
/** How much of the text on each side decides where words begin; the whole of a long one would cost its square. */
const AROUND = 12

/** Whether a span is no word of the text, for it begins inside one and ends inside the next: 保过 in 环保过滤, 体彩 in 立体彩色. */
function straddles(text: string, [from, to]: Span): boolean {
  const start = Math.max(0, from - AROUND)
  const part = text.slice(start, to + AROUND)
  const starts = [...WORDS.segment(part)].map(({ index }) => index + start)
  return ![...starts, start + part.length].some((at) => at === from || at === to) && starts.some((at) => from < at && at < to)
}

/** Where names stand in a text. */
export function spansOf(text: string, names: readonly (string | null)[]): Span[] {
  return names.flatMap((name) => {
    const spans: Span[] = []
    if (!name) return spans
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) spans.push([at, at + name.length])
    return spans
  })
}

/** The text with blank lines in place of addresses and text codes (￥euek1JOclOG￥), at the same length: nobody reads those. */
export function withoutAddresses(text: string): string {
  return text.replace(/https?:\/\/[!-~]+|([￥¥$€£(（])[A-Za-z0-9]{8,20}[￥¥$€£)）]/g, (found) => '\n'.repeat(found.length))
}

/** The mark of 互联网广告管理办法, art. 9, in force since 2023-05-01. */
const MARK = '(?:广告|推广)'
const OPEN = String.raw`[\s【〖「『\[(（<《〈#＃·|｜]*`
const DISCLOSED = new RegExp(
  String.raw`^${OPEN}${MARK}(?:$|[\s】〗」』\])）>》〉#＃·|｜:：,，.。!！/丨—-])|(?:^|[\s【〖「『\[(（<《〈#＃·|｜,，.。!！/丨—-])${MARK}[\s】〗」』\])）>》〉#＃。.!！]*$`,
)

/** Whether a text begins or ends with the mark: 【广告】…, #广告# …, … （推广）. A word that only begins so (广告公司) is none. */
export function isDisclosed(text: string): boolean {
  return DISCLOSED.test(text.normalize('NFKC').trim())
}

/** The check for the mark. */
export const lintDisclosure: Check = (text) =>
  isDisclosed(text)
    ? []
    : [
        {
          ...{ from: 0, to: 0, found: '', word: '广告', category: '广告标识', level: 'stop' as const },
          reason: '互联网广告管理办法第九条：附购买方式的推荐须显著标明“广告”',
          instead: '以【广告】开头，或以“广告”“推广”结尾',
        },
      ]

/** A title without the words that may not be shown, and which those were; the others that stand in the way of sharing it. */
export function softenTitle(title: string, rules: AdRules, names: readonly (string | null)[] = []) {
  const found = meant(title, rules, names).filter(({ finding }) => finding.level === 'stop')
  const dropped = found.filter(({ drop }) => drop !== null)
  let soft = title
  for (const { finding, drop } of [...dropped].sort((a, b) => b.finding.from - a.finding.from)) {
    const rest =
      drop === ''
        ? ''
        : [...finding.found]
            .filter((sign) => !fold(sign, rules.readings).symbols.every((symbol) => drop!.includes(symbol)))
            .join('')
    const tail = soft.slice(finding.to)
    soft = soft.slice(0, finding.from) + rest + (rest === '' ? tail.replace(/^的/, '') : tail)
  }
  return {
    title: dropped.length === 0 ? title : tidyTitle(soft),
    dropped: dropped.map(({ finding }) => finding),
    refused: found.filter(({ drop }) => drop === null).map(({ finding }) => finding),
  }
}

/** Takes away what is left of brackets and signs around a word that was left out. */
function tidyTitle(title: string): string {
  return title
    .replace(/[【〖「『[(（《]\s*[】〗」』\])）》]/g, ' ')
    .replace(/^[\s,，.。!！·|｜/、:：-]+|[\s,，.。·|｜/、:：-]+$/g, '')
    .replace(/([,，!！、])[,，!！、]+/g, '$1')
    .replace(/\s{2,}/g, ' ')
}

/** The kinds of restricted goods that goods of this title and category belong to. */
export function restrictedGoods(title: string, category: string | null, { goods, readings, sets }: AdRules): RestrictedGoods[] {
  const text = `${title}\n${category ?? ''}`
  const folded = fold(text, readings)
  return goods.filter(({ words, unless }) => {
    const span = ({ first, last }: Occurrence<unknown>): Span => [folded.from[first]!, folded.to[last]!]
    const found = occurrences(words, folded, text, sets)
    if (found.length === 0) return false
    const harmless = containing(occurrences(unless, folded, text, sets).map(span))
    return found.some((one) => !harmless(span(one)) && !straddles(text, span(one)))
  })
}
