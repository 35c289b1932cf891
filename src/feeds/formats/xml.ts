import { closeSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { SaxesParser } from 'saxes'
import { dataError } from '../../errors.ts'
import type { Format } from '../feed.ts'
import { hashBytes } from './hash.ts'
import type { Cell, Rows } from './rows.ts'

const CHUNK = 256 << 10
/** A record, or a text between two tags, longer than this is one that was never closed. */
const LONGEST = 16 << 20
const DEEPEST = 100

type Element = { name: string; attributes: Record<string, string>; parts: (string | Element)[] }
type Found = { element: Element; line: number; where: string }

/**
 * Reads the records of an XML document one by one; only those of one chunk are in memory. What the declaration says of the encoding
 * does not matter, a snapshot is UTF-8. Entities that a DOCTYPE declares are refused, none is fetched or expanded.
 */
export function openXml(path: string, name: string, format: Extract<Format, { type: 'xml' }>): Rows {
  const parser = newParser()
  const file = openSync(path, 'r')
  const decoder = new TextDecoder()
  const chunk = Buffer.allocUnsafe(CHUNK)
  const given = [format.rows].flat()
  let paths = given.map((rows) => rows.split('.'))
  let ended = false
  /** Names of the open elements, the record's included, and those of the record itself. */
  const names: string[] = []
  const open: Element[] = []
  let record: Element | null = null
  const queue: Found[] = []
  let present: Found | null = null
  let count = 0
  /** Line of the tag that is being read, and of the last record. */
  let tagLine = 1
  let lastLine = 0
  let recordLine = 0
  /** Positions (characters) behind the last tag and at the record's start. */
  let tagAt = 0
  let recordAt = 0
  /** Whether what holds the records was met, and the way to the first element without others. */
  let met = false
  let firstLeaf = ''

  let linesAbove = 0
  const refuse = (message: string): never => {
    throw dataError(`${name}: line ${linesAbove + parser.line}: ${message}`)
  }
  parser.on('error', (error) => refuse(`is not XML: ${error.message.replace(/^[^ ]*\d+:\d+: /, '')}`))
  parser.on('doctype', (text) => {
    if (/<!ENTITY/i.test(text)) refuse('the DOCTYPE declares entities, which no feed needs')
  })
  parser.on('opentagstart', () => {
    // The name was ended by a line break: the tag began in the line before.
    tagLine = linesAbove + parser.line - (parser.columnIndex === 0 ? 1 : 0)
  })
  parser.on('opentag', (tag) => {
    tagAt = parser.position
    names.push(tag.name)
    if (names.length > DEEPEST) refuse(`elements within elements, more than ${DEEPEST} deep`)
    const element: Element = { name: tag.name, attributes: tag.attributes, parts: [] }
    if (record) open.at(-1)!.parts.push(element)
    else {
      const here = paths.find((steps) => leadsTo(steps, names))
      if (!here) {
        met ||= paths.some((steps) => leadsTo(steps.slice(0, -1), names))
        return
      }
      paths = [here]
      record = element
      recordLine = tagLine
      recordAt = parser.position
    }
    open.push(element)
  })
  const addText = (text: string) => {
    tagAt = parser.position
    if (record) open.at(-1)!.parts.push(text)
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    tagAt = parser.position
    firstLeaf ||= names.join('.')
    names.pop()
    if (!record) return
    open.pop()
    if (open.length > 0) return
    count++
    // Where several records stand in one line they are numbered on from it, so that each has a line to be found by.
    lastLine = Math.max(recordLine, lastLine + 1)
    queue.push({ element: record, line: lastLine, where: lastLine === recordLine ? `line ${lastLine}` : `record ${count}` })
    record = null
  })

  function pump(): void {
    const read = readSync(file, chunk, 0, CHUNK, null)
    ended = read === 0
    let text = ended ? decoder.decode() : decoder.decode(chunk.subarray(0, read), { stream: true })
    // Blank lines above the declaration and stray control characters are no reason to refuse a feed; XML allows neither.
    if (parser.position === 0) {
      const began = text.trimStart()
      linesAbove += text.slice(0, text.length - began.length).split('\n').length - 1
      text = began
    }
    parser.write(text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd'))
    if (record && parser.position - recordAt > LONGEST) refuse(`a record is longer than ${LONGEST} characters, or does not end`)
    if (parser.position - tagAt > LONGEST) refuse(`no tag within ${LONGEST} characters`)
    if (ended) parser.close()
  }

  function next(): boolean {
    let head = queue.shift()
    while (!head && !ended) {
      pump()
      head = queue.shift()
    }
    present = head ?? null
    return head !== undefined
  }

  /** The record that opening read ahead, to know that there is one. */
  let ahead: boolean | null
  try {
    ahead = next()
    if (!ahead && !met) {
      const wanted = given.map((rows) => `"${rows}"`).join(' or ')
      throw dataError(`${name}: no records at ${wanted}; the document begins with ${firstLeaf}`)
    }
  } catch (error) {
    closeSync(file)
    throw error
  }

  const bytes = () => Buffer.from(canonical(present!.element))
  return {
    header: null,
    cell(column): Cell {
      const find = finderOf(column)
      return () => find(present!.element)
    },
    next() {
      if (ahead === null) return next()
      const first = ahead
      ahead = null
      return first
    },
    line: () => present!.line,
    where: () => present!.where,
    hash: (seed) => hashBytes(bytes(), seed),
    damage: () => null,
    raw: () => canonical(present!.element),
    cells: () => [],
    close: () => closeSync(file),
  }
}

function newParser(): SaxesParser {
  // Loaded only for XML: most feeds are CSV.
  const { SaxesParser } = createRequire(import.meta.url)('saxes') as typeof import('saxes')
  return new SaxesParser({ position: true })
}

/** `title` is any `x:title`; `g:price` is `price` where the document uses no prefixes. */
function sameName(wanted: string, name: string): boolean {
  if (wanted === name) return true
  if (!wanted.includes(':')) return name.endsWith(`:${wanted}`)
  return !name.includes(':') && wanted.endsWith(`:${name}`)
}

function leadsTo(steps: readonly string[], names: readonly string[]): boolean {
  return steps.length > 0 && steps.length === names.length && steps.every((step, i) => sameName(step, names[i]!))
}

/** `a.b`, `a[1]` for the second, `a@href` for an attribute: each step is a child of the one before, so a price within shipping is not the price. */
function finderOf(column: string): (record: Element) => string {
  const [way, attribute] = column.split('@') as [string, string?]
  const steps = way === '' ? [] : way.split('.').map((step) => /^(.*?)(?:\[(\d+)\])?$/s.exec(step)!)
  return (record) => {
    let at: Element | undefined = record
    for (const [, wanted, index] of steps) {
      const children: Element[] = at.parts.filter((part) => typeof part === 'object')
      // `<title>` beside `<g:title>`: the one that was named.
      const exact = children.filter((child) => child.name === wanted)
      const found = exact.length > 0 ? exact : children.filter((child) => sameName(wanted!, child.name))
      at = found[Number(index ?? 0)]
      if (!at) return ''
    }
    if (attribute === undefined) return textOf(at).trim()
    const named = Object.keys(at.attributes).find((name) => name === attribute || sameName(attribute, name))
    return named === undefined ? '' : at.attributes[named]!.trim()
  }
}

function textOf(element: Element): string {
  return element.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('')
}

/** The element as XML, the same for the same content: CDATA, entities and blanks between elements make no difference. */
function canonical({ name, attributes, parts }: Element): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  const holds = parts.some((part) => typeof part === 'object')
  const inner = holds
    ? parts.map((part) => (typeof part === 'object' ? canonical(part) : part.trim() === '' ? '' : escapeXml(part))).join('')
    : escapeXml(parts.join('').trim())
  return `<${name}${pairs.join('')}>${inner}</${name}>`
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' }
function escapeXml(text: string): string {
  return text.replace(/[&<"]/g, (character) => ESCAPES[character]!)
}
