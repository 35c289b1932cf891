import { describe, expect, test } from 'vitest'
import { BUILT_IN } from '../../src/partners/index.ts'
import type { Calendar, Partner } from '../../src/partners/partner.ts'
import { calendarText, termsOf, unsureTerms } from '../../src/settle/terms.ts'
import { run, workspaceWith } from '../cli/shoptool.ts'

describe('terms in words', () => {
  test.each<[Calendar, string]>([
    [{ basis: 'settledAt', closes: 'last', pays: 20, lag: 1 }, 'settled up to the last day, paid on the 20th of the next month'],
    [{ basis: 'verifiedAt', closes: 15, pays: 22, lag: 0 }, 'verified up to the 15th, paid on the 22nd of that month'],
    [{ basis: 'receivedAt', closes: 'last', pays: 3, lag: 3 }, 'received up to the last day, paid on the 3rd 3 months later'],
    [{ basis: 'settledAt', days: 0 }, 'paid on the day that it is settled'],
    [{ basis: 'receivedAt', days: 1, weekend: 'after' }, 'paid 1 day after it is received, on weekends the next working day'],
    [
      {
        basis: 'receivedAt',
        runs: [
          { closes: 11, pays: 1, lag: 1 },
          { closes: 'last', pays: 13, lag: 1 },
        ],
        age: 30,
        claim: 3,
      },
      'received up to the 11th, paid on the 1st of the next month; up to the last day, paid on the 13th of the next month, 30 days old by then, claims up to the 3rd of the month after',
    ],
    [
      { basis: 'settledAt', closes: 21, pays: 31, lag: 1, weekend: 'before', holidays: ['2026-10-01', '2026-10-02'] },
      'settled up to the 21st, paid on the 31st of the next month, on weekends and 2 holidays the working day before',
    ],
  ])('%o', (calendar, text) => {
    expect(calendarText(calendar)).toBe(text)
  })
})

test('every built-in partner that is settled says what its calendar and fees rest on, and when what is not sure must be looked at', () => {
  const settled = BUILT_IN.filter(({ calendar }) => calendar)
  expect(settled.map(({ id }) => id)).toHaveLength(16)
  for (const partner of settled as Partner[]) {
    for (const { part, confidence, source, review } of termsOf(partner)) {
      expect([partner.id, part, source]).toEqual([partner.id, part, expect.any(String)])
      const isSure = confidence === 'stated' || confidence === 'documented'
      if (!isSure) expect([partner.id, part, review]).toEqual([partner.id, part, expect.any(String)])
    }
  }
})

test('a settlement rests on the terms of its own days', () => {
  const calendar: Calendar = { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 }
  const partner: Partner = {
    ...{ id: 'acme', name: 'Acme', currency: 'CNY', timezone: 'Asia/Shanghai', feeds: {}, calendar, fees: [], tolerance: 0 },
    grounds: { calendar: { confidence: 'provisional' }, fees: { confidence: 'unverified' } },
    terms: [{ from: '2026-10-01', fees: [], confidence: 'provisional' }],
  }
  const parts = (ordered: Parameters<typeof unsureTerms>[2]) =>
    unsureTerms(partner, { from: '2026-10-01', to: '2026-10-31' }, ordered).map(({ part, from }) => `${part} ${from}`)
  expect(parts(null)).toEqual(['calendar null'])
  expect(parts({ from: '2026-09-30T23:00:00+08:00', to: '2026-09-30T23:00:00+08:00' })).toEqual(['calendar null', 'fees null'])
  expect(parts({ from: '2026-09-30', to: '2026-10-01T00:00:00+08:00' })).toEqual([
    'calendar null',
    'fees null',
    'fees 2026-10-01',
  ])
  expect(parts({ from: '2026-10-01T00:00:00+08:00', to: '2026-10-09' })).toEqual(['calendar null', 'fees 2026-10-01'])
})

describe('settle terms', () => {
  const cwd = workspaceWith('', {
    'partners/taobao.yaml':
      'id: taobao\nterms:\n  - { from: 2026-09-01, fees: [ { name: 技术服务费, of: commission, rate: "8%", max: "5.00" } ], source: 合同, review: 2026-11-01 }\n',
  })
  const asked = async (...flags: string[]) => {
    const { code, stdout, stderr } = await run(['settle', 'terms', ...flags], { cwd })
    return { code, rows: stdout.trimEnd().split('\n'), stderr }
  }

  test('all terms, what is overridden and where, and a review that is due', async () => {
    const { code, rows, stderr } = await asked('--partner', 'taobao')
    expect(code).toBe(5)
    expect(rows).toEqual([
      'taobao\tcalendar\tever\tunverified\t2027-06-01\tbuilt in\tsettled up to the last day, paid on the 20th of the next month',
      'taobao\tfees\tever to 2026-08-31\tdocumented\t-\tbuilt in\t技术服务费 10 % of commission, half-up, or as the order states',
      'taobao\tfees\t2026-09-01\tstated\t2026-11-01 due\tpartners/taobao.yaml:3: terms.0\t技术服务费 8 % of commission, half-up, at most 5.00 CNY',
    ])
    expect(stderr).toContain('taobao fees: 合同')
  })

  test('as of a day', async () => {
    const { code, rows } = await asked('--partner', 'taobao', '--as-of', '2026-08-31')
    expect([code, rows.length]).toEqual([0, 2])
    expect(rows[1]).toContain('10 % of commission')
  })

  test('as JSON', async () => {
    const { code, rows } = await asked('--partner', 'jd,google', '--json')
    const document = JSON.parse(rows.join('\n'))
    expect([code, document.schema, document.date]).toEqual([0, 'shoptool.settle-terms.v1', '2026-11-25'])
    expect(document.partners).toHaveLength(1)
    expect(document.partners[0].terms[0]).toMatchObject({
      ...{
        part: 'calendar',
        from: null,
        until: null,
        confidence: 'documented',
        review: null,
        reviewDue: false,
        place: 'built in',
      },
      text: 'received up to the last day, paid on the 20th of the next month',
    })
  })

  test('a partner that is not settled, and one that is unknown', async () => {
    expect((await asked('--partner', 'google')).stderr).toContain('google has no calendar: it is not settled')
    expect(await asked('--partner', 'gogle')).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean google?') })
  })
})
