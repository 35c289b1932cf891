import { existsSync } from 'node:fs'
import { lookUpProduct, productDocument } from '../catalog/find.ts'
import { usageError } from '../errors.ts'
import type { Encoding } from '../feeds/feed.ts'
import { snapshotPath } from '../feeds/fetch.ts'
import { formOf } from '../feeds/form.ts'
import { openRows } from '../feeds/formats/rows.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { openForReading } from '../store/open.ts'
import { productHistory, type StoredProduct } from '../store/products.ts'
import { type FileRow, fileById } from '../store/runs.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag } from './option.ts'

export const command = defineCommand({
  about: 'Shows one product: what it costs and pays, since when, and where that was read.',
  args: [['<sku>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    history: flag('--history', 'also what it cost and paid before'),
    raw: flag('--raw', 'also the row as the partner wrote it'),
  },
  examples: ['shoptool show 614252180627', 'shoptool show jd:100012043978 --history --json'],
  async run({ args: [sku], options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const product = lookUpProduct(db, sku)
    const file = fileById(db, product.file)
    const amount = (minor: Minor | null) => (minor === null ? null : formatAmount(minor, product.currency))
    const history = options.history
      ? productHistory(db, product.id).map((past) => ({
          until: past.until,
          price: amount(past.price),
          finalPrice: amount(past.finalPrice),
          commissionRate: past.commissionRate === null ? null : formatRate(past.commissionRate),
          commission: amount(past.commission),
          sales: past.sales,
          status: past.status,
        }))
      : undefined
    const raw = options.raw ? rawRow(found, product, file) : undefined
    const document = {
      ...productDocument(product),
      read: { source: product.source, file: file.name, line: product.line, sha256: file.sha256 },
    }
    if (global.json) {
      print.json('show', { product: document, ...(history && { history }), ...(raw !== undefined && { raw }) })
      return 'done'
    }
    for (const [name, value] of Object.entries(factsOf(document, product))) {
      if (value !== null)
        print.line(
          print.columns === Number.POSITIVE_INFINITY ? `${name}\t${value}` : `${print.paint.dim(name.padEnd(11))} ${value}`,
        )
    }
    if (history) {
      if (history.length === 0) print.note('It has not changed since it was first seen.')
      print.table(
        [
          { title: 'UNTIL' },
          { title: 'PRICE', align: 'right' },
          { title: 'RATE', align: 'right' },
          { title: 'COMMISSION', align: 'right' },
          { title: 'STATUS' },
        ],
        history.map((past) => [
          past.until,
          past.finalPrice ?? '',
          past.commissionRate ? `${past.commissionRate}%` : '',
          past.commission ?? '',
          past.status,
        ]),
      )
    }
    if (raw !== undefined) print.line(raw)
    return 'done'
  },
})

function factsOf(
  { read, ...product }: ReturnType<typeof productDocument> & { read: { file: string; line: number } },
  stored: StoredProduct,
): Record<string, string | null> {
  const { coupon } = product
  const when =
    coupon &&
    [coupon.from && `from ${coupon.from.slice(0, 10)}`, coupon.until && `until ${coupon.until.slice(0, 10)}`]
      .filter(Boolean)
      .join(' ')
  return {
    product: `${product.partner}:${product.sku}${product.status === 'gone' ? ' (gone)' : ''}`,
    title: product.title,
    brand: product.brand,
    category: product.category,
    shop: product.shop,
    price: `${product.finalPrice} ${product.currency}${coupon ? `, ${product.price} before the coupon` : ''}`,
    coupon: coupon && `${coupon.amount}${coupon.threshold ? ` on ${coupon.threshold} and more` : ''}${when ? `, ${when}` : ''}`,
    commission: product.commission && `${product.commission}${product.commissionRate ? ` (${product.commissionRate} %)` : ''}`,
    sales: product.sales === null ? null : String(product.sales),
    picture: product.imageUrl,
    page: product.url,
    link: product.link,
    code: product.code,
    seen: `${product.firstSeen} to ${product.lastSeen}`,
    read: `${read.file}:${read.line} (${stored.source})`,
  }
}

/** The row in the file as it was received. */
function rawRow(workspace: Workspace, product: StoredProduct, file: FileRow): string {
  const path = snapshotPath(workspace.snapshots, file)
  if (!existsSync(path))
    throw usageError(`${file.name}: its copy in .shoptool/snapshots was deleted; the row was line ${product.line} of it`)
  const { feeds } = findPartner(product.partner, workspace.partners, BUILT_IN, product.partner)
  const { format } = formOf(feeds.products!, { ...file, path, encoding: file.encoding as Encoding })
  const rows = openRows(path, file.name, format)
  try {
    while (rows.next()) if (rows.line() === product.line) return rows.raw()
  } finally {
    rows.close()
  }
  throw usageError(`${file.name}: has no line ${product.line} when read with the present mapping; sync again`)
}
