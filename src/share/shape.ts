/*
 * Reads the YAML that people write (templates, channels) strictly: an unknown key or a value of another kind is an error that names the
 * file, the path in it and what was expected.
 */
import { parseDocument } from 'yaml'
import { nearest, usageError } from '../errors.ts'

/**
 * Where a value stands, and the names of colours and facts that it may refer to. With `size`, any key may be written for one of its `known` sizes:
 * `width@square` holds at that size only, and wins over `width`.
 */
export type Place = {
  file: string
  path: string
  names?: ReadonlySet<string>
  facts?: ReadonlySet<string>
  size?: { name: string; known: readonly string[] }
  /** Where keys of this mapping are written that come from elsewhere, and those of any mapping. */
  elsewhere?: ReadonlyMap<string, Place> | undefined
  changes?: WeakMap<object, ReadonlyMap<string, Place>>
}
/** Checks a value and gives it its type. @throws usageError naming file, path, and what was expected. */
export type Reader<T> = (value: unknown, at: Place) => T

export function inside(at: Place, step: string | number): Place {
  const { file, path } = at.elsewhere?.get(String(step)) ?? {
    file: at.file,
    path: typeof step === 'number' ? `${at.path}[${step}]` : at.path === '' ? step : `${at.path}.${step}`,
  }
  return { ...at, file, path, elsewhere: undefined }
}

export function refuse(at: Place, expected: string, value: unknown): never {
  throw usageError(`${at.file}: ${at.path || 'the file'}: ${JSON.stringify(value) ?? 'nothing'} is not ${expected}`)
}

export function unknownWord(at: Place, kind: string, word: string, known: Iterable<string>): never {
  const meant = nearest(word, known)
  throw usageError(
    `${at.file}: ${at.path}: unknown ${kind} ${word}, ${meant ? `did you mean ${meant}?` : `expected one of ${[...known].join(', ')}`}`,
  )
}

export function number(least: number, most = 10_000): Reader<number> {
  return (value, at) =>
    typeof value === 'number' && value >= least && value <= most ? value : refuse(at, `a number from ${least} to ${most}`, value)
}

export function oneOf<T extends string | number>(...words: T[]): Reader<T> {
  return (value, at) => words.find((word) => word === value) ?? refuse(at, `one of ${words.join(', ')}`, value)
}

export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, at) => (Array.isArray(value) ? value.map((one, i) => item(one, inside(at, i))) : refuse(at, 'a list', value))
}

export function mapping(value: unknown, at: Place): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(at, 'a mapping', value)
  return value as Record<string, unknown>
}

/** The keys that hold at the size that is read, and how they are written: `width`, or `width@square`. */
export function keysOf(map: Record<string, unknown>, at: Place): Map<string, string> {
  const keys = new Map<string, string>()
  for (const written of Object.keys(map)) {
    const [, key = written, size] = (at.size && /^(.+)@(.*)$/.exec(written)) || []
    if (size !== undefined && !at.size!.known.includes(size)) unknownWord(inside(at, written), 'size', size, at.size!.known)
    if (size === undefined ? !keys.has(key) : size === at.size!.name) keys.set(key, written)
  }
  return keys
}

type Shape = Record<string, Reader<unknown>>
type Read<S extends Shape> = { [K in keyof S]?: ReturnType<S[K]> }

/** A mapping of known keys, of which `needed` must be there. */
export function record<S extends Shape, N extends keyof S & string = never>(
  shape: S,
  ...needed: N[]
): Reader<Read<S> & { [K in N]: ReturnType<S[K]> }> {
  return (value, at) => {
    const map = mapping(value, at)
    const keys = keysOf(map, at)
    for (const key of needed) if (!keys.has(key)) throw usageError(`${at.file}: ${at.path || 'the file'}: ${key} is missing`)
    const read: Record<string, unknown> = {}
    for (const [key, written] of keys) {
      const place = inside(at, written)
      const reader = Object.hasOwn(shape, key) ? shape[key]! : unknownWord(place, 'key', key, Object.keys(shape))
      read[key] = reader(map[written], place)
    }
    return read as Read<S> & { [K in N]: ReturnType<S[K]> }
  }
}

export const yes: Reader<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false', value))
export const string: Reader<string> = (value, at) =>
  typeof value === 'string' && value !== '' ? value : refuse(at, 'a text', value)

/** Parses YAML for a reader. @throws usageError naming the line. */
export function parseYaml(source: string, file: string): unknown {
  const document = parseDocument(source)
  const [problem] = document.errors
  if (problem) throw usageError(`${file}: ${problem.message.split('\n', 1)[0]!.replace(/:$/, '')}`)
  return document.toJS()
}
