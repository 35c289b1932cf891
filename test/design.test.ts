import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

// Holds the rules of the design that can be read off the source: who may know whom, which package lives where, no floats near money.
const root = fileURLToPath(new URL('..', import.meta.url))
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort()

type Use = { file: string; text: string; line: number }
type Import = { file: string; to: string; types: boolean; line: number }
const imports: Import[] = []
const uses: Use[] = []

for (const file of sources) {
  const text = readFileSync(join(root, 'src', file), 'utf8')
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const lineOf = (node: ts.Node) => tree.getLineAndCharacterOfPosition(node.getStart()).line + 1
  const add = (node: ts.Node, to: string, types: boolean) => {
    const path = to.startsWith('.') ? relative(root, join(root, 'src', dirname(file), to)).replace(/^src\//, '') : to
    imports.push({ file, to: path, types, line: lineOf(node) })
  }
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const types = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : node.isTypeOnly
      add(node, node.moduleSpecifier.text, types)
    } else if (ts.isCallExpression(node)) {
      const [first] = node.arguments
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword && first && ts.isStringLiteral(first)) add(node, first.text, false)
      uses.push({ file, text: `${node.expression.getText()}(`, line: lineOf(node) })
    } else if (ts.isNewExpression(node))
      uses.push({ file, text: `new ${node.expression.getText()}(${node.arguments?.length ? '…' : ''}`, line: lineOf(node) })
    else if (ts.isClassLike(node)) uses.push({ file, text: `class ${node.name?.text}`, line: lineOf(node) })
    else if (ts.isIdentifier(node) && node.text === 'process' && !ts.isPropertyAssignment(node.parent)) {
      uses.push({ file, text: 'process', line: lineOf(node) })
    } else if (ts.isBinaryExpression(node) && /^partner(\.id)?$/.test(node.left.getText()) && ts.isStringLiteral(node.right)) {
      uses.push({ file, text: `partner ${node.operatorToken.getText()}`, line: lineOf(node) })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
}

/** `src/feeds/read.ts` → feeds; files of the top have a place each, those about the workspace one together. */
function placeOf(file: string): string {
  const place = file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')
  return ['configuration', 'workspace', 'lock', 'yaml', 'failure'].includes(place) ? 'workspace' : place
}

const GROUND = ['money', 'day', 'errors', 'connect', 'context', 'html']
const RECORDS = [...GROUND, 'records']
const MIDDLE = [...RECORDS, 'feeds', 'partners', 'store', 'workspace']
/** Whom each place may import from, besides itself. */
const MAY_KNOW: Record<string, readonly string[]> = {
  money: [],
  day: [],
  errors: [],
  connect: [],
  html: [],
  context: ['connect'],
  records: ['money', 'day'],
  workspace: RECORDS,
  feeds: RECORDS,
  // to read an operator's YAML
  partners: [...RECORDS, 'feeds', 'yaml.ts'],
  store: RECORDS,
  catalog: MIDDLE,
  share: MIDDLE,
  settle: MIDDLE,
  // whose an order is, what was paid for it, and how rules and tiers are read
  team: [
    ...MIDDLE,
    ...['share/attribution.ts', 'share/rules.ts', 'share/tier.ts'],
    ...['settle/entry.ts', 'settle/expect.ts', 'settle/parts.ts', 'settle/reconcile.ts', 'settle/settle.ts'],
    ...['settle/chart.ts', 'settle/style.ts', 'settle/table.ts'],
  ],
  report: [...MIDDLE, 'share', 'settle'],
  commands: [...MIDDLE, 'catalog', 'share', 'settle', 'team', 'report'],
  cli: [...MIDDLE, 'catalog', 'share', 'settle', 'team', 'report', 'commands'],
}
const told = ({ file, line }: { file: string; line: number }, what: string) => `src/${file}:${line} ${what}`

describe('who knows whom', () => {
  it('every place of src has its rule', () => {
    expect([...new Set(sources.map(placeOf))].sort()).toEqual(Object.keys(MAY_KNOW).sort())
  })

  it('imports go one way', () => {
    const wrong = imports
      .filter(({ to }) => sources.includes(to))
      .filter(({ file, to }) => placeOf(file) !== placeOf(to))
      .filter(({ file, to }) => ![placeOf(to), to].some((known) => MAY_KNOW[placeOf(file)]!.includes(known)))
      .map((one) => told(one, `imports ${one.to}`))
    expect(wrong).toEqual([])
  })

  it('every relative import is a file of src', () => {
    const lost = imports.filter(({ to }) => to.endsWith('.ts') && !sources.includes(to)).map((one) => told(one, one.to))
    expect(lost).toEqual([])
  })

  it('no two files need each other to run', () => {
    const needs = (file: string) =>
      imports.filter((one) => one.file === file && !one.types && sources.includes(one.to)).map(({ to }) => to)
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (file: string, above: string[]): void => {
      if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' → '))
      if (above.includes(file) || done.has(file)) return
      for (const next of needs(file)) walk(next, [...above, file])
      done.add(file)
    }
    for (const file of sources) walk(file, [])
    expect(circles).toEqual(CIRCLES)
  })

  it.each(['settle/reconcile.ts', 'share/poster/layout.ts'])(
    '%s is pure: nothing that it needs touches files, network, clock or store',
    (file) => {
      const reached = new Set<string>([file])
      for (const from of reached) for (const one of imports) if (one.file === from && !one.types) reached.add(one.to)
      const outside = /^node:|^(better-sqlite3|canvas|node-fetch|inquirer)$|^(store|feeds|commands)\/|^context/
      expect([...reached].filter((name) => outside.test(name))).toEqual([])
    },
  )
})

/** Files that import each other, with the reason. */
const CIRCLES = [
  // one reads the folder, the other its shoptool.yaml, on demand: zod would cost every command its start
  'workspace.ts → configuration.ts → workspace.ts',
]

describe('npm packages have one home each', () => {
  const homes: [string, RegExp][] = [
    ['better-sqlite3', /^store\//],
    ['canvas', /^share\/poster\//],
    ['node-fetch', /^context\.ts$/],
    ['commander', /^(cli\.ts|commands\/)/],
    ['inquirer', /^(cli\.ts|commands\/)/],
    ['chalk', /^(cli\.ts|commands\/)/],
    ['yoga-layout', /^share\/poster\//],
    ['linebreak', /^share\/poster\//],
    ['qrcode', /^share\/poster\//],
    ['jsqr', /^share\/poster\//],
    ['ipaddr.js', /^share\//],
    ['liquidjs', /^share\//],
    ['lossless-json', /^feeds\/formats\//],
    ['xxhash-wasm', /^feeds\/formats\//],
    ['tinyglobby', /^feeds\//],
    ['saxes', /^feeds\/formats\//],
    ['@e965/xlsx', /^feeds\/formats\//],
    ['yauzl', /^(feeds|settle)\//],
    ['yazl', /^settle\//],
    ['csv-stringify', /^(settle|commands)\//],
    ['yaml', /^(yaml|configuration)\.ts$|^partners\/yaml\.ts$|^share\/|^commands\//],
    ['zod', /^(yaml|configuration)\.ts$|^partners\/yaml\.ts$|^catalog\/score\.ts$|^(share|team)\//],
    ['string-width', /^commands\//],
  ]
  const packageOf = (to: string) => (to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!)
  /** Deliberate, each with its reason. */
  const ALLOWED = [
    // asks which fonts and versions there are, without drawing anything
    'commands/doctor.ts canvas',
  ]

  it.each(homes)('%s', (name, home) => {
    const wrong = imports.filter(({ to }) => packageOf(to) === name).filter(({ file }) => !home.test(file))
    expect(wrong.filter(({ file }) => !ALLOWED.includes(`${file} ${name}`)).map((one) => told(one, `imports ${name}`))).toEqual(
      [],
    )
  })

  it('every dependency of package.json is used and has its home here; nothing else is imported', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const used = new Set(
      imports
        .map(({ to }) => to)
        .filter((to) => !to.startsWith('node:') && !to.endsWith('.ts'))
        .map(packageOf),
    )
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([])
    expect([...used].filter((name) => !(name in dependencies))).toEqual([])
    expect([...used].filter((name) => !homes.some(([known]) => known === name))).toEqual([])
  })

  it('a partner’s file has no network and no clock', () => {
    const outside = imports.filter(({ file, to }) => file.startsWith('partners/') && /^node:(?!fs$|path$)|fetch/.test(to))
    expect(outside.map((one) => told(one, one.to))).toEqual([])
  })
})

/** Uses that match, as `file text`, but for the allowed ones; an allowance that nothing needs any more is told as well. */
function strangers(matches: (use: Use) => boolean, allowed: Record<string, string>): string[] {
  const found = uses.filter(matches)
  const keys = new Set(found.map(({ file, text }) => `${file} ${text}`))
  const wrong = found.filter(({ file, text }) => !(`${file} ${text}` in allowed)).map((one) => told(one, one.text))
  return [
    ...wrong,
    ...Object.keys(allowed)
      .filter((key) => !keys.has(key))
      .map((key) => `${key}: allowed, but not there`),
  ]
}

describe('what the source does not do', () => {
  it('no float near money: amounts and rates are read by readAmount and readRate and rounded by multiplyDivide', () => {
    const near = ['money', 'records', 'feeds', 'partners', 'settle', 'team', 'report', 'store', 'catalog', 'day']
    const float = /^(parseFloat|Number|Number\.parseFloat|Math\.(round|floor|ceil|trunc)|.*\.toFixed|.*\.toPrecision)\($/s
    expect(
      strangers(({ file, text }) => near.includes(placeOf(file)) && float.test(text), {
        'money.ts Number(': 'a BigInt quotient, checked to be a safe integer',
        'day.ts Number(': 'parts of dates',
        'day.ts Math.floor(': 'milliseconds to seconds, minutes to hours',
        'catalog/sync.ts Math.round(': 'how many seconds a run took',
        // A workbook holds doubles: what was typed is written out again before anything reads it.
        'feeds/formats/sheet.ts Number(': 'a double of a workbook, to the text that was typed',
        'feeds/formats/sheet.ts value.toPrecision(': 'the same',
        'feeds/formats/sheet.ts Number(text).toFixed(': 'the same',
        'feeds/formats/sheet.ts Math.round(': 'a day number, to the second',
        'feeds/formats/xml.ts Number(': 'the place of a repeated element',
        'report/activity.ts Number(': 'the day of a month',
        'report/chance.ts Math.floor(': 'digits of a probability',
        'report/chance.ts Math.round(': 'the same',
        'report/scale.ts Math.ceil(': 'steps of a scale of shares',
        'report/scale.ts Math.floor(': 'the same',
        'report/scale.ts Math.round(': 'a share estimated from many orders, which no amount is made of',
        'settle/chart.ts Math.min(left, 99.4).toFixed(': 'where a bar of the chart begins',
        'settle/chart.ts width.toFixed(': 'how long it is',
        'store/orders.ts Number(': 'row ids',
        'store/payouts.ts Number(': 'row ids',
        'store/products.ts Number(': 'row ids',
        'store/runs.ts Number(': 'row ids',
      }),
    ).toEqual([])
  })

  it('nothing but context.ts touches process', () => {
    expect(strangers(({ text }) => text === 'process', { 'context.ts process': 'its home' })).toEqual([])
  })

  it('the clock and chance are arguments', () => {
    const asked = /^(Date\.now\(|new Date\($|Math\.random\(|performance\.now\()/
    expect(strangers(({ text }) => asked.test(text), CLOCKS)).toEqual([])
  })

  it('no class but ShoptoolError', () => {
    expect(strangers(({ text }) => text.startsWith('class '), { 'errors.ts class ShoptoolError': 'the one' })).toEqual([])
  })

  it('no partner by name outside of its own file', () => {
    expect(strangers(({ text }) => text.startsWith('partner '), {})).toEqual([])
  })

  it('no file or folder named after nothing', () => {
    const names = [...sources, ...readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })]
    const empty = /(^|\/)(utils?|helpers?|common|manager|types?|misc|shared|base)(\.[a-z.]+)?($|\/)/i
    expect(names.filter((name) => empty.test(name))).toEqual([])
  })
})

/** Where the clock is asked all the same. */
const CLOCKS: Record<string, string> = {
  'feeds/fetch.ts new Date(': 'when a snapshot was last met, for tidying up; no result depends on it',
}
