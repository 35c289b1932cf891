// Finds the records in a document that nobody described: for `map`, which writes a first description of it.
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dataError } from '../../errors.ts'
import { parseJson } from './json.ts'

/** Where the records stand, and the names under which `Rows.cell` finds their values. */
export type Outline = { rows: string; columns: string[] }

/** So much of an XML document is looked at. */
const LOOKED_AT = 4 << 20
/** So many records say which columns there are; so deep values are looked for in them. */
const RECORDS = 200
const DEEPEST = 5
/** A document larger than this is not read whole for a look. */
const LARGEST_JSON = 256 << 20

type Node = { count: number; children: Set<string>; attributes: Set<string>; text: boolean }

/** @throws ShoptoolError (data) where nothing in the document comes more than once and holds several values. */
export function outlineXml(path: string, name: string): Outline {
  const nodes = nodesOf(path)
  const candidates = [...nodes].filter(([, node]) => node.children.size >= 2)
  // What comes often; of two that come as often the outer one, which is the record, not its shipping.
  const isSingle = ({ count }: Node) => (count > 1 ? 0 : 1)
  const [found] = candidates.sort(
    ([a, one], [b, other]) => isSingle(one) - isSingle(other) || depth(a) - depth(b) || other.count - one.count,
  )
  if (!found) throw dataError(`${name}: has no records: no element with several others in it`)
  const [record] = found
  const inside = [...nodes].filter(([way]) => way.startsWith(`${record}/`) && depth(way) - depth(record) <= DEEPEST)
  const columns = inside.flatMap(([way, node]) => {
    const column = way.slice(record.length + 1).replaceAll('/', '.')
    return [...(node.text ? [column] : []), ...[...node.attributes].map((attribute) => `${column}@${attribute}`)]
  })
  const own = [...nodes.get(record)!.attributes].map((attribute) => `@${attribute}`)
  return { rows: record.replaceAll('/', '.'), columns: [...own, ...columns] }
}

const depth = (way: string) => way.split('/').length

/** Every element by its way from the root, in the order in which they are met. */
function nodesOf(path: string): Map<string, Node> {
  const { SaxesParser } = createRequire(import.meta.url)('saxes') as typeof import('saxes')
  const parser = new SaxesParser()
  const nodes = new Map<string, Node>()
  const open: string[] = []
  const here = () => open.join('/')
  parser.on('error', () => {})
  parser.on('opentag', (tag) => {
    nodes.get(here())?.children.add(tag.name)
    open.push(tag.name)
    const node = nodes.get(here()) ?? { count: 0, children: new Set(), attributes: new Set(), text: false }
    node.count++
    for (const attribute of Object.keys(tag.attributes)) if (!attribute.startsWith('xmlns')) node.attributes.add(attribute)
    nodes.set(here(), node)
  })
  const text = (found: string) => {
    const node = nodes.get(here())
    if (node && found.trim() !== '') node.text = true
  }
  parser.on('text', text)
  parser.on('cdata', text)
  parser.on('closetag', () => open.pop())
  const bytes = Buffer.alloc(Math.min(LOOKED_AT, statSync(path).size))
  const file = openSync(path, 'r')
  readSync(file, bytes, 0, bytes.length, 0)
  closeSync(file)
  parser.write(bytes.toString().trimStart())
  return nodes
}

/** @throws ShoptoolError (data) where it is no JSON, or holds no list of objects. */
export function outlineJson(path: string, name: string): Outline {
  if (statSync(path).size > LARGEST_JSON) throw dataError(`${name}: is too large for a look at it; take a part of it`)
  let document: unknown
  try {
    document = parseJson(readFileSync(path, 'utf8'))
  } catch (error) {
    throw dataError(`${name}: is not JSON: ${(error as Error).message}`)
  }
  const lists = listsIn(document, '', 0)
  const [longest] = lists.sort((a, b) => b.list.length - a.list.length)
  if (!longest) throw dataError(`${name}: holds no list of records`)
  return { rows: longest.way, columns: columnsOf(longest.list) }
}

/** The columns of records that stand one a line. */
export function columnsOf(records: readonly unknown[]): string[] {
  const columns = new Set<string>()
  const walk = (value: unknown, way: string, deep: number) => {
    if (value === null || deep > DEEPEST) return
    if (Array.isArray(value)) walk(value[0] ?? null, `${way}[0]`, deep + 1)
    else if (typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) walk(inner, way === '' ? key : `${way}.${key}`, deep + 1)
    else if (way !== '') columns.add(way)
  }
  for (const record of records.slice(0, RECORDS)) walk(record, '', 0)
  return [...columns]
}

function listsIn(value: unknown, way: string, deep: number): { way: string; list: unknown[] }[] {
  if (typeof value !== 'object' || value === null || deep > DEEPEST) return []
  if (Array.isArray(value)) return isRecord(value[0]) ? [{ way, list: value }] : []
  return Object.entries(value).flatMap(([key, inner]) => listsIn(inner, way === '' ? key : `${way}.${key}`, deep + 1))
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
