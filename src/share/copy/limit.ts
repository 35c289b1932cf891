import { number, oneOf, type Reader, record, string } from '../shape.ts'

/** How apps count. */
export const COUNTS = {
  /** What a reader takes for one character; an emoji is one, of however many parts. */
  graphemes: (text: string) => [...GRAPHEMES.segment(text)].length,
  /** As Weibo's input box does: two Latin letters are one, an emoji of one part is two, an address is ten whatever its length. */
  halves: (text: string) => {
    const addresses = text.match(ADDRESS)?.length ?? 0
    let halves = 0
    for (let i = 0, rest = text.replace(ADDRESS, ''); i < rest.length; i++) halves += rest.charCodeAt(i) > 0xff ? 2 : 1
    return Math.ceil(halves / 2) + addresses * 10
  },
} as const
const GRAPHEMES = new Intl.Segmenter('zh', { granularity: 'grapheme' })
const WORDS = new Intl.Segmenter('zh', { granularity: 'word' })
const ADDRESS = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g

/** Up to where an app shows a part of a text whole (or takes it at all), with where that is known from. */
export type Limit = {
  characters: number
  count: keyof typeof COUNTS
  /** Lines as a phone shows them, where a line holds `width` full-width characters. */
  lines: number | null
  width: number
  /** Where the figures are from, and how sure they are: `chosen` is our own choice, where the app has no limit that matters. */
  source: string
  confidence: (typeof LIMIT_CONFIDENCES)[number]
}
const LIMIT_CONFIDENCES = ['stated', 'unverified', 'chosen'] as const

const shape = record(
  {
    characters: number(1, 100_000),
    count: oneOf<keyof typeof COUNTS>('graphemes', 'halves'),
    ...{ lines: number(1), width: number(1), source: string, confidence: oneOf(...LIMIT_CONFIDENCES) },
  },
  ...(['characters', 'source', 'confidence'] as const),
)
/** Reads a limit of channel.yaml; it counts graphemes and lines of 18 characters unless it says otherwise. */
export const limitReader: Reader<Limit> = (value, at) => {
  const { count = 'graphemes', lines = null, width = 18, ...rest } = shape(value, at)
  return { ...rest, count, lines, width }
}

/** Length of a text as the limit counts it. */
export function measure(text: string, { count, width }: Limit): { characters: number; lines: number } {
  const lines = text
    .split('\n')
    .map((line) => Math.max(1, Math.ceil(COUNTS.halves(line.replace(ADDRESS, 'x'.repeat(20))) / width)))
  return { characters: COUNTS[count](text), lines: lines.reduce((sum, each) => sum + each, 0) }
}

/** Whether the text is shown whole. */
export function isWithin(text: string, limit: Limit): boolean {
  const { characters, lines } = measure(text, limit)
  return characters <= limit.characters && (limit.lines === null || lines <= limit.lines)
}

/** `142 characters in 8 lines, the limit is 100 in 6 (unverified: …)`. */
export function overText(text: string, limit: Limit): string {
  const { characters, lines } = measure(text, limit)
  const inLines = (n: number, word = '') => (limit.lines === null ? '' : ` in ${n}${word}`)
  return `${characters} characters${inLines(lines, ' lines')}, the limit is ${limit.characters}${inLines(limit.lines!)} (${limit.confidence}: ${limit.source})`
}

/** A title is not cut to fewer characters: it would not say any more what is offered. */
const SHORTEST = 6
/** A word of more characters than this is cut inside. */
const LONGEST_WORD = 16
/** What does not stand before an ellipsis. */
const SEPARATORS = /[\s,，、;；:：|｜/／\-—_·.。!！+＋&＆~～]+$/u

/**
 * Shorter and shorter beginnings of a title with an ellipsis, from at most `most` characters down. They end behind words, not
 * between a number and its unit.
 */
export function* shorterTitles(title: string, most: number): Generator<string> {
  const ends = new Set<number>()
  for (const { segment, index } of WORDS.segment(title)) {
    if (!/\d$/.test(title.slice(0, index))) ends.add(index)
    if (segment.length > LONGEST_WORD) for (let i = 1; i < segment.length; i++) ends.add(index + i)
  }
  const characters = [...GRAPHEMES.segment(title)]
  let last = title
  for (let length = Math.min(characters.length - 1, most); length >= SHORTEST; length--) {
    const end = characters[length]!.index
    if (!ends.has(end)) continue
    const cut = `${wholeBrackets(title.slice(0, end)).replace(SEPARATORS, '')}…`
    if (cut !== last && cut.length > SHORTEST) yield cut
    last = cut
  }
}

/** Without the last bracket that is opened and not closed. */
function wholeBrackets(text: string): string {
  const open = Math.max(...['【', '（', '(', '[', '「', '《'].map((bracket) => text.lastIndexOf(bracket)))
  return open >= 0 && !/[】）)\]」》]/.test(text.slice(open)) ? text.slice(0, open) : text
}

/** The text for the title, or for the longest beginning of it that keeps the text within the limit; else for the shortest. */
export function fitTitle(write: (title: string) => string, title: string, limit: Limit | undefined): string {
  const whole = write(title)
  if (!limit || isWithin(whole, limit)) return whole
  const titles = [...shorterTitles(title, limit.characters)]
  let [first, last] = [0, titles.length - 1]
  while (first < last) {
    const middle = Math.floor((first + last) / 2)
    if (isWithin(write(titles[middle]!), limit)) last = middle
    else first = middle + 1
  }
  return titles.length === 0 ? whole : write(titles[last]!)
}
