import { usageError } from '../errors.ts'
import { formatAmount, type Minor } from '../money.ts'
import { attributer } from '../share/attribution.ts'
import { orderStates } from '../store/history.ts'
import { openForReading } from '../store/open.ts'
import { orderNamed, ordersById } from '../store/orders.ts'
import { defineCommand } from './command.ts'
import { orderDocument, orderText, originText } from './order.ts'

export const show = defineCommand({
  about: 'Shows an order: its lines, and every state of theirs that was ever read, with file and line.',
  args: [['<order>', "the partner's order number, or partner:number"]],
  examples: ['shoptool orders show 9260908880044400000', 'shoptool orders show pdd:260902-990000000023757 --json'],
  async run({ args: [given], workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const comesFrom = attributer(db, found)
    const { partner, orderId } = orderNamed(db, given)
    const orders = ordersById(db, partner, orderId)
    const ids = [...new Set(orders.map(({ partner }) => partner))]
    if (ids.length === 0) throw usageError(`${given}: no order of that number is on file`)
    if (ids.length > 1)
      throw usageError(`${given}: several partners have it, name one of ${ids.map((id) => `${id}:${given}`).join(', ')}`)
    const states = orderStates(db, ids[0]!, orders[0]!.orderId)
    const lines = orders.map((order) => ({ order, states: states.filter(({ lineId }) => lineId === order.lineId) }))
    if (global.json) {
      const document = lines.map(({ order, states: past }) => ({
        ...orderDocument(order),
        ...comesFrom(order),
        states: past.map(({ counts, ...state }) => ({ ...orderDocument(state), ...(state.entry !== null && { counts }) })),
      }))
      print.json('orders-show', { lines: document })
      return 'done'
    }
    lines.forEach(({ order, states: past }, i) => {
      if (i > 0) print.line()
      const money = (amount: Minor) => formatAmount(amount, order.currency)
      print.line(print.paint.bold([`${order.partner}:${order.orderId}`, order.lineId, order.title].filter(Boolean).join(' ')))
      print.line(`  ${orderText(order)}`)
      const dates = Object.entries({
        ordered: order.orderedAt,
        paid: order.paidAt,
        received: order.receivedAt,
        verified: order.verifiedAt,
        settled: order.settledAt,
      })
      print.line(`  ${dates.flatMap(([name, at]) => (at ? [`${name} ${at.slice(0, 16).replace('T', ' ')}`] : [])).join(', ')}`)
      const origin = originText(comesFrom(order))
      if (origin !== '') print.line(`  shared in ${origin}`)
      for (const { status, rawStatus, commission, entry, counts, origin } of past) {
        const row = entry === null ? '' : counts ? `, row ${entry}` : `, row ${entry}, not counted`
        print.line(`  read as ${status} (${rawStatus}), commission ${money(commission)}${row}   ${origin.file}:${origin.line}`)
      }
    })
    return 'done'
  },
})
