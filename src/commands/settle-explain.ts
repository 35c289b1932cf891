import { usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { explainOrder, explanationText } from '../settle/order.ts'
import { judgedOrders } from '../settle/parts.ts'
import { closedMonths } from '../store/closings.ts'
import { orderStates } from '../store/history.ts'
import { openForReading } from '../store/open.ts'
import { orderNamed, ordersById, partnersInLedger } from '../store/orders.ts'
import { linesOfOrder } from '../store/payouts.ts'
import { picksOf } from '../store/shelf.ts'
import { defineCommand } from './command.ts'
import { option } from './option.ts'
import { monthToSettle } from './settle-month.ts'

export const explain = defineCommand({
  about:
    'Explains one order: what was earned by which formula, when it is due, what was paid, and what each month made of it, with file and line (-v: and the sha256 of the file), and what was shown of the goods when they were picked.',
  args: [['<order>', "the partner's order number, or partner:number as settle prints it"]],
  options: { partner: option('--partner <id>', 'where several partners have an order of that number') },
  examples: [
    'shoptool settle explain 3700000000000000001',
    'shoptool settle explain 250601-000000000000001 --partner pdd --json',
  ],
  async run({ ctx, args: [given], options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const { partner: prefix, orderId } = orderNamed(db, given)
    const named = prefix ?? options.partner
    const orders = ordersById(db, named ?? null, orderId)
    const ids = [
      ...new Set([
        ...orders.map(({ partner }) => partner),
        ...partnersInLedger(db).filter((id) => linesOfOrder(db, id, orderId).length > 0),
      ]),
    ]
    const chosen = named === undefined ? ids : ids.filter((id) => id === named)
    if (chosen.length === 0)
      throw usageError(`${orderId}: no order and no payout line of that number${named ? ` at ${named}` : ''}`)
    if (chosen.length > 1) throw usageError(`${orderId}: several partners have it, name one with --partner: ${chosen.join(', ')}`)
    const partner = findPartner(chosen[0]!, found.partners, BUILT_IN, '--partner')
    const lines = linesOfOrder(db, partner.id, orderId)
    const own = [...judgedOrders(db, partner, undefined, [orderId])]
    const explanation = explainOrder(
      partner,
      orderId,
      own,
      lines,
      [...new Set([orderId, ...own.map((order) => order.orderId)])].flatMap((id) => orderStates(db, partner.id, id)),
      monthToSettle(ctx, found, [partner]),
      picksOf(db, partner.id, [...new Set(own.flatMap(({ sku }) => sku ?? []))]),
      new Map(closedMonths(db, partner.id).map((closing) => [closing.month, closing.at])),
    )
    if (global.json) print.json('settle-explain', explanation)
    else for (const line of explanationText(explanation, global.verbose)) print.line(line)
    return 'done'
  },
})
