import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith, run } from './shoptool.ts'

it('demo runs a month of work, says every command, and ends with files that are there', { timeout: 60_000 }, async () => {
  const cwd = folderWith()
  const { code, stdout, stderr } = await run(['demo'], { cwd, env: { SHOPTOOL_WORKSPACE: '/nowhere' } })
  expect(stderr).not.toContain('this is a bug')
  expect(code).toBe(0)
  for (const step of [
    'sync',
    'find --min-rate 20%',
    'shelf add ',
    'poster ',
    'copy ',
    'import payouts ',
    'settle --month 2026-10',
    'settle --month 2026-11',
    'settle explain ',
  ]) {
    expect(stdout).toContain(`\n$ shoptool ${step}`)
  }
  const places = stdout.slice(stdout.indexOf('\nLook at\n')).trim().split('\n').slice(1)
  expect(places.filter((line) => line.endsWith('.png')).length).toBeGreaterThanOrEqual(4)
  expect(places.filter((line) => line.endsWith('report.html')).length).toBe(2)
  for (const place of places) expect(existsSync(place.trim()), place).toBe(true)

  // an earlier demo is replaced, and the folder's own commands work in it
  expect((await run(['demo', '--json', '-q'], { cwd })).code).toBe(0)
  expect(readdirSync(cwd)).toEqual(['shoptool-demo'])
  expect((await run(['source', 'list'], { cwd: join(cwd, 'shoptool-demo') })).stdout).toContain('applied')
})
