import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partner } from '../../src/partners/partner.ts'
import { inMonth, shown, type TieOut, tieOut } from '../../src/settle/receipts.ts'
import type { PaidStatement } from '../../src/store/payouts.ts'
import type { Received } from '../../src/store/receipts.ts'

const partner = (id: string, payer?: string[]): Partner => ({
  ...{ id, name: id, currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, calendar: null, fees: [], tolerance: 0 },
  ...(payer && { payer }),
})
const statement = (statementId: string, total: number, paidAt = '2026-11-20', currency = 'CNY'): PaidStatement => ({
  ...{ statementId, total, paidAt, currency },
})
/** A statement that was paid on several days of November. */
const daily = (statementId: string, ...amounts: (readonly [day: string, total: number])[]): PaidStatement => {
  const days = amounts.map(([day, total]) => ({ paidAt: `2026-11-${day}`, total }))
  const total = days.reduce((sum, day) => sum + day.total, 0)
  return { ...statement(statementId, total, days.at(-1)!.paidAt), days }
}
let row = 0
const receipt = (amount: number, receivedOn = '2026-11-20', changes: Partial<Received> = {}): Received => ({
  ...{ amount, receivedOn, currency: 'CNY', payer: 'Acme Ltd', remark: null, reference: null },
  origin: { file: 'bank.csv', line: ++row, sha256: 'c'.repeat(64) },
  ...changes,
})

/** `A+B 300+200 -5`: statements, receipts, difference; `-A` without receipt, `?A` not covered, `+300` without statement. */
function brief({ ties, missing, uncovered, unexpected }: TieOut): string[] {
  return [
    ...ties.map(({ statements, receipts, difference }) =>
      [statements.map((s) => s.statementId).join('+'), receipts.map((r) => r.amount).join('+'), difference || '']
        .join(' ')
        .trim(),
    ),
    ...missing.map(({ statementId }) => `-${statementId}`),
    ...uncovered.map(({ statementId }) => `?${statementId}`),
    ...unexpected.map(({ amount }) => `+${amount}`),
  ]
}
const acme = partner('acme')
const tied = (statements: PaidStatement[], receipts: Received[]) => {
  const { tieOuts } = tieOut(receipts, [{ partner: acme, statements }])
  return tieOuts.flatMap(brief)
}
/** Receipts of others, from one export and from two. */
const LONG = [receipt(1, '2026-01-01', { payer: 'other' }), receipt(1, '2026-12-31', { payer: 'other' })]
const APART = LONG.map((one, i) => ({ ...one, origin: { ...one.origin, sha256: String(i).repeat(64) } }))

describe('statements and receipts of one partner', () => {
  test.each<[string, PaidStatement[], Received[], string[]]>([
    ['the same amount', [statement('A', 500)], [receipt(500)], ['A 500']],
    ['some days later', [statement('A', 500)], [receipt(500, '2026-12-21')], ['A 500']],
    ['too late to be that', [statement('A', 500)], [receipt(500, '2026-12-22'), ...LONG], ['-A', '+500']],
    ['before it was paid', [statement('A', 500)], [receipt(500, '2026-11-12'), ...LONG], ['-A', '+500']],
    [
      'a receipt goes to the statement of the nearest day',
      [statement('A', 500, '2026-11-01'), statement('B', 500, '2026-11-03')],
      [receipt(500, '2026-11-03'), ...LONG],
      ['B 500', '-A'],
    ],
    [
      'parts that two ways lead to are none, and no difference either',
      [statement('A', 500)],
      [receipt(100), receipt(400), receipt(200), receipt(300), ...LONG],
      ['-A', '+100', '+200', '+300', '+400'],
    ],
    [
      'equal amounts go by the nearest day',
      [statement('A', 500, '2026-11-01'), statement('B', 500, '2026-11-02')],
      [receipt(500, '2026-11-03'), receipt(500, '2026-11-02')],
      ['A 500', 'B 500'],
    ],
    [
      'one receipt for several statements',
      [statement('A', 500), statement('B', 300), statement('C', 70)],
      [receipt(800), receipt(70)],
      ['A+B 800', 'C 70'],
    ],
    ['several receipts for one statement', [statement('A', 500)], [receipt(200), receipt(300, '2026-11-21')], ['A 200+300']],
    ['a statement below zero is set off', [statement('A', 500), statement('B', -20)], [receipt(480)], ['A+B 480']],
    [
      'a sum that two ways lead to is none',
      [statement('A', 100), statement('B', 400), statement('C', 200), statement('D', 300)],
      [receipt(500), ...LONG],
      ['-A', '-B', '-C', '-D', '+500'],
    ],
    [
      'a sum of equal parts is one',
      [statement('A', 100), statement('B', 100), statement('C', 100)],
      [receipt(200), ...LONG],
      ['A+B 200', '-C'],
    ],
    [
      'each pay day of a statement by itself',
      [daily('A', ['01', 100], ['02', 70], ['14', 30], ['20', 0], ['28', 9])],
      [receipt(100, '2026-11-01'), receipt(30, '2026-11-14'), receipt(9, '2026-11-28'), ...LONG],
      ['A 100', 'A 30', 'A 9', '-A'],
    ],
    [
      'two days of a statement together, as at a weekend',
      [daily('A', ['01', 100], ['02', 70], ['14', 30])],
      [receipt(170, '2026-11-02'), receipt(30, '2026-11-14')],
      ['A+A 170', 'A 30'],
    ],
    ['a statement of several days at once', [daily('A', ['01', 100], ['20', 70])], [receipt(170), ...LONG], ['A 170']],
    [
      'a statement of several days in other parts',
      [daily('A', ['01', 100], ['20', 70])],
      [receipt(110, '2026-11-01'), receipt(60), ...LONG],
      ['A 110+60'],
    ],
    ['a fee that was kept is a difference', [statement('A', 500)], [receipt(498)], ['A 498 -2']],
    ['more than a fourth is another thing', [statement('A', 500)], [receipt(374), ...LONG], ['-A', '+374']],
    [
      'a difference needs to be the only choice',
      [statement('A', 500), statement('B', 510)],
      [receipt(498), ...LONG],
      ['-A', '-B', '+498'],
    ],
    ['nothing is not received', [statement('A', 0)], LONG, []],
    ['a day between two exports', [statement('A', 500, '2026-10-20')], APART, ['?A']],
    ['a day behind the last receipt', [statement('A', 500, '2026-11-21')], [receipt(9)], ['?A', '+9']],
    ['a day before the first receipt of its month', [statement('A', 500, '2026-11-02')], [receipt(9)], ['-A', '+9']],
    ['a time of which nothing was read', [statement('A', 500, '2026-10-20')], [receipt(9)], ['?A', '+9']],
    ['currencies do not meet', [statement('A', 500, '2026-11-20', 'JPY')], [receipt(500)], ['+500', '-A']],
  ])('%s', (_, statements, receipts, expected) => {
    expect(tied(statements, receipts)).toEqual(expected)
    expect(tied(statements.toReversed(), receipts.toReversed())).toEqual(expected)
  })

  test('a month has the ties of its statements, and the receipts that came in it', () => {
    const statements = [statement('O', 100, '2026-10-31'), statement('N', 200, '2026-11-20'), statement('M', 5, '2026-11-21')]
    const receipts = [receipt(100, '2026-11-02'), receipt(200, '2026-12-01'), receipt(70, '2026-11-09')]
    const [all] = tieOut(receipts, [{ partner: acme, statements }]).tieOuts
    expect(['2026-10', '2026-11', '2026-12'].map((month) => brief(inMonth(all!, month)))).toEqual([
      ['O 100'],
      ['N 200', '-M', '+70'],
      [],
    ])
  })
})

describe('whose a receipt is', () => {
  const jd = partner('jd', ['京东', '网银在线', 'acme jd'])
  const both = (receipts: Received[], statements: PaidStatement[] = []) =>
    tieOut(receipts, [
      { partner: acme, statements },
      { partner: jd, statements: [] },
    ])
  test.each([
    [{ payer: '北京京东世纪贸易有限公司' }, 'jd'],
    [{ payer: '网银（在线） 网 银 在 线' }, 'jd'],
    [{ payer: null, remark: 'ＡＣＭＥ payout' }, 'acme'],
    [{ payer: 'Acme 京东', remark: null }, 'acme and jd'],
    [{ payer: 'Acme JD Ltd', remark: null }, 'jd'],
    [{ payer: null, remark: null }, ''],
  ])('%j', (changes, owner) => {
    const { tieOuts, strangers } = both([receipt(5, '2026-11-20', changes)])
    const owners = tieOuts.filter(({ unexpected }) => unexpected.length > 0).map((each) => each.partner)
    expect([...owners, ...strangers.map(({ partners }) => partners.join(' and '))]).toEqual([owner])
  })

  test('an amount alone is a suggestion, never a match', () => {
    const { tieOuts, strangers } = both(
      [receipt(500, '2026-11-20', { payer: 'Trust' })],
      [statement('A', 500), statement('B', 501), daily('C', ['19', 500], ['20', 1])],
    )
    expect(tieOuts.flatMap(brief)).toEqual(['-A', '-B', '-C'])
    const [a, c] = ['A', 'C'].map((statementId) => ({ partner: 'acme', statementId }))
    expect(strangers.map(({ equals }) => equals)).toEqual([[a, c]])
  })
})

test('every statement and receipt is in one place, whatever the order, and the control equation is exact', () => {
  const day = fc.integer({ min: 1, max: 30 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`)
  const currency = fc.constantFrom('JPY', 'CNY', 'KWD')
  const amount = fc.integer({ min: -20, max: 120 })
  const days = fc.uniqueArray(fc.tuple(day, amount), { minLength: 1, maxLength: 3, selector: ([day]) => day })
  const statements = fc.array(fc.tuple(days, currency), { maxLength: 10 }).map((all) =>
    all.map(([days, currency], i) => {
      const [first, ...others] = days.map(([day, total]) => [day.slice(-2), total] as const).sort()
      if (others.length === 0) return statement(`S${i}`, first![1], `2026-11-${first![0]}`, currency)
      return { ...daily(`S${i}`, first!, ...others), currency }
    }),
  )
  const receipts = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 200 }), day, currency), { maxLength: 12 })
    .map((all) => all.map(([amount, on, currency], i) => receipt(amount, on, { currency, reference: `R${i}` })))
  fc.assert(
    fc.property(statements, receipts, (statements, receipts) => {
      const found = tieOut(receipts, [{ partner: acme, statements }])
      const again = tieOut(receipts.toReversed(), [{ partner: acme, statements: statements.toReversed() }])
      expect(again).toEqual(found)
      const placed = found.tieOuts.flatMap(({ ties, unexpected }) => [...ties.flatMap((tie) => tie.receipts), ...unexpected])
      expect(placed).toHaveLength(receipts.length)
      expect(new Set(placed)).toEqual(new Set(receipts))
      const paid = found.tieOuts.flatMap(({ ties, missing, uncovered }) => [
        ...ties.flatMap((tie) => tie.statements),
        ...[...missing, ...uncovered],
      ])
      for (const { statementId, total } of statements)
        expect(paid.filter((each) => each.statementId === statementId).reduce((sum, each) => sum + each.total, 0)).toBe(total)
      for (const each of found.tieOuts) {
        const sum = (amounts: number[]) => amounts.reduce((a, b) => a + b, 0)
        for (const { statements, receipts, difference } of each.ties)
          expect(sum(receipts.map((r) => r.amount)) - sum(statements.map((s) => s.total))).toBe(difference)
        const { statements: total, missing, uncovered, unexpected, difference, received } = shown(each)
        const minor = (text: string) => BigInt(text.replace('.', ''))
        expect(minor(total) - minor(missing) - minor(uncovered) + minor(unexpected) + minor(difference)).toBe(minor(received))
        const own = statements.filter(({ currency }) => currency === each.currency)
        expect(minor(total)).toBe(BigInt(sum(own.map((s) => s.total))))
        expect(minor(received)).toBe(
          BigInt(sum(receipts.filter(({ currency }) => currency === each.currency).map((r) => r.amount))),
        )
      }
    }),
    { numRuns: 60 },
  )
})
