/*
How a text is read for words that somebody may have dressed up: 全*网*最*低, 全網蕞低, ＮＯ．１ and 第① read as 全网最低, no1 and 第1. Symbols
keep their places in the original text, so that a finding can be shown where it stands.
*/

/** What stands between two symbols: nothing; blanks, emoji, signs; a comma or the like; the end of a sentence or line. */
export const BREAKS = { none: 0, sign: 1, pause: 2, end: 3 } as const

/** A text without what only separates: the n-th symbol stands at `from[n]` to `to[n]` (UTF-16) of the original. */
export type Folded = {
  symbols: string[]
  from: number[]
  to: number[]
  /** The strongest of `BREAKS` in front of the symbol. */
  before: number[]
}

/** Characters, and whole runs of Latin letters (`zui`), with what each is read as. */
export type Readings = ReadonlyMap<string, string>

// Invisible letters of Hangul, which count as letters, and the blank of Braille.
const BLANK = /[\u115f\u1160\u3164\uffa0\u2800]/
const WORDLIKE = /[\p{L}\p{N}]/u
const PAUSE = /[,，、;；]/
const END = /[\n\r。!?！？\u2028\u2029]/
/** The block of Han characters that are their own NFKC; told apart for speed. */
const isHan = (character: string) => character >= '\u4e00' && character <= '\u9fff'
/** What stands over a letter: dì reads as di. */
const MARKS = /\p{M}/gu
/** +v, ➕微 stand for 加v, 加微. */
const PLUS = /[+＋➕](?=\s?[vVｖＶ微薇威徽])/g
const isLatin = (symbol: string) => symbol >= 'a' && symbol <= 'z' && symbol.length === 1

/** Reads a text: NFKD without marks, small letters, `readings`, and nothing that is neither letter nor digit, but for the `%` behind a digit. */
export function fold(text: string, readings: Readings): Folded {
  const folded: Folded = { symbols: [], from: [], to: [], before: [] }
  const { symbols, from, to, before } = folded
  let gap: number = BREAKS.end
  const add = (symbol: string, start: number, end: number) => {
    symbols.push(symbol)
    from.push(start)
    to.push(end)
    before.push(gap)
    gap = BREAKS.none
  }
  /** Where the run of Latin letters at the end of the symbols began. */
  let run = -1
  const endRun = () => {
    if (run < 0) return
    const read = symbols.length - run > 1 ? readings.get(symbols.slice(run).join('')) : undefined
    if (read !== undefined) {
      const [start, end, was] = [from[run]!, to.at(-1)!, before[run]!]
      for (const each of [symbols, from, to, before]) each.length = run
      const later = gap
      gap = was
      for (const symbol of read) add(symbol, start, end)
      gap = later
    }
    run = -1
  }
  let at = 0
  for (const character of text.replace(PLUS, '加')) {
    const end = at + character.length
    if (isHan(character)) {
      if (run >= 0) endRun()
      add(readings.get(character) ?? character, at, end)
    } else
      for (const plain of character.normalize('NFKD').replace(MARKS, '').toLowerCase()) {
        const symbol = readings.get(plain) ?? plain
        const kept =
          (WORDLIKE.test(symbol) && !BLANK.test(symbol)) || (symbol === '%' && gap === 0 && /\d/.test(symbols.at(-1) ?? ''))
        if (!kept || !isLatin(symbol) || gap !== BREAKS.none) endRun()
        if (!kept) gap = Math.max(gap, END.test(symbol) ? BREAKS.end : PAUSE.test(symbol) ? BREAKS.pause : BREAKS.sign)
        else {
          if (isLatin(symbol) && run < 0) run = symbols.length
          add(symbol, at, end)
        }
      }
    at = end
  }
  endRun()
  return folded
}
