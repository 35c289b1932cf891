import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findStyle, loadStyles, readTemplate } from '../../src/share/poster/template.ts'
import { HOME } from './studio.ts'

const template = (root: string, schemes = "a: { ink: '#000' }") =>
  `title: T\nsize: { width: 1080, height: 1920 }\nschemes: { ${schemes} }\nroot: ${root}\n`

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
  ])('%s', (root, message) => {
    expect(() => readTemplate(template(root), 'x.yaml')).toThrow(
      expect.objectContaining({ fault: 'usage', message: expect.stringContaining(message) }),
    )
  })

  it('schemes must have the same colours', () => {
    const schemes = "a: { ink: '#000', paper: '#fff' }, b: { ink: '#000' }"
    expect(() => readTemplate(template('{ row: [] }', schemes), 'x.yaml')).toThrow(
      'x.yaml: schemes.b: paper must be in every scheme or in none',
    )
  })
})

describe('styles', () => {
  it('come with the tool, and a workspace may add or replace them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-styles-'))
    mkdirSync(join(folder, 'templates/posters/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/posters/own/template.yaml'), template("{ qr: '{{ link }}' }"))
    const styles = await loadStyles(HOME, folder)
    expect([...styles.keys()]).toEqual(['card', 'magazine', 'own'])
    expect(findStyle(styles, 'card:jade')).toMatchObject({ scheme: 'jade' })
    expect(() => findStyle(styles, 'crad')).toThrow('no poster style crad, did you mean card?')
    expect(() => findStyle(styles, 'card:jado')).toThrow('style card has no colour scheme jado, did you mean jade?')
  })

  it('a picture that a template names must be there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-styles-'))
    mkdirSync(join(folder, 'templates/posters/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/posters/own/template.yaml'), template('{ picture: badge.png }'))
    await expect(loadStyles(HOME, folder)).rejects.toThrow('own/template.yaml: no picture badge.png in ')
  })
})
