import { usageError } from '../../errors.ts'
import { inside, list, mapping, type Place, type Reader, record, refuse, string, unknownWord } from '../shape.ts'

type Raw = Record<string, unknown>
/** Where keys that were changed are written: by node, then by key. */
export type Changes = WeakMap<object, ReadonlyMap<string, Place>>

/** A template as it is written, with all that it has from others, before it is read. */
export type Written = {
  /** For errors: `card/template.yaml`. */
  file: string
  map: Raw
  /** The sizes that `key@size` may name, where a template has fewer than the one that it extends. */
  sizes?: readonly string[]
  changes: Changes
}

const raw: Reader<unknown> = (value) => value
const extension = record(
  { extends: string, title: string, sizes: list(string), schemes: mapping, change: mapping, of: raw, root: raw, tiles: raw },
  'extends',
)

/** The template that a `template.yaml` extends, or null. */
export function extendedBy({ map, file }: Written): string | null {
  return 'extends' in map ? string(map.extends, { file, path: 'extends' }) : null
}

/**
 * Puts a template onto the one that it extends: its title, some of the sizes, further colour schemes or others of the same name, and
 * `change`, which merges keys into the nodes with these ids, takes a key away with null, or leaves a node out with null.
 * @throws usageError naming file, path and the nearest known id or size.
 */
export function extend({ file, map }: Written, base: Written): Written {
  const at: Place = { file, path: '' }
  const { title, sizes, schemes = {}, change = {}, ...rest } = extension(map, at)
  for (const key of ['of', 'root', 'tiles'] as const)
    if (key in rest)
      throw usageError(`${file}: ${key}: comes from ${rest.extends}, which this template extends; expected change instead`)
  const known = (base.map.sizes as unknown[]).map(sizeName)
  const chosen = sizes?.map((name, i) => {
    const index = known.indexOf(name)
    return index < 0 ? unknownWord(inside(inside(at, 'sizes'), i), 'size', name, known) : (base.map.sizes as unknown[])[index]
  })
  const trees = Object.entries(base.map).filter(([key]) => isTree(key))
  const ids = new Set(trees.flatMap(([, tree]) => idsOf(tree)))
  const place = inside(at, 'change')
  for (const [id, keys] of Object.entries(change)) {
    if (!ids.has(id)) unknownWord(inside(place, id), 'id', id, ids)
    if (keys === null && trees.some(([, tree]) => (tree as Raw).id === id))
      throw usageError(`${file}: change.${id}: the root cannot be left out`)
    if (keys !== null && (typeof keys !== 'object' || Array.isArray(keys)))
      refuse(inside(place, id), 'the keys of a node, or null to leave it out', keys)
  }
  const changes: Changes = new WeakMap()
  const changed = trees.map(([key, tree]) => [
    key,
    apply(tree, change as Record<string, Raw | null>, place, base.changes, changes),
  ])
  return {
    file,
    map: {
      ...base.map,
      ...Object.fromEntries(changed),
      ...(title !== undefined && { title }),
      ...(chosen && { sizes: chosen }),
      schemes: { ...(base.map.schemes as Raw), ...schemes },
    },
    sizes: base.sizes ?? known,
    changes,
  }
}

export const isTree = (key: string) => /^root(@|$)/.test(key)
const sizeName = (size: unknown) => (typeof size === 'object' ? (size as { name: string }).name : String(size))

function idsOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return []
  const own = 'id' in value && typeof value.id === 'string' ? [value.id] : []
  return [...own, ...Object.values(value).flatMap(idsOf)]
}

/** A copy of a part of a tree with its nodes changed. What is left out stays in its place, in no size, so that paths in errors hold. */
function apply(value: unknown, change: Record<string, Raw | null>, at: Place, before: Changes, changes: Changes): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((one) => apply(one, change, at, before, changes))
  const node: Raw = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, apply(inner, change, at, before, changes)]),
  )
  const places = new Map(before.get(value))
  const id = typeof node.id === 'string' && Object.hasOwn(change, node.id) ? node.id : null
  if (id !== null && change[id] === null) return { id, row: [], only: [] }
  for (const [key, inner] of Object.entries((id !== null && change[id]) || {})) {
    places.set(key, inside(inside(at, id!), key))
    if (inner === null) delete node[key]
    else node[key] = inner
  }
  if (places.size > 0) changes.set(node, places)
  return node
}
