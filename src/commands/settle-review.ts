import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { lock } from '../lock.ts'
import { formatAmount } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { calendarOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import type { RoutedLine } from '../records.ts'
import { confirmLine, type Decided, type Given, rejectLine, reviewOf, withdrawReview } from '../settle/review.ts'
import { type OpenLine, signText } from '../settle/suggest.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import { linesAt } from '../store/payouts.ts'
import type { Workspace } from '../workspace.ts'
import { type Call, defineCommand } from './command.ts'
import { list, month, option, text } from './option.ts'
import type { Print } from './print.ts'
import { monthToSettle } from './settle-month.ts'

const LINE = [
  '<line>',
  'the payout line as "settle review" names it: file:line, or the beginning of the file\'s sha256:line',
] as const
const PARTNER = option('--partner <id>', 'whose line it is, where several partners have one there')
const REASON = option('--reason <text>', 'why; kept for the record', text)

const confirm = defineCommand({
  about:
    'Confirms that a payout line is for an order, or for several together. It is matched with them in every settlement from now on, and its match is "confirmed". Refused where the line is matched by its numbers, an order is paid already, or the month is closed.',
  args: [LINE, ['<order...>', "the partner's order numbers, or partner:number as settle prints them"]],
  options: {
    line: option('--line <id>', 'for this line of the one order', text),
    partner: PARTNER,
    reason: REASON,
  },
  examples: [
    'shoptool settle review confirm inbox/acme-2026-11.csv:12 8812345',
    'shoptool settle review confirm inbox/acme-2026-11.csv:14 8812346 8812347 --reason "客服确认合并打款"',
  ],
  run: (call) => {
    const [, orders] = call.args
    const lineId = call.options.line ?? null
    if (lineId !== null && orders.length > 1) throw usageError('--line: goes with one order')
    return decide(call, (db, given) => confirmLine(db, given, numbersOf(orders, given), lineId))
  },
})

const reject = defineCommand({
  about:
    'Says that a payout line is not for an order that is suggested, or without an order that it is for none at all. It is not suggested again.',
  args: [LINE, ['[order...]', "the partner's order numbers (default: every order)"]],
  options: { partner: PARTNER, reason: REASON },
  examples: [
    'shoptool settle review reject inbox/acme-2026-11.csv:12 8812345',
    'shoptool settle review reject inbox/acme-2026-11.csv:15 --reason "开门红奖励"',
  ],
  run: (call) => decide(call, (db, given) => rejectLine(db, given, numbersOf(call.args[1], given))),
})

const withdraw = defineCommand({
  about: 'Takes back what was decided about a payout line. That it was decided stays on record.',
  args: [LINE],
  options: { partner: PARTNER, reason: REASON },
  examples: ['shoptool settle review withdraw inbox/acme-2026-11.csv:12'],
  run: (call) => decide(call, withdrawReview),
})

export const review = defineCommand({
  about: `Shows payout lines that are matched with no order, and orders that they may be for: the same amount open, the same number with another line or nearly the same. Nothing is ever matched because of that; confirm or reject it. What was decided is kept and holds in every settlement, in closed months as of their close.

Exit code 5 where a line is open.`,
  options: {
    month: option('--month <month>', 'the month in which the partners paid (default: that of settle)', month),
    partner: list('--partner <a,b>', 'only these partners'),
  },
  examples: ['shoptool settle review', 'shoptool settle review --month 2026-11 --partner acme --json'],
  commands: { confirm, reject, withdraw },
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const ids = options.partner.length > 0 ? options.partner : partnersInLedger(db)
    const partners = ids.map((id) =>
      findPartner(id, found.partners, BUILT_IN, options.partner.length > 0 ? '--partner' : `the orders of ${id}`),
    )
    const settled = partners.filter((partner) => calendarOf(partner) !== null)
    if (settled.length === 0)
      throw usageError('there are no payout lines of partners that are settled; read them with "shoptool import payouts"')
    const chosen = options.month ?? monthToSettle(ctx, found, settled)
    const all = settled.map((partner) => ({ partner: partner.id, ...reviewOf(db, partner, chosen) }))
    const open = all.flatMap(({ partner, open }) => open.map((each) => ({ partner, ...each })))
    const decided = all.flatMap(({ partner, decided }) => decided.map((each) => ({ partner, ...each })))
    const closed = all.filter(({ isClosed }) => isClosed).map(({ partner }) => partner)
    if (global.json) {
      print.json('settle-review', { month: chosen, closed, open: open.map(openDocument), decided: decided.map(decidedDocument) })
    } else {
      printOpen(open, print)
      printDecided(decided, print)
      for (const { line, named } of decided) {
        if (named === null) continue
        const takeBack = `"shoptool settle review withdraw ${place(line)}"`
        print.note(`${place(line)}: names order ${named}, which is on record by now; ${takeBack} lets that number count`)
      }
      for (const partner of closed) print.note(`${partner} ${chosen}: is closed, so nothing of it can be decided`)
      if (open.length > 0) print.note('Confirm one with "shoptool settle review confirm <line> <order>", or reject it.')
      else if (closed.length < all.length)
        print.note(`${chosen}: nothing is open: every payout line is matched, decided, or of a kind that is for no order`)
    }
    return open.length > 0 ? 'findings' : 'done'
  },
})

type Deciding = Pick<
  Call<readonly [string, ...unknown[]], { partner: string | undefined; reason: string | undefined }>,
  'ctx' | 'args' | 'options' | 'workspace' | 'print' | 'global'
>

/** Writes down what is decided about the payout line that was named. */
async function decide({ ctx, args, options, workspace, print, global }: Deciding, work: (db: Database, given: Given) => Decided) {
  const found = await workspace()
  openForReading(found.database).close()
  const release = lock(found, ctx)
  const db = openDatabase(found.database)
  try {
    const { partner, id } = named(db, found, args[0], options.partner)
    const at = instantOf(ctx.now(), found.shop.timezone)
    const decided = work(db, { partner, id, at, reason: options.reason ?? null })
    if (global.json) print.json('settle-review-decided', decidedDocument({ partner: partner.id, ...decided }))
    else printDecided([{ partner: partner.id, ...decided }], print)
    return 'done' as const
  } finally {
    db.close()
    release()
  }
}

/** Order numbers, each once, without the partner that `settle` prints in front of them. */
function numbersOf(orders: readonly string[], { partner }: Given): string[] {
  const prefix = `${partner.id}:`
  return [...new Set(orders.map((order) => (order.startsWith(prefix) ? order.slice(prefix.length) : order)))]
}

/** @throws ShoptoolError (usage) where no payout line was read there, or several were. */
function named(db: Database, { partners }: Workspace, given: string, only: string | undefined): { partner: Partner; id: number } {
  const [, file, line] = /^(.+):([1-9]\d{0,14})$/.exec(given) ?? []
  if (file === undefined) throw usageError(`${given}: expected file:line, as "shoptool settle review" names payout lines`)
  const all = linesAt(db, file, Number(line))
  const found = all.filter(({ partner }) => only === undefined || partner === only)
  if (found.length === 0) {
    const whose = only === undefined ? '' : ` of ${only}`
    throw usageError(`${given}: no payout line${whose} was read there; "shoptool settle review" names those that are open`)
  }
  if (found.length > 1) {
    const places = found.map(({ partner, sha256 }) => `${partner} ${sha256.slice(0, 12)}:${line}`)
    throw usageError(
      `${given}: several payout lines were read there; name one by --partner or its file's sha256: ${places.join(', ')}`,
    )
  }
  const { partner, id } = found[0]!
  return { partner: findPartner(partner, partners, BUILT_IN, '--partner'), id }
}

const place = ({ origin }: RoutedLine) => `${origin.file}:${origin.line}`

function lineDocument(partner: string, line: RoutedLine) {
  const { statementId, orderId, lineId, sku, title, kind, amount, currency, paidAt, origin } = line
  return {
    partner,
    line: place(line),
    statementId,
    orderId,
    lineId,
    sku,
    title,
    kind,
    amount: formatAmount(amount, currency),
    currency,
    paidAt,
    source: origin,
  }
}

function openDocument({ partner, line, suggestions, count }: OpenLine & { partner: string }) {
  return {
    ...lineDocument(partner, line),
    count,
    suggestions: suggestions.map(({ order, open, due, signs }) => ({
      ...{ orderId: order.orderId, lineId: order.lineId, sku: order.sku, title: order.title, status: order.status },
      ...{ open: formatAmount(open, order.currency), due, signs, source: order.origin },
    })),
  }
}

function decidedDocument({ partner, line, decision, entry, named }: Decided & { partner: string }) {
  const { confirmed, rejected, at } = decision
  const money = (amount: number) => formatAmount(amount, line.currency)
  return {
    ...lineDocument(partner, line),
    confirmed: confirmed && { orderIds: confirmed.orderIds, lineId: confirmed.lineId, reason: confirmed.reason },
    rejected: rejected.map(({ orderIds, reason }) => ({ orderIds, reason })),
    at,
    ...{
      class: entry.class,
      match: entry.match,
      expected: money(entry.expected),
      paid: money(entry.paid),
      difference: money(entry.difference),
    },
    named,
  }
}

function printOpen(open: readonly (OpenLine & { partner: string })[], print: Print): void {
  const rows = open.flatMap(({ partner, line, suggestions, count }) => {
    const own = [partner, place(line), `${formatAmount(line.amount, line.currency)} ${line.currency}`, line.orderId ?? '']
    if (suggestions.length === 0) return [[...own, '', '', 'no such amount is open']]
    return suggestions.map(({ order, open, due, signs }, i) => {
      const more = i === 0 && count > suggestions.length ? [`${count - suggestions.length} more`] : []
      const why = [
        ...signs.map((sign) => signText(sign, line, order)),
        ...(due && !signs.includes('due') ? [`due ${due}`] : []),
        ...more,
      ]
      return [...own, order.orderId, formatAmount(open, order.currency), why.join(', ')]
    })
  })
  const right = { align: 'right' } as const
  print.table(
    [
      ...[{ title: 'PARTNER' }, { title: 'LINE' }, { title: 'AMOUNT', ...right }, { title: 'NAMES' }, { title: 'MAY BE' }],
      ...[
        { title: 'OPEN', ...right },
        { title: 'BECAUSE', cut: true },
      ],
    ],
    rows,
  )
}

function printDecided(decided: readonly (Decided & { partner: string })[], print: Print): void {
  print.table(
    [
      ...[
        { title: 'PARTNER' },
        { title: 'LINE' },
        { title: 'AMOUNT', align: 'right' as const },
        { title: 'DECIDED' },
        { title: 'CLASS' },
      ],
      ...[{ title: 'ON' }, { title: 'WHY', cut: true }],
    ],
    decided.map(({ partner, line, decision: { confirmed, rejected, at }, entry }) => {
      const not = rejected.map(({ orderIds }) => (orderIds.length > 0 ? `not ${orderIds.join(', ')}` : 'for no order'))
      const what = confirmed ? `for ${confirmed.orderIds.join(' and ')}` : not.join('; ') || 'nothing'
      const reasons = [confirmed, ...rejected].flatMap((each) => each?.reason ?? [])
      return [
        ...[partner, place(line), `${formatAmount(line.amount, line.currency)} ${line.currency}`, what, entry.class],
        ...[at.slice(0, 10), reasons.join('; ')],
      ]
    }),
  )
}
