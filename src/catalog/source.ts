import { usageError } from '../errors.ts'
import { fetchApi, type Outside } from '../feeds/api.ts'
import type { Feed, RecordOf } from '../feeds/feed.ts'
import { fetchFiles, type Snapshot } from '../feeds/fetch.ts'
import type { Partner } from '../partners/partner.ts'
import type { RecordKind } from '../records.ts'
import { readSecret, type Source, type Workspace } from '../workspace.ts'

/**
 * Takes the files of a source, or all pages of its API, into the snapshot folder.
 * @throws ShoptoolError where a file is missing, unreadable or no text, a secret is not set, or the API fails for good.
 */
export async function fetchSource(workspace: Workspace, source: Source, partner: Partner, outside: Outside): Promise<Snapshot[]> {
  const { name, from, feed } = source
  if (from.kind === 'file') {
    const encoding = partner.feeds[feed]?.format.encoding
    const found: Snapshot[] = []
    for (const pattern of from.files) found.push(...(await fetchFiles(pattern, workspace.folder, workspace.snapshots, encoding)))
    return found
  }
  const instead = 'save the answer as a file and name it with "file:"'
  if (from.kind === 'url') throw usageError(`sources.${name}: shoptool cannot read from a URL yet; ${instead}`)
  const api = feed === 'payouts' ? undefined : partner.apis?.[feed]
  if (!api) throw usageError(`sources.${name}: shoptool knows no API of ${partner.name} for ${feed}; ${instead}`)
  const credentials = Object.fromEntries(
    Object.entries(from.credentials).map(([key, text]) => [key, readSecret(workspace, text, `sources.${name}.api.${key}`)]),
  )
  const account = { credentials, query: from.query }
  const snapshot = await fetchApi(api, account, { name, partner: partner.id }, workspace.snapshots, outside)
  // No rows at all is an answer too: a day without orders.
  return snapshot.bytes === 0 ? [] : [{ ...snapshot, spooled: true }]
}

/** How a snapshot is read: rows of an API stand for themselves, one a line. */
export function feedOf<K extends RecordKind>(partner: Partner, kind: K, snapshot: Snapshot): Feed<RecordOf[K]> | undefined {
  const feed = partner.feeds[kind] as Feed<RecordOf[K]> | undefined
  return feed && snapshot.spooled ? { ...feed, format: { type: 'ndjson' } } : feed
}
