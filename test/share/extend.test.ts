import { describe, expect, it } from 'vitest'
import { loadStyles } from '../../src/share/poster/template.ts'
import { folderWith } from '../cli/shoptool.ts'
import { HOME, picture } from './studio.ts'

const BASE = `title: 基础
sizes: [portrait, square]
schemes: { a: { ink: '#000' }, b: { ink: '#111' } }
root:
  column:
    - { picture: badge.png, height: 100 }
    - { id: price, text: '{{ final.text }}', size: 40, size@square: 30, shadow: { blur: 4, color: $ink } }
    - { id: foot, row: [{ id: note, text: a, color: $ink }] }
    - { qr: '{{ link }}', width: 300 }
`
/** Without the styles that come with the tool, for speed. */
const BARE = folderWith()
const load = (templates: Record<string, string>, files: Record<string, string | Buffer> = {}) =>
  loadStyles(
    'card' in templates ? HOME : BARE,
    folderWith({
      'templates/posters/base/badge.png': picture('png', 20, 20),
      ...Object.fromEntries(
        Object.entries({ base: BASE, ...templates }).map(([name, source]) => [`templates/posters/${name}/template.yaml`, source]),
      ),
      ...files,
    }),
  )
const rootOf = async (source: string, size = 'portrait') => (await load({ own: source })).get('own')!.sizes.get(size)!.root

describe('a template that extends another', () => {
  it('has everything of it', async () => {
    const styles = await load({ own: 'extends: base' })
    const { name, own, sha256, folders, extends: extended, ...rest } = styles.get('own')!
    const base = styles.get('base')!
    expect({ name, own, extended }).toEqual({ name: 'own', own: true, extended: 'base' })
    expect(folders).toHaveLength(2)
    expect(sha256).not.toBe(base.sha256)
    expect(JSON.stringify({ ...rest, sizes: [...rest.sizes] })).toBe(
      JSON.stringify({ title: base.title, of: base.of, schemes: base.schemes, sizes: [...base.sizes], pictures: base.pictures }),
    )
  })

  it('adds schemes, replaces those of the same name, and may have fewer sizes in its own order', async () => {
    const own = (
      await load({ own: "extends: base\ntitle: 我的\nsizes: [square]\nschemes: { b: { ink: '#222' }, c: { ink: '#333' } }" })
    ).get('own')!
    expect(own).toMatchObject({ title: '我的', schemes: { a: { ink: '#000' }, b: { ink: '#222' }, c: { ink: '#333' } } })
    expect([...own.sizes.keys()]).toEqual(['square'])
  })

  it('changes keys of a node, also for one size, and takes them away', async () => {
    const source =
      'extends: base\nchange: { price: { size: 150, size@square: 90, shadow: null, weight: 900 }, note: { text: b } }'
    expect(await rootOf(source)).toMatchObject({
      children: [{}, { size: 150, weight: 900 }, { children: [{ spans: [{}] }] }, {}],
    })
    expect(await rootOf(source)).not.toMatchObject({ children: [{}, { shadow: {} }, {}, {}] })
    expect(await rootOf(source, 'square')).toMatchObject({ children: [{}, { size: 90 }, {}, {}] })
  })

  it('leaves nodes out, and paths stay those of the base', async () => {
    expect(await rootOf('extends: base\nchange: { foot: null }')).toMatchObject({
      children: [{ path: 'root.column[0]' }, {}, { kind: 'qr', path: 'root.column[3]' }],
    })
  })

  it('may be extended itself, and its pictures are found along the chain', async () => {
    const styles = await load(
      {
        own: 'extends: base\nchange: { price: { size: 50 }, note: null }',
        last: 'extends: own\nchange: { foot: { row: [{ picture: mine.png }] } }',
      },
      { 'templates/posters/last/mine.png': picture('png', 10, 10) },
    )
    const last = styles.get('last')!
    expect(last.sizes.get('portrait')!.root).toMatchObject({
      children: [{}, { size: 50 }, { children: [{ source: 'mine.png' }] }, {}],
    })
    expect(last.pictures).toEqual(['badge.png', 'mine.png'])
  })

  it('of the name of one that comes with the tool extends that one', async () => {
    const styles = await load({ card: 'extends: card\ntitle: 我的卡片' })
    expect(styles.get('card')).toMatchObject({ title: '我的卡片', own: true })
    expect(styles.get('card')!.schemes).toHaveProperty('jade')
  })

  it('is another one when any part of the chain is', async () => {
    const shas = []
    for (const base of [BASE, BASE.replace('size: 40', 'size: 41')])
      shas.push((await load({ base, own: 'extends: base' })).get('own')!.sha256)
    expect(shas[0]).not.toBe(shas[1])
    expect((await load({ own: 'extends: base' })).get('own')!.sha256).toBe(shas[0])
  })
})

describe('what is wrong with one', () => {
  it.each([
    [{ own: 'extends: bse' }, 'own/template.yaml: extends: no template bse, did you mean base?'],
    [{ own: 'extends: own' }, 'own/template.yaml: extends: no template own, expected one of base'],
    [{ own: 'extends: base\nsizes: [squar]' }, 'own/template.yaml: sizes[0]: unknown size squar, did you mean square?'],
    [{ own: 'extends: base\nchnge: {}' }, 'own/template.yaml: chnge: unknown key chnge, did you mean change?'],
    [
      { own: 'extends: base\nroot: { row: [] }' },
      'own/template.yaml: root: comes from base, which this template extends; expected change instead',
    ],
    [{ own: 'extends: base\nchange: { prise: {} }' }, 'own/template.yaml: change.prise: unknown id prise, did you mean price?'],
    [
      { own: 'extends: base\nchange: { price: 9 }' },
      'own/template.yaml: change.price: 9 is not the keys of a node, or null to leave it out',
    ],
    [{ own: 'extends: base\nchange: { price: { size: big } }' }, 'own/template.yaml: change.price.size: "big" is not a number'],
    [
      { own: 'extends: base\nchange: { price: { sice: 9 } }' },
      'own/template.yaml: change.price.sice: unknown key sice, did you mean size?',
    ],
    [
      { own: 'extends: base\nchange: { price: { size@sqare: 9 } }' },
      'own/template.yaml: change.price.size@sqare: unknown size sqare, did you mean square?',
    ],
    [
      { own: 'extends: base\nchange: { foot: { row: [{ text: a, color: $inc }] } }' },
      'own/template.yaml: change.foot.row[0].color: unknown colour inc, did you mean ink?',
    ],
    [
      { own: 'extends: base\nchange: { price: { size: big } }', last: 'extends: own' },
      'own/template.yaml: change.price.size: "big" is not a number',
    ],
    [
      { own: "extends: base\nschemes: { c: { paper: '#fff' } }" },
      'own/template.yaml: schemes.c: ink must be in every scheme or in none',
    ],
    [
      { base: BASE.replace('root:', 'root: { id: all }\nroute:') },
      'base/template.yaml: route: unknown key route, did you mean root?',
    ],
    [
      { base: BASE.replace('  column:', '  id: all\n  column:'), own: 'extends: base\nchange: { all: null }' },
      'own/template.yaml: change.all: the root cannot be left out',
    ],
    [
      { one: 'extends: two', two: 'extends: three', three: 'extends: one' },
      'three/template.yaml: extends: goes round in a circle, one → two → three → one',
    ],
    [{ own: 'extends: base\nchange: { foot: { row: [{ picture: no.png }] } }' }, 'own/template.yaml: no picture no.png in '],
  ])('%j', async (templates, message) => {
    await expect(load(templates as unknown as Record<string, string>)).rejects.toThrow(
      expect.objectContaining({ fault: 'usage', message: expect.stringContaining(message) }),
    )
  })
})
