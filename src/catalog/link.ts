import { nearest, usageError } from '../errors.ts'
import { LIMITS, type LinkApi, type LinkGoods, type Links, type SubId } from '../feeds/api.ts'
import { type Caller, callerOf } from '../feeds/call.ts'
import { askForLinks } from '../feeds/link.ts'
import { type Outside, takeTurns } from '../feeds/tries.ts'
import type { Partner } from '../partners/partner.ts'
import type { Source, Workspace } from '../workspace.ts'
import { type ApiSource, accountOf, apisOf } from './source.ts'

export type LinkMaker = {
  /** In whose name links are made; '' where the source does not say. */
  trackingId: string
  /** Asks the partner, one after the other as it allows. @throws ShoptoolError as `askForLinks`. */
  make(goods: LinkGoods, sub?: SubId): Promise<Links>
}

/**
 * Links are made with the credentials of a source: the one named, else the partner's only one that has all of them.
 * @throws ShoptoolError (usage) where there is no such source, or which is meant is not clear.
 */
export function linkMaker(workspace: Workspace, partner: Partner, named: string | undefined, outside: Outside): LinkMaker {
  const { name, from, api } = chosen(workspace, partner, named)
  const account = accountOf(workspace, name, from)
  const turn = takeTurns(api.perSecond, outside)
  // One token for all goods; it is fetched with the first of them.
  let caller: Promise<Caller> | undefined
  const ids = (partner.links?.own ?? []).flatMap((key) => account.credentials[key] ?? account.query[key] ?? [])
  return {
    trackingId: ids.join('_'),
    async make(goods, sub) {
      caller ??= callerOf(api.token, account, partner.id, outside, turn, LIMITS)
      return askForLinks(api, goods, account, partner.id, await caller, sub)
    },
  }
}

type Candidate = { name: string; from: ApiSource; api: LinkApi<unknown> }

function chosen({ sources }: Workspace, partner: Partner, named: string | undefined): Candidate {
  const all = Object.values(sources)
  if (named !== undefined) {
    const source = namedSource(sources, named)
    if (source.partner !== partner.id)
      throw usageError(`--source: ${named} is a source of ${source.partner}, and the goods are of ${partner.id}`)
  }
  const asked = all.filter((source) => source.partner === partner.id && (named === undefined || source.name === named))
  const candidates = asked.flatMap(({ name, from }): Candidate[] => {
    if (from.kind !== 'api') return []
    const api = apisOf(partner, from.credentials.via, `sources.${name}.api.via`).apis?.links
    return api ? [{ name, from, api }] : []
  })
  const known = [partner, ...Object.values(partner.aggregators ?? {})].some(({ apis }) => apis?.links)
  if (!known)
    throw usageError(`shoptool knows no API of ${partner.name} that makes links; its goods are shared by the links of their feed`)
  const [first] = candidates
  if (!first)
    throw usageError(
      `no source of ${partner.name} has credentials to make links with; add one with "api:" to shoptool.yaml, like { partner: ${partner.id}, feed: products, api: { … } }`,
    )
  const missing = ({ from, api }: Candidate) => api.needs?.find((key) => !from.credentials[key])
  const able = candidates.filter((one) => missing(one) === undefined)
  if (able.length === 0)
    throw usageError(`sources.${first.name}.api.${missing(first)}: is missing; ${partner.name} makes links in its name`)
  const accounts = new Map(able.map((one) => [JSON.stringify(Object.entries(one.from.credentials).sort()), one]))
  if (accounts.size > 1)
    throw usageError(`--source: which account of ${partner.name}? Name one of ${able.map(({ name }) => name).join(', ')}`)
  return able[0]!
}

/** The source that `--source` names. @throws ShoptoolError (usage) where shoptool.yaml has none of that name. */
export function namedSource(sources: Workspace['sources'], name: string): Source {
  if (Object.hasOwn(sources, name)) return sources[name]!
  const names = Object.keys(sources)
  const meant = nearest(name, names)
  const hint = meant ? `did you mean ${meant}?` : `shoptool.yaml has ${names.join(', ') || 'none'}`
  throw usageError(`--source: unknown source "${name}"; ${hint}`)
}
