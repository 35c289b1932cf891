import { type Document, isMap, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod/mini'
import { nearest, usageError } from './errors.ts'

type Key = string | number

/** A YAML file that a person wrote, with the places of its parts for messages. */
export type YamlFile = {
  /** As messages call it: `shoptool.yaml`, `partners/acme.yaml`. */
  name: string
  document: Document.Parsed
  lines: LineCounter
}

/** @throws usage with file and line where the text is no YAML. */
export function parseYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const error = document.errors[0]
  if (error) throw usageError(`${name}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`)
  return { name, document, lines }
}

/** `partners/acme.yaml:12: feeds.products.fields.price`: where the value (or else its nearest parent that is there) stands. */
export function placeOf(file: YamlFile, path: readonly Key[]): string {
  const dotted = path.map(String).join('.')
  let offset: number | undefined
  for (let depth = path.length; depth > 0 && offset === undefined; depth--) {
    const parent = file.document.getIn(path.slice(0, depth - 1), true)
    const key = path[depth - 1]!
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => String((item.key as { value?: unknown } | null)?.value ?? item.key) === String(key),
      )
      offset = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0]
    } else {
      offset = (file.document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined)?.range?.[0]
    }
  }
  const line = file.lines.linePos(offset ?? 0).line
  return dotted === '' ? `${file.name}:${line}` : `${file.name}:${line}: ${dotted}`
}

/** Throws the usage error of a mistake at `path`. */
export function wrong(file: YamlFile, path: readonly Key[], message: string): never {
  throw usageError(`${placeOf(file, path)}: ${message}`)
}

/** Throws the usage error of a key that does not exist, with the one that was likely meant. */
export function unknownKey(file: YamlFile, path: readonly Key[], known: readonly string[]): never {
  const meant = nearest(String(path.at(-1)), known)
  wrong(file, path, meant ? `unknown key; did you mean ${meant}?` : `unknown key, expected one of ${known.join(', ')}`)
}

/**
 * The file's value as the schema types it.
 * @throws usage with file, line and path of the first mistake; an unknown key is one.
 */
export function readYaml<T extends z.ZodMiniType>(file: YamlFile, schema: T): z.output<T> {
  const result = schema.safeParse(plain(file) ?? {})
  if (result.success) return result.data
  const { issues } = result.error
  // a misspelt key is also a missing one: the misspelling is what helps
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
  const path = issue.path as Key[]
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey(file, [...path, issue.keys[0]!], keysAt(schema, path))
    case 'invalid_type':
      return wrong(
        file,
        path,
        file.document.getIn(path) === undefined
          ? `is missing, expected ${nameOfType(issue.expected)}`
          : `expected ${nameOfType(issue.expected)}`,
      )
    case 'invalid_value': {
      const given = file.document.getIn(path)
      const words = issue.values.map(String)
      const meant = typeof given === 'string' ? nearest(given, words) : null
      const found = given === undefined ? 'is missing' : `"${given}" is not known`
      return wrong(file, path, meant ? `${found}; did you mean ${meant}?` : `${found}, expected ${words.join(', ')}`)
    }
    case 'invalid_key':
      return wrong(file, path, `"${path.at(-1)}" is not a name, ${issue.issues[0]!.message}`)
    default:
      return wrong(file, path, issue.message)
  }
}

function plain(file: YamlFile): unknown {
  try {
    return file.document.toJS()
  } catch (error) {
    // aliases that unfold to millions of values, or that lead nowhere
    throw usageError(`${file.name}: ${(error as Error).message}`, { cause: error })
  }
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys and values',
  record: 'keys and values',
}
const nameOfType = (expected: string) => TYPES[expected] ?? expected

type Definition = {
  type: string
  shape?: Record<string, unknown>
  innerType?: unknown
  out?: unknown
  valueType?: unknown
  element?: unknown
}

/** The keys that the object at `path` of the schema may have. */
function keysAt(schema: unknown, path: readonly Key[]): string[] {
  const { type, shape, innerType, out, valueType, element } = (schema as { def: Definition }).def
  if (innerType ?? out) return keysAt(innerType ?? out, path)
  if (type === 'object') return path.length === 0 ? Object.keys(shape!) : keysAt(shape![String(path[0])], path.slice(1))
  return path.length === 0 ? [] : keysAt(valueType ?? element, path.slice(1))
}
