import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Day, isDay } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Channel, FORMS, type Form } from '../workspace.ts'
import { parseYaml, readYaml, wrong } from '../yaml.ts'
import type { CopyChannel } from './copy/write.ts'

/*
The channel calendar: what an app lets pass of whose goods, in which form, on which day. The rules are data with dates
(templates/rules/channels.yaml, whose head documents them), and rules/channels.yaml of the workspace adds to them or overrules them.
*/

export const STATES = ['allow', 'warn', 'deny'] as const
export const CONFIDENCES = ['stated', 'stated-month', 'stated-year', 'about', 'provisional'] as const

export type ChannelRule = {
  /** Names of sources, or `external`: all but those of the app itself. */
  sources: string[] | 'any' | 'external'
  /** `app/place`, `app/any` or `any`. */
  surfaces: string[]
  forms: Form[] | 'any'
  state: (typeof STATES)[number]
  from: Day
  /** The last day, or null where it holds on. */
  until: Day | null
  /** Why, for the operator. */
  reason: string
  /** Where it was stated. */
  basis: string
  confidence: (typeof CONFIDENCES)[number]
  /** From that day on it must be looked at again. */
  review: Day | null
  /** Written by the operator, in the workspace. */
  own: boolean
}

/** `sources` are the hosts on which the links of each source lie. */
export type Calendar = { sources: ReadonlyMap<string, readonly string[]>; rules: readonly ChannelRule[] }

/** What a calendar says: the state, and the rule that decided. `unknown`: there is none, which does not mean that it is allowed. */
export type Verdict = { state: ChannelRule['state']; rule: ChannelRule } | { state: 'unknown'; rule: null }

const FILE = 'rules/channels.yaml'
const filled = z.string().check(z.minLength(1, 'is empty, expected a text'))
const day = z.string().check(z.refine(isDay, { error: (issue) => `"${issue.input}" is not a day, expected like 2026-11-20` }))
const words = z.array(filled).check(z.minLength(1, 'is empty'))
const SURFACE = /^(any|[^/\s]+\/[^/\s]+)$/
const schema = z.strictObject({
  sources: z._default(z.record(z.string(), z.array(filled)), {}),
  rules: z._default(
    z.array(
      z.strictObject({
        sources: z.union([z.literal(['any', 'external']), words], 'expected a list of sources, any or external'),
        surface: z.union([filled, words], 'expected app and place like wechat/moments, or a list of them'),
        forms: z.union([z.literal('any'), z.array(z.enum(FORMS))], `expected any or a list of ${FORMS.join(', ')}`),
        state: z.enum(STATES),
        from: day,
        until: z.optional(day),
        reason: filled,
        basis: filled,
        confidence: z.enum(CONFIDENCES),
        review: z.optional(day),
      }),
    ),
    [],
  ),
})

/**
 * The calendar that comes with the tool together with rules/channels.yaml of the workspace. Hosts that the workspace lists for a source
 * stand in place of those that come with the tool.
 * @throws usageError naming file, line, path and what was expected.
 */
export function readCalendar(home: string, workspaceFolder: string): Calendar {
  const sources = new Map<string, string[]>()
  const rules: ChannelRule[] = []
  for (const own of [false, true]) {
    const path = own ? join(workspaceFolder, FILE) : join(home, 'templates', FILE)
    if (!existsSync(path)) continue
    const file = parseYaml(own ? FILE : `templates/${FILE}`, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    for (const [name, hosts] of Object.entries(given.sources)) sources.set(name, hosts)
    given.rules.forEach(({ surface, until = null, review = null, ...rule }, i) => {
      const surfaces = typeof surface === 'string' ? [surface] : surface
      const odd = surfaces.find((one) => !SURFACE.test(one))
      if (odd !== undefined)
        wrong(file, ['rules', i, 'surface'], `"${odd}" is not a surface, expected app and place like wechat/moments`)
      if (until !== null && until < rule.from) wrong(file, ['rules', i, 'until'], `${until} is before ${rule.from}`)
      for (const name of Array.isArray(rule.sources) ? rule.sources : []) {
        if (sources.has(name)) continue
        const meant = nearest(name, sources.keys())
        wrong(
          file,
          ['rules', i, 'sources'],
          `unknown source "${name}"; ${meant ? `did you mean ${meant}?` : `list it, with its hosts, under "sources", beside ${[...sources.keys()].join(', ')}`}`,
        )
      }
      rules.push({ ...rule, surfaces, until, review, own })
    })
  }
  return { sources, rules }
}

/** Whose goods these are: the partner's, and those of each source on whose hosts a link or page of them lies. */
export function sourcesOf(
  { sources }: Calendar,
  { partner, product, link }: { partner: { id: string }; product: { url: string | null; link: string | null }; link?: string },
): string[] {
  const hosts = [link, product.link, product.url].flatMap((url) => (url && URL.canParse(url) ? [new URL(url).hostname] : []))
  const onHosts = [...sources].filter(([, names]) =>
    names.some((name) => hosts.some((host) => host === name || host.endsWith(`.${name}`))),
  )
  return [...new Set([partner.id, ...onHosts.map(([name]) => name)])]
}

/** What the calendar says of goods of these sources, on a surface (`wechat/moments`), in a form, on a day. */
export function decide(
  { rules }: Calendar,
  { sources, surface, form, day }: { sources: readonly string[]; surface: string; form: Form; day: Day },
): Verdict {
  const app = surface.slice(0, surface.indexOf('/'))
  let best: { rule: ChannelRule; rank: readonly (number | string)[] } | null = null
  for (const rule of rules) {
    if (day < rule.from || (rule.until !== null && day > rule.until)) continue
    const rank = [
      Number(rule.own),
      ['any', `${app}/any`, surface].findLastIndex((one) => rule.surfaces.includes(one)),
      exactness(rule.sources, sources, app),
      rule.forms === 'any' ? 0 : rule.forms.includes(form) ? 1 : -1,
      rule.from,
      STATES.indexOf(rule.state),
    ]
    if (!rank.includes(-1) && (best === null || isHigher(rank, best.rank))) best = { rule, rank }
  }
  return best === null ? { state: 'unknown', rule: null } : { state: best.rule.state, rule: best.rule }
}

/** 2 where a rule names one of the sources, 1 where it is for those of other apps, 0 for any; -1 where it is not for them. */
function exactness(named: ChannelRule['sources'], sources: readonly string[], app: string): number {
  if (named === 'any') return 0
  if (named === 'external') return sources.includes(app) ? -1 : 1
  return named.some((name) => sources.includes(name)) ? 2 : -1
}

/** Whether a rule holds on a day and decides something then: that it is not overruled wherever it fits. */
export function isInForce(calendar: Calendar, rule: ChannelRule, day: Day): boolean {
  return questionsOf(rule).some((question) => decide(calendar, { ...question, day }).rule === rule)
}

function isHigher(rank: readonly (number | string)[], other: readonly (number | string)[]): boolean {
  const i = rank.findIndex((part, at) => part !== other[at])
  return i >= 0 && rank[i]! > other[i]!
}

/** What a change of state means for somebody who posts: `revived` only where something is allowed again, not where nothing is known any more. */
export function changeOf(before: Verdict['state'], now: Verdict['state']): 'blocked' | 'revived' | 'changed' | null {
  if (before === now) return null
  if (now === 'deny') return 'blocked'
  return before === 'deny' && now !== 'unknown' ? 'revived' : 'changed'
}

/** The goods of a rule, place by place and form by form, as `decide` asks for them. */
export function questionsOf({ sources, surfaces, forms }: ChannelRule) {
  const named = (surface: string) => {
    if (Array.isArray(sources)) return sources.map((source) => ({ source, sources: [source] }))
    // goods of nobody that is known are external everywhere, an app's own nowhere
    return [{ source: sources, sources: sources === 'any' ? [surface.split('/')[0]!] : [] }]
  }
  return surfaces.flatMap((surface) =>
    named(surface).flatMap((one) => (forms === 'any' ? FORMS : forms).map((form) => ({ ...one, surface, form }))),
  )
}

/** A place of posting: one of shoptool.yaml, or a folder of texts where shoptool.yaml has none of that name. */
export type ShareChannel = Channel & {
  name: string
  /** How texts are written for it; null where there are none for it, nor for its surface. */
  texts: CopyChannel | null
}

/** Whether an offer may go out on a channel in a form: by the calendar, and by the channel's own forms, where it is not `listed`. */
export type Passage = Verdict & { listed: boolean; passes: boolean }

/** What may go out on a channel of goods of these sources. What is not known passes, where the channel lists the form. */
export function passages(
  calendar: Calendar,
  { surface, forms }: { surface: string; forms: readonly Form[] },
  sources: readonly string[],
  day: Day,
): Record<Form, Passage> {
  const passage = (form: Form): Passage => {
    const verdict = decide(calendar, { sources, surface, form, day })
    const listed = forms.includes(form)
    return { ...verdict, listed, passes: listed && verdict.state !== 'deny' }
  }
  return { image: passage('image'), code: passage('code'), url: passage('url') }
}

/**
 * Every channel by its name: those of shoptool.yaml, then the folders of texts that it does not name. One of shoptool.yaml has the texts
 * of its own name, else those for its surface, where an operator's count before those that come with the tool.
 */
export function channelsOf(
  { channels }: { channels: Readonly<Record<string, Channel>> },
  texts: ReadonlyMap<string, CopyChannel>,
): Map<string, ShareChannel> {
  const found = new Map<string, ShareChannel>()
  for (const [name, channel] of Object.entries(channels)) {
    const bySurface = [...texts.values()].findLast(({ surfaces }) => surfaces.includes(channel.surface))
    found.set(name, { ...channel, name, texts: texts.get(name) ?? bySurface ?? null })
  }
  for (const [name, one] of texts)
    if (!found.has(name)) found.set(name, { name, surface: one.surfaces[0]!, forms: [...one.forms], daily: null, texts: one })
  return found
}

/**
 * The channels that were named; where none were, those of shoptool.yaml, and all that there are texts for where it has none.
 * @throws usageError where `place` (a flag) names one that is not there.
 */
export function chooseChannels(
  { channels: configured }: { channels: Readonly<Record<string, Channel>> },
  channels: ReadonlyMap<string, ShareChannel>,
  named: readonly string[],
  place: string,
): ShareChannel[] {
  const usual = Object.keys(configured).length > 0 ? Object.keys(configured) : [...channels.keys()]
  return [...new Set(named.length > 0 ? named : usual)].map((name) => findChannel(channels, name, place))
}

/** @throws usageError where there is no channel of that name; `place` says who asked. */
export function findChannel(channels: ReadonlyMap<string, ShareChannel>, name: string, place: string): ShareChannel {
  const found = channels.get(name)
  if (found) return found
  const meant = nearest(name, channels.keys())
  throw usageError(
    `${place}: unknown channel "${name}"; ${meant ? `did you mean ${meant}?` : `there are ${[...channels.keys()].join(', ')}`}`,
  )
}
