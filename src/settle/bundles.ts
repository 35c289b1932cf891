import { keyOf, type Order, paysSeveral, type Recorded, type RoutedLine } from '../records.ts'
import { compareText } from './entry.ts'

type Bundle = { orders: Recorded<Order>[]; lines: RoutedLine[]; awaited: Set<string> }

/** Order numbers that payout lines pay together. They are settled together, and each waits for the last of them. */
export type Bundles = {
  /**
   * Whether a number, with its orders and lines, waits for others. Where it was the last, or waits for none, `orders` and `lines` hold all
   * that is settled with it, by number. Numbers come in their order.
   */
  holds(orderId: string, orders: Recorded<Order>[], lines: RoutedLine[]): boolean
  /** What waits for numbers that never came. */
  rest(): { orders: Recorded<Order>[]; lines: RoutedLine[] }[]
}

/** Nothing waits yet. */
export function bundles(): Bundles {
  const waiting = new Map<string, Bundle>()
  return {
    holds(orderId, orders, lines) {
      if (waiting.size === 0 && !lines.some(paysSeveral)) return false
      let bundle = waiting.get(orderId) ?? { orders: [], lines: [], awaited: new Set() }
      waiting.delete(orderId)
      bundle.awaited.delete(orderId)
      bundle.orders.push(...orders)
      bundle.lines.push(...lines)
      for (const other of lines.filter(paysSeveral).flatMap((line) => line.route!.orderIds)) {
        if (compareText(other, orderId) <= 0) continue
        const known = waiting.get(other)
        if (known && known !== bundle) bundle = joined(bundle, known)
        bundle.awaited.add(other)
        for (const each of bundle.awaited) waiting.set(each, bundle)
      }
      if (bundle.awaited.size > 0) return true
      const whole = byNumber(bundle)
      orders.splice(0, orders.length, ...whole.orders)
      lines.splice(0, lines.length, ...whole.lines)
      return false
    },
    rest: () => [...new Set(waiting.values())].map(byNumber),
  }
}

/** Joined bundles may have come in turns. */
function byNumber({ orders, lines }: Bundle): Pick<Bundle, 'orders' | 'lines'> {
  return {
    orders: orders.toSorted((a, b) => compareText(a.orderId, b.orderId)),
    lines: lines.toSorted((a, b) => compareText(keyOf(a), keyOf(b))),
  }
}

function joined(a: Bundle, b: Bundle): Bundle {
  return {
    orders: [...a.orders, ...b.orders],
    lines: [...a.lines, ...b.lines],
    awaited: new Set([...a.awaited, ...b.awaited]),
  }
}
