import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Call, Outcome } from './command.ts'
import { makeSample } from './init.ts'
import { asker, contextIn, payoutFiles } from './sample.ts'

type Sums = { count: number; expected: string; paid: string; difference: string }
type Finding = { partner: string; class: string; orderId: string | null; difference: string }
type Known = { classes: Readonly<Record<string, Sums>> }
/** `templates/sample-truth.json`: what the plan of the sample says that a settlement must find. Nothing in it was reckoned by this program. */
type Truth = {
  products: Record<string, number>
  orders: Record<string, number>
  months: Record<string, Record<string, Known>>
  entries: (Finding & { month: string })[]
}
type Settled = { partners: ({ partner: string } & Known)[]; findings: Finding[] }

/** Classes of which nobody has to be told. */
const SILENT = ['matched', 'tolerated', 'not-due']

type Check = { check: string; known: number; differences: string[] }

/**
 * `doctor --selftest`: reads the sample into a folder of its own and settles its months. Every class of every partner must have the count
 * and the sums that are known, every planted difference must be found, and nothing else.
 */
export async function selfTest({ ctx, print, global, shoptool }: Call): Promise<Outcome> {
  const truth = JSON.parse(readFileSync(join(ctx.home, 'templates/sample-truth.json'), 'utf8')) as Truth
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-selftest-'))
  const checks: Check[] = []
  try {
    makeSample(ctx, folder)
    const ask = asker(shoptool, contextIn(folder, ctx, false))
    await ask('sync')
    for (const [partner, files] of payoutFiles(folder)) await ask('import', 'payouts', ...files, '--partner', partner)
    for (const name of ['products', 'orders'] as const) checks.push(checkCounts(name, truth[name], await countsOf(ask, name)))
    for (const month of Object.keys(truth.months)) {
      const settled = await ask<Settled>('settle', '--month', month)
      checks.push(checkClasses(month, truth.months[month]!, settled), checkFindings(month, truth, settled))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const isSound = checks.every(({ differences }) => differences.length === 0)
  if (global.json) print.json('doctor-selftest', { ok: isSound, checks })
  else {
    print.table(
      [
        { title: 'STATE', paint: (text) => print.paint[text.startsWith('ok') ? 'green' : 'red'](text) },
        { title: 'CHECK' },
        { title: 'KNOWN', align: 'right' },
        { title: 'DIFFERENT', align: 'right' },
      ],
      checks.map(({ check, known, differences }) => [
        differences.length === 0 ? 'ok' : 'fail',
        check,
        String(known),
        String(differences.length),
      ]),
    )
    for (const { check, differences } of checks) for (const each of differences) print.warn(`${check}: ${each}`)
  }
  if (!isSound) print.warn('this installation does not reckon as it should: install shoptool again, and settle nothing before')
  return isSound ? 'done' : 'findings'
}

async function countsOf(ask: ReturnType<typeof asker>, view: string): Promise<Record<string, number>> {
  const { rows } = await ask<{ rows: { partner: string; count: number }[] }>(
    'sql',
    `SELECT partner, count(*) AS count FROM ${view} GROUP BY partner`,
  )
  return Object.fromEntries(rows.map(({ partner, count }) => [partner, count]))
}

function checkCounts(check: string, known: Record<string, number>, found: Record<string, number>): Check {
  const partners = [...new Set([...Object.keys(known), ...Object.keys(found)])]
  const differences = partners
    .filter((partner) => known[partner] !== found[partner])
    .map((partner) => `${partner} has ${known[partner] ?? 0}, found ${found[partner] ?? 0}`)
  return { check, known: Object.values(known).reduce((sum, count) => sum + count, 0), differences }
}

function checkClasses(month: string, known: Record<string, Known>, { partners }: Settled): Check {
  const differences: string[] = []
  let count = 0
  for (const [partner, { classes }] of Object.entries(known)) {
    const found = partners.find((each) => each.partner === partner)?.classes
    for (const [name, sums] of Object.entries(classes)) {
      count++
      if (sumsText(sums) !== sumsText(found?.[name]))
        differences.push(`${partner} ${name} is ${sumsText(sums)}; found ${sumsText(found?.[name])}`)
    }
  }
  return { check: `${month} classes`, known: count, differences }
}

function sumsText(sums: Sums | undefined): string {
  return sums ? `${sums.count}: expected ${sums.expected}, paid ${sums.paid}, difference ${sums.difference}` : 'nothing'
}

function checkFindings(month: string, { entries }: Truth, { findings }: Settled): Check {
  const planted = entries.filter((entry) => entry.month === month && !SILENT.includes(entry.class)).filter(isTold)
  const left = findings.filter(isTold).map(findingText)
  const differences: string[] = []
  for (const text of planted.map(findingText)) {
    const at = left.indexOf(text)
    if (at < 0) differences.push(`${text} was not found`)
    else left.splice(at, 1)
  }
  return {
    check: `${month} findings`,
    known: planted.length,
    differences: [...differences, ...left.map((text) => `${text} is none`)],
  }
}

/** A clawback of just what was paid is a fact rather than a finding. */
const isTold = (finding: Finding) => finding.class !== 'clawback' || finding.difference !== '0.00'

const findingText = ({ partner, orderId, ...finding }: Finding) =>
  `${finding.class} ${orderId ? `${partner}:${orderId}` : partner} ${finding.difference}`
