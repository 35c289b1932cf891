import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageFolder } from '../src/context.ts'

// What `npm pack` gives, unpacked elsewhere. Only the dependencies are borrowed from here: compiling SQLite again would take a minute.

const home = packageFolder()
const folder = mkdtempSync(join(tmpdir(), 'shoptool-package-'))
const unpacked = join(folder, 'package')
const shoptool = (...args: string[]) =>
  execFileSync(process.execPath, [join(unpacked, 'bin/shoptool.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: home,
    encoding: 'utf8',
  })
  execFileSync('tar', ['-xzf', join(folder, packed.trim().split('\n').at(-1)!), '-C', folder])
  symlinkSync(join(home, 'node_modules'), join(unpacked, 'node_modules'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('holds the program, templates, sample, fonts and licences, and nothing to develop with', () => {
  for (const name of [
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'CHANGELOG.md',
    'dist/fonts/NotoColorEmoji.ttf',
    'dist/fonts/OFL.txt',
    'dist/fonts/OFL-emoji.txt',
    'templates/workspace/shoptool.yaml',
  ]) {
    expect(existsSync(join(unpacked, name)), name).toBe(true)
  }
  expect(readdirSync(unpacked).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'bin',
    'dist',
    'node_modules',
    'package.json',
    'templates',
  ])
})

it('runs: version, sample workspace, sync, poster', () => {
  expect(shoptool('--version').trim()).toBe(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version)
  shoptool('init', 'shop', '--sample')
  shoptool('-C', 'shop', 'sync', '-q')
  const { bundles } = JSON.parse(shoptool('-C', 'shop', 'poster', '990012474155', '--json'))
  expect(bundles[0].posters.map(({ qr }: { qr: object }) => qr)).toEqual([
    expect.objectContaining({ verified: true }),
    expect.objectContaining({ verified: true }),
  ])
})

it('ends at once where a poster style is wrong, although the thread that reads codes has begun', () => {
  const args = [join(unpacked, 'bin/shoptool.js'), '-C', 'shop', 'poster', '990012474155', '--style', 'nope']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 20_000 })
  expect([status, stderr]).toEqual([2, expect.stringContaining('no poster style nope, did you mean nine?')])
})

it('finds words that must not be published', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(unpacked, 'bin/shoptool.js'), 'copy', 'lint', '-'], {
    ...{ cwd: folder, encoding: 'utf8', input: '【广告】全 网 最 低，第一次来' },
  })
  expect([status, stdout.split(' — ')[0]]).toEqual([5, 'stdin:1:5: stop 全 网 最 低 (全网最低)'])
})
