import { createCanvas } from 'canvas'
import { describe, expect, it } from 'vitest'
import { checkCode } from '../../src/share/poster/check.ts'
import { type Code, codeSide, makeCode } from '../../src/share/poster/qr.ts'
import { readCode } from '../../src/share/poster/read.ts'

const LINK = 'https://s.click.taobao.com/8bpnghv'
const linkOf = (length: number) => `${LINK}?${'k3B9zQ7xT2'.repeat(60)}`.slice(0, length)

/** A code alone on a sheet, in a square of `side` pixels. */
function drawn(text = LINK, { side = 200, dark = '#000', light = '#fff', logo = false } = {}) {
  const area = { x: 31, y: 33, width: side, height: side }
  const code = makeCode(text, area, logo, 'test')
  const canvas = createCanvas(side + 90, side + 90)
  const context = canvas.getContext('2d')
  context.fillStyle = light
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = dark
  for (const run of code.dark) context.fillRect(run.x, run.y, run.width, run.height)
  const check = (changed: Partial<Code> = {}) => checkCode(canvas, { ...code, ...changed }, 'test')
  const paint = (color: string, x: number, y: number, width: number, height: number) => {
    context.fillStyle = color
    context.fillRect(x, y, width, height)
  }
  return { context, canvas, code, check, paint }
}

describe('the size of a code', () => {
  it('grows with its link so that a module has 5 pixels, and no further than it may', () => {
    expect([20, 60, 120, 200, 300, 450, 600].map((length) => codeSide(linkOf(length), false, 300, 520))).toEqual([
      300, 300, 300, 325, 385, 445, 505,
    ])
    expect(codeSide(linkOf(600), false, 300, 440)).toBe(440)
    expect(makeCode(linkOf(600), { x: 0, y: 0, width: 440, height: 440 }, false, 'test').module).toBe(4)
  })

  it('is refused under 4 pixels a module, with the size it would need', () => {
    expect(() => makeCode(linkOf(600), { x: 0, y: 0, width: 403, height: 403 }, false, 'card')).toThrow(
      'card: the link has 600 characters, its QR in 403 pixels would have modules of less than 4; use a short link, or a code of 404 pixels',
    )
  })

  it('has a logo of at most 22 % of the side, on whole modules, at level Q', () => {
    for (const length of [20, 60, 200, 450]) {
      const { area, module, logo } = makeCode(linkOf(length), { x: 7, y: 9, width: 600, height: 600 }, true, 'test')
      expect(logo!.width / area.width).toBeLessThanOrEqual(0.22)
      expect(logo!.width / area.width).toBeGreaterThan(0.16)
      expect([(logo!.x - area.x) / module, logo!.width / module].every(Number.isInteger)).toBe(true)
      expect(logo!.x - area.x).toBe(area.x + area.width - (logo!.x + logo!.width))
    }
  })
})

describe('the check', () => {
  it.each([20, 60, 120, 200, 300, 450, 600])(
    'passes a good code of %i characters at 4 and at 5 pixels a module',
    async (length) => {
      for (const module of [4, 5]) {
        const side = (codeSide(linkOf(length), false, 0, 9999) / 5) * module
        await drawn(linkOf(length), { side }).check()
      }
    },
  )

  it('passes other alphabets, and a logo in the middle', async () => {
    await drawn('https://例子.中国/商品?id=1').check()
    const { code, check, paint } = drawn(linkOf(200), { side: 500, logo: true })
    paint('#e0402a', code.logo!.x, code.logo!.y, code.logo!.width, code.logo!.height)
    await check()
  })

  it('says what the code reads where that is not the link', async () => {
    await expect(drawn().check({ text: `${LINK}w` })).rejects.toThrow(
      `test: the QR of the finished picture, as it is, reads "${LINK}", expected "${LINK}w"; use a short link or a larger code`,
    )
  })

  // Grey lines on the edges of modules leave their middles as they are.
  it.each([
    [200, 0.95, 'halved'],
    [120, 0.85, 'saved as JPEG of quality 50'],
    [120, 0.95, 'in a screenshot at three quarters'],
  ])('names the damaged copy that cannot be read: %i characters, lines of %d', async (length, alpha, copy) => {
    const text = linkOf(length)
    const { code, check, paint } = drawn(text, { side: codeSide(text, false, 0, 9999) })
    expect(code.module).toBe(5)
    await check()
    const { x, y, width } = code.area
    for (let at = 0; at < width; at += 5) {
      paint(`rgba(0,0,0,${alpha})`, x + at, y, 1, width)
      for (let left = 1; left < width; left += 5) paint(`rgba(0,0,0,${alpha})`, x + left, y + at, 4, 1)
    }
    await expect(check()).rejects.toThrow(
      `test: the QR of the finished picture, ${copy}, cannot be read, expected "${text}"; use a short link or a larger code`,
    )
  })

  it('refuses a code with something on it', async () => {
    const { code, check, paint } = drawn()
    paint('#fff', code.area.x + 60, code.area.y + 60, 20, 20)
    await expect(check()).rejects.toThrow(
      expect.objectContaining({
        fault: 'data',
        message: expect.stringMatching(/^test: something stands over the QR, \d+ of its modules/),
      }),
    )
  })

  it('refuses a code with something in its margin', async () => {
    const { code, check, paint } = drawn()
    paint('#900', code.area.x + 40, code.area.y - 6, 1, 1)
    await expect(check()).rejects.toThrow('test: something dark stands in the blank that a QR needs around it, 4 modules wide')
  })

  it('refuses faint codes, and light ones on dark', async () => {
    await expect(drawn(LINK, { dark: '#999' }).check()).rejects.toThrow('a contrast of 2.8 : 1, expected at least 4 : 1')
    await expect(drawn(LINK, { dark: '#fff', light: '#000' }).check()).rejects.toThrow('a contrast of 0.0 : 1')
  })
})

it('reads on in a new thread where one broke, in the order of asking', async () => {
  const pixels = () => {
    const { context, code } = drawn()
    return context.getImageData(0, 0, code.area.width + 90, code.area.height + 90)
  }
  const blank = { data: new Uint8ClampedArray(4 * 60 * 60).fill(255), width: 60, height: 60 }
  await expect(readCode({ ...blank, data: new Uint8ClampedArray(8) })).rejects.toThrow()
  await expect(Promise.all([readCode(pixels()), readCode(blank), readCode(pixels())])).resolves.toEqual([LINK, null, LINK])
})
