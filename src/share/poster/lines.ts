import LineBreaker from 'linebreak'
import { dataError } from '../../errors.ts'
import type { Weight } from './template.ts'

/** The faces that text is set in. `fonts.ts` has the real ones. */
export type Faces = {
  /** The family that has every one of the characters at this weight, or null; for an emoji rather one that draws it in colour. */
  find(characters: string, weight: Weight, emoji?: boolean): string | null
  /** Advance width of a text in parts of the size. */
  width(text: string, family: string): number
}

/** A stretch of text in one lettering. */
export type Run = { text: string; size: number; weight: Weight; color: string; spacing: number; strike: boolean; gap: number }

/** What is never divided: a word, a Han character, a punctuation mark. Lengths are parts of the size. */
type Atom = {
  text: string
  run: number
  family: string
  width: number
  letters: number
  /** Between this atom and the one before it, where both stand on one line. Negative where two marks move together. */
  gap: number
  before: 'stay' | 'may break' | 'must break'
  /** A break before it would divide a word. */
  midWord: boolean
  space: boolean
  /** Blank half of a full-width mark: cut off at the start (`lead`) or end (`tail`) of a line. */
  lead: number
  tail: number
}
export type Text = { runs: readonly Run[]; atoms: readonly Atom[]; faces: Faces }

/** A stretch of a line that is drawn at once; `x` from the line's left edge. */
export type Piece = { text: string; run: number; family: string; x: number; width: number }
export type Line = { pieces: Piece[]; width: number; baseline: number }
export type SetText = {
  lines: Line[]
  width: number
  height: number
  /** What the runs' sizes are multiplied with. */
  scale: number
  /** Whether its end had to be left out. */
  cut: boolean
}

// Kinsoku beyond UAX 14, which treats some of these as letters.
const NOT_FIRST = /^[!%),.:;?\]}·•…‥—～~‰℃、。〃々〉》」』】〕〗ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー！％），．：；？］｝”’]/
const NOT_LAST = /[([{¥￥$€£〈《「『【〔〖（［｛“‘]$/
const OPENING = /^[〈《「『【〔〖（［｛“‘]$/
const CLOSING = /^[〉》」』】〕〗）］｝”’、。，．：；！？]$/
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const LATIN_FIRST = /^[\p{Script=Latin}\p{Nd}¥$€£]/u
const LATIN_LAST = /[\p{Script=Latin}\p{Nd}%+]$/u
/** Joiners, variation selectors and the like: they shape their neighbours and have no glyph of their own. */
const INVISIBLE = /\p{Cf}|\p{Cc}|\p{Variation_Selector}/gu
/** Shown as a picture: by nature, by U+FE0F, or as a keycap. U+FE0E asks for a letter. */
const EMOJI = /^(?!.*\uFE0E)(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[#*\d]\u20E3)/u
/** Room between Han and Latin, as CSS text-autospace has it. */
const HAN_LATIN_GAP = 1 / 8
const ELLIPSIS = '…'
/** Noto Sans SC: where the em square stands on the baseline, and how high figures are. */
const ASCENT = 0.88
const DESCENT = 0.12
const FIGURE_HEIGHT = 0.733

let graphemes: Intl.Segmenter | undefined
let words: Intl.Segmenter | undefined

/**
 * Takes runs apart into atoms, once per text. White space is folded; `\n` breaks the line. `byWords` looks up where Chinese words begin.
 * @throws dataError naming the first character that no face has.
 */
export function prepareText(runs: readonly Run[], faces: Faces, place: string, byWords = false): Text {
  graphemes ??= new Intl.Segmenter('zh', { granularity: 'grapheme' })
  const texts = runs.map(({ text }) => text.replace(/[^\S\n]+/g, ' ').normalize('NFC'))
  const whole = texts.join('')
  const breaks = breakPlaces(whole)
  const wordStarts = byWords ? startsOfWords(whole) : null
  const atoms: Atom[] = []
  let run = 0
  let runEnd = texts[0]?.length ?? 0
  let before: Atom['before'] = 'stay'
  for (const { segment, index } of graphemes.segment(whole)) {
    while (index >= runEnd && run < runs.length - 1) runEnd += texts[++run]!.length
    const allowed = breaks.get(index)
    if (allowed && before !== 'must break') before = allowed
    const visible = segment.replace(INVISIBLE, '')
    if (visible === '') continue
    const emoji = EMOJI.test(segment)
    // A mark over one letter or a single symbol needs no joiner; a family of emoji does.
    const text = [...visible].length === 1 && !emoji ? visible : segment
    const { weight } = runs[run]!
    const family = faces.find(visible, weight, emoji)
    const midWord = wordStarts?.has(index) === false
    // What no one face has as a whole, a Han character with a skin tone behind it, is set character by character.
    for (const part of family === null ? visible : [text]) {
      const its = family ?? faces.find(part, weight, EMOJI.test(part))
      if (its === null) throw missingGlyph(part, whole, place)
      addCluster(atoms, { text: part, run, family: its, before, midWord }, faces)
      before = 'stay'
    }
  }
  for (const atom of atoms) atom.width = faces.width(atom.text, atom.family)
  return { runs, atoms, faces }
}

function missingGlyph(character: string, whole: string, place: string) {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return dataError(
    `${place}: no font has ${character} (U+${code}) of "${whole}"; put a font that has it into the folder fonts/ of the workspace`,
  )
}

/** Where the text may or must be broken, by UTF-16 index. */
function breakPlaces(text: string): Map<number, 'may break' | 'must break'> {
  const places = new Map<number, 'may break' | 'must break'>()
  const breaker = new LineBreaker(text)
  for (let at = breaker.nextBreak(); at; at = breaker.nextBreak()) {
    if (at.position >= text.length) break
    if (at.required) places.set(at.position, 'must break')
    else if (!NOT_FIRST.test(text.slice(at.position)) && !NOT_LAST.test(text.slice(0, at.position)))
      places.set(at.position, 'may break')
  }
  // UAX 14 glues quotation marks to both neighbours, since it cannot tell opening from closing; between Han characters it is plain.
  for (const { index } of text.matchAll(/(?<=\p{Script=Han})[“‘]|(?<=[”’])\p{Script=Han}/gu)) places.set(index, 'may break')
  return places
}

function startsOfWords(text: string): Set<number> {
  words ??= new Intl.Segmenter('zh', { granularity: 'word' })
  return new Set([...words.segment(text)].map(({ index }) => index))
}

function addCluster(atoms: Atom[], cluster: Pick<Atom, 'text' | 'run' | 'family' | 'before' | 'midWord'>, faces: Faces) {
  const { text, run, family, before } = cluster
  const last = atoms.at(-1)
  const space = text === ' '
  const mark = OPENING.test(text) || CLOSING.test(text)
  const half = mark && faces.width(text, family) > 0.9 ? 0.5 : 0
  const lead = OPENING.test(text) ? half : 0
  const tail = half - lead
  const gap = last && !space && !last.space ? gapBetween(last, text, lead, tail) : 0
  const wordGoesOn = last && before === 'stay' && gap === 0 && half === 0 && last.lead + last.tail === 0 && !space && !last.space
  if (wordGoesOn && last.run === run && last.family === family) {
    last.text += text
    last.letters++
  } else atoms.push({ ...cluster, width: 0, letters: 1, gap, space, lead, tail })
}

function gapBetween(last: Atom, text: string, lead: number, tail: number): number {
  // Two full-width marks: one of the blank halves between them goes. An opening and a closing one have none between them.
  if (last.lead + last.tail > 0 && lead + tail > 0) return last.lead > 0 && tail > 0 ? 0 : -0.5
  const hanLatin = HAN.test(last.text.at(-1)!) && LATIN_FIRST.test(text)
  return hanLatin || (LATIN_LAST.test(last.text) && HAN.test(text)) ? HAN_LATIN_GAP : 0
}

export type LineRules = { lines?: number; minSize?: number; lineHeight?: number; balance?: boolean; trim?: boolean }

/**
 * Sets a text into a width. Where it needs more than `lines`, all sizes shrink in step until it fits or the largest is `minSize`; then the
 * last line ends in an ellipsis. Balanced text is broken between words wherever that costs no line.
 */
export function setText(text: Text, width: number, rules: LineRules): SetText {
  const largest = Math.max(...text.runs.map(({ size }) => size))
  const most = rules.lines ?? Number.POSITIVE_INFINITY
  const fits = ({ lines, torn }: Broken) => lines.length <= most && !torn
  let scale = 1
  let set = breakLines(text, width, scale)
  const least = rules.minSize ?? largest
  if (!fits(set) && least < largest) {
    // Smaller letters never need more lines, so the largest size that fits is found by halving.
    let [low, high] = [least, largest]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (fits(breakLines(text, width, middle / largest))) low = middle
      else high = middle
    }
    scale = low / largest
    set = breakLines(text, width, scale)
  }
  let { lines } = set
  const cut = lines.length > most
  if (cut) lines = [...lines.slice(0, most - 1), withEllipsis(text, lines[most - 1]!, width, scale)]
  else if (rules.balance) {
    const byWords = breakLines(text, width, scale, true)
    lines =
      byWords.lines.length === lines.length && !byWords.torn
        ? balanced(text, width, scale, byWords.lines, true)
        : balanced(text, width, scale, lines)
  }
  return { ...placed(text, lines, scale, rules), scale, cut }
}

/** `torn`: a word was longer than a line and was divided anywhere. */
type Broken = { lines: Atom[][]; torn: boolean }

/** Fills line after line. */
function breakLines(text: Text, width: number, scale: number, byWords = false): Broken {
  const lines: Atom[][] = []
  let line: Atom[] = []
  let torn = false
  const add = (unit: Atom[]) => {
    if (line.length > 0 && (unit[0]!.before === 'must break' || extent(text, [...line, ...unit], scale) > width)) {
      lines.push(line)
      line = []
    }
    const next = line.length === 0 ? unit.slice(unit.findIndex((atom) => !atom.space)) : unit
    if (line.length === 0 && letters(next) > 1 && extent(text, next, scale) > width) {
      torn = true
      for (const letter of next.flatMap((atom) => lettersOf(text, atom))) add([letter])
    } else if (line.length > 0 || !next[0]!.space) line = [...line, ...next]
  }
  for (const unit of units(text.atoms, byWords)) add(unit)
  if (line.length > 0) lines.push(line)
  return { lines, torn }
}

/** Atoms that must stay together, with the space behind them. */
function units(atoms: readonly Atom[], byWords: boolean): Atom[][] {
  const all: Atom[][] = []
  for (const atom of atoms) {
    const stays = atom.before === 'stay' || (byWords && atom.midWord && atom.before === 'may break')
    if (stays && all.length > 0) all.at(-1)!.push(atom)
    else all.push([atom])
  }
  return all
}

const letters = (atoms: Atom[]) => atoms.reduce((sum, atom) => sum + atom.letters, 0)

function lettersOf({ faces }: Text, atom: Atom): Atom[] {
  if (atom.letters === 1) return [{ ...atom, before: 'may break' }]
  return [...graphemes!.segment(atom.text)].map(({ segment }) => ({
    ...atom,
    ...{ text: segment, width: faces.width(segment, atom.family), letters: 1, before: 'may break' as const },
  }))
}

/** The atoms of a line that show: without the spaces at its end. */
function shown(line: Atom[]): Atom[] {
  const end = line.findLastIndex((atom) => !atom.space)
  return line.slice(0, end + 1)
}

/** Width of a line in pixels. */
function extent(text: Text, line: Atom[], scale: number): number {
  return pieces(text, shown(line), scale).width
}

/** Puts the atoms of one line side by side; neighbours that need nothing between them become one piece. */
function pieces({ runs }: Text, line: Atom[], scale: number): { pieces: Piece[]; width: number } {
  const all: Piece[] = []
  let x = 0
  let previous: Atom | undefined
  for (const atom of line) {
    const run = runs[atom.run]!
    const size = run.size * scale
    let gap = previous ? atom.gap * Math.min(size, runs[previous.run]!.size * scale) : -atom.lead * size
    if (previous && previous.run !== atom.run) gap += run.gap * scale
    const width = (atom.width + atom.letters * run.spacing) * size
    const last = all.at(-1)
    x += gap
    if (last && gap === 0 && last.run === atom.run && last.family === atom.family) {
      last.text += atom.text
      last.width += width
    } else all.push({ text: atom.text, run: atom.run, family: atom.family, x, width })
    x += width
    previous = atom
  }
  if (previous) x -= (previous.tail + runs[previous.run]!.spacing) * runs[previous.run]!.size * scale
  return { pieces: all, width: x }
}

function withEllipsis(text: Text, line: Atom[], width: number, scale: number): Atom[] {
  let rest = shown(line)
  for (;;) {
    while (rest.length > 0 && (rest.at(-1)!.space || CLOSING.test(rest.at(-1)!.text) || OPENING.test(rest.at(-1)!.text)))
      rest = rest.slice(0, -1)
    const model = rest.at(-1) ?? line[0]!
    const family = text.faces.find(ELLIPSIS, text.runs[model.run]!.weight) ?? model.family
    const end: Atom = {
      ...{ text: ELLIPSIS, run: model.run, family, width: text.faces.width(ELLIPSIS, family), letters: 1, gap: 0 },
      ...{ before: 'stay', midWord: false, space: false, lead: 0, tail: 0 },
    }
    if (rest.length === 0 || extent(text, [...rest, end], scale) <= width) return [...rest, end]
    rest = rest.flatMap((atom, i) => (i === rest.length - 1 ? lettersOf(text, atom).slice(0, -1) : [atom]))
  }
}

/** The same number of lines in the least width that holds them. */
function balanced(text: Text, width: number, scale: number, lines: Atom[][], byWords = false): Atom[][] {
  let best = lines
  let low = width / 2
  let high = width
  while (high - low > 4) {
    const middle = (low + high) / 2
    const tried = breakLines(text, middle, scale, byWords)
    if (tried.lines.length === lines.length && !tried.torn) {
      best = tried.lines
      high = middle
    } else low = middle
  }
  return best
}

function placed(
  text: Text,
  lines: Atom[][],
  scale: number,
  { lineHeight = 1.3, trim = false }: LineRules,
): Pick<SetText, 'lines' | 'width' | 'height'> {
  let y = 0
  let width = 0
  const set = lines.map((atoms, i) => {
    const line = pieces(text, shown(atoms), scale)
    const sizes = new Set(atoms.map(({ run }) => text.runs[run]!.size * scale))
    const above = Math.max(...[...sizes].map((size) => (trim && i === 0 ? FIGURE_HEIGHT : ASCENT + (lineHeight - 1) / 2) * size))
    const below = Math.max(
      ...[...sizes].map((size) => (trim && i === lines.length - 1 ? 0 : DESCENT + (lineHeight - 1) / 2) * size),
    )
    const baseline = y + above
    y = baseline + below
    width = Math.max(width, line.width)
    return { ...line, baseline }
  })
  return { lines: set, width, height: y }
}
