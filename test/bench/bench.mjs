// npm run bench [-- --rows N | --full] [-- sync|settle|known|png|posters|start|find …]
// Measures shoptool beside other programs that do the same work, all in the same run and by turns: machines drift, ratios hold.
import { parseArgs } from 'node:util'
import { table } from './figures.mjs'
import { benchFind } from './find.mjs'
import { benchKnown } from './known.mjs'
import { benchPng, benchPosters } from './posters.mjs'
import { benchSettle } from './settle.mjs'
import { benchStart } from './start.mjs'
import { benchSync } from './sync.mjs'

const PARTS = ['sync', 'find', 'settle', 'known', 'png', 'posters', 'start']
const USAGE = `usage: npm run bench -- [--rows N | --full] [--json] [${PARTS.join('|')} …]`

const { rows, rounds, json, parts } = readArguments()
const say = (/** @type {string} */ text) => console.error(text)
/** @type {import('./figures.mjs').Figure[]} */
const figures = []
const wants = (/** @type {string} */ part) => parts.includes(part)

// Start-up first, while this process is small: starting another costs more the larger it is.
if (wants('start')) figures.push(...(await benchStart({ say })))
let workspace = null
if (wants('sync')) {
  const sync = await benchSync({ rows, rounds, say })
  figures.push(...sync.figures)
  workspace = sync.workspace
}
if (wants('find')) figures.push(...(await benchFind({ rows, workspace, say })))
if (wants('settle')) figures.push(...(await benchSettle({ rows, rounds, say })))
if (wants('known')) figures.push(...(await benchKnown({ rows, say })))
if (wants('png')) figures.push(...(await benchPng({ say })))
if (wants('posters')) figures.push(...(await benchPosters({ say })))

if (json) console.log(JSON.stringify({ schema: 'shoptool.bench.v1', rows, rounds, figures }, null, 2))
else {
  console.log(`\n${rows} rows; sync and settle ${rounds === 1 ? 'once' : `${rounds} times`}, the rest more often: medians`)
  console.log('ratio: of times, how many times as fast; of memory, sizes and start-up, how much of the other\n')
  console.log(table(figures))
  const missed = figures.filter(({ met }) => met === false)
  console.log(
    missed.length === 0 ? '\nevery goal is met' : `\n${missed.length} goal${missed.length === 1 ? ' is' : 's are'} missed`,
  )
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rows: { type: 'string' }, full: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    })
    const rows = Number(values.rows ?? (values.full ? 1_000_000 : 200_000))
    if (!Number.isSafeInteger(rows) || rows < 1000) throw new Error(`--rows: "${values.rows}", expected a number from 1000`)
    for (const part of positionals) if (!PARTS.includes(part)) throw new Error(`unknown part "${part}"`)
    return { rows, rounds: rows > 500_000 ? 1 : 3, json: values.json, parts: positionals.length > 0 ? positionals : PARTS }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`)
    process.exit(2)
  }
}
