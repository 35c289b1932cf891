import type { Minor } from '../money.ts'
import type { Order, Recorded, RoutedLine } from '../records.ts'
import { type Pass, sumOf } from './entry.ts'

/** Orders that are paid together, mostly one, and every payout line for them with the pass that brought it. */
export type Account = { orders: Recorded<Order>[]; lines: RoutedLine[]; passes: ReadonlyMap<RoutedLine, Pass> }

/**
 * Puts the payout lines of one order number to its order lines, in passes from the surest to the weakest:
 *   transaction  the number of the sale is one of the order line
 *   line         the number of the line is that of the order line
 *   sku          the payout line has no number, but a sku (the same sku twice: one line each, equal amounts first)
 *   original     money taken back by order number alone: from the one order line that was paid, of several the one that was paid just that
 *   order        order number alone: the only order line, else all order lines together that no other payout line addresses
 *                (all at all where there are none such, or money is taken back)
 * Nothing is matched on an amount or a date alone. `strangers` are lines that name a line which the order does not have, or a sale of
 * another order. All orders and lines have the same order number and currency; lines are sorted. Each is in exactly one place of the
 * result.
 */
export function match(
  orders: readonly Recorded<Order>[],
  lines: readonly RoutedLine[],
  expected: (order: Order) => Minor,
): { accounts: Account[]; strangers: RoutedLine[] } {
  const passes = new Map<RoutedLine, Pass>()
  const accounts: Account[] = orders.map((order) => ({ orders: [order], lines: [], passes }))
  const put = (line: RoutedLine, account: Account | undefined, pass: Pass): boolean => {
    if (!account) return false
    account.lines.push(line)
    passes.set(line, pass)
    return true
  }
  let left: readonly RoutedLine[] = lines.filter((line) => !line.route?.contested)
  const strangers = lines.filter((line) => line.route?.contested)

  left = left.filter((line) => !line.route || !put(line, byLine(accounts, line.route.lineId), line.route.by))
  left = left.filter((line) => !put(line, byLine(accounts, line.lineId), 'line'))
  left = left.filter((line) => !put(line, bySku(accounts, line, expected), 'sku'))
  // order lines without a number of their own cannot contradict the line's
  if (orders.every((order) => order.lineId !== '' && order.lineId !== order.sku)) {
    strangers.push(...left.filter((line) => line.lineId && !line.route))
    left = left.filter((line) => !line.lineId || line.route)
  }
  // where the order was also paid as a whole, that may be what is taken back
  if (accounts.length > 1 && left.every((line) => line.amount < 0)) {
    left = left.filter((line) => !put(line, originalOf(line, accounts), 'original'))
  }
  if (left.length === 0) return { accounts: accounts.map(inOrder), strangers }

  const unaddressed = accounts.filter((account) => account.lines.length === 0)
  const takesBack = left.some((line) => line.amount < 0)
  const members = unaddressed.length > 0 && !takesBack ? unaddressed : accounts
  const together: Account = {
    orders: members.flatMap((account) => account.orders),
    lines: [...members.flatMap((account) => account.lines), ...left],
    passes,
  }
  const wasPaid = together.lines.some((line) => line.amount > 0)
  for (const line of left) passes.set(line, line.route?.by ?? (line.amount < 0 && wasPaid ? 'original' : 'order'))
  return { accounts: [...accounts.filter((account) => !members.includes(account)), together].map(inOrder), strangers }

  /** With its lines in the order in which they came. */
  function inOrder(account: Account): Account {
    const own = new Set(account.lines)
    return { ...account, lines: lines.filter((line) => own.has(line)) }
  }
}

/** Whether a payout line is surely for this order line, the only one of its order. The short way through `match`. */
export function addresses(line: RoutedLine, order: Order): boolean {
  if (line.route?.contested) return false
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
