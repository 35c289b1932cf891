import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Face, Font, Blob as FontBlob, Buffer as ShapeBuffer, shape } from 'harfbuzzjs'
import { describe, expect, it } from 'vitest'
import { ShoptoolError } from '../../src/errors.ts'
import { factsOf } from '../../src/share/facts.ts'
import { openFaces } from '../../src/share/poster/fonts.ts'
import { type Layout, layOut } from '../../src/share/poster/layout.ts'
import { overflows } from '../../src/share/poster/lint.ts'
import { loadStyles, type Template } from '../../src/share/poster/template.ts'
import { HOME, makeItem } from './studio.ts'

// Whatever a feed calls its goods: nothing leaves its box, nothing is drawn as an empty box, nothing falls over.

/** Titles that have broken poster makers, each of another kind. */
const KINDS: Record<string, fc.Arbitrary<string>> = {
  'empty-ish': fc.constantFrom('', ' ', '\u3000', '\u200b', '\u200b\ufeff\u2060', '-', '。', '…', '\n\n', '\u00ad', '\ufe0f'),
  '300 characters': fc.string({ unit: fc.constantFrom(...'新款加厚保暖学生办公室家用'), minLength: 300, maxLength: 300 }),
  'one word': fc.string({ unit: fc.constantFrom(...'WMwi0'), minLength: 60, maxLength: 300 }),
  markup: fc.constantFrom(
    '<script>alert(1)</script>汉服',
    '</text><image href="file:///etc/passwd"/>',
    '\'"><img src=x onerror=alert(1)>',
    '{{ title }}{% for i in (1..9999999) %}x{% endfor %}',
    '&lt;b&gt;&amp;nbsp;&#x1F600;',
  ),
  'control characters': fc.string({
    unit: fc.constantFrom(
      '春',
      'a',
      '\u0000',
      '\u0007',
      '\u001b[31m',
      '\r',
      '\t',
      '\u007f',
      '\u0085',
      '\u2028',
      '\u202e',
      '\u2066',
      '\n',
    ),
    minLength: 5,
    maxLength: 80,
  }),
  'mixed scripts': fc.string({
    unit: fc.constantFrom(...'汉漢かカ한글AaéñŁ½℃①Ⅳ￥¥€（【「”’·—%&@#'),
    minLength: 10,
    maxLength: 120,
  }),
  'scripts that no face has': fc.string({ unit: fc.constantFrom(...'春夏กขابजع'), minLength: 2, maxLength: 40 }),
  'rare Hanzi': fc.string({ unit: fc.constantFrom(...'囍龘靐𠮷𪚥㐀𮧵喆堃', '\u{30000}'), minLength: 1, maxLength: 40 }),
  'emoji sequences': fc.string({
    unit: fc.constantFrom('👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👍🏽', '❤️', '1️⃣', '🇨🇳', '🫨', '❤️‍🔥', '春', '☺\ufe0e', '\u200d', '🏻'),
    minLength: 1,
    maxLength: 90,
  }),
  'marks upon marks': fc.constantFrom(
    'e\u0301\u0301\u0301\u0301',
    '春\u0300\u0301\u0302\u0303\u0304'.repeat(8),
    'Z\u0351\u036b\u0343',
  ),
  'half of a pair': fc.constantFrom('\ud83d春', '春\udc00夏', '\ud800'),
  brackets: fc.string({ unit: fc.constantFrom(...'【】《》（）「」“”，。！？、；：'), minLength: 30, maxLength: 150 }),
}
const TITLES = Object.entries(KINDS).flatMap(([kind, title]) =>
  fc.sample(title, { numRuns: 17, seed: 2026 }).map((one) => [kind, one] as const),
)

const faces = openFaces(HOME)
const styles = await loadStyles(HOME)
const pictures = new Map([['photo', { width: 800, height: 800 }]])

/** Every face that posters are set in, read by HarfBuzz: `glyph 0` is the empty box. */
const FILES = [
  ...[400, 700, 900].flatMap((weight) => [
    ['春', weight, join(HOME, `dist/fonts/NotoSansSC-${weight}.ttf`)],
    ['囍', weight, complete({ 400: '400Regular', 700: '700Bold', 900: '900Black' }[weight]!)],
  ]),
  ['😀', 400, join(HOME, 'dist/fonts/NotoColorEmoji.ttf')],
] as [string, 400 | 700 | 900, string][]
const fonts = new Map(
  FILES.map(([probe, weight, file]) => {
    const face = new Face(new FontBlob(new Uint8Array(readFileSync(file)).buffer))
    return [faces.find(probe, weight)!, { font: new Font(face), characters: new Set(face.collectUnicodes()) }]
  }),
)
function complete(folder: string) {
  return join(HOME, `node_modules/@expo-google-fonts/noto-sans-sc/${folder}/NotoSansSC_${folder}.ttf`)
}

const drawn = new Set<string>()
/** Texts of a layout that HarfBuzz sets with an empty box among the glyphs. */
function emptyBoxes({ steps }: Layout): string[] {
  return steps.flatMap((step) => {
    if (step.draw !== 'text' || drawn.has(step.family + step.text)) return []
    drawn.add(step.family + step.text)
    const buffer = new ShapeBuffer()
    buffer.addText(step.text)
    buffer.guessSegmentProperties()
    shape(fonts.get(step.family)!.font, buffer)
    return buffer.getGlyphInfos().some(({ codepoint }) => codepoint === 0) ? [step.text] : []
  })
}

const NO_GLYPH = /: no font has (.) \(U\+([0-9A-F]+)\) of /u

/** What went wrong with a title; a character that is named because indeed no face has it is right. */
function faultsOf(template: Template, size: string, title: string): string[] {
  const item = makeItem({ title, shop: title.slice(0, 40) || null }, { reason: title })
  try {
    const scheme = Object.keys(template.schemes)[0]!
    const layout = layOut(template, { product: 'acme:1', scheme, size, facts: factsOf(item, size), pictures, faces })
    return [...overflows(layout), ...emptyBoxes(layout).map((text) => `${JSON.stringify(text)} has an empty box`)]
  } catch (error) {
    if (!(error instanceof ShoptoolError)) throw error
    const [, character, code] = NO_GLYPH.exec(error.message) ?? []
    const named =
      character !== undefined &&
      title.normalize('NFC').includes(character) &&
      character.codePointAt(0) === Number.parseInt(code!, 16)
    const known = [...fonts.values()].some(({ characters }) => characters.has(character?.codePointAt(0) ?? 0))
    return named && !known ? [] : [error.message]
  }
}

describe.each([...styles.values()].filter(({ of }) => of === 'product'))('$name', (template) => {
  it(`holds ${TITLES.length} hostile titles`, () => {
    const sizes = [...template.sizes.keys()]
    const faults = TITLES.flatMap(([kind, title], i) => {
      const size = sizes[i % sizes.length]!
      return faultsOf(template, size, title).map((fault) => `${size}, ${kind}, ${JSON.stringify(title)}: ${fault}`)
    })
    expect(faults).toEqual([])
  })
})
