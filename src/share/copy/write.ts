import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../errors.ts'
import { FORMS, type Form } from '../../workspace.ts'
import { type Calendar, passages, type ShareChannel, sourcesOf } from '../channel.ts'
import { type Facts, factsOf, fill, readWords, type ShareItem, type Words } from '../facts.ts'
import { list, oneOf, parseYaml, record, string } from '../shape.ts'

/** How a place of posting is written for: `templates/copy/<name>/` with channel.yaml, main.liquid and comment.liquid. */
export type CopyChannel = {
  name: string
  /** For people: 朋友圈. */
  title: string
  /** `wechat/moments`, as in the channel calendar. */
  surface: string
  /** What offers can be posted as there, where shoptool.yaml does not say it. */
  forms: readonly Form[]
  main: Words
  comment: Words
}

/** What is posted (`main`) and what goes into the first comment, since messengers fold long texts. */
export type Copy = { channel: string; main: string; comment: string }

const channelShape = record(
  { title: string, surface: string, forms: list(oneOf<Form>(...FORMS)) },
  ...(['title', 'surface'] as const),
)

/** All channels that texts can be written for: those that come with the tool, and those in the workspace's `templates/copy`, which win. */
export async function loadChannels(home: string, workspaceFolder?: string): Promise<Map<string, CopyChannel>> {
  const channels = new Map<string, CopyChannel>()
  for (const base of [home, workspaceFolder]) {
    const folder = base && join(base, 'templates', 'copy')
    if (!folder || !existsSync(folder)) continue
    for (const name of (await readdir(folder)).sort())
      if (existsSync(join(folder, name, 'channel.yaml'))) channels.set(name, await loadChannel(join(folder, name), name))
  }
  return channels
}

async function loadChannel(folder: string, name: string): Promise<CopyChannel> {
  const read = async (file: string) => {
    const source = await readFile(join(folder, file), 'utf8').catch(() => null)
    if (source === null) throw usageError(`channel ${name}: ${file} is missing in ${folder}`)
    return source
  }
  const words = async (file: string) => readWords(await read(file), `${name}/${file}`)
  const {
    title,
    surface,
    forms = FORMS,
  } = channelShape(parseYaml(await read('channel.yaml'), `${name}/channel.yaml`), {
    file: `${name}/channel.yaml`,
    path: '',
  })
  return { name, title, surface, forms, main: await words('main.liquid'), comment: await words('comment.liquid') }
}

/** The facts that are ways to the goods, by the form in which a text would carry them. */
const WAYS = { url: 'link', code: 'code' } as const

/**
 * Writes the text of an item for a channel. A link or code that the calendar denies there on the day of sharing, or that the channel does
 * not list, is not offered to the template.
 * @throws usageError where there are no texts for the channel, or a template leaves out the disclosure.
 */
export function writeCopy(channel: ShareChannel, calendar: Calendar, item: ShareItem): { copy: Copy; warnings: string[] } {
  const { name, surface, texts } = channel
  if (texts === null)
    throw usageError(`${name}: there are no texts for ${surface}; put some into templates/copy/${name} of the workspace`)
  const facts = factsOf(item)
  const passes = passages(calendar, channel, sourcesOf(calendar, item), item.today ?? item.asOf)
  for (const form of ['url', 'code'] as const) if (!passes[form].passes) facts[WAYS[form]] = null
  const write = (words: Words, file: string) => {
    const text = tidy(fill(words, facts))
    if (!isDisclosed(text, facts))
      throw usageError(`${texts.name}/${file}: the text must begin or end with {{ disclosure }}, got "${text}"`)
    return text
  }
  const copy = { channel: name, main: write(texts.main, 'main.liquid'), comment: write(texts.comment, 'comment.liquid') }
  const warnings = (['url', 'code'] as const).flatMap((form) => {
    const { state, rule } = passes[form]
    const value = facts[WAYS[form]]
    const isThere = value !== null && [copy.main, copy.comment].some((text) => text.includes(value))
    return state === 'warn' && isThere ? [`${name}: ${rule.reason}`] : []
  })
  return { copy, warnings }
}

/** As it is pasted: no spaces at the ends of lines, no more than one empty line. */
function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function isDisclosed(text: string, { disclosure }: Facts): boolean {
  const bare = text.replace(/^[\s【[(（#]+|[\s】\])）。]+$/g, '')
  return bare.startsWith(disclosure) || bare.endsWith(disclosure)
}
