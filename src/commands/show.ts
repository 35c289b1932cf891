import { lookUpProduct, productDocument } from '../catalog/find.ts'
import { type Raise, raisedBeforeDiscount, raiseText, type State, statesOf } from '../catalog/history.ts'
import { type Net, netOfFees } from '../catalog/net.ts'
import { rawRows } from '../catalog/raw.ts'
import { readScoreRules, scoreOf, scoreText } from '../catalog/score.ts'
import { type Twin, twinsOf, twinText } from '../catalog/twins.ts'
import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { codeOfGoods } from '../store/codes.ts'
import { openForReading } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { type FileRow, fileById } from '../store/runs.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { amountText, textIndex } from './find.ts'
import { flag } from './option.ts'
import type { Print } from './print.ts'
import { sparkline } from './sparkline.ts'

export const command = defineCommand({
  about:
    'Shows one product: what it costs and pays, after fees too, its score, since when, and where that was read. Names likely twins, the same goods with another partner or shop, that pay more or cost less, and says where the price was raised before a discount.',
  args: [['<sku>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    history: flag('--history', 'also what it cost, paid and sold before'),
    raw: flag('--raw', 'also the row as the partner wrote it'),
  },
  examples: ['shoptool show 614252180627', 'shoptool show jd:100012043978 --history --json'],
  async run({ ctx, args: [sku], options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const product = lookUpProduct(db, sku)
    const file = fileById(db, product.file)
    const net = netOfFees(found.partners, instantOf(ctx.now(), found.shop.timezone).slice(0, 10), print.warn)
    const rules = readScoreRules(ctx.home, found.folder, found.shop.currency)
    const score = scoreOf(product, rules)
    const twins = twinsOf(db, product, textIndex(found, print))
    const states = statesOf(db, product)
    const raise = raisedBeforeDiscount(states, ctx.now())
    const raw = options.raw ? rawRow(found, product, file) : undefined
    const document = {
      ...productDocument(product),
      net: amountText(net.of(product), product),
      score: score?.total ?? null,
      shopCode: codeOfGoods(db, product),
      read: { source: product.source, file: file.name, line: product.line, sha256: file.sha256 },
    }
    const past = states.slice(0, -1).map((state) => stateDocument(state, product))
    if (global.json) {
      print.json('show', {
        product: document,
        score: score && { ...score, rules: scoreText(score, rules) },
        twins: twins.map((twin) => twinDocument(twin, net)),
        raised: raise && raiseDocument(raise, product),
        ...(options.history && { history: past }),
        ...(raw !== undefined && { raw }),
      })
      return 'done'
    }
    const better = twins.flatMap((twin) => twinText(product, twin, net) ?? [])
    const facts: (readonly [name: string, value: string | null])[] = [
      ...factsOf(document, product, net.formula(product)),
      ['shop code', document.shopCode],
      ['careful', raise && raiseText(raise, product)],
      ['score', score && scoreText(score, rules)],
      ...better.map((text) => ['twin', text] as const),
      ['twins', twins.length > better.length ? `${twins.length - better.length} that neither pay more nor cost less` : null],
    ]
    const terminal = print.columns !== Number.POSITIVE_INFINITY
    for (const [name, value] of facts) {
      if (value !== null) print.line(terminal ? `${print.paint.dim(name.padEnd(11))} ${value}` : `${name}\t${value}`)
    }
    if (options.history) {
      if (past.length === 0) print.note('It has not changed since it was first seen.')
      else if (terminal) showTrends(states, product, ctx.now(), print)
      print.table(
        [
          { title: 'UNTIL' },
          { title: 'PRICE', align: 'right' },
          { title: 'RATE', align: 'right' },
          { title: 'COMMISSION', align: 'right' },
          { title: 'STATUS' },
          { title: 'SALES', align: 'right' },
        ],
        past.map((state) => [
          terminal ? state.until!.slice(0, 16).replace('T', ' ') : state.until!,
          state.finalPrice ?? '',
          state.commissionRate ? `${state.commissionRate}%` : '',
          state.commission ?? '',
          state.status,
          state.sales === null ? '' : String(state.sales),
        ]),
      )
    }
    if (raw !== undefined) print.line(raw)
    return 'done'
  },
})

function stateDocument(state: State, product: StoredProduct) {
  return {
    since: state.since,
    until: state.until,
    price: amountText(state.price, product),
    couponAmount: amountText(state.couponAmount, product),
    finalPrice: amountText(state.finalPrice, product),
    commissionRate: state.commissionRate === null ? null : formatRate(state.commissionRate),
    commission: amountText(state.commission, product),
    sales: state.sales,
    status: state.status,
  }
}

function twinDocument({ product, why }: Twin, net: Net) {
  const { partner, sku, title, shop, currency } = product
  const [finalPrice, commission] = [amountText(product.finalPrice, product), amountText(product.commission, product)]
  return { partner, sku, title, shop, currency, finalPrice, commission, net: amountText(net.of(product), product), why }
}

function raiseDocument({ from, to, on, discount, before, now }: Raise, product: StoredProduct) {
  const money = (amount: Minor) => amountText(amount, product)
  return {
    from: money(from),
    to: money(to),
    on,
    discount: { amount: money(discount.amount), coupon: discount.coupon, since: discount.since },
    finalPriceBefore: money(before),
    finalPrice: money(now),
  }
}

const CELLS = 24

/** Price, commission and sales over time, with the least, the most and the present value. */
function showTrends(states: readonly State[], product: StoredProduct, now: number, print: Print): void {
  const money = (amount: number) => formatAmount(amount, product.currency)
  const trends: [name: string, value: (state: State) => number | null, text: (value: number) => string][] = [
    ['price', ({ finalPrice }) => finalPrice, money],
    ['commission', ({ commission }) => commission, money],
    ['sales', ({ sales }) => sales, String],
  ]
  print.line(`\nsince ${states[0]!.since.slice(0, 10)}`)
  for (const [name, value, text] of trends) {
    const known = states.flatMap((state) => {
      const found = value(state)
      return found === null || state.status === 'gone' ? [] : [{ value: found, day: state.since.slice(0, 10) }]
    })
    if (known.length === 0) continue
    const points = states.map((state) => ({
      since: Date.parse(state.since),
      value: state.status === 'gone' ? null : value(state),
    }))
    const present = points.at(-1)!.value
    print.line(
      `${print.paint.dim(name.padEnd(11))} ${print.paint.cyan(sparkline(points, now, CELLS))}  ${present === null ? 'now none' : `now ${text(present)}`}`,
    )
    const least = known.reduce((low, each) => (each.value < low.value ? each : low))
    const most = known.reduce((high, each) => (each.value > high.value ? each : high))
    if (least.value < most.value)
      print.line(`${' '.repeat(12)}${text(least.value)} on ${least.day} to ${text(most.value)} on ${most.day}`)
  }
  print.line()
}

/** What a product is, costs and pays, in words by name; null where there is nothing to say. */
export function factsOf(
  { read, ...product }: ReturnType<typeof productDocument> & { read: { file: string; line: number } },
  stored: StoredProduct,
  net: string | null,
): [name: string, value: string | null][] {
  const { coupon } = product
  const when =
    coupon &&
    [coupon.from && `from ${coupon.from.slice(0, 10)}`, coupon.until && `until ${coupon.until.slice(0, 10)}`]
      .filter(Boolean)
      .join(' ')
  return Object.entries({
    product: `${product.partner}:${product.sku}${product.status === 'gone' ? ' (gone)' : ''}`,
    title: product.title,
    brand: product.brand,
    category: product.category,
    shop: product.shop,
    price: `${product.finalPrice} ${product.currency}${coupon ? `, ${product.price} before the coupon` : ''}`,
    coupon: coupon && `${coupon.amount}${coupon.threshold ? ` on ${coupon.threshold} and more` : ''}${when ? `, ${when}` : ''}`,
    commission: product.commission && `${product.commission}${product.commissionRate ? ` (${product.commissionRate} %)` : ''}`,
    net,
    sales: product.sales === null ? null : String(product.sales),
    picture: product.imageUrl,
    page: product.url,
    link: product.link,
    code: product.code,
    seen: `${product.firstSeen} to ${product.lastSeen}`,
    read: `${read.file}:${read.line} (${stored.source})`,
  })
}

/** The row in the file as it was received. */
function rawRow({ snapshots, partners }: Workspace, product: StoredProduct, file: FileRow): string {
  const { feeds } = findPartner(product.partner, partners, BUILT_IN, product.partner)
  const raw = rawRows(snapshots, feeds.products!, file, new Set([product.line]))
  if (!raw) throw usageError(`${file.name}: its copy in .shoptool/snapshots was deleted; the row was line ${product.line} of it`)
  const row = raw.rows.get(product.line)
  if (row === undefined)
    throw usageError(`${file.name}: has no line ${product.line} when read with the present mapping; sync again`)
  return row
}
