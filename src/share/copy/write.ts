import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearest, usageError } from '../../errors.ts'
import { FORMS, type Form } from '../../workspace.ts'
import { type Calendar, passages, type ShareChannel, sourcesOf } from '../channel.ts'
import { type Facts, factsOf, fill, readWords, type ShareItem, type Words } from '../facts.ts'
import { pasteable, tidy, withoutEmoji } from '../paste.ts'
import { list, number, oneOf, parseYaml, type Reader, record, refuse, string, yes } from '../shape.ts'
import { fitTitle, isWithin, type Limit, limitReader, overText } from './limit.ts'
import { isDisclosed } from './lint.ts'
import { chooseVariant } from './variant.ts'

/*
A folder of texts, templates/copy/<name>/, says how a place of posting is written for:

  channel.yaml      title: 微信朋友圈             for people
                    surface: wechat/moments      as in the channel calendar; of several, the first is the folder's own
                    forms: [image, code]         what offers can be posted as there (default: all)
                    comment: false               there is no first comment: the rest follows in the same text
                    emoji: false                 leave emoji out
                    hashtags: { form: '#*#', most: 2 }     {{ hashtags }}, made of category and brand; * is the word
                    limits: { main: { characters: 100, count: graphemes, lines: 6, width: 18, source: …, confidence: unverified } }
                                                 of headline, main and comment; see limit.ts. With a limit for the headline,
                                                 the first line of a text is one: apps like 小红书 have a field for it
  rest.liquid       the first comment: all that need not stand in the main part
  <variant>.liquid  the main part, in as many variants as there are files

Files are LiquidJS over the facts of facts.ts. A title that makes a part too long for its limit is shortened, and a reason that does not
fit into the main part goes to the comment: in rest.liquid, title and reason are there only where the main part has not said them whole.
*/

/** What a folder of texts holds. */
export type CopyChannel = {
  name: string
  /** For people: 微信朋友圈. */
  title: string
  surfaces: readonly string[]
  /** What offers can be posted as there, where shoptool.yaml does not say it. */
  forms: readonly Form[]
  hasComment: boolean
  hasEmoji: boolean
  hashtags: { form: string; most: number } | null
  limits: { headline?: Limit; main?: Limit; comment?: Limit }
  variants: ReadonlyMap<string, Words>
  rest: Words | null
}

/** What is posted (`main`) and what goes into the first comment (`''` for nothing), since messengers fold long texts. */
export type Copy = {
  channel: string
  variant: string
  /** How many variants there are. */
  variants: number
  /** What goes into the title field, where the place has one. */
  headline: string | null
  main: string
  comment: string
}

const form: Reader<string> = (value, at) =>
  string(value, at).includes('*') ? (value as string) : refuse(at, "a form of hashtags, expected like '#*'", value)
const surfaces: Reader<string[]> = (value, at) => (Array.isArray(value) ? list(string)(value, at) : [string(value, at)])
const channelShape = record(
  {
    ...{ title: string, surface: surfaces, forms: list(oneOf<Form>(...FORMS)), comment: yes, emoji: yes },
    hashtags: record({ form, most: number(1, 10) }, 'form', 'most'),
    limits: record({ headline: limitReader, main: limitReader, comment: limitReader }),
  },
  ...(['title', 'surface'] as const),
)

/** All channels that texts can be written for: those that come with the tool, and those in the workspace's `templates/copy`, which win. */
export function loadChannels(home: string, workspaceFolder?: string): Map<string, CopyChannel> {
  const channels = new Map<string, CopyChannel>()
  for (const base of [home, workspaceFolder]) {
    const folder = base && join(base, 'templates', 'copy')
    if (!folder || !existsSync(folder)) continue
    for (const name of readdirSync(folder).sort())
      if (existsSync(join(folder, name, 'channel.yaml'))) channels.set(name, loadChannel(join(folder, name), name))
  }
  return channels
}

function loadChannel(folder: string, name: string): CopyChannel {
  const source = (file: string) => pasteable(readFileSync(join(folder, file), 'utf8'))
  const file = `${name}/channel.yaml`
  const told = channelShape(parseYaml(source('channel.yaml'), file), { file, path: '' })
  const { title, surface, forms = FORMS, comment = true, emoji = true, hashtags = null, limits = {} } = told
  const variants = new Map<string, Words>()
  for (const file of readdirSync(folder)
    .filter((one) => one.endsWith('.liquid'))
    .sort())
    variants.set(file.slice(0, -'.liquid'.length), readWords(source(file), `${name}/${file}`))
  const rest = variants.get(REST) ?? null
  variants.delete(REST)
  if (variants.size === 0) throw usageError(`${folder}: holds no text, expected a file like plain.liquid`)
  const has = { hasComment: comment, hasEmoji: emoji }
  return { name, title, surfaces: surface, forms, ...has, hashtags, limits, variants, rest }
}
const REST = 'rest'

export type CopyOptions = {
  /** Default: chosen by the goods and the channel. */
  variant?: string
  /** Variants that these goods were posted with in this place, which others come before. */
  used?: readonly string[]
  /** Leaves emoji out. */
  plain?: boolean
}

/** The facts that are ways to the goods, by the form in which a text would carry them. */
const WAYS = { url: 'link', code: 'code' } as const

/**
 * Writes the text of an item for a channel. A link or code that the calendar denies there on the day of sharing, or that the channel does
 * not list, is not offered to the template. What is longer than the channel shows is told as a warning.
 * @throws usageError where there are no texts for the channel, no such variant, or a template leaves out the disclosure.
 */
export function writeCopy(
  channel: ShareChannel,
  calendar: Calendar,
  item: ShareItem,
  { variant, used, plain = false }: CopyOptions = {},
): { copy: Copy; warnings: string[] } {
  const { name } = channel
  const texts = textsOf(channel)
  const chosen = variant ?? variantFor(channel, `${item.partner.id}:${item.product.sku}`, used)
  const words = texts.variants.get(chosen)
  if (!words) throw unknownVariant(texts, chosen)
  const facts: Facts = { ...factsOf(item), hashtags: hashtagsOf(texts, item) }
  const passes = passages(calendar, channel, sourcesOf(calendar, item), item.today ?? item.asOf)
  for (const form of ['url', 'code'] as const) if (!passes[form].passes) facts[WAYS[form]] = null

  const { limits } = texts
  type Changes = { title: string | null; reason?: string | null }
  const finish = (text: string) => tidy(plain || !texts.hasEmoji ? around(facts.code, text, withoutEmoji) : text)
  const say = (words: Words, changes: Changes) => fill(words, { ...facts, ...changes })
  const body = (changes: Changes) => {
    const text = say(words, changes)
    return finish(limits.headline ? text.slice(text.indexOf('\n') + 1) : text)
  }
  // what the main part has said of them is not said again
  const unsaid = (value: string | null, main: string) => (value !== null && main.includes(value) ? null : value)
  const rest = (main: string, title: string) =>
    texts.rest ? finish(say(texts.rest, { title: unsaid(facts.title, main) && title, reason: unsaid(facts.reason, main) })) : ''
  const whole = (changes: Changes) => {
    const text = body(changes)
    return texts.hasComment ? text : `${text}\n${rest(text, facts.title)}`.trim()
  }
  let main = fitTitle((title) => whole({ title }), facts.title, limits.main)
  if (limits.main && texts.hasComment && !isWithin(main, limits.main))
    main = fitTitle((title) => whole({ title, reason: null }), facts.title, limits.main)
  const copy: Copy = {
    ...{ channel: name, variant: chosen, variants: texts.variants.size },
    headline: limits.headline
      ? fitTitle((title) => finish(say(words, { title }).split('\n', 1)[0]!), facts.title, limits.headline)
      : null,
    main,
    comment: texts.hasComment ? fitTitle((title) => rest(main, title), facts.title, limits.comment) : '',
  }

  const undisclosed = (text: string, file: string) =>
    usageError(`${texts.name}/${file}.liquid: the text must begin or end with {{ disclosure }}, got "${text}"`)
  if (!isDisclosed(copy.main)) throw undisclosed(copy.main, chosen)
  if (copy.comment !== '' && !isDisclosed(copy.comment)) throw undisclosed(copy.comment, REST)
  const warnings = (['url', 'code'] as const).flatMap((form) => {
    const { state, rule } = passes[form]
    const value = facts[WAYS[form]]
    const isThere = value !== null && [copy.main, copy.comment].some((text) => text.includes(value))
    return state === 'warn' && isThere ? [`${name}: ${rule.reason}`] : []
  })
  for (const part of ['headline', 'main', 'comment'] as const) {
    const limit = limits[part]
    const text = copy[part] ?? ''
    if (limit && !isWithin(text, limit)) warnings.push(`${name}: the ${part} of "${chosen}" has ${overText(text, limit)}`)
  }
  return { copy, warnings }
}

/** The texts of a channel. @throws usageError where there are none. */
export function textsOf({ name, surface, texts }: ShareChannel): CopyChannel {
  if (texts) return texts
  throw usageError(`${name}: there are no texts for ${surface}; put some into templates/copy/${name} of the workspace`)
}

/** The variant that goods (`partner:sku`) get on a channel where none is asked for, and those in `used` were posted there before. */
export function variantFor(channel: ShareChannel, goods: string, used: readonly string[] = []): string {
  return chooseVariant(textsOf(channel).variants.keys(), `${goods} ${channel.name}`, used)
}

/** The variant of that name, or number. @throws usageError where there is none. */
export function namedVariant(texts: CopyChannel, wanted: string): string {
  const names = [...texts.variants.keys()]
  const found = names.includes(wanted) ? wanted : /^\d+$/.test(wanted) ? names[Number(wanted) - 1] : undefined
  if (found !== undefined) return found
  if (/^\d+$/.test(wanted)) throw usageError(`--variant: there is no ${wanted} among ${names.length}: ${names.join(', ')}`)
  throw unknownVariant(texts, wanted)
}

function unknownVariant({ name, variants }: CopyChannel, wanted: string) {
  const meant = nearest(wanted, variants.keys())
  return usageError(
    `${name}: no text "${wanted}"; ${meant ? `did you mean ${meant}?` : `there are ${[...variants.keys()].join(', ')}`}`,
  )
}

/** Hashtags of the words of the category and of the brand, as the channel writes them. */
function hashtagsOf({ hashtags }: CopyChannel, item: ShareItem): string | null {
  if (!hashtags) return null
  const { category, brand } = factsOf(item)
  const words = [...(category ?? '').split(/[^\p{L}\p{N}]+/u), brand ?? ''].filter((word) =>
    /^(?=.*\p{L})[\p{L}\p{N}]{2,12}$/u.test(word),
  )
  const tags = [...new Set(words)].slice(0, hashtags.most).map((word) => hashtags.form.replace('*', () => word))
  return tags.join(' ') || null
}

/** `change` of all but the code, which must stay as it is. */
function around(code: string | null, text: string, change: (text: string) => string): string {
  return code ? text.split(code).map(change).join(code) : change(text)
}
