import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanvas, loadImage } from 'canvas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawLayout } from '../../src/share/poster/draw.ts'
import { openFaces, readCharacters } from '../../src/share/poster/fonts.ts'
import type { Step } from '../../src/share/poster/layout.ts'
import { prepareText, setText } from '../../src/share/poster/lines.ts'
import { pictureSize } from '../../src/share/poster/photo.ts'
import { encodePng } from '../../src/share/poster/png.ts'
import type { Weight } from '../../src/share/poster/template.ts'
import { HOME, picture } from './studio.ts'

describe('PNG', () => {
  const pixels = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      colours: fc.array(fc.constantFrom(0xffffff, 0, 0xff0000, 0x123456, 0x7f8081, 0x010203), {
        minLength: width * height,
        maxLength: width * height,
      }),
    }),
  )

  it('holds the very pixels', async () => {
    await fc.assert(
      fc.asyncProperty(pixels, async ({ width, height, colours }) => {
        const data = Uint8Array.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255, 255]))
        const canvas = createCanvas(width, height)
        canvas.getContext('2d').drawImage(await loadImage(await encodePng({ data, width, height })), 0, 0)
        expect([...canvas.data()]).toEqual([...data])
      }),
      { numRuns: 60 },
    )
  })

  it('has the same bytes every time', async () => {
    const data = Uint8Array.from({ length: 40_000 }, (_, i) => (i * i) >> 5)
    const [first, second] = [
      await encodePng({ data, width: 100, height: 100 }),
      await encodePng({ data, width: 100, height: 100 }),
    ]
    expect(first.equals(second)).toBe(true)
  })
})

describe('fonts', () => {
  it('know their characters from the file: GB2312, Big5 level 1, symbols', () => {
    for (const weight of [400, 700, 900]) {
      const known = readCharacters(join(HOME, 'dist/fonts', `NotoSansSC-${weight}.ttf`))
      for (const character of '啊齄鑫簡體國語乙籲¥￥·…—「」【】（）％★①€AZaz09é')
        expect(known, character).toContain(character.codePointAt(0))
      expect(known).not.toContain(0x1f600)
    }
  })

  it('have a family for each weight, and none for what they lack', () => {
    const faces = openFaces(HOME)
    expect(new Set([400, 700, 900].map((weight) => faces.find('春', weight as Weight))).size).toBe(3)
    expect(faces.find('\u0e01', 400)).toBeNull()
    // © is a letter of the text, or a picture, as asked; a smile is one in any case
    expect([faces.find('©', 400), faces.find('春', 400, true)]).toEqual([faces.find('春', 400), faces.find('春', 400)])
    expect(new Set([faces.find('©', 400, true), faces.find('\u{1f600}', 900), faces.find('\u{1f600}', 400, true)]).size).toBe(1)
  })

  it.each(['😀', '❤️', '👍🏽', '👨‍👩‍👧', '🇨🇳', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])(
    'draw %s as one picture, in colour, as wide as a Han character',
    (emoji) => {
      const faces = openFaces(HOME)
      const text = { size: 60, weight: 400 as const, color: '#000000', spacing: 0, strike: false, gap: 0 }
      const { lines } = setText(prepareText([{ ...text, text: emoji }], faces, 'test'), 100, {})
      const [piece] = lines[0]!.pieces
      expect([lines[0]!.pieces.length, piece!.text, Math.round(piece!.width)]).toEqual([1, emoji, 60])
      const step: Step = {
        draw: 'text',
        ...{ path: '', text: emoji, x: 10, baseline: 60, width: 60, family: piece!.family, weight: 400 },
        ...{ size: 60, spacing: 0, color: '#000000ff' },
      }
      const { data } = drawLayout({ width: 80, height: 80, steps: [step], warnings: [], marks: [], layers: 0 }, new Map())
        .getContext('2d')
        .getImageData(0, 0, 80, 80)
      // a letter or an empty box would be grey
      const coloured = data.filter(
        (red, i) => i % 4 === 0 && Math.max(red, data[i + 1]!, data[i + 2]!) - Math.min(red, data[i + 1]!, data[i + 2]!) > 60,
      )
      expect(coloured.length > 200 || emoji === '👨‍👩‍👧').toBe(true) // which Noto draws in black on grey
    },
  )

  it('fall back to the complete face where that is installed, else to extra files', () => {
    const bare = mkdtempSync(join(tmpdir(), 'shoptool-home-'))
    mkdirSync(join(bare, 'dist'))
    symlinkSync(join(HOME, 'dist/fonts'), join(bare, 'dist/fonts'))
    const extra = join(HOME, 'node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf')
    expect(openFaces(bare).find('囍', 700)).toBeNull()
    expect(openFaces(HOME).find('囍', 700)).not.toBeNull()
    const faces = openFaces(bare, [extra])
    expect(faces.find('囍', 700)).not.toBe(faces.find('春', 700))
    expect(faces.width('囍', faces.find('囍', 700)!)).toBe(1)
  })

  it('refuse what is no font', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'shoptool-font-')), 'x.ttf')
    writeFileSync(file, 'not a font at all, but long enough to look at')
    expect(() => openFaces(HOME, [file]).find('\u0e01', 400)).toThrow(
      `${file}: not a TrueType or OpenType font, expected .ttf, .otf or .ttc`,
    )
  })
})

describe('the size of a picture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('is read from the header of a %s', (format) => {
    expect(pictureSize(picture(format, 321, 123))).toEqual({ width: 321, height: 123 })
  })
  it('is null for anything else', () => {
    for (const text of ['', '<svg/>', 'GIF', 'RIFF....WEBP']) expect(pictureSize(Buffer.from(text))).toBeNull()
  })
})

it.each([
  ['white', '#ffffffff', [36, 8, 0, 20]],
  ['half seen through', '#cc331d80', [12, 12, 12, 12]],
] as const)('draws the shadow of a large %s box as the canvas casts it', (_, fill, radius) => {
  const area = { x: 60, y: 50, width: 420, height: 380 }
  const shadow = { x: 3, y: 18, blur: 40, color: '#2a1a1580' }
  const steps: Step[] = [{ draw: 'box', area, radius: [...radius], fill, shadow }]
  const ours = drawLayout({ width: 540, height: 520, steps, marks: [], layers: 0, warnings: [] }, new Map())
  const canvas = createCanvas(540, 520)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, 540, 520)
  context.shadowColor = shadow.color
  context.shadowBlur = shadow.blur
  context.shadowOffsetX = shadow.x
  context.shadowOffsetY = shadow.y
  context.fillStyle = fill
  context.beginPath()
  context.roundRect(area.x, area.y, area.width, area.height, [...radius])
  context.fill()
  const [got, wanted] = [ours.data(), canvas.data()]
  expect(got.reduce((largest, value, i) => Math.max(largest, Math.abs(value - wanted[i]!)), 0)).toBeLessThanOrEqual(1)
  expect(wanted[4 * (540 * 455 + 270)]).toBeLessThan(250)
})
