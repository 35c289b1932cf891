import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatAmount, type Minor } from '../money.ts'
import type { Origin } from '../records.ts'
import { adjustmentText } from './adjust.ts'
import { CLASSES, type Entry, type Rules } from './entry.ts'
import { explain } from './explain.ts'
import { renderReport } from './html.ts'
import { changeOf, type Settlement } from './report.ts'
import { id, openTable, text } from './table.ts'

/** The files of a settlement. */
export const FILES = ['summary.csv', 'findings.csv', 'lines.csv', 'report.html'] as const

/** Takes the entries of a settlement as they come, then the whole; its files appear under their names only in `finish`. */
export type SettlementFiles = {
  add(partner: string, entry: Entry, rules: Rules): void
  /** Writes the other files and renames all of them. Returns their paths. */
  finish(settlement: Settlement): string[]
  /** Removes what was begun. */
  abandon(): void
}

const LINE_COLUMNS =
  'entry,partner,class,orderId,lineId,sku,title,status,commission,statementId,paidAt,kind,amount,currency,expected,paid,difference,explain,orderSource,payoutSource,match'.split(
    ',',
  )

/**
 * Begins the files of a settlement in `folder`. lines.csv has an order and the payout line for it side by side; an entry of several
 * orders or lines has a row for each with the same number in `entry`. Its expected, paid and difference stand in its first row, so
 * that each column sums up to the total; `amount` is that of the single payout line.
 */
export function beginFiles(folder: string): SettlementFiles {
  mkdirSync(folder, { recursive: true })
  // A name of its own: two settlements of one month may run at once, and the last to finish counts.
  const run = randomUUID()
  const unfinished = (name: string) => join(folder, `.${name}.${run}.unfinished`)
  const table = openTable(unfinished('lines.csv'), LINE_COLUMNS)
  let number = 0
  return {
    add(partner, entry, rules) {
      number++
      const { orders, lines, about, currency } = entry
      const money = (amount: Minor) => formatAmount(amount, currency)
      const rows = Math.max(orders.length, lines.length, 1)
      for (let i = 0; i < rows; i++) {
        const order = orders[i]
        const line = lines[i]
        const named = order ?? line ?? about[0]
        table.add([
          number,
          partner,
          entry.class,
          id(named?.orderId ?? null),
          id(named?.lineId ?? null),
          id(named?.sku ?? null),
          text(named?.title ?? null),
          order?.status ?? null,
          order ? money(order.commission) : null,
          id(line?.statementId ?? null),
          line?.paidAt ?? null,
          line?.kind ?? null,
          line ? money(line.amount) : null,
          currency,
          i === 0 ? money(entry.expected) : null,
          i === 0 ? money(entry.paid) : null,
          i === 0 ? money(entry.difference) : null,
          i === 0 ? text(explain(entry, rules).text) : null,
          order ? text(place(order.origin)) : null,
          line ? text(place(line.origin)) : null,
          line ? entry.match : null,
        ])
      }
    },
    finish(settlement) {
      table.close()
      writeSummary(unfinished('summary.csv'), settlement)
      writeFindings(unfinished('findings.csv'), settlement)
      writeFileSync(unfinished('report.html'), renderReport(settlement))
      return FILES.map((name) => {
        renameSync(unfinished(name), join(folder, name))
        return join(folder, name)
      })
    },
    abandon() {
      table.close()
      for (const name of FILES) rmSync(unfinished(name), { force: true })
    },
  }
}

function writeSummary(path: string, { month, partners }: Settlement): void {
  const columns = 'month,partner,name,currency,from,to,by,due,class,count,expected,paid,difference,closedAt'.split(',')
  const table = openTable(path, columns)
  for (const { partner, name, currency, covers, due, classes, adjustments, closedAt, ...total } of partners) {
    const row = [`\t${month}`, partner, text(name), currency, covers.from, covers.to, covers.by, due]
    for (const each of CLASSES) {
      const { count, expected, paid, difference } = classes[each]
      table.add([...row, each, count, expected, paid, difference, closedAt])
    }
    table.add([...row, 'total', null, total.expected, total.paid, total.difference, closedAt])
    const { count, expected, paid, difference } = adjustments
    if (count > 0) table.add([...row, 'adjustment', count, expected, paid, difference, closedAt])
  }
  table.close()
}

/** Findings, then adjustments, whose amounts are those by which they change the closed month. */
function writeFindings(path: string, { findings, adjustments }: Settlement): void {
  const columns =
    'partner,class,orderId,lineId,sku,title,currency,expected,paid,difference,cause,explain,sources,closedMonth,match'.split(',')
  const table = openTable(path, columns)
  for (const finding of findings) {
    table.add([
      finding.partner,
      finding.class,
      id(finding.orderId),
      id(finding.lineId),
      id(finding.sku),
      text(finding.title),
      finding.currency,
      finding.expected,
      finding.paid,
      finding.difference,
      finding.cause,
      text(finding.explain),
      text(finding.sources.map(place).join('; ')),
      null,
      finding.match,
    ])
  }
  for (const adjustment of adjustments) {
    const { expected, paid } = changeOf(adjustment)
    table.add([
      adjustment.partner,
      'adjustment',
      id(adjustment.orderId),
      id(adjustment.lineId),
      id(adjustment.sku),
      text(adjustment.title),
      adjustment.currency,
      expected,
      paid,
      adjustment.difference,
      null,
      text(adjustmentText(adjustment)),
      text(adjustment.sources.map(place).join('; ')),
      `\t${adjustment.closedMonth}`,
    ])
  }
  table.close()
}

/** `inbox/2026-11.csv:12` */
function place({ file, line }: Origin): string {
  return `${file}:${line}`
}
