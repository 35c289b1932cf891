import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { readSecret, type Workspace } from '../workspace.ts'

/** In whose name links are to earn. */
export type Own = {
  /** The operator's tracking ids with a partner; null where none is known. */
  ids: ReadonlySet<string> | null
  /** shoptool.yaml says that there are none: goods are shared by their pages. */
  none: boolean
}

/** The operator's tracking ids with a partner: those under `tracking` in shoptool.yaml, and those that sources call its API with. */
export function ownIds(workspace: Workspace, { id, links }: Partner): Own {
  const listed = workspace.tracking[id]
  const called = Object.values(workspace.sources).flatMap(({ name, partner, from }) => {
    if (partner !== id || from.kind !== 'api') return []
    return (links?.own ?? []).flatMap((key) => {
      const text = from.credentials[key] ?? from.query[key]
      const place = `sources.${name}.api.${key}`
      return text === undefined ? [] : [readQuietly(workspace, String(text), place)]
    })
  })
  const ids = [...Object.keys(listed ?? {}), ...called.filter((one) => one !== null)]
  return { ids: ids.length > 0 ? new Set(ids) : null, none: listed !== undefined && ids.length === 0 }
}

/** A tracking id stands in every link and is no secret, even where it is kept like one; null where it is not set here. */
function readQuietly(workspace: Workspace, text: string, place: string): string | null {
  try {
    return readSecret({ ...workspace, secrets: new Set() }, text, place)
  } catch {
    return null
  }
}

/** @throws ShoptoolError (usage) where shoptool.yaml names tracking ids of a partner that is not known. */
export function checkTracking({ tracking, partners }: Workspace): void {
  for (const id of Object.keys(tracking)) findPartner(id, partners, BUILT_IN, `tracking.${id}`)
}
