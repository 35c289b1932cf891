import { dataError } from '../errors.ts'
import { hashBytes } from '../feeds/formats/hash.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import type { PayoutLine } from '../records.ts'
import type { Database } from '../store/open.ts'
import { payoutWriter } from '../store/payouts.ts'
import { addFiles, contentHash, describeProblem, type Loaded, type Opened } from './load.ts'

type OpenStatement = {
  statementId: string
  currency: Currency
  id: number | null
  lines: number
  total: Minor
  content: ReturnType<typeof contentHash>
}

/**
 * Loads payout statements, inside the caller's transaction: each whole or not at all. A statement that is there already, also under
 * another file name, in another order or encoding, changes nothing.
 * @throws ShoptoolError (data) on any unusable line, on a stated total that its lines do not add up to, and on a known statement with
 * other lines; the caller's transaction must then be rolled back.
 */
export function loadPayouts(
  db: Database,
  opened: readonly Opened<PayoutLine>[],
  load: { partner: string; currency: Currency; run: number },
): Loaded {
  const writer = payoutWriter(db, load.partner)
  let read = 0
  let added = 0
  const all = contentHash()

  for (const { reader, file, snapshot } of addFiles(db, load.run, opened)) {
    const statements = new Map<string, OpenStatement>()
    const { rows } = reader
    while (rows.next()) {
      const line = reader.record()
      if (!line) {
        const problem = reader.problems()[0]
        if (problem) throw dataError(`${snapshot.name}: ${describeProblem(problem)}; nothing of the statement was taken`)
        continue
      }
      read++
      const statement = statementOf(line)
      statement.lines++
      statement.total += line.amount
      if (!Number.isSafeInteger(statement.total))
        throw dataError(`${snapshot.name}: ${rows.where()}: the total of the lines is beyond what can be counted exactly`)
      const hash = hashLine(line)
      statement.content.add(hash)
      all.add(hash)
      if (statement.id !== null) writer.addLine(statement.id, line, rows.line())
    }
    if (statements.size === 0) throw dataError(`${snapshot.name}: has no lines`)
    checkTotal([...statements.values()], reader.statedTotal(), snapshot.name)
    for (const statement of statements.values())
      added += close(statement, statements.size === 1 ? reader.statedTotal() : null, snapshot.name)

    function statementOf(line: PayoutLine): OpenStatement {
      const key = `${line.statementId}\n${line.currency}`
      let statement = statements.get(key)
      if (!statement) {
        const id = writer.open(line.statementId, line.currency, file)
        statement = { statementId: line.statementId, currency: line.currency, id, lines: 0, total: 0, content: contentHash() }
        statements.set(key, statement)
      }
      return statement
    }
  }
  return {
    read,
    accepted: read,
    rejected: 0,
    added,
    changed: 0,
    unchanged: read - added,
    returned: 0,
    gone: 0,
    content: all.text(),
    problems: [],
  }

  /** How many lines are new: all of the statement's, or none where it is known. */
  function close(
    { statementId, currency, id, lines, total, content }: OpenStatement,
    statedTotal: Minor | null,
    name: string,
  ): number {
    const text = content.text()
    if (id === null) {
      const known = writer.existing(statementId, currency)
      if (known.content === text) return 0
      throw dataError(
        `${name}: statement ${statementId} was taken from ${known.file} with other lines; a correction must come under a number of its own`,
      )
    }
    writer.close(id, { lines, total, statedTotal, content: text })
    if (writer.sameContent(id, text) === undefined) return lines
    writer.drop(id)
    return 0
  }

  function checkTotal(statements: OpenStatement[], stated: Minor | null, name: string): void {
    if (stated === null) return
    const amount = (minor: Minor) => formatAmount(minor, load.currency)
    const own = statements.filter(({ currency }) => currency === load.currency)
    const total = own.reduce((sum, statement) => sum + statement.total, 0)
    const lines = own.reduce((sum, statement) => sum + statement.lines, 0)
    if (total !== stated) {
      throw dataError(
        `${name}: states a total of ${amount(stated)}, but its ${lines} lines add up to ${amount(total)}; nothing of it was taken`,
      )
    }
  }
}

/** What makes two lines the same, whatever file they came in. */
function hashLine(line: PayoutLine): bigint {
  return hashBytes(
    Buffer.from(JSON.stringify([line.orderId, line.lineId, line.sku, line.amount, line.currency, line.kind, line.paidAt])),
    0n,
  )
}
