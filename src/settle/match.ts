import type { Minor } from '../money.ts'
import { type Order, paysSeveral, type Recorded, type RoutedLine } from '../records.ts'
import { compareText, type Pass, sumOf } from './entry.ts'

/** Orders that are paid together, mostly one, and every payout line for them with the pass that brought it. */
export type Account = { orders: Recorded<Order>[]; lines: RoutedLine[]; passes: ReadonlyMap<RoutedLine, Pass> }

/**
 * Puts the payout lines of one order number to its order lines, or those of several numbers that some line pays together, in passes from
 * the surest to the weakest:
 *   transaction  the number of the sale is one of the order line
 *   line         the number of the line is that of the order line
 *   sku          the payout line has no number, but a sku (the same sku twice: one line each, equal amounts first)
 *   original     money taken back by order number alone: from the one order line that was paid, of several the one that was paid just that
 *   order        order number alone: the only order line, else all order lines together that no other payout line pays
 *                (all at all where there are none such, only these come to just what was paid, or money is taken back); a list of several
 *                numbers is for all of them, unless it pays just what is expected for those that no other payout line pays
 * A line that was confirmed to be for an order goes through these with that order's number (`confirmed`). Nothing is matched on an amount
 * or a date alone. `strangers` are lines that name a line which the order does not have, or a sale of another order, or are in no currency of it. All orders and lines
 * have the same currency; lines are sorted. Each is in exactly one place of the result.
 */
export function match(
  orders: readonly Recorded<Order>[],
  lines: readonly RoutedLine[],
  expected: (order: Order) => Minor,
): { accounts: Account[]; strangers: RoutedLine[] } {
  const passes = new Map<RoutedLine, Pass>()
  let accounts: Account[] = orders.map((order) => ({ orders: [order], lines: [], passes }))
  const isOne = orders.every((order) => order.orderId === orders[0]!.orderId)
  /** The accounts of the orders that a line is for. */
  const own = (line: RoutedLine) =>
    isOne ? accounts : accounts.filter((account) => account.orders.some((order) => pays(line, order.orderId)))
  const put = (line: RoutedLine, account: Account | undefined, pass: Pass): boolean => {
    if (!account) return false
    account.lines.push(line)
    passes.set(line, line.route?.by ?? pass)
    return true
  }
  const strangers = lines.filter((line) => line.route?.contested)
  let left: readonly RoutedLine[] = lines.filter((line) => !line.route?.contested)

  left = left.filter((line) => !line.route || !put(line, byLine(own(line), line.route.lineId), line.route.by))
  left = left.filter((line) => paysSeveral(line) || !put(line, byLine(own(line), line.lineId), 'line'))
  left = left.filter((line) => paysSeveral(line) || !put(line, bySku(own(line), line, expected), 'sku'))
  const isStranger = (line: RoutedLine) => {
    const among = own(line)
    return among.length === 0 || (line.lineId && !line.route && among.every((account) => account.orders.every(isNumbered)))
  }
  strangers.push(...left.filter(isStranger))
  left = left.filter((line) => !isStranger(line))

  for (const some of bySameOrders(left)) {
    let whole = some
    const among = own(some[0]!)
    // where the order was also paid as a whole, that may be what is taken back
    if (among.length > 1 && whole.every((line) => line.amount < 0)) {
      whole = whole.filter((line) => !put(line, originalOf(line, among), 'original'))
    }
    if (whole.length === 0) continue
    const unpaid = among.filter(({ lines }) => lines.every((line) => line.amount < 0))
    const takesBack = whole.some((line) => line.amount < 0)
    /** Whether what was paid for these accounts, with this, is just what they earn. */
    const fits = (members: readonly Account[]) =>
      members.reduce((left, { orders, lines }) => left - sumOf(lines) + totalOf(orders, expected), 0) === sumOf(whole)
    const isOfAll = unpaid.length === 0 || takesBack || (!fits(unpaid) && (paysSeveral(whole[0]!) || fits(among)))
    const members = isOfAll ? among : unpaid
    const together: Account = {
      orders: members.flatMap((account) => account.orders),
      lines: members.flatMap((account) => account.lines),
      passes,
    }
    const wasPaid = [...together.lines, ...whole].some((line) => line.amount > 0)
    for (const line of whole) put(line, together, line.amount < 0 && wasPaid ? 'original' : 'order')
    accounts = [...accounts.filter((account) => !members.includes(account)), together]
  }
  return { accounts: accounts.map(inOrder), strangers }

  /** With its orders and lines in the order in which they came. */
  function inOrder(account: Account): Account {
    const own = new Set<object>([...account.orders, ...account.lines])
    return { ...account, orders: orders.filter((order) => own.has(order)), lines: lines.filter((line) => own.has(line)) }
  }
}

/** Whether a payout line is for an order number. */
export function pays({ orderId, route }: RoutedLine, number: string): boolean {
  return route && !route.contested ? route.orderIds.includes(number) : orderId === number
}

/** Order lines without a number of their own cannot contradict the payout line's. */
function isNumbered({ lineId, sku }: Order): boolean {
  return lineId !== '' && lineId !== sku
}

/** Lines for the same orders together, those for the fewest orders first. */
function bySameOrders(lines: readonly RoutedLine[]): RoutedLine[][] {
  const groups = new Map<string, RoutedLine[]>()
  for (const line of lines) {
    const key = line.route ? line.route.orderIds.join('\n') : line.orderId!
    const group = groups.get(key)
    if (group) group.push(line)
    else groups.set(key, [line])
  }
  return [...groups].sort(([a, [x]], [b, [y]]) => orderCount(x!) - orderCount(y!) || compareText(a, b)).map(([, group]) => group)
}

const totalOf = (orders: readonly Order[], amount: (order: Order) => Minor) =>
  orders.reduce((sum, order) => sum + amount(order), 0)

const orderCount = ({ route }: RoutedLine) => route?.orderIds.length ?? 1

/** Whether a payout line is surely for this order line, the only one of its order. The short way through `match`. */
export function addresses(line: RoutedLine, order: Order): boolean {
  if (line.route?.contested) return false
  if (line.route) return line.route.lineId === null || line.route.lineId === order.lineId
  return !line.lineId || line.lineId === order.lineId || order.lineId === '' || order.lineId === order.sku
}

function byLine(accounts: readonly Account[], lineId: string | null): Account | undefined {
  return lineId === null ? undefined : accounts.find((account) => account.orders[0]!.lineId === lineId)
}

function bySku(accounts: readonly Account[], line: RoutedLine, expected: (order: Order) => Minor): Account | undefined {
  if (line.lineId || line.sku === null) return undefined
  const same = accounts.filter((account) => account.orders[0]!.sku === line.sku)
  if (same.length < 2) return same[0]
  if (line.amount < 0) {
    const paid = same.filter((account) => account.lines.length > 0)
    return paid.find(isDead) ?? paid[0] ?? same[0]
  }
  const open = same.filter((account) => account.lines.length === 0)
  return open.find((account) => expected(account.orders[0]!) === line.amount) ?? open[0] ?? same[0]
}

/** The account that money was surely paid from which a line without line number takes back. */
function originalOf(line: RoutedLine, accounts: readonly Account[]): Account | undefined {
  const paid = accounts.filter(
    ({ lines }) => sumOf(lines) + line.amount >= 0 && lines.some((each) => each.amount > 0 && each.paidAt <= line.paidAt),
  )
  if (paid.length < 2) return paid[0]
  const same = paid.filter(({ lines }) => lines.some((each) => each.amount === -line.amount))
  const dead = same.filter(isDead)
  return same.length === 1 ? same[0] : dead.length === 1 ? dead[0] : undefined
}

function isDead({ orders }: Account): boolean {
  return orders[0]!.status === 'refunded' || orders[0]!.status === 'invalid'
}
