// Makes a clone ready to run: installs what package-lock.json names and builds, each only when it has to.
import { execSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'

process.chdir(new URL('..', import.meta.url).pathname)
const digest = (/** @type {string[]} */ files) => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}
const filesUnder = (/** @type {string} */ folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((name) => statSync(name).isFile())
    .sort()
const stampOf = (/** @type {string} */ file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

const wanted = digest(['package-lock.json'])
if (stampOf('node_modules/.shoptool-installed') !== wanted) {
  console.error('installing dependencies (compiles SQLite: a minute or two)…')
  execSync('npm ci --no-fund --no-audit', { stdio: ['ignore', 2, 2] })
  writeFileSync('node_modules/.shoptool-installed', wanted)
}
const source = digest([...filesUnder('src'), ...filesUnder('scripts'), ...filesUnder('templates/rules'), 'package-lock.json'])
if (stampOf('dist/.built') !== source) {
  console.error('building…')
  execSync('node scripts/build.mjs', { stdio: ['ignore', 2, 2] })
  writeFileSync('dist/.built', source)
}
