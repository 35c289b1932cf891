import type { Context } from '../context.ts'
import type { GlobalFlags } from './command.ts'

export type Paint = Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>

export type TableColumn = {
  /** Heading on a terminal; capitals, as short as can be. */
  title: string
  align?: 'right'
  /** May be shortened with `…` where the terminal is too narrow. Never for ids and amounts: half of one misleads. */
  cut?: boolean
  /** Is broken into lines where the terminal is too narrow. */
  wrap?: boolean
  /** Colours the cell after it was measured. */
  paint?: (text: string, row: number) => string
}

/** All output of a command. Data goes to stdout; notes, warnings and progress to stderr. */
export type Print = {
  /** One JSON document with `"schema": "shoptool.<name>.v1"` in front. */
  json(name: string, document: Record<string, unknown>): void
  /**
   * On a terminal aligned with a heading; one value a line where the columns cannot fit. Elsewhere tab-separated rows without heading
   * and never shortened, for `cut` and `awk`.
   */
  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void
  /** A line of data. Line breaks in it stay. */
  line(text?: string): void
  /** A line of data that is broken at blanks where the terminal is too narrow; `indent` stands in front of each. */
  paragraph(text: string, indent?: string): void
  /** Said to a person on stderr; `--quiet` silences it. */
  note(text: string): void
  /** Something is wrong, though the command goes on; `--quiet` does not silence it. */
  warn(text: string): void
  /** Only with `--verbose`. */
  detail(text: string): void
  /** Replaces the progress line; null takes it away. Shown only on a terminal and not with `--quiet`. */
  progress(text: string | null): void
  /** For words in `line`; leaves the text alone where there are no colours. */
  paint: Paint
  /** Width of the terminal, or Infinity where stdout is none. */
  columns: number
}

/** What `JSON.stringify(document, replacer, 2)` gives, where the replacer asks for no keys, in pieces: a list of a million findings as one text takes as much memory again. */
export function* jsonPieces(document: object, replacer: (key: string, value: unknown) => unknown): Generator<string> {
  const text = (value: unknown, indent: string) => JSON.stringify(value, replacer, 2)?.replaceAll('\n', `\n${indent}`)
  let piece = '{'
  let comma = ''
  for (const [key, value] of Object.entries(document)) {
    const isList = Array.isArray(value) && value.length > 0
    const whole = isList ? '[' : text(value, '  ')
    if (whole === undefined) continue
    piece += `${comma}\n  ${JSON.stringify(key)}: ${whole}`
    comma = ','
    if (!isList) continue
    for (const [i, each] of value.entries()) {
      piece += `${i === 0 ? '' : ','}\n    ${text(each, '    ') ?? 'null'}`
      if (piece.length < 1 << 16) continue
      yield piece
      piece = ''
    }
    piece += '\n  ]'
  }
  yield `${piece}${comma && '\n'}}`
}

const GAP = '  '
/** Below these widths a column is not shortened, not broken into lines. */
const NARROWEST = 8
const NARROWEST_WRAPPED = 24

/**
 * The output of one call. Values in `secrets` are replaced by `***` wherever they would be shown; the set may grow while the command runs.
 */
export async function makePrint(ctx: Context, global: GlobalFlags, secrets: ReadonlySet<string>): Promise<Print> {
  const terminal = ctx.stdout.isTTY === true
  const columns = terminal ? ctx.stdout.columns || 80 : Number.POSITIVE_INFINITY
  const paint = await makePaint(global.color)
  const progressShown = ctx.stderr.isTTY === true && !global.quiet
  // 8 ms that a pipe need not pay
  const width = terminal || progressShown ? (await import('string-width')).default : (text: string) => text.length
  let progress = ''

  const clearProgress = () => {
    if (progress !== '') ctx.stderr.write('\r\x1b[2K')
    progress = ''
  }
  const out = (text: string) => {
    clearProgress()
    ctx.stdout.write(`${redact(text, secrets)}\n`)
  }
  const err = (text: string) => {
    clearProgress()
    ctx.stderr.write(`${redact(text, secrets)}\n`)
  }

  return {
    json(name, document) {
      const hidden = (_key: string, value: unknown) => (typeof value === 'string' ? redact(value, secrets) : value)
      clearProgress()
      for (const piece of jsonPieces({ schema: `shoptool.${name}.v1`, ...document }, hidden)) ctx.stdout.write(piece)
      ctx.stdout.write('\n')
    },
    table(heads, rows) {
      const cells = rows.map((row) => row.map(oneLine))
      if (!terminal) for (const row of cells) out(row.join('\t'))
      else if (cells.length > 0) for (const line of layOut(heads, cells, columns, width, paint)) out(line)
    },
    line: (text = '') => out(text),
    paragraph(text, indent = '') {
      for (const line of wrapped(text, columns - indent.length, width)) out(`${indent}${line}`)
    },
    note: (text) => {
      if (!global.quiet) err(text)
    },
    warn: (text) => err(`shoptool: ${oneLine(text)}`),
    detail: (text) => {
      if (global.verbose) err(text)
    },
    progress(text) {
      if (!progressShown) return
      clearProgress()
      if (text === null) return
      progress = shorten(redact(oneLine(text), secrets), (ctx.stderr.columns || 80) - 1, width)
      ctx.stderr.write(progress)
    },
    paint,
    columns,
  }
}

async function makePaint(color: boolean): Promise<Paint> {
  const names = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const
  const chalk = color ? new (await import('chalk')).Chalk({ level: 1 }) : null
  return Object.fromEntries(names.map((name) => [name, (text: string) => chalk?.[name](text) ?? text])) as Paint
}

type Width = (text: string) => number

/** The lines of a table that is at most `room` wide, a heading first; or its records one value a line where that cannot be. */
function layOut(
  heads: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  room: number,
  width: Width,
  paint: Paint,
): string[] {
  const widths = heads.map((head, i) => Math.max(width(head.title), ...rows.map((row) => width(row[i] ?? ''))))
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (heads.length - 1)
  const least = ({ cut, wrap }: TableColumn) => (cut ? NARROWEST : wrap ? NARROWEST_WRAPPED : Number.POSITIVE_INFINITY)
  while (total() > room) {
    const longest = heads.reduce((best, head, i) => (widths[i]! > Math.max(least(head), widths[best] ?? 0) ? i : best), -1)
    if (longest < 0) return stack(heads, rows, room, width, paint)
    const others = heads.flatMap((head, i) => ((head.cut || head.wrap) && i !== longest ? [widths[i]!] : []))
    // down to the next longest at once, or as far as is needed
    widths[longest] = Math.max(
      least(heads[longest]!),
      Math.min(widths[longest]! - 1, Math.max(widths[longest]! - (total() - room), ...others)),
    )
  }
  const line = (cells: readonly string[], colored: (i: number, text: string) => string) =>
    heads
      .map((head, i) => {
        const text = shorten(cells[i] ?? '', widths[i]!, width)
        const space = ' '.repeat(Math.max(0, widths[i]! - width(text)))
        return head.align === 'right' ? space + colored(i, text) : colored(i, text) + (i === heads.length - 1 ? '' : space)
      })
      .join(GAP)
      .trimEnd()
  const linesOf = (row: readonly string[]): string[][] => {
    const broken = heads.map(({ wrap }, i) => (wrap ? wrapped(row[i] ?? '', widths[i]!, width) : [row[i] ?? '']))
    return Array.from({ length: Math.max(...broken.map((each) => each.length)) }, (_, at) => broken.map((each) => each[at] ?? ''))
  }
  return [
    line(
      heads.map((head) => head.title),
      (_, text) => paint.dim(text),
    ),
    ...rows.flatMap((row, r) => linesOf(row).map((cells) => line(cells, (i, text) => heads[i]!.paint?.(text, r) ?? text))),
  ]
}

function stack(
  heads: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  room: number,
  width: Width,
  paint: Paint,
): string[] {
  const label = Math.max(...heads.map((head) => width(head.title))) + GAP.length
  return rows.flatMap((row, r) => [
    ...(r === 0 ? [] : ['']),
    ...heads.flatMap((head, i) => {
      const left = Math.max(NARROWEST, room - label)
      const whole = row[i] ?? ''
      const texts = head.wrap ? wrapped(whole, left, width) : [head.cut ? shorten(whole, left, width) : whole]
      return texts.map((text, at) => {
        const title = at === 0 ? head.title : ''
        return `${paint.dim(title)}${' '.repeat(label - width(title))}${head.paint?.(text, r) ?? text}`.trimEnd()
      })
    }),
  ])
}

/** Characters of Chinese and Japanese, between which a line may end, with the punctuation that must not begin one. */
const PIECES =
  /(?:[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]|[^\s\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+)[，。、；：！？）》」』”]*|\s+/g

/** The lines of a text in `room` columns, broken at blanks and between Chinese characters. A longer word stays whole: it may be an id. */
export function wrapped(text: string, room: number, width: Width): string[] {
  const lines = ['']
  for (const piece of text.match(PIECES) ?? []) {
    const last = lines.at(-1)!
    if (last === '' || width((last + piece).trimEnd()) <= room) lines[lines.length - 1] = last + piece
    else lines.push(piece.trimStart())
  }
  return lines.map((line) => line.trimEnd())
}

/** `text` in at most `room` columns, with `…` at the end where something was left out. */
function shorten(text: string, room: number, width: Width): string {
  if (width(text) <= room) return text
  let kept = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = used + width(segment)
    if (next > room - 1) break
    kept += segment
    used = next
  }
  return `${kept}…`
}

/** Line breaks become blanks; other control characters, which could steer a terminal, become visible. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n\t]+\s*/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** `text` without the values of secrets, as they are and as they stand in a URL. */
export function redact(text: string, secrets: ReadonlySet<string>): string {
  let hidden = text
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret)]) hidden = hidden.replaceAll(form, '***')
  }
  return hidden
}
