import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findStyle, loadStyles, readTemplate } from '../../src/share/poster/template.ts'
import { HOME } from './studio.ts'

const template = (root: string, schemes = "a: { ink: '#000' }") =>
  `title: T\nsizes: [portrait, square]\nschemes: { ${schemes} }\nroot: ${root}\n`

describe('what is wrong with a template', () => {
  it.each([
    [
      "{ column: [{ text: '{{ title }}', colour: $ink }] }",
      'x.yaml: root.column[0].colour: unknown key colour, did you mean color?',
    ],
    ['{ colum: [] }', 'x.yaml: root.colum: unknown key colum, did you mean column?'],
    ['{ width: 10 }', 'x.yaml: root: expected one of row, column, text, picture, qr'],
    ["{ row: [], text: 'a' }", 'x.yaml: root: is both row and text'],
    ["{ text: 'a', color: $inc }", 'x.yaml: root.color: unknown colour inc, did you mean ink?'],
    ["{ text: 'a', color: red }", `x.yaml: root.color: "red" is not a colour, expected like '#e1251b'`],
    ["{ text: 'a', weight: 500 }", 'x.yaml: root.weight: 500 is not one of 400, 700, 900'],
    ["{ text: '{{ titel }}' }", 'x.yaml: root.text: unknown name titel, did you mean title?'],
    ["{ text: '{{ coupon.amout }}' }", 'x.yaml: root.text: unknown name coupon.amout, did you mean coupon.amount?'],
    ["{ text: '{{ commission }}' }", 'x.yaml: root.text: unknown name commission'],
    ["{ text: '{{ title | upper }}' }", 'x.yaml: root.text: undefined filter: upper'],
    ["{ text: '{{ title ' }", 'x.yaml: root.text: output "{{ title " not closed, line:1, col:1'],
    ["{ text: [{ text: 'a', size: big }] }", 'x.yaml: root.text[0].size: "big" is not a number from 8 to 1000'],
    [
      "{ row: [], when: 'coupon ==' }",
      'x.yaml: root.when: "coupon ==" is not a condition, expected like coupon and sales == nil',
    ],
    ["{ row: [], when: 'cupon and sales > 3' }", 'x.yaml: root.when: unknown name cupon, did you mean coupon?'],
    ['{ row: [], width: wide }', `x.yaml: root.width: "wide" is not a length, expected like 24 or '50%'`],
    [
      '{ row: [], padding: [1, 2, 3] }',
      'x.yaml: root.padding: [1,2,3] is not sides, expected like 24, [24, 32] or [24, 32, 24, 32]',
    ],
    ['{ row: [], fill: { angle: 90 } }', 'x.yaml: root.fill: stops is missing'],
    [
      '{ picture: ../../etc/passwd }',
      'x.yaml: root.picture: "../../etc/passwd" is not `photo` or the name of a file in the folder',
    ],
    ['{ row: [ }', 'x.yaml: '],
    ['{ column: [{ row: [], width@square: wide }] }', 'x.yaml: root.column[0].width@square: "wide" is not a length'],
    ['{ row: [], width@sqare: 10 }', 'x.yaml: root.width@sqare: unknown size sqare, did you mean square?'],
    ['{ row: [], widht@square: 10 }', 'x.yaml: root.widht@square: unknown key widht, did you mean width?'],
    ['{ row: [{ row: [], only: [sqare] }] }', 'x.yaml: root.row[0].only[0]: unknown size sqare, did you mean square?'],
    ['{ row: [] }\ntiles: 9', 'x.yaml: tiles: 9 is not tiles, expected like [3, 3]'],
    ['{ row: [] }\ntiles@square: [1.5, 3]', 'x.yaml: tiles@square: [1.5,3] is not tiles'],
    ['{ row: [] }\ntiles: [7, 1]', 'x.yaml: tiles: 1080 × 1920 pixels do not divide into 7 × 1'],
    ['{ row: [], polygon: [[0, 0], [1, 1]] }', 'x.yaml: root.polygon: [[0,0],[1,1]] is not at least three points'],
    ['{ row: [], rotate: 200 }', 'x.yaml: root.rotate: 200 is not a number from -180 to 180'],
    ["{ text: '{{ title }}' }\nof: shop", 'x.yaml: root.text: unknown name title'],
    ["{ text: '{{ shop.nmae }}', when: member }\nof: shop", 'x.yaml: root.text: unknown name shop.nmae, did you mean shop.name?'],
    ["{ text: '{{ shop.name }}' }", 'x.yaml: root.text: unknown name shop.name'],
    [
      '{ row: [{ picture: photo }] }\nof: shop',
      'x.yaml: root.row[0]: a shop has no photo, expected the name of a file in the folder',
    ],
    ['{ row: [] }\nof: shops', 'x.yaml: of: "shops" is not one of product, shop'],
    ['{ row: [], only: [square] }', 'x.yaml: root.only: the root is in every size, list them in sizes'],
  ])('%s', (root, message) => {
    expect(() => readTemplate(template(root), 'x.yaml')).toThrow(
      expect.objectContaining({ fault: 'usage', message: expect.stringContaining(message) }),
    )
  })

  it.each([
    ['[portrate]', 'x.yaml: sizes[0]: unknown size portrate, did you mean portrait?'],
    ['[]', 'x.yaml: sizes: expected at least one size'],
    ['[square, square]', 'x.yaml: sizes: square is there twice'],
    ['[{ name: a b, width: 900, height: 383 }]', 'x.yaml: sizes[0].name: "a b" is not a name of letters, digits and -'],
    ['[{ name: cover, width: 9, height: 383 }]', 'x.yaml: sizes[0].width: 9 is not a number from 100 to 4000'],
    ['[{ name: cover, width: 900 }]', 'x.yaml: sizes[0]: height is missing'],
  ])('sizes: %s', (sizes, message) => {
    const source = template('{ row: [] }').replace('[portrait, square]', sizes)
    expect(() => readTemplate(source, 'x.yaml')).toThrow(message)
  })

  it('schemes must have the same colours', () => {
    const schemes = "a: { ink: '#000', paper: '#fff' }, b: { ink: '#000' }"
    expect(() => readTemplate(template('{ row: [] }', schemes), 'x.yaml')).toThrow(
      'x.yaml: schemes.b: paper must be in every scheme or in none',
    )
  })
})

describe('sizes', () => {
  const read = (source: string) => Object.fromEntries(readTemplate(source, 'x.yaml').sizes)

  it('have pixels, and a name of their own where they are not known ones', () => {
    const own = template('{ row: [] }').replace('square]', '4x5, square, { name: cover, width: 900, height: 383 }]')
    expect(Object.entries(read(own)).map(([name, { width, height }]) => [name, width, height])).toEqual([
      ['portrait', 1080, 1920],
      ['4x5', 1080, 1350],
      ['square', 1080, 1080],
      ['cover', 900, 383],
    ])
  })

  it('have keys of their own, which win in any order and at any depth', () => {
    const { portrait, square } = read(
      template(
        `{ column@square: [{ text: '2' }], padding@square: 9, padding: 5, row: [{ picture: photo, at: { left: 1, left@square: 2 } }] }`,
      ),
    )
    expect(portrait!.root).toMatchObject({ kind: 'row', padding: [5, 5, 5, 5], children: [{ at: { left: 1 } }] })
    expect(square!.root).toMatchObject({ kind: 'column', padding: [9, 9, 9, 9], children: [{ path: 'root.column@square[0]' }] })
  })

  it('may lack nodes, or have a tree of their own', () => {
    const { portrait, square } = read(
      template("{ row: [{ row: [], only: [square] }, { row: [], grow: 1 }] }\nroot@square: { text: 'a' }"),
    )
    expect(portrait!.root).toMatchObject({ children: [{ grow: 1, path: 'root.row[1]' }] })
    expect(square!.root).toMatchObject({ kind: 'text', path: 'root@square' })
  })
})

describe('styles', () => {
  it('come with the tool, and a workspace may add or replace them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-styles-'))
    mkdirSync(join(folder, 'templates/posters/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/posters/own/template.yaml'), template("{ qr: '{{ link }}' }"))
    mkdirSync(join(folder, 'templates/posters/join'))
    writeFileSync(join(folder, 'templates/posters/join/template.yaml'), template("{ qr: '{{ shop.link }}' }\nof: shop"))
    const styles = await loadStyles(HOME, folder)
    expect(() => findStyle(styles, 'join')).toThrow('style join is of a shop and shows no goods; use it with poster --recruit')
    expect([...styles.keys()]).toEqual(['card', 'magazine', 'minimal', 'nine', 'recruit', 'tag', 'join', 'own'])
    expect(findStyle(styles, 'card:jade')).toMatchObject({ scheme: 'jade' })
    expect(() => findStyle(styles, 'crad')).toThrow('no poster style crad, did you mean card?')
    expect(findStyle(styles, 'own', 'square')).toMatchObject({ scheme: 'a', size: 'square' })
    expect(() => findStyle(styles, 'own', '4x5')).toThrow('style own has no size 4x5, it has portrait, square')
    expect(() => findStyle(styles, 'card:jado')).toThrow('style card has no colour scheme jado, did you mean jade?')
  })

  it('are read only where they are wanted, and all where one of those is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-styles-'))
    for (const name of ['own', 'join']) {
      mkdirSync(join(folder, 'templates/posters', name), { recursive: true })
      writeFileSync(join(folder, 'templates/posters', name, 'template.yaml'), template("{ qr: '{{ link }}' }"))
    }
    const bare = mkdtempSync(join(tmpdir(), 'shoptool-bare-'))
    expect([...(await loadStyles(bare, folder, ['own:a'])).keys()]).toEqual(['own'])
    expect([...(await loadStyles(bare, folder, ['own', 'jion'])).keys()]).toEqual(['join', 'own'])
    expect([...(await loadStyles(bare, folder, ['all'])).keys()]).toEqual(['join', 'own'])
  })

  it('a picture that a template names must be there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-styles-'))
    mkdirSync(join(folder, 'templates/posters/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/posters/own/template.yaml'), template('{ picture: badge.png }'))
    await expect(loadStyles(HOME, folder)).rejects.toThrow('own/template.yaml: no picture badge.png in ')
  })
})
