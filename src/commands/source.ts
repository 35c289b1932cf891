import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataError, type Problem, usageError } from '../errors.ts'
import { CANONICAL, type CanonicalField } from '../feeds/canonical.ts'
import type { RecordOf } from '../feeds/feed.ts'
import type { Forms } from '../feeds/form.ts'
import type { Outside } from '../feeds/tries.ts'
import { formatAmount, formatRate } from '../money.ts'
import type { RecordKind } from '../records.ts'
import type { Run } from '../store/runs.ts'
import { type Source, sourceOf, type Workspace, whereOf } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { add, isReference, isSecretName, remove } from './source-edit.ts'
import { health } from './source-health.ts'

const ROWS_SHOWN = 3
const RUNS_SHOWN = 10

const list = defineCommand({
  about: 'Lists the sources of the workspace and their last run.',
  examples: ['shoptool source list', 'shoptool source list --json'],
  async run({ workspace, print, global }) {
    const found = await workspace()
    const runs = await runsOf(found)
    const sources = Object.values(found.sources).map(({ name, partner, feed, from }) => {
      const run = runs.find((each) => each.source === name && each.partner === partner && each.kind === feed)
      const lastRun = run
        ? { at: run.at, status: run.status, read: run.read, accepted: run.accepted, rejected: run.rejected, error: run.error }
        : null
      return { name, partner, feed, kind: from.kind, where: whereOf(from), lastRun }
    })
    if (global.json) print.json('source-list', { sources })
    else {
      print.table(
        [
          { title: 'NAME' },
          { title: 'PARTNER' },
          { title: 'FEED' },
          { title: 'WHERE', cut: true },
          { title: 'LAST RUN', cut: true },
        ],
        sources.map(({ name, partner, feed, where, lastRun }) => [
          name,
          partner,
          feed,
          where,
          lastRun ? describeRun(lastRun) : 'never',
        ]),
      )
      if (sources.length === 0) print.note(`No sources yet; add them to ${found.folder}/shoptool.yaml`)
    }
    return 'done'
  },
})

const test = defineCommand({
  about: 'Reads a source without saving anything and shows its first rows as they are mapped.',
  args: [['<name>', 'a source of shoptool.yaml']],
  examples: ['shoptool source test taobao-picks'],
  async run({ ctx, args: [name], workspace, print, global }) {
    const found = await workspace()
    const source = sourceOf(found, name)
    const { files, records, problems } = await readSome({ ...ctx, detail: print.detail }, found, source)
    const shown = records.map((record) => written(source.feed, record))
    if (global.json)
      print.json('source-test', { source: name, partner: source.partner, feed: source.feed, files, records: shown, problems })
    else {
      for (const { file, encoding, bytes } of files) print.note(`${file}: ${bytes} bytes, ${encoding}`)
      shown.forEach((record, i) => {
        if (i > 0) print.line()
        for (const [field, value] of Object.entries(record)) {
          if (value !== null)
            print.line(
              print.columns === Number.POSITIVE_INFINITY ? `${field}\t${value}` : `${print.paint.dim(field.padEnd(16))}${value}`,
            )
        }
      })
      for (const problem of problems) print.warn(describeProblem(problem))
    }
    return problems.length > 0 ? 'findings' : 'done'
  },
})

const show = defineCommand({
  about: 'Shows one source: how it is configured, its last runs, and the rows that were rejected.',
  args: [['<name>', 'a source of shoptool.yaml']],
  examples: ['shoptool source show taobao-picks', 'shoptool source show jd-hot --json'],
  async run({ args: [name], workspace, print, global }) {
    const found = await workspace()
    const source = sourceOf(found, name)
    const { partner, feed, from } = source
    const { runs, rejected } = await historyOf(found, source)
    const api = from.kind === 'api' ? shownCredentials(from.credentials) : null
    const query = from.kind === 'api' ? from.query : null
    const settings = { name, partner, feed, kind: from.kind, where: whereOf(from), api, query }
    if (global.json) {
      const told = runs.map(({ id: _, kind, source, partner, content, mapping, ...run }) => run)
      print.json('source-show', { source: settings, runs: told, rejected })
      return 'done'
    }
    const rows = [
      ['partner', partner],
      ['feed', feed],
      [from.kind, from.kind === 'api' ? '' : whereOf(from)],
      ...Object.entries(api ?? {}).map(([key, value]) => [`  ${key}`, value]),
      ...Object.entries(query ?? {}).map(([key, value]) => [`  query.${key}`, String(value)]),
      ...(runs.length === 0 ? [['last run', 'never']] : []),
      ...runs.map((run, i) => [i === 0 ? 'last run' : '', describeRun(run) + (run.error ? `: ${run.error}` : '')]),
    ]
    print.table([{ title: 'SOURCE' }, { title: name, cut: true }], rows as string[][])
    for (const problem of rejected) print.warn(`${name}: ${describeProblem(problem)}`)
    return 'done'
  },
})

export const command = defineCommand({
  about: 'Lists, shows, tests, adds and removes the sources that shoptool.yaml names, and says how sound they are.',
  examples: [
    'shoptool source list',
    'shoptool source test taobao-picks',
    'shoptool source add picks --partner taobao --feed products --file "feeds/taobao-*.csv"',
    'shoptool source health',
  ],
  commands: { list, show, test, add, remove, health },
})

/** The last runs of a source, newest first, and the rejected rows of the last good one. */
async function historyOf(
  { database }: Workspace,
  { name, partner, feed }: Source,
): Promise<{ runs: Run[]; rejected: Problem[] }> {
  if (!existsSync(database)) return { runs: [], rejected: [] }
  const [{ openDatabase }, { lastGoodRun, lastRunsOf, rejectedOf }] = await Promise.all([
    import('../store/open.ts'),
    import('../store/runs.ts'),
  ])
  const db = openDatabase(database, { readonly: true })
  try {
    const source = { kind: feed, source: name, partner }
    const good = lastGoodRun(db, source)
    return { runs: lastRunsOf(db, source, RUNS_SHOWN), rejected: good ? rejectedOf(db, good.id) : [] }
  } finally {
    db.close()
  }
}

/** Texts that refer to a secret as they are; a secret that stands there itself hidden. */
function shownCredentials(credentials: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(credentials).map(([key, text]) => [key, isSecretName(key) && !isReference(text) ? '***' : text]),
  )
}

async function runsOf({ database }: Workspace) {
  if (!existsSync(database)) return []
  const [{ openDatabase }, { lastRuns }] = await Promise.all([import('../store/open.ts'), import('../store/runs.ts')])
  const db = openDatabase(database, { readonly: true })
  try {
    return lastRuns(db)
  } finally {
    db.close()
  }
}

const describeProblem = ({ where, field, message }: Problem) => `${where}${field ? `, ${field}` : ''}: ${message}`

function describeRun({
  at,
  status,
  accepted,
  rejected,
}: {
  at: string
  status: string
  accepted: number
  rejected: number
}): string {
  const rows =
    status === 'applied' || status === 'unchanged' ? `, ${accepted} rows${rejected > 0 ? `, ${rejected} rejected` : ''}` : ''
  return `${at.slice(0, 16).replace('T', ' ')} ${status}${rows}`
}

type Read = {
  files: { file: string; encoding: string; bytes: number; sha256: string }[]
  records: object[]
  problems: Problem[]
}

/** The first rows of a source that are records, and what was wrong with those before them. @throws data where no row is one. */
async function readSome(ctx: Outside, workspace: Workspace, source: Source): Promise<Read> {
  const { name, feed: kind } = source
  const [{ fetchSource }, { openReader }, { formOf }, { BUILT_IN }, { findPartner }] = await Promise.all([
    import('../catalog/source.ts'),
    import('../feeds/read.ts'),
    import('../feeds/form.ts'),
    import('../partners/index.ts'),
    import('../partners/yaml.ts'),
  ])
  const partner = findPartner(source.partner, workspace.partners, BUILT_IN, `shoptool.yaml: sources.${name}.partner`, source)
  const forms = partner.feeds[kind]
  if (!forms)
    throw usageError(
      `shoptool.yaml: sources.${name}.feed: ${partner.name} has no ${kind}, only ${Object.keys(partner.feeds).join(', ')}`,
    )
  // not in .shoptool: a test leaves nothing behind, and the workspace may be read-only
  const snapshots = mkdtempSync(join(tmpdir(), 'shoptool-source-'))
  try {
    const { snapshots: found } = await fetchSource(workspace, source, partner, ctx, { snapshots })
    const read: Read = {
      files: found.map(({ name: file, encoding, bytes, sha256 }) => ({ file, encoding, bytes, sha256 })),
      records: [],
      problems: [],
    }
    for (const snapshot of found) {
      const reader = openReader(kind, formOf(forms as Forms<RecordOf[RecordKind]>, snapshot) as never, snapshot.path, {
        currency: partner.currency,
        timezone: partner.timezone,
        name: snapshot.name,
      })
      try {
        while (read.records.length < ROWS_SHOWN && reader.rows.next()) {
          const record = reader.record()
          if (record) read.records.push(record)
          else if (read.problems.length < ROWS_SHOWN) {
            read.problems.push(
              ...reader.problems().map((problem) => ({ ...problem, where: `${snapshot.name}: ${problem.where}` })),
            )
          }
        }
      } finally {
        reader.close()
      }
    }
    const [problem] = read.problems
    if (read.records.length === 0) {
      const why = problem ? describeProblem(problem) : 'the files hold no rows'
      throw dataError(`sources.${name}: no row could be read: ${why}`)
    }
    return read
  } finally {
    rmSync(snapshots, { recursive: true, force: true })
  }
}

/** A record as JSON and people see it: amounts in major units, rates in percent. */
function written(kind: RecordKind, record: object): Record<string, unknown> {
  const known: Record<string, CanonicalField> = CANONICAL[kind]
  const { currency } = record as { currency: string }
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => {
      if (typeof value !== 'number') return [field, value]
      const type = known[field]?.kind
      return [field, type === 'amount' ? formatAmount(value, currency) : type === 'rate' ? formatRate(value) : value]
    }),
  )
}
