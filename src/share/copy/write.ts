import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Day } from '../../day.ts'
import { isDay } from '../../day.ts'
import { usageError } from '../../errors.ts'
import { type Facts, factsOf, fill, readWords, type ShareItem, type Words } from '../facts.ts'
import { list, oneOf, parseYaml, type Reader, record, refuse, string } from '../shape.ts'

/** A place of posting and how it is written for: `templates/copy/<name>/` with channel.yaml, main.liquid and comment.liquid. */
export type CopyChannel = {
  name: string
  /** For people: 朋友圈. */
  title: string
  /** What may not stand in a text there. Goods on `hosts` only, or all; between two days, or always. */
  rules: readonly ChannelRule[]
  main: Words
  comment: Words
}
type ChannelRule = { form: 'url' | 'code'; state: 'deny' | 'warn'; hosts?: string[]; from?: Day; until?: Day; note?: string }

/** What is posted (`main`) and what goes into the first comment, since messengers fold long texts. */
export type Copy = { channel: string; main: string; comment: string }

const day: Reader<Day> = (value, at) =>
  isDay(String(value)) ? String(value) : refuse(at, 'a day, expected like 2026-11-20', value)
const channelShape = record(
  {
    title: string,
    rules: list(
      record(
        ...[
          {
            form: oneOf<'url' | 'code'>('url', 'code'),
            state: oneOf<'deny' | 'warn'>('deny', 'warn'),
            hosts: list(string),
            from: day,
            until: day,
            note: string,
          },
        ],
        ...(['form', 'state'] as const),
      ),
    ),
  },
  ...(['title', 'rules'] as const),
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
  const { title, rules } = channelShape(parseYaml(await read('channel.yaml'), `${name}/channel.yaml`), {
    file: `${name}/channel.yaml`,
    path: '',
  })
  return { name, title, rules, main: await words('main.liquid'), comment: await words('comment.liquid') }
}

/**
 * Writes the text of an item for a channel. A link or code that the channel forbids for these goods is not offered to the template.
 * @throws usageError where a template leaves out the disclosure.
 */
export function writeCopy(channel: CopyChannel, item: ShareItem): { copy: Copy; warnings: string[] } {
  const facts = factsOf(item)
  const warnings: string[] = []
  for (const rule of channel.rules.filter((one) => applies(one, item))) {
    const form = rule.form === 'url' ? 'link' : 'code'
    if (rule.state === 'deny') facts[form] = null
    else if (facts[form] !== null) warnings.push(`${channel.name}: ${rule.note ?? `a ${rule.form} may be blocked here`}`)
  }
  const write = (words: Words, file: string) => {
    const text = tidy(fill(words, facts))
    if (!isDisclosed(text, facts))
      throw usageError(`${channel.name}/${file}: the text must begin or end with {{ disclosure }}, got "${text}"`)
    return text
  }
  const copy = {
    channel: channel.name,
    main: write(channel.main, 'main.liquid'),
    comment: write(channel.comment, 'comment.liquid'),
  }
  return { copy, warnings }
}

function applies({ hosts, from, until }: ChannelRule, { link, product, asOf }: ShareItem): boolean {
  if ((from && asOf < from) || (until && asOf > until)) return false
  if (!hosts) return true
  const own = [link, product.url, product.link].filter((url) => url && URL.canParse(url)).map((url) => new URL(url!).hostname)
  return own.some((host) => hosts.some((blocked) => host === blocked || host.endsWith(`.${blocked}`)))
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
