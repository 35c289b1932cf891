import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { ACME, run, workspaceWith } from './shoptool.ts'

const PARTNER = `${ACME}  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      title: { text: title, optional: true }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已结算: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
`
const shop = (files: Record<string, string> = {}) => workspaceWith('', { 'partners/acme.yaml': PARTNER, ...files })
const ORDERS =
  'order,title,paid,commission,status,ordered\n1,茶杯,9.90,0.99,已付款,2026-10-01\n2,茶壶,20.00,2.00,已付款,2026-10-02\n'

describe('doctor --ledger', () => {
  it('is done where all fits, and data that cannot be trusted names the row', async () => {
    const cwd = shop({ 'oct.csv': ORDERS })
    await run(['import', 'orders', 'oct.csv', '--partner', 'acme'], { cwd })
    const sound = await run(['doctor', '--ledger'], { cwd })
    expect(sound.code).toBe(0)
    const head = sound.stdout.match(/^head ([0-9a-f]{64})$/m)![1]!
    expect((await run(['doctor', '--ledger', '--head', head], { cwd })).code).toBe(0)

    const db = new Sqlite(join(cwd, 'shoptool.db'))
    db.exec('UPDATE order_state SET commission = 201 WHERE id = 2')
    db.close()
    const { code, stdout, stderr } = await run(['doctor', '--ledger', '--json'], { cwd })
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 'shoptool.doctor-ledger.v1', ok: false, rows: { order_line: 2, order_state: 0 } },
      broken: { what: 'changed', fact: 'order_state', row: 2, partner: 'acme', orderId: '2', file: 'oct.csv', line: 3, run: 1 },
    })
    expect(stderr).toBe(
      'shoptool: ledger: order_state 2 (acme order 2, oct.csv:3) was changed since it was sealed by run 1: restore a backup of before, and import again what came since; do not settle or dispute from this database\n',
    )
  })

  it.each<[string, string[], number, RegExp]>([
    ['no database', ['--ledger'], 2, /there is no data yet/],
    [
      'a head that is none',
      ['--ledger', '--head', 'abc'],
      2,
      /--head: "abc" is no head, expected 64 hex digits as doctor --ledger prints/,
    ],
    ['a head without the ledger', ['--head', 'abc'], 2, /--head: goes with --ledger/],
  ])('%s', async (_, args, code, says) => {
    const answer = await run(['doctor', ...args], { cwd: shop() })
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringMatching(says)])
  })
})
