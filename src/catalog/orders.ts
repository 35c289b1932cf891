import type { Problem } from '../errors.ts'
import { hashBytes } from '../feeds/formats/hash.ts'
import type { EntryMark, Reader } from '../feeds/read.ts'
import { formatAmount, type Minor } from '../money.ts'
import type { Order } from '../records.ts'
import type { Database } from '../store/open.ts'
import { orderWriter } from '../store/orders.ts'
import type { Guard } from '../workspace.ts'
import { concludeRows } from './conclude.ts'
import { addFiles, contentHash, type Loaded, type Opened, rejects } from './load.ts'

/**
 * Loads order rows, inside the caller's transaction. Every state of a line that was ever read is kept; which one is the present one
 * depends on their dates, not on the order in which files come. Rows that count on their own are added up, each once.
 * @throws ShoptoolError (data) where the guard refuses the whole; the caller's transaction must then be rolled back.
 */
export function loadOrders(
  db: Database,
  opened: readonly Opened<Order>[],
  load: { partner: string; run: number; guard: Guard; acceptShrink: boolean },
): Loaded {
  const files = addFiles(db, load.run, opened)
  const given = opened.map(({ snapshot, reader }) => ({ sha256: snapshot.sha256, mapping: reader.seed.toString(16) }))
  const writer = orderWriter(db, load, given)
  const counts = { added: 0, changed: 0, unchanged: 0 }
  const rejected = rejects(db)
  const content = contentHash()
  let read = 0

  for (const { reader, file, snapshot } of files) {
    const { rows, seed } = reader
    /** Where lines have no number, the line of this file that each order and sku was read from. */
    const lines = new Map<string, number>()
    const entries = entriesOf(reader)
    while (rows.next()) {
      const hash = rows.hash(seed)
      if (writer.known.find(hash) >= 0) {
        read++
        content.add(hash)
        counts.unchanged++
        continue
      }
      const order = reader.record()
      if (!order && reader.problems().length === 0) continue
      read++
      content.add(hash)
      if (!order) {
        rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, reader.problems())
        continue
      }
      const mark = reader.entry()
      if (mark) {
        const { entry, figures, clash } = entries.add(order, mark)
        if (clash) rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, [clash])
        else {
          // Of rows alike it does not matter which is which.
          const row = { hash: figures ?? hash, file, fileName: snapshot.name, line: rows.line() }
          counts[
            writer.saveEntry(order, row, { entry, deltas: mark.of === 'deltas', way: mark.way, preferred: mark.preferred })
          ]++
        }
        continue
      }
      const numbered = reader.given('lineId')
      if (!numbered) {
        const key = `${order.orderId}\n${order.lineId}`
        const other = lines.get(key)
        if (other !== undefined) {
          const message = `order ${order.orderId} has the same goods in line ${other} already: map the partner's line number (lineId) to tell them apart`
          rejected.add({ file, line: rows.line(), raw: rows.raw(), hash: null }, [
            { where: rows.where(), field: 'lineId', message },
          ])
          continue
        }
        lines.set(key, rows.line())
      }
      counts[writer.save(order, { hash, numbered, file, fileName: snapshot.name, line: rows.line() })]++
    }
  }

  const loaded = concludeRows(read, counts, rejected, content, load)
  const told = writer.finish()
  return { ...loaded, notes: told.length > 0 ? [ownRecords(told)] : [] }
}

function ownRecords(orders: readonly string[]): string {
  const named = orders.slice(0, 5).join(', ') + (orders.length > 5 ? ` and ${orders.length - 5} more` : '')
  return `recorded by hand before, the partner's own record counts now: ${named} (orders show tells both)`
}

/**
 * Names the rows of a file that count on their own. Rows without a number are known by their figures: that they come again within one file
 * means another sale, in another file the same one. Two rows of one number with different amounts cannot both be right.
 */
function entriesOf({ rows }: Reader<Order>): {
  /** `figures`: their hash, where they name the row. */
  add(order: Order, mark: EntryMark): { entry: string; figures: bigint | null; clash: Problem | null }
} {
  const alike = new Map<string, number>()
  const numbered = new Map<string, { commission: Minor; paidAmount: Minor; line: number }>()
  return {
    add(order, mark) {
      const { orderId, lineId, sku, quantity, currency, paidAmount, commission, status, orderedAt, trackingId } = order
      if (mark.id === null) {
        const figures = [orderId, lineId, sku, quantity, currency, paidAmount, commission, status, orderedAt, trackingId]
        const hash = hashBytes(Buffer.from(JSON.stringify(figures)), 0n)
        const name = BigInt.asUintN(64, hash).toString(16)
        const nth = (alike.get(name) ?? 0) + 1
        alike.set(name, nth)
        return { entry: `${name} ${nth}`, figures: hash, clash: null }
      }
      const key = JSON.stringify([orderId, lineId, mark.id])
      const other = numbered.get(key)
      if (!other) numbered.set(key, { commission, paidAmount, line: rows.line() })
      if (!other || (other.commission === commission && other.paidAmount === paidAmount))
        return { entry: mark.id, figures: null, clash: null }
      const money = (amount: Minor) => formatAmount(amount, currency)
      const message = `row ${mark.id} stands in line ${other.line} already with commission ${money(other.commission)} instead of ${money(commission)}`
      return { entry: mark.id, figures: null, clash: { where: rows.where(), field: 'entry', message } }
    },
  }
}
