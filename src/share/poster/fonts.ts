import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createCanvas, GlobalFonts } from 'canvas'
import { usageError } from '../../errors.ts'
import type { Faces } from './lines.ts'
import type { Weight } from './template.ts'

/** A typeface: one file for all weights, or one for each. */
type Typeface = Record<Weight, string>

/** Widths are measured at this size and divided; the faces are not hinted, so they scale. */
const MEASURE_SIZE = 1000
/** Texts whose width is remembered, a family. A batch has mostly the same characters. */
const MOST_WIDTHS = 20_000

/**
 * The faces that posters are set in: the shipped one; for characters that it has not, the complete Noto Sans SC where that is installed, then
 * `extra` font files (TrueType or OpenType) in their order; emoji by Noto Color Emoji. A file is opened at the first character that needs it. Which characters a
 * face has is read from its cmap table, never tried out.
 * @throws usageError where the shipped fonts are missing or an extra file is no font.
 */
export function openFaces(home: string, extra: readonly string[] = []): Faces {
  const shipped = typeface((weight) => join(home, 'dist', 'fonts', `NotoSansSC-${weight}.ttf`))
  if (!existsSync(shipped[400])) throw usageError(`the poster fonts are missing in ${dirname(shipped[400])}; run npm run build`)
  const letters = [shipped, ...completeFace(home), ...extra.map((file) => typeface(() => file))]
  const pictures = typeface(() => join(home, 'dist', 'fonts', 'NotoColorEmoji.ttf'))
  const context = createCanvas(1, 1).getContext('2d')
  const widths = new Map<string, Map<string, number>>()
  return {
    find(characters, weight, emoji = false) {
      const codes = [...characters].map((character) => character.codePointAt(0)!)
      for (const face of emoji ? [pictures, ...letters] : [...letters, pictures]) {
        const { characters: known, family } = openFont(face[weight])
        if (codes.every((code) => known.has(code))) return family
      }
      return null
    },
    width(text, family) {
      const known = widths.get(family) ?? new Map<string, number>()
      widths.set(family, known)
      if (known.size > MOST_WIDTHS) known.clear()
      let width = known.get(text)
      if (width === undefined) {
        context.font = `${MEASURE_SIZE}px "${family}"`
        width = context.measureText(text).width / MEASURE_SIZE
        known.set(text, width)
      }
      return width
    },
  }
}

function typeface(file: (weight: Weight) => string): Typeface {
  return { 400: file(400), 700: file(700), 900: file(900) }
}

/** The whole of Noto Sans SC from its npm package: 10 MB a weight, so not shipped. */
function completeFace(home: string): Typeface[] {
  const name = '@expo-google-fonts/noto-sans-sc'
  try {
    const folder = dirname(createRequire(join(home, 'package.json')).resolve(`${name}/package.json`))
    const folders = { 400: '400Regular', 700: '700Bold', 900: '900Black' }
    return [typeface((weight) => join(folder, folders[weight], `NotoSansSC_${folders[weight]}.ttf`))]
  } catch {
    return []
  }
}

type OpenFont = { family: string; characters: ReadonlySet<number> }
/** The canvas keeps fonts for the whole process, so they are kept here the same way. */
const opened = new Map<string, OpenFont>()

function openFont(file: string): OpenFont {
  let font = opened.get(file)
  if (!font) {
    font = { family: `shoptool-${opened.size}`, characters: readCharacters(file) }
    if (!GlobalFonts.registerFromPath(file, font.family)) throw usageError(`${file}: not a font that can be drawn`)
    opened.set(file, font)
  }
  return font
}

/**
 * The characters that a TrueType or OpenType file has a glyph for: subtables 4 and 12 of its cmap.
 * Format: https://learn.microsoft.com/typography/opentype/spec/cmap
 */
export function readCharacters(file: string): Set<number> {
  const handle = openSync(file, 'r')
  try {
    const read = (from: number, length: number) => {
      const bytes = Buffer.alloc(length)
      if (readSync(handle, bytes, 0, length, from) < length)
        throw usageError(`${file}: not a TrueType or OpenType font, expected .ttf, .otf or .ttc`)
      return bytes
    }
    const start = read(0, 16)
    const first = start.toString('latin1', 0, 4) === 'ttcf' ? start.readUInt32BE(12) : 0
    const tables = read(first + 4, 2).readUInt16BE(0)
    for (let i = 0; i < tables; i++) {
      const entry = read(first + 12 + i * 16, 16)
      if (entry.toString('latin1', 0, 4) === 'cmap') return charactersOf(read(entry.readUInt32BE(8), entry.readUInt32BE(12)))
    }
    throw usageError(`${file}: not a TrueType or OpenType font, expected .ttf, .otf or .ttc`)
  } finally {
    closeSync(handle)
  }
}

function charactersOf(cmap: Buffer): Set<number> {
  const characters = new Set<number>()
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const table = cmap.subarray(cmap.readUInt32BE(8 + i * 8))
    const format = table.readUInt16BE(0)
    if (format === 4) addSegments(table, characters)
    if (format === 12) addGroups(table, characters)
  }
  return characters
}

function addSegments(table: Buffer, characters: Set<number>) {
  const doubled = table.readUInt16BE(6)
  for (let at = 0; at < doubled; at += 2) {
    const end = table.readUInt16BE(14 + at)
    const start = table.readUInt16BE(16 + doubled + at)
    const delta = table.readUInt16BE(16 + 2 * doubled + at)
    const offsetAt = 16 + 3 * doubled + at
    const offset = table.readUInt16BE(offsetAt)
    for (let code = start; code <= end && code < 0xffff; code++) {
      const raw = offset === 0 ? code : table.readUInt16BE(offsetAt + offset + 2 * (code - start))
      const glyph = raw === 0 && offset !== 0 ? 0 : (raw + delta) & 0xffff
      if (glyph !== 0) characters.add(code)
    }
  }
}

function addGroups(table: Buffer, characters: Set<number>) {
  for (let i = 0; i < table.readUInt32BE(12); i++) {
    const group = 16 + i * 12
    const first = table.readUInt32BE(group)
    const last = table.readUInt32BE(group + 4)
    for (let code = first; code <= last; code++) if (table.readUInt32BE(group + 8) + code - first !== 0) characters.add(code)
  }
}
