import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Context } from './context.ts'
import type { Day, Zone } from './day.ts'
import { nearest, usageError } from './errors.ts'
import type { Currency, Minor, Ppm } from './money.ts'
import type { RecordKind } from './records.ts'

export { lock } from './lock.ts'

export const WORKSPACE_FILE = 'shoptool.yaml'

/** The ways a channel can carry an offer: a picture with a QR code, a text code (口令), a link. */
export const FORMS = ['image', 'code', 'url'] as const
export type Form = (typeof FORMS)[number]
export const NOTIFY_EVENTS = ['failure', 'findings'] as const
export const WEBHOOK_KINDS = ['wecom', 'dingtalk', 'feishu', 'json'] as const

/** Of a page on the web. */
export const isAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text)

/** The marks of advertising. The law's own word is the first (互联网广告管理办法, in force since 2023-05-01), which stands where none is chosen. */
export const DISCLOSURES = ['广告', '推广'] as const
export type Disclosure = (typeof DISCLOSURES)[number]

/** `link` leads to the shop itself, for posters that recruit; `disclosure` is the mark on posters and texts. */
export type Shop = {
  name: string
  timezone: Zone
  currency: Currency
  link?: string | undefined
  disclosure?: Disclosure | undefined
}
/**
 * Goods chosen for sharing, under the rules of a `kind` of shop or an alias of it (templates/rules/shops.yaml). `cap`: at most so many,
 * where the kind has no rule for that.
 */
export type Shelf = { kind: string; cap?: number | undefined }
/** When a reading of a source is refused; what is not set has a default. `rows`: fewer usable rows; `shrink`: more of its goods missing at once; `rejects`: more of its rows unusable. */
export type Guard = { rows?: number | undefined; shrink?: Ppm | undefined; rejects?: Ppm | undefined }
/** Where records of one partner come from: files (globs, from the workspace folder), a URL, or the partner's signed API. */
export type Source = {
  name: string
  partner: string
  feed: RecordKind
  /** In place of the partner's, where its files name none. */
  currency?: Currency
  timezone?: Zone
  /** Of order rows that came on several ways, the one that counts (`batch`). */
  prefer?: string
  from:
    | { kind: 'file'; files: string[] }
    | { kind: 'url'; url: string }
    | { kind: 'api'; credentials: Record<string, string>; query: Record<string, string | number | boolean> }
  guard?: Guard
}
/**
 * Money that was spent, above zero, on what `of` says. `every` null: once, on the day `from`; else again each month or year on that day, or the
 * last of a shorter month, up to `until` where that is not null.
 */
export type Cost = {
  from: Day
  every: 'month' | 'year' | null
  until: Day | null
  amount: Minor
  currency: Currency
  of: string
}
/** Minutes of the day in which nothing is posted, `until` not among them; over midnight where it is the smaller. */
export type Quiet = { from: number; until: number }
/**
 * `surface` is `<app>/<place>`, as in the channel calendar. `daily`: at most so many posts a day. `quiet` null: at any hour; `noRepeat`: so
 * many days lie between two posts of the same goods; `gap`: so many minutes between any two. What is not set has a default (share/plan.ts).
 * `costs`: all that it costs; absent where that is not kept.
 */
export type Channel = {
  surface: string
  forms: Form[]
  daily: number | null
  quiet?: Quiet | null
  noRepeat?: number
  gap?: number
  costs?: Cost[]
}
/** Names of tiers with what a member must have reached in the month before: an amount in the shop's currency, or a count of orders. */
export type TeamTiers = {
  by: 'commission' | 'orders'
  /** Only orders of these partners count; of all where it is absent. */
  partners?: string[] | undefined
  tiers: { name: string; from: string; levels?: Ppm[] | undefined; rebate?: Ppm | undefined }[]
}
/**
 * How what was received for an order is shared, for orders of `from` on. Levels are counted back from the buyer: where links are the
 * `sellers`', level 1 is the member whose link it was, where they are the `buyers`', who invited that member. `rebate` is the buyer's.
 * What a tier says counts before that for its members. Rates are parts of the amount received.
 */
export type TeamTerms = {
  /** Null: from the beginning. */
  from: Day | null
  links: 'sellers' | 'buyers'
  levels: Ppm[]
  rebate: Ppm
  tiers: TeamTiers | null
  /** What members pay to join and what is paid for recruiting, in the shop's currency: neither is reckoned with, the law forbids both. */
  entryFee: string | null
  recruiting: string | null
}
export type Notify = { on: (typeof NOTIFY_EVENTS)[number][]; webhook: { kind: (typeof WEBHOOK_KINDS)[number]; url: string } }

/** The operator's folder. Paths are absolute. Texts of the configuration still hold `${ENV}` and `file:…`; see `readSecret`. */
export type Workspace = {
  folder: string
  shop: Shop
  shelves: Record<string, Shelf>
  sources: Record<string, Source>
  channels: Record<string, Channel>
  /** What the shop costs that is of no one channel. */
  costs: readonly Cost[]
  /** Hosts in the operator's own network that photos may come from. */
  photoHosts: readonly string[]
  /** The operator's tracking ids by partner, each with the channel whose orders carry it, or null. */
  tracking: Record<string, Record<string, string | null>>
  /** The oldest first; none where nobody has a share. */
  team: readonly TeamTerms[]
  notify: Notify | null
  database: string
  inbox: string
  out: string
  /** `partners/*.yaml` of the operator. */
  partners: string
  snapshots: string
  photos: string
  lock: string
  /** For `readSecret`: where `${ENV}` is looked up, and the values that were read and must never be shown. */
  env: Record<string, string | undefined>
  secrets: Set<string>
}

/** The files and folders of a workspace in `folder`. */
export function pathsOf(folder: string) {
  const own = join(folder, '.shoptool')
  return {
    database: join(folder, 'shoptool.db'),
    inbox: join(folder, 'inbox'),
    out: join(folder, 'out'),
    partners: join(folder, 'partners'),
    snapshots: join(own, 'snapshots'),
    photos: join(own, 'photos'),
    lock: join(own, 'lock'),
  }
}

/**
 * The folder of the workspace: `flag` (`-C`), else `$SHOPTOOL_WORKSPACE`, else the nearest parent of the current folder that holds
 * shoptool.yaml. Null when there is none of the last; a folder that was named and holds none is a usage error.
 */
export function findWorkspace(ctx: Pick<Context, 'cwd' | 'env'>, flag?: string): string | null {
  const named = flag ?? (ctx.env.SHOPTOOL_WORKSPACE || undefined)
  if (named !== undefined) {
    const folder = resolve(ctx.cwd, named)
    const place = flag === undefined ? '$SHOPTOOL_WORKSPACE' : '--workspace'
    if (!existsSync(folder)) throw usageError(`${place}: ${named} does not exist`)
    if (!statSync(folder).isDirectory()) throw usageError(`${place}: ${named} is a file, expected the folder of a workspace`)
    if (!existsSync(join(folder, WORKSPACE_FILE)))
      throw usageError(`${place}: ${named} holds no ${WORKSPACE_FILE}; make one with "shoptool init ${named}"`)
    return folder
  }
  for (let folder = resolve(ctx.cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, WORKSPACE_FILE))) return folder
    if (folder === dirname(folder)) return null
  }
}

/**
 * Reads and checks shoptool.yaml. Secrets are not read yet; those read later with `readSecret` are added to `secrets`.
 * @throws usage with file, line, path and what was expected.
 */
export async function openWorkspace(
  folder: string,
  { env = {}, secrets = new Set() }: { env?: Context['env']; secrets?: Set<string> } = {},
): Promise<Workspace> {
  const { readConfiguration } = await import('./configuration.ts')
  const configuration = readConfiguration(readFileSync(join(folder, WORKSPACE_FILE), 'utf8'))
  return { folder, ...configuration, ...pathsOf(folder), env, secrets }
}

/**
 * The text with its secrets: `${NAME}` is the environment variable, and a text that begins with `file:` is the content of that file,
 * from the workspace folder. `place` is for the message: `sources.jd-hot.api.secret`.
 * @throws usage when the variable or the file is not there or empty.
 */
export function readSecret(workspace: Workspace, text: string, place: string): string {
  const keep = (secret: string) => {
    // a secret of one or two letters would blot out half of every message
    if (secret.length > 2) workspace.secrets.add(secret)
    return secret
  }
  if (text.startsWith('file:')) {
    const path = resolve(workspace.folder, text.slice('file:'.length))
    if (!existsSync(path) || !statSync(path).isFile()) throw usageError(`${WORKSPACE_FILE}: ${place}: ${text} does not exist`)
    const secret = readFileSync(path, 'utf8').trim()
    if (secret === '') throw usageError(`${WORKSPACE_FILE}: ${place}: ${text} is empty`)
    return keep(secret)
  }
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const secret = workspace.env[name]
    if (!secret) throw usageError(`${WORKSPACE_FILE}: ${place}: the environment variable ${name} is not set`)
    return keep(secret)
  })
}

/** @throws usage when shoptool.yaml names no such source. */
export function sourceOf({ sources }: Workspace, name: string): Source {
  const found = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (found) return found
  const names = Object.keys(sources)
  const meant = nearest(name, names)
  const hint = meant
    ? `did you mean ${meant}?`
    : names.length > 0
      ? `shoptool.yaml has ${names.join(', ')}`
      : 'shoptool.yaml has none'
  throw usageError(`unknown source "${name}"; ${hint}`)
}

/** `https://feeds.example/…`: what may be shown of an address. One that is wholly a secret is shown as it stands in shoptool.yaml. */
function shownUrl(url: string): string {
  const [, scheme, host, rest] = /^(https?:\/\/)(?:[^/?#]*@)?([^/?#]+)(.*)/is.exec(url) ?? []
  if (scheme) return `${scheme}${host}${rest === '' || rest === '/' ? rest : '/…'}`
  return /^(\$\{[^}]*\}$|file:)/.test(url) ? url : '…'
}

/** Where a source's records come from, as it may be shown. */
export function whereOf(from: Source['from']): string {
  return from.kind === 'file' ? from.files.join(', ') : from.kind === 'url' ? shownUrl(from.url) : 'api'
}
