import { describe, expect, it } from 'vitest'
import { amount } from '../../src/feeds/field.ts'
import { bank } from '../../src/partners/bank.ts'
import { ACME, csv, session, told } from './session.ts'

const HEADER = 'day,amount,currency,payer,ref'
const ALL = 'SELECT received_on, amount, currency, payer, reference FROM receipts ORDER BY 1, 2'

describe('receipts', () => {
  it('are what came in; money that went out, titles, totals and notes are left out, and said', async () => {
    const { importing, query } = session()
    const file = csv(
      'Statement of account 62220000',
      HEADER,
      '2026-11-20,500,JPY,Rakuten,R1',
      '2026-11-21,-12.00,,Coffee,R2',
      '2026-11-22,0.00,,Nothing,R3',
      '2026-11-23,1.5,KWD,Gulf,R4',
      'Total,1234.00,,,',
      '-----',
      'Exported at 2026-11-25',
    )
    const result = await importing('receipts', file)
    expect(told(result)).toBe('applied: 2 read, 2 added')
    expect(result.notes).toEqual(['2 rows are money that went out, left out', '3 rows are title, total or note, left out'])
    expect(query(ALL)).toEqual([
      ['2026-11-20', 500, 'JPY', 'Rakuten', 'R1'],
      ['2026-11-23', 1500, 'KWD', 'Gulf', 'R4'],
    ])
  })

  it('that are known change nothing: the same file, in another order, or another one that overlaps it', async () => {
    const { importing, content, query } = session()
    const lines = ['2026-11-20,5.00,,Acme,', '2026-11-20,5.00,,Acme,', '2026-11-21,7.00,,Acme,R1']
    expect(told(await importing('receipts', { 'a.csv': csv(HEADER, ...lines) }))).toBe('applied: 3 read, 3 added')
    const before = content()
    for (const [name, again] of [
      ['a.csv', lines],
      ['b.csv', lines.toReversed()],
    ] as const)
      expect(told(await importing('receipts', { [name]: csv(HEADER, ...again) }))).toBe('unchanged: 3 read, 3 unchanged')
    expect(content()).toEqual(before)
    const overlapping = csv(HEADER, lines[0]!, lines[1]!, lines[0]!, '2026-11-21,7.00,,ACME Ltd,R1', '2026-11-22,7.00,,Acme,R1')
    expect(told(await importing('receipts', { 'c.csv': overlapping }))).toBe('applied: 5 read, 2 added, 3 unchanged')
    expect(query('SELECT count(*), sum(amount) FROM receipts')).toEqual([[5, 2900]])
  })

  it('read by a corrected mapping take the place of those that were read wrongly', async () => {
    const { importing, query } = session()
    const file = { 'a.csv': csv(HEADER, '2026-11-20,500,,Acme,R1') }
    const { receipts } = ACME.feeds
    const inMinor = {
      ...ACME,
      feeds: { receipts: { ...receipts, fields: { ...receipts.fields, amount: amount('amount', 'minor') } } },
    }
    await importing('receipts', file)
    expect(told(await importing('receipts', file, { partner: inMinor }))).toBe('applied: 1 read, 1 added')
    expect(query(ALL)).toEqual([['2026-11-20', 500, 'CNY', 'Acme', 'R1']])
  })

  it('that cannot be read are rejected, the others are taken', async () => {
    const { importing } = session()
    const result = await importing('receipts', csv(HEADER, '2026-11-20,5.00,,Acme,R1', '2026-11-21,"1,2",,Acme,R2'))
    expect(told(result)).toBe('applied: 2 read, 1 added, 1 rejected')
    expect(result.problems).toEqual([
      { where: 'line 3', field: 'amount', message: 'amount: "1,2" is not an amount in yuan, expected like 9.90' },
    ])
  })

  it.each([
    ['合计,6.00,,,', 'line 3, total: states 6.00, but the receipts above add up to 5.00'],
    ['合计,x,,,', 'line 3, total: 合计: "x" is not an amount in yuan'],
    ['合计,5.00,,,', ''],
    ['2026-11-20,500,JPY,Acme,\n合计,505.00,,,', ''],
  ])('that a total does not fit are taken, and it is told: %s', async (total, problem) => {
    const { importing, query } = session()
    const result = await importing('receipts', csv(HEADER, '2026-11-20,5.00,,Acme,', total))
    expect(result.problems.map(({ where, field, message }) => `${where}, ${field}: ${message}`).join()).toBe(problem)
    expect(query('SELECT amount FROM receipts LIMIT 1')).toEqual([[500]])
  })

  it.each([
    [csv('x,y', '1,2'), 'receipts.csv: has no header, expected a header with amount and rows'],
    [csv(HEADER, 'Total,5.00,,,'), 'receipts.csv: no row has a day: is it an export of an account?'],
  ])('are refused: %j', async (file, error) => {
    const { importing, query } = session()
    expect(await importing('receipts', file)).toMatchObject({ status: 'refused', fault: 'data', error })
    expect(query(ALL)).toEqual([])
  })

  it('may have a direction of their own, and then one that came in is not below zero', async () => {
    const { importing } = session()
    const { receipts } = ACME.feeds
    const words = { 收: 'in', 支: 'out' } as const
    const direction = { kind: 'oneOf', from: 'way', optional: true, words } as const
    const partner = { ...ACME, feeds: { receipts: { ...receipts, fields: { ...receipts.fields, direction } } } }
    const file = csv(
      'day,amount,way',
      ...['2026-11-20,5.00,收', '2026-11-20,6.00,支', '2026-11-20,-7.00,收', '2026-11-20,8.00,?', '2026-11-20,9.00,'],
    )
    const result = await importing('receipts', file, { partner })
    expect(told(result)).toBe('applied: 4 read, 2 added, 2 rejected')
    expect(result.problems.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'line 4: -7.00 is below zero, but came in: was a receipt taken back?',
      'line 5: way: "?" is not a known word, expected 收, 支',
    ])
  })

  it.each([
    ['收入金额（+元）,支出金额（-元）,发生时间,账务流水号', '-100.00,,2026-11-23 10:00:00,2'],
    ['交易日期,收入,支出,流水号', '20261123,-100.00,,2'],
  ])('taken back in the column of what came in are no money that went out: %s', async (head, row) => {
    const { importing } = session()
    const result = await importing('receipts', csv(head, row), { partner: bank })
    expect(told(result)).toBe('applied: 1 read, 1 rejected')
    expect(result.problems[0]!.message).toBe('-100.00 is below zero, but came in: was a receipt taken back?')
  })
})
