import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, STORIES, type Story } from './stories.ts'

/** The month of which everything is known; statements of the month before say what was paid earlier. */
export const KNOWN_MONTH = '2026-10'
const DUE = { earlier: '2026-08', now: '2026-09', later: '2026-10' }
const PAID = { before: '2026-09-20', now: '2026-10-20' }

/** One partner for each way to tell of a refund, with its own currency and fee; `fee` in millionths, rounded half up. */
const PARTNERS = [
  { id: 'in-place', currency: 'CNY', digits: 2, of: 'commission', fee: 100_000n },
  { id: 'linked', currency: 'KWD', digits: 3, of: 'paidAmount', fee: 6_000n },
  { id: 'unlinked', currency: 'JPY', digits: 0, of: 'commission', fee: 0n },
  { id: 'deltas', currency: 'USD', digits: 2, of: 'commission', fee: 55_500n },
] as const
type KnownPartner = (typeof PARTNERS)[number]

const TOLERANCE = 2
const ENTRIES: Record<KnownPartner['id'], string> = {
  'in-place': '',
  linked: '    entries: { of: rows, id: [row] }\n',
  unlinked: '    entries: { of: rows }\n',
  deltas: '    entries: { of: deltas, id: [line, modified] }\n',
}

const yamlOf = ({ id, currency, of, fee }: KnownPartner) => `id: ${id}
name: Known, ${id}
currency: ${currency}
timezone: Asia/Shanghai
feeds:
  orders:
    format: { type: csv }
${ENTRIES[id]}    fields:
      orderId:      { text: order }
${id === 'unlinked' ? '' : '      lineId:       { text: line }\n'}      sku:          { text: sku }
      title:        { text: title }
      paidAmount:   { amount: paid, unit: major }
      commission:   { amount: commission, unit: major }
      refundAmount: { amount: refund, unit: major, optional: true }
      status:       { oneOf: status, words: { paid: paid, received: received, settled: settled, refunded: refunded, invalid: invalid } }
      orderedAt:    { instant: ordered, pattern: "yyyy-MM-dd" }
      settledAt:    { instant: settled, pattern: "yyyy-MM-dd", optional: true }
      modifiedAt:   { instant: modified, pattern: "yyyy-MM-dd" }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId:     { text: order, optional: true }
      lineId:      { text: line, optional: true }
      currency:    { text: currency }
      amount:      { amount: amount, unit: major }
      kind:        { oneOf: kind, words: { commission: commission, clawback: clawback, bonus: bonus, fee: fee } }
      paidAt:      { day: day, pattern: "yyyy-MM-dd" }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
fees: [${fee === 0n ? '' : ` { name: fee, of: ${of}, rate: "${Number(fee) / 10_000}%" } `}]
tolerance: ${TOLERANCE}
`

/** One order line: amounts in minor units; `kept` is what is left of both after a partial refund. */
type Line = { line: string; sku: string; paid: number; commission: number; kept?: { paid: number; commission: number } }
type Plot = { order: string; lines: readonly Line[]; story: Story }

/** Half up, in whole numbers: how the tool does it is what is tested. */
const share = (amount: number, millionths: bigint) => Number((BigInt(amount) * millionths * 2n + 1_000_000n) / 2_000_000n)
const owed = ({ of, fee }: KnownPartner, { paid, commission }: { paid: number; commission: number }) =>
  commission - share(of === 'commission' ? commission : paid, fee)

const NAMES = Object.keys(STORIES)
/** Beyond the stories of one order line: what is known of files only. */
const MORE = ['half returned', 'two lines, paid together', 'a gift']

/** What happens to the `i`th order. `odd`: how many of a thousand have more of a story than that they are paid in full. */
function plotOf(i: number, partner: KnownPartner, seed: number, odd: number): Plot {
  const random = mulberry(seed * 7_919 + i * 31 + 5)
  const earning = (): { paid: number; commission: number } => {
    const paid = 2 * (1000 + Math.floor(random() * 200_000))
    return { paid, commission: 2 * share(paid / 2, BigInt(50_000 + Math.floor(random() * 500_000))) }
  }
  const order = `${partner.id === 'in-place' ? '36' : 'K'}${String(i).padStart(12, '0')}`
  const first: Line = { line: `${order}1`, sku: `S${i % 977}`, ...earning() }
  const names = [...NAMES, ...MORE]
  const name = random() * 1000 < odd ? names[Math.floor(random() * names.length)]! : 'paid in full'
  const e = owed(partner, first)
  if (name === 'half returned') {
    const kept = { paid: first.paid / 2, commission: first.commission / 2 }
    const back = owed(partner, kept) - e
    const story: Story = { settled: 'earlier', before: [e], paid: [back], is: [['clawback', 1, back, back]] }
    return { order, lines: [{ ...first, kept }], story }
  }
  if (name === 'two lines, paid together') {
    const second: Line = { line: `${order}2`, sku: `T${i % 977}`, ...earning() }
    const both = e + owed(partner, second)
    return { order, lines: [first, second], story: { paid: [both], is: [['matched', 2, both, both]] } }
  }
  if (name === 'a gift') {
    return { order, lines: [{ ...first, paid: 0, commission: 0 }], story: { is: [['not-due', 1, 0, 0]] } }
  }
  return { order, lines: [first], story: STORIES[name]!(e, TOLERANCE + 1 + Math.floor(random() * Math.max(1, e / 4))) }
}

/** The rows of an order line in an export: of the time before its refund, and of today. */
function orderRows({ order, lines, story }: Plot, partner: KnownPartner, isToday: boolean): string[] {
  const { settled = 'now', status = 'settled' } = story
  const money = (amount: number) => decimal(amount, partner.digits)
  const date = settled === null ? '' : `${DUE[settled]}-${day(order)}`
  return lines.flatMap(({ line, sku, paid, commission, kept }) => {
    const row = (id: string, word: string, amounts: readonly [number, number], modified: string, refund = '') =>
      [id, order, line, sku, '"保温杯, 加厚"', ...amounts.map(money), refund, word, '2026-07-15', date, modified].join(',')
    const isRefunded = status === 'refunded'
    const sale = (word: string) => row(`${line}a`, word, [paid, commission], '2026-08-20')
    if (!isToday) return [sale(isRefunded ? 'settled' : status)]
    if (!isRefunded && !kept) return [sale(status)]
    const back = kept ? paid - kept.paid : paid
    const less = kept ? commission - kept.commission : commission
    if (partner.id === 'in-place') {
      return [row(`${line}a`, kept ? 'settled' : 'refunded', [paid, commission], '2026-09-25', kept ? money(back) : '')]
    }
    const word = partner.id === 'deltas' && !kept ? 'refunded' : 'settled'
    return [sale('settled'), row(`${line}b`, word, [-back, -less], '2026-09-25')]
  })
}

/** The payout lines of a plot in the statement of the month, or of the month before. */
function payoutRows({ order, lines, story }: Plot, partner: KnownPartner, when: 'before' | 'now'): string[] {
  const own = when === 'now' ? story.line : undefined
  const named = own?.orderId === undefined ? order : own.orderId === null ? '' : `${order}?`
  const line = own?.lineId === undefined ? '' : partner.id === 'unlinked' ? lines[0]!.sku : lines[0]!.line
  const currency = own?.currency ?? partner.currency
  return ((when === 'now' ? story.paid : story.before) ?? []).map((amount) => {
    const kind = own?.kind ?? (amount < 0 ? 'clawback' : 'commission')
    return [`S${PAID[when]}`, named, line, currency, decimal(amount, own?.currency ? 3 : partner.digits), kind, PAID[when]].join(
      ',',
    )
  })
}

/** Count, expected and paid of each `partner currency class`. */
export type KnownTruth = Record<string, { count: number; expected: number; paid: number }>
/** Files in the order in which they can be imported, partner ids, and what the month must come to. */
export type Known = {
  partners: readonly string[]
  files: readonly { partner: string; kind: 'orders' | 'payouts'; path: string }[]
  truth: KnownTruth
}

/**
 * Makes a workspace whose month is known beforehand: partners of all four reversal models in currencies of 0, 2 and 3 digits, an early
 * and a later export of the orders of each, and the statements of two months. Nothing of shoptool is used for it.
 * @param stride another order of the rows: any number without a common factor with `orders`
 */
export function writeKnown(folder: string, orders: number, { seed = 1, odd = 1000, stride = 1 } = {}): Known {
  mkdirSync(join(folder, 'partners'), { recursive: true })
  writeFileSync(join(folder, 'shoptool.yaml'), 'shop: { name: Known, timezone: Asia/Shanghai, currency: CNY }\n')
  const truth: KnownTruth = {}
  const files: { partner: string; kind: 'orders' | 'payouts'; path: string }[] = []
  PARTNERS.forEach((partner, at) => {
    writeFileSync(join(folder, 'partners', `${partner.id}.yaml`), yamlOf(partner))
    const own = Math.floor((orders + PARTNERS.length - 1 - at) / PARTNERS.length)
    const write = (kind: 'orders' | 'payouts', name: string, header: string, rows: (plot: Plot) => string[]) => {
      const path = join(folder, `${partner.id}-${name}.csv`)
      files.push({ partner: partner.id, kind, path })
      writeLines(path, header, own, (n) => rows(plotOf((n * stride) % own, partner, seed + at, odd)))
    }
    const columns = 'row,order,line,sku,title,paid,commission,refund,status,ordered,settled,modified'
    write('orders', 'august', columns, (plot) => orderRows(plot, partner, false))
    write('orders', 'today', columns, (plot) => orderRows(plot, partner, true))
    const payout = 'statement,order,line,currency,amount,kind,day'
    write('payouts', PAID.before, payout, (plot) => payoutRows(plot, partner, 'before'))
    write('payouts', PAID.now, payout, (plot) => payoutRows(plot, partner, 'now'))
    for (let i = 0; i < own; i++) {
      const { story } = plotOf(i, partner, seed + at, odd)
      const add = (currency: string, [name, count, expected, paid]: Outcome) => {
        const key = `${partner.id} ${currency} ${name}`
        const before = truth[key] ?? { count: 0, expected: 0, paid: 0 }
        truth[key] = { count: before.count + count, expected: before.expected + expected, paid: before.paid + paid }
      }
      for (const outcome of story.is) add(partner.currency, outcome)
      if (story.line?.currency) for (const amount of story.paid!) add(story.line.currency, ['unknown-order', 1, 0, amount])
    }
  })
  return { partners: PARTNERS.map(({ id }) => id), files, truth }
}

/** What `settle --json` found, in the form of the truth. Classes without orders and lines are left out. */
export function foundIn(settlement: {
  partners: readonly {
    partner: string
    currency: string
    classes: Record<string, { count: number; expected: string; paid: string }>
  }[]
}): KnownTruth {
  const found: KnownTruth = {}
  for (const { partner, currency, classes } of settlement.partners) {
    for (const [name, { count, expected, paid }] of Object.entries(classes)) {
      // amounts have the digits of their currency, so that they are minor units without the point
      if (count > 0) found[`${partner} ${currency} ${name}`] = { count, expected: minor(expected), paid: minor(paid) }
    }
  }
  return found
}

const minor = (text: string) => Number(text.replace('.', ''))
const day = (order: string) => String(1 + (Number(order.slice(-4)) % 28)).padStart(2, '0')

function decimal(amount: number, digits: number): string {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return amount < 0 ? `-${whole}` : whole
}

function writeLines(path: string, header: string, count: number, rows: (n: number) => string[]): void {
  const file = openSync(path, 'w')
  const lines = [header]
  for (let n = 0; n < count; n++) {
    lines.push(...rows(n))
    if (lines.length > 5000) writeSync(file, `${lines.splice(0).join('\n')}\n`)
  }
  if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`)
  closeSync(file)
}

/** A small seeded generator (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
