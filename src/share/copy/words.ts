/*
Word lists with patterns, and where they occur in a folded text. A pattern is plain text with

    (低|便宜)   one of several     (价)?  价?   there or not
    <good>     one of a named set  #           a number of up to four digits, 3 or 三
    …          up to eight symbols of any kind, not over the end of a sentence

All words that a pattern stands for are put into one tree, so that looking through a text is one walk, however many words there are.
*/
import { BREAKS, type Folded, fold, type Readings } from './fold.ts'

const GAP_MOST = 8
const NUMBER_MOST = 4
const NUMERAL = /[\d零一二两三四五六七八九十百千几]/
/** Words of one pattern; a pattern that stands for more is a mistake. */
const WORDS_MOST = 20_000

/** Words and what they mean: what may follow the symbols so far, and what they mean if they are all. It can be kept as JSON. */
export type WordTree<V> = {
  next?: Record<string, WordTree<V>>
  number?: WordTree<V>
  gap?: WordTree<V>
  /** What follows a word of a set, by the name of the set. */
  sets?: Record<string, WordTree<V>>
  meaning?: V
}

/** Named sets of words for `<name>`. */
export type WordSets = Record<string, WordTree<true>>

/** A word in a folded text: its symbols from `first` to `last`. */
export type Occurrence<V> = { first: number; last: number; meaning: V }

/** Adds all words of a pattern; one that is there takes the new meaning. Returns what is wrong with the pattern, or null. */
export function addWords<V>(
  tree: WordTree<V>,
  pattern: string,
  meaning: V,
  readings: Readings,
  sets: WordSets = {},
): string | null {
  let words: string[]
  try {
    words = expand(pattern)
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    throw error
  }
  for (const word of words) {
    const parts = word.split(/(…|#|<[^>]*>)/).filter((part) => part !== '')
    if (parts.length === 0 || parts[0] === '…' || parts[0] === '#' || parts.at(-1) === '…')
      return 'must begin and end with a word'
    if (parts.filter((part) => part === '…').length > 1) return 'holds … twice'
    let node = tree
    for (const part of parts) {
      if (part === '…') node = node.gap ??= {}
      else if (part === '#') node = node.number ??= {}
      else if (part.startsWith('<')) {
        const name = part.slice(1, -1)
        if (!Object.hasOwn(sets, name)) return `holds ${part}, which is no set; expected one of ${Object.keys(sets).join(', ')}`
        node.sets ??= {}
        node = node.sets[name] ??= {}
      } else {
        const { symbols } = fold(part, readings)
        if (symbols.length === 0) return `holds ${part}, which is not looked at`
        for (const symbol of symbols) {
          node.next ??= {}
          node = node.next[symbol] ??= {}
        }
      }
    }
    node.meaning = meaning
  }
  return null
}

/** The words that a pattern stands for, `…`, `#` and sets still in them. @throws SyntaxError saying what is wrong. */
function expand(pattern: string): string[] {
  const signs = pattern.match(/<[^>]*>|./gsu) ?? []
  let at = 0
  const alternatives = (): string[] => {
    const words = sequence()
    while (signs[at] === '|') {
      at++
      words.push(...sequence())
    }
    return words
  }
  const sequence = (): string[] => {
    let words = ['']
    while (at < signs.length && signs[at] !== '|' && signs[at] !== ')') {
      const tails = item()
      if (signs[at] === '?') {
        at++
        tails.push('')
      }
      if (words.length * tails.length > WORDS_MOST) throw new SyntaxError(`stands for more than ${WORDS_MOST} words`)
      words = words.flatMap((head) => tails.map((tail) => head + tail))
    }
    return words
  }
  const item = (): string[] => {
    const sign = signs[at++]!
    if (sign !== '(') return [sign]
    const words = alternatives()
    if (signs[at++] !== ')') throw new SyntaxError('holds a ( without )')
    return words
  }
  const words = alternatives()
  if (at < signs.length) throw new SyntaxError('holds a ) without (')
  return words
}

/**
 * Where words of the tree occur, by their beginning. Signs, blanks and emoji may stand between the symbols of a word. A comma or the end
 * of a sentence may not, unless something stands between all of them (全，网，最，低). `text` is what was folded.
 */
export function occurrences<V>(tree: WordTree<V>, folded: Folded, text: string, sets: WordSets = {}): Occurrence<V>[] {
  const { symbols, before, from, to } = folded
  const found: Occurrence<V>[] = []
  /** Follows a tree with the symbols from `next` on, and tells each end of a word. `high` and `low`: the strongest and weakest break in it. */
  const follow = <W>(node: WordTree<W>, first: number, next: number, high: number, low: number, end: End<W>) => {
    if (node.meaning !== undefined) end(node.meaning, next, high, low)
    const symbol = symbols[next]
    if (symbol === undefined) return
    for (const name in node.sets)
      if (sets[name]!.next?.[symbol])
        follow(sets[name]!, first, next, high, low, (_, at, high, low) => follow(node.sets![name]!, first, at, high, low, end))
    for (let at = next; node.gap && at <= next + GAP_MOST && at < symbols.length && before[at]! < BREAKS.end; at++)
      if (node.gap.next?.[symbols[at]!]) follow(node.gap, first, at, high, BREAKS.none, end)
    if (next > first) {
      high = Math.max(high, before[next]!)
      low = Math.min(low, before[next]!)
      if (high >= BREAKS.pause && low === BREAKS.none) return
    }
    const child = node.next?.[symbol]
    if (child) follow(child, first, next + 1, high, low, end)
    for (let at = next; node.number && at < next + NUMBER_MOST && NUMERAL.test(symbols[at] ?? ''); at++)
      follow(node.number, first, at + 1, high, low, end)
  }
  for (let first = 0; first < symbols.length; first++)
    follow(tree, first, first, BREAKS.none, BREAKS.end, (meaning, next, high, low) => {
      const spread = next - first > 2 && low > BREAKS.none
      if ((high < BREAKS.pause || spread) && isWhole(text, from[first]!, to[next - 1]!))
        found.push({ first, last: next - 1, meaning })
    })
  return found
}
type End<V> = (meaning: V, next: number, high: number, low: number) => void

/** Whether no Latin word and no number is cut: no1 is not in piano1, no10 and 1.5. */
function isWhole(text: string, from: number, to: number): boolean {
  const head = text.slice(Math.max(0, from - 2), from)
  const tail = text.slice(to, to + 2)
  const [first, last] = [text[from]!, text[to - 1]!]
  if (/[a-z]/i.test(first) && /[a-z]$/i.test(head)) return false
  if (/[a-z]/i.test(last) && /^[a-z]/i.test(tail)) return false
  if (/\d/.test(first) && /\d[.,]?$/.test(head)) return false
  return !(/\d/.test(last) && /^[.,]?\d/.test(tail))
}
