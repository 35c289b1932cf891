import { nearest, usageError } from '../errors.ts'
import { fetchApi, type Outside } from '../feeds/api.ts'
import { fetchFiles, type Snapshot } from '../feeds/fetch.ts'
import { expectedOf, type Forms } from '../feeds/form.ts'
import type { Apis, Partner } from '../partners/partner.ts'
import { readSecret, type Source, type Workspace } from '../workspace.ts'

/**
 * Takes the files of a source, or all pages of its API, into the snapshot folder.
 * @throws ShoptoolError where a file is missing, unreadable or no text, a secret is not set, or the API fails for good.
 */
export async function fetchSource(workspace: Workspace, source: Source, partner: Partner, outside: Outside): Promise<Snapshot[]> {
  const { name, from, feed } = source
  if (from.kind === 'file') {
    const expected = expectedOf(partner.feeds[feed] as Forms<unknown> | undefined)
    const found: Snapshot[] = []
    for (const pattern of from.files) found.push(...(await fetchFiles(pattern, workspace.folder, workspace.snapshots, expected)))
    return found
  }
  const instead = 'save the answer as a file and name it with "file:"'
  if (from.kind === 'url') throw usageError(`sources.${name}: shoptool cannot read from a URL yet; ${instead}`)
  const { via, ...texts } = from.credentials
  const { name: whose, apis } = apisOf(partner, via, `sources.${name}.api.via`)
  const api = feed === 'payouts' ? undefined : apis?.[feed]
  if (!api) throw usageError(`sources.${name}: shoptool knows no API of ${whose} for ${feed}; ${instead}`)
  const credentials = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, readSecret(workspace, text, `sources.${name}.api.${key}`)]),
  )
  const account = { credentials, query: from.query }
  const snapshot = await fetchApi(api, account, { name, partner: partner.id }, workspace.snapshots, outside)
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
