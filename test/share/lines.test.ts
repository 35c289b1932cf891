import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LineRules, prepareText, type Run, setText } from '../../src/share/poster/lines.ts'
import { plainFaces } from './studio.ts'

const run = (text: string, changes: Partial<Run> = {}): Run => ({
  ...{ text, size: 10, weight: 400, color: '#000', spacing: 0, strike: false, gap: 0 },
  ...changes,
})
function set(text: string | Run[], width: number, rules: LineRules = {}) {
  const runs = typeof text === 'string' ? [run(text)] : text
  return setText(prepareText(runs, plainFaces(), 'test', rules.balance), width, rules)
}
const lines = (text: string, width: number, rules: LineRules = {}) =>
  set(text, width, rules).lines.map((line) => line.pieces.map((piece) => piece.text).join(''))

describe('line breaking', () => {
  it.each<[string, number, string[]]>([
    ['汉服女春夏连衣裙', 40, ['汉服女春', '夏连衣裙']],
    ['汉服女春，夏连衣裙', 40, ['汉服女', '春，夏连', '衣裙']], // a comma never begins a line
    ['汉服女《春夏》裙', 40, ['汉服女', '《春夏》', '裙']], // an opening mark never ends one
    ['汉服女春》夏', 45, ['汉服女春》', '夏']], // the blank half of a closing mark hangs over the edge
    ['汉服女春·夏', 40, ['汉服女', '春·夏']],
    ['共计只要￥259起', 40, ['共计只要', '￥259起']],
    ['折扣只有50%哦', 40, ['折扣只有', '50%哦']],
    ['他说“好的”然后', 30, ['他说', '“好的”', '然后']],
    ['iPhone 15 Pro', 30, ['iPhone', '15 Pro']],
    ['春夏\n连衣裙', 100, ['春夏', '连衣裙']],
    ['abcdefghij', 20, ['abcd', 'efgh', 'ij']], // a word longer than the line is divided anywhere
    ['春   夏\t裙', 100, ['春 夏 裙']],
    ['', 100, []],
  ])('%j in %d pixels', (text, width, expected) => expect(lines(text, width)).toEqual(expected))

  it('cuts the blank half of an opening mark at the start of a line', () => {
    const [first, second] = set('【春】夏【秋】冬', 35).lines
    expect([first!.pieces[0]!.x, second!.pieces[0]!.x]).toEqual([-5, -5])
  })

  it('moves full-width marks together and Han and Latin apart', () => {
    const closeAndOpen = set('春】【夏', 1000).lines[0]!.pieces
    expect(closeAndOpen.map(({ text, x }) => [text, x])).toEqual([
      ['春】', 0],
      ['【夏', 15],
    ])
    const mixed = set('第1款', 1000).lines[0]!
    expect(mixed.width).toBe(10 + 1.25 + 5 + 1.25 + 10)
  })

  it('breaks balanced text between words, into lines of like length', () => {
    expect(lines('汉服女春夏连衣裙改良', 70)).toEqual(['汉服女春夏连衣', '裙改良'])
    expect(lines('汉服女春夏连衣裙改良', 70, { balance: true })).toEqual(['汉服女春夏', '连衣裙改良'])
  })

  it('never leaves the width or loses a letter', () => {
    const letter = fc.constantFrom(...'春夏秋冬，。》】《【“”·￥15%aB c')
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 60 }), fc.integer({ min: 30, max: 200 }), (letters, width) => {
        const text = letters.join('')
        const result = set(text, width)
        for (const line of result.lines) {
          expect(line.width).toBeLessThanOrEqual(width)
        }
        const all = result.lines.flatMap((line) => line.pieces.map((piece) => piece.text)).join('')
        expect(all.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })
})

describe('too much text', () => {
  it('shrinks as far as it may, then ends in an ellipsis', () => {
    expect(set('春夏秋冬春夏', 50, { lines: 1, minSize: 8 })).toMatchObject({ scale: 0.8, cut: false })
    const cut = set('春夏秋冬春夏秋冬', 50, { lines: 1, minSize: 8 })
    expect(cut).toMatchObject({ scale: 0.8, cut: true })
    expect(cut.lines[0]!.pieces.map((piece) => piece.text).join('')).toBe('春夏秋冬春…')
    expect(cut.lines[0]!.width).toBeLessThanOrEqual(50)
  })

  it('puts the ellipsis behind a letter, not behind a mark or a space', () => {
    expect(lines('春夏秋，冬春夏秋冬', 50, { lines: 1 })).toEqual(['春夏秋…'])
    expect(lines('ab cd ef gh ij kl', 40, { lines: 1 })).toEqual(['ab cd…'])
    expect(lines('abcdefghijklmn', 45, { lines: 1 })).toEqual(['abcdefg…'])
  })

  it('clamps to the number of lines', () => {
    expect(lines('春夏秋冬春夏秋冬春夏秋冬', 40, { lines: 2 })).toEqual(['春夏秋冬', '春夏秋…'])
  })
})

describe('runs of several sizes', () => {
  it('share one baseline', () => {
    const result = set([run('¥', { size: 20 }), run('259', { size: 100, gap: 4 })], 1000, { lineHeight: 1 })
    expect(result.lines).toHaveLength(1)
    expect(result.lines[0]).toMatchObject({ baseline: 88, pieces: [{ x: 0 }, { x: 14 }] })
    expect(result.height).toBe(100)
  })

  it('shrink in step', () => {
    const result = set([run('¥', { size: 20 }), run('259', { size: 100 })], 80, { lines: 1, minSize: 20 })
    expect(result.scale).toBe(0.5)
  })

  it('trimmed, reach from the top of the figures to the baseline', () => {
    expect(set([run('259', { size: 100 })], 1000, { trim: true }).height).toBeCloseTo(73.3)
  })
})

describe('characters', () => {
  const prepare = (text: string, missing = '') =>
    prepareText([run(text)], plainFaces(missing), 'card: root.text').atoms.map((atom) => atom.text)

  it('names the one that no font has', () => {
    expect(() => prepare('吉祥𠮷屋', '𠮷')).toThrow(
      'card: root.text: no font has 𠮷 (U+20BB7) of "吉祥𠮷屋"; put a font that has it into the folder fonts/',
    )
  })

  it('drops what has no shape of its own, and keeps an emoji family whole', () => {
    expect(prepare('春\ufe0f夏\u200d秋\u00ad冬').join('')).toBe('春夏秋冬')
    expect(prepare('👨‍👩‍👧')).toEqual(['👨‍👩‍👧'])
    expect(prepare('e\u0301')).toEqual(['é'])
  })
})
