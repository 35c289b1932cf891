import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatAmount, type Minor } from '../money.ts'
import type { Origin } from '../records.ts'
import { adjustmentText } from './adjust.ts'
import { CLASSES, type Entry, type Rules } from './entry.ts'
import { explain } from './explain.ts'
import { renderReport } from './html.ts'
import { changeOf, type Settlement } from './report.ts'
import { id, openTable, type Table, text } from './table.ts'

/** The files of a settlement. */
export const FILES = ['summary.csv', 'findings.csv', 'lines.csv', 'report.html'] as const

/** Takes the entries of a settlement as they come, then the whole; its files appear in `finish`. */
export type SettlementFiles = {
  add(partner: string, entry: Entry, rules: Rules): void
  /** Takes entries that were written elsewhere; their file must stay open. */
  append(rows: Rows): void
  /** Writes the files. Returns their paths. */
  finish(settlement: Settlement): string[]
  /** Closes what was begun. */
  abandon(): void
}

/** A part of lines.csv in an open file of its own, without the numbers of entries, and the bytes of each row, below 0 where it begins an entry. */
export type Rows = { file: number; sizes: Int32Array }

const LINE_COLUMNS =
  'entry,partner,class,orderId,lineId,sku,title,status,commission,statementId,paidAt,kind,amount,currency,expected,paid,difference,explain,orderSource,payoutSource,match'.split(
    ',',
  )

/**
 * An open file in `folder` that has no name: it is gone with its process, however that ends, since no signal is heard while SQLite works.
 * Who opens it closes it, or hands it on.
 */
export function openUnnamed(folder: string): number {
  mkdirSync(folder, { recursive: true })
  const path = unfinished(folder, 'lines.csv', randomUUID())
  const file = openSync(path, 'wx+')
  rmSync(path)
  return file
}

/** A name of its own for each run: two settlements of one month may run at once, and the last to finish counts. */
function unfinished(folder: string, name: string, run: string): string {
  return join(folder, `.${name}.${run}.unfinished`)
}

/** Removes what runs left that were killed as they wrote the files under their names; a day later none of them can be at it. */
function removeLeftovers(folder: string, now: number): void {
  const left = new RegExp(`^\\.(${FILES.join('|')})\\.[0-9a-f-]{36}\\.unfinished$`)
  for (const name of readdirSync(folder).filter((each) => left.test(each))) {
    const path = join(folder, name)
    const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now
    if (now - at > 86_400_000) rmSync(path, { force: true })
  }
}

/**
 * Begins the files of a settlement in `folder`. lines.csv has an order and the payout line for it side by side; an entry of several
 * orders or lines has a row for each with the same number in `entry`. Its expected, paid and difference stand in its first row, so
 * that each column sums up to the total; `amount` is that of the single payout line.
 */
export function beginFiles(folder: string): SettlementFiles {
  mkdirSync(folder, { recursive: true })
  const parts: Rows[] = []
  let own: ReturnType<typeof beginRows> | null = null
  const opened: number[] = []
  const endOwn = () => {
    if (own) parts.push(own.finish())
    own = null
  }
  const abandon = () => {
    for (const file of opened.splice(0)) closeSync(file)
  }
  return {
    add(partner, entry, rules) {
      if (!own) {
        const file = openUnnamed(folder)
        opened.push(file)
        own = beginRows(file)
      }
      own.add(partner, entry, rules)
    },
    append(rows) {
      endOwn()
      parts.push(rows)
    },
    finish(settlement) {
      const run = randomUUID()
      const path = (name: string) => unfinished(folder, name, run)
      try {
        endOwn()
        writeLines(path('lines.csv'), parts)
        removeLeftovers(folder, statSync(path('lines.csv')).mtimeMs)
        writeSummary(path('summary.csv'), settlement)
        writeFindings(path('findings.csv'), settlement)
        writeFileSync(path('report.html'), renderReport(settlement))
        return FILES.map((name) => {
          renameSync(path(name), join(folder, name))
          return join(folder, name)
        })
      } catch (error) {
        for (const name of FILES) rmSync(path(name), { force: true })
        throw error
      } finally {
        abandon()
      }
    },
    abandon,
  }
}

/** Begins a part of lines.csv in an open file, which stays open. */
export function beginRows(file: number): Pick<SettlementFiles, 'add'> & { finish(): Rows } {
  const table = openTable(file, null)
  const sizes: number[] = []
  return {
    add(partner, entry, rules) {
      const at = sizes.length
      addEntry(table, partner, entry, rules, sizes)
      sizes[at] = -sizes[at]!
    },
    finish() {
      table.close()
      return { file, sizes: Int32Array.from(sizes) }
    },
  }
}

/** Writes lines.csv: the rows of all parts, with a number for each entry. */
function writeLines(path: string, parts: readonly Rows[]): void {
  const table = openTable(path, LINE_COLUMNS)
  let number = 0
  try {
    for (const part of parts) {
      for (const { bytes, isFirst } of rowsOf(part)) {
        if (isFirst) number++
        table.addNumbered(number, bytes)
      }
    }
    table.close()
  } finally {
    table.abandon()
  }
}

function* rowsOf({ file, sizes }: Rows): Generator<{ bytes: Uint8Array; isFirst: boolean }> {
  let block = Buffer.alloc(1 << 20)
  let [from, end, at] = [0, 0, 0]
  for (const signed of sizes) {
    const size = Math.abs(signed)
    if (end - from < size) {
      const rest = block.subarray(from, end)
      if (size > block.length) block = Buffer.alloc(size)
      block.set(rest)
      ;[from, end] = [0, rest.length]
      while (end < size) {
        const read = readSync(file, block, end, block.length - end, at)
        if (read === 0) throw new Error('a part of lines.csv ends before its rows do')
        end += read
        at += read
      }
    }
    yield { bytes: block.subarray(from, from + size), isFirst: signed < 0 }
    from += size
  }
}

/** Adds the rows of an entry, without its number, and their bytes to `sizes`. */
function addEntry(table: Table, partner: string, entry: Entry, rules: Rules, sizes: number[]): void {
  const { orders, lines, about, currency } = entry
  const money = (amount: Minor) => formatAmount(amount, currency)
  const rows = Math.max(orders.length, lines.length, 1)
  for (let i = 0; i < rows; i++) {
    const order = orders[i]
    const line = lines[i]
    const named = order ?? line ?? about[0]
    const size = table.add([
      null,
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
    sizes.push(size)
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
