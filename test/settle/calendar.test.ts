import { describe, expect, test } from 'vitest'
import { BUILT_IN } from '../../src/partners/index.ts'
import type { Calendar } from '../../src/partners/partner.ts'
import type { OrderStatus } from '../../src/records.ts'
import { claimUntil, coverage, dueMonth, dueOn, latestPaidMonth, whyNotDue } from '../../src/settle/calendar.ts'
import { OCTOBER, order } from './records.ts'

const MONTHLY: Calendar = { basis: 'settledAt', closes: 'last', pays: 20, lag: 1 }
const FIFTEENTH: Calendar = { basis: 'verifiedAt', closes: 15, pays: 20, lag: 0 }
const TWO_LATER: Calendar = { basis: 'settledAt', closes: 'last', pays: 'last', lag: 2 }
const THIRTIETH: Calendar = { basis: 'settledAt', closes: 30, pays: 31, lag: 1 }
const NEXT_DAY: Calendar = { basis: 'receivedAt', days: 1 }
const TWICE: Calendar = {
  basis: 'verifiedAt',
  runs: [
    { closes: 15, pays: 1, lag: 1 },
    { closes: 'last', pays: 15, lag: 1 },
  ],
}
const THIRTY_DAYS_OLD: Calendar = { basis: 'receivedAt', closes: 'last', pays: 20, lag: 1, age: 30 }
/** 2026-10-31 is a Saturday. */
const LAST_DAY: Calendar = { basis: 'settledAt', closes: 'last', pays: 'last', lag: 1 }
const BEFORE: Calendar = { ...LAST_DAY, weekend: 'before' }
const AFTER: Calendar = { ...LAST_DAY, weekend: 'after', holidays: ['2026-11-02', '2026-11-03'] }

test.each<[string, Calendar, string, string]>([
  ['first day', MONTHLY, '2026-10-01', '2026-11-20'],
  ['last day', MONTHLY, '2026-10-31', '2026-11-20'],
  ['year change', MONTHLY, '2026-12-01', '2027-01-20'],
  ['on the 15th', FIFTEENTH, '2026-10-15', '2026-10-20'],
  ['on the 16th', FIFTEENTH, '2026-10-16', '2026-11-20'],
  ['16 December', FIFTEENTH, '2026-12-16', '2027-01-20'],
  ['pays on the last of February', TWO_LATER, '2026-12-31', '2027-02-28'],
  ['leap year', TWO_LATER, '2027-12-05', '2028-02-29'],
  ['closes on the 30th, which February has not', THIRTIETH, '2027-02-28', '2027-03-31'],
  ['closes on the 30th of a month of 31 days', THIRTIETH, '2027-01-31', '2027-03-31'],
  ['T+1 within the month', NEXT_DAY, '2026-10-30', '2026-10-31'],
  ['T+1 into the next', NEXT_DAY, '2026-10-31', '2026-11-01'],
  ['T+1 into the next year', NEXT_DAY, '2026-12-31', '2027-01-01'],
  ['twice a month, on the 15th', TWICE, '2026-10-15', '2026-11-01'],
  ['twice a month, on the 16th', TWICE, '2026-10-16', '2026-11-15'],
  ['twice a month, on the last', TWICE, '2026-12-31', '2027-01-15'],
  ['30 days old on the closing day', THIRTY_DAYS_OLD, '2026-10-01', '2026-11-20'],
  ['29 days old on the closing day', THIRTY_DAYS_OLD, '2026-10-02', '2026-12-20'],
  ['30 days old on the closing day of February', THIRTY_DAYS_OLD, '2027-01-29', '2027-03-20'],
  ['29 days old then', THIRTY_DAYS_OLD, '2027-01-30', '2027-04-20'],
  ['30 days old in a leap year', THIRTY_DAYS_OLD, '2028-01-30', '2028-03-20'],
  ['a pay day on Saturday, paid before', BEFORE, '2026-09-15', '2026-10-30'],
  ['a pay day on Monday stays', BEFORE, '2026-10-15', '2026-11-30'],
  ['a pay day on Saturday, paid after two holidays in the next month', AFTER, '2026-09-15', '2026-11-04'],
  ['T+1 from Friday', { ...NEXT_DAY, weekend: 'after' }, '2026-10-30', '2026-11-02'],
  ['T+1 from Thursday', { ...NEXT_DAY, weekend: 'after' }, '2026-10-29', '2026-10-30'],
  ['T+1 from Saturday, paid before', { ...NEXT_DAY, weekend: 'before' }, '2026-10-31', '2026-10-30'],
  ['T+30 over February', { basis: 'receivedAt', days: 30 }, '2027-02-01', '2027-03-03'],
])('%s: %o pays %s on %s', (_, calendar, basis, due) => {
  expect(dueOn(`${basis}T23:59:59+08:00`, calendar)).toEqual({ month: due.slice(0, 7), day: due })
})

test.each(BUILT_IN.filter(({ calendar }) => calendar))('$id pays nothing before it has come so far', ({ calendar }) => {
  for (let day = 1; day <= 31; day++) {
    const basis = `2026-01-${String(day).padStart(2, '0')}`
    expect(dueOn(basis, calendar!).day >= basis).toBe(true)
  }
})

test.each<[string, Calendar, string, object]>([
  ['monthly', MONTHLY, '2026-11', { from: '2026-10-01', to: '2026-10-31', by: 'settled', due: '2026-11-20' }],
  ['16th to 15th', FIFTEENTH, '2026-11', { from: '2026-10-16', to: '2026-11-15', by: 'verified', due: '2026-11-20' }],
  ['16th to 15th in January', FIFTEENTH, '2027-01', { from: '2026-12-16', to: '2027-01-15', by: 'verified', due: '2027-01-20' }],
  ['two months later', TWO_LATER, '2027-02', { from: '2026-12-01', to: '2026-12-31', by: 'settled', due: '2027-02-28' }],
  ['twice a month', TWICE, '2026-11', { from: '2026-10-01', to: '2026-10-31', by: 'verified', due: '2026-11-15' }],
  ['30 days old', THIRTY_DAYS_OLD, '2026-11', { from: '2026-09-01', to: '2026-10-01', by: 'received', due: '2026-11-20' }],
  ['paid before the weekend', BEFORE, '2026-10', { from: '2026-09-01', to: '2026-09-30', by: 'settled', due: '2026-10-30' }],
  ['two pay days after a weekend', AFTER, '2026-11', { from: '2026-09-01', to: '2026-10-31', by: 'settled', due: '2026-11-30' }],
  ['no pay day: the next', AFTER, '2026-10', { from: '2026-09-01', to: '2026-10-31', by: 'settled', due: '2026-11-30' }],
  ['T+1', NEXT_DAY, '2026-11', { from: '2026-10-31', to: '2026-11-29', by: 'received', due: '2026-11-30' }],
])('coverage %s', (_, calendar, month, covers) => {
  expect(coverage(calendar, month)).toEqual(covers)
})

describe('coverage is exactly the days that dueOn sends there', () => {
  test.each([
    MONTHLY,
    FIFTEENTH,
    TWO_LATER,
    THIRTIETH,
    TWICE,
    THIRTY_DAYS_OLD,
    BEFORE,
    AFTER,
    NEXT_DAY,
    { basis: 'receivedAt', days: 45 } as Calendar,
  ])('%o', (calendar) => {
    for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2029, 0, 1); time += 86_400_000) {
      const day = new Date(time).toISOString().slice(0, 10)
      const { month, day: due } = dueOn(day, calendar)
      const covers = coverage(calendar, month)
      expect(day >= covers.from && day <= covers.to, `${day} in ${covers.from}…${covers.to}`).toBe(true)
      expect(due <= covers.due).toBe(true)
    }
  })
})

test.each<[string, string, string]>([
  ['2026-11-19', '2026-10', 'before the pay day'],
  ['2026-11-20', '2026-10', 'on it the money may still be on its way'],
  ['2026-11-21', '2026-11', 'the day after'],
  ['2027-01-02', '2026-12', 'over the year'],
])('latest paid month on %s is %s: %s', (today, month) => {
  expect(latestPaidMonth(MONTHLY, today)).toBe(month)
})
test('differences can be claimed up to a day of the month after, where the calendar of that month says one', () => {
  const calendar: Calendar = { ...MONTHLY, claim: 3 }
  expect(claimUntil(calendar, '2026-11')).toBe('2026-12-03')
  expect(claimUntil({ ...calendar, claim: 'last' }, '2027-01')).toBe('2027-02-28')
  expect(claimUntil(MONTHLY, '2026-11')).toBeNull()
  const dated: Calendar = { ...MONTHLY, claim: 5, from: '2026-11-01', before: calendar }
  expect([claimUntil(dated, '2026-11'), claimUntil(dated, '2026-12')]).toEqual(['2026-12-03', '2027-01-05'])
})
test('a month without a pay day is paid once that of the next has passed', () => {
  expect([latestPaidMonth(AFTER, '2026-10-31'), latestPaidMonth(AFTER, '2026-12-01')]).toEqual(['2026-09', '2026-11'])
})
test('latest paid month of T+1 is the last whole one', () => {
  expect(latestPaidMonth(NEXT_DAY, '2026-11-30')).toBe('2026-10')
  expect(latestPaidMonth(NEXT_DAY, '2026-12-01')).toBe('2026-11')
})

describe('an order is due by status and date', () => {
  const verified: Calendar = { ...MONTHLY, basis: 'verifiedAt' }
  const received: Calendar = { ...MONTHLY, basis: 'receivedAt' }
  test.each<[string, Parameters<typeof order>[0], Calendar, string | null, string | null]>([
    ['settled', {}, MONTHLY, '2026-11', null],
    ['verified is not settled', { status: 'verified' }, MONTHLY, null, 'status'],
    ['verified where that is enough', { status: 'verified', settledAt: null }, verified, '2026-11', null],
    ['settled where verified is enough, by its verified date', { settledAt: null }, verified, '2026-11', null],
    ['received where that is enough', { status: 'received', receivedAt: OCTOBER }, received, '2026-11', null],
    ['received is not verified', { status: 'received' }, verified, null, 'status'],
    ['only paid', { status: 'paid' }, received, null, 'status'],
    ['refunded', { status: 'refunded' }, MONTHLY, null, 'refunded'],
    ['invalid', { status: 'invalid' }, MONTHLY, null, 'invalid'],
    ['settled without a date', { settledAt: null }, MONTHLY, null, 'date'],
    ['another date does not stand in', { verifiedAt: null }, verified, null, 'date'],
  ])('%s', (_, changes, calendar, month, why) => {
    const each = order(changes)
    expect(dueMonth(each, calendar)?.month ?? null).toBe(month)
    expect(whyNotDue(each, calendar)).toBe(why)
  })
})

describe('an order whose pay day the partner itself names', () => {
  const dueAt = '2026-12-18T00:00:00+08:00'

  test('is due then, whatever the calendar says', () => {
    expect(dueMonth(order({ settledAt: OCTOBER, dueAt }), MONTHLY)).toEqual({ month: '2026-12', day: '2026-12-18' })
  })

  test('is due then also without the date of the calendar, but not before its status has come so far', () => {
    expect(dueMonth(order({ settledAt: null, dueAt }), MONTHLY)).toEqual({ month: '2026-12', day: '2026-12-18' })
    expect(whyNotDue(order({ settledAt: null, dueAt }), MONTHLY)).toBe(null)
    expect(dueMonth(order({ status: 'received', dueAt }), MONTHLY)).toBe(null)
    expect(whyNotDue(order({ status: 'received', dueAt }), MONTHLY)).toBe('status')
  })
})

describe('orders that are not whole yet', () => {
  const statusesOf = (id: string, feed: number) => {
    const field = [BUILT_IN.find((partner) => partner.id === id)!.feeds.orders!].flat()[feed]!.fields.status
    return (field as { words: Record<string, OrderStatus> }).words
  }
  test.each([
    ['a group that is not complete', '0', null],
    ['a complete group that is not received', '1', null],
    ['received, not verified', '2', null],
    ['verified', '3', '2026-10'],
    ['not verified for good', '4', null],
  ])('多多进宝: %s', (_, word, month) => {
    const status = statusesOf('pdd', 0)[word]!
    expect(dueMonth(order({ status, verifiedAt: status === 'verified' ? OCTOBER : null }), FIFTEENTH)?.month ?? null).toBe(month)
  })
  test('京东联盟: only the deposit of a presale is paid (24): there is no word for it, its rows are left out until the balance is', () => {
    const words = statusesOf('jd', 0)
    expect([words['24'], words['15'], words['16']]).toEqual([undefined, undefined, 'paid'])
  })
})
