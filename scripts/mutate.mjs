// Puts each fault of test/settle/faults.mjs into a copy of the source, one at a time, and runs the tests of settlement on it: each must
// make one of them fail. node scripts/mutate.mjs [words of a fault]
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAULTS, inject } from '../test/settle/faults.mjs'

const home = fileURLToPath(new URL('..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'shoptool-mutate-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const name of ['src', 'test', 'templates', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
  cpSync(join(home, name), join(copy, name), { recursive: true })
symlinkSync(join(home, 'node_modules'), join(copy, 'node_modules'))

const TESTS = ['calendar', 'expect', 'explain', 'match', 'order', 'parts', 'properties', 'reconcile', 'terms'].map(
  (name) => `test/settle/${name}.test.ts`,
)
const test = () =>
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...TESTS, 'test/partners/terms.test.ts'], {
    cwd: copy,
    encoding: 'utf8',
  })
const failing = (/** @type {string} */ output) => /FAIL\s+(.*)/.exec(output.replace(/\x1b\[[\d;]*m/g, ''))?.[1]

const whole = test()
if (whole.status !== 0) {
  console.error(`the tests fail without any fault: ${failing(whole.stdout)}`)
  process.exit(1)
}
const words = process.argv.slice(2).join(' ')
const missed = FAULTS.filter(({ what }) => what.includes(words)).filter((fault) => {
  const path = join(copy, fault.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, inject(source, fault))
  const { status, stdout, stderr } = test()
  writeFileSync(path, source)
  console.log(status === 0 ? `MISSED  ${fault.what}` : `caught  ${fault.what} — ${failing(stdout + stderr)}`)
  return status === 0
})
console.log(missed.length === 0 ? 'every fault is caught' : `${missed.length} faults are not caught`)
process.exitCode = missed.length === 0 ? 0 : 1
