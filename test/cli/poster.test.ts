import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ownPid } from '../../src/context.ts'
import { picture } from '../share/studio.ts'
import { ACME, NOW, run, workspaceWith } from './shoptool.ts'

const HEADER = 'sku,title,price,coupon,until,image,url,link'
const GOODS: Record<string, string> = {
  1: '1,晴雨伞 自动 <b>折叠</b>,59.00,10.00,2026-12-31,photo.jpg,https://acme.example/1,https://acme.example/go/1',
  2: '2,马克杯 陶瓷,19.80,,,photo.jpg,https://acme.example/2,https://acme.example/go/2',
  3: '3,保温杯 500ml,99.00,,,none.jpg,https://acme.example/3,https://acme.example/go/3',
  4: '4,雨衣 成人,39.00,5.00,2026-11-26,photo.jpg,https://acme.example/4,https://acme.example/go/4',
}
const PARTNER = `${ACME}      couponAmount: { amount: coupon, unit: yuan, optional: true }
      couponUntil: { instant: until, pattern: "yyyy-MM-dd", optional: true }
      imageUrl: { text: image }
      url: { text: url }
      link: { text: link }
`
const feed = (goods: Record<string, string>) => `${[HEADER, ...Object.values(goods)].join('\n')}\n`

async function shop(goods = GOODS): Promise<string> {
  const cwd = workspaceWith(
    'shelves: { main: { kind: custom } }\nsources: { goods: { partner: acme, feed: products, file: goods.csv } }\n',
    { 'partners/acme.yaml': PARTNER, 'goods.csv': feed(goods), 'photo.jpg': picture('jpeg', 300, 300) },
  )
  expect(await run(['sync'], { cwd })).toMatchObject({ code: 0 })
  return cwd
}
async function change(cwd: string, goods: Record<string, string>): Promise<void> {
  writeFileSync(join(cwd, 'goods.csv'), feed(goods))
  expect((await run(['sync', '--accept-shrink'], { cwd })).code).toBe(0)
}
const CHEAP = ['--style', 'card', '--size', 'square', '--format', 'jpeg', '--channel', 'moments']
const poster = (cwd: string, args: string[], options: Parameters<typeof run>[1] = {}) =>
  run(['poster', ...args, ...CHEAP], { cwd, ...options })
const bundlesOf = (stdout: string) => JSON.parse(stdout).bundles as { sku: string; status: string; error: string | null }[]
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  )

describe('a batch', () => {
  let cwd = ''
  beforeAll(async () => {
    cwd = await shop()
    await run(['shelf', 'add', '1', '2', '3'], { cwd })
  })

  it('makes all but what fails, tells the reason at the end, and keeps what stands there', async () => {
    const first = await poster(cwd, ['--shelf', 'main'])
    expect(first.code).toBe(4)
    expect(first.stdout).toBe(`${join(cwd, 'out/posters/acme-1')}\n${join(cwd, 'out/posters/acme-2')}\n`)
    expect(first.stderr.trimEnd().split('\n').slice(-3)).toEqual([
      'shoptool: acme:3: cannot read the photo none.jpg (ENOENT)',
      '2 made, 0 kept as they were, 1 failed.',
      `All on one page: ${join(cwd, 'out/posters/index.html')}`,
    ])
    const before = contents(join(cwd, 'out/posters'))
    const again = await poster(cwd, ['--shelf', 'main', '--json'])
    expect([again.code, bundlesOf(again.stdout).map(({ sku, status, error }) => [sku, status, error])]).toEqual([
      4,
      [
        ['1', 'kept', null],
        ['2', 'kept', null],
        ['3', 'failed', 'acme:3: cannot read the photo none.jpg (ENOENT)'],
      ],
    ])
    expect(JSON.parse(again.stdout)).toMatchObject({
      schema: 'shoptool.poster.v1',
      made: 0,
      kept: 2,
      failed: 1,
      gallery: join(cwd, 'out/posters/index.html'),
    })
    expect(contents(join(cwd, 'out/posters'))).toEqual(before)
  })

  it('makes anew what was changed, what would be made otherwise, and all with --again', async () => {
    const made = async (...args: string[]) =>
      bundlesOf((await poster(cwd, ['1', '2', '--json', ...args])).stdout).flatMap(({ sku, status }) =>
        status === 'made' ? [sku] : [],
      )
    await made()
    expect(await made()).toEqual([])
    writeFileSync(join(cwd, 'out/posters/acme-2/link.txt'), 'https://elsewhere.example/\n')
    expect(await made()).toEqual(['2'])
    rmSync(join(cwd, 'out/posters/acme-1/card-square.jpeg'))
    expect(await made()).toEqual(['1'])
    expect(await made('--size', '4x5')).toEqual(['1', '2'])
    expect(await made()).toEqual(['1', '2'])
    await run(['shelf', 'add', '2', '--reason', '办公室同款'], { cwd })
    expect(await made()).toEqual(['2'])
    expect(await made('--again')).toEqual(['1', '2'])
    // another photo under the same name
    writeFileSync(join(cwd, 'photo.jpg'), picture('jpeg', 301, 300))
    expect(await made()).toEqual(['1', '2'])
    // the coupon of 1 is over on new year's day
    const later = await poster(cwd, ['1', '2', '--json'], { now: Date.parse('2027-01-01T09:00:00+08:00') })
    expect(bundlesOf(later.stdout).map(({ status }) => status)).toEqual(['made', 'kept'])
    expect(later.stdout).toContain('the coupon ended on 2026-12-31; it was left out')
  })

  it('makes the goods of a saved search, at most so many', async () => {
    await run(['find', '雨', '--sort', 'price', '--save', 'rain'], { cwd })
    const out = mkdtempSync(join(tmpdir(), 'shoptool-posters-'))
    const found = async (...args: string[]) =>
      bundlesOf((await poster(cwd, ['--saved', 'rain', '--out', out, '--json', ...args])).stdout).map(({ sku }) => sku)
    expect(await found()).toEqual(['4', '1'])
    expect(await found('--limit', '1')).toEqual(['4'])
    expect(readdirSync(out).filter((name) => !name.includes('.'))).toEqual(['acme-1', 'acme-4'])
  })

  it('shows how far it is on a terminal, and nothing of it elsewhere', async () => {
    let now = NOW
    const clock = { cwd, tty: 60 as const, now }
    const { stderr } = await run(['poster', '1', '2', '3', ...CHEAP], clock)
    expect(stderr).toContain('0 of 3 goods')
    expect(stderr).toContain('3 of 3 goods, 1 failed')
    now++
    expect((await poster(cwd, ['1', '2'])).stderr).not.toContain('of 2 goods')
  })

  it('takes away what a killed run left, and puts back what it was replacing', async () => {
    const out = mkdtempSync(join(tmpdir(), 'shoptool-posters-'))
    await poster(cwd, ['1', '--out', out])
    const whole = contents(join(out, 'acme-1'))
    // a number that no process has, as far as this machine gives them
    const dead = 2 ** 22 + 7
    mkdirSync(join(out, `.acme-2.${dead}.new`))
    writeFileSync(join(out, `.acme-2.${dead}.new/card.png`), 'half')
    mkdirSync(join(out, '.mine.1.txt'))
    const { renameSync } = await import('node:fs')
    renameSync(join(out, 'acme-1'), join(out, `.acme-1.${ownPid()}.old`))
    const { stdout } = await poster(cwd, ['1', '--out', out, '--json'])
    expect(bundlesOf(stdout)[0]?.status).toBe('kept')
    expect(contents(join(out, 'acme-1'))).toEqual(whole)
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual(['.mine.1.txt'])
  })

  it.each([
    [['poster'], 'poster: which goods? Name one or more, or a shelf with --shelf, or a saved search with --saved'],
    [['poster', '--saved', 'rains'], '--saved: no search is kept as "rains"'],
    [['poster', '1', '--limit', '0'], '--limit: "0" is not a number of goods, expected 1 or more'],
    [['poster', '1', '--jobs', '0'], '--jobs: "0" is not a number of pictures, expected 1 or more'],
    [['poster', '9'], '9: no such product'],
  ])('%j is refused before anything is made', async (args, message) => {
    const fresh = await shop({ 1: GOODS[1]! })
    const { code, stdout, stderr } = await run(args, { cwd: fresh })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(existsSync(join(fresh, 'out/posters'))).toBe(false)
  })
})

describe('verify', () => {
  const verify = async (cwd: string, ...args: string[]) => {
    const { code, stdout } = await run(['poster', 'verify', ...args, '--json'], { cwd })
    const { findings, checked } = JSON.parse(stdout) as { checked: number; findings: Record<string, unknown>[] }
    return { code, checked, findings: findings.map(({ sku, kind, before, now }) => [sku, kind, before, now]) }
  }

  it('names posters whose price, coupon, title, link or goods are no more what they were', async () => {
    const cwd = await shop()
    await poster(cwd, ['1', '2', '4'])
    expect(await verify(cwd, 'out')).toEqual({ code: 0, checked: 3, findings: [] })
    await change(cwd, {
      1: GOODS[1]!.replace('59.00,10.00,2026-12-31', '65.00,5.00,2026-12-31').replace('go/1', 'go/one'),
      4: GOODS[4]!.replace('雨衣', '防水雨衣'),
    })
    expect(await verify(cwd, 'out/posters')).toEqual({
      code: 5,
      checked: 3,
      findings: [
        ['1', 'price', '59.00 → 49.00 CNY', '65.00 → 60.00 CNY'],
        ['1', 'coupon', '10.00 until 2026-12-31', '5.00 until 2026-12-31'],
        ['1', 'link', 'https://acme.example/go/1', 'https://acme.example/go/one'],
        ['2', 'gone', '2', '2026-11-25'],
        ['4', 'title', '雨衣 成人', '防水雨衣 成人'],
      ],
    })
    const later = await run(['poster', 'verify', 'out/posters/acme-4'], { cwd, now: Date.parse('2026-11-27T09:00:00+08:00') })
    expect(later.code).toBe(5)
    expect(later.stdout).toBe(
      'acme:4\tcoupon is over\t2026-11-26\t\tout/posters/acme-4\nacme:4\ttitle\t雨衣 成人\t防水雨衣 成人\tout/posters/acme-4\n',
    )
    expect(later.stderr).toContain('1 bundle checked, 1 do not hold')
  })

  it('names files that are missing or were changed, and manifests that cannot be read', async () => {
    const cwd = await shop()
    await poster(cwd, ['1', '2', '--out', 'out/a/b'])
    const at = (name: string) => join(cwd, 'out/a/b', name)
    rmSync(at('acme-1/link.txt'))
    const bytes = readFileSync(at('acme-2/card-square.jpeg'))
    bytes[bytes.length - 100]! ^= 1
    writeFileSync(at('acme-2/card-square.jpeg'), bytes)
    utimesSync(at('acme-2/card-square.jpeg'), 0, 0)
    for (const [name, text] of [
      ['acme-5', '{ not json'],
      ['acme-6', '{ "schema": "shoptool.bundle.v9" }'],
      ['acme-7', '{ "schema": "shoptool.bundle.v1", "link": "https://acme.example" }'],
      ['web', '{ "name": "an app", "icons": [] }'],
    ] as const) {
      mkdirSync(at(name))
      writeFileSync(at(join(name, 'manifest.json')), text)
    }
    expect(await verify(cwd, 'out')).toEqual({
      code: 5,
      checked: 5,
      findings: [
        ['1', 'missing', 'link.txt', null],
        ['2', 'altered', 'card-square.jpeg', null],
        [null, 'manifest', null, 'manifest.json cannot be read'],
        [null, 'manifest', null, 'manifest.json has the schema shoptool.bundle.v9, of a newer shoptool'],
        [null, 'manifest', null, 'manifest.json lacks link or files'],
      ],
    })
    const { stdout } = await run(['poster', 'verify', 'out'], { cwd, tty: 60 })
    expect(stdout).toContain('out/a/b/acme-5\n')
  })

  it('takes manifests that lack what was added since', async () => {
    const cwd = await shop()
    await poster(cwd, ['1'])
    const path = join(cwd, 'out/posters/acme-1/manifest.json')
    const { input: _, copy: _c, warnings: _w, terms: _t, posters, ...old } = JSON.parse(readFileSync(path, 'utf8'))
    const oldPosters = posters.map(({ pictures: _p, ...poster }: { pictures: unknown }) => poster)
    writeFileSync(path, JSON.stringify({ ...old, posters: oldPosters }))
    expect(await verify(cwd, 'out')).toEqual({ code: 0, checked: 1, findings: [] })
    expect(bundlesOf((await poster(cwd, ['1', '--json'])).stdout)[0]?.status).toBe('made')
  })

  it.each([
    ['nowhere', 'nowhere: no such folder'],
    ['goods.csv', 'goods.csv: is a file, expected a folder'],
    ['partners', 'partners: there is no bundle in it, expected a folder that "shoptool poster" made'],
    ['web', 'web: there is no bundle in it (its manifest.json is of another program)'],
  ])('of %s is refused', async (folder, message) => {
    const cwd = await shop({ 1: GOODS[1]! })
    mkdirSync(join(cwd, 'web'))
    writeFileSync(join(cwd, 'web/manifest.json'), '{}')
    const { code, stderr } = await run(['poster', 'verify', folder], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
