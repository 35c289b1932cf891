import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount } from '../../src/feeds/field.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { checkClosed, closeMonth } from '../../src/settle/close.ts'
import { linesByKey, linesOfOrder, statementsOf } from '../../src/store/payouts.ts'
import { ACME, csv, session, told } from './session.ts'

const HEADER = 'statement,order,kind,amount,day'
const LINES = ['N1,1001,commission,20.05,2026-11-20', 'N1,1002,clawback,-10.69,2026-11-20', 'N1,,bonus,6.60,2026-11-20']
const NOVEMBER = csv(HEADER, ...LINES)
const bare = (lines: readonly string[]) => csv('order,kind,amount,day', ...lines.map((line) => line.slice(3)))
const stored = (db: ReturnType<typeof session>['db']) =>
  [...linesByKey(db, 'acme', '9999-12-31')].map(({ orderId, kind, amount }) => `${orderId} ${kind} ${amount}`)

describe('a payout statement', () => {
  it('is taken whole, with its sum', async () => {
    const { importing, db } = session()
    expect(told(await importing('payouts', { 'inbox/nov.csv': NOVEMBER }))).toBe('applied: 3 read, 3 added')
    expect(stored(db)).toEqual(['null bonus 660', '1001 commission 2005', '1002 clawback -1069'])
    expect(statementsOf(db, 'acme', '2026-11')).toMatchObject([
      { statementId: 'N1', currency: 'CNY', paidAt: '2026-11-20', lines: 3, total: 1596, statedTotal: null, origin: { line: 2 } },
    ])
    expect(statementsOf(db, 'acme', '2026-10')).toEqual([])
    expect(linesOfOrder(db, 'acme', '1002')).toMatchObject([{ amount: -1069, origin: { file: 'inbox/nov.csv', line: 3 } }])
  })

  it.each([
    ['the same file', 'nov.csv', NOVEMBER],
    ['under another name', 'payout (1).csv', NOVEMBER],
    ['with its lines shuffled', 'nov.csv', csv(HEADER, LINES[2]!, LINES[0]!, LINES[1]!)],
    [
      'with its columns in another order',
      'nov.csv',
      csv('day,amount,kind,order,statement', ...LINES.map((line) => line.split(',').reverse().join(','))),
    ],
    ['in UTF-16', 'nov.csv', Buffer.from(`\ufeff${NOVEMBER}`, 'utf16le')],
    ['with a byte order mark and other line ends', 'nov.csv', `\ufeff${NOVEMBER.replaceAll('\n', '\r\n')}`],
    ['with amounts written otherwise', 'nov.csv', NOVEMBER.replace('20.05', '"￥20.050"').replace('6.60', '6.6')],
  ])('read again, %s: nothing changes', async (_, name, again) => {
    const { importing, content } = session()
    await importing('payouts', { 'nov.csv': NOVEMBER })
    const before = content()
    expect(told(await importing('payouts', { [name]: again }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(content()).toEqual(before)
  })

  it('the first of all leaves the index of orders behind, also where it is refused', async () => {
    const { importing, db } = session()
    const indexed = () => db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'payout_line_order'").pluck().get()
    expect(told(await importing('payouts', { 'none.csv': csv(HEADER) }))).toMatch(/^refused/)
    expect(told(await importing('payouts', { 'bad.csv': csv(HEADER, LINES[0]!, 'N1,1,commission,x,2026-11-20') }))).toMatch(
      /^refused/,
    )
    expect(indexed()).toBe(1)
    await importing('payouts', { 'nov.csv': NOVEMBER })
    expect(indexed()).toBe(1)
  })

  it('that has no number is known by its file, and recognised under another name', async () => {
    const { importing, db, content } = session()
    expect(told(await importing('payouts', { 'nov.csv': bare(LINES) }))).toBe('applied: 3 read, 3 added')
    const before = content()
    expect(told(await importing('payouts', { 'copy of nov.csv': bare(LINES.toReversed()) }))).toBe(
      'unchanged: 3 read, 3 unchanged',
    )
    expect(content()).toEqual(before)
    expect(statementsOf(db, 'acme', '2026-11').map(({ statementId }) => statementId)).toEqual(['nov'])
  })

  it('that has no number is recognised in parts, and in the whole of its parts; a line more is another', async () => {
    const { importing, content, db } = session()
    await importing('payouts', { 'nov.csv': bare(LINES) })
    const before = content()
    for (const part of [LINES.slice(0, 1), LINES.slice(1)])
      expect(told(await importing('payouts', { 'part.csv': bare(part) }))).toMatch(/ read, \d unchanged$/)
    expect(content()).toEqual(before)
    expect(told(await importing('payouts', { 'more.csv': bare([LINES[0]!, LINES[0]!]) }))).toBe('applied: 2 read, 2 added')
    expect(told(await importing('payouts', { 'other.csv': bare([LINES[0]!.replace('20.05', '20.06')]) }))).toMatch(/^applied/)

    const parts = session()
    await parts.importing('payouts', { '1.csv': bare(LINES.slice(0, 2)), '2.csv': bare(LINES.slice(2)) })
    expect(told(await parts.importing('payouts', { 'all.csv': bare(LINES) }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(statementsOf(db, 'acme', '2026-11')).toHaveLength(3)
  })

  it('imported by hand and then found by a source, under another name, is one statement', async () => {
    const { importing, query } = session()
    await importing('payouts', { 'nov.csv': bare(LINES) })
    const found = await importing('payouts', { '2026-11.csv': bare(LINES) }, { source: 'inbox', complete: true })
    expect(found).toMatchObject({ added: 0, unchanged: 3 })
    expect(query('SELECT statement_id, lines FROM statement')).toEqual([['nov', 3]])
    expect(query('SELECT count(*) FROM payout_line')).toEqual([[3]])
  })

  it('in GB18030 and then saved as UTF-8 is one statement', async () => {
    // 佣金 and 合计 in GB18030: the labels are the only Chinese of the file
    const total = (label: Buffer) => Buffer.concat([Buffer.from(NOVEMBER), label, Buffer.from(',,,15.96,\n')])
    const { importing, content } = session()
    const first = await importing('payouts', { 'nov.csv': total(Buffer.from([0xba, 0xcf, 0xbc, 0xc6])) })
    expect([told(first), first.encodings]).toEqual(['applied: 3 read, 3 added', ['gb18030']])
    const before = content()
    const second = await importing('payouts', { 'nov.csv': total(Buffer.from('合计')) })
    expect([told(second), second.encodings]).toEqual(['unchanged: 3 read, 3 unchanged', ['utf-8']])
    expect(content()).toEqual(before)
  })

  const refused: [string, string, string][] = [
    [
      'one unusable line',
      NOVEMBER.replace('6.60', 'six'),
      'nov.csv: line 4, amount: amount: "six" is not an amount in yuan, expected like 9.90; nothing of it was taken',
    ],
    [
      'a total that its lines do not come to',
      `${NOVEMBER}合计,,,15.97,\n`,
      'nov.csv: states a total of 15.97, but its 3 lines add up to 15.96; nothing of it was taken',
    ],
    [
      'a total that is no amount',
      `${NOVEMBER}合计,,,about 16,\n`,
      'nov.csv: line 5, total: 合计: "about 16" is not an amount in yuan; nothing of it was taken',
    ],
    ['no lines', csv(HEADER), 'nov.csv: has no lines'],
    ['only a total', csv(HEADER, '合计,,,0.00,'), 'nov.csv: has no lines'],
  ]
  it.each(refused)('with %s is refused whole', async (_, text, error) => {
    const { importing, content } = session()
    const before = content()
    expect(await importing('payouts', { 'nov.csv': text })).toMatchObject({ status: 'refused', error, fault: 'data' })
    expect(content()).toEqual(before)
  })

  it.each([
    ['in a row of its own', `${NOVEMBER}合计：,,,15.96,\n`],
    ['in a short row of its own', `${NOVEMBER}合计,15.96\n`],
    ['in a column of every row', csv(`${HEADER},合计`, ...LINES.map((line) => `${line},15.96`))],
  ])('its total %s is checked and kept', async (_, text) => {
    const { importing, db } = session()
    expect((await importing('payouts', text)).status).toBe('applied')
    expect(statementsOf(db, 'acme', '2026-11')[0]).toMatchObject({ lines: 3, total: 1596, statedTotal: 1596 })
  })

  it.each([
    ['a line more', csv(HEADER, ...LINES, 'N1,1009,commission,1.00,2026-11-20')],
    ['a line less', csv(HEADER, ...LINES.slice(1))],
    ['another amount', NOVEMBER.replace('20.05', '20.06')],
    ['another day', NOVEMBER.replace('2026-11-20', '2026-11-21')],
  ])('known by its number, with %s: refused, nothing changed', async (_, text) => {
    const { importing, content } = session()
    await importing('payouts', { 'nov.csv': NOVEMBER })
    const before = content()
    expect(await importing('payouts', { 'later.csv': text })).toMatchObject({
      status: 'refused',
      error: 'later.csv: statement N1 was taken from nov.csv with other lines; a correction must come under a number of its own',
    })
    expect(content()).toEqual(before)
  })

  it('several in one file are each their own; one known and one new take the new one only', async () => {
    const { importing, db } = session()
    await importing('payouts', { 'one.csv': NOVEMBER })
    const both = csv(HEADER, 'N2,1003,commission,5.00,2026-11-25', ...LINES)
    expect(told(await importing('payouts', { 'both.csv': both }))).toBe('applied: 4 read, 1 added, 3 unchanged')
    expect(statementsOf(db, 'acme', '2026-11').map((one) => [one.statementId, one.lines, one.total])).toEqual([
      ['N1', 3, 1596],
      ['N2', 1, 500],
    ])
  })

  it('one bad statement in a file: none of the file', async () => {
    const { importing, query } = session()
    await importing('payouts', { 'both.csv': csv(HEADER, ...LINES, 'N2,1003,commission,?,2026-11-25') })
    expect(query('SELECT * FROM statement')).toEqual([])
    expect(query('SELECT * FROM payout_line')).toEqual([])
  })

  it('in two currencies is two statements; the total is that of the partner’s own', async () => {
    const { importing, db } = session()
    const text = csv(
      `${HEADER},currency`,
      'N1,1,commission,5.00,2026-11-25,CNY',
      'N1,2,commission,700,2026-11-25,JPY',
      '合计,,,5.00,,',
    )
    expect(told(await importing('payouts', text))).toBe('applied: 2 read, 2 added')
    expect(statementsOf(db, 'acme', '2026-11').map((one) => [one.statementId, one.currency, one.total])).toEqual([
      ['N1', 'CNY', 500],
      ['N1', 'JPY', 700],
    ])
  })

  it('a dry run checks all the same and changes nothing', async () => {
    const { importing, content } = session()
    const before = content()
    expect(told(await importing('payouts', NOVEMBER, { dryRun: true }))).toBe('dry-run: 3 read, 3 added')
    expect(await importing('payouts', refused[1]![1], { dryRun: true })).toMatchObject({ status: 'refused' })
    expect(content()).toEqual(before)
  })

  it('any statement is taken once, however its lines are shuffled, and its lines add up', { timeout: 60_000 }, async () => {
    const line = fc.record({ order: fc.constantFrom('', '1', '2'), cents: fc.integer({ min: -9999, max: 9999 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), fc.nat(), async (lines, turn) => {
        const { importing, query, close } = session()
        const rows = lines.map(({ order, cents }) => {
          const digits = String(Math.abs(cents)).padStart(3, '0')
          return `N1,${order},bonus,${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)},2026-11-20`
        })
        expect((await importing('payouts', csv(HEADER, ...rows))).status).toBe('applied')
        const at = turn % rows.length
        const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse()
        expect((await importing('payouts', { 'again.csv': csv(HEADER, ...turned) })).status).toBe('unchanged')
        const total = lines.reduce((sum, { cents }) => sum + cents, 0)
        expect(query('SELECT lines, total FROM statement')).toEqual([[lines.length, total]])
        expect(query('SELECT count(*), sum(amount) FROM payout_line')).toEqual([[lines.length, total]])
        close()
      }),
      { numRuns: 25 },
    )
  })
})

describe('a statement of a closed month', () => {
  const NET: Partner = { ...ACME, calendar: { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 } }
  const closed = async (november = bare(LINES)) => {
    const all = session()
    await all.importing('payouts', { 'nov.csv': november })
    for (const month of ['2026-11', '2026-12'])
      closeMonth(all.db, NET, month, { today: '2027-01-10', at: '2027-01-10T09:00:00+08:00', withoutStatement: false })
    return all
  }
  const HOW =
    'to take it, open 2026-12 again first, then 2026-11: shoptool settle --month 2026-12 --partner acme --reopen --reason "…"; then import it and close again; nothing of it was taken'

  it('is refused with what to do, and nothing is changed', async () => {
    const { importing, content } = await closed()
    const before = content()
    const lines = ['N2,1003,commission,5.00,2027-01-05', 'N2,1004,commission,5.00,2026-11-30']
    const result = await importing('payouts', { 'late.csv': csv(HEADER, ...lines) })
    expect(result).toMatchObject({
      ...{ status: 'refused', fault: 'data' },
      error: `late.csv: statement N2 has lines paid in 2026-11, which is closed for acme; ${HOW}`,
    })
    expect(content()).toEqual(before)
    expect(told(await importing('payouts', { 'late.csv': csv(HEADER, lines[0]!) }))).toBe('applied: 1 read, 1 added')
  })

  it('is refused where another mapping reads it otherwise', async () => {
    const whole = bare(['N1,1001,commission,20,2026-11-20'])
    const { importing } = await closed(whole)
    const fields = { ...ACME.feeds.payouts.fields, amount: amount('amount', 'minor') }
    const other = { ...ACME, feeds: { payouts: { ...ACME.feeds.payouts, fields } } }
    expect((await importing('payouts', { 'nov.csv': whole }, { partner: other })).error).toBe(
      `nov.csv: statement nov has lines paid in 2026-11, which is closed for acme; ${HOW}`,
    )
  })

  it.each([
    ['the same file', 'nov.csv', bare(LINES)],
    ['renamed, re-sorted, in UTF-16', 'payout (1).csv', Buffer.from(`\ufeff${bare(LINES.toReversed())}`, 'utf16le')],
    ['a part of it', 'part.csv', bare(LINES.slice(1))],
  ])('that is known is unchanged: %s', async (_, name, again) => {
    const { importing, db } = await closed()
    expect(told(await importing('payouts', { [name]: again }))).toMatch(/ read, \d unchanged$/)
    checkClosed(db, NET, '2026-11')
  })
})

describe('what one statement is', () => {
  it('the same lines under two numbers of the partner are paid twice', async () => {
    const { importing, db } = session()
    await importing('payouts', { 'a.csv': NOVEMBER })
    expect(told(await importing('payouts', { 'b.csv': NOVEMBER.replaceAll('N1', 'N2') }))).toBe('applied: 3 read, 3 added')
    expect(statementsOf(db, 'acme', '2026-11').map(({ statementId }) => statementId)).toEqual(['N1', 'N2'])
  })

  it('the same bytes read by a corrected mapping replace what was read wrongly', async () => {
    const { importing, db } = session()
    const fields = { ...ACME.feeds.payouts.fields, amount: amount('amount', 'minor') }
    const wrong = { ...ACME, feeds: { payouts: { ...ACME.feeds.payouts, fields } } }
    const whole = csv(HEADER, 'N1,1001,commission,20,2026-11-20')
    await importing('payouts', { 'nov.csv': whole }, { partner: wrong })
    expect(stored(db)).toEqual(['1001 commission 20'])
    expect(told(await importing('payouts', { 'nov.csv': whole }))).toBe('applied: 1 read, 1 changed')
    expect(stored(db)).toEqual(['1001 commission 2000'])
  })

  it('several in a file, each with its total beside its lines, are checked one by one', async () => {
    const rows = (second: string) =>
      csv(`${HEADER},合计`, 'N1,1,commission,1.00,2026-11-20,1.00', `N2,2,commission,2.00,2026-11-20,${second}`)
    const { importing, db } = session()
    expect(await importing('payouts', { 'a.csv': rows('2.10') })).toMatchObject({
      status: 'refused',
      error: 'a.csv: states a total of 2.10, but its 1 lines add up to 2.00; nothing of it was taken',
    })
    expect(told(await importing('payouts', { 'a.csv': rows('2.00') }))).toBe('applied: 2 read, 2 added')
    expect(statementsOf(db, 'acme', '2026-11').map(({ statedTotal }) => statedTotal)).toEqual([100, 200])
  })

  it('one that states two totals is refused', async () => {
    const { importing } = session()
    const file = csv(`${HEADER},合计`, 'N1,1,commission,1.00,2026-11-20,3.00', 'N1,2,commission,2.00,2026-11-20,4.00')
    expect((await importing('payouts', { 'a.csv': file })).error).toBe(
      'a.csv: line 3: states another total than the lines above; nothing of it was taken',
    )
  })

  it('one without the total that its partner always states is refused', async () => {
    const { importing } = session()
    const payouts = { ...ACME.feeds.payouts, total: { ...ACME.feeds.payouts.total, optional: false } }
    const answer = await importing('payouts', { 'a.csv': NOVEMBER }, { partner: { ...ACME, feeds: { payouts } } })
    expect(answer.error).toBe('a.csv: states no total; nothing of it was taken')
  })
})
