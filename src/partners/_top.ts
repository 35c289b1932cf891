// What several Chinese partners share. A file of data for each partner stands beside this one.
import { usageError } from '../errors.ts'
import type { Account, ApiFault, HttpRequest } from '../feeds/api.ts'
import type { Feed } from '../feeds/feed.ts'
import { amount, day, none, oneOf, text } from '../feeds/field.ts'
import { valueAt } from '../feeds/formats/json.ts'
import type { PayoutLine } from '../records.ts'

/** Times in back-office exports: as exported, and as a spreadsheet writes them back. */
export const EXPORT_TIMES = [
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-dd HH:mm',
  'yyyy/M/d H:mm:ss',
  'yyyy/M/d H:mm',
  'yyyy-MM-dd',
  'yyyy/M/d',
] as const
export const EXPORT_DAYS = [
  'yyyy-MM-dd',
  'yyyy/M/d',
  'yyyy-MM-dd HH:mm:ss',
  'yyyy/M/d H:mm:ss',
  'yyyy/M/d H:mm',
  'yyyyMMdd',
] as const

/** What a line of a payout statement is called. No partner documents its statement: the words in use. */
const PAYOUT_WORDS = {
  佣金: 'commission',
  推广佣金: 'commission',
  商家佣金: 'commission',
  结算: 'commission',
  退款扣回: 'clawback',
  维权扣回: 'clawback',
  扣回: 'clawback',
  奖励: 'bonus',
  活动奖励: 'bonus',
  技术服务费: 'fee',
  服务费: 'fee',
  税: 'tax',
  代扣税: 'tax',
  个人所得税: 'tax',
  尾差: 'rounding',
} as const
export const payoutKind = oneOf(['类型', '收支类型', '业务类型', '费用类型'], PAYOUT_WORDS, { optional: true })

/** What an answer says under a name, as text; '' where it says nothing. */
export const said = (value: unknown, name: string) => String(valueAt(value, [name]) ?? '')

/** What these partners say where a call may be repeated: too many calls, too busy. None documents all of its codes. */
const LATER = /频率|频繁|限流|繁忙|稍后|limit exceeded/i

/** An error of which only the text tells whether it passes by itself. */
export function faultSaid(message: string): ApiFault {
  return { fault: LATER.test(message) ? 'retry' : 'stop', message }
}

/** A form to send; `form` is encoded already. */
export function postForm(url: string, form: string): HttpRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' }, body: form }
}

/** The length of a window: `hours` of the source's query, else 24. @throws ShoptoolError (usage) where it is none, or more than `most`. */
export function hoursOf({ query: { hours = 24 } }: Account, most: number): number {
  const count = /^[1-9]\d{0,3}$/.test(String(hours)) ? Number.parseInt(String(hours), 10) : 0
  if (count < 1 || count > most) throw usageError(`query.hours: "${hours}" is none, expected 1 to ${most}`)
  return count
}

/** The source's query as parameters of a call. */
export const queryOf = ({ query }: Account): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))

/** Whether there is a page behind this one: by the total that the answer states, else where the page is full. */
export function hasMore(rows: readonly unknown[], { page, size, total }: { page: number; size: number; total: string }): boolean {
  const count = Number.parseInt(total, 10)
  return rows.length > 0 && (Number.isNaN(count) ? rows.length >= size : page * size < count)
}

/** The same columns as CSV and as a workbook: what back offices export as the one, people save as the other. */
export function csvAndSheet<T>(feed: Omit<Feed<T>, 'format'>): Feed<T>[] {
  return [
    { format: { type: 'csv' }, ...feed },
    { format: { type: 'sheet', encoding: 'binary' }, ...feed },
  ]
}

const optional = { optional: true } as const
const STATEMENT: Omit<Feed<PayoutLine>, 'format'> = {
  total: { kind: 'amount', from: ['合计', '总计'], optional: true, unit: 'major', decimal: '.' },
  fields: {
    statementId: text(['结算单号', '账单编号', '批次号'], optional),
    orderId: text(['订单号', '订单编号', '订单ID'], optional),
    lineId: text(['子订单号', '子单号', '子订单ID', '订单行号', '规格ID'], optional),
    sku: text(['商品ID', '商品编号'], optional),
    title: text('商品名称', optional),
    currency: none,
    // Where both stand, 结算金额 is that of the goods, on which 结算佣金 was earned.
    amount: amount(['打款金额', '到账金额', '结算佣金', '结算金额', '服务费', '佣金'], 'yuan'),
    kind: payoutKind,
    paidAt: day(['打款日期', '打款时间', '入账时间', '到账时间', '结算日期', '结算时间'], EXPORT_DAYS),
    transactionId: none,
    originalId: none,
  },
}
/** Statements of partners that document none, as CSV or workbook: the names in use (unverified). */
export const statements = csvAndSheet(STATEMENT)
