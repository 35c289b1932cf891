import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createCanvas } from 'canvas'
import { type Context, packageFolder } from '../../src/context.ts'
import type { Product } from '../../src/records.ts'
import type { ShareItem } from '../../src/share/facts.ts'
import type { Faces } from '../../src/share/poster/lines.ts'

export const HOME = packageFolder()

/** A workspace with one photo, `photo.jpg`. */
export function makeWorkspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-share-'))
  writeFileSync(join(folder, 'photo.jpg'), picture('jpeg', 800, 800))
  return folder
}

export function picture(format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif', width: number, height: number): Buffer {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const gradient = context.createLinearGradient(0, 0, width, height)
  gradient.addColorStop(0, '#f4d9b0')
  gradient.addColorStop(1, '#5b7f5e')
  context.fillStyle = gradient
  context.fillRect(0, 0, width, height)
  for (let i = 1; i < 40; i++) {
    context.fillStyle = `hsla(${i * 47}, 60%, 60%, 0.3)`
    context.beginPath()
    context.arc((i * 7919) % width, (i * 104_729) % height, 20 + ((i * 31) % 90), 0, 7)
    context.fill()
  }
  if (format === 'png' || format === 'gif') return canvas.encodeSync(format as 'png')
  return format === 'avif' ? canvas.encodeSync('avif', { quality: 80 }) : canvas.encodeSync(format, 90)
}

export function makeContext(changes: Partial<Context> = {}): Context {
  const stream = new PassThrough()
  const fetch = async () => {
    throw new Error('no network in this test')
  }
  return { now: () => 0, fetch, stdin: stream, stdout: stream, stderr: stream, env: {}, cwd: HOME, home: HOME, ...changes }
}

export function makeItem(product: Partial<Product> = {}, item: Partial<ShareItem> = {}): ShareItem {
  return {
    partner: { id: 'taobao', name: '淘宝' },
    product: {
      ...{
        sku: '614252180627',
        title: '月芝猫【海棠梨】汉服女汉元素国风古风连衣裙',
        brand: null,
        category: null,
        shop: '月芝猫旗舰店',
      },
      ...{ currency: 'CNY', price: 27_900, couponAmount: 2000, couponThreshold: null, couponFrom: null, finalPrice: 25_900 },
      ...{
        couponUntil: '2026-11-30T23:59:59+08:00',
        commissionRate: 18_000,
        commission: 466,
        sales: 12_345,
        imageUrl: 'photo.jpg',
      },
      ...{
        url: 'http://item.taobao.com/item.htm?id=614252180627',
        link: 'https://s.click.taobao.com/8bpnghv',
        code: '￥euek1JOclOG￥',
      },
      ...product,
    },
    link: product.link ?? 'https://s.click.taobao.com/8bpnghv',
    asOf: '2026-11-20',
    ...item,
  }
}

/** Faces of which every Han character is one em wide and every other character half; they lack what `missing` lists. */
export function plainFaces(missing = ''): Faces {
  return {
    find: (characters, weight) => ([...characters].some((one) => missing.includes(one)) ? null : `plain-${weight}`),
    width: (text) => [...text].reduce((sum, one) => sum + (/[\u2e80-\uffef…—“”‘’]/.test(one) ? 1 : 0.5), 0),
  }
}
