import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { CONFIGURATION, folderWith, run } from './shoptool.ts'

const JOIN = `title: 招募
of: shop
sizes: [portrait, square]
schemes: { a: { ink: '#102030' } }
root: { column: [
  { text: '{{ shop.name }}', size: 60, color: $ink },
  { text: '{{ shop.slogan }}', when: shop.slogan, size: 40 },
  { text: '{{ member }} 邀请你', when: member, size: 40 },
  { text: '{{ disclosure }}', size: 24 },
  { qr: '{{ shop.link }}', width: 300 } ], padding: 60 }
`
const shop = (more: string) =>
  folderWith({
    'shoptool.yaml': CONFIGURATION.replace('CNY }', `CNY${more} }`),
    'templates/posters/join/template.yaml': JOIN,
  })

describe('poster --recruit', () => {
  const folder = shop(', link: "https://example.com/shop"')

  it('makes posters of the shop, with its link', async () => {
    const { code, stdout } = await run(['-C', folder, 'poster', '--recruit', '--style', 'join', '--json'])
    const { bundles } = JSON.parse(stdout)
    const dir = join(folder, 'out/posters/recruit')
    expect(code).toBe(0)
    expect(bundles).toMatchObject([
      { partner: null, sku: null, dir, posters: [{ style: 'join', size: 'portrait', file: 'join.png' }], copy: [], error: null },
    ])
    expect(bundles[0].posters[0].qr).toEqual({ text: 'https://example.com/shop', verified: true })
    expect(readdirSync(dir)).toEqual(['join.png', 'link.txt', 'manifest.json'])
    expect(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))).toMatchObject({
      schema: 'shoptool.recruit.v1',
      shop: { name: '小鹿好物', slogan: null },
      posters: [{ style: 'join', scheme: 'a', size: 'portrait' }],
    })
  })

  it('makes them for a member, with another link and a slogan, in a folder of their own', async () => {
    const args = [
      '--member',
      'xiaohong',
      '--link',
      'https://example.com/join?by=7',
      '--slogan',
      '一起分享好物',
      '--size',
      'square',
    ]
    const { code, stdout, stderr } = await run(['-C', folder, 'poster', '--recruit', '--style', 'join', ...args])
    const dir = join(folder, 'out/posters/recruit-xiaohong')
    const page = join(folder, 'out/posters/index.html')
    expect([code, stdout, stderr]).toEqual([0, `${dir}\n`, `  join-square.png\nAll on one page: ${page}\n`])
    expect(readFileSync(join(dir, 'link.txt'), 'utf8')).toBe('https://example.com/join?by=7\n')
    expect(await loadImage(join(dir, 'join-square.png'))).toMatchObject({ width: 1080, height: 1080 })
  })

  it('is verified against name and link of the shop, but for a link that was given', async () => {
    const folder = shop(', link: "https://example.com/shop"')
    const verify = async () => {
      const { code, stdout } = await run(['-C', folder, 'poster', 'verify', 'out/posters', '--json'], { cwd: folder })
      const findings = JSON.parse(stdout).findings as Record<'dir' | 'kind' | 'before' | 'now', string>[]
      return [code, ...findings.map(({ dir, kind, before, now }) => [basename(dir), kind, before, now])]
    }
    await run(['-C', folder, 'poster', '--recruit', '--style', 'join'])
    await run(['-C', folder, 'poster', '--recruit', '--style', 'join', '--member', 'ming'])
    await run(['-C', folder, 'poster', '--recruit', '--style', 'join', '--member', 'hua', '--link', 'https://example.com/hua'])
    expect(await verify()).toEqual([0])
    const settings = readFileSync(join(folder, 'shoptool.yaml'), 'utf8')
    writeFileSync(join(folder, 'shoptool.yaml'), settings.replace('example.com/shop', 'example.com/new'))
    const [old, now] = ['https://example.com/shop', 'https://example.com/new']
    expect(await verify()).toEqual([5, ['recruit', 'link', old, now], ['recruit-ming', 'link', old, now]])
    writeFileSync(join(folder, 'shoptool.yaml'), settings.replace('小鹿好物', '小鹿').replace(/, link: "[^"]*"/, ''))
    expect(await verify()).toEqual([
      5,
      ...['recruit', 'recruit-hua', 'recruit-ming'].flatMap((dir) => [
        [dir, 'title', '小鹿好物', '小鹿'],
        ...(dir === 'recruit-hua' ? [] : [[dir, 'link', old, null]]),
      ]),
    ])
  })

  it.each([
    [['--recruit', 'taobao:1'], 'poster --recruit: shows no goods, leave out goods'],
    [['--recruit', '--shelf', 'main'], 'poster --recruit: shows no goods, leave out --shelf'],
    [['--recruit', '--channel', 'moments'], 'poster --recruit: shows no goods, leave out --channel'],
    [['--recruit', '--style', 'card'], 'style card shows goods, expected one of a shop (of: shop)'],
    [['--recruit', '--link', 'example.com'], '--link: "example.com" is not an address, expected like https://example.com/shop'],
  ])('%s', async (args, message) => {
    expect(await run(['-C', folder, 'poster', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('needs a link, which is an address', async () => {
    expect(await run(['-C', shop(''), 'poster', '--recruit'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('where does the QR lead? Give --link, or set link of shop in shoptool.yaml'),
    })
    expect(await run(['-C', shop(', link: shop'), 'poster', '--recruit'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"shop" is not an address, expected like https://example.com/shop'),
    })
  })
})
