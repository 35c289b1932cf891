import { existsSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { usageError } from '../errors.ts'
import { pathsOf } from '../workspace.ts'
import { defineCommand, type Outcome } from './command.ts'
import { makeSample } from './init.ts'
import { asker, contextIn, payoutFiles } from './sample.ts'

const FOLDER = 'shoptool-demo'
/** Lies in a folder that may be thrown away and made again. */
const MARKER = '.made-by-shoptool-demo'
const MONTHS = ['2026-10', '2026-11']

type Found = { products: { partner: string; sku: string }[] }
type Settled = { findings: { class: string; orderId: string | null }[] }

export const command = defineCommand({
  about: 'Makes a sample workspace and runs a month of work in it, printing each command before it runs. Needs no network.',
  args: [['[dir]', `the folder to make, else ./${FOLDER}; an earlier demo there is replaced`]],
  examples: ['shoptool demo', 'shoptool demo /tmp/try'],
  async run({ ctx, args: [dir], global, print, shoptool }) {
    const folder = resolve(ctx.cwd, dir ?? FOLDER)
    clear(folder)
    makeSample(ctx, folder)
    writeFileSync(join(folder, MARKER), 'The next "shoptool demo" replaces this folder.\n')
    const inside = { ...contextIn(folder, ctx, global.color), stdout: global.json ? ctx.stderr : ctx.stdout }

    /** Runs a command as the operator would; false when the demo cannot go on. It has told why itself. */
    let outcome: Outcome = 'done'
    const step = async (...argv: string[]): Promise<boolean> => {
      const shown = `\n$ shoptool ${argv.map(quoted).join(' ')}`
      if (global.json) print.note(shown)
      else print.line(print.paint.bold(shown))
      const result = await shoptool(global.quiet ? [...argv, '--quiet'] : argv, inside)
      // differences in the payout are what there is to see, not a failure of the demo
      if (result !== 'done' && result !== 'findings') outcome = result
      return outcome === 'done'
    }
    /** What the next commands need to know; not shown. */
    const ask = asker(shoptool, inside)

    print.note(`A sample workspace in ${folder}`)
    const search = ['find', '--min-rate', '20%', '--min-sales', '1000', '--price', '10..99']
    if (!(await step('sync')) || !(await step(...search))) return outcome
    const { products } = await ask<Found>(...search)
    const chosen = products.slice(0, 2).map(({ partner, sku }) => `${partner}:${sku}`)
    if (
      !(await step('shelf', 'add', ...chosen, '--yes')) ||
      !(await step('poster', ...chosen)) ||
      !(await step('copy', chosen[0]!))
    )
      return outcome
    for (const [partner, files] of payoutFiles(folder))
      if (!(await step('import', 'payouts', ...files, '--partner', partner))) return outcome
    for (const month of MONTHS) if (!(await step('settle', '--month', month))) return outcome
    const { findings } = await ask<Settled>('settle', '--month', MONTHS[0]!)
    // a short payment has the longest story
    const asked = findings.find((finding) => finding.class === 'short-paid') ?? findings.find(({ orderId }) => orderId !== null)
    const order = asked?.orderId
    if (order && !(await step('settle', 'explain', order))) return outcome

    const made = readdirSync(pathsOf(folder).out, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(pathsOf(folder).out, name),
    )
    const posters = made.filter((path) => /\.(png|jpe?g|webp)$/.test(path)).sort()
    const reports = made.filter((path) => path.endsWith('report.html')).sort()
    if (global.json) print.json('demo', { workspace: folder, posters, reports })
    else {
      print.line(`\n${print.paint.bold('Look at')}`)
      for (const path of [...posters, ...reports]) print.line(`  ${path}`)
      print.note(`\nGo on by hand: cd ${relative(ctx.cwd, folder) || '.'} && shoptool find --help`)
    }
    return outcome
  },
})

/** Makes room for the demo. @throws usage where something else than an earlier demo lies there. */
function clear(folder: string): void {
  if (!existsSync(folder)) return
  if (!lstatSync(folder).isDirectory()) throw usageError(`${folder}: is no folder, expected one that does not exist yet`)
  if (readdirSync(folder).length === 0) return
  if (!existsSync(join(folder, MARKER))) throw usageError(`${folder}: exists and was not made by the demo; name another folder`)
  rmSync(folder, { recursive: true })
}

/** As it would be typed. */
function quoted(word: string): string {
  return /^[\w\p{L}.,:/=%@+-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
