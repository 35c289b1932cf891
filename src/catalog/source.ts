import { usageError } from '../errors.ts'
import { fetchFiles, type Snapshot } from '../feeds/fetch.ts'
import type { Partner } from '../partners/partner.ts'
import type { Source, Workspace } from '../workspace.ts'

/**
 * Takes the files of a source into the snapshot folder.
 * @throws ShoptoolError where a file is missing, unreadable or no text.
 */
export async function fetchSource(workspace: Workspace, source: Source, partner: Partner): Promise<Snapshot[]> {
  const { from } = source
  if (from.kind !== 'file')
    throw usageError(
      `sources.${source.name}: shoptool cannot read from ${from.kind === 'url' ? 'a URL' : 'an API'} yet; save the answer as a file and name it with "file:"`,
    )
  const encoding = partner.feeds[source.feed]?.format.encoding
  const found: Snapshot[] = []
  for (const pattern of from.files) found.push(...(await fetchFiles(pattern, workspace.folder, workspace.snapshots, encoding)))
  return found
}
