import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { encodePictures } from '../share/poster/encode.ts'
import { openFaces } from '../share/poster/fonts.ts'
import type { Faces } from '../share/poster/lines.ts'
import { decodePhoto } from '../share/poster/photo.ts'
import { contactSheet } from '../share/poster/sheet.ts'
import { idsOf, loadTemplate, suggest, type Template, type TemplateFolder, templateFolders } from '../share/poster/template.ts'
import { reviewTemplate } from '../share/review.ts'
import { LONGEST, LONGEST_SHOP, SHORTEST, SHORTEST_SHOP } from '../share/samples.ts'
import { paintPoster } from '../share/studio.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand, type Outcome } from './command.ts'
import { flag, option } from './option.ts'

const POSTERS = join('templates', 'posters')

const list = defineCommand({
  about: 'Lists the poster templates: those that come with shoptool, and your own in templates/posters of the workspace.',
  examples: ['shoptool template list', 'shoptool template list --json'],
  async run({ ctx, findWorkspace, print, global }) {
    const folders = await templateFolders(ctx.home, (await findWorkspace())?.folder)
    const templates: Template[] = []
    const outcomes: Outcome[] = []
    for (const folder of folders.values()) {
      const { template, error } = await tryTemplate(folder, folders)
      if (template) templates.push(template)
      else {
        print.warn(error.message)
        outcomes.push(error.fault)
      }
    }
    if (global.json)
      print.json('template-list', {
        templates: templates.map(({ name, title, of, own, extends: base, sizes, schemes }) => ({
          ...{ name, title, of, own, extends: base },
          sizes: [...sizes].map(([size, { width, height, tiles }]) => ({
            size,
            width,
            height,
            tiles: [tiles.columns, tiles.rows],
          })),
          schemes: Object.keys(schemes),
        })),
      })
    else
      print.table(
        [
          { title: 'NAME' },
          { title: 'TITLE' },
          { title: 'OF' },
          { title: 'FROM' },
          { title: 'SIZES' },
          { title: 'SCHEMES', cut: true },
        ],
        templates.map(({ name, title, of, own, extends: base, sizes, schemes }) => [
          ...[name, title, of === 'shop' ? 'shop' : 'goods', own ? (base === null ? 'own' : `own, extends ${base}`) : 'shoptool'],
          ...[[...sizes.keys()].join(' '), Object.keys(schemes).join(' ')],
        ]),
      )
    return outcomes
  },
})

const make = defineCommand({
  about:
    'Writes a poster template of your own into templates/posters of the workspace: one that extends another and says only what is different, or a full copy.',
  args: [['<name>', 'of the new template: letters, digits, - and _']],
  options: {
    from: option('--from <template>', 'the template that it starts from (default card)'),
    copy: flag('--copy', 'copy all of it instead of extending it'),
  },
  examples: [
    'shoptool template new mine',
    'shoptool template new mine --from tag',
    'shoptool template new mine --from minimal --copy',
  ],
  async run({ ctx, args: [name], options, workspace, print, global }) {
    const { folder } = await workspace()
    if (!/^[a-z\d][\w-]*$/i.test(name) || name === 'all')
      throw usageError(`template new: "${name}" is not a name, expected letters, digits, - and _, like mine`)
    const folders = await templateFolders(ctx.home, folder)
    const base = chooseFolder(folders, options.from ?? 'card', '--from')
    const target = join(folder, POSTERS, name)
    if (existsSync(target)) throw usageError(`${target} is there already; choose another name, or change what is in it`)
    const template = await loadTemplate(base, folders)
    const files = options.copy
      ? readdirSync(base.folder, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [entry.name, readFileSync(join(base.folder, entry.name))] as const)
      : [['template.yaml', extending(name, template)] as const]
    mkdirSync(target, { recursive: true })
    for (const [file, content] of files) writeFileSync(join(target, file), content)
    const file = join(target, 'template.yaml')
    if (global.json) print.json('template-new', { name, from: base.name, file })
    else print.line(file)
    print.note(`Look at it with "shoptool template preview ${name}", and try it with "shoptool template check ${name}".`)
    return 'done'
  },
})

/** A template that extends another, with what may be changed as comments. */
function extending(name: string, { name: base, title, sizes, schemes }: Template): string {
  const [[scheme, colours] = ['', {}]] = Object.entries(schemes)
  const ids = [...new Set([...sizes.values()].flatMap(({ root }) => idsOf(root)))]
  // What the law and the check ask for is not proposed to be left out.
  const proposed = ['title', 'reason', ...ids].filter((id) => ids.includes(id) && !['disclosure', 'qr'].includes(id))
  const [changed = 'title', dropped = 'reason'] = new Set(proposed)
  const inner = Object.entries(colours).map(([colour, value]) => `${colour}: '${value}'`)
  return `# Takes everything of ${base} (${title}) and says only what is different. Take the # away from what you want to change.
extends: ${base}
title: ${name}

# Only some of its sizes; the first is the default.
# sizes: [${[...sizes.keys()].join(', ')}]

# A colour scheme of your own beside those of ${base}, with the colours of its ${scheme} to begin with.
# schemes:
#   mine: { ${inner.join(', ')} }

# Other keys for nodes of ${base}, by id: ${ids.join(', ') || 'it has none'}.
# A key with @ and a size holds at that size only; null takes a key away, or leaves the whole node out.
# change:
#   ${changed}: { weight: 400, weight@square: 700 }
#   ${dropped}: null
`
}

const check = defineCommand({
  about:
    'Lays poster templates out in every size and colour scheme with the longest and the shortest titles, with and without coupon, reason and sales, and tells what leaves its place, is cut or hard to read; exit 5 where something was found.',
  args: [['[name...]', 'only these templates (default: all)']],
  examples: ['shoptool template check', 'shoptool template check mine --json'],
  async run({ ctx, args: [names], findWorkspace, print, global }) {
    const found = await findWorkspace()
    const folders = await templateFolders(ctx.home, found?.folder)
    const chosen = names.length > 0 ? names.map((name) => chooseFolder(folders, name, 'template check')) : [...folders.values()]
    const faces = facesOf(ctx, found)
    const results = []
    for (const folder of chosen) {
      print.progress(`${folder.name}, ${results.length + 1} of ${chosen.length}`)
      const { template, error } = await tryTemplate(folder, folders)
      const findings = template
        ? reviewTemplate(template, faces)
        : [{ size: null, scheme: null, sample: null, message: error.message }]
      results.push({ name: folder.name, findings })
    }
    print.progress(null)
    if (global.json) print.json('template-check', { templates: results })
    else
      print.table(
        [{ title: 'TEMPLATE' }, { title: 'SIZE' }, { title: 'SCHEME' }, { title: 'WITH' }, { title: 'FINDING' }],
        results.flatMap(({ name, findings }) =>
          findings.map(({ size, scheme, sample, message }) => [name, size ?? '', scheme ?? '', sample ?? '', message]),
        ),
      )
    const wrong = results.filter(({ findings }) => findings.length > 0).length
    print.note(
      wrong === 0
        ? results.length === 1
          ? '1 template is in order.'
          : `${results.length} templates are in order.`
        : `${wrong} of ${results.length} templates have findings.`,
    )
    return wrong === 0 ? 'done' : 'findings'
  },
})

const preview = defineCommand({
  about:
    'Draws a contact sheet: every style in every colour scheme, with the longest and the shortest title. It needs no goods and no database.',
  args: [['[name...]', 'only these templates (default: all)']],
  options: {
    out: option('--out <file>', 'the PNG file (default template-preview.png in out/ of the workspace, or here)'),
    size: option('--size <size>', 'in this size, of the templates that have it (default: the first of each)'),
  },
  examples: ['shoptool template preview', 'shoptool template preview card mine --size square --out sheet.png'],
  async run({ ctx, args: [names], options, findWorkspace, print, global }) {
    const found = await findWorkspace()
    if (options.out !== undefined && !/\.png$/i.test(options.out))
      throw usageError(`--out: "${options.out}" is not the name of a PNG file, expected like sheet.png`)
    const folders = await templateFolders(ctx.home, found?.folder)
    const chosen = names.length > 0 ? names.map((name) => chooseFolder(folders, name, 'template preview')) : [...folders.values()]
    const all: Template[] = []
    for (const folder of chosen) all.push(await loadTemplate(folder, folders))
    const { size } = options
    const templates = all.filter(({ sizes }) => size === undefined || sizes.has(size))
    if (templates.length === 0)
      throw usageError(
        `--size: no template has ${size}, ${suggest(size!, [...new Set(all.flatMap(({ sizes }) => [...sizes.keys()]))])}`,
      )
    const faces = facesOf(ctx, found)
    const file = join(ctx.home, 'templates', 'workspace', 'photos', 'mug-1.jpg')
    const photo = await decodePhoto(await readFile(file), file, 'template preview')
    const groups = templates.map((template) => ({
      title: `${template.name}  ${template.title}`,
      cells: cellsOf(template, size ?? [...template.sizes.keys()][0]!, faces, photo),
    }))
    const count = groups.reduce((sum, { cells }) => sum + cells.length, 0)
    const sheet = await contactSheet(groups, faces, (done) => print.progress(`${done} of ${count} pictures`))
    print.progress(null)
    const [bytes] = await encodePictures(sheet, 'png', { columns: 1, rows: 1 })
    const out = options.out === undefined ? join(found?.out ?? ctx.cwd, 'template-preview.png') : resolve(ctx.cwd, options.out)
    mkdirSync(join(out, '..'), { recursive: true })
    writeFileSync(out, bytes!)
    if (global.json) print.json('template-preview', { file: out, templates: templates.map(({ name }) => name), pictures: count })
    else print.line(out)
    return 'done'
  },
})

function cellsOf(template: Template, size: string, faces: Faces, photo: Awaited<ReturnType<typeof decodePhoto>>) {
  const { width, height } = template.sizes.get(size)!
  const samples = template.of === 'shop' ? [LONGEST_SHOP, SHORTEST_SHOP] : [LONGEST, SHORTEST]
  return Object.keys(template.schemes).flatMap((scheme) =>
    samples.map(({ name, facts }) => ({
      ...{ label: `${scheme}, ${name}`, width, height },
      draw: async () => (await paintPoster({ faces }, { name: template.name, facts, photo }, { template, scheme, size })).canvas,
    })),
  )
}

/** The faces that posters are set in, with the fonts of the workspace where there is one. */
function facesOf(ctx: Context, found: Workspace | null): Faces {
  const folder = found && join(found.folder, 'fonts')
  const extra =
    folder && existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /\.(ttf|otf|ttc)$/i.test(name))
          .sort()
      : []
  return openFaces(
    ctx.home,
    extra.map((name) => join(folder!, name)),
  )
}

function chooseFolder(folders: ReadonlyMap<string, TemplateFolder>, name: string, place: string): TemplateFolder {
  const folder = folders.get(name)
  if (!folder) throw usageError(`${place}: no template ${name}, ${suggest(name, [...folders.keys()])}`)
  return folder
}

type Tried = { template: Template; error: null } | { template: null; error: ShoptoolError }

async function tryTemplate(folder: TemplateFolder, folders: ReadonlyMap<string, TemplateFolder>): Promise<Tried> {
  try {
    return { template: await loadTemplate(folder, folders), error: null }
  } catch (error) {
    if (error instanceof ShoptoolError) return { template: null, error }
    throw error
  }
}

export const command = defineCommand({
  about: 'Lists, makes, checks and shows the templates that posters are drawn with.',
  examples: [
    'shoptool template list',
    'shoptool template new mine --from card',
    'shoptool template check',
    'shoptool template preview',
  ],
  commands: { list, new: make, check, preview },
})
