// Makes product feeds for the bench: 19 columns, about 450 bytes a row, 5 % of rows with quoted commas and newlines.
import { closeSync, openSync, writeSync } from 'node:fs'

export const HEADER =
  'sku,title,brand,category,shop,price,commission_rate,commission,sales,coupon,coupon_threshold,coupon_from,coupon_until,image,url,link,code,stock,note'

/** A small seeded generator (mulberry32), so that every run measures the same rows. */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const WORDS =
  '抽纸 雨伞 保温杯 收纳盒 台灯 毛巾 袜子 茶叶 笔记本 水果礼盒 猫玩具 充电宝 不粘锅 枕头 口红 双肩包 耳机 洗衣液 面膜 坚果 家用 大容量 便携 加厚 新款 夏季 学生 宿舍 办公室 送礼'.split(
    ' ',
  )
/** 1980 → `19.80`. */
export const yuan = (/** @type {number} */ fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

/** One row of the feed. `version` other than 0 gives the same goods another price. */
export function row(i, version = 0) {
  const random = seeded(i * 7 + 1)
  const word = () => WORDS[Math.floor(random() * WORDS.length)]
  const price = 990 + Math.floor(random() * 50_000) + version * 10
  const coupon = random() < 0.4 ? 300 + Math.floor(random() * 4) * 100 : 0
  const rate = 10 + Math.floor(random() * 400) // permille
  const commission = Math.floor(((price - coupon) * rate + 500) / 1000)
  const title = `${word()}${word()}${word()}${word()}${word()}${word()} ${i}号`
  const note = i % 20 === 0 ? `"包邮, 七天无理由\n退换, ""正品"""` : `包邮 七天无理由退换 正品保证 ${word()}`
  return [
    600_000_000_000 + i,
    i % 20 === 10 ? `"${title}, 加厚"` : title,
    `品牌${i % 997}`,
    `类目${i % 53}/${word()}`,
    `${word()}旗舰店${i % 5003}`,
    yuan(price),
    `${Math.floor(rate / 10)}.${rate % 10}`,
    yuan(commission),
    Math.floor(random() * 100_000),
    coupon ? yuan(coupon) : '',
    coupon ? yuan(coupon) : '',
    coupon ? '2026-11-01 00:00:00' : '',
    coupon ? '2026-12-31 23:59:59' : '',
    `https://img.example.com/i1/${i}/O1CN01TE9kkr2B47bGw1pbG_!!${i}-0-lubanu-s.jpg`,
    `https://item.example.com/item.htm?id=${600_000_000_000 + i}`,
    `https://s.example.com/t?e=m%3D2%26s%3DC7k6cSn7jsBw4vFB6t2Z2ueEDrYVVa64Dne87AjQPk9y${i}`,
    `￥${((i * 2654435761) % 4294967296).toString(36)}￥`,
    100 + (i % 900),
    note,
  ].join(',')
}

/** How the columns are read, in the form of a workspace's partner file. `stock` and `note` are not needed. */
export const PARTNER = `id: bench
name: Bench
currency: CNY
timezone: Asia/Shanghai
feeds:
  products:
    format: { type: csv, encoding: utf-8 }
    fields:
      sku:             { text: sku }
      title:           { text: title }
      brand:           { text: brand }
      category:        { text: category }
      shop:            { text: shop }
      price:           { amount: price, unit: yuan }
      commissionRate:  { rate: commission_rate, unit: percent }
      commission:      { amount: commission, unit: yuan }
      sales:           { count: sales }
      couponAmount:    { amount: coupon, unit: yuan, optional: true }
      couponThreshold: { amount: coupon_threshold, unit: yuan, optional: true }
      couponFrom:      { instant: coupon_from, pattern: "yyyy-MM-dd HH:mm:ss", optional: true }
      couponUntil:     { instant: coupon_until, pattern: "yyyy-MM-dd HH:mm:ss", optional: true }
      imageUrl:        { text: image }
      url:             { text: url }
      link:            { text: link }
      code:            { text: code }
`

/**
 * Writes `count` rows; every 1/`changed`-th row (none for 0) has another price.
 * @param {string} path
 * @param {number} count
 * @param {number} [changed]
 * @param {(n: number) => number} [order] which row stands at a place
 */
export function writeFeed(path, count, changed = 0, order = (n) => n) {
  linesTo(path, HEADER, count, (n) => row(order(n), changed && order(n) % changed === 0 ? 1 : 0))
}

/** An order of `count` rows in which none stands near its neighbours. @param {number} count */
export function shuffled(count) {
  let stride = Math.floor(count * 0.618) | 1
  while (divisor(stride, count) > 1) stride += 2
  return (/** @type {number} */ n) => (n * stride) % count
}

/** @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b))

/**
 * Writes a file of a header and `count` lines.
 * @param {string} path
 * @param {string} header
 * @param {number} count
 * @param {(n: number) => string} line
 */
export function linesTo(path, header, count, line) {
  const file = openSync(path, 'w')
  let lines = [header]
  for (let n = 0; n < count; n++) {
    lines.push(line(n))
    if (lines.length === 5000 || n === count - 1) {
      writeSync(file, `${lines.join('\n')}\n`)
      lines = []
    }
  }
  closeSync(file)
}
