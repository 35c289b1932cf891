import { loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { release } from '../../src/share/poster/memory.ts'
import { loadPhoto } from '../../src/share/poster/photo.ts'
import { findStyle, type Template } from '../../src/share/poster/template.ts'
import { recruiting } from '../../src/share/recruit.ts'
import { codesOf, drawPoster, goods, openStudio, paintPoster } from '../../src/share/studio.ts'
import { partOf, readWithOthers } from './decoders.ts'
import { makeContext, makeItem, makeWorkspace } from './studio.ts'

const studio = await openStudio(makeContext(), { folder: makeWorkspace(), channels: {}, photoHosts: [] }, 2)
const photo = await loadPhoto('photo.jpg', 'test', studio)
const shown = [...studio.styles.values()].flatMap(({ name, of, sizes }) => [...sizes.keys()].map((size) => ({ name, of, size })))
const linkOf = (length: number) => `https://s.click.taobao.com/8bpnghv?${'k3B9zQ7xT2'.repeat(60)}`.slice(0, length)

const subjectOf = (of: Template['of'], link: string) =>
  of === 'shop'
    ? recruiting({ name: '小鹿好物', link, slogan: null, member: null, asOf: '2026-11-24', disclosure: '广告' })
    : goods(makeItem({ link }), photo)

describe('what zbar and zxing read', () => {
  // PNG keeps every pixel, so what was drawn is looked at; the decoders get the part with the code.
  it.each(shown)('of $name, $size, whole and damaged, with links of 20 to 600 characters', async ({ name, of, size }) => {
    const isFirst = size === [...studio.styles.get(name)!.sizes.keys()][0]
    for (const length of isFirst ? [20, 60, 120, 200, 300, 450, 600] : [20, 200, 600]) {
      const link = linkOf(length)
      const { canvas, layout } = await paintPoster(studio, subjectOf(of, link), findStyle(studio.styles, name, size, of))
      const codes = codesOf(layout)
      expect(codes).not.toEqual([])
      for (const code of codes) {
        const { x, y, width } = code.area
        const margin = 4 * code.module + 20
        const from = { x: Math.floor((x - margin) / 16) * 16, y: Math.floor((y - margin) / 16) * 16 }
        const area = { ...from, width: width + 2 * margin + 16, height: width + 2 * margin + 16 }
        const part = partOf(canvas, area)
        const jpeg = await loadImage(await part.encode('jpeg', 50))
        const copies = {
          whole: part,
          halved: partOf(canvas, area, { scale: 0.5 }),
          jpeg: partOf(jpeg, { ...area, x: 0, y: 0 }),
          screenshot: partOf(canvas, area, { scale: 0.75, around: 33 }),
        }
        for (const [copy, picture] of Object.entries(copies))
          expect({ copy, length, ...(await readWithOthers(picture)) }).toEqual({ copy, length, zbar: link, zxing: link })
      }
      release(canvas)
    }
  })

  it.each([...studio.styles.values()])('of the whole PNG and JPEG of $name', async ({ name, of }) => {
    for (const format of ['png', 'jpeg'] as const) {
      const subject = subjectOf(of, makeItem().link)
      const { pictures } = await drawPoster(studio, subject, findStyle(studio.styles, name, undefined, of), format)
      for (const { bytes, qr } of pictures.filter((one) => one.qr)) {
        const image = await loadImage(bytes)
        const whole = partOf(image, { x: 0, y: 0, width: image.width, height: image.height })
        expect(await readWithOthers(whole)).toEqual({ zbar: qr!.text, zxing: qr!.text })
      }
    }
  })
})
