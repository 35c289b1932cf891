import { describe, expect, it } from 'vitest'
import { defineCommand } from '../../src/commands/command.ts'
import { count, day, flag, list, month, oneOf, option, rate, readValue } from '../../src/commands/option.ts'
import { parse } from '../../src/commands/parse.ts'

const sub = defineCommand({ about: 'Explains.', args: [['<order>', 'an order']], examples: ['x'], run: async () => 'done' })
const command = defineCommand({
  about: 'Tries. More words.',
  args: [['<sku...>', 'goods']],
  options: {
    minRate: option('--min-rate <rate>', 'rate', rate),
    limit: option('-n, --limit <n>', 'limit', count, 20),
    text: option('--text <text>', 'text'),
    coupon: flag('--coupon', 'coupon'),
    style: list('--style <a,b>', 'styles'),
    payout: list('--payout <file...>', 'files'),
    sort: option('--sort <by>', 'order', oneOf(['commission', 'rate', 'price'])),
    month: option('--month <month>', 'month', month),
    day: option('--day <day>', 'day', day),
  },
  examples: ['shoptool try 1'],
  run: async () => 'done',
})
const GLOBAL = [
  '-C, --workspace <dir>',
  '--json',
  '-q, --quiet',
  '-v, --verbose',
  '--no-color',
  '--no-input',
  '-h, --help',
  '-V, --version',
].map((flags) => ({ flags, about: '' }))

function read(line: string, given = command) {
  const parsed = parse('try', given, line.split(' '), GLOBAL, 80)
  if (parsed.show !== null) throw new Error(`shows ${parsed.show}`)
  return parsed
}

describe('a command line', () => {
  it('options that are not given: undefined, the default, false, an empty list', () => {
    const { args, options, global } = read('try 1')
    expect(args).toEqual([['1']])
    expect(options).toEqual({
      minRate: undefined,
      limit: 20,
      text: undefined,
      coupon: false,
      style: [],
      payout: [],
      sort: undefined,
      month: undefined,
      day: undefined,
    })
    expect(global).toEqual({ workspace: undefined, json: false, quiet: false, verbose: false, noColor: false, noInput: false })
  })

  it('values are read as what they are', () => {
    const { args, options } = read(
      'try --min-rate 9.1% -n 1.2万 --coupon --style card,magazine --style poster:jade 1 2 --sort price --month 2026-10 --day 2026-10-31',
    )
    expect(args).toEqual([['1', '2']])
    expect(options).toMatchObject({
      minRate: 91_000,
      limit: 12_000,
      coupon: true,
      style: ['card', 'magazine', 'poster:jade'],
      sort: 'price',
      month: '2026-10',
      day: '2026-10-31',
    })
  })

  it('a list of files goes on to the next flag and is not split', () => {
    expect(read('try 1 --payout a,b.csv c.csv --json').options.payout).toEqual(['a,b.csv', 'c.csv'])
  })

  it('global flags stand anywhere, but not in place of a value', () => {
    for (const line of [
      '--json -C dir --no-color try -qv 1 --no-input',
      'try 1 --no-input -vq --no-color --workspace=dir --json',
    ]) {
      expect(read(line).global).toEqual({
        workspace: 'dir',
        json: true,
        quiet: true,
        verbose: true,
        noColor: true,
        noInput: true,
      })
    }
    expect(() => read('try 1 --text --json')).toThrow("option '--text <text>' argument missing")
  })

  it('what stands behind -- is no flag', () => {
    expect(read('try -- --json 1')).toMatchObject({ args: [['--json', '1']], global: { json: false } })
  })

  it('a flag that a command and its sub-command both have goes to the one that is named', () => {
    const own = defineCommand({ ...sub, options: { text: option('--text <text>', 'text') } })
    const both = { ...command, commands: { explain: own } }
    expect(read('try --json explain 7 --text a', both)).toMatchObject({ command: own, args: ['7'], options: { text: 'a' } })
    expect(read('try 7 --text a', both)).toMatchObject({ command: both, options: { text: 'a' } })
    expect(() => read('try explain 7 --coupon', both)).toThrow("unknown option '--coupon'")
  })

  it('a sub-command, beside a command that runs itself', () => {
    const both = defineCommand({
      about: 'Settles.',
      options: { month: option('--month <m>', 'm', month) },
      examples: ['x'],
      commands: { explain: sub },
      run: async () => 'done',
    })
    expect(read('try --month 2026-10', both)).toMatchObject({ command: both, options: { month: '2026-10' } })
    expect(read('try explain 42 --json', both)).toMatchObject({ command: sub, args: ['42'], global: { json: true } })
  })

  it.each([
    ['try', "missing required argument 'sku'"],
    ['try 1 --limt 3', "unknown option '--limt'; did you mean --limit?"],
    ['try 1 --limit 3.5', '--limit: "3.5" is not a whole number, expected like 1000'],
    ['try 1 --limit -3', '--limit: "-3" is not a whole number, expected like 1000'],
    ['try 1 --min-rate 9‰', '--min-rate: "9‰" is not a percentage, expected like 20%'],
    ['try 1 --month 2026-13', '--month: "2026-13" is not a month, expected like 2026-10'],
    ['try 1 --day 2026-02-30', '--day: "2026-02-30" is not a day, expected like 2026-10-31'],
    ['try 1 --sort prise', '--sort: "prise" is not one of commission, rate, price; did you mean price?'],
    ['try 1 --sort zzzzzz', '--sort: "zzzzzz" is not one of commission, rate, price'],
    ['try 1 --style a,,b', '--style: "" is not a text'],
    ['try 1 --text=', '--text: "" is not a text'],
  ])('%s → %s', (line, message) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ fault: 'usage', message }))
  })

  it('readValue speaks the same way for what is read later', () => {
    expect(() => readValue('--price', 'x..y', { read: () => null, is: 'a range of amounts', like: '10..99' })).toThrow(
      '--price: "x..y" is not a range of amounts, expected like 10..99',
    )
  })
})
