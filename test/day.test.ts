import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  dayOf,
  dayReader,
  instantOf,
  instantReader,
  isDay,
  isMonth,
  isZone,
  monthOf,
  type Zone,
} from '../src/day.ts'

const SHANGHAI = 'Asia/Shanghai'

describe('reading an instant', () => {
  it.each<[string, string, string | null]>([
    ['yyyy-MM-dd HH:mm:ss', '2026-10-03 12:05:09', '2026-10-03T12:05:09+08:00'],
    ['yyyy-MM-dd HH:mm:ss', '2026-10-03 12:05', null],
    ['MM/dd/yyyy hh:mm:ss a', '06/03/2026 12:12:00 AM', '2026-06-03T00:12:00+08:00'],
    ['MM/dd/yyyy hh:mm:ss a', '06/03/2026 12:12:00 pm', '2026-06-03T12:12:00+08:00'],
    ['MM/dd/yyyy hh:mm:ss a', '06/03/2026 11:59:59 PM', '2026-06-03T23:59:59+08:00'],
    ['MM/dd/yyyy hh:mm:ss a', '06/03/2026 13:12:00 AM', null],
    ['MM/dd/yyyy hh:mm:ss a', '06/03/2026 00:12:00 AM', null],
    ['M/d/yy', '8/4/26', '2026-08-04T00:00:00+08:00'],
    ['M/d/yy', '8/4/2026', null],
    ['d MMM yyyy', '1 Oct 2026', '2026-10-01T00:00:00+08:00'],
    ['MMM d, yyyy', 'Sept. 5, 2026', '2026-09-05T00:00:00+08:00'],
    ['MMM d, yyyy', 'Sep 5, 2026', '2026-09-05T00:00:00+08:00'],
    ['d MMM yyyy', '30 Feb 2026', null],
    ["d 'de' MMMM 'de' yyyy", '15 de septiembre de 2026', '2026-09-15T00:00:00+08:00'],
    ['d. MMMM yyyy', '3. März 2026', '2026-03-03T00:00:00+08:00'],
    ['d MMMM yyyy', '3 Brumaire 2026', null],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT+0000 (UTC)'", 'Mon Jun 01 2026 10:00:00 GMT+0000 (UTC)', '2026-06-01T10:00:00+08:00'],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT+0000 (UTC)'", 'Mon Jun 01 2026 10:00:00 GMT+0200 (CEST)', null],
    ['yyyy-MM-dd HH:mm:ss', ' 2026-10-03 12:05:09', null],
    ['yyyy-MM-dd HH:mm:ss', '2026-10-03 12:05:09.5', null],
    ['yyyy-MM-dd HH:mm:ss', '26-10-03 12:05:09', null],
    ['yyyy-MM-dd HH:mm:ss', '2026-10-3 12:05:09', null],
    ['yyyy/M/d H:mm', '2026/1/3 8:05', '2026-01-03T08:05:00+08:00'],
    ['yyyy/M/d H:mm', '2026/10/13 18:05', '2026-10-13T18:05:00+08:00'],
    ['yyyy-MM-dd', '2026-10-03', '2026-10-03T00:00:00+08:00'],
    ['yyyy-MM', '2026-10', '2026-10-01T00:00:00+08:00'],
    ['yyyyMMdd', '20261003', '2026-10-03T00:00:00+08:00'],
    ['yyyyMMddHHmmss', '20261003120509', '2026-10-03T12:05:09+08:00'],
    ['dd.MM.yyyy', '03.10.2026', '2026-10-03T00:00:00+08:00'],
    ['dd.MM.yyyy', '03x10x2026', null],
    ['M/d/yyyy', '10/3/2026', '2026-10-03T00:00:00+08:00'],
    ['yyyy年M月d日', '2026年1月3日', '2026-01-03T00:00:00+08:00'],
    ["yyyy-MM-dd'T'HH:mm:ss", '2026-10-03T12:05:09', '2026-10-03T12:05:09+08:00'],
    ["yyyy-MM-dd'T'HH:mm:ss'Z'", '2026-10-03T12:05:09Z', '2026-10-03T12:05:09+08:00'],
    ['yyyy-MM-dd HH:mm:ss.S', '2026-10-03 12:05:09.123', '2026-10-03T12:05:09+08:00'],
    // days and times that there are not
    ['yyyy-MM-dd', '2026-02-29', null],
    ['yyyy-MM-dd', '2028-02-29', '2028-02-29T00:00:00+08:00'],
    ['yyyy-MM-dd', '2026-02-30', null],
    ['yyyy-MM-dd', '2026-04-31', null],
    ['yyyy-MM-dd', '2026-13-01', null],
    ['yyyy-MM-dd', '2026-00-01', null],
    ['yyyy-MM-dd', '2026-01-00', null],
    ['yyyy-MM-dd', '0000-00-00', null],
    ['yyyy-MM-dd HH:mm', '2026-10-03 24:00', null],
    ['yyyy-MM-dd HH:mm', '2026-10-03 12:60', null],
    ['yyyy-MM-dd', '', null],
    ['unix', '1791000000', '2026-10-03T12:00:00+08:00'],
    ['unix', '0', '1970-01-01T08:00:00+08:00'],
    ['unix', '1791000000.5', null],
    ['unix', '-1', null],
    ['unix', 'now', null],
    ['unix', '1791000000000', null], // milliseconds where seconds were said: the year 58 724
    ['unix', '99999999999999', null],
    ['unix-ms', '1791000000999', '2026-10-03T12:00:00+08:00'],
    ['unix-ms', '99999999999999', '5138-11-16T17:46:39+08:00'],
    ['iso', '2026-10-03T12:05:09+08:00', '2026-10-03T12:05:09+08:00'],
    ['iso', '2026-10-03T04:05:09Z', '2026-10-03T12:05:09+08:00'],
    ['iso', '2026-10-03 04:05:09.123456Z', '2026-10-03T12:05:09+08:00'],
    ['iso', '2026-10-03T00:05-0400', '2026-10-03T12:05:00+08:00'],
    ['iso', '2026-10-03T23:30:00-04:00', '2026-10-04T11:30:00+08:00'],
    ['iso', '2026-10-03T12:05:09', null], // an offset must be there
    ['iso', '2026-10-03', null],
    ['iso', '2026-02-30T12:05:09Z', null],
    ['iso', '2026-10-03T24:00:00Z', null],
    ['iso', '2026-10-03T12:60:00Z', null],
  ])('%s: %j is %s', (pattern, text, expected) => {
    const read = instantReader(pattern, SHANGHAI)
    expect(read(text)).toBe(expected)
    expect(read(text)).toBe(expected)
    expect(dayReader(pattern, SHANGHAI)(text)).toBe(expected?.slice(0, 10) ?? null)
  })

  it.each([
    ['yyyy-MM-dd kk:mm', '"yyyy-MM-dd kk:mm": unknown letter k, expected yyyy MM dd HH mm ss, unix, unix-ms or iso'],
    ['yyyy-MM-dd hh:mm', '"yyyy-MM-dd hh:mm": hh and a go together'],
    ['YYYY-MM-DD', '"YYYY-MM-DD": unknown letter Y'],
    ['HH:mm', '"HH:mm" names no year and month'],
    ['yyyy', '"yyyy" names no year and month'],
    ['', '"" names no year and month'],
  ])('the pattern %j is refused', (pattern, message) => expect(() => instantReader(pattern, SHANGHAI)).toThrow(message))
})

describe('zones and their clock changes', () => {
  const PATTERN = 'yyyy-MM-dd HH:mm'
  it.each<[Zone, string, string]>([
    [SHANGHAI, '2026-07-01 12:00', '2026-07-01T12:00:00+08:00'],
    ['Asia/Kathmandu', '2026-07-01 12:00', '2026-07-01T12:00:00+05:45'],
    ['UTC', '2026-07-01 12:00', '2026-07-01T12:00:00+00:00'],
    ['America/St_Johns', '2026-01-01 12:00', '2026-01-01T12:00:00-03:30'],
    ['Pacific/Kiritimati', '2026-01-01 00:00', '2026-01-01T00:00:00+14:00'],
    ['America/New_York', '2026-01-15 12:00', '2026-01-15T12:00:00-05:00'],
    ['America/New_York', '2026-07-15 12:00', '2026-07-15T12:00:00-04:00'],
    ['America/New_York', '2026-03-08 01:59', '2026-03-08T01:59:00-05:00'],
    ['America/New_York', '2026-03-08 03:00', '2026-03-08T03:00:00-04:00'],
    ['Europe/Berlin', '2026-03-29 01:59', '2026-03-29T01:59:00+01:00'],
    ['Europe/Berlin', '2026-03-29 03:00', '2026-03-29T03:00:00+02:00'],
    ['Australia/Lord_Howe', '2026-10-04 01:59', '2026-10-04T01:59:00+10:30'],
    ['Australia/Lord_Howe', '2026-10-04 02:30', '2026-10-04T02:30:00+11:00'],
    // twice on the clock: the first of the two
    ['America/New_York', '2026-11-01 01:30', '2026-11-01T01:30:00-04:00'],
    ['Europe/Berlin', '2026-10-25 02:30', '2026-10-25T02:30:00+02:00'],
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-05T01:45:00+11:00'],
    ['America/New_York', '2026-11-01 02:00', '2026-11-01T02:00:00-05:00'],
    ['Europe/Berlin', '2026-10-25 03:00', '2026-10-25T03:00:00+01:00'],
    // not on the clock: as if it had not been changed yet
    ['America/New_York', '2026-03-08 02:30', '2026-03-08T02:30:00-05:00'],
    ['Europe/Berlin', '2026-03-29 02:30', '2026-03-29T02:30:00+01:00'],
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-04T02:15:00+10:30'],
    // China had summer time until 1991
    [SHANGHAI, '1990-07-01 12:00', '1990-07-01T12:00:00+09:00'],
  ])('%s, %s', (zone, text, expected) => expect(instantReader(PATTERN, zone)(text)).toBe(expected))

  it('an hour that a change cuts in two is read right whichever half is met first', () => {
    for (const order of [
      ['2026-10-04 02:15', '2026-10-04 02:45'],
      ['2026-10-04 02:45', '2026-10-04 02:15'],
    ]) {
      const read = instantReader(PATTERN, 'Australia/Lord_Howe')
      const offsets = Object.fromEntries(order.map((text) => [text.slice(-2), read(text)!.slice(19)]))
      expect(offsets).toEqual({ 15: '+10:30', 45: '+11:00' })
    }
  })

  it.each<[string, boolean]>([
    [SHANGHAI, true],
    ['UTC', true],
    ['Asia/Peking', false],
    ['', false],
  ])('%j is a zone: %s', (zone, expected) => expect(isZone(zone)).toBe(expected))
})

describe('days and months', () => {
  it.each<[string, number, string]>([
    ['2026-10', 1, '2026-11'],
    ['2026-12', 1, '2027-01'],
    ['2026-01', -1, '2025-12'],
    ['2026-05', 0, '2026-05'],
    ['2026-05', -17, '2024-12'],
    ['2026-05', 24, '2028-05'],
    ['0999-12', 1, '1000-01'],
  ])('%s and %d months is %s', (month, count, expected) => expect(addMonths(month, count)).toBe(expected))

  it.each<[string, number, string]>([
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-08', 1, '2026-03-09'], // a day of 23 hours in New York is still a day
    ['2026-01-01', 365, '2027-01-01'],
  ])('%s and %d days is %s', (day, count, expected) => expect(addDays(day, count)).toBe(expected))

  it.each<[string, number, string]>([
    ['2026-10', 20, '2026-10-20'],
    ['2026-10', 31, '2026-10-31'],
    ['2026-11', 31, '2026-11-30'],
    ['2026-02', 31, '2026-02-28'],
    ['2028-02', 30, '2028-02-29'],
    ['2026-02', 1, '2026-02-01'],
  ])('day %2$d of %1$s', (month, number, expected) => expect(dayOf(month, number)).toBe(expected))

  it.each<[string, boolean, boolean]>([
    ['2026-10-03', true, false],
    ['2026-02-29', false, false],
    ['2026-2-2', false, false],
    ['2026-10', false, true],
    ['2026-13', false, false],
    ['2026-00', false, false],
    ['today', false, false],
    ['2026-10-03T00:00:00', false, false],
  ])('%j is a day: %s, a month: %s', (text, day, month) => expect([isDay(text), isMonth(text)]).toEqual([day, month]))

  it('the month of a day or an instant', () => {
    expect([monthOf('2026-10-03'), monthOf('2026-10-03T23:59:59+08:00')]).toEqual(['2026-10', '2026-10'])
  })
})

describe('time properties', () => {
  const zone = fc.constantFrom<Zone>(
    SHANGHAI,
    'UTC',
    'America/New_York',
    'Europe/Berlin',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
  )
  const seconds = fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2037, 0) / 1000 })

  it('an instant is the same point in time in whatever zone it is written', () => {
    fc.assert(
      fc.property(seconds, zone, zone, (at, zone, other) => {
        const text = instantOf(at * 1000, zone)
        expect(Date.parse(text)).toBe(at * 1000)
        expect(instantReader('iso', other)(text)).toBe(instantOf(at * 1000, other))
        expect(instantReader('unix', zone)(String(at))).toBe(text)
        expect(instantReader('unix-ms', zone)(String(at * 1000 + 999))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it('a local time is read back as it was, or as the first of two', () => {
    fc.assert(
      fc.property(seconds, zone, (at, zone) => {
        const text = instantOf(at * 1000, zone)
        const read = instantReader("yyyy-MM-dd'T'HH:mm:ss", zone)(text.slice(0, 19))!
        expect(read.slice(0, 19)).toBe(text.slice(0, 19))
        const earlier = at * 1000 - Date.parse(read)
        expect([0, 1_800_000, 3_600_000]).toContain(earlier)
        expect(instantOf(Date.parse(read), zone)).toBe(read)
      }),
      { numRuns: 500 },
    )
  })

  it('text order is time order within a zone of one offset', () => {
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        expect(instantOf(a * 1000, SHANGHAI) < instantOf(b * 1000, SHANGHAI)).toBe(a < b)
      }),
    )
  })

  it('days and months there and back', () => {
    const count = fc.integer({ min: -5000, max: 5000 })
    fc.assert(
      fc.property(seconds, count, (at, count) => {
        const day = instantOf(at * 1000, 'UTC').slice(0, 10)
        expect(addDays(addDays(day, count), -count)).toBe(day)
        expect(addMonths(addMonths(monthOf(day), count), -count)).toBe(monthOf(day))
        expect(isDay(addDays(day, count))).toBe(true)
        expect(isDay(dayOf(monthOf(day), 31))).toBe(true)
        expect(monthOf(addDays(dayOf(monthOf(day), 31), 1))).toBe(addMonths(monthOf(day), 1))
      }),
    )
  })
})
