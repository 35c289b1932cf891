import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call, Command, GlobalFlags, Outcome } from './commands/command.ts'
import { type Context, commandLine, realContext } from './context.ts'
import { nearest, usageError } from './errors.ts'
import type { Workspace } from './workspace.ts'

type Entry = { name: string; summary: string; load: () => Promise<{ command: Command }> }

/** Every command. Only the chosen one is loaded, so that help and version cost nothing. */
export const COMMANDS: Record<string, readonly Entry[]> = {
  Workspace: [
    { name: 'init', summary: 'make a workspace', load: () => import('./commands/init.ts') },
    { name: 'demo', summary: 'make a sample workspace and run a month of work in it', load: () => import('./commands/demo.ts') },
    { name: 'doctor', summary: 'check the installation and the workspace', load: () => import('./commands/doctor.ts') },
  ],
  Feeds: [
    { name: 'source', summary: 'add, test and check the sources of the workspace', load: () => import('./commands/source.ts') },
    { name: 'sync', summary: 'read the sources into the database', load: () => import('./commands/sync.ts') },
    {
      name: 'import',
      summary: 'read files of products, orders, payouts or receipts',
      load: () => import('./commands/import.ts'),
    },
    {
      name: 'rejects',
      summary: 'list the rows that could not be used, with reasons',
      load: () => import('./commands/rejects.ts'),
    },
    { name: 'map', summary: 'guess how the file of a new partner is described', load: () => import('./commands/map.ts') },
  ],
  Catalog: [
    { name: 'find', summary: 'find goods by commission, sales, price and words', load: () => import('./commands/find.ts') },
    { name: 'pick', summary: 'choose goods from a search and put them on a shelf', load: () => import('./commands/pick.ts') },
    { name: 'show', summary: 'show one product', load: () => import('./commands/show.ts') },
    { name: 'watch', summary: 'tell once what has changed of goods on shelves', load: () => import('./commands/watch.ts') },
    { name: 'sql', summary: 'ask the database a question of your own', load: () => import('./commands/sql.ts') },
  ],
  Sharing: [
    { name: 'shelf', summary: 'choose the goods to share', load: () => import('./commands/shelf.ts') },
    { name: 'rules', summary: 'tell the rules of the kinds of shops', load: () => import('./commands/rules.ts') },
    {
      name: 'channel',
      summary: 'what each channel lets pass of which goods, on which day',
      load: () => import('./commands/channel.ts'),
    },
    { name: 'link', summary: 'make links that carry your tracking id', load: () => import('./commands/link.ts') },
    {
      name: 'template',
      summary: 'list, make, check and show the templates of posters',
      load: () => import('./commands/template.ts'),
    },
    { name: 'poster', summary: 'draw posters with QR code and write the copy', load: () => import('./commands/poster.ts') },
    { name: 'copy', summary: 'write the copy of a product for each channel', load: () => import('./commands/copy.ts') },
    { name: 'reply', summary: "answer a buyer's question about an order", load: () => import('./commands/reply.ts') },
    { name: 'plan', summary: 'plan what to post where and when', load: () => import('./commands/plan.ts') },
  ],
  Settlement: [
    {
      name: 'orders',
      summary: 'list and show recorded orders, and find holes in them',
      load: () => import('./commands/orders.ts'),
    },
    { name: 'settle', summary: 'check a payout against the recorded orders', load: () => import('./commands/settle.ts') },
    { name: 'member', summary: 'keep the members of the team', load: () => import('./commands/member.ts') },
    {
      name: 'report',
      summary: 'add up what was earned, by partner, channel, goods and time',
      load: () => import('./commands/report.ts'),
    },
    { name: 'dispute', summary: 'follow claims on partners', load: () => import('./commands/dispute.ts') },
    { name: 'split', summary: 'share what was received among the members', load: () => import('./commands/split.ts') },
  ],
}

const GLOBAL_FLAGS = [
  {
    flags: '-C, --workspace <dir>',
    about: 'the workspace; else $SHOPTOOL_WORKSPACE, else the nearest parent folder with shoptool.yaml',
  },
  { flags: '--json', about: 'one JSON document on stdout' },
  { flags: '-q, --quiet', about: 'no notes and no progress on stderr' },
  { flags: '-v, --verbose', about: 'say more on stderr' },
  { flags: '--no-color', about: 'no colours; also NO_COLOR, and when stdout is no terminal' },
  { flags: '--no-input', about: 'never ask; also when stdin is no terminal' },
  { flags: '-h, --help', about: 'show help' },
  { flags: '-V, --version', about: 'show the version' },
]

const EXAMPLES = [
  'shoptool demo',
  'shoptool sync',
  'shoptool find --min-rate 20% --min-sales 1000 --price 10..99',
  'shoptool poster <sku>',
  'shoptool settle --month 2026-10',
]

/*
Exit codes: the only place that knows them. 130 is not made here: an interrupt ends the process the way the system does it, since a
handler could not run while SQLite works, and a run that dies at any instant has changed nothing.
*/
const CODES: Record<Outcome, number> = { done: 0, bug: 1, usage: 2, temporary: 3, data: 4, findings: 5, interrupted: 130 }
/** Of several things in one command, the first of these that happened is the answer. */
const FIRST: readonly Outcome[] = ['interrupted', 'bug', 'usage', 'data', 'temporary', 'findings', 'done']

/** Runs one command line and gives its exit code. Never throws. */
export async function main(argv: readonly string[] = commandLine(), ctx: Context = realContext()): Promise<number> {
  return CODES[await perform(argv, ctx)]
}

/** Runs one command line, tells its failure on stderr, and says what came of it. */
async function perform(argv: readonly string[], ctx: Context): Promise<Outcome> {
  const secrets = new Set<string>()
  const stdout = guard(ctx.stdout)
  const stderr = guard(ctx.stderr)
  try {
    const outcome = await run(argv, ctx, secrets)
    await stdout.flushed()
    const outcomes = typeof outcome === 'string' ? [outcome] : outcome
    return FIRST.find((each) => outcomes.includes(each)) ?? 'done'
  } catch (thrown) {
    const [{ explain }, { oneLine, redact }] = await Promise.all([import('./failure.ts'), import('./commands/print.ts')])
    const { outcome, message } = explain(thrown)
    ctx.stderr.write(`${redact(`shoptool: ${oneLine(message)}`, secrets)}\n`)
    if (argv.some((word) => /^(--verbose|-[a-zA-Z]*v[a-zA-Z]*)$/.test(word)) && thrown instanceof Error)
      ctx.stderr.write(`${redact(thrown.stack ?? '', secrets)}\n`)
    return outcome
  } finally {
    stdout.release()
    stderr.release()
  }
}

async function run(argv: readonly string[], ctx: Context, secrets: Set<string>): Promise<Outcome | readonly Outcome[]> {
  const wanted = commandOf(argv)
  if (wanted.version) return show(ctx, version(ctx))
  if (wanted.name === null) return show(ctx, help(ctx.stdout.columns || 80))
  const entry = Object.values(COMMANDS)
    .flat()
    .find(({ name }) => name === wanted.name)
  if (!entry)
    throw unknown('command', wanted.name, [...Object.values(COMMANDS).flatMap((group) => group.map(({ name }) => name)), 'help'])

  const [{ command }, { parse }] = await Promise.all([entry.load(), import('./commands/parse.ts')])
  const parsed = parse(entry.name, command, wanted.argv, GLOBAL_FLAGS, ctx.stdout.columns || 80)
  if (parsed.show === 'help') return show(ctx, parsed.text)
  if (parsed.show === 'version') return show(ctx, version(ctx))
  const { json, quiet, verbose, workspace: folder, noColor, noInput } = parsed.global
  const global: GlobalFlags = {
    workspace: folder,
    json,
    quiet,
    verbose,
    color: !noColor && !ctx.env.NO_COLOR && ctx.env.TERM !== 'dumb' && ctx.stdout.isTTY === true,
    input: !noInput && ctx.stdin.isTTY === true,
  }
  const { makePrint } = await import('./commands/print.ts')
  let workspace: Promise<Workspace | null> | undefined
  const findWorkspace = () => (workspace ??= open(ctx, folder, secrets))
  const call: Call = {
    ctx,
    global,
    args: parsed.args,
    options: parsed.options,
    findWorkspace,
    async workspace() {
      const found = await findWorkspace()
      if (!found)
        throw usageError(
          `no workspace: neither ${ctx.cwd} nor a folder above it holds shoptool.yaml; make one with "shoptool init"`,
        )
      return found
    },
    print: await makePrint(ctx, global, secrets),
    shoptool: (words, otherContext = ctx) => perform(words, otherContext),
  }
  return parsed.command.run!(call)
}

async function open(ctx: Context, flag: string | undefined, secrets: Set<string>): Promise<Workspace | null> {
  const { findWorkspace, openWorkspace } = await import('./workspace.ts')
  const folder = findWorkspace(ctx, flag)
  return folder === null ? null : openWorkspace(folder, { env: ctx.env, secrets })
}

function show(ctx: Context, text: string): 'done' {
  ctx.stdout.write(text)
  return 'done'
}

function unknown(what: string, word: string, known: readonly string[]) {
  const meant = nearest(word, known)
  return usageError(`unknown ${what} '${word}'; ${meant ? `did you mean ${meant}?` : 'see shoptool --help'}`)
}

/**
 * The command that `argv` names, behind any global flags, and the words for its parser; no name where help of all is wanted.
 * Done by hand since the parser itself costs as much as all the rest of `--help`.
 */
function commandOf(argv: readonly string[]): { name: string | null; version: boolean; argv: readonly string[] } {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '-C' || word === '--workspace') i++
    else if (word === '-V' || word === '--version') return { name: null, version: true, argv }
    else if (word === '-h' || word === '--help' || word === 'help') {
      // said behind the command, its parser understands it
      const { name, argv: rest } = commandOf([...argv.slice(0, i), ...argv.slice(i + 1)])
      return { name, version: false, argv: [...rest, '--help'] }
    } else if (!word.startsWith('-')) return { name: word, version: false, argv }
    else if (!/^(-C.+|--workspace=.*|--json|--quiet|--verbose|--no-color|--no-input|-[qvhV]+)$/.test(word)) {
      const known = GLOBAL_FLAGS.flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? [])
      throw unknown('flag', word, known)
    }
  }
  return { name: null, version: false, argv }
}

function version(ctx: Context): string {
  return `${(JSON.parse(readFileSync(join(ctx.home, 'package.json'), 'utf8')) as { version: string }).version}\n`
}

function help(width: number): string {
  const names = Object.values(COMMANDS).flat()
  const wide = Math.max(...names.map(({ name }) => name.length), ...GLOBAL_FLAGS.map(({ flags }) => flags.length)) + 2
  const two = (left: string, right: string) =>
    `  ${left.padEnd(wide)}${wrap(right, Math.max(20, width - wide - 2)).join(`\n${' '.repeat(wide + 2)}`)}`
  const groups = Object.entries(COMMANDS).flatMap(([title, entries]) => [
    '',
    `${title}:`,
    ...entries.map(({ name, summary }) => two(name, summary)),
  ])
  return [
    'Find goods, share them, check what was paid.',
    '',
    'Usage: shoptool <command> [flags]',
    ...groups,
    '',
    'Flags of every command:',
    ...GLOBAL_FLAGS.map(({ flags, about }) => two(flags, about)),
    '',
    'Examples:',
    ...EXAMPLES.map((example) => `  $ ${example}`),
    '',
    '"shoptool <command> --help" explains a command.',
    '',
  ].join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Listens to a stream's errors. A reader that went away (`| head`) is none; a disk that is full is told by `flushed`. */
function guard(stream: Context['stdout']): { flushed(): Promise<void>; release(): void } {
  let failure: Error | null = null
  const listen = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure ??= error
  }
  stream.on('error', listen)
  return {
    async flushed() {
      await new Promise<void>((resolve) => stream.write('', () => resolve()))
      if (failure) throw failure
    },
    release: () => stream.off('error', listen),
  }
}
