import type { Minor } from '../money.ts'
import type { Order, PayoutLine, Recorded } from '../records.ts'

/** Orders that are paid together, mostly one, and every payout line for them. */
export type Account = { orders: Recorded<Order>[]; lines: Recorded<PayoutLine>[] }

/**
 * Puts the payout lines of one order number to its order lines, in passes from the surest to the weakest:
 *   1. order + line        the line's own number is the order line's
 *   2. order + sku         a line without number names the sku (the same sku twice: one line each, equal amounts first)
 *   3. order               there is only one order line
 *   4. whole order         what is left goes to all order lines together that no other payout line addresses
 *                          (to all at all where there are none such, or money is taken back)
 * Nothing is matched on an amount or a date alone. `strangers` are lines that name a line which the order does not have.
 * All orders and lines have the same order number and currency; lines are sorted. Each is in exactly one place of the result.
 */
export function match(
  orders: readonly Recorded<Order>[],
  lines: readonly Recorded<PayoutLine>[],
  expected: (order: Order) => Minor,
): { accounts: Account[]; strangers: Recorded<PayoutLine>[] } {
  const accounts: Account[] = orders.map((order) => ({ orders: [order], lines: [] }))
  const strangers: Recorded<PayoutLine>[] = []
  const whole: Recorded<PayoutLine>[] = []
  // order lines without a number of their own cannot contradict the line's
  const numbered = orders.every((order) => order.lineId !== '' && order.lineId !== order.sku)
  for (const line of lines) {
    const account = byLine(accounts, line) ?? bySku(accounts, line, expected)
    if (account) account.lines.push(line)
    else if (line.lineId && numbered) strangers.push(line)
    else if (accounts.length === 1) accounts[0]!.lines.push(line)
    else whole.push(line)
  }
  if (whole.length === 0) return { accounts, strangers }
  const unaddressed = accounts.filter((account) => account.lines.length === 0)
  const takesBack = whole.some((line) => line.amount < 0)
  const members = unaddressed.length > 0 && !takesBack ? unaddressed : accounts
  const claimed = new Set([...whole, ...members.flatMap((account) => account.lines)])
  const together: Account = {
    orders: members.flatMap((account) => account.orders),
    lines: lines.filter((line) => claimed.has(line)), // in their sorted order
  }
  return { accounts: [...accounts.filter((account) => !members.includes(account)), together], strangers }
}

/** Whether a payout line is surely for this order line, the only one of its order. The short way through `match`. */
export function addresses(line: PayoutLine, order: Order): boolean {
  return !line.lineId || line.lineId === order.lineId || order.lineId === '' || order.lineId === order.sku
}

function byLine(accounts: readonly Account[], line: PayoutLine): Account | undefined {
  return line.lineId ? accounts.find((account) => account.orders[0]!.lineId === line.lineId) : undefined
}

function bySku(accounts: readonly Account[], line: PayoutLine, expected: (order: Order) => Minor): Account | undefined {
  if (line.lineId || line.sku === null) return undefined
  const same = accounts.filter((account) => account.orders[0]!.sku === line.sku)
  if (same.length < 2) return same[0]
  if (line.amount < 0) {
    const paid = same.filter((account) => account.lines.length > 0)
    return paid.find(({ orders }) => orders[0]!.status === 'refunded' || orders[0]!.status === 'invalid') ?? paid[0] ?? same[0]
  }
  const open = same.filter((account) => account.lines.length === 0)
  return open.find((account) => expected(account.orders[0]!) === line.amount) ?? open[0] ?? same[0]
}
