import type { Span } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { type Account, type ApiFeed, fetchApi, type Reach } from '../feeds/api.ts'
import { download, hostOf } from '../feeds/download.ts'
import { fetchFiles, type Snapshot } from '../feeds/fetch.ts'
import { expectedOf, type Forms } from '../feeds/form.ts'
import { type Outside, shareTurns, type Turns } from '../feeds/tries.ts'
import type { Apis, Partner } from '../partners/partner.ts'
import type { RecordKind } from '../records.ts'
import { readSecret, type Source, type Workspace } from '../workspace.ts'
import { hashOf, recall, remember } from './fetched.ts'
import { lastDays, nextSpan } from './windows.ts'

export type FetchOptions = {
  /** Where copies go; what was fetched before is looked for in the workspace all the same. */
  snapshots?: string
  /** `changed`: a URL that has not changed is not sent again. `anew`: it is. `offline`: what was fetched last, without any network. */
  how?: 'changed' | 'anew' | 'offline'
  /** The queues that all sources of a command share. */
  turns?: Turns
  /** For which time a question was asked before, oldest first; what is read by time goes on from there. */
  covered?: (question: string) => readonly Span[]
}

/** What was taken; where it is read by time, what was asked and for which time. */
export type Taken = { snapshots: Snapshot[]; covers?: { question: string; span: Span } }

/**
 * Takes the files of a source, its URL, or all pages of its API, into the snapshot folder.
 * @throws ShoptoolError where a file is missing, unreadable or no text, a secret is not set, the URL or API fails for good, or nothing was
 * fetched before that `offline` could use.
 */
export async function fetchSource(
  workspace: Workspace,
  source: Source,
  partner: Partner,
  outside: Outside,
  { snapshots = workspace.snapshots, how = 'changed', turns = shareTurns(outside), covered = () => [] }: FetchOptions = {},
): Promise<Taken> {
  const { name, from, feed } = source
  const expected = expectedOf(partner.feeds[feed] as Forms<unknown> | undefined)
  if (from.kind === 'file') {
    const found: Snapshot[] = []
    for (const pattern of from.files) found.push(...(await fetchFiles(pattern, workspace.folder, snapshots, expected)))
    return { snapshots: found }
  }
  const of = hashOf(partner.id, feed, from, expected)
  const before = how === 'anew' ? null : recall(workspace.snapshots, name, of)
  if (how === 'offline') {
    if (before) return { snapshots: before.snapshots }
    throw usageError(`sources.${name}: there is nothing to use offline: it was not fetched yet as it stands in shoptool.yaml`)
  }
  if (from.kind === 'api') {
    const taken = await fetchPages(workspace, source, from, partner, outside, { snapshots, how, turns, covered })
    remember(snapshots, name, { of, snapshots: taken.snapshots, url: null })
    return taken
  }
  const url = readSecret(workspace, from.url, `sources.${name}.url`)
  const address = hashOf(url)
  const tag = before?.url?.address === address ? before.url.tag : null
  const { host, perSecond } = hostOf(url, name)
  const turn = turns(host, perSecond)
  const fetched = await download(name, url, snapshots, outside, { expected, tag, turn })
  if (fetched === null) return { snapshots: before!.snapshots }
  remember(snapshots, name, { of, snapshots: [fetched.snapshot], url: { tag: fetched.tag, address } })
  return { snapshots: [fetched.snapshot] }
}

async function fetchPages(
  workspace: Workspace,
  source: Source,
  from: ApiSource,
  partner: Partner,
  outside: Outside,
  { snapshots, how, turns, covered }: Required<FetchOptions>,
): Promise<Taken> {
  const { name, feed } = source
  const { via } = from.credentials
  const { name: whose, apis } = apisOf(partner, via, `sources.${name}.api.via`)
  const api = apiOf(apis, feed)
  if (!api) {
    throw usageError(
      `sources.${name}: shoptool knows no API of ${whose} for ${feed}; save the answer as a file and name it with "file:"`,
    )
  }
  const given = accountOf(workspace, name, from)
  const { days, ...query } = given.query
  // How far back to read is not asked of the partner, who is given the window.
  const account = api.reach ? { ...given, query } : given
  const turn = turns(via ?? partner.id, api.perSecond)
  const question = questionOf(source)
  const span = api.reach && spanOf(api.reach, days, how, covered(question), outside.now(), `sources.${name}.query.days`)
  const snapshot = await fetchApi(api, account, { name, partner: partner.id }, snapshots, outside, {
    turn,
    ...(span && { span }),
  })
  // No rows at all is an answer too: a day without orders.
  return { snapshots: snapshot.bytes === 0 ? [] : [snapshot], ...(span && { covers: { question, span } }) }
}

/** What a source asks for, and in whose name: with another account or query it begins anew. How many days back does not matter. */
export function questionOf({ name, partner, feed, from }: Source): string {
  if (from.kind !== 'api') return hashOf(name, partner, feed)
  const { days: _, ...query } = from.query
  return hashOf(name, partner, feed, from.credentials, query)
}

/** All that the partner answers for, or what was not read yet and at least the days that the source's query asks for. */
function spanOf(
  reach: Reach,
  days: string | number | boolean | undefined,
  how: FetchOptions['how'],
  covered: readonly Span[],
  now: number,
  place: string,
): Span {
  if (how === 'anew') return lastDays(reach.most, reach.most, now)
  if (days === undefined) return nextSpan(covered, reach, now)
  if (!/^[1-9]\d*$/.test(String(days))) throw usageError(`${place}: "${days}" is not a count of days, expected 1 or more`)
  const count = Number.parseInt(String(days), 10)
  return nextSpan(covered, { ...reach, days: count, again: count }, now)
}

/** A source whose records, or links, come from an API. */
export type ApiSource = Extract<Source['from'], { kind: 'api' }>

/** Who calls for a source: its credentials with the secrets read. @throws ShoptoolError (usage) where one of them is not set. */
export function accountOf(workspace: Workspace, name: string, { credentials: { via: _, ...texts }, query }: ApiSource): Account {
  const credentials = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, readSecret(workspace, text, `sources.${name}.api.${key}`)]),
  )
  return { credentials, query }
}

/** The partner's own APIs, or those of the aggregator that `via` names. */
export function apisOf(partner: Partner, via: string | undefined, place: string): { name: string; apis: Apis | undefined } {
  if (via === undefined) return { name: partner.name, apis: partner.apis }
  const known = partner.aggregators ?? {}
  if (Object.hasOwn(known, via)) return known[via]!
  const meant = nearest(via, Object.keys(known))
  const hint = meant ? `did you mean ${meant}?` : `expected ${Object.keys(known).join(', ') || 'none, there is no aggregator'}`
  throw usageError(`${place}: "${via}" is no aggregator of ${partner.name}; ${hint}`)
}

/** The API of a kind of records, where there is one. */
function apiOf(apis: Apis | undefined, kind: RecordKind): ApiFeed<unknown> | undefined {
  return kind === 'products' || kind === 'orders' ? apis?.[kind] : undefined
}

/** How far back the API of a source can be asked, where it is one that is read by time. */
export function reachOf({ from, feed }: Source, partner: Partner): Reach | undefined {
  return from.kind === 'api' ? apiOf(apisOf(partner, from.credentials.via, '').apis, feed)?.reach : undefined
}
