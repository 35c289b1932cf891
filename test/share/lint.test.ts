import { describe, expect, it } from 'vitest'
import { factsOf } from '../../src/share/facts.ts'
import { layOut } from '../../src/share/poster/layout.ts'
import { faint, overflows } from '../../src/share/poster/lint.ts'
import { readTemplate } from '../../src/share/poster/template.ts'
import { makeItem, plainFaces } from './studio.ts'

function lay(root: string) {
  const source = `title: T\nsizes: [{ name: slip, width: 200, height: 400 }]\nschemes: { a: { ink: '#123' } }\nroot: ${root}\n`
  const template = { ...readTemplate(source, 't.yaml'), name: 't', own: false, folders: [], extends: null, sha256: '' }
  const facts = factsOf(makeItem(), 'slip')
  return layOut(template, {
    product: 'acme:1',
    scheme: 'a',
    size: 'slip',
    facts,
    pictures: new Map([['photo', { width: 9, height: 9 }]]),
    faces: plainFaces(),
  })
}

describe('what does not keep to its place', () => {
  it.each([
    ['{ row: [{ text: 春夏, size: 20 }] }', []],
    ['{ row: [{ text: 春夏, size: 20, width: 40, height: 10 }] }', ['root.row[0]: the text is 16 pixels larger than its box']],
    // Squeezed to one line, it loses its end and keeps to its place.
    ['{ row: [{ text: 春夏, size: 20, width: 30, lines: 2, height: 30 }] }', []],
    [
      '{ row: [{ row: [{ text: 春夏, size: 20, width: 40, shrink: 0 }], width: 30 }] }',
      ['root.row[0].row[0]: the text stands 10 pixels over the edge of a box around it'],
    ],
    [
      '{ row: [{ text: 春夏, size: 20, at: { left: 170 }, width: 40 }] }',
      ['root.row[0]: the text stands 10 pixels over the edge of the picture'],
    ],
    [
      '{ column: [{ text: 春, size: 20 }, { text: 夏, size: 20, margin: [-14, 0, 0, 0] }] }',
      ['root.column[1]: the text lies on the text of root.column[0]'],
    ],
    ['{ column: [{ text: 春, size: 20 }, { text: 夏, size: 20, at: { left: 0, top: 0 } }] }', []],
    [
      "{ column: [{ qr: '{{ link }}', width: 160 }, { text: 夏, size: 20, at: { left: 0, top: 0 } }] }",
      ['root.column[1]: the text lies on the qr of root.column[0]'],
    ],
    ['{ column: [{ text: 春夏秋冬春夏秋冬, size: 20, lineHeight: 1, rotate: 10 }], padding: [40, 20] }', []],
    [
      '{ column: [{ text: 春夏秋冬春夏秋冬, size: 20, lineHeight: 1, rotate: 90, margin: [380, 20, 0, 20] }] }',
      ['root.column[0]: the text stands 70 pixels over the edge of the picture'],
    ],
    [
      '{ column: [{ row: [{ text: 春夏, size: 20, width: 40, shrink: 0 }], width: 30, rotate: 5 }], padding: 50 }',
      ['root.column[0].row[0]: the text stands 10 pixels over the edge of a box around it'],
    ],
  ])('%s', (root, expected) => {
    expect(overflows(lay(root))).toEqual(expected)
  })

  const low = (path: string, text: string, ratio: number, least = 4.5) =>
    `${path}: "${text}" has a contrast of ${ratio.toFixed(1)} : 1 to what is behind it, expected ${least} : 1`
  const OVER_PHOTO = '{ picture: photo, at: { left: 0, top: 0 }, width: 100, height: 100 }'
  // 8 pixels of 200 are 15.6 of a phone's 390, and 14 are 27.3: large.
  it.each([
    ["{ text: 春, size: 8, color: '#777' }", [low('root.column[0]', '春', 4.4)]],
    ["{ text: 春, size: 8, color: '#757575' }", []],
    ['{ text: 春, size: 8, color: $ink/40 }', [low('root.column[0]', '春', 2.4)]],
    ["{ row: [{ text: 春, size: 8, color: '#fff' }], fill: $ink }", []],
    ["{ row: [{ text: 春, size: 14, color: '#fff' }], fill: '#969696' }", [low('root.column[0].row[0]', '春', 2.9, 3)]],
    ["{ row: [{ text: 春, size: 14, color: '#fff' }], fill: '#949494' }", []],
    [
      "{ row: [{ text: 春夏, size: 8, color: '#fff' }], self: start, fill: { angle: 90, stops: [[0, '#000'], [1, '#fff']] } }",
      [low('root.column[0].row[0]', '春夏', 1)],
    ],
    [
      "{ row: [{ text: 春夏, size: 8, color: '#fff' }], self: start, fill: { angle: 90, stops: [[0, '#000'], [1, '#555']] } }",
      [],
    ],
    [`{ column: [${OVER_PHOTO}, { text: 春, size: 8, color: '#fff' }] }`, [low('root.column[0].column[1]', '春', 1)]],
    [`{ column: [${OVER_PHOTO}, { column: [{ text: 春, size: 8, color: '#fff' }], fill: $ink/90 }] }`, []],
    ["{ row: [{ text: 春, size: 8, color: '#fff' }], width: 60, fill: '#000', rotate: 5 }", []],
    [
      "{ row: [{ text: 春, size: 8, color: '#fff' }], width: 60, fill: '#000', polygon: [[0.7, 0], [1, 0], [1, 1]] }",
      [low('root.column[0].row[0]', '春', 1)],
    ],
    // The blank half of an opening mark stands to the left of the box.
    ["{ row: [{ text: “春”, size: 8, color: '#fff' }], margin: [0, 20], self: start, fill: '#000' }", []],
  ])('%s is easy or hard to read', (node, expected) => {
    expect(faint(lay(`{ column: [${node}] }`))).toEqual(expected)
  })

  it('turns what is drawn about the middle of its box', () => {
    const { steps } = lay(
      '{ column: [{ row: [{ row: [], grow: 1, fill: $ink }], rotate: 90, width: 40, height: 20 }], padding: 10 }',
    )
    const [a, b, c, d, e, f] = steps[0]!.turn!
    const at = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f].map((one) => Math.round(one) + 0)
    expect([at(30, 20), at(10, 10), at(50, 10)]).toEqual([
      [30, 20],
      [40, 0],
      [40, 40],
    ])
  })

  it('turns what is turned already', () => {
    const nested =
      '{ column: [{ column: [{ row: [], rotate: 90, width: 20, height: 20, fill: $ink }], rotate: 90, width: 80, height: 40 }] }'
    const [a, b, c, d, e, f] = lay(nested).steps[0]!.turn!
    expect([a, b, c, d, e, f].map((one) => Math.round(one) + 0)).toEqual([-1, 0, 0, -1, 60, 0])
  })

  it('a QR that is rotated is refused', () => {
    expect(() => lay("{ column: [{ column: [{ qr: '{{ link }}', width: 160 }], rotate: 3 }] }")).toThrow(
      'acme:1: t: root.column[0].column[0]: the QR is rotated; its modules would not be whole pixels',
    )
  })

  it('draws a shape with corners', () => {
    const { steps } = lay(
      '{ column: [{ row: [], polygon: [[0, 0], [1, 0.5], [0, 1]], width: 40, height: 20, fill: $ink }], padding: 10 }',
    )
    expect(steps[0]).toMatchObject({
      polygon: [
        [10, 10],
        [50, 20],
        [10, 30],
      ],
    })
  })
})
