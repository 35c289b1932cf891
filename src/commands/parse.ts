import { CommanderError, Command as Parser, Option as ParserOption } from 'commander'
import { usageError } from '../errors.ts'
import type { Command, GlobalFlags } from './command.ts'
import { type Option, readValue } from './option.ts'

/** What the command line asks for: a text to show, or a command to run. */
export type Parsed =
  | { show: 'help'; text: string }
  | { show: 'version' }
  | { show: null; command: Command; args: readonly unknown[]; options: Record<string, unknown>; global: GivenFlags }
export type GivenFlags = Omit<GlobalFlags, 'color' | 'input'> & { noColor: boolean; noInput: boolean }

/** The flags of every command, as `GLOBAL_FLAGS` of cli.ts lists them. */
export type GlobalFlag = { flags: string; about: string }

/**
 * Reads `argv` (the command's name first) by the command's declaration.
 * @throws usage on unknown flags, missing or surplus arguments, and values that do not fit.
 */
export function parse(
  name: string,
  command: Command,
  argv: readonly string[],
  globalFlags: readonly GlobalFlag[],
  width: number,
): Parsed {
  let help = ''
  let chosen: { command: Command; parser: Parser } | undefined
  const program = new Parser('shoptool')
    .exitOverride()
    .helpCommand(false)
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => {
        help += text
      },
      writeErr: () => {},
      getOutHelpWidth: () => width,
      getOutHasColors: () => false,
    })
  for (const { flags, about } of globalFlags) if (!flags.includes('--help')) program.option(flags, about)
  declare(program, name, withoutOwn(name, command, argv), (found) => {
    chosen = found
  })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { show: 'help', text: help }
    if (error.code === 'commander.help') throw usageError(`${name}: expected one of ${Object.keys(command.commands).join(', ')}`)
    if (program.opts().version) return { show: 'version' }
    const said = sentence(error.message)
    if (error.code !== 'commander.unknownCommand' || said.includes('did you mean')) throw usageError(said)
    throw usageError(`${name}: ${said}, expected one of ${Object.keys(command.commands).join(', ')}`)
  }
  const { workspace, json = false, quiet = false, verbose = false, color, input, version } = program.opts()
  if (version) return { show: 'version' }
  const { command: found, parser } = chosen!
  const given = parser.opts<Record<string, string | string[] | boolean>>()
  const options = Object.fromEntries(Object.entries(found.options).map(([key, each]) => [key, optionValue(each, given)]))
  return {
    show: null,
    command: found,
    args: argumentValues(found, parser.processedArgs),
    options,
    global: { workspace, json, quiet, verbose, noColor: color === false, noInput: input === false },
  }
}

const GLOBAL = /^(--json|--quiet|--verbose|--no-color|--no-input|-[qv]+)$/

/** Where a sub-command is named, the command without flags of its own: one that both have would be taken by it, wherever it stands. */
function withoutOwn(name: string, command: Command, argv: readonly string[]): Command {
  const { run, ...rest } = command
  const next = argv.slice(argv.indexOf(name) + 1).find((word) => !GLOBAL.test(word))
  const sub = next !== undefined && Object.hasOwn(command.commands, next) ? command.commands[next] : undefined
  if (!sub) return command
  const commands = { ...command.commands, [next!]: withoutOwn(next!, sub, argv) }
  return run ? { ...rest, args: [], options: {}, commands } : { ...command, commands }
}

/** What was given for each argument; a list that was not given is an empty list, not undefined. */
function argumentValues(command: Command, given: readonly unknown[]): unknown[] {
  return command.args.map(([name], i) => given[i] ?? (name.includes('...') ? [] : undefined))
}

function declare(
  parent: Parser,
  name: string,
  command: Command,
  choose: (found: { command: Command; parser: Parser }) => void,
): void {
  const parser = parent.command(name).description(command.about).summary(command.about.replace(/\. .*/s, '.')).helpCommand(false)
  for (const [argument, about] of command.args) parser.argument(argument, about)
  for (const each of Object.values(command.options)) parser.addOption(parserOption(each))
  if (command.examples.length > 0)
    parser.addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  $ ${example}`).join('\n')}`)
  if (command.run) parser.action(() => choose({ command, parser }))
  for (const [sub, each] of Object.entries(command.commands)) {
    declare(parser, sub, each, choose)
  }
}

function parserOption(each: Option<unknown>): ParserOption {
  const about = each.fallback === undefined ? each.about : `${each.about} (default ${each.fallback})`
  const made = new ParserOption(each.flags, each.value.words ? `${about}: ${each.value.words.join(', ')}` : about)
  const variadic = each.flags.includes('...')
  if (each.takes === 'several' && !variadic) made.argParser((text, before: string[] = []) => [...before, ...text.split(',')])
  return made
}

function optionValue(each: Option<unknown>, given: Record<string, string | string[] | boolean>): unknown {
  const { long, flags } = new ParserOption(each.flags)
  const found = given[new ParserOption(flags).attributeName()]
  if (each.takes === 'nothing') return found ?? false
  if (found === undefined) return each.takes === 'several' ? [] : each.fallback
  const read = (text: string) => readValue(long!, text, each.value)
  return Array.isArray(found) ? found.map(read) : read(found as string)
}

/** Commander says `error: unknown option '--jsn'\n(Did you mean --json?)`; one line in our own form. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
    .replace(/\. Expected (\d+) arguments? but got (\d+)/, ': expected $1, got $2')
    .replace(/\.$/, '')
}
