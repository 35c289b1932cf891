import { join } from 'node:path'
import { afterAll } from 'vitest'
import { fetchRun, loadRun, type RunOptions, type RunResult } from '../../src/catalog/sync.ts'
import type { Encoding, Feed, Fields, RecordOf } from '../../src/feeds/feed.ts'
import { fetchFile } from '../../src/feeds/fetch.ts'
import { amount, count, day, instant, none, oneOf, rate, text } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import {
  ORDER_STATUSES,
  type OrderStatus,
  PAYOUT_KINDS,
  type PayoutKind,
  REFUND_STATUSES,
  type RecordKind,
  type RefundStatus,
} from '../../src/records.ts'
import { type Database, openDatabase } from '../../src/store/open.ts'
import { folderWith, NOW } from '../cli/shoptool.ts'

const optional = { optional: true } as const
const same = <W extends string>(words: readonly W[]) => Object.fromEntries(words.map((word) => [word, word])) as Record<string, W>

const goods: Fields<RecordOf['products']> = {
  ...{ sku: text('sku'), title: text(['title', 'sku']), brand: text('brand', optional), category: text('category', optional) },
  ...{ shop: text('shop', optional), currency: text('currency', optional), price: amount('price', 'major') },
  ...{ couponAmount: amount('coupon', 'major', optional), couponThreshold: none, couponFrom: none, couponUntil: none },
  ...{ finalPrice: none, commissionRate: rate('rate', 'percent', optional), commission: none, sales: count('sales', optional) },
  ...{ imageUrl: text('image', optional), url: none, link: text('link', optional), code: none },
}
const orders: Fields<RecordOf['orders']> = {
  ...{ orderId: text('order'), lineId: text('line', optional), sku: text('sku', optional), title: none, quantity: none },
  ...{ currency: none, paidAmount: amount('paid', 'major'), commissionRate: none, commission: amount('commission', 'major') },
  ...{ status: oneOf('status', same<OrderStatus>(ORDER_STATUSES)), rawStatus: none },
  ...{ orderedAt: instant('ordered', 'yyyy-MM-dd'), paidAt: none, receivedAt: none, verifiedAt: none },
  ...{ settledAt: instant('settled', 'yyyy-MM-dd', optional), modifiedAt: instant('modified', 'yyyy-MM-dd', optional) },
  ...{ refundAmount: none, serviceFee: none, subsidy: none, trackingId: none },
  subId: { kind: 'none' },
  transactionId: text('transaction', optional),
  dueAt: instant('due', 'yyyy-MM-dd', optional),
}
const payouts = {
  format: { type: 'csv' },
  total: { kind: 'amount', from: '合计', optional: true, unit: 'major', decimal: '.' },
  fields: {
    ...{ statementId: text('statement', optional), orderId: text('order', optional), lineId: none, sku: none, title: none },
    ...{ currency: text('currency', optional), amount: amount('amount', 'major'), paidAt: day('day', 'yyyy-MM-dd') },
    kind: oneOf('kind', same<PayoutKind>(PAYOUT_KINDS)),
    ...{ transactionId: text('transaction', optional), originalId: text('original', optional) },
  },
} satisfies Feed<RecordOf['payouts']>

const receipts = {
  format: { type: 'csv', headerWith: 'amount' },
  total: { kind: 'amount', from: '合计', optional: true, unit: 'major', decimal: '.' },
  fields: {
    ...{ receivedOn: day('day', 'yyyy-MM-dd'), amount: amount('amount', 'major'), currency: text('currency', optional) },
    ...{ direction: none, payer: text('payer', optional), remark: none, reference: text('ref', optional) },
  },
} satisfies Feed<RecordOf['receipts']>
const refunds: Fields<RecordOf['refunds']> = {
  ...{ orderId: text('order'), lineId: text('line', optional), refundId: text('notice', optional), sku: text('sku', optional) },
  ...{
    currency: text('currency', optional),
    refundAmount: amount('back', 'major'),
    commission: amount('taken', 'major', optional),
  },
  ...{ status: oneOf('status', same<RefundStatus>(REFUND_STATUSES)), rawStatus: none },
  ...{ refundedAt: instant('at', 'yyyy-MM-dd'), modifiedAt: none },
}

/** An invented network whose column names are those of the records. */
export const ACME = {
  ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', calendar: null, fees: [], tolerance: 0 },
  feeds: {
    products: { format: { type: 'csv' }, fields: goods },
    orders: { format: { type: 'csv' }, fields: orders },
    payouts,
    receipts,
    refunds: { format: { type: 'csv' }, fields: refunds },
  },
} satisfies Partner

export const csv = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('')

export type Files = Record<string, string | Buffer>
export type Settings = Partial<Pick<RunOptions, 'complete' | 'acceptShrink' | 'dryRun' | 'guard'>> & {
  source?: string
  partner?: Partner
  encoding?: Encoding
  /** Called whenever the run looks at the clock: before its transaction, at the end of it and after it. */
  onClock?: () => void
}

const open = new Set<Database>()
afterAll(() => {
  for (const db of open) db.close()
})

/** A database in a folder of its own, fed as `sync` and `import` would; every run is one minute after the one before. */
export function session() {
  const folder = folderWith()
  const path = join(folder, 'shoptool.db')
  const db = openDatabase(path)
  // nobody pulls the plug here; killed.test.ts keeps the real setting
  db.pragma('synchronous = OFF')
  open.add(db)
  let minutes = 0

  async function run(kind: RecordKind, files: Files | string, settings: Settings): Promise<RunResult> {
    const { source = 'goods', partner = ACME, encoding, onClock, ...options } = settings
    const list = Object.entries(typeof files === 'string' ? { [`${kind}.csv`]: files } : files)
    const inbox = folderWith(Object.fromEntries(list))
    const encodingOf = (name: string) => encoding ?? (name.endsWith('.xlsx') ? 'binary' : undefined)
    const fetch = async () => ({
      snapshots: list.map(([name]) => fetchFile(join(inbox, name), name, join(folder, 'snapshots'), encodingOf(name))),
    })
    const now = NOW + 60_000 * minutes++
    const clock = () => {
      onClock?.()
      return now
    }
    const given = { complete: true, acceptShrink: false, dryRun: false, timezone: 'Asia/Shanghai', ...options, now: clock }
    const result = loadRun(db, partner, { kind, source }, await fetchRun(fetch, () => now), given)
    const { read, accepted, rejected, added, changed, unchanged, returned } = result
    if (read !== accepted + rejected || accepted !== added + changed + unchanged + returned)
      throw new Error(`counts do not add up: ${told(result)}`)
    return result
  }

  return {
    db,
    path,
    sync: (files: Files | string, settings: Settings = {}) => run('products', files, settings),
    importing: (kind: RecordKind, files: Files | string, settings: Settings = {}) =>
      run(kind, files, { source: 'import', complete: false, ...settings }),
    /** Everything that is kept but for the records of the runs themselves. */
    content: () =>
      [
        'product',
        'listing',
        'alias',
        'product_history',
        'order_line',
        'order_state',
        'order_entry',
        'statement',
        'payout_line',
        'receipt',
        'refund',
        'ruling',
        'rejected',
      ].map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().safeIntegers().all()),
    query: <T = unknown>(sql: string) => db.prepare(sql).raw().all() as T[],
    close() {
      open.delete(db)
      db.close()
    },
  }
}

/** `applied: 3 read, 2 added, 1 rejected`: a result in one line, without what is zero. */
export function told(result: RunResult): string {
  const counts = (['read', 'added', 'changed', 'unchanged', 'returned', 'gone', 'rejected'] as const).filter(
    (count) => result[count] > 0,
  )
  return [`${result.status}:`, result.error ?? counts.map((count) => `${result[count]} ${count}`).join(', ')].join(' ')
}
