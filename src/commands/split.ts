import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { instantOf } from '../day.ts'
import { formatAmount, formatRate } from '../money.ts'
import { id, openTable, text } from '../settle/table.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { paidMonths, paymentsInOrder, SHOP } from '../store/splits.ts'
import { addUp, type MonthSplit, payOut } from '../team/payout.ts'
import type { OrderSplit } from '../team/split.ts'
import { defineCommand } from './command.ts'
import { tellLaw } from './law.ts'
import { flag, month, option } from './option.ts'
import type { Print } from './print.ts'
import { inMajor, splitsOf, teamOf, tellUnpaid, unpaidBefore } from './team.ts'

export const command = defineCommand({
  about:
    'Shares what was received in a month among the members of the team, by "team" in shoptool.yaml: what each gets of the orders of links in their names, and of those below them. Only received money is shared; what was paid twice, or for refunded orders, is held, and what a partner takes back is taken back by the split that it was shared by. Parts add up to what was received, to the minor unit. Who is in debt gets nothing until that is made up.',
  options: {
    month: option(
      '--month <month>',
      'the month in which the partners paid (default: the latest whose pay day has passed)',
      month,
    ),
    pay: flag('--pay', 'record the month as paid out to the members; run again it records only what has changed since'),
    csv: option(
      '--csv <dir>',
      'write members.csv and parts.csv, with every part of every order: they add up to what was received',
    ),
  },
  examples: [
    'shoptool split --month 2026-11',
    'shoptool split --month 2026-11 --csv out/team/2026-11',
    'shoptool split --month 2026-11 --pay',
    'shoptool split --json | jq .members',
  ],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const db = options.pay ? openDatabase(found.database) : openForReading(found.database)
    const at = instantOf(ctx.now(), found.shop.timezone)
    const folder = options.csv === undefined ? null : resolve(ctx.cwd, options.csv)
    const work = () => {
      const team = teamOf(ctx, found, db, options.month)
      const files = folder === null ? null : openFiles(folder)
      const unpaid = unpaidBefore(team, db, print)
      const split = addUp(team.month, splitsOf(team, db, print), paymentsInOrder(db), files?.add)
      files?.finish(split)
      const isPaid = options.pay && payOut(db, at, split)
      return { team, split, unpaid, isPaid, paid: paidMonths(db) }
    }
    const { team, split, unpaid, isPaid, paid } = options.pay ? db.transaction(work).immediate() : db.transaction(work)()
    for (const partner of team.unsettled) print.warn(`${partner} has no settlement calendar: nothing of it is shared`)
    for (const { name, currency, orders, received, from } of split.strangers) {
      const amount = `${formatAmount(received, currency)} ${currency}`
      const when = team.roster.has(name) ? 'was no member on their day' : 'is no member'
      print.warn(
        `${orders} order${orders === 1 ? '' : 's'} of ${name}, who ${when}: ${amount} is shared with nobody; shoptool member add ${name} --joined ${from}`,
      )
    }
    tellUnpaid(unpaid, paid, print)
    const paidAt = paid.get(team.month) ?? []
    const warnings = tellLaw(ctx, found, print, split.since)
    if (global.json) print.json('split', { ...document(split), unpaidBefore: unpaid, paidAt, recorded: isPaid, warnings })
    else {
      printSplit(split, print)
      if (isPaid) print.note(`Recorded: ${team.month} is paid out to the members.`)
      else if (options.pay)
        print.note(
          paidAt.length > 0
            ? `${team.month} was paid out already; nothing has changed since.`
            : `There is nothing to pay out of ${team.month}.`,
        )
      else if (split.open.length > 0 && paidAt.length > 0)
        print.note(`${team.month} has changed since it was paid out: --pay records the rest.`)
      if (folder !== null) print.note(`Written: ${join(folder, 'members.csv')} and parts.csv beside it`)
    }
    return team.unsettled.length > 0 ? 'usage' : 'done'
  },
})

function printSplit({ month, totals, members, held }: MonthSplit, print: Print): void {
  const money = (amount: number, currency: string) => formatAmount(amount, currency)
  for (const { currency, received, members, shop, held } of totals) {
    const [all, theirs, own, rest] = [received, members, shop, held].map((amount) => money(amount, currency))
    print.line(print.paint.bold(`${month}: received ${all} ${currency} = members ${theirs} + shop ${own} + held ${rest}`))
  }
  if (totals.length === 0) print.note(`Nothing was received in ${month}.`)
  print.table(
    [
      { title: 'MEMBER' },
      ...['ORDERS', 'PART', 'CARRIED', 'PAID', 'TO PAY'].map((title) => ({ title, align: 'right' as const })),
      { title: 'CURRENCY' },
    ],
    members.map(({ member, currency, orders, shared, carried, paid, payable }) => [
      ...[member, String(orders)],
      ...[shared, carried, paid, payable].map((amount) => money(amount, currency)),
      currency,
    ]),
  )
  for (const { partner, orderId, currency, amount, as } of held)
    print.line(
      amount > 0
        ? `held: ${partner}:${orderId} ${money(amount, currency)} ${currency}, ${as.join(', ')}: will be taken back`
        : `held no more: ${partner}:${orderId} ${money(amount, currency)} ${currency}, taken back`,
    )
}

function document({ month, totals, members, held, strangers, open }: MonthSplit) {
  return {
    month,
    totals: totals.map((total) => inMajor(total, ['received', 'members', 'shop', 'held'])),
    members: members.map((sum) => inMajor(sum, ['shared', 'carried', 'paid', 'payable', 'owed'])),
    held: held.map((one) => inMajor(one, ['amount'])),
    strangers: strangers.map((one) => inMajor(one, ['received'])),
    openOrders: open.length,
  }
}

/** The files of `--csv`. parts.csv has the shop's part and what is held too: the parts of an order add up to what was received. */
function openFiles(folder: string) {
  mkdirSync(folder, { recursive: true })
  const parts = openTable(join(folder, 'parts.csv'), [
    ...['partner', 'order', 'ordered on', 'received', 'member', 'level', 'rate %', 'part', 'currency'],
  ])
  return {
    add({ partner, orderId, orders, received, currency, parts: own, held }: OrderSplit) {
      const amount = (value: number) => formatAmount(value, currency)
      const row = (whose: string, level: string, rate: string, part: number) =>
        parts.add([
          partner,
          id(orderId),
          orders[0]?.orderedAt.slice(0, 10) ?? null,
          amount(received),
          text(whose),
          level,
          rate,
          amount(part),
          currency,
        ])
      for (const { member, level, rate, amount: part } of own)
        if (part !== 0) row(member, member === SHOP ? 'shop' : level === 0 ? 'rebate' : String(level), formatRate(rate), part)
      if (held !== 0) row('', 'held', '', held)
    },
    finish({ members }: MonthSplit) {
      parts.close()
      const table = openTable(join(folder, 'members.csv'), ['member', 'orders', 'part', 'carried', 'paid', 'to pay', 'currency'])
      for (const { member, currency, orders, ...sums } of members) {
        const amounts = [sums.shared, sums.carried, sums.paid, sums.payable].map((value) => formatAmount(value, currency))
        table.add([text(member), orders, ...amounts, currency])
      }
      table.close()
    },
  }
}
