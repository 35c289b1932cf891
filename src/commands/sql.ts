import { setImmediate } from 'node:timers/promises'
import { usageError } from '../errors.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { defineCommand } from './command.ts'

/** The views and their columns, as the schema makes them; a test compares. Commander leaves indented lines as they are. */
const VIEWS = `
  products  partner, sku, title, brand, category, shop, currency,
            price, final_price (with the coupon), coupon_amount,
            coupon_threshold, coupon_from, coupon_until,
            commission_rate, commission, sales, image_url, url, link,
            code, status (live, gone), first_seen, last_seen, source
  history   partner, sku, until (the run that changed it), price,
            final_price, coupon_amount, commission_rate, commission,
            sales, status
  orders    partner, order_id, line_id, sku, title, quantity, currency,
            paid_amount, commission_rate, commission, refund_amount,
            status, partner_status (its own word), ordered_at, paid_at,
            received_at, verified_at, settled_at, modified_at,
            tracking_id, file, line, sub_id, service_fee, subsidy,
            transaction_id, due_at
  payouts   partner, statement_id, order_id, line_id, sku, title,
            currency, amount, kind, paid_at, file, line,
            transaction_id, original_transaction_id
  receipts  received_on, amount, currency, payer, remark, reference,
            file, line

  Amounts are integers in minor units of the row's currency (19.80 CNY
  is 1980, 300 JPY is 300), rates in parts per million (9.1 % is
  91000), instants ISO 8601 text. An order is its newest state;
  history holds what goods were before, products what they are. Other
  tables may change with any version. With --json, integers beyond
  2^53 are strings, and blobs hexadecimal text.`

export const command = defineCommand({
  about: `Asks the database one SELECT; nothing can be changed. These views stay as they are:\n${VIEWS}`,
  args: [['<select>', 'one statement of SQLite that begins with SELECT, WITH or EXPLAIN']],
  examples: [
    'shoptool sql "SELECT partner, count(*), max(commission) FROM products GROUP BY partner"',
    'shoptool sql "SELECT * FROM orders WHERE status = \'refunded\'" --json',
  ],
  async run({ ctx, args: [select], workspace, print, global }) {
    const { database } = await workspace()
    const comments = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/
    if (!/^(select|with|explain)\b/i.test(select.replace(comments, '')))
      throw usageError('sql: expected one statement that begins with SELECT, WITH or EXPLAIN')
    // brings an older schema up to date, and is then done with writing
    openForReading(database).close()
    const db = openDatabase(database, { readonly: true })
    const answer = ask(db, select)
    const { columns } = answer
    if (!global.json && print.columns === Number.POSITIVE_INFINITY) {
      // A pipe gets the rows as they come: there may be more than fit into memory, or a reader that wants only the first.
      let some = false
      // `destroyed` does not say it: Node takes that back for the stdout of a process
      let gone = false
      ctx.stdout.once('error', () => {
        gone = true
      })
      for (const rows of answer.batches()) {
        some = true
        print.table([], rows.map(written))
        // lets the stream notice that its reader has gone
        await setImmediate()
        if (gone) return 'done'
      }
      if (!some) print.note('Nothing found.')
      return 'done'
    }
    const rows = [...answer.batches()].flat()
    if (global.json) {
      const twice = columns.find((column, i) => columns.indexOf(column) < i)
      if (twice !== undefined) throw usageError(`sql: two columns are called "${twice}": rename one with AS`)
      print.json('sql', { rows: rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!, value]))) })
      return 'done'
    }
    // nothing is cut: half an id misleads; where the terminal is too narrow, each value has its line
    print.table(
      columns.map((title, i) => ({ title, ...(rows.some((row) => typeof row[i] === 'number') && { align: 'right' as const }) })),
      rows.map(written),
    )
    if (rows.length === 0) print.note('Nothing found.')
    return 'done'
  },
})

type Row = (string | number | null)[]
const written = (row: Row) => row.map((value) => (value === null ? '' : String(value)))

const BATCH = 1000

/** @throws usage, now or at a batch, where it is not one statement that reads, or SQLite cannot answer it. */
function ask(db: ReturnType<typeof openDatabase>, select: string): { columns: string[]; batches(): Generator<Row[]> } {
  const named = (error: unknown) => {
    const { code, name, message } = error as Error & { code?: string }
    // RangeError: empty, or more than one statement
    if (name === 'RangeError' || /^SQLITE_(ERROR|READONLY|AUTH|MISMATCH|RANGE|TOOBIG)/.test(code ?? ''))
      return usageError(`sql: ${message.replace(/^The supplied SQL string contains/, 'expected one statement, there is')}`)
    return error
  }
  try {
    const statement = db.prepare<[], unknown[]>(select)
    if (!statement.reader || !statement.readonly)
      throw usageError('sql: this would change the database; only reading is possible')
    statement.safeIntegers().raw()
    return {
      columns: statement.columns().map(({ name }) => name),
      *batches() {
        try {
          let batch: Row[] = []
          for (const row of statement.iterate()) {
            if (batch.push(row.map(plain)) < BATCH) continue
            yield batch
            batch = []
          }
          if (batch.length > 0) yield batch
        } catch (error) {
          throw named(error)
        }
      },
    }
  } catch (error) {
    throw named(error)
  }
}

/** A value as JSON can say it without loss. */
function plain(value: unknown): string | number | null {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (Buffer.isBuffer(value)) return value.toString('hex')
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value as string | number | null
}
