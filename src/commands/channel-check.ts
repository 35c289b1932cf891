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
import {
  type Change,
  type Check,
  listedOf,
  type Place,
  printChanges,
  printGoods,
  printRules,
  printSources,
  type Subject,
  tellChanges,
} from './channel-print.ts'
import { defineCommand } from './command.ts'
import { day, list, option, type Value } from './option.ts'
import { chosenShelf, namesOf } from './shelf.ts'
import { written } from './watch.ts'

const surface: Value<string> = {
  read: (given) => (/^[^/\s]+\/[^/\s]+$/.test(given) ? given : null),
  is: 'a surface',
  like: 'wechat/moments',
}

export const check = defineCommand({
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
    const channels = channelsOf(found, loadChannels(ctx.home, found.folder))
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
