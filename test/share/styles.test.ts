import { describe, expect, it } from 'vitest'
import { type Facts, factsOf, type ShopFacts } from '../../src/share/facts.ts'
import { openFaces } from '../../src/share/poster/fonts.ts'
import { type Area, type Layout, layOut, type Step, type Turn, tileOf } from '../../src/share/poster/layout.ts'
import { overflows } from '../../src/share/poster/lint.ts'
import { findStyle, type Gradient, loadStyles, type Node, type Template } from '../../src/share/poster/template.ts'
import { HOME, makeItem } from './studio.ts'

const styles = await loadStyles(HOME)
const faces = openFaces(HOME)
const PRODUCT_STYLES = ['card', 'magazine', 'tag', 'minimal', 'nine']

/** Links of so many characters. */
const linkOf = (length: number) => 'https://s.click.taobao.com/t?e=m%3D2%26s%3D'.padEnd(length, 'aZ09kQ7xLmP3vTn8')
const LONG_TITLE =
  'HUBLOT 宇舶表 经典融合系列 自动机械腕表 男士 瑞士原装进口 41毫米 黑色表盘 鳄鱼皮表带 全国联保 礼盒装 送父亲送男友生日礼物高端商务腕表 542.NX.1171.LR 官方正品 附国际联保卡与鉴定证书，支持专柜验货，顺丰包邮'
const dear = { price: 12_999_990, finalPrice: 12_899_990, couponAmount: 100_000, couponThreshold: 9_999_900 }
const nothing = { couponAmount: null, couponUntil: null, sales: null, shop: null }

const ITEMS = {
  ordinary: makeItem({ couponThreshold: 20_000 }, { reason: '料子垂顺不透，秋天刚刚好' }),
  bare: makeItem({ ...nothing, title: '皂液', price: 900, finalPrice: 900 }),
  dear: makeItem(
    {
      ...dear,
      title: LONG_TITLE,
      shop: '国际名表海外购物官方授权专营旗舰店',
      sales: 123_456_789,
      couponUntil: '2028-12-31T23:59:59+08:00',
    },
    { reason: '朋友戴了三年走时一直很准，表盘耐看，皮带换过一次。适合送长辈，包装体面。'.repeat(3), link: linkOf(120) },
  ),
  'dear, long link': makeItem(
    { ...dear, title: LONG_TITLE, sales: 12_345 },
    { reason: '走时一直很准，表盘耐看'.repeat(4), link: linkOf(600) },
  ),
  foreign: makeItem(
    {
      currency: 'HKD',
      price: 1_288_880,
      finalPrice: 1_088_880,
      couponAmount: 200_000,
      title: 'Ceramic Pour-Over Coffee Dripper with Stainless Steel Filter, 400ml',
      shop: 'Kettle & Bean',
    },
    { partner: { id: 'awin', name: 'Awin' }, reason: 'Slow mornings, good coffee.' },
  ),
  'foreign, bare': makeItem({ ...nothing, currency: 'USD', price: 4999, finalPrice: 4999, title: 'Sunflower bouquet' }),
}
const SHOPS: Record<string, ShopFacts> = {
  ordinary: {
    shop: { name: '小鹿好物', link: linkOf(40), slogan: null },
    member: null,
    asOf: '2026-11-24',
    size: null,
    disclosure: '广告',
  },
  long: {
    shop: {
      name: '国际名表海外购物官方授权专营旗舰店',
      link: linkOf(120),
      slogan: '从挑选到分享都在手机上完成，什么时候有空都可以看一看',
    },
    ...{ member: '欧阳春风十里不如你的小店长', asOf: '2026-11-24', size: null, disclosure: '广告' },
  },
  'long link': {
    shop: { name: 'W'.repeat(40), link: linkOf(600), slogan: 'W'.repeat(80) },
    member: null,
    asOf: '2026-11-24',
    size: null,
    disclosure: '广告',
  },
}
const PHOTOS = [
  { width: 800, height: 800 },
  { width: 600, height: 1600 },
  { width: 1600, height: 500 },
]

const subjects = ({ of }: Template, size: string): [string, Facts | ShopFacts][] =>
  of === 'shop' ? Object.entries(SHOPS) : Object.entries(ITEMS).map(([name, item]) => [name, factsOf(item, size)])

function lay(
  template: Template,
  size: string,
  facts: Facts | ShopFacts,
  scheme = Object.keys(template.schemes)[0]!,
  photo = PHOTOS[0]!,
) {
  const pictures = new Map([...template.pictures, 'photo'].map((name) => [name, photo]))
  return layOut(template, { product: 'acme:1', scheme, size, facts, pictures, faces })
}

const every = [...styles.values()].flatMap((template) => [...template.sizes.keys()].map((size) => [template.name, size] as const))

describe('the styles that come with the tool', () => {
  it('are six, each in three sizes and at least three colour schemes', () => {
    expect([...styles.keys()].sort()).toEqual([...PRODUCT_STYLES, 'recruit'].sort())
    for (const { sizes, schemes } of styles.values()) {
      expect([...sizes.keys()].sort()).toEqual(['4x5', 'portrait', 'square'])
      expect(Object.keys(schemes).length).toBeGreaterThanOrEqual(3)
    }
    for (const { tiles } of styles.get('nine')!.sizes.values()) expect(tiles).toEqual({ columns: 3, rows: 3 })
  })

  it.each(every)('%s in %s keeps everything in its place, whatever the facts', (name, size) => {
    const template = styles.get(name)!
    for (const [i, [what, facts]] of subjects(template, size).entries())
      expect(overflows(lay(template, size, facts, undefined, PHOTOS[i % 3])), what).toEqual([])
  })

  it.each(every.filter(([name]) => name !== 'recruit'))('%s in %s says all that there is to say', (name, size) => {
    const template = styles.get(name)!
    const said = (item: keyof typeof ITEMS) =>
      lay(template, size, factsOf(ITEMS[item], size))
        .steps.flatMap((step) => (step.draw === 'text' ? [step.text.replace(/\s/g, '')] : []))
        .join('')
    const text = said('ordinary')
    for (const fact of [
      '月芝猫【海棠梨】',
      '月芝猫旗舰店',
      '259',
      '279',
      '20',
      '200',
      '11月30日',
      '1.2万',
      '料子垂顺不透',
      '广告',
      '2026-11-20',
      '淘宝',
      '长按识别',
    ])
      expect(text).toContain(fact)
    const bare = said('bare')
    for (const fact of ['皂液', '9', '广告', '2026-11-20', '长按识别']) expect(bare).toContain(fact)
    for (const nothingOf of ['券', '已售', '标价', '“', 'null']) expect(bare).not.toContain(nothingOf)
  })

  it.each(every)('%s in %s can be read: every text stands out from what is behind it, by 4.5 to 1', (name, size) => {
    const template = styles.get(name)!
    const facts = template.of === 'shop' ? SHOPS.ordinary! : factsOf(ITEMS.ordinary, size)
    for (const scheme of Object.keys(template.schemes))
      for (const { text, ratio } of contrasts(lay(template, size, facts, scheme)))
        expect(ratio, `${scheme}: ${text}`).toBeGreaterThan(4.5)
  })

  it.each(every)('%s in %s has a QR that a phone reads', (name, size) => {
    const template = styles.get(name)!
    for (const length of [20, 120, 600]) {
      const link = linkOf(length).slice(0, length)
      const facts =
        template.of === 'shop'
          ? { ...SHOPS.ordinary!, shop: { ...SHOPS.ordinary!.shop, link } }
          : factsOf({ ...ITEMS.ordinary, link }, size)
      const { steps, ...layout } = lay(template, size, facts)
      const area = layout.marks.find(({ kind }) => kind === 'qr')!.box
      const at = steps.findIndex((step) => step.draw === 'code')
      const { code, color } = steps[at] as Extract<Step, { draw: 'code' }>
      expect(code.module, `${length} characters`).toBeGreaterThanOrEqual(5)
      const plate = steps[at - 1] as Extract<Step, { draw: 'box' }>
      expect(plate).toMatchObject({ draw: 'box', area })
      expect(ratioOf(rgb(color), rgb(plate.fill as string))).toBeGreaterThan(10)
      const margin = (area.width - code.area.width) / 2
      expect(margin).toBeGreaterThanOrEqual(4 * code.module)
      expect(Math.max(...plate.radius), 'rounded corners keep off the quiet zone').toBeLessThanOrEqual(margin)
      for (const step of steps.slice(at + 1))
        if (step.draw === 'box' || step.draw === 'picture') expect(meet(areaOf(step), area)).toBe(false)
      expect(tileOf(area, layout, template.sizes.get(size)!.tiles)).toBeGreaterThanOrEqual(0)
    }
  })

  it.each([...styles.get('nine')!.sizes])('nine in %s says 广告 in its first tile, and beside the code', (size, { tiles }) => {
    const { steps, ...layout } = lay(styles.get('nine')!, size, factsOf(ITEMS.ordinary, size))
    const marks = steps.flatMap((step) => (step.draw === 'text' && step.text === '广告' ? [step] : []))
    const lying = marks.map(({ x, baseline }) => tileOf({ x, y: baseline, width: 1, height: 1 }, layout, tiles))
    expect(lying).toEqual([0, 8])
    expect(tileOf(layout.marks.find(({ kind }) => kind === 'qr')!.box, layout, tiles)).toBe(8)
  })

  it.each(every)('%s in %s names what templates of a workspace may change', (name, size) => {
    const { of, sizes } = styles.get(name)!
    const ids: unknown[] = []
    const collect = (node: Node) => {
      ids.push(node.id)
      if (node.kind === 'row' || node.kind === 'column') node.children.forEach(collect)
    }
    collect(sizes.get(size)!.root)
    const goods = ['photo', 'price', 'coupon', 'reason', 'asOf']
    expect(ids).toEqual(expect.arrayContaining(['title', 'qr', 'call', 'disclosure', ...(of === 'product' ? goods : ['shop'])]))
  })

  it('are named with their schemes', () => {
    expect(findStyle(styles, 'tag:volt', 'square')).toMatchObject({ scheme: 'volt', size: 'square' })
    expect(() => findStyle(styles, 'tag:volts')).toThrow('style tag has no colour scheme volts, did you mean volt?')
  })
})

const areaOf = (step: Extract<Step, { draw: 'box' | 'picture' }>): Area => (step.draw === 'box' ? step.area : step.to)
const meet = (one: Area, other: Area) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height

type Colour = readonly [red: number, green: number, blue: number, alpha: number]
const rgb = (hex: string) =>
  [1, 3, 5, 7].map((at) => (hex.length > at ? Number.parseInt(hex.slice(at, at + 2), 16) / 255 : 1)) as unknown as Colour

const over = (top: Colour, bottom: Colour): Colour =>
  [0, 1, 2].map((i) => top[i]! * top[3] + bottom[i]! * (1 - top[3])).concat(1) as unknown as Colour

function luminance(colour: Colour) {
  const [red, green, blue] = colour.slice(0, 3).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** As WCAG 2 has it. */
function ratioOf(one: Colour, other: Colour) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

/** The least contrast of each text, in its middle and at its ends, whether the photo behind it is white or black. */
function contrasts({ steps }: Layout): { text: string; ratio: number }[] {
  return steps.flatMap((step, i) => {
    if (step.draw !== 'text') return []
    const width = faces.width(step.text, step.family) * step.size
    // An opening mark has its ink in the right half.
    const points = (/^[“【]$/.test(step.text) ? [0.75] : [0.02, 0.5, 0.98]).map((part) =>
      moved([step.x + width * part, step.baseline - step.size * 0.36], step.turn),
    )
    const ratios = points.flatMap((point) =>
      ['#ffffff', '#000000'].map((photo) => {
        const behind = steps.slice(0, i).reduce((colour, below) => over(colourAt(below, point, photo), colour), rgb('#ffffff'))
        return ratioOf(over(rgb(step.color), behind), behind)
      }),
    )
    return [{ text: step.text, ratio: Math.min(...ratios) }]
  })
}

type Point = readonly [x: number, y: number]
const moved = ([x, y]: Point, turn?: Turn): Point =>
  turn ? [turn[0] * x + turn[2] * y + turn[4], turn[1] * x + turn[3] * y + turn[5]] : [x, y]
/** Turns do not stretch: their inverse is the transpose. */
const movedBack = ([x, y]: Point, turn?: Turn): Point =>
  turn ? moved([x - turn[4], y - turn[5]], [turn[0], turn[2], turn[1], turn[3], 0, 0]) : [x, y]

function colourAt(step: Step, at: Point, photo: string): Colour {
  const clear: Colour = [0, 0, 0, 0]
  if (step.draw !== 'box' && step.draw !== 'picture') return clear
  const area = areaOf(step)
  const [x, y] = movedBack(at, step.turn)
  if (x < area.x || y < area.y || x > area.x + area.width || y > area.y + area.height) return clear
  if (step.polygon && !isWithin([x, y], step.polygon)) return clear
  if (step.draw === 'picture') return rgb(photo)
  if (!step.fill) return clear
  return typeof step.fill === 'string' ? rgb(step.fill) : stopAt(step.fill, (y - area.y) / area.height)
}

/** The colour of a gradient from top to bottom, the only kind in use. */
function stopAt({ angle, stops }: Gradient, part: number): Colour {
  expect(angle).toBe(180)
  const next = stops.findIndex(([at]) => at >= part)
  if (next <= 0) return rgb(stops.at(next)![1])
  const [[from, first], [to, second]] = [stops[next - 1]!, stops[next]!]
  const [one, other, share] = [rgb(first), rgb(second), (part - from) / (to - from)]
  return one.map((value, i) => value + (other[i]! - value) * share) as unknown as Colour
}

function isWithin([x, y]: Point, corners: readonly Point[]) {
  let within = false
  for (const [i, [x1, y1]] of corners.entries()) {
    const [x2, y2] = corners.at(i - 1)!
    if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) within = !within
  }
  return within
}
