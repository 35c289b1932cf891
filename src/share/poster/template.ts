/*
 * The language of poster templates. A template is a folder with a `template.yaml` and the pictures that it names:
 *
 *   title: 经典卡片                        for people
 *   sizes: [portrait, 4x5, square]         1080 × 1920, 1080 × 1350, 1080 × 1080, or { name: cover, width: 900, height: 383 }; the first is the default
 *   schemes:                               colour schemes, the first is the default; all have the same names
 *     coral: { paper: '#fff6f2', ink: '#2b1d18' }
 *   of: shop                               optional: not goods but the operator's shop, for `poster --recruit`; there is no photo
 *   tiles: [3, 3]                          optional: the picture is cut into so many columns and rows, a file each; a QR keeps to one of them
 *   root: { column: [ … ] }                the tree
 *
 * Or it takes everything of another one:
 *
 *   extends: card
 *   title sizes schemes                    optional: another title, some of the sizes, further schemes or others in place of those of the same name
 *   change:                                of nodes that have an `id`
 *     price: { size: 150, shadow: null }   these keys in place of its own; null takes one away
 *     foot: null                           leaves the node out
 *
 * A node is one of
 *   row | column: [nodes]    padding gap align justify wrap
 *   text: words | [spans]    size weight color spacing · lines minSize lineHeight align balance trim
 *                            span: text size weight color spacing strike gap when
 *   picture: photo | file    focus                 (`photo` is the product's; it covers its box)
 *   qr: words                dark light            keep it dark on light
 *                            most                  grows from its width up to this for long links, so that modules have 5 pixels; neighbours give way
 *                            logo: file            in the middle, a fifth of the side
 * and every node takes
 *   id                                                         its name in `change`
 *   when only                                                  left out unless the condition holds, and at sizes that are not listed
 *   width height minWidth maxWidth minHeight maxHeight grow shrink basis aspect margin self      flexbox, as in yoga
 *   at: { left top right bottom }                              taken out of the flow, against the parent's edges
 *   fill radius border shadow opacity                          what is painted behind it
 *   polygon: [[x, y], …]                                       its shape, corners in parts of the box: `[[0, 0], [1, 0.5], [0, 1]]`
 *   rotate                                                     degrees clockwise about its middle, with all in it; the room it takes stays
 *
 * Any key may be written for one size, `width@square: 400`, and wins there over the plain one: `column:` beside `row@square:` turns a
 * box, `root@square:` is a tree of its own.
 *
 * Words are LiquidJS over the facts of `facts.ts` (`Facts`, or `ShopFacts` of a shop); conditions are LiquidJS expressions. Lengths are pixels or `'50%'`; four sides are one
 * number, [vertical, horizontal] or [top, right, bottom, left]. Colours are `'#rrggbb'`, `'#rrggbbaa'` or `'$name'` of the scheme, with
 * `/40` behind it for 40 % opacity. A fill may be `{ angle: 180, stops: [[0, '$ink/0'], [1, '$ink']] }`, angles as in CSS.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearest, usageError } from '../../errors.ts'
import { FACT_NAMES, readCondition, readWords, SHOP_FACT_NAMES, type Words } from '../facts.ts'
import {
  inside,
  keysOf,
  list,
  mapping,
  number,
  oneOf,
  type Place,
  parseYaml,
  type Reader,
  record,
  refuse,
  string,
  unknownWord,
  yes,
} from '../shape.ts'
import { extend, extendedBy, isTree, type Written } from './extend.ts'

export type Weight = 400 | 700 | 900
export type Length = number | `${number}%`
export type Sides = readonly [top: number, right: number, bottom: number, left: number]
/** As written; `layout.ts` turns it into `#rrggbbaa` with the scheme. */
export type Colour = string
export type Gradient = { angle: number; stops: readonly (readonly [at: number, colour: Colour])[] }
export type Fill = Colour | Gradient
type Align = 'start' | 'center' | 'end' | 'stretch'
type Justify = 'start' | 'center' | 'end' | 'between' | 'around' | 'evenly'

export type Style = {
  /** Its name in `change` of templates that extend this one. */
  id?: string
  when?: Words
  only?: readonly string[]
  width?: Length
  height?: Length
  minWidth?: Length
  maxWidth?: Length
  minHeight?: Length
  maxHeight?: Length
  basis?: Length
  grow?: number
  shrink?: number
  aspect?: number
  margin?: Sides
  self?: Align
  at?: { left?: Length; top?: Length; right?: Length; bottom?: Length }
  fill?: Fill
  radius?: Sides
  border?: { width: number; color: Colour; dash?: readonly number[]; side?: 'top' | 'right' | 'bottom' | 'left' }
  shadow?: { x?: number; y?: number; blur: number; color: Colour }
  opacity?: number
  /** Degrees clockwise, about its middle. */
  rotate?: number
  /** Corners of its shape in parts of its box, instead of a rounded rectangle. */
  polygon?: readonly (readonly [x: number, y: number])[]
}

type Lettering = {
  /** Height of the em square, pixels. */
  size?: number
  weight?: Weight
  color?: Colour
  /** Added after every letter, parts of the size. */
  spacing?: number
}
export type Span = Lettering & {
  text: Words
  /** A line through it. */
  strike?: boolean
  /** Room before it, pixels. */
  gap?: number
  when?: Words
}
export type BoxNode = Style & {
  kind: 'row' | 'column'
  children: readonly Node[]
  padding?: Sides
  gap?: number
  align?: Align
  justify?: Justify
  wrap?: boolean
}
export type TextNode = Style &
  Lettering & {
    kind: 'text'
    spans: readonly Span[]
    /** At most so many lines; what does not fit gets smaller down to `minSize`, then loses its end to an ellipsis. */
    lines?: number
    minSize?: number
    /** Distance of lines, parts of the size. */
    lineHeight?: number
    align?: 'left' | 'center' | 'right'
    /** Lines of about the same length, broken between words where that costs no line. */
    balance?: boolean
    /** The box reaches from the top of the figures to the baseline, as big prices need to stand in line with other things. */
    trim?: boolean
  }
export type PictureNode = Style & { kind: 'picture'; source: string; focus?: readonly [x: number, y: number] }
export type QrNode = Style & {
  kind: 'qr'
  text: Words
  dark?: Colour
  light?: Colour
  /** The width to which it grows for a long link, pixels. */
  most?: number
  /** A picture of the template's folder that stands in the middle. */
  logo?: string
}
/** `path` is where the node stands in the file: `root.column[2]`. */
export type Node = (BoxNode | TextNode | PictureNode | QrNode) & { path: string }

/** Into how many files a picture is cut. */
export type Tiles = { columns: number; rows: number }
/** A template at one size: pixels, tiles, and the tree that holds there. */
export type Sheet = { width: number; height: number; tiles: Tiles; root: Node }

/** What a template is about: goods, or the operator's shop. */
export type Subject = 'product' | 'shop'

export type Template = {
  /** Its folder's name. */
  name: string
  title: string
  of: Subject
  /** In the workspace. */
  own: boolean
  /** Its own, then those of the templates that it extends. */
  folders: readonly string[]
  /** The template that it takes everything of, or null. */
  extends: string | null
  schemes: Readonly<Record<string, Readonly<Record<string, Colour>>>>
  /** By name; the first is the default. */
  sizes: ReadonlyMap<string, Sheet>
  /** File names of the pictures that the tree uses, without the product's photo. */
  pictures: readonly string[]
  /** Of template.yaml, those that it extends, and the pictures: 64 hex digits. */
  sha256: string
}

const positive = number(0)
const signed = number(-10_000)
const part = number(0, 1)
const weight = oneOf<Weight>(400, 700, 900)
const align = oneOf<Align>('start', 'center', 'end', 'stretch')

const length: Reader<Length> = (value, at) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && /^-?\d+(\.\d+)?%$/.test(value)) return value as Length
  return refuse(at, "a length, expected like 24 or '50%'", value)
}

const sides: Reader<Sides> = (value, at) => {
  const all = typeof value === 'number' ? [value] : value
  if (!Array.isArray(all) || ![1, 2, 4].includes(all.length) || !all.every(Number.isFinite))
    refuse(at, 'sides, expected like 24, [24, 32] or [24, 32, 24, 32]', value)
  const [top, right = top, bottom = top, left = right] = all as number[]
  return [top!, right!, bottom!, left!]
}

const plainColour: Reader<Colour> = (value, at) =>
  typeof value === 'string' && /^#([\da-f]{3}|[\da-f]{6}|[\da-f]{8})$/i.test(value)
    ? value
    : refuse(at, "a colour, expected like '#e1251b'", value)

const colour: Reader<Colour> = (value, at) => {
  const [, name] = /^\$(\w+)(?:\/\d{1,3})?$/.exec(String(value)) ?? []
  if (!name) return plainColour(value, at)
  return at.names?.has(name) ? (value as Colour) : unknownWord(at, 'colour', name, at.names ?? [])
}

const point: Reader<readonly [number, number]> = (value, at) =>
  Array.isArray(value) && value.length === 2
    ? [part(value[0], inside(at, 0)), part(value[1], inside(at, 1))]
    : refuse(at, 'a point, expected like [0.5, 0.3]', value)
const corners: Reader<(readonly [number, number])[]> = (value, at) => {
  const all = list(point)(value, at)
  return all.length >= 3 ? all : refuse(at, 'at least three points', value)
}
const stop: Reader<readonly [number, Colour]> = (value, at) => {
  if (!Array.isArray(value) || value.length !== 2) refuse(at, "a stop, expected like [0.5, '$ink']", value)
  return [part(value[0], inside(at, 0)), colour(value[1], inside(at, 1))]
}
const gradient = record({ angle: number(0, 360), stops: list(stop) }, 'angle', 'stops')
const fill: Reader<Fill> = (value, at) => (typeof value === 'object' ? gradient(value, at) : colour(value, at))

const words: Reader<Words> = (value, at) => readWords(string(value, at), `${at.file}: ${at.path}`, at.facts)
const condition: Reader<Words> = (value, at) => readCondition(string(value, at), `${at.file}: ${at.path}`, at.facts)

const sizeName: Reader<string> = (value, at) =>
  at.size!.known.find((name) => name === String(value)) ?? unknownWord(at, 'size', String(value), at.size!.known)

const STYLE = {
  id: string,
  when: condition,
  only: list(sizeName),
  ...{ width: length, height: length, minWidth: length, maxWidth: length, minHeight: length, maxHeight: length, basis: length },
  ...{ grow: positive, shrink: positive, aspect: positive, margin: sides, self: align },
  at: record({ left: length, top: length, right: length, bottom: length }),
  fill,
  radius: sides,
  border: record(
    {
      width: positive,
      color: colour,
      dash: list(positive),
      side: oneOf<'top' | 'right' | 'bottom' | 'left'>('top', 'right', 'bottom', 'left'),
    },
    'width',
    'color',
  ),
  shadow: record({ x: signed, y: signed, blur: positive, color: colour }, 'blur', 'color'),
  opacity: part,
  rotate: number(-180, 180),
  polygon: corners,
}
const LETTERING = { size: number(8, 1000), weight, color: colour, spacing: number(-0.5, 2) }
const span: Reader<Span> = record({ ...LETTERING, text: words, strike: yes, gap: positive, when: condition }, 'text')
const spans: Reader<Span[]> = (value, at) => (Array.isArray(value) ? list(span)(value, at) : [{ text: words(value, at) }])

const BOX = {
  ...{ padding: sides, gap: positive, align, wrap: yes },
  justify: oneOf<Justify>('start', 'center', 'end', 'between', 'around', 'evenly'),
}
/** Reads the children of a box; `node` is declared below, hence a function. */
const nodes: Reader<Node[]> = (value, at) => list(node)(value, at).filter(({ only }) => !only || only.includes(at.size!.name))
const fileName: Reader<string> = (value, at) =>
  /^[\w-]+(\.\w+)?$/.test(string(value, at))
    ? (value as string)
    : refuse(at, '`photo` or the name of a file in the folder', value)

const qrShape = record({ ...STYLE, qr: words, dark: colour, light: colour, most: number(100, 4000), logo: fileName })
const qr: Reader<ReturnType<typeof qrShape>> = (value, at) => {
  const read = qrShape(value, at)
  if (read.most !== undefined && !(typeof read.width === 'number' && read.width <= read.most))
    refuse(inside(at, 'most'), 'a size to grow to, expected a width of fewer pixels beside it', read.most)
  return read
}

const KINDS = {
  row: record({ ...STYLE, ...BOX, row: nodes }),
  column: record({ ...STYLE, ...BOX, column: nodes }),
  text: record({
    ...STYLE,
    ...LETTERING,
    text: spans,
    ...{ lines: number(1, 100), minSize: number(8, 1000), lineHeight: number(0.5, 4), balance: yes, trim: yes },
    align: oneOf<'left' | 'center' | 'right'>('left', 'center', 'right'),
  }),
  picture: record({ ...STYLE, picture: fileName, focus: point }),
  qr,
}
type Kind = keyof typeof KINDS

const node: Reader<Node> = (value, given) => {
  const map = mapping(value, given)
  const at = { ...given, elsewhere: given.changes?.get(map) }
  const keys = keysOf(map, at)
  const kinds = (Object.keys(KINDS) as Kind[]).filter((name) => keys.has(name))
  // A kind that is written for this size wins over a plain one, as all keys do.
  const sized = kinds.filter((name) => keys.get(name) !== name)
  const [kind, ...others] = sized.length > 0 ? sized : kinds
  if (kind === undefined) {
    const near = Object.keys(map).find((key) => nearest(key, Object.keys(KINDS)) !== null && !(key in STYLE))
    if (near !== undefined) unknownWord(inside(at, near), 'key', near, Object.keys(KINDS))
    throw usageError(`${at.file}: ${at.path}: expected one of ${Object.keys(KINDS).join(', ')}`)
  }
  if (others.length > 0) throw usageError(`${at.file}: ${at.path}: is both ${kind} and ${others[0]}`)
  const rest = Object.entries(map).filter(([key]) => key === kind || !kinds.includes(key as Kind))
  const { [kind]: content, ...style } = KINDS[kind](Object.fromEntries(rest), at) as Record<string, unknown>
  const name = { row: 'children', column: 'children', text: 'spans', picture: 'source', qr: 'text' }[kind]
  return { ...style, kind, [name]: content, path: at.path } as unknown as Node
}

const KNOWN_SIZES: Readonly<Record<string, Size>> = {
  portrait: { width: 1080, height: 1920 },
  '4x5': { width: 1080, height: 1350 },
  square: { width: 1080, height: 1080 },
}
type Size = { width: number; height: number }
const side = number(100, 4000)
const ownSize = record({ name: string, width: side, height: side }, 'name', 'width', 'height')

const size: Reader<[name: string, Size]> = (value, at) => {
  if (typeof value !== 'object') {
    const known = KNOWN_SIZES[String(value)]
    return known ? [String(value), known] : unknownWord(at, 'size', String(value), Object.keys(KNOWN_SIZES))
  }
  const { name, ...pixels } = ownSize(value, at)
  if (!/^\w[\w-]*$/.test(name)) refuse(inside(at, 'name'), 'a name of letters, digits and -', name)
  return [name, pixels]
}

const sizes: Reader<Map<string, Size>> = (value, at) => {
  const all = list(size)(value, at)
  const twice = all.find(([name], i) => all.findIndex(([other]) => other === name) < i)
  if (twice) throw usageError(`${at.file}: ${at.path}: ${twice[0]} is there twice`)
  if (all.length === 0) throw usageError(`${at.file}: ${at.path}: expected at least one size`)
  return new Map(all)
}

const raw: Reader<unknown> = (value) => value
const head = record({ title: string, of: oneOf<Subject>('product', 'shop'), sizes, schemes: raw }, 'title', 'sizes', 'schemes')
const TOP: readonly string[] = ['title', 'of', 'sizes', 'schemes', 'tiles', 'root', 'extends', 'change']
const tiles: Reader<Tiles> = (value, at) => {
  if (!Array.isArray(value) || value.length !== 2 || !value.every((one) => Number.isInteger(one) && one >= 1 && one <= 12))
    refuse(at, 'tiles, expected like [3, 3]', value)
  const [columns, rows] = value as [number, number]
  return { columns, rows }
}
const sheet = record({ tiles, root: node }, 'root')

/** Reads the source of a `template.yaml` that extends no other. `file` is named in errors. @throws usageError naming file, path and the nearest known key. */
export function readTemplate(source: string, file: string): ReadTemplate {
  return readWritten(parseWritten(source, file))
}
type ReadTemplate = Omit<Template, 'name' | 'own' | 'folders' | 'extends' | 'sha256'>

const parseWritten = (source: string, file: string): Written => ({
  file,
  map: mapping(parseYaml(source, file), { file, path: '' }),
  changes: new WeakMap(),
})

function readWritten({ file, map, changes, ...written }: Written): ReadTemplate {
  const at: Place = { file, path: '' }
  const [heads, trees] = split(map, (key) => isTree(key) || /^tiles(@|$)/.test(key))
  for (const key of Object.keys(heads)) if (!TOP.includes(key)) unknownWord(inside(at, key), 'key', key, TOP)
  const { title, of = 'product', ...read } = head(heads, at)
  const schemes = readSchemes(read.schemes, inside(at, 'schemes'))
  const names = new Set(Object.keys(Object.values(schemes)[0]!))
  const facts = of === 'shop' ? SHOP_FACT_NAMES : FACT_NAMES
  const known = written.sizes ?? [...read.sizes.keys()]
  const sheets = new Map<string, Sheet>()
  for (const [name, pixels] of read.sizes) {
    const { tiles = { columns: 1, rows: 1 }, root } = sheet(trees, { ...at, names, facts, changes, size: { name, known } })
    if (!Number.isInteger(pixels.width / tiles.columns) || !Number.isInteger(pixels.height / tiles.rows))
      throw usageError(
        `${file}: tiles: ${pixels.width} × ${pixels.height} pixels do not divide into ${tiles.columns} × ${tiles.rows}`,
      )
    sheets.set(name, { ...pixels, tiles, root })
  }
  if ([...sheets.values()].some(({ root }) => root.only))
    throw usageError(`${file}: root.only: the root is in every size, list them in sizes`)
  const used = [...sheets.values()].flatMap(({ root }) => picturesOf(root))
  const photo = used.find(({ source }) => source === 'photo')
  if (photo && of === 'shop')
    throw usageError(`${file}: ${photo.path}: a shop has no photo, expected the name of a file in the folder`)
  const pictures = new Set(used.map(({ source }) => source))
  pictures.delete('photo')
  return { title, of, schemes, sizes: sheets, pictures: [...pictures] }
}

/** The entries whose key passes the test come second. */
function split(map: Record<string, unknown>, test: (key: string) => boolean): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(map)
  return [entries.filter(([key]) => !test(key)), entries.filter(([key]) => test(key))].map(Object.fromEntries) as never
}

/** The ids of a tree, as `change` may name them. */
export function idsOf(one: Node): string[] {
  const own = one.id === undefined ? [] : [one.id]
  return one.kind === 'row' || one.kind === 'column' ? [...own, ...one.children.flatMap(idsOf)] : own
}

/** Every picture and logo of a tree, and the path of its node. */
function picturesOf(one: Node): { source: string; path: string }[] {
  if (one.kind === 'row' || one.kind === 'column') return one.children.flatMap(picturesOf)
  const source = one.kind === 'picture' ? one.source : one.kind === 'qr' ? one.logo : undefined
  return source === undefined ? [] : [{ source, path: one.path }]
}

function readSchemes(value: unknown, at: Place): Record<string, Record<string, Colour>> {
  const schemes: Record<string, Record<string, Colour>> = {}
  let names: string[] | undefined
  for (const [scheme, inner] of Object.entries(mapping(value, at))) {
    const place = inside(at, scheme)
    const colours = Object.entries(mapping(inner, place)).map(
      ([name, one]) => [name, plainColour(one, inside(place, name))] as const,
    )
    schemes[scheme] = Object.fromEntries(colours)
    names ??= Object.keys(schemes[scheme])
    const odd = names.find((name) => !(name in schemes[scheme]!)) ?? colours.find(([name]) => !names!.includes(name))?.[0]
    if (odd !== undefined) throw usageError(`${at.file}: ${place.path}: ${odd} must be in every scheme or in none`)
  }
  if (names === undefined) throw usageError(`${at.file}: ${at.path}: expected at least one scheme`)
  return schemes
}

/** Where a template lies. `own`: in the workspace; `below`: the one of the same name that comes with the tool, which it hides. */
export type TemplateFolder = { name: string; folder: string; own: boolean; below?: TemplateFolder | undefined }

/** The folders of all templates by name: those that come with the tool, and those in the workspace's `templates/posters`, which win. */
export async function templateFolders(home: string, workspaceFolder?: string): Promise<Map<string, TemplateFolder>> {
  const found = new Map<string, TemplateFolder>()
  for (const base of [home, workspaceFolder]) {
    const posters = base && join(base, 'templates', 'posters')
    if (!posters || !existsSync(posters)) continue
    for (const name of (await readdir(posters)).sort()) {
      const folder = join(posters, name)
      if (existsSync(join(folder, 'template.yaml'))) found.set(name, { name, folder, own: base !== home, below: found.get(name) })
    }
  }
  return found
}

/**
 * Poster styles by name: those that are `wanted` (`card`, `card:jade`), where all of these are there, since reading one takes 20 ms; else all.
 * @throws usageError on the first template that is wrong.
 */
export async function loadStyles(
  home: string,
  workspaceFolder?: string,
  wanted?: readonly string[],
): Promise<Map<string, Template>> {
  const folders = await templateFolders(home, workspaceFolder)
  const names = wanted?.map((style) => style.split(':', 1)[0]!)
  const isEnough = names?.every((name) => folders.has(name))
  const styles = new Map<string, Template>()
  for (const [name, folder] of folders)
    if (!isEnough || names!.includes(name)) styles.set(name, await loadTemplate(folder, folders))
  return styles
}

/** Reads one template and what it extends. @throws usageError naming file, path and what was expected. */
export async function loadTemplate(one: TemplateFolder, all: ReadonlyMap<string, TemplateFolder>): Promise<Template> {
  const { written, chain, sources } = await loadWritten(one, all, [])
  const template = readWritten(written)
  const hash = createHash('sha256')
  for (const source of sources) hash.update(source)
  const folders = chain.map(({ folder }) => folder)
  for (const picture of template.pictures) hash.update(await readFile(pictureFile({ name: one.name, folders }, picture)))
  return { ...template, name: one.name, own: one.own, folders, extends: chain[1]?.name ?? null, sha256: hash.digest('hex') }
}

type Loaded = { written: Written; chain: TemplateFolder[]; sources: string[] }

async function loadWritten(
  one: TemplateFolder,
  all: ReadonlyMap<string, TemplateFolder>,
  above: TemplateFolder[],
): Promise<Loaded> {
  const file = `${one.name}/template.yaml`
  const source = await readFile(join(one.folder, 'template.yaml'), 'utf8')
  const written = parseWritten(source, file)
  const wanted = extendedBy(written)
  if (wanted === null) return { written, chain: [one], sources: [source] }
  const base = wanted === one.name ? one.below : all.get(wanted)
  if (!base)
    throw usageError(
      `${file}: extends: no template ${wanted}, ${suggest(
        wanted,
        [...all.keys()].filter((name) => name !== one.name),
      )}`,
    )
  const chain = [...above, one]
  if (chain.includes(base))
    throw usageError(`${file}: extends: goes round in a circle, ${[...chain, base].map(({ name }) => name).join(' → ')}`)
  const found = await loadWritten(base, all, chain)
  readWritten(found.written) // what is wrong there is told of its own file
  return { written: extend(written, found.written), chain: [one, ...found.chain], sources: [source, ...found.sources] }
}

/** Where a picture of a template lies: in its own folder, or that of one that it extends. @throws usageError where it does not. */
export function pictureFile({ name, folders }: Pick<Template, 'name' | 'folders'>, picture: string): string {
  const file = folders.map((folder) => join(folder, picture)).find((path) => existsSync(path))
  if (file === undefined) throw usageError(`${name}/template.yaml: no picture ${picture} in ${folders.join(' or ')}`)
  return file
}

/** What a poster is made from: a template at one size in one colour scheme. */
export type Chosen = { template: Template; scheme: string; size: string }

/**
 * A style, `card` or `card:jade`, at a size; without one at its first.
 * @throws usageError naming the nearest style or scheme, or the sizes that there are, or where it is about something else.
 */
export function findStyle(styles: ReadonlyMap<string, Template>, wanted: string, size?: string, of: Subject = 'product'): Chosen {
  const [name = '', scheme] = wanted.split(':')
  const template = styles.get(name)
  if (!template) throw usageError(`no poster style ${name}, ${suggest(name, [...styles.keys()])}`)
  if (template.of !== of)
    throw usageError(
      template.of === 'shop'
        ? `style ${name} is of a shop and shows no goods; use it with poster --recruit`
        : `style ${name} shows goods, expected one of a shop (of: shop)`,
    )
  const schemes = Object.keys(template.schemes)
  if (scheme !== undefined && !schemes.includes(scheme))
    throw usageError(`style ${name} has no colour scheme ${scheme}, ${suggest(scheme, schemes)}`)
  const sizes = [...template.sizes.keys()]
  if (size !== undefined && !sizes.includes(size))
    throw usageError(`style ${name} has no size ${size}, it has ${sizes.join(', ')}`)
  return { template, scheme: scheme ?? schemes[0]!, size: size ?? sizes[0]! }
}

/** `did you mean card?`, or what there is. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return meant ? `did you mean ${meant}?` : `expected one of ${known.join(', ')}`
}
