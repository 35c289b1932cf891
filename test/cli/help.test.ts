import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli.ts'
import type { Command } from '../../src/commands/command.ts'
import { run } from './shoptool.ts'

const NAMES = Object.values(COMMANDS).flatMap((group) => group.map(({ name }) => name))

describe('help', () => {
  it('of all: every command, the global flags and examples', async () => {
    for (const args of [[], ['--help'], ['-h'], ['help']]) {
      const { code, stdout, stderr } = await run(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^ {2}${name} +[a-z]`, 'm'))
      expect(stdout).toContain('--no-input')
      expect(stdout).toContain('  $ shoptool settle --month 2026-10')
    }
  })

  it.each(NAMES)('of %s, in each of the ways to ask', async (name) => {
    const { code, stdout, stderr } = await run([name, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: shoptool ${name}`))
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}\\$ shoptool ${name}`))
    expect(stdout).toContain('-C, --workspace <dir>')
    expect((await run(['help', name])).stdout).toBe(stdout)
    expect((await run(['--help', name])).stdout).toBe(stdout)
  })

  it('says a sentence, an example and every flag of every sub-command', async () => {
    const check = async (path: string[], command: Command) => {
      const { stdout } = await run([...path, '--help'])
      expect(stdout).toMatch(new RegExp(`^Usage: shoptool ${path.join(' ')}`))
      expect(command.about).toMatch(/^[A-Z].*\.$/s)
      expect(command.examples.length, path.join(' ')).toBeGreaterThan(0)
      for (const { flags, about, value } of Object.values(command.options)) {
        expect(stdout).toContain(flags)
        // the words of a value stand behind it by themselves
        if (value.words)
          expect(
            value.words.every((word) => about.includes(word)),
            `${path.join(' ')} ${flags}: ${about}`,
          ).toBe(false)
      }
      for (const [name, sub] of Object.entries(command.commands)) await check([...path, name], sub)
    }
    for (const { name, load } of Object.values(COMMANDS).flat()) await check([name], (await load()).command)
  })

  it('fits a terminal of 60 columns, but for examples', async () => {
    for (const args of [['--help'], ['map', '--help'], ['source', '--help']]) {
      const { stdout } = await run(args, { tty: 60 })
      expect(stdout.split('\n').filter((line) => line.length > 60 && !line.startsWith('  $ '))).toEqual([])
    }
  })
})

describe('version', () => {
  it('is that of package.json, before and behind a command', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    for (const args of [['--version'], ['-V'], ['map', '--version']]) {
      expect(await run(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    }
  })
})
