import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyToClipboard } from '../../src/commands/clipboard.ts'
import { ACME, folderWith, run, workspaceWith } from './shoptool.ts'

const GOODS = 'sku,title,price,url\n1,晴雨伞,59.00,https://acme.example/1\n2,马克杯,19.80,\n'
const SHOP = `${ACME}      url: { text: url, optional: true }\n`
const CONFIGURATION = `shelves: { main: { kind: custom } }
channels: { moments: { surface: wechat/moments, forms: [image] }, fans: { surface: kuaishou/video, forms: [image] }, radio: { surface: fm/live, forms: [url] } }
sources: { goods: { partner: acme, feed: products, file: goods.csv } }
tracking: { acme: [] }
`
let cwd = ''
beforeAll(async () => {
  cwd = workspaceWith(CONFIGURATION, { 'partners/acme.yaml': SHOP, 'goods.csv': GOODS })
  await run(['sync'], { cwd })
  await run(['shelf', 'add', '1', '2', '--reason', '家里常备'], { cwd })
})

describe('copy', () => {
  it('writes for each channel that has texts, and says which has none', async () => {
    const { code, stdout, stderr } = await run(['copy', '1', '--variant', 'plain'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^── moments · plain\n【广告】晴雨伞\n售价 ¥59\n家里常备\n\n【广告】Acme\n/)
    expect(stdout).toContain('\n\n── fans · plain\n【广告】晴雨伞，¥59\n')
    expect(stderr).toBe('radio: there are no texts for fm/live\n')
  })

  it('--json names variant and number of variants; --part and --plain keep to theirs', async () => {
    const { stdout } = await run(['copy', '1', '--channel', 'moments', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 'shoptool.copy.v1', partner: 'acme', sku: '1', warnings: [], errors: [] },
      copy: [{ channel: 'moments', variants: 6, headline: null, partner: 'acme', sku: '1' }],
    })
    const scene = ['copy', '1', '--channel', 'moments', '--variant', 'scene', '--part', 'main']
    expect((await run(scene, { cwd })).stdout.split('\n')[0]).toMatch(/看看这件 🛒$/)
    expect((await run([...scene, '--plain'], { cwd })).stdout.split('\n')[0]).toMatch(/看看这件$/)
  })

  it('--variant takes a number, or all', async () => {
    const first = await run(['copy', '1', '--channel', 'moments', '--variant', '2'], { cwd })
    expect(first.stdout).toBe((await run(['copy', '1', '--channel', 'moments', '--variant', 'plain'], { cwd })).stdout)
    const all = await run(['copy', '1', '--channel', 'moments', '--variant', 'all', '--json'], { cwd })
    expect(new Set(JSON.parse(all.stdout).copy.map(({ main }: { main: string }) => main)).size).toBe(6)
  })

  it('bears the mark that the shop has chosen', async () => {
    const own = workspaceWith('', {
      'shoptool.yaml': `shop: { name: 小鹿好物, timezone: Asia/Shanghai, currency: CNY, disclosure: 推广 }\n${CONFIGURATION}`,
      ...{ 'partners/acme.yaml': SHOP, 'goods.csv': GOODS },
    })
    await run(['sync'], { cwd: own })
    const { stdout } = await run(['copy', '1', '--channel', 'moments', '--variant', 'plain'], { cwd: own })
    expect(stdout).toMatch(/^【推广】晴雨伞\n.*\n【推广】Acme\n/s)
    expect(stdout).not.toContain('广告')
  })

  it('of a shelf goes on where goods cannot be shared', async () => {
    const { code, stdout, stderr } = await run(['copy', '--shelf', 'main', '--channel', 'moments'], { cwd })
    expect([code, stdout]).toEqual([2, expect.stringContaining('晴雨伞')])
    expect(stderr).toContain('acme:2: has neither a link nor a page to share')
  })

  it('says that a shelf is empty', async () => {
    const empty = workspaceWith('shelves: { main: { kind: custom } }\n')
    await run(['shelf', 'check'], { cwd: empty })
    for (const of of [['copy'], ['poster']]) {
      const { code, stdout, stderr } = await run([...of, '--shelf', 'main'], { cwd: empty })
      expect([code, stdout, stderr]).toEqual([0, '', expect.stringMatching(/^No goods to /)])
    }
  })

  it.each([
    [['copy'], 'copy: which goods? Name one or more, or a shelf with --shelf'],
    [
      ['copy', '1', '--variant', '9', '--channel', 'moments'],
      '--variant: there is no 9 among 6: list, plain, price, question, reason, scene',
    ],
    [['copy', '1', '--variant', 'scne', '--channel', 'moments'], 'moments: no text "scne"; did you mean scene?'],
    [['copy', '1', '--part', 'body'], '--part: "body" is not one of headline, main, comment'],
    [['copy', '1', '--channel', 'moments', '--part', 'headline'], '--part headline: moments has none'],
    [['copy', '1', '--copy'], '--copy: one text goes on the clipboard; name one product, and one channel with --channel'],
    [
      ['copy', '1', '--channel', 'radio'],
      'radio: there are no texts for fm/live; put some into templates/copy/radio of the workspace',
    ],
  ])('%s is refused', async (args, message) => {
    const { code, stderr } = await run(args, { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('the clipboard', () => {
  const program = (name: string, script: string) => {
    const folder = folderWith({ [name]: `#!/bin/sh\n${script}\n` })
    chmodSync(join(folder, name), 0o755)
    return folder
  }

  it('gets the text by the first program that can', async () => {
    const [broken, working] = [
      program('wl-copy', 'exit 1'),
      program('xclip', 'cat > "$(dirname "$0")/got"; echo "$@" >> "$(dirname "$0")/got"'),
    ]
    const env = { WAYLAND_DISPLAY: 'w', DISPLAY: ':0', PATH: [broken, working, '/usr/bin', '/bin'].join(delimiter) }
    const text = '【广告】"$(touch oops)" \'; `x` \\ 🛒'
    await copyToClipboard({ env }, text, 'linux')
    expect(readFileSync(join(working, 'got'), 'utf8')).toBe(`${text}-selection clipboard\n`)
    expect(existsSync('oops')).toBe(false)
  })

  it('of Windows gets UTF-16', async () => {
    const folder = program('clip.exe', 'cat > "$(dirname "$0")/got"')
    await copyToClipboard({ env: { WSL_DISTRO_NAME: 'Debian', PATH: `${folder}${delimiter}/bin` } }, '伞', 'linux')
    expect(readFileSync(join(folder, 'got')).toString('utf16le')).toBe('伞')
  })

  it('that is not there is told after the text was printed', async () => {
    const { code, stdout, stderr } = await run(['copy', '1', '--channel', 'moments', '--copy'], {
      cwd,
      env: { DISPLAY: ':0', PATH: '' },
    })
    expect([code, stdout]).toEqual([2, expect.stringContaining('晴雨伞')])
    expect(stderr).toMatch(/--copy: there is no clipboard here.*; the text is on standard output/)
    await expect(copyToClipboard({ env: { DISPLAY: ':0', PATH: '' } }, 'x', 'linux')).rejects.toThrow(
      '(xclip, xsel are not there or failed)',
    )
    await expect(copyToClipboard({ env: {} }, 'x', 'plan9')).rejects.toThrow('no clipboard here; the text')
  })
})
