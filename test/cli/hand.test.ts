import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recheck } from '../../src/settle/pack.ts'
import { readZip } from '../../src/settle/zip.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

const PARTNER = `${ACME}  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      lineId: { text: line, optional: true }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已结算: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
  payouts:
    format: { type: csv }
    fields:
      orderId: { text: order }
      amount: { amount: amount, unit: yuan }
      paidAt: { day: day, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const HEADER = 'order,line,paid,commission,status,ordered,settled\n'
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])
const SAID = ['--partner', 'acme', '--paid', '20.00', '--rate', '10%', '--ordered', '2026-10-02']
const SETTLED = ['--status', 'settled', '--settled', '2026-10-12']

/** A workspace with the partner, a screenshot and these files; `hand` runs an orders command with the screenshot as proof. */
function shop(files: Record<string, string> = {}) {
  const cwd = workspaceWith('', { 'partners/acme.yaml': PARTNER, 'shot.PNG': PNG, ...files })
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args, { cwd })
    return { code, out: stdout || stderr }
  }
  const json = async (...args: string[]) => JSON.parse((await run([...args, '--json'], { cwd })).stdout)
  const hand = (...args: string[]) => told('orders', ...args, '--proof', 'shot.PNG')
  const imported = (name: string) => run(['import', 'orders', name, '--partner', 'acme'], { cwd })
  const state = async () =>
    (await json('orders', 'list')).orders.map((order: Record<string, string>) =>
      [order.orderId, order.lineId, order.status, order.paidAmount, order.commission].filter(Boolean).join(' '),
    )
  return { cwd, told, json, hand, imported, state }
}

describe('orders by hand', () => {
  it('stand in the ledger with their proof, change by what is said later, and are taken back without being deleted', async () => {
    const { cwd, told, json, hand, state } = shop()
    const added = await hand('add', '77', ...SAID, '--note', 'the buyer sent a picture')
    const [name] = readdirSync(join(cwd, 'proofs'))
    expect(name).toMatch(/^[0-9a-f]{16}\.png$/)
    expect(readFileSync(join(cwd, 'proofs', name!))).toEqual(PNG)
    expect(added.out).toMatch(
      new RegExp(
        `^acme:77 stands by hand: paid, paid 20.00 CNY, commission 2.00 at 10 %\nproof proofs/${name}, sha256 [0-9a-f]{64}\n$`,
      ),
    )
    expect(await state()).toEqual(['77 paid 20.00 2.00'])

    writeFileSync(join(cwd, 'later.txt'), 'settled, they say')
    const amended = await told('orders', 'amend', '77', '--paid', '30.00', ...SETTLED, '--proof', 'later.txt')
    expect(amended.out).toMatch(
      /^acme:77 stands by hand: settled, paid 30.00 CNY, commission 3.00 at 10 %\nproof proofs\/[0-9a-f]{16}\.txt/,
    )
    expect(await state()).toEqual(['77 settled 30.00 3.00'])
    const { findings } = await json('settle', '--month', '2026-11')
    expect(findings).toMatchObject([
      { class: 'missing', orderId: '77', expected: '3.00', sources: [{ file: expect.stringMatching(/^proofs\/.*\.txt$/) }] },
    ])

    expect((await hand('remove', 'acme:77', '--note', 'it was of another shop')).out).toMatch(/^acme:77 holds no longer: settled/)
    expect(await state()).toEqual([])
    const ledger = await json('doctor', '--ledger')
    expect(ledger).toMatchObject({ ok: true, rows: { order_state: 2, ruling: 4, file: 3 }, proofs: { count: 2, problems: [] } })
    await hand('add', '77', ...SAID)
    expect(await state()).toEqual(['77 paid 20.00 2.00'])
  })

  it('give way to the record of the partner itself, whatever its line number, and the journal keeps both', async () => {
    const { told, json, hand, imported, state } = shop({
      'own.csv': `${HEADER}77,a,20.00,1.80,已付款,2026-10-02,\n78,a,5.00,0.50,已付款,2026-10-03,\n`,
    })
    await hand('add', '77', ...SAID, ...SETTLED)
    const { stderr } = await imported('own.csv')
    expect(stderr).toContain(
      "own.csv: recorded by hand before, the partner's own record counts now: 77 (orders show tells both)\n",
    )
    expect(await state()).toEqual(['78 a paid 5.00 0.50', '77 a paid 20.00 1.80'])
    expect((await imported('own.csv')).stderr).not.toContain('by hand')
    expect(await json('doctor', '--ledger')).toMatchObject({ ok: true, rows: { order_state: 3 } })
    const refused = /^shoptool: 77: acme has recorded it itself \(own.csv:2\), which is not changed by hand\n$/
    for (const args of [
      ['add', '77', ...SAID],
      ['amend', '77', '--paid', '1'],
      ['remove', '77'],
    ])
      expect(await hand(...args)).toEqual({ code: 2, out: expect.stringMatching(refused) })
    expect((await told('orders', 'list')).code).toBe(0)
  })

  it('may have several lines, which are told apart', async () => {
    const { hand, state } = shop()
    await hand('add', '77', ...SAID, '--line', 'a')
    await hand('add', '77', ...SAID, '--line', 'b', '--refunded', '5.00')
    await hand('add', '77', ...SAID)
    expect((await hand('amend', '77', '--line', '', '--paid', '9.00')).out).toMatch(/^acme:77 stands by hand: paid, paid 9.00/)
    expect((await hand('remove', '77', '--line', '')).code).toBe(0)
    expect((await hand('amend', '77', '--quantity', '2')).out).toBe('shoptool: 77: which line? Name it with --line: a, b\n')
    expect((await hand('remove', '77', '--line', 'c')).out).toBe(
      'shoptool: --line: order 77 has no line "c" by hand, only a, b\n',
    )
    expect((await hand('remove', '77', '--line', 'a')).code).toBe(0)
    expect(await state()).toEqual(['77 b paid 20.00 2.00'])
    await hand('add', '77', ...SAID.with(3, '2000'), '--line', 'y', '--currency', 'JPY')
    expect((await hand('amend', '77', '--line', 'y', '--paid', '3000')).out).toMatch(
      /^acme:77 y stands by hand: paid, paid 3000 JPY, /,
    )
  })

  it('doctor --ledger names a proof that was changed or is gone', async () => {
    const { cwd, told, json, hand } = shop()
    await hand('add', '77', ...SAID)
    const copy = join(cwd, 'proofs', readdirSync(join(cwd, 'proofs'))[0]!)
    writeFileSync(copy, 'another')
    const changed = await run(['doctor', '--ledger'], { cwd })
    expect([changed.code, changed.stderr]).toEqual([
      4,
      expect.stringMatching(
        /^shoptool: ledger: proofs\/\S+, which proves acme order 77 since 2026-11-25, was changed: its sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}: put back the copy from a backup\n$/,
      ),
    ])
    rmSync(copy)
    expect((await json('doctor', '--ledger')).proofs.problems).toEqual([expect.stringMatching(/, is gone$/)])
    await told('orders', 'amend', '77', '--quantity', '2', '--proof', 'shot.PNG')
    expect((await json('doctor', '--ledger')).ok).toBe(true)
  })

  it('are claimed in an evidence pack with their proof', async () => {
    // a file that is called like one of the pack's own
    const { cwd, told, json, hand, imported } = shop({ 'claims.csv': `${HEADER}78,a,5.00,0.50,已结算,2026-10-03,2026-10-12\n` })
    await imported('claims.csv')
    await hand('add', '77', ...SAID)
    writeFileSync(join(cwd, 'later.txt'), 'settled, they say')
    await told('orders', 'amend', '77', ...SETTLED, '--proof', 'later.txt')
    expect(await json('settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--out', 'a.zip')).toMatchObject({
      lacking: 0,
    })
    const [first, later] = ['png', 'txt'].map((ending) => readdirSync(join(cwd, 'proofs')).find((name) => name.endsWith(ending))!)
    const { code, stdout } = await run(['settle', 'verify-pack', 'a.zip'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`named {2}proofs/${later} [^]*named {2}proofs/${first} `))
    const files = await readZip(join(cwd, 'a.zip'), 'a.zip')
    const [en, zh] = ['en', 'zh'].map((language) => files.get(`letter.${language}.txt`)!.toString())
    expect(en).toContain('your own records of the orders (and, for 1 of the items, ours by the enclosed proofs) and')
    expect(en).toMatch(/^ {2}1. Order 77$/m)
    expect(en).toContain(`\n     recorded by us; proof: proofs/${first}, proofs/${later}\n`)
    expect(zh).toContain('按贵方记录的订单（其中 1 项为我方登记，以所附证明为据）和')
    expect(zh).toContain(`\n     此单为我方登记，证明：proofs/${first}、proofs/${later}\n`)
    files.delete(`proofs/${first}`)
    expect(recheck(files).problems).toContain(`proofs/${first}: is not the proof of order 77 that pack.json names`)
    rmSync(join(cwd, 'proofs', first!))
    const gone = await run(['settle', 'pack', '--partner', 'acme', '--month', '2026-11', '--out', 'b.zip'], { cwd })
    expect([gone.code, gone.stderr]).toEqual([4, expect.stringContaining('the proof of an order is gone; put back the copy')])
  })

  const untouched = shop({ 'empty.png': '', 'huge.png': '' })
  truncateSync(join(untouched.cwd, 'huge.png'), 50_000_001)
  const ADD = ['add', '77', ...SAID]
  it.each<[string[], string]>([
    [['orders', ...ADD], '--proof: name a file that proves it, like --proof screenshot.png'],
    [['orders', ...ADD, '--proof', 'none.png'], '--proof: none.png cannot be read (ENOENT)'],
    [['orders', ...ADD, '--proof', 'empty.png'], '--proof: empty.png is empty'],
    [['orders', ...ADD, '--proof', '.'], '--proof: . is no file of at most 50 MB, like a screenshot'],
    [['orders', ...ADD, '--proof', 'huge.png'], '--proof: huge.png is no file of at most 50 MB, like a screenshot'],
    [['add', ' ', '--partner', 'acme'], '<order>: is empty, expected a number'],
    [
      ['add', 'acme:3.7E+18', '--paid', '9', '--rate', '1%', '--ordered', '2026-10-02'],
      '"3.7E+18" was a long number before a spreadsheet shortened it; export again and do not open the file in between',
    ],
    [['orders', 'add', '77', '--proof', 'shot.PNG'], '77: no such order is on file; name its partner with --partner'],
    [
      ['orders', 'add', 'acmee:77', '--proof', 'shot.PNG'],
      'acmee:77: unknown partner "acmee"; did you mean acme? (or describe it in partners/acmee.yaml)',
    ],
    [['add', 'acme:77'], '--paid: what did the buyer pay? Expected like --paid 99.00'],
    [['add', 'acme:77', '--paid', '9.999'], '--paid: "9.999" is not an amount in CNY, expected like 9.90'],
    [['add', 'acme:77', '--paid', '9.99'], '--ordered: on which day? Expected like --ordered 2026-10-02'],
    [
      ['add', 'acme:77', '--paid', '9.99', '--ordered', '2026-10-02'],
      '--rate: name the rate or the commission, like --rate 9.1% or --commission 9.01',
    ],
    [[...ADD, '--commission', '3.00'], '--commission: 3.00 is not 10 % of 20.00, which is 2.00'],
    [
      ['add', 'acme:77', '--paid', '9.99', '--commission', '10.00', '--ordered', '2026-10-02'],
      '--commission: 10.00 is more than the 9.99 that the buyer paid',
    ],
    [[...ADD, '--settled', '2026-10-12'], '--settled: the order is only paid; say --status settled too'],
    [[...ADD, '--refunded', '20.01'], '--refunded: 20.01 is not between 0 and the 20.00 paid'],
    [[...ADD, '--refunded', '20.00'], '--refunded: is all that was paid: say --status refunded too'],
    [[...ADD, '--status', 'settled'], '--status: settled since when? Say it with --settled, like --settled 2026-10-05'],
    [[...ADD, '--status', 'settled', '--settled', '2026-10-01'], '--settled: 2026-10-01 is before the order, 2026-10-02'],
    [[...ADD, '--settled', '2026-11-26'], '--settled: 2026-11-26 has not come yet'],
    [['add', 'acme:77', '--paid', '1', '--rate', '1%', '--ordered', '2026-11-26'], '--ordered: 2026-11-26 has not come yet'],
    [['add', 'acme:77', '--paid=-1', '--rate', '1%', '--ordered', '2026-11-25'], '--paid: -1.00 is below zero'],
    [['amend', 'acme:77', '--paid', '1'], '77: no order of that number is recorded by hand for acme'],
    [['remove', 'acme:77'], '77: no order of that number is recorded by hand for acme'],
  ])('%j is refused', async (args, message) => {
    const { cwd, told, hand } = untouched
    expect(await (args[0] === 'orders' ? told : hand)(...args)).toEqual({ code: 2, out: `shoptool: ${message}\n` })
    expect(readdirSync(cwd)).not.toContain('proofs')
  })

  it('are not recorded twice, nor changed into what they are', async () => {
    const { hand } = shop()
    await hand(...ADD)
    expect((await hand(...ADD)).out).toBe(
      'shoptool: 77: is recorded by hand already; "shoptool orders amend" changes it, --line tells a further line of it apart\n',
    )
    expect((await hand('amend', '77', '--paid', '20.00')).out).toBe(
      'shoptool: 77: stands so already; say what is otherwise, like --status settled --settled 2026-10-05\n',
    )
  })
})
