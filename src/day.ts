/** A calendar day, `YYYY-MM-DD`; text order is time order. */
export type Day = string
/** A calendar month, `YYYY-MM`. */
export type Month = string
/** A point in time as ISO 8601 with the offset of the zone it was written in: `2026-10-03T12:00:00+08:00`. Its first ten characters are the day there. */
export type Instant = string
/** An IANA time zone, `Asia/Shanghai`. */
export type Zone = string

/** A stretch of time in milliseconds since 1970; `until` is no part of it. */
export type Span = { from: number; until: number }

/** Whether the runtime knows the time zone. */
export function isZone(zone: string): boolean {
  // A tenth of the time of making a formatter, and right for all but old names.
  if (Intl.supportedValuesOf('timeZone').includes(zone)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The end of the year 9998. A later time is no date of goods or orders but milliseconds taken for seconds. */
const LATEST = Date.UTC(9999, 0)

const LETTERS: Record<string, string> = {
  ...{
    y: 'year',
    M: 'month',
    d: 'day',
    H: 'hour',
    h: 'hour12',
    m: 'minute',
    s: 'second',
    S: 'fraction',
    a: 'half',
    E: 'weekday',
  },
}
const GROUPS: Record<string, string> = { yy: '\\d{2}', S: '\\d{1,9}', a: '[AaPp][Mm]', E: '\\p{L}+\\.?' }

/** Languages whose names of months are read; no name means two months in them. */
const LANGUAGES = ['en', 'es', 'de', 'fr', 'it', 'pt', 'nl']
let months: ReadonlyMap<string, string> | undefined

/** `Jun`, `septiembre` → `06`, `09`; null where it is no month's name. */
function monthNamed(name: string): string | null {
  months ??= new Map(
    LANGUAGES.flatMap((language) =>
      (['long', 'short'] as const).flatMap((length) => {
        const format = new Intl.DateTimeFormat(language, { month: length, day: 'numeric', timeZone: 'UTC' })
        return Array.from({ length: 12 }, (_, i): [string, string] => {
          const part = format.formatToParts(Date.UTC(2026, i, 1)).find(({ type }) => type === 'month')!.value
          return [part.replace(/\.$/, '').toLowerCase(), String(i + 1).padStart(2, '0')]
        })
      }),
    ),
  )
  return months.get(name.replace(/\.$/, '').toLowerCase()) ?? null
}

/** Turns a text into an instant in `zone`, or null where it does not fit. Made once per column by `instantReader`. */
export type InstantReader = (text: string) => Instant | null

/**
 * A reader for texts of one pattern: `yyyy-MM-dd HH:mm:ss` and the like (a single letter takes one or two digits; `yy` is a year of this
 * century, `MMM` a month's name, `hh` with `a` twelve hours, `EEE` a weekday that is passed over), `unix` (seconds),
 * `unix-ms`, or `iso` (which must hold an offset or `Z`). A pattern without a time means the start of that day, or its end.
 * Texts without an offset are taken as local time in `zone`.
 * @throws RangeError on a pattern with unknown letters.
 */
export function instantReader(pattern: string, zone: Zone, atEnd = false): InstantReader {
  if (pattern === 'unix' || pattern === 'unix-ms') {
    const scale = pattern === 'unix' ? 1000 : 1
    return (text) => {
      const time = /^\d{1,14}$/.test(text) ? Number(text) * scale : LATEST
      return time < LATEST ? instantOf(time, zone) : null
    }
  }
  if (pattern === 'iso') {
    return (text) => {
      const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.exec(text)
      if (!match || (match[4] && !match[3]) || !isLocalTime(`${match[1]}T${match[2]}${match[3] ?? ':00'}`)) return null
      const time = Date.parse(text.replace(' ', 'T'))
      return Number.isNaN(time) ? null : instantOf(time, zone)
    }
  }
  const { expression, groups } = compile(pattern)
  const offsets = new Map<string, string>()
  const time =
    atEnd && !groups.includes('hour') ? { hour: '23', minute: '59', second: '59' } : { hour: '00', minute: '00', second: '00' }
  return remembering((text) => {
    const match = expression.exec(text)
    if (!match) return null
    const part: Record<string, string> = { year: '', month: '01', day: '01', ...time }
    groups.forEach((name, i) => {
      part[name] = match[i + 1]!.padStart(2, '0')
    })
    if (part.year!.length === 2) part.year = `20${part.year}`
    if (/\D/.test(part.month!)) part.month = monthNamed(part.month!) ?? ''
    if (part.hour12) part.hour = hourOf(part.hour12, part.half!)
    const local = `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`
    if (!isLocalTime(local)) return null
    // Clocks change at full or half hours: ten minutes have one offset.
    const tenMinutes = local.slice(0, 15)
    let offset = offsets.get(tenMinutes)
    if (offset === undefined) {
      offset = offsetAt(local, zone)
      offsets.set(tenMinutes, offset)
    }
    return local + offset
  })
}

/** 12 AM is the hour 0, 12 PM noon; anything beyond 12 is no time. */
function hourOf(hour12: string, half: string): string {
  const hour = Number(hour12)
  if (hour < 1 || hour > 12) return ''
  return String((hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)).padStart(2, '0')
}

/** Coupons and campaigns of a feed share a few dates: the last few thousand answers are kept. */
function remembering(read: InstantReader): InstantReader {
  const answers = new Map<string, Instant | null>()
  return (text) => {
    let answer = answers.get(text)
    if (answer === undefined) {
      answer = read(text)
      if (answers.size >= 4096) answers.clear()
      answers.set(text, answer)
    }
    return answer
  }
}

/** A reader for the day that a text of `pattern` names (see `instantReader`). */
export function dayReader(pattern: string, zone: Zone): (text: string) => Day | null {
  const read = instantReader(pattern, zone)
  return (text) => read(text)?.slice(0, 10) ?? null
}

function compile(pattern: string): { expression: RegExp; groups: string[] } {
  const groups: string[] = []
  const source = pattern.replace(/([yMdHhmsSaE])\1*|'([^']*)'|[^A-Za-z]|([A-Za-z])/g, (token, letter, quoted, unknown) => {
    if (unknown)
      throw new RangeError(`"${pattern}": unknown letter ${unknown}, expected yyyy MM dd HH mm ss, unix, unix-ms or iso`)
    if (letter) {
      groups.push(LETTERS[letter]!)
      const named = letter === 'M' && token.length > 2 ? GROUPS.E : undefined
      const group = named ?? GROUPS[token] ?? GROUPS[letter]
      return `(${group ?? (letter === 'y' ? '\\d{4}' : token.length === 1 ? '\\d{1,2}' : '\\d{2}')})`
    }
    return (quoted ?? token).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  if (!groups.includes('year') || !groups.includes('month')) throw new RangeError(`"${pattern}" names no year and month`)
  if (groups.includes('hour12') !== groups.includes('half')) throw new RangeError(`"${pattern}": hh and a go together`)
  return { expression: new RegExp(`^${source}$`, 'u'), groups }
}

/** Whether the parts exist on the calendar (no 30 February, no hour 24). */
function isLocalTime(local: string): boolean {
  const time = new Date(`${local}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(local)
}

const ONE_DAY = 86_400_000

const formatters = new Map<Zone, Intl.DateTimeFormat>()

/** The local time in `zone` at a point in time, read as if it were UTC (milliseconds). */
function localMillis(time: number, zone: Zone): number {
  let format = formatters.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
}

/**
 * `+08:00` for a local time in a zone. Where a clock change makes it ambiguous, the first of the two; where it skips it, the offset
 * before the change.
 */
function offsetAt(local: string, zone: Zone): string {
  const asUtc = Date.parse(`${local}Z`)
  const offsetOn = (time: number) => localMillis(time, zone) - time
  const before = offsetOn(asUtc - ONE_DAY)
  const after = offsetOn(asUtc + ONE_DAY)
  const fits = (offset: number) => offsetOn(asUtc - offset) === offset
  return formatOffset(!fits(before) && fits(after) ? after : before)
}

function formatOffset(millis: number): string {
  const minutes = Math.abs(millis) / 60_000
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${millis < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** The instant of a Unix time in milliseconds, written in `zone`, to the second. */
export function instantOf(time: number, zone: Zone): Instant {
  const whole = Math.floor(time / 1000) * 1000
  const local = localMillis(whole, zone)
  return new Date(local).toISOString().slice(0, 19) + formatOffset(local - whole)
}

/** Whether `text` is a day that exists. */
export function isDay(text: string): text is Day {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isLocalTime(`${text}T00:00:00`)
}

/** Whether `text` is a month, `2026-10`. */
export function isMonth(text: string): text is Month {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
}

/** The month `count` months after (or, negative, before) `month`. */
export function addMonths(month: Month, count: number): Month {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** The day `count` days after (or before) `day`. */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * ONE_DAY).toISOString().slice(0, 10)
}

/** Whether `day` is a Saturday or a Sunday. */
export function isWeekend(day: Day): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDay() % 6 === 0
}

/** Day `number` of `month`, or its last day where the month is shorter. */
export function dayOf(month: Month, number: number): Day {
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  const day = `${month}-${String(number).padStart(2, '0')}`
  return day > last ? last : day
}

/** The month that a day, or an instant as its zone counts, lies in. */
export function monthOf(day: Day | Instant): Month {
  return day.slice(0, 7)
}
