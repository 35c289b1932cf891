import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { isZone } from '../day.ts'
import { usageError } from '../errors.ts'
import { isCurrency } from '../money.ts'
import { pathsOf, type Shop, WORKSPACE_FILE } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { currency, flag, option, type Value } from './option.ts'

const zone: Value<string> = { read: (given) => (isZone(given) ? given : null), is: 'a time zone', like: 'Asia/Shanghai' }

export const command = defineCommand({
  about: 'Makes a workspace: a folder with shoptool.yaml, inbox, out and partners. Asks for what no flag says.',
  args: [['[dir]', 'the folder, made where it is missing; else the current one']],
  options: {
    name: option('--name <name>', 'name of the shop'),
    timezone: option('--timezone <zone>', 'time zone of the shop', zone),
    currency: option('--currency <code>', 'currency of the shop', currency),
    sample: flag('--sample', 'fill it with sample partners, goods, orders and payouts'),
    yes: flag('--yes', 'take the defaults: name of the folder, Asia/Shanghai, CNY'),
  },
  examples: ['shoptool init myshop', 'shoptool init myshop --name 小鹿好物 --yes', 'shoptool init try --sample'],
  async run({ ctx, args: [dir], options, global, print }) {
    const folder = resolve(ctx.cwd, dir ?? global.workspace ?? '.')
    checkFree(folder)
    const { name, timezone, currency } = options
    const given = { name, timezone, currency }
    const defaults: Shop = { name: basename(folder) || 'shop', timezone: 'Asia/Shanghai', currency: 'CNY' }
    let sample = options.sample
    let shop: Shop = {
      name: name ?? defaults.name,
      timezone: timezone ?? defaults.timezone,
      currency: currency ?? defaults.currency,
    }
    if (!sample && !options.yes && !(name && timezone && currency)) {
      if (!global.input)
        throw usageError(
          'init: nobody to ask; expected --name, --timezone and --currency, or --yes for the defaults, or --sample',
        )
      ;({ sample, shop } = await ask(ctx, given, defaults))
    }

    if (sample) makeSample(ctx, folder)
    else {
      const { newConfiguration } = await import('../configuration.ts')
      makeWorkspace(folder, newConfiguration(shop))
    }
    if (global.json) print.json('init', { workspace: folder, sample })
    else {
      print.line(`Workspace made in ${folder}`)
      print.note(
        sample
          ? `Next: cd ${dir ?? '.'} && shoptool sync`
          : `Next: add your sources to ${join(folder, WORKSPACE_FILE)}, then run shoptool sync`,
      )
    }
    return 'done'
  },
})

/** @throws usage where a workspace is already there, or a file. */
function checkFree(folder: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory()) throw usageError(`${folder}: is a file, expected a folder`)
  if (existsSync(join(folder, WORKSPACE_FILE))) throw usageError(`${folder}: is a workspace already; edit its ${WORKSPACE_FILE}`)
}

async function ask(
  ctx: Context,
  given: { [K in keyof Shop]: Shop[K] | undefined },
  defaults: Shop,
): Promise<{ sample: boolean; shop: Shop }> {
  const { default: inquirer } = await import('inquirer')
  const prompt = inquirer.createPromptModule({ input: ctx.stdin, output: ctx.stderr })
  const nothingGiven = !given.name && !given.timezone && !given.currency
  const { sample } = nothingGiven
    ? await prompt([{ type: 'confirm', name: 'sample', message: 'Fill it with sample data to try things out?', default: false }])
    : { sample: false }
  if (sample) return { sample, shop: defaults }
  const { name } = given.name
    ? given
    : await prompt([{ type: 'input', name: 'name', message: 'Name of the shop', default: defaults.name }])
  const { timezone } = given.timezone
    ? given
    : await prompt([
        {
          type: 'input',
          name: 'timezone',
          message: 'Time zone',
          default: defaults.timezone,
          validate: (text: string) => isZone(text) || 'expected like Asia/Shanghai',
        },
      ])
  const { currency } = given.currency
    ? given
    : await prompt([
        {
          type: 'input',
          name: 'currency',
          message: 'Currency',
          default: defaults.currency,
          validate: (text: string) => isCurrency(text) || 'expected like CNY',
        },
      ])
  return { sample, shop: { name: name!, timezone: timezone!, currency: currency! } }
}

/** Copies the sample workspace of the package. @throws usage where the folder holds anything. */
export function makeSample(ctx: Pick<Context, 'home'>, folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw usageError(`${folder}: is not empty; the sample wants a folder of its own`)
  const sample = join(ctx.home, 'templates', 'workspace')
  cpSync(sample, folder, { recursive: true })
  makeFolders(folder)
}

function makeWorkspace(folder: string, text: string): void {
  makeFolders(folder)
  // wx: whoever made it since it was looked for keeps it
  writeFileSync(join(folder, WORKSPACE_FILE), text, { flag: 'wx' })
}

function makeFolders(folder: string): void {
  const { inbox, out, partners } = pathsOf(folder)
  for (const each of [folder, inbox, out, partners]) mkdirSync(each, { recursive: true })
  const ignore = join(folder, '.gitignore')
  // npm leaves .gitignore files out of packages, so that the sample cannot bring one
  if (!existsSync(ignore)) writeFileSync(ignore, ['shoptool.db*', '.shoptool/', 'out/', 'secrets/', ''].join('\n'))
}
