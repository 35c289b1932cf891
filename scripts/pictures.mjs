// Draws the pictures of the README, docs/*.jpg: posters of the sample workspace and its settlement report, on a fixed day. Wants what
// scripts/build.mjs makes, and Debian's Chromium for the report. Run again on the same machine, the bytes are the same.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { createCanvas, loadImage } from 'canvas'
import { chromium } from 'playwright-core'
import { main } from '../dist/cli.js'

const HOME = new URL('..', import.meta.url).pathname
const SHOP = mkdtempSync(join(tmpdir(), 'shoptool-pictures-'))
const NOW = Date.parse('2026-11-25T10:00:00+08:00')
const GOODS = {
  mug: ['taobao:990012474155', '办公室同款，颜值高，冬天喝热茶刚刚好'],
  umbrella: ['taobao:990010000117', '大风天没被吹翻，收起来放得进包里'],
  candle: ['shanhuo:880000202611000116', '气味很淡，睡前点半小时'],
  lipstick: ['taobao:990023607326'],
  headphones: ['taobao:990026081364'],
  kettle: ['taobao:990039688573'],
  lamp: ['taobao:990043399630'],
  tea: ['shanhuo:880000202611000103'],
}

async function shoptool(...argv) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const ctx = { now: () => NOW, fetch, stdin: process.stdin, stdout, stderr, env: {}, cwd: SHOP, home: HOME }
  // a settlement has findings
  if (![0, 5].includes(await main(argv, ctx))) throw new Error(`shoptool ${argv.join(' ')}\n${stderr.read()}`)
}

/** The files of a poster, of the shop where no goods are named: one, or the tiles from the first to the last. */
async function poster(goods, style, size) {
  const out = mkdtempSync(join(SHOP, 'out/'))
  const of = goods === 'shop' ? ['--recruit', '--link', 'https://xiaolu.example/join'] : [GOODS[goods][0]]
  await shoptool('poster', ...of, '--style', style, '--size', size, '--out', out)
  const files = readdirSync(out, { recursive: true }).filter((file) => file.endsWith('.png'))
  return Promise.all(files.sort().map((file) => loadImage(join(out, file))))
}

/** Places for `sheet` of posters in a row, named like `mug card, shop recruit:dusk`. */
async function row(posters, size, left, top, width, height, margin = 0) {
  const places = []
  for (const [i, one] of posters.split(', ').entries())
    places.push([await poster(...one.split(' '), size), left + i * (width + margin), top, width, height])
  return places
}

/** What a window of so many pixels shows of the settlement report. */
async function report(width, height) {
  for (const partner of ['pdd', 'shanhuo', 'taobao'])
    await shoptool('import', 'payouts', `inbox/${partner}-2026-10.csv`, '--partner', partner)
  await shoptool('settle', '--month', '2026-10')
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(pathToFileURL(join(SHOP, 'out/settle/2026-10/report.html')).href)
  const shot = await loadImage(await page.screenshot())
  await browser.close()
  return [shot]
}

/** Pictures on grey with a soft shadow. A place is [pictures, left, top, width, height], pixels; nine pictures are its tiles. */
async function sheet(name, width, height, places) {
  const canvas = createCanvas(width, height)
  const paint = Object.assign(canvas.getContext('2d'), { imageSmoothingQuality: 'high', fillStyle: '#e9e6e1' })
  paint.fillRect(0, 0, width, height)
  for (const [pictures, left, top, ...sides] of places) {
    const columns = Math.sqrt(pictures.length)
    const [w, h] = sides.map((side) => (side - 3 * (columns - 1)) / columns)
    for (const [i, picture] of pictures.entries()) {
      const at = [left + (i % columns) * (w + 3), top + Math.floor(i / columns) * (h + 3), w, h]
      Object.assign(paint, { shadowColor: '#2a201640', shadowBlur: 26 / columns, shadowOffsetY: 8 / columns })
      paint.drawImage(picture, ...at)
    }
  }
  writeFileSync(join(HOME, 'docs', name), await canvas.encode('jpeg', 83))
}

await shoptool('init', '--sample', SHOP)
await shoptool('sync')
for (const [sku, reason] of Object.values(GOODS)) if (reason) await shoptool('shelf', 'add', sku, '--reason', reason, '--yes')

await sheet('overview.jpg', 1743, 932, [
  ...(await row('mug card, tea magazine', 'portrait', 36, 36, 484, 860, 36)),
  [await report(1100, 1499), 1076, 36, 631, 860],
])
await sheet('styles.jpg', 2232, 659, [
  ...(await row('mug card, tea magazine, headphones tag, lamp minimal', 'portrait', 36, 36, 330, 587, 36)),
  ...(await row('umbrella nine', 'square', 1527, 36, 276, 276)),
  ...(await row('kettle nine:olive', 'square', 1527, 347, 276, 276)),
  ...(await row('shop recruit', 'portrait', 1866, 36, 330, 587)),
])
const above =
  'kettle card:jade, tea magazine:forest, mug magazine:ivory, lamp tag:yolk, headphones tag:volt, candle minimal:linen'
const below = 'headphones card:indigo, umbrella magazine, lipstick magazine:plum, mug tag:mint, candle tag, tea minimal:mist'
await sheet('schemes.jpg', 2058, 674, [
  ...(await row(`${above}, shop recruit:lagoon`, '4x5', 28, 28, 262, 327.5, 28)),
  ...(await row(`${below}, shop recruit:dusk`, 'square', 28, 383.5, 262, 262, 28)),
])
rmSync(SHOP, { recursive: true })
