import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { picture } from '../share/studio.ts'
import { ACME, folderWith, workspaceWith } from './shoptool.ts'

const BIN = resolve('bin/shoptool.js')

/** Runs the built program in a process of its own, through a shell. */
function shell(line: string, cwd: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = execFile('bash', ['-c', line], { cwd, env: { ...process.env, BIN } }, (_error, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    )
  })
}

// `npm test` builds before; vitest alone does not
describe.skipIf(!existsSync('dist/cli.js'))('the program as a process', () => {
  it('gives its exit code to the shell', async () => {
    expect(await shell('$BIN --version', '/')).toMatchObject({ code: 0, stderr: '' })
    expect(await shell('$BIN snyc', '/')).toEqual({
      code: 2,
      stdout: '',
      stderr: "shoptool: unknown command 'snyc'; did you mean sync?\n",
    })
  })

  it('is quiet when the reader goes away', async () => {
    const { code, stdout, stderr } = await shell('set -o pipefail; $BIN map --fields -q | head -1', '/')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^products\tsku\t.*\n$/)
  })

  it('ends with the reader of an answer that has no end', { timeout: 20_000 }, async () => {
    const cwd = workspaceWith('', { 'goods.csv': 'sku,title,price\n1,a,1.00\n', 'partners/acme.yaml': ACME })
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
    const line = `$BIN import products goods.csv --partner acme -q >&2; set -o pipefail; $BIN sql '${endless}' | head -1`
    expect(await shell(line, cwd)).toMatchObject({ code: 0, stdout: '1\n' })
  })

  it('makes the same posters, manifest and page, byte for byte, as another process', { timeout: 30_000 }, async () => {
    const fields = '      imageUrl: { text: image }\n      link: { text: link }\n'
    const cwd = workspaceWith('', {
      'goods.csv': 'sku,title,price,image,link\n1,晴雨伞,59.00,photo.jpg,https://acme.example/go/1\n',
      'partners/acme.yaml': ACME + fields,
      'photo.jpg': picture('jpeg', 300, 300),
    })
    const made = '$BIN poster 1 --style card,tag --size square --out'
    const { code } = await shell(
      `$BIN import products goods.csv --partner acme -q && ${made} a -q && ${made} b -q; diff -r a b`,
      cwd,
    )
    expect(code).toBe(0)
    expect(readdirSync(join(cwd, 'b/acme-1'))).toContain('tag-square.png')
  })

  it('an interrupt ends it with 130 at once, and its lock holds nobody up', { timeout: 20_000 }, async () => {
    const cwd = workspaceWith()
    // waits for standard input, with the lock taken
    const child = spawn('bash', ['-c', '$BIN import products - --partner taobao; echo $?'], { cwd, env: { ...process.env, BIN } })
    let told = ''
    child.stdout.on('data', (text) => {
      told += text
    })
    const lock = join(cwd, '.shoptool/lock')
    while (!existsSync(lock)) await new Promise((later) => setTimeout(later, 20))
    expect(await shell('$BIN import products x.csv --partner taobao', cwd)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^shoptool: another run \(pid \d+, since .*\) holds .*; run again when it is done\n$/),
    })
    process.kill(JSON.parse(readFileSync(lock, 'utf8')).pid, 'SIGINT')
    await once(child, 'close')
    expect(told).toBe('130\n')
    expect(readdirSync(join(cwd, '.shoptool'))).toContain('lock')
    expect(await shell('$BIN import products x.csv --partner taobao', cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no such file'),
    })
    expect(existsSync(lock)).toBe(false)
  })
})

it('what a slow reader has not taken yet is not held in memory', async () => {
  const folder = folderWith({
    'package.json': '{ "type": "module" }',
    'write.js': `import { realContext } from './context.js'
const { stdout } = realContext()
stdout.write('x'.repeat(1e6))
process.stderr.write(String(stdout.writableLength))`,
  })
  await build({
    entryPoints: ['src/context.ts'],
    outfile: join(folder, 'context.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  expect(await shell('node write.js | (sleep 0.1; wc -c)', folder)).toMatchObject({
    stdout: expect.stringContaining('1000000'),
    stderr: '0',
  })
})
