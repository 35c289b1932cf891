import { addOrder, amendOrder, type Given, type Named, readProof, removeOrder, type Said } from '../catalog/hand.ts'
import { type Day, instantOf, instantReader } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Currency, formatAmount, minorDigits, readDecimal, share } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { ORDER_STATUSES, type Order } from '../records.ts'
import { BY_HAND } from '../store/hand.ts'
import { type Database, openDatabase } from '../store/open.ts'
import { ordersById } from '../store/orders.ts'
import { type Call, defineCommand } from './command.ts'
import { count, currency, day, type Option, oneOf, option, rate, readValue, type Value } from './option.ts'
import { orderDocument, orderText } from './order.ts'

const ORDER = ['<order>', "the partner's order number, or partner:number"] as const
const PROOF = option('--proof <file>', 'what proves it: a screenshot, a letter; a copy is kept in proofs/ (required)')
const NOTE = option('--note <text>', 'why, for whoever asks later')
const LINE = option('--line <id>', 'which line of the order; "" is the one without a number', {
  read: (given: string) => given.trim(),
  is: 'a text',
})

/** What can be said of an order. */
const SAID = {
  paid: option('--paid <amount>', 'what the buyer paid for the goods, without freight'),
  rate: option('--rate <rate>', 'commission rate, like 9.1%', rate),
  commission: option('--commission <amount>', 'gross commission, before fees (default: the rate of what was paid)'),
  status: option('--status <status>', 'where it stands (a new one: paid)', oneOf(ORDER_STATUSES)),
  ordered: option('--ordered <day>', 'day of the order', day),
  received: option('--received <day>', 'day on which the buyer confirmed', day),
  verified: option('--verified <day>', 'day on which the partner verified it', day),
  settled: option('--settled <day>', 'day on which the partner settled it', day),
  refunded: option('--refunded <amount>', 'what was given back to the buyer'),
  sku: option('--sku <sku>', 'goods'),
  title: option('--title <text>', 'name of the goods'),
  quantity: option('--quantity <n>', 'pieces', count),
  tracking: option('--tracking <id>', 'the tracking id that the link carried'),
  subId: option('--sub-id <id>', 'the sub-id that it carried'),
}

export const add = defineCommand({
  about:
    'Records an order that the partner has no record of, with what proves it, for a claim: it is due, missing and claimed like any other. As soon as the partner itself tells of the order, its own record counts; the journal keeps both.',
  args: [ORDER],
  options: {
    partner: option('--partner <id>', 'whose order it is'),
    line: option('--line <id>', 'number of the line, where the order has several'),
    ...SAID,
    currency: option('--currency <code>', "of the amounts, in place of the partner's", currency),
    ...{ proof: PROOF, note: NOTE },
  },
  examples: [
    'shoptool orders add 3700000000000000077 --partner taobao --paid 99.00 --rate 9.1% --ordered 2026-10-02 --status settled --settled 2026-10-12 --proof screenshot.png --note "the buyer sent a picture of the order"',
    'shoptool orders add jd:310000000077 --paid 59.00 --commission 3.54 --ordered 2026-10-02 --proof chat.pdf',
  ],
  async run(call) {
    const { options, print, global } = call
    const { db, given, named, partner } = await opened(call)
    const said = readSaid(partner, options.currency ?? partner.currency, options)
    const { paidAmount, commissionRate = null, orderedAt } = said
    if (paidAmount === undefined) throw usageError('--paid: what did the buyer pay? Expected like --paid 99.00')
    if (orderedAt === undefined) throw usageError('--ordered: on which day? Expected like --ordered 2026-10-02')
    const commission = said.commission ?? (commissionRate === null ? undefined : share(paidAmount, commissionRate))
    if (commission === undefined)
      throw usageError('--rate: name the rate or the commission, like --rate 9.1% or --commission 9.01')
    const order: Order = {
      ...{ orderId: named.orderId, lineId: named.lineId ?? '', currency: options.currency ?? partner.currency },
      ...{ sku: null, title: null, quantity: null, status: 'paid', rawStatus: BY_HAND },
      ...{ paidAt: null, receivedAt: null, verifiedAt: null, settledAt: null, modifiedAt: null, dueAt: null },
      ...{ refundAmount: null, serviceFee: null, subsidy: null, trackingId: null, subId: null, transactionId: null },
      ...{ ...said, paidAmount, commissionRate, commission, orderedAt },
    }
    addOrder(db, given, order)
    tell(call, 'add', given, [order])
    if (!global.json) print.note(`Once ${partner.id} itself tells of the order, its own record counts.`)
    return 'done'
  },
})

const NAMED = { partner: option('--partner <id>', 'where several partners have an order of that number'), line: LINE }

export const amend = defineCommand({
  about:
    'Says what is otherwise of an order that was recorded by hand, such as its status, with what proves it. What was said before stays in the journal. What a partner itself has recorded is not changed by hand.',
  args: [ORDER],
  options: { ...NAMED, ...SAID, proof: PROOF, note: NOTE },
  examples: [
    'shoptool orders amend 3700000000000000077 --status settled --settled 2026-10-12 --proof settled.png',
    'shoptool orders amend jd:310000000077 --refunded 20.00 --proof refund.png --note "one of three pieces went back"',
  ],
  async run(call) {
    const { options } = call
    const { db, given, named, partner } = await opened(call)
    const lines = ordersById(db, partner.id, named.orderId)
    const { currency = partner.currency } = lines.find(({ lineId }) => lineId === (named.lineId ?? lineId)) ?? {}
    const order = amendOrder(db, given, named, readSaid(partner, currency, options))
    tell(call, 'amend', given, [order])
    return 'done'
  },
})

export const remove = defineCommand({
  about:
    'Takes back what was recorded by hand of an order, or of one line of it, with what proves that: an entry in the journal that it does not hold. Nothing is deleted; "orders show" still tells it.',
  args: [ORDER],
  options: { ...NAMED, proof: PROOF, note: NOTE },
  examples: ['shoptool orders remove 3700000000000000077 --proof answer.png --note "it was another shop\'s order"'],
  async run(call) {
    const { db, given, named } = await opened(call, 'taken back by hand')
    tell(call, 'remove', given, removeOrder(db, given, named))
    return 'done'
  },
})

type SaidOptions = { [K in keyof typeof SAID]: (typeof SAID)[K] extends Option<infer V> ? V : never }
type Options = { partner: string | undefined; line: string | undefined; proof: string | undefined; note: string | undefined }

/** Everything that is named is looked up and read before anything is written. */
async function opened({ ctx, args: [name], options, workspace }: Call<readonly [string], Options>, note = '') {
  const found = await workspace()
  if (options.proof === undefined) throw usageError('--proof: name a file that proves it, like --proof screenshot.png')
  const proof = readProof(ctx.cwd, options.proof)
  const db = openDatabase(found.database)
  const { id, orderId } = whose(db, name, options.partner)
  const partner = findPartner(id, found.partners, BUILT_IN, options.partner === undefined ? name : '--partner')
  const at = instantOf(ctx.now(), found.shop.timezone)
  const today = instantOf(ctx.now(), partner.timezone).slice(0, 10)
  const given: Given = { folder: found.folder, partner: partner.id, at, today, note: options.note ?? note, proof }
  const named: Named = { orderId, lineId: options.line }
  return { db, given, named, partner }
}

/** The partner and number of `partner:number` or, with or without --partner, of a number. */
function whose(db: Database, given: string, option: string | undefined): { id: string; orderId: string } {
  const name = given.trim()
  if (name === '') throw usageError('<order>: is empty, expected a number')
  if (option !== undefined) return { id: option, orderId: name.startsWith(`${option}:`) ? name.slice(option.length + 1) : name }
  const known = [...new Set(ordersById(db, null, name).map(({ partner }) => partner))]
  if (known.length > 1) throw usageError(`${name}: several partners have it, name one with --partner: ${known.join(', ')}`)
  if (known.length === 1) return { id: known[0]!, orderId: name }
  const [, id, orderId] = /^([^:]+):(.+)$/.exec(name) ?? []
  if (id === undefined || orderId === undefined)
    throw usageError(`${name}: no such order is on file; name its partner with --partner`)
  return { id, orderId }
}

/** What the flags say, in the partner's time zone. @throws ShoptoolError (usage) where an amount cannot be one. */
function readSaid(partner: Partner, currency: Currency, options: SaidOptions): Said {
  const digits = minorDigits(currency)
  const amount: Value<number> = {
    read: (text) => readDecimal(text, digits),
    is: `an amount in ${currency}`,
    like: formatAmount(990, currency),
  }
  const midnight = instantReader('yyyy-MM-dd', partner.timezone)
  const money = (flag: string, text: string | undefined) => (text === undefined ? undefined : readValue(flag, text, amount))
  const instant = (text: Day | undefined) => (text === undefined ? undefined : midnight(text)!)
  const said: { [K in keyof Said]: Said[K] | undefined } = {
    ...{
      paidAmount: money('--paid', options.paid),
      commissionRate: options.rate,
      commission: money('--commission', options.commission),
    },
    ...{ refundAmount: money('--refunded', options.refunded), status: options.status },
    ...{ orderedAt: instant(options.ordered), receivedAt: instant(options.received) },
    ...{ verifiedAt: instant(options.verified), settledAt: instant(options.settled) },
    ...{ sku: options.sku, title: options.title, quantity: options.quantity, trackingId: options.tracking, subId: options.subId },
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/** Tells what was recorded, and by what proof. */
function tell({ print, global }: Call, name: 'add' | 'amend' | 'remove', given: Given, orders: readonly Order[]): void {
  const { partner, note, proof } = given
  const { content: _, ...kept } = proof
  const origin = { file: proof.name, line: 1, sha256: proof.sha256 }
  if (global.json) {
    print.json(`orders-${name}`, {
      orders: orders.map((order) => orderDocument({ partner, ...order, origin })),
      note,
      proof: kept,
    })
    return
  }
  for (const order of orders) {
    const what = [`${partner}:${order.orderId}`, order.lineId].filter(Boolean).join(' ')
    print.line(`${what} ${name === 'remove' ? 'holds no longer' : 'stands by hand'}: ${orderText(order)}`)
  }
  print.line(`proof ${proof.name}, sha256 ${proof.sha256}`)
}
