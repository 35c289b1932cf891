import { isMap } from 'yaml'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { Partner } from '../partners/partner.ts'
import { RECORD_KINDS, type RecordKind } from '../records.ts'
import { type Source, sourceOf, WORKSPACE_FILE, type Workspace, whereOf } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { list, oneOf, option, type Value } from './option.ts'

const pair: Value<readonly [key: string, text: string]> = {
  read(given) {
    const [, key, text] = /^([^=\s]+)=(.+)$/su.exec(given) ?? []
    return key === undefined ? null : [key, text!]
  },
  is: 'a setting',
  like: 'keyword=雨伞',
}

/** What flags and answers say of a new source. */
type Given = {
  partner: string | undefined
  feed: RecordKind | undefined
  file: string[]
  url: string | undefined
  api: (readonly [key: string, text: string])[]
  query: (readonly [key: string, text: string])[]
}

export const add = defineCommand({
  about: `Adds a source to ${WORKSPACE_FILE}, where comments stay. On a terminal it asks for what no flag says. Secrets are never given here: write \${NAME} for an environment variable, or file:secrets/name for a file.`,
  args: [['<name>', 'what the source is to be called']],
  options: {
    partner: option('--partner <id>', 'whose records these are'),
    feed: option('--feed <kind>', 'the kind of records', oneOf(RECORD_KINDS)),
    file: list('--file <pattern...>', 'files or patterns, from the folder of the workspace'),
    url: option('--url <url>', 'address of the feed'),
    api: list('--api <key=value...>', "credentials for the partner's API", pair),
    query: list('--query <key=value...>', 'what the API is asked for', pair),
  },
  examples: [
    'shoptool source add picks --partner taobao --feed products --file "feeds/taobao-*.csv"',
    `shoptool source add acme --partner acme --feed products --url 'https://feeds.example/\${KEY}/goods.csv'`,
    `shoptool source add hot --partner jd --feed products --api appKey=1 'secret=\${JD_SECRET}' --query eliteId=22`,
  ],
  async run({ ctx, args: [name], options, workspace, print, global }) {
    const found = await workspace()
    if (Object.hasOwn(found.sources, name)) throw usageError(`source add: there is a source ${name} already`)
    const given = global.input ? await ask(ctx, found, options) : options
    const { partner, feed } = given
    if (partner === undefined || feed === undefined) throw usageError('source add: expected --partner and --feed')
    const from = placeOf(given)
    refuseSecrets(name, from)
    await checkPartner(found, partner, feed, from)

    const { editConfiguration } = await import('../configuration.ts')
    editConfiguration(found.folder, (document) => {
      const sources = document.get('sources')
      if (!isMap(sources)) document.set('sources', document.createNode({}))
      // the {} of an empty list
      else if (sources.items.length === 0) sources.flow = false
      document.setIn(['sources', name], document.createNode({ partner, feed, ...written(from) }, { flow: true }))
    })
    if (global.json) print.json('source-add', { source: { name, partner, feed, kind: from.kind, where: whereOf(from) } })
    else {
      print.line(`Source ${name} added to ${found.folder}/${WORKSPACE_FILE}`)
      print.note(`Next: shoptool source test ${name}`)
    }
    return 'done'
  },
})

export const remove = defineCommand({
  about: `Takes a source out of ${WORKSPACE_FILE}. What was read from it stays in the database.`,
  args: [['<name>', `a source of ${WORKSPACE_FILE}`]],
  examples: ['shoptool source remove acme'],
  async run({ args: [name], workspace, print, global }) {
    const found = await workspace()
    const { partner, feed } = sourceOf(found, name)
    const { editConfiguration } = await import('../configuration.ts')
    editConfiguration(found.folder, (document) => document.deleteIn(['sources', name]))
    if (global.json) print.json('source-remove', { source: { name, partner, feed } })
    else print.line(`Source ${name} removed from ${found.folder}/${WORKSPACE_FILE}`)
    return 'done'
  },
})

/** @throws usage where it is not exactly one place. */
function placeOf({ file, url, api, query }: Given): Source['from'] {
  const places = [file.length > 0, url !== undefined, api.length > 0].filter(Boolean).length
  if (places !== 1)
    throw usageError(`source add: expected one of --file, --url and --api, found ${places === 0 ? 'none' : places}`)
  if (query.length > 0 && api.length === 0) throw usageError('--query: only an API has one, see --api')
  if (url !== undefined) {
    // A reference in front may stand for anything.
    if (!/^(https?:\/\/.|file:|\$\{)/i.test(url))
      throw usageError('--url: is no address, expected like https://feeds.example/goods.csv; a path on this machine is a --file')
    return { kind: 'url', url }
  }
  if (file.length > 0) return { kind: 'file', files: file }
  return { kind: 'api', credentials: Object.fromEntries(api), query: Object.fromEntries(query) }
}

/** As it stands in shoptool.yaml. */
function written(from: Source['from']): object {
  if (from.kind === 'url') return { url: from.url }
  if (from.kind === 'file') return { file: from.files.length === 1 ? from.files[0] : from.files }
  return { api: from.credentials, ...(Object.keys(from.query).length > 0 && { query: from.query }) }
}

/** @throws usage where the partner is not known, has no such feed, or no such API. */
async function checkPartner({ partners }: Workspace, id: string, feed: RecordKind, from: Source['from']): Promise<void> {
  const partner = (await partnersOf(partners)).find(id)
  if (!partner.feeds[feed])
    throw usageError(`--feed: ${partner.name} has no ${feed}, only ${Object.keys(partner.feeds).join(', ')}`)
  const known = (feed === 'products' || feed === 'orders') && (partner.apis?.[feed] || partner.aggregators)
  if (from.kind === 'api' && !known) throw usageError(`--api: shoptool knows no API of ${partner.name} for ${feed}`)
}

async function partnersOf(folder: string): Promise<{ find(id: string): Partner; ids: string[] }> {
  const [{ BUILT_IN }, { findPartner, partnerFiles }] = await Promise.all([
    import('../partners/index.ts'),
    import('../partners/yaml.ts'),
  ])
  return {
    find: (id) => findPartner(id, folder, BUILT_IN, '--partner'),
    ids: [...new Set([...BUILT_IN.map(({ id }) => id), ...partnerFiles(folder).map((file) => file.replace(/\.ya?ml$/, ''))])],
  }
}

/** Asks for what no flag says. An API has too many settings to ask for: it is given by flags. */
async function ask(ctx: Context, { partners }: Workspace, given: Given): Promise<Given> {
  const isPlaced = given.file.length > 0 || given.url !== undefined || given.api.length > 0
  if (given.partner !== undefined && given.feed !== undefined && isPlaced) return given
  const { default: inquirer } = await import('inquirer')
  const prompt = inquirer.createPromptModule({ input: ctx.stdin, output: ctx.stderr })
  const { find, ids } = await partnersOf(partners)
  const { partner } = given.partner
    ? { partner: given.partner }
    : await prompt([{ type: 'select', name: 'partner', message: 'Whose records are these?', choices: ids }])
  const { feed } = given.feed
    ? { feed: given.feed }
    : await prompt([{ type: 'select', name: 'feed', message: 'Which records?', choices: Object.keys(find(partner).feeds) }])
  if (isPlaced) return { ...given, partner, feed }
  const { where } = await prompt([
    {
      type: 'input',
      name: 'where',
      message: `File, pattern or URL (secrets as \${NAME})`,
      validate: (text: string) => text.trim() !== '' || 'expected like feeds/*.csv or https://feeds.example/goods.csv',
    },
  ])
  const place = /^https?:/i.test(where) ? { url: where } : { file: [where] }
  return { ...given, partner, feed, ...place }
}

/** Whether a setting of that name is not for everybody's eyes. An appKey names the caller, it proves nothing. */
export function isSecretName(name: string): boolean {
  return /(secret|token|password|passwd|pwd|session|cookie|key)$/i.test(name) && !/^app_?key$/i.test(name)
}

/** Whether a text says where a secret stands, and is none. */
export const isReference = (text: string): boolean => /\$\{[^}]+\}|^file:/.test(text)

/** What is typed stays in the history of the shell, and shoptool.yaml is passed on. @throws usage, without the secret. */
function refuseSecrets(name: string, from: Source['from']): void {
  const instead = (what: string) => `write '\${NAME}' for an environment variable, or file:secrets/${what} for a file`
  if (from.kind === 'url' && holdsKey(from.url))
    throw usageError(`--url: a key stands in the address; in its place ${instead(`${name}-url with all of it`)}`)
  if (from.kind !== 'api') return
  for (const [key, text] of Object.entries({ ...from.credentials, ...from.query })) {
    if (isSecretName(key) && !isReference(String(text)))
      throw usageError(`--api: ${key} is a secret; instead of its value ${instead(`${name}-${key}`)}`)
  }
}

const KEY_BEFORE = /(^|[^a-z])(api|access|auth|feed|datafeed|user)?[_-]?(secret|token|password|passwd|pwd|key)[=/][^/&?#]/i

/** Whether an address holds what looks like a key: a password, what follows a name of one, or twenty letters and digits in a row. */
function holdsKey(url: string): boolean {
  if (url.startsWith('file:')) return false
  const open = url.replace(/\$\{[^}]+\}/g, '')
  const long = open.match(/[a-z0-9]{20,}/gi) ?? []
  return /:\/\/[^/?#]*:[^/?#]+@/.test(open) || KEY_BEFORE.test(open) || long.some((run) => /\d/.test(run) && /[a-z]/i.test(run))
}
