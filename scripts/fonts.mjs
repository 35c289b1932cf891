// Makes the faces that posters are set in: Noto Sans SC cut down to the characters of GB2312 and Big5 level 1 plus Latin and symbols,
// a third of the complete face's size. They stay TrueType: registering a WOFF2 costs 30 ms at the start and 50 ms at the first text, TrueType 7.
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import subsetFont from 'subset-font'

const source = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/package.json'))
const target = fileURLToPath(new URL('../dist/fonts', import.meta.url))
const FACES = { 400: '400Regular', 700: '700Bold', 900: '900Black' }

/** Writes dist/fonts/NotoSansSC-<weight>.ttf and the licence, unless this script has already made them from the same package. */
export async function makeFonts() {
  const stamp = createHash('sha256')
    .update(await readFile(fileURLToPath(import.meta.url)))
    .update(await readFile(join(source, 'package.json')))
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
  await writeFile(join(fresh, '.made'), stamp)
  await rm(target, { recursive: true, force: true })
  await rename(fresh, target)
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
