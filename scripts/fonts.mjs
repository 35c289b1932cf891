// Makes the faces that posters are set in: Noto Sans SC cut down to the characters of GB2312 and Big5 level 1 plus Latin and symbols,
// a third of the complete face's size, and Noto Color Emoji. They stay TrueType: registering a WOFF2 costs 30 ms at the start and 50 ms at
// the first text (the emoji a second), TrueType 7.
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convert } from 'fontverter'
import subsetFont from 'subset-font'

const folderOf = (name) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
const source = folderOf('@expo-google-fonts/noto-sans-sc')
const emoji = folderOf('@fontsource/noto-color-emoji')
const target = fileURLToPath(new URL('../dist/fonts', import.meta.url))
/** Advance width of an emoji in the face as it comes, in parts of its em square. */
const EMOJI_WIDTH = 1.245
const FACES = { 400: '400Regular', 700: '700Bold', 900: '900Black' }

/** Writes dist/fonts/NotoSansSC-<weight>.ttf, NotoColorEmoji.ttf and their licences, unless this script has already made them from the same packages. */
export async function makeFonts() {
  const stamp = createHash('sha256')
    .update(await readFile(fileURLToPath(import.meta.url)))
    .update(await readFile(join(source, 'package.json')))
    .update(await readFile(join(emoji, 'package.json')))
    .digest('hex')
  if ((await readFile(join(target, '.made'), 'utf8').catch(() => '')) === stamp) return
  const fresh = `${target}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  const characters = shippedCharacters()
  for (const [weight, face] of Object.entries(FACES)) {
    const complete = await readFile(join(source, face, `NotoSansSC_${face}.ttf`))
    // Hints would make the same text differ between sizes; of the features only those that a horizontal line uses are kept.
    const subset = await subsetFont(complete, characters, {
      targetFormat: 'truetype',
      noHinting: true,
      keepFeatures: ['ccmp', 'kern', 'locl', 'mark', 'mkmk'],
    })
    await writeFile(join(fresh, `NotoSansSC-${weight}.ttf`), subset)
  }
  await copyFile(join(source, 'LICENSE_FONT'), join(fresh, 'OFL.txt'))
  const pictures = await readFile(join(emoji, 'files/noto-color-emoji-emoji-400-normal.woff2'))
  await writeFile(join(fresh, 'NotoColorEmoji.ttf'), slimEmoji(await convert(pictures, 'truetype')))
  await copyFile(join(emoji, 'LICENSE'), join(fresh, 'OFL-emoji.txt'))
  await writeFile(join(fresh, '.made'), stamp)
  await rm(target, { recursive: true, force: true })
  await rename(fresh, target)
}

/**
 * Leaves out the SVG table (20 MB; the COLR table draws the same), and makes the pictures as wide as a Han character by a larger em square.
 * Format: https://learn.microsoft.com/typography/opentype/spec/otff
 */
function slimEmoji(font) {
  const entries = range(0, font.readUInt16BE(4) - 1)
    .map((i) => font.subarray(12 + i * 16, 28 + i * 16))
    .filter((entry) => entry.toString('latin1', 0, 4) !== 'SVG ')
  const head = Buffer.alloc(12 + entries.length * 16)
  font.copy(head, 0, 0, 12)
  head.writeUInt16BE(entries.length, 4)
  let at = head.length
  const tables = entries.map((entry, i) => {
    const table = Buffer.alloc((entry.readUInt32BE(12) + 3) & ~3) // tables begin at multiples of four
    font.copy(table, 0, entry.readUInt32BE(8), entry.readUInt32BE(8) + entry.readUInt32BE(12))
    if (entry.toString('latin1', 0, 4) === 'head') table.writeUInt16BE(Math.round(table.readUInt16BE(18) * EMOJI_WIDTH), 18)
    entry.copy(head, 12 + i * 16)
    head.writeUInt32BE(at, 12 + i * 16 + 8)
    at += table.length
    return table
  })
  return Buffer.concat([head, ...tables])
}

function shippedCharacters() {
  const gb2312 = decodePairs('gb2312', [[0xa1, 0xf7]], [[0xa1, 0xfe]])
  const big5 = decodePairs(
    'big5',
    [[0xa4, 0xc6]],
    [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
  )
  const blocks = [
    [0x20, 0x7e], // ASCII
    [0xa0, 0x17f], // Latin-1 and Latin Extended-A
    [0x2010, 0x205e], // dashes, quotes, dots
    [0x2070, 0x209c], // superscripts and subscripts
    [0x20a0, 0x20bf], // currencies
    [0x2100, 0x218f], // ℃ № ™ and fractions
    [0x2190, 0x27bf], // arrows, enclosed numbers, stars, ticks
    [0x3000, 0x303f], // CJK punctuation
    [0x3200, 0x33ff], // enclosed and squared CJK
    [0xff00, 0xffef], // full-width and half-width forms
  ]
  return gb2312 + big5 + blocks.map(([first, last]) => String.fromCodePoint(...range(first, last))).join('')
}

/** All characters of a two-byte encoding whose bytes lie in the given ranges. */
function decodePairs(encoding, leads, trails) {
  const decoder = new TextDecoder(encoding)
  const bytes = leads
    .flatMap(([a, b]) => range(a, b))
    .flatMap((lead) => trails.flatMap(([a, b]) => range(a, b)).map((trail) => [lead, trail]))
  return bytes
    .map((pair) => decoder.decode(Uint8Array.from(pair)))
    .filter((text) => !text.includes('\ufffd'))
    .join('')
}

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
