import { join } from 'node:path'
import { expect } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { ACME, run, workspaceWith } from '../cli/shoptool.ts'

// A team A→B→C→D with tracking ids ta … td at a partner that pays on the 20th what was settled in the month before.

const PARTNER = `${ACME}  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      lineId: { text: line, optional: true }
      title: { text: title, optional: true }
      paidAmount: { amount: paid, unit: major }
      commission: { amount: commission, unit: major }
      refundAmount: { amount: refund, unit: major, optional: true }
      status: { oneOf: status, words: { paid: paid, received: received, settled: settled, refunded: refunded } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      receivedAt: { instant: received, pattern: yyyy-MM-dd, optional: true }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
      trackingId: { text: pid, optional: true }
  payouts:
    format: { type: csv }
    fields:
      statementId: { text: statement }
      orderId: { text: order, optional: true }
      lineId: { text: line, optional: true }
      amount: { amount: amount, unit: major }
      kind: { oneOf: kind, words: { commission: commission, clawback: clawback, bonus: bonus }, optional: true }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const ORDERS = 'order,line,title,paid,commission,status,ordered,settled,pid\n'
const PAYOUTS = 'statement,order,line,amount,kind,day\n'

/** The database with the members, which every test would otherwise make anew. */
let database: Buffer | undefined

/** A shop with the partner and the four members since September. */
export async function teamShop(yaml: string, { files = {} }: { files?: Record<string, string> } = {}) {
  const cwd = workspaceWith(yaml, {
    'partners/acme.yaml': PARTNER,
    ...files,
    ...(database && { 'shoptool.db': database }),
  })
  const shoptool = (...args: string[]) => run(args, { cwd })
  const done = async (...args: string[]) => {
    const answer = await shoptool(...args)
    expect(answer, args.join(' ')).toMatchObject({ code: 0 })
    return answer.stdout
  }
  if (!database) {
    const add = (name: string, ...inviter: string[]) =>
      done('member', 'add', name, ...inviter, '--joined', '2026-09-01', '--id', `acme:t${name}`)
    await add('a')
    for (const [inviter, name] of ['ab', 'bc', 'cd']) await add(name!, '--inviter', inviter!)
    const db = openDatabase(join(cwd, 'shoptool.db'))
    database = db.serialize()
    db.close()
  }
  return {
    cwd,
    shoptool,
    done,
    json: async (...args: string[]) => JSON.parse(await done(...args, '--json')),
    /** Rows `order,line,title,paid,commission,status,ordered,settled,pid`. */
    orders: (...rows: string[]) => read('orders', ORDERS, rows),
    /** Rows `statement,order,line,amount,kind,day`. */
    payouts: (...rows: string[]) => read('payouts', PAYOUTS, rows),
    /** Parts of a month: `{ a: '1.00' }`. */
    parts: async (month: string, ...args: string[]) => {
      const { members } = JSON.parse(await done('split', '--month', month, ...args, '--json'))
      const own = members.filter(({ shared }: { shared: string }) => !/^0(\.0+)?$/.test(shared))
      return Object.fromEntries(own.map(({ member, shared }: Record<string, string>) => [member, shared]))
    },
  }

  async function read(kind: string, head: string, rows: string[]) {
    const answer = await run(['import', kind, '-', '--partner', 'acme', '--json'], { cwd, stdin: head + rows.join('\n') })
    expect(answer, answer.stdout + answer.stderr).toMatchObject({ code: 0 })
  }
}
