import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import type { Context } from '../context.ts'
import { type Problem, ShoptoolError, usageError } from '../errors.ts'
import { AMOUNT_UNITS, CANONICAL, type CanonicalField, exampleOf, RATE_UNITS } from '../feeds/canonical.ts'
import { fetchFiles, fetchStream, type Snapshot } from '../feeds/fetch.ts'
import type { Certainty, Guess } from '../feeds/guess.ts'
import type { Sample } from '../feeds/sample.ts'
import { RECORD_KINDS, type RecordKind } from '../records.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag, oneOf, option, type Value } from './option.ts'
import type { Print } from './print.ts'

const UNITS: Partial<Record<CanonicalField['kind'], readonly string[]>> = { amount: Object.keys(AMOUNT_UNITS), rate: RATE_UNITS }

const partnerId: Value<string> = {
  read: (given) => (/^[a-z0-9][a-z0-9_-]*$/.test(given) ? given : null),
  is: 'an id: small letters, digits, "-" and "_"',
  like: 'acme',
}

export const command = defineCommand({
  about:
    'Guesses from a sample file how a partner of your own is described in partners/<id>.yaml, and says how sure it is of each field. Look at the guesses, correct them, and try the file with "shoptool source test".',
  args: [['[file]', 'a file of the partner, or - for standard input']],
  options: {
    feed: option('--feed <kind>', 'what the file holds; else told by its columns', oneOf(RECORD_KINDS)),
    id: option('--id <id>', 'id of the partner; else from the name of the file', partnerId),
    save: flag('--save', 'write partners/<id>.yaml instead of printing it; a file that is there is left alone'),
    fields: flag('--fields', 'list the fields of products, orders, payouts and receipts with their types and units'),
  },
  examples: [
    'shoptool map goods.csv --id acme --save',
    'shoptool map orders.xlsx --feed orders > partners/acme.yaml',
    'shoptool map --fields',
  ],
  async run({ ctx, args: [file], options, findWorkspace, workspace, print, global }) {
    if (options.fields) return listFields(print, global.json)
    if (file === undefined)
      throw usageError('map: expected a file to guess from, or --fields, which lists what columns can be mapped to')
    const place = options.save ? await workspace() : await findWorkspace()
    const id = options.id ?? idFrom(file)
    const target = place && join(place.partners, `${id}.yaml`)
    if (options.save && existsSync(target!))
      throw usageError(`partners/${id}.yaml is there already; choose another --id, or print the guess without --save`)
    const { guessed, text, check } = await describe(ctx, place, file, id, options.feed)
    const doubtful = guessed.missing.length > 0 || check.rejected > 0
    if (options.save) {
      mkdirSync(place!.partners, { recursive: true })
      writeFileSync(target!, text, { flag: 'wx' })
    }
    if (global.json) {
      const { kind, fields, missing, unused } = guessed
      print.json('map', {
        partner: id,
        feed: kind,
        fields,
        missing,
        unused,
        ...check,
        yaml: text,
        saved: options.save ? target : null,
      })
      return doubtful ? 'findings' : 'done'
    }
    if (!options.save) print.line(text.trimEnd())
    tell(guessed, check, print)
    if (options.save) {
      const needed = guessed.missing.map(({ field }) => field)
      const first = needed.length > 0 ? `put the column of ${needed.join(', ')} into it, then ` : ''
      print.note(
        `Written: partners/${id}.yaml. Next: ${first}shoptool source add ${id} --partner ${id} --feed ${guessed.kind} --file …`,
      )
    }
    return doubtful ? 'findings' : 'done'
  },
})

/** What came of reading the sample by the guess. */
type Check = { read: number; rejected: number; problems: Problem[] }

async function describe(ctx: Context, place: Workspace | null, file: string, id: string, feed: RecordKind | undefined) {
  const [{ sampleOf }, { guess }] = await Promise.all([import('../feeds/sample.ts'), import('../feeds/guess.ts')])
  const snapshots = mkdtempSync(join(tmpdir(), 'shoptool-map-'))
  try {
    const snapshot = await take(ctx, file, snapshots)
    const sample = sampleOf(snapshot)
    const guessed = guess(sample, feed)
    const text = writeYaml(guessed, sample, snapshot, id, place)
    return { guessed, text, check: await tryOut(guessed, text, id, snapshot) }
  } finally {
    rmSync(snapshots, { recursive: true, force: true })
  }
}

async function take(ctx: Context, file: string, snapshots: string): Promise<Snapshot> {
  const expected = [undefined, 'binary'] as const
  if (file === '-') return fetchStream(ctx.stdin, 'standard input', snapshots, expected)
  const found = await fetchFiles(resolve(ctx.cwd, file), ctx.cwd, snapshots, expected)
  return found[0]!
}

function idFrom(file: string): string {
  const id = basename(file)
    .replace(/\.(gz|zip)$/i, '')
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|[-\d]+$/g, '')
  return id === '' ? 'partner' : id
}

const SURENESS: Record<Certainty, string> = { sure: '', likely: 'likely', guess: 'a guess' }

/** The partner file, with what is not sure in comments. */
function writeYaml(
  { kind, fields, missing, currency, total }: Guess,
  { format }: Sample,
  { encoding }: Snapshot,
  id: string,
  place: Workspace | null,
): string {
  const flow = (value: unknown) => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
  const known: Record<string, CanonicalField> = CANONICAL[kind]
  const wide = Math.max(...fields.map(({ field }) => field.length)) + 1
  const line = (field: string, text: string) => `      ${`${field}:`.padEnd(wide)} ${text}`
  const told = fields.map(({ field, describe, certainty, why }) => {
    const remark = certainty === 'sure' ? '' : `   # ${[SURENESS[certainty], why].filter(Boolean).join(': ')}`
    return line(field, flow(describe)) + remark
  })
  const { encoding: _, ...shape } = format
  const declared = encoding === 'utf-8' || encoding === 'binary' ? shape : { ...shape, encoding }
  return `${[
    '# Guessed from a sample: check units, times and words before you trust it. "shoptool map --fields" lists all fields.',
    `id: ${id}`,
    `name: ${flow(id)}`,
    `currency: ${currency ?? place?.shop.currency ?? 'CNY'}${currency ? '' : '   # a guess: nothing in the file says so'}`,
    `timezone: ${place?.shop.timezone ?? 'Asia/Shanghai'}   # of the times in the file`,
    'feeds:',
    `  ${kind}:`,
    `    format: ${flow(declared)}`,
    ...(total ? [`    total: ${flow(total)}`] : []),
    '    fields:',
    ...told,
    ...missing.map(
      ({ field }) => `#${line(field, exampleOf(known[field]!))}   # needed, no column found: ${known[field]!.meaning}`,
    ),
    ...(kind === 'products' || kind === 'receipts'
      ? []
      : [
          '# When orders are paid: { basis: receivedAt, verifiedAt or settledAt, closes: last, pays: 20, lag: 1 }, or { basis: …, days: 7 }',
          '# calendar:',
          '# fees: [ { name: …, of: commission, rate: "10%", rounding: half-up } ]',
        ]),
  ].join('\n')}\n`
}

/** Reads the whole file by the description, as sync would. */
async function tryOut({ kind, missing }: Guess, text: string, id: string, snapshot: Snapshot): Promise<Check> {
  if (missing.length > 0) return { read: 0, rejected: 0, problems: [] }
  const [{ parsePartner }, { openReader }] = await Promise.all([import('../partners/yaml.ts'), import('../feeds/read.ts')])
  const check: Check = { read: 0, rejected: 0, problems: [] }
  try {
    const { feeds, currency, timezone } = parsePartner(`${id}.yaml`, text)
    const reader = openReader(kind, feeds[kind]! as never, snapshot.path, { currency, timezone, name: snapshot.name })
    try {
      while (reader.rows.next()) {
        const record = reader.record()
        if (!record && reader.problems().length === 0) continue
        check.read++
        if (record) continue
        check.rejected++
        if (check.problems.length < 3) check.problems.push(reader.problems()[0]!)
      }
    } finally {
      reader.close()
    }
  } catch (error) {
    if (!(error instanceof ShoptoolError)) throw error
    check.problems.push({ where: snapshot.name, field: null, message: error.message })
    check.rejected = Math.max(1, check.rejected)
  }
  return check
}

function tell({ kind, fields, missing, unused }: Guess, { read, rejected, problems }: Check, print: Print): void {
  const count = (certainty: Certainty) => fields.filter((field) => field.certainty === certainty).length
  print.note(`\n${kind}: ${count('sure')} fields sure, ${count('likely')} likely, ${count('guess')} guessed`)
  for (const { field, column, certainty, why } of fields) if (certainty === 'guess') print.note(`  ${field} ← ${column}: ${why}`)
  for (const { field, unfit } of missing) {
    const near = unfit === null ? '' : `; ${unfit.column} is named like it, but holds "${unfit.value}"`
    print.warn(`no column found for ${field}, which is needed: ${meaningOf(kind, field)}${near}`)
  }
  if (unused.length > 0)
    print.note(`not used: ${unused.slice(0, 12).join(', ')}${unused.length > 12 ? `, … (${unused.length})` : ''}`)
  if (missing.length === 0) print.note(`read by this description: ${read - rejected} of ${read} rows`)
  for (const { where, field, message } of problems) print.warn(`${where}${field ? `, ${field}` : ''}: ${message}`)
}

const meaningOf = (kind: RecordKind, field: string) => (CANONICAL[kind] as Record<string, CanonicalField>)[field]!.meaning

function listFields(print: Print, json: boolean): 'done' {
  const fields = RECORD_KINDS.flatMap((record) =>
    Object.entries<CanonicalField>(CANONICAL[record]).map(([field, { kind, need, meaning, words }]) => ({
      record,
      field,
      type: kind,
      need,
      meaning,
      units: UNITS[kind] ?? null,
      words: words ?? null,
      example: exampleOf({ kind, need, meaning, ...(words ? { words } : {}) }),
    })),
  )
  if (json) {
    print.json('map', { fields })
    return 'done'
  }
  const { bold } = print.paint
  print.table(
    [{ title: 'RECORD' }, { title: 'FIELD', paint: bold }, { title: 'TYPE' }, { title: 'NEED' }, { title: 'MEANING', cut: true }],
    fields.map(({ record, field, type, need, meaning, words }) => [
      record,
      field,
      type,
      need,
      words ? `${meaning}: ${words.join(', ')}` : meaning,
    ]),
  )
  print.note(`
Written as, for example:
  price: ${exampleOf(CANONICAL.products.price)}        units: ${UNITS.amount!.join(', ')}
  commissionRate: ${exampleOf(CANONICAL.products.commissionRate)}  units: ${UNITS.rate!.join(', ')}
  status: { oneOf: Column, words: { 已付款: paid } }
  orderedAt: ${exampleOf(CANONICAL.orders.orderedAt)}
A list of columns means the first that the file has. "optional: true" where a cell may be empty or the column missing; not for required fields.
"derived" is worked out where the partner does not give it.`)
  return 'done'
}
