import { dataError } from '../errors.ts'
import { hashBytes } from '../feeds/formats/hash.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { PayoutLine } from '../records.ts'
import { closedMonths, howToReopen } from '../store/closings.ts'
import type { Database } from '../store/open.ts'
import { payoutWriter } from '../store/payouts.ts'
import { addFiles, contentHash, describeProblem, type Loaded, type Opened } from './load.ts'

type OpenStatement = {
  statementId: string
  currency: Currency
  id: number | null
  /** The statement that this one replaces where it says anything else: the same bytes, read by another mapping. */
  replaced: { id: number; content: string } | null
  /** Whether the number is the partner's own, not the file's name. */
  numbered: boolean
  lines: number
  total: Minor
  /** What a column of its lines states. */
  stated: Minor | null
  content: ReturnType<typeof contentHash>
}

/**
 * Loads payout statements, inside the caller's transaction: each whole or not at all. A statement that is there already changes nothing,
 * also in another order or encoding and, where only the file's name tells statements apart, under another name or in several files.
 * @throws ShoptoolError (data) on any unusable line, on a stated total that its lines do not add up to, on a known statement with other
 * lines, and on one that was paid in a closed month; the caller's transaction must then be rolled back.
 */
export function loadPayouts(
  db: Database,
  opened: readonly Opened<PayoutLine>[],
  load: { partner: string; currency: Currency; run: number },
): Loaded {
  const writer = payoutWriter(db, load.partner, load.run)
  const closed = closedMonths(db, load.partner)
  const counts = { added: 0, changed: 0, unchanged: 0 }
  let read = 0
  const all = contentHash()

  for (const { reader, file, snapshot } of addFiles(db, load.run, opened)) {
    const statements = new Map<string, OpenStatement>()
    const refuse = (message: string) => dataError(`${snapshot.name}: ${message}; nothing of it was taken`)
    const { rows } = reader
    while (rows.next()) {
      const line = reader.record()
      if (!line) {
        const problem = reader.problems()[0]
        if (problem) throw refuse(describeProblem(problem))
        continue
      }
      read++
      const key = `${line.statementId}\n${line.currency}`
      const statement = statements.get(key) ?? openStatement(line, reader.given('statementId'), file)
      statements.set(key, statement)
      statement.lines++
      statement.total += line.amount
      if (!Number.isSafeInteger(statement.total)) throw refuse(`${rows.where()}: the total is beyond what can be counted exactly`)
      const beside = reader.rowTotal()
      if (beside && statement.stated !== null && statement.stated !== beside.amount) {
        throw refuse(`${rows.where()}: states another total than the lines above`)
      }
      if (beside) statement.stated = beside.amount
      const hash = hashLine(line)
      statement.content.add(hash)
      all.add(hash)
      if (statement.id !== null) writer.addLine(statement.id, line, rows.line())
    }
    const found = [...statements.values()]
    if (found.length === 0) throw dataError(`${snapshot.name}: has no lines`)
    for (const statement of found) if (statement.stated !== null) checkTotal([statement], statement.stated, statement.currency)
    const stated = reader.statedTotal()
    if (stated === null && reader.needsTotal) throw refuse('states no total')
    if (stated !== null && found.every((statement) => statement.stated === null)) checkTotal(found, stated, load.currency)
    for (const statement of found) counts[close(statement, found.length === 1 ? stated : statement.stated)] += statement.lines

    function checkTotal(parts: readonly OpenStatement[], total: Minor, currency: Currency): void {
      const own = parts.filter((part) => part.currency === currency)
      const sum = own.reduce((all, part) => all + part.total, 0)
      const lines = own.reduce((all, part) => all + part.lines, 0)
      const amount = (minor: Minor) => formatAmount(minor, currency)
      if (sum !== total) throw refuse(`states a total of ${amount(total)}, but its ${lines} lines add up to ${amount(sum)}`)
    }

    /** Whether the lines of the statement are new, those of a statement that was read wrongly before, or known. */
    function close(statement: OpenStatement, stated: Minor | null): 'added' | 'changed' | 'unchanged' {
      const { statementId, currency, id, replaced, numbered, lines, total, content } = statement
      const text = content.text()
      if (id === null) {
        const known = writer.existing(statementId, currency)!
        if (known.content === text) return 'unchanged'
        throw dataError(
          `${snapshot.name}: statement ${statementId} was taken from ${known.name} with other lines; a correction must come under a number of its own`,
        )
      }
      writer.close(id, { lines, total, statedTotal: stated, content: text })
      if (replaced !== null && replaced.content !== text) {
        mustBeOpen([id, replaced.id], statementId)
        writer.overrule(replaced.id, 'its file was read again by another mapping')
        return 'changed'
      }
      // Without a number of its own a statement is known by its lines; with one, the same lines again are a second payment.
      if (replaced === null && (numbered || !writer.isKnown(id, text))) {
        mustBeOpen([id], statementId)
        return 'added'
      }
      writer.discard(id)
      return 'unchanged'
    }

    /** What was closed cannot take a payment, nor lose one. */
    function mustBeOpen(statements: readonly number[], statementId: string): void {
      const months = writer.monthsOf(statements)
      const closing = closed.find(({ month }) => months.includes(month))
      if (!closing) return
      const what = `statement ${statementId} has lines paid in ${closing.month}, which is closed for ${load.partner}`
      throw refuse(`${what}; to take it, ${howToReopen(closed, closing)}; then import it and close again`)
    }
  }
  return {
    ...{ read, accepted: read, rejected: 0, ...counts, returned: 0, gone: 0, joined: 0 },
    ...{ content: all.text(), problems: [], moves: [], wrote: counts.added + counts.changed > 0 },
  }

  function openStatement({ statementId, currency }: PayoutLine, numbered: boolean, file: number): OpenStatement {
    const same = { statementId, currency, numbered, lines: 0, total: 0, stated: null, content: contentHash() }
    const known = writer.existing(statementId, currency)
    if (!known) return { ...same, id: writer.open(statementId, currency, file), replaced: null }
    if (!writer.sameBytes(known.file, file)) return { ...same, id: null, replaced: null }
    return { ...same, id: writer.open(statementId, currency, file), replaced: known }
  }
}

/** What makes two lines the same, whatever file they came in. */
function hashLine(line: PayoutLine): bigint {
  const { orderId, lineId, sku, amount, currency, kind, paidAt, transactionId, originalId } = line
  const figures = [orderId, lineId, sku, amount, currency, kind, paidAt]
  // only where they are there: statements that were taken before they were known stay the same
  const sales = transactionId === null && originalId === null ? [] : [transactionId, originalId]
  return hashBytes(Buffer.from(JSON.stringify([...figures, ...sales])), 0n)
}
