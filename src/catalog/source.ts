import { nearest, usageError } from '../errors.ts'
import { fetchApi } from '../feeds/api.ts'
import { download, hostOf } from '../feeds/download.ts'
import { fetchFiles, type Snapshot } from '../feeds/fetch.ts'
import { expectedOf, type Forms } from '../feeds/form.ts'
import { type Outside, shareTurns, type Turns } from '../feeds/tries.ts'
import type { Apis, Partner } from '../partners/partner.ts'
import { readSecret, type Source, type Workspace } from '../workspace.ts'
import { hashOf, recall, remember } from './fetched.ts'

export type FetchOptions = {
  /** Where copies go; what was fetched before is looked for in the workspace all the same. */
  snapshots?: string
  /** `changed`: a URL that has not changed is not sent again. `anew`: it is. `offline`: what was fetched last, without any network. */
  how?: 'changed' | 'anew' | 'offline'
  /** The queues that all sources of a command share. */
  turns?: Turns
}

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
  { snapshots = workspace.snapshots, how = 'changed', turns = shareTurns(outside) }: FetchOptions = {},
): Promise<Snapshot[]> {
  const { name, from, feed } = source
  const expected = expectedOf(partner.feeds[feed] as Forms<unknown> | undefined)
  if (from.kind === 'file') {
    const found: Snapshot[] = []
    for (const pattern of from.files) found.push(...(await fetchFiles(pattern, workspace.folder, snapshots, expected)))
    return found
  }
  const of = hashOf(partner.id, feed, from, expected)
  const before = how === 'anew' ? null : recall(workspace.snapshots, name, of)
  if (how === 'offline') {
    if (before) return before.snapshots
    throw usageError(`sources.${name}: there is nothing to use offline: it was not fetched yet as it stands in shoptool.yaml`)
  }
  if (from.kind === 'api') {
    const found = await fetchPages(workspace, source, from, partner, outside, snapshots, turns)
    remember(snapshots, name, { of, snapshots: found, url: null })
    return found
  }
  const url = readSecret(workspace, from.url, `sources.${name}.url`)
  const address = hashOf(url)
  const tag = before?.url?.address === address ? before.url.tag : null
  const { host, perSecond } = hostOf(url, name)
  const turn = turns(host, perSecond)
  const fetched = await download(name, url, snapshots, outside, { expected, tag, turn })
  if (fetched === null) return before!.snapshots
  remember(snapshots, name, { of, snapshots: [fetched.snapshot], url: { tag: fetched.tag, address } })
  return [fetched.snapshot]
}

async function fetchPages(
  workspace: Workspace,
  { name, feed }: Source,
  { credentials: { via, ...texts }, query }: Extract<Source['from'], { kind: 'api' }>,
  partner: Partner,
  outside: Outside,
  snapshots: string,
  turns: Turns,
): Promise<Snapshot[]> {
  const { name: whose, apis } = apisOf(partner, via, `sources.${name}.api.via`)
  const api = feed === 'payouts' ? undefined : apis?.[feed]
  if (!api) {
    throw usageError(
      `sources.${name}: shoptool knows no API of ${whose} for ${feed}; save the answer as a file and name it with "file:"`,
    )
  }
  const credentials = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, readSecret(workspace, text, `sources.${name}.api.${key}`)]),
  )
  const turn = turns(via ?? partner.id, api.perSecond)
  const snapshot = await fetchApi(api, { credentials, query }, { name, partner: partner.id }, snapshots, outside, { turn })
  // No rows at all is an answer too: a day without orders.
  return snapshot.bytes === 0 ? [] : [snapshot]
}

/** The partner's own APIs, or those of the aggregator that `via` names. */
function apisOf(partner: Partner, via: string | undefined, place: string): { name: string; apis: Apis | undefined } {
  if (via === undefined) return { name: partner.name, apis: partner.apis }
  const known = partner.aggregators ?? {}
  if (Object.hasOwn(known, via)) return known[via]!
  const meant = nearest(via, Object.keys(known))
  const hint = meant ? `did you mean ${meant}?` : `expected ${Object.keys(known).join(', ') || 'none, there is no aggregator'}`
  throw usageError(`${place}: "${via}" is no aggregator of ${partner.name}; ${hint}`)
}
