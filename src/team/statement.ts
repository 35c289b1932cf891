import type { Day, Month } from '../day.ts'
import { type Currency, formatAmount, formatRate, type Minor, type Ppm } from '../money.ts'
import { compareText } from '../settle/entry.ts'
import { type Cell, csvText, id, text } from '../settle/table.ts'
import { SHOP } from '../store/splits.ts'
import type { MemberMonth } from './payout.ts'
import type { OrderSplit, SplitRules } from './split.ts'

/*
What a member is shown of a month: what the member's own links brought, order by order, and what the levels below brought as sums, without
names, goods or amounts of others. Of an order number the middle is left out, and of a partner that forbids it what was received, with the
rate from which it could be reckoned: what else there is of others and of buyers stays with the shop.
*/

/** An order of the member's own link. `received` and `rate` are null where the partner lets nobody see what was received. */
export type OwnLine = {
  partner: string
  order: string
  orderedOn: Day
  title: string | null
  level: number
  received: Minor | null
  rate: Ppm | null
  amount: Minor
  currency: Currency
}
/** What orders of others' links brought the member, of one level. */
export type TeamLine = { partner: string; level: number; orders: number; amount: Minor; currency: Currency }
/** `held`: orders of the member's links with money that will be taken back, and is not shared. */
export type Lines = { own: OwnLine[]; team: TeamLine[]; held: number }

/** All that a statement says. */
export type Statement = Lines & {
  shop: string
  member: string
  month: Month
  tier: string | null
  /** By currency; `paidOn`: the days on which the month was paid out to the member. */
  sums: readonly (Omit<MemberMonth, 'member' | 'orders'> & { paidOn: readonly Day[] })[]
  /** Why something is hidden, by partner: Chinese, English. */
  notes: readonly (readonly [zh: string, en: string])[]
}

/** Gathers the lines of a month: `add` takes it order by order. `hidden`: partners of whom nobody sees what was received. */
export function gatherLines(comesFrom: SplitRules['comesFrom'], hidden: ReadonlySet<string>) {
  type Gathered = { own: OwnLine[]; team: Map<string, TeamLine>; held: number }
  const members = new Map<string, Gathered>()
  const linesOf = (member: string) => {
    const lines: Gathered = members.get(member) ?? { own: [], team: new Map(), held: 0 }
    members.set(member, lines)
    return lines
  }
  return {
    add({ partner, orderId, currency, orders, held, parts }: OrderSplit): void {
      for (const { seller, member, level, rate, amount } of parts) {
        if (member === SHOP || amount === 0) continue
        const { own, team } = linesOf(member)
        if (seller === member) {
          // an order may hold goods of several members' links, and orders of several may be paid together
          const goods = orders.filter((order) => comesFrom({ ...order, partner }).member === seller)
          const numbers = goods.map((order) => masked(order.orderId))
          const received = parts.reduce((sum, part) => sum + (part.seller === seller ? part.amount : 0), 0)
          own.push({
            ...{
              partner,
              order: inShort(numbers) ?? masked(orderId),
              orderedOn: (goods[0] ?? orders[0]!).orderedAt.slice(0, 10),
              level,
            },
            title: inShort(goods.flatMap(({ title }) => title ?? [])),
            ...(hidden.has(partner) ? { received: null, rate: null } : { received, rate }),
            ...{ amount, currency },
          })
        } else {
          const key = JSON.stringify([currency, level, partner])
          const sum = team.get(key) ?? { partner, level, orders: 0, amount: 0, currency }
          team.set(key, { ...sum, orders: sum.orders + 1, amount: sum.amount + amount })
        }
      }
      if (held > 0) for (const seller of new Set(parts.map((part) => part.seller))) if (seller !== SHOP) linesOf(seller).held++
    },
    /** What came of it for a member. */
    of(member: string): Lines {
      const { own, team, held } = linesOf(member)
      return {
        own: own.toSorted((a, b) => compareText(a.orderedOn, b.orderedOn)),
        team: [...team].sort(([a], [b]) => compareText(a, b)).map(([, line]) => line),
        held,
      }
    },
  }
}

/** `tea +2`: the first, and how many others. */
function inShort(texts: readonly string[]): string | null {
  const [first = null, ...others] = new Set(texts)
  return others.length > 0 ? `${first} +${others.length}` : first
}

/** The beginning and the end of an order number, a third of it each at most: enough to know one's own by, too little to look up a buyer's. */
function masked(orderId: string): string {
  const third = orderId.length / 3 // slice cuts what is beyond a whole character
  return third < 2 ? orderId : `${orderId.slice(0, Math.min(6, third))}…${orderId.slice(-Math.min(4, third))}`
}

/** 返利 rebate, 第 1 级 level 1. */
export const levelName = (level: number): readonly [string, string] =>
  level === 0 ? ['返利', 'rebate'] : [`第 ${level} 级`, `level ${level}`]

const COLUMNS = [
  '日期 day',
  '平台 partner',
  '订单 order',
  '商品 goods',
  '层级 level',
  '实收 received',
  '比例 rate %',
  '佣金 commission',
]

/** The lines as CSV, headings in Chinese and English; the commissions add up to the month's. */
export function statementCsv({ own, team }: Lines, partnerName: (partner: string) => string): string {
  const rows: Cell[][] = own.map(({ partner, order, orderedOn, title, level, received, rate, amount, currency }) => [
    ...[orderedOn, text(partnerName(partner)), id(order), text(title), levelName(level).join(' ')],
    received === null ? '—' : formatAmount(received, currency),
    rate === null ? '—' : formatRate(rate),
    ...[formatAmount(amount, currency), currency],
  ])
  const sums: Cell[][] = team.map(({ partner, level, orders, amount, currency }) => [
    ...['', text(partnerName(partner)), '', `团队 ${orders} 笔 orders of the team`, levelName(level).join(' ')],
    ...['', '', formatAmount(amount, currency), currency],
  ])
  return csvText([...COLUMNS, '币种 currency'], [...rows, ...sums])
}
