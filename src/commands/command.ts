import type { Context } from '../context.ts'
import type { Fault } from '../errors.ts'
import type { Workspace } from '../workspace.ts'
import type { Option } from './option.ts'
import type { Print } from './print.ts'

/*
A command is one file of commands/ and one line in the table of cli.ts. It reads: arguments and options → look up → one use case → print.

    import { defineCommand } from './command.ts'
    import { count, flag, list, option, rate } from './option.ts'

    export const command = defineCommand({
      about: 'Finds goods worth sharing in the catalog.',
      args: [['[text]', 'words that the title holds']],
      options: {
        partner: list('--partner <id,id>', 'only goods of these partners'),          // string[]
        minRate: option('--min-rate <rate>', 'least commission rate', rate),          // Ppm | undefined
        limit: option('--limit <n>', 'at most so many', count, 20),                   // number
        coupon: flag('--coupon', 'only goods with a coupon'),                         // boolean
      },
      examples: ['shoptool find --min-rate 20% --coupon', 'shoptool find 汉服 --json'],
      async run({ args: [text], options, workspace, print, global }) {
        const { database } = await workspace()
        const products = …
        if (global.json) print.json('find', { products })
        else print.table([{ title: 'SKU' }, { title: 'PRICE', align: 'right' }, { title: 'TITLE', cut: true }], rows)
        return 'done'
      },
    })

The property of an option is its long flag in camel case. `print.json` writes the schema. What run returns is what happened, not a
code: 'done', 'findings', a fault, or a list of those, one for each source or file; cli.ts makes the exit code of it. A command that
cannot go on throws a ShoptoolError. Sub-commands are more of the same: `commands: { list: defineCommand(…), test: defineCommand(…) }`,
with or without a `run` beside them.
*/

/** What happened to one thing that a command was asked to do. `bug` is an exception nobody expected; `interrupted` comes from a prompt. */
export type Outcome = 'done' | 'findings' | Fault | 'bug' | 'interrupted'

/** The flags that every command has. */
export type GlobalFlags = {
  /** `-C`, as typed. */
  workspace: string | undefined
  json: boolean
  quiet: boolean
  verbose: boolean
  /** Whether stdout shows colours. */
  color: boolean
  /** Whether there is somebody to ask: no `--no-input`, and stdin is a terminal. */
  input: boolean
}

/** Everything one call of a command has. */
export type Call<A = readonly unknown[], O = Record<string, unknown>> = {
  ctx: Context
  global: GlobalFlags
  args: A
  options: O
  /** The workspace, found and checked at the first call. @throws usage when there is none or shoptool.yaml is wrong. */
  workspace(): Promise<Workspace>
  /** Like `workspace`, but null when there is none. */
  findWorkspace(): Promise<Workspace | null>
  print: Print
  /** Runs another command of shoptool in this process, with its own flags and output; for commands made of others. It tells its own failure. */
  shoptool(argv: readonly string[], ctx?: Context): Promise<Outcome>
}

/** `<sku>` string · `[text]` string or undefined · `<file...>` and `[name...]` string[]. */
export type ArgumentOf<Name extends string> = Name extends `${string}...${string}`
  ? string[]
  : Name extends `<${string}`
    ? string
    : string | undefined
type Arguments = readonly (readonly [name: string, about: string])[]
type ArgumentValues<A extends Arguments> = { [I in keyof A]: ArgumentOf<A[I][0]> }
type Options = Record<string, Option<unknown>>
type OptionValues<O extends Options> = { [K in keyof O]: O[K] extends Option<infer V> ? V : never }

export type Command = {
  /** Whole sentences; the first line also stands for a sub-command in its parent's help. */
  about: string
  args: Arguments
  options: Options
  examples: readonly string[]
  /** Absent where only the sub-commands can be run. */
  run?: (call: Call) => Promise<Outcome | readonly Outcome[]>
  commands: Readonly<Record<string, Command>>
}

/** A command; see the example above. The types of `args` and `options` in `run` follow from what is declared. */
export function defineCommand<
  const A extends Arguments = readonly [],
  const O extends Options = Record<never, never>,
>(definition: {
  about: string
  args?: A
  options?: O
  examples: readonly string[]
  run?: (call: Call<ArgumentValues<A>, OptionValues<O>>) => Promise<Outcome | readonly Outcome[]>
  commands?: Readonly<Record<string, Command>>
}): Command {
  return { args: [], options: {}, commands: {}, ...definition } as Command
}
