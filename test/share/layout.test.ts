import { describe, expect, it } from 'vitest'
import { factsOf } from '../../src/share/facts.ts'
import { layOut, type Step } from '../../src/share/poster/layout.ts'
import { readTemplate } from '../../src/share/poster/template.ts'
import { makeItem, plainFaces } from './studio.ts'

function lay(root: string, item = makeItem(), pictures = new Map([['photo', { width: 100, height: 100 }]])) {
  const source = `title: T\nsizes: [{ name: slip, width: 200, height: 400 }]\nschemes: { a: { ink: '#123', red: '#ff000080' } }\nroot: ${root}\n`
  const template = { ...readTemplate(source, 't.yaml'), name: 't', own: false, folders: [], extends: null, sha256: '' }
  return layOut(template, {
    product: 'acme:1',
    scheme: 'a',
    size: 'slip',
    facts: factsOf(item, 'slip'),
    pictures,
    faces: plainFaces('𠮷'),
  })
}
const areas = (steps: Step[]) => steps.flatMap((step) => ('area' in step ? [Object.values(step.area)] : []))
const texts = (steps: Step[]) => steps.flatMap((step) => (step.draw === 'text' ? [step.text] : []))

describe('layout', () => {
  it('puts boxes where flexbox puts them', () => {
    const { steps } = lay(`{ column: [
      { row: [], height: 50, fill: $ink },
      { row: [{ row: [], grow: 1, fill: $ink }, { row: [], width: 30, fill: $ink }], gap: 10, grow: 1 },
      { row: [], at: { right: 0, bottom: 0 }, width: 20, height: 20, fill: $ink } ], padding: [10, 20] }`)
    expect(areas(steps)).toEqual([
      [20, 10, 160, 50],
      [20, 60, 120, 330],
      [150, 60, 30, 330],
      [180, 380, 20, 20],
    ])
  })

  it('resolves colours of the scheme, opacity and gradients', () => {
    const { steps } =
      lay(`{ column: [{ row: [], height: 9, fill: $ink/50 }, { row: [], height: 9, fill: { angle: 180, stops: [[0, $red], [1, '#ABCDEF']] } }],
      opacity: 0.5, fill: '#fff' }`)
    expect(steps.map((step) => step.draw === 'box' && step.fill)).toEqual([
      '#ffffff80',
      '#11223340',
      {
        angle: 180,
        stops: [
          [0, '#ff000040'],
          [1, '#abcdef80'],
        ],
      },
    ])
  })

  it('leaves out what has no reason to be there', () => {
    const root = `{ column: [{ text: '券 {{ coupon.amount.text }}', when: coupon }, { text: [{ text: '{{ final.text }}' }, { text: '{{ price.text }}', when: coupon, strike: true }] }] }`
    expect(texts(lay(root).steps)).toEqual(['券 ¥20', '¥259', '¥279'])
    expect(texts(lay(root, makeItem({ couponAmount: null })).steps)).toEqual(['¥259'])
  })

  it('strikes a price through from end to end', () => {
    const { steps } = lay("{ column: [{ text: [{ text: '{{ price.text }}', strike: true }], size: 40, lineHeight: 1 }] }")
    expect(steps).toMatchObject([
      { draw: 'text', text: '¥279', x: 0, baseline: 35.2, size: 40 },
      { draw: 'box', area: { x: 0, width: 80, height: 3 } },
    ])
  })

  it('aligns lines', () => {
    const x = (align: string) =>
      lay(`{ column: [{ text: '春夏', size: 20, align: ${align} }] }`).steps.flatMap((step) =>
        step.draw === 'text' ? [step.x] : [],
      )
    expect([x('left'), x('center'), x('right')]).toEqual([[0], [80], [160]])
  })

  it('covers the box with the middle of a picture, or what the focus says', () => {
    const from = (photo: { width: number; height: number }, extra = '') =>
      lay(`{ column: [{ picture: photo, width: 200, height: 100${extra} }] }`, makeItem(), new Map([['photo', photo]])).steps.map(
        (step) => step.draw === 'picture' && Object.values(step.from),
      )[0]
    expect(from({ width: 100, height: 100 })).toEqual([0, 25, 100, 50])
    expect(from({ width: 100, height: 300 }, ', focus: [0.5, 0]')).toEqual([0, 0, 100, 50])
    expect(from({ width: 400, height: 100 })).toEqual([100, 0, 200, 100])
    expect(from({ width: 400, height: 100 }, ', focus: [1, 0]')).toEqual([200, 0, 200, 100])
  })

  it('warns of text that lost its end', () => {
    const { warnings } = lay("{ column: [{ text: '{{ title }}', size: 40, lines: 1 }] }", makeItem({ title: '春夏秋冬春夏秋冬' }))
    expect(warnings).toEqual(['t, slip: "春夏秋冬春夏秋冬" was cut to 1 line'])
  })

  it('names a missing character, its number and where it stands', () => {
    expect(() => lay("{ column: [{ text: '{{ title }}' }] }", makeItem({ title: '吉𠮷' }))).toThrow(
      expect.objectContaining({
        fault: 'data',
        message: expect.stringContaining('acme:1: t: root.column[0]: no font has 𠮷 (U+20BB7) of "吉𠮷"'),
      }),
    )
  })

  it('draws a QR in whole pixels in the middle of its box, quiet zone within', () => {
    const { steps } = lay("{ column: [{ qr: '{{ link }}', width: 160 }], padding: 13 }")
    const code = steps.find((step) => step.draw === 'code')!
    if (code.draw !== 'code') throw new Error('no code')
    expect(code.code.module).toBe(4) // 29 modules and 8 of quiet zone in 160 pixels
    const xs = code.code.dark.flatMap(({ x, width }) => [x, x + width])
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([13 + 22, 13 + 22 + 116])
    expect(code.code.dark.flatMap((run) => Object.values(run)).every(Number.isInteger)).toBe(true)
  })

  it('refuses a link too long for its QR, and says what to do', () => {
    const link = `https://s.click.taobao.com/${'x'.repeat(300)}`
    expect(() => lay("{ column: [{ qr: '{{ link }}', width: 160 }] }", makeItem({ link }))).toThrow(
      'acme:1: t: root.column[0]: the link has 327 characters, its QR in 160 pixels would have modules of less than 4; use a short link, or a code of 308 pixels',
    )
  })

  it('refuses a QR that lies across tiles', () => {
    expect(() => lay("{ column: [{ qr: '{{ link }}', width: 160, at: { left: 10 } }] }\ntiles: [2, 2]")).toThrow(
      'acme:1: t: root.column[0]: the QR lies across two tiles, expected within one',
    )
  })

  it('refuses a QR that hangs over the edge', () => {
    expect(() => lay("{ column: [{ qr: '{{ link }}', width: 160, at: { left: 100 } }] }")).toThrow(
      'acme:1: t: root.column[0]: the QR does not lie within the picture',
    )
  })
})
