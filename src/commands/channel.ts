import { lookUpProduct } from '../catalog/find.ts'
import { type Day, instantOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import {
  type Calendar,
  type ChannelRule,
  changeOf,
  channelsOf,
  chooseChannels,
  decide,
  isInForce,
  type Passage,
  passages,
  questionsOf,
  readCalendar,
  sourcesOf,
  type Verdict,
} from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { type KnownPassage, keepPassages, knownPassages } from '../store/passages.ts'
import { productByKey, type StoredProduct } from '../store/products.ts'
import { shelfItems } from '../store/shelf.ts'
import { FORMS, type Form } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { day, list, option, type Value } from './option.ts'
import type { Print } from './print.ts'
import { chosenShelf, namesOf } from './shelf.ts'
import { written } from './watch.ts'

/** Of what is asked: goods, or all goods of a source. */
type Subject = {
  name: string
  product: StoredProduct | null
  source: string | null
  shelves: readonly string[]
  sources: string[]
}
/** Where it would go: a channel with the forms that it takes, or a surface with any. */
type Place = { name: string; channel: string | null; surface: string; forms: readonly Form[] }
type Check = { subject: Subject; place: Place; passages: Record<Form, Passage> }
type Change = {
  event: 'blocked' | 'revived' | 'changed'
  subject: string
  place: string
  form: Form
  before: string
  verdict: Verdict
}

const surface: Value<string> = {
  read: (given) => (/^[^/\s]+\/[^/\s]+$/.test(given) ? given : null),
  is: 'a surface',
  like: 'wechat/moments',
}

const check = defineCommand({
  about: `Tells by the channel calendar what may be posted: of goods, of a shelf or of all goods of a source, on channels or on any surface, on a day. Without any of them it lists the rules that are in force.

States are allow, warn, deny and unknown; unknown means that there is no rule, not that it passes. Of goods on shelves it also tells, once, what was blocked or came back to life since the last look. Exit 5 where a form is denied that the channel should take, where something has changed, or where the review of a rule is due.`,
  args: [['[sku...]', 'partner:sku, or the sku alone where one partner has it; - reads them from standard input']],
  options: {
    shelf: list('--shelf <name,name>', 'all goods of these shelves'),
    source: list('--source <name,name>', 'all goods of a source of the calendar, like taobao'),
    channel: list('--channel <a,b>', 'on these channels; for goods those of shoptool.yaml when nothing is said'),
    surface: list('--surface <app/place>', 'on a surface, channel or not, like kuaishou/live-cart', surface),
    date: option('--date <day>', 'on that day (default today)', day),
    since: option('--since <day>', 'only what has changed since that day, told as often as you ask', day),
  },
  examples: [
    'shoptool channel check',
    'shoptool channel check 614252180627 --channel moments',
    'shoptool channel check --shelf main',
    'shoptool channel check --source taobao --surface kuaishou/live-cart --date 2022-06-01',
    'shoptool channel check --since 2022-10-31 --date 2022-11-01',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    const calendar = readCalendar(ctx.home, found.folder)
    const channels = channelsOf(found, await loadChannels(ctx.home, found.folder))
    const at = instantOf(ctx.now(), found.shop.timezone)
    const today = at.slice(0, 10)
    const { date = today, since, source } = options
    const shelves = [...new Set(options.shelf)].map((name) => chosenShelf(found, name))
    if (source.length > 0 && (names.length > 0 || shelves.length > 0))
      throw usageError('--source: is about all goods of a source, expected without goods and --shelf')
    if (since !== undefined && since >= date) throw usageError(`--since: expected a day before ${date}`)
    for (const one of source) checkSource(calendar, one)

    const known = new Set([
      ...calendar.rules.flatMap(({ surfaces }) => surfaces),
      ...[...channels.values()].map((one) => one.surface),
    ])
    for (const one of options.surface)
      if (!known.has(one)) print.note(`${one}: neither a rule nor a channel is about it${meantBy(one, known)}`)
    const asked: Place[] = [
      ...(options.channel.length > 0 ? chooseChannels(found, channels, options.channel, '--channel') : []).map(placeOf),
      ...options.surface.map((one) => ({ name: one, channel: null, surface: one, forms: FORMS })),
    ]

    const isAboutGoods = names.length > 0 || shelves.length > 0
    const goods = isAboutGoods ? goodsIn(found.database, calendar, await namesOf(ctx, names), shelves) : []
    const isOverview = !isAboutGoods && source.length === 0 && asked.length === 0
    const subjects = isAboutGoods ? goods : (source.length > 0 ? source : [...calendar.sources.keys()]).map(subjectOf)
    const places =
      asked.length > 0
        ? asked
        : isAboutGoods
          ? chooseChannels(found, channels, [], '--channel').map(placeOf)
          : [...known]
              .filter((one) => /^[^/]+\/(?!any$)/.test(one))
              .sort()
              .map((one) => ({ name: one, channel: null, surface: one, forms: FORMS }))
    // of what was not asked for by name only what is known is worth a line
    const isFull = isAboutGoods || (source.length > 0 && asked.length > 0)
    const isWorthIt = ({ passages }: Check) =>
      isFull || Object.values(passages).some(({ listed, rule }) => listed && rule !== null)
    const ask = (subject: Subject, place: Place, on: Day): Check => ({
      ...{ subject, place },
      passages: passages(calendar, place, subject.sources, on),
    })
    const checks = isOverview
      ? []
      : subjects.flatMap((subject) => places.map((place) => ask(subject, place, date))).filter(isWorthIt)
    const rules = isOverview ? calendar.rules.filter((rule) => isInForce(calendar, rule, date)) : []

    const looksBack = since === undefined && date === today && shelves.length > 0
    const told = looksBack ? lastTold(found.database, shelves) : new Map<string, string>()
    const changes =
      since !== undefined
        ? isOverview
          ? changedRules(calendar, since, date)
          : changedChecks(checks, (one, form) => ask(one.subject, one.place, since).passages[form].state)
        : changedChecks(checks, (one, form) => {
            const states = one.subject.shelves.map((shelf) => told.get(keyOf(shelf, one, form)))
            return states.find((state) => state !== undefined && state !== one.passages[form].state)
          })
    const decisive = new Set([
      ...rules,
      ...checks.flatMap((one) => listedOf(one).flatMap((form) => one.passages[form].rule ?? [])),
    ])
    const due = since === undefined ? [...decisive].filter(({ review }) => review !== null && review <= date) : []

    if (global.json)
      print.json('channel-check', {
        ...{ date, since: since ?? null, rules: rules.map(ruleDocument), checks: checks.map(checkDocument) },
        changes: changes.map(({ verdict, ...change }) => ({ ...change, now: verdict.state, rule: ruleDocument(verdict.rule) })),
        due: due.map(ruleDocument),
      })
    else if (since !== undefined) {
      printChanges(print, changes)
      if (changes.length === 0) print.note(`Nothing has changed since ${since}.`)
    } else {
      if (isOverview) printRules(print, rules)
      else if (isAboutGoods) printGoods(print, checks)
      else printSources(print, checks, isFull)
      if (!isOverview && checks.length === 0) print.note(isAboutGoods ? 'No goods to look at.' : 'No rule is about it.')
      tellChanges(print, changes)
      for (const { review, surfaces, state, confidence, reason, ...rule } of due)
        print.warn(
          `review due since ${review}: ${goodsOf(rule)} on ${surfaces.join(', ')}: ${state} (${confidence}), ${reason}; a rule in rules/channels.yaml with a later review takes its place`,
        )
      if (isFull && checks.some((one) => listedOf(one).some((form) => one.passages[form].state === 'unknown')))
        print.note('unknown: no rule is about it, which does not mean that it passes.')
    }
    if (looksBack && (await written(ctx))) keepTold(found.database, shelves, checks, told, at)

    const isDenied = checks.some((one) => listedOf(one).some((form) => one.passages[form].state === 'deny'))
    return (isDenied && since === undefined) || changes.length > 0 || (due.length > 0 && !isOverview) ? 'findings' : 'done'
  },
})

/** The goods that were named and those on shelves, each once. */
function goodsIn(database: string, calendar: Calendar, names: readonly string[], shelves: readonly string[]): Subject[] {
  const db = openForReading(database)
  const products = new Map<number, { product: StoredProduct; shelves: string[] }>()
  for (const name of names) {
    const product = lookUpProduct(db, name)
    products.set(product.id, { product, shelves: [] })
  }
  for (const shelf of shelves)
    for (const { partner, sku } of shelfItems(db, shelf)) {
      const product = productByKey(db, partner, sku)
      if (!product) continue
      const known = products.get(product.id) ?? { product, shelves: [] }
      products.set(product.id, { product, shelves: [...known.shelves, shelf] })
    }
  db.close()
  return [...products.values()].map(({ product, shelves }) => ({
    ...{ name: `${product.partner}:${product.sku}`, product, source: null, shelves },
    sources: sourcesOf(calendar, { partner: { id: product.partner }, product }),
  }))
}

/** The forms that are asked about. */
const listedOf = ({ passages }: Check) => FORMS.filter((form) => passages[form].listed)
const placeOf = ({ name, surface, forms }: { name: string; surface: string; forms: readonly Form[] }): Place => ({
  ...{ name, channel: name, surface, forms },
})
const subjectOf = (name: string): Subject => ({ name, product: null, source: name, shelves: [], sources: [name] })
const meantBy = (name: string, known: Iterable<string>) => {
  const meant = nearest(name, known)
  return meant ? `; did you mean ${meant}?` : ''
}

/** @throws usage where the calendar knows no such source. */
function checkSource({ sources }: Calendar, name: string): void {
  if (sources.has(name)) return
  throw usageError(
    `--source: unknown source "${name}"${meantBy(name, sources.keys()) || `; the calendar has ${[...sources.keys()].join(', ')}`}`,
  )
}

const keyOf = (shelf: string, { subject, place }: Check, form: Form) => [shelf, subject.name, place.channel, form].join('\n')

function lastTold(database: string, shelves: readonly string[]): Map<string, string> {
  const db = openForReading(database)
  const told = shelves.flatMap((shelf) =>
    knownPassages(db, shelf).map(
      ({ partner, sku, channel, form, state }) => [[shelf, `${partner}:${sku}`, channel, form].join('\n'), state] as const,
    ),
  )
  db.close()
  return new Map(told)
}

/** Keeps what is told now of goods on shelves and channels, where it is news. */
function keepTold(
  database: string,
  shelves: readonly string[],
  checks: readonly Check[],
  told: ReadonlyMap<string, string>,
  at: string,
): void {
  for (const shelf of shelves) {
    const news = checks.flatMap((one): KnownPassage[] => {
      const { subject, place, passages } = one
      if (!subject.shelves.includes(shelf) || place.channel === null) return []
      const { partner, sku } = subject.product!
      return FORMS.filter((form) => told.get(keyOf(shelf, one, form)) !== passages[form].state).map((form) => ({
        ...{ partner, sku, channel: place.channel!, form, state: passages[form].state },
      }))
    })
    if (news.length === 0) continue
    const db = openDatabase(database)
    keepPassages(db, shelf, at, news)
    db.close()
  }
}

/** What is another state than `before`, of the forms that are asked about; undefined is no state and no change. */
function changedChecks(checks: readonly Check[], before: (check: Check, form: Form) => string | undefined): Change[] {
  return checks.flatMap((one) =>
    listedOf(one).flatMap((form) =>
      changed(before(one, form), one.passages[form], { subject: one.subject.name, place: one.place.name, form }),
    ),
  )
}

/** What rules that hold on one of two days have changed between them. */
function changedRules(calendar: Calendar, since: Day, date: Day): Change[] {
  const questions = new Map(
    calendar.rules
      .filter((rule) => isInForce(calendar, rule, since) || isInForce(calendar, rule, date))
      .flatMap(questionsOf)
      .map((one) => [`${one.source} ${one.surface} ${one.form}`, one]),
  )
  return [...questions.values()].flatMap((question) =>
    changed(decide(calendar, { ...question, day: since }).state, decide(calendar, { ...question, day: date }), {
      ...{ subject: question.source, place: question.surface, form: question.form },
    }),
  )
}

function changed(before: string | undefined, verdict: Verdict, about: Pick<Change, 'subject' | 'place' | 'form'>): Change[] {
  const event = before === undefined ? null : changeOf(before as Verdict['state'], verdict.state)
  return event === null ? [] : [{ event, ...about, before: before!, verdict }]
}

const goodsOf = ({ sources }: Pick<ChannelRule, 'sources'>) => (Array.isArray(sources) ? sources.join(', ') : `${sources} goods`)
const ruleDocument = (rule: ChannelRule | null) => {
  if (rule === null) return null
  const { sources, surfaces, forms, state, from, until, reason, basis, confidence, review, own } = rule
  return { sources, surfaces, forms, state, from, until, reason, basis, confidence, review, own }
}

function checkDocument({ subject: { product, source, sources, shelves }, place, passages }: Check) {
  return {
    ...{ partner: product?.partner ?? null, sku: product?.sku ?? null, title: product?.title ?? null, source, sources, shelves },
    ...{ channel: place.channel, surface: place.surface },
    forms: Object.fromEntries(
      FORMS.map((form) => {
        const { state, rule, listed, passes } = passages[form]
        return [form, { state, listed, passes, rule: ruleDocument(rule) }]
      }),
    ),
  }
}

const HUES = { allow: 'green', warn: 'yellow', deny: 'red', unknown: 'dim' } as const
const painted = (print: Print) => (text: string) => print.paint[HUES[text as keyof typeof HUES] ?? 'dim'](text)

function printRules(print: Print, rules: readonly ChannelRule[]): void {
  print.table(
    [
      { title: 'SOURCES', cut: true },
      { title: 'SURFACES', cut: true },
      { title: 'FORMS' },
      { title: 'STATE', paint: painted(print) },
      { title: 'SINCE' },
      { title: 'CONFIDENCE' },
      { title: 'REVIEW' },
      { title: 'REASON', cut: true },
    ],
    rules.map((rule) => [
      ...[Array.isArray(rule.sources) ? rule.sources.join(',') : rule.sources, rule.surfaces.join(',')],
      ...[rule.forms === 'any' ? 'any' : rule.forms.join(','), rule.state, rule.from],
      ...[rule.confidence, rule.review ?? '', rule.reason],
    ]),
  )
}

/** A line for each form, where all are to be shown or something is known. */
function printSources(print: Print, checks: readonly Check[], all: boolean): void {
  print.table(
    [
      { title: 'SOURCE' },
      { title: 'PLACE' },
      { title: 'FORM' },
      { title: 'STATE', paint: painted(print) },
      { title: 'SINCE' },
      { title: 'UNTIL' },
      { title: 'CONFIDENCE' },
      { title: 'REVIEW' },
      { title: 'REASON', cut: true },
    ],
    checks.flatMap((one) =>
      listedOf(one).flatMap((form) => {
        const { subject, place, passages } = one
        const { state, rule } = passages[form]
        if (!all && rule === null) return []
        return [
          [
            ...[subject.name, place.name, form, state, rule?.from ?? '', rule?.until ?? ''],
            ...[rule?.confidence ?? '', rule?.review ?? '', rule?.reason ?? ''],
          ],
        ]
      }),
    ),
  )
}

const stateOf = ({ listed, state }: Passage) => (listed ? state : '-')

/** A line for each channel. */
function printGoods(print: Print, checks: readonly Check[]): void {
  const paint = painted(print)
  print.table(
    [
      { title: 'PRODUCT' },
      { title: 'CHANNEL' },
      ...FORMS.map((form) => ({ title: form.toUpperCase(), paint })),
      { title: 'WHY', cut: true },
      { title: 'TITLE', cut: true },
    ],
    checks.map(({ subject, place, passages }) => {
      const why = FORMS.flatMap((form) => {
        const { listed, rule } = passages[form]
        if (!listed || rule === null || (rule.state === 'allow' && rule.confidence !== 'provisional')) return []
        return [`${form}: ${rule.reason}${rule.confidence === 'stated' ? '' : ` (${rule.confidence})`}`]
      })
      const states = FORMS.map((form) => stateOf(passages[form]))
      return [subject.name, place.name, ...states, why.join('; '), subject.product?.title ?? '']
    }),
  )
}

function printChanges(print: Print, changes: readonly Change[]): void {
  print.table(
    [
      { title: 'SOURCE' },
      { title: 'PLACE' },
      { title: 'FORM' },
      { title: 'EVENT' },
      { title: 'BEFORE' },
      { title: 'NOW', paint: painted(print) },
      { title: 'CONFIDENCE' },
      { title: 'REASON', cut: true },
    ],
    changes.map(({ event, subject, place, form, before, verdict: { state, rule } }) => [
      ...[subject, place, form, event, before, state, rule?.confidence ?? '', rule?.reason ?? ''],
    ]),
  )
}

/** Goods of which the same has changed in one sentence. */
function tellChanges(print: Print, changes: readonly Change[]): void {
  const alike = new Map<string, Change[]>()
  for (const change of changes) {
    const { event, place, form, before, verdict } = change
    const key = JSON.stringify([event, place, form, before, verdict])
    alike.set(key, [...(alike.get(key) ?? []), change])
  }
  for (const [first, ...others] of alike.values()) {
    const { event, place, form, before, verdict, subject } = first!
    const names = [subject, ...others.map((one) => one.subject)]
    const some = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
    print.warn(
      `${event}: ${form} of ${some} on ${place}: was ${before}, is ${verdict.state}${verdict.rule ? `: ${verdict.rule.reason}` : ''}`,
    )
  }
}

const channelList = defineCommand({
  about:
    'Lists the channels of shoptool.yaml, or those that there are texts for where it has none: forms, posts a day, texts, and what they let pass today of the goods of each source.',
  examples: ['shoptool channel list', 'shoptool channel list --json'],
  async run({ ctx, workspace, print, global }) {
    const found = await workspace()
    const calendar = readCalendar(ctx.home, found.folder)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const channels = channelsOf(found, await loadChannels(ctx.home, found.folder))
    const partners = Object.values(found.sources).flatMap(({ partner, feed }) => (feed === 'products' ? [partner] : []))
    const rows = chooseChannels(found, channels, [], '--channel').map((channel) => {
      const isKnown = (source: string) =>
        Object.values(passages(calendar, channel, [source], today)).some(({ listed, rule }) => listed && rule !== null)
      const sources = [...new Set([...partners, ...[...calendar.sources.keys()].filter(isKnown)])]
      return { channel, sources: sources.map((source) => ({ source, forms: passages(calendar, channel, [source], today) })) }
    })
    if (global.json) {
      print.json('channel-list', {
        date: today,
        channels: rows.map(({ channel: { name, surface, forms, daily, texts }, sources }) => ({
          ...{ name, surface, forms, daily, texts: texts?.name ?? null },
          sources: sources.map(({ source, forms: found }) => ({
            source,
            forms: Object.fromEntries(FORMS.map((form) => [form, { state: found[form].state, passes: found[form].passes }])),
          })),
        })),
      })
      return 'done'
    }
    const paint = painted(print)
    print.table(
      [
        { title: 'CHANNEL' },
        { title: 'SURFACE' },
        { title: 'DAILY', align: 'right' },
        { title: 'TEXTS' },
        { title: 'SOURCE' },
        ...FORMS.map((form) => ({ title: form.toUpperCase(), paint })),
      ],
      rows.flatMap(({ channel: { name, surface, daily, texts, forms }, sources }) => {
        const head = [name, surface, daily === null ? '' : String(daily), texts?.name ?? '']
        if (sources.length === 0) return [[...head, '', ...FORMS.map((form) => (forms.includes(form) ? 'unknown' : '-'))]]
        return sources.map(({ source, forms }) => [...head, source, ...FORMS.map((form) => stateOf(forms[form]))])
      }),
    )
    print.note('allow, warn, deny: by the channel calendar; unknown: no rule is about it; -: the channel does not take it.')
    return 'done'
  },
})

export const command = defineCommand({
  about: 'Tells what each channel lets pass of which goods, in which form, on which day.',
  examples: [
    'shoptool channel list',
    'shoptool channel check --shelf main',
    'shoptool channel check --source taobao --date 2022-06-01',
  ],
  commands: { list: channelList, check },
})
