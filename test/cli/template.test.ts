import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { CONFIGURATION, folderWith, run } from './shoptool.ts'

const OWN = `title: 我的
sizes: [square]
schemes: { a: { ink: '#102030', paper: '#ffffff' }, b: { ink: '#dddddd', paper: '#ffffff' } }
root: { column: [
  { id: title, text: '{{ title }}', size: 40, lines: 1, color: $ink },
  { id: sign, text: '{{ disclosure }}', size: 24, color: $ink, width: 60, height: 30 },
  { qr: '{{ link }}', width: 330, when: sales } ], padding: 60, fill: $paper }
`
const workspace = (templates: Record<string, string> = {}) =>
  folderWith({
    'shoptool.yaml': CONFIGURATION,
    ...Object.fromEntries(Object.entries(templates).map(([name, source]) => [`templates/posters/${name}/template.yaml`, source])),
  })
const nowhere = folderWith()

describe('template list', () => {
  it('shows those that come with the tool without any workspace', async () => {
    const { code, stdout } = await run(['template', 'list'], { cwd: nowhere })
    expect(code).toBe(0)
    expect(stdout).toContain('card\t经典卡片\tgoods\tshoptool\tportrait 4x5 square\tcoral jade indigo\n')
  })

  it('shows your own and what they extend, and names one that is wrong', async () => {
    const cwd = workspace({ own: OWN, mine: 'extends: own\nsizes: [square]', bad: 'title: T' })
    const { code, stdout, stderr } = await run(['template', 'list', '--json'], { cwd })
    expect([code, stderr]).toEqual([2, 'shoptool: bad/template.yaml: the file: sizes is missing\n'])
    expect(JSON.parse(stdout).templates.slice(-2)).toEqual([
      {
        ...{ name: 'mine', title: '我的', of: 'product', own: true, extends: 'own' },
        ...{ sizes: [{ size: 'square', width: 1080, height: 1080, tiles: [1, 1] }], schemes: ['a', 'b'] },
      },
      expect.objectContaining({ name: 'own', extends: null }),
    ])
  })
})

describe('template new', () => {
  it('writes one that extends another, and is in order as it is', async () => {
    const cwd = workspace()
    const file = join(cwd, 'templates/posters/mine/template.yaml')
    expect(await run(['template', 'new', 'mine', '--from', 'minimal'], { cwd })).toMatchObject({ code: 0, stdout: `${file}\n` })
    const source = readFileSync(file, 'utf8')
    expect(source).toMatch(/^extends: minimal$/m)
    expect(source).toMatch(/by id: .*title, reason, price/)
    // what it proposes in comments holds too
    const uncommented = source.replace(/^# (?=sizes|schemes|change| {2})/gm, '')
    const { stdout } = await run(['template', 'list', '--json'], { cwd: workspace({ mine: uncommented }) })
    expect(JSON.parse(stdout).templates).toContainEqual(
      expect.objectContaining({ name: 'mine', schemes: ['paper', 'linen', 'mist', 'night', 'mine'] }),
    )
  })

  it.each(['card', 'magazine', 'minimal', 'nine', 'recruit', 'tag'])(
    'proposes nothing that %s needs to be left out',
    async (base) => {
      const cwd = workspace()
      expect((await run(['template', 'new', 'mine', '--from', base], { cwd })).code).toBe(0)
      const source = readFileSync(join(cwd, 'templates/posters/mine/template.yaml'), 'utf8')
      expect(source).toMatch(/^# {3}\w+: null$/m)
      expect(source).not.toMatch(/(disclosure|qr): null|margin/)
    },
  )

  it('tells its file in JSON too', async () => {
    const cwd = workspace()
    const { stdout } = await run(['template', 'new', 'mine', '--json'], { cwd })
    expect(JSON.parse(stdout)).toEqual({
      ...{ schema: 'shoptool.template-new.v1', name: 'mine', from: 'card' },
      file: join(cwd, 'templates/posters/mine/template.yaml'),
    })
  })

  it('copies all of one, with its pictures', async () => {
    const cwd = workspace({ own: OWN })
    expect((await run(['template', 'new', 'twin', '--from', 'own', '--copy'], { cwd })).code).toBe(0)
    expect(readFileSync(join(cwd, 'templates/posters/twin/template.yaml'), 'utf8')).toBe(OWN)
    expect(readdirSync(join(cwd, 'templates/posters'))).toEqual(['own', 'twin'])
  })

  it.each([
    [['own'], 'templates/posters/own is there already; choose another name, or change what is in it'],
    [['a:b'], 'template new: "a:b" is not a name, expected letters, digits, - and _, like mine'],
    [['all'], 'template new: "all" is not a name'],
    [['mine', '--from', 'crad'], '--from: no template crad, did you mean card?'],
  ])('%s is refused', async (args, message) => {
    const cwd = workspace({ own: OWN })
    expect(await run(['template', 'new', ...args], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    expect(readFileSync(join(cwd, 'templates/posters/own/template.yaml'), 'utf8')).toBe(OWN)
    expect(existsSync(join(cwd, 'templates/posters/mine'))).toBe(false)
  })
})

describe('template check', () => {
  it('tells what leaves its place, is cut, cannot be read or is missing', async () => {
    const cwd = workspace({ own: OWN.replace('height: 30', 'height: 20') })
    const { code, stdout, stderr } = await run(['template', 'check', 'own', '--json'], { cwd })
    expect([code, stderr]).toEqual([5, '1 of 1 templates have findings.\n'])
    const [{ findings }] = JSON.parse(stdout).templates
    expect(findings).toEqual(
      [
        ['a', 'shortest title', 'root.column[1]: the text is 11 pixels larger than its box'],
        ['a', 'shortest title', 'has no qr'],
        ['a', 'shortest title with sales', 'root.column[2]: the qr lies on the text of root.column[1]'],
        ['a', 'longest title', expect.stringMatching(/^own, square: "秋冬新款.{12}…" was cut to 1 line$/)],
        ['b', 'shortest', 'root.column[0]: "皂液" has a contrast of 1.3 : 1 to what is behind it, expected 4.5 : 1'],
        ['b', 'shortest', 'root.column[1]: "广告" has a contrast of 1.3 : 1 to what is behind it, expected 4.5 : 1'],
      ].map(([scheme, sample, message]) => ({ size: 'square', scheme, sample, message })),
    )
  })

  it('tells that a long link does not fit its QR, and that the mark is missing', async () => {
    const cwd = workspace({ own: OWN.replace('width: 330', 'width: 200').replace('disclosure', 'partner') })
    const { stdout } = await run(['template', 'check', 'own'], { cwd })
    expect(stdout).toContain('does not show 广告 ({{ disclosure }}), as the law asks for')
    expect(stdout).toContain(
      'root.column[2]: the link has 200 characters, its QR in 200 pixels would have modules of less than 4',
    )
  })

  it('has nothing against those that are in order, and names one that cannot be read', async () => {
    const cwd = workspace({ bad: 'title: T' })
    expect(await run(['template', 'check', 'card'], { cwd })).toEqual({
      code: 0,
      stdout: '',
      stderr: '1 template is in order.\n',
    })
    expect(await run(['template', 'check', 'bad'], { cwd })).toMatchObject({
      code: 5,
      stdout: 'bad\t\t\t\tbad/template.yaml: the file: sizes is missing\n',
    })
    expect(await run(['template', 'check', 'crad'], { cwd })).toMatchObject({
      code: 2,
      stderr: 'shoptool: template check: no template crad, did you mean card?\n',
    })
  })
})

describe('template preview', () => {
  it('puts a PNG under no other name', async () => {
    const cwd = workspace()
    expect(await run(['template', 'preview', 'card', '--out', 'sheet.jpg'], { cwd })).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'shoptool: --out: "sheet.jpg" is not the name of a PNG file, expected like sheet.png\n',
    })
    expect(existsSync(join(cwd, 'sheet.jpg'))).toBe(false)
  })

  it('draws every style in every scheme, with the longest and the shortest title, the same bytes each time', async () => {
    const cwd = workspace({ own: OWN.replace(', when: sales', '') })
    const { code, stdout } = await run(['template', 'preview', 'own', '--json'], { cwd })
    const file = join(cwd, 'out/template-preview.png')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ file, templates: ['own'], pictures: 4 })
    const { width, height } = await loadImage(file)
    expect([width, height]).toEqual([2168, 440])
    await run(['template', 'preview', 'own', '--out', 'again.png'], { cwd })
    expect(readFileSync(join(cwd, 'again.png')).equals(readFileSync(file))).toBe(true)
    expect(await run(['template', 'preview', 'own', '--size', 'squar'], { cwd })).toMatchObject({
      code: 2,
      stderr: 'shoptool: --size: no template has squar, did you mean square?\n',
    })
  })
})
